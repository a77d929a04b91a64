# SPDX-License-Identifier: MIT
"""A yes to something that cannot be taken back: asked over a page, which goes on meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QPushButton

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget


class Question(QMessageBox):
    """Escape and Return leave everything as it is; :meth:`offer` adds a way to do it. Every text is taken as it is.

    It is shown with ``open``, and is gone once it was answered.
    """

    def __init__(self, parent: QWidget, *, title: str, question: str, consequence: str, keep: str) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setIcon(QMessageBox.Icon.Question)
        self.setWindowTitle(title)
        self.setText(question)
        self.setInformativeText(consequence)
        for label in self.findChildren(QLabel):  # Qt's own setting leaves out the second text
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.keep = self.addButton(keep, QMessageBox.ButtonRole.RejectRole)
        self.setDefaultButton(self.keep)
        self.setEscapeButton(self.keep)

    def offer(self, text: str, do: Callable[[], object]) -> QPushButton:
        """Add a button that does it."""
        button = self.addButton(text, QMessageBox.ButtonRole.DestructiveRole)
        button.clicked.connect(lambda _=False: do())
        return button
