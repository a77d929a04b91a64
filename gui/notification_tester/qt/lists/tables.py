# SPDX-License-Identifier: MIT
"""How every table of rows looks, and the table of a long list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeySequence, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
    QWidget,
)

from notification_tester.qt.lists.cell_menu import CellMenu, copied_text, copy_text, menu_of, place_of_menu
from notification_tester.qt.lists.painted_rows import PaintedRows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QAbstractItemModel
    from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QKeyEvent, QPaintEvent

    from notification_tester.qt.lists.row_model import RowModel
    from notification_tester.qt.lists.table_model import Index

    AnyRows = RowModel[Any, Any, Any]


class PlainTable(QTableView):
    """Whole rows, no grid, rows of one height with ``air`` points of room above and below their text together.

    Columns and rows grow and shrink with the text, also those that a person gave a width. ``menu_made`` with the
    CellMenu of a cell and its index, for whoever can do more with it.
    """

    menu_made = Signal(object, object)

    def __init__(self, model: QAbstractItemModel, parent: QWidget | None = None, *, air: int = 14) -> None:
        self._text = (0, 0)  # width of a character and height of a line that columns and rows were made for
        super().__init__(parent)
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        # one height for all: else Qt measures every row, and a million of them hold up the window
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + air)
        self.horizontalHeader().setHighlightSections(False)
        self._text = self._measured()

    def changeEvent(self, event: QEvent) -> None:
        """Follow another size of the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self._text[0]:
            (character, line), self._text = self._text, self._measured()
            if self._text != (character, line):
                rows = self.verticalHeader()
                rows.setDefaultSectionSize(round(rows.defaultSectionSize() * self._text[1] / line))
                self.scale_columns(self._text[0] / character)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to copy a cell, or its row, and what else can be done with it."""
        index, place = place_of_menu(self, event)
        if index.isValid():
            menu = menu_of(self, index)
            menu.copy_cell.setShortcut(QKeySequence.StandardKey.Copy)
            self.menu_made.emit(menu, index)
            menu.popup(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys for copying take the keyboard's cell."""
        if event.matches(QKeySequence.StandardKey.Copy) and self.currentIndex().isValid():
            copy_text(copied_text(self.currentIndex()))
        else:
            super().keyPressEvent(event)

    def scale_columns(self, factor: float) -> None:
        """Have each column as many characters of another width as it had before."""
        header, by_contents = self.horizontalHeader(), QHeaderView.ResizeMode.ResizeToContents
        for column in range(header.count()):
            if not header.isSectionHidden(column) and header.sectionResizeMode(column) is not by_contents:
                header.resizeSection(column, round(header.sectionSize(column) * factor))

    def _measured(self) -> tuple[int, int]:
        metrics = self.fontMetrics()
        return max(1, metrics.averageCharWidth()), max(1, metrics.height())


class RowTable(PlainTable):
    """A long list, one row chosen at a time; ``widths`` of its columns are in characters."""

    def __init__(self, rows: AnyRows, parent: QWidget | None = None, *, widths: Sequence[int]) -> None:
        self._rows = rows
        self._painted = PaintedRows(rows)
        super().__init__(self._painted, parent)
        self._painted.setParent(self)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setItemDelegate(_WithTips(rows, self))
        self.selectionModel().currentChanged.connect(self._prepare)
        width = self.fontMetrics().averageCharWidth()
        for column, characters in enumerate(widths):
            self.horizontalHeader().resizeSection(column, width * characters)

    def choose(self, place: int) -> None:
        """Choose a row by its number."""
        self.setCurrentIndex(self._painted.index(place, 0))

    def menu_at(self, index: Index) -> CellMenu | None:
        """The menu of a cell; None where there is no row. A table that offers more adds it here."""
        row = self._rows.row_at(index)
        if row is None:
            return None
        header = self.horizontalHeader()
        shown = [self._rows.columns[header.logicalIndex(place)] for place in range(header.count())]
        texts = [self.copied(row, column) for column in shown]
        return CellMenu(self.copied(row, self._rows.columns[index.column()]), texts, self)

    def copied(self, row: Any, column: Any) -> str:
        """What of a cell is copied: what it shows."""
        return self._rows.text(row, column)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with a cell."""
        index, place = place_of_menu(self, event)
        menu = self.menu_at(index)
        if menu is not None:
            menu.popup(place)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows in sight."""
        self._prepare()
        super().paintEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Draw the shapes in the colours of a new palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_shapes()

    def event(self, event: QEvent) -> bool:
        """Draw them for a window that is in use, or no more: Windows gives a chosen row another ground then."""
        kinds = {QEvent.Type.Show, QEvent.Type.WindowActivate, QEvent.Type.WindowDeactivate}
        if event.type() in kinds and self._chosen_differ():
            self._draw_shapes()
        return super().event(event)

    def _chosen_differ(self) -> bool:
        group, role, palette = QPalette.ColorGroup, QPalette.ColorRole.HighlightedText, self.palette()
        return bool(palette.color(group.Active, role) != palette.color(group.Inactive, role))

    def _draw_shapes(self) -> None:
        group = QPalette.ColorGroup
        self._rows.palette_changed(group.Active if self.isActiveWindow() else group.Inactive)

    def _prepare(self) -> None:
        """Have the rows in sight at hand, and for a screen reader that of the keyboard before it is painted."""
        first = max(0, self.rowAt(0))
        fit = self.viewport().height() // self.verticalHeader().defaultSectionSize() + 2
        self._painted.prepare({*range(first, first + fit), self.currentIndex().row()})


class _WithTips(QStyledItemDelegate):
    """Asks for a tool tip when the pointer rests, and not before."""

    def __init__(self, rows: AnyRows, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows = rows

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:
        if event.type() is not QEvent.Type.ToolTip:
            return super().helpEvent(event, view, option, index)
        tip = self._rows.index(index.row(), index.column()).data(Qt.ItemDataRole.ToolTipRole)
        QToolTip.showText(event.globalPos(), tip or "", view.viewport(), option.rect)
        return True
