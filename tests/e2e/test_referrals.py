"""Referrals, handing over, talks beforehand, urgent requests, ledger, funnel and duties as people meet them."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.test_monday import button, link


def fill(page, label: str, text: str) -> None:
    page.get_by_label(re.compile(label)).first.fill(text)


def test_a_referral_goes_out_and_comes_back(login, look):
    worker, partner = login("okayama-cw"), login("okayama-partner")
    expect(partner.get_by_role("heading", name="つなぎ", level=1)).to_be_visible()
    look(partner, "referral-partner-list")
    worker.goto("/cases/?state=active&worker=me")
    for row in worker.locator("main table tbody th a").all():
        case_url = str(row.get_attribute("href"))
        worker.goto(case_url)
        if worker.get_by_role("link", name="(架空)岡山就労準備支援センター").count() == 0:
            break  # nobody asked the partner yet
        worker.go_back()
    worker.goto(f"{case_url}referrals/new/")
    look(worker, "referral-new")
    button(worker, "同意を記録してつなぐ")
    expect(worker.get_by_role("alert")).to_contain_text("つなぎ先を選んでください")
    look(worker, "referral-new-errors")
    worker.get_by_label(re.compile("つなぎ先")).first.select_option(label="(架空)岡山就労準備支援センター")
    fill(worker, "つなぐ目的", "通所の体験")
    fill(worker, "引き継ぐ内容", "午前だけの体験から始めたい。")
    worker.get_by_label("書面").check()
    button(worker, "同意を記録してつなぐ")
    expect(worker.get_by_text("さんをつなぎました")).to_be_visible()
    look(worker, "referral-case")
    partner.goto("/referrals/")
    partner.locator("main table tbody tr").first.get_by_role("link").first.click()
    expect(partner.get_by_text("午前だけの体験から始めたい。")).to_be_visible()
    look(partner, "referral-partner-detail")
    link(partner, "返事を書く")
    button(partner, "返事を記録する")
    expect(partner.get_by_role("alert")).to_be_visible()
    look(partner, "referral-answer-errors")
    partner.get_by_label("断り").check()
    fill(partner, "結果・様子", "定員に達しているため、来月にもう一度相談したい。")
    button(partner, "返事を記録する")
    expect(partner.get_by_text("返事を記録しました")).to_be_visible()
    worker.goto("/referrals/?show=all")
    look(worker, "referral-list")
    worker.locator("main table tbody tr").first.get_by_role("link").first.click()
    expect(worker.get_by_text("定員に達しているため")).to_be_visible()
    look(worker, "referral-detail")


def test_paper_and_silence(login, look):
    manager = login("okayama-manager")
    look(manager, "referral-today-manager")
    expect(manager.locator("main")).to_contain_text("つなぎの返事")
    manager.goto("/referrals/?show=late")
    manager.get_by_role("row").filter(has_text="シルバー").get_by_role("link").first.click()
    with manager.expect_download() as download:
        manager.get_by_role("link", name="つなぎ票(PDF)").click()
    download.value.save_as("tests/e2e/screenshots/referral-sheet.pdf")
    link(manager, "返事を書く")
    look(manager, "referral-answer-ours")


def test_before_a_request(login, look):
    worker, navigator = login("okayama-cw"), login("okayama-navi")
    look(navigator, "screening-today-hello-work")
    navigator.locator("main").get_by_role("link", name="見本 迷子").click()
    look(navigator, "screening-opinion")
    navigator.get_by_label("支援要請が合う").check()
    fill(navigator, "理由・市区町村へ", "午前の求人がある。")
    button(navigator, "意見を送る")
    expect(navigator.get_by_text("意見を送りました")).to_be_visible()
    look(navigator, "screening-case-beforehand")
    look(worker, "screening-today-city")
    worker.locator("main li").filter(has_text="仮名 急子").get_by_role("link", name="補う").click()
    button(worker, "補う")
    expect(worker.get_by_role("alert")).to_be_visible()
    look(worker, "screening-complete-errors")
    worker.goto("/cases/?state=intake")
    worker.locator("main table tbody tr").first.get_by_role("link").first.click()
    case_url = worker.url
    for path, name in (("beforehand/", "beforehand"), ("request/urgent/", "urgent"), ("request/", "request")):
        worker.goto(f"{case_url}{path}")
        look(worker, f"screening-{name}")
    worker.goto(f"{case_url}move/not-refer/")
    fill(worker, "理由・様子", "治療を優先する")
    look(worker, "screening-not-refer")
    button(worker, "見送りにする")
    expect(worker.get_by_text("にしました。")).to_be_visible()  # the form itself names the next check, too
    expect(worker.locator("main")).to_contain_text("次に確かめる日")
    worker.goto("/ledger/")
    look(worker, "screening-ledger")
    worker.get_by_role("link", name=re.compile("見送りを確かめる")).first.click()
    look(worker, "screening-ledger-check")
    worker.goto("/funnel/")
    look(worker, "screening-funnel")
    worker.goto("/funnel/?first=x")
    look(worker, "screening-funnel-error")


def test_handing_over_and_duties(login, look):
    worker = login("okayama-cw")
    expect(worker.locator("main")).to_contain_text("住居確保給付金の求職活動")
    panel = worker.locator("details").filter(has_text="住居確保給付金の求職活動")
    if panel.get_attribute("open") is None:  # more than three lines begin closed
        panel.locator("summary").click()
    panel.get_by_role("link").first.click()
    look(worker, "duties-table")
    with worker.expect_download() as download:
        worker.get_by_role("link", name=re.compile("の状況")).first.click()
    download.value.save_as("tests/e2e/screenshots/duties-sheet.pdf")
    manager = login("okayama-manager")
    expect(manager.locator("main")).to_contain_text("引き継いだケースの担当者が決まっていません")
    worker.goto("/cases/?state=active&worker=me")
    worker.locator("main table tbody tr").nth(2).get_by_role("link").first.click()
    link(worker, "担当機関を引き継ぐ")
    look(worker, "transfer-form")
    button(worker, "引き継ぐ")
    expect(worker.get_by_role("alert")).to_contain_text("新しい担当機関を選んでください")
    look(worker, "transfer-errors")
    worker.get_by_label(re.compile("新しい担当機関")).select_option(label="岡山市南区西福祉事務所")
    worker.get_by_label("法令の定め").check()
    fill(worker, "引き継ぐ理由", "南区へ転居。生活保護法第19条。")
    button(worker, "引き継ぐ")
    expect(worker.get_by_text("担当機関を引き継ぎました")).to_be_visible()
    look(worker, "transfer-case")


def test_on_a_phone(login, look):
    worker, partner = login("okayama-cw", width=390, height=844), login("okayama-partner", width=390, height=844)
    look(partner, "phone-referral-partner")
    for path, name in (("referrals/", "referrals"), ("ledger/", "ledger"), ("funnel/", "funnel"), ("", "today")):
        worker.goto(f"/{path}")
        look(worker, f"phone-{name}-beside")
    worker.goto("/cases/?state=active&worker=me")
    worker.locator("main table tbody tr").first.get_by_role("link").first.click()
    case_url = worker.url
    for path in ("referrals/new/", "transfer/", "duties/"):
        worker.goto(f"{case_url}{path}")
        look(worker, f"phone-{path.split('/')[0]}-form")
