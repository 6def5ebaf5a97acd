"""The forms that all others derive from: Japanese sentences, and no save over somebody else's."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict

from core.forms.dates import JapaneseDateField
from core.forms.length import type_instead
from core.forms.my_number import NoMyNumber
from core.forms.numbers import NumberInWords
from core.forms.refusal import UnderRule

DASHES = "-" * 9


class JapaneseForm(UnderRule, NoMyNumber, forms.Form):
    """A form whose required fields say in Japanese what is missing; nothing gets in that the rules refuse."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        speak_japanese(self)


class ConfirmForm(JapaneseForm):
    """Nothing to fill in: a button below the name and what follows (confirm.html).

    `carries` are hidden values, for a URL that does more than one thing.
    """

    def __init__(self, request: HttpRequest, **carries: str) -> None:
        super().__init__(request.POST if request.method == "POST" else None)
        for name, value in carries.items():
            self.fields[name] = forms.CharField(widget=forms.HiddenInput, initial=value, required=False)


@dataclass(frozen=True)
class Read:
    """What a page shows before an act: `version` is sent along unseen; `changed` is told when another one stands."""

    version: str
    changed: str


def only_as_read(form: forms.BaseForm, read: Read) -> forms.BaseForm:
    """Refuse what was sent from a page that showed an older version; the page then shows and carries the new one."""
    form.fields["read"] = forms.CharField(widget=forms.HiddenInput, initial=read.version, required=False)
    if form.is_bound and form.data.get(form.add_prefix("read")) != read.version:
        type_instead(form, "read", read.version)
        form.add_error(None, read.changed)
    return form


class JapaneseModelForm(UnderRule, NoMyNumber, forms.ModelForm):
    """The same for a form of one row."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        speak_japanese(self)


def speak_japanese(form: forms.BaseForm) -> None:
    """Name the field in the sentence about what is missing or wrong."""
    for field in form.fields.values():
        chosen = isinstance(field, forms.ChoiceField)
        label = str(field.label or "")
        field.error_messages["required"] = f"{label}を{'選んで' if chosen else '入力して'}ください。"
        if isinstance(field, NumberInWords):
            field.name_itself()
        if isinstance(field, forms.ChoiceField):
            name_the_blank(field)
            field.error_messages["invalid_choice"] = f"{label}を選び直してください。選べない値が送られました。"


def name_the_blank(field: forms.ChoiceField) -> None:
    """Say in words what choosing nothing means; Django shows a row of dashes."""
    words = "選んでください" if field.required else "選ばない"
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label == DASHES:
            field.empty_label = words
        return
    choices: list[Any] = list(field.choices)  # type: ignore[arg-type]
    if ("", DASHES) in choices:
        field.choices = [(value, words if label == DASHES else label) for value, label in choices]


class SearchForm(NoMyNumber, forms.Form):
    """One search box; what cannot be searched for is no search."""

    q = forms.CharField(label="探す言葉", required=False, max_length=100)

    def text(self) -> str:
        return self.cleaned_data["q"] if self.is_valid() else ""


class EditConflict(Exception):
    """Somebody saved the row in between; nothing was written and the typed text is kept."""


@dataclass(frozen=True)
class Difference:
    """A field that somebody changed since the form was opened; `changed_by` is me, other or both."""

    label: str
    mine: str
    stored: str
    changed_by: str


def _raw(field: forms.Field, value: Any) -> list[str]:
    """A stored value as a browser would send it."""
    if isinstance(field, forms.BooleanField):
        return ["on"] if value else []
    shown = field.prepare_value(value)
    return [] if shown is None else [str(shown)]


class VersionedModelForm(JapaneseModelForm):
    """Edit one row; the save is refused when its version has moved on."""

    # The next version must fit its column too.
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version

    def conflict_with(self, current: Any) -> list[Difference]:
        """What somebody else and I changed since I opened the row.

        The form then shows the union: a field that only the other person changed takes the stored value,
        a field that I changed keeps my words. Both texts are on the screen, so the next save may replace
        that version; fields that both changed are for the person to decide.
        """
        base = self._base()
        data = {name: self.data.getlist(name) for name in self.data}  # type: ignore[attr-defined]
        data[self.add_prefix("version")] = [str(current.version)]
        typed = SimpleNamespace(**self.cleaned_data)
        differences = []
        for name, field in self.fields.items():
            if name == "version":
                continue
            mine, stored = self.value_in(typed, name), self.value_in(current, name)
            # Of a field that is not the row's own the history says nothing: whoever differs may have changed it.
            is_known = base is not None and hasattr(base, name)
            before = self.value_in(base, name) if is_known else None
            i_changed = not is_known or mine != before
            they_changed = not is_known or stored != before
            if mine == stored or (not they_changed and not i_changed):
                continue
            if not i_changed:
                data[self.add_prefix(name)] = _raw(field, stored)
            differences.append(
                Difference(
                    label=str(field.label),
                    mine=self._words(name, mine),
                    stored=self._words(name, stored),
                    changed_by="both" if i_changed and they_changed else "me" if i_changed else "other",
                )
            )
        self.data = MultiValueDict(data)
        return differences

    def value_in(self, row: Any, name: str) -> Any:
        """What a field shows of a row, of the row's history, or of what was typed."""
        return getattr(row, name)

    def _base(self) -> Any:
        """The row as it was when this form was opened, from its history; None when that is gone."""
        events = self.instance.events.filter(version=self.cleaned_data["version"])
        return events.order_by("-pgh_id").first()

    def _words(self, name: str, value: Any) -> str:
        """A value as people read it on the form: the label of a choice, an era date, はい."""
        field = self.fields[name]
        if isinstance(field, forms.BooleanField):
            return "はい" if value else "いいえ"
        if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
            choices: Any = field.choices
            return str({str(key): label for key, label in choices}.get(str(value), value))
        shown = field.prepare_value(value) if isinstance(field, JapaneseDateField) else value
        return "" if shown is None else str(shown)

    def save(self, commit: bool = True) -> Any:
        """Conditional UPDATE: raises EditConflict when nobody or somebody else's version matched."""
        seen = self.cleaned_data["version"]
        names = [name for name in self._meta.fields or () if name in self.cleaned_data]
        values = {name: getattr(self.instance, name) for name in names}
        manager = type(self.instance)._default_manager
        if not manager.filter(pk=self.instance.pk, version=seen).update(version=seen + 1, **values):
            raise EditConflict
        self.instance.version = seen + 1
        return self.instance
