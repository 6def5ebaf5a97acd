"""Referrals out and back: the list, one referral, sending, answering, the sheet for a partner on paper."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.enums import Permission
from accounts.scope import Actor, requires
from cases.actions import referral as referrals
from cases.actions.circumstance import groups_open_to
from cases.actions.moves import CaseError
from cases.actions.suppression import require_output
from cases.enums import ConsentMethod, ReferralStatus
from cases.forms.referral import ReferralAnswerForm, ReferralFilterForm, ReferralForm
from cases.models import Case, Circumstance, Referral
from cases.views.access import CASE_PARTS, act_on, actor_of, find_case, identity
from core.documents import download, render_pdf
from core.pagination import page_of
from core.periods import now, today

TONES = {
    ReferralStatus.SENT: "wait",
    ReferralStatus.RECEIVED: "wait",
    ReferralStatus.USING: "good",
    ReferralStatus.REFUSED: "alert",
    ReferralStatus.UNKNOWN: "alert",
}


def find_referral(request: HttpRequest, pk: UUID, referral_pk: UUID) -> Referral:
    """The referral of this case that I may read; otherwise 404."""
    rows = Referral.objects.visible_to(actor_of(request)).select_related(
        "case__person__contact", "case__organisation", "consent", "from_organisation", "to_organisation", "sent_by"
    )
    return get_object_or_404(rows, case=pk, pk=referral_pk)


def side_of(referral: Referral, actor: Actor) -> str:
    """'ours' for who referred or holds the case, 'theirs' for the partner, '' for others who may read it."""
    if {referral.from_organisation_id, referral.case.organisation_id} & set(actor.organisation_ids):
        return "ours"
    return "theirs" if referral.to_organisation_id in actor.organisation_ids else ""


@requires(Permission.VIEW_REFERRALS)
@require_safe
def referral_list(request: HttpRequest) -> HttpResponse:
    """Referrals I may read, newest first; unanswered ones say how late they are."""
    actor = actor_of(request)
    form = ReferralFilterForm(request.GET)
    show = form.cleaned_data.get("show") if form.is_valid() else ""
    rows = Referral.objects.visible_to(actor).select_related("case__person", "from_organisation", "to_organisation")
    if show == "late":
        rows = rows.unanswered().filter(answer_due_on__lt=today())
    elif show != "all":
        rows = rows.open()
    page = page_of(rows, at="sent_at", key="id", cursor=request.GET.get("page"), name=show or "")
    return render(
        request,
        "cases/referral_list.html",
        {
            "form": form,
            "show": show or "",
            "page": page,
            "rows": [(row, TONES.get(ReferralStatus(row.status), "off")) for row in page.rows],
            "day": today(),
            "is_partner": not actor.can(Permission.VIEW_CASES),
        },
    )


@requires(Permission.REQUEST_SUPPORT)
def referral_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record the consent and hand the person on."""
    case = find_case(request, pk)
    form = ReferralForm(request.POST or None, case=case)

    def refer() -> None:
        data = dict(form.cleaned_data)
        data["method"] = ConsentMethod(data["method"])
        referrals.refer(case=case, by=actor_of(request), at=now(), on=today(), **data)

    return act_on(
        request,
        case,
        form,
        refer,
        title="つなぐ",
        lead=f"{case.person.name}さんをつなぎます。つなぎ先が読めるのは、ここで引き継ぐ内容・基本情報と、選んだ種類のくらしの状況だけです。経過やプランは見えません。"
        "この仕組みを使っていないつなぎ先には、印刷した「つなぎ票」を渡します。"
        "庁内やハローワークの課・窓口へは、「アセスメント」の相談つなぎシートを使います。",
        submit="同意を記録してつなぐ",
        done=f"{case.person.name}さんをつなぎました。つなぎ先の画面にすぐ出ます。期限までに返事がないときは「今日」に出ます。",
    )


@requires(Permission.VIEW_REFERRALS)
@require_safe
def referral_detail(request: HttpRequest, pk: UUID, referral_pk: UUID) -> HttpResponse:
    """What was handed over and what came of it; all that a partner sees of the person."""
    referral = find_referral(request, pk, referral_pk)
    actor = actor_of(request)
    side = side_of(referral, actor)
    return render(
        request,
        "cases/referral_detail.html",
        {
            "referral": referral,
            "tone": TONES.get(ReferralStatus(referral.status), "off"),
            "person": referral.case.person,
            "contact": referral.case.person.shown_contact,
            "facts": facts_of(referral, actor),
            "answers": referral.answers.select_related("organisation", "answered_by").order_by("-answered_at"),
            **_frame(actor, pk),
            "can_answer": referral.is_open and bool(side) and actor.can(Permission.ANSWER_REFERRAL),
            "can_print": side == "ours" and actor.can(Permission.REQUEST_SUPPORT),
        },
    )


def _frame(actor: Actor, pk: UUID) -> dict[str, Any]:
    """The case's own frame with the identity bar for who sees the case; the plain one for a partner."""
    case = Case.objects.visible_to(actor).filter(pk=pk).select_related(*CASE_PARTS).first()
    if case is None:
        return {"frame": "base.html", "sees_case": False}
    return {**identity(case), "frame": "cases/base_case.html", "sees_case": True}


def facts_of(referral: Referral, actor: Actor) -> list[Circumstance]:
    """Texts of the kinds that were handed over, as far as my grants include them."""
    mine = groups_open_to(referral.case, actor)
    kinds = [group for group in referral.field_groups if group in mine]
    return list(Circumstance.objects.filter(case=referral.case_id, field_group__in=kinds).order_by("field_group"))


@requires(Permission.ANSWER_REFERRAL)
def referral_answer(request: HttpRequest, pk: UUID, referral_pk: UUID) -> HttpResponse:
    """The partner answers; or we write down what we were told."""
    referral = find_referral(request, pk, referral_pk)
    side = side_of(referral, actor_of(request))
    if not side:
        raise Http404
    if not referral.is_open:
        messages.warning(request, "このつなぎは終わっています。")
        return redirect("referral_detail", pk=pk, referral_pk=referral.pk)
    form = ReferralAnswerForm(request.POST or None, referral=referral, is_ours=side == "ours")
    if request.method == "POST" and form.is_valid():
        try:
            referrals.answer_referral(
                referral=referral,
                by=actor_of(request),
                at=now(),
                on=form.cleaned_data["on"],
                status=ReferralStatus(form.cleaned_data["status"]),
                outcome=form.cleaned_data["outcome"],
                is_ours=side == "ours",
            )
        except CaseError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, f"{referral.case.person.name}さんの返事を記録しました。つないだ機関の画面に出ます。"
            )
            still = Referral.objects.visible_to(actor_of(request)).filter(pk=referral.pk).exists()
            return redirect("referral_detail", pk=pk, referral_pk=referral.pk) if still else redirect("referral_list")
    return render(
        request,
        "cases/referral_answer.html",
        {
            **_frame(actor_of(request), pk),
            "referral": referral,
            "person": referral.case.person,
            "form": form,
            "is_ours": side == "ours",
        },
    )


@requires(Permission.REQUEST_SUPPORT)
@require_safe
def referral_sheet(request: HttpRequest, pk: UUID, referral_pk: UUID) -> HttpResponse:
    """つなぎ票: what is handed over on paper, with a slip for the answer."""
    referral = find_referral(request, pk, referral_pk)
    actor = actor_of(request)
    if side_of(referral, actor) != "ours":
        raise Http404
    try:
        require_output(person_id=referral.case.person_id, by=actor, at=now())
    except CaseError as error:
        messages.error(request, str(error))
        return redirect("suppression", pk=pk)
    context: dict[str, Any] = {
        "referral": referral,
        "person": referral.case.person,
        "contact": referral.case.person.shown_contact,
        "facts": facts_of(referral, actor),
        "printed_at": now(),
        "printed_by": actor,
    }
    return download(
        render_pdf("cases/referral_pdf.html", context, stylesheet="css/print/sheet.css"),
        f"つなぎ票_{referral.case.number}.pdf",
    )
