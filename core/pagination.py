"""Pages by key, not by number: page 1,000 costs what page 1 costs (performance.md C8)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet

M = TypeVar("M", bound=Model)
PAGE_SIZE = 50


@dataclass(frozen=True)
class Page(Generic[M]):
    """Rows newest first, and the cursor of the next older page (None on the last)."""

    rows: list[M]
    older: str | None
    is_first: bool


def page_of(
    queryset: QuerySet[M],
    *,
    at: str,
    key: str,
    cursor: str | None,
    size: int = PAGE_SIZE,
    name: str = "",
    branches: Sequence[Q] = (),
) -> Page[M]:
    """The page after the cursor, ordered by (at, key) descending; a broken cursor gives the first page.

    A cursor belongs to its list: to the model and the order, and to `name` where two lists share them.
    The bound on `at` alone is redundant and lets the index begin at the right place (architecture.md §7.8).
    With `branches` (one condition per organisation, say) each is read from its own place of the index
    and stops after a page, then they are merged: an `IN` would read and sort everything, and an `IN`
    left in the queryset makes PostgreSQL expect too few rows of each.
    """
    salt = f"page:{queryset.model._meta.label}:{at}:{key}:{name}"
    start = _read(cursor, salt)
    if start is not None:
        moment, pk = start
        queryset = queryset.filter(Q(**{f"{at}__lt": moment}) | Q(**{at: moment, f"{key}__lt": pk})).filter(
            **{f"{at}__lte": moment}
        )
    order = (f"-{at}", f"-{key}")
    if len(branches) == 1:
        queryset = queryset.filter(branches[0])
    elif branches:
        parts = [queryset.filter(q).order_by(*order).values_list("pk", at, key)[: size + 1] for q in branches]
        merged = parts[0].union(*parts[1:], all=True).order_by(*order)[: size + 1]
        queryset = queryset.filter(pk__in=[row[0] for row in merged])
    rows = list(queryset.order_by(*order)[: size + 1])
    older = None
    if len(rows) > size:
        rows = rows[:size]
        last: Any = rows[-1]
        older = signing.dumps([getattr(last, at).isoformat(), str(getattr(last, key))], salt=salt)
    return Page(rows=rows, older=older, is_first=start is None)


def sorted_page(
    queryset: QuerySet[M],
    *,
    by: str,
    key: str,
    cursor: str | None,
    is_descending: bool = False,
    size: int = PAGE_SIZE,
) -> Page[M]:
    """The page after the row that the cursor names, ordered by the field or annotation `by` (never NULL) and `key`.

    The cursor holds the row's key alone: a list may be sorted by name, and names do not stand in addresses.
    When that row has left the list, the list begins again.
    """
    salt = f"row:{queryset.model._meta.label}:{by}:{key}:{is_descending}"
    start = None
    if cursor:
        try:
            found = signing.loads(cursor, salt=salt)
        except signing.BadSignature:
            found = None
        start = queryset.filter(**{key: found}).values_list(by, key).first() if found else None
    if start is not None:
        beyond = "lt" if is_descending else "gt"
        # The second condition says nothing new and lets an index on `by` begin at the right place.
        queryset = queryset.filter(
            Q(**{f"{by}__{beyond}": start[0]}) | Q(**{by: start[0], f"{key}__{beyond}": start[1]})
        ).filter(**{f"{by}__{beyond}e": start[0]})
    sign = "-" if is_descending else ""
    rows = list(queryset.order_by(f"{sign}{by}", f"{sign}{key}")[: size + 1])
    older = None
    if len(rows) > size:
        rows = rows[:size]
        older = signing.dumps(str(getattr(rows[-1], key)), salt=salt)
    return Page(rows=rows, older=older, is_first=start is None)


def _read(cursor: str | None, salt: str) -> tuple[dt.datetime, str] | None:
    if not cursor:
        return None
    try:
        moment, pk = signing.loads(cursor, salt=salt)
    except signing.BadSignature:
        return None
    return dt.datetime.fromisoformat(moment), pk
