# SPDX-License-Identifier: MIT
"""What Qt keeps of a long list: how many rows it has, and the cells that are in sight.

A list that is painted anew many times a second asks for a thousand things each time. Had each to be asked of Python, it
would wait for Python's lock, which busy threads hold for a millisecond at a time, and the window would stand still. So
a view has the rows in sight prepared, in one go, and then paints them without Python.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QSignalBlocker, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel

from notification_tester.qt.lists.table_model import LEADING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from notification_tester.qt.lists.row_model import RowModel

    AnyRows = RowModel[Any, Any, Any]

Index = QModelIndex | QPersistentModelIndex
_BEGINNING = Qt.MatchFlag.MatchStartsWith | Qt.MatchFlag.MatchWrap


class PaintedRows(QStandardItemModel):
    """Follows ``rows``; most of its cells are empty. What Qt asks for while it paints may not be overridden here."""

    def __init__(self, rows: AnyRows, parent: QObject | None = None) -> None:
        super().__init__(rows.rowCount(), len(rows.columns), parent)
        self._rows = rows
        self._prepared: set[float] = set()  # ids
        self._today = _today()
        cell = QStandardItem()  # those that Qt makes are like this one
        cell.setEditable(False)
        self.setItemPrototype(cell)
        for column in rows.columns:
            self.setHeaderData(column, Qt.Orientation.Horizontal, rows.title(column))
            side = rows.alignment(column)
            self.setHeaderData(column, Qt.Orientation.Horizontal, side, Qt.ItemDataRole.TextAlignmentRole)
        rows.modelAboutToBeReset.connect(lambda: self.prepare(()))
        rows.modelReset.connect(self._begin_anew)
        rows.rowsInserted.connect(lambda _, first, last: self.insertRows(first, last - first + 1))
        rows.rowsAboutToBeRemoved.connect(lambda _, first, last: self._forget(self._prepared_between(first, last)))
        rows.rowsRemoved.connect(lambda _, first, last: self.removeRows(first, last - first + 1))
        rows.dataChanged.connect(lambda first, last, *_: self._changed(first.row(), last.row()))

    def prepare(self, places: Iterable[int]) -> None:
        """Keep the cells of these rows, and of no others."""
        today = _today()
        if today != self._today:  # what was of today is so no more
            self._today = today
            self._fill_anew(self._prepared)
        wanted = [(place, row) for place in places if (row := self._rows.row_in(place)) is not None]
        self._forget(self._prepared.difference(row.id for _, row in wanted))
        with QSignalBlocker(self):
            for place, row in wanted:
                if row.id not in self._prepared:
                    self._prepared.add(row.id)
                    self._fill(place, row)

    def canFetchMore(self, parent: Index) -> bool:
        """Whether there may be older rows, and none are being read already."""
        return not parent.isValid() and self._rows.canFetchMore(QModelIndex())

    def fetchMore(self, parent: Index) -> None:
        """Read the next page, on a worker."""
        if not parent.isValid():
            self._rows.fetchMore(QModelIndex())

    def match(self, start: Index, role: int, value: Any, hits: int = 1, flags: Any = _BEGINNING) -> list[QModelIndex]:
        """Find by typing also what is out of sight."""
        begin = self._rows.index(start.row(), start.column())
        return [self.index(one.row(), one.column()) for one in self._rows.match(begin, role, value, hits, flags)]

    def _begin_anew(self) -> None:
        self.beginResetModel()
        with QSignalBlocker(self):
            self.setRowCount(0)  # with the cells that were held
            self.setRowCount(self._rows.rowCount())
        self.endResetModel()

    def _changed(self, first: int, last: int) -> None:
        self._fill_anew(self._prepared_between(first, last))
        self.dataChanged.emit(self.index(first, 0), self.index(last, self.columnCount() - 1))

    def _fill(self, place: int, row: Any) -> None:
        rows = self._rows
        for column in rows.columns:
            cell = self.index(place, column)
            self.setData(cell, rows.text(row, column), Qt.ItemDataRole.DisplayRole)
            if rows.alignment(column) != LEADING:  # Qt's own
                self.setData(cell, rows.alignment(column), Qt.ItemDataRole.TextAlignmentRole)
            mark = rows.mark(row, column)
            if mark is not None:
                self.setData(cell, rows.colour(mark.tone), Qt.ItemDataRole.ForegroundRole)
            if mark is not None and mark.icon:
                self.setData(cell, rows.icon(mark), Qt.ItemDataRole.DecorationRole)
            if not rows.can_be_chosen(row):
                self.itemFromIndex(cell).setEnabled(False)  # the keyboard passes it over

    def _fill_anew(self, ids: set[float]) -> None:
        with QSignalBlocker(self):
            for place in [self._rows.place_of(one) for one in ids]:
                for column in range(self.columnCount()):
                    for role in (Qt.ItemDataRole.ForegroundRole, Qt.ItemDataRole.DecorationRole):
                        self.setData(self.index(place, column), None, role)
                self._fill(place, self._rows.row_in(place))

    def _prepared_between(self, first: int, last: int) -> set[float]:
        return {one for one in self._prepared if first <= self._rows.place_of(one) <= last}

    def _forget(self, ids: set[float]) -> None:
        """Let cells go while they are near where they were made: Qt searches long for one that moved far.

        Those to which somebody holds on, such as the row of the keyboard, go when their row does.
        """
        held = {one.row() for one in self.persistentIndexList()}
        with QSignalBlocker(self):
            for place in {self._rows.place_of(one) for one in ids} - held:
                for column in range(self.columnCount()):
                    self.takeItem(place, column)
        self._prepared = self._prepared - ids


def _today() -> date:
    return datetime.now().astimezone().date()
