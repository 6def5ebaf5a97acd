"""Moving a case from state to state, and letting its readers know it changed."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.scope import Actor
from cases.enums import CASE_TRANSITIONS, CaseState, CloseReason
from cases.models import Case, CaseTransition, Grant


class CaseError(Exception):
    """An act the case does not allow now; the message is for the screen."""


class MoveNotAllowed(CaseError):
    def __init__(self, case: Case, to: CaseState) -> None:
        super().__init__(
            f"「{case.get_state_display()}」のケースを「{to.label}」にすることはできません。"
            "ほかの人が先に状態を変えた可能性があります。画面を開き直して確かめてください。"
        )


class OpenWorkLeft(CaseError):
    pass


class OutOfSight(CaseError):
    def __init__(self) -> None:
        super().__init__(
            "このケースは、画面を開いた後に見られなくなりました(同意の撤回、担当機関の引継ぎなど)。記録はしていません。"
            "続けて必要なことは、担当機関に電話で相談してください。入力した内容は保存していません。"
        )


def lock(case: Case) -> Case:
    """The row as it is now, held until the end of the transaction. Raises OutOfSight.

    Read once more after waiting: what was granted may have ended meanwhile.
    """
    Case.objects.select_for_update(no_key=True).filter(pk=case.pk).values_list("pk").first()
    current: Case | None = Case.objects.filter(pk=case.pk).first()
    if current is None:
        raise OutOfSight
    return current


def touch(*, case: Case, at: dt.datetime) -> None:
    """The case rises to the top of every reader's list."""
    Grant.objects.filter(case=case, withdrawn_at__isnull=True, user__isnull=True).update(touched_at=at)


def move(*, case: Case, to: CaseState, by: Actor, at: dt.datetime, note: str = "", **changes: object) -> Case:
    """Change the state with whatever stands and falls with it; one transition row. Raises MoveNotAllowed."""
    current = lock(case)
    origin = CaseState(current.state)
    if to not in CASE_TRANSITIONS[origin]:
        raise MoveNotAllowed(current, to)
    current.state = to
    for field, value in changes.items():
        setattr(current, field, value)
    current.version += 1
    current.save(update_fields=["state", "version", *changes])
    CaseTransition.objects.create(
        case=current,
        from_state=origin,
        to_state=to,
        organisation=by.organisation,
        by=by.user,
        at=at,
        note=note,
    )
    touch(case=current, at=at)
    return current


@transaction.atomic
def suspend_case(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> Case:
    """Support pauses (illness, no contact …)."""
    return move(case=case, to=CaseState.SUSPENDED, by=by, at=at, note=reason)


@transaction.atomic
def resume_case(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> Case:
    """Support goes on after a pause."""
    return move(case=case, to=CaseState.ACTIVE, by=by, at=at, note=reason)


@transaction.atomic
def reopen_intake(*, case: Case, by: Actor, at: dt.datetime, reason: str) -> Case:
    """A case that was not referred or declined is considered again."""
    return move(case=case, to=CaseState.INTAKE, by=by, at=at, note=reason)


@transaction.atomic
def close_case(*, case: Case, by: Actor, at: dt.datetime, closed_on: dt.date, reason: CloseReason, note: str) -> Case:
    """End of support, with day and reason. Raises OpenWorkLeft while a request waits for an answer."""
    case = lock(case)
    if case.support_requests.waiting().exists():
        raise OpenWorkLeft("回答待ちの支援要請があります。先に取り下げるか、回答を待ってください。")
    return move(
        case=case,
        to=CaseState.CLOSED,
        by=by,
        at=at,
        note=note,
        closed_on=closed_on,
        close_reason=reason,
        close_note=note,
    )
