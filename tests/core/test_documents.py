"""Files that leave the system: fonts, tags, no formulas."""

import csv
import io
import random
import re
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pytest
from django.core.checks import run_checks
from django.core.exceptions import SuspiciousFileOperation

from core.documents import LONG_SHEET, OutsideAddress, OwnFilesOnly, Workbook, csv_bytes, download


def test_a_file_has_a_japanese_name_and_stays_in_no_cache():
    answer = download(b"%PDF", "つなぎ票_A-0012.pdf")
    assert unquote(answer["Content-Disposition"]) == "attachment; filename*=utf-8''つなぎ票_A-0012.pdf"
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert answer["Cache-Control"] == "no-store, private"
    assert download(b"%PDF", "予約票.pdf", is_shown=True)["Content-Disposition"].startswith("inline; ")


def test_one_place_names_files():
    """A second place would name them in another way: English here, Japanese there."""
    root = Path(__file__).parents[2]
    found = [
        f"{path.relative_to(root)}"
        for app in ("accounts", "agreements", "cases", "config", "core", "employers", "reports")
        for path in (root / app).rglob("*.py")
        if '["Content-Disposition"]' in path.read_text()
    ]
    assert found == ["core/documents.py"]


def test_workbook_has_no_formulas():
    book = Workbook()
    hostile = ["=1+1", "+1", "@SUM(A1)", "-2", '=HYPERLINK("http://x")']
    book.sheet("表", title="題", notes=[], header=("列",), rows=[(text,) for text in hostile], widths=(10,))
    sheet = openpyxl.load_workbook(io.BytesIO(book.to_bytes())).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert [cell.data_type for cell in cells].count("f") == 0
    assert [cell.value for cell in cells][-len(hostile) :] == hostile


def test_csv_opens_in_excel_and_neutralises_text():
    data = csv_bytes([("=1+1", 5, None, "普通"), ("＝危険", "-3", "@x", "\tx")])
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.decode("utf-8-sig") == "'=1+1,5,,普通\r\n'＝危険,'-3,'@x,'\tx\r\n"


STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠", "'", "")
BLANKS = ("", " ", "  ", "　", " \t", "\n ")
PARTS = (
    "1+1",
    "cmd|'/c calc'!A0",
    'HYPERLINK("http://x")',
    "普通の文",
    "",
    "𠮷野家 葛󠄀城 🧑‍🤝‍🧑",
    "a\r\nb",
    "_x0041_",
    "'",
    "\x07",
    "\uffff",
)


def hostile_texts() -> list[str]:
    rng = random.Random(56)
    texts = [blank + start + part for start in STARTS for blank in BLANKS for part in PARTS]
    return texts + [
        "".join(rng.choice((*STARTS, *BLANKS, *PARTS)) for _ in range(rng.randint(1, 6))) for _ in range(500)
    ]


def as_stored(text: str) -> str:
    """Characters that XML cannot hold stand as _xHHHH_ in the file; Excel shows them again, openpyxl does not."""
    return re.sub(r"[\0-\x08\x0b-\x1f\uffff]", lambda match: f"_x{ord(match[0]):04X}_", text)


def test_no_cell_is_a_formula_and_every_text_comes_back():
    texts = [text for text in hostile_texts() if text]
    book = Workbook()
    book.sheet("表", title="題", notes=[], header=("文", "数"), rows=[(text, 1) for text in texts], widths=(10, 5))
    sheet = openpyxl.load_workbook(io.BytesIO(book.to_bytes())).active
    cells = [row[0] for row in sheet.iter_rows(min_row=4, max_row=3 + len(texts))]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value for cell in cells] == [as_stored(text) for text in texts]
    for cell, text in zip(cells, texts, strict=True):
        if text.strip()[:1] in tuple("=+-@＝＋－＠"):
            assert cell.quotePrefix, text


def test_every_csv_text_is_neutral_and_comes_back():
    texts = hostile_texts()
    data = csv_bytes([(text, 1) for text in texts]).decode("utf-8-sig")
    cells = [row[0] for row in csv.reader(io.StringIO(data, newline=""))]
    assert all(cell.lstrip()[:1] not in tuple("=+-@＝＋－＠\0") or not cell for cell in cells)
    assert [cell[1:] if cell.startswith("'") else cell for cell in cells] == texts


@pytest.mark.parametrize("length", [32_767, 32_768, 100_000])
def test_a_long_text_is_never_cut(length):
    long = ("長い文🧑‍🤝‍🧑葛󠄀" * length)[:length]
    book = Workbook()
    book.sheet("表", title="題", notes=[], header=("文",), rows=[(long,), ("短い",)], widths=(10,))
    opened = openpyxl.load_workbook(io.BytesIO(book.to_bytes()))
    assert "長い文のため" in opened["表"]["A4"].value
    pieces = [row for row in opened[LONG_SHEET].iter_rows(min_row=5, values_only=True) if row[0]]
    assert [row[:3] for row in pieces] == [("表", "A4", number + 1) for number in range(len(pieces))]
    assert "".join(row[3] for row in pieces) == long


def test_a_text_that_just_fits_stays_in_its_cell():
    book = Workbook()
    book.sheet("表", title="題", notes=[], header=("文",), rows=[("あ" * 32_767,)], widths=(10,))
    opened = openpyxl.load_workbook(io.BytesIO(book.to_bytes()))
    assert opened["表"]["A4"].value == "あ" * 32_767
    assert opened.sheetnames == ["表"]


@pytest.mark.parametrize(
    "url", ["http://example.invalid/x.png", "file:///etc/passwd", "static:///../config/settings.py"]
)
def test_documents_take_nothing_from_outside(url):
    with pytest.raises((OutsideAddress, SuspiciousFileOperation)):
        OwnFilesOnly().fetch(url)


@pytest.mark.django_db
def test_checks_find_the_ground_sound():
    found = [message for message in run_checks(databases=["default"]) if message.id.startswith("ittai.")]
    assert found == []
