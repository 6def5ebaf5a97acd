"""What casework does in the background."""

from __future__ import annotations

import datetime as dt

from celery import shared_task

from accounts.models import Organisation
from accounts.scope import ScopedTask, covered_ids
from cases.actions import oversight
from core.db import scope
from core.periods import now, today


@shared_task(base=ScopedTask)
def find_odd_readings() -> None:
    """Every night: yesterday's readings of every organisation, each in its own scope."""
    day = today() - dt.timedelta(days=1)
    for organisation in Organisation.objects.active().order_by("pk"):
        with scope(organisations=covered_ids(organisation)):
            oversight.find_odd_readings(organisation=organisation, day=day, at=now())
