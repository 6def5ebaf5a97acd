"""Meetings: who sees which case there, on the screen, on the projector and on paper."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from cases.actions import meeting as acts
from cases.actions import suppression, withdrawal
from cases.enums import (
    ConsentMethod,
    MeetingKind,
    MeetingRepeat,
    ReleaseKind,
    Visibility,
)
from cases.models import (
    CaseMeeting,
    Consent,
    MeetingGuest,
    MeetingItem,
    MeetingParticipant,
    MeetingTask,
    Release,
)
from core.periods import now, today
from tests import desk, walls
from tests.clients import client_of, page
from tests.desk import grant, invite, pack, partner
from tests.factories import Programme, working_as

DAY = dt.date(2023, 4, 10)


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
    assert "撤回 した人" not in pack(okayama.caseworker, held), "not on the paper for both either"
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
    grant(okayama, first, guest)
    held = desk.hold(okayama, [first, second])
    invite(okayama, held, guest)
    shown = page(guest, "meeting_detail", pk=held.pk)
    assert "つないだ 人" in shown and "つながない 人" not in shown and "議題が1件" in shown
    text = pack(guest, held)
    assert "つないだ 人" in text and "つながない 人" not in text
    for_guest = pack(okayama.caseworker, held, f"?for={guest.organisation.pk}")
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
    grant(okayama, first, guest)
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
    for text in (pack(guest, held), pack(okayama.caseworker, held, f"?for={guest.organisation.pk}")):
        assert kind.label in text and "議題 1件" in text
        for words in ("つないだ 人", "共有の宿題一", "一件目の決定", "求人を3件用意する"):
            assert words in text, words
        for words in ("つながない", second.number, "共有の宿題二", "二件目", "秘密", "086-000", okayama.employer.name):
            assert words not in text, words
    both = pack(okayama.caseworker, held, f"?for={okayama.office.pk}")
    assert "つながない 人" in both and "二件目の決定" in both, "the own side reads all of it"
    assert "議題 0件" in pack(okayama.caseworker, held, "?for=outside")
    for who, is_there in ((guest, False), (okayama.navigator, True)):
        answer = client_of(who).get(reverse("case_detail", kwargs={"pk": second.pk}))
        assert (answer.status_code == 200) == is_there
        assert is_there == (f"会議({kind.label})" in answer.content.decode())


def test_the_projector_covers_what_not_everybody_may_see(okayama: Programme):
    open_, closed = okayama.active(DAY, name="みんなに 見える"), okayama.active(DAY, name="一部に 見える")
    guest = partner()
    grant(okayama, open_, guest)
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
    outside = pack(okayama.caseworker, held, "?for=outside")
    assert "みんなに 見える" not in outside and "載せられるケースはありません" in outside


def test_paper_holds_shared_facts_only(okayama: Programme):
    case = okayama.active(DAY, name="紙の 上の人", contact={"phone": "086-000-7777", "address": "架空町四丁目5-6"})
    okayama.interview(case, dt.date(2023, 6, 1), visibility=Visibility.OWN, body="秘密の本文", homework="秘密の宿題")
    okayama.interview(case, dt.date(2023, 5, 1), body="共有の本文", homework="履歴書を書く")
    okayama.introduce(case, dt.date(2023, 6, 2))
    held = desk.hold(okayama, [case])
    text = pack(okayama.navigator, held)
    assert "紙の 上の人" in text and "履歴書を書く" in text and "1社(結果待ち1)" in text
    for hidden in ("秘密", "086-000-7777", "架空町", okayama.employer.name):
        assert hidden not in text
    shown = page(okayama.navigator, "meeting_item", pk=held.pk, item_pk=desk.item_of(okayama, held, case).pk)
    assert "秘密" not in shown


def test_suppressed_people_are_not_printed_without_a_second_person(okayama: Programme):
    hidden, other = okayama.active(DAY, name="隠れた 人"), okayama.active(DAY, name="隠れない 人")
    held = desk.hold(okayama, [hidden, other])
    release = walls.asked(okayama, hidden, ReleaseKind.PRINT)
    text = pack(okayama.caseworker, held)
    assert "隠れた 人" not in text and hidden.number not in text
    assert "隠れない 人" in text and "支援措置の対象の方 1件は印刷していません" in text
    with working_as(okayama.manager):
        suppression.approve_release(release=Release.objects.get(pk=release.pk), by=okayama.manager, at=now())
    assert "隠れた 人" in pack(okayama.caseworker, held)
    assert "隠れた 人" not in pack(okayama.navigator, held), "the approval is for who asked"


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
