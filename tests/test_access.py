"""One record of everything for each URL; what the wall means for search, lists and junk.

The matrix itself is run by tests/access/.
"""

from __future__ import annotations

import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import access_log
from accounts.drafts import Text, save_draft
from accounts.enums import AccessAct, Role
from accounts.models import AccessEntry, Draft
from accounts.scope import Actor
from agreements.enums import BenefitStatus
from agreements.models import Site
from cases.actions import contact, merge, not_same
from cases.enums import OddReason
from cases.models import BenefitPeriod, Case, OddReading, WorkerSlot
from core.db import new_id, scope
from core.periods import Month, now
from reports import actions as report_actions
from reports.tasks import count_report
from tests import desk, walls
from tests.assessed import assessed_things
from tests.clients import client_of
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


def draft_of(who: Actor) -> Draft:
    """Something the actor typed and did not send."""
    key = new_id()
    with working_as(who):
        text = Text(title="面談を記録", fields={"body": ["書きかけ"]})
        fields = {"user": who.user, "path": "/employers/new/", "query": "", "text": text, "at": now()}
        save_draft(key=key, seen=0, writer=new_id(), step=1, **fields)
        return Draft.objects.get(pk=key)


def things(
    programme: Programme, whereabouts: dict[str, str] | None = None, *, is_suppressed: bool = True
) -> dict[str, dict[str, Any]]:
    """One record of everything, and the arguments each URL needs; the person is suppressed, or else a second one is."""
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
        review = programme.review(case, dt.date(2023, 7, 1))
        BenefitPeriod.objects.create(case=case, status=BenefitStatus.HOUSING_BENEFIT, is_primary=False, starts_on=DAY)
    scan = programme.attach(case)
    with working_as(programme.caseworker):
        slot = WorkerSlot.objects.create(
            worker=programme.caseworker.user,
            organisation=programme.office,
            weekday=2,
            start_time=dt.time(9),
            end_time=dt.time(12),
            valid_from=DAY,
        )
    site = Site.objects.create(name="窓口")
    programme.agreement.sites.add(site)
    entry, odd = odd_reading(programme, case)
    story = programme.story(case)
    assessed = assessed_things(programme, case, consent)
    referral = {"referral_pk": programme.refer(case, DAY).pk}
    exported = desk.export(programme, case)
    plan = make_plan(programme, 2023, {(None, "supported"): (10, None)})
    report = report_actions.request_report(
        agreement=programme.agreement, month=Month(2023, 12), by=None, at=now(), today=dt.date(2024, 1, 5)
    )
    count_report(report_id=str(report.pk))
    twins = [programme.open_case(name=name, kana="フタゴ アリス") for name in ("双子 有栖", "雙子 有栖")]
    again = programme.open_case(name="双子 有栖", kana="フタゴ アリス", birth_on=None)
    with working_as(programme.caseworker):
        merged = merge.merge_persons(
            kept=twins[0].person,
            merged=twins[1].person,
            taken=frozenset(),
            note="本人に確かめた",
            agreed_readers=frozenset(),
            by=programme.caseworker,
            at=now(),
        )
    stranger = programme.open_case(name="双子 有栖", kana="フタゴ アリス", on=DAY)
    with working_as(programme.caseworker):
        apart = not_same.say_not_same(
            one=merged.kept, other=stranger.person, note="本人に確かめた", by=programme.caseworker, at=now()
        )
    of_case = {"pk": case.pk}
    of_agreement = {"code": programme.code}
    of_month = {"code": programme.code, "month": "2023-12"}
    of_revision = {**of_month, "revision": 1}
    hidden = case if is_suppressed else programme.active(DAY, name="隠す 人", kana="カクス ヒト")
    release, access = walls.asked(programme, hidden), walls.broken(programme, case)
    arguments: dict[str, dict[str, Any]] = {
        "release_answer": {"pk": hidden.pk, "release_pk": release.pk},
        "circumstance_edit": {**of_case, "group": "health"},
        "emergency_end": {"pk": access.pk},
        "emergency_review": {"pk": access.pk},
        "access_entry": {"chain": entry.chain, "number": entry.number},
        "odd_reading_review": {"pk": odd},
        "draft_discard": {"pk": draft_of(programme.bureau_manager).pk},
        "account_detail": {"pk": programme.caseworker.user.pk},
        "account_invite": {"pk": programme.caseworker.user.pk},
        "account_sign_on": {"pk": programme.caseworker.user.pk},
        "mfa_remove_webauthn": {"address": "0" * 32},
        "organisation_edit": {"pk": programme.office.pk},
        "person_alike": of_case,
        "person_not_same": {"pk": twins[0].pk, "other_pk": again.pk},
        "person_not_same_undo": {"pk": twins[0].pk, "row_pk": apart.pk},
        "person_merge": {"pk": twins[0].pk, "other_pk": again.pk},
        "person_merge_undo": {"pk": twins[0].pk, "merge_pk": merged.pk},
        "consent_withdraw": {**of_case, "consent_pk": consent.pk},
        "case_move": {**of_case, "act": "suspend"},
        "interview_edit": {**of_case, "interview_pk": note.pk},
        "plan_paper": {**of_case, "number": 1},
        "plan_review": {**of_case, "number": 1},
        "plan_review_confirm": {**of_case, "review_pk": review.pk},
        "plan_review_paper": {**of_case, "review_pk": review.pk},
        "case_paper": {**of_case, "kind": "consent"},
        "case_record": {**of_case, "volume": 1},
        "story_detail": {"pk": story.pk},
        "story_review": {"pk": story.pk},
        "story_paper": {"pk": story.pk},
        "form_edit": {"kind": "consent"},
        **{f"list_{what}": {"kind": "cases"} for what in ("views", "columns", "export")},
        **{f"export_{act}": {"pk": exported.pk} for act in ("answer", "file")},
        "attachment_download": {**of_case, "attachment_pk": scan.pk},
        "attachment_remove": {**of_case, "attachment_pk": scan.pk},
        **{
            f"appointment_{act}": {"pk": appointment.pk}
            for act in ("detail", "move", "cancel", "settle", "followed_up", "slip")
        },
        "slot_edit": {"pk": slot.pk},
        "site_desks": {**of_agreement, "pk": site.pk},
        **desk.arguments(programme, case),
        **{name: {**of_case, **pks} for name, pks in assessed.items()},
        "appointment_settle": {"pk": appointment.pk},
        "appointment_undo": {"pk": appointment.pk, "what": "no_show"},
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
        "report_public": {**of_revision, "kind": "pdf"},
        "report_people": {**of_revision, "indicator": "supported", "group": "total"},
    }
    for name in MATRIX:
        if name in arguments or name in ("case_list", "placement_list", "case_search", "case_new"):
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
            "assessment",
            "assessment_new",
            "obstacles_edit",
            "work_history_new",
            "qualification_new",
            "checklist",
            "checklist_new",
            "face_sheet",
            "face_sheet_pdf",
            "interpreter_edit",
            "linking_new",
            "next_steps",
            "next_steps_pdf",
            "referral_new",
            "ledger_check",
            "duty_table",
            "pre_consultation_new",
            "pre_consultation_answer",
        ):
            arguments[name] = of_case
    return arguments


def odd_reading(programme: Programme, case: Case) -> tuple[AccessEntry, Any]:
    """An entry of a caseworker's reading, and an odd reading that names it."""
    reader = access_log.Reader(programme.caseworker.user.pk, programme.office.pk)
    access_log.write(
        reader=reader,
        act=AccessAct.VIEW,
        route="case_detail",
        request_id=uuid.uuid4(),
        subjects=[(case.person_id, case.pk)],
    )
    with working_as(programme.manager):
        entry = AccessEntry.objects.filter(organisation=programme.office).latest("pk")
        odd = OddReading.objects.create(
            organisation=programme.office,
            reason=OddReason.REPEATED,
            user=programme.caseworker.user,
            person_id=case.person_id,
            read_on=DAY,
            found="担当していない方の記録を、90日のうちに3日開きました。",
            entry_ids=[entry.pk],
            found_at=now(),
        )
    return entry, odd.pk


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


def questions(queries: CaptureQueriesContext) -> list[str]:
    """What a request asks the database: also for session, user and access log, but not where transactions begin and end.

    Savepoints and the settings of the scope are as many for every request, and more in a test than outside of one.
    """
    frame = ("SAVEPOINT", "RELEASE SAVEPOINT", "SELECT set_config(", "SELECT coalesce(current_setting(")
    return [query["sql"] for query in queries if not query["sql"].startswith(frame)]


@pytest.mark.parametrize(
    "name",
    [
        "case_list",
        "placement_list",
        "booking_list",
        "today",
        "appointment_list",
        "slot_list",
        "employer_list",
        "agreement_list",
        "report_list",
        "story_list",
        "team",
        "meeting_list",
    ],
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
            WorkerSlot.objects.create(
                worker=programme.caseworker.user,
                organisation=programme.office,
                weekday=number,
                start_time=dt.time(9),
                end_time=dt.time(12),
                valid_from=DAY,
            )
        programme.place(case, DAY)
        programme.story(case)
        desk.meet(programme, case, number)
        desk.pass_on(programme, case, number)
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
        counts.append(len(questions(queries)))
    assert counts[0] == counts[1]
    assert counts[0] <= {"today": 30, "case_list": 12, "placement_list": 12, "booking_list": 12}.get(name, 13)


def test_the_case_page_asks_the_same_for_one_and_many_records(programme: Programme):
    case = programme.active(DAY)
    client = client_of(programme.navigator)
    client.get(reverse("today"))  # starts the clocks of the session
    counts = []
    for number in (1, 2):
        for offset in range(number):
            programme.interview(case, dt.date(2023, 5, number * 3 + offset))
            programme.introduce(case, dt.date(2023, 6, number * 3 + offset))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("case_detail", kwargs={"pk": case.pk}))
        counts.append(len(questions(queries)))
    assert counts[0] == counts[1] <= 30


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
    "q", "page", "state", "mine", "kind", "all", "appointment", "membership", "act", "answer", "status", "from", "end", "is_other_person", "take_name", "note", "agrees",
    "name", "name_kana", "birth_on", "sex", "agreement", "holder", "site", "opened_on", "version", "on", "to", "ability", "motivation",
    "no_obstacle", "agrees", "consent_method", "consent_on", "reason", "closed_on", "close_reason", "user", "duty", "starts_on",
    "goal", "ends_on", "menu_1", "actor_1", "until_1", "agreed_on", "held_at", "method", "body", "visibility", "homework_due_on",
    "next_at", "next_worker", "starts_at", "worker", "minutes", "employer", "job_title", "introduced_on", "result", "started_on",
    "employment_type", "weekly_hours", "monthly_wage_yen", "introduction", "month", "note", "text", "code", "valid_from", "position",
    "organisation", "side", "signatory", "statuses", "year", "fiscal_year", "decided_on", "count-total-supported", "rate-total-placed",
    "opening_count", "found_on", "corporate_number", "accept-started_on", "accept-navigator", "return-reason", "decline-reason",
    "suggestion", "spot", "bring", "is_group", "every", "count", "of", "view", "weekday", "start_time", "end_time", "valid_to", "desk",
    "lang", "size", "has_morning", "username", "password", "old_password", "new_password1",
    "day", "first", "last", "verdict",
    "username", "password", "old_password", "new_password1", "once", "keeps_draft", "key", "path", "query", "title", "seen", "writer",
    "step", "values", "wipe", "draft",
    "username", "password", "old_password", "new_password1", "reviewed_on", "next_review_on", "reached", "outcome", "result_1", "conference_on", "review_on",
    "black", "phrases", "volume", "title", "age_band", "support_months", "application_count", "challenges", "support",
    "username", "password", "old_password", "new_password1",
    "purpose", "handed_over", "answer_due_on", "given_on", "outcome", "question", "opinion", "talked_on", "reason_kind",
    "next_check_on", "overlap_until", "legal_basis", "change_note", "message", "first", "last", "show", "due",
    "black", "phrases", "volume", "column", "move", "sort", "worker", "contact", "visit", "standing", "check", "is_first", "title", "age_band", "support_months", "application_count", "challenges", "support",
)  # fmt: skip


# Forms that do one of several acts: each of these is tried on them.
ACTS = ("save", "sample", "share", "propose", "text", "agree", "end", "accept", "return", "decline")
WITH_ACTS = {"plan_detail", "account_detail", "support_request_answer", "form_edit", "story_review"}


@pytest.mark.parametrize("part", [0, 1])
def test_junk_gets_a_sentence_never_an_error(part: int, programme: Programme):
    """Every URL with every field full of each rubbish, by the roles that may use it in turn: no answer ≥ 500."""
    arguments = things(programme)
    people = everyone(programme)
    clients = {letter: client_of(people[letter]) for letter in "cnma"}
    asked = 0
    for name in sorted(MATRIX)[part::2]:
        letters = [letter for letter in clients if letter in MATRIX[name]]
        url = reverse(name, kwargs=arguments.get(name))
        for turn, junk in enumerate(JUNK if letters else ()):
            client = clients[letters[turn % len(letters)]]
            for act in ("", *ACTS) if name in WITH_ACTS else ("",):
                data = dict.fromkeys(NAMES, junk) | ({"act": act, "answer": act} if act else {})
                assert client.post(url, data).status_code < 500, (name, junk)
                assert client.get(url, data).status_code < 500, (name, junk)
                asked += 2
    assert asked > 500, asked
