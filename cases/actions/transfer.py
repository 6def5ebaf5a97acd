"""The case goes to another office of the agreement (担当機関の引継ぎ): everything in one act."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from accounts.enums import MUNICIPAL_KINDS
from accounts.models import Organisation, User
from accounts.scope import Actor
from agreements.models import Agreement
from cases.actions.contact import CaseAlreadyClosed, settle_appointment
from cases.actions.intake import next_number
from cases.actions.moves import CaseError, OpenWorkLeft, lock, touch
from cases.actions.sharing import EVERYTHING, end_grant, index_case, record_consent
from cases.actions.team import assign
from cases.enums import AppointmentStatus, CaseState, ConsentMethod, Duty, GrantPurpose, LegalBasis
from cases.models import Case, Consent, Grant, Transfer


class NotTheHolder(CaseError):
    def __init__(self) -> None:
        super().__init__(
            "このケースの担当機関ではないため、引き継げません。先に引き継がれたかもしれません。画面を開き直してください。"
        )


class NoSuchOffice(CaseError):
    def __init__(self, organisation: Organisation) -> None:
        super().__init__(
            f"{organisation.name}には引き継げません。同じ協定の、いまとは別の市区町村側の機関を選んでください。"
        )


@dataclass(frozen=True)
class Basis:
    """On what the case may be handed over: the person's consent (how, when), or a law (which)."""

    legal_basis: LegalBasis
    method: ConsentMethod | None = None
    given_on: dt.date | None = None


def offices_for(case: Case) -> list[int]:
    """Municipal offices of the agreement other than the holder."""
    ids = Agreement.objects.organisation_ids(case.agreement)
    offices = Organisation.objects.active().filter(pk__in=ids, kind__in=MUNICIPAL_KINDS)
    return list(offices.exclude(pk=case.organisation_id).values_list("pk", flat=True))


@transaction.atomic
def transfer_case(
    *,
    case: Case,
    to: Organisation,
    by: Actor,
    at: dt.datetime,
    on: dt.date,
    overlap_until: dt.date,
    basis: Basis,
    reason: str,
    worker: User | None = None,
    duty: Duty = Duty.CASEWORKER,
) -> Transfer:
    """New holder, new number (the old one still finds the case), new team; the old office sees it until that day.

    The old grant is changed last: until then it is what lets this office write.
    Raises NotTheHolder, NoSuchOffice, CaseAlreadyClosed, OpenWorkLeft, NotAMember.
    """
    shown = case  # with the number that the page shows
    case = lock(case)
    before = case.organisation
    if before.pk not in by.organisation_ids:
        raise NotTheHolder
    if case.state == CaseState.CLOSED:
        raise CaseAlreadyClosed
    if to.pk not in offices_for(case):
        raise NoSuchOffice(to)
    if case.support_requests.waiting().exists():
        raise OpenWorkLeft("回答待ちの支援要請があります。先に取り下げるか、回答を待ってから引き継いでください。")
    row = Transfer.objects.create(
        case=case,
        from_organisation=before,
        to_organisation=to,
        former_number=case.number,
        new_number=next_number(organisation=to, on=on),
        legal_basis=basis.legal_basis,
        consent=_consent(case=case, to=to, by=by, basis=basis),
        reason=reason,
        transferred_on=on,
        overlap_until=overlap_until,
        transferred_by=by.user,
        transferred_at=at,
    )
    _give(row, by=by, at=at, on=on)
    case.organisation, case.number = to, row.new_number
    case.version += 1
    case.save(update_fields=["organisation", "number", "version"])
    _end_team(row, by=by, at=at)
    if worker is not None:
        assign(
            case=shown,
            user=worker,
            organisation=to,
            duty=duty,
            on=on,
            by=by,
            at=at,
            reason="担当機関の引継ぎ",
            otherwise="別の人を選ぶか、担当者を空欄にしてください。",
        )
    readers = Grant.objects.filter(case=case, withdrawn_at__isnull=True, user__isnull=True)
    index_case(case=case, person=case.person, organisation_ids=list(readers.values_list("organisation", flat=True)))
    touch(case=case, at=at)
    Grant.objects.filter(case=case, organisation=before, withdrawn_at__isnull=True, user__isnull=True).update(
        valid_to=Greatest(F("valid_from"), overlap_until)
    )
    return row


def _consent(*, case: Case, to: Organisation, by: Actor, basis: Basis) -> Consent | None:
    if basis.legal_basis != LegalBasis.CONSENT or basis.method is None or basis.given_on is None:
        return None
    return record_consent(
        case=case,
        by=by,
        recipients=[to],
        purpose="担当機関の引継ぎ",
        method=basis.method,
        given_on=basis.given_on,
        **EVERYTHING,
    )


def _give(row: Transfer, *, by: Actor, at: dt.datetime, on: dt.date) -> None:
    """The new holder sees everything, whatever it saw before."""
    end_grant(case=row.case, organisation=row.to_organisation, by=by, at=at, reason="担当機関の引継ぎ")
    Grant.objects.create(
        case=row.case,
        organisation=row.to_organisation,
        purpose=GrantPurpose.TRANSFER,
        legal_basis=row.legal_basis,
        consent=row.consent,
        valid_from=on,
        given_by=by.user,
        touched_at=at,
        **EVERYTHING,
    )


def _end_team(row: Transfer, *, by: Actor, at: dt.datetime) -> None:
    """The old office's workers and what they booked for later."""
    row.case.assignments.filter(organisation=row.from_organisation, ends_on__isnull=True).update(
        ends_on=Greatest(F("starts_on"), row.overlap_until), end_reason="担当機関の引継ぎ"
    )
    later = row.case.appointments.booked().filter(
        organisation=row.from_organisation, starts_at__date__gt=row.overlap_until
    )
    for visit in later.select_related("case"):
        settle_appointment(appointment=visit, status=AppointmentStatus.CANCELLED, by=by, at=at, note="担当機関の引継ぎ")
