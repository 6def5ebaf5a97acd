"""Looking back on a plan: written by one side, confirmed by the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts.enums import MUNICIPAL_KINDS, NATIONAL_KINDS
from accounts.scope import Actor
from cases.actions.moves import CaseError, lock, touch
from cases.enums import CaseState, MenuResult
from cases.models import PlanMenu, PlanReview, PlanReviewItem, SupportPlan


class ReviewNotPossible(CaseError):
    pass


def _side(by: Actor) -> str:
    if by.organisation.kind in MUNICIPAL_KINDS:
        return "municipal"
    if by.organisation.kind in NATIONAL_KINDS:
        return "national"
    raise ReviewNotPossible("見直しを確認できるのは、市区町村とハローワークの職員です。")


@transaction.atomic
def write_review(
    *,
    plan: SupportPlan,
    by: Actor,
    at: dt.datetime,
    fields: Mapping[str, Any],
    results: Mapping[PlanMenu, tuple[MenuResult, str]],
    next_review_on: dt.date | None,
) -> PlanReview:
    """What was reached, per menu, and what comes next; confirmed by the side that writes it.

    It counts from this moment, also before its day: the newest version now waits for `next_review_on`, or for none.
    Raises ReviewNotPossible on a closed case and on a day before the plan.
    """
    if lock(plan.case).state == CaseState.CLOSED:
        raise ReviewNotPossible("終了したケースには、見直しを記録できません。")
    if fields["reviewed_on"] < plan.starts_on:
        raise ReviewNotPossible("見直した日は、支援プランの開始日以後の日にしてください。")
    side = _side(by)
    review = PlanReview.objects.create(
        plan=plan,
        case=plan.case,
        organisation=by.organisation,
        written_by=by.user,
        **{f"{side}_confirmed_at": at, f"{side}_confirmed_by": by.user},
        **fields,
    )
    PlanReviewItem.objects.bulk_create(
        PlanReviewItem(review=review, case=plan.case, plan_menu=menu, result=result, note=note)
        for menu, (result, note) in results.items()
    )
    SupportPlan.objects.newest().filter(pk=plan.pk).update(review_on=next_review_on, version=F("version") + 1)
    touch(case=plan.case, at=at)
    return review


@transaction.atomic
def confirm_review(*, review: PlanReview, by: Actor, at: dt.datetime) -> None:
    """The other side has read it and agrees. Raises ReviewNotPossible when that has been said already."""
    side = _side(by)
    changed = PlanReview.objects.filter(pk=review.pk, **{f"{side}_confirmed_at__isnull": True}).update(
        **{f"{side}_confirmed_at": at, f"{side}_confirmed_by": by.user}
    )
    if not changed:
        raise ReviewNotPossible("この見直しは、こちらの側ではすでに確認しています。")
    touch(case=review.case, at=at)
