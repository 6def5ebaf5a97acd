"""Words of agreements and plans that code decides by."""

from django.db import models


class PartySide(models.TextChoices):
    MUNICIPAL = "municipal", "市区町村"
    NATIONAL = "national", "国"
    AFFILIATED = "affiliated", "市区町村の関係団体"


class BenefitStatus(models.TextChoices):
    """What a person receives or is; a target group of an agreement bundles one or several."""

    LIVELIHOOD_PROTECTION = "livelihood_protection", "生活保護受給者"
    LIVELIHOOD_APPLICANT = "livelihood_applicant", "生活保護の相談・申請段階の方"
    CHILD_REARING = "child_rearing", "児童扶養手当受給者"
    HOUSING_BENEFIT = "housing_benefit", "住居確保給付金受給者"
    IN_NEED = "in_need", "生活困窮者"
    DISABILITY = "disability", "障がい者"
    FOREIGN_RESIDENT = "foreign_resident", "日系外国人等"
    JOB_SEEKER = "job_seeker", "求職者"


class DutyKind(models.TextChoices):
    """What a recipient of 住居確保給付金 has to do while looking for work."""

    CONSULTATION = "consultation", "自立相談支援機関の面談"
    JOB_ADVICE = "job_advice", "ハローワークの職業相談"
    APPLICATION = "application", "企業への応募"


class DutyPeriod(models.TextChoices):
    MONTH = "month", "月"
    WEEK = "week", "週"


class IndicatorCode(models.TextChoices):
    """Figures that a plan can set a target for. What each one counts is defined in reports.indicators."""

    SUPPORTED = "supported", "支援対象者数"
    PLACED = "placed", "就職者数"
    PLACEMENT_RATE = "placement_rate", "就職率"
    PLACEMENTS = "placements", "就職件数"
    INTRODUCTIONS = "introductions", "紹介件数"
    INTERVIEWS = "interviews", "面談件数"
    DEVELOPED_OPENINGS = "developed_openings", "開拓求人数"


class PlanStatus(models.TextChoices):
    DRAFT = "draft", "案"
    AGREED = "agreed", "合意済み"


PLAN_TRANSITIONS: dict[PlanStatus, frozenset[PlanStatus]] = {
    PlanStatus.DRAFT: frozenset({PlanStatus.AGREED}),
    PlanStatus.AGREED: frozenset(),
}


class Denominator(models.TextChoices):
    STARTED = "started", "期間中に支援を開始した方"


class Numerator(models.TextChoices):
    ANY_CASE = "any_case", "支援開始の時期を問わず、期間中に就職した方"


class PlacementCount(models.TextChoices):
    ONCE_PER_YEAR = "once_per_year", "同じ年度に何度就職しても1人と数える"


class GroupAt(models.TextChoices):
    SUPPORT_START = "support_start", "支援開始時の対象区分"


class TargetRounding(models.TextChoices):
    CEILING = "ceiling", "切り上げ"
    HALF_UP = "half_up", "四捨五入"
    FLOOR = "floor", "切り捨て"


class ZeroRate(models.TextChoices):
    ZERO_PERCENT = "zero_percent", "0％"
    DASH = "dash", "－"
