"""The files of a stored report, made from its stored figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from reports import documents
from reports.enums import FileKind
from reports.figures import MonthFigures
from reports.models import MonthlyReport


def render(
    report: MonthlyReport, figures: MonthFigures, *, at: dt.datetime, is_closed: bool = False
) -> Iterator[tuple[FileKind, bytes]]:
    """The files one after the other, so that progress can be told between them."""
    comments = report.comments.select_related("party__organisation").order_by("party__position")
    cover = documents.Cover(
        revision=report.revision,
        reason=report.reason,
        is_closed=is_closed,
        generated_at=at,
        generated_by=report.requested_by.name if report.requested_by else "定期の作成",
        comments=[documents.Comment(comment.party.organisation.name, comment.text) for comment in comments],
    )
    yield FileKind.PDF, documents.pdf(figures, cover)
    yield FileKind.XLSX, documents.xlsx(figures, cover)
    yield FileKind.CSV, documents.csv(figures)
