# SPDX-License-Identifier: MIT
"""Start to the first painted window, and to the whole first page: the program against a bare ``QMainWindow``.

All are whole processes. They run offscreen, begin with nothing but Python, and are over one turn of the event loop
after that paint. The program is started as people start it (``python -m notification_tester``), with folders of its
own, which are empty: a first start. All keep their bytecode, as an installed program has it.

The first painted window of both is ground without words. A person waits for the page, so that has a row of its own.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import Row, as_installed, in_turn

if TYPE_CHECKING:
    from collections.abc import Mapping

GOAL = 1.5
PAGE_GOAL = 2.5
_REPEATS = 15
_REFERENCE = "reference: QApplication and QMainWindow alone"

# Ends where the program itself takes its window for painted; what follows (history, practice) is no part of this row.
_OURS = """
import gc, os, sys
gc.freeze = lambda: os._exit(0)
from notification_tester.__main__ import main
sys.exit(main([]))
"""

# Ends where the form and the place for its result are painted; the account is not open yet.
_PAGE = """
import os, sys
from notification_tester.qt.app import collecting, read_ahead
collecting.hold_back()
read_ahead.read_once()
from notification_tester.qt.app.application import Desktop
Desktop._completed = lambda desktop: os._exit(0)
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
        rows = []
        for what, code, goal, note in (
            ("start to first painted window", _OURS, GOAL, "python -m notification_tester, first start"),
            ("start to the whole first page", _PAGE, PAGE_GOAL, "the same, until the form is painted"),
        ):
            ours, bare = in_turn(
                partial(_run, code, environment), partial(_run, _BARE, environment), repeats=repeats, warm_up=2
            )
            rows.append(Row(what=what, ours=ours, reference=bare, goal=goal, note=f"{note}; {_REFERENCE}"))
    return rows


def _run(code: str, environment: Mapping[str, str]) -> None:
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, timeout=60, check=False)
    if done.returncode != 0:
        raise AssertionError(f"ended with {done.returncode}: {done.stderr.decode(errors='replace')[-2000:]}")
