# SPDX-License-Identifier: MIT
"""What the page History asks: which answers count, and which come too late."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from notification_tester.qt.history.controller import FEW_NEW, HistoryController
from notification_tester.storage.database import Database
from notification_tester.storage.history import History
from notification_tester.storage.queries import HistoryQuery, Place
from notification_tester.storage.rows import TEST_KIND
from qt.history.test_page import QUEUES, begin, finish, settle

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from notification_tester.qt.background import Tasks

PLACE = Place(transport="SQS", destination=f"{QUEUES}/results", environment="sandbox")
LAB = ("Lab", "sandbox")


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with Database(tmp_path / "history.sqlite3") as opened:
        yield History(opened)


@pytest.fixture
def controller(qtbot: QtBot, tasks: Tasks, history: History) -> HistoryController:
    finish(history, begin(history))
    made = HistoryController(tasks, history)
    made.model.set_query(HistoryQuery())
    settle(qtbot, tasks)
    return made


def test_the_answers_of_a_history_that_was_put_aside_meanwhile_are_dropped(
    qtbot: QtBot, tasks: Tasks, controller: HistoryController
) -> None:
    told: list[object] = []
    for signal in (controller.counted, controller.places_found, controller.times_found, controller.unwritten_found):
        signal.connect(lambda *news: told.append(news))
    controller.count()
    controller.find_places()
    controller.find_times(PLACE, LAB, TEST_KIND)
    controller.look_at_unwritten()
    controller.read(1, told.append)
    assert tasks.is_busy
    controller.set_history(None)
    settle(qtbot, tasks)
    assert told == []


def test_of_two_counts_the_newer_is_told(qtbot: QtBot, tasks: Tasks, controller: HistoryController) -> None:
    told: list[int] = []
    controller.counted.connect(told.append)
    controller.count()
    controller.count()
    settle(qtbot, tasks)
    assert told == [1]


def test_times_are_found_anew_only_for_another_place_or_after_a_change(
    qtbot: QtBot, tasks: Tasks, controller: HistoryController
) -> None:
    told: list[object] = []
    controller.times_found.connect(lambda latency, _: told.append(latency))

    def find(place: Place | None) -> None:
        controller.find_times(place, LAB, TEST_KIND)
        settle(qtbot, tasks)

    find(PLACE)
    find(PLACE)
    assert len(told) == 1
    controller.row_changed(1)
    find(PLACE)
    assert len(told) == 2
    find(None)
    assert told[2:] == [None]


@pytest.mark.parametrize("count", [2, FEW_NEW + 1], ids=["few", "many"])
def test_what_another_program_wrote_is_shown(
    qtbot: QtBot, tasks: Tasks, history: History, controller: HistoryController, count: int
) -> None:
    controller.look_for_others()
    settle(qtbot, tasks)
    for _ in range(count):
        begin(history)
    controller.look_for_others()
    settle(qtbot, tasks)
    assert controller.model.rowCount() == 1 + count


def test_a_row_that_is_gone_is_not_handed_out(qtbot: QtBot, tasks: Tasks, controller: HistoryController) -> None:
    read: list[int] = []
    for row_id in (1, 999):
        controller.read(row_id, lambda row: read.append(row.id))
    settle(qtbot, tasks)
    assert read == [1]
    assert controller.whole_row(999)() is None
