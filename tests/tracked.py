"""The files that belong to the project: those git tracks; in a copy without git, all but what this machine made."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.servers import ROOT

MADE_HERE = {"secrets", "__pycache__", "screenshots"}  # beside what begins with a dot: see .gitignore


def tracked_files() -> list[Path]:
    """Their paths below the project's folder."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
        found = [Path(name) for name in listed.stdout.decode().split("\0") if name]
    else:
        below = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
        found = [path for path in below if path.parts[0][0] != "." and not MADE_HERE & set(path.parts)]
    assert len(found) > 100
    return found
