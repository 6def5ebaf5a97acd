"""The list of bookings: of my cases, whichever side booked, in the order of time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.urls import reverse

from accounts.scope import Actor
from cases.enums import AppointmentStatus, ListKind
from cases.forms.listing import ALL, AppointmentFilterForm
from cases.lists.spec import Column, ListSpec, Row, Wanted, opens_case, with_cells
from cases.models import Appointment
from cases.weeks import moment_of
from core.pagination import Page, sorted_page
from core.periods import today

ORDERS = {"": ("starts_at", False), "late": ("starts_at", True), "kana": ("case__person__name_kana", False)}
TONES = {
    AppointmentStatus.BOOKED: "plain",
    AppointmentStatus.KEPT: "good",
    AppointmentStatus.NO_SHOW: "alert",
    AppointmentStatus.CANCELLED: "off",
}


def _opens_booking(row: Row) -> str:
    return reverse("appointment_detail", kwargs={"pk": row["booking"].pk})


COLUMNS = (
    Column("starts", "日時", lambda row: row["booking"].starts_at, kind="moment", opens=_opens_booking),
    Column("person", "氏名", lambda row: row["case"].person, kind="named", opens=opens_case),
    Column("status", "状態", lambda row: row["booking"].get_status_display(), kind="state"),
    Column("worker", "会う人", lambda row: row["booking"].worker.name),
    Column("site", "窓口", lambda row: str(row["booking"].site or "")),
    Column("method", "方法", lambda row: row["booking"].get_method_display()),
    Column("note", "用件", lambda row: row["booking"].note),
    Column("number", "番号", lambda row: row["case"].number, is_usual=False),
    Column("minutes", "所要時間(分)", lambda row: row["booking"].minutes, is_usual=False),
    Column("organisation", "予約を受けた機関", lambda row: row["booking"].organisation.short_name, is_usual=False),
    Column("holder", "担当機関", lambda row: row["case"].organisation.short_name, is_usual=False),
    Column("bring", "持ち物", lambda row: row["booking"].bring, is_usual=False),
)


class AppointmentList(ListSpec):
    kind = ListKind.APPOINTMENTS
    url_name = "booking_list"
    title = "予約"
    unit = "件"
    form = AppointmentFilterForm
    sorts = {"": "日時の早い順", "late": "日時の遅い順", "kana": "フリガナの順"}
    columns = COLUMNS

    def page(self, wanted: Wanted, cursor: str | None) -> tuple[Page[Appointment], list[Row]]:
        _field, is_descending = ORDERS[wanted.sort]
        found = _with_names(self._sorted(wanted))
        page = sorted_page(found, by="sort_key", key="pk", cursor=cursor, is_descending=is_descending)
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
        return dict(Appointment.objects.filter(pk__in=keys).values_list("pk", "case__person_id"))

    def rows_of(self, actor: Actor, keys: Sequence[UUID], columns: Sequence[Column]) -> dict[UUID, Row]:
        found = list(_with_names(Appointment.objects.visible_to(actor).filter(pk__in=keys)))
        return {row["booking"].pk: row for row in _rows(found, columns)}


def _with_names(bookings: QuerySet[Any]) -> QuerySet[Any]:
    return bookings.select_related("case__person", "case__organisation", "worker", "organisation", "site")


def _conditions(wanted: Wanted) -> QuerySet[Any]:
    chosen, day = wanted.form.chosen, today()
    first, last = _days(chosen["when"], day)
    bookings: QuerySet[Any] = Appointment.objects.visible_to(wanted.actor)
    if first is not None:
        bookings = bookings.filter(starts_at__gte=moment_of(first, dt.time()))
    if last is not None:
        bookings = bookings.filter(starts_at__lt=moment_of(last + dt.timedelta(days=1), dt.time()))
    if worker := chosen["worker"]:
        bookings = bookings.filter(worker=wanted.actor.user.pk if worker == "me" else int(worker))
    if status := chosen["status"]:
        bookings = bookings.filter(status=status)
    if site := chosen.get("site"):
        bookings = bookings.filter(site=int(site))
    if side := chosen["side"]:
        mine = {"organisation__in": wanted.actor.organisation_ids}
        bookings = bookings.filter(**mine) if side == "ours" else bookings.exclude(**mine)
    return bookings


def _days(when: str, day: dt.date) -> tuple[dt.date | None, dt.date | None]:
    """First and last day of a choice, None where it is open; today is the first of the days ahead."""
    match when:
        case "today":
            return day, day
        case "7" | "30":
            return day, day + dt.timedelta(days=int(when) - 1)
        case "past7" | "past30" | "past90":
            return day - dt.timedelta(days=int(when.removeprefix("past"))), day - dt.timedelta(days=1)
    return (None, None) if when == ALL else (day, None)


def _rows(bookings: Sequence[Appointment], columns: Sequence[Column]) -> list[Row]:
    rows: list[Row] = [
        {
            "booking": booking,
            "case": booking.case,
            "anchor": booking.case_id,
            "tone": TONES[AppointmentStatus(booking.status)],
        }
        for booking in bookings
    ]
    return with_cells(rows, columns)
