"""A list as people use it: narrow it, take a condition away, keep it, choose columns, come back, take it out."""

from __future__ import annotations

import re

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_monday import button, link


def first_name(page: Page) -> str:
    return page.locator("table.data tbody th a").first.inner_text()


# Other tests of this stack may have talked with everybody of this worker: the oldest active case is silent again.
SILENT_AGAIN = """
    UPDATE cases_interview SET held_at = held_at - interval '90 days' WHERE case_id = (
        SELECT c.id FROM cases_case c JOIN cases_assignment a ON a.case_id = c.id JOIN accounts_user u ON u.id = a.user_id
         WHERE u.username = %s AND a.ends_on IS NULL AND c.state = 'active' ORDER BY c.opened_on LIMIT 1
    )"""


def test_narrow_keep_and_come_back(login, look, sql):
    page = login("okayama-cw")
    page.goto("/cases/")
    look(page, "lists-cases")
    page.get_by_label("状態", exact=True).select_option(label="支援中")
    page.get_by_label("並び順").select_option(label="フリガナの順")
    page.get_by_text("ほかの条件").click()
    page.get_by_label("次回予約").select_option(label="なし")
    button(page, "絞り込む")
    expect(page.get_by_role("list", name="いまの条件").get_by_role("listitem")).to_have_count(2)
    look(page, "lists-narrowed")

    # By keyboard alone: to the chip, and it is gone.
    chip = page.get_by_role("link", name="条件「次回予約:なし」を外す")
    chip.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("list", name="いまの条件").get_by_role("listitem")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"/cases/\?state=active&sort=kana$"))

    # Into a case, through a form, and back to the same list and row.
    name = first_name(page)
    page.locator("table.data tbody th a").first.click()
    link(page, "面談を記録")
    page.go_back()
    link(page, "一覧へ戻る")
    expect(page).to_have_url(re.compile(r"/cases/\?state=active&sort=kana#row-"))
    assert first_name(page) == name
    page.keyboard.press("Tab")  # the keyboard goes on from that row
    assert page.evaluate("document.activeElement.closest('table') !== null")

    link(page, "いまの表示を保存・整理")
    button(page, "保存する")
    expect(page.get_by_role("alert")).to_contain_text("表示の名前を入力してください")
    look(page, "lists-view-errors")
    page.get_by_label(re.compile("表示の名前")).fill("支援中・五十音")
    page.get_by_label(re.compile("表示の名前")).press("Control+Enter")
    expect(page.get_by_text("「支援中・五十音」を保存しました。")).to_be_visible()
    views = page.get_by_role("navigation", name="保存した表示")
    expect(views.get_by_role("link", name="支援中・五十音")).to_have_attribute("aria-current", "true")
    sql(SILENT_AGAIN, "okayama-cw")
    views.get_by_role("link", name="30日連絡なし").click()
    expect(page.locator("thead")).to_contain_text("最後の面談・連絡")
    look(page, "lists-view")
    link(page, "いまの表示を保存・整理")
    look(page, "lists-views")
    page.get_by_role("link", name=re.compile("^消す.*支援中・五十音")).click()
    page.locator("main").get_by_role("button", name="消す").click()
    expect(page.get_by_text("「支援中・五十音」を消しました。")).to_be_visible()

    narrow = login("okayama-cw", width=390, height=844)
    narrow.goto("/cases/?state=active&visit=none")
    look(narrow, "lists-narrowed-390")
    link(narrow, "条件をすべて外す")
    expect(narrow.get_by_role("list", name="いまの条件")).to_have_count(0)
    narrow.go_back()
    link(narrow, "いまの表示を保存・整理")
    look(narrow, "lists-views-390")
    narrow.goto("/placements/")
    look(narrow, "lists-placements-390")


def test_columns_by_keyboard_and_without_javascript(login, look):
    page = login("soja-cw", javascript=False)
    page.goto("/cases/")
    link(page, "列を選ぶ")
    page.get_by_label("話す言語").check()
    up = page.get_by_role("button", name="↑ 番号を前へ")
    up.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="↑ 番号を前へ")).to_be_focused()
    expect(page.get_by_label("話す言語")).to_be_checked()  # what was ticked before stays
    page.get_by_label("年齢").uncheck()
    page.get_by_label("年齢").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("列を変えました。")).to_be_visible()
    headings = page.locator("thead th").all_inner_texts()
    assert headings[:3] == ["氏名", "番号", "状態"]
    assert headings[-1] == "話す言語"
    assert "年齢" not in headings
    link(page, "列を選ぶ")
    button(page, "はじめの並びに戻す")
    expect(page.locator("thead")).to_contain_text("年齢")

    seen = login("soja-cw")
    seen.goto("/lists/cases/columns/")
    look(seen, "lists-columns")
    narrow = login("soja-cw", width=390, height=844)
    narrow.goto("/lists/cases/columns/")
    look(narrow, "lists-columns-390")


@pytest.mark.parametrize("username", ["soja-cw", "soja-navi"])
def test_taking_a_list_out(login, look, tmp_path, username: str):
    page = login(username)
    page.goto("/cases/?state=suspended")
    shown = [name.inner_text() for name in page.locator("table.data tbody th a").all()]
    assert 0 < len(shown) <= 50
    link(page, "Excelに出力")
    look(page, "lists-export")
    button(page, "出力する")
    expect(page.get_by_role("alert")).to_contain_text("使う目的を入力してください")
    look(page, "lists-export-errors")
    page.get_by_label(re.compile("使う目的")).fill("月例連絡調整会議の資料")
    with page.expect_download() as download:
        button(page, "出力する")
    file = tmp_path / "cases.xlsx"
    download.value.save_as(file)
    rows = list(openpyxl.load_workbook(file).worksheets[0].iter_rows(values_only=True))
    head = next(number for number, row in enumerate(rows) if row[0] == "氏名")
    assert [row[0] for row in rows[head + 1 :]] == shown
    page.goto("/exports/")
    expect(page.locator("main")).to_contain_text("月例連絡調整会議の資料")
    look(page, "lists-exports-own")


def test_a_second_person_approves(login, look):
    worker = login("okayama-cw")
    worker.goto("/exports/")
    expect(worker.locator("main")).to_contain_text("承認待ち")
    manager = login("okayama-manager")
    manager.goto("/cases/")
    manager.get_by_role("link", name=re.compile("出力の記録.承認待ち1件")).click()
    look(manager, "lists-exports")
    manager.get_by_role("link", name=re.compile("^承認する")).first.click()
    look(manager, "lists-export-approve")
    manager.locator("main").get_by_role("button", name="承認する").click()
    expect(manager.get_by_text("出力を承認しました。")).to_be_visible()
    worker.reload()
    with worker.expect_download() as download:
        worker.get_by_role("button", name=re.compile("取り出す")).click()
    assert download.value.suggested_filename.endswith(".xlsx")
    worker.reload()
    expect(worker.get_by_role("button", name=re.compile("取り出す"))).to_have_count(0)
    narrow = login("okayama-manager", width=390, height=844)
    narrow.goto("/exports/")
    look(narrow, "lists-exports-390")


def test_bookings_and_employers_as_lists(login, look):
    page = login("okayama-cw")
    page.goto("/appointments/")
    link(page, "一覧で見る")
    look(page, "lists-bookings")
    page.get_by_label("日", exact=True).select_option(label="すべて")
    page.get_by_label("並び順").select_option(label="日時の遅い順")
    button(page, "絞り込む")
    expect(page).to_have_url(re.compile(r"/appointments/list/\?when=all&"))
    page.locator("table.data tbody td a").first.click()  # the person
    link(page, "一覧へ戻る")
    expect(page).to_have_url(re.compile(r"/appointments/list/\?when=all&sort=late#row-"))
    page.get_by_role("navigation", name="保存した表示").get_by_role("link", name="過去30日の欠席").click()
    expect(page.get_by_role("list", name="いまの条件")).to_contain_text("無断欠席")

    page.goto("/employers/")
    look(page, "lists-employers")
    first = first_name(page)
    page.locator("table.data tbody th a").first.click()
    expect(page.locator("h1")).to_have_text(first)
    link(page, "一覧へ戻る")
    expect(page).to_have_url(re.compile(r"/employers/\?vacancies=#row-"))
    page.get_by_label("名前・フリガナ・業種・所在地").fill(first)
    page.get_by_label("名前・フリガナ・業種・所在地").press("Enter")
    expect(page).to_have_url(re.compile(r"/employers/search/$"))
    expect(page.locator("table.data tbody")).to_contain_text(first)
    look(page, "lists-employers-found")

    narrow = login("okayama-cw", width=390, height=844)
    for path, name in (("/appointments/list/", "bookings"), ("/employers/", "employers")):
        narrow.goto(path)
        look(narrow, f"lists-{name}-390")


def test_two_people_who_look_like_one(login, look):
    page = login("okayama-cw")
    page.locator("#site-search").fill("渡邉仮 健")
    page.locator("#site-search").press("Enter")
    page.locator("table.data tbody th a").first.click()
    link(page, "見比べる")
    look(page, "same-alike")
    page.get_by_role("link", name="別人と確認した").first.click()
    button(page, "別人と記録する")
    expect(page.get_by_role("alert")).to_contain_text("別人と確認した理由を入力してください")
    look(page, "same-not-errors")
    page.get_by_label(re.compile("別人と確認した理由")).fill("生年月日を本人に確かめた")
    button(page, "別人と記録する")
    expect(page.locator("main")).to_contain_text("生年月日を本人に確かめた")
    look(page, "same-not-said")
    page.get_by_role("button", name=re.compile("確認を取り消す")).first.click()
    expect(page.get_by_text("別人の確認を取り消しました。")).to_be_visible()
    page.goto("/funnel/")
    expect(page.get_by_label("相談受付日(から)")).not_to_have_value("")
    look(page, "funnel-days")

    narrow = login("okayama-cw", width=390, height=844)
    narrow.locator("#site-search").fill("双葉仮")
    narrow.locator("#site-search").press("Enter")
    narrow.locator("table.data tbody th a").first.click()
    link(narrow, "同じ人の登録")
    expect(narrow.locator("main")).to_contain_text("父と子")
    look(narrow, "same-not-said-390")
