"""The person takes a consent back: everything that stood on it ends at once, every record stays."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from accounts.scope import Actor
from cases.actions.contact import settle_appointment
from cases.actions.moves import CaseError, lock
from cases.actions.referral import answer_referral
from cases.actions.request import withdraw_request
from cases.actions.sharing import end_grant
from cases.enums import AppointmentStatus, ConsentMethod, LegalBasis, ReferralStatus
from cases.models import Consent, Grant


@transaction.atomic
def withdraw_consent(
    *, consent: Consent, by: Actor, at: dt.datetime, on: dt.date, method: ConsentMethod, note: str
) -> None:
    """End the grants on this consent, what waits for an answer, assignments and coming appointments there."""
    # Whoever is writing into the case is done first; who comes later no longer sees it.
    case = lock(consent.case)
    changed = Consent.objects.filter(pk=consent.pk, withdrawn_at__isnull=True).update(
        withdrawn_at=at, withdrawn_by=by.user, withdrawal_method=method, withdrawal_note=note
    )
    if not changed:
        raise CaseError("この同意はすでに撤回されています。")
    reason = f"本人の同意の撤回: {note}"[:200]
    # Also on an earlier consent to the same recipient: who says no once is not asked which paper was meant.
    shared = Grant.objects.filter(
        case=case,
        organisation__in=consent.recipients.values("organisation"),
        legal_basis=LegalBasis.CONSENT,
        withdrawn_at__isnull=True,
    ).exclude(organisation=case.organisation_id)  # who has taken the case over works on its own duty
    for grant in shared.select_related("organisation"):
        there = grant.organisation
        case.assignments.current(on).filter(organisation=there).update(
            ends_on=Greatest(F("starts_on"), on), end_reason="本人の同意の撤回"
        )
        for visit in case.appointments.booked().filter(organisation=there, starts_at__gt=at).select_related("case"):
            settle_appointment(
                appointment=visit, status=AppointmentStatus.CANCELLED, by=by, at=at, note="本人の同意の撤回"
            )
        end_grant(case=case, organisation=there, by=by, at=at, reason=reason)
    referred = case.referrals.open().filter(to_organisation__in=consent.recipients.values("organisation"))
    for referral in referred:
        answer_referral(
            referral=referral, by=by, at=at, on=on, status=ReferralStatus.WITHDRAWN, outcome=reason, is_ours=True
        )
    waiting = case.support_requests.waiting().filter(to_organisation__in=consent.recipients.values("organisation"))
    for request in waiting.select_related("to_organisation", "case"):
        withdraw_request(request=request, by=by, at=at, reason=reason)
