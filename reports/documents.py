"""The report as PDF, workbook, CSV and JSON; all from the same figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from agreements.enums import IndicatorCode, ZeroRate
from core.documents import Value, Workbook, csv_bytes, render_pdf
from core.periods import DateStyle, dates_shown, era_date, fiscal_year_label, shown_date
from reports.chart import line_chart
from reports.figures import Agreed, Cell, GroupFigures, MonthFigures, Part, rate_label
from reports.indicators import BY_CODE, REGISTRY

# Indicators of the main table; the others stand in the table of activity.
MAIN = (IndicatorCode.SUPPORTED, IndicatorCode.PLACED, IndicatorCode.PLACEMENT_RATE)
HEADER = (
    "対象区分", "指標", "単位", "目標数", "目標率(％)", "実績", "率(％)", "達成率(％)",
    "前年度 目標数", "前年度 目標率(％)", "前年度 実績", "前年度 率(％)",
)  # fmt: skip
WITHHELD = "*"
Told = TypeVar("Told")


@dataclass(frozen=True)
class Comment:
    """A party's comment as printed."""

    party: str
    text: str


@dataclass(frozen=True)
class Cover:
    """What stands around the figures: which revision, in what state, by whom and when."""

    revision: int
    reason: str
    is_closed: bool
    generated_at: dt.datetime
    generated_by: str
    comments: Sequence[Comment] = ()
    legend: str = ""  # of the published report: what its signs mean


def told(cell: Cell, part: Part, value: Told) -> Told | str:
    """The value, or the sign that stands for it in the published report."""
    return WITHHELD if part in cell.withheld else value


def rate_of(cell: Cell, figures: MonthFigures) -> str:
    """The rate as printed."""
    if cell.base is None:
        return ""
    return told(cell, Part.RATE, rate_label(cell.actual, cell.base, figures.zero_rate))


def number_of_rate(cell: Cell, figures: MonthFigures, *, reference: bool = False) -> Decimal | None:
    """The rate as a number: 0 of 0 is 0.0 where the agreement prints 0％, otherwise nothing."""
    actual, base = (cell.reference_actual, cell.reference_base) if reference else (cell.actual, cell.base)
    if base is None:
        return None
    if base == 0:
        return Decimal("0.0") if actual == 0 and figures.zero_rate == ZeroRate.ZERO_PERCENT else None
    return cell.reference_rate if reference else cell.rate


def achievement_of(cell: Cell) -> Decimal | str | None:
    """実績 ÷ 目標 in percent; withheld with the actual number, None without a count to reach."""
    return told(cell, Part.ACTUAL, cell.achievement) if cell.target.count else None


def _percent(value: Decimal | str | None) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else f"{value}％"


def main_rows(figures: MonthFigures) -> list[dict[str, Any]]:
    """Rows of the published table: every number as the text that is printed."""
    rows = []
    for group in figures.groups:
        supported, placed = group.supported, group.placed
        rows.append(
            {
                "group": group,
                "is_total": group is figures.total,
                "target": _block(supported.target, placed.target),
                "actual": {
                    "supported": told(supported, Part.ACTUAL, supported.actual),
                    "placed": told(placed, Part.ACTUAL, placed.actual),
                    "rate": rate_of(placed, figures),
                },
                "achievement": {
                    "supported": _percent(achievement_of(supported)),
                    "placed": _percent(achievement_of(placed)),
                },
                "reference_target": _block(supported.reference_target, placed.reference_target),
                "reference": {
                    "supported": told(supported, Part.REFERENCE_ACTUAL, supported.reference_actual),
                    "placed": told(placed, Part.REFERENCE_ACTUAL, placed.reference_actual),
                    "rate": told(
                        placed,
                        Part.REFERENCE_RATE,
                        rate_label(placed.reference_actual, placed.reference_base or 0, figures.zero_rate),
                    ),
                },
            }
        )
    return rows


def _block(supported: Agreed, placed: Agreed) -> dict[str, Any]:
    return {"supported": supported.count, "placed": placed.count, "rate": _percent(placed.rate)}


def activity_rows(figures: MonthFigures) -> list[dict[str, Any]]:
    """The other indicators, one row each, with a number per group (None: not split by group)."""
    rows = []
    for indicator in REGISTRY:
        if indicator.code in MAIN:
            continue
        cells = [(group, group.cell(indicator.code)) for group in figures.groups]
        total = figures.total.cell(indicator.code)
        rows.append(
            {
                "indicator": indicator,
                "numbers": [
                    told(cell, Part.ACTUAL, cell.actual) if _applies(group, cell, figures) else None
                    for group, cell in cells
                ],
                "target": total.target.count,
                "reference": told(total, Part.REFERENCE_ACTUAL, total.reference_actual),
            }
        )
    return rows


def view_context(figures: MonthFigures) -> dict[str, Any]:
    """What the screen and the PDF show."""
    year = figures.month.fiscal_year
    return {
        "figures": figures,
        "year_label": fiscal_year_label(year),
        "reference_label": fiscal_year_label(year - 1),
        "month_label": figures.month.label,
        "as_of_label": shown_date(figures.as_of),
        "main_rows": main_rows(figures),
        "activity_rows": activity_rows(figures),
        "charts": [line_chart(series) for series in figures.series],
        "definitions": [(BY_CODE[code].name, BY_CODE[code].definition) for code in BY_CODE],
    }


def pace_sentences(figures: MonthFigures) -> list[str]:
    """Where the year ends at this pace, and what is left a month; 実績 ÷ 経過月 × 12, half up."""
    sentences = []
    elapsed = len(figures.month.months_to_date())
    for series in figures.series:
        if series.target is None:
            continue
        indicator = BY_CODE[series.indicator]
        cell = figures.total.cell(series.indicator)
        projected = (cell.actual * 12 * 2 + elapsed) // (2 * elapsed)
        unit = indicator.unit
        sentence = f"{indicator.name}: このままなら年度末{projected}{unit}(目標{series.target}{unit})"
        left = series.target - cell.actual
        if left > 0 and elapsed < 12:
            sentence += f"、目標まで月{-(-left // (12 - elapsed))}{unit}必要"
        sentences.append(f"{sentence}。")
    return sentences


@dates_shown(DateStyle.ERA)
def pdf(figures: MonthFigures, cover: Cover) -> bytes:
    """The printed report, A4."""
    return render_pdf("reports/pdf.html", {**view_context(figures), "cover": cover}, stylesheet="css/print/report.css")


def table(figures: MonthFigures) -> list[tuple[Value, ...]]:
    """One row per group and indicator, for the workbook and the CSV."""
    return [
        _line(group, cell, figures)
        for group in figures.groups
        for cell in group.cells
        if _applies(group, cell, figures)
    ]


def _applies(group: GroupFigures, cell: Cell, figures: MonthFigures) -> bool:
    return BY_CODE[cell.indicator].has_groups or group is figures.total


def _line(group: GroupFigures, cell: Cell, figures: MonthFigures) -> tuple[Value, ...]:
    indicator = BY_CODE[cell.indicator]
    is_rate = cell.indicator == IndicatorCode.PLACEMENT_RATE
    return (
        group.name,
        indicator.name,
        indicator.unit,
        cell.target.count,
        cell.target.rate,
        None if is_rate else told(cell, Part.ACTUAL, cell.actual),
        told(cell, Part.RATE, number_of_rate(cell, figures)),
        None if is_rate else achievement_of(cell),
        cell.reference_target.count,
        cell.reference_target.rate,
        None if is_rate else told(cell, Part.REFERENCE_ACTUAL, cell.reference_actual),
        told(cell, Part.REFERENCE_RATE, number_of_rate(cell, figures, reference=True)),
    )


def _title(figures: MonthFigures) -> str:
    return f"{figures.agreement_name} {figures.month.label}末 目標・実績報告"


@dates_shown(DateStyle.ERA)
def xlsx(figures: MonthFigures, cover: Cover) -> bytes:
    """The workbook: results, months (not in the published report), definitions."""
    book = Workbook()
    state = "確定" if cover.is_closed else "未確定"
    as_of = f"{era_date(figures.as_of)}時点(4月からの累計) 第{cover.revision}版 {state}"
    book.sheet(
        "実績",
        title=_title(figures),
        notes=[as_of, *([cover.legend] if cover.legend else [])],
        header=HEADER,
        rows=table(figures),
        widths=(34, 16, 6),
    )
    if figures.series:
        first = figures.series[0]
        book.sheet(
            "月別",
            title="月ごとの累計(合計)",
            notes=[],
            header=("月", *(BY_CODE[series.indicator].name for series in figures.series)),
            rows=[
                (month.label, *(series.cumulative[position] for series in figures.series))
                for position, month in enumerate(first.months[: len(first.cumulative)])
            ],
            widths=(16, 16, 16),
        )
    book.sheet(
        "定義",
        title="指標の定義と計数規則",
        notes=[f"計数規則 {figures.rules_version} / 定義 第{figures.definition_version}版"],
        header=("指標", "定義"),
        rows=[
            *((indicator.name, indicator.definition) for indicator in REGISTRY),
            *(("計数規則", line) for line in figures.rule_lines),
        ],
        widths=(20, 110),
    )
    return book.to_bytes()


@dates_shown(DateStyle.ERA)
def csv(figures: MonthFigures) -> bytes:
    """The same rows as the workbook's first sheet."""
    return csv_bytes(
        [
            ("協定", "月", "時点", *HEADER),
            *((figures.agreement_name, str(figures.month), figures.as_of, *row) for row in table(figures)),
        ]
    )


def json_report(figures: MonthFigures) -> dict[str, Any]:
    """report.json: numbers as numbers, absent as null, rates in percent to one decimal."""
    return {
        "agreement": figures.agreement_code,
        "month": str(figures.month),
        "as_of": figures.as_of.isoformat(),
        "groups": [
            {
                "code": group.code,
                "name": group.name,
                "indicators": [_json_cell(cell, figures) for cell in group.cells if _applies(group, cell, figures)],
            }
            for group in figures.groups
        ],
    }


def _json_cell(cell: Cell, figures: MonthFigures) -> dict[str, Any]:
    is_rate = cell.indicator == IndicatorCode.PLACEMENT_RATE
    return {
        "code": cell.indicator.value,
        "name": BY_CODE[cell.indicator].name,
        "target_count": cell.target.count,
        "target_rate": _number(cell.target.rate),
        "actual": None if is_rate else cell.actual,
        "rate": _number(number_of_rate(cell, figures)),
        "reference_target_count": cell.reference_target.count,
        "reference_target_rate": _number(cell.reference_target.rate),
        "reference_actual": None if is_rate else cell.reference_actual,
        "reference_rate": _number(number_of_rate(cell, figures, reference=True)),
    }


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
