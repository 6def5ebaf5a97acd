"""Finding people at the desk: any writing, search before registration, two registrations become one and two again."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.test_monday import button, find, link


def register(page: Page, name: str, kana: str, birth: str) -> str:
    """Search first, then the form; returns the case's address."""
    page.goto("/cases/new/")
    page.locator("#id_name_kana").fill(kana)
    page.locator("#id_birth_on").fill(birth)
    page.locator("#id_birth_on").press("Enter")
    if page.get_by_role("button", name="どれも別の人なので、新しく登録する").count():
        button(page, "どれも別の人なので、新しく登録する")
    page.locator("#id_name").fill(name)
    page.locator("#id_status").select_option(label="生活保護受給者")
    button(page, "受け付ける")
    is_other = page.get_by_role("button", name="別の人なので登録する")
    expect(page.get_by_text("相談を受け付けました").or_(is_other)).to_be_visible()
    if is_other.count():
        button(page, "別の人なので登録する")
    expect(page.get_by_text("相談を受け付けました")).to_be_visible()
    return page.url


def test_find_in_any_writing(login, look):
    page = login("okayama-cw")
    find(page, "ﾚｲｼﾞ")
    expect(page.locator("table.data tbody tr").first).to_contain_text("フリガナ")
    assert page.locator("table.data tbody tr").count() <= 20
    look(page, "search-found")
    find(page, "れいじ S50")
    expect(page.locator("h1")).to_contain_text("れいじ S50")
    narrow = login("okayama-cw", width=390, height=844)
    narrow.locator("#site-search").fill("髙見本")
    narrow.locator("#site-search").press("Enter")
    expect(narrow.locator("h1")).to_contain_text("髙見本")
    look(narrow, "search-found-390")


def test_search_comes_before_registration_and_two_become_one(login, look):
    page = login("okayama-cw")
    page.goto("/cases/new/")
    expect(page.locator("#id_status")).to_have_count(0)
    look(page, "register-search")
    first = register(page, "齋藤 櫻", "サイトウ サクラ", "S60.3.4")

    page.goto("/cases/new/")
    page.keyboard.press("Tab")
    page.locator("#id_name_kana").fill("さいとー さくら")
    page.locator("#id_birth_on").fill("1985/4/3")
    page.locator("#id_birth_on").press("Enter")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("月と日が入れ替わっている")
    expect(alert).to_contain_text("齋藤 櫻")
    look(page, "register-alike")
    second = register(page, "斉藤 桜", "サイトウ サクラ", "S60.4.3")
    expect(page.locator("main")).to_contain_text("同じ人かもしれない登録があります")
    look(page, "case-alike")

    page.goto(first)
    link(page, "見比べる")
    look(page, "person-alike")
    link(page, "見比べて統合")
    look(page, "person-merge")
    button(page, "統合する")
    expect(page.get_by_role("alert")).to_contain_text("同じ人と判断した理由")
    look(page, "person-merge-errors")
    page.locator("input[name=take_name][value=merged]").check()
    page.locator("#id_note").fill("本人に確かめた")
    page.locator("#id_note").press("Control+Enter")
    expect(page.get_by_text("登録を統合しました。")).to_be_visible()
    expect(page.locator(".identity")).to_contain_text("斉藤 桜")
    narrow = login("okayama-cw", width=390, height=844)
    narrow.goto(f"{first}same/")
    look(narrow, "person-alike-390")

    link(page, "同じ人の登録")
    link(page, "統合を取り消す")
    look(page, "person-merge-undo")
    button(page, "統合を取り消す")
    expect(page.get_by_text("統合を取り消しました。")).to_be_visible()
    expect(page).to_have_url(re.compile(re.escape(second)))
    page.goto(first)
    expect(page.locator(".identity")).to_contain_text("齋藤 櫻")


def test_without_javascript(login):
    page = login("okayama-cw", javascript=False)
    url = register(page, "試山 千代", "タメシヤマ チヨ", "S40.1.2")
    page.goto(url)
    link(page, "同じ人の登録")
    expect(page.locator("h1")).to_contain_text("同じ人の登録")
