"""Two registrations look alike and are two people: said by whoever made sure, until the facts change."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction

from accounts.scope import Actor
from cases.actions.moves import CaseError
from cases.models import NotSame, Person


class SaidAlready(CaseError):
    def __init__(self) -> None:
        super().__init__("この2人は、すでに別人と確認されています。「同じ人の登録」の画面を開き直してください。")


class SaidNoMore(CaseError):
    def __init__(self) -> None:
        super().__init__("この確認は、すでに取り消されたか、登録が直されて効力が切れています。")


class SameRegistration(CaseError):
    def __init__(self) -> None:
        super().__init__("同じ登録です。別の登録を選んでください。")


@transaction.atomic
def say_not_same(*, one: Person, other: Person, note: str, by: Actor, at: dt.datetime) -> NotSame:
    """Two people; no longer shown as alike. Raises SameRegistration, SaidAlready."""
    if one.pk == other.pk:
        raise SameRegistration
    first, second = sorted((one, other), key=lambda person: person.pk)
    try:
        with transaction.atomic():
            return NotSame.objects.create(
                person=first, other=second, organisation=by.organisation, note=note, by=by.user, at=at
            )
    except IntegrityError as error:
        raise SaidAlready from error


@transaction.atomic
def take_back_not_same(*, row: NotSame, by: Actor, at: dt.datetime) -> None:
    """They may be the same after all. Raises SaidNoMore."""
    if not NotSame.objects.standing().filter(pk=row.pk).update(undone_at=at, undone_by=by.user):
        raise SaidNoMore
