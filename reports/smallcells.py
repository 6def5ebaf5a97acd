"""Small cells of a table that is published: which numbers are withheld so that no one can be told (security.md A25).

The rule
1. A number above 0 and below `least` is withheld. 0 is shown.
2. Who knows all other numbers, and that a withheld one is at least 1, must not be able to work a withheld
   number out from the totals: what it could be must span at least `least` values. Where it does not, further
   numbers are withheld, as few people as possible in all; totals last, because they are the largest.
3. Among equally good choices a secret order decides, so that knowing this rule does not help either.

A table is a network: each line (a row, a column) is a node, each number joins its two lines, and a number can
be one person more or less when a round trip over withheld numbers evens every line out again. So rule 2 is a
search for such trips (the shortest costs the fewest people), exact for two-way tables: the bounds found are
those of an integer program. Compare the network methods of statistical offices for two-way tables.

What it does not see: other tables of the same people, the same table a month later.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass

Key = Hashable
OUTSIDE = "outside"  # the second line of numbers that stand in one line only


@dataclass(frozen=True)
class Entry:
    """A number and the two lines it stands in: its row and its column.

    In each line the parts add up to the totals; `is_total` where it is the total of one of its two lines
    (a grand total, the total of both, is none).
    """

    value: int
    row: Hashable
    column: Hashable = OUTSIDE
    is_total: bool = False


Table = Mapping[Key, Entry]


def column(parts: Mapping[Key, int], total_key: Key) -> dict[Key, Entry]:
    """The table of one line: parts and their total."""
    entries = {key: Entry(value, "line") for key, value in parts.items()}
    return {**entries, total_key: Entry(sum(parts.values()), "line", is_total=True)}


def withheld(table: Table, *, least: int, order: Callable[[Key], str] = str) -> frozenset[Key]:
    """The keys of the numbers to withhold; `order` is the secret order of rule 3."""
    network = _Network(table, order)
    hidden = {key for key, entry in table.items() if 0 < entry.value < least}
    pending = sorted(hidden, key=network.rank)
    while pending:
        further = network.further(pending[0], hidden, least - 1)
        if further:
            # What is withheld now makes room for others as well, but has to have room itself.
            hidden |= further
            pending += sorted(further, key=network.rank)
        else:
            pending.pop(0)
    return frozenset(hidden)


class _Network:
    """The table as lines joined by numbers."""

    def __init__(self, table: Table, order: Callable[[Key], str]) -> None:
        self.table = table
        self.order = {key: number for number, key in enumerate(sorted(table, key=order))}
        self.of_line: dict[tuple[str, Hashable], list[Key]] = defaultdict(list)
        for key in sorted(table, key=order):
            for line in self._lines(key):
                self.of_line[line].append(key)

    def rank(self, key: Key) -> tuple[int, int]:
        return self.table[key].value, self.order[key]

    def _lines(self, key: Key) -> tuple[tuple[str, Hashable], tuple[str, Hashable]]:
        entry = self.table[key]
        return ("row", entry.row), ("column", entry.column)

    def further(self, key: Key, hidden: set[Key], room: int) -> set[Key]:
        """What to withhold besides, so that this number could be `room` more or less; empty: nothing."""
        raised = self._move(key, 1, hidden, room)
        lowered = self._move(key, -1, hidden, room - raised[0])
        if raised[0] + lowered[0] >= room:
            return set()
        trip = self._trip(key, 1, raised[1], lambda other: 0 if other in hidden else self.table[other].value)
        return {other for other, _change in trip} - hidden

    def _move(self, key: Key, way: int, hidden: set[Key], room: int) -> tuple[int, dict[Key, int]]:
        """(by how much the number can go that way, at most `room`; all numbers afterwards)."""
        numbers = {other: entry.value for other, entry in self.table.items()}
        for moved in range(room):
            trip = self._trip(key, way, numbers, lambda other: 0 if other in hidden else None)
            if not trip or numbers[key] + way < 1:
                return moved, numbers
            for other, change in [(key, way), *trip]:
                numbers[other] += change
        return max(room, 0), numbers

    def _trip(
        self, key: Key, way: int, numbers: Mapping[Key, int], cost: Callable[[Key], int | None]
    ) -> list[tuple[Key, int]]:
        """The cheapest changes that even all lines out when the number goes one up (way 1) or down (-1).

        `cost` of a number: how dear a change is, None where it must not change. Empty: there is no way.
        """
        start, goal = self._lines(key)
        sign = self._sign(key) * way
        best: dict[tuple[str, Hashable], tuple[int, int]] = {start: (0, 0)}
        came: dict[tuple[str, Hashable], tuple[tuple[str, Hashable], Key, int]] = {}
        waiting: list[tuple[int, int, int, tuple[str, Hashable]]] = [(0, 0, 0, start)]
        step = 0
        while waiting:
            spent, length, _step, line = heapq.heappop(waiting)
            if line == goal:
                return list(_back(came, start, goal))
            if (spent, length) > best[line]:
                continue
            for other in self.of_line[line]:
                # A row is left with `sign` too much, a column with `sign` too little.
                change = self._sign(other) * (-sign if line[0] == "row" else sign)
                price = cost(other)
                if other == key or price is None or numbers[other] == 0 or numbers[other] + change < 1:
                    continue
                following = next(end for end in self._lines(other) if end[0] != line[0])
                reached = (spent + price, length + 1)
                if following not in best or reached < best[following]:
                    best[following], came[following] = reached, (line, other, change)
                    step += 1
                    heapq.heappush(waiting, (*reached, step, following))
        return []

    def _sign(self, key: Key) -> int:
        return -1 if self.table[key].is_total else 1


def _back(
    came: Mapping[tuple[str, Hashable], tuple[tuple[str, Hashable], Key, int]],
    start: tuple[str, Hashable],
    line: tuple[str, Hashable],
) -> Iterable[tuple[Key, int]]:
    while line != start:
        line, key, change = came[line]
        yield key, change
