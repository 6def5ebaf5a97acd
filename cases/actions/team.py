"""Who is in charge of a case."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import Organisation, User
from accounts.scope import Actor
from cases.actions.moves import CaseError, touch
from cases.enums import Duty
from cases.models import Assignment, Case


class NotAMember(CaseError):
    def __init__(self, user: User, organisation: Organisation) -> None:
        super().__init__(f"{user.name}さんは{organisation.name}に所属していません。別の担当者を選んでください。")


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
) -> Assignment:
    """Put a worker in charge from a day; the same worker already in charge changes nothing."""
    if not user.memberships.filter(organisation=organisation).exists():
        raise NotAMember(user, organisation)
    current = Assignment.objects.filter(
        case=case, user=user, duty=duty, organisation=organisation, ends_on__isnull=True
    ).first()
    if current is not None:
        return current
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


@transaction.atomic
def end_assignment(*, assignment: Assignment, by: Actor, at: dt.datetime, on: dt.date, reason: str) -> None:
    """The worker's last day in charge."""
    changed = Assignment.objects.filter(pk=assignment.pk, ends_on__isnull=True).update(
        ends_on=max(on, assignment.starts_on), end_reason=reason
    )
    if not changed:
        raise CaseError("この担当はすでに終わっています。")
    touch(case=assignment.case, at=at)
