"""Making and confirming the support plan."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from accounts.enums import MUNICIPAL_KINDS, NATIONAL_KINDS
from accounts.scope import Actor
from agreements.models import SupportMenu
from cases.actions.moves import CaseError, lock, move, touch
from cases.enums import STATES_IN_SUPPORT, CaseState, MenuActor
from cases.models import Case, PlanMenu, SupportPlan
from core.periods import shown_date


@dataclass(frozen=True)
class MenuChoice:
    """A menu of the plan: who does what until when."""

    menu: SupportMenu
    actor: MenuActor
    content: str = ""
    until_on: dt.date | None = None


class PlanNotPossible(CaseError):
    pass


class NewerVersion(PlanNotPossible):
    """The writer had read an older version, or none."""

    def __init__(self) -> None:
        super().__init__(
            "新しい版が作られました。新しい版を読んでから、もう一度押してください。まだ何も記録していません。"
        )


@transaction.atomic
def make_plan(
    *,
    case: Case,
    after: SupportPlan | None,
    by: Actor,
    at: dt.datetime,
    goal: str,
    issues: str,
    starts_on: dt.date,
    ends_on: dt.date,
    review_on: dt.date | None,
    person_agreed_on: dt.date | None,
    menus: list[MenuChoice],
    extension_reason: str = "",
    conference_on: dt.date | None = None,
) -> SupportPlan:
    """A new version of the plan, confirmed by the side that writes it.

    It takes the place of `after`, which the writer has read. Raises PlanNotPossible, NewerVersion.
    """
    case = lock(case)
    if case.plans.order_by("-version_number").first() != after:
        raise NewerVersion
    if case.state not in STATES_IN_SUPPORT:
        raise PlanNotPossible("支援プランは、支援要請が受理されてから作成できます。")
    if not menus:
        raise PlanNotPossible("支援メニューを1つ以上選んでください。")
    plan = SupportPlan.objects.create(
        case=case,
        version_number=after.version_number + 1 if after else 1,
        created_at=at,
        goal=goal,
        issues=issues,
        starts_on=starts_on,
        ends_on=ends_on,
        review_on=review_on,
        person_agreed_on=person_agreed_on,
        extension_reason=extension_reason,
        conference_on=conference_on,
        organisation=by.organisation,
        created_by=by.user,
    )
    PlanMenu.objects.bulk_create(
        PlanMenu(
            plan=plan, case=case, menu=choice.menu, actor=choice.actor, content=choice.content, until_on=choice.until_on
        )
        for choice in menus
    )
    return confirm_plan(plan=plan, by=by, at=at)


@transaction.atomic
def extend_plan(
    *,
    plan: SupportPlan,
    by: Actor,
    at: dt.datetime,
    ends_on: dt.date,
    review_on: dt.date | None,
    reason: str,
    conference_on: dt.date,
) -> SupportPlan:
    """The newest plan with a later end as a new version; the person and the other side agree to it anew.

    There is no longest period (domain.md §3). Raises PlanNotPossible, NewerVersion.
    """
    plan = _newest(plan)
    if ends_on <= plan.ends_on:
        raise PlanNotPossible(
            f"いまのプランは{shown_date(plan.ends_on)}までです。それより後の日を「新しい終了日」に入力してください。"
        )
    return make_plan(
        case=plan.case,
        after=plan,
        by=by,
        at=at,
        goal=plan.goal,
        issues=plan.issues,
        starts_on=plan.starts_on,
        ends_on=ends_on,
        review_on=review_on,
        person_agreed_on=None,
        menus=[
            MenuChoice(row.menu, MenuActor(row.actor), row.content, row.until_on)
            for row in plan.menus.select_related("menu").order_by("pk")
        ],
        extension_reason=reason,
        conference_on=conference_on,
    )


@transaction.atomic
def confirm_plan(*, plan: SupportPlan, by: Actor, at: dt.datetime) -> SupportPlan:
    """The actor's side confirms; with both sides and the person agreed, support is under way (支援中).

    Raises PlanNotPossible.
    """
    plan = _newest(plan)
    if by.organisation.kind in MUNICIPAL_KINDS:
        plan.municipal_confirmed_at = plan.municipal_confirmed_at or at
        plan.municipal_confirmed_by = plan.municipal_confirmed_by or by.user
    elif by.organisation.kind in NATIONAL_KINDS:
        plan.national_confirmed_at = plan.national_confirmed_at or at
        plan.national_confirmed_by = plan.national_confirmed_by or by.user
    else:
        raise PlanNotPossible("支援プランを確認できるのは、市区町村とハローワークの職員です。")
    return _save(plan, by=by, at=at)


@transaction.atomic
def record_agreement(*, plan: SupportPlan, by: Actor, at: dt.datetime, on: dt.date) -> SupportPlan:
    """The person agreed to the plan on that day. Raises PlanNotPossible."""
    plan = _newest(plan)
    plan.person_agreed_on = on
    return _save(plan, by=by, at=at)


def _newest(plan: SupportPlan) -> SupportPlan:
    """The plan, locked with its case. Raises NewerVersion."""
    case = lock(plan.case)
    if case.plans.filter(version_number__gt=plan.version_number).exists():
        raise NewerVersion
    return SupportPlan.objects.select_for_update(of=("self",), no_key=True).get(pk=plan.pk)


def _save(plan: SupportPlan, *, by: Actor, at: dt.datetime) -> SupportPlan:
    plan.version += 1
    plan.save()
    case = lock(plan.case)
    if plan.is_in_force and case.state == CaseState.ACCEPTED:
        move(case=case, to=CaseState.ACTIVE, by=by, at=at, note=f"支援プラン 第{plan.version_number}版に合意")
    if plan.is_in_force and plan.extension_reason and case.support_goal_on != plan.ends_on:
        Case.objects.filter(pk=case.pk).update(support_goal_on=plan.ends_on, version=F("version") + 1)
    touch(case=case, at=at)
    return plan
