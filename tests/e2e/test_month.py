"""The manager's month: the published table through the worker, closed by both sides, unmoved afterwards."""

from __future__ import annotations

import re
from pathlib import Path

import pypdf
from playwright.sync_api import Page, expect

from tests.e2e.test_monday import button, link

ROWS = {
    "生活保護受給者": "180 81 45.0％ 117 55 47.0％ 64.6％ 67.9％ 166 / 106 (63.6％) 171 / 107 (62.6％)",
    "児童扶養手当受給者": "16 10 62.5％ 11 4 36.4％ 64.6％ 40.0％ 26 / 17 (63.3％) 8 / 9 (112.5％)",
    "住居確保給付金受給者": "4 0 0.0％ 3 0 0.0％ 64.6％ 0％ 8 / 6 (63.3％) 1 / 2 (200.0％)",
    "合計": "200 91 45.5％ 131 59 45.0％ 64.6％ 64.8％ 200 / 129 (63.3％) 180 / 118 (65.6％)",
}
# What the council sees of the closed month.
PUBLISHED = {
    **ROWS,
    "児童扶養手当受給者": "16 10 62.5％ 11 4 36.4％ 64.6％ 40.0％ 26 / 17 (63.3％) * / * (*)",
    "住居確保給付金受給者": "4 0 0.0％ 3 0 0.0％ 64.6％ 0％ 8 / 6 (63.3％) * / * (*)",
}


def table(page: Page) -> dict[str, str]:
    rows = page.locator("table.report tbody tr").all()
    texts = [" ".join(row.inner_text().split()) for row in rows]
    return dict(text.split(" ", 1) for text in texts)


def ask_for(page: Page, code: str, month: str) -> None:
    page.goto("/reports/")
    page.locator(f"#month-{code}").fill(month)
    page.locator(f"form[action='/reports/{code}/request/'] button").click()


def wait_for_figures(page: Page) -> None:
    page.get_by_role("link", name="結果を見る").or_(page.locator("table.report")).first.wait_for(timeout=30_000)
    page.reload()
    page.locator("table.report").wait_for()


def published(manager: Page, login, look, tmp_path: Path) -> None:
    """What leaves the parties: last year's one and two persons, and what would tell them, are withheld."""
    manager.reload()
    expect(manager.get_by_text("続けて公表すると")).to_be_visible()
    look(manager, "report-closed-published")
    with manager.expect_download() as download:
        manager.get_by_role("link", name="公表用PDF").click()
    path = tmp_path / "public.pdf"
    download.value.save_as(path)
    text = "".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
    for shown, withheld in (("118人", "112.5％"), ("公表用", "取扱注意"), ("*", "200.0％")):
        assert shown in text
        assert withheld not in text
    council = login("okayama-council")
    council.goto("/reports/okayama/2023-12/")
    assert table(council) == PUBLISHED
    assert council.get_by_role("link", name="Excel").count() == 1
    look(council, "report-council")


def test_december_equals_the_published_table(login, look, tmp_path: Path):
    manager = login("okayama-manager")
    look(manager, "today-manager")
    ask_for(manager, "okayama", "2023-99")
    expect(manager.get_by_role("alert")).to_contain_text("「令和5年12月」のように")
    look(manager, "reports")
    ask_for(manager, "okayama", "2023-12")
    wait_for_figures(manager)
    assert table(manager) == ROWS
    look(manager, "report")
    with manager.expect_download() as download:
        manager.get_by_role("link", name="PDF").click()
    path = tmp_path / "report.pdf"
    download.value.save_as(path)
    text = "".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
    for number in ("81人", "55人", "67.9％", "112.5％", "200.0％"):
        assert number in text

    # From a number to the people behind it.
    manager.locator("table.report tbody tr").nth(1).locator("a").first.click()
    assert manager.locator("table.data tbody tr").count() == 10
    look(manager, "report-people")
    manager.go_back()

    # Both sides confirm; then it is closed.
    manager.locator("summary", has_text="コメントを書く").click()
    manager.locator("#id_text").fill("目標に向けて順調です。")
    button(manager, "保存する")
    expect(manager.locator("main")).to_contain_text("目標に向けて順調です。")
    link(manager, "岡山市として確認する")
    look(manager, "report-confirm")
    button(manager, "確認する")
    expect(manager.locator("main")).to_contain_text("見本 六花")
    bureau = login("okayama-bureau")
    bureau.goto("/reports/okayama/2023-12/")
    link(bureau, "岡山労働局として確認する")
    expect(bureau.locator("main")).to_contain_text("これで月が確定します")
    button(bureau, "確認する")
    expect(bureau.get_by_text("確定しました。")).to_be_visible()
    look(bureau, "report-closed")
    published(manager, login, look, tmp_path)

    # A late placement does not move it, but is listed.
    navigator = login("okayama-navi")
    navigator.goto("/cases/?state=active")
    navigator.locator("table.data tbody a").first.click()
    link(navigator, "就職を記録")
    navigator.locator("#id_employer").select_option(index=1)
    navigator.locator("#id_job_title").fill("検品")
    navigator.locator("#id_started_on").fill("2023/12/20")
    navigator.locator("#id_introduction").select_option(index=0)
    button(navigator, "保存する")
    expect(navigator.get_by_text("就職を記録しました。")).to_be_visible()
    manager.goto("/reports/okayama/2023-12/")
    assert table(manager) == ROWS
    expect(manager.get_by_role("heading", name=re.compile("締め後の変動 1件"))).to_be_visible()
    look(manager, "report-changed-since")


def test_a_placement_of_today_is_in_the_next_report(login, look):
    manager = login("soja-manager")
    month = manager.evaluate("new Date().toLocaleDateString('sv-SE', {timeZone: 'Asia/Tokyo'}).slice(0, 7)")
    ask_for(manager, "soja", month)
    wait_for_figures(manager)
    before = (
        manager.locator("table.data", has_text="就職件数")
        .locator("tr", has_text="就職件数")
        .locator("td")
        .nth(3)
        .inner_text()
    )
    navigator = login("soja-navi")
    navigator.goto("/cases/?state=active")
    navigator.locator("table.data tbody a").first.click()
    link(navigator, "就職を記録")
    navigator.locator("#id_employer").select_option(index=2)
    navigator.locator("#id_job_title").fill("農作業員")
    navigator.locator("#id_introduction").select_option(index=0)
    button(navigator, "保存する")
    expect(navigator.get_by_text("就職を記録しました。")).to_be_visible()
    link(manager, "数え直す")
    look(manager, "report-count-anew")
    button(manager, "数え直す")
    wait_for_figures(manager)
    after = (
        manager.locator("table.data", has_text="就職件数")
        .locator("tr", has_text="就職件数")
        .locator("td")
        .nth(3)
        .inner_text()
    )
    assert int(after.removesuffix("件")) == int(before.removesuffix("件")) + 1


def test_every_other_screen(login, look):
    manager = login("okayama-manager")
    for path, name in (
        ("/cases/", "case-list"),
        ("/cases/?state=declined", "case-list-filtered"),
        ("/appointments/?all=1", "appointments"),
        ("/employers/", "employers"),
        ("/employers/new/", "employer-form"),
        ("/agreements/", "agreements"),
        ("/agreements/okayama/", "agreement"),
        ("/agreements/okayama/edit/", "agreement-edit"),
        ("/agreements/okayama/groups/new/", "group-form"),
        ("/agreements/okayama/rules/new/", "rules-form"),
        ("/agreements/okayama/plans/2023/v1/", "plan"),
        ("/help/", "help"),
        ("/password/", "password"),
    ):
        assert manager.goto(path).status == 200
        look(manager, name)
    manager.goto("/agreements/okayama/plans/new/")
    button(manager, "保存する")
    manager.locator("input[name^='count-'][name$='-supported']").first.fill("１８０")
    manager.locator("input[name^='rate-'][name$='-placed']").first.fill("64.6")
    button(manager, "案を計算する")
    assert manager.locator("input[name^='count-'][name$='-placed']").first.input_value() == "117"
    look(manager, "plan-draft")
    admin = login("admin")
    for path, name in (
        ("/", "today-admin"),
        ("/accounts/", "accounts"),
        ("/accounts/1/", "account"),
        ("/accounts/new/", "account-new"),
        ("/organisations/", "organisations"),
        ("/organisations/new/", "organisation-form"),
    ):
        assert admin.goto(path).status == 200
        look(admin, name)
    both = login("two-offices")
    look(both, "choose-organisation")
    both.get_by_role("button", name="HW総社で作業する").click()
    expect(both.locator(".user-place")).to_have_text("ハローワーク総社")


def test_on_a_phone(login, look):
    page = login("okayama-cw", width=390, height=844)
    look(page, "phone-today")
    page.goto("/cases/?state=active")
    look(page, "phone-cases")
    page.locator("table.data tbody a").first.click()
    look(page, "phone-case")
    link(page, "面談を記録")
    look(page, "phone-interview")
