"""The desk in the demo: one meeting of each kind with decisions, a handover with unread marks, a cover.

The 支援調整会議 has guests who hold no grant: an organisation that gets on paper only what its own grants show,
and somebody from outside, for whom no case is printed at all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from accounts.scope import Actor
from cases.actions import handover, meeting, team
from cases.demo.course import at
from cases.demo.organisations import World
from cases.demo.privacy import actor_of
from cases.enums import Duty, ItemState, MeetingKind, MeetingRepeat
from cases.models import Assignment, Case, CaseMeeting, MeetingItem
from core.db import scope

NOTES = ("午前中は電話に出られない。用件はショートメールで先に伝える。", "", "面接の前日に確認の電話をすると安心する。")


@dataclass(frozen=True)
class Held:
    """A meeting that took place: who, when, for how long, what was decided on the first cases of its agenda."""

    kind: MeetingKind
    agreement: str
    host: str
    other: str
    days_ago: int
    hour: int
    minutes: int
    place: str
    decisions: Sequence[tuple[str, str, str]]
    repeats: MeetingRepeat = MeetingRepeat.NONE
    others: Sequence[str] = ()
    guest: str = ""
    outsider: tuple[str, str] | None = None


# The weekly one of the first office comes last: it is the newest on the screens of its people.
HELD = (
    Held(
        kind=MeetingKind.COORDINATION,
        agreement="okayama",
        host="okayama-cw2",
        other="okayama-navi2",
        days_ago=18,
        hour=14,
        minutes=15,
        place="南区西福祉事務所 会議室",
        decisions=(
            (
                "就労準備支援と求職活動を同時に進める。準備支援センターには、同意を得て話す。",
                "同意の説明をする",
                "okayama-cw2",
            ),
            ("プランの期間を3か月延ばす。通院の日を外して応募先を選ぶ。", "延長の版を作る", "okayama-navi2"),
        ),
        guest="okayama_partner",
        outsider=("例示 地守", "地区の民生委員"),
    ),
    Held(
        kind=MeetingKind.CASE,
        agreement="okayama",
        host="okayama-cw2",
        other="okayama-navi2",
        days_ago=11,
        hour=10,
        minutes=10,
        place="相談室1",
        decisions=(
            (
                "連絡が取れない日が続く。福祉事務所の訪問日にいっしょに会う。",
                "訪問の日を伝える",
                "okayama-cw2",
            ),
            ("応募を急がず、職場体験を先に入れる。", "職場体験の受入れ先をさがす", "okayama-navi2"),
            ("子どもの預け先が決まるまで、午前の求人だけを案内する。", "午前の求人を3件選ぶ", "okayama-navi2"),
        ),
    ),
    Held(
        kind=MeetingKind.MONTHLY,
        agreement="soja",
        host="soja-manager",
        other="soja-hwmanager",
        days_ago=9,
        hour=15,
        minutes=15,
        place="ハローワーク総社 会議室",
        decisions=(
            ("支援期間の目安を過ぎている。来月の会議までに、延長か終了かを三者で決める。", "三者面談を開く", "soja-cw"),
            ("定着の様子を市とハローワークで分けて聞く。1回目は市が電話する。", "職場での様子を電話で聞く", "soja-cw"),
        ),
        repeats=MeetingRepeat.MONTHLY,
        others=("soja-cw", "soja-navi"),
        guest="soja_partner",
    ),
    Held(
        kind=MeetingKind.REGULAR,
        agreement="okayama",
        host="okayama-cw",
        other="okayama-navi",
        days_ago=4,
        hour=9,
        minutes=30,
        place="相談室2",
        decisions=(
            (
                "次回は三者面談にする。希望の職種を広げられるか本人に聞く。",
                "三者面談の日を本人と決める",
                "okayama-navi",
            ),
            ("1か月連絡がない。家庭訪問を先にし、来所はその後に相談する。", "家庭訪問をする", "okayama-cw"),
            ("清掃の求人を2件案内する。応募書類はハローワークでいっしょに見直す。", "応募書類を見直す", "okayama-navi"),
        ),
        repeats=MeetingRepeat.WEEKLY,
        others=("okayama-worker",),
    ),
)


def add_meetings(world: World, *, today: dt.date) -> None:
    """Everything by the same actions as on the screen."""
    for held in HELD:
        _hold(world, held, today)
    worker = actor_of(world, "okayama-cw")
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


def _hold(world: World, held: Held, today: dt.date) -> None:
    """Planned, discussed, confirmed; a series goes on. What the time was too short for waits for another meeting."""
    host, other = actor_of(world, held.host), actor_of(world, held.other)
    with scope(organisations=host.organisation_ids, user=host.user.pk):
        made = _meeting(world, held, host, other, today)
        for number, item in enumerate(_items(made)):
            decision, what, login = held.decisions[number] if number < len(held.decisions) else ("", "", "")
            until = today + dt.timedelta(days=3)
            meeting.record_item(
                item=item,
                version=item.version,
                state=ItemState.DISCUSSED if decision else ItemState.POSTPONED,
                decision=decision,
                tasks=[meeting.TaskLine(what, user=world.users[login], until_on=until)] if decision else [],
                by=host,
                at=made.starts_at + dt.timedelta(minutes=held.minutes - 5),
            )
        ended = made.starts_at + dt.timedelta(minutes=held.minutes + 10)
        meeting.confirm_minutes(meeting=made, by=host, at=ended, read=meeting.minutes_version(made))
        if held.repeats != MeetingRepeat.NONE:
            meeting.make_next(meeting=made, by=host, at=ended + dt.timedelta(minutes=5))


def _meeting(world: World, held: Held, host: Actor, other: Actor, today: dt.date) -> CaseMeeting:
    day = today - dt.timedelta(days=held.days_ago)
    made = meeting.plan_meeting(
        by=host,
        at=at(day - dt.timedelta(days=2)),
        participants=[other.user, *(world.users[login] for login in held.others)],
        fields={
            "kind": held.kind,
            "agreement": world.agreements[held.agreement],
            "site": world.sites[held.agreement][0],
            "organisation": host.organisation,
            "counterpart": other.organisation,
            "starts_at": at(day, held.hour),
            "minutes": held.minutes,
            "place": held.place,
            "chair": host.user,
            "repeats": held.repeats,
        },
    )
    guests = [world.organisations[held.guest]] if held.guest else []
    meeting.add_people(meeting=made, users=[], guests=guests, outsider=held.outsider)
    return made


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
