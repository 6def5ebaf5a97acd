"""Wrong log-ins: who is stopped, for how long, and who is not stopped by somebody else's attempts.

Three limits within 15 minutes (settings LOCKOUT_*, AXES_FAILURE_LIMIT):
  account and address  5 wrong: this account is stopped at this address
  account, address or whole system far above that: accounts are stopped at addresses from which they
  did not log in lately; whoever logged in there before – an office behind one address – goes on.
So nobody locks out a whole office from inside, nor one user everywhere.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_client_username, get_credentials
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.db.models import Q, Sum
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User

FAMILIAR_DAYS = 90
NO_ADDRESS = "0.0.0.0"  # noqa: S104  # nosec B104


def client_address(request: HttpRequest) -> str:
    """The client's address: the last entry of the one trusted header, or the connection's own."""
    text = request.META.get("REMOTE_ADDR") or ""
    if settings.PROXY_ADDRESS_HEADER:
        text = request.headers.get(settings.PROXY_ADDRESS_HEADER, "").rpartition(",")[2].strip() or text
    try:
        return str(ipaddress.ip_address(text.partition("%")[0]))  # without the zone of an IPv6 address
    except ValueError:
        return NO_ADDRESS


class LockoutHandler(AxesDatabaseHandler):
    """The database handler of axes with the wide limits on top."""

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        if super().is_locked(request, credentials):
            return True
        username = get_client_username(request, credentials)
        address = request.axes_ip_address  # type: ignore[attr-defined]
        recent = AccessAttempt.objects.filter(attempt_time__gte=get_cool_off_threshold(request))
        wrong = recent.aggregate(
            account=Sum("failures_since_start", filter=Q(username=username), default=0),
            address=Sum("failures_since_start", filter=Q(ip_address=address), default=0),
            overall=Sum("failures_since_start", default=0),
        )
        if (
            wrong["account"] < settings.LOCKOUT_PER_ACCOUNT
            and wrong["address"] < settings.LOCKOUT_PER_ADDRESS
            and wrong["overall"] < settings.LOCKOUT_OVERALL
        ):
            return False
        since = timezone.now() - dt.timedelta(days=FAMILIAR_DAYS)
        return not AccessLog.objects.filter(username=username, ip_address=address, attempt_time__gte=since).exists()


def is_locked(request: HttpRequest, user: User) -> bool:
    """Whether this account is stopped here; marks the request, so that axes answers with the page that says so."""
    if AxesProxyHandler.is_allowed(request, get_credentials(user.username)):
        return False
    request.axes_locked_out = True  # type: ignore[attr-defined]
    return True


def count_failure(request: HttpRequest, user: User, step: str) -> None:
    """A wrong second factor counts like a wrong password and is told to everybody who listens for those."""
    credentials = {"username": user.username, "step": step}
    user_login_failed.send(sender=__name__, credentials=credentials, request=request)


@dataclass(frozen=True)
class Lock:
    """An account stopped at an address until then."""

    address: str
    failures: int
    until: dt.datetime


def locks_of(user: User, at: dt.datetime) -> list[Lock]:
    """Addresses at which the account is stopped now, most recent first."""
    attempts: dict[str, list[AccessAttempt]] = {}
    for attempt in AccessAttempt.objects.filter(
        username=user.username, attempt_time__gte=at - settings.AXES_COOLOFF_TIME
    ).order_by("-attempt_time"):
        attempts.setdefault(str(attempt.ip_address), []).append(attempt)
    locks = [
        Lock(
            address=address,
            failures=sum(attempt.failures_since_start for attempt in rows),
            until=rows[0].attempt_time + settings.AXES_COOLOFF_TIME,
        )
        for address, rows in attempts.items()
    ]
    return [lock for lock in locks if lock.failures >= settings.AXES_FAILURE_LIMIT]


def release(user: User) -> int:
    """Forget the wrong attempts of this account everywhere."""
    return int(AxesProxyHandler.reset_attempts(username=user.username))
