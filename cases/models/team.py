"""Who is in charge, and the request for support from one side to the other."""

from __future__ import annotations

from typing import ClassVar

import pghistory
import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation, User
from cases.enums import REQUEST_TRANSITIONS, ConditionAnswer, Duty, RequestStatus
from cases.models.case import Case, InclusiveDateRange
from cases.models.sharing import Consent
from cases.querysets import AssignmentQuerySet, SupportRequestQuerySet
from core.db import UUIDModel


@pghistory.track()
class Assignment(UUIDModel):
    """A worker is in charge of a case: a flat row with reason and end (both days included)."""

    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="assignments")
    user = models.ForeignKey(User, verbose_name="担当者", on_delete=models.PROTECT, related_name="assignments")
    organisation = models.ForeignKey(Organisation, verbose_name="機関", on_delete=models.PROTECT, related_name="+")
    duty = models.CharField("担当", max_length=20, choices=Duty)
    starts_on = models.DateField("開始日")
    ends_on = models.DateField("終了日", null=True, blank=True)
    reason = models.CharField("理由", max_length=200, blank=True)
    end_reason = models.CharField("終了の理由", max_length=200, blank=True)
    assigned_by = models.ForeignKey(User, verbose_name="決めた人", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField("登録日時", auto_now_add=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = "担当"
        verbose_name_plural = "担当"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="assignment_period_in_order",
                violation_error_message="終了日は開始日以降の日にしてください。",
            ),
            ExclusionConstraint(
                name="assignment_no_overlap",
                expressions=[
                    ("case", RangeOperators.EQUAL),
                    ("user", RangeOperators.EQUAL),
                    ("duty", RangeOperators.EQUAL),
                    (InclusiveDateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
                violation_error_message="この方はこの期間、すでに同じ役割で担当しています。",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "case"], condition=Q(ends_on__isnull=True), name="assignment_open_by_user"),
        ]

    def __str__(self) -> str:
        return f"{self.get_duty_display()} {self.user}"


@pghistory.track()
class SupportRequest(UUIDModel):
    """A request for support (支援要請) with the four conditions of the check sheet.

    The ministry asks for these four only; the software adds no further hard condition (domain.md §3).
    """

    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="support_requests")
    consent = models.ForeignKey(Consent, verbose_name="同意", on_delete=models.PROTECT, related_name="+")
    from_organisation = models.ForeignKey(
        Organisation, verbose_name="要請した機関", on_delete=models.PROTECT, related_name="+"
    )
    to_organisation = models.ForeignKey(Organisation, verbose_name="要請先", on_delete=models.PROTECT, related_name="+")
    ability = models.CharField("①稼働能力がある", max_length=20, choices=ConditionAnswer)
    ability_note = models.CharField("①の根拠", max_length=500, blank=True)
    motivation = models.CharField("②就労意欲がある", max_length=20, choices=ConditionAnswer)
    motivation_note = models.CharField("②の根拠", max_length=500, blank=True)
    no_obstacle = models.CharField("③著しい阻害要因がない", max_length=20, choices=ConditionAnswer)
    no_obstacle_note = models.CharField("③の根拠", max_length=500, blank=True)
    agrees = models.CharField("④事業への参加に同意している", max_length=20, choices=ConditionAnswer)
    agrees_note = models.CharField("④の根拠", max_length=500, blank=True)
    flexibility_reason = models.CharField("弾力的に扱う理由", max_length=500, blank=True)
    message = models.TextField("要請の内容・配慮してほしいこと", blank=True)
    is_urgent = models.BooleanField("至急(後で補う)", default=False)
    completed_at = models.DateTimeField("補った日時", null=True, blank=True)
    completed_by = models.ForeignKey(
        User, verbose_name="補った人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    previous = models.ForeignKey(
        "self", verbose_name="前の要請", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    change_note = models.CharField("前回から変えたこと", max_length=500, blank=True)
    status = models.CharField("状態", max_length=20, choices=RequestStatus, default=RequestStatus.SENT)
    sent_by = models.ForeignKey(User, verbose_name="要請した人", on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField("要請日時")
    answered_by = models.ForeignKey(
        User, verbose_name="回答した人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField("回答日時", null=True, blank=True)
    answer_note = models.TextField("回答の理由・補足", blank=True)
    offered_instead = models.TextField("代わりの案内", blank=True)

    objects = SupportRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "支援要請"
        verbose_name_plural = "支援要請"
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(status=RequestStatus.SENT),
                name="support_request_one_waiting",
                violation_error_message="回答待ちの支援要請がすでにあります。",
            ),
            models.CheckConstraint(
                condition=(Q(status=RequestStatus.SENT) & Q(answered_at__isnull=True) & Q(answered_by__isnull=True))
                | (~Q(status=RequestStatus.SENT) & Q(answered_at__isnull=False) & Q(answered_by__isnull=False)),
                name="support_request_answer_complete",
            ),
            models.CheckConstraint(condition=Q(status__in=RequestStatus.values), name="support_request_status_known"),
            models.CheckConstraint(
                condition=Q(completed_at__isnull=True, completed_by__isnull=True)
                | Q(is_urgent=True, completed_at__isnull=False, completed_by__isnull=False),
                name="support_request_completion_complete",
            ),
            models.CheckConstraint(
                condition=Q(previous__isnull=True) | ~Q(change_note=""),
                name="support_request_again_says_what_changed",
                violation_error_message="差し戻された要請を出し直すときは、前回から変えたことを入力してください。",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[RequestStatus.RETURNED, RequestStatus.DECLINED]) | ~Q(answer_note=""),
                name="support_request_refusal_has_reason",
                violation_error_message="差戻しや対象外とするときは理由を入力してください。",
            ),
        ]
        indexes = [
            models.Index(fields=["to_organisation", "status", "sent_at"], name="support_request_inbox"),
            models.Index(fields=["case"], name="support_request_by_case"),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.FSM(
                name="support_request_moves_by_table",
                field="status",
                transitions=sorted((old.value, new.value) for old, news in REQUEST_TRANSITIONS.items() for new in news),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.to_organisation} {self.get_status_display()}"

    @property
    def is_incomplete(self) -> bool:
        """Sent in a hurry and not completed yet."""
        return self.is_urgent and self.completed_at is None

    @property
    def missing_parts(self) -> list[str]:
        """What was left for later; conditions are left as 「協議して決める」 with no ground."""
        if not self.is_incomplete:
            return []
        parts = (
            (self.ability, self.ability_note, "①稼働能力の確認"),
            (self.motivation, self.motivation_note, "②就労意欲の確認"),
            (self.no_obstacle, self.no_obstacle_note, "③阻害要因の確認"),
        )
        missing = [label for answer, note, label in parts if answer == ConditionAnswer.DISCUSS and not note]
        return [*missing, *(["生年月日"] if self.case.person.birth is None else [])]
