# SPDX-License-Identifier: MIT
"""What this program starts, and what that starts, ends with it; on every system with the system's own means."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import psutil
import pytest

from notification_tester.child_process import Kin, apart

if TYPE_CHECKING:
    from collections.abc import Iterator

SLEEPER = [sys.executable, "-S", "-c", "import time; time.sleep(600)"]
CHILD = f"""
import subprocess, sys
print(subprocess.Popen({SLEEPER!r}, stdin=-3, stdout=-3, stderr=-3).pid, flush=True)
sys.stdin.read()
"""
PARENT = f"""
import subprocess, sys, time
from notification_tester.child_process import Kin, apart
child = subprocess.Popen([sys.executable, "-S", "-c", {CHILD!r}], stdin=-1, **apart())
kin = Kin(child)
time.sleep(600)
"""


@pytest.fixture
def child() -> Iterator[subprocess.Popen[str]]:
    """A program that was started apart, and has started another."""
    words = [sys.executable, "-S", "-c", CHILD]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **apart()) as process:
        yield process
        process.kill()


def grandchild_of(process: subprocess.Popen[str]) -> psutil.Process:
    assert process.stdout is not None
    return psutil.Process(int(process.stdout.readline()))


def is_gone(process: psutil.Process) -> bool:
    return not psutil.wait_procs([process], timeout=60)[1] or process.status() == psutil.STATUS_ZOMBIE


def test_what_it_started_is_killed_with_it(child: subprocess.Popen[str]) -> None:
    kin = Kin(child)
    grandchild = grandchild_of(child)
    kin.kill()
    assert child.wait(60) != 0
    assert is_gone(grandchild)
    kin.close()


def test_what_it_left_running_goes_on(child: subprocess.Popen[str]) -> None:
    kin = Kin(child)
    grandchild = grandchild_of(child)
    child.communicate(timeout=60)
    assert child.returncode == 0
    kin.close()
    assert grandchild.is_running()
    with suppress(psutil.NoSuchProcess):
        grandchild.kill()


@pytest.mark.skipif(
    sys.platform != "win32", reason="elsewhere practice notices the end of its input, and no other is left"
)
def test_both_end_with_a_program_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        grandchild = grandchild_of(parent)
        parent.kill()
        assert is_gone(grandchild)
