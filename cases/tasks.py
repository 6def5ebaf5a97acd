"""What casework does in the background: mails by the clock, the search for odd readings. Safe to run twice."""

from __future__ import annotations

import datetime as dt

from celery import shared_task

from accounts.models import Organisation
from accounts.scope import ScopedTask, covered_ids
from cases.actions import digest, emergency, oversight
from cases.enums import NoticeKind
from cases.models import EmergencyAccess
from cases.weeks import is_workday, next_workday
from core.db import scope
from core.periods import now, today


@shared_task(base=ScopedTask)
def send_morning_notices() -> None:
    """On working days: one mail per worker with what waits today, in numbers."""
    day = today()
    if not is_workday(day) or not digest.is_mail_configured():
        return
    for user_id in digest.recipients(day):
        digest.send_notice(user_id=user_id, kind=NoticeKind.MORNING, day=day, today=day, at=now())


@shared_task(base=ScopedTask)
def send_reminders() -> None:
    """On working days at 17:00: how many bookings the next working day has."""
    day = today()
    if not is_workday(day) or not digest.is_mail_configured():
        return
    for user_id in digest.recipients(day):
        digest.send_notice(user_id=user_id, kind=NoticeKind.REMINDER, day=next_workday(day), today=day, at=now())


@shared_task(base=ScopedTask)
def find_odd_readings() -> None:
    """Every night: yesterday's readings of every organisation, each in its own scope."""
    day = today() - dt.timedelta(days=1)
    for organisation in Organisation.objects.active().order_by("pk"):
        with scope(organisations=covered_ids(organisation)):
            oversight.find_odd_readings(organisation=organisation, day=day, at=now())


@shared_task(base=ScopedTask)
def close_emergencies() -> None:
    """Every minute: breaks of the glass whose half hour is over, of all organisations."""
    everybody = list(Organisation.objects.values_list("pk", flat=True))
    with scope(organisations=everybody):
        expired = list(EmergencyAccess.objects.expired(now()).order_by("expires_at", "pk"))
    for access in expired:  # each by itself: the log of an office is not held for the others
        with scope(organisations=everybody):
            emergency.close_expired(access=access)
