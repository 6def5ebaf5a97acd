"""Suppression (支援措置): what it hides, who opens it again, and the texts that would give it away."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from cases.actions import suppression
from cases.enums import ReleaseKind
from cases.models import (
    Case,
    Interview,
    PersonContact,
    Placement,
    Release,
    SearchKey,
    Suppression,
    Workplace,
)
from core.periods import now, today
from tests import walls
from tests.clients import confirmed, page
from tests.factories import Programme, working_as

DAY = dt.date(2023, 4, 10)


def hidden_case(programme: Programme) -> Case:
    case = programme.active(DAY, contact=walls.WHEREABOUTS)
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
        assert PersonContact.objects.get().address == walls.WHEREABOUTS["address"]
        assert Workplace.objects.count() == 2
    with working_as(okayama.navigator):
        assert PersonContact.objects.count() == 0
    with working_as(okayama.caseworker):
        Release.objects.filter(pk=release.pk).update(expires_at=now() - dt.timedelta(hours=2))
        assert PersonContact.objects.count() == 0


def test_printing_needs_a_second_person(okayama: Programme):
    """Mitaka 2020: a warning that can be clicked away is no control."""
    case = okayama.active(DAY, contact=walls.WHEREABOUTS)
    release = walls.asked(okayama, case)
    with working_as(okayama.caseworker):
        with pytest.raises(suppression.OutputBlocked):
            suppression.require_output(person_id=case.person_id, by=okayama.caseworker, at=now())
        with pytest.raises(suppression.NotBySamePerson):
            suppression.approve_release(release=release, by=okayama.caseworker, at=now())
        with pytest.raises(DatabaseError, match="release_by_two_people"), transaction.atomic():
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
    case = okayama.active(DAY, contact=walls.WHEREABOUTS)
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
    client = confirmed(okayama.navigator)
    form = {"held_at": "R5.4.11 9:00", "method": "visit", "visibility": "shared", "body": text}
    answer = client.post(reverse("interview_new", kwargs={"pk": case.pk}), form)
    assert answer.status_code == 200
    assert suppression.HIDDEN_IN_TEXT in answer.content.decode()
    with working_as(okayama.navigator):
        assert not Interview.objects.exists()
    answer = client.post(reverse("interview_new", kwargs={"pk": case.pk}), {**form, "body": "元気そうだった"})
    assert answer.status_code == 302


HOME = "岡山市北区架空町三丁目2番4号コーポ見本203"
MOBILE = "+81 90-1234-9876"


@pytest.mark.parametrize(
    ("address", "phone", "text", "is_named"),
    [
        (HOME, "", "いまは架空町3-2-4にいる", True),
        (HOME, "", "架空町３の２の４、203号室", True),
        (HOME, "", "架空町 三 丁 目 二 番 四 号", True),
        (HOME, "", "北区架空町3丁目2－4 コーポ見本", True),
        (HOME, "", "架空町3-2-4\n2026年の春から", True),
        (HOME, "", "架空町 3 2 4", True),
        (HOME, "", "架空町3-2-40", False),
        (HOME, "", "架空町三丁目2番5号", False),
        (HOME, "", "となりの町3-2-4", False),
        (HOME, "", "岡山市北区の窓口", False),
        ("苫田郡架空町竹田660", "", "架空町竹田660番地", True),
        ("札幌市中央区北3条西4-1", "", "北三条西4丁目1", True),
        ("札幌市中央区北3条西4-1", "", "札幌市中央区北3条西5丁目", False),
        ("津山市1-2-3", "", "令和5年1-2-3の会議", False),
        ("架空町1-5 (A)[b]{2}", "", "架空町1-5", True),
        ("岡山市北区本町5番地", "", "岡山市北区本町5番地に住む", True),
        ("岡山市北区本町5番地", "", "5番地", False),
        ("岡山市北区架空町3-2-4-203", "", "架空町3-2-4", True),
        ("岡山市北区架空町3-2-4 203号室", "", "架空町三丁目2番4号", True),
        ("岡山市北区架空町3-2-4 203号室", "", "架空町3-2-5", False),
        ("岡山市北区架空町1234番地グリーンハイツ202", "", "架空町1234番地", True),
        ("岡山市北区架空町1234番地グリーンハイツ202", "", "架空町12345番地", False),
        ("東京都港区六本木6-1-1", "", "六本木6丁目1番1号", True),
        ("仙台市青葉区一番町3-2-1", "", "一番町3-2-1", True),
        ("〒700-0000 岡山市北区架空町3-2-4", "", "架空町3-2-4", True),
        ("岡山市北区架空町二十三番地", "", "架空町23番地", True),
        ("岡山市北区架空町10番地", "", "架空町十番地", True),
        ("岡山市北区架空町二十番地", "", "架空町20", True),
        ("岡山市北区架空町十五番地", "", "架空町15", True),
        (HOME, "", "架空町3─2─4", True),
        (HOME, "", "架空町3・2・4", True),
        (HOME, "", "架空町3丁目、2番、4号", True),
        (HOME, "", "架空町3-2-4一人で暮らす", True),
        ("岡山市北区二日市町1-2", "", "旭町1-2", False),
        ("岡山市北区二日市町1-2", "", "岡山市北区二日市町1の2", True),
        ("津山市山北市場12-3", "", "別の場12-3", False),
        ("津山市山北市場12-3", "", "津山市山北市場12番3号", True),
        ("市川市市川1-1-1", "", "旭川1-1-1", False),
        ("", MOBILE, "090.1234.9876", True),
        ("", MOBILE, "０９０ー１２３４ー９８７６", True),
        ("", MOBILE, "090(1234)9876", True),
        ("", MOBILE, "+81 90 1234 9876", True),
        ("", "086-123-4567", "０８６・１２３・４５６７", True),
        ("", MOBILE, "〇九〇 一二三四 九八七六", True),
        ("", MOBILE, "090-1234-9877", False),
        ("", "000-000-000", "受付番号 12345678", False),
    ],
)
def test_however_an_address_or_a_phone_is_written(address, phone, text, is_named, okayama: Programme):
    case = okayama.open_case(contact={"address": address, "phone": phone})
    walls.hide(okayama, case)
    with working_as(okayama.caseworker):
        named = suppression.hidden_named(persons=[case.person_id], texts=["面談の記録", text])
    assert named == ([(case.person_id, case.pk)] if is_named else [])


def test_the_database_lets_one_suppression_stand(okayama: Programme):
    case = hidden_case(okayama)
    with working_as(okayama.caseworker), pytest.raises(suppression.AlreadySuppressed):
        suppression.suppress(person=case.person, by=okayama.caseworker, at=now(), reason="二度目", valid_to=today())


def test_suppression_over_http(okayama: Programme):
    case = okayama.active(DAY, contact=walls.WHEREABOUTS)
    url = reverse("suppression", kwargs={"pk": case.pk})
    client, manager = confirmed(okayama.caseworker), confirmed(okayama.manager)
    bad = client.post(url, {"act": "suppress", "suppress-reason": "", "suppress-valid_to": "R8.13.1"})
    assert bad.status_code == 200 and "申出の内容・根拠を入力してください" in bad.content.decode()
    assert (
        client.post(
            url, {"act": "suppress", "suppress-reason": "通知", "suppress-valid_to": f"{now().year + 2}/1/1"}
        ).status_code
        == 302
    )
    assert walls.WHEREABOUTS["phone"] not in page(okayama.caseworker, "case_detail", pk=case.pk)
    client.post(url, {"act": "ask", "ask-kind": "lift", "ask-reason": "本人の申出"})
    with working_as(okayama.manager):
        release = Release.objects.get()
    answer = reverse("release_answer", kwargs={"pk": case.pk, "release_pk": release.pk})
    assert client.post(answer, {"answer": "approve"}).status_code == 403
    assert manager.post(answer, {"answer": "approve"}).status_code == 302
    assert walls.WHEREABOUTS["phone"] in page(okayama.caseworker, "case_detail", pk=case.pk)
