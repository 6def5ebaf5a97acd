"""A few signed consent forms as the demo's attachments: invented people, made anew at every load."""

from __future__ import annotations

import datetime as dt

from cases.demo.casebook import CaseBook
from cases.demo.course import at
from cases.enums import AttachmentKind
from cases.files.check import check_file
from cases.models import Attachment, AttachmentContent, Consent, ConsentRecipient
from core.documents import render_pdf
from core.periods import era_date

COUNT = 4


def add_scans(book: CaseBook) -> None:
    """The newest consents of open cases get the form that was signed; takes nothing from the random numbers."""
    recipients = {row.consent_id: row.organisation.name for row in book.rows[ConsentRecipient]}
    consents = [row for row in book.rows[Consent] if row.case.closed_on is None]
    newest = sorted(consents, key=lambda row: (row.given_on, row.case.number, str(row.case.organisation)))[-COUNT:]
    for consent in newest:
        person = consent.case.person
        content = render_pdf(
            "cases/consent_scan.html",
            {
                "person": person,
                "consent": consent,
                "recipient": recipients[consent.pk],
                "given_on": era_date(consent.given_on),
            },
            stylesheet="css/print/report.css",
        )
        file = check_file(f"同意書_{consent.given_on:%Y%m%d}.pdf", content)
        attachment = book.add(
            Attachment(
                case=consent.case,
                organisation=consent.organisation,
                uploaded_by=consent.taken_by,
                uploaded_at=at(consent.given_on, 15) + dt.timedelta(minutes=10),
                name=file.name,
                kind=AttachmentKind.CONSENT,
                content_type=file.content_type,
                size_bytes=len(file.content),
                sha256=file.sha256,
                page_count=file.page_count,
                consent=consent,
            )
        )
        book.add(AttachmentContent(attachment=attachment, data=file.content))
