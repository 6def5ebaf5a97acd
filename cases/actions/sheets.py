"""Interpreter need, and handing a matter to another section on the person's consent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.enums import REFERRED_TO
from accounts.scope import Actor
from cases.actions.assessment import still_open
from cases.actions.moves import CaseError, touch
from cases.enums import FieldGroup
from cases.models import Case, Circumstance, Consent, ConsentRecipient, HandoverSheet, InterpreterNeed, Person
from core.forms import EditConflict


class ConsentEnded(CaseError):
    def __init__(self) -> None:
        super().__init__(
            "この相談つなぎシートの同意は、撤回されたか期限が過ぎています。出力するには、同意を受け直してください。"
        )


class PartnerNamed(CaseError):
    def __init__(self) -> None:
        super().__init__("連携機関へは、相談つなぎシートではなく、ケースの「つなぐ」からつないでください。")


@transaction.atomic
def write_interpreter_need(
    *,
    case: Case,
    by: Actor,
    at: dt.datetime,
    needs_interpreter: bool,
    language: str,
    person_version: int,
    version: int,
    fields: Mapping[str, Any],
) -> None:
    """Whether, in which language and how; `version` 0: nothing was written yet. Raises EditConflict."""
    changed = Person.objects.filter(pk=case.person_id, version=person_version).update(
        needs_interpreter=needs_interpreter, language=language, version=person_version + 1
    )
    if not changed:
        raise EditConflict
    rows = InterpreterNeed.objects.filter(person=case.person_id)
    if not rows.exists():
        if version:
            raise EditConflict
        InterpreterNeed.objects.create(person=case.person, **fields)
    elif not rows.filter(version=version).update(version=version + 1, **fields):
        raise EditConflict
    touch(case=case, at=at)


def open_recipients(case: Case, on: dt.date) -> Any:
    """Whom the person named in consents that hold on that day; partners are referred to instead (つなぐ)."""
    return (
        ConsentRecipient.objects.filter(case=case, consent__withdrawn_at__isnull=True, consent__given_on__lte=on)
        .filter(Q(consent__valid_to__isnull=True) | Q(consent__valid_to__gte=on))
        .exclude(organisation__kind__in=REFERRED_TO)
        .select_related("consent", "organisation")
        .order_by("-consent__given_on", "organisation__name", "pk")
    )


@transaction.atomic
def hand_over(
    *,
    case: Case,
    by: Actor,
    at: dt.datetime,
    to: ConsentRecipient,
    section: str,
    handed_on: dt.date,
    asked: str,
    wanted: str,
) -> HandoverSheet:
    """Write the hand-over sheet. Raises CaseOver, PartnerNamed, ConsentEnded."""
    still_open(case)
    if to.organisation.kind in REFERRED_TO:
        raise PartnerNamed
    # Locked, so that a withdrawal of the same moment comes before or after, not between.
    consent = Consent.objects.select_for_update(no_key=True).get(pk=to.consent_id)
    if to.case_id != case.pk or not holds(consent, handed_on):
        raise ConsentEnded
    sheet = HandoverSheet.objects.create(
        case=case,
        consent=consent,
        recipient=to.organisation,
        section=section,
        handed_on=handed_on,
        asked=asked,
        wanted=wanted,
        organisation=by.organisation,
        written_by=by.user,
    )
    touch(case=case, at=at)
    return sheet


def holds(consent: Consent, on: dt.date) -> bool:
    """Whether the consent is in force on that day."""
    return consent.withdrawn_at is None and (consent.valid_to is None or consent.valid_to >= on)


def require_consent(*, sheet: HandoverSheet, on: dt.date) -> None:
    """Raises ConsentEnded: without a live consent the sheet leaves the house no more."""
    if not holds(sheet.consent, on):
        raise ConsentEnded


def facts_on(sheet: HandoverSheet, groups: list[FieldGroup]) -> list[tuple[FieldGroup, str, bool, bool]]:
    """(kind, text, whether the consent passes it on, whether it is open to this reader).

    What the consent leaves out is not even read.
    """
    passed = sheet.consent.field_groups
    rows = Circumstance.objects.filter(case=sheet.case_id, field_group__in=passed)
    texts = {row.field_group: row.body for row in rows}
    return [(group, texts.get(group.value, ""), group in passed, group in groups) for group in FieldGroup]
