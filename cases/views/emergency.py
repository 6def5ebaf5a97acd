"""Break-glass: open one case with a reason, a banner on every page, a review by the holder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.confirm import reauthenticated
from accounts.enums import Permission
from accounts.scope import Actor, requires
from cases.actions import emergency as acts
from cases.actions.moves import CaseError
from cases.enums import EmergencyVerdict
from cases.forms.walls import EmergencyForm, ReviewForm
from cases.models import EmergencyAccess
from cases.views.access import actor_of
from core.pagination import page_of
from core.periods import now, today


class EmergencyMiddleware:
    """Inside the scope: while a break-glass of this user runs, the page says so and case pages open."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.emergencies = []  # type: ignore[attr-defined]
        actor: Actor | None = getattr(request, "actor", None)
        if actor is not None and actor.can(Permission.BREAK_GLASS):
            running = list(EmergencyAccess.objects.running(actor.user.pk, now()).order_by("-started_at"))
            if running:
                request.emergencies = running  # type: ignore[attr-defined]
                request.actor = replace(actor, extra=frozenset({Permission.VIEW_CASES}))  # type: ignore[attr-defined]
        return self.get_response(request)


@requires(Permission.BREAK_GLASS)
@reauthenticated
def emergency_new(request: HttpRequest) -> HttpResponse:
    """Say which case and why; the holder is told at once."""
    form = EmergencyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            case_id = acts.break_glass(
                by=actor_of(request), at=now(), on=today(), wanted=form.wanted(), reason=form.cleaned_data["reason"]
            )
        except CaseError as error:
            form.add_error(None, str(error))
        else:
            messages.warning(request, "緊急時の閲覧を始めました。30分で終わります。担当機関に通知しました。")
            return redirect("case_detail", pk=case_id)
    return render(request, "cases/emergency_new.html", {"form": form})


@requires(Permission.BREAK_GLASS)
@require_POST
def emergency_end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Close the glass before the half hour is over."""
    actor = actor_of(request)
    access = get_object_or_404(EmergencyAccess.objects.running(actor.user.pk, now()), pk=pk)
    acts.end_emergency(access=access, by=actor, at=now())
    messages.success(request, "緊急時の閲覧を終えました。担当機関の管理者が、見た理由を確かめます。")
    return redirect("today")


@requires(Permission.REVIEW_EMERGENCY)
@require_safe
def emergency_list(request: HttpRequest) -> HttpResponse:
    """What was looked at of ours by break-glass, and by ours elsewhere; open reviews first."""
    actor = actor_of(request)
    rows = EmergencyAccess.objects.visible_to(actor).select_related(
        "user", "organisation", "holder", "case__person", "reviewed_by"
    )
    page = page_of(rows, at="started_at", key="pk", cursor=request.GET.get("page"))
    return render(
        request,
        "cases/emergency_list.html",
        {"page": page, "day": today(), "own_ids": actor.organisation_ids, "user_id": actor.user.pk},
    )


@requires(Permission.REVIEW_EMERGENCY)
def emergency_review(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The holder says whether the look was right."""
    actor = actor_of(request)
    access = get_object_or_404(
        EmergencyAccess.objects.filter(holder__in=actor.organisation_ids).select_related(
            "user", "organisation", "case__person"
        ),
        pk=pk,
    )
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            acts.review_emergency(
                access=access, by=actor, at=now(), verdict=EmergencyVerdict(data["verdict"]), note=data["note"]
            )
        except CaseError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, f"{access.user.name}さんの緊急時の閲覧の確認を記録しました。「今日」から消えます。"
            )
            return redirect("emergency_list")
    return render(request, "cases/emergency_review.html", {"form": form, "access": access})
