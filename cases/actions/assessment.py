"""Assessment, obstacles, work history, licences, the checklist of independence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.scope import Actor
from cases.actions.moves import CaseError, lock, touch
from cases.enums import OBSTACLE_GROUPS, OWN_OBSTACLES, CaseState, FieldGroup, ObstacleKind, Visibility
from cases.independence import BY_CODE, Answers
from cases.models import (
    Assessment,
    Case,
    ChecklistAnswer,
    ChecklistRound,
    Obstacle,
    PastWorkplace,
    Qualification,
    WorkHistory,
)
from core.forms import EditConflict


class CaseOver(CaseError):
    def __init__(self) -> None:
        super().__init__("終了したケースには書けません。再支援のケースを開いて書いてください。")


def still_open(case: Case) -> Case:
    """The case, locked. Raises CaseOver."""
    current = lock(case)
    if current.state == CaseState.CLOSED:
        raise CaseOver
    return current


def latest_assessment(case: Case) -> Assessment | None:
    found: Assessment | None = (
        Assessment.objects.filter(case=case)
        .select_related("organisation", "written_by")
        .order_by("-version_number")
        .first()
    )
    return found


@transaction.atomic
def write_assessment(*, case: Case, by: Actor, at: dt.datetime, based_on: int, fields: Mapping[str, Any]) -> Assessment:
    """A new dated version; `based_on` is the version that was read (0: none yet). Raises CaseOver, EditConflict."""
    still_open(case)
    latest = latest_assessment(case)
    number = latest.version_number if latest else 0
    if number != based_on:
        raise EditConflict
    row = Assessment.objects.create(
        case=case, version_number=number + 1, organisation=by.organisation, written_by=by.user, **fields
    )
    touch(case=case, at=at)
    return row


def obstacle_kinds(groups: list[FieldGroup]) -> list[ObstacleKind]:
    """Kinds that may be written by somebody to whom these kinds of facts are open."""
    return [kind for kind in ObstacleKind if kind not in OBSTACLE_GROUPS or OBSTACLE_GROUPS[kind] in groups]


def obstacles_seen(case: Case, actor: Actor) -> dict[ObstacleKind, Obstacle]:
    """The rows the actor reads, by kind."""
    rows = Obstacle.objects.visible_to(actor).filter(case=case).select_related("organisation", "written_by")
    found = {ObstacleKind(row.kind): row for row in rows if row.visibility == Visibility.SHARED}
    mine = {
        ObstacleKind(row.kind): row
        for row in rows
        if row.visibility == Visibility.OWN and row.organisation_id == actor.organisation.pk
    }
    return found | mine


def stamp_of(rows: Mapping[ObstacleKind, Obstacle]) -> str:
    """What was read, so that a save can tell whether it still stands."""
    return ",".join(f"{kind.value}={row.version}" for kind, row in sorted(rows.items()))


@transaction.atomic
def write_obstacles(
    *,
    case: Case,
    by: Actor,
    at: dt.datetime,
    on: dt.date,
    chosen: Mapping[ObstacleKind, str],
    offered: list[ObstacleKind],
    seen: str,
) -> None:
    """Obstacles of today with what is done about each; one no longer chosen is overcome (解消).

    Raises CaseOver, EditConflict.
    """
    still_open(case)
    rows = obstacles_seen(case, by)
    if stamp_of(rows) != seen:
        raise EditConflict
    author = {"organisation": by.organisation, "written_by": by.user, "written_at": at}
    for kind in offered:
        row, response = rows.get(kind), chosen.get(kind)
        if row is None:
            if response is not None:
                Obstacle.objects.create(
                    case=case,
                    kind=kind,
                    field_group=OBSTACLE_GROUPS.get(kind, ""),
                    visibility=Visibility.OWN if kind in OWN_OBSTACLES else Visibility.SHARED,
                    response=response,
                    noted_on=on,
                    **author,
                )
            continue
        facts = {
            "response": row.response if response is None else response,
            "resolved_on": None if response is not None else row.resolved_on or max(on, row.noted_on),
        }
        if any(getattr(row, name) != value for name, value in facts.items()):
            Obstacle.objects.filter(pk=row.pk).update(version=row.version + 1, **facts, **author)
    touch(case=case, at=at)


@transaction.atomic
def add_history(*, case: Case, by: Actor, at: dt.datetime, fields: Mapping[str, Any]) -> WorkHistory:
    """A job the person had; the employer goes into its own table. Raises CaseOver."""
    still_open(case)
    facts = dict(fields)
    employer = facts.pop("employer_name")
    row = WorkHistory.objects.create(case=case, organisation=by.organisation, created_by=by.user, **facts)
    PastWorkplace.objects.create(case=case, history=row, name=employer)
    touch(case=case, at=at)
    return row


@transaction.atomic
def name_workplace(*, history: WorkHistory, name: str | None, at: dt.datetime) -> None:
    """The employer of a corrected history; None where the suppression hides it from the writer."""
    if name is not None:
        PastWorkplace.objects.filter(history=history).update(name=name)
    touch(case=history.case, at=at)


@transaction.atomic
def add_qualification(*, case: Case, by: Actor, at: dt.datetime, fields: Mapping[str, Any]) -> Qualification:
    """A licence or qualification. Raises CaseOver."""
    still_open(case)
    row = Qualification.objects.create(case=case, organisation=by.organisation, created_by=by.user, **fields)
    touch(case=case, at=at)
    return row


@transaction.atomic
def check_independence(
    *, case: Case, by: Actor, at: dt.datetime, fields: Mapping[str, Any], answers: Answers
) -> ChecklistRound:
    """One more time through the checklist. Raises CaseOver."""
    still_open(case)
    if all(score is None for score in answers.values()):
        raise CaseError("1つ以上の項目に答えてください。")
    row = ChecklistRound.objects.create(case=case, organisation=by.organisation, written_by=by.user, **fields)
    ChecklistAnswer.objects.bulk_create(
        ChecklistAnswer(case=case, round=row, item=code, field_group=BY_CODE[code].group or "", score=score)
        for code, score in answers.items()
    )
    touch(case=case, at=at)
    return row


@transaction.atomic
def correct_answers(*, row: ChecklistRound, answers: Answers, at: dt.datetime) -> None:
    """The answers of a round after its form was saved; items not offered stay as they are."""
    for code, score in answers.items():
        if not ChecklistAnswer.objects.filter(round=row, item=code).update(score=score):
            ChecklistAnswer.objects.create(
                case=row.case, round=row, item=code, field_group=BY_CODE[code].group or "", score=score
            )
    touch(case=row.case, at=at)


def rounds_of(case: Case) -> list[tuple[ChecklistRound, dict[str, int | None]]]:
    """Every round, oldest first, with the answers that this reader sees; two queries."""
    rounds = list(
        ChecklistRound.objects.filter(case=case)
        .select_related("organisation", "written_by")
        .order_by("checked_on", "created_at")
    )
    answers: dict[Any, dict[str, int | None]] = {row.pk: {} for row in rounds}
    for answer in ChecklistAnswer.objects.filter(case=case):
        answers[answer.round_id][answer.item] = answer.score
    return [(row, answers[row.pk]) for row in rounds]


class NotLatest(CaseError):
    def __init__(self) -> None:
        super().__init__("新しい版があるため、この版は直せません。新しい版を書いてください。")


def correct_latest(*, row: Assessment, at: dt.datetime) -> None:
    """Before a version is corrected: it is the newest of an open case. Raises CaseOver, NotLatest."""
    still_open(row.case)
    latest = latest_assessment(row.case)
    if latest is None or latest.pk != row.pk:
        raise NotLatest
    touch(case=row.case, at=at)
