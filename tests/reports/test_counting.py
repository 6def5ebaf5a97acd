"""A month worked by hand, compared with == to the whole."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agreements.enums import BenefitStatus, IndicatorCode
from core.periods import Month
from employers.models import Employer, Vacancy
from reports.counting import NoCountingRules, count_month
from reports.documents import json_report
from reports.enums import Source
from reports.figures import Agreed, Cell, GroupFigures, from_json, to_json
from reports.indicators import count, facts
from tests.factories import Programme, at, make_plan

MONTH = Month(2023, 12)
AT = at(dt.date(2024, 1, 5))
S, P, R = IndicatorCode.SUPPORTED, IndicatorCode.PLACED, IndicatorCode.PLACEMENT_RATE


def figures_of(programme: Programme, month: Month = MONTH):
    with programme.everybody():
        return count_month(programme.agreement, month, counted_at=AT)


def worked_month(programme: Programme) -> None:
    """Two began this year (one placed twice), one began last year and was placed now; edges on both sides."""
    make_plan(programme, 2022, {(None, S): (10, None)})
    make_plan(
        programme,
        2023,
        {
            ("livelihood", S): (180, None),
            ("livelihood", P): (117, Decimal("64.6")),
            (None, S): (200, None),
            (None, P): (131, Decimal("64.6")),
        },
    )
    last_year = programme.active(dt.date(2023, 3, 31))
    programme.place(last_year, dt.date(2023, 4, 1))
    twice = programme.active(dt.date(2023, 4, 1))
    programme.place(twice, dt.date(2023, 6, 1))
    programme.place(
        twice, dt.date(2023, 9, 1), employer=Employer.objects.create(name="別", registered_by=programme.city)
    )
    programme.introduce(twice, dt.date(2023, 5, 1))
    programme.active(dt.date(2023, 12, 31), status=BenefitStatus.CHILD_REARING)
    later = programme.active(dt.date(2023, 12, 1), status=BenefitStatus.CHILD_REARING)
    programme.place(later, dt.date(2024, 1, 1))  # the day after the month
    programme.interview(twice, dt.date(2023, 7, 1))


def test_a_month_worked_by_hand(okayama: Programme):
    worked_month(okayama)
    figures = figures_of(okayama)

    def cell(code, actual, base=None, target=(None, None), reference=0, reference_base=None, reference_target=None):
        return Cell(
            indicator=code,
            actual=actual,
            base=base,
            target=Agreed(*target),
            reference_actual=reference,
            reference_base=reference_base,
            reference_target=Agreed(reference_target),
        )

    rate = Decimal("64.6")
    assert figures.groups[0] == GroupFigures(
        code="livelihood",
        name="生活保護受給者",
        cells=(
            cell(S, 1, target=(180, None), reference=1),
            cell(P, 2, 1, (117, rate), 0, 1),
            cell(R, 2, 1, (None, rate), 0, 1),
            cell(IndicatorCode.PLACEMENTS, 3),
            cell(IndicatorCode.INTRODUCTIONS, 1),
            cell(IndicatorCode.INTERVIEWS, 1),
            cell(IndicatorCode.DEVELOPED_OPENINGS, 0),
        ),
    )
    assert figures.groups[0].placed.rate == Decimal("200.0")
    child = figures.groups[1]
    assert (child.supported.actual, child.placed.actual) == (2, 0)
    assert child.placed.rate == Decimal("0.0")
    assert figures.total.code == "total"
    assert (figures.total.supported.actual, figures.total.placed.actual) == (3, 2)
    assert figures.total.placed.target == Agreed(131, rate)
    assert figures.total.supported.reference_target == Agreed(10)
    assert figures.series[0].cumulative == (1, 1, 1, 1, 1, 1, 1, 1, 3)
    assert figures.series[1].cumulative == (1, 1, 2, 2, 2, 2, 2, 2, 2)


def test_the_next_month_takes_the_next_day(okayama: Programme):
    worked_month(okayama)
    assert figures_of(okayama, Month(2024, 1)).total.placed.actual == 3
    assert figures_of(okayama, Month(2024, 4)).total.supported.actual == 0
    assert figures_of(okayama, Month(2024, 4)).total.supported.reference_actual == 3


def test_figures_survive_storing(okayama: Programme):
    worked_month(okayama)
    figures = figures_of(okayama)
    assert from_json(to_json(figures)) == figures


def test_facts_are_what_is_counted(okayama: Programme):
    worked_month(okayama)
    with okayama.everybody():
        for source in Source:
            if source == Source.DEVELOPED_VACANCIES:
                continue
            counted = count(source, [okayama.agreement], MONTH.fiscal_start, MONTH.last_day)
            listed = facts(source, [okayama.agreement], MONTH.fiscal_start, MONTH.last_day)
            assert sum(counted.values()) == len(listed), source


def test_another_city_is_not_counted(okayama: Programme, soja: Programme):
    worked_month(okayama)
    soja.active(dt.date(2023, 5, 1))
    assert figures_of(okayama).total.supported.actual == 3
    assert figures_of(soja).total.supported.actual == 1


def test_developed_openings_count_people_sought_in_total_only(okayama: Programme):
    for organisation, openings, developed in (
        (okayama.hello_work, 3, True),
        (okayama.office, 2, True),
        (okayama.city, 5, False),
    ):
        Vacancy.objects.create(
            employer=okayama.employer,
            organisation=organisation,
            job_title="清掃",
            opening_count=openings,
            is_developed=developed,
            found_on=dt.date(2023, 6, 1),
            created_by=okayama.manager.user,
        )
    figures = figures_of(okayama)
    assert figures.total.cell(IndicatorCode.DEVELOPED_OPENINGS).actual == 5
    codes = {row["code"] for row in json_report(figures)["groups"][0]["indicators"]}
    assert "developed_openings" not in codes


def test_the_number_of_queries_does_not_grow(okayama: Programme, soja: Programme):
    worked_month(okayama)
    seen = set()
    for sources in ([okayama.agreement], [okayama.agreement, soja.agreement]):
        with (
            okayama.everybody(),
            CaptureQueriesContext(
                connection,
            ) as queries,
        ):
            count(Source.PLACEMENTS, sources, MONTH.fiscal_start, MONTH.last_day)
        seen.add(len(queries))
    assert seen == {1}


def test_without_rules_it_says_so(okayama: Programme):
    with okayama.everybody(), pytest.raises(NoCountingRules, match="計数規則がありません"):
        count_month(okayama.agreement, Month(2019, 12), counted_at=AT)
