"""A meeting's sheets: one block for each case, of what everybody who sees the case may know; for screen and paper."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.models import Organisation
from accounts.scope import Actor
from cases.actions.meeting import seen_by
from cases.actions.suppression import OutputBlocked, require_output
from cases.enums import STATES_IN_SUPPORT, IntroductionResult, ItemState, Visibility
from cases.models import (
    Appointment,
    Assignment,
    CaseMeeting,
    Interview,
    Introduction,
    MeetingItem,
    MeetingTask,
    SupportPlan,
    Suppression,
)
from core.documents import render_pdf

EARLIER_SHOWN = 2


@dataclass
class Sheet:
    """One case as it lies on the table. Notes kept to one side, kinds of facts, whereabouts and employers stay out."""

    item: MeetingItem
    name: str
    kana: str
    age: str
    state: str
    month: int | None
    goal_on: dt.date | None
    team: list[str] = field(default_factory=list)
    upcoming: dt.datetime | None = None
    last_talk: dt.datetime | None = None
    homework: str = ""
    goal: str = ""
    applied: int = 0
    pending: int = 0
    earlier: list[MeetingItem] = field(default_factory=list)
    tasks: list[MeetingTask] = field(default_factory=list)
    # Organisations and outsiders at the table who may not see the case.
    closed_to: list[str] = field(default_factory=list)


def parties_of(meeting: CaseMeeting) -> list[Organisation]:
    """Both sides and the guests."""
    guests = meeting.guests.select_related("organisation").order_by("pk")
    return [meeting.organisation, meeting.counterpart, *(guest.organisation for guest in guests)]


def items_of(meeting: CaseMeeting, actor: Actor) -> list[MeetingItem]:
    """The agenda as far as this reader sees its cases."""
    rows = MeetingItem.objects.visible_to(actor).filter(meeting=meeting)
    return list(rows.select_related("case__person", "decided_by").order_by("position", "pk"))


def sheets_of(meeting: CaseMeeting, items: Sequence[MeetingItem], day: dt.date) -> list[Sheet]:
    """Sheets in the order of the items; as many queries for one as for thirty."""
    ids = [item.case_id for item in items]
    parties = parties_of(meeting)
    outsiders = list(meeting.participants.filter(user__isnull=True).order_by("pk"))
    seen = seen_by(parties, items, day)
    sheets: dict[UUID, Sheet] = {}
    for item in items:
        case = item.case
        month = None
        if case.support_started_on and case.state in STATES_IN_SUPPORT:
            month = (day.year - case.support_started_on.year) * 12 + day.month - case.support_started_on.month + 1
        sheets[case.pk] = Sheet(
            item=item,
            name=case.person.name,
            kana=case.person.name_kana,
            age=case.person.birth.age_on(day) if case.person.birth else "",
            state=case.get_state_display(),
            month=month,
            goal_on=case.support_goal_on,
            closed_to=[party.short_name for party in parties if case.pk not in seen[party.pk]]
            + [f"{person.outsider_name}さん({person.outsider_body})" for person in outsiders],
        )
    team = Assignment.objects.filter(case__in=ids).current(day).select_related("user", "organisation")
    for assignment in team.order_by("starts_on", "pk"):
        sheets[assignment.case_id].team.append(f"{assignment.organisation.short_name} {assignment.user.name}")
    booked = Appointment.objects.booked().filter(case__in=ids, starts_at__date__gte=day)
    for visit in booked.order_by("case", "starts_at").distinct("case"):
        sheets[visit.case_id].upcoming = visit.starts_at
    notes = Interview.objects.filter(case__in=ids, visibility=Visibility.SHARED, field_group="")
    for note in notes.order_by("case", "-held_at").distinct("case"):
        sheets[note.case_id].last_talk = note.held_at
        sheets[note.case_id].homework = note.homework
    for plan in SupportPlan.objects.filter(case__in=ids).order_by("case", "-version_number").distinct("case"):
        sheets[plan.case_id].goal = plan.goal
    for pk, result in Introduction.objects.filter(case__in=ids).values_list("case", "result"):
        sheets[pk].applied += 1
        sheets[pk].pending += result == IntroductionResult.PENDING
    earlier: dict[UUID, list[MeetingItem]] = defaultdict(list)
    before = MeetingItem.objects.filter(case__in=ids, state=ItemState.DISCUSSED).exclude(meeting=meeting)
    for row in before.filter(held_at__lt=meeting.starts_at).order_by("-held_at"):
        earlier[row.case_id].append(row)
    for pk, rows in earlier.items():
        sheets[pk].earlier = rows[:EARLIER_SHOWN]
    tasks = MeetingTask.objects.filter(case__in=ids).select_related("user", "item").order_by("until_on", "pk")
    for task in tasks:
        if task.done_at is None or task.meeting_id == meeting.pk:
            sheets[task.case_id].tasks.append(task)
    return [sheets[pk] for pk in ids]


@dataclass(frozen=True)
class Pack:
    """What one reader gets on paper."""

    meeting: CaseMeeting
    reader: str
    sheets: list[Sheet]
    withheld_count: int
    people: list[str]
    printed_by: str
    printed_at: dt.datetime


def pack_for(
    meeting: CaseMeeting, readers: Collection[Organisation], *, reader: str, by: Actor, at: dt.datetime
) -> Pack:
    """The agenda with the cases that every one of the readers sees; without readers, no case at all.

    A suppressed person is left out unless a second person approved the print (require_output).
    """
    items = items_of(meeting, by) if readers else []
    seen = seen_by(list(readers), items, timezone.localtime(at).date())
    items = [item for item in items if all(item.case_id in cases for cases in seen.values())]
    hidden = set(
        Suppression.objects.standing()
        .filter(person__in=[item.case.person_id for item in items])
        .values_list("person", flat=True)
    )
    kept, withheld = [], 0
    for item in items:
        if item.case.person_id in hidden:
            try:
                require_output(person_id=item.case.person_id, by=by, at=at)
            except OutputBlocked:
                withheld += 1
                continue
        kept.append(item)
    return Pack(
        meeting=meeting,
        reader=reader,
        sheets=sheets_of(meeting, kept, timezone.localtime(at).date()),
        withheld_count=withheld,
        people=people_lines(meeting),
        printed_by=f"{by.organisation.short_name} {by.user.name}",
        printed_at=at,
    )


def people_lines(meeting: CaseMeeting) -> list[str]:
    """Who takes part, with the organisation."""
    rows = meeting.participants.select_related("user", "organisation").order_by("organisation", "pk")
    return [
        f"{row.user.name}({row.organisation.short_name})"
        if row.user and row.organisation
        else f"{row.outsider_name}({row.outsider_body})"
        for row in rows
    ]


def pack_pdf(pack: Pack) -> bytes:
    """A4, one block for each case."""
    context: dict[str, Any] = {"pack": pack, "meeting": pack.meeting}
    return render_pdf("cases/meeting_pack.html", context, stylesheet="css/print/meeting.css")
