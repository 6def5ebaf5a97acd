"""What both sides learned about the person's way to work: assessment, obstacles, work history, licences."""

from __future__ import annotations

import datetime as dt
import re

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from accounts.models import Organisation, User
from cases.enums import Availability, EmploymentType, FieldGroup, ObstacleKind, PayCycle, Transport, Visibility
from cases.models.case import Case
from cases.models.work import HIDDEN
from cases.querysets import CaseRecordQuerySet, ObstacleQuerySet
from core.db import UUIDModel, VersionedModel
from core.periods import era_year

MONTH_PATTERN = r"^\d{4}(-(0[1-9]|1[0-2]))?$"
ELSEWHERE = "健康・家計・家族のことは「くらしの状況」と「課題と対応」に書きます(読める機関が分かれます)。"


def month_label(value: str) -> str:
    """'2015-04' → '平成27年4月', '2015' → '2015年': a month nobody knows is not made up."""
    if not re.match(MONTH_PATTERN, value):
        return ""
    year, _dash, month = value.partition("-")
    return f"{era_year(dt.date(int(year), int(month), 1))}{int(month)}月" if month else f"{year}年"


@pghistory.track()
class Assessment(UUIDModel, VersionedModel):
    """A dated version of the assessment (アセスメント): strengths, issues, wishes, what the person has.

    Health, money and family do not stand here: they are Circumstance and Obstacle, each with its own wall.
    """

    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="assessments")
    version_number = models.PositiveSmallIntegerField("第何版")
    assessed_on = models.DateField("アセスメントの日")
    organisation = models.ForeignKey(
        Organisation, verbose_name="作成した機関", on_delete=models.PROTECT, related_name="+"
    )
    written_by = models.ForeignKey(User, verbose_name="作成した人", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField("作成日時", auto_now_add=True)
    strengths_person = models.TextField("強み(本人の言葉)", blank=True)
    strengths_worker = models.TextField("強み(支援者の見立て)", blank=True)
    issues_person = models.TextField("課題(本人の言葉)", blank=True, help_text=ELSEWHERE)
    issues_worker = models.TextField("課題(支援者の見立て)", blank=True)
    education = models.CharField("最終学歴", max_length=100, blank=True)
    wish_job_1 = models.CharField("希望する仕事 1", max_length=100, blank=True)
    wish_job_2 = models.CharField("希望する仕事 2", max_length=100, blank=True)
    wish_job_3 = models.CharField("希望する仕事 3", max_length=100, blank=True)
    wish_area = models.CharField("希望する勤務地", max_length=100, blank=True, help_text="例: 市内、駅の近く")
    wish_commute_minutes = models.PositiveSmallIntegerField(
        "通勤時間(片道、分まで)",
        null=True,
        blank=True,
        validators=[MaxValueValidator(240, "通勤時間は240分以内で入力してください。")],
    )
    wish_days = models.PositiveSmallIntegerField(
        "週に働きたい日数",
        null=True,
        blank=True,
        validators=[
            MinValueValidator(1, "日数は1日から7日までで入力してください。"),
            MaxValueValidator(7, "日数は1日から7日までで入力してください。"),
        ],
    )
    wish_hours = models.CharField("働きたい時間帯", max_length=100, blank=True, help_text="例: 9時〜15時、夜は不可")
    wish_wage_yen = models.PositiveIntegerField("希望する時給(円)", null=True, blank=True)
    wish_employment = models.CharField("希望する雇用形態", max_length=20, choices=EmploymentType, blank=True)
    wish_pay_cycle = models.CharField("希望する賃金の支払い", max_length=20, choices=PayCycle, blank=True)
    wish_start = models.CharField("働き始めたい時期", max_length=100, blank=True)
    transports = ArrayField(
        models.CharField(max_length=20, choices=Transport), verbose_name="移動手段", default=list, blank=True
    )
    phone = models.CharField("電話", max_length=20, choices=Availability, default=Availability.UNKNOWN)
    identity_document = models.CharField(
        "本人確認書類", max_length=20, choices=Availability, default=Availability.UNKNOWN
    )
    bank_account = models.CharField("銀行口座", max_length=20, choices=Availability, default=Availability.UNKNOWN)
    driving_licence = models.CharField("運転免許", max_length=20, choices=Availability, default=Availability.UNKNOWN)

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "アセスメント"
        verbose_name_plural = "アセスメント"
        constraints = [
            models.UniqueConstraint(fields=["case", "version_number"], name="assessment_version_once"),
            models.CheckConstraint(
                condition=Q(transports__contained_by=Transport.values), name="assessment_transports_known"
            ),
            models.CheckConstraint(
                condition=Q(wish_days__isnull=True) | Q(wish_days__range=(1, 7)),
                name="assessment_days_of_a_week",
                violation_error_message="日数は1日から7日までで入力してください。",
            ),
        ]

    def __str__(self) -> str:
        return f"アセスメント 第{self.version_number}版"

    @property
    def wish_jobs(self) -> list[str]:
        return [job for job in (self.wish_job_1, self.wish_job_2, self.wish_job_3) if job]

    @property
    def transport_labels(self) -> list[str]:
        return [choice.label for choice in Transport if choice.value in self.transports]


@pghistory.track()
class Obstacle(UUIDModel, VersionedModel):
    """Something in the way of work (課題) and what is done about it (対応); it stays when it is overcome.

    `field_group` and `visibility` follow from the kind (OBSTACLE_GROUPS, OWN_OBSTACLES); the wall reads them.
    """

    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="obstacles")
    kind = models.CharField("課題の種類", max_length=20, choices=ObstacleKind)
    field_group = models.CharField("情報の種類", max_length=20, choices=FieldGroup, blank=True)
    visibility = models.CharField("読める人", max_length=20, choices=Visibility, default=Visibility.SHARED)
    response = models.CharField("対応", max_length=300, blank=True)
    noted_on = models.DateField("気づいた日")
    resolved_on = models.DateField("解消した日", null=True, blank=True)
    organisation = models.ForeignKey(
        Organisation, verbose_name="最後に書いた機関", on_delete=models.PROTECT, related_name="+"
    )
    written_by = models.ForeignKey(User, verbose_name="最後に書いた人", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField("最後に書いた日時")

    objects = ObstacleQuerySet.as_manager()

    class Meta:
        verbose_name = "課題と対応"
        verbose_name_plural = "課題と対応"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ObstacleKind.values), name="obstacle_kind_known"),
            models.CheckConstraint(
                condition=Q(visibility__in=[Visibility.SHARED, Visibility.OWN]), name="obstacle_visibility_known"
            ),
            models.UniqueConstraint(
                fields=["case", "kind"], condition=Q(visibility=Visibility.SHARED), name="obstacle_once"
            ),
            models.UniqueConstraint(
                fields=["case", "kind", "organisation"],
                condition=Q(visibility=Visibility.OWN),
                name="obstacle_own_once",
            ),
            models.CheckConstraint(
                condition=Q(resolved_on__isnull=True) | Q(resolved_on__gte=models.F("noted_on")),
                name="obstacle_resolved_after_noted",
                violation_error_message="解消した日は気づいた日以降の日にしてください。",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


@pghistory.track()
class WorkHistory(UUIDModel, VersionedModel):
    """A job the person had (職歴), from month to month as far as anybody knows; where it was stands apart."""

    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="work_histories")
    job_title = models.CharField("職種・仕事の内容", max_length=100)
    employment_type = models.CharField("雇用形態", max_length=20, choices=EmploymentType, blank=True)
    started_in = models.CharField("始めた年月", max_length=7, blank=True)
    ended_in = models.CharField("辞めた年月", max_length=7, blank=True)
    is_current = models.BooleanField("今も働いている", default=False)
    leaving_reason = models.CharField("辞めた理由", max_length=200, blank=True, help_text=ELSEWHERE)
    organisation = models.ForeignKey(
        Organisation, verbose_name="記録した機関", on_delete=models.PROTECT, related_name="+"
    )
    created_by = models.ForeignKey(User, verbose_name="記録した人", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField("登録日時", auto_now_add=True)

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "職歴"
        verbose_name_plural = "職歴"
        constraints = [
            models.CheckConstraint(
                condition=(Q(started_in="") | Q(started_in__regex=MONTH_PATTERN))
                & (Q(ended_in="") | Q(ended_in__regex=MONTH_PATTERN)),
                name="work_history_months",
            ),
            models.CheckConstraint(
                condition=Q(is_current=False) | Q(ended_in=""),
                name="work_history_current_has_no_end",
                violation_error_message="今も働いているときは、辞めた年月を空欄にしてください。",
            ),
        ]
        indexes = [models.Index(fields=["case"], name="work_history_by_case")]

    def __str__(self) -> str:
        return self.job_title

    @property
    def employer_name(self) -> str:
        """Where it was, or that the suppression hides it from this reader."""
        place: PastWorkplace | None = getattr(self, "workplace", None)
        return place.name if place else HIDDEN

    @property
    def period(self) -> str:
        start, end = month_label(self.started_in), month_label(self.ended_in)
        until = "現在" if self.is_current else end
        return f"{start}〜{until}" if start or until else ""


@pghistory.track()
class PastWorkplace(UUIDModel):
    """The employer of a work history, apart because a suppression hides it; a missing row means "hidden"."""

    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="+")
    history = models.OneToOneField(WorkHistory, verbose_name="職歴", on_delete=models.PROTECT, related_name="workplace")
    name = models.CharField("事業所", max_length=100, blank=True)

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "職歴の事業所"
        verbose_name_plural = "職歴の事業所"

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Qualification(UUIDModel, VersionedModel):
    """A licence or qualification (資格・免許)."""

    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="qualifications")
    name = models.CharField("資格・免許", max_length=100)
    acquired_in = models.CharField("取得した年月", max_length=7, blank=True)
    valid_to = models.DateField("有効期限", null=True, blank=True)
    note = models.CharField("補足", max_length=200, blank=True)
    organisation = models.ForeignKey(
        Organisation, verbose_name="記録した機関", on_delete=models.PROTECT, related_name="+"
    )
    created_by = models.ForeignKey(User, verbose_name="記録した人", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField("登録日時", auto_now_add=True)

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "資格・免許"
        verbose_name_plural = "資格・免許"
        constraints = [
            models.CheckConstraint(
                condition=Q(acquired_in="") | Q(acquired_in__regex=MONTH_PATTERN), name="qualification_month"
            ),
        ]
        indexes = [models.Index(fields=["case"], name="qualification_by_case")]

    def __str__(self) -> str:
        return self.name

    @property
    def acquired(self) -> str:
        return month_label(self.acquired_in)
