"""Suppression for victims of violence (DV等支援措置): what hides a person's whereabouts, and who may look.

The database hides PersonContact and Workplace of a suppressed person from everybody. A release opens them
for one user, one person and a short time; printing and lifting need a second authorised person.
"""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation, User
from cases.enums import TWO_PERSON_RELEASES, ReleaseKind
from cases.models.person import Person
from cases.querysets import PersonRecordQuerySet, ReleaseQuerySet
from core.db import UUIDModel


@pghistory.track()
class Suppression(UUIDModel):
    """The person's whereabouts are hidden from `started_at` until lifted; the expiry day only reminds.

    `confirmed_at` moves when the measure is applied for again: an approval older than that lifts nothing
    (Meguro 2025: a release driven by an old list).
    """

    person = models.ForeignKey(Person, verbose_name="支援対象者", on_delete=models.PROTECT, related_name="suppressions")
    organisation = models.ForeignKey(
        Organisation, verbose_name="設定した機関", on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField("申出の内容・根拠", max_length=200)
    valid_to = models.DateField("支援措置の期限", help_text="過ぎても自動では解除されません。")
    started_at = models.DateTimeField("設定日時")
    started_by = models.ForeignKey(User, verbose_name="設定した人", on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField("最後に継続を確かめた日時")
    confirmed_by = models.ForeignKey(User, verbose_name="確かめた人", on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField("解除日時", null=True, blank=True)
    lifted_by = models.ForeignKey(
        User, verbose_name="解除した人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = PersonRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "支援措置"
        verbose_name_plural = "支援措置"
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(lifted_at__isnull=True),
                name="suppression_one_live",
                violation_error_message="この方にはすでに支援措置が設定されています。",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="suppression_lift_complete",
            ),
        ]

    def __str__(self) -> str:
        return f"支援措置({self.valid_to}まで)"


@pghistory.track()
class Release(UUIDModel):
    """Leave to look at, print, or lift: asked by one, and for two of the kinds approved by another."""

    suppression = models.ForeignKey(
        Suppression, verbose_name="支援措置", on_delete=models.PROTECT, related_name="releases"
    )
    person = models.ForeignKey(Person, verbose_name="支援対象者", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("求めること", max_length=20, choices=ReleaseKind)
    reason = models.CharField("理由", max_length=200)
    user = models.ForeignKey(User, verbose_name="求めた人", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        Organisation, verbose_name="求めた機関", on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField("求めた日時")
    approved_at = models.DateTimeField("承認日時", null=True, blank=True)
    approved_by = models.ForeignKey(
        User, verbose_name="承認した人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    refused_at = models.DateTimeField("却下日時", null=True, blank=True)
    refused_by = models.ForeignKey(
        User, verbose_name="却下した人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    expires_at = models.DateTimeField("この時刻まで", null=True, blank=True)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = "支援措置の一時解除"
        verbose_name_plural = "支援措置の一時解除"
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("user")),
                name="release_by_two_people",
                violation_error_message="求めた人は、自分では承認できません。",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True)
                | ~Q(kind__in=sorted(TWO_PERSON_RELEASES))
                | Q(approved_by__isnull=False),
                name="release_names_the_second",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True, expires_at__isnull=True)
                | Q(approved_at__isnull=False, expires_at__isnull=False),
                name="release_expires",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True) | Q(refused_at__isnull=True), name="release_one_answer"
            ),
        ]
        indexes = [models.Index(fields=["person", "user", "expires_at"], name="release_by_person")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.reason}"
