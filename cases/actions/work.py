"""Introductions, placements, leaving, retention checks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from accounts.scope import Actor
from cases.actions.moves import CaseError, lock, move, touch
from cases.enums import (
    RETENTION_MARKS,
    STATES_IN_SUPPORT,
    CaseState,
    ContactMethod,
    IntroductionResult,
    RetentionState,
)
from cases.models import Case, Introduction, Placement, RetentionCheck, Workplace
from core.periods import add_months
from employers.models import Employer


class NotInSupport(CaseError):
    def __init__(self) -> None:
        super().__init__("支援要請が受理される前のケース、または終了したケースには記録できません。")


class PlacementRepeated(CaseError):
    def __init__(self) -> None:
        super().__init__("同じ就職先・同じ就職日の記録がすでにあります。")


def _apart(fields: dict[str, Any]) -> tuple[Employer, dict[str, Any]]:
    """The employer, which a suppression may hide, and the facts of the row itself."""
    facts = dict(fields)
    return facts.pop("employer"), facts


@transaction.atomic
def introduce(*, case: Case, by: Actor, at: dt.datetime, fields: dict[str, Any]) -> Introduction:
    """Record an introduction or application. Raises NotInSupport."""
    if lock(case).state not in STATES_IN_SUPPORT:
        raise NotInSupport
    employer, facts = _apart(fields)
    introduction = Introduction.objects.create(case=case, organisation=by.organisation, created_by=by.user, **facts)
    Workplace.objects.create(case=case, introduction=introduction, employer=employer)
    touch(case=case, at=at)
    return introduction


@transaction.atomic
def record_result(
    *, introduction: Introduction, by: Actor, at: dt.datetime, result: IntroductionResult, on: dt.date, reason: str
) -> None:
    """What came of an introduction; the reason of a refusal helps the next one."""
    if on < introduction.introduced_on:
        raise CaseError("結果の日は紹介日以降の日にしてください。")
    changed = Introduction.objects.filter(pk=introduction.pk, result=IntroductionResult.PENDING).update(
        result=result, result_on=on, result_reason=reason, version=introduction.version + 1
    )
    if not changed:
        raise CaseError("この紹介にはすでに結果が記録されています。画面を開き直して確かめてください。")
    touch(case=introduction.case, at=at)


@transaction.atomic
def place(
    *,
    case: Case,
    by: Actor,
    at: dt.datetime,
    fields: dict[str, Any],
    introduction: Introduction | None = None,
) -> Placement:
    """Record a placement: the case is placed, checks at 1, 3, 6 and 12 months are due.

    Raises NotInSupport, PlacementRepeated.

    That the same employer is not recorded twice for one day is held by the lock of the case alone. A unique index
    over Workplace would not ask the wall: who may not see where a suppressed person works could find out by trying.
    """
    current = lock(case)
    if current.state not in STATES_IN_SUPPORT:
        raise NotInSupport
    employer, facts = _apart(fields)
    if case.placements.filter(workplace__employer=employer, started_on=facts["started_on"]).exists():
        raise PlacementRepeated
    placement = Placement.objects.create(
        case=case, organisation=by.organisation, introduction=introduction, created_by=by.user, **facts
    )
    Workplace.objects.create(case=case, placement=placement, employer=employer)
    if introduction is not None and introduction.result == IntroductionResult.PENDING:
        record_result(
            introduction=introduction,
            by=by,
            at=at,
            result=IntroductionResult.HIRED,
            on=max(placement.started_on, introduction.introduced_on),
            reason="",
        )
    RetentionCheck.objects.bulk_create(
        RetentionCheck(placement=placement, case=case, month_mark=mark, due_on=add_months(placement.started_on, mark))
        for mark in RETENTION_MARKS
    )
    if current.state != CaseState.PLACED:
        move(case=case, to=CaseState.PLACED, by=by, at=at, note=f"就職: {placement.job_title}")
    touch(case=case, at=at)
    return placement


@transaction.atomic
def separate(*, placement: Placement, by: Actor, at: dt.datetime, on: dt.date, reason: str) -> None:
    """The person left the job: later checks are not needed; with no other job support goes on."""
    if on < placement.started_on:
        raise CaseError("離職日は就職日以降の日にしてください。")
    case = lock(placement.case)
    changed = Placement.objects.filter(pk=placement.pk, separated_on__isnull=True).update(
        separated_on=on, separation_reason=reason, version=placement.version + 1
    )
    if not changed:
        raise CaseError("この就職にはすでに離職日が記録されています。画面を開き直して確かめてください。")
    placement.retention_checks.filter(state=RetentionState.PENDING, due_on__gt=on).update(
        state=RetentionState.NOT_NEEDED, checked_on=on, checked_by=by.user, note="離職のため"
    )
    still_working = case.placements.filter(separated_on__isnull=True).exists()
    if case.state == CaseState.PLACED and not still_working:
        move(case=case, to=CaseState.ACTIVE, by=by, at=at, note=f"離職: {reason}")
    touch(case=case, at=at)


@transaction.atomic
def check_retention(
    *,
    check: RetentionCheck,
    by: Actor,
    at: dt.datetime,
    state: RetentionState,
    on: dt.date,
    method: ContactMethod,
    note: str,
) -> None:
    """What was found at a mark; unknown stays unknown and is never counted as working."""
    changed = RetentionCheck.objects.filter(pk=check.pk, state=RetentionState.PENDING).update(
        state=state, checked_on=on, checked_by=by.user, method=method, note=note
    )
    if not changed:
        raise CaseError("この定着確認にはすでに結果が記録されています。画面を開き直して確かめてください。")
    touch(case=check.case, at=at)
