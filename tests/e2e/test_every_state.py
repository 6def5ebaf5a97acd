"""The states a screen can be in, on the product itself: nothing there yet, withheld, read only, no permission (D34).

Each is walked from both sides, as a caseworker and as a navigator; very long text stands in test_long_text.py. What cannot be brought about from outside – waiting, failing, conflicts, errors – stands in tests/gallery.py.
"""

from __future__ import annotations

import psycopg
import pytest
from playwright.sync_api import Page

from tests import servers
from tests.access.worlds import ROUTES
from tests.e2e import measures
from tests.e2e.conftest import REFUSED
from tests.e2e.screens import Screen, screens
from tests.permission_matrix import CITY, MATRIX

# Who walks: letter of the matrix → login.
WALKERS = {"c": "okayama-cw", "n": "okayama-navi"}
# A new office and its first worker, who has met nobody: copies of the demo's, under other names.
ARRIVAL = """
WITH office AS (
  INSERT INTO accounts_organisation SELECT (jsonb_populate_record(o, jsonb_build_object(
    'id', nextval(pg_get_serial_sequence('accounts_organisation', 'id')), 'parent_id', NULL,
    'name', '(架空)これから始める長い名前の' || CASE WHEN o.kind = 'hello_work' THEN 'ハローワーク職業相談部門専門援助第二係北分室窓口'
      ELSE '福祉事務所生活支援第二課就労自立支援係北分室窓口' END,
    'short_name', 'これから'))).* FROM accounts_organisation o
  WHERE o.id = (SELECT organisation_id FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
                WHERE u.username = %(like)s) RETURNING id
), worker AS (
  INSERT INTO accounts_user SELECT (jsonb_populate_record(u, jsonb_build_object(
    'id', nextval(pg_get_serial_sequence('accounts_user', 'id')), 'username', %(name)s::text, 'name', '初日 一人', 'email', ''))).*
  FROM accounts_user u WHERE u.username = %(like)s RETURNING id
)
INSERT INTO accounts_membership SELECT (jsonb_populate_record(m, jsonb_build_object(
  'id', nextval(pg_get_serial_sequence('accounts_membership', 'id')), 'organisation_id', office.id, 'user_id', worker.id))).*
FROM accounts_membership m, office, worker
WHERE m.user_id = (SELECT id FROM accounts_user WHERE username = %(like)s)
"""
# The newest case of Okayama's office that this holds for and that both sides see today.
OF_BOTH = """
WITH ours AS (
  SELECT u.username, m.organisation_id AS id FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
  WHERE u.username IN ('okayama-cw', 'okayama-navi')
)
SELECT c.id FROM cases_case c WHERE c.organisation_id = (SELECT id FROM ours WHERE username = 'okayama-cw') AND EXISTS (
  SELECT 1 FROM cases_grant g JOIN ours ON ours.id = g.organisation_id
  WHERE ours.username = 'okayama-navi' AND g.case_id = c.id AND g.withdrawn_at IS NULL AND g.user_id IS NULL
    AND g.valid_from <= (now() AT TIME ZONE 'Asia/Tokyo')::date AND coalesce(g.valid_to, 'infinity') >= (now() AT TIME ZONE 'Asia/Tokyo')::date
) AND {where} ORDER BY c.id DESC LIMIT 1
"""
HIDDEN = "EXISTS (SELECT 1 FROM cases_suppression s WHERE s.person_id = c.person_id AND s.lifted_at IS NULL)"
# One of each kind of page that hangs on a case.
OF_CASE = (
    *("", "visibility/", "assessment/", "checklist/", "face/", "papers/", "plans/", "duties/", "next-steps/"),
    *("suppression/", "appointments/new/", "referrals/new/", "interviews/new/", "handovers/new/", "team/"),
)
CITY_ALONE = {"referrals/new/"}


def parts_for(letter: str) -> list[str]:
    return [part for part in OF_CASE if letter in CITY or part not in CITY_ALONE]


def ask(database: str, query: str) -> str:
    with psycopg.connect(host=servers.SOCKET, user="postgres", dbname=database) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return str(row[0])


def arrive(database: str, letter: str) -> str:
    """The login of somebody new, in an office of the same kind as the walker's."""
    name = f"first-day-{letter}"
    with psycopg.connect(host=servers.SOCKET, user="postgres", dbname=database) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(ARRIVAL, {"name": name, "like": WALKERS[letter]})
    return name


def fits(page: Page, look, name: str) -> None:
    """No fault at 1366, nothing moves sideways at 320."""
    page.set_viewport_size({"width": 1366, "height": 768})
    look(page, name)
    assert page.evaluate(measures.SHAPE) == [], name
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate(measures.REFLOW) == [], name


def without_record(letter: str) -> list[Screen]:
    further = ("today", "team", "ledger", "funnel", "notice_settings", "handover_new")
    return [
        screen
        for screen in screens()
        if "<" not in ROUTES[screen.name] and letter in MATRIX.get(screen.name, "") and screen.name.endswith("_list")
    ] + [Screen(name, letter) for name in further if letter in MATRIX[name]]


@pytest.mark.parametrize("letter", WALKERS)
def test_nothing_there_yet(login, look, database: str, letter: str):
    """Each list says so in a sentence and shows no empty table; the name of the office is 40 characters long."""
    page = login(arrive(database, letter))
    for screen in without_record(letter):
        assert page.goto("/" + ROUTES[screen.name]).status == 200, screen.name
        text = page.locator("main").inner_text()
        assert (
            "ありません" in text
            or "いません" in text
            or screen.name in ("funnel", "notice_settings", "employer_list", "appointment_list", "session_list")
        ), screen.name
        for table in page.locator("main table.data:not(.week)").all():
            assert table.locator("tbody tr").count() > 0, screen.name
        fits(page, look, f"state-empty-{letter}-{screen.name}")


@pytest.mark.parametrize("letter", WALKERS)
def test_withheld(login, look, database: str, letter: str):
    """A person whose whereabouts are hidden: every page says it in words and shows no address."""
    pk = ask(database, OF_BOTH.format(where=f"{HIDDEN} AND c.state <> 'closed'"))
    address = ask(
        database,
        f"SELECT address FROM cases_personcontact t JOIN cases_case c ON c.person_id = t.person_id WHERE c.id = '{pk}'",
    )
    page = login(WALKERS[letter])
    for part in parts_for(letter):
        assert page.goto(f"/cases/{pk}/{part}").status == 200, part
        assert page.locator(".identity .suppressed").is_visible(), part
        assert not address or address not in page.content(), part
        fits(page, look, f"state-withheld-{letter}-{part.replace('/', '-') or 'case'}")


@pytest.mark.parametrize("letter", WALKERS)
def test_read_only(login, look, database: str, letter: str):
    """A closed case: everything can be read; what can no longer be done is not offered or says why."""
    pk = ask(database, OF_BOTH.format(where=f"c.state = 'closed' AND NOT {HIDDEN}"))
    page = login(WALKERS[letter])
    for part in parts_for(letter):
        assert page.goto(f"/cases/{pk}/{part}").status == 200, part
        fits(page, look, f"state-closed-{letter}-{part.replace('/', '-') or 'case'}")
    page.goto(f"/cases/{pk}/")
    assert page.locator("main").get_by_role("link", name="支援要請", exact=True).count() == 0


@pytest.mark.parametrize("username", ["okayama-council", "soja-interpreter", "kurashiki-developer"])
def test_no_permission(login, look, username: str):
    """What a role may not do is not in its menu; by address it gets the page that says whom to ask."""
    page = login(username)
    for name in ("account_list", "ledger", "form_list"):
        REFUSED.append(name)
        assert page.goto("/" + ROUTES[name]).status == 403
    fits_error(page, look, f"state-forbidden-{username}")


def fits_error(page: Page, look, name: str) -> None:
    look(page, name)
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate(measures.REFLOW) == []
