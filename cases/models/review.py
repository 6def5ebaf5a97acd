"""Looking back on a plan: monitoring on the way and evaluation at the end (見直し・評価)."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q

from accounts.models import Organisation, User
from cases.enums import MenuResult, ReviewKind, ReviewOutcome
from cases.models.case import Case
from cases.models.plan import PlanMenu, SupportPlan
from cases.querysets import CaseRecordQuerySet
from core.db import UUIDModel


@pghistory.track()
class PlanReview(UUIDModel):
    """What was reached on a day, and what comes next; each side confirms, as with the plan."""

    plan = models.ForeignKey(SupportPlan, verbose_name="支援プラン", on_delete=models.PROTECT, related_name="reviews")
    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="plan_reviews")
    kind = models.CharField("種類", max_length=20, choices=ReviewKind, default=ReviewKind.MONITORING)
    reviewed_on = models.DateField("見直した日")
    reached = models.TextField("目標にどこまで近づいたか")
    person_said = models.TextField("本人の感想・希望", blank=True)
    outcome = models.CharField("これから", max_length=20, choices=ReviewOutcome)
    next_step = models.TextField("次に行うこと", blank=True)
    municipal_confirmed_at = models.DateTimeField("市区町村の確認日時", null=True, blank=True)
    municipal_confirmed_by = models.ForeignKey(
        User, verbose_name="市区町村で確認した人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    national_confirmed_at = models.DateTimeField("ハローワークの確認日時", null=True, blank=True)
    national_confirmed_by = models.ForeignKey(
        User, verbose_name="ハローワークで確認した人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    organisation = models.ForeignKey(
        Organisation, verbose_name="記録した機関", on_delete=models.PROTECT, related_name="+"
    )
    written_by = models.ForeignKey(User, verbose_name="記録した人", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField("登録日時", auto_now_add=True)

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "プランの見直し"
        verbose_name_plural = "プランの見直し"
        constraints = [
            models.CheckConstraint(
                condition=~Q(reached=""),
                name="plan_review_has_text",
                violation_error_message="目標にどこまで近づいたかを入力してください。",
            ),
            models.CheckConstraint(condition=Q(kind__in=ReviewKind.values), name="plan_review_kind_known"),
            models.CheckConstraint(condition=Q(outcome__in=ReviewOutcome.values), name="plan_review_outcome_known"),
            models.CheckConstraint(
                condition=Q(municipal_confirmed_at__isnull=True, municipal_confirmed_by__isnull=True)
                | Q(municipal_confirmed_at__isnull=False, municipal_confirmed_by__isnull=False),
                name="plan_review_municipal_pair",
            ),
            models.CheckConstraint(
                condition=Q(national_confirmed_at__isnull=True, national_confirmed_by__isnull=True)
                | Q(national_confirmed_at__isnull=False, national_confirmed_by__isnull=False),
                name="plan_review_national_pair",
            ),
        ]
        indexes = [models.Index(fields=["case", "reviewed_on"], name="plan_review_by_case")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.reviewed_on}"


@pghistory.track()
class PlanReviewItem(UUIDModel):
    """What became of one menu of the plan."""

    review = models.ForeignKey(PlanReview, verbose_name="見直し", on_delete=models.PROTECT, related_name="items")
    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="+")
    plan_menu = models.ForeignKey(
        PlanMenu, verbose_name="プランの支援メニュー", on_delete=models.PROTECT, related_name="review_items"
    )
    result = models.CharField("結果", max_length=20, choices=MenuResult)
    note = models.CharField("補足", max_length=300, blank=True)

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "メニューごとの結果"
        verbose_name_plural = "メニューごとの結果"
        constraints = [
            models.UniqueConstraint(fields=["review", "plan_menu"], name="plan_review_item_once"),
            models.CheckConstraint(condition=Q(result__in=MenuResult.values), name="plan_review_item_result_known"),
        ]

    def __str__(self) -> str:
        return self.get_result_display()
