"""5,000 invented names × the ways people write them: found again, and not mixed up (performance.md C10–C11)."""

from __future__ import annotations

import random
import re
import unicodedata
from collections import Counter

import jaconv
import pytest

from bench.names import FAMILY, GIVEN
from cases.finding import find
from cases.search import name_keys, readings
from tests.factories import Programme, working_as

FOREIGN = """
マリア シルバ/カルロス・ソウザ/ジョアン ペレイラ/ヴィクトル サントス/シルヴィア オリヴェイラ/グエン・ヴァン・アン/ロドリゲス フェルナンド/チャン・ティ・フォン
マルセーロ ダ コスタ/アナ・パウラ リマ/キム ミンジュン/ファム・ティ・トゥイ/ジョゼー アルメイダ/ラファエル モラエス
""".replace("\n", "/").strip("/").split("/")  # fmt: skip
LATIN = ("João Pereira", "María García", "François Léger", "Łukasz Nowak", "Søren Ågren", "Zoë Müller")
OLD = str.maketrans(
    "辺斎高崎浜広沢島恵真国徳桜滝竜豊富栄瀬曽関黒円塩鶴亀桑槙岩万実徹櫻遥橋柳条",
    "邉齋髙﨑濱廣澤嶋惠眞國德櫻瀧龍豐冨榮瀨曾關黑圓鹽靏龜桒槇岩萬實徹桜遙槗栁條",
)
_UNVOICED = str.maketrans("ガギグゲゴザジズゼゾダヂヅデドバビブベボ", "カキクケコサシスセソタチツテトハヒフヘホ")


def people(count: int = 5000) -> list[tuple[str, str]]:
    """(name, reading), no two of one name, the same ones each time."""
    rng = random.Random(71)
    families, givens = ([words.split() for words in table] for table in (FAMILY, GIVEN))
    first, last = ([re.split("[ ・]", name, maxsplit=1)[part] for name in FOREIGN] for part in (0, 1))
    latin = [name.split() for name in LATIN]
    rows: dict[str, str] = {}
    while len(rows) < count:
        kind = rng.random()
        if kind < 0.04:
            name = f"{rng.choice(first)}{rng.choice(' ・')}{rng.choice(last)}"
            rows[name] = name
        elif kind < 0.06:
            rows[f"{rng.choice(latin)[0]} {rng.choice(latin)[1]}"] = f"{rng.choice(first)} {rng.choice(last)}"
        else:
            (family, family_kana), (given, given_kana) = rng.choice(families), rng.choice(givens)
            if rng.random() < 0.3:
                family = family.translate(OLD)
            rows[f"{family} {given}"] = f"{family_kana} {given_kana}"
    return list(rows.items())


def written(name: str, kana: str) -> dict[str, str]:
    """How somebody may type the person: what they see in a document, hear on the phone, or key in a hurry."""
    family, _space, given = kana.partition(" ")
    ways = {
        "as it is": kana,
        "hiragana": jaconv.kata2hira(kana),
        "half width": jaconv.z2h(kana),
        "no space": kana.replace(" ", ""),
        "full-width space": kana.replace(" ", "\u3000"),
        "middle dot": kana.replace(" ", "・"),
        "given name first": f"{given} {family}".strip(),
        "large small letters": kana.translate(str.maketrans("ァィゥェォッャュョ", "アイウエオツヤユヨ")),
        "unvoiced family name": f"{family.translate(_UNVOICED)} {given}".strip(),
        "v as b": kana.replace("ヴァ", "バ").replace("ヴィ", "ビ").replace("ヴェ", "ベ").replace("ヴ", "ブ"),
        "zu": kana.replace("ヅ", "ズ").replace("ヂ", "ジ"),
        "ou as bar": _bars(kana),
        "oo as ou": kana.replace("オオ", "オウ"),
        "beginning": kana[: max(3, len(family))],
        "name": name,
        "name without space": name.replace(" ", ""),
        "family name": name.split()[0],
        "decomposed": unicodedata.normalize("NFD", kana),
    }
    if name != kana and not name.isascii():
        ways["new kanji"] = name.translate({new: ord(old) for old, new in _pairs()})
        ways["old kanji"] = name.translate(OLD)
        ways["selector"] = f"{name[0]}\U000e0101{name[1:]}"
    if "ー" in kana:
        ways["no bar"] = kana.replace("ー", "")
    if all(ord(char) < 0x250 for char in name):
        # Łukasz is typed Lukasz: such a stroke is no accent that Unicode would take off.
        plain = name.translate(str.maketrans("ØøŁł", "OoLl"))
        ways["no accents"] = unicodedata.normalize("NFD", plain).encode("ascii", "ignore").decode()
        ways["capitals"] = name.upper()
    return ways


def _pairs() -> list[tuple[str, int]]:
    return [(chr(new), old) for new, old in ((ord(chr(value)), key) for key, value in OLD.items())]


def _bars(kana: str) -> str:
    """サトウ → サトー, ケイコ → ケーコ."""
    out = ""
    for letter in kana:
        last = out[-1:]
        is_long = (letter == "ウ" and last in "オコソトノホモヨロゴゾドボポョ" and last) or (
            letter == "イ" and last in "ケセテネヘメレゲゼデベペ" and last
        )
        out += "ー" if is_long else letter
    return out


def finds(text: str, keys: set[str]) -> bool:
    """As the database would: all words of a reading, each the beginning of a key."""
    return any(
        all(any(key.startswith(lookup.low) for lookup in word for key in keys) for word in reading)
        for reading in readings(text)
    )


def test_recall_of_5000_names_in_every_writing():
    """Of each writing by itself: a good average hides a writing that is never found."""
    rows = people()
    assert len({name for name, _kana in rows}) == len(rows) == 5000
    asked, found = Counter[str](), Counter[str]()
    missed: dict[str, list[str]] = {}
    for name, kana in rows:
        keys = name_keys(name) | name_keys(kana)
        for way, text in written(name, kana).items():
            asked[way] += 1
            if finds(text, keys):
                found[way] += 1
            else:
                missed.setdefault(way, []).append(f"{name} {kana}: {text}")
    recall = {way: found[way] / asked[way] for way in asked}
    assert len(recall) >= 20
    assert {way: of for way, of in asked.items() if of < 20} == {}, "a writing that hardly anybody was asked in"
    assert min(recall.values()) >= 0.99, {
        way: (recall[way], asked[way], rows[:5]) for way, rows in missed.items() if recall[way] < 0.99
    }


@pytest.mark.parametrize(
    ("asked", "other"),
    [
        ("サトウ", "カトウ"),
        ("オノ", "オオノ"),
        ("オオノ", "オノ"),
        ("チバ", "シバタ"),
        ("イイダ", "イダ"),
        ("ハラダ", "ハラ"),
        ("山田", "山口"),
        ("渡辺", "渡部"),
        ("高橋", "高木"),
        ("タナカ ハナコ", "タナカ タロウ"),
    ],
)
def test_another_name_is_not_found(asked, other):
    assert not finds(asked, name_keys(other))
    assert finds(asked, name_keys(asked))


def test_a_family_name_finds_few_others():
    """Precision: of 5,000, what a whole reading finds has that reading, by far the most of it."""
    rows = people()
    for family, kana in (("佐藤", "サトウ"), ("大野", "オオノ"), ("千葉", "チバ"), ("中島", "ナカジマ")):
        hits = [row for row in rows if finds(f"{kana}", name_keys(row[1]))]
        right = [row for row in hits if row[1].startswith(kana)]
        assert len(right) == len([row for row in rows if row[1].startswith(kana)])
        assert len(right) / len(hits) > 0.95, (family, {row[1] for row in hits})


def test_recall_in_the_database(okayama: Programme):
    """A sample through the real keys, the real statement and the wall."""
    rng = random.Random(72)
    sample = rng.sample(sorted(people()), 40)
    cases = {}
    for name, kana in sample:
        cases[name, kana] = okayama.open_case(name=name, kana=kana).pk
    missed, asked = [], 0
    with working_as(okayama.caseworker):
        for (name, kana), pk in cases.items():
            for way, text in written(name, kana).items():
                asked += 1
                if pk not in find(text, okayama.caseworker.organisation_ids).kinds:
                    missed.append((way, name, text))
    assert asked > 650
    assert len(missed) / asked <= 0.01, missed
