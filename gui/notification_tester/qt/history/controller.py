# SPDX-License-Identifier: MIT
"""What the page History asks: rows, how many there are, where tests went and how long they took; off the main thread.

Nothing is asked before the page is seen. The answer of a history that was put aside meanwhile is dropped.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QCoreApplication, QObject, Signal

from notification_tester.domain.messages.message import decode
from notification_tester.qt.history.model import HistoryModel, short_destination
from notification_tester.qt.history.strip import Latency
from notification_tester.qt.looks.visible_text import one_line
from notification_tester.services.history_export import export_history
from notification_tester.storage.queries import HistoryQuery

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from notification_tester.domain.messages.decoded import DecodedMessage
    from notification_tester.domain.problem import Problem
    from notification_tester.qt.background import Tasks
    from notification_tester.storage.history import History
    from notification_tester.storage.queries import Place
    from notification_tester.storage.rows import HistoryRow, HistorySummary

FEW_NEW = 20
"""Rows of another program that are put in one by one; with more the list is read anew."""

Answer = TypeVar("Answer")


class HistoryController(QObject):
    """One history at a time, or none. Rows go into ``model``."""

    failed = Signal(object)  # Problem
    counted = Signal(int)  # how many rows the query of the model finds
    places_found = Signal(object, object)  # names of accounts by what they are kept as, and accounts with their places
    times_found = Signal(object, object)  # Latency, and the Ownership under which it may be saved; None for both
    unwritten_found = Signal(object)  # how many endings are only in memory, and why: a pair, or None
    changed = Signal()  # there are other rows, or rows say something else

    def __init__(self, tasks: Tasks, history: History | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._history = history
        self.model = HistoryModel(tasks, history, self)
        self.model.loaded.connect(self._loaded)
        self._newest: int | None = None  # the id of the newest row when that was looked at last
        self._has_places = False  # whether they were asked for
        self._times_of: tuple[Place, tuple[str, str], str] | None = None  # what was asked last: place, account, kind
        self._times_number = 0
        self._count_number = 0

    @property
    def history(self) -> History | None:
        """What is asked."""
        return self._history

    def set_history(self, history: History | None) -> None:
        """Ask another history from now on."""
        self._history = history
        self._has_places = False
        self.model.set_history(history)

    def row_changed(self, row_id: int) -> None:
        """Look at a row again: it is new, or was written to."""
        self.model.refresh(row_id)
        self._times_of = None
        self.changed.emit()

    def look_for_others(self) -> None:
        """See what came meanwhile: a command, or another program of this person, may have written here as well."""
        if self._history is not None:
            self._ask(partial(self._history.page, HistoryQuery(limit=1)), self._take_others)

    def look_at_unwritten(self) -> None:
        """Have the history try to write what the disk refused; told by ``unwritten_found``."""
        if self._history is not None:
            self._ask(self._history.unwritten, self.unwritten_found.emit)

    def count(self) -> None:
        """Count what the query finds; told by ``counted``, unless it is asked again meanwhile."""
        if self._history is not None:
            self._count_number += 1
            self._ask(partial(self._history.count, self.model.query), partial(self._take_count, self._count_number))

    def find_places(self) -> None:
        """Find accounts and places to choose from, once; told by ``places_found``."""
        if self._history is not None and not self._has_places:
            self._has_places = True
            self._ask(self._history.places, partial(self.places_found.emit, self._history.account_names))

    def find_times(self, place: Place | None, account: tuple[str, str] | None, kind: str) -> None:
        """Find how long what an account sent to a place took; told by ``times_found`` where that is another."""
        history, asked = self._history, self._times_of
        if history is None or place is None or account is None:
            self._times_of = None
            self.times_found.emit(None, None)
        elif asked != (place, account, kind):
            self._times_of = place, account, kind
            self._times_number += 1
            self._ask(
                partial(_times, history, place, account, kind),
                partial(self._take_times, self._times_number, history),
            )

    def read(self, row_id: int, take: Callable[[HistoryRow], object]) -> None:
        """``take`` a row, whole, as soon as it is read; not where it is gone."""

        def was_read(row: HistoryRow | None) -> None:
            if row is not None:
                take(row)

        if self._history is not None:
            self._ask(partial(self._history.row, row_id), was_read)

    def whole_row(self, row_id: int) -> Callable[[], tuple[HistoryRow, DecodedMessage | None] | None]:
        """How a row is read with its message, on a worker; None where it is gone."""
        return partial(_read_row, self._history, row_id)

    def export(self) -> Callable[[Path], int] | None:
        """How all that the list shows is written to a file, on a worker, and counted."""
        if self._history is None:
            return None
        return partial(export_history, self._history, replace(self.model.query, before=None))

    def _ask(self, work: Callable[[], Answer], done: Callable[[Answer], object]) -> None:
        history = self._history

        def answered(answer: Answer) -> None:
            if self._history is history:
                done(answer)

        def not_done(problem: Problem) -> None:
            if self._history is history:
                self.failed.emit(problem)

        self._tasks.run(work, done=answered, failed=not_done)

    def _loaded(self) -> None:
        if self.model.query.is_by_time and not self.model.query.is_narrow:
            rows = self.model.rows_between(0, 1)
            self._newest = rows[0].id if rows else 0

    def _take_others(self, found: Sequence[HistorySummary]) -> None:
        newest, known = found[0].id if found else 0, self._newest
        self._newest = newest
        if known is None or newest <= known:
            return
        if newest - known > FEW_NEW or not self.model.query.is_by_time:
            self.model.set_query(self.model.query)
            return
        for row_id in range(known + 1, newest + 1):
            self.row_changed(row_id)

    def _take_count(self, number: int, count: int) -> None:
        if number == self._count_number:
            self.counted.emit(count)

    def _take_times(self, number: int, history: History, latency: Latency) -> None:
        if number == self._times_number:
            self.times_found.emit(latency, history.owner)


def _times(history: History, place: Place, account: tuple[str, str], kind: str) -> Latency:
    name = short_destination(place.transport, place.destination)
    if called := history.account_names.get(account[0], account[0]):
        name = QCoreApplication.translate("LatencyStrip", "{place} with {account}").format(
            place=name, account=one_line(called)
        )
    return Latency.of(name, history.arrivals(place, account, kind=kind))


def _read_row(history: History | None, row_id: int) -> tuple[HistoryRow, DecodedMessage | None] | None:
    """A row and its message, decoded; for a worker, as a message may be a mebibyte long. None where it is gone."""
    row = None if history is None else history.row(row_id)
    if row is None:
        return None
    return row, decode(row.raw) if row.raw else None
