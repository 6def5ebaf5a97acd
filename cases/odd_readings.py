"""Which readings of a day stand out (security.md A41). Rules over plain data; nothing is looked up here.

A reading is ordinary when the reader is in charge of the person, when the case still waits for somebody
to take it on, or when the reader worked on it the same day (recorded, booked, moved something). What is
left is looked at; the limits keep the number of alerts where a manager can read them all.
Where staff live is not stored, so "own address" of A41 is not among the rules.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cases.enums import OddReason

Pair = tuple[int, uuid.UUID]


@dataclass(frozen=True)
class Limits:
    """From how much on a reading stands out; an organisation may have its own (ODD_READING_LIMITS)."""

    burst_persons: int = 8
    reader_count: int = 4
    repeated_days: int = 3
    night_reads: int = 2
    hour_persons: int = 30
    common_surname_reads: int = 2
    closed_persons: int = 2
    night_from: int = 22
    night_until: int = 6


@dataclass(frozen=True)
class Read:
    """A person was shown to a user, one by one (a page, a document), not as a row of a list. `at` is local time."""

    entry_id: int
    at: dt.datetime
    user_id: int
    person_id: uuid.UUID
    is_change: bool = False
    is_assigned: bool = False
    is_waiting: bool = False
    is_closed: bool = False
    is_manager: bool = False
    has_own_surname: bool = False
    is_common_surname: bool = False


@dataclass
class Finding:
    """Something to review: for one user, one person, or both."""

    reason: OddReason
    user_id: int | None
    person_id: uuid.UUID | None
    found: str
    entry_ids: list[int] = field(default_factory=list)


def find(reads: Iterable[Read], earlier_days: Mapping[Pair, int], limits: Limits) -> list[Finding]:
    """What stands out in one organisation's readings of one day.

    `earlier_days`: on how many earlier days of the last ninety the pair (user, person) was read unassigned.
    """
    everything = sorted(reads, key=lambda read: (read.at, read.entry_id))
    worked = {(read.user_id, read.person_id) for read in everything if read.is_change}
    unexplained = [
        read
        for read in everything
        if not read.is_assigned and not read.is_waiting and (read.user_id, read.person_id) not in worked
    ]
    return [
        *_same_surname(unexplained, limits),
        *_bursts(unexplained, limits),
        *_many_readers(unexplained, limits),
        *_repeated(unexplained, earlier_days, limits),
        *_nights(everything, limits),
        *_many_persons(everything, limits),
        *_closed(unexplained, limits),
    ]


def unexplained_pairs(reads: Iterable[Read]) -> set[Pair]:
    """Pairs whose earlier days matter."""
    return {(read.user_id, read.person_id) for read in reads if not read.is_assigned and not read.is_waiting}


def _same_surname(reads: list[Read], limits: Limits) -> list[Finding]:
    """Among the most common names a single look is chance; among the others it is not."""
    pairs: dict[Pair, list[Read]] = defaultdict(list)
    for read in reads:
        if read.has_own_surname:
            pairs[read.user_id, read.person_id].append(read)
    return [
        Finding(OddReason.SAME_SURNAME, user, person, "担当していない、同じ姓の方の記録を開きました。", _ids(rows))
        for (user, person), rows in pairs.items()
        if len(rows) >= limits.common_surname_reads or not rows[0].is_common_surname
    ]


def _bursts(reads: list[Read], limits: Limits) -> list[Finding]:
    findings = []
    for user, rows in _by_user(reads).items():
        persons = {read.person_id for read in rows if not read.is_manager}
        if len(persons) >= limits.burst_persons:
            findings.append(
                Finding(
                    OddReason.UNASSIGNED_BURST,
                    user,
                    None,
                    f"担当していない{len(persons)}人の記録を開き、何も記録していません。",
                    _ids(rows),
                )
            )
    return findings


def _many_readers(reads: list[Read], limits: Limits) -> list[Finding]:
    persons: dict[uuid.UUID, list[Read]] = defaultdict(list)
    for read in reads:
        if not read.is_manager:
            persons[read.person_id].append(read)
    findings = []
    for person, rows in persons.items():
        readers = {read.user_id for read in rows}
        if len(readers) >= limits.reader_count:
            found = f"担当していない{len(readers)}人が、同じ日にこの方の記録を開きました。"
            findings.append(Finding(OddReason.MANY_READERS, None, person, found, _ids(rows)))
    return findings


def _repeated(reads: list[Read], earlier_days: Mapping[Pair, int], limits: Limits) -> list[Finding]:
    pairs: dict[Pair, list[Read]] = defaultdict(list)
    for read in reads:
        if not read.is_manager:
            pairs[read.user_id, read.person_id].append(read)
    findings = []
    for (user, person), rows in pairs.items():
        days = 1 + earlier_days.get((user, person), 0)
        if days >= limits.repeated_days:
            found = f"担当していない方の記録を、90日のうちに{days}日開きました。"
            findings.append(Finding(OddReason.REPEATED, user, person, found, _ids(rows)))
    return findings


def _nights(reads: list[Read], limits: Limits) -> list[Finding]:
    at_night = [read for read in reads if read.at.hour >= limits.night_from or read.at.hour < limits.night_until]
    findings = []
    for user, rows in _by_user(at_night).items():
        if len({read.entry_id for read in rows}) >= limits.night_reads:
            first, last = rows[0].at, rows[-1].at
            persons = {read.person_id for read in rows}
            found = f"{first:%H:%M}から{last:%H:%M}までに、{len(persons)}人の記録を開きました。"
            findings.append(Finding(OddReason.NIGHT, user, None, found, _ids(rows)))
    return findings


def _many_persons(reads: list[Read], limits: Limits) -> list[Finding]:
    """The most different persons in any sixty minutes."""
    findings = []
    for user, rows in _by_user(reads).items():
        start, most = 0, 0
        window: dict[uuid.UUID, int] = defaultdict(int)
        for read in rows:
            window[read.person_id] += 1
            while rows[start].at <= read.at - dt.timedelta(hours=1):
                window[rows[start].person_id] -= 1
                if not window[rows[start].person_id]:
                    del window[rows[start].person_id]
                start += 1
            most = max(most, len(window))
        if most > limits.hour_persons:
            found = f"1時間のうちに{most}人の記録を開きました。"
            findings.append(Finding(OddReason.MANY_PERSONS, user, None, found, _ids(rows)))
    return findings


def _closed(reads: list[Read], limits: Limits) -> list[Finding]:
    findings = []
    for user, rows in _by_user([read for read in reads if read.is_closed and not read.is_manager]).items():
        persons = {read.person_id for read in rows}
        if len(persons) >= limits.closed_persons:
            found = f"支援が終わって90日を過ぎた{len(persons)}人の記録を開き、何も記録していません。"
            findings.append(Finding(OddReason.CLOSED, user, None, found, _ids(rows)))
    return findings


def _by_user(reads: Iterable[Read]) -> dict[int, list[Read]]:
    users: dict[int, list[Read]] = defaultdict(list)
    for read in reads:
        users[read.user_id].append(read)
    return users


def _ids(reads: Iterable[Read]) -> list[int]:
    return sorted({read.entry_id for read in reads})
