"""An administrator alone becomes nobody who sees cases, and what is done to an account is told (A32)."""

from __future__ import annotations

import pytest
from django.core import mail
from django.urls import reverse

from accounts.enums import AccessAct, Role
from accounts.models import AccessEntry, Invitation, Membership, User
from core.periods import today
from tests.access.worlds import client_of
from tests.accounts.people import give_totp, log_in
from tests.factories import Programme, actor, working_as
from tests.test_access import client_of as unconfirmed_client
from tests.test_access import make_operator

ROUTES = ("account_detail", "account_invite", "account_sign_on")


def membership(programme: Programme, role: str = "caseworker") -> dict[str, object]:
    return {"organisation": programme.office.pk, "role": role, "title": "", "valid_from": today().isoformat()}


def told(programme: Programme, act: AccessAct) -> list[str]:
    """What the manager of the city finds in the log of the welfare office."""
    with working_as(programme.manager):
        found = AccessEntry.objects.visible_to(programme.manager).filter(organisation=programme.office, act=act)
        return [entry.purpose for entry in found.exclude(purpose="").order_by("pk")]


def test_the_administrator_does_not_become_a_caseworker(okayama: Programme):
    operator = make_operator(okayama)
    client = client_of(operator)
    give_totp(operator.user)
    url = reverse("account_detail", kwargs={"pk": operator.user.pk})
    for data in (
        membership(okayama),
        {"act": "reset_second_factor"},
        {"act": "end", "membership": operator.membership.pk},
    ):
        assert client.post(url, data, follow=True).content.decode().count("ほかのシステム管理者に頼んでください") == 2
    assert "所属を追加する" not in client.get(url).content.decode()
    assert client.post(reverse("account_invite", kwargs={"pk": operator.user.pk}))["Location"] == url
    assert client.post(reverse("account_sign_on", kwargs={"pk": operator.user.pk}), {"subject": "x"})["Location"] == url
    assert list(Membership.objects.filter(user=operator.user)) == [operator.membership]
    operator.membership.refresh_from_db()
    assert operator.membership.valid_to is None
    assert operator.user.authenticator_set.exists()
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("name", [*ROUTES, "account_new"])
def test_accounts_are_changed_after_proving_who_one_is(okayama: Programme, name: str):
    client = unconfirmed_client(make_operator(okayama))
    url = reverse(name, kwargs={"pk": okayama.caseworker.user.pk} if name in ROUTES else None)
    for answer in (client.get(url), client.post(url, {**membership(okayama), "act": "reset_second_factor"})):
        assert answer["Location"].startswith(reverse("account_reauthenticate"))


def test_a_new_caseworker_is_told_to_the_managers(okayama: Programme, settings):
    settings.EMAIL_CONFIGURED = True
    other = actor("newcomer", okayama.hello_work, Role.NAVIGATOR).user
    User.objects.filter(pk=other.pk).update(email="newcomer@example.jp")
    User.objects.filter(pk=okayama.manager.user.pk).update(email="manager@example.jp")
    client = client_of(make_operator(okayama))
    assert client.post(reverse("account_detail", kwargs={"pk": other.pk}), membership(okayama)).status_code == 302
    line = f"{other.name}さん: {okayama.office.name}のケースワーカーにした(ケースが見える役割)"
    assert told(okayama, AccessAct.CHANGE) == [line]
    assert {address for message in mail.outbox for address in message.to} == {
        "newcomer@example.jp",
        "manager@example.jp",
    }
    shown = client_of(okayama.manager).get(reverse("today")).content.decode()
    assert f"{other.name}さん(ケースワーカー)が加わりました" in shown
    assert line in client_of(okayama.manager).get(reverse("access_log")).content.decode()


def test_a_new_user_is_told_too(okayama: Programme):
    data = {"username": "brand-new", "name": "新人 二郎", "email": "", **membership(okayama, "manager")}
    assert client_of(make_operator(okayama)).post(reverse("account_new"), data).status_code == 302
    assert [line.partition(":")[0] for line in told(okayama, AccessAct.CHANGE)] == ["新人 二郎さん"]


def test_taking_over_an_account_leaves_its_trace(okayama: Programme, settings):
    settings.EMAIL_CONFIGURED = True
    user = okayama.caseworker.user
    User.objects.filter(pk=user.pk).update(email="worker@example.jp")
    give_totp(user)
    client = client_of(make_operator(okayama))
    client.post(reverse("account_detail", kwargs={"pk": user.pk}), {"act": "reset_second_factor"})
    client.post(reverse("account_invite", kwargs={"pk": user.pk}))
    assert told(okayama, AccessAct.SECOND_FACTOR) == [f"{user.name}さん: 二要素認証を外した"]
    assert told(okayama, AccessAct.CHANGE) == [f"{user.name}さん: パスワードを設定する招待リンクを発行した"]
    assert "二要素認証を外した" in mail.outbox[0].body and "worker@example.jp" in mail.outbox[0].to


def test_the_own_second_factor_is_in_the_log(okayama: Programme, settings):
    settings.MFA_REQUIRED = False
    user = okayama.caseworker.user
    give_totp(user)
    client, _answer = log_in(user.username)
    client = client_of(okayama.caseworker)
    client.post("/account/app/remove/")
    assert told(okayama, AccessAct.SECOND_FACTOR) == ["本人が外した"]
