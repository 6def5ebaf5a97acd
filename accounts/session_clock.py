"""When a log-in ends: after a while without a key or a click, and in any case after a working day.

What the page does by itself (header X-Ittai-Background, the question how much time is left) is no sign
of a person and does not keep a log-in alive. A form that arrives too late is kept as a draft.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.drafts import DraftAlreadySent, DraftOutdated, Text, address, posted_fields, save_draft, without_draft
from accounts.models import Draft
from accounts.once import key_of
from core.db import new_id, scope
from core.periods import now

BEGAN, SEEN = "clock_began", "clock_seen"
ENDED = "ログインの時間が切れました。もう一度ログインしてください。"


def is_background(request: HttpRequest) -> bool:
    """Sent by the page itself, not by a person."""
    return "X-Ittai-Background" in request.headers or request.path == reverse("session_status")


def seconds_left(request: HttpRequest) -> tuple[int, int]:
    """Seconds until the idle end and until the end of the day's log-in."""
    at = time.time()
    seen, began = request.session.get(SEEN, at), request.session.get(BEGAN, at)
    return int(seen + settings.SESSION_IDLE_SECONDS - at), int(began + settings.SESSION_ABSOLUTE_SECONDS - at)


class SessionClockMiddleware:
    """End a log-in whose time is over, keep a living one alive; tell a background request plainly (401)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        background = is_background(request)
        if request.user.is_authenticated:
            if min(seconds_left(request)) <= 0:
                rescued = None if background else rescue(request)
                logout(request)
                if rescued is not None:
                    login = resolve_url(settings.LOGIN_URL)
                    return HttpResponseRedirect(f"{login}?next={quote(address(rescued))}")
            elif not background:
                touch(request)
        if background and not request.user.is_authenticated:
            return JsonResponse({"error": ENDED}, status=401)
        return self.get_response(request)


def touch(request: HttpRequest) -> None:
    """A person is there. Written at most every ten seconds, because every write is a row."""
    at = time.time()
    request.session.setdefault(BEGAN, at)
    if at - request.session.get(SEEN, 0) > min(10.0, settings.SESSION_IDLE_SECONDS / 10):
        request.session[SEEN] = at


def rescue(request: HttpRequest) -> Draft | None:
    """A long form that arrives after the end is kept as a draft of the user who typed it."""
    key = key_of(request) if request.method == "POST" and "keeps_draft" in request.POST else None
    if key is None:
        return None
    user: Any = request.user
    query = without_draft(request.META.get("QUERY_STRING", ""))
    text = Text(title="", fields=posted_fields(request.POST))
    with scope(organisations=[], user=user.pk):
        seen = Draft.objects.of(user).filter(pk=key).values_list("version", flat=True).first() or 0
        fields: dict[str, Any] = {"user": user, "path": request.path, "query": query, "text": text, "at": now()}
        try:
            save_draft(key=key, seen=seen, writer=new_id(), step=0, **fields)
        except (DraftOutdated, DraftAlreadySent):
            key = new_id()
            save_draft(key=key, seen=0, writer=new_id(), step=0, **fields)
        return Draft.objects.of(user).get(pk=key)


def _answer(request: HttpRequest) -> HttpResponse:
    """How much time is left, whose log-in it is, and the token that posts need now."""
    idle, absolute = seconds_left(request)
    return JsonResponse(
        {
            "idle_seconds_left": idle,
            "absolute_seconds_left": absolute,
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
    request.session[SEEN] = time.time()
    return _answer(request)


@require_safe
def session_back(request: HttpRequest) -> HttpResponse:
    """Where a log-in in a second tab ends: the first tab goes on by itself."""
    return render(request, "accounts/session_back.html")
