"""Monthly reports: counted once, stored, confirmed by the parties, frozen."""

from __future__ import annotations

from typing import ClassVar

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q

from accounts.models import User
from agreements.models import Agreement, BusinessPlan, CountingRules, Party, TargetGroup
from cases.models import Case
from core.db import UUIDModel
from core.periods import Month
from reports.enums import REPORT_TRANSITIONS, STEPS, FileKind, ReportStatus, Source, Verdict
from reports.querysets import MonthlyReportQuerySet

_PROTECT_FILES = """
    IF EXISTS (SELECT 1 FROM reports_monthlyreport r WHERE r.status = 'closed' AND r.id = {row}.report_id) THEN
        RAISE EXCEPTION 'ittai: a closed report does not change';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""


def frozen_with_report(name: str) -> list[pgtrigger.Trigger]:
    """Triggers that refuse to change what hangs on a closed report."""
    return [
        pgtrigger.Trigger(
            name=f"{name}_not_added",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            func=_PROTECT_FILES.format(row="NEW"),
        ),
        pgtrigger.Trigger(
            name=f"{name}_stay",
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            func=_PROTECT_FILES.format(row="OLD"),
        ),
    ]


@pghistory.track(exclude=["figures"])
class MonthlyReport(UUIDModel):
    """The target-versus-actual report of an agreement and month, in revisions.

    `figures` is what was counted (reports.figures, as JSON): printing an old month reads it,
    never today's tables. A closed report no longer changes; a correction is a new revision.
    """

    agreement = models.ForeignKey(Agreement, verbose_name="協定", on_delete=models.PROTECT, related_name="reports")
    month = models.DateField("月(1日)")
    revision = models.PositiveSmallIntegerField("版", default=1)
    reason = models.CharField("訂正の理由", max_length=300, blank=True)
    status = models.CharField("状態", max_length=20, choices=ReportStatus, default=ReportStatus.QUEUED)
    requested_by = models.ForeignKey(
        User, verbose_name="作成を求めた人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    requested_at = models.DateTimeField("作成を求めた日時")
    claimed_at = models.DateTimeField("集計を始めた日時", null=True, blank=True)
    attempt_count = models.PositiveSmallIntegerField("試行回数", default=0)
    step = models.PositiveSmallIntegerField("進み具合", default=0)
    plan = models.ForeignKey(
        BusinessPlan, verbose_name="事業計画", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    rules = models.ForeignKey(
        CountingRules, verbose_name="計数規則", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    figures = models.JSONField("数値", null=True, blank=True)
    counted_at = models.DateTimeField("集計日時", null=True, blank=True)
    failure = models.CharField("失敗の理由", max_length=300, blank=True)
    closed_at = models.DateTimeField("確定日時", null=True, blank=True)

    objects = MonthlyReportQuerySet.as_manager()

    class Meta:
        verbose_name = "月次報告"
        verbose_name_plural = "月次報告"
        constraints = [
            models.UniqueConstraint(fields=["agreement", "month", "revision"], name="report_revision_once"),
            models.UniqueConstraint(
                fields=["agreement", "month"],
                condition=~Q(status=ReportStatus.CLOSED),
                name="report_one_open_per_month",
                violation_error_message="この月の報告は、まだ確定していない版があります。",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="report_month_is_first_day"),
            models.CheckConstraint(condition=Q(status__in=ReportStatus.values), name="report_status_known"),
            models.CheckConstraint(
                condition=Q(revision=1) | ~Q(reason=""),
                name="report_revision_has_reason",
                violation_error_message="訂正版を作る理由を入力してください。",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[ReportStatus.COUNTED, ReportStatus.RETURNED, ReportStatus.CLOSED])
                | Q(figures__isnull=False, counted_at__isnull=False),
                name="report_counted_has_figures",
            ),
            models.CheckConstraint(
                condition=Q(status=ReportStatus.CLOSED, closed_at__isnull=False)
                | (~Q(status=ReportStatus.CLOSED) & Q(closed_at__isnull=True)),
                name="report_closed_has_time",
            ),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.FSM(
                name="report_moves_by_table",
                field="status",
                transitions=sorted((old.value, new.value) for old, news in REPORT_TRANSITIONS.items() for new in news),
            ),
            pgtrigger.Protect(
                name="closed_report_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__status=ReportStatus.CLOSED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement} {self.period.label} 第{self.revision}版"

    @property
    def period(self) -> Month:
        return Month.of(self.month)

    def decisions_on_count(self) -> models.QuerySet[ReportDecision]:
        """Decisions about the present count; those about an earlier count no longer hold."""
        if self.counted_at is None:
            return self.decisions.none()
        return self.decisions.filter(counted_at=self.counted_at)

    @property
    def step_label(self) -> str:
        return STEPS[min(self.step, len(STEPS) - 1)]


class ReportFile(UUIDModel):
    """A rendered file of a report, kept byte for byte with its digest."""

    report = models.ForeignKey(MonthlyReport, verbose_name="月次報告", on_delete=models.PROTECT, related_name="files")
    kind = models.CharField("種類", max_length=10, choices=FileKind)
    content = models.BinaryField("内容")
    sha256 = models.CharField("SHA-256", max_length=64)
    created_at = models.DateTimeField("作成日時", auto_now_add=True)

    class Meta:
        verbose_name = "報告のファイル"
        verbose_name_plural = "報告のファイル"
        constraints = [models.UniqueConstraint(fields=["report", "kind"], name="report_file_once")]
        triggers: ClassVar[list[pgtrigger.Trigger]] = frozen_with_report("files")

    def __str__(self) -> str:
        return f"{self.report_id} {self.kind}"


@pghistory.track()
class ReportDecision(UUIDModel):
    """A party's manager confirmed the count or returned it; valid for that count only."""

    report = models.ForeignKey(
        MonthlyReport, verbose_name="月次報告", on_delete=models.PROTECT, related_name="decisions"
    )
    party = models.ForeignKey(Party, verbose_name="当事者", on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField("判断", max_length=20, choices=Verdict)
    counted_at = models.DateTimeField("対象の集計日時")
    by = models.ForeignKey(User, verbose_name="行った人", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("日時")
    note = models.TextField("コメント", blank=True)

    class Meta:
        verbose_name = "報告の確認"
        verbose_name_plural = "報告の確認"
        constraints = [
            models.UniqueConstraint(fields=["report", "party", "counted_at"], name="report_decision_once"),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.CONFIRMED) | ~Q(note=""),
                name="report_return_has_note",
                violation_error_message="差し戻すときは理由を入力してください。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party}: {self.get_verdict_display()}"


@pghistory.track()
class ReportComment(UUIDModel):
    """What a party writes under the figures; printed in the report."""

    report = models.ForeignKey(
        MonthlyReport, verbose_name="月次報告", on_delete=models.PROTECT, related_name="comments"
    )
    party = models.ForeignKey(Party, verbose_name="当事者", on_delete=models.PROTECT, related_name="+")
    text = models.TextField("コメント")
    by = models.ForeignKey(User, verbose_name="書いた人", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("日時")

    class Meta:
        verbose_name = "報告へのコメント"
        verbose_name_plural = "報告へのコメント"
        constraints = [models.UniqueConstraint(fields=["report", "party"], name="report_comment_one_per_party")]
        triggers: ClassVar[list[pgtrigger.Trigger]] = frozen_with_report("comments")

    def __str__(self) -> str:
        return f"{self.party}: {self.text[:20]}"


class CountedFact(UUIDModel):
    """One fact that a report counted: the people behind each number as of the count."""

    report = models.ForeignKey(MonthlyReport, verbose_name="月次報告", on_delete=models.PROTECT, related_name="facts")
    source = models.CharField("出典", max_length=30, choices=Source)
    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="+")
    fact_id = models.UUIDField("記録のID")
    group = models.ForeignKey(
        TargetGroup, verbose_name="対象区分", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    counted_on = models.DateField("数えた日")

    class Meta:
        verbose_name = "数えた記録"
        verbose_name_plural = "数えた記録"
        constraints = [models.UniqueConstraint(fields=["report", "source", "fact_id"], name="counted_fact_once")]
        indexes = [models.Index(fields=["case"], name="counted_fact_by_case")]
        triggers: ClassVar[list[pgtrigger.Trigger]] = frozen_with_report("facts")

    def __str__(self) -> str:
        return f"{self.source} {self.counted_on}"
