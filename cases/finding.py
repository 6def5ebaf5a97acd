"""Finding people and cases through the keys of my organisations; every look-up is a range of one index.

SQL because PostgreSQL must read each (organisation, range) by itself and stop: a plain `IN` with
ORDER BY reads all of them (architecture.md §7). Row security stands behind every statement here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from cases.enums import SearchKind
from cases.search import Lookup, Reading, Word, readings

# More hits than this nobody reads; the screen asks for more of the name.
HIT_LIMIT = 200
# With several words each range is read as a whole; this is more than an office has of one beginning.
WHOLE_RANGE = 20_000

# Each part is a range of one index for one organisation; the limit stops it early.
HITS_SQL = """
SELECT hit.case_id, hit.kind, hit.key
FROM unnest(%(organisations)s::bigint[]) AS mine (organisation_id)
CROSS JOIN unnest(%(kinds)s::text[], %(lows)s::text[], %(highs)s::text[]) AS wanted (kind, low, high)
CROSS JOIN LATERAL (
    SELECT k.case_id, k.kind, k.key FROM cases_searchkey k
    WHERE k.organisation_id = mine.organisation_id AND k.kind = wanted.kind
      AND k.key >= wanted.low COLLATE "C" AND k.key < wanted.high COLLATE "C"
    ORDER BY k.organisation_id, k.kind, k.key, k.case_id
    LIMIT %(limit)s
) AS hit
"""


@dataclass(frozen=True)
class Hits:
    """Cases found, with the kinds of key that found each; `is_cut` when there are more."""

    kinds: dict[UUID, set[SearchKind]]
    is_cut: bool = False


def find(text: str, organisation_ids: Collection[int]) -> Hits:
    """Cases whose keys begin with the words typed; the first reading that finds anything counts."""
    for reading in readings(text):
        hits = _all_words(reading, organisation_ids)
        if hits.kinds:
            return hits
    return Hits({})


def _all_words(reading: Reading, organisation_ids: Collection[int]) -> Hits:
    if len(reading) == 1:
        return look_up(reading[0], organisation_ids)
    kinds: dict[UUID, set[SearchKind]] = {}
    for number, word in enumerate(reading):
        found = look_up(word, organisation_ids, limit=WHOLE_RANGE).kinds
        kinds = {pk: of | kinds.get(pk, set()) for pk, of in found.items() if number == 0 or pk in kinds}
        if not kinds:
            break
    return Hits(kinds)


def look_up(word: Word, organisation_ids: Collection[int], limit: int = HIT_LIMIT) -> Hits:
    """Cases of these organisations with a key in any of the ranges."""
    kinds: dict[UUID, set[SearchKind]] = {}
    rows = _rows(word, organisation_ids, limit=limit + 1)
    for pk, kind, _key in rows:
        kinds.setdefault(pk, set()).add(SearchKind(kind))
    return Hits(kinds, is_cut=len(rows) > limit)


def _rows(word: Word, organisation_ids: Collection[int], limit: int) -> list[tuple[UUID, str, str]]:
    if not word or not organisation_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(HITS_SQL, {**parameters(word, organisation_ids), "limit": limit})
        rows: list[tuple[UUID, str, str]] = cursor.fetchall()
    return rows


def parameters(word: Word, organisation_ids: Collection[int]) -> dict[str, Any]:
    """The arrays that the statements unnest."""
    return {
        "organisations": sorted(set(organisation_ids)),
        "kinds": [lookup.kind.value for lookup in word],
        "lows": [lookup.low for lookup in word],
        "highs": [lookup.high for lookup in word],
    }


def cases_with(
    keys: Iterable[tuple[SearchKind, str]], organisation_ids: Collection[int]
) -> dict[UUID, set[SearchKind]]:
    """Cases with exactly these keys, and which of them; no more than the limit of each key."""
    word = tuple(Lookup.exact(kind, key) for kind, key in sorted(keys))
    return look_up(word, organisation_ids).kinds
