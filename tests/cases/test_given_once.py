"""What was said once is not asked for again on the way (D12, 3.3.7); the other journeys stand in docs/interface.md."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django import forms
from django.forms import BaseForm
from django.urls import reverse
from django.utils import timezone

from cases.actions import circumstance, contact, request
from cases.enums import FieldGroup
from cases.models import SupportRequest
from core.periods import now, parse_date, today
from tests.assessed import consent_of, hand_over
from tests.clients import client_of
from tests.factories import Programme, at, working_as
from tests.paper import folded, get_pdf, text_of
from tests.test_access import things

DAY = dt.date(2023, 4, 10)


def given(who: Any, name: str, query: str = "", **arguments: Any) -> dict[str, Any]:
    """What stands in the fields of a form when it is opened."""
    form: BaseForm = client_of(who).get(reverse(name, kwargs=arguments or None) + query).context["form"]
    return {bound.name: bound.value() for bound in form}


def test_the_search_before_registering_is_the_beginning_of_the_registration(okayama: Programme):
    answer = client_of(okayama.caseworker).post(
        reverse("case_new"), {"act": "find", "name_kana": "ハジメテ カナ", "birth_on": "昭和55年頃"}
    )
    form = answer.context["form"]
    assert form["name_kana"].value() == "ハジメテ カナ"
    assert form["birth_on"].value() == "昭和55年"
    assert form["is_birth_estimated"].value() is True


def test_the_note_of_a_booking_begins_with_its_time_and_way(okayama: Programme):
    case = okayama.active(DAY)
    start = now() - dt.timedelta(minutes=5)
    with working_as(okayama.navigator):
        wanted = contact.NextAppointment(now() + dt.timedelta(days=1), okayama.navigator.user, method="phone")
        booked = contact.book(case=case, by=okayama.navigator, at=now(), appointment=wanted)
        type(booked).objects.filter(pk=booked.pk).update(starts_at=start)
    shown = given(okayama.navigator, "interview_new", f"?appointment={booked.pk}", pk=case.pk)
    day, time = str(shown["held_at"]).split(" ")
    local = timezone.localtime(start)
    assert (parse_date(day), time, shown["method"]) == (local.date(), f"{local.hour}:{local.minute:02d}", "phone")


def test_a_returned_request_begins_with_what_was_sent(okayama: Programme):
    case = okayama.open_case()
    okayama.send(case, DAY)
    with working_as(okayama.navigator):
        sent = SupportRequest.objects.get()
        request.return_request(request=sent, by=okayama.navigator, at=at(DAY), reason="通院の状況を")
    shown = given(okayama.caseworker, "support_request_new", pk=case.pk)
    for name in ("ability", "motivation", "no_obstacle", "agrees", "message"):
        assert shown[name] == getattr(sent, name), name
    assert shown["to"] == okayama.hello_work.pk


@pytest.mark.parametrize("name", ["employer", "job_title"])
def test_a_placement_begins_with_its_introduction(okayama: Programme, name: str):
    case = okayama.active(DAY)
    job = okayama.introduce(case, DAY)
    shown = given(okayama.navigator, "placement_new", pk=case.pk)
    wanted = okayama.employer.pk if name == "employer" else job.job_title
    assert shown[name] == wanted


def test_the_slip_to_a_partner_is_the_referral_itself(okayama: Programme):
    """つなぐ→つなぎ票: a sheet without a question; the person, the purpose, the day and the words are those given before."""
    case = okayama.open_case(name="一度 花子")
    row = okayama.refer(case, today())
    shown = text_of(get_pdf(okayama.caseworker, "referral_sheet", pk=case.pk, referral_pk=row.pk))
    for words in ("一度 花子", row.purpose, row.handed_over, okayama.partner_worker.organisation.name):
        assert folded(words) in shown, words


def test_a_linking_sheet_begins_with_the_consent_and_asks_for_nothing_known(okayama: Programme):
    """つなぐ→相談つなぎシート: to whom, why and what the person said come from the consent and the case."""
    case = okayama.active(DAY, name="一度 花子")
    with working_as(okayama.caseworker):
        circumstance.write_circumstance(
            case=case, group=FieldGroup.HEALTH, body="午後は体が楽", by=okayama.caseworker, at=now(), version=0
        )
    consent = consent_of(okayama, case)
    shown = given(okayama.caseworker, "linking_new", pk=case.pk)
    assert set(shown) == {"to", "section", "handed_on", "asked", "wanted"}, "nothing that is known is a field"
    with working_as(okayama.caseworker):
        assert shown["to"] == consent.recipients.get().pk
    assert parse_date(str(shown["handed_on"])) == today()
    sheet = hand_over(okayama, case, consent)
    paper = text_of(get_pdf(okayama.caseworker, "linking_pdf", pk=case.pk, sheet_pk=sheet.pk))
    for words in ("一度 花子", okayama.hello_work.name, "午後は体が楽"):
        assert folded(words) in paper, words


def test_what_came_of_something_is_not_proposed(okayama: Programme):
    """A tired person who only saves is asked; nothing is recorded as done, settled, hired or right."""
    arguments = things(okayama, is_suppressed=False)
    for who, name, field, words in (
        (okayama.navigator, "plan_review", "result_1", "の結果を選んでください。"),
        (okayama.navigator, "plan_review", "outcome", "これからを選んでください。"),
        (okayama.navigator, "case_close", "close_reason", "終了理由を選んでください。"),
        (okayama.navigator, "introduction_result", "result", "結果を選んでください。"),
        (okayama.navigator, "retention_check", "state", "在職の状況を選んでください。"),
        (okayama.manager, "emergency_review", "verdict", "判断を選んでください。"),
    ):
        client, url = client_of(who), reverse(name, kwargs=arguments[name])
        form = client.get(url).context["form"]
        # What a browser sends of a page on which nothing was chosen.
        saved = {bound.name: bound.value() for bound in form if bound.value() is not None}
        assert field not in saved, name
        first = form.fields[field].choices[0]
        assert first[0] == "" or isinstance(form.fields[field].widget, forms.RadioSelect), name
        assert words in "".join(client.post(url, {**saved, field: ""}).context["form"].errors[field]), name
