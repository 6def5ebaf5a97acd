"""Meetings: what comes onto the agenda, what is decided, what freezes. Who sees which case: test_meeting_readers.py."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.scope import Actor
from cases.actions import meeting as acts
from cases.enums import (
    ItemState,
    MeetingRepeat,
)
from cases.forms.meeting import CHANGING_FIELDS
from cases.models import (
    Case,
    CaseMeeting,
    MeetingGuest,
    MeetingItem,
    MeetingParticipant,
    MeetingTask,
)
from cases.needs import needs_of
from core.forms import EditConflict
from core.periods import add_months, now, today
from tests import desk
from tests.clients import client_of, page
from tests.desk import grant, invite, pack, partner
from tests.factories import Programme, at, make_programme, working_as

DAY = dt.date(2023, 4, 10)


def needs(who: Actor, case: Case, day: dt.date) -> list[str]:
    with working_as(who):
        return needs_of(Case.objects.filter(pk=case.pk), who, day).get(case.pk, [])


# What comes onto the agenda, and why: the day before the limit and the day itself.


@pytest.mark.parametrize(("days", "is_there"), [(29, False), (30, True)])
def test_no_contact_for_thirty_days(okayama: Programme, days: int, is_there: bool):
    case = okayama.active(DAY)
    okayama.interview(case, dt.date(2023, 5, 1))
    found = needs(okayama.caseworker, case, dt.date(2023, 5, 1) + dt.timedelta(days=days))
    assert (f"{days}日間連絡なし" in found) == is_there


@pytest.mark.parametrize(("offset", "is_there"), [(0, False), (1, True)])
def test_past_the_goal(okayama: Programme, offset: int, is_there: bool):
    case = okayama.active(DAY)
    assert case.support_goal_on is not None
    found = needs(okayama.caseworker, case, case.support_goal_on + dt.timedelta(days=offset))
    assert any("支援期間の目安" in why for why in found) == is_there


@pytest.mark.parametrize(("days", "is_there"), [(6, False), (7, True)])
def test_a_request_waits(okayama: Programme, days: int, is_there: bool):
    case = okayama.open_case(DAY)
    okayama.send(case, DAY)
    found = needs(okayama.caseworker, case, DAY + dt.timedelta(days=days))
    assert any("回答待ち" in why for why in found) == is_there


@pytest.mark.parametrize(("days", "is_there"), [(14, True), (15, False)])
def test_newly_accepted(okayama: Programme, days: int, is_there: bool):
    case = okayama.supported(DAY)
    assert ("新しく受理" in needs(okayama.caseworker, case, DAY + dt.timedelta(days=days))) == is_there


@pytest.mark.parametrize(("days", "is_there"), [(6, False), (7, True)])
def test_a_placement_at_risk(okayama: Programme, days: int, is_there: bool):
    case = okayama.active(DAY)
    placed = okayama.place(case, dt.date(2023, 5, 20))
    due = add_months(placed.started_on, 1)
    found = needs(okayama.caseworker, case, due + dt.timedelta(days=days))
    assert any("定着確認(1か月)" in why for why in found) == is_there


def test_reasons_cost_the_same_for_one_and_three_cases(okayama: Programme):
    counts = []
    for number in (1, 3):
        while True:
            with working_as(okayama.caseworker):
                if Case.objects.count() == number:
                    break
            okayama.active(DAY)
        with working_as(okayama.caseworker), CaptureQueriesContext(connection) as queries:
            assert len(needs_of(Case.objects.all(), okayama.caseworker, today())) == number
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 14


def test_the_time_of_the_meeting_limits_the_agenda(okayama: Programme):
    for number in range(4):
        okayama.active(DAY, name=f"{number} 人目")
    held = desk.hold(okayama, [], minutes=9)
    with working_as(okayama.caseworker):
        assert held.items.count() == 3
        assert acts.fill_agenda(meeting=held, by=okayama.caseworker) == acts.Filled(added=1, left=0)
        assert list(held.items.order_by("position").values_list("position", flat=True)) == [1, 2, 3, 4]


# What is decided.


def test_decisions_land_in_the_timeline_of_whoever_sees_the_case(okayama: Programme):
    case = okayama.active(DAY)
    guest = partner()
    grant(okayama, case, guest)
    held = desk.hold(okayama, [case])
    task = desk.decide(okayama, desk.item_of(okayama, held, case), "月曜に求人を選ぶ")
    for who in (okayama.caseworker, okayama.navigator, guest):
        shown = page(who, "case_detail", pk=case.pk)
        assert "会議(定例ミーティング)" in shown and "月曜に求人を選ぶ" in shown and "求人を3件用意する" in shown
    assert client_of(guest).get(reverse("meeting_detail", kwargs={"pk": held.pk})).status_code == 404
    assert "求人を3件用意する" in page(okayama.navigator, "today")
    assert "求人を3件用意する" not in page(okayama.caseworker, "today")
    client, undo = client_of(okayama.navigator), reverse("meeting_task_undo", kwargs={"pk": task.pk})
    done = client.post(reverse("meeting_task_done", kwargs={"pk": task.pk}), {"from": "today"}, follow=True)
    assert f'action="{undo}"' in done.content.decode(), "the message takes it back"
    assert "求人を3件用意する" not in page(okayama.navigator, "today")
    assert "まだ済んでいないことに戻しました" in client.post(undo, follow=True).content.decode()
    assert "求人を3件用意する" in page(okayama.navigator, "today")
    assert "これはいま、済みになっていません" in client.post(undo, follow=True).content.decode()


def test_recording_on_the_screen_leads_to_the_next_case(okayama: Programme):
    first, second = okayama.active(DAY, name="一 人目"), okayama.active(DAY, name="二 人目")
    held = desk.hold(okayama, [first, second])
    with working_as(okayama.caseworker):
        one, two = held.items.order_by("position")
    client = client_of(okayama.navigator)
    url = reverse("meeting_item", kwargs={"pk": held.pk, "item_pk": one.pk})
    data = {"version": "1", "state": "discussed", "decision": "応募を1件ふやす", "what_1": "電話する"}
    refused = client.post(url, {**data, "decision": ""}).content.decode()
    assert "決まったことを入力してください" in refused and "する人を選ぶか、名前を入力" in refused
    done = client.post(url, {**data, "somebody_1": "本人", "until_1": "R9.4.1"})
    assert done["Location"] == reverse("meeting_item", kwargs={"pk": held.pk, "item_pk": two.pk})
    with working_as(okayama.caseworker):
        task = MeetingTask.objects.get()
        assert (task.what, task.doer, task.until_on) == ("電話する", "本人", dt.date(2027, 4, 1))
    stale = client.post(url, {**data, "decision": "わたしの記録", "somebody_1": "本人"})
    assert stale.status_code == 409
    assert "応募を1件ふやす" in stale.content.decode() and "わたしの記録" in stale.content.decode()


def test_two_people_record_the_same_case(okayama: Programme):
    case = okayama.active(DAY)
    item = desk.item_of(okayama, desk.hold(okayama, [case]), case)
    desk.decide(okayama, item)
    with pytest.raises(EditConflict):
        desk.decide(okayama, item, "あとから")


def test_confirmed_minutes_do_not_change(okayama: Programme):
    case, other = okayama.active(DAY), okayama.active(DAY, name="別 の人")
    held = desk.hold(okayama, [case])
    item = desk.item_of(okayama, held, case)
    with working_as(okayama.caseworker):
        MeetingItem.objects.filter(meeting=held, case=other).update(
            state=ItemState.POSTPONED, decided_at=now(), decided_by=okayama.caseworker.user
        )
        with pytest.raises(acts.StillToDiscuss, match="1件"):
            acts.confirm_minutes(meeting=held, by=okayama.caseworker, at=now(), read=acts.minutes_version(held))
    task = desk.decide(okayama, item)
    with working_as(okayama.navigator):
        acts.confirm_minutes(meeting=held, by=okayama.navigator, at=now(), read=acts.minutes_version(held))
        with pytest.raises(acts.MinutesConfirmed):
            acts.confirm_minutes(meeting=held, by=okayama.navigator, at=now(), read=acts.minutes_version(held))
        with pytest.raises(acts.MinutesConfirmed):
            acts.fill_agenda(meeting=held, by=okayama.navigator)
        for change in (
            lambda: MeetingItem.objects.filter(pk=item.pk).update(decision="書き換え"),
            lambda: MeetingTask.objects.filter(pk=task.pk).update(what="書き換え"),
            lambda: CaseMeeting.objects.filter(pk=held.pk).update(place="書き換え"),
            lambda: MeetingGuest.objects.create(meeting=held, organisation=okayama.city),
            lambda: MeetingParticipant.objects.filter(meeting=held).update(outsider_name="書き換え"),
        ):
            with pytest.raises(DatabaseError, match=r"do not change|Cannot update"), transaction.atomic():
                change()
        acts.finish_task(task=task, by=okayama.navigator, at=now())
        assert MeetingTask.objects.get(pk=task.pk).done_by == okayama.navigator.user
    shown = page(okayama.caseworker, "meeting_item", pk=held.pk, item_pk=item.pk)
    assert "来週いっしょに求人を選ぶ" in shown and 'name="decision"' not in shown
    assert "会議録" in pack(okayama.caseworker, held)


@pytest.mark.parametrize(
    ("repeats", "first", "second"),
    [
        (MeetingRepeat.WEEKLY, dt.date(2030, 12, 27), dt.date(2031, 1, 3)),
        (MeetingRepeat.MONTHLY, dt.date(2030, 1, 31), dt.date(2030, 2, 28)),
    ],
)
def test_the_next_one_of_a_series(okayama: Programme, repeats: MeetingRepeat, first: dt.date, second: dt.date):
    case = okayama.active(DAY)
    held = desk.hold(okayama, [case], starts_at=at(first, 9), repeats=repeats)
    invite(okayama, held, partner(), outsider=("民生 委員子", "地区の民生委員"))
    desk.decide(okayama, desk.item_of(okayama, held, case))
    with working_as(okayama.caseworker):
        following = acts.make_next(meeting=held, by=okayama.caseworker, at=now())
        assert timezone.localtime(following.starts_at) == at(second, 9)
        item = MeetingItem.objects.get(meeting=following)
        assert item.case == case and "前の会議で決めたことが1件残っている" in item.reason
        assert following.guests.count() == 1 and following.participants.count() == held.participants.count() == 4
        assert MeetingTask.objects.count() == 1, "the open task is shown again, not copied"
        with pytest.raises(acts.NextAlreadyMade):
            acts.make_next(meeting=held, by=okayama.caseworker, at=now())
    shown = page(okayama.navigator, "meeting_item", "?seats=hosts", pk=following.pk, item_pk=item.pk)
    assert "求人を3件用意する" in shown and "来週いっしょに求人を選ぶ" in shown


def test_another_time_moves_the_agenda_along(okayama: Programme):
    case = okayama.active(DAY)
    held = desk.hold(okayama, [case])
    data = {
        "version": "1",
        "starts_at": "2030/6/1 9:00",
        "minutes": "45",
        "chair": okayama.navigator.user.pk,
        "repeats": "none",
    }
    url = reverse("meeting_edit", kwargs={"pk": held.pk})
    assert client_of(okayama.navigator).post(url, data).status_code == 302
    item = desk.item_of(okayama, held, case)
    assert timezone.localtime(item.held_at) == at(dt.date(2030, 6, 1), 9)
    mine = {"starts_at": "2030/6/2 10:00", "minutes": "50", "place": "別室", "repeats": "weekly"}
    late = client_of(okayama.navigator).post(url, {**data, **mine})
    assert late.status_code == 409
    (sentence,) = late.context["form"].non_field_errors()
    said = {  # what the other one set, before it is overwritten
        "starts_at": "6/1(土) 9:00から", "minutes": "45分", "place": "場所なし",
        "chair": f"司会{okayama.navigator.user.name}", "repeats": "繰り返し今回だけ",
    }  # fmt: skip
    assert set(said) == set(CHANGING_FIELDS) and [words for words in said.values() if words not in sentence] == []
    assert "別室" in late.content.decode(), "and what was typed is still there"


def test_the_form_makes_a_meeting_with_the_other_side(okayama: Programme):
    away = make_programme("soja", 2089)
    okayama.active(DAY, name="議題の 人")
    client = client_of(okayama.caseworker)
    data = {
        "kind": "regular",
        "agreement": okayama.agreement.pk,
        "organisation": okayama.office.pk,
        "counterpart": okayama.hello_work.pk,
        "starts_at": "2030/6/3 9:00",
        "minutes": "30",
        "chair": okayama.caseworker.user.pk,
        "repeats": "weekly",
    }
    url = reverse("meeting_new")
    for wrong in (
        {"counterpart": away.hello_work.pk},
        {"agreement": away.agreement.pk},
        {"chair": away.navigator.user.pk},
    ):
        assert "選び直してください" in client.post(url, {**data, **wrong}).content.decode()
    made = client.post(url, data)
    assert made.status_code == 302
    assert "議題の 人" in client.get(made["Location"]).content.decode()
    with working_as(okayama.caseworker):
        held = CaseMeeting.objects.get()
    people = {"users": [okayama.navigator.user.pk], "outsider_name": "民生 委員子"}
    url = reverse("meeting_people", kwargs={"pk": held.pk})
    assert "氏名と所属の両方" in client.post(url, people).content.decode()
    assert client.post(url, {**people, "outsider_body": "地区の民生委員"}).status_code == 302
    shown = page(okayama.navigator, "meeting_detail", pk=held.pk)
    assert "okayama-naviさん(HWokayama)" in shown and "民生 委員子(地区の民生委員)" in shown


def test_the_agenda_page_costs_the_same_for_one_and_three_cases(okayama: Programme):
    counts = []
    held = desk.hold(okayama, [okayama.active(DAY)])
    client, url = client_of(okayama.caseworker), reverse("meeting_detail", kwargs={"pk": held.pk})
    for number in (1, 3):
        for _ in range(number - 1):
            case = okayama.active(DAY)
            with working_as(okayama.caseworker):
                acts.add_item(meeting=held, case=case, reason="話す", by=okayama.caseworker)
            desk.decide(okayama, desk.item_of(okayama, held, case))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 32
