# SPDX-License-Identifier: MIT
"""What pytest tells :mod:`mutants.run`, as a plug-in of its run (``-p mutants.reports``).

``MUTANTS_REPORT`` names the file: JSON of the test that failed first (``failed``, empty where none did), and, written
twice a second, of the one that is running and for how long (``running``, ``seconds``).
"""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

_failed: list[str] = []
_running: tuple[str, float] = ("", time.monotonic())
_over = threading.Event()


def pytest_sessionstart() -> None:
    """Tell of what runs, beside it: a test that is stuck tells nothing itself."""
    threading.Thread(target=_tell, daemon=True).start()


def pytest_runtest_logstart(nodeid: str) -> None:
    """A test begins."""
    global _running  # noqa: PLW0603 - a plug-in is its module
    _running = nodeid, time.monotonic()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Take down one phase of one test."""
    if report.failed:
        _failed.append(report.nodeid)


def pytest_sessionfinish() -> None:
    """The last word."""
    _over.set()
    _write()


def _tell() -> None:
    while not _over.wait(0.5):
        _write()


def _write() -> None:
    test, since = _running
    text = {"failed": (_failed or [""])[0], "running": test, "seconds": time.monotonic() - since}
    file = Path(os.environ["MUTANTS_REPORT"])
    written = file.with_name(f"{file.name}.{threading.get_ident()}")
    written.write_text(json.dumps(text), "utf-8")
    written.replace(file)  # at once: who reads it meanwhile reads the whole of one
