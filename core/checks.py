"""What must be right around the application before it may start."""

from __future__ import annotations

import ctypes
import logging
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import OperationalError, connections

FONT = "BIZ UDPGothic"
PATIENCE = 45.0  # seconds; gunicorn ends a process that takes 60 to begin
logger = logging.getLogger(__name__)


@register(Tags.compatibility)
def check_libraries(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Without harfbuzz-subset a report takes twenty times as long; without the font it has no Japanese."""
    messages: list[CheckMessage] = []
    try:
        ctypes.CDLL("libharfbuzz-subset.so.0")
    except OSError:
        messages.append(
            Warning("libharfbuzz-subsetがありません。", hint="apt-get install libharfbuzz-subset0", id="ittai.W001")
        )
    fc_list = shutil.which("fc-list")
    if fc_list is not None:
        found = subprocess.run([fc_list, FONT], capture_output=True, text=True, check=False)  # noqa: S603 - fixed words
        if not found.stdout.strip():
            messages.append(
                Warning(
                    f"フォント{FONT}がありません。", hint="apt-get install fonts-morisawa-bizud-gothic", id="ittai.W002"
                )
            )
    return messages


def role_faults() -> list[CheckMessage]:
    """Why the application's role could step around the wall (A13)."""
    messages: list[CheckMessage] = []
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT bool_or(rolsuper OR rolbypassrls) FROM pg_roles WHERE pg_has_role(current_user, oid, 'MEMBER')"
        )
        if cursor.fetchone()[0]:
            messages.append(
                Error(
                    "アプリケーションのデータベースの役割が、行単位の保護を通り抜けます。",
                    hint="DATABASE_URLには役割ittai_appを使ってください(config/roles.sql)。",
                    id="ittai.E001",
                )
            )
        cursor.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
            " AND pg_has_role(current_user, tableowner, 'MEMBER')"
        )
        if cursor.fetchone()[0]:
            messages.append(
                Error(
                    "アプリケーションの役割が表の所有者になっています。",
                    hint="移行は役割ittai_ownerで行ってください(migrate --database owner)。",
                    id="ittai.E002",
                )
            )
        cursor.execute("SELECT has_schema_privilege(current_user, 'public', 'CREATE')")
        if cursor.fetchone()[0]:
            messages.append(
                Error(
                    "アプリケーションの役割が、データベースに表や関数を作れます。",
                    hint="DATABASE_URLには役割ittai_appを使い、config/roles.sqlをもう一度実行してください。",
                    id="ittai.E005",
                )
            )
    return messages


def refuse_to_start_around_the_wall(patience: float = PATIENCE) -> None:
    """Called where web, worker and beat begin: with a role that is not bound by the wall nothing starts.

    Exit code 3 tells gunicorn not to try again. A database that does not answer is asked again for `patience`
    seconds; then the program ends with 1, and whoever started it tries again.
    """
    deadline = time.monotonic() + patience
    while (faults := _faults_or_silence()) is None:
        if time.monotonic() > deadline:
            sys.stderr.write("起動しません。データベースが答えないため、役割を確かめられません。\n")
            raise SystemExit(1)
        time.sleep(1)
    if faults:
        sys.stderr.write("起動しません。" + "".join(f"{fault.msg}{fault.hint}" for fault in faults) + "\n")
        raise SystemExit(3)


def _faults_or_silence() -> list[CheckMessage] | None:
    try:
        return role_faults()
    except OperationalError:
        logger.warning("The database does not answer; its role could not be checked yet")
        return None
    finally:
        connections["default"].close()


@register(Tags.database)
def check_database(app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any) -> Sequence[CheckMessage]:
    """The application's role must stand before the wall, and Japanese trigrams must work."""
    if not databases or "default" not in databases:
        return []
    messages = role_faults()
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
        if cursor.fetchone():
            cursor.execute("SELECT cardinality(show_trgm('ヤマダ'))")
            if not cursor.fetchone()[0]:
                messages.append(
                    Error(
                        "このデータベースの文字の設定(LC_CTYPE)では日本語の検索ができません。",
                        hint="LC_CTYPEがC.UTF-8またはja_JP.UTF-8のデータベースを作り直してください。",
                        id="ittai.E003",
                    )
                )
        cursor.execute("SHOW synchronous_commit")
        if cursor.fetchone()[0] == "off":
            messages.append(
                Error("synchronous_commitがoffです。保存したはずの記録が失われることがあります。", id="ittai.E004")
            )
    return messages
