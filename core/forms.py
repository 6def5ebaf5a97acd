"""Fields for what Japanese offices type: dates, kana, numbers in any width."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

import jaconv
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from core.periods import UnreadableDate, era_date, parse_date

DATE_HELP = "例: 令和7年4月1日、R7.4.1、2025/4/1"


class JapaneseDateField(forms.Field):
    """A day typed in any Japanese or western writing; shown again as it was typed on an error."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", DATE_HELP)
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("autocomplete", "off")
        self.widget.attrs.setdefault("class", "field-date")

    def prepare_value(self, value: Any) -> Any:
        return era_date(value) if isinstance(value, dt.date) else value

    def to_python(self, value: Any) -> dt.date | None:
        if value in self.empty_values or (isinstance(value, str) and not value.strip()):
            return None
        if isinstance(value, dt.date):
            return value
        try:
            return parse_date(str(value))
        except UnreadableDate as error:
            raise ValidationError(str(error), code="invalid") from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except ValidationError:
            return True


_TIME = re.compile(r"(\d{1,2})[:時.](\d{0,2})分?|(\d{2})(\d{2})")


class JapaneseDateTimeField(JapaneseDateField):
    """Day and time in one line, '2026/12/5 9:00' or '令和8年12月5日 9時'; the fastest to type."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "例: R8.12.5 9:00、2026/12/5 14:30")
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, dt.datetime):
            local = timezone.localtime(value)
            return f"{era_date(local.date())} {local.hour}:{local.minute:02d}"
        return value

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values or (isinstance(value, str) and not value.strip()):
            return None
        if isinstance(value, dt.datetime):
            return value
        text = unicodedata.normalize("NFKC", str(value)).strip()
        day_text, _space, time_text = text.rpartition(" ")
        match = _TIME.fullmatch(time_text)
        if not day_text or match is None:
            raise ValidationError(
                f"「{text}」は日時として読めません。「R8.12.5 9:00」のように、日付と時刻の間を空けて入力してください。",
                code="invalid",
            )
        hour, minute = (int(part or 0) for part in (match[1] or match[3], match[2] or match[4]))
        if hour > 23 or minute > 59:
            raise ValidationError(f"時刻「{time_text}」は0:00から23:59までで入力してください。", code="invalid")
        day = super().to_python(day_text)
        if day is None:
            return None
        return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute)))


class KanaField(forms.CharField):
    """A reading in full-width katakana; hiragana and half-width kana are converted, not refused."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        kana = jaconv.hira2kata(unicodedata.normalize("NFKC", text))
        return " ".join(kana.split())

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not re.fullmatch(r"[ァ-ヺー・ A-Za-z.'-]+", value):
            raise ValidationError("フリガナは、カタカナかひらがなで入力してください。", code="invalid")


class DigitsField(forms.CharField):
    """Digits and hyphens (phone, postcode) typed in any width."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return re.sub(r"[‐－―ー−]", "-", unicodedata.normalize("NFKC", text)).replace(" ", "")

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not re.fullmatch(r"\+?[0-9()-]+", value):
            raise ValidationError("数字とハイフンで入力してください。例: 086-000-0000", code="invalid")


class NumberField(forms.IntegerField):
    """A whole number typed in any width, with commas or a unit ('１２０，０００円')."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("inputmode", "numeric")
        self.widget.attrs.setdefault("autocomplete", "off")
        self.widget.attrs.setdefault("class", "field-number")
        self.error_messages["invalid"] = "数字で入力してください。"

    def to_python(self, value: Any) -> int | None:
        return super().to_python(_plain_number(value))


class RateField(forms.DecimalField):
    """A number with a decimal ('６４．６％')."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("inputmode", "decimal")
        self.widget.attrs.setdefault("autocomplete", "off")
        self.widget.attrs.setdefault("class", "field-number")
        self.error_messages["invalid"] = "数字で入力してください。例: 64.6"

    def to_python(self, value: Any) -> Any:
        return super().to_python(_plain_number(value))


def _plain_number(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return re.sub(r"[,\s]|円|人|件|%|時間", "", unicodedata.normalize("NFKC", value))


class JapaneseForm(forms.Form):
    """A form whose required fields say in Japanese what is missing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        speak_japanese(self)


class JapaneseModelForm(forms.ModelForm):
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
        if chosen:
            field.error_messages["invalid_choice"] = f"{label}を選び直してください。選べない値が送られました。"


class SearchForm(forms.Form):
    """One search box; what cannot be searched for is no search."""

    q = forms.CharField(required=False, max_length=100)

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

    version = forms.IntegerField(widget=forms.HiddenInput)

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
        differences = []
        for name, field in self.fields.items():
            if name == "version":
                continue
            mine, stored = self.cleaned_data[name], getattr(current, name)
            before = getattr(base, name) if base is not None else None
            i_changed = base is None or mine != before
            they_changed = base is None or stored != before
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
