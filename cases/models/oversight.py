"""Readings that stand out and wait for a manager's eye."""

from __future__ import annotations

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation, User
from cases.enums import OddReason, OddVerdict
from cases.models.person import Person
from cases.querysets import OddReadingQuerySet
from core.db import UUIDModel


@pghistory.track()
class OddReading(UUIDModel):
    """One day's readings that stand out for one reason, of one user, of one person, or of both."""

    organisation = models.ForeignKey(
        Organisation, verbose_name="閲覧した機関", on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField("理由", max_length=20, choices=OddReason)
    user = models.ForeignKey(
        User, verbose_name="閲覧した人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    person = models.ForeignKey(
        Person, verbose_name="閲覧された方", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    read_on = models.DateField("閲覧の日")
    found = models.CharField("見つかったこと", max_length=200)
    entry_ids = ArrayField(models.BigIntegerField("番号"), verbose_name="閲覧の記録")
    found_at = models.DateTimeField("見つけた日時")
    reviewed_at = models.DateTimeField("点検した日時", null=True, blank=True)
    reviewed_by = models.ForeignKey(
        User, verbose_name="点検した人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    verdict = models.CharField("点検の結果", max_length=20, choices=OddVerdict, blank=True)
    note = models.TextField("確かめたこと", blank=True)

    objects = OddReadingQuerySet.as_manager()

    class Meta:
        verbose_name = "気になる閲覧"
        verbose_name_plural = "気になる閲覧"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "reason", "user", "person", "read_on"],
                name="odd_reading_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(reviewed_at__isnull=True, reviewed_by__isnull=True, verdict="")
                | (Q(reviewed_at__isnull=False, reviewed_by__isnull=False) & ~Q(verdict="") & ~Q(note="")),
                name="odd_reading_review_complete",
                violation_error_message="点検の結果と確かめたことを入力してください。",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=True) | Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("user")),
                name="odd_reading_not_reviewed_by_reader",
                violation_error_message="自分の閲覧を自分で点検することはできません。",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "-read_on"], condition=Q(reviewed_at__isnull=True), name="odd_reading_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.read_on} {self.get_reason_display()}"
