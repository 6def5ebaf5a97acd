"""How the person is spoken to (通訳), and what is handed to another section (相談つなぎシート)."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q

from accounts.models import Organisation, User
from cases.enums import GenderWish, InterpreterManner, SheetLanguage
from cases.models.case import Case
from cases.models.person import Person
from cases.models.sharing import Consent
from cases.querysets import CaseRecordQuerySet, PersonRecordQuerySet
from core.db import UUIDModel, VersionedModel


@pghistory.track()
class InterpreterNeed(UUIDModel, VersionedModel):
    """How an interpreter should take part; whether one is needed and the language stand on the person."""

    person = models.OneToOneField(
        Person, verbose_name="支援対象者", on_delete=models.PROTECT, related_name="interpreter_need"
    )
    manner = models.CharField("通訳の方法", max_length=20, choices=InterpreterManner, default=InterpreterManner.PRESENT)
    gender_wish = models.CharField("通訳の性別", max_length=20, choices=GenderWish, default=GenderWish.ANY)
    sheet_language = models.CharField(
        "渡す紙の言語", max_length=10, choices=SheetLanguage, default=SheetLanguage.EASY_JAPANESE
    )
    note = models.CharField("通訳についての補足", max_length=200, blank=True)

    objects = PersonRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "通訳の希望"
        verbose_name_plural = "通訳の希望"

    def __str__(self) -> str:
        return self.get_manner_display()


@pghistory.track()
class HandoverSheet(UUIDModel):
    """相談つなぎシート: what was asked, handed to whom, on which consent of the person.

    Which kinds of facts stand on it follows from the consent, at the moment of looking; it ends with the consent.
    """

    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="handover_sheets")
    consent = models.ForeignKey(Consent, verbose_name="同意", on_delete=models.PROTECT, related_name="+")
    recipient = models.ForeignKey(Organisation, verbose_name="つなぎ先", on_delete=models.PROTECT, related_name="+")
    section = models.CharField("つなぎ先の課・窓口", max_length=100, blank=True)
    handed_on = models.DateField("つないだ日")
    asked = models.TextField("相談されたこと")
    wanted = models.TextField("お願いしたいこと")
    organisation = models.ForeignKey(
        Organisation, verbose_name="つないだ機関", on_delete=models.PROTECT, related_name="+"
    )
    written_by = models.ForeignKey(User, verbose_name="つないだ人", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField("作成日時", auto_now_add=True)

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "相談つなぎシート"
        verbose_name_plural = "相談つなぎシート"
        constraints = [
            models.CheckConstraint(
                condition=~Q(asked="") & ~Q(wanted=""),
                name="handover_has_text",
                violation_error_message="相談されたことと、お願いしたいことを入力してください。",
            ),
        ]
        indexes = [models.Index(fields=["case", "handed_on"], name="linking_by_case")]

    def __str__(self) -> str:
        return f"相談つなぎシート {self.recipient}"

    @property
    def to_label(self) -> str:
        return f"{self.recipient.name} {self.section}".strip()
