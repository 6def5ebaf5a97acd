"""Names, readings, phones and postcodes: what is folded at the border, and what stays as typed (interface.md D19–D21).

Folded: full-width digits and Latin letters, half-width kana, kana with a voiced mark of its own, every kind of blank.
Kept as typed: kanji with all their variants (髙, 﨑, compatibility ideographs, variation selectors), 〜 and ～,
ー and －, ①, ㈱, accents. NFKC over the whole text would change these, so it is applied to single characters only.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import jaconv
from django import forms
from django.core.exceptions import ValidationError

from core.forms.length import FULL

# ０-９ Ａ-Ｚ ａ-ｚ, and the marks that stand in Latin names; no other symbol.
_WIDE = {ord(wide): unicodedata.normalize("NFKC", wide) for wide in map(chr, range(0xFF10, 0xFF5B)) if wide.isalnum()}
_WIDE |= {0xFF0E: ".", 0xFF07: "'", 0x2019: "'"}
_HALF_KANA = re.compile("[\uff65-\uff9f]+")
# か and a combining or spacing voiced mark: one letter. Kanji are never part of it.
_VOICED = re.compile("([\u3041-\u30ff])([\u3099\u309a゛゜])")
_MARKS = {"゛": "\u3099", "゜": "\u309a"}
_LATIN = re.compile("[A-Za-z\u00c0-\u024f][\u0300-\u036f]+")
# Nothing to see: soft hyphen, zero-width space, marks of direction, byte order mark, control characters.
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\x00-\x08\x0e-\x1f\x7f]")
_DASHES = "-‐‑‒–—―−－ｰ"  # the plain one first: it stands in character classes
_KANA_DASHES = dict.fromkeys(map(ord, f"{_DASHES}〜～~"), "ー")
_READING = re.compile(r"[ァ-ヺヽヾㇰ-ㇿ\u309aー・ A-Za-zÀ-ɏ.'=-]+")


def normal_name(text: str) -> str:
    """One spelling of what is the same to the eye: 'Ｊｏãｏ　ｼﾙﾊﾞ' → 'João シルバ'; 葛 with its selector stays."""
    plain = _INVISIBLE.sub("", text)
    plain = _HALF_KANA.sub(lambda run: unicodedata.normalize("NFKC", run[0]), plain).translate(_WIDE)
    plain = _VOICED.sub(_one_letter, plain)
    plain = _LATIN.sub(lambda pair: unicodedata.normalize("NFC", pair[0]), plain)
    return " ".join(plain.split())


def _one_letter(pair: re.Match[str]) -> str:
    """が for か and its mark; a mark that makes no letter stays as typed."""
    composed = unicodedata.normalize("NFC", pair[1] + _MARKS.get(pair[2], pair[2]))
    return composed if len(composed) == 1 else pair[0]


def normal_kana(text: str) -> str:
    """'さとう　はなこ', 'ｻﾄｳ ﾊﾅｺ' → 'サトウ ハナコ'; a dash after a kana is a long vowel."""
    kana = jaconv.hira2kata(normal_name(text)).replace("＝", "=").replace("゠", "=").replace("·", "・")
    kana = re.sub(rf"(?<=[ァ-ヺー])[{_DASHES}〜～~]", lambda dash: dash[0].translate(_KANA_DASHES), kana)
    return " ".join(re.sub(rf"[{_DASHES}]", "-", kana).split())


class NameField(forms.CharField):
    """A name as it is written, in one field: family and given name, middle names, ・, 通称, Latin letters."""

    def to_python(self, value: Any) -> str:
        return normal_name(super().to_python(value) or "")


class KanaField(forms.CharField):
    """A reading in full-width katakana; hiragana and half-width kana are converted, not refused."""

    def to_python(self, value: Any) -> str:
        return normal_kana(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not _READING.fullmatch(value):
            other = next(letter for letter in value if not _READING.fullmatch(letter))
            raise ValidationError(
                f"フリガナは、カタカナかひらがなで入力してください。「{other}」は使えません。", code="invalid"
            )


def kana_doubt(name: str, kana: str) -> str:
    """Why name and reading may not belong together, in a sentence; empty without a doubt. Never a reason to refuse.

    Asked is only what needs no dictionary: as many parts, at least a kana for each kanji, and the same kana where the
    name itself is written in kana.
    """
    parts, readings = name.split(), kana.split()
    letters = re.sub("[ァャュョヮヵヶー・]", "", kana.replace(" ", ""))
    kanji = sum("\u3400" <= letter <= "\u9fff" or letter > "\U00020000" for letter in re.sub("[々〻]", "", name))
    kanji -= len(re.findall("[\U000e0100-\U000e01ef]", name))
    if _READING.fullmatch(normal_kana(name)) and not name.isascii() and normal_kana(name) != kana:
        return f"氏名「{name}」とフリガナ「{kana}」の読みが違うようです。"
    if len(parts) > 1 and len(readings) == 1:
        return f"氏名「{name}」は姓と名が分かれていますが、フリガナ「{kana}」は分かれていません。"
    if len(readings) > 1 and len(parts) == 1 and not re.search("[ァ-ヺA-Za-z]", name):
        return f"フリガナ「{kana}」は姓と名が分かれていますが、氏名「{name}」は分かれていません。"
    if kanji > len(letters):
        return f"氏名「{name}」に対して、フリガナ「{kana}」が短いようです。"
    return ""


class DigitsField(forms.CharField):
    """Digits and hyphens, typed in any width."""

    example = "1234-5678"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("inputmode", "numeric")
        self.widget.attrs.setdefault("autocomplete", "off")
        self.widget.attrs.setdefault("class", "field-digits")

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return re.sub(rf"[{_DASHES}ー]", "-", unicodedata.normalize("NFKC", text)).replace(" ", "")

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not re.fullmatch(r"\+?[0-9()-]+", value):
            raise ValidationError(f"数字とハイフンで入力してください。例: {self.example}", code="invalid")


class PhoneField(DigitsField):
    """A phone number; dots stand for hyphens."""

    example = "086-000-0000"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs["inputmode"] = "tel"

    def to_python(self, value: Any) -> str:
        return super().to_python(value).replace(".", "-")


class PostcodeField(DigitsField):
    """'７００８５４４', '〒700-8544' → '700-8544'; what has no seven digits stays as typed."""

    example = "700-8544"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs[FULL] = r"\d{3}-?\d{4}"

    def to_python(self, value: Any) -> str:
        text = super().to_python(value).removeprefix("〒").removeprefix("T")
        digits = text.replace("-", "")
        return f"{digits[:3]}-{digits[3:]}" if re.fullmatch(r"\d{7}", digits) else text
