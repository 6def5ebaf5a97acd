"""The way from the first talk to a job, as counts by section and by target group.

Only cases that the reader may see are counted, so that no number tells of a case behind the wall. A case is
followed from the day of its first talk, whatever day the later steps fall on.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import BigIntegerField, Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Organisation
from accounts.scope import Actor
from agreements.models import TargetGroup, TargetGroupStatus
from cases.enums import CaseState
from cases.models import BenefitPeriod, Case, CaseTransition, Placement

# (key, label, what is counted): printed under the table, so that everybody means the same.
STEPS = (
    ("talked", "相談", "相談受付日が期間内のケース"),
    ("checked", "要件確認", "そのうち、4つの要件を確かめ、プレ相談・支援要請・見送りのどれかに進んだもの"),
    ("requested", "要請", "そのうち、支援要請を送ったもの"),
    ("accepted", "受理", "そのうち、ハローワークが受理したもの"),
    ("active", "支援中", "そのうち、支援プランに三者が合意したか、就職したもの"),
    ("placed", "就職", "そのうち、就職の記録があるもの"),
)
BAR_WIDTH = 100


@dataclass(frozen=True)
class Cell:
    """A count, and how long its bar is in units of the picture."""

    count: int
    width: int
    label: str


@dataclass(frozen=True)
class Row:
    """One section or group."""

    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Funnel:
    """Both tables, and their total."""

    sections: tuple[Row, ...]
    groups: tuple[Row, ...]
    total: Row


def count(actor: Actor, first: dt.date, last: dt.date) -> Funnel:
    """Cases whose first talk fell on these days (both included); three queries whatever their number."""
    passed = CaseTransition.objects.filter(case=OuterRef("pk"))
    primary = BenefitPeriod.objects.filter(case=OuterRef("pk"), is_primary=True).order_by("-starts_on")
    group = TargetGroupStatus.objects.filter(agreement=OuterRef("agreement"), status=OuterRef("benefit"))
    considered = [CaseState.PRE_CONSULTATION, CaseState.REQUESTED, CaseState.NOT_REFERRED]
    rows = list(
        Case.objects.visible_to(actor)
        .filter(opened_on__range=(first, last))
        .annotate(
            is_checked=Exists(passed.filter(to_state__in=considered)),
            is_requested=Exists(passed.filter(to_state=CaseState.REQUESTED)),
            is_active=Exists(passed.filter(to_state__in=[CaseState.ACTIVE, CaseState.PLACED])),
            is_placed=Exists(Placement.objects.filter(case=OuterRef("pk"))),
            benefit=Subquery(primary.values("status")[:1]),
        )
        .annotate(
            of_group=Coalesce("support_group", Subquery(group.values("group")[:1]), output_field=BigIntegerField())
        )
        .values("organisation", "of_group")
        .annotate(
            talked=Count("pk"),
            checked=Count("pk", filter=Q(is_checked=True) | Q(support_started_on__isnull=False)),
            requested=Count("pk", filter=Q(is_requested=True) | Q(support_started_on__isnull=False)),
            accepted=Count("pk", filter=Q(support_started_on__isnull=False)),
            active=Count("pk", filter=Q(is_active=True)),
            placed=Count("pk", filter=Q(is_placed=True)),
        )
        .order_by("organisation", "of_group")
    )
    offices = Organisation.objects.in_bulk({row["organisation"] for row in rows})
    groups = TargetGroup.objects.select_related("agreement").in_bulk({row["of_group"] for row in rows} - {None})
    sections: dict[str, list[int]] = {}
    by_group: dict[str, list[int]] = {}
    total = [0] * len(STEPS)
    for row in rows:
        counts = [row[key] for key, _label, _meaning in STEPS]
        group_row = groups.get(row["of_group"])
        name = f"{group_row.name}({group_row.agreement.name})" if group_row else "区分の記録なし"
        for tally in (
            total,
            sections.setdefault(offices[row["organisation"]].name, [0] * len(STEPS)),
            by_group.setdefault(name, [0] * len(STEPS)),
        ):
            for position, number in enumerate(counts):
                tally[position] += number
    return Funnel(
        sections=tuple(_row(name, counts) for name, counts in sorted(sections.items())),
        groups=tuple(_row(name, counts) for name, counts in sorted(by_group.items())),
        total=_row("合計", total),
    )


def _row(name: str, counts: list[int]) -> Row:
    """Bars are drawn against the first step of the same row."""
    most = max(counts[0], 1)
    return Row(
        name,
        tuple(
            Cell(number, min(BAR_WIDTH, round(BAR_WIDTH * number / most)), label)
            for number, (_key, label, _meaning) in zip(counts, STEPS, strict=True)
        ),
    )
