"""Clients without a browser: one log-in each, many threads at once, against the running stack."""

from __future__ import annotations

import html
import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from cases.demo.logins import PASSWORD

Answer = tuple[int, str | None, str]


class Desk:
    """A client without a browser: one log-in, many threads."""

    def __init__(self, base_url: str, username: str) -> None:
        self.base = base_url
        self.jar = http.cookiejar.CookieJar()
        self.open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar), Stay())
        self.post("/login/", {"username": username, "password": PASSWORD}, self.get("/login/"))

    def get(self, path: str) -> str:
        with self.open.open(self.base + path, timeout=60) as answer:
            return str(answer.read().decode())

    def post(self, path: str, fields: dict[str, Any], page: str) -> Answer:
        """Status, place and text of the answer; the token comes from the page that was read before."""
        token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        data = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token}).encode()
        headers = {"Referer": self.base + path}
        try:
            with self.open.open(urllib.request.Request(self.base + path, data, headers), timeout=60) as answer:
                return answer.status, answer.headers["Location"], answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers["Location"], error.read().decode()


class Stay(urllib.request.HTTPRedirectHandler):
    """A redirect is the answer itself."""

    def redirect_request(self, *_arguments: Any) -> None:
        return None


def at_once(posts: list[tuple[Desk, str, dict[str, Any], str]]) -> list[Answer]:
    """All posts in threads of their own; the answers in order."""
    with ThreadPoolExecutor(len(posts)) as pool:
        return list(pool.map(lambda post: post[0].post(*post[1:]), posts))


def value_of(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"(?: value="([^"]*)")?', page)
    assert found, name
    return html.unescape(found[1] or "")
