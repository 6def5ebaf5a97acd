"""Interviews."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.enums import Permission
from accounts.scope import Actor, requires
from cases.actions import contact
from cases.actions.circumstance import live_grants_of, open_on, opening
from cases.enums import FieldGroup, Visibility
from cases.forms.contact import HEADINGS, InterviewEditForm, InterviewForm
from cases.models import Case, Interview
from cases.views.access import act_on, actor_of, find_case, identity
from core.forms import Difference, EditConflict
from core.periods import now, today


def readers(case: Case, actor: Actor) -> list[tuple[str, str]]:
    """Who will read the note, per choice of the form: (choice, names)."""
    live = opening(live_grants_of(case))
    team = case.assignments.current(today()).select_related("user", "organisation").order_by("starts_on")
    return [
        (Visibility.SHARED.label, "、".join(grant.organisation.name for grant in live)),
        (Visibility.TEAM.label, "、".join(f"{row.organisation.short_name} {row.user.name}" for row in team)),
        (Visibility.OWN.label, actor.organisation.name),
        *((f"種類が「{group.label}」", "、".join(open_on(live, group))) for group in FieldGroup),
    ]


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
            source=form.cleaned_data["source"],
        ),
        title="面談を記録",
        submit="保存する",
        done="面談を記録しました。下の「経過」に出ます。次回の予約がないときは「予約」から入れてください。"
        "渡された書類などは、経過のその記録の「ファイルを添付」から付けられます。",
        template="cases/interview_form.html",
        readers=readers(case, actor),
        proposed=proposed_next(),
        headings=HEADINGS,
    )


@requires(Permission.LOG_INTERVIEW)
def interview_edit(request: HttpRequest, pk: UUID, interview_pk: UUID) -> HttpResponse:
    """Correct a note of one's own; a stale save shows both texts."""
    case = find_case(request, pk)
    actor = actor_of(request)
    notes = Interview.objects.visible_to(actor).filter(case=case, written_by=actor.user)
    interview = get_object_or_404(notes, pk=interview_pk)
    form = InterviewEditForm(request.POST or None, instance=interview)
    conflict: list[Difference] | None = None
    if request.method == "POST" and form.is_valid():
        try:
            form.save()
        except EditConflict:
            conflict = form.conflict_with(Interview.objects.get(pk=interview.pk))
        else:
            messages.success(request, "面談記録を直しました。前の内容は履歴に残ります。読める機関の画面も変わります。")
            return redirect("case_detail", pk=case.pk)
    return render(
        request,
        "cases/conflict_form.html",
        {**identity(case), "form": form, "title": "面談記録を直す", "submit": "保存する", "conflict": conflict},
        status=200 if conflict is None else 409,
    )


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error
