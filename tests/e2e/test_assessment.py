"""Assessment, checklist, face sheet, hand-over and the client's sheet, from both sides, in a real browser."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Literal

import pypdf
from playwright.sync_api import Page, expect

from tests.e2e.conftest import SCREENSHOTS
from tests.e2e.test_monday import button, link

TOLD = "手先を使う作業は飽きずに続けられる。"


def case_with_assessment(page: Page) -> str:
    """The demo's case with everything: the one whose face sheet lacks least."""
    page.goto("/cases/?state=active&worker=me")
    rows = page.locator("main table tbody tr")
    addresses = [row.get_by_role("link").first.get_attribute("href") for row in rows.all()]
    for address in addresses:
        page.goto(f"{address}assessment/")
        if "第2版" in page.locator("main").inner_text():
            return page.url.removesuffix("assessment/")
    raise AssertionError("no case with two versions in the demo")


def save_pages(page: Page, name: str, label: str = "印刷する(PDF)", role: Literal["link", "button"] = "link") -> str:
    """Press print; keep every page as a picture to look at, and give the text back."""
    with page.expect_download() as download:
        page.locator("main").get_by_role(role, name=label).click()
    path = Path(download.value.path())
    subprocess.run(["pdftoppm", "-r", "60", "-png", str(path), str(SCREENSHOTS / name)], check=True)
    pages = pypdf.PdfReader(str(path)).pages
    assert all(abs(float(p.mediabox.width) - 595.3) < 1 and abs(float(p.mediabox.height) - 841.9) < 1 for p in pages)
    return "".join(re.sub(r"\s", "", p.extract_text()) for p in pages)


def test_assessment_from_the_city_side(login, look):
    worker = login("okayama-cw")
    case_url = case_with_assessment(worker)
    look(worker, "assessment-page")
    expect(worker.locator("main")).to_contain_text("職場体験で「丁寧だ」と言われた")
    worker.goto(f"{case_url}assessment/?version=1")
    expect(worker.locator("main")).to_contain_text("(前の版)")
    worker.goto(f"{case_url}assessment/new/")
    look(worker, "assessment-form")
    worker.locator("#id_assessed_on").fill("昨日")
    button(worker, "保存する")
    expect(worker.get_by_role("alert")).to_contain_text("アセスメントの日")
    look(worker, "assessment-form-errors")
    worker.locator("#id_assessed_on").fill("R8.11.1")
    worker.locator("#id_wish_job_3").fill("品出し")
    button(worker, "保存する")
    expect(worker.get_by_text("新しい版として保存しました")).to_be_visible()
    expect(worker.locator("main")).to_contain_text("品出し")
    worker.goto(f"{case_url}obstacles/")
    look(worker, "assessment-obstacles")
    worker.locator("#id_has_rhythm").check()
    worker.locator("#id_response_rhythm").fill("朝9時の予約で生活のリズムをつくる")
    button(worker, "保存する")
    expect(worker.locator("main")).to_contain_text("朝9時の予約で")
    worker.goto(f"{case_url}work-history/new/")
    worker.locator("#id_job_title").fill("配送")
    worker.locator("#id_started_in").fill("いつか")
    button(worker, "保存する")
    expect(worker.get_by_role("alert")).to_contain_text("年月として読めません")
    look(worker, "assessment-history-errors")
    worker.locator("#id_started_in").fill("平成22年")
    button(worker, "保存する")
    expect(worker.locator("main")).to_contain_text("2010年〜")


def test_checklist_shows_change_on_both_sides(login, look):
    worker = login("okayama-cw")
    case_url = case_with_assessment(worker)
    worker.goto(f"{case_url}checklist/")
    look(worker, "checklist-change")
    expect(worker.locator("svg.chart")).to_be_visible()
    assert worker.locator("table.checklist tbody tr").count() == 27
    worker.goto(f"{case_url}checklist/new/")
    expect(worker.locator("main")).to_contain_text("前回(")
    look(worker, "checklist-form")
    button(worker, "保存する")
    expect(worker.get_by_role("alert")).to_contain_text("1つ以上の項目に答えてください")
    worker.locator("input[name=item_rise][value='3']").check()
    worker.locator("input[name=item_wish][value='2']").check()
    button(worker, "保存する")
    expect(worker.get_by_text("自立度チェックを保存しました")).to_be_visible()
    navigator = login("okayama-navi")
    navigator.goto(f"{case_url}checklist/")
    look(navigator, "checklist-navigator")
    assert "支払いの予定" not in navigator.locator("main").inner_text()


def test_face_sheet_and_handover_with_paper(login, look):
    worker = login("okayama-cw")
    case_url = case_with_assessment(worker)
    worker.goto(f"{case_url}face/")
    look(worker, "face-sheet")
    paper = save_pages(worker, "paper-face")
    assert "フェイスシート" in paper and "取扱注意" in paper and "腰痛のため" in paper
    worker.goto(f"{case_url}assessment/")
    link(worker, "相談つなぎシートを作る")
    button(worker, "作る")
    expect(worker.get_by_role("alert")).to_contain_text("相談されたことを入力してください")
    look(worker, "handover-errors")
    worker.locator("#id_asked").fill("家賃の支払いが心配")
    worker.locator("#id_wanted").fill("一緒に予定を立ててほしい")
    button(worker, "作る")
    expect(worker.get_by_text("相談つなぎシートを作りました")).to_be_visible()
    worker.locator("main a[href*='/handovers/']").first.click()
    look(worker, "handover")
    assert "家賃の支払いが心配" in save_pages(worker, "paper-handover")
    navigator = login("okayama-navi")
    navigator.goto(f"{case_url}face/")
    look(navigator, "face-sheet-navigator")
    expect(navigator.locator("main")).to_contain_text("同意の範囲に含まれていません")
    # A case that is only begun: what is missing is named, and its link leads to where it is entered.
    worker.goto("/cases/new/")
    worker.locator("#id_name_kana").fill("たり ない")
    button(worker, "探して進む")
    worker.locator("#id_name").fill("足 りない")
    worker.locator("#id_name_kana").fill("たり ない")
    worker.locator("#id_status").select_option(label="生活保護受給者")
    button(worker, "受け付ける")
    expect(worker.get_by_text("相談を受け付けました")).to_be_visible()
    worker.goto(f"{worker.url}face/")
    look(worker, "face-sheet-missing")
    worker.locator("#missing-title + p").get_by_role("link", name="電話", exact=True).click()
    expect(worker.locator("h1")).to_have_text("連絡先を直す")
    assert "未確認" in _back_to_paper(worker)


def _back_to_paper(worker: Page) -> str:
    worker.go_back()
    return save_pages(worker, "paper-face-missing")


def test_portuguese_speaker(login, look):
    worker = login("soja-cw")
    worker.goto("/cases/?state=all")
    rows = worker.locator("main table tbody tr").all()
    addresses = [row.get_by_role("link").first.get_attribute("href") for row in rows]
    for address in addresses:
        worker.goto(address)
        if "通訳: ポルトガル語(" in worker.locator(".identity").inner_text():
            break
    else:
        raise AssertionError("no one needs an interpreter")
    case_url = worker.url
    look(worker, "interpreter-bar")
    worker.goto(f"{case_url}interpreter/")
    look(worker, "interpreter-form")
    worker.goto(f"{case_url}appointments/new/")
    worker.locator("#id_starts_at").fill("2030/3/10 14:00")
    worker.locator("#id_place").fill("2階 就労支援ルーム")
    button(worker, "予約する")
    worker.goto(f"{case_url}next-steps/")
    expect(worker.locator(".steps-sheet")).to_have_attribute("lang", "pt")
    worker.get_by_label("履歴書", exact=True).check()
    worker.get_by_label("やりたい仕事を3つ選びます。").check()
    worker.locator("#id_phone").fill("086-000-0000")
    button(worker, "この内容で表示する")
    look(worker, "next-steps-pt")
    assert "Currículo" in save_pages(worker, "paper-next-pt", role="button")
    worker.locator("#id_language").select_option("ja")
    button(worker, "この内容で表示する")
    look(worker, "next-steps-ja")
    assert worker.locator(".steps-sheet ruby").count() > 20
    save_pages(worker, "paper-next-ja", role="button")
    worker.locator("#id_furigana").select_option("off")
    button(worker, "この内容で表示する")
    assert worker.locator(".steps-sheet ruby").count() == 0


def test_on_a_phone(login, look):
    worker = login("okayama-cw", width=390, height=844)
    case_url = case_with_assessment(worker)
    for path in (
        "assessment/",
        "assessment/new/",
        "obstacles/",
        "checklist/",
        "checklist/new/",
        "face/",
        "next-steps/",
    ):
        worker.goto(f"{case_url}{path}")
        look(worker, f"phone-{path.strip('/').replace('/', '-')}")
