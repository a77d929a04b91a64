# SPDX-License-Identifier: MIT
"""The list of events that arrived: it stands still under the eyes of whoever reads in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView

from notification_tester.qt.inbox.model import Column
from notification_tester.qt.widgets.row_table import RowTable

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QWidget

    from notification_tester.qt.inbox.model import InboxModel

WIDTHS = {Column.WHEN: 18, Column.EVENT: 25}
OTHER_WIDTHS = 22


class InboxTable(RowTable):
    """At the top it shows what comes in; further down it stays where it is."""

    def __init__(self, model: InboxModel, parent: QWidget | None = None) -> None:
        super().__init__(model, parent, widths=[WIDTHS.get(column, OTHER_WIDTHS) for column in Column])
        self._inbox = model
        self.setAccessibleName(self.tr("Events that arrived, newest first"))
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        header = self.horizontalHeader()
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
