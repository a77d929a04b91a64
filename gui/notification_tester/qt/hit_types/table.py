# SPDX-License-Identifier: MIT
"""The table of HIT types: how it looks, which rows are chosen, and the widths of its columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from PySide6.QtCore import (
    QAbstractTableModel,
    QByteArray,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QAbstractItemView, QApplication, QStyledItemDelegate, QWidget

from notification_tester.qt.hit_types.texts import Column
from notification_tester.qt.widgets.tables import PlainTable
from notification_tester.qt.widgets.theme import Tone, tone_colours

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from PySide6.QtCore import QAbstractItemModel, QItemSelectionRange
    from PySide6.QtGui import QKeyEvent, QPaintEvent
    from PySide6.QtWidgets import QStyleOptionViewItem

    from notification_tester.qt.hit_types.model import HitTypesModel
    from notification_tester.qt.hit_types.rows import Entry
    from notification_tester.services.hit_types.bulk_types import HitTypeRow

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex
_TOP_LEVEL = QModelIndex()
_WIDTHS = {
    Column.TITLE: 38,
    Column.ID: 18,
    Column.REWARD: 11,
    Column.HITS: 10,
    Column.NEWEST: 15,
    Column.STATE: 26,
    Column.DESTINATION: 26,
    Column.EVENTS: 34,
    Column.SET: 36,
    Column.TESTED: 24,
}
"""In widths of an average character."""
COLUMNS_PAUSE = 400
"""Milliseconds after the last change of a column's width, place or order, before that is told."""
_AIR = 14
"""Points above and below the text of a row together."""
MANY_RUNS = 1_000
"""Runs of chosen rows that Qt is told of in a turn of their own; until then they are chosen and look as if not."""


class KeepsItsColour(QStyledItemDelegate):
    """The text of a chosen row keeps the colour that it has in others: it says how things stand."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Give the chosen text the colour of the text."""
        super().initStyleOption(option, index)
        option.palette.setColor(QPalette.ColorRole.HighlightedText, option.palette.color(QPalette.ColorRole.Text))


class ListModel(QAbstractTableModel, Generic[Row]):
    """Rows of a dialog, all in memory, of which some may be left out of sight. What cells say, subclasses say."""

    def __init__(self, titles: Sequence[str], rows: Sequence[Row] = (), parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._titles = tuple(titles)
        self._all = list(rows)
        self._shown = self._all

    def set_rows(self, rows: Iterable[Row]) -> None:
        """Hold other rows, and show all of them."""
        self.beginResetModel()
        self._all = list(rows)
        self._shown = self._all
        self.endResetModel()

    def show_only(self, is_wanted: Callable[[Row], bool]) -> None:
        """Show the rows that are wanted."""
        self.beginResetModel()
        self._shown = [row for row in self._all if is_wanted(row)]
        self.endResetModel()

    def rows_in_sight(self) -> Sequence[Row]:
        """The rows that are shown."""
        return self._shown

    def rowCount(self, parent: Index = _TOP_LEVEL) -> int:
        """How many rows are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _TOP_LEVEL) -> int:
        """How many columns there are."""
        return 0 if parent.isValid() else len(self._titles)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | Qt.AlignmentFlag | None:
        """The names of the columns."""
        if orientation is Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
            if role == Qt.ItemDataRole.DisplayRole:
                return self._titles[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell has for a role."""
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        return self.answer(self._shown[index.row()], index.column(), role)

    def answer(self, row: Row, column: int, role: int) -> Any:
        """What a cell of a row has for a role; None for roles that say nothing here."""
        raise NotImplementedError


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
            calm.setColor(group, QPalette.ColorRole.HighlightedText, palette.color(QPalette.ColorRole.Text))
        self._is_colouring = True  # which is another change of the palette
        self.setPalette(calm)
        self._is_colouring = False


class HitTypesTable(CalmTable):
    """Many rows may be chosen; they stay chosen by their ids when the rows are put in another order.

    A row that a filter takes out of sight is no longer chosen: nothing is done to what cannot be seen.
    ``chosen_changed`` comes once for however many; ``opened`` is Return or a double click on a row.
    """

    chosen_changed = Signal()
    opened = Signal()
    columns_changed = Signal(str)  # what ``save_columns`` gives, some time after the last change

    def __init__(self, model: HitTypesModel, parent: QWidget | None = None) -> None:
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
        for column in (Column.TITLE, Column.STATE, Column.TESTED):
            self.setItemDelegateForColumn(column, KeepsItsColour(self))
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
        width = self.fontMetrics().averageCharWidth()
        for column, characters in _WIDTHS.items():
            header.resizeSection(column, width * characters)
        # the state stands where it is in sight in a narrow window too
        header.moveSection(header.visualIndex(Column.STATE), 1)
        header.moveSection(header.visualIndex(Column.DESTINATION), 2)
        header.setSortIndicator(Column.NEWEST, Qt.SortOrder.DescendingOrder)
        self.setSortingEnabled(True)
        for changed in (header.sectionResized, header.sectionMoved, header.sortIndicatorChanged):
            changed.connect(self._columns.start)
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

    def row_of(self, hit_type_id: str) -> HitTypeRow | None:
        """The row of an id, in sight or not; None where it is not known."""
        return self._rows.row_of(hit_type_id)

    def current_row(self) -> HitTypeRow | None:
        """The row where the keyboard is."""
        return self._rows.row_at(self.currentIndex())

    def save_columns(self) -> str:
        """Widths, order and sorting of the columns, for ``restore_columns``."""
        return bytes(self.horizontalHeader().saveState().toBase64().data()).decode()

    def restore_columns(self, state: str) -> None:
        """Take up what ``save_columns`` gave; anything else is ignored."""
        header = self.horizontalHeader()
        blocked = header.blockSignals(True)
        restored = header.restoreState(QByteArray.fromBase64(QByteArray(state.encode())))
        header.blockSignals(blocked)
        if restored:
            self.sortByColumn(header.sortIndicatorSection(), header.sortIndicatorOrder())
            self.updateGeometries()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return opens a row."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.currentIndex().isValid():
            self.opened.emit()
            return
        super().keyPressEvent(event)

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

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint in one go.

        Called by Qt itself, each question to the model would wait for Python's lock, again and again while other
        threads are at work; called from Python, the lock is held all the while.
        """
        super().paintEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the size of the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + _AIR)

    def _soon_changed(self) -> None:
        self._chosen = None
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
