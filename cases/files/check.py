"""The one door: ending, first bytes and the whole content agree on one of five kinds, or nothing is stored."""

from __future__ import annotations

import hashlib

from django.conf import settings

from cases.files.checked import CheckedFile, FileRefused
from cases.files.names import clean_name, suffixes
from cases.files.office import check_office
from cases.files.pdf import count_pages
from cases.files.pictures import redraw
from cases.files.scanner import scan

_OFFICE = "application/vnd.openxmlformats-officedocument"
# Ending → (first bytes, content type).
KINDS: dict[str, tuple[bytes, str]] = {
    "pdf": (b"%PDF-", "application/pdf"),
    "jpg": (b"\xff\xd8\xff", "image/jpeg"),
    "jpeg": (b"\xff\xd8\xff", "image/jpeg"),
    "png": (b"\x89PNG\r\n\x1a\n", "image/png"),
    "xlsx": (b"PK\x03\x04", f"{_OFFICE}.spreadsheetml.sheet"),
    "docx": (b"PK\x03\x04", f"{_OFFICE}.wordprocessingml.document"),
}
ACCEPT = ",".join(f".{ending}" for ending in KINDS)
ENDINGS_LABEL = "PDF、JPEG、PNG、Excel(xlsx)、Word(docx)"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
# A name with one of these before its ending wants to be taken for something else.
_PROGRAMS = frozenset(
    {"exe", "com", "scr", "bat", "cmd", "pif", "msi", "js", "jse", "vbs", "vbe", "wsf", "hta", "ps1", "lnk", "html"}
    | {"htm", "svg", "jar", "php", "sh", "py", "dll", "iso", "docm", "xlsm", "reg", "url", "chm", "zip"}
)


def check_file(given_name: str, content: bytes) -> CheckedFile:
    """The file as it may be stored. Raises FileRefused."""
    name = clean_name(given_name)
    if not content:
        raise FileRefused(f"「{name}」は空のファイルです。中身のあるファイルを選び直してください。")
    if len(content) > settings.UPLOAD_MAX_BYTES:
        raise too_large(name)
    endings = suffixes(name)
    if not endings or endings[-1] not in KINDS or _PROGRAMS & set(endings):
        raise FileRefused(
            f"「{name}」は添付できない種類のファイルです。{ENDINGS_LABEL}のどれかにして、添付し直してください。"
        )
    ending = endings[-1]
    first_bytes, content_type = KINDS[ending]
    if not content.startswith(first_bytes):
        if content.startswith(_OLD_OFFICE):
            raise FileRefused(
                f"「{name}」は、パスワード付きか古い形式の文書です。パスワードを外すか、新しい形式(xlsx、docx)で保存し直してください。"
            )
        raise FileRefused(
            f"「{name}」の中身は、名前の「.{ending}」と違う種類です。元のソフトで保存し直したものを添付してください。"
        )
    scan(content, name)
    pages = width = height = None
    match ending:
        case "pdf":
            pages = count_pages(content, name)
        case "jpg" | "jpeg":
            content, width, height = redraw(content, name, "JPEG")
        case "png":
            content, width, height = redraw(content, name, "PNG")
        case _:
            check_office(content, name, ending)
    return CheckedFile(
        name=name,
        content_type=content_type,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        page_count=pages,
        width_px=width,
        height_px=height,
    )


def too_large(name: str) -> FileRefused:
    limit = settings.UPLOAD_MAX_BYTES // 2**20
    return FileRefused(
        f"「{name}」は{limit}MBを超えています。読み取りの解像度を下げるか、いくつかのファイルに分けて添付してください。"
    )
