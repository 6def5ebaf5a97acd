"""No form takes a My Number (個人番号)."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from core.forms.length import WithinLimits, type_instead

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


class NoMyNumber(WithinLimits):
    """Refuses a My Number (個人番号) in whatever is typed, and in the name of a file (security.md A59).

    It is taken out before any field is cleaned, so that no sentence and no redisplayed field repeats it.
    """

    def _clean_fields(self) -> None:
        hits = [name for name in self.fields if self._take_out(name)]
        super()._clean_fields()
        for name in hits:
            self.errors.pop(name, None)
            self.add_error(name, ValidationError(MY_NUMBER_REFUSED, code="my_number"))

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
        type_instead(self, name, blank_my_numbers(typed))
        return True
