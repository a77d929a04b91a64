# SPDX-License-Identifier: MIT
"""The table of HIT types: how it looks, which rows are chosen, and the widths of its columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QByteArray,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QStyledItemDelegate, QTableView, QWidget

from notification_tester.qt.hit_types_entries import Column, runs
from notification_tester.qt.theme import Tone, tone_colours

if TYPE_CHECKING:
    from PySide6.QtCore import QModelIndex, QPersistentModelIndex
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QStyleOptionViewItem

    from notification_tester.qt.hit_types_model import HitTypesModel
    from notification_tester.services.bulk_types import HitTypeRow

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


class KeepsItsColour(QStyledItemDelegate):
    """The text of a chosen row keeps the colour that it has in others: it says how things stand."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """Give the chosen text the colour of the text."""
        super().initStyleOption(option, index)
        option.palette.setColor(QPalette.ColorRole.HighlightedText, option.palette.color(QPalette.ColorRole.Text))


def calm_selection(palette: QPalette) -> QPalette:
    """Chosen rows on a light ground, as the chosen page has in the navigation."""
    calm = QPalette()
    fill = tone_colours(palette, Tone.ACCENT).fill
    for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
        calm.setColor(group, QPalette.ColorRole.Highlight, fill)
        calm.setColor(group, QPalette.ColorRole.HighlightedText, palette.color(QPalette.ColorRole.Text))
    return calm


class HitTypesTable(QTableView):
    """Many rows may be chosen; they stay chosen by their ids when the rows are put in another order.

    A row that a filter takes out of sight is no longer chosen: nothing is done to what cannot be seen.
    ``chosen_changed`` comes once for however many; ``opened`` is Return or a double click on a row.
    """

    chosen_changed = Signal()
    opened = Signal()
    columns_changed = Signal()

    def __init__(self, model: HitTypesModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = model
        self._kept: set[str] = set()
        self._kept_current = ""
        self._kept_scroll = 0
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.chosen_changed)
        self.setModel(model)
        for column in (Column.TITLE, Column.STATE, Column.TESTED):
            self.setItemDelegateForColumn(column, KeepsItsColour(self))
        self._colouring = False
        self._colour()
        self.setAccessibleName(self.tr("HIT types"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAlternatingRowColors(True)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        # one height for all: else Qt measures every row
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._fit_rows()
        header = self.horizontalHeader()
        # with the table's own it would ask every row of every column whether all are chosen, to draw itself
        header.setSelectionModel(QItemSelectionModel(model, header))
        header.setHighlightSections(False)
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
            changed.connect(lambda *_: self.columns_changed.emit())
        self.selectionModel().selectionChanged.connect(self._soon_changed)
        self.doubleClicked.connect(lambda _: self.opened.emit())
        model.modelAboutToBeReset.connect(self._keep)
        model.modelReset.connect(self._restore)

    def chosen_count(self) -> int:
        """How many rows are chosen."""
        return sum(last - first + 1 for first, last in self._runs())

    def chosen(self) -> list[HitTypeRow]:
        """The chosen rows, from top to bottom."""
        return [row for first, last in self._runs() for row in self._rows.rows_in_sight(first, last)]

    def chosen_ids(self) -> list[str]:
        """Their ids, from top to bottom."""
        return [one for first, last in self._runs() for one in self._rows.ids_in_sight(first, last)]

    def choose(self, ids: set[str]) -> None:
        """Choose the rows of these ids, where they are shown, and no others."""
        places = self._rows.places_of(ids)
        self._choose(places)
        if places:
            first = self._rows.index(places[0], Column.TITLE)
            self.selectionModel().setCurrentIndex(first, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.scrollTo(first)

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

    def changeEvent(self, event: QEvent) -> None:
        """Follow the size of the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_rows()
        elif event.type() == QEvent.Type.PaletteChange and not self._colouring:
            self._colour()

    def _colour(self) -> None:
        self._colouring = True
        self.setPalette(calm_selection(QApplication.palette(self)))
        self._colouring = False

    def _soon_changed(self) -> None:
        self._soon.start()

    def _fit_rows(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 14)

    def _runs(self) -> list[tuple[int, int]]:
        selection = self.selectionModel().selection()
        ranges = (selection.at(number) for number in range(selection.count()))
        return sorted((each.top(), each.bottom()) for each in ranges)

    def _keep(self) -> None:
        self._kept = set(self.chosen_ids())
        current = self.current_row()
        self._kept_current = current.id if current else ""
        self._kept_scroll = self.verticalScrollBar().value()

    def _restore(self) -> None:
        if self._kept:
            self._choose(self._rows.places_of(self._kept))
        if self._kept_current and (places := self._rows.places_of({self._kept_current})):
            self.selectionModel().setCurrentIndex(
                self._rows.index(places[0], Column.TITLE), QItemSelectionModel.SelectionFlag.NoUpdate
            )
        self._kept = set()
        self.verticalScrollBar().setValue(self._kept_scroll)
        self._soon.start()

    def _choose(self, places: list[int]) -> None:
        selection = QItemSelection()
        for first, last in runs(places):
            selection.append(
                QItemSelectionRange(self._rows.createIndex(first, 0), self._rows.createIndex(last, len(Column) - 1))
            )
        self.selectionModel().reset()  # nothing to be compared with: that grows with the square of the runs
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.Select)
        self.viewport().update()
        self._soon.start()
