"""Before a request for support: the talk beforehand (プレ相談), and the ledger of those not referred (見送り台帳)."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q

from accounts.models import Organisation, User
from cases.enums import DeferralReason, PreOpinion
from cases.models.case import Case
from cases.models.sharing import Consent
from cases.querysets import CaseRecordQuerySet, DeferralQuerySet
from core.db import UUIDModel


@pghistory.track()
class PreConsultation(UUIDModel):
    """The office is unsure and talks with Hello Work and the person first; counts nowhere as support."""

    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="pre_consultations")
    consent = models.ForeignKey(Consent, verbose_name="同意", on_delete=models.PROTECT, related_name="+")
    from_organisation = models.ForeignKey(
        Organisation, verbose_name="頼んだ機関", on_delete=models.PROTECT, related_name="+"
    )
    to_organisation = models.ForeignKey(Organisation, verbose_name="相談先", on_delete=models.PROTECT, related_name="+")
    question = models.TextField("相談したいこと")
    sent_by = models.ForeignKey(User, verbose_name="頼んだ人", on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField("頼んだ日時")
    talked_on = models.DateField("三者で話した日", null=True, blank=True)
    opinion = models.CharField("ハローワークの意見", max_length=20, choices=PreOpinion, blank=True)
    opinion_note = models.TextField("意見の理由", blank=True)
    answered_by = models.ForeignKey(
        User, verbose_name="意見を書いた人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField("意見の日時", null=True, blank=True)

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "プレ相談"
        verbose_name_plural = "プレ相談"
        constraints = [
            models.CheckConstraint(
                condition=Q(opinion="", talked_on__isnull=True, answered_at__isnull=True, answered_by__isnull=True)
                | (~Q(opinion="") & Q(talked_on__isnull=False, answered_at__isnull=False, answered_by__isnull=False)),
                name="pre_consultation_opinion_complete",
            ),
        ]
        indexes = [models.Index(fields=["case", "sent_at"], name="pre_consultation_by_case")]

    def __str__(self) -> str:
        return f"{self.to_organisation} {self.get_opinion_display()}"


@pghistory.track()
class Deferral(UUIDModel):
    """An entry of the ledger: why the person is not referred now, and when to look again; never changed."""

    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="deferrals")
    reason_kind = models.CharField("見送りの理由", max_length=20, choices=DeferralReason)
    reason = models.CharField("理由・様子", max_length=200)
    next_check_on = models.DateField("次に確かめる日", null=True, blank=True)
    organisation = models.ForeignKey(
        Organisation, verbose_name="記録した機関", on_delete=models.PROTECT, related_name="+"
    )
    recorded_by = models.ForeignKey(User, verbose_name="記録した人", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("記録日時")

    objects = DeferralQuerySet.as_manager()

    class Meta:
        verbose_name = "見送り"
        verbose_name_plural = "見送り"
        constraints = [
            models.UniqueConstraint(fields=["case", "recorded_at"], name="deferral_once_at_a_time"),
        ]

    def __str__(self) -> str:
        return self.get_reason_kind_display()
