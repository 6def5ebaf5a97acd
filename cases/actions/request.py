"""The request for support (支援要請): sent with consent, answered by Hello Work."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from accounts.models import Organisation, User
from accounts.scope import Actor
from agreements.models import TargetGroup
from cases.actions.moves import CaseError, lock, move, touch
from cases.actions.sharing import end_grant, give_grant, record_consent
from cases.actions.team import assign
from cases.enums import CaseState, ConditionAnswer, ConsentMethod, Duty, GrantPurpose, RequestStatus
from cases.models import Case, Consent, SupportRequest
from core.periods import add_months


@dataclass(frozen=True)
class Conditions:
    """The four conditions (チェックシート), each an answer with a note."""

    ability: ConditionAnswer
    motivation: ConditionAnswer
    no_obstacle: ConditionAnswer
    agrees: ConditionAnswer
    ability_note: str = ""
    motivation_note: str = ""
    no_obstacle_note: str = ""
    agrees_note: str = ""
    flexibility_reason: str = ""

    def unmet(self) -> list[str]:
        """Conditions that stand in the way, as words for the screen."""
        labels = (
            (self.ability, "①稼働能力"),
            (self.motivation, "②就労意欲"),
            (self.no_obstacle, "③阻害要因がないこと"),
        )
        return [label for answer, label in labels if answer == ConditionAnswer.NO]


class ConditionsNotMet(CaseError):
    def __init__(self, unmet: list[str]) -> None:
        super().__init__(
            f"{'、'.join(unmet)}が「該当しない」です。ハローワークとの協議で弾力的に扱うときは、その理由を入力してください。"
        )


class ParticipationNotAgreed(CaseError):
    def __init__(self) -> None:
        super().__init__("④事業への参加に本人の同意がないため、支援要請を送れません。")


class GroupUnknown(CaseError):
    def __init__(self, label: str) -> None:
        super().__init__(
            f"「{label}」は、この協定のどの対象区分にも含まれていません。支援区分か協定の対象区分を確かめてください。"
        )


class ChangeNotSaid(CaseError):
    def __init__(self) -> None:
        super().__init__("差し戻された要請を出し直すときは、前回から変えたことを入力してください。")


class NothingToComplete(CaseError):
    def __init__(self) -> None:
        super().__init__("補うところの残っている至急の要請はありません。画面を開き直して確かめてください。")


class AlreadyAnswered(CaseError):
    def __init__(self) -> None:
        super().__init__("この支援要請にはすでに回答があります。画面を開き直して確かめてください。")


@transaction.atomic
def send_request(
    *,
    case: Case,
    by: Actor,
    at: dt.datetime,
    on: dt.date,
    to: Organisation,
    consent: Consent,
    conditions: Conditions,
    message: str = "",
    is_urgent: bool = False,
    change_note: str = "",
) -> SupportRequest:
    """Send the request; the recipient sees the case from now on, on the person's consent.

    After a return it says what changed. Raises ConditionsNotMet, ParticipationNotAgreed, ChangeNotSaid,
    ConsentMissing, MoveNotAllowed.
    """
    case = lock(case)
    previous = returned_request(case)
    if previous is not None and not change_note:
        raise ChangeNotSaid
    if conditions.agrees == ConditionAnswer.NO:
        raise ParticipationNotAgreed
    unmet = conditions.unmet()
    if unmet and not conditions.flexibility_reason:
        raise ConditionsNotMet(unmet)
    case = move(case=case, to=CaseState.REQUESTED, by=by, at=at, note=f"要請先: {to.name}")
    give_grant(case=case, organisation=to, purpose=GrantPurpose.SUPPORT_REQUEST, consent=consent, by=by, at=at, on=on)
    return SupportRequest.objects.create(
        case=case,
        consent=consent,
        from_organisation=by.organisation,
        to_organisation=to,
        ability=conditions.ability,
        ability_note=conditions.ability_note,
        motivation=conditions.motivation,
        motivation_note=conditions.motivation_note,
        no_obstacle=conditions.no_obstacle,
        no_obstacle_note=conditions.no_obstacle_note,
        agrees=conditions.agrees,
        agrees_note=conditions.agrees_note,
        flexibility_reason=conditions.flexibility_reason,
        message=message,
        is_urgent=is_urgent,
        previous=previous,
        change_note=change_note if previous else "",
        sent_by=by.user,
        sent_at=at,
    )


# What is known at a counter in a hurry: the person agrees; the rest is checked afterwards.
TO_BE_CHECKED = Conditions(
    ability=ConditionAnswer.DISCUSS,
    motivation=ConditionAnswer.DISCUSS,
    no_obstacle=ConditionAnswer.DISCUSS,
    agrees=ConditionAnswer.YES,
)


def returned_request(case: Case) -> SupportRequest | None:
    """The request that came back and waits to be sent again; None unless the case stands returned."""
    if case.state != CaseState.RETURNED:
        return None
    found: SupportRequest | None = (
        case.support_requests.filter(status=RequestStatus.RETURNED).order_by("-sent_at").first()
    )
    return found


@transaction.atomic
def complete_request(*, request: SupportRequest, by: Actor, at: dt.datetime, conditions: Conditions) -> None:
    """Add what was left for later when the request was sent in a hurry. Raises NothingToComplete, ConditionsNotMet."""
    unmet = conditions.unmet()
    if unmet and not conditions.flexibility_reason:
        raise ConditionsNotMet(unmet)
    changed = (
        SupportRequest.objects.incomplete()
        .filter(pk=request.pk)
        .update(
            ability=conditions.ability,
            ability_note=conditions.ability_note,
            motivation=conditions.motivation,
            motivation_note=conditions.motivation_note,
            no_obstacle=conditions.no_obstacle,
            no_obstacle_note=conditions.no_obstacle_note,
            flexibility_reason=conditions.flexibility_reason,
            completed_at=at,
            completed_by=by.user,
        )
    )
    if not changed:
        raise NothingToComplete
    touch(case=request.case, at=at)


def _answer(
    *,
    request: SupportRequest,
    status: RequestStatus,
    by: Actor,
    at: dt.datetime,
    note: str,
    offered_instead: str = "",
) -> None:
    lock(request.case)  # the case first, as a withdrawal does
    changed = SupportRequest.objects.filter(pk=request.pk, status=RequestStatus.SENT).update(
        status=status, answered_by=by.user, answered_at=at, answer_note=note, offered_instead=offered_instead
    )
    if not changed:
        raise AlreadyAnswered


def target_group_of(case: Case, on: dt.date) -> TargetGroup:
    """The target group that the primary status of the day belongs to. Raises GroupUnknown."""
    period = (
        case.benefit_periods.filter(is_primary=True, starts_on__lte=on).order_by("-starts_on").first()
        or case.benefit_periods.filter(is_primary=True).order_by("starts_on").first()
    )
    if period is None:
        raise GroupUnknown("支援区分の記録なし")
    group = TargetGroup.objects.filter(agreement=case.agreement_id, statuses__status=period.status).first()
    if group is None:
        raise GroupUnknown(period.get_status_display())
    return group


@transaction.atomic
def accept_request(
    *, request: SupportRequest, by: Actor, at: dt.datetime, started_on: dt.date, navigator: User, note: str = ""
) -> Case:
    """Hello Work takes the person on: support starts, the target group is fixed for counting."""
    _answer(request=request, status=RequestStatus.ACCEPTED, by=by, at=at, note=note)
    case = request.case
    group = target_group_of(case, started_on)
    if started_on < case.opened_on:
        raise CaseError("支援開始日は相談受付日以降の日にしてください。")
    case = move(
        case=case,
        to=CaseState.ACCEPTED,
        by=by,
        at=at,
        note=note,
        support_started_on=started_on,
        support_group=group,
        support_goal_on=add_months(started_on, case.agreement.support_months),
    )
    assign(
        case=case,
        user=navigator,
        organisation=by.organisation,
        duty=Duty.NAVIGATOR,
        on=started_on,
        by=by,
        at=at,
        otherwise="別の人を選んでください。",
    )
    return case


@transaction.atomic
def return_request(*, request: SupportRequest, by: Actor, at: dt.datetime, reason: str) -> Case:
    """Hello Work asks for more; the case goes back with the reason and stays visible to both."""
    _answer(request=request, status=RequestStatus.RETURNED, by=by, at=at, note=reason)
    return move(case=request.case, to=CaseState.RETURNED, by=by, at=at, note=reason)


@transaction.atomic
def decline_request(*, request: SupportRequest, by: Actor, at: dt.datetime, reason: str, offered_instead: str) -> Case:
    """Hello Work declines and says what is offered instead; its view of the case ends."""
    _answer(request=request, status=RequestStatus.DECLINED, by=by, at=at, note=reason, offered_instead=offered_instead)
    case = move(case=request.case, to=CaseState.DECLINED, by=by, at=at, note=reason)
    end_grant(case=case, organisation=request.to_organisation, by=by, at=at, reason="対象外の回答")
    return case


@transaction.atomic
def withdraw_request(*, request: SupportRequest, by: Actor, at: dt.datetime, reason: str) -> Case:
    """The sender takes the request back before an answer; the recipient's view of the case ends."""
    _answer(request=request, status=RequestStatus.WITHDRAWN, by=by, at=at, note=reason)
    case = move(case=request.case, to=CaseState.INTAKE, by=by, at=at, note=f"要請の取下げ: {reason}")
    end_grant(case=case, organisation=request.to_organisation, by=by, at=at, reason="支援要請の取下げ")
    return case


@transaction.atomic
def send_with_consent(
    *,
    case: Case,
    by: Actor,
    at: dt.datetime,
    on: dt.date,
    to: Organisation,
    conditions: Conditions,
    message: str,
    method: ConsentMethod,
    given_on: dt.date,
    includes_health: bool,
    includes_finance: bool,
    includes_family: bool,
    is_urgent: bool = False,
    change_note: str = "",
) -> SupportRequest:
    """Record the consent and send the request on it: one act at the counter, both or neither."""
    consent = record_consent(
        case=case,
        by=by,
        recipients=[to],
        purpose="ハローワークとの一体的な就労支援",
        method=method,
        given_on=given_on,
        includes_health=includes_health,
        includes_finance=includes_finance,
        includes_family=includes_family,
    )
    return send_request(
        case=case,
        by=by,
        at=at,
        on=on,
        to=to,
        consent=consent,
        conditions=conditions,
        message=message,
        is_urgent=is_urgent,
        change_note=change_note,
    )
