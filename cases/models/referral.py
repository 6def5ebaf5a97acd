"""Referrals out and back (つなぎ): what was handed over to whom, and what came of it."""

from __future__ import annotations

from typing import ClassVar

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q

from accounts.models import Organisation, User
from cases.enums import REFERRAL_TRANSITIONS, ReferralStatus
from cases.models.case import Case
from cases.models.sharing import Consent, PassesOn
from cases.querysets import ReferralAnswerQuerySet, ReferralQuerySet
from core.db import UUIDModel


@pghistory.track()
class Referral(PassesOn, UUIDModel):
    """The person is handed on to a partner; the partner sees this and no timeline of the case.

    `handed_over` may hold the kinds of facts that `includes_…` say; who reads it is decided by them too.
    """

    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="referrals")
    consent = models.ForeignKey(Consent, verbose_name="同意", on_delete=models.PROTECT, related_name="+")
    from_organisation = models.ForeignKey(
        Organisation, verbose_name="つないだ機関", on_delete=models.PROTECT, related_name="+"
    )
    to_organisation = models.ForeignKey(
        Organisation, verbose_name="つなぎ先", on_delete=models.PROTECT, related_name="referrals"
    )
    purpose = models.CharField("つなぐ目的", max_length=200)
    handed_over = models.TextField("引き継ぐ内容")
    includes_health = models.BooleanField("健康・障害に関する情報を含む", default=False)
    includes_finance = models.BooleanField("家計に関する情報を含む", default=False)
    includes_family = models.BooleanField("家族に関する情報を含む", default=False)
    is_on_paper = models.BooleanField("紙で渡す(つなぎ先はこの仕組みを使っていない)", default=False)
    answer_due_on = models.DateField("返事をもらいたい日")
    status = models.CharField("状態", max_length=20, choices=ReferralStatus, default=ReferralStatus.SENT)
    sent_by = models.ForeignKey(User, verbose_name="つないだ人", on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField("つないだ日時")

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = "つなぎ"
        verbose_name_plural = "つなぎ"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "to_organisation"],
                condition=Q(status__in=["sent", "received", "using"]),
                name="referral_one_open_per_partner",
                violation_error_message="このつなぎ先には、終わっていないつなぎがすでにあります。",
            ),
            models.CheckConstraint(condition=Q(status__in=ReferralStatus.values), name="referral_status_known"),
            models.CheckConstraint(
                condition=~Q(handed_over=""),
                name="referral_hands_something_over",
                violation_error_message="引き継ぐ内容を入力してください。",
            ),
        ]
        indexes = [
            models.Index(fields=["to_organisation", "-sent_at"], name="referral_inbox"),
            models.Index(fields=["case", "-sent_at"], name="referral_by_case"),
            models.Index(fields=["answer_due_on"], condition=Q(status="sent"), name="referral_unanswered"),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.FSM(
                name="referral_moves_by_table",
                field="status",
                transitions=sorted(
                    (old.value, new.value) for old, news in REFERRAL_TRANSITIONS.items() for new in news
                ),
            ),
            pgtrigger.ReadOnly(name="referral_stays_as_sent", exclude=["status"]),
        ]

    def __str__(self) -> str:
        return f"{self.to_organisation} {self.get_status_display()}"

    @property
    def is_open(self) -> bool:
        return bool(REFERRAL_TRANSITIONS[ReferralStatus(self.status)])


@pghistory.track()
class ReferralAnswer(UUIDModel):
    """One answer to a referral: by the partner, or written down by us; never changed."""

    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="+")
    referral = models.ForeignKey(Referral, verbose_name="つなぎ", on_delete=models.PROTECT, related_name="answers")
    status = models.CharField("返事", max_length=20, choices=ReferralStatus)
    outcome = models.TextField("結果・様子", blank=True)
    answered_on = models.DateField("返事の日")
    organisation = models.ForeignKey(
        Organisation, verbose_name="記録した機関", on_delete=models.PROTECT, related_name="+"
    )
    answered_by = models.ForeignKey(User, verbose_name="記録した人", on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField("記録日時")

    objects = ReferralAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = "つなぎの返事"
        verbose_name_plural = "つなぎの返事"
        indexes = [models.Index(fields=["referral", "answered_at"], name="referral_answer_by_referral")]

    def __str__(self) -> str:
        return self.get_status_display()
