"""Mails to workers: how much waits for them, in numbers only. No name, no case number, no place of a person."""

from __future__ import annotations

import datetime as dt
import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from accounts.enums import Permission
from accounts.models import Membership, User
from accounts.scope import Actor, covered_ids
from cases.enums import NoticeKind
from cases.models import (
    Appointment,
    Assignment,
    NoticeSent,
    NoticeSetting,
    RetentionCheck,
    SupportRequest,
)
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


def _morning(actor: Actor, day: dt.date) -> dict[str, int]:
    """What waits today: (what, how many)."""
    mine = Assignment.objects.filter(user=actor.user, case=OuterRef("case")).current(day)
    requests = SupportRequest.objects.visible_to(actor).waiting().filter(to_organisation__in=actor.organisation_ids)
    appointments = Appointment.objects.visible_to(actor)
    own = appointments.booked().filter(worker=actor.user)
    return {
        "今日の予約": own.filter(starts_at__date=day).count(),
        "回答待ちの支援要請": requests.count() if actor.can(Permission.ANSWER_REQUEST) else 0,
        "無断欠席のあとの連絡": appointments.missed().concerning(actor.user, day).count(),
        "記録のない予約": own.filter(starts_at__date__lt=day).count(),
        "定着確認の期日": RetentionCheck.objects.visible_to(actor).due(day).filter(Exists(mine)).count(),
    }


def _reminder(actor: Actor, day: dt.date) -> dict[str, int]:
    own = Appointment.objects.visible_to(actor).booked().filter(worker=actor.user, starts_at__date=day)
    return {"予約": own.count()}


def _wants(user: User, kind: NoticeKind) -> bool:
    setting = NoticeSetting.objects.filter(user=user).first()
    if setting is None:
        return True
    return setting.has_morning if kind is NoticeKind.MORNING else setting.has_reminder


def _label(day: dt.date) -> str:
    return f"{era_date(day)}({weekday_label(day)})"


def _body(kind: NoticeKind, day: dt.date, parts: list[tuple[str, dict[str, int]]]) -> str:
    opening = "今日の仕事のまとめです。" if kind is NoticeKind.MORNING else f"次の仕事日、{_label(day)}の予約です。"
    lines = [opening, ""]
    for organisation, counts in parts:
        lines += [organisation, *(f"・{what} {count}件" for what, count in counts.items() if count), ""]
    return "\n".join([*lines, FOOT])


def send_notice(*, user_id: int, kind: NoticeKind, day: dt.date, today: dt.date, at: dt.datetime) -> bool:
    """One mail per user, kind and day; False when there is nothing to say, it was sent, or is not wanted.

    The row is written first in the same transaction: a second worker waits for it and then sends nothing;
    when the mail server fails, the row goes and the next run tries again.
    """
    user = User.objects.get(pk=user_id)
    parts = []
    memberships = Membership.objects.current(today).filter(user=user).select_related("organisation", "user")
    for membership in memberships.order_by("pk"):
        actor = _actor(membership)
        if not actor.can(Permission.LOG_INTERVIEW):
            continue
        with scope(organisations=actor.organisation_ids, user=user.pk):
            counts = _morning(actor, day) if kind is NoticeKind.MORNING else _reminder(actor, day)
        if any(counts.values()):
            parts.append((actor.organisation.name, counts))
    with scope(organisations=[], user=user.pk):
        if not parts or not _wants(user, kind):
            return False
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
