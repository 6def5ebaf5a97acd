"""Before and beside the support in the demo: talks, urgent requests, the ledger, referrals, a transfer, duties.

Everything by the same actions as on the screen.
"""

from __future__ import annotations

import datetime as dt

from accounts.scope import Actor
from agreements.enums import BenefitStatus
from cases.actions import contact, intake, referral, request, screening, transfer
from cases.demo.course import at, workday
from cases.demo.organisations import World
from cases.demo.privacy import actor_of
from cases.enums import (
    CaseState,
    ConsentMethod,
    ContactMethod,
    DeferralReason,
    Duty,
    LegalBasis,
    PreOpinion,
    ReferralStatus,
)
from cases.models import BenefitPeriod, Case, PreConsultation, Referral, Suppression
from core.db import scope

PERSON = {"sex": "unanswered", "birth_on": dt.date(1984, 2, 29)}


def add_beside(world: World, *, today: dt.date) -> None:
    """One or two of each, so that every list of the first screen has something to deal with."""
    worker = actor_of(world, "okayama-cw")
    with scope(organisations=worker.organisation_ids, user=worker.user.pk):
        _beforehand(world, worker, today)
        _ledger(world, worker, today)
        _urgent(world, worker, today)
        _referrals(world, worker, today)
        _duties(worker, today)
    _answers(world, today)
    _transfer(world, today)


def _new(world: World, worker: Actor, name: str, kana: str, on: dt.date, note: str) -> Case:
    return intake.open_case(
        by=worker,
        at=at(on),
        holder=worker.organisation,
        agreement=world.agreements["okayama"],
        site=None,
        status=BenefitStatus.LIVELIHOOD_PROTECTION,
        opened_on=on,
        intake_note=note,
        person_fields={"name": name, "name_kana": kana, **PERSON},
        duty=Duty.CASEWORKER,
    )


def _beforehand(world: World, worker: Actor, today: dt.date) -> None:
    """Two talks: one waits for Hello Work, the other has an opinion."""
    for days, name, kana in ((4, "見本 迷子", "ミホン マイコ"), (8, "例示 思案", "レイジ シアン")):
        on = workday(today - dt.timedelta(days=days))
        case = _new(world, worker, name, kana, on, "働きたい気持ちはあるが、体調に波がある。")
        screening.ask_beforehand(
            case=case,
            by=worker,
            at=at(on, 11),
            on=on,
            to=world.organisations["okayama_hw"],
            question="週3日・短時間の求人があるか、要請してよい時期かを三者で話したい。",
            method=ConsentMethod.PAPER,
            given_on=on,
            includes_health=True,
        )


def _ledger(world: World, worker: Actor, today: dt.date) -> None:
    """Two people who are not referred now: one is to be looked at again since yesterday."""
    rows = (
        ("例示 見守", "レイジ ミモル", DeferralReason.OBSTACLE, "親の介護。ショートステイが決まったら改めて。", -1),
        ("試山 準備", "タメシヤマ ジュンビ", DeferralReason.MOTIVATION, "就労準備支援を先に勧めた。", 45),
    )
    for name, kana, kind, reason, in_days in rows:
        on = workday(today - dt.timedelta(days=60))
        screening.not_refer(
            case=_new(world, worker, name, kana, on, "働くことを考え始めた。"),
            by=worker,
            at=at(on, 15),
            reason=reason,
            reason_kind=kind,
            next_check_on=today + dt.timedelta(days=in_days),
        )


def _urgent(world: World, worker: Actor, today: dt.date) -> None:
    case = _new(world, worker, "仮名 急子", "カリナ イソコ", today, "所持金が少なく、今日から寮のある仕事を探したい。")
    request.send_with_consent(
        case=case,
        by=worker,
        at=at(today, 9, 30),
        on=today,
        to=world.organisations["okayama_hw"],
        conditions=request.TO_BE_CHECKED,
        message="今日の午後に窓口で会ってほしい。寮のある求人を希望。",
        method=ConsentMethod.SPOKEN,
        given_on=today,
        includes_health=False,
        includes_finance=False,
        includes_family=False,
        is_urgent=True,
    )


def _referrals(world: World, worker: Actor, today: dt.date) -> None:
    """To a partner that uses the system, and to one on paper that has not answered in time."""
    cases = list(
        Case.objects.filter(state=CaseState.ACTIVE, assignments__user=worker.user).order_by(
            "support_started_on", "number"
        )[:3]
    )
    for case, place, days in zip(
        cases, ("okayama_partner", "okayama_partner", "okayama_silver"), (20, 6, 24), strict=False
    ):
        on = workday(today - dt.timedelta(days=days))
        referral.refer(
            case=case,
            by=worker,
            at=at(on, 14),
            on=on,
            to=world.organisations[place],
            purpose="生活リズムを整える就労準備支援の利用" if place == "okayama_partner" else "短時間の就業の登録",
            handed_over="朝起きるところから整えたい。週2日・午前中からの通所を希望。電話は午後がつながりやすい。",
            answer_due_on=on + dt.timedelta(days=14),
            method=ConsentMethod.PAPER,
            given_on=on,
            includes_health=place == "okayama_partner",
        )


def _answers(world: World, today: dt.date) -> None:
    partner, navigator = actor_of(world, "okayama-partner"), actor_of(world, "okayama-navi")
    with scope(organisations=partner.organisation_ids, user=partner.user.pk):
        first = Referral.objects.order_by("sent_at")[0]
        for status, days, outcome in (
            (ReferralStatus.RECEIVED, 15, "見学の日を決めた。"),
            (ReferralStatus.USING, 1, "週2日で通い始めた。休みなし。"),
        ):
            on = workday(today - dt.timedelta(days=days))
            referral.answer_referral(
                referral=first, by=partner, at=at(on, 16), on=on, status=status, outcome=outcome, is_ours=False
            )
    with scope(organisations=navigator.organisation_ids, user=navigator.user.pk):
        asked = PreConsultation.objects.order_by("sent_at")[0]
        screening.give_opinion(
            asked=asked,
            by=navigator,
            at=at(today - dt.timedelta(days=1), 16),
            talked_on=workday(today - dt.timedelta(days=2)),
            opinion=PreOpinion.SUITS,
            note="午前の短時間の求人が3件ある。通院日を外せば要請してよい。",
        )


def _duties(worker: Actor, today: dt.date) -> None:
    """A person in support who receives 住居確保給付金 since two months, with some of the duties done."""
    case = (
        Case.objects.filter(state=CaseState.ACTIVE, assignments__user=worker.user)
        .exclude(person__in=Suppression.objects.standing().values("person"))
        .order_by("-support_started_on", "number")[0]
    )
    begin = max(case.support_started_on or today, (today.replace(day=1) - dt.timedelta(days=40)).replace(day=1))
    BenefitPeriod.objects.create(case=case, status=BenefitStatus.HOUSING_BENEFIT, is_primary=False, starts_on=begin)
    for days in (2, 12, 20, 33):
        day = workday(today - dt.timedelta(days=days))
        if day >= begin:
            contact.log_interview(
                case=case,
                by=worker,
                at=at(day, 16),
                fields={
                    "held_at": at(day, 10),
                    "method": ContactMethod.VISIT,
                    "has_municipality": True,
                    "body": "住居確保給付金の面談。応募の状況を確かめた。",
                },
            )


def _transfer(world: World, today: dt.date) -> None:
    """A person moved: from one office of the city to the other, which has not put anybody in charge yet."""
    worker = actor_of(world, "okayama-cw2")
    with scope(organisations=worker.organisation_ids, user=worker.user.pk):
        case = Case.objects.filter(state=CaseState.ACTIVE, assignments__user=worker.user).order_by(
            "support_started_on", "number"
        )[0]
        transfer.transfer_case(
            case=case,
            to=world.organisations["okayama_kita"],
            by=worker,
            at=at(today, 9),
            on=today,
            overlap_until=today + dt.timedelta(days=14),
            basis=transfer.Basis(LegalBasis.STATUTE),
            reason="北区へ転居したため。生活保護法第19条。次の面談の日は決まっている。",
        )
