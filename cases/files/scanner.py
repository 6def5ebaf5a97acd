"""The virus scanner of the house, when there is one (setting UPLOAD_SCANNER).

'clamd:/run/clamav/clamd.sock' or 'clamd:host:3310' speaks clamd's INSTREAM; anything else is a command that gets the
file on standard input and answers 0 (clean), 1 (found) or another number (could not look), as clamdscan does.
When the scanner cannot look, nothing is stored.
"""

from __future__ import annotations

import logging
import shlex
import socket
import struct
import subprocess

from django.conf import settings

from cases.files.checked import FileRefused

LONGEST_SECONDS = 60
logger = logging.getLogger(__name__)


class _CannotLook(Exception):
    pass


def scan(content: bytes, name: str) -> None:
    """Raises FileRefused when the scanner found something or could not look."""
    scanner = settings.UPLOAD_SCANNER
    if not scanner:
        return
    try:
        is_clean = _ask_clamd(scanner[6:], content) if scanner.startswith("clamd:") else _ask(scanner, content)
    except (_CannotLook, OSError, subprocess.TimeoutExpired) as error:
        logger.error("The upload scanner does not answer: %s", type(error).__name__)
        raise FileRefused(
            f"「{name}」のウイルス検査ができないため、いまは受け付けられません。"
            "しばらくしてからやり直し、続くときはシステム管理者に連絡してください。"
        ) from error
    if not is_clean:
        logger.warning("The upload scanner refused a file")
        raise FileRefused(
            f"「{name}」からウイルスなどの危険が見つかったため受け付けません。"
            "このファイルは開かず、システム管理者に連絡してください。"
        )


def _ask(command: str, content: bytes) -> bool:
    done = subprocess.run(  # noqa: S603 - the command is a setting of the house
        shlex.split(command), input=content, capture_output=True, timeout=LONGEST_SECONDS, check=False
    )
    if done.returncode not in (0, 1):
        raise _CannotLook
    return done.returncode == 0


def _ask_clamd(address: str, content: bytes) -> bool:
    host, _colon, port = address.rpartition(":")
    if address.startswith("/"):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(LONGEST_SECONDS)
        target: str | tuple[str, int] = address
    else:
        connection = socket.socket(socket.AF_INET)
        connection.settimeout(LONGEST_SECONDS)
        target = (host, int(port))
    with connection:
        connection.connect(target)
        connection.sendall(b"zINSTREAM\0" + struct.pack("!I", len(content)) + content + struct.pack("!I", 0))
        answer = b""
        while piece := connection.recv(4096):
            answer += piece
    if answer.rstrip(b"\0\n").endswith(b"FOUND"):
        return False
    if answer.rstrip(b"\0\n").endswith(b"OK"):
        return True
    raise _CannotLook
