"""Interviews."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.enums import Permission
from accounts.scope import requires
from cases.actions import contact
from cases.forms.contact import InterviewEditForm, InterviewForm
from cases.models import Case, Grant, Interview
from cases.views.access import act_on, actor_of, find_case, identity
from core.forms import EditConflict
from core.periods import now, today


def readers(case: Case) -> list[str]:
    """Names of the organisations that will read a shared note."""
    grants = Grant.objects.filter(case=case).live(today()).select_related("organisation").order_by("valid_from")
    return [grant.organisation.name for grant in grants]


def proposed_next() -> dt.datetime:
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
        ),
        title="面談を記録",
        submit="保存する",
        done="面談を記録しました。",
        template="cases/interview_form.html",
        readers=readers(case),
        proposed=proposed_next(),
        own_name=actor.organisation.name,
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
    if request.method == "POST" and form.is_valid():
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


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error
