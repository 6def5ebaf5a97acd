"""Reading employers. What is known of workplaces is shared between all who work here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    pass


class EmployerQuerySet(models.QuerySet[Any]):
    def matching(self, text: str) -> EmployerQuerySet:
        """Name or reading contains the text."""
        return self.filter(Q(name__icontains=text) | Q(name_kana__icontains=text))
