"""Every screen that opens by GET: who opens it in the browser tests, and the record of the demo that it shows.

The one place where a URL name finds its arguments. Records are looked up in the demo's database as it is:
cases of Okayama's welfare office that Hello Work sees too, so that every role of both sides may open them.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import psycopg
from django.urls import reverse
from psycopg import sql
from psycopg.rows import dict_row

from tests import servers
from tests.permission_matrix import MATRIX, METHODS, PUBLIC

USERS = {
    "c": "okayama-cw",
    "n": "okayama-navi",
    "m": "okayama-manager",
    "h": "okayama-hwmanager",
    "a": "admin",
    "p": "okayama-partner",
}
# A file instead of a screen.
FILES = {
    "attachment_download",
    "appointment_slip",
    "case_paper",
    "case_readers_pdf",
    "case_record",
    "duty_sheet",
    "face_sheet_pdf",
    "linking_pdf",
    "meeting_pack",
    "next_steps_pdf",
    "plan_paper",
    "plan_review_paper",
    "referral_sheet",
    "report_file",
    "report_public",
    "story_paper",
}
# Not reached by a plain GET of somebody logged in; where each is looked at instead.
ELSEWHERE = {
    "recovery_codes": "tests/e2e/test_accounts.py, with an app enrolled",
    "export_answer": "tests/e2e/test_lists.py, with one that waits",
    "report_request": "tests/e2e/test_month.py, of a month",
    "attachment_remove": "tests/e2e/test_attachments.py, with one's own",
    "draft_discard": "tests/e2e/test_nothing_lost.py, with a draft of one's own",
    "mfa_deactivate_totp": "tests/e2e/test_accounts.py, with an app enrolled",
    "mfa_remove_webauthn": "tests/e2e/test_accounts.py, with a key enrolled",
}
# Only for this side, because of what the demo's record says.
WHO = {
    "circumstance_edit": "c",
    "assessment_edit": "c",
    "plan_review_confirm": "c",
    "meeting_confirm": "c",
    "cover_withdraw": "c",
    "support_request_complete": "c",
}
# Without log-in; the others of PUBLIC show no page by GET.
OPEN = {"login"}

SEEN = """
WITH ours AS (
  SELECT m.organisation_id AS id FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
  WHERE u.username IN ('okayama-cw', 'okayama-navi')
), seen AS (
  SELECT c.*, (SELECT count(*) FROM cases_interview i WHERE i.case_id = c.id) AS talks FROM cases_case c
  WHERE 2 = (
    SELECT count(DISTINCT g.organisation_id) FROM cases_grant g
    WHERE g.case_id = c.id AND g.organisation_id IN (SELECT id FROM ours) AND g.withdrawn_at IS NULL
      AND g.user_id IS NULL AND g.valid_from <= (now() AT TIME ZONE 'Asia/Tokyo')::date AND coalesce(g.valid_to, 'infinity') >= (now() AT TIME ZONE 'Asia/Tokyo')::date
  ) AND NOT EXISTS (SELECT 1 FROM cases_suppression s WHERE s.person_id = c.person_id AND s.lifted_at IS NULL)
), held AS (
  SELECT c.* FROM cases_case c
  WHERE c.organisation_id = (
    SELECT m.organisation_id FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
    WHERE u.username = 'okayama-cw')
)
"""


def a_case(state: str = "active", where: str = "true") -> str:
    """The case of that state about which most was written."""
    return f"SELECT id AS pk FROM seen WHERE state = '{state}' AND {where} ORDER BY talks DESC, id LIMIT 1"


def an_own(state: str, where: str = "true") -> str:
    """A case of the welfare office, whether Hello Work sees it or not."""
    return f"SELECT id AS pk FROM held WHERE state = '{state}' AND {where} ORDER BY id LIMIT 1"


def of_case(argument: str, table: str, where: str = "true", column: str = "t.id") -> str:
    """A record of a case, the newest."""
    return (
        f"SELECT t.case_id AS pk, {column} AS {argument} FROM {table} t JOIN seen ON seen.id = t.case_id"
        f" WHERE {where} ORDER BY seen.state = 'active' DESC, t.id DESC LIMIT 1"
    )


def the(table: str, where: str = "true") -> str:
    """A record named by itself."""
    return f"SELECT t.id AS pk FROM {table} t WHERE {where} ORDER BY t.id DESC LIMIT 1"


def by(username: str) -> str:
    return f"(SELECT id FROM accounts_user WHERE username = '{username}')"


def place(username: str) -> str:
    return f"(SELECT organisation_id FROM accounts_membership WHERE user_id = {by(username)} LIMIT 1)"


AGREEMENT = "SELECT 'okayama' AS code"
REPORT = "SELECT 'okayama' AS code, to_char(month, 'YYYY-MM') AS month FROM reports_monthlyreport r"
HELD = f"t.organisation_id IN ({place('okayama-navi')}) AND t.written_by_id = {by('okayama-navi')}"
MEETING = "cases_casemeeting"
OURS = f"t.organisation_id = {place('okayama-cw')}"

# URL name → the SELECT that gives its arguments. Without a line: an active case, or an agreement, or no argument.
FIND: dict[str, str] = {
    "organisation_edit": the("accounts_organisation"),
    **dict.fromkeys(("account_detail", "account_invite", "account_sign_on"), f"SELECT {by('okayama-cw')} AS pk"),
    "access_entry": "SELECT chain, max(number) AS number FROM accounts_accessentry"
    f" WHERE chain = {place('okayama-cw')} GROUP BY chain",
    "odd_reading_review": the(
        "cases_oddreading", f"t.organisation_id IN ({place('okayama-cw')}, {place('okayama-manager')})"
    ),
    **dict.fromkeys(("list_views", "list_columns", "list_export"), "SELECT 'cases' AS kind"),
    "case_again": an_own("closed"),
    "person_merge": "SELECT a.id AS pk, b.id AS other_pk FROM held a, held b"
    " WHERE a.person_id <> b.person_id AND a.state = 'active' AND b.state = 'active' ORDER BY a.id, b.id LIMIT 1",
    "person_merge_undo": "SELECT c.id AS pk, m.id AS merge_pk FROM cases_personmerge m"
    " JOIN cases_case c ON c.person_id = m.kept_id WHERE m.undone_at IS NULL LIMIT 1",
    "consent_withdraw": of_case("consent_pk", "cases_consent", "t.withdrawn_at IS NULL"),
    "circumstance_edit": of_case("group", "cases_circumstance", column="t.field_group"),
    "emergency_review": the("cases_emergencyaccess", "t.reviewed_at IS NULL"),
    "support_request_new": an_own("intake"),
    "support_request_answer": a_case("requested"),
    "support_request_withdraw": a_case("requested"),
    "support_request_urgent": an_own("intake"),
    "support_request_complete": "SELECT h.id AS pk FROM held h JOIN cases_supportrequest r ON r.case_id = h.id"
    " WHERE r.is_urgent AND r.completed_at IS NULL ORDER BY h.id DESC LIMIT 1",
    "pre_consultation_new": an_own("intake"),
    "pre_consultation_answer": a_case("pre_consultation"),
    "ledger_check": an_own("not_referred"),
    "referral_detail": of_case("referral_pk", "cases_referral"),
    "referral_answer": of_case("referral_pk", "cases_referral", "t.status IN ('sent', 'received', 'using')"),
    "person_not_same": "SELECT a.id AS pk, b.id AS other_pk FROM held a, held b"
    " WHERE a.person_id <> b.person_id AND a.state = 'active' AND b.state = 'active' ORDER BY a.id, b.id LIMIT 1",
    "release_answer": "SELECT c.id AS pk, t.id AS release_pk FROM cases_release t JOIN cases_case c USING (person_id) LIMIT 1",
    "cover_withdraw": the("cases_cover", OURS),
    "plan_review_confirm": of_case("review_pk", "cases_planreview"),
    "story_review": the("cases_successstory", "t.case_id IN (SELECT id FROM held)"),
    "plan_new": a_case("accepted"),
    "plan_agreed": of_case("x", "cases_supportplan"),
    "plan_review": of_case("number", "cases_supportplan", column="t.version_number"),
    "story_detail": the("cases_successstory", "t.case_id IN (SELECT id FROM held)"),
    "form_edit": "SELECT 'consent' AS kind",
    "case_move": "SELECT pk, 'suspend' AS act FROM (" + a_case() + ") found",
    "interview_edit": of_case("interview_pk", "cases_interview", HELD),
    **dict.fromkeys(
        ("appointment_detail", "appointment_move", "appointment_cancel"),
        "SELECT t.id AS pk FROM cases_appointment t JOIN seen ON seen.id = t.case_id"
        " WHERE t.status = 'booked' AND t.starts_at > now() ORDER BY t.id LIMIT 1",
    ),
    "slot_edit": the("cases_workerslot", OURS),
    "introduction_result": of_case("introduction_pk", "cases_introduction"),
    "placement_separate": of_case("placement_pk", "cases_placement", "t.separated_on IS NULL"),
    "retention_check": of_case("check_pk", "cases_retentioncheck", "t.state = 'pending'"),
    "handover_detail": the("cases_handover", f"t.organisation_id = {place('okayama-navi')}"),
    **dict.fromkeys(
        (f"meeting_{name}" for name in ("detail", "edit", "people", "item_new", "confirm")),
        the(MEETING, f"t.organisation_id = {place('okayama-cw')} AND t.confirmed_at IS NULL"),
    ),
    "meeting_item": "SELECT i.meeting_id AS pk, i.id AS item_pk FROM cases_meetingitem i"
    " JOIN seen ON seen.id = i.case_id ORDER BY i.id DESC LIMIT 1",
    "assessment_edit": of_case("assessment_pk", "cases_assessment", OURS),
    "work_history_edit": of_case("history_pk", "cases_workhistory"),
    "qualification_edit": of_case("qualification_pk", "cases_qualification"),
    "checklist_edit": of_case("round_pk", "cases_checklistround", f"t.organisation_id = {place('okayama-navi')}"),
    "linking": of_case("sheet_pk", "cases_handoversheet"),
    **dict.fromkeys(("employer_detail", "employer_edit", "vacancy_new"), the("employers_employer")),
    "site_desks": "SELECT 'okayama' AS code, t.id AS pk FROM agreements_site t ORDER BY t.id LIMIT 1",
    "group_edit": "SELECT a.code, t.id AS pk FROM agreements_targetgroup t"
    " JOIN agreements_agreement a ON a.id = t.agreement_id WHERE a.code = 'okayama' ORDER BY t.id LIMIT 1",
    "plan_detail": "SELECT a.code, t.fiscal_year AS year, t.version_number AS version FROM agreements_businessplan t"
    " JOIN agreements_agreement a ON a.id = t.agreement_id WHERE a.code = 'okayama' ORDER BY t.id DESC LIMIT 1",
    "report_detail": REPORT + " WHERE figures IS NOT NULL LIMIT 1",
    "report_confirm": REPORT + " WHERE figures IS NOT NULL LIMIT 1",
    "report_revision": REPORT.replace(" FROM", ", revision FROM") + " WHERE figures IS NOT NULL LIMIT 1",
    "report_people": REPORT.replace(" FROM", ", revision, 'supported' AS indicator, 'total' AS \"group\" FROM")
    + " WHERE figures IS NOT NULL LIMIT 1",
}


@dataclass(frozen=True)
class Screen:
    """A URL name and who opens it; the address is found when it is opened."""

    name: str
    letter: str


def screens() -> list[Screen]:
    """Every URL name with a page of its own; cases alternate between the two sides."""
    sides = itertools.cycle("cn")
    found = [Screen(name, "") for name in PUBLIC if name in OPEN]
    for name, letters in MATRIX.items():
        if "get" not in METHODS.get(name, "get post").split() or name in FILES or name in ELSEWHERE:
            continue
        letter = WHO.get(name) or (
            next(sides) if {"c", "n"} <= set(letters) else next(each for each in USERS if each in letters)
        )
        found.append(Screen(name, letter))
    return found


def address(name: str, route: str, database: str) -> str:
    """Where the screen stands in this copy of the demo."""
    query = FIND.get(name, "" if "<" not in route else a_case() if route.startswith("cases/") else AGREEMENT)
    if not query:
        return reverse(name)
    with psycopg.connect(host=servers.SOCKET, user="postgres", dbname=database, row_factory=dict_row) as connection:
        row = connection.execute(sql.SQL(SEEN + query)).fetchone()  # type: ignore[arg-type] - our own words
    assert row is not None and None not in row.values(), f"the demo has no record for {name}"
    return reverse(name, kwargs={key: value for key, value in row.items() if f":{key}>" in route})
