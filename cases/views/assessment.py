"""The assessment of a case: its versions, obstacles, work history and licences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.enums import Permission
from accounts.scope import requires
from cases.actions import assessment
from cases.actions.circumstance import groups_open_to, live_grants_of, open_on, opening
from cases.actions.moves import CaseError
from cases.enums import CaseState, FieldGroup
from cases.forms.assessment import ASSESSMENT_FIELDS, AssessmentForm, HistoryForm, ObstaclesForm, QualificationForm
from cases.independence import Stage, answered, items_of, mean
from cases.models import Assessment, Case, Obstacle, Qualification, WorkHistory
from cases.views.access import actor_of, find_case, identity
from core.forms import Difference, EditConflict
from core.periods import now, today

Beside = list[Difference]


def save_on(
    request: HttpRequest,
    case: Case,
    form: BaseForm,
    act: Callable[[], Any],
    beside: Callable[[], Beside],
    *,
    title: str,
    done: str,
    submit: str = "保存する",
    lead: str = "",
    back: str = "assessment",
    template: str = "cases/assessment_form.html",
    **context: Any,
) -> HttpResponse:
    """Show the form; a valid post does the one act. Somebody else's save in between shows both texts."""
    conflict: Beside | None = None
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except EditConflict:
            conflict = beside()
        except CaseError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, done)
            return redirect(back, pk=case.pk)
    shown = {"form": form, "title": title, "submit": submit, "lead": lead, "back": back}
    shown["conflict"] = conflict
    return render(request, template, {**identity(case), **shown, **context}, status=200 if conflict is None else 409)


def stage_rows(answers: dict[str, int | None]) -> list[tuple[str, Any, int, int]]:
    """(stage, average or None, answered items, all items)."""
    return [(s.label, mean(answers, s), answered(answers, s), len(items_of(s))) for s in Stage]


@requires(Permission.VIEW_CASES)
@require_safe
def assessment_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Everything assessed, the newest version open; an older one by its number."""
    case = find_case(request, pk)
    actor = actor_of(request)
    versions = list(
        Assessment.objects.filter(case=case).select_related("organisation", "written_by").order_by("-version_number")
    )
    wanted = request.GET.get("version", "")
    shown = next((row for row in versions if str(row.version_number) == wanted), versions[0] if versions else None)
    rounds = assessment.rounds_of(case)
    can_write = case.state != CaseState.CLOSED and actor.can(Permission.LOG_INTERVIEW)
    return render(
        request,
        "cases/assessment.html",
        {
            **identity(case),
            "versions": versions,
            "shown": shown,
            "is_latest": bool(shown and shown == versions[0]),
            "can_edit": can_write and shown in versions[:1] and is_ours(shown, actor.organisation_ids),
            "can_write": can_write,
            "obstacles": Obstacle.objects.visible_to(actor)
            .filter(case=case)
            .select_related("organisation", "written_by")
            .order_by("-resolved_on", "noted_on", "pk"),
            "closed_groups": [group for group in FieldGroup if group not in groups_open_to(case, actor)],
            "histories": histories(case),
            "qualifications": case.qualifications.order_by("acquired_in", "pk"),
            "last_round": rounds[-1][0] if rounds else None,
            "round_count": len(rounds),
            "stages": stage_rows(rounds[-1][1]) if rounds else [],
            "sheets": case.handover_sheets.select_related("recipient", "consent").order_by("-handed_on", "-created_at"),
        },
    )


def is_ours(row: Assessment | None, organisation_ids: Any) -> bool:
    return row is not None and row.organisation_id in organisation_ids


def histories(case: Case) -> list[WorkHistory]:
    """Jobs, the present one and then the latest first."""
    rows = case.work_histories.select_related("workplace").order_by("-is_current", "-ended_in", "-started_in", "pk")
    return list(rows)


def is_hidden(case: Case) -> bool:
    """Whether a suppression hides whereabouts from this reader."""
    return case.person.shown_contact is None


@requires(Permission.LOG_INTERVIEW)
def assessment_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new version, beginning with what the last one said."""
    case = find_case(request, pk)
    latest = assessment.latest_assessment(case)
    number = latest.version_number if latest else 0
    initial = {name: getattr(latest, name) for name in ASSESSMENT_FIELDS} if latest else {}
    form = AssessmentForm(
        request.POST or None, instance=Assessment(version=number), initial={**initial, "assessed_on": today()}
    )

    def act() -> None:
        assessment.write_assessment(
            case=case,
            by=actor_of(request),
            at=now(),
            based_on=form.cleaned_data["version"],
            fields=form.content(),
        )

    def beside() -> Beside:
        current = assessment.latest_assessment(case)
        assert current is not None  # noqa: S101 - a conflict has another version
        current.version = current.version_number
        return form.conflict_with(current)

    readers = "、".join(grant.organisation.name for grant in opening(live_grants_of(case)))
    return save_on(
        request,
        case,
        form,
        act,
        beside,
        title="アセスメントを書く",
        done="アセスメントを新しい版として保存しました。前の版も残り、フェイスシートには新しい版が出ます。",
        lead=f"読める機関: {readers}。埋められない欄は空のままで保存できます。",
    )


@requires(Permission.LOG_INTERVIEW)
def assessment_edit(request: HttpRequest, pk: UUID, assessment_pk: UUID) -> HttpResponse:
    """Correct the newest version, if my organisation wrote it."""
    case = find_case(request, pk)
    mine = Assessment.objects.visible_to(actor_of(request)).filter(
        case=case, organisation__in=actor_of(request).organisation_ids
    )
    row = get_object_or_404(mine, pk=assessment_pk)
    form = AssessmentForm(request.POST or None, instance=row)

    def act() -> None:
        assessment.correct_latest(row=row, at=now())
        form.save()

    return save_on(
        request,
        case,
        form,
        act,
        lambda: form.conflict_with(Assessment.objects.get(pk=row.pk)),
        title=f"アセスメント 第{row.version_number}版を直す",
        done="アセスメントを直しました。前の内容は履歴に残ります。",
        lead="様子が変わったときは、直さずに「新しい版を書く」を使うと、変化が残ります。",
    )


@requires(Permission.LOG_INTERVIEW)
def obstacles_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What stands in the way, and what is done about each; kinds that I may not know are not offered."""
    case = find_case(request, pk)
    actor = actor_of(request)
    groups = groups_open_to(case, actor)
    offered = assessment.obstacle_kinds(groups)
    form = ObstaclesForm(request.POST or None, offered=offered, rows=assessment.obstacles_seen(case, actor))
    live = opening(live_grants_of(case))
    readers = [(group.label, "、".join(open_on(live, group))) for group in groups]
    return save_on(
        request,
        case,
        form,
        lambda: assessment.write_obstacles(
            case=case,
            by=actor,
            at=now(),
            on=today(),
            chosen=form.chosen(),
            offered=offered,
            seen=form.cleaned_data["seen"],
        ),
        lambda: form.beside(assessment.obstacles_seen(case, actor)),
        title="課題と対応",
        done="課題と対応を保存しました。支援プランを作るときの手がかりになります。",
        lead="当てはまるものに印を付け、何をするかを書きます。印を外すと「解消」として残ります。",
        template="cases/assessment_obstacles.html",
        readers=readers,
    )


@requires(Permission.LOG_INTERVIEW)
def work_history_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A job the person had."""
    case = find_case(request, pk)
    form = HistoryForm(request.POST or None, instance=WorkHistory(), is_hidden=is_hidden(case))
    return save_on(
        request,
        case,
        form,
        lambda: assessment.add_history(case=case, by=actor_of(request), at=now(), fields=form.content()),
        list,
        title="職歴を加える",
        done="職歴を加えました。フェイスシートにも出ます。",
    )


@requires(Permission.LOG_INTERVIEW)
def work_history_edit(request: HttpRequest, pk: UUID, history_pk: UUID) -> HttpResponse:
    """Correct a job the person had."""
    case = find_case(request, pk)
    rows = WorkHistory.objects.visible_to(actor_of(request)).filter(case=case).select_related("workplace", "case")
    row = get_object_or_404(rows, pk=history_pk)
    form = HistoryForm(request.POST or None, instance=row, is_hidden=is_hidden(case))

    def act() -> None:
        assessment.still_open(case)
        form.save()
        assessment.name_workplace(history=row, name=form.cleaned_data.get("employer_name"), at=now())

    return save_on(
        request,
        case,
        form,
        act,
        lambda: form.conflict_with(WorkHistory.objects.select_related("workplace").get(pk=row.pk)),
        title="職歴を直す",
        done="職歴を直しました。フェイスシートにも出ます。",
        lead="支援措置のため、事業所は出していません。" if is_hidden(case) else "",
    )


@requires(Permission.LOG_INTERVIEW)
def qualification_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A licence or qualification."""
    case = find_case(request, pk)
    form = QualificationForm(request.POST or None, instance=Qualification())
    return save_on(
        request,
        case,
        form,
        lambda: assessment.add_qualification(case=case, by=actor_of(request), at=now(), fields=form.content()),
        list,
        title="資格・免許を加える",
        done="資格・免許を加えました。フェイスシートにも出ます。",
    )


@requires(Permission.LOG_INTERVIEW)
def qualification_edit(request: HttpRequest, pk: UUID, qualification_pk: UUID) -> HttpResponse:
    """Correct a licence or qualification."""
    case = find_case(request, pk)
    rows = Qualification.objects.visible_to(actor_of(request)).filter(case=case)
    row = get_object_or_404(rows, pk=qualification_pk)
    form = QualificationForm(request.POST or None, instance=row)

    def act() -> None:
        assessment.still_open(case)
        form.save()

    return save_on(
        request,
        case,
        form,
        act,
        lambda: form.conflict_with(Qualification.objects.get(pk=row.pk)),
        title="資格・免許を直す",
        done="資格・免許を直しました。フェイスシートにも出ます。",
    )
