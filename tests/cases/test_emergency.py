"""Break-glass: who opens a case in an emergency, who is told, who reviews. Its end by the clock: test_emergency_end.py."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.enums import Role
from accounts.models import User
from cases.actions import emergency
from cases.enums import EmergencyVerdict, GrantPurpose
from cases.models import (
    Case,
    EmergencyAccess,
    Grant,
)
from core.periods import now, today
from tests import walls
from tests.clients import client_of, confirmed, page
from tests.factories import Programme, actor, working_as

DAY = dt.date(2023, 4, 10)


def test_an_administrator_sees_nothing_without_break_glass(okayama: Programme):
    case = okayama.active(DAY, contact=walls.WHEREABOUTS)
    okayama.interview(case, DAY, body="中身")
    admin = walls.operator()
    client = confirmed(admin)
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
    client = confirmed(soja.caseworker)
    form = {"name_kana": "トシ ダケ", "birth_on": "1980年", "reason": "本人が倒れ、家族に知らせるため"}
    answer = client.post(reverse("emergency_new"), form)
    assert "生年月日を日まで" in answer.content.decode()
    assert "見つかりません" in client.post(reverse("emergency_new"), {**form, "birth_on": "1981/5/5"}).content.decode()
    answer = client.post(reverse("emergency_new"), {**form, "birth_on": "1980/5/5"})
    assert answer["Location"] == reverse("case_detail", kwargs={"pk": case.pk})


def test_the_glass_shows_the_case_to_whoever_broke_it_until_it_is_taken_back(okayama: Programme):
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
    grant = {
        "case": case,
        "organisation": okayama.bureau,
        "purpose": GrantPurpose.PRE_CONSULTATION,
        "legal_basis": "statute",
        "valid_from": DAY,
        "given_by": okayama.caseworker.user,
        "touched_at": now(),
    }
    glass = {
        "purpose": GrantPurpose.EMERGENCY,
        "user": okayama.caseworker.user,
        "expires_at": now() + dt.timedelta(days=365),
    }
    with working_as(okayama.caseworker):
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Grant.objects.create(**grant | glass)
        Grant.objects.create(**grant)  # an ordinary one is the holder's to give
    with working_as(okayama.caseworker), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        EmergencyAccess.objects.create(
            case=case,
            user=okayama.caseworker.user,
            organisation=okayama.office,
            reason="自分で書いてしまう理由です",
            started_at=now(),
            expires_at=now(),
            review_due_on=today(),
        )


def test_the_holder_hears_of_it_at_once(
    okayama: Programme, soja: Programme, settings: Any, django_capture_on_commit_callbacks: Any
):
    """A31, ≤ 60 s: the next page of a manager who is at work says so, and a mail goes out when the look is kept."""
    settings.EMAIL_CONFIGURED = True
    for programme in (okayama, soja):
        User.objects.filter(pk=programme.manager.user.pk).update(email=f"{programme.code}@example.jp")
    case = okayama.active(DAY)
    manager = client_of(okayama.manager)
    told = f"{soja.office.name} {soja.caseworker.user.name}"
    assert told not in manager.get("/").content.decode()
    form = {"holder": okayama.office.pk, "number": case.number, "reason": "本人が倒れ、家族に知らせるため"}
    with django_capture_on_commit_callbacks() as kept:
        assert confirmed(soja.caseworker).post(reverse("emergency_new"), form).status_code == 302
    assert told in manager.get("/").content.decode()
    assert mail.outbox == []  # not inside the transaction
    for send in kept:
        send()
    (message,) = mail.outbox
    assert message.bcc == ["okayama@example.jp"]
    assert soja.caseworker.user.name in message.body
    with working_as(okayama.caseworker):
        person = Case.objects.select_related("person").get(pk=case.pk).person
    assert not any(word in message.subject + message.body for word in (case.number, person.name, form["reason"]))


def test_the_holder_is_told_and_reviews(okayama: Programme, soja: Programme):
    case = okayama.active(DAY)
    access = walls.broken(okayama, case, soja.caseworker)
    assert "緊急時の閲覧" in page(okayama.manager, "today")
    assert case.number in page(okayama.manager, "emergency_list")
    assert access.reason in page(okayama.manager, "emergency_list")
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
    client = confirmed(soja.caseworker)
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
