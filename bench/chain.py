"""What the access log costs: the chain against plain rows, and a list page with it and without.

    python -m bench.chain

Four writers, each for an office of its own and all for one. Plain and chained take turns in going first, and each is
compared with the plain of its own round: a disk that slows down slows both. Medians of rounds.
"""

from __future__ import annotations

import os
import statistics
import time
import uuid
from concurrent.futures import ProcessPoolExecutor

import psycopg

from config import servers

WRITERS, SECONDS, ROUNDS = 4, 1.0, 24
DATABASE = "bench_chain"
# The same row and subject, given the same way, without head row, hash and lock.
PLAIN_SQL = """
CREATE FUNCTION bench_plain(
    the_organisation bigint, the_user bigint, the_membership bigint, the_role text, the_request uuid, the_act text,
    the_route text, the_purpose text, the_ip inet, the_persons uuid[], the_cases uuid[]
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE the_entry bigint; the_at timestamptz := clock_timestamp();
BEGIN
    INSERT INTO accounts_accessentry (chain, number, at, organisation_id, user_id, membership_id, role, request_id, act,
        route, purpose, result_count, ip, previous_hash, hash)
    VALUES (1000 + the_organisation, nextval('bench_numbers'), the_at, the_organisation, the_user, the_membership,
        the_role, the_request, the_act, the_route, the_purpose, cardinality(the_persons), the_ip, '', '')
    RETURNING id INTO the_entry;
    INSERT INTO accounts_accesssubject (entry_id, person_id, case_id, at)
    SELECT the_entry, s.person, s.of_case, the_at FROM unnest(the_persons, the_cases) AS s(person, of_case);
    RETURN the_entry;
END $$;
CREATE SEQUENCE bench_numbers;
"""
WRITING = {
    kind: f"SELECT {function}(%s, NULL, NULL, '', gen_random_uuid(), 'view', 'case_detail', '', '10.0.0.1', %s, %s)"
    for kind, function in (("plain", "bench_plain"), ("own", "ittai_log_access"), ("one", "ittai_log_access"))
}


def write(kind: str, office: int, socket: str) -> int:
    """Rows that one writer appends in the time; every row is its own transaction, as in a request."""
    persons = [uuid.uuid4()]
    count = 0
    with psycopg.connect(host=socket, user="postgres", dbname=DATABASE, autocommit=True) as connection:
        until = time.perf_counter() + SECONDS
        while time.perf_counter() < until:
            connection.execute(WRITING[kind], [office, persons, persons])
            count += 1
    return count


def prepare(socket: str) -> None:
    """An empty database with the log's tables and four offices."""
    with psycopg.connect(host=socket, user="postgres", dbname="postgres", autocommit=True) as root:
        root.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        root.execute(f"CREATE DATABASE {DATABASE} TEMPLATE {servers.DATABASE} OWNER ittai_owner")
    with psycopg.connect(host=socket, user="postgres", dbname=DATABASE, autocommit=True) as root:
        root.execute(PLAIN_SQL)


def chain_lines() -> list[str]:
    """The table's lines for RESULTS.md; servers of DATA_DIR must run and nobody be connected to the demo."""
    servers.export_environment()
    socket = servers.start_postgres(servers.data_dir())
    prepare(socket)
    with psycopg.connect(host=socket, user="postgres", dbname=DATABASE) as root:
        offices = [
            row[0] for row in root.execute("SELECT id FROM accounts_organisation ORDER BY id LIMIT %s", [WRITERS])
        ]
    costs: dict[str, list[float]] = {"own": [], "one": []}
    order = ["plain", "own", "one"]
    with ProcessPoolExecutor(WRITERS) as pool:
        for _round in range(ROUNDS):
            rows_of: dict[str, int] = {}
            for kind in order:
                places = [offices[0]] * WRITERS if kind == "one" else offices
                rows_of[kind] = sum(pool.map(write, [kind] * WRITERS, places, [socket] * WRITERS))
            for kind, found in costs.items():
                found.append(1 - rows_of[kind] / rows_of["plain"])
            order = [*order[1:], order[0]]
    own, one = (statistics.median(found) * 100 for found in costs.values())
    low, _median, high = statistics.quantiles(costs["own"], n=4)
    with psycopg.connect(host=socket, user="postgres", dbname=DATABASE, autocommit=True) as root:
        forks = root.execute(
            "SELECT count(*) - count(DISTINCT (chain, previous_hash)) FROM accounts_accessentry WHERE chain < 1000"
        ).fetchone()
        started = time.perf_counter()
        broken = [root.execute("SELECT * FROM ittai_verify_access(%s, '{}', '{}')", [pk]).fetchall() for pk in offices]
        seconds = time.perf_counter() - started
        rows = root.execute("SELECT count(*) FROM accounts_accessentry WHERE chain < 1000").fetchone()
        readers = _readers(root)
    assert forks is not None and rows is not None
    assert not any(broken)
    with psycopg.connect(host=socket, user="postgres", dbname="postgres", autocommit=True) as root:
        root.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")
    return [
        "| 閲覧の記録 | 測った値 | 目標 |",
        "| --- | ---: | ---: |",
        f"| 鎖のある記録(4人が別々の機関で書く)の、鎖のない記録に対する遅れ({ROUNDS}回の中央値、半分は{low * 100:.0f}〜{high * 100:.0f}％) | {own:.1f}％ | 15％以下 |",
        f"| 同じく、4人が一つの機関で書くとき | {one:.0f}％ | |",
        f"| 枝分かれ({rows[0]}件中) | {forks[0]}件 | 0件 |",
        f"| 鎖の検証、1万件あたり | {seconds / rows[0] * 10_000 * 1000:.0f}ミリ秒 | |",
        f"| 「この方の記録を見た人」({readers[1]}件の記録、1人に{readers[2]}件) | {readers[0] * 1000:.0f}ミリ秒 | 2000ミリ秒以下 |",
    ]


def _readers(root: psycopg.Connection) -> tuple[float, int, int]:
    """(seconds, subjects in the log, subjects of the person) of the per-person query over a long log."""
    person = uuid.uuid4()
    root.execute(
        "INSERT INTO accounts_accesssubject (entry_id, person_id, case_id, at)"
        " SELECT e.id, gen_random_uuid(), NULL, e.at FROM accounts_accessentry e, generate_series(1, 40)"
    )
    root.execute(
        "INSERT INTO accounts_accesssubject (entry_id, person_id, case_id, at)"
        " SELECT e.id, %s, NULL, e.at FROM accounts_accessentry e ORDER BY md5(e.id::text) LIMIT 10000",
        [person],
    )
    root.execute("ANALYZE accounts_accessentry, accounts_accesssubject")
    total = root.execute(
        "SELECT count(*), count(*) FILTER (WHERE person_id = %s) FROM accounts_accesssubject", [person]
    )
    row = total.fetchone()
    assert row is not None
    # The question itself, without the wall's check of the case, which this empty person would not pass.
    started = time.perf_counter()
    root.execute(
        "WITH entry AS MATERIALIZED (SELECT DISTINCT entry_id FROM accounts_accesssubject"
        " WHERE person_id = %s AND at > now() - interval '1 year') SELECT (e.at AT TIME ZONE 'Asia/Tokyo')::date,"
        " min(e.at), max(e.at), count(*), e.organisation_id, e.user_id, e.role, e.act, e.route, e.purpose"
        " FROM entry JOIN accounts_accessentry e ON e.id = entry.entry_id"
        " GROUP BY 1, 5, 6, 7, 8, 9, 10 ORDER BY 2 DESC LIMIT 5000",
        [person],
    ).fetchall()
    return time.perf_counter() - started, row[0], row[1]


if __name__ == "__main__":
    os.environ.setdefault("DATA_DIR", str(servers.ROOT / ".data"))
    print("\n".join(chain_lines()))
