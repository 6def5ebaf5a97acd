"""The organisation's own log-in, against a small provider on this machine (security.md A44)."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client

from accounts import actions
from accounts.claims import is_vouched
from accounts.confirm import CONFIRMED_KEY
from accounts.enums import AccessAct
from accounts.models import AccessEntry, User
from accounts.scope import Actor
from core.periods import now, today
from tests.access.worlds import client_of
from tests.accounts.people import PASSWORD, give_totp, is_in, log_in
from tests.accounts.test_access_log import log_refused
from tests.accounts.test_administrator import told
from tests.factories import Programme, working_as
from tests.test_access import make_operator

PROVIDER = "oidc-test"
KEY = "a-key-that-nobody-checks-because-the-token-comes-directly"


class Provider(BaseHTTPRequestHandler):
    """Discovery, token and user info of whoever `subject` names; `said` changes what the token says of the log-in."""

    subject = "subject-1"
    said: ClassVar[dict[str, object]] = {}

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        issuer = f"http://127.0.0.1:{self.server.server_port}"  # type: ignore[attr-defined]
        if self.path.endswith("openid-configuration"):
            paths = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
            self.answer({"issuer": issuer, **{name: f"{issuer}/{name}" for name in paths}})
        else:
            self.answer({"sub": self.subject, "email": "anybody@example.jp"})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        issuer = f"http://127.0.0.1:{self.server.server_port}"  # type: ignore[attr-defined]
        now = int(time.time())
        claims = {"iss": issuer, "sub": self.subject, "aud": "ittai", "iat": now, "exp": now + 60}
        claims |= {"auth_time": now, **self.said}
        token = jwt.encode(claims, KEY, algorithm="HS256")
        self.answer({"access_token": "x", "token_type": "Bearer", "id_token": token})

    def answer(self, data: dict[str, object]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(data).encode())


@pytest.fixture
def provider(settings) -> Iterator[type[Provider]]:
    server = HTTPServer(("127.0.0.1", 0), Provider)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    issuer = f"http://127.0.0.1:{server.server_port}"
    settings.OIDC_ISSUER, settings.OIDC_PROVIDER_ID = issuer, PROVIDER
    app = {"provider_id": PROVIDER, "name": "共通ログイン", "client_id": "ittai", "secret": "s"}
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"AUTH_PARAMS": settings.OIDC_ASKED, "APPS": [{**app, "settings": {"server_url": issuer}}]}
    }
    Provider.subject, Provider.said = "subject-1", {}
    yield Provider
    server.shutdown()
    server.server_close()
    thread.join()


def come_back(client: Client, query: str = "") -> HttpResponse:
    """Leave for the provider and return with a code."""
    leaving = client.post(f"/oidc/{PROVIDER}/login/{query}")
    assert leaving.status_code == 302
    assert "/authorization_endpoint" in leaving["Location"]
    state = parse_qs(urlsplit(leaving["Location"]).query)["state"][0]
    return client.get(f"/oidc/{PROVIDER}/login/callback/", {"code": "c", "state": state})


def test_a_stranger_gets_a_sentence_and_no_account(okayama: Programme, provider: type[Provider]):
    users = User.objects.count()
    client = Client()
    assert "共通ログイン" in client.get("/login/").content.decode()
    answer = come_back(client)
    assert answer.status_code == 403
    assert "所属の管理者に連絡してください" in answer.content.decode()
    assert not is_in(client)
    assert User.objects.count() == users


def test_an_equal_address_is_no_link(okayama: Programme, provider: type[Provider]):
    User.objects.filter(pk=okayama.caseworker.user.pk).update(email="anybody@example.jp")
    client = Client()
    assert come_back(client).status_code == 403
    assert not is_in(client)


def test_linked_by_the_administrator(okayama: Programme, provider: type[Provider]):
    user = okayama.caseworker.user
    administrator = client_of(make_operator(okayama))
    administrator.post(f"/accounts/{user.pk}/sign-on/", {"subject": "subject-1"})
    client = Client()
    assert come_back(client).status_code == 302
    assert is_in(client)
    taken = administrator.post(f"/accounts/{okayama.navigator.user.pk}/sign-on/", {"subject": "subject-1"})
    assert "ほかの利用者につながっています" in taken.content.decode()


def test_linked_by_the_user_and_cut_again(okayama: Programme, provider: type[Provider]):
    client, _answer = log_in(okayama.caseworker.user.username)
    assert come_back(client, "?process=connect")["Location"] == "/account/"
    assert SocialAccount.objects.get().user == okayama.caseworker.user
    fresh = Client()
    come_back(fresh)
    assert is_in(fresh)
    for _time in range(2):  # the second time there is nothing to cut
        client.post("/account/sign-on/remove/")
    assert come_back(Client()).status_code == 403
    assert told(okayama) == ["本人が共通ログインとつないだ", "本人が共通ログインとのつながりを外した"]


def test_a_link_that_waited_for_the_password_is_logged_too(okayama: Programme, provider: type[Provider]):
    client, _answer = log_in(okayama.caseworker.user.username)
    session = client.session
    session[CONFIRMED_KEY] -= 3600
    session.save()
    assert come_back(client, "?process=connect")["Location"] == "/account/confirm/"
    assert not SocialAccount.objects.exists()
    assert client.post("/account/confirm/", {"password": PASSWORD})["Location"] == "/account/"
    assert SocialAccount.objects.get().user == okayama.caseworker.user
    assert told(okayama) == ["本人が共通ログインとつないだ"]


def test_without_the_log_nobody_is_linked_and_nobody_comes_in(okayama: Programme, provider: type[Provider]):
    """People come back by GET, but what happens then is a change: no entry, no change."""
    client, _answer = log_in(okayama.caseworker.user.username)
    with log_refused():
        assert come_back(client, "?process=connect").status_code == 503
    assert not SocialAccount.objects.exists()
    actions.link_sign_on(user=okayama.caseworker.user, subject="subject-1", by=okayama.manager.user, on=today())
    sessions, fresh = Session.objects.count(), Client()
    with log_refused():
        assert come_back(fresh).status_code == 503
    assert not is_in(fresh)
    assert Session.objects.count() == sessions + 1  # the one that keeps the provider's state, as before


def test_not_linked_twice(okayama: Programme, provider: type[Provider]):
    actions.link_sign_on(user=okayama.navigator.user, subject="subject-1", by=okayama.manager.user, on=today())
    client, _answer = log_in(okayama.caseworker.user.username)
    assert come_back(client, "?process=connect").status_code == 409
    assert SocialAccount.objects.get().user == okayama.navigator.user


def test_a_link_that_is_refused_leads_back_and_is_in_the_log(okayama: Programme, provider: type[Provider]):
    user = okayama.caseworker.user
    actions.link_sign_on(user=okayama.navigator.user, subject="subject-1", by=okayama.manager.user, on=today())
    client, _answer = log_in(user.username)
    taken = come_back(client, "?process=connect").content.decode()
    provider.said = {"auth_time": None}
    provider.subject = "subject-9"
    doubtful = come_back(client, "?process=connect").content.decode()
    assert "ほかの利用者につながっています" in taken and "つなげませんでした" in doubtful
    for page in (taken, doubtful):
        assert 'href="/account/">自分の設定へ' in page and "ログインの画面へ" not in page
    assert is_in(client) and SocialAccount.objects.count() == 1
    assert failures(make_operator(okayama)) == [user.pk, user.pk]


@pytest.mark.parametrize(
    "said",
    [
        {"id_token": None},
        {"id_token": {"sub": "a", "auth_time": 10**400}},
        {"id_token": {"sub": "a", "auth_time": float("nan")}},
        {"id_token": {"sub": "a"}, "userinfo": None},
        {"id_token": {"sub": "a"}, "userinfo": {"sub": "b"}},
    ],
)
def test_odd_answers_of_a_provider_are_refused_not_fatal(said: dict[str, object]):
    assert not is_vouched(said, at=now())


def test_another_issuer_opens_nothing(okayama: Programme, provider: type[Provider]):
    SocialAccount.objects.create(user=okayama.caseworker.user, provider="oidc-of-before", uid="subject-1")
    assert come_back(Client()).status_code == 403


def test_the_second_factor_is_still_asked(okayama: Programme, provider: type[Provider]):
    actions.link_sign_on(user=okayama.caseworker.user, subject="subject-1", by=okayama.manager.user, on=today())
    give_totp(okayama.caseworker.user)
    client = Client()
    assert come_back(client)["Location"] == "/login/code/"
    assert not is_in(client)


def test_a_disabled_user_stays_out(okayama: Programme, provider: type[Provider]):
    actions.link_sign_on(user=okayama.caseworker.user, subject="subject-1", by=okayama.manager.user, on=today())
    actions.set_active(user=okayama.caseworker.user, is_active=False, by=okayama.manager.user, on=today())
    client = Client()
    assert come_back(client).status_code == 403
    assert not is_in(client)


def test_a_forged_return_is_refused(okayama: Programme, provider: type[Provider]):
    answer = Client().get(f"/oidc/{PROVIDER}/login/callback/", {"code": "c", "state": "forged"})
    assert answer.status_code == 502
    assert "入れませんでした" in answer.content.decode()
    assert Client().post("/oidc/unknown/login/").status_code == 404


HOUR = 60 * 60


def failures(administrator: Actor) -> list[int | None]:
    """Whose log-ins failed, in order, as the administrator reads it."""
    with working_as(administrator):
        rows = AccessEntry.objects.filter(act=AccessAct.LOGIN_FAILED).order_by("at")
        return list(rows.values_list("user", flat=True))


@pytest.mark.parametrize(
    ("asked", "said", "status"),
    [
        ({}, {"auth_time": -11 * HOUR}, 302),
        ({}, {"auth_time": -13 * HOUR}, 403),
        ({}, {"auth_time": HOUR}, 403),
        ({}, {"auth_time": None}, 403),
        ({}, {"auth_time": "recently"}, 403),
        ({"OIDC_MAX_AGE": 0}, {"auth_time": None}, 302),
        ({}, {"sub": "subject-2"}, 403),
        ({"OIDC_ACR": ["high"]}, {"acr": "high"}, 302),
        ({"OIDC_ACR": ["high"]}, {"acr": "low"}, 403),
        ({"OIDC_ACR": ["high"]}, {}, 403),
        ({"OIDC_AMR": ["mfa", "hwk"]}, {"amr": ["pwd", "mfa"]}, 302),
        ({"OIDC_AMR": ["mfa", "hwk"]}, {"amr": ["pwd"]}, 403),
        ({"OIDC_AMR": ["mfa", "hwk"]}, {"amr": "mfa"}, 403),
        ({"OIDC_AMR": ["mfa", "hwk"]}, {}, 403),
    ],
)
def test_what_the_provider_says_of_the_log_in_is_checked(
    asked: dict[str, object],
    said: dict[str, object],
    status: int,
    okayama: Programme,
    provider: type[Provider],
    settings,
):
    """Of the same subject, not too long ago (seconds from now), by the means asked for; else nobody is in, as the log says."""
    user = okayama.caseworker.user
    actions.link_sign_on(user=user, subject="subject-1", by=okayama.manager.user, on=today())
    provider.said = {key: time.time() + value if isinstance(value, int) else value for key, value in said.items()}
    for name, value in asked.items():
        setattr(settings, name, value)
    client = Client()
    answer = come_back(client)
    assert answer.status_code == status
    assert is_in(client) is (status == 302)
    assert ("決められた方法ではない" in answer.content.decode()) is (status == 403)
    assert failures(make_operator(okayama)) == ([user.pk] if status == 403 else [])


def test_the_provider_is_asked_for_a_recent_log_in(okayama: Programme, provider: type[Provider]):
    leaving = Client().post(f"/oidc/{PROVIDER}/login/")
    assert parse_qs(urlsplit(leaving["Location"]).query)["max_age"] == [str(12 * HOUR)]


def test_refused_strangers_and_disabled_users_are_in_the_log(okayama: Programme, provider: type[Provider]):
    administrator = make_operator(okayama)
    come_back(Client())
    assert failures(administrator) == [None]
    actions.link_sign_on(user=okayama.caseworker.user, subject="subject-1", by=okayama.manager.user, on=today())
    actions.set_active(user=okayama.caseworker.user, is_active=False, by=okayama.manager.user, on=today())
    come_back(Client())
    assert failures(administrator) == [None, okayama.caseworker.user.pk]
