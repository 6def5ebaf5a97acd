"""The walls inside a case: kinds of facts, notes, sources, suppression, break-glass, assigned cases only."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone

from accounts.confirm import CONFIRMED_KEY
from accounts.enums import Role
from cases.actions import circumstance, contact, emergency, sharing, suppression, team, withdrawal, work
from cases.enums import ConsentMethod, Duty, EmergencyVerdict, FieldGroup, GrantPurpose, ReleaseKind
from cases.models import (
    Assignment,
    Case,
    Circumstance,
    EmergencyAccess,
    Grant,
    Interview,
    NoteSource,
    PersonContact,
    Placement,
    Release,
    SearchKey,
    SupportPlan,
    Suppression,
    Workplace,
)
from core.forms import EditConflict
from core.periods import now, today
from tests import walls
from tests.factories import Programme, actor, at, working_as

DAY = dt.date(2023, 4, 10)
WHEREABOUTS = {
    "address": "架空町四丁目5-6",
    "phone": "090-1234-9876",
    "school": "架空第二小学校",
    "route": "架空線の始発",
    "family": "姉 架空春子",
    "email": "hidden@example.jp",
}


def logged_in(who) -> Client:
    """A client whose user gave the password just now (step-up)."""
    client = Client()
    client.force_login(who.user)
    session = client.session
    session[CONFIRMED_KEY] = time.time()
    session.save()
    return client


def page(who, name: str, **kwargs) -> str:
    client = logged_in(who)
    return client.get(reverse(name, kwargs=kwargs)).content.decode()


# Kinds of facts


def test_a_grant_leaves_kinds_of_facts_out(okayama: Programme):
    case = okayama.open_case(DAY)
    with working_as(okayama.caseworker):
        for group in FieldGroup:
            circumstance.write_circumstance(
                case=case, group=group, body=f"{group.label}の話", version=0, by=okayama.caseworker, at=at(DAY)
            )
        sharing.consent_and_share(
            case=case,
            by=okayama.caseworker,
            at=at(DAY),
            on=DAY,
            recipients=[okayama.hello_work],
            share_for=GrantPurpose.PRE_CONSULTATION,
            purpose="プレ相談",
            method=ConsentMethod.SPOKEN,
            given_on=DAY,
            includes_health=True,
        )
    okayama.interview(case, DAY, okayama.caseworker, field_group="finance", body="家計の面談")
    okayama.interview(case, DAY, okayama.caseworker, field_group="health", body="健康の面談")
    with working_as(okayama.navigator):
        assert list(Circumstance.objects.values_list("field_group", flat=True)) == ["health"]
        assert list(Interview.objects.values_list("body", flat=True)) == ["健康の面談"]
        assert circumstance.groups_open_to(case, okayama.navigator) == [FieldGroup.HEALTH]
    text = page(okayama.navigator, "case_detail", pk=case.pk)
    assert "健康・障害の話" in text and "家計の話" not in text and "家計の面談" not in text
    assert page(okayama.caseworker, "case_detail", pk=case.pk).count("の話") == 3


def test_a_kind_not_granted_cannot_be_written(okayama: Programme):
    case = okayama.active(DAY)
    client = logged_in(okayama.navigator)
    url = reverse("circumstance_edit", kwargs={"pk": case.pk, "group": "finance"})
    assert client.post(url, {"body": "書けない", "version": 0}).status_code == 404
    with working_as(okayama.navigator), pytest.raises(DatabaseError), transaction.atomic():
        circumstance.write_circumstance(
            case=case, group=FieldGroup.FINANCE, body="書けない", version=0, by=okayama.navigator, at=at(DAY)
        )


def test_two_savers_of_circumstances_see_both_texts(okayama: Programme):
    case = okayama.open_case(DAY)
    with working_as(okayama.caseworker):
        write = {"case": case, "group": FieldGroup.FAMILY, "by": okayama.caseworker, "at": at(DAY)}
        circumstance.write_circumstance(**write, body="一", version=0)
        with pytest.raises(EditConflict):
            circumstance.write_circumstance(**write, body="二", version=0)
        circumstance.write_circumstance(**write, body="三", version=1)
        with pytest.raises(EditConflict):
            circumstance.write_circumstance(**write, body="四", version=1)
    client = logged_in(okayama.caseworker)
    answer = client.post(
        reverse("circumstance_edit", kwargs={"pk": case.pk, "group": "family"}), {"body": "五", "version": 1}
    )
    assert answer.status_code == 409
    assert "三" in answer.content.decode() and "五" in answer.content.decode()


# Notes


def test_a_team_note_is_read_by_the_team_of_the_moment(okayama: Programme):
    case = okayama.active(DAY)
    okayama.interview(case, DAY, okayama.caseworker, visibility="team", body="担当だけの話")
    outsider = actor("okayama-navi2", okayama.hello_work, Role.NAVIGATOR)
    for who, sees in (
        (okayama.caseworker, True),
        (okayama.navigator, True),
        (outsider, False),
        (okayama.manager, False),
    ):
        with working_as(who):
            assert Interview.objects.filter(body="担当だけの話").exists() is sees
            assert Interview.objects.visible_to(who).filter(body="担当だけの話").exists() is sees
    with working_as(outsider):
        team.assign(
            case=case,
            user=outsider.user,
            organisation=okayama.hello_work,
            duty=Duty.NAVIGATOR,
            on=today(),
            by=outsider,
            at=now(),
        )
        assert Interview.objects.filter(body="担当だけの話").exists()


def test_a_protected_source_is_for_the_writing_organisation_alone(okayama: Programme):
    case = okayama.active(DAY)
    with working_as(okayama.caseworker):
        contact.log_interview(
            case=case,
            by=okayama.caseworker,
            at=at(DAY),
            fields={"held_at": at(DAY), "method": "visit", "body": "近所で見かけた"},
            source="民生委員 架空太郎",
        )
        assert NoteSource.objects.count() == 1
    with working_as(okayama.navigator):
        assert NoteSource.objects.count() == 0
    assert "架空太郎" in page(okayama.caseworker, "case_detail", pk=case.pk)
    text = page(okayama.navigator, "case_detail", pk=case.pk)
    assert "近所で見かけた" in text and "架空太郎" not in text


def test_the_form_names_who_will_read(okayama: Programme):
    text = page(okayama.caseworker, "interview_new", pk=okayama.active(DAY).pk)
    assert okayama.hello_work.name in text and "種類が「健康・障害」" in text and "いまの担当チームのみ" in text


# Assigned cases only


def test_an_interpreter_sees_assigned_cases_only(okayama: Programme):
    mine, other = okayama.active(DAY, name="担当 花子"), okayama.active(DAY, name="担当外 太郎")
    interpreter = actor("okayama-interpreter", okayama.office, Role.INTERPRETER)
    with working_as(okayama.caseworker):
        Assignment.objects.create(
            case=mine,
            user=interpreter.user,
            organisation=okayama.office,
            duty=Duty.INTERPRETER,
            starts_on=DAY,
            assigned_by=okayama.caseworker.user,
        )
    with working_as(interpreter):
        assert list(Case.objects.values_list("pk", flat=True)) == [mine.pk]
        assert set(Grant.objects.values_list("case_id", flat=True)) == {mine.pk}
        assert set(SearchKey.objects.values_list("case_id", flat=True)) == {mine.pk}
    assert "担当外 太郎" not in page(interpreter, "case_list")
    client = logged_in(interpreter)
    assert client.get(reverse("case_detail", kwargs={"pk": other.pk})).status_code == 404
    with working_as(okayama.caseworker):
        Assignment.objects.filter(user=interpreter.user).update(ends_on=DAY)
    assert client.get(reverse("case_detail", kwargs={"pk": mine.pk})).status_code == 404


# Suppression


def hidden_case(programme: Programme) -> Case:
    case = programme.active(DAY, contact=WHEREABOUTS)
    programme.introduce(case, DAY)
    programme.place(case, dt.date(2023, 6, 1))
    walls.hide(programme, case)
    return case


def test_suppression_hides_whereabouts_in_the_database(okayama: Programme):
    case = hidden_case(okayama)
    for who in (okayama.caseworker, okayama.navigator, okayama.manager):
        with working_as(who):
            assert PersonContact.objects.count() == 0
            assert Workplace.objects.count() == 0
            assert Placement.objects.count() == 1
            assert not SearchKey.objects.filter(kind="phone").exists()
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM cases_personcontactevent")
                assert cursor.fetchone() == (0,)
            assert PersonContact.objects.filter(pk=case.person_id).update(address="別") == 0


def test_a_job_of_a_suppressed_person_can_still_be_recorded(okayama: Programme):
    case = hidden_case(okayama)
    okayama.place(case, dt.date(2023, 8, 1))
    with working_as(okayama.navigator):
        assert Placement.objects.filter(case=case).count() == 2
        assert Workplace.objects.count() == 0


def test_looking_opens_for_one_user_and_a_short_time(okayama: Programme):
    case = hidden_case(okayama)
    with working_as(okayama.caseworker):
        release = suppression.ask_release(
            person=case.person, kind=ReleaseKind.VIEW, by=okayama.caseworker, at=now(), reason="連絡のため"
        )
        assert PersonContact.objects.get().address == WHEREABOUTS["address"]
        assert Workplace.objects.count() == 2
    with working_as(okayama.navigator):
        assert PersonContact.objects.count() == 0
    with working_as(okayama.caseworker):
        Release.objects.filter(pk=release.pk).update(expires_at=now() - dt.timedelta(hours=2))
        assert PersonContact.objects.count() == 0


def test_printing_needs_a_second_person(okayama: Programme):
    """Mitaka 2020: a warning that can be clicked away is no control."""
    case = okayama.active(DAY, contact=WHEREABOUTS)
    release = walls.asked(okayama, case)
    with working_as(okayama.caseworker):
        with pytest.raises(suppression.OutputBlocked):
            suppression.require_output(person_id=case.person_id, by=okayama.caseworker, at=now())
        with pytest.raises(suppression.NotBySamePerson):
            suppression.approve_release(release=release, by=okayama.caseworker, at=now())
        with pytest.raises(DatabaseError), transaction.atomic():
            Release.objects.filter(pk=release.pk).update(
                approved_at=now(), expires_at=now(), approved_by=okayama.caseworker.user
            )
    with working_as(okayama.manager):
        suppression.approve_release(release=Release.objects.get(), by=okayama.manager, at=now())
    with working_as(okayama.caseworker):
        suppression.require_output(person_id=case.person_id, by=okayama.caseworker, at=now())
        assert PersonContact.objects.count() == 1
    with working_as(okayama.navigator), pytest.raises(suppression.OutputBlocked):
        suppression.require_output(person_id=case.person_id, by=okayama.navigator, at=now())


def test_a_stale_approval_lifts_nothing(okayama: Programme):
    """Meguro 2025: the release followed a list from before the person applied again."""
    case = okayama.active(DAY, contact=WHEREABOUTS)
    stale = walls.asked(okayama, case, ReleaseKind.LIFT)
    with working_as(okayama.caseworker):
        suppression.confirm_suppression(
            person=case.person, by=okayama.caseworker, at=now(), valid_to=today() + dt.timedelta(days=700)
        )
    with working_as(okayama.manager):
        with pytest.raises(suppression.ApprovalStale):
            suppression.approve_release(release=Release.objects.get(pk=stale.pk), by=okayama.manager, at=now())
        assert Suppression.objects.standing().exists()
    with working_as(okayama.caseworker):
        fresh = suppression.ask_release(
            person=case.person, kind=ReleaseKind.LIFT, by=okayama.caseworker, at=now(), reason="本人の申出"
        )
    with working_as(okayama.manager):
        suppression.approve_release(release=Release.objects.get(pk=fresh.pk), by=okayama.manager, at=now())
        assert not Suppression.objects.standing().exists()
        assert PersonContact.objects.count() == 1
        assert SearchKey.objects.filter(kind="phone", case=case).count() == 2
    walls.hide(okayama, case)
    with working_as(okayama.manager), pytest.raises(suppression.ApprovalStale):
        suppression.approve_release(release=Release.objects.get(pk=stale.pk), by=okayama.manager, at=now())


@pytest.mark.parametrize(
    "text", ["いまは架空町四丁目５－６にいる", "電話は０９０－１２３４－９８７６", "090 1234 9876", "架空町 四丁目5-6"]
)
def test_a_note_that_names_the_hidden_place_is_refused(okayama: Programme, text):
    case = hidden_case(okayama)
    client = logged_in(okayama.navigator)
    form = {"held_at": "R5.4.11 9:00", "method": "visit", "visibility": "shared", "body": text}
    answer = client.post(reverse("interview_new", kwargs={"pk": case.pk}), form)
    assert answer.status_code == 200
    assert suppression.HIDDEN_IN_TEXT in answer.content.decode()
    with working_as(okayama.navigator):
        assert not Interview.objects.exists()
    answer = client.post(reverse("interview_new", kwargs={"pk": case.pk}), {**form, "body": "元気そうだった"})
    assert answer.status_code == 302


def test_the_database_lets_one_suppression_stand(okayama: Programme):
    case = hidden_case(okayama)
    with working_as(okayama.caseworker), pytest.raises(suppression.AlreadySuppressed):
        suppression.suppress(person=case.person, by=okayama.caseworker, at=now(), reason="二度目", valid_to=today())


def test_suppression_over_http(okayama: Programme):
    case = okayama.active(DAY, contact=WHEREABOUTS)
    url = reverse("suppression", kwargs={"pk": case.pk})
    client, manager = logged_in(okayama.caseworker), logged_in(okayama.manager)
    bad = client.post(url, {"act": "suppress", "suppress-reason": "", "suppress-valid_to": "R8.13.1"})
    assert bad.status_code == 200 and "申出の内容・根拠を入力してください" in bad.content.decode()
    assert (
        client.post(
            url, {"act": "suppress", "suppress-reason": "通知", "suppress-valid_to": f"{now().year + 2}/1/1"}
        ).status_code
        == 302
    )
    assert WHEREABOUTS["phone"] not in page(okayama.caseworker, "case_detail", pk=case.pk)
    client.post(url, {"act": "ask", "ask-kind": "lift", "ask-reason": "本人の申出"})
    with working_as(okayama.manager):
        release = Release.objects.get()
    answer = reverse("release_answer", kwargs={"pk": case.pk, "release_pk": release.pk})
    assert client.post(answer, {"answer": "approve"}).status_code == 403
    assert manager.post(answer, {"answer": "approve"}).status_code == 302
    assert WHEREABOUTS["phone"] in page(okayama.caseworker, "case_detail", pk=case.pk)


def test_these_screens_ask_for_the_password_again(okayama: Programme):
    case = okayama.active(DAY)
    client = Client()
    client.force_login(okayama.caseworker.user)
    for url in (reverse("suppression", kwargs={"pk": case.pk}), reverse("emergency_new")):
        assert client.get(url)["Location"].startswith(reverse("account_reauthenticate"))


# Break-glass


def test_an_administrator_sees_nothing_without_break_glass(okayama: Programme):
    case = okayama.active(DAY, contact=WHEREABOUTS)
    okayama.interview(case, DAY, body="中身")
    admin = walls.operator()
    client = logged_in(admin)
    url = reverse("case_detail", kwargs={"pk": case.pk})
    assert client.get(url).status_code == 403
    form = {"holder": okayama.office.pk, "number": case.number, "reason": "本人が倒れ、家族に知らせるため"}
    assert client.post(reverse("emergency_new"), {**form, "reason": "短い"}).status_code == 200
    assert client.get(url).status_code == 403
    answer = client.post(reverse("emergency_new"), form)
    assert (answer.status_code, answer["Location"]) == (302, url)
    text = client.get(url).content.decode()
    assert "中身" in text and "緊急時の閲覧中" in text
    assert "緊急時の閲覧中" in client.get("/").content.decode()
    assert client.get(reverse("interview_new", kwargs={"pk": case.pk})).status_code == 403
    with working_as(admin):
        access = EmergencyAccess.objects.get(user=admin.user)
        assert access.expires_at - access.started_at == dt.timedelta(minutes=30)
    client.post(reverse("emergency_end", kwargs={"pk": access.pk}))
    assert client.get(url).status_code == 403


def test_who_is_known_by_the_year_alone_is_found_by_the_whole_birthday(okayama: Programme, soja: Programme):
    case = okayama.active(DAY, name="年 だけ", kana="トシ ダケ", birth_on=None, birth_part="1980")
    client = logged_in(soja.caseworker)
    form = {"name_kana": "トシ ダケ", "birth_on": "1980年", "reason": "本人が倒れ、家族に知らせるため"}
    answer = client.post(reverse("emergency_new"), form)
    assert "生年月日を日まで" in answer.content.decode()
    assert "見つかりません" in client.post(reverse("emergency_new"), {**form, "birth_on": "1981/5/5"}).content.decode()
    answer = client.post(reverse("emergency_new"), {**form, "birth_on": "1980/5/5"})
    assert answer["Location"] == reverse("case_detail", kwargs={"pk": case.pk})


def test_the_glass_closes_by_itself(okayama: Programme):
    case = okayama.active(DAY)
    admin = walls.operator()
    walls.broken(okayama, case, admin)
    colleague = actor("operator2", admin.organisation, Role.ADMINISTRATOR)
    with working_as(colleague):
        assert Case.objects.count() == 0
    with working_as(admin):
        assert Case.objects.count() == 1
        Grant.objects.filter(user=admin.user).update(withdrawn_at=now(), withdrawn_by=admin.user)
        assert Case.objects.count() == 0


def test_nobody_writes_an_emergency_grant_by_hand(okayama: Programme):
    case = okayama.active(DAY)
    with working_as(okayama.caseworker), pytest.raises(DatabaseError), transaction.atomic():
        Grant.objects.create(
            case=case,
            organisation=okayama.bureau,
            purpose=GrantPurpose.EMERGENCY,
            legal_basis="statute",
            user=okayama.caseworker.user,
            expires_at=now() + dt.timedelta(days=365),
            valid_from=DAY,
            given_by=okayama.caseworker.user,
            touched_at=now(),
        )
    with working_as(okayama.caseworker), pytest.raises(DatabaseError), transaction.atomic():
        EmergencyAccess.objects.create(
            case=case,
            user=okayama.caseworker.user,
            organisation=okayama.office,
            reason="自分で書いてしまう理由です",
            started_at=now(),
            expires_at=now(),
            review_due_on=today(),
        )


def test_the_holder_is_told_and_reviews(okayama: Programme, soja: Programme):
    case = okayama.active(DAY)
    access = walls.broken(okayama, case, soja.caseworker)
    assert "緊急時の閲覧" in page(okayama.manager, "today")
    assert case.number in page(okayama.manager, "emergency_list")
    assert soja.office.name in page(okayama.manager, "visibility", pk=case.pk)
    assert access.reason not in page(actor("third", make_other(), Role.MANAGER), "emergency_list")
    with working_as(okayama.manager):
        emergency.review_emergency(
            access=EmergencyAccess.objects.get(),
            by=okayama.manager,
            at=now(),
            verdict=EmergencyVerdict.APPROPRIATE,
            note="電話で確認",
        )
        assert not EmergencyAccess.objects.to_review(okayama.manager).exists()
    with working_as(soja.caseworker), pytest.raises(emergency.ReviewedByOneself):
        emergency.review_emergency(
            access=EmergencyAccess.objects.get(),
            by=soja.caseworker,
            at=now(),
            verdict=EmergencyVerdict.APPROPRIATE,
            note="自分で",
        )


def make_other():
    return walls.operator("third-office").organisation


def test_guessing_is_kept_and_limited(okayama: Programme, soja: Programme):
    okayama.open_case(DAY)
    client = logged_in(soja.caseworker)
    for number in range(emergency.TRIES_PER_HOUR):
        answer = client.post(
            reverse("emergency_new"),
            {"holder": okayama.office.pk, "number": f"R99-{number:04d}", "reason": "総当たりを試してみている"},
        )
        assert "見つかりません" in answer.content.decode()
    answer = client.post(
        reverse("emergency_new"),
        {"holder": okayama.office.pk, "number": "R05-0001", "reason": "総当たりを試してみている"},
    )
    assert "1時間に使える回数" in answer.content.decode()
    with working_as(soja.caseworker):
        assert EmergencyAccess.objects.filter(case__isnull=True).count() == emergency.TRIES_PER_HOUR
        assert Case.objects.count() == 0


def test_working_days_skip_weekends_and_holidays():
    assert emergency.working_days_after(dt.date(2026, 11, 20), 3) == dt.date(2026, 11, 26)  # 23日は勤労感謝の日


# Withdrawal


def test_withdrawal_ends_everything_that_stood_on_the_consent(okayama: Programme):
    case = okayama.active(DAY)
    with working_as(okayama.navigator):
        booked = contact.book(
            case=case,
            by=okayama.navigator,
            at=now(),
            appointment=contact.NextAppointment(timezone.now() + dt.timedelta(days=3), okayama.navigator.user),
        )
    with working_as(okayama.caseworker):
        withdrawal.withdraw_consent(
            consent=case.consents.get(),
            by=okayama.caseworker,
            at=now(),
            on=today(),
            method=ConsentMethod.SPOKEN,
            note="もうやめたい",
        )
        booked.refresh_from_db()
        assert booked.status == "cancelled"
        assert (
            not case.assignments.current(today() + dt.timedelta(days=1))
            .filter(organisation=okayama.hello_work)
            .exists()
        )
        assert case.consents.get().withdrawal_method == ConsentMethod.SPOKEN
    client = logged_in(okayama.navigator)
    assert client.get(reverse("case_detail", kwargs={"pk": case.pk})).status_code == 404


def test_the_same_employer_is_found_once_under_a_lock(okayama: Programme):
    case = okayama.active(DAY)
    okayama.place(case, dt.date(2023, 6, 1))
    with pytest.raises(work.PlacementRepeated):
        okayama.place(case, dt.date(2023, 6, 1))


def test_texts_written_before_are_listed_until_they_are_corrected(okayama: Programme):
    """A26: the suppression says where earlier texts name the hidden place, and no more than is true."""
    case = okayama.active(DAY, contact=WHEREABOUTS)
    note = okayama.interview(case, DAY, okayama.caseworker, body=f"転居先は{WHEREABOUTS['address']}", homework="履歴書")
    okayama.interview(case, DAY, okayama.caseworker, body="架空町へ行った")
    with working_as(okayama.caseworker):
        contact.book(
            case=case,
            by=okayama.caseworker,
            at=now(),
            appointment=contact.NextAppointment(
                starts_at=now() + dt.timedelta(days=3), worker=okayama.caseworker.user, place="架空町四丁目５－６の前"
            ),
        )
        circumstance.write_circumstance(
            case=case, group=FieldGroup.FAMILY, body="姉に電話 ０９０－１２３４－９８７６", version=0,
            by=okayama.caseworker, at=now(),
        )  # fmt: skip
    client = logged_in(okayama.caseworker)
    url = reverse("suppression", kwargs={"pk": case.pk})
    assert "書かれている文" not in client.get(url).content.decode()
    okayama.interview(case, DAY, okayama.navigator, body=f"{WHEREABOUTS['address']}に移った")
    with working_as(okayama.navigator):
        SupportPlan.objects.filter(case=case).update(goal=f"{WHEREABOUTS['address']}の近くで働く")
    walls.hide(okayama, case)
    answer = client.get(url)
    places = {(row.what, row.where, resolve(row.url).url_name, row.hint) for row in answer.context["telling"]}
    assert places == {
        ("予約", "場所", "appointment_detail", ""),
        ("くらしの状況", "内容", "circumstance_edit", ""),
        ("面談記録", "内容", "interview_edit", ""),
        ("面談記録", "内容", "case_detail", f"書いた{okayama.navigator.user.name}さんに、消すように頼んでください"),
        ("支援プラン", "目標(本人の言葉で)", "plan_list", "あとから変えない記録です"),
    }
    shown = answer.content.decode()
    assert "書かれている文 5件" in shown and WHEREABOUTS["address"] not in shown
    for row in answer.context["telling"]:
        assert client.get(row.url).status_code == 200
    with working_as(okayama.caseworker):
        Interview.objects.filter(pk=note.pk).update(body="転居した")
    assert len(client.get(url).context["telling"]) == 4
    with working_as(okayama.caseworker):
        Circumstance.objects.update(body="姉に電話")
        case.appointments.update(place="駅前")
        case.interviews.update(body="転居した")
        case.plans.update(goal="週3日から働きたい")
    assert "いまの住所・電話番号は書かれていません" in client.get(url).content.decode()
