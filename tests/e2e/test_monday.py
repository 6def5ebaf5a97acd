"""A Monday at the desk: the caseworker's and the navigator's path, in a real browser."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import open_unhidden

NAME, KANA = "一日 月曜", "ツイタチ ゲツヨウ"


def button(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def link(page: Page, name: str) -> None:
    page.locator("main").get_by_role("link", name=name, exact=True).first.click()


def find(page: Page, text: str) -> None:
    page.keyboard.press("/")
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_monday(login, look):
    worker = login("okayama-cw")
    look(worker, "today-caseworker")

    # Search comes before registration; nobody is found, so the person is taken in.
    find(worker, "ついたち")
    expect(worker.get_by_text("当てはまるケースはありません")).to_be_visible()
    look(worker, "search-empty")
    worker.goto("/cases/new/")
    worker.locator("#id_name_kana").fill("ついたち")
    button(worker, "探して進む")
    expect(worker.get_by_text("見える範囲から同じ人を探しました")).to_be_visible()
    button(worker, "受け付ける")
    expect(worker).to_have_title(re.compile("^エラー："))
    expect(worker.get_by_role("alert")).to_contain_text("氏名を入力してください。")
    look(worker, "intake-errors")
    worker.locator("#id_name").fill(NAME)
    worker.locator("#id_name_kana").fill("ついたち げつよう")
    worker.locator("#id_birth_on").fill("昭和64年2月30日")
    worker.locator("#id_status").select_option(label="生活保護受給者")
    button(worker, "受け付ける")
    expect(worker.get_by_role("alert")).to_contain_text("1989年2月は28日まで")
    assert worker.locator("#id_name").input_value() == NAME
    worker.locator("#id_birth_on").fill("Ｓ５５．４．１")
    button(worker, "受け付ける")
    expect(worker.get_by_text("相談を受け付けました")).to_be_visible()
    case_url = worker.url
    expect(worker.locator(".identity")).to_contain_text("見本 一子")  # in charge from the first day
    look(worker, "case-intake")

    # An interview with homework and the next appointment, all in one form, sent by keyboard.
    link(worker, "面談を記録")
    expect(worker.locator(".readers")).to_contain_text("岡山市北区中央福祉事務所")
    look(worker, "interview-form")
    worker.locator("#id_body").fill("働きたい気持ちを聞いた。\n来週また話す。")
    worker.locator("#id_homework").fill("履歴書を書いてくる")
    worker.locator("#id_next_at").fill("2035/12/5 9:00")
    worker.locator("#id_body").press("Control+Enter")
    expect(worker.get_by_text("面談を記録しました。")).to_be_visible()
    expect(worker.locator(".timeline")).to_contain_text("働きたい気持ちを聞いた。")
    expect(worker.locator(".identity")).to_contain_text("9:00")

    # The request with the four conditions; first a mistake, then right.
    link(worker, "支援要請")
    look(worker, "request-form")
    for name in ("ability", "motivation", "no_obstacle", "agrees"):
        worker.locator(f"input[name={name}][value=yes]").check()
    worker.locator("input[name=no_obstacle][value=no]").check()
    worker.locator("input[name=consent_method][value=paper]").check()
    button(worker, "支援要請を送る")
    expect(worker.get_by_role("alert")).to_contain_text("③阻害要因がないこと")
    look(worker, "request-errors")
    worker.locator("input[name=no_obstacle][value=yes]").check()
    button(worker, "支援要請を送る")
    expect(worker.get_by_text("支援要請を送りました。")).to_be_visible()
    worker.locator(".identity").get_by_role("link", name="見える範囲: 2機関").click()
    expect(worker.locator("main")).to_contain_text("ハローワーク岡山")
    look(worker, "visibility")

    # The navigator finds the request first thing, accepts, plans, introduces, places.
    navigator = login("okayama-navi")
    look(navigator, "today-navigator")
    find(navigator, "ツイタチ")
    expect(navigator).to_have_url(case_url)
    link(navigator, "支援要請に答える")
    look(navigator, "answer")
    button(navigator, "受理する")
    expect(navigator.get_by_text("受理しました。")).to_be_visible()
    link(navigator, "支援プラン")
    look(navigator, "plan-form")
    navigator.locator("#id_goal").fill("週3日から働きたい")
    navigator.locator("#id_menu_1").select_option(label="職業相談・職業紹介")
    navigator.locator("#id_person_agreed_on").fill("R8.11.1")
    button(navigator, "プランを保存する")
    expect(navigator.get_by_text("支援プランを保存し")).to_be_visible()

    worker.goto(case_url)
    link(worker, "プランを確認する")
    look(worker, "plan-confirm")
    button(worker, "プランを確認する")
    expect(worker.locator(".identity")).to_contain_text("支援中")

    navigator.goto(case_url)
    link(navigator, "紹介・応募")
    look(navigator, "introduction-form")
    navigator.locator("#id_employer").select_option(index=1)
    navigator.locator("#id_job_title").fill("清掃員")
    button(navigator, "保存する")
    expect(navigator.get_by_text("紹介・応募を記録しました。")).to_be_visible()
    link(navigator, "就職を記録")
    look(navigator, "placement-form")
    button(navigator, "保存する")
    expect(navigator.get_by_text("就職を記録しました。")).to_be_visible()
    expect(navigator.locator(".identity")).to_contain_text("就職・定着支援中")
    expect(navigator.locator("main")).to_contain_text("定着確認 12か月")
    look(navigator, "case-placed")

    # The person takes the consent back: within one request Hello Work is out, the city keeps all.
    worker.goto(f"{case_url}visibility/")
    link(worker, "撤回を記録する")
    look(worker, "withdraw")
    worker.locator("#id_note").fill("本人から電話")
    button(worker, "撤回を記録する")
    expect(worker.get_by_text("同意の撤回を記録しました。")).to_be_visible()
    assert navigator.goto(case_url).status == 404
    expect(worker.locator(".timeline")).to_contain_text("清掃員")


def test_a_stranger_gets_404(login):
    mine = login("okayama-cw")
    mine.goto("/cases/")
    url = mine.locator("table.data tbody a").first.get_attribute("href")
    theirs = login("soja-cw")
    assert theirs.goto(url).status == 404
    assert theirs.goto("/agreements/okayama/").status == 404
    assert theirs.goto("/reports/okayama/2023-12/").status == 404


def test_without_javascript(login):
    page = login("okayama-cw", javascript=False)
    page.get_by_role("searchbox").fill("れいじ")
    page.get_by_role("button", name="探す").click()
    expect(page.locator("table.data tbody tr").first).to_be_visible()
    page.goto("/cases/?state=active")
    page.locator("table.data tbody a").first.click()
    link(page, "面談を記録")
    page.locator("#id_body").fill("JavaScriptなしの記録")
    button(page, "保存する")
    expect(page.get_by_text("面談を記録しました。")).to_be_visible()


def test_two_savers_see_each_other(login, look):
    first, second = login("okayama-cw"), login("okayama-worker")
    url = open_unhidden(first)
    for page in (first, second):
        page.goto(f"{url}contact/")
    first.locator("#id_contact_note").fill("午前のみ")
    button(first, "保存する")
    expect(first.get_by_text("連絡先を保存しました。")).to_be_visible()
    second.locator("#id_contact_note").fill("夕方のみ")
    button(second, "保存する")
    expect(second.get_by_role("alert")).to_contain_text("ほかの人が先に保存しました")
    expect(second.locator("table.data")).to_contain_text("午前のみ")
    assert second.locator("#id_contact_note").input_value() == "夕方のみ"
    look(second, "conflict")
    button(second, "保存する")
    expect(second.get_by_text("連絡先を保存しました。")).to_be_visible()
