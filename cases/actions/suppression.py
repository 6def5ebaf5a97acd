"""Suppression for victims of violence (DV等支援措置): set, confirm again, look, print, lift."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import connection, transaction

from accounts.scope import Actor
from cases.actions.moves import CaseError
from cases.actions.sharing import index_case
from cases.enums import PHONE_KINDS, TWO_PERSON_RELEASES, ReleaseKind
from cases.models import Case, Grant, Person, Release, SearchKey, Suppression

# How long a release opens what is hidden: a look at the screen, a print.
OPEN_FOR = {ReleaseKind.VIEW: dt.timedelta(minutes=15), ReleaseKind.PRINT: dt.timedelta(minutes=30)}


class NotSuppressed(CaseError):
    def __init__(self) -> None:
        super().__init__("この方に支援措置は設定されていません。画面を開き直して確かめてください。")


class AlreadySuppressed(CaseError):
    def __init__(self) -> None:
        super().__init__("この方にはすでに支援措置が設定されています。")


class JustMerged(CaseError):
    def __init__(self) -> None:
        super().__init__("この方の登録は、ほかの登録へ統合されました。ケースを開き直して、設定し直してください。")


class ApprovalStale(CaseError):
    def __init__(self) -> None:
        super().__init__(
            "求めがあった後に、支援措置の継続が確かめられたか、すでに回答があります。いまの状態を見て、必要なら求め直してください。"
        )


class NotBySamePerson(CaseError):
    def __init__(self) -> None:
        super().__init__("求めた本人は承認できません。もう一人の管理者が承認してください。")


class OutputBlocked(CaseError):
    """Printing or exporting a suppressed person's data needs the approval of a second person."""

    def __init__(self) -> None:
        super().__init__(
            "支援措置の対象の方のため、印刷・出力は止めています。「支援措置」の画面で理由を書いて求め、もう一人の管理者の承認を受けてください。"
        )


HIDDEN_IN_TEXT = "支援措置で隠している住所か電話番号が文の中にあります。読んだ人に居所が分かるため、消してください。"


class ReasonTells(CaseError):
    """The reason names what this very suppression hides from now on."""

    def __init__(self) -> None:
        super().__init__(HIDDEN_IN_TEXT)


def standing(person_id: object) -> Suppression | None:
    """The suppression that hides this person now."""
    found: Suppression | None = Suppression.objects.standing().filter(person=person_id).first()
    return found


@transaction.atomic
def suppress(*, person: Person, by: Actor, at: dt.datetime, reason: str, valid_to: dt.date) -> Suppression:
    """Hide the person's whereabouts everywhere from this transaction on.

    Raises AlreadySuppressed, JustMerged, ReasonTells.
    """
    # Stands in line with a merge: a suppression on the registration that goes would hide nobody.
    locked = Person.objects.select_for_update(of=("self",), no_key=True).filter(pk=person.pk, merged_into__isnull=True)
    if not locked.exists():
        raise JustMerged
    if standing(person.pk):
        raise AlreadySuppressed
    row = Suppression.objects.create(
        person=person,
        organisation=by.organisation,
        reason=reason,
        valid_to=valid_to,
        started_at=at,
        started_by=by.user,
        confirmed_at=at,
        confirmed_by=by.user,
    )
    SearchKey.objects.filter(case__person=person, kind__in=PHONE_KINDS).delete()
    if hidden_named(persons=[person.pk], texts=[reason]):
        raise ReasonTells
    return row


@transaction.atomic
def confirm_suppression(*, person: Person, by: Actor, at: dt.datetime, valid_to: dt.date) -> None:
    """The person applied again: the term is longer, and approvals asked for before are void."""
    changed = (
        Suppression.objects.standing()
        .filter(person=person)
        .update(valid_to=valid_to, confirmed_at=at, confirmed_by=by.user)
    )
    if not changed:
        raise NotSuppressed


@transaction.atomic
def ask_release(*, person: Person, kind: ReleaseKind, by: Actor, at: dt.datetime, reason: str) -> Release:
    """Ask to look, print or lift. Looking opens at once; the others wait for a second person."""
    row = standing(person.pk)
    if row is None:
        raise NotSuppressed
    release = Release(
        suppression=row,
        person=person,
        kind=kind,
        reason=reason,
        user=by.user,
        organisation=by.organisation,
        requested_at=at,
    )
    if kind not in TWO_PERSON_RELEASES:
        release.approved_at = at
        release.expires_at = at + OPEN_FOR[kind]
    release.save(force_insert=True)
    return release


@transaction.atomic
def approve_release(*, release: Release, by: Actor, at: dt.datetime) -> None:
    """A second person says yes to the state of this moment. Raises NotBySamePerson, ApprovalStale."""
    if release.user_id == by.user.pk:
        raise NotBySamePerson
    # The suppression is locked, so that a confirmation of the same moment comes before or after, not between.
    row = (
        Suppression.objects.select_for_update(no_key=True)
        .filter(pk=release.suppression_id, lifted_at__isnull=True)
        .first()
    )
    if row is None or release.requested_at < row.confirmed_at:
        raise ApprovalStale
    kind = ReleaseKind(release.kind)
    changed = Release.objects.filter(pk=release.pk, approved_at__isnull=True, refused_at__isnull=True).update(
        approved_at=at, approved_by=by.user, expires_at=at + OPEN_FOR.get(kind, dt.timedelta())
    )
    if not changed:
        raise ApprovalStale
    if kind == ReleaseKind.LIFT:
        Suppression.objects.filter(pk=row.pk).update(lifted_at=at, lifted_by=by.user)
        _find_by_phone_again(release.person)


@transaction.atomic
def refuse_release(*, release: Release, by: Actor, at: dt.datetime) -> None:
    """A second person says no."""
    if release.user_id == by.user.pk:
        raise NotBySamePerson
    changed = Release.objects.filter(pk=release.pk, approved_at__isnull=True, refused_at__isnull=True).update(
        refused_at=at, refused_by=by.user
    )
    if not changed:
        raise ApprovalStale


def hidden_named(*, persons: Collection[UUID], texts: Iterable[str]) -> list[tuple[UUID, UUID]]:
    """(person, case) of whom one of the texts names the address or phone that a suppression hides (A30).

    Asked of these persons; of everybody whose case the reader sees when nobody is given: then an address without a
    number (住所不定, 岡山市北区) does not count, it would be refused in everybody's forms. The persons are held until
    the end of the transaction: a suppression of the same moment is seen here or comes after the text. Take this
    before the lock of a case.
    """
    text = "\n".join(texts).replace("\x00", "")
    if not text.strip():
        return []
    if persons:
        list(Person.objects.select_for_update(no_key=True).filter(pk__in=persons).order_by("pk").values_list("pk"))
    hidden = Suppression.objects.standing()
    hidden = hidden.filter(person__in=persons) if persons else hidden
    cases = dict(Case.objects.filter(person__in=hidden.values("person")).values_list("pk", "person"))
    if not cases:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM unnest(%s) AS id WHERE ittai_names_hidden(id, %s, %s)", [list(cases), text, not persons]
        )
        return [(cases[pk], pk) for (pk,) in cursor.fetchall()]


def withheld(person_ids: Iterable[object], *, by: Actor, at: dt.datetime) -> set[object]:
    """Who of these is suppressed and not released to this user for output."""
    hidden = set(Suppression.objects.standing().filter(person__in=person_ids).values_list("person", flat=True))
    if not hidden:
        return hidden
    released = Release.objects.live(at).filter(person__in=hidden, user=by.user.pk, kind=ReleaseKind.PRINT)
    return hidden - set(released.values_list("person", flat=True))


def require_output(*, person_id: object, by: Actor, at: dt.datetime) -> None:
    """Every print and export of a person's data passes here. Raises OutputBlocked."""
    if withheld([person_id], by=by, at=at):
        raise OutputBlocked


def _find_by_phone_again(person: Person) -> None:
    person = Person.objects.select_related("contact").get(pk=person.pk)
    for case in Case.objects.filter(person=person):
        readers = Grant.objects.filter(case=case, withdrawn_at__isnull=True, user__isnull=True)
        index_case(case=case, person=person, organisation_ids=list(readers.values_list("organisation", flat=True)))
