"""Fields for what Japanese offices type: dates, names, kana, numbers in any width; and the forms they stand in."""

from core.forms.base import (
    ConfirmForm,
    Difference,
    EditConflict,
    JapaneseForm,
    JapaneseModelForm,
    Read,
    SearchForm,
    VersionedModelForm,
    only_as_read,
    speak_japanese,
)
from core.forms.dates import JapaneseDateField, JapaneseDateTimeField, JapaneseTimeField, KnownDateField
from core.forms.length import FULL, LINE_ENDS, LengthWithin, say_the_limit, type_instead
from core.forms.my_number import BLANKED, MY_NUMBER_REFUSED, blank_my_numbers, find_my_numbers, is_my_number
from core.forms.numbers import FiscalYearField, NumberField, RateField
from core.forms.refusal import Rule, refusing
from core.forms.text import DigitsField, KanaField, NameField, PhoneField, PostcodeField, kana_doubt, normal_name

__all__ = [
    "BLANKED",
    "FULL",
    "LINE_ENDS",
    "MY_NUMBER_REFUSED",
    "ConfirmForm",
    "Difference",
    "DigitsField",
    "EditConflict",
    "FiscalYearField",
    "JapaneseDateField",
    "JapaneseDateTimeField",
    "JapaneseForm",
    "JapaneseModelForm",
    "JapaneseTimeField",
    "KanaField",
    "KnownDateField",
    "LengthWithin",
    "NameField",
    "NumberField",
    "PhoneField",
    "PostcodeField",
    "RateField",
    "Read",
    "Rule",
    "SearchForm",
    "VersionedModelForm",
    "blank_my_numbers",
    "find_my_numbers",
    "is_my_number",
    "kana_doubt",
    "normal_name",
    "only_as_read",
    "refusing",
    "say_the_limit",
    "speak_japanese",
    "type_instead",
]
