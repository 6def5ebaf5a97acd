"""PDF: every object is looked at; a document that acts, hides files or is locked is refused."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from cases.files.checked import FileRefused

MOST_OBJECTS = 100_000
MOST_PAGES = 500
# Whatever pypdf raises on a broken document.
BROKEN = (
    PyPdfError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    AssertionError,
    OSError,
    EOFError,
    OverflowError,
    NotImplementedError,
    RecursionError,
    MemoryError,
    struct.error,
    zlib.error,
)
# Key of a dictionary → what it would do.
_ACTING_KEYS = {
    "/JavaScript": "自動で動くプログラム(JavaScript)",
    "/JS": "自動で動くプログラム(JavaScript)",
    "/AA": "自動で動く命令",
    "/EmbeddedFiles": "中に隠れた別のファイル",
    "/EF": "中に隠れた別のファイル",
    "/XFA": "プログラム付きの入力欄(XFA)",
    "/RichMedia": "動画などの埋め込み",
}
_ACTING_KINDS = {
    "/JavaScript": "自動で動くプログラム(JavaScript)",
    "/Launch": "別のプログラムを開く命令",
    "/SubmitForm": "外へ送信する命令",
    "/ImportData": "外から読み込む命令",
    "/GoToE": "別のファイルを開く命令",
    "/GoToR": "別のファイルを開く命令",
    "/Rendition": "動画などの埋め込み",
    "/EmbeddedFile": "中に隠れた別のファイル",
    "/RichMedia": "動画などの埋め込み",
}


def count_pages(content: bytes, name: str) -> int:
    """Number of pages of a PDF that only shows something. Raises FileRefused."""
    if not content.rstrip(b"\0\t\r\n\f ").endswith(b"%%EOF"):
        raise _broken(name)
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            raise FileRefused(
                f"「{name}」には、パスワードか印刷の制限が付いています。制限を外して保存し直したものを添付してください。"
            )
        found = next((act for part in _dictionaries(reader) if (act := _act_of(part))), None)
        pages = len(reader.pages)
    except BROKEN as error:
        raise _broken(name) from error
    if found:
        raise FileRefused(
            f"「{name}」には{found}が含まれるため受け付けられません。「PDFとして印刷」で作り直すか、紙を読み取って添付してください。"
        )
    if not 1 <= pages <= MOST_PAGES:
        raise FileRefused(f"「{name}」は{pages}ページです。1ページから{MOST_PAGES}ページまでに分けて添付してください。")
    return pages


def _broken(name: str) -> FileRefused:
    return FileRefused(
        f"「{name}」はPDFとして開けません。途中で切れているか、壊れています。作り直すか、紙を読み取って添付してください。"
    )


def _dictionaries(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary of the document, also those that no page leads to."""
    numbers = {(number, generation) for generation, table in reader.xref.items() for number in table}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    if len(numbers) > MOST_OBJECTS:
        raise ValueError("too many objects")
    waiting: list[Any] = [reader.trailer]
    waiting += [IndirectObject(number, generation, reader).get_object() for number, generation in sorted(numbers)]
    while waiting:
        part = waiting.pop()
        if isinstance(part, DictionaryObject):
            yield part
            waiting += [value for value in part.values() if isinstance(value, (DictionaryObject, ArrayObject))]
        elif isinstance(part, ArrayObject):
            waiting += [value for value in part if isinstance(value, (DictionaryObject, ArrayObject))]


def _act_of(part: DictionaryObject) -> str | None:
    """What the dictionary would do, None when it only shows something."""
    for key, act in _ACTING_KEYS.items():
        if key in part:
            return act
    for key in ("/S", "/Type", "/Subtype"):
        act_of_kind = _ACTING_KINDS.get(str(part.raw_get(key))) if key in part else None
        if act_of_kind:
            return act_of_kind
    opening = part.get("/OpenAction")
    opening = opening.get_object() if opening is not None else None
    # An office program writes here on which page to begin; that is a place, no action.
    if isinstance(opening, DictionaryObject) and opening.get("/S") != "/GoTo":
        return "開いたときに動く命令"
    return None
