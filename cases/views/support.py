"""Requests for support, the team, moves, closing."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.enums import Permission
from accounts.scope import requires
from cases.actions import moves, screening, team
from cases.actions import request as requests
from cases.enums import CloseReason, Duty
from cases.forms.handover import EndForm
from cases.forms.screening import DeferralForm
from cases.forms.support import (
    AcceptForm,
    AssignForm,
    CloseForm,
    CompleteRequestForm,
    DeclineForm,
    ReasonForm,
    ReturnForm,
    SupportRequestForm,
    UrgentRequestForm,
)
from cases.views.access import (
    MOVES,
    act_on,
    actor_of,
    find_case,
    identity,
)
from core.periods import now, today

# What follows, told before and after a move by hand.
MOVING = {
    "suspend": "両方の機関に中断が見えます。期限と予約の知らせは「今日」に出続けます。「支援を再開する」で戻せます。",
    "resume": "両方の機関に再開が見えます。もう一度中断することもできます。",
    "not-refer": "見送り台帳に残ります。ハローワークが見ていたときは、見られなくなります。"
    "「相談受付に戻す」で戻せます。",
    "reopen": "相談受付に戻ります。支援要請を出せるようになります。",
}
MOVED = {
    "suspend": "再開するときは「支援を再開する」を使います。",
    "resume": "次回の予約を入れてください。",
    "not-refer": "次に確かめる日が来ると「今日」に出ます。",
    "reopen": "支援要請を出せます。",
}
MOVE_ACTIONS = {
    "suspend": moves.suspend_case,
    "resume": moves.resume_case,
    "not-refer": screening.not_refer,
    "reopen": moves.reopen_intake,
}


@requires(Permission.REQUEST_SUPPORT)
def support_request_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Check the four conditions, record the consent, send: one form, one transaction."""
    case = find_case(request, pk)
    returned = requests.returned_request(case)
    form = SupportRequestForm(request.POST or None, case=case, returned=returned)
    return act_on(
        request,
        case,
        form,
        lambda: requests.send_with_consent(
            case=case,
            by=actor_of(request),
            at=now(),
            on=today(),
            conditions=form.conditions(),
            **form.sending(),
        ),
        title="支援要請を出し直す" if returned else "支援要請",
        lead=f"送ると、要請先のハローワークが{case.person.name}さんのケースを見られるようになります。回答までは取り下げられます。",
        submit="支援要請を送る",
        done=f"{case.person.name}さんの支援要請を送りました。要請先の「今日」に出ます。回答があると「今日」に表示されます。",
        template="cases/request_form.html",
        returned=returned,
    )


@requires(Permission.REQUEST_SUPPORT)
def support_request_urgent(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The person should be seen today: a few fields now, the check sheet afterwards."""
    case = find_case(request, pk)
    if requests.returned_request(case) is not None:
        return redirect("support_request_new", pk=case.pk)
    form = UrgentRequestForm(request.POST or None, case=case)
    return act_on(
        request,
        case,
        form,
        lambda: requests.send_with_consent(
            case=case,
            by=actor_of(request),
            at=now(),
            on=today(),
            conditions=requests.TO_BE_CHECKED,
            is_urgent=True,
            **form.sending(),
        ),
        title="至急の支援要請(後で補う)",
        lead=f"{case.person.name}さんの要請をすぐに送ります。要請先のハローワークがこのケースを見られるようになります。今日のうちに会ってほしいときに使います。①〜③の要件は後で補います。補うまで、ケースと「今日」に残ります。",
        submit="至急で送る",
        done=f"{case.person.name}さんの至急の支援要請を送りました。要請先の「今日」の上に出ます。残りは「要請を補う」で入れてください。",
    )


@requires(Permission.REQUEST_SUPPORT)
def support_request_complete(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Add what a request in a hurry left out."""
    case = find_case(request, pk)
    urgent = case.support_requests.incomplete().select_related("case__person").order_by("-sent_at").first()
    if urgent is None:
        messages.warning(request, "補うところの残っている至急の要請はありません。")
        return redirect("case_detail", pk=case.pk)
    form = CompleteRequestForm(request.POST or None, request=urgent)
    return act_on(
        request,
        case,
        form,
        lambda: requests.complete_request(request=urgent, by=actor_of(request), at=now(), conditions=form.conditions()),
        title="至急の要請を補う",
        lead=f"{case.person.name}さんの至急の要請を補います。補ったことは、ハローワークにも見えます。"
        f"残っているもの: {'、'.join(urgent.missing_parts) or 'ありません'}",
        submit="補う",
        done="至急の要請を補いました。ハローワークも見られます。「今日」から消えます。",
    )


@requires(Permission.ANSWER_REQUEST)
def support_request_answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Accept, return or decline; three short forms on one screen."""
    case = find_case(request, pk)
    actor = actor_of(request)
    waiting = case.support_requests.waiting().filter(to_organisation__in=actor.organisation_ids).first()
    if waiting is None:
        messages.warning(request, "回答を待っている支援要請はありません。")
        return redirect("case_detail", pk=case.pk)
    answer, name = request.POST.get("answer", ""), case.person.name
    accept = AcceptForm(request.POST if answer == "accept" else None, actor=actor, prefix="accept")
    give_back = ReturnForm(request.POST if answer == "return" else None, prefix="return")
    decline = DeclineForm(request.POST if answer == "decline" else None, prefix="decline")
    form = {"accept": accept, "return": give_back, "decline": decline}.get(answer)
    if request.method == "POST" and form is not None and form.is_valid():
        data = form.cleaned_data
        try:
            match answer:
                case "accept":
                    requests.accept_request(
                        request=waiting,
                        by=actor,
                        at=now(),
                        started_on=data["started_on"],
                        navigator=data["navigator"],
                        note=data["note"],
                    )
                    sentence = (
                        f"{name}さんの支援要請を受理しました。市区町村にも見えます。次は支援プランを作りましょう。"
                    )
                case "return":
                    requests.return_request(request=waiting, by=actor, at=now(), reason=data["reason"])
                    sentence = f"{name}さんの支援要請を差し戻しました。理由とともに市区町村の「今日」に表示されます。"
                case _:
                    requests.decline_request(
                        request=waiting,
                        by=actor,
                        at=now(),
                        reason=data["reason"],
                        offered_instead=data["offered_instead"],
                    )
                    messages.success(
                        request,
                        f"{case.person.name}さんの支援要請に対象外と回答しました。"
                        "理由と代わりの案内が市区町村の「今日」に出ます。このケースは、ここの一覧に表示されなくなります。",
                    )
                    return redirect("today")
        except moves.CaseError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, sentence)
            return redirect("case_detail", pk=pk)
    return render(
        request,
        "cases/request_answer.html",
        {
            **identity(case),
            "waiting": waiting,
            "accept": accept,
            "give_back": give_back,
            "decline": decline,
            "form": form,
        },
    )


@requires(Permission.REQUEST_SUPPORT)
def support_request_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take an unanswered request back."""
    case = find_case(request, pk)
    waiting = case.support_requests.waiting().first()
    if waiting is None:
        messages.warning(request, "取り下げられる支援要請はありません。")
        return redirect("case_detail", pk=case.pk)
    form = ReasonForm(request.POST or None)
    return act_on(
        request,
        case,
        form,
        lambda: requests.withdraw_request(
            request=waiting, by=actor_of(request), at=now(), reason=form.cleaned_data["reason"]
        ),
        title="支援要請を取り下げる",
        lead=f"{case.person.name}さんの支援要請を取り下げます。{waiting.to_organisation.name}は、このケースを見られなくなります。",
        submit="取り下げる",
        done=f"支援要請を取り下げました。{waiting.to_organisation.name}からは見えなくなりました。必要なときはもう一度送れます。",
    )


@requires(Permission.VIEW_CASES)
def case_move(request: HttpRequest, pk: UUID, act: str) -> HttpResponse:
    """Suspend, resume, not refer, reopen: each with a reason."""
    case = find_case(request, pk)
    if act not in MOVES:
        raise Http404
    to, label, permission = MOVES[act]
    if not actor_of(request).can(permission):
        raise PermissionDenied
    form = DeferralForm(request.POST or None) if act == "not-refer" else ReasonForm(request.POST or None)
    return act_on(
        request,
        case,
        form,
        lambda: MOVE_ACTIONS[act](case=case, by=actor_of(request), at=now(), **form.cleaned_data),
        title=label,
        lead=f"{case.person.name}さんのケースを「{to.label}」にします。{MOVING[act]}",
        submit=label,
        done=f"{case.person.name}さんのケースを「{to.label}」にしました。理由は経過に残ります。{MOVED[act]}",
    )


@requires(Permission.MOVE_CASE)
def case_close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End of support; the page repeats the name and what follows."""
    case = find_case(request, pk)
    form = CloseForm(request.POST or None, case=case)
    return act_on(
        request,
        case,
        form,
        lambda: moves.close_case(
            case=case,
            by=actor_of(request),
            at=now(),
            closed_on=form.cleaned_data["closed_on"],
            reason=CloseReason(form.cleaned_data["close_reason"]),
            note=form.cleaned_data["note"],
        ),
        title="支援を終了する",
        lead=f"{case.person.name}さんの支援を終了します。終了後は記録を追加できません。再び支援するときは新しいケースを開きます。",
        submit="終了する",
        done=f"{case.person.name}さんの支援を終了しました。記録は見られます。再び支援するときは「再支援のケースを開く」を使います。",
    )


@requires(Permission.ASSIGN)
def assignment_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a worker of my side in charge, or end an assignment after asking; the last one needs somebody or a reason."""
    case = find_case(request, pk)
    actor = actor_of(request)
    ending = assignment = None
    if request.POST.get("end"):
        ours = case.assignments.filter(organisation__in=actor.organisation_ids).select_related("case", "organisation")
        assignment = get_object_or_404(ours.select_related("user"), pk=_uuid(request.POST["end"]))
        # The button sends no reason; the form that asks does.
        is_asked = "end_reason" in request.POST
        ending = EndForm(request.POST if is_asked else None, assignment=assignment, initial={"end": assignment.pk})
        if is_asked and ending.is_valid():
            data = ending.cleaned_data
            try:
                team.end_assignment(
                    assignment=assignment,
                    by=actor,
                    at=now(),
                    on=today(),
                    reason=data["end_reason"],
                    successor=data["successor"],
                )
            except moves.CaseError as error:
                ending.add_error(None, str(error))
            else:
                messages.success(
                    request,
                    f"{case.person.name}さんの{assignment.user.name}さんの担当を今日で終わりにしました。"
                    + (
                        f"{data['successor'].name}さんが今日から担当し、「今日」に出ます。"
                        if data["successor"]
                        else "決まっている予約は残ります。会う人を変えるときは「日時を変える」を使います。"
                    ),
                )
                return redirect("assignment_new", pk=case.pk)
    form = AssignForm(None if ending else request.POST or None, actor=actor)

    def assign() -> None:
        data = form.cleaned_data
        membership = data["user"].memberships.current(today()).filter(organisation__in=actor.organisation_ids).first()
        team.assign(
            case=case,
            user=data["user"],
            organisation=membership.organisation if membership else actor.organisation,
            duty=Duty(data["duty"]),
            on=data["starts_on"],
            by=actor,
            at=now(),
            reason=data["reason"],
        )

    return act_on(
        request,
        case,
        form,
        assign,
        title="担当者",
        submit="担当者を加える",
        done=f"{case.person.name}さんの担当者を加えました。その人の「今日」に出ます。",
        template="cases/assignments.html",
        assignments=case.assignments.select_related("user", "organisation").order_by("ends_on", "-starts_on"),
        own_ids=actor.organisation_ids,
        ending=ending,
        ending_of=assignment if ending else None,
    )


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error
