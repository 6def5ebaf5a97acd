"""What a check gives: a file that may be stored, or a sentence why not."""

from __future__ import annotations

from dataclasses import dataclass


class FileRefused(Exception):
    """The file is not stored; the message says which file, why and what to do, and is for the screen."""


@dataclass(frozen=True)
class CheckedFile:
    """A file as it will be stored; pictures are drawn anew, so the bytes may differ from those sent."""

    name: str
    content_type: str
    content: bytes
    sha256: str
    page_count: int | None = None
    width_px: int | None = None
    height_px: int | None = None
