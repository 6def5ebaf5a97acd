"""Very long text on every page of a case, every list and every other record: three times the usual, no break (D1, D34).

The demo's own records are lengthened in the database and put back afterwards, so that no other test meets them.
"""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.apps import apps
from django.db import models
from psycopg import sql

from tests import servers
from tests.access.worlds import ROUTES
from tests.e2e import measures
from tests.e2e.conftest import SCREENSHOTS, WCAG
from tests.e2e.screens import USERS, Screen, address, screens

RULES = {"runOnly": {"type": "tag", "values": WCAG}}
NAME = "Wolfeschlegelsteinhausenbergerdorffpaula"
KANA = "ウォルフェシュレーゲルシュタインハウゼンベルガードルフパウラマリアテレジア・アン"
UNBROKEN = "https://example.jp/" + "unbroken" * 10
# What is written as a code, and what is never shown as text.
CODES = {
    *("number", "former_number", "new_number", "content_type", "sha256", "postal_code", "phone", "email", "item"),
    *("started_in", "ended_in", "acquired_in", "birth_part", "corporate_number", "municipality_code"),
}
NEVER_SHOWN = {
    "cases_searchkey",
    "cases_savedview",
    "cases_attachmentcontent",
    "cases_formtemplate",
    "cases_calendarfeed",
}
NAMES = {"cases_person", "employers_employer", "accounts_organisation"}
# Where the layout is closest; these are taken at 320, too.
CLOSELY = {
    "case_detail",
    "visibility",
    "plan_list",
    "assessment",
    "referral_detail",
    "support_request_answer",
    "assignment_new",
}


def of_case() -> list[Screen]:
    return [screen for screen in screens() if ROUTES[screen.name].startswith("cases/<uuid:pk>/")]


def lists() -> list[Screen]:
    """Each by somebody who may see it."""
    others = ("today", "team", "ledger", "case_search", "access_log", "funnel")
    return [
        screen
        for screen in screens()
        if "<" not in ROUTES[screen.name] and (screen.name.endswith("_list") or screen.name in others)
    ]


def details() -> list[Screen]:
    """What is no page of a case: a meeting and one of its items, a booking, an employer, an agreement, an account …"""
    return [
        screen
        for screen in screens()
        if not ROUTES[screen.name].startswith("cases/<uuid:pk>/")
        and not screen.name.startswith("report_")  # figures; the demo has no report before one is made
        and (screen.name.endswith("_detail") or screen.name in ("meeting_item", "access_entry"))
    ]


def long_value(field: models.Field, table: str) -> sql.Composable:
    """The column three times and a word that cannot be broken, as far as the field takes it; names have 40 letters."""
    column = sql.Identifier(field.column)
    if table in NAMES and field.name in ("name", "name_kana"):
        # Organisations' names are unique.
        last = sql.SQL("right('00' || id::text, 3)") if table == "accounts_organisation" else sql.SQL("''")
        return sql.SQL("left({}, 40 - length({last})) || {last}").format(
            sql.Literal(KANA if field.name == "name_kana" else NAME), last=last
        )
    between = sql.Literal("\n" if isinstance(field, models.TextField) else "")
    length = sql.Literal(field.max_length or 5000)
    return sql.SQL("left(concat({0}, {1}, {0}, {1}, {0}, {1}, {2}::text), {3})").format(
        column, between, sql.Literal(UNBROKEN), length
    )


def texts() -> dict[type[models.Model], list[models.Field]]:
    """Model → the columns in which people write."""
    found = {}
    for model in apps.get_models():
        table = model._meta.db_table
        if not table.startswith(("cases_", "employers_")) and table not in NAMES:
            continue
        columns = [
            field
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField)
            and not field.choices
            and field.name not in CODES
            and not field.primary_key
        ]
        if columns and not model.__name__.endswith("Event") and table not in NEVER_SHOWN:
            found[model] = columns
    return found


def names_of(model: type[models.Model]) -> dict[str, sql.Identifier]:
    table = model._meta.db_table
    names = {"table": table, "kept": f"kept_{table}", "pk": model._meta.pk.column}
    return {key: sql.Identifier(name) for key, name in names.items()}


@pytest.fixture
def lengthened(database: str) -> Iterator[None]:
    kept = texts()
    with psycopg.connect(host=servers.SOCKET, user="postgres", dbname=database) as connection:
        connection.execute("SET session_replication_role = replica")
        for model, fields in kept.items():
            names = names_of(model)
            columns = sql.SQL(", ").join(sql.Identifier(field.column) for field in fields)
            connection.execute(sql.SQL("CREATE TABLE {kept} AS SELECT {pk}, {} FROM {table}").format(columns, **names))
            longer = sql.SQL(", ").join(
                sql.SQL("{0} = CASE WHEN {0} = '' THEN {0} ELSE {1} END").format(
                    sql.Identifier(field.column), long_value(field, model._meta.db_table)
                )
                for field in fields
            )
            connection.execute(sql.SQL("UPDATE {table} SET {}").format(longer, **names))
    yield
    with psycopg.connect(host=servers.SOCKET, user="postgres", dbname=database) as connection:
        connection.execute("SET session_replication_role = replica")
        for model, fields in kept.items():
            names = names_of(model)
            back = sql.SQL(", ").join(
                sql.SQL("{0} = {kept}.{0}").format(sql.Identifier(field.column), **names) for field in fields
            )
            connection.execute(
                sql.SQL("UPDATE {table} SET {} FROM {kept} WHERE {kept}.{pk} = {table}.{pk}").format(back, **names)
            )
            connection.execute(sql.SQL("DROP TABLE {kept}").format(**names))


@pytest.mark.parametrize("kind", ["case", "list"])
def test_very_long_text_fits(login, look, database: str, lengthened: None, kind: str):
    """Nothing is cut and nothing moves sideways at 1366 and at 320; the identity bar shows the whole name."""
    walked = of_case() if kind == "case" else [*lists(), *details()]
    paths = [(screen, address(screen.name, ROUTES[screen.name], database)) for screen in walked]
    pages = {letter: login(USERS[letter]) for letter in sorted({screen.letter for screen in walked})}
    assert kind == "list" or {screen.name for screen in walked} >= CLOSELY
    faults = []
    for screen, path in paths:
        page = pages[screen.letter]
        page.set_viewport_size({"width": 1366, "height": 768})
        answer = page.goto(path)
        assert answer.status == 200, (screen.name, answer.status)
        if kind == "case":
            assert NAME in page.locator(".identity-name, main").first.inner_text(), screen.name
        if screen.name in CLOSELY or screen in lists():
            look(page, f"state-long-{screen.name}")
        else:
            faults += [
                f"{screen.name}: axe {rule['id']}" for rule in Axe().run(page, options=RULES).response["violations"]
            ]
        faults += [f"{screen.name}: {fault}" for fault in page.evaluate(measures.REFLOW)]
        page.set_viewport_size({"width": 320, "height": 640})
        faults += [f"{screen.name} at 320: {fault}" for fault in page.evaluate(measures.REFLOW)]
        if screen.name in CLOSELY:
            page.screenshot(path=SCREENSHOTS / f"state-long-{screen.name}-320.png", full_page=True)
    assert not faults, "\n".join(faults)
