"""Which courses there are: Okayama's published two years, and a living year for everybody."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from agreements.enums import BenefitStatus
from cases.demo.casebook import CaseBook
from cases.demo.course import Course, Job, Side, at, workday
from cases.demo.diary import add_weekly
from cases.demo.organisations import World
from cases.enums import AppointmentStatus, CaseState, CloseReason, DeferralReason, RequestStatus
from cases.models import Appointment, Deferral
from core.periods import add_months, fiscal_year

GROUP_STATUS = {
    "livelihood": BenefitStatus.LIVELIHOOD_PROTECTION,
    "child-rearing": BenefitStatus.CHILD_REARING,
    "housing": BenefitStatus.HOUSING_BENEFIT,
    "in-need": BenefitStatus.IN_NEED,
    "disability": BenefitStatus.DISABILITY,
    "foreign": BenefitStatus.FOREIGN_RESIDENT,
    "tamashima": BenefitStatus.JOB_SEEKER,
    "mizushima": BenefitStatus.LIVELIHOOD_PROTECTION,
}
# Share of a full year's course numbers in the living years: (agreement, group) → (supported, placed).
LIVING = {
    ("okayama", "livelihood"): (70, 44),
    ("okayama", "child-rearing"): (12, 7),
    ("okayama", "housing"): (4, 2),
    ("soja", "in-need"): (36, 23),
    ("soja", "disability"): (24, 10),
    ("soja", "foreign"): (14, 6),
    ("kurashiki", "tamashima"): (30, 22),
    ("kurashiki", "mizushima"): (30, 17),
}


def side_of(world: World, code: str) -> Side:
    holders = {
        "okayama": (
            ("okayama_kita", "okayama-cw"),
            ("okayama_kita", "okayama-worker"),
            ("okayama_minami", "okayama-cw2"),
        ),
        "soja": (("soja_office", "soja-cw"),),
        "kurashiki": (("kurashiki_mizushima", "kurashiki-cw"), ("kurashiki_tamashima", "kurashiki-cw2")),
    }[code]
    navigators = {
        "okayama": ("okayama-navi", "okayama-navi2"),
        "soja": ("soja-navi",),
        "kurashiki": ("kurashiki-navi",),
    }
    return Side(
        agreement=world.agreements[code],
        holders=[(world.organisations[place], world.users[login]) for place, login in holders],
        hello_work=world.organisations[f"{code}_hw"],
        navigators=[world.users[login] for login in navigators[code]],
        sites=world.sites[code],
    )


def add_all(book: CaseBook, data: dict[str, Any]) -> None:
    """Every course of the demo."""
    _published(book, data)
    for code in ("okayama", "soja", "kurashiki"):
        _living(book, code)
        _weekly(book, side_of(book.world, code))


def _published(book: CaseBook, data: dict[str, Any]) -> None:
    """Okayama 令和4 and 令和5, so that counting the records gives the published table exactly."""
    results = next(row for row in data["agreements"] if row["code"] == "okayama")["results"]
    wanted = {(row["as_of"].isoformat(), row["group"]): (row["supported"], row["placed"]) for row in results}
    for group in ("livelihood", "child-rearing", "housing"):
        full = wanted["2023-03-31", group]
        part = wanted["2023-12-31", group]
        PublishedGroup(book, side_of(book.world, "okayama"), group).add(full=full, part=part)


class PublishedGroup:
    """One group's courses over the two published years.

    People placed in a year may have begun the year before: that is how 9 of 8 come about.
    """

    def __init__(self, book: CaseBook, side: Side, group: str) -> None:
        self.book = book
        self.rng: random.Random = book.rng
        self.side = side
        self.status = GROUP_STATUS[group]
        self.group = book.world.groups["okayama", group]

    def _courses(self, count: int, first: dt.date, last: dt.date) -> list[Course]:
        days = (last - first).days
        return [
            Course(
                side=self.side,
                status=self.status,
                group=self.group,
                started_on=max(first, workday(first + dt.timedelta(days=self.rng.randrange(days + 1)))),
            )
            for _ in range(count)
        ]

    def _place(self, courses: list[Course], count: int, first: dt.date, last: dt.date) -> None:
        """Give `count` of the courses a job that begins between the two days; a few leave and begin again."""
        able = [c for c in courses if max(first, c.started_on) + dt.timedelta(days=14) <= last]
        for course in self.rng.sample(able, count):
            begin = max(first, course.started_on + dt.timedelta(days=14))
            day = begin + dt.timedelta(days=self.rng.randrange(min(120, (last - begin).days) + 1))
            day = max(begin, workday(day))
            job = Job(day)
            course.jobs.append(job)
            again = day + dt.timedelta(days=45)
            if self.rng.random() < 0.09 and again <= last:
                job.separated_on = day + dt.timedelta(days=self.rng.randint(6, 25))
                course.jobs.append(Job(again))

    def add(self, *, full: tuple[int, int], part: tuple[int, int]) -> None:
        day = dt.date
        before = self._courses(max(2, full[1] // 4), day(2021, 10, 1), day(2022, 3, 25))
        # Of a small group nearly all found work in the year: nobody begins too late for _place, which wants two weeks.
        year4 = self._courses(full[0], day(2022, 4, 1), day(2023, 3, 17))
        year5 = self._courses(part[0], day(2023, 4, 3), day(2023, 12, 28))
        late = self._courses(part[0] // 4 + 1, day(2024, 1, 5), day(2024, 3, 29))
        from_before = min(len(before), max(full[1] - full[0] + 2, full[1] // 5))
        self._place(before, from_before, day(2022, 4, 1), day(2023, 3, 31))
        self._place(year4, full[1] - from_before, day(2022, 4, 1), day(2023, 3, 31))
        unplaced = [course for course in year4 if not course.jobs]
        from_year4 = min(len(unplaced), part[1] // 3)
        self._place(unplaced, from_year4, day(2023, 4, 3), day(2023, 12, 31))
        self._place(year5, part[1] - from_year4, day(2023, 4, 3), day(2023, 12, 31))
        self._place([c for c in year5 if not c.jobs] + late, (part[0] + 3) // 6, day(2024, 1, 5), day(2024, 3, 31))
        for course in (*before, *year4, *year5, *late):
            self._close(course)
            self.book.course(course)

    def _close(self, course: Course) -> None:
        if course.jobs:
            course.closed_on = workday(course.jobs[-1].started_on + dt.timedelta(days=self.rng.randint(185, 240)))
            course.close_reason = self.rng.choice((CloseReason.PLACED_SETTLED, CloseReason.BENEFIT_ENDED))
        else:
            course.closed_on = workday(course.started_on + dt.timedelta(days=self.rng.randint(170, 330)))
            course.close_reason = self.rng.choice(
                (CloseReason.PERIOD_ENDED, CloseReason.WITHDRAWN, CloseReason.MOVED_AWAY, CloseReason.ILLNESS)
            )


def _living(book: CaseBook, code: str) -> None:
    """Last year and this one up to today, every state among them."""
    side, rng, today = side_of(book.world, code), book.rng, book.today
    this_year = dt.date(fiscal_year(today), 4, 1)
    elapsed = max(0.08, (today - this_year).days / 365)
    for (agreement, group), (supported, placed) in LIVING.items():
        if agreement != code:
            continue
        for begin, share in ((this_year.replace(year=this_year.year - 1), 1.0), (this_year, elapsed)):
            last = min(this_year - dt.timedelta(days=1), today) if begin < this_year else today
            for number in range(max(1, round(supported * share))):
                course = Course(
                    side=side,
                    status=GROUP_STATUS[group],
                    group=book.world.groups[code, group],
                    started_on=max(
                        begin, workday(begin + dt.timedelta(days=rng.randrange(max(1, (last - begin).days))))
                    ),
                )
                if rng.random() < placed / supported:
                    _find_job(course, rng, today)
                _end(course, rng, today, number)
                book.course(course)
    _not_yet(book, side, code)


def _find_job(course: Course, rng: random.Random, today: dt.date) -> None:
    day = workday(course.started_on + dt.timedelta(days=rng.randint(20, 150)))
    if day > today:
        return
    course.jobs.append(Job(day))
    again = day + dt.timedelta(days=50)
    if rng.random() < 0.1 and again <= today:
        course.jobs[0].separated_on = day + dt.timedelta(days=rng.randint(6, 30))
        course.jobs.append(Job(again))


def _end(course: Course, rng: random.Random, today: dt.date, number: int) -> None:
    age = (today - course.started_on).days
    if course.jobs:
        end = course.jobs[-1].started_on + dt.timedelta(days=rng.randint(190, 380))
        if end < today:
            course.closed_on = workday(end)
        return
    if age > 230 and number % 8:
        course.closed_on = workday(course.started_on + dt.timedelta(days=rng.randint(120, 225)))
        course.close_reason = rng.choice((CloseReason.PERIOD_ENDED, CloseReason.WITHDRAWN, CloseReason.MOVED_AWAY))
    elif age > 40 and number % 11 == 3:
        course.suspended_on = workday(today - dt.timedelta(days=rng.randint(5, 20)))
    elif age < 15:
        course.is_planned = number % 2 == 0
    course.has_next = number % 5 != 1


def _not_yet(book: CaseBook, side: Side, code: str) -> None:
    """Cases before support: intake, pre-consultation, waiting, returned, declined, not referred; no-shows."""
    rng, today = book.rng, book.today
    status = {
        "okayama": BenefitStatus.LIVELIHOOD_PROTECTION,
        "soja": BenefitStatus.IN_NEED,
        "kurashiki": BenefitStatus.JOB_SEEKER,
    }[code]
    for days in (0, 1, 3, 6):
        case, worker = book.case(side, status, today - dt.timedelta(days=days), CaseState.INTAKE)
        book.appointment(case, case.organisation, worker, in_days=rng.randint(0, 4))
    case, worker = book.case(side, status, today - dt.timedelta(days=12), CaseState.PRE_CONSULTATION)
    book.move(
        case, CaseState.INTAKE, CaseState.PRE_CONSULTATION, today - dt.timedelta(days=9), worker, case.organisation
    )
    for days in (1, 5, 8):
        sent = today - dt.timedelta(days=days)
        case, worker = book.case(side, status, sent - dt.timedelta(days=4), CaseState.REQUESTED)
        book.move(case, CaseState.INTAKE, CaseState.REQUESTED, sent, worker, case.organisation)
        book.request(case, side, worker, sent, status=RequestStatus.SENT)
    for answer, state, note in (
        (RequestStatus.RETURNED, CaseState.RETURNED, "通院の状況と、働ける時間帯を教えてください。"),
        (RequestStatus.DECLINED, CaseState.DECLINED, "まず生活のリズムを整える支援が合うと考えます。"),
    ):
        opened = today - dt.timedelta(days=20)
        navigator = rng.choice(list(side.navigators))
        case, worker = book.case(side, status, opened, state)
        book.move(case, CaseState.INTAKE, CaseState.REQUESTED, opened, worker, case.organisation)
        book.move(case, CaseState.REQUESTED, state, opened + dt.timedelta(days=6), navigator, side.hello_work, note)
        book.request(
            case,
            side,
            worker,
            opened,
            status=answer,
            answered_by=navigator,
            answered_at=at(opened + dt.timedelta(days=6)),
            answer_note=note,
            offered_instead="就労準備支援事業の見学" if answer == RequestStatus.DECLINED else "",
        )
    case, worker = book.case(side, status, today - dt.timedelta(days=30), CaseState.NOT_REFERRED)
    book.move(
        case,
        CaseState.INTAKE,
        CaseState.NOT_REFERRED,
        today - dt.timedelta(days=25),
        worker,
        case.organisation,
        "治療を優先するため。3か月後に改めて相談する。",
    )
    book.add(
        Deferral(
            case=case,
            reason_kind=DeferralReason.OBSTACLE,
            reason="治療を優先するため。3か月後に改めて相談する。",
            next_check_on=add_months(today - dt.timedelta(days=25), 3),
            organisation=case.organisation,
            recorded_by=worker,
            recorded_at=at(today - dt.timedelta(days=25)),
        )
    )
    for days in (2, 4):
        course = Course(
            side=side,
            status=status,
            group=next(g for (c, _code), g in book.world.groups.items() if c == code),
            started_on=workday(today - dt.timedelta(days=60 + days)),
            has_next=False,
        )
        case = book.course(course)
        book.appointment(case, side.hello_work, side.navigators[0], in_days=-days, status=AppointmentStatus.NO_SHOW)


def _weekly(book: CaseBook, side: Side) -> None:
    """Somebody who comes every week to the same hour."""
    booked = (row for row in book.rows[Appointment] if row.worker in side.navigators)
    first = next((row for row in booked if row.status == AppointmentStatus.BOOKED), None)
    if first is not None:
        book.rows[Appointment].extend(add_weekly(book.diary, first, times=5))
