"""What a case waits for, in words: why it comes onto an agenda, and what a stand-in has to look after."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from accounts.scope import Actor
from agreements.models import Agreement
from cases.enums import STATES_IN_SUPPORT, AppointmentStatus, CaseState
from cases.models import (
    Appointment,
    Case,
    Interview,
    MeetingTask,
    Placement,
    RetentionCheck,
    SupportPlan,
    SupportRequest,
)

# Days a request for support may wait, days within which an acceptance is news, days a retention check may
# be late (chosen). After how many days without a talk a case is silent, each agreement says (`silent_days`).
WAITING_DAYS = 7
NEW_DAYS = 14
LATE_CHECK_DAYS = 7


def needs_of(cases: QuerySet[Case] | Iterable[Case], actor: Actor, day: dt.date) -> dict[UUID, list[str]]:
    """Case id → reasons in words, weightiest first; as many queries for one case as for a thousand."""
    rows = {case.pk: case for case in cases}
    ids = list(rows)
    found: dict[UUID, list[str]] = defaultdict(list)
    supported = {pk: case for pk, case in rows.items() if case.state in STATES_IN_SUPPORT}
    searching = {pk: case for pk, case in supported.items() if case.state != CaseState.PLACED}
    for request in SupportRequest.objects.waiting().filter(case__in=ids).select_related("to_organisation"):
        days = (day - timezone.localtime(request.sent_at).date()).days
        if days >= WAITING_DAYS:
            found[request.case_id].append(f"支援要請の回答待ち{days}日({request.to_organisation.short_name})")
    for pk, sentence in _risks(ids, day):
        found[pk].append(sentence)
    last = last_talk(list(searching), actor)
    agreements = Agreement.objects.filter(pk__in={case.agreement_id for case in searching.values()})
    silent_days = dict(agreements.values_list("pk", "silent_days"))
    for pk, case in searching.items():
        seen = last.get(pk) or case.support_started_on
        if seen and (day - seen).days >= silent_days[case.agreement_id]:
            found[pk].append(f"{(day - seen).days}日間連絡なし")
        if case.support_goal_on and case.support_goal_on < day:
            found[pk].append(f"支援期間の目安を{(day - case.support_goal_on).days}日超過")
    due = SupportPlan.objects.to_review().filter(case__in=list(searching), review_on__lte=day)
    for pk in due.values_list("case", flat=True):
        found[pk].append("支援プランの見直し時期")
    booked = Appointment.objects.booked().filter(case__in=list(searching), starts_at__date__gte=day)
    have_next = set(booked.values_list("case", flat=True))
    for pk in searching:
        if pk not in have_next:
            found[pk].append("次回の予約なし")
    for pk, case in supported.items():
        if case.support_started_on and 0 <= (day - case.support_started_on).days <= NEW_DAYS:
            found[pk].append("新しく受理")
    open_tasks: dict[UUID, int] = defaultdict(int)
    for pk in MeetingTask.objects.open().filter(case__in=ids).values_list("case", flat=True):
        open_tasks[pk] += 1
    for pk, count in open_tasks.items():
        found[pk].append(f"前の会議で決めたことが{count}件残っている")
    return dict(found)


def last_talk(ids: list[UUID], actor: Actor) -> dict[UUID, dt.date]:
    """The last day anybody spoke with the person, as far as this reader may know."""
    talks: dict[UUID, dt.datetime] = dict(
        Interview.objects.visible_to(actor)
        .filter(case__in=ids)
        .values("case")
        .annotate(last=Max("held_at"))
        .values_list("case", "last")
    )
    kept: Any = (
        Appointment.objects.filter(case__in=ids, status=AppointmentStatus.KEPT)
        .values("case")
        .annotate(last=Max("starts_at"))
        .values_list("case", "last")
    )
    for pk, moment in kept:
        talks[pk] = max(talks.get(pk, moment), moment)
    return {pk: timezone.localtime(moment).date() for pk, moment in talks.items()}


def _risks(ids: list[UUID], day: dt.date) -> list[tuple[UUID, str]]:
    """Placements at risk: a check that is late, or a job that ended while the case still counts as placed."""
    found = []
    late = RetentionCheck.objects.due(day - dt.timedelta(days=LATE_CHECK_DAYS)).filter(case__in=ids).order_by("due_on")
    seen = set()
    for check in late:
        if check.case_id not in seen:
            seen.add(check.case_id)
            found.append((check.case_id, f"定着確認({check.month_mark}か月)が{(day - check.due_on).days}日遅れ"))
    left = Placement.objects.filter(
        Q(separated_on__isnull=False), case__in=ids, case__state=CaseState.PLACED
    ).values_list("case", flat=True)
    still = set(Placement.objects.filter(separated_on__isnull=True, case__in=ids).values_list("case", flat=True))
    found += [(pk, "就職先を離職") for pk in sorted(set(left) - still)]
    return found
