"""Folding of what people type and what is stored, so that both meet in one index range.

Hiragana, katakana and half-width kana, voiced marks, small letters, long vowels and spaces are one
spelling; old and new kanji of names are one character (interface.md D19–D21, performance.md C10–C11).
"""

from __future__ import annotations

import unicodedata

import jaconv

from cases.enums import SearchKind

# Variants seen in names; NFKC does not fold them.
_KANJI = str.maketrans(
    "邉邊髙﨑嵜櫻澤齋齊斎廣濵濱瀨嶋嶌國惠德眞榮髮曻冨", "辺辺高崎崎桜沢斉斉斉広浜浜瀬島島国恵徳真栄髪昇富"
)
_SMALL = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_DASHES = dict.fromkeys(map(ord, "ー－―‐-~〜～"), None)


def fold_kana(text: str) -> str:
    """'ｻﾄｳ ハナコ' and 'さとうはなこ' → 'サトウハナコ'; marks and long vowels are dropped."""
    wide = jaconv.hira2kata(unicodedata.normalize("NFKC", text))
    bare = "".join(c for c in unicodedata.normalize("NFD", wide) if not unicodedata.combining(c))
    return "".join(bare.translate(_SMALL).translate(_DASHES).replace("・", "").split())


def fold_name(text: str) -> str:
    """Kanji variants to their common form, spaces dropped; variation selectors do not count."""
    wide = "".join(c for c in unicodedata.normalize("NFKC", text) if not 0xE0100 <= ord(c) <= 0xE01EF)
    return "".join(wide.translate(_KANJI).split()).upper()


def fold_digits(text: str) -> str:
    """'０８６－１２３' → '086123'."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isdigit())


def fold_number(text: str) -> str:
    """Case numbers: 'ｒ08－0012' → 'R08-0012'."""
    return "".join(unicodedata.normalize("NFKC", text).upper().split())


FOLDS = {
    SearchKind.KANA: fold_kana,
    SearchKind.NAME: fold_name,
    SearchKind.NUMBER: fold_number,
    SearchKind.PHONE: fold_digits,
}
