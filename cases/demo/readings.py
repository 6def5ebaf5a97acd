"""A few readings in the demo's access log, and two that stand out for a manager to review.

The log keeps the time of writing, so these readings carry the moment of loading.
"""

from __future__ import annotations

import datetime as dt
import uuid

from accounts.access_log import Reader, write
from accounts.enums import AccessAct
from accounts.models import AccessEntry, User
from cases.demo.organisations import World
from cases.enums import CaseState, OddReason
from cases.models import Case, OddReading

AGREEMENT = "okayama"
CASES = 6


def add_readings(world: World, *, today: dt.date, at: dt.datetime) -> None:
    """Workers of both sides read; one of them reads a person who is not theirs, and one reads many."""
    reader = world.users["okayama-worker"]
    organisation = reader.memberships.get().organisation
    shared = Case.objects.filter(
        agreement=world.agreements[AGREEMENT], organisation=organisation, state=CaseState.ACTIVE
    ).exclude(assignments__user=reader)
    cases = list(shared.order_by("number")[:CASES])
    if not cases:
        return
    visits = (
        ("okayama-cw", "case_list", AccessAct.LIST, cases),
        ("okayama-cw", "case_detail", AccessAct.VIEW, cases[:1]),
        ("okayama-cw", "interview_new", AccessAct.CHANGE, cases[:1]),
        ("okayama-navi", "case_list", AccessAct.LIST, cases),
        *(("okayama-navi", "case_detail", AccessAct.VIEW, [case]) for case in cases[:2]),
        *(("okayama-worker", "case_detail", AccessAct.VIEW, [case]) for case in cases),
    )
    for username, route, act, shown in visits:
        _visit(world.users[username], route, act, shown)
    entries = AccessEntry.objects.filter(user=reader, organisation=organisation)
    ids = list(entries.order_by("pk").values_list("pk", flat=True))
    for reason, case, found, some in (
        (OddReason.UNASSIGNED_BURST, None, f"担当していない{len(cases)}人の記録を開き、何も記録していません。", ids),
        (OddReason.REPEATED, cases[0], "担当していない方の記録を、90日のうちに3日開きました。", ids[:1]),
    ):
        OddReading.objects.create(
            organisation=organisation,
            reason=reason,
            user=reader,
            person_id=case.person_id if case else None,
            read_on=today - dt.timedelta(days=1),
            found=found,
            entry_ids=some,
            found_at=at,
        )


def _visit(user: User, route: str, act: AccessAct, cases: list[Case]) -> None:
    membership = user.memberships.order_by("pk")[0]
    write(
        reader=Reader(user.pk, membership.organisation_id, membership.pk, membership.role, "192.0.2.10"),
        act=act,
        route=route,
        request_id=uuid.uuid4(),
        subjects=[(case.person_id, case.pk) for case in cases],
    )
