# SPDX-License-Identifier: MIT
"""Tables follow the size of the text that a person chooses while the program runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QVBoxLayout, QWidget

from notification_tester.domain.messages.message import decode
from notification_tester.qt.history.lines import HistoryLines
from notification_tester.qt.history.model import Column as HistoryColumn
from notification_tester.qt.history.model import HistoryModel
from notification_tester.qt.history.table import HistoryTable
from notification_tester.qt.hit_types.model import HitTypesModel
from notification_tester.qt.hit_types.table import HitTypesTable
from notification_tester.qt.hit_types.texts import Column as HitTypesColumn
from notification_tester.qt.inbox.model import Column as InboxColumn
from notification_tester.qt.inbox.model import InboxModel
from notification_tester.qt.inbox.table import InboxTable
from notification_tester.qt.notification.message_table import MessageTable
from qt.hit_type_rows import many
from qt.notification.test_message_table import TESTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QTableView
    from pytestqt.qtbot import QtBot

    from notification_tester.qt.background import Tasks

    Make = Callable[[Tasks, QWidget], QTableView]

LARGER = 1.5
ROUNDED = 2
"""Points by which a width may be off, as characters are whole points wide."""


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    QVBoxLayout(window)
    qtbot.addWidget(window)
    window.resize(700, 500)
    return window


def of_history(tasks: Tasks, window: QWidget) -> QTableView:
    return HistoryTable(HistoryLines(tasks, HistoryModel(tasks, None, window), window), window)


def of_inbox(tasks: Tasks, window: QWidget) -> QTableView:
    return InboxTable(InboxModel(tasks, window), window)


def of_hit_types(tasks: Tasks, window: QWidget) -> QTableView:
    del tasks
    model = HitTypesModel(window)
    model.put(many(5))
    return HitTypesTable(model, window)


def widths(table: QTableView) -> dict[int, int]:
    header = table.horizontalHeader()
    fills = {HistoryTable: HistoryColumn.OUTCOME, InboxTable: InboxColumn.HIT_TYPE, HitTypesTable: HitTypesColumn.TITLE}
    shown = [one for one in range(header.count()) if not header.isSectionHidden(one)]
    return {one: header.sectionSize(one) for one in shown if one != fills[type(table)]}  # which has what is left


def say(window: QWidget, factor: float) -> None:
    font = QFont(window.font())
    font.setPointSizeF(font.pointSizeF() * factor)
    window.setFont(font)


@pytest.mark.parametrize("make", [of_history, of_inbox, of_hit_types])
def test_columns_and_rows_grow_with_the_text_and_shrink_again(
    qtbot: QtBot, tasks: Tasks, window: QWidget, make: Make
) -> None:
    table = make(tasks, window)
    layout = window.layout()
    assert layout is not None
    layout.addWidget(table)
    window.show()
    qtbot.waitUntil(lambda: not tasks.is_busy)
    table.horizontalHeader().resizeSection(1, 173)  # as a person does
    before, height = widths(table), table.verticalHeader().defaultSectionSize()
    character = table.fontMetrics().averageCharWidth()
    for _ in range(2):
        say(window, LARGER)
        grown = table.fontMetrics().averageCharWidth() / character
        assert grown > 1.3
        for column, width in widths(table).items():
            if column in before:
                assert width == pytest.approx(before[column] * grown, abs=ROUNDED), column
        assert table.verticalHeader().defaultSectionSize() > height
        say(window, 1 / LARGER)
        assert widths(table) == pytest.approx(before, abs=ROUNDED)
        assert table.verticalHeader().defaultSectionSize() == pytest.approx(height, abs=1)


def test_what_arrived_has_as_many_rows_in_sight(qtbot: QtBot, window: QWidget) -> None:
    shown = MessageTable(window)
    layout = window.layout()
    assert layout is not None
    layout.addWidget(shown)
    window.resize(1600, 900)
    window.show()
    shown.show_message(decode(TESTS), TESTS)
    qtbot.waitUntil(shown.table.isVisible)
    say(window, LARGER)
    table = shown.table
    rows = table.model().rowCount()
    qtbot.waitUntil(lambda: table.viewport().height() >= rows * table.verticalHeader().defaultSectionSize())
    assert table.verticalHeader().defaultSectionSize() >= table.fontMetrics().height()
