"""A caseload passes on, a colleague stands in, nobody is left alone."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from accounts.enums import Role
from cases.actions import contact, handover, team
from cases.actions.moves import CaseError
from cases.enums import Duty, Visibility
from cases.models import Appointment, Assignment, Case, Cover, Handover, HandoverItem, Interview
from cases.todo import unassigned
from core.periods import now, shown_date, today
from tests import desk
from tests.access import worlds
from tests.clients import client_of, page
from tests.desk import book_in
from tests.factories import Programme, actor, working_as

DAY = dt.date(2023, 4, 10)


def in_charge(who, case: Case) -> list[str]:
    with working_as(who):
        rows = Assignment.objects.filter(case=case, organisation__in=who.organisation_ids).current(today())
        return sorted(rows.values_list("user__username", flat=True))


def pass_all(who, worker, successors, on: dt.date, has_appointments: bool = True, organisation=None) -> Handover:
    with working_as(who):
        return handover.hand_over(
            worker=worker.user,
            organisation=organisation or worker.organisation,
            passings=[handover.Passing(case, to.user, note) for case, to, note in successors],
            on=on,
            by=who,
            at=now(),
            reason="人事異動",
            has_appointments=has_appointments,
        )


def test_a_caseload_goes_to_several_successors_at_once(okayama: Programme):
    first, second = okayama.active(DAY, name="一 人目"), okayama.active(DAY, name="二 人目")
    one, two = desk.colleague(okayama, "one"), desk.colleague(okayama, "two")
    moved = book_in(okayama.navigator, first, 3)
    made = pass_all(okayama.navigator, okayama.navigator, [(first, one, "午後がよい"), (second, two, "")], today())
    assert in_charge(okayama.navigator, first) == ["okayama-one"]
    assert in_charge(okayama.navigator, second) == ["okayama-two"]
    with working_as(one):
        ended = Assignment.objects.get(case=first, user=okayama.navigator.user)
        assert (ended.ends_on, ended.end_reason) == (today() - dt.timedelta(days=1), "人事異動")
        assert Assignment.objects.get(case=first, user=one.user).duty == Duty.NAVIGATOR
        assert Appointment.objects.get(pk=moved.pk).worker == one.user
        item = HandoverItem.objects.get(handover=made, case=first)
        assert (item.note, item.moved_count, item.opened_at) == ("午後がよい", 1, None)


def test_a_handover_in_the_future_leaves_the_team_as_it_is_until_then(okayama: Programme):
    case = okayama.active(DAY)
    one = desk.colleague(okayama, "one")
    soon, later = book_in(okayama.navigator, case, 2), book_in(okayama.navigator, case, 9)
    pass_all(okayama.navigator, okayama.navigator, [(case, one, "")], today() + dt.timedelta(days=5))
    assert in_charge(okayama.navigator, case) == ["okayama-navi"]
    with working_as(one):
        assert Appointment.objects.get(pk=soon.pk).worker == okayama.navigator.user
        assert Appointment.objects.get(pk=later.pk).worker == one.user


def test_a_handover_is_all_or_nothing(okayama: Programme):
    first, second = okayama.active(DAY, name="一 人目"), okayama.active(DAY, name="二 人目")
    one = desk.colleague(okayama, "one")
    with working_as(okayama.navigator):
        theirs = Assignment.objects.get(case=second, user=okayama.navigator.user)
        team.end_assignment(
            assignment=theirs, by=okayama.navigator, at=now(), on=today(), reason="", successor=one.user
        )
    with pytest.raises(handover.NoLongerInCharge):
        pass_all(okayama.navigator, okayama.navigator, [(first, one, ""), (second, one, "")], today())
    with working_as(okayama.navigator):
        assert not Handover.objects.exists()
        assert Assignment.objects.filter(case=first, user=okayama.navigator.user, ends_on__isnull=True).exists()
    with pytest.raises(handover.NothingToHandOver):
        pass_all(okayama.navigator, okayama.navigator, [], today())


def test_nobody_from_elsewhere_takes_a_case_over(okayama: Programme):
    case = okayama.active(DAY)
    with pytest.raises(team.NotAMember):
        pass_all(okayama.navigator, okayama.navigator, [(case, okayama.caseworker, "")], today())
    assert in_charge(okayama.navigator, case) == ["okayama-navi"]


def test_appointments_stay_and_are_listed_where_wished(okayama: Programme):
    case = okayama.active(DAY)
    one = desk.colleague(okayama, "one")
    left = book_in(okayama.navigator, case, 3)
    made = pass_all(okayama.navigator, okayama.navigator, [(case, one, "")], today(), has_appointments=False)
    with working_as(one):
        assert Appointment.objects.get(pk=left.pk).worker == okayama.navigator.user
    assert "試験 花子" in page(one, "handover_detail", pk=made.pk).split("前の担当者の名前のまま")[1]


def test_a_booking_that_overlaps_with_the_successors_own_stays_and_is_listed(okayama: Programme):
    """Found on the tour: the whole handover broke off, because the successor had a talk half an hour later."""
    case, other = okayama.active(DAY), okayama.active(DAY, name="別 の人")
    one = desk.colleague(okayama, "one")
    start = now().replace(minute=0, second=0, microsecond=0) + dt.timedelta(days=3)
    with working_as(okayama.navigator):
        taken = contact.NextAppointment(start + dt.timedelta(minutes=30), one.user)
        contact.book(case=other, by=okayama.navigator, at=now(), appointment=taken)
        times = (start, start + dt.timedelta(days=7))
        stays, goes = (
            contact.book(
                case=case,
                by=okayama.navigator,
                at=now(),
                appointment=contact.NextAppointment(time, okayama.navigator.user),
            )
            for time in times
        )
    made = pass_all(okayama.navigator, okayama.navigator, [(case, one, "")], today())
    with working_as(one):
        assert Appointment.objects.get(pk=stays.pk).worker == okayama.navigator.user
        assert Appointment.objects.get(pk=goes.pk).worker == one.user
        assert HandoverItem.objects.get(handover=made, case=case).moved_count == 1
    assert reverse("appointment_detail", args=[stays.pk]) in page(one, "handover_detail", pk=made.pk)


def test_the_wizard_on_the_screen(okayama: Programme):
    first, second = okayama.active(DAY, name="一 人目"), okayama.active(DAY, name="二 人目")
    one, two = desk.colleague(okayama, "one"), desk.colleague(okayama, "two")
    chief = actor("chief", okayama.hello_work, Role.MANAGER)
    client = client_of(chief)
    assert "okayama-naviさん(HWokayama)" in page(chief, "handover_new")
    url = f"{reverse('handover_new')}?worker={okayama.navigator.user.pk}-{okayama.hello_work.pk}"
    shown = client.get(url).content.decode()
    assert "一 人目" in shown and "二 人目" in shown and "次回の予約なし" in shown
    data = {"on": str(today()), "reason": "人事異動", "everybody": one.user.pk, f"to_{second.pk.hex}": two.user.pk}
    refused = client.post(url, {**data, f"to_{second.pk.hex}": okayama.caseworker.user.pk}).content.decode()
    assert "選び直してください" in refused
    done = client.post(url, {**data, f"note_{first.pk.hex}": "朝は電話に出ない"})
    assert done.status_code == 302
    assert in_charge(chief, first) == ["okayama-one"]
    assert in_charge(chief, second) == ["okayama-two"]
    assert "朝は電話に出ない" in page(one, "team")
    assert "朝は電話に出ない" in page(one, "case_detail", pk=first.pk)
    assert "朝は電話に出ない" not in page(okayama.caseworker, "case_detail", pk=first.pk), (
        "the note stays in the office"
    )


def test_the_wizard_says_who_was_not_passed_on(okayama: Programme):
    """D37: a row without a successor stays, and is named."""
    first, second = okayama.active(DAY, name="一 人目"), okayama.active(DAY, name="二 人目")
    one = desk.colleague(okayama, "one")
    client = client_of(actor("chief", okayama.hello_work, Role.MANAGER))
    url = f"{reverse('handover_new')}?worker={okayama.navigator.user.pk}-{okayama.hello_work.pk}"
    data = {"on": str(today()), "reason": "人事異動", f"to_{second.pk.hex}": one.user.pk}
    said = client.post(url, data, follow=True).content.decode()
    assert "okayama-naviさんさんのケース1件を引き継ぎました" in said
    assert "後任を選ばなかった1件は引き継いでいません" in said
    assert f"一 人目さん({first.number})。" in said
    assert f"二 人目さん({second.number})" not in said
    assert in_charge(okayama.navigator, first) == ["okayama-navi"]
    said = client.post(url, {**data, f"to_{first.pk.hex}": one.user.pk}, follow=True).content.decode()
    assert "okayama-naviさんさんのケース1件を引き継ぎました" in said
    assert "引き継いでいません" not in said


def test_a_worker_hands_over_the_own_caseload_alone(okayama: Programme):
    okayama.active(DAY)
    one = desk.colleague(okayama, "one")
    url = f"{reverse('handover_new')}?worker={okayama.navigator.user.pk}-{okayama.hello_work.pk}"
    assert "引き継げる担当ケースはありません" in client_of(one).get(url).content.decode()
    assert "試験 花子" in client_of(okayama.navigator).get(url).content.decode()


def test_unread_until_opened_and_a_receipt(okayama: Programme):
    case = okayama.active(DAY)
    desk.pass_on(okayama, case)
    with working_as(okayama.navigator):
        item = HandoverItem.objects.get()
    assert "引継ぎ・未読" in page(okayama.navigator, "today")
    client = client_of(okayama.navigator)
    assert client.post(reverse("handover_open", kwargs={"pk": item.pk})).status_code == 302
    assert "引継ぎ・未読" not in page(okayama.navigator, "today")
    assert "受領待ち" in page(okayama.navigator, "today")
    client.post(reverse("handover_receive", kwargs={"pk": item.pk}))
    assert "受領待ち" not in page(okayama.navigator, "today")
    with working_as(okayama.navigator):
        item.refresh_from_db()
        assert item.opened_at is not None and item.received_at is not None
        with pytest.raises(handover.AlreadyReceived):
            handover.receive(item=item, at=now())
    with working_as(okayama.caseworker):
        assert not HandoverItem.objects.exists(), "behind the wall of the office"


def test_the_last_one_in_charge_does_not_just_go(okayama: Programme):
    case = okayama.active(DAY)
    one = desk.colleague(okayama, "one")
    with working_as(okayama.navigator):
        mine = Assignment.objects.get(case=case, user=okayama.navigator.user)
    url = reverse("assignment_new", kwargs={"pk": case.pk})
    client = client_of(okayama.navigator)
    asked = client.post(url, {"end": mine.pk})
    assert asked.status_code == 200 and "後任か理由が要ります" in asked.content.decode()
    with working_as(okayama.navigator):
        Assignment.objects.filter(pk=mine.pk).update(reason="前の担当の異動")
    assert "前の担当の異動" in client.get(url).content.decode()
    assert in_charge(okayama.navigator, case) == ["okayama-navi"]
    again = client.post(url, {"end": mine.pk, "end_reason": " ", "successor": ""})
    assert "後任を決めない理由" in again.content.decode()
    assert client.post(url, {"end": mine.pk, "end_reason": "", "successor": one.user.pk}).status_code == 302
    assert in_charge(okayama.navigator, case) == ["okayama-navi", "okayama-one"]  # until the end of today
    with working_as(one):
        theirs = Assignment.objects.get(case=case, user=one.user)
        team.end_assignment(assignment=theirs, by=one, at=now(), on=today(), reason="本人の希望で市だけが担当")
        assert Assignment.objects.get(pk=theirs.pk).end_reason == "本人の希望で市だけが担当"


def test_a_case_does_not_go_back_on_the_day_it_came(okayama: Programme):
    """Whoever handed it over is in charge until the end of this day: a sentence, and nothing changes."""
    case = okayama.active(DAY)
    desk.pass_on(okayama, case)
    who, former = okayama.navigator, desk.colleague(okayama, "former0")
    before = in_charge(who, case)
    url = f"{reverse('handover_new')}?worker={who.user.pk}-{who.organisation.pk}"
    sent = {"on": today().isoformat(), "reason": "戻す", "everybody": former.user.pk}
    answer = client_of(who).post(url, sent)
    assert answer.status_code == 200
    assert f"引継ぎ日を{shown_date(today() + dt.timedelta(days=1))}以降に" in answer.content.decode()
    assert in_charge(who, case) == before
    tomorrow = (today() + dt.timedelta(days=1)).isoformat()
    assert client_of(who).post(url, {**sent, "on": tomorrow}).status_code == 302


def test_one_of_two_goes_without_being_asked(okayama: Programme):
    case = okayama.active(DAY)
    one = desk.colleague(okayama, "one")
    with working_as(okayama.navigator):
        mine = Assignment.objects.get(case=case, user=okayama.navigator.user)
        team.assign(
            case=case,
            user=one.user,
            organisation=okayama.hello_work,
            duty=Duty.NAVIGATOR,
            on=today(),
            by=okayama.navigator,
            at=now(),
        )
        team.end_assignment(assignment=mine, by=okayama.navigator, at=now(), on=today(), reason="")
        with pytest.raises(CaseError, match="すでに終わっています"):
            team.end_assignment(assignment=mine, by=okayama.navigator, at=now(), on=today(), reason="")


def test_managers_see_cases_without_a_worker(okayama: Programme):
    cared = okayama.active(DAY, name="担当 ありさん")
    okayama.active(DAY, name="担当 なしさん")
    day = today()
    with working_as(okayama.caseworker):
        team.assign(
            case=cared,
            user=okayama.caseworker.user,
            organisation=okayama.office,
            duty=Duty.CASEWORKER,
            on=day,
            by=okayama.caseworker,
            at=now(),
        )
    assert "担当 なしさん" in page(okayama.manager, "team") and "担当 ありさん" not in page(okayama.manager, "team")
    assert "担当のいないケースが1件" in page(okayama.manager, "today")
    assert "担当のいないケース" not in page(okayama.caseworker, "team")
    chief = actor("chief", okayama.hello_work, Role.MANAGER)
    with working_as(chief):
        assert not unassigned(chief, day).exists(), "Hello Work has its navigator"


def put_in_charge(okayama: Programme, case: Case, who, duty: Duty) -> Assignment:
    with working_as(okayama.caseworker):
        return team.assign(
            case=case,
            user=who.user,
            organisation=okayama.office,
            duty=duty,
            on=today(),
            by=okayama.caseworker,
            at=now(),
        )


def test_an_interpreter_alone_looks_after_no_case(okayama: Programme):
    case = okayama.active(DAY, name="通訳 だけさん")
    interpreter = actor("interpreter", okayama.office, Role.INTERPRETER)
    worker = put_in_charge(okayama, case, okayama.caseworker, Duty.CASEWORKER)
    helper = put_in_charge(okayama, case, interpreter, Duty.INTERPRETER)
    assert "担当のいないケース" not in page(okayama.manager, "today")
    with working_as(okayama.caseworker):
        with pytest.raises(team.NobodyLeft):
            team.end_assignment(assignment=worker, by=okayama.caseworker, at=now(), on=today(), reason="")
        # Without the interpreter it is looked after as before: no reason is asked.
        team.end_assignment(assignment=helper, by=okayama.caseworker, at=now(), on=today(), reason="")
        Assignment.objects.filter(pk=helper.pk).update(ends_on=None)
        yesterday = today() - dt.timedelta(days=1)
        Assignment.objects.filter(pk=worker.pk).update(starts_on=yesterday, ends_on=yesterday)
    assert "担当のいないケースが1件" in page(okayama.manager, "today")
    assert "通訳 だけさん" in page(okayama.manager, "team")


@pytest.mark.parametrize("act", ["end", "disable"])
def test_who_left_looks_after_no_case(okayama: Programme, act: str):
    """The account's page says what becomes of the cases; the manager finds them, and hands them over from there."""
    case = okayama.active(DAY, name="残 されたさん")
    leaver = actor("leaver", okayama.office, Role.CASEWORKER)
    put_in_charge(okayama, case, leaver, Duty.CASEWORKER)
    assert "担当のいないケース" not in page(okayama.manager, "today")
    client = worlds.client_of(actor("operator", okayama.city, Role.ADMINISTRATOR))
    url = reverse("account_detail", kwargs={"pk": leaver.user.pk})
    sent = {"act": act, "membership": leaver.membership.pk}
    asked = client.get(url, sent).content.decode()
    assert "この人が担当しているケースは誰にも移りません" in asked
    assert "「担当をまとめて引き継ぐ」で後任に移し" in asked
    assert client.post(url, sent).status_code == 302
    if act == "end":
        assert "担当のいないケース" not in page(okayama.manager, "today"), "today is the last day"
        leaver.membership.valid_from = leaver.membership.valid_to = today() - dt.timedelta(days=1)
        leaver.membership.save()
    assert "担当のいないケースが1件" in page(okayama.manager, "today")
    assert "残 されたさん" in page(okayama.manager, "team")
    assert f"{leaver.user.name}(" in page(okayama.manager, "handover_new")
    # Nor is the leaver a second one in charge when somebody else is the last who works here.
    last = put_in_charge(okayama, case, okayama.caseworker, Duty.CASEWORKER)
    assert "担当のいないケース" not in page(okayama.manager, "today")
    with working_as(okayama.caseworker), pytest.raises(team.NobodyLeft):
        team.end_assignment(assignment=last, by=okayama.caseworker, at=now(), on=today(), reason="")


def test_a_stand_in_finds_the_cases_on_the_first_screen(okayama: Programme):
    case = okayama.active(DAY, name="留守 番子")
    book_in(okayama.navigator, case, 0)
    okayama.interview(case, DAY, visibility=Visibility.TEAM, body="チームだけの話")
    cover = desk.stand_in(okayama)
    other = desk.colleague(okayama)
    shown = page(other, "today")
    assert "代理で見ているケース" in shown and "留守 番子" in shown and "支援期間の目安を" in shown
    assert "チームだけの話" in page(other, "case_detail", pk=case.pk), "who stands in is on the team"
    assert in_charge(okayama.navigator, case) == ["okayama-navi"], "no assignment moves"
    with working_as(other):
        assert Interview.objects.filter(visibility=Visibility.TEAM).count() == 1
    outside = desk.colleague(okayama, "uninvolved")
    with working_as(outside):
        assert not Interview.objects.filter(visibility=Visibility.TEAM).exists()
    answer = client_of(okayama.navigator).post(reverse("cover_withdraw", kwargs={"pk": cover.pk}))
    assert answer.status_code == 302
    assert "留守 番子" not in page(other, "today")
    with working_as(other):
        assert not Interview.objects.filter(visibility=Visibility.TEAM).exists()


@pytest.mark.parametrize(("first", "last", "is_there"), [(0, 0, True), (-3, 0, True), (1, 3, False), (-3, -1, False)])
def test_a_cover_holds_from_its_first_to_its_last_day(okayama: Programme, first: int, last: int, is_there: bool):
    okayama.active(DAY, name="留守 番子")
    other = desk.colleague(okayama)
    with working_as(okayama.navigator):
        Cover.objects.create(
            organisation=okayama.hello_work,
            worker=okayama.navigator.user,
            colleague=other.user,
            starts_on=today() + dt.timedelta(days=first),
            ends_on=today() + dt.timedelta(days=last),
            made_by=okayama.navigator.user,
            made_at=now(),
        )
    assert ("代理で見ているケース" in page(other, "today")) == is_there


def test_covers_are_refused_with_a_sentence(okayama: Programme):
    desk.stand_in(okayama)
    other = desk.colleague(okayama)
    data = {
        "worker": okayama.navigator.user.pk,
        "colleague": other.user.pk,
        "starts_on": str(today() + dt.timedelta(days=2)),
        "ends_on": str(today() + dt.timedelta(days=9)),
    }
    client = client_of(okayama.navigator)
    url = reverse("cover_new")
    assert "すでに代理になっています" in client.post(url, data).content.decode()
    assert "終了日は開始日以降" in client.post(url, {**data, "ends_on": str(today())}).content.decode()
    same = client.post(url, {**data, "colleague": okayama.navigator.user.pk}).content.decode()
    assert "別の人を選んでください" in same
    assert client.post(url, {**data, "starts_on": str(today() + dt.timedelta(days=4))}).status_code == 302
    for wrong in ({"colleague": okayama.navigator.user}, {"ends_on": today() - dt.timedelta(days=1)}):
        row = {"worker": okayama.navigator.user, "colleague": other.user, "ends_on": today(), **wrong}
        with working_as(okayama.navigator), pytest.raises(IntegrityError), transaction.atomic():
            Cover.objects.create(
                organisation=okayama.hello_work,
                starts_on=today(),
                made_by=okayama.navigator.user,
                made_at=now(),
                **row,
            )
    with working_as(okayama.caseworker):
        assert not Cover.objects.exists()
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Cover.objects.create(
                organisation=okayama.hello_work,
                worker=okayama.navigator.user,
                colleague=other.user,
                starts_on=today(),
                ends_on=today(),
                made_by=okayama.caseworker.user,
                made_at=now(),
            )
