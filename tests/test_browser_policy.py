"""What every answer tells the browser: policy, caching, cookies, request id; and the pages for errors."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import TooManyFilesSent
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import include, path, reverse

from config import errors
from config.urls import handler400, handler403, handler404, handler500  # noqa: F401 - this module is a URLconf
from core.forms import EditConflict
from tests import servers
from tests.clients import client_of
from tests.crawler import Page, look_at_headers
from tests.factories import Programme
from tests.test_access import DAY

REQUEST_ID = re.compile(r"([2-9A-HJKMNP-TW-Z]{4}-){2}[2-9A-HJKMNP-TW-Z]{4}")
TECHNICAL = re.compile(r"Traceback|Exception|Error|Django|HTTP|CSRF|SQL|\bGET\b|\bPOST\b|\.py")
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


def fails(request: HttpRequest, how: str) -> HttpResponse:
    match how:
        case "409":
            raise EditConflict
        case "429":
            return errors.too_many_requests(request)
        case "500":
            raise RuntimeError("something broke")
        case "slow":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = '50ms'")
                cursor.execute("SELECT pg_sleep(5)")
        case "lost":
            raise InterfaceError("connection already closed")
        case "locked":
            raise OperationalError("could not obtain lock")
    return HttpResponse(request.POST.get("body", ""))


urlpatterns = [path("fails/<slug:how>/", fails, name="fails"), path("", include("config.urls"))]
own_urls = override_settings(ROOT_URLCONF="tests.test_browser_policy")


def quiet(client: Client) -> Client:
    client.raise_request_exception = False
    return client


def test_every_answer_carries_its_own_request_id(db: None):
    client = Client(headers={"X-Request-ID": "forged\r\nline"})
    found = [client.get(url)["X-Request-ID"] for url in ("/login/", "/", "/no/such/page/", "/healthz")]
    assert all(REQUEST_ID.fullmatch(value) for value in found), found
    assert len(set(found)) == 4


@own_urls
def test_every_kind_of_answer_has_every_header(okayama: Programme):
    client = quiet(client_of(okayama.manager))
    wrong: list[str] = []
    seen = {}
    for url in ("/", "/login/", "/cases/", "/no/such/page/", "/healthz", "/logout/", "/accounts/", "/static/no.css"):
        answer = client.get(url)
        seen[url] = answer.status_code
        look_at_headers(answer, lambda text, url=url: wrong.append(f"{url} {text}"))
    for how in ("409", "429", "500", "slow", "lost", "locked"):
        answer = client.get(f"/fails/{how}/")
        seen[how] = answer.status_code
        look_at_headers(answer, lambda text, how=how: wrong.append(f"{how} {text}"))
    look_at_headers(client.post("/logout/"), lambda text: wrong.append(f"log out {text}"))
    assert wrong == []
    assert seen == {
        "/": 200,
        "/login/": 302,
        "/cases/": 200,
        "/no/such/page/": 404,
        "/healthz": 503,
        "/logout/": 405,
        "/accounts/": 403,
        "/static/no.css": 404,
        "409": 409,
        "429": 429,
        "500": 500,
        "slow": 503,
        "lost": 503,
        "locked": 503,
    }


def test_a_nonce_is_used_once(db: None):
    client = Client()
    nonces = set()
    for _ in range(3):
        answer = client.get("/login/")
        page = Page(answer.content.decode(), "/login/")
        assert len(page.nonces) >= 2
        assert len(set(page.nonces)) == 1
        assert f"'nonce-{page.nonces[0]}'" in answer["Content-Security-Policy"]
        nonces |= set(page.nonces)
    assert len(nonces) == 3


def test_static_files_may_be_kept_and_carry_the_rest(tmp_path: Path):
    """Served by WhiteNoise in a process of its own, as in production."""
    answers = production(tmp_path, "/static/css/tokens.css", "/static/img/ittai.svg", "/static/missing.css", "/login/")
    for url in ("/static/css/tokens.css", "/static/img/ittai.svg"):
        assert answers[url]["status"] == 200
        assert "no-store" not in answers[url]["headers"]["cache-control"]
        for name in ("content-security-policy", "x-content-type-options", "cross-origin-resource-policy"):
            assert answers[url]["headers"][name]
    assert answers["/static/missing.css"]["headers"]["cache-control"] == "no-store"


def production(tmp_path: Path, *urls: str) -> dict:
    """Answers of a process with production settings: URL → status, headers, cookies."""
    script = """
import json, sys, django
django.setup()
from django.test import Client
found = {}
for url in sys.argv[1:]:
    answer = Client().get(url, secure=True, headers={"host": "ittai.example"})
    found[url] = {
        "status": answer.status_code,
        "headers": {name.lower(): value for name, value in answer.items()},
        "cookies": [morsel.OutputString() for morsel in answer.cookies.values()],
    }
print(json.dumps(found))
"""
    environment = {
        **servers.environment(os.environ["DATABASE_URL"].rsplit("/", 1)[1]),
        "ITTAI_DEMO": "",
        "ALLOWED_HOSTS": "ittai.example",
        "SECRET_KEY": "k" * 60,
        "STATIC_ROOT": str(tmp_path / "static"),
        "PYTHONWARNINGS": "ignore",
    }
    for command in (["manage.py", "collectstatic", "--noinput", "-v0"], ["-c", script, *urls]):
        done = subprocess.run(
            [sys.executable, *command], cwd=servers.ROOT, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_production_speaks_tls_only(db: None, tmp_path: Path):
    answers = production(tmp_path, "/login/", "/cases/", "/no/such/page/")
    for answer in answers.values():
        assert answer["headers"]["strict-transport-security"] == "max-age=31536000; includeSubDomains; preload"
    cookies = [cookie for answer in answers.values() for cookie in answer["cookies"]]
    assert cookies
    for cookie in cookies:
        assert re.match(r"__Host-(csrf|session)=", cookie)
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; ")), cookie
        assert "Domain" not in cookie


def test_the_log_in_cookie_in_production_too():
    """The names and flags which only a log-in would show."""
    script = "import django.conf as c; s = c.settings; print(s.SESSION_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE, s.SESSION_COOKIE_DOMAIN, s.SESSION_COOKIE_PATH)"
    environment = {**servers.environment("ittai"), "ITTAI_DEMO": "", "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run([sys.executable, "-c", script], cwd=servers.ROOT, env=environment, capture_output=True)
    assert done.stdout.decode().split() == ["__Host-session", "True", "True", "Lax", "None", "/"]


def test_logging_out_makes_the_browser_forget(okayama: Programme):
    client = client_of(okayama.caseworker)
    assert "Clear-Site-Data" not in client.get("/")
    answer = client.post("/logout/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert "Clear-Site-Data" not in client.post("/logout/")
    assert "Clear-Site-Data" not in Client().get("/login/")


def test_a_message_about_a_person_waits_on_the_server(okayama: Programme):
    case = okayama.open_case(DAY, name="金糸雀 花子")
    client = client_of(okayama.caseworker)
    answer = client.post(reverse("case_status", kwargs={"pk": case.pk}), {"status": "in_need", "on": "R5.6.1"})
    assert answer.status_code == 302
    assert "messages" not in client.cookies
    assert "金糸雀 花子さんの支援区分を変えました" in client.get(answer["Location"]).content.decode()
    assert settings.MESSAGE_STORAGE.endswith("SessionStorage")


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 429, 500, 503])
def test_an_error_page_says_what_to_do_and_whom_to_call(status: int):
    request = RequestFactory().get("/")
    request.id = "K7QF-M2TX-9HWC"
    answer = errors.page(request, status)
    text = answer.content.decode()
    assert answer.status_code == status
    assert "K7QF-M2TX-9HWC" in text
    assert settings.SUPPORT_CONTACT in text
    shown = re.sub(r"<[^>]*>", " ", text)
    assert not TECHNICAL.search(shown), TECHNICAL.search(shown)
    assert re.search("ください", shown)
    assert Page(text, "/").faults == []


@own_urls
@pytest.mark.parametrize(
    ("how", "status", "words"),
    [
        ("409", 409, "ほかの人が先に変えました"),
        ("429", 429, "操作の回数が多すぎます"),
        ("500", 500, "システムで問題が起きました"),
        ("slow", 503, "いま混み合っています"),
        ("lost", 503, "いま混み合っています"),
        ("locked", 503, "いま混み合っています"),
    ],
)
def test_each_failure_gets_its_page(okayama: Programme, how: str, status: int, words: str):
    answer = quiet(client_of(okayama.caseworker)).get(f"/fails/{how}/")
    text = answer.content.decode()
    assert answer.status_code == status
    assert words in text
    assert answer["X-Request-ID"] in text
    assert ("Retry-After" in answer) == (status in (429, 503))


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=2000, DATA_UPLOAD_MAX_NUMBER_FIELDS=20)
@pytest.mark.parametrize(
    "data", [{"body": "長" * 3000}, {f"field{number}": "x" for number in range(30)}], ids=["too much", "too many"]
)
def test_too_much_gets_413(okayama: Programme, data: dict[str, str]):
    case = okayama.active(DAY)
    url = reverse("interview_new", kwargs={"pk": case.pk})
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(okayama.caseworker.user)
    strict.get(url)  # the token's cookie: only then is the body read for the token itself
    for client in (strict, client_of(okayama.caseworker)):
        answer = client.post(url, data)
        assert answer.status_code == 413
        assert "送られた内容が大きすぎます" in answer.content.decode()
        assert answer["X-Request-ID"] in answer.content.decode()


def test_the_page_names_the_limit_there_is():
    """A Japanese letter takes nine bytes in a form without a file."""
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    text = (Path(settings.BASE_DIR) / "templates/413.html").read_text(encoding="utf-8")
    assert f"約{limit / 2**20:g}MB(文章だけで約{limit // 9 // 10_000}万字)" in text


def test_too_many_files_get_413():
    assert errors.bad_request(RequestFactory().post("/"), TooManyFilesSent()).status_code == 413
    assert errors.bad_request(RequestFactory().post("/"), ValueError()).status_code == 400


@own_urls
def test_what_was_typed_survives_a_busy_database(okayama: Programme):
    """The 503 page carries the form: sent again as it stands, the same fields arrive."""
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    client.force_login(okayama.caseworker.user)
    token = Page(client.get("/password/").content.decode(), "/").forms[0].fields[0]
    typed = {"body": "長い話\n二行目 <b>\"'", "menus": ["1", "2"], "old_password": "secret-word", token[0]: token[1]}
    answer = client.post("/fails/slow/", typed, headers=SAME_ORIGIN)
    assert answer.status_code == 503
    page = Page(answer.content.decode(), "/fails/slow/")
    form = page.forms[0]
    assert form.action == "/fails/slow/"
    body = form.bodies()[0]
    assert body["body"] == [typed["body"]]
    assert body["menus"] == ["1", "2"]
    assert "secret-word" not in answer.content.decode()
    again = client.post("/fails/well/", body)
    assert (again.status_code, again.content.decode()) == (200, typed["body"])


@own_urls
def test_nobody_elses_form_gets_a_button_on_our_page(okayama: Programme):
    client = quiet(client_of(okayama.caseworker))
    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
        answer = client.post("/fails/slow/", {"body": "よその文"}, headers=headers)
        assert answer.status_code == 503
        assert "よその文" not in answer.content.decode()
    assert client.get("/fails/slow/").content.decode().count("<form") == 0


def test_an_old_form_shows_what_was_typed(okayama: Programme):
    client = Client(enforce_csrf_checks=True)
    client.force_login(okayama.caseworker.user)
    answer = client.post("/search/", {"q": "長い話"}, headers=SAME_ORIGIN)
    assert answer.status_code == 403
    assert "もう一度送ってください" in answer.content.decode()
    assert "長い話" in answer.content.decode()
    assert "長い話" not in client.post("/search/", {"q": "長い話"}).content.decode()


def test_a_buttons_address_opened_like_a_link_says_so(okayama: Programme):
    answer = client_of(okayama.caseworker).get("/logout/")
    assert answer.status_code == 405
    assert "ボタンを押したときだけ使うアドレスです" in answer.content.decode()
    assert "POST" in answer["Allow"]


def test_built_assets_name_no_other_host():
    """Fonts, styles and scripts come from here; namespaces of the W3C and licence comments are no requests."""
    strangers = []
    names = ["bootstrap/bootstrap.min.css", "django_htmx/htmx-2.min.js"]
    files = [Path(finders.find(name) or "") for name in names]
    files += [found for found in (servers.ROOT / "static").rglob("*") if found.is_file()]
    files += list((servers.ROOT / "templates").rglob("*.html"))
    assert len(files) > 50
    for file in files:
        text = re.sub(r"/\*.*?\*/", "", file.read_text(encoding="utf-8"), flags=re.S)
        strangers += [
            f"{file.name}: {host}"
            for host in re.findall(r"(?:https?:)?//([a-z0-9-]+(?:\.[a-z0-9-]+)+)", text)
            if host != "www.w3.org"
        ]
    assert strangers == []


def test_every_script_tag_asks_for_the_nonce():
    for template in (servers.ROOT / "templates").rglob("*.html"):
        for tag in re.findall(r"<script[^>]*>", template.read_text(encoding="utf-8")):
            assert 'nonce="{{ request.csp_nonce }}"' in tag, template
