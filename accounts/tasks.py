"""What accounts do in the background: anchor the access log, forget drafts, marks of sent forms and old log-ins."""

from __future__ import annotations

import datetime as dt

from axes.handlers.proxy import AxesProxyHandler
from celery import shared_task
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore

from accounts.anchors import write_anchor
from accounts.drafts import KEPT
from accounts.lockout import FAMILIAR_DAYS
from accounts.models import Draft, Submission
from accounts.scope import ScopedTask
from core.periods import now

ANSWERS_KEPT = dt.timedelta(hours=24)


@shared_task(base=ScopedTask)
def anchor_access_log() -> None:
    """Every day: the heads of all chains into a signed file; twice a day is two files, and no harm."""
    write_anchor(settings.ACCESS_LOG_ANCHOR_DIR, key=settings.ACCESS_LOG_ANCHOR_KEY, at=now())


@shared_task(base=ScopedTask)
def sweep_drafts() -> None:
    """Forget old drafts and old marks of sent forms; the wall shows a task without a user only those."""
    at = now()
    Draft.objects.filter(updated_at__lt=at - KEPT).delete()
    Submission.objects.filter(sent_at__lt=at - ANSWERS_KEPT).delete()


@shared_task(base=ScopedTask)
def sweep_log_ins() -> None:
    """Every day: sessions that ended by themselves, and log-ins too old to make an address a known one."""
    SessionStore.clear_expired()
    AxesProxyHandler.reset_logs(age_days=FAMILIAR_DAYS)
