# SPDX-License-Identifier: MIT
"""Asks in its place, before what was typed is dropped: keep typing, or discard it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from notification_tester.qt.widgets.field_note import as_high_as_needed
from notification_tester.qt.widgets.theme import Card, Tone, plain_label
from notification_tester.qt.widgets.tone_mark import ToneLabel, ToneMark

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class DiscardQuestion(Card):
    """Out of sight until :meth:`ask`; goes away with either answer. Escape keeps, as Enter does."""

    kept = Signal()
    discarded = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, tone=Tone.BEWARE)
        self._title = ToneLabel("", self, tone=Tone.BEWARE)
        font = self._title.font()
        font.setBold(True)
        self._title.setFont(font)
        self._text = as_high_as_needed(plain_label("", self))
        self.keep = QPushButton(self.tr("Keep t&yping"), self)
        self.discard = QPushButton(self.tr("&Discard and close"), self)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(ToneMark(Tone.BEWARE, self))
        row.addWidget(self._title, 1)
        row.addWidget(self.discard)
        row.addWidget(self.keep)
        self.body.setContentsMargins(12, 8, 12, 8)
        self.body.setSpacing(4)
        self.body.addLayout(row)
        self.body.addWidget(self._text)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self.keep.click)
        for button, answered in ((self.keep, self.kept), (self.discard, self.discarded)):
            button.setAutoDefault(True)
            button.clicked.connect(self.hide)
            button.clicked.connect(answered)
        self.hide()

    def ask(self, title: str, text: str) -> None:
        """Show the question, with the keyboard on the answer that loses nothing."""
        self._title.setText(title)
        self._text.setText(text)
        self.setAccessibleName(f"{title} {text}")
        self.keep.setAccessibleDescription(f"{title} {text}")
        self.show()
        self.keep.setFocus(Qt.FocusReason.OtherFocusReason)
