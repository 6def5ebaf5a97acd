"""The calendar on the real stack: week, day, narrow screen, booking, clash, move, no-show on both sides, slip, feed."""

from __future__ import annotations

import datetime as dt
import re
import urllib.request

from playwright.sync_api import Page, expect

from cases.weeks import next_workday
from tests.e2e.conftest import open_unhidden, today


def button(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def free_day() -> dt.date:
    """A working day far ahead, on which nobody has booked."""
    return next_workday(today() + dt.timedelta(days=120))


def busy_day() -> dt.date:
    """In a week in which the demo has three days of bookings or more: it books the next ten days, and this week may be over."""
    return next_workday(today() + dt.timedelta(days=3))


def test_the_week_on_wide_and_narrow_screens(login, look):
    worker = login("okayama-navi")
    worker.goto(f"/appointments/?on={busy_day():%Y-%m-%d}")
    expect(worker.locator("table.week")).to_be_visible()
    expect(worker.locator("table.week .mark-slot").first).to_contain_text("窓口 9:00〜12:00")
    assert worker.locator("table.week .booking").count() > 3
    look(worker, "calendar-week")
    worker.get_by_label("だれの予約・どの窓口").select_option(label="ジョブ・サポ岡山")
    button(worker, "表示する")
    expect(worker.locator("main h2").first).to_have_text("ジョブ・サポ岡山")
    look(worker, "calendar-site")
    worker.goto("/appointments/?on=2026-11-25")
    expect(worker.locator("table.week thead")).to_contain_text("勤労感謝の日")
    expect(worker.locator("table.week thead th")).to_have_count(6)
    worker.get_by_role("link", name="日で見る").click()
    expect(worker.locator("h1")).to_contain_text("令和8年11月25日(水)")
    look(worker, "calendar-day")
    phone = login("okayama-navi", width=390, height=844)
    phone.goto(f"/appointments/?on={busy_day():%Y-%m-%d}")
    expect(phone.locator("table.week")).to_be_hidden()
    expect(phone.locator(".week-narrow .booking").first).to_be_visible()
    look(phone, "calendar-narrow")


def test_weeks_turn_by_keyboard_and_without_javascript(login):
    page = login("okayama-navi", javascript=False)
    page.goto("/appointments/?on=2026-11-25")
    following = page.get_by_role("link", name="次の週 →")
    following.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**on=2026-11-30**")
    expect(page.locator("h1")).to_contain_text("令和8年11月30日(月)")


def test_book_from_free_times_then_clash_move_and_slip(login, look):
    navigator = login("okayama-navi")
    case = open_unhidden(navigator)
    navigator.goto(f"{case}appointments/new/")
    expect(navigator.locator("input[name=suggestion]")).to_have_count(6)
    look(navigator, "booking-form")
    navigator.locator("input[name=suggestion]").first.check()
    navigator.locator("#id_bring").fill("履歴書、筆記用具")
    button(navigator, "予約する")
    expect(navigator.get_by_text("予約しました")).to_be_visible()
    look(navigator, "booking")
    slip = navigator.request.get(navigator.url + "slip/?lang=pt")
    assert slip.ok and slip.body().startswith(b"%PDF")

    # The same hour a second time: refused, and everything that was typed stays.
    day = free_day()
    for _ in range(2):
        navigator.goto(f"{case}appointments/new/")
        navigator.locator("#id_starts_at").fill(f"{day:%Y/%m/%d} 10:00")
        navigator.locator("#id_bring").fill("写真")
        button(navigator, "予約する")
    expect(navigator.get_by_role("alert")).to_contain_text(
        re.compile("予約が重なります: .*10:00〜11:00\\(会う人の予約\\)")
    )
    assert navigator.locator("#id_bring").input_value() == "写真"
    look(navigator, "booking-clash")

    navigator.goto(f"/appointments/?on={day:%Y-%m-%d}")
    navigator.locator("table.week .booking a").first.click()
    navigator.get_by_role("link", name="日時を変える").click()
    navigator.locator("#id_starts_at").fill(f"{day:%Y/%m/%d} 14:00")
    navigator.locator("#id_reason").fill("本人の通院のため")
    look(navigator, "booking-move")
    button(navigator, "日時を変える")
    expect(navigator.locator("main")).to_contain_text("本人の通院のため")
    expect(navigator.locator("h1")).to_contain_text("14:00")
    navigator.get_by_role("link", name="取り消す").click()
    expect(navigator.locator("main")).to_contain_text("14:00 の予約を取り消します")
    look(navigator, "booking-cancel")
    navigator.locator("#id_reason").fill("本人の都合")
    button(navigator, "取り消す")
    expect(navigator.locator(".timeline")).to_contain_text("本人の都合")


def test_a_no_show_rings_the_other_side_until_somebody_acts(login, look):
    city = login("okayama-manager")
    closed = city.locator("details.desk:not([open]) > summary")
    while closed.count():
        closed.first.click()
    lines = city.locator("li", has_text="連絡をとりましょう")
    expect(lines.first).to_contain_text("HW")
    look(city, "no-show-today")
    name = lines.first.locator("a").first.inner_text()
    lines.first.get_by_role("button", name=re.compile("^連絡した")).click()
    expect(city.get_by_text(f"{name}さんに連絡したことを記録しました。")).to_be_visible()
    expect(city.locator("li", has_text="連絡をとりましょう").filter(has_text=name)).to_have_count(0)


def test_slots_desks_notices_and_the_feed(login, look, base_url):
    navigator = login("okayama-navi")
    navigator.goto("/slots/")
    look(navigator, "slots")
    navigator.get_by_role("link", name="時間を加える").click()
    navigator.locator("#id_weekday").select_option(label="土曜日")
    navigator.locator("#id_start_time").fill("１３時")
    navigator.locator("#id_end_time").fill("12:00")
    button(navigator, "保存する")
    expect(navigator.get_by_role("alert")).to_contain_text("終了時刻は開始時刻より後にしてください。")
    look(navigator, "slot-error")
    navigator.goto("/notices/")
    button(navigator, "アドレスを作る")
    address = navigator.locator("#feed-address").input_value()
    look(navigator, "notices")
    with urllib.request.urlopen(address.replace("localhost", "127.0.0.1")) as answer:
        text = answer.read().decode()
    assert "SUMMARY:予約(来所)" in text
    assert "さん" not in text
    manager = login("okayama-manager")
    manager.goto("/agreements/okayama/")
    manager.get_by_role("link", name="席・部屋").first.click()
    manager.locator("#id_name").fill("面談室")
    button(manager, "加える")
    expect(manager.get_by_text("面談室を加えました。")).to_be_visible()
    look(manager, "desks")


def test_today_is_marked(login):
    page = login("okayama-navi")
    page.goto(f"/appointments/?on={today():%Y-%m-%d}&view=day")
    expect(page.locator("table.week thead")).to_contain_text("今日")
