"""Walks of people who try everything: ids of all organisations, forged values, junk; nothing leaks, nothing breaks.

CI walks a part with a fixed seed and sends all the junk. `make walk` walks all of it: 10,000 requests a role.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import NoReverseMatch, reverse

from accounts.enums import OrganisationKind
from accounts.models import Organisation, User
from accounts.scope import Actor
from agreements.models import Agreement, Party
from cases.enums import Visibility
from cases.models import Case, Person, SuccessStory
from core.db import new_id, scope
from employers.models import Employer
from tests import desk
from tests.access.worlds import ROUTES, neighbours, undone
from tests.crawler import readable
from tests.factories import Programme, make_programme, working_as
from tests.permission_matrix import ALL, MATRIX, PUBLIC
from tests.test_access import JUNK, NAMES, everyone, things

PER_ROLE = int(os.environ.get("WALK_REQUESTS", "400"))
FUZZ = int(os.environ.get("FUZZ_REQUESTS", "20000"))
SEED = int(os.environ.get("WALK_SEED", "20261121"))
AGAIN = 100  # requests until the walker logs in anew
ACTS = ("", "save", "propose", "text", "agree", "end", "accept", "return", "decline", "disable", "enable")
# Written in katakana too, so that it also shows where a reading is shown.
CANARY = "カナリア"


@pytest.fixture(autouse=True)
def quick_and_quiet() -> Iterator[None]:
    """Tens of thousands of requests: no log lines, and passwords that are cheap to hash."""
    logging.disable(logging.ERROR)
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield
    logging.disable(logging.NOTSET)


class Ground:
    """Two programmes with one of everything; the second one's casework carries canaries."""

    def __init__(self) -> None:
        self.home = make_programme("okayama", 1007)
        self.away = make_programme("soja", 2089)
        self.arguments = [
            things(self.home),
            things(self.away, whereabouts={"address": f"{CANARY}町", "phone": "0999-99-9999", "contact_note": CANARY}),
        ]
        self.people = everyone(self.home)
        self.ids = [
            str(value) for arguments in self.arguments for kwargs in arguments.values() for value in kwargs.values()
        ]
        self.ids += [str(user.pk) for user in User.objects.all()] + [str(e.pk) for e in Employer.objects.all()]
        self.ids += [str(party.organisation_id) for party in Party.objects.all()] + [str(new_id()), "0", "999999999"]
        mark(self.away, self.arguments[1])


# What stands beside a case and may be overwritten; the rest is made anew with the canary, by its own action.
BESIDE: dict[str, tuple[str, ...]] = {
    "MeetingItem": ("reason", "decision"),
    "MeetingTask": ("what",),
    "SuccessStory": ("title", "challenges", "support", "result", "worker_comment", "person_comment"),
    "Handover": ("reason",),
    "Cover": ("reason",),
}


def mark(programme: Programme, arguments: dict[str, dict[str, Any]]) -> None:
    """Put the canary into every text of the casework of this programme, and into its agreement."""
    everybody = programme.everybody()
    with everybody:
        case = Case.objects.get(pk=arguments["case_detail"]["pk"])
        Person.objects.filter(pk=case.person_id).update(name=f"{CANARY}人", name_kana=CANARY)
        Case.objects.filter(pk=case.pk).update(intake_note=CANARY, close_note=CANARY)
        case.interviews.update(body=f"{CANARY}の話", homework=CANARY)
        case.introductions.update(job_title=CANARY)
        case.placements.update(job_title=CANARY)
        case.appointments.update(place=CANARY, note=CANARY)
        case.plans.update(goal=CANARY, issues=CANARY)
        case.support_requests.update(message=CANARY, ability_note=CANARY)
        case.retention_checks.update(note=CANARY)
        case.consents.update(purpose=CANARY)
        case.assessments.update(strengths_person=CANARY, wish_job_1=CANARY)
        case.obstacles.update(response=CANARY)
        case.work_histories.update(job_title=CANARY, leaving_reason=CANARY)
        case.qualifications.update(name=CANARY)
        case.checklist_rounds.update(note=CANARY)
        case.handover_sheets.update(asked=CANARY, wanted=CANARY)
        for kind, columns in BESIDE.items():
            rows = apps.get_model("cases", kind).objects.all()
            assert rows.update(**dict.fromkeys(columns, CANARY)) > 0, kind
    programme.attach(case, name=CANARY)
    desk.hold(programme, [case], place=CANARY)
    desk.export(programme, case, reason=CANARY)
    desk.pass_on(programme, case, number=1, note=CANARY)
    other = Organisation.objects.create(kind=OrganisationKind.PARTNER, name="もう一つの連携機関", short_name="連携2")
    programme.refer(case, dt.date(2023, 5, 5), to=other, purpose=CANARY, handed_over=CANARY)
    programme.interview(case, dt.date(2023, 5, 5), body=f"{CANARY}だけ", visibility=Visibility.OWN)
    Agreement.objects.filter(pk=programme.agreement.pk).update(name=f"{CANARY}協定", purpose=CANARY)


@pytest.fixture
def ground(db: None, quick_and_quiet: None) -> Ground:
    return Ground()


class Walker:
    """One role that asks at random; every answer is looked at, every write is taken back."""

    def __init__(self, ground: Ground, who: Actor, seed: int) -> None:
        self.ground = ground
        self.dice = random.Random(seed)
        self.client = Client(raise_request_exception=False)
        self.who = who
        self.seen: Counter[int] = Counter()
        self.outside = 0  # answers that led to the log-in page
        self.wrong: list[tuple[Any, ...]] = []

    def value(self, old: Any) -> Any:
        """Mostly an id that exists somewhere of the same sort, at times junk that still makes a URL."""
        sort = type(old)
        pool = [
            v
            for arguments in self.ground.arguments
            for kwargs in arguments.values()
            for v in kwargs.values()
            if type(v) is sort
        ]
        if sort is int and self.dice.random() < 0.2:
            return self.dice.choice([0, 1, 999_999_999, 10**30])
        if sort not in (int, str) and self.dice.random() < 0.1:
            return new_id()
        return self.dice.choice(pool)

    def kwargs(self, name: str) -> dict[str, Any]:
        base = dict(self.dice.choice(self.ground.arguments).get(name, {}))
        for key, value in base.items():
            if self.dice.random() < 0.3:
                base[key] = self.value(value)
        return base

    def data(self) -> dict[str, Any]:
        names = self.dice.sample(NAMES, self.dice.randint(0, len(NAMES)))
        posted = {name: self.dice.choice(self.ground.ids if self.dice.random() < 0.7 else JUNK) for name in names}
        return posted | {"act": self.dice.choice(ACTS), "answer": self.dice.choice(ACTS)}

    def step(self, name: str) -> None:
        kwargs = self.kwargs(name)
        url = address(name, kwargs)
        if url is None:
            return
        method = self.dice.choice(("get", "get", "post"))
        data = self.data() if method == "post" or self.dice.random() < 0.3 else {}
        if sum(self.seen.values()) % AGAIN == 0:
            # What a request writes is taken back, the idle clock as well: a long walk would end at the log-in page.
            self.client.force_login(self.who.user)
        with undone():
            answer = getattr(self.client, method)(url, data)
        self.look(answer, method, url, data)

    def look(self, answer: HttpResponse, method: str, url: str, data: dict[str, Any]) -> None:
        self.seen[answer.status_code] += 1
        self.outside += answer.get("Location", "").startswith("/login/")
        if answer.status_code >= 500:
            self.wrong.append((answer.status_code, method, url, data))
        # Compressed files are opened: the pages of a PDF, the cells of a workbook.
        if CANARY in readable(answer) + answer.get("Location", "") + str(answer.cookies):
            self.wrong.append(("canary", method, url, data))


def address(name: str, kwargs: dict[str, Any]) -> str | None:
    """The URL, or None where the values do not fit its pattern."""
    try:
        return reverse(name, kwargs=kwargs or None)
    except NoReverseMatch:
        return None


@pytest.mark.parametrize("letter", ALL)
def test_no_walk_meets_a_foreign_canary(letter: str, ground: Ground):
    """The administrator sees no agreement and no case: the same rule holds."""
    walker = Walker(ground, ground.people[letter], SEED + ord(letter))
    while sum(walker.seen.values()) < PER_ROLE:
        walker.step(walker.dice.choice(list(MATRIX)))
    print(f"walk {letter}: {dict(sorted(walker.seen.items()))}, {walker.outside} to the log-in page")
    assert walker.wrong == []
    assert sum(walker.seen.values()) == PER_ROLE
    assert walker.seen[200] > PER_ROLE / 50
    assert walker.outside < PER_ROLE / 10


@pytest.mark.parametrize("letter", "cn")
def test_no_walk_meets_a_canary_of_the_office_beside(letter: str, ground: Ground):
    """Of the same agreement, so its name and its stories are theirs too; of the casework nothing is."""
    Agreement.objects.filter(pk=ground.away.agreement.pk).update(name="となりと同じ協定", purpose="")
    with ground.away.everybody():
        SuccessStory.objects.update(**dict.fromkeys(BESIDE["SuccessStory"], "名前のない事例"))
    walker = Walker(ground, neighbours(ground.away)[letter], SEED + ord(letter))
    while sum(walker.seen.values()) < PER_ROLE:
        walker.step(walker.dice.choice(list(MATRIX)))
    assert walker.wrong == []
    assert walker.seen[200] > PER_ROLE / 50
    assert walker.outside < PER_ROLE / 10


def test_the_canary_is_there_for_its_own_people(ground: Ground):
    """The walk could fail: the people on the other side meet the canary at once."""
    own = Walker(ground, ground.away.caseworker, SEED)
    for _number in range(60):
        own.step("case_detail")
    assert any(found[0] == "canary" for found in own.wrong)
    # Also in what is compressed, and beside the case.
    for name in ("story_paper", "meeting_detail", "story_detail"):
        before = len(own.wrong)
        own.look(own.client.get(reverse(name, kwargs=ground.arguments[1][name])), "get", name, {})
        assert len(own.wrong) > before, name


def test_junk_in_every_field_is_never_an_error(ground: Ground):
    """Own records, fields as each form knows them, rubbish and boundary values in all of them."""
    dice = random.Random(SEED)
    clients = {letter: Walker(ground, who, SEED).client for letter, who in ground.people.items()}
    clients |= {NOBODY: Client(raise_request_exception=False)}
    allowed = [(letter, name) for name, letters in MATRIX.items() for letter in letters]
    # As many of the open pages as of any role's: whoever is logged in asks them, and nobody does.
    allowed += [(letter, name) for name in sorted(PUBLIC) for letter in (NOBODY, NOBODY, NOBODY, "c", "a")]
    allowed += [(NOBODY, name) for name in MATRIX]
    allowed = [asked for asked in allowed if asked[1] != "healthz"]  # says 503 by rights: no worker runs here
    arguments = {**ground.arguments[0], **OPEN_ARGUMENTS}
    known: dict[str, list[str]] = {}
    uploads, met = 0, set()
    asked, wrong = 0, []
    while asked < FUZZ:
        letter, name = dice.choice(allowed)
        url = reverse(name, kwargs=arguments.get(name))
        client = clients[letter]
        met.add(letter)
        if name not in known and letter != NOBODY:
            known[name] = fields_of(client, url)
        data: dict[str, Any] = {
            field: dice.choice([*BOUNDARIES, *JUNK, *ground.ids[:40]]) for field in known.get(name) or NAMES
        }
        data |= {"act": dice.choice(ACTS), "answer": dice.choice(ACTS)}
        method = dice.choice(("post", "post", "get"))
        if method == "post" and (name in UPLOADS or dice.random() < 0.05):
            data |= {field: SimpleUploadedFile(dice.choice(FILE_NAMES), dice.choice(FILE_BODIES)) for field in FILES}
            uploads += 1
        with undone():
            answer = getattr(client, method)(url, data)
        asked += 1
        if answer.status_code >= 500:
            wrong.append((letter, method, url, data))
    print(f"fuzz: {asked} requests, {uploads} with files, {len(wrong)} errors")
    assert wrong == []
    assert met == {*ALL, NOBODY}
    assert uploads > asked / 100


NOBODY = ""  # not logged in
OPEN_ARGUMENTS: dict[str, dict[str, str]] = {
    "invitation": {"token": "x" * 43},
    "calendar_feed": {"token": "x" * 43},
    "openid_connect_login": {"provider_id": "no-such-one"},
    "openid_connect_callback": {"provider_id": "no-such-one"},
}
UPLOADS = {"attachment_new"}
FILES = ("file", "body", "name")
FILE_NAMES = (" ", "a.pdf", "../../a.png", "a" * 300 + ".png", "写し.docx", "a.svg", "\u202egnp.exe", "a.xlsx\x00.png")
FILE_BODIES = (
    b"", b"x", b"%PDF-1.7\n%%EOF", b"PK\x03\x04" + b"\x00" * 60, b"\x89PNG\r\n\x1a\n" + b"\xff" * 100, b"\xff\xd8\xff\xe0JFIF",
    b"<svg onload=alert(1)>", b"\x00" * 5000, "=cmd|' /C calc'!A0".encode("utf-16"),
)  # fmt: skip

BOUNDARIES = (
    "0001-01-01", "1899-12-31", "9999-12-31", "2023/6/20", "令和元年5月1日", "昭和99年1月1日", "2023/6/20 10:00", "9999-12-31 23:59",
    "0001-01-01 0:00", "R8.1.1 24:00", "0", "1", "-0", "1e400", "NaN", "Infinity", "32768", "2147483648", "9223372036854775808",
    "0.05", "１２３", "on", "true", "visit", "shared", "own", "livelihood_protection", "manager", "caseworker", "employed", "pdf",
    "\r\n", "<script>alert(1)</script>", "%s%n{{7*7}}", "a" * 201, "あ" * 301, "\u202e", "2023-12", "2023-13", "99999-01", "0000-00",
)  # fmt: skip


def fields_of(client: Client, url: str) -> list[str]:
    """Names the shown form knows, hidden ones and those of further forms on the page included."""
    answer = client.get(url)
    forms = [
        value
        for layer in answer.context or []
        for part in getattr(layer, "dicts", [])
        for value in part.values()
        if hasattr(value, "add_prefix")
    ]
    return sorted({form.add_prefix(field) for form in forms for field in form.fields})


def test_ground_is_walled(ground: Ground):
    """Both sides exist and do not see each other, or the walk proves nothing."""
    with working_as(ground.home.caseworker):
        seen = {str(pk) for pk in Case.objects.values_list("pk", flat=True)}
        assert str(ground.arguments[0]["case_detail"]["pk"]) in seen
        assert str(ground.arguments[1]["case_detail"]["pk"]) not in seen
    with scope(organisations=[]):
        assert Case.objects.count() == 0
    assert set(ROUTES) >= set(MATRIX)
