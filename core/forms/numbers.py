"""Numbers, typed in any width, with commas and a unit (interface.md D23)."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.periods import QUOTED, NoFiscalYear, fiscal_year_label, parse_fiscal_year

# Commas and blanks stand anywhere, a unit once and behind: "1時間30分" is no number but where minutes are asked.
_AROUND = re.compile(r"[,\s]")
_UNIT = re.compile(r"(円|人|名|件|%|時間|分|日|か月|ヶ月|カ月|回|社|番)$")
_SAME_UNIT = {"名": "人", "ヶ月": "か月", "カ月": "か月"}
_HOURS = re.compile(r"(\d{1,3})時間(?:(\d{1,2})分)?")
_MINUS = dict.fromkeys(map(ord, "−‐–—"), "-")
_MYRIADS = re.compile(r"(\d{1,8}(?:\.\d{1,4})?)万(\d{1,4})?")
_IN_BRACKETS = re.compile(r"[((]([^()()]*)[))]")
_UNITS = ("円", "人", "件", "%", "分", "時間", "か月", "回", "日")


def plain_number(text: str, unit: str = "") -> str:
    """'１２０，０００円' → '120000', '￥5,000-' → '5000', '12万5000円' → '125000'; of minutes '1時間30分' → '90'.

    A unit other than the field's own stays, so that the field refuses the text.
    """
    plain = _AROUND.sub("", unicodedata.normalize("NFKC", text).translate(_MINUS))
    plain = re.sub(r"^¥(.+?)-?$", r"\1", plain)
    if unit == "分" and (hours := _HOURS.fullmatch(plain)):
        return str(int(hours[1]) * 60 + int(hours[2] or 0))
    if (found := _UNIT.search(plain)) and (not unit or _SAME_UNIT.get(found[1], found[1]) == unit):
        plain = plain[: found.start()]
    if match := _MYRIADS.fullmatch(plain):
        return str(int(Decimal(match[1]) * 10_000) + int(match[2] or 0))
    return plain


class NumberInWords(forms.Field):
    """Any width on the way in; on the way out sentences that name the range and the unit."""

    widget = forms.TextInput
    inputmode = "numeric"
    kind = "整数"
    min_value: Any
    max_value: Any

    def __init__(self, *, unit: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.unit = unit
        self.widget.attrs.setdefault("inputmode", self.inputmode)
        self.widget.attrs.setdefault("autocomplete", "off")
        self.widget.attrs.setdefault("class", "field-number")

    def to_python(self, value: Any) -> Any:
        plain = plain_number(value, self.unit) if isinstance(value, str) else value
        if isinstance(plain, str) and len(plain) > QUOTED:
            raise ValidationError(self.error_messages["invalid"], code="invalid")  # nothing that a sentence may repeat
        return super().to_python(plain)

    def reach(self) -> str:
        """'1人から999人まで'; empty without limits."""
        if self.max_value is None:
            return "" if self.min_value is None else f"{self.min_value:,}{self.unit}以上"
        low = "" if self.min_value is None else f"{self.min_value:,}{self.unit}から"
        return f"{low}{self.max_value:,}{self.unit}まで"

    def name_itself(self) -> None:
        """Say label, range and unit in every sentence; called when the form knows its labels."""
        label = unicodedata.normalize("NFKC", str(self.label or "数"))
        self.unit = self.unit or next((part for part in _IN_BRACKETS.findall(label) if part in _UNITS), "")
        name = _IN_BRACKETS.sub("", label).strip()
        reach = self.reach()
        wrong = f"{name}は{self.kind}で入力してください。"
        self.error_messages["invalid"] = f"{wrong}入力できるのは{reach}です。" if reach else f"{wrong}例: 20{self.unit}"
        # Formatted with the value typed, so a percent sign of the label stands twice.
        outside = f"{name}は{reach}の数で入力してください。桁を確かめてください。入力された数: ".replace("%", "%%")
        for code in ("min_value", "max_value", "max_digits", "max_whole_digits"):
            self.error_messages[code] = f"{outside}%(value)s"
        self.error_messages["max_decimal_places"] = (
            f"{name.replace('%', '%%')}は小数点以下%(max)s桁までで入力してください。"
        )


class NumberField(NumberInWords, forms.IntegerField):
    """A whole number."""


class RateField(NumberInWords, forms.DecimalField):
    """A number with a decimal ('６４．６％')."""

    inputmode = "decimal"
    kind = "数字"


class FiscalYearField(NumberField):
    """A fiscal year as people write it: '令和7年度', 'R7', '2025年度', '2025'; shown as 令和7年度."""

    def prepare_value(self, value: Any) -> Any:
        return fiscal_year_label(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        try:
            return parse_fiscal_year(value)
        except NoFiscalYear as error:
            raise ValidationError(str(error), code="invalid") from error

    def reach(self) -> str:
        return f"{fiscal_year_label(self.min_value)}から{fiscal_year_label(self.max_value)}まで"
