"""What waits for a user today: every list of the first screen and of the morning mail, by what the role may do.

A list leaves by itself: each is a question about the records, and what deals with a line changes the answer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from django.db.models import (
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, Greatest, TruncDate
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.enums import MUNICIPAL_KINDS, PERMISSIONS, Permission, Role
from accounts.models import Membership
from accounts.scope import Actor
from cases.actions.listing import WAITS_FOR
from cases.duties import missing_now
from cases.enums import STATES_IN_SUPPORT, AppointmentStatus, CaseState, RequestStatus
from cases.models import (
    Appointment,
    Assignment,
    Case,
    Cover,
    Deferral,
    EmergencyAccess,
    Grant,
    HandoverItem,
    Interview,
    ListExport,
    MeetingTask,
    OddReading,
    PlanReview,
    PreConsultation,
    Referral,
    ReferralAnswer,
    Release,
    RetentionCheck,
    SupportPlan,
    SupportRequest,
    Transfer,
)
from cases.needs import needs_of
from core.periods import Month, now

DAY_LINES = 40
LINES = 50
STAFF_LINES = 200  # of each kind, for a manager
DUTY_LINES = 60
TEAM_LINES = 12
# So long a partner's answer stays, when nobody does anything about it (chosen).
ANSWER_IS_NEWS = dt.timedelta(days=14)
NEW_MEMBERS_SHOWN = dt.timedelta(days=7)
# A list of things to do is for who may do them; everything else on the screen is for whoever sees the case.
TO_DO_BY = {
    Permission.LOG_INTERVIEW: ("no_shows", "unsettled", "no_contact", "no_next", "duties"),
    Permission.ANSWER_REQUEST: ("to_answer", "beforehand_asked"),
    Permission.REQUEST_SUPPORT: (
        "returned",
        "accepted",
        "declined",
        "incomplete",
        "ledger_due",
        "beforehand_answered",
        "referral_news",
    ),
    Permission.ANSWER_REFERRAL: ("unanswered",),
    Permission.ASSIGN: ("taken_over",),
    Permission.EDIT_PLAN: ("to_confirm", "to_agree", "reviews", "reviews_to_confirm", "past_goal"),
    Permission.RECORD_PLACEMENT: ("checks",),
}


def lists_for(actor: Actor, day: dt.date) -> dict[str, Any]:
    """Every list of the first screen: of the own cases, for a manager of all; empty where the role may not act."""
    lists = _all_lists(actor, day)
    return lists | {name: [] for permission, names in TO_DO_BY.items() if not actor.can(permission) for name in names}


def _all_lists(actor: Actor, day: dt.date) -> dict[str, Any]:
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
    ahead = appointments.booked().filter(
        starts_at__date__range=(day + dt.timedelta(days=1), day + dt.timedelta(days=7))
    )
    first = partial(FirstLines, limit=limit)
    return {
        **oversight_for(actor),
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
        **plans_for(actor, day, cases, limit),
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
    }


def plans_for(actor: Actor, day: dt.date, cases: QuerySet[Case], limit: int) -> dict[str, FirstLines]:
    """The plan and its reviews: what my side has not confirmed, the person not agreed to, nobody looked back on."""
    ids = cases.values("pk")
    plans = SupportPlan.objects.visible_to(actor).filter(case__in=ids).select_related("case__person")
    reviews = PlanReview.objects.visible_to(actor).filter(case__in=ids)
    side = "municipal" if actor.organisation.kind in MUNICIPAL_KINDS else "national"
    ours_is_missing = {f"{side}_confirmed_at__isnull": True}
    first = partial(FirstLines, limit=limit)
    waiting = plans.newest().filter(Q(person_agreed_on__isnull=True) | Q(**ours_is_missing))
    open_plans = FirstLines(waiting.order_by("created_at"), 2 * limit)
    return {
        "to_confirm": Some(open_plans, lambda plan: getattr(plan, f"{side}_confirmed_at") is None, limit),
        "to_agree": Some(open_plans, lambda plan: plan.person_agreed_on is None, limit),
        "reviews": first(
            plans.to_review().filter(review_on__lte=day).exclude(case__state=CaseState.PLACED).order_by("review_on")
        ),
        "reviews_to_confirm": first(
            reviews.filter(**ours_is_missing)
            .select_related("case__person", "plan", "organisation")
            .order_by("created_at")
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


class Some(FirstLines):
    """Those of a longer list that a test picks: two lists of the screen read with one question."""

    def __init__(self, whole: FirstLines, picks: Callable[[Any], bool], limit: int) -> None:
        super().__init__((), limit)
        self._whole, self._picks = whole, picks

    @cached_property
    def _found(self) -> list[Any]:
        return [row for row in self._whole if self._picks(row)]

    @property
    def is_cut(self) -> bool:
        return self._whole.is_cut or super().is_cut


def quiet_cases(actor: Actor, in_support: QuerySet[Case], day: dt.date, limit: int) -> FirstLines:
    """(case, days) where nobody has spoken with the person for as long as the agreement says; longest first."""
    end_of_day = timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))
    silence = ExpressionWrapper(F("agreement__silent_days") * Value(dt.timedelta(days=1)), DurationField())
    since = ExpressionWrapper(Value(end_of_day, DateTimeField()) - silence, DateTimeField())
    talks = Interview.objects.visible_to(actor).filter(case=OuterRef("pk"))
    kept = Appointment.objects.filter(case=OuterRef("pk"), status=AppointmentStatus.KEPT)
    spoken_at = Greatest(
        Subquery(talks.order_by("-held_at").values("held_at")[:1]),
        Subquery(kept.order_by("-starts_at").values("starts_at")[:1]),
    )
    quiet = (
        in_support.alias(talk_since=since)
        .filter(
            ~Exists(talks.filter(held_at__gte=OuterRef("talk_since"))),
            ~Exists(kept.filter(starts_at__gte=OuterRef("talk_since"))),
            support_started_on__lt=TruncDate("talk_since"),
        )
        .annotate(
            silent_since=Coalesce(TruncDate(spoken_at), "support_started_on"), silent_days=F("agreement__silent_days")
        )
    )
    found = FirstLines(quiet.select_related("person").order_by("silent_since", "pk"), limit)
    return FirstLines([(case, (day - case.silent_since).days) for case in found], limit, has_more=found.is_cut)


def screening_for(actor: Actor, day: dt.date, cases: QuerySet[Case], limit: int) -> dict[str, Any]:
    """Before the request and beside the support: talks beforehand, requests in a hurry, ledger, referrals, duties."""
    ids = cases.values("pk")
    mine = actor.organisation_ids
    asked = PreConsultation.objects.visible_to(actor).filter(case__state=CaseState.PRE_CONSULTATION)
    asked = asked.select_related("case__person", "from_organisation", "to_organisation").order_by("sent_at")
    nobody = Assignment.objects.filter(case=OuterRef("pk"), organisation=OuterRef("organisation")).in_charge(day)
    duties, has_more_duties = missing_now(cases, actor, day, DUTY_LINES)
    unanswered = Referral.objects.visible_to(actor).unanswered().filter(answer_due_on__lte=day)
    taken_over = Case.objects.visible_to(actor).open().filter(Exists(Transfer.objects.filter(case=OuterRef("pk"))))
    first = partial(FirstLines, limit=limit)
    requests = SupportRequest.objects
    sent = requests.visible_to(actor).filter(case__in=ids, from_organisation__in=mine)
    to_show = requests.declined() | requests.unplanned() | requests.incomplete()
    sent = sent.filter(pk__in=to_show.values("pk")).annotate(
        is_news=Exists(requests.unplanned().filter(pk=OuterRef("pk")))
    )
    back = FirstLines(sent.select_related("case__person", "to_organisation").order_by("sent_at"), 3 * limit)
    return {
        "beforehand_asked": first(asked.filter(to_organisation__in=mine, opinion="")),
        "beforehand_answered": first(asked.filter(case__in=ids, from_organisation__in=mine).exclude(opinion="")),
        "accepted": Some(back, lambda row: row.is_news, limit),
        "declined": Some(back, lambda row: row.status == RequestStatus.DECLINED, limit),
        "incomplete": Some(back, lambda row: row.is_incomplete and row.status != RequestStatus.DECLINED, limit),
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
        "referral_news": first(
            ReferralAnswer.objects.visible_to(actor)
            .news(now() - ANSWER_IS_NEWS, mine)
            .filter(Q(referral__from_organisation__in=mine) | Q(case__organisation__in=mine), case__in=ids)
            .select_related("case__person", "organisation")
            .order_by("answered_at")
        ),
        "taken_over": first(
            taken_over.filter(~Exists(nobody), organisation__in=mine).select_related("person").order_by("opened_on")
        ),
        "duties": FirstLines(duties, limit, has_more=has_more_duties),
        "month_end": Month.of(day).last_day,
    }


def oversight_for(actor: Actor) -> dict[str, Any]:
    """What a manager answers for: looks by break-glass, and prints or lifts that wait for a second person."""
    if not actor.can(Permission.REVIEW_EMERGENCY):
        return {}
    first = partial(FirstLines, limit=LINES)
    of_case = Subquery(Case.objects.visible_to(actor).filter(person=OuterRef("person")).values("pk")[:1])
    releases = Release.objects.visible_to(actor).waiting().exclude(user=actor.user).annotate(case_id=of_case)
    exports = ListExport.objects.visible_to(actor).waiting().filter(requested_at__gt=now() - WAITS_FOR)
    return {
        "emergencies": first(
            EmergencyAccess.objects.to_review(actor).select_related("user", "organisation").order_by("review_due_on")
        ),
        "releases": first(releases.select_related("person", "user").order_by("requested_at")),
        "exports": first(
            exports.exclude(user=actor.user).select_related("user", "organisation").order_by("requested_at")
        )
        if actor.can(Permission.APPROVE_EXPORT)
        else [],
        "new_members": first(new_members(actor)),
    }


def new_members(actor: Actor) -> QuerySet[Any]:
    """Whom an administrator let see cases of my organisations in the last days (A32)."""
    seeing = [role for role, permissions in PERMISSIONS.items() if Permission.VIEW_CASES in permissions]
    given: QuerySet[Any] = Membership.pgh_event_model.objects.filter(  # type: ignore[attr-defined]
        pgh_label="insert",
        pgh_context__isnull=False,  # on a screen, not when the system was set up
        pgh_created_at__gt=now() - NEW_MEMBERS_SHOWN,
        organisation__in=actor.organisation_ids,
        role__in=seeing,
    )
    return given.select_related("user", "organisation").order_by("-pgh_created_at")


def team_today(actor: Actor, day: dt.date) -> dict[str, Any]:
    """For the first screen: taken over and not confirmed, standing in, decided in meetings, nobody in charge."""
    running = list(
        Cover.objects.visible_to(actor)
        .running(day)
        .filter(colleague=actor.user)
        .select_related("worker")
        .order_by("pk")
    )
    covered: list[tuple[Case, str, list[str]]] = []
    if running:
        names = {(cover.worker_id, cover.organisation_id): cover.worker.name for cover in running}
        rows = Assignment.objects.covered_by(actor.user.pk, day).filter(case__in=Case.objects.visible_to(actor).open())
        of_case = {row.case_id: names[row.user_id, row.organisation_id] for row in rows}
        cases = list(Case.objects.filter(pk__in=of_case).select_related("person").order_by("number"))
        needs = needs_of(cases, actor, day)
        covered = [(case, of_case[case.pk], needs[case.pk]) for case in cases if case.pk in needs]
    tasks = MeetingTask.objects.visible_to(actor).open()
    first = partial(FirstLines, limit=TEAM_LINES)
    people = [actor.user.pk, *(cover.worker_id for cover in running)]
    return {
        "running_covers": running,
        "covered_workers": [cover.worker_id for cover in running],
        "covered_cases": first(covered),
        "handed_over": first(
            HandoverItem.objects.waiting_for(actor)
            .select_related("case__person", "handover__worker")
            .order_by("handover__on", "pk")
        ),
        "meeting_tasks": first(
            tasks.filter(user__in=people).select_related("case__person", "user").order_by("until_on", "pk")
        ),
        "can_log": actor.can(Permission.LOG_INTERVIEW),
        "nobody_count": unassigned(actor, day).count() if actor.role == Role.MANAGER else 0,
    }


def unassigned(actor: Actor, day: dt.date) -> QuerySet[Case]:
    """Open cases of my organisations of which nobody of ours is in charge (担当のいないケース).

    Who left, was stopped or only interprets looks after no case.
    Hello Work's become its business when it takes them on.
    """
    ours = Grant.objects.live(day).opening().filter(user__isnull=True, organisation__in=actor.organisation_ids)
    in_charge = Assignment.objects.in_charge(day).filter(organisation__in=actor.organisation_ids)
    cases = (
        Case.objects.visible_to(actor)
        .open()
        .filter(Exists(ours.filter(case=OuterRef("pk"))))
        .filter(~Exists(in_charge.filter(case=OuterRef("pk"))))
    )
    if actor.organisation.kind not in MUNICIPAL_KINDS:
        cases = cases.filter(state__in=STATES_IN_SUPPORT)
    return cases
