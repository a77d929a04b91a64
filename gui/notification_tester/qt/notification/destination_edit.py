# SPDX-License-Identifier: MIT
"""A line for an address that takes what was pasted or dropped without the line breaks and quotes around it, and what is
said of the address below it.

Qt's own line edit turns a line break into a blank, and a blank inside an address makes it wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QAction,
    QClipboard,
    QContextMenuEvent,
    QDropEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget

from notification_tester.domain.pasted_text import LONGEST, cleaned
from notification_tester.qt.looks.theme import QuietLabel, Tone, set_tooltip
from notification_tester.qt.looks.tone_mark import ToneLabel, ToneMark

if TYPE_CHECKING:
    from notification_tester.domain.problem import Problem


class DestinationEdit(QLineEdit):
    """A line edit whose every way of pasting cleans; emits ``left`` when the focus goes elsewhere."""

    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # More is looked at by nothing, and a megabyte in one line would keep the window from answering.
        self.setMaxLength(LONGEST)

    def insert_clean(self, text: str) -> None:
        """Put ``text`` at the cursor, as an address."""
        self.insert(cleaned(text))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Paste with the keyboard."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self._paste()
            event.accept()
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer Qt's menu, with our Paste in it."""
        menu = self.context_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def context_menu(self) -> QMenu:
        """Qt's menu, with our Paste in it."""
        menu = self.createStandardContextMenu()
        paste = menu.findChild(QAction, "edit-paste")
        if isinstance(paste, QAction):
            paste.triggered.disconnect()
            paste.triggered.connect(self._paste)
        return menu

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Paste with the middle button, where the system has that."""
        clipboard = QGuiApplication.clipboard()
        if event.button() == Qt.MouseButton.MiddleButton and clipboard.supportsSelection() and not self.isReadOnly():
            self.setCursorPosition(self.cursorPositionAt(event.position().toPoint()))
            self.insert_clean(clipboard.text(QClipboard.Mode.Selection))
            event.accept()
            return
        super().mouseReleaseEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Take what is dropped from elsewhere."""
        if event.source() is self or not event.mimeData().hasText() or self.isReadOnly():
            super().dropEvent(event)
            return
        self.setCursorPosition(self.cursorPositionAt(event.position().toPoint()))
        self.insert_clean(event.mimeData().text())
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that the person is done here; a menu or another window does not count."""
        super().focusOutEvent(event)
        if event.reason() not in {Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason}:
            self.left.emit()

    def _paste(self) -> None:
        if not self.isReadOnly():
            self.insert_clean(QGuiApplication.clipboard().text())


class AddressWords(QWidget):
    """What is said below an address: what it is, or how it has to look, or what is wrong with it.

    ``rows`` takes what else belongs there.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mark = ToneMark(parent=self)
        self._words = ToneLabel(parent=self)
        self._more = QuietLabel(parent=self)
        self.rows = QVBoxLayout()
        self.rows.setSpacing(2)
        self.rows.addWidget(self._words)
        self.rows.addWidget(self._more)
        self.setLayout(beside(self._mark, self.rows))

    def show_address(self, kind: str, text: str, more: str = "", *, tip: str = "") -> None:
        """It is an address: the drawing of its kind, and what it is in words."""
        self._say(Tone.PLAIN, text, more)
        self._mark.set_tone(Tone.PLAIN, kind)
        set_tooltip(self._words, tip)

    def show_hint(self, text: str) -> None:
        """It is none yet: how one looks."""
        self._say(Tone.PLAIN, "", text)

    def show_problem(self, problem: Problem) -> None:
        """It is none, and why."""
        self._say(Tone.BAD, problem.title, f"{problem.detail} {problem.remedy}")
        self._mark.set_tone(Tone.BAD)

    def words(self) -> tuple[str, str]:
        """All that is said, for a screen reader; empty texts where nothing is."""
        return self._words.text(), self._more.text()

    def _say(self, tone: Tone, text: str, more: str) -> None:
        self._words.set_tone(tone)
        self._words.setText(text)
        set_tooltip(self._words, "")
        self._more.setText(more)
        self._mark.setVisible(bool(text))
        self._words.setVisible(bool(text))
        self._more.setVisible(bool(more))


def beside(mark: ToneMark, words: QVBoxLayout) -> QHBoxLayout:
    """Lay a mark out at the left of the first of several lines."""
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    column = QVBoxLayout()
    column.addWidget(mark)
    column.addStretch()
    row.addLayout(column)
    row.addLayout(words, 1)
    return row
