"""Reading employers. What is known of workplaces is shared between all who work here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Count, Q

# Where the session keeps the list of employers as it was last open, for the way back from one of them.
LIST_SEEN = "employers_seen"
SEARCHED = ("name", "name_kana", "industry", "address")


class EmployerQuerySet(models.QuerySet[Any]):
    def matching(self, text: str) -> EmployerQuerySet:
        """Each word stands in name, reading, line of business or address."""
        found = self
        for word in text.split():
            found = found.filter(Q(*((f"{field}__icontains", word) for field in SEARCHED), _connector=Q.OR))
        return found


class VacancyQuerySet(models.QuerySet[Any]):
    def open_on(self, day: dt.date) -> VacancyQuerySet:
        return self.filter(Q(closed_on__isnull=True) | Q(closed_on__gte=day))

    def count_by_employer(self, employers: Iterable[Any]) -> dict[UUID, int]:
        """Employer id → how many of these vacancies are there; an employer without any is left out."""
        counted = self.filter(employer__in=employers).order_by().values_list("employer_id")
        return dict(counted.annotate(Count("pk")))
