"""A week or a day of bookings laid out for the screen; public holidays; free times. Pure: no queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import jpholiday
from django.utils import timezone

FIRST_HOUR, LAST_HOUR = 9, 16
PER_DAY = 2


@dataclass(frozen=True)
class Entry:
    """One booking on the screen; without a row it is a time taken by another organisation."""

    starts_at: dt.datetime
    minutes: int
    row: Any = None
    desk: str = ""

    @property
    def ends_at(self) -> dt.datetime:
        return self.starts_at + dt.timedelta(minutes=self.minutes)


@dataclass(frozen=True)
class SlotMark:
    """A worker is at the counter: on this day from one time to another."""

    day: dt.date
    start: dt.time
    end: dt.time
    slot: Any


@dataclass
class Day:
    """One column of the week."""

    on: dt.date
    holiday: str
    is_today: bool
    entries: list[Entry] = field(default_factory=list)
    marks: list[SlotMark] = field(default_factory=list)


@dataclass(frozen=True)
class Cell:
    """What begins in one hour of one day, and whether somebody is at the counter then."""

    day: Day
    entries: list[Entry]
    marks: list[SlotMark]
    is_open: bool


@dataclass(frozen=True)
class Row:
    """One hour across the days."""

    hour: int
    cells: list[Cell]


@dataclass(frozen=True)
class Layout:
    """Days as a list for narrow screens, and the same as rows of hours for wide ones."""

    days: list[Day]
    rows: list[Row]


def holiday_name(day: dt.date) -> str:
    """The name of the public holiday, or nothing."""
    return jpholiday.is_holiday_name(day) or ""


def is_workday(day: dt.date) -> bool:
    return day.weekday() < 5 and not holiday_name(day)


def next_workday(day: dt.date) -> dt.date:
    """The first working day after this one."""
    day += dt.timedelta(days=1)
    while not is_workday(day):
        day += dt.timedelta(days=1)
    return day


def monday_of(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def local_day(moment: dt.datetime) -> dt.date:
    return timezone.localtime(moment).date()


def moment_of(day: dt.date, time: dt.time) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, time))


def marks_of(slots: Iterable[Any], days: Sequence[dt.date]) -> list[SlotMark]:
    """The weekly slots on these days; nobody is at the counter on a public holiday."""
    marks = [
        SlotMark(day, slot.start_time, slot.end_time, slot)
        for day in days
        if not holiday_name(day)
        for slot in slots
        if slot.weekday == day.weekday() and slot.valid_from <= day and (slot.valid_to is None or day <= slot.valid_to)
    ]
    return sorted(marks, key=lambda mark: (mark.day, mark.start, mark.end))


def lay_out(days: Sequence[dt.date], entries: Iterable[Entry], slots: Iterable[Any], *, today: dt.date) -> Layout:
    """Monday to Friday always; a weekend day only when something stands on it. Rows from 9 to 16 or as needed."""
    slots = list(slots)
    by_day: dict[dt.date, list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: entry.starts_at):
        by_day.setdefault(local_day(entry.starts_at), []).append(entry)
    marks = marks_of(slots, days)
    columns = [
        Day(day, holiday_name(day), day == today, by_day.get(day, []), [mark for mark in marks if mark.day == day])
        for day in days
        if len(days) == 1 or day.weekday() < 5 or day in by_day or any(mark.day == day for mark in marks)
    ]
    hours = [timezone.localtime(entry.starts_at).hour for day in columns for entry in day.entries]
    hours += [hour for day in columns for mark in day.marks for hour in (mark.start.hour, _last_hour(mark))]
    first, last = min([FIRST_HOUR, *hours]), max([LAST_HOUR, *hours])
    return Layout(columns, [Row(hour, [_cell(day, hour) for day in columns]) for hour in range(first, last + 1)])


def _last_hour(mark: SlotMark) -> int:
    return mark.end.hour if mark.end.minute else mark.end.hour - 1


def _cell(day: Day, hour: int) -> Cell:
    return Cell(
        day,
        [entry for entry in day.entries if timezone.localtime(entry.starts_at).hour == hour],
        [mark for mark in day.marks if mark.start.hour == hour],
        any(mark.start.hour <= hour <= _last_hour(mark) for mark in day.marks),
    )


def free_times(
    slots: Iterable[Any],
    taken: Sequence[tuple[dt.datetime, dt.datetime]],
    *,
    after: dt.datetime,
    days: int,
    minutes: int,
    limit: int,
) -> list[tuple[dt.datetime, Any]]:
    """The next free times within the slots, at most two a day so that the person has days to choose from."""
    first = local_day(after)
    found: list[tuple[dt.datetime, Any]] = []
    per_day: dict[dt.date, int] = {}
    length = dt.timedelta(minutes=minutes)
    for mark in marks_of(slots, [first + dt.timedelta(days=number) for number in range(days)]):
        start, end = moment_of(mark.day, mark.start), moment_of(mark.day, mark.end)
        while start + length <= end and len(found) < limit and per_day.get(mark.day, 0) < PER_DAY:
            if start > after and not any(begin < start + length and start < until for begin, until in taken):
                found.append((start, mark.slot))
                per_day[mark.day] = per_day.get(mark.day, 0) + 1
            start += length
    return found


def within_slots(slots: Iterable[Any], starts_at: dt.datetime, minutes: int) -> bool:
    """Whether the worker is at a counter for the whole talk."""
    ends = starts_at + dt.timedelta(minutes=minutes)
    return any(
        moment_of(mark.day, mark.start) <= starts_at and ends <= moment_of(mark.day, mark.end)
        for mark in marks_of(slots, [local_day(starts_at)])
    )


def series_days(starts_at: dt.datetime, *, every_weeks: int, count: int) -> tuple[list[dt.datetime], list[dt.date]]:
    """(times, days left out because they are public holidays) of a repeated booking, the first one included."""
    local = timezone.localtime(starts_at)
    all_days = [local.date() + dt.timedelta(weeks=every_weeks * number) for number in range(count)]
    kept = [day for day in all_days if not holiday_name(day)]
    times = [starts_at if day == local.date() else moment_of(day, local.time()) for day in kept]
    return times, [day for day in all_days if holiday_name(day)]
