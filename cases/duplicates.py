"""Registrations that are likely the same person, each with the reasons; driven by search keys, never pair by pair."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from types import SimpleNamespace
from uuid import UUID

from accounts.scope import Actor
from cases.enums import SearchKind
from cases.finding import cases_with
from cases.models import Case, NotSame, Person
from cases.models.person import BIRTH_FIELDS, birth_of
from cases.search import fold, fold_digits, name_parts, spellings
from core.periods import KnownDate

# A household phone or a common name brings many; the first few with the best reasons are enough.
SHOWN = 10
COMPARED = ("name", "name_kana", *BIRTH_FIELDS)


@dataclass(frozen=True)
class Alike:
    """A person who may be the same one; `is_likely` when the reasons together hardly leave a doubt."""

    person: Person
    case: Case
    reasons: tuple[str, ...]
    is_likely: bool


@dataclass(frozen=True)
class Sought:
    """What is known of the person looked for; empty where nothing is known."""

    name: str = ""
    name_kana: str = ""
    birth: KnownDate | None = None
    phone: str = ""

    @classmethod
    def of(cls, person: Person) -> Sought:
        contact = person.shown_contact
        return cls(person.name, person.name_kana, person.birth, contact.phone if contact is not None else "")

    def keys(self) -> set[tuple[SearchKind, str]]:
        """The keys that a likely same person shares with this one."""
        keys = {(SearchKind.KANA, key) for key in spellings(self.name_kana)}
        keys |= {(SearchKind.NAME, key) for key in spellings(self.name)}
        digits = fold_digits(self.phone)
        if len(digits) >= 9:
            keys.add((SearchKind.PHONE, digits))
        if self.birth:
            keys.add((SearchKind.BIRTH, self.birth.digits))
        if self.birth and self.birth.exact:
            turned = swapped(self.birth.exact)
            if turned:
                keys.add((SearchKind.BIRTH, turned.strftime("%Y%m%d")))
        return keys


def swapped(day: dt.date) -> dt.date | None:
    """3 April for 4 March; None when that is no other day."""
    if day.day > 12 or day.day == day.month:
        return None
    return dt.date(day.year, day.day, day.month)


def one_apart(one: str, other: str) -> bool:
    """One letter more, less or other."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    if len(one) == len(other):
        return one[start + 1 :] == other[start + 1 :]
    longer, shorter = sorted((one, other), key=len, reverse=True)
    return longer[start + 1 :] == shorter[start:]


def alike(sought: Sought, actor: Actor, *, other_than: UUID | None = None, with_weak: bool = False) -> list[Alike]:
    """Visible people who may be the one sought, the likeliest first; without those said to be somebody else.

    With `with_weak` also those who share only the reading or only the phone: worth a look before
    somebody is registered, too many to be shown on every page.
    """
    found = cases_with(sought.keys(), actor.organisation_ids)
    if not found:
        return []
    best: dict[UUID, tuple[UUID, list[str], bool]] = {}
    visible = Case.objects.visible_to(actor).filter(pk__in=list(found))
    # Compared as values: who is not shown was not read, and has no place in the access log.
    columns = [f"person__{name}" for name in COMPARED]
    rows = visible.order_by("-opened_on", "-pk").values_list("pk", "person_id", *columns)
    for pk, person_id, *stored in rows:
        if person_id == other_than or person_id in best:
            continue
        person = SimpleNamespace(**dict(zip(COMPARED, stored, strict=True)))
        theirs = Sought(person.name, person.name_kana, birth_of(person))
        reasons, is_likely = _compare(sought, theirs, found[pk])
        if is_likely or (with_weak and reasons):
            best[person_id] = (pk, reasons, is_likely)
    if best and other_than is not None:
        for pair in NotSame.objects.standing().about(other_than).values_list("person_id", "other_id"):
            for person_id in pair:
                best.pop(person_id, None)
    shown = sorted(best.values(), key=lambda row: (not row[2], -len(row[1])))[:SHOWN]
    if not shown:
        return []
    cases = visible.select_related("person", "organisation").in_bulk([pk for pk, _reasons, _is_likely in shown])
    return [Alike(cases[pk].person, cases[pk], tuple(reasons), is_likely) for pk, reasons, is_likely in shown]


def _compare(sought: Sought, person: Sought, kinds: set[SearchKind]) -> tuple[list[str], bool]:
    """(reasons, whether they make it likely)."""
    mine, theirs = _exact(sought.birth), _exact(person.birth)
    has_same_kana = SearchKind.KANA in kinds
    has_same_phone = SearchKind.PHONE in kinds
    has_same_name = SearchKind.NAME in kinds
    has_same_birth = mine is not None and mine == theirs
    has_swapped_birth = mine is not None and theirs is not None and swapped(mine) == theirs
    has_same_part = _agree_in_part(sought.birth, person.birth)
    is_near = one_apart(fold(sought.name_kana), fold(person.name_kana))
    reasons = []
    if has_same_kana:
        reasons.append("フリガナが同じ")
    elif is_near and has_same_birth:
        reasons.append("フリガナが1文字違い")
    elif has_same_birth and _same_given_name(sought.name_kana, person.name_kana):
        reasons.append("名のフリガナが同じ(姓が変わった可能性)")
    if has_same_name:
        is_variant = "".join(sought.name.split()) != "".join(person.name.split())
        reasons.append("氏名が異体字・表記の違いだけで同じ" if is_variant else "氏名が同じ")
    if has_same_birth and (reasons or has_same_phone):
        reasons.append("生年月日が同じ")
    elif has_swapped_birth and (reasons or has_same_phone):
        reasons.append("生年月日の月と日が入れ替わっている")
    elif has_same_part and (reasons or has_same_phone):
        reasons.append("生年月日が、分かっているところまで同じ")
    if has_same_phone:
        reasons.append("電話番号が同じ")
    if (has_same_kana or has_same_name) and (sought.birth is None or person.birth is None):
        reasons.append("生年月日は片方が未入力")
    elif (has_same_kana or has_same_name) and not has_same_birth and _is_estimated(sought.birth, person.birth):
        reasons.append("生年月日は推定")
    is_named = has_same_kana or has_same_name
    is_likely = (
        (is_named and (has_same_birth or has_swapped_birth or has_same_part or has_same_phone))
        or (has_same_birth and bool(reasons) and reasons[0] != "生年月日が同じ")
        or (has_same_birth and has_same_phone)
    )
    return reasons, is_likely


def _exact(birth: KnownDate | None) -> dt.date | None:
    """The day, where all of it is known: only whole days are the same or have their numbers swapped."""
    return None if birth is None else birth.exact


def _agree_in_part(mine: KnownDate | None, theirs: KnownDate | None) -> bool:
    """Whether two birthdays, of which one at least is not known to the day, may be the same."""
    if mine is None or theirs is None or (mine.exact and theirs.exact):
        return False
    return mine.agrees_with(theirs)


def _is_estimated(*births: KnownDate | None) -> bool:
    return any(birth is not None and birth.is_estimated for birth in births)


def _same_given_name(one: str, other: str) -> bool:
    parts, others = name_parts(one), name_parts(other)
    return len(parts) > 1 and len(others) > 1 and fold(parts[-1]) == fold(others[-1])
