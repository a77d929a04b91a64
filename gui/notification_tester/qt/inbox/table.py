# SPDX-License-Identifier: MIT
"""The list of events that arrived, the filter of what it shows, and the file that it is exported to."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QComboBox

from notification_tester.domain.events import TEST_HIT_TYPE_ID
from notification_tester.qt.inbox.model import Column, event_text, exact_id
from notification_tester.qt.lists.list_files import ListFiles
from notification_tester.qt.lists.row_filter import RowFilter
from notification_tester.qt.lists.tables import RowTable
from notification_tester.qt.looks.formatting import count_text
from notification_tester.qt.looks.visible_text import tooltip
from notification_tester.qt.notification.names import hit_type_name
from notification_tester.services.inbox.export import save_message
from notification_tester.storage.inbox_rows import InboxQuery

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
    from PySide6.QtWidgets import QWidget

    from notification_tester.qt.inbox.model import InboxModel
    from notification_tester.qt.lists.cell_menu import CellMenu
    from notification_tester.qt.lists.table_model import Index
    from notification_tester.storage.inbox_rows import InboxMessage, InboxRow

WIDTHS = {
    Column.WHEN: 24,
    Column.EVENT: 38,
    Column.HIT_TYPE: 30,
    Column.WORKER: 22,
    Column.SENDER: 25,
    Column.REMARK: 18,
    Column.SEEN: 19,
}
OTHER_WIDTHS = 20
LEAST_TITLE, TITLE_WIDTH = 20, 60
"""In widths of an average character: as much of a title, before the columns that matter less."""
READ_FIRST = (Column.WHEN, Column.EVENT)
MATTER_LESS = (Column.WORKER, Column.SENDER)
"""All of them as wide as what stands in them, up to :data:`WIDTHS`; of the second as many as fit beside a title."""
MAY_BE_EMPTY = (Column.WORKER, Column.REMARK, Column.HIT, Column.ASSIGNMENT)
"""Away as long as no row of a list says anything in them."""
WHERE_THERE_IS_ROOM = (Column.SENDER, Column.REMARK, Column.HIT, Column.ASSIGNMENT, Column.SEEN)
"""Away where they do not fit beside the others, unless a person gave them a width; a message's details have all."""
LEAST_ROWS = 4
"""Rows that are in sight however small the window is: the page scrolls then."""
FIT_PAUSE = 200
"""Milliseconds after rows came in, after which the columns are fitted to them."""

_NONE, _KEYPAD = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier

TYPING_PAUSE = 200
"""Milliseconds without a key, after which the list is asked anew."""


class InboxTable(RowTable):
    """At the top it shows what comes in; further down it stands still under the eyes of whoever reads in it.

    ``fold_requested`` for a row whose copies are to be shown below it, or to be folded under it again;
    ``filter_requested`` with a column and the row whose value there is wanted alone; ``history_requested`` with words
    by which the history finds what belongs to a row.
    """

    fold_requested = Signal(object)  # InboxRow
    filter_requested = Signal(object, object)  # Column, InboxRow
    history_requested = Signal(str)

    def __init__(self, model: InboxModel, parent: QWidget | None = None) -> None:
        super().__init__(model, parent, widths=[WIDTHS.get(column, OTHER_WIDTHS) for column in Column])
        self._inbox = model
        self.setAccessibleName(self.tr("Events that arrived, newest first"))
        self.setTextElideMode(Qt.TextElideMode.ElideRight)  # a title is known by its beginning
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self._needed: dict[Column, int] = {}  # points, as what was in sight of this list had it
        self._by_hand: set[int] = set()  # columns that a person gave a width
        self._is_fitting = False
        self._soon = QTimer(self, singleShot=True)
        self._soon.timeout.connect(self._fit)
        self.horizontalHeader().sectionResized.connect(self._resized)
        model.loaded.connect(self._fit_anew)
        model.inserted.connect(self._stay)
        model.dataChanged.connect(self._fit_later)  # titles come later than rows
        model.filled_changed.connect(self._fit_later)

    def copied(self, row: InboxRow, column: Column) -> str:
        """What of a cell is copied: the event without what tells of its copies, and ids as they came."""
        if column is Column.EVENT:
            return event_text(row)
        return exact_id(row, column) if column in {Column.HIT, Column.ASSIGNMENT} else super().copied(row, column)

    def menu_at(self, index: Index) -> CellMenu | None:
        """Offer the copies, the value alone, and the way into the history, too."""
        menu, row = super().menu_at(index), self._inbox.row_at(index)
        if menu is None or row is None:
            return menu
        column = Column(index.column())
        if row.hit_type_id and column is Column.HIT_TYPE:
            menu.add(self.tr("Copy the &id"), partial(QGuiApplication.clipboard().setText, row.hit_type_id))
        menu.addSeparator()
        if self._inbox.has_copies(row):
            menu.add(self._fold_text(row), partial(self.fold_requested.emit, row))
        shown = self.copied(row, column) if wanted_alone(row, column) else ""
        menu.add_filter(shown, partial(self.filter_requested.emit, column, row))
        words = row.hit_type_id if not row.is_test else row.event_type
        menu.add_history(partial(self.history_requested.emit, words)).setEnabled(bool(words))
        return menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Right shows the copies of a row, Left folds them, as in a tree; Return and Space do the one or the other."""
        row = self._inbox.row_at(self.currentIndex())
        if row is not None and self._inbox.has_copies(row) and event.modifiers() in {_NONE, _KEYPAD}:
            is_open = self._inbox.is_unfolded(row)
            either = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}
            if either or event.key() == (Qt.Key.Key_Left if is_open else Qt.Key.Key_Right):
                self.fold_requested.emit(row)
                return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press on the mark before an event shows its copies, or folds them."""
        super().mousePressEvent(event)
        index = self.indexAt(event.position().toPoint())
        row = self._inbox.row_at(index)
        if row is None or index.column() != Column.EVENT or event.button() is not Qt.MouseButton.LeftButton:
            return
        on_mark = event.position().x() - self.visualRect(index).left() <= self.fontMetrics().height() * 1.5
        if on_mark and self._inbox.has_copies(row):
            self.fold_requested.emit(row)

    def _fold_text(self, row: InboxRow) -> str:
        if self._inbox.is_unfolded(row):
            return self.tr("F&old the duplicates")
        return count_text(row.copies, self.tr("Show the &duplicate"), self.tr("Show the {count} &duplicates"))

    @property
    def is_at_top(self) -> bool:
        """Whether the newest rows are in sight."""
        return self.verticalScrollBar().value() == 0

    def minimumSizeHint(self) -> QSize:
        """High enough for a few rows."""
        around = self.horizontalHeader().sizeHint().height() + self.horizontalScrollBar().sizeHint().height()
        rows = LEAST_ROWS * self.verticalHeader().defaultSectionSize()
        return QSize(super().minimumSizeHint().width(), rows + around + 2 * self.frameWidth())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the titles fill what is over."""
        super().resizeEvent(event)
        self._soon.start(0)  # of all that is laid out at once the last alone counts

    def scale_columns(self, factor: float) -> None:
        """As any table; those that are fitted are fitted anew."""
        self._is_fitting = True
        super().scale_columns(factor)
        self._is_fitting = False
        self._fit_anew()

    def _fit_anew(self) -> None:
        """Fit the columns to another list; they grow with what comes into it, and stand still else."""
        self._needed.clear()
        self._soon.start(0)

    def _fit_later(self) -> None:
        if not self._soon.isActive():
            self._soon.start(FIT_PAUSE)

    def _show_filled(self) -> None:
        """Have columns away in which no row says anything, as soon as there is a row."""
        filled = self._inbox.filled
        if self._inbox.rowCount():
            self._is_fitting = True
            for column in MAY_BE_EMPTY:
                self.setColumnHidden(column, column not in filled)
            for column in WHERE_THERE_IS_ROOM:
                if column not in MAY_BE_EMPTY:
                    self.showColumn(column)
            self._is_fitting = False

    def _fit(self) -> None:
        self._show_filled()
        header = self.horizontalHeader()
        character, room = self.fontMetrics().averageCharWidth(), self.viewport().width()
        self._prepare()
        measured = [one for one in (*READ_FIRST, *MATTER_LESS) if not header.isSectionHidden(one)]
        for column in measured:
            seen = max(self.sizeHintForColumn(column), header.sectionSizeHint(column)) + character
            self._needed[column] = min(max(seen, self._needed.get(column, 0)), character * WIDTHS[column])
        wanted = {column: self._needed[column] for column in measured if column not in self._by_hand}
        for column in WHERE_THERE_IS_ROOM:
            if column not in measured and column not in self._by_hand and not header.isSectionHidden(column):
                usual = character * WIDTHS.get(column, OTHER_WIDTHS)
                wanted[column] = max(header.sectionSizeHint(column), usual)
        sizes = {column: wanted.get(column, header.sectionSize(column)) for column in Column}
        del sizes[Column.HIT_TYPE]
        if Column.HIT_TYPE not in self._by_hand:
            title = max(self.sizeHintForColumn(Column.HIT_TYPE) + character, self._needed.get(Column.HIT_TYPE, 0))
            self._needed[Column.HIT_TYPE] = title
            left = room - sum(sizes[column] for column in READ_FIRST)
            needed = max(character * LEAST_TITLE, min(title, character * TITLE_WIDTH, left))
            for column in MATTER_LESS:
                if column in measured and left - sizes[column] >= needed:
                    left -= sizes[column]
            least = max(needed, min(title, left))
        else:
            least = header.sectionSize(Column.HIT_TYPE)
        away = self._without_room(sizes, room - least)
        if Column.HIT_TYPE not in self._by_hand:
            fitting = sum(size for column, size in sizes.items() if column not in away)
            wanted[Column.HIT_TYPE] = max(least, room - fitting)
        self._is_fitting = True
        for column in away:
            self.hideColumn(column)
        for column, size in wanted.items():
            header.resizeSection(column, size)
        self._is_fitting = False

    def _without_room(self, sizes: Mapping[Column, int], room: int) -> set[Column]:
        """Which columns do not fit; none of them while there is no row to say so."""
        if not self._inbox.rowCount():
            return set()
        left = room - sum(size for column, size in sizes.items() if column not in WHERE_THERE_IS_ROOM)
        left -= sum(sizes[column] for column in WHERE_THERE_IS_ROOM if column in self._by_hand)
        away = set()
        for column in WHERE_THERE_IS_ROOM:
            if column not in self._by_hand and sizes[column]:
                if sizes[column] <= left:
                    left -= sizes[column]
                else:
                    away.add(column)
        return away

    def _resized(self, column: int) -> None:
        if not self._is_fitting:
            self._by_hand.add(column)

    def _scrolled(self, value: int) -> None:
        self._inbox.set_at_top(value == 0)

    def _stay(self, inserted: int) -> None:
        self._fit_later()
        bar = self.verticalScrollBar()
        if not self.is_at_top:
            bar.setValue(bar.value() + inserted)


def wanted_alone(row: InboxRow, column: Column) -> str:
    """What a filter for the value of a cell looks for; empty where that tells nothing apart."""
    return {
        Column.EVENT: row.event_type,
        Column.HIT_TYPE: row.hit_type_id,
        Column.WORKER: row.worker_id,
        Column.HIT: row.hit_id,
        Column.ASSIGNMENT: row.assignment_id,
    }.get(column, "")


class InboxFilter(RowFilter[InboxQuery]):
    """A field, and a list of HIT types; which kinds of events and which stretch of time are chosen elsewhere."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, pause=TYPING_PAUSE)
        self.events: frozenset[str] = frozenset()
        self.span: tuple[int, int] | None = None
        self.search.setPlaceholderText(self.tr("Search titles, ids, events, workers"))
        self.search.setAccessibleName(self.tr("Search the inbox"))
        self.hit_type = self._add_choice(self.tr("HIT type"))
        self.hit_type.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.hit_type.setMinimumContentsLength(18)
        self.hit_type.setMinimumWidth(self.fontMetrics().averageCharWidth() * 10)  # where there is no room for more
        self.set_hit_types({})

    def query(self) -> InboxQuery:
        """The question as it stands; duplicates are folded."""
        since, until = (None, None) if self.span is None else self.span
        return InboxQuery(
            text=self.search.text().strip(),
            events=self.events,
            hit_type=str(self.hit_type.currentData()),
            since=since,
            until=until,
            is_folded=True,
        )

    def choose(self, events: frozenset[str], span: tuple[int, int] | None) -> None:
        """Have only these kinds of events (none means all), and only this stretch of time (milliseconds)."""
        if (events, span) != (self.events, self.span):
            self.events, self.span = events, span
            self._at_once()

    def choose_hit_type(self, hit_type: str) -> None:
        """Have one HIT type alone, whether it is offered already or not."""
        if self.hit_type.findData(hit_type) < 0:
            self.hit_type.addItem(hit_type_name(hit_type, longest=64), hit_type)
        self.hit_type.setCurrentIndex(self.hit_type.findData(hit_type))
        self._at_once()

    def clear(self) -> None:
        """Leave nothing out."""
        self.events, self.span = frozenset(), None
        super().clear()

    def set_hit_types(self, titles: Mapping[str, str]) -> None:
        """Offer these, by title where there is one, unless the list is open; what is chosen stays, and nothing is told.

        ``titles`` are by the id of the HIT type, empty where they are not known.
        """
        if self.hit_type.view().isVisible():
            return
        chosen = str(self.hit_type.currentData() or "")
        offered = sorted(
            titles, key=lambda one: (one == TEST_HIT_TYPE_ID, not titles[one], titles[one].casefold(), one)
        )
        wanted = ["", *offered, *([chosen] if chosen and chosen not in titles else [])]
        texts = [hit_type_name(one, titles.get(one, ""), longest=80) or self.tr("Every HIT type") for one in wanted]
        now = range(self.hit_type.count())
        if [(self.hit_type.itemData(one), self.hit_type.itemText(one)) for one in now] == [
            *zip(wanted, texts, strict=True)
        ]:
            return
        self.hit_type.clear()
        for one, text in zip(wanted, texts, strict=True):
            self.hit_type.addItem(text, one)
            if one:
                tip = tooltip(f"{titles.get(one, '')}\n{one}".strip())
                self.hit_type.setItemData(self.hit_type.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.hit_type.setCurrentIndex(max(0, self.hit_type.findData(chosen)))


class InboxFiles(ListFiles):
    """Writes messages: many, or one exactly as it came."""

    def choose_save(self, message: InboxMessage) -> None:
        """Ask where one message shall go."""
        dialog = self._dialog(self.tr("Save this message"), f"notification-{message.number}")
        dialog.setNameFilters([self.tr("Message as it came (*.json)"), self.tr("Every file (*)")])
        dialog.setDefaultSuffix("json")
        dialog.fileSelected.connect(partial(self.save_to, message))
        dialog.open()

    def save_to(self, message: InboxMessage, path: str) -> None:
        """Write one message exactly as it came."""
        self._tasks.run(
            partial(save_message, message, Path(path)),
            done=partial(self._saved, self._stay, str(Path(path))),
            failed=partial(self._not_written, self._stay),
        )

    def _saved(self, stay: int, path: str, _: object) -> None:
        if stay == self._stay:
            self.written.emit(self.tr("The message was saved."), path, Path(path))

    def asked(self) -> tuple[str, str]:
        """The title of the dialog, and the name that it offers."""
        return self.tr("Export what the list shows"), "mturk-notifications"

    def said(self, count: int) -> tuple[str, str]:
        """What was done."""
        many = self.tr("{count} messages are in {{path}}")
        return self.tr("The messages were exported."), count_text(count, self.tr("1 message is in {{path}}"), many)
