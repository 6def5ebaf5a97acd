"""Saved views, chosen columns, and lists that leave as a file: by one person up to a limit, by two above it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.scope import Actor
from cases.actions.moves import CaseError
from cases.actions.suppression import NotBySamePerson
from cases.enums import ListKind
from cases.models import ListExport, ListSetting, SavedView
from core.db import hold

# What one user exported within this time counts together, so that many small files are no way round the limit.
COUNTED_FOR = dt.timedelta(hours=24)
# How long an approved export waits for being taken.
OPEN_FOR = dt.timedelta(hours=24)
# How long a request waits for its answer: after that the list has moved on.
WAITS_FOR = dt.timedelta(days=3)


class NameTaken(CaseError):
    def __init__(self, name: str) -> None:
        super().__init__(f"「{name}」という名前の表示がすでにあります。別の名前にするか、前の表示を消してください。")


class NothingToExport(CaseError):
    def __init__(self) -> None:
        super().__init__("この条件に当てはまる行がないため、出力するものがありません。条件を変えてください。")


class TooManyRows(CaseError):
    def __init__(self) -> None:
        super().__init__(
            f"{settings.EXPORT_ROWS:,}行を超えるため、1つのファイルに出力できません。条件で絞り込んで、分けて出力してください。"
        )


class ExportNotOpen(CaseError):
    def __init__(self) -> None:
        super().__init__(
            "この出力は取り出せません。承認の期限が過ぎたか、すでに取り出されています。もう一度求めてください。"
        )


class ExportAnswered(CaseError):
    def __init__(self) -> None:
        super().__init__("この求めは、期限が過ぎたか、すでに回答されています。")


@transaction.atomic
def save_view(
    *,
    kind: ListKind,
    by: Actor,
    name: str,
    query: str,
    columns: Sequence[str],
    sort: str,
    is_shared: bool,
    is_first: bool,
) -> SavedView:
    """Keep a list under a name. Raises NameTaken."""
    try:
        with transaction.atomic():
            view = SavedView.objects.create(
                user=by.user,
                organisation=by.organisation,
                kind=kind,
                name=name,
                query=query,
                columns=list(columns),
                sort=sort,
                is_shared=is_shared,
            )
    except IntegrityError as error:
        raise NameTaken(name) from error
    if is_first:
        begin_with(kind=kind, by=by, view=view.pk)
    return view


@transaction.atomic
def delete_view(*, view: SavedView) -> None:
    """Forget a view; who began with it begins with the usual list again."""
    view.delete()


@transaction.atomic
def begin_with(*, kind: ListKind, by: Actor, view: UUID | None) -> None:
    """Which view the list opens with; None: the usual list."""
    ListSetting.objects.update_or_create(user=by.user, kind=kind, defaults={"first_view": view})


@transaction.atomic
def choose_columns(*, kind: ListKind, by: Actor, columns: Sequence[str], view: SavedView | None) -> None:
    """Columns and their order: of the open view when it is the user's own, otherwise of the user's list."""
    if view is not None and view.user_id == by.user.pk:
        view.columns = list(columns)
        view.save(update_fields=["columns"])
    else:
        ListSetting.objects.update_or_create(user=by.user, kind=kind, defaults={"columns": list(columns)})


def persons_in_a_day(*, by: Actor, at: dt.datetime, adding: Sequence[UUID]) -> int:
    """Different persons whom the user exports alone within a day, these included."""
    lately = ListExport.objects.filter(user=by.user, needs_second=False, requested_at__gt=at - COUNTED_FOR)
    return len(set(adding).union(*lately.values_list("person_ids", flat=True)))


@transaction.atomic
def ask_export(
    *,
    kind: ListKind,
    by: Actor,
    at: dt.datetime,
    reason: str,
    conditions: Sequence[str],
    columns: Sequence[str],
    row_ids: Sequence[UUID],
    person_ids: Sequence[UUID],
) -> ListExport:
    """Record what is to leave and why. Up to EXPORT_LIMIT persons a day it is open at once, above it waits for another.

    Raises NothingToExport, TooManyRows.
    """
    if not row_ids:
        raise NothingToExport
    if len(row_ids) > settings.EXPORT_ROWS:
        raise TooManyRows
    hold(f"list export {by.user.pk}")  # two exports of the same user are counted one after the other
    needs_second = persons_in_a_day(by=by, at=at, adding=person_ids) > settings.EXPORT_LIMIT
    return ListExport.objects.create(
        kind=kind,
        user=by.user,
        organisation=by.organisation,
        reason=reason,
        conditions=list(conditions),
        columns=list(columns),
        row_ids=list(row_ids),
        person_ids=list(person_ids),
        needs_second=needs_second,
        requested_at=at,
        approved_at=None if needs_second else at,
        expires_at=None if needs_second else at + OPEN_FOR,
    )


@transaction.atomic
def answer_export(*, export: ListExport, by: Actor, at: dt.datetime, is_approved: bool) -> None:
    """A second person says yes or no. Raises NotBySamePerson, ExportAnswered."""
    if export.user_id == by.user.pk:
        raise NotBySamePerson
    waiting = ListExport.objects.waiting().filter(pk=export.pk, requested_at__gt=at - WAITS_FOR)
    if is_approved:
        changed = waiting.update(approved_at=at, approved_by=by.user, expires_at=at + OPEN_FOR)
    else:
        changed = waiting.update(refused_at=at, refused_by=by.user)
    if not changed:
        raise ExportAnswered


@transaction.atomic
def take_export(*, export: ListExport, by: Actor, at: dt.datetime) -> None:
    """The file leaves, once, for who asked. Raises ExportNotOpen."""
    open_now = ListExport.objects.filter(
        pk=export.pk, user=by.user.pk, approved_at__isnull=False, taken_at__isnull=True, expires_at__gt=at
    )
    if not open_now.update(taken_at=at):
        raise ExportNotOpen
