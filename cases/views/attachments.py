"""Files on a case: put there, fetched, taken back."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.enums import Permission
from accounts.scope import requires
from cases.actions import attachment as attachments
from cases.actions.circumstance import live_grants_of, opening
from cases.enums import AttachmentKind, Visibility
from cases.forms.attachment import AttachmentForm
from cases.forms.support import ReasonForm
from cases.models import Attachment
from cases.views.access import act_on, actor_of, blocked_output, find_case
from core.documents import download
from core.periods import now


@requires(Permission.LOG_INTERVIEW)
def attachment_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a file on the case; `?consent=` and `?interview=` say to which record it belongs."""
    case = find_case(request, pk)
    actor = actor_of(request)
    initial = {name: request.GET[name] for name in ("consent", "interview") if name in request.GET}
    if "consent" in initial:
        initial["kind"] = AttachmentKind.CONSENT
    names = "、".join(grant.organisation.name for grant in opening(live_grants_of(case)))
    form = AttachmentForm(request.POST or None, request.FILES or None, case=case, actor=actor, initial=initial)
    return act_on(
        request,
        case,
        form,
        lambda: attachments.attach(
            case=case,
            by=actor,
            at=now(),
            file=form.checked(),
            kind=AttachmentKind(form.cleaned_data["kind"]),
            visibility=Visibility(form.cleaned_data["visibility"]),
            consent=form.cleaned_data["consent"],
            interview=form.cleaned_data["interview"],
        ),
        title="ファイルを添付する",
        lead=f"読める機関: {names}。「自機関のみ」を選ぶと{actor.organisation.name}だけが読めます。",
        submit="添付する",
        done="ファイルを添付しました。「添付ファイル」に出ます。選んだ範囲の機関が開けます。",
    )


@requires(Permission.VIEW_CASES)
@require_safe
def attachment_download(request: HttpRequest, pk: UUID, attachment_pk: UUID) -> HttpResponse:
    """The bytes as stored, to save and never to show in the browser; a scan is an output like a print (A27)."""
    case = find_case(request, pk)
    kept = Attachment.objects.visible_to(actor_of(request)).kept().select_related("content")
    attachment = get_object_or_404(kept, case=case, pk=attachment_pk)
    if (blocked := blocked_output(request, case)) is not None:
        return blocked
    response = download(bytes(attachment.content.data), attachment.name, kind=attachment.content_type)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@requires(Permission.LOG_INTERVIEW)
def attachment_remove(request: HttpRequest, pk: UUID, attachment_pk: UUID) -> HttpResponse:
    """Take back a file of my own organisation, with the reason."""
    case = find_case(request, pk)
    actor = actor_of(request)
    mine = Attachment.objects.visible_to(actor).filter(case=case, organisation__in=actor.organisation_ids)
    attachment = get_object_or_404(mine.select_related("case"), pk=attachment_pk)
    form = ReasonForm(request.POST or None)
    return act_on(
        request,
        case,
        form,
        lambda: attachments.take_back(attachment=attachment, by=actor, at=now(), reason=form.cleaned_data["reason"]),
        title="添付ファイルを取り下げる",
        lead=f"「{attachment.name}」を取り下げると、だれも開けなくなります。取り下げた人・日時・理由は残ります。",
        submit="取り下げる",
        done=f"「{attachment.name}」を取り下げました。もう開けません。取り下げた記録は経過に残ります。",
    )
