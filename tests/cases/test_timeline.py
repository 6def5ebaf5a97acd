"""The case as it happened: newest first, by kind and by office, each with a time only where one is known (D30)."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.urls import reverse

from cases.actions import work
from cases.enums import ContactMethod, RetentionState
from core.periods import now
from tests import desk
from tests.access.worlds import client_of
from tests.factories import Programme, make_programme, working_as

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
    okayama.interview(case, dt.date(2023, 5, 1), body="窓口の話", who=okayama.caseworker)
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


def test_what_one_office_did_is_not_said_of_the_other(okayama: Programme):
    """Either side asks after a placed person; a handover is the office's own."""
    case = okayama.active(DAY)
    okayama.place(case, dt.date(2023, 6, 1))
    with working_as(okayama.caseworker):
        check = case.retention_checks.order_by("month_mark").first()
        work.check_retention(
            check=check,
            by=okayama.caseworker,
            at=now(),
            state=RetentionState.EMPLOYED,
            on=dt.date(2023, 8, 1),
            method=ContactMethod.PHONE,
            note="",
        )
    desk.pass_on(okayama, case)
    client, url = client_of(okayama.navigator), reverse("case_detail", kwargs={"pk": case.pk})
    whole = entries(client.get(url).content.decode())
    asked = next(one for one in whole if "定着確認" in one)
    assert okayama.caseworker.user.name in asked and okayama.hello_work.short_name not in asked
    assert any("担当の引継ぎ" in one for one in whole)
    city = entries(client.get(url, {"office": okayama.office.pk}).content.decode())
    assert not any("担当の引継ぎ" in one for one in city)


def test_what_is_known_by_the_day_shows_no_time(okayama: Programme):
    case = okayama.active(DAY)
    okayama.place(case, dt.date(2023, 6, 1))
    page = client_of(okayama.caseworker).get(reverse("case_detail", kwargs={"pk": case.pk})).content.decode()
    for one in entries(page):
        assert not re.search(r"\b0{1,2}:00", one), one
