"""Who is in charge of a case, and who stands in for whom."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q

from accounts.models import Organisation, User
from accounts.scope import Actor
from cases.actions.moves import CaseError, lock, touch
from cases.enums import STATES_OPEN, Duty
from cases.models import Assignment, Case, Cover
from core.periods import shown_date


class NotAMember(CaseError):
    def __init__(self, user: User, organisation: Organisation) -> None:
        super().__init__(f"{user.name}さんは{organisation.name}に所属していません。別の担当者を選んでください。")


class StillInCharge(CaseError):
    """`otherwise` says what the screen lets the reader do about it."""

    def __init__(self, user: User, *, case: Case, until: dt.date | None, otherwise: str) -> None:
        what = f"同じ役割で{case.person.name}さんのケース({case.number})を担当しています。"
        last = f"{shown_date(until)}まで" if until else ""
        if until and not otherwise:
            otherwise = (
                f"別の人を選ぶか、開始日・引継ぎ日を{shown_date(until + dt.timedelta(days=1))}以降にしてください。"
            )
        super().__init__(f"{user.name}さんは、{last}{what}{otherwise or '別の人を選んでください。'}")


class NobodyLeft(CaseError):
    def __init__(self) -> None:
        super().__init__(
            "この方を最後に、自機関の担当者がいなくなります。後任を選ぶか、後任を決めない理由を入力してください。"
        )


class CoverTaken(CaseError):
    def __init__(self, colleague: User) -> None:
        super().__init__(f"{colleague.name}さんは、この期間の一部ですでに代理になっています。期間を確かめてください。")


@transaction.atomic
def assign(
    *,
    case: Case,
    user: User,
    organisation: Organisation,
    duty: Duty,
    on: dt.date,
    by: Actor,
    at: dt.datetime,
    reason: str = "",
    otherwise: str = "",
) -> Assignment:
    """Put a worker in charge from a day; the same worker already in charge changes nothing.

    Raises NotAMember, and StillInCharge for who goes on that very day or later, as on the day of an earlier handover;
    a screen that does not ask for the day says in `otherwise` what can be done instead.
    """
    if not user.memberships.filter(organisation=organisation).exists():
        raise NotAMember(user, organisation)
    current = Assignment.objects.filter(
        case=case, user=user, duty=duty, organisation=organisation, ends_on__isnull=True
    ).first()
    if current is not None:
        return current
    is_until_then = Q(ends_on__isnull=True) | Q(ends_on__gte=on)
    still = Assignment.objects.filter(is_until_then, case=case, user=user, duty=duty)
    if still:
        days = [row.ends_on for row in still]
        until = None if None in days else max(days)
        raise StillInCharge(user, case=case, until=until, otherwise=otherwise)
    assignment = Assignment.objects.create(
        case=case,
        user=user,
        organisation=organisation,
        duty=duty,
        starts_on=on,
        reason=reason,
        assigned_by=by.user,
    )
    touch(case=case, at=at)
    return assignment


def is_last(assignment: Assignment, *, case: Case, on: dt.date) -> bool:
    """Whether the open case is left without anybody of the organisation who works there and is in charge."""
    if assignment.duty == Duty.INTERPRETER or case.state not in STATES_OPEN:
        return False
    others = Assignment.objects.filter(case=case, organisation=assignment.organisation_id, ends_on__isnull=True)
    return not others.exclude(pk=assignment.pk).by_staff(on).exists()


@transaction.atomic
def end_assignment(
    *,
    assignment: Assignment,
    by: Actor,
    at: dt.datetime,
    on: dt.date,
    reason: str,
    successor: User | None = None,
) -> None:
    """The worker's last day in charge. Raises NobodyLeft where the last one goes without successor or reason."""
    # Two who end the last two assignments at once would each see the other's.
    case = lock(assignment.case)
    if successor is None and not reason.strip() and is_last(assignment, case=case, on=on):
        raise NobodyLeft
    changed = Assignment.objects.filter(pk=assignment.pk, ends_on__isnull=True).update(
        ends_on=max(on, assignment.starts_on), end_reason=reason or "担当の変更"
    )
    if not changed:
        raise CaseError("この担当はすでに終わっています。")
    if successor is not None:
        assign(
            case=assignment.case,
            user=successor,
            organisation=assignment.organisation,
            duty=Duty(assignment.duty),
            on=on,
            by=by,
            at=at,
            reason=reason or "担当の変更",
            otherwise="別の人を選ぶか、後任を空欄にして理由を入力してください。",
        )
    touch(case=assignment.case, at=at)


@transaction.atomic
def make_cover(
    *,
    worker: User,
    colleague: User,
    organisation: Organisation,
    starts_on: dt.date,
    ends_on: dt.date,
    reason: str,
    by: Actor,
    at: dt.datetime,
) -> Cover:
    """A colleague of the same organisation stands in for a worker; no assignment moves. Raises CoverTaken."""
    for user in (worker, colleague):
        if not user.memberships.filter(organisation=organisation).exists():
            raise NotAMember(user, organisation)
    taken = Cover.objects.filter(
        organisation=organisation,
        worker=worker,
        colleague=colleague,
        withdrawn_at__isnull=True,
        starts_on__lte=ends_on,
        ends_on__gte=starts_on,
    )
    if taken.exists():
        raise CoverTaken(colleague)
    return Cover.objects.create(
        organisation=organisation,
        worker=worker,
        colleague=colleague,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason,
        made_by=by.user,
        made_at=at,
    )


@transaction.atomic
def withdraw_cover(*, cover: Cover, by: Actor, at: dt.datetime) -> None:
    """The worker is back, or does not go: from this moment nobody stands in."""
    changed = Cover.objects.filter(pk=cover.pk, withdrawn_at__isnull=True).update(withdrawn_at=at, withdrawn_by=by.user)
    if not changed:
        raise CaseError("この代理はすでに取り消されています。")
