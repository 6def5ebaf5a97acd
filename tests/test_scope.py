"""One connection, many users: what the database shows with a scope, after it and without one (A15–A17).

On a copy of the demo, committed rows and real transactions: nothing here runs inside a test's own one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from psycopg import sql

from accounts.models import User
from core.db import current_scope, scope
from core.periods import today
from tests import servers

POOLED = "pooled"
ALTERNATIONS = 10_000
TURNS = 200
# What belongs to one user: without a scope 0 rows; only what is kept too long is there, for the sweep to delete.
OF_ONE_USER = {"accounts_draft", "accounts_submission"}
# A value for each type, twice and different: for walled tables in which the demo has nothing.
MADE_UP = {
    "uuid": ("gen_random_uuid()", "gen_random_uuid()"),
    "bool": ("true", "false"),
    "timestamptz": ("now()", "now()"),
    "date": ("current_date", "current_date"),
    "time": ("localtime", "localtime"),
    "jsonb": ("'{}'", "'{}'"),
    "bytea": ("'a'", "'b'"),
}


@pytest.fixture(scope="module")
def demo(django_db_setup: None) -> str:
    name = servers.copy(servers.demo_template(today().isoformat()), f"scope_{servers.WORKER}")
    with psycopg.connect(host=servers.SOCKET, user="postgres", dbname=name) as root:
        fill_what_is_empty(root)
    return name


@pytest.fixture
def app(demo: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(host=servers.SOCKET, user="ittai_app", dbname=demo, autocommit=True) as connection:
        yield connection


@pytest.fixture
def pooled(demo: str, django_db_blocker: Any) -> Iterator[Any]:
    """One Django connection as ittai_app that everybody gets in turn."""
    wrapper = connections["default"].copy(POOLED)
    # Statements are prepared, as a pool would: a kept plan must not keep anybody's scope.
    wrapper.settings_dict["OPTIONS"] |= {"server_side_binding": True, "prepare_threshold": 5}
    wrapper.settings_dict["NAME"] = demo
    connections[POOLED] = wrapper
    with django_db_blocker.unblock():
        yield wrapper
        wrapper.close()
    del connections[POOLED]


def walled(connection: psycopg.Connection) -> list[str]:
    found = connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        " AND relrowsecurity ORDER BY 1"
    )
    return [row[0] for row in found]


def fill_what_is_empty(root: psycopg.Connection) -> None:
    """Two rows of made-up values: only a row that is there makes a policy speak."""
    root.execute("SET session_replication_role = replica")
    for table in walled(root):
        if root.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(table))).fetchone():
            continue
        for (rule,) in root.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'", [table]
        ).fetchall():
            root.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(*map(sql.Identifier, (table, rule))))
        columns = root.execute(
            "SELECT attname, t.typname, t.typcategory FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"
            " AND attidentity = ''",
            [table],
        ).fetchall()
        for number in (0, 1):
            values = [
                MADE_UP.get(kind, ("'{}'",) * 2 if category == "A" else (str(number + 1),) * 2)[number]
                for _name, kind, category in columns
            ]
            root.execute(
                sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
                    sql.Identifier(table),
                    sql.SQL(", ").join(sql.Identifier(name) for name, _kind, _category in columns),
                    sql.SQL(", ").join(map(sql.SQL, values)),
                )
            )


def test_without_a_scope_no_walled_table_says_anything(app: psycopg.Connection, demo: str):
    """A15: every table behind the wall, each with rows: reading, changing and deleting raise."""
    tables = walled(app)
    assert len(tables) > 120
    with psycopg.connect(host=servers.SOCKET, user="postgres", dbname=demo) as root:
        rows = {
            table: root.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()[0]
            for table in tables
        }
    assert [table for table, count in rows.items() if not count] == []
    quiet = []
    for table in tables:
        name = sql.Identifier(table)
        try:
            found = app.execute(sql.SQL("SELECT * FROM {}").format(name)).fetchall()
        except psycopg.errors.InsufficientPrivilege as error:
            assert "no scope" in str(error), table
        else:
            quiet.append((table, found))
        with pytest.raises(psycopg.errors.InsufficientPrivilege) if table not in OF_ONE_USER else app.transaction():
            assert app.execute(sql.SQL("DELETE FROM {}").format(name)).rowcount == 0
    assert quiet == [(table, []) for table in sorted(OF_ONE_USER)]


def offices(demo: str) -> tuple[tuple[int, list[Any]], tuple[int, list[Any]]]:
    """Two offices that share no case, with five live cases of each."""
    with psycopg.connect(host=servers.SOCKET, user="postgres", dbname=demo) as root:
        rows = root.execute(
            "SELECT organisation_id, array_agg(case_id ORDER BY case_id) FROM cases_grant"
            " WHERE withdrawn_at IS NULL AND valid_from <= (now() AT TIME ZONE 'Asia/Tokyo')::date AND valid_to IS NULL AND user_id IS NULL"
            " GROUP BY 1 ORDER BY count(*) DESC"
        ).fetchall()
        held = {row[0]: set(row[1]) for row in rows}
        every: dict[int, set[Any]] = {}
        for organisation, case in root.execute("SELECT organisation_id, case_id FROM cases_grant").fetchall():
            every.setdefault(organisation, set()).add(case)
    a, b = next((a, b) for a in held for b in held if not every[a] & every[b] and min(len(held[a]), len(held[b])) >= 5)
    return (a, sorted(held[a])[:5]), (b, sorted(held[b])[:5])


def test_ten_thousand_turns_over_one_connection_show_nobody_elses_row(app: psycopg.Connection, demo: str):
    """A16: two offices in turn by one kept plan, each turn a transaction, and after each of them nothing at all.

    Every tenth turn ends by a rollback.
    """
    app.prepare_threshold = None
    turns = offices(demo)
    both = ",".join(str(case) for _office, own in turns for case in own)
    seen_now = f"EXECUTE seen('{{{both}}}')"
    app.execute("PREPARE seen (uuid[]) AS SELECT id FROM cases_case WHERE id = ANY($1) ORDER BY id")
    scopes = [
        f"BEGIN; SELECT set_config('ittai.organisations', '{{{office}}}', true), set_config('ittai.user', '', true),"
        f" set_config('ittai.assigned_only', '', true); {seen_now};"
        for office, _own in turns
    ]
    process = app.info.backend_pid
    foreign = whole = loud = 0
    for number in range(ALTERNATIONS):
        own = turns[number % 2][1]
        cursor = app.execute(scopes[number % 2] + ("ROLLBACK" if number % 10 == 0 else "COMMIT"))  # type: ignore[arg-type]
        cursor.nextset()
        cursor.nextset()
        seen = [row[0] for row in cursor.fetchall()]
        foreign += len(set(seen) - set(own))
        whole += seen == own
        try:
            app.execute(seen_now)  # type: ignore[call-overload]
        except psycopg.errors.InsufficientPrivilege as error:
            loud += "no scope" in str(error)
    assert (foreign, whole, loud) == (0, ALTERNATIONS, ALTERNATIONS)
    assert app.info.backend_pid == process


def test_the_applications_scope_leaves_nothing_on_a_connection(pooled: Any, demo: str):
    """A16: the same by `core.db.scope`, also through a savepoint of the other office and after an error."""
    ours, theirs = offices(demo)
    both = [*ours[1], *theirs[1]]
    seen, loud = [], 0
    with pooled.cursor() as cursor:
        for number in range(TURNS):
            organisation, own = (ours, theirs)[number % 2]
            with suppress(LookupError), scope(organisations=[organisation], using=POOLED):
                if number % 7 == 0:
                    with scope(organisations=[(theirs, ours)[number % 2][0]], using=POOLED):
                        pass
                cursor.execute("SELECT id FROM cases_case WHERE id = ANY(%s) ORDER BY id", [both])
                seen.append([row[0] for row in cursor.fetchall()] == own)
                if number % 10 == 0:
                    raise LookupError
            try:
                cursor.execute("SELECT id FROM cases_case WHERE id = %s", [own[0]])
            except DatabaseError as error:
                loud += "no scope" in str(error)
    assert (seen, loud) == ([True] * TURNS, TURNS)


def test_an_unset_setting_is_no_number(app: psycopg.Connection, pooled: Any, demo: str):
    """A17: NULL before the first transaction and '' after it both mean nobody; no bare cast meets either."""
    settings = "SELECT current_setting('ittai.organisations', true), current_setting('ittai.user', true)"
    one = "SELECT count(*) FROM cases_person"
    readers = ("ittai_scope()", "ittai_user()", "ittai_is_administrator()")
    (organisation, _cases), _other = offices(demo)
    for expected in ((None, None), ("", "")):
        assert app.execute(settings).fetchone() == expected
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="no scope"):
            app.execute(one)
        for reader in readers[:2]:
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="no scope"):
                app.execute(f"SELECT {reader}")  # type: ignore[call-overload]
        assert app.execute("SELECT ittai_is_administrator()").fetchone() == (False,)
        with app.transaction():
            app.execute(
                "SELECT set_config('ittai.organisations', %s, true), set_config('ittai.user', '1', true),"
                " set_config('ittai.assigned_only', '', true)",
                [f"{{{organisation}}}"],
            )
            assert app.execute(one).fetchone() != (0,)
    with scope(organisations=[organisation], using=POOLED):
        assert current_scope(POOLED) == [organisation]
    assert current_scope(POOLED) is None


def test_no_policy_and_no_function_casts_a_bare_setting(app: psycopg.Connection):
    """A17: in the catalogue: a setting is read as nullif(…, '') or coalesce(…, ''), or by the function that raises."""
    texts = app.execute(
        "SELECT polname, concat(pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) FROM pg_policy"
        " UNION ALL SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        " AND proname LIKE 'ittai%'"
    ).fetchall()
    assert len(texts) > 250
    read = {name: text.lower() for name, text in texts if "current_setting(" in text.lower()}
    assert {"ittai_scope", "ittai_user", "accounts_draft_scope"} <= set(read)
    bare = {
        name
        for name, text in read.items()
        if text.count("current_setting(")
        != text.count("nullif(current_setting(") + text.count("coalesce(current_setting(")
    }
    assert bare == {"ittai_scope"}
    assert "if organisations is null or organisations = '' then" in read["ittai_scope"]


@pytest.fixture
def screens(demo: str, django_db_blocker: Any) -> Iterator[None]:
    """This process serves the demo."""
    with django_db_blocker.unblock():
        connection.close()
        own, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], demo
        yield
        connection.close()
        connection.settings_dict["NAME"] = own


def asked_by_the_list(client: Client) -> list[str]:
    """What the list of cases and a search ask of the tables of casework, as they ask it."""
    with CaptureQueriesContext(connection) as queries:
        for query in ("", "?state=all&sort=kana"):
            assert client.get(reverse("case_list") + query).context["rows"]
        client.post(reverse("case_search"), {"q": "サトウ"})
    return [query["sql"] for query in queries if re.match(r"[\s(]*SELECT\b.*\bcases_", query["sql"], re.DOTALL)]


def plans(app: psycopg.Connection, user: int, organisations: list[int], statements: list[str]) -> list[str]:
    with app.transaction():
        app.execute(
            "SELECT set_config('ittai.organisations', %s, true), set_config('ittai.user', %s, true)",
            ["{" + ",".join(map(str, organisations)) + "}", str(user)],
        )
        return [
            "\n".join(row[0] for row in app.execute("EXPLAIN (COSTS OFF) " + statement).fetchall())  # type: ignore[call-overload]
            for statement in statements
        ]


def test_secret_people_change_no_plan_of_the_list(demo: str, app: psycopg.Connection, screens: None):
    """A21: where somebody is stands in tables of their own; hiding one in a hundred leaves each plan as it was."""
    user = User.objects.get(username="okayama-cw")
    client = Client()
    client.force_login(user)
    statements = asked_by_the_list(client)
    organisation = user.memberships.get().organisation_id
    assert len(statements) > 8
    with psycopg.connect(host=servers.SOCKET, user="postgres", dbname=demo, autocommit=True) as root:
        root.execute("ANALYZE")
        before = plans(app, user.pk, [organisation], statements)
        people = root.execute("SELECT count(*) FROM cases_person").fetchone()[0]  # type: ignore[index]
        root.execute("SET session_replication_role = replica")
        hidden = root.execute(
            "INSERT INTO cases_suppression SELECT (jsonb_populate_record(null::cases_suppression, to_jsonb(s) ||"
            " jsonb_build_object('id', gen_random_uuid(), 'person_id', p.id, 'lifted_at', null, 'lifted_by_id', null))).*"
            " FROM"
            " (SELECT * FROM cases_suppression LIMIT 1) s, (SELECT id FROM cases_person p WHERE NOT EXISTS"
            " (SELECT 1 FROM cases_suppression o WHERE o.person_id = p.id) ORDER BY id LIMIT %s) p",
            [math.ceil(people / 100)],
        ).rowcount
        root.execute("ANALYZE")
    assert hidden * 100 >= people > 500
    after = plans(app, user.pk, [organisation], statements)
    assert [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]] == []
    assert any("Index" in plan for plan in after)
    assert re.findall(r"cases_(?:personcontact|workplace)\b", " ".join(after)) == []


# Conditions of a plan, without the values and the names of types in them.
CONDITION = re.compile(r"^\s*(?:Index Cond|Recheck Cond|Filter|Join Filter|Hash Cond|Merge Cond): (.*)$", re.MULTILINE)
VALUE = re.compile(r"'(?:[^']|'')*'|::\w+(?: with(?:out)? time zone| varying)?(?:\(\d+\))?(?:\[\])?")


def test_lists_and_search_use_leakproof_operators_alone(demo: str, app: psycopg.Connection, screens: None):
    """A20: what the plans of the list and of a search compare with, for every type that an index of a walled table has."""
    user = User.objects.get(username="okayama-cw")
    client = Client()
    client.force_login(user)
    statements = asked_by_the_list(client)
    texts = plans(app, user.pk, [user.memberships.get().organisation_id], statements)
    conditions = " ".join(VALUE.sub("", found) for text in texts for found in CONDITION.findall(text))
    used = set(re.findall(r"(?<= )[-+*/<>=~!@#%^&|]+(?= )", conditions)) | set(
        re.findall(r"~~\*?|@@|&&|@>", conditions)
    )
    assert {"=", "<", ">="} <= used
    assert used <= {"=", "<", ">", "<=", ">=", "<>"}
    known = app.execute(
        "SELECT DISTINCT t.typname, o.oprname, p.proleakproof FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
        " JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam AND m.amname = 'btree'"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(i.indkey) JOIN pg_type t ON"
        " t.oid = CASE a.atttypid WHEN 'varchar'::regtype THEN 'text'::regtype ELSE a.atttypid END"
        " JOIN pg_operator o ON o.oprleft = t.oid AND o.oprright = t.oid AND o.oprname = ANY(%s)"
        " JOIN pg_proc p ON p.oid = o.oprcode WHERE c.relrowsecurity AND c.relnamespace = 'public'::regnamespace",
        [sorted(used)],
    ).fetchall()
    assert {"uuid", "int8", "text", "date", "timestamptz"} <= {row[0] for row in known}
    assert [row for row in known if not row[2]] == []
