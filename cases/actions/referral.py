"""Referrals out and back (つなぎ): sent on the person's consent, answered by the partner or written down by us."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction

from accounts.enums import OrganisationKind, Permission, Role, permissions_of
from accounts.models import Membership, Organisation
from accounts.scope import Actor
from cases.actions.contact import CaseAlreadyClosed
from cases.actions.moves import CaseError, lock, touch
from cases.actions.sharing import end_grant, give_grant, record_consent
from cases.enums import (
    PARTNER_ANSWERS,
    REFERRAL_TRANSITIONS,
    REFERRALS_OPEN,
    CaseState,
    ConsentMethod,
    GrantPurpose,
    ReferralStatus,
)
from cases.models import Case, Grant, Referral, ReferralAnswer


class AlreadyReferred(CaseError):
    def __init__(self, organisation: Organisation) -> None:
        super().__init__(
            f"{organisation.name}には、終わっていないつなぎがすでにあります。先にその返事を記録してください。"
        )


class ReferralAnswered(CaseError):
    def __init__(self) -> None:
        super().__init__("このつなぎには、先にほかの返事が記録されています。画面を開き直して確かめてください。")


class NotTheirs(CaseError):
    def __init__(self) -> None:
        super().__init__("この返事は、つないだ機関だけが記録できます。")


def answers_here(organisation: Organisation, on: dt.date) -> bool:
    """Whether somebody there uses the system and may answer; otherwise the referral goes on paper."""
    roles = Membership.objects.current(on).filter(organisation=organisation).values_list("role", flat=True)
    kind = OrganisationKind(organisation.kind)
    return any(Permission.ANSWER_REFERRAL in permissions_of(Role(role), kind) for role in set(roles))


@transaction.atomic
def refer(
    *,
    case: Case,
    by: Actor,
    at: dt.datetime,
    on: dt.date,
    to: Organisation,
    purpose: str,
    handed_over: str,
    answer_due_on: dt.date,
    method: ConsentMethod,
    given_on: dt.date,
    includes_health: bool = False,
    includes_finance: bool = False,
    includes_family: bool = False,
) -> Referral:
    """Record the consent and hand the person on: one act, both or neither.

    A partner that uses the system gets a grant for what was referred; another one gets a printed sheet.
    Raises CaseAlreadyClosed, AlreadyReferred.
    """
    case = lock(case)
    if case.state == CaseState.CLOSED:
        raise CaseAlreadyClosed
    kinds: dict[str, Any] = {
        "includes_health": includes_health,
        "includes_finance": includes_finance,
        "includes_family": includes_family,
    }
    consent = record_consent(
        case=case, by=by, recipients=[to], purpose=purpose, method=method, given_on=given_on, **kinds
    )
    on_paper = not answers_here(to, on)
    try:
        with transaction.atomic():
            referral = Referral.objects.create(
                case=case,
                consent=consent,
                from_organisation=by.organisation,
                to_organisation=to,
                purpose=purpose,
                handed_over=handed_over,
                is_on_paper=on_paper,
                answer_due_on=answer_due_on,
                sent_by=by.user,
                sent_at=at,
                **kinds,
            )
    except IntegrityError as error:
        if "referral_one_open_per_partner" in str(error):
            raise AlreadyReferred(to) from error
        raise
    if not on_paper:
        give_grant(case=case, organisation=to, purpose=GrantPurpose.REFERRAL, consent=consent, by=by, at=at, on=on)
    touch(case=case, at=at)
    return referral


@transaction.atomic
def answer_referral(
    *,
    referral: Referral,
    by: Actor,
    at: dt.datetime,
    on: dt.date,
    status: ReferralStatus,
    outcome: str,
    is_ours: bool,
) -> ReferralAnswer:
    """What came of it, in the partner's words or as told to us; with the last answer the partner's view ends.

    `is_ours`: written down by the side that referred. Raises NotTheirs, ReferralAnswered.
    """
    if not is_ours and status not in PARTNER_ANSWERS:
        raise NotTheirs
    origins = [old for old, news in REFERRAL_TRANSITIONS.items() if status in news]
    changed = Referral.objects.filter(pk=referral.pk, status__in=origins).update(status=status)
    if not changed:
        raise ReferralAnswered
    answer = ReferralAnswer.objects.create(
        case_id=referral.case_id,
        referral=referral,
        status=status,
        outcome=outcome,
        answered_on=on,
        organisation=by.organisation,
        answered_by=by.user,
        answered_at=at,
    )
    case = referral.case
    touch(case=case, at=at)
    if status not in REFERRALS_OPEN:
        _end_sharing(case=case, organisation=referral.to_organisation, by=by, at=at, reason=status.label)
    return answer


def _end_sharing(*, case: Case, organisation: Organisation, by: Actor, at: dt.datetime, reason: str) -> None:
    """Only what the referral opened; an organisation that sees the case for another purpose goes on seeing it."""
    opened = Grant.objects.filter(
        case=case,
        organisation=organisation,
        purpose=GrantPurpose.REFERRAL,
        withdrawn_at__isnull=True,
        user__isnull=True,
    )
    if opened.exists():
        end_grant(case=case, organisation=organisation, by=by, at=at, reason=f"つなぎの終わり: {reason}")
