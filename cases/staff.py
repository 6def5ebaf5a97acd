"""What waits at the desks of the staff: one line per thing, grouped by who is in charge (a manager's 今日)."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from accounts.scope import Actor
from cases.enums import PreOpinion
from cases.models import Assignment, Case, PreConsultation
from core.templatetags.ui import ago, lateness, moment, shortdate

SHOWN = 10  # lines of one worker; the rest is in the list of cases
NOBODY = "担当のいないケース"
# What comes after Hello Work's opinion: the screen's name, what else its address takes, the button.
AFTER_OPINION: dict[PreOpinion, tuple[str, tuple[str, ...], str]] = {
    PreOpinion.SUITS: ("support_request_new", (), "支援要請"),
    PreOpinion.NOT_NOW: ("case_move", ("not-refer",), "見送りにする"),
    PreOpinion.AGAIN: ("appointment_new", (), "予約"),
}


class Kind(Enum):
    """Why a line is there; the counts beside a worker's name, weightiest first."""

    OVERDUE = "期限超過"
    CONTACT = "連絡なし"
    DUE = "することあり"
    WAITING = "返事待ち"


TONES = {Kind.OVERDUE: "alert", Kind.CONTACT: "alert", Kind.DUE: "plain", Kind.WAITING: "wait"}
KINDS = list(Kind)


@dataclass(frozen=True)
class Line:
    """One thing in one case: what, why in words, and the one click that deals with it (a link; `post`, a button).

    `worker_id` is whose it is where the record says so (a booking, a task); otherwise who has the case. Who is not
    of ours has no desk here: the line goes to who has the case, as something waited for, and says whose it is (`doer`).
    """

    case: Case
    kind: Kind
    label: str
    words: str
    url: str
    act: str
    worker_id: int | None = None
    doer: str = ""
    post: str = ""
    post_label: str = ""
    post_status: str = ""

    @property
    def tone(self) -> str:
        return TONES[self.kind]


@dataclass(frozen=True)
class Desk:
    """A worker and everything that waits there; None for cases of nobody."""

    worker_id: int | None
    name: str
    lines: list[Line]

    @property
    def shown(self) -> list[Line]:
        return self.lines[:SHOWN]

    @property
    def counts(self) -> list[tuple[str, int]]:
        found = Counter(line.kind for line in self.lines)
        return [(kind.value, found[kind]) for kind in KINDS if found[kind]]


def desks_of(lines: Iterable[Line], actor: Actor, day: dt.date) -> list[Desk]:
    """One desk per worker of my organisations, those with the most overdue first; cases of nobody on top.

    A case with two workers of ours stands on both desks, as it does on their own first screens.
    """
    lines = list(lines)
    in_charge: dict[UUID, set[int | None]] = defaultdict(set)
    doers = {line.worker_id for line in lines if line.worker_id is not None}
    own = Membership.objects.filter(organisation__in=actor.organisation_ids, user__in=doers)
    ours = set(own.values_list("user", flat=True))  # of whoever has left, too: nobody else will do it
    names: dict[int | None, str] = {None: NOBODY, **dict(own.current(day).values_list("user", "user__name"))}
    rows = Assignment.objects.filter(case__in={line.case.pk for line in lines}, organisation__in=actor.organisation_ids)
    for row in rows.in_charge(day).select_related("user"):
        in_charge[row.case_id].add(row.user_id)
        names[row.user_id] = row.user.name
    piles: dict[int | None, list[Line]] = defaultdict(list)
    for line in lines:
        if line.worker_id is not None and line.worker_id in names:
            piles[line.worker_id].append(line)
            continue
        for worker_id in in_charge[line.case.pk] or {None}:
            piles[worker_id].append(_waited_for(line) if line.doer and line.worker_id not in ours else line)
    desks = [Desk(worker_id, names[worker_id], sorted(pile, key=_weight)) for worker_id, pile in piles.items()]
    return sorted(desks, key=_busiest)


def after_opinion(row: PreConsultation) -> tuple[str, str]:
    """(address, words of the button) of what comes next."""
    name, more, act = AFTER_OPINION[PreOpinion(row.opinion)]
    return reverse(name, args=(row.case_id, *more)), act


def _waited_for(line: Line) -> Line:
    """The other office's to do: here one looks, and records nothing in its place."""
    return replace(
        line,
        kind=Kind.WAITING,
        words=f"{line.words} {line.doer}",
        url=reverse("case_detail", args=(line.case.pk,)),
        act="ケースを開く",
        post="",
        post_label="",
        post_status="",
    )


def _weight(line: Line) -> int:
    return KINDS.index(line.kind)


def _busiest(desk: Desk) -> tuple[bool, int, int, str]:
    overdue = sum(line.kind is Kind.OVERDUE for line in desk.lines)
    return (desk.worker_id is not None, -overdue, -len(desk.lines), desk.name)


def lines_of(lists: dict[str, Any], day: dt.date) -> Iterator[Line]:
    """Every list of the first screen as lines; `lists` as cases.todo makes them."""

    def late(due: dt.date) -> Kind:
        return Kind.OVERDUE if due < day else Kind.DUE

    def to(name: str, *args: Any) -> str:
        return reverse(name, args=args)

    for row in lists["no_shows"]:
        words = f"{ago(row.starts_at)}({row.organisation.short_name} {row.worker.name})。連絡をとりましょう"
        url = to("appointment_new", row.case_id)
        post = {"post": to("appointment_followed_up", row.pk), "post_label": "連絡した"}
        yield Line(row.case, Kind.CONTACT, "無断欠席", words, url, "予約し直す", row.worker_id, **post)
    for row in lists["unsettled"]:
        url = f"{to('interview_new', row.case_id)}?appointment={row.pk}"
        words = f"{moment(row.starts_at)}の予約({lateness(_day(row.starts_at))})"
        doer = f"会う人 {row.organisation.short_name} {row.worker.name}"
        post = {"post": to("appointment_settle", row.pk), "post_label": "無断欠席", "post_status": "no_show"}
        yield Line(row.case, Kind.OVERDUE, "記録なし", words, url, "記録を書く", row.worker_id, doer, **post)
    for row in lists["unanswered"]:
        words = f"{row.to_organisation.short_name}の返事({lateness(row.answer_due_on)})"
        url = to("referral_answer", row.case_id, row.pk)
        yield Line(row.case, late(row.answer_due_on), "つなぎの返事", words, url, "返事を記録")
    for row in lists["referral_news"]:
        words = f"{row.organisation.short_name}: {row.get_status_display()}({ago(row.answered_at)})"
        url = to("referral_detail", row.case_id, row.referral_id)
        yield Line(row.case, Kind.DUE, "つなぎの返事あり", words, url, "返事を読む")
    for row in lists["checks"]:
        words = f"{row.month_mark}か月({lateness(row.due_on)})"
        yield Line(
            row.case, late(row.due_on), "定着確認", words, to("retention_check", row.case_id, row.pk), "確認を記録"
        )
    for row in lists["reviews"]:
        words = f"見直しの予定日({lateness(row.review_on)})"
        url = to("plan_review", row.case_id, row.version_number)
        yield Line(row.case, late(row.review_on), "プランの見直し", words, url, "見直す")
    for row in lists["past_goal"]:
        words = f"支援期間の目安({lateness(row.support_goal_on)})"
        yield Line(row, Kind.OVERDUE, "期間の目安", words, to("plan_list", row.pk), "延長・終了を考える")
    for row in lists["ledger_due"]:
        words = f"{row.get_reason_kind_display()}({lateness(row.next_check_on)})"
        yield Line(
            row.case, late(row.next_check_on), "見送りの確認", words, to("ledger_check", row.case_id), "確かめる"
        )
    for row in lists["staff_tasks"]:
        words = f"{row.what}({lateness(row.until_on)})" if row.until_on else row.what
        kind = late(row.until_on) if row.until_on else Kind.DUE
        doer = f"する人 {row.user.name}" if row.user else ""
        if row.somebody:  # without a desk anywhere: who has the case looks after it
            words = f"{words} する人 {row.somebody}"
        url = to("case_detail", row.case_id)
        yield Line(row.case, kind, "会議で決めたこと", words, url, "ケースを開く", row.user_id, doer)
    for row, days in lists["no_contact"]:
        yield Line(row, Kind.CONTACT, "連絡なし", f"{days}日間連絡なし", to("appointment_new", row.pk), "予約")
    yield from _between_offices(lists, to)
    quiet = {row.pk for row, _days in lists["no_contact"]}
    for row in lists["no_next"]:
        if row.pk not in quiet:
            yield Line(row, Kind.DUE, "次回なし", "次回の予約がありません", to("appointment_new", row.pk), "予約")
    for row, month in lists["duties"]:
        yield Line(row, Kind.DUE, "求職活動", month.missing_words, to("duty_table", row.pk), "見る")


def _between_offices(lists: dict[str, Any], to: Any) -> Iterator[Line]:
    """Requests, talks beforehand and plans: what the other side sent, and what it has not answered."""
    for row in lists["to_answer"]:
        words = f"{row.from_organisation.short_name}から{'(至急)' if row.is_urgent else ''}({ago(row.sent_at)})"
        yield Line(row.case, Kind.DUE, "支援要請", words, to("support_request_answer", row.case_id), "答える")
    for row in lists["returned"]:
        words = "支援要請が差し戻されています"
        yield Line(row, Kind.DUE, "差戻し", words, to("support_request_new", row.pk), "出し直す")
    for row in lists["accepted"]:
        words = f"{row.to_organisation.short_name}が受理しました。支援プランを待っています"
        yield Line(row.case, Kind.WAITING, "受理", words, to("case_detail", row.case_id), "ケースを開く")
    for row in lists["declined"]:
        words = f"{row.to_organisation.short_name}の回答は対象外。代わりの案内: {row.offered_instead or 'なし'}"
        yield Line(row.case, Kind.DUE, "対象外の回答", words, to("referral_new", row.case_id), "つなぐ")
    for row in lists["incomplete"]:
        words = f"至急の要請の残り: {'、'.join(row.missing_parts)}"
        yield Line(row.case, Kind.DUE, "要請を補う", words, to("support_request_complete", row.case_id), "補う")
    for row in lists["beforehand_asked"]:
        words = f"{row.from_organisation.short_name}からの相談({ago(row.sent_at)})"
        yield Line(row.case, Kind.DUE, "プレ相談", words, to("pre_consultation_answer", row.case_id), "答える")
    for row in lists["beforehand_answered"]:
        words = f"{row.to_organisation.short_name}の意見: {row.get_opinion_display()}"
        yield Line(row.case, Kind.DUE, "プレ相談", words, *after_opinion(row))
    for row in lists["to_confirm"]:
        words = f"第{row.version_number}版({ago(row.created_at)}作成)"
        yield Line(row.case, Kind.DUE, "プランの確認", words, to("plan_confirm", row.case_id), "読んで確認")
    for row in lists["reviews_to_confirm"]:
        words = f"{row.organisation.short_name}が書いた{shortdate(row.reviewed_on)}の見直し"
        url = to("plan_review_confirm", row.case_id, row.pk)
        yield Line(row.case, Kind.DUE, "見直しの確認", words, url, "読んで確認")
    for row in lists["to_agree"]:
        words = f"第{row.version_number}版に本人の同意がまだです"
        yield Line(row.case, Kind.DUE, "本人の同意", words, to("plan_agreed", row.case_id), "同意を記録")
    for row in lists["asked"]:
        words = f"{row.to_organisation.short_name}の回答({ago(row.sent_at)}送信)"
        yield Line(row.case, Kind.WAITING, "支援要請", words, to("case_detail", row.case_id), "ケースを開く")


def _day(at: dt.datetime) -> dt.date:
    return timezone.localtime(at).date()
