"""Faults F7–F11 with a real browser and real servers: nothing typed is lost, nothing is done twice.

F12, words against the end of a case, is in test_words_against_moves.py.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect
from playwright.sync_api import Error as PlaywrightError

from cases.demo.logins import PASSWORD
from tests.e2e.clients import Desk, at_once, value_of

NOTE = "面接の練習をした。𠮷野さん👨‍👩‍👧は葛󠄀城市の求人に応募する。"
SAVED = re.compile(r"下書き保存済み \d+:\d\d")


def form_of(page: Page, number: int) -> str:
    """The new-interview form of the user's n-th case; each test takes one of its own."""
    page.goto("/cases/?state=active")
    links = page.locator("table.data tbody a")
    url = links.nth(number % links.count()).get_attribute("href")
    page.goto(f"{url}interviews/new/")
    return str(url)


def log_in(page: Page, username: str) -> None:
    page.get_by_label(re.compile("利用者ID")).fill(username)
    page.get_by_label(re.compile("パスワード")).fill(PASSWORD)
    page.get_by_role("button", name="ログインする").click()


def state(page: Page) -> Any:
    return page.locator("[data-draft-state]")


def end_sessions(sql: Callable[..., list[Any]]) -> None:
    """What an idle end, a restart with another key or an administrator does: every session is gone."""
    sql("DELETE FROM django_session")


def web_storage(page: Page) -> list[str]:
    """What stands in the browser's own storage."""
    return list(page.evaluate("[localStorage, sessionStorage].flatMap((store) => Object.entries(store).flat())"))


def test_f7_the_network_drops_while_typing(login, look):
    page = login("okayama-cw")
    form_of(page, 0)
    body = page.locator("#id_body")
    body.press_sequentially("はじめ。")
    expect(state(page)).to_have_text(SAVED, timeout=8000)
    page.route("**/drafts/save/", lambda route: route.abort())
    page.context.set_offline(True)
    body.press_sequentially(NOTE)
    banner = page.locator("[data-draft-banner]")
    expect(banner).to_contain_text("保存できていません。入力はこの画面に残っています", timeout=10_000)
    expect(state(page)).not_to_have_text(SAVED)
    look(page, "draft-offline")
    # A press of the button sends nothing into the void; the text stays.
    page.get_by_role("button", name="保存する").click()
    expect(body).to_have_value("はじめ。" + NOTE)
    page.context.set_offline(False)
    page.unroute("**/drafts/save/")
    expect(state(page)).to_have_text(SAVED, timeout=15_000)
    expect(banner).to_be_hidden()
    look(page, "draft-saved")
    page.reload()
    page.get_by_role("link", name="戻す").click()
    expect(body).to_have_value("はじめ。" + NOTE)
    assert web_storage(page) == []
    page.get_by_role("button", name="保存する").click()
    expect(page.get_by_text("面談を記録しました。")).to_be_visible()
    expect(page.locator(".timeline")).to_contain_text(NOTE)
    page.goto("/")
    expect(page.get_by_role("heading", name="書きかけ")).to_have_count(0)


def test_f8_the_session_ends_while_typing_a_long_note(login, look, sql):
    page = login("okayama-cw")
    form_of(page, 1)
    body = page.locator("#id_body")
    text = NOTE * 400
    body.fill(text)
    expect(state(page)).to_have_text(SAVED, timeout=10_000)
    end_sessions(sql)
    body.press("End")
    body.press_sequentially("続きを書く。")
    # The server no longer knows the page: nothing is readable, the text is held.
    expect(page.get_by_role("heading", name="ログアウトしました")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("まだ保存していない入力があります")).to_be_visible()
    assert "面接の練習" not in page.content()
    assert page.title() == "ログアウトしました | ittai"
    look(page, "session-locked")

    # Somebody else logs in on the same computer: nothing of it is shown.
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="ログインする").click()
    other = opened.value
    log_in(other, "okayama-worker")
    expect(other.get_by_text("元の画面(タブ)に戻ると")).to_be_visible()
    page.bring_to_front()
    expect(page.get_by_text("別の利用者がログインしています")).to_be_visible(timeout=10_000)
    assert "面接の練習" not in page.content()
    other.goto("/")
    assert "書きかけ" not in other.content()
    other.locator(".user-menu summary").click()
    other.get_by_role("button", name="ログアウト").click()
    expect(other.get_by_role("heading", name="ログイン")).to_be_visible()

    # The same person comes back: the page goes on, not a character is missing.
    log_in(other, "okayama-cw")
    expect(other.get_by_role("heading", name=re.compile("^今日 "))).to_be_visible()
    page.bring_to_front()
    expect(body).to_have_value(text + "続きを書く。", timeout=15_000)
    expect(state(page)).to_have_text(SAVED, timeout=10_000)
    page.get_by_role("button", name="保存する").click()
    expect(page.get_by_text("面談を記録しました。")).to_be_visible()
    saved = sql("SELECT body FROM cases_interview ORDER BY created_at DESC LIMIT 1")
    assert saved == [(text + "続きを書く。",)]


def test_f8_the_button_is_pressed_after_the_end(login, sql):
    """The last words are not yet saved, the session is gone, the person presses 保存する at once."""
    page = login("okayama-cw")
    form_of(page, 2)
    end_sessions(sql)
    page.locator("#id_body").fill("最後の言葉")
    page.get_by_role("button", name="保存する").click()
    expect(page.get_by_role("heading", name="ログアウトしました")).to_be_visible(timeout=15_000)
    other = page.context.new_page()
    other.goto("/login/?next=/session/back/")
    log_in(other, "okayama-cw")
    expect(other.get_by_text("元の画面(タブ)に戻ると")).to_be_visible()
    page.bring_to_front()
    expect(page.locator("#id_body")).to_have_value("最後の言葉", timeout=15_000)
    page.get_by_role("button", name="保存する").click()
    expect(page.get_by_text("面談を記録しました。")).to_be_visible()


def shift(page: Page, seconds: int) -> None:
    """Let the page believe that only so much idle time is left."""

    def answer(route: Route) -> None:
        real = route.fetch()
        content = real.json() if real.status == 200 else {}
        if content:
            content["idle_seconds_left"] = seconds
        route.fulfill(response=real, json=content)

    page.route("**/session/status/", answer)


def test_the_warning_comes_in_time_and_one_key_extends(login, look):
    for width, height in ((1366, 768), (390, 844)):
        page = login("okayama-cw", width=width, height=height)
        form_of(page, 3)
        shift(page, 125)
        page.clock.install()
        page.reload()
        page.clock.fast_forward((900 - 126) * 1000)
        dialog = page.get_by_role("dialog", name="まもなくログアウトします")
        expect(dialog).to_be_visible(timeout=10_000)
        expect(dialog.get_by_role("status")).to_contain_text("あと約2分で自動的にログアウトします")
        expect(dialog.get_by_role("button", name="続ける")).to_be_focused()
        look(page, f"session-warning-{width}")
        page.unroute("**/session/status/")
        with page.expect_response("**/session/extend/") as extended:
            page.keyboard.press("Enter")
        assert extended.value.json()["idle_seconds_left"] > 890
        expect(dialog).to_have_count(0)


def test_the_idle_end_hides_the_page_and_gives_the_text_back(login, sql):
    """The whole way on its own clock: the page ends by itself and leads to the log-in and back."""
    page = login("okayama-cw")
    form_of(page, 4)
    page.clock.install()
    page.reload()
    page.locator("#id_body").fill("離席の前に")
    page.clock.run_for(3000)
    expect(state(page)).to_have_text(SAVED, timeout=10_000)
    end_sessions(sql)
    page.clock.fast_forward(898_000)
    page.wait_for_url(re.compile("/login/[?]next="), timeout=20_000)
    assert "離席の前に" not in page.content()
    page.go_back()
    page.wait_for_load_state()
    assert "離席の前に" not in page.content()
    page.goto(page.url if "/login/" in page.url else "/login/?next=/")
    log_in(page, "okayama-cw")
    page.goto("/")
    page.locator("main details", has=page.get_by_role("heading", name="書きかけ")).get_by_role("link").first.click()
    expect(page.locator("#id_body")).to_have_value("離席の前に")


def test_f9_the_browser_is_killed(browser, base_url, login, look):
    """A browser of its own ends without a word five seconds after the last key."""
    mine = browser.browser_type.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
    context: BrowserContext = mine.new_context(base_url=base_url, locale="ja-JP", timezone_id="Asia/Tokyo")
    page = context.new_page()
    page.goto("/login/")
    log_in(page, "okayama-cw2")
    form_of(page, 5)
    where = page.url
    page.locator("#id_body").press_sequentially(NOTE)
    page.locator("#id_method").select_option(index=1)
    page.locator("#id_has_person").uncheck()
    time.sleep(5)
    with pytest.raises(PlaywrightError):
        mine.new_browser_cdp_session().send("Browser.crash")
    for width, height in ((1366, 768), (390, 844)):
        again = login("okayama-cw2", width=width, height=height)
        again.goto(where)
        offer = again.locator("[data-draft-offer]")
        expect(offer).to_contain_text(re.compile(r"\d+月\d+日 \d+:\d\dの下書きがあります"))
        look(again, f"draft-offer-{width}")
    again.goto("/")
    look(again, "today-unfinished-390")
    plain = login("okayama-cw2", javascript=False)
    plain.goto(where)
    plain.get_by_role("link", name="戻す").click()
    expect(plain.locator("#id_body")).to_have_value(NOTE)
    expect(plain.locator("#id_has_person")).not_to_be_checked()
    plain.goto(where)
    plain.get_by_role("link", name="捨てる").click()
    again.goto(plain.url)
    look(again, "draft-discard")
    plain.get_by_role("button", name="捨てる").click()
    expect(plain.get_by_text("下書きを捨てました。")).to_be_visible()
    expect(plain.locator("[data-draft-offer]")).to_have_count(0)


def test_logout_asks_before_drafts_are_forgotten(login, look):
    for width, height in ((1366, 768), (390, 844)):
        page = login("okayama-worker", width=width, height=height)
        form_of(page, 0)
        where = page.url
        page.locator("#id_body").fill("ログアウトの前に")
        expect(state(page)).to_have_text(SAVED, timeout=15_000)
        page.locator(".user-menu summary").click()
        page.get_by_role("button", name="ログアウト").click()
        expect(page.get_by_role("heading", name="書きかけの入力があります")).to_be_visible()
        look(page, f"leave-{width}")
        page.get_by_role("button", name="下書き1件を消してログアウトする").click()
        expect(page.get_by_role("heading", name="ログイン")).to_be_visible()
        page.goto(where)  # nothing readable behind the log-in
        expect(page.get_by_role("heading", name="ログイン")).to_be_visible()
        assert "ログアウトの前に" not in page.content()


def test_f11_an_old_tab_cannot_overwrite_a_newer_one(login):
    first = login("okayama-cw")
    form_of(first, 6)
    first.locator("#id_body").fill("一つ目の画面")
    expect(state(first)).to_have_text(SAVED, timeout=10_000)
    second = first.context.new_page()
    second.goto(first.url)
    second.get_by_role("link", name="戻す").click()
    second.locator("#id_body").fill("一つ目の画面から続けた")
    expect(state(second)).to_have_text(SAVED, timeout=10_000)
    first.bring_to_front()
    first.locator("#id_body").fill("古い画面で書いた")
    expect(state(first)).to_have_text(re.compile("別の下書きとして保存済み"), timeout=15_000)
    first.reload()
    assert first.locator("[data-draft-offer]").count() >= 1
    third = first.context.new_page()
    third.goto(first.url)
    texts = set()
    for url in [link.get_attribute("href") for link in third.get_by_role("link", name="戻す").all()]:
        third.goto(str(url))
        texts.add(third.locator("#id_body").input_value())
    assert texts == {"一つ目の画面から続けた", "古い画面で書いた"}


def test_composition_is_left_alone(login):
    """Japanese input: nothing is saved in the middle of a word, nothing is lost or doubled."""
    page = login("okayama-cw")
    form_of(page, 7)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "/drafts/save/" in request.url else None)
    body = page.locator("#id_body")
    body.focus()
    cdp = page.context.new_cdp_session(page)
    expected = ""
    for reading, word in (("にほんご", "日本語"), ("を", "を"), ("にゅうりょく", "入力"), ("した。", "した。")):
        for length in range(1, len(reading) + 1):
            part = reading[:length]
            cdp.send("Input.imeSetComposition", {"text": part, "selectionStart": length, "selectionEnd": length})
        cdp.send("Input.insertText", {"text": word})
        expected += word
    expect(body).to_have_value(expected)
    expect(state(page)).to_have_text(SAVED, timeout=10_000)
    before = len(sent)
    cdp.send("Input.imeSetComposition", {"text": "へんかん", "selectionStart": 4, "selectionEnd": 4})
    page.wait_for_timeout(6000)
    assert len(sent) == before  # an unfinished word waits
    cdp.send("Input.insertText", {"text": "変換"})
    expect(body).to_have_value(expected + "変換")
    wait_for(page, lambda: len(sent) > before)
    page.reload()
    page.get_by_role("link", name="戻す").click()
    expect(body).to_have_value(expected + "変換")


def test_back_and_send_again_and_f5_give_one_record(login, sql):
    page = login("okayama-cw")
    form_of(page, 8)
    text = "戻って送り直した"
    page.locator("#id_body").fill(text)
    page.get_by_role("button", name="保存する").click()
    expect(page.get_by_text("面談を記録しました。")).to_be_visible()
    page.reload()  # F5 after the post
    for _ in range(2):
        page.go_back()
        expect(page.locator("#id_body")).to_be_visible()
        page.locator("#id_body").fill(text)
        page.get_by_role("button", name="保存する").click()
        expect(page.locator("main h1")).to_contain_text("さんのケース")
    assert sql("SELECT count(*) FROM cases_interview WHERE body = %s", text) == [(1,)]


def records(sql: Callable[..., list[Any]], text: str) -> int:
    count: int = sql("SELECT count(*) FROM cases_interview WHERE body = %s", text)[0][0]
    return count


@pytest.mark.parametrize("javascript", [True, False])
def test_f10_a_double_click_saves_once(login, sql, javascript):
    """B25: with the page's own guard, and with the server's alone."""
    sql("DELETE FROM accounts_draft")  # what the tests before left unfinished
    page = login("okayama-cw", javascript=javascript)
    case = form_of(page, 9)
    text = f"二度押し{'あり' if javascript else 'なし'}"
    posts: list[str] = []
    page.on("request", lambda one: posts.append(one.url) if one.method == "POST" and "interviews" in one.url else None)
    page.locator("#id_body").fill(text)
    page.get_by_role("button", name="保存する").dblclick()
    expect(page.locator("main h1")).to_contain_text("さんのケース")
    assert len(posts) == 1 if javascript else len(posts) >= 1
    assert records(sql, text) == 1
    page.goto(f"{case}interviews/new/")  # no draft of it is left
    expect(page.locator("#id_body")).to_have_value("")
    expect(page.get_by_role("link", name="戻す")).to_have_count(0)


@pytest.mark.parametrize("javascript", [True, False])
def test_b25_a_second_click_on_a_slow_network_saves_once(login, sql, javascript):
    """The first post has arrived and been saved, its answer is on the way for seconds: 保存する is pressed again."""
    page = login("okayama-cw", javascript=javascript)
    form_of(page, 10)
    text = f"遅い回線{'あり' if javascript else 'なし'}"
    answers: list[tuple[Route, Any]] = []

    def slow(route: Route) -> None:
        if route.request.method == "POST":
            answers.append((route, route.fetch(max_redirects=0)))
        else:
            route.continue_()

    page.route("**/interviews/new/", slow)
    page.locator("#id_body").fill(text)
    button = page.get_by_role("button", name="保存する")
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box is not None
    where = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.click(*where)
    wait_for(page, lambda: len(answers) == 1)
    assert records(sql, text) == 1
    page.mouse.click(*where)
    if not javascript:  # the browser gives the first answer up and sends the form again
        wait_for(page, lambda: len(answers) == 2)
        assert [answer.headers["location"] for _, answer in answers] == [answers[0][1].headers["location"]] * 2
    page.wait_for_timeout(1500)
    assert len(answers) == (1 if javascript else 2)
    route, answer = answers[-1]
    route.fulfill(response=answer)
    expect(page.locator("main h1")).to_contain_text("さんのケース")
    assert records(sql, text) == 1


def wait_for(page: Page, is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 15
    while not is_so():
        assert time.monotonic() < deadline
        page.wait_for_timeout(100)


def some_case(page: Page) -> str:
    page.goto("/cases/?state=active")
    return str(page.locator("table.data tbody a").last.get_attribute("href"))


def test_f10_parallel_posts_give_one_record_and_one_answer(login, base_url, sql):
    case = some_case(login("okayama-cw"))
    desk = Desk(base_url, "okayama-cw")
    for number in (2, 5, 20):
        page = desk.get(f"{case}interviews/new/")
        text = f"同時に{number}回"
        fields = {
            "held_at": "2026/11/2 10:00",
            "method": "visit",
            "body": text,
            "visibility": "shared",
            "once": value_of(page, "once"),
        }
        answers = [answer[:2] for answer in at_once([(desk, f"{case}interviews/new/", fields, page)] * number)]
        assert set(answers) == {(302, case)}, number
        assert sql("SELECT count(*) FROM cases_interview WHERE body = %s", text) == [(1,)]


COLUMNS = ("postal_code", "address", "phone", "email", "contact_note", "school", "route", "family", "version")
EDITED = ("address", "contact_note", "school", "route")
CONTACT = f"SELECT {', '.join(COLUMNS)} FROM cases_personcontact WHERE person_id = %s"


def test_f11_two_hundred_races_overwrite_nothing(login, base_url, sql):
    """Two savers at once, each with random fields: the loser gets 409 with both texts, the union is one click away."""
    case = some_case(login("okayama-cw"))
    path = f"{case}contact/"
    desks = [Desk(base_url, "okayama-cw"), Desk(base_url, "okayama-worker")]
    pages = [desk.get(path) for desk in desks]  # for the tokens; the versions are read anew for each race
    rng = random.Random(20261121)
    pk = sql("SELECT person_id FROM cases_case WHERE id = %s", case.strip("/").split("/")[-1])[0][0]

    def stored() -> dict[str, Any]:
        return dict(zip(COLUMNS, sql(CONTACT, pk)[0], strict=True))

    apart = overlapping = 0
    for race in range(200):
        base = stored()
        changes = [dict.fromkeys(rng.sample(EDITED, rng.randint(1, 3)), f"{who}番{race}回") for who in (1, 2)]
        answers = at_once([(desks[who], path, {**base, **changes[who]}, pages[who]) for who in (0, 1)])
        assert sorted(answer[0] for answer in answers) == [302, 409], race
        loser = next(who for who in (0, 1) if answers[who][0] == 409)
        winner = 1 - loser
        text = answers[loser][2]
        assert "ほかの人が先に保存しました" in text
        assert stored() == {**base, **changes[winner], "version": base["version"] + 1}
        for value in (*changes[winner].values(), *changes[loser].values()):
            assert value in text  # both texts are on the screen
        # The form that comes back holds the union: sent as it is, nothing is lost that does not overlap.
        union = {name: value_of(text, name) for name in COLUMNS}
        assert desks[loser].post(path, {**base, **union}, text)[0] == 302
        assert stored() == {**base, **changes[winner], **changes[loser], "version": base["version"] + 2}
        if set(changes[0]) & set(changes[1]):
            overlapping += 1
            assert "両方が変更" in text
        else:
            apart += 1
            assert "変えた項目は重なっていません" in text
    assert apart > 20
    assert overlapping > 20


def test_the_tour_leaves_nothing_in_the_browser(login):
    page = login("okayama-cw")
    for url in ("/", "/cases/", "/appointments/", "/employers/", "/agreements/", "/reports/", "/help/"):
        page.goto(url)
        assert web_storage(page) == []
    assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 0
