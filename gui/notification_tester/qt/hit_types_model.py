# SPDX-License-Identifier: MIT
"""HIT types as Qt's views want them: an adapter over :class:`Entries`.

Rows come in by the thousand while they are collected, so they wait in a queue and are taken in a few milliseconds at a
time. A row that changed says so for itself alone; a filter, an order or a crowd of new rows is a reset, which a table
of any length answers at once.
"""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QLocale, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QIcon

from notification_tester.qt import icons
from notification_tester.qt.hit_types_entries import Column, Entries, Entry
from notification_tester.qt.hit_types_words import (
    SHAPES,
    TONES,
    TRANSPORT_ICONS,
    RowState,
    destination_and_kind,
    destination_name,
    events_text,
    newest_text,
    now_utc,
    reward_text,
    set_text,
    state_meaning,
    state_word,
    tested_text,
)
from notification_tester.qt.theme import Tone, tone_colours
from notification_tester.qt.visible_text import one_line, tooltip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from PySide6.QtGui import QColor

    from notification_tester.services.bulk_types import HitTypeRow

Index = QModelIndex | QPersistentModelIndex
_TOP_LEVEL = QModelIndex()

ROW_ROLE = int(Qt.ItemDataRole.UserRole)
"""Hands out the HitTypeRow of a row, in any column."""

SLICE_SECONDS = 0.008
"""How long rows are taken in at a time; a pause of 50 ms would be seen."""
SLICE_ROWS = 100
FEW = 30
"""Up to so many new rows are put in one by one, and the table stays as it stands."""
BETWEEN_SHOWS = 0.25
"""Seconds between two times that a crowd of new rows is shown while more come."""
MINUTE = 30_000
"""Milliseconds after which texts such as "2 min ago" are read again."""

_COLUMNS = tuple(Column)
_RIGHT = frozenset({Column.REWARD, Column.HITS})
_ALIGNMENTS = tuple(
    (Qt.AlignmentFlag.AlignTrailing if column in _RIGHT else Qt.AlignmentFlag.AlignLeading)
    | Qt.AlignmentFlag.AlignVCenter
    for column in _COLUMNS
)


class HitTypesModel(QAbstractTableModel):
    """Rows by id. ``counted`` says that the number of rows, shown or not, is another; ``taken_in`` that none wait."""

    counted = Signal()
    taken_in = Signal()

    def __init__(self, parent: QObject | None = None, *, clock: Callable[[], datetime] = now_utc) -> None:
        super().__init__(parent)
        self._clock = clock
        self._entries = Entries()
        self._waiting: deque[HitTypeRow] = deque()
        self._new: list[Entry] = []  # known by id, and not in sight yet
        self._changed: list[Entry] = []  # and in sight as they were before
        self._shown_at = 0.0
        self._icons: dict[tuple[str, Tone], QIcon] = {}
        self._inks: dict[Tone, QColor] = {}
        self._answers: dict[int, Callable[[Entry, Column], Any]] = {
            int(Qt.ItemDataRole.DisplayRole): self._text,
            int(Qt.ItemDataRole.ToolTipRole): self._tool_tip,
            int(Qt.ItemDataRole.TextAlignmentRole): lambda _, column: _ALIGNMENTS[column],
            int(Qt.ItemDataRole.DecorationRole): self._icon_of,
            int(Qt.ItemDataRole.ForegroundRole): self._colour,
            int(Qt.ItemDataRole.AccessibleTextRole): self._spoken,
            ROW_ROLE: lambda entry, _: entry.row,
        }
        self._taking = QTimer(self, interval=0)
        self._taking.timeout.connect(self._take_some)
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
        """Whether rows wait to be taken in."""
        return bool(self._waiting or self._new)

    @property
    def has_specs(self) -> bool:
        """Whether any row, shown or not, has a specification that could be sent again."""
        return self._entries.has_specs

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
        shown = self._entries.shown
        return shown[number].row if 0 <= number < len(shown) else None

    def rows_in_sight(self, first: int, last: int) -> list[HitTypeRow]:
        """The rows of these numbers, both ends included."""
        return [entry.row for entry in self._entries.shown[first : last + 1]]

    def ids_in_sight(self, first: int, last: int) -> list[str]:
        """The ids of these numbers, both ends included."""
        return [entry.id for entry in self._entries.shown[first : last + 1]]

    def places_of(self, wanted: set[str]) -> list[int]:
        """The numbers, rising, of those ids that are shown."""
        if not wanted:
            return []
        return [number for number, entry in enumerate(self._entries.shown) if entry.id in wanted]

    def clear(self) -> None:
        """Forget all rows."""
        self._waiting.clear()
        self._taking.stop()
        self._new, self._changed = [], []
        self.beginResetModel()
        self._entries.clear()
        self.endResetModel()
        self.counted.emit()

    def put(self, rows: Iterable[HitTypeRow]) -> None:
        """Take rows in soon: new ones get their place, known ones are brought up to date."""
        self._waiting.extend(rows)
        if self._waiting and not self._taking.isActive():
            since = time.monotonic() - self._shown_at
            # while they come in small lots, a lot is shown a few times a second: each costs a paint of the table
            self._taking.start(0 if since >= BETWEEN_SHOWS else round((BETWEEN_SHOWS - since) * 1000))

    def narrow(self, text: str, state: RowState | None = None) -> None:
        """Show rows that have all these words and this state."""
        self.beginResetModel()
        changed = self._entries.narrow(text, state)
        self.endResetModel()
        if changed:
            self.counted.emit()

    def palette_changed(self) -> None:
        """Draw the shapes again, in the colours of now."""
        self._icons.clear()
        self._inks.clear()
        self._tell(Column.STATE, Column.DESTINATION)

    # --- taking rows in

    def _take_some(self) -> None:
        self._taking.setInterval(0)
        until = time.perf_counter() + SLICE_SECONDS
        while self._waiting and time.perf_counter() < until:
            some = [self._waiting.popleft() for _ in range(min(SLICE_ROWS, len(self._waiting)))]
            changed, new = self._entries.take(some)
            self._changed += changed
            self._new += new
        now = time.monotonic()
        if not self._waiting or now - self._shown_at >= BETWEEN_SHOWS:
            self._shown_at = now
            if self._changed:
                changed, self._changed = self._changed, []
                self._tell_changed(changed)
            if self._new:
                self._show_new()
                self.counted.emit()
        if not self._waiting:
            self._taking.stop()
            self.taken_in.emit()

    def _show_new(self) -> None:
        new, self._new = self._new, []
        if len(new) > FEW:
            self.beginResetModel()
            self._entries.put(new)
            self.endResetModel()
            return
        for entry in new:
            place = self._entries.place(entry)
            if place is not None:
                self.beginInsertRows(QModelIndex(), place, place)
                self._entries.shown.insert(place, entry)
                self.endInsertRows()

    def _tell_changed(self, changed: Sequence[Entry]) -> None:
        if len(changed) > FEW:
            self._tell(*Column)
            return
        for place in self.places_of({entry.id for entry in changed}):
            self.dataChanged.emit(self.createIndex(place, 0), self.createIndex(place, len(Column) - 1))

    def _tell(self, *columns: Column) -> None:
        last = len(self._entries.shown) - 1
        if last >= 0:
            self.dataChanged.emit(self.createIndex(0, min(columns)), self.createIndex(last, max(columns)))

    def _age(self) -> None:
        self._tell(Column.SET, Column.TESTED)

    # --- what Qt asks

    def rowCount(self, parent: Index = _TOP_LEVEL) -> int:
        """How many rows are shown."""
        return 0 if parent.isValid() else len(self._entries.shown)

    def columnCount(self, parent: Index = _TOP_LEVEL) -> int:
        """How many columns there are."""
        return 0 if parent.isValid() else len(Column)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Put the rows in the order of a column."""
        if not 0 <= column < len(Column):
            return
        self.beginResetModel()
        self._entries.arrange(Column(column), falling=order == Qt.SortOrder.DescendingOrder)
        self.endResetModel()

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | Qt.AlignmentFlag | None:
        """The names of the columns."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGNMENTS[section]
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return {
            Column.TITLE: self.tr("Title"),
            Column.ID: self.tr("HIT type"),
            Column.REWARD: self.tr("Reward"),
            Column.HITS: self.tr("HITs"),
            Column.NEWEST: self.tr("Newest"),
            Column.STATE: self.tr("State"),
            Column.DESTINATION: self.tr("Goes to"),
            Column.EVENTS: self.tr("Events"),
            Column.SET: self.tr("Set"),
            Column.TESTED: self.tr("Tested"),
        }[Column(section)]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows, its tool tip, its shape and colour, or the row itself."""
        # asked two thousand times for each paint: one look-up decides
        answer = self._answers.get(role)
        if answer is None:
            return None
        place = index.row()
        shown = self._entries.shown
        if not 0 <= place < len(shown):
            return None
        return answer(shown[place], _COLUMNS[index.column()])

    def _text(self, entry: Entry, column: Column) -> str:
        row = entry.row
        match column:
            case Column.TITLE:
                return one_line(row.title) or self.tr("(no title known)")
            case Column.ID:
                return row.id
            case Column.REWARD:
                return reward_text(row.reward)
            case Column.HITS:
                return QLocale().toString(entry.hits) if row.hits_by_status else ""
            case Column.NEWEST:
                return newest_text(row.newest)
            case Column.STATE:
                return state_word(entry.state)
            case Column.DESTINATION:
                return destination_name(row.setting.spec)
            case Column.EVENTS:
                return events_text(row.setting.spec.events) if row.setting.spec else ""
            case Column.SET:
                return set_text(row, self._clock())
            case Column.TESTED:
                return tested_text(row, self._clock())

    def _more(self, entry: Entry, column: Column) -> str:
        """What a tool tip adds."""
        row = entry.row
        spec = row.setting.spec
        match column:
            case Column.STATE:
                return state_meaning(row)
            case Column.HITS:
                return ", ".join(
                    f"{status}: {QLocale().toString(count)}" for status, count in sorted(row.hits_by_status.items())
                )
            case Column.DESTINATION if spec:
                return f"{spec.destination.text} ({spec.destination.place})"
            case Column.EVENTS if spec:
                return ", ".join(event.value for event in spec.events)
            case Column.NEWEST:
                return row.newest
            case _:
                return self._text(entry, column)

    def _tool_tip(self, entry: Entry, column: Column) -> str:
        return tooltip(self._more(entry, column))

    def _spoken(self, entry: Entry, column: Column) -> str | None:
        """What a screen reader says, where the cell's shape is a part of it."""
        spec = entry.row.setting.spec
        return destination_and_kind(spec) if spec is not None and column is Column.DESTINATION else None

    def _icon_of(self, entry: Entry, column: Column) -> QIcon | None:
        if column is Column.STATE and SHAPES[entry.state]:
            return self._icon(SHAPES[entry.state], TONES[entry.state])
        if column is Column.DESTINATION and entry.row.setting.spec is not None:
            return self._icon(TRANSPORT_ICONS[entry.row.setting.spec.transport], Tone.PLAIN)
        return None

    def _colour(self, entry: Entry, column: Column) -> QColor | None:
        if column is Column.STATE:
            return self._ink(TONES[entry.state])
        if column is Column.TITLE and not entry.title:
            return self._ink(Tone.UNKNOWN)
        if column is Column.TESTED and entry.row.tested_at is None:
            return self._ink(Tone.BEWARE)
        return None

    def _ink(self, tone: Tone) -> QColor:
        if tone not in self._inks:
            self._inks[tone] = tone_colours(QGuiApplication.palette(), tone).text
        return self._inks[tone]

    def _icon(self, name: str, tone: Tone) -> QIcon:
        """The same in a chosen row: the state's colour stays."""
        icon = self._icons.get((name, tone))
        if icon is None:
            icon = self._icons[name, tone] = QIcon()
            colour = self._ink(tone)
            for ratio in (1, 2, 3):
                drawing = icons.pixmap(name, colour, size=16, ratio=ratio)
                for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
                    icon.addPixmap(drawing, mode)
        return icon
