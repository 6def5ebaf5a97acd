"""Where texts written before a suppression name the address or phone that it hides (A26, A30).

New texts are refused; what was written earlier stays readable until somebody corrects it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, models
from django.urls import reverse

from accounts.scope import Actor
from cases.models import Case

# What a suppression hides itself, what it says of itself, and keys that nobody reads.
HIDDEN_ITSELF = {"PersonContact", "Workplace", "PastWorkplace", "Suppression", "Release", "SearchKey"}
# The screen where a text is corrected; of every other table the case, from where it is reached.
CORRECTED_AT: dict[str, tuple[str, tuple[str, ...]]] = {
    "Interview": ("interview_edit", ("case_id", "pk")),
    "Appointment": ("appointment_detail", ("pk",)),
    "Assessment": ("assessment_edit", ("case_id", "pk")),
    "Obstacle": ("obstacles_edit", ("case_id",)),
    "WorkHistory": ("work_history_edit", ("case_id", "pk")),
    "Circumstance": ("visibility", ("case_id",)),
    "SupportPlan": ("plan_list", ("case_id",)),
    "PlanMenu": ("plan_list", ("case_id",)),
    "PlanReview": ("plan_list", ("case_id",)),
    "Person": ("person_edit", ("case_id",)),
}


@dataclass(frozen=True)
class Telling:
    """A text that names what is hidden; the words themselves are not repeated."""

    what: str
    where: str
    url: str


def texts_that_tell(case: Case, actor: Actor) -> list[Telling]:
    """Of every case of the person, as far as this actor reads it."""
    rows = list(_texts(case, actor))
    if not rows:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number FROM unnest(%s::uuid[], %s::text[]) WITH ORDINALITY AS t(case_id, words, number)"
            " WHERE ittai_names_hidden(case_id, words, false) ORDER BY number",
            [[case_id for case_id, _words, _telling in rows], [words for _case_id, words, _telling in rows]],
        )
        return [rows[number - 1][2] for (number,) in cursor.fetchall()]


def _texts(case: Case, actor: Actor) -> Iterator[tuple[UUID, str, Telling]]:
    for model in apps.get_app_config("cases").get_models():
        names = {field.name for field in model._meta.fields}
        by_person, by_case = model.__name__ == "Person" or "person" in names, "case" in names
        fields = [
            field
            for field in model._meta.fields
            if isinstance(field, models.CharField | models.TextField) and not field.choices and not field.primary_key
        ]
        if model.__name__ in HIDDEN_ITSELF or "pgh_id" in names or not fields or not (by_person or by_case):
            continue
        manager: Any = model._default_manager
        found = manager.visible_to(actor) if hasattr(manager, "visible_to") else manager.all()
        if model.__name__ == "Person":
            found = found.filter(pk=case.person_id)
        elif by_case:
            found = found.filter(case__person=case.person_id)
        else:
            found = found.filter(person=case.person_id)
        for row in found.values("pk", *(["case_id"] if by_case else []), *(field.name for field in fields)):
            keys = {"case_id": row.get("case_id") or (row["pk"] if model is Case else case.pk), "pk": row["pk"]}
            name, taken = CORRECTED_AT.get(model.__name__, ("case_detail", ("case_id",)))
            url = reverse(name, args=[keys[key] for key in taken])
            for field in fields:
                if row[field.name]:
                    what = str(model._meta.verbose_name)
                    yield keys["case_id"], row[field.name], Telling(what, str(field.verbose_name), url)
