# SPDX-License-Identifier: MIT
"""The table of HIT types: how it looks, which rows are ticked, and its columns."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeVar, cast

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QInputEvent, QKeySequence, QPalette, QRegion
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from notification_tester.qt.hit_types.model import FEW
from notification_tester.qt.hit_types.texts import COLUMNS_ASIDE, Column
from notification_tester.qt.lists.cell_menu import copied_text, place_of_menu
from notification_tester.qt.lists.tables import PlainTable
from notification_tester.qt.looks.colours import seen
from notification_tester.qt.looks.outlines import strengthen_in
from notification_tester.qt.looks.theme import Tone, tone_colours
from notification_tester.qt.looks.visible_text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PySide6.QtCore import QAbstractItemModel, QItemSelectionRange, QPoint
    from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent

    from notification_tester.qt.hit_types.model import HitTypesModel
    from notification_tester.qt.hit_types.rows import Entry
    from notification_tester.services.hit_types.bulk_types import HitTypeRow

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex
_TOP_LEVEL = QModelIndex()
_WIDTHS = {
    Column.NOTIFICATION: 38,
    Column.TESTED: 22,
    Column.HITS: 9,
    Column.NEWEST: 14,
    Column.ID: 18,
    Column.REWARD: 10,
    Column.DESTINATION: 26,
    Column.EVENTS: 34,
    Column.SET: 36,
}
"""In widths of an average character; the title has the room that is left."""
_GO_FIRST = (Column.ID, Column.REWARD, Column.NEWEST, Column.HITS, Column.TESTED)
"""Columns that go out of sight where there is no room for all, the first one first; those with a width of a person's
own stay."""
_NARROW_NOTIFICATION = 16
"""In widths of an average character: as narrow as it gets, before there is more than fits side by side."""
_TITLE_AT_LEAST = 24
_TITLE_LINES, _MOST_LINES = 2, 3
"""The third where title and notification do not fit side by side else, as with a large text in a small window."""
_TITLE_AT_MOST = 76
"""As many average characters a title may ask for in each of its lines, which the longest usual one needs."""
_LONGEST_TITLE = 128
"""Characters, as many as Mechanical Turk takes; a longer one asks for no more room and is whole in tip and details."""
_LONGEST_WORD = 40
"""Characters that are kept together; letters without a blank, as in Chinese, are broken anywhere."""
_BROAD_NOTIFICATION = 52
"""In widths of an average character: a cell with so much room says all in one line."""
COLUMNS_PAUSE = 400
"""Milliseconds after the last change of a column's width, place or order, before that is told."""
_AIR = 14
"""Points above and below the text of a row together."""
_AIR_OF_TWO = 10
"""The same of two lines: not enough for a third."""
_FIT_PAUSE = 200
"""Milliseconds after a person made a column wider or narrower, until the title has the rest."""
_WIDEST_COLUMN = 1_200
"""Points, whatever was kept of it."""
COPY_ROWS = QKeySequence("Ctrl+Shift+C")
MANY_RUNS = 1_000
"""Runs of chosen rows that Qt is told of in a turn of their own; until then they are chosen and look as if not."""


class KeepsItsColour(QStyledItemDelegate):
    """The text of a chosen row keeps the colour that it has in others: it says how things stand."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Give the chosen text the colour of the text."""
        super().initStyleOption(option, index)
        option.palette.setColor(QPalette.ColorRole.HighlightedText, seen(option.palette, QPalette.ColorRole.Text))


class TitleDelegate(KeepsItsColour):
    """Draws a tick box before the title, ticked where the row is chosen."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Add the box."""
        super().initStyleOption(option, index)
        strengthen_in(option.palette)
        option.features |= QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        option.checkState = Qt.CheckState.Checked if is_chosen else Qt.CheckState.Unchecked


class CalmTable(PlainTable):
    """Its chosen rows stand on a light ground, as the chosen page does in the navigation, in light and in dark."""

    recoloured = Signal()

    def __init__(self, model: QAbstractItemModel, parent: QWidget | None = None, *, air: int = 14) -> None:
        super().__init__(model, parent, air=air)
        self._is_colouring = False
        self.setAlternatingRowColors(True)
        self._colour()

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and not self._is_colouring:
            self._colour()
            self.recoloured.emit()

    def _colour(self) -> None:
        palette, calm = QApplication.palette(self), QPalette()
        fill = tone_colours(palette, Tone.ACCENT).fill
        for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
            calm.setColor(group, QPalette.ColorRole.Highlight, fill)
            calm.setColor(group, QPalette.ColorRole.HighlightedText, seen(palette, QPalette.ColorRole.Text))
        self._is_colouring = True  # which is another change of the palette
        self.setPalette(calm)
        self._is_colouring = False


class HitTypesTable(CalmTable):
    """Many rows may be chosen, which ticks them; they stay chosen by their ids when the rows are in another order.

    A row that a filter takes out of sight is no longer chosen: nothing is done to what cannot be seen. While nothing
    was ticked by its box or with Space, rows are chosen as in any list; after that clicks and arrows leave the ticks.

    The title has the room that the other columns leave, and always enough for two lines; rows have the second line
    only where one needs it. Columns in which no row says anything are away until one does.
    ``chosen_changed`` comes once for however many; ``opened`` is Return or a double click on a row;
    ``menu_wanted(QModelIndex, QPoint)`` for a cell, with the place on the screen.
    """

    chosen_changed = Signal()
    opened = Signal()
    menu_wanted = Signal(object, object)
    columns_changed = Signal(str)  # what ``save_columns`` gives, some time after the last change

    def __init__(self, model: HitTypesModel, parent: QWidget | None = None) -> None:
        self._by_box = False  # whether what is ticked was ticked one by one; Qt asks while the table is made
        super().__init__(model, parent, air=_AIR)
        self._rows = model
        self._chosen: list[tuple[int, int]] | None = None  # runs of rows, once somebody asked
        self._columns = QTimer(self, singleShot=True, interval=COLUMNS_PAUSE)
        self._columns.timeout.connect(lambda: self.columns_changed.emit(self.save_columns()))
        self._kept: set[Entry] = set()
        self._kept_current: list[Entry] = []
        self._kept_scroll = 0
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.chosen_changed)
        self._showing = QTimer(self, singleShot=True, interval=0)
        self._showing.timeout.connect(self._show_chosen)
        self._aside = set(COLUMNS_ASIDE)  # columns that the person does not want
        self._widths: dict[Column, int] = {}
        self._said: set[Column] = set()  # columns in which a row says something
        self._is_fitting = False
        self._fitting = QTimer(self, singleShot=True, interval=_FIT_PAUSE)
        self._fitting.timeout.connect(self._fit)
        self.setItemDelegateForColumn(Column.TITLE, TitleDelegate(self))
        for column in (Column.NOTIFICATION, Column.TESTED):
            self.setItemDelegateForColumn(column, KeepsItsColour(self))
        self.setWordWrap(True)
        self.setAccessibleName(self.tr("HIT types"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setCornerButtonEnabled(False)
        header = self.horizontalHeader()
        # with the table's own it would ask every row of every column whether all are chosen, to draw itself
        header.setSelectionModel(QItemSelectionModel(model, header))
        header.setSectionsMovable(True)
        header.setFirstSectionMovable(False)
        header.setStretchLastSection(False)
        header.setSectionResizeMode(Column.TITLE, QHeaderView.ResizeMode.Fixed)
        self._give_widths()
        header.setSortIndicator(Column.NEWEST, Qt.SortOrder.DescendingOrder)
        self.setSortingEnabled(True)
        header.sectionResized.connect(self._resized)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._open_columns_menu)
        for changed in (header.sectionMoved, header.sortIndicatorChanged):
            changed.connect(self._columns.start)
        self._show_columns()
        model.summed.connect(self._show_columns)
        self.selectionModel().selectionChanged.connect(self._soon_changed)
        self.doubleClicked.connect(lambda _: self.opened.emit())
        self.recoloured.connect(model.palette_changed)
        model.modelAboutToBeReset.connect(self._keep)
        model.modelReset.connect(self._restore)

    def chosen_count(self) -> int:
        """How many rows are chosen."""
        return sum(last - first + 1 for first, last in self._runs())

    def chosen(self) -> list[HitTypeRow]:
        """The chosen rows, from top to bottom."""
        return [row for first, last in self._runs() for row in self._rows.rows_in_sight(first, last)]

    def choose(self, ids: set[str]) -> None:
        """Choose the rows of these ids, where they are shown, and no others."""
        chosen = self._rows.runs_of(self._rows.entries_of(ids))
        self._choose(chosen)
        if chosen:
            first = self._rows.index(chosen[0][0], Column.TITLE)
            self.selectionModel().setCurrentIndex(first, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.scrollTo(first)

    def count_of(self, ids: set[str]) -> int:
        """How many of these ids are shown."""
        return sum(last - first + 1 for first, last in self._rows.runs_of(self._rows.entries_of(ids)))

    def row_of(self, hit_type_id: str) -> HitTypeRow | None:
        """The row of an id, in sight or not; None where it is not known."""
        return self._rows.row_of(hit_type_id)

    def current_row(self) -> HitTypeRow | None:
        """The row where the keyboard is."""
        return self._rows.row_at(self.currentIndex())

    def save_columns(self) -> str:
        """Choice, widths, order and sorting of the columns, by their names, as JSON for ``restore_columns``."""
        header = self.horizontalHeader()
        order = [Column(header.logicalIndex(place)) for place in range(header.count())]
        return json.dumps(
            {
                "order": [column.name for column in order],
                "aside": [column.name for column in order if column in self._aside],
                "widths": {column.name: width for column, width in self._widths.items()},
                "sorted_by": Column(header.sortIndicatorSection()).name,
                "falling": header.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder,
            }
        )

    def restore_columns(self, state: str) -> None:
        """Take up what ``save_columns`` gave; anything else is ignored."""
        try:
            found = json.loads(state)
            order = [Column[name] for name in found["order"]]
            widths = {Column[name]: int(width) for name, width in found["widths"].items()}
            aside = {Column[name] for name in found["aside"]}
            by = Column[found["sorted_by"]]
            falling = bool(found["falling"])
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return
        self._put_columns(order, widths, aside)
        self.sortByColumn(by, Qt.SortOrder.DescendingOrder if falling else Qt.SortOrder.AscendingOrder)

    def reset_columns(self) -> None:
        """Have the columns as they were at first."""
        self._put_columns(list(Column), {}, set(COLUMNS_ASIDE))
        self.sortByColumn(Column.NEWEST, Qt.SortOrder.DescendingOrder)
        self._columns.start()

    def wanted_columns(self) -> dict[Column, bool]:
        """Whether the person wants each column; the title always stands first."""
        return {column: column not in self._aside for column in Column if column is not Column.TITLE}

    def want_column(self, column: Column, wanted: bool) -> None:
        """Have a column among the others, as soon as a row says something in it, or not."""
        (self._aside.discard if wanted else self._aside.add)(column)
        if wanted and column in _GO_FIRST:  # it stays, room or not
            self._widths.setdefault(column, _WIDTHS[column] * self.fontMetrics().averageCharWidth())
        self._show_columns()
        self._columns.start()

    def columns_menu(self, parent: QWidget) -> QMenu:
        """Make a menu of the columns to choose from; one that has no room has no tick, and choosing it brings it."""
        menu, header = QMenu(self.tr("Col&umns"), parent), self.horizontalHeader()
        for column, wanted in self.wanted_columns().items():
            name = self._rows.headerData(column, Qt.Orientation.Horizontal)
            action = menu.addAction(str(name))
            action.setCheckable(True)
            has_no_room = column in self._said and header.isSectionHidden(column)
            action.setChecked(wanted and not has_no_room)
            action.triggered.connect(lambda on, column=column: self.want_column(column, wanted=on))
        menu.addSeparator()
        menu.addAction(self.tr("As they were at first")).triggered.connect(lambda _=False: self.reset_columns())
        return menu

    def copied(self, index: Index) -> str:
        """What of a cell is copied: what it shows, with ordinary blanks."""
        return copied_text(index)

    def copied_row(self, number: int) -> list[str]:
        """The cells of a row that are copied: those of the columns that are shown, in their order."""
        header = self.horizontalHeader()
        order = [header.logicalIndex(place) for place in range(header.count())]
        return [self.copied(self._rows.index(number, one)) for one in order if not header.isSectionHidden(one)]

    def copy_rows(self) -> None:
        """Copy the chosen rows, or that of the keyboard where none is chosen, as spreadsheets take them."""
        here = self.currentIndex().row()
        runs = self._runs() or ([(here, here)] if here >= 0 else [])
        rows = [self.copied_row(number) for first, last in runs for number in range(first, last + 1)]
        QGuiApplication.clipboard().setText("\n".join("\t".join(row) for row in rows))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of a cell."""
        index, place = place_of_menu(self, event)
        if index.isValid():
            self.menu_wanted.emit(index, place)

    def untick(self) -> None:
        """Choose nothing; the keyboard stays where it is."""
        self.selectionModel().clearSelection()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return opens a row, and Space ticks it."""
        here, plain = self.currentIndex(), event.modifiers() == Qt.KeyboardModifier.NoModifier
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and here.isValid():
            self.opened.emit()
        elif event.key() == Qt.Key.Key_Space and plain and here.isValid():
            self._tick(here)
        elif event.matches(QKeySequence.StandardKey.Copy) and here.isValid():
            QGuiApplication.clipboard().setText(self.copied(here))
        elif QKeySequence(event.keyCombination()) == COPY_ROWS:
            self.copy_rows()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press on the box ticks the row, with Shift also all from the row of the keyboard on.

        What is pressed is in sight: after a press Qt would scroll the boxes away to show the whole of a cell.
        """
        index = self._box_at(event)
        if index is None:
            self.setAutoScroll(False)
            super().mousePressEvent(event)
            self.setAutoScroll(True)  # for the keyboard
        else:
            self._tick(index, through=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Two presses on the box are two presses."""
        if self._box_at(event) is None:
            super().mouseDoubleClickEvent(event)
        else:
            self.mousePressEvent(event)

    def selectionCommand(  # noqa: N802 - Qt's own name
        self, index: Index, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        """Leave what was ticked one by one as it is, unless more is asked for."""
        is_plain = isinstance(event, QInputEvent) and event.modifiers() == Qt.KeyboardModifier.NoModifier
        if self._by_box and is_plain and self._runs():
            return QItemSelectionModel.SelectionFlag.NoUpdate
        return super().selectionCommand(index, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the title what is left."""
        super().resizeEvent(event)
        self._fit()

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        """Look at the rows in sight alone: of a long run Qt would paint every column, whichever of them changed."""
        if first.isValid() and last.row() - first.row() > 1:
            top, bottom = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
            if top >= 0:
                first = self._rows.index(max(first.row(), top), first.column())
                last = self._rows.index(last.row() if bottom < 0 else min(last.row(), bottom), last.column())
                if first.row() > last.row():
                    return
        super().dataChanged(first, last, list(roles))

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:  # noqa: N802 - Qt's own name
        """Paint all that is in sight after many runs were chosen: Qt would ask the model about each of them."""
        if selection.count() > FEW:
            return QRegion(self.viewport().rect())
        return super().visualRegionForSelection(selection)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint in one go.

        Called by Qt itself, each question to the model would wait for Python's lock, again and again while other
        threads are at work; called from Python, the lock is held all the while.
        """
        super().paintEvent(event)

    def scale_columns(self, factor: float) -> None:
        """As any table, and the title has what is left; hidden columns have their width when they are shown."""
        self._widths = {column: round(width * factor) for column, width in self._widths.items()}
        self._is_fitting = True
        self._give_widths()
        self._is_fitting = False
        self._fit()

    def _tick(self, index: Index, *, through: bool = False) -> None:
        flag, begin = QItemSelectionModel.SelectionFlag, self.currentIndex()
        self._by_box = True
        if through and begin.isValid():
            first, last = sorted((begin.row(), index.row()))
            rows = QItemSelection(self._rows.index(first, 0), self._rows.index(last, len(Column) - 1))
            self.selectionModel().select(rows, flag.Select)
        else:
            self.selectionModel().select(index, flag.Toggle | flag.Rows)
        self.selectionModel().setCurrentIndex(index, flag.NoUpdate)

    def _box_at(self, event: QMouseEvent) -> Index | None:
        """The title before whose text was pressed."""
        place = event.position().toPoint()
        index = self.indexAt(place)
        if event.button() is not Qt.MouseButton.LeftButton or index.column() != Column.TITLE:
            return None
        cell = self.visualRect(index)
        box = QRect(cell.left(), cell.top(), self._box_width(), cell.height())
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            box.moveRight(cell.right())
        return index if box.contains(place) else None

    def _box_width(self) -> int:
        style, metric = self.style(), QStyle.PixelMetric
        around = style.pixelMetric(metric.PM_FocusFrameHMargin, None, self) + 1
        return style.pixelMetric(metric.PM_IndicatorWidth, None, self) + 3 * around

    # --- columns

    def _open_columns_menu(self, place: QPoint) -> None:
        menu = self.columns_menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.horizontalHeader().mapToGlobal(place))

    def _give_widths(self) -> None:
        width = self.fontMetrics().averageCharWidth()
        for column, characters in _WIDTHS.items():
            self.horizontalHeader().resizeSection(column, self._widths.get(column, width * characters))

    def _put_columns(self, order: list[Column], widths: dict[Column, int], aside: set[Column]) -> None:
        header = self.horizontalHeader()
        blocked = header.blockSignals(True)
        bounds = (header.minimumSectionSize(), _WIDEST_COLUMN)
        self._widths = {
            column: min(max(width, bounds[0]), bounds[1]) for column, width in widths.items() if column in _WIDTHS
        }
        self._aside = aside - {Column.TITLE}
        for column in _WIDTHS:
            header.setSectionHidden(column, False)
        self._give_widths()
        places = dict.fromkeys([Column.TITLE, *order, *Column])
        for place, column in enumerate(places):
            header.moveSection(header.visualIndex(column), place)
        header.blockSignals(blocked)
        self._show_columns()
        self.updateGeometries()

    def _resized(self, column: int, _: int, size: int) -> None:
        if column == Column.TITLE or self._is_fitting:
            return
        if size > 0:  # not hidden
            self._widths[Column(column)] = size
            self._columns.start()
        self._fitting.start()  # at once, the edge would move away under the pointer

    def _show_columns(self) -> None:
        self._said = {Column.NOTIFICATION, Column.ID, *self._rows.filled()}
        self._fit()

    def _fit(self) -> None:
        """Give the title the room that is left, and rows the lines that they need."""
        if self._is_fitting:
            return
        header, metrics = self.horizontalHeader(), self.fontMetrics()
        character = metrics.averageCharWidth()
        around = self._box_width() + 2 * character
        longest, measured = 0, [(0, 0)]
        for title in self._rows.long_titles():
            shown = one_line(title, longest=_LONGEST_TITLE)
            width = metrics.horizontalAdvance(shown)
            words = (metrics.horizontalAdvance(word[:_LONGEST_WORD]) for word in shown.split())
            word = max(words, default=0)
            longest = max(longest, width + around)
            measured.append((width, word))
        beside = self._widths.get(Column.NOTIFICATION, _NARROW_NOTIFICATION * character)
        for lines in (_TITLE_LINES, _MOST_LINES):
            least = max(max(word, (width + word) // lines) for width, word in measured) + around
            least = min(max(least, _TITLE_AT_LEAST * character), _TITLE_AT_MOST * character + around)
            if least + beside <= self.viewport().width():
                break
        self._is_fitting = True
        self._fit_others(self.viewport().width() - least, character)
        room = self.viewport().width() - (header.length() - header.sectionSize(Column.TITLE))
        header.resizeSection(Column.TITLE, max(room, least))
        self._is_fitting = False
        needs_more = header.sectionSize(Column.TITLE) < longest or (
            self._rows.has_specs and header.sectionSize(Column.NOTIFICATION) < _BROAD_NOTIFICATION * character
        )
        height = metrics.lineSpacing() * (lines if needs_more else 1) + (_AIR_OF_TWO if needs_more else _AIR)
        if self.verticalHeader().defaultSectionSize() != height:
            self.verticalHeader().setDefaultSectionSize(height)

    def _fit_others(self, room: int, character: int) -> None:
        """Show the columns that are wanted and say something, as far as there is room beside the title."""
        header = self.horizontalHeader()
        shown = [column for column in _WIDTHS if column in self._said and column not in self._aside]
        sizes = {column: self._widths.get(column, _WIDTHS[column] * character) for column in shown}
        for column in _GO_FIRST:
            if sum(sizes.values()) > room and column not in self._widths:
                sizes.pop(column, None)
        for column in _WIDTHS:
            if header.isSectionHidden(column) is (column in sizes):
                header.setSectionHidden(column, column not in sizes)
        column = Column.NOTIFICATION
        if column in sizes and column not in self._widths:
            left = room - sum(sizes.values()) + sizes[column]
            header.resizeSection(column, max(_NARROW_NOTIFICATION * character, min(sizes[column], left)))

    def _soon_changed(self) -> None:
        self._chosen = None
        if not self.selectionModel().hasSelection():
            self._by_box = False
        self._soon.start()

    def _runs(self) -> list[tuple[int, int]]:
        if self._chosen is None:
            ranges = cast("Iterable[QItemSelectionRange]", self.selectionModel().selection())
            self._chosen = sorted((each.top(), each.bottom()) for each in ranges)
        return self._chosen

    def _keep(self) -> None:
        self._kept = {one for first, last in self._runs() for one in self._rows.entries_in_sight(first, last)}
        self._chosen = None
        number = self.currentIndex().row()
        self._kept_current = self._rows.entries_in_sight(number, number) if number >= 0 else []
        self._kept_scroll = self.verticalScrollBar().value()

    def _restore(self) -> None:
        if self._kept:
            self._choose(self._rows.runs_of(self._kept))
        if found := self._rows.runs_of(set(self._kept_current)):
            self.selectionModel().setCurrentIndex(
                self._rows.index(found[0][0], Column.TITLE), QItemSelectionModel.SelectionFlag.NoUpdate
            )
        self._kept, self._kept_current = set(), []
        self.executeDelayedItemsLayout()  # now: done while it is painted, it would be painted twice
        self.verticalScrollBar().setValue(self._kept_scroll)
        self._soon.start()

    def _choose(self, chosen: list[tuple[int, int]]) -> None:
        self.selectionModel().reset()  # nothing to be compared with: that grows with the square of the runs
        self._chosen = chosen
        if len(chosen) > MANY_RUNS:
            self._showing.start()
        else:
            self._show_chosen()

    def _show_chosen(self) -> None:
        chosen = self._runs()
        selection = QItemSelection()
        index, last_column = self._rows.createIndex, len(Column) - 1
        for first, last in chosen:
            selection.select(index(first, 0), index(last, last_column))
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.Select)
        self._chosen = chosen
        self.viewport().update()
        self._soon.start()
