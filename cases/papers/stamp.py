"""What stands at the foot of every page: who printed it, when, from which case."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from accounts.scope import Actor
from core.periods import era_date


@dataclass(frozen=True)
class Stamp:
    """`mark` stands at the head: 取扱注意, and the suppression when there is one."""

    printed: str
    number: str
    mark: str = "取扱注意"


def stamp(*, by: Actor, at: dt.datetime, number: str, is_suppressed: bool = False) -> Stamp:
    """'令和8年4月1日 9:05 見本福祉事務所 見本 太郎'."""
    return Stamp(
        printed=f"{era_date(at.date())} {at.hour}:{at.minute:02d} {by.organisation.name} {by.user.name}",
        number=number,
        mark="取扱注意 支援措置対象者" if is_suppressed else "取扱注意",
    )
