"""Interviews and appointments."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.enums import Permission
from accounts.scope import Actor, requires
from cases.actions import contact
from cases.actions.circumstance import live_grants_of, open_on
from cases.actions.moves import CaseError
from cases.enums import AppointmentStatus, FieldGroup, GrantPurpose, Visibility
from cases.forms.contact import AppointmentForm, InterviewEditForm, InterviewForm
from cases.models import Appointment, Case, Interview
from cases.views.access import act_on, actor_of, find_case, identity, refuse_hidden
from core.forms import EditConflict
from core.periods import now, today

DAYS_SHOWN = 14


def readers(case: Case, actor: Actor) -> list[tuple[str, str]]:
    """Who will read the note, per choice of the form: (choice, names)."""
    live = [grant for grant in live_grants_of(case) if grant.purpose != GrantPurpose.REFERRAL]
    team = case.assignments.current(today()).select_related("user", "organisation").order_by("starts_on")
    return [
        (Visibility.SHARED.label, "、".join(grant.organisation.name for grant in live)),
        (Visibility.TEAM.label, "、".join(f"{row.organisation.short_name} {row.user.name}" for row in team)),
        (Visibility.OWN.label, actor.organisation.name),
        *((f"種類が「{group.label}」", "、".join(open_on(live, group))) for group in FieldGroup),
    ]


def _proposed_next() -> dt.datetime:
    """The same weekday and time one week on."""
    return (now() + dt.timedelta(days=7)).replace(minute=0, second=0, microsecond=0)


@requires(Permission.LOG_INTERVIEW)
def interview_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Log a talk with homework and the next appointment; readers are named before saving."""
    case = find_case(request, pk)
    actor = actor_of(request)
    appointment = None
    if request.GET.get("appointment"):
        appointment = case.appointments.booked().filter(pk=_uuid(request.GET["appointment"])).first()
    initial = {"held_at": appointment.starts_at, "method": appointment.method} if appointment else {}
    if appointment and appointment.starts_at > now():
        initial.pop("held_at")
    form = InterviewForm(request.POST or None, actor=actor, initial=initial)
    return act_on(
        request,
        case,
        form,
        lambda: contact.log_interview(
            case=case,
            by=actor,
            at=now(),
            fields=form.interview_fields(),
            appointment=appointment,
            following=form.following(actor),
            source=form.cleaned_data["source"],
        ),
        title="面談を記録",
        submit="保存する",
        done="面談を記録しました。",
        template="cases/interview_form.html",
        readers=readers(case, actor),
        proposed=_proposed_next(),
    )


@requires(Permission.LOG_INTERVIEW)
def interview_edit(request: HttpRequest, pk: UUID, interview_pk: UUID) -> HttpResponse:
    """Correct a note of one's own; a stale save shows both texts."""
    case = find_case(request, pk)
    actor = actor_of(request)
    notes = Interview.objects.visible_to(actor).filter(case=case, written_by=actor.user)
    interview = get_object_or_404(notes, pk=interview_pk)
    form = InterviewEditForm(request.POST or None, instance=interview)
    conflict: list[tuple[str, object, object]] = []
    if request.method == "POST" and form.is_valid() and not refuse_hidden(case, form):
        try:
            form.save()
        except EditConflict:
            conflict = form.conflict_with(Interview.objects.get(pk=interview.pk))
        else:
            messages.success(request, "面談記録を直しました。前の内容は履歴に残ります。")
            return redirect("case_detail", pk=case.pk)
    return render(
        request,
        "cases/conflict_form.html",
        {**identity(case), "form": form, "title": "面談記録を直す", "submit": "保存する", "conflict": conflict},
        status=409 if conflict else 200,
    )


@requires(Permission.LOG_INTERVIEW)
def appointment_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Book an appointment."""
    case = find_case(request, pk)
    actor = actor_of(request)
    form = AppointmentForm(request.POST or None, actor=actor, initial={"starts_at": _proposed_next()})
    return act_on(
        request,
        case,
        form,
        lambda: contact.book(case=case, by=actor, at=now(), appointment=form.appointment()),
        title="予約",
        submit="予約する",
        done="予約しました。",
    )


@requires(Permission.LOG_INTERVIEW)
@require_POST
def appointment_settle(request: HttpRequest, pk: UUID) -> HttpResponse:
    """No-show, kept or cancelled, in one click."""
    actor = actor_of(request)
    appointment = get_object_or_404(Appointment.objects.visible_to(actor).select_related("case__person"), pk=pk)
    status = request.POST.get("status", "")
    if status not in (AppointmentStatus.KEPT, AppointmentStatus.NO_SHOW, AppointmentStatus.CANCELLED):
        raise Http404
    try:
        contact.settle_appointment(appointment=appointment, status=AppointmentStatus(status), by=actor, at=now())
    except CaseError as error:
        messages.error(request, str(error))
    else:
        label = AppointmentStatus(status).label
        messages.success(request, f"{appointment.case.person.name}さんの予約を「{label}」と記録しました。")
    return redirect("today") if request.POST.get("from") == "today" else redirect("case_detail", pk=appointment.case_id)


@requires(Permission.VIEW_CASES)
@require_safe
def appointment_list(request: HttpRequest) -> HttpResponse:
    """The coming two weeks, day by day."""
    actor = actor_of(request)
    start = today()
    rows = (
        Appointment.objects.visible_to(actor)
        .filter(starts_at__date__range=(start, start + dt.timedelta(days=DAYS_SHOWN)))
        .exclude(status=AppointmentStatus.CANCELLED)
        .select_related("case__person", "worker", "organisation")
        .order_by("starts_at", "pk")
    )
    if not request.GET.get("all"):
        rows = rows.filter(worker=actor.user)
    return render(request, "cases/appointment_list.html", {"rows": rows[:300], "all": request.GET.get("all")})


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error
