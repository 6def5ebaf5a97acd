"""A small crawler: opens every link and sends every form that a page shows, and looks at every answer."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urldefrag, urljoin, urlsplit

import pypdf
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, resolve

HOST = "http://testserver"
SKIPPED_FORMS = ("/logout/",)
URL_ATTRIBUTES = {"href", "src", "action", "formaction", "poster", "data", "srcset", "hx-get", "hx-post"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
EVERY_PAGE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
POLICY = {
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}
# A file that somebody uploaded: nothing in it may run or load.
FILE_POLICY = {"sandbox", "default-src 'none'"}


@dataclass
class Form:
    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    has_submit: bool = False

    def bodies(self) -> list[dict[str, list[str]]]:
        """What a browser would send for each of its buttons, untouched fields as they stand."""
        variants: list[list[tuple[str, str]]] = [[button] for button in self.buttons] or [[]]
        if self.has_submit and self.buttons:
            variants.append([])
        bodies = []
        for extra in variants:
            body: dict[str, list[str]] = {}
            for name, value in [*self.fields, *extra]:
                body.setdefault(name, []).append(value)
            bodies.append(body)
        return bodies


class Page(HTMLParser):
    """Links, forms, scripts and faults of one page."""

    def __init__(self, text: str, url: str) -> None:
        super().__init__(convert_charrefs=True)
        self.url = url
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.nonces: list[str] = []
        self.faults: list[str] = []
        self.ids: set[str] = set()
        self._form: Form | None = None
        self._by_id: dict[str, Form] = {}
        self._select: str | None = None
        self._options: list[tuple[str, bool]] = []
        self._area: list[str] | None = None
        self._script = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attributes}
        for name, value in found.items():
            if name == "style" or name.startswith("on"):
                self.faults.append(f"<{tag} {name}=…>")
            if name in URL_ATTRIBUTES and not self._ours(value):
                self.faults.append(f"<{tag} {name}={value}>")
        if found.get("id"):
            if found["id"] in self.ids:
                self.faults.append(f"id {found['id']} twice")
            self.ids.add(found["id"])
        if tag == "style":
            self.faults.append("<style>")
        if tag in ("iframe", "object", "embed", "base"):
            self.faults.append(f"<{tag}>")
        if tag == "script":
            self._script = True
            self.nonces.append(found.get("nonce", ""))
            if not found.get("src"):
                self.faults.append("<script> without src")
        if (tag == "a" and "href" in found) or "hx-get" in found:
            self.links.append(found.get("href") or found["hx-get"])
        if tag == "form":
            self._form = Form(found.get("action") or self.url, found.get("method", "get").lower())
            self.forms.append(self._form)
            if found.get("id"):
                self._by_id[found["id"]] = self._form
        self._field(tag, found)

    def _ours(self, value: str) -> bool:
        parts = urlsplit(value)
        return parts.scheme in ("", "tel", "mailto") and not parts.netloc

    def _field(self, tag: str, found: dict[str, str]) -> None:
        form = self._by_id.get(found.get("form", ""), self._form)
        if form is None or "disabled" in found:
            return
        name, value, kind = found.get("name", ""), found.get("value", ""), found.get("type", "")
        if tag == "button" or (tag == "input" and kind == "submit"):
            if kind in ("", "submit"):
                if name:
                    form.buttons.append((name, value))
                else:
                    form.has_submit = True
        elif tag == "input" and name:
            if kind not in ("checkbox", "radio", "file") or "checked" in found:
                form.fields.append((name, value or ("on" if kind == "checkbox" else "")))
        elif tag == "select":
            self._select, self._options = name, []
        elif tag == "option" and self._select:
            self._options.append((value, "selected" in found))
        elif tag == "textarea":
            self._area = [name]

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.append(data)
        if self._script and data.strip():
            self.faults.append("text inside <script>")

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._script = False
        elif tag == "form":
            self._form = None
        elif tag == "select" and self._select:
            chosen = [value for value, selected in self._options if selected] or [v for v, _ in self._options[:1]]
            if self._form is not None:
                self._form.fields += [(self._select, value) for value in chosen]
            self._select = None
        elif tag == "textarea" and self._area is not None:
            if self._form is not None:
                self._form.fields.append((self._area[0], "".join(self._area[1:])))
            self._area = None


def readable(answer: HttpResponse) -> str:
    """The text of an answer: HTML, CSV, the cells of a workbook, the pages of a PDF."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    kind = answer.get("Content-Type", "")
    if "pdf" in kind:
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    if "spreadsheet" in kind:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return "\n".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    return content.decode("utf-8-sig", "replace")


@dataclass
class Crawler:
    """Walks as one user; `faults` is empty afterwards when everything was right.

    `foreign`: texts that must appear in no answer; `personal`: texts that must appear in no address and no
    cookie. Each form is sent inside a savepoint that is rolled back, so that every form meets the page's state.
    Of pages of one kind (the same view, asked with the same parameters) the first `each` are opened, of forms
    that go to the same view with the same fields as well: a calendar's next week has no end.
    """

    client: Client
    foreign: Iterable[str] = ()
    personal: Iterable[str] = ()
    each: int = 4
    visited: dict[str, int] = field(default_factory=dict)
    kinds: Counter[tuple[str, ...]] = field(default_factory=Counter)
    sent: int = 0
    faults: list[str] = field(default_factory=list)
    seen_texts: set[str] = field(default_factory=set)

    def walk(self, *starts: str) -> Crawler:
        waiting = deque((start, "start") for start in starts)
        forms: dict[tuple[str, str], tuple[Form, str]] = {}
        while waiting:
            url, source = waiting.popleft()
            if url in self.visited or self._enough("GET", url, sorted(parse_qs(urlsplit(url).query))):
                continue
            answer = self.client.get(url)
            page = self._look(answer, f"GET {url} (shown on {source})", url, allowed=(405,) if source == "form" else ())
            self.visited[url] = answer.status_code
            if answer.status_code in (301, 302):
                waiting.append((self._absolute(url, answer["Location"]), url))
            if page is None:
                continue
            waiting += [(target, url) for target in (self._absolute(url, link) for link in page.links) if target]
            for form in page.forms:
                action = self._absolute(url, form.action)
                waiting.append((action, "form"))
                if form.method != "post" or action.startswith(SKIPPED_FORMS):
                    continue
                key = (action, repr(form.bodies()))
                if key not in forms and not self._enough("POST", action, sorted({name for name, _ in form.fields})):
                    forms[key] = (form, url)
        for (action, _body), (form, source) in forms.items():
            for body in form.bodies():
                self._send(action, body, source)
        return self

    def _enough(self, method: str, url: str, names: list[str]) -> bool:
        """Whether `each` of the kind were taken before; counts this one."""
        try:
            kind = (method, resolve(urlsplit(url).path).view_name, *names)
        except Resolver404:
            kind = (method, url)
        self.kinds[kind] += 1
        return self.kinds[kind] > self.each

    def _send(self, action: str, body: dict[str, list[str]], source: str) -> None:
        with transaction.atomic():
            session = self._session()
            answer = self.client.post(action, body)
            self._look(answer, f"POST {action} {sorted(body)} (shown on {source})", action)
            self.sent += 1
            transaction.set_rollback(True)
        if self._session() != session:
            self.faults.append(f"POST {action} changed the log-in")

    def _session(self) -> str:
        cookie = self.client.cookies.get(settings.SESSION_COOKIE_NAME)
        return cookie.value if cookie else ""

    def _absolute(self, base: str, link: str) -> str:
        """The path a link leads to; empty for an anchor or a telephone number."""
        whole = urlsplit(urldefrag(urljoin(HOST + base, link)).url)
        if whole.scheme not in ("http", "https") or link.startswith("#"):
            return ""
        return whole.path + (f"?{whole.query}" if whole.query else "")

    def _look(self, answer: HttpResponse, what: str, url: str, allowed: tuple[int, ...] = ()) -> Page | None:
        def fault(text: str) -> None:
            self.faults.append(f"{what}: {text}")

        if answer.status_code >= 400 and answer.status_code not in allowed:
            fault(str(answer.status_code))
        look_at_headers(answer, fault)
        location = unquote_plus(answer.get("Location", ""))
        for word in self.personal:
            if word in unquote_plus(url) or word in location:
                fault(f"{word} in the address")
            if any(word in morsel.value for morsel in answer.cookies.values()):
                fault(f"{word} in a cookie")
        text = readable(answer)
        for word in self.foreign:
            if word in text:
                fault(f"shows {word} of somebody else")
        self.seen_texts |= {word for word in self.personal if word in text}
        if not answer.get("Content-Type", "").startswith("text/html") or not text:
            return None
        page = Page(text, urlsplit(url).path)
        for wrong in page.faults:
            fault(wrong)
        expected = re.search(r"script-src 'nonce-([^']+)'", answer["Content-Security-Policy"])
        if page.nonces and (expected is None or set(page.nonces) != {expected[1]}):
            fault("a script without this answer's nonce")
        return page


def look_at_headers(answer: HttpResponse, fault: Callable[[str], Any], *, static: bool = False) -> None:
    """What every answer has to say to the browser."""
    for name, value in EVERY_PAGE.items():
        if answer.get(name) != value:
            fault(f"{name}: {answer.get(name)}")
    policy = {part.strip() for part in answer.get("Content-Security-Policy", "").split(";")}
    scripts = {part for part in policy if part.startswith("script-src")}
    if policy == FILE_POLICY:
        pass
    elif policy - scripts != POLICY or len(scripts - {"script-src"}) > 1:
        fault(f"policy {policy ^ POLICY}")
    if any(not re.fullmatch(r"script-src('| 'nonce-[\w+/=]{20,}'| 'none')?", part) for part in scripts):
        fault(f"scripts {scripts}")
    if "camera=()" not in answer.get("Permissions-Policy", ""):
        fault("no Permissions-Policy")
    if "X-Request-ID" not in answer:
        fault("no request id")
    if not static and "no-store" not in answer.get("Cache-Control", ""):
        fault(f"Cache-Control: {answer.get('Cache-Control')}")
    for morsel in answer.cookies.values():
        if not morsel.value:
            continue  # taken back
        if not morsel["httponly"] or morsel["samesite"] not in ("Lax", "Strict") or morsel["domain"]:
            fault(f"cookie {morsel.OutputString()}")
