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
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from PySide6.QtCore import QModelIndex, QObject, Signal

from notification_tester.qt.lists.table_model import Index, TableModel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from notification_tester.domain.problem import Problem
    from notification_tester.qt.background import Tasks
    from notification_tester.storage.queries import PageQuery


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


class RowModel(TableModel[Row, Column], Generic[Row, Column, Query]):
    """Rows that a query finds, page by page."""

    loaded = Signal()  # the first page of the newest query is here
    failed = Signal(object)  # Problem

    def __init__(self, tasks: Tasks, columns: type[Column], query: Query, parent: QObject | None = None) -> None:
        super().__init__(columns, parent)
        self._tasks = tasks
        self._source: Pages[Row, Query] | None = None
        self._query = query
        self._at_end = True
        self._number = 0  # of the newest query; the answer to an earlier one is dropped
        self._is_loading = False
        self._is_fetching = False

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
        return self._row(index)

    def place_of(self, row_id: float) -> int:
        """Where a row of this id stands or belongs."""
        return bisect_left(self._rows, -row_id, key=lambda one: -one.id)

    def canFetchMore(self, parent: Index) -> bool:
        """Whether there may be older rows, and none are being read already."""
        return not (parent.isValid() or self._at_end or self._is_loading or self._is_fetching)

    def fetchMore(self, parent: Index) -> None:
        """Read the next page, on a worker."""
        if self.canFetchMore(parent) and self._rows:
            self._is_fetching = True
            self._read(self._show_older, self._after(self._rows[-1]))

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

    def _fail(self, problem: Problem) -> None:
        self._is_loading = self._is_fetching = False
        self._at_end = True  # else the view would ask again at once, and again
        self.failed.emit(problem)
