"""A form counts once, whatever the mouse, the network or the Back button do."""

from __future__ import annotations

import datetime as dt
from uuid import UUID, uuid4

from django.urls import reverse

from accounts.models import Submission
from accounts.once import REPEATED
from agreements.models import BusinessPlan
from cases.actions import meeting, request, screening
from cases.enums import ConsentMethod
from cases.models import CaseMeeting, Interview, MeetingItem
from core.periods import Month, now
from employers.models import Employer
from reports.actions import confirm, request_report
from reports.tasks import count_report
from tests.access.worlds import client_of as client_with_step_up
from tests.access.worlds import world
from tests.clients import client_of
from tests.desk import hold
from tests.factories import Programme, at, working_as
from tests.permission_matrix import MATRIX, METHODS
from tests.test_form_errors import Screen

DAY = dt.date(2024, 1, 5)

NOTE = {"held_at": "2023/5/1 10:00", "method": "visit", "body": "話した内容", "visibility": "shared"}


def test_the_same_post_again_gives_the_same_answer_and_one_record(okayama: Programme):
    case = okayama.active()
    url = reverse("interview_new", kwargs={"pk": case.pk})
    client = client_of(okayama.navigator)
    page = client.get(url).content.decode()
    key = page.split('name="once" value="')[1].split('"')[0]
    sent = NOTE | {"once": key}
    answers = [client.post(url, sent) for _ in range(5)]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {
        (302, reverse("case_detail", kwargs={"pk": case.pk}))
    }
    with working_as(okayama.navigator):
        assert Interview.objects.count() == 1
    assert REPEATED in client.get(answers[0]["Location"]).content.decode()


def test_other_words_under_the_same_key_are_another_post(okayama: Programme):
    """Back, correct, send: what was typed the second time is not thrown away."""
    url = reverse("interview_new", kwargs={"pk": okayama.active().pk})
    client, key = client_of(okayama.navigator), str(uuid4())
    client.post(url, NOTE | {"once": key})
    client.post(url, NOTE | {"once": key, "body": "書き直した"})
    with working_as(okayama.navigator):
        assert set(Interview.objects.values_list("body", flat=True)) == {"話した内容", "書き直した"}


def test_a_refused_form_is_not_done(okayama: Programme):
    url = reverse("interview_new", kwargs={"pk": okayama.active().pk})
    client, key = client_of(okayama.navigator), str(uuid4())
    assert client.post(url, NOTE | {"once": key, "body": ""}).status_code == 200
    with working_as(okayama.navigator):
        assert Submission.objects.count() == 0
    assert client.post(url, NOTE | {"once": key}).status_code == 302
    with working_as(okayama.navigator):
        assert Interview.objects.count() == 1


def test_a_key_belongs_to_its_user(okayama: Programme):
    case = okayama.active()
    url, key = reverse("interview_new", kwargs={"pk": case.pk}), str(uuid4())
    for who in (okayama.navigator, okayama.caseworker):
        assert client_of(who).post(url, NOTE | {"once": key}).status_code == 302
    with working_as(okayama.navigator):
        assert Interview.objects.count() == 2
        assert Submission.objects.count() == 1


NOT_ONE_MORE = (
    "changes a row that stands, under a condition or to the same value: the second press changes nothing more"
)
# What is posted without a key, and why a second post makes no second record.
WITHOUT_KEY = {
    **dict.fromkeys(
        (
            *("appointment_settle", "appointment_followed_up", "appointment_undo", "handover_open", "handover_receive"),
            *("meeting_task_done", "meeting_task_undo", "person_merge_undo", "person_not_same_undo", "emergency_end"),
            *("list_columns", "date_style", "choose_organisation", "session_list", "session_extend", "sign_on_unlink"),
            *("mfa_deactivate_totp", "mfa_remove_webauthn", "draft_discard", "account_sign_on"),
        ),
        NOT_ONE_MORE,
    ),
    "assignment_new": "the button that ends an assignment; the form that makes one carries a key",
    "account_invite": "answers with the link itself: the newest is the only one that works",
    "recovery_codes": "answers with the codes themselves: the newest are the only ones that work",
    "notice_settings": "answers with the calendar's address itself: the newest is the only one that works",
    "account_reauthenticate": "makes no record",
    "mfa_add_webauthn": "the security key answers one challenge once",
    "case_search": "asks only",
    "employer_search": "asks only",
    "person_alike": "asks only",
    "case_disclosure": "answers with a file; each copy that is made is in the log",
    "export_file": "answers with a file; each file that is taken is in the log",
    "draft_save": "the draft's own key and version",
}
# More than `world` has: each state that opens a form of its own.
STATES = {
    "ledger_check": "c",
    "contact_edit": "c",
    "pre_consultation_answer": "n",
    "support_request_answer": "n",
    "support_request_withdraw": "c",
    "support_request_complete": "c",
    "handover_new": "n",
    "plan_detail": "m",
    "report_revise": "m",
}


def in_state(name: str, okayama: Programme) -> str:
    """The page of a form that only stands in one state."""
    who = okayama.caseworker
    if name == "plan_detail":
        draft = BusinessPlan.objects.create(agreement=okayama.agreement, fiscal_year=2031)
        return reverse(name, kwargs={"code": "okayama", "year": 2031, "version": draft.version_number})
    if name == "report_revise":
        report = request_report(
            agreement=okayama.agreement, month=Month(2023, 11), by=None, at=at(DAY), today=dt.date(2024, 1, 5)
        )
        count_report(report_id=str(report.pk))
        report.refresh_from_db()
        for side in (okayama.manager, okayama.bureau_manager):
            with working_as(side):
                report = confirm(report=report, by=side, at=at(DAY))
        return reverse("report_detail", kwargs={"code": "okayama", "month": "2023-11"})
    if name == "handover_new":
        return f"{reverse(name)}?worker={okayama.navigator.user.pk}-{okayama.hello_work.pk}"
    case = okayama.open_case(name=f"{name} 花子")
    asked = {
        "on": DAY, "method": ConsentMethod.PAPER, "given_on": DAY, "to": okayama.hello_work,
        "case": case, "by": who, "at": at(DAY),
    }  # fmt: skip
    with working_as(who):
        if name == "ledger_check":
            screening.not_refer(case=case, by=who, at=now(), reason="いまは体調を優先")
        elif name == "pre_consultation_answer":
            screening.ask_beforehand(**asked, question="要請してよいか")
        elif name == "support_request_complete":
            kinds = dict.fromkeys(("includes_health", "includes_finance", "includes_family"), False)
            request.send_with_consent(
                **asked, **kinds, conditions=request.TO_BE_CHECKED, message="至急", is_urgent=True
            )
    if name in ("support_request_answer", "support_request_withdraw"):
        okayama.send(case, DAY)
    return reverse(name, kwargs={"pk": case.pk})


def test_every_creating_form_carries_a_key(okayama: Programme):
    """Every form on every page of the matrix, and those of states of their own: a key, or a reason without one."""
    people, arguments = world("own", okayama)
    clients = {letter: client_with_step_up(who) for letter, who in people.items()}
    posted = {name for name in MATRIX if "post" in METHODS.get(name, "get post")}
    pages = [
        (clients[letter], reverse(name, kwargs=arguments.get(name)))
        for name in MATRIX
        if "get" in METHODS.get(name, "get post")
        for letter in [letter for letter in "cnmhbadps" if letter in MATRIX[name]][:3]
    ]
    pages += [(clients[letter], in_state(name, okayama)) for name, letter in STATES.items()]
    keyed, bare = set(), set()
    for client, url in pages:
        answer = client.get(url)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            for sheet in Screen.of(answer).forms(url):
                keys = [one for one in sheet.elements if one.get("name") == "once" and key_like(one.get("value"))]
                assert len(keys) < 2, url
                (keyed if keys else bare).add(sheet.route)
    assert bare <= set(WITHOUT_KEY), "a form without a key"
    assert posted - keyed <= set(WITHOUT_KEY), "a form that no page showed"
    assert set(WITHOUT_KEY) <= posted, "a reason for nothing"
    assert set(WITHOUT_KEY) & keyed == {"assignment_new"}, "a reason for a form that carries a key"
    assert set(STATES) <= keyed


def key_like(value: str | None) -> bool:
    return value is not None and str(UUID(value)) == value


def test_an_employer_is_registered_once(okayama: Programme):
    client = client_of(okayama.navigator)
    sent = {"name": "二度押し商店", "once": str(uuid4())}
    for _ in range(3):
        assert client.post(reverse("employer_new"), sent).status_code == 302
    assert Employer.objects.filter(name="二度押し商店").count() == 1


def test_junk_is_no_key(okayama: Programme):
    client = client_of(okayama.navigator)
    for number, junk in enumerate(("", "x", "\x00", "0" * 40)):
        answer = client.post(reverse("employer_new"), {"name": f"店{number}", "once": junk})
        assert answer.status_code == 302
    assert Employer.objects.filter(name__startswith="店").count() == 4


def test_the_buttons_of_a_meeting_count_once(okayama: Programme):
    """「議題を集め直す」 adds the next cases, 「次回の会議を作る」 a meeting: pressed twice, once."""
    case = okayama.active()
    held = hold(okayama, [case])
    client = client_of(okayama.caseworker)
    page = client.get(reverse("meeting_detail", kwargs={"pk": held.pk})).content.decode()
    url = reverse("meeting_fill", kwargs={"pk": held.pk})
    key = page.split(f'action="{url}"')[1].split('name="once" value="')[1].split('"')[0]
    assert client.post(url, {"once": key}).status_code == 302
    # One more case needs the meeting before the second press arrives.
    okayama.active(name="あとから 来た人")
    assert client.post(url, {"once": key}).status_code == 302
    with working_as(okayama.caseworker):
        assert list(MeetingItem.objects.values_list("case", flat=True)) == [case.pk]
        assert meeting.fill_agenda(meeting=held, by=okayama.caseworker).added == 1
    url = reverse("meeting_next", kwargs={"pk": held.pk})
    key = str(uuid4())
    places = {client.post(url, {"once": key})["Location"] for _ in range(2)}
    with working_as(okayama.caseworker):
        following = CaseMeeting.objects.get(previous=held)
    assert places == {reverse("meeting_detail", kwargs={"pk": following.pk})}
