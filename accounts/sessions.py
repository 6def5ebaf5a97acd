"""How long a session lives, which ones a user has, and what an ended one answers."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware as DjangoLoginRequiredMiddleware
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.clock import SECOND_FACTOR_KEY, SEEN_KEY, STARTED_KEY, remaining, start_clock
from accounts.models import User
from accounts.rescue import rescue

BACKGROUND_HEADER = "X-Ittai-Background"
# The idle clock is written at most this often; a session may end so many seconds early, never late.
STEP_SECONDS = 15
REASONS = {
    "idle": "しばらく操作がなかったため、ログアウトしました。もう一度ログインしてください。",
    "absolute": "ログインしてから長い時間がたったため、ログアウトしました。もう一度ログインしてください。",
}
# Open to somebody who has yet to set up the second factor.
BEFORE_SECOND_FACTOR = frozenset(
    {
        "healthz", "login", "account_login", "logout", "help", "accessibility", "account_settings",
        "account_reauthenticate", "mfa_activate_totp", "mfa_add_webauthn", "recovery_codes", "session_status",
        "session_extend", "password_change", "password_change_done",
    }
)  # fmt: skip
GetResponse = Callable[[HttpRequest], HttpResponse]


def is_background(request: HttpRequest) -> bool:
    """Sent by the page itself, not by the person: polling, autosave, the question how much time is left."""
    return request.headers.get(BACKGROUND_HEADER) == "1" or request.path_info == reverse("session_status")


class SessionClockMiddleware:
    """End a session that was idle too long or is too old; move the idle clock for what people do."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.session_ended = ""  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            if STARTED_KEY not in request.session:
                start_clock(request.session)
            left = remaining(request.session)
            if not left.idle or not left.absolute:
                login = None if is_background(request) else rescue(request)
                logout(request)
                request.session_ended = "idle" if not left.idle else "absolute"  # type: ignore[attr-defined]
                if login is not None:
                    return redirect(login)
            elif not is_background(request) and time.time() - request.session[SEEN_KEY] >= STEP_SECONDS:
                request.session[SEEN_KEY] = time.time()
        return self.get_response(request)


def logged_out(request: HttpRequest) -> JsonResponse:
    """401 for a page's own request: its text stays where it is and the person can log in again in place."""
    reason = request.session_ended  # type: ignore[attr-defined]
    return JsonResponse({"error": "login_required", "reason": reason, "login_url": reverse("login")}, status=401)


class LoginRequiredMiddleware(DjangoLoginRequiredMiddleware):
    """Log-in is required by default; a page's own requests get 401 instead of the log-in page."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> Any:
        if request.headers.get(BACKGROUND_HEADER) or request.headers.get("HX-Request"):
            return logged_out(request)
        reason = request.session_ended  # type: ignore[attr-defined]
        if reason:
            messages.info(request, REASONS[reason])
        return super().handle_no_permission(request, view_func)


class SecondFactorMiddleware:
    """Whoever has no second factor sets one up before anything else (setting MFA_REQUIRED)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        name = request.resolver_match.url_name if request.resolver_match else ""
        if not settings.MFA_REQUIRED or not request.user.is_authenticated or name in BEFORE_SECOND_FACTOR:
            return None
        if has_second_factor(request):
            return None
        messages.info(request, "はじめに、二要素認証を設定してください。設定が済むと、ほかの画面を使えます。")
        return redirect("account_settings")


def has_second_factor(request: HttpRequest) -> bool:
    """Asked of the database once per session; forgotten by forget_second_factor."""
    if not request.session.get(SECOND_FACTOR_KEY):
        if not Authenticator.objects.filter(user=request.user).exists():
            return False
        request.session[SECOND_FACTOR_KEY] = True
    return True


def forget_second_factor(request: HttpRequest) -> None:
    request.session.pop(SECOND_FACTOR_KEY, None)


def change_key(request: HttpRequest) -> None:
    """A new session key for the same session, as after a step-up."""
    old = request.session.session_key
    request.session.cycle_key()
    follow_key(request, old)


def follow_key(request: HttpRequest, old: str | None) -> None:
    """The list of devices goes on with the session's new key."""
    UserSession.objects.filter(session_key=old).update(session_key=request.session.session_key)


def _store(key: str | None = None) -> SessionBase:
    store: type[SessionBase] = import_module(settings.SESSION_ENGINE).SessionStore
    return store(key)


@dataclass(frozen=True)
class Device:
    """One log-in that is still open."""

    pk: int
    logged_in_at: dt.datetime
    seen_at: dt.datetime
    browser: str
    address: str
    is_current: bool


def devices_of(user: User, current_key: str | None = None) -> list[Device]:
    """The open sessions of a user, newest first. Reads only: what has ended is left out, not deleted."""
    devices = []
    for row in UserSession.objects.filter(user=user).order_by("-created_at"):
        session = _store(row.session_key)
        left = remaining(session)
        if session.get("_auth_user_id") == str(user.pk) and left.idle and left.absolute:
            devices.append(
                Device(
                    pk=row.pk,
                    logged_in_at=row.created_at,
                    seen_at=dt.datetime.fromtimestamp(session.get(SEEN_KEY, time.time()), dt.UTC),
                    browser=browser_label(row.user_agent),
                    address=row.ip,
                    is_current=row.session_key == current_key,
                )
            )
    return devices


def end_sessions(user: User, *, keep: str | None = None, pk: int | None = None) -> int:
    """End the open sessions of a user – all, all but one key, or a single one – from their next request on."""
    rows = UserSession.objects.filter(user=user)
    if pk is not None:
        rows = rows.filter(pk=pk)
    ended = 0
    for row in rows:
        if row.session_key != keep:
            row.end()
            ended += 1
    return ended


_BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone|iPad", "iPhone・iPad"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def browser_label(user_agent: str) -> str:
    """'Chrome(Windows)' from what the browser says of itself."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "不明なブラウザ")
    system = next((name for mark, name in _SYSTEMS if re.search(mark, user_agent)), "")
    return f"{browser}({system})" if system else browser
