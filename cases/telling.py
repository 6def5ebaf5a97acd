"""Where texts written before a suppression name the address or phone that it hides (A26, A30).

New texts are refused; what was written earlier stays readable until somebody corrects it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, models
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from accounts.scope import Actor
from cases.enums import AppointmentStatus, CaseState, Visibility
from cases.models import Assessment, Case

# What a suppression hides itself, what it says of itself, and keys that nobody reads.
HIDDEN_ITSELF = {"PersonContact", "Workplace", "PastWorkplace", "Suppression", "Release", "SearchKey"}
# The screen where a text is corrected, unless _hint says why not.
CORRECTED_AT: dict[str, tuple[str, tuple[str, ...]]] = {
    "Interview": ("interview_edit", ("case_id", "id")),
    "Appointment": ("appointment_detail", ("id",)),
    "Assessment": ("assessment_edit", ("case_id", "id")),
    "ChecklistRound": ("checklist_edit", ("case_id", "id")),
    "Obstacle": ("obstacles_edit", ("case_id",)),
    "WorkHistory": ("work_history_edit", ("case_id", "id")),
    "Qualification": ("qualification_edit", ("case_id", "id")),
    "Circumstance": ("circumstance_edit", ("case_id", "field_group")),
    "InterpreterNeed": ("interpreter_edit", ("case_id",)),
    "Person": ("person_edit", ("case_id",)),
}
# Corrected in open cases alone (cases.actions.assessment.still_open).
OF_OPEN_CASES = {"Assessment", "ChecklistRound", "Obstacle", "WorkHistory", "Qualification"}
# The screen where a text is read that stays as it was written; of every other table the case.
READ_AT: dict[str, tuple[str, tuple[str, ...]]] = {
    "SupportPlan": ("plan_list", ("case_id",)),
    "PlanMenu": ("plan_list", ("case_id",)),
    "PlanReview": ("plan_list", ("case_id",)),
    "PlanReviewItem": ("plan_list", ("case_id",)),
    "Referral": ("referral_detail", ("case_id", "id")),
    "ReferralAnswer": ("referral_detail", ("case_id", "referral_id")),
    "Appointment": ("appointment_detail", ("id",)),
    "PersonMerge": ("person_alike", ("case_id",)),
    "NotSame": ("person_alike", ("case_id",)),
}
THE_CASE = ("case_detail", ("case_id",))
# How a table without a case names the person, where not by `person` alone.
NAMED_BY = {"Person": ("pk",), "PersonMerge": ("kept", "merged"), "NotSame": ("person", "other")}
STAYS = "あとから変えない記録です"
OVER = "終了したケースの記録で、もう直せません"


@dataclass(frozen=True)
class Telling:
    """A text that names what is hidden; the words themselves are not repeated. `hint`: why not to be corrected here."""

    what: str
    where: str
    url: str
    hint: str


@dataclass(frozen=True)
class _Text:
    model: type[models.Model]
    row: dict[str, Any]
    field: models.Field[Any, Any]

    @property
    def words(self) -> str:
        return str(self.row[self.field.name])

    def at(self, screen: tuple[str, tuple[str, ...]]) -> str:
        name, keys = screen
        return reverse(name, args=[self.row[key] for key in keys])


def texts_that_tell(case: Case, actor: Actor) -> list[Telling]:
    """Of every case of the person, as far as this actor reads it."""
    texts = list(_texts(case, actor))
    if not texts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number FROM unnest(%s::uuid[], %s::text[]) WITH ORDINALITY AS t(case_id, words, number)"
            " WHERE ittai_names_hidden(case_id, words, false) ORDER BY number",
            [[text.row["case_id"] for text in texts], [text.words for text in texts]],
        )
        found = [texts[number - 1] for (number,) in cursor.fetchall()]
    standing = _Standing.of(found)
    return [_telling(text, actor, standing) for text in found]


@dataclass(frozen=True)
class _Standing:
    """What decides whether a text can still be corrected, and by whom."""

    closed_cases: set[UUID]
    newest_assessments: set[UUID]
    writers: dict[int, User]

    @classmethod
    def of(cls, texts: list[_Text]) -> _Standing:
        cases = {text.row["case_id"] for text in texts}
        newest = Assessment.objects.filter(case__in=cases).order_by("case", "-version_number").distinct("case")
        return cls(
            closed_cases=set(Case.objects.filter(pk__in=cases, state=CaseState.CLOSED).values_list("pk", flat=True)),
            newest_assessments=set(newest.values_list("pk", flat=True)),
            writers=User.objects.in_bulk({text.row["written_by_id"] for text in texts if "written_by_id" in text.row}),
        )


def _telling(text: _Text, actor: Actor, standing: _Standing) -> Telling:
    name, hint = text.model.__name__, _hint(text, actor, standing)
    screen = READ_AT.get(name, THE_CASE) if hint else CORRECTED_AT[name]
    return Telling(str(text.model._meta.verbose_name), str(text.field.verbose_name), text.at(screen), hint)


def _hint(text: _Text, actor: Actor, standing: _Standing) -> str:
    """Why this actor cannot correct the text; empty when the link leads to where it is corrected."""
    name, row = text.model.__name__, text.row
    if name not in CORRECTED_AT or not _is_open(name, row, standing):
        return STAYS
    if name in OF_OPEN_CASES and row["case_id"] in standing.closed_cases:
        return OVER
    if _is_mine(name, row, actor):
        return ""
    writer = standing.writers[row["written_by_id"]]
    if not writer.is_active:
        return f"書いた{writer.name}さんはもう利用していないため、直せません"
    return f"書いた{writer.name}さんに、消すように頼んでください"


def _is_open(name: str, row: dict[str, Any], standing: _Standing) -> bool:
    match name:
        case "Appointment":
            return bool(row["status"] == AppointmentStatus.BOOKED)
        case "Assessment":
            return row["id"] in standing.newest_assessments
    return True


def _is_mine(name: str, row: dict[str, Any], actor: Actor) -> bool:
    match name:
        case "Interview":
            return bool(row["written_by_id"] == actor.user.pk)
        case "Assessment" | "ChecklistRound":
            return row["organisation_id"] in actor.organisation_ids
        case "Obstacle":
            return row["visibility"] != Visibility.OWN or bool(row["organisation_id"] == actor.organisation.pk)
    return True


def _texts(case: Case, actor: Actor) -> Iterator[_Text]:
    for model in apps.get_app_config("cases").get_models():
        names = {field.name for field in model._meta.fields}
        named_by = NAMED_BY.get(model.__name__, ("person",) if "person" in names else ())
        fields = [
            field
            for field in model._meta.fields
            if isinstance(field, models.CharField | models.TextField) and not field.choices and not field.primary_key
        ]
        if model.__name__ in HIDDEN_ITSELF or "pgh_id" in names or not fields or not (named_by or "case" in names):
            continue
        manager: Any = model._default_manager
        found = manager.visible_to(actor) if hasattr(manager, "visible_to") else manager.all()
        if "case" in names:
            found = found.filter(case__person=case.person_id)
        else:
            found = found.filter(reduce(or_, (Q(**{name: case.person_id}) for name in named_by)))
        for row in found.values():
            row["case_id"] = row.get("case_id") or (row["id"] if model is Case else case.pk)
            yield from (_Text(model, row, field) for field in fields if row[field.name])
