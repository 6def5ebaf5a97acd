"""An act that was prepared on the case as it was looks at the case as it is (F12); the races are in tests/e2e."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.urls import reverse

from accounts.enums import Role
from cases.actions import booking, contact, meeting, moves, request, review, screening, team, withdrawal
from cases.enums import AppointmentStatus, CloseReason, ConsentMethod, DeferralReason, Duty
from cases.models import Appointment, Assignment, Case, Grant, Interview
from core.periods import now, shown_date, today
from tests.clients import client_of
from tests.desk import hold
from tests.factories import YES, Programme, actor, at, working_as

DAY = dt.date(2023, 4, 10)
NOTE = {"held_at": at(DAY), "method": "visit", "body": "話した"}


def close(okayama: Programme, case: Case) -> None:
    with working_as(okayama.caseworker):
        moves.close_case(
            case=case, by=okayama.caseworker, at=now(), closed_on=today(), reason=CloseReason.MOVED_AWAY, note=""
        )


def slot(okayama: Programme, days: int) -> contact.NextAppointment:
    return contact.NextAppointment(starts_at=now() + dt.timedelta(days=days), worker=okayama.navigator.user)


def missed(okayama: Programme, case: Case) -> Appointment:
    with working_as(okayama.navigator):
        row = contact.book(case=case, by=okayama.navigator, at=now(), appointment=slot(okayama, 3))
        contact.settle_appointment(appointment=row, status=AppointmentStatus.NO_SHOW, by=okayama.navigator, at=now())
        return Appointment.objects.select_related("case").get(pk=row.pk)


def acts(okayama: Programme, case: Case) -> dict[str, Callable[[], object]]:
    """Everything that is written into an open case alone, prepared now."""
    who = okayama.navigator
    absent = missed(okayama, case)
    with working_as(who):
        booked = contact.book(case=case, by=who, at=now(), appointment=slot(okayama, 5))
        plan = case.plans.select_related("case").get()
    held = hold(okayama, [])
    return {
        "note": lambda: contact.log_interview(case=case, by=who, at=now(), fields=NOTE),
        "booking": lambda: contact.book(case=case, by=who, at=now(), appointment=slot(okayama, 7)),
        "series": lambda: booking.book_series(
            case=case, by=who, at=now(), appointment=slot(okayama, 9), every_weeks=1, count=2
        ),
        "another time": lambda: booking.move_appointment(
            appointment=booked, by=who, at=now(), to=slot(okayama, 11), reason=""
        ),
        "no-show back": lambda: booking.undo_no_show(appointment=absent, by=who, at=now()),
        "review": lambda: review.write_review(
            plan=plan, by=who, at=now(), fields={"reviewed_on": today()}, results={}, next_review_on=None
        ),
        "agenda": lambda: meeting.add_item(meeting=held, case=case, reason="", by=who),
    }


def test_f12_nothing_is_written_into_a_case_that_was_closed_meanwhile(okayama: Programme):
    case = okayama.active(DAY)
    prepared = acts(okayama, case)
    close(okayama, Case(pk=case.pk))
    assert case.state != "closed"  # what the view had read
    for name, act in prepared.items():
        with working_as(okayama.navigator), pytest.raises(moves.CaseError):
            act()
            pytest.fail(name)
    with working_as(okayama.navigator):
        assert Interview.objects.filter(case=case).count() == 0
        assert Appointment.objects.filter(case=case).count() == 2
        assert Appointment.objects.filter(case=case, status=AppointmentStatus.BOOKED).count() == 1


def test_f12_the_ledger_and_a_request_look_again(okayama: Programme):
    one = okayama.open_case()
    who = okayama.caseworker
    with working_as(who):
        screening.not_refer(case=one, by=who, at=now(), reason="求職の意思がない")
        stale = Case.objects.get(pk=one.pk)
        moves.reopen_intake(case=one, by=who, at=now(), reason="希望が変わった")
        with pytest.raises(screening.NotOnTheLedger):
            screening.check_again(
                case=stale, by=who, at=now(), reason="", reason_kind=DeferralReason.OTHER, next_check_on=None
            )
    # Sent, and returned, by a colleague while the form was open: what changed has to be said now.
    stale = Case(pk=one.pk)
    sent = okayama.send(one, DAY)
    with working_as(okayama.navigator):
        request.return_request(request=sent, by=okayama.navigator, at=now(), reason="根拠を足してください")
    consent = okayama.consent(one, DAY)
    with working_as(who), pytest.raises(request.ChangeNotSaid):
        request.send_request(
            case=stale, by=who, at=now(), on=DAY, to=okayama.hello_work, consent=consent, conditions=YES
        )


def test_f12_a_case_out_of_sight_gives_a_sentence_and_the_text_back(okayama: Programme):
    """The person takes the consent back between reading and writing: no error page, no row."""
    case = okayama.active(DAY)
    with working_as(okayama.navigator):
        seen = Case.objects.get(pk=case.pk)
    with working_as(okayama.caseworker):
        withdrawal.withdraw_consent(
            consent=case.consents.latest("given_on"),
            by=okayama.caseworker,
            at=now(),
            on=today(),
            method=ConsentMethod.SPOKEN,
            note="窓口で",
        )
    with working_as(okayama.navigator), pytest.raises(moves.OutOfSight, match="見られなくなりました"):
        contact.log_interview(case=seen, by=okayama.navigator, at=now(), fields=NOTE)


def gone_after(table: str, programme: Programme) -> Callable[..., object]:
    """Hello Work sees the case no longer as soon as the page has read this table once (for execute_wrapper)."""
    done = []

    def run(execute: Callable[..., object], sql: str, params: object, many: bool, context: object) -> object:
        result = execute(sql, params, many, context)
        if f'FROM "{table}"' in sql and not done:
            done.append(sql)
            who = programme.navigator.user
            live = Grant.objects.filter(organisation=programme.hello_work, withdrawn_at__isnull=True)
            live.update(withdrawn_at=now(), withdrawn_by=who, withdrawal_reason="同意の撤回")
        return result

    return run


def test_f12_a_request_given_back_out_of_sight_keeps_the_text_on_the_page(okayama: Programme):
    """The city withdraws between the reading and the lock: the sentence and what was typed, and no 404."""
    case = okayama.open_case(DAY)
    okayama.send(case, DAY)
    client = client_of(okayama.navigator)
    url = reverse("support_request_answer", kwargs={"pk": case.pk})
    with connection.execute_wrapper(gone_after("cases_supportrequest", okayama)):
        answer = client.post(url, {"answer": "return", "return-reason": "根拠を教えてください"})
    assert answer.status_code == 200
    shown = answer.content.decode()
    assert "見られなくなりました" in shown and "根拠を教えてください" in shown
    assert "控えて" not in shown


def test_f12_ending_an_assignment_refused_keeps_the_reason_on_the_page(okayama: Programme):
    """The successor goes until today by an earlier handover: who, whose case and which day, and nothing typed is lost."""
    case = okayama.active(DAY)
    colleague = actor("second", okayama.office, Role.CASEWORKER)
    with working_as(okayama.caseworker):
        for who in (okayama.caseworker, colleague):
            team.assign(
                case=case,
                user=who.user,
                organisation=okayama.office,
                duty=Duty.CASEWORKER,
                on=DAY,
                by=okayama.caseworker,
                at=now(),
            )
        Assignment.objects.filter(user=colleague.user).update(ends_on=today())
        mine = Assignment.objects.get(case=case, user=okayama.caseworker.user, duty=Duty.CASEWORKER)
        whose = f"{case.person.name}さんのケース({case.number})"
    client = client_of(okayama.caseworker)
    body = {"end": mine.pk, "end_reason": "産休に入るため", "successor": colleague.user.pk}
    answer = client.post(reverse("assignment_new", kwargs={"pk": case.pk}), body)
    shown = answer.content.decode()
    assert answer.status_code == 200 and "産休に入るため" in shown
    for words in (colleague.user.name, whose, shown_date(today())):
        assert words in answer.context["ending"].non_field_errors()[0]
    assert "別の人を選ぶか、後任を空欄にして理由を入力してください。" in shown
    with working_as(okayama.caseworker), pytest.raises(team.StillInCharge) as refused:
        team.assign(
            case=case,
            user=colleague.user,
            organisation=okayama.office,
            duty=Duty.CASEWORKER,
            on=today(),
            by=okayama.caseworker,
            at=now(),
        )
    assert f"{shown_date(today() + dt.timedelta(days=1))}以降に" in str(refused.value)
