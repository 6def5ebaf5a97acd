"""締め後の変動: what the records say now that a closed report did not count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from reports.actions import FACT_SOURCES
from reports.enums import Source
from reports.figures import MonthFigures
from reports.indicators import BY_CODE, facts
from reports.models import CountedFact, MonthlyReport


@dataclass(frozen=True)
class Change:
    """One fact that came, went or moved since the count."""

    source: Source
    case_id: UUID
    kind: str
    on: dt.date
    before: dt.date | None


@dataclass(frozen=True)
class Difference:
    """How one number of the report would change if it were counted now."""

    group: str
    indicator: str
    stored: int
    now: int


def changes_since(report: MonthlyReport) -> list[Change]:
    """Facts of the report's period that differ from those it counted; within the transaction's scope."""
    month = report.period
    stored: Mapping[tuple[str, UUID], CountedFact] = {
        (fact.source, fact.fact_id): fact for fact in CountedFact.objects.filter(report=report)
    }
    found: list[Change] = []
    seen = set()
    for source in FACT_SOURCES:
        if source == Source.FIRST_PLACEMENTS:
            continue
        for row in facts(source, [report.agreement], month.fiscal_start, month.last_day):
            key = (source.value, row["fact"])
            seen.add(key)
            earlier = stored.get(key)
            if earlier is None:
                found.append(Change(source, row["of_case"], "追加", row["on"], None))
            elif earlier.counted_on != row["on"] or earlier.group_id != row["row"]:
                found.append(Change(source, row["of_case"], "変更", row["on"], earlier.counted_on))
    for key, fact in stored.items():
        if key not in seen and fact.source != Source.FIRST_PLACEMENTS:
            found.append(Change(Source(fact.source), fact.case_id, "対象外へ", fact.counted_on, fact.counted_on))
    return sorted(found, key=lambda change: (change.on, change.source, str(change.case_id)))


def differences(stored: MonthFigures, now: MonthFigures) -> list[Difference]:
    """Numbers that would differ."""
    fresh = {group.code: group for group in now.groups}
    return [
        Difference(group.name, BY_CODE[cell.indicator].name, cell.actual, fresh[group.code].cell(cell.indicator).actual)
        for group in stored.groups
        if group.code in fresh
        for cell in group.cells
        if cell.indicator.value != "placement_rate" and cell.actual != fresh[group.code].cell(cell.indicator).actual
    ]
