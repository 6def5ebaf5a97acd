"""Where texts written before a suppression name the address or phone that it hides (A26, A30).

New texts are refused; what was written earlier stays readable until somebody corrects it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.urls import reverse

from accounts.models import User
from accounts.scope import Actor
from cases.enums import AppointmentStatus
from cases.models import Case

# What a suppression hides itself, what it says of itself, and keys that nobody reads.
HIDDEN_ITSELF = {"PersonContact", "Workplace", "PastWorkplace", "Suppression", "Release", "SearchKey"}
# The screen where a text is corrected (by whom: _may_correct).
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
# The screen where a text is read that stays as it was written; of every other table the case.
READ_AT: dict[str, tuple[str, tuple[str, ...]]] = {
    "SupportPlan": ("plan_list", ("case_id",)),
    "PlanMenu": ("plan_list", ("case_id",)),
    "PlanReview": ("plan_list", ("case_id",)),
    "PlanReviewItem": ("plan_list", ("case_id",)),
    "Referral": ("referral_detail", ("case_id", "id")),
    "ReferralAnswer": ("referral_detail", ("case_id", "referral_id")),
}
THE_CASE = ("case_detail", ("case_id",))
STAYS = "あとから変えない記録です"


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
    writers = User.objects.in_bulk({text.row["written_by_id"] for text in found if "written_by_id" in text.row})
    return [_telling(text, actor, writers) for text in found]


def _telling(text: _Text, actor: Actor, writers: dict[int, User]) -> Telling:
    name, writer = text.model.__name__, writers.get(text.row.get("written_by_id", 0))
    if _may_correct(name, text.row, actor):
        screen, hint = CORRECTED_AT[name], ""
    elif name in CORRECTED_AT and writer is not None:
        screen, hint = THE_CASE, f"書いた{writer.name}さんに、消すように頼んでください"
    else:
        screen, hint = READ_AT.get(name, THE_CASE), STAYS
    return Telling(str(text.model._meta.verbose_name), str(text.field.verbose_name), text.at(screen), hint)


def _may_correct(name: str, row: dict[str, Any], actor: Actor) -> bool:
    match name:
        case "Interview":
            return bool(row["written_by_id"] == actor.user.pk)
        case "Assessment" | "ChecklistRound":
            return row["organisation_id"] in actor.organisation_ids
        case "Appointment":
            return bool(row["status"] == AppointmentStatus.BOOKED)
    return name in CORRECTED_AT


def _texts(case: Case, actor: Actor) -> Iterator[_Text]:
    for model in apps.get_app_config("cases").get_models():
        names = {field.name for field in model._meta.fields}
        of_person = model.__name__ == "Person" or "person" in names
        fields = [
            field
            for field in model._meta.fields
            if isinstance(field, models.CharField | models.TextField) and not field.choices and not field.primary_key
        ]
        if model.__name__ in HIDDEN_ITSELF or "pgh_id" in names or not fields or not (of_person or "case" in names):
            continue
        manager: Any = model._default_manager
        found = manager.visible_to(actor) if hasattr(manager, "visible_to") else manager.all()
        if model.__name__ == "Person":
            found = found.filter(pk=case.person_id)
        elif "case" in names:
            found = found.filter(case__person=case.person_id)
        else:
            found = found.filter(person=case.person_id)
        for row in found.values():
            row["case_id"] = row.get("case_id") or (row["id"] if model is Case else case.pk)
            yield from (_Text(model, row, field) for field in fields if row[field.name])
