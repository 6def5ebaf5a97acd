"""Putting a file on a case and taking it back."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction

from accounts.scope import Actor
from cases.actions.contact import CaseAlreadyClosed
from cases.actions.moves import CaseError, lock, touch
from cases.enums import AttachmentKind, CaseState, Visibility
from cases.files.checked import CheckedFile
from cases.models import Attachment, AttachmentContent, Case, Consent, Interview


class AlreadyAttached(CaseError):
    def __init__(self, name: str) -> None:
        super().__init__(f"「{name}」と同じ内容のファイルが、このケースにすでに添付されています。")


class AlreadyRemoved(CaseError):
    def __init__(self) -> None:
        super().__init__("この添付ファイルはすでに取り下げられています。")


@transaction.atomic
def attach(
    *,
    case: Case,
    by: Actor,
    at: dt.datetime,
    file: CheckedFile,
    kind: AttachmentKind,
    visibility: Visibility,
    consent: Consent | None = None,
    interview: Interview | None = None,
) -> Attachment:
    """Row and bytes together or neither. Raises CaseAlreadyClosed, AlreadyAttached."""
    if lock(case).state == CaseState.CLOSED:
        raise CaseAlreadyClosed
    try:
        with transaction.atomic():
            attachment = Attachment.objects.create(
                case=case,
                organisation=by.organisation,
                uploaded_by=by.user,
                uploaded_at=at,
                name=file.name,
                kind=kind,
                content_type=file.content_type,
                size_bytes=len(file.content),
                sha256=file.sha256,
                page_count=file.page_count,
                width_px=file.width_px,
                height_px=file.height_px,
                consent=consent,
                interview=interview,
                visibility=visibility,
            )
    except IntegrityError as error:
        if "attachment_once" not in str(error):
            raise
        raise AlreadyAttached(file.name) from error
    AttachmentContent.objects.create(attachment=attachment, data=file.content)
    touch(case=case, at=at)
    return attachment


@transaction.atomic
def take_back(*, attachment: Attachment, by: Actor, at: dt.datetime, reason: str) -> None:
    """Nobody can open the file any more; who took it back, when and why stays. Raises AlreadyRemoved."""
    changed = Attachment.objects.filter(pk=attachment.pk, removed_at__isnull=True).update(
        removed_at=at, removed_by=by.user, removal_reason=reason
    )
    if not changed:
        raise AlreadyRemoved
    touch(case=attachment.case, at=at)
