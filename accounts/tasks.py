"""What the accounts forget by themselves."""

from __future__ import annotations

import datetime as dt

from celery import shared_task

from accounts.drafts import KEPT
from accounts.models import Draft, Submission
from accounts.scope import ScopedTask
from core.periods import now

ANSWERS_KEPT = dt.timedelta(hours=24)


@shared_task(base=ScopedTask)
def sweep_drafts() -> None:
    """Forget old drafts and old marks of sent forms; the wall shows a task without a user only those."""
    at = now()
    Draft.objects.filter(updated_at__lt=at - KEPT).delete()
    Submission.objects.filter(sent_at__lt=at - ANSWERS_KEPT).delete()
