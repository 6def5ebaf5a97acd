"""Ids of others in otherwise honest posts: every one is refused, and every post works with one's own id."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from agreements.actions import targets_stamp
from agreements.enums import PlanStatus
from agreements.models import BusinessPlan, Site, SupportMenu
from cases.enums import AppointmentStatus
from cases.models import Appointment, Assignment, SupportPlan
from core.db import new_id
from tests.access.rows import delta, everything
from tests.access.worlds import client_of, undone, world
from tests.factories import Programme, make_programme, working_as
from tests.test_access import things

TODAY = "2023/6/20"
YES = dict.fromkeys(("ability", "motivation", "no_obstacle", "agrees"), "yes")


@dataclass(frozen=True)
class Forged:
    """One field of one post: what belongs there, and what must not get through."""

    letter: str
    name: str
    kwargs: dict[str, Any]
    key: str
    own: Any
    foreign: list[Any]
    rest: dict[str, Any] = field(default_factory=dict)


def attempts(home: Programme, away: Programme, mine: dict[str, Any], theirs: dict[str, Any]) -> list[Forged]:
    case = mine["case_detail"]
    fresh = {"pk": home.open_case(name="初 めて").pk}
    asked = home.open_case(name="要請 中")
    home.send(asked, dt.date(2023, 6, 1))
    other = home.active(dt.date(2023, 4, 10), name="別 の人")
    other_introduction = home.introduce(other, dt.date(2023, 5, 1))
    third = home.active(dt.date(2023, 4, 10), name="三人 目")
    introduction = home.introduce(third, dt.date(2023, 5, 1))
    own_menu = SupportMenu.objects.create(name="自分の", agreement=home.agreement)
    their_menu = SupportMenu.objects.create(name="よその", agreement=away.agreement)
    own_site, their_site = Site.objects.create(name="自分の窓口"), Site.objects.create(name="よその窓口")
    home.agreement.sites.add(own_site)
    away.agreement.sites.add(their_site)
    with working_as(home.caseworker):
        own_team = Assignment.objects.create(
            case_id=case["pk"],
            user=home.caseworker.user,
            organisation=home.office,
            duty="caseworker",
            starts_on=dt.date(2023, 4, 10),
            assigned_by=home.caseworker.user,
        )
    with working_as(home.navigator):
        partner_team = Assignment.objects.filter(case_id=case["pk"], organisation=home.hello_work).order_by("pk")[0]
    with working_as(away.navigator):
        their_team = Assignment.objects.filter(
            case_id=theirs["case_detail"]["pk"], organisation=away.hello_work
        ).order_by("pk")[0]
    workers = [away.navigator.user.pk, away.caseworker.user.pk, 999_999_999]
    send = {**YES, "consent_method": "paper", "consent_on": TODAY}
    new = {
        "name": "新 人",
        "name_kana": "シン ジン",
        "sex": "female",
        "opened_on": TODAY,
        "status": "livelihood_protection",
    }
    new |= {"agreement": home.agreement.pk, "holder": home.office.pk}
    again = {"status": "livelihood_protection", "opened_on": TODAY}
    meet = {"starts_at": "2030/6/20 10:00", "method": "visit", "minutes": "60"}
    note = {
        "held_at": "2023/6/20 10:00",
        "method": "visit",
        "body": "x",
        "visibility": "shared",
        "next_at": "2030/6/20 10:00",
    }
    with working_as(home.navigator):
        newest = SupportPlan.objects.newest().filter(case=case["pk"]).values_list("version_number", flat=True).first()
    plan = {"read": newest or 0, "goal": "目標", "starts_on": TODAY, "ends_on": "2023/12/20", "actor_1": "person"}
    job = {"job_title": "清掃", "started_on": TODAY, "employment_type": "part_time", "pay_cycle": "monthly"}
    job |= {"employer": home.employer.pk, "route": "hello_work", "disclosure": "disclosed", "benefit_effect": "unknown"}
    accept = {"answer": "accept", "accept-started_on": TODAY}
    duty = {"duty": "caseworker", "starts_on": TODAY}
    return [
        Forged("c", "support_request_new", fresh, "to", home.hello_work.pk, [away.hello_work.pk, home.office.pk, home.bureau.pk], send),
        Forged("n", "support_request_answer", {"pk": asked.pk}, "accept-navigator", home.navigator.user.pk, [*workers, home.caseworker.user.pk], accept),
        Forged("m", "assignment_new", case, "user", home.caseworker.user.pk, [*workers, home.navigator.user.pk], {**duty, "duty": "support_worker"}),
        Forged("c", "assignment_new", case, "end", own_team.pk, [partner_team.pk, their_team.pk, new_id()], {"end_reason": "異動"}),
        Forged("c", "case_new", {}, "agreement", home.agreement.pk, [away.agreement.pk], new),
        Forged("c", "case_new", {}, "holder", home.office.pk, [away.office.pk, home.city.pk, home.hello_work.pk], new),
        Forged("c", "case_new", {}, "site", own_site.pk, [their_site.pk], new),
        Forged("c", "case_again", case, "agreement", home.agreement.pk, [away.agreement.pk], again),
        Forged("c", "appointment_new", case, "worker", home.caseworker.user.pk, [*workers, home.navigator.user.pk], meet),
        Forged("c", "interview_new", case, "next_worker", home.caseworker.user.pk, [*workers, home.navigator.user.pk], note),
        Forged("n", "plan_new", case, "menu_1", own_menu.pk, [their_menu.pk], plan),
        Forged("n", "placement_new", {"pk": third.pk}, "introduction", introduction.pk, [other_introduction.pk, theirs["introduction_result"]["introduction_pk"]], job),
        Forged("n", "placement_new", {"pk": third.pk}, "employer", home.employer.pk, [new_id(), case["pk"]], job),
    ]  # fmt: skip


def test_forged_ids_are_refused(programme: Programme):
    away = make_programme("soja", 2089)
    theirs = things(away)
    people, mine = world("own", programme)
    people["c"], people["n"] = programme.caseworker, programme.navigator
    wrong = []
    for try_ in attempts(programme, away, mine, theirs):
        client = client_of(people[try_.letter])
        url = reverse(try_.name, kwargs=try_.kwargs)
        for value in [try_.own, *try_.foreign]:
            before = everything()
            with undone():
                answer = client.post(url, {**try_.rest, try_.key: value})
                changed = bool(delta(before, everything()))
            fine = changed if value == try_.own else not changed and answer.status_code in (200, 404)
            if not fine:
                form = answer.context.get("form") if answer.context else None
                wrong.append((try_.name, try_.key, value, answer.status_code, form.errors if form else ""))
    assert not wrong, "\n".join(map(str, wrong))


def test_an_appointment_of_another_case_is_not_taken_along(programme: Programme):
    """The note is written; the appointment named in the address belongs elsewhere and stays as it is."""
    away = make_programme("soja", 2089)
    theirs = things(away)["appointment_settle"]["pk"]
    _people, mine = world("own", programme)
    other = programme.active(dt.date(2023, 4, 10), name="別 の人")
    data = {"held_at": "2023/6/20 10:00", "method": "visit", "body": "本文", "visibility": "shared"}
    for appointment in (theirs, mine["appointment_settle"]["pk"]):
        url = reverse("interview_new", kwargs={"pk": other.pk}) + f"?appointment={appointment}"
        assert client_of(programme.navigator).post(url, data).status_code == 302
    for who in (programme, away):
        with working_as(who.navigator):
            assert {row.status for row in Appointment.objects.all()} == {AppointmentStatus.BOOKED}
    with working_as(programme.navigator):
        assert {note.appointment_id for note in other.interviews.all()} == {None}


def test_another_persons_membership_is_no_key(programme: Programme):
    people, mine = world("own", programme)
    client = client_of(people["c"])
    client.post(reverse("choose_organisation"), {"membership": people["m"].membership.pk})
    assert programme.office.name in client.get(reverse("today")).content.decode()
    session = client.session
    session["membership"] = people["m"].membership.pk
    session.save()
    assert programme.office.name in client.get(reverse("today")).content.decode()
    answer = client_of(people["a"]).post(
        reverse("account_detail", kwargs=mine["account_detail"]),
        {"act": "end", "membership": people["m"].membership.pk},
    )
    assert answer.status_code == 404
    people["m"].membership.refresh_from_db()
    assert people["m"].membership.valid_to is None


def test_targets_of_another_agreements_group_are_not_written(programme: Programme):
    away = make_programme("soja", 2089)
    people, _mine = world("own", programme)
    draft = BusinessPlan.objects.create(agreement=programme.agreement, fiscal_year=2031)
    assert draft.status == PlanStatus.DRAFT
    own, foreign = programme.groups["livelihood"].pk, away.groups["livelihood"].pk
    url = reverse("plan_detail", kwargs={"code": programme.code, "year": 2031, "version": 1})
    typed = {f"count-{own}-supported": "7", f"count-{foreign}-supported": "9"}
    answer = client_of(people["m"]).post(url, {"act": "save", "seen": targets_stamp(draft), **typed})
    assert answer.status_code == 302
    assert list(draft.targets.values_list("group_id", "count")) == [(own, 7)]


def test_the_people_behind_a_number_are_of_this_agreement(programme: Programme):
    away = make_programme("soja", 2089)
    away.groups["livelihood"].code = "only-theirs"
    away.groups["livelihood"].save()
    people, mine = world("own", programme)
    url = reverse("report_people", kwargs={**mine["report_people"], "group": "only-theirs"})
    assert client_of(people["m"]).get(url).status_code == 404
