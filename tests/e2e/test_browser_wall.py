"""The wall as a real browser meets it: nothing refused by the policy, nothing kept, nothing lost."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
import pytest
from playwright.sync_api import Error, Page, Response, expect

from cases.demo.logins import PASSWORD
from tests import servers

WATCH = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error("VIOLATION " + event.effectiveDirective + " " + event.blockedURI));
"""
KEPT = """async () => JSON.stringify({
  local: Object.entries(localStorage), session: Object.entries(sessionStorage),
  databases: (await indexedDB.databases()).map((one) => one.name),
  caches: await caches.keys(), workers: (await navigator.serviceWorker.getRegistrations()).length,
  cookies: document.cookie,
})"""
NOTHING = {"local": [], "session": [], "databases": [], "caches": [], "workers": 0, "cookies": ""}
TOUR = 45


class Witness:
    """What happened in a page since it was opened."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.refused: list[str] = []
        self.asked: list[str] = []
        self.failed: list[str] = []
        page.add_init_script(WATCH)
        page.on("console", lambda message: self._note(message.text))
        page.on("pageerror", lambda error: self.failed.append(str(error)))
        page.on("request", lambda request: self.asked.append(unquote(request.url)))
        page.on("response", lambda answer: answer.status >= 400 and self.failed.append(f"{answer.status} {answer.url}"))

    def _note(self, text: str) -> None:
        if "VIOLATION" in text or "Content Security Policy" in text:
            self.refused.append(text)


def shape(url: str) -> str:
    """/cases/0190…/ and /cases/0191…/ are one screen."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+", "#", urlsplit(url).path)


@pytest.mark.parametrize("username", ["okayama-cw", "okayama-navi", "okayama-manager"])
def test_a_tour_meets_no_refusal_and_leaves_nothing(login, username: str):
    page = login(username)
    witness = Witness(page)
    page.goto("/cases/")
    row = page.locator("table.data tbody tr").first
    name = row.locator("th a").inner_text()
    kana = row.locator(".kana").inner_text()
    for text in (name, kana.split()[0]):
        page.get_by_role("searchbox").fill(text)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.locator("main").inner_text()
    waiting, seen = ["/", "/cases/", "/reports/", "/agreements/", "/employers/", "/help/"], set()
    while waiting and len(seen) < TOUR:
        url = waiting.pop(0)
        if shape(url) in seen or url.endswith((".pdf", ".xlsx", ".csv")):
            continue
        seen.add(shape(url))
        page.goto(url)
        kept = json.loads(page.evaluate(KEPT))
        assert kept == NOTHING, url
        links = page.locator("a[href^='/']").evaluate_all("all => all.map((one) => one.getAttribute('href'))")
        waiting += [link for link in links if shape(link) not in seen]
    assert len(seen) > 20
    assert witness.refused == []
    assert witness.failed == []
    assert [url for url in witness.asked for word in (name, kana, *name.split(), *kana.split()) if word in url] == []


def test_the_witness_sees_a_refusal(login, refused_by_policy: list[str]):
    """What the tour looks for is seen when it is there: the policy really refuses."""
    page = login("okayama-cw")
    witness = Witness(page)
    page.goto("/help/")
    ran = page.evaluate(
        """async () => {
          const add = (name, change) => {
            const one = document.createElement(name); change(one); document.body.append(one); return one;
          };
          add("script", (one) => { one.textContent = "window.ran = true"; });
          add("script", (one) => { one.src = "/static/js/ittai.js"; });
          add("p", (one) => { one.setAttribute("style", "position:fixed"); });
          add("iframe", (one) => { one.src = "/"; });
          await fetch("http://127.0.0.1:9/").catch(() => null);
          await new Promise((done) => setTimeout(done, 300));
          return Boolean(window.ran);
        }"""
    )
    assert ran is False
    found = " ".join(witness.refused)
    for directive in ("script-src-elem", "style-src-attr", "frame-src", "connect-src"):
        assert f"VIOLATION {directive}" in found, found
    assert len(refused_by_policy) >= 4  # and so does the watch over every test
    refused_by_policy.clear()


def test_after_logging_out_the_back_button_shows_nobody(login):
    page = login("okayama-cw")
    page.goto("/cases/")
    page.locator("table.data tbody a").first.click()
    name = page.locator(".identity-name a").inner_text()
    page.locator("main").get_by_role("link", name="面談を記録", exact=True).first.click()
    page.locator("#id_body").fill("まだ保存していない文")
    page.locator(".user-menu summary").click()
    page.get_by_role("button", name="ログアウト").click()
    # What was typed became a draft; leaving wipes it after asking.
    with page.expect_response("**/logout/") as answer:
        page.get_by_role("button", name="消してログアウトする").click()
    assert answer.value.all_headers()["clear-site-data"] == '"cache", "storage"'
    expect(page.get_by_role("button", name="ログインする")).to_be_visible()
    for _ in range(4):
        with suppress(Error):  # a page that was the answer to a form is not kept at all: ERR_CACHE_MISS
            page.go_back()
        page.wait_for_timeout(500)  # the error page settles
        text = page.content()
        assert name not in text
        assert "まだ保存していない文" not in text
        if page.url.startswith("about:"):
            break
    assert [cookie["name"] for cookie in page.context.cookies() if "session" in cookie["name"]] == []


@pytest.fixture(scope="module")
def gallery_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gallery") / "log"


@pytest.fixture(scope="module")
def gallery(base_url: str, database: str, gallery_log: Path) -> Iterator[str]:
    """A second web process on the same database: the product and the gallery of states; it may log errors."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = gallery_log.parent
    environment = {**servers.environment(database), "STATIC_ROOT": str(folder / "static"), "LOCK_TIMEOUT": "2s"}
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(collect, check=True, cwd=servers.ROOT, env=environment)
    command = [sys.executable, "-m", "gunicorn", "tests.gallery:application", "--bind", f"127.0.0.1:{port}"]
    with gallery_log.open("wb") as log:
        child = subprocess.Popen(command, cwd=servers.ROOT, env=environment, stdout=log, stderr=log)
        try:
            deadline = time.monotonic() + 60
            while not _answers(f"http://127.0.0.1:{port}/login/"):
                assert time.monotonic() < deadline, gallery_log.read_text()
                time.sleep(0.3)
            yield f"http://127.0.0.1:{port}"
        finally:
            child.terminate()
            child.wait(timeout=30)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture
def visitor(browser, gallery: str) -> Iterator[Page]:
    context = browser.new_context(base_url=gallery, locale="ja-JP", viewport={"width": 1366, "height": 768})
    yield context.new_page()
    context.close()


STATES = (
    *("empty-list", "empty-search", "loading", "failed", "form-errors", "suppressed", "read-only", "conflict"),
    *(f"error-{status}" for status in (400, 403, 404, 405, 409, 413, 429, 500, 503)),
    *(f"sign-on-{name}" for name in ("doubtful", "failed", "refused", "stranger", "taken")),
)


def test_the_gallery_of_states(visitor: Page, look):
    witness = Witness(visitor)
    for width in (1366, 390):
        visitor.set_viewport_size({"width": width, "height": 768})
        for name in STATES:
            answer = visitor.goto(f"/gallery/{name}/")
            assert answer.status == 200, name
            look(visitor, f"gallery-{name}-{width}")
    assert witness.refused == []
    assert [text for text in witness.failed if "/reports/sample/" not in text] == []


def enter(page: Page) -> None:
    page.goto("/login/")
    page.get_by_label(re.compile("利用者ID")).fill("okayama-navi")
    page.get_by_label(re.compile("パスワード")).fill(PASSWORD)
    page.get_by_role("button", name="ログインする").click()
    page.wait_for_url("**/")


def open_interview(page: Page) -> None:
    page.goto("/cases/?state=active")
    page.locator("table.data tbody a").first.click()
    page.locator("main").get_by_role("link", name="面談を記録", exact=True).first.click()


def is_the_note(answer: Response) -> bool:
    """The answer to the form itself; drafts are saved meanwhile."""
    return answer.request.method == "POST" and answer.url.endswith("/interviews/new/")


def test_a_busy_database_loses_no_text(visitor: Page, database: str, gallery_log: Path, look):
    enter(visitor)
    open_interview(visitor)
    text = '失われない文 <b>"引用"\n二行目'
    visitor.locator("#id_body").fill(text)
    with psycopg.connect(host=servers.SOCKET, user="postgres", dbname=database) as blocker:
        blocker.execute("LOCK TABLE cases_interview IN ACCESS EXCLUSIVE MODE")
        with visitor.expect_response(is_the_note) as answer:
            visitor.locator("main").get_by_role("button", name="保存する").click()
        assert answer.value.status == 503
        expect(visitor.get_by_role("heading", name="いま混み合っています")).to_be_visible()
        expect(visitor.locator(".request-id")).to_have_text(answer.value.headers["x-request-id"])
        visitor.locator("summary").click()
        expect(visitor.locator(".typed").filter(has_text="失われない文")).to_be_visible()
        look(visitor, "busy-database")
    visitor.get_by_role("button", name="同じ内容を送り直す").click()
    expect(visitor.get_by_text("面談を記録しました。")).to_be_visible()
    expect(visitor.locator(".timeline")).to_contain_text('失われない文 <b>"引用"')
    assert visitor.locator(".timeline").inner_text().count("失われない文") == 1
    written = gallery_log.read_text()
    assert "失われない文" not in written
    assert "psycopg.errors.LockNotAvailable 55P03" in written, "the error is there, by its kind"


def test_too_much_text_gets_a_page(visitor: Page):
    enter(visitor)
    open_interview(visitor)
    visitor.locator("#id_body").evaluate(
        "one => { one.value = 'あ'.repeat(400000); one.dispatchEvent(new Event('input', {bubbles: true})); }"
    )
    with visitor.expect_response(is_the_note) as answer:
        visitor.locator("main").get_by_role("button", name="保存する").click()
    assert answer.value.status == 413
    expect(visitor.get_by_role("heading", name="送られた内容が大きすぎます")).to_be_visible()
    # What was typed is a draft, as the page says; it is opened from the first screen.
    expect(visitor.get_by_text("下書きに残っています")).to_be_visible()
    visitor.get_by_role("link", name="最初の画面へ").click()
    visitor.get_by_role("group").filter(has_text="書きかけ").get_by_role("link").first.click()
    expect(visitor.locator("#id_body")).to_have_value("あ" * 400_000)
