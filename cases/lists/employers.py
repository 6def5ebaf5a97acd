"""The list of employers: no person in it; here and not with the employers, because lists are built in this room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse

from accounts.enums import Permission
from accounts.scope import Actor
from cases.enums import ListKind
from cases.forms.listing import EmployerFilterForm
from cases.lists.spec import Column, ListSpec, Row, Wanted, with_cells
from core.pagination import Page, sorted_page
from core.periods import today
from employers.models import Employer, Vacancy
from employers.querysets import LIST_SEEN

# UUIDv7: the key is in the order of registration.
ORDERS = {"": ("name", False), "kana": ("name_kana", False), "new": ("pk", True)}


def _opens_employer(row: Row) -> str:
    return reverse("employer_detail", kwargs={"pk": row["employer"].pk})


COLUMNS = (
    Column("name", "事業所", lambda row: row["employer"], kind="named", opens=_opens_employer),
    Column("industry", "業種", lambda row: row["employer"].industry),
    Column("address", "所在地", lambda row: row["employer"].address),
    Column("vacancies", "受付中の求人", lambda row: f"{row['vacancy_count']}件"),
    Column("note", "受け入れについて", lambda row: row["employer"].note),
    Column("phone", "電話番号", lambda row: row["employer"].phone, is_usual=False),
    Column("contact", "担当者", lambda row: row["employer"].contact_name, is_usual=False),
    Column("corporate", "法人番号", lambda row: row["employer"].corporate_number, is_usual=False),
    Column("organisation", "登録した機関", lambda row: row["employer"].registered_by.short_name, is_usual=False),
    Column("created", "登録日", lambda row: row["employer"].created_at, kind="day", is_usual=False),
)


class EmployerList(ListSpec):
    permission = Permission.VIEW_EMPLOYERS
    export_permission = Permission.EDIT_EMPLOYERS
    has_persons = False
    seen_in = LIST_SEEN
    kind = ListKind.EMPLOYERS
    url_name = "employer_list"
    title = "事業所"
    unit = "件"
    form = EmployerFilterForm
    sorts = {"": "事業所名の順", "kana": "フリガナの順", "new": "登録の新しい順"}
    columns = COLUMNS

    def page(self, wanted: Wanted, cursor: str | None) -> tuple[Page[Employer], list[Row]]:
        _field, is_descending = ORDERS[wanted.sort]
        page = sorted_page(
            self._sorted(wanted).select_related("registered_by"),
            by="sort_key",
            key="pk",
            cursor=cursor,
            is_descending=is_descending,
        )
        return page, _rows(page.rows, wanted.columns)

    def matching(self, wanted: Wanted) -> QuerySet[Any]:
        sign = "-" if ORDERS[wanted.sort][1] else ""
        return self._sorted(wanted).order_by(f"{sign}sort_key", f"{sign}pk")

    def _sorted(self, wanted: Wanted) -> QuerySet[Any]:
        return _conditions(wanted).annotate(sort_key=F(ORDERS[wanted.sort][0]))

    def keys(self, wanted: Wanted, limit: int) -> tuple[list[UUID], list[UUID]]:
        return list(self.matching(wanted).values_list("pk", flat=True)[:limit]), []

    def persons_of(self, keys: Sequence[UUID]) -> dict[UUID, UUID]:
        return {}

    def rows_of(self, actor: Actor, keys: Sequence[UUID], columns: Sequence[Column]) -> dict[UUID, Row]:
        found = list(Employer.objects.filter(pk__in=keys).select_related("registered_by"))
        return {row["employer"].pk: row for row in _rows(found, columns)}


def _conditions(wanted: Wanted) -> QuerySet[Any]:
    chosen = wanted.form.chosen
    employers: QuerySet[Any] = Employer.objects.all()
    vacancies = Vacancy.objects.filter(employer=OuterRef("pk"))
    open_now = vacancies.open_on(today())
    match chosen["vacancies"]:
        case "open":
            employers = employers.filter(Exists(open_now))
        case "developed":
            employers = employers.filter(Exists(open_now.filter(is_developed=True)))
        case "none":
            employers = employers.filter(~Exists(open_now))
    if registered := chosen["registered"]:
        mine = Q(registered_by__in=wanted.actor.organisation_ids)
        employers = employers.filter(mine if registered == "ours" else ~mine)
    return employers


def _rows(employers: Sequence[Employer], columns: Sequence[Column]) -> list[Row]:
    """The open vacancies are counted for the rows shown alone, so that the order stays the index's."""
    counts = Vacancy.objects.open_on(today()).count_by_employer(employers)
    rows: list[Row] = [
        {"employer": employer, "anchor": employer.pk, "vacancy_count": counts.get(employer.pk, 0)}
        for employer in employers
    ]
    return with_cells(rows, columns)
