"""Consent of the person, and the grants that follow from it: who may see a case."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation, User
from cases.enums import ConsentMethod, FieldGroup, GrantPurpose, LegalBasis
from cases.models.case import Case
from cases.querysets import CaseRecordQuerySet, GrantQuerySet
from core.db import UUIDModel


class PassesOn:
    """Which kinds of facts a row passes on: `includes_health`, `includes_finance`, `includes_family`."""

    @property
    def field_groups(self) -> list[FieldGroup]:
        return [group for group in FieldGroup if getattr(self, f"includes_{group.value}")]

    @property
    def group_labels(self) -> list[str]:
        return [str(group.label) for group in self.field_groups]


@pghistory.track()
class Consent(PassesOn, UUIDModel):
    """What the person agreed to: recipients × kinds of data × purpose × dates; it can be withdrawn."""

    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField("目的", max_length=200)
    includes_health = models.BooleanField("健康・障害に関する情報を含む", default=False)
    includes_finance = models.BooleanField("家計に関する情報を含む", default=False)
    includes_family = models.BooleanField("家族に関する情報を含む", default=False)
    method = models.CharField("方法", max_length=20, choices=ConsentMethod)
    given_on = models.DateField("同意日")
    valid_to = models.DateField("有効期限", null=True, blank=True)
    taken_by = models.ForeignKey(User, verbose_name="同意を受けた人", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        Organisation, verbose_name="同意を受けた機関", on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField("登録日時", auto_now_add=True)
    withdrawn_at = models.DateTimeField("撤回日時", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, verbose_name="撤回を記録した人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawal_method = models.CharField("撤回の方法", max_length=20, choices=ConsentMethod, blank=True)
    withdrawal_note = models.CharField("撤回の理由", max_length=200, blank=True)

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "同意"
        verbose_name_plural = "同意"
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="consent_withdrawal_complete",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("given_on")),
                name="consent_period_in_order",
                violation_error_message="有効期限は同意日以降の日にしてください。",
            ),
        ]
        indexes = [models.Index(fields=["case"], name="consent_by_case")]

    def __str__(self) -> str:
        return f"{self.purpose} ({self.given_on})"


@pghistory.track()
class ConsentRecipient(UUIDModel):
    """An organisation the person named as recipient."""

    consent = models.ForeignKey(Consent, verbose_name="同意", on_delete=models.PROTECT, related_name="recipients")
    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, verbose_name="提供先", on_delete=models.PROTECT, related_name="+")

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "同意の提供先"
        verbose_name_plural = "同意の提供先"
        constraints = [
            models.UniqueConstraint(fields=["consent", "organisation"], name="consent_recipient_once"),
        ]

    def __str__(self) -> str:
        return str(self.organisation)


@pghistory.track()
class Grant(PassesOn, UUIDModel):
    """This organisation may see this case, for this purpose, on this basis, from this day until that day.

    The only thing that decides who sees a case; row security reads this table. With a `user` it is for
    that person alone and ends at `expires_at` (緊急時の閲覧).
    `touched_at` is when the case last changed for its readers: lists are driven from it.
    """

    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="grants")
    organisation = models.ForeignKey(Organisation, verbose_name="機関", on_delete=models.PROTECT, related_name="grants")
    purpose = models.CharField("目的", max_length=30, choices=GrantPurpose)
    legal_basis = models.CharField("根拠", max_length=20, choices=LegalBasis)
    consent = models.ForeignKey(
        Consent, verbose_name="同意", on_delete=models.PROTECT, null=True, blank=True, related_name="grants"
    )
    includes_health = models.BooleanField("健康・障害に関する情報を含む", default=False)
    includes_finance = models.BooleanField("家計に関する情報を含む", default=False)
    includes_family = models.BooleanField("家族に関する情報を含む", default=False)
    valid_from = models.DateField("開始日")
    valid_to = models.DateField("終了日", null=True, blank=True)
    user = models.ForeignKey(
        User, verbose_name="この人だけ", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    expires_at = models.DateTimeField("この時刻まで", null=True, blank=True)
    given_by = models.ForeignKey(User, verbose_name="付与した人", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField("付与日時", auto_now_add=True)
    withdrawn_at = models.DateTimeField("取消日時", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, verbose_name="取り消した人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawal_reason = models.CharField("取消しの理由", max_length=200, blank=True)
    touched_at = models.DateTimeField("最終更新")

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = "見える範囲"
        verbose_name_plural = "見える範囲"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "organisation"],
                condition=Q(withdrawn_at__isnull=True, user__isnull=True),
                name="grant_one_live_per_organisation",
                violation_error_message="この機関にはすでに見える範囲が設定されています。",
            ),
            models.CheckConstraint(
                condition=~Q(legal_basis=LegalBasis.CONSENT) | Q(consent__isnull=False),
                name="grant_by_consent_names_it",
                violation_error_message="本人の同意にもとづくときは、同意の記録を選んでください。",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="grant_withdrawal_complete",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=True, expires_at__isnull=True)
                | Q(user__isnull=False, expires_at__isnull=False),
                name="grant_for_one_person_expires",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="grant_period_in_order",
                violation_error_message="終了日は開始日以降の日にしてください。",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "-touched_at", "-case"],
                condition=Q(withdrawn_at__isnull=True),
                name="grant_list",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.get_purpose_display()}"
