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
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxLengthValidator
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from core.periods import UnreadableDate, era_date, parse_date

DATE_HELP = "例: 令和7年4月1日、R7.4.1、2025/4/1"
FULL = "data-full"  # what fills a field, a regular expression: static/js/typing.js may then move on to the next one


class JapaneseDateField(forms.Field):
    """A day typed in any Japanese or western writing; shown again as it was typed on an error."""

    widget = forms.TextInput
    full = r"[345]\d{6}|[12]\d{7}"  # 5070401 and 20250401; 1 and 2 begin a year as well as 明治 and 大正

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", DATE_HELP)
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("autocomplete", "off")
        self.widget.attrs.setdefault("class", "field-date")
        self.widget.attrs.setdefault(FULL, self.full)

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

    full = r"([345]\d{6}|[12]\d{7}) ([01]\d|2[0-3])[0-5]\d"

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
            raise ValidationError(f"「{text}」は時刻として読めません。例: 9:00、13時30分", code="invalid")
        hour, minute = (int(part or 0) for part in (match[1] or match[3], match[2] or match[4]))
        if hour > 23 or minute > 59:
            raise ValidationError(f"時刻「{text}」は0:00から23:59までで入力してください。", code="invalid")
        return dt.time(hour, minute)


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


MY_NUMBER_REFUSED = (
    "マイナンバー(個人番号)は記録できません。番号と読める部分を消しました。"
    "本人の確認には、氏名・生年月日・ケース番号を使ってください。"
)
BLANKED = "****"
# One kind of separator through the number: blanks, or hyphens, or middle dots.
_DIGIT_RUNS = tuple(
    re.compile(rf"\d+(?:{separator}\d+)*")
    for separator in (r"[ \t]{1,3}", r"[ \t]?[-‐‑‒–—―−ー][ \t]?", r"[ \t]?[・·•][ \t]?")
)
_MY_NUMBER_DIGITS, _CORPORATE_DIGITS = 12, 13


def is_my_number(digits: str) -> bool:
    """Whether 12 digits carry the check digit of a My Number.

    Source: 番号法施行令第8条, 平成26年総務省令第85号第5条: 11 - (Σ P(n)×Q(n) mod 11), 0 when the rest is 0 or 1;
    P(n) is the n-th digit from the right without the check digit, Q(n) is n+1 up to 6 and n-5 from 7 on.
    """
    numbers = [int(digit) for digit in digits]
    if len(numbers) != _MY_NUMBER_DIGITS:
        return False
    weighted = sum(p * (n + 1 if n <= 6 else n - 5) for n, p in enumerate(reversed(numbers[:-1]), start=1))
    rest = weighted % 11
    return numbers[-1] == (0 if rest <= 1 else 11 - rest)


def _is_time(digits: str) -> bool:
    try:
        moment = dt.datetime.strptime(digits, "%Y%m%d%H%M")  # noqa: DTZ007 - asked only whether it is one
    except ValueError:
        return False
    return 2000 <= moment.year < 2100


def find_my_numbers(text: str) -> list[tuple[int, int]]:
    """Where a text holds a My Number: (start, end) in the text as given, in order.

    Any width, invisible characters inside, one kind of separator between its parts. Twelve digits within a longer
    number are none, and neither are the parts of a 13-digit corporate number or a time written 202612051030, as
    scanners name their files.
    """
    if sum(map(str.isdigit, text)) < _MY_NUMBER_DIGITS:
        return []
    # NFKC may lengthen a text, so every normal character remembers the one it came from.
    folded = [
        (plain, position)
        for position, character in enumerate(text)
        if unicodedata.category(character) != "Cf"
        for plain in unicodedata.normalize("NFKC", character)
    ]
    plain_text = "".join(plain for plain, _position in folded)
    found = set()
    for pattern in _DIGIT_RUNS:
        for run in pattern.finditer(plain_text):
            groups = [(match.start(), match.group()) for match in re.finditer(r"\d+", run.group())]
            whole = sum(len(digits) for _start, digits in groups)
            for first in range(len(groups)):
                digits = ""
                for last in range(first, len(groups)):
                    digits += groups[last][1]
                    if len(digits) >= _MY_NUMBER_DIGITS:
                        break
                if first != last and whole == _CORPORATE_DIGITS:
                    continue
                if first == 0 and plain_text[: run.start()].endswith("+"):
                    continue  # a phone number with its country
                if is_my_number(digits) and not _is_time(digits):
                    start = run.start() + groups[first][0]
                    end = run.start() + groups[last][0] + len(groups[last][1])
                    found.add((folded[start][1], folded[end - 1][1] + 1))
    return sorted(found)


def blank_my_numbers(text: str) -> str:
    """The text with every My Number taken out."""
    for start, end in reversed(find_my_numbers(text)):
        text = f"{text[:start]}{BLANKED}{text[end:]}"
    return text


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


class NoMyNumber(forms.BaseForm):
    """Refuses a My Number (個人番号) in whatever is typed, and in the name of a file (security.md A59).

    It is taken out before any field is cleaned, so that no sentence and no redisplayed field repeats it.
    """

    def __getitem__(self, name: str) -> forms.BoundField:
        field = self.fields.get(name)
        if isinstance(field, forms.CharField):
            say_the_limit(field)
        return super().__getitem__(name)

    def _clean_fields(self) -> None:
        for name in self.fields:
            self._break_lines_alike(name)
        hits = [name for name in self.fields if self._take_out(name)]
        super()._clean_fields()  # type: ignore[misc]
        for name in hits:
            self.errors.pop(name, None)
            self.add_error(name, ValidationError(MY_NUMBER_REFUSED, code="my_number"))

    def _break_lines_alike(self, name: str) -> None:
        typed = self[name].data
        if isinstance(typed, str) and LINE_ENDS.search(typed):
            self._put(name, LINE_ENDS.sub("\n", typed))

    def _put(self, name: str, text: str) -> None:
        given: Any = self.data  # a dict in tests, a QueryDict that cannot be changed in a request
        data = given.copy()
        data[self.add_prefix(name)] = text
        self.data = data

    def _take_out(self, name: str) -> bool:
        if isinstance(self.fields[name], (forms.ChoiceField, forms.ModelChoiceField, forms.UUIDField)):
            return False  # what is chosen is looked up, never stored as typed
        typed = self[name].data
        key = self.add_prefix(name)
        if isinstance(typed, UploadedFile):
            if not find_my_numbers(typed.name or ""):
                return False
            kept: dict[str, list[Any]] = {other: [file] for other, file in self.files.items() if other != key}
            self.files = MultiValueDict(kept)
            return True
        if not isinstance(typed, str) or not find_my_numbers(typed):
            return False
        self._put(name, blank_my_numbers(typed))
        return True


DASHES = "-" * 9


class JapaneseForm(NoMyNumber, forms.Form):
    """A form whose required fields say in Japanese what is missing; no My Number gets in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        speak_japanese(self)


class JapaneseModelForm(NoMyNumber, forms.ModelForm):
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
        differences = []
        for name, field in self.fields.items():
            if name == "version":
                continue
            mine, stored = self.cleaned_data[name], getattr(current, name)
            # Of a field that is not the row's own the history says nothing: whoever differs may have changed it.
            is_known = base is not None and hasattr(base, name)
            before = getattr(base, name) if is_known else None
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
