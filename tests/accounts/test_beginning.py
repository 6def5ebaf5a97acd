"""A new system gets its first administrators from a command, and from it no others."""

from __future__ import annotations

import io
import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.enums import AccessAct
from accounts.models import AccessEntry, Invitation, Membership, User
from core.db import scope
from core.periods import today
from tests.access.worlds import client_of
from tests.factories import Programme
from tests.test_access import make_operator

TWO = (("a-yamada", "山田 一", "a@example.jp"), ("b-suzuki", "鈴木 二", ""))
PASSWORD = "青い鳥が窓辺で歌っている朝だった"


def run(
    *administrators: tuple[str, str, str], url: str = "https://ittai.example.jp", operator: str = "情報政策課"
) -> list[str]:
    """The paths of the links that it prints."""
    given = [word for one in administrators for word in ("--administrator", *one)]
    out = io.StringIO()
    call_command("create_administrators", "--url", url, "--operator", operator, *given, stdout=out)
    return re.findall(r"https://ittai\.example\.jp(/invitation/\S+)", out.getvalue())


def test_two_administrators_come_in_by_their_links(db: None):
    links = run(*TWO)
    assert len(links) == 2
    rows = Membership.objects.current(today()).order_by("user__username")
    assert [(row.user.username, row.role, row.organisation.kind) for row in rows] == [
        ("a-yamada", "administrator", "operator"),
        ("b-suzuki", "administrator", "operator"),
    ]
    for invitation in Invitation.objects.all():
        assert invitation.invited_by != invitation.user
    with scope(organisations=[rows[0].organisation_id]):
        assert AccessEntry.objects.filter(act=AccessAct.ACCOUNT).count() == 2
    again = run(*TWO)  # nobody came before the links ran out
    assert User.objects.count() == 2
    answers = [
        Client().post(link, {"new_password1": PASSWORD, "new_password2": PASSWORD}).status_code
        for link in (links[0], again[0])
    ]
    assert answers == [410, 302]
    with pytest.raises(CommandError, match="すでにいます"):
        run(*TWO)


def test_refused_once_there_is_an_administrator(okayama: Programme):
    operator = make_operator(okayama)
    assert client_of(operator).get("/accounts/").status_code == 200
    with pytest.raises(CommandError, match="すでにいます"):
        run(*TWO)
    assert not User.objects.filter(username="a-yamada").exists()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (TWO[:1], "二人以上"),
        ((TWO[0], TWO[0]), "二人以上"),
        ((TWO[0], TWO[0], TWO[1]), "別の利用者ID"),
        ((("Ａ", "山田", ""), TWO[1]), "半角の英小文字"),
        ((("okayama-cw", "山田", ""), TWO[1]), "すでに使われています"),
        (((*TWO[0][:2], "x"), TWO[1]), "メールアドレス"),
    ],
)
def test_bad_words_are_refused_in_words(okayama: Programme, given: tuple[tuple[str, str, str], ...], sentence: str):
    with pytest.raises(CommandError, match=sentence):
        run(*given)
    assert not User.objects.filter(memberships__role="administrator").exists()


@pytest.mark.parametrize("url", ["ittai.example.jp", "https://", "https:///"])
def test_a_link_that_leads_nowhere_is_not_made(db: None, url: str):
    with pytest.raises(CommandError, match="https://"):
        run(*TWO, url=url)
    assert not Invitation.objects.exists()


def test_an_operator_whose_name_cannot_be_kept_is_refused_in_words(db: None):
    with pytest.raises(CommandError, match="文字"):
        run(*TWO, operator="課" * 500)
    assert not User.objects.exists()
