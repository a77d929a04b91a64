# SPDX-License-Identifier: MIT
"""The history as a person uses it: search, filter, look, repeat, copy, export; and when there is none."""

from __future__ import annotations

import csv
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QElapsedTimer, QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QTableWidget

from journeys.person import give_file
from notification_tester.domain.account import PRACTICE
from notification_tester.domain.delivery import Lamp, State
from notification_tester.domain.hit_type import HitTypeId
from notification_tester.domain.problem import Cause, Problem, Remedy
from notification_tester.qt.history import page as page_module
from notification_tester.qt.history.filter import FILTERS
from notification_tester.qt.history.model import Column
from notification_tester.qt.history.page import HistoryPage
from notification_tester.qt.notification.delivery_lamps import Stage
from notification_tester.services.changes import Replaced
from notification_tester.services.hit_types.bulk_types import LeftOut
from notification_tester.storage.database import Database
from notification_tester.storage.history import History
from notification_tester.storage.queries import Place
from notification_tester.storage.rows import Beginning, Ending, Outcome
from qt.test_menus_of_tables import FILTER, press

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from notification_tester.qt.background import Tasks

QUEUES = "https://sqs.us-east-1.amazonaws.com/123456789012"
NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
YES = Lamp(state=State.YES, detail="It did.", seconds=0.5)
NO = Lamp(state=State.NO, detail="Nothing came within 60 seconds.")
BLOCKED = Problem(
    title="The queue does not let Mechanical Turk in.",
    detail="Its policy allows only your own account.",
    remedy="Add a permission.",
    code="policy",
    cause=Cause.PERMISSION,
)
MESSAGE = json.dumps(
    {
        "EventDocVersion": "2006-05-05",
        "EventDocId": "a" * 40,
        "CustomerId": "A1",
        "Events": [
            {
                "EventType": "AssignmentSubmitted",
                "EventTimestamp": "2026-01-31T12:00:00Z",
                "HITId": "12345678901234567890",
                "HITTypeId": "09876543210987654321",
                "AssignmentId": "1234567890123456789012345678901234567890",
            }
        ],
    }
)

NUMBERS = "(SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)"


ASKED = Beginning(
    account="Lab",
    environment="sandbox",
    transport="SQS",
    destination=f"{QUEUES}/results",
    version="2006-05-05",
    events=("HITExpired", "HITDisposed"),
    event="HITExpired",
)


def begin(history: History, queue: str = "results", *, kind: str = "test", account: str = "Lab") -> int:
    return history.begin(
        Beginning(
            kind=kind,
            account=account,
            environment="sandbox",
            transport="SQS",
            destination=f"{QUEUES}/{queue}",
            version="2006-05-05",
            events=("AssignmentSubmitted",),
            event="AssignmentSubmitted",
            request={"TestEventType": "AssignmentSubmitted"},
        ),
        now=NOW,
    )


def finish(history: History, row_id: int, outcome: Outcome = Outcome.GOOD) -> None:
    if outcome is Outcome.GOOD:
        ending = Ending(outcome=outcome, accepted=YES, arrived=YES, as_expected=YES, seconds=1.5, raw=MESSAGE)
    else:
        ending = Ending(outcome=outcome, accepted=YES, arrived=NO, problem=BLOCKED, seconds=60.0, answer="{}")
    history.complete(row_id, ending)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database(tmp_path / "history.sqlite3") as opened:
        yield opened


@pytest.fixture
def history(database: Database) -> History:
    return History(database)


def opened(qtbot: QtBot, tasks: Tasks, history: History | None, problem: Problem | None = None) -> HistoryPage:
    page = HistoryPage(tasks, history, problem=problem)
    qtbot.addWidget(page)
    page.resize(900, 700)
    page.show()
    settle(qtbot, tasks)
    return page


def settle(qtbot: QtBot, tasks: Tasks) -> None:
    qtbot.waitUntil(lambda: not tasks.is_busy)


def destinations(page: HistoryPage) -> list[str]:
    return [page.model.index(row, Column.DESTINATION).data() for row in range(page.model.rowCount())]


def has_queues(page: HistoryPage, names: set[str]) -> bool:
    return {one.split()[0] for one in destinations(page)} == names


def test_nothing_tested_yet_leads_to_the_test_page(qtbot: QtBot, tasks: Tasks, history: History) -> None:
    page = opened(qtbot, tasks, history)
    assert page.nothing_yet.isVisible()
    assert not page.export.isEnabled()
    assert not page.filter.isEnabled(), "there is nothing to leave out"
    with qtbot.waitSignal(page.go_to_test_requested):
        QTest.mouseClick(page.nothing_yet.button, Qt.MouseButton.LeftButton)
    page.row_changed(begin(history))
    qtbot.waitUntil(page.table.isVisible)
    assert page.export.isEnabled()
    assert page.filter.isEnabled()


def test_it_asks_nothing_before_it_is_seen(qtbot: QtBot, tasks: Tasks, history: History) -> None:
    page = HistoryPage(tasks, history)
    qtbot.addWidget(page)
    page.row_changed(begin(history))
    busy_before = tasks.is_busy
    page.show()
    assert [busy_before, tasks.is_busy] == [False, True]
    settle(qtbot, tasks)
    assert page.model.rowCount() == 1


def test_search_waits_for_a_pause_and_can_be_cleared(qtbot: QtBot, tasks: Tasks, history: History) -> None:
    for queue in ("apples", "pears", "plums"):
        finish(history, begin(history, queue))
    page = opened(qtbot, tasks, history)
    resets: list[int] = []
    page.model.modelReset.connect(lambda: resets.append(1))
    QTest.keyClicks(page.filter.search, "pears")
    assert not tasks.is_busy
    qtbot.waitUntil(lambda: destinations(page) == ["pears (queue)"])
    assert len(resets) == 1
    QTest.keyClicks(page.filter.search, "zzz")
    qtbot.waitUntil(page.nothing_found.isVisible)
    assert page.filter.isEnabled()
    assert not page.export.isEnabled()
    settle(qtbot, tasks)
    assert page.status.text() == ""
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    page.filter.outcome.setFocus()
    QTest.mouseClick(page.nothing_found.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.model.rowCount() == 3 and page.table.isVisible())
    assert page.filter.search.text() == ""
    assert page.filter.search.hasFocus()
    qtbot.waitUntil(lambda: page.status.text() == "3 entries")
    assert page.export.isEnabled()


def test_the_filter_shows_one_outcome(qtbot: QtBot, tasks: Tasks, history: History) -> None:
    finish(history, begin(history, "fine"))
    finish(history, begin(history, "blocked"), Outcome.BAD)
    begin(history, "open")
    page = opened(qtbot, tasks, history)
    for outcome, expected in ((Outcome.BAD, "blocked"), (Outcome.GOOD, "fine"), (Outcome.RUNNING, "open")):
        QTest.keyClick(page.filter.outcome, Qt.Key.Key_Home)
        for _ in range(FILTERS.index(outcome) + 1):
            QTest.keyClick(page.filter.outcome, Qt.Key.Key_Down)
        settle(qtbot, tasks)
        assert destinations(page) == [f"{expected} (queue)"]


def test_each_cell_filters_the_list_by_what_it_says(qtbot: QtBot, tasks: Tasks, history: History) -> None:
    """And stands in the choice above the list, where it is taken back."""
    for queue, outcome, account in (("fine", Outcome.GOOD, "Lab"), ("blocked", Outcome.BAD, "Field")):
        finish(history, begin(history, queue, account=account), outcome)
    finish(history, begin(history, "ours", kind="delivery"))
    earlier = replace(ASKED, destination=f"{QUEUES}/earlier")
    finish(history, history.begin(earlier, now=NOW - timedelta(days=3)))
    page = opened(qtbot, tasks, history)
    choices = page.filter
    for column, of, expected, choice in (
        (Column.WHEN, "earlier", {"earlier"}, choices.day),
        (Column.EVENT, "ours", {"ours"}, choices.who_sent),
        (Column.DESTINATION, "fine", {"fine"}, choices.place),
        (Column.ACCOUNT, "blocked", {"blocked"}, choices.account),
        (Column.OUTCOME, "blocked", {"blocked"}, choices.outcome),
        (Column.OUTCOME, "ours", {"earlier", "fine", "ours"}, choices.outcome),
    ):
        lines = [page.lines.row_in(row) for row in range(page.lines.rowCount())]
        (row,) = [
            row for row, line in enumerate(lines) if line and line.newest and line.newest.destination.endswith(of)
        ]
        place = page.lines.columns.index(column)
        press(qtbot, page.table, row, place, FILTER)
        qtbot.waitUntil(partial(has_queues, page, expected))
        assert choice.currentIndex() > 0
        assert page.filter.one_day.isVisible() is (column is Column.WHEN)
        page.filter.clear()
        assert page.filter.one_day.isHidden()
        qtbot.waitUntil(lambda: len(destinations(page)) == 4)


def test_details_of_a_run_say_waited_only_of_what_was_waited_for(qtbot: QtBot, tasks: Tasks, history: History) -> None:
    unknown = Lamp(state=State.UNKNOWN, detail="Not looked for.")
    refused = Lamp(state=State.NO, detail="It was refused.")
    lamps = [(YES, YES), (refused, unknown), (YES, NO), (YES, unknown)]
    asked = [replace(ASKED, event=event) for event in ("HITExpired", "HITDisposed", "HITExtended", "HITReviewable")]
    for row_id, (accepted, arrived) in zip(history.begin_all(asked, now=NOW), lamps, strict=True):
        ending = Ending(outcome=Outcome.UNKNOWN, accepted=accepted, arrived=arrived, seconds=1.5)
        history.complete(row_id, ending)
    page = opened(qtbot, tasks, history)
    page.table.choose_first()
    qtbot.waitUntil(page.details.run.isVisible)
    behind = [line.rsplit(", ", 1)[-1] for line in page.details.run.text().splitlines()[-4:]]
    assert behind == ["1.50 s", "after 1.50 s", "waited 1.50 s", "took 1.50 s"]
    details = page.details
    assert not any(part.isVisible() for part in (details.lamps, details.message, details.no_message))
    details.copy_all()
    copied = QGuiApplication.clipboard().text()
    assert copied == f"4 events\n{details.run.text()}"
    page.table.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down):
        QTest.keyClick(page.table, key)
    qtbot.waitUntil(details.lamps.isVisible)
    assert not details.run.isVisible()
    assert details.no_message.isVisible()
    with qtbot.waitSignal(page.again_requested) as asked:
        QTest.mouseClick(details.again, Qt.MouseButton.LeftButton)
    assert not asked.args[1], "one of them alone"


@pytest.mark.parametrize(("count", "more"), [(15, ""), (16, "and 1 more"), (18, "and 3 more")])
def test_details_of_a_long_run_name_the_first_of_it(
    qtbot: QtBot, tasks: Tasks, history: History, count: int, more: str
) -> None:
    asked = [replace(ASKED, kind="delivery", event=f"Message {number}") for number in range(count)]
    for row_id in history.begin_all(asked, now=NOW):
        finish(history, row_id)
    page = opened(qtbot, tasks, history)
    page.table.choose_first()
    qtbot.waitUntil(page.details.run.isVisible)
    told = page.details.run.text().partition("\n\n")[2].splitlines()
    assert len(told) == 15 + bool(more)
    assert told[0].startswith("Message 0")
    assert (told[-1] == more) is bool(more)


def test_the_filter_shows_what_one_sender_sent(qtbot: QtBot, tasks: Tasks, history: History) -> None:
    finish(history, begin(history, "theirs"))
    finish(history, begin(history, "ours", kind="delivery"))
    page = opened(qtbot, tasks, history)
    for steps, expected in ((2, ["ours (queue)"]), (1, ["theirs (queue)"]), (0, ["ours (queue)", "theirs (queue)"])):
        QTest.keyClick(page.filter.who_sent, Qt.Key.Key_Home)
        for _ in range(steps):
            QTest.keyClick(page.filter.who_sent, Qt.Key.Key_Down)
        settle(qtbot, tasks)
        assert destinations(page) == expected


def test_the_details_show_lamps_and_message(qtbot: QtBot, tasks: Tasks, history: History) -> None:
    finish(history, begin(history, "blocked"), Outcome.BAD)
    finish(history, begin(history))
    page = opened(qtbot, tasks, history)
    details = page.details
    assert details.title.text() == "Assignment submitted"
    assert details.message.isVisible()
    assert details.lamps.lamps[Stage.ARRIVED].word.text() == "Yes"
    assert not details.problem.isVisible()
    QTest.mouseClick(details.copy, Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    QGuiApplication.clipboard().clear()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    page.table.setFocus()
    QTest.keySequence(page.table, QKeySequence(QKeySequence.StandardKey.Copy))
    assert QGuiApplication.clipboard().text() == copied != ""
    QTest.keyClick(page.table, Qt.Key.Key_Down)
    qtbot.waitUntil(details.problem.isVisible)
    assert details.problem.title.text() == BLOCKED.title
    assert details.lamps.lamps[Stage.ARRIVED].word.text() == "No"
    assert not details.message.isVisible()
    assert details.no_message.isVisible()


def test_what_goes_to_no_place_says_nothing_of_one(qtbot: QtBot, tasks: Tasks, history: History) -> None:
    undone = Beginning(
        kind="hit-types",
        account="Lab",
        environment="sandbox",
        transport="",
        destination="",
        version="",
        events=(),
        event="undo 1",
    )
    history.complete(history.begin(undone, now=NOW), Ending(outcome=Outcome.GOOD, accepted=YES, arrived=YES))
    page = opened(qtbot, tasks, history)
    qtbot.waitUntil(lambda: "with the account Lab" in page.details.subtitle.text())
    assert ", to" not in page.details.subtitle.text()
    assert not page.details.request_link.isVisible(), "nothing is known of what was asked"


@pytest.mark.parametrize(
    ("event", "said"),
    [
        pytest.param("on 1", "Set to tell: results (queue)", id="on"),
        pytest.param("off 1", "Set to tell until then: results (queue)", id="off"),
        pytest.param("undo 1", "Destination: results (queue)", id="perhaps off again"),
    ],
)
def test_a_change_of_hit_types_says_whether_the_place_is_told_from_now_on(
    qtbot: QtBot, tasks: Tasks, history: History, event: str, said: str
) -> None:
    changed = replace(ASKED, kind="hit-types", events=(), event=event, request={})
    history.complete(history.begin(changed, now=NOW), Ending(outcome=Outcome.GOOD, accepted=YES, arrived=YES))
    page = opened(qtbot, tasks, history)
    qtbot.waitUntil(lambda: said in page.details.change.text().splitlines())


def test_a_change_of_several_places_names_them(qtbot: QtBot, tasks: Tasks, history: History, tmp_path: Path) -> None:
    others = [{"transport": "SQS", "destination": f"{QUEUES}/other-{number}"} for number in range(20)]
    switched = replace(ASKED, kind="hit-types", events=(), event="off 21", request={"other places": others})
    history.complete(history.begin(switched, now=NOW), Ending(outcome=Outcome.GOOD, accepted=YES, arrived=YES))
    page = opened(qtbot, tasks, history)
    qtbot.waitUntil(lambda: "results (queue) and 20 more" in page.details.subtitle.text())
    told = page.details.change.text()
    assert "Set to tell until then: results (queue), other-0 (queue), other-1 (queue)" in told
    assert "other-13 (queue) and 6 more" in told
    page.export_to(str(tmp_path / "history.csv"))
    qtbot.waitUntil(page.note.isVisible)
    with (tmp_path / "history.csv").open(encoding="utf-8-sig", newline="") as file:
        (written,) = csv.DictReader(file)
    assert written["destination"].split() == [ASKED.destination, *(one["destination"] for one in others)]


def test_many_that_an_undo_leaves_out_are_named_up_to_a_bound(qtbot: QtBot, tasks: Tasks, history: History) -> None:
    row = history.begin(replace(ASKED, kind="hit-types", event="apply 30"), now=NOW)
    history.complete(row, Ending(outcome=Outcome.GOOD, accepted=YES, arrived=YES))
    page = HistoryPage(tasks, history)
    qtbot.addWidget(page)
    with qtbot.waitSignal(page.left_out_asked_about) as asked:
        page.show()
    assert asked.args[0].id == row
    out = [LeftOut(hit_type_id=HitTypeId(f"3TYPE{number}"), title="", why="Undone.") for number in range(20)]
    page.show_left_out(row + 1, out)
    assert "leaves out" not in page.details.change.text(), "of another"
    page.show_left_out(row, out)
    lines = page.details.change.text().partition("An undo leaves out 20 of them:\n")[2].splitlines()
    assert (len(lines), lines[0], lines[-1]) == (16, "3TYPE0: Undone.", "and 5 more")
    page.show_replaced([row], {row: Replaced()})
    qtbot.waitUntil(lambda: "leaves out" not in page.details.change.text())


def test_a_test_under_way_is_completed_in_place(qtbot: QtBot, tasks: Tasks, history: History) -> None:
    row = begin(history)
    page = opened(qtbot, tasks, history)
    assert page.model.index(0, Column.OUTCOME).data() == "Under way"
    finish(history, row, Outcome.BAD)
    page.row_changed(row)
    qtbot.waitUntil(page.details.problem.isVisible)
    assert page.model.index(0, Column.OUTCOME).data() == f"Problem: {BLOCKED.title}"


def test_what_a_crash_left_open_is_explained(qtbot: QtBot, tasks: Tasks, tmp_path: Path) -> None:
    path = tmp_path / "crashed.sqlite3"
    with Database(path) as database:
        begin(History(database))
    with Database(path) as database:
        history = History(database)
        history.close_interrupted()
        page = opened(qtbot, tasks, history)
        assert page.model.index(0, Column.OUTCOME).data() == "Interrupted"
        assert "not written down" in page.details.problem.title.text()
        settle(qtbot, tasks)


def test_repeat_hands_out_the_row(qtbot: QtBot, tasks: Tasks, history: History) -> None:
    row = begin(history)
    finish(history, row)
    page = opened(qtbot, tasks, history)
    with qtbot.waitSignal(page.repeat_requested) as asked:
        QTest.mouseClick(page.details.repeat, Qt.MouseButton.LeftButton)
    assert asked.args[0] == history.row(row)


def test_copy_takes_everything(qtbot: QtBot, tasks: Tasks, history: History) -> None:
    finish(history, begin(history))
    page = opened(qtbot, tasks, history)
    QTest.mouseClick(page.details.copy, Qt.MouseButton.LeftButton)
    text = QGuiApplication.clipboard().text()
    for part in ("AssignmentSubmitted", "/results", "Lab (sandbox)", "All well", MESSAGE):
        assert part in text


def test_the_details_of_what_this_computer_sent_are_called_otherwise(
    qtbot: QtBot, tasks: Tasks, history: History
) -> None:
    begin(history, "open")
    finish(history, begin(history, "ours", kind="delivery", account=""))
    page = opened(qtbot, tasks, history)
    details = page.details
    qtbot.waitUntil(lambda: details.subtitle.text().startswith("From this computer, and not from Mechanical Turk: "))
    assert "with the account" not in details.subtitle.text()
    assert not details.badge.isVisible(), "it is of no account"
    assert details.message.title.text() == "What was sent"
    assert details.request_link.isVisible()
    assert not details.answer_link.isVisible()
    assert details.again.isEnabled()
    assert not details.undo.isVisible()
    page.table.choose(page.lines.rowCount() - 1)
    qtbot.waitUntil(lambda: details.no_message.text() == "The answer has not come yet.")
    assert details.badge.isVisible()
    assert details.message.title.text() == "What arrived"
    assert details.no_message.isVisible()
    page.show_sending(is_sending=True)
    assert not details.again.isEnabled()
    page.show_sending(is_sending=False)
    assert details.again.isEnabled()


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"applied": 0, "failed": 2, "not known": 0, "not sent": 1}, ["Applied: 0", "Failed: 2", "Not sent: 1"]),
        ({"applied": 3, "not known": 1}, ["Applied: 3", "Not known: 1"]),
    ],
)
def test_a_change_of_hit_types_says_how_many_it_was_for(
    qtbot: QtBot, tasks: Tasks, history: History, told: dict[str, int], said: list[str]
) -> None:
    request = {"first": ["3A", "3B"], "titles": {"3A": "Rate"}, "HIT types": 3}
    changed = replace(ASKED, kind="hit-types", event="apply 3", request=request)
    ending = Ending(outcome=Outcome.GOOD, accepted=YES, message=told)
    history.complete(history.begin(changed, now=NOW), ending)
    page = opened(qtbot, tasks, history)
    qtbot.waitUntil(page.details.change.isVisible)
    lines = page.details.change.text().splitlines()
    at = lines.index("Rate (3A)")
    assert lines[at:] == ["Rate (3A)", "3B", "and 1 more"]
    assert [one for one in lines[:at] if one.partition(":")[2].strip().isdigit()] == said
    assert not page.details.again.isVisible()
    assert page.details.request_link.text() == "What was change&d"


def test_how_long_it_took_is_told_of_the_place_of_the_row_or_of_the_filter(
    qtbot: QtBot, tasks: Tasks, history: History
) -> None:
    finish(history, begin(history, "slow"), Outcome.BAD)
    finish(history, begin(history, "slow", account="Zoo"))
    finish(history, begin(history, "results", account="Zoo"), Outcome.BAD)
    for _ in range(3):
        finish(history, begin(history, "results"))
    page = opened(qtbot, tasks, history)
    qtbot.waitUntil(lambda: page.latency.sentence.text().startswith("results (queue) with Lab: 3 tests"))
    new = begin(history, "results")
    finish(history, new)
    page.row_changed(new)
    qtbot.waitUntil(lambda: page.latency.sentence.text().startswith("results (queue) with Lab: 4 tests"))
    page.table.choose(page.lines.rowCount() - 1)
    qtbot.waitUntil(lambda: page.latency.sentence.text() == "slow (queue) with Lab: 1 test: it never came.")
    page.filter.choose_place(Place("SQS", f"{QUEUES}/results", "sandbox"))
    qtbot.waitUntil(lambda: page.latency.sentence.text().startswith("results (queue) with Lab: 4 tests"))
    settle(qtbot, tasks)


def test_sorting_by_a_press_on_the_name_of_a_column(qtbot: QtBot, tasks: Tasks, history: History) -> None:
    for queue in ("pears", "apples", "plums"):
        finish(history, begin(history, queue))
    page = opened(qtbot, tasks, history)
    header = page.table.horizontalHeader()

    def press(column: Column) -> None:
        where = header.sectionViewportPosition(column) + 20
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(where, header.height() // 2))
        settle(qtbot, tasks)

    press(Column.DESTINATION)
    assert destinations(page) == ["apples (queue)", "pears (queue)", "plums (queue)"]
    press(Column.DESTINATION)
    assert destinations(page) == ["plums (queue)", "pears (queue)", "apples (queue)"]
    press(Column.WHEN)
    assert destinations(page) == ["plums (queue)", "apples (queue)", "pears (queue)"]


def test_the_account_of_a_test_that_is_gone_is_said_until_another_is_open(
    qtbot: QtBot, tasks: Tasks, history: History
) -> None:
    row_id = begin(history)
    finish(history, row_id)
    page = opened(qtbot, tasks, history)
    row = history.row(row_id)
    assert row is not None
    page.show_account_gone(row, None)
    assert page.problem.isVisible()
    assert "“Lab” (SANDBOX)" in page.problem.detail.text()
    assert not page.problem.buttons, "there is no form to fill"
    page.leave()
    assert not page.problem.isVisible()
    open_one = replace(PRACTICE, name="Field & Lab")
    page.show_account_gone(row, open_one)
    (fill,) = page.problem.buttons.values()
    assert fill.text() == "&Fill in the form for “Field && Lab”"
    with qtbot.waitSignal(page.fill_requested) as asked:
        QTest.mouseClick(fill, Qt.MouseButton.LeftButton)
    assert asked.args[0] == row
    assert not page.problem.isVisible()
    page.show_refusal(BLOCKED)
    page.leave()
    assert page.problem.isVisible(), "which is not about an account"


def test_a_history_that_cannot_be_kept_any_more_is_said_in_place_of_the_list(
    qtbot: QtBot, tasks: Tasks, history: History
) -> None:
    finish(history, begin(history))
    page = opened(qtbot, tasks, history)
    page.set_history(None, replace(BLOCKED, title="It cannot be kept.", remedies=(Remedy.CHANGE_KEYS,)))
    settle(qtbot, tasks)
    assert page.problem.title.text() == "It cannot be kept."
    assert page.problem.isVisible()
    assert not any(part.isVisible() for part in (page.table, page.filter, page.export, page.nothing_yet))
    with qtbot.waitSignal(page.remedy_requested) as asked:
        next(iter(page.problem.buttons.values())).click()
    assert asked.args[0] is Remedy.CHANGE_KEYS
    page.set_history(history)
    qtbot.waitUntil(lambda: page.table.isVisible() and page.model.rowCount() == 1)
    assert not page.problem.isVisible()
    assert page.export.isVisible()
    settle(qtbot, tasks)


@pytest.mark.parametrize("over", ["another list", "another file", "another picture"])
def test_where_the_last_file_is_is_said_until_something_else_is_asked_for(
    qtbot: QtBot, tasks: Tasks, history: History, tmp_path: Path, over: str
) -> None:
    finish(history, begin(history))
    finish(history, begin(history))
    page = opened(qtbot, tasks, history)
    page.export_to(str(tmp_path / "out.csv"))
    qtbot.waitUntil(page.note.isVisible)
    if over == "another list":
        page.filter.choose_outcome(Outcome.GOOD)
        assert not page.note.isVisible()
    elif over == "another file":
        page.export_to(str(tmp_path / "nowhere" / "out.csv"))
        assert not page.note.isVisible()
    else:
        qtbot.waitUntil(page.latency.isVisible)
        page.latency.save_to(str(tmp_path / "times.png"))
        qtbot.waitUntil(lambda: "times.png" in page.note.text)
        page.latency.save_to(str(tmp_path / "nowhere" / "times.png"))
        qtbot.waitUntil(page.problem.isVisible)
        assert "picture" in page.problem.title.text()
    settle(qtbot, tasks)


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_export_through_the_dialog(qtbot: QtBot, tasks: Tasks, history: History, tmp_path: Path, kind: str) -> None:
    for queue in ("apples", "pears"):
        finish(history, begin(history, queue))
    page = opened(qtbot, tasks, history)
    target = tmp_path / f"out.{kind}"
    QTest.mouseClick(page.export, Qt.MouseButton.LeftButton)
    give_file(target, page)
    settle(qtbot, tasks)
    assert str(target) in page.note.text
    if kind == "json":
        rows = json.loads(target.read_text())
        assert [row["destination"].rpartition("/")[2] for row in rows] == ["pears", "apples"]
    else:
        with target.open(newline="", encoding="utf-8-sig") as file:
            assert len(list(csv.reader(file))) == 3
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []


def test_export_that_cannot_be_written_is_said(qtbot: QtBot, tasks: Tasks, history: History, tmp_path: Path) -> None:
    finish(history, begin(history))
    page = opened(qtbot, tasks, history)
    page.export_to(str(tmp_path / "no such folder" / "out.csv"))
    settle(qtbot, tasks)
    assert page.problem.isVisible()
    assert page.problem.title.text() == "The history could not be exported."
    assert page.export.isEnabled()


def test_a_list_that_cannot_be_read_says_why(qtbot: QtBot, tasks: Tasks, history: History, database: Database) -> None:
    finish(history, begin(history))
    page = opened(qtbot, tasks, history)
    assert not page.problem.isVisible()
    with database.transaction() as connection:
        connection.execute("ALTER TABLE history RENAME TO elsewhere")
    QTest.keyClicks(page.filter.search, "pears")
    qtbot.waitUntil(page.problem.isVisible)
    settle(qtbot, tasks)


def test_without_a_history_it_says_why(qtbot: QtBot, tasks: Tasks, history: History) -> None:
    problem = Problem(title="It cannot be kept.", detail="Full.", remedy="Make room.", code="x", cause=Cause.STORAGE)
    page = opened(qtbot, tasks, None, problem)
    assert page.problem.title.text() == "It cannot be kept."
    assert not page.filter.search.isVisible()
    assert not page.table.isVisible()
    page.row_changed(1)
    page.set_history(history)
    settle(qtbot, tasks)
    assert not page.problem.isVisible()
    assert page.nothing_yet.isVisible()


def test_widths_are_remembered(qtbot: QtBot, tasks: Tasks, history: History) -> None:
    finish(history, begin(history))
    first = opened(qtbot, tasks, history)
    first.table.horizontalHeader().resizeSection(Column.DESTINATION, 333)
    second = opened(qtbot, tasks, history)
    second.restore_state(first.save_state())
    assert second.table.horizontalHeader().sectionSize(Column.DESTINATION) == 333
    for nonsense in ("", "null", "{}", "[]", '{"columns": "x", "divider": 1}'):
        second.restore_state(nonsense)


def test_widths_that_are_none_of_this_list_are_left_alone(qtbot: QtBot, tasks: Tasks, history: History) -> None:
    page = opened(qtbot, tasks, history)
    header = page.table.horizontalHeader()
    before = [header.sectionSize(column) for column in range(header.count())]
    other = QTableWidget(1, len(Column))
    qtbot.addWidget(other)
    other.horizontalHeader().resizeSection(0, 77)
    other.horizontalHeader().setSectionsClickable(False)  # as no version of this list ever had them
    for state in ("", "rubbish", bytes(other.horizontalHeader().saveState().toBase64().data()).decode()):
        page.table.restore_widths(state)
        assert header.sectionsClickable()
        assert [header.sectionSize(column) for column in range(header.count())] == before
        assert page.table.save_widths() == "", "nobody has set any"


def test_each_cell_has_a_tip_that_says_more(qtbot: QtBot, tasks: Tasks, history: History) -> None:
    finish(history, begin(history))
    page = opened(qtbot, tasks, history)
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    tip = Qt.ItemDataRole.ToolTipRole
    tips = {column: str(page.model.index(0, column).data(tip) or "") for column in Column}
    assert "2026" in tips[Column.WHEN]
    assert f"{QUEUES}/results" in tips[Column.DESTINATION]
    assert page.model.index(0, Column.OUTCOME).data() in tips[Column.OUTCOME]
    assert tips[Column.SECONDS]


def test_why_a_change_is_not_taken_back_is_over_with_a_look_at_another_row(
    qtbot: QtBot, tasks: Tasks, history: History
) -> None:
    def choose(place: int) -> None:
        page.table.choose(place)
        settle(qtbot, tasks)

    for queue in ("results", "slow"):
        finish(history, begin(history, queue, kind="mend"))
    page = opened(qtbot, tasks, history)
    choose(1)
    asked = page.model.rows_between(0, 1)[0].id
    page.show_no_way_back(asked, replace(BLOCKED, code="undo.changed-since"))
    settle(qtbot, tasks)
    assert page.problem.isVisible()
    assert page.details.change.text().startswith("Changed since")
    choose(2)
    assert not page.problem.isVisible()
    choose(1)
    assert not page.problem.isVisible()
    assert page.details.change.text().startswith("Changed since"), "which is said of it in short"
    page.show_no_way_back(asked, replace(BLOCKED, code="undo.changed-since"))
    page.controller.failed.emit(replace(BLOCKED, title="The history cannot be read."))
    choose(2)
    assert page.problem.isVisible(), "that is about every row"


def test_entries_that_are_folded_into_fewer_rows_are_counted_as_such(
    qtbot: QtBot, tasks: Tasks, history: History
) -> None:
    begin(history, "slow")
    history.begin_all([replace(ASKED, event=event) for event in ("HITExpired", "HITDisposed")], now=NOW)
    page = opened(qtbot, tasks, history)
    qtbot.waitUntil(lambda: page.status.text() == "3 entries in 2 rows")
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: page.status.text() == "3 entries")
    QTest.keyClick(page.table, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: page.status.text() == "3 entries in 2 rows")
    page.filter.search.setText("AssignmentSubmitted")
    qtbot.waitUntil(lambda: page.status.text() == "1 entry")
    settle(qtbot, tasks)


@pytest.mark.parametrize("others", ["the same problem", "another problem"])
def test_a_run_that_one_problem_stopped_shows_it_with_its_buttons(
    qtbot: QtBot, tasks: Tasks, history: History, others: str
) -> None:
    blocked = replace(BLOCKED, remedies=(Remedy.CHANGE_KEYS,))
    ids = history.begin_all([replace(ASKED, event=event) for event in ("HITExpired", "HITDisposed")], now=NOW)
    for row_id, problem in zip(ids, (replace(blocked, title=f"It had {others}."), blocked), strict=True):
        told = blocked if others == "the same problem" else problem
        history.complete(row_id, Ending(outcome=Outcome.BAD, accepted=YES, arrived=NO, problem=told, seconds=60.0))
    page = opened(qtbot, tasks, history)
    settle(qtbot, tasks)
    assert page.details.title.text() == "2 events"
    assert page.details.problem.isVisible() == (others == "the same problem")
    if others == "the same problem":
        assert page.details.problem.title.text() == blocked.title
        with qtbot.waitSignal(page.details.mend_requested) as asked:
            next(iter(page.details.problem.buttons.values())).click()
        assert asked.args[0].id == ids[-1]


@pytest.mark.parametrize("comes_back", ["to the page", "to the window"])
@pytest.mark.parametrize("count", [2, 60])
def test_what_a_command_wrote_meanwhile_is_shown_to_who_comes_back(
    qtbot: QtBot, tasks: Tasks, history: History, tmp_path: Path, comes_back: str, count: int
) -> None:
    page = opened(qtbot, tasks, history)
    page.activateWindow()
    assert page.nothing_yet.isVisible()
    elsewhere = QLabel("another window")
    qtbot.addWidget(elsewhere)
    elsewhere.show()
    elsewhere.activateWindow()
    qtbot.waitUntil(elsewhere.isActiveWindow)
    if comes_back == "to the page":
        page.hide()
    with Database(tmp_path / "history.sqlite3") as of_the_command:
        others = History(of_the_command)
        for number in range(count):
            finish(others, begin(others, f"queue-{number}"))
    page.show()
    if comes_back == "to the window":
        page.look_for_others()
    qtbot.waitUntil(lambda: page.model.rowCount() == count)
    settle(qtbot, tasks)
    assert page.table.isVisible()
    assert destinations(page) == [f"queue-{number} (queue)" for number in reversed(range(count))]


@pytest.mark.parametrize("width", [730, 1400], ids=["narrow", "wide"])
def test_the_details_stand_where_there_is_room(qtbot: QtBot, tasks: Tasks, history: History, width: int) -> None:
    finish(history, begin(history))
    page = opened(qtbot, tasks, history)
    page.resize(width, 548)
    qtbot.waitUntil(lambda: page.width() == width)
    side = Qt.Orientation.Horizontal if width > 1000 else Qt.Orientation.Vertical
    assert page.splitter.orientation() == side
    assert all(size > 100 for size in page.splitter.sizes())


def test_foreign_text_is_never_markup(qtbot: QtBot, tasks: Tasks, history: History) -> None:
    finish(history, begin(history, "<img src=x>"))
    page = opened(qtbot, tasks, history)
    shown = [label for label in page.findChildren(QLabel) if "<img" in label.text()]
    assert shown
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in shown)


@pytest.mark.alone
@pytest.mark.slow
def test_a_million_rows_do_not_hold_up_the_window(
    qtbot: QtBot, tasks: Tasks, database: Database, history: History, tmp_path: Path
) -> None:
    row = begin(history)
    finish(history, row)
    with closing(sqlite3.connect(tmp_path / "history.sqlite3")) as connection, connection:
        for table in ("history", "history_body"):
            columns = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})") if name != "id"]
            words = ("INSERT INTO", table, "(id,", ", ".join(columns), ") WITH RECURSIVE n(i) AS", NUMBERS)
            connection.execute(" ".join((*words, "SELECT i,", ", ".join(columns), "FROM n,", table, "WHERE id = 1")))
    # A busy machine can only make a pause longer: the best of a few visits counts.
    pauses: list[int] = []
    while min(pauses, default=50) >= 50 and len(pauses) < 4:
        pauses.append(longest_pause(qtbot, tasks, history))
    assert min(pauses) < 50


def longest_pause(qtbot: QtBot, tasks: Tasks, history: History) -> int:
    """Milliseconds between two beats at most, while the page is opened, scrolled, searched and told of a new row."""
    page = HistoryPage(tasks, history)
    qtbot.addWidget(page)
    page.resize(900, 700)
    pauses: list[int] = []
    clock = QElapsedTimer()
    heartbeat = QTimer(page)
    heartbeat.timeout.connect(lambda: pauses.append(clock.restart()))
    page.show()
    qtbot.waitExposed(page)
    settle(qtbot, tasks)
    clock.start()
    heartbeat.start(5)
    for _ in range(10):
        page.table.scrollToBottom()
        page.model.fetchMore(page.table.rootIndex())
        settle(qtbot, tasks)
    page.filter.search.setText("results")
    qtbot.waitUntil(lambda: not page.model.is_loading and not tasks.is_busy)
    new = begin(history)
    page.row_changed(new)
    qtbot.waitUntil(lambda: page.status.text().startswith("1"))
    heartbeat.stop()
    assert page.model.rowCount() >= 200
    page.hide()
    return max(pauses)


@pytest.mark.parametrize("how", ["by a press", "by itself", "with a look at the page"])
def test_an_ending_that_is_only_in_memory_is_said_until_it_is_written(
    qtbot: QtBot, tasks: Tasks, history: History, database: Database, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_module, "LOOK_AGAIN", 50 if how == "by itself" else 600_000)
    row_id = begin(history)
    page = opened(qtbot, tasks, history)
    with database.transaction() as connection:
        connection.execute("PRAGMA max_page_count = 1")  # SQLite raises it to what is in use: the disk is full
    long = Ending(outcome=Outcome.GOOD, accepted=YES, arrived=YES, as_expected=YES, seconds=1.5, raw="x" * 200_000)
    history.complete_soon(row_id, lambda: long)
    page.row_changed(row_id)
    qtbot.waitUntil(page.unwritten.isVisible)
    assert page.unwritten.title.text() == "How 1 test ended is only in memory."
    assert "The disk is full." in page.unwritten.detail.text()
    page.table.choose(0)
    qtbot.waitUntil(page.details.unwritten.isVisible)
    row = page.model.row_at(page.model.index(0, 0))
    assert row is not None
    assert row.outcome is Outcome.GOOD
    with database.transaction() as connection:
        connection.execute("PRAGMA max_page_count = 1000000")
    if how == "by a press":
        (again,) = [one for one in page.unwritten.findChildren(QPushButton) if "again" in one.text()]
        QTest.mouseClick(again, Qt.MouseButton.LeftButton)
    elif how == "with a look at the page":
        page.hide()
        page.show()
    qtbot.waitUntil(lambda: not page.unwritten.isVisible())
    qtbot.waitUntil(lambda: not page.details.unwritten.isVisible())
    assert history.refusal is None
    history.close()
