# SPDX-License-Identifier: MIT
"""The inbox as Qt's views want it: the newest rows on top, the others on disk until somebody scrolls to them.

Rows come in by :meth:`InboxModel.look`, called about ten times a second while messages arrive, never by one signal for
each message; they are read on a worker, so ten thousand of them cost the window no more than a few inserts. What is
far from the top is let go again and read anew when it is wanted.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import IntEnum
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPalette

from notification_tester.qt import icons
from notification_tester.qt.history_words import when, when_exactly
from notification_tester.qt.inbox_words import TONE_ICONS, event_text, remark, sender_tone, sender_word
from notification_tester.qt.theme import Tone, tone_colours
from notification_tester.qt.visible_text import one_line, tooltip
from notification_tester.storage.inbox_rows import InboxQuery, InboxRow

if TYPE_CHECKING:
    from datetime import date

    from notification_tester.domain.problem import Problem
    from notification_tester.qt.tasks import Tasks

Index = QModelIndex | QPersistentModelIndex
_TOP_LEVEL = QModelIndex()

ROW_ROLE = int(Qt.ItemDataRole.UserRole)
"""Hands out the InboxRow of a row, in any column."""

NEW_AT_ONCE = 500
"""Rows that one look takes in; at ten looks a second no queue is faster."""

MOST_ROWS = 2_000
"""Rows that are kept in memory while new ones come in at the top."""

ICON_SIZE = 16
"""Points."""


class Rows(Protocol):
    """What the model needs of an Inbox."""

    def page(self, query: InboxQuery) -> list[InboxRow]:
        """Rows of a query."""


class Column(IntEnum):
    """The columns, in the order in which they are shown."""

    WHEN = 0
    EVENT = 1
    HIT_TYPE = 2
    HIT = 3
    ASSIGNMENT = 4
    SENDER = 5
    REMARK = 6


class InboxModel(QAbstractTableModel):
    """Rows that a query finds, newest first."""

    loaded = Signal()  # the first page of the newest query is here
    failed = Signal(object)  # Problem
    inserted = Signal(int)  # so many rows came in at the top

    def __init__(self, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._inbox: Rows | None = None
        self._query = InboxQuery()
        self._rows: list[InboxRow] = []
        self._at_end = True
        self._number = 0  # of the newest query; the answer to an earlier one is dropped
        self._is_loading = False
        self._is_looking = False
        self._is_fetching = False
        self._may_let_go = True
        self._has_more = False
        self._icons: dict[Tone, QIcon] = {}
        self._colours: dict[Tone, QColor] = {}

    @property
    def query(self) -> InboxQuery:
        """What is shown, or will be as soon as it was read."""
        return self._query

    @property
    def is_settled(self) -> bool:
        """Whether nothing is being read, and nothing is known to be new."""
        return not (self._is_loading or self._is_looking or self._has_more)

    def show(self, inbox: Rows | None, query: InboxQuery) -> None:
        """Show what ``query`` finds in ``inbox``; the rows of before stay until the answer is here."""
        self._inbox = inbox
        self._query = replace(query, before=None, after=None)
        self._number += 1
        self._is_looking = self._is_fetching = False
        self._has_more = False
        if inbox is None:
            self._show_first(self._number, [])
            return
        self._is_loading = True
        self._tasks.run(
            partial(inbox.page, self._query),
            done=partial(self._show_first, self._number),
            failed=partial(self._fail, self._number),
        )

    def set_at_top(self, at_top: bool) -> None:
        """Say whether the newest rows are in sight: only then are those far below let go."""
        self._may_let_go = at_top

    def look(self) -> None:
        """Take in what is new; one question at a time."""
        if self._inbox is None:
            return
        if self._is_loading or self._is_looking:
            self._has_more = True
            return
        self._is_looking = True
        self._has_more = False
        newest = self._rows[0].id if self._rows else 0
        self._tasks.run(
            partial(self._inbox.page, replace(self._query, after=newest, limit=NEW_AT_ONCE)),
            done=partial(self._show_new, self._number),
            failed=partial(self._fail, self._number),
        )

    def row_at(self, index: Index) -> InboxRow | None:
        """The row object, or None for an index that is not one of ours."""
        return self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None

    def palette_changed(self) -> None:
        """Draw the shapes again, in the colours of now."""
        self._icons.clear()
        self._colours.clear()
        if self._rows:
            self.dataChanged.emit(self.index(0, Column.SENDER), self.index(len(self._rows) - 1, Column.SENDER))

    def rowCount(self, parent: Index = _TOP_LEVEL) -> int:
        """How many rows are in memory."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _TOP_LEVEL) -> int:
        """How many columns there are."""
        return 0 if parent.isValid() else len(Column)

    def canFetchMore(self, parent: Index) -> bool:
        """Whether there may be older rows, and none are being read already."""
        return not (parent.isValid() or self._at_end or self._is_loading or self._is_fetching)

    def fetchMore(self, parent: Index) -> None:
        """Read the next page, on a worker."""
        if not self.canFetchMore(parent) or self._inbox is None or not self._rows:
            return
        self._is_fetching = True
        self._tasks.run(
            partial(self._inbox.page, replace(self._query, before=self._rows[-1].id)),
            done=partial(self._show_older, self._number),
            failed=partial(self._fail, self._number),
        )

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | Qt.AlignmentFlag | None:
        """The names of the columns."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return {
            Column.WHEN: self.tr("Seen"),
            Column.EVENT: self.tr("Event"),
            Column.HIT_TYPE: self.tr("HIT type"),
            Column.HIT: self.tr("HIT"),
            Column.ASSIGNMENT: self.tr("Assignment"),
            Column.SENDER: self.tr("Sender"),
            Column.REMARK: self.tr("Remark"),
        }[Column(section)]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows, its tool tip, its shape and colour, or the row itself."""
        row = self.row_at(index)
        if row is None:
            return None
        column = Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(row, column)
            case Qt.ItemDataRole.ToolTipRole:
                return self._tool_tip(row, column)
            case Qt.ItemDataRole.DecorationRole if column is Column.SENDER:
                return self._icon(sender_tone(row.sender, row.signature))
            case Qt.ItemDataRole.ForegroundRole if column is Column.SENDER:
                return self._colour(sender_tone(row.sender, row.signature))
            case Qt.ItemDataRole.ForegroundRole if column is Column.EVENT and not row.event_type:
                return self._colour(Tone.BEWARE)
            case _ if role == ROW_ROLE:
                return row
        return None

    @staticmethod
    def _text(row: InboxRow, column: Column) -> str:
        match column:
            case Column.WHEN:
                return _when(row.seen_at, datetime.now().astimezone().date())
            case Column.EVENT:
                return event_text(row)
            case Column.HIT_TYPE:
                return one_line(row.hit_type_id, longest=64)
            case Column.HIT:
                return one_line(row.hit_id, longest=64)
            case Column.ASSIGNMENT:
                return one_line(row.assignment_id, longest=64)
            case Column.SENDER:
                return sender_word(row.sender, row.signature)
            case Column.REMARK:
                return remark(row)

    def _tool_tip(self, row: InboxRow, column: Column) -> str | None:
        match column:
            case Column.WHEN:
                return when_exactly(row.seen_at)
            case Column.EVENT | Column.HIT_TYPE | Column.HIT | Column.ASSIGNMENT:
                return tooltip(self._text(row, column)) or None
            case _:
                return None

    def _colour(self, tone: Tone) -> QColor:
        if tone not in self._colours:
            self._colours[tone] = tone_colours(QGuiApplication.palette(), tone).text
        return self._colours[tone]

    def _icon(self, tone: Tone) -> QIcon:
        """Drawn once: the list is painted anew with everything that arrives, and a drawing is read each time."""
        if tone not in self._icons:
            chosen = QGuiApplication.palette().color(QPalette.ColorRole.HighlightedText)
            icon = QIcon()
            for mode, colour in ((QIcon.Mode.Normal, self._colour(tone)), (QIcon.Mode.Selected, chosen)):
                for ratio in (1, 2, 3):
                    icon.addPixmap(icons.pixmap(TONE_ICONS[tone], colour, size=ICON_SIZE, ratio=ratio), mode)
            self._icons[tone] = icon
        return self._icons[tone]

    def _show_first(self, number: int, rows: list[InboxRow]) -> None:
        if number != self._number:
            return
        self._is_loading = False
        self.beginResetModel()
        self._rows = rows
        self._at_end = len(rows) < self._query.limit
        self.endResetModel()
        self.loaded.emit()
        self._look_again()

    def _show_new(self, number: int, rows: list[InboxRow]) -> None:
        if number != self._number:
            return
        self._is_looking = False
        if rows:
            self.beginInsertRows(QModelIndex(), 0, len(rows) - 1)
            self._rows[0:0] = reversed(rows)
            self.endInsertRows()
            self._let_go()
            self.inserted.emit(len(rows))
        if len(rows) == NEW_AT_ONCE:
            self._has_more = True  # at the next look

    def _let_go(self) -> None:
        """Forget what is far below; by then it is on disk."""
        if not self._may_let_go or len(self._rows) <= MOST_ROWS or self._is_fetching:
            return
        self.beginRemoveRows(QModelIndex(), MOST_ROWS, len(self._rows) - 1)
        del self._rows[MOST_ROWS:]
        self.endRemoveRows()
        self._at_end = False

    def _show_older(self, number: int, rows: list[InboxRow]) -> None:
        if number != self._number:
            return
        self._is_fetching = False
        self._at_end = len(rows) < self._query.limit
        older = [row for row in rows if not self._rows or row.id < self._rows[-1].id]
        if older:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(older) - 1)
            self._rows.extend(older)
            self.endInsertRows()

    def _look_again(self) -> None:
        if self._has_more:
            self.look()

    def _fail(self, number: int, problem: Problem) -> None:
        if number != self._number:
            return
        self._is_loading = self._is_looking = self._is_fetching = False
        self._has_more = False
        self._at_end = True  # else the view would ask again at once, and again
        self.failed.emit(problem)


@lru_cache(maxsize=1_000)
def _when(seen_at: str, today: date) -> str:
    """The same moment is put in words whenever its row is painted; tomorrow in other words."""
    del today
    return when(seen_at)
