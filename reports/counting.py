"""Counting a month: the registry's counts against the plan's targets, as frozen figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from agreements.enums import IndicatorCode, ZeroRate
from agreements.models import Agreement, BusinessPlan, CountingRules, Target, TargetGroup
from core.periods import Month, fiscal_year_label
from reports.enums import Source
from reports.figures import TOTAL, Agreed, Cell, GroupFigures, MonthFigures, Series
from reports.indicators import DEFINITION_VERSION, REGISTRY, Counts, count

# Shown as a line over the months: what the plan sets targets for, of these; otherwise the first two.
CHARTED = (
    IndicatorCode.SUPPORTED,
    IndicatorCode.PLACED,
    IndicatorCode.PLACEMENTS,
    IndicatorCode.DEVELOPED_OPENINGS,
)
Targets = dict[tuple[int | None, IndicatorCode], Agreed]


class NoCountingRules(Exception):
    """The agreement has no counting rules for the fiscal year or any earlier one."""

    def __init__(self, agreement: Agreement, year: int) -> None:
        super().__init__(
            f"{agreement.name}の{fiscal_year_label(year)}の計数規則がありません。協定の画面で登録してください。"
        )


def agreed_targets(plan: BusinessPlan | None) -> Targets:
    """Targets as agreed; a rate is a target of both 就職者数 and 就職率."""
    targets: Targets = {}
    if plan is None:
        return targets
    for row in Target.objects.filter(plan=plan):
        code = IndicatorCode(row.indicator)
        targets[row.group_id, code] = Agreed(count=row.count, rate=row.rate)
        if code == IndicatorCode.PLACED and row.rate is not None:
            targets.setdefault((row.group_id, IndicatorCode.PLACEMENT_RATE), Agreed(rate=row.rate))
    return targets


def rule_lines(rules: CountingRules) -> tuple[str, ...]:
    """The counting rules as sentences for the footnote."""
    return (
        f"支援対象者数に数える方: {rules.get_denominator_display()}",
        f"就職者数に数える方: {rules.get_numerator_display()}({rules.get_placement_count_display()})",
        f"対象区分: {rules.get_group_at_display()}で数える",
        f"0人÷0人の率は「{rules.get_zero_rate_display()}」、n人÷0人の率は「―」と表示する",
        *((rules.note,) if rules.note else ()),
    )


def count_month(agreement: Agreement, month: Month, *, counted_at: dt.datetime) -> MonthFigures:
    """Count everything from 1 April to the end of the month; needs the scope of the agreement's parties.

    Run it in one REPEATABLE READ snapshot: six queries must see one state of the records.
    Raises NoCountingRules.
    """
    year = month.fiscal_year
    rules = CountingRules.objects.in_force(agreement, year)
    if rules is None:
        raise NoCountingRules(agreement, year)
    groups = list(TargetGroup.objects.filter(agreement=agreement).order_by("position", "pk"))
    before = dt.date(year - 1, 4, 1)
    # The reference year always to its end, this year to the end of the month.
    counts = {
        source: count(source, [agreement], before, month.last_day)
        for source in {indicator.source: None for indicator in REGISTRY}
    }
    targets = agreed_targets(BusinessPlan.objects.in_force(agreement, year))
    reference_targets = agreed_targets(BusinessPlan.objects.in_force(agreement, year - 1))
    rows: list[GroupFigures] = []
    for group in [*groups, None]:
        key = group.pk if group else None
        now = _sums(counts, agreement.pk, key, month.months_to_date())
        earlier = _sums(counts, agreement.pk, key, Month(year - 1, 4).months_of_year())
        rows.append(
            GroupFigures(
                code=group.code if group else TOTAL,
                name=group.name if group else "合計",
                cells=tuple(
                    Cell(
                        indicator=indicator.code,
                        actual=now[indicator.source],
                        base=_base(indicator.code, now),
                        target=targets.get((key, indicator.code), Agreed()),
                        reference_actual=earlier[indicator.source],
                        reference_base=_base(indicator.code, earlier),
                        reference_target=reference_targets.get((key, indicator.code), Agreed()),
                    )
                    for indicator in REGISTRY
                ),
            )
        )
    return MonthFigures(
        agreement_code=agreement.code,
        agreement_name=agreement.name,
        month=month,
        as_of=month.last_day,
        counted_at=counted_at,
        definition_version=DEFINITION_VERSION,
        rules_version=f"{fiscal_year_label(rules.fiscal_year)} 第{rules.version_number}版",
        rule_lines=rule_lines(rules),
        zero_rate=ZeroRate(rules.zero_rate),
        groups=tuple(rows),
        series=tuple(_series(code, counts, agreement.pk, month, targets) for code in charted(targets)),
    )


def charted(targets: Targets) -> tuple[IndicatorCode, ...]:
    """The indicators drawn as lines."""
    aimed_at = {code for _group, code in targets}
    return tuple(code for code in CHARTED if code in aimed_at) or CHARTED[:2]


def _base(code: IndicatorCode, sums: Mapping[Source, int]) -> int | None:
    if code in (IndicatorCode.PLACED, IndicatorCode.PLACEMENT_RATE):
        return sums[Source.SUPPORT_STARTS]
    return None


def _sums(counts: Mapping[Source, Counts], agreement: int, group: int | None, months: list[Month]) -> dict[Source, int]:
    """Cumulative counts of a group, or of all groups together for the total."""
    wanted = set(months)
    return {
        source: sum(
            number
            for (owner, row, month), number in by_key.items()
            if owner == agreement and month in wanted and (group is None or row == group)
        )
        for source, by_key in counts.items()
    }


def _series(
    code: IndicatorCode, counts: Mapping[Source, Counts], agreement: int, month: Month, targets: Targets
) -> Series:
    source = next(indicator.source for indicator in REGISTRY if indicator.code == code)
    months = month.months_to_date()
    cumulative = [
        _sums({source: counts[source]}, agreement, None, months[: position + 1])[source]
        for position in range(len(months))
    ]
    target = targets.get((None, code), Agreed()).count
    if target is None:
        parts = [agreed.count for (group, which), agreed in targets.items() if which == code and group is not None]
        target = sum(part for part in parts if part is not None) or None
    return Series(indicator=code, months=tuple(month.months_of_year()), cumulative=tuple(cumulative), target=target)
