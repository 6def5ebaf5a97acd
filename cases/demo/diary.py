"""Times of the demo's bookings: no worker and no desk twice, on working days; when workers are at the counter."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from accounts.models import User
from agreements.models import Desk, Site
from cases.demo.course import at
from cases.demo.organisations import World
from cases.enums import ContactMethod
from cases.models import Appointment, WorkerSlot
from cases.weeks import holiday_name, next_workday
from core.db import scope
from core.periods import fiscal_year

HOURS = (9, 10, 11, 13, 14, 15, 16)
DESKS = ("相談席1", "相談席2", "個室")
# (login, organisation, agreement whose first site, weekdays, from, to, note)
SLOTS = (
    ("okayama-navi", "okayama_hw", "okayama", (0, 1, 2, 3, 4), 9, 12, "常設"),
    ("okayama-navi", "okayama_hw", "okayama", (0, 1, 2, 3, 4), 13, 17, "常設"),
    ("okayama-navi2", "okayama_hw", "okayama", (0, 2, 4), 13, 17, ""),
    ("okayama-cw", "okayama_kita", "okayama", (1, 3), 9, 12, ""),
    ("okayama-worker", "okayama_kita", "okayama", (0, 3), 13, 17, ""),
    ("soja-navi", "soja_hw", "soja", (0, 1, 2, 3, 4), 9, 12, "常設"),
    ("kurashiki-navi", "kurashiki_hw", "kurashiki", (1, 4), 13, 16, "巡回相談"),
)


class Diary:
    """Which hours of which worker and desk are taken."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.taken: set[tuple[Any, dt.date, int]] = set()
        self.desks: dict[int, list[Desk]] = {}

    def free(self, worker: User, site: Site | None, day: dt.date) -> tuple[dt.datetime, Desk | None]:
        """A free hour on that working day or the next ones, and a desk that is free then (none when all are taken)."""
        while True:
            hours = [hour for hour in HOURS if (worker.pk, day, hour) not in self.taken]
            if hours:
                hour = self.rng.choice(hours)
                self.taken.add((worker.pk, day, hour))
                return at(day, hour), self._desk(site, day, hour)
            day = next_workday(day)

    def _desk(self, site: Site | None, day: dt.date, hour: int) -> Desk | None:
        if site is None:
            return None
        if site.pk not in self.desks:
            self.desks[site.pk] = list(site.desks.order_by("pk"))
        for desk in self.desks[site.pk]:
            if (desk, day, hour) not in self.taken:
                self.taken.add((desk, day, hour))
                return desk
        return None


def add_slots(world: World, *, today: dt.date) -> None:
    """Desks of every site, and the weekly times of some workers."""
    for sites in world.sites.values():
        Desk.objects.bulk_create(Desk(site=site, name=name) for site in sites for name in DESKS)
    for login, place, code, weekdays, start, end, note in SLOTS:
        organisation = world.organisations[place]
        with scope(organisations=[organisation.pk]):
            WorkerSlot.objects.bulk_create(
                WorkerSlot(
                    worker=world.users[login],
                    organisation=organisation,
                    site=world.sites[code][0],
                    weekday=weekday,
                    start_time=dt.time(start),
                    end_time=dt.time(end),
                    valid_from=dt.date(fiscal_year(today), 4, 1),
                    note=note,
                )
                for weekday in weekdays
            )


def add_weekly(diary: Diary, first: Appointment, *, times: int) -> list[Appointment]:
    """The same talk every week after the first one, as far as the hour is free."""
    made = []
    for number in range(1, times):
        starts_at = first.starts_at + dt.timedelta(weeks=number)
        day, hour = starts_at.date(), starts_at.hour
        key = (first.worker_id, day, hour)
        if holiday_name(day) or key in diary.taken:
            continue
        diary.taken.add(key)
        made.append(
            Appointment(
                case=first.case,
                organisation=first.organisation,
                worker=first.worker,
                starts_at=starts_at,
                method=ContactMethod.VISIT,
                site=first.site,
                bring="筆記用具",
                note="毎週の相談",
                created_by=first.worker,
            )
        )
    return made
