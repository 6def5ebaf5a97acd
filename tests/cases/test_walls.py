"""The walls inside a case: kinds of facts, notes, sources, assigned cases only, withdrawal."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from cases.actions import circumstance, contact, sharing, team, withdrawal
from cases.enums import ConsentMethod, Duty, FieldGroup, GrantPurpose
from cases.models import (
    Assignment,
    Case,
    Circumstance,
    Grant,
    Interview,
    NoteSource,
    SearchKey,
)
from core.forms import EditConflict
from core.periods import now, today
from tests.clients import client_of, confirmed, page
from tests.factories import Programme, actor, at, working_as

DAY = dt.date(2023, 4, 10)


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
    client = confirmed(okayama.navigator)
    url = reverse("circumstance_edit", kwargs={"pk": case.pk, "group": "finance"})
    assert client.post(url, {"body": "書けない", "version": 0}).status_code == 404
    with working_as(okayama.navigator), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
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
    client = confirmed(okayama.caseworker)
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
    client = confirmed(interpreter)
    assert client.get(reverse("case_detail", kwargs={"pk": other.pk})).status_code == 404
    with working_as(okayama.caseworker):
        Assignment.objects.filter(user=interpreter.user).update(ends_on=DAY)
    assert client.get(reverse("case_detail", kwargs={"pk": mine.pk})).status_code == 404


def test_these_screens_ask_for_the_password_again(okayama: Programme):
    case = okayama.active(DAY)
    client = client_of(okayama.caseworker)
    for url in (reverse("suppression", kwargs={"pk": case.pk}), reverse("emergency_new")):
        assert client.get(url)["Location"].startswith(reverse("account_reauthenticate"))


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
    client = confirmed(okayama.navigator)
    assert client.get(reverse("case_detail", kwargs={"pk": case.pk})).status_code == 404
