"""No locked package is known to be vulnerable, as far as the advisory service can be asked (security.md A61)."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from tests.servers import ROOT

OUT_OF_REACH = "ConnectionError|Max retries|ProxyError|timed out|HTTPError|Temporary failure"


def test_no_locked_package_has_a_known_weakness():
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--requirement", "requirements.lock"]
    done = subprocess.run(
        [*command, "--format", "json", "--progress-spinner", "off"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except ValueError:
        assert re.search(OUT_OF_REACH, done.stderr), done.stderr
        pytest.skip(f"the advisory service cannot be asked from here: {done.stderr.strip()[-200:]}")
    asked = [package for package in packages if "vulns" in package]
    if not asked:
        pytest.skip("the advisory service said nothing about any of the packages")
    assert {package["name"]: package["vulns"] for package in asked if package["vulns"]} == {}
