"""Who stands in for whom (代理), and caseloads that pass to others (引継ぎ)."""

from __future__ import annotations

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation, User
from cases.models.case import Case, InclusiveDateRange
from cases.querysets import CoverQuerySet, HandoverItemQuerySet, OwnQuerySet
from core.db import UUIDModel


@pghistory.track()
class Cover(UUIDModel):
    """A colleague looks after a worker's cases from a day until a day (both included); no assignment moves."""

    organisation = models.ForeignKey(Organisation, verbose_name="機関", on_delete=models.PROTECT, related_name="+")
    worker = models.ForeignKey(User, verbose_name="不在の担当者", on_delete=models.PROTECT, related_name="+")
    colleague = models.ForeignKey(User, verbose_name="代理", on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField("開始日")
    ends_on = models.DateField("終了日")
    reason = models.CharField("伝えること", max_length=200, blank=True)
    made_by = models.ForeignKey(User, verbose_name="決めた人", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField("登録日時")
    withdrawn_at = models.DateTimeField("取消日時", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, verbose_name="取り消した人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = CoverQuerySet.as_manager()

    class Meta:
        verbose_name = "代理"
        verbose_name_plural = "代理"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="cover_period_in_order",
                violation_error_message="終了日は開始日以降の日にしてください。",
            ),
            models.CheckConstraint(
                condition=~Q(worker=F("colleague")),
                name="cover_by_another",
                violation_error_message="代理には、不在の担当者とは別の人を選んでください。",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="cover_withdrawal_complete",
            ),
            ExclusionConstraint(
                name="cover_no_overlap",
                expressions=[
                    ("organisation", RangeOperators.EQUAL),
                    ("worker", RangeOperators.EQUAL),
                    ("colleague", RangeOperators.EQUAL),
                    (InclusiveDateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
                condition=Q(withdrawn_at__isnull=True),
                violation_error_message="この方は、この期間すでに代理になっています。",
            ),
        ]
        indexes = [models.Index(fields=["colleague", "ends_on"], name="cover_by_colleague")]

    def __str__(self) -> str:
        return f"{self.worker} ← {self.colleague}"


@pghistory.track()
class Handover(UUIDModel):
    """One act by which cases of a worker pass to successors (人事異動など)."""

    organisation = models.ForeignKey(Organisation, verbose_name="機関", on_delete=models.PROTECT, related_name="+")
    worker = models.ForeignKey(User, verbose_name="前の担当者", on_delete=models.PROTECT, related_name="+")
    on = models.DateField("引継ぎ日")
    reason = models.CharField("理由", max_length=200)
    made_by = models.ForeignKey(User, verbose_name="引き継いだ人", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField("登録日時")

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = "引継ぎ"
        verbose_name_plural = "引継ぎ"
        indexes = [models.Index(fields=["organisation", "made_at"], name="handover_by_organisation")]

    def __str__(self) -> str:
        return f"{self.worker} {self.on}"


@pghistory.track()
class HandoverItem(UUIDModel):
    """One case of a handover: to whom, what the successor must know, whether it was opened and taken over.

    The note stays in the organisation (`organisation` repeats the handover's, for the wall).
    """

    handover = models.ForeignKey(Handover, verbose_name="引継ぎ", on_delete=models.PROTECT, related_name="items")
    organisation = models.ForeignKey(Organisation, verbose_name="機関", on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="handover_items")
    successor = models.ForeignKey(User, verbose_name="後任", on_delete=models.PROTECT, related_name="handover_items")
    note = models.TextField("引継ぎのメモ", blank=True)
    moved_count = models.PositiveSmallIntegerField("移した予約の数", default=0)
    opened_at = models.DateTimeField("開いた日時", null=True, blank=True)
    received_at = models.DateTimeField("受領日時", null=True, blank=True)

    objects = HandoverItemQuerySet.as_manager()

    class Meta:
        verbose_name = "引き継いだケース"
        verbose_name_plural = "引き継いだケース"
        constraints = [
            models.UniqueConstraint(fields=["handover", "case"], name="handover_case_once"),
            models.CheckConstraint(
                condition=Q(received_at__isnull=True) | Q(opened_at__isnull=False),
                name="handover_opened_before_receipt",
            ),
        ]
        indexes = [
            models.Index(fields=["successor"], condition=Q(received_at__isnull=True), name="handover_not_received"),
            models.Index(fields=["case"], name="handover_by_case"),
        ]

    def __str__(self) -> str:
        return f"{self.handover} → {self.successor}"
