"""Records as each relation of the matrix finds them, who asks for them, and by which client."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib.messages import get_messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import resolve, reverse

from accounts.confirm import CONFIRMED_KEY
from accounts.enums import OrganisationKind, Role
from accounts.models import Organisation
from accounts.scope import Actor
from cases.actions import moves, sharing, transfer, withdrawal
from cases.enums import CloseReason, ConsentMethod, Duty, LegalBasis, Visibility
from cases.models import Assignment, Case, Consent, Grant, Interview
from core.db import new_id
from core.periods import now, today
from tests import walls
from tests.access.permissions_page import routes
from tests.factories import Programme, actor, make_programme, working_as
from tests.permission_matrix import LEADS_ON, OPEN, POSTS, REFUSED, behind
from tests.test_access import everyone, things

Arguments = dict[str, dict[str, Any]]
NO_NUMBER = 987_654_321
DAY = dt.date(2023, 4, 10)


ROUTES = routes()


def client_of(who: Actor) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(who.user)
    session = client.session
    session[CONFIRMED_KEY] = time.time()  # the step-up is asked before the record; here it is passed
    session.save()
    return client


@contextmanager
def undone() -> Any:
    """Whatever is written inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def ask(client: Client, method: str, name: str, kwargs: dict[str, Any] | None, data: Any = None) -> HttpResponse:
    """One request; a POST leaves nothing behind."""
    url = reverse(name, kwargs=kwargs)
    with undone():
        return getattr(client, method)(url, {**POSTS.get(name, {}), **(data or {})} if method == "post" else data)


WHY_NOT = ("印刷・出力は止めています", "出力するには、同意を受け直してください")


def verdict(answer: HttpResponse) -> str:
    """The answer in the words of the matrix: what is opened is shown; what is sent is heard, understood or not."""
    request: HttpRequest = answer.wsgi_request  # type: ignore[attr-defined]
    status, where = answer.status_code, answer.get("Location", "")
    if status == 302 and any(why in str(message) for message in get_messages(request) for why in WHY_NOT):
        return REFUSED
    if where.startswith("/login/") or (where == "/organisation/" and request.path != where):
        return f"302 {where}"
    if request.method == "GET" and status == 302:
        if where.endswith("/suppression/"):
            return REFUSED
        leads_on = LEADS_ON.get(resolve(request.path).view_name) == resolve(urlsplit(where).path).view_name
        return OPEN if leads_on else f"302 {where}"
    heard = (200,) if request.method == "GET" else (200, 302, 400, 409)
    return OPEN if status in heard else str(status)


def cases_of(arguments: Arguments) -> list[Case]:
    """The case with one record of everything, and the suppressed one."""
    return [Case.objects.get(pk=pk) for pk in {arguments[name]["pk"] for name in ("case_detail", "release_answer")}]


def close(programme: Programme, arguments: Arguments) -> None:
    with working_as(programme.caseworker):
        for case in cases_of(arguments):
            moves.close_case(
                case=case,
                by=programme.caseworker,
                at=now(),
                closed_on=today(),
                reason=CloseReason.PLACED_SETTLED,
                note="",
            )


def withdraw(programme: Programme, arguments: Arguments) -> None:
    with working_as(programme.caseworker):
        for case in cases_of(arguments):
            withdrawal.withdraw_consent(
                consent=Consent.objects.filter(case=case).earliest("created_at"),
                by=programme.caseworker,
                at=now(),
                on=today(),
                method=ConsentMethod.SPOKEN,
                note="窓口で",
            )


def expire(programme: Programme, arguments: Arguments) -> None:
    with working_as(programme.caseworker):
        for case in cases_of(arguments):
            grants = Grant.objects.filter(case=case, organisation=programme.hello_work)
            assert grants.update(valid_to=today() - dt.timedelta(days=1)) == 1


def end(organisation: str, reason: str) -> Callable[[Programme, Arguments], None]:
    def act(programme: Programme, arguments: Arguments) -> None:
        with working_as(programme.caseworker):
            for case in cases_of(arguments):
                sharing.end_grant(
                    case=case,
                    organisation=getattr(programme, organisation),
                    by=programme.caseworker,
                    at=now(),
                    reason=reason,
                )

    return act


def hand_over(programme: Programme, arguments: Arguments) -> None:
    """To an agency of the agreement that is not the city's, so that nobody of the city sees the case any more."""
    agency = Organisation.objects.create(
        kind=OrganisationKind.CONSULTATION_AGENCY, name="委託の自立相談支援機関", short_name="自立相談"
    )
    programme.agreement.participants.add(agency)
    yesterday = today() - dt.timedelta(days=1)
    with working_as(programme.caseworker):
        for case in cases_of(arguments):
            transfer.transfer_case(
                case=case,
                to=agency,
                by=programme.caseworker,
                at=now(),
                on=yesterday,
                overlap_until=yesterday,
                basis=transfer.Basis(LegalBasis.STATUTE),
                reason="転居のため",
            )


def suppress(programme: Programme, arguments: Arguments) -> None:
    with working_as(programme.caseworker):
        case = Case.objects.select_related("person").get(pk=arguments["case_detail"]["pk"])
    walls.hide(programme, case)


def keep_note(programme: Programme, arguments: Arguments) -> None:
    with working_as(programme.navigator):
        Interview.objects.filter(pk=arguments["interview_edit"]["interview_pk"]).update(visibility=Visibility.OWN)


HAPPENED: dict[str, Callable[[Programme, Arguments], None]] = {
    "closed": close,
    "own_note": keep_note,
    "secret": suppress,
    "withdrawn": withdraw,
    "expired": expire,
    "declined": end("hello_work", "対象外の回答"),
    "transferred": hand_over,
}


def neighbours(programme: Programme) -> dict[str, Actor]:
    """Workers of a second welfare office and a second Hello Work office under the same agreement."""
    office = Organisation.objects.create(
        kind=OrganisationKind.WELFARE_OFFICE, name="隣福祉事務所", short_name="隣", parent=programme.city
    )
    hello_work = Organisation.objects.create(
        kind=OrganisationKind.HELLO_WORK, name="ハローワーク隣", short_name="HW隣", parent=programme.bureau
    )
    programme.agreement.participants.add(office, hello_work)
    places = {
        "c": (office, Role.CASEWORKER),
        "s": (office, Role.SUPPORT_WORKER),
        "i": (office, Role.INTERPRETER),
        "n": (hello_work, Role.NAVIGATOR),
        "h": (hello_work, Role.MANAGER),
    }
    return {letter: actor(f"next-{letter}", place, role) for letter, (place, role) in places.items()}


def nowhere(kwargs: dict[str, Any]) -> dict[str, Any]:
    """The same arguments with ids that nothing has."""
    return {
        name: new_id()
        if isinstance(value, UUID)
        else "no-such-one"
        if name == "code"
        else NO_NUMBER
        if name in ("pk", "chain")
        else value
        for name, value in kwargs.items()
    }


def assign_interpreter(programme: Programme, interpreter: Actor, case_pk: UUID) -> None:
    """An interpreter sees assigned cases alone: this one."""
    with working_as(programme.caseworker):
        Assignment.objects.create(
            case=Case.objects.get(pk=case_pk),
            user=interpreter.user,
            organisation=programme.office,
            duty=Duty.INTERPRETER,
            starts_on=DAY,
            assigned_by=programme.caseworker.user,
        )


def other_child(programme: Programme, arguments: Arguments) -> Arguments:
    """A case one sees with a child of another case one sees; an agreement with another one's group."""
    other = programme.active(dt.date(2023, 4, 10), name="別の 人")
    foreign = make_programme("soja", 2089)
    group = foreign.groups["livelihood"].pk
    return {
        name: {**kwargs, "pk": other.pk if behind(name, ROUTES[name]) == "case" else group}
        for name, kwargs in arguments.items()
    }


def world(relation: str, programme: Programme, *, is_suppressed: bool = False) -> tuple[dict[str, Actor], Arguments]:
    """Who asks, and the arguments of every URL, as this relation has them."""
    arguments = things(programme, is_suppressed=is_suppressed)
    if relation == "neighbour":
        return neighbours(programme), arguments
    if relation == "stranger":
        return everyone(make_programme("soja", 2089)), arguments
    people = everyone(programme)
    assign_interpreter(programme, people["i"], arguments["case_detail"]["pk"])
    if relation == "not_shared":
        case = programme.open_case(name="まだ 出さない人")
        return people, {name: {**kwargs, "pk": case.pk} for name, kwargs in arguments.items()}
    if relation == "mixed":
        return people, other_child(programme, arguments)
    if relation == "missing":
        return people, {name: nowhere(kwargs) for name, kwargs in arguments.items()}
    if relation in HAPPENED:
        HAPPENED[relation](programme, arguments)
    return people, arguments
