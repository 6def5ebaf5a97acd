"""Files as people send them, for tests."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pypdf import PdfWriter

from cases.models import Case
from tests.clients import client_of
from tests.factories import Programme


def pdf(change: Callable[[PdfWriter], Any] | None = None) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    if change:
        change(writer)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def post(programme: Programme, case: Case, name: str, content: bytes, **data: str) -> Any:
    """The navigator attaches this file on the screen."""
    return client_of(programme.navigator).post(
        reverse("attachment_new", kwargs={"pk": case.pk}),
        {"file": SimpleUploadedFile(name, content), "kind": "other", "visibility": "shared", **data},
    )
