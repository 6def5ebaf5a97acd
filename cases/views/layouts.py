"""Layouts of printed forms: what is in use, an office's own version, a sample."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.enums import Permission
from accounts.scope import requires
from cases.actions.layout import save_layout
from cases.actions.moves import CaseError
from cases.enums import FormKind
from cases.forms.papers import LayoutForm, SampleForm
from cases.models import FormTemplate
from cases.papers.dictionary import grouped
from cases.papers.layout import body_in_force, print_sample, standard_body
from cases.papers.stamp import stamp
from cases.views.access import actor_of
from core.documents import download
from core.periods import now, today


@requires(Permission.EDIT_FORMS)
@require_safe
def form_list(request: HttpRequest) -> HttpResponse:
    """Which layout my organisation prints, form by form."""
    rows = [(kind, body_in_force(kind, actor=actor_of(request), day=today())[1]) for kind in FormKind]
    return render(request, "cases/form_list.html", {"rows": rows})


@requires(Permission.EDIT_FORMS)
def form_edit(request: HttpRequest, kind: str) -> HttpResponse:
    """Write an own layout; `act=sample` prints it with an invented person and saves nothing."""
    if kind not in FormKind.values:
        raise Http404
    form_kind = FormKind(kind)
    actor = actor_of(request)
    is_sample = request.POST.get("act") == "sample"
    initial = {"body": body_in_force(form_kind, actor=actor, day=today())[0], "valid_from": today()}
    if request.GET.get("from") == "standard":
        initial["body"] = standard_body(form_kind)
    form = (SampleForm if is_sample else LayoutForm)(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        body = form.cleaned_data["body"]
        if is_sample:
            foot = stamp(by=actor, at=now(), number="見本")
            return download(
                print_sample(body or standard_body(form_kind), form_kind, foot), f"見本_{form_kind.label}.pdf"
            )
        try:
            saved = save_layout(
                kind=form_kind,
                body=body,
                valid_from=form.cleaned_data["valid_from"],
                note=form.cleaned_data["note"],
                by=actor,
                at=now(),
            )
        except CaseError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request,
                f"{form_kind.label}の第{saved.version_number}版を登録しました。"
                "この様式は、始まりの日からの印刷に使われます。",
            )
            return redirect("form_list")
    return render(
        request,
        "cases/form_edit.html",
        {
            "form": form,
            "kind": form_kind,
            "groups": grouped(),
            "versions": FormTemplate.objects.visible_to(actor)
            .filter(kind=form_kind)
            .select_related("organisation", "created_by")
            .order_by("-created_at"),
        },
    )
