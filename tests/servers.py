"""pytest plugin: real servers and a database of its own for every worker, before Django is set up.

The servers live under .data/test. A template database is migrated once by the owner role (its name
carries a digest of all migrations); each worker gets a copy and connects as the application's role.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from zoneinfo import ZoneInfo

import fasteners
import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("accounts", "agreements", "cases", "config", "core", "employers", "reports")
os.environ["DATA_DIR"] = os.environ.get("TEST_DATA_DIR") or str(ROOT / ".data" / "test")
for name in ("DATABASE_URL", "OWNER_DATABASE_URL", "REDIS_URL"):
    os.environ.pop(name, None)
os.environ["STATEMENT_TIMEOUT"] = "60s"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from config import servers  # noqa: E402 - the environment comes first

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
servers.export_environment()
SOCKET = servers.start_postgres(servers.data_dir())


def urls(database: str) -> dict[str, str]:
    """The three roles' addresses of a database of the test server."""
    roles = {"DATABASE_URL": "ittai_app", "OWNER_DATABASE_URL": "ittai_owner", "BACKUP_DATABASE_URL": "ittai_backup"}
    return {variable: servers.database_url(SOCKET, role, database) for variable, role in roles.items()}


def superuser() -> psycopg.Connection:
    return psycopg.connect(host=SOCKET, user="postgres", dbname="postgres", autocommit=True)


def _wait_for_no_disk() -> None:
    """A power cut may take these databases: they are made anew. What a killed process wrote is there all the same."""
    with superuser() as connection:
        for setting in ("fsync", "full_page_writes"):
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        connection.execute("SELECT pg_reload_conf()")


def _digest(*patterns: str) -> str:
    digest = hashlib.sha256()
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _exists(connection: psycopg.Connection, name: str) -> bool:
    return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def environment(database: str) -> dict[str, str]:
    """The environment of a process that works on this database of the test server."""
    return {**os.environ, **urls(database), "PYTHONWARNINGS": "ignore"}


def _manage(database: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "manage.py", *arguments], check=True, cwd=ROOT, env=environment(database))


def template() -> str:
    """A migrated, empty database to copy from."""
    name = f"template_{_digest('*/migrations/*.py', 'core/db.py', 'config/roles.sql')}"
    with fasteners.InterProcessLock(servers.data_dir() / "template.lock"), superuser() as connection:
        if not _exists(connection, name):
            building = f"{name}_building"
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(building)))
            servers.prepare_database(SOCKET, "postgres", name=building)
            _manage(building, "migrate", "--database", "owner", "--verbosity", "0")
            _rename(connection, building, name)
    return name


def demo_template(day: str) -> str:
    """A database with the demo as it is on that day, to copy from."""
    origin = template()
    # Its loading runs through every room's actions.
    digest = _digest(*(f"{room}/**/*.py" for room in ROOMS), "cases/demo/*.yaml", "config/roles.sql")
    name = f"demo_{day.replace('-', '')}_{digest}"
    with fasteners.InterProcessLock(servers.data_dir() / "demo.lock"), superuser() as connection:
        if not _exists(connection, name):
            _drop_old_demos(connection, digest)
            building = f"{name}_building"
            copy(origin, building)
            _manage(building, "load_demo", "--today", day)
            _rename(connection, building, name)
    return name


def _drop_old_demos(connection: psycopg.Connection, digest: str) -> None:
    """Those that other sources made, of whatever day; not the copies (demo_main) that tests work on."""
    names = connection.execute("SELECT datname FROM pg_database WHERE datname ~ '^demo_[0-9]{8}_'").fetchall()
    for (name,) in names:
        if digest not in name:
            with suppress(psycopg.errors.ObjectInUse):  # another checkout's suite reads it
                connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


def _rename(connection: psycopg.Connection, old: str, new: str) -> None:
    connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new)))


def copy(origin: str, name: str) -> str:
    """A fresh copy of a template under this name."""
    with superuser() as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER ittai_owner").format(
                sql.Identifier(name), sql.Identifier(origin)
            )
        )
    return name


_wait_for_no_disk()
os.environ.update(urls(f"test_{WORKER}"))

if __name__ == "__main__":  # `make databases`: both, before the first test needs them
    demo_template(dt.datetime.now(ZoneInfo("Asia/Tokyo")).date().isoformat())
