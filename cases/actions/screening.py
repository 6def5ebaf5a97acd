"""Before a request: the talk beforehand (プレ相談), and the ledger of those not referred (見送り台帳)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import Organisation
from accounts.scope import Actor
from cases.actions.moves import CaseError, lock, move, touch
from cases.actions.sharing import end_grant, give_grant, record_consent
from cases.enums import CaseState, ConsentMethod, DeferralReason, GrantPurpose, LegalBasis, PreOpinion
from cases.models import Case, Deferral, Grant, PreConsultation


class NotOnTheLedger(CaseError):
    def __init__(self) -> None:
        super().__init__("このケースは見送り台帳にありません。画面を開き直して確かめてください。")


class NothingAsked(CaseError):
    def __init__(self) -> None:
        super().__init__("意見を待っているプレ相談はありません。画面を開き直して確かめてください。")


@transaction.atomic
def ask_beforehand(
    *,
    case: Case,
    by: Actor,
    at: dt.datetime,
    on: dt.date,
    to: Organisation,
    question: str,
    method: ConsentMethod,
    given_on: dt.date,
    includes_health: bool = False,
    includes_finance: bool = False,
    includes_family: bool = False,
) -> PreConsultation:
    """Record the consent, let Hello Work see the case, ask. Raises MoveNotAllowed."""
    case = move(case=case, to=CaseState.PRE_CONSULTATION, by=by, at=at, note=f"相談先: {to.name}")
    consent = record_consent(
        case=case,
        by=by,
        recipients=[to],
        purpose="支援要請の前の相談(プレ相談)",
        method=method,
        given_on=given_on,
        includes_health=includes_health,
        includes_finance=includes_finance,
        includes_family=includes_family,
    )
    give_grant(case=case, organisation=to, purpose=GrantPurpose.PRE_CONSULTATION, consent=consent, by=by, at=at, on=on)
    return PreConsultation.objects.create(
        case=case,
        consent=consent,
        from_organisation=by.organisation,
        to_organisation=to,
        question=question,
        sent_by=by.user,
        sent_at=at,
    )


@transaction.atomic
def give_opinion(
    *,
    asked: PreConsultation,
    by: Actor,
    at: dt.datetime,
    talked_on: dt.date,
    opinion: PreOpinion,
    note: str,
) -> None:
    """What Hello Work thinks after the joint talk; 「もう一度話したい」 may be followed by another opinion."""
    lock(asked.case)
    changed = PreConsultation.objects.filter(
        pk=asked.pk, opinion__in=["", PreOpinion.AGAIN], case__state=CaseState.PRE_CONSULTATION
    ).update(opinion=opinion, opinion_note=note, talked_on=talked_on, answered_by=by.user, answered_at=at)
    if not changed:
        raise NothingAsked
    touch(case=asked.case, at=at)


@transaction.atomic
def not_refer(
    *,
    case: Case,
    by: Actor,
    at: dt.datetime,
    reason: str,
    reason_kind: DeferralReason = DeferralReason.OTHER,
    next_check_on: dt.date | None = None,
) -> Case:
    """The person is not referred now (見送り): the ledger keeps why and when to look again; Hello Work's view ends."""
    case = move(case=case, to=CaseState.NOT_REFERRED, by=by, at=at, note=reason)
    _enter(case=case, by=by, at=at, reason_kind=reason_kind, reason=reason, next_check_on=next_check_on)
    asked = Grant.objects.filter(
        case=case,
        purpose__in=[GrantPurpose.PRE_CONSULTATION, GrantPurpose.SUPPORT_REQUEST],
        legal_basis=LegalBasis.CONSENT,
        withdrawn_at__isnull=True,
        user__isnull=True,
    ).exclude(organisation=case.organisation_id)
    for grant in asked.select_related("organisation"):
        end_grant(case=case, organisation=grant.organisation, by=by, at=at, reason="見送り")
    return case


@transaction.atomic
def check_again(
    *,
    case: Case,
    by: Actor,
    at: dt.datetime,
    reason: str,
    reason_kind: DeferralReason,
    next_check_on: dt.date | None,
) -> Deferral:
    """Looked at again and still not referred: a new entry with the next day. Raises NotOnTheLedger."""
    case = lock(case)
    if case.state != CaseState.NOT_REFERRED:
        raise NotOnTheLedger
    entry = _enter(case=case, by=by, at=at, reason_kind=reason_kind, reason=reason, next_check_on=next_check_on)
    touch(case=case, at=at)
    return entry


def _enter(
    *,
    case: Case,
    by: Actor,
    at: dt.datetime,
    reason_kind: DeferralReason,
    reason: str,
    next_check_on: dt.date | None,
) -> Deferral:
    return Deferral.objects.create(
        case=case,
        reason_kind=reason_kind,
        reason=reason,
        next_check_on=next_check_on,
        organisation=by.organisation,
        recorded_by=by.user,
        recorded_at=at,
    )
