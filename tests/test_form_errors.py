"""Every form of the product, sent empty and sent wrong: the same answer everywhere, and nothing typed is lost (D8, D24).

The forms are found on the pages themselves: every page of the permission matrix is opened by the roles that may,
and every form on it is sent with rubbish in every field and with nothing in any. Only what is sent is judged by
the server; the browser adds no rules of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import pytest
import tinyhtml5
from django.contrib.messages import get_messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve, reverse

from tests.access.worlds import client_of, undone, world
from tests.factories import Programme, make_programme
from tests.permission_matrix import MATRIX, METHODS

ASKED = "cnmhbadps"
ELSEWHERE = {"logout", "draft_discard", "case_search"}  # no form of the page itself
# Forms with nothing to mistake: one press, or a choice whose every answer is right.
ONE_PRESS = {
    "account_invite", "appointment_settle", "choose_organisation", "cover_withdraw", "date_style", "employer_search",
    "export_answer", "handover_open", "handover_receive", "list_columns", "meeting_confirm", "meeting_fill",
    "meeting_next", "meeting_task_done", "notice_settings", "person_alike", "person_merge_undo", "plan_confirm",
    "plan_review_confirm", "release_answer", "report_confirm", "session_list", "story_review", "typing_settings",
}  # fmt: skip
BROWSER_RULES = ("maxlength", "minlength", "pattern", "min", "max", "step")
BROWSER_TYPES = ("number", "date", "datetime-local", "time", "month", "week", "url", "range")
TEXTS = ("", "text", "search", "email", "tel")


@dataclass
class Sheet:
    """One form of a page: where it goes, its elements, and what its buttons add."""

    url: str
    elements: list[Element]
    buttons: list[Element]

    @property
    def route(self) -> str:
        return resolve(urlsplit(self.url).path).url_name or ""

    @property
    def kind(self) -> tuple[Any, ...]:
        """Two forms of a kind are the same form for another record."""
        names = sorted({one.get("name", "") for one in self.elements})
        act = [one.get("value", "") for one in self.elements if one.get("name") == "act"]
        return (self.route, *names, *act)

    def is_text(self, one: Element) -> bool:
        return one.tag == "textarea" or (one.tag == "input" and one.get("type", "") in TEXTS)

    def typed(self, *, wrong: bool) -> dict[str, str]:
        """What somebody types into the lines and areas."""
        return {one.get("name", ""): self._wrong(one) if wrong else "" for one in self.elements if self.is_text(one)}

    def _wrong(self, one: Element) -> str:
        kinds = one.get("class", "")
        if "field-date" in kinds:
            return "きのうの　夕方"
        if "field-number" in kinds:
            return "たくさん"
        if one.get("data-limit"):
            return "長" * (int(one.get("data-limit", "")) + 7)
        return "残ること\n二行目" if one.tag == "textarea" else "残ること"

    def as_it_stands(self) -> dict[str, list[str]]:
        """What is sent when nobody has changed anything; files stay empty."""
        body: dict[str, list[str]] = {}
        for one in self.elements:
            name, kind = one.get("name", ""), one.get("type", "")
            if one.tag == "textarea":
                body[name] = [(one.text or "").removeprefix("\n")]
            elif one.tag == "select":
                chosen = [
                    option.get("value", "") for option in one.iter("option") if option.get("selected") is not None
                ]
                body[name] = chosen or [next((option.get("value", "") for option in one.iter("option")), "")]
            elif kind in ("checkbox", "radio"):
                body.setdefault(name, []).extend([one.get("value", "on")] if one.get("checked") is not None else [])
            elif kind != "file":
                body[name] = [one.get("value", "")]
        return body

    def bodies(self, *, wrong: bool) -> Iterator[dict[str, Any]]:
        """What is sent, once for each button."""
        body: dict[str, Any] = {}
        for one in self.elements:
            name, kind = one.get("name", ""), one.get("type", "")
            if kind in ("hidden", "password"):
                body[name] = one.get("value", "") if kind == "hidden" else ("" if not wrong else "short")
            elif wrong and (one.tag == "select" or kind == "radio"):
                body[name] = "no-such-choice"
        body |= self.typed(wrong=wrong)
        for button in self.buttons or [Element("button")]:
            extra = {button.get("name", ""): button.get("value", "")} if button.get("name") else {}
            yield {**body, **extra}


@dataclass
class Screen:
    """A page as a screen reader has it."""

    root: Element
    parents: dict[Element, Element] = field(default_factory=dict)

    @classmethod
    def of(cls, answer: HttpResponse) -> Screen:
        root = tinyhtml5.parse(answer.content.decode(), namespace_html_elements=False)
        return cls(root, {child: parent for parent in root.iter() for child in parent})

    def by_id(self, name: str) -> Element | None:
        return next((one for one in self.root.iter() if one.get("id") == name), None)

    def above(self, one: Element) -> Iterator[Element]:
        while one in self.parents:
            one = self.parents[one]
            yield one

    def forms(self, url: str) -> list[Sheet]:
        sheets = []
        main = next(self.root.iter("main"), self.root)
        for form in main.iter("form"):
            if form.get("method", "get").lower() != "post":
                continue
            own = [
                one
                for one in self.root.iter()
                if one.tag in ("input", "select", "textarea", "button")
                and one.get("disabled") is None
                and (one.get("form") == form.get("id", "-") or (not one.get("form") and form in self.above(one)))
            ]
            buttons = [
                one
                for one in own
                if (one.tag == "button" and one.get("type", "submit") == "submit") or one.get("type") == "submit"
            ]
            elements = [one for one in own if one.get("name") and one.tag != "button" and one not in buttons]
            sheets.append(Sheet(urljoin(url, form.get("action") or url), elements, buttons))
        return sheets

    def text(self, one: Element) -> str:
        return "".join(one.itertext())

    def rules_of_the_browser(self) -> list[str]:
        found = []
        for form in self.root.iter("form"):
            if form.get("method", "get").lower() == "post" and form.get("novalidate") is None:
                required = [one.get("name") for one in form.iter() if one.get("required") is not None]
                found += [f"no novalidate: {required}"] if required else []
            for one in form.iter():
                rules = [name for name in BROWSER_RULES if one.get(name) is not None]
                if rules or (one.tag == "input" and one.get("type") in BROWSER_TYPES):
                    found.append(f"{one.get('name')}: {rules} {one.get('type', '')}")
        return found


def refused_forms(answer: HttpResponse) -> list[BaseForm]:
    """The forms of the page that have errors."""
    found: dict[int, BaseForm] = {}
    for layer in answer.context or []:
        for values in getattr(layer, "dicts", []):
            several = [one for value in values.values() if isinstance(value, dict) for one in value.values()]
            for form in (*values.values(), *several):
                if isinstance(form, BaseForm) and form.is_bound and form.errors:
                    found[id(form)] = form
    return list(found.values())


def faults_of(answer: HttpResponse, typed: dict[str, str]) -> list[str]:
    """What is wrong with the page that answers a wrong form."""
    screen, faults = Screen.of(answer), []
    title = next(screen.root.iter("title")).text or ""
    if not title.startswith("エラー："):
        faults.append(f"title {title!r}")
    summary = screen.by_id("error-summary")
    if summary is None or summary.get("role") != "alert" or summary.get("tabindex") != "-1":
        return [*faults, "no summary"]
    links = [(one.get("href", ""), screen.text(one)) for one in summary.iter("a")]
    for form in refused_forms(answer):
        for sentence in form.non_field_errors():
            if str(sentence) not in screen.text(summary):
                faults.append(f"not in the summary: {sentence}")
        for bound in form:
            for sentence in bound.errors:
                faults += faults_of_field(screen, links, bound.html_name, bound.is_hidden, str(sentence))
    for name, text in typed.items():
        shown = [one for one in screen.root.iter() if one.get("name") == name and one.tag in ("input", "textarea")]
        values = [(one.text or "") if one.tag == "textarea" else one.get("value", "") for one in shown]
        if text.strip() and text not in values:
            faults.append(f"{name}: typed text is gone ({values})"[:200])
    return faults + screen.rules_of_the_browser()


def faults_of_field(screen: Screen, links: list[tuple[str, str]], name: str, hidden: bool, sentence: str) -> list[str]:
    """One error of one field: linked from the summary, told with the field."""
    found = [href for href, text in links if sentence in text]
    if hidden:
        return [] if found or sentence else [f"{name}: not in the summary"]
    for href in found:
        target = screen.by_id(href.removeprefix("#"))
        if target is None or target.get("name") != name:
            continue
        holders = [target, *(one for one in screen.above(target) if one.tag == "fieldset")]
        described = [one for holder in holders for one in (holder.get("aria-describedby") or "").split()]
        told = [screen.text(one) for one in map(screen.by_id, described) if one is not None]
        faults = [] if any(sentence in text for text in told) else [f"{name}: {sentence} is not told ({described})"]
        return faults + ([] if target.get("aria-invalid") == "true" else [f"{name}: not aria-invalid"])
    return [f"{name}: no link to it for {sentence} ({found})"]


@pytest.fixture
def programme(db: None) -> Programme:
    return make_programme("okayama", 1007)


def walk(programme: Programme, people: dict[str, Any], arguments: dict[str, Any], names: list[str]) -> Walk:
    found, clients = Walk(), dict[str, Client]()
    for name in names:
        if "get" not in METHODS.get(name, "get post"):
            continue
        # The first two roles are of both sides: what a page offers differs between these.
        for letter in [letter for letter in ASKED if letter in MATRIX[name]][:2]:
            clients.setdefault(letter, client_of(people[letter]))
            found.open(clients[letter], name, reverse(name, kwargs=arguments.get(name)))
    return found


@dataclass
class Walk:
    """What was found on the way; `refused` names the routes that answered with an error page."""

    seen: set[tuple[Any, ...]] = field(default_factory=set)
    sent: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def open(self, client: Client, name: str, url: str) -> None:
        answer = client.get(url)
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            return
        screen = Screen.of(answer)
        self.faults += [f"{name}: {rule}" for rule in screen.rules_of_the_browser()]
        for sheet in screen.forms(url):
            if sheet.route in ELSEWHERE or sheet.kind in self.seen:
                continue
            self.seen.add(sheet.kind)
            for wrong in (True, False):
                for body in sheet.bodies(wrong=wrong):
                    self.send(client, name, sheet, body, sheet.typed(wrong=wrong))

    def send(self, client: Client, name: str, sheet: Sheet, body: dict[str, Any], typed: dict[str, str]) -> None:
        self.sent.add(sheet.route)
        what = f"{sheet.route} (on {name}) {list(typed.values())[:1]!s:.30}"
        with undone():
            answer = client.post(sheet.url, body)
            if answer.status_code in (301, 302):
                # Refused in a sentence on another page: whatever was typed would be gone.
                words = [str(one) for one in get_messages(answer.wsgi_request) if one.level_tag in ("error", "warning")]
                if words and any(typed.values()):
                    self.faults.append(f"{what}: sent away with {words}")
                return
            if answer.status_code not in (200, 409, 422):
                self.faults.append(f"{what}: answered {answer.status_code}")
            elif refused_forms(answer):
                self.refused.add(sheet.route)
                self.faults += [f"{what}: {fault}" for fault in faults_of(answer, typed)]


def test_every_form_answers_a_mistake_alike(programme: Programme):
    people, arguments = world("own", programme)
    found = walk(programme, people, arguments, sorted(MATRIX))
    assert found.faults == [], "\n".join(sorted(set(found.faults)))
    assert found.sent - found.refused == ONE_PRESS


@pytest.mark.django_db
def test_the_form_before_the_log_in_answers_alike():
    found = Walk()
    found.open(Client(), "login", reverse("login"))
    assert (found.faults, found.refused) == ([], {"login"})


# Forms of a row that two people may have open at once, with the row there.
OF_A_ROW = {
    "agreement_edit", "assessment_edit", "checklist_edit", "contact_edit", "employer_edit", "interview_edit",
    "meeting_edit", "meeting_item", "person_edit", "qualification_edit", "slot_edit", "work_history_edit",
}  # fmt: skip


def test_every_form_of_a_row_tells_of_a_save_in_between(programme: Programme):
    """Sent as it stands with the version before: the page of the conflict, and nothing is written (B18, D34)."""
    people, arguments = world("own", programme)
    told, clients = dict[str, int](), dict[str, Client]()
    for name in MATRIX:
        letter = next((letter for letter in ASKED if letter in MATRIX[name]), "")
        if not letter or name.endswith("_new") or METHODS.get(name, "get post") != "get post":
            continue  # a new row is nobody's yet
        client = clients.setdefault(letter, client_of(people[letter]))
        url = reverse(name, kwargs=arguments.get(name))
        answer = client.get(url)
        if answer.status_code != 200:
            continue
        for sheet in Screen.of(answer).forms(url):
            body = sheet.as_it_stands()
            version = int(next(iter(body.get("version", ["0"]))) or 0)
            if version == 0:
                continue
            with undone():
                answer = client.post(sheet.url, body | {"version": [str(version - 1)]})
            told[sheet.route] = answer.status_code
    assert told == dict.fromkeys(OF_A_ROW, 409)
