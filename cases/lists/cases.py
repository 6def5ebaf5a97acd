"""The list of cases: driven from the grants of my organisations, last touched first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import DateField, Exists, F, Max, Min, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from accounts.scope import Actor
from cases.enums import STATES_IN_SUPPORT, STATES_OPEN, TONES, CaseState, ListKind
from cases.forms.listing import ALL, CaseFilterForm
from cases.lists.spec import Column, ListSpec, Row, Wanted, opens_case, with_cells
from cases.models import Appointment, Assignment, BenefitPeriod, Case, Grant, Interview
from cases.querysets import GrantQuerySet
from core.pagination import Page, page_of, sorted_page
from core.periods import KnownDate, now, today

LAST_DAY = dt.date(9999, 12, 31)
# Orders besides the usual one: what the rows are sorted by, and whether downwards.
ORDERS = {
    "kana": (F("case__person__name_kana"), False),
    "opened": (F("case__opened_on"), True),
    "goal": (Coalesce("case__support_goal_on", Value(LAST_DAY), output_field=DateField()), False),
}

COLUMNS = (
    Column("person", "氏名", lambda row: row["case"].person, kind="named", opens=opens_case),
    Column("age", "年齢", lambda row: _age(row["case"].person.birth), kind="number"),
    Column("state", "状態", lambda row: row["case"].get_state_display(), kind="state"),
    Column("number", "番号", lambda row: row["case"].number),
    Column("organisation", "担当機関", lambda row: row["case"].organisation.short_name),
    Column("team", "担当者", lambda row: "、".join(row["team"]) or "未定"),
    Column("started", "支援開始日", lambda row: row["case"].support_started_on, kind="day"),
    Column("touched", "最終更新", lambda row: row["touched_at"], kind="moment"),
    Column("opened", "相談受付日", lambda row: row["case"].opened_on, kind="day", is_usual=False),
    Column("goal", "支援終了予定日", lambda row: row["case"].support_goal_on, kind="due", is_usual=False),
    Column("contact", "最後の面談・連絡", lambda row: row["last_contact"], kind="day", is_usual=False),
    Column("visit", "次回予約", lambda row: row["next_visit"], kind="moment", is_usual=False),
    Column("status", "いまの支援区分", lambda row: row["status"], is_usual=False),
    Column(
        "group",
        "支援開始時の対象区分",
        lambda row: row["case"].support_group.name if row["case"].support_group else "",
        is_usual=False,
    ),
    Column("language", "話す言語", lambda row: row["case"].person.language, is_usual=False),
)


def _age(birth: KnownDate | None) -> str:
    return "" if birth is None else birth.age_on(today())


class CaseList(ListSpec):
    kind = ListKind.CASES
    url_name = "case_list"
    title = "ケース"
    unit = "件"
    form = CaseFilterForm
    sorts = {
        "": "最終更新の新しい順",
        "kana": "フリガナの順",
        "opened": "相談受付日の新しい順",
        "goal": "支援終了予定日の近い順",
    }
    columns = COLUMNS

    def page(self, wanted: Wanted, cursor: str | None) -> tuple[Page[Grant], list[Row]]:
        if wanted.sort in ORDERS:
            _order, is_descending = ORDERS[wanted.sort]
            grants = _with_cases(self._sorted(wanted))
            page = sorted_page(grants, by="sort_key", key="case_id", cursor=cursor, is_descending=is_descending)
        else:
            page = case_page(wanted.actor, conditions(wanted), cursor)
        touched = {grant.case_id: grant.touched_at for grant in page.rows}
        cases = {grant.case_id: grant.case for grant in page.rows}  # two of my organisations may hold a grant
        return page, case_rows(list(cases.values()), touched, wanted.columns)

    def matching(self, wanted: Wanted) -> QuerySet[Any]:
        if wanted.sort not in ORDERS:
            grants = conditions(wanted).filter(organisation__in=wanted.actor.organisation_ids)
            return grants.order_by("-touched_at", "-case_id")
        sign = "-" if ORDERS[wanted.sort][1] else ""
        return self._sorted(wanted).order_by(f"{sign}sort_key", f"{sign}case_id")

    def _sorted(self, wanted: Wanted) -> GrantQuerySet:
        grants = conditions(wanted).filter(organisation__in=wanted.actor.organisation_ids)
        return grants.annotate(sort_key=ORDERS[wanted.sort][0])

    def keys(self, wanted: Wanted, limit: int) -> tuple[list[UUID], list[UUID]]:
        found = list(self.matching(wanted).values_list("case_id", "case__person_id")[: limit * 2])
        return list(dict.fromkeys(case for case, _person in found))[:limit], list(dict.fromkeys(p for _c, p in found))

    def persons_of(self, keys: Sequence[UUID]) -> dict[UUID, UUID]:
        return dict(Case.objects.filter(pk__in=keys).values_list("pk", "person_id"))

    def rows_of(self, actor: Actor, keys: Sequence[UUID], columns: Sequence[Column]) -> dict[UUID, Row]:
        cases = Case.objects.visible_to(actor).filter(pk__in=keys)
        found = list(cases.select_related("person", "organisation", "support_group"))
        touched = Grant.objects.for_list(actor).last_touched([case.pk for case in found])
        return {row["case"].pk: row for row in case_rows(found, touched, columns)}


def case_page(actor: Actor, grants: GrantQuerySet, cursor: str | None) -> Page[Grant]:
    """A page of my organisations' among these grants, with their cases, last touched first."""
    return page_of(_with_cases(grants), at="touched_at", key="case_id", cursor=cursor, branches=grants.branches(actor))


def _with_cases(grants: GrantQuerySet) -> GrantQuerySet:
    return grants.select_related("case__person", "case__organisation", "case__support_group")


def conditions(wanted: Wanted) -> GrantQuerySet:
    """Usable grants whose cases meet what was chosen; whose organisation they are for is not asked yet."""
    grants = Grant.objects.usable_by(wanted.actor).opening()
    chosen, day = wanted.form.chosen, today()
    state = chosen["state"]
    if state in CaseState.values:
        grants = grants.filter(case__state=state)
    elif state != ALL:
        grants = grants.filter(case__state__in=STATES_OPEN)
    grants = in_charge(grants, chosen["worker"], wanted.actor)
    if organisation := chosen.get("organisation"):
        grants = grants.filter(case__organisation=organisation)
    if group := chosen.get("group"):
        grants = grants.filter(case__support_group__code=group)
    if status := chosen["status"]:
        grants = grants.filter(Exists(primary_status(day).filter(case=OuterRef("case"), status=status)))
    match chosen["goal"]:
        case "over":
            grants = grants.filter(case__support_goal_on__lt=day, case__state__in=STATES_IN_SUPPORT)
        case "30":
            until = day + dt.timedelta(days=30)
            grants = grants.filter(case__support_goal_on__range=(day, until), case__state__in=STATES_IN_SUPPORT)
    if days := chosen["contact"]:
        first = day - dt.timedelta(days=int(days))
        lately = Interview.objects.filter(case=OuterRef("case"), held_at__date__gt=first)
        grants = grants.filter(~Exists(lately), case__opened_on__lte=first)
    if visit := chosen["visit"]:
        booked = Exists(Appointment.objects.booked().filter(case=OuterRef("case"), starts_at__gte=now()))
        grants = grants.filter(booked if visit == "booked" else ~booked)
    return grants


def in_charge(rows: Any, worker: str, actor: Actor) -> Any:
    """Rows of cases (field `case`) that this worker has today: a number, me, none of ours, or '' for all."""
    assigned = Assignment.objects.filter(case=OuterRef("case"))
    current = assigned.current(today())
    if worker == "none":
        return rows.filter(~Exists(assigned.filter(organisation__in=actor.organisation_ids).in_charge(today())))
    if worker:
        return rows.filter(Exists(current.filter(user=actor.user.pk if worker == "me" else int(worker))))
    return rows


def primary_status(day: dt.date) -> Any:
    ended = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
    return BenefitPeriod.objects.filter(ended, is_primary=True, starts_on__lte=day)


def teams(case_ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    """Names of who is in charge of each case today."""
    current = Assignment.objects.filter(case__in=list(case_ids)).current(today())
    found: dict[UUID, list[str]] = {}
    for row in current.select_related("user").order_by("duty", "pk"):
        found.setdefault(row.case_id, []).append(row.user.name)
    return found


def case_rows(cases: list[Case], touched: dict[UUID, Any], columns: Sequence[Column] = ()) -> list[Row]:
    """List rows in the order given; one query for the people in charge and one for each column that needs it."""
    columns = columns or tuple(column for column in COLUMNS if column.is_usual)
    wanted = {column.code for column in columns}
    ids = [case.pk for case in cases]
    team = teams(ids)
    contact = Interview.objects.filter(case__in=ids).order_by() if "contact" in wanted else None
    visit = Appointment.objects.booked().filter(case__in=ids, starts_at__gte=now()) if "visit" in wanted else None
    status = primary_status(today()).filter(case__in=ids) if "status" in wanted else None
    last = {} if contact is None else dict(contact.values_list("case_id").annotate(Max("held_at")))
    following = {} if visit is None else dict(visit.order_by().values_list("case_id").annotate(Min("starts_at")))
    statuses = {} if status is None else {row.case_id: row.get_status_display() for row in status}
    rows: list[Row] = [
        {
            "case": case,
            "anchor": case.pk,
            "tone": TONES.get(CaseState(case.state), "plain"),
            "team": team.get(case.pk, []),
            "touched_at": touched.get(case.pk),
            "last_contact": last.get(case.pk),
            "next_visit": following.get(case.pk),
            "status": statuses.get(case.pk, ""),
        }
        for case in cases
    ]
    return with_cells(rows, columns)
