"""Fault F12: words (a note, a booking) against a close, a transfer, a suppression, with two clients on the real stack.

Each pair runs in both orders, and both posts have read the case as it was before either was written: a lock held
from outside lets them come so far and no further. The later one sees the newer state or is refused; what was typed
is in the database or on the page that comes back.
"""

from __future__ import annotations

import datetime as dt
import html
import itertools
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from playwright.sync_api import expect

from cases.actions.contact import CaseAlreadyClosed
from cases.actions.suppression import HIDDEN_IN_TEXT
from tests import servers
from tests.e2e.clients import Answer, Desk
from tests.e2e.conftest import today

SQL = Callable[..., list[Any]]
ADDRESS = "岡山市北区架空町一丁目2番3号 試験荘101"
NUMBERS = itertools.count(1)
# A post of the application waits for a lock for LOCK_TIMEOUT: here 20 seconds (conftest), longer than wait_until.
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'"


@dataclass(frozen=True)
class Kind:
    """What is written: where, into which table, in which field the words stand."""

    path: str
    table: str
    column: str
    fields: dict[str, Any]


@dataclass
class Desks:
    """Two colleagues of one office and a case of its own."""

    writer: Desk
    mover: Desk
    case: str
    pk: str
    person: str
    worker: int
    text: str


NOTE = Kind(
    "interviews/new/",
    "cases_interview",
    "body",
    {"held_at": f"{today():%Y/%m/%d} 0:00", "method": "visit", "visibility": "shared"},
)
# A day on which the office that hands the case over no longer sees it.
BOOKING = Kind(
    "appointments/new/",
    "cases_appointment",
    "note",
    {"starts_at": f"{today() + dt.timedelta(days=40):%Y/%m/%d} 10:00", "method": "visit", "minutes": 60, "is_group": 1},
)
KINDS = {"note": NOTE, "booking": BOOKING}
MOVES = ("close", "transfer", "suppress")


@pytest.fixture
def desks(base_url: str, sql: SQL) -> Desks:
    """A person taken in by the one, known to both."""
    writer, mover = Desk(base_url, "okayama-cw"), Desk(base_url, "okayama-worker")
    number = next(NUMBERS)
    agreement = sql("SELECT id FROM agreements_agreement WHERE code = 'okayama'")[0][0]
    worker, office = sql(
        "SELECT user_id, organisation_id FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id"
        " WHERE u.username = 'okayama-cw'"
    )[0]
    fields = {
        "name": f"競合 {'一二三四五六七八九十'[number % 10]}{'子' * (1 + number // 10)}",
        "name_kana": "キョウゴウ シケン",
        "sex": "unanswered",
        "address": ADDRESS,
        "status": "livelihood_protection",
        "opened_on": f"{today():%Y/%m/%d}",
        "agreement": agreement,
        "holder": office,
        "is_other_person": 1,
    }
    status, case, page = writer.post("/cases/new/", fields, writer.get("/cases/new/"))
    assert status == 302, re.findall("error-summary.*?</div>", page, re.DOTALL)
    pk = str(case).strip("/").split("/")[-1]
    person = sql("SELECT person_id FROM cases_case WHERE id = %s", pk)[0][0]
    return Desks(writer, mover, str(case), pk, str(person), worker, f"言葉{number}番。住所は{ADDRESS}です。")


def move_fields(move: str, sql: SQL) -> tuple[str, dict[str, Any]]:
    """Where a move is posted, and what."""
    day = f"{today():%Y/%m/%d}"
    if move == "close":
        return "close/", {"closed_on": day, "close_reason": "moved_away", "note": "転出"}
    if move == "transfer":
        to = sql("SELECT id FROM accounts_organisation WHERE name = '岡山市南区西福祉事務所'")[0][0]
        until = f"{today() + dt.timedelta(days=7):%Y/%m/%d}"
        return "transfer/", {"to": to, "legal_basis": "statute", "reason": "転居", "overlap_until": until}
    until = f"{today() + dt.timedelta(days=300):%Y/%m/%d}"
    return "suppression/", {"act": "suppress", "suppress-reason": "決定通知を確認", "suppress-valid_to": until}


def is_moved(move: str, desks: Desks, sql: SQL) -> bool:
    """Whether the move stands in the database."""
    counts = {
        "close": ("SELECT count(*) FROM cases_case WHERE id = %s AND state = 'closed'", desks.pk),
        "transfer": ("SELECT count(*) FROM cases_transfer WHERE case_id = %s", desks.pk),
        "suppress": ("SELECT count(*) FROM cases_suppression WHERE person_id = %s", desks.person),
    }
    return bool(sql(*counts[move])[0][0])


@contextmanager
def held(database: str, statement: str, *values: Any) -> Iterator[None]:
    """Somebody from outside holds what the statement locks."""
    with psycopg.connect(host=servers.SOCKET, user="postgres", dbname=database) as connection:
        connection.execute(statement, values or None)
        yield
        connection.rollback()


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 15
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def words(desks: Desks, kind: Kind) -> tuple[str, dict[str, Any]]:
    fields = {**kind.fields, kind.column: desks.text}
    return f"{desks.case}{kind.path}", fields | ({"worker": desks.worker} if kind is BOOKING else {})


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("order", ["words first", "move first"])
def test_f12_words_against_a_move(desks: Desks, database: str, sql: SQL, kind: str, move: str, order: str):
    what = KINDS[kind]
    path, fields = words(desks, what)
    to, move_to = move_fields(move, sql)
    word_page, move_page = desks.writer.get(path), desks.mover.get(f"{desks.case}{to}")

    def write() -> Answer:
        return desks.writer.post(path, fields, word_page)

    def act() -> Answer:
        return desks.mover.post(f"{desks.case}{to}", move_to, move_page)

    def waiting(count: int, *others: Future[Answer]) -> None:
        wait_until(lambda: sql(WAITING, database)[0][0] >= count or any(other.done() for other in others))

    if order == "words first":
        gate = held(database, f"LOCK TABLE {what.table} IN SHARE MODE")
        first, second = write, act
    elif move == "suppress":
        gate = held(database, "SELECT 1 FROM cases_person WHERE id = %s FOR NO KEY UPDATE", desks.person)
        first, second = act, write
    else:
        gate = held(database, "SELECT 1 FROM cases_case WHERE id = %s FOR NO KEY UPDATE", desks.pk)
        first, second = act, write
    with ThreadPoolExecutor(2) as pool:
        with gate:
            one = pool.submit(first)
            waiting(1, one)
            other = pool.submit(second)
            waiting(2, one, other)
            # Neither has passed the other unseen.
            assert not one.done()
            assert not other.done()
            assert not is_moved(move, desks, sql)
        answers = {"first": one.result(), "second": other.result()}
    wrote, moved = answers.values() if order == "words first" else reversed(answers.values())
    assert moved[0] == 302, moved[2]
    assert is_moved(move, desks, sql)
    kept = sql(f"SELECT {what.column} FROM {what.table} WHERE case_id = %s", desks.pk)
    if order == "words first" or (move == "transfer" and what is NOTE):
        # Before the move, or in the days in which the former office still works on the case.
        assert wrote[:2] == (302, desks.case) if what is NOTE else wrote[0] == 302
        assert kept == [(desks.text,)]
    else:
        assert wrote[0] == 200
        page = html.unescape(wrote[2])
        sentence = {"close": str(CaseAlreadyClosed()), "transfer": "に引き継がれています", "suppress": HIDDEN_IN_TEXT}
        assert sentence[move] in page
        assert desks.text in page
        assert kept == []
    if move == "transfer" and what is BOOKING and order == "words first":
        # The transfer saw it: nobody is expected on a day when the office no longer sees the case.
        assert sql("SELECT status FROM cases_appointment WHERE case_id = %s", desks.pk) == [("cancelled",)]


@pytest.mark.parametrize("kind", KINDS)
def test_f12_many_races_write_nothing_into_a_closed_case(desks: Desks, sql: SQL, kind: str):
    """No gate: whoever comes first. Each of five notes or bookings is saved or comes back, and the case is closed."""
    what = KINDS[kind]
    path, fields = words(desks, what)
    to, move_to = move_fields("close", sql)
    word_page, move_page = desks.writer.get(path), desks.mover.get(f"{desks.case}{to}")
    with ThreadPoolExecutor(6) as pool:
        texts = [f"{desks.text}{number}" for number in range(5)]
        posts = [pool.submit(desks.writer.post, path, {**fields, what.column: text}, word_page) for text in texts]
        closing = pool.submit(desks.mover.post, f"{desks.case}{to}", move_to, move_page)
        answers = dict(zip(texts, (post.result() for post in posts), strict=True))
    assert closing.result()[0] == 302
    kept = {text for (text,) in sql(f"SELECT {what.column} FROM {what.table} WHERE case_id = %s", desks.pk)}
    assert kept == {text for text, answer in answers.items() if answer[0] == 302}
    for text in set(texts) - kept:
        assert answers[text][0] == 200
        assert text in html.unescape(answers[text][2])


@pytest.mark.parametrize("kind", KINDS)
def test_f12_the_form_comes_back_in_the_browser(desks: Desks, login, look, sql: SQL, kind: str):
    """The form is open, a colleague closes the case, 保存する is pressed: the sentence and every word are there."""
    page = login("okayama-cw")
    page.goto(f"{desks.case}{KINDS[kind].path}")
    field = page.locator(f"#id_{KINDS[kind].column}")
    field.fill(desks.text)
    if kind == "booking":
        page.locator("#id_starts_at").fill(str(BOOKING.fields["starts_at"]))
        page.locator("#id_is_group").check()
        for other in page.get_by_label("ほかの日時にする").all():
            other.check()
    to, move_to = move_fields("close", sql)
    assert desks.mover.post(f"{desks.case}{to}", move_to, desks.mover.get(f"{desks.case}{to}"))[0] == 302
    page.get_by_role("button", name="保存する" if kind == "note" else "予約する").click()
    expect(page.get_by_role("alert").first).to_contain_text("終了したケースには記録できません")
    expect(field).to_have_value(desks.text)
    look(page, f"closed-meanwhile-{kind}")
    assert sql(f"SELECT count(*) FROM {KINDS[kind].table} WHERE case_id = %s", desks.pk) == [(0,)]


def test_two_who_write_the_first_text_of_a_kind_both_keep_their_words(desks: Desks, database: str, sql: SQL):
    """Nobody had written of the family yet: who comes second is shown the other text, and keeps the own one."""
    path, texts = f"{desks.case}circumstances/family/", ("母と同居", "姉が近くにいる")
    pages = [desk.get(path) for desk in (desks.writer, desks.mover)]
    with ThreadPoolExecutor(2) as pool:
        with held(database, "SELECT 1 FROM cases_case WHERE id = %s FOR NO KEY UPDATE", desks.pk):
            posts = [
                pool.submit(desk.post, path, {"version": 0, "body": text}, page)
                for desk, text, page in zip((desks.writer, desks.mover), texts, pages, strict=True)
            ]
            wait_until(lambda: sql(WAITING, database)[0][0] >= 2)
        answers = dict(zip(texts, (post.result() for post in posts), strict=True))
    assert sorted(answer[0] for answer in answers.values()) == [302, 409]
    ((kept,),) = sql("SELECT body FROM cases_circumstance WHERE case_id = %s", desks.pk)
    assert answers[kept][0] == 302
    (lost,) = set(texts) - {kept}
    page = html.unescape(answers[lost][2])
    assert kept in page and lost in page
