"""Finding people in any spelling."""

from __future__ import annotations

import pytest

from cases.views.overview import matching_keys
from tests.factories import Programme, working_as


@pytest.mark.parametrize(
    "text",
    [
        "わたなべ",
        "ﾜﾀﾅﾍﾞ",
        "ワタナベ ケン",
        "渡辺",
        "渡邉",
        "渡邊健",
        "S55.5.5",
        "昭和55年5月5日",
        "1980/5/5",
        "R05-0001",
        "ｒ０５",
        "086-000-1111",
        "０８６０００",
    ],
)
def test_every_spelling_finds_the_person(okayama: Programme, text):
    case = okayama.open_case(name="渡邊 健", kana="ワタナベ ケン", contact={"phone": "086-000-1111"})
    with working_as(okayama.caseworker):
        found = matching_keys(text, okayama.caseworker.organisation_ids)
        assert set(found.values_list("case", flat=True)) == {case.pk}
        assert not matching_keys("スズキ", okayama.caseworker.organisation_ids).exists()


def test_search_stays_behind_the_wall(okayama: Programme, soja: Programme):
    okayama.open_case()
    with working_as(soja.caseworker):
        everything = (*okayama.caseworker.organisation_ids, *soja.caseworker.organisation_ids)
        assert not matching_keys("シケン", everything).exists()
        assert not matching_keys("1980/5/5", everything).exists()
