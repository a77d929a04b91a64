# SPDX-License-Identifier: MIT
"""What the gate asks of the tests themselves."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
SKIPS = """
import pytest


@pytest.mark.skipif(True, reason="a tool is missing")
def test_marked(): ...


def test_within():
    pytest.skip("no such thing here")


@pytest.fixture
def disk():
    pytest.skip("needs a disk")


def test_by_its_fixture(disk): ...


@pytest.mark.xfail(reason="known", strict=True)
def test_known():
    assert False


def test_that_runs(): ...
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the gate is a Linux")
@pytest.mark.parametrize(
    ("ci", "end"), [("true", "1 failed, 1 passed, 1 xfailed, 2 errors"), ("", "1 passed, 3 skipped, 1 xfailed")]
)
def test_a_skip_fails_in_the_gate_and_nowhere_else(tmp_path: Path, ci: str, end: str) -> None:
    (tmp_path / "conftest.py").write_text((TESTS / "conftest.py").read_text("utf-8"), "utf-8")
    (tmp_path / "test_skips.py").write_text(SKIPS, "utf-8")
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:xdist",
            "--rootdir",
            tmp_path,
            tmp_path,
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=tmp_path,
        env=dict(os.environ) | {"CI": ci},
    )
    last = run.stdout.splitlines()[-1]
    assert sorted(re.findall(r"\d+ \w+", last)) == sorted(end.split(", ")), run.stdout
    if ci:
        for reason in ("a tool is missing", "no such thing here", "needs a disk"):
            assert f"skipped in the gate, where nothing may be missing: {reason}" in run.stdout
