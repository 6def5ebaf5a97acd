"""While support runs: bookings, plan, pauses, jobs, minutes, duties; done at one side and seen at the other."""

from __future__ import annotations

import datetime as dt
import re

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests import servers
from tests.e2e.conftest import today
from tests.e2e.journeys import fill_day, in_support, line, look_back, taken_on
from tests.e2e.test_monday import button, link

ACCEPTED_DAYS = 60


@pytest.fixture
def yesterday(database: str):
    """Time passes: the newest booking was yesterday at 23 o'clock, when the demo books nobody."""

    def change() -> None:
        with psycopg.connect(host=servers.SOCKET, user="postgres", dbname=database) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(
                "UPDATE cases_appointment SET starts_at ="
                " (date_trunc('day', now() AT TIME ZONE 'Asia/Tokyo') - interval '1 hour') AT TIME ZONE 'Asia/Tokyo'"
                " WHERE id = (SELECT max(id::text)::uuid FROM cases_appointment)"
            )

    return change


def test_plan_extended_and_reviewed_by_both_sides_and_the_person(login, look):
    city, office = login("okayama-cw"), login("okayama-navi")
    case = in_support(city, office, "延長 計子", "エンチョウ ケイコ")
    city.goto(f"{case}plan/extend/")
    fill_day(city, "#id_ends_on", today() + dt.timedelta(days=360))
    city.locator("#id_reason").fill("職場見学を続けるため")
    button(city, "延長する")
    expect(city.locator(".notice-success")).to_contain_text("延長した新しい版を作りました")
    expect(city.locator("#plan")).to_contain_text("まだ")

    asked = line(office, "延長 計子").filter(has_text="支援プランの確認")
    asked.get_by_role("link", name="読んで確認").click()
    expect(office.locator("main")).to_contain_text("第2版")
    look(office, "plan-confirm-extension")
    button(office, "プランを確認する")
    expect(office.locator(".notice-success")).to_contain_text("次は本人の同意を待ちます")
    link(office, "本人の同意を記録する")
    button(office, "記録する")
    expect(office.locator(".notice-success")).to_contain_text("支援プランへの同意を記録しました")

    city.goto(f"{case}plans/")
    version = city.locator("section.panel", has=city.get_by_role("heading", name=re.compile("第2版")))
    expect(version).to_contain_text("合意済み")
    expect(version).to_contain_text("職場見学を続けるため")
    link(city, "見直しを記録する(第2版)")
    city.locator("#id_reached").fill("面接の練習を3回した")
    city.locator("#id_person_said").fill("午前なら自信がある")
    look_back(city)
    button(city, "見直しを保存する")
    expect(city.locator(".notice-success")).to_contain_text("見直しを保存し")

    office.goto(f"{case}plans/")
    expect(office.locator("main")).to_contain_text("午前なら自信がある")
    office.locator("main").get_by_role("link", name=re.compile("の見直しを確認する")).click()
    expect(office.locator("main")).to_contain_text("面接の練習を3回した")
    button(office, "見直しを確認する")
    expect(office.locator(".notice-success")).to_contain_text("見直しを")
    expect(office.locator("main").get_by_role("link", name=re.compile("の見直しを確認する"))).to_have_count(0)
    city.goto(f"{case}plans/")
    expect(city.locator("main")).to_contain_text("市区町村 確認済み、ハローワーク 確認済み")
    look(city, "plan-review-agreed")


def test_a_no_show_at_hello_work_rings_at_the_city(login, yesterday):
    city, office = login("okayama-cw"), login("okayama-navi")
    case = taken_on(city, office, "欠席 連美", "ケッセキ ツレミ")
    office.goto(f"{case}appointments/new/")
    office.locator("#id_starts_at").fill("2035/4/4 9:00")
    button(office, "予約する")
    booking = office.url
    yesterday()
    office.goto(booking)
    button(office, "無断欠席")
    expect(office.locator(".notice-success")).to_contain_text("「無断欠席」と記録しました")

    rung = line(city, "欠席 連美").filter(has_text="連絡をとりましょう")
    expect(rung).to_contain_text("HW")
    expect(rung).to_contain_text("試行 四季")
    rung.get_by_role("button", name=re.compile("^連絡した")).click()
    expect(city.locator(".notice-success")).to_contain_text("欠席 連美さんに連絡したことを記録しました")
    expect(line(office, "欠席 連美").filter(has_text="連絡をとりましょう")).to_have_count(0)
    office.goto(booking)
    expect(office.locator("main")).to_contain_text("見本 一子")  # who got in touch


def test_suspended_resumed_and_closed(login, look):
    city, office = login("okayama-cw"), login("okayama-navi")
    case = in_support(city, office, "中断 再子", "チュウダン サイコ")
    office.goto(case)
    link(office, "中断する")
    office.locator("#id_reason").fill("入院のため")
    button(office, "中断する")
    expect(office.locator(".notice-success")).to_contain_text("「中断」にしました")
    city.goto(case)
    expect(city.locator(".identity")).to_contain_text("中断")
    expect(city.locator(".timeline")).to_contain_text("入院のため")
    link(city, "支援を再開する")
    city.locator("#id_reason").fill("退院した")
    button(city, "支援を再開する")
    expect(city.locator(".notice-success")).to_contain_text("「支援中」にしました")
    office.goto(case)
    expect(office.locator(".identity")).to_contain_text("支援中")
    expect(office.locator(".timeline")).to_contain_text("退院した")

    link(office, "支援を終了する")
    office.locator("#id_close_reason").select_option(label="傷病・療養")
    office.locator("#id_note").fill("本人と相談し、療養を優先する。")
    button(office, "終了する")
    expect(office.locator(".notice-success")).to_contain_text("支援を終了しました")
    city.goto(case)
    expect(city.locator("#basics")).to_contain_text("傷病・療養 本人と相談し、療養を優先する。")
    expect(city.locator("main").get_by_role("link", name="面談を記録")).to_have_count(0)
    expect(city.locator("main").get_by_role("link", name="再支援のケースを開く")).to_be_visible()
    look(city, "case-closed-by-the-other-side")
    for page in (city, office):
        expect(line(page, "中断 再子")).to_have_count(0)


def test_a_job_kept_for_a_month_is_seen_by_both(login):
    city, office = login("okayama-cw"), login("okayama-navi")
    began = today() - dt.timedelta(days=ACCEPTED_DAYS)
    case = taken_on(city, office, "定着 続子", "テイチャク ツヅコ", on=began)
    office.goto(f"{case}placements/new/")
    office.locator("#id_employer").select_option(index=1)
    office.locator("#id_job_title").fill("調理補助")
    fill_day(office, "#id_started_on", began + dt.timedelta(days=20))
    button(office, "保存する")
    expect(office.locator(".notice-success")).to_contain_text("就職を記録しました")
    due = line(city, "定着 続子").filter(has_text="1か月")
    expect(due).to_contain_text("定着確認")
    due.get_by_role("link", name="確認を記録").click()
    city.locator("#id_state").select_option(label="在職")
    city.locator("#id_note").fill("朝の電車にも慣れた。")
    button(city, "保存する")
    expect(city.locator(".notice-success")).to_contain_text("定着確認を記録しました")
    office.goto(case)
    expect(office.locator(".timeline")).to_contain_text("定着確認 1か月")
    expect(office.locator(".timeline")).to_contain_text("在職 朝の電車にも慣れた。")
    expect(line(office, "定着 続子").filter(has_text="1か月")).to_have_count(0)


def test_repeating_bookings_and_a_weekly_slot(login):
    city, office = login("okayama-cw"), login("okayama-navi2")
    case = taken_on(city, office, "毎週 通子", "マイシュウ カヨコ", navigator="模擬 五月")
    office.goto("/slots/")
    link(office, "時間を加える")
    office.locator("#id_site").select_option(label="ジョブ・サポ岡山")
    office.locator("#id_weekday").select_option(label="火曜日")
    office.locator("#id_start_time").fill("１０時")
    office.locator("#id_end_time").fill("11:30")
    button(office, "保存する")
    expect(office.locator(".notice-success")).to_contain_text("模擬 五月さんの窓口にいる時間を保存しました")
    expect(office.get_by_role("row").filter(has_text="10:00〜11:30")).to_contain_text("火曜日")

    office.goto(f"{case}appointments/new/")
    office.locator("#id_starts_at").fill("2035/6/5 10:00")  # a Tuesday, and no holiday within three weeks
    office.locator("#id_spot").select_option(label="ジョブ・サポ岡山(席は決めない)")
    office.locator("#id_every").select_option(label="毎週")
    button(office, "予約する")
    expect(office.get_by_role("alert")).to_contain_text("回数の両方を入れてください")
    office.locator("#id_count").fill("３")
    button(office, "予約する")
    made = office.locator(".notice-success")
    for day in ("6/5", "6/12", "6/19"):
        expect(made).to_contain_text(day)

    city.goto("/appointments/?on=2035-06-19")
    city.get_by_label("だれの予約・どの窓口").select_option(label="ジョブ・サポ岡山")
    button(city, "表示する")
    week = city.locator("table.week")
    expect(week.locator(".booking", has_text="毎週 通子")).to_contain_text("模擬 五月")
    expect(week.locator(".mark-slot", has_text="10:00〜11:30")).to_contain_text("模擬 五月")
    city.goto(case)
    expect(city.locator(".identity")).to_contain_text("6/5")


def record(page: Page, decision: str, task: str, doer: str) -> None:
    """Decide on the first case of the agenda; the others wait for another time."""
    link(page, "会議を進める")
    page.locator("#id_decision").fill(decision)
    page.get_by_label("すること1", exact=True).fill(task)
    page.get_by_label("する人1", exact=True).select_option(label=doer)
    number, send = 1, page.locator("main").get_by_role("button", name=re.compile("^記録"))
    while True:
        send.click()
        expect(page.locator(".notice-success")).to_contain_text(f"{number}件目を記録しました")
        if send.count() == 0:
            return
        number += 1
        page.get_by_label("今回は見送り").check()


def test_minutes_are_confirmed_and_read_at_the_other_side(login, look):
    city, office = login("okayama-cw"), login("okayama-navi")
    office.goto("/meetings/new/")
    office.locator("#id_starts_at").fill(f"{today() - dt.timedelta(days=3):%Y/%m/%d} 16:00")
    office.locator("#id_minutes").fill("5")
    office.locator("#id_counterpart").select_option(label="岡山市北区中央福祉事務所")
    button(office, "作る")
    expect(office.locator(".notice-success")).to_contain_text("会議を作り")
    meeting = office.url
    link(office, "会議録を確定する")
    button(office, "会議録を確定する")
    expect(office.locator(".notice-error")).to_contain_text("まだ協議していない議題が")
    record(office, "午前の求人にしぼって探す", "受診の結果を伝える", "見本 一子")
    link(office, "会議録を確定する")
    expect(office.locator("main")).to_contain_text("協議した 1件")
    button(office, "会議録を確定する")
    expect(office.locator(".notice-success")).to_contain_text("会議録を確定しました")

    city.goto(meeting)
    expect(city.locator("main")).to_contain_text("会議録 確定")
    expect(city.locator("main")).to_contain_text("午前の求人にしぼって探す")
    expect(city.locator("main")).to_contain_text("試行 四季が会議録を確定しました")
    expect(city.locator("main").get_by_role("link", name="会議を進める")).to_have_count(0)
    look(city, "minutes-confirmed")
    with city.expect_download() as download:
        link(city, "参加機関すべてに見えるケースの資料")
    assert download.value.suggested_filename.startswith("会議録")
    city.goto("/")
    expect(city.locator("main li", has_text="受診の結果を伝える")).to_be_visible()


def test_duties_of_the_housing_benefit_are_filled_by_both(login, look):
    city, office = login("okayama-cw"), login("okayama-navi")
    case = taken_on(
        city,
        office,
        "家賃 守子",
        "ヤチン モリコ",
        status="住居確保給付金受給者",
        on=today() - dt.timedelta(days=ACCEPTED_DAYS),
    )
    for page, words in ((city, "家賃と求職の様子を聞いた。"), (office, "求人を3件読んだ。")):
        page.goto(f"{case}interviews/new/")
        page.locator("#id_body").fill(words)
        button(page, "保存する")
        expect(page.locator(".notice-success")).to_contain_text("面談を記録しました")
    for page in (city, office):
        row = line(page, "家賃 守子").filter(has_text="企業への応募 あと")
        expect(row).to_have_count(1)
        page.goto(case)
        link(page, "住居確保給付金の求職活動")
        month = page.locator("section.panel").first
        for kind in ("自立相談支援機関の面談", "ハローワークの職業相談"):
            expect(month.get_by_role("row").filter(has_text=kind)).to_contain_text("1回 ")
            expect(month.get_by_role("row").filter(has_text=kind)).not_to_contain_text("まだありません")
    look(office, "duties-of-both")
