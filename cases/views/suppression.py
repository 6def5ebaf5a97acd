"""支援措置: set it, ask to look, print or lift, and answer for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.access_log import because, persons_read, saw
from accounts.confirm import reauthenticated
from accounts.enums import Permission
from accounts.scope import requires
from cases.actions import suppression as acts
from cases.actions.moves import CaseError
from cases.enums import ReleaseKind
from cases.forms.walls import ConfirmSuppressionForm, ReleaseForm, SuppressForm
from cases.models import Case, Release
from cases.telling import texts_that_tell
from cases.views.access import actor_of, find_case, identity
from core.forms import ConfirmForm, refusing
from core.periods import now
from core.templatetags.ui import moment

APPROVED = {
    ReleaseKind.VIEW: "求めた人だけに、15分間、連絡先と勤め先が表示されます。",
    ReleaseKind.PRINT: "求めた人が、期限までこの方の印刷・出力をできるようになります。紙やファイルは戻せません。",
    ReleaseKind.LIFT: "支援措置が終わり、住所・連絡先・勤め先が、見える範囲のすべての機関に表示されます。",
}
REFUSED_WORDS = "支援措置の語を断った"


class HiddenTextMiddleware:
    """Inside the scope: no form of a request takes a text that tells where a suppressed person is (A30).

    It is about the persons whom the request has loaded, for a form that belongs to no one, as of a meeting,
    about everybody whose case the user sees. So no view has to remember it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST" or getattr(request, "actor", None) is None:
            return self.get_response(request)
        named: set[tuple[UUID, UUID]] = set()

        def refusal(texts: Iterable[str]) -> str:
            found = acts.hidden_named(persons=persons_read(), texts=texts)
            named.update(found)
            return acts.HIDDEN_IN_TEXT if found else ""

        with refusing(refusal):
            response = self.get_response(request)
        # Who guesses learns that a guess was right: that is a reading. Told at the end, for the rule asks who was read.
        for person, case in named:
            saw(person=person, case=case)
        if named:
            because(REFUSED_WORDS)
        return response


@requires(Permission.REVEAL)
@reauthenticated
def suppression(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One screen: whether whereabouts are hidden, who asked for what, and the next step."""
    case = find_case(request, pk)
    actor = actor_of(request)
    standing = acts.standing(case.person_id)
    may_set = actor.can(Permission.SUPPRESS)
    act = request.POST.get("act", "")
    forms: dict[str, BaseForm] = {}
    if standing is None and may_set:
        forms["suppress"] = SuppressForm(request.POST if act == "suppress" else None, prefix="suppress")
    if standing is not None:
        forms["ask"] = ReleaseForm(request.POST if act == "ask" else None, may_lift=may_set, prefix="ask")
        if may_set:
            forms["confirm"] = ConfirmSuppressionForm(request.POST if act == "confirm" else None, prefix="confirm")
    form = forms.get(act)
    if request.method == "POST" and form is not None and form.is_valid():
        data = form.cleaned_data
        try:
            match act:
                case "suppress":
                    acts.suppress(person=case.person, by=actor, at=now(), **data)
                    done = (
                        "支援措置を設定しました。住所・連絡先・勤め先などの欄は、どの画面・帳票にも出ません。"
                        "前に書いた文は、下に出ていれば直してください。"
                    )
                case "confirm":
                    acts.confirm_suppression(person=case.person, by=actor, at=now(), valid_to=data["valid_to"])
                    done = "支援措置の継続を記録しました。前に求められていた解除は無効になりました。"
                case _:
                    kind = ReleaseKind(data["kind"])
                    acts.ask_release(person=case.person, kind=kind, by=actor, at=now(), reason=data["reason"])
                    done = (
                        "15分間、この方の連絡先と勤め先が表示されます。"
                        if kind == ReleaseKind.VIEW
                        else "承認を求めました。もう一人の管理者が承認すると使えます。"
                    )
        except acts.ReasonTells as error:
            form.add_error("reason", str(error))
        except CaseError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, done)
            return redirect("suppression", pk=case.pk)
    releases = Release.objects.filter(person=case.person_id).select_related("user", "organisation", "approved_by")
    return render(
        request,
        "cases/suppression.html",
        {
            **identity(case),
            "standing": standing,
            "forms": forms,
            "form": form,
            "releases": releases.order_by("-requested_at")[:20],
            "waiting_ids": set(releases.waiting().values_list("pk", flat=True)),
            "live_ids": set(releases.live(now()).values_list("pk", flat=True)),
            "may_answer": actor.can(Permission.APPROVE_RELEASE),
            "may_set": may_set,
            "telling": texts_that_tell(case, actor) if standing is not None and may_set else [],
        },
    )


@requires(Permission.APPROVE_RELEASE)
@reauthenticated
def release_answer(request: HttpRequest, pk: UUID, release_pk: UUID) -> HttpResponse:
    """The second person says yes or no, to the state of this moment, after reading what follows."""
    case = find_case(request, pk)
    actor = actor_of(request)
    releases = Release.objects.filter(person=case.person_id).select_related("user", "organisation")
    release = get_object_or_404(releases, pk=release_pk)
    if release.kind == ReleaseKind.LIFT and not actor.can(Permission.SUPPRESS):
        raise PermissionDenied
    if request.method != "POST":
        return _ask_for_release(request, case, release)
    what = f"{case.person.name}さんの「{release.get_kind_display()}」"
    try:
        if request.POST.get("answer") == "approve":
            acts.approve_release(release=release, by=actor, at=now())
            messages.success(request, f"{what}を承認しました。{APPROVED[ReleaseKind(release.kind)]}")
        else:
            acts.refuse_release(release=release, by=actor, at=now())
            messages.success(request, f"{what}を却下しました。支援措置はそのままです。")
    except CaseError as error:
        messages.error(request, str(error))
    return redirect("suppression", pk=case.pk)


def _ask_for_release(request: HttpRequest, case: Case, release: Release) -> HttpResponse:
    """Whose suppression, who asked and why, before yes or no."""
    is_approved = request.GET.get("answer") != "refuse"
    return render(
        request,
        "cases/confirm.html",
        {
            **identity(case),
            "title": "支援措置の求めを承認する" if is_approved else "支援措置の求めを却下する",
            "facts": [
                ("本人", case.person.name),
                ("求め", release.get_kind_display()),
                ("求めた人", f"{release.organisation.name} {release.user.name}({moment(release.requested_at)})"),
                ("理由", release.reason),
            ],
            "lead": APPROVED[ReleaseKind(release.kind)]
            if is_approved
            else "支援措置はそのまま続き、この求めは終わります。",
            "submit": "承認する" if is_approved else "却下する",
            "form": ConfirmForm(request, answer="approve" if is_approved else "refuse"),
            "back": reverse("suppression", kwargs={"pk": case.pk}),
        },
    )
