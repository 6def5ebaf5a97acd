"""Blacking for the person's own copy (開示請求): what is blacked is not in the paper at all (security.md A42).

The text is taken out before anything is laid out, and replaced by marks of one length, so that neither the
PDF's text layer nor the length of the mark tells what stood there.
"""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Collection

from cases.papers.line import Line
from cases.papers.record import Record

MARK = "■■■■■■(不開示)"
# One letter would take the whole record apart.
SHORTEST = 2


def _folded(text: str) -> tuple[str, list[int]]:
    """The text as it is compared – one width, one case, no blanks, voiced marks apart – and where each came from."""
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        for plain in unicodedata.normalize("NFKD", letter).casefold():
            if not plain.isspace() and plain not in "-‐‑‒–—―−・":
                letters.append(plain)
                places.append(place)
    return "".join(letters), places


def black_text(text: str, phrases: Collection[str]) -> str:
    """The text with every occurrence of the phrases replaced, also in another width or with blanks in between."""
    folded, places = _folded(text)
    spans: list[tuple[int, int]] = []
    for phrase in phrases:
        wanted = _folded(phrase)[0]
        start = folded.find(wanted) if len(wanted) >= SHORTEST else -1
        while start >= 0:
            spans.append((places[start], places[start + len(wanted) - 1] + 1))
            start = folded.find(wanted, start + 1)
    return _cut(text, spans)


def _cut(text: str, spans: list[tuple[int, int]]) -> str:
    pieces: list[str] = []
    end = 0
    for start, stop in sorted(spans):
        if start >= end:
            pieces += [text[end:start], MARK]
        end = max(end, stop)
    return "".join([*pieces, text[end:]])


def black(record: Record, *, keys: Collection[str], phrases: Collection[str]) -> Record:
    """The record without the chosen lines' texts and without the phrases anywhere."""

    def one(line: Line) -> Line:
        shown = tuple((label, black_text(text, phrases)) for label, text in line.parts)
        is_black = line.key in keys
        return dataclasses.replace(
            line,
            what=black_text(line.what, phrases),
            who=black_text(line.who, phrases),
            parts=(("内容", MARK),) if is_black else shown,
            marks=() if is_black else line.marks,
        )

    return dataclasses.replace(
        record,
        head=tuple((label, black_text(text, phrases)) for label, text in record.head),
        lines=tuple(one(line) for line in record.lines),
    )
