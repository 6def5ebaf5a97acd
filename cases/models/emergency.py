"""Break-glass (緊急時の閲覧): a user without a grant opens one case for half an hour, and answers for it."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q

from accounts.models import Organisation, User
from cases.enums import EmergencyVerdict
from cases.models.case import Case
from cases.querysets import EmergencyQuerySet
from core.db import UUIDModel


@pghistory.track()
class EmergencyAccess(UUIDModel):
    """One use of break-glass; written by the database function `ittai_break_glass` alone.

    Without a case nothing was found: attempts are kept too. The holder reviews within three working days.
    """

    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, null=True, related_name="+")
    holder = models.ForeignKey(
        Organisation, verbose_name="担当機関", on_delete=models.PROTECT, null=True, related_name="+"
    )
    user = models.ForeignKey(User, verbose_name="見た人", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, verbose_name="見た機関", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField("理由", max_length=500)
    started_at = models.DateTimeField("開始日時")
    expires_at = models.DateTimeField("この時刻まで")
    ended_at = models.DateTimeField("終了日時", null=True, blank=True)
    review_due_on = models.DateField("確認の期限")
    reviewed_at = models.DateTimeField("確認日時", null=True, blank=True)
    reviewed_by = models.ForeignKey(
        User, verbose_name="確認した人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    verdict = models.CharField("判断", max_length=20, choices=EmergencyVerdict, blank=True)
    review_note = models.CharField("確認の内容", max_length=500, blank=True)

    objects = EmergencyQuerySet.as_manager()

    class Meta:
        verbose_name = "緊急時の閲覧"
        verbose_name_plural = "緊急時の閲覧"
        constraints = [
            models.CheckConstraint(condition=Q(reason__regex=r"\S.{8,}\S"), name="emergency_has_reason"),
            models.CheckConstraint(
                condition=Q(reviewed_at__isnull=True, reviewed_by__isnull=True, verdict="")
                | (Q(reviewed_at__isnull=False, reviewed_by__isnull=False) & ~Q(verdict="")),
                name="emergency_review_complete",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=models.F("user")),
                name="emergency_not_reviewed_by_oneself",
                violation_error_message="見た本人は、自分の閲覧を確認できません。",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "expires_at"], name="emergency_by_user"),
            models.Index(fields=["holder", "review_due_on"], name="emergency_by_holder"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.user}"
