# SPDX-License-Identifier: MIT
"""The events of a message as rows."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from notification_tester.domain.messages.message import TEST_ASSIGNMENT_IDS, TEST_HIT_ID
from notification_tester.qt.lists.cell_menu import COPIED_ROLE
from notification_tester.qt.looks.formatting import local_moment, moment_text, now_utc
from notification_tester.qt.looks.visible_text import one_line, tooltip
from notification_tester.qt.notification.names import name_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notification_tester.domain.messages.message import DecodedEvent

_Index = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    """In the order in which they are shown."""

    EVENT = 0
    WHEN = 1
    HIT = 2
    ASSIGNMENT = 3


class EventModel(QAbstractTableModel):
    """Each row is a DecodedEvent; what stands in a cell is short, its tooltip has all of it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._events: Sequence[DecodedEvent] = ()
        self._cells: dict[tuple[int, Column], str] = {}  # a cell is asked for many times while columns are measured

    def show(self, events: Sequence[DecodedEvent]) -> None:
        """Show these."""
        self.beginResetModel()
        self._events = events
        self._cells.clear()
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """One for each event."""
        return 0 if parent.isValid() else len(self._events)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Event, when, HIT, assignment."""
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What the columns are called."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return {
                Column.EVENT: self.tr("Event"),
                Column.WHEN: self.tr("When"),
                Column.HIT: self.tr("HIT"),
                Column.ASSIGNMENT: self.tr("Assignment"),
            }[Column(section)]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The short text, or all of it."""
        if not index.isValid():
            return None
        event = self._events[index.row()]
        column = Column(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return self._cell(index.row(), column)
        if role == COPIED_ROLE:
            return self._whole(event, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(self._whole(event, column)) or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self.headerData(column, Qt.Orientation.Horizontal)}: {self._cell(index.row(), column)}"
        if role == Qt.ItemDataRole.UserRole:
            return event
        return None

    def event_at(self, index: _Index) -> DecodedEvent:
        """The event of a row."""
        return self._events[index.row()]

    def short_text(self, index: _Index) -> str:
        """What a cell shows."""
        return self._cell(index.row(), Column(index.column()))

    def _cell(self, row: int, column: Column) -> str:
        text = self._cells.get((row, column))
        if text is None:
            text = self._cells[row, column] = self._short(self._events[row], column)
        return text

    def _short(self, event: DecodedEvent, column: Column) -> str:
        match column:
            case Column.EVENT:
                return one_line(name_of(event.event_type), longest=80) or self.tr("(no name)")
            case Column.WHEN:
                return self._when(event.event_timestamp)
            case Column.HIT:
                return self.tr("test HIT") if event.hit_id == TEST_HIT_ID else one_line(event.hit_id or "—", longest=64)
            case Column.ASSIGNMENT:
                found = event.assignment_id
                if found in TEST_ASSIGNMENT_IDS:
                    return self.tr("test assignment …{ending}").format(ending=str(found)[-5:])
                return one_line(found or "—", longest=64)

    def _whole(self, event: DecodedEvent, column: Column) -> str:
        return {
            Column.EVENT: event.event_type,
            Column.WHEN: event.event_timestamp,
            Column.HIT: event.hit_id,
            Column.ASSIGNMENT: event.assignment_id,
        }[column] or ""

    def _when(self, text: str | None) -> str:
        if not text:
            return "—"
        moment = local_moment(text) if "T" in text else None
        return one_line(text, longest=40) if moment is None else moment_text(moment, now_utc(), to_the_second=True)
