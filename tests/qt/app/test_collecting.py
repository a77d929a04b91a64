# SPDX-License-Identifier: MIT
"""Objects that nobody uses are found: what is left aside for good is only what a start made and still uses."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import weakref
from typing import TYPE_CHECKING

import pytest

from notification_tester.qt.app import collecting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Ring:
    """Something that holds on to itself, so that only a look finds it."""

    def __init__(self) -> None:
        self.ring = self


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


def test_garbage_is_not_left_aside() -> None:
    collecting.hold_back()
    garbage, kept = weakref.ref(Ring()), Ring()
    collecting.settle()
    assert garbage() is None
    assert gc.get_freeze_count() > 0
    assert kept.ring is kept


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
