"""Codes, recovery codes, enforcement and step-up (security.md A44)."""

from __future__ import annotations

import pyotp
import pytest
from allauth.mfa.models import Authenticator
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.confirm import confirmed_recently, reauthenticated
from accounts.identity import address_of
from accounts.models import RecoveryCode
from accounts.secondfactor import new_recovery_codes
from tests.access.worlds import client_of
from tests.accounts.people import PASSWORD, age, cookie, give_totp, is_in, log_in, wait_for_fresh_code
from tests.factories import Programme
from tests.test_access import make_operator


def second_step(client: Client, code: str) -> HttpResponse:
    return client.post("/login/code/", {"code": code}, REMOTE_ADDR="192.0.2.10")


def test_the_code_is_asked_for_and_lets_in_once(okayama: Programme):
    user = okayama.caseworker.user
    totp = give_totp(user)
    client, answer = log_in(user.username)
    assert answer["Location"] == "/login/code/"
    assert not is_in(client)
    assert client.get("/login/code/").status_code == 200
    wait_for_fresh_code()
    code = totp.now()
    assert second_step(client, code).status_code == 302
    assert is_in(client)
    again, _answer = log_in(user.username)
    assert "確認コードが違います" in second_step(again, code).content.decode()
    assert not is_in(again)


def test_the_next_url_survives_both_steps(okayama: Programme):
    user = okayama.caseworker.user
    totp = give_totp(user)
    client = Client()
    client.post("/login/?next=/cases/", {"username": user.username, "password": PASSWORD})
    wait_for_fresh_code()
    assert second_step(client, f" {totp.now()[:3]} {totp.now()[3:]} ")["Location"] == "/cases/"


def test_five_wrong_codes_stop_the_account_here(okayama: Programme):
    user = okayama.caseworker.user
    totp = give_totp(user)
    client, _answer = log_in(user.username)
    answers = [second_step(client, "000000" if totp.now() != "000000" else "111111").status_code for _ in range(5)]
    assert answers == [200] * 4 + [429]
    wait_for_fresh_code()
    assert second_step(client, totp.now()).status_code == 429
    assert not is_in(client)


def test_the_second_step_without_the_first_is_the_login_page(okayama: Programme):
    give_totp(okayama.caseworker.user)
    assert second_step(Client(), "123456")["Location"] == "/login/"


def test_secrets_are_not_in_the_database_in_clear(okayama: Programme):
    totp = give_totp(okayama.caseworker.user)
    assert totp.secret not in str(Authenticator.objects.get().data)
    codes = new_recovery_codes(user=okayama.caseworker.user, at=timezone.now())
    stored = " ".join(RecoveryCode.objects.values_list("code_hash", flat=True))
    assert len(codes) == 10
    assert all(code.split("-", 1)[1].replace("-", "") not in stored for code in codes)


def test_a_recovery_code_lets_in_once(okayama: Programme):
    user = okayama.caseworker.user
    give_totp(user)
    codes = new_recovery_codes(user=user, at=timezone.now())
    client, _answer = log_in(user.username)
    assert second_step(client, codes[2].upper().replace("-", " ")).status_code == 302
    assert is_in(client)
    again, _answer = log_in(user.username)
    assert second_step(again, codes[2]).status_code == 200
    assert second_step(again, codes[3]).status_code == 302
    assert "10個のうち8個" in again.get("/account/").content.decode()


def test_without_the_key_of_the_secrets_recovery_codes_still_open(okayama: Programme, settings):
    """A restored database without its SECRET_KEY: the apps are lost, the people are not."""
    user = okayama.caseworker.user
    totp = give_totp(user)
    codes = new_recovery_codes(user=user, at=timezone.now())
    earlier, settings.SECRET_KEY = settings.SECRET_KEY, "another secret"
    client, _answer = log_in(user.username)
    wait_for_fresh_code()
    assert "確認コードが違います" in second_step(client, totp.now()).content.decode()
    assert second_step(client, codes[0]).status_code == 302
    assert is_in(client)
    settings.SECRET_KEY_FALLBACKS = [earlier]
    client, _answer = log_in(user.username)
    wait_for_fresh_code()
    assert second_step(client, totp.now()).status_code == 302


def test_codes_of_somebody_else_open_nothing(okayama: Programme):
    give_totp(okayama.caseworker.user)
    give_totp(okayama.navigator.user)
    codes = new_recovery_codes(user=okayama.navigator.user, at=timezone.now())
    client, _answer = log_in(okayama.caseworker.user.username)
    assert second_step(client, codes[0]).status_code == 200


def test_enrolling_shows_the_secret_and_then_recovery_codes(okayama: Programme):
    client, _answer = log_in(okayama.caseworker.user.username)
    page = client.get("/account/app/")
    assert page.status_code == 200
    secret = page.context["form"].secret
    wait_for_fresh_code()
    wrong = client.post("/account/app/", {"code": "12345"})
    assert "確認コードが違います" in wrong.content.decode()
    code = give_code(secret)
    answer = client.post("/account/app/", {"code": code})
    assert answer["Location"] == "/account/recovery/"
    shown = client.post("/account/recovery/").context["codes"]
    assert len(shown) == 10
    assert shown[0] not in client.get("/account/recovery/").content.decode()
    again, _answer = log_in(okayama.caseworker.user.username)
    assert second_step(again, code).status_code == 200  # used for the enrolment
    assert second_step(again, shown[0]).status_code == 302


def give_code(secret: str) -> str:

    return pyotp.TOTP(secret).now()


def test_who_has_none_sets_one_up_before_anything_else(okayama: Programme, settings):
    settings.MFA_REQUIRED = True
    client, _answer = log_in(okayama.caseworker.user.username)
    for path in ("/", "/cases/", "/account/devices/", "/reports/"):
        assert client.get(path)["Location"] == "/account/", path
    assert client.post(reverse("case_search"), {"q": "x"}).status_code == 302
    assert client.get("/account/").status_code == 200
    assert client.get("/account/app/").status_code == 200
    assert client.post("/logout/").status_code == 302
    give_totp(okayama.navigator.user)
    enrolled = client_of(okayama.navigator)
    assert enrolled.get("/cases/").status_code == 200


def test_the_last_one_stays_while_it_is_required(okayama: Programme, settings):
    client, _answer = log_in(okayama.caseworker.user.username)
    give_totp(okayama.caseworker.user)
    new_recovery_codes(user=okayama.caseworker.user, at=timezone.now())
    settings.MFA_REQUIRED = True
    assert "最後の認証手段は外せません" in client.get("/account/app/remove/").content.decode()
    client.post("/account/app/remove/")
    assert Authenticator.objects.count() == 1
    settings.MFA_REQUIRED = False
    client.post("/account/app/remove/")
    assert (Authenticator.objects.count(), RecoveryCode.objects.count()) == (0, 0)


def test_a_security_key_is_taken_off_by_its_owner_alone(okayama: Programme):
    """Its address is not the number of its row, which counts the keys of everybody."""
    mine, theirs = (
        Authenticator.objects.create(user=who.user, type=Authenticator.Type.WEBAUTHN, data={"name": "鍵"})
        for who in (okayama.caseworker, okayama.navigator)
    )
    client = client_of(okayama.caseworker)

    def url(address: str) -> str:
        return reverse("mfa_remove_webauthn", kwargs={"address": address})

    assert url(address_of(mine)) in client.get("/account/").content.decode()
    for address in (address_of(theirs), str(mine.pk)):
        assert [client.get(url(address)).status_code, client.post(url(address)).status_code] == [404, 404]
    assert "「鍵」では" in client.get(url(address_of(mine))).content.decode()
    assert client.post(url(address_of(mine))).status_code == 302
    assert list(Authenticator.objects.all()) == [theirs]


def test_the_administrator_takes_a_lost_one_off(okayama: Programme):
    user = okayama.caseworker.user
    totp = give_totp(user)
    client, _answer = log_in(user.username)
    wait_for_fresh_code()
    assert second_step(client, totp.now()).status_code == 302
    assert is_in(client)
    client_of(make_operator(okayama)).post(f"/accounts/{user.pk}/", {"act": "reset_second_factor"})
    assert not Authenticator.objects.exists()
    assert not is_in(client)


def test_changing_the_second_factor_needs_a_recent_login(okayama: Programme):
    client, _answer = log_in(okayama.caseworker.user.username)
    age(client, confirmed_at=301)
    assert client.get("/account/app/")["Location"].startswith("/account/confirm/?next=")


def test_step_up_gives_a_new_key_and_leads_back(okayama: Programme):
    user = okayama.caseworker.user
    client, _answer = log_in(user.username)
    age(client, confirmed_at=301)
    assert client.get("/account/recovery/")["Location"] == "/account/confirm/?next=%2Faccount%2Frecovery%2F"
    before = cookie(client)
    wrong = client.post("/account/confirm/", {"password": "wrong", "next": "/account/recovery/"})
    assert "パスワードが違います" in wrong.content.decode()
    assert cookie(client) == before
    answer = client.post("/account/confirm/", {"password": PASSWORD, "next": "/account/recovery/"})
    assert answer["Location"] == "/account/recovery/"
    assert cookie(client) != before
    assert len(client.get("/account/devices/").context["devices"]) == 1
    elsewhere = client.post("/account/confirm/", {"password": PASSWORD, "next": "https://evil.example/"})
    assert elsewhere["Location"] == "/"


def test_step_up_asks_for_the_second_factor_of_those_who_have_one(okayama: Programme):
    user = okayama.caseworker.user
    client, _answer = log_in(user.username)
    totp = give_totp(user)
    age(client, confirmed_at=301)
    only = client.post("/account/confirm/", {"password": PASSWORD})
    assert "確認コードを入力してください" in only.content.decode()
    wait_for_fresh_code()
    both = client.post("/account/confirm/", {"password": PASSWORD, "code": totp.now()})
    assert both.status_code == 302


def test_the_decorator(okayama: Programme, rf: RequestFactory):
    client, _answer = log_in(okayama.caseworker.user.username)

    @reauthenticated
    def view(request):
        return HttpResponse("open")

    def ask(method: str, seconds: float, **headers: str) -> HttpResponse:
        request = getattr(rf, method)("/secret/?a=1", **headers)
        request.user, request.session = okayama.caseworker.user, client.session
        request.session["confirmed_at"] -= seconds
        assert confirmed_recently(request) == (seconds < 300)
        return view(request)

    assert ask("get", 290).content == b"open"
    assert ask("get", 301)["Location"] == "/account/confirm/?next=%2Fsecret%2F%3Fa%3D1"
    assert ask("post", 600).content == b"open"
    assert ask("post", 901).status_code == 302
    assert "HX-Redirect" in ask("get", 301, HTTP_HX_REQUEST="true").headers


def test_a_forced_login_is_no_step_up(okayama: Programme):
    assert client_of(okayama.caseworker).get("/account/recovery/").status_code == 302


@pytest.mark.parametrize("path", ["/account/", "/account/confirm/", "/account/devices/", "/account/app/", "/password/"])
def test_own_screens_open(okayama: Programme, path):
    client, _answer = log_in(okayama.caseworker.user.username)
    assert client.get(path).status_code == 200
