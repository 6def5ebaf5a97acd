"""The same processes on Debian's own PostgreSQL 15 and redis-server, with production settings; and the compose file."""

from __future__ import annotations

import http.client
import json
import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
import yaml

from config import servers as embedded
from config.stack import processes
from tests import servers

PG_BIN = Path("/usr/lib/postgresql/15/bin")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def as_postgres(*command: str) -> list[str]:
    """PostgreSQL refuses to run as root: Debian's package made a user for it."""
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else list(command)


def say_why(command: list[str], database: Path) -> None:
    """Run a command of PostgreSQL's; when it fails, with its own words and its log."""
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    log = database / "log"
    assert done.returncode == 0, f"{done.stderr}\n{log.read_text(errors='replace') if log.exists() else 'no log'}"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Environment of a production-like installation; its servers stop afterwards."""
    folder = Path(tmp_path_factory.mktemp("served"))
    for parent in (folder, *folder.parents):
        if os.access(parent, os.W_OK) and parent.stat().st_uid == os.geteuid():
            parent.chmod(parent.stat().st_mode | 0o011)
    database = folder / "pg"
    database.mkdir()
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(database, owner.pw_uid, owner.pw_gid)
    pg_port, redis_port = free_port(), free_port()
    initdb = [
        str(PG_BIN / "initdb"),
        "-D",
        str(database / "data"),
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "-A",
        "trust",
        "-U",
        "postgres",
    ]
    say_why(as_postgres(*initdb), database)
    options = f"-k {database} -p {pg_port} -c listen_addresses=''"
    control = [str(PG_BIN / "pg_ctl"), "-D", str(database / "data"), "-w"]
    say_why(as_postgres(*control, "-o", options, "-l", str(database / "log"), "start"), database)
    redis_binary = shutil.which("redis-server")
    assert redis_binary
    redis = subprocess.Popen(
        [redis_binary, "--port", str(redis_port), "--bind", "127.0.0.1", "--dir", str(folder), "--appendonly", "yes"],
        stdout=subprocess.DEVNULL,
    )
    embedded.prepare_database(str(database), "postgres", port=pg_port)
    secret = folder / "secret_key"
    secret.write_text("served-way-" + "x" * 50)
    host = str(database).replace("/", "%2F")
    environment = {
        **{k: v for k, v in os.environ.items() if k not in ("ITTAI_DEMO", "SECRET_KEY", "REDIS_URL")},
        "DATABASE_URL": f"postgres://ittai_app@{host}:{pg_port}/ittai",
        "OWNER_DATABASE_URL": f"postgres://ittai_owner@{host}:{pg_port}/ittai",
        "REDIS_URL": f"redis://127.0.0.1:{redis_port}/0",
        "SECRET_KEY_FILE": str(secret),
        "ALLOWED_HOSTS": "ittai.example,127.0.0.1",
        "MFA_REQUIRED": "0",  # the demo's log-ins have a password alone
        "STATIC_ROOT": str(folder / "static"),
        "PYTHONWARNINGS": "ignore",
        "DATA_DIR": str(folder),
    }
    try:
        yield environment
    finally:
        redis.terminate()
        redis.wait(timeout=20)
        say_why(as_postgres(*control, "-m", "immediate", "stop"), database)


def manage(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=servers.ROOT, env=environment, capture_output=True, text=True
    )


def test_it_serves(served: dict[str, str]):
    for command in (
        ("migrate", "--database", "owner"),
        ("collectstatic", "--noinput"),
        ("check", "--database", "default"),
    ):
        done = manage(served, *command)
        assert done.returncode == 0, done.stderr
    deploy = manage(served, "check", "--deploy", "--fail-level", "WARNING")
    assert deploy.returncode == 0, deploy.stderr
    assert manage(served, "load_demo").returncode != 0
    # The demo's people, loaded as a demo; what follows runs with production settings.
    loaded = manage({**served, "ITTAI_DEMO": "1", "ALLOWED_HOSTS": "127.0.0.1"}, "load_demo")
    assert loaded.returncode == 0, loaded.stderr
    port = str(free_port())
    children = [
        subprocess.Popen(command, cwd=servers.ROOT, env=served, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for command in processes(port).values()
    ]
    try:
        deadline = time.monotonic() + 60
        health: dict[str, str] = {}
        while set(health.values()) != {"ok"}:
            assert time.monotonic() < deadline, health
            time.sleep(0.5)
            health = get_json(f"http://127.0.0.1:{port}/healthz")
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/login/", headers={"X-Forwarded-Proto": "https", "Host": "ittai.example"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            page = answer.read().decode()
            assert "ログイン" in page
            assert "__Host-csrf" in answer.headers["Set-Cookie"]
            assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
            style = re.search(r'href="(/static/css/ittai\.[0-9a-f]+\.css)"', page)
            assert style, "static files carry their digest"
        main_path(port)
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait(timeout=30)


def main_path(port: str) -> None:
    """Log in, ask the worker for a month, read the published numbers, take the PDF – behind the TLS proxy's headers."""
    connection = http.client.HTTPConnection("127.0.0.1", int(port))
    cookies: dict[str, str] = {}

    def ask(path: str, **body: str) -> tuple[int, bytes]:
        headers = {
            "Host": "ittai.example",
            "X-Forwarded-Proto": "https",
            "Origin": "https://ittai.example",
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        data = urlencode({**body, "csrfmiddlewaretoken": cookies.get("__Host-csrf", "")}) if body else None
        connection.request("POST" if body else "GET", path, data, headers)
        answer = connection.getresponse()
        content = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            assert "Secure" in cookie
            name, value = cookie.split(";")[0].split("=", 1)
            cookies[name] = value
        return answer.status, content

    ask("/login/")
    assert ask("/login/", username="okayama-manager", password="demo-only-2026")[0] == 302
    assert ask("/cases/")[0] == 200
    assert ask("/reports/okayama/request/", month="2023-12")[0] == 302
    deadline = time.monotonic() + 60
    text = ""
    while "67.9％" not in text:
        assert time.monotonic() < deadline, text[:2000]
        time.sleep(0.5)
        text = ask("/reports/okayama/2023-12/")[1].decode()
    status, pdf = ask("/reports/okayama/2023-12/r1/report.pdf")
    assert (status, pdf[:5]) == (200, b"%PDF-")


def get_json(url: str) -> dict[str, str]:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        return json.load(error)
    except OSError:
        return {}


def test_missing_settings_get_a_sentence():
    environment = {key: value for key, value in os.environ.items() if key not in ("SECRET_KEY", "ITTAI_DEMO")}
    done = manage(environment, "check")
    assert done.returncode != 0
    assert "環境変数SECRET_KEY" in done.stderr


def test_compose_starts_what_the_code_reads():
    compose = yaml.safe_load((servers.ROOT / "docker-compose.yml").read_text())
    services = compose["services"]
    assert set(services) == {"web", "worker", "beat", "migrate", "postgres", "redis", "proxy"}
    settings = (servers.ROOT / "config" / "settings.py").read_text()
    for name in ("web", "worker", "beat", "migrate"):
        for variable in services[name]["environment"]:
            assert f'"{variable.removesuffix("_FILE")}"' in settings, variable
        assert set(services[name]["secrets"]) <= set(compose["secrets"])
    assert services["worker"]["command"][:4] == ["celery", "--app", "config.celery", "worker"]
    assert services["beat"]["command"][:4] == ["celery", "--app", "config.celery", "beat"]
    for service in services.values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in compose["volumes"] or (servers.ROOT / source).exists(), volume
    dockerfile = (servers.ROOT / "Dockerfile").read_text()
    makefile = (servers.ROOT / "Makefile").read_text()
    for package in re.search(r"RUN_PACKAGES := (.*)", makefile)[1].split():
        assert package in dockerfile, package
    assert "USER ittai" in dockerfile
