"""What one course of support is made of, before it becomes rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from accounts.models import Organisation, User
from agreements.enums import BenefitStatus
from agreements.models import Agreement, Site, TargetGroup
from cases.enums import CloseReason
from cases.weeks import is_workday


@dataclass(frozen=True)
class Side:
    """Where the courses of an agreement take place and who works on them."""

    agreement: Agreement
    holders: Sequence[tuple[Organisation, User]]
    hello_work: Organisation
    navigators: Sequence[User]
    sites: Sequence[Site]


@dataclass
class Job:
    """A placement of a course: from, and until when the person left."""

    started_on: dt.date
    separated_on: dt.date | None = None


@dataclass
class Course:
    """One course of support as it will stand on the day of loading."""

    side: Side
    status: BenefitStatus
    group: TargetGroup
    started_on: dt.date
    jobs: list[Job] = field(default_factory=list)
    closed_on: dt.date | None = None
    close_reason: CloseReason = CloseReason.PLACED_SETTLED
    suspended_on: dt.date | None = None
    is_planned: bool = True
    has_next: bool = True


def at(day: dt.date, hour: int = 10, minute: int = 0) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute)))


def workday(day: dt.date) -> dt.date:
    """The day itself, or the last working day before it."""
    while not is_workday(day):
        day -= dt.timedelta(days=1)
    return day
