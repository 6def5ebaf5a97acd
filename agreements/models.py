"""What the parties agreed: agreements, sites, target groups, yearly plans, targets, counting rules."""

from __future__ import annotations

from typing import ClassVar

import pghistory
import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation, User
from agreements.enums import (
    BenefitStatus,
    Denominator,
    DutyKind,
    DutyPeriod,
    GroupAt,
    IndicatorCode,
    Numerator,
    PartySide,
    PlacementCount,
    PlanStatus,
    TargetRounding,
    ZeroRate,
)
from agreements.querysets import AgreementQuerySet, BusinessPlanQuerySet, CountingRulesQuerySet
from core.db import VersionedModel

FISCAL_YEAR_VALIDATORS = [
    MinValueValidator(2000, "年度は2000以降の西暦4桁で入力してください。"),
    MaxValueValidator(2100, "年度は2100以前の西暦4桁で入力してください。"),
]


@pghistory.track()
class Site(models.Model):
    """A counter where both sides sit; it may serve several agreements."""

    name = models.CharField("名称", max_length=200)
    nickname = models.CharField("愛称", max_length=100, blank=True)
    host_facility = models.CharField("設置場所", max_length=200, blank=True)
    address = models.CharField("所在地", max_length=300, blank=True)
    phone = models.CharField("電話番号", max_length=30, blank=True)
    opened_on = models.DateField("開設日", null=True, blank=True)

    class Meta:
        verbose_name = "一体的実施施設"
        verbose_name_plural = "一体的実施施設"

    def __str__(self) -> str:
        return self.nickname or self.name


@pghistory.track()
class Desk(models.Model):
    """A desk or room of a site that can be booked; one talk at a time."""

    site = models.ForeignKey(Site, verbose_name="窓口", on_delete=models.PROTECT, related_name="desks")
    name = models.CharField("名称", max_length=60)
    is_active = models.BooleanField("利用中", default=True)

    class Meta:
        verbose_name = "相談席・部屋"
        verbose_name_plural = "相談席・部屋"
        constraints = [
            models.UniqueConstraint(
                fields=["site", "name"],
                name="desk_once",
                violation_error_message="この窓口には同じ名前の席・部屋がすでにあります。",
            ),
            models.CheckConstraint(
                condition=~Q(name=""), name="desk_has_name", violation_error_message="名称を入力してください。"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.site} {self.name}"


@pghistory.track()
class Agreement(VersionedModel):
    """An agreement (協定) between two or more parties; valid_from and valid_to are both included."""

    code = models.SlugField(
        "コード",
        max_length=40,
        unique=True,
        help_text="URLと出力ファイルの名前に使います。半角の英小文字・数字・ハイフン。",
        validators=[RegexValidator(r"^[a-z0-9-]+$", "コードは半角の英小文字・数字・ハイフンで入力してください。")],
    )
    name = models.CharField("名称", max_length=200)
    purpose = models.TextField("目的", blank=True)
    signed_on = models.DateField("締結日", null=True, blank=True)
    valid_from = models.DateField("効力発生日")
    valid_to = models.DateField("満了日", null=True, blank=True)
    has_mutual_request_clause = models.BooleanField("相互要望の条項がある", default=False)
    support_months = models.PositiveSmallIntegerField(
        "支援期間の目安(月)", default=6, validators=[MinValueValidator(1, "1か月以上にしてください。")]
    )
    silent_days = models.PositiveSmallIntegerField(
        "連絡がないと知らせるまで(日)",
        default=30,
        db_default=30,
        help_text="面談も来所もないままこの日数がたつと、「今日」と会議の議題に出ます。",
        validators=[
            MinValueValidator(7, "7日以上にしてください。"),
            MaxValueValidator(180, "180日以下にしてください。"),
        ],
    )
    publish_minimum = models.PositiveSmallIntegerField(
        "公表用の表で伏せる数(この数未満)",
        default=3,
        help_text="公表用の報告では、1以上この数未満の人数・件数を「*」にします。",
        validators=[
            MinValueValidator(3, "3以上にしてください。3人未満の数は公表できません。"),
            MaxValueValidator(20, "20以下にしてください。"),
        ],
    )
    participants = models.ManyToManyField(
        Organisation,
        verbose_name="実施機関",
        related_name="agreements",
        blank=True,
        help_text="当事者の下で支援にあたる福祉事務所・ハローワークなど。",
    )
    sites = models.ManyToManyField(Site, verbose_name="一体的実施施設", related_name="agreements", blank=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = "協定"
        verbose_name_plural = "協定"
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="agreement_period_in_order",
                violation_error_message="満了日は効力発生日以降の日にしてください。",
            ),
            models.CheckConstraint(
                condition=Q(silent_days__range=(7, 180)),
                name="agreement_silent_days_in_range",
                violation_error_message="連絡がないと知らせるまでの日数は、7日以上180日以下にしてください。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Party(models.Model):
    """One body that signed, and who signed for it."""

    agreement = models.ForeignKey(Agreement, verbose_name="協定", on_delete=models.PROTECT, related_name="parties")
    organisation = models.ForeignKey(
        Organisation, verbose_name="機関", on_delete=models.PROTECT, related_name="parties"
    )
    side = models.CharField("立場", max_length=20, choices=PartySide)
    signatory = models.CharField("署名者(職名)", max_length=100)
    position = models.PositiveSmallIntegerField("並び順", default=1)

    class Meta:
        verbose_name = "協定の当事者"
        verbose_name_plural = "協定の当事者"
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "organisation"],
                name="party_once",
                violation_error_message="この機関はすでに当事者になっています。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} ({self.signatory})"


@pghistory.track()
class TargetGroup(models.Model):
    """A row of the plan and of the report: one or several benefit statuses counted together."""

    agreement = models.ForeignKey(
        Agreement, verbose_name="協定", on_delete=models.PROTECT, related_name="target_groups"
    )
    code = models.SlugField("コード", max_length=40)
    name = models.CharField("名称", max_length=200)
    position = models.PositiveSmallIntegerField("並び順", default=1)

    class Meta:
        verbose_name = "対象区分"
        verbose_name_plural = "対象区分"
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "code"],
                name="target_group_code_once",
                violation_error_message="この協定には同じコードの対象区分がすでにあります。",
            ),
            models.CheckConstraint(
                condition=~Q(code="total"),
                name="target_group_code_not_total",
                violation_error_message="コード「total」は合計のために使います。別のコードにしてください。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class TargetGroupStatus(models.Model):
    """A benefit status that belongs to a target group; within an agreement to one group only."""

    group = models.ForeignKey(TargetGroup, verbose_name="対象区分", on_delete=models.CASCADE, related_name="statuses")
    agreement = models.ForeignKey(Agreement, verbose_name="協定", on_delete=models.PROTECT, related_name="+")
    status = models.CharField("支援区分", max_length=40, choices=BenefitStatus)

    class Meta:
        verbose_name = "対象区分に含む支援区分"
        verbose_name_plural = "対象区分に含む支援区分"
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "status"],
                name="benefit_status_in_one_group",
                violation_error_message="この支援区分は、この協定の別の対象区分に含まれています。",
            ),
        ]

    def __str__(self) -> str:
        return self.get_status_display()


@pghistory.track()
class SupportMenu(models.Model):
    """A support menu (支援メニュー): common to all when it names no agreement, otherwise its own."""

    agreement = models.ForeignKey(
        Agreement,
        verbose_name="協定",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="support_menus",
    )
    name = models.CharField("名称", max_length=100)
    position = models.PositiveSmallIntegerField("並び順", default=1)
    is_active = models.BooleanField("利用中", default=True)

    class Meta:
        verbose_name = "支援メニュー"
        verbose_name_plural = "支援メニュー"
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "name"],
                name="support_menu_once",
                nulls_distinct=False,
                violation_error_message="同じ名前の支援メニューがすでにあります。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class BusinessPlan(VersionedModel):
    """The plan of a fiscal year (事業計画), in versions; an agreed version no longer changes."""

    agreement = models.ForeignKey(Agreement, verbose_name="協定", on_delete=models.PROTECT, related_name="plans")
    fiscal_year = models.PositiveSmallIntegerField("年度", validators=FISCAL_YEAR_VALIDATORS)
    version_number = models.PositiveSmallIntegerField("第何版", default=1)
    status = models.CharField("状態", max_length=20, choices=PlanStatus, default=PlanStatus.DRAFT)
    agreed_on = models.DateField("合意日", null=True, blank=True)
    agreed_by = models.ForeignKey(
        User, verbose_name="合意を記録した人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    text = models.TextField("事業内容", blank=True)
    navigator_count = models.PositiveSmallIntegerField("ナビゲーター数", null=True, blank=True)
    persons_per_navigator = models.PositiveSmallIntegerField("1人あたりの支援対象者数", null=True, blank=True)

    objects = BusinessPlanQuerySet.as_manager()

    class Meta:
        verbose_name = "事業計画"
        verbose_name_plural = "事業計画"
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "fiscal_year", "version_number"],
                name="plan_version_once",
                violation_error_message="この年度の計画には同じ版がすでにあります。",
            ),
            models.CheckConstraint(
                condition=(Q(status=PlanStatus.DRAFT) & Q(agreed_on__isnull=True))
                | (Q(status=PlanStatus.AGREED) & Q(agreed_on__isnull=False)),
                name="plan_agreed_has_day",
                violation_error_message="合意済みの計画には合意日が必要です。案には合意日を入れません。",
            ),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.Protect(
                name="agreed_plan_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__status=PlanStatus.AGREED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement} {self.fiscal_year}年度 第{self.version_number}版"


@pghistory.track()
class Target(models.Model):
    """One agreed number: a count, a rate in percent, or both; for a group or, without one, the total.

    Stored as the parties agreed it, never recomputed (domain.md §4).
    """

    plan = models.ForeignKey(BusinessPlan, verbose_name="事業計画", on_delete=models.CASCADE, related_name="targets")
    agreement = models.ForeignKey(Agreement, verbose_name="協定", on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(
        TargetGroup, verbose_name="対象区分", on_delete=models.PROTECT, null=True, blank=True, related_name="targets"
    )
    indicator = models.CharField("指標", max_length=40, choices=IndicatorCode)
    count = models.PositiveIntegerField("目標数", null=True, blank=True)
    rate = models.DecimalField("目標率(%)", max_digits=5, decimal_places=1, null=True, blank=True)

    class Meta:
        verbose_name = "目標"
        verbose_name_plural = "目標"
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "group", "indicator"],
                name="target_once",
                nulls_distinct=False,
                violation_error_message="この対象区分と指標の目標はすでにあります。",
            ),
            models.CheckConstraint(
                condition=Q(count__isnull=False) | Q(rate__isnull=False),
                name="target_says_something",
                violation_error_message="目標数か目標率のどちらかを入力してください。",
            ),
            models.CheckConstraint(
                condition=Q(rate__isnull=True) | Q(rate__gte=0),
                name="target_rate_not_negative",
                violation_error_message="目標率は0以上で入力してください。",
            ),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.Trigger(
                name="target_of_agreed_plan_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF EXISTS (
                        SELECT 1 FROM agreements_businessplan p
                        WHERE p.status = 'agreed'
                        AND p.id = CASE TG_OP WHEN 'DELETE' THEN OLD.plan_id ELSE NEW.plan_id END
                    ) THEN
                        RAISE EXCEPTION 'ittai: targets of an agreed plan do not change';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_indicator_display()} {self.group or '合計'}"


@pghistory.track()
class CountingRules(models.Model):
    """How the figures of an agreement are counted in a fiscal year; a change is a new version.

    Printed as a footnote of the report. Defaults are those of domain.md §4, which fit all published tables.
    """

    agreement = models.ForeignKey(
        Agreement, verbose_name="協定", on_delete=models.PROTECT, related_name="counting_rules"
    )
    fiscal_year = models.PositiveSmallIntegerField("年度", validators=FISCAL_YEAR_VALIDATORS)
    version_number = models.PositiveSmallIntegerField("第何版", default=1)
    denominator = models.CharField(
        "支援対象者数に数える方", max_length=40, choices=Denominator, default=Denominator.STARTED
    )
    numerator = models.CharField("就職者数に数える方", max_length=40, choices=Numerator, default=Numerator.ANY_CASE)
    placement_count = models.CharField(
        "複数回の就職", max_length=40, choices=PlacementCount, default=PlacementCount.ONCE_PER_YEAR
    )
    group_at = models.CharField("対象区分の時点", max_length=40, choices=GroupAt, default=GroupAt.SUPPORT_START)
    target_rounding = models.CharField(
        "目標就職者数の端数", max_length=40, choices=TargetRounding, default=TargetRounding.CEILING
    )
    zero_rate = models.CharField("0人÷0人の率", max_length=40, choices=ZeroRate, default=ZeroRate.ZERO_PERCENT)
    note = models.TextField("補足", blank=True)
    decided_on = models.DateField("決定日")
    decided_by = models.ForeignKey(
        User, verbose_name="決定を記録した人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = CountingRulesQuerySet.as_manager()

    class Meta:
        verbose_name = "計数規則"
        verbose_name_plural = "計数規則"
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "fiscal_year", "version_number"],
                name="counting_rules_version_once",
                violation_error_message="この年度の計数規則には同じ版がすでにあります。",
            ),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.Protect(name="counting_rules_stay", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.agreement} {self.fiscal_year}年度 計数規則 第{self.version_number}版"


@pghistory.track()
class DutyRule(models.Model):
    """How often a duty of 住居確保給付金 must be done, from a day until a day (both included).

    Data, because the numbers were relaxed and restored by notice; each row says where it was published.
    """

    kind = models.CharField("活動", max_length=20, choices=DutyKind)
    count = models.PositiveSmallIntegerField("回数", help_text="0は、求められていないことを表します。")
    per = models.CharField("期間", max_length=10, choices=DutyPeriod, default=DutyPeriod.MONTH)
    valid_from = models.DateField("適用開始日")
    valid_to = models.DateField("適用終了日", null=True, blank=True)
    source = models.CharField("出典", max_length=300)

    class Meta:
        verbose_name = "求職活動の規則(住居確保給付金)"
        verbose_name_plural = "求職活動の規則(住居確保給付金)"
        constraints = [
            models.UniqueConstraint(fields=["kind", "valid_from"], name="duty_rule_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="duty_rule_in_order",
                violation_error_message="適用終了日は適用開始日以降の日にしてください。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.get_per_display()}{self.count}回"
