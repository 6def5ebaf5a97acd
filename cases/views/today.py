"""What must I do today; the first screen of every role."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_safe

from accounts.drafts import unfinished
from accounts.enums import Permission
from accounts.scope import Actor
from cases.models import Case
from cases.staff import after_opinion, desks_of, lines_of
from cases.todo import FirstLines, lists_for
from core.periods import today as today_in_japan

# What a manager decides, beside the desks of the staff.
TO_DECIDE = (
    "odd_count",
    "new_members",
    "emergencies",
    "releases",
    "exports",
    "handed_over",
    "meeting_tasks",
    "nobody_count",
    "taken_over",
)
BESIDE_DESKS = ("agenda", "ahead", "taken_over")  # shown on a manager's screen outside of the desks
UNFINISHED_LINES = 50
# Lists that stand under すること; without any of them the screen says so.
TO_DO = (
    "emergencies",
    "new_members",
    "no_shows",
    "to_answer",
    "odd_count",
    "returned",
    "accepted",
    "declined",
    "incomplete",
    "taken_over",
    "handed_over",
    "meeting_tasks",
    "nobody_count",
    "unanswered",
    "referral_news",
    "unsettled",
    "beforehand_asked",
    "beforehand_answered",
    "exports",
    "releases",
    "to_confirm",
    "reviews_to_confirm",
    "to_agree",
    "checks",
    "ledger_due",
)


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
    context = {**lists, "unfinished": unfinished_of(actor)}
    if lists["everybody"]:
        context["has_to_do"] = any(lists.get(name) for name in TO_DECIDE)
        context["desks"] = desks_of(lines_of(lists, day), actor, day)
        on_desks = (rows for name, rows in lists.items() if name not in BESIDE_DESKS and isinstance(rows, FirstLines))
        context["is_cut"] = any(rows.is_cut for rows in on_desks)
        return render(request, "cases/today_staff.html", context)
    agreed_days = sorted({case.silent_days for case, _days in lists["no_contact"]})
    context["silent_days"] = "・".join(f"{days}日" for days in agreed_days)  # one number, unless agreements differ
    for row in lists["beforehand_answered"]:
        row.next_url, row.next_act = after_opinion(row)
    to_do = [lists.get(name) for name in TO_DO]
    context["has_to_do"] = any(to_do)
    context["is_cut"] = any(rows.is_cut for rows in to_do if isinstance(rows, FirstLines))
    return render(request, "cases/today.html", context)


def unfinished_of(actor: Actor) -> FirstLines:
    """(draft, the person's name): my 書きかけ; none of a case that I no longer see."""
    lines = [(line, _case_of(line.path)) for line in unfinished(actor.user)]
    ids = {pk for _line, pk in lines if pk is not None}
    seen = Case.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", "person__name") if ids else ()
    names = {**dict(seen), None: ""}
    return FirstLines([(line, names[pk]) for line, pk in lines if pk in names], UNFINISHED_LINES)


def _case_of(path: str) -> UUID | None:
    """The case whose screen has this path."""
    try:
        match = resolve(path)
    except Resolver404:
        return None
    return match.kwargs["pk"] if match.route.startswith("cases/<uuid:pk>/") else None


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """How the system is used, for every role."""
    return render(request, "help.html", {})


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What was promised and tested for people who use the screens in another way (JIS X 8341-3)."""
    return render(request, "accessibility.html", {"contact": settings.SUPPORT_CONTACT})
