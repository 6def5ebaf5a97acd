"""The team: cases without a worker, who stands in for whom, handing a caseload over and taking it over."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import Exists, Min, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.enums import Permission, Role
from accounts.models import Organisation, User
from accounts.scope import Actor, requires
from cases.actions import handover as acts
from cases.actions import team as covers
from cases.actions.moves import CaseError
from cases.enums import CaseState
from cases.forms.handover import CoverForm, HandoverForm, WorkerForm
from cases.models import Appointment, Assignment, Case, Cover, Handover, HandoverItem, MeetingTask
from cases.needs import needs_of
from cases.todo import unassigned
from cases.views.access import TONES, actor_of
from core.forms import ConfirmForm
from core.periods import now, today
from core.templatetags.ui import jdate

SHOWN = 50
NAMED = 12  # of those that were left behind


@requires(Permission.ASSIGN)
@require_safe
def team(request: HttpRequest) -> HttpResponse:
    """One page for everything about who is in charge."""
    actor, day = actor_of(request), today()
    is_manager = actor.role == Role.MANAGER
    nobody = (
        list(unassigned(actor, day).select_related("person").order_by("opened_on", "pk")[:SHOWN]) if is_manager else []
    )
    items = HandoverItem.objects.visible_to(actor).filter(successor=actor.user)
    handovers = Handover.objects.visible_to(actor).select_related("worker", "made_by").order_by("-made_at")
    if not is_manager:
        handovers = handovers.filter(Q(worker=actor.user) | Q(made_by=actor.user))
    return render(
        request,
        "cases/team.html",
        {
            "is_manager": is_manager,
            "nobody": [(case, TONES.get(CaseState(case.state), "plain")) for case in nobody],
            "items": items.select_related("case__person", "handover__worker").order_by(
                "received_at", "-handover__made_at", "pk"
            )[:SHOWN],
            "covers": Cover.objects.visible_to(actor)
            .ahead(day)
            .select_related("worker", "colleague", "organisation")
            .order_by("starts_on", "pk"),
            "handovers": handovers[:20],
            "day": day,
        },
    )


@requires(Permission.ASSIGN)
def cover_new(request: HttpRequest) -> HttpResponse:
    """A colleague stands in from day to day."""
    actor = actor_of(request)
    form = CoverForm(request.POST or None, actor=actor)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        place = form.place()
        assert place is not None  # noqa: S101 - the form has refused that
        try:
            covers.make_cover(
                worker=data["worker"],
                colleague=data["colleague"],
                organisation=place,
                starts_on=data["starts_on"],
                ends_on=data["ends_on"],
                reason=data["reason"],
                by=actor,
                at=now(),
            )
        except CaseError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request,
                f"{data['colleague'].name}さんが{data['worker'].name}さんの代理になります。"
                "その期間、代理の人の「今日」に表示されます。担当は変わりません。",
            )
            return redirect("team")
    return render(request, "cases/cover_form.html", {"form": form})


@requires(Permission.ASSIGN)
def cover_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The worker is back earlier: a manager, the worker or who made it ends the cover."""
    actor = actor_of(request)
    mine = Cover.objects.visible_to(actor)
    if actor.role != Role.MANAGER:
        mine = mine.filter(Q(worker=actor.user) | Q(made_by=actor.user))
    cover = get_object_or_404(mine.select_related("worker", "colleague"), pk=pk)
    if request.method != "POST":
        return render(
            request,
            "confirm.html",
            {
                "title": "代理を終わりにする",
                "facts": [
                    ("代理", f"{cover.worker.name}さんの代理に{cover.colleague.name}さん"),
                    ("期間", f"{jdate(cover.starts_on)}〜{jdate(cover.ends_on)}"),
                    ("理由", cover.reason or "－"),
                ],
                "lead": "今から、"
                f"{cover.colleague.name}さんの「今日」に{cover.worker.name}さんのケースは出なくなります。"
                "担当と予約は変わりません。もう一度必要なときは、新しく代理を決めます。",
                "submit": "代理を終わりにする",
                "form": ConfirmForm(request),
                "back": reverse("team"),
            },
        )
    try:
        covers.withdraw_cover(cover=cover, by=actor, at=now())
    except CaseError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            f"{cover.colleague.name}さんの代理({cover.worker.name}さん)を終わりにしました。"
            f"{cover.worker.name}さんのケースは、{cover.worker.name}さんの「今日」だけに出ます。",
        )
    return redirect("team")


def _caseload(actor: Actor, worker: User, organisation: Organisation) -> list[Case]:
    """All open cases of the worker there, with the next appointment."""
    mine = Assignment.objects.filter(user=worker, organisation=organisation, ends_on__isnull=True)
    return list(
        Case.objects.visible_to(actor)
        .open()
        .filter(Exists(mine.filter(case=OuterRef("pk"))))
        .select_related("person")
        .order_by("number", "pk")
    )


@requires(Permission.ASSIGN)
def handover_new(request: HttpRequest) -> HttpResponse:
    """Choose the worker, then give each case or all to successors: one page, one transaction."""
    actor = actor_of(request)
    chosen = WorkerForm(request.GET if request.GET.get("worker") else None, actor=actor)
    if not (chosen.is_bound and chosen.is_valid()):
        return render(request, "cases/handover_choose.html", {"form": chosen})
    worker, organisation = chosen.chosen()
    cases = _caseload(actor, worker, organisation)
    form = HandoverForm(request.POST or None, worker=worker, organisation=organisation, cases=cases)
    if request.method == "POST" and form.is_valid():
        data, passings = form.cleaned_data, form.passings()
        try:
            handover = acts.hand_over(
                worker=worker,
                organisation=organisation,
                passings=passings,
                on=data["on"],
                by=actor,
                at=now(),
                reason=data["reason"],
                has_appointments=data["has_appointments"],
            )
        except CaseError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request,
                f"{worker.name}さんのケース{len(passings)}件を引き継ぎました。後任の「今日」に「引き継いだケース」として表示されます。",
            )
            passed = {passing.case.pk for passing in passings}
            if left := [case for case in cases if case.pk not in passed]:
                messages.warning(request, _left_behind(worker, left))
            return redirect("handover_detail", pk=handover.pk)
    day = today()
    ids = [case.pk for case in cases]
    ahead = Appointment.objects.booked().filter(case__in=ids, worker=worker, starts_at__date__gte=day)
    first = dict(ahead.values("case").annotate(first=Min("starts_at")).values_list("case", "first"))
    tasks: dict[UUID, list[str]] = {}
    for task in (
        MeetingTask.objects.visible_to(actor).open().filter(case__in=ids, user=worker).order_by("until_on", "pk")
    ):
        tasks.setdefault(task.case_id, []).append(task.what)
    needs = needs_of(cases, actor, day)
    rows = [
        {
            "case": case,
            "tone": TONES.get(CaseState(case.state), "plain"),
            "upcoming": first.get(case.pk),
            "tasks": [*tasks.get(case.pk, []), *needs.get(case.pk, [])],
            "fields": form.row_fields(case),
        }
        for case in cases
    ]
    return render(
        request,
        "cases/handover_form.html",
        {"form": form, "worker": worker, "organisation": organisation, "rows": rows},
    )


def _left_behind(worker: User, cases: list[Case]) -> str:
    """Whose cases were not passed on, because no successor was chosen."""
    names = "、".join(f"{case.person.name}さん({case.number})" for case in cases[:NAMED])
    more = f"、ほか{len(cases) - NAMED}件" if len(cases) > NAMED else ""
    return (
        f"後任を選ばなかった{len(cases)}件は引き継いでいません。担当は{worker.name}さんのままです: {names}{more}。"
        "引き継ぐときは「担当をまとめて引き継ぐ」をもう一度開いてください。"
    )


@requires(Permission.ASSIGN)
@require_safe
def handover_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who has opened and taken over what, and which appointments still stand under the old name."""
    actor = actor_of(request)
    handover = get_object_or_404(Handover.objects.visible_to(actor).select_related("worker", "made_by"), pk=pk)
    items = list(
        HandoverItem.objects.visible_to(actor)
        .filter(handover=handover)
        .select_related("case__person", "successor")
        .order_by("successor__name", "pk")
    )
    left = (
        Appointment.objects.visible_to(actor)
        .booked()
        .filter(case__in=[item.case_id for item in items], worker=handover.worker, starts_at__date__gte=handover.on)
        .select_related("case__person")
        .order_by("starts_at")
    )
    return render(request, "cases/handover_detail.html", {"handover": handover, "items": items, "left": left[:SHOWN]})


def _mine(request: HttpRequest, pk: UUID) -> HandoverItem:
    actor = actor_of(request)
    items = HandoverItem.objects.visible_to(actor).filter(successor=actor.user)
    return get_object_or_404(items.select_related("case__person"), pk=pk)


@requires(Permission.VIEW_CASES)
@require_POST
def handover_open(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The successor opens the case; the unread mark goes."""
    item = _mine(request, pk)
    acts.open_item(item=item, at=now())
    return redirect("case_detail", pk=item.case_id)


@requires(Permission.VIEW_CASES)
@require_POST
def handover_receive(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The successor confirms: taken over (受領)."""
    item = _mine(request, pk)
    try:
        acts.receive(item=item, at=now())
    except CaseError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            f"{item.case.person.name}さんのケースを受領しました。前の担当の「引継ぎの記録」に受領済みと出ます。",
        )
    return redirect("today") if request.POST.get("from") == "today" else redirect("team")
