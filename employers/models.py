"""Workplaces and the vacancies found there; no personal data of supported people."""

from __future__ import annotations

import pghistory
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation, User
from core.db import UUIDModel, VersionedModel
from employers.querysets import EmployerQuerySet, VacancyQuerySet


@pghistory.track()
class Employer(UUIDModel, VersionedModel):
    """A workplace (事業所)."""

    name = models.CharField("事業所名", max_length=200)
    name_kana = models.CharField("フリガナ", max_length=200, blank=True)
    corporate_number = models.CharField(
        "法人番号",
        max_length=13,
        blank=True,
        validators=[RegexValidator(r"^\d{13}$", "法人番号は数字13桁で入力してください。")],
    )
    industry = models.CharField("業種", max_length=100, blank=True)
    address = models.CharField("所在地", max_length=300, blank=True)
    phone = models.CharField("電話番号", max_length=30, blank=True)
    contact_name = models.CharField("担当者", max_length=100, blank=True)
    note = models.TextField("受け入れについてのメモ", blank=True)
    registered_by = models.ForeignKey(
        Organisation, verbose_name="登録した機関", on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField("登録日時", auto_now_add=True)

    objects = EmployerQuerySet.as_manager()

    class Meta:
        verbose_name = "事業所"
        verbose_name_plural = "事業所"
        constraints = [
            models.UniqueConstraint(
                fields=["corporate_number", "name"],
                condition=~Q(corporate_number=""),
                name="employer_once",
                violation_error_message="この法人番号と名前の事業所はすでに登録されています。",
            ),
        ]
        indexes = [
            models.Index(fields=["name", "id"], name="employer_by_name"),
            models.Index(fields=["name_kana", "id"], name="employer_by_kana"),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Vacancy(UUIDModel):
    """A vacancy (求人) with the number of people sought; developed ones (求人開拓) are counted."""

    employer = models.ForeignKey(Employer, verbose_name="事業所", on_delete=models.PROTECT, related_name="vacancies")
    organisation = models.ForeignKey(
        Organisation, verbose_name="受け付けた機関", on_delete=models.PROTECT, related_name="+"
    )
    job_title = models.CharField("職種", max_length=100)
    opening_count = models.PositiveSmallIntegerField(
        "求人数(人)", default=1, validators=[MinValueValidator(1, "求人数は1人以上で入力してください。")]
    )
    is_developed = models.BooleanField("求人開拓による", default=True)
    conditions = models.TextField("条件", blank=True)
    found_on = models.DateField("受付日")
    closed_on = models.DateField("締切日", null=True, blank=True)
    created_by = models.ForeignKey(User, verbose_name="登録した人", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField("登録日時", auto_now_add=True)

    objects = VacancyQuerySet.as_manager()

    class Meta:
        verbose_name = "求人"
        verbose_name_plural = "求人"
        constraints = [
            models.CheckConstraint(
                condition=Q(opening_count__gte=1),
                name="vacancy_seeks_somebody",
                violation_error_message="求人数は1人以上で入力してください。",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("found_on")),
                name="vacancy_period_in_order",
                violation_error_message="締切日は受付日以降の日にしてください。",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "found_on"], name="vacancy_by_day")]

    def __str__(self) -> str:
        return f"{self.employer} {self.job_title}"
