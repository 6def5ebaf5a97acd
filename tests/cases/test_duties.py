"""Duties of 住居確保給付金: rules by date, what is logged counts by itself, what is missing is shown."""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise

import pytest
from django.urls import reverse

from agreements.enums import BenefitStatus, DutyKind
from agreements.models import DutyRule
from cases import duties
from cases.enums import Visibility
from cases.models import BenefitPeriod, Case
from core.periods import Month, today
from tests import walls
from tests.clients import client_of
from tests.factories import Programme, working_as


def receiving(programme: Programme, starts_on: dt.date, ends_on: dt.date | None = None, **person) -> Case:
    """A case in support whose person also receives 住居確保給付金."""
    case = programme.active(starts_on, **person)
    with working_as(programme.caseworker):
        BenefitPeriod.objects.create(
            case=case, status=BenefitStatus.HOUSING_BENEFIT, is_primary=False, starts_on=starts_on, ends_on=ends_on
        )
    return case


def months(programme: Programme, case: Case, day: dt.date, who=None) -> dict[str, duties.DutyMonth]:
    who = who or programme.caseworker
    with working_as(who):
        return {str(row.month): row for row in duties.months_of(case, who, day)}


def numbers(month: duties.DutyMonth) -> dict[str, tuple[int, int]]:
    return {line.kind.value: (line.reached, line.required) for line in month.lines}


def test_rules_are_data_with_days_and_sources(db):
    assert DutyRule.objects.count() == 12
    assert not DutyRule.objects.filter(source="").exists()
    for kind in DutyKind:
        rows = list(DutyRule.objects.filter(kind=kind).order_by("valid_from"))
        for before, after in pairwise(rows):
            assert before.valid_to + dt.timedelta(days=1) == after.valid_from
        assert rows[-1].valid_to is None


@pytest.mark.parametrize(
    ("month", "asked"),
    [
        ("2019-06", {"consultation": 4, "job_advice": 2, "application": 5}),
        ("2021-06", {"consultation": 1, "job_advice": 0, "application": 0}),
        ("2022-06", {"consultation": 1, "job_advice": 1, "application": 1}),
        ("2023-06", {"consultation": 4, "job_advice": 2, "application": 4}),
    ],
)
def test_the_rule_of_the_month_holds(okayama: Programme, month, asked):
    """Sundays: five in June 2019 (2, 9, 16, 23, 30), four in June 2023."""
    first = Month.parse(month).first_day
    case = receiving(okayama, first - dt.timedelta(days=40))
    row = months(okayama, case, first + dt.timedelta(days=10))[month]
    assert {kind: required for kind, (_reached, required) in numbers(row).items()} == asked


def test_what_both_sides_log_counts_by_itself(okayama: Programme):
    case = receiving(okayama, dt.date(2023, 5, 20))
    day = dt.date(2023, 6, 7)
    okayama.interview(case, day, okayama.caseworker, has_municipality=True)
    okayama.interview(case, day, has_municipality=True, has_hello_work=True)  # three-way: both
    okayama.interview(case, day, has_hello_work=True)
    okayama.interview(case, day, has_municipality=True, has_person=False)  # about the person, not with
    okayama.introduce(case, dt.date(2023, 6, 5))
    okayama.introduce(case, dt.date(2023, 6, 8))  # the same week
    okayama.introduce(case, dt.date(2023, 6, 19))
    row = months(okayama, case, dt.date(2023, 6, 20))["2023-06"]
    assert numbers(row) == {"consultation": (2, 4), "job_advice": (2, 2), "application": (2, 4)}
    assert row.missing_words == "自立相談支援機関の面談 あと2回、企業への応募 あと2週"
    assert not row.is_partial


def test_weeks_belong_to_the_month_of_their_sunday():
    assert duties.sundays(Month(2023, 6)) == [dt.date(2023, 6, day) for day in (4, 11, 18, 25)]
    assert duties.sundays(Month(2023, 7))[0] == dt.date(2023, 7, 2)
    every = [day for month in range(1, 13) for day in duties.sundays(Month(2023, month))]
    assert all((b - a).days == 7 for a, b in pairwise(every))


def test_months_follow_the_benefit(okayama: Programme):
    case = receiving(okayama, dt.date(2023, 5, 20), dt.date(2023, 8, 19))
    found = months(okayama, case, dt.date(2024, 1, 1))
    assert list(found) == ["2023-08", "2023-07", "2023-06", "2023-05"]
    assert [row.is_partial for row in found.values()] == [True, False, False, True]
    assert numbers(found["2023-05"])["application"] == (0, 1)  # one whole week is left of May
    assert months(okayama, okayama.active(), today()) == {}


def test_only_what_one_may_see_is_counted(okayama: Programme):
    case = receiving(okayama, dt.date(2023, 5, 20))
    okayama.interview(case, dt.date(2023, 6, 7), okayama.caseworker, has_municipality=True, visibility=Visibility.OWN)
    day = dt.date(2023, 6, 20)
    assert numbers(months(okayama, case, day)["2023-06"])["consultation"][0] == 1
    assert numbers(months(okayama, case, day, okayama.navigator)["2023-06"])["consultation"][0] == 0


def test_what_is_missing_stands_on_today(okayama: Programme):
    receiving(okayama, today() - dt.timedelta(days=60), name="住居 の人")
    receiving(okayama, today() - dt.timedelta(days=90), today() - dt.timedelta(days=1), name="終わった 人")
    client = client_of(okayama.manager)
    shown = client.get(reverse("today")).content.decode()
    part = shown[shown.index("担当者ごと") :]
    missing = re.findall(r"求職活動.*?</li>", part[: part.index("</section>")], re.DOTALL)
    assert len(missing) == 1 and "住居 の人" in missing[0]
    assert "自立相談支援機関の面談 あと4回" in missing[0]


def test_the_sheet_of_a_month(okayama: Programme):
    case = receiving(okayama, dt.date(2023, 5, 20))
    client = client_of(okayama.caseworker)
    assert "令和5年6月" in client.get(reverse("duty_table", kwargs={"pk": case.pk})).content.decode()
    url = reverse("duty_sheet", kwargs={"pk": case.pk, "month": "2023-06"})
    assert client.get(url).content.startswith(b"%PDF")
    for month in ("2023-13", "2023-04", "x"):
        assert client.get(reverse("duty_sheet", kwargs={"pk": case.pk, "month": month})).status_code == 404
    walls.hide(okayama, case)
    assert client.get(url).headers["Location"] == reverse("suppression", kwargs={"pk": case.pk})
