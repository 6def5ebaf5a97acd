"""Measure pages and documents and write bench/RESULTS.md.

    python -m bench.run

Ratios are taken in one run on one machine, A and B in turn, medians of many rounds: they hold where
seconds do not. The demo database of today is the data.
"""

from __future__ import annotations

import datetime as dt
import http.client
import os
import platform
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from bench.chain import chain_lines
from config import servers

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 60
# What other programs write (bench.foreign, bench.wall) follows from here on and stays.
MARK = "## 見えない番号とない番号"
PAGES = (
    ("/cases/", "ケース一覧(50行)", 60),
    ("/", "今日", 80),
    ("CASE", "ケース(経過つき)", 100),
    ("/reports/", "報告の一覧", 60),
)


def prepare() -> None:
    """Servers with the demo."""
    os.environ.setdefault("DATA_DIR", str(ROOT / ".data"))
    servers.export_environment()
    os.environ["STATIC_ROOT"] = str(servers.data_dir() / "static")
    for command in (
        ("migrate", "--database", "owner", "--verbosity", "0"),
        ("load_demo",),
        ("collectstatic", "--noinput", "--verbosity", "0"),
    ):
        subprocess.run([sys.executable, "manage.py", *command], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


@contextmanager
def web(environment: dict[str, str], application: str = "config.wsgi") -> Iterator[str]:
    """A web server of one worker; gives its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}"),
            *("--workers", "1", "--worker-class", "gthread", "--threads", "1", "--log-level", "error"),
            *("--keep-alive", "60"),
        ],
        cwd=ROOT,
        env=environment,
    )
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", int(port))).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()


class Visitor:
    """One logged-in browser that keeps its connection."""

    def __init__(self, port: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", int(port))
        self.cookies: dict[str, str] = {}

    def ask(self, path: str, body: dict[str, str] | None = None) -> tuple[int, str, float]:
        """(status, text, seconds) of one request."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        data = None
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            data = urlencode({**body, "csrfmiddlewaretoken": self.cookies["csrftoken"]})
        started = time.perf_counter()
        self.connection.request("GET" if body is None else "POST", path, data, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        seconds = time.perf_counter() - started
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return answer.status, text, seconds

    def log_in(self, username: str, password: str) -> None:
        self.ask("/login/")
        status, _text, _seconds = self.ask("/login/", {"username": username, "password": password})
        assert status == 302, status


def pages(port: str) -> list[tuple[str, float, float, int]]:
    """(page, median milliseconds, ratio to hello, goal) for every page."""
    visitor = Visitor(port)
    visitor.log_in("okayama-cw", "demo-only-2026")
    _status, text, _seconds = visitor.ask("/cases/?state=placed")
    case = re.search(r'href="(/cases/[0-9a-f-]{36}/)"', text)
    assert case
    rows = []
    for path, name, goal in PAGES:
        path = case[1] if path == "CASE" else path
        times: dict[str, list[float]] = {"page": [], "hello": []}
        for number in range(ROUNDS + 5):
            for kind, where in (("page", path), ("hello", "/hello/")):
                status, _text, seconds = visitor.ask(where)
                assert status == 200, (where, status)
                if number >= 5:
                    times[kind].append(seconds)
        page, hello = (statistics.median(times[kind]) for kind in ("page", "hello"))
        rows.append((name, page * 1000, page / hello, goal))
    return rows


def cost_of_the_walls(port: str, bare_port: str) -> float:
    """How much longer the list of cases takes with row security and access log and session than without."""
    visitors = {"walled": Visitor(port), "bare": Visitor(bare_port)}
    times: dict[str, list[float]] = {kind: [] for kind in visitors}
    for visitor in visitors.values():
        visitor.log_in("okayama-cw", "demo-only-2026")
    for number in range(ROUNDS + 5):
        for kind, visitor in visitors.items():
            status, _text, seconds = visitor.ask("/cases/")
            assert status == 200, (kind, status)
            if number >= 5:
                times[kind].append(seconds)
    return statistics.median(times["walled"]) / statistics.median(times["bare"]) - 1


def measure(make: Callable[[], bytes], rounds: int = 12) -> tuple[float, int]:
    """(median seconds, bytes) of making a document."""
    times, size = [], 0
    for number in range(rounds + 2):
        started = time.perf_counter()
        size = len(make())
        if number >= 2:
            times.append(time.perf_counter() - started)
    return statistics.median(times), size


def main() -> None:
    prepare()
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "bench.settings"}
    # The same pages with the wall, the log and the kept session taken away: a superuser's connection and less middleware.
    superuser = servers.database_url(servers.start_postgres(servers.data_dir()), "postgres")
    with (
        web(environment) as port,
        web({**environment, "BENCH_BARE": "1", "DATABASE_URL": superuser}, "bench.wsgi") as bare_port,
    ):
        page_rows = pages(port)
        cost = cost_of_the_walls(port, bare_port)
    chain = chain_lines()
    done = subprocess.run(
        [sys.executable, "-m", "bench.documents"], check=True, cwd=ROOT, env=environment, capture_output=True, text=True
    )
    lines = [
        "# 測った結果",
        "",
        f"`make bench` が書きます。{dt.date.today().isoformat()}、{platform.system()} {os.cpu_count()}コア、"
        f"Python {platform.python_version()}。デモのデータ、web 1プロセス、{ROUNDS}回の中央値。",
        "秒は機械で変わります。比を見てください。",
        "",
        "| 画面 | ミリ秒 | 同じサーバーのhelloとの比 | 目標 |",
        "| --- | ---: | ---: | ---: |",
        *(f"| {name} | {ms:.1f} | {ratio:.0f}倍 | {goal}倍以下 |" for name, ms, ratio, goal in page_rows),
        "",
        done.stdout.strip(),
        "",
        *chain,
        f"| 行単位の保護・閲覧の記録・セッションの、ケース一覧に対する負担 | {cost * 100:.0f}％ | 35％以下 |",
        "",
    ]
    path = ROOT / "bench" / "RESULTS.md"
    _before, mark, others = path.read_text(encoding="utf-8").partition(MARK)
    path.write_text("\n".join([*lines, f"{mark}{others}"]), encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
