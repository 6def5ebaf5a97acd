"""Files that leave the system: fonts, tags, no formulas."""

import io

import openpyxl
import pytest
from django.core.checks import run_checks
from django.core.exceptions import SuspiciousFileOperation

from core.documents import OutsideAddress, OwnFilesOnly, Workbook, csv_bytes


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
