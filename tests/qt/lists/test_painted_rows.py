# SPDX-License-Identifier: MIT
"""A long list in sight: what is painted is right, whatever happens to the rows, and Qt asks Python for none of it."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QEvent, QModelIndex, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from notification_tester.qt.lists import painted_rows
from notification_tester.qt.lists.tables import RowTable
from qt.rows import ALL, Column, NumberModel, Numbers

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from notification_tester.qt.background import Tasks


@pytest.fixture
def model(qtbot: QtBot, tasks: Tasks) -> NumberModel:
    made = NumberModel(tasks, Column, ALL)
    with qtbot.waitSignal(made.loaded):
        made.show(Numbers(200), ALL)
    return made


@pytest.fixture
def table(qtbot: QtBot, model: NumberModel) -> RowTable:
    made = RowTable(model, widths=[10, 10])
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show()
    made.viewport().repaint()
    return made


def in_sight(table: RowTable) -> range:
    last = table.rowAt(table.viewport().height() - 1)
    return range(table.rowAt(0), (last if last >= 0 else table.model().rowCount() - 1) + 1)


def assert_right(table: RowTable, model: NumberModel) -> None:
    """Every cell in sight shows what the model says."""
    table.viewport().repaint()
    sheet = table.model()
    assert sheet.rowCount() == model.rowCount()
    assert in_sight(table)
    for row in in_sight(table):
        for column in Column:
            cell, true = sheet.index(row, column), model.index(row, column)
            assert cell.data() == true.data()
            for role in (Qt.ItemDataRole.ForegroundRole, Qt.ItemDataRole.DecorationRole):
                assert (cell.data(role) is None) is (true.data(role) is None)
            assert not cell.flags() & Qt.ItemFlag.ItemIsEditable


def kept(table: RowTable) -> int:
    sheet: Any = table.model()
    return sum(sheet.item(row, 0) is not None for row in range(sheet.rowCount()))


def test_painting_asks_python_for_nothing(table: RowTable, model: NumberModel) -> None:
    """Each thing that Qt asked of Python would wait for the lock that other threads hold."""
    asked: list[str] = []

    def note(frame: Any, event: str, _: object) -> None:
        if event == "call":
            asked.append(frame.f_code.co_name)

    rows = len(in_sight(table))
    sys.setprofile(note)
    table.viewport().repaint()
    sys.setprofile(None)
    assert rows > 5
    assert asked.count("data") + asked.count("text") + asked.count("headerData") == 0
    assert asked.count("paintEvent") == 1
    assert len(asked) < 10 * rows  # against some thirty for each row


def test_what_is_in_sight_is_right(qtbot: QtBot, table: RowTable, model: NumberModel) -> None:
    assert_right(table, model)
    table.verticalScrollBar().setValue(20)
    assert_right(table, model)
    model.put_on_top(3)
    assert_right(table, model)
    table.scrollToTop()
    model.put_on_top(30)
    assert_right(table, model)
    for word in ("odd", "plain"):
        model.change(2, word)
        assert_right(table, model)
    model.palette_changed()
    assert_right(table, model)
    model.take_out(1, 5)
    assert_right(table, model)
    with qtbot.waitSignal(model.loaded):
        model.show(Numbers(7), ALL)
    assert_right(table, model)


def test_cells_out_of_sight_are_let_go(table: RowTable, model: NumberModel) -> None:
    for _ in range(10):
        model.put_on_top(40)
        table.viewport().repaint()
    for place in (0, 100, 300):
        table.verticalScrollBar().setValue(place)
        table.viewport().repaint()
    assert kept(table) <= len(in_sight(table)) + 3


def test_the_row_of_the_keyboard_stays_chosen(qtbot: QtBot, table: RowTable, model: NumberModel) -> None:
    table.choose(3)
    chosen = model.row_at(table.currentIndex())
    model.put_on_top(60)
    assert_right(table, model)
    assert model.row_at(table.currentIndex()) == chosen
    model.change(63, "odd")
    table.viewport().repaint()
    assert table.currentIndex().row() == 63
    assert table.currentIndex().data() == "odd"  # for a screen reader, though out of sight
    model.take_out(63, 1)
    assert table.currentIndex().isValid()  # a neighbour
    table.scrollToTop()
    table.choose(2)
    model.change(2, "odd")
    assert_right(table, model)
    with qtbot.waitSignal(model.loaded):
        model.show(Numbers(100), ALL)
    assert not table.currentIndex().isValid()
    assert_right(table, model)


def test_more_is_read_at_the_end(qtbot: QtBot, table: RowTable, model: NumberModel) -> None:
    table.scrollToBottom()
    qtbot.waitUntil(lambda: model.rowCount() == 100)
    assert_right(table, model)


def test_typing_finds_what_is_out_of_sight(table: RowTable, model: NumberModel) -> None:
    model.change(40, "wanted")
    table.choose(0)
    QTest.keyClick(table, Qt.Key.Key_W)
    assert table.currentIndex().row() == 40


def test_another_day_has_other_words(table: RowTable, model: NumberModel, monkeypatch: pytest.MonkeyPatch) -> None:
    row = model.row_at(model.index(0, 0))
    assert row is not None
    model._rows[0] = row._replace(word="yesterday")  # in other words, and nobody says so
    table.viewport().repaint()
    assert table.model().index(0, Column.NAME).data() == "plain"
    monkeypatch.setattr(painted_rows, "_today", lambda: date(2100, 1, 1))
    assert_right(table, model)


def test_a_tip_is_asked_for_when_the_pointer_rests(table: RowTable) -> None:
    place = table.visualRect(table.model().index(1, Column.NAME)).center()
    QApplication.sendEvent(
        table.viewport(), QHelpEvent(QEvent.Type.ToolTip, place, table.viewport().mapToGlobal(place))
    )
    assert QToolTip.text() == "<span>plain 199</span>"
    QToolTip.hideText()
    assert not table.model().canFetchMore(table.model().index(0, 0))
    assert table.model().canFetchMore(QModelIndex())
