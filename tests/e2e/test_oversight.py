"""A manager looks at who read what, answers the person, and reviews what stands out."""

from __future__ import annotations

import re
from pathlib import Path

import pypdf
from playwright.sync_api import expect

from tests.e2e.conftest import open_unhidden


def test_who_read_whom(login, look, tmp_path: Path):
    worker = login("okayama-navi")
    open_unhidden(worker)
    staff = worker.locator(".user-menu summary span").last.inner_text().partition("(")[0]
    address = worker.url

    manager = login("okayama-manager")
    manager.get_by_role("link", name=re.compile("気になる閲覧が")).click()
    look(manager, "odd-readings")
    manager.get_by_role("link", name=re.compile("^点検する")).first.click()
    manager.get_by_role("button", name="点検の結果を保存する").click()
    expect(manager.get_by_role("alert")).to_contain_text("確かめたこと")
    look(manager, "odd-reading-error")
    manager.get_by_label("業務のための閲覧だった").check()
    manager.get_by_label(re.compile("確かめたこと")).fill("休みの担当者の代わりに確認したことを、係長に聞いた。")
    manager.get_by_role("button", name="点検の結果を保存する").click()
    expect(manager.get_by_role("status")).to_contain_text("点検の結果を記録しました")

    manager.goto("/access/")
    look(manager, "access-log")
    manager.locator("table.data a").first.click()
    look(manager, "access-entry")

    manager.goto(address)
    manager.get_by_role("link", name=re.compile("^見える範囲")).click()
    manager.get_by_role("link", name="この方の記録を見た人").click()
    row = manager.locator("tbody tr", has_text="ハローワーク岡山").filter(has_text="相談・支援の記録")
    expect(row.first).to_contain_text("本人の同意")
    look(manager, "case-readers")
    with manager.expect_download() as download:
        manager.get_by_role("link", name=re.compile("^PDF")).click()
    path = tmp_path / "readers.pdf"
    download.value.save_as(path)
    text = "".join("".join(page.extract_text() for page in pypdf.PdfReader(path).pages).split())
    assert "あなたの記録を見た人の一覧" in text and "本人の同意" in text
    assert "".join(staff.split()) not in text

    small = login("okayama-manager", width=390, height=844)
    for url, picture in (("/access/", "access-log-390"), ("/access/odd/", "odd-readings-390")):
        small.goto(url)
        look(small, picture)
    small.goto(f"{address}readers/")
    look(small, "case-readers-390")

    admin = login("admin")
    admin.goto("/access/")
    expect(admin.locator("h1")).to_have_text("ログインの記録")
    expect(admin.locator("table.data tbody")).not_to_contain_text("画面の閲覧")
    look(admin, "logins")
