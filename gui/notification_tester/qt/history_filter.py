# SPDX-License-Identifier: MIT
"""Which tests to show: words to search for, and an outcome."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from notification_tester.qt import icons
from notification_tester.qt.history_words import OUTCOME_ICONS, outcome_word
from notification_tester.storage.queries import HistoryQuery
from notification_tester.storage.rows import Outcome

PAUSE = 150
"""Milliseconds without a key before the search is asked."""
FILTERS = (Outcome.GOOD, Outcome.BAD, Outcome.UNKNOWN, Outcome.RUNNING, Outcome.INTERRUPTED)
"""What is offered below "Every outcome", in its order."""


class HistoryFilter(QWidget):
    """A field and a list; ``changed`` after a pause in typing, at once for Return and for another outcome."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Search destinations, accounts, problems, messages"))
        self.search.setAccessibleName(self.tr("Search the history"))
        self.search.setClearButtonEnabled(True)
        self.outcome = QComboBox(self)
        self.outcome.setAccessibleName(self.tr("Outcome"))
        self.outcome.addItem(self.tr("Every outcome"))
        for outcome in FILTERS:
            self.outcome.addItem(icons.icon(OUTCOME_ICONS[outcome]), outcome_word(outcome))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.search, 1)
        row.addWidget(self.outcome)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self.changed)
        self.search.textChanged.connect(self._typed)
        self.search.returnPressed.connect(self._at_once)
        self.outcome.activated.connect(self._at_once)

    def query(self) -> HistoryQuery:
        """The question as it stands."""
        place = self.outcome.currentIndex()  # not its data: Qt would give back a plain str
        outcomes = frozenset({FILTERS[place - 1]}) if place > 0 else frozenset()
        return HistoryQuery(text=self.search.text().strip(), outcomes=outcomes)

    def is_narrow(self) -> bool:
        """Whether anything is left out."""
        query = self.query()
        return bool(query.text or query.outcomes)

    def clear(self) -> None:
        """Leave nothing out."""
        self.search.clear()
        self.outcome.setCurrentIndex(0)
        self._at_once()

    def _typed(self) -> None:
        self._pause.start()

    def _at_once(self) -> None:
        self._pause.stop()
        self.changed.emit()
