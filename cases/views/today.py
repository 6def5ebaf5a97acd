"""What must I do today; the first screen of every role."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest, TruncDate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe

from accounts.drafts import unfinished
from accounts.enums import MUNICIPAL_KINDS, PERMISSIONS, Permission
from accounts.models import Membership
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
from cases.needs import NO_CONTACT_DAYS
from cases.staff import desks_of, lines_of
from cases.views.team import team_today
from core.periods import Month, now
from core.periods import today as today_in_japan

DAY_LINES = 40
LINES = 50
STAFF_LINES = 200  # of each kind, for a manager
DUTY_LINES = 60
NEW_MEMBERS_SHOWN = dt.timedelta(days=7)
BESIDE_DESKS = ("agenda", "ahead", "taken_over")  # shown on a manager's screen outside of the desks
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
        on_desks = (rows for name, rows in lists.items() if name not in BESIDE_DESKS and isinstance(rows, FirstLines))
        context["is_cut"] = any(rows.is_cut for rows in on_desks)
        return render(request, "cases/today_staff.html", context)
    return render(request, "cases/today.html", context)


def unfinished_of(actor: Actor) -> FirstLines:
    """(draft, the person's name): my 書きかけ; none of a case that I no longer see."""
    lines = [(line, _case_of(line.path)) for line in unfinished(actor.user)]
    ids = {pk for _line, pk in lines if pk is not None}
    seen = Case.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", "person__name") if ids else ()
    names = {**dict(seen), None: ""}
    return FirstLines([(line, names[pk]) for line, pk in lines if pk in names], LINES)


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
    ahead = appointments.booked().filter(
        starts_at__date__range=(day + dt.timedelta(days=1), day + dt.timedelta(days=7))
    )
    first = partial(FirstLines, limit=limit)
    city = actor.organisation.kind in MUNICIPAL_KINDS
    side = "municipal_confirmed_at" if city else "national_confirmed_at"
    return {
        **oversight_for(actor, day),
        **desk,
        **screening_for(actor, day, cases, limit),
        "day": day,
        "everybody": everybody,
        "odd_count": OddReading.objects.visible_to(actor).open().count() if actor.can(Permission.REVIEW_ACCESS) else 0,
        "agenda": FirstLines(appointments.filter(starts_at__date=day).order_by("starts_at"), DAY_LINES),
        "ahead": first(ahead.order_by("starts_at")),
        "unsettled": first(appointments.booked().filter(starts_at__date__lt=day).order_by("starts_at")),
        "no_shows": first(missed.order_by("starts_at", "pk")),
        "to_answer": first(
            requests.filter(to_organisation__in=actor.organisation_ids).order_by("-is_urgent", "sent_at")
        ),
        "asked": first(requests.filter(from_organisation__in=actor.organisation_ids, case__in=ids).order_by("sent_at")),
        "returned": first(cases.filter(state=CaseState.RETURNED).select_related("person").order_by("opened_on")),
        "to_confirm": first(
            plans.filter(**{f"{side}__isnull": True}).select_related("case__person").order_by("created_at")
        ),
        "checks": first(
            RetentionCheck.objects.visible_to(actor)
            .due(day + dt.timedelta(days=7))
            .filter(case__in=ids)
            .select_related("case__person", "placement__workplace__employer")
            .order_by("due_on")
        ),
        "no_contact": quiet_cases(actor, searching, day, limit),
        "staff_tasks": first(
            MeetingTask.objects.visible_to(actor)
            .open()
            .filter(case__in=ids)
            .select_related("case__person", "user")
            .order_by("until_on", "pk")
        ),
        "no_next": first(
            searching.filter(~Exists(booked_ahead)).select_related("person").order_by("support_started_on")
        ),
        "past_goal": first(
            searching.filter(support_goal_on__lt=day).select_related("person").order_by("support_goal_on")
        ),
        "reviews": first(
            plans.filter(review_on__lte=day)
            .exclude(case__state=CaseState.PLACED)
            .select_related("case__person")
            .order_by("review_on")
        ),
    }


class FirstLines:
    """The first lines of a list, read when they are shown; `is_cut` says that there are more of them."""

    def __init__(self, rows: QuerySet[Any] | Sequence[Any], limit: int, *, has_more: bool = False) -> None:
        self._rows, self._limit, self._has_more = rows, limit, has_more

    @cached_property
    def _found(self) -> list[Any]:
        return list(self._rows[: self._limit + 1])

    @property
    def is_cut(self) -> bool:
        return self._has_more or len(self._found) > self._limit

    def __len__(self) -> int:
        return min(len(self._found), self._limit)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._found[: self._limit])


def quiet_cases(actor: Actor, in_support: QuerySet[Case], day: dt.date, limit: int) -> FirstLines:
    """(case, days) where nobody has spoken with the person for NO_CONTACT_DAYS; longest first."""
    last = day - dt.timedelta(days=NO_CONTACT_DAYS)
    since = timezone.make_aware(dt.datetime.combine(last + dt.timedelta(days=1), dt.time()))
    talks = Interview.objects.visible_to(actor).filter(case=OuterRef("pk"))
    kept = Appointment.objects.filter(case=OuterRef("pk"), status=AppointmentStatus.KEPT)
    spoken_at = Greatest(
        Subquery(talks.order_by("-held_at").values("held_at")[:1]),
        Subquery(kept.order_by("-starts_at").values("starts_at")[:1]),
    )
    quiet = in_support.filter(
        ~Exists(talks.filter(held_at__gte=since)),
        ~Exists(kept.filter(starts_at__gte=since)),
        support_started_on__lte=last,
    ).annotate(silent_since=Coalesce(TruncDate(spoken_at), "support_started_on"))
    found = FirstLines(quiet.select_related("person").order_by("silent_since", "pk"), limit)
    return FirstLines([(case, (day - case.silent_since).days) for case in found], limit, has_more=found.is_cut)


def screening_for(actor: Actor, day: dt.date, cases: QuerySet[Case], limit: int) -> dict[str, Any]:
    """Before the request and beside the support: talks beforehand, requests in a hurry, ledger, referrals, duties."""
    ids = cases.values("pk")
    mine = actor.organisation_ids
    asked = PreConsultation.objects.visible_to(actor).filter(case__state=CaseState.PRE_CONSULTATION)
    asked = asked.select_related("case__person", "from_organisation", "to_organisation").order_by("sent_at")
    nobody = Assignment.objects.filter(case=OuterRef("pk"), organisation=OuterRef("organisation")).current(day)
    duties, has_more_duties = missing_now(cases, actor, day, DUTY_LINES)
    unanswered = Referral.objects.visible_to(actor).unanswered().filter(answer_due_on__lte=day)
    taken_over = Case.objects.visible_to(actor).open().filter(Exists(Transfer.objects.filter(case=OuterRef("pk"))))
    first = partial(FirstLines, limit=limit)
    return {
        "beforehand_asked": first(asked.filter(to_organisation__in=mine, opinion="")),
        "beforehand_answered": first(asked.filter(case__in=ids, from_organisation__in=mine).exclude(opinion="")),
        "incomplete": first(
            SupportRequest.objects.visible_to(actor)
            .incomplete()
            .filter(case__in=ids, from_organisation__in=mine)
            .select_related("case__person")
            .order_by("sent_at")
        ),
        "ledger_due": first(
            Deferral.objects.visible_to(actor)
            .newest()
            .filter(case__in=ids, next_check_on__lte=day)
            .select_related("case__person")
            .order_by("next_check_on")
        ),
        "unanswered": first(
            unanswered.filter(Q(case__in=ids, case__organisation__in=mine) | Q(to_organisation__in=mine))
            .select_related("case__person", "to_organisation")
            .order_by("answer_due_on")
        ),
        "taken_over": first(
            taken_over.filter(~Exists(nobody), organisation__in=mine).select_related("person").order_by("opened_on")
        ),
        "duties": FirstLines(duties, limit, has_more=has_more_duties),
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
        "new_members": new_members(actor),
    }


def new_members(actor: Actor) -> QuerySet[Any]:
    """Whom an administrator let see cases of my organisations in the last days (A32)."""
    seeing = [role for role, permissions in PERMISSIONS.items() if Permission.VIEW_CASES in permissions]
    given = Membership.pgh_event_model.objects.filter(  # type: ignore[attr-defined]
        pgh_label="insert",
        pgh_context__isnull=False,  # on a screen, not when the system was set up
        pgh_created_at__gt=now() - NEW_MEMBERS_SHOWN,
        organisation__in=actor.organisation_ids,
        role__in=seeing,
    )
    found: QuerySet[Any] = given.select_related("user", "organisation").order_by("-pgh_created_at")[:LINES]
    return found


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """How the system is used, for every role."""
    return render(request, "help.html", {})


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What was promised and tested for people who use the screens in another way (JIS X 8341-3)."""
    return render(request, "accessibility.html", {"contact": settings.SUPPORT_CONTACT})
