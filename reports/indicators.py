"""The only place where a figure is defined: what it is called, what it counts, and from which records.

All indicators of one source are one grouped query, for any number of agreements and groups at once.
A change of a definition raises DEFINITION_VERSION; a closed month keeps its own.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Min, QuerySet, Sum
from django.db.models.functions import TruncMonth

from agreements.enums import IndicatorCode
from agreements.models import Agreement
from cases.models import Case, Interview, Introduction, Placement
from core.periods import Month
from employers.models import Vacancy
from reports.enums import Source

DEFINITION_VERSION = 1


@dataclass(frozen=True)
class Indicator:
    """One figure: its sentence stands in the report's appendix and in the workbook."""

    code: IndicatorCode
    unit: str
    definition: str
    source: Source
    has_groups: bool = True

    @property
    def name(self) -> str:
        return self.code.label


REGISTRY: tuple[Indicator, ...] = (
    Indicator(
        IndicatorCode.SUPPORTED,
        "人",
        "期間中に支援を開始した(支援開始日がある)支援対象者の数。前の年度から続く方は数えません。",
        Source.SUPPORT_STARTS,
    ),
    Indicator(
        IndicatorCode.PLACED,
        "人",
        "期間中の日に就職した支援対象者の数。支援開始の時期を問わず、同じ年度に何度就職しても1人と数えます。",
        Source.FIRST_PLACEMENTS,
    ),
    Indicator(
        IndicatorCode.PLACEMENT_RATE,
        "％",
        "就職者数÷支援対象者数×100。小数第1位まで(四捨五入)。前の年度に支援を始めた方の就職を含むため、100％を超えることがあります。",
        Source.FIRST_PLACEMENTS,
    ),
    Indicator(
        IndicatorCode.PLACEMENTS,
        "件",
        "期間中の日に始まった就職の件数。1人が2回就職したときは2件と数えます。",
        Source.PLACEMENTS,
    ),
    Indicator(
        IndicatorCode.INTRODUCTIONS,
        "件",
        "期間中に行った紹介・応募の件数。",
        Source.INTRODUCTIONS,
    ),
    Indicator(
        IndicatorCode.INTERVIEWS,
        "件",
        "期間中に記録した面談(来所・電話・訪問・同行など)の件数。自機関のみの記録も件数に含みます。",
        Source.INTERVIEWS,
    ),
    Indicator(
        IndicatorCode.DEVELOPED_OPENINGS,
        "人",
        "協定の当事者と実施機関が求人開拓で受け付けた求人の、求人数(募集人数)の合計。対象区分には分けません。",
        Source.DEVELOPED_VACANCIES,
        has_groups=False,
    ),
)
BY_CODE = {indicator.code: indicator for indicator in REGISTRY}

# (agreement id, group id or None, month) → count
Counts = Counter[tuple[int, int | None, Month]]


def _support_starts(agreements: Collection[Agreement], first: dt.date, last: dt.date) -> QuerySet[Any, Any]:
    return (
        Case.objects.filter(agreement__in=agreements)
        .started_between(first, last)
        .values(fact=F("pk"), on=F("support_started_on"), owner=F("agreement"), row=F("support_group"), of_case=F("pk"))
    )


def _placements(agreements: Collection[Agreement], first: dt.date, last: dt.date) -> QuerySet[Any, Any]:
    return Placement.objects.filter(case__agreement__in=agreements, started_on__range=(first, last)).values(
        fact=F("pk"), on=F("started_on"), owner=F("case__agreement"), row=F("case__support_group"), of_case=F("case")
    )


def _introductions(agreements: Collection[Agreement], first: dt.date, last: dt.date) -> QuerySet[Any, Any]:
    return Introduction.objects.filter(case__agreement__in=agreements, introduced_on__range=(first, last)).values(
        fact=F("pk"),
        on=F("introduced_on"),
        owner=F("case__agreement"),
        row=F("case__support_group"),
        of_case=F("case"),
    )


def _interviews(agreements: Collection[Agreement], first: dt.date, last: dt.date) -> QuerySet[Any, Any]:
    return Interview.objects.filter(case__agreement__in=agreements, held_at__date__range=(first, last)).values(
        fact=F("pk"),
        on=F("held_at__date"),
        owner=F("case__agreement"),
        row=F("case__support_group"),
        of_case=F("case"),
    )


FACTS: dict[Source, Callable[[Collection[Agreement], dt.date, dt.date], QuerySet[Any, Any]]] = {
    Source.SUPPORT_STARTS: _support_starts,
    Source.PLACEMENTS: _placements,
    Source.INTRODUCTIONS: _introductions,
    Source.INTERVIEWS: _interviews,
}


def facts(source: Source, agreements: Collection[Agreement], first: dt.date, last: dt.date) -> list[dict[str, Any]]:
    """The records that a source counts: dicts of fact, on, owner (agreement), row (group), of_case."""
    if source == Source.FIRST_PLACEMENTS:
        earliest: dict[Any, dict[str, Any]] = {}
        for row in _placements(agreements, first, last).order_by("on", "fact"):
            earliest.setdefault(row["of_case"], row)
        return list(earliest.values())
    return list(FACTS[source](agreements, first, last).order_by("on", "fact"))


def count(source: Source, agreements: Collection[Agreement], first: dt.date, last: dt.date) -> Counts:
    """How many facts of a source fall into each agreement, group and month; one query."""
    counts: Counts = Counter()
    if source == Source.DEVELOPED_VACANCIES:
        return _developed(agreements, first, last)
    if source == Source.FIRST_PLACEMENTS:
        # A case counts once per fiscal year, in the month of its first placement.
        firsts = (
            Placement.objects.filter(case__agreement__in=agreements, started_on__range=(first, last))
            .order_by()
            .values("case", owner=F("case__agreement"), row=F("case__support_group"))
            .annotate(first_on=Min("started_on"))
        )
        for row in firsts:
            counts[row["owner"], row["row"], Month.of(row["first_on"])] += 1
        return counts
    query = FACTS[source](agreements, first, last).order_by()
    for grouped in query.values("owner", "row", month=TruncMonth("on")).annotate(number=Count("pk")):
        counts[grouped["owner"], grouped["row"], Month.of(grouped["month"])] += grouped["number"]
    return counts


def _developed(agreements: Collection[Agreement], first: dt.date, last: dt.date) -> Counts:
    counts: Counts = Counter()
    found = (
        Vacancy.objects.filter(is_developed=True, found_on__range=(first, last))
        .order_by()
        .values("organisation", month=TruncMonth("found_on"))
        .annotate(number=Sum("opening_count"))
    )
    owners = {agreement.pk: Agreement.objects.organisation_ids(agreement) for agreement in agreements}
    for row in found:
        for agreement, organisations in owners.items():
            if row["organisation"] in organisations:
                counts[agreement, None, Month.of(row["month"])] += row["number"]
    return counts
