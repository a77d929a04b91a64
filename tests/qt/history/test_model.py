# SPDX-License-Identifier: MIT
"""The model reads page by page and changes no more than what changed."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QIcon

from notification_tester.domain.delivery import Lamp, State
from notification_tester.domain.problem import Cause, Problem, ProblemError
from notification_tester.qt.history.model import Column, HistoryModel
from notification_tester.qt.lists.table_model import ROW_ROLE
from notification_tester.storage.database import Database
from notification_tester.storage.history import History
from notification_tester.storage.queries import HistoryQuery
from notification_tester.storage.rows import Beginning, Ending, HistorySummary, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from notification_tester.qt.background import Tasks

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
YES = Lamp(state=State.YES, detail="It did.", seconds=0.5)


def begin(history: History, queue: str = "results") -> int:
    return history.begin(
        Beginning(
            account="Lab",
            environment="sandbox",
            transport="SQS",
            destination=f"https://sqs.us-east-1.amazonaws.com/123456789012/{queue}",
            version="2006-05-05",
            events=("AssignmentSubmitted",),
            event="AssignmentSubmitted",
        ),
        now=NOW,
    )


def finish(history: History, row_id: int, outcome: Outcome = Outcome.GOOD) -> None:
    history.complete(row_id, Ending(outcome=outcome, accepted=YES, arrived=YES, as_expected=YES, seconds=1.234))


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with Database(tmp_path / "history.sqlite3") as database:
        yield History(database)


def settled(qtbot: QtBot, tasks: Tasks) -> None:
    qtbot.waitUntil(lambda: not tasks.is_busy)


def shown(model: HistoryModel) -> list[int]:
    return [model.index(row, 0).data(ROW_ROLE).id for row in range(model.rowCount())]


def record_of(model: HistoryModel) -> list[tuple[Any, ...]]:
    seen: list[tuple[Any, ...]] = []
    model.modelReset.connect(lambda: seen.append(("reset",)))
    model.rowsInserted.connect(lambda _, first, last: seen.append(("inserted", first, last)))
    model.rowsRemoved.connect(lambda _, first, last: seen.append(("removed", first, last)))
    model.dataChanged.connect(lambda first, last, *_: seen.append(("changed", first.row(), last.row())))
    return seen


def test_pages_are_read_when_the_view_asks(qtbot: QtBot, tasks: Tasks, history: History) -> None:
    ids = [begin(history) for _ in range(12)]
    model = HistoryModel(tasks, history)
    assert not model.canFetchMore(QModelIndex())
    model.set_query(HistoryQuery(limit=5))
    settled(qtbot, tasks)
    assert shown(model) == ids[:-6:-1]
    seen = record_of(model)
    model.fetchMore(QModelIndex())
    assert not model.canFetchMore(QModelIndex()), "one page at a time"
    settled(qtbot, tasks)
    model.fetchMore(QModelIndex())
    settled(qtbot, tasks)
    assert shown(model) == ids[::-1]
    assert seen == [("inserted", 5, 9), ("inserted", 10, 11)]
    assert not model.canFetchMore(QModelIndex())


def test_a_row_that_begins_and_ends_changes_alone(qtbot: QtBot, tasks: Tasks, history: History) -> None:
    ids = [begin(history) for _ in range(3)]
    model = HistoryModel(tasks, history)
    model.set_query(HistoryQuery())
    settled(qtbot, tasks)
    seen = record_of(model)
    new = begin(history)
    model.refresh(new)
    settled(qtbot, tasks)
    finish(history, ids[1])
    model.refresh(ids[1])
    settled(qtbot, tasks)
    assert seen == [("inserted", 0, 0), ("changed", 2, 2)]
    assert shown(model) == [new, *ids[::-1]]
    assert model.index(2, Column.OUTCOME).data() == "All well"


def test_a_row_comes_into_the_filter_and_goes_out_of_it(qtbot: QtBot, tasks: Tasks, history: History) -> None:
    row = begin(history)
    model = HistoryModel(tasks, history)
    model.set_query(HistoryQuery(outcomes=frozenset({Outcome.BAD})))
    settled(qtbot, tasks)
    for outcome, expected in ((Outcome.GOOD, []), (Outcome.BAD, [row]), (Outcome.GOOD, [])):
        finish(history, row, outcome)
        model.refresh(row)
        settled(qtbot, tasks)
        assert shown(model) == expected


def test_an_old_row_not_read_yet_is_left_to_its_page(qtbot: QtBot, tasks: Tasks, history: History) -> None:
    ids = [begin(history) for _ in range(4)]
    model = HistoryModel(tasks, history)
    model.set_query(HistoryQuery(limit=2))
    settled(qtbot, tasks)
    model.refresh(ids[0])
    settled(qtbot, tasks)
    assert shown(model) == [ids[3], ids[2]]


class SlowHistory:
    """A real history whose pages, once read, wait until they are let go, by the text that they were asked for."""

    def __init__(self, history: History) -> None:
        self._history = history
        self.has_read = threading.Event()
        self.gates = {"slow": threading.Event()}
        self.fails = False

    def page(self, query: HistoryQuery) -> list[HistorySummary]:
        if self.fails:
            raise ProblemError(Problem(title="Broken.", detail="", remedy="", code="x", cause=Cause.STORAGE))
        rows = self._history.page(query)
        self.has_read.set()
        if gate := self.gates.get(query.text):
            gate.wait(60)
        return rows


def test_a_late_answer_to_an_earlier_question_is_dropped(qtbot: QtBot, tasks: Tasks, history: History) -> None:
    begin(history, "slow")
    fast = begin(history, "fast")
    slow_history = SlowHistory(history)
    model = HistoryModel(tasks, slow_history)
    model.set_query(HistoryQuery(text="slow"))
    with qtbot.waitSignal(model.loaded):
        model.set_query(HistoryQuery(text="fast"))
    assert shown(model) == [fast]
    slow_history.gates["slow"].set()
    settled(qtbot, tasks)
    assert shown(model) == [fast]


def test_what_ends_while_the_first_page_is_read_is_not_missed(qtbot: QtBot, tasks: Tasks, history: History) -> None:
    row = begin(history, "slow")
    slow_history = SlowHistory(history)
    model = HistoryModel(tasks, slow_history)
    model.set_query(HistoryQuery(text="slow"))
    qtbot.waitUntil(slow_history.has_read.is_set)
    finish(history, row)
    model.refresh(row)
    slow_history.gates["slow"].set()
    settled(qtbot, tasks)
    qtbot.waitUntil(lambda: model.index(0, Column.OUTCOME).data() == "All well")


def test_a_failure_is_told_once_and_not_asked_again(qtbot: QtBot, tasks: Tasks, history: History) -> None:
    broken = SlowHistory(history)
    broken.fails = True
    model = HistoryModel(tasks, broken)
    with qtbot.waitSignal(model.failed) as failed:
        model.set_query(HistoryQuery())
    assert failed.args[0].title == "Broken."
    assert not model.canFetchMore(QModelIndex())


@pytest.mark.parametrize("outcome", Outcome, ids=str)
def test_an_outcome_has_a_shape_and_a_word(qtbot: QtBot, tasks: Tasks, history: History, outcome: Outcome) -> None:
    row = begin(history)
    if outcome is not Outcome.RUNNING:
        finish(history, row, outcome)
    model = HistoryModel(tasks, history)
    model.set_query(HistoryQuery())
    settled(qtbot, tasks)
    cell = model.index(0, Column.OUTCOME)
    assert cell.data()
    drawing = cell.data(Qt.ItemDataRole.DecorationRole)
    assert isinstance(drawing, QIcon)
    assert not drawing.isNull()
    assert cell.data(Qt.ItemDataRole.ForegroundRole).isValid()


def test_cells_say_it_in_words(qtbot: QtBot, tasks: Tasks, history: History) -> None:
    finish(history, begin(history))
    model = HistoryModel(tasks, history)
    model.set_query(HistoryQuery())
    settled(qtbot, tasks)
    texts = {column: model.index(0, column).data() for column in Column}
    assert texts[Column.EVENT] == "Assignment submitted"
    assert texts[Column.DESTINATION] == "results (queue)"
    assert texts[Column.ACCOUNT] == "Lab"
    assert texts[Column.SECONDS] in {"1.23", "1,23"}
    assert model.index(0, Column.DESTINATION).data(Qt.ItemDataRole.ToolTipRole).startswith("<span>https://sqs.")
    assert all(model.headerData(column, Qt.Orientation.Horizontal) for column in Column)


def test_without_a_history_there_are_no_rows(qtbot: QtBot, tasks: Tasks) -> None:
    model = HistoryModel(tasks, None)
    model.set_query(HistoryQuery())
    model.refresh(1)
    assert model.rowCount() == 0
    assert not model.is_loading
