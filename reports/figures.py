"""Figures as data: what was counted against what was agreed, and rates with an answer for zero.

Frozen; the same dataclasses feed the screen, the PDF, the workbook and the CSV.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from typing import Any

from agreements.enums import IndicatorCode, ZeroRate
from core.periods import Month

TOTAL = "total"


def rate(numerator: int, denominator: int) -> Decimal | None:
    """Percent to 0.1, half up; above 100 is normal. None when nothing can be divided.

    >>> rate(55, 81)
    Decimal('67.9')
    """
    if denominator == 0:
        return None
    return (Decimal(numerator) * 100 / denominator).quantize(Decimal("0.1"), ROUND_HALF_UP)


def rate_label(numerator: int, denominator: int, zero: ZeroRate) -> str:
    """As printed: '67.9％', 0 of 0 as the agreement wants it, n of 0 as '―'."""
    value = rate(numerator, denominator)
    if value is not None:
        return f"{value}％"
    if numerator:
        return "―"
    return "0％" if zero == ZeroRate.ZERO_PERCENT else "－"


@dataclass(frozen=True)
class Agreed:
    """An agreed target: a count, a rate in percent, or both; None where nothing was agreed."""

    count: int | None = None
    rate: Decimal | None = None


class Part(Enum):
    """A number of a cell that the published report may withhold (reports.published)."""

    ACTUAL = "actual"
    RATE = "rate"
    REFERENCE_ACTUAL = "reference_actual"
    REFERENCE_RATE = "reference_rate"


@dataclass(frozen=True)
class Cell:
    """One indicator of one group: cumulative from 1 April to the end of the month.

    `base` is the denominator of a rate (persons supported), None where the indicator has no rate.
    `reference` cells hold the year before: its targets and its full-year result.
    `withheld` names what the published report does not tell; such a number is not in the cell, it is 0.
    """

    indicator: IndicatorCode
    actual: int
    base: int | None
    target: Agreed
    reference_actual: int
    reference_base: int | None
    reference_target: Agreed
    withheld: frozenset[Part] = frozenset()

    @property
    def rate(self) -> Decimal | None:
        return None if self.base is None else rate(self.actual, self.base)

    @property
    def reference_rate(self) -> Decimal | None:
        return None if self.reference_base is None else rate(self.reference_actual, self.reference_base)

    @property
    def achievement(self) -> Decimal | None:
        """実績 ÷ 目標 in percent; None without a count to reach."""
        return None if not self.target.count else rate(self.actual, self.target.count)


@dataclass(frozen=True)
class GroupFigures:
    """One row of the report; the total is a row of its own with the code 'total'."""

    code: str
    name: str
    cells: tuple[Cell, ...]

    def cell(self, indicator: IndicatorCode) -> Cell:
        return next(cell for cell in self.cells if cell.indicator == indicator)

    @property
    def supported(self) -> Cell:
        return self.cell(IndicatorCode.SUPPORTED)

    @property
    def placed(self) -> Cell:
        return self.cell(IndicatorCode.PLACED)


@dataclass(frozen=True)
class Series:
    """Cumulative actual by month of the fiscal year for the total row, and the year's target."""

    indicator: IndicatorCode
    months: tuple[Month, ...]
    cumulative: tuple[int, ...]
    target: int | None


@dataclass(frozen=True)
class MonthFigures:
    """All figures of one agreement and month, and by which definitions they were counted."""

    agreement_code: str
    agreement_name: str
    month: Month
    as_of: dt.date
    counted_at: dt.datetime
    definition_version: int
    rules_version: str
    rule_lines: tuple[str, ...]
    zero_rate: ZeroRate
    groups: tuple[GroupFigures, ...]
    series: tuple[Series, ...]

    @property
    def total(self) -> GroupFigures:
        return self.groups[-1]


def to_json(figures: MonthFigures) -> dict[str, Any]:
    """For storing; `from_json` gives back an equal object."""
    return {
        "agreement_code": figures.agreement_code,
        "agreement_name": figures.agreement_name,
        "month": str(figures.month),
        "as_of": figures.as_of.isoformat(),
        "counted_at": figures.counted_at.isoformat(),
        "definition_version": figures.definition_version,
        "rules_version": figures.rules_version,
        "rule_lines": list(figures.rule_lines),
        "zero_rate": figures.zero_rate.value,
        "groups": [
            {
                "code": group.code,
                "name": group.name,
                "cells": [
                    {
                        "indicator": cell.indicator.value,
                        "actual": cell.actual,
                        "base": cell.base,
                        "target": _agreed_json(cell.target),
                        "reference_actual": cell.reference_actual,
                        "reference_base": cell.reference_base,
                        "reference_target": _agreed_json(cell.reference_target),
                    }
                    for cell in group.cells
                ],
            }
            for group in figures.groups
        ],
        "series": [
            {
                "indicator": series.indicator.value,
                "months": [str(month) for month in series.months],
                "cumulative": list(series.cumulative),
                "target": series.target,
            }
            for series in figures.series
        ],
    }


def _agreed_json(agreed: Agreed) -> dict[str, Any]:
    return {"count": agreed.count, "rate": None if agreed.rate is None else str(agreed.rate)}


def _agreed(data: dict[str, Any]) -> Agreed:
    return Agreed(count=data["count"], rate=None if data["rate"] is None else Decimal(data["rate"]))


def from_json(data: dict[str, Any]) -> MonthFigures:
    """The figures that `to_json` stored."""
    return MonthFigures(
        agreement_code=data["agreement_code"],
        agreement_name=data["agreement_name"],
        month=Month.parse(data["month"]),
        as_of=dt.date.fromisoformat(data["as_of"]),
        counted_at=dt.datetime.fromisoformat(data["counted_at"]),
        definition_version=data["definition_version"],
        rules_version=data["rules_version"],
        rule_lines=tuple(data["rule_lines"]),
        zero_rate=ZeroRate(data["zero_rate"]),
        groups=tuple(
            GroupFigures(
                code=group["code"],
                name=group["name"],
                cells=tuple(
                    Cell(
                        indicator=IndicatorCode(cell["indicator"]),
                        actual=cell["actual"],
                        base=cell["base"],
                        target=_agreed(cell["target"]),
                        reference_actual=cell["reference_actual"],
                        reference_base=cell["reference_base"],
                        reference_target=_agreed(cell["reference_target"]),
                    )
                    for cell in group["cells"]
                ),
            )
            for group in data["groups"]
        ),
        series=tuple(
            Series(
                indicator=IndicatorCode(series["indicator"]),
                months=tuple(Month.parse(month) for month in series["months"]),
                cumulative=tuple(series["cumulative"]),
                target=series["target"],
            )
            for series in data["series"]
        ),
    )
