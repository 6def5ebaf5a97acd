"""Conventions a machine can check: names, words, sizes, migrations, the settings that nothing may be lost by."""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.template import engines

from cases.enums import CASE_TRANSITIONS, CaseState
from config.celery import app
from tests import servers

APPS = ("accounts", "agreements", "employers", "cases", "reports")
ROOMS = (*APPS, "core", "config", "bench")
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龯]|^ID$|^SHA-256$")


def sources() -> list:
    return [path for room in ROOMS for path in (servers.ROOT / room).rglob("*.py") if "migrations" not in path.parts]


def test_no_module_has_a_name_that_says_nothing():
    forbidden = {"utils", "helpers", "common", "services", "managers", "constants"}
    assert [path for path in sources() if path.stem in forbidden] == []


def test_no_file_grows_past_five_hundred_lines():
    one_table = {"permission_matrix.py"}  # who may do what, to be read in one place
    files = [*sources(), *(servers.ROOT / "tests").rglob("*.py")]
    long = {path.name for path in files if len(path.read_text(encoding="utf-8").splitlines()) > 500}
    assert long - one_table == set()


NAMED_TEST = re.compile(r"((?:\w+/)*test_\w+\.py)(?:::(test_\w+))?|::(test_\w+)", re.ASCII)


def test_every_test_that_is_named_somewhere_is_there():
    """The verdicts and the comments point at tests by file.py::name; "::name" alone means the file named before it."""
    tests = servers.ROOT / "tests"
    known = {
        f"tests/{path.relative_to(tests)}": set(re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.MULTILINE))
        for path in tests.rglob("test_*.py")
    }
    pages = (servers.ROOT / name for name in ("README.md", "bench/RESULTS.md"))
    written = [*pages, *(servers.ROOT / "docs").rglob("*.md")]
    lines = [
        (path.name, line)
        for path in [*written, *sources(), *tests.rglob("*.py")]
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    found, lost = 0, []
    for where, line in lines:
        files: list[str] = []
        for file, name, name_alone in NAMED_TEST.findall(line):
            if file:
                files = [path for path in known if f"/{path}".endswith(f"/{file}")]
            wanted = name or name_alone
            found += 1
            if not any(wanted in known[path] if wanted else True for path in files):
                lost.append((where, file, wanted))
    assert lost == []
    assert found > 200


def test_every_goal_that_is_reached_names_its_proof():
    """docs/security.md: a test (whose name the test above looks up), a measurement of bench/ or a command of the Makefile."""
    rows = re.findall(
        r"^\| (A\d+) \| (\w+) \| (.*) \|$", (servers.ROOT / "docs/security.md").read_text("utf-8"), re.MULTILINE
    )
    assert [goal for goal, _verdict, _text in rows] == [f"A{number}" for number in range(1, 65)]
    assert {verdict for _goal, verdict, _text in rows} <= {"reached", "otherwise", "partly", "not"}
    commands = re.findall(r"^([a-z-]+):", (servers.ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)

    def is_there(word: str) -> bool:
        return any(servers.ROOT.glob(f"tests/**/{word}")) or any(servers.ROOT.glob(f"{word}.py")) or word in commands

    proof = re.compile(r"(?:\w+/)*test_\w+\.py|bench/\w+(?=\.py)|(?<=`make )[a-z-]+", re.ASCII)
    empty = []
    for goal, verdict, text in rows:
        named = proof.findall(re.sub(r"bench\.(\w+)", r"bench/\1.py", text))
        if not all(is_there(word) for word in named) or (verdict == "reached" and not named):
            empty.append(goal)
    assert empty == []


def test_every_field_and_model_speaks_japanese():
    silent = []
    for name in APPS:
        for model in apps.get_app_config(name).get_models():
            if model.__name__.endswith("Event"):
                continue
            if not JAPANESE.search(str(model._meta.verbose_name)):
                silent.append(model.__name__)
            for field in model._meta.fields:
                if field.name not in ("id", "password", "last_login") and not JAPANESE.search(str(field.verbose_name)):
                    silent.append(f"{model.__name__}.{field.name}")
    assert silent == []


@pytest.mark.django_db
def test_no_migration_is_missing(capsys):
    call_command("makemigrations", "--check", "--dry-run")
    assert "No changes detected" in capsys.readouterr().out


def test_every_template_is_used_and_can_be_read():
    everything = "\n".join(
        path.read_text(encoding="utf-8")
        for path in [*sources(), *(servers.ROOT / "templates").rglob("*")]
        if path.is_file()
    )
    taken_by_name = {f"{status}.html" for status in (400, 403, 404, 405, 409, 413, 429, 500, 503)}
    taken_by_name.add("socialaccount/login.html")
    for path in (servers.ROOT / "templates").rglob("*.html"):
        name = str(path.relative_to(servers.ROOT / "templates"))
        engines["django"].get_template(name)
        by_framework = name in taken_by_name or name.startswith(("registration/", "bootstrap5/"))
        assert by_framework or name in everything, name


def test_templates_carry_no_style_script_or_colour_of_their_own():
    for path in (servers.ROOT / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?![^>]*src=)", text), path
    for path in (servers.ROOT / "static" / "css").glob("*.css"):
        if path.name != "tokens.css":
            assert not re.search(r"#[0-9a-fA-F]{3,8}\b", re.sub(r"#div_\w+", "", path.read_text(encoding="utf-8"))), (
                path
            )


def test_the_queue_loses_nothing():
    """reliability.md B30: pinned here, because a default that changes would lose or double work."""
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.broker_transport_options["visibility_timeout"] > app.conf.task_time_limit
    assert app.conf.broker_transport_options["unacked_restore_throttle"] == 1
    assert app.conf.worker_soft_shutdown_timeout > 0
    assert set(app.conf.beat_schedule) == {
        "sweep-reports",
        "request-monthly-reports",
        "send-morning-notices",
        "send-reminders",
        "anchor-access-log",
        "close-emergencies",
        "find-odd-readings",
        "sweep-drafts",
        "sweep-log-ins",
    }
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)
    assert "synchronous_commit=on" in settings.DATABASES["default"]["OPTIONS"]["options"]


def test_every_state_can_be_reached_and_left():
    reached = {target for targets in CASE_TRANSITIONS.values() for target in targets} | {CaseState.INTAKE}
    assert reached == set(CaseState) == set(CASE_TRANSITIONS)
    assert [state for state, targets in CASE_TRANSITIONS.items() if not targets] == [CaseState.CLOSED]
