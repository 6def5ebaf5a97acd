"""Repeated bookings, another time, no-shows that were dealt with, and when workers are at a counter."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from django.db import IntegrityError, transaction

from accounts.scope import Actor
from cases.actions.contact import AppointmentTaken, NextAppointment, book, clashes, lock_open, refuse_handed_over
from cases.actions.moves import CaseError, touch
from cases.enums import AppointmentStatus
from cases.models import Appointment, AppointmentMove, Case
from cases.weeks import series_days

NO_SHOW_UNDONE = "無断欠席の記録を取り消しました"


class AppointmentSettled(CaseError):
    def __init__(self) -> None:
        super().__init__(
            "この予約は、ほかの人が先に変えたか、すでに結果が記録されています。画面を開き直して確かめてください。"
        )


class FollowedUp(CaseError):
    def __init__(self) -> None:
        super().__init__(
            "この欠席には「連絡した」の記録があるため、取り消せません。"
            "予約の画面で先に「連絡した」を取り消してから、もう一度押してください。"
        )


@dataclass(frozen=True)
class Series:
    """What a repeated booking made, and the public holidays it left out."""

    made: list[Appointment]
    skipped: list[dt.date]


@transaction.atomic
def book_series(
    *, case: Case, by: Actor, at: dt.datetime, appointment: NextAppointment, every_weeks: int, count: int
) -> Series:
    """Book the same weekday and time `count` times, all or nothing; public holidays are left out and named.

    Raises AppointmentTaken with every clash, CaseAlreadyClosed, HandedOverByThen.
    """
    times, skipped = series_days(appointment.starts_at, every_weeks=every_weeks, count=count)
    if not times:
        raise CaseError("選んだ日はすべて祝日です。別の曜日にしてください。")
    wanted = [replace(appointment, starts_at=time) for time in times]
    if taken := [clash for each in wanted for clash in clashes(each)]:
        raise AppointmentTaken(taken)
    return Series([book(case=case, by=by, at=at, appointment=each) for each in wanted], skipped)


@transaction.atomic
def move_appointment(*, appointment: Appointment, by: Actor, at: dt.datetime, to: NextAppointment, reason: str) -> None:
    """Another time, worker or desk; the earlier time stays in the list of moves.

    Raises AppointmentTaken, AppointmentSettled when it is no longer booked at the time that was shown,
    CaseAlreadyClosed, HandedOverByThen.
    """
    refuse_handed_over(lock_open(appointment.case), by=by, starts_at=to.starts_at)
    if times := clashes(to, apart_from=appointment):
        raise AppointmentTaken(times)
    rows = Appointment.objects.filter(
        pk=appointment.pk, status=AppointmentStatus.BOOKED, starts_at=appointment.starts_at
    )
    try:
        with transaction.atomic():
            if not rows.update(**to.columns()):
                raise AppointmentSettled
    except IntegrityError as error:  # somebody was faster
        raise AppointmentTaken from error
    AppointmentMove.objects.create(
        appointment=appointment,
        case_id=appointment.case_id,
        from_starts_at=appointment.starts_at,
        to_starts_at=to.starts_at,
        reason=reason,
        organisation=by.organisation,
        moved_by=by.user,
        moved_at=at,
    )
    touch(case=appointment.case, at=at)


@transaction.atomic
def undo_no_show(*, appointment: Appointment, by: Actor, at: dt.datetime) -> None:
    """The no-show was recorded by mistake: booked again, and gone from the first screen of both sides.

    Who took it back and when stays on the booking and in its history. Raises AppointmentTaken when the
    worker or the desk was booked for that time since, CaseAlreadyClosed, FollowedUp.
    """
    lock_open(appointment.case)
    try:
        with transaction.atomic():
            changed = Appointment.objects.filter(
                pk=appointment.pk, status=AppointmentStatus.NO_SHOW, followed_up_at__isnull=True
            ).update(status=AppointmentStatus.BOOKED, status_at=at, status_by=by.user, status_note=NO_SHOW_UNDONE)
    except IntegrityError as error:
        raise AppointmentTaken from error
    if not changed and Appointment.objects.filter(pk=appointment.pk, status=AppointmentStatus.NO_SHOW).exists():
        raise FollowedUp
    if not changed:
        raise CaseError("この予約は、いまは無断欠席ではありません。画面を開き直して確かめてください。")
    touch(case=appointment.case, at=at)


@transaction.atomic
def undo_follow_up(*, appointment: Appointment, by: Actor, at: dt.datetime) -> None:
    """Nobody has got in touch after all: the no-show is back on the first screen of both sides."""
    changed = Appointment.objects.filter(
        pk=appointment.pk, status=AppointmentStatus.NO_SHOW, followed_up_at__isnull=False
    ).update(followed_up_at=None, followed_up_by=None)
    if not changed:
        raise CaseError("この欠席への連絡は、いまは記録されていません。画面を開き直して確かめてください。")
    touch(case=appointment.case, at=at)


@transaction.atomic
def follow_up_no_show(*, appointment: Appointment, by: Actor, at: dt.datetime) -> None:
    """Somebody got in touch after a no-show; it leaves the first screen of both sides."""
    changed = Appointment.objects.filter(
        pk=appointment.pk, status=AppointmentStatus.NO_SHOW, followed_up_at__isnull=True
    ).update(followed_up_at=at, followed_up_by=by.user)
    if not changed:
        raise CaseError("この欠席はすでに対応済みです。画面を開き直して確かめてください。")
    touch(case=appointment.case, at=at)
