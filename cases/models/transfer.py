"""The case goes to another holder (担当機関の引継ぎ)."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation, User
from cases.enums import LegalBasis
from cases.models.case import Case
from cases.models.sharing import Consent
from cases.querysets import CaseRecordQuerySet
from core.db import UUIDModel


@pghistory.track()
class Transfer(UUIDModel):
    """From whom to whom, on what basis, and the number the case had before: it is still found by it."""

    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="transfers")
    from_organisation = models.ForeignKey(
        Organisation, verbose_name="前の担当機関", on_delete=models.PROTECT, related_name="+"
    )
    to_organisation = models.ForeignKey(
        Organisation, verbose_name="新しい担当機関", on_delete=models.PROTECT, related_name="+"
    )
    former_number = models.CharField("前のケース番号", max_length=20)
    new_number = models.CharField("新しいケース番号", max_length=20)
    legal_basis = models.CharField("根拠", max_length=20, choices=LegalBasis)
    consent = models.ForeignKey(
        Consent, verbose_name="同意", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField("引き継ぐ理由・申し送り", max_length=500)
    transferred_on = models.DateField("引継ぎ日")
    overlap_until = models.DateField("前の担当機関が見られる最後の日")
    transferred_by = models.ForeignKey(User, verbose_name="引き継いだ人", on_delete=models.PROTECT, related_name="+")
    transferred_at = models.DateTimeField("記録日時")

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "担当機関の引継ぎ"
        verbose_name_plural = "担当機関の引継ぎ"
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_organisation=F("to_organisation")),
                name="transfer_goes_elsewhere",
                violation_error_message="いまの担当機関とは別の機関を選んでください。",
            ),
            models.CheckConstraint(
                condition=~Q(legal_basis=LegalBasis.CONSENT) | Q(consent__isnull=False),
                name="transfer_by_consent_names_it",
                violation_error_message="本人の同意にもとづくときは、同意を記録してください。",
            ),
            models.CheckConstraint(
                condition=Q(overlap_until__gte=F("transferred_on")),
                name="transfer_overlap_in_order",
                violation_error_message="見られる最後の日は、引継ぎ日以降の日にしてください。",
            ),
        ]
        indexes = [models.Index(fields=["case"], name="transfer_by_case")]

    def __str__(self) -> str:
        return f"{self.from_organisation} → {self.to_organisation}"
