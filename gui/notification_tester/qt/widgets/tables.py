# SPDX-License-Identifier: MIT
"""How every table of rows looks, and the table of a long list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
    QWidget,
)

from notification_tester.qt.widgets.painted_rows import PaintedRows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QAbstractItemModel
    from PySide6.QtGui import QHelpEvent, QPaintEvent

    from notification_tester.qt.widgets.row_model import Index, RowModel

    AnyRows = RowModel[Any, Any, Any]


class PlainTable(QTableView):
    """Whole rows, no grid, rows of one height with ``air`` points of room above and below their text together."""

    def __init__(self, model: QAbstractItemModel, parent: QWidget | None = None, *, air: int = 14) -> None:
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

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows in sight."""
        self._prepare()
        super().paintEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Draw the shapes in the colours of a new palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._rows.palette_changed()

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
