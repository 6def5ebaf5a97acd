"""Before a request: the talk beforehand, the ledger of those not referred, the way from talk to job."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.enums import Permission
from accounts.scope import requires
from cases import funnel
from cases.actions import screening
from cases.enums import CaseState, ConsentMethod, DeferralReason, PreOpinion
from cases.forms.screening import DeferralForm, LedgerFilterForm, OpinionForm, PeriodForm, PreConsultationForm
from cases.models import Deferral
from cases.views.access import act_on, actor_of, find_case
from core.pagination import page_of
from core.periods import now, today


@requires(Permission.REQUEST_SUPPORT)
def pre_consultation_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record the consent for a talk beforehand and ask Hello Work."""
    case = find_case(request, pk)
    form = PreConsultationForm(request.POST or None, case=case)

    def ask() -> None:
        data = dict(form.cleaned_data)
        data["method"] = ConsentMethod(data["method"])
        screening.ask_beforehand(case=case, by=actor_of(request), at=now(), on=today(), **data)

    return act_on(
        request,
        case,
        form,
        ask,
        title="プレ相談を頼む",
        lead=f"{case.person.name}さんのことを相談先のハローワークが見られるようになります。支援要請をしてよいか迷うときに、本人・ハローワークと三者で話します。支援対象者には数えません。"
        "送ると、相談先のハローワークがこのケースを見られるようになります。",
        submit="同意を記録して頼む",
        done="プレ相談を頼みました。意見が届くと「今日」に出ます。",
    )


@requires(Permission.ANSWER_REQUEST)
def pre_consultation_answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hello Work writes what it thinks after the talk."""
    case = find_case(request, pk)
    asked = (
        case.pre_consultations.filter(
            to_organisation__in=actor_of(request).organisation_ids, opinion__in=["", PreOpinion.AGAIN]
        )
        .select_related("from_organisation", "sent_by", "case")
        .order_by("-sent_at")
        .first()
    )
    if asked is None or case.state != CaseState.PRE_CONSULTATION:
        messages.warning(request, "意見を待っているプレ相談はありません。")
        return redirect("case_detail", pk=case.pk)
    form = OpinionForm(request.POST or None)
    return act_on(
        request,
        case,
        form,
        lambda: screening.give_opinion(
            asked=asked,
            by=actor_of(request),
            at=now(),
            talked_on=form.cleaned_data["talked_on"],
            opinion=PreOpinion(form.cleaned_data["opinion"]),
            note=form.cleaned_data["note"],
        ),
        title="プレ相談の意見",
        lead=f"{case.person.name}さんについての意見を送ります。送ると、市区町村の「今日」に出ます。",
        submit="意見を送る",
        facts=[(f"{asked.from_organisation.name} {asked.sent_by.name}さんから", asked.question)],
        done="意見を送りました。市区町村の「今日」に出ます。",
    )


@requires(Permission.REQUEST_SUPPORT)
@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """見送り台帳: who is not referred now, why, and when to look again."""
    form = LedgerFilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    rows = (
        Deferral.objects.visible_to(actor_of(request))
        .newest()
        .select_related("case__person", "case__organisation", "organisation", "recorded_by")
    )
    if chosen.get("reason_kind"):
        rows = rows.filter(reason_kind=chosen["reason_kind"])
    if chosen.get("due"):
        rows = rows.filter(next_check_on__lte=today())
    query = request.GET.copy()
    query.pop("page", None)
    return render(
        request,
        "cases/ledger.html",
        {
            "form": form,
            "page": page_of(rows, at="recorded_at", key="id", cursor=request.GET.get("page")),
            "query": query.urlencode(),
        },
    )


@requires(Permission.REQUEST_SUPPORT)
def ledger_check(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Looked at again: still not referred, with the next day."""
    case = find_case(request, pk)
    latest = case.deferrals.newest().first()
    if case.state != CaseState.NOT_REFERRED:
        messages.warning(request, "このケースは見送り台帳にありません。")
        return redirect("case_detail", pk=case.pk)
    form = DeferralForm(request.POST or None, initial={"reason_kind": latest.reason_kind} if latest else {})
    return act_on(
        request,
        case,
        form,
        lambda: screening.check_again(
            case=case,
            by=actor_of(request),
            at=now(),
            reason=form.cleaned_data["reason"],
            reason_kind=DeferralReason(form.cleaned_data["reason_kind"]),
            next_check_on=form.cleaned_data["next_check_on"],
        ),
        title="見送りを確かめる",
        lead="様子を書いて、次に確かめる日を決めます。支援要請を考えるときは、ケースの「相談受付に戻す」を使います。",
        submit="記録する",
        done=f"{case.person.name}さんの様子を見送り台帳に記録しました。次に確かめる日が来ると「今日」に出ます。",
    )


@requires(Permission.LOG_INTERVIEW)
@require_safe
def funnel_page(request: HttpRequest) -> HttpResponse:
    """From the first talk to a job: counts by section and by group, of the cases I may see."""
    form = PeriodForm(request.GET)
    first, last = form.days()
    return render(
        request,
        "cases/funnel.html",
        {
            "form": form,
            "first": first,
            "last": last,
            "funnel": funnel.count(actor_of(request), first, last),
            "steps": funnel.STEPS,
        },
    )
