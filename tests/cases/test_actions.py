"""Acts of casework: what they write, and what they refuse."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from agreements.enums import BenefitStatus
from cases.actions import contact, intake, moves, request, sharing, withdrawal, work
from cases.enums import (
    CASE_TRANSITIONS,
    AppointmentStatus,
    CaseState,
    CloseReason,
    ConditionAnswer,
    ConsentMethod,
    IntroductionResult,
    RetentionState,
)
from cases.models import (
    Appointment,
    Case,
    CaseTransition,
    Grant,
    Introduction,
    RetentionCheck,
    SupportRequest,
)
from tests.factories import YES, Programme, at, working_as

DAY = dt.date(2023, 4, 10)


def states(case: Case) -> list[str]:
    return list(CaseTransition.objects.filter(case=case).order_by("at", "pk").values_list("to_state", flat=True))


def test_the_whole_course(okayama: Programme):
    case = okayama.active(DAY)
    introduction = okayama.introduce(case, dt.date(2023, 5, 1))
    with working_as(okayama.navigator):
        placement = work.place(
            case=case,
            by=okayama.navigator,
            at=at(dt.date(2023, 5, 20)),
            introduction=introduction,
            fields={
                "employer": okayama.employer,
                "job_title": "清掃",
                "employment_type": "part_time",
                "started_on": dt.date(2023, 5, 20),
            },
        )
        assert Introduction.objects.get().result == IntroductionResult.HIRED
        marks = list(RetentionCheck.objects.order_by("month_mark").values_list("month_mark", "due_on"))
        assert marks == [
            (1, dt.date(2023, 6, 20)),
            (3, dt.date(2023, 8, 20)),
            (6, dt.date(2023, 11, 20)),
            (12, dt.date(2024, 5, 20)),
        ]
        work.separate(
            placement=placement, by=okayama.navigator, at=at(dt.date(2023, 7, 1)), on=dt.date(2023, 7, 1), reason="体調"
        )
        assert set(RetentionCheck.objects.filter(due_on__gt=dt.date(2023, 7, 1)).values_list("state", flat=True)) == {
            RetentionState.NOT_NEEDED
        }
        moves.close_case(
            case=case,
            by=okayama.navigator,
            at=at(dt.date(2023, 8, 1)),
            closed_on=dt.date(2023, 8, 1),
            reason=CloseReason.WITHDRAWN,
            note="",
        )
        assert states(case) == ["intake", "requested", "accepted", "active", "placed", "active", "closed"]
        assert Case.objects.get().support_group == okayama.groups["livelihood"]


def test_group_is_a_snapshot(okayama: Programme):
    case = okayama.supported(DAY)
    with working_as(okayama.caseworker):
        intake.change_primary_status(
            case=case, by=okayama.caseworker, at=at(DAY), status=BenefitStatus.CHILD_REARING, on=dt.date(2023, 6, 1)
        )
        assert Case.objects.get().support_group == okayama.groups["livelihood"]


def test_four_conditions_guard_the_request(okayama: Programme):
    case = okayama.open_case(DAY)
    consent = okayama.consent(case, DAY)
    no = ConditionAnswer.NO
    yes = ConditionAnswer.YES
    arguments = {
        "case": case,
        "by": okayama.caseworker,
        "at": at(DAY),
        "on": DAY,
        "to": okayama.hello_work,
        "consent": consent,
    }
    with working_as(okayama.caseworker):
        with pytest.raises(request.ParticipationNotAgreed):
            request.send_request(**arguments, conditions=request.Conditions(yes, yes, yes, no))
        with pytest.raises(request.ConditionsNotMet, match="①稼働能力"):
            request.send_request(**arguments, conditions=request.Conditions(no, yes, yes, yes))
        assert Case.objects.get().state == CaseState.INTAKE
        assert Grant.objects.count() == 1
        request.send_request(
            **arguments,
            conditions=request.Conditions(no, ConditionAnswer.EXPECTED, yes, yes, flexibility_reason="協議済み"),
        )
        assert SupportRequest.objects.get().flexibility_reason == "協議済み"


def test_no_request_without_a_live_consent(okayama: Programme, soja: Programme):
    case = okayama.open_case(DAY)
    consent = okayama.consent(case, DAY)
    with working_as(okayama.caseworker), pytest.raises(sharing.ConsentMissing):
        request.send_request(
            case=case, by=okayama.caseworker, at=at(DAY), on=DAY, to=soja.hello_work, consent=consent, conditions=YES
        )
    with working_as(okayama.caseworker):
        withdrawal.withdraw_consent(
            consent=consent, by=okayama.caseworker, at=at(DAY), on=DAY, method=ConsentMethod.SPOKEN, note="電話で"
        )
        consent.refresh_from_db()
        with pytest.raises(sharing.ConsentMissing):
            request.send_request(
                case=case,
                by=okayama.caseworker,
                at=at(DAY),
                on=DAY,
                to=okayama.hello_work,
                consent=consent,
                conditions=YES,
            )


def test_an_answer_is_given_once(okayama: Programme):
    case = okayama.open_case(DAY)
    sent = okayama.send(case, DAY)
    with working_as(okayama.navigator):
        request.decline_request(
            request=SupportRequest.objects.get(pk=sent.pk),
            by=okayama.navigator,
            at=at(DAY),
            reason="まず生活を整える",
            offered_instead="就労準備支援",
        )
        assert Case.objects.count() == 0  # declined: Hello Work no longer sees the case
    with working_as(okayama.caseworker):
        assert Case.objects.get().state == CaseState.DECLINED
        with pytest.raises(request.AlreadyAnswered):
            request.withdraw_request(
                request=SupportRequest.objects.get(), by=okayama.caseworker, at=at(DAY), reason="x"
            )


@pytest.mark.parametrize("origin", list(CaseState))
def test_the_database_knows_the_transition_table(okayama: Programme, origin):
    case = okayama.open_case(DAY)
    closed = {"closed_on": DAY, "close_reason": "other"} if origin == CaseState.CLOSED else {}
    started = {"support_started_on": DAY, "support_group": okayama.groups["livelihood"]}
    with working_as(okayama.caseworker):
        # A case can be written in any state once (history is imported so); moves follow the table.
        Case.objects.filter(pk=case.pk).update(**started)
        row = Case.objects.get()
        copy_id = "0190a000-0000-7000-8000-000000000001"
        Grant.objects.create(
            case_id=copy_id,
            organisation=okayama.office,
            purpose="holder",
            legal_basis="own_duty",
            valid_from=DAY,
            given_by=okayama.caseworker.user,
            touched_at=at(DAY),
        )
        row.pk, row.number, row.state = copy_id, "X", origin
        for name, value in closed.items():
            setattr(row, name, value)
        row.save(force_insert=True)
        for target in CaseState:
            change = {"state": target}
            if target == CaseState.CLOSED:
                change |= {"closed_on": DAY, "close_reason": "other"}
            elif origin == CaseState.CLOSED:
                change |= {"closed_on": None, "close_reason": ""}
            if target == origin:
                continue
            allowed = target in CASE_TRANSITIONS[origin]
            try:
                with transaction.atomic():
                    Case.objects.filter(pk=copy_id).update(**change)
                    assert allowed, f"{origin} → {target} should be refused"
                    raise transaction.TransactionManagementError("undo")
            except transaction.TransactionManagementError:
                pass
            except DatabaseError:
                assert not allowed, f"{origin} → {target} should pass"


def test_interview_books_the_next_and_keeps_the_appointment(okayama: Programme):
    case = okayama.active(DAY)
    following = contact.NextAppointment(at(dt.date(2023, 4, 24)), okayama.navigator.user)
    with working_as(okayama.navigator):
        first = contact.book(
            case=case,
            by=okayama.navigator,
            at=at(DAY),
            appointment=contact.NextAppointment(at(dt.date(2023, 4, 17)), okayama.navigator.user),
        )
        contact.log_interview(
            case=case,
            by=okayama.navigator,
            at=at(dt.date(2023, 4, 17)),
            fields={"held_at": at(dt.date(2023, 4, 17)), "method": "visit", "body": "話した"},
            appointment=first,
            following=following,
        )
        assert list(Appointment.objects.order_by("starts_at").values_list("status", flat=True)) == [
            AppointmentStatus.KEPT,
            AppointmentStatus.BOOKED,
        ]
        with pytest.raises(contact.AppointmentTaken):
            contact.log_interview(
                case=case,
                by=okayama.navigator,
                at=at(DAY),
                fields={"held_at": at(DAY), "method": "visit", "body": "二重"},
                following=following,
            )
        assert case.interviews.count() == 1  # all or nothing


def test_closed_cases_take_no_notes(okayama: Programme):
    case = okayama.open_case(DAY)
    with working_as(okayama.caseworker):
        closed = moves.close_case(
            case=case, by=okayama.caseworker, at=at(DAY), closed_on=DAY, reason=CloseReason.MOVED_AWAY, note=""
        )
        with pytest.raises(contact.CaseAlreadyClosed):
            contact.log_interview(
                case=closed,
                by=okayama.caseworker,
                at=at(DAY),
                fields={"held_at": at(DAY), "method": "visit", "body": "x"},
            )


def test_two_placements_on_one_day_are_one(okayama: Programme):
    case = okayama.active(DAY)
    okayama.place(case, dt.date(2023, 5, 1))
    with pytest.raises(work.PlacementRepeated):
        okayama.place(case, dt.date(2023, 5, 1))


def test_numbers_run_per_office_and_year(okayama: Programme):
    numbers = [okayama.open_case(day).number for day in (DAY, DAY, dt.date(2024, 4, 1))]
    assert numbers == ["R05-0001", "R05-0002", "R06-0001"]
