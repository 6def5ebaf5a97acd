"""The checklist of the three stages of independence (自立の3段階), filled in again and again."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q

from accounts.models import Organisation, User
from cases.enums import FieldGroup
from cases.models.case import Case
from cases.querysets import CaseRecordQuerySet
from core.db import UUIDModel, VersionedModel


@pghistory.track()
class ChecklistRound(UUIDModel, VersionedModel):
    """One time of going through the checklist; a later round does not change an earlier one."""

    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="checklist_rounds")
    checked_on = models.DateField("確認した日")
    with_person = models.BooleanField("本人と一緒に確認した", default=True)
    note = models.CharField("気づいたこと", max_length=300, blank=True)
    organisation = models.ForeignKey(
        Organisation, verbose_name="確認した機関", on_delete=models.PROTECT, related_name="+"
    )
    written_by = models.ForeignKey(User, verbose_name="確認した人", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField("登録日時", auto_now_add=True)

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "自立度チェック"
        verbose_name_plural = "自立度チェック"
        indexes = [models.Index(fields=["case", "checked_on"], name="checklist_by_case")]

    def __str__(self) -> str:
        return f"自立度チェック {self.checked_on}"


@pghistory.track()
class ChecklistAnswer(UUIDModel):
    """The answer to one item, 0 to 3; items on health, money and family lie behind the wall of their kind."""

    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="+")
    round = models.ForeignKey(
        ChecklistRound, verbose_name="自立度チェック", on_delete=models.PROTECT, related_name="answers"
    )
    item = models.CharField("項目", max_length=20)
    field_group = models.CharField("情報の種類", max_length=20, choices=FieldGroup, blank=True)
    score = models.PositiveSmallIntegerField("答え(0〜3)", null=True, blank=True)

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "自立度チェックの答え"
        verbose_name_plural = "自立度チェックの答え"
        constraints = [
            models.UniqueConstraint(fields=["round", "item"], name="checklist_answer_once"),
            models.CheckConstraint(condition=Q(score__isnull=True) | Q(score__lte=3), name="checklist_answer_0_to_3"),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.score}"
