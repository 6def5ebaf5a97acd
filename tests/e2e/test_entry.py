"""Typing days, names, postcodes at the desk, with and without JavaScript; how days are shown."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import open_unhidden
from tests.e2e.test_monday import button

# What is typed, and the other calendar beside it.
DAYS = [
    ("S55.4.1", "1980年4月1日"),
    ("昭和55年4月", "1980年4月"),
    ("S55", "1980年"),
    ("1980/4/1", "昭和55年4月1日"),
    ("１９８０年", "昭和55年"),
    ("3550401", "1980年4月1日"),
    ("19800401", "昭和55年4月1日"),
    ("1989/1/7", "昭和64年1月7日"),
    ("1989/1/8", "平成元年1月8日"),
    ("2019-04-30", "平成31年4月30日"),
    ("2019-05-01", "令和元年5月1日"),
    ("1926/12/24", "大正15年12月24日"),
    ("1926/12/25", "昭和元年12月25日"),
    ("1912.7.29", "明治45年7月29日"),
    ("1912.7.30", "大正元年7月30日"),
    ("2019", "平成31年か令和元年"),
    ("55.4.1", ""),
    ("昭和64年2月1日", ""),
    ("2025/2/29", ""),
    ("", ""),
]


def to_form(page: Page, kana: str = "ケンサ ジドウ") -> None:
    """The form of a new person, after the search found nobody."""
    page.goto("/cases/new/")
    page.locator("#id_name_kana").fill(kana)
    page.locator("#id_name_kana").press("Enter")
    expect(page.locator("#id_status")).to_be_visible()


def test_the_other_calendar_stands_beside_a_day_while_it_is_typed(login, look):
    page = login("okayama-cw")
    to_form(page)
    field, other = page.locator("#id_birth_on"), page.locator("output[for=id_birth_on]")
    for typed, shown in DAYS:
        field.fill(typed)
        expect(other).to_have_text(shown)
    field.fill("S55.4")
    look(page, "entry-day")
    page.set_viewport_size({"width": 390, "height": 844})
    look(page, "entry-day-390")


def compose(page: Page, steps: list[str], result: str) -> None:
    """Type through the input method: what stands there while it is composed, then what it becomes."""
    ime = page.context.new_cdp_session(page)
    for step in steps:
        ime.send("Input.imeSetComposition", {"text": step, "selectionStart": len(step), "selectionEnd": len(step)})
    ime.send("Input.insertText", {"text": result})


def test_the_reading_comes_from_what_was_typed_before_it_was_converted(login):
    page = login("okayama-cw")
    page.goto("/cases/new/")
    page.locator("#id_name_kana").fill("けんさ")
    page.locator("#id_name_kana").press("Enter")
    name, kana = page.locator("#id_name"), page.locator("#id_name_kana")
    kana.fill("")
    name.focus()
    compose(page, ["s", "さ", "さt", "さとう", "佐藤"], "佐藤")
    expect(kana).to_have_value("サトウ")
    page.keyboard.press("Space")
    compose(page, ["h", "は", "はなこ", "花子"], "花子")
    expect(name).to_have_value("佐藤 花子")
    expect(kana).to_have_value("サトウ ハナコ")
    # What somebody typed as a reading stays, whatever the name becomes.
    kana.fill("サトウ カコ")
    name.focus()
    page.keyboard.press("End")
    compose(page, ["み", "美"], "美")
    expect(name).to_have_value("佐藤 花子美")
    expect(kana).to_have_value("サトウ カコ")
    # The draft has both.
    expect(page.locator("[data-draft-state]")).to_contain_text("下書き保存済み", timeout=15000)


@pytest.mark.parametrize("javascript", [True, False])
def test_the_postcode_brings_the_address(login, look, javascript):
    page = login("okayama-cw", javascript=javascript)
    kana, name, digit = ("ユウビン アリ", "郵便 有", "４") if javascript else ("ハガキ ナシ", "葉書 無", "５")
    to_form(page, kana)
    page.locator("#id_name").fill(name)
    page.locator("#id_postal_code").fill("７０００９１３")
    page.get_by_role("button", name="住所を入れる").click()
    expect(page.locator("#id_address")).to_have_value("岡山県岡山市北区大供")
    expect(page.locator("#address-found")).to_contain_text("丁目・番地から後を続けて")
    expect(page.locator("#id_name")).to_have_value(name)
    if javascript:
        look(page, "entry-address")
    page.locator("#id_address").fill("倉敷市見本町1")
    page.get_by_role("button", name="住所を入れる").click()
    expect(page.locator("#address-found")).to_contain_text("入力されている住所は変えていません")
    expect(page.locator("#id_address")).to_have_value("倉敷市見本町1")
    # Enter in a line, or Ctrl+Enter where a script holds Enter back, still means the form's own button.
    page.locator("#id_status").select_option(label="生活保護受給者")
    page.locator("#id_phone").fill(f"０９０ー００００ー１２３{digit}")
    page.locator("#id_phone").press("Control+Enter" if javascript else "Enter")
    expect(page.get_by_text("相談を受け付けました")).to_be_visible()


def test_a_user_chooses_how_days_are_shown(login, look):
    page = login("okayama-cw")
    page.goto("/account/")
    page.get_by_label("西暦(2026年4月1日)").check()
    button(page, "日付の表示を変える")
    expect(page.get_by_text("日付の表示を変えました")).to_be_visible()
    look(page, "entry-date-style")
    url = open_unhidden(page)
    expect(page.locator("dl.facts").first).to_contain_text("年")
    assert "令和" not in page.locator("main dl.facts").first.inner_text()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/account/")
    look(page, "entry-date-style-390")
    page.get_by_label("和暦(令和8年4月1日)").check()
    button(page, "日付の表示を変える")
    page.goto(url)
    expect(page.locator("main")).to_contain_text("令和")


def test_a_number_out_of_range_says_what_is_right(login, look):
    page = login("okayama-cw")
    page.goto("/cases/new/")
    page.locator("#site-search").fill("S33")
    page.locator("#site-search").press("Enter")
    expect(page.locator("main")).to_contain_text("葛")
    look(page, "entry-year-only")
