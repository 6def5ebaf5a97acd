"""Who read a person's record, which readings stand out, and a manager's word on them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.enums import AccessAct, Role
from accounts.models import AccessEntry, AccessSubject, Organisation, User
from accounts.scope import Actor
from cases.actions.moves import CaseError
from cases.enums import CaseState, OddVerdict
from cases.models import Assignment, Case, OddReading, Person, PersonMerge
from cases.odd_readings import Limits, Pair, Read, find, unexplained_pairs
from cases.search import fold

# One person at a time: a row of a list or a search is no reading of that person's record.
DETAIL_ACTS = (AccessAct.VIEW, AccessAct.CHANGE, AccessAct.PRINT, AccessAct.DOWNLOAD)
WAITING_STATES = frozenset({CaseState.INTAKE, CaseState.PRE_CONSULTATION, CaseState.REQUESTED, CaseState.RETURNED})
LOOK_BACK = dt.timedelta(days=90)
# The same pair or person is not reported again every day.
QUIET = dt.timedelta(days=30)
# The ten most common names, about one person in ten.
COMMON_SURNAMES = frozenset(map(fold, ("佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村", "小林", "加藤")))
READERS_LIMIT = 5000
READERS_SQL = "SELECT * FROM ittai_readers_of(%s, %s, %s, %s)"


class OddReadingSettled(CaseError):
    def __init__(self) -> None:
        super().__init__("この閲覧は、ほかの人がすでに点検しました。")


class OwnReading(CaseError):
    def __init__(self) -> None:
        super().__init__("自分の閲覧を自分で点検することはできません。ほかの管理者に頼んでください。")


@dataclass(frozen=True)
class ReaderRow:
    """One user on one day, one kind of page: the raw row of the report 「この方の記録を見た人」."""

    read_on: dt.date
    first_at: dt.datetime
    last_at: dt.datetime
    times: int
    organisation_id: int | None
    user_id: int | None
    role: str
    act: str
    route: str
    purpose: str


def readers_of(*, person: uuid.UUID, first: dt.date, last: dt.date) -> list[ReaderRow]:
    """Who read the person, of every organisation, newest first; empty unless the scope holds a case of the person."""
    start, end = _day(first), _day(last + dt.timedelta(days=1))
    with connection.cursor() as cursor:
        cursor.execute(READERS_SQL, [person, start, end, READERS_LIMIT])
        return [ReaderRow(*row) for row in cursor.fetchall()]


@transaction.atomic
def find_odd_readings(*, organisation: Organisation, day: dt.date, at: dt.datetime) -> int:
    """Store what stands out in the organisation's readings of the day; needs its scope. Runs twice without harm.

    Reads by values: nobody looks at these rows, so they make no entries in the log they examine.
    """
    reads = _reads(organisation, day)
    limits = limits_of(organisation)
    findings = find(reads, _earlier_days(unexplained_pairs(reads), day), limits)
    known = _known(organisation, day)
    rows = [
        OddReading(
            organisation=organisation,
            reason=finding.reason,
            user_id=finding.user_id,
            person_id=finding.person_id,
            read_on=day,
            found=finding.found,
            entry_ids=finding.entry_ids,
            found_at=at,
        )
        for finding in findings
        if (finding.reason.value, finding.user_id, finding.person_id) not in known
    ]
    return len(OddReading.objects.bulk_create(rows, ignore_conflicts=True))


@transaction.atomic
def review_odd_reading(*, odd: OddReading, by: Actor, at: dt.datetime, verdict: OddVerdict, note: str) -> None:
    """A manager's word; the first one stands, and nobody judges the own reading."""
    if odd.user_id == by.user.pk:
        raise OwnReading
    updated = (
        OddReading.objects.open()
        .filter(pk=odd.pk)
        .update(reviewed_at=at, reviewed_by=by.user, verdict=verdict, note=note)
    )
    if not updated:
        raise OddReadingSettled


def limits_of(organisation: Organisation) -> Limits:
    """The organisation's own limits over the general ones."""
    return Limits(**settings.ODD_READING_LIMITS.get(str(organisation.pk), {}))


def _day(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def _reads(organisation: Organisation, day: dt.date) -> list[Read]:
    entries = {
        pk: (at, user, act, role)
        for pk, at, user, act, role in AccessEntry.objects.filter(
            organisation=organisation,
            at__gte=_day(day),
            at__lt=_day(day + dt.timedelta(days=1)),
            act__in=DETAIL_ACTS,
            user__isnull=False,
        ).values_list("pk", "at", "user_id", "act", "role")
    }
    subjects = list(
        AccessSubject.objects.filter(entry__in=list(entries)).values_list("entry_id", "person_id").distinct()
    )
    persons = {person for _entry, person in subjects}
    surnames = {pk: surname(name) for pk, name in Person.objects.filter(pk__in=persons).values_list("pk", "name")}
    users = {entry[1] for entry in entries.values()}
    own_names = {pk: surname(name) for pk, name in User.objects.filter(pk__in=users).values_list("pk", "name")}
    # Whoever was merged since has no case any more; the registration that was kept has it.
    kept = dict(PersonMerge.objects.standing().filter(merged__in=persons).values_list("merged_id", "kept_id"))
    cases = _cases(persons | set(kept.values()))
    assigned = _assigned(users, [pk for rows in cases.values() for pk, _state, _closed in rows], day)
    reads = []
    for entry_id, person in subjects:
        at, user, act, role = entries[entry_id]
        own = cases.get(kept.get(person, person), [])
        reads.append(
            Read(
                entry_id=entry_id,
                at=timezone.localtime(at),
                user_id=user,
                person_id=person,
                is_change=act == AccessAct.CHANGE,
                is_assigned=any((user, pk) in assigned for pk, _state, _closed in own),
                is_waiting=any(state in WAITING_STATES for _pk, state, _closed in own),
                is_closed=bool(own) and all(closed is not None and closed < day - LOOK_BACK for _, _, closed in own),
                is_manager=role == Role.MANAGER,
                has_own_surname=bool(own_names.get(user)) and own_names.get(user) == surnames.get(person),
                is_common_surname=own_names.get(user) in COMMON_SURNAMES,
            )
        )
    return reads


def surname(name: str) -> str:
    """The part before the space; none when the name is written in one piece."""
    family, space, _given = name.replace("\u3000", " ").strip().partition(" ")
    return fold(family) if space else ""


def _cases(persons: set[uuid.UUID]) -> dict[uuid.UUID, list[tuple[uuid.UUID, str, dt.date | None]]]:
    cases: dict[uuid.UUID, list[Any]] = defaultdict(list)
    rows = Case.objects.filter(person__in=persons).values_list("person_id", "pk", "state", "closed_on")
    for person, pk, state, closed_on in rows:
        cases[person].append((pk, state, closed_on))
    return cases


def _assigned(users: set[int], cases: list[uuid.UUID], day: dt.date) -> set[tuple[int, uuid.UUID]]:
    """In charge on the day, or until shortly before."""
    rows = Assignment.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day - LOOK_BACK)).filter(
        user__in=users, case__in=cases
    )
    return set(rows.values_list("user_id", "case_id"))


def _earlier_days(pairs: set[Pair], day: dt.date) -> dict[Pair, int]:
    """On how many days before this one each pair was read without work on it."""
    if not pairs:
        return {}
    rows = AccessSubject.objects.filter(
        person_id__in={person for _user, person in pairs},
        at__gte=_day(day) - LOOK_BACK,
        at__lt=_day(day),
        entry__user__in={user for user, _person in pairs},
        entry__act__in=DETAIL_ACTS,
    ).values_list("entry__user_id", "person_id", "at", "entry__act")
    read: dict[Pair, set[dt.date]] = defaultdict(set)
    worked: dict[Pair, set[dt.date]] = defaultdict(set)
    for user, person, at, act in rows:
        days = worked if act == AccessAct.CHANGE else read
        days[user, person].add(timezone.localtime(at).date())
    return {pair: len(read[pair] - worked[pair]) for pair in pairs}


def _known(organisation: Organisation, day: dt.date) -> set[tuple[str, int | None, uuid.UUID | None]]:
    """What was reported lately about the same person; a user's own bursts and nights count every day anew."""
    rows = OddReading.objects.filter(organisation=organisation, read_on__range=(day - QUIET, day)).values_list(
        "reason", "user_id", "person_id", "read_on"
    )
    return {(reason, user, person) for reason, user, person, read_on in rows if person is not None or read_on == day}
