"""Lists in the demo: two saved views of a caseworker, a shared one, an export that waits for a second person."""

from __future__ import annotations

from accounts.scope import Actor
from cases.actions import listing
from cases.demo.organisations import World
from cases.demo.privacy import actor_of
from cases.enums import ListKind
from cases.lists import LISTS
from cases.lists.spec import Wanted
from cases.models import ListExport
from core.db import scope
from core.periods import now

USUAL = ("person", "state", "team", "contact", "visit")


def add_lists(world: World) -> None:
    """By the same actions as on the screen."""
    worker, manager = actor_of(world, "okayama-cw"), actor_of(world, "okayama-manager")
    _keep(worker, "30日連絡なし", "state=active&worker=me&contact=30", USUAL, "")
    _keep(worker, "次回予約なし", "state=active&worker=me&visit=none", (*USUAL, "goal"), "kana")
    _keep(worker, "過去30日の欠席", "when=past30&status=no_show", (), "late", kind=ListKind.APPOINTMENTS)
    _keep(worker, "求人がある事業所", "vacancies=open", (), "kana", kind=ListKind.EMPLOYERS)
    _keep(manager, "支援期間を過ぎた方", "state=&goal=over", (*USUAL, "goal", "status"), "goal", is_shared=True)
    _ask(worker)


def _keep(
    who: Actor,
    name: str,
    query: str,
    columns: tuple[str, ...],
    sort: str,
    *,
    is_shared: bool = False,
    kind: ListKind = ListKind.CASES,
) -> None:
    with scope(organisations=who.organisation_ids, user=who.user.pk):
        listing.save_view(
            kind=kind,
            by=who,
            name=name,
            query=query,
            columns=columns,
            sort=sort,
            is_shared=is_shared,
            is_first=False,
        )


def _ask(worker: Actor) -> None:
    """As if the office had set a lower limit: the demo has fewer people than that."""
    spec = LISTS[ListKind.CASES]
    with scope(organisations=worker.organisation_ids, user=worker.user.pk):
        form = spec.form({"state": "active"}, actor=worker)
        wanted = Wanted(worker, form, "", spec.columns_by(USUAL))
        keys, persons = spec.keys(wanted, 500)
        ListExport.objects.create(
            kind=ListKind.CASES,
            user=worker.user,
            organisation=worker.organisation,
            reason="月例連絡調整会議の資料",
            conditions=["状態:支援中"],
            columns=wanted.codes,
            row_ids=keys,
            person_ids=persons,
            needs_second=True,
            requested_at=now(),
        )
