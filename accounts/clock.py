"""The two clocks of a session: since the log-in, and since the person last did something."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

STARTED_KEY = "started_at"
SEEN_KEY = "seen_at"
SECOND_FACTOR_KEY = "has_second_factor"


def start_clock(session: SessionBase) -> None:
    """A new log-in begins to count from now."""
    session[STARTED_KEY] = session[SEEN_KEY] = time.time()


def on_login(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    """Receives Django's user_logged_in: nothing of an earlier log-in in this browser counts."""
    start_clock(request.session)
    request.session.pop(SECOND_FACTOR_KEY, None)


@dataclass(frozen=True)
class Remaining:
    """Whole seconds until the session ends, never below 0."""

    idle: int
    absolute: int


def remaining(session: SessionBase) -> Remaining:
    """Reads the clocks without moving them."""
    now = time.time()
    idle = settings.SESSION_IDLE_SECONDS - (now - session.get(SEEN_KEY, now))
    absolute = settings.SESSION_ABSOLUTE_SECONDS - (now - session.get(STARTED_KEY, now))
    return Remaining(max(0, int(idle)), max(0, int(absolute)))
