"""Who can log in to the demo, and how its data file is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from accounts.enums import Role

# Plainly for the demo: it is printed by `make demo` and stands in the README.
PASSWORD = "demo-only-2026"  # noqa: S105


def programmes() -> dict[str, Any]:
    """The demo's data file."""
    data: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "programmes.yaml").read_text(encoding="utf-8"))
    return data


def table() -> list[tuple[str, str, str, str]]:
    """Rows of (role, login, name, organisation)."""
    data = programmes()
    names = {row["key"]: row["name"] for row in data["organisations"]}
    return [
        (row.get("title") or Role(row["role"]).label, row["username"], row["name"], names[row["at"]])
        for row in data["logins"]
    ]
