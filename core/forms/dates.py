"""Days and times of day, typed in any Japanese or western writing."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.forms.length import FULL
from core.periods import (
    DateStyle,
    KnownDate,
    UnreadableDate,
    add_months,
    date_style,
    era_date,
    other_calendar,
    parse_date,
    parse_known_date,
    quoted,
    shown_date,
    today,
    western_date,
)

DATE_HELP = "例: 令和7年4月1日、R7.4.1、2025/4/1"


def typed_date(day: dt.date) -> str:
    """A day as it stands in a field: in the user's calendar; of both the era, the other stands beside it."""
    return western_date(day) if date_style() == DateStyle.WESTERN else era_date(day)


class DateText(forms.TextInput):
    """A line for a day; beside it the same day in the other calendar (while typing by entry.js)."""

    holds = "day"

    def day_of(self, text: str) -> str:
        return text

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        box = super().render(name, value, attrs, renderer)
        field = (attrs or {}).get("id", "")
        other = other_calendar(self.day_of(str(value))) if value else ""
        return format_html(
            '{}<output class="other-date" for="{}" data-other-date="{}">{}</output>', box, field, self.holds, other
        )


class DateTimeText(DateText):
    """The same for a line that ends with the time of day."""

    holds = "moment"

    def day_of(self, text: str) -> str:
        return unicodedata.normalize("NFKC", text).strip().rpartition(" ")[0]


class JapaneseDateField(forms.Field):
    """A day typed in any Japanese or western writing; shown again as it was typed on an error."""

    widget = DateText
    years_ahead = 10  # further off it is a slip of the era or the year: 令和99年
    full = r"[345]\d{6}|[12]\d{7}"  # 5070401 and 20250401; 1 and 2 begin a year as well as 明治 and 大正

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", DATE_HELP)
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("autocomplete", "off")
        self.widget.attrs.setdefault("class", "field-date")
        self.widget.attrs.setdefault(FULL, self.full)

    def prepare_value(self, value: Any) -> Any:
        return typed_date(value) if isinstance(value, dt.date) else value

    def to_python(self, value: Any) -> dt.date | None:
        if value in self.empty_values or (isinstance(value, str) and not value.strip()):
            return None
        if isinstance(value, dt.date):
            return value
        try:
            return parse_date(str(value))
        except UnreadableDate as error:
            raise ValidationError(str(error), code="invalid") from error

    def validate(self, value: Any) -> None:
        super().validate(value)
        day = value.date() if isinstance(value, dt.datetime) else value
        last = add_months(today(), self.years_ahead * 12)
        if isinstance(day, dt.date) and day > last:
            raise ValidationError(
                f"「{shown_date(day)}」は{self.years_ahead}年より先の日です。"
                f"元号と年を確かめ、{shown_date(last)}までの日を入力してください。",
                code="too_far",
            )

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except ValidationError:
            return True


class KnownDateField(JapaneseDateField):
    """A day as far as it is known: '昭和55年', 'S55.4', '1980/4/1'; what is not known is never filled in."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, KnownDate):
            return value.typed()
        return super().prepare_value(value)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, KnownDate):
            return value
        if isinstance(value, dt.date):
            return KnownDate.of(value)
        if value in self.empty_values or not str(value).strip():
            return None
        try:
            return parse_known_date(str(value))
        except UnreadableDate as error:
            raise ValidationError(str(error), code="invalid") from error


_TIME = re.compile(r"(\d{1,2})[:時.](\d{0,2})分?|(\d{2})(\d{2})")


class JapaneseDateTimeField(JapaneseDateField):
    """Day and time in one line, '2026/12/5 9:00' or '令和8年12月5日 9時'; the fastest to type."""

    widget = DateTimeText
    full = r"([345]\d{6}|[12]\d{7}) ([01]\d|2[0-3])[0-5]\d"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "例: R8.12.5 9:00、2026/12/5 14:30")
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, dt.datetime):
            local = timezone.localtime(value)
            return f"{typed_date(local.date())} {local.hour}:{local.minute:02d}"
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
                f"「{quoted(text)}」は日時として読めません。"
                "「R8.12.5 9:00」のように、日付と時刻の間を空けて入力してください。",
                code="invalid",
            )
        hour, minute = (int(part or 0) for part in (match[1] or match[3], match[2] or match[4]))
        if hour > 23 or minute > 59:
            raise ValidationError(f"時刻「{time_text}」は0:00から23:59までで入力してください。", code="invalid")
        day = super().to_python(day_text)
        if day is None:
            return None
        return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute)))


class JapaneseTimeField(forms.Field):
    """A time of day: '9:00', '９時', '1330'."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "例: 9:00、13時30分、1330")
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("autocomplete", "off")
        self.widget.attrs.setdefault("class", "field-date")
        self.widget.attrs.setdefault(FULL, r"([01]\d|2[0-3]):?[0-5]\d")

    def prepare_value(self, value: Any) -> Any:
        return f"{value.hour}:{value.minute:02d}" if isinstance(value, dt.time) else value

    def to_python(self, value: Any) -> dt.time | None:
        if value in self.empty_values or (isinstance(value, str) and not value.strip()):
            return None
        if isinstance(value, dt.time):
            return value
        text = unicodedata.normalize("NFKC", str(value)).strip()
        match = _TIME.fullmatch(text)
        if match is None:
            raise ValidationError(f"「{quoted(text)}」は時刻として読めません。例: 9:00、13時30分", code="invalid")
        hour, minute = (int(part or 0) for part in (match[1] or match[3], match[2] or match[4]))
        if hour > 23 or minute > 59:
            raise ValidationError(f"時刻「{text}」は0:00から23:59までで入力してください。", code="invalid")
        return dt.time(hour, minute)
