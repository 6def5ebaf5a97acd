"""A canary in every text of what stands beside a case: assessment, papers, referrals, meetings, hand-overs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.apps import apps

from cases.actions import referral, review
from cases.enums import DeferralReason, LegalBasis, MenuResult, ReferralStatus, ReviewKind, ReviewOutcome
from cases.models import (
    Case,
    Consent,
    Deferral,
    InterpreterNeed,
    MeetingParticipant,
    PreConsultation,
    Referral,
    Transfer,
)
from core.periods import now, today
from tests import desk
from tests.assessed import assessed_things
from tests.factories import Programme, at, working_as

DAY = dt.date(2023, 4, 10)


def plant_beside(programme: Programme, case: Case, canaries: dict[str, str]) -> None:
    """One of everything by its own action where there is one, then the words that are left."""
    city = programme.caseworker
    with working_as(city):
        consent = case.consents.filter(withdrawn_at__isnull=True).earliest("created_at")
    assessed_things(programme, case, consent)
    _reviewed(programme, case, canaries)
    _referred(programme, case, canaries)
    programme.story(case)
    held = desk.hold(programme, [case], place=canaries["CaseMeeting.place"])
    desk.decide(programme, desk.item_of(programme, held, case), canaries["MeetingItem.decision"])
    desk.pass_on(programme, case, note=canaries["HandoverItem.note"])
    desk.stand_in(programme)
    desk.export(programme, case, reason=canaries["ListExport.reason"])
    with working_as(city):
        names = {"outsider_name": canaries["MeetingParticipant.outsider_name"]}
        names |= {"outsider_body": canaries["MeetingParticipant.outsider_body"]}
        MeetingParticipant.objects.create(meeting=held, **names)
        InterpreterNeed.objects.create(person=case.person, note=canaries["InterpreterNeed.note"])
    _before_support(programme, case, consent, canaries)
    _overwritten(programme, case, canaries)


def _reviewed(programme: Programme, case: Case, canaries: dict[str, str]) -> None:
    with working_as(programme.navigator):
        newest = case.plans.latest("version_number")
        review.write_review(
            plan=newest,
            by=programme.navigator,
            at=at(DAY),
            fields={
                "kind": ReviewKind.MONITORING,
                "reviewed_on": newest.starts_on,
                "outcome": ReviewOutcome.CONTINUE,
                **{name: canaries[f"PlanReview.{name}"] for name in ("reached", "person_said", "next_step")},
            },
            results=dict.fromkeys(newest.menus.all(), (MenuResult.PARTLY, canaries["PlanReviewItem.note"])),
            next_review_on=None,
        )


def _referred(programme: Programme, case: Case, canaries: dict[str, str]) -> None:
    words = {name: canaries[f"Referral.{name}"] for name in ("purpose", "handed_over")}
    row = programme.refer(case, today(), **words)
    with working_as(programme.partner_worker):
        referral.answer_referral(
            referral=Referral.objects.get(pk=row.pk),
            by=programme.partner_worker,
            at=now(),
            on=today(),
            status=ReferralStatus.RECEIVED,
            outcome=canaries["ReferralAnswer.outcome"],
            is_ours=False,
        )


def _before_support(programme: Programme, case: Case, consent: Consent, canaries: dict[str, str]) -> None:
    city = programme.caseworker
    with working_as(city):
        PreConsultation.objects.create(
            case=case,
            consent=consent,
            from_organisation=programme.office,
            to_organisation=programme.hello_work,
            question=canaries["PreConsultation.question"],
            sent_by=city.user,
            sent_at=at(DAY),
            talked_on=DAY,
            opinion="fits",
            opinion_note=canaries["PreConsultation.opinion_note"],
            answered_by=programme.navigator.user,
            answered_at=at(DAY),
        )
        Deferral.objects.create(
            case=case,
            reason_kind=DeferralReason.OTHER,
            reason=canaries["Deferral.reason"],
            organisation=programme.office,
            recorded_by=city.user,
            recorded_at=at(DAY),
        )
        Transfer.objects.create(
            case=case,
            from_organisation=programme.city,
            to_organisation=programme.office,
            former_number="R05-9001",
            new_number=case.number,
            legal_basis=LegalBasis.STATUTE,
            reason=canaries["Transfer.reason"],
            transferred_on=DAY,
            overlap_until=DAY,
            transferred_by=city.user,
            transferred_at=at(DAY),
        )


def _overwritten(programme: Programme, case: Case, canaries: dict[str, str]) -> None:
    """Rows whose words are simply replaced, by whoever may."""
    kinds = (
        "Assessment", "ChecklistRound", "Obstacle", "WorkHistory", "PastWorkplace", "Qualification", "HandoverSheet",
        "SuccessStory", "MeetingItem", "MeetingTask", "Handover", "Cover", "SupportPlan", "SupportRequest",
    )  # fmt: skip
    done = {"MeetingItem.decision", "SupportPlan.goal", "SupportPlan.issues", "MeetingTask.somebody"}
    for name, word in canaries.items():
        kind, _dot, column = name.partition(".")
        if kind not in kinds or name in done or ":" in name:
            continue
        model = apps.get_model("cases", kind)
        of_case: dict[str, Any] = {"case": case} if kind not in ("Handover", "Cover") else {}
        more = {"conference_on": DAY} if column == "extension_reason" else {}
        changed = 0
        for who in (programme.caseworker,) if kind == "SuccessStory" else (programme.navigator, programme.caseworker):
            with working_as(who):
                changed += model.objects.filter(**of_case).update(**{column: word}, **more)
        assert changed, name
