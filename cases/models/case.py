"""One course of support, its states and the benefit statuses on which it is counted."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

import pghistory
import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from accounts.access_log import saw
from accounts.models import Organisation, User
from agreements.enums import BenefitStatus
from agreements.models import Agreement, Site, TargetGroup
from cases.enums import CASE_TRANSITIONS, STATES_IN_SUPPORT, CaseState, CloseReason
from cases.models.person import Person
from cases.querysets import CaseQuerySet, CaseRecordQuerySet
from core.db import UUIDModel, VersionedModel

INCLUSIVE = Value("[]")


class InclusiveDateRange(Func):
    """Two dates as PostgreSQL's daterange, both ends included; an open end is endless."""

    function = "daterange"

    def __init__(self, start: str, end: str, **extra: Any) -> None:
        super().__init__(F(start), F(end), INCLUSIVE, **extra)


class CaseCounter(models.Model):
    """The last case number an organisation gave in a fiscal year; locked while the next one is taken."""

    organisation = models.ForeignKey(Organisation, verbose_name="機関", on_delete=models.PROTECT, related_name="+")
    fiscal_year = models.PositiveSmallIntegerField("年度")
    last_number = models.PositiveIntegerField("最後の番号", default=0)

    class Meta:
        verbose_name = "ケース番号の控え"
        verbose_name_plural = "ケース番号の控え"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "fiscal_year"], name="case_counter_once"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.fiscal_year}: {self.last_number}"


@pghistory.track()
class Case(UUIDModel, VersionedModel):
    """A case (事案): one course of support of a person under an agreement.

    `support_group` is the snapshot of the target group at support start; every figure reads it,
    so a later change of benefit status moves no count (domain.md §3).
    """

    organisation = models.ForeignKey(
        Organisation, verbose_name="担当機関", on_delete=models.PROTECT, related_name="held_cases"
    )
    agreement = models.ForeignKey(Agreement, verbose_name="協定", on_delete=models.PROTECT, related_name="cases")
    site = models.ForeignKey(
        Site, verbose_name="窓口", on_delete=models.PROTECT, null=True, blank=True, related_name="cases"
    )
    person = models.ForeignKey(Person, verbose_name="支援対象者", on_delete=models.PROTECT, related_name="cases")
    previous_case = models.ForeignKey(
        "self", verbose_name="前回のケース", on_delete=models.PROTECT, null=True, blank=True, related_name="next_cases"
    )
    number = models.CharField("ケース番号", max_length=20)
    state = models.CharField("状態", max_length=20, choices=CaseState, default=CaseState.INTAKE)
    opened_on = models.DateField("相談受付日")
    intake_note = models.TextField("相談の内容", blank=True)
    support_started_on = models.DateField("支援開始日", null=True, blank=True)
    support_group = models.ForeignKey(
        TargetGroup,
        verbose_name="支援開始時の対象区分",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
    )
    support_goal_on = models.DateField("支援終了予定日", null=True, blank=True)
    closed_on = models.DateField("支援終了日", null=True, blank=True)
    close_reason = models.CharField("終了理由", max_length=20, choices=CloseReason, blank=True)
    close_note = models.TextField("終了時の状況", blank=True)
    created_by = models.ForeignKey(User, verbose_name="登録した人", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField("登録日時", auto_now_add=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = "ケース"
        verbose_name_plural = "ケース"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="case_number_once"),
            models.CheckConstraint(condition=Q(state__in=CaseState.values), name="case_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(STATES_IN_SUPPORT)) | Q(support_started_on__isnull=False),
                name="case_in_support_has_start",
                violation_error_message="支援中のケースには支援開始日が必要です。",
            ),
            models.CheckConstraint(
                condition=Q(support_started_on__isnull=True, support_group__isnull=True)
                | Q(support_started_on__isnull=False, support_group__isnull=False),
                name="case_start_has_group",
                violation_error_message="支援開始日と支援開始時の対象区分は一緒に記録します。",
            ),
            models.CheckConstraint(
                condition=(Q(state=CaseState.CLOSED) & Q(closed_on__isnull=False) & ~Q(close_reason=""))
                | (~Q(state=CaseState.CLOSED) & Q(closed_on__isnull=True) & Q(close_reason="")),
                name="case_closed_has_day_and_reason",
                violation_error_message="終了したケースには支援終了日と終了理由が必要です。",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                name="case_closed_after_opened",
                violation_error_message="支援終了日は相談受付日以降の日にしてください。",
            ),
            models.CheckConstraint(
                condition=Q(support_started_on__isnull=True) | Q(support_started_on__gte=F("opened_on")),
                name="case_started_after_opened",
                violation_error_message="支援開始日は相談受付日以降の日にしてください。",
            ),
        ]
        indexes = [
            models.Index(fields=["agreement", "support_started_on"], name="case_by_support_start"),
            models.Index(fields=["person"], name="case_by_person"),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.FSM(
                name="case_moves_by_table",
                field="state",
                transitions=sorted((old.value, new.value) for old, news in CASE_TRANSITIONS.items() for new in news),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any) -> Case:
        """Whoever loads a case has read it: the access log is told here, so that no page can forget to."""
        row = super().from_db(db, field_names, values, **options)
        saw(person=row.person_id, case=row.pk)
        return row


class CaseTransition(UUIDModel):
    """One move of a case; written once and never changed."""

    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="transitions")
    from_state = models.CharField("前の状態", max_length=20, choices=CaseState, blank=True)
    to_state = models.CharField("後の状態", max_length=20, choices=CaseState)
    organisation = models.ForeignKey(Organisation, verbose_name="機関", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, verbose_name="行った人", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("日時")
    note = models.TextField("理由・補足", blank=True)

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "状態の記録"
        verbose_name_plural = "状態の記録"
        indexes = [models.Index(fields=["case", "at"], name="transition_by_case")]

    def __str__(self) -> str:
        return f"{self.get_from_state_display()} → {self.get_to_state_display()}"


@pghistory.track()
class BenefitPeriod(UUIDModel):
    """What the person receives or is, from a day until a day (both included); one is primary."""

    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="benefit_periods")
    status = models.CharField("支援区分", max_length=40, choices=BenefitStatus)
    is_primary = models.BooleanField("主な区分", default=True)
    starts_on = models.DateField("開始日")
    ends_on = models.DateField("終了日", null=True, blank=True)

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "支援区分の履歴"
        verbose_name_plural = "支援区分の履歴"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="benefit_period_in_order",
                violation_error_message="終了日は開始日以降の日にしてください。",
            ),
            ExclusionConstraint(
                name="benefit_one_primary_at_a_time",
                expressions=[
                    ("case", RangeOperators.EQUAL),
                    (InclusiveDateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
                condition=Q(is_primary=True),
                violation_error_message="主な支援区分の期間が重なっています。前の区分の終了日を確かめてください。",
            ),
        ]

    def __str__(self) -> str:
        return self.get_status_display()
