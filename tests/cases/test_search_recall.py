"""5,000 invented names × the ways people write them: found again, and not mixed up (performance.md C10–C11)."""

from __future__ import annotations

import random
import unicodedata

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
    """(name, reading), the same ones each time."""
    rng = random.Random(71)
    rows: list[tuple[str, str]] = []
    while len(rows) < count:
        kind = rng.random()
        if kind < 0.06:
            name = rng.choice(FOREIGN)
            rows.append((name, name))
        elif kind < 0.08:
            rows.append((rng.choice(LATIN), "マリア ガルシア"))
        else:
            (family, family_kana), (given, given_kana) = (rng.choice(words).split() for words in (FAMILY, GIVEN))
            if rng.random() < 0.3:
                family = family.translate(OLD)
            rows.append((f"{family} {given}", f"{family_kana} {given_kana}"))
    return rows


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
        ways["no accents"] = unicodedata.normalize("NFD", name).encode("ascii", "ignore").decode() or name
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
    missed: dict[str, list[str]] = {}
    asked = 0
    cache: dict[tuple[str, str], bool] = {}
    for name, kana in people():
        keys = name_keys(name) | name_keys(kana)
        for way, text in written(name, kana).items():
            asked += 1
            if (text, name) not in cache:
                cache[text, name] = finds(text, keys)
            if not cache[text, name]:
                missed.setdefault(way, []).append(f"{name} {kana}: {text}")
    found = 1 - sum(map(len, missed.values())) / asked
    assert asked >= 5000 * 17
    assert found >= 0.99, (found, {way: (len(rows), rows[:5]) for way, rows in missed.items()})


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
    sample = rng.sample(sorted(set(people())), 40)
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
