"""Nothing is offered that would be refused: every link, button and form on the screens of each role, in the demo.

Which role may ask for what is taken from tests/permission_matrix.py; the pages themselves are opened.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from accounts.models import User
from cases.enums import CaseState
from core.periods import today
from tests import servers
from tests.crawler import Page
from tests.e2e.screens import FILES
from tests.permission_matrix import ALL, ASKED_LATE, MATRIX, METHODS, NOT_MINE, PUBLIC

LOGINS = {
    "c": "okayama-cw",
    "s": "okayama-worker",
    "n": "okayama-navi",
    "m": "okayama-manager",
    "h": "okayama-hwmanager",
    "b": "okayama-bureau",
    "k": "okayama-council",
    "d": "kurashiki-developer",
    "i": "soja-interpreter",
    "a": "admin",
    "p": "okayama-partner",
}
EACH = 3  # pages of one kind that are opened; of cases one in each state comes first
# Of the matrix's list of cases; of employers, more roles may: the pages themselves answer.
BY_KIND = {"list_views", "list_columns", "list_export"}
UNSEEN = {"logout", "session_extend", "draft_save"}


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """This process works on its own copy of today's demo."""
    name = servers.copy(servers.demo_template(today().isoformat()), f"offers_{servers.WORKER}")
    with django_db_blocker.unblock():
        connection.close()
        own, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], name
        yield
        connection.close()
        connection.settings_dict["NAME"] = own


def view_of(address: str) -> str:
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return ""


def may(letter: str, name: str) -> bool:
    """Whether some record could be opened so by this role; pages for everybody are not in the matrix."""
    known = letter in MATRIX.get(name, ALL) + NOT_MINE.get(name, "")
    return (name in PUBLIC | BY_KIND or known) and letter not in ASKED_LATE.get(name, "")


def starts(client: Client, letter: str) -> Iterator[str]:
    """今日, a case in each state, and every screen of the role that needs no record."""
    yield "/"
    for state in CaseState:
        if letter in MATRIX["case_list"]:
            page = Page(client.get(reverse("case_list"), {"state": state}).content.decode(), "/cases/")
            yield from [link for link in page.links if view_of(link) == "case_detail"][:1]
    for name, letters in MATRIX.items():
        if letter in letters and "get" in METHODS.get(name, "get post"):
            try:
                yield reverse(name)
            except NoReverseMatch:
                continue


@pytest.mark.parametrize("letter", ALL)
def test_what_a_screen_offers_its_reader_may_do(letter: str, demo: None):
    client = Client()
    client.force_login(User.objects.get(username=LOGINS[letter]))
    waiting = deque((address, "start") for address in starts(client, letter))
    seen: set[str] = set()
    opened: Counter[str] = Counter()
    wrong = []
    while waiting:
        address, source = waiting.popleft()
        name = view_of(address)
        if address in seen or name in FILES or (opened[name] >= EACH and source != "start"):
            continue
        seen.add(address)
        answer = client.get(address)
        opened[name] += 1
        if answer.status_code >= 400:
            wrong.append(f"{source} leads to {address}: {answer.status_code}")
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            continue
        page = Page(answer.content.decode(), urlsplit(address).path)
        for target in [*page.links, *(form.action for form in page.forms)]:
            if target.startswith("/") and not may(letter, view_of(target)):
                wrong.append(f"{address} offers {target}")
        links = {link.partition("#")[0]: view_of(link) for link in page.links if link.startswith("/")}
        waiting += [(link, address) for link, name in links.items() if name not in UNSEEN]
    assert wrong == [], "\n".join(sorted(set(wrong)))
    assert len(opened) > 8, opened
    if letter in "csnmhi":
        assert opened["case_detail"] >= 1 and opened["today"] == 1, opened
