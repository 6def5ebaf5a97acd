"""The plan and its versions: making, agreeing, confirming, extending, looking back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from accounts.enums import MUNICIPAL_KINDS, Permission
from accounts.scope import requires
from accounts.templatetags.sides import whose
from cases.actions import plan as plans
from cases.actions import review as reviews
from cases.enums import STATES_IN_SUPPORT, CaseState
from cases.forms.papers import ExtendForm, ReviewForm
from cases.forms.support import AgreedForm, PlanForm
from cases.models import Case, PlanReview, SupportPlan
from cases.views.access import act_on, actor_of, confirm_act, find_case, identity
from core.forms import Read, only_as_read
from core.periods import now, today
from core.templatetags.ui import jdate, moment


@requires(Permission.VIEW_CASES)
@require_safe
def plan_list(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every version of the plan with its reviews, newest first."""
    case = find_case(request, pk)
    actor = actor_of(request)
    versions = (
        case.plans.select_related("organisation", "created_by")
        .prefetch_related("menus__menu", "reviews__items__plan_menu__menu", "reviews__organisation")
        .order_by("-version_number")
    )
    side = "municipal" if actor.organisation.kind in MUNICIPAL_KINDS else "national"
    rows = [
        (
            plan,
            [
                (review, getattr(review, f"{side}_confirmed_at") is None)
                for review in sorted(
                    plan.reviews.all(), key=lambda row: (row.reviewed_on, row.created_at), reverse=True
                )
            ],
        )
        for plan in versions
    ]
    may_edit = actor.can(Permission.EDIT_PLAN)
    return render(
        request,
        "cases/plan_list.html",
        {
            **identity(case),
            "rows": rows,
            "can_extend": may_edit and case.state in STATES_IN_SUPPORT and bool(rows),
            "can_review": may_edit and case.state != CaseState.CLOSED,
            "can_confirm": may_edit,
        },
    )


def _made_since(latest: SupportPlan) -> str:
    return (
        f"このページを開いたあとに、第{latest.version_number}版が作られました({moment(latest.created_at)} "
        f"{latest.created_by.name})。"
    )


def _begun_from(latest: SupportPlan | None) -> Read:
    """A new version begins with what the newest one says: one that came meanwhile is read before it is replaced."""
    if latest is None:
        return Read("0", "")
    return Read(
        str(latest.version_number),
        f"{_made_since(latest)}「支援プラン」の一覧で読み、それでも新しい版を作るときは、もう一度押してください。"
        "下の入力は残っています。まだ何も記録していません。",
    )


def _as_read(latest: SupportPlan) -> Read:
    """A version never changes what it says: who read it knows what it says."""
    return Read(
        str(latest.version_number),
        f"{_made_since(latest)}いま出ているのは第{latest.version_number}版です。読んでから、もう一度押してください。"
        "まだ何も記録していません。",
    )


def _latest(case: Case) -> SupportPlan | None:
    return case.plans.select_related("created_by").order_by("-version_number").first()


def _newest_plan(case: Case) -> SupportPlan:
    """The version that is agreed to and confirmed. Raises Http404 when there is none."""
    latest = _latest(case)
    if latest is None:
        raise Http404
    return latest


@requires(Permission.EDIT_PLAN)
def plan_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new version of the plan, beginning with what the last one said."""
    case = find_case(request, pk)
    latest = _latest(case)
    initial = PlanForm.begun_with(latest) if latest else {}
    form = PlanForm(request.POST or None, case=case, initial=initial)

    def make() -> None:
        data = form.cleaned_data
        plans.make_plan(
            case=case,
            after=latest,
            by=actor_of(request),
            at=now(),
            goal=data["goal"],
            issues=data["issues"],
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            review_on=data["review_on"],
            person_agreed_on=data["person_agreed_on"],
            menus=form.menu_choices(),
        )

    return act_on(
        request,
        case,
        only_as_read(form, _begun_from(latest)),
        make,
        title="支援プランを作る",
        lead="本人の同意と、市区町村・ハローワーク両方の確認がそろうと「支援中」になります。",
        submit="プランを保存する",
        body="cases/_plan_fields.html",
        done="支援プランを保存し、自機関として確認しました。相手の機関の「今日」に確認待ちとして出ます。",
    )


@requires(Permission.EDIT_PLAN)
def plan_confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    """My side confirms the newest plan, after reading what it says."""
    case = find_case(request, pk)
    actor = actor_of(request)
    latest = _newest_plan(case)
    city = actor.organisation.kind in MUNICIPAL_KINDS
    other_at = latest.national_confirmed_at if city else latest.municipal_confirmed_at
    other = "ハローワーク" if city else "市区町村"
    left = [word for word, at in (("本人の同意", latest.person_agreed_on), (f"{other}の確認", other_at)) if not at]
    return confirm_act(
        request,
        case,
        lambda: plans.confirm_plan(plan=latest, by=actor, at=now()),
        title=f"支援プラン 第{latest.version_number}版を確認する",
        facts=[
            ("目標", latest.goal),
            ("期間", f"{jdate(latest.starts_on)}〜{jdate(latest.ends_on)}"),
            ("メニュー", "\n".join(str(row.menu) for row in latest.menus.select_related("menu").order_by("pk"))),
            ("本人の同意", jdate(latest.person_agreed_on) or "まだ"),
            (format_html("{}の確認 {}", other, whose("national" if city else "municipal")), moment(other_at) or "まだ"),
        ],
        lead=f"{actor.organisation.name}としてこのプランに合意したことが、確認した人と日時とともに両方の機関に見えます。"
        f"{'残りは' + 'と'.join(left) + 'です。' if left else '本人と両方の機関の合意がそろい、「支援中」になります。'}"
        "取り消せません。中身を変えるときは新しい版を作ります。",
        submit="プランを確認する",
        done=f"支援プラン 第{latest.version_number}版を{actor.organisation.name}として確認しました。"
        + (f"次は{'と'.join(left)}を待ちます。" if left else "合意がそろいました。支援を始められます。"),
        read=_as_read(latest),
    )


@requires(Permission.EDIT_PLAN)
def plan_agreed(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The person agreed to the newest plan."""
    case = find_case(request, pk)
    latest = _newest_plan(case)
    form = AgreedForm(request.POST or None, initial={"agreed_on": today()})
    return act_on(
        request,
        case,
        only_as_read(form, _as_read(latest)),
        lambda: plans.record_agreement(plan=latest, by=actor_of(request), at=now(), on=form.cleaned_data["agreed_on"]),
        title=f"支援プラン 第{latest.version_number}版への本人の同意を記録する",
        lead=f"目標: {latest.goal}(期間 {jdate(latest.starts_on)}〜{jdate(latest.ends_on)})",
        submit="記録する",
        done=f"{case.person.name}さんの支援プランへの同意を記録しました。両方の機関の確認もそろうと「支援中」になります。",
    )


@requires(Permission.EDIT_PLAN)
def plan_extend(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The newest plan with a later end, as a new version with the reason."""
    case = find_case(request, pk)
    latest = _latest(case)
    if latest is None:
        messages.warning(request, "延長できる支援プランがありません。先に支援プランを作ってください。")
        return redirect("case_detail", pk=case.pk)
    form = ExtendForm(request.POST or None, plan=latest)
    return act_on(
        request,
        case,
        only_as_read(form, _begun_from(latest)),
        lambda: plans.extend_plan(
            plan=latest,
            by=actor_of(request),
            at=now(),
            ends_on=form.cleaned_data["ends_on"],
            review_on=form.cleaned_data["review_on"],
            reason=form.cleaned_data["reason"],
            conference_on=form.cleaned_data["conference_on"],
        ),
        title="支援プランを延長する",
        lead="目標とメニューを引きついだ新しい版を作ります。本人の同意と、両方の機関の確認がもう一度必要です。",
        submit="延長する",
        done="延長した新しい版を作りました。本人の同意と相手の機関の確認を待ちます。",
    )


@requires(Permission.EDIT_PLAN)
def plan_review(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """Look back on a version of the plan, menu by menu."""
    case = find_case(request, pk)
    plan = get_object_or_404(case.plans.select_related("case"), version_number=number)
    is_newest = not case.plans.filter(version_number__gt=number).exists()
    form = ReviewForm(request.POST or None, plan=plan, is_newest=is_newest)
    return act_on(
        request,
        case,
        form,
        lambda: reviews.write_review(
            plan=plan,
            by=actor_of(request),
            at=now(),
            fields=form.review_fields(),
            results=form.results(),
            next_review_on=form.cleaned_data.get("next_review_on"),
        ),
        title=f"支援プラン 第{number}版の見直し",
        lead=f"目標: {plan.goal}",
        submit="見直しを保存する",
        done="プランの見直しを保存し、自機関として確認しました。相手の機関の確認を待ちます。",
    )


@requires(Permission.EDIT_PLAN)
def plan_review_confirm(request: HttpRequest, pk: UUID, review_pk: UUID) -> HttpResponse:
    """My side has read the review and agrees."""
    case = find_case(request, pk)
    actor = actor_of(request)
    review = get_object_or_404(PlanReview.objects.visible_to(actor).select_related("plan"), case=case, pk=review_pk)
    city = actor.organisation.kind in MUNICIPAL_KINDS
    other, side = ("ハローワーク", "national") if city else ("市区町村", "municipal")
    return confirm_act(
        request,
        case,
        lambda: reviews.confirm_review(review=review, by=actor, at=now()),
        title="プランの見直しを確認する",
        facts=[
            ("見直し", f"第{review.plan.version_number}版 {jdate(review.reviewed_on)} {review.get_kind_display()}"),
            ("できたこと", review.reached or "－"),
            ("これから", f"{review.get_outcome_display()} {review.next_step}"),
            (format_html("{}の確認 {}", other, whose(side)), moment(getattr(review, f"{side}_confirmed_at")) or "まだ"),
        ],
        lead=f"{actor.organisation.name}として見直しを確認したことが、人と日時とともに両方の機関に見えます。取り消せません。",
        submit="見直しを確認する",
        done=f"{jdate(review.reviewed_on)}の見直しを{actor.organisation.name}として確認しました。"
        "「これから」で決めたことは、次の面談や新しい版のプランに書いてください。",
        back="plan_list",
    )
