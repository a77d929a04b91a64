# SPDX-License-Identifier: MIT
"""What stands where a list would be, when there is nothing in it: why, and the next step."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from notification_tester.qt.looks import icons
from notification_tester.qt.looks.colours import secondary
from notification_tester.qt.looks.theme import heading, plain_label


class EmptyState(QWidget):
    """A drawing, a line, a sentence and one button, in the middle."""

    pressed = Signal()

    def __init__(self, parent: QWidget | None = None, *, icon_name: str, title: str, text: str, button: str) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self._drawing = QLabel(self)
        self._drawing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.title = heading(title, self, scale=1.25)
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.text = plain_label(text, self)
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.button = QPushButton(button, self)
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self.pressed)
        body = QVBoxLayout(self)
        body.setSpacing(10)
        body.addStretch(2)
        for part in (self._drawing, self.title, self.text):
            body.addWidget(part)
        body.addSpacing(4)
        body.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        body.addStretch(3)
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change between light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()

    def _draw(self) -> None:
        colour = secondary(self.palette())
        self._drawing.setPixmap(icons.pixmap(self._icon_name, colour, size=40, ratio=self.devicePixelRatioF()))
