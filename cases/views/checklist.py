"""The checklist of the three stages of independence, and how it changes over time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.enums import Permission
from accounts.scope import requires
from cases.actions import assessment
from cases.actions.circumstance import groups_open_to
from cases.enums import CaseState, FieldGroup
from cases.forms.assessment import ChecklistForm
from cases.independence import ITEMS, Item, Score, Stage, answered, change_chart, items_of, mean
from cases.models import Case, ChecklistRound
from cases.views.access import actor_of, find_case, identity
from cases.views.assessment import save_on
from core.forms import Difference
from core.periods import now
from core.templatetags.ui import shortdate

# As many columns as fit beside each other; the chart and the table show the same ones.
ROUNDS_SHOWN = 6


def offered_to(request: HttpRequest, case: Case) -> list[Item]:
    """Items whose kind of facts is open to me."""
    groups: list[FieldGroup] = groups_open_to(case, actor_of(request))
    return [item for item in ITEMS if item.group is None or item.group in groups]


@requires(Permission.VIEW_CASES)
@require_safe
def checklist(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The last rounds beside each other, as a table and as a chart with the same numbers."""
    case = find_case(request, pk)
    actor = actor_of(request)
    every = assessment.rounds_of(case)
    rounds = every[-ROUNDS_SHOWN:]
    codes = {item.code for item in offered_to(request, case)}
    stages: list[dict[str, Any]] = [
        {
            "name": stage.label,
            "means": [(mean(answers, stage), answered(answers, stage)) for _row, answers in rounds],
            "items": [
                (item.text, [answers.get(item.code) for _row, answers in rounds])
                for item in items_of(stage)
                if item.code in codes
            ],
        }
        for stage in Stage
    ]
    can_write = case.state != CaseState.CLOSED and actor.can(Permission.LOG_INTERVIEW)
    return render(
        request,
        "cases/assessment_checklist.html",
        {
            **identity(case),
            "rounds": [row for row, _answers in rounds],
            "earlier_count": len(every) - len(rounds),
            "stages": stages,
            "hidden_count": len(ITEMS) - len(codes),
            "chart": change_chart([(shortdate(row.checked_on), answers) for row, answers in rounds]),
            "scores": Score.choices,
            "can_write": can_write,
            "own_ids": actor.organisation_ids,
        },
    )


@requires(Permission.LOG_INTERVIEW)
def checklist_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Once more through the checklist; the last answer stands beside each item."""
    case = find_case(request, pk)
    rounds = assessment.rounds_of(case)
    before, before_on = (rounds[-1][1], shortdate(rounds[-1][0].checked_on)) if rounds else ({}, "")
    form = ChecklistForm(
        request.POST or None,
        instance=ChecklistRound(),
        offered=offered_to(request, case),
        answers={},
        before=before,
        before_on=before_on,
    )
    return save_on(
        request,
        case,
        form,
        lambda: assessment.check_independence(
            case=case, by=actor_of(request), at=now(), fields=form.content(), answers=form.answers()
        ),
        list,
        title="自立度チェックをする",
        done="自立度チェックを保存しました。次の回と見比べられます。",
        back="checklist",
        template="cases/assessment_checklist_form.html",
        scores=Score.choices,
    )


@requires(Permission.LOG_INTERVIEW)
def checklist_edit(request: HttpRequest, pk: UUID, round_pk: UUID) -> HttpResponse:
    """Correct a round that my organisation wrote."""
    case = find_case(request, pk)
    actor = actor_of(request)
    mine = ChecklistRound.objects.visible_to(actor).filter(case=case, organisation__in=actor.organisation_ids)
    row = get_object_or_404(mine.select_related("case"), pk=round_pk)
    stored = dict(assessment.rounds_of(case)).get(row, {})
    form = ChecklistForm(
        request.POST or None, instance=row, offered=offered_to(request, case), answers=stored, before={}, before_on=""
    )

    def act() -> None:
        assessment.still_open(case)
        form.save()
        assessment.correct_answers(row=row, answers=form.answers(), at=now())

    def beside() -> list[Difference]:
        current = ChecklistRound.objects.get(pk=row.pk)
        answers = dict(assessment.rounds_of(case)).get(current, {})
        for name in form.answers():
            setattr(current, f"item_{name}", "" if answers.get(name) is None else str(answers[name]))
        return form.conflict_with(current)

    return save_on(
        request,
        case,
        form,
        act,
        beside,
        title="自立度チェックを直す",
        done="自立度チェックを直しました。前の内容は履歴に残ります。",
        back="checklist",
        template="cases/assessment_checklist_form.html",
        scores=Score.choices,
    )
