"""Duties of people who receive 住居確保給付金: how often to talk, to seek advice, to apply – and how often it was done.

The numbers are data (`DutyRule`, by day, with their source: domain_reference.md 4.10). What was done is read from
what both sides log anyway: interviews by who took part, introductions by their day. Only what the reader may see
is counted. A weekly duty is counted in weeks from Monday to Sunday; a week belongs to the month of its Sunday, and
is done when one application falls into it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from accounts.scope import Actor
from agreements.enums import BenefitStatus, DutyKind, DutyPeriod
from agreements.models import DutyRule
from cases.models import BenefitPeriod, Case, Interview, Introduction
from core.periods import Month

WEEK = dt.timedelta(days=7)


@dataclass(frozen=True)
class Done:
    """One thing that was done."""

    on: dt.date
    what: str
    row: Any


@dataclass(frozen=True)
class DutyLine:
    """One duty in one month: how often it is asked, in which unit, and what was done."""

    kind: DutyKind
    rule: DutyRule
    required: int
    reached: int
    done: tuple[Done, ...]

    @property
    def missing(self) -> int:
        return max(0, self.required - self.reached)

    @property
    def unit(self) -> str:
        return "週" if self.rule.per == DutyPeriod.WEEK else "回"

    @property
    def asked(self) -> str:
        """'月4回', '毎週1回', '求められていません'."""
        if not self.rule.count:
            return "求められていません"
        return f"{'毎週' if self.rule.per == DutyPeriod.WEEK else '月'}{self.rule.count}回"


@dataclass(frozen=True)
class DutyMonth:
    """A month of a person's benefit with its duties."""

    month: Month
    lines: tuple[DutyLine, ...]
    is_partial: bool

    @property
    def missing(self) -> list[DutyLine]:
        return [line for line in self.lines if line.missing]

    @property
    def lacks_talk(self) -> bool:
        """A talk is missing, not only applications."""
        return any(line.kind != DutyKind.APPLICATION for line in self.missing)

    @property
    def missing_words(self) -> str:
        """'自立相談支援機関の面談 あと2回、企業への応募 あと1週'; empty when all is done."""
        return "、".join(f"{line.kind.label} あと{line.missing}{line.unit}" for line in self.missing)

    @property
    def sources(self) -> list[str]:
        """Where the numbers of this month were published, each once."""
        return sorted({line.rule.source for line in self.lines})

    @property
    def lacking_words(self) -> str:
        """The same of a month that is over: '企業への応募 1週不足'."""
        return "、".join(f"{line.kind.label} {line.missing}{line.unit}不足" for line in self.missing)


@dataclass
class Activity:
    """What was done for a case, by duty."""

    by_kind: dict[DutyKind, list[Done]] = field(default_factory=lambda: {kind: [] for kind in DutyKind})


def housing_periods(cases: QuerySet[Any] | Iterable[UUID]) -> QuerySet[BenefitPeriod]:
    """The times of these cases in which 住居確保給付金 is received, as primary status or beside another."""
    return BenefitPeriod.objects.filter(case__in=cases, status=BenefitStatus.HOUSING_BENEFIT)


def months_of(case: Case, actor: Actor, today: dt.date) -> list[DutyMonth]:
    """Every month with the benefit up to this one, newest first."""
    periods = list(housing_periods([case.pk]).order_by("starts_on"))
    if not periods:
        return []
    rules = list(DutyRule.objects.order_by("valid_from"))
    activity = activities([case.pk], actor, since=periods[0].starts_on.replace(day=1))[case.pk]
    covered: dict[Month, list[BenefitPeriod]] = {}
    for period in periods:
        month, last = Month.of(period.starts_on), Month.of(min(period.ends_on or today, today))
        while month <= last:
            covered.setdefault(month, []).append(period)
            month = month.plus(1)
    return [month_of(month, found, rules, activity) for month, found in sorted(covered.items(), reverse=True)]


def missing_now(
    cases: QuerySet[Case], actor: Actor, today: dt.date, limit: int
) -> tuple[list[tuple[Case, DutyMonth]], bool]:
    """Cases whose duties of this month are not done yet, those with most missing first; four queries in all.

    At most `limit` periods are looked at; also whether there are more of them.
    """
    month = Month.of(today)
    periods: dict[UUID, list[BenefitPeriod]] = {}
    live = housing_periods(cases.values("pk")).filter(starts_on__lte=today).exclude(ends_on__lt=today)
    looked_at = list(live.select_related("case__person").order_by("starts_on", "pk")[: limit + 1])
    for period in looked_at[:limit]:
        periods.setdefault(period.case_id, []).append(period)
    rules = list(DutyRule.objects.order_by("valid_from"))
    found = activities(list(periods), actor, since=month.first_day - WEEK)
    rows = [(own[0].case, month_of(month, own, rules, found[case_id])) for case_id, own in periods.items()]
    lacking = (row for row in rows if row[1].missing)
    return sorted(lacking, key=lambda row: -sum(line.missing for line in row[1].missing)), len(looked_at) > limit


def activities(case_ids: Sequence[UUID], actor: Actor, *, since: dt.date) -> dict[UUID, Activity]:
    """What both sides logged since that day, as far as the reader may see it."""
    found = {pk: Activity() for pk in case_ids}
    start = timezone.make_aware(dt.datetime.combine(since, dt.time()))
    notes = Interview.objects.visible_to(actor).filter(case__in=case_ids, has_person=True, held_at__gte=start)
    for note in notes.select_related("organisation").order_by("held_at"):
        done = Done(timezone.localtime(note.held_at).date(), note.get_method_display(), note)
        if note.has_municipality:
            found[note.case_id].by_kind[DutyKind.CONSULTATION].append(done)
        if note.has_hello_work:
            found[note.case_id].by_kind[DutyKind.JOB_ADVICE].append(done)
    jobs = Introduction.objects.visible_to(actor).filter(case__in=case_ids, introduced_on__gte=since)
    for job in jobs.order_by("introduced_on", "pk"):
        found[job.case_id].by_kind[DutyKind.APPLICATION].append(
            Done(job.introduced_on, f"{job.job_title}({job.get_result_display()})", job)
        )
    return found


def month_of(month: Month, periods: list[BenefitPeriod], rules: list[DutyRule], activity: Activity) -> DutyMonth:
    """The duties of one month; the rule is the one of the month's last day."""
    starts = min(period.starts_on for period in periods)
    ends = max((period.ends_on or dt.date.max) for period in periods)
    lines = []
    for kind in DutyKind:
        rule = next(
            (
                rule
                for rule in reversed(rules)
                if rule.kind == kind
                and rule.valid_from <= month.last_day
                and (rule.valid_to is None or rule.valid_to >= month.last_day)
            ),
            None,
        )
        if rule is not None:
            lines.append(_line(kind, rule, month, (starts, ends), activity.by_kind[kind]))
    return DutyMonth(month, tuple(lines), is_partial=starts > month.first_day or ends < month.last_day)


def _line(kind: DutyKind, rule: DutyRule, month: Month, covered: tuple[dt.date, dt.date], done: list[Done]) -> DutyLine:
    if rule.per == DutyPeriod.MONTH:
        here = tuple(item for item in done if Month.of(item.on) == month)
        return DutyLine(kind, rule, rule.count, len(here), here)
    weeks = [
        sunday for sunday in sundays(month) if sunday - dt.timedelta(days=6) >= covered[0] and sunday <= covered[1]
    ]
    here = tuple(item for item in done if any(sunday - WEEK < item.on <= sunday for sunday in weeks))
    reached = sum(sum(1 for item in here if sunday - WEEK < item.on <= sunday) >= rule.count for sunday in weeks)
    return DutyLine(kind, rule, len(weeks) if rule.count else 0, reached, here)


def sundays(month: Month) -> list[dt.date]:
    """The last days of the weeks that belong to the month."""
    first = month.first_day + dt.timedelta(days=6 - month.first_day.weekday())
    return [first + n * WEEK for n in range(5) if first + n * WEEK <= month.last_day]
