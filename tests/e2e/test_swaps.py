"""Parts of a page that change by themselves: the focus stays, the news is read out once, Back gives the page (D9)."""

from __future__ import annotations

import re

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests import servers
from tests.e2e.test_entry import to_form
from tests.e2e.test_month import ask_for, wait_for_figures

# Every place that swaps, and the test that looks at it; a new one needs a line and a test.
SWAPS = {
    ("templates/reports/_progress.html", "hx-get"): "test_the_progress_of_a_report",
    ("cases/forms/person.py", "hx-post"): "test_the_address_of_a_postcode",
}
ACTING = re.compile(r"\b(hx-(?:get|post|put|patch|delete|boost|ws|sse))\b")
ROOMS = ("accounts", "agreements", "cases", "core", "employers", "reports")
MONTH = "2023-10"
WATCH = """() => {
  window.said = [];
  new MutationObserver(() => window.said.push(document.getElementById("progress-said").innerText.trim()))
    .observe(document.getElementById("progress-said"), { childList: true, characterData: true, subtree: true });
}"""


def test_every_swap_is_listed():
    rooms = [servers.ROOT / room for room in ("templates", *ROOMS)]
    found = {
        (str(path.relative_to(servers.ROOT)), attribute)
        for room in rooms
        for path in [*room.rglob("*.html"), *room.rglob("*.py")]
        for attribute in ACTING.findall(path.read_text(encoding="utf-8"))
    }
    assert found == set(SWAPS)
    assert set(SWAPS.values()) <= set(globals())


@pytest.fixture
def put(database: str):
    """Put the report where the worker would have brought it."""

    def change(status: str, step: int) -> None:
        with psycopg.connect(host=servers.SOCKET, user="postgres", dbname=database) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(
                "UPDATE reports_monthlyreport SET status = %s, step = %s, requested_at = now(), claimed_at = now()"
                " WHERE month = %s",
                [status, step, f"{MONTH}-01"],
            )

    return change


def polls(page: Page, times: int) -> None:
    for _ in range(times):
        with page.expect_response("**/reports/okayama/**"):
            pass


def test_the_progress_of_a_report(login, put, look):
    page = login("okayama-manager")
    ask_for(page, "okayama", MONTH)
    wait_for_figures(page)
    address = page.url
    put("queued", 0)
    page.goto(address)
    expect(page.locator("#progress")).to_have_attribute("aria-busy", "true")
    said = page.locator("#progress-said")
    expect(said).to_have_attribute("role", "status")
    page.evaluate(WATCH)
    page.locator("#progress-link").focus()
    # Nothing new: nothing is read out, and the focus stays on the link while its panel is exchanged.
    polls(page, 2)
    assert page.evaluate("window.said") == []
    assert page.evaluate("document.activeElement.id") == "progress-link"
    put("counting", 2)
    expect(said).to_contain_text("5のうち2")
    polls(page, 2)
    assert len(page.evaluate("window.said")) == 1
    assert page.evaluate("document.activeElement.id") == "progress-link"
    look(page, "swap-progress")
    put("counted", 5)
    expect(said).to_have_text("集計が終わりました。結果を見られます。")
    assert page.locator("#progress[aria-busy]").count() == 0
    assert page.evaluate("document.activeElement.id") == "progress-link"
    look(page, "swap-done")
    # The keyboard goes on from where it was; Back leads to the same page, by now with its figures.
    page.keyboard.press("Enter")
    page.locator("table.report").wait_for()
    heading = page.locator("h1").inner_text()
    page.go_back()
    expect(page.locator("h1")).to_have_text(heading)
    expect(page.locator("table.report")).to_be_visible()


def test_the_address_of_a_postcode(login):
    page = login("okayama-cw")
    to_form(page, "コウカン スミ")
    page.locator("#id_name").fill("検査 児童")
    page.locator("#id_postal_code").fill("7000913")
    said = page.locator("#address-found")
    expect(said).to_have_attribute("role", "status")
    page.evaluate(WATCH.replace("progress-said", "address-found"))
    page.get_by_role("button", name="住所を入れる").focus()
    page.keyboard.press("Enter")
    expect(said).to_contain_text("丁目・番地から後を続けて")
    # The live region itself stays, so that it is read out, once; the focus stays on the button.
    assert len(page.evaluate("window.said")) == 1
    assert "住所を入れる" in page.evaluate("document.activeElement.textContent")
    # The new line counts as the old one did, and says so to the draft.
    page.locator("#id_address").fill("岡山県" * 90)
    expect(page.locator("#id_address_count")).to_have_text("あと30字")
    expect(page.locator("#id_name")).to_have_value("検査 児童")
    # Nothing was added to the history: Back leads to where one came from.
    before = page.url
    page.goto("/cases/")
    page.go_back()
    expect(page).to_have_url(before)


def test_the_progress_ends_in_a_failure(login, put):
    page = login("okayama-manager")
    page.goto(f"/reports/okayama/{MONTH}/")
    put("counting", 1)
    page.reload()
    expect(page.locator("#progress")).to_be_visible()
    put("failed", 1)
    expect(page.locator("#progress-said")).to_have_text("数えられませんでした。")
    expect(page.get_by_role("link", name="理由を見る")).to_be_visible()
    put("counted", 5)
