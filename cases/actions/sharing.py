"""Who may see a case: consent, grants, and the keys a case is found by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from accounts.models import Organisation
from accounts.scope import Actor
from cases.actions.moves import CaseError
from cases.enums import ConsentMethod, GrantPurpose, LegalBasis
from cases.models import Case, Consent, ConsentRecipient, Grant, Person, PersonMerge, SearchKey
from cases.search import case_keys, person_keys


class ConsentMissing(CaseError):
    def __init__(self, organisation: Organisation) -> None:
        super().__init__(
            f"{organisation.name}への情報提供について、有効な同意の記録がありません。先に本人の同意を記録してください。"
        )


def search_rows(
    *, case: Case, person: Person, organisation_id: int, earlier: Iterable[dict[str, str]] = ()
) -> list[SearchKey]:
    """The spellings under which an organisation finds the case.

    `earlier` are the values of registrations that were merged into the person: their names still find.
    """
    keys = case_keys(case.number) | person_keys(
        name=person.name, name_kana=person.name_kana, birth_on=person.birth_on, phone=person.contact()["phone"]
    )
    for values in earlier:
        keys |= person_keys(name=values["name"], name_kana=values["name_kana"], birth_on=None, phone="")
    return [SearchKey(organisation_id=organisation_id, case=case, kind=kind, key=key) for kind, key in sorted(keys)]


def index_case(*, case: Case, person: Person, organisation_ids: Iterable[int]) -> None:
    """Write the search keys of a case anew for these organisations."""
    ids = list(organisation_ids)
    earlier = list(PersonMerge.objects.standing().filter(kept=person).values_list("merged_values", flat=True))
    SearchKey.objects.filter(case=case, organisation__in=ids).delete()
    SearchKey.objects.bulk_create(
        row for pk in ids for row in search_rows(case=case, person=person, organisation_id=pk, earlier=earlier)
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
    """Open the case to an organisation on the person's consent. Raises ConsentMissing without a live one."""
    names_it = consent.recipients.filter(organisation=organisation).exists()
    is_live = consent.withdrawn_at is None and (consent.valid_to is None or consent.valid_to >= on)
    if not (names_it and is_live and consent.case_id == case.pk):
        raise ConsentMissing(organisation)
    live = Grant.objects.filter(case=case, organisation=organisation, withdrawn_at__isnull=True).first()
    if live is not None:
        return live
    grant = Grant.objects.create(
        case=case,
        organisation=organisation,
        purpose=purpose,
        legal_basis=LegalBasis.CONSENT,
        consent=consent,
        valid_from=on,
        given_by=by.user,
        touched_at=at,
    )
    index_case(case=case, person=case.person, organisation_ids=[organisation.pk])
    return grant


def end_grant(*, case: Case, organisation: Organisation, by: Actor, at: dt.datetime, reason: str) -> None:
    """The organisation no longer sees the case; the row says until when and why."""
    Grant.objects.filter(case=case, organisation=organisation, withdrawn_at__isnull=True).update(
        withdrawn_at=at, withdrawn_by=by.user, withdrawal_reason=reason
    )
    SearchKey.objects.filter(case=case, organisation=organisation).delete()


@transaction.atomic
def withdraw_consent(*, consent: Consent, by: Actor, at: dt.datetime, note: str) -> None:
    """The person takes the consent back: sharing on it ends at once, the records stay."""
    changed = Consent.objects.filter(pk=consent.pk, withdrawn_at__isnull=True).update(
        withdrawn_at=at, withdrawn_by=by.user, withdrawal_note=note
    )
    if not changed:
        raise CaseError("この同意はすでに撤回されています。")
    for grant in consent.grants.filter(withdrawn_at__isnull=True).select_related("organisation"):
        end_grant(
            case=consent.case, organisation=grant.organisation, by=by, at=at, reason=f"本人の同意の撤回: {note}"[:200]
        )
