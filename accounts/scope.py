"""For whom a request, a task or a command works, and how the database learns of it."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any

import pghistory
from celery import Task
from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from kombu.exceptions import OperationalError

from accounts.access_log import only_reads, system_reading
from accounts.enums import ASSIGNED_ONLY, KINDS_COVERING_CHILDREN, OrganisationKind, Permission, Role, permissions_of
from accounts.models import Membership, Organisation, User
from accounts.navigation import Entry, entries_for
from core.db import current_scope, scope
from core.periods import DateStyle, dates_shown, today

MEMBERSHIP_KEY = "membership"
METHODS = ("GET", "HEAD", "POST")
logger = logging.getLogger(__name__)


class ScopeMissing(RuntimeError):
    """A task or command touched personal data without saying for whom it works."""


@dataclass(frozen=True)
class Actor:
    """A user at work: one membership, the organisations it covers, what it may do."""

    user: User
    membership: Membership
    organisation_ids: tuple[int, ...]
    # What a running break-glass adds; given by the middleware of cases.
    extra: frozenset[Permission] = frozenset()

    @property
    def organisation(self) -> Organisation:
        return self.membership.organisation

    @property
    def role(self) -> Role:
        return Role(self.membership.role)

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        return permissions_of(self.role, OrganisationKind(self.organisation.kind)) | self.extra

    @property
    def assigned_only(self) -> bool:
        """Whether this person sees assigned cases alone; the database is told and hides the others."""
        return self.role in ASSIGNED_ONLY

    @cached_property
    def lineage_ids(self) -> tuple[int, ...]:
        """Organisations above, at and below: a party among them makes an agreement ours."""
        return tuple({*Organisation.objects.ancestor_ids(self.organisation.pk), *self.organisation_ids})

    @property
    def may_reveal(self) -> bool:
        return self.can(Permission.REVEAL)

    @property
    def may_break_glass(self) -> bool:
        return self.can(Permission.BREAK_GLASS)

    @property
    def navigation(self) -> list[Entry]:
        return entries_for(self.permissions)

    @property
    def sees_cases(self) -> bool:
        return self.can(Permission.VIEW_CASES)

    def can(self, permission: Permission) -> bool:
        return permission in self.permissions


def covered_ids(organisation: Organisation) -> tuple[int, ...]:
    """Organisations whose cases a member of this one works on."""
    if organisation.kind in KINDS_COVERING_CHILDREN:
        return tuple(Organisation.objects.descendant_ids([organisation.pk]))
    return (organisation.pk,)


def actor_for(user: User, membership_id: int | None) -> Actor | None:
    """The chosen membership of the user, or the only one; None when a choice is needed or none is valid."""
    memberships = list(user.memberships.current(today()).select_related("organisation").order_by("pk"))
    chosen = [m for m in memberships if m.pk == membership_id] or (memberships if len(memberships) == 1 else [])
    if not chosen:
        return None
    return Actor(user=user, membership=chosen[0], organisation_ids=covered_ids(chosen[0].organisation))


class ScopeMiddleware:
    """Open the request's transaction and tell the database for whom it works; show days as the user wants them.

    ATOMIC_REQUESTS stays on: a view that fails rolls back its own savepoint inside this transaction.
    Reading requests cannot write; whatever is neither reading nor a form is refused.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = None  # type: ignore[attr-defined]
        if not request.user.is_authenticated:
            return self.get_response(request)
        with dates_shown(DateStyle(request.user.date_style)):
            return self._answer(request)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        actor = actor_for(request.user, request.session.get(MEMBERSHIP_KEY))  # type: ignore[arg-type]
        request.actor = actor  # type: ignore[attr-defined]
        if actor is None:
            return self.get_response(request)
        read_only = only_reads(request)
        with scope(
            organisations=actor.organisation_ids,
            user=actor.user.pk,
            assigned_only=actor.assigned_only,
            read_only=read_only,
        ):
            if read_only:
                return self.get_response(request)
            with pghistory.context(user=actor.user.pk, membership=actor.membership.pk, url=request.path):
                return self.get_response(request)


def requires(permission: Permission) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """The view is for roles with this permission; a colleague without it gets 403."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            actor: Actor | None = request.actor  # type: ignore[attr-defined]
            if actor is None:
                return redirect("choose_organisation")
            if not actor.can(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        wrapped.permission = permission  # type: ignore[attr-defined]
        return wrapped

    return decorate


class ScopedTask(Task):
    """A Celery task that says for which organisations it works before it touches a row.

    The body opens `core.db.scope` itself, because only it knows where its transactions begin;
    a query before that raises in the database. This base refuses positional arguments, so that
    what waits in the queue is ids with names.
    """

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if args:
            raise ScopeMissing(f"{self.name}: ids are passed by name")
        if connection.in_atomic_block and current_scope() is not None:
            raise ScopeMissing(f"{self.name}: a task opens its own scope")
        with system_reading(self.name):
            return super().__call__(**kwargs)

    def delay_on_commit(self, **ids: str) -> None:
        """Ring the worker after the commit; with the broker down nothing is lost, the sweep rings later."""
        transaction.on_commit(lambda: self._ring(ids))

    def _ring(self, ids: dict[str, str]) -> None:
        try:
            self.apply_async(kwargs=ids)
        except OperationalError:
            logger.warning("The broker does not answer; %s waits for the sweep", self.name)


class ScopedCommand(ABC, BaseCommand):
    """A management command that says for whom it works: one organisation, or openly all."""

    def add_arguments(self, parser: CommandParser) -> None:
        group = parser.add_mutually_exclusive_group(required=True)
        group.add_argument("--organisation", type=int, help="機関のID")
        group.add_argument("--all-organisations", action="store_true", help="すべての機関")

    def handle(self, *args: Any, **options: Any) -> str | None:
        if options["all_organisations"]:
            ids = list(Organisation.objects.values_list("pk", flat=True))
        else:
            organisation = Organisation.objects.filter(pk=options["organisation"]).first()
            if organisation is None:
                raise CommandError("その機関はありません。機関のIDを確かめてください。")
            ids = list(covered_ids(organisation))
        with system_reading(type(self).__module__.rpartition(".")[2]), scope(organisations=ids):
            return self.handle_scoped(*args, **options)

    @abstractmethod
    def handle_scoped(self, *args: Any, **options: Any) -> str | None: ...
