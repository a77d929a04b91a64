# SPDX-License-Identifier: MIT
"""How every table of rows looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

if TYPE_CHECKING:
    from PySide6.QtCore import QAbstractItemModel


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
