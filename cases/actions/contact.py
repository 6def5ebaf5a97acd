"""Interviews and appointments."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.scope import Actor
from cases.actions.moves import CaseError, touch
from cases.enums import APPOINTMENT_TRANSITIONS, AppointmentStatus, CaseState, ContactMethod
from cases.models import Appointment, Case, Interview, NoteSource


class CaseAlreadyClosed(CaseError):
    def __init__(self) -> None:
        super().__init__("終了したケースには記録できません。再支援のときは、新しいケースを開いてください。")


class AppointmentTaken(CaseError):
    def __init__(self) -> None:
        super().__init__("同じ日時に同じ担当者との予約がすでにあります。別の日時にしてください。")


@dataclass(frozen=True)
class NextAppointment:
    """When and how to meet next; written in the same form as the interview."""

    starts_at: dt.datetime
    worker: User
    method: ContactMethod = ContactMethod.VISIT
    minutes: int = 60
    place: str = ""
    note: str = ""


def _refuse_closed(case: Case) -> None:
    if case.state == CaseState.CLOSED:
        raise CaseAlreadyClosed


@transaction.atomic
def book(*, case: Case, by: Actor, at: dt.datetime, appointment: NextAppointment) -> Appointment:
    """Book an appointment. Raises CaseAlreadyClosed, AppointmentTaken."""
    _refuse_closed(case)
    taken = Appointment.objects.booked().filter(case=case, worker=appointment.worker, starts_at=appointment.starts_at)
    if taken.exists():
        raise AppointmentTaken
    row = Appointment.objects.create(
        case=case,
        organisation=by.organisation,
        worker=appointment.worker,
        starts_at=appointment.starts_at,
        minutes=appointment.minutes,
        method=appointment.method,
        place=appointment.place,
        note=appointment.note,
        created_by=by.user,
    )
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

    A protected `source` is kept apart, for the writing organisation alone.
    """
    _refuse_closed(case)
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
