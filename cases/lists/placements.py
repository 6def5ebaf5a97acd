"""The list of placements (就職と定着): who works where since when, and which check comes next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet

from accounts.scope import Actor
from cases.enums import ListKind, RetentionState
from cases.forms.listing import PlacementFilterForm
from cases.lists.cases import in_charge, teams
from cases.lists.spec import Column, ListSpec, Row, Wanted, opens_case, with_cells
from cases.models import Placement, RetentionCheck
from core.pagination import Page, sorted_page
from core.periods import today

ORDERS = {"": ("started_on", True), "kana": ("case__person__name_kana", False)}

COLUMNS = (
    Column("person", "氏名", lambda row: row["case"].person, kind="named", opens=opens_case),
    Column("number", "番号", lambda row: row["case"].number),
    Column("employer", "就職先", lambda row: row["placement"].employer_name),
    Column("job", "職種", lambda row: row["placement"].job_title),
    Column("employment", "雇用形態", lambda row: row["placement"].get_employment_type_display()),
    Column("started", "就職日", lambda row: row["placement"].started_on, kind="day"),
    Column("separated", "離職日", lambda row: row["placement"].separated_on, kind="day"),
    Column("check", "次の定着確認", lambda row: row["check"].due_on if row["check"] else None, kind="due"),
    Column("mark", "確認の月", lambda row: f"{row['check'].month_mark}か月" if row["check"] else "", is_usual=False),
    Column("team", "担当者", lambda row: "、".join(row["team"]) or "未定"),
    Column("route", "経路", lambda row: row["placement"].get_route_display(), is_usual=False),
    Column("organisation", "記録した機関", lambda row: row["placement"].organisation.short_name, is_usual=False),
)


class PlacementList(ListSpec):
    kind = ListKind.PLACEMENTS
    url_name = "placement_list"
    title = "就職と定着"
    unit = "件"
    form = PlacementFilterForm
    sorts = {"": "就職日の新しい順", "kana": "フリガナの順"}
    columns = COLUMNS

    def page(self, wanted: Wanted, cursor: str | None) -> tuple[Page[Placement], list[Row]]:
        _field, is_descending = ORDERS[wanted.sort]
        placements = _with_names(self._sorted(wanted))
        page = sorted_page(placements, by="sort_key", key="pk", cursor=cursor, is_descending=is_descending)
        return page, _rows(page.rows, wanted.columns)

    def matching(self, wanted: Wanted) -> QuerySet[Any]:
        sign = "-" if ORDERS[wanted.sort][1] else ""
        return self._sorted(wanted).order_by(f"{sign}sort_key", f"{sign}pk")

    def _sorted(self, wanted: Wanted) -> QuerySet[Any]:
        return _conditions(wanted).annotate(sort_key=F(ORDERS[wanted.sort][0]))

    def keys(self, wanted: Wanted, limit: int) -> tuple[list[UUID], list[UUID]]:
        found = list(self.matching(wanted).values_list("pk", "case__person_id")[:limit])
        return [pk for pk, _person in found], list(dict.fromkeys(person for _pk, person in found))

    def persons_of(self, keys: Sequence[UUID]) -> dict[UUID, UUID]:
        return dict(Placement.objects.filter(pk__in=keys).values_list("pk", "case__person_id"))

    def rows_of(self, actor: Actor, keys: Sequence[UUID], columns: Sequence[Column]) -> dict[UUID, Row]:
        found = list(_with_names(Placement.objects.visible_to(actor).filter(pk__in=keys)))
        return {row["placement"].pk: row for row in _rows(found, columns)}


def _with_names(placements: QuerySet[Any]) -> QuerySet[Any]:
    return placements.select_related("case__person", "organisation", "workplace__employer")


def _conditions(wanted: Wanted) -> QuerySet[Any]:
    chosen, day = wanted.form.chosen, today()
    placements: QuerySet[Any] = in_charge(Placement.objects.visible_to(wanted.actor), chosen["worker"], wanted.actor)
    if standing := chosen["standing"]:
        placements = placements.filter(separated_on__isnull=standing == "working")
    if employment := chosen["employment"]:
        placements = placements.filter(employment_type=employment)
    if days := chosen["since"]:
        placements = placements.filter(started_on__gte=day - dt.timedelta(days=int(days)))
    if check := chosen["check"]:
        last = day if check == "due" else day + dt.timedelta(days=30)
        placements = placements.filter(Exists(RetentionCheck.objects.due(last).filter(placement=OuterRef("pk"))))
    return placements


def _rows(placements: Sequence[Placement], columns: Sequence[Column]) -> list[Row]:
    team = teams(placement.case_id for placement in placements)
    pending = RetentionCheck.objects.filter(placement__in=placements, state=RetentionState.PENDING)
    following = {check.placement_id: check for check in pending.order_by("-due_on", "pk")}
    rows: list[Row] = [
        {
            "placement": placement,
            "case": placement.case,
            "anchor": placement.case_id,
            "team": team.get(placement.case_id, []),
            "check": following.get(placement.pk),
        }
        for placement in placements
    ]
    return with_cells(rows, columns)
