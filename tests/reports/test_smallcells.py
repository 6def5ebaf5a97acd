"""Withheld numbers cannot be worked out: a second table for each of them, on 1,000 random tables (security.md A25)."""

from __future__ import annotations

import itertools
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reports.smallcells import OUTSIDE, Entry, Key, Table, column, withheld

TABLES = 1000
VALUES = (0, 0, 1, 1, 2, 2, 3, 4, 5, 8, 13, 40, 200)


def grid(rows: Sequence[Sequence[int]]) -> dict[Key, Entry]:
    """A table with its row totals, column totals and grand total."""
    last, end = len(rows), len(rows[0])
    table: dict[Key, Entry] = {(i, j): Entry(n, i, j) for i, row in enumerate(rows) for j, n in enumerate(row)}
    table |= {(i, end): Entry(sum(row), i, end, is_total=True) for i, row in enumerate(rows)}
    table |= {(last, j): Entry(sum(row[j] for row in rows), last, j, is_total=True) for j in range(end)}
    return {**table, (last, end): Entry(sum(map(sum, rows)), last, end)}


def random_tables(seed: int) -> Iterator[dict[Key, Entry]]:
    chance = random.Random(seed)
    for _number in range(TABLES):
        rows, columns = chance.randint(1, 7), chance.randint(1, 6)
        yield grid([[chance.choice(VALUES) for _column in range(columns)] for _row in range(rows)])


def lines(table: Table) -> list[dict[Key, int]]:
    """What has to come to 0: the signed numbers of each row and column, except outside of a table of one line."""
    found: dict[Any, dict[Key, int]] = defaultdict(dict)
    for key, entry in table.items():
        for line in (("row", entry.row), ("column", entry.column)):
            if line[1] != OUTSIDE:
                found[line][key] = -1 if entry.is_total else 1
    return list(found.values())


def is_possible(numbers: Mapping[Key, int], table: Table, hidden: frozenset[Key]) -> bool:
    """Whether a reader of the published table, who knows that what is withheld is at least 1, can exclude it."""
    shown = all(numbers[key] == entry.value for key, entry in table.items() if key not in hidden)
    adds_up = all(sum(sign * numbers[key] for key, sign in line.items()) == 0 for line in lines(table))
    return shown and adds_up and all(numbers[key] >= 1 for key in hidden)


def another(key: Key, table: Table, hidden: frozenset[Key]) -> dict[Key, int] | None:
    """Other numbers that give the same published table, with another one at `key`; None when there are none."""
    of_line = lines(table)

    def mend(numbers: dict[Key, int], changed: frozenset[Key]) -> dict[Key, int] | None:
        """Depth first: a line that does not add up is mended by each of its other withheld numbers in turn."""
        for line in of_line:
            over = sum(sign * numbers[other] for other, sign in line.items())
            if over == 0:
                continue
            for other in sorted((other for other in line if other in hidden and other not in changed), key=str):
                mended = {**numbers, other: numbers[other] - over * line[other]}
                found = mend(mended, changed | {other}) if mended[other] >= 1 else None
                if found is not None:
                    return found
            return None
        return numbers

    true = {other: entry.value for other, entry in table.items()}
    for change in (1, -1):
        if true[key] + change >= 1:
            found = mend({**true, key: true[key] + change}, frozenset({key}))
            if found is not None:
                return found
    return None


def test_no_withheld_number_can_be_worked_out_of_1000_tables():
    """For each one a second table is shown that publishes the same and has another number there."""
    asked = 0
    for table in random_tables(seed=25):
        hidden = withheld(table, least=3)
        assert {key for key, entry in table.items() if 0 < entry.value < 3} <= hidden
        assert not any(table[key].value == 0 for key in hidden)
        for key in hidden:
            other = another(key, table, hidden)
            assert other is not None, (key, hidden, table)
            assert other[key] != table[key].value
            assert is_possible(other, table, hidden)
            asked += 1
    assert asked > 5 * TABLES


def test_the_small_cells_alone_would_be_worked_out():
    """The proof can fail: without the further numbers, most tables give a withheld one away."""
    undone = 0
    for table in random_tables(seed=26):
        small = frozenset(key for key, entry in table.items() if 0 < entry.value < 3)
        undone += any(another(key, table, small) is None for key in small)
    assert undone > TABLES / 4


def test_one_line_is_safe_also_from_who_knows_the_rule():
    """All tables of up to three groups: every published line fits two different numbers at each withheld place."""
    for groups, end in ((1, 10), (2, 13), (3, 12)):
        published: dict[tuple[int | None, ...], set[tuple[int, ...]]] = defaultdict(set)
        orders = [list(order) for order in itertools.permutations(range(groups + 1))]
        for parts in itertools.product(range(end), repeat=groups):
            table = column(dict(enumerate(parts)), groups)
            numbers = tuple(entry.value for entry in table.values())
            for order in orders:  # the secret order is not known: it could be any
                hidden = withheld(table, least=3, order=lambda key, order=order: str(order.index(key)))
                published[tuple(None if key in hidden else n for key, n in enumerate(numbers))].add(numbers)
        compared = 0
        for shown, tables in published.items():
            if (shown[-1] or max(numbers[-1] for numbers in tables)) >= end - 3:
                continue  # some that would look the same are beyond the end of the search
            for place, number in enumerate(shown):
                assert number is not None or len({numbers[place] for numbers in tables}) > 1, (shown, tables)
                compared += number is None
        assert compared > groups


def test_few_are_withheld():
    parts = {"生活保護": 81, "児童扶養手当": 10, "住居確保": 2, "困窮": 0}
    assert withheld(column(parts, "合計"), least=3) == {"住居確保", "児童扶養手当"}
    assert withheld(column({"a": 3, "b": 0}, "total"), least=3) == set()
    assert withheld(column({"a": 4, "b": 90}, "total"), least=5) == {"a", "b"}
    assert withheld(column({"a": 2, "b": 2, "c": 50}, "total"), least=3) == {"a", "b"}
    assert withheld(column({"a": 2, "b": 0}, "total"), least=3) == {"a", "total"}
    assert withheld(column({"a": 1, "b": 1, "c": 1}, "total"), least=3) == {"a", "b", "c", "total"}
