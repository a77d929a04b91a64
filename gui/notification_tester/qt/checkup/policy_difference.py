# SPDX-License-Identifier: MIT
"""A change of a policy as a unified diff: plain text, its signs kept, its added and taken lines coloured as well."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QFontDatabase, QTextCursor, QTextFormat
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QTextEdit, QWidget

from notification_tester.qt.widgets.theme import Tone, tone_colours
from notification_tester.qt.widgets.visible_text import LONGEST_TEXT, visible

_TONES = {"+": Tone.GOOD, "-": Tone.BAD}


class PolicyDifference(QPlainTextEdit):
    """Read-only; lines do not wrap, so that indents can be compared."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setAccessibleName(self.tr("The change, line by line: plus is added, minus is taken away"))

    def set_difference(self, difference: str) -> None:
        """Show it, or its beginning where it is endless."""
        lines = difference.split("\n")
        if lines[:2] == ["--- before", "+++ after"]:
            lines = lines[3:]  # the heading above says so, and line numbers tell nothing here
        shown = ["…" if line.startswith("@@ ") else visible(line) for line in lines]
        self.setPlainText("\n".join(shown)[:LONGEST_TEXT])
        self._colour()

    def minimumSizeHint(self) -> QSize:
        """A few lines."""
        return QSize(200, self.fontMetrics().lineSpacing() * 6)

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change between light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()

    def _colour(self) -> None:
        marks = []
        block = self.document().begin()
        while block.isValid():
            tone = _TONES.get(block.text()[:1])
            if tone is not None:
                colours = tone_colours(QApplication.palette(), tone)
                mark = QTextEdit.ExtraSelection()
                mark.cursor = QTextCursor(block)
                mark.format.setBackground(colours.fill)
                mark.format.setForeground(colours.text)
                mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
                marks.append(mark)
            block = block.next()
        self.setExtraSelections(marks)
