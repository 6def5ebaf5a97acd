"""Pages by key, not by number: page 1,000 costs what page 1 costs (performance.md C8)."""

from __future__ import annotations

import datetime as dt
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
    queryset: QuerySet[M], *, at: str, key: str, cursor: str | None, size: int = PAGE_SIZE, name: str = ""
) -> Page[M]:
    """The page after the cursor, ordered by (at, key) descending; a broken cursor gives the first page.

    A cursor belongs to its list: to the model and the order, and to `name` where two lists share them.
    The bound on `at` alone is redundant and lets the index begin at the right place (architecture.md §7.8).
    """
    salt = f"page:{queryset.model._meta.label}:{at}:{key}:{name}"
    start = _read(cursor, salt)
    if start is not None:
        moment, pk = start
        queryset = queryset.filter(Q(**{f"{at}__lt": moment}) | Q(**{at: moment, f"{key}__lt": pk})).filter(
            **{f"{at}__lte": moment}
        )
    rows = list(queryset.order_by(f"-{at}", f"-{key}")[: size + 1])
    older = None
    if len(rows) > size:
        rows = rows[:size]
        last: Any = rows[-1]
        older = signing.dumps([getattr(last, at).isoformat(), str(getattr(last, key))], salt=salt)
    return Page(rows=rows, older=older, is_first=start is None)


def _read(cursor: str | None, salt: str) -> tuple[dt.datetime, str] | None:
    if not cursor:
        return None
    try:
        moment, pk = signing.loads(cursor, salt=salt)
    except signing.BadSignature:
        return None
    return dt.datetime.fromisoformat(moment), pk
