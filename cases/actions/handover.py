"""A whole caseload passes to successors, in one transaction (人事異動など)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from accounts.models import Organisation, User
from accounts.scope import Actor
from cases.actions.moves import CaseError, lock, touch
from cases.actions.team import assign
from cases.enums import Duty
from cases.models import Appointment, Assignment, Case, Handover, HandoverItem


class NothingToHandOver(CaseError):
    def __init__(self) -> None:
        super().__init__("後任が選ばれていません。ケースごとに、または「まとめて選ぶ」で後任を選んでください。")


class NoLongerInCharge(CaseError):
    def __init__(self, case: Case) -> None:
        super().__init__(
            f"ケース{case.number}の担当は、ほかの人がすでに変えました。何も変更していません。画面を開き直して確かめてください。"
        )


class AlreadyReceived(CaseError):
    def __init__(self) -> None:
        super().__init__("このケースはすでに受領しています。")


@dataclass(frozen=True)
class Passing:
    """One case, who takes it, and what the successor must know."""

    case: Case
    successor: User
    note: str = ""


@transaction.atomic
def hand_over(
    *,
    worker: User,
    organisation: Organisation,
    passings: Sequence[Passing],
    on: dt.date,
    by: Actor,
    at: dt.datetime,
    reason: str,
    has_appointments: bool,
) -> Handover:
    """End the worker's assignments the day before, put successors in charge, move appointments: all or nothing.

    Within one organisation, for whose members the notes are. Raises NothingToHandOver, NoLongerInCharge, and
    NotAMember for a successor from elsewhere. With `has_appointments` the worker's booked
    appointments from that day on go along, except where the successor has a talk at that time.
    """
    if not passings:
        raise NothingToHandOver
    handover = Handover.objects.create(
        organisation=organisation, worker=worker, on=on, reason=reason, made_by=by.user, made_at=at
    )
    # In one order, so that two handovers at once wait for each other instead of blocking each other.
    for passing in sorted(passings, key=lambda row: row.case.pk):
        case = lock(passing.case)
        mine = Assignment.objects.filter(case=case, user=worker, organisation=organisation, ends_on__isnull=True)
        if not mine:
            raise NoLongerInCharge(case)
        for assignment in mine:
            last_day = max(on - dt.timedelta(days=1), assignment.starts_on)
            Assignment.objects.filter(pk=assignment.pk).update(ends_on=last_day, end_reason=reason)
            assign(
                case=case,
                user=passing.successor,
                organisation=organisation,
                duty=Duty(assignment.duty),
                on=on,
                by=by,
                at=at,
                reason=reason,
            )
        HandoverItem.objects.create(
            handover=handover,
            organisation=organisation,
            case=case,
            successor=passing.successor,
            note=passing.note,
            moved_count=_move_appointments(case, worker, passing.successor, on) if has_appointments else 0,
        )
        touch(case=case, at=at)
    return handover


def _move_appointments(case: Case, worker: User, successor: User, on: dt.date) -> int:
    """How many went along; one that overlaps with the successor's own talks stays, and the handover's page lists it.

    The database decides, because the overlapping talk may be of a case behind the wall.
    """
    booked = Appointment.objects.booked().filter(case=case, worker=worker, starts_at__date__gte=on)
    moved = 0
    for pk in booked.order_by("starts_at", "pk").values_list("pk", flat=True):
        try:
            with transaction.atomic():
                moved += booked.filter(pk=pk).update(worker=successor)
        except IntegrityError:
            continue
    return moved


@transaction.atomic
def open_item(*, item: HandoverItem, at: dt.datetime) -> None:
    """The successor looked at the case for the first time."""
    HandoverItem.objects.filter(pk=item.pk, opened_at__isnull=True).update(opened_at=at)


@transaction.atomic
def receive(*, item: HandoverItem, at: dt.datetime) -> None:
    """The successor confirms to have taken the case over. Raises AlreadyReceived."""
    open_item(item=item, at=at)
    if not HandoverItem.objects.filter(pk=item.pk, received_at__isnull=True).update(received_at=at):
        raise AlreadyReceived
