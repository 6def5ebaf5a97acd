"""Writing by keyboard: limits, headings, Enter, moving on, shortcuts, and how many keys a piece of work takes (D24–D28)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import open_unhidden
from tests.e2e.test_nothing_lost import SAVED, form_of, state

WORD = (
    "<html><body><!--StartFragment--><p class=MsoNormal style='margin:0'>一行目<b>太字</b></p>"
    "<p class=MsoNormal>二行目</p><table><tr><td>表</td></tr></table><!--EndFragment--></body></html>"
)
NOTE = "面接の練習をした。来週は履歴書を直す。"


class Keys:
    """The keyboard, and how often a key was pressed (a key with Ctrl or Shift counts once; text is not counted)."""

    def __init__(self, page: Page) -> None:
        self.page, self.pressed = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1

    def text(self, text: str) -> None:
        self.page.keyboard.insert_text(text)


def caret(page: Page) -> str:
    """The id of the element that has the focus."""
    return str(page.evaluate("document.activeElement.id"))


def open_list(page: Page) -> list[str]:
    page.goto("/cases/?state=active")
    links = page.locator("table.data tbody th a").all()
    return [str(link.get_attribute("href")) for link in links]


def test_a_note_takes_few_keys(login):
    """D27: from the case page to the saved note in 12 keys at most, to the next case in 2."""
    page = login("okayama-navi")
    urls = open_list(page)
    page.goto(urls[0])
    keys = Keys(page)
    keys.press("+")
    page.wait_for_url("**/interviews/new/**")
    assert caret(page) == "id_body"
    expect(page.locator(".readers")).to_be_in_viewport()  # who will read it stays in sight
    keys.text(NOTE)
    keys.press("Control+Enter")
    expect(page.get_by_text("面談を記録しました。")).to_be_visible()
    assert keys.pressed <= 2
    expect(page.locator(".timeline > li").first).to_contain_text(NOTE)

    # The same by telephone: back over the six fields before the text, and the second way from the list.
    keys = Keys(page)
    keys.press("+")
    page.wait_for_url("**/interviews/new/**")
    keys.text(NOTE)
    while caret(page) != "id_method" and keys.pressed < 12:
        keys.press("Shift+Tab")
    keys.press("ArrowDown")
    chosen = page.locator("#id_method option:checked").inner_text()
    keys.press("Control+Enter")
    expect(page.get_by_text("面談を記録しました。")).to_be_visible()
    expect(page.locator(".timeline > li").first).to_contain_text(chosen)
    assert keys.pressed <= 12, keys.pressed


def test_the_next_case_is_one_key_away(login, look):
    page = login("okayama-navi")
    urls = open_list(page)
    assert len(urls) > 3
    page.goto(urls[0])
    expect(page.locator(".back")).to_contain_text(f"{len(urls)}件中1件目")
    assert page.get_by_role("link", name="前のケース").count() == 0
    for url in urls[1:3]:
        keys = Keys(page)
        keys.press("]")
        page.wait_for_url(f"**{url}")
        assert keys.pressed <= 2
    look(page, "case-in-list")
    page.keyboard.press("[")
    page.wait_for_url(f"**{urls[1]}")
    # Without the keyboard, and without JavaScript, it is a link; a case that is not in the list has none.
    page.get_by_role("link", name="次のケース").click()
    page.wait_for_url(f"**{urls[2]}")
    page.goto(urls[-1])
    assert page.get_by_role("link", name="次のケース").count() == 0


def test_keys_are_listed_and_turned_off(login, look):
    for width in (1366, 390):
        page = login("okayama-worker", width=width)
        page.keyboard.press("Shift+?")
        dialog = page.get_by_role("dialog", name="ショートカットキー")
        expect(dialog).to_be_visible()
        look(page, f"keys-{width}")
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
    page.keyboard.press("/")
    assert caret(page) == "site-search"
    page.keyboard.type("/?+]")  # in a field they are letters
    expect(page.locator("#site-search")).to_have_value("/?+]")
    expect(dialog).to_be_hidden()
    # In the middle of a composition a key belongs to the input method; without one the same key opens a page.
    page.goto(open_unhidden(page))
    there = page.url
    pressed = """(isComposing) => document.body.dispatchEvent(new KeyboardEvent("keydown",
        {key: "+", bubbles: true, cancelable: true, isComposing}))"""
    page.evaluate(pressed, True)
    page.wait_for_timeout(500)
    assert page.url == there
    page.evaluate(pressed, False)
    page.wait_for_url("**/interviews/new/**")
    # Off: no key of one character does anything, Ctrl+Enter still sends.
    page.goto("/account/")
    page.get_by_role("link", name="入力のしかたを変える").click()
    look(page, "typing-settings")
    page.locator("#id_has_shortcuts").uncheck()
    page.locator("#id_has_shortcuts").press("Control+Enter")
    expect(page.get_by_text("入力のしかたを保存しました。")).to_be_visible()
    look(page, "account-settings-typing")
    page.keyboard.press("Shift+?")
    page.keyboard.press("/")
    assert page.locator("dialog").count() == 0
    assert caret(page) != "site-search"
    assert "( / )" not in str(page.locator("#site-search").get_attribute("placeholder"))


def test_enter_sends_no_long_form_and_ctrl_enter_saves(login):
    page = login("okayama-cw")
    form_of(page, 3)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    for name in ("held_at", "homework", "has_hello_work"):
        page.locator(f"#id_{name}").press("Enter")
    page.locator("#id_homework").press("Shift+Enter")
    page.locator("#id_body").focus()
    cdp = page.context.new_cdp_session(page)
    cdp.send("Input.imeSetComposition", {"text": "へんかん", "selectionStart": 4, "selectionEnd": 4})
    # Ctrl+Enter in the middle of a composition belongs to the input method.
    page.evaluate(
        """document.activeElement.dispatchEvent(new KeyboardEvent("keydown",
        {key: "Enter", ctrlKey: true, bubbles: true, cancelable: true, isComposing: true}))"""
    )
    cdp.send("Input.insertText", {"text": "変換した。"})
    page.wait_for_timeout(300)
    assert [url for url in sent if "/drafts/" not in url] == []
    expect(page.locator("#id_body")).to_have_value("変換した。")
    page.locator("#id_homework").press("Control+Enter")
    expect(page.get_by_text("面談を記録しました。")).to_be_visible()
    # A search is one line: Enter sends it. So is a log-in.
    page.locator("#site-search").fill("れいじ")
    page.locator("#site-search").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("探した結果")


def test_ctrl_enter_does_what_the_main_button_does(login):
    """Of several buttons the blue one inside the form: never 「別の人なので登録する」 above it."""
    page = login("okayama-cw")
    page.goto(open_unhidden(page))
    kana = page.locator(".identity-name .kana").inner_text()
    name = page.locator(".identity-name a").inner_text()
    page.goto("/cases/new/")
    page.locator("#id_name_kana").fill(kana)
    page.locator("#id_name_kana").press("Control+Enter")
    page.locator("button[name=act][value=form]").click()
    page.locator("#id_name").fill(name)
    page.locator("#id_status").select_option(index=1)
    for _ in range(2):
        page.locator("#id_name").press("Control+Enter")
        expect(page.get_by_text("同じ人かもしれない登録があります")).to_be_visible()


def test_moving_on_is_off_until_it_is_turned_on(login):
    page = login("okayama-cw2")
    url = open_unhidden(page)
    page.goto(f"{url}contact/")
    postal = page.locator("#id_postal_code")
    postal.fill("")
    postal.press_sequentially("7000001")
    assert caret(page) == "id_postal_code"
    page.goto("/account/typing/")
    page.get_by_label("桁がそろったら次の欄へ").check()
    page.get_by_role("button", name="保存する").click()
    page.goto(f"{url}contact/")
    postal.fill("")
    postal.press_sequentially("700")
    assert caret(page) == "id_postal_code"
    postal.press_sequentially("0001")
    assert caret(page) == "id_address"
    # Digits of full width through the input method, after the composition and not before.
    postal.fill("")
    postal.focus()
    cdp = page.context.new_cdp_session(page)
    cdp.send("Input.imeSetComposition", {"text": "７０００００１", "selectionStart": 7, "selectionEnd": 7})
    assert caret(page) == "id_postal_code"
    cdp.send("Input.insertText", {"text": "７０００００１"})
    expect(page.locator("#id_address")).to_be_focused()
    # Taking a digit away or correcting in the middle stays where it is.
    postal.press("End")
    postal.press("Backspace")
    assert caret(page) == "id_postal_code"
    page.goto(f"{url}person/")
    page.locator("#id_birth_on").fill("")
    page.locator("#id_birth_on").press_sequentially("3550401")
    assert caret(page) != "id_birth_on"


def test_too_long_is_said_with_numbers_and_nothing_is_cut(login, look):
    page = login("okayama-cw")
    url = open_unhidden(page)
    page.goto(f"{url}referrals/new/")
    purpose = page.locator("#id_purpose")
    count = page.locator("#id_purpose_count")
    expect(count).to_be_hidden()
    text = "長" * 190
    purpose.fill(text)
    expect(count).to_have_text("あと10字")
    announced = page.locator("p.visually-hidden[role=status]")
    expect(announced).to_have_text("")  # not at every key
    expect(announced).to_contain_text("あと10字", timeout=5000)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("navigator.clipboard.writeText('足'.repeat(30))")
    purpose.press("End")
    purpose.press("Control+V")
    expect(purpose).to_have_value(text + "足" * 30)
    expect(count).to_have_text("20字多すぎます(200字まで)")
    purpose.press("Control+Enter")
    alert = page.get_by_role("alert").filter(has_text="つなぐ目的は200文字までです")
    expect(alert).to_contain_text("いま220文字で、20文字多すぎます")
    expect(purpose).to_have_value(text + "足" * 30)
    look(page, "too-long")
    narrow = login("okayama-cw", width=390)
    narrow.goto(f"{url}referrals/new/")
    narrow.locator("#id_purpose").fill(text + "足" * 30)
    narrow.locator("#id_purpose").press("Control+Enter")
    expect(narrow.get_by_role("alert")).to_be_visible()
    look(narrow, "too-long-390")


@pytest.mark.parametrize("width", [1366, 1180, 390])
def test_the_sentence_of_radio_buttons_stands_below_them(login, look, width):
    """口頭 and 書面 stay words of one line when their error is shown."""
    page = login("okayama-cw", width=width)
    url = open_unhidden(page)
    page.goto(f"{url}referrals/new/")
    page.locator("#id_purpose").press("Control+Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    for label in page.locator(".form-check label").all():
        box = label.bounding_box()
        assert box is not None
        assert box["width"] > 28, (label.inner_text(), box)
    last = page.locator("input[name=method]").last.bounding_box()
    told = page.locator("#id_method_error").bounding_box()
    assert last is not None
    assert told is not None
    assert told["y"] >= last["y"] + last["height"] - 1
    page.get_by_role("alert").get_by_role("link", name=re.compile("本人の同意の取り方")).click()
    assert caret(page) == "id_method_0"
    look(page, f"radio-error-{width}")


def test_a_note_with_headings_grows_and_keeps_the_lines_of_word(login, look, refused_by_policy: list[str]):
    page = login("okayama-cw")
    form_of(page, 10)
    body = page.locator("#id_body")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    low = body.bounding_box()
    page.get_by_role("button", name="面談", exact=True).click()
    page.keyboard.type("働きたい。")
    expect(body).to_have_value(re.compile("【本人の話】\n働きたい。\n【様子"))
    # Ctrl+Z takes the typing back as in any field: nothing was swapped under the cursor.
    body.press("Control+A")
    body.press("Delete")
    page.evaluate(
        """html => navigator.clipboard.write([new ClipboardItem({
          "text/html": new Blob([html], {type: "text/html"}),
          "text/plain": new Blob(["一行目太字\\r\\n二行目\\r\\n表"], {type: "text/plain"}),
        })])""",
        WORD,
    )
    body.press("Control+V")
    expect(body).to_have_value("一行目太字\n二行目\n表")
    body.press("Control+End")
    page.keyboard.insert_text("\n".join(f"{number}行目" for number in range(30)))
    high = body.bounding_box()
    assert low is not None
    assert high is not None
    assert high["height"] > low["height"] + 100
    expect(page.locator("#id_body_count")).to_have_text(re.compile(r"\d+文字"))
    expect(state(page)).to_have_text(SAVED, timeout=10_000)
    look(page, "note-long")
    body.press("Control+Enter")
    saved = page.locator(".timeline > li", has_text="一行目太字")  # below what is booked for later days
    expect(saved).to_have_count(1)
    lines = saved.locator(".body").inner_html()
    assert re.search("一行目太字<br>\\s*二行目<br>", lines), lines
    # Word's own styles, which the browser reads when the test fills its clipboard, are refused as any other.
    assert all("inline style" in words for words in refused_by_policy), refused_by_policy
    refused_by_policy.clear()


def offers(page: Page) -> int:
    return page.locator("[data-draft-offer]").count()


def test_the_same_words_are_offered_once(login):
    """Failed attempts on one form, the Back button and typing the same again: one draft is offered, not a pile."""
    page = login("okayama-cw2")
    form_of(page, 9)
    where = page.url
    body, held = page.locator("#id_body"), page.locator("#id_held_at")
    for number in range(4):
        body.fill("同じ言葉")
        held.fill("きのう")
        held.press("Control+Enter")
        expect(page.locator("#error-summary")).to_be_visible()
        assert offers(page) == 0, number
        expect(body).to_have_value("同じ言葉")
        if number % 2:
            page.goto(where)
            assert offers(page) == 1, number
            body.fill("同じ言葉")
            expect(state(page)).to_have_text(SAVED, timeout=10_000)
            with page.expect_response(re.compile("/drafts/")):  # both fields are in the draft
                held.fill("きのう")
        else:
            page.go_back()
            page.go_forward()
            page.goto(where)
    page.goto(where)
    assert offers(page) == 1
    page.goto("/")
    lines = page.locator("main details", has=page.get_by_role("heading", name="書きかけ")).locator("a")
    expect(lines.and_(page.locator(f'[href*="{urlsplit(where).path}"]'))).to_have_count(1)
    # Sent once, it is offered nowhere: a second record is not one press away.
    page.goto(where)
    body.fill("同じ言葉")
    page.get_by_role("button", name="保存する").click()
    expect(page.get_by_text("面談を記録しました。")).to_be_visible()
    page.goto(where)
    texts = [str(link.get_attribute("href")) for link in page.get_by_role("link", name="戻す").all()]
    for url in texts:
        page.goto(url)
        assert page.locator("#id_held_at").input_value() == "きのう"
