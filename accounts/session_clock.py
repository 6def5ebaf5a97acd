"""When a log-in ends: after a while without a key or a click, and in any case after a working day.

What the page does by itself (header X-Ittai-Background, the question how much time is left) is no sign
of a person and does not keep a log-in alive. A form that arrives too late is kept as a draft.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.clock import SEEN_KEY, STARTED_KEY, remaining, start_clock
from accounts.rescue import rescue

# The idle clock is written at most this often, because every write is a row.
STEP_SECONDS = 10


def is_background(request: HttpRequest) -> bool:
    """Sent by the page itself, not by a person."""
    return "X-Ittai-Background" in request.headers or request.path == reverse("session_status")


class SessionClockMiddleware:
    """End a log-in whose time is over, keep a living one alive; tell a background request plainly (401)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        background = is_background(request)
        if request.user.is_authenticated:
            if STARTED_KEY not in request.session:
                start_clock(request.session)
            left = remaining(request.session)
            if not left.idle or not left.absolute:
                login = None if background else rescue(request)
                logout(request)
                if login is not None:
                    return HttpResponseRedirect(login)
            elif not background:
                step = min(STEP_SECONDS, settings.SESSION_IDLE_SECONDS / 10)
                if time.time() - request.session[SEEN_KEY] >= step:
                    request.session[SEEN_KEY] = time.time()
        if background and not request.user.is_authenticated:
            return JsonResponse({"error": "login_required"}, status=401)
        return self.get_response(request)


def _answer(request: HttpRequest) -> HttpResponse:
    """How much time is left, whose log-in it is, and the token that posts need now."""
    left = remaining(request.session)
    return JsonResponse(
        {
            "idle_seconds_left": left.idle,
            "absolute_seconds_left": left.absolute,
            "user": request.user.pk,
            "csrf": get_token(request),
        }
    )


@never_cache
@require_safe
def session_status(request: HttpRequest) -> HttpResponse:
    """Does not extend."""
    return _answer(request)


@never_cache
@require_POST
def session_extend(request: HttpRequest) -> HttpResponse:
    """The person goes on working: the idle time begins anew."""
    request.session[SEEN_KEY] = time.time()
    return _answer(request)
