"""What accounts do in the background."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings

from accounts.anchors import write_anchor
from accounts.scope import ScopedTask
from core.periods import now


@shared_task(base=ScopedTask)
def anchor_access_log() -> None:
    """Every day: the heads of all chains into a signed file; twice a day is two files, and no harm."""
    write_anchor(settings.ACCESS_LOG_ANCHOR_DIR, key=settings.ACCESS_LOG_ANCHOR_KEY, at=now())
