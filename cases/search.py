"""Folding of what people type and what is stored, so that both meet in one index range.

Hiragana, katakana and half-width kana, voiced marks, small letters, ways of writing a long vowel, old
and new kanji, accents and spaces do not tell two spellings apart; the order of family and given name
does not either (interface.md D19–D21, performance.md C10–C11). Only keys are folded: a name stays
as it was typed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import jaconv

from cases.enums import SearchKind
from cases.kanji import FOLDED
from core.periods import ERAS, KnownDate, UnreadableDate, parse_date

KEY_LENGTH = 160
LAST = "\U0010ffff"

_SMALL = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_DASHES = dict.fromkeys(map(ord, "－―‐-~〜～−–—‑"), "ー")
_LATIN = str.maketrans({"Ø": "O", "Ł": "L", "Đ": "D", "Ð": "D", "Æ": "AE", "Œ": "OE", "Þ": "TH", "ẞ": "SS"})
_V = str.maketrans({"ヷ": "ワ", "ヸ": "イ", "ヹ": "エ", "ヺ": "オ", "ヰ": "イ", "ヱ": "エ", "ヲ": "オ"})
_V_ROW = {**dict(zip("ァィェォアイエオ", "バビベボバビベボ", strict=True)), "ュ": "ビュ", "ャ": "ビャ", "ョ": "ビョ"}
_VOWELS = {
    letter: row[0]
    for row in (
        "アカサタナハマヤラワ",
        "イキシチニヒミリ",
        "ウクスツヌフムユル",
        "エケセテネヘメレ",
        "オコソトノホモヨロ",
    )
    for letter in row
}
_BETWEEN_KANJI = "(?<=[一-鿿])[{}](?=[一-鿿])"
_PARTS = re.compile(r"[\s・･=＝·,、]+")


def _letters(text: str, *, zu: str = "ズ", di: str = "ジ", long: bool = True) -> str:
    """One spelling. `zu`, `di`: what ヅ and ヂ are read as; `long`: whether ー stands for a vowel or for nothing."""
    wide = unicodedata.normalize("NFKC", text.replace("゛", "\u3099").replace("゜", "\u309a"))
    # Variation selectors, joiners and other characters without a glyph of their own.
    wide = "".join(c for c in wide if unicodedata.category(c) != "Cf" and not _is_selector(c))
    wide = wide.translate(FOLDED)
    wide = re.sub(r"(.)[々〻]", r"\1\1", wide)
    wide = re.sub(_BETWEEN_KANJI.format("がガヶケヵカ"), "ケ", wide)
    wide = re.sub(_BETWEEN_KANJI.format("のノ之乃"), "ノ", wide)
    wide = jaconv.hira2kata(wide).upper().translate(_LATIN)
    wide = (
        re.sub("ヴ([ァィェォュャョアイエオ])", lambda match: _V_ROW[match[1]], wide).replace("ヴ", "ブ").translate(_V)
    )
    wide = wide.replace("ヅ", zu).replace("ヂ", di)
    wide = re.sub("(.)[ヽヾ]", r"\1\1", wide)
    bare = "".join(c for c in unicodedata.normalize("NFD", wide) if not unicodedata.combining(c))
    bare = bare.translate(_SMALL).translate(_DASHES)
    return _long_vowels("".join(c for c in bare if c.isalnum() or _is_new_kanji(c)), long=long)


def _is_new_kanji(character: str) -> bool:
    """Kanji that are younger than this Python's tables of letters."""
    return 0x20000 <= ord(character) <= 0x3FFFF


def _is_selector(character: str) -> bool:
    return 0xFE00 <= ord(character) <= 0xFE0F or 0xE0100 <= ord(character) <= 0xE01EF


def _long_vowels(text: str, *, long: bool) -> str:
    """サトー, サトウ → サトオ; ケーコ, ケイコ → ケエコ; オオノ stays another name than オノ."""
    out: list[str] = []
    for letter in text:
        vowel = _VOWELS.get(out[-1], "") if out else ""
        if letter == "ー":
            out.append(vowel if long else "")
        elif (letter, vowel) in (("ウ", "オ"), ("イ", "エ")):
            out.append(vowel)
        else:
            out.append(letter)
        if not out[-1]:
            out.pop()
    return "".join(out)


def fold(text: str) -> str:
    """'ｻﾄｳ ハナコ', 'さとう はなこ', 'サトーハナコ' → 'サトオハナコ'; '渡邉' → '渡辺'; 'João' → 'JOAO'."""
    return fold_text(text)[:KEY_LENGTH]


def fold_text(text: str) -> str:
    """The same for a whole text, of any length: to look for a name in it."""
    return _letters(text)


def spellings(text: str) -> set[str]:
    """All folds of a text: ヅ is ズ or ツ to the ear (飯塚), ー in foreign names may be left out."""
    found = {fold(text)}
    if re.search("[ヅヂづぢﾂﾁ]", text):
        found.add(_letters(text, zu="ツ", di="チ")[:KEY_LENGTH])
    if "ー" in unicodedata.normalize("NFKC", text).translate(_DASHES):
        found.add(_letters(text, long=False)[:KEY_LENGTH])
    return found - {""}


def name_parts(text: str) -> list[str]:
    """'ミホン・ダ・シルバ マリア' → four parts."""
    return [part for part in _PARTS.split(unicodedata.normalize("NFKC", text)) if part]


def name_keys(text: str) -> set[str]:
    """Every spelling, begun at every part of the name: whoever types the given name first finds it too."""
    parts = name_parts(text)[:6]
    return {key for at in range(max(1, len(parts))) for key in spellings(" ".join(parts[at:] + parts[:at]))}


def fold_digits(text: str) -> str:
    """'０８６－１２３' → '086123'; '+81 86' → '086'."""
    plain = unicodedata.normalize("NFKC", text).strip()
    digits = "".join(c for c in plain if c.isdecimal())
    return f"0{digits[2:]}" if plain.startswith("+81") else digits


def fold_number(text: str) -> str:
    """Case numbers: 'ｒ８－12' → 'R08-0012'; what is no whole number keeps its beginning ('R08-00')."""
    plain = "".join(unicodedata.normalize("NFKC", text).upper().split()).translate(
        dict.fromkeys(map(ord, "－―‐−ー"), "-")
    )
    if match := re.fullmatch(r"([RH])?(\d{1,2})-(\d{1,5})", plain):
        letter, year, number = match.groups()
        return f"{letter or 'R'}{int(year):02d}-{int(number):04d}"
    return plain


def case_keys(number: str) -> set[tuple[SearchKind, str]]:
    """A case is found by its number, and by the running part of it alone."""
    running = re.search(r"(\d+)$", number)
    keys = {(SearchKind.NUMBER, unicodedata.normalize("NFKC", number).upper())}
    return keys | ({(SearchKind.SEQUENCE, running[1].lstrip("0"))} if running else set())


def person_keys(*, name: str, name_kana: str, birth: KnownDate | None, phone: str) -> set[tuple[SearchKind, str]]:
    """Everything a person is found by."""
    keys = {(SearchKind.KANA, key) for key in name_keys(name_kana)}
    keys |= {(SearchKind.NAME, key) for key in name_keys(name)}
    if birth:
        keys.add((SearchKind.BIRTH, birth.digits))
    digits = fold_digits(phone)
    if digits:
        keys.add((SearchKind.PHONE, digits[:KEY_LENGTH]))
    if len(digits) >= 9:
        keys.add((SearchKind.PHONE_END, digits[-4:]))
    return {(kind, key) for kind, key in keys if key}


@dataclass(frozen=True, order=True)
class Lookup:
    """A range of one kind of key: `low` ≤ key < `high`."""

    kind: SearchKind
    low: str
    high: str

    @classmethod
    def prefix(cls, kind: SearchKind, text: str) -> Lookup:
        return cls(kind, text, f"{text}{LAST}")

    @classmethod
    def exact(cls, kind: SearchKind, text: str) -> Lookup:
        # Nothing sorts between a key and itself with this character: keys hold letters and digits.
        return cls(kind, text, f"{text}\x01")


# A word is found by any of its lookups; a reading is found when each of its words is.
Word = tuple[Lookup, ...]
Reading = tuple[Word, ...]

_ERA_MARKS = {mark: first.year for first, name, letter, _digit in ERAS for mark in (name, name[0], letter)}
_YEAR = re.compile(rf"({'|'.join(_ERA_MARKS)})(元|\d{{1,2}})年?(?:生まれ|生)?")
_WESTERN_YEAR = re.compile(r"(\d{4})年?(?:生まれ|生)?")
_ERA_MONTH = re.compile(rf"({'|'.join(_ERA_MARKS)})(元|\d{{1,2}})[年/.-](\d{{1,2}})月?(?:生まれ|生)?")
_WESTERN_MONTH = re.compile(r"(\d{4})[年/.-]?(\d{1,2})月?(?:生まれ|生)?")


def birth_prefixes(text: str) -> set[str]:
    """'S55.5.5' → 19800505; 'S55', '1980年' → 1980; 'S55.5' → 198005. Empty when it is no day, month or year."""
    plain = "".join(unicodedata.normalize("NFKC", text).upper().split())
    try:
        return {parse_date(re.sub("(?:生まれ|生)$", "", plain)).strftime("%Y%m%d")}
    except UnreadableDate:
        pass
    year = month = None
    if match := _ERA_MONTH.fullmatch(plain):
        year, month = _era_year(match[1], match[2]), int(match[3])
    elif match := _YEAR.fullmatch(plain):
        year = _era_year(match[1], match[2])
    elif match := _WESTERN_YEAR.fullmatch(plain):
        year = int(match[1])
    elif match := _WESTERN_MONTH.fullmatch(plain):
        year, month = int(match[1]), int(match[2])
    if year is None or not 1868 <= year <= 2100 or (month is not None and not 1 <= month <= 12):
        return set()
    return {f"{year}{month:02d}" if month else f"{year}"}


def _era_year(mark: str, number: str) -> int:
    return _ERA_MARKS[mark] + (1 if number == "元" else int(number)) - 1


def read_word(text: str) -> Word:
    """What one word may mean: a day, a number, a phone, a reading or a name."""
    plain = "".join(unicodedata.normalize("NFKC", text).upper().split())
    found = {lookup for prefix in birth_prefixes(plain) for lookup in _born(prefix)}
    digits = fold_digits(plain)
    if digits and not plain.strip("0123456789-()+ー"):
        if len(digits) <= 6 and digits.strip("0"):
            found.add(Lookup.exact(SearchKind.SEQUENCE, digits.lstrip("0")))
        if len(digits) == 4:
            found.add(Lookup.exact(SearchKind.PHONE_END, digits))
        if len(digits) >= 5 and digits.startswith("0"):
            found.add(Lookup.prefix(SearchKind.PHONE, digits))
        if "-" in plain:
            found.add(Lookup.prefix(SearchKind.NUMBER, fold_number(plain)))
    elif plain[:1].isascii() and any(char.isdigit() for char in plain):
        found.add(Lookup.prefix(SearchKind.NUMBER, fold_number(plain)))
    elif not found:
        found = {Lookup.prefix(kind, key) for key in _typed(plain) for kind in _kinds(plain)}
    return tuple(sorted(found))


def _born(prefix: str) -> set[Lookup]:
    """'19800505' also finds those of whom only 1980 or May 1980 is known; '1980' finds all of that year."""
    shorter = {prefix[:4], prefix[:6]} - {prefix}
    return {Lookup.prefix(SearchKind.BIRTH, prefix)} | {Lookup.exact(SearchKind.BIRTH, part) for part in shorter}


def _typed(text: str) -> set[str]:
    # A ー at the end of what was typed so far is a vowel: without it the prefix would say less than was typed.
    return {fold(text)} - {""} if text.endswith("ー") else spellings(text)


def _kinds(text: str) -> tuple[SearchKind, ...]:
    folded = fold(text)
    if all("ァ" <= char <= "ー" for char in folded):
        return (SearchKind.KANA,)
    return (SearchKind.NAME, SearchKind.KANA) if folded.isascii() else (SearchKind.NAME,)


def readings(text: str) -> list[Reading]:
    """How a query may be read, the narrow way first: all words as one name, then each word for itself."""
    whole = "".join(unicodedata.normalize("NFKC", text).split())
    words = [word for word in _PARTS.split(unicodedata.normalize("NFKC", text)) if word][:5]
    if not words:
        return []
    if len(words) == 1:
        return [(read_word(words[0]),)]
    each = tuple(read_word(word) for word in words)
    found: list[Reading] = []
    if alone := birth_prefixes(whole):
        found.append((tuple(lookup for prefix in sorted(alone) for lookup in _born(prefix)),))
    if whole.strip("0123456789-()+") == "":
        found.append((read_word(whole),))
    if len({word and word[0].kind for word in each}) == 1 and each[0] and each[0][0].kind in _NAME_KINDS:
        kinds = _kinds(words[0])
        turned = {key for at in range(len(words)) for key in spellings(" ".join(words[at:] + words[:at]))}
        found.append((tuple(sorted(Lookup.prefix(kind, key) for kind in kinds for key in turned)),))
    if all(each):
        found.append(each)
    return found


_NAME_KINDS = frozenset({SearchKind.KANA, SearchKind.NAME})
