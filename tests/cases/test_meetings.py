"""Meetings: what comes onto the agenda, who sees which case, what freezes, what goes on paper."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pypdf
import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Organisation
from accounts.scope import Actor
from cases.actions import meeting as acts
from cases.actions import sharing, suppression, withdrawal
from cases.enums import (
    ConsentMethod,
    GrantPurpose,
    ItemState,
    LegalBasis,
    MeetingKind,
    MeetingRepeat,
    ReleaseKind,
    Visibility,
)
from cases.forms.meeting import CHANGING_FIELDS
from cases.models import (
    Case,
    CaseMeeting,
    Consent,
    Grant,
    MeetingGuest,
    MeetingItem,
    MeetingParticipant,
    MeetingTask,
    Release,
)
from cases.needs import needs_of
from core.forms import EditConflict
from core.periods import add_months, now, today
from tests import desk, walls
from tests.factories import Programme, actor, at, make_programme, working_as

DAY = dt.date(2023, 4, 10)


def client_of(who: Actor) -> Client:
    client = Client()
    client.force_login(who.user)
    return client


def page(who: Actor, name: str, query: str = "", **kwargs: Any) -> str:
    answer = client_of(who).get(reverse(name, kwargs=kwargs or None) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def paper(who: Actor, held: CaseMeeting, query: str = "") -> str:
    answer = client_of(who).get(reverse("meeting_pack", kwargs={"pk": held.pk}) + query)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    return "\n".join(sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(answer.content)).pages)


def needs(who: Actor, case: Case, day: dt.date) -> list[str]:
    with working_as(who):
        return needs_of(Case.objects.filter(pk=case.pk), who, day).get(case.pk, [])


def partner(code: str = "partner") -> Actor:
    body = Organisation.objects.create(kind="partner", name="就労準備支援センター", short_name="準備センター")
    return actor(code, body, Role.SUPPORT_WORKER)


def refer(programme: Programme, case: Case, to: Actor) -> None:
    """The partner gets a grant for this one case."""
    with working_as(programme.caseworker):
        consent = sharing.record_consent(
            case=case,
            by=programme.caseworker,
            recipients=[to.organisation],
            purpose="就労準備",
            method=ConsentMethod.PAPER,
            given_on=today(),
        )
        Grant.objects.create(
            case=case,
            organisation=to.organisation,
            purpose=GrantPurpose.PRE_CONSULTATION,  # opens the case; a referral would not
            legal_basis=LegalBasis.CONSENT,
            consent=consent,
            valid_from=today(),
            given_by=programme.caseworker.user,
            touched_at=now(),
        )


def invite(programme: Programme, held: CaseMeeting, *guests: Actor, outsider: tuple[str, str] | None = None) -> None:
    with working_as(programme.caseworker):
        acts.add_people(
            meeting=held,
            users=[guest.user for guest in guests],
            guests=[guest.organisation for guest in guests],
            outsider=outsider,
        )


# Why a case comes onto the agenda: the day before the limit and the day itself.


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


# Which cases may be discussed.


def test_the_agenda_holds_only_what_both_sides_see(okayama: Programme):
    shared = okayama.active(DAY, name="両方に 見える")
    private = okayama.open_case(DAY, name="市だけに 見える")
    held = desk.hold(okayama, [])
    with working_as(okayama.caseworker):
        assert [item.case_id for item in held.items.all()] == [shared.pk]
        with pytest.raises(acts.NotShared):
            acts.add_item(meeting=held, case=private, reason="話したい", by=okayama.caseworker)
        with pytest.raises(acts.AlreadyOnAgenda):
            acts.add_item(meeting=held, case=shared, reason="話したい", by=okayama.caseworker)
    shown = page(okayama.navigator, "meeting_detail", pk=held.pk)
    assert "両方に 見える" in shown and "市だけに 見える" not in shown
    assert "両方に見える、この協定のケースだけ" in shown, "the screen says why"


def test_the_time_of_the_meeting_limits_the_agenda(okayama: Programme):
    for number in range(4):
        okayama.active(DAY, name=f"{number} 人目")
    held = desk.hold(okayama, [], minutes=9)
    with working_as(okayama.caseworker):
        assert held.items.count() == 3
        assert acts.fill_agenda(meeting=held, by=okayama.caseworker) == acts.Filled(added=1, left=0)
        assert list(held.items.order_by("position").values_list("position", flat=True)) == [1, 2, 3, 4]


def test_withdrawn_consent_takes_the_case_off_the_table(okayama: Programme):
    case = okayama.active(DAY, name="撤回 した人")
    held = desk.hold(okayama, [case])
    with working_as(okayama.caseworker):
        withdrawal.withdraw_consent(
            consent=Consent.objects.get(case=case),
            by=okayama.caseworker,
            at=now(),
            on=today(),
            method=ConsentMethod.SPOKEN,
            note="電話",
        )
    shown = page(okayama.navigator, "meeting_detail", pk=held.pk)
    assert "撤回 した人" not in shown and "あなたの機関に見えないケースの議題が1件" in shown
    assert "撤回 した人" not in paper(okayama.caseworker, held), "not on the paper for both either"
    item = desk.item_of(okayama, held, case)
    assert "撤回 した人" not in page(okayama.caseworker, "meeting_item", pk=held.pk, item_pk=item.pk)


def test_the_meeting_is_behind_the_wall_of_its_organisations(okayama: Programme, soja: Programme):
    case = okayama.active(DAY)
    held = desk.hold(okayama, [case])
    desk.decide(okayama, desk.item_of(okayama, held, case))
    with working_as(soja.caseworker):
        for model in (CaseMeeting, MeetingGuest, MeetingParticipant, MeetingItem, MeetingTask):
            assert not model.objects.exists(), model
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            MeetingGuest.objects.create(meeting=held, organisation=soja.office)
    assert client_of(soja.caseworker).get(reverse("meeting_detail", kwargs={"pk": held.pk})).status_code == 404


def test_a_guest_reads_its_own_cases_and_writes_nothing(okayama: Programme):
    first, second = okayama.active(DAY, name="つないだ 人"), okayama.active(DAY, name="つながない 人")
    guest = partner()
    refer(okayama, first, guest)
    held = desk.hold(okayama, [first, second])
    invite(okayama, held, guest)
    shown = page(guest, "meeting_detail", pk=held.pk)
    assert "つないだ 人" in shown and "つながない 人" not in shown and "議題が1件" in shown
    text = paper(guest, held)
    assert "つないだ 人" in text and "つながない 人" not in text
    for_guest = paper(okayama.caseworker, held, f"?for={guest.organisation.pk}")
    assert "つないだ 人" in for_guest and "つながない 人" not in for_guest
    assert (
        client_of(guest).get(reverse("meeting_pack", kwargs={"pk": held.pk}) + f"?for={okayama.office.pk}").status_code
        == 404
    )
    for name in ("meeting_fill", "meeting_confirm", "meeting_next", "meeting_people"):
        assert client_of(guest).post(reverse(name, kwargs={"pk": held.pk})).status_code == 404
    with working_as(guest), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        MeetingItem.objects.filter(case=first).update(reason="書き換え")


@pytest.mark.parametrize("kind", [MeetingKind.COORDINATION, MeetingKind.CASE, MeetingKind.MONTHLY])
def test_the_pack_of_a_guest_has_what_its_grants_show(okayama: Programme, kind: MeetingKind):
    """Of every kind of meeting: one shared case of two, and of that one neither own notes nor closed facts."""
    first, second = (
        okayama.active(DAY, name=name, contact={"phone": "086-000-7777"}) for name in ("つないだ 人", "つながない 人")
    )
    guest = partner()
    refer(okayama, first, guest)
    for case, name in ((first, "一"), (second, "二")):
        okayama.interview(case, dt.date(2023, 5, 1), body="共有の本文", homework=f"共有の宿題{name}")
        okayama.interview(case, dt.date(2023, 6, 1), body="秘密", homework="秘密の宿題", visibility=Visibility.OWN)
        okayama.interview(case, dt.date(2023, 6, 2), body="秘密", homework="秘密の病", field_group="health")
        okayama.introduce(case, dt.date(2023, 6, 3))
    held = desk.hold(okayama, [first, second], kind=kind, repeats=MeetingRepeat.NONE)
    invite(okayama, held, guest, outsider=("民生 委員子", "地区の民生委員"))
    desk.decide(okayama, desk.item_of(okayama, held, first), "一件目の決定")
    desk.decide(okayama, desk.item_of(okayama, held, second), "二件目の決定")
    with working_as(okayama.caseworker):
        acts.confirm_minutes(meeting=held, by=okayama.caseworker, at=now(), read=acts.minutes_version(held))
    for text in (paper(guest, held), paper(okayama.caseworker, held, f"?for={guest.organisation.pk}")):
        assert kind.label in text and "議題 1件" in text
        for words in ("つないだ 人", "共有の宿題一", "一件目の決定", "求人を3件用意する"):
            assert words in text, words
        for words in ("つながない", second.number, "共有の宿題二", "二件目", "秘密", "086-000", okayama.employer.name):
            assert words not in text, words
    both = paper(okayama.caseworker, held, f"?for={okayama.office.pk}")
    assert "つながない 人" in both and "二件目の決定" in both, "the own side reads all of it"
    assert "議題 0件" in paper(okayama.caseworker, held, "?for=outside")
    for who, is_there in ((guest, False), (okayama.navigator, True)):
        answer = client_of(who).get(reverse("case_detail", kwargs={"pk": second.pk}))
        assert (answer.status_code == 200) == is_there
        assert is_there == (f"会議({kind.label})" in answer.content.decode())


def test_the_projector_covers_what_not_everybody_may_see(okayama: Programme):
    open_, closed = okayama.active(DAY, name="みんなに 見える"), okayama.active(DAY, name="一部に 見える")
    guest = partner()
    refer(okayama, open_, guest)
    held = desk.hold(okayama, [open_, closed])
    invite(okayama, held, guest)
    first, second = desk.item_of(okayama, held, open_), desk.item_of(okayama, held, closed)
    assert "みんなに 見える" in page(okayama.caseworker, "meeting_item", pk=held.pk, item_pk=first.pk)
    covered = page(okayama.caseworker, "meeting_item", pk=held.pk, item_pk=second.pk)
    assert "一部に 見える" not in covered and "準備センター" in covered and closed.number not in covered
    alone = page(okayama.caseworker, "meeting_item", "?seats=hosts", pk=held.pk, item_pk=second.pk)
    assert "一部に 見える" in alone and "見える人だけで話してください" in alone
    invite(okayama, held, outsider=("民生 委員子", "地区の民生委員"))
    assert "みんなに 見える" not in page(okayama.caseworker, "meeting_item", pk=held.pk, item_pk=first.pk)
    outside = paper(okayama.caseworker, held, "?for=outside")
    assert "みんなに 見える" not in outside and "載せられるケースはありません" in outside


# What is decided.


def test_decisions_land_in_the_timeline_of_whoever_sees_the_case(okayama: Programme):
    case = okayama.active(DAY)
    guest = partner()
    refer(okayama, case, guest)
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
    assert "会議録" in paper(okayama.caseworker, held)


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
    shown = late.content.decode()
    said = {  # what the other one set, before it is overwritten
        "starts_at": "9:00から", "minutes": "45分", "place": "場所なし",
        "chair": f"司会{okayama.navigator.user.name}", "repeats": "繰り返し今回だけ",
    }  # fmt: skip
    assert set(said) == set(CHANGING_FIELDS) and [words for words in said.values() if words not in shown] == []


# On paper.


def test_paper_holds_shared_facts_only(okayama: Programme):
    case = okayama.active(DAY, name="紙の 上の人", contact={"phone": "086-000-7777", "address": "架空町四丁目5-6"})
    okayama.interview(case, dt.date(2023, 6, 1), visibility=Visibility.OWN, body="秘密の本文", homework="秘密の宿題")
    okayama.interview(case, dt.date(2023, 5, 1), body="共有の本文", homework="履歴書を書く")
    okayama.introduce(case, dt.date(2023, 6, 2))
    held = desk.hold(okayama, [case])
    text = paper(okayama.navigator, held)
    assert "紙の 上の人" in text and "履歴書を書く" in text and "1社(結果待ち1)" in text
    for hidden in ("秘密", "086-000-7777", "架空町", okayama.employer.name):
        assert hidden not in text
    shown = page(okayama.navigator, "meeting_item", pk=held.pk, item_pk=desk.item_of(okayama, held, case).pk)
    assert "秘密" not in shown


def test_suppressed_people_are_not_printed_without_a_second_person(okayama: Programme):
    hidden, other = okayama.active(DAY, name="隠れた 人"), okayama.active(DAY, name="隠れない 人")
    held = desk.hold(okayama, [hidden, other])
    release = walls.asked(okayama, hidden, ReleaseKind.PRINT)
    text = paper(okayama.caseworker, held)
    assert "隠れた 人" not in text and hidden.number not in text
    assert "隠れない 人" in text and "支援措置の対象の方 1件は印刷していません" in text
    with working_as(okayama.manager):
        suppression.approve_release(release=Release.objects.get(pk=release.pk), by=okayama.manager, at=now())
    assert "隠れた 人" in paper(okayama.caseworker, held)
    assert "隠れた 人" not in paper(okayama.navigator, held), "the approval is for who asked"


def test_a_hidden_address_does_not_get_into_the_minutes(okayama: Programme):
    case = okayama.active(DAY, contact={"address": "架空町四丁目5-6", "phone": "090-1234-9876"})
    held = desk.hold(okayama, [case])
    walls.hide(okayama, case)
    item = desk.item_of(okayama, held, case)
    answer = client_of(okayama.caseworker).post(
        reverse("meeting_item", kwargs={"pk": held.pk, "item_pk": item.pk}),
        {"version": "1", "state": "discussed", "decision": "架空町四丁目5-6へ訪問する"},
    )
    assert "支援措置で隠している" in answer.content.decode()
    with working_as(okayama.caseworker):
        assert MeetingItem.objects.get(pk=item.pk).decision == ""


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
    for number in (1, 3):
        for _ in range(number - 1):
            case = okayama.active(DAY)
            with working_as(okayama.caseworker):
                acts.add_item(meeting=held, case=case, reason="話す", by=okayama.caseworker)
            desk.decide(okayama, desk.item_of(okayama, held, case))
        with CaptureQueriesContext(connection) as queries:
            page(okayama.caseworker, "meeting_detail", pk=held.pk)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 50
