"""Paper and files: PDF by WeasyPrint, workbooks by XlsxWriter, CSV. Takes data, never querysets."""

from __future__ import annotations

import csv
import datetime as dt
import io
import logging
from collections.abc import Iterable, Sequence, Set
from contextvars import ContextVar
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import weasyprint
import xlsxwriter
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse
from xlsxwriter.utility import xl_rowcol_to_cell

from core.periods import DateStyle, dates_shown

Value = str | int | Decimal | dt.date | None

# A cell that begins so, with or without blanks before it, is a formula to a spreadsheet program (security.md A56).
_FORMULA_STARTS = tuple("=+-@\t\r\n\0＝＋－＠")
# What Excel holds in one cell, counted in UTF-16 units; the writer would drop a longer text without a word.
_CELL_LIMIT = 32_767
_PIECE = 16_000
LONG_SHEET = "長い文"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF_TYPE = "application/pdf"


NO_GLYPH = "〓"
# Letters without a glyph in the document that is being written here and now.
_missing: ContextVar[set[str] | None] = ContextVar("missing_glyphs", default=None)


class _GlyphWatch(logging.Handler):
    """WeasyPrint draws a letter that no font has as an empty box, and says so in its log only."""

    def emit(self, record: logging.LogRecord) -> None:
        found = _missing.get()
        if found is not None and ".notdef" in str(record.msg) and isinstance(record.args, tuple):
            found.add(str(record.args[0]))


logging.getLogger("weasyprint").addHandler(_GlyphWatch(logging.WARNING))


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
    """A tagged PDF (PDF/UA-1) with embedded, subset fonts and days in 和暦; a letter that no font has is marked.

    `stylesheet` is a path below static/.
    """
    with dates_shown(DateStyle.ERA):
        html = render_to_string(template, context)
    path = finders.find(stylesheet)
    fonts = FontConfiguration()
    css = weasyprint.CSS(filename=path, font_config=fonts, url_fetcher=OwnFilesOnly())

    def written(text: str) -> bytes:
        document = weasyprint.HTML(string=text, url_fetcher=OwnFilesOnly(), base_url="static:///")
        pdf: bytes = document.write_pdf(stylesheets=[css], font_config=fonts, pdf_variant="pdf/ua-1")
        return pdf

    missing: set[str] = set()
    before = _missing.set(missing)
    try:
        pdf = written(html)
    finally:
        _missing.reset(before)
    return written(marked(html, missing)) if missing else pdf


def download(content: bytes, name: str, *, kind: str = PDF_TYPE, is_shown: bool = False) -> HttpResponse:
    """A file to save (or, `is_shown`, to open in the browser); nothing of it stays in a cache.

    The name is Japanese, with its ending ('つなぎ票_A-0012.pdf'; RFC 6266), and names no person.
    """
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = str(content_disposition_header(as_attachment=not is_shown, filename=name))
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    return response


def marked(html: str, missing: Set[str]) -> str:
    """Letters that no font has, as 〓, and a line at the end that names them: never an empty box."""
    codes = " ".join(f"U+{ord(letter):04X}" for letter in sorted(missing))
    note = f"{NO_GLYPH}は、この帳票の書体にない字です({codes})。正しい字は画面で確かめて、手書きで補ってください。"
    body, end, rest = html.translate(dict.fromkeys(map(ord, missing), NO_GLYPH)).rpartition("</body>")
    return f"{body}<p>{note}</p>{end}{rest}" if end else f"{rest}<p>{note}</p>"


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
        self._quoted = self._book.add_format({**face, "border": 1, "quote_prefix": True})
        self._date = self._book.add_format({**face, "border": 1, "num_format": "yyyy/mm/dd"})
        self._integer = self._book.add_format({**face, "border": 1, "num_format": "#,##0"})
        self._rate = self._book.add_format({**face, "border": 1, "num_format": "0.0"})
        self._title = self._book.add_format({**face, "bold": True, "font_size": 14, "text_wrap": False})
        self._note = self._book.add_format({**face, "text_wrap": False})
        self._long: list[tuple[str, str, str]] = []

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
                self._write_text(sheet, row, column, value)
            case Decimal():
                sheet.write_number(row, column, value, self._rate)
            case int():
                sheet.write_number(row, column, value, self._integer)
            case dt.datetime() | float():
                raise TypeError(f"a cell cannot hold a {type(value).__name__}")
            case dt.date():
                sheet.write_datetime(row, column, dt.datetime.combine(value, dt.time()), self._date)

    def _write_text(self, sheet: Any, row: int, column: int, text: str) -> None:
        """Text stays text, also when somebody edits the cell; a text too long for a cell goes to a sheet of its own."""
        if len(text.encode("utf-16-le")) // 2 > _CELL_LIMIT:
            cell = xl_rowcol_to_cell(row, column)
            self._long.append((sheet.get_name(), cell, text))
            text = f"(長い文のため、シート「{LONG_SHEET}」の{sheet.get_name()} {cell}に全文があります)"
        sheet.write_string(row, column, text, self._quoted if is_formula_like(text) else self._text)

    def _write_long(self) -> None:
        """Long texts in order, in pieces that fit; put together again they are what was written."""
        long, self._long = self._long, []
        if long:
            self.sheet(
                LONG_SHEET,
                title=LONG_SHEET,
                notes=["1つのセルに入らない文です。番号の順につなぐと全文になります。"],
                header=("シート", "セル", "番号", "文"),
                rows=[
                    (name, cell, start // _PIECE + 1, text[start : start + _PIECE])
                    for name, cell, text in long
                    for start in range(0, len(text), _PIECE)
                ],
                widths=(16, 8, 8, 100),
            )

    def to_bytes(self) -> bytes:
        self._write_long()
        self._book.close()
        return self._buffer.getvalue()


def csv_bytes(rows: Iterable[Sequence[Value]]) -> bytes:
    """CSV in UTF-8 with BOM, so that Excel opens it without mojibake; text is never a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return buffer.getvalue().encode("utf-8-sig")


def is_formula_like(text: str) -> bool:
    """Whether a spreadsheet program could take the text for a formula."""
    return text.startswith(_FORMULA_STARTS) or text.lstrip().startswith(_FORMULA_STARTS)


def _cell(value: Value) -> Any:
    # An apostrophe of the text's own gets one too: the first one is always ours, and can be taken away again.
    if isinstance(value, str) and (is_formula_like(value) or value.startswith("'")):
        return f"'{value}"
    return "" if value is None else value
