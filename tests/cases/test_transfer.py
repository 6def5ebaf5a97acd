"""The case goes to another office: holder, number, grants, team and search in one act."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from accounts.enums import OrganisationKind, Role
from accounts.models import Organisation
from accounts.scope import Actor
from cases.actions import contact, sharing, transfer, withdrawal
from cases.actions.moves import CaseError
from cases.actions.team import assign
from cases.enums import AppointmentStatus, ConsentMethod, Duty, GrantPurpose, LegalBasis
from cases.models import Appointment, Assignment, Case, Consent, Grant, SearchKey, Transfer
from cases.search import fold_number
from core.periods import now, today
from tests.clients import client_of
from tests.factories import Programme, actor, at, working_as

DAY = dt.date(2023, 5, 10)
STATUTE = transfer.Basis(LegalBasis.STATUTE)


@pytest.fixture
def agency(okayama: Programme) -> Actor:
    """Somebody of the consultation agency of the same agreement, which is not below the city."""
    place = Organisation.objects.create(
        kind=OrganisationKind.CONSULTATION_AGENCY, name="岡山自立相談", short_name="自立相談"
    )
    okayama.agreement.participants.add(place)
    return actor("agency-worker", place, Role.SUPPORT_WORKER)


def hand_over(okayama: Programme, case: Case, to: Actor, on: dt.date | None = None, **more) -> Transfer:
    on = on or today()
    with working_as(okayama.caseworker):
        return transfer.transfer_case(
            **{
                "case": case,
                "to": to.organisation,
                "by": okayama.caseworker,
                "at": now(),
                "on": on,
                "overlap_until": on + dt.timedelta(days=14),
                "basis": STATUTE,
                "reason": "転居のため",
                "worker": to.user,
                "duty": Duty.SUPPORT_WORKER,
                **more,
            }
        )


def test_everything_goes_in_one_act(okayama: Programme, agency: Actor):
    case = okayama.active()
    with working_as(okayama.caseworker):
        assign(
            case=case,
            user=okayama.caseworker.user,
            organisation=okayama.office,
            duty=Duty.CASEWORKER,
            on=DAY,
            by=okayama.caseworker,
            at=at(DAY),
        )
        for days in (3, 30):
            contact.book(
                case=case,
                by=okayama.caseworker,
                at=now(),
                appointment=contact.NextAppointment(now() + dt.timedelta(days=days), okayama.caseworker.user),
            )
    old = case.number
    row = hand_over(okayama, case, agency)
    with working_as(agency):
        moved = Case.objects.get()
        assert (moved.organisation, moved.number) == (agency.organisation, row.new_number)
        assert Grant.objects.get(organisation=agency.organisation).purpose == GrantPurpose.TRANSFER
        assert Grant.objects.get(organisation=agency.organisation).group_labels == ["健康・障害", "家計", "家族"]
        team = {a.user_id: (a.starts_on, a.ends_on) for a in Assignment.objects.filter(case=case)}
        assert team[agency.user.pk] == (today(), None)
        assert team[okayama.caseworker.user.pk] == (DAY, today() + dt.timedelta(days=14))
        assert team[okayama.navigator.user.pk][1] is None
        kept = dict(Appointment.objects.values_list("starts_at__date", "status"))
        assert kept[today() + dt.timedelta(days=3)] == AppointmentStatus.BOOKED
        assert kept[today() + dt.timedelta(days=30)] == AppointmentStatus.CANCELLED
        keys = set(
            SearchKey.objects.filter(organisation=agency.organisation, kind="number").values_list("key", flat=True)
        )
        assert len(keys) == len({old, row.new_number})
    with working_as(okayama.caseworker):
        assert Grant.objects.get(organisation=okayama.office).valid_to == today() + dt.timedelta(days=14)
        assert Case.objects.visible_to(okayama.caseworker).exists()
    client = client_of(okayama.navigator)
    found = client.post(reverse("case_search"), {"q": old})
    assert found.headers["Location"] == reverse("case_detail", kwargs={"pk": case.pk})


def test_after_the_overlap_the_old_office_sees_nothing(okayama: Programme, agency: Actor):
    case = okayama.active()
    yesterday = today() - dt.timedelta(days=1)
    hand_over(okayama, case, agency, yesterday, overlap_until=yesterday)
    with working_as(okayama.caseworker):
        assert not Case.objects.exists()
    client = client_of(okayama.caseworker)
    assert client.get(reverse("case_detail", kwargs={"pk": case.pk})).status_code == 404
    with working_as(okayama.navigator):
        assert Case.objects.get().organisation == agency.organisation


def test_only_the_holder_and_only_within_the_agreement(okayama: Programme, soja: Programme, agency: Actor):
    case = okayama.active()
    with working_as(okayama.caseworker), pytest.raises(CaseError, match="引き継げません"):
        hand_over(okayama, case, soja.caseworker)
    hand_over(okayama, case, agency)
    with pytest.raises(CaseError, match="担当機関ではない"):
        hand_over(okayama, case, agency)
    with working_as(agency):
        assert Transfer.objects.count() == 1


def test_a_request_that_waits_stops_it(okayama: Programme, agency: Actor):
    case = okayama.open_case()
    okayama.send(case, DAY)
    with pytest.raises(CaseError, match="回答待ちの支援要請"):
        hand_over(okayama, case, agency)
    with working_as(okayama.caseworker):
        assert Case.objects.get().organisation == okayama.office
        assert not Transfer.objects.exists()


def test_the_case_never_loses_its_holder_by_a_withdrawal(okayama: Programme, agency: Actor):
    case = okayama.open_case()
    basis = transfer.Basis(LegalBasis.CONSENT, ConsentMethod.PAPER, today())
    hand_over(okayama, case, agency, basis=basis)
    with working_as(agency):
        withdrawal.withdraw_consent(
            consent=Consent.objects.get(purpose="担当機関の引継ぎ"),
            by=agency,
            at=now(),
            on=today(),
            method=ConsentMethod.SPOKEN,
            note="やはり戻したい",
        )
        assert Case.objects.visible_to(agency).count() == 1


def test_there_and_back_again(okayama: Programme, agency: Actor):
    """The old office may come back as holder, with a third number; both earlier ones still find the case."""
    case = okayama.open_case()
    yesterday = today() - dt.timedelta(days=1)
    first = hand_over(okayama, case, agency, yesterday, overlap_until=yesterday)
    with working_as(agency):
        transfer.transfer_case(
            case=case,
            to=okayama.office,
            by=agency,
            at=now(),
            on=today(),
            overlap_until=today(),
            basis=STATUTE,
            reason="戻る",
        )
    with working_as(okayama.caseworker):
        back = Case.objects.get()
        assert back.organisation == okayama.office
        assert back.number != first.former_number
        keys = set(SearchKey.objects.filter(organisation=okayama.office, kind="number").values_list("key", flat=True))
        assert keys == {fold_number(number) for number in (back.number, first.former_number, first.new_number)}


def test_a_former_holder_comes_in_by_consent_like_anybody(okayama: Programme, agency: Actor):
    case = okayama.open_case()
    yesterday = today() - dt.timedelta(days=1)
    hand_over(okayama, case, agency, yesterday, overlap_until=yesterday)
    with working_as(agency):
        sharing.consent_and_share(
            case=case,
            by=agency,
            at=now(),
            on=today(),
            recipients=[okayama.office],
            share_for=GrantPurpose.PRE_CONSULTATION,
            purpose="経過の確認",
            method=ConsentMethod.PAPER,
            given_on=today(),
        )
    with working_as(okayama.caseworker):
        assert Case.objects.visible_to(okayama.caseworker).count() == 1


def test_a_case_without_worker_stands_on_the_new_offices_today(okayama: Programme, agency: Actor):
    case = okayama.open_case()
    hand_over(okayama, case, agency, worker=None)
    client = client_of(agency)
    assert "担当者が決まっていません" in client.get(reverse("today")).content.decode()


def test_the_screen(okayama: Programme, agency: Actor):
    case = okayama.open_case()
    client = client_of(okayama.caseworker)
    url = reverse("case_transfer", kwargs={"pk": case.pk})
    posted = {
        "to": agency.organisation.pk,
        "worker": okayama.caseworker.membership.pk,
        "legal_basis": "consent",
        "reason": "転居",
        "overlap_until": str(today()),
    }
    answer = client.post(url, posted)
    assert set(answer.context["form"].errors) == {"worker", "method", "given_on"}
    assert "同意の取り方を選んでください" in answer.content.decode()
    posted |= {"worker": agency.membership.pk, "method": "paper", "given_on": str(today())}
    assert client.post(url, posted).status_code == 302
    with working_as(agency):
        assert Case.objects.get().organisation == agency.organisation
        assert Consent.objects.get().includes_health
    again = client.post(url, posted)
    assert again.headers["Location"] == reverse("case_detail", kwargs={"pk": case.pk})
    with working_as(agency):
        assert Transfer.objects.count() == 1
