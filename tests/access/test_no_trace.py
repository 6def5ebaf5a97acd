"""A record of others answers exactly as a number that nothing has: status, headers, bytes; nothing else tells either."""

from __future__ import annotations

import base64
import json
import re
import uuid
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import connection
from django.db.models import UniqueConstraint
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import access_log, sessions
from accounts.enums import AccessAct
from accounts.models import AccessEntry
from accounts.scope import Actor
from agreements.models import Agreement
from cases.actions import intake
from cases.models import Case
from core.db import UUIDModel
from core.pagination import PAGE_SIZE
from core.periods import today
from tests import servers
from tests.access.worlds import DAY, ROUTES, ask, client_of, neighbours, nowhere, verdict, world
from tests.factories import Programme, make_programme, working_as
from tests.permission_matrix import GONE, MATRIX, behind, cells


def traces(answer: HttpResponse) -> tuple[Any, ...]:
    """Everything a stranger could compare; the clock in Expires is nobody's."""
    once = [answer["X-Request-ID"], *re.findall(r"'nonce-([^']+)'", answer.get("Content-Security-Policy", ""))]

    def still(text: str) -> str:
        for word in once:
            text = text.replace(word, "")
        return text

    headers = sorted((name, "" if name == "Expires" else still(value)) for name, value in answer.headers.items())
    return answer.status_code, headers, sorted(answer.cookies), still(answer.content.decode())


def everything_of(client: Client, method: str, name: str, kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], list[str]]:
    """The traces of the answer, and what the database was asked, whatever the numbers: the same work for both."""
    connection.queries_log.clear()
    with CaptureQueriesContext(connection) as queries:
        answer = ask(client, method, name, kwargs)
    numbers = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}|\d+|" + re.escape(kwargs.get("code", "")))
    return traces(answer), [numbers.sub("", query["sql"]) for query in queries]


@pytest.mark.parametrize("asker", ["stranger", "neighbour"])
def test_foreign_and_missing_look_the_same(asker: str, programme: Programme, monkeypatch: pytest.MonkeyPatch):
    # The session's cookie is renewed by the clock, whatever was asked: on a slow machine between two requests.
    monkeypatch.setattr(sessions, "STEP_SECONDS", 3600)
    people, arguments = world(asker, programme, is_suppressed=asker == "neighbour")
    walled = {"case", "desk"} if asker == "neighbour" else {"case", "desk", "agreement"}
    names = [name for name in MATRIX if behind(name, ROUTES[name]) in walled]
    assert len(names) > 100
    assert {"meeting_pack", "cover_withdraw", "handover_detail", "export_file", "export_answer"} <= set(names)
    different, compared = [], 0
    for letter, who in people.items():
        client = client_of(who)
        for name in names:
            for method in ("get", "post", "head"):
                foreign = everything_of(client, method, name, arguments[name])
                missing = everything_of(client, method, name, nowhere(arguments[name]))
                compared += 1
                if foreign != missing:
                    different.append((letter, method, name, foreign[0][0], missing[0][0]))
    assert different == []
    assert compared == len(people) * len(names) * 3


@pytest.mark.parametrize("asker", ["stranger", "neighbour"])
def test_a_suppressed_case_of_others_does_not_exist(asker: str, programme: Programme):
    """A2, "other office + secret": every URL of a case, asked by a caseworker and a navigator; nothing leads to asking."""
    people, arguments = world(asker, programme, is_suppressed=True)
    clients = {letter: client_of(people[letter]) for letter in "cn"}
    asked = [
        cell
        for cell in cells(asker, ROUTES)
        if cell.letter in clients and behind(cell.name, ROUTES[cell.name]) == "case"
    ]
    assert len({cell.name for cell in asked if cell.answer == GONE}) > 80
    wrong = {
        cell: found
        for cell in asked
        if (found := verdict(ask(clients[cell.letter], cell.method, cell.name, arguments[cell.name]))) != cell.answer
    }
    assert wrong == {}


def test_search_and_list_count_only_what_one_sees(programme: Programme):
    """A full page here and nothing there: no number, page or "more" tells of it."""
    theirs = make_programme("soja", 2089)
    client = client_of(theirs.caseworker)
    theirs.open_case(name="自分 一人", kana="ジブン ヒトリ")
    before = [client.get(reverse(name)).content for name in ("case_list", "today", "appointment_list")]
    found = client.post(reverse("case_search"), {"q": "シケン"}).content
    for _number in range(PAGE_SIZE + 2):
        programme.open_case()
    after = [client.get(reverse(name)).content for name in ("case_list", "today", "appointment_list")]
    assert [without_token(page) for page in after] == [without_token(page) for page in before]
    assert without_token(client.post(reverse("case_search"), {"q": "シケン"}).content) == without_token(found)
    assert "次の50件" not in after[0].decode()


def without_token(page: bytes) -> list[bytes]:
    return [line for line in page.splitlines() if b"csrf" not in line.lower() and b"nonce=" not in line]


def test_case_numbers_run_within_an_organisation(programme: Programme):
    """The next number of an office says nothing about how many others took in."""
    theirs = make_programme("soja", 2089)
    first = theirs.open_case().number
    for _number in range(3):
        programme.open_case()
    assert int(theirs.open_case().number[-4:]) == int(first[-4:]) + 1
    with working_as(programme.caseworker):
        assert intake.next_number(organisation=programme.office, on=DAY).endswith("-0004")


# Uniqueness that reaches across organisations, and why it tells nothing that is secret.
SHARED_UNIQUENESS = {
    "accounts_user": "利用者IDは全体で1つ。見るのはシステム管理者だけ",
    "accounts_organisation": "全国地方公共団体コードは公開",
    "employers_employer": "事業所は全機関で共有",
    "agreements_agreement": "協定は公表される。コードは協定の名札",
    "accounts_invitation": "招待リンクの要約値。当てられない長さ",
    "accounts_accessentry": "系列(機関)ごとの連番",
    "cases_calendarfeed": "カレンダーの鍵の要約値。当てられない長さ",
    "agreements_dutyrule": "求職活動の規則は公表される。全機関で共有",
}


def test_uniqueness_stays_within_an_organisation():
    """Every unique rule names an organisation, or something that is seen only with its owner's rows."""
    inside = {"organisation", "case", "agreement", "plan", "placement", "consent", "report", "user", "group", "person"}
    across = set()
    for model in apps.get_models():
        if model.__name__.endswith("Event") or model._meta.app_label not in (
            "accounts",
            "agreements",
            "employers",
            "cases",
            "reports",
        ):
            continue
        rules = [set(rule.fields) for rule in model._meta.constraints if isinstance(rule, UniqueConstraint)]
        rules += [{field.name} for field in model._meta.fields if field.unique and not field.primary_key]
        across |= {
            model._meta.db_table
            for fields in rules
            if not any(part in inside or model._meta.get_field(part).is_relation for part in fields)
        }
    assert across == set(SHARED_UNIQUENESS)


# Numbers that stand in addresses, and why counting them tells nobody anything about people or about others' work.
COUNTED_IN_ADDRESSES = {
    "organisation_edit": (["pk"], "機関の一覧は公表される。開くのはシステム管理者だけ"),
    **dict.fromkeys(
        ("account_detail", "account_invite", "account_sign_on"),
        (["pk"], "利用者は全員がシステム管理者の一覧に出る。開くのもシステム管理者だけ"),
    ),
    "site_desks": (["pk"], "窓口は協定書に載る"),
    "group_edit": (["pk"], "対象者の区分は協定書に載る"),
    "plan_detail": (["year", "version"], "年度と、その計画の版"),
    **dict.fromkeys(
        ("report_revision", "report_file", "report_public", "report_people"), (["revision"], "その月の報告の版")
    ),
    **dict.fromkeys(("plan_paper", "plan_review"), (["number"], "そのケースのプランの番号")),
    "case_record": (["volume"], "そのケースの記録の冊"),
    "access_entry": (["chain", "number"], "機関の番号と、その機関の記録のなかの番号"),
}


def test_ids_in_urls_cannot_be_counted():
    """Behind the wall every key is a UUIDv7; 74 of its bits are random. Every number in an address has its reason."""
    walled = [model for model in apps.get_models() if issubclass(model, UUIDModel)]
    assert len(walled) > 18
    for model in walled:
        ids = {model().pk for _number in range(20)}
        assert len({pk.int & ((1 << 62) - 1) for pk in ids}) == 20
        assert {pk.version for pk in ids} == {7}
    counting = {name: re.findall(r"<int:(\w+)>", route) for name, route in ROUTES.items() if "<int:" in route}
    assert counting == {name: parts for name, (parts, _why) in COUNTED_IN_ADDRESSES.items()}


def test_the_log_of_one_office_counts_no_other(programme: Programme):
    """Neither the address of an entry nor that of the next page says how much others read in between."""

    def read(who: Actor) -> None:
        reader = access_log.Reader(who.user.pk, who.organisation.pk)
        access_log.write(reader=reader, act=AccessAct.LOGIN, route="", request_id=uuid.uuid4(), subjects=[])

    theirs = make_programme("soja", 2089)
    for _number in range(PAGE_SIZE + 2):
        read(programme.caseworker)
        read(theirs.caseworker)
    client = client_of(programme.manager)
    first = client.get(reverse("access_log"))
    assert first.status_code == 200
    shown, cursor = [row.pk for row in first.context["page"].rows], first.context["page"].older
    at, number = json.loads(base64.urlsafe_b64decode(cursor.split(":")[0] + "=="))
    last = first.context["page"].rows[-1]
    assert (at, number) == (last.at.isoformat(), str(last.number))
    second = client.get(reverse("access_log"), {"page": cursor}).context["page"].rows
    with working_as(programme.manager):
        everything = AccessEntry.objects.filter(organisation=programme.office).order_by("-at")
        assert [*shown, *(row.pk for row in second)] == [row.pk for row in everything]
        numbers = [row.number for row in everything]
    assert numbers == list(range(len(numbers), 0, -1))


def test_a_taken_value_does_not_say_whose(programme: Programme):
    """What stands in the error is what was typed, never a name or number of the other row."""
    theirs = make_programme("soja", 2089)
    canary = "外から見えない名前"
    Agreement.objects.filter(pk=theirs.agreement.pk).update(name=canary)
    answer = client_of(programme.manager).post(
        reverse("agreement_new"),
        {
            "code": "soja",
            "name": "x",
            "purpose": "",
            "valid_from": "2026/4/1",
            "support_months": 6,
            "silent_days": 30,
            "publish_minimum": 3,
            "signatory": "市長",
        },
    )
    assert answer.status_code == 200
    assert canary not in answer.content.decode()
    assert theirs.city.name not in answer.content.decode()


def test_planner_estimates_stay_inside(db: None):
    """The wall's rows are in the statistics, and not for the role: neither in their list nor in their table."""
    name = servers.copy(servers.demo_template(today().isoformat()), f"estimates_{servers.WORKER}")
    told = "SELECT DISTINCT tablename FROM pg_stats WHERE schemaname = 'public' AND tablename LIKE 'cases\\_%'"
    with psycopg.connect(host=servers.SOCKET, user="postgres", dbname=name, autocommit=True) as root:
        root.execute("ANALYZE")
        assert len(root.execute(told).fetchall()) > 100
    with psycopg.connect(host=servers.SOCKET, user="ittai_app", dbname=name) as app:
        # Outside the wall: how many numbers an office gave in a year (test_row_security.OUTSIDE).
        assert app.execute(told).fetchall() == [("cases_casecounter",)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("SELECT count(*) FROM pg_statistic")


def test_what_a_partner_may_not_see_is_not_counted_for_it(programme: Programme):
    """People behind a number: names of one's own cases, of others only how many there are in the agreement."""
    _people, arguments = world("own", programme)
    mine = neighbours(programme)
    page = client_of(mine["c"]).get(reverse("report_people", kwargs=arguments["report_people"])).content.decode()
    with working_as(programme.caseworker):
        case = Case.objects.select_related("person").get(pk=arguments["case_detail"]["pk"])
    assert case.person.name not in page
    assert case.number not in page
    assert str(case.pk) not in page
