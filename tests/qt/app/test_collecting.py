# SPDX-License-Identifier: MIT
"""Objects that nobody uses are found: what is left aside for good is only what a start made and still uses."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import weakref
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QWidget

from notification_tester.qt.app import collecting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot


class Ring:
    """Something that holds on to itself, so that only a look finds it."""

    def __init__(self) -> None:
        self.ring = self


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    was_enabled = gc.isenabled()
    yield
    gc.unfreeze()
    if was_enabled:
        gc.enable()


def test_garbage_is_not_left_aside() -> None:
    collecting.hold_back()
    garbage, kept = weakref.ref(Ring()), Ring()
    collecting.freeze_what_stays()
    assert garbage() is None
    assert gc.get_freeze_count() > 0
    assert kept.ring is kept


def test_objects_of_the_window_end_in_its_own_thread(qtbot: QtBot) -> None:
    """Where a thread's many objects made Python look, a closed dialog's timer would be stopped by that thread."""
    ended: list[threading.Thread] = []

    class Closed(QWidget):
        def __init__(self) -> None:
            super().__init__()
            self.ring = self
            weakref.finalize(self, lambda: ended.append(threading.current_thread()))

    def make_many() -> None:
        kept.extend([] for _ in range(3 * collecting.MADE))

    kept: list[list[int]] = []
    window = QWidget()
    qtbot.addWidget(window)
    collecting.hold_back()
    collecting.Collector(window).begin()
    Closed()
    thread = threading.Thread(target=make_many)
    thread.start()
    thread.join()
    assert ended == []

    def is_ended() -> bool:
        kept.extend([] for _ in range(collecting.MADE))  # those that a test before it left may go meanwhile, and count
        return bool(ended)

    qtbot.waitUntil(is_ended)
    assert ended == [threading.main_thread()]


PROGRAM = """
import gc, sys
from pathlib import Path
from notification_tester.domain.account import PRACTICE
from notification_tester.qt.app import application as app
from notification_tester.qt.app import collecting
from notification_tester.storage.places import Places

class Watched(app.Desktop):
    def begin(self):
        self.times = 0
        self.program.opened.connect(self.opened)
        super().begin()

    def opened(self, _):
        self.times += 1
        print(gc.get_freeze_count(), flush=True)
        if self.times < 4:
            app.QTimer.singleShot(1, lambda: self.program.open(PRACTICE))
        else:
            app.QApplication.quit()

app.Desktop = Watched
collecting.hold_back()
raise SystemExit(app.run(Places.under(Path(sys.argv[1]))))
"""


def test_nothing_of_an_account_is_left_aside(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "program")],
        capture_output=True, text=True, env=os.environ | {"QT_QPA_PLATFORM": "offscreen"}, timeout=100, check=True,
    )  # fmt: skip
    counts = [int(line) for line in done.stdout.split()]
    assert len(counts) == 4
    assert max(counts) == counts[0] > 0, "freed objects leave, and none come"
