"""Pages for what went wrong: what to do, whom to call, the request's id; no technical word.

Each handler works without a database, because the database may be what is down.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string

from core.forms import EditConflict

TOO_BIG = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
# The database is down, too slow, or a row is held by somebody else: try again, nothing is wrong with the form.
BUSY = (OperationalError, InterfaceError)
RETRY_AFTER = "30"
UNREPEATABLE = ("csrfmiddlewaretoken", "password")


def page(request: HttpRequest, status: int, template: str = "", **context: object) -> HttpResponse:
    """The error page of this status, without context processors: they might ask the database."""
    values = {"request_id": getattr(request, "id", ""), "contact": settings.SUPPORT_CONTACT, **context}
    return HttpResponse(render_to_string(template or f"{status}.html", values), status=status)


def typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What the form carried, to be sent again: (name, value) in order; never passwords.

    Only for a form of our own page: another site could otherwise put its words on our screen.
    """
    if request.method != "POST" or request.headers.get("Sec-Fetch-Site") != "same-origin":
        return []
    return [
        (name, str(value))
        for name, values in request.POST.lists()
        if not any(word in name.lower() for word in UNREPEATABLE)
        for value in values
    ]


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 413 if isinstance(exception, TOO_BIG) else 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 404)


def too_many_requests(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    """For throttles, such as log-in attempts; the signature fits a lock-out callable."""
    response = page(request, 429)
    response["Retry-After"] = RETRY_AFTER
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500; 409 when somebody saved in between; 503 with what was typed when the database is busy or down.

    Django calls this while it handles the error. The typed text comes back as hidden fields with a button
    to send them again: the Back button alone may lose it, because no page of ours is kept by the browser.
    """
    error = sys.exception()
    if isinstance(error, EditConflict):
        return page(request, 409)
    if not isinstance(error, BUSY):
        return page(request, 500)
    response = page(request, 503, typed=typed(request), token=get_token(request), path=request.get_full_path())
    response["Retry-After"] = RETRY_AFTER
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The token is old: show what was typed, so that it can be copied into the fresh form."""
    return page(request, 403, "403_csrf.html", typed=typed(request))


class NotAllowedMiddleware:
    """A page where Django sends none: the address of a button was opened like a link (405)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            response.content = page(request, 405).content
        return response
