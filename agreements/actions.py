"""Changing agreements, plans and counting rules."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from django.db import transaction

from accounts.enums import MUNICIPAL_KINDS, NATIONAL_KINDS
from accounts.models import User
from accounts.scope import Actor
from agreements.enums import BenefitStatus, IndicatorCode, PartySide, PlanStatus, TargetRounding
from agreements.models import (
    Agreement,
    BusinessPlan,
    CountingRules,
    Desk,
    Party,
    Target,
    TargetGroup,
    TargetGroupStatus,
)
from core.db import hold

_ROUNDING = {
    TargetRounding.CEILING: ROUND_CEILING,
    TargetRounding.HALF_UP: ROUND_HALF_UP,
    TargetRounding.FLOOR: ROUND_FLOOR,
}


class AgreementError(Exception):
    """What an agreement does not allow now; the message is for the screen."""


class TargetsMoved(AgreementError):
    """Somebody saved other targets after the page was opened."""

    def __init__(self) -> None:
        super().__init__(
            "画面を開いた後に、ほかの人が目標を変えました。保存されている目標を見比べ、よければもう一度押してください。"
        )


class PlanAlreadyAgreed(AgreementError):
    def __init__(self) -> None:
        super().__init__("合意済みの計画は変えられません。変更するときは新しい版を作ってください。")


@dataclass(frozen=True)
class TargetValue:
    """A target as typed: a count, a rate in percent, or both."""

    count: int | None
    rate: Decimal | None


def proposed_target(persons: int, percent: Decimal, rounding: TargetRounding) -> int:
    """rate × persons, rounded as the agreement rounds; offered while planning, never recomputed later.

    Decimal throughout: in floats 100 × 0.55 rounds up to 56 (domain_reference 5.6).
    """
    return int((Decimal(persons) * percent / 100).to_integral_value(_ROUNDING[rounding]))


@transaction.atomic
def found_agreement(*, agreement: Agreement, signatory: str, by: Actor) -> Agreement:
    """A new agreement with the actor's organisation as first party and default counting rules."""
    kind = by.organisation.kind
    side = (
        PartySide.MUNICIPAL
        if kind in MUNICIPAL_KINDS
        else PartySide.NATIONAL
        if kind in NATIONAL_KINDS
        else PartySide.AFFILIATED
    )
    agreement.save()
    Party.objects.create(agreement=agreement, organisation=by.organisation, side=side, signatory=signatory)
    year = agreement.valid_from.year if agreement.valid_from.month >= 4 else agreement.valid_from.year - 1
    CountingRules.objects.create(
        agreement=agreement, fiscal_year=year, decided_on=agreement.valid_from, decided_by=by.user
    )
    return agreement


@transaction.atomic
def set_group_statuses(*, group: TargetGroup, statuses: Iterable[BenefitStatus]) -> None:
    """Which benefit statuses the group bundles; within an agreement each belongs to one group."""
    wanted = set(statuses)
    taken = TargetGroupStatus.objects.filter(agreement=group.agreement, status__in=wanted).exclude(group=group)
    other = taken.select_related("group").first()
    if other is not None:
        raise AgreementError(f"「{other.get_status_display()}」は対象区分「{other.group.name}」に含まれています。")
    group.statuses.exclude(status__in=wanted).delete()
    present = set(group.statuses.values_list("status", flat=True))
    TargetGroupStatus.objects.bulk_create(
        TargetGroupStatus(group=group, agreement=group.agreement, status=status) for status in sorted(wanted - present)
    )


@transaction.atomic
def new_plan(*, agreement: Agreement, fiscal_year: int) -> BusinessPlan:
    """A draft for the year: the first version, or the next one beginning with the targets of the last."""
    hold(f"plans {agreement.pk} {fiscal_year}")
    latest = (
        BusinessPlan.objects.filter(agreement=agreement, fiscal_year=fiscal_year).order_by("-version_number").first()
    )
    if latest is not None and latest.status == PlanStatus.DRAFT:
        return latest
    plan = BusinessPlan.objects.create(
        agreement=agreement,
        fiscal_year=fiscal_year,
        version_number=latest.version_number + 1 if latest else 1,
        text=latest.text if latest else "",
        navigator_count=latest.navigator_count if latest else None,
        persons_per_navigator=latest.persons_per_navigator if latest else None,
    )
    if latest is not None:
        Target.objects.bulk_create(
            Target(
                plan=plan,
                agreement=agreement,
                group_id=target.group_id,
                indicator=target.indicator,
                count=target.count,
                rate=target.rate,
            )
            for target in latest.targets.all()
        )
    return plan


def targets_stamp(plan: BusinessPlan) -> str:
    """What the targets are, in a few characters: so a save can tell whether they are still those that were read."""
    rows = plan.targets.order_by("group", "indicator").values_list("group", "indicator", "count", "rate")
    return hashlib.sha256(repr(list(rows)).encode()).hexdigest()[:16]


def _draft_as_read(plan: BusinessPlan, seen: str) -> BusinessPlan:
    """The draft, held. Raises PlanAlreadyAgreed, TargetsMoved."""
    current: BusinessPlan = BusinessPlan.objects.select_for_update(of=("self",), no_key=True).get(pk=plan.pk)
    if current.status == PlanStatus.AGREED:
        raise PlanAlreadyAgreed
    if targets_stamp(current) != seen:
        raise TargetsMoved
    return current


@transaction.atomic
def save_targets(
    *, plan: BusinessPlan, values: Mapping[tuple[int | None, IndicatorCode], TargetValue], seen: str
) -> None:
    """Replace the draft's targets by what was typed; empty ones are no target. `seen`: targets_stamp when read.

    Raises PlanAlreadyAgreed, TargetsMoved.
    """
    plan = _draft_as_read(plan, seen)
    plan.targets.all().delete()
    Target.objects.bulk_create(
        Target(
            plan=plan,
            agreement_id=plan.agreement_id,
            group_id=group,
            indicator=code,
            count=value.count,
            rate=value.rate,
        )
        for (group, code), value in values.items()
        if value.count is not None or value.rate is not None
    )


@transaction.atomic
def agree_plan(*, plan: BusinessPlan, by: User, on: dt.date, seen: str) -> None:
    """Both sides agreed to what was read: from now on the version does not change.

    Raises AgreementError, PlanAlreadyAgreed, TargetsMoved.
    """
    plan = _draft_as_read(plan, seen)
    if not plan.targets.exists():
        raise AgreementError("目標が1つもありません。目標を入力してから合意を記録してください。")
    BusinessPlan.objects.filter(pk=plan.pk).update(status=PlanStatus.AGREED, agreed_on=on, agreed_by=by)


@transaction.atomic
def new_rules(*, rules: CountingRules, by: User) -> CountingRules:
    """A further version of the year's counting rules; earlier ones stay for the months they counted."""
    hold(f"rules {rules.agreement_id} {rules.fiscal_year}")
    latest = (
        CountingRules.objects.filter(agreement=rules.agreement, fiscal_year=rules.fiscal_year)
        .order_by("-version_number")
        .first()
    )
    rules.version_number = latest.version_number + 1 if latest else 1
    rules.decided_by = by
    rules.save(force_insert=True)
    return rules


@transaction.atomic
def set_desk_active(*, desk: Desk, is_active: bool) -> None:
    """Take a desk out of use or back; bookings that name it stay."""
    Desk.objects.filter(pk=desk.pk).update(is_active=is_active)
