"""Whether the time of a 404 tells a record of others from a number that nothing has (security.md A5).

    python -m bench.foreign            prints the table
    python -m bench.foreign --write    puts it into RESULTS.md

A caseworker of one city asks for the other city's records and for numbers that do not exist, in turn, by HTTP
over one kept connection. What two rows of numbers that do not exist differ by is the noise of the machine.
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
        "開いたミリ秒の中央値。どちらも404。揺れは、ない番号どうしの差。",
        "",
        f"| 画面 | ある番号 | ない番号 | 差(目標{LIMIT}％以下) | 揺れ |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for page, address in foreign_addresses(superuser).items():

        def missing(address: str = address) -> str:
            """Ids that differ in their last digits alone: neighbours in every index."""
            return re.sub(r"[0-9a-f]{12}(?=/)", lambda _found: secrets.token_hex(6), address)

        theirs, none, again = _medians(visitor, lambda address=address: address, missing, missing)
        lines.append(
            f"| `{page.replace('{}', '…')}` | {theirs:.1f} | {none:.1f} | {(theirs / none - 1) * 100:+.1f}％"
            f" | {(again / none - 1) * 100:+.1f}％ |"
        )
    return "\n".join([*lines, ""])


def _medians(visitor: Visitor, *kinds: Callable[[], str]) -> list[float]:
    """Milliseconds of each kind of address; who comes first changes every round."""
    times: list[list[float]] = [[] for _kind in kinds]
    for number in range(ROUNDS + 6):
        for place in range(len(kinds)):
            which = (number + place) % len(kinds)
            status, _text, seconds = visitor.ask(kinds[which]())
            assert status == 404, status
            if number >= 6:
                times[which].append(seconds * 1000)
    return [statistics.median(found) for found in times]


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
