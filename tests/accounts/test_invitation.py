"""A link from the administrator: once, for 72 hours, only its hash is kept (A44)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions
from accounts.models import Invitation, User
from core.db import scope
from core.periods import today
from tests.access.worlds import client_of
from tests.accounts.people import give_totp, is_in, log_in
from tests.factories import Programme
from tests.test_access import make_operator

PASSWORD = "青い鳥が窓辺で歌っている朝だった"


@pytest.fixture
def administrator(okayama: Programme) -> Client:
    return client_of(make_operator(okayama))


@pytest.fixture
def invited(okayama: Programme, administrator: Client) -> User:
    data = {"username": "newcomer", "name": "新人 一郎", "email": "new@example.jp", "organisation": okayama.office.pk}
    answer = administrator.post("/accounts/new/", {**data, "role": "caseworker", "title": ""})
    user = User.objects.get(username="newcomer")
    assert answer["Location"] == f"/accounts/{user.pk}/invite/"
    return user


def link(administrator: Client, user: User) -> str:
    page = administrator.post(f"/accounts/{user.pk}/invite/").content.decode()
    found = re.search(r'value="http://testserver(/invitation/[^"]+)"', page)
    assert found
    return found[1]


def accept(url: str, password: str = PASSWORD) -> tuple[Client, int]:
    client = Client()
    return client, client.post(url, {"new_password1": password, "new_password2": password}).status_code


def test_nobody_logs_in_before_the_link(invited: User):
    assert not invited.has_usable_password()
    assert log_in("newcomer", "")[1].status_code == 200


def test_the_link_works_once(administrator: Client, invited: User):
    url = link(administrator, invited)
    assert Client().get(url).status_code == 200
    assert Client().get(url).status_code == 200  # looking does not use it up
    client, status = accept(url)
    assert status == 302
    assert client.get("/account/").status_code == 200
    assert accept(url, "別の合言葉をここに並べておきます")[1] == 410
    assert log_in("newcomer", PASSWORD)[1].status_code == 302


def test_the_link_is_nowhere_kept(administrator: Client, invited: User):
    token = link(administrator, invited).split("/")[2]
    invitation = Invitation.objects.get()
    assert token not in str(vars(invitation))
    assert token not in administrator.get(f"/accounts/{invited.pk}/invite/").content.decode()
    assert token not in administrator.get(f"/accounts/{invited.pk}/").content.decode()


def test_it_expires(administrator: Client, invited: User):
    url = link(administrator, invited)
    past = timezone.now() - dt.timedelta(hours=72, minutes=1)
    Invitation.objects.update(invited_at=past, expires_at=past + dt.timedelta(hours=72))
    answer = Client().get(url)
    assert answer.status_code == 410
    assert "新しいリンクを頼んでください" in answer.content.decode()
    assert accept(url)[1] == 410


def test_a_newer_link_replaces_it(administrator: Client, invited: User):
    first, second = link(administrator, invited), link(administrator, invited)
    assert accept(first)[1] == 410
    assert accept(second)[1] == 302


def test_not_for_a_disabled_user(administrator: Client, invited: User):
    url = link(administrator, invited)
    actions.set_active(user=invited, is_active=False, by=Invitation.objects.get().invited_by, on=today())
    assert accept(url)[1] == 410


def test_a_weak_password_keeps_the_link(administrator: Client, invited: User):
    url = link(administrator, invited)
    client, status = accept(url, "short")
    assert status == 200
    assert "15" in client.post(url, {"new_password1": "short", "new_password2": "short"}).content.decode()
    different = client.post(url, {"new_password1": PASSWORD, "new_password2": PASSWORD + "x"})
    assert "二つのパスワードが違います" in different.content.decode()
    assert accept(url)[1] == 302


def test_it_resets_a_password_and_not_the_second_factor(okayama: Programme, administrator: Client):
    user = okayama.caseworker.user
    give_totp(user)
    old = client_of(okayama.caseworker)
    client, status = accept(link(administrator, user))
    assert status == 302
    assert not is_in(client)
    assert client.get("/login/code/").status_code == 200
    assert not is_in(old)  # the old password's sessions are over


def test_the_database_keeps_one_open_link(administrator: Client, invited: User):
    link(administrator, invited)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.create(
            user=invited,
            token_hash="x",
            invited_by=invited,
            invited_at=timezone.now(),
            expires_at=timezone.now() + dt.timedelta(hours=1),
        )


def test_mailed_only_when_there_is_a_server(
    administrator: Client, invited: User, settings, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        administrator.post(f"/accounts/{invited.pk}/invite/")
    assert mail.outbox == []
    settings.EMAIL_CONFIGURED = True
    with django_capture_on_commit_callbacks(execute=True):
        url = link(administrator, invited)
    (message,) = mail.outbox
    assert message.to == ["new@example.jp"]
    assert url in message.body


def test_of_two_at_once_one_wins(db: None):
    """Committed rows, each step on a connection of its own; the users are taken away again."""

    def make() -> str:
        user = User.objects.create_user("twice", None, name="二人")
        administrator = User.objects.create_user("twice-by", None, name="管理 太郎")
        return actions.invite(user=user, by=administrator, at=timezone.now())

    def take(number: int) -> str:
        try:
            actions.accept_invitation(token=token, password=f"{PASSWORD}{number}", at=timezone.now())
        except actions.InvitationNotOpen:
            return "late"
        finally:
            connection.close()
        return "first"

    def clear() -> None:
        with scope(organisations=[]):  # what hangs on a user is walled
            Invitation.objects.filter(user__username="twice").delete()
            User.objects.filter(username__in=["twice", "twice-by"]).delete()

    def alone(step: Callable[[], Any]) -> Any:
        try:
            return step()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        token = pool.submit(alone, make).result()
        try:
            assert sorted(pool.map(take, (1, 2))) == ["first", "late"]
        finally:
            pool.submit(alone, clear).result()


def test_strangers_may_not_invite(okayama: Programme):
    url = reverse("account_invite", kwargs={"pk": okayama.navigator.user.pk})
    assert client_of(okayama.manager).post(url).status_code == 403
    assert Invitation.objects.count() == 0
