"""Who read whom: every page that shows a person leaves its entry, and no entry means no page."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts import access_log
from accounts.access_log import LOG_SQL, reading, saw, system_reading
from accounts.enums import AccessAct
from accounts.models import AccessEntry, AccessSubject
from cases.models import Case
from core.db import scope
from tests import servers
from tests.clients import client_of
from tests.factories import Programme, working_as
from tests.permission_matrix import MATRIX
from tests.test_access import everyone, make_operator, things

DAY = dt.date(2023, 4, 10)
# A page that shows the case's person to a manager of the city; the others show none (or only take POSTs).
SHOWS_THE_PERSON = {
    "today", "case_list", "case_detail", "case_again", "person_edit", "case_status", "visibility", "consent_withdraw",
    "support_request_new", "support_request_withdraw", "assignment_new", "plan_new", "plan_confirm",
    "plan_agreed", "case_move", "case_close", "interview_new", "appointment_list", "appointment_new",
    "introduction_new", "introduction_result", "placement_new", "placement_separate", "retention_check",
    "report_people",
}  # fmt: skip


@contextmanager
def log_refused() -> Iterator[None]:
    """The application may not run the log's function; another connection takes the right away for real."""

    def run(statement: str) -> None:
        with psycopg.connect(
            host=servers.SOCKET, user="postgres", dbname=f"test_{servers.WORKER}", autocommit=True
        ) as other:
            other.execute(statement)

    run("REVOKE EXECUTE ON FUNCTION ittai_log_access FROM ittai_app")
    try:
        yield
    finally:
        run("GRANT EXECUTE ON FUNCTION ittai_log_access TO ittai_app")


def entries(programme: Programme) -> list[AccessEntry]:
    with working_as(programme.manager):
        return list(AccessEntry.objects.filter(organisation=programme.city).order_by("number"))


def subjects(entry: AccessEntry, programme: Programme) -> set[uuid.UUID]:
    with working_as(programme.manager):
        return set(AccessSubject.objects.filter(entry=entry).values_list("person_id", flat=True))


def test_every_page_that_shows_the_person_has_an_entry_with_the_person(okayama: Programme):
    """Every URL of the matrix: what the page shows and what the log says are the same."""
    arguments = things(okayama)
    with working_as(okayama.caseworker):
        person = Case.objects.select_related("person").get(pk=arguments["case_detail"]["pk"]).person
    marks = {person.name, person.name_kana}
    client = client_of(everyone(okayama)["m"])
    shown, logged = set(), set()
    for name in MATRIX:
        before = len(entries(okayama))
        answer = client.get(
            reverse(name, kwargs=arguments.get(name)), {"of": "all"} if name == "appointment_list" else None
        )
        if "html" in answer["Content-Type"] and any(mark in answer.content.decode() for mark in marks):
            shown.add(name)
        new = entries(okayama)[before:]
        assert len(new) <= 1, name
        if new and person.pk in subjects(new[0], okayama):
            logged.add(name)
            assert (new[0].route, new[0].request_id) == (name, uuid.uuid5(uuid.NAMESPACE_OID, answer["X-Request-ID"]))
            assert new[0].result_count >= 1
    assert shown - logged == set()
    assert logged >= SHOWS_THE_PERSON - {
        "plan_agreed",
        "case_move",
        "support_request_withdraw",
        "appointment_list",
    }


def test_search_files_and_changes_are_told_apart(okayama: Programme):
    arguments = things(okayama)
    client = client_of(okayama.manager)
    client.post(reverse("case_search"), {"q": "しけん"})
    client.get(reverse("case_list"))
    client.get(reverse("case_detail", kwargs=arguments["case_detail"]))
    client.post(reverse("appointment_settle", kwargs=arguments["appointment_settle"]), {"status": "kept"})
    client.get(reverse("report_file", kwargs=arguments["report_file"] | {"kind": "csv"}))
    client.get(reverse("report_file", kwargs=arguments["report_file"]))
    assert [(entry.act, entry.result_count) for entry in entries(okayama)] == [
        ("search", 1), ("list", 4), ("view", 1), ("change", 1), ("download", 0), ("print", 0),
    ]  # fmt: skip
    entry = entries(okayama)[2]
    assert (entry.user, entry.membership, entry.role) == (
        okayama.manager.user,
        okayama.manager.membership,
        okayama.manager.role,
    )
    assert (entry.ip, entry.at.utcoffset()) == ("127.0.0.1", dt.timedelta(0))


def test_no_person_no_entry(okayama: Programme, soja: Programme):
    case = okayama.open_case()
    client = client_of(soja.manager)
    for name, kwargs in (
        ("help", None),
        ("employer_list", None),
        ("case_detail", {"pk": case.pk}),
        ("case_list", None),
    ):
        client.get(reverse(name, kwargs=kwargs))
    assert entries(soja) == []


def test_search_words_are_not_kept(okayama: Programme):
    okayama.open_case(name="秘密 語", kana="ヒミツ ゴ")
    client_of(okayama.manager).post(reverse("case_search"), {"q": "ヒミツ"})
    with working_as(okayama.manager), connection.cursor() as cursor:
        cursor.execute("SELECT e::text FROM accounts_accessentry e")
        text = str(cursor.fetchall())
    assert "case_search" in text
    assert "ヒミツ" not in text and "秘密" not in text


def test_without_the_log_no_page_is_shown(okayama: Programme):
    """The function is out of reach, as after REVOKE EXECUTE: reading shows nothing, a change is undone."""
    case = okayama.active(DAY, name="見えては ならない")
    client = client_of(okayama.caseworker)
    url = reverse("case_detail", kwargs={"pk": case.pk})
    assert "見えては ならない" in client.get(url).content.decode()
    with log_refused():
        for answer in (
            client.get(url),
            client.get(reverse("case_list")),
            client.post(reverse("case_search"), {"q": "シケン"}),
        ):
            assert answer.status_code == 503
            text = answer.content.decode()
            assert "見えては ならない" not in text and "記録を残せない" in text
            assert answer["X-Request-ID"] in text
        answer = client.post(reverse("case_move", kwargs={"pk": case.pk, "act": "suspend"}), {"reason": "入院"})
        assert answer.status_code == 503
        assert client.get(reverse("help")).status_code == 200  # shows nobody
        anonymous = Client()
        answer = anonymous.post(reverse("login"), {"username": "okayama-cw", "password": "long-enough-password"})
        assert answer.status_code == 503
        assert "sessionid" not in anonymous.cookies
    with working_as(okayama.caseworker):
        assert Case.objects.get(pk=case.pk).state == case.state
    assert (
        client.post(reverse("case_move", kwargs={"pk": case.pk, "act": "suspend"}), {"reason": "入院"}).status_code
        == 302
    )


def test_nobody_changes_the_log(okayama: Programme):
    okayama.open_case()
    client_of(okayama.manager).get(reverse("case_list"))
    assert len(entries(okayama)) == 1
    for table in ("accounts_accessentry", "accounts_accesssubject", "accounts_accesschain"):
        for statement in (
            f"UPDATE {table} SET {'last_number = 7' if 'chain' in table else 'at = now()'}",
            f"DELETE FROM {table}",
            f"TRUNCATE {table} CASCADE",
            f"INSERT INTO {table} SELECT * FROM {table}",
        ):
            with (
                working_as(okayama.manager),
                pytest.raises(DatabaseError, match="permission denied"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT ittai_access_hash(1, now(), 1, 1, 1, '', NULL, '', '', '', 1, NULL, '[]', '')")


def test_another_organisation_cannot_read_our_log(okayama: Programme, soja: Programme):
    okayama.open_case()
    client_of(okayama.manager).get(reverse("case_list"))
    client_of(okayama.caseworker).get(reverse("case_list"))
    with working_as(soja.manager):
        assert (AccessEntry.objects.count(), AccessSubject.objects.count()) == (0, 0)
    with working_as(okayama.navigator):
        assert (AccessEntry.objects.count(), AccessSubject.objects.count()) == (0, 0)
    with working_as(okayama.manager):  # the city covers its welfare office
        assert (AccessEntry.objects.count(), AccessSubject.objects.count()) == (2, 2)
    with working_as(okayama.caseworker):
        assert AccessEntry.objects.count() == 1
        assert not AccessEntry.objects.visible_to(okayama.caseworker).exists()  # not a reviewer
    with pytest.raises(DatabaseError, match="no scope"), transaction.atomic():
        list(AccessEntry.objects.all())


def test_log_ins_are_logged_and_the_administrator_sees_them_alone(okayama: Programme):
    okayama.open_case()
    operator = make_operator(okayama)
    client = Client()
    client.post(reverse("login"), {"username": "okayama-cw", "password": "間違い"})
    client.post(reverse("login"), {"username": "nobody-here", "password": "my-secret"})
    client.post(reverse("login"), {"username": "okayama-cw", "password": "long-enough-password"})
    client.get(reverse("case_list"))
    client.post(reverse("logout"))
    with working_as(operator):
        seen = AccessEntry.objects.order_by("at")
        assert [(entry.act, entry.user_id) for entry in seen] == [
            ("login_failed", okayama.caseworker.user.pk),
            ("login_failed", None),
            ("login", okayama.caseworker.user.pk),
            ("logout", okayama.caseworker.user.pk),
        ]
        assert [entry.organisation_id for entry in seen] == [
            okayama.office.pk,
            None,
            okayama.office.pk,
            okayama.office.pk,
        ]
        assert AccessSubject.objects.count() == 0
        assert AccessEntry.objects.visible_to(operator).count() == 4
        with connection.cursor() as cursor:
            cursor.execute("SELECT e::text FROM accounts_accessentry e")
            assert "nobody-here" not in str(cursor.fetchall())


def test_a_task_reads_under_its_name(okayama: Programme):
    case = okayama.open_case()
    with (
        pytest.raises(ValueError, match="half-way"),
        system_reading("cases.tasks.example"),
        working_as(okayama.caseworker),
    ):
        Case.objects.get(pk=case.pk)
        raise ValueError("half-way")
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_number FROM accounts_accesschain WHERE chain = 0")
        assert cursor.fetchone() == (1,)


def test_an_inner_reading_collects_for_itself(db: None):
    first, second = uuid.uuid4(), uuid.uuid4()
    with reading() as outer:
        saw(person=first)
        with reading() as inner:
            saw(person=second, case=second)
            saw(person=second)
        assert inner.listed() == [(second, second)]
        saw(person=first)
    assert outer.listed() == [(first, None)]
    saw(person=second)  # outside: nobody reads
    assert outer.listed() == [(first, None)]


@pytest.mark.parametrize(
    ("header", "sent", "kept"),
    [
        ("", {"REMOTE_ADDR": "10.1.2.3", "HTTP_X_FORWARDED_FOR": "6.6.6.6"}, "10.1.2.3"),
        ("X-Forwarded-For", {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "6.6.6.6, 10.9.9.9"}, "10.9.9.9"),
        ("X-Forwarded-For", {"HTTP_X_FORWARDED_FOR": "'; DROP TABLE"}, None),
        ("", {"REMOTE_ADDR": ""}, None),
    ],
)
def test_the_address_is_the_proxys_word_or_the_sockets(
    settings: Any, header: str, sent: dict[str, str], kept: str | None
):
    settings.PROXY_ADDRESS_HEADER = header
    assert access_log.client_ip(RequestFactory().get("/", **sent)) == kept


def test_a_reading_request_logs_after_its_read_only_transaction(okayama: Programme):
    """Outside a test's transaction: the entry is written although the view could not write."""
    name = servers.copy(servers.template(), f"log_{servers.WORKER}")
    with psycopg.connect(host=servers.SOCKET, user="ittai_app", dbname=name, autocommit=True) as app:
        person = uuid.uuid4()
        with app.transaction():
            app.execute("SET TRANSACTION READ ONLY")
            with pytest.raises(psycopg.errors.ReadOnlySqlTransaction), app.transaction():
                append(app, [person])
        append(app, [person])
        assert app.execute("SELECT last_number FROM accounts_accesschain").fetchall() == [(1,)]


def append(app: psycopg.Connection, persons: list[uuid.UUID], organisation: int | None = None) -> None:
    app.execute(
        LOG_SQL,
        [
            organisation,
            None,
            None,
            "",
            uuid.uuid4(),
            AccessAct.VIEW.value,
            "x",
            "",
            None,
            persons,
            [None] * len(persons),
        ],
    )


def test_what_is_written_verifies_whatever_it_says(db: None):
    """Two functions write the text that is hashed, one for speed; signs that JSON escapes and several people at once."""
    purpose = 'a "b" \\ /\b\n\r\t\x01\x1f\x7f\u2028 髙﨑 𠮷 \U000e0101'
    with psycopg.connect(host=servers.SOCKET, user="postgres", dbname=f"test_{servers.WORKER}") as other:
        for persons in ([], [uuid.uuid4()], [uuid.uuid4() for _ in range(4)]):
            other.execute(
                "SELECT ittai_log_access(907, 1, 2, %s, gen_random_uuid(), 'view', %s, %s, '2001:db8::1', %s, %s)",
                [purpose, purpose, purpose, persons, [None] * len(persons)],
            )
        assert other.execute("SELECT * FROM ittai_verify_access(907, '{}', '{}')").fetchall() == []
        assert other.execute("SELECT last_number FROM accounts_accesschain WHERE chain = 907").fetchone() == (3,)
        other.rollback()


def test_two_writers_never_fork_the_chain(db: None):
    name = servers.copy(servers.template(), f"fork_{servers.WORKER}")

    def work(_number: int) -> None:
        with psycopg.connect(host=servers.SOCKET, user="ittai_app", dbname=name, autocommit=True) as app:
            for _ in range(150):
                append(app, [uuid.uuid4()])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    with psycopg.connect(host=servers.SOCKET, user="postgres", dbname=name) as root:
        assert root.execute(
            "SELECT count(*), count(DISTINCT previous_hash), max(number), bool_and(in_order) FROM"
            " (SELECT *, at > lag(at, 1, '-infinity') OVER (ORDER BY number) AS in_order FROM accounts_accessentry) e"
        ).fetchone() == (600, 600, 600, True)
        assert root.execute("SELECT * FROM ittai_verify_access(0, '{}', '{}')").fetchall() == []


def test_the_scope_of_the_request_is_gone_when_the_entry_is_written(okayama: Programme):
    okayama.open_case()
    client_of(okayama.manager).get(reverse("case_list"))
    with pytest.raises(DatabaseError, match="no scope"), transaction.atomic():
        AccessEntry.objects.count()
    with scope(organisations=[okayama.city.pk]):
        assert AccessEntry.objects.count() == 1


def test_each_head_has_a_page_of_its_own(db: None):
    """Heads that share a page slow each other down (bench/chain.py)."""
    with psycopg.connect(host=servers.SOCKET, user="postgres", dbname=f"test_{servers.WORKER}") as other:
        for office in range(901, 907):
            other.execute(
                "SELECT ittai_log_access(%s, NULL, NULL, '', gen_random_uuid(), 'view', 'case_detail', '', '10.0.0.1',"
                " ARRAY[gen_random_uuid()], ARRAY[NULL]::uuid[])",
                [office],
            )
        pages = other.execute("SELECT (ctid::text::point)[0] FROM accounts_accesschain WHERE chain > 900").fetchall()
        other.rollback()
    assert len(set(pages)) == 6


def test_a_head_goes_forward_by_one(db: None):
    """Whoever owns the table moves it neither back nor two at once."""
    with psycopg.connect(host=servers.SOCKET, user="postgres", dbname=f"test_{servers.WORKER}") as other:
        other.execute(
            "INSERT INTO accounts_accesschain (chain, last_number, last_hash, previous_hash) VALUES (990, 5, '', '')"
        )
        for step in (2, 0, -1):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"), other.transaction():
                other.execute(
                    "UPDATE accounts_accesschain SET last_number = last_number + %s WHERE chain = 990", [step]
                )
        other.execute("UPDATE accounts_accesschain SET last_number = last_number + 1 WHERE chain = 990")
        other.rollback()
