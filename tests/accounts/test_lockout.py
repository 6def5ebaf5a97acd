"""Wrong log-ins stop an account at an address, and nobody else (security.md A45)."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.contrib.auth import hashers
from django.contrib.auth.signals import user_login_failed
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.lockout import FAMILIAR_DAYS, NO_ADDRESS, client_address
from accounts.tasks import sweep_log_ins
from core.periods import now
from tests.access.worlds import client_of
from tests.accounts.people import ADDRESS, PASSWORD, log_in
from tests.factories import Programme
from tests.test_access import make_operator

SENTENCE = "利用者IDまたはパスワードが違います"
STOPPED = "15分間止めています"
# What differs from answer to answer: the token against forged requests, the scripts' nonce, the number of the request.
OF_ONE_ANSWER = re.compile(
    r'"X-CSRFToken": "\w+"|name="csrfmiddlewaretoken" value="\w+"|nonce="[^"]+"|([2-9A-HJKMNP-TW-Z]{4}-){2}[2-9A-HJKMNP-TW-Z]{4}'
)


def fail(username: str, times: int, address: str = ADDRESS) -> list[int]:
    return [log_in(username, "wrong-wrong-wrong", address=address)[1].status_code for _ in range(times)]


def test_five_wrong_stop_the_account_here_and_only_here(okayama: Programme):
    name = okayama.caseworker.user.username
    assert fail(name, 4) == [200] * 4
    assert fail(name, 1) == [429]
    answer = log_in(name)[1]
    assert answer.status_code == 429
    assert STOPPED in answer.content.decode()
    assert log_in(name, address="192.0.2.11")[1].status_code == 302


def test_four_wrong_and_then_right_start_anew(okayama: Programme):
    name = okayama.caseworker.user.username
    fail(name, 4)
    assert log_in(name)[1].status_code == 302
    assert fail(name, 4) == [200] * 4


def test_a_colleague_behind_the_same_address_goes_on(okayama: Programme):
    fail(okayama.caseworker.user.username, 6)
    assert log_in(okayama.navigator.user.username)[1].status_code == 302


def test_nobody_locks_out_a_whole_office(okayama: Programme, settings):
    """Hundreds of wrong ids from the office's one address: who logged in there before still does."""
    settings.LOCKOUT_PER_ADDRESS = 12
    name = okayama.caseworker.user.username
    assert log_in(name)[1].status_code == 302
    for number in range(13):
        fail(f"stranger-{number}", 1)
    assert log_in(name)[1].status_code == 302
    assert log_in(okayama.navigator.user.username)[1].status_code == 429  # never logged in from here
    assert log_in(okayama.navigator.user.username, address="192.0.2.99")[1].status_code == 302


def test_nobody_locks_out_a_user_everywhere(okayama: Programme, settings):
    settings.LOCKOUT_PER_ACCOUNT = 8
    name = okayama.caseworker.user.username
    log_in(name)
    for number in range(4):
        fail(name, 2, address=f"198.51.100.{number}")
    assert log_in(name, address="198.51.100.200")[1].status_code == 429
    assert log_in(name)[1].status_code == 302


def test_the_stop_ends_after_its_time(okayama: Programme):
    name = okayama.caseworker.user.username
    fail(name, 5)
    AccessAttempt.objects.update(attempt_time=AccessAttempt.objects.get().attempt_time - settings.AXES_COOLOFF_TIME)
    assert log_in(name)[1].status_code == 302


def test_the_administrator_releases_it(okayama: Programme):
    user = okayama.caseworker.user
    fail(user.username, 5)
    administrator = client_of(make_operator(okayama))
    url = reverse("account_detail", kwargs={"pk": user.pk})
    assert "停止を解く" in administrator.get(url).content.decode()
    administrator.post(url, {"act": "release"})
    assert "停止を解く" not in administrator.get(url).content.decode()
    assert log_in(user.username)[1].status_code == 302


def test_unknown_users_get_the_same(okayama: Programme):
    known, unknown = okayama.caseworker.user.username, "no-such-user"
    disabled = okayama.navigator.user
    disabled.is_active = False
    disabled.save()
    texts = []
    for name, password in ((known, "wrong"), (unknown, "wrong"), (disabled.username, PASSWORD)):
        text = log_in(name, password)[1].content.decode()
        assert SENTENCE in text
        texts.append(OF_ONE_ANSWER.sub("", text).replace(name, ""))  # the id stays typed
    assert len(set(texts)) == 1
    fail(known, 5, "192.0.2.50")
    fail(unknown, 5, "192.0.2.50")
    assert log_in(unknown, address="192.0.2.50")[1].status_code == 429


@pytest.mark.parametrize("name", ["a" * 65, "あ" * 301, "a" * 100_000])
def test_an_id_that_nobody_can_have_is_a_wrong_one(name: str, db):
    """Found by 20,000 requests of junk: axes keeps 255 characters, and the database refused more with an error."""
    answer = log_in(name, "wrong")[1]
    assert answer.status_code == 200
    assert SENTENCE in answer.content.decode()
    assert not AccessAttempt.objects.exists()


def test_unknown_users_cost_a_hash_too(okayama: Programme, monkeypatch):
    """No stop watch: the hasher runs once for both."""
    runs = []
    hasher = type(hashers.get_hasher())
    encode = hasher.encode
    monkeypatch.setattr(hasher, "encode", lambda self, *a, **k: (runs.append(1), encode(self, *a, **k))[1])
    counts = []
    for name in (okayama.caseworker.user.username, "no-such-user"):
        runs.clear()
        log_in(name, "wrong")
        counts.append(len(runs))
    assert counts == [1, 1]


def test_one_named_header_is_trusted_and_only_its_last_entry(settings):
    def address(**headers: str) -> str:
        return client_address(RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", **headers))

    assert address(HTTP_X_FORWARDED_FOR="203.0.113.7") == "10.0.0.1"
    settings.PROXY_ADDRESS_HEADER = "X-Forwarded-For"
    assert address(HTTP_X_FORWARDED_FOR="6.6.6.6, 203.0.113.7") == "203.0.113.7"
    assert address(HTTP_X_REAL_IP="203.0.113.7") == "10.0.0.1"
    assert address(HTTP_X_FORWARDED_FOR="<script>") == NO_ADDRESS
    assert address(HTTP_X_FORWARDED_FOR="fe80::1%eth0") == "fe80::1"


def test_failures_are_told_and_no_password_is_stored(okayama: Programme):
    heard = []

    def listen(sender, credentials, request, **kwargs):
        heard.append(credentials["username"])

    user_login_failed.connect(listen)
    try:
        fail(okayama.caseworker.user.username, 1)
    finally:
        user_login_failed.disconnect(listen)
    assert heard == [okayama.caseworker.user.username]
    assert "wrong-wrong" not in AccessAttempt.objects.get().post_data


@pytest.mark.parametrize("who", ["caseworker", "navigator"])
def test_a_success_is_remembered_with_its_address(okayama: Programme, who):
    name = getattr(okayama, who).user.username
    log_in(name, client=Client())
    assert AccessLog.objects.get(username=name).ip_address == ADDRESS


def test_what_old_log_ins_left_behind_goes(okayama: Programme):
    name = okayama.caseworker.user.username
    for _ in range(2):
        log_in(name)
    young, old = AccessLog.objects.order_by("pk")
    AccessLog.objects.filter(pk=old.pk).update(attempt_time=now() - dt.timedelta(days=FAMILIAR_DAYS, minutes=1))
    AccessLog.objects.filter(pk=young.pk).update(attempt_time=now() - dt.timedelta(days=FAMILIAR_DAYS - 1))
    open_still, ended = Session.objects.order_by("pk")
    Session.objects.filter(pk=ended.pk).update(expire_date=now() - dt.timedelta(minutes=1))
    for _ in range(2):
        sweep_log_ins()
    assert list(AccessLog.objects.values_list("pk", flat=True)) == [young.pk]
    assert list(Session.objects.values_list("pk", flat=True)) == [open_still.pk]
