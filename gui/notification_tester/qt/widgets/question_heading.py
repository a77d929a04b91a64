# SPDX-License-Identifier: MIT
"""A numbered question at the head of a card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QWidget

from notification_tester.qt.looks.theme import heading
from notification_tester.qt.widgets.link_button import link_colour

if TYPE_CHECKING:
    from PySide6.QtGui import QFont


def question_heading(number: str, question: str) -> QWidget:
    """The number in the colour of links, and the question, which wraps."""
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(8)
    words = heading(question, scale=1.1)
    line.addWidget(_Number(number, words.font()), 0, Qt.AlignmentFlag.AlignTop)
    line.addWidget(words, 1)
    return row


class _Number(QLabel):
    """The number of a question, in the colour of links."""

    def __init__(self, number: str, font: QFont) -> None:
        super().__init__(number)
        self._colouring = False
        self.setFont(font)
        self._colour()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and not self._colouring:
            self._colour()

    def _colour(self) -> None:
        palette = QPalette()
        palette.setColor(QPalette.ColorRole.WindowText, link_colour(QApplication.palette()))
        self._colouring = True
        self.setPalette(palette)
        self._colouring = False
