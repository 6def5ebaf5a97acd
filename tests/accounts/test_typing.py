"""One's own keyboard: what the settings change on every page, and that they change nothing else."""

from __future__ import annotations

import re

from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.clients import client_of
from tests.factories import Programme
from tests.servers import ROOT


def page(client: Client, url: str = "/") -> str:
    return client.get(url).content.decode()


def test_keys_are_on_and_moving_on_is_off_until_somebody_says_otherwise(okayama: Programme):
    client, other = client_of(okayama.caseworker), client_of(okayama.navigator)
    first = page(client)
    assert 'data-shortcuts="yes"' in first
    assert "data-moves-on" not in first
    assert 'id="keys"' in first
    before = User.objects.filter(pk=okayama.caseworker.user.pk).values().get()
    answer = client.post(reverse("typing_settings"), {"is_moved_on": "on", "is_active": "", "password": "x"})
    assert answer.status_code == 302
    changed = page(client)
    assert "data-shortcuts" not in changed
    assert 'data-moves-on="yes"' in changed
    assert 'id="keys"' not in changed
    assert "( / )" not in changed
    after = User.objects.filter(pk=okayama.caseworker.user.pk).values().get()
    assert after == before | {"has_shortcuts": False, "is_moved_on": True}
    assert 'data-shortcuts="yes"' in page(other)


def test_the_keys_are_explained_where_people_look(okayama: Programme):
    client = client_of(okayama.caseworker)
    for url in (reverse("help"), reverse("typing_settings")):
        assert "<kbd>Ctrl</kbd>+<kbd>Enter</kbd>" in page(client, url)


def test_neighbours_follow_the_list_one_came_from(okayama: Programme):
    """Order, ends, and a case that is not in the list; another user's list is another one."""
    cases = [okayama.active(name=f"順番 {number}") for number in "一二三"]
    client = client_of(okayama.navigator)
    address = {case.pk: reverse("case_detail", kwargs={"pk": case.pk}) for case in cases}
    assert 'rel="next"' not in page(client, address[cases[0].pk])
    listed = page(client, reverse("case_list"))
    order = sorted(address.values(), key=lambda url: listed.index(f'"{url}"'))
    texts = [page(client, url) for url in order]
    for place, text in enumerate(texts):
        assert f"3件中{place + 1}件目" in text
        assert (f'href="{order[place - 1]}" rel="prev"' in text) == (place > 0)
        assert ('rel="next"' in text) == (place < 2)
    assert f'href="{order[1]}" rel="next"' in texts[0]
    late = okayama.active(name="後から 来た人")
    assert "件目" not in page(client, reverse("case_detail", kwargs={"pk": late.pk}))
    assert "件目" not in page(client_of(okayama.caseworker), order[0])


def test_no_key_is_one_that_a_screen_reader_takes():
    """NVDA moves by letters, digits and the comma in browse mode (nvaccess/nvda, source/browseMode.py at 0057dd9) (D26)."""
    keys = set(re.findall(r'event.key === "(.)"', (ROOT / "static/js/keys.js").read_text(encoding="utf-8")))
    for path in (ROOT / "templates").rglob("*.html"):
        keys |= set(re.findall(r'data-key="(.)"', path.read_text(encoding="utf-8")))
    assert not [key for key in keys if key.isalnum() or key == ","]
    assert keys == {"/", "?", "+", "[", "]"}
