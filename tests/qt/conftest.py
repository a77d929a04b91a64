# SPDX-License-Identifier: MIT
"""What windows and their parts stand on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from notification_tester.qt.background import Tasks
from notification_tester.qt.session import Program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from notification_tester.storage.places import Places


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[Tasks]:
    """Work beside the window, ended with the test."""
    del qtbot
    made = Tasks()
    yield made
    made.close()


@pytest.fixture
def program(qtbot: QtBot, tasks: Tasks, places: Places, impatient: None) -> Iterator[Program]:
    """What stands between pages and services, with practice open."""
    del impatient
    made = Program(tasks, places)
    made.start("")
    qtbot.waitUntil(lambda: made.current is not None)
    yield made
    made.close()
