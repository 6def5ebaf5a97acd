"""A valid post for every form: what the page itself would send, what somebody types over it, and where it is sent.

The hidden values, the choices and whatever is filled in already are taken from the page. A form of which the one
case of `world()` is past gets a record at the right step here.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import BaseForm
from django.http import HttpResponse
from django.test import Client
from PIL import Image

from accounts.scope import Actor
from agreements.models import BusinessPlan, Desk
from cases.actions import contact, listing, meeting
from cases.enums import AppointmentStatus, ItemState
from cases.models import Appointment, CaseMeeting, MeetingItem
from core.periods import Month, now
from reports import actions as reports
from reports.tasks import count_report
from tests import desk
from tests.access.worlds import Arguments, neighbours
from tests.factories import Programme, make_programme, working_as
from tests.stages import staged
from tests.test_form_errors import Screen, Sheet

TODAY = "2023/6/20"
AHEAD = "2030/6/20 10:00"
FIRST = object()  # the first choice of the page that is not empty
YES = dict.fromkeys(("ability", "motivation", "no_obstacle", "agrees"), "yes")
CONSENT = {"consent_method": "paper", "consent_on": TODAY}


def picture() -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("L", (9, 9), 77).save(buffer, "PNG")
    return SimpleUploadedFile("写し.png", buffer.getvalue(), "image/png")


# What somebody types or chooses; a function makes it anew for each post, None unchecks a box.
VALID: dict[str, dict[str, Any]] = {
    "account_new": {"username": "new-one", "name": "新人", "password": "Rather-long-9-word", "role": "caseworker"},
    "organisation_new": {"kind": "partner", "name": "新機関", "short_name": "新"},
    "organisation_edit": {"kind": "partner", "name": "名を変えた", "short_name": "変"},
    "account_detail": {"role": "manager", "valid_from": TODAY},
    "password_change": {
        "old_password": "long-enough-password",
        "new_password1": "Rather-long-9-word",
        "new_password2": "Rather-long-9-word",
    },
    "account_sign_on": {"subject": "sub-0001"},
    "date_style": {"date_style": "western"},
    "typing_settings": {"has_shortcuts": None, "is_moved_on": None},
    "draft_save": {
        "key": "0190a000-0000-7000-8000-0000000000a1",
        "writer": "0190a000-0000-7000-8000-0000000000a2",
        "path": "/employers/new/",
        "query": "",
        "title": "事業所を登録",
        "seen": "0",
        "step": "1",
        "values": '{"name": ["書きかけ"]}',
    },
    "account_reauthenticate": {"password": "long-enough-password"},
    "case_new": {
        "name": "新 しい人", "name_kana": "アタラ シイヒト", "sex": "unanswered", "opened_on": TODAY,
        "status": "livelihood_protection",
    },
    "case_again": {"status": "livelihood_protection", "opened_on": TODAY},
    "person_edit": {"name": "直した 名", "name_kana": "ナオシタ ナ", "sex": "male"},
    "person_merge": {"note": "本人に確かめた"},
    "person_not_same": {"note": "本人に確かめた"},
    "case_status": {"status": "child_rearing", "on": TODAY},
    "consent_new": {"recipients": FIRST, "purpose": "就労準備の相談", "method": "paper"},
    "consent_withdraw": {"method": "spoken", "note": "理由"},
    "circumstance_edit": {"body": "本文"},
    "suppression": {"act": "suppress", "suppress-reason": "決定通知を確認"},
    "emergency_new": {"reason": "救急搬送された本人の家族の連絡先を確かめるため"},
    "emergency_review": {"verdict": FIRST, "note": "確かめた"},
    "odd_reading_review": {"verdict": FIRST, "note": "確かめた"},
    "support_request_new": {**YES, **CONSENT, "message": "配慮"},
    "support_request_urgent": {**CONSENT, "message": "今日中に"},
    "support_request_complete": dict.fromkeys(("ability", "motivation", "no_obstacle"), "yes"),
    "support_request_answer": {"answer": "accept"},
    "support_request_withdraw": {"reason": "理由"},
    "pre_consultation_new": {"question": "体調に波がある。", "method": "paper"},
    "pre_consultation_answer": {"opinion": FIRST, "note": "三者で話した"},
    "ledger_check": {"reason": "治療を続けている"},
    "case_transfer": {"to": FIRST, "legal_basis": "statute", "reason": "転居のため"},
    "case_move": {"reason": "理由"},
    "case_close": {"closed_on": TODAY, "close_reason": "other"},
    "assignment_new": {"duty": "support_worker"},
    "cover_new": {"ends_on": "2030/1/31", "reason": "研修"},
    "referral_new": {"to": FIRST, "purpose": "利用", "method": "paper", "handed_over": "朝の生活リズムから"},
    "referral_answer": {"status": FIRST, "outcome": "様子"},
    "plan_new": {"goal": "週3日から働く", "menu_1": FIRST},
    "plan_agreed": {"agreed_on": TODAY},
    "plan_extend": {"ends_on": "2024/6/30", "reason": "理由", "conference_on": TODAY},
    "plan_review": {"kind": "final", "reviewed_on": TODAY, "reached": "できた", "outcome": "finish", "result_1": "reached"},
    "case_story": {
        "title": "清掃の仕事に就職", "sex": "female", "challenges": "課題", "support": "支援", "result": "結果",
    },
    "story_review": {"act": "stop"},
    "form_edit": {"act": "save", "body": "<p>本文</p>", "valid_from": TODAY, "note": "理由"},
    "interview_new": {"held_at": "2023/6/20 10:00", "method": "visit", "body": "本文", "visibility": "shared"},
    "interview_edit": {"held_at": "2023/6/20 10:00", "method": "visit", "body": "直した", "visibility": "shared"},
    "attachment_new": {"file": picture, "kind": "consent", "visibility": "shared"},
    "attachment_remove": {"reason": "理由"},
    "appointment_new": {"starts_at": AHEAD, "method": "visit", "minutes": "60"},
    "appointment_move": {"suggestion": "", "starts_at": AHEAD, "reason": "理由"},
    "appointment_cancel": {"reason": "理由"},
    "slot_new": {"weekday": "3", "start_time": "13:00", "end_time": "15:00"},
    "notice_settings": {"act": "notices", "has_morning": "on", "has_reminder": "on"},
    "introduction_new": {"employer": FIRST, "job_title": "清掃"},
    "introduction_result": {"result": "rejected", "on": TODAY},
    "placement_new": {"employer": FIRST, "job_title": "清掃"},
    "placement_separate": {"on": TODAY, "reason": "理由"},
    "retention_check": {"state": "employed", "on": "2023/8/1", "method": "phone"},
    "meeting_new": {"kind": "regular", "counterpart": FIRST, "starts_at": AHEAD},
    "meeting_people": {"users": FIRST, "outsider_name": "部外 の人", "outsider_body": "民生委員"},
    "meeting_item_new": {"reason": "話し合いたい"},
    "obstacles_edit": {"has_age": "on", "response_age": "対応"},
    "work_history_new": {"job_title": "清掃", "employer_name": "前の会社"},
    "work_history_edit": {"job_title": "直した仕事"},
    "qualification_new": {"name": "フォークリフト"},
    "qualification_edit": {"name": "直した資格"},
    "assessment_edit": {"wish_job_1": "直した希望"},
    "checklist_new": {"item_rise": "2"},
    "checklist_edit": {"item_rise": "3"},
    "interpreter_edit": {"language": "ポルトガル語", "needs_interpreter": "on"},
    "linking_new": {"asked": "家賃のこと", "wanted": "相談にのってほしい"},
    "list_views": {"name": "わたしの表示"},
    "list_columns": {"column": ["state"]},
    "list_export": {"reason": "月例の資料"},
    "employer_new": {"name": "新事業所"},
    "employer_edit": {"name": "変えた事業所"},
    "vacancy_new": {"job_title": "清掃", "opening_count": "2", "found_on": TODAY},
    "agreement_new": {
        "code": "fresh", "name": "新協定", "valid_from": "2026/4/1", "support_months": "6", "silent_days": "30",
        "publish_minimum": "3", "signatory": "市長",
    },
    "agreement_edit": {
        "name": "直した協定", "valid_from": "2020/4/1", "support_months": "6", "silent_days": "30", "publish_minimum": "3",
    },
    "party_new": {"side": "national", "signatory": "所長"},
    "site_new": {"name": "窓口"},
    "site_desks": {"name": "席1"},
    "menu_new": {"name": "メニュー", "position": "1"},
    "group_new": {"code": "new", "name": "新区分", "position": "9", "statuses": ["livelihood_applicant"]},
    "group_edit": {"name": "名を変えた区分"},
    "plan_year": {"year": "2030"},
    "plan_detail": {"act": "text", "text": "事業の内容"},
    "report_request": {"month": "2023-06"},
    "report_comment": {"text": "コメント"},
    "report_return": {"note": "理由"},
    "report_revise": {"reason": "数え漏れ"},
}  # fmt: skip
# Who sends what the first of "cnmhba" that may cannot: of a case or caseload of one's own.
SENDER = {"handover_new": "n", "case_story": "n", "plan_detail": "m"}
# Forms that stand on the page of another address.
PAGE = dict.fromkeys(("report_return", "report_comment", "report_revise"), "report_detail")


@dataclass
class Posts:
    """Where each post goes and what only these records can say."""

    arguments: Arguments
    typed: dict[str, dict[str, Any]] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)


def posts(programme: Programme, people: dict[str, Actor], arguments: Arguments) -> Posts:
    """A record at the right step for each form."""
    elsewhere = make_programme("tsuyama", 2038)
    neighbours(programme)  # an office to hand a case over to
    stages = staged(programme)
    arguments = arguments | {name: {"pk": case.pk} for name, case in stages.items() if name != "contact_edit"}
    moving = programme.active(name="動かす 人")
    missed = _missed(programme, moving)
    held = desk.hold(programme, [moving])
    done = desk.decide(programme, desk.item_of(programme, held, moving))
    with working_as(programme.navigator):
        meeting.finish_task(task=done, by=programme.navigator, at=now())
    while waiting := _undecided(programme, held):
        desk.decide(programme, waiting)
    unlisted = programme.supported(name="議題 の人")
    Desk.objects.create(site_id=arguments["site_desks"]["pk"], name="席0")  # so that the page shows its other act too
    BusinessPlan.objects.create(agreement=programme.agreement, fiscal_year=2031)
    strange = elsewhere.active(name="よその 急病人")
    approved = desk.export(programme, moving)
    with working_as(people["h"]):
        listing.answer_export(export=approved, by=people["h"], at=now(), is_approved=True)
    return Posts(
        arguments
        | {
            **{name: {"pk": moving.pk} for name in ("case_transfer", "placement_new", "introduction_new")},
            "case_move": {"pk": moving.pk, "act": "suspend"},
            "appointment_followed_up": {"pk": missed.pk},
            "appointment_undo": {"pk": missed.pk, "what": "no_show"},
            "export_file": {"pk": approved.pk},
            "meeting_confirm": {"pk": held.pk},
            "meeting_task_undo": {"pk": done.pk},
            "plan_detail": {"code": programme.code, "year": 2031, "version": 1},
            "report_revise": {"code": programme.code, "month": _closed(programme)},
        },
        typed={
            "account_new": {"organisation": programme.office.pk},
            "account_detail": {"organisation": programme.office.pk},
            "case_new": {"agreement": programme.agreement.pk, "holder": programme.office.pk},
            "draft_save": {"user": people["c"].user.pk},
            "handover_new": {"everybody": desk.colleague(programme).user.pk},
            "emergency_new": {"holder": elsewhere.office.pk, "number": strange.number},
            "assignment_new": {"user": people["s"].user.pk},
            "cover_new": {"worker": people["c"].user.pk, "colleague": programme.caseworker.user.pk},
            "meeting_item_new": {"number": unlisted.number},
            "party_new": {"organisation": elsewhere.bureau.pk, "position": "3"},
            "participant_new": {"organisation": elsewhere.bureau.pk},
        },
        query={"handover_new": f"?worker={programme.navigator.user.pk}-{programme.hello_work.pk}"},
    )


def _undecided(programme: Programme, held: CaseMeeting) -> MeetingItem | None:
    """A case on the agenda that was not talked about yet."""
    with working_as(programme.caseworker):
        waiting = MeetingItem.objects.filter(meeting=held, state=ItemState.PLANNED)
        return waiting.select_related("meeting", "case").first()


def _missed(programme: Programme, case: Any) -> Appointment:
    """A booking that nobody came to."""
    who = programme.navigator
    with working_as(who):
        wanted = contact.NextAppointment(now(), who.user)
        row = contact.book(case=case, by=who, at=now(), appointment=wanted)
        contact.settle_appointment(appointment=row, status=AppointmentStatus.NO_SHOW, by=who, at=now())
    return row


def _closed(programme: Programme) -> str:
    """A month that all parties have confirmed."""
    month = Month(2023, 11)
    report = reports.request_report(
        agreement=programme.agreement, month=month, by=None, at=now(), today=month.plus(1).first_day
    )
    count_report(report_id=str(report.pk))
    for who in (programme.manager, programme.bureau_manager):
        report.refresh_from_db()
        reports.confirm(report=report, by=who, at=now())
    return str(month)


def _first(sheet: Sheet, name: str) -> str:
    """The first choice of that name with a value."""
    mine = [one for one in sheet.elements if one.get("name") == name]
    values = [
        choice.get("value", "") for one in mine for choice in (one.iter("option") if one.tag == "select" else [one])
    ]
    return next(value for value in values if value)


def _filled_in(sheet: Sheet) -> dict[str, list[str]]:
    """What a browser sends of the form as it is shown, without a button."""
    found: dict[str, list[str]] = {}
    for one in sheet.elements:
        kind = one.get("type", "")
        if kind in ("file", "password") or (kind in ("checkbox", "radio") and one.get("checked") is None):
            continue
        values = [
            (one.text or "").removeprefix("\n")
            if one.tag == "textarea"
            else one.get("value", "on" if kind == "checkbox" else "")
        ]
        if one.tag == "select":
            options = list(one.iter("option"))
            chosen = [option for option in options if option.get("selected") is not None]
            shown = chosen or ([] if one.get("multiple") is not None else options[:1])
            values = [option.get("value", "") for option in shown]
        found.setdefault(one.get("name", ""), []).extend(values)
    return found


def _forms_of(answer: HttpResponse) -> list[BaseForm]:
    """The form objects of a page, also those in a dict."""
    layers = [values for layer in answer.context or [] for values in getattr(layer, "dicts", [])]
    several = [
        one
        for layer in layers
        for value in layer.values()
        for one in (value.values() if isinstance(value, dict) else [value])
    ]
    return [one for one in several if isinstance(one, BaseForm)]


def body_of(client: Client, page: str, url: str, typed: dict[str, Any]) -> tuple[dict[str, Any], set[str]]:
    """What is sent to `url` by the form on that page with `typed` in it, and every name that the forms there know."""
    answer = client.get(page)
    known = {form.add_prefix(name) for form in _forms_of(answer) for name in form.fields}
    sheets: list[Sheet] = []
    if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
        sheets = [one for one in Screen.of(answer).forms(page) if urlsplit(one.url).path == urlsplit(url).path]
    if not sheets:
        return {name: value for name, value in typed.items() if value is not FIRST}, known
    names = [{one.get("name", "") for one in (*sheet.elements, *sheet.buttons)} for sheet in sheets]
    best = max(range(len(sheets)), key=lambda place: len(names[place] & set(typed)))
    typed = {name: _first(sheets[best], name) if value is FIRST else value for name, value in typed.items()}
    return {**_filled_in(sheets[best]), **typed}, known.union(*names) - {""}


def fresh(body: dict[str, Any]) -> dict[str, Any]:
    """A body to post: files made anew, boxes unchecked."""
    made: dict[str, Callable[[], Any] | Any] = {
        name: value() if callable(value) else value for name, value in body.items()
    }
    return {name: value for name, value in made.items() if value is not None}
