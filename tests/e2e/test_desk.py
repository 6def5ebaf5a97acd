"""The first screen of a manager and the acts on it, at both widths and without JavaScript."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import today
from tests.e2e.test_monday import button, link
from tests.e2e.test_month import ask_for, wait_for_figures

WIDTHS = [(1366, 768), (390, 844)]


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_a_managers_first_screen(login, look, width, height):
    page = login("okayama-manager", width=width, height=height)
    if "まだ集計した月がありません" in page.locator("main").inner_text():
        ask_for(page, "okayama", f"{today() - dt.timedelta(days=today().day):%Y-%m}")
        wait_for_figures(page)
        page.goto("/")
    figures = page.get_by_role("region", name="今月までの数字")
    for label in ("支援対象者数", "就職者数", "就職率"):
        expect(figures).to_contain_text(label)
    desks = page.locator("details.desk")
    assert desks.count() >= 2
    assert page.locator("details.desk[open]").count() == 1
    look(page, f"desk-manager-{width}")
    # A group opens by keyboard, and its first line can be dealt with by one click.
    summary = desks.nth(1).locator("summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(desks.nth(1).locator("li").first.get_by_role("link").last).to_be_visible()
    look(page, f"desk-manager-open-{width}")
    assert page.locator(".site-nav li").count() <= 7
    if width == 390:
        assert page.evaluate("document.documentElement.scrollHeight") < 8000


def test_groups_open_without_javascript(login):
    page = login("okayama-manager", javascript=False)
    second = page.locator("details.desk").nth(1)
    expect(second.locator("li").first).not_to_be_visible()
    second.locator("summary").click()
    expect(second.locator("li").first).to_be_visible()


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_a_no_show_is_taken_back(login, look, width, height):
    page = login("okayama-navi", width=width, height=height)
    look(page, f"desk-worker-{width}")
    assert page.locator(".site-nav li").count() <= 7
    page.goto("/cases/?state=active&visit=booked&worker=me")
    page.locator("table.data tbody th a").first.click()
    page.locator("#now").get_by_role("button", name="無断欠席").click()
    message = page.locator(".notice-success")
    expect(message).to_contain_text("「無断欠席」と記録しました")
    look(page, f"desk-no-show-{width}")
    message.get_by_role("button", name="取り消す").click()
    expect(page.locator(".notice-success")).to_contain_text("無断欠席の記録を取り消しました")
    expect(page.locator("main")).to_contain_text("予約中")
    look(page, f"desk-no-show-undone-{width}")


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_pages_that_ask_before(login, look, width, height):
    manager = login("okayama-manager", width=width, height=height)
    manager.goto("/meetings/")
    confirm = None
    for anchor in manager.locator("main a[href^='/meetings/']").all():
        href = str(anchor.get_attribute("href"))
        if re.fullmatch(r"/meetings/[0-9a-f-]{36}/", href):
            confirm = f"{href}confirm/"
            break
    assert confirm is not None
    manager.goto(confirm)
    expect(manager.locator("main")).to_contain_text("このあとどうなるか")
    look(manager, f"desk-ask-minutes-{width}")
    link(manager, "やめる")
    expect(manager).to_have_url(re.compile(r"/meetings/[0-9a-f-]{36}/$"))
    operator = login("admin", width=width, height=height)
    operator.goto("/accounts/")
    link(operator, "soja-interpreter")
    link(operator, "利用を止める")
    look(operator, f"desk-ask-disable-{width}")
    button(operator, "利用を止める")
    expect(operator.locator(".notice-success")).to_contain_text("「利用を再開する」で戻せます")
    button(operator, "利用を再開する")
