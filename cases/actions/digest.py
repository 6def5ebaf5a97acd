"""Mails to workers: how much waits for them, in numbers only. No name, no case number, no place of a person."""

from __future__ import annotations

import datetime as dt
import logging
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction

from accounts.access_log import reading
from accounts.enums import Permission
from accounts.models import Membership, User
from accounts.scope import Actor, covered_ids
from cases.enums import NoticeKind
from cases.models import Appointment, NoticeSent, NoticeSetting
from cases.todo import FirstLines, lists_for
from core.db import scope
from core.periods import era_date, weekday_label

logger = logging.getLogger(__name__)
FOOT = (
    "くわしくは ittai にログインして「今日」を見てください。\n"
    "このメールには個人の情報を書いていません。返信はできません。\n"
    "受け取らないときは、ittai の「お知らせとカレンダー」で止められます。\n"
)


def is_mail_configured() -> bool:
    """Without a mail server nothing is sent and nothing is noted as sent."""
    return not settings.EMAIL_BACKEND.endswith(".dummy.EmailBackend")


def recipients(day: dt.date) -> list[int]:
    """Users with a mail address who work on cases today."""
    current = Membership.objects.current(day).exclude(user__email="").select_related("organisation", "user")
    return sorted({row.user_id for row in current if _actor(row).can(Permission.LOG_INTERVIEW)})


def _actor(membership: Membership) -> Actor:
    return Actor(user=membership.user, membership=membership, organisation_ids=covered_ids(membership.organisation))


# The lists of 今日 that the morning mail counts, in its order, and what it calls them.
COUNTED = {
    "agenda": "今日の予約",
    "no_shows": "無断欠席のあとの連絡",
    "unsettled": "記録のない予約",
    "to_answer": "回答を待っている支援要請",
    "returned": "差し戻された支援要請",
    "accepted": "受理された支援要請",
    "declined": "対象外の回答",
    "asked": "送った支援要請の回答待ち",
    "incomplete": "補うところのある至急の要請",
    "beforehand_asked": "意見を待っているプレ相談",
    "beforehand_answered": "プレ相談の意見",
    "unanswered": "返事のないつなぎ",
    "referral_news": "つなぎの返事あり",
    "to_confirm": "プランの確認",
    "reviews_to_confirm": "見直しの確認",
    "to_agree": "本人の同意を待つプラン",
    "reviews": "プランの見直し",
    "checks": "定着確認",
    "past_goal": "支援期間の目安を過ぎたケース",
    "no_contact": "連絡のないケース",
    "no_next": "次回の予約がないケース",
    "duties": "求職活動が足りないケース",
    "ledger_due": "見送りの確認",
    "handed_over": "受領していない引継ぎ",
    "taken_over": "担当者の決まっていない引継ぎ",
    "nobody_count": "担当のいないケース",
    "covered_cases": "代理で見ているケース",
    "meeting_tasks": "会議で決めたこと",
    "new_members": "加わった利用者",
    "emergencies": "緊急時の閲覧の確認",
    "odd_count": "気になる閲覧の点検",
    "releases": "支援措置の承認",
    "exports": "一覧の出力の承認",
}
STAFF_TASKS = {"staff_tasks": "会議で決めたこと(担当者の分)"}


def _morning(actor: Actor, day: dt.date) -> dict[str, str]:
    """What waits today, as the first screen counts it: what → how many; of all staff for a manager.

    Every list of that screen but the bookings of the days to come and the drafts (tests/cases/test_today.py).
    """
    lists = lists_for(actor, day)
    counted = {**COUNTED, **(STAFF_TASKS if lists["everybody"] else {})}
    return {what: how_many for name, what in counted.items() if (how_many := _how_many(lists.get(name, ())))}


def _how_many(rows: Any) -> str:
    """'3件', '50件以上' for a list that was cut; empty for none."""
    count = rows if isinstance(rows, int) else len(rows)
    if not count:
        return ""
    return f"{count}件以上" if isinstance(rows, FirstLines) and rows.is_cut else f"{count}件"


def _reminder(actor: Actor, day: dt.date) -> dict[str, str]:
    own = Appointment.objects.visible_to(actor).booked().filter(worker=actor.user, starts_at__date=day)
    count = own.count()
    return {"予約": f"{count}件"} if count else {}


def setting_of(user: User) -> NoticeSetting:
    """Which mails the user wants; who never said so gets the one in the morning and no other."""
    return NoticeSetting.objects.filter(user=user).first() or NoticeSetting(user=user)


def _wants(user: User, kind: NoticeKind) -> bool:
    setting = setting_of(user)
    return setting.has_morning if kind is NoticeKind.MORNING else setting.has_reminder


def _label(day: dt.date) -> str:
    return f"{era_date(day)}({weekday_label(day)})"


def _parts(user: User, kind: NoticeKind, day: dt.date, today: dt.date) -> list[tuple[str, dict[str, str]]]:
    """(organisation, counts) of each of the user's workplaces where something waits."""
    parts = []
    memberships = Membership.objects.current(today).filter(user=user).select_related("organisation", "user")
    for membership in memberships.order_by("pk"):
        actor = _actor(membership)
        if not actor.can(Permission.LOG_INTERVIEW):
            continue
        # Only numbers go out: of what is loaded on the way to them nobody is shown a row, so nobody has read it.
        with scope(organisations=actor.organisation_ids, user=user.pk), reading():
            counts = _morning(actor, day) if kind is NoticeKind.MORNING else _reminder(actor, day)
        if counts:
            of_all = kind is NoticeKind.MORNING and actor.can(Permission.CONFIRM_REPORT)
            name = actor.organisation.name
            parts.append((f"{name}(すべての担当者の分)" if of_all else name, counts))
    return parts


def _body(kind: NoticeKind, day: dt.date, parts: list[tuple[str, dict[str, str]]]) -> str:
    opening = "今日の仕事のまとめです。" if kind is NoticeKind.MORNING else f"次の仕事日、{_label(day)}の予約です。"
    lines = [opening, ""]
    for organisation, counts in parts:
        lines += [organisation, *(f"・{what} {how_many}" for what, how_many in counts.items()), ""]
    return "\n".join([*lines, FOOT])


def preview(user: User, today: dt.date) -> str:
    """The morning mail as it would go out now; empty when there is nothing to say."""
    parts = _parts(user, NoticeKind.MORNING, today, today)
    return _body(NoticeKind.MORNING, today, parts) if parts else ""


def send_notice(*, user_id: int, kind: NoticeKind, day: dt.date, today: dt.date, at: dt.datetime) -> bool:
    """One mail per user, kind and day; False when there is nothing to say, it was sent, or is not wanted.

    The row is written first in the same transaction: a second worker waits for it and then sends nothing;
    when the mail server fails, the row goes and the next run tries again.
    """
    user = User.objects.get(pk=user_id)
    with scope(organisations=[], user=user.pk):
        if not _wants(user, kind) or NoticeSent.objects.filter(user=user, kind=kind, day_on=day).exists():
            return False
    parts = _parts(user, kind, day, today)
    if not parts:
        return False
    with scope(organisations=[], user=user.pk):
        try:
            with transaction.atomic():
                NoticeSent.objects.create(user=user, kind=kind, day_on=day, sent_at=at)
                send_mail(f"[ittai] {kind.label} {_label(day)}", _body(kind, day, parts), None, [user.email])
        except IntegrityError:
            return False
        except (SMTPException, OSError):
            logger.warning("The mail server refused or did not answer; the next run tries again")
            return False
    return True
