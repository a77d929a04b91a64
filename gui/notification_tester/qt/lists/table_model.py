# SPDX-License-Identifier: MIT
"""The skeleton of every list as Qt's views want it: an object a row, an enum of columns, and what each cell says.

Which rows there are, and how they come and go, differs: they are read page by page (:mod:`.row_model`), all in memory
(:class:`ListModel`), or collected by the thousand (the page HIT types). What a cell says, subclasses say.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar, cast

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPalette

from notification_tester.qt.looks import icons
from notification_tester.qt.looks.colours import chosen_ink
from notification_tester.qt.looks.theme import Tone, tone_colours
from notification_tester.qt.looks.visible_text import tooltip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from PySide6.QtCore import QModelRoleData, QModelRoleDataSpan

Index = QModelIndex | QPersistentModelIndex
_TOP_LEVEL = QModelIndex()

ROW_ROLE = int(Qt.ItemDataRole.UserRole)
"""Hands out the row object, in any column."""

ICON_SIZE = 16
"""Points."""

MOST_KEPT = 500
"""Rows whose cells are kept; more than any screen shows."""

LEADING = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
TRAILING = Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter

_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_TIP = int(Qt.ItemDataRole.ToolTipRole)
_ALIGNMENT = int(Qt.ItemDataRole.TextAlignmentRole)
_ICON = int(Qt.ItemDataRole.DecorationRole)
_INK = int(Qt.ItemDataRole.ForegroundRole)

Row = TypeVar("Row")
Column = TypeVar("Column", bound=IntEnum)


class Mark(NamedTuple):
    """What a cell says by colour and, where an icon is named, by shape."""

    tone: Tone
    icon: str = ""


class TableModel(QAbstractTableModel, Generic[Row, Column]):
    """Rows in sight, and what of their cells is drawn: kept until the row, the colours or the time make another of it.

    A row that is another object is another row; of one that changes itself, subclasses say so by ``_forget``.
    """

    is_calm = False
    """Whether its chosen rows stand on a light ground, where a shape keeps its colour."""

    def __init__(self, columns: type[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns: Sequence[Column] = tuple(columns)
        self._rows: list[Row] = []
        self._kept: dict[int, tuple[Row, dict[int, Mapping[int, Any]]]] = {}  # by id(row), which it keeps in memory
        self._icons: dict[Mark, QIcon] = {}
        self._colours: dict[Tone, QColor] = {}
        self._group = QPalette.ColorGroup.Active  # of a chosen row

    def title(self, column: Column) -> str:
        """The name of a column."""
        raise NotImplementedError

    def text(self, row: Row, column: Column) -> str:
        """What a cell shows."""
        raise NotImplementedError

    def tip(self, row: Row, column: Column) -> str | None:
        """Its tool tip, as it is: markup in it is nobody's."""
        raise NotImplementedError

    def mark(self, row: Row, column: Column) -> Mark | None:
        """Its colour and shape, where it has any."""
        del row, column
        return None

    def alignment(self, column: Column) -> Qt.AlignmentFlag:
        """On which side a column stands."""
        del column
        return LEADING

    def more(self, row: Row, column: Column, role: int) -> Any:
        """What a cell has for any other role; the row itself for :data:`ROW_ROLE`."""
        del column
        return row if role == ROW_ROLE else None

    def palette_changed(self, group: QPalette.ColorGroup = QPalette.ColorGroup.Active) -> None:
        """Draw the shapes again, in the colours of now; those of a chosen row as a window of this group has it."""
        self._group = group
        self._kept.clear()
        self._icons.clear()
        self._colours.clear()
        self._changed(0, self.rowCount() - 1)

    def colour(self, tone: Tone) -> QColor:
        """The colour of a cell's words."""
        if tone not in self._colours:
            self._colours[tone] = tone_colours(QGuiApplication.palette(), tone).text
        return self._colours[tone]

    def icon(self, mark: Mark) -> QIcon:
        """The shape of a cell; drawn once, and not by each row anew."""
        if mark not in self._icons:
            own = self.colour(mark.tone)
            chosen = own if self.is_calm else chosen_ink(QGuiApplication.palette(), own, self._group)
            icon = QIcon()
            for mode, colour in ((QIcon.Mode.Normal, own), (QIcon.Mode.Selected, chosen)):
                for ratio in (1, 2, 3):
                    icon.addPixmap(icons.pixmap(mark.icon, colour, size=ICON_SIZE, ratio=ratio), mode)
            self._icons[mark] = icon
        return self._icons[mark]

    def rowCount(self, parent: Index = _TOP_LEVEL) -> int:
        """How many rows are in sight."""
        return 0 if parent.isValid() else len(self._in_sight())

    def columnCount(self, parent: Index = _TOP_LEVEL) -> int:
        """How many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | Qt.AlignmentFlag | None:
        """The names of the columns."""
        if orientation is Qt.Orientation.Horizontal:
            if role == _ALIGNMENT:
                return self.alignment(self.columns[section])
            if role == _DISPLAY:
                return self.title(self.columns[section])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows, its tool tip, its shape and colour, or the row itself."""
        row = self._row(index)
        return None if row is None else self._answer_for(row, self.columns[index.column()], int(role))

    def multiData(self, index: Index, roles: QModelRoleDataSpan | QModelRoleData) -> None:
        """Answer for all roles of a cell at once: a paint asks for seven of each cell, and each question takes time.

        Painting 800 points of HIT types took 7.0 ms of processor time in place of 8.8 (median of eight, in turn).
        Versions of PySide6 that do not have it ask ``data`` for each.
        """
        row = self._row(index)
        if row is None:
            super().multiData(index, roles)
            return
        column = self.columns[index.column()]
        drawn = self._drawn(row, column)
        for one in cast("Sequence[QModelRoleData]", roles):
            role = one.role()
            value = drawn[role] if role in drawn else self._answer_for(row, column, role)
            if value is None:
                one.clearData()
            else:
                one.setData(value)

    def _in_sight(self) -> Sequence[Row]:
        return self._rows

    def row_in(self, place: int) -> Row | None:
        """The row at a place, or None where there is none; to make an index of it asks for rows and columns first."""
        rows = self._in_sight()
        return rows[place] if 0 <= place < len(rows) else None

    def _row(self, index: Index) -> Row | None:
        return self.row_in(index.row())

    def _answer_for(self, row: Row, column: Column, role: int) -> Any:
        if role == _DISPLAY:
            return self.text(row, column)
        if role == _TIP:
            return tooltip(self.tip(row, column) or "") or None
        if role == _ALIGNMENT:
            return self.alignment(column)
        if role in {_INK, _ICON}:
            return self._drawn_mark(row, column)[role == _ICON]
        return self.more(row, column, role)

    def _drawn_mark(self, row: Row, column: Column) -> tuple[QColor | None, QIcon | None]:
        mark = self.mark(row, column)
        if mark is None:
            return None, None
        return self.colour(mark.tone), self.icon(mark) if mark.icon else None

    def _drawn(self, row: Row, column: Column) -> Mapping[int, Any]:
        """All that a paint needs of a cell, by role."""
        kept = self._kept.get(id(row))
        if kept is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            kept = self._kept[id(row)] = row, {}
        cell = kept[1].get(column)
        if cell is None:
            ink, icon = self._drawn_mark(row, column)
            cell = kept[1][column] = {
                _DISPLAY: self.text(row, column),
                _ALIGNMENT: self.alignment(column),
                _INK: ink,
                _ICON: icon,
            }
        return cell

    def _forget(self, row: Row) -> None:
        """Put the cells of this row together anew when it is next drawn."""
        self._kept.pop(id(row), None)

    def _changed(self, first: int, last: int) -> None:
        if first <= last:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))


class ListModel(TableModel[Row, Column]):
    """Rows all in memory, of which some may be left out of sight."""

    def __init__(self, columns: type[Column], rows: Iterable[Row] = (), parent: QObject | None = None) -> None:
        super().__init__(columns, parent)
        self._all = list(rows)
        self._rows = self._all

    def set_rows(self, rows: Iterable[Row]) -> None:
        """Hold other rows, and show all of them."""
        self.beginResetModel()
        self._all = list(rows)
        self._rows = self._all
        self._kept.clear()
        self.endResetModel()

    def show_only(self, is_wanted: Callable[[Row], bool]) -> None:
        """Show the rows that are wanted."""
        self.beginResetModel()
        self._rows = [row for row in self._all if is_wanted(row)]
        self.endResetModel()

    def rows_in_sight(self) -> Sequence[Row]:
        """The rows that are shown."""
        return self._rows
