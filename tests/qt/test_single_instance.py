# SPDX-License-Identifier: MIT
"""One window for each person."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from notification_tester.qt.single_instance import SingleInstance

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

HOLD = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from notification_tester.qt.single_instance import SingleInstance
application = QCoreApplication([])
instance = SingleInstance(Path(sys.argv[1]))
print(instance.is_first(), flush=True)
instance.listen()
application.exec()
"""


def test_the_second_knocks_and_the_first_is_raised(qtbot: QtBot, tmp_path: Path) -> None:
    first, second, other = (SingleInstance(tmp_path / name) for name in ("a", "a", "b"))
    try:
        assert first.is_first()
        first.listen()
        with qtbot.waitSignal(first.raised, timeout=20_000):
            assert not second.is_first()
        assert other.is_first(), "another person's folder is another window"
    finally:
        for instance in (first, second, other):
            instance.close()


def test_after_the_end_the_next_is_first(qtbot: QtBot, tmp_path: Path) -> None:
    for _ in range(3):
        instance = SingleInstance(tmp_path)
        assert instance.is_first()
        instance.listen()
        instance.close()


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe of Windows ends with its process")
def test_what_a_crash_left_behind_is_no_window(qtbot: QtBot, tmp_path: Path) -> None:
    held = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert held.stdout is not None
    with held.stdout:
        assert held.stdout.readline().strip() == "True"
        os.kill(held.pid, signal.SIGKILL)
        held.wait()
    instance = SingleInstance(tmp_path)
    try:
        assert instance.is_first()
        instance.listen()
        assert not SingleInstance(tmp_path).is_first(), "and it listens"
    finally:
        instance.close()
