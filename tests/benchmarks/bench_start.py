# SPDX-License-Identifier: MIT
"""Start to the first painted window, whole processes: the program against a bare ``QMainWindow``.

Both run offscreen, begin with nothing but Python, and are over one turn of the event loop after their first paint.
The program is started as people start it (``python -m notification_tester``), with folders of its own, which are
empty: a first start. Both keep their bytecode, as an installed program has it.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import Row, as_installed, in_turn

if TYPE_CHECKING:
    from collections.abc import Mapping

GOAL = 1.5
_REPEATS = 15

# Ends where the program itself takes its window for painted; what follows (history, practice) is no part of this row.
_OURS = """
import gc, os, sys
gc.freeze = lambda: os._exit(0)
from notification_tester.__main__ import main
sys.exit(main([]))
"""

_BARE = """
import os, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

class Bare(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, lambda: os._exit(0))

application = QApplication(sys.argv[:1])
window = Bare()
window.show()
sys.exit(application.exec())
"""


def rows(*, repeats: int = _REPEATS) -> list[Row]:
    """Measure whole processes, from their start to their end."""
    with tempfile.TemporaryDirectory(prefix="bench-start-") as folder:
        environment = as_installed(Path(folder))
        ours, bare = in_turn(
            lambda: _run(_OURS, environment), lambda: _run(_BARE, environment), repeats=repeats, warm_up=2
        )
    note = "python -m notification_tester, first start; reference: QApplication and QMainWindow alone"
    return [Row(what="start to first painted window", ours=ours, reference=bare, goal=GOAL, note=note)]


def _run(code: str, environment: Mapping[str, str]) -> None:
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, timeout=60, check=False)
    if done.returncode != 0:
        raise AssertionError(f"ended with {done.returncode}: {done.stderr.decode(errors='replace')[-2000:]}")
