"""The walls as people meet them: sharing by consent, suppression with two people, break-glass with a review."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.test_monday import button, find, link


def own_case(page) -> None:
    page.goto("/cases/?state=active&worker=me")
    page.locator("main table tbody tr").first.get_by_role("link").first.click()


def test_consent_and_kinds_of_facts(login, look):
    worker = login("okayama-cw")
    own_case(worker)
    case_url = worker.url
    worker.locator(".identity").get_by_role("link", name=re.compile("見える範囲")).click()
    look(worker, "walls-visibility")
    link(worker, "同意を記録する")
    button(worker, "同意を記録する")
    expect(worker.get_by_role("alert")).to_contain_text("提供先を選んでください")
    look(worker, "walls-consent-errors")
    worker.goto(f"{case_url}circumstances/health/")
    worker.get_by_label(re.compile("健康・障害")).fill("右ひざを痛めている。長く立つ仕事は難しい。")
    button(worker, "保存する")
    expect(worker.locator("main")).to_contain_text("右ひざを痛めている")
    look(worker, "walls-case")
    link(worker, "面談を記録")
    expect(worker.locator(".readers")).to_contain_text("種類が「健康・障害」")
    look(worker, "walls-interview")


def test_suppression_takes_two(login, look):
    worker, manager = login("okayama-cw2"), login("okayama-manager")
    own_case(worker)
    case_url = worker.url
    assert "090-0000-" in worker.content()
    link(worker, "支援措置")
    look(worker, "walls-suppression-none")
    worker.get_by_label(re.compile("申出の内容")).fill("決定通知を確認")
    button(worker, "支援措置を設定する")
    expect(worker.get_by_text("支援措置中です。")).to_be_visible()
    look(worker, "walls-suppression")
    worker.goto(case_url)
    assert "090-0000-" not in worker.content()
    look(worker, "walls-case-suppressed")
    link(worker, "支援措置")
    worker.get_by_label(re.compile("求めること")).select_option(label="印刷・出力する")
    worker.get_by_label(re.compile("理由")).last.fill("裁判所へ出すため")
    button(worker, "求める")
    expect(worker.get_by_text("承認待ち")).to_be_visible()
    manager.goto(worker.url)
    look(manager, "walls-release-waiting")
    link(manager, "承認する")
    look(manager, "walls-release-approve")
    button(manager, "承認する")
    expect(manager.get_by_text("承認しました")).to_be_visible()
    worker.goto(case_url)
    assert "090-0000-" in worker.content()


def test_break_glass(login, look):
    worker = login("okayama-cw")
    own_case(worker)
    number = worker.locator(".identity .hint").inner_text()
    holder = "岡山市北区中央福祉事務所"
    admin = login("admin")
    admin.goto("/emergency/new/")
    look(admin, "walls-emergency-new")
    admin.get_by_label(re.compile("担当機関")).select_option(label=holder)
    admin.get_by_label(re.compile("ケース番号")).fill(number)
    admin.get_by_label(re.compile("理由")).fill("本人が倒れたため")
    button(admin, "理由を記録して開く")
    expect(admin.get_by_role("alert")).to_contain_text("10文字以上")
    admin.get_by_label(re.compile("理由")).fill("本人が倒れ、家族に知らせる必要があるため")
    button(admin, "理由を記録して開く")
    expect(admin.locator(".emergency")).to_contain_text("緊急時の閲覧中")
    look(admin, "walls-emergency-case")
    admin.get_by_role("button", name="閲覧を終える").first.click()
    manager = login("okayama-manager")
    look(manager, "walls-today-manager")
    manager.goto("/emergency/")
    look(manager, "walls-emergency-list")
    manager.get_by_role("link", name="確かめる").first.click()
    manager.get_by_label(re.compile("確認の内容")).fill("病院に確かめた")
    button(manager, "確認を記録する")
    expect(manager.get_by_role("alert")).to_contain_text("判断を選んでください。")
    manager.get_by_label("適切", exact=True).check()
    look(manager, "walls-emergency-review")
    button(manager, "確認を記録する")
    expect(manager.get_by_text("確認を記録しました")).to_be_visible()


def test_walls_on_a_phone(login, look):
    worker = login("okayama-cw", width=390, height=844)
    own_case(worker)
    for path, name in (("visibility/", "visibility"), ("suppression/", "suppression"), ("consents/new/", "consent")):
        case_url = worker.url
        worker.goto(f"{case_url}{path}")
        look(worker, f"phone-walls-{name}")
        worker.goto(case_url)


def test_interpreter_sees_assigned_people(login, look):
    interpreter = login("soja-interpreter")
    interpreter.goto("/cases/?state=all")
    look(interpreter, "walls-interpreter-list")
    assert 1 <= interpreter.locator("main table tbody tr").count() <= 6
    find(interpreter, "サトウ")
    expect(interpreter.locator("main")).to_contain_text("当てはまるケースはありません")
