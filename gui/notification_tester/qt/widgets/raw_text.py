# SPDX-License-Identifier: MIT
"""Foreign text word for word, read-only, and a button that copies all of it."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QFontDatabase, QGuiApplication, QTextOption
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from notification_tester.qt.looks import icons
from notification_tester.qt.looks.formatting import number_text
from notification_tester.qt.looks.theme import QuietLabel
from notification_tester.qt.looks.visible_text import is_beginning, laid_out


class RawText(QWidget):
    """Shows the beginning of a text of any length without holding up the window; copies the whole."""

    def __init__(self, parent: QWidget | None = None, *, accessible_name: str = "", lines: int | None = 12) -> None:
        """As high as the text up to ``lines``, wide ones scroll; None: it takes the room there is, and wraps."""
        super().__init__(parent)
        self._text = ""
        self.view = _Lines(lines, self)
        self.view.setAccessibleName(accessible_name)
        self.note = QuietLabel(parent=self)
        self.copy = QPushButton(self.tr("Cop&y all"), self)
        self.copy.setAutoDefault(False)
        self.copy.setAccessibleDescription(self.tr("Copies the whole text exactly as it came."))
        self.copy.setIcon(icons.icon("copy"))
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._text))
        bottom = QHBoxLayout()
        bottom.addWidget(self.note, 1)
        bottom.addWidget(self.copy)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(6)
        rows.addWidget(self.view)
        rows.addLayout(bottom)

    def set_text(self, text: str) -> None:
        """Show ``text``; it is laid out when it is first seen."""
        self._text = text
        self.view.clear()
        if self.isVisible():
            self._lay_out()

    def showEvent(self, event: object) -> None:
        """Lay out what was not looked at so far."""
        del event
        if self._text and not self.view.document().characterCount() > 1:
            self._lay_out()

    def _lay_out(self) -> None:
        shown = laid_out(self._text)
        self.view.setPlainText(shown)
        self.view.fit()
        if is_beginning(self._text, shown):
            self.note.setText(
                self.tr("This is the beginning of {all} characters; Copy all takes every one.").format(
                    all=number_text(len(self._text))
                )
            )
        elif shown != self._text:
            self.note.setText(self.tr("Laid out for reading; Copy all takes the exact text."))
        else:
            self.note.clear()


class _Lines(QPlainTextEdit):
    """As high as its text, up to a number of lines, and wide ones scroll; or in the room there is, and they wrap."""

    def __init__(self, lines: int | None, parent: QWidget) -> None:
        super().__init__(parent)
        self._most = lines
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        if lines is None:
            self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        else:
            self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setUndoRedoEnabled(False)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.fit()

    def fit(self) -> None:
        if self._most is None:
            return
        lines = min(self._most, max(3, self.document().blockCount()))
        bar = self.horizontalScrollBar().sizeHint().height()
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + bar + 12)

    def minimumSizeHint(self) -> QSize:
        return super().minimumSizeHint() if self._most is None else QSize(120, self.height())
