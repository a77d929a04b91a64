# SPDX-License-Identifier: MIT
"""The list of tests: which of its columns gets what room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray

from notification_tester.qt.history.model import Column
from notification_tester.qt.widgets.row_table import RowTable

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
