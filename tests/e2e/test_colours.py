"""The colours of the user's own system, and none at all: what is meant is still there as a word or a line (D5, D7)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import SCREENSHOTS, open_unhidden
from tests.e2e.screens import USERS
from tests.e2e.test_month import ask_for, wait_for_figures

# Where a colour says something: the element, and a word (or a picture with a name) that says it too.
TOLD = """() => {
  const all = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility());
  const faults = [];
  const need = (selector, fine, why) => { for (const one of all(selector)) if (!fine(one)) faults.push(`${selector}: ${why}: ${one.outerHTML.slice(0, 150)}`); };
  const words = (one) => one.innerText.replace(/[\\s○✓…!－]/g, "");
  need(".status", (one) => words(one) && one.querySelector("[aria-hidden]")?.innerText.trim(), "no word or no sign");
  need(".notice, .error-summary, .suppressed, .holiday, .mark-slot", words, "no word");
  need(".booking-no_show, .booking-kept", (one) => one.querySelector(".hint"), "its state is not written");
  need("th.is-today, .panel.is-today", (one) => one.innerText.includes("今日"), "not said to be today");
  need("svg.chart", (one) => one.getAttribute("role") === "img" && one.querySelector("title")?.textContent && one.querySelector("desc")?.textContent, "no name");
  need("svg.bar", (one) => one.getAttribute("aria-hidden") === "true" && words(one.parentElement), "no number beside it");
  need("[aria-current]", (one) => words(one), "empty");
  const lines = all("svg.chart polyline").map((one) => [one.closest("svg"), one.getAttribute("stroke-dasharray")]);
  for (const svg of new Set(lines.map(([svg]) => svg))) {
    const dashes = lines.filter(([its]) => its === svg).map(([, dash]) => dash);
    if (new Set(dashes).size !== dashes.length) faults.push("two lines of a chart differ by colour alone");
  }
  return faults;
}"""
MOST_COLOURFUL = ("/", "/cases/", "/appointments/", "/referrals/?show=all", "/funnel/", "/team/")


def visit(page: Page, path: str, name: str) -> list[str]:
    page.goto(path)
    told = page.evaluate(TOLD)
    page.evaluate("document.documentElement.style.filter = 'grayscale(1)'")
    page.screenshot(path=SCREENSHOTS / f"grey-{name}.png", full_page=True)
    page.evaluate("document.documentElement.style.filter = ''")
    page.emulate_media(forced_colors="active", color_scheme="dark")
    page.screenshot(path=SCREENSHOTS / f"forced-{name}.png", full_page=True)
    page.emulate_media(forced_colors="none", color_scheme="light")
    return [f"{path}: {fault}" for fault in told]


def test_nothing_is_said_by_colour_alone(login):
    SCREENSHOTS.mkdir(exist_ok=True)
    page = login(USERS["n"])
    faults = []
    for number, path in enumerate(MOST_COLOURFUL):
        faults += visit(page, path, str(number))
    case = open_unhidden(page)
    for part in ("", "assessment/", "checklist/", "face/", "duties/", "visibility/", "plans/"):
        faults += visit(page, f"{case}{part}", f"case-{part.strip('/') or 'page'}")
    manager = login(USERS["m"])
    ask_for(manager, "okayama", "2023-08")
    wait_for_figures(manager)
    faults += visit(manager, manager.url, "report")
    assert faults == []


def test_the_measure_sees_a_bare_colour(login):
    page = login(USERS["n"])
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<span class=\"status status-good\">✓</span>')"
    )
    assert "no word" in page.evaluate(TOLD)[0]


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_with_the_users_own_colours_the_focus_and_the_ticks_are_seen(login, theme: str):
    page = login(USERS["n"])
    page.emulate_media(forced_colors="active", color_scheme=theme)
    page.goto("/employers/new/")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    ring = page.evaluate(
        "(() => { const s = getComputedStyle(document.activeElement); return [s.outlineStyle, parseFloat(s.outlineWidth), s.outlineColor, getComputedStyle(document.body).backgroundColor]; })()"
    )
    assert ring[0] == "solid" and ring[1] >= 2 and ring[2] != ring[3]
    current = page.locator(".site-nav a[aria-current]").first
    other = page.locator(".site-nav a:not([aria-current])").first
    line = "one => getComputedStyle(one).borderBottomColor"
    assert current.evaluate(line) != other.evaluate(line)
    case = open_unhidden(page)
    page.goto(f"{case}interviews/new/")
    assert page.locator(".form-check-input").first.evaluate("one => getComputedStyle(one).appearance") == "auto"
