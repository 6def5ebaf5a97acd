"""Interviews and appointments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.scope import Actor
from agreements.models import Desk, Site
from cases.actions.moves import CaseError, lock, touch
from cases.enums import APPOINTMENT_TRANSITIONS, AppointmentStatus, CaseState, ContactMethod
from cases.models import Appointment, Case, Grant, Interview, NoteSource, Transfer
from cases.taken import hidden_bookings
from core.templatetags.ui import clock, jdate, shortdate


class CaseAlreadyClosed(CaseError):
    def __init__(self) -> None:
        super().__init__("終了したケースには記録できません。再支援のときは、新しいケースを開いてください。")


class AppointmentTaken(CaseError):
    """The worker or the desk has a talk at that time; says when, never with whom."""

    def __init__(self, times: Sequence[str] = ()) -> None:
        what = "、".join(times) or "この時間"
        super().__init__(f"予約が重なります: {what}。別の日時か席にしてください。")


class HandedOverByThen(CaseError):
    def __init__(self, transfer: Transfer) -> None:
        super().__init__(
            f"このケースは{transfer.to_organisation.name}に引き継がれています。"
            f"{transfer.from_organisation.name}で予約できるのは{jdate(transfer.overlap_until)}までです。"
            "その後の予約は、新しい担当機関に頼んでください。"
        )


@dataclass(frozen=True)
class NextAppointment:
    """When and how to meet next; written in the same form as the interview."""

    starts_at: dt.datetime
    worker: User
    method: ContactMethod = ContactMethod.VISIT
    minutes: int = 60
    place: str = ""
    note: str = ""
    bring: str = ""
    site: Site | None = None
    desk: Desk | None = None
    is_group: bool = False

    def columns(self) -> dict[str, Any]:
        """The columns of Appointment that this says."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


def lock_open(case: Case) -> Case:
    """The case as it is now, held: no close or transfer comes in between. Raises CaseAlreadyClosed, OutOfSight."""
    current = lock(case)
    if current.state == CaseState.CLOSED:
        raise CaseAlreadyClosed
    return current


def refuse_handed_over(case: Case, *, by: Actor, starts_at: dt.datetime) -> None:
    """A former holder books nothing for days on which it no longer sees the case. Raises HandedOverByThen."""
    if case.organisation_id in by.organisation_ids:
        return
    given = Transfer.objects.filter(case=case, from_organisation__in=by.organisation_ids)
    transfer = given.select_related("from_organisation", "to_organisation").order_by("-transferred_at").first()
    if transfer is None:
        return
    ours = Grant.objects.filter(case=case, user__isnull=True, organisation__in=by.organisation_ids)
    if not ours.live(timezone.localtime(starts_at).date()).exists():
        raise HandedOverByThen(transfer)


def clashes(appointment: NextAppointment, *, apart_from: Appointment | None = None) -> list[str]:
    """Talks of the worker or at the desk that this one overlaps, as times; also those behind the wall."""
    if appointment.is_group:
        return []
    first, until = appointment.starts_at, appointment.starts_at + dt.timedelta(minutes=appointment.minutes)
    who = Q(worker=appointment.worker)
    if appointment.desk:
        who |= Q(desk=appointment.desk)
    seen = Appointment.objects.booked().filter(who, is_group=False).overlapping(first, until)
    if apart_from is not None:
        seen = seen.exclude(pk=apart_from.pk)
    hidden = hidden_bookings(
        sites=[appointment.site.pk] if appointment.site else [],
        workers=[appointment.worker.pk],
        first=first,
        until=until,
    )
    desk = appointment.desk.pk if appointment.desk else None
    rows = [
        *seen.order_by("starts_at"),
        *(row for row in hidden if row.worker_id == appointment.worker.pk or (desk and row.desk_id == desk)),
    ]
    return [
        f"{shortdate(row.starts_at)} {clock(row.starts_at)}〜"
        f"{clock(row.starts_at + dt.timedelta(minutes=row.minutes))}"
        f"({'会う人' if row.worker_id == appointment.worker.pk else '席'}の予約)"
        for row in rows
    ]


@transaction.atomic
def book(*, case: Case, by: Actor, at: dt.datetime, appointment: NextAppointment) -> Appointment:
    """Book an appointment. Raises CaseAlreadyClosed, HandedOverByThen, AppointmentTaken."""
    case = lock_open(case)
    refuse_handed_over(case, by=by, starts_at=appointment.starts_at)
    if times := clashes(appointment):
        raise AppointmentTaken(times)
    try:
        with transaction.atomic():
            row = Appointment.objects.create(
                case=case, organisation=by.organisation, created_by=by.user, **appointment.columns()
            )
    except IntegrityError as error:  # somebody was faster, or the same person is booked twice in a group
        raise AppointmentTaken from error
    touch(case=case, at=at)
    return row


@transaction.atomic
def settle_appointment(
    *, appointment: Appointment, status: AppointmentStatus, by: Actor, at: dt.datetime, note: str = ""
) -> None:
    """Kept, no-show or cancelled: a fact with who and when; both sides see it on the case."""
    origins = [old for old, news in APPOINTMENT_TRANSITIONS.items() if status in news]
    changed = Appointment.objects.filter(pk=appointment.pk, status__in=origins).update(
        status=status, status_at=at, status_by=by.user, status_note=note
    )
    if not changed:
        raise CaseError("この予約にはすでに結果が記録されています。画面を開き直して確かめてください。")
    touch(case=appointment.case, at=at)


@transaction.atomic
def log_interview(
    *,
    case: Case,
    by: Actor,
    at: dt.datetime,
    fields: dict[str, Any],
    appointment: Appointment | None = None,
    following: NextAppointment | None = None,
    source: str = "",
) -> Interview:
    """Write the note, mark its appointment as kept and book the next one, all or nothing.

    A protected `source` is kept apart, for the writing organisation alone. Raises what `book` raises.
    """
    case = lock_open(case)
    interview = Interview.objects.create(
        case=case, organisation=by.organisation, written_by=by.user, appointment=appointment, **fields
    )
    if source:
        NoteSource.objects.create(case=case, interview=interview, organisation=by.organisation, name=source)
    if appointment is not None and appointment.status == AppointmentStatus.BOOKED:
        settle_appointment(appointment=appointment, status=AppointmentStatus.KEPT, by=by, at=at)
    if following is not None:
        book(case=case, by=by, at=at, appointment=following)
    touch(case=case, at=at)
    return interview
