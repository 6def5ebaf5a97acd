"""What every list says of itself: its conditions, columns, orders, a page of rows, and the same rows for a file."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Permission
from accounts.scope import Actor
from cases.enums import ListKind
from cases.forms.listing import FilterForm
from core.documents import Value
from core.pagination import Page

Row = dict[str, Any]
# The list of cases, placements or bookings that was open last, in the session.
LAST_LIST = "last_list"
# Rows are counted up to here and then only said to be more: an exact count of a large office is slow.
COUNTED = 1000


@dataclass(frozen=True)
class Column:
    """A column on the screen and in the file; `value` gives text, a day, a moment, something named, or None.

    `kind` is how the screen shows it: text, day, moment, named (a person or an employer: the name with its
    reading), state. `opens` gives the address that the cell leads to.
    """

    code: str
    label: str
    value: Callable[[Row], Any]
    kind: str = "text"
    is_usual: bool = True
    opens: Callable[[Row], str] | None = None

    @property
    def headings(self) -> tuple[str, ...]:
        return (self.label, "フリガナ") if self.kind == "named" else (self.label,)

    def file_values(self, row: Row) -> tuple[Value, ...]:
        """The cells of a file; what the screen shows in one cell and two lines is two cells."""
        found = self.value(row)
        if self.kind == "named":
            return found.name, found.name_kana
        if isinstance(found, dt.datetime):
            local = timezone.localtime(found)
            return (local.date() if self.kind == "day" else f"{local:%Y/%m/%d %H:%M}",)
        return (found,)


@dataclass(frozen=True)
class Cell:
    kind: str
    value: Any
    url: str = ""


@dataclass(frozen=True)
class Wanted:
    """What is asked of a list: who asks, the conditions, the order, the columns."""

    actor: Actor
    form: FilterForm
    sort: str
    columns: tuple[Column, ...] = field(default_factory=tuple)

    @property
    def codes(self) -> list[str]:
        return [column.code for column in self.columns]


class ListSpec(ABC):
    """One list. The first column says which row it is and cannot be taken away; the first order is the usual one.

    `seen_in` is where the session keeps the list for the way back from what its rows open.
    """

    permission = Permission.VIEW_CASES
    export_permission = Permission.EXPORT_CASES
    has_persons = True
    seen_in = LAST_LIST
    kind: ListKind
    url_name: str
    title: str
    unit: str
    form: type[FilterForm]
    sorts: dict[str, str]
    columns: tuple[Column, ...]

    @abstractmethod
    def page(self, wanted: Wanted, cursor: str | None) -> tuple[Page[Any], list[Row]]:
        """A page of rows in the order asked for."""

    @abstractmethod
    def matching(self, wanted: Wanted) -> QuerySet[Any]:
        """Everything that meets the conditions, in the order asked for."""

    @abstractmethod
    def keys(self, wanted: Wanted, limit: int) -> tuple[list[UUID], list[UUID]]:
        """Keys of the rows in order, each once and `limit` at most, and of the persons in them; loads nobody.

        A spec that lists no persons gives none.
        """

    @abstractmethod
    def rows_of(self, actor: Actor, keys: Sequence[UUID], columns: Sequence[Column]) -> dict[UUID, Row]:
        """Rows by key, of those that the actor may see now."""

    @abstractmethod
    def persons_of(self, keys: Sequence[UUID]) -> dict[UUID, UUID]:
        """Whose row each key is; loads nobody."""

    def count(self, wanted: Wanted) -> int:
        """How many rows, COUNTED + 1 for anything more."""
        return self.matching(wanted).order_by()[: COUNTED + 1].count()

    def columns_by(self, codes: Iterable[str]) -> tuple[Column, ...]:
        """Columns of these codes in this order, the first one first; unknown codes are left out, none: the usual."""
        known = {column.code: column for column in self.columns}
        chosen = [known[code] for code in dict.fromkeys(codes) if code in known]
        if not chosen:
            return tuple(column for column in self.columns if column.is_usual)
        first = self.columns[0]
        return (first, *(column for column in chosen if column is not first))


def with_cells(rows: list[Row], columns: Sequence[Column]) -> list[Row]:
    """The rows with what their columns show; the first row of each `anchor` is where the way back leads."""
    seen: set[UUID] = set()
    for row in rows:
        row["is_anchor"] = row["anchor"] not in seen
        seen.add(row["anchor"])
        row["cells"] = [
            Cell(column.kind, column.value(row), column.opens(row) if column.opens else "") for column in columns
        ]
    return rows


def opens_case(row: Row) -> str:
    return reverse("case_detail", kwargs={"pk": row["case"].pk})
