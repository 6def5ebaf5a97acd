"""Mails in the background, by the clock: the morning's digest and the evening's reminder. Safe to run twice."""

from __future__ import annotations

from celery import shared_task

from accounts.scope import ScopedTask
from cases.actions import digest
from cases.enums import NoticeKind
from cases.weeks import is_workday, next_workday
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
