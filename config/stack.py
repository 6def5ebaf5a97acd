"""Everything at once for the demo: servers, web, worker and beat; one Ctrl+C ends all of it.

    python -m config.stack

Children that die are started again, with growing pauses. PORT and DATA_DIR are read from the environment.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from types import FrameType

import django
from django.core.management import call_command
from django.db import connections

from config import servers

START_LIMIT = 300.0  # a busy machine may take its time


class Stop(Exception):
    """Somebody asked the stack to end."""


def processes(port: str) -> dict[str, list[str]]:
    """The three programs of the system, as production starts them too."""
    python = sys.executable
    celery = [python, "-m", "celery", "--app", "config.celery", "--quiet"]
    schedule = str(servers.data_dir() / "beat-schedule")
    return {
        "web": [
            *(python, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}"),
            *("--workers", os.environ.get("WEB_WORKERS", "2"), "--timeout", "60", "--log-level", "warning"),
        ],
        "worker": [*celery, "worker", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"],
        "beat": [*celery, "beat", "--loglevel", "WARNING", "--schedule", schedule],
    }


def healthy(port: str) -> bool:
    """Whether /healthz says that all parts answer."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:  # our own address # nosec B310
            return all(state == "ok" for state in json.load(answer).values())
    except (urllib.error.URLError, OSError):
        return False


class Stack:
    """The children and how often each had to be started again."""

    def __init__(self, port: str) -> None:
        self.commands = processes(port)
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.failures = dict.fromkeys(self.commands, 0)
        self.due = dict.fromkeys(self.commands, 0.0)

    def tend(self) -> None:
        """Start what is not running; a child that keeps dying waits longer each time."""
        for name, command in self.commands.items():
            child = self.children.get(name)
            if child is not None and child.poll() is None:
                continue
            if child is not None:
                self.failures[name] += 1
                self.due[name] = time.monotonic() + min(30, 2 ** self.failures[name])
                del self.children[name]
                print(f"{name}が止まりました。起動し直します。", file=sys.stderr)
            if time.monotonic() >= self.due[name]:
                # A session of its own: Ctrl+C reaches only this process, which then ends the children in order.
                self.children[name] = subprocess.Popen(command, start_new_session=True)  # noqa: S603 - our own programs

    def end(self) -> None:
        for child in self.children.values():
            child.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 15
        for child in self.children.values():
            try:
                child.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise Stop


def main() -> int:
    port = os.environ.get("PORT", "8000")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    stack = Stack(port)
    try:
        servers.export_environment()
        if os.environ.get("ITTAI_DEMO") != "1":
            print("デモは、本番の設定(DATABASE_URL)では起動しません。", file=sys.stderr)
            return 1
        os.environ.setdefault("STATIC_ROOT", str(servers.data_dir() / "static"))
        django.setup()
        print("データベースを用意しています(はじめてのときは数分かかります)…", flush=True)
        call_command("migrate", database="owner", verbosity=0)
        call_command("load_demo")
        call_command("request_reports")
        call_command("collectstatic", interactive=False, verbosity=0)
        connections.close_all()
        print("起動しています…", flush=True)
        deadline = time.monotonic() + START_LIMIT
        stack.tend()
        while not healthy(port):
            if time.monotonic() > deadline:
                print("起動に時間がかかりすぎています。上の表示を確かめてください。", file=sys.stderr)
                return 1
            time.sleep(0.5)
            stack.tend()
        call_command("demo_logins")
        print(f"\n起動しました: http://127.0.0.1:{port}/  (終わるときは Ctrl+C)", flush=True)
        while True:
            time.sleep(1)
            stack.tend()
    except Stop:
        print("\n終了しています…", flush=True)
        return 0
    finally:
        stack.end()


if __name__ == "__main__":
    sys.exit(main())
