# SPDX-License-Identifier: MIT
"""Days, runs that fold, and changes, as a person reads the history."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette, QTextDocument
from PySide6.QtTest import QTest

from notification_tester.domain.delivery import NOT_TRIED, Lamp, State
from notification_tester.domain.events import EventType
from notification_tester.domain.problem import Cause, Problem
from notification_tester.qt.history import lines, model
from notification_tester.qt.history.lines import HistoryLines
from notification_tester.qt.history.model import Column, HistoryModel
from notification_tester.qt.history.table import HistoryTable
from notification_tester.qt.looks import formatting
from notification_tester.qt.looks.formatting import day_text
from notification_tester.qt.notification.names import name_of
from notification_tester.services.changes import Replaced
from notification_tester.storage.database import Database
from notification_tester.storage.history import History
from notification_tester.storage.queries import HistoryQuery, Sort
from notification_tester.storage.rows import (
    HIT_TYPES_KIND,
    MADE_KIND,
    MEND_KIND,
    OTHER_PLACES,
    TEST_KIND,
    Beginning,
    Ending,
    Outcome,
)
from qt.drawn_words import says

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from notification_tester.qt.background import Tasks

YES = Lamp(state=State.YES, detail="It did.", seconds=0.5)
NO = Lamp(state=State.NO, detail="Nothing came.")
NOT_SEEN = Problem(
    title="The test was accepted, and was not seen to arrive. The topic has no subscriber that could be looked at.",
    detail="",
    remedy="",
    code="arrival.not-seen",
    cause=Cause.DESTINATION,
)
NOON = datetime(2026, 1, 31, 12, 13).astimezone()
EVENTS = [event.value for event in EventType if event is not EventType.PING]
ALL = len(EVENTS)


@pytest.fixture(autouse=True)
def it_is_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day does not end while these tests run."""
    for module in (lines, model, formatting):
        monkeypatch.setattr(module, "now_utc", lambda: NOON.astimezone(UTC))


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with Database(tmp_path / "history.sqlite3") as database:
        yield History(database)


def run(
    history: History,
    events: Sequence[str] = EVENTS,
    *,
    at: datetime = NOON,
    queue: str = "results",
    kind: str = "test",
    bad: int = 0,
) -> list[int]:
    """Several that were begun in one go; the first ``bad`` of them did not arrive."""
    ids = history.begin_all([entry(event, queue, kind) for event in events], now=at.astimezone(UTC))
    for number, row_id in enumerate(ids):
        came = number >= bad
        history.complete(
            row_id,
            Ending(
                outcome=Outcome.GOOD if came else Outcome.BAD,
                accepted=YES,
                arrived=YES if came else NO,
                seconds=0.5 + number,
            ),
        )
    return ids


def entry(event: str, queue: str = "results", kind: str = "test") -> Beginning:
    return Beginning(
        kind=kind,
        account="Lab",
        environment="sandbox",
        transport="SQS",
        destination=f"https://sqs.us-east-1.amazonaws.com/123456789012/{queue}",
        version="2006-05-05",
        events=(),
        event=event,
    )


def change(history: History, kind: str, event: str, *, at: datetime = NOON, outcome: Outcome = Outcome.GOOD) -> int:
    row_id = history.begin(entry(event, kind=kind), now=at.astimezone(UTC))
    history.complete(row_id, Ending(outcome=outcome, accepted=NOT_TRIED, seconds=1.0))
    return row_id


class Shown:
    """A table of the history, as it is seen."""

    def __init__(self, qtbot: QtBot, tasks: Tasks, history: History, query: HistoryQuery) -> None:
        self.qtbot, self.tasks = qtbot, tasks
        self.model = HistoryModel(tasks, history)
        self.lines = HistoryLines(tasks, self.model)
        self.table = HistoryTable(self.lines)
        self.model.setParent(self.table)
        self.lines.setParent(self.table)
        qtbot.addWidget(self.table)
        self.table.resize(900, 700)
        self.table.show()
        self.ask(query)

    def ask(self, query: HistoryQuery) -> None:
        self.model.set_query(query)
        self.settle()

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.tasks.is_busy)

    def see_all(self) -> None:
        """Read on to the end, as the view does by itself near it."""
        self.qtbot.waitUntil(lambda: not self.tasks.is_busy and not self._reads_on())

    def _reads_on(self) -> bool:
        more = self.lines.canFetchMore(QModelIndex())
        self.lines.fetchMore(QModelIndex())
        return more

    @property
    def texts(self) -> list[tuple[str, str, str]]:
        """When, what happened and the outcome of each line."""
        columns = (Column.WHEN, Column.EVENT, Column.OUTCOME)
        found = []
        for place in range(self.lines.rowCount()):
            line = self.lines.row_at(self.lines.index(place, 0))
            assert line is not None
            when, event, outcome = (self.lines.text(line, column) for column in columns)
            found.append((when, event, outcome))
        return found

    @property
    def events(self) -> list[str]:
        return [event for _, event, _ in self.texts]

    def press(self, place: int, column: Column, x: int = 8) -> None:
        where = self.table.visualRect(self.table.model().index(place, column))
        QTest.mouseClick(
            self.table.viewport(),
            Qt.MouseButton.LeftButton,
            pos=QPoint(where.left() + x, where.center().y()),
        )

    def key(self, key: Qt.Key) -> None:
        QTest.keyClick(self.table, key)


@pytest.fixture
def shown(qtbot: QtBot, tasks: Tasks, history: History) -> Shown:
    return Shown(qtbot, tasks, history, HistoryQuery())


def again(shown: Shown, query: HistoryQuery | None = None) -> Shown:
    shown.ask(query or HistoryQuery())
    return shown


def test_a_sweep_is_one_line_below_its_day(shown: Shown, history: History) -> None:
    run(history, at=NOON - timedelta(days=1))
    run(history, EVENTS[:3], bad=1)
    today, three, yesterday, every = again(shown).texts
    assert today[0].startswith("Today, ")
    assert yesterday[0].startswith("Yesterday, ")
    assert three == ("12:13:00", "3 events", "2 of 3 arrived")
    assert every == ("12:13:00", f"All {ALL} events", f"{ALL} of {ALL} arrived")


def test_the_name_of_a_day_covers_what_the_table_paints_there(shown: Shown, history: History) -> None:
    """A colour of a style that lets the ground through, as that of Windows 11 does, let the cell's own text through."""
    run(history, EVENTS[:1])
    again(shown)
    palette = shown.table.palette()
    palette.setColor(QPalette.ColorRole.AlternateBase, QColor(0, 0, 0, 9))
    shown.table.setPalette(palette)
    day = shown.table.visualRect(shown.table.model().index(0, Column.WHEN))
    above = shown.table.viewport().grab(day).toImage()
    shown.table.hideColumn(Column.WHEN)
    assert shown.table.viewport().grab(day).toImage() == above


def test_changes_stand_among_the_tests(shown: Shown, history: History) -> None:
    run(history, EVENTS[:1])
    change(history, MEND_KIND, "let-in")
    change(history, MADE_KIND, "")
    change(history, HIT_TYPES_KIND, "apply 3")
    change(history, HIT_TYPES_KIND, "off 1", outcome=Outcome.BAD)
    again(shown)
    assert shown.events[1:] == [
        "Switched off the notification of 1 HIT type",
        "Set 3 HIT types",
        "Made this queue",
        "Mended the access policy",
        "Assignment accepted",
    ]
    assert [outcome for _, _, outcome in shown.texts[1:]] == ["Problem", "Done", "Done", "Done", "All well"]
    lines = [shown.lines.row_at(shown.lines.index(place, 0)) for place in range(1, 6)]
    undo = [shown.lines.text(line, Column.ACTION) for line in lines if line]
    assert undo == ["Undo…", "Undo…", "", "Undo…", ""]


def test_a_change_of_several_places_says_how_many_and_filters_by_the_first(shown: Shown, history: History) -> None:
    others = [{"transport": "SNS", "destination": f"arn:aws:sns:us-east-1:123456789012:{one}"} for one in "ab"]
    for count in (1, 2):
        about = replace(entry("off 3", kind=HIT_TYPES_KIND), request={OTHER_PLACES: others[:count]})
        history.complete(
            history.begin(about, now=NOON.astimezone(UTC)), Ending(outcome=Outcome.GOOD, accepted=NOT_TRIED)
        )
    again(shown)
    lines = [shown.lines.row_at(shown.lines.index(place, 0)) for place in (1, 2)]
    assert [shown.lines.text(line, Column.DESTINATION) for line in lines if line] == [
        "results (queue) and 2 more",
        "results (queue) and 1 more",
    ]
    assert "Filter by “results (queue)”" in menu_at(shown, 1, Column.DESTINATION)


@pytest.mark.parametrize("way", ["sign", "double click", "keys", "return"])
def test_a_run_unfolds_and_folds(shown: Shown, history: History, way: str) -> None:
    run(history, EVENTS[:3])
    run(history, EVENTS[:1], queue="others")
    again(shown)
    shown.table.choose(2)

    def turn(key: Qt.Key) -> None:
        if way == "sign":
            shown.press(2, Column.EVENT)
        elif way == "double click":
            where = shown.table.visualRect(shown.table.model().index(2, Column.OUTCOME)).center()
            QTest.mouseDClick(shown.table.viewport(), Qt.MouseButton.LeftButton, pos=where)
        else:
            shown.key(key if way == "keys" else Qt.Key.Key_Return)

    turn(Qt.Key.Key_Right)
    assert [one.strip() for one in shown.events[2:]] == ["3 events", *map(name_of, reversed(EVENTS[:3]))]
    line = shown.table.line()
    assert line is not None
    assert line.is_open
    turn(Qt.Key.Key_Left)
    assert len(shown.events) == 3
    assert shown.table.currentIndex().row() == 2


def test_left_inside_a_run_goes_to_its_line(shown: Shown, history: History) -> None:
    run(history, EVENTS[:3])
    again(shown)
    shown.table.choose(1)
    shown.key(Qt.Key.Key_Right)
    for _ in range(3):
        shown.key(Qt.Key.Key_Down)
    assert shown.table.currentIndex().row() == 4
    shown.key(Qt.Key.Key_Left)
    assert shown.table.currentIndex().row() == 1


def test_the_name_of_a_day_is_written_across_the_table(shown: Shown, history: History) -> None:
    run(history, EVENTS[:1], at=NOON - timedelta(days=1))
    names = [texts[0] for texts in again(shown).texts if texts[0].startswith("Yesterday, ")]
    assert len(names) == 1
    table = shown.table
    palette, font = table.palette(), table.font()
    font.setBold(True)
    ink, ground = palette.color(QPalette.ColorRole.Text), palette.color(QPalette.ColorRole.AlternateBase)
    picture = table.viewport().grab().toImage()
    assert says(picture, names[0], font, ink, ground)
    width = table.viewport().width()
    assert any(
        all(picture.pixelColor(x, y) == ground for x in range(width // 2, width, 7)) for y in range(picture.height())
    )


def test_the_keyboard_passes_over_the_name_of_a_day(shown: Shown, history: History) -> None:
    run(history, EVENTS[:1], at=NOON - timedelta(days=1))
    run(history, EVENTS[:1])
    again(shown)
    shown.table.choose_first()
    assert shown.table.currentIndex().row() == 1
    shown.key(Qt.Key.Key_Down)
    assert shown.table.currentIndex().row() == 3
    shown.key(Qt.Key.Key_Up)
    assert shown.table.currentIndex().row() == 1


def test_what_is_to_be_undone_is_asked_for_by_mouse_and_keys(shown: Shown, history: History, qtbot: QtBot) -> None:
    row = change(history, MEND_KIND, "let-in")
    run(history, EVENTS[:1])
    again(shown)
    with qtbot.waitSignal(shown.table.undo_wanted) as asked:
        shown.press(2, Column.ACTION)
    assert asked.args[0].id == row
    with qtbot.waitSignal(shown.table.undo_wanted):
        QTest.keyClick(shown.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    with qtbot.assertNotEmitted(shown.table.undo_wanted):
        where = shown.table.visualRect(shown.table.model().index(2, Column.ACTION)).center()
        QTest.mouseClick(shown.table.viewport(), Qt.MouseButton.MiddleButton, pos=where)
    shown.table.choose(1)
    with qtbot.assertNotEmitted(shown.table.undo_wanted):
        shown.press(1, Column.ACTION)
        QTest.keyClick(shown.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


def test_a_column_for_undo_is_there_while_there_is_something_to_undo(shown: Shown, history: History) -> None:
    run(history, EVENTS[:2])
    again(shown)
    assert shown.table.isColumnHidden(Column.ACTION)
    row = change(history, MEND_KIND, "let-in")
    shown.model.refresh(row)
    shown.settle()
    assert not shown.table.isColumnHidden(Column.ACTION)
    assert shown.table.columnWidth(Column.ACTION) > shown.table.fontMetrics().horizontalAdvance("Undo…")
    kept = shown.table.save_widths()
    shown.ask(HistoryQuery(kind=TEST_KIND))
    assert shown.table.isColumnHidden(Column.ACTION)
    shown.table.restore_widths(kept)
    assert shown.table.isColumnHidden(Column.ACTION)
    kept = shown.table.save_widths()
    shown.ask(HistoryQuery())
    shown.table.restore_widths(kept)
    assert not shown.table.isColumnHidden(Column.ACTION)


def test_when_it_was_is_whole_in_a_list_that_is_sorted_by_something_else(shown: Shown, history: History) -> None:
    run(history, EVENTS[:2], at=NOON - timedelta(days=400))
    queries = (HistoryQuery(), HistoryQuery(sort=Sort.OUTCOME), HistoryQuery(is_rising=True))
    for number, query in enumerate((*queries, *queries)):
        if number == len(queries):
            again(shown, HistoryQuery())
            shown.table.horizontalHeader().resizeSection(Column.WHEN, 90)
        again(shown, query)
        assert shown.table.sizeHintForColumn(Column.WHEN) <= shown.table.columnWidth(Column.WHEN)


def test_a_narrow_window_has_room_for_what_the_problem_was(shown: Shown, history: History) -> None:
    (row,) = run(history, EVENTS[:1], bad=1)
    unseen = replace(NOT_SEEN, title="The test was accepted, and was not seen to arrive.")
    history.complete(row, Ending(outcome=Outcome.BAD, accepted=YES, arrived=NO, problem=unseen, seconds=60.0))
    again(shown)
    character = shown.table.fontMetrics().averageCharWidth()
    shown.table.resize(character * 104, 400)
    assert shown.table.columnWidth(Column.OUTCOME) > character * 28


@pytest.mark.parametrize("outcome", ["short", "long"])
def test_in_a_small_window_the_columns_that_matter_are_there_without_scrolling(
    shown: Shown, history: History, outcome: str
) -> None:
    matter = (Column.WHEN, Column.OUTCOME, Column.EVENT, Column.DESTINATION, Column.ACTION)
    run(history, EVENTS[:1])
    problem = NOT_SEEN if outcome == "long" else None
    row = history.begin(entry("undo 12345", kind=HIT_TYPES_KIND), now=NOON.astimezone(UTC))
    history.complete(row, Ending(outcome=Outcome.GOOD, accepted=NOT_TRIED, problem=problem))
    again(shown)
    table = shown.table
    table.resize(1300, 700)
    wide = {column: table.columnWidth(column) for column in Column}
    table.resize(640, 300)
    for _ in range(2):
        shown.qtbot.waitUntil(lambda: table.horizontalScrollBar().maximum() == 0)
        seen = {column for column in Column if not table.isColumnHidden(column)}
        assert seen == {*matter}, "account and seconds are in the details"
        assert sum(table.columnWidth(column) for column in matter) <= table.viewport().width()
        if outcome == "short":
            text = table.fontMetrics().horizontalAdvance("Undid the last change of 12,345 HIT types")
            assert table.columnWidth(Column.EVENT) > text + 24, "beside a short outcome it is whole"
        assert all(table.columnWidth(column) >= table.horizontalHeader().sectionSizeHint(column) for column in matter)
        table.restore_widths(table.save_widths())  # nobody has set any: the next start shares out anew
    table.resize(1300, 700)
    assert {column: table.columnWidth(column) for column in Column} == wide
    assert not any(table.isColumnHidden(column) for column in Column)


def test_a_column_that_was_away_while_the_text_shrank_takes_no_more_than_before(shown: Shown, history: History) -> None:
    run(history, EVENTS[:1])
    again(shown)
    table = shown.table
    table.resize(1300, 700)
    wide = {column: table.columnWidth(column) for column in (Column.SECONDS, Column.ACCOUNT)}
    usual, large = table.font(), table.font()
    large.setPointSizeF(usual.pointSizeF() * 2)
    table.setFont(large)
    table.resize(640, 300)
    assert table.isColumnHidden(Column.SECONDS)
    assert table.isColumnHidden(Column.ACCOUNT)
    table.setFont(usual)
    table.resize(1300, 700)
    assert {column: table.columnWidth(column) for column in wide} == wide


def test_in_a_small_window_what_became_of_a_change_is_whole(shown: Shown, history: History) -> None:
    yesterday, many = NOON - timedelta(days=1), "off 12345"
    row = history.begin(entry("undo 12345", "field-work-2026", HIT_TYPES_KIND), now=NOON.astimezone(UTC))
    history.complete(row, Ending(outcome=Outcome.UNKNOWN, accepted=NOT_TRIED, problem=NOT_SEEN))
    became = [Replaced(at, is_undone=undone) for at in (yesterday, NOON) for undone in (True, False)]
    rows = [change(history, HIT_TYPES_KIND, many, at=yesterday) for _ in became]
    again(shown)
    table = shown.table
    table.resize(694, 300)  # what a window of 900 x 600 has for it
    shown.model.show_replaced(rows, dict(zip(rows, became, strict=True)))
    metrics, whole = table.fontMetrics(), {}
    for place in range(shown.lines.rowCount()):
        cell = shown.lines.index(place, Column.ACTION)
        text, tip = cell.data(), cell.data(Qt.ItemDataRole.ToolTipRole)
        if text and not text.startswith("Undo…"):
            whole[text] = plain(tip)
            assert metrics.elidedText(text, Qt.TextElideMode.ElideRight, table.columnWidth(Column.ACTION) - 8) == text
            event = shown.lines.index(place, Column.EVENT)
            assert plain(event.data(Qt.ItemDataRole.ToolTipRole)) == event.data()
    day = day_text(yesterday.astimezone())  # each system writes it in its own way
    assert whole == {
        f"Undone {day}": f"Undone at {day}, 12:13",
        "Undone at 12:13": "Undone at 12:13",
        "Changed since": f"Changed since, at {day}, 12:13",
    }
    shown.qtbot.waitUntil(lambda: table.horizontalScrollBar().maximum() == 0)


def plain(tip: str) -> str:
    """A tip without the markup that Qt needs to wrap it."""
    text = QTextDocument()
    text.setHtml(tip)
    return text.toPlainText()


def test_widths_that_a_person_set_stay_and_hide_nothing(shown: Shown, history: History) -> None:
    run(history, EVENTS[:1])
    change(history, MEND_KIND, "let-in")
    again(shown)
    shown.table.horizontalHeader().resizeSection(Column.EVENT, 333)
    assert shown.table.columnWidth(Column.EVENT) == 333
    kept = shown.table.save_widths()
    assert kept
    shown.table.resize(700, 300)
    assert shown.table.columnWidth(Column.EVENT) == 333
    shown.table.restore_widths("nonsense")
    assert shown.table.columnWidth(Column.EVENT) == 333
    assert not any(shown.table.isColumnHidden(column) for column in Column)


def test_a_sorted_list_has_neither_days_nor_runs(shown: Shown, history: History) -> None:
    run(history, EVENTS[:3])
    again(shown, HistoryQuery(sort=Sort.SECONDS, is_rising=True, limit=2))
    shown.see_all()
    assert shown.events == ["Assignment accepted", "Assignment submitted", "Assignment abandoned"]
    assert shown.texts[0][0].startswith("Today, ")
    new = run(history, EVENTS[5:6])[0]
    shown.model.refresh(new)
    shown.settle()
    shown.see_all()
    assert len(shown.events) == 4


def test_a_run_of_which_a_page_has_a_part_grows_with_the_next(shown: Shown, history: History) -> None:
    run(history)
    run(history, EVENTS[:2], queue="others")
    seen: list[list[str]] = []
    shown.lines.modelReset.connect(lambda: seen.append(shown.events[1:]))
    again(shown, HistoryQuery(limit=5))
    shown.see_all()
    assert seen == [["2 events", "3 events"]]
    assert shown.events[1:] == ["2 events", f"All {ALL} events"]


@pytest.mark.parametrize(
    ("accepted", "arrived", "expected"),
    [
        (State.YES, State.YES, "Until it was seen to arrive"),
        (State.YES, State.NO, "So long was waited: it was not seen to arrive"),
        (State.YES, State.UNKNOWN, "How long it took; whether it arrived is not known"),
        (State.UNKNOWN, State.UNKNOWN, "How long it took; whether it arrived is not known"),
        (State.NO, State.UNKNOWN, "Until it was refused"),
    ],
)
def test_seconds_say_of_what_they_are(
    shown: Shown, history: History, accepted: State, arrived: State, expected: str
) -> None:
    ids = history.begin_all([entry(event) for event in EVENTS[:3]], now=NOON.astimezone(UTC))
    for number, row_id in enumerate(ids):
        lamps = (Lamp(state=accepted, detail=""), Lamp(state=arrived, detail="")) if number else (YES, YES)
        history.complete(
            row_id, Ending(outcome=Outcome.UNKNOWN, accepted=lamps[0], arrived=lamps[1], seconds=0.5 + number)
        )
    change(history, HIT_TYPES_KIND, "apply 3")
    again(shown)

    def tip(place: int) -> str:
        line = shown.lines.row_in(place)
        assert line is not None
        return shown.lines.tip(line, Column.SECONDS) or ""

    assert tip(1) == "", "a change has no figure here"
    assert tip(2) == (
        "Until the last of them was seen to arrive."
        if arrived is State.YES
        else "Of the one that took longest; not each of them was seen to arrive."
    )
    shown.table.choose(2)
    shown.key(Qt.Key.Key_Right)
    assert tip(3).startswith(expected)
    assert tip(5).startswith("Until it was seen to arrive")


def test_a_run_under_way_says_so_and_ends_in_its_place(shown: Shown, history: History) -> None:
    again(shown)
    ids = history.begin_all([entry(event) for event in EVENTS[:3]], now=NOON.astimezone(UTC))
    for row_id in ids:
        shown.model.refresh(row_id)
    shown.settle()
    assert shown.texts[1][1:] == ("3 events", "3 under way")
    for left, row_id in zip(("2 under way", "1 under way", "3 of 3 arrived"), ids, strict=True):
        history.complete(row_id, Ending(outcome=Outcome.GOOD, accepted=YES, arrived=YES, seconds=1.0))
        shown.model.refresh(row_id)
        shown.settle()
        assert [text[2] for text in shown.texts[1:]] == [left]


def test_lines_are_the_same_however_rows_came(shown: Shown, history: History, qtbot: QtBot, tasks: Tasks) -> None:
    """Rows that come one by one, and go, leave what a list has that is read anew."""
    again(shown)
    for day in range(3):
        for row_id in [
            *run(history, EVENTS[:3], at=NOON - timedelta(days=3 - day)),
            change(history, MADE_KIND, "", at=NOON - timedelta(days=3 - day)),
            *run(history, EVENTS[:2], at=NOON - timedelta(days=3 - day), kind="delivery"),
        ]:
            shown.model.refresh(row_id)
    shown.settle()
    fresh = Shown(qtbot, tasks, history, HistoryQuery())
    assert shown.texts == fresh.texts
    assert shown.table.model().rowCount() == len(shown.texts)


def test_a_run_is_one_line_whatever_another_program_begins_meanwhile(
    shown: Shown, history: History, tmp_path: Path
) -> None:
    runs, both = 20, Barrier(2)

    def begin(one: History, queue: str) -> None:
        both.wait()
        for number in range(runs):
            at = NOON + timedelta(milliseconds=number)
            one.begin_all([entry(event, queue) for event in EVENTS], now=at.astimezone(UTC))

    with Database(tmp_path / "history.sqlite3") as database, ThreadPoolExecutor(2) as pool:
        for begun in [pool.submit(begin, history, "results"), pool.submit(begin, History(database), "others")]:
            begun.result()
        again(shown)
        shown.see_all()
        assert shown.events[1:] == [f"All {ALL} events"] * 2 * runs
        (row_id,) = history.begin_all([entry(EVENTS[0], "theirs")], now=NOON.astimezone(UTC))
        shown.model.refresh(row_id)  # as the window hears of its own, between those of the other
        shown.settle()
        assert shown.events[2:] == [f"All {ALL} events"] * 2 * runs


def test_two_of_the_same_event_are_no_run(shown: Shown, history: History) -> None:
    run(history, [EVENTS[0], EVENTS[0]])
    assert again(shown).events[1:] == ["Assignment accepted"] * 2


def menu_at(shown: Shown, place: int, column: Column) -> dict[str, object]:
    menu = shown.table.menu_at(shown.table.model().index(place, column))
    assert menu is not None
    return {action.text().replace("&", ""): action for action in menu.actions() if action.text()}


def test_the_menu_of_a_cell_copies_filters_and_does(shown: Shown, history: History, qtbot: QtBot) -> None:
    run(history, EVENTS[:2])
    row = change(history, MEND_KIND, "let-in")
    again(shown)
    names = list(menu_at(shown, 1, Column.DESTINATION))
    assert names == ["Copy cell", "Copy row", "Filter by “results (queue)”", "Open in Inbox", "Undo…"]
    of_run = menu_at(shown, 2, Column.WHEN)
    assert [name for name in of_run if not name.startswith("Filter by “Today")] == [
        "Copy cell",
        "Copy row",
        "Show each of them",
        "Send again",
        "Open in Test",
        "Open in Inbox",
    ]
    menu_at(shown, 1, Column.DESTINATION)["Copy cell"].trigger()  # type: ignore[attr-defined]
    assert QGuiApplication.clipboard().text() == "https://sqs.us-east-1.amazonaws.com/123456789012/results"
    of_run["Copy row"].trigger()  # type: ignore[attr-defined]
    copied = QGuiApplication.clipboard().text().split("\t")
    assert copied[1:4] == ["2 of 2 arrived", "2 events", "https://sqs.us-east-1.amazonaws.com/123456789012/results"]
    with qtbot.waitSignal(shown.table.again_wanted) as asked:
        of_run["Send again"].trigger()  # type: ignore[attr-defined]
    assert len(asked.args[0]) == 2
    with qtbot.waitSignal(shown.table.narrow_wanted) as narrow:
        menu_at(shown, 1, Column.DESTINATION)["Filter by “results (queue)”"].trigger()  # type: ignore[attr-defined]
    assert narrow.args[0] is Column.DESTINATION
    assert narrow.args[1].id == row
