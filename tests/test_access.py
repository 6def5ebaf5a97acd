"""One record of everything for each URL; what the wall means for search, lists and junk.

The matrix itself is run by tests/access/.
"""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.scope import Actor
from agreements.enums import BenefitStatus
from cases.actions import contact
from cases.models import BenefitPeriod
from core.db import scope
from core.periods import Month, now
from reports import actions as report_actions
from reports.tasks import count_report
from tests import walls
from tests.factories import Programme, actor, at, make_plan, make_programme, working_as
from tests.permission_matrix import MATRIX

DAY = dt.date(2023, 4, 10)
ROLES = {
    "c": ("office", Role.CASEWORKER),
    "s": ("office", Role.SUPPORT_WORKER),
    "n": ("hello_work", Role.NAVIGATOR),
    "m": ("city", Role.MANAGER),
    "h": ("hello_work", Role.MANAGER),
    "b": ("bureau", Role.HEADQUARTERS),
    "k": ("city", Role.COUNCIL),
    "d": ("city", Role.JOB_DEVELOPER),
    "i": ("office", Role.INTERPRETER),
}


def everyone(programme: Programme) -> dict[str, Actor]:
    people = {
        letter: actor(f"{programme.code}-{letter}", getattr(programme, place), role)
        for letter, (place, role) in ROLES.items()
        if letter != "n"
    }
    people["n"] = programme.navigator
    operator = make_operator(programme)
    return {**people, "a": operator, "p": programme.partner_worker}


def make_operator(programme: Programme) -> Actor:
    from_elsewhere = type(programme.city).objects.create(
        kind="partner", name=f"{programme.code}運用", short_name="運用"
    )
    return actor(f"{programme.code}-a", from_elsewhere, Role.ADMINISTRATOR)


def things(programme: Programme, whereabouts: dict[str, str] | None = None) -> dict[str, dict[str, Any]]:
    """One record of everything, and the arguments each URL needs."""
    case = programme.active(DAY, contact=whereabouts)
    introduction = programme.introduce(case, dt.date(2023, 5, 1))
    placement = programme.place(case, dt.date(2023, 6, 1))
    note = programme.interview(case, dt.date(2023, 5, 2))
    with working_as(programme.navigator):
        appointment = contact.book(
            case=case,
            by=programme.navigator,
            at=at(DAY),
            appointment=contact.NextAppointment(now() + dt.timedelta(days=3), programme.navigator.user),
        )
        check = placement.retention_checks.get(month_mark=1)
        consent = case.consents.get()
        BenefitPeriod.objects.create(case=case, status=BenefitStatus.HOUSING_BENEFIT, is_primary=False, starts_on=DAY)
    scan = programme.attach(case)
    referral = {"referral_pk": programme.refer(case, DAY).pk}
    plan = make_plan(programme, 2023, {(None, "supported"): (10, None)})
    report = report_actions.request_report(
        agreement=programme.agreement, month=Month(2023, 12), by=None, at=now(), today=dt.date(2024, 1, 5)
    )
    count_report(report_id=str(report.pk))
    of_case = {"pk": case.pk}
    of_agreement = {"code": programme.code}
    of_month = {"code": programme.code, "month": "2023-12"}
    of_revision = {**of_month, "revision": 1}
    release, access = walls.asked(programme, case), walls.broken(programme, case)
    arguments: dict[str, dict[str, Any]] = {
        "release_answer": {**of_case, "release_pk": release.pk},
        "circumstance_edit": {**of_case, "group": "health"},
        "emergency_end": {"pk": access.pk},
        "emergency_review": {"pk": access.pk},
        "account_detail": {"pk": programme.caseworker.user.pk},
        "account_invite": {"pk": programme.caseworker.user.pk},
        "account_sign_on": {"pk": programme.caseworker.user.pk},
        "mfa_remove_webauthn": {"pk": 1},
        "organisation_edit": {"pk": programme.office.pk},
        "consent_withdraw": {**of_case, "consent_pk": consent.pk},
        "case_move": {**of_case, "act": "suspend"},
        "interview_edit": {**of_case, "interview_pk": note.pk},
        "attachment_download": {**of_case, "attachment_pk": scan.pk},
        "attachment_remove": {**of_case, "attachment_pk": scan.pk},
        "appointment_settle": {"pk": appointment.pk},
        "referral_detail": {**of_case, **referral},
        "referral_answer": {**of_case, **referral},
        "referral_sheet": {**of_case, **referral},
        "duty_sheet": {**of_case, "month": "2023-05"},
        "introduction_result": {**of_case, "introduction_pk": introduction.pk},
        "placement_separate": {**of_case, "placement_pk": placement.pk},
        "retention_check": {**of_case, "check_pk": check.pk},
        "employer_detail": {"pk": programme.employer.pk},
        "employer_edit": {"pk": programme.employer.pk},
        "vacancy_new": {"pk": programme.employer.pk},
        "group_edit": {**of_agreement, "pk": programme.groups["livelihood"].pk},
        "plan_detail": {**of_agreement, "year": 2023, "version": plan.version_number},
        "report_request": of_agreement,
        "report_revision": of_revision,
        "report_file": {**of_revision, "kind": "pdf"},
        "report_people": {**of_revision, "indicator": "supported", "group": "total"},
    }
    for name in MATRIX:
        if name in arguments or name in ("case_list", "case_search", "case_new"):
            continue
        if name.startswith("report_") and name != "report_list":
            arguments[name] = of_month
        elif name in (
            "agreement_detail",
            "agreement_edit",
            "party_new",
            "participant_new",
            "menu_new",
            "site_new",
            "group_new",
            "rules_new",
            "plan_year",
        ):
            arguments[name] = of_agreement
        elif name.startswith(
            (
                "case_",
                "support_request_",
                "plan_",
                "assignment_",
                "interview_",
                "introduction_",
                "placement_",
                "attachment_",
            )
        ) or name in (
            "person_edit",
            "contact_edit",
            "consent_new",
            "suppression",
            "visibility",
            "appointment_new",
            "referral_new",
            "ledger_check",
            "duty_table",
            "pre_consultation_new",
            "pre_consultation_answer",
        ):
            arguments[name] = of_case
    return arguments


def client_of(who: Actor) -> Client:
    client = Client(raise_request_exception=True)
    client.force_login(who.user)
    return client


@pytest.fixture
def programme(db: None) -> Programme:
    return make_programme("okayama", 1007)


def test_search_finds_nothing_across_the_wall(programme: Programme, soja: Programme):
    programme.open_case(name="見えない 人", kana="ミエナイ ヒト")
    answer = client_of(soja.caseworker).post(reverse("case_search"), {"q": "みえない"})
    assert answer.status_code == 200
    assert "ミエナイ ヒト" not in answer.content.decode()
    found = client_of(programme.caseworker).post(reverse("case_search"), {"q": "みえない"})
    assert found.status_code == 302


def test_reading_cannot_write(db: None):
    """The outer transaction of a GET is read only, whatever a view would try."""

    def body() -> tuple[str, str]:
        answers = []
        for read_only in (True, False):
            with scope(organisations=[], read_only=read_only), connection.cursor() as cursor:
                cursor.execute("SHOW transaction_read_only")
                answers.append(cursor.fetchone()[0])
        connection.close()
        return answers[0], answers[1]

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(body).result() == ("on", "off")


@pytest.mark.parametrize(
    "name", ["case_list", "today", "appointment_list", "employer_list", "agreement_list", "report_list"]
)
def test_lists_ask_the_same_number_of_questions_for_1_and_3_rows(programme: Programme, name):
    def grow(number: int) -> None:
        case = programme.active(DAY, name=f"{number} 人目")
        with working_as(programme.caseworker):
            contact.book(
                case=case,
                by=programme.caseworker,
                at=at(DAY),
                appointment=contact.NextAppointment(now() + dt.timedelta(hours=number), programme.caseworker.user),
            )
        type(programme.employer).objects.create(name=f"事業所{number}", registered_by=programme.city)
        report_actions.request_report(
            agreement=programme.agreement, month=Month(2023, number), by=None, at=now(), today=dt.date(2024, 1, 5)
        )

    client = client_of(programme.caseworker)
    counts = []
    for rows in ([1], [2, 3]):
        for number in rows:
            grow(number)
        client.get(reverse(name))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(name)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= (36 if name == "today" else 14)


def test_the_case_page_asks_the_same_for_one_and_many_records(programme: Programme):
    case = programme.active(DAY)
    client = client_of(programme.navigator)
    counts = []
    for number in (1, 2):
        for offset in range(number):
            programme.interview(case, dt.date(2023, 5, number * 3 + offset))
            programme.introduce(case, dt.date(2023, 6, number * 3 + offset))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("case_detail", kwargs={"pk": case.pk}))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 44


JUNK = (
    "",
    "x",
    "-1",
    "9" * 30,
    "\x00",
    "𠮷\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "'; --",
    "x" * 6000,
    "2023-02-30",
    "２０２３",
)
NAMES = (
    "q", "page", "state", "mine", "kind", "all", "appointment", "membership", "act", "answer", "status", "from", "end", "is_other_person",
    "name", "name_kana", "birth_on", "sex", "agreement", "holder", "site", "opened_on", "version", "on", "to", "ability", "motivation",
    "no_obstacle", "agrees", "consent_method", "consent_on", "reason", "closed_on", "close_reason", "user", "duty", "starts_on",
    "goal", "ends_on", "menu_1", "actor_1", "until_1", "agreed_on", "held_at", "method", "body", "visibility", "homework_due_on",
    "next_at", "next_worker", "starts_at", "worker", "minutes", "employer", "job_title", "introduced_on", "result", "started_on",
    "employment_type", "weekly_hours", "monthly_wage_yen", "introduction", "month", "note", "text", "code", "valid_from", "position",
    "organisation", "side", "signatory", "statuses", "year", "fiscal_year", "decided_on", "count-total-supported", "rate-total-placed",
    "opening_count", "found_on", "corporate_number", "accept-started_on", "accept-navigator", "return-reason", "decline-reason",
    "username", "password", "old_password", "new_password1",
    "purpose", "handed_over", "answer_due_on", "given_on", "outcome", "question", "opinion", "talked_on", "reason_kind",
    "next_check_on", "overlap_until", "legal_basis", "change_note", "message", "first", "last", "show", "due",
)  # fmt: skip


def test_junk_gets_a_sentence_never_an_error(programme: Programme):
    """Every URL, as the roles that may use it, with every field full of rubbish: no answer ≥ 500."""
    arguments = things(programme)
    people = everyone(programme)
    asked = 0
    for letter in "cnma":
        client = client_of(people[letter])
        for name, letters in MATRIX.items():
            if letter not in letters:
                continue
            url = reverse(name, kwargs=arguments.get(name))
            for junk in JUNK:
                data = dict.fromkeys(NAMES, junk)
                for act in ("", "save", "propose", "text", "agree", "end", "accept", "return", "decline"):
                    if act and name not in ("plan_detail", "account_detail", "support_request_answer"):
                        continue
                    data |= {"act": act, "answer": act} if act else {}
                    assert client.post(url, data).status_code < 500, (name, junk)
                    asked += 1
                assert client.get(url, data).status_code < 500, (name, junk)
                asked += 1
    assert asked > 2000
