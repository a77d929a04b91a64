# SPDX-License-Identifier: MIT
"""One thing after the other, with the window in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from collections.abc import Callable


def in_next_turn(receiver: QObject, step: Callable[[], object]) -> None:
    """Call ``step`` once Qt has laid out and painted what is new, and taken what a person did meanwhile.

    Forgotten with ``receiver``. A timer of no time would not do: Qt makes a queued call of it, which comes before all
    of that, and many of them are one long turn.
    """
    QTimer.singleShot(1, receiver, step)
