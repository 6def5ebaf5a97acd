"""Consent given, withdrawn, expired; a role, an office or an account that changes: all at the next request."""

from __future__ import annotations

import datetime as dt

from django.apps import apps
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Membership, User
from cases.actions import request as requests
from cases.actions import sharing, withdrawal
from cases.enums import ConsentMethod, GrantPurpose
from cases.models import Case, Consent, Grant, SupportRequest
from core.db import scope
from core.periods import now, today
from tests.access.worlds import ask, client_of, world
from tests.factories import YES, Programme, at, working_as

DAY = dt.date(2023, 4, 10)


def test_withdrawal_closes_everything_within_one_request(programme: Programme):
    """By HTTP from the desk; the partner, logged in all the while, gets 404 for the case and all that hangs on it."""
    _people, arguments = world("own", programme)
    partner, city = client_of(programme.navigator), client_of(programme.caseworker)
    case = arguments["case_detail"]
    with working_as(programme.caseworker):
        person = Case.objects.select_related("person").get(pk=case["pk"]).person
    children = (
        "interview_edit",
        "introduction_result",
        "placement_separate",
        "retention_check",
        "visibility",
        "plan_new",
    )
    for name in ("case_detail", *children):
        assert partner.get(reverse(name, kwargs=arguments[name])).status_code == 200, name
    for client in (partner, city):
        assert person.name in client.get(reverse("case_list")).content.decode()
        assert client.post(reverse("case_search"), {"q": person.name}).status_code == 302
    answer = city.post(
        reverse("consent_withdraw", kwargs=arguments["consent_withdraw"]), {"method": "spoken", "note": "窓口で撤回"}
    )
    assert answer.status_code == 302
    for name in ("case_detail", *children):
        assert partner.get(reverse(name, kwargs=arguments[name])).status_code == 404, name
    assert ask(partner, "post", "appointment_settle", arguments["appointment_settle"]).status_code == 404
    for name in ("case_list", "today", "appointment_list"):
        page = partner.get(reverse(name) + "?all=1").content.decode()
        assert person.name not in page, name
        assert str(case["pk"]) not in page, name
    assert partner.post(reverse("case_search"), {"q": person.name}).status_code == 200
    assert person.name not in partner.get(reverse("report_people", kwargs=arguments["report_people"])).content.decode()
    for name in ("case_detail", "visibility", "plan_new", "introduction_result", "placement_separate"):
        assert city.get(reverse(name, kwargs=arguments[name])).status_code == 200, name
    assert person.name in city.get(reverse("case_list")).content.decode()
    assert "話した内容" in city.get(reverse("case_detail", kwargs=case)).content.decode()


def test_the_history_says_who_withdrew(programme: Programme):
    _people, arguments = world("own", programme)
    url = reverse("consent_withdraw", kwargs=arguments["consent_withdraw"])
    client_of(programme.caseworker).post(url, {"method": "spoken", "note": "窓口で撤回"})
    wanted = {
        "user": programme.caseworker.user.pk,
        "membership": programme.caseworker.membership.pk,
        "url": url,
    }
    with working_as(programme.caseworker):
        for model in ("ConsentEvent", "GrantEvent"):
            events = apps.get_model("cases", model).objects.filter(withdrawn_at__isnull=False)
            assert [event.pgh_context.metadata for event in events.select_related("pgh_context")] == [wanted], model


def test_a_consent_with_an_end_opens_until_then(programme: Programme):
    case = programme.open_case()
    partner = client_of(programme.navigator)
    url = reverse("case_detail", kwargs={"pk": case.pk})
    consent = programme.consent(case, DAY)
    with working_as(programme.caseworker):
        Consent.objects.filter(pk=consent.pk).update(valid_to=today())
        consent.refresh_from_db()
        grant = sharing.give_grant(
            case=case,
            organisation=programme.hello_work,
            purpose=GrantPurpose.SUPPORT_REQUEST,
            consent=consent,
            by=programme.caseworker,
            at=now(),
            on=today(),
        )
        assert grant.valid_to == today()
    assert partner.get(url).status_code == 200
    with working_as(programme.caseworker):
        yesterday = today() - dt.timedelta(days=1)
        Grant.objects.filter(pk=grant.pk).update(valid_from=yesterday, valid_to=yesterday)
    assert partner.get(url).status_code == 404
    assert client_of(programme.caseworker).get(url).status_code == 200


def test_withdrawing_the_newer_of_two_consents_closes_too(programme: Programme):
    """Sent, returned, sent again on a new consent: the screen says the partner no longer sees it, and so it is."""
    case = programme.open_case()
    first = programme.send(case, DAY)
    with working_as(programme.navigator):
        requests.return_request(
            request=SupportRequest.objects.get(pk=first.pk), by=programme.navigator, at=at(DAY), reason="もっと"
        )
    with working_as(programme.caseworker):
        requests.send_with_consent(
            case=Case.objects.get(pk=case.pk),
            by=programme.caseworker,
            at=now(),
            on=today(),
            to=programme.hello_work,
            conditions=YES,
            message="",
            change_note="通院の状況を書き足した",
            method=ConsentMethod.PAPER,
            given_on=today(),
            includes_health=False,
            includes_finance=False,
            includes_family=False,
        )
        older, newer = Consent.objects.order_by("created_at")
        assert Grant.objects.get(organisation=programme.hello_work).consent == newer
        withdrawal.withdraw_consent(
            consent=newer,
            by=programme.caseworker,
            at=now(),
            on=today(),
            method=ConsentMethod.SPOKEN,
            note="撤回",
        )
    url = reverse("case_detail", kwargs={"pk": case.pk})
    assert client_of(programme.navigator).get(url).status_code == 404
    with working_as(programme.caseworker):
        older.refresh_from_db()
        assert older.withdrawn_at is None


def test_a_role_an_office_and_an_account_change_at_the_next_request(programme: Programme):
    case = programme.open_case()
    url = reverse("case_detail", kwargs={"pk": case.pk})
    mine = Membership.objects.filter(user=programme.caseworker.user)
    client = client_of(programme.caseworker)
    assert client.get(url).status_code == 200
    mine.update(role=Role.JOB_DEVELOPER)
    assert client.get(url).status_code == 403
    mine.update(role=Role.CASEWORKER, organisation=programme.hello_work)
    assert client.get(url).status_code == 404
    mine.update(organisation=programme.office, valid_to=today() - dt.timedelta(days=1))
    assert client.get(url)["Location"] == reverse("choose_organisation")
    mine.update(valid_to=None)
    assert client.get(url).status_code == 200
    User.objects.filter(pk=programme.caseworker.user.pk).update(is_active=False)
    assert client.get(url)["Location"].startswith("/login/")
    with scope(organisations=[programme.office.pk]):
        assert Case.objects.filter(pk=case.pk).exists()


def test_the_administrator_ends_a_membership_and_the_next_request_knows(programme: Programme):
    people, _arguments = world("own", programme)
    victim = client_of(people["m"])
    assert victim.get(reverse("case_list")).status_code == 200
    account = reverse("account_detail", kwargs={"pk": people["m"].user.pk})
    client_of(people["a"]).post(account, {"act": "disable"})
    assert victim.get(reverse("case_list"))["Location"].startswith("/login/")
