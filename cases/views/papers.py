"""Paper of a case: forms, plans, the whole record, the person's own copy. Every print passes `deliver`."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.enums import Permission
from accounts.scope import requires
from cases.actions.moves import CaseError
from cases.actions.suppression import require_output, standing
from cases.enums import FormKind
from cases.forms.papers import DisclosureForm
from cases.models import Case, PlanReview, SuccessStory
from cases.papers.blacking import black
from cases.papers.layout import LayoutError, body_in_force, print_form
from cases.papers.printing import print_plan, print_record, print_review
from cases.papers.record import VOLUME, read_record
from cases.papers.stamp import Stamp, stamp
from cases.views.access import actor_of, find_case, identity
from core.documents import download
from core.periods import now, today


def deliver(request: HttpRequest, case: Case, name: str, make: Callable[[Stamp], bytes]) -> HttpResponse:
    """Print if the person's data may leave the system; otherwise say why not."""
    actor, at = actor_of(request), now()
    try:
        require_output(person_id=case.person_id, by=actor, at=at)
        is_suppressed = standing(case.person_id) is not None
        pdf = make(stamp(by=actor, at=at, number=case.number, is_suppressed=is_suppressed))
    except (CaseError, LayoutError) as error:
        messages.error(request, str(error))
        return redirect("case_papers", pk=case.pk)
    return download(pdf, f"{name}_{case.number}.pdf")


@requires(Permission.VIEW_CASES)
@require_safe
def case_papers(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What can be printed of this case."""
    case = find_case(request, pk)
    actor = actor_of(request)
    try:
        require_output(person_id=case.person_id, by=actor, at=now())
        blocked = ""
    except CaseError as error:
        blocked = str(error)
    layouts = [(kind, body_in_force(kind, actor=actor, day=today())[1]) for kind in FormKind]
    record = read_record(case, actor)
    own_stories = SuccessStory.objects.visible_to(actor).filter(case=case, organisation__in=actor.organisation_ids)
    return render(
        request,
        "cases/case_papers.html",
        {
            **identity(case),
            "blocked": blocked,
            "layouts": layouts,
            "plans": case.plans.order_by("-version_number"),
            "line_count": len(record.lines),
            "volumes": range(1, record.volume_count + 1),
            "volume_size": VOLUME,
            "can_disclose": actor.can(Permission.MAKE_DISCLOSURE),
            "can_tell": actor.can(Permission.EDIT_PLAN) and case.placements.exists(),
            "story": own_stories.first() if actor.can(Permission.EDIT_PLAN) else None,
            "can_edit_forms": actor.can(Permission.EDIT_FORMS),
        },
    )


@requires(Permission.VIEW_CASES)
@require_safe
def case_paper(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """One of the forms, filled from the data dictionary."""
    case = find_case(request, pk)
    if kind not in FormKind.values:
        raise Http404
    form = FormKind(kind)
    return deliver(
        request,
        case,
        form.label,
        lambda foot: print_form(case, form, by=actor_of(request), at=now(), stamp=foot),
    )


@requires(Permission.VIEW_CASES)
@require_safe
def plan_paper(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """A version of the plan, for signature."""
    case = find_case(request, pk)
    plans = case.plans.select_related("organisation", "created_by", "municipal_confirmed_by", "national_confirmed_by")
    plan = get_object_or_404(plans, version_number=number)
    return deliver(request, case, f"支援プラン第{number}版", lambda foot: print_plan(case, plan, foot))


@requires(Permission.VIEW_CASES)
@require_safe
def plan_review_paper(request: HttpRequest, pk: UUID, review_pk: UUID) -> HttpResponse:
    """A review of the plan."""
    case = find_case(request, pk)
    reviews = PlanReview.objects.visible_to(actor_of(request)).select_related(
        "plan__organisation", "plan__created_by", "municipal_confirmed_by", "national_confirmed_by"
    )
    review = get_object_or_404(reviews, case=case, pk=review_pk)
    name = f"プランの見直し{review.reviewed_on:%Y%m%d}"
    return deliver(request, case, name, lambda foot: print_review(case, review, foot))


@requires(Permission.VIEW_CASES)
@require_safe
def case_record(request: HttpRequest, pk: UUID, volume: int) -> HttpResponse:
    """The whole case, oldest first, nothing left out that I may read."""
    case = find_case(request, pk)
    record = read_record(case, actor_of(request))
    if not 1 <= volume <= record.volume_count:
        raise Http404
    lead = (
        f"{actor_of(request).organisation.name}が見られるすべての記録です。情報の提供元を保護する指定は載りません。"
        "「自機関のみ」「いまの担当チームのみ」は、ほかの機関に渡さないでください。"
    )
    return deliver(
        request,
        case,
        "支援経過記録" + (f"_分冊{volume}" if record.volume_count > 1 else ""),
        lambda foot: print_record(record, volume, foot, title="支援経過記録", lead=lead),
    )


@requires(Permission.MAKE_DISCLOSURE)
def case_disclosure(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The person's own copy: choose what is blacked, then print. The blacked text does not enter the paper."""
    case = find_case(request, pk)
    record = read_record(case, actor_of(request))
    form = DisclosureForm(request.POST or None, record=record)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        copy = black(record, keys=set(data["black"]), phrases=data["phrases"])
        volume = data["volume"]
        return deliver(
            request,
            case,
            "本人開示用の写し" + (f"_分冊{volume}" if record.volume_count > 1 else ""),
            lambda foot: print_record(
                copy,
                volume,
                foot,
                title="支援経過記録(本人開示用の写し)",
                lead="「■■■■■■(不開示)」は、開示しない部分です。",
            ),
        )
    chosen = set(form["black"].value() or [])
    return render(
        request,
        "cases/case_disclosure.html",
        {
            **identity(case),
            "form": form,
            "lines": [(line, line.key in chosen) for line in record.lines],
            "has_volumes": record.volume_count > 1,
        },
    )
