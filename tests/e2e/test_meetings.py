"""A weekly meeting of both sides at one table, a caseload that passes on, a stand-in: in a real browser."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.test_monday import button, link


def test_the_weekly_meeting(login, look, tmp_path):
    worker, navigator = login("okayama-cw"), login("okayama-navi")
    worker.goto("/meetings/")
    look(worker, "meetings-list")
    worker.get_by_role("region").or_(worker.locator("main section")).first.get_by_role("link").first.click()
    expect(worker.locator("main")).to_contain_text("両方に見える、この協定のケースだけ")
    look(worker, "meetings-agenda")
    meeting_url = worker.url
    link(worker, "会議を進める")
    look(worker, "meetings-projector")
    # From case to case by keyboard alone.
    first = worker.locator("h1").inner_text()
    worker.keyboard.press("ArrowRight")
    expect(worker.locator(".stage-nav")).to_contain_text("2 /")
    worker.keyboard.press("ArrowLeft")
    expect(worker.locator("h1")).to_have_text(first)
    button(worker, "記録して次へ")
    expect(worker.get_by_role("alert")).to_contain_text("決まったことを入力してください")
    expect(worker).to_have_title(re.compile("^エラー："))
    look(worker, "meetings-projector-errors")
    worker.get_by_label(re.compile("決まったこと")).fill("来週、求人票をいっしょに読む")
    worker.get_by_label("すること1", exact=True).fill("求人票を3枚用意する")
    worker.get_by_label("する人1", exact=True).select_option(label="試行 四季")
    worker.get_by_label(re.compile("決まったこと")).press("Control+Enter")
    expect(worker.get_by_text("1件目を記録しました")).to_be_visible()
    # The other side sees it at once: on the agenda, on the first screen, in the case.
    navigator.goto(meeting_url)
    expect(navigator.locator("main")).to_contain_text("来週、求人票をいっしょに読む")
    navigator.goto("/")
    expect(navigator.locator("main")).to_contain_text("求人票を3枚用意する")
    look(navigator, "meetings-today")
    navigator.locator("li", has_text="求人票を3枚用意する").get_by_role("link").first.click()
    expect(navigator.locator(".timeline")).to_contain_text("会議(定例ミーティング)")
    look(navigator, "meetings-timeline")
    # The paper.
    worker.goto(meeting_url)
    with worker.expect_download() as download:
        link(worker, "参加機関すべてに見えるケースの資料")
    assert download.value.suggested_filename.startswith("会議")
    link(worker, "参加者を加える")
    look(worker, "meetings-people")
    worker.get_by_label(re.compile("部外の方の氏名")).fill("民生 委員子")
    worker.get_by_label(re.compile("部外の方の所属")).fill("地区の民生委員")
    button(worker, "加える")
    link(worker, "会議を進める")
    expect(worker.locator("h1")).to_have_text("この議題は、画面に出していません")
    look(worker, "meetings-covered")
    link(worker, "席にいるのが見える人だけになったので表示する")
    expect(worker.locator("main")).to_contain_text("見える人だけで話してください")


def test_a_meeting_is_made(login, look):
    navigator = login("okayama-navi")
    navigator.goto("/meetings/new/")
    look(navigator, "meetings-new")
    button(navigator, "作る")
    expect(navigator.get_by_role("alert")).to_contain_text("日時を入力してください")
    navigator.get_by_label(re.compile("日時")).fill("2035/6/1 9:00")
    navigator.get_by_label(re.compile("いっしょに開く機関")).select_option(label="岡山市北区中央福祉事務所")
    button(navigator, "作る")
    expect(navigator.locator("main")).to_contain_text("議題")
    expect(navigator.locator("main")).to_contain_text("次は参加者を加えてください")


def test_a_caseload_passes_on(login, look):
    successor, manager = login("okayama-navi2"), login("okayama-hwmanager")
    expect(successor.locator("main")).to_contain_text("引継ぎ・未読")
    look(successor, "handover-today")
    successor.goto("/team/")
    look(successor, "handover-team")
    successor.locator("main").get_by_role("button", name="開く").first.click()
    expect(successor.locator(".timeline")).to_contain_text("担当の引継ぎ")
    successor.goto("/team/")
    successor.locator("main").get_by_role("button", name="受領する").first.click()
    expect(successor.get_by_text("受領しました")).to_be_visible()
    manager.goto("/team/")
    look(manager, "handover-manager")
    manager.locator("main").get_by_role("link", name=re.compile("さんの引継ぎ")).first.click()
    look(manager, "handover-detail")
    manager.goto("/team/handovers/new/")
    look(manager, "handover-choose")
    manager.get_by_label("引き継ぐ担当者").select_option(index=0)
    button(manager, "ケースを表示する")
    look(manager, "handover-form")
    button(manager, "引き継ぐ")
    expect(manager.get_by_role("alert")).to_contain_text("後任が選ばれていません")
    look(manager, "handover-form-errors")


def test_a_stand_in(login, look):
    colleague = login("okayama-worker")
    expect(colleague.locator("main")).to_contain_text("代理で見ているケース")
    look(colleague, "cover-today")
    colleague.goto("/team/covers/new/")
    look(colleague, "cover-new")
    button(colleague, "代理を決める")
    expect(colleague.get_by_role("alert")).to_contain_text("代理をする人を選んでください")


def test_on_a_phone(login, look):
    worker = login("okayama-cw", width=390, height=844)
    look(worker, "phone-meetings-today")
    for path, name in (
        ("/meetings/", "list"),
        ("/meetings/new/", "new"),
        ("/team/", "team"),
        ("/team/covers/new/", "cover"),
    ):
        worker.goto(path)
        look(worker, f"phone-meetings-{name}")
    worker.goto("/meetings/")
    worker.locator("main section").first.get_by_role("link").first.click()
    look(worker, "phone-meetings-agenda")
    worker.locator(".agenda a").last.click()
    look(worker, "phone-meetings-item")
    worker.goto("/team/handovers/new/")
    button(worker, "ケースを表示する")
    look(worker, "phone-handover-form")
