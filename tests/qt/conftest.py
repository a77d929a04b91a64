# SPDX-License-Identifier: MIT
"""What windows and their parts stand on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from notification_tester.qt.background import Tasks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[Tasks]:
    """Work beside the window, ended with the test."""
    del qtbot
    made = Tasks()
    yield made
    made.close()
