# SPDX-License-Identifier: MIT
"""The list of tests: how it looks, and the widths of its columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from notification_tester.qt.history_model import Column

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from notification_tester.qt.history_model import HistoryModel


class HistoryTable(QTableView):
    """Rows of one height, one chosen at a time; the outcome gets the room that is left until a person sets widths."""

    def __init__(self, model: HistoryModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._widths_are_chosen = False
        self._filling = False
        self.setModel(model)
        self.setAccessibleName(self.tr("Tests, newest first"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        # one height for all: else Qt measures every row, and a million of them hold up the window
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 14)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(False)
        width = self.fontMetrics().averageCharWidth()
        for column, characters in (
            (Column.WHEN, 24),
            (Column.EVENT, 25),
            (Column.DESTINATION, 26),
            (Column.ACCOUNT, 16),
            (Column.OUTCOME, 34),
            (Column.SECONDS, 11),
        ):
            header.resizeSection(column, width * characters)
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
