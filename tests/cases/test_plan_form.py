"""The form of a plan: who does what until when, and nothing typed twice."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from cases.actions import plan
from cases.enums import MenuActor
from cases.models import PlanMenu
from core.periods import now
from tests.factories import Programme, working_as
from tests.paper import extend
from tests.test_access import client_of

DAY = dt.date(2023, 4, 10)


def test_a_new_version_begins_with_what_the_last_one_said(okayama: Programme):
    case = okayama.active(DAY)
    with working_as(okayama.navigator):
        PlanMenu.objects.filter(case=case).update(content="週1回、求人を3件選ぶ", until_on=dt.date(2023, 9, 30))
    url = reverse("plan_new", kwargs={"pk": case.pk})
    client = client_of(okayama.navigator)
    initial = client.get(url).context["form"]
    sent = {name: initial[name].value() for name in initial.fields}
    assert (sent["content_1"], sent["actor_1"]) == ("週1回、求人を3件選ぶ", "person")
    data = {name: value for name, value in sent.items() if value is not None} | {"goal": "週4日から働きたい"}
    assert client.post(url, data).status_code == 302
    with working_as(okayama.navigator):
        newest = case.plans.latest("version_number")
        assert (newest.version_number, newest.goal) == (2, "週4日から働きたい")
        menu = newest.menus.get()
        assert (menu.menu, menu.content, menu.until_on) == (okayama.menu, "週1回、求人を3件選ぶ", dt.date(2023, 9, 30))
    shown = client.get(reverse("case_detail", kwargs={"pk": case.pk})).content.decode()
    assert "週1回、求人を3件選ぶ" in shown


def test_a_version_made_meanwhile_is_read_before_it_is_replaced(okayama: Programme):
    """Two people begin a new version, or extend, at once: the second hears of the first, and nothing typed is lost."""
    case = okayama.active(DAY)
    for name, free, change in (
        ("plan_new", "goal", {"goal": "週4日から働きたい"}),
        ("plan_extend", "reason", {"ends_on": "R9.3.31", "reason": "見学を続けるため", "conference_on": "R5.9.1"}),
    ):
        url = reverse(name, kwargs={"pk": case.pk})
        mine, other = client_of(okayama.navigator), client_of(okayama.caseworker)
        form = mine.get(url).context["form"]
        first = {field: form[field].value() for field in form.fields if form[field].value() is not None} | change
        assert f'name="read" value="{first["read"]}"' in mine.get(url).content.decode()
        assert other.post(url, {**first, free: "先に書いた文"}).status_code == 302
        with working_as(okayama.navigator):
            count = case.plans.count()
        late = mine.post(url, first)
        shown = late.content.decode()
        assert f"第{count}版が作られました" in shown and okayama.caseworker.user.name in shown
        assert all(words in shown for words in change.values())
        with working_as(okayama.navigator):
            assert case.plans.count() == count, "nothing was written"
        again = {**first, "read": late.context["form"]["read"].value()}
        if name == "plan_extend":
            again["ends_on"] = "R9.6.30"
        assert mine.post(url, again).status_code == 302


def test_a_version_made_between_the_page_and_the_lock_is_not_replaced_unread(okayama: Programme):
    """What a page has read is compared once more when the case is held (F12)."""
    case = okayama.active(DAY)
    with working_as(okayama.navigator):
        read = case.plans.get()
    first = extend(okayama, case, DAY + dt.timedelta(days=300))
    words = {
        "by": okayama.navigator, "at": now(), "review_on": None, "ends_on": DAY + dt.timedelta(days=400),
    }  # fmt: skip
    new = {"goal": "働く", "issues": "", "starts_on": DAY, "person_agreed_on": None}
    menus = [plan.MenuChoice(okayama.menu, MenuActor.PERSON)]
    with working_as(okayama.navigator):
        with pytest.raises(plan.NewerVersion, match="新しい版を読んでから"):
            plan.extend_plan(plan=read, reason="見学", conference_on=DAY, **words)
        for after in (read, None):
            with pytest.raises(plan.NewerVersion):
                plan.make_plan(case=case, after=after, menus=menus, **new, **words)
        assert case.plans.latest("version_number") == first
        assert plan.make_plan(case=case, after=first, menus=menus, **new, **words).version_number == 3


def test_a_review_lies_within_the_plan(okayama: Programme):
    case = okayama.active(DAY)
    url = reverse("plan_new", kwargs={"pk": case.pk})
    data = {"read": "1", "goal": "働きたい", "menu_1": okayama.menu.pk, "actor_1": "person"}
    data |= {"starts_on": "R5.4.10", "ends_on": "R5.10.9", "review_on": "R5.10.10"}
    answer = client_of(okayama.navigator).post(url, data)
    assert "見直し予定日は計画の終了日までの日にしてください。" in answer.content.decode()
