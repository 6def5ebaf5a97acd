"""What a form does not show cannot be posted: extra names change nothing outside the form's own list."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.forms.person import IntakeForm
from cases.models import Case, Person
from core.db import scope
from tests.access.rows import delta, everything, planted, tables
from tests.access.worlds import client_of, undone, world
from tests.factories import Programme, make_programme
from tests.permission_matrix import MATRIX, METHODS, POSTS

TODAY = "2023/6/20"
# Posts that leave no row behind here, and why. Every other one must write, or an extra name could not show;
# these show it only if a row is written because of the extra name.
WRITES_NOTHING: dict[str, str] = {
    **dict.fromkeys(
        (
            "account_reauthenticate",
            "case_disclosure",
            "case_search",
            "choose_organisation",
            "employer_search",
            "export_file",
            "list_columns",
            "list_views",
            "meeting_fill",
            "person_alike",
            "session_extend",
            "session_list",
        ),
        "asks only, or keeps its answer in the session",
    ),
    **dict.fromkeys(
        (
            "account_sign_on",
            "mfa_activate_totp",
            "mfa_add_webauthn",
            "recovery_codes",
            "sign_on_unlink",
        ),
        "nobody here has a second factor or a sign-on to change",
    ),
    **dict.fromkeys(
        (
            "appointment_followed_up",
            "appointment_undo",
            "case_move",
            "case_transfer",
            "emergency_review",
            "handover_open",
            "handover_receive",
            "ledger_check",
            "meeting_confirm",
            "odd_reading_review",
            "plan_detail",
            "pre_consultation_answer",
            "pre_consultation_new",
            "report_revise",
            "support_request_answer",
            "support_request_complete",
            "support_request_new",
            "support_request_urgent",
            "support_request_withdraw",
        ),
        "the one record of everything is past this step, or the form asks for more",
    ),
    **dict.fromkeys(
        (
            "appointment_cancel",
            "appointment_move",
            "assignment_new",
            "attachment_new",
            "attachment_remove",
            "case_story",
            "circumstance_edit",
            "consent_new",
            "cover_new",
            "date_style",
            "draft_save",
            "emergency_new",
            "group_edit",
            "handover_new",
            "introduction_new",
            "list_export",
            "meeting_item_new",
            "meeting_new",
            "meeting_people",
            "meeting_task_undo",
            "notice_settings",
            "participant_new",
            "password_change",
            "party_new",
            "person_merge",
            "person_not_same",
            "placement_new",
            "referral_answer",
            "referral_new",
            "site_desks",
            "slot_new",
            "suppression",
            "typing_settings",
        ),
        "its form asks for more than VALID says; the empty one is refused",
    ),
}
# A valid post of every form that has required fields; the names in it are all it may change.
VALID: dict[str, dict[str, Any]] = {
    "account_new": {"username": "new-one", "name": "新人", "password": "Rather-long-9-word", "role": "caseworker"},
    "organisation_new": {"kind": "partner", "name": "新機関", "short_name": "新"},
    "organisation_edit": {"kind": "partner", "name": "名を変えた", "short_name": "変"},
    "account_detail": {"role": "manager", "valid_from": TODAY},
    "case_new": {"name": "新 しい人", "name_kana": "アタラ シイヒト", "sex": "unanswered", "opened_on": TODAY, "status": "livelihood_protection"},
    "case_again": {"status": "livelihood_protection", "opened_on": TODAY},
    "person_edit": {"name": "直した 名", "name_kana": "ナオシタ ナ", "sex": "male", "version": "1"},
    "case_status": {"status": "child_rearing", "on": TODAY},
    "consent_withdraw": {"method": "spoken", "note": "理由"},
    "case_move": {"reason": "理由"},
    "case_close": {"closed_on": TODAY, "close_reason": "other"},
    "plan_agreed": {"agreed_on": TODAY},
    "plan_extend": {"ends_on": "2024/6/30", "reason": "理由", "conference_on": TODAY},
    "plan_review": {"kind": "final", "reviewed_on": TODAY, "reached": "できた", "outcome": "finish", "result_1": "reached"},
    "story_review": {"act": "stop"},
    "form_edit": {"act": "save", "body": "<p>本文</p>", "valid_from": TODAY, "note": "理由"},
    "interview_new": {"held_at": "2023/6/20 10:00", "method": "visit", "body": "本文", "visibility": "shared"},
    "interview_edit": {"held_at": "2023/6/20 10:00", "method": "visit", "body": "直した", "visibility": "shared", "version": "1"},
    "appointment_new": {"starts_at": "2030/6/20 10:00", "method": "visit", "minutes": "60"},
    "introduction_result": {"result": "rejected", "on": TODAY},
    "placement_separate": {"on": TODAY, "reason": "理由"},
    "retention_check": {"state": "employed", "on": "2023/8/1", "method": "phone"},
    "obstacles_edit": {"has_age": "on", "response_age": "対応"},
    "work_history_new": {"job_title": "清掃", "employer_name": "前の会社"},
    "work_history_edit": {"job_title": "直した仕事"},
    "qualification_new": {"name": "フォークリフト"},
    "qualification_edit": {"name": "直した資格"},
    "assessment_edit": {"wish_job_1": "直した希望"},
    "checklist_new": {"item_rise": "2"},
    "checklist_edit": {"item_rise": "3"},
    "interpreter_edit": {"language": "ポルトガル語", "needs_interpreter": "on", "version": "0"},
    "linking_new": {"asked": "家賃のこと", "wanted": "相談にのってほしい"},
    "employer_new": {"name": "新事業所"},
    "employer_edit": {"name": "変えた事業所", "version": "1"},
    "vacancy_new": {"job_title": "清掃", "opening_count": "2", "found_on": TODAY},
    "agreement_new": {"code": "fresh", "name": "新協定", "valid_from": "2026/4/1", "support_months": "6", "silent_days": "30", "publish_minimum": "3", "signatory": "市長"},
    "agreement_edit": {"name": "直した協定", "valid_from": "2020/4/1", "support_months": "6", "silent_days": "30", "publish_minimum": "3", "version": "1"},
    "site_new": {"name": "窓口"},
    "menu_new": {"name": "メニュー", "position": "1"},
    "group_new": {"code": "new", "name": "新区分", "position": "9", "statuses": ["livelihood_applicant"]},
    "plan_year": {"year": "2030"},
    "report_request": {"month": "2023-06"},
    "report_comment": {"text": "コメント"},
    "report_return": {"note": "理由"},
}  # fmt: skip


def foreign_rows(foreign: Programme) -> dict[str, str]:
    """Model → the key of a row of somebody else's, which exists, so that a pointer to it would be stored."""
    rows = {
        "Organisation": foreign.office,
        "User": foreign.caseworker.user,
        "Agreement": foreign.agreement,
        "Employer": foreign.employer,
        "SupportMenu": foreign.menu,
        "TargetGroup": foreign.groups["livelihood"],
    }
    case = foreign.open_case(name="よその 人")
    return {name: str(row.pk) for name, row in rows.items()} | {"Case": str(case.pk), "Person": str(case.person_id)}


def marks_of(posted: dict[str, str], existing: dict[str, str]) -> dict[str, set[str]]:
    """What would be seen of the planted values, by the model that a column points to ("" for all columns)."""
    plain = {"1999-09-09", "1999-09-09T09:09:00", "1999-09-09T00:09:00", "MASS-ASSIGNED", "29999"}
    assert plain & set(posted.values()) == {"1999-09-09", "MASS-ASSIGNED", "29999"}
    return {"": plain | {"0190a000-0000-7000-8000-00000000dead"}, **{name: {key} for name, key in existing.items()}}


def extra(existing: dict[str, str]) -> dict[str, str]:
    """Every column of every model under its own name, with a value that would be seen afterwards."""
    posted = {}
    for model in tables().values():
        for field in model._meta.get_fields():
            if getattr(field, "column", None):
                kind = field.get_internal_type()
                related = getattr(field.related_model, "__name__", "")
                value = existing.get(related) or {
                    "DateField": "1999-09-09",
                    "DateTimeField": "1999-09-09 09:09",
                    "BooleanField": "on",
                    "UUIDField": "0190a000-0000-7000-8000-00000000dead",
                    "PositiveSmallIntegerField": "29999",
                    "PositiveIntegerField": "29999",
                    "ForeignKey": "29999",
                }.get(kind, "MASS-ASSIGNED")
                posted |= {field.name: value, field.column: value}
    return posted


def offered(client: Client, url: str) -> dict[str, Any]:
    """What the shown form would send unchanged, and the names it knows."""
    answer = client.get(url)
    forms = [
        form
        for layer in answer.context or []
        for form in getattr(layer, "dicts", [])
        for form in form.values()
        if hasattr(form, "add_prefix")
    ]
    return {form.add_prefix(field): form[field].value() for form in forms for field in form.fields}


def test_extra_names_change_nothing(programme: Programme):
    """Post each form twice, with and without every other name there is: the rows written are the same."""
    people, arguments = world("own", programme)
    foreign = make_programme("soja", 2089)
    existing = foreign_rows(foreign)
    everywhere = extra(existing)
    assert len(everywhere) > 200
    marks = marks_of(everywhere, existing)
    differences, written, stored = [], set(), []
    senders = [name for name in MATRIX if "post" in METHODS.get(name, "get post") and set(MATRIX[name]) & set("cnmhba")]
    clients = {letter: client_of(who) for letter, who in people.items() if letter in "cnmhba"}
    before = everything()  # every post is taken back, so this stays true
    for name in senders:
        client = clients[next(letter for letter in "cnmhba" if letter in MATRIX[name])]
        url = reverse(name, kwargs=arguments.get(name))
        with undone():
            known = offered(client, url) if "get" in METHODS.get(name, "get post") else {}
        usual = {key: value for key, value in known.items() if value not in (None, "", False)}
        base = {**usual, **POSTS.get(name, {}), **VALID.get(name, {})}
        if name in ("account_new", "account_detail"):
            base["organisation"] = programme.office.pk
        if name == "case_new":  # the whole form, without the search step
            base = {**VALID[name], "agreement": programme.agreement.pk, "holder": programme.office.pk}
            known = dict.fromkeys([*IntakeForm.base_fields, "act", "is_other_person"])
        results = []
        for data in (
            base,
            {**{key: value for key, value in everywhere.items() if key not in known and key not in base}, **base},
        ):
            with undone():
                client.post(url, {key: value.pk if hasattr(value, "pk") else value for key, value in data.items()})
                after = everything()
                results.append(delta(before, after))
            if data is not base:
                stored += [(name, *row) for row in planted(before, after, marks)]
        written |= {name} if results[0] else set()
        if results[0] != results[1]:
            differences.append((name, results))
    assert not differences, "\n".join(f"{name}: {set(map(str, a)) ^ set(map(str, b))}" for name, (a, b) in differences)
    assert not stored, "\n".join(map(str, stored))
    assert set(senders) - written == set(WRITES_NOTHING), (set(senders) - written) ^ set(WRITES_NOTHING)


@pytest.mark.parametrize("field", ["state", "organisation", "support_started_on", "number", "person"])
def test_a_case_is_not_moved_by_an_extra_name(field: str, programme: Programme):
    people, arguments = world("own", programme)
    foreign = make_programme("soja", 2089)
    values = {
        "state": "closed",
        "organisation": foreign.office.pk,
        "support_started_on": "1999-09-09",
        "number": "R99-9999",
        "person": str(foreign.open_case().person_id),
    }
    with scope(organisations=people["c"].organisation_ids):
        before = Case.objects.filter(pk=arguments["case_detail"]["pk"]).values().get()
        person = Person.objects.get(pk=before["person_id"])
    data = {
        "name": person.name,
        "name_kana": person.name_kana,
        "sex": "female",
        "version": "1",
        field: values[field],
        f"{field}_id": values[field],
    }
    answer = client_of(people["c"]).post(reverse("person_edit", kwargs=arguments["person_edit"]), data)
    assert answer.status_code == 302
    with scope(organisations=people["c"].organisation_ids):
        assert Case.objects.filter(pk=arguments["case_detail"]["pk"]).values().get() == before
        assert Person.objects.get(pk=person.pk).organisation_id == person.organisation_id
