"""The support plan (支援プラン) and the menus in it."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation, User
from agreements.models import SupportMenu
from cases.enums import MenuActor
from cases.models.case import Case
from cases.querysets import CaseRecordQuerySet, SupportPlanQuerySet
from core.db import UUIDModel, VersionedModel
from core.periods import now


@pghistory.track()
class SupportPlan(UUIDModel, VersionedModel):
    """A version of the plan; in force when the person agreed and both sides confirmed it."""

    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="plans")
    version_number = models.PositiveSmallIntegerField("第何版", default=1)
    goal = models.TextField("目標(本人の言葉で)")
    issues = models.TextField("課題・配慮すること", blank=True)
    starts_on = models.DateField("計画の開始日")
    ends_on = models.DateField("計画の終了日")
    review_on = models.DateField("見直し予定日", null=True, blank=True)
    extension_reason = models.CharField(
        "延長の理由", max_length=500, blank=True, help_text="前の版の期間を延ばしたときだけ入ります。"
    )
    conference_on = models.DateField("延長を決めたケース会議の日", null=True, blank=True)
    person_agreed_on = models.DateField("本人が同意した日", null=True, blank=True)
    municipal_confirmed_at = models.DateTimeField("市区町村の確認日時", null=True, blank=True)
    municipal_confirmed_by = models.ForeignKey(
        User, verbose_name="市区町村で確認した人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    national_confirmed_at = models.DateTimeField("ハローワークの確認日時", null=True, blank=True)
    national_confirmed_by = models.ForeignKey(
        User, verbose_name="ハローワークで確認した人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    organisation = models.ForeignKey(
        Organisation, verbose_name="作成した機関", on_delete=models.PROTECT, related_name="+"
    )
    created_by = models.ForeignKey(User, verbose_name="作成した人", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField("作成日時", default=now)

    objects = SupportPlanQuerySet.as_manager()

    class Meta:
        verbose_name = "支援プラン"
        verbose_name_plural = "支援プラン"
        constraints = [
            models.UniqueConstraint(fields=["case", "version_number"], name="support_plan_version_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="support_plan_period_in_order",
                violation_error_message="計画の終了日は開始日以降の日にしてください。",
            ),
            models.CheckConstraint(
                condition=Q(municipal_confirmed_at__isnull=True, municipal_confirmed_by__isnull=True)
                | Q(municipal_confirmed_at__isnull=False, municipal_confirmed_by__isnull=False),
                name="support_plan_municipal_pair",
            ),
            models.CheckConstraint(
                condition=Q(national_confirmed_at__isnull=True, national_confirmed_by__isnull=True)
                | Q(national_confirmed_at__isnull=False, national_confirmed_by__isnull=False),
                name="support_plan_national_pair",
            ),
            models.CheckConstraint(
                condition=Q(extension_reason="", conference_on__isnull=True)
                | (~Q(extension_reason="") & Q(conference_on__isnull=False)),
                name="support_plan_extension_complete",
                violation_error_message="延長するときは、理由とケース会議の日を入力してください。",
            ),
        ]

    def __str__(self) -> str:
        return f"支援プラン 第{self.version_number}版"

    @property
    def is_in_force(self) -> bool:
        return bool(self.person_agreed_on and self.municipal_confirmed_at and self.national_confirmed_at)


@pghistory.track()
class PlanMenu(UUIDModel):
    """A menu of the plan: who does what until when."""

    plan = models.ForeignKey(SupportPlan, verbose_name="支援プラン", on_delete=models.PROTECT, related_name="menus")
    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="+")
    menu = models.ForeignKey(SupportMenu, verbose_name="支援メニュー", on_delete=models.PROTECT, related_name="+")
    actor = models.CharField("行う人", max_length=20, choices=MenuActor)
    content = models.CharField("内容", max_length=300, blank=True)
    until_on = models.DateField("いつまで", null=True, blank=True)

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "プランの支援メニュー"
        verbose_name_plural = "プランの支援メニュー"
        indexes = [models.Index(fields=["plan"], name="plan_menu_by_plan")]

    def __str__(self) -> str:
        return str(self.menu)
