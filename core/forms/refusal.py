"""What a request does not let anybody type: a rule that it brings along, asked by every form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django import forms
from django.core.files.uploadedfile import UploadedFile

# The sentence that refuses these texts; empty when they may be written.
Rule = Callable[[Iterable[str]], str]
_rule: ContextVar[Rule | None] = ContextVar("rule", default=None)


@contextmanager
def refusing(rule: Rule) -> Iterator[None]:
    """Until the block ends no form is valid whose texts the rule refuses."""
    token = _rule.set(rule)
    try:
        yield
    finally:
        _rule.reset(token)


class UnderRule(forms.BaseForm):
    """Asks the rule of the request about every text and every name of a file; the sentence stands at the field."""

    # Fields that ask for an address or a number are the right place for one.
    proper_places: frozenset[str] = frozenset({"address", "phone"})

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]
        rule = _rule.get()
        if rule is None:
            return
        typed = {name: text for name, value in self.cleaned_data.items() if (text := self._text(name, value))}
        sentence = rule(typed.values()) if typed else ""
        if not sentence:
            return
        wrong: list[str | None] = [name for name, text in typed.items() if rule([text])]
        for name in wrong or [None]:  # cut in two: each part alone says nothing
            self.add_error(name, sentence)

    def _text(self, name: str, value: object) -> str:
        sent = self[name].data
        if isinstance(sent, UploadedFile):
            return sent.name or ""
        return value.strip() if isinstance(value, str) and name not in self.proper_places else ""
