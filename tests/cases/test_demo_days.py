"""The demo on other days than that of test_demo.py: after holidays, at the beginning of a fiscal year, on a leap day.

The wall goes by the database's clock, so a whole demo can be loaded for days gone by only; of days to come the
courses are made and looked at before they become rows.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable

import pytest

from cases.demo.casebook import CaseBook
from cases.demo.courses import add_all
from cases.demo.diary import add_slots
from cases.demo.logins import programmes
from cases.demo.organisations import build_world
from cases.enums import AppointmentStatus, CaseState
from cases.models import Appointment, Case
from cases.weeks import is_workday, local_day
from core.db import scope
from tests import servers
from tests.cases.test_demo import query

MET = (AppointmentStatus.KEPT, AppointmentStatus.NO_SHOW)
# (status, day of the booking, day it was settled, day the support began)
Booking = tuple[str, dt.date, dt.date | None, dt.date | None]


def check(day: dt.date, bookings: Iterable[Booking]) -> None:
    """Nobody comes to a closed counter, tomorrow's visit is not over, and none was before the support."""
    bookings = list(bookings)
    assert len({on for _status, on, _settled, _began in bookings}) > 4
    assert [on for _status, on, _settled, _began in bookings if not is_workday(on)] == []
    settled = [row for row in bookings if row[0] != AppointmentStatus.BOOKED]
    assert [row for row in settled if row[2] is None or row[2] > day] == []
    met = [row for row in settled if row[0] in MET]
    assert len(met) >= 6
    assert [row for row in met if row[1] > day or row[3] is None or row[1] < row[3]] == []


@pytest.mark.parametrize("day", ["2026-04-01", "2026-05-06"])
def test_the_whole_demo_of_a_day_gone_by(day: str):
    name = servers.demo_template(day)
    on = dt.date.fromisoformat(day)
    check(
        on,
        query(
            name,
            "SELECT a.status, (a.starts_at AT TIME ZONE 'Asia/Tokyo')::date,"
            " (a.status_at AT TIME ZONE 'Asia/Tokyo')::date, c.support_started_on"
            " FROM cases_appointment a JOIN cases_case c ON c.id = a.case_id",
        ),
    )
    recent = query(name, "SELECT DISTINCT state FROM cases_case WHERE opened_on > %s", on - dt.timedelta(days=420))
    assert {state for (state,) in recent} == set(CaseState.values)


@pytest.mark.parametrize(
    "day", ["2027-01-03", "2027-04-01", "2027-04-02", "2027-04-03", "2027-05-05", "2028-02-13", "2028-02-29"]
)
def test_the_courses_of_a_day_to_come(day: str, db: None):
    on, rng, data = dt.date.fromisoformat(day), random.Random(day), programmes()
    with scope(organisations=[]):
        world = build_world(data, today=on, rng=rng)
    with scope(organisations=[organisation.pk for organisation in world.organisations.values()]):
        add_slots(world, today=on)
        book = CaseBook(world, today=on, rng=rng)
        add_all(book, data)
    check(
        on,
        [
            (
                row.status,
                local_day(row.starts_at),
                local_day(row.status_at) if row.status_at else None,
                row.case.support_started_on,
            )
            for row in book.rows[Appointment]
        ],
    )
    recent = {row.state for row in book.rows[Case] if row.opened_on > on - dt.timedelta(days=420)}
    assert recent == set(CaseState)
