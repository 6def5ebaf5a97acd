"""The real stack – web, worker, beat on a copy of the demo – and a real browser."""

from __future__ import annotations

import datetime as dt
import os
import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from cases.demo.logins import PASSWORD
from config import stack as stack_module
from tests import servers

SCREENSHOTS = Path(__file__).parent / "screenshots"
ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",  # no name is resolved: the office may be offline
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
]
REDIS_NUMBERS = {"main": 5, "gw0": 5, "gw1": 6}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def today() -> dt.date:
    return dt.datetime.now(ZoneInfo("Asia/Tokyo")).date()


@pytest.fixture(scope="session")
def database() -> str:
    """This run's own copy of the demo as of today."""
    return servers.copy(servers.demo_template(today().isoformat()), f"e2e_{servers.WORKER}")


@pytest.fixture
def sql(database: str) -> Iterator[Callable[..., list[Any]]]:
    """Look into, and change, the database as nobody in the application could."""
    with psycopg.connect(host=servers.SOCKET, user="postgres", dbname=database, autocommit=True) as connection:

        def run(statement: str, *values: Any) -> list[Any]:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

        yield run


@pytest.fixture(scope="session")
def base_url(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the running stack; its processes end with the session."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    folder = tmp_path_factory.mktemp("stack")
    environment = {
        **servers.environment(database),
        "STATIC_ROOT": str(folder / "static"),
        "LOCK_TIMEOUT": "20s",  # test_words_against_moves.py holds locks until both posts wait for them
        "REDIS_URL": os.environ["REDIS_URL"].replace("db=0", f"db={REDIS_NUMBERS[servers.WORKER]}"),
    }
    manage = [os.sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(manage, check=True, cwd=servers.ROOT, env=environment)
    log = (folder / "log").open("wb")
    children = [
        subprocess.Popen(command, cwd=servers.ROOT, env=environment, stdout=log, stderr=log, start_new_session=True)
        for command in stack_module.processes(port).values()
    ]
    try:
        deadline = time.monotonic() + 60
        while not stack_module.healthy(port):
            assert time.monotonic() < deadline, (folder / "log").read_text()
            time.sleep(0.3)
        yield f"http://127.0.0.1:{port}"
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait(timeout=30)
        log.close()
        text = (folder / "log").read_text()
        # Django writes one for every page refused by role (403); those opened on purpose are counted in REFUSED.
        parts = text.split("Traceback")[1:]
        broken = [part for part in parts if "exceptions.PermissionDenied" not in part]
        assert not broken, broken
        assert len(parts) <= len(REFUSED), parts


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def refused_by_policy(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What the policy of any page of any browser refused (A51): nothing, unless a test asks for it and clears the list."""
    refused: list[str] = []
    really = Browser.new_context

    def note(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            refused.append(message.text)

    def new_context(self: Browser, **options: Any) -> BrowserContext:
        context = really(self, **options)
        context.on("console", note)
        return context

    monkeypatch.setattr(Browser, "new_context", new_context)
    yield refused
    assert refused == []


Login = Callable[..., Page]
REFUSED: list[str] = []  # pages that a test opens although the role may not


def open_unhidden(page: Page, query: str = "?state=active") -> str:
    """Open the newest case of the list that no suppression hides and that both sides see; its address."""
    page.goto(f"/cases/{query}")
    links = page.locator("table.data tbody th a")
    for url in links.evaluate_all('all => all.map((one) => one.getAttribute("href"))'):
        page.goto(url)
        assert page.get_by_text(re.compile("見える範囲: [0-9]+機関")).count() > 0, url
        is_shared = page.get_by_text("見える範囲: 1機関").count() == 0
        if is_shared and page.locator(".suppressed").count() == 0:
            return url
    raise AssertionError("every case of the list is suppressed or one side's alone")


@pytest.fixture
def login(browser: Browser, base_url: str) -> Iterator[Login]:
    """Open a browser of one's own and log in; every request to another host fails the test."""
    contexts = []
    strangers: list[str] = []

    def open_page(username: str, *, width: int = 1366, height: int = 768, javascript: bool = True) -> Page:
        context = browser.new_context(
            base_url=base_url,
            locale="ja-JP",
            timezone_id="Asia/Tokyo",
            viewport={"width": width, "height": height},
            java_script_enabled=javascript,
            accept_downloads=True,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: None if request.url.startswith(base_url) else strangers.append(request.url))
        page.goto("/login/")
        page.get_by_label(re.compile("利用者ID")).fill(username)
        page.get_by_label(re.compile("パスワード")).fill(PASSWORD)
        page.get_by_role("button", name="ログインする").click()
        page.wait_for_url("**/")
        return page

    yield open_page
    for context in contexts:
        context.close()
    # The browser shows a PDF by an extension of its own.
    assert [url for url in strangers if not url.startswith(("data:", "chrome-extension:", "chrome:"))] == []


@pytest.fixture
def look() -> Callable[[Page, str], None]:
    """Keep a screenshot and let axe-core look at the page: no violation of WCAG 2.2 A and AA."""

    def check(page: Page, name: str) -> None:
        SCREENSHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
        assert found.violations_count == 0, f"{name}\n{found.generate_report()}"
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name}: {wide} px too wide"

    return check
