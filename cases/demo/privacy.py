"""The walls in the demo: kinds of facts, team notes, a protected source, a suppression, two breaks of the glass."""

from __future__ import annotations

import datetime as dt

from accounts.models import Membership
from accounts.scope import Actor, covered_ids
from cases.actions import circumstance, contact, emergency, suppression, withdrawal
from cases.demo.course import at
from cases.demo.organisations import World
from cases.enums import (
    CaseState,
    ConsentMethod,
    ContactMethod,
    Duty,
    EmergencyVerdict,
    FieldGroup,
    ReleaseKind,
    Visibility,
)
from cases.models import Assignment, Case, EmergencyAccess
from core.db import scope
from core.periods import now

FACTS = {
    FieldGroup.HEALTH: "腰痛のため立ち仕事は4時間まで。月1回通院。服薬で落ち着いている。",
    FieldGroup.FINANCE: "携帯電話の料金を滞納。面接までに連絡手段が必要。家計改善支援を案内した。",
    FieldGroup.FAMILY: "小学生の子が1人。放課後児童クラブは18時まで。母が近くに住み、急な発熱のとき頼める。",
}


def actor_of(world: World, login: str) -> Actor:
    user = world.users[login]
    membership = Membership.objects.select_related("organisation", "user").get(user=user)
    return Actor(user=user, membership=membership, organisation_ids=covered_ids(membership.organisation))


def add_privacy(world: World, *, today: dt.date) -> None:
    """Everything by the same actions as on the screen."""
    worker, manager = actor_of(world, "okayama-cw"), actor_of(world, "okayama-manager")
    with scope(organisations=worker.organisation_ids, user=worker.user.pk):
        mine = list(
            Case.objects.filter(state=CaseState.ACTIVE, assignments__user=worker.user)
            .select_related("person")
            .order_by("-support_started_on", "number")[:4]
        )
        told, hidden, looked, ended = mine
        for group, body in FACTS.items():
            circumstance.write_circumstance(
                case=told, group=group, body=body, version=0, by=worker, at=at(today - dt.timedelta(days=3))
            )
        _notes(told, worker, today)
        suppression.suppress(
            person=hidden.person,
            by=worker,
            at=at(today - dt.timedelta(days=20)),
            reason="住民票の支援措置の決定通知を窓口で確認",
            valid_to=today + dt.timedelta(days=345),
        )
        suppression.ask_release(
            person=hidden.person, kind=ReleaseKind.PRINT, by=worker, at=now(), reason="裁判所へ出す支援経過の写し"
        )
        withdrawal.withdraw_consent(
            consent=ended.consents.get(),
            by=worker,
            at=at(today - dt.timedelta(days=1)),
            on=today - dt.timedelta(days=1),
            method=ConsentMethod.SPOKEN,
            note="自分で探したいので、いったん市とだけ話したい",
        )
    _broken_glass(world, looked, manager, today)
    _interpreter(world, today)


def _notes(case: Case, worker: Actor, today: dt.date) -> None:
    day = today - dt.timedelta(days=2)
    common = {"held_at": at(day, 14), "method": ContactMethod.PHONE, "has_municipality": True}
    contact.log_interview(
        case=case,
        by=worker,
        at=at(day, 15),
        fields={
            **common,
            "body": "面接の前は眠れないとのこと。主治医に相談してよいか本人に確かめる。",
            "field_group": FieldGroup.HEALTH,
        },
    )
    contact.log_interview(
        case=case,
        by=worker,
        at=at(day, 16),
        fields={
            **common,
            "body": "次の三者面談では、退職の経緯をこちらから聞かないことを申し合わせた。",
            "visibility": Visibility.TEAM,
        },
    )
    contact.log_interview(
        case=case,
        by=worker,
        at=at(day, 17),
        fields={
            **common,
            "has_person": False,
            "body": "最近は朝から出かける姿をよく見かけるとの情報。",
            "visibility": Visibility.SHARED,
        },
        source="地区の民生委員(本人には伝えない)",
    )


def _broken_glass(world: World, case: Case, manager: Actor, today: dt.date) -> None:
    """An administrator looked twice; the holder has reviewed the first."""
    admin = actor_of(world, "admin")
    reasons = (
        "救急搬送先の病院から、家族の連絡先の照会があったため",
        "警察から安否確認の依頼があり、最後の面談日を確かめるため",
    )
    for reason in reasons:
        with scope(organisations=admin.organisation_ids, user=admin.user.pk):
            emergency.break_glass(
                by=admin,
                at=now(),
                on=today,
                wanted=emergency.Wanted(holder=case.organisation, number=case.number),
                reason=reason,
            )
            access = EmergencyAccess.objects.get(reason=reason)
            emergency.end_emergency(access=access, by=admin, at=now())
    with scope(organisations=manager.organisation_ids, user=manager.user.pk):
        emergency.review_emergency(
            access=EmergencyAccess.objects.get(reason=reasons[0]),
            by=manager,
            at=now(),
            verdict=EmergencyVerdict.APPROPRIATE,
            note="病院に電話で確認した。照会の記録と合う。",
        )


def _interpreter(world: World, today: dt.date) -> None:
    """The interpreter of Soja sees the cases of people who need one, and no others."""
    worker, interpreter = actor_of(world, "soja-cw"), actor_of(world, "soja-interpreter")
    with scope(organisations=worker.organisation_ids, user=worker.user.pk):
        cases = Case.objects.in_support().filter(person__needs_interpreter=True).order_by("number")[:6]
        Assignment.objects.bulk_create(
            Assignment(
                case=case,
                user=interpreter.user,
                organisation=interpreter.organisation,
                duty=Duty.INTERPRETER,
                starts_on=max(case.support_started_on, today - dt.timedelta(days=60)),
                assigned_by=worker.user,
            )
            for case in cases
        )
