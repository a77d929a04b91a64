# SPDX-License-Identifier: MIT
"""What pytest tells :mod:`mutants.run`, as a plug-in of its run (``-p mutants.reports``).

``MUTANTS_REPORT`` names the file: JSON of each test's id, its seconds and whether it passed. ``MUTANTS_COVERAGE`` names
coverage's settings, where programs that a test starts are to be measured as well.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

_seconds: dict[str, float] = {}
_not_passed: set[str] = set()


def pytest_collection_finish() -> None:
    """Have what is started from now on measured. Before it would be this process, which pytest-cov measures."""
    if settings := os.environ.get("MUTANTS_COVERAGE"):
        os.environ["COVERAGE_PROCESS_START"] = settings


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Take down one phase of one test."""
    _seconds[report.nodeid] = _seconds.get(report.nodeid, 0.0) + report.duration
    if not report.passed:
        _not_passed.add(report.nodeid)


def pytest_sessionfinish() -> None:
    """Write what was taken down, once."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        tests = {name: (seconds, name not in _not_passed) for name, seconds in _seconds.items()}
        Path(os.environ["MUTANTS_REPORT"]).write_text(json.dumps(tests), "utf-8")
