# SPDX-License-Identifier: MIT
"""The list of tests and changes, what can be done with a cell of it, and the file that it is exported to."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QRect, Qt, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPalette, QShortcut
from PySide6.QtWidgets import QStyle

from notification_tester.qt.history.lines import HistoryLines, Line, day_name
from notification_tester.qt.history.model import (
    SORTS,
    Column,
    can_be_followed,
    kind_word,
    short_destination,
    why_not_again,
)
from notification_tester.qt.lists.cell_menu import CellMenu
from notification_tester.qt.lists.list_files import ListFiles
from notification_tester.qt.lists.table_model import ICON_SIZE
from notification_tester.qt.lists.tables import RowTable
from notification_tester.qt.looks.colours import seen
from notification_tester.qt.looks.formatting import count_text, when_exactly
from notification_tester.qt.looks.visible_text import one_line
from notification_tester.storage.queries import Sort
from notification_tester.storage.rows import DELIVERY_KIND, TEST_KIND

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent
    from PySide6.QtWidgets import QWidget

    from notification_tester.qt.lists.table_model import Index
    from notification_tester.storage.rows import HistorySummary

WIDTHS = {
    Column.WHEN: 14,
    Column.EVENT: 32,
    Column.DESTINATION: 26,
    Column.ACCOUNT: 14,
    Column.OUTCOME: 34,
    Column.SECONDS: 14,
    Column.ACTION: 13,
}
_ORDER = (
    *(Column.WHEN, Column.OUTCOME, Column.EVENT, Column.DESTINATION, Column.ACTION),
    *(Column.ACCOUNT, Column.SECONDS),
)
"""The outcome, and what can be undone, are in sight in a narrow window too."""
_WHOLE_MOMENT = 26
"""In widths of an average character: a moment with its day, in a list that has no days of its own."""
_ENOUGH = {Column.OUTCOME: 44, Column.EVENT: 44, Column.DESTINATION: 36, Column.ACTION: 22}
"""The same: how much of what stands in a column is to be read before columns that matter less are there."""
_LESS = (Column.SECONDS, Column.ACCOUNT)
"""Columns that are there where there is room for them; the details have both."""
_GROWING = (Column.OUTCOME, Column.EVENT, Column.DESTINATION)
"""They get what is left."""
_MEASURED = 200
"""Lines at the begin of a list whose texts are measured: columns stay as they are while one scrolls."""
_AIR = 6
"""Points between the end of a text and the next column."""
_SIGN = 28
"""Points from the edge of a cell in which a press is one on the sign before its text."""
_FALLING_FIRST = {Sort.TIME, Sort.SECONDS}


class HistoryTable(RowTable):
    """Columns are as wide as what stands in them needs, as far as there is room, until a person sets widths. There is a
    column for what can be undone where the list has something that can be, and for account and seconds where they fit.

    ``sort_wanted(Sort, is rising)`` for a press on the name of a column; ``undo_wanted(HistorySummary)``,
    ``again_wanted(tuple of HistorySummary)``, ``fill_wanted(HistorySummary)``, ``inbox_wanted(HistorySummary)`` and
    ``narrow_wanted(Column, HistorySummary)`` out of the menu of a cell, by keys and by pressing "Undo…".
    """

    sort_wanted = Signal(object, bool)
    undo_wanted = Signal(object)
    again_wanted = Signal(object)
    fill_wanted = Signal(object)
    inbox_wanted = Signal(object)
    narrow_wanted = Signal(object, object)

    def __init__(self, lines: HistoryLines, parent: QWidget | None = None) -> None:
        super().__init__(lines, parent, widths=[WIDTHS[column] for column in Column])
        self.lines = lines
        self.menu: CellMenu | None = None  # the last that was opened
        self.is_sending = False  # then nothing can be sent again
        self.setAccessibleName(self.tr("Tests and changes, newest first"))
        self._widths_are_chosen = False
        self._filling = False
        self._needs: dict[Column, int] = {}  # points that the longest text of a column takes
        self._sort, self._is_rising = Sort.TIME, False
        header = self.horizontalHeader()
        for place, column in enumerate(_ORDER):
            header.moveSection(header.visualIndex(column), place)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setSortIndicator(Column.WHEN, Qt.SortOrder.DescendingOrder)
        header.sectionClicked.connect(self._sort_by)
        header.sectionResized.connect(self._width_changed)
        lines.modelReset.connect(self._begin_anew)
        lines.rowsInserted.connect(lambda _, first, last: self._look_at(first, last))
        lines.dataChanged.connect(lambda first, last, *_: self._look_at(first.row(), last.row()))
        self._begin_anew()
        undo = QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self, self._undo_current)
        undo.setContext(Qt.ShortcutContext.WidgetShortcut)

    @property
    def sort(self) -> tuple[Sort, bool]:
        """What the list is sorted by, and whether the least is first."""
        return self._sort, self._is_rising

    def line(self) -> Line | None:
        """The line of the keyboard."""
        return self.lines.row_at(self.currentIndex())

    def choose_first(self) -> None:
        """Choose the newest, which stands below the name of its day."""
        first = self.lines.row_in(0)
        self.choose(1 if first is not None and first.is_day else 0)
        self.scrollToTop()

    def sort_by(self, sort: Sort, *, is_rising: bool) -> None:
        """Sort anew; by the keyboard as by a press on the name of a column."""
        self._sort, self._is_rising = sort, is_rising
        column = next(column for column, one in SORTS.items() if one is sort)
        order = Qt.SortOrder.AscendingOrder if is_rising else Qt.SortOrder.DescendingOrder
        self.horizontalHeader().setSortIndicator(column, order)
        self.sort_wanted.emit(sort, is_rising)

    def save_widths(self) -> str:
        """Widths and order of the columns, for ``restore_widths``; empty where nobody has set any."""
        if not self._widths_are_chosen:
            return ""
        return bytes(self.horizontalHeader().saveState().toBase64().data()).decode()

    def restore_widths(self, state: str) -> None:
        """Take up what ``save_widths`` gave; anything else is ignored, as is what had other columns."""
        header = self.horizontalHeader()
        before = header.saveState()
        self._filling = True
        if header.restoreState(QByteArray.fromBase64(QByteArray(state.encode()))):
            self._widths_are_chosen = True
        if header.count() != len(Column) or not header.sectionsClickable():
            header.restoreState(before)
            self._widths_are_chosen = False
        header.setSortIndicator(Column.WHEN, Qt.SortOrder.DescendingOrder)  # a list begins by time
        self._filling = False
        self._begin_anew()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share out the new width."""
        super().resizeEvent(event)
        self._share_out()

    def scale_columns(self, factor: float) -> None:
        """As any table, which is no choice of a person."""
        self._filling = True
        super().scale_columns(factor)
        self._filling = False
        self._begin_anew()

    def _begin_anew(self) -> None:
        """Another list: what can be undone, and how long texts are, is looked for in all of it."""
        self._needs.clear()
        self._show_undo(wanted=False)
        self._look_at(0, self.lines.rowCount() - 1)
        self._share_out()

    def _look_at(self, first: int, last: int) -> None:
        """Lines are new, or say something else: whether something can be undone, and how much room they need."""
        some = self.lines.lines_between(first, last + 1)
        before = dict(self._needs)
        for line in some[: max(0, _MEASURED - first)]:
            if not line.is_day:
                for column in (Column.WHEN, *_ENOUGH):
                    self._needs[column] = max(self._needs.get(column, 0), self._need(line, column))
        can_be_undone = self.isColumnHidden(Column.ACTION) and any(
            self.lines.text(line, Column.ACTION) for line in some
        )
        if can_be_undone:
            self._show_undo(wanted=True)
        if can_be_undone or self._needs != before:
            self._share_out()

    def _need(self, line: Line, column: Column) -> int:
        text, mark = self.lines.text(line, column), self.lines.mark(line, column)
        if not text:
            return 0
        margin = self.style().pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin) + 1
        sign = self.iconSize().width() if self.iconSize().isValid() else ICON_SIZE
        beside = 2 * margin + sign if mark is not None and mark.icon else 0
        return self.fontMetrics().horizontalAdvance(text) + 2 * margin + beside + _AIR

    def _show_undo(self, *, wanted: bool) -> None:
        self._filling = True
        self.setColumnHidden(Column.ACTION, not wanted)
        if wanted:  # the text may have grown while it was away
            self._widen(Column.ACTION, WIDTHS[Column.ACTION])
        self._filling = False

    def _widen(self, column: Column, characters: int) -> None:
        header, needed = self.horizontalHeader(), self.fontMetrics().averageCharWidth() * characters
        if header.sectionSize(column) < needed:
            header.resizeSection(column, needed)

    def _share_out(self) -> None:
        self._filling = True
        if self._widths_are_chosen:
            if not self.lines.is_by_time:
                self._widen(Column.WHEN, _WHOLE_MOMENT)
            self._show_less(sum(self.columnWidth(column) for column in Column if column not in _LESS), hide=False)
        else:
            self._share_out_by_needs()
        self._filling = False

    def _share_out_by_needs(self) -> None:
        header, character = self.horizontalHeader(), self.fontMetrics().averageCharWidth()
        needs = {
            column: max(header.sectionSizeHint(column), self._needs.get(column, 0))
            for column in (Column.WHEN, *_ENOUGH)
            if not self.isColumnHidden(column)
        }
        least = WIDTHS[Column.WHEN] if self.lines.is_by_time else _WHOLE_MOMENT
        moment = max(needs.pop(Column.WHEN), character * least)
        enough = {column: min(need, character * _ENOUGH[column]) for column, need in needs.items()}
        less = self._show_less(moment + sum(enough.values()), hide=True)
        room = self.viewport().width() - moment - less
        widths = _shared(enough, room)
        room -= sum(widths.values())
        more = _shared({column: needs[column] - width for column, width in widths.items()}, room)
        room -= sum(more.values())
        header.resizeSection(Column.WHEN, moment)
        for column, width in widths.items():
            left = room // len(_GROWING) if column in _GROWING else 0
            header.resizeSection(column, max(header.sectionSizeHint(column), width + more[column] + max(0, left)))

    def _show_less(self, taken: int, *, hide: bool) -> int:
        """Show account and seconds where they fit beside what takes so many points; how many they take."""
        header, character = self.horizontalHeader(), self.fontMetrics().averageCharWidth()
        less = 0
        for column in _LESS:
            usual = max(header.sectionSizeHint(column), character * WIDTHS[column])
            width = usual if hide else self.columnWidth(column) or usual
            fits = taken + less + width <= self.viewport().width() or SORTS[column] is self._sort
            if fits and self.isColumnHidden(column):
                self.showColumn(column)
            elif hide and not fits:
                self.hideColumn(column)
            if hide and not self.isColumnHidden(column):  # what was away while the text shrank is as wide as it was
                header.resizeSection(column, usual)
            less += self.columnWidth(column)
        return less

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows in sight, and across them the names of days."""
        super().paintEvent(event)
        place = max(0, self.rowAt(0))
        painter = QPainter(self.viewport())
        while (top := self.rowViewportPosition(place)) < self.viewport().height():
            line = self.lines.row_in(place)
            if line is None:
                break
            if line.is_day:
                self._paint_day(painter, line, top, self.rowHeight(place))
            place += 1
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Right unfolds a run, Left folds it, as in a tree; Return and Space do what is needed of the two."""
        line = self.line()
        key = event.key()
        if line is not None and line.is_run and key in {Qt.Key.Key_Right, Qt.Key.Key_Left}:
            self.toggle(line, unfold=key == Qt.Key.Key_Right)
        elif line is not None and line.is_run and key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.toggle(line)
        elif line is not None and line.is_inside and key == Qt.Key.Key_Left:
            self._to_its_run()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A press on the sign before a run unfolds it; one on "Undo…" asks."""
        super().mouseReleaseEvent(event)
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        index = self.indexAt(event.position().toPoint())
        line = self.lines.row_at(index)
        if line is None or line.newest is None:
            return
        if line.is_run and index.column() == Column.EVENT:
            if self._is_on_sign(index, event):
                self.toggle(line)
        elif index.column() == Column.ACTION and not line.is_run and self.lines.can_be_undone(line.newest):
            self.undo_wanted.emit(line.newest)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Anywhere on a run: unfold it."""
        index = self.indexAt(event.position().toPoint())
        line = self.lines.row_at(index)
        if line is not None and line.is_run and not (index.column() == Column.EVENT and self._is_on_sign(index, event)):
            self.toggle(line)
        super().mouseDoubleClickEvent(event)

    def copied(self, row: Line, column: Column) -> str:
        """What of a cell is copied: the moment exactly, the whole address, and else what it shows."""
        newest = row.newest
        if newest is None:
            return ""
        match column:
            case Column.WHEN:
                return when_exactly(newest.started)
            case Column.DESTINATION:
                return one_line(newest.destination)
            case _:
                return super().copied(row, column).strip()

    def menu_at(self, index: Index) -> CellMenu | None:
        """What can be done with this cell and its row, which becomes that of the keyboard; a day has no menu."""
        line = self.lines.row_at(index)
        if line is None or line.newest is None:
            return None
        self.setCurrentIndex(index)
        self.menu = self._made_menu(line, line.newest, self.lines.columns[index.column()])
        return self.menu

    def toggle(self, line: Line, *, unfold: bool | None = None) -> None:
        """Unfold a run, or fold it, and stay on its line."""
        self.lines.toggle(line, unfold=unfold)
        self.choose(self.lines.place_of(line.id))

    def _made_menu(self, line: Line, newest: HistorySummary, column: Column) -> CellMenu:
        cells = [self.copied(line, one) for one in _ORDER if one is not Column.ACTION]
        menu = CellMenu(self.copied(line, column), cells, self)
        if column in {Column.WHEN, Column.EVENT, Column.DESTINATION, Column.ACCOUNT, Column.OUTCOME}:
            shown = "" if column is Column.ACCOUNT and not newest.account else self._filtered_by(newest, line, column)
            menu.add_filter(shown, lambda: self.narrow_wanted.emit(column, newest))
        menu.addSeparator()
        if line.is_run:
            menu.add(
                self.tr("F&old them again") if line.is_open else self.tr("Sh&ow each of them"),
                lambda: self.toggle(line),
            )
        if newest.kind in {TEST_KIND, DELIVERY_KIND}:
            again = menu.add(self.tr("&Send again"), lambda: self.again_wanted.emit(line.rows), icon_name="send")
            again.setEnabled(not self.is_sending)
            if self.is_sending:
                menu.setToolTipsVisible(True)
                again.setToolTip(why_not_again())
            menu.add(self.tr("Open in &Test"), lambda: self.fill_wanted.emit(newest), icon_name="test")
        if can_be_followed(newest):
            menu.add_inbox(lambda: self.inbox_wanted.emit(newest))
        if self.lines.can_be_undone(newest):
            undo = menu.add(self.tr("&Undo…"), lambda: self.undo_wanted.emit(newest))
            undo.setShortcut(QKeySequence(QKeySequence.StandardKey.Undo))
        return menu

    def _filtered_by(self, row: HistorySummary, line: Line, column: Column) -> str:
        match column:
            case Column.WHEN:
                text = day_name(line.day) if line.day is not None else when_exactly(row.started).partition(" ")[0]
            case Column.EVENT:
                text = kind_word(row.kind)
            case Column.DESTINATION:  # of several, the first is what is filtered by
                text = short_destination(row.transport, row.destination)
            case Column.OUTCOME:
                text = self.lines.text(line._replace(rows=(row,)), column).partition(":")[0]
            case _:
                text = self.lines.text(line, column)
        return text

    def _is_on_sign(self, index: Index, event: QMouseEvent) -> bool:
        """Whether the pointer is on the sign that stands before an event."""
        return event.position().x() <= self.visualRect(index).left() + _SIGN

    def _to_its_run(self) -> None:
        place = self.currentIndex().row()
        while place > 0:
            place -= 1
            line = self.lines.row_in(place)
            if line is None or line.is_run:
                break
        self.choose(place)

    def _undo_current(self) -> None:
        line = self.line()
        if line is not None and line.newest is not None and self.lines.can_be_undone(line.newest):
            self.undo_wanted.emit(line.newest)

    def _paint_day(self, painter: QPainter, line: Line, top: int, height: int) -> None:
        where = QRect(0, top, self.viewport().width(), height)
        painter.fillRect(where, seen(self.palette(), QPalette.ColorRole.AlternateBase))
        font = self.font()
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(seen(self.palette(), QPalette.ColorRole.Text))
        margin = self.style().pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin) + 4
        inside = where.adjusted(margin, 0, -margin, 0)
        painter.drawText(inside, Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter, day_name(line.day))

    def _sort_by(self, section: int) -> None:
        sort = SORTS.get(Column(section))
        if sort is None:
            self.sort_by(self._sort, is_rising=self._is_rising)  # the sign stays where it was
            return
        is_rising = not self._is_rising if sort is self._sort else sort not in _FALLING_FIRST
        self.sort_by(sort, is_rising=is_rising)

    def _width_changed(self) -> None:
        if not self._filling and self.isVisible():
            self._widths_are_chosen = True


def _shared(wanted: Mapping[Column, int], room: int) -> dict[Column, int]:
    """What each gets of the room: those that want little all of it, and the others the same."""
    widths, left = {}, max(0, room)
    for place, (column, want) in enumerate(sorted(wanted.items(), key=itemgetter(1))):
        widths[column] = min(want, left // (len(wanted) - place))
        left -= widths[column]
    return widths


class HistoryFiles(ListFiles):
    """What is said of it."""

    def asked(self) -> tuple[str, str]:
        """The title of the dialog, and the name that it offers."""
        return self.tr("Export the history"), "mturk-notification-history"

    def said(self, count: int) -> tuple[str, str]:
        """What was done."""
        many = self.tr("{count} tests are in {{path}}")
        return self.tr("The history was exported."), count_text(count, self.tr("1 test is in {{path}}"), many)
