"""Who read whom: collected while rows are loaded, written before the page goes out (security.md A33–A38).

`Person` and `Case` say `saw()` when a row becomes an object, so nobody has to remember it: a list, a
search, a page, a PDF and an export row all leave their trace. A request, a task and a command each
open `reading()` and write ONE entry at their end through the database function `ittai_log_access`,
which alone may append. A page whose entry cannot be written is not shown.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.signals import authenticator_added, authenticator_removed
from allauth.socialaccount.signals import social_account_added
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import DatabaseError, connection, transaction
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from accounts.enums import AccessAct
from accounts.lockout import NO_ADDRESS, client_address
from accounts.models import Membership, User
from core.periods import today

logger = logging.getLogger(__name__)
Subject = tuple[uuid.UUID, uuid.UUID | None]

LOG_SQL = "SELECT ittai_log_access(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s::uuid[], %s::uuid[])"
SAFE_METHODS = ("GET", "HEAD")
# The organisation's sign-on sends people back by GET, and a log-in or a new link there is a write.
RETURN_PATH = "/oidc/"
# Pages that show rows of many people, whatever the number of rows today.
LIST_ROUTES = frozenset({"today", "case_list", "appointment_list", "booking_list", "report_people", "placement_list"})
SEARCH_ROUTES = frozenset({"case_search"})
# Pages that look for the same person before they write.
SEARCHED_FIRST = frozenset({"case_new"})


class LogUnavailable(Exception):
    """The entry could not be written; what was read must not be shown."""


@dataclass(frozen=True)
class Reader:
    """Who reads, for which organisation, from where; nobody at all is the system itself."""

    user_id: int | None = None
    organisation_id: int | None = None
    membership_id: int | None = None
    role: str = ""
    ip: str | None = None


@dataclass(frozen=True)
class Event:
    """Something that happened during a request and gets an entry of its own: a log-in, an emergency access."""

    act: AccessAct
    user: User | None
    purpose: str = ""
    # In whose chain it stands, when that is not the user's own organisation.
    organisation_id: int | None = None


@dataclass
class Reading:
    """What one request, task or command has loaded so far."""

    request_id: uuid.UUID = field(default_factory=uuid.uuid4)
    subjects: set[Subject] = field(default_factory=set)
    events: list[Event] = field(default_factory=list)
    purpose: str = ""

    def listed(self) -> list[Subject]:
        """Each person with the cases through which they were seen; alone only when there was no case."""
        with_case = {person for person, case in self.subjects if case is not None}
        return [(person, case) for person, case in self.subjects if case is not None or person not in with_case]


_current: ContextVar[Reading | None] = ContextVar("reading", default=None)


@contextmanager
def reading() -> Iterator[Reading]:
    """Collect what is loaded until the block ends; an inner block collects for itself."""
    started = Reading()
    token = _current.set(started)
    try:
        yield started
    finally:
        _current.reset(token)


def saw(*, person: uuid.UUID, case: uuid.UUID | None = None) -> None:
    """A row with personal data became an object. Code that reads by values() and shows it says so itself."""
    current = _current.get()
    if current is not None:
        current.subjects.add((person, case))


def persons_read() -> set[uuid.UUID]:
    """Whom the running request has loaded until now."""
    current = _current.get()
    return {person for person, _case in current.subjects} if current is not None else set()


def because(purpose: str) -> None:
    """Why the running request reads whom it reads; the person concerned may be shown these words."""
    current = _current.get()
    if current is not None:
        current.purpose = purpose


def happened(event: Event) -> None:
    """The running request did something that gets its own entry."""
    current = _current.get()
    if current is not None:
        current.events.append(event)


def write(
    *, reader: Reader, act: AccessAct, route: str, request_id: uuid.UUID, subjects: list[Subject], purpose: str = ""
) -> None:
    """Append one entry to the chain of the reader's organisation; raises LogUnavailable."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                LOG_SQL,
                [
                    reader.organisation_id,
                    reader.user_id,
                    reader.membership_id,
                    reader.role,
                    request_id,
                    act.value,
                    route,
                    purpose[:200],
                    reader.ip,
                    [person for person, _case in subjects],
                    [case for _person, case in subjects],
                ],
            )
    except DatabaseError as error:
        raise LogUnavailable from error


@contextmanager
def system_reading(name: str) -> Iterator[None]:
    """A task or command by its name: what it loads is an entry without a user, also when it fails half-way."""
    with reading() as read:
        try:
            yield
        finally:
            if read.subjects:
                write(
                    reader=Reader(),
                    act=AccessAct.TASK,
                    route=name[:100],
                    request_id=read.request_id,
                    subjects=read.listed(),
                )


def only_reads(request: HttpRequest) -> bool:
    """What runs in a READ ONLY transaction and gets its entry after it; everything else is one with its entry."""
    return request.method in SAFE_METHODS and not request.path_info.startswith(RETURN_PATH)


class AccessLogMiddleware:
    """Write the request's entry after the view's transaction and before the answer leaves.

    Stands outside ScopeMiddleware. What only reads runs in a READ ONLY transaction, so its entry is a second,
    short one. A change and its entry are one transaction: no entry, no change.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with reading() as read:
            # The number on error pages and in log lines finds the entry again.
            number: str = request.id  # type: ignore[attr-defined]
            read.request_id = uuid.uuid5(uuid.NAMESPACE_OID, number)
            try:
                if only_reads(request):
                    response = self.get_response(request)
                    _write_entries(request, response, read)
                else:
                    with transaction.atomic():
                        response = self.get_response(request)
                        _write_entries(request, response, read)
            except LogUnavailable:
                logger.critical("The access log cannot be written; request %s was not answered", number)
                page = render_to_string(
                    "log_unavailable.html", {"request_id": number, "contact": settings.SUPPORT_CONTACT}
                )
                response = HttpResponse(page, status=503)
                response["Cache-Control"] = "no-store"
            return response


def _write_entries(request: HttpRequest, response: HttpResponse, read: Reading) -> None:
    """Chain by chain in one order, whoever writes: two requests that touch the same chains never wait in a ring."""
    route = (request.resolver_match.url_name or "") if request.resolver_match else ""
    entries: list[tuple[Reader, AccessAct, list[Subject], str]] = [
        (_reader_of_event(event, request), event.act, [], event.purpose) for event in read.events
    ]
    is_file = response.get("Content-Disposition", "").startswith("attachment")
    if read.subjects or is_file:
        act = _act_of(request, response, route, is_file=is_file)
        entries.append((_reader_of(request), act, read.listed(), read.purpose))
    for reader, act, subjects, purpose in sorted(entries, key=lambda entry: entry[0].organisation_id or 0):
        write(reader=reader, act=act, route=route, request_id=read.request_id, subjects=subjects, purpose=purpose)


def _act_of(request: HttpRequest, response: HttpResponse, route: str, *, is_file: bool) -> AccessAct:
    if response.get("Content-Type", "").startswith("application/pdf"):
        return AccessAct.PRINT
    if is_file:
        return AccessAct.DOWNLOAD
    if route in LIST_ROUTES:
        return AccessAct.LIST
    # A refused form shows the page again: only what was saved and sent on is a change.
    changed = not only_reads(request) and 300 <= response.status_code < 400
    if route in SEARCH_ROUTES or (route in SEARCHED_FIRST and not changed):
        return AccessAct.SEARCH
    return AccessAct.CHANGE if changed else AccessAct.VIEW


def _reader_of(request: HttpRequest) -> Reader:
    actor: Any = getattr(request, "actor", None)
    if actor is None:
        user_id = request.user.pk if request.user.is_authenticated else None
        return Reader(user_id=user_id, ip=client_ip(request))
    return Reader(
        user_id=actor.user.pk,
        organisation_id=actor.organisation.pk,
        membership_id=actor.membership.pk,
        role=actor.membership.role,
        ip=client_ip(request),
    )


def _reader_of_event(event: Event, request: HttpRequest) -> Reader:
    """The organisation that the event names; else whom the user works for in this request, or, before that is known,
    the only organisation there is. Who has several and has not chosen yet is logged without one."""
    ip = client_ip(request)
    if event.user is None:
        return Reader(ip=ip)
    actor: Any = getattr(request, "actor", None)
    is_at_work = actor is not None and actor.user.pk == event.user.pk
    if is_at_work and event.organisation_id in (None, actor.organisation.pk):
        return _reader_of(request)
    if event.organisation_id is not None:
        return Reader(user_id=event.user.pk, organisation_id=event.organisation_id, ip=ip)
    memberships = list(Membership.objects.current(today()).filter(user=event.user).order_by("pk"))
    if len({membership.organisation_id for membership in memberships}) != 1:
        return Reader(user_id=event.user.pk, ip=ip)
    only = memberships[0]
    return Reader(
        user_id=event.user.pk,
        organisation_id=only.organisation_id,
        membership_id=only.pk,
        role=only.role,
        ip=ip,
    )


def client_ip(request: HttpRequest) -> str | None:
    """The address of the browser, as the lock-out knows it; None when there is none."""
    address = client_address(request)
    return None if address == NO_ADDRESS else address


@receiver(user_logged_in)
def _logged_in(sender: Any, user: User, **kwargs: Any) -> None:
    happened(Event(AccessAct.LOGIN, user))


@receiver(user_logged_out)
def _logged_out(sender: Any, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        happened(Event(AccessAct.LOGOUT, user))


@receiver(authenticator_added)
def _factor_added(sender: Any, user: User, **kwargs: Any) -> None:
    happened(Event(AccessAct.SECOND_FACTOR, user, purpose="本人が登録した"))


@receiver(authenticator_removed)
def _factor_removed(sender: Any, user: User, **kwargs: Any) -> None:
    happened(Event(AccessAct.SECOND_FACTOR, user, purpose="本人が外した"))


@receiver(social_account_added)
def _sign_on_linked(sender: Any, sociallogin: Any, **kwargs: Any) -> None:
    """By the user alone: what an administrator links is told (accounts/trail.py) and sends no signal."""
    happened(Event(AccessAct.ACCOUNT, sociallogin.user, purpose="本人が共通ログインとつないだ"))


@receiver(user_login_failed)
def _login_failed(sender: Any, credentials: dict[str, Any], **kwargs: Any) -> None:
    """What was typed is not kept: people type passwords into the wrong field."""
    typed = str(credentials.get("username") or "").replace("\0", "")
    happened(Event(AccessAct.LOGIN_FAILED, User.objects.filter(username=typed).first()))
