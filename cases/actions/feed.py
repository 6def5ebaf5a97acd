"""The secret calendar address of a user: given, renewed, ended, looked up. Only a digest is stored."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from django.db import connection, transaction

from accounts.models import User
from cases.models import CalendarFeed


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def renew_feed(*, user: User, at: dt.datetime) -> str:
    """A new secret; the old address ends with it. The secret is shown once and cannot be read again."""
    end_feed(user=user, at=at)
    token = secrets.token_urlsafe(32)
    CalendarFeed.objects.create(user=user, token_digest=_digest(token), created_at=at)
    return token


@transaction.atomic
def end_feed(*, user: User, at: dt.datetime) -> int:
    """The address answers no longer; how many were open."""
    return CalendarFeed.objects.filter(user=user, ended_at__isnull=True).update(ended_at=at)


def feed_user(token: str) -> User | None:
    """Whose feed it is; None for a wrong, old or ended secret. Needs no scope: the database looks behind the wall."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ittai_feed_user(%s)", [_digest(token)])
        pk = cursor.fetchone()[0]
    return User.objects.filter(pk=pk, is_active=True).first() if pk else None
