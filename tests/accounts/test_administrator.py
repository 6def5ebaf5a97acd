"""An administrator changes nothing of the own account, and what is done to others and to organisations is told (A32)."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import actions
from accounts.enums import AccessAct, Role
from accounts.models import AccessEntry, Invitation, Membership, Organisation, User
from core.db import scope
from core.periods import today
from tests import walls
from tests.access.worlds import client_of
from tests.accounts.people import PASSWORD, give_totp, is_in, log_in
from tests.factories import Programme, actor, working_as
from tests.test_access import client_of as unconfirmed_client
from tests.test_access import make_operator

ROUTES = ("account_detail", "account_invite", "account_sign_on")


def membership(programme: Programme, role: str = "caseworker") -> dict[str, object]:
    return {"organisation": programme.office.pk, "role": role, "title": "", "valid_from": today().isoformat()}


def told(
    programme: Programme, organisation: Organisation | None = None, act: AccessAct = AccessAct.ACCOUNT
) -> list[str]:
    """What the manager of the city finds in the log of the welfare office, or of another organisation."""
    with working_as(programme.manager):
        found = AccessEntry.objects.visible_to(programme.manager).filter(act=act)
        found = found.filter(organisation=organisation or programme.office).exclude(purpose="")
        return [entry.purpose for entry in found.order_by("pk")]


def test_the_administrator_changes_nothing_of_the_own_account(okayama: Programme):
    operator = make_operator(okayama)
    client = client_of(operator)
    give_totp(operator.user)
    url = reverse("account_detail", kwargs={"pk": operator.user.pk})
    for data in (
        membership(okayama),
        {"act": "reset_second_factor"},
        {"act": "end", "membership": operator.membership.pk},
        *({"act": act} for act in ("disable", "enable", "release", "end_sessions")),
    ):
        assert client.post(url, data, follow=True).content.decode().count("ほかのシステム管理者に頼んでください") == 2
    for _time in range(5):
        log_in(operator.user.username, "間違い")
    page = client.get(url).content.decode()
    assert "所属を追加する" not in page and "停止中" in page and "停止を解く" not in page
    assert client.post(reverse("account_invite", kwargs={"pk": operator.user.pk}))["Location"] == url
    for data in ({"subject": "x"}, {"act": "unlink"}):
        assert client.post(reverse("account_sign_on", kwargs={"pk": operator.user.pk}), data)["Location"] == url
    assert list(Membership.objects.filter(user=operator.user)) == [operator.membership]
    operator.membership.refresh_from_db()
    assert operator.membership.valid_to is None
    assert operator.user.authenticator_set.exists()
    assert not Invitation.objects.exists()
    with working_as(operator):
        assert not AccessEntry.objects.filter(act=AccessAct.ACCOUNT).exists()


@pytest.mark.parametrize("name", [*ROUTES, "account_new", "organisation_new", "organisation_edit"])
def test_accounts_and_organisations_are_changed_after_proving_who_one_is(okayama: Programme, name: str):
    client = unconfirmed_client(make_operator(okayama))
    pk = okayama.office.pk if name == "organisation_edit" else okayama.caseworker.user.pk
    url = reverse(name, kwargs=None if name.endswith("_new") else {"pk": pk})
    for answer in (client.get(url), client.post(url, {**membership(okayama), "act": "reset_second_factor"})):
        assert answer["Location"].startswith(reverse("account_reauthenticate"))


def test_a_new_caseworker_is_told_to_the_managers(okayama: Programme, settings, django_capture_on_commit_callbacks):
    settings.EMAIL_CONFIGURED = True
    other = actor("newcomer", okayama.hello_work, Role.NAVIGATOR).user
    User.objects.filter(pk=other.pk).update(email="newcomer@example.jp")
    User.objects.filter(pk=okayama.manager.user.pk).update(email="manager@example.jp")
    client = client_of(make_operator(okayama))
    with django_capture_on_commit_callbacks() as kept:
        assert client.post(reverse("account_detail", kwargs={"pk": other.pk}), membership(okayama)).status_code == 302
    assert mail.outbox == []  # not inside the transaction
    for send in kept:
        send()
    line = f"{other.name}さん: ケースが見える役割にした(ケースワーカー、{okayama.office.name})"
    assert told(okayama) == [line]
    (message,) = mail.outbox  # one connection for all, and nobody sees the others
    assert (message.to, message.bcc) == ([], ["manager@example.jp", "newcomer@example.jp"])
    shown = client_of(okayama.manager).get(reverse("today")).content.decode()
    assert f"{other.name}さん(ケースワーカー)が加わりました" in shown
    assert line in client_of(okayama.manager).get(reverse("access_log")).content.decode()


def test_a_mail_server_that_is_down_hinders_nobody(okayama: Programme, settings, django_capture_on_commit_callbacks):
    settings.EMAIL_CONFIGURED = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    user = okayama.caseworker.user
    User.objects.filter(pk=user.pk).update(email="worker@example.jp")
    client = client_of(make_operator(okayama))
    with django_capture_on_commit_callbacks(execute=True) as kept:
        client.post(reverse("account_detail", kwargs={"pk": user.pk}), {"act": "end_sessions"})
        answer = client.post(reverse("account_invite", kwargs={"pk": user.pk}))
    assert (answer.status_code, len(kept)) == (200, 3)


def test_a_new_user_is_told_too(okayama: Programme):
    data = {"username": "brand-new", "name": "新人 二郎", "email": "", **membership(okayama, "manager")}
    assert client_of(make_operator(okayama)).post(reverse("account_new"), data).status_code == 302
    assert [line.partition(":")[0] for line in told(okayama)] == ["新人 二郎さん"]


def test_what_the_role_opens_is_kept_behind_the_longest_names(okayama: Programme):
    Organisation.objects.filter(pk=okayama.office.pk).update(name="長" * 200)
    data = {"username": "brand-new", "name": "名" * 100, "email": "", **membership(okayama)}
    client_of(make_operator(okayama)).post(reverse("account_new"), data)
    (line,) = told(okayama)
    assert len(line) == 200 and "ケースが見える役割にした(ケースワーカー" in line


def test_taking_over_an_account_leaves_its_trace(okayama: Programme, settings, django_capture_on_commit_callbacks):
    settings.EMAIL_CONFIGURED = True
    user = okayama.caseworker.user
    User.objects.filter(pk=user.pk).update(email="worker@example.jp")
    give_totp(user)
    client = client_of(make_operator(okayama))
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("account_detail", kwargs={"pk": user.pk}), {"act": "reset_second_factor"})
        client.post(reverse("account_invite", kwargs={"pk": user.pk}))
    assert told(okayama) == [
        f"{user.name}さん: 二要素認証を外した",
        f"{user.name}さん: パスワードを設定する招待リンクを発行した",
    ]
    assert "二要素認証を外した" in mail.outbox[0].body and "worker@example.jp" in mail.outbox[0].bcc


ACTS = {"reset_second_factor": "二要素認証を外した", "disable": "利用を止めた", "enable": "利用を再開した"}
ACTS |= {"release": "ログインの停止を解いた", "end_sessions": "すべてのログインを終わらせた"}


@pytest.mark.parametrize("is_user_off", [True, False], ids=["user off", "organisation off"])
def test_switching_off_first_hides_nothing(
    okayama: Programme, settings, django_capture_on_commit_callbacks, is_user_off: bool
):
    settings.EMAIL_CONFIGURED = True
    user = okayama.caseworker.user
    User.objects.filter(pk=okayama.manager.user.pk).update(email="manager@example.jp")
    if is_user_off:
        User.objects.filter(pk=user.pk).update(is_active=False)
    else:
        Organisation.objects.filter(pk=okayama.office.pk).update(is_active=False)
    give_totp(user)
    client, url = client_of(make_operator(okayama)), reverse("account_detail", kwargs={"pk": user.pk})
    expected = []
    with django_capture_on_commit_callbacks(execute=True):
        for act, what in ACTS.items():
            assert client.post(url, {"act": act}).status_code == 302
            expected.append(what)
        client.post(reverse("account_sign_on", kwargs={"pk": user.pk}), {"subject": "subject-1"})
        client.post(reverse("account_sign_on", kwargs={"pk": user.pk}), {"act": "unlink"})
        client.post(url, {"act": "end", "membership": okayama.caseworker.membership.pk})
        client.post(reverse("account_invite", kwargs={"pk": user.pk}))
    expected += ["共通ログインとつないだ", "共通ログインとのつながりを外した"]
    expected += [
        f"所属を終わりにした(ケースワーカー、{okayama.office.name})",
        "パスワードを設定する招待リンクを発行した",
    ]
    assert told(okayama) == [f"{user.name}さん: {what}" for what in expected]
    assert [message.bcc for message in mail.outbox] == [["manager@example.jp"]] * len(expected)


def test_a_membership_that_has_just_ended_is_still_told(okayama: Programme):
    user = okayama.caseworker.user
    client = client_of(make_operator(okayama))
    for days, lines in ((31, 1), (32, 1)):
        Membership.objects.filter(user=user).update(valid_to=today() - dt.timedelta(days=days))
        client.post(reverse("account_invite", kwargs={"pk": user.pk}))
        assert len(told(okayama)) == lines


def test_an_ended_membership_is_not_opened_again_by_ending_it(okayama: Programme):
    """A page left open: the second administrator must not make a last day of today out of one of last week."""
    user, mine = okayama.caseworker.user, okayama.caseworker.membership
    client, url = (
        client_of(make_operator(okayama)),
        reverse("account_detail", kwargs={"pk": okayama.caseworker.user.pk}),
    )
    last = today() - dt.timedelta(days=7)
    Membership.objects.filter(pk=mine.pk).update(valid_from=last, valid_to=last)
    assert "今日で終わりにする" not in client.get(url).content.decode()
    answer = client.post(url, {"act": "end", "membership": mine.pk}, follow=True).content.decode()
    assert "終わりにしてあります" in answer
    mine.refresh_from_db()
    assert mine.valid_to == last
    assert not [line for line in told(okayama) if user.name in line and "所属" in line]


def test_a_planned_end_can_come_earlier(okayama: Programme):
    mine = okayama.caseworker.membership
    client, url = (
        client_of(make_operator(okayama)),
        reverse("account_detail", kwargs={"pk": okayama.caseworker.user.pk}),
    )
    Membership.objects.filter(pk=mine.pk).update(valid_to=today() + dt.timedelta(days=90))
    assert "今日で終わりにする" in client.get(url).content.decode()
    assert client.post(url, {"act": "end", "membership": mine.pk}).status_code == 302
    mine.refresh_from_db()
    assert mine.valid_to == today()
    assert "今日で終わりにする" not in client.get(url).content.decode()


def test_a_membership_that_has_not_begun_opens_no_day(okayama: Programme):
    user, mine = okayama.caseworker.user, okayama.caseworker.membership
    client, url = client_of(make_operator(okayama)), reverse("account_detail", kwargs={"pk": user.pk})
    Membership.objects.filter(pk=mine.pk).update(valid_from=today() + dt.timedelta(days=7))
    asked = client.get(url, {"act": "end", "membership": mine.pk}).content.decode()
    assert "始まる前の所属を取り消す" in asked and "明日から" not in asked
    assert (
        "始まる前の所属を取り消しました"
        in client.post(url, {"act": "end", "membership": mine.pk}, follow=True).content.decode()
    )
    assert not Membership.objects.filter(pk=mine.pk).exists()
    assert f"{user.name}さん: 始まる前の所属を取り消した(ケースワーカー、{okayama.office.name})" in told(okayama)


def test_administrators_see_what_the_other_one_does(okayama: Programme):
    first, second = make_operator(okayama), walls.operator("second")
    client = client_of(first)
    client.post(reverse("account_detail", kwargs={"pk": second.user.pk}), {"act": "reset_second_factor"})
    line = f"{second.user.name}さん: 二要素認証を外した"
    assert line in client_of(second).get(reverse("access_log")).content.decode()
    assert line in client_of(second).get(reverse("access_log"), {"act": "account"}).content.decode()
    assert line not in client_of(okayama.manager).get(reverse("access_log")).content.decode()


def organisation(one: Organisation, **changed: object) -> dict[str, object]:
    data = {"kind": one.kind, "name": one.name, "short_name": one.short_name, "parent": one.parent_id or ""}
    data |= {"municipality_code": one.municipality_code, "is_active": "on"} | changed
    return {name: value for name, value in data.items() if value is not None}


def test_an_office_that_is_moved_is_told_to_both_cities(
    okayama: Programme, soja: Programme, settings, django_capture_on_commit_callbacks
):
    settings.EMAIL_CONFIGURED = True
    for programme in (okayama, soja):
        User.objects.filter(pk=programme.manager.user.pk).update(email=f"{programme.code}@example.jp")
    url = reverse("organisation_edit", kwargs={"pk": okayama.office.pk})
    with django_capture_on_commit_callbacks(execute=True):
        moved = organisation(okayama.office, parent=soja.city.pk)
        assert client_of(make_operator(okayama)).post(url, moved).status_code == 302
    line = f"{okayama.office.short_name}: 上位の機関を{soja.city.short_name}にした"
    for programme in (okayama, soja):
        assert told(programme, programme.city) == [line]
    (message,) = mail.outbox
    assert message.bcc == ["okayama@example.jp", "soja@example.jp"]
    assert line in message.body


def test_a_changed_organisation_says_what_changed(okayama: Programme):
    client = client_of(make_operator(okayama))
    url = reverse("organisation_edit", kwargs={"pk": okayama.office.pk})
    client.post(url, organisation(okayama.office))  # nothing changed
    client.post(url, organisation(okayama.office, name="新しい名", is_active=None))
    client.post(url, organisation(okayama.office, name="新しい名"))
    said = ("利用を止めた、名称を変えた", "利用を再開した")
    assert told(okayama) == [f"{okayama.office.short_name}: {one}" for one in said]


def test_whoever_reads_waits_for_no_organisation_that_is_saved(okayama: Programme):
    """Every entry of the log points at its organisation: a lock that keeps such rows out ends in a deadlock of the
    chain with the row, and the reader gets no page."""
    url = reverse("organisation_edit", kwargs={"pk": okayama.office.pk})
    client = client_of(make_operator(okayama))
    with CaptureQueriesContext(connection) as asked:
        assert client.post(url, organisation(okayama.office, name="新しい名")).status_code == 302
    locks = [query["sql"].rpartition(" FOR ")[2] for query in asked if " FOR " in query["sql"].rpartition(" WHERE ")[2]]
    assert locks == ["NO KEY UPDATE"]


def test_who_comes_under_another_body_is_told(okayama: Programme):
    """A bureau that is made a city covers its Hello Work offices: their log says so as well."""
    url = reverse("organisation_edit", kwargs={"pk": okayama.bureau.pk})
    data = organisation(okayama.bureau, kind="municipality", municipality_code="339999")
    assert client_of(make_operator(okayama)).post(url, data).status_code == 302
    chief = actor("chief", okayama.hello_work, Role.MANAGER)
    with working_as(chief):
        (entry,) = AccessEntry.objects.visible_to(chief).filter(act=AccessAct.ACCOUNT)
    assert entry.purpose.startswith(f"{okayama.bureau.short_name}: 種別を市区町村にした")


def test_a_new_organisation_is_told_above(okayama: Programme):
    data = {"kind": "welfare_office", "name": "北事務所", "short_name": "北", "parent": okayama.city.pk}
    client_of(make_operator(okayama)).post(reverse("organisation_new"), {**data, "is_active": "on"})
    above = f"上位の機関を{okayama.city.short_name}にした"
    assert told(okayama, okayama.city) == [f"北: 機関を登録した、種別を福祉事務所にした、{above}"]


def test_entries_of_several_chains_are_written_in_one_order(okayama: Programme):
    """Memberships in two organisations are two chains; whoever takes them takes the lower number first."""
    user = actor("two", okayama.hello_work, Role.NAVIGATOR).user
    Membership.objects.create(user=user, organisation=okayama.city, role="manager", valid_from=today())
    client = client_of(make_operator(okayama))
    url = reverse("organisation_edit", kwargs={"pk": okayama.city.pk})
    client.post(reverse("account_detail", kwargs={"pk": user.pk}), {"act": "end_sessions"})
    client.post(url, organisation(okayama.city, name="変えた市", parent=okayama.bureau.pk))
    chains: dict[UUID, list[int]] = {}
    with scope(organisations=list(Organisation.objects.values_list("pk", flat=True))):
        for entry in AccessEntry.objects.filter(act=AccessAct.ACCOUNT).order_by("pk"):
            chains.setdefault(entry.request_id, []).append(entry.chain)
    assert len(chains) == 2
    assert all(len(numbers) > 1 and numbers == sorted(numbers) for numbers in chains.values())


def test_new_recovery_codes_are_in_the_log(okayama: Programme):
    give_totp(okayama.caseworker.user)
    client = client_of(okayama.caseworker)
    for _time in range(2):
        assert client.post(reverse("recovery_codes")).status_code == 200
    assert told(okayama, act=AccessAct.SECOND_FACTOR) == ["本人が回復コードを作った", "本人が回復コードを作り直した"]


def test_the_own_second_factor_is_in_the_log(okayama: Programme, settings):
    settings.MFA_REQUIRED = False
    user = okayama.caseworker.user
    give_totp(user)
    client, _answer = log_in(user.username)
    client = client_of(okayama.caseworker)
    client.post("/account/app/remove/")
    assert told(okayama, act=AccessAct.SECOND_FACTOR) == ["本人が外した"]


def test_a_new_password_is_in_the_log_however_it_came(okayama: Programme):
    """By the link also when nobody comes in with it: the second factor is still asked."""
    user = okayama.caseworker.user
    give_totp(user)
    token = actions.invite(user=user, by=okayama.manager.user, at=timezone.now())
    new = "青い鳥が窓辺で歌っている朝だった"
    twice = {"new_password1": new, "new_password2": new}
    stranger = Client()
    assert stranger.post(reverse("invitation", kwargs={"token": token}), twice)["Location"] == "/login/code/"
    assert not is_in(stranger)
    assert told(okayama) == ["招待リンクでパスワードを設定した"]
    data = {"old_password": new, "new_password1": PASSWORD * 2, "new_password2": PASSWORD * 2}
    okayama.caseworker.user.refresh_from_db()
    assert client_of(okayama.caseworker).post(reverse("password_change"), data).status_code == 302
    assert told(okayama)[1:] == ["本人がパスワードを変えた"]
