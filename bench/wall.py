"""The wall at a million people: lists, case page and search, each against the same SQL of a role that no policy binds.

    python -m bench.wall                       1,000,000, 100,000 and 10,000 people, in a folder of its own
    python -m bench.wall --people 100000       other sizes
    python -m bench.wall --write               put the tables into RESULTS.md
    python -m bench.wall --data FOLDER         keep the databases there and use them again

The statements are those of the screens, taken from the ORM while it runs, then timed in turn as the
application's role with its scope and as a role with BYPASSRLS (their explicit WHERE stays). Needs
about 7 GB of disk for a million people; takes some minutes; no part of any test.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
from psycopg import sql

from bench.names import FAMILY, GIVEN
from cases.search import fold
from config import servers

ROOT = Path(__file__).resolve().parent.parent
# Cases of the offices, from the largest, in thousandths of all.
SHARES = (66, 50, 40, 30, *[20] * 5, *[10] * 10, *[5] * 30, *[2] * 80, *[1] * 100, *[0.5] * 200, *[0.25] * 716)
MARK = "## 壁の向こうの100万人"


def offices(people: int) -> list[tuple[int, int, int, int]]:
    """(id, first case, number of cases, Hello Work office) until the people are used up."""
    rows, first = [], 1
    for number, share in enumerate(SHARES, start=1):
        cases = min(max(1, round(people * share / 1000)), people - first + 1)
        if cases <= 0:
            break
        rows.append((number, first, cases, 9001 + number // 12))
        first += cases
    return rows


def names() -> list[tuple[int, str, str, str, str, str, str]]:
    """(id, name, kana, their keys begun at either part) of some 6,000 names, folded as the application does."""
    rows = []
    for family, given in ((f.split(), g.split()) for f in FAMILY for g in GIVEN):
        name, kana = f"{family[0]} {given[0]}", f"{family[1]} {given[1]}"
        turned_name, turned_kana = f"{given[0]} {family[0]}", f"{given[1]} {family[1]}"
        rows.append((len(rows) + 1, name, kana, fold(kana), fold(turned_kana), fold(name), fold(turned_name)))
    return rows


def generate(folder: Path, people: int) -> dict[str, str]:
    """The environment of a process that works on a database with so many people; made unless it is there."""
    os.environ["DATA_DIR"] = str(folder)
    servers.export_environment()
    socket = servers.start_postgres(folder)
    name = f"bench_{people}"
    roles = {"DATABASE_URL": "ittai_app", "OWNER_DATABASE_URL": "ittai_owner", "BACKUP_DATABASE_URL": "ittai_backup"}
    addresses = {variable: servers.database_url(socket, role, name) for variable, role in roles.items()}
    environment = {**os.environ, **addresses, "STATEMENT_TIMEOUT": "0", "DJANGO_SETTINGS_MODULE": "config.settings"}
    with psycopg.connect(host=socket, user="postgres", dbname="postgres", autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return environment
    started = time.monotonic()
    building = f"{name}_building"
    with psycopg.connect(host=socket, user="postgres", dbname="postgres", autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(building)))
    servers.prepare_database(socket, "postgres", name=building)
    migrating = {**environment, "OWNER_DATABASE_URL": servers.database_url(socket, "ittai_owner", building)}
    migrating["DATABASE_URL"] = servers.database_url(socket, "ittai_app", building)
    command = [sys.executable, "manage.py", "migrate", "--database", "owner", "--verbosity", "0"]
    subprocess.run(command, check=True, cwd=ROOT, env=migrating)
    with psycopg.connect(host=socket, user="postgres", dbname=building, autocommit=True) as connection:
        _fill(connection, people)
    with psycopg.connect(host=socket, user="postgres", dbname="postgres", autocommit=True) as connection:
        connection.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(building), sql.Identifier(name))
        )
    print(f"{people:,} people in {time.monotonic() - started:.0f} s", file=sys.stderr)
    return environment


def _fill(connection: psycopg.Connection, people: int) -> None:
    """Everything set by set; the indexes of the keys are built once the rows are there."""
    connection.execute("CREATE UNLOGGED TABLE bench_office (id int, first_case int, cases int, hello_work int)")
    connection.execute(
        "CREATE UNLOGGED TABLE bench_name (id int PRIMARY KEY, name text, name_kana text, kana_key text,"
        " kana_turned text, name_key text, name_turned text)"
    )
    with connection.cursor() as cursor:
        for table, rows in (("bench_office", offices(people)), ("bench_name", names())):
            with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copy:
                for row in rows:
                    copy.write_row(row)
    indexes = connection.execute(
        "SELECT indexname, indexdef, c.conname, pg_get_constraintdef(c.oid) FROM pg_indexes i"
        " LEFT JOIN pg_constraint c ON c.conname = i.indexname"
        " WHERE tablename IN ('cases_searchkey', 'cases_grant', 'cases_case')"
    ).fetchall()
    # Only plain indexes: what a foreign key elsewhere needs stays.
    plain = [row for row in indexes if row[2] is None]
    for index, _definition, _constraint, _text in plain:
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(index)))
    unique = [row for row in indexes if row[2] == "search_key_once"]
    for _index, _definition, constraint, _text in unique:
        connection.execute(f"ALTER TABLE cases_searchkey DROP CONSTRAINT {constraint}")
    script = (ROOT / "bench" / "wall.sql").read_text(encoding="utf-8")
    connection.execute(script)
    for _index, definition, _constraint, _text in plain:
        connection.execute(definition)
    for _index, _definition, constraint, text in unique:
        connection.execute(f"ALTER TABLE cases_searchkey ADD CONSTRAINT {constraint} {text}")
    connection.execute("DROP TABLE bench_case")
    connection.execute("ANALYZE")


def report(found: list[str]) -> str:
    """The tables for RESULTS.md from what each size printed (JSON: scenario → figures)."""
    sizes = [json.loads(text) for text in found]
    largest = sizes[-1]
    lines = [
        f"{MARK}",
        "",
        f"`python -m bench.wall --write` が書きます。いちばん大きいデータは{largest['people']:,}人・"
        f"見える範囲{largest['grants']:,}件・検索語{largest['keys']:,}件、機関は{largest['offices'][-1]:,}〜"
        f"{largest['offices'][0]:,}件。画面のSQLを、アプリの役割(壁あり)と壁に縛られない役割とで交互に、Djangoと同じく準備せずに(計画の時間も入る)同じコアで実行したミリ秒(入力ごとの中央値の、中央値とp95)。比は1回ごとの比の中央値。",
        "伸びは、ケースを10倍にしたときの指数(中央値の両対数)。「200ページ目」は、100万人のときの200ページ目と同じ割合の所"
        "(10万人では20ページ目、1万人では2ページ目)で、どこでも50件そろったページ。10機関は大きい方から10。",
        "行数は問合せが返した行(入力ごとの中央値)で、人数によって違うときは小さいデータから順に書く。"
        "そこでは伸びが行数の差を含む(検索の当たりなど)。",
        "ほかの仕事で混んだ機械では、1ミリ秒に満たない行の伸びは測定の揺れに埋もれる。",
        "",
        "| 場面 | 問合せ数 | 行数 | 中央値 | p95 | 壁なしの中央値 | 比 | 伸び | 全件走査 |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    for name, row in largest["scenarios"].items():
        points = [(size["people"], size["scenarios"][name]["p50"]) for size in sizes if name in size["scenarios"]]
        rows = [size["scenarios"][name]["rows"] for size in sizes if name in size["scenarios"]]
        read = str(rows[0]) if len(set(rows)) == 1 else "→".join(map(str, rows))
        lines.append(
            f"| {name} | {row['queries']} | {read} | {row['p50']:.2f} | {row['p95']:.2f} | {row['free_p50']:.2f} |"
            f" {row['ratio']:.2f}倍 | {_exponent(points)} | {'、'.join(row['scans']) or 'なし'} |"
        )
    return "\n".join([*lines, ""])


def _exponent(points: list[tuple[int, float]]) -> str:
    """The slope of log(milliseconds) over log(people), least squares."""
    if len(points) < 2:
        return "–"
    xs, ys = [math.log10(x) for x, _y in points], [math.log10(y) for _x, y in points]
    middle_x, middle_y = statistics.mean(xs), statistics.mean(ys)
    slope = sum((x - middle_x) * (y - middle_y) for x, y in zip(xs, ys, strict=True)) / sum(
        (x - middle_x) ** 2 for x in xs
    )
    return f"{slope:.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--write", action="store_true", help="RESULTS.md の該当部分を書き換える")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ittai-wall-") as temporary:
        folder = (options.data or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        found = []
        for people in sorted(options.people):
            environment = generate(folder, people)
            done = subprocess.run(
                [sys.executable, "-m", "bench.wall_measure", str(people)],
                check=True,
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                text=True,
            )
            found.append(done.stdout)
        text = report(found)
    print(text)
    if options.write:
        path = ROOT / "bench" / "RESULTS.md"
        before = path.read_text(encoding="utf-8").split(MARK)[0].rstrip()
        path.write_text(f"{before}\n\n{text}", encoding="utf-8")


if __name__ == "__main__":
    main()
