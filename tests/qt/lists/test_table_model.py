# SPDX-License-Identifier: MIT
"""The skeleton of lists: what is drawn is put together once, and anew for another row, another colour, other rows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableView

from notification_tester.qt.lists import table_model
from notification_tester.qt.lists.table_model import ROW_ROLE, TRAILING, ListModel, Mark
from notification_tester.qt.looks.theme import Tone

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


class Column(IntEnum):
    NAME = 0
    NUMBER = 1


@dataclass(eq=False)
class Row:
    name: str
    number: int


class Rows(ListModel[Row, Column]):
    """Counts how often a text was put together."""

    def __init__(self, rows: list[Row]) -> None:
        super().__init__(Column, rows)
        self.made: list[str] = []

    def title(self, column: Column) -> str:
        return column.name.title()

    def text(self, row: Row, column: Column) -> str:
        self.made.append(row.name)
        return row.name if column is Column.NAME else str(row.number)

    def tip(self, row: Row, column: Column) -> str | None:
        return f"<{row.name}>" if column is Column.NAME else None

    def mark(self, row: Row, column: Column) -> Mark | None:
        return Mark(Tone.BAD, "cross") if column is Column.NUMBER and row.number < 0 else None

    def alignment(self, column: Column) -> Qt.AlignmentFlag:
        return TRAILING if column is Column.NUMBER else super().alignment(column)

    def row_is_another(self, row: Row) -> None:
        self._forget(row)


@pytest.fixture
def rows(qtbot: QtBot) -> Rows:
    return Rows([Row("one", 1), Row("two", -2)])


@pytest.fixture
def view(qtbot: QtBot, rows: Rows) -> QTableView:
    shown = QTableView()
    qtbot.addWidget(shown)
    shown.setModel(rows)
    shown.show()
    return shown


def painted(view: QTableView, rows: Rows) -> list[str]:
    """Whose texts were put together for a paint."""
    rows.made.clear()
    view.viewport().repaint()
    return rows.made


def test_a_cell_says_all_that_it_has(rows: Rows) -> None:
    name, number = rows.index(1, Column.NAME), rows.index(1, Column.NUMBER)
    assert (name.data(), number.data()) == ("two", "-2")
    assert name.data(Qt.ItemDataRole.ToolTipRole) == "<span>&lt;two&gt;</span>"
    assert number.data(Qt.ItemDataRole.ToolTipRole) is None
    assert Qt.AlignmentFlag(number.data(Qt.ItemDataRole.TextAlignmentRole)) == TRAILING
    assert number.data(Qt.ItemDataRole.ForegroundRole) == rows.colour(Tone.BAD)
    assert number.data(Qt.ItemDataRole.DecorationRole).availableSizes()
    assert name.data(Qt.ItemDataRole.ForegroundRole) is None
    assert name.data(ROW_ROLE) is rows.rows_in_sight()[1]
    assert rows.headerData(1, Qt.Orientation.Horizontal) == "Number"
    assert rows.index(5, 0).data() is None


def test_what_is_drawn_is_put_together_once(view: QTableView, rows: Rows) -> None:
    painted(view, rows)
    assert painted(view, rows) == []


def test_a_row_that_changed_itself_is_put_together_anew_and_no_other(view: QTableView, rows: Rows) -> None:
    painted(view, rows)
    rows.row_is_another(rows.rows_in_sight()[0])
    assert set(painted(view, rows)) == {"one"}


def test_other_colours_make_other_cells(view: QTableView, rows: Rows) -> None:
    painted(view, rows)
    rows.palette_changed()
    assert set(painted(view, rows)) == {"one", "two"}


def test_other_rows_are_other_cells_also_where_one_is_like_another(view: QTableView, rows: Rows) -> None:
    painted(view, rows)
    rows.set_rows([Row("one", 1)])
    assert set(painted(view, rows)) == {"one"}


def test_what_is_kept_has_an_end(view: QTableView, rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_model, "MOST_KEPT", 1)
    rows.palette_changed()
    painted(view, rows)
    assert set(painted(view, rows)) == {"one", "two"}


def test_rows_out_of_sight_are_kept_in_memory(rows: Rows) -> None:
    rows.show_only(lambda row: row.number > 0)
    assert (rows.rowCount(), rows.index(0, 0).data()) == (1, "one")
    rows.show_only(lambda _: True)
    assert rows.rowCount() == 2
