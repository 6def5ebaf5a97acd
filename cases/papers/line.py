"""One line of the record on paper, and how its texts are put."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from core.periods import DateStyle, KnownDate, dates_shown, era_date, weekday_label


@dataclass(frozen=True)
class Line:
    """One thing that happened. `parts` are (label, text); `key` names the line when it is to be blacked."""

    key: str
    at: dt.date | dt.datetime
    entered: dt.datetime | None
    what: str
    who: str
    parts: tuple[tuple[str, str], ...]
    marks: tuple[str, ...] = ()
    # Proposed for blacking in the person's own copy: own notes, family, notes with a protected source.
    is_delicate: bool = False

    @property
    def when(self) -> str:
        day = timezone.localtime(self.at) if isinstance(self.at, dt.datetime) else None
        on = day.date() if day else self.at
        text = f"{era_date(on)}({weekday_label(on)})"
        return f"{text} {day.hour}:{day.minute:02d}" if day else text

    @property
    def text(self) -> str:
        return "\n".join(text for _label, text in self.parts)


def parts_of(**parts: Any) -> tuple[tuple[str, str], ...]:
    """Only what is filled in, with its label."""
    return tuple((label.replace("_", "・"), str(text)) for label, text in parts.items() if text not in (None, ""))


def birth_text(birth: KnownDate | None) -> str:
    """A birthday as far as it is known, in 和暦 whatever the user's screens show."""
    with dates_shown(DateStyle.ERA):
        return str(birth or "")


def day_text(day: dt.date | None) -> str:
    return era_date(day) if day else ""


def moment_text(at: dt.datetime | None) -> str:
    if at is None:
        return ""
    local = timezone.localtime(at)
    return f"{era_date(local.date())} {local.hour}:{local.minute:02d}"


def written_by(organisation: Any, user: Any) -> str:
    return f"{organisation.short_name} {user.name}" if user else organisation.short_name
