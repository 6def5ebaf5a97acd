"""The chain finds what was done to the log, and names the first row; anchors find what the chain cannot."""

from __future__ import annotations

import datetime as dt
import json
import random
import uuid
from collections import Counter
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command

from accounts.access_log import LOG_SQL
from accounts.anchors import Broken, first_broken, read_anchors, write_anchor
from accounts.tasks import anchor_access_log
from cases.models import Case
from tests import servers
from tests.clients import client_of
from tests.factories import Programme, working_as

ROWS = 40
ANCHORED = 30
AT = dt.datetime(2026, 11, 21, 3, 0, tzinfo=dt.UTC)


@pytest.fixture
def root(db: None) -> Any:
    """A database with one chain of forty entries, and its superuser, who may do anything."""
    name = servers.copy(servers.template(), f"tamper_{servers.WORKER}")
    with psycopg.connect(host=servers.SOCKET, user="postgres", dbname=name) as connection:
        rng = random.Random(7)
        for number in range(ROWS):
            persons = [uuid.UUID(int=rng.getrandbits(128)) for _ in range(1 + number % 3)]
            connection.execute(
                LOG_SQL,
                [None, None, None, "", uuid.uuid4(), "view", f"page_{number}", "", "10.0.0.1", persons, persons],
            )
        connection.commit()
        # What stops everybody else is switched off, so that only the chain is left to find it.
        connection.execute("SET session_replication_role = replica")
        connection.commit()
        yield connection


def edit(c: psycopg.Connection, rng: random.Random) -> set[int]:
    k = rng.randint(1, ROWS)
    column, value = rng.choice(
        [
            ("at", "at + interval '1 microsecond'"),
            ("act", "'search'"),
            ("route", "route || 'x'"),
            ("purpose", "'x'"),
            ("role", "'manager'"),
            ("result_count", "result_count + 1"),
            ("ip", "'10.0.0.2'"),
            ("user_id", "7"),
            ("membership_id", "7"),
            ("organisation_id", "7"),
            ("request_id", "gen_random_uuid()"),
        ]
    )
    c.execute(f"UPDATE accounts_accessentry SET {column} = {value} WHERE number = %s", [k])
    return {k}


def edit_hash(c: psycopg.Connection, rng: random.Random) -> set[int]:
    k = rng.randint(1, ROWS)
    column = rng.choice(["hash", "previous_hash"])
    c.execute(f"UPDATE accounts_accessentry SET {column} = sha256({column}) WHERE number = %s", [k])
    return {k}


def edit_and_hash_again(c: psycopg.Connection, rng: random.Random) -> set[int]:
    """The forger computes the row's own hash anew: the next link, the head or an anchor gives it away."""
    k = rng.randint(1, ROWS)
    c.execute("UPDATE accounts_accessentry SET route = 'forged' WHERE number = %s", [k])
    c.execute(
        "UPDATE accounts_accessentry e SET hash = ittai_access_hash(number, at, organisation_id, user_id, membership_id,"
        " role, request_id, act, route, purpose, result_count, ip, (SELECT jsonb_agg(jsonb_build_array(person_id, case_id)"
        " ORDER BY person_id, case_id) FROM accounts_accesssubject s WHERE s.entry_id = e.id), previous_hash)"
        " WHERE number = %s",
        [k],
    )
    return {k if k == ANCHORED else k + 1}


def delete(c: psycopg.Connection, rng: random.Random) -> set[int]:
    k = rng.randint(1, ROWS)
    c.execute("DELETE FROM accounts_accessentry WHERE number = %s", [k])
    return {k}


COPIED = (
    "chain, at, role, request_id, act, route, purpose, result_count, ip, previous_hash, hash, membership_id,"
    " organisation_id, user_id"
)


def insert(c: psycopg.Connection, rng: random.Random) -> set[int]:
    """A copy of another row pushed in between, the later ones moved up."""
    k = rng.randint(1, ROWS)
    c.execute("UPDATE accounts_accessentry SET number = number + 1000 WHERE number >= %s", [k])
    c.execute("UPDATE accounts_accessentry SET number = number - 999 WHERE number > 1000")
    c.execute(
        f"INSERT INTO accounts_accessentry (id, number, {COPIED}) SELECT 100000 + id, %s, {COPIED}"
        " FROM accounts_accessentry WHERE number <> %s ORDER BY random() LIMIT 1",
        [k, k],
    )
    return {k}


def swap(c: psycopg.Connection, rng: random.Random) -> set[int]:
    a, b = sorted(rng.sample(range(1, ROWS + 1), 2))
    c.execute("UPDATE accounts_accessentry SET number = 1000 WHERE number = %s", [a])
    c.execute("UPDATE accounts_accessentry SET number = %s WHERE number = %s", [a, b])
    c.execute("UPDATE accounts_accessentry SET number = %s WHERE number = 1000", [b])
    return {a}


def subject(c: psycopg.Connection, rng: random.Random) -> set[int]:
    k = rng.randint(1, ROWS)
    entry = "(SELECT id FROM accounts_accessentry WHERE number = %s)"
    c.execute(
        rng.choice(
            [
                f"UPDATE accounts_accesssubject SET person_id = gen_random_uuid() WHERE entry_id = {entry}",
                f"UPDATE accounts_accesssubject SET case_id = NULL WHERE entry_id = {entry}",
                f"UPDATE accounts_accesssubject SET at = at + interval '1 day' WHERE entry_id = {entry}",
                f"DELETE FROM accounts_accesssubject WHERE entry_id = {entry}",
                "INSERT INTO accounts_accesssubject (entry_id, person_id, at)"
                f" SELECT id, gen_random_uuid(), at FROM accounts_accessentry WHERE id = {entry}",
            ]
        ),
        [k],
    )
    return {k}


def truncate(c: psycopg.Connection, rng: random.Random) -> set[int]:
    """The tail is cut and the head row put back to match: only the anchor knows better."""
    k = rng.randint(0, ANCHORED - 1)
    c.execute("DELETE FROM accounts_accessentry WHERE number > %s", [k])
    c.execute("DELETE FROM accounts_accesschain")
    if k:
        c.execute(
            "INSERT INTO accounts_accesschain (chain, last_number, last_hash, previous_hash) SELECT 0, number, hash, previous_hash FROM accounts_accessentry WHERE number = %s",
            [k],
        )
    return {ANCHORED}


def cut_without_head(c: psycopg.Connection, rng: random.Random) -> set[int]:
    k = rng.randint(ANCHORED, ROWS - 1)
    c.execute("DELETE FROM accounts_accessentry WHERE number > %s", [k])
    return {k + 1}


TAMPERS = (edit, edit_hash, edit_and_hash_again, delete, insert, swap, subject, truncate, cut_without_head)


def test_a_thousand_tampers_are_found_and_the_first_broken_row_is_named(root: psycopg.Connection):
    rng = random.Random(20261121)
    row = root.execute("SELECT number, hash FROM accounts_accessentry WHERE number = %s", [ANCHORED]).fetchone()
    assert row is not None
    anchors = [(row[0], bytes(row[1]))]
    found, done, whys = 0, Counter(), Counter()
    for number in range(1000):
        tamper = TAMPERS[number % len(TAMPERS)]
        with root.cursor() as cursor:
            assert first_broken(cursor, 0, anchors) is None
            expected = tamper(root, rng)
            broken = first_broken(cursor, 0, anchors)
        root.rollback()
        assert broken is not None, tamper.__name__
        assert broken.number in expected, (tamper.__name__, expected, broken)
        found += 1
        done[tamper.__name__] += 1
        whys[broken.why] += 1
    assert found == 1000
    assert set(done) == {tamper.__name__ for tamper in TAMPERS}
    assert set(whys) == {"missing", "link", "content", "head", "anchor"}


def test_without_an_anchor_a_cut_tail_is_not_seen(root: psycopg.Connection):
    """Why the anchors exist."""
    with root.cursor() as cursor:
        truncate(root, random.Random(1))
        assert first_broken(cursor, 0, []) is None


@pytest.mark.parametrize("table", ["accounts_accessentry", "accounts_accesssubject", "accounts_accesschain"])
def test_triggers_stop_even_the_owner(root: psycopg.Connection, table: str):
    root.execute("SET session_replication_role = origin")
    root.execute("SET ROLE ittai_owner")
    root.commit()
    back = "UPDATE accounts_accesschain SET last_number = last_number - 1" if table.endswith("chain") else ""
    for statement in (back or f"UPDATE {table} SET at = at", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
        with pytest.raises(psycopg.Error, match="append-only"):
            root.execute(statement)
        root.rollback()


def test_anchor_and_verify_by_command(okayama: Programme, settings: Any, tmp_path: Path):
    settings.ACCESS_LOG_ANCHOR_DIR = tmp_path / "anchors"
    okayama.open_case()
    client_of(okayama.manager).get("/cases/")
    anchor_access_log()
    anchor_access_log()
    call_command("anchor_access_log", stdout=StringIO())
    assert len(list((tmp_path / "anchors").glob("anchor-*.json"))) == 3
    said = StringIO()
    call_command("verify_access_log", stdout=said)
    assert "1件(1系列)に異常はありません。控え3個(最後は" in said.getvalue()
    call_command("verify_access_log", "--organisation", str(okayama.city.pk), stdout=said)

    # A file from before the tail was cut: it knows an entry that the database has not.
    path = sorted((tmp_path / "anchors").glob("anchor-*.json"))[0]
    with working_as(okayama.manager):
        assert Case.objects.exists()
    content = json.loads(path.read_text())
    content["heads"][0]["number"] = 5
    path.write_text(json.dumps(content))
    with pytest.raises(CommandError, match="署名か形") as error:
        call_command("verify_access_log")
    assert error.value.returncode == 1


def test_a_chain_that_was_compared_with_nothing_is_no_good_news(okayama: Programme, settings: Any, tmp_path: Path):
    settings.ACCESS_LOG_ANCHOR_DIR = tmp_path / "wrong folder"
    said = StringIO()
    call_command("verify_access_log", stdout=said)
    assert "閲覧の記録はまだありません。外の控えが" in said.getvalue()
    okayama.open_case()
    client_of(okayama.manager).get("/cases/")
    with pytest.raises(CommandError, match="wrong folder」に一つもありません。末尾が消されていても") as error:
        call_command("verify_access_log")
    assert error.value.returncode == 1
    anchor_access_log()
    call_command("verify_access_log", stdout=said)
    assert "控え1個" in said.getvalue()


def test_a_signed_anchor_beyond_the_tail_names_organisation_and_number(
    okayama: Programme, settings: Any, tmp_path: Path
):
    settings.ACCESS_LOG_ANCHOR_DIR = tmp_path
    okayama.open_case()
    client_of(okayama.manager).get("/cases/")
    path = write_anchor(tmp_path, key="another key", at=AT)
    assert read_anchors(tmp_path, key=settings.ACCESS_LOG_ANCHOR_KEY).bad_files == [path.name]
    path.unlink()
    write_anchor(tmp_path, key=settings.ACCESS_LOG_ANCHOR_KEY, at=AT)
    anchors = read_anchors(tmp_path, key=settings.ACCESS_LOG_ANCHOR_KEY)
    ((number, value),) = anchors.heads[okayama.city.pk]
    assert (number, len(value)) == (1, 32)
    settings.ACCESS_LOG_ANCHOR_KEY = "rotated"
    with pytest.raises(CommandError, match="署名か形"):
        call_command("verify_access_log")
    assert str(Broken(7, 3, "missing")) == "機関7 番号3: この番号の記録がありません。"
