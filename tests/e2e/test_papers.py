"""Paper in a real browser: printed, extended, reviewed, blacked, replaced; every new screen looked at."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.e2e.conftest import open_unhidden
from tests.e2e.journeys import look_back

KEPT = os.environ.get("PAPERS_KEPT")  # a folder in which the printed files are kept for looking at


def fetch(page: Page, link: str | re.Pattern[str], role: str = "link") -> str:
    """Save what the link or button prints; returns its text without blanks."""
    with page.expect_download() as download:
        page.get_by_role(role, name=link).first.click()
    path = Path(download.value.path())
    name = download.value.suggested_filename
    assert name.endswith(".pdf")
    if KEPT:
        (Path(KEPT) / name).write_bytes(path.read_bytes())
    reader = PdfReader(io.BytesIO(path.read_bytes()))
    return "".join("".join(part.extract_text() for part in reader.pages).split())


def open_case(page: Page, state: str = "active") -> str:
    open_unhidden(page, f"?state={state}")
    return page.locator(".identity-name a").inner_text()


def test_papers_of_a_case(login, look):
    page = login("okayama-cw")
    name = "".join(open_case(page).split())
    page.get_by_role("link", name="書類", exact=True).click()
    look(page, "papers")
    for link in ("支援要請書", "個人票A", "チェックシート", "同意書"):
        assert name in fetch(page, re.compile(f"^{link}$")), link
    assert "署名" in fetch(page, re.compile(r"第\d版\(署名用\)"))
    assert name in fetch(page, re.compile("^支援経過記録"))
    page.get_by_role("link", name=re.compile("本人開示用の写し")).click()
    look(page, "papers-disclosure")
    page.get_by_label(re.compile("黒塗りにする語句")).fill("あ")
    page.get_by_role("button", name=re.compile("写しを作る")).click()
    expect(page.get_by_role("alert")).to_contain_text("2文字以上")
    look(page, "papers-disclosure-refused")
    page.get_by_label(re.compile("黒塗りにする語句")).fill(name)
    text = fetch(page, re.compile("写しを作る"), role="button")
    assert name not in text and "不開示" in text


def test_plan_extended_and_reviewed(login, look):
    page = login("okayama-cw")
    open_case(page)
    page.get_by_role("link", name="版・延長・見直し").click()
    look(page, "papers-plans")
    page.get_by_role("link", name=re.compile("見直しを記録する")).first.click()
    look(page, "papers-review")
    page.get_by_label(re.compile("目標にどこまで近づいたか")).fill("週3日通えるようになった")
    page.get_by_role("button", name="見直しを保存する").click()
    expect(page.get_by_role("alert")).to_contain_text("の結果を選んでください。")
    expect(page.get_by_role("alert")).to_contain_text("これからを選んでください。")
    look_back(page)
    page.get_by_role("button", name="見直しを保存する").click()
    expect(page.get_by_role("status").first).to_contain_text("見直しを保存し")
    page.get_by_role("link", name="版・延長・見直し").click()
    assert "週3日通えるようになった" in fetch(page, re.compile("の見直しを印刷する"))
    page.get_by_role("link", name="期間を延長する").click()
    page.get_by_role("button", name="延長する").click()
    expect(page.get_by_role("alert")).to_contain_text("延長の理由を入力してください。")
    look(page, "papers-extend-refused")
    page.get_by_label(re.compile("延長の理由")).fill("職場見学を続けるため")
    page.get_by_label(re.compile("新しい終了日")).fill("R12.3.31")
    page.get_by_role("button", name="延長する").click()
    page.get_by_role("link", name="版・延長・見直し").click()
    expect(page.locator("main")).to_contain_text("職場見学を続けるため")
    look(page, "papers-plans-extended")


def test_a_manager_replaces_a_form(login, look):
    page = login("okayama-manager")
    page.goto("/forms/")
    look(page, "papers-forms")
    page.get_by_role("link", name="支援要請書を差し替える").click()
    look(page, "papers-form-edit")
    assert "見本花子" in fetch(page, re.compile("見本で印刷"), role="button")
    page.get_by_label(re.compile(r"様式\(HTML\)")).fill("<h1>x</h1>\n{{ 秘密 }}\n<script>x</script>")
    page.get_by_label(re.compile("変えた理由")).fill("様式の改正")
    page.get_by_role("button", name="新しい版として保存").click()
    expect(page.get_by_role("alert")).to_contain_text("「秘密」という項目はありません")
    expect(page.get_by_role("alert")).to_contain_text("<script>は使えません")
    look(page, "papers-form-refused")
    page.get_by_label(re.compile(r"様式\(HTML\)")).fill("<h1>新しい要請書</h1><p>{{ 氏名 }}</p>")
    page.get_by_role("button", name="新しい版として保存").click()
    expect(page.locator("main")).to_contain_text("様式の改正")
    open_case(page)
    page.get_by_role("link", name="書類", exact=True).click()
    assert "新しい要請書" in fetch(page, re.compile("^支援要請書$"))


def test_stories(login, look):
    page = login("okayama-manager")
    page.goto("/reports/")
    page.get_by_role("link", name="就職成功例").click()
    look(page, "papers-stories")
    page.locator("tr", has_text="確認待ち").get_by_role("link").click()
    look(page, "papers-story-waiting")
    page.get_by_role("link", name="共有する", exact=True).click()
    page.get_by_role("button", name="共有する").click()
    expect(page.locator("main")).to_contain_text("共有しました")
    assert "担当者所感" in fetch(page, re.compile("シートを印刷する"))
    page = login("okayama-navi", width=390, height=844)
    page.goto("/stories/")
    page.locator("table.data tbody a").first.click()
    look(page, "papers-story-narrow")


def test_writing_a_story_with_a_name_is_refused(login, look):
    page = login("okayama-cw")
    name = open_case(page, "placed")
    page.get_by_role("link", name="書類", exact=True).click()
    page.get_by_role("link", name="就職成功例を書く").click()
    page.get_by_label(re.compile("① 課題")).fill(f"{name}さんは体力に不安があった。")
    page.get_by_label(re.compile("② 支援内容")).fill("毎週の面談。")
    page.get_by_role("button", name="管理者に確認を頼む").click()
    expect(page.get_by_role("alert")).to_contain_text("氏名かフリガナ")
    look(page, "papers-story-refused")


def test_narrow_papers(login, look):
    page = login("okayama-navi", width=390, height=844, javascript=True)
    open_case(page)
    page.get_by_role("link", name="書類", exact=True).click()
    look(page, "papers-narrow")
    page.get_by_role("link", name="プランの版・延長・見直し").click()
    look(page, "papers-plans-narrow")
