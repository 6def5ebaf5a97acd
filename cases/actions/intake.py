"""Taking in a person: the person, the first case, its holder's grant."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection, transaction

from accounts.models import Organisation
from accounts.scope import Actor
from agreements.enums import BenefitStatus
from agreements.models import Agreement, Site
from cases.actions.moves import CaseError, lock, touch
from cases.actions.sharing import EVERYTHING, index_case
from cases.actions.team import assign
from cases.enums import CaseState, Duty, GrantPurpose, LegalBasis
from cases.models import BenefitPeriod, Case, CaseTransition, Grant, Person, PersonContact
from core.db import new_id
from core.periods import fiscal_year

_NEXT_NUMBER_SQL = """
INSERT INTO cases_casecounter (organisation_id, fiscal_year, last_number) VALUES (%s, %s, 1)
ON CONFLICT (organisation_id, fiscal_year) DO UPDATE SET last_number = cases_casecounter.last_number + 1
RETURNING last_number
"""


class StatusUnchanged(CaseError):
    def __init__(self) -> None:
        super().__init__("主な支援区分は、いまと同じです。違う区分を選ぶか、そのまま閉じてください。")


def next_number(*, organisation: Organisation, on: dt.date) -> str:
    """'R08-0012': the fiscal year's letter-free era number and a running number of the organisation."""
    year = fiscal_year(on)
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_NUMBER_SQL, [organisation.pk, year])
        (number,) = cursor.fetchone()
    return f"R{year - 2018:02d}-{number:04d}" if year >= 2019 else f"H{year - 1988:02d}-{number:04d}"


@transaction.atomic
def open_case(
    *,
    by: Actor,
    at: dt.datetime,
    holder: Organisation,
    agreement: Agreement,
    site: Site | None,
    status: BenefitStatus,
    opened_on: dt.date,
    intake_note: str = "",
    person: Person | None = None,
    person_fields: dict[str, Any] | None = None,
    contact_fields: dict[str, Any] | None = None,
    previous_case: Case | None = None,
    duty: Duty | None = None,
) -> Case:
    """Open a case (相談受付) for a known person, or register the person with it.

    The grant is written first: row security shows a case only through a grant, and a person only
    through a case. Foreign keys are checked at the end of the transaction. With a duty the actor is
    in charge from the first day, so that nobody is left without a worker.
    """
    is_new_person = person is None
    if person is None:
        person = Person(organisation=holder, **(person_fields or {}))
    case = Case(
        id=new_id(),
        organisation=holder,
        agreement=agreement,
        site=site,
        person=person,
        previous_case=previous_case,
        number=next_number(organisation=holder, on=opened_on),
        opened_on=opened_on,
        intake_note=intake_note,
        created_by=by.user,
    )
    Grant.objects.create(
        case=case,
        organisation=holder,
        purpose=GrantPurpose.HOLDER,
        legal_basis=LegalBasis.OWN_DUTY,
        valid_from=opened_on,
        given_by=by.user,
        touched_at=at,
        **EVERYTHING,
    )
    case.save(force_insert=True)
    if is_new_person:
        person.save(force_insert=True)
        PersonContact(person=person, **(contact_fields or {})).save(force_insert=True)
    BenefitPeriod.objects.create(case=case, status=status, starts_on=opened_on)
    CaseTransition.objects.create(case=case, to_state=CaseState.INTAKE, organisation=by.organisation, by=by.user, at=at)
    index_case(case=case, person=person, organisation_ids=[holder.pk])
    if duty is not None:
        assign(case=case, user=by.user, organisation=by.organisation, duty=duty, on=opened_on, by=by, at=at)
    return case


@transaction.atomic
def reindex_person(*, person: Person, at: dt.datetime) -> None:
    """After names, birthday or phone changed: every reader finds the person under the new spelling."""
    person = Person.objects.select_related("contact").get(pk=person.pk)
    for case in Case.objects.filter(person=person):
        shared = Grant.objects.filter(case=case, withdrawn_at__isnull=True, user__isnull=True)
        readers = shared.values_list("organisation", flat=True)
        index_case(case=case, person=person, organisation_ids=list(readers))
        touch(case=case, at=at)


@transaction.atomic
def change_primary_status(*, case: Case, by: Actor, at: dt.datetime, status: BenefitStatus, on: dt.date) -> None:
    """From this day the person is counted under another status; the snapshot of a begun support stays."""
    case = lock(case)
    current = case.benefit_periods.filter(is_primary=True, ends_on__isnull=True).first()
    if current is not None:
        if current.status == status:
            raise StatusUnchanged
        if on <= current.starts_on:
            raise CaseError("変更日は、いまの区分の開始日より後の日にしてください。")
        current.ends_on = on - dt.timedelta(days=1)
        current.save(update_fields=["ends_on"])
    BenefitPeriod.objects.create(case=case, status=status, starts_on=on)
    touch(case=case, at=at)
