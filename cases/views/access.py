"""How every screen of a case begins and ends: found through my grants, answered with a form or a sentence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.enums import OrganisationKind, Permission
from accounts.scope import Actor
from agreements.enums import BenefitStatus
from cases.actions.moves import CaseError
from cases.actions.suppression import OutputBlocked, require_output, standing
from cases.enums import CASE_TRANSITIONS, STATES_IN_SUPPORT, TONES, AppointmentStatus, CaseState, RetentionState
from cases.models import Appointment, Assignment, Case, Grant
from core.forms import ConfirmForm, Read, only_as_read
from core.periods import now, today

# What every screen of a case shows.
CASE_PARTS = ("person__contact", "person__interpreter_need", "agreement", "organisation", "site", "support_group")


def actor_of(request: HttpRequest) -> Actor:
    """The actor that `requires` made sure of."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def find_case(request: HttpRequest, pk: UUID) -> Case:
    """The case if one of my organisations holds a grant; otherwise 404, as if it did not exist."""
    return get_object_or_404(Case.objects.visible_to(actor_of(request)).select_related(*CASE_PARTS), pk=pk)


def identity(case: Case, *, visits: Sequence[Appointment] | None = None) -> dict[str, Any]:
    """What the identity bar shows on every page of the case; `visits` are its bookings where the page has read them."""
    day = today()
    team = list(
        Assignment.objects.filter(case=case).current(day).select_related("user", "organisation").order_by("starts_on")
    )
    periods = list(case.benefit_periods.order_by("-starts_on"))
    if visits is None:
        ahead = case.appointments.booked().filter(starts_at__date__gte=day)
        visits = list(ahead.select_related("site").order_by("starts_at")[:1])
    months = None
    if case.support_started_on and case.state in STATES_IN_SUPPORT:
        months = (day.year - case.support_started_on.year) * 12 + day.month - case.support_started_on.month + 1
    readers = list(Grant.objects.filter(case=case).open_now().select_related("organisation"))
    partners = {
        row.organisation.short_name
        for row in readers
        if row.user_id is None and row.organisation.kind == OrganisationKind.HELLO_WORK
    }
    return {
        "case": case,
        "pair": " × ".join([case.organisation.short_name, *sorted(partners)]),
        "next_due": next_due(case),
        "suppression": standing(case.person_id),
        "tone": TONES.get(CaseState(case.state), "plain"),
        "team": team,
        "benefit": next((period for period in periods if period.is_primary), None),
        "has_duties": any(period.status == BenefitStatus.HOUSING_BENEFIT for period in periods),
        "upcoming": next((visit for visit in visits if _is_ahead(visit, day)), None),
        "support_month": months,
        "reader_count": len({row.organisation_id for row in readers}),
    }


def _is_ahead(visit: Appointment, day: dt.date) -> bool:
    return visit.status == AppointmentStatus.BOOKED and timezone.localtime(visit.starts_at).date() >= day


def next_due(case: Case) -> tuple[dt.date, str] | None:
    """The nearest day by which something is to be done in the case, and what; None when nothing is."""
    found: list[tuple[dt.date, str]] = []
    if case.state in STATES_IN_SUPPORT:
        check = case.retention_checks.filter(state=RetentionState.PENDING).order_by("due_on").first()
        if check is not None:
            found.append((check.due_on, f"定着確認 {check.month_mark}か月"))
        plan = case.plans.to_review().first() if case.state != CaseState.PLACED else None
        if plan is not None:
            found.append((plan.review_on, "プランの見直し"))
        if case.support_goal_on and case.state != CaseState.PLACED:
            found.append((case.support_goal_on, "支援期間の目安"))
    elif case.state == CaseState.NOT_REFERRED:
        deferral = case.deferrals.newest().first()
        if deferral is not None and deferral.next_check_on:
            found.append((deferral.next_check_on, "見送りの確認"))
    return min(found, default=None)


# (URL name, label, permission, states in which it is offered; None: all but closed)
_ACTIONS: tuple[tuple[str, str, Permission, frozenset[CaseState] | None], ...] = (
    ("interview_new", "面談を記録", Permission.LOG_INTERVIEW, None),
    ("appointment_new", "予約", Permission.LOG_INTERVIEW, None),
    (
        "support_request_new",
        "支援要請",
        Permission.REQUEST_SUPPORT,
        frozenset({CaseState.INTAKE, CaseState.PRE_CONSULTATION, CaseState.RETURNED}),
    ),
    (
        "support_request_urgent",
        "至急の支援要請",
        Permission.REQUEST_SUPPORT,
        frozenset({CaseState.INTAKE, CaseState.PRE_CONSULTATION}),
    ),
    ("pre_consultation_new", "プレ相談", Permission.REQUEST_SUPPORT, frozenset({CaseState.INTAKE})),
    (
        "pre_consultation_answer",
        "プレ相談の意見",
        Permission.ANSWER_REQUEST,
        frozenset({CaseState.PRE_CONSULTATION}),
    ),
    ("ledger_check", "見送りを確かめる", Permission.REQUEST_SUPPORT, frozenset({CaseState.NOT_REFERRED})),
    ("support_request_answer", "支援要請に答える", Permission.ANSWER_REQUEST, frozenset({CaseState.REQUESTED})),
    ("plan_new", "支援プラン", Permission.EDIT_PLAN, STATES_IN_SUPPORT),
    ("introduction_new", "紹介・応募", Permission.INTRODUCE, STATES_IN_SUPPORT),
    ("placement_new", "就職を記録", Permission.RECORD_PLACEMENT, STATES_IN_SUPPORT),
)

MOVES: dict[str, tuple[CaseState, str, Permission]] = {
    "suspend": (CaseState.SUSPENDED, "中断する", Permission.MOVE_CASE),
    "resume": (CaseState.ACTIVE, "支援を再開する", Permission.MOVE_CASE),
    "not-refer": (CaseState.NOT_REFERRED, "見送りにする", Permission.REQUEST_SUPPORT),
    "reopen": (CaseState.INTAKE, "相談受付に戻す", Permission.REQUEST_SUPPORT),
}


def case_actions(case: Case, actor: Actor) -> list[tuple[str, str]]:
    """Main buttons for the state and the role: (URL name, label)."""
    state = CaseState(case.state)
    if state == CaseState.CLOSED:
        return [("case_again", "再支援のケースを開く")] if actor.can(Permission.OPEN_CASE) else []
    return [
        (name, label)
        for name, label, permission, states in _ACTIONS
        if actor.can(permission) and (states is None or state in states)
    ]


def case_moves(case: Case, actor: Actor) -> list[tuple[str, str]]:
    """Moves by hand that the transition table allows now: (act, label)."""
    allowed = CASE_TRANSITIONS[CaseState(case.state)]
    by_hand = {
        "suspend": case.state != CaseState.SUSPENDED,
        "resume": case.state == CaseState.SUSPENDED,
        "not-refer": True,
        "reopen": case.state in (CaseState.NOT_REFERRED, CaseState.DECLINED),
    }
    return [
        (act, label)
        for act, (to, label, permission) in MOVES.items()
        if to in allowed and actor.can(permission) and by_hand[act]
    ]


def blocked_output(request: HttpRequest, case: Case) -> HttpResponse | None:
    """For every print and file of one person: the way to ask, when a suppression blocks it (A27)."""
    try:
        require_output(person_id=case.person_id, by=actor_of(request), at=now())
    except OutputBlocked as error:
        messages.error(request, str(error))
        return redirect("suppression" if actor_of(request).may_reveal else "case_detail", pk=case.pk)
    return None


def act_on(
    request: HttpRequest,
    case: Case,
    form: BaseForm,
    act: Callable[[], Any],
    *,
    title: str,
    submit: str,
    done: str,
    lead: str = "",
    template: str = "cases/case_form.html",
    back: str = "case_detail",
    **context: Any,
) -> HttpResponse:
    """Show the form; on a valid post do the one act and go back to the case (or its screen `back`).

    A refusal of the act becomes a sentence above the form; what was typed stays.
    """
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except CaseError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, done)
            return redirect(back, pk=case.pk)
    shown = {
        "form": form,
        "title": title,
        "submit": submit,
        "lead": lead,
        "back": reverse(back, kwargs={"pk": case.pk}),
    }
    return render(request, template, {**identity(case), **shown, **context})


def confirm_act(
    request: HttpRequest,
    case: Case,
    act: Callable[[], Any],
    *,
    title: str,
    lead: str,
    submit: str,
    done: str,
    back: str = "case_detail",
    facts: Iterable[tuple[str, str]] = (),
    read: Read | None = None,
    **carries: str,
) -> HttpResponse:
    """Before an act that cannot be taken back or reaches somebody else: whom it is about and what follows (D35)."""
    form = ConfirmForm(request, **carries)
    return act_on(
        request,
        case,
        form if read is None else only_as_read(form, read),
        act,
        title=title,
        lead=lead,
        submit=submit,
        done=done,
        template="cases/confirm.html",
        back=back,
        facts=[("本人", case.person.name), *facts],
    )
