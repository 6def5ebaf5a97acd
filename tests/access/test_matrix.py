"""The matrix is complete, every cell of it is asked over HTTP, and it is true."""

from __future__ import annotations

from typing import Any

import pytest
import weasyprint
from django.test import Client

from tests.access import permissions_page
from tests.access.worlds import ROUTES, ask, client_of, verdict, world
from tests.crawler import look_at_headers
from tests.factories import Programme
from tests.permission_matrix import (
    BEHIND,
    HELD_BACK,
    LEADS_ON,
    MATRIX,
    METHODS,
    NOT_MINE,
    PUBLIC,
    RELATIONS,
    SENDERS,
    cells,
)


def test_every_url_is_in_the_matrix():
    assert set(ROUTES) == set(MATRIX) | PUBLIC
    assert len(PUBLIC) <= 10
    for table in (NOT_MINE, METHODS, SENDERS, BEHIND, LEADS_ON, *HELD_BACK.values()):
        assert set(table) <= set(MATRIX)
    assert set(HELD_BACK) <= set(RELATIONS)


TYPESET: dict[str, bytes] = {}


@pytest.fixture
def typeset_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first paper of each layout is typeset, the others get its pages: who may have them is asked here, not what stands in them."""
    really = weasyprint.HTML.write_pdf

    def write(page: weasyprint.HTML, *args: Any, **options: Any) -> bytes:
        layout = str(options["stylesheets"][0].base_url)
        if layout not in TYPESET:
            TYPESET[layout] = really(page, *args, **options)
        return TYPESET[layout]

    monkeypatch.setattr(weasyprint.HTML, "write_pdf", write)


@pytest.mark.parametrize("relation", RELATIONS)
def test_every_cell_over_http(relation: str, programme: Programme, typeset_once: None):
    """Wrong cells are listed all at once, each with what was answered; every answer has every header (A50, A52)."""
    people, arguments = world(relation, programme)
    clients = {letter: client_of(who) for letter, who in people.items()}
    planned = cells(relation, ROUTES)
    wrong, done = [], 0
    for cell in planned:
        answer = ask(clients[cell.letter], cell.method, cell.name, arguments.get(cell.name))
        done += 1
        what = f"{cell.letter} {cell.method.upper()} {cell.name} ({relation})"
        if verdict(answer) != cell.answer:
            wrong.append(f"{what}: {cell.answer}, not {verdict(answer)}")
        look_at_headers(answer, lambda fault, what=what: wrong.append(f"{what}: {fault}"))
    assert not wrong, "\n".join(wrong)
    assert done == len(planned) > 0


def test_the_page_for_people_says_the_same():
    """Stale? python -m tests.permission_matrix writes it anew."""
    assert permissions_page.PAGE.read_text(encoding="utf-8") == permissions_page.text()


def test_only_reading_and_forms_are_served(programme: Programme):
    _people, arguments = world("own", programme)
    client = client_of(programme.manager)
    for name in MATRIX:
        for method in ("put", "delete", "patch", "options"):
            assert ask(client, method, name, arguments.get(name)).status_code == 405, (method, name)


def test_nothing_opens_without_log_in(programme: Programme):
    """Every method on every URL but the public ones; the list of exceptions is PUBLIC and short."""
    _people, arguments = world("own", programme)
    client = Client()
    asked = 0
    for name in MATRIX:
        for method in ("get", "post", "put", "delete", "patch", "head", "options"):
            answer = ask(client, method, name, arguments.get(name))
            went_to_login = answer.status_code == 302 and answer["Location"].startswith("/login/")
            assert went_to_login or answer.status_code in (401, 403), (method, name, answer.status_code)
            asked += 1
    assert asked == len(MATRIX) * 7
