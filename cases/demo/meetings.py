"""The desk in the demo: a weekly meeting with decisions and its next one, a handover with unread marks, a cover."""

from __future__ import annotations

import datetime as dt

from accounts.scope import Actor
from cases.actions import handover, meeting, team
from cases.demo.course import at
from cases.demo.organisations import World
from cases.demo.privacy import actor_of
from cases.enums import Duty, ItemState, MeetingKind, MeetingRepeat
from cases.models import Assignment, Case, CaseMeeting, MeetingItem
from core.db import scope

DECISIONS = (
    ("次回は三者面談にする。希望の職種を広げられるか本人に聞く。", "三者面談の日を本人と決める", "okayama-navi"),
    ("1か月連絡がない。家庭訪問を先にし、来所はその後に相談する。", "家庭訪問をする", "okayama-cw"),
    ("清掃の求人を2件案内する。応募書類はハローワークでいっしょに見直す。", "応募書類を見直す", "okayama-navi"),
)
NOTES = ("午前中は電話に出られない。用件はショートメールで先に伝える。", "", "面接の前日に確認の電話をすると安心する。")


def add_meetings(world: World, *, today: dt.date) -> None:
    """Everything by the same actions as on the screen."""
    worker, navigator = actor_of(world, "okayama-cw"), actor_of(world, "okayama-navi")
    with scope(organisations=worker.organisation_ids, user=worker.user.pk):
        held = _meeting(world, worker, navigator, today)
        for item, (decision, what, login) in zip(_items(held), DECISIONS, strict=False):
            meeting.record_item(
                item=item,
                version=item.version,
                state=ItemState.DISCUSSED,
                decision=decision,
                tasks=[meeting.TaskLine(what, user=world.users[login], until_on=today + dt.timedelta(days=3))],
                by=worker,
                at=held.starts_at + dt.timedelta(minutes=25),
            )
        for item in _items(held)[len(DECISIONS) :]:
            meeting.record_item(
                item=item,
                version=item.version,
                state=ItemState.POSTPONED,
                decision="",
                tasks=[],
                by=worker,
                at=held.starts_at + dt.timedelta(minutes=28),
            )
        meeting.confirm_minutes(
            meeting=held, by=worker, at=held.starts_at + dt.timedelta(minutes=40), read=meeting.minutes_version(held)
        )
        meeting.make_next(meeting=held, by=worker, at=held.starts_at + dt.timedelta(minutes=45))
    _handover(world, today)
    with scope(organisations=worker.organisation_ids, user=worker.user.pk):
        team.make_cover(
            worker=worker.user,
            colleague=world.users["okayama-worker"],
            organisation=worker.organisation,
            starts_on=today,
            ends_on=today + dt.timedelta(days=4),
            reason="研修のため不在",
            by=worker,
            at=at(today - dt.timedelta(days=2)),
        )


def _meeting(world: World, worker: Actor, navigator: Actor, today: dt.date) -> CaseMeeting:
    day = today - dt.timedelta(days=4)
    return meeting.plan_meeting(
        by=worker,
        at=at(day - dt.timedelta(days=2)),
        participants=[navigator.user, world.users["okayama-worker"]],
        fields={
            "kind": MeetingKind.REGULAR,
            "agreement": world.agreements["okayama"],
            "site": world.sites["okayama"][0],
            "organisation": worker.organisation,
            "counterpart": navigator.organisation,
            "starts_at": at(day, 9),
            "minutes": 30,
            "place": "相談室2",
            "chair": worker.user,
            "repeats": MeetingRepeat.WEEKLY,
        },
    )


def _items(held: CaseMeeting) -> list[MeetingItem]:
    return list(held.items.select_related("meeting", "case").order_by("position"))


def _handover(world: World, today: dt.date) -> None:
    """The second navigator takes three cases of the first over and has not opened them yet."""
    manager = actor_of(world, "okayama-hwmanager")
    former, successor = world.users["okayama-navi"], world.users["okayama-navi2"]
    with scope(organisations=manager.organisation_ids, user=manager.user.pk):
        mine = Assignment.objects.filter(user=former, duty=Duty.NAVIGATOR, ends_on__isnull=True)
        cases = list(Case.objects.in_support().filter(pk__in=mine.values("case")).order_by("-number")[:3])
        handover.hand_over(
            worker=former,
            organisation=manager.organisation,
            passings=[handover.Passing(case, successor, note) for case, note in zip(cases, NOTES, strict=False)],
            on=today,
            by=manager,
            at=at(today - dt.timedelta(days=1)),
            reason="担当地区の見直し",
            has_appointments=True,
        )
