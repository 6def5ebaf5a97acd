"""What a case is found by."""

from __future__ import annotations

from django.db import models

from accounts.models import Organisation
from cases.enums import SearchKind
from cases.models.case import Case
from core.db import UUIDModel


class SearchKey(UUIDModel):
    """A folded spelling under which one organisation finds a case.

    One row per organisation with a grant, so that a search is a range of one index and stays one
    behind the wall: LIKE and trigrams are not leakproof and would scan (architecture.md §7.7).
    """

    organisation = models.ForeignKey(
        Organisation, verbose_name="機関", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    case = models.ForeignKey(
        Case, verbose_name="ケース", on_delete=models.CASCADE, related_name="search_keys", db_index=False
    )
    kind = models.CharField("種類", max_length=10, choices=SearchKind)
    key = models.CharField("検索語", max_length=160, db_collation="C")

    class Meta:
        verbose_name = "検索語"
        verbose_name_plural = "検索語"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind", "key", "case"], name="search_key_once"),
        ]
        indexes = [models.Index(fields=["case", "organisation"], name="search_key_by_case")]

    def __str__(self) -> str:
        return self.key
