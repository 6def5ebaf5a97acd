"""Break-glass (緊急時の閲覧): open one case for half an hour, with a reason, and have it reviewed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID, uuid4

import jpholiday
from django.conf import settings
from django.db import connection, transaction

from accounts.access_log import Event, Reader, happened, write
from accounts.enums import AccessAct
from accounts.models import Organisation
from accounts.scope import Actor
from accounts.trail import mail_after_commit, managers_of
from cases.actions.moves import CaseError
from cases.enums import EmergencyVerdict
from cases.models import EmergencyAccess, Grant
from cases.search import fold
from core.db import new_id
from core.periods import KnownDate

REVIEW_DAYS = 3
TRIES_PER_HOUR = 5


@dataclass(frozen=True)
class Wanted:
    """Which case: its number at its holder, or reading and the whole birthday of the person."""

    holder: Organisation | None = None
    number: str = ""
    kana: str = ""
    birth: KnownDate | None = None


class NothingFound(CaseError):
    def __init__(self) -> None:
        super().__init__(
            "1件に決まるケースが見つかりません。担当機関とケース番号、またはフリガナと生年月日を確かめてください。"
        )


class TooManyTries(CaseError):
    def __init__(self) -> None:
        super().__init__("1時間に使える回数を超えました。急ぐときは担当機関へ電話で連絡してください。")


class ReviewedByOneself(CaseError):
    def __init__(self) -> None:
        super().__init__("見た本人は、自分の閲覧を確認できません。")


def working_days_after(day: dt.date, count: int) -> dt.date:
    """The day that lies this many working days (no weekend, no public holiday) later."""
    while count:
        day += dt.timedelta(days=1)
        if day.weekday() < 5 and not jpholiday.is_holiday(day):
            count -= 1
    return day


def break_glass(*, by: Actor, at: dt.datetime, on: dt.date, wanted: Wanted, reason: str) -> UUID:
    """The id of the case that is open to this user for 30 minutes. Raises NothingFound, TooManyTries.

    An attempt that finds nothing is kept: the refusal comes after the row is written, so the caller
    must not roll back.
    """
    tries = EmergencyAccess.objects.filter(user=by.user.pk, started_at__gt=at - dt.timedelta(hours=1)).count()
    if tries >= TRIES_PER_HOUR:
        raise TooManyTries
    access_id = new_id()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ittai_break_glass(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                access_id,
                new_id(),
                by.organisation.pk,
                reason,
                working_days_after(on, REVIEW_DAYS),
                wanted.holder.pk if wanted.holder else None,
                wanted.number,
                fold(wanted.kana),
                wanted.birth.digits if wanted.birth else "",
            ],
        )
        (case_id,) = cursor.fetchone()
    if case_id is None:
        raise NothingFound
    happened(Event(AccessAct.EMERGENCY_START, by.user, purpose=reason, organisation_id=by.organisation.pk))
    if settings.EMAIL_CONFIGURED:
        held_by = EmergencyAccess.objects.filter(pk=access_id).values("holder")
        _tell_the_holder(Organisation.objects.get(pk__in=held_by), by=by, on=on)
    found: UUID = case_id
    return found


def _tell_the_holder(holder: Organisation, *, by: Actor, on: dt.date) -> None:
    """Their managers find it under 今日 at once; this mail calls them there and says nothing of the person (A31)."""
    body = (
        f"{by.organisation.name}の{by.user.name}さんが、{holder.name}のケース1件を、緊急時の閲覧で開きました。\n\n"
        "ittaiの「今日」を開いて、見た理由を確かめてください。\n"
    )
    mail_after_commit("ittai 緊急時の閲覧がありました", body, bcc=managers_of([holder.pk], on))


@transaction.atomic
def end_emergency(*, access: EmergencyAccess, by: Actor, at: dt.datetime) -> None:
    """The user is done before the half hour is over."""
    if EmergencyAccess.objects.filter(pk=access.pk, user=by.user.pk, ended_at__isnull=True).update(ended_at=at):
        happened(Event(AccessAct.EMERGENCY_STOP, by.user, organisation_id=access.organisation_id))
    Grant.objects.filter(case=access.case_id, user=by.user.pk, withdrawn_at__isnull=True).update(
        withdrawn_at=at, withdrawn_by=by.user, withdrawal_reason="緊急時の閲覧を終えた"
    )


@transaction.atomic
def close_expired(*, access: EmergencyAccess) -> bool:
    """What nobody ended has ended by itself when its time was over, and says so in the log.

    Safe to run twice and beside the user's own end: whoever sets `ended_at` writes the entry.
    """
    still = EmergencyAccess.objects.filter(pk=access.pk, ended_at__isnull=True)
    if not still.update(ended_at=access.expires_at):
        return False
    write(
        reader=Reader(user_id=access.user_id, organisation_id=access.organisation_id),
        act=AccessAct.EMERGENCY_STOP,
        route="",
        request_id=uuid4(),
        subjects=[],
        purpose="時間が過ぎた",
    )
    return True


@transaction.atomic
def review_emergency(
    *, access: EmergencyAccess, by: Actor, at: dt.datetime, verdict: EmergencyVerdict, note: str
) -> None:
    """The holder says whether the look was right. Raises ReviewedByOneself."""
    if access.user_id == by.user.pk:
        raise ReviewedByOneself
    changed = EmergencyAccess.objects.filter(pk=access.pk, reviewed_at__isnull=True).update(
        reviewed_at=at, reviewed_by=by.user, verdict=verdict, review_note=note
    )
    if not changed:
        raise CaseError("この閲覧はすでに確認されています。")
