# SPDX-License-Identifier: MIT
"""One row of a list, whole: a title, parts that scroll, and buttons below them that stay in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from notification_tester.qt.looks import icons
from notification_tester.qt.looks.theme import BETWEEN_CARDS, QuietLabel, heading
from notification_tester.qt.widgets.field_note import as_high_as_needed

if TYPE_CHECKING:
    from collections.abc import Sequence


class RowDetails(QWidget):
    """What is shown, and what the buttons do, subclasses say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = heading("", self, scale=1.2)
        self.subtitle = as_high_as_needed(QuietLabel("", self))
        self.copy = QPushButton(self)
        self.copy.setAutoDefault(False)
        self.copy.setIcon(icons.icon("copy"))
        self.copy.clicked.connect(self.copy_all)

    def copy_all(self) -> None:
        """Put everything on the clipboard, as text."""
        raise NotImplementedError

    def _lay_out(
        self, parts: Sequence[QWidget], *more: QPushButton, beside_title: Sequence[QWidget] = (), space: int
    ) -> None:
        """Put the parts below each other; the buttons stand before that to copy."""
        inner = QWidget(self)
        rows = QVBoxLayout(inner)
        rows.setContentsMargins(0, 0, 8, 0)
        rows.setSpacing(space)
        top = QHBoxLayout()
        top.addWidget(self.title, 1)
        for one in beside_title:
            top.addWidget(one, 0, Qt.AlignmentFlag.AlignTop)
        head = QVBoxLayout()
        head.setSpacing(2)
        head.addLayout(top)
        head.addWidget(self.subtitle)
        rows.addLayout(head)
        for part in parts:
            rows.addWidget(part)
        rows.addStretch(1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        buttons = QHBoxLayout()
        for button in more:
            buttons.addWidget(button)
        buttons.addWidget(self.copy)
        buttons.addStretch(1)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(BETWEEN_CARDS)
        body.addWidget(area, 1)
        body.addLayout(buttons)
