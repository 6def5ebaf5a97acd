"""From introduction to staying: introductions (紹介・応募), placements (就職), retention checks (定着)."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation, User
from cases.enums import (
    BenefitEffect,
    ContactMethod,
    Disclosure,
    EmploymentType,
    IntroductionResult,
    JobRoute,
    PayCycle,
    RetentionState,
)
from cases.models.case import Case
from cases.querysets import CaseRecordQuerySet, RetentionCheckQuerySet
from core.db import UUIDModel, VersionedModel
from employers.models import Employer, Vacancy

HIDDEN = "(支援措置のため非表示)"


def employer_name(row: Introduction | Placement) -> str:
    workplace: Workplace | None = getattr(row, "workplace", None)
    return workplace.employer.name if workplace else HIDDEN


@pghistory.track()
class Introduction(UUIDModel, VersionedModel):
    """An introduction or application (紹介・応募) and what came of it."""

    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="introductions")
    organisation = models.ForeignKey(
        Organisation, verbose_name="紹介した機関", on_delete=models.PROTECT, related_name="+"
    )
    job_title = models.CharField("職種", max_length=100)
    route = models.CharField("経路", max_length=20, choices=JobRoute, default=JobRoute.HELLO_WORK)
    disclosure = models.CharField(
        "支援を受けていることの開示", max_length=20, choices=Disclosure, default=Disclosure.UNDECIDED
    )
    introduced_on = models.DateField("紹介日")
    interview_on = models.DateField("面接日", null=True, blank=True)
    result = models.CharField("結果", max_length=20, choices=IntroductionResult, default=IntroductionResult.PENDING)
    result_on = models.DateField("結果の日", null=True, blank=True)
    result_reason = models.CharField("不採用・辞退の理由", max_length=300, blank=True)
    created_by = models.ForeignKey(User, verbose_name="記録した人", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField("登録日時", auto_now_add=True)

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "紹介・応募"
        verbose_name_plural = "紹介・応募"
        constraints = [
            models.CheckConstraint(
                condition=(Q(result=IntroductionResult.PENDING) & Q(result_on__isnull=True))
                | (~Q(result=IntroductionResult.PENDING) & Q(result_on__isnull=False)),
                name="introduction_result_has_day",
                violation_error_message="結果を入れるときは結果の日も入力してください。",
            ),
            models.CheckConstraint(
                condition=Q(result_on__isnull=True) | Q(result_on__gte=F("introduced_on")),
                name="introduction_result_after_start",
                violation_error_message="結果の日は紹介日以降の日にしてください。",
            ),
        ]
        indexes = [models.Index(fields=["case", "introduced_on"], name="introduction_by_case")]

    def __str__(self) -> str:
        return f"{self.employer_name} {self.job_title}"

    @property
    def employer_name(self) -> str:
        """The workplace, or that the suppression hides it from this reader."""
        return employer_name(self)


@pghistory.track()
class Placement(UUIDModel, VersionedModel):
    """A placement (就職); leaving (離職) is recorded on it. Counted by `started_on`, not by the day of entry."""

    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="placements")
    organisation = models.ForeignKey(
        Organisation, verbose_name="記録した機関", on_delete=models.PROTECT, related_name="+"
    )
    introduction = models.OneToOneField(
        Introduction,
        verbose_name="紹介・応募",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="placement",
    )
    job_title = models.CharField("職種", max_length=100)
    employment_type = models.CharField("雇用形態", max_length=20, choices=EmploymentType)
    weekly_hours = models.DecimalField("週の労働時間", max_digits=4, decimal_places=1, null=True, blank=True)
    monthly_wage_yen = models.PositiveIntegerField("賃金月額(円)", null=True, blank=True)
    pay_cycle = models.CharField("賃金の支払い", max_length=20, choices=PayCycle, default=PayCycle.MONTHLY)
    route = models.CharField("経路", max_length=20, choices=JobRoute, default=JobRoute.HELLO_WORK)
    disclosure = models.CharField(
        "支援を受けていることの開示", max_length=20, choices=Disclosure, default=Disclosure.UNDECIDED
    )
    started_on = models.DateField("就職日")
    benefit_effect = models.CharField(
        "給付への影響", max_length=20, choices=BenefitEffect, default=BenefitEffect.UNKNOWN
    )
    separated_on = models.DateField("離職日", null=True, blank=True)
    separation_reason = models.CharField("離職理由", max_length=300, blank=True)
    created_by = models.ForeignKey(User, verbose_name="記録した人", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField("登録日時", auto_now_add=True)

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "就職"
        verbose_name_plural = "就職"
        constraints = [
            models.CheckConstraint(
                condition=Q(separated_on__isnull=True) | Q(separated_on__gte=F("started_on")),
                name="placement_period_in_order",
                violation_error_message="離職日は就職日以降の日にしてください。",
            ),
        ]
        indexes = [
            models.Index(fields=["case", "started_on"], name="placement_by_case"),
            models.Index(fields=["started_on"], name="placement_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.employer_name} {self.job_title}"

    @property
    def employer_name(self) -> str:
        """The workplace, or that the suppression hides it from this reader."""
        return employer_name(self)


@pghistory.track()
class Workplace(UUIDModel):
    """Which employer an introduction or a placement is about: apart, because a suppression hides it.

    Written together with its introduction or placement; a missing row means "hidden".
    """

    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="+")
    introduction = models.OneToOneField(
        Introduction,
        verbose_name="紹介・応募",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="workplace",
    )
    placement = models.OneToOneField(
        Placement, verbose_name="就職", on_delete=models.PROTECT, null=True, blank=True, related_name="workplace"
    )
    employer = models.ForeignKey(Employer, verbose_name="事業所", on_delete=models.PROTECT, related_name="workplaces")
    vacancy = models.ForeignKey(
        Vacancy, verbose_name="求人", on_delete=models.PROTECT, null=True, blank=True, related_name="workplaces"
    )

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "応募先・就職先"
        verbose_name_plural = "応募先・就職先"
        constraints = [
            models.CheckConstraint(
                condition=Q(introduction__isnull=True, placement__isnull=False)
                | Q(introduction__isnull=False, placement__isnull=True),
                name="workplace_of_one",
            ),
        ]
        indexes = [models.Index(fields=["case", "employer"], name="workplace_by_case")]

    def __str__(self) -> str:
        return self.employer.name


@pghistory.track()
class RetentionCheck(UUIDModel):
    """Whether the person still works 1, 3, 6 and 12 months after the placement."""

    placement = models.ForeignKey(
        Placement, verbose_name="就職", on_delete=models.PROTECT, related_name="retention_checks"
    )
    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="retention_checks")
    month_mark = models.PositiveSmallIntegerField("経過月")
    due_on = models.DateField("確認予定日")
    state = models.CharField("状態", max_length=20, choices=RetentionState, default=RetentionState.PENDING)
    checked_on = models.DateField("確認日", null=True, blank=True)
    checked_by = models.ForeignKey(
        User, verbose_name="確認した人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    method = models.CharField("方法", max_length=20, choices=ContactMethod, blank=True)
    note = models.TextField("様子・困りごと", blank=True)

    objects = RetentionCheckQuerySet.as_manager()

    class Meta:
        verbose_name = "定着確認"
        verbose_name_plural = "定着確認"
        constraints = [
            models.UniqueConstraint(fields=["placement", "month_mark"], name="retention_mark_once"),
            models.CheckConstraint(condition=Q(month_mark__in=(1, 3, 6, 12)), name="retention_mark_known"),
            models.CheckConstraint(
                condition=(Q(state=RetentionState.PENDING) & Q(checked_on__isnull=True) & Q(checked_by__isnull=True))
                | (~Q(state=RetentionState.PENDING) & Q(checked_on__isnull=False) & Q(checked_by__isnull=False)),
                name="retention_check_complete",
                violation_error_message="確認の結果を入れるときは確認日も入力してください。",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(state="pending"), name="retention_pending_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.month_mark}か月 {self.get_state_display()}"
