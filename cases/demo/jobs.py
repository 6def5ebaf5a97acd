"""The working side of a course: introductions, placements, retention checks."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from accounts.models import User
from cases.demo import words
from cases.demo.course import Course, Job, workday
from cases.enums import (
    RETENTION_MARKS,
    BenefitEffect,
    ContactMethod,
    Disclosure,
    EmploymentType,
    IntroductionResult,
    JobRoute,
    PayCycle,
    RetentionState,
)
from cases.models import Case, Introduction, Placement, RetentionCheck, Workplace
from core.periods import add_months

if TYPE_CHECKING:
    from cases.demo.casebook import CaseBook


def add_jobs(book: CaseBook, case: Case, course: Course, navigator: User) -> None:
    """Introductions that came to nothing, and the jobs with theirs."""
    rng, here = book.rng, course.side.hello_work
    end = min(course.closed_on or book.today, book.today)
    for _ in range(rng.randint(0, 4)):
        span = max(1, ((course.jobs[0].started_on if course.jobs else end) - course.started_on).days)
        on = workday(course.started_on + dt.timedelta(days=rng.randrange(span)))
        on = max(on, course.started_on)
        answered = on + dt.timedelta(days=rng.randint(4, 12))
        pending = answered > end
        tried = book.add(
            Introduction(
                case=case,
                organisation=here,
                job_title=rng.choice(words.JOBS),
                introduced_on=on,
                result=IntroductionResult.PENDING if pending else IntroductionResult.REJECTED,
                result_on=None if pending else answered,
                result_reason="" if pending else rng.choice(words.REFUSALS),
                disclosure=rng.choice((Disclosure.DISCLOSED, Disclosure.UNDISCLOSED)),
                created_by=navigator,
            )
        )
        book.add(Workplace(case=case, introduction=tried, employer=rng.choice(book.world.employers)))
    employers = rng.sample(book.world.employers, len(course.jobs))
    for job, employer in zip(course.jobs, employers, strict=True):
        title = rng.choice(words.JOBS)
        introduced = max(course.started_on, job.started_on - dt.timedelta(days=rng.randint(5, 14)))
        introduction = book.add(
            Introduction(
                case=case,
                organisation=here,
                job_title=title,
                introduced_on=introduced,
                result=IntroductionResult.HIRED,
                result_on=job.started_on,
                created_by=navigator,
            )
        )
        book.add(Workplace(case=case, introduction=introduction, employer=employer))
        placement = book.add(
            Placement(
                case=case,
                organisation=here,
                introduction=introduction,
                job_title=title,
                employment_type=rng.choices(
                    (EmploymentType.PART_TIME, EmploymentType.REGULAR, EmploymentType.CONTRACT), (6, 2, 2)
                )[0],
                weekly_hours=rng.choice((16, 20, 24, 30, 40)),
                monthly_wage_yen=rng.randrange(70, 190) * 1000,
                pay_cycle=rng.choices((PayCycle.MONTHLY, PayCycle.WEEKLY), (9, 1))[0],
                route=rng.choices((JobRoute.HELLO_WORK, JobRoute.SELF, JobRoute.DEVELOPED), (7, 2, 1))[0],
                disclosure=rng.choice((Disclosure.DISCLOSED, Disclosure.UNDISCLOSED)),
                started_on=job.started_on,
                benefit_effect=rng.choice((BenefitEffect.ENDED, BenefitEffect.REDUCED, BenefitEffect.UNKNOWN)),
                separated_on=job.separated_on,
                separation_reason=rng.choice(words.SEPARATIONS) if job.separated_on else "",
                created_by=navigator,
            )
        )
        book.add(Workplace(case=case, placement=placement, employer=employer))
        add_checks(book, case, placement, job, navigator)


def add_checks(book: CaseBook, case: Case, placement: Placement, job: Job, navigator: User) -> None:
    for mark in RETENTION_MARKS:
        due = add_months(job.started_on, mark)
        fields: dict[str, Any] = {}
        if job.separated_on and due > job.separated_on:
            fields = {"state": RetentionState.NOT_NEEDED, "checked_on": job.separated_on, "note": "離職のため"}
        elif due <= book.today - dt.timedelta(days=book.rng.choice((0, 2, 5))):
            state = book.rng.choices((RetentionState.EMPLOYED, RetentionState.UNKNOWN), (9, 1))[0]
            fields = {
                "state": state,
                "checked_on": min(book.today, due + dt.timedelta(days=book.rng.randrange(5))),
                "method": ContactMethod.PHONE,
                "note": book.rng.choice(words.RETENTION_NOTES) if state == RetentionState.EMPLOYED else "",
            }
        elif case.closed_on and due > case.closed_on:
            fields = {"state": RetentionState.NOT_NEEDED, "checked_on": case.closed_on, "note": "支援終了のため"}
        if fields:
            fields["checked_by"] = navigator
        book.add(RetentionCheck(placement=placement, case=case, month_mark=mark, due_on=due, **fields))
