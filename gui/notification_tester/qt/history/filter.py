# SPDX-License-Identifier: MIT
"""Which tests to show: words to search for, and an outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notification_tester.qt.history.words import OUTCOME_ICONS, outcome_word
from notification_tester.qt.widgets import icons
from notification_tester.qt.widgets.row_filter import RowFilter
from notification_tester.storage.queries import HistoryQuery
from notification_tester.storage.rows import Outcome

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

PAUSE = 150
FILTERS = (Outcome.GOOD, Outcome.BAD, Outcome.UNKNOWN, Outcome.RUNNING, Outcome.INTERRUPTED)
"""What is offered below "Every outcome", in its order."""


class HistoryFilter(RowFilter[HistoryQuery]):
    """A field and a list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, pause=PAUSE)
        self.search.setPlaceholderText(self.tr("Search destinations, accounts, problems, messages"))
        self.search.setAccessibleName(self.tr("Search the history"))
        self.outcome = self._add_choice(self.tr("Outcome"))
        self.outcome.addItem(self.tr("Every outcome"))
        for outcome in FILTERS:
            self.outcome.addItem(icons.icon(OUTCOME_ICONS[outcome]), outcome_word(outcome))

    def query(self) -> HistoryQuery:
        """The question as it stands."""
        place = self.outcome.currentIndex()  # not its data: Qt would give back a plain str
        outcomes = frozenset({FILTERS[place - 1]}) if place > 0 else frozenset()
        return HistoryQuery(text=self.search.text().strip(), outcomes=outcomes)
