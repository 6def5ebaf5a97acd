"""Every URL name that shows a page by GET, measured: axe, 320 px, wide letters, targets, focus, titles.

What axe cannot decide is in REVIEWED, looked at by people; the statement page tells it.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests import servers
from tests.access.worlds import ROUTES
from tests.e2e import measures
from tests.e2e.conftest import SCREENSHOTS, WCAG
from tests.e2e.screens import ELSEWHERE, FILES, USERS, Screen, address, screens
from tests.e2e.test_month import ask_for, wait_for_figures
from tests.permission_matrix import MATRIX, METHODS

AXE = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations", "incomplete"]}
SMALL = {"runOnly": {"type": "rule", "values": ["target-size"]}, "resultTypes": ["violations"]}
# What axe leaves open, and why it is well: (rule, what the element begins with) → what was seen. The statement tells it, too.
REVIEWED: dict[tuple[str, str], str] = {
    ("color-contrast", '<span aria-hidden="true">'): "the sign of a badge, one character: computed in test_colours.py",
    ("color-contrast", "<select "): "ink on ground beside the arrow, which is a picture: computed in test_colours.py",
    ("color-contrast", '<button type="submit" name="move"'): "an arrow, one character: a button as every other",
    ("color-contrast", "<text "): "words of a chart, ink or blue on white beside lines: computed in test_colours.py",
    ("link-in-text-block", '<a href="/cases/'): "the name in the bar of the case, larger, bold and underlined",
}
# One page under two names.
SAME_PAGE = {"report_detail"}
TITLES: dict[str, str] = {}
SENT: set[str] = set()  # screens whose form was sent wrong
# Screens with a form that takes words, days or numbers, or asks for something: each is sent wrong.
TAKES_WORDS = {
    "account_detail", "account_new", "account_reauthenticate", "agreement_edit", "agreement_new",
    "appointment_cancel", "assessment_edit", "assessment_new", "assignment_new", "attachment_new", "case_again",
    "case_close", "case_detail", "case_disclosure", "case_move", "case_new", "case_status", "case_story",
    "checklist_edit", "checklist_new", "circumstance_edit", "contact_edit", "cover_new", "emergency_new",
    "emergency_review", "employer_edit", "employer_new", "form_edit", "group_edit", "group_new", "interpreter_edit",
    "introduction_new", "introduction_result", "ledger_check", "linking_new", "list_export", "list_views", "login",
    "meeting_edit", "meeting_item", "meeting_item_new", "meeting_new", "meeting_people", "menu_new",
    "mfa_activate_totp", "mfa_add_webauthn", "obstacles_edit", "odd_reading_review", "organisation_edit",
    "organisation_new", "participant_new", "party_new", "password_change", "person_edit", "person_merge",
    "person_not_same", "placement_new", "placement_separate", "plan_agreed", "plan_extend", "plan_new", "plan_review",
    "plan_year", "pre_consultation_answer", "qualification_edit", "qualification_new", "referral_answer", "rules_new",
    "site_desks", "site_new", "slot_edit", "slot_new", "support_request_answer", "support_request_complete",
    "support_request_new", "support_request_urgent", "support_request_withdraw", "vacancy_new", "work_history_edit",
    "work_history_new",
}  # fmt: skip
PARTS = 3


def test_every_url_name_is_walked_or_said_why_not():
    shown = {name for name in MATRIX if "get" in METHODS.get(name, "get post").split()}
    walked = [screen.name for screen in screens() if screen.name in MATRIX]
    assert Counter(walked) == Counter(shown - FILES - set(ELSEWHERE))
    assert {screen.letter for screen in screens()} - {""} <= set(USERS)


def visit(page: Page, screen: Screen, database: str) -> list[str]:
    """Open the screen at 1366 and at 320 px; what is wrong with it."""
    path = address(screen.name, ROUTES[screen.name], database)
    page.set_viewport_size({"width": 1366, "height": 768})
    answer = page.goto(path)
    if answer is None or answer.status != 200:
        return [f"{answer and answer.status} {path}"]
    if page.evaluate("location.pathname") != path:
        return [f"{path} leads to {page.url}"]
    faults = []
    title = page.title()
    TITLES[screen.name] = title
    if not re.fullmatch(r"[^|]+( \| [^|]+)? \| ittai", title) or title.startswith("エラー"):
        faults.append(f"title {title}")
    for name in page.locator(".identity-name a").all_inner_texts():
        faults += [f"the name in the title {title}"] if name in title else []
    faults += undecided(Axe().run(page, options=AXE).response)
    faults += page.evaluate(measures.SHAPE) + page.evaluate(measures.TARGETS)
    page.keyboard.press("Tab")
    faults += page.evaluate(measures.FOCUS) + page.evaluate(measures.SPACING)
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"every-{screen.name}.png", full_page=True)
    page.set_viewport_size({"width": 320, "height": 640})
    faults += [f"at 320: {fault}" for fault in page.evaluate(measures.REFLOW) + page.evaluate(measures.TARGETS)]
    small = Axe().run(page, options=SMALL)
    faults += [
        f"at 320: too small: {node['html'][:120]}" for rule in small.response["violations"] for node in rule["nodes"]
    ]
    page.screenshot(path=SCREENSHOTS / f"every-{screen.name}-320.png", full_page=True)
    return faults + sent_wrong(page, screen, path)


def undecided(found: dict[str, list[dict[str, Any]]]) -> list[str]:
    """What axe finds wrong, and what it leaves open that nobody has looked at."""
    return [
        f"axe {rule['id']}: {[node['html'][:120] for node in rule['nodes'][:3]]}" for rule in found["violations"]
    ] + [
        f"axe leaves open {rule['id']}: {node['html'][:120]}"
        for rule in found["incomplete"]
        for node in rule["nodes"]
        if not any(rule["id"] == reviewed and node["html"].startswith(start) for reviewed, start in REVIEWED)
    ]


def sent_wrong(page: Page, screen: Screen, path: str) -> list[str]:
    """The same screen after its form was sent with texts that are too long, and with days and numbers that are none."""
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(path)
    if not page.evaluate(measures.SEND_WRONG):
        return []
    SENT.add(screen.name)
    summary = page.locator("#error-summary")
    summary.wait_for()
    faults = [] if page.title().startswith("エラー：") else [f"title {page.title()}"]
    try:
        expect(summary).to_be_focused()
    except AssertionError:
        faults.append(f"the focus is on {page.evaluate('document.activeElement.outerHTML.slice(0, 120)')}")
    faults += undecided(Axe().run(page, options=AXE).response)
    page.screenshot(path=SCREENSHOTS / f"every-{screen.name}-wrong.png", full_page=True)
    page.set_viewport_size({"width": 320, "height": 640})
    faults += [f"at 320: {fault}" for fault in page.evaluate(measures.REFLOW)]
    return [f"sent wrong: {fault}" for fault in faults]


def count_a_report(login, database: str) -> None:
    """A counted report, for the screens of figures."""
    with psycopg.connect(host=servers.SOCKET, user="postgres", dbname=database) as connection:
        if connection.execute("SELECT count(*) FROM reports_monthlyreport WHERE figures IS NOT NULL").fetchone()[0]:
            return
    manager = login(USERS["m"])
    ask_for(manager, "okayama", "2023-11")
    wait_for_figures(manager)
    manager.context.close()


def test_the_page_before_the_log_in(browser: Browser, base_url: str, database: str):
    context = browser.new_context(base_url=base_url, locale="ja-JP")
    assert visit(context.new_page(), Screen("login", ""), database) == []
    context.close()


def test_the_log_in_takes_paste_and_password_managers(browser: Browser, base_url: str):
    """D13: no puzzle, nothing refuses a paste, and the fields say what they are (3.3.8)."""
    context = browser.new_context(base_url=base_url, locale="ja-JP")
    page = context.new_page()
    page.goto("/login/")
    fields = page.locator("main form").first.locator("input:not([type=hidden])")
    assert fields.evaluate_all("all => all.map((one) => one.autocomplete)") == ["username", "current-password"]
    for field in fields.all():
        field.focus()
        refused = field.evaluate(
            "one => !one.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true }))"
        )
        assert not refused
        page.keyboard.insert_text("貼り付けた文字")
        assert field.input_value() == "貼り付けた文字"
    context.close()


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("letter", USERS)
def test_every_screen(login, database: str, letter: str, part: int):
    mine = [screen for screen in screens() if screen.letter == letter][part::PARTS]
    if not mine:
        return
    if any(screen.name.startswith("report_") for screen in mine):
        count_a_report(login, database)
    page = login(USERS[letter])
    faults = {screen.name: found for screen in mine if (found := visit(page, screen, database))}
    assert not faults, "\n".join(f"{name}: {fault}" for name, found in faults.items() for fault in found)


def test_no_two_screens_have_the_same_title():
    known = {name: title for name, title in TITLES.items() if name not in SAME_PAGE}
    assert len(known) > 50, "the screens are looked at by the test before, in the same process"
    twice = {title for title, count in Counter(known.values()).items() if count > 1}
    assert {name: title for name, title in known.items() if title in twice} == {}


def test_the_forms_were_sent_wrong():
    """By name: a form that loses its limits would drop out, and a new one is to be looked at."""
    assert SENT == TAKES_WORDS
