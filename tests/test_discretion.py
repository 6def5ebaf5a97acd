"""What people typed reaches no log, no queue, no mail and no cookie, whatever breaks (security.md A60)."""

from __future__ import annotations

import base64
import datetime as dt
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from celery import shared_task
from django import forms
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core import mail
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path, reverse

from accounts.scope import ScopedTask
from cases.models import Person
from config import servers
from config.celery import app
from config.redact import HIDDEN, RedactFilter, describe
from config.urls import handler400, handler403, handler404, handler500  # noqa: F401 - this module is a URLconf
from core.forms import JapaneseForm
from reports.models import MonthlyReport
from tests.clients import client_of
from tests.factories import Programme, make_programme
from tests.test_access import DAY, things

NAME, PHONE, NOTE = "金糸雀 花子", "086-777-4321", "止まり木の秘密"
CANARIES = (NAME, PHONE, NOTE, "金糸雀", "止まり木")
TYPED = {"name": NAME, "phone": PHONE, "body": NOTE}


class Breaking(JapaneseForm):
    name = forms.CharField()

    def clean_name(self) -> str:
        raise LookupError(f"no rule for {self.cleaned_data['name']}")


def breaks(request: HttpRequest, how: str) -> HttpResponse:
    """Every way in which a view of ours could break with a person's data in its hands."""
    typed = request.POST["name"]
    match how:
        case "value":
            int(typed)
        case "key":
            {}[typed]
        case "form":
            Breaking(request.POST).is_valid()
        case "chain":
            try:
                int(typed)
            except ValueError as error:
                raise RuntimeError(f"while reading {typed}") from error
        case "row":  # PostgreSQL's DETAIL line quotes the row
            Person.objects.update(name="", name_kana=typed)
        case "type":  # its main line quotes the value
            with connection.cursor() as cursor:
                cursor.execute("SELECT %s::integer", [typed])
        case "syntax":  # the whole statement would stand in the server's log
            with connection.cursor() as cursor:
                cursor.execute("SELECT %s FROM nowhere", [typed])
        case "denied":
            raise PermissionDenied(typed)
        case "missing":
            raise Http404(typed)
        case "bad":
            raise BadRequest(f"cannot read {typed}")
        case "suspicious":
            raise SuspiciousOperation(f"tampered {typed}")
        case "logged":
            try:
                int(typed)
            except ValueError:
                logging.getLogger("cases").exception("A caught error")
    return HttpResponse("never" if how != "logged" else "well")


WAYS = ("value", "key", "form", "chain", "row", "type", "syntax", "denied", "missing", "bad", "suspicious", "logged")
urlpatterns = [path("breaks/<slug:how>/", breaks, name="breaks"), path("", include("config.urls"))]


@shared_task(base=ScopedTask, name="tests.breaks")
def task_that_breaks(*, way: str) -> None:
    if way == "retry":
        raise task_that_breaks.retry(exc=ValueError(f"again: {NAME}"), countdown=0, max_retries=1)
    raise ValueError(f"cannot count {NAME} {PHONE}")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the configured handler writes: the same filters and format as in production."""
    handlers = [h for h in logging.getLogger().handlers if any(isinstance(f, RedactFilter) for f in h.filters)]
    assert len(handlers) == 1
    stream = io.StringIO()
    before = handlers[0].setStream(stream)
    yield stream
    handlers[0].setStream(before)


def leaks(text: str) -> list[str]:
    return [word for word in CANARIES if word in text]


@pytest.mark.parametrize("how", WAYS)
@override_settings(ROOT_URLCONF="tests.test_discretion", ADMINS=[("Somebody", "admin@ittai.example")])
def test_a_view_that_breaks_gives_nothing_away(programme: Programme, log: io.StringIO, how: str):
    programme.open_case(DAY)
    client = client_of(programme.caseworker)
    client.raise_request_exception = False
    answer = client.post(f"/breaks/{how}/", TYPED)
    written = log.getvalue()
    assert answer.status_code in (200, 400, 403, 404, 500)
    assert leaks(written) == []
    assert answer["X-Request-ID"] in written, "the line can be found by the number on the screen"
    if answer.status_code == 500 or how == "logged":
        assert "Traceback (most recent call last):" in written
        assert "in breaks" in written, "where it happened is still there"
    if how == "row":
        assert "23514 cases_person" in written, "what kind of error it was is still there"
    assert leaks(answer.content.decode()) == []
    assert mail.outbox == []


@pytest.mark.parametrize("way", ["fail", "retry"])
def test_a_task_that_breaks_gives_nothing_away(log: io.StringIO, way: str):
    result = task_that_breaks.apply(kwargs={"way": way}, throw=False)
    assert result.failed()
    written = log.getvalue()
    assert "tests.breaks" in written
    assert HIDDEN in written
    assert leaks(written) == []


def test_the_plain_format_would_have_leaked():
    """The test's own proof: without the filter these words are in the log."""
    try:
        int(NAME)
    except ValueError as error:
        record = logging.LogRecord("x", logging.ERROR, "f", 1, "m", (), (type(error), error, error.__traceback__))
        assert NAME in logging.Formatter().format(record)
        record.exc_text = None
        assert RedactFilter().filter(record)
        assert NAME not in logging.Formatter().format(record)
        assert "ValueError" in logging.Formatter().format(record)
        assert NAME not in describe(error)


def everything_in_redis() -> str:
    """All keys and values of the test's broker, as text."""
    broker = redis.Redis.from_url(settings.REDIS_URL)
    parts = []
    for key in broker.scan_iter():
        read: dict[bytes, Any] = {
            b"string": lambda k: [broker.get(k)],
            b"list": lambda k: broker.lrange(k, 0, -1),
            b"hash": lambda k: [part for pair in broker.hgetall(k).items() for part in pair],
            b"set": broker.smembers,
            b"zset": lambda k: broker.zrange(k, 0, -1),
        }
        parts += [key, *read[broker.type(key)](key)]
    return b"\n".join(part for part in parts if part is not None).decode("utf-8", "replace")


def queued() -> dict[str, str]:
    """What waits for the worker: id → the whole message, its body decoded, because base64 hides every word."""
    broker = redis.Redis.from_url(settings.REDIS_URL)
    messages = [json.loads(message) for message in broker.lrange(app.conf.task_default_queue, 0, -1)]
    return {row["headers"]["id"]: f"{row} {json.loads(base64.b64decode(row['body']))}" for row in messages}


@pytest.mark.django_db(transaction=False)
def test_the_queue_carries_ids_only(
    programme: Programme, log: io.StringIO, django_capture_on_commit_callbacks: Any
) -> None:
    """Real work with these words: a case, a comment on a report; then every byte in Redis and the session rows."""
    arguments = things(programme)
    manager, worker = client_of(programme.manager), client_of(programme.caseworker)
    before = queued()
    with django_capture_on_commit_callbacks(execute=True):
        comment = manager.post(reverse("report_comment", kwargs=arguments["report_comment"]), {"text": NOTE})
        requested = manager.post(reverse("report_request", kwargs=arguments["report_request"]), {"month": "2023-11"})
        made = worker.post(
            reverse("case_new"),
            {
                "name": NAME,
                "name_kana": "カナリヤ ハナコ",
                "birth_on": "S55.4.1",
                "sex": "unanswered",
                "phone": PHONE,
                "agreement": programme.agreement.pk,
                "holder": programme.office.pk,
                "status": "livelihood_protection",
                "opened_on": f"{DAY}",
            },
        )
    assert (comment.status_code, requested.status_code, made.status_code) == (302, 302, 302)
    report = MonthlyReport.objects.get(agreement=programme.agreement, month=dt.date(2023, 11, 1))
    rung = [text for key, text in queued().items() if key not in before]
    assert [text for text in rung if "count_report" in text and str(report.pk) in text] != []
    assert leaks("".join(rung)) == []
    assert leaks(everything_in_redis()) == []
    for answer in (comment, requested, made):
        assert all(not leaks(morsel.value) for morsel in answer.cookies.values())
        assert leaks(answer["Location"]) == []
    assert "messages" not in {name for client in (manager, worker) for name in client.cookies}
    assert leaks(log.getvalue()) == []
    assert leaks(repr(sessions_in_the_database())) == []
    assert settings.CELERY_TASK_IGNORE_RESULT
    assert not hasattr(settings, "CELERY_RESULT_BACKEND")


def opened(programme: Programme, client: Client) -> HttpResponse:
    """A new case of this name; the next page will say so with the name in it."""
    typed = {"name": NAME, "name_kana": "カナリヤ ハナコ", "birth_on": "S55.4.1", "sex": "unanswered"}
    where = {"agreement": programme.agreement.pk, "holder": programme.office.pk, "status": "livelihood_protection"}
    return client.post(reverse("case_new"), {**typed, **where, "opened_on": f"{DAY}"})


def sessions_in_the_database() -> list[dict[str, Any]]:
    """Every row of every session, read by SQL without a scope: no wall stands before this table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_data FROM django_session")
        return [SessionStore().decode(row[0]) for row in cursor.fetchall()]


def test_what_the_next_page_will_say_waits_sealed(programme: Programme):
    """A14: a message names a person, and sessions are behind no wall (tests/test_row_security.py, OUTSIDE)."""
    client = client_of(programme.caseworker)
    where = opened(programme, client)["Location"]
    (waiting,) = [session for session in sessions_in_the_database() if "_messages" in session]
    assert leaks(repr(waiting)) == []
    assert f"{NAME}さんの相談を受け付けました" in client.get(where).content.decode()
    assert not any("_messages" in session for session in sessions_in_the_database())


@override_settings(MESSAGE_STORAGE="django.contrib.messages.storage.session.SessionStorage")
def test_unsealed_it_would_have_been_there(programme: Programme):
    opened(programme, client_of(programme.caseworker))
    (waiting,) = [session for session in sessions_in_the_database() if "_messages" in session]
    assert leaks(json.loads(waiting["_messages"])[0][3]) != []


def test_a_message_that_no_key_opens_is_not_shown(programme: Programme):
    client = client_of(programme.caseworker)
    where = opened(programme, client)["Location"]
    with override_settings(DRAFT_KEYS=["another"]):
        page = client.get(where)
    assert page.status_code == 200
    assert "相談を受け付けました" not in page.content.decode()


@override_settings(ROOT_URLCONF="tests.test_discretion")
def test_postgresql_writes_no_row_and_no_statement_into_its_own_log(programme: Programme):
    server_log = servers.data_dir() / "postgres" / "log"
    start = server_log.stat().st_size
    programme.open_case(DAY)
    client = client_of(programme.caseworker)
    client.raise_request_exception = False
    for how in ("row", "type", "syntax"):
        assert client.post(f"/breaks/{how}/", TYPED).status_code == 500
    assert leaks(server_log.read_bytes()[start:].decode("utf-8", "replace")) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name LIKE 'log_%%'", [])
        found = dict(cursor.fetchall())
    assert (found["log_min_messages"], found["log_min_error_statement"]) == ("fatal", "panic")
    assert (found["log_error_verbosity"], found["log_parameter_max_length_on_error"]) == ("terse", "0")


@pytest.fixture
def programme(db: None) -> Programme:
    return make_programme("okayama", 1007)
