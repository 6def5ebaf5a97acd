"""When a desk or a worker is taken by a booking that the wall hides: the time, and nothing else."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection

from cases.querysets import LONGEST


@dataclass(frozen=True)
class HiddenBooking:
    """A booking behind the wall: that a desk or a worker is taken, and nothing else."""

    site_id: int | None
    desk_id: int | None
    worker_id: int
    starts_at: dt.datetime
    minutes: int


def hidden_bookings(
    *, sites: list[int], workers: list[int], first: dt.datetime, until: dt.datetime
) -> list[HiddenBooking]:
    """Bookings of these sites and workers whose case the scope does not see.

    The database answers only for sites that the scope serves and for its own workers.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT site_id, desk_id, worker_id, starts_at, minutes FROM ittai_hidden_bookings(%s, %s, %s, %s)",
            [sites, workers, first - LONGEST, until],
        )
        rows = [HiddenBooking(*row) for row in cursor.fetchall()]
    return [row for row in rows if row.starts_at + dt.timedelta(minutes=row.minutes) > first]
