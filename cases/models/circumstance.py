"""What is known of health, household money and family: facts that a consent names one by one."""

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
class Circumstance(UUIDModel, VersionedModel):
    """One text per case and kind of facts (くらしの状況), read only by holders of a grant that includes the kind."""

    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="circumstances")
    field_group = models.CharField("種類", max_length=20, choices=FieldGroup)
    body = models.TextField("内容", help_text="保護費・収入認定の額、扶養照会、マイナンバーは書かないでください。")
    organisation = models.ForeignKey(
        Organisation, verbose_name="最後に書いた機関", on_delete=models.PROTECT, related_name="+"
    )
    written_by = models.ForeignKey(User, verbose_name="最後に書いた人", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField("最後に書いた日時")

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "くらしの状況"
        verbose_name_plural = "くらしの状況"
        constraints = [
            models.UniqueConstraint(fields=["case", "field_group"], name="circumstance_once"),
            models.CheckConstraint(condition=Q(field_group__in=FieldGroup.values), name="circumstance_group_known"),
            models.CheckConstraint(
                condition=~Q(body=""),
                name="circumstance_has_body",
                violation_error_message="内容を入力してください。",
            ),
        ]

    def __str__(self) -> str:
        return self.get_field_group_display()
