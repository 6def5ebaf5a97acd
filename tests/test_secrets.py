"""No key, password or certificate stands in a tracked file."""

from __future__ import annotations

import re

import pytest

from tests import servers
from tests.tracked import tracked_files

PATTERNS = {
    "private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "cloud key": r"\b(AKIA|ASIA)[0-9A-Z]{16}\b",
    "token": r"\b(gh[pousr]_[A-Za-z0-9]{30,}|glpat-[\w-]{20,}|xox[baprs]-[\w-]{10,}|eyJ[\w-]{20,}\.eyJ[\w-]{20,})",
    "password in a URL": r"\b(postgres(ql)?|rediss?|amqp|https?|smtp)://[^\s/:@{}$<>%'\"]+:[^\s/@{}$<>'\"]+@",
    "secret": r"(?i)\b(secret_key|api_key|client_secret|access_token|passwd|password)\b[\"']?\s*[:=]\s*[\"'][^\"'\s{}$<>]{12,}[\"']",
}
# Made up on purpose: the demo's printed password and what tests type into password fields.
KNOWN = re.compile(
    r"demo-only-2026|long-enough-password|served-way-|secret-word|Rather-long-9-word|no-secret-here|青い鳥が|違います"
)


def findings(text: str) -> list[str]:
    found = []
    for kind, pattern in PATTERNS.items():
        found += [f"{kind}: {hit[0][:30]}" for hit in re.finditer(pattern, text) if not KNOWN.search(hit[0])]
    return found


def test_tracked_files_hold_no_secret():
    found = {}
    for name in map(str, tracked_files()):
        path = servers.ROOT / name
        if path.is_file() and name != "tests/test_secrets.py":
            assert path.suffix not in (".pem", ".key", ".p12", ".pfx", ".kdbx") and path.name != ".env", name
            hits = findings(path.read_bytes().decode("utf-8", "ignore"))
            if hits:
                found[name] = hits
    assert found == {}


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN RSA PRIVATE KEY-----",
        "AKIA" + "ABCDEFGHIJKLMNOP",
        "postgres://ittai_app:hunter2hunter2@db/ittai",
        'SECRET_KEY = "abcdefghijklmnopqrstuvwxyz"',
        "ghp_" + "a1" * 18,
    ],
)
def test_the_scan_sees_what_it_looks_for(text: str):
    assert len(findings(text)) == 1


def test_the_scan_lets_addresses_without_a_password_pass():
    assert findings("postgres://ittai_app@db/ittai https://ittai.example/ SECRET_KEY=${KEY}") == []
