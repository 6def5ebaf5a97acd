"""Sentences for clients: both languages complete, every kanji with its reading, dates as they are said (D45)."""

from __future__ import annotations

import datetime as dt
import re
import string

import pytest

from cases.enums import ContactMethod, InterpreterManner, SheetLanguage
from cases.phrases import BRING, JA, PHRASES, PT, STEPS, day_text, moment_text, pieces, plain
from tests.factories import at

EVERY = [(name, key, entry) for name, table in (("say", PHRASES), ("bring", BRING), ("todo", STEPS)) for key, entry in table.items()]  # fmt: skip
KANJI = re.compile(r"[一-龯々]")


@pytest.mark.parametrize(("name", "key", "entry"), EVERY, ids=[f"{name}-{key}" for name, key, _entry in EVERY])
def test_both_languages_are_complete(name, key, entry):
    assert set(entry) == set(SheetLanguage)
    assert all(text.strip() for text in entry.values())
    fields = [{field for _t, field, _f, _c in string.Formatter().parse(text) if field} for text in entry.values()]
    assert fields[0] == fields[1]
    assert not re.search(r"[ぁ-んァ-ヶ一-龯]", entry[PT]), "Portuguese stays Portuguese"
    for piece in pieces(entry[JA]):
        assert bool(KANJI.search(piece.text)) == bool(piece.reading), piece
        assert re.fullmatch(r"[ぁ-んー]*", piece.reading)
    assert len(plain(entry)) <= 60, "one idea in a sentence"


def test_every_way_of_meeting_can_be_said():
    assert {f"how_{method}" for method in ContactMethod.values} <= set(PHRASES)
    assert {f"interpreter_{manner}" for manner in InterpreterManner.values} <= set(PHRASES)


@pytest.mark.parametrize("number", range(1, 32))
def test_days_are_read_as_they_are_said(number):
    text = day_text(dt.date(2026, 12, number), JA)
    irregular = {1: "ついたち", 5: "いつか", 8: "ようか", 14: "じゅうよっか", 20: "はつか", 24: "にじゅうよっか"}
    if number in irregular:
        assert f"[{number}日|{irregular[number]}]" in text
    for piece in pieces(text):
        assert not KANJI.search(piece.text) or piece.reading


def test_moments_in_both_languages():
    moment = at(dt.date(2026, 12, 5), 14).replace(minute=30)
    assert plain({JA: moment_text(moment, JA)}) == "2026年12月5日(土曜日)午後2時30分"
    assert "[分|ぷん]" in moment_text(moment, JA)
    assert "[分|ふん]" in moment_text(moment.replace(minute=5), JA)
    assert "分" not in moment_text(moment.replace(minute=0), JA)
    assert moment_text(moment, PT) == "sábado, 5 de dezembro de 2026, às 14h30"
    assert "[午後|ごご]12" in moment_text(at(dt.date(2026, 12, 5), 12), JA)


def test_the_switch_takes_the_readings_away():
    assert [piece.reading for piece in pieces("[次|つぎ]に [会|あ]う")] == ["つぎ", "", "あ", ""]
    assert {piece.reading for piece in pieces("[次|つぎ]に [会|あ]う", furigana=False)} == {""}
    assert "".join(piece.text for piece in pieces("[次|つぎ]に [会|あ]う")) == "次に 会う"
