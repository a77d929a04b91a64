# SPDX-License-Identifier: MIT
"""The list of events that arrived: how it looks, and that it stands still under the eyes of whoever reads in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from notification_tester.qt.inbox_model import Column

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from notification_tester.qt.inbox_model import InboxModel


class InboxTable(QTableView):
    """Rows of one height, newest on top. At the top it shows what comes in; further down it stays where it is."""

    def __init__(self, model: InboxModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inbox = model
        self.setModel(model)
        self.setAccessibleName(self.tr("Events that arrived, newest first"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.verticalHeader().hide()
        # one height for all: else Qt measures every row that comes in
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 14)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        width = self.fontMetrics().averageCharWidth()
        for column, characters in (
            (Column.WHEN, 18),
            (Column.EVENT, 25),
            (Column.HIT_TYPE, 22),
            (Column.HIT, 22),
            (Column.ASSIGNMENT, 22),
            (Column.SENDER, 22),
            (Column.REMARK, 22),
        ):
            header.resizeSection(column, width * characters)
        header.moveSection(header.visualIndex(Column.SENDER), 2)  # in sight in a narrow window too
        header.moveSection(header.visualIndex(Column.REMARK), 3)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        model.inserted.connect(self._stay)

    @property
    def is_at_top(self) -> bool:
        """Whether the newest rows are in sight."""
        return self.verticalScrollBar().value() == 0

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the last column fill what is over."""
        super().resizeEvent(event)
        header = self.horizontalHeader()
        header.setStretchLastSection(header.length() <= self.viewport().width())

    def _scrolled(self, value: int) -> None:
        self._inbox.set_at_top(value == 0)

    def _stay(self, inserted: int) -> None:
        bar = self.verticalScrollBar()
        if not self.is_at_top:
            bar.setValue(bar.value() + inserted)
