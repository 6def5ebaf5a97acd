"""Ten journeys in a browser that runs no script: reading, searching, saving and printing still work (D49)."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from cases.weeks import next_workday
from core.periods import add_months
from tests.e2e.conftest import open_unhidden, today
from tests.e2e.test_monday import button, link


@pytest.fixture
def plain(login):
    """Log in with scripts off."""
    return lambda username: login(username, javascript=False)


def fetch(page: Page, name: str | re.Pattern[str], role: str = "link") -> Path:
    """The file behind a link or button of the main part; it is not empty."""
    with page.expect_download() as download:
        page.locator("main").get_by_role(role, name=name).first.click()
    path = Path(download.value.path())
    assert path.stat().st_size > 500
    return path


def pdf_text(path: Path) -> str:
    return "".join("".join(page.extract_text() for page in PdfReader(path).pages).split())


def test_1_the_browser_really_runs_no_script(plain):
    page = plain("okayama-cw")
    page.goto("/cases/new/")
    assert page.evaluate("document.scripts.length") > 0  # they are named, but nothing ran:
    assert page.locator("[data-draft-state]").count() == 0 or page.locator("[data-draft-state]").inner_text() == ""
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_2_search_and_read(plain):
    page = plain("okayama-cw")
    name = page_name(page)
    page.goto("/")
    page.get_by_role("searchbox").fill(name.replace(" ", ""))
    page.get_by_role("button", name="探す").click()
    expect(page.locator("body")).to_contain_text(name)
    assert name not in page.url


def page_name(page: Page) -> str:
    open_unhidden(page)
    return page.locator(".identity-name a").inner_text()


def test_3_take_somebody_in(plain):
    page = plain("okayama-cw")
    page.goto("/cases/new/")
    page.locator("#id_name_kana").fill("むすくりぷと")
    button(page, "探して進む")
    page.locator("#id_birth_on").fill("きのう")
    page.locator("#id_name").fill("無 手順")
    button(page, "受け付ける")
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.locator("#id_name").input_value() == "無 手順"
    page.locator("#id_name_kana").fill("ム テジュン")
    page.locator("#id_birth_on").fill("H2.3.4")
    page.locator("#id_status").select_option(label="生活保護受給者")
    button(page, "受け付ける")
    expect(page.get_by_text("相談を受け付けました")).to_be_visible()


def test_4_write_a_note(plain):
    page = plain("okayama-cw")
    open_unhidden(page)
    link(page, "面談を記録")
    button(page, "保存する")
    expect(page.get_by_role("alert")).to_contain_text("入力を確かめてください")
    page.get_by_role("alert").get_by_role("link").first.click()  # leads to the field
    page.locator("#id_body").fill("スクリプトなしで書いた。\n二行目")
    button(page, "保存する")
    expect(page.get_by_text("面談を記録しました。")).to_be_visible()
    expect(page.locator(".timeline")).to_contain_text("スクリプトなしで書いた。")


def test_5_book_move_and_print_the_slip(plain):
    page = plain("okayama-navi")
    day = next_workday(today() + dt.timedelta(days=150))
    page.goto(f"{open_unhidden(page)}appointments/new/")
    page.locator("#id_starts_at").fill(f"{day:%Y/%m/%d} 11:00")
    button(page, "予約する")
    expect(page.get_by_text("予約しました")).to_be_visible()
    slip = page.request.get(page.url + "slip/")
    assert slip.ok and slip.body().startswith(b"%PDF")
    link(page, "日時を変える")
    page.locator("#id_starts_at").fill(f"{day:%Y/%m/%d} 15:00")
    page.locator("#id_reason").fill("本人の都合")
    button(page, "日時を変える")
    expect(page.locator("h1")).to_contain_text("15:00")


def test_6_narrow_a_list_and_come_back(plain):
    page = plain("okayama-cw")
    page.goto("/cases/")
    page.get_by_label("状態", exact=True).select_option(label="支援中")
    button(page, "絞り込む")
    expect(page.get_by_role("list", name="いまの条件").get_by_role("listitem")).to_have_count(1)
    page.locator("table.data tbody th a").first.click()
    link(page, "一覧へ戻る")
    expect(page).to_have_url(re.compile(r"state=active"))
    page.get_by_role("link", name=re.compile("^条件「状態:支援中」を外す")).click()
    expect(page.get_by_role("list", name="いまの条件")).to_have_count(0)
    link(page, "列を選ぶ")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_7_take_a_list_out(plain):
    page = plain("soja-cw")
    page.goto("/cases/?state=suspended")
    link(page, "Excelに出力")
    page.get_by_label(re.compile("使う目的")).fill("月例連絡調整会議の資料")
    assert fetch(page, "出力する", role="button").read_bytes().startswith(b"PK")


def test_8_print_the_papers(plain):
    page = plain("okayama-cw")
    open_unhidden(page)
    name = "".join(page.locator(".identity-name a").inner_text().split())
    link(page, "書類")
    assert name in pdf_text(fetch(page, re.compile("^支援要請書$")))
    page.go_back()
    page.goto(re.sub(r"/papers/.*|(?<=[0-9a-f]{12})/.*", "/", page.url) + "next-steps/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    button(page, "この内容で表示する")
    expect(page.locator(".steps-sheet")).to_be_visible()


def test_9_record_an_introduction_and_a_job(plain):
    page = plain("okayama-navi")
    open_unhidden(page)
    link(page, "紹介・応募")
    page.locator("#id_employer").select_option(index=1)
    page.locator("#id_job_title").fill("事務補助")
    button(page, "保存する")
    expect(page.get_by_text("紹介・応募を記録しました。")).to_be_visible()
    link(page, "就職を記録")
    page.locator("#id_introduction").select_option(index=1)
    button(page, "保存する")
    expect(page.get_by_text("就職を記録しました。")).to_be_visible()


def test_10_count_and_print_a_report(plain):
    page = plain("soja-manager")
    page.goto("/reports/")
    page.locator("#month-soja").fill(f"{add_months(today(), -2):%Y-%m}")  # the month before may be counted already
    page.locator("form[action='/reports/soja/request/'] button").click()
    for _ in range(60):  # without a script the person asks again
        if page.locator("table.report").count():
            break
        page.wait_for_timeout(500)
        link(page, "いまの状態を見る")
    expect(page.locator("table.report")).to_be_visible()
    assert "合計" in pdf_text(fetch(page, re.compile("^PDF$")))


def test_11_the_menu_the_help_and_the_way_out(plain):
    page = plain("okayama-cw")
    page.locator(".user-menu summary").click()
    page.locator(".user-panel").get_by_role("link", name="使い方").click()
    expect(page.get_by_role("heading", name="使い方", level=1)).to_be_visible()
    page.get_by_role("contentinfo").get_by_role("link", name="アクセシビリティ").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("アクセシビリティ")
    page.locator(".user-menu summary").click()
    page.get_by_role("button", name="ログアウト").click()
    leave = page.get_by_role("button", name="消してログアウトする")
    if leave.count():
        leave.click()
    expect(page.get_by_role("button", name="ログインする")).to_be_visible()
