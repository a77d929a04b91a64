# SPDX-License-Identifier: MIT
"""The history as Qt's views want it: an adapter that holds the pages seen so far, newest first.

It copes with a million rows because it never asks how many there are: a page of 200 is read on a worker when the view
comes near the end, found by the id of the last row. A test that begins or ends changes its own row alone.
"""

from __future__ import annotations

from dataclasses import replace
from enum import IntEnum
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QIcon

from notification_tester.qt import icons
from notification_tester.qt.event_names import name_of
from notification_tester.qt.history_words import (
    OUTCOME_ICONS,
    OUTCOME_TONES,
    outcome_text,
    seconds_text,
    short_destination,
    when,
    when_exactly,
)
from notification_tester.qt.theme import tone_colours
from notification_tester.qt.visible_text import one_line
from notification_tester.storage.queries import HistoryQuery

if TYPE_CHECKING:
    from notification_tester.domain.problem import Problem
    from notification_tester.qt.tasks import Tasks
    from notification_tester.storage.rows import HistorySummary, Outcome


class Pages(Protocol):
    """What the model needs of a History."""

    def page(self, query: HistoryQuery) -> list[HistorySummary]:
        """Up to ``query.limit`` rows, newest first."""


Index = QModelIndex | QPersistentModelIndex
_TOP_LEVEL = QModelIndex()

ROW_ROLE = int(Qt.ItemDataRole.UserRole)
"""Hands out the HistorySummary of a row, in any column."""
SORT_ROLE = int(Qt.ItemDataRole.UserRole) + 1
"""Hands out a value that sorts as the column means it."""


class Column(IntEnum):
    """The columns, in the order in which they are shown."""

    WHEN = 0
    EVENT = 1
    DESTINATION = 2
    ACCOUNT = 3
    OUTCOME = 4
    SECONDS = 5


class HistoryModel(QAbstractTableModel):
    """Rows that a query finds, page by page. ``history`` may be None: then there are none."""

    loaded = Signal()  # the first page of the newest query is here
    failed = Signal(object)  # Problem

    def __init__(self, tasks: Tasks, history: Pages | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._history = history
        self._query = HistoryQuery()
        self._rows: list[HistorySummary] = []
        self._at_end = True
        self._number = 0  # of the newest query; the answer to an earlier one is dropped
        self._first_page_under_way = False
        self._next_page_under_way = False
        self._waiting: list[int] = []  # rows that changed while the first page was being read
        self._tickets: dict[int, int] = {}  # of the newest look at a row
        self._looks = 0
        self._icons: dict[Outcome, QIcon] = {}

    def set_history(self, history: Pages | None) -> None:
        """Read from another history from now on; the rows of the one before are forgotten."""
        self._history = history
        self._number += 1
        self._first_page_under_way = self._next_page_under_way = False
        self.beginResetModel()
        self._rows = []
        self._at_end = True
        self.endResetModel()

    @property
    def query(self) -> HistoryQuery:
        """What is shown, or will be as soon as it was read."""
        return self._query

    @property
    def is_loading(self) -> bool:
        """Whether the first page of the newest query is still being read."""
        return self._first_page_under_way

    def set_query(self, query: HistoryQuery) -> None:
        """Show what ``query`` finds; the rows of before stay until the answer is here."""
        self._query = replace(query, before=None)
        self._number += 1
        self._next_page_under_way = False
        if self._history is None:
            return
        self._first_page_under_way = True
        self._tasks.run(
            partial(self._history.page, self._query),
            done=partial(self._show_first_page, self._number),
            failed=partial(self._fail, self._number),
        )

    def refresh(self, row_id: int) -> None:
        """Look at one row again: it began, or it ended."""
        if self._history is None:
            return
        if self._first_page_under_way:
            self._waiting.append(row_id)
            return
        self._looks += 1
        self._tickets[row_id] = self._looks
        self._tasks.run(
            partial(self._history.page, replace(self._query, before=row_id + 1, limit=1)),
            done=partial(self._show_row, self._number, row_id, self._looks),
            failed=partial(self._fail, self._number),
        )

    def row_at(self, index: Index) -> HistorySummary | None:
        """The row object, or None for an index that is not one of ours."""
        return self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None

    def palette_changed(self) -> None:
        """Draw the shapes again, in the colours of now."""
        self._icons.clear()
        if self._rows:
            self.dataChanged.emit(self.index(0, Column.OUTCOME), self.index(len(self._rows) - 1, Column.OUTCOME))

    def rowCount(self, parent: Index = _TOP_LEVEL) -> int:
        """How many rows were read so far."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _TOP_LEVEL) -> int:
        """How many columns there are."""
        return 0 if parent.isValid() else len(Column)

    def canFetchMore(self, parent: Index) -> bool:
        """Whether there may be older rows, and none are being read already."""
        return not (parent.isValid() or self._at_end or self._first_page_under_way or self._next_page_under_way)

    def fetchMore(self, parent: Index) -> None:
        """Read the next page, on a worker."""
        if not self.canFetchMore(parent) or self._history is None:
            return
        self._next_page_under_way = True
        self._tasks.run(
            partial(self._history.page, replace(self._query, before=self._rows[-1].id)),
            done=partial(self._show_next_page, self._number),
            failed=partial(self._fail, self._number),
        )

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | Qt.AlignmentFlag | None:
        """The names of the columns."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(Column(section))
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return {
            Column.WHEN: self.tr("When"),
            Column.EVENT: self.tr("What happened"),
            Column.DESTINATION: self.tr("Goes to"),
            Column.ACCOUNT: self.tr("Account"),
            Column.OUTCOME: self.tr("Outcome"),
            Column.SECONDS: self.tr("Seconds"),
        }[Column(section)]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows, its tool tip, its shape and colour, its sort value, or the row itself."""
        row = self.row_at(index)
        if row is None:
            return None
        column = Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(row, column)
            case Qt.ItemDataRole.ToolTipRole:
                return self._tool_tip(row, column)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(column)
            case Qt.ItemDataRole.DecorationRole if column is Column.OUTCOME:
                return self._icon(row.outcome)
            case Qt.ItemDataRole.ForegroundRole if column is Column.OUTCOME:
                return tone_colours(QGuiApplication.palette(), OUTCOME_TONES[row.outcome]).text
            case _ if role == ROW_ROLE:
                return row
            case _ if role == SORT_ROLE:
                return _sort_value(row, column)
        return None

    @staticmethod
    def _text(row: HistorySummary, column: Column) -> str:
        match column:
            case Column.WHEN:
                return when(row.started)
            case Column.EVENT:
                return one_line(name_of(row.event))
            case Column.DESTINATION:
                return short_destination(row.transport, row.destination)
            case Column.ACCOUNT:
                return one_line(row.account)
            case Column.OUTCOME:
                return outcome_text(row)
            case Column.SECONDS:
                return seconds_text(row.seconds)

    @staticmethod
    def _tool_tip(row: HistorySummary, column: Column) -> str | None:
        match column:
            case Column.WHEN:
                return when_exactly(row.started)
            case Column.DESTINATION:
                return one_line(row.destination)
            case Column.OUTCOME:
                return outcome_text(row)
            case _:
                return None

    def _icon(self, outcome: Outcome) -> QIcon:
        if outcome not in self._icons:
            colour = tone_colours(QGuiApplication.palette(), OUTCOME_TONES[outcome]).text
            self._icons[outcome] = icons.icon_in(OUTCOME_ICONS[outcome], colour)
        return self._icons[outcome]

    def _show_first_page(self, number: int, rows: list[HistorySummary]) -> None:
        if number != self._number:
            return
        self._first_page_under_way = False
        self.beginResetModel()
        self._rows = rows
        self._at_end = len(rows) < self._query.limit
        self._tickets.clear()
        self.endResetModel()
        waiting, self._waiting = self._waiting, []
        for row_id in dict.fromkeys(waiting):
            self.refresh(row_id)
        self.loaded.emit()

    def _show_next_page(self, number: int, rows: list[HistorySummary]) -> None:
        if number != self._number:
            return
        self._next_page_under_way = False
        self._at_end = len(rows) < self._query.limit
        older = [row for row in rows if not self._rows or row.id < self._rows[-1].id]
        if older:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(older) - 1)
            self._rows.extend(older)
            self.endInsertRows()

    def _show_row(self, number: int, row_id: int, ticket: int, found: list[HistorySummary]) -> None:
        if number != self._number or self._tickets.get(row_id) != ticket:
            return
        del self._tickets[row_id]
        row = next((each for each in found if each.id == row_id), None)
        place = self._place(row_id)
        is_here = place < len(self._rows) and self._rows[place].id == row_id
        if row is None:
            if is_here:
                self.beginRemoveRows(QModelIndex(), place, place)
                del self._rows[place]
                self.endRemoveRows()
        elif is_here:
            self._rows[place] = row
            self.dataChanged.emit(self.index(place, 0), self.index(place, len(Column) - 1))
        elif place < len(self._rows) or self._at_end:  # else it comes with its page
            self.beginInsertRows(QModelIndex(), place, place)
            self._rows.insert(place, row)
            self.endInsertRows()

    def _place(self, row_id: int) -> int:
        """Where a row of this id stands or belongs; ids fall from top to bottom."""
        low, high = 0, len(self._rows)
        while low < high:
            middle = (low + high) // 2
            if self._rows[middle].id > row_id:
                low = middle + 1
            else:
                high = middle
        return low

    def _fail(self, number: int, problem: Problem) -> None:
        if number != self._number:
            return
        self._first_page_under_way = False
        self._next_page_under_way = False
        self._at_end = True  # else the view would ask again at once, and again
        self.failed.emit(problem)


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignTrailing if column is Column.SECONDS else Qt.AlignmentFlag.AlignLeading
    return side | Qt.AlignmentFlag.AlignVCenter


def _sort_value(row: HistorySummary, column: Column) -> str | float | int:
    match column:
        case Column.WHEN:
            return row.id
        case Column.EVENT:
            return row.event
        case Column.DESTINATION:
            return row.destination
        case Column.ACCOUNT:
            return row.account.casefold()
        case Column.OUTCOME:
            return row.outcome.value
        case Column.SECONDS:
            return -1.0 if row.seconds is None else row.seconds
