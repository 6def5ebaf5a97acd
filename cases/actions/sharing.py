"""Who may see a case: consent, grants, and the keys a case is found by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from accounts.models import Organisation
from accounts.scope import Actor
from cases.actions.moves import CaseError
from cases.enums import ConsentMethod, FieldGroup, GrantPurpose, LegalBasis
from cases.models import Case, Consent, ConsentRecipient, Grant, Person, PersonMerge, SearchKey, Suppression
from cases.search import case_keys, person_keys

# All kinds of facts: what the holder's own grant includes.
EVERYTHING: dict[str, Any] = {f"includes_{group.value}": True for group in FieldGroup}


class ConsentMissing(CaseError):
    def __init__(self, organisation: Organisation) -> None:
        super().__init__(
            f"{organisation.name}への情報提供について、有効な同意の記録がありません。先に本人の同意を記録してください。"
        )


def search_rows(
    *,
    case: Case,
    person: Person,
    organisation_id: int,
    earlier: Iterable[dict[str, str]] = (),
    former_numbers: Iterable[str] = (),
    is_suppressed: bool = False,
) -> list[SearchKey]:
    """The spellings under which an organisation finds the case; a suppressed person is not found by phone.

    `earlier` are the values of registrations that were merged into the person: their names still find.
    `former_numbers` are the case's numbers with earlier holders.
    """
    contact = None if is_suppressed else person.shown_contact
    keys = case_keys(case.number) | person_keys(
        name=person.name,
        name_kana=person.name_kana,
        birth=person.birth,
        phone=contact.phone if contact is not None else "",
    )
    for number in former_numbers:
        keys |= case_keys(number)
    for values in earlier:
        keys |= person_keys(name=values["name"], name_kana=values["name_kana"], birth=None, phone="")
    return [SearchKey(organisation_id=organisation_id, case=case, kind=kind, key=key) for kind, key in sorted(keys)]


def index_case(*, case: Case, person: Person, organisation_ids: Iterable[int]) -> None:
    """Write the search keys of a case anew for these organisations.

    A release shows the phone to one user for a while; keys are read by everybody, so the suppression decides.
    """
    ids = list(organisation_ids)
    is_suppressed = Suppression.objects.standing().filter(person=person).exists()
    earlier = list(PersonMerge.objects.standing().filter(kept=person).values_list("merged_values", flat=True))
    numbers = list(case.transfers.values_list("former_number", flat=True))
    SearchKey.objects.filter(case=case, organisation__in=ids).delete()
    SearchKey.objects.bulk_create(
        row
        for pk in ids
        for row in search_rows(
            case=case,
            person=person,
            organisation_id=pk,
            earlier=earlier,
            former_numbers=numbers,
            is_suppressed=is_suppressed,
        )
    )


@transaction.atomic
def record_consent(
    *,
    case: Case,
    by: Actor,
    recipients: Iterable[Organisation],
    purpose: str,
    method: ConsentMethod,
    given_on: dt.date,
    includes_health: bool = False,
    includes_finance: bool = False,
    includes_family: bool = False,
    valid_to: dt.date | None = None,
) -> Consent:
    """What the person agreed to, and to whom it may be told."""
    consent = Consent.objects.create(
        case=case,
        purpose=purpose,
        method=method,
        given_on=given_on,
        includes_health=includes_health,
        includes_finance=includes_finance,
        includes_family=includes_family,
        valid_to=valid_to,
        taken_by=by.user,
        organisation=by.organisation,
    )
    ConsentRecipient.objects.bulk_create(
        ConsentRecipient(consent=consent, case=case, organisation=recipient) for recipient in recipients
    )
    return consent


def give_grant(
    *,
    case: Case,
    organisation: Organisation,
    purpose: GrantPurpose,
    consent: Consent,
    by: Actor,
    at: dt.datetime,
    on: dt.date,
) -> Grant:
    """Open the case to an organisation on the person's consent, as long as that lasts.

    An organisation that sees the case already sees it on the newest consent from now on, so that
    withdrawing that one closes the case. Raises ConsentMissing without a live consent.
    """
    names_it = consent.recipients.filter(organisation=organisation).exists()
    is_live = consent.withdrawn_at is None and (consent.valid_to is None or consent.valid_to >= on)
    if not (names_it and is_live and consent.case_id == case.pk):
        raise ConsentMissing(organisation)
    shared = Grant.objects.filter(case=case, organisation=organisation, user__isnull=True)
    live = shared.filter(withdrawn_at__isnull=True).first()
    if live is not None and live.legal_basis != LegalBasis.CONSENT and live.valid_to and live.valid_to < on:
        # A former holder whose time is over comes back as anybody else.
        end_grant(case=case, organisation=organisation, by=by, at=at, reason="期限切れ")
        live = None
    if live is not None:
        if live.legal_basis == LegalBasis.CONSENT:
            live.consent, live.valid_to = consent, consent.valid_to
            if purpose != GrantPurpose.REFERRAL:  # a referral takes nothing away from who sees the case already
                live.purpose = purpose
            for name in EVERYTHING:
                setattr(live, name, getattr(consent, name))
            live.save(update_fields=["consent", "valid_to", "purpose", *EVERYTHING])
        return live
    grant = Grant.objects.create(
        case=case,
        organisation=organisation,
        purpose=purpose,
        legal_basis=LegalBasis.CONSENT,
        consent=consent,
        valid_from=on,
        valid_to=consent.valid_to,
        given_by=by.user,
        touched_at=at,
        **{name: getattr(consent, name) for name in EVERYTHING},
    )
    index_case(case=case, person=case.person, organisation_ids=[organisation.pk])
    return grant


def end_grant(*, case: Case, organisation: Organisation, by: Actor, at: dt.datetime, reason: str) -> None:
    """The organisation no longer sees the case; the row says until when and why."""
    Grant.objects.filter(case=case, organisation=organisation, withdrawn_at__isnull=True, user__isnull=True).update(
        withdrawn_at=at, withdrawn_by=by.user, withdrawal_reason=reason
    )
    SearchKey.objects.filter(case=case, organisation=organisation).delete()


@transaction.atomic
def consent_and_share(
    *,
    case: Case,
    by: Actor,
    at: dt.datetime,
    on: dt.date,
    recipients: Iterable[Organisation],
    share_for: GrantPurpose | None,
    **consent: Any,
) -> Consent:
    """Record a consent and, if a purpose is named, open the case to its recipients at once."""
    given_to = list(recipients)
    row = record_consent(case=case, by=by, recipients=given_to, **consent)
    if share_for is not None:
        for organisation in given_to:
            give_grant(case=case, organisation=organisation, purpose=share_for, consent=row, by=by, at=at, on=on)
    return row
