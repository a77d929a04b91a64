# SPDX-License-Identifier: MIT
"""The history as a person reads it: below the name of each day, what was begun together as one line to unfold.

A sweep's rows are written in one go, with one moment, one after the other: rows with that in common are a run. A run of
which the page before has a part grows when the next page comes. A list that is sorted has neither days nor runs.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication, QModelIndex, QObject, Qt

from notification_tester.domain.delivery import State
from notification_tester.domain.events import EventType
from notification_tester.qt.history.model import OUTCOME_ICONS, OUTCOME_TONES, Column, HistoryModel
from notification_tester.qt.lists.row_model import RowModel
from notification_tester.qt.lists.table_model import Index, Mark
from notification_tester.qt.looks.formatting import (
    clock_text,
    count_text,
    day_text,
    local_moment,
    now_utc,
    number_text,
    seconds_text,
)
from notification_tester.qt.looks.theme import Tone
from notification_tester.storage.queries import HistoryQuery
from notification_tester.storage.rows import HistorySummary, Outcome

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from notification_tester.qt.background import Tasks

_TOP_LEVEL = QModelIndex()
_INDENT = "\u2003\u2002"
_EVERY_EVENT = frozenset(event.value for event in EventType) - {EventType.PING.value}


class Line(NamedTuple):
    """A line of the list; ids fall from top to bottom. ``rows``: none of a day's name, several of a run.

    ``is_inside``: one of a run that is unfolded.
    """

    id: int
    day: date | None
    rows: tuple[HistorySummary, ...]
    is_open: bool = False
    is_inside: bool = False

    @property
    def is_day(self) -> bool:
        """Whether it is the name of a day."""
        return not self.rows

    @property
    def is_run(self) -> bool:
        """Whether it stands for several rows."""
        return len(self.rows) > 1

    @property
    def newest(self) -> HistorySummary | None:
        """The row that it stands for, or the newest of those."""
        return self.rows[0] if self.rows else None


class HistoryLines(RowModel[Line, Column, HistoryQuery]):
    """Follows ``rows``, which do the reading."""

    def __init__(self, tasks: Tasks, rows: HistoryModel, parent: QObject | None = None) -> None:
        super().__init__(tasks, Column, HistoryQuery(), parent)
        self._flat = rows
        self._unfolded: set[int] = set()  # the oldest row of each run that is
        self._begin_anew()
        rows.modelReset.connect(self._begin_anew)
        rows.undo_changed.connect(self._show_undo)
        rows.rowsInserted.connect(lambda _, first, last: self._follow(first, last + 1))
        rows.rowsRemoved.connect(lambda _, first, _last: self._follow(first, first))
        rows.dataChanged.connect(lambda first, last, *_: self._follow(first.row(), last.row() + 1))

    @property
    def is_by_time(self) -> bool:
        """Whether there are days and runs."""
        return self._flat.query.is_by_time

    def lines_between(self, first: int, last: int) -> list[Line]:
        """Lines from ``first`` to before ``last``."""
        return self._rows[first:last]

    def row_count(self) -> int:
        """How many lines there are for rows; what is unfolded has its own, and its head is none."""
        return sum(not line.is_day and not line.is_open for line in self._rows)

    def toggle(self, line: Line, *, unfold: bool | None = None) -> None:
        """Unfold a run, or fold it again."""
        if not line.is_run:
            return
        key = line.rows[-1].id
        if unfold is None:
            unfold = key not in self._unfolded
        (self._unfolded.add if unfold else self._unfolded.discard)(key)
        place = self._flat.place_of(line.rows[0].id)
        self._follow(place, place + 1)

    def can_be_chosen(self, row: Line) -> bool:
        """The name of a day is not one to look at."""
        return not row.is_day

    def canFetchMore(self, parent: Index = _TOP_LEVEL) -> bool:
        """Whether there may be older rows, and none are being read already."""
        return not parent.isValid() and self._flat.canFetchMore(QModelIndex())

    def fetchMore(self, parent: Index = _TOP_LEVEL) -> None:
        """Read the next page, on a worker."""
        if not parent.isValid():
            self._flat.fetchMore(QModelIndex())

    def can_be_undone(self, row: HistorySummary) -> bool:
        """Whether a way back is on offer."""
        return self._flat.can_be_undone(row)

    def title(self, column: Column) -> str:
        """The name of a column."""
        return self._flat.title(column)

    def alignment(self, column: Column) -> Qt.AlignmentFlag:
        """Numbers end below each other."""
        return self._flat.alignment(column)

    def text(self, row: Line, column: Column) -> str:
        """What a cell shows."""
        newest = row.newest
        if newest is None:
            return day_name(row.day) if column is Column.WHEN else ""
        if column is Column.WHEN and self.is_by_time:
            moment = local_moment(newest.started)
            return self._flat.text(newest, column) if moment is None else clock_text(moment, to_the_second=True)
        if row.is_run:
            match column:
                case Column.EVENT:
                    return run_text(row.rows)
                case Column.OUTCOME:
                    return run_outcome(row.rows)
                case Column.SECONDS:
                    return seconds_text(max((one.seconds for one in row.rows if one.seconds is not None), default=None))
        text = self._flat.text(newest, column)
        return _INDENT + text if row.is_inside and column is Column.EVENT else text

    def tip(self, row: Line, column: Column) -> str | None:
        """Its tool tip."""
        newest = row.newest
        if newest is None:
            return None
        if row.is_run and column is Column.EVENT:
            return self.tr("Fold them again (Left)") if row.is_open else self.tr("Show each of them (Right)")
        if row.is_run and column is Column.OUTCOME:
            return run_outcome(row.rows)
        if row.is_run and column is Column.SECONDS and self.text(row, column):
            if all(one.arrived is State.YES for one in row.rows):
                return self.tr("Until the last of them was seen to arrive.")
            return self.tr("Of the one that took longest; not each of them was seen to arrive.")
        return self._flat.tip(newest, column)

    def mark(self, row: Line, column: Column) -> Mark | None:
        """The outcome's colour and shape, and of a run whether it is unfolded."""
        newest = row.newest
        if newest is None:
            return None
        if row.is_run and column is Column.OUTCOME:
            worst = worst_of(row.rows)
            return Mark(OUTCOME_TONES[worst], OUTCOME_ICONS[worst])
        if row.is_run and column is Column.ACTION:
            return None
        if row.is_run and column is Column.EVENT:
            return Mark(Tone.PLAIN, "chevron-down" if row.is_open else "chevron-right")
        return self._flat.mark(newest, column)

    def _show_undo(self, row_ids: Collection[int]) -> None:
        """Other rows have a way back, or none any more: their cells say so."""
        for place, line in enumerate(self._rows):
            if line.newest is not None and line.newest.id in row_ids:
                self._forget(line)
                self._changed(place, place)

    def _begin_anew(self) -> None:
        self.beginResetModel()
        self._query = self._flat.query
        self._rows = self._lines(self._flat.rows_between(0, self._flat.rowCount()), None)
        self.endResetModel()

    def _follow(self, first: int, last: int) -> None:
        """Rows from ``first`` to before ``last`` are new, or others; where both are one, some went there."""
        flat = self._flat
        if not self.is_by_time:
            self._follow_sorted(first, last)
            return
        count = flat.rowCount()
        first, last = max(0, first - 1), min(count, last + 1)
        while 0 < first < count and _are_of_one_run(*flat.rows_between(first - 1, first + 1)):
            first -= 1
        while 0 < last < count and _are_of_one_run(*flat.rows_between(last - 1, last + 1)):
            last += 1
        above = flat.rows_between(first - 1, first)[0] if first else None
        begin = 0 if above is None else bisect_left(self._rows, True, key=lambda one: one.id < _line_id(above.id))
        below = flat.rows_between(last, last + 1)[0] if last < count else None
        end = len(self._rows)
        if below is not None:
            limit = _line_id(below.id) + 3
            end = bisect_left(self._rows, True, key=lambda one: one.id <= limit)
        self._put(begin, end, self._lines(flat.rows_between(first, last), above))

    def _follow_sorted(self, first: int, last: int) -> None:
        new = self._lines(self._flat.rows_between(first, last), None, start=first)
        self._put(first, min(last, len(self._rows)), new)

    def _put(self, begin: int, end: int, new: Sequence[Line]) -> None:
        """Have ``new`` stand where lines from ``begin`` to before ``end`` stood, and say no more than what is so."""
        old = self._rows[begin:end]
        same = 0
        while same < min(len(old), len(new)) and old[same].id == new[same].id:
            same += 1
        tail = 0
        while tail < min(len(old), len(new)) - same and old[-1 - tail].id == new[-1 - tail].id:
            tail += 1
        if len(old) > same + tail:
            self._remove(begin + same, len(old) - same - tail)
        if len(new) > same + tail:
            self._insert(begin + same, new[same : len(new) - tail])
        for number, line in enumerate(new):
            if self._rows[begin + number] != line:
                self._replace(begin + number, line)

    def _lines(self, rows: Sequence[HistorySummary], above: HistorySummary | None, *, start: int = 0) -> list[Line]:
        if not self.is_by_time:
            return [Line(-(start + place), None, (row,)) for place, row in enumerate(rows)]
        lines: list[Line] = []
        day, begun = None if above is None else _day(above), above is not None
        place = 0
        while place < len(rows):
            newest = rows[place]
            of_day = _day(newest)
            if not begun or of_day != day:
                day, begun = of_day, True
                lines.append(Line(_line_id(newest.id) + 3, day, ()))
            end = place + 1
            while end < len(rows) and _are_of_one_run(rows[end - 1], rows[end]):
                end += 1
            run = tuple(rows[place:end])
            if len(run) == 1:
                lines.append(Line(_line_id(newest.id), day, run))
            else:
                is_open = run[-1].id in self._unfolded
                lines.append(Line(_line_id(newest.id) + 2, day, run, is_open=is_open))
                if is_open:
                    lines += [Line(_line_id(row.id), day, (row,), is_inside=True) for row in run]
            place = end
        return lines


def _tr(text: str) -> str:
    return QCoreApplication.translate("HistoryLines", text)


def _line_id(row_id: int) -> int:
    return 4 * row_id


def _are_of_one_run(one: HistorySummary, other: HistorySummary) -> bool:
    """Whether two rows, one right after the other, were begun in one go. No sweep has an event twice."""
    return (
        one.started == other.started
        and one.kind == other.kind
        and not one.is_change
        and (one.is_from_here or one.event != other.event)
        and one.destination == other.destination
        and (one.account, one.environment, one.transport) == (other.account, other.environment, other.transport)
    )


def _day(row: HistorySummary) -> date | None:
    moment = local_moment(row.started)
    return None if moment is None else moment.date()


def day_name(day: date | None) -> str:
    """A day as a heading has it."""
    if day is None:
        return _tr("When is not known")
    here = now_utc().astimezone()
    ago = (here.date() - day).days
    shown = day_text(here.replace(year=day.year, month=day.month, day=day.day, hour=12))
    if ago in {0, 1}:
        word = _tr("Today") if ago == 0 else _tr("Yesterday")
        return f"{word}, {shown}"
    return shown


def run_text(rows: Sequence[HistorySummary]) -> str:
    """What a run is, in a few words."""
    if rows[0].is_from_here:
        return count_text(len(rows), _tr("1 message"), _tr("{count} messages"))
    if {row.event for row in rows} >= _EVERY_EVENT:
        return count_text(len(rows), _tr("1 event"), _tr("All {count} events"))
    return count_text(len(rows), _tr("1 event"), _tr("{count} events"))


def run_outcome(rows: Sequence[HistorySummary]) -> str:
    """How many arrived, or are still under way."""
    running = sum(row.outcome is Outcome.RUNNING for row in rows)
    if running:
        return count_text(running, _tr("1 under way"), _tr("{count} under way"))
    arrived = sum(row.arrived is State.YES for row in rows)
    return _tr("{arrived} of {count} arrived").format(arrived=number_text(arrived), count=number_text(len(rows)))


def is_several(rows: Sequence[HistorySummary]) -> bool:
    """Whether it takes more than the first of them to send all again: one scenario alone may have several messages."""
    return len({row.event for row in rows}) > 1 or (len(rows) > 1 and not rows[0].is_from_here)


def worst_of(rows: Sequence[HistorySummary]) -> Outcome:
    """One outcome over all of a run."""
    order = (Outcome.RUNNING, Outcome.BAD, Outcome.INTERRUPTED, Outcome.UNKNOWN, Outcome.GOOD)
    return min((row.outcome for row in rows), key=order.index)
