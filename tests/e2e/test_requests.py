"""A request for support and every answer to it, each seen at the other side: 市区町村 and ハローワーク at two screens."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.journeys import check_conditions, line, send, take_in
from tests.e2e.test_monday import button, link


def test_returned_corrected_and_accepted(login, look):
    worker, navigator = login("okayama-cw"), login("okayama-navi")
    case = take_in(worker, "再送 願子", "サイソウ ネガイコ")
    send(worker, case, "週3日から働きたい。")

    asked = line(navigator, "再送 願子")
    expect(asked).to_contain_text("からの支援要請")
    asked.get_by_role("link", name="答える").click()
    expect(navigator.locator("main")).to_contain_text("週3日から働きたい。")
    navigator.locator("#id_return-reason").fill("通院の曜日を教えてください。")
    button(navigator, "差し戻す")
    expect(navigator.locator(".notice-success")).to_contain_text("差し戻しました")

    back = line(worker, "再送 願子")
    expect(back).to_contain_text("支援要請が差し戻されています")
    back.get_by_role("link", name="出し直す").click()
    expect(worker.locator("main")).to_contain_text("通院の曜日を教えてください。")
    expect(worker.locator("input[name=ability][value=yes]")).to_be_checked()
    assert worker.locator("#id_message").input_value() == "週3日から働きたい。"
    look(worker, "request-again")
    worker.locator("input[name=consent_method][value=paper]").check()
    button(worker, "支援要請を送る")
    expect(worker.get_by_role("alert")).to_contain_text("前回から変えたことを入力してください")
    worker.locator("#id_change_note").fill("通院は火曜の午前です。")
    button(worker, "支援要請を送る")
    expect(worker.locator(".notice-success")).to_contain_text("支援要請を送りました")

    line(navigator, "再送 願子").get_by_role("link", name="答える").click()
    expect(navigator.locator("main")).to_contain_text("前回から変えたこと: 通院は火曜の午前です。")
    look(navigator, "request-again-answer")
    navigator.locator("#id_accept-note").fill("木曜の午後に会いましょう。")
    button(navigator, "受理する")
    expect(navigator.locator(".notice-success")).to_contain_text("受理しました")
    told = line(worker, "再送 願子").filter(has_text="受理しました")
    expect(told).to_contain_text("支援プランを待っています")
    told.get_by_role("link").first.click()
    expect(worker).to_have_url(case)
    expect(worker.locator(".identity")).to_contain_text("受理・プラン作成中")
    expect(worker.locator(".identity")).to_contain_text("試行 四季")
    expect(worker.locator(".timeline")).to_contain_text("受理: 木曜の午後に会いましょう。")
    expect(worker.locator(".timeline")).to_contain_text("差戻し: 通院の曜日を教えてください。")


def test_declined_with_what_is_offered_instead(login, look):
    worker, navigator = login("okayama-cw"), login("okayama-navi")
    case = take_in(worker, "断念 案内", "ダンネン アンナイ")
    send(worker, case)
    line(navigator, "断念 案内").get_by_role("link", name="答える").click()
    navigator.locator("#id_decline-reason").fill("まず生活のリズムを整える時期と考えます。")
    button(navigator, "対象外とする")
    expect(navigator.get_by_role("alert")).to_contain_text("代わりの案内を入力してください")
    navigator.locator("#id_decline-offered_instead").fill("就労準備支援の見学")
    button(navigator, "対象外とする")
    expect(navigator.locator(".notice-success")).to_contain_text("対象外と回答しました")
    assert navigator.goto(case).status == 404

    told = line(worker, "断念 案内")
    expect(told).to_contain_text("の回答は対象外です")
    expect(told).to_contain_text("就労準備支援の見学")
    look(worker, "request-declined-today")
    told.get_by_role("link", name="断念 案内").first.click()
    expect(worker.locator(".identity")).to_contain_text("対象外")
    expect(worker.locator(".timeline")).to_contain_text("まず生活のリズムを整える時期と考えます。")
    expect(worker.locator(".timeline")).to_contain_text("(代わりに: 就労準備支援の見学)")
    look(worker, "request-declined")
    link(worker, "相談受付に戻す")
    worker.locator("#id_reason").fill("見学のあとでもう一度考える")
    button(worker, "相談受付に戻す")
    expect(worker.locator(".identity")).to_contain_text("相談受付")
    expect(line(worker, "断念 案内")).to_have_count(0)


def test_urgent_first_and_completed_later(login, look):
    worker, navigator = login("okayama-cw"), login("okayama-navi")
    case = take_in(worker, "至急 今日子", "シキュウ キョウコ")
    link(worker, "至急の支援要請")
    worker.locator("#id_message").fill("今日の15時の面接に同行してほしい。")
    worker.locator("input[name=consent_method][value=spoken]").check()
    button(worker, "至急で送る")
    expect(worker.locator(".notice-success")).to_contain_text("至急の支援要請を送りました")

    asked = line(navigator, "至急 今日子")
    expect(asked).to_contain_text("至急")
    asked.get_by_role("link", name="答える").click()
    expect(navigator.locator("main")).to_contain_text("今日の15時の面接に同行してほしい。")
    expect(navigator.locator("main")).to_contain_text("後で補うもの")
    look(navigator, "request-urgent-answer")
    button(navigator, "受理する")
    expect(navigator.locator(".timeline")).to_contain_text("至急(補うところあり)")

    rest = line(worker, "至急 今日子").filter(has_text="至急の要請の残り")
    rest.get_by_role("link", name="補う").click()
    check_conditions(worker, "ability", "motivation", "no_obstacle")
    button(worker, "補う")
    expect(worker.locator(".notice-success")).to_contain_text("至急の要請を補いました")
    expect(line(worker, "至急 今日子").filter(has_text="至急の要請の残り")).to_have_count(0)
    navigator.goto(case)
    expect(navigator.locator(".timeline")).to_contain_text("至急")
    expect(navigator.locator(".timeline")).not_to_contain_text("補うところあり")


def test_a_talk_beforehand_asked_and_answered(login, look):
    worker, navigator = login("okayama-cw"), login("okayama-navi")
    case = take_in(worker, "迷路 先子", "メイロ サキコ")
    link(worker, "プレ相談")
    worker.locator("#id_question").fill("体調に波があります。支援要請をしてよいでしょうか。")
    worker.get_by_label("口頭").check()
    button(worker, "同意を記録して頼む")
    expect(worker.locator(".notice-success")).to_contain_text("プレ相談を頼みました")

    line(navigator, "迷路 先子").get_by_role("link", name="答える").click()
    expect(navigator.locator("main")).to_contain_text("体調に波があります。")
    navigator.get_by_label("支援要請が合う").check()
    navigator.locator("#id_note").fill("午前だけの求人から始められます。")
    button(navigator, "意見を送る")
    expect(navigator.locator(".notice-success")).to_contain_text("意見を送りました")
    expect(line(navigator, "迷路 先子")).to_have_count(0)

    told = line(worker, "迷路 先子")
    expect(told).to_contain_text("の意見: 支援要請が合う")
    told.get_by_role("link").first.click()
    expect(worker.locator(".timeline")).to_contain_text("午前だけの求人から始められます。")
    look(worker, "beforehand-answered")
    send(worker, case)  # as the opinion says
    expect(line(navigator, "迷路 先子")).to_contain_text("からの支援要請")


def test_withdrawn_before_an_answer(login):
    worker, navigator = login("okayama-cw"), login("okayama-navi")
    case = take_in(worker, "取下 考子", "トリサゲ コウコ")
    send(worker, case)
    expect(line(navigator, "取下 考子")).to_contain_text("からの支援要請")
    navigator.goto(case)
    expect(navigator.locator(".identity")).to_contain_text("支援要請中")
    worker.goto(case)
    link(worker, "取り下げる")
    worker.locator("#id_reason").fill("本人が治療を先にしたいと言ったため")
    button(worker, "取り下げる")
    expect(worker.locator(".notice-success")).to_contain_text("支援要請を取り下げました")
    expect(worker.locator(".identity")).to_contain_text("相談受付")
    expect(worker.locator(".timeline")).to_contain_text("本人が治療を先にしたいと言ったため")
    expect(line(navigator, "取下 考子")).to_have_count(0)
    assert navigator.goto(case).status == 404
    assert re.search("404|見つかりません", navigator.title())
