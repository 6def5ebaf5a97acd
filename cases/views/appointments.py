"""Bookings: the week and the day, a new one, another time, called off, no-show, the slip for the person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.enums import Permission
from accounts.models import User
from accounts.scope import Actor, requires
from cases import slips
from cases.actions import booking, contact
from cases.actions.moves import CaseError
from cases.agenda import calendar_of, free_for, is_outside_slots, sites_for_booking, whose
from cases.enums import AppointmentStatus, CaseState
from cases.forms.calendar import AppointmentForm, CancelForm, MoveForm
from cases.forms.contact import WORKERS
from cases.forms.support import members
from cases.models import Appointment
from cases.views.access import act_on, actor_of, blocked_output, find_case, identity
from cases.views.contact import proposed_next
from cases.weeks import holiday_name, monday_of
from core.documents import download
from core.periods import now, today
from core.templatetags.ui import moment, shortdate

DEFAULT_MINUTES = 60
WEEK = dt.timedelta(weeks=1)


@requires(Permission.VIEW_CASES)
@require_safe
def appointment_list(request: HttpRequest) -> HttpResponse:
    """A week (or a day) of a worker, a counter or everybody; other organisations' bookings only as taken times."""
    actor, day = actor_of(request), today()
    who, workers, sites = whose(actor, request.GET.get("of", ""), day)
    is_day = request.GET.get("view") == "day"
    on = _day(request.GET.get("on", "")) or _first_day(day, is_day)
    monday = monday_of(on)
    days = [on] if is_day else [monday + dt.timedelta(days=number) for number in range(7)]
    step = dt.timedelta(days=1) if is_day else WEEK
    return render(
        request,
        "cases/appointment_list.html",
        {
            "layout": calendar_of(actor, who, days, today=day),
            "who": who,
            "workers": workers,
            "sites": sites,
            "is_day": is_day,
            "on": on,
            "first": days[0],
            "last": days[-1],
            "earlier": (on if is_day else monday) - step,
            "later": (on if is_day else monday) + step,
            "holiday": holiday_name(on) if is_day else "",
            "can_log": actor.can(Permission.LOG_INTERVIEW),
        },
    )


def _day(text: str) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None


def _first_day(day: dt.date, is_day: bool) -> dt.date:
    """Today; at the weekend the week that comes, because that is what people plan."""
    return day if is_day or day.weekday() < 5 else monday_of(day) + WEEK


def _find(request: HttpRequest, pk: UUID) -> Appointment:
    rows = Appointment.objects.visible_to(actor_of(request)).select_related(
        "case__person", "case__agreement", "worker", "organisation", "site", "desk", "status_by", "followed_up_by"
    )
    return get_object_or_404(rows, pk=pk)


@requires(Permission.VIEW_CASES)
@require_safe
def appointment_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One booking with everything that can be done to it."""
    appointment = _find(request, pk)
    case = find_case(request, appointment.case_id)
    return render(
        request,
        "cases/appointment_detail.html",
        {
            **identity(case),
            "appointment": appointment,
            "moves": appointment.moves.select_related("moved_by", "organisation").order_by("-moved_at"),
            "is_booked": appointment.status == AppointmentStatus.BOOKED,
            "is_missed": appointment.status == AppointmentStatus.NO_SHOW and appointment.followed_up_at is None,
            "can_log": actor_of(request).can(Permission.LOG_INTERVIEW),
            "can_undo": appointment.status == AppointmentStatus.NO_SHOW
            and case.state != CaseState.CLOSED
            and actor_of(request).can(Permission.LOG_INTERVIEW),
        },
    )


def _worker(request: HttpRequest, actor: Actor, fallback: User) -> User:
    """Whose free times are offered: the one asked for among the colleagues, otherwise the fallback."""
    value = request.POST.get("worker") or request.GET.get("worker") or ""
    if not (value.isascii() and value.isdigit() and len(value) < 15):
        return fallback
    return members(actor.organisation_ids, WORKERS).filter(pk=int(value)).first() or fallback


@requires(Permission.LOG_INTERVIEW)
def appointment_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Book once or every week; the next free times of the worker are offered."""
    case, actor, at = find_case(request, pk), actor_of(request), now()
    worker = _worker(request, actor, actor.user)
    free = free_for(worker, at=at, minutes=DEFAULT_MINUTES)
    initial: dict[str, Any] = {"worker": worker, "spot": f"s{case.site_id}" if case.site_id else ""}
    if not free:
        initial["starts_at"] = proposed_next()
    form = AppointmentForm(
        request.POST or None, actor=actor, sites=sites_for_booking(case.agreement), free=free, initial=initial
    )

    def act() -> list[Appointment]:
        wanted, data = form.appointment(), form.cleaned_data
        if not data["every"]:
            return [contact.book(case=case, by=actor, at=at, appointment=wanted)]
        series = booking.book_series(
            case=case, by=actor, at=at, appointment=wanted, every_weeks=int(data["every"]), count=data["count"]
        )
        if series.skipped:
            days = "、".join(f"{shortdate(day)} {holiday_name(day)}" for day in series.skipped)
            messages.info(request, f"祝日のため予約しなかった日: {days}")
        return series.made

    return _answer(
        request,
        form,
        act,
        context={
            **identity(case),
            "title": "予約",
            "submit": "予約する",
            "chosen": worker,
            "has_free": bool(free),
            "colleagues": members(actor.organisation_ids, WORKERS),
        },
        done="予約しました",
    )


@requires(Permission.LOG_INTERVIEW)
def appointment_move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Another day or time; the earlier one stays to be seen."""
    appointment = _find(request, pk)
    case, actor, at = find_case(request, appointment.case_id), actor_of(request), now()
    worker = _worker(request, actor, appointment.worker)
    form = MoveForm(
        request.POST or None,
        actor=actor,
        sites=sites_for_booking(case.agreement),
        free=free_for(worker, at=at, minutes=appointment.minutes),
        appointment=appointment,
    )

    def act() -> list[Appointment]:
        reason = form.cleaned_data["reason"]
        booking.move_appointment(appointment=appointment, by=actor, at=at, to=form.appointment(), reason=reason)
        return [Appointment.objects.select_related("worker").get(pk=appointment.pk)]

    return _answer(
        request,
        form,
        act,
        context={
            **identity(case),
            "title": "予約の日時を変える",
            "submit": "日時を変える",
            "appointment": appointment,
        },
        done="予約の日時を変えました",
    )


def _answer(
    request: HttpRequest,
    form: AppointmentForm,
    act: Callable[[], list[Appointment]],
    *,
    context: dict[str, Any],
    done: str,
) -> HttpResponse:
    """Show the form; after the act go to the booking, and warn when the worker is not at a counter then."""
    if request.method == "POST" and form.is_valid():
        try:
            made = act()
        except CaseError as error:
            form.add_error(None, str(error))
        else:
            first = made[0]
            times = "、".join(moment(each.starts_at) for each in made)
            messages.success(request, f"{done}: {times}。本人に渡す予約票を印刷できます。")
            outside = [each for each in made if is_outside_slots(each.worker, each.starts_at, each.minutes)]
            if outside:
                when = "、".join(moment(each.starts_at) for each in outside)
                messages.warning(request, f"{first.worker.name}さんが窓口にいる時間の外です({when})。")
            return redirect("appointment_detail", pk=first.pk)
    return render(request, "cases/appointment_form.html", {**context, "form": form})


@requires(Permission.LOG_INTERVIEW)
def appointment_cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Call a booking off, with the reason."""
    appointment = _find(request, pk)
    case, form = find_case(request, appointment.case_id), CancelForm(request.POST or None)
    return act_on(
        request,
        case,
        form,
        lambda: contact.settle_appointment(
            appointment=appointment,
            status=AppointmentStatus.CANCELLED,
            by=actor_of(request),
            at=now(),
            note=form.cleaned_data["reason"],
        ),
        title="予約を取り消す",
        submit="取り消す",
        lead=f"{case.person.name}さんの {moment(appointment.starts_at)} の予約を取り消します。"
        "取り消したことは経過に残り、相手の機関にも見えます。日時だけを変えるときは「日時を変える」を使います。",
        done=f"{case.person.name}さんの {moment(appointment.starts_at)} の予約を取り消しました。経過に残ります。"
        "会う日が要るときは新しく予約してください。",
    )


@requires(Permission.LOG_INTERVIEW)
@require_POST
def appointment_settle(request: HttpRequest, pk: UUID) -> HttpResponse:
    """No-show or kept, in one click; a no-show can be taken back from the message and on the booking."""
    appointment = _find(request, pk)
    status = request.POST.get("status", "")
    if status not in (AppointmentStatus.KEPT, AppointmentStatus.NO_SHOW):  # calling off asks for a reason
        raise Http404
    try:
        contact.settle_appointment(
            appointment=appointment, status=AppointmentStatus(status), by=actor_of(request), at=now()
        )
    except CaseError as error:
        messages.error(request, str(error))
    else:
        what = f"{appointment.case.person.name}さんの {moment(appointment.starts_at)} の予約を"
        if status == AppointmentStatus.NO_SHOW:
            messages.success(
                request,
                f"{what}「無断欠席」と記録しました。担当している機関すべての「今日」に出ます。まちがえたときは取り消せます。",
                extra_tags=_undo_url(appointment, "no_show"),
            )
        else:
            messages.success(request, f"{what}「来所・実施」と記録しました。続けて面談の記録を書いてください。")
    return _back(request, appointment)


def _undo_url(appointment: Appointment, what: str) -> str:
    """Where the button below a message posts to (base.html)."""
    return reverse("appointment_undo", kwargs={"pk": appointment.pk, "what": what})


# What can be taken back: the act, and what to say.
UNDO = {
    "no_show": (
        booking.undo_no_show,
        "無断欠席の記録を取り消しました。予約に戻り、どの機関の「今日」からも無断欠席の知らせが消えました。",
    ),
    "followed_up": (
        booking.undo_follow_up,
        "「連絡した」を取り消しました。無断欠席の知らせが、担当している機関すべての「今日」に戻りました。",
    ),
}


@requires(Permission.LOG_INTERVIEW)
@require_POST
def appointment_undo(request: HttpRequest, pk: UUID, what: str) -> HttpResponse:
    """Take back a no-show, or that somebody got in touch after it."""
    appointment = _find(request, pk)
    if what not in UNDO:
        raise Http404
    act, done = UNDO[what]
    try:
        act(appointment=appointment, by=actor_of(request), at=now())
    except CaseError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{appointment.case.person.name}さんの{done}")
    return redirect("appointment_detail", pk=appointment.pk)


@requires(Permission.LOG_INTERVIEW)
@require_POST
def appointment_followed_up(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Somebody got in touch after a no-show."""
    appointment = _find(request, pk)
    try:
        booking.follow_up_no_show(appointment=appointment, by=actor_of(request), at=now())
    except CaseError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            f"{appointment.case.person.name}さんに連絡したことを記録しました。どの機関の「今日」からも消えます。"
            "次の予約がまだなら入れてください。",
            extra_tags=_undo_url(appointment, "followed_up"),
        )
    return _back(request, appointment)


def _back(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    if request.POST.get("from") == "today":
        return redirect("today")
    if request.POST.get("from") == "booking":
        return redirect("appointment_detail", pk=appointment.pk)
    return redirect("case_detail", pk=appointment.case_id)


@requires(Permission.VIEW_CASES)
@require_safe
def appointment_slip(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The slip (予約票) for the person: simple Japanese, with Portuguese beside it where that is spoken."""
    appointment = _find(request, pk)
    if (blocked := blocked_output(request, appointment.case)) is not None:
        return blocked
    slip = slips.slip_of(appointment, language=request.GET.get("lang", ""), size=request.GET.get("size", ""))
    return download(slips.pdf(slip), f"予約票_{timezone.localdate(appointment.starts_at)}.pdf", is_shown=True)
