"""Who sees a case and why: 見える範囲, consents, and the kinds of facts a consent names."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.enums import Permission
from accounts.scope import requires
from cases.actions import circumstance, sharing, withdrawal
from cases.actions.circumstance import groups_open_to, live_grants_of, open_on
from cases.actions.moves import CaseError
from cases.enums import CaseState, ConsentMethod, FieldGroup
from cases.forms.walls import CircumstanceForm, ConsentForm, WithdrawalForm
from cases.models import Attachment, Circumstance, Grant
from cases.views.access import act_on, actor_of, find_case, identity
from core.forms import Difference, EditConflict
from core.periods import now, today


@requires(Permission.VIEW_CASES)
@require_safe
def visibility(request: HttpRequest, pk: UUID) -> HttpResponse:
    """見える範囲: who sees the case, what of it, why, since when, until when."""
    case = find_case(request, pk)
    live = live_grants_of(case)
    return render(
        request,
        "cases/visibility.html",
        {
            **identity(case),
            "grants": Grant.objects.filter(case=case)
            .select_related("organisation", "given_by", "withdrawn_by", "consent", "user")
            .order_by("withdrawn_at", "valid_from", "created_at"),
            "live_ids": {grant.pk for grant in live},
            "groups": [(group.label, open_on(live, group)) for group in FieldGroup],
            "consents": case.consents.select_related("taken_by", "withdrawn_by", "organisation")
            .prefetch_related(
                "recipients__organisation",
                Prefetch("attachments", Attachment.objects.visible_to(actor_of(request)).kept(), "kept_files"),
            )
            .order_by("-given_on", "-created_at"),
            "can_review": actor_of(request).can(Permission.REVIEW_ACCESS)
            and case.organisation_id in actor_of(request).organisation_ids,
            "can_attach": case.state != CaseState.CLOSED and actor_of(request).can(Permission.LOG_INTERVIEW),
            "can_withdraw": actor_of(request).can(Permission.REQUEST_SUPPORT),
        },
    )


@requires(Permission.REQUEST_SUPPORT)
def consent_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record a consent; on wish its recipients see the case at once."""
    case = find_case(request, pk)
    form = ConsentForm(request.POST or None, case=case)
    return act_on(
        request,
        case,
        form,
        lambda: sharing.consent_and_share(case=case, by=actor_of(request), at=now(), on=today(), **form.consent()),
        title="同意を記録する",
        lead="だれに・何を・何のために伝えてよいかを、本人の言葉のとおりに記録します。",
        submit="同意を記録する",
        done="同意を記録しました。だれが見られるかは「見える範囲」で確かめられます。",
    )


@requires(Permission.REQUEST_SUPPORT)
def consent_withdraw(request: HttpRequest, pk: UUID, consent_pk: UUID) -> HttpResponse:
    """The person takes a consent back; sharing on it ends at once."""
    case = find_case(request, pk)
    consent = get_object_or_404(case.consents, pk=consent_pk)
    form = WithdrawalForm(request.POST or None)
    names = "、".join(recipient.organisation.name for recipient in consent.recipients.select_related("organisation"))
    return act_on(
        request,
        case,
        form,
        lambda: withdrawal.withdraw_consent(
            consent=consent,
            by=actor_of(request),
            at=now(),
            on=today(),
            method=ConsentMethod(form.cleaned_data["method"]),
            note=form.cleaned_data["note"],
        ),
        title="同意の撤回を記録する",
        lead=f"{case.person.name}さんの同意の撤回を記録すると、{names}はすぐにこのケースを見られなくなります。"
        "回答待ちの支援要請・担当・これからの予約も終わります。記録は残ります。",
        submit="撤回を記録する",
        done=f"同意の撤回を記録しました。{names}からは見えなくなりました。本人に渡した紙の控えも直してください。",
    )


@requires(Permission.LOG_INTERVIEW)
def circumstance_edit(request: HttpRequest, pk: UUID, group: str) -> HttpResponse:
    """Write what is known of health, household money or family; two savers see both texts."""
    case = find_case(request, pk)
    actor = actor_of(request)
    if group not in FieldGroup.values or FieldGroup(group) not in groups_open_to(case, actor):
        raise Http404
    kind = FieldGroup(group)
    row = Circumstance.objects.filter(case=case, field_group=kind).first()
    form = CircumstanceForm(request.POST or None, group=kind, row=row)
    conflict: list[Difference] | None = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            circumstance.write_circumstance(
                case=case, group=kind, body=data["body"], version=data["version"], by=actor, at=now()
            )
        except EditConflict:
            conflict = form.beside(Circumstance.objects.get(case=case, field_group=kind))
        except CaseError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request,
                f"{case.person.name}さんの「{kind.label}」を保存しました。同意に含まれる機関だけが読めます。",
            )
            return redirect("case_detail", pk=case.pk)
    return render(
        request,
        "cases/conflict_form.html",
        {
            **identity(case),
            "form": form,
            "title": f"くらしの状況: {kind.label}",
            "lead": f"読める機関: {'、'.join(open_on(live_grants_of(case), kind))}",
            "submit": "保存する",
            "conflict": conflict,
        },
        status=200 if conflict is None else 409,
    )
