# SPDX-License-Identifier: MIT
"""Fields that the wheel changes only while they have the keyboard.

Qt's own are changed by whoever scrolls the page and comes over one on the way: unseen, as the page moves on. Another
account would be opened, a shorter time be chosen for which the history is kept, another event be sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDateEdit, QSpinBox

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QDate
    from PySide6.QtGui import QWheelEvent
    from PySide6.QtWidgets import QWidget


class ChoiceField(QComboBox):
    """One of several."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # Qt's would have the wheel bring the keyboard

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Choose the next, or let what is around it scroll."""
        _heed(self, event, super().wheelEvent)


class NumberField(QSpinBox):
    """A whole number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Count, or let what is around it scroll."""
        _heed(self, event, super().wheelEvent)


class DayField(QDateEdit):
    """A day."""

    def __init__(self, day: QDate, parent: QWidget | None = None) -> None:
        super().__init__(day, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Go to the next, or let what is around it scroll."""
        _heed(self, event, super().wheelEvent)


def _heed(field: QWidget, event: QWheelEvent, change: Callable[[QWheelEvent], None]) -> None:
    if field.hasFocus():
        change(event)
    else:
        event.ignore()
