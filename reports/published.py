"""The report as it may leave the parties: small cells withheld, nothing else from which they could be told.

Besides the withheld numbers it leaves out what cannot be checked or would give them away: the months (their
differences are small numbers), the comments and reasons (free text). What is withheld is not in the figures
any more, so that no document can print it by mistake.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from django.utils.crypto import salted_hmac

from agreements.enums import IndicatorCode
from reports import documents
from reports.enums import FileKind
from reports.figures import TOTAL, Agreed, Cell, GroupFigures, MonthFigures, Part
from reports.indicators import BY_CODE, REGISTRY
from reports.smallcells import column, withheld

REST = ""  # people of no target group: in the total and in no row, so they get a row of their own
Hidden = frozenset[tuple[str, IndicatorCode]]


def legend(least: int) -> str:
    """What the sign means, as printed under every published table."""
    return f"「{documents.WITHHELD}」は、{least}人(件)未満のため、またはそれが分かってしまうため伏せています。"


def publish(figures: MonthFigures, *, least: int) -> MonthFigures:
    """The figures with every number above 0 and below `least` withheld, and what else that needs."""
    groups = _with_rest(figures.groups)
    now = _hidden(figures.agreement_code, groups, least, is_reference=False)
    earlier = _hidden(figures.agreement_code, groups, least, is_reference=True)
    return replace(
        figures,
        groups=tuple(
            replace(group, cells=tuple(_published(cell, group.code, now, earlier) for cell in group.cells))
            for group in groups
        ),
        series=(),
    )


def file(figures: MonthFigures, kind: FileKind, *, least: int, revision: int, at: dt.datetime) -> bytes:
    """The published report of a closed month, PDF or XLSX: both carry the legend."""
    public = publish(figures, least=least)
    cover = documents.Cover(
        revision=revision, reason="", is_closed=True, generated_at=at, generated_by="公表用", legend=legend(least)
    )
    return documents.pdf(public, cover) if kind == FileKind.PDF else documents.xlsx(public, cover)


def _with_rest(groups: tuple[GroupFigures, ...]) -> tuple[GroupFigures, ...]:
    """A row for what the total has more than its groups, when there is any."""
    *parts, total = groups
    rest = GroupFigures(REST, "区分なし", tuple(_rest(cell, parts) for cell in total.cells))
    left = any(cell.actual or cell.reference_actual for cell in rest.cells)
    return (*parts, rest, total) if left else groups


def _rest(total: Cell, groups: list[GroupFigures]) -> Cell:
    if not BY_CODE[total.indicator].has_groups:
        return replace(total, actual=0, reference_actual=0, target=Agreed(), reference_target=Agreed())
    parts = [group.cell(total.indicator) for group in groups]
    return Cell(
        indicator=total.indicator,
        actual=total.actual - sum(cell.actual for cell in parts),
        base=None if total.base is None else total.base - sum(cell.base or 0 for cell in parts),
        target=Agreed(),
        reference_actual=total.reference_actual - sum(cell.reference_actual for cell in parts),
        reference_base=None
        if total.reference_base is None
        else total.reference_base - sum(cell.reference_base or 0 for cell in parts),
        reference_target=Agreed(),
    )


def _hidden(agreement: str, groups: tuple[GroupFigures, ...], least: int, *, is_reference: bool) -> Hidden:
    """(group, indicator) of every withheld number; what is not split by group counts jobs, not people."""
    found = set()
    for indicator in REGISTRY:
        if not indicator.has_groups:
            continue
        numbers = {group.code: group.cell(indicator.code) for group in groups if group.code != TOTAL}
        table = column(
            {code: cell.reference_actual if is_reference else cell.actual for code, cell in numbers.items()}, TOTAL
        )

        # Keyed by neither month nor revision: the same numbers are withheld in the same way wherever they stand.
        def order(key: object, source: str = indicator.source) -> str:
            return salted_hmac("reports.published", f"{agreement} {source} {key}").hexdigest()

        found |= {(str(key), indicator.code) for key in withheld(table, least=least, order=order)}
    return frozenset(found)


def _published(cell: Cell, group: str, now: Hidden, earlier: Hidden) -> Cell:
    parts = set()
    for hidden, count, percent in (
        (now, Part.ACTUAL, Part.RATE),
        (earlier, Part.REFERENCE_ACTUAL, Part.REFERENCE_RATE),
    ):
        is_hidden, is_base_hidden = ((group, code) in hidden for code in (cell.indicator, IndicatorCode.SUPPORTED))
        if is_hidden:
            parts.add(count)
        # A rate tells its other number.
        if cell.base is not None and (is_hidden or is_base_hidden):
            parts.add(percent)
    return replace(
        cell,
        actual=0 if Part.ACTUAL in parts else cell.actual,
        base=0 if Part.RATE in parts else cell.base,
        reference_actual=0 if Part.REFERENCE_ACTUAL in parts else cell.reference_actual,
        reference_base=0 if Part.REFERENCE_RATE in parts else cell.reference_base,
        withheld=frozenset(parts),
    )
