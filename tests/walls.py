"""A suppressed person, a release that waits, a break-glass that runs: for tests of the walls."""

from __future__ import annotations

import datetime as dt

from accounts.enums import Role
from accounts.models import Organisation
from accounts.scope import Actor
from cases.actions import emergency, suppression
from cases.enums import ReleaseKind
from cases.models import Case, EmergencyAccess, Release
from core.periods import now, today
from tests.factories import Programme, actor, working_as

WHEREABOUTS = {
    "address": "架空町四丁目5-6",
    "phone": "090-1234-9876",
    "school": "架空第二小学校",
    "route": "架空線の始発",
    "family": "姉 架空春子",
    "email": "hidden@example.jp",
}


def operator(name: str = "operator") -> Actor:
    """An administrator of a body that takes no part in casework."""
    elsewhere = Organisation.objects.create(kind="partner", name=f"{name}運用", short_name=name)
    return actor(name, elsewhere, Role.ADMINISTRATOR)


def hide(programme: Programme, case: Case) -> None:
    with working_as(programme.caseworker):
        suppression.suppress(
            person=case.person,
            by=programme.caseworker,
            at=now(),
            reason="決定通知を確認",
            valid_to=today() + dt.timedelta(days=365),
        )


def asked(programme: Programme, case: Case, kind: ReleaseKind = ReleaseKind.PRINT) -> Release:
    """The caseworker of a suppressed person asks; a second person has not answered yet."""
    hide(programme, case)
    with working_as(programme.caseworker):
        return suppression.ask_release(
            person=case.person, kind=kind, by=programme.caseworker, at=now(), reason="裁判所へ出す書類"
        )


def broken(programme: Programme, case: Case, who: Actor | None = None) -> EmergencyAccess:
    """An administrator looks at the case by break-glass."""
    who = who or operator(f"{programme.code}-glass")
    with working_as(who):
        emergency.break_glass(
            by=who,
            at=now(),
            on=today(),
            wanted=emergency.Wanted(holder=programme.office, number=case.number),
            reason="救急搬送された本人の家族の連絡先を確かめるため",
        )
        return EmergencyAccess.objects.get(user=who.user)
