"""Every link and form of every role's screens: they lead somewhere, say the right headers and show nobody else's people."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from cases.models import Case, Person
from tests.clients import client_of
from tests.crawler import Crawler, Page, look_at_headers
from tests.factories import Programme, working_as
from tests.permission_matrix import ALL, CASES
from tests.test_access import DAY, everyone, things


def canaries(code: str) -> dict[str, str]:
    """Personal texts that occur nowhere else, one set for each programme."""
    kana = {"okayama": "カナリヤオカ", "soja": "カナリヤソウ"}[code]
    return {
        "name": f"金糸雀{code}",
        "name_kana": kana,
        "phone": f"086-{len(code)}77-4321",
        "address": f"{code}市鳥籠町9-9-9",
        "contact_note": f"{code}止まり木だけ",
    }


def plant(programme: Programme) -> list[str]:
    """People with these texts in every state a screen shows; returns the texts."""
    texts = canaries(programme.code)
    contact = {key: value for key, value in texts.items() if key not in ("name", "name_kana")}
    things(programme, whereabouts=contact)
    named = {"name": texts["name"], "name_kana": texts["name_kana"]}
    with working_as(programme.caseworker):
        Person.objects.filter(cases__in=Case.objects.all()).update(**named)
    named = {"name": texts["name"], "kana": texts["name_kana"]}
    person = {"contact": contact}
    body = f"{programme.code}での秘密の話"
    programme.open_case(DAY, **named, **person)
    programme.send(programme.open_case(DAY, **named, **person), DAY)
    programme.supported(DAY, **named, **person)
    case = programme.active(DAY, **named, **person)
    programme.interview(case, dt.date(2023, 5, 2), body=body)
    programme.interview(case, dt.date(2023, 5, 3), who=programme.caseworker, body=body)
    return [*texts.values(), body]


@pytest.fixture
def planted(okayama: Programme, soja: Programme) -> dict[str, list[str]]:
    return {programme.code: plant(programme) for programme in (okayama, soja)}


@pytest.mark.parametrize("letter", ALL)
def test_every_role_walks_every_link_and_form(letter: str, planted: dict[str, list[str]], okayama: Programme):
    own, others = planted["okayama"], planted["soja"]
    people = everyone(okayama)
    assert set(people) == set(ALL)
    # A partner reads name and reading of whom was referred to it, and no more of the city's people.
    seen = own if letter in CASES else own[:2] if letter == "p" else []
    foreign = [*others, *(text for text in own if text not in seen)]
    crawler = Crawler(client_of(people[letter]), foreign=foreign, personal=[*own, *others])
    crawler.walk("/", "/help/", "/password/")
    assert crawler.faults == [], "\n".join(crawler.faults)
    assert (len(crawler.visited) > 12, crawler.sent > 5) == (True, True), (len(crawler.visited), crawler.sent)
    if letter in "csnmh":
        assert set(own) <= crawler.seen_texts, "the walk met the people it could have given away"


def test_the_other_side_of_the_wall_and_nobody_at_all(planted: dict[str, list[str]], soja: Programme):
    back = Crawler(client_of(soja.caseworker), foreign=planted["okayama"], personal=planted["okayama"]).walk("/")
    nobody = Crawler(Client(), foreign=[text for texts in planted.values() for text in texts]).walk("/", "/login/")
    assert [*back.faults, *nobody.faults] == []
    assert len(back.visited) > 50


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ('<p style="color:red">x</p>', "style"),
        ('<a href="/x" onclick="go()">x</a>', "onclick"),
        ('<img src="https://elsewhere.example/x.png">', "elsewhere"),
        ('<a href="javascript:alert(1)">x</a>', "javascript"),
        ("<script>alert(1)</script>", "script"),
        ("<style>p{}</style>", "style"),
        ('<iframe src="/x"></iframe>', "iframe"),
        ('<i id="a"></i><i id="a"></i>', "twice"),
        ('<form action="//elsewhere.example/"></form>', "elsewhere"),
    ],
)
def test_the_crawler_sees_what_it_looks_for(body: str, word: str):
    assert any(word in fault for fault in Page(body, "/").faults)


def test_the_crawler_reads_forms_like_a_browser():
    page = Page(
        '<form id="f" method="post"><input name="a" value="1"><input type="checkbox" name="b">'
        '<select name="c"><option value="x">X</option><option value="y" selected>Y</option></select>'
        '<textarea name="d">text</textarea><button name="act" value="save">S</button></form>'
        '<button form="f" name="act" value="drop">D</button>',
        "/here/",
    )
    bodies: list[dict[str, Any]] = page.forms[0].bodies()
    assert bodies == [
        {"a": ["1"], "c": ["y"], "d": ["text"], "act": ["save"]},
        {"a": ["1"], "c": ["y"], "d": ["text"], "act": ["drop"]},
    ]


def test_the_crawler_misses_no_header():
    found: list[str] = []
    answer = HttpResponse("x")
    answer.set_cookie("open", "1")
    look_at_headers(answer, found.append)
    assert len(found) == 10, found
