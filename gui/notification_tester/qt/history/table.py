# SPDX-License-Identifier: MIT
"""The list of tests, the filter of what it shows, and the file that it is exported to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray

from notification_tester.qt.history.model import OUTCOME_ICONS, Column, outcome_word
from notification_tester.qt.widgets import icons
from notification_tester.qt.widgets.formatting import count_text
from notification_tester.qt.widgets.list_files import ListFiles
from notification_tester.qt.widgets.row_filter import RowFilter
from notification_tester.qt.widgets.tables import RowTable
from notification_tester.storage.queries import HistoryQuery
from notification_tester.storage.rows import DELIVERY_KIND, TEST_KIND, Outcome

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QWidget

    from notification_tester.qt.history.model import HistoryModel

WIDTHS = {
    Column.WHEN: 24,
    Column.EVENT: 25,
    Column.DESTINATION: 26,
    Column.ACCOUNT: 16,
    Column.OUTCOME: 34,
    Column.SECONDS: 11,
}


TYPING_PAUSE = 150
"""Milliseconds without a key, after which the list is asked anew."""

FILTERS = (Outcome.GOOD, Outcome.BAD, Outcome.UNKNOWN, Outcome.RUNNING, Outcome.INTERRUPTED)
"""What is offered below "Every outcome", in its order."""

KINDS = ("", TEST_KIND, DELIVERY_KIND)
"""What is offered of who sent, in its order."""


class HistoryTable(RowTable):
    """The outcome gets the room that is left until a person sets widths."""

    def __init__(self, model: HistoryModel, parent: QWidget | None = None) -> None:
        super().__init__(model, parent, widths=[WIDTHS[column] for column in Column])
        self.setAccessibleName(self.tr("Tests, newest first"))
        self._widths_are_chosen = False
        self._filling = False
        header = self.horizontalHeader()
        header.moveSection(Column.OUTCOME, 1)  # in sight in a narrow window too
        header.sectionResized.connect(self._width_changed)

    def save_widths(self) -> str:
        """Widths and order of the columns, for ``restore_widths``."""
        return bytes(self.horizontalHeader().saveState().toBase64().data()).decode()

    def restore_widths(self, state: str) -> None:
        """Take up what ``save_widths`` gave; anything else is ignored."""
        data = QByteArray.fromBase64(QByteArray(state.encode()))
        self._filling = True
        if self.horizontalHeader().restoreState(data):
            self._widths_are_chosen = True
        self._filling = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share out the new width."""
        super().resizeEvent(event)
        if self._widths_are_chosen:
            return
        header = self.horizontalHeader()
        others = header.length() - header.sectionSize(Column.OUTCOME)
        least = self.fontMetrics().averageCharWidth() * 18
        self._filling = True
        header.resizeSection(Column.OUTCOME, max(least, self.viewport().width() - others))
        self._filling = False

    def _width_changed(self) -> None:
        if not self._filling and self.isVisible():
            self._widths_are_chosen = True


class HistoryFilter(RowFilter[HistoryQuery]):
    """A field and two lists."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, pause=TYPING_PAUSE)
        self.search.setPlaceholderText(self.tr("Search destinations, accounts, problems, messages"))
        self.search.setAccessibleName(self.tr("Search the history"))
        self.who_sent = self._add_choice(self.tr("Who sent"))
        self.who_sent.addItem(self.tr("Every sender"))
        self.who_sent.addItem(self.tr("Mechanical Turk"))
        self.who_sent.addItem(self.tr("This computer"))
        self.outcome = self._add_choice(self.tr("Outcome"))
        self.outcome.addItem(self.tr("Every outcome"))
        for outcome in FILTERS:
            self.outcome.addItem(icons.icon(OUTCOME_ICONS[outcome]), outcome_word(outcome))

    def query(self) -> HistoryQuery:
        """The question as it stands."""
        index = self.outcome.currentIndex()  # not its data: Qt would give back a plain str
        outcomes = frozenset({FILTERS[index - 1]}) if index > 0 else frozenset()
        kind = KINDS[max(0, self.who_sent.currentIndex())]
        return HistoryQuery(text=self.search.text().strip(), outcomes=outcomes, kind=kind)


class HistoryFiles(ListFiles):
    """What is said of it."""

    def asked(self) -> tuple[str, str]:
        """The title of the dialog, and the name that it offers."""
        return self.tr("Export the history"), "mturk-notification-history"

    def said(self, count: int) -> tuple[str, str]:
        """What was done."""
        many = self.tr("{count} tests are in {{path}}")
        return self.tr("The history was exported."), count_text(count, self.tr("1 test is in {{path}}"), many)
