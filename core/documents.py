"""Paper and files: PDF by WeasyPrint, workbooks by XlsxWriter, CSV. Takes data, never querysets."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import weasyprint
import xlsxwriter
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

Value = str | int | Decimal | dt.date | None

# A cell that begins so is a formula to a spreadsheet program (security.md A56).
_FORMULA_STARTS = tuple("=+-@\t\r\0＝＋－＠")


class OutsideAddress(ValueError):
    """A document asked for something that is not our own."""


class OwnFilesOnly(URLFetcher):
    """Documents take stylesheets and pictures from our own static files and from nowhere else."""

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        parts = urlsplit(url)
        path = finders.find(parts.path.lstrip("/")) if parts.scheme == "static" else None
        if path is None:
            raise OutsideAddress(f"文書の中から外部の資料は読み込めません: {parts.scheme}:{parts.path}")
        return super().fetch(f"file://{path}", headers)


def render_pdf(template: str, context: dict[str, Any], *, stylesheet: str) -> bytes:
    """A tagged PDF (PDF/UA-1) with embedded, subset fonts. `stylesheet` is a path below static/."""
    html = render_to_string(template, context)
    path = finders.find(stylesheet)
    fonts = FontConfiguration()
    css = weasyprint.CSS(filename=path, font_config=fonts, url_fetcher=OwnFilesOnly())
    document = weasyprint.HTML(string=html, url_fetcher=OwnFilesOnly(), base_url="static:///")
    pdf: bytes = document.write_pdf(stylesheets=[css], font_config=fonts, pdf_variant="pdf/ua-1")
    return pdf


class Workbook:
    """An XLSX file: typed cells, no formulas, frozen header, filter row, A4 landscape."""

    def __init__(self) -> None:
        self._buffer = io.BytesIO()
        self._book = xlsxwriter.Workbook(
            self._buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        face = {"font_name": "BIZ UDPゴシック", "font_size": 10.5, "valign": "vcenter", "text_wrap": True}
        self._head = self._book.add_format({**face, "bold": True, "bg_color": "#E8F1FE", "border": 1})
        self._text = self._book.add_format({**face, "border": 1})
        self._date = self._book.add_format({**face, "border": 1, "num_format": "yyyy/mm/dd"})
        self._integer = self._book.add_format({**face, "border": 1, "num_format": "#,##0"})
        self._rate = self._book.add_format({**face, "border": 1, "num_format": "0.0"})
        self._title = self._book.add_format({**face, "bold": True, "font_size": 14, "text_wrap": False})
        self._note = self._book.add_format({**face, "text_wrap": False})

    def sheet(
        self,
        name: str,
        *,
        title: str,
        notes: Sequence[str],
        header: Sequence[str],
        rows: Iterable[Sequence[Value]],
        widths: Sequence[int],
    ) -> None:
        """One sheet: title, notes, then a table."""
        sheet = self._book.add_worksheet(name)
        sheet.write_string(0, 0, title, self._title)
        for number, note in enumerate(notes, start=1):
            sheet.write_string(number, 0, note, self._note)
        top = len(notes) + 2
        for column, text in enumerate(header):
            sheet.write_string(top, column, text, self._head)
            sheet.set_column(column, column, widths[column] if column < len(widths) else 12)
        count = 0
        for count, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                self._write(sheet, top + count, column, value)
        if count:
            sheet.autofilter(top, 0, top + count, len(header) - 1)
        sheet.freeze_panes(top + 1, 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(top)
        sheet.set_footer("&C&P / &N")

    def _write(self, sheet: Any, row: int, column: int, value: Value) -> None:
        match value:
            case None:
                sheet.write_blank(row, column, None, self._text)
            case str():
                sheet.write_string(row, column, value, self._text)
            case Decimal():
                sheet.write_number(row, column, value, self._rate)
            case int():
                sheet.write_number(row, column, value, self._integer)
            case dt.datetime() | float():
                raise TypeError(f"a cell cannot hold a {type(value).__name__}")
            case dt.date():
                sheet.write_datetime(row, column, dt.datetime.combine(value, dt.time()), self._date)

    def to_bytes(self) -> bytes:
        self._book.close()
        return self._buffer.getvalue()


def csv_bytes(rows: Iterable[Sequence[Value]]) -> bytes:
    """CSV in UTF-8 with BOM, so that Excel opens it without mojibake; text is never a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return buffer.getvalue().encode("utf-8-sig")


def _cell(value: Value) -> Any:
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return "" if value is None else value
