"""Targets of a draft: saved, proposed, agreed; two who write them see each other's figures."""

from __future__ import annotations

import re

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from agreements.enums import PlanStatus
from agreements.models import BusinessPlan
from core.periods import today
from tests.clients import client_of
from tests.factories import Programme

YEAR = 2031


def draft_of(programme: Programme) -> BusinessPlan:
    return BusinessPlan.objects.create(agreement=programme.agreement, fiscal_year=YEAR)


def url_of(programme: Programme) -> str:
    return reverse("plan_detail", kwargs={"code": programme.code, "year": YEAR, "version": 1})


def seen_on(page: HttpResponse) -> str:
    """What the page was made from; both of its forms carry it."""
    found = set(re.findall(r'name="seen" value="(\w+)"', page.content.decode()))
    assert len(found) == 1
    return found.pop()


def save(client: Client, programme: Programme, seen: str, count: object) -> HttpResponse:
    name = f"count-{programme.groups['livelihood'].pk}-supported"
    return client.post(url_of(programme), {"act": "save", "seen": seen, name: count})


def agree(client: Client, programme: Programme, seen: str) -> HttpResponse:
    return client.post(url_of(programme), {"act": "agree", "seen": seen, "agreed_on": f"{today():%Y/%m/%d}"})


def counts(plan: BusinessPlan) -> list[int | None]:
    return list(plan.targets.values_list("count", flat=True))


def test_saved_and_agreed(okayama: Programme):
    plan, client = draft_of(okayama), client_of(okayama.manager)
    assert "目標が1つもありません" in agree(client, okayama, seen_on(client.get(url_of(okayama)))).content.decode()
    assert save(client, okayama, seen_on(client.get(url_of(okayama))), "120").status_code == 302
    assert counts(plan) == [120]
    assert agree(client, okayama, seen_on(client.get(url_of(okayama)))).status_code == 302
    plan.refresh_from_db()
    assert (plan.status, plan.agreed_by) == (PlanStatus.AGREED, okayama.manager.user)
    assert client.post(url_of(okayama), {"act": "save"}).status_code == 403


def test_a_wrong_figure_keeps_what_was_typed_and_changes_nothing(okayama: Programme):
    plan, client = draft_of(okayama), client_of(okayama.manager)
    page = save(client, okayama, seen_on(client.get(url_of(okayama))), "百")
    assert page.status_code == 200 and 'value="百"' in page.content.decode()
    assert counts(plan) == []


def test_who_saves_second_sees_the_other_figures_and_keeps_the_own(okayama: Programme):
    plan, one, other = draft_of(okayama), client_of(okayama.manager), client_of(okayama.manager)
    seen = seen_on(one.get(url_of(okayama)))
    assert save(other, okayama, seen, "80").status_code == 302
    page = save(one, okayama, seen, "120")
    shown = page.content.decode()
    assert page.status_code == 409 and counts(plan) == [80]
    assert "ほかの人が目標を変えました" in shown
    stored = shown.split("保存されている目標</h2>")[1].split("</table>")[0]
    assert '<td class="num">80' in stored and 'value="120"' in shown
    again = re.search(r'name="seen" value="(\w+)" id="id_targets_seen"', shown)
    assert again is not None
    assert save(one, okayama, again[1], "120").status_code == 302
    assert counts(plan) == [120]


def test_nobody_agrees_to_figures_that_were_not_read(okayama: Programme):
    plan, client = draft_of(okayama), client_of(okayama.manager)
    save(client, okayama, seen_on(client.get(url_of(okayama))), "80")
    seen = seen_on(client.get(url_of(okayama)))
    save(client_of(okayama.manager), okayama, seen, "120")
    page = agree(client, okayama, seen)
    plan.refresh_from_db()
    assert (page.status_code, plan.status) == (409, PlanStatus.DRAFT)
    assert "ほかの人が目標を変えました" in page.content.decode()
    assert agree(client, okayama, seen_on(client.get(url_of(okayama)))).status_code == 302
