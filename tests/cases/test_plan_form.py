"""The form of a plan: who does what until when, and nothing typed twice."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from cases.models import PlanMenu
from tests.factories import Programme, working_as
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


def test_a_review_lies_within_the_plan(okayama: Programme):
    case = okayama.active(DAY)
    url = reverse("plan_new", kwargs={"pk": case.pk})
    data = {"goal": "働きたい", "menu_1": okayama.menu.pk, "actor_1": "person"}
    data |= {"starts_on": "R5.4.10", "ends_on": "R5.10.9", "review_on": "R5.10.10"}
    answer = client_of(okayama.navigator).post(url, data)
    assert "見直し予定日は計画の終了日までの日にしてください。" in answer.content.decode()
