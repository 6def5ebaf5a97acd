"""Time the screens' SQL on one generated database; prints JSON. Started by bench.wall."""

from __future__ import annotations

import json
import os
import random
import re
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import django
import psycopg

django.setup()

from django.conf import settings  # noqa: E402 - models need a set-up Django
from django.db import connection  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from accounts.models import Membership, User  # noqa: E402
from accounts.scope import Actor  # noqa: E402
from bench.names import FAMILY, GIVEN  # noqa: E402
from cases.duplicates import Sought, alike  # noqa: E402
from cases.enums import STATES_OPEN  # noqa: E402
from cases.finding import find  # noqa: E402
from cases.lists.cases import case_page  # noqa: E402
from cases.models import Case, Grant  # noqa: E402
from core.db import scope  # noqa: E402
from core.periods import KnownDate  # noqa: E402

ROUNDS = 60
# The page far down, counted at a million people. Smaller data is paged as far down as it is smaller, so that a page
# is full everywhere and every organisation still has rows for it: page 200 of 10,000 people is past their end.
DEEP, DEEP_AT = 200, 1_000_000
# Nothing is collected here: the pages' files are named, not served.
PLAIN = {**settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
# Tables of which a whole scan would hurt; the bench leaves others empty.
BIG_TABLES = {
    "cases_person",
    "cases_personcontact",
    "cases_case",
    "cases_grant",
    "cases_searchkey",
    "cases_interview",
    "cases_benefitperiod",
}
BIG = re.compile(r"Seq Scan on (cases_\w+)")
CORE = {min(os.sched_getaffinity(0))}
RNG = random.Random(11)  # noqa: S311 - what to look for, no secret
Statements = list[str]


def actor_of(organisation_ids: tuple[int, ...]) -> Actor:
    return Actor(user=User.objects.get(pk=1), membership=Membership(), organisation_ids=organisation_ids)


def statements(organisation_ids: tuple[int, ...], act: Callable[[Actor], Any]) -> Statements:
    """The SELECTs on casework that the ORM sends while acting."""
    with scope(organisations=organisation_ids, user=1), CaptureQueriesContext(connection) as queries:
        act(actor_of(organisation_ids))
    return [query["sql"] for query in queries if re.match(r"[\s(]*SELECT", query["sql"]) and "cases_" in query["sql"]]


class Role:
    """A connection as one role, in a transaction with the scope; all of them on one core.

    On a machine that others use too, two cores are seldom equally fast, and a ratio between them says nothing.
    """

    def __init__(self, url: str, organisation_ids: tuple[int, ...]) -> None:
        self.connection = psycopg.connect(url, prepare_threshold=None)  # as Django does
        os.sched_setaffinity(self.connection.info.backend_pid, CORE)
        ids = "{" + ",".join(map(str, organisation_ids)) + "}"
        self.connection.execute(
            "SELECT set_config('ittai.organisations', %s, true), set_config('ittai.user', '1', true)", [ids]
        )

    def run(self, wanted: Statements) -> tuple[float, int]:
        """(seconds, rows read) of the statements."""
        total, rows = 0.0, 0
        for statement in wanted:
            started = time.perf_counter()
            rows += len(self.connection.execute(statement).fetchall())
            total += time.perf_counter() - started
        return total, rows

    def scans(self, wanted: Statements) -> set[str]:
        plans = "\n".join(row[0] for s in wanted for row in self.connection.execute(f"EXPLAIN {s}"))
        return set(BIG.findall(plans))

    def close(self) -> None:
        self.connection.close()


def measure(organisation_ids: tuple[int, ...], acts: list[Callable[[Actor], Any]]) -> dict[str, Any]:
    """p50 and p95 in milliseconds over the acts, of each one's median over the rounds, the roles in turn.

    Medians first: on a machine that others use too, the tail of single runs shows the neighbours. The ratio is taken
    round by round, because a slow moment of the machine meets both.
    """
    wanted = [statements(organisation_ids, act) for act in acts]
    walled = Role(os.environ["DATABASE_URL"], organisation_ids)
    free = Role(os.environ["BACKUP_DATABASE_URL"], organisation_ids)
    medians: dict[str, list[float]] = {"walled": [], "free": [], "ratio": []}
    read = []
    for one in wanted:
        times: dict[str, list[float]] = {kind: [] for kind in medians}
        for number in range(ROUNDS // 4 if len(wanted) > 1 else ROUNDS):
            (walled_took, rows), (free_took, _rows) = walled.run(one), free.run(one)
            if number:
                times["walled"].append(walled_took * 1000)
                times["free"].append(free_took * 1000)
                times["ratio"].append(walled_took / free_took)
        read.append(rows)
        for kind in medians:
            medians[kind].append(statistics.median(times[kind]))
    scans = {scan for one in wanted for scan in walled.scans(one)}
    found = {
        "queries": max(len(one) for one in wanted),
        "rows": round(statistics.median(read)),
        "p50": statistics.median(medians["walled"]),
        "p95": statistics.quantiles([*medians["walled"], *medians["walled"]], n=20)[18],
        "free_p50": statistics.median(medians["free"]),
        "ratio": statistics.median(medians["ratio"]),
        "scans": sorted(scan for scan in scans if scan in BIG_TABLES),
    }
    walled.close()
    free.close()
    return found


def open_cases(actor: Actor) -> Any:
    """What the list shows when nobody filters."""
    return Grant.objects.usable_by(actor).filter(case__state__in=STATES_OPEN)


def first_page(actor: Actor) -> Any:
    return case_page(actor, open_cases(actor), None)


def deep_page(pages: int) -> Callable[[Actor], Any]:
    """A page so many pages down; its cursor is taken from the data, as if somebody had paged there."""

    def act(actor: Actor) -> Any:
        return case_page(actor, open_cases(actor), CURSORS[actor.organisation_ids, pages])

    return act


CURSORS: dict[tuple[tuple[int, ...], int], str | None] = {}


def walk(organisation_ids: tuple[int, ...], pages: int) -> None:
    """Page down; the page that is measured must be a full one."""
    with scope(organisations=organisation_ids, user=1):
        actor = actor_of(organisation_ids)
        cursor = None
        for _ in range(pages - 1):
            cursor = case_page(actor, open_cases(actor), cursor).older
            assert cursor is not None, f"{organisation_ids} have no {pages} pages"
        assert case_page(actor, open_cases(actor), cursor).older is not None
        CURSORS[organisation_ids, pages] = cursor


def alike_to(sought: Sought) -> Callable[[Actor], Any]:
    return lambda actor: alike(sought, actor)


def searches(texts: list[str]) -> list[Callable[[Actor], Any]]:
    return [lambda actor, text=text: find(text, actor.organisation_ids) for text in texts]  # type: ignore[misc]


def kanas() -> list[str]:
    return [RNG.choice(FAMILY).split()[1][: RNG.choice((2, 3, 4))] for _ in range(30)]


def main() -> None:
    people = int(sys.argv[1])
    with psycopg.connect(os.environ["BACKUP_DATABASE_URL"]) as counting:
        ask = lambda statement: counting.execute(statement).fetchone()[0]  # type: ignore[index]  # noqa: E731
        offices = [row[0] for row in counting.execute("SELECT id FROM bench_office ORDER BY cases DESC, id")]
        sizes = [row[0] for row in counting.execute("SELECT cases FROM bench_office ORDER BY cases DESC, id")]
        grants, keys = ask("SELECT count(*) FROM cases_grant"), ask("SELECT count(*) FROM cases_searchkey")
        largest = counting.execute(
            "SELECT p.name, p.name_kana, p.birth_on, t.phone, c.number FROM cases_case c JOIN cases_person p"
            " ON p.id = c.person_id JOIN cases_personcontact t ON t.person_id = p.id WHERE c.organisation_id = %s ORDER BY c.id LIMIT 5000",
            [offices[0]],
        ).fetchall()
    # The smallest office with a full page of open cases, whatever the size: the same page everywhere.
    small = (offices[max(at for at, cases in enumerate(sizes) if cases >= 200)],)
    # The ten largest: smaller ones have no page of their own at 10,000 people, and would read less there.
    large, several = (offices[0],), tuple(offices[:10])
    deep = max(2, DEEP * people // DEEP_AT)
    persons = RNG.sample(largest, min(30, len(largest)))
    for place in (large, several):
        walk(place, deep)
    with scope(organisations=large, user=1):
        cases = list(Case.objects.visible_to(actor_of(large)).values_list("pk", flat=True)[:400:40])
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(pk=1))

    def case_screen(pk: Any) -> Callable[[Actor], Any]:
        def act(_actor: Actor) -> None:
            with override_settings(STORAGES=PLAIN):
                assert client.get(f"/cases/{pk}/").status_code == 200

        return act

    scenarios: dict[str, tuple[tuple[int, ...], list[Callable[[Actor], Any]]]] = {
        "一覧の最初(小さな機関)": (small, [first_page]),
        "一覧の最初(最大の機関)": (large, [first_page]),
        "一覧の200ページ目(最大の機関)": (large, [deep_page(deep)]),
        "一覧の最初(10機関の利用者)": (several, [first_page]),
        "一覧の200ページ目(10機関の利用者)": (several, [deep_page(deep)]),
        "ケースの画面": (large, [case_screen(pk) for pk in cases]),
        "検索: フリガナの先頭2〜4字": (large, searches(kanas())),
        "検索: フリガナの先頭(10機関)": (several, searches(kanas())),
        "検索: 姓名のフリガナ": (large, searches([row[1] for row in persons])),
        "検索: 氏名の先頭": (large, searches([row[0].split()[0] for row in persons])),
        "検索: 番号": (large, searches([row[4] for row in persons])),
        "検索: 生年月日": (large, searches([f"{row[2]:%Y/%m/%d}" for row in persons])),
        "検索: 生年だけ": (large, searches([f"{row[2].year}年" for row in persons])),
        "検索: 電話番号": (large, searches([row[3] for row in persons])),
        "検索: 電話の下4桁": (large, searches([row[3][-4:] for row in persons])),
        "検索: フリガナと生年": (large, searches([f"{row[1].split()[0]} {row[2].year}年" for row in persons])),
        "検索: いない人": (large, searches(["ヌヌヌヌ", "ンンン", "ヱヱヱヱ"])),
        "同じ人の候補": (
            large,
            [alike_to(Sought(row[0], row[1], KnownDate.of(row[2]), row[3])) for row in persons],
        ),
    }
    found = {name: measure(ids, acts) for name, (ids, acts) in scenarios.items()}
    print(json.dumps({"people": people, "offices": sizes, "grants": grants, "keys": keys, "scenarios": found}))


# The name lists are part of what is measured: a change there changes the figures.
assert len(FAMILY) * len(GIVEN) > 4000

if __name__ == "__main__":
    main()
