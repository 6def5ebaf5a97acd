"""What must I do today; the first screen of every role."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.drafts import Unfinished, unfinished
from accounts.enums import MUNICIPAL_KINDS, Permission
from accounts.scope import Actor
from cases.actions.listing import WAITS_FOR
from cases.duties import missing_now
from cases.enums import AppointmentStatus, CaseState
from cases.models import (
    Appointment,
    Assignment,
    Case,
    Deferral,
    EmergencyAccess,
    Interview,
    ListExport,
    MeetingTask,
    OddReading,
    PreConsultation,
    Referral,
    Release,
    RetentionCheck,
    SupportPlan,
    SupportRequest,
    Transfer,
)
from cases.needs import NO_CONTACT_DAYS, last_talk
from cases.staff import desks_of, lines_of
from cases.views.team import team_today
from core.periods import Month, now
from core.periods import today as today_in_japan

DAY_LINES = 40
# More than an office has in a day, so that the week ahead is not crowded out.
WEEK_LINES = 200
LINES = 50
STAFF_LINES = 200  # of each kind, for a manager
DUTY_LINES = 60
# A list of things to do is for who may do them; everything else on the screen is for whoever sees the case.
TO_DO_BY = {
    Permission.LOG_INTERVIEW: ("no_shows", "unsettled", "no_contact", "no_next", "duties"),
    Permission.ANSWER_REQUEST: ("to_answer", "beforehand_asked"),
    Permission.REQUEST_SUPPORT: ("returned", "incomplete", "ledger_due", "beforehand_answered"),
    Permission.ANSWER_REFERRAL: ("unanswered",),
    Permission.ASSIGN: ("taken_over",),
    Permission.EDIT_PLAN: ("to_confirm", "reviews", "past_goal"),
    Permission.RECORD_PLACEMENT: ("checks",),
}


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """Lists that can be dealt with from here; for roles without cases, the way to the figures."""
    actor: Actor | None = request.actor  # type: ignore[attr-defined]
    if actor is None:
        return redirect("choose_organisation")
    if not actor.can(Permission.VIEW_CASES) and actor.can(Permission.VIEW_REFERRALS):
        return redirect("referral_list")
    if not actor.can(Permission.VIEW_CASES):
        return render(request, "cases/today_figures.html", {})
    day = today_in_japan()
    lists = lists_for(actor, day)
    lists |= {name: [] for permission, names in TO_DO_BY.items() if not actor.can(permission) for name in names}
    context = {**lists, "unfinished": unfinished_of(actor)}
    if lists["everybody"]:
        context["desks"] = desks_of(lines_of(lists, day), actor, day)
        return render(request, "cases/today_staff.html", context)
    return render(request, "cases/today.html", context)


def unfinished_of(actor: Actor) -> list[tuple[Unfinished, str]]:
    """My drafts (書きかけ) with the person's name; none of a case that I no longer see."""
    lines = [(line, _case_of(line.path)) for line in unfinished(actor.user)]
    ids = {pk for _line, pk in lines if pk is not None}
    seen = Case.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", "person__name") if ids else ()
    names = {**dict(seen), None: ""}
    return [(line, names[pk]) for line, pk in lines if pk in names][:LINES]


def _case_of(path: str) -> UUID | None:
    """The case whose screen has this path."""
    try:
        match = resolve(path)
    except Resolver404:
        return None
    return match.kwargs["pk"] if match.route.startswith("cases/<uuid:pk>/") else None


def lists_for(actor: Actor, day: dt.date) -> dict[str, Any]:
    """Every list of the first screen; a worker sees the own cases, a manager everybody's."""
    everybody = actor.can(Permission.CONFIRM_REPORT)
    limit = STAFF_LINES if everybody else LINES
    desk = team_today(actor, day)
    cases = Case.objects.visible_to(actor).open()
    own = Assignment.objects.filter(user=actor.user).current(day)
    if not everybody:
        cases = cases.filter(Exists(own.filter(case=OuterRef("pk"))))
    ids = cases.values("pk")
    appointments = Appointment.objects.visible_to(actor).select_related("case__person", "worker", "organisation")
    missed = appointments.missed()
    if not everybody:
        missed = missed.concerning(actor.user, day)
        appointments = appointments.own(actor, day, desk["covered_workers"])
    requests = (
        SupportRequest.objects.visible_to(actor)
        .waiting()
        .select_related("case__person", "to_organisation", "from_organisation")
    )
    booked_ahead = Appointment.objects.booked().filter(case=OuterRef("pk"), starts_at__date__gte=day)
    in_support = cases.in_support()
    searching = in_support.exclude(state=CaseState.PLACED)
    plans = SupportPlan.objects.visible_to(actor).filter(case__in=ids)
    # Today's in every state and what is booked in the week ahead, in one look.
    week = list(
        appointments.filter(Q(starts_at__date=day) | Q(status=AppointmentStatus.BOOKED))
        .filter(starts_at__date__range=(day, day + dt.timedelta(days=7)))
        .order_by("starts_at")[:WEEK_LINES]
    )
    city = actor.organisation.kind in MUNICIPAL_KINDS
    side = "municipal_confirmed_at" if city else "national_confirmed_at"
    return {
        **oversight_for(actor, day),
        **desk,
        **screening_for(actor, day, cases, limit),
        "day": day,
        "everybody": everybody,
        "odd_count": OddReading.objects.visible_to(actor).open().count() if actor.can(Permission.REVIEW_ACCESS) else 0,
        "agenda": [row for row in week if _day_of(row) == day][:DAY_LINES],
        "ahead": [row for row in week if _day_of(row) > day][:limit],
        "unsettled": appointments.booked().filter(starts_at__date__lt=day).order_by("starts_at")[:limit],
        "no_shows": missed.order_by("starts_at", "pk")[:limit],
        "to_answer": requests.filter(to_organisation__in=actor.organisation_ids).order_by("-is_urgent", "sent_at")[
            :limit
        ],
        "asked": requests.filter(from_organisation__in=actor.organisation_ids, case__in=ids).order_by("sent_at")[
            :limit
        ],
        "returned": cases.filter(state=CaseState.RETURNED).select_related("person").order_by("opened_on")[:limit],
        "to_confirm": plans.filter(**{f"{side}__isnull": True})
        .select_related("case__person")
        .order_by("created_at")[:limit],
        "checks": RetentionCheck.objects.visible_to(actor)
        .due(day + dt.timedelta(days=7))
        .filter(case__in=ids)
        .select_related("case__person", "placement__workplace__employer")
        .order_by("due_on")[:limit],
        "no_contact": quiet_cases(actor, searching, day, limit),
        "staff_tasks": MeetingTask.objects.visible_to(actor)
        .open()
        .filter(case__in=ids)
        .select_related("case__person")
        .order_by("until_on", "pk")[:limit],
        "no_next": searching.filter(~Exists(booked_ahead))
        .select_related("person")
        .order_by("support_started_on")[:limit],
        "past_goal": searching.filter(support_goal_on__lt=day)
        .select_related("person")
        .order_by("support_goal_on")[:limit],
        "reviews": plans.filter(review_on__lte=day)
        .exclude(case__state=CaseState.PLACED)
        .select_related("case__person")
        .order_by("review_on")[:limit],
    }


def _day_of(visit: Appointment) -> dt.date:
    return timezone.localtime(visit.starts_at).date()


def quiet_cases(actor: Actor, in_support: QuerySet[Case], day: dt.date, limit: int) -> list[tuple[Case, int]]:
    """Cases in which nobody has spoken with the person for NO_CONTACT_DAYS, with the days; longest first."""
    last = day - dt.timedelta(days=NO_CONTACT_DAYS)
    since = timezone.make_aware(dt.datetime.combine(last + dt.timedelta(days=1), dt.time()))
    talks = Interview.objects.visible_to(actor).filter(case=OuterRef("pk"), held_at__gte=since)
    kept = Appointment.objects.filter(case=OuterRef("pk"), status=AppointmentStatus.KEPT, starts_at__gte=since)
    quiet = in_support.filter(~Exists(talks), ~Exists(kept), support_started_on__lte=last)
    found = list(quiet.select_related("person").order_by("support_started_on", "pk")[:limit])
    spoken = last_talk([case.pk for case in found], actor)
    days = [(case, (day - (spoken.get(case.pk) or case.support_started_on or day)).days) for case in found]
    return sorted(days, key=lambda row: -row[1])


def screening_for(actor: Actor, day: dt.date, cases: QuerySet[Case], limit: int) -> dict[str, Any]:
    """Before the request and beside the support: talks beforehand, requests in a hurry, ledger, referrals, duties."""
    ids = cases.values("pk")
    mine = actor.organisation_ids
    asked = PreConsultation.objects.visible_to(actor).filter(case__state=CaseState.PRE_CONSULTATION)
    asked = asked.select_related("case__person", "from_organisation", "to_organisation").order_by("sent_at")
    nobody = Assignment.objects.filter(case=OuterRef("pk"), organisation=OuterRef("organisation")).current(day)
    return {
        "beforehand_asked": asked.filter(to_organisation__in=mine, opinion="")[:limit],
        "beforehand_answered": asked.filter(case__in=ids, from_organisation__in=mine).exclude(opinion="")[:limit],
        "incomplete": SupportRequest.objects.visible_to(actor)
        .incomplete()
        .filter(case__in=ids, from_organisation__in=mine)
        .select_related("case__person")
        .order_by("sent_at")[:limit],
        "ledger_due": Deferral.objects.visible_to(actor)
        .newest()
        .filter(case__in=ids, next_check_on__lte=day)
        .select_related("case__person")
        .order_by("next_check_on")[:limit],
        "unanswered": Referral.objects.visible_to(actor)
        .unanswered()
        .filter(Q(case__in=ids, case__organisation__in=mine) | Q(to_organisation__in=mine), answer_due_on__lte=day)
        .select_related("case__person", "to_organisation")
        .order_by("answer_due_on")[:limit],
        "taken_over": Case.objects.visible_to(actor)
        .open()
        .filter(Exists(Transfer.objects.filter(case=OuterRef("pk"))), ~Exists(nobody), organisation__in=mine)
        .select_related("person")
        .order_by("opened_on")[:limit],
        "duties": missing_now(cases, actor, day, DUTY_LINES)[:limit],
        "month_end": Month.of(day).last_day,
    }


def oversight_for(actor: Actor, day: dt.date) -> dict[str, Any]:
    """What a manager answers for: looks by break-glass, and prints or lifts that wait for a second person."""
    if not actor.can(Permission.REVIEW_EMERGENCY):
        return {}
    return {
        "emergencies": EmergencyAccess.objects.to_review(actor)
        .select_related("user", "organisation")
        .order_by("review_due_on")[:LINES],
        "releases": Release.objects.visible_to(actor)
        .waiting()
        .exclude(user=actor.user)
        .select_related("person", "user")
        .annotate(case_id=Subquery(Case.objects.visible_to(actor).filter(person=OuterRef("person")).values("pk")[:1]))
        .order_by("requested_at")[:LINES],
        "exports": ListExport.objects.visible_to(actor)
        .waiting()
        .filter(requested_at__gt=now() - WAITS_FOR)
        .exclude(user=actor.user)
        .select_related("user", "organisation")
        .order_by("requested_at")[:LINES]
        if actor.can(Permission.APPROVE_EXPORT)
        else [],
    }


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """How the system is used, for every role."""
    return render(request, "help.html", {})


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What was promised and tested for people who use the screens in another way (JIS X 8341-3)."""
    return render(request, "accessibility.html", {"contact": settings.SUPPORT_CONTACT})
