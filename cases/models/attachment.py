"""Files on a case (添付ファイル): consent forms, request forms, curricula vitae."""

from __future__ import annotations

from typing import ClassVar

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q

from accounts.models import Organisation, User
from cases.enums import AttachmentKind, Visibility
from cases.models.case import Case
from cases.models.contact import Interview
from cases.models.sharing import Consent
from cases.querysets import AttachmentQuerySet
from core.db import UUIDModel

REMOVAL_FIELDS = ["removed_at", "removed_by", "removal_reason"]


@pghistory.track()
class Attachment(UUIDModel):
    """A file on a case: who put it there, what it is and who reads it. It is taken back, never deleted.

    `visibility` is that of an interview note; a file of an interview is read by those who read the note.
    """

    case = models.ForeignKey(Case, verbose_name="ケース", on_delete=models.PROTECT, related_name="attachments")
    organisation = models.ForeignKey(
        Organisation, verbose_name="添付した機関", on_delete=models.PROTECT, related_name="+"
    )
    uploaded_by = models.ForeignKey(User, verbose_name="添付した人", on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("添付日時")
    name = models.CharField("ファイル名", max_length=120)
    kind = models.CharField("種類", max_length=20, choices=AttachmentKind)
    content_type = models.CharField("形式", max_length=100)
    size_bytes = models.PositiveIntegerField("大きさ(バイト)")
    sha256 = models.CharField("SHA-256", max_length=64)
    page_count = models.PositiveIntegerField("ページ数", null=True, blank=True)
    width_px = models.PositiveIntegerField("幅(画素)", null=True, blank=True)
    height_px = models.PositiveIntegerField("高さ(画素)", null=True, blank=True)
    consent = models.ForeignKey(
        Consent, verbose_name="同意", on_delete=models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    interview = models.ForeignKey(
        Interview, verbose_name="面談記録", on_delete=models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    visibility = models.CharField("読める人", max_length=20, choices=Visibility, default=Visibility.SHARED)
    removed_at = models.DateTimeField("取り下げた日時", null=True, blank=True)
    removed_by = models.ForeignKey(
        User, verbose_name="取り下げた人", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    removal_reason = models.CharField("取り下げの理由", max_length=200, blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = "添付ファイル"
        verbose_name_plural = "添付ファイル"
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True, removal_reason="")
                | (Q(removed_at__isnull=False, removed_by__isnull=False) & ~Q(removal_reason="")),
                name="attachment_removal_complete",
                violation_error_message="取り下げるときは理由を入力してください。",
            ),
            models.CheckConstraint(condition=Q(kind__in=AttachmentKind.values), name="attachment_kind_known"),
            models.CheckConstraint(condition=Q(visibility__in=Visibility.values), name="attachment_visibility_known"),
            models.CheckConstraint(
                condition=Q(size_bytes__gt=0),
                name="attachment_not_empty",
                violation_error_message="空のファイルは添付できません。",
            ),
            models.UniqueConstraint(
                fields=["case", "organisation", "sha256"],
                condition=Q(removed_at__isnull=True),
                name="attachment_once",
                violation_error_message="同じ内容のファイルがすでに添付されています。",
            ),
        ]
        indexes = [models.Index(fields=["case", "uploaded_at"], name="attachment_by_case")]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.ReadOnly(name="attachment_stays_as_sent", exclude=REMOVAL_FIELDS),
        ]

    def __str__(self) -> str:
        return self.name


class AttachmentContent(models.Model):
    """The bytes, in a table of their own: no list reads them, no history copies them, nobody changes them."""

    attachment = models.OneToOneField(
        Attachment, verbose_name="添付ファイル", on_delete=models.PROTECT, primary_key=True, related_name="content"
    )
    data = models.BinaryField("内容")

    class Meta:
        verbose_name = "添付ファイルの内容"
        verbose_name_plural = "添付ファイルの内容"

    def __str__(self) -> str:
        return str(self.attachment_id)
