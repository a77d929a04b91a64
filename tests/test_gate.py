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
ELSEWHERE = "192.0.2.1"  # RFC 5737: nobody has it
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


def run_under_the_conftest(folder: Path, tests: str, **environment: str) -> str:
    """Run tests under the suite's own conftest, in a run and a process of their own; what pytest printed."""
    (folder / "conftest.py").write_text((TESTS / "conftest.py").read_text("utf-8"), "utf-8")
    (folder / "test_some.py").write_text(tests, "utf-8")
    plain = [
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "-p",
        "no:randomly",
        "-o",
        f"pythonpath={TESTS.as_posix()}",  # for what the conftest takes from there
        "--rootdir",
        str(folder),
        str(folder),
    ]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *plain],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        cwd=folder,
        env=dict(os.environ) | environment,
    )
    return run.stdout + run.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="the gate is a Linux")
@pytest.mark.parametrize(
    ("ci", "end"), [("true", "1 failed, 1 passed, 1 xfailed, 2 errors"), ("", "1 passed, 3 skipped, 1 xfailed")]
)
def test_a_skip_fails_in_the_gate_and_nowhere_else(tmp_path: Path, ci: str, end: str) -> None:
    said = run_under_the_conftest(tmp_path, SKIPS, CI=ci)
    assert sorted(re.findall(r"\d+ \w+", said.splitlines()[-1])) == sorted(end.split(", ")), said
    if ci:
        for reason in ("a tool is missing", "no such thing here", "needs a disk"):
            assert f"skipped in the gate, where nothing may be missing: {reason}" in said


CALLS = f"""
import socket
import pytest


def test_that_calls_a_number():
    with pytest.raises(OSError, match="outside"), socket.create_connection(({ELSEWHERE!r}, 80), timeout=1):
        pass


def test_that_looks_a_name_up():
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("service.example.org", 443)


def test_that_sends_without_a_connection():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one, pytest.raises(OSError, match="outside"):
        one.sendto(b"hello", ({ELSEWHERE!r}, 53))


def test_that_asks_for_a_name_that_nobody_has():
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("service.invalid", 443)


def test_that_stays_here():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass
"""


def test_a_test_that_calls_out_fails_by_name(tmp_path: Path) -> None:
    said = run_under_the_conftest(tmp_path, CALLS)
    called = re.findall(r"^E +Failed: this test called out: (\S+)$", said, re.MULTILINE)
    named = re.findall(r"^ERROR \S+::(\S+)", said, re.MULTILINE)
    assert list(zip(named, called, strict=True)) == [
        ("test_that_calls_a_number", ELSEWHERE),
        ("test_that_looks_a_name_up", "service.example.org"),
        ("test_that_sends_without_a_connection", ELSEWHERE),
    ], said
    assert "5 passed, 3 errors" in said


def test_what_may_be_skipped_on_windows_is_what_tests_say(pytestconfig: pytest.Config) -> None:
    ours = TESTS / "conftest.py"
    said = "\n".join(path.read_text("utf-8") for path in TESTS.rglob("*.py") if path != ours)
    listed = pytestconfig.pluginmanager.get_plugin(str(ours))
    assert listed is not None
    reasons = [reason for some in listed.NOT_ON_WINDOWS.values() for reason in some]
    assert len(reasons) == len(set(reasons))
    assert [reason for reason in reasons if f'"{reason}"' not in said] == []
