# SPDX-License-Identifier: MIT
"""A long list as Qt's views want it: an adapter that holds the pages seen so far, newest first.

It copes with a million rows because it never asks how many there are: a page is read on a worker when the view comes
near the end, found by the id of the last row.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from enum import IntEnum
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPalette

from notification_tester.qt.looks import icons
from notification_tester.qt.looks.colours import chosen_ink
from notification_tester.qt.looks.theme import Tone, tone_colours
from notification_tester.qt.looks.visible_text import tooltip

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from notification_tester.domain.problem import Problem
    from notification_tester.qt.background import Tasks
    from notification_tester.storage.queries import PageQuery

Index = QModelIndex | QPersistentModelIndex
_TOP_LEVEL = QModelIndex()

ROW_ROLE = int(Qt.ItemDataRole.UserRole)
"""Hands out the row object, in any column."""

ICON_SIZE = 16
"""Points."""

LEADING = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
TRAILING = Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter


class HasId(Protocol):
    """A row; ids fall from top to bottom."""

    @property
    def id(self) -> float:
        """What it is found by; a whole number but for rows that stand below another one."""


Row = TypeVar("Row", bound=HasId)
Column = TypeVar("Column", bound=IntEnum)
Query = TypeVar("Query", bound="PageQuery")
Query_contra = TypeVar("Query_contra", bound="PageQuery", contravariant=True)


class Pages(Protocol[Row, Query_contra]):
    """Where the rows are."""

    def page(self, query: Query_contra) -> list[Row]:
        """Up to ``query.limit`` rows; blocks, and may raise ProblemError."""


class Mark(NamedTuple):
    """What a cell says by colour and, where an icon is named, by shape."""

    tone: Tone
    icon: str = ""


class RowModel(QAbstractTableModel, Generic[Row, Column, Query]):
    """Rows that a query finds, page by page. Which columns there are, and what stands in them, subclasses say."""

    loaded = Signal()  # the first page of the newest query is here
    failed = Signal(object)  # Problem

    def __init__(self, tasks: Tasks, columns: type[Column], query: Query, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns: Sequence[Column] = tuple(columns)
        self._tasks = tasks
        self._source: Pages[Row, Query] | None = None
        self._query = query
        self._rows: list[Row] = []
        self._at_end = True
        self._number = 0  # of the newest query; the answer to an earlier one is dropped
        self._is_loading = False
        self._is_fetching = False
        self._icons: dict[Mark, QIcon] = {}
        self._colours: dict[Tone, QColor] = {}
        self._group = QPalette.ColorGroup.Active  # of a chosen row

    def title(self, column: Column) -> str:
        """The name of a column."""
        raise NotImplementedError

    def text(self, row: Row, column: Column) -> str:
        """What a cell shows."""
        raise NotImplementedError

    def tip(self, row: Row, column: Column) -> str | None:
        """Its tool tip, as it is: markup in it is nobody's."""
        raise NotImplementedError

    def mark(self, row: Row, column: Column) -> Mark | None:
        """Its colour and shape, where it has any."""
        raise NotImplementedError

    def alignment(self, column: Column) -> Qt.AlignmentFlag:
        """On which side a column stands."""
        del column
        return LEADING

    def can_be_chosen(self, row: Row) -> bool:
        """Whether a row is one to look at, and not the heading of others."""
        del row
        return True

    @property
    def query(self) -> Query:
        """What is shown, or will be as soon as it was read."""
        return self._query

    @property
    def is_loading(self) -> bool:
        """Whether the first page of the newest query is still being read."""
        return self._is_loading

    def show(self, source: Pages[Row, Query] | None, query: Query) -> None:
        """Show what ``query`` finds in ``source``; the rows of before stay until the answer is here."""
        self._source = source
        self._query = replace(query, before=None)
        self._number += 1
        self._is_fetching = False
        self._is_loading = source is not None
        if source is None:
            self._show_first_page([])
        else:
            self._read(self._show_first_page, self._query)

    def row_at(self, index: Index) -> Row | None:
        """The row object, or None for an index that is not one of ours."""
        return self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None

    def palette_changed(self, group: QPalette.ColorGroup = QPalette.ColorGroup.Active) -> None:
        """Draw the shapes again, in the colours of now; those of a chosen row as a window of this group has it."""
        self._group = group
        self._icons.clear()
        self._colours.clear()
        self._changed(0, len(self._rows) - 1)

    def place_of(self, row_id: float) -> int:
        """Where a row of this id stands or belongs."""
        return bisect_left(self._rows, -row_id, key=lambda one: -one.id)

    def colour(self, tone: Tone) -> QColor:
        """The colour of a cell's words."""
        if tone not in self._colours:
            self._colours[tone] = tone_colours(QGuiApplication.palette(), tone).text
        return self._colours[tone]

    def icon(self, mark: Mark) -> QIcon:
        """The shape of a cell; drawn once, and not by each row anew."""
        if mark not in self._icons:
            chosen = chosen_ink(QGuiApplication.palette(), self.colour(mark.tone), self._group)
            icon = QIcon()
            for mode, colour in ((QIcon.Mode.Normal, self.colour(mark.tone)), (QIcon.Mode.Selected, chosen)):
                for ratio in (1, 2, 3):
                    icon.addPixmap(icons.pixmap(mark.icon, colour, size=ICON_SIZE, ratio=ratio), mode)
            self._icons[mark] = icon
        return self._icons[mark]

    def rowCount(self, parent: Index = _TOP_LEVEL) -> int:
        """How many rows are in memory."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _TOP_LEVEL) -> int:
        """How many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def canFetchMore(self, parent: Index) -> bool:
        """Whether there may be older rows, and none are being read already."""
        return not (parent.isValid() or self._at_end or self._is_loading or self._is_fetching)

    def fetchMore(self, parent: Index) -> None:
        """Read the next page, on a worker."""
        if self.canFetchMore(parent) and self._rows:
            self._is_fetching = True
            self._read(self._show_older, self._after(self._rows[-1]))

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | Qt.AlignmentFlag | None:
        """The names of the columns."""
        if orientation is Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return self.alignment(self.columns[section])
            if role == Qt.ItemDataRole.DisplayRole:
                return self.title(self.columns[section])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows, its tool tip, its shape and colour, or the row itself."""
        row = self.row_at(index)
        if row is None:
            return None
        column = self.columns[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.text(row, column)
            case Qt.ItemDataRole.ToolTipRole:
                return tooltip(self.tip(row, column) or "") or None
            case Qt.ItemDataRole.TextAlignmentRole:
                return self.alignment(column)
            case Qt.ItemDataRole.ForegroundRole | Qt.ItemDataRole.DecorationRole:
                mark = self.mark(row, column)
                if mark is None:
                    return None
                return self.colour(mark.tone) if role == Qt.ItemDataRole.ForegroundRole else self.icon(mark)
        return row if role == ROW_ROLE else None

    def _after(self, last: Row) -> Query:
        """The question for the page after the one that ended with ``last``."""
        return replace(self._query, before=last.id)

    def _read(self, take: Callable[[list[Row]], None], query: Query) -> None:
        """Have rows read on a worker; the answer is dropped where something else is to be shown meanwhile."""
        if self._source is not None:
            self._tasks.run(
                partial(self._source.page, query),
                done=partial(self._answer, self._number, take),
                failed=partial(self._answer, self._number, self._fail),
            )

    def _answer(self, number: int, take: Callable[[Any], None], answer: object) -> None:
        if number == self._number:
            take(answer)

    def _show_first_page(self, rows: list[Row]) -> None:
        self._is_loading = False
        self._at_end = len(rows) < self._query.limit
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()
        self.loaded.emit()

    def _show_older(self, rows: list[Row]) -> None:
        self._is_fetching = False
        self._at_end = len(rows) < self._query.limit
        self._insert(len(self._rows), [row for row in rows if not self._rows or row.id < self._rows[-1].id])

    def _insert(self, place: int, rows: Sequence[Row]) -> None:
        """Put rows in at a place."""
        if rows:
            self.beginInsertRows(QModelIndex(), place, place + len(rows) - 1)
            self._rows[place:place] = rows
            self.endInsertRows()

    def _replace(self, place: int, row: Row) -> None:
        """Show another state of a row."""
        self._rows[place] = row
        self._changed(place, place)

    def _remove(self, place: int, count: int) -> None:
        """Take rows out."""
        self.beginRemoveRows(QModelIndex(), place, place + count - 1)
        del self._rows[place : place + count]
        self.endRemoveRows()

    def _changed(self, first: int, last: int) -> None:
        if first <= last:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))

    def _fail(self, problem: Problem) -> None:
        self._is_loading = self._is_fetching = False
        self._at_end = True  # else the view would ask again at once, and again
        self.failed.emit(problem)
