"""Who is in charge, passed on for good, for a while or to another office; each seen by whoever gets it."""

from __future__ import annotations

import datetime as dt
import re

from playwright.sync_api import expect

from tests.e2e.conftest import today
from tests.e2e.journeys import line, taken_on
from tests.e2e.test_monday import button, link

# Of all workers the one without a case in the demo: what a journey gives this worker is the whole caseload.
WORKER, SUCCESSOR = "兼務 例子", "模擬 五月"


def test_a_whole_caseload_passes_on_and_is_received(login, look):
    city, manager = login("okayama-cw"), login("okayama-hwmanager")
    first = taken_on(city, manager, "引継 一花", "ヒキツギ イチカ", navigator=WORKER)
    taken_on(city, manager, "引継 二葉", "ヒキツギ フタバ", navigator=WORKER)
    manager.goto(f"{first}appointments/new/")
    manager.locator("#id_worker").select_option(label=WORKER)
    manager.locator("#id_starts_at").fill("2035/3/1 9:00")
    button(manager, "予約する")
    manager.goto("/team/")
    link(manager, "担当をまとめて引き継ぐ")
    option = manager.locator("#id_worker option", has_text=WORKER)
    manager.locator("#id_worker").select_option(value=option.get_attribute("value"))
    button(manager, "ケースを表示する")
    manager.locator("#id_everybody").select_option(label=SUCCESSOR)
    manager.get_by_label("引継 一花さんの引継ぎのメモ").fill("午前の求人を探しています。")
    button(manager, "引き継ぐ")
    expect(manager.locator(".notice-success")).to_contain_text(f"{WORKER}さんのケース")
    passed = manager.get_by_role("row").filter(has_text="引継 一花")
    expect(passed).to_contain_text("1件")  # the booking went along
    expect(passed).to_contain_text("未読")
    look(manager, "handover-made")
    handover = manager.url

    successor = login("okayama-navi2")
    waiting = successor.locator("main li", has_text="さんから引き継いだケース")
    expect(waiting.filter(has_text="引継 一花")).to_contain_text("引継ぎ・未読")
    expect(waiting.filter(has_text="引継 二葉")).to_contain_text("引継ぎ・未読")
    waiting.filter(has_text="引継 一花").get_by_role("button", name="開く").click()
    expect(successor.locator(".timeline")).to_contain_text("午前の求人を探しています。")
    expect(successor.locator(".identity")).to_contain_text(SUCCESSOR)
    successor.goto("/")
    expect(waiting.filter(has_text="引継 一花")).to_contain_text("受領待ち")
    for name in ("引継 一花", "引継 二葉"):
        waiting.filter(has_text=name).get_by_role("button", name="受領する").click()
        expect(successor.locator(".notice-success")).to_contain_text(f"{name}さんのケースを受領しました")
        expect(waiting.filter(has_text=name)).to_have_count(0)

    manager.goto(handover)
    for name in ("引継 一花", "引継 二葉"):
        row = manager.get_by_role("row").filter(has_text=name)
        expect(row).not_to_contain_text("未読")
        expect(row).not_to_contain_text("受領待ち")
    city.goto(first)
    expect(city.locator(".identity")).to_contain_text(SUCCESSOR)
    expect(city.locator(".timeline")).not_to_contain_text("午前の求人を探しています。")  # the note is for the office


def test_absence_covered_and_seen_by_the_stand_in(login):
    city, manager, colleague = login("okayama-cw"), login("okayama-hwmanager"), login("okayama-navi2")
    taken_on(city, manager, "代理 待夫", "ダイリ マツオ", navigator=WORKER)
    manager.goto("/team/")
    link(manager, "代理を決める")
    manager.locator("#id_worker").select_option(label=WORKER)
    manager.locator("#id_colleague").select_option(label=SUCCESSOR)
    manager.locator("#id_ends_on").fill(f"{today() + dt.timedelta(days=2):%Y/%m/%d}")
    manager.locator("#id_reason").fill("研修のため")
    button(manager, "代理を決める")
    expect(manager.locator(".notice-success")).to_contain_text(f"{SUCCESSOR}さんが{WORKER}さんの代理になります")
    seen = line(colleague, "代理 待夫").filter(has_text=f"担当 {WORKER}")
    expect(seen).to_contain_text("新しく受理")
    expect(colleague.locator("main")).to_contain_text("研修のため")
    seen.get_by_role("link").click()
    expect(colleague.locator(".identity")).to_contain_text(WORKER)  # the assignment stays
    row = manager.locator("main li", has_text="研修のため")
    expect(row).to_contain_text("代理中")
    row.get_by_role("link", name=re.compile("終わりにする")).click()
    button(manager, "代理を終わりにする")
    expect(manager.locator(".notice-success")).to_contain_text("を終わりにしました")
    expect(line(colleague, "代理 待夫")).to_have_count(0)


def test_the_last_one_in_charge_goes_with_a_reason(login, look):
    worker, navigator = login("okayama-cw"), login("okayama-navi")
    case = taken_on(worker, navigator, "担当 替子", "タントウ カエコ")
    worker.goto(f"{case}team/")
    ours = worker.locator("main li", has_text="見本 一子")
    ours.get_by_role("button", name=re.compile("今日で終わりにする")).click()
    expect(worker.locator("main")).to_contain_text("明日から、見本 一子さんの「今日」に担当 替子さんは出なくなります")
    look(worker, "assignment-ending")
    button(worker, "今日で終わりにする")
    expect(worker.get_by_role("alert")).to_contain_text("後任")
    worker.locator("#id_end_reason").fill("産休のため。後任は月曜に決めます")
    button(worker, "今日で終わりにする")
    expect(worker.locator(".notice-success")).to_contain_text("担当を今日で終わりにしました")
    navigator.goto(f"{case}team/")
    expect(navigator.locator("main li", has_text="見本 一子")).to_contain_text("産休のため。後任は月曜に決めます")
    expect(navigator.locator("main li", has_text="見本 一子").get_by_role("button")).to_have_count(0)


def test_another_office_takes_the_case_over(login, look):
    worker, navigator, receiver = login("okayama-cw"), login("okayama-navi"), login("okayama-cw2")
    case = taken_on(worker, navigator, "転居 南子", "テンキョ ミナミコ")
    assert receiver.goto(case).status == 404
    worker.goto(case)
    link(worker, "担当機関を引き継ぐ")
    worker.locator("#id_to").select_option(label="岡山市南区西福祉事務所")
    worker.get_by_label("本人の同意", exact=True).check()
    worker.locator("#id_method").select_option(label="書面")
    worker.locator("#id_given_on").fill(f"{today():%Y/%m/%d}")
    worker.locator("#id_reason").fill("南区へ転居。週2日から働きたい希望。")
    button(worker, "引き継ぐ")
    expect(worker.locator(".notice-success")).to_contain_text("担当機関を引き継ぎました")

    taken = line(receiver, "転居 南子").filter(has_text="担当者が決まっていません")
    taken.get_by_role("link", name="転居 南子").click()
    expect(receiver).to_have_url(case)
    expect(receiver.locator(".timeline")).to_contain_text("南区へ転居。週2日から働きたい希望。")
    expect(receiver.locator(".identity")).to_contain_text("南区西福祉 × ")
    look(receiver, "transfer-received")
    link(receiver, "担当者を決める")
    receiver.locator("#id_user").select_option(label="例示 二郎")
    button(receiver, "担当者を加える")
    expect(receiver.locator(".notice-success")).to_contain_text("担当者を加えました")
    expect(line(receiver, "転居 南子").filter(has_text="担当者が決まっていません")).to_have_count(0)
    navigator.goto(case)
    expect(navigator.locator(".identity")).to_contain_text("南区西福祉 × ")
    expect(navigator.locator(".identity")).to_contain_text("例示 二郎")
    worker.goto(case)  # until the day that was agreed on
    expect(worker.locator(".timeline")).to_contain_text("担当機関の引継ぎ")
