"""What is built in comes from pinned Python packages; there is nothing an npm audit could look at (security.md A61)."""

from __future__ import annotations

import re
from importlib.metadata import distributions
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from tests.servers import ROOT
from tests.tracked import tracked_files

STATIC_TAG = re.compile(r"{%\s*static\s+['\"]([^'\"]+)['\"]")


def pinned() -> set[str]:
    """Names in requirements.lock, each with its version and hashes."""
    blocks = re.findall(
        r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==\S+.*\\\n    --hash=sha256:",
        (ROOT / "requirements.lock").read_text(),
        re.M,
    )
    return {name.lower().replace("_", "-") for name in blocks}


def package_of(path: Path) -> str | None:
    """The distribution that brought the file."""
    for found in distributions():
        if any(file.name == path.name and Path(file.locate()).resolve() == path for file in found.files or []):
            return found.metadata["Name"].lower().replace("_", "-")
    return None


def referenced() -> set[str]:
    """Scripts and styles that the templates ask for."""
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html")]
    return {name for text in texts for name in STATIC_TAG.findall(text) if name.endswith((".js", ".css"))}


def test_no_javascript_packages_are_managed_here():
    names = tracked_files()
    managed = {"package.json", "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock"}
    assert [name for name in names if name.name in managed or "node_modules" in name.parts] == []
    built = [name for name in names if ".min." in name.name or name.suffix in (".mjs", ".cjs", ".wasm", ".map")]
    assert built == []


def test_scripts_and_styles_are_ours_or_of_a_pinned_package():
    own = (ROOT / "static").resolve()
    foreign: dict[str, str | None] = {}
    for name in referenced():
        path = Path(finders.find(name) or "/missing").resolve()
        assert path.is_file(), name
        if own not in path.parents:
            foreign[name] = package_of(path)
    assert {"django_htmx/htmx-2.min.js", "bootstrap/bootstrap.min.css"} <= set(foreign)
    locked = pinned()
    assert len(locked) > 50
    assert {name: package for name, package in foreign.items() if package not in locked} == {}


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock", "requirements-scan.lock"])
def test_every_package_is_pinned_with_its_hash(name: str):
    text = (ROOT / name).read_text(encoding="utf-8")
    packages = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert len(packages) > 50
    assert [line for line in packages if "==" not in line or not line.endswith("\\")] == []
    assert "://" not in text  # no address of a registry, no package from somewhere else
