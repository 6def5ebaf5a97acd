"""What runs without anybody at the screen says for whom it works, or sees nothing (A22)."""

from __future__ import annotations

import subprocess
import sys

import pytest
from celery import shared_task
from django.conf import settings
from django.core.management import CommandError, call_command, get_commands, load_command_class
from django.db import DatabaseError, transaction

from accounts.scope import ScopedCommand, ScopedTask
from cases.models import Case
from config.celery import app
from tests import servers
from tests.factories import Programme

ROOMS = ("core", "accounts", "agreements", "employers", "cases", "reports", "config")
# Commands that say otherwise for whom they work.
OTHER_COMMANDS = {
    "create_administrators": "the first accounts of an empty system; no person",
    "anchor_access_log": "rings the task of the same name; heads of chains, no person",
    "verify_access_log": "numbers of entries by a function of the database, no person",
    "demo_logins": "log-ins of the demo, no person",
    "load_demo": "fills an empty database of its own, each step in the scope of the demo's organisations",
    "monthly_report": "one agreement's parties, as the worker counts",
    "request_reports": "rings the daily task; agreements, no person",
}


@shared_task(base=ScopedTask, name="tests.forgets_its_scope")
def task_that_forgets() -> int:
    return Case.objects.count()


def test_every_task_is_a_scoped_one_and_every_bell_rings_one():
    app.loader.import_default_modules()
    ours = {name: task for name, task in app.tasks.items() if name.partition(".")[0] in ROOMS}
    assert len(ours) >= 9
    assert {name for name, task in ours.items() if not isinstance(task, ScopedTask)} == set()
    rung = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert rung
    assert rung <= set(ours)


def test_every_command_is_a_scoped_one_or_says_why_not():
    ours = {name: room for name, room in get_commands().items() if room in ROOMS}
    scoped = {name for name, room in ours.items() if isinstance(load_command_class(room, name), ScopedCommand)}
    assert set(ours) - scoped == set(OTHER_COMMANDS)
    assert "rebuild_search" in scoped


WHOSE_TASKS = """
import django; django.setup()
from concurrent.futures import ThreadPoolExecutor
from accounts.tasks import sweep_drafts
with ThreadPoolExecutor(1) as pool:
    print(sweep_drafts.app.main, pool.submit(lambda: sweep_drafts.app.main).result())
"""


def test_whatever_rings_a_task_rings_it_with_our_broker():
    """Any process that has the settings, be it a command that knows nothing of Celery, and any of its threads."""
    environment = servers.environment("nobody_asks_it")
    done = subprocess.run(
        [sys.executable, "-c", WHOSE_TASKS], cwd=servers.ROOT, env=environment, capture_output=True, text=True
    )
    assert done.stdout.split() == ["ittai", "ittai"], done.stderr


def test_without_a_scope_a_task_and_a_command_see_nobody(okayama: Programme):
    okayama.open_case()
    with pytest.raises(DatabaseError, match="no scope"), transaction.atomic():
        task_that_forgets()
    with pytest.raises(CommandError, match="required"):
        call_command("rebuild_search")
    with pytest.raises(CommandError, match="その機関はありません"):
        call_command("rebuild_search", "--organisation", "0")
