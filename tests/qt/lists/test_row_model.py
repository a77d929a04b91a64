# SPDX-License-Identifier: MIT
"""What every long list does alike: pages on demand, late answers dropped, failures told once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QModelIndex, Qt

from notification_tester.qt.lists.table_model import ROW_ROLE
from qt.rows import ALL, SLOW, Column, NumberModel, Numbers

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from notification_tester.qt.background import Tasks

TOP = QModelIndex()


@pytest.fixture
def model(tasks: Tasks) -> NumberModel:
    return NumberModel(tasks, Column, ALL)


def ids(model: NumberModel) -> list[int]:
    return [model.index(row, 0).data(ROW_ROLE).id for row in range(model.rowCount())]


def test_pages_follow_each_other_without_a_gap(qtbot: QtBot, model: NumberModel) -> None:
    numbers = Numbers(120)
    with qtbot.waitSignal(model.loaded):
        model.show(numbers, ALL)
    assert ids(model) == list(range(120, 70, -1))

    def fetched() -> bool:
        model.fetchMore(TOP)
        return model.rowCount() == 120

    qtbot.waitUntil(fetched)
    assert ids(model) == list(range(120, 0, -1))
    assert [one.before for one in numbers.asked] == [None, 71, 21]
    assert not model.canFetchMore(TOP)


def test_a_late_answer_is_dropped(qtbot: QtBot, tasks: Tasks, model: NumberModel) -> None:
    slow = Numbers(3)
    slow.gate.clear()
    model.show(slow, SLOW)
    assert model.is_loading
    with qtbot.waitSignal(model.loaded):
        model.show(Numbers(5), ALL)
    slow.gate.set()
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert ids(model) == [5, 4, 3, 2, 1]


def test_a_failure_is_told_and_the_rows_stay(qtbot: QtBot, model: NumberModel) -> None:
    numbers = Numbers(60)
    with qtbot.waitSignal(model.loaded):
        model.show(numbers, ALL)
    numbers.is_broken = True
    with qtbot.waitSignal(model.failed) as failed:
        model.fetchMore(TOP)
    assert failed.args[0].title == "Broken."
    assert model.rowCount() == 50
    assert not model.canFetchMore(TOP)


def test_nothing_to_read_from_is_an_empty_list(qtbot: QtBot, model: NumberModel) -> None:
    with qtbot.waitSignal(model.loaded):
        model.show(Numbers(5), ALL)
    with qtbot.waitSignal(model.loaded):
        model.show(None, ALL)
    assert model.rowCount() == 0
    assert not model.is_loading


def test_cells(qtbot: QtBot, model: NumberModel) -> None:
    with qtbot.waitSignal(model.loaded):
        model.show(Numbers(2), ALL)
    model.change(0, "odd")
    first = model.index(0, Column.NAME)
    assert (first.data(), first.data(Qt.ItemDataRole.ToolTipRole)) == ("odd", "<span>odd 2</span>")
    assert not first.data(Qt.ItemDataRole.DecorationRole).isNull()
    assert model.index(1, Column.NAME).data(Qt.ItemDataRole.ForegroundRole) is None
    assert model.headerData(Column.SIZE, Qt.Orientation.Horizontal) == "Size"
    assert model.headerData(0, Qt.Orientation.Vertical) is None
    assert [model.place_of(number) for number in (3, 2, 1)] == [0, 0, 1]
