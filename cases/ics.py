"""Bookings as iCalendar for a calendar program outside: nothing in it says who the person is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils.crypto import salted_hmac
from icalendar import Calendar, Event

from cases.models import Appointment


def calendar(appointments: Iterable[Appointment], *, at: dt.datetime) -> bytes:
    """One event per booking: 「予約(来所)」, its time and the counter.

    The UID is a keyed digest, so that an event keeps it when it moves and no id can be read from it.
    """
    book = Calendar()
    book.add("prodid", "-//ittai//JA")
    book.add("version", "2.0")
    book.add("x-wr-calname", "予約(ittai)")
    for row in appointments:
        event = Event()
        event.add("uid", f"{salted_hmac('cases.ics', str(row.pk)).hexdigest()[:32]}@ittai")
        event.add("summary", f"予約({row.get_method_display()})")
        event.add("dtstamp", at.astimezone(dt.UTC))
        event.add("dtstart", row.starts_at.astimezone(dt.UTC))
        event.add("dtend", (row.starts_at + dt.timedelta(minutes=row.minutes)).astimezone(dt.UTC))
        if row.site:
            event.add("location", str(row.site))
        event.add("class", "PRIVATE")
        book.add_component(event)
    content: bytes = book.to_ical()
    return content
