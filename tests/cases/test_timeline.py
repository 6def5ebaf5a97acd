"""The case as it happened: newest first, by kind and by office, each with a time only where one is known (D30)."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.urls import reverse

from tests.access.worlds import client_of
from tests.factories import Programme, make_programme

DAY = dt.date(2023, 4, 3)


@pytest.fixture
def okayama(db: None) -> Programme:
    return make_programme("okayama", 1007)


def entries(page: str) -> list[str]:
    timeline = re.search(r'<ol class="timeline">(.*?)</ol>', page, re.S)
    assert timeline is not None
    return [re.sub(r"<[^>]+>|\s+", " ", one) for one in timeline[1].split("<li")[1:]]


def test_newest_first_by_kind_and_by_office(okayama: Programme):
    case = okayama.active(DAY)
    okayama.interview(case, dt.date(2023, 5, 1), body="窓口の話")
    okayama.interview(case, dt.date(2023, 5, 9), body="求人の話", who=okayama.navigator)
    okayama.place(case, dt.date(2023, 6, 1))
    client = client_of(okayama.caseworker)
    url = reverse("case_detail", kwargs={"pk": case.pk})
    every = entries(client.get(url).content.decode())
    assert [n for n, one in enumerate(every) if "求人の話" in one] < [
        n for n, one in enumerate(every) if "窓口の話" in one
    ]
    assert "就職" in every[0]
    talks = entries(client.get(url, {"kind": "面談"}).content.decode())
    assert len(talks) == 2
    office = okayama.navigator.organisation
    theirs = entries(client.get(url, {"office": office.pk}).content.decode())
    assert any("求人の話" in one for one in theirs) and not any("窓口の話" in one for one in theirs)
    both = entries(client.get(url, {"office": office.pk, "kind": "面談"}).content.decode())
    assert len(both) == 1
    # An office that has done nothing here narrows nothing.
    assert entries(client.get(url, {"office": "x"}).content.decode()) == every


def test_what_is_known_by_the_day_shows_no_time(okayama: Programme):
    case = okayama.active(DAY)
    okayama.place(case, dt.date(2023, 6, 1))
    page = client_of(okayama.caseworker).get(reverse("case_detail", kwargs={"pk": case.pk})).content.decode()
    for one in entries(page):
        assert not re.search(r"\b0{1,2}:00", one), one
