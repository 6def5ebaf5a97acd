"""A list as an Excel file: the rows, columns and order that were asked for, without those who must not leave."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from accounts.scope import Actor
from cases.actions.suppression import withheld
from cases.enums import ListKind
from cases.lists.spec import ListSpec
from cases.models import ListExport
from core.documents import Value, Workbook

WITHHELD = "(支援措置のため出力していません)"


@dataclass(frozen=True)
class Sheet:
    """The table of the file. Rows that the reader lost since asking are gone; those of suppressed persons are blank."""

    headings: tuple[str, ...]
    lines: list[tuple[Value, ...]]
    withheld_count: int
    gone_count: int


def sheet_of(spec: ListSpec, export: ListExport, *, by: Actor, at: dt.datetime) -> Sheet:
    """Read what is to leave now; a suppressed person is not even loaded."""
    columns = spec.columns_by(export.columns)
    headings = tuple(heading for column in columns for heading in column.headings)
    persons = spec.persons_of(export.row_ids)
    hidden = withheld(set(persons.values()), by=by, at=at)
    rows = spec.rows_of(by, [key for key in export.row_ids if persons.get(key) not in hidden], columns)
    blank: tuple[Value, ...] = (WITHHELD, *("" for _ in headings[1:]))
    lines: list[tuple[Value, ...]] = []
    for key in export.row_ids:
        if persons.get(key) in hidden:
            lines.append(blank)
        elif key in rows:
            lines.append(tuple(value for column in columns for value in column.file_values(rows[key])))
    return Sheet(
        headings=headings,
        lines=lines,
        withheld_count=lines.count(blank),
        gone_count=len(export.row_ids) - len(lines),
    )


def workbook_of(spec: ListSpec, export: ListExport, *, by: Actor, at: dt.datetime) -> bytes:
    """The XLSX file, with who took it out, when, why and by which conditions at its head."""
    sheet = sheet_of(spec, export, by=by, at=at)
    local = timezone.localtime(at)
    notes = [
        f"取扱注意 {by.organisation.name} {by.user.name} {local:%Y/%m/%d %H:%M} 出力",
        f"使う目的: {export.reason}",
        f"条件: {'、'.join(export.conditions) or 'なし'}",
        f"{len(sheet.lines)}{spec.unit}",
    ]
    if sheet.withheld_count:
        notes.append(f"支援措置のため出力していない行: {sheet.withheld_count}{spec.unit}")
    if sheet.gone_count:
        notes.append(f"求めた後に見えなくなったため除いた行: {sheet.gone_count}{spec.unit}")
    book = Workbook()
    book.sheet(
        str(ListKind(export.kind).label),
        title=f"{spec.title}の一覧",
        notes=notes,
        header=sheet.headings,
        rows=sheet.lines,
        widths=[16] * len(sheet.headings),
    )
    return book.to_bytes()
