"""Two people edit one row: both texts are shown, what does not overlap is united, nothing is overwritten."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from cases.models import Person
from tests.clients import client_of
from tests.factories import Programme, working_as

BASE = {
    "name": "試験 花子",
    "name_kana": "シケン ハナコ",
    "birth_on": "昭和55年5月5日",
    "sex": "unknown",
    "version": "1",
}


def race(okayama: Programme, first: dict[str, Any], second: dict[str, Any]) -> tuple[Any, str, Client]:
    """Both opened version 1; the first saves, the second gets the answer that is returned."""
    case = okayama.open_case()
    with working_as(okayama.caseworker):
        sex = Person.objects.get().sex
    url = reverse("person_edit", kwargs={"pk": case.pk})
    base = BASE | {"sex": sex}
    winner, loser = client_of(okayama.caseworker), client_of(okayama.manager)
    assert winner.post(url, base | first).status_code == 302
    answer = loser.post(url, base | second)
    assert answer.status_code == 409
    return answer, url, loser


def stored(okayama: Programme) -> Person:
    with working_as(okayama.caseworker):
        return Person.objects.get()


def test_changes_that_do_not_overlap_are_united_by_one_click(okayama: Programme):
    answer, url, loser = race(okayama, {"needs_interpreter": "on", "language": "英語"}, {"birth_note": "夕方のみ"})
    text = answer.content.decode()
    for words in ("変えた項目は重なっていません", "あなたが変更", "ほかの人が変更", "夕方のみ", "英語", "はい"):
        assert words in text
    assert "両方が変更" not in text
    person = stored(okayama)
    assert (person.language, person.birth_note, person.version) == ("英語", "", 2)
    # The form on the page, sent as it stands.
    assert loser.post(url, answer.context["form"].data).status_code == 302
    person = stored(okayama)
    assert (person.language, person.needs_interpreter, person.birth_note) == ("英語", True, "夕方のみ")
    assert person.version == 3
    assert str(person.birth_on) == "1980-05-05"


def test_the_same_field_is_for_the_person_to_decide(okayama: Programme):
    answer, url, loser = race(okayama, {"birth_note": "午前のみ", "name": "岡山 市子"}, {"birth_note": "夕方のみ"})
    text = answer.content.decode()
    for words in ("両方が変更", "ほかの人が変更", "午前のみ", "夕方のみ", "岡山 市子"):
        assert words in text
    assert stored(okayama).birth_note == "午前のみ"
    assert loser.post(url, answer.context["form"].data).status_code == 302
    person = stored(okayama)
    assert (person.birth_note, person.name) == ("夕方のみ", "岡山 市子")


def test_a_third_saver_in_between_is_seen_too(okayama: Programme):
    answer, url, loser = race(okayama, {"name": "岡山 市子"}, {"birth_note": "夕方のみ"})
    union = answer.context["form"].data
    third = client_of(okayama.caseworker)
    assert third.post(url, union.dict() | {"language": "英語", "birth_note": ""}).status_code == 302
    again = loser.post(url, union)
    assert again.status_code == 409
    assert "ほかの人が変更" in again.content.decode()
    assert loser.post(url, again.context["form"].data).status_code == 302
    person = stored(okayama)
    assert (person.name, person.language, person.birth_note) == ("岡山 市子", "英語", "夕方のみ")


def test_an_employer_too(okayama: Programme):
    url = reverse("employer_edit", kwargs={"pk": okayama.employer.pk})
    first, second = client_of(okayama.navigator), client_of(okayama.caseworker)
    base = {"name": okayama.employer.name, "version": "1"}
    assert first.post(url, base | {"note": "駅前"}).status_code == 302
    answer = second.post(url, base | {"address": "岡山市"})
    assert answer.status_code == 409
    assert "駅前" in answer.content.decode()
    assert second.post(url, answer.context["form"].data).status_code == 302
    okayama.employer.refresh_from_db()
    assert (okayama.employer.note, okayama.employer.address) == ("駅前", "岡山市")
