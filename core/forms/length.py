"""How long what is typed may be, and when a field is full."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator

FULL = "data-full"  # what fills a field, a regular expression: static/js/typing.js may then move on to the next one
# A browser sends CRLF for what it counts as one character; Word's own line break is a vertical tab.
LINE_ENDS = re.compile("\r\n|[\r\v\x85\u2028\u2029]")


class LengthWithin(MaxLengthValidator):
    """Says the limit and how much is too much; counts code points, as the page and the database do."""

    def __init__(self, limit: int, label: str) -> None:
        super().__init__(limit)
        self.label = label

    def __call__(self, value: str) -> None:
        length, limit = len(value), int(self.limit_value)
        if length > limit:
            raise ValidationError(
                f"{self.label}は{limit:,}文字までです。いま{length:,}文字で、{length - limit:,}文字多すぎます。"
                "短くするか、分けて入力してください。",
                code="max_length",
            )


def say_the_limit(field: forms.CharField) -> None:
    """Let a long text in and say what is too much: a browser's maxlength cuts off what is pasted without a word."""
    field.widget.attrs.pop("maxlength", None)
    if field.max_length is None or any(isinstance(one, LengthWithin) for one in field.validators):
        return
    others = [one for one in field.validators if not isinstance(one, MaxLengthValidator)]
    field.validators = [*others, LengthWithin(field.max_length, str(field.label or "入力"))]
    field.widget.attrs["data-limit"] = field.max_length


def type_instead(form: forms.BaseForm, name: str, text: str) -> None:
    """Put another text where this one was typed."""
    given: Any = form.data  # a dict in tests, a QueryDict that cannot be changed in a request
    data = given.copy()
    data[form.add_prefix(name)] = text
    form.data = data


class WithinLimits(forms.BaseForm):
    """Every text says its limit, and a line break is one character however it was typed or pasted."""

    def __getitem__(self, name: str) -> forms.BoundField:
        field = self.fields.get(name)
        if isinstance(field, forms.CharField):
            say_the_limit(field)
        return super().__getitem__(name)

    def _clean_fields(self) -> None:
        for name in self.fields:
            typed = self[name].data
            if isinstance(typed, str) and LINE_ENDS.search(typed):
                type_instead(self, name, LINE_ENDS.sub("\n", typed))
        super()._clean_fields()  # type: ignore[misc]
