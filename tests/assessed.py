"""An assessed case: assessment, obstacles, work history, licence, checklist, hand-over sheet."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import pypdf
from django.urls import reverse

from cases.actions import assessment, sheets
from cases.enums import ObstacleKind
from cases.models import Assessment, Case, ChecklistRound, Consent, HandoverSheet, Qualification, WorkHistory
from core.periods import now
from tests.factories import Programme, at, working_as

DAY = dt.date(2023, 5, 8)


def assess(programme: Programme, case: Case, *, on: dt.date = DAY, based_on: int = 0, **fields: Any) -> Assessment:
    """A version written by Hello Work."""
    who = programme.navigator
    with working_as(who):
        return assessment.write_assessment(
            case=case,
            by=who,
            at=at(on),
            based_on=based_on,
            fields={"assessed_on": on, "strengths_person": "手先が器用", "wish_job_1": "清掃", **fields},
        )


def check(programme: Programme, case: Case, on: dt.date, who: Any = None, **answers: int) -> ChecklistRound:
    """One time through the checklist with these answers."""
    who = who or programme.navigator
    with working_as(who):
        return assessment.check_independence(
            case=case, by=who, at=at(on), fields={"checked_on": on, "with_person": True, "note": ""}, answers=answers
        )


def add_history(programme: Programme, case: Case, **fields: Any) -> WorkHistory:
    who = programme.navigator
    facts = {"employer_name": "(架空)前の職場", "job_title": "製造", "started_in": "2015-04", "ended_in": "2019"}
    with working_as(who):
        return assessment.add_history(case=case, by=who, at=now(), fields={**facts, **fields})


def hand_over(programme: Programme, case: Case, consent: Consent) -> HandoverSheet:
    who = programme.caseworker
    with working_as(who):
        return sheets.hand_over(
            case=case,
            by=who,
            at=now(),
            to=consent.recipients.select_related("organisation").get(),
            section="専門援助部門",
            handed_on=DAY,
            asked="家賃の支払いが不安",
            wanted="話を聞いてほしい",
        )


def assessed_things(programme: Programme, case: Case, consent: Consent) -> dict[str, dict[str, Any]]:
    """One of everything; URL name → the ids it needs besides the case."""
    row = assess(programme, case)
    history = add_history(programme, case)
    who = programme.navigator
    with working_as(who):
        assessment.write_obstacles(
            case=case,
            by=who,
            at=now(),
            on=DAY,
            chosen={ObstacleKind.GAP: "短い時間から"},
            offered=list(ObstacleKind),
            seen="",
        )
        licence: Qualification = assessment.add_qualification(
            case=case, by=who, at=now(), fields={"name": "普通自動車第一種免許"}
        )
    checked = check(programme, case, DAY, rise=1, greet=2)
    sheet = hand_over(programme, case, consent)
    return {
        "assessment_edit": {"assessment_pk": row.pk},
        "work_history_edit": {"history_pk": history.pk},
        "qualification_edit": {"qualification_pk": licence.pk},
        "checklist_edit": {"round_pk": checked.pk},
        "linking": {"sheet_pk": sheet.pk},
        "linking_pdf": {"sheet_pk": sheet.pk},
    }


def text_of(answer) -> str:
    assert answer["Content-Type"] == "application/pdf", answer.get("Location")
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    return "".join(re.sub(r"\s", "", page.extract_text()) for page in pages)


def url(name: str, case, **kwargs) -> str:
    return reverse(name, kwargs={"pk": case.pk, **kwargs})


def consent_of(programme: Programme, case) -> Consent:
    with working_as(programme.caseworker):
        return Consent.objects.get(case=case)
