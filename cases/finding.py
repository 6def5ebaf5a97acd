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
    # The narrowest word leads; the others are asked only about the cases it found.
    found = [look_up(word, organisation_ids, limit=HIT_LIMIT) for word in reading]
    whole = [(hits, word) for hits, word in zip(found, reading, strict=True) if not hits.is_cut]
    if not whole:
        return _intersection(reading, organisation_ids)
    leading = min((hits for hits, _word in whole), key=lambda hits: len(hits.kinds))
    kinds = {pk: set(of) for pk, of in leading.kinds.items()}
    for hits, word in zip(found, reading, strict=True):
        others = narrowed(word, organisation_ids, kinds) if hits.is_cut else hits
        kinds = {pk: of | others.kinds[pk] for pk, of in kinds.items() if pk in others.kinds}
    return Hits(kinds)


def look_up(word: Word, organisation_ids: Collection[int], limit: int = HIT_LIMIT) -> Hits:
    """Cases of these organisations with a key in any of the ranges."""
    rows = _rows(HITS_SQL, word, organisation_ids, limit=limit + 1)
    return _hits(rows, cut_at=limit)


NARROWED_SQL = """
SELECT k.case_id, k.kind, k.key
FROM cases_searchkey k
CROSS JOIN unnest(%(kinds)s::text[], %(lows)s::text[], %(highs)s::text[]) AS wanted (kind, low, high)
WHERE k.case_id = ANY(%(cases)s::uuid[]) AND k.organisation_id = ANY(%(organisations)s::bigint[])
  AND k.kind = wanted.kind AND k.key >= wanted.low COLLATE "C" AND k.key < wanted.high COLLATE "C"
"""


def narrowed(word: Word, organisation_ids: Collection[int], cases: Iterable[UUID]) -> Hits:
    """The same among these cases only."""
    return _hits(_rows(NARROWED_SQL, word, organisation_ids, cases=list(cases)))


def _intersection(reading: Reading, organisation_ids: Collection[int]) -> Hits:
    """All words are common ones: read each range as a whole and keep what is in every one."""
    kinds: dict[UUID, set[SearchKind]] | None = None
    for word in reading:
        hits = look_up(word, organisation_ids, limit=WHOLE_RANGE)
        kinds = (
            hits.kinds if kinds is None else {pk: of | hits.kinds[pk] for pk, of in kinds.items() if pk in hits.kinds}
        )
    return Hits(kinds or {})


# What one office can have of one common beginning; beyond it an intersection may miss the last ones.
WHOLE_RANGE = 20_000


def _rows(statement: str, word: Word, organisation_ids: Collection[int], **more: Any) -> list[tuple[UUID, str, str]]:
    if not word or not organisation_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement, {**parameters(word, organisation_ids), **more})
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


def _hits(rows: list[tuple[UUID, str, str]], cut_at: int | None = None) -> Hits:
    kinds: dict[UUID, set[SearchKind]] = {}
    for pk, kind, _key in rows:
        kinds.setdefault(pk, set()).add(SearchKind(kind))
    return Hits(kinds, is_cut=cut_at is not None and len(rows) > cut_at)


def cases_with(
    keys: Iterable[tuple[SearchKind, str]], organisation_ids: Collection[int]
) -> dict[UUID, set[SearchKind]]:
    """Cases with exactly these keys, and which of them; no more than the limit of each key."""
    word = tuple(Lookup.exact(kind, key) for kind, key in sorted(keys))
    return look_up(word, organisation_ids).kinds
