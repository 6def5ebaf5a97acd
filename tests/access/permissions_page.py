"""docs/permissions.md, written from the matrix; needs the URLs, not the database."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import django

for name, value in {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "SECRET_KEY": "no-secret-here",
    "DATABASE_URL": "postgres://nobody@127.0.0.1/nothing",
    "REDIS_URL": "redis://127.0.0.1",
    "ITTAI_DEMO": "1",
}.items():
    os.environ.setdefault(name, value)
django.setup()

from django.urls import URLPattern, URLResolver, get_resolver  # noqa: E402 - the settings come first

from tests.permission_matrix import as_markdown  # noqa: E402

PAGE = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"


def patterns(within: list[Any] | None = None, prefix: str = "") -> dict[str, tuple[str, Any]]:
    """URL name → (route, view), of every URL there is."""
    found: dict[str, tuple[str, Any]] = {}
    for pattern in get_resolver().url_patterns if within is None else within:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found |= patterns(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            assert pattern.name, pattern
            found[pattern.name] = (route, pattern.callback)
    return found


def routes() -> dict[str, str]:
    return {name: route for name, (route, _view) in patterns().items()}


def purposes() -> dict[str, str]:
    """URL name → what its permission is called; URLs for everybody who is logged in have none."""
    return {name: view.permission.value for name, (_route, view) in patterns().items() if hasattr(view, "permission")}


def text() -> str:
    return as_markdown(routes(), purposes())


def write() -> None:
    PAGE.write_text(text(), encoding="utf-8")
