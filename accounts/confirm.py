"""Step-up: has this person proved who they are in the last minutes, and the way to prove it again."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

CONFIRMED_KEY = "confirmed_at"
DEFAULT_MINUTES = 5
# A form that was opened after a confirmation may be filled in slowly without losing what was typed.
FORM_MINUTES = 15

View = Callable[..., HttpResponse]


def confirm(request: HttpRequest) -> None:
    """Remember in the session that password and second factor were given just now."""
    request.session[CONFIRMED_KEY] = time.time()


def confirmed_recently(request: HttpRequest, minutes: int = DEFAULT_MINUTES) -> bool:
    """Whether the log-in page or the re-log-in page was passed within these minutes in this session."""
    at = request.session.get(CONFIRMED_KEY)
    return request.user.is_authenticated and isinstance(at, float) and 0 <= time.time() - at < minutes * 60


def confirmation_url(back: str) -> str:
    """The re-log-in page that leads back to this path afterwards."""
    return f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}"


def reauthenticated(view: View) -> View:
    """The view opens only to somebody who logged in, or logged in again, within 5 minutes.

    Others are sent to the re-log-in page and come back. A POST is accepted for 15 minutes, because
    its form was opened by a confirmed GET; a later one loses its text, so long forms save drafts.
    Put it below @requires, so that rights are checked first.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        minutes = FORM_MINUTES if request.method == "POST" else DEFAULT_MINUTES
        if confirmed_recently(request, minutes):
            return view(request, *args, **kwargs)
        url = confirmation_url(request.get_full_path())
        if request.headers.get("HX-Request"):
            return HttpResponseClientRedirect(url)
        return redirect(url)

    return wrapped
