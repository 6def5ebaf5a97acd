"""How long a session lives, and who ends it (security.md A47, A9, A52)."""

from __future__ import annotations

import pytest
from django.contrib.auth.signals import user_logged_out
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from tests.access.worlds import client_of
from tests.accounts.people import age, cookie, is_in, log_in
from tests.factories import Programme
from tests.test_access import make_operator

BACKGROUND = {"HTTP_X_ITTAI_BACKGROUND": "1"}


@pytest.fixture
def worker(okayama: Programme) -> Client:
    return log_in(okayama.caseworker.user.username)[0]


def test_idle_too_long_ends_it_and_says_why(worker: Client):
    age(worker, seen_at=899 - 5)
    assert is_in(worker)
    age(worker, seen_at=901)
    answer = worker.get("/cases/", follow=True)
    assert answer.redirect_chain[0][0].startswith("/login/")
    assert "しばらく操作がなかったため" in answer.content.decode()
    assert not is_in(worker)


def test_twelve_hours_end_it_however_busy(worker: Client):
    age(worker, started_at=12 * 3600 - 60)
    assert is_in(worker)
    age(worker, started_at=61)
    assert "長い時間がたった" in worker.get("/cases/", follow=True).content.decode()


def test_the_end_is_told_to_listeners(worker: Client):
    heard = []

    def listen(sender, request, user, **kwargs):
        heard.append(user.username)

    user_logged_out.connect(listen)
    try:
        age(worker, seen_at=1000)
        worker.get("/cases/")
    finally:
        user_logged_out.disconnect(listen)
    assert len(heard) == 1


def test_background_requests_do_not_keep_it_alive(worker: Client):
    age(worker, seen_at=600)
    before = worker.session["seen_at"]
    assert worker.get("/help/", **BACKGROUND).status_code == 200
    status = worker.get("/session/status/").json()
    assert worker.session["seen_at"] == before
    assert 295 <= status["idle_seconds_left"] <= 300
    assert 0 < status["absolute_seconds_left"] <= 12 * 3600
    assert is_in(worker)
    assert worker.session["seen_at"] > before + 500


def test_extending_is_a_post(worker: Client):
    age(worker, seen_at=600)
    assert worker.get("/session/extend/").status_code == 405
    age(worker, seen_at=600)
    assert worker.post("/session/extend/").json()["idle_seconds_left"] >= 899


@pytest.mark.parametrize("header", [BACKGROUND, {"HTTP_HX_REQUEST": "true"}])
def test_a_pages_own_request_gets_401_with_the_reason(worker: Client, header):
    age(worker, seen_at=1000)
    answer = worker.post("/cases/", **header)
    assert (answer.status_code, answer.json()["reason"]) == (401, "idle")
    assert Client().get("/cases/", **header).status_code == 401
    assert Client().get("/session/status/").status_code == 401
    assert Client().get("/cases/").status_code == 302


def test_a_new_key_at_login(okayama: Programme):
    client = Client()
    client.get("/login/")
    session = client.session
    session["before"] = 1
    session.save()
    client.cookies["sessionid"] = old = session.session_key
    log_in(okayama.caseworker.user.username, client=client)
    assert cookie(client) != old


def test_disabling_ends_it_at_the_next_request(okayama: Programme, worker: Client):
    administrator = client_of(make_operator(okayama))
    assert is_in(worker)
    url = reverse("account_detail", kwargs={"pk": okayama.caseworker.user.pk})
    administrator.post(url, {"act": "disable"})
    assert not is_in(worker)
    administrator.post(url, {"act": "enable"})
    assert not is_in(worker)  # the session is gone, not asleep


def test_a_role_change_counts_at_the_next_request(okayama: Programme, worker: Client):
    assert worker.get("/cases/").status_code == 200
    membership = okayama.caseworker.membership
    membership.role = Role.COUNCIL
    membership.save()
    assert worker.get("/cases/").status_code == 403


def test_own_devices_are_listed_and_ended(okayama: Programme, worker: Client):
    name = okayama.caseworker.user.username
    other = Client(headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Edg/126.0"})
    log_in(name, client=other, address="198.51.100.7")
    stranger = log_in(okayama.navigator.user.username, address="203.0.113.200")[0]
    page = worker.get("/account/devices/").content.decode()
    assert "198.51.100.7" in page
    assert "Edge(Windows)" in page
    assert "203.0.113.200" not in page
    foreign = stranger.get("/account/devices/")
    theirs = [device.pk for device in foreign.context["devices"]]
    worker.post("/account/devices/", {"device": theirs[0]})
    assert is_in(stranger)
    (mine,) = [d.pk for d in worker.get("/account/devices/").context["devices"] if not d.is_current]
    worker.post("/account/devices/", {"device": mine})
    assert not is_in(other)
    assert is_in(worker)


def test_all_others_end_at_once_and_this_one_stays(okayama: Programme, worker: Client):
    others = [log_in(okayama.caseworker.user.username)[0] for _ in range(2)]
    worker.post("/account/devices/")
    assert [is_in(client) for client in others] == [False, False]
    assert is_in(worker)


def test_the_administrator_ends_them(okayama: Programme, worker: Client):
    url = reverse("account_detail", kwargs={"pk": okayama.caseworker.user.pk})
    client_of(make_operator(okayama)).post(url, {"act": "end_sessions"})
    assert not is_in(worker)


def test_a_new_password_ends_the_others(okayama: Programme, worker: Client):
    other = log_in(okayama.caseworker.user.username)[0]
    new = "まったく新しい合言葉を並べてみました"
    data = {"old_password": "long-enough-password", "new_password1": new, "new_password2": new}
    assert worker.post("/password/", data).status_code == 302
    assert is_in(worker)
    assert not is_in(other)
    assert len(worker.get("/account/devices/").context["devices"]) == 1


def test_a_short_or_obvious_password_is_refused(okayama: Programme, worker: Client):
    for bad, word in (
        ("short-one-2026", "15"),
        (okayama.office.name + "-password-2026", "機関の名前"),
        ("あ" * 20, "繰り返し"),
        ("長い合言葉を作る" * 17, "128文字以内"),
    ):
        data = {"old_password": "long-enough-password", "new_password1": bad, "new_password2": bad}
        answer = worker.post("/password/", data)
        assert answer.status_code == 200, bad
        assert word in answer.content.decode(), bad


def test_a_long_passphrase_of_small_letters_is_taken(okayama: Programme, worker: Client):
    """A46: 64 letters, no capital, number or sign is asked for."""
    long = "lanternmeadowcopperwillowharvestsaddlepebblecanyonmarblethistlex"
    assert len(long) == 64
    data = {"old_password": "long-enough-password", "new_password1": long, "new_password2": long}
    assert worker.post("/password/", data).status_code == 302
    okayama.caseworker.user.refresh_from_db()
    assert okayama.caseworker.user.check_password(long)


def test_lists_of_devices_ask_the_same_for_1_and_3(okayama: Programme, worker: Client, django_assert_max_num_queries):
    for _ in range(2):
        log_in(okayama.caseworker.user.username)
    with django_assert_max_num_queries(16):
        worker.get("/account/devices/")
