"""Steps that several journeys take: a person of one's own is taken in, sent, taken on, planned with; all on screen."""

from __future__ import annotations

import datetime as dt
import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import today
from tests.e2e.test_monday import button

CASE = re.compile(r"/cases/[0-9a-f-]{36}/$")


def fill_day(page: Page, field: str, day: dt.date | None) -> None:
    """Type a day; without one the field keeps what stands in it, mostly today."""
    if day is not None:
        page.locator(field).fill(f"{day:%Y/%m/%d}")


def take_in(page: Page, name: str, kana: str, *, status: str = "生活保護受給者", on: dt.date | None = None) -> str:
    """A new person at the counter of whoever is logged in; the case's address."""
    page.goto("/cases/new/")
    page.locator("#id_name_kana").fill(kana)
    button(page, "探して進む")
    page.locator("#id_name").fill(name)
    page.locator("#id_status").select_option(label=status)
    fill_day(page, "#id_opened_on", on)
    button(page, "受け付ける")
    page.wait_for_url(CASE)
    return page.url


def check_conditions(page: Page, *names: str) -> None:
    for name in names or ("ability", "motivation", "no_obstacle", "agrees"):
        page.locator(f"input[name={name}][value=yes]").check()


def send(page: Page, case: str, message: str = "") -> None:
    """The city sends the request with the consent on paper."""
    page.goto(f"{case}request/")
    check_conditions(page)
    page.locator("input[name=consent_method][value=paper]").check()
    page.locator("#id_message").fill(message)
    button(page, "支援要請を送る")
    expect(page.locator(".notice-success")).to_contain_text("支援要請を送りました")


def accept(page: Page, case: str, *, navigator: str = "試行 四季", on: dt.date | None = None) -> None:
    """Hello Work takes the person on."""
    page.goto(f"{case}request/answer/")
    page.locator("#id_accept-navigator").select_option(label=navigator)
    fill_day(page, "#id_accept-started_on", on)
    button(page, "受理する")
    expect(page.locator(".notice-success")).to_contain_text("受理しました")


def taken_on(
    city: Page,
    office: Page,
    name: str,
    kana: str,
    *,
    status: str = "生活保護受給者",
    navigator: str = "試行 四季",
    on: dt.date | None = None,
) -> str:
    """A person whom both sides see and Hello Work has taken on, since that day; the case's address."""
    case = take_in(city, name, kana, status=status, on=on)
    send(city, case)
    accept(office, case, navigator=navigator, on=on)
    return case


def in_support(city: Page, office: Page, name: str, kana: str) -> str:
    """A person with a plan that everybody agreed to; the case's address."""
    case = taken_on(city, office, name, kana)
    office.goto(f"{case}plan/")
    office.locator("#id_goal").fill("週3日から働きたい")
    office.locator("#id_menu_1").select_option(label="職業相談・職業紹介")
    fill_day(office, "#id_person_agreed_on", today())
    button(office, "プランを保存する")
    expect(office.locator(".notice-success")).to_contain_text("支援プランを保存し")
    city.goto(f"{case}plan/confirm/")
    button(city, "プランを確認する")
    expect(city.locator(".identity")).to_contain_text("支援中")
    return case


def look_back(page: Page) -> None:
    """On the form of a review: nothing is proposed, so each menu and what comes next is chosen."""
    results = page.locator("select[id^=id_result_]")
    for number in range(results.count()):
        results.nth(number).select_option(label="一部できた")
    page.locator("#id_outcome").select_option(label="プランのまま続ける")


def line(page: Page, name: str) -> Locator:
    """What 今日 says about this person; the page is opened anew."""
    page.goto("/")
    return page.locator("main li", has_text=name)
