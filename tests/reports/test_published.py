"""The report that leaves the parties: what is in it, who gets it, and that it is logged."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
from urllib.parse import unquote

import openpyxl
import pypdf
import pytest
from django.urls import reverse

from accounts.enums import AccessAct
from accounts.models import AccessEntry
from agreements.enums import IndicatorCode, ZeroRate
from core.periods import Month
from reports import documents
from reports.enums import FileKind
from reports.figures import TOTAL, Agreed, Cell, GroupFigures, MonthFigures, Part
from reports.indicators import REGISTRY
from reports.models import MonthlyReport
from reports.published import file, legend, publish
from tests.clients import client_of
from tests.factories import Programme, at, working_as
from tests.reports.test_closing import DAY, MONTH, closed, counted
from tests.test_access import everyone

S, P, R = IndicatorCode.SUPPORTED, IndicatorCode.PLACED, IndicatorCode.PLACEMENT_RATE
Numbers = dict[str, tuple[int, int]]  # group → (supported, placed)


def group(name: str, now: tuple[int, int], earlier: tuple[int, int]) -> GroupFigures:
    """Activity as often as people were placed; targets of 10 and 60 per cent."""

    def cell(code: IndicatorCode) -> Cell:
        has_base = code in (P, R)
        index = 0 if code == S else 1
        return Cell(
            code,
            now[index],
            now[0] if has_base else None,
            Agreed(10),
            earlier[index],
            earlier[0] if has_base else None,
            Agreed(10),
        )

    return GroupFigures(name, name, tuple(cell(indicator.code) for indicator in REGISTRY))


def figures_of(now: Numbers, total: tuple[int, int] | None = None) -> MonthFigures:
    sums = total or (sum(a for a, _b in now.values()), sum(b for _a, b in now.values()))
    rows = [group(name, numbers, (30, 20)) for name, numbers in now.items()]
    everybody = group(TOTAL, sums, (30 * len(now), 20 * len(now)))
    return MonthFigures(
        "okayama", "岡山市協定", Month(2023, 12), dt.date(2023, 12, 31), at(DAY), 1, "令和5年度 第1版", (),
        ZeroRate.ZERO_PERCENT, (*rows, everybody), (),
    )  # fmt: skip


def parts(figures: MonthFigures, code: IndicatorCode) -> dict[str, frozenset[Part]]:
    return {row.code: row.cell(code).withheld for row in figures.groups}


def test_small_numbers_their_partners_and_their_rates_are_withheld():
    public = publish(figures_of({"a": (81, 55), "b": (10, 4), "c": (2, 0)}), least=3)
    none = frozenset()
    both, rate = frozenset({Part.ACTUAL, Part.RATE}), frozenset({Part.RATE})
    assert parts(public, S) == {"a": none, "b": {Part.ACTUAL}, "c": {Part.ACTUAL}, TOTAL: none}
    assert parts(public, P) == {"a": none, "b": rate, "c": rate, TOTAL: none}, "4 of 40％ would tell 10"
    assert parts(publish(figures_of({"a": (81, 55), "b": (10, 4), "c": (9, 1)}), least=3), P)["b"] == both
    rows = {row["group"].name: row for row in documents.main_rows(public)}
    assert (rows["b"]["actual"], rows["b"]["achievement"]["supported"]) == (
        {"supported": "*", "placed": 4, "rate": "*"},
        "*",
    )
    assert rows["a"]["actual"] == {"supported": 81, "placed": 55, "rate": "67.9％"}
    assert rows["c"]["reference"] == {"supported": 30, "placed": 20, "rate": "66.7％"}


def test_what_is_withheld_is_not_there_at_all():
    public = publish(figures_of({"a": (81, 55), "b": (10, 4), "c": (2, 1)}), least=3)
    for row in public.groups:
        for cell in row.cells:
            assert Part.ACTUAL not in cell.withheld or cell.actual == 0
            assert Part.RATE not in cell.withheld or cell.base == 0
    assert public.series == ()
    assert (
        publish(figures_of({"a": (81, 55), "b": (10, 4)}), least=3).groups
        == figures_of({"a": (81, 55), "b": (10, 4)}).groups
    )


def test_a_rate_and_its_number_are_withheld_in_the_same_places():
    for small in ("a", "b", "c"):
        numbers = {name: (20, 1 if name == small else 7) for name in "abc"}
        public = publish(figures_of(numbers), least=3)
        assert {name: bool(found) for name, found in parts(public, P).items()} == {
            name: bool(found) for name, found in parts(public, R).items()
        }
        assert sum(Part.ACTUAL in found for found in parts(public, P).values()) == 2


def test_who_is_in_no_group_does_not_show_as_a_difference():
    """81 + 10 of 92 would tell that one person is in no group: they get a row, and the row is withheld."""
    public = publish(figures_of({"a": (81, 55), "b": (10, 4)}, total=(92, 59)), least=3)
    assert [row.name for row in public.groups] == ["a", "b", "区分なし", TOTAL]
    assert parts(public, S)[""] == {Part.ACTUAL}
    assert Part.ACTUAL in parts(public, S)["b"]


def test_the_setting_of_the_agreement_counts():
    numbers = {"a": (81, 55), "b": (9, 9), "c": (30, 20)}
    assert not any(parts(publish(figures_of(numbers), least=3), S).values())
    assert sum(bool(found) for found in parts(publish(figures_of(numbers), least=10), S).values()) == 2


@pytest.mark.parametrize("kind", [FileKind.PDF, FileKind.XLSX])
def test_both_documents_show_signs_and_the_legend(kind: FileKind):
    figures = figures_of({"甲": (1081, 755), "乙": (777, 4), "丙": (2, 0)})
    content = file(figures, kind, least=3, revision=2, at=at(DAY))
    if kind == FileKind.PDF:
        words = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
        assert "公表用" in words
        assert "取扱注意" not in words
        text = words.replace("\n", "")
    else:
        book = openpyxl.load_workbook(io.BytesIO(content))
        assert book.sheetnames == ["実績", "定義"]
        text = " ".join(str(value) for sheet in book for row in sheet.iter_rows(values_only=True) for value in row)
    assert legend(3) in text
    assert "1081" in text
    assert "777" not in text, "the partner of the small number is withheld with it"
    assert text.count("*") > 4


def of(report: MonthlyReport, name: str, **more: str) -> str:
    month = {"code": report.agreement.code, "month": str(MONTH), "revision": report.revision}
    return reverse(name, kwargs={**month, **more})


def test_only_a_closed_month_leaves_and_it_is_logged(okayama: Programme):
    okayama.place(okayama.active(dt.date(2023, 5, 1)), dt.date(2023, 6, 1))
    report = counted(okayama)
    client = client_of(okayama.manager)
    for kind in ("pdf", "xlsx"):
        answer = client.get(of(report, "report_public", kind=kind))
        assert (answer.status_code, answer["Location"]) == (302, of(report, "report_revision"))
    assert "公表用PDF" not in client.get(of(report, "report_revision")).content.decode()
    report = closed_again(okayama, report)
    page = client.get(of(report, "report_revision")).content.decode()
    assert "公表用PDF" in page
    assert "公表用Excel" in page
    for kind, act in (("pdf", AccessAct.PRINT), ("xlsx", AccessAct.DOWNLOAD)):
        answer = client.get(of(report, "report_public", kind=kind))
        assert answer.status_code == 200
        assert unquote(answer["Content-Disposition"]).endswith(f"''月次報告_公表用_okayama_2023-12_第1版.{kind}")
        with working_as(okayama.manager):
            entry = AccessEntry.objects.latest("pk")
        assert (entry.route, entry.act, entry.user) == ("report_public", act, okayama.manager.user)
    assert client.get(of(report, "report_public", kind="csv")).status_code == 404


def closed_again(programme: Programme, report: MonthlyReport) -> MonthlyReport:
    from_there = closed(programme)
    assert from_there.pk == report.pk
    return from_there


def test_the_council_reads_what_is_published(okayama: Programme):
    """Outside of the parties: no exact number, no file of theirs, no people, no comment – also not before closing."""
    okayama.place(okayama.active(dt.date(2023, 5, 1)), dt.date(2023, 6, 1))
    report = counted(okayama)
    council = client_of(everyone(okayama)["k"])
    assert "対象区分" not in council.get(of(report, "report_revision")).content.decode()
    report = closed_again(okayama, report)
    page = council.get(of(report, "report_revision")).content.decode()
    assert legend(3) in page
    assert "月ごとの累計" not in page
    assert "締め後の変動" not in page
    assert "<strong>*</strong>" in page
    assert council.get(of(report, "report_file", kind="pdf")).status_code == 403
    assert council.get(of(report, "report_people", indicator="supported", group="total")).status_code == 403
    assert council.get(of(report, "report_public", kind="xlsx")).status_code == 200
    manager = client_of(okayama.manager).get(of(report, "report_revision")).content.decode()
    assert "<strong>100.0％</strong>" in manager, "the parties keep their exact figures"


def test_every_number_of_a_cell_can_be_withheld():
    """A new number in Cell has to be thought of here and in publish()."""
    names = {field.name for field in dataclasses.fields(Cell)}
    assert names == {
        "indicator", "actual", "base", "target", "reference_actual", "reference_base", "reference_target", "withheld",
    }  # fmt: skip
