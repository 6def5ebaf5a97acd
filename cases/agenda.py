"""Reading the calendar: whose week, which bookings, who is at the counter, which times are free."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from accounts.enums import Role
from accounts.models import Membership, User
from accounts.scope import Actor
from agreements.models import Agreement, Desk, Site
from cases.enums import AppointmentStatus
from cases.models import Appointment, WorkerSlot
from cases.taken import hidden_bookings
from cases.weeks import Entry, Layout, free_times, lay_out, moment_of, within_slots

SHOWN_ROLES = (Role.CASEWORKER, Role.SUPPORT_WORKER, Role.NAVIGATOR, Role.MANAGER, Role.INTERPRETER)
DAYS_AHEAD = 28
SUGGESTIONS = 5
EVERYBODY = "all"


@dataclass(frozen=True)
class Who:
    """Whose bookings are shown: a worker, a site, or everybody of the own organisation."""

    value: str
    label: str
    worker: User | None = None
    site: Site | None = None


def whose(actor: Actor, value: str, day: dt.date) -> tuple[Who, list[Who], list[Who]]:
    """(the chosen one, workers to choose from with the actor first, sites); an unknown value is the actor."""
    current = Membership.objects.current(day).filter(organisation__in=actor.organisation_ids, role__in=SHOWN_ROLES)
    users = User.objects.filter(pk__in=current.values("user")).exclude(pk=actor.user.pk).order_by("name", "pk")
    me = Who("", f"{actor.user.name}(自分)", worker=actor.user)
    workers = [me, *(Who(f"w{user.pk}", user.name, worker=user) for user in users), Who(EVERYBODY, "自機関の全員")]
    sites = [Who(f"s{site.pk}", str(site), site=site) for site in sites_of(actor)]
    return next((who for who in (*workers, *sites) if who.value == value), me), workers, sites


def sites_of(actor: Actor) -> list[Site]:
    """Sites of the agreements that the actor takes part in."""
    agreements = Agreement.objects.visible_to(actor)
    return list(Site.objects.filter(agreements__in=agreements).distinct().order_by("name", "pk"))


def sites_for_booking(agreement: Agreement) -> list[Site]:
    """The agreement's sites with the desks in use, in two queries."""
    desks = Prefetch("desks", Desk.objects.filter(is_active=True).order_by("name"))
    return list(agreement.sites.prefetch_related(desks).order_by("name", "pk"))


def calendar_of(actor: Actor, who: Who, days: list[dt.date], *, today: dt.date) -> Layout:
    """The bookings of these days: those of visible cases with names, others as a time that is taken."""
    first, until = moment_of(days[0], dt.time()), moment_of(days[-1] + dt.timedelta(days=1), dt.time())
    seen = (
        Appointment.objects.visible_to(actor)
        .filter(starts_at__gte=first, starts_at__lt=until)
        .exclude(status=AppointmentStatus.CANCELLED)
        .select_related("case__person", "worker", "organisation", "site", "desk")
    )
    slots = WorkerSlot.objects.valid_between(days[0], days[-1]).select_related("worker", "site", "organisation")
    hidden: list[Any] = []
    if who.site is not None:
        seen, slots = seen.filter(site=who.site), slots.filter(site=who.site)
        hidden = hidden_bookings(sites=[who.site.pk], workers=[], first=first, until=until)
    elif who.worker is not None:
        seen = seen.own(actor, today) if who.worker == actor.user else seen.filter(worker=who.worker)
        slots = slots.filter(worker=who.worker)
        hidden = hidden_bookings(sites=[], workers=[who.worker.pk], first=first, until=until)
    else:
        seen = seen.filter(organisation__in=actor.organisation_ids)
        slots = slots.visible_to(actor)
    names = dict(Desk.objects.filter(pk__in={row.desk_id for row in hidden}).values_list("pk", "name"))
    entries = [
        *(Entry(row.starts_at, row.minutes, row, row.desk.name if row.desk else "") for row in seen),
        *(Entry(row.starts_at, row.minutes, None, names.get(row.desk_id, "")) for row in hidden),
    ]
    return lay_out(days, entries, slots.order_by("start_time", "pk"), today=today)


def free_for(worker: User, *, at: dt.datetime, minutes: int) -> list[tuple[dt.datetime, WorkerSlot]]:
    """The worker's next free times at a counter within four weeks; also bookings behind the wall count as taken."""
    until = at + dt.timedelta(days=DAYS_AHEAD)
    slots = list(
        WorkerSlot.objects.filter(worker=worker)
        .valid_between(at.date(), until.date())
        .select_related("site")
        .order_by("start_time", "pk")
    )
    if not slots:
        return []
    rows = [
        *Appointment.objects.booked().filter(worker=worker).overlapping(at, until),
        *hidden_bookings(sites=[], workers=[worker.pk], first=at, until=until),
    ]
    taken = [(row.starts_at, row.starts_at + dt.timedelta(minutes=row.minutes)) for row in rows]
    return free_times(slots, taken, after=at, days=DAYS_AHEAD, minutes=minutes, limit=SUGGESTIONS)


def is_outside_slots(worker: User, starts_at: dt.datetime, minutes: int) -> bool:
    """The worker has weekly slots, and this talk is not within them. Only a warning follows."""
    slots = list(WorkerSlot.objects.filter(worker=worker).valid_between(starts_at.date(), starts_at.date()))
    return bool(slots) and not within_slots(slots, starts_at, minutes)
