# SPDX-License-Identifier: MIT
"""HIT types as Qt's views want them: an adapter over :class:`Entries`.

Rows come in by the thousand while they are collected, so they wait in a queue and are taken in a few milliseconds at a
time. A row that changed says so for itself alone; a filter, an order or a crowd of new rows is a reset, which a table
of any length answers at once.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QObject, Qt, QTimer, Signal

from notification_tester.qt.hit_types.rows import Entries, Entry, Segment, runs
from notification_tester.qt.hit_types.texts import (
    Column,
    in_parts,
    newest_text,
    notification_meaning,
    notification_text,
    reward_text,
    row_shape,
    row_tone,
    set_text,
    state_word,
    tested_meaning,
    tested_text,
)
from notification_tester.qt.lists.table_model import LEADING, ROW_ROLE, TRAILING, Index, Mark, TableModel
from notification_tester.qt.looks.formatting import now_utc, number_text
from notification_tester.qt.looks.theme import Tone
from notification_tester.qt.looks.visible_text import one_line
from notification_tester.qt.notification.names import (
    TRANSPORT_ICONS,
    destination_and_kind,
    destination_name,
    events_text,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from notification_tester.services.hit_types.bulk_types import HitTypeRow

SLICE_SECONDS = 0.004
"""How long rows are taken in at a time; a pause of 50 ms would be seen."""
SLICE_ROWS = 100
FEW = 30
"""Up to so many new rows are put in one by one, and the table stays as it stands."""
BETWEEN_SHOWS = 0.25
"""Seconds between two times that a crowd of new rows is shown while more come."""
MINUTE = 30_000
"""Milliseconds after which texts such as "2 min ago" are read again."""

_SPOKEN = int(Qt.ItemDataRole.AccessibleTextRole)


class HitTypesModel(TableModel[Entry, Column]):
    """Rows by id. ``counted`` says that the number of rows, shown or not, is another; ``taken_in`` that none wait.

    ``summed``: segments have other counts, a column that was empty is not so any more, or titles are longer; perhaps.
    """

    is_calm = True
    counted = Signal()
    summed = Signal()
    taken_in = Signal()

    def __init__(self, parent: QObject | None = None, *, clock: Callable[[], datetime] = now_utc) -> None:
        """``clock`` tells the moment that "2 min ago" counts from."""
        super().__init__(Column, parent)
        self._clock = clock
        self._entries = Entries()
        self._waiting: deque[HitTypeRow] = deque()
        self._new: list[Entry] = []  # known by id, and not in sight yet
        self._counted: list[Entry] = []  # and in sight with fewer HITs
        self._renewed: list[Entry] = []  # and in sight as they were before
        self._shown_at = self._show_by = 0.0
        self._taking = QTimer(self, interval=0)
        self._taking.timeout.connect(self._take_turn)
        self._ageing = QTimer(self, interval=MINUTE)
        self._ageing.timeout.connect(self._age)
        self._ageing.start()

    # --- what the page asks

    @property
    def total(self) -> int:
        """How many HIT types are known, shown or not."""
        return len(self._entries)

    @property
    def is_narrow(self) -> bool:
        """Whether a filter leaves any out."""
        return self._entries.is_narrow

    @property
    def is_taking(self) -> bool:
        """Whether rows wait to be taken in, or to be shown."""
        return self._taking.isActive()

    @property
    def has_specs(self) -> bool:
        """Whether any row, shown or not, has a specification that could be sent again."""
        return self._entries.has_specs

    def filled(self) -> set[Column]:
        """The columns in which some row says something, of those that may be empty."""
        return self._entries.filled()

    def counts(self) -> Counter[Segment]:
        """How many rows there are of each segment, whatever is shown."""
        return self._entries.counts()

    def long_titles(self) -> list[str]:
        """Some of the longest titles, to be measured."""
        return self._entries.long_titles()

    def rows(self) -> list[HitTypeRow]:
        """Every row, shown or not, in the order of the table."""
        return [entry.row for entry in self._entries.all()]

    def row_of(self, hit_type_id: str) -> HitTypeRow | None:
        """The row of an id; None where it is not known."""
        entry = self._entries.get(hit_type_id)
        return None if entry is None else entry.row

    def row_at(self, index: Index) -> HitTypeRow | None:
        """The row object, or None for an index that is not one of ours."""
        return self.row_in_sight(index.row()) if index.isValid() else None

    def row_in_sight(self, number: int) -> HitTypeRow | None:
        """The row of this number among the shown."""
        entry = self.row_in(number)
        return None if entry is None else entry.row

    def rows_in_sight(self, first: int, last: int) -> list[HitTypeRow]:
        """The rows of these numbers, both ends included."""
        return [entry.row for entry in self._entries.shown[first : last + 1]]

    def entries_in_sight(self, first: int, last: int) -> list[Entry]:
        """What stands there, whatever it says: the same object as long as its HIT type is known."""
        return self._entries.shown[first : last + 1]

    def runs_of(self, wanted: set[Entry]) -> list[tuple[int, int]]:
        """First and last number of each run of neighbours among the shown that are wanted."""
        shown = self._entries.shown
        if shown and len(wanted) >= len(shown) and wanted.issuperset(shown):
            return [(0, len(shown) - 1)]
        return runs([number for number, entry in enumerate(shown) if entry in wanted])

    def entries_of(self, ids: Iterable[str]) -> set[Entry]:
        """The entries of those ids that are known."""
        return {entry for one in ids if (entry := self._entries.get(one)) is not None}

    def clear(self) -> None:
        """Forget all rows."""
        self._waiting.clear()
        self._taking.stop()
        self._new, self._counted, self._renewed = [], [], []
        self.beginResetModel()
        self._entries.clear()
        self._kept.clear()
        self.endResetModel()
        self.summed.emit()
        self.counted.emit()

    def put(self, rows: Iterable[HitTypeRow]) -> None:
        """Take rows in soon: new ones are put in order, known ones are brought up to date."""
        self._waiting.extend(rows)
        if self._waiting and not self._taking.isActive():
            # while they come in small lots, a lot is shown a few times a second: each costs a paint of the table
            now = time.monotonic()
            wait = max(0.0, self._shown_at + BETWEEN_SHOWS - now)
            self._show_by = now + wait + BETWEEN_SHOWS
            self._taking.start(round(wait * 1000))

    def narrow(self, text: str, segment: Segment = Segment.ALL) -> None:
        """Show rows of this segment that have all these words."""
        self.beginResetModel()
        changed = self._entries.narrow(text, segment)
        self.endResetModel()
        if changed:
            self.counted.emit()

    # --- taking rows in

    def _take_turn(self) -> None:
        """Take some rows in, or show what was taken in: one or the other, as a paint of the table comes with it."""
        self._taking.setInterval(0)
        if self._waiting and time.monotonic() < self._show_by:
            self._take_some()
            return
        self._show_taken()
        if not self._waiting:
            self._taking.stop()
            self.taken_in.emit()

    def _take_some(self) -> None:
        until = time.perf_counter() + SLICE_SECONDS
        while self._waiting and time.perf_counter() < until:
            some = [self._waiting.popleft() for _ in range(min(SLICE_ROWS, len(self._waiting)))]
            taken = self._entries.take(some)
            self._counted += taken.counted
            self._renewed += taken.changed
            self._new += taken.new

    def _show_taken(self) -> None:
        self._shown_at = time.monotonic()
        self._show_by = self._shown_at + BETWEEN_SHOWS
        self._tell_changed(self._counted, Column.HITS, Column.NEWEST)
        self._tell_changed(self._renewed, *Column)
        if self._counted or self._renewed or self._new:
            self.summed.emit()
        self._counted, self._renewed = [], []
        if self._new:
            self._show_new()
            self.counted.emit()

    def _show_new(self) -> None:
        new, self._new = self._new, []
        if len(new) > FEW:
            self.beginResetModel()
            self._entries.put(new)
            self.endResetModel()
            return
        for entry in new:
            number = self._entries.insert(entry)
            if number is not None:
                self.beginInsertRows(QModelIndex(), number, number)
                self._entries.shown.insert(number, entry)
                self.endInsertRows()

    def _tell_changed(self, changed: Sequence[Entry], *columns: Column) -> None:
        for entry in changed:
            self._forget(entry)
        if len(changed) > FEW:
            for column in columns:  # of several at once Qt would paint the whole table
                self._emit_changed(column)
            return
        for first, last in self.runs_of(set(changed)):
            self.dataChanged.emit(self.createIndex(first, min(columns)), self.createIndex(last, max(columns)))

    def _emit_changed(self, *columns: Column) -> None:
        last = len(self._entries.shown) - 1
        if last >= 0:
            self.dataChanged.emit(self.createIndex(0, min(columns)), self.createIndex(last, max(columns)))

    def _age(self) -> None:
        self._kept.clear()
        for column in (Column.NOTIFICATION, Column.TESTED, Column.SET):
            self._emit_changed(column)

    # --- what Qt asks

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Put the rows in the order of a column."""
        if not 0 <= column < len(Column):
            return
        self.beginResetModel()
        self._entries.arrange(Column(column), falling=order == Qt.SortOrder.DescendingOrder)
        self.endResetModel()

    def title(self, column: Column) -> str:
        """The name of a column."""
        return {
            Column.TITLE: self.tr("Title"),
            Column.ID: self.tr("HIT type"),
            Column.REWARD: self.tr("Reward"),
            Column.HITS: self.tr("HITs"),
            Column.NEWEST: self.tr("Newest HIT"),
            Column.NOTIFICATION: self.tr("Notification"),
            Column.DESTINATION: self.tr("Goes to"),
            Column.EVENTS: self.tr("Events"),
            Column.SET: self.tr("Set"),
            Column.TESTED: self.tr("Tested"),
        }[column]

    def alignment(self, column: Column) -> Qt.AlignmentFlag:
        """Numbers end below each other."""
        return TRAILING if column in {Column.REWARD, Column.HITS} else LEADING

    def text(self, row: Entry, column: Column) -> str:
        """What a cell shows."""
        known = row.row
        match column:
            case Column.TITLE:
                return one_line(known.title) or self.tr("(no title known)")
            case Column.ID:
                return known.id
            case Column.REWARD:
                return reward_text(known.reward)
            case Column.HITS:
                return number_text(row.hits) if known.hits_by_status else ""
            case Column.NEWEST:
                return newest_text(known.newest)
            case Column.NOTIFICATION:
                return in_parts(notification_text(known, self._clock()))
            case Column.DESTINATION:
                return destination_name(known.setting.spec)
            case Column.EVENTS:
                return events_text(known.setting.spec.events) if known.setting.spec else ""
            case Column.SET:
                return set_text(known, self._clock())
            case Column.TESTED:
                return tested_text(known, self._clock())

    def tip(self, row: Entry, column: Column) -> str:
        """Its tool tip: what the cell has no room for."""
        known = row.row
        spec = known.setting.spec
        match column:
            case Column.TITLE if row.title:
                return known.title
            case Column.NOTIFICATION:
                return notification_meaning(known, self._clock())
            case Column.HITS:
                return ", ".join(
                    f"{status}: {number_text(count)}" for status, count in sorted(known.hits_by_status.items())
                )
            case Column.DESTINATION if spec:
                return f"{spec.destination.text} ({spec.destination.place})"
            case Column.EVENTS if spec:
                return ", ".join(event.value for event in spec.events)
            case Column.NEWEST:
                return known.newest
            case Column.TESTED:
                return tested_meaning(known, self._clock())
            case _:
                return self.text(row, column)

    def mark(self, row: Entry, column: Column) -> Mark | None:
        """How things stand, and what is missing, by shape and colour."""
        if column is Column.NOTIFICATION:
            return Mark(row_tone(row.row), row_shape(row.row))
        if column is Column.DESTINATION and row.row.setting.spec is not None:
            return Mark(Tone.PLAIN, TRANSPORT_ICONS[row.row.setting.spec.transport])
        if column is Column.TITLE and not row.title:
            return Mark(Tone.UNKNOWN)
        if column is not Column.TESTED or row.row.is_tested:
            return None
        last = row.row.last_test
        is_failed = last is not None and not row.row.is_changed and last.has_failed
        return Mark(Tone.BAD if is_failed else Tone.BEWARE)

    def more(self, row: Entry, column: Column, role: int) -> Any:
        """What a screen reader says, where the cell's shape is a part of it; or the row object."""
        if role == ROW_ROLE:
            return row.row
        spec = row.row.setting.spec
        if role == _SPOKEN and column is Column.NOTIFICATION:
            text, word = notification_text(row.row, self._clock()), state_word(row.state)
            return text if text.startswith(word) else f"{word}: {text}"
        if role == _SPOKEN and column is Column.DESTINATION and spec is not None:
            return destination_and_kind(spec)
        return None

    def _in_sight(self) -> Sequence[Entry]:
        return self._entries.shown
