"""Health, household money, family: one text per kind, written by whoever holds a grant that includes it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.scope import Actor
from cases.actions.moves import lock, touch
from cases.enums import FieldGroup, GrantPurpose
from cases.models import Case, Circumstance, Grant
from core.forms import EditConflict
from core.periods import today


def groups_open_to(case: Case, actor: Actor) -> list[FieldGroup]:
    """The kinds of facts that the actor's grants on the case include."""
    grants = list(Grant.objects.for_list(actor).filter(case=case))
    return [group for group in FieldGroup if any(group in grant.field_groups for grant in grants)]


@transaction.atomic
def write_circumstance(*, case: Case, group: FieldGroup, body: str, version: int, by: Actor, at: dt.datetime) -> None:
    """Write the text of a kind; `version` is the one that was read (0: none yet). Raises EditConflict, OutOfSight."""
    lock(case)  # two who write the first text of a kind come one after the other
    facts = {"body": body, "organisation": by.organisation, "written_by": by.user, "written_at": at}
    if not Circumstance.objects.filter(case=case, field_group=group).exists():
        Circumstance.objects.create(case=case, field_group=group, **facts)
    else:
        changed = Circumstance.objects.filter(case=case, field_group=group, version=version).update(
            version=version + 1, **facts
        )
        if not changed:
            raise EditConflict
    touch(case=case, at=at)


def open_on(grants: list[Grant], group: FieldGroup) -> list[str]:
    """Names of the organisations whose grants include the kind."""
    return [grant.organisation.name for grant in grants if group in grant.field_groups]


def opening(grants: list[Grant]) -> list[Grant]:
    """Those that open the case itself; a partner reads what was referred to it."""
    return [grant for grant in grants if grant.purpose != GrantPurpose.REFERRAL]


def live_grants_of(case: Case) -> list[Grant]:
    """Everyone who sees the case today, in the order they came."""
    return list(
        Grant.objects.filter(case=case).live(today()).select_related("organisation", "user").order_by("created_at")
    )
