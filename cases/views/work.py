"""Introductions, placements, leaving, retention checks."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from accounts.enums import Permission
from accounts.scope import requires
from cases.actions import work
from cases.enums import ContactMethod, IntroductionResult, RetentionState
from cases.forms.work import IntroductionForm, PlacementForm, ResultForm, RetentionForm, SeparationForm
from cases.views.access import act_on, actor_of, find_case
from core.periods import now


@requires(Permission.INTRODUCE)
def introduction_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record an introduction or application."""
    case = find_case(request, pk)
    form = IntroductionForm(request.POST or None, case=case)
    return act_on(
        request,
        case,
        form,
        lambda: work.introduce(case=case, by=actor_of(request), at=now(), fields=form.cleaned_data),
        title="紹介・応募を記録",
        submit="保存する",
        done="紹介・応募を記録しました。結果が出たら「結果を記録」から入力してください。",
    )


@requires(Permission.INTRODUCE)
def introduction_result(request: HttpRequest, pk: UUID, introduction_pk: UUID) -> HttpResponse:
    """What came of an introduction."""
    case = find_case(request, pk)
    introduction = get_object_or_404(case.introductions.select_related("workplace__employer"), pk=introduction_pk)
    form = ResultForm(request.POST or None)
    return act_on(
        request,
        case,
        form,
        lambda: work.record_result(
            introduction=introduction,
            by=actor_of(request),
            at=now(),
            result=IntroductionResult(form.cleaned_data["result"]),
            on=form.cleaned_data["on"],
            reason=form.cleaned_data["reason"],
        ),
        title="紹介・応募の結果を記録",
        lead=f"{introduction.employer_name} {introduction.job_title}",
        submit="保存する",
        done="紹介・応募の結果を記録しました。採用のときは、続けて「就職を記録」を入力してください。",
    )


@requires(Permission.RECORD_PLACEMENT)
def placement_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record a placement, beginning from the introduction that led to it."""
    case = find_case(request, pk)
    waiting = case.introductions.filter(result=IntroductionResult.PENDING).select_related("workplace")
    pending = waiting.order_by("-introduced_on").first()
    initial = (
        {
            "introduction": pending,
            "employer": getattr(getattr(pending, "workplace", None), "employer_id", None),
            "job_title": pending.job_title,
            "route": pending.route,
            "disclosure": pending.disclosure,
        }
        if pending
        else {}
    )
    form = PlacementForm(request.POST or None, case=case, initial=initial)
    return act_on(
        request,
        case,
        form,
        lambda: work.place(
            case=case,
            by=actor_of(request),
            at=now(),
            fields=form.placement_fields(),
            introduction=form.cleaned_data["introduction"],
        ),
        title="就職を記録",
        lead="1・3・6・12か月後の定着確認の予定も作ります。",
        submit="保存する",
        done=f"{case.person.name}さんの就職を記録しました。定着確認の予定を作りました。期日が近づくと「今日」に出ます。",
    )


@requires(Permission.RECORD_PLACEMENT)
def placement_separate(request: HttpRequest, pk: UUID, placement_pk: UUID) -> HttpResponse:
    """Record that the person left the job."""
    case = find_case(request, pk)
    placement = get_object_or_404(case.placements.select_related("workplace__employer"), pk=placement_pk)
    form = SeparationForm(request.POST or None)
    return act_on(
        request,
        case,
        form,
        lambda: work.separate(
            placement=placement,
            by=actor_of(request),
            at=now(),
            on=form.cleaned_data["on"],
            reason=form.cleaned_data["reason"],
        ),
        title="離職を記録",
        lead=f"{case.person.name}さんの {placement.employer_name} {placement.job_title} からの離職を記録します。"
        "残りの定着確認は要らなくなり、報告の定着の数が変わります。",
        submit="保存する",
        done=f"{case.person.name}さんの離職を記録しました。残りの定着確認は要らなくなります。支援を続けるときは、プランを見直してください。",
    )


@requires(Permission.RECORD_PLACEMENT)
def retention_check(request: HttpRequest, pk: UUID, check_pk: UUID) -> HttpResponse:
    """Record a retention check."""
    case = find_case(request, pk)
    check = get_object_or_404(case.retention_checks.select_related("placement__workplace__employer"), pk=check_pk)
    form = RetentionForm(request.POST or None)
    return act_on(
        request,
        case,
        form,
        lambda: work.check_retention(
            check=check,
            by=actor_of(request),
            at=now(),
            state=RetentionState(form.cleaned_data["state"]),
            on=form.cleaned_data["on"],
            method=ContactMethod(form.cleaned_data["method"]),
            note=form.cleaned_data["note"],
        ),
        title=f"定着確認({check.month_mark}か月)",
        lead=f"{check.placement.employer_name} {check.placement.job_title}",
        submit="保存する",
        done="定着確認を記録しました。離職していたときは「離職を記録」も入力してください。",
    )
