"""Whether the time of a refusal tells what is there from what is not: records of others (A5), user ids (A45).

    python -m bench.foreign            prints the table
    python -m bench.foreign --write    puts it into RESULTS.md

A caseworker of one city asks for the other city's records and for numbers that do not exist, in turn, by HTTP
over one kept connection; somebody who is not logged in tries a user id that exists and ones that do not. What two
rows of what does not exist differ by is the noise of the machine.
"""

from __future__ import annotations

import argparse
import os
import re
import secrets
import statistics
from collections.abc import Callable

import psycopg

from bench.run import MARK, ROOT, Visitor, prepare, web
from bench.wall import MARK as WALL
from config import servers

ROUNDS = 150
LIMIT = 10
# Page → the SQL that finds ids of the other city; the ids stand in the address in this order.
PAGES = {
    "/cases/{}/": "SELECT c.id FROM {cases}",
    "/cases/{}/person/": "SELECT c.id FROM {cases}",
    "/cases/{}/visibility/": "SELECT c.id FROM {cases}",
    "/cases/{}/interviews/{}/": "SELECT c.id, i.id FROM {cases} JOIN cases_interview i ON i.case_id = c.id",
    "/appointments/{}/": "SELECT a.id FROM {cases} JOIN cases_appointment a ON a.case_id = c.id",
}
CASES = "cases_case c JOIN agreements_agreement g ON g.id = c.agreement_id AND g.code = 'okayama'"


def foreign_addresses(url: str) -> dict[str, str]:
    """A page's pattern → the address of a record of the other city."""
    with psycopg.connect(url) as connection:
        return {
            page: page.format(*connection.execute(f"{wanted.format(cases=CASES)} ORDER BY c.id LIMIT 1").fetchone())
            for page, wanted in PAGES.items()
        }


def section(port: str, superuser: str) -> str:
    """The part of RESULTS.md."""
    visitor = Visitor(port)
    visitor.log_in("soja-cw", "demo-only-2026")
    lines = [
        MARK,
        "",
        f"`python -m bench.foreign --write` が書きます。他市のケースワーカーが、ある番号(他機関のもの)とない番号とを交互に{ROUNDS}回"
        "開いたミリ秒の中央値。どちらも404。終わりの行は、誤ったパスワードでのログイン。揺れは、ないものどうしの差。",
        "",
        f"| 画面 | ある番号 | ない番号 | 差(目標{LIMIT}％以下) | 揺れ |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for page, address in foreign_addresses(superuser).items():

        def missing(address: str = address) -> str:
            """Ids that differ in their last digits alone: neighbours in every index."""
            return re.sub(r"[0-9a-f]{12}(?=/)", lambda _found: secrets.token_hex(6), address)

        lines.append(
            _row(
                f"`{page.replace('{}', '…')}`",
                lambda address=address: _seconds(visitor, 404, address),
                lambda missing=missing: _seconds(visitor, 404, missing()),
            )
        )
    return "\n".join([*lines, _log_ins(port, superuser), ""])


def _log_ins(port: str, superuser: str) -> str:
    """The row of log-ins with a wrong password; failures are forgotten between, or the account would be stopped."""
    visitor = Visitor(port)
    visitor.ask("/login/")
    with psycopg.connect(superuser, autocommit=True) as connection:

        def wrong(username: str) -> float:
            connection.execute("DELETE FROM axes_accessattempt")
            return _seconds(visitor, 200, "/login/", {"username": username, "password": secrets.token_hex(8)})

        return _row(
            "ログイン(いる利用者とパスワード違い、いない利用者)",
            lambda: wrong("okayama-cw"),
            lambda: wrong(f"okayama-{secrets.token_hex(1)}"),
        )


def _seconds(visitor: Visitor, expected: int, path: str, body: dict[str, str] | None = None) -> float:
    status, _text, seconds = visitor.ask(path, body)
    assert status == expected, status
    return seconds


def _row(name: str, theirs: Callable[[], float], none: Callable[[], float]) -> str:
    """The medians of what is there and what is not, twice; who comes first changes every round."""
    tries = (theirs, none, none)
    times: list[list[float]] = [[] for _one in tries]
    for number in range(ROUNDS + 6):
        for place in range(len(tries)):
            which = (number + place) % len(tries)
            took = tries[which]() * 1000
            if number >= 6:
                times[which].append(took)
    there, missing, again = (statistics.median(found) for found in times)
    return (
        f"| {name} | {there:.1f} | {missing:.1f} | {(there / missing - 1) * 100:+.1f}％"
        f" | {(again / missing - 1) * 100:+.1f}％ |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="RESULTS.md の該当部分を書き換える")
    options = parser.parse_args()
    prepare()
    superuser = servers.database_url(servers.start_postgres(servers.data_dir()), "postgres")
    with web({**os.environ, "DJANGO_SETTINGS_MODULE": "bench.settings"}) as port:
        text = section(port, superuser)
    print(text)
    if options.write:
        path = ROOT / "bench" / "RESULTS.md"
        before, mark, wall = path.read_text(encoding="utf-8").partition(WALL)
        path.write_text(f"{before.split(MARK)[0].rstrip()}\n\n{text}\n{mark}{wall}", encoding="utf-8")


if __name__ == "__main__":
    main()
