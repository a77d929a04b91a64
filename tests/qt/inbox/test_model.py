# SPDX-License-Identifier: MIT
"""The list of what arrived: new rows on top, old ones from disk, little in memory, and nothing twice."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from notification_tester.domain.events import TEST_ASSIGNMENT_IDS, TEST_HIT_ID, TEST_HIT_TYPE_ID
from notification_tester.domain.messages.message import decode
from notification_tester.domain.messages.sender import NO_SIGNATURE, Sender, SignatureState, SignatureVerdict
from notification_tester.qt.inbox.details import InboxDetails, sender_sentence
from notification_tester.qt.inbox.model import (
    MOST_ROWS,
    NEW_AT_ONCE,
    Column,
    InboxModel,
    sender_tone,
    sender_word,
)
from notification_tester.qt.inbox.table import InboxFilter, InboxTable
from notification_tester.qt.looks.theme import Tone
from notification_tester.storage.inbox import Inbox
from notification_tester.storage.inbox_rows import InboxMessage, InboxQuery

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from notification_tester.qt.background import Tasks

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
TOP = QModelIndex()


def message(
    number: int,
    *events: str,
    sender: Sender = Sender.MTURK,
    signature: SignatureVerdict = NO_SIGNATURE,
    document: str = "",
    raw: str = "",
) -> InboxMessage:
    document = document or f"d{number}"
    found = [
        {"EventType": event, "EventTimestamp": "2026-01-31T12:00:00Z", "HITTypeId": "HT1", "HITId": f"H{document}"}
        for event in events or ["HITCreated"]
    ]
    raw = raw or json.dumps({"EventDocId": document, "EventDocVersion": "1", "Events": found})
    return InboxMessage(
        message_id=f"m{number}",
        seen_at=NOW,
        sent_at=NOW,
        decoded=decode(raw),
        raw=raw,
        sender=sender,
        sender_id="AIDA",
        signature=signature,
    )


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with Inbox() as made:
        yield made


@pytest.fixture
def model(qtbot: QtBot, tasks: Tasks, inbox: Inbox) -> InboxModel:
    made = InboxModel(tasks)
    with qtbot.waitSignal(made.loaded):
        made.show(inbox, InboxQuery())
    return made


def numbers(model: InboxModel) -> list[int]:
    rows = [model.row_at(model.index(row, 0)) for row in range(model.rowCount())]
    return [row.message for row in rows if row is not None]


def newest_is(model: InboxModel, number: int) -> bool:
    return numbers(model)[:1] == [number]


def test_new_rows_come_in_on_top(qtbot: QtBot, model: InboxModel, inbox: Inbox) -> None:
    inbox.keep([message(1), message(2)])
    model.look()
    qtbot.waitUntil(lambda: numbers(model) == [2, 1])
    inbox.keep([message(3, "HITCreated", "HITExtended")])
    model.look()
    model.look()  # while one look is under way
    qtbot.waitUntil(lambda: numbers(model) == [3, 3, 2, 1])
    assert not model.is_up_to_date, "the second look is still to be made"
    model.look()
    qtbot.waitUntil(lambda: model.is_up_to_date)
    assert numbers(model) == [3, 3, 2, 1]


def test_a_filter_holds_for_what_comes_in(qtbot: QtBot, model: InboxModel, inbox: Inbox) -> None:
    with qtbot.waitSignal(model.loaded):
        model.show(inbox, InboxQuery(events=frozenset({"HITExtended"})))
    inbox.keep([message(1), message(2, "HITExtended", "HITCreated")])
    model.look()
    qtbot.waitUntil(lambda: model.rowCount() == 1)
    assert numbers(model) == [2]


def test_thousands_keep_little_in_memory_and_are_found_again(qtbot: QtBot, model: InboxModel, inbox: Inbox) -> None:
    count = MOST_ROWS + 3 * NEW_AT_ONCE
    inbox.keep([message(number) for number in range(1, count + 1)])
    for place in range(NEW_AT_ONCE, count + 1, NEW_AT_ONCE):
        model.look()
        qtbot.waitUntil(partial(newest_is, model, place))
    assert numbers(model) == list(range(count, count - MOST_ROWS, -1))

    def fetched() -> bool:
        model.fetchMore(TOP)
        return model.rowCount() == count

    qtbot.waitUntil(fetched)
    assert numbers(model) == list(range(count, 0, -1))
    model.set_at_top(False)
    inbox.keep([message(count + 1)])
    model.look()
    qtbot.waitUntil(lambda: model.rowCount() == count + 1)  # somebody reads far below: nothing is let go


def test_cells(qtbot: QtBot, model: InboxModel, inbox: Inbox) -> None:
    false = SignatureVerdict(state=SignatureState.FALSE, because="It does not fit.")
    inbox.keep(
        [
            message(1),
            message(2, document="d1", sender=Sender.OTHER),
            message(3, raw="hello"),
            message(4, sender=Sender.UNKNOWN, signature=false),
            message(5, "Strange\u202eEvent"),
        ]
    )
    model.look()
    qtbot.waitUntil(lambda: model.rowCount() == 5)

    def cell(row: int, column: Column) -> str:
        return str(model.index(row, column).data())

    assert cell(4, Column.SENDER) == "Mechanical Turk"
    assert cell(3, Column.SENDER) == "Somebody else"
    assert cell(3, Column.REMARK) == "Duplicate of 1"
    assert "not a notification" in cell(2, Column.EVENT)
    assert cell(1, Column.SENDER) == "Not genuine"
    assert "\u202e" not in cell(0, Column.EVENT)
    tip = str(model.index(0, Column.EVENT).data(Qt.ItemDataRole.ToolTipRole))
    assert "U+202E" in tip
    assert model.headerData(0, Qt.Orientation.Horizontal) == "Time"
    assert "2026-01-31" in str(model.index(0, Column.WHEN).data(Qt.ItemDataRole.ToolTipRole))


def test_a_hit_type_is_named_by_its_title(qtbot: QtBot, model: InboxModel, inbox: Inbox) -> None:
    inbox.keep([message(1)])
    model.look()
    qtbot.waitUntil(lambda: model.rowCount() == 1)
    assert model.index(0, Column.HIT_TYPE).data() == "HT1"
    assert inbox.set_titles({"HT1": "Find\u202e pictures"})
    with qtbot.waitSignal(model.loaded):
        model.show(inbox, InboxQuery())
    shown = str(model.index(0, Column.HIT_TYPE).data())
    assert shown.startswith("Find")
    assert "\u202e" not in shown
    tip = str(model.index(0, Column.HIT_TYPE).data(Qt.ItemDataRole.ToolTipRole))
    assert "HT1" in tip


def test_duplicates_are_folded_and_unfolded(qtbot: QtBot, model: InboxModel, inbox: Inbox) -> None:
    inbox.keep([message(1), message(2, document="d1"), message(3)])
    with qtbot.waitSignal(model.loaded):
        model.show(inbox, InboxQuery(is_folded=True))
    assert numbers(model) == [3, 1]

    def event(row: int) -> str:
        return str(model.index(row, Column.EVENT).data())

    assert event(0) == "HIT created"
    assert event(1) == "▸ HIT created, 2 times"
    inbox.keep([message(4, document="d1")])
    model.look()
    qtbot.waitUntil(lambda: event(1) == "▸ HIT created, 3 times")
    assert numbers(model) == [3, 1], "one more of the same is no row"
    first = model.row_at(model.index(1, 0))
    assert first is not None
    model.unfold(first, inbox)
    qtbot.waitUntil(lambda: numbers(model) == [3, 1, 2, 4])
    assert event(1) == "▾ HIT created, 3 times"
    assert event(3).strip() == "HIT created"
    assert model.index(3, Column.REMARK).data() == "Duplicate of 1"
    inbox.keep([message(5, document="d1"), message(6)])
    model.look()
    qtbot.waitUntil(lambda: numbers(model) == [6, 3, 1, 2, 4, 5])
    model.fold(first)
    assert numbers(model) == [6, 3, 1]
    assert event(2) == "▸ HIT created, 4 times"


def test_keys_and_the_mark_unfold(qtbot: QtBot, model: InboxModel, inbox: Inbox) -> None:
    inbox.keep([message(1), message(2, document="d1")])
    with qtbot.waitSignal(model.loaded):
        model.show(inbox, InboxQuery(is_folded=True))
    table = InboxTable(model)
    qtbot.addWidget(table)
    table.fold_requested.connect(lambda row: model.fold(row) if model.is_unfolded(row) else model.unfold(row, inbox))
    table.resize(900, 300)
    table.show()
    table.choose(0)
    QTest.keyClick(table, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: numbers(model) == [1, 2])
    QTest.keyClick(table, Qt.Key.Key_Left)
    assert numbers(model) == [1]
    cell = table.visualRect(table.model().index(0, Column.EVENT))
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=cell.topLeft() + QPoint(6, cell.height() // 2))
    qtbot.waitUntil(lambda: numbers(model) == [1, 2])


def test_the_menu_of_a_cell(qtbot: QtBot, model: InboxModel, inbox: Inbox) -> None:
    inbox.keep([message(1), message(2, document="d1")])
    inbox.set_titles({"HT1": "Find pictures"})
    with qtbot.waitSignal(model.loaded):
        model.show(inbox, InboxQuery(is_folded=True))
    table = InboxTable(model)
    qtbot.addWidget(table)
    asked: list[object] = []
    table.filter_requested.connect(lambda column, row: asked.append((column, row.hit_type_id)))
    table.history_requested.connect(asked.append)
    menu = table.menu_at(table.model().index(0, Column.HIT_TYPE))
    assert menu is not None
    actions = {action.text().replace("&", ""): action for action in menu.actions()}
    actions["Copy cell"].trigger()
    assert QGuiApplication.clipboard().text() == "Find pictures"
    actions["Copy row"].trigger()
    row = QGuiApplication.clipboard().text().split("\t")
    assert row[1:3] == ["HIT created", "Find pictures"]
    actions["Copy the id"].trigger()
    assert QGuiApplication.clipboard().text() == "HT1"
    actions["Filter by “Find pictures”"].trigger()
    actions["Open in History"].trigger()
    assert asked == [(Column.HIT_TYPE, "HT1"), "HT1"]
    assert "Show the duplicate" in actions
    assert table.menu_at(QModelIndex()) is None


def test_what_is_read_first_is_not_cut(qtbot: QtBot, model: InboxModel, inbox: Inbox) -> None:
    worker = "AHW8Q8M61ZSZWU"
    found = [{"EventType": "AssignmentSubmitted", "WorkerId": worker, "HITTypeId": "HT1"}]
    raw = json.dumps({"EventDocId": "d1", "EventDocVersion": "1", "Events": found})
    inbox.keep([message(1, document="d1", raw=raw), message(2, document="d1", raw=raw)])
    inbox.set_titles({"HT1": "University survey on everyday decisions (about 15 minutes)"})
    with qtbot.waitSignal(model.loaded):
        model.show(inbox, InboxQuery(is_folded=True))
    table = InboxTable(model)
    qtbot.addWidget(table)
    table.resize(826, 400)
    with qtbot.waitExposed(table):
        table.show()

    def whole() -> set[Column]:
        shown = {one: table.sizeHintForIndex(table.model().index(0, one)).width() for one in Column}
        return {one for one, width in shown.items() if 0 < width <= table.columnWidth(one)}

    table.grab()
    qtbot.waitUntil(lambda: {Column.WHEN, Column.EVENT, Column.WORKER} <= whole())
    table.resize(1300, 400)
    qtbot.waitUntil(lambda: {Column.WHEN, Column.EVENT, Column.WORKER, Column.SENDER} <= whole())
    table.resize(826, 400)
    qtbot.waitUntil(lambda: Column.SENDER not in in_sight(table))
    assert table.model().index(0, Column.WORKER).data() == worker
    assert table.columnWidth(Column.HIT_TYPE) >= table.fontMetrics().horizontalAdvance("University survey on everyday")
    assert table.textElideMode() is Qt.TextElideMode.ElideRight, "a title is known by its beginning"


def test_titles_come_into_rows_that_stay(qtbot: QtBot, model: InboxModel, inbox: Inbox) -> None:
    inbox.keep([message(1), message(2)])
    with qtbot.waitSignal(model.loaded):
        model.show(inbox, InboxQuery(is_folded=True))
    with qtbot.assertNotEmitted(model.modelReset), qtbot.waitSignal(model.dataChanged):
        model.set_titles({"HT1": "Find pictures", "HT9": "Not here"})
    assert model.index(1, Column.HIT_TYPE).data() == "Find pictures"
    with qtbot.assertNotEmitted(model.dataChanged):
        model.set_titles({"HT1": "Find pictures", "HT9": ""})


def as_wide_as(qtbot: QtBot, model: InboxModel, inbox: Inbox, width: int) -> InboxTable:
    """A list of so many points, of all that the inbox has."""
    table = InboxTable(model)
    qtbot.addWidget(table)
    table.resize(width, 400)
    with qtbot.waitExposed(table):
        table.show()
    with qtbot.waitSignal(model.loaded):
        model.show(inbox, InboxQuery(is_folded=True))
    return table


@pytest.mark.parametrize(("width", "last"), [(826, Column.SENDER), (544, Column.WORKER)], ids=["usual", "narrow"])
def test_what_is_read_first_is_in_sight(
    qtbot: QtBot, model: InboxModel, inbox: Inbox, width: int, last: Column
) -> None:
    """As wide as the list is in a window of 1240 and of 900 points."""
    now = datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    found = [{"EventType": "AssignmentSubmitted", "WorkerId": "AHW8Q8M61ZSZWU", "HITTypeId": "HT1"}]
    raw = json.dumps({"EventDocId": "d1", "Events": [{**found[0], "EventTimestamp": now}]})
    table = as_wide_as(qtbot, model, inbox, width)
    inbox.keep([message(1, document="d1", raw=raw)])
    model.look()
    qtbot.waitUntil(lambda: model.rowCount() == 1)

    def is_in_sight(column: Column) -> bool:
        end = table.columnViewportPosition(column) + table.columnWidth(column)
        fits = table.sizeHintForIndex(table.model().index(0, column)).width() <= table.columnWidth(column)
        return fits and end <= table.viewport().width()

    qtbot.waitUntil(lambda: all(map(is_in_sight, (Column.WHEN, Column.EVENT, Column.WORKER, last))))
    assert table.columnWidth(Column.HIT_TYPE) >= table.fontMetrics().averageCharWidth() * 20
    table.horizontalHeader().resizeSection(Column.EVENT, 60)  # as a person drags it
    table.resize(width + 100, 400)
    assert table.columnWidth(Column.EVENT) == 60


def test_a_title_has_its_room_before_the_worker(qtbot: QtBot, model: InboxModel, inbox: Inbox) -> None:
    """At 900 points: the list is 544 wide, and what matters less goes to the right of what is in sight."""
    title = "Transcribe one minute of a recorded interview"
    now = datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    found = [{"EventType": "AssignmentSubmitted", "WorkerId": "AHW8Q8M61ZSZWU", "HITTypeId": "HT1"}]
    raw = json.dumps({"EventDocId": "d1", "Events": [{**found[0], "EventTimestamp": now}]})
    inbox.keep([message(1, document="d1", raw=raw)])
    inbox.set_titles({"HT1": title})
    table = as_wide_as(qtbot, model, inbox, 544)

    def is_whole(column: Column) -> bool:
        end = table.columnViewportPosition(column) + table.columnWidth(column)
        fits = table.sizeHintForIndex(table.model().index(0, column)).width() <= table.columnWidth(column)
        return fits and end <= table.viewport().width()

    qtbot.waitUntil(lambda: all(map(is_whole, (Column.WHEN, Column.EVENT, Column.HIT_TYPE))))
    assert table.columnViewportPosition(Column.WORKER) >= table.columnViewportPosition(Column.HIT_TYPE)
    long = "Judge " + "a very long title " * 40
    inbox.set_titles({"HT1": long})
    with qtbot.waitSignal(model.dataChanged):
        model.set_titles({"HT1": long})
    assert long.strip() in str(model.index(0, Column.HIT_TYPE).data(Qt.ItemDataRole.ToolTipRole)), "whole in its tip"
    shown = (Column.WHEN, Column.EVENT, Column.HIT_TYPE)
    qtbot.waitUntil(lambda: sum(map(table.columnWidth, shown)) == table.viewport().width())  # and takes no more


def in_sight(table: InboxTable) -> set[Column]:
    return {column for column in Column if not table.isColumnHidden(column)}


MAY_BE_EMPTY = {Column.WORKER, Column.REMARK, Column.HIT, Column.ASSIGNMENT}


def test_a_column_that_is_empty_in_every_row_is_away(qtbot: QtBot, model: InboxModel, inbox: Inbox) -> None:
    table = InboxTable(model)
    qtbot.addWidget(table)
    table.resize(2400, 400)
    with qtbot.waitExposed(table):
        table.show()
    inbox.keep([message(1)])
    model.look()
    qtbot.waitUntil(lambda: in_sight(table) == {*Column} - MAY_BE_EMPTY | {Column.HIT})
    worked = [{"EventType": "AssignmentSubmitted", "WorkerId": "A1", "HITTypeId": "HT1", "AssignmentId": "3A"}]
    inbox.keep([message(2, raw=json.dumps({"EventDocId": "d2", "Events": worked}))])
    model.look()
    qtbot.waitUntil(lambda: in_sight(table) == {*Column} - {Column.REMARK})
    inbox.keep([message(3, document="d1")])
    model.look()
    qtbot.waitUntil(lambda: in_sight(table) == {*Column})
    with qtbot.waitSignal(model.loaded):
        model.show(inbox, InboxQuery(text="HITCreated"))  # while one types, columns stay where they are
    assert in_sight(table) == {*Column}
    with Inbox() as another:
        another.keep([message(1)])
        with qtbot.waitSignal(model.loaded):
            model.show(another, InboxQuery())
        qtbot.waitUntil(lambda: in_sight(table) == {*Column} - MAY_BE_EMPTY | {Column.HIT})


@pytest.mark.parametrize("width", [786, 826], ids=["1200", "1240"])
def test_columns_without_room_are_away_until_there_is_some(
    qtbot: QtBot, model: InboxModel, inbox: Inbox, width: int
) -> None:
    worked = [{"EventType": "AssignmentSubmitted", "WorkerId": "A1", "HITTypeId": "HT1", "AssignmentId": "3A"}]
    inbox.keep([message(1), message(2, raw=json.dumps({"EventDocId": "d2", "Events": worked}))])
    table = as_wide_as(qtbot, model, inbox, width)
    bar = table.horizontalScrollBar()
    qtbot.waitUntil(lambda: Column.SEEN not in in_sight(table) and bar.maximum() == 0)
    assert {Column.WHEN, Column.EVENT, Column.HIT_TYPE, Column.WORKER} <= in_sight(table)
    table.resize(2400, 400)
    qtbot.waitUntil(lambda: in_sight(table) == {*Column} - {Column.REMARK})
    table.horizontalHeader().resizeSection(Column.SEEN, 150)  # as a person drags it
    table.resize(width, 400)
    qtbot.waitUntil(lambda: Column.ASSIGNMENT not in in_sight(table))
    assert table.columnWidth(Column.SEEN) == 150


def test_columns_are_narrow_again_in_a_list_of_shorter_texts(qtbot: QtBot, model: InboxModel, inbox: Inbox) -> None:
    table = InboxTable(model)
    qtbot.addWidget(table)
    table.resize(900, 400)
    with qtbot.waitExposed(table):
        table.show()

    def width() -> int:
        return table.columnWidth(Column.EVENT)

    def is_fitted(*, to_its_text: bool = False) -> bool:
        text, name = table.sizeHintForColumn(Column.EVENT), table.horizontalHeader().sectionSizeHint(Column.EVENT)
        fits = width() == max(text, name) + table.fontMetrics().averageCharWidth()
        return fits and (text > name or not to_its_text)

    inbox.keep([message(1, "AnEventOfAQuiteLongName")])
    model.look()
    qtbot.waitUntil(lambda: is_fitted(to_its_text=True))  # the text of a row that is not laid out yet has no width
    wide = width()
    with Inbox() as another:
        another.keep([message(1, "Ping")])
        with qtbot.waitSignal(model.loaded):
            model.show(another, InboxQuery())
        qtbot.waitUntil(is_fitted)
        narrow = width()
        assert narrow < wide
        with qtbot.waitSignal(model.loaded):
            model.show(inbox, InboxQuery())
        qtbot.waitUntil(lambda: width() == wide)
        with qtbot.waitSignal(model.loaded):
            model.show(another, InboxQuery())
        qtbot.waitUntil(lambda: width() == narrow)


@pytest.mark.parametrize("width", [826, 1200])
def test_a_title_is_not_cut_beside_columns_without_a_word(
    qtbot: QtBot, model: InboxModel, inbox: Inbox, width: int
) -> None:
    title = "University survey on everyday decisions (about 15 minutes), wave 3"
    table = InboxTable(model)
    qtbot.addWidget(table)
    table.resize(width, 400)
    with qtbot.waitExposed(table):
        table.show()
    inbox.keep([message(1)])
    model.look()
    qtbot.waitUntil(lambda: model.rowCount() == 1)
    model.set_titles({"HT1": title})  # which come later, from the page of HIT types
    index = table.model().index(0, Column.HIT_TYPE)

    def is_whole() -> bool:
        end = table.columnViewportPosition(Column.HIT_TYPE) + table.columnWidth(Column.HIT_TYPE)
        fits = table.sizeHintForIndex(index).width() <= table.columnWidth(Column.HIT_TYPE)
        return index.data() == title and fits and end <= table.viewport().width()

    qtbot.waitUntil(is_whole)
    table.resize(width + 40, 400)
    table.grab()
    assert is_whole()
    model.set_titles({"HT1": "x" * 1000})
    sender = Column.SENDER

    def sender_is_in_sight() -> bool:
        end = table.columnViewportPosition(sender) + table.columnWidth(sender)
        return str(index.data()).startswith("xxx") and end <= table.viewport().width()

    qtbot.waitUntil(sender_is_in_sight)


def test_the_view_stands_still_under_the_eyes(qtbot: QtBot, model: InboxModel, inbox: Inbox) -> None:
    inbox.keep([message(number) for number in range(1, 101)])
    model.look()
    qtbot.waitUntil(lambda: model.rowCount() == 100)
    table = InboxTable(model)
    qtbot.addWidget(table)
    table.resize(600, 300)
    table.show()
    assert table.is_at_top
    table.verticalScrollBar().setValue(40)
    seen = model.row_at(table.indexAt(table.viewport().rect().topLeft()))
    inbox.keep([message(number) for number in range(101, 111)])
    model.look()
    qtbot.waitUntil(lambda: model.rowCount() == 110)
    assert model.row_at(table.indexAt(table.viewport().rect().topLeft())) == seen
    table.verticalScrollBar().setValue(0)
    inbox.keep([message(111)])
    model.look()
    qtbot.waitUntil(lambda: model.rowCount() == 111)
    assert table.is_at_top


def test_sentences() -> None:
    assert sender_sentence(message(1)).startswith("Sent by Mechanical Turk:")
    assert sender_sentence(message(1), is_practice=True).startswith("Sent by practice's Mechanical Turk:")
    others = sender_sentence(message(1, sender=Sender.OTHER))
    assert others.startswith("Whether Mechanical Turk sent it is not known: the queue names")
    assert "raw delivery" in others
    assert "does not tell who sent it" in sender_sentence(message(1, sender=Sender.UNKNOWN))
    through = SignatureVerdict(state=SignatureState.GENUINE)
    assert "through a topic" in sender_sentence(message(1, sender=Sender.UNKNOWN, signature=through))


@pytest.mark.parametrize(
    ("state", "word", "tone"),
    [
        (SignatureState.GENUINE, "Through SNS", Tone.UNKNOWN),
        (SignatureState.OTHER_TOPIC, "Another topic", Tone.BEWARE),
        (SignatureState.EXPIRED, "Certificate too old", Tone.BEWARE),
        (SignatureState.FALSE, "Not genuine", Tone.BAD),
        (SignatureState.NOT_CHECKED, "Not checked", Tone.UNKNOWN),
    ],
)
def test_a_signature_of_which_something_is_to_be_said_stands_out(state: SignatureState, word: str, tone: Tone) -> None:
    assert sender_word(Sender.UNKNOWN, state) == word
    assert sender_tone(Sender.UNKNOWN, state) is tone


def a_test(number: int, *events: str, assignment: str = TEST_ASSIGNMENT_IDS[0]) -> InboxMessage:
    """A test as Mechanical Turk sends it: each id in it is made up."""
    ids = {"HITTypeId": TEST_HIT_TYPE_ID, "HITId": TEST_HIT_ID, "AssignmentId": assignment}
    found = [{"EventType": event, "EventTimestamp": "2026-01-31T12:00:00Z", **ids} for event in events]
    return message(number, raw=json.dumps({"EventDocId": f"t{number}", "EventDocVersion": "1", "Events": found}))


def test_a_test_is_told_as_a_test_and_not_by_made_up_ids(qtbot: QtBot, model: InboxModel, inbox: Inbox) -> None:
    inbox.keep([message(1), a_test(2, "AssignmentSubmitted")])
    with qtbot.waitSignal(model.loaded):
        model.show(inbox, InboxQuery(is_folded=True))
    shown = [str(model.index(0, column).data()) for column in Column]
    assert shown[Column.HIT_TYPE] == "(a test: no HIT type)"
    assert (shown[Column.HIT], shown[Column.ASSIGNMENT]) == ("test HIT", "test assignment …67890")
    assert not [one for one in shown if TEST_HIT_TYPE_ID in one or TEST_HIT_ID in one]
    tips = [str(model.index(0, column).data(Qt.ItemDataRole.ToolTipRole)) for column in Column]
    assert TEST_HIT_TYPE_ID in tips[Column.HIT_TYPE], "the exact id is not lost"
    assert TEST_HIT_ID in tips[Column.HIT]
    assert TEST_ASSIGNMENT_IDS[0] in tips[Column.ASSIGNMENT]
    assert model.index(1, Column.HIT_TYPE).data() == "HT1"
    table = InboxTable(model)
    qtbot.addWidget(table)
    menu = table.menu_at(table.model().index(0, Column.HIT_TYPE))
    assert menu is not None
    actions = {action.text().replace("&", ""): action for action in menu.actions()}
    assert "Filter by “(a test: no HIT type)”" in actions
    actions["Copy the id"].trigger()
    assert QGuiApplication.clipboard().text() == TEST_HIT_TYPE_ID
    actions["Copy row"].trigger()
    assert TEST_HIT_ID in QGuiApplication.clipboard().text(), "what is copied is exact"


def test_made_up_ids_alone_fill_no_column(qtbot: QtBot, model: InboxModel, inbox: Inbox) -> None:
    inbox.keep([a_test(1, "AssignmentSubmitted")])
    with qtbot.waitSignal(model.loaded):
        model.show(inbox, InboxQuery(is_folded=True))
    assert model.filled == {Column.REMARK}


def test_the_filter_and_the_details_tell_a_test(qtbot: QtBot) -> None:
    shown = InboxFilter()
    qtbot.addWidget(shown)
    shown.set_hit_types({TEST_HIT_TYPE_ID: "", "HT1": "Find pictures", "HT2": ""})
    offered = [shown.hit_type.itemText(place) for place in range(shown.hit_type.count())]
    assert offered == ["Every HIT type", "Find pictures", "HT2", "(a test: no HIT type)"]
    assert TEST_HIT_TYPE_ID in shown.hit_type.itemData(3, Qt.ItemDataRole.ToolTipRole)
    other = InboxFilter()
    qtbot.addWidget(other)
    other.choose_hit_type(TEST_HIT_TYPE_ID)
    assert other.hit_type.currentText() == "(a test: no HIT type)"
    assert other.query().hit_type == TEST_HIT_TYPE_ID
    details = InboxDetails()
    qtbot.addWidget(details)
    details.show_message(a_test(1, "AssignmentSubmitted"))
    assert details.title.text() == "Test: Assignment submitted"
    assert details.about.isHidden()
    details.show_message(message(2))
    assert details.title.text() == "HIT created"


def test_the_details_begin_with_what_it_is_about(qtbot: QtBot) -> None:
    event = {"EventType": "AssignmentSubmitted", "HITTypeId": "HT1", "HITId": "H1", "WorkerId": "A1WORKER"}
    raw = json.dumps({"EventDocId": "d1", "EventDocVersion": "1", "Events": [event]})
    details = InboxDetails()
    qtbot.addWidget(details)
    details.show_message(message(1, raw=raw), {"HT1": "Find pictures\nof cats"})
    first, second, third = details.about.text().splitlines()
    assert first == "A real notification, from Mechanical Turk."
    assert second.startswith("HIT type: Find pictures")
    assert second.endswith("of cats"), "on one line"
    assert third == "Worker: A1WORKER"
    details.show_message(message(1, raw=raw, sender=Sender.OTHER))
    assert details.about.text() == "HIT type: HT1\nWorker: A1WORKER", "who sent it is not known"
    details.show_message(message(1, raw=raw), is_practice=True)
    assert details.about.text().splitlines()[0] == "Not a test: from practice's made-up workers."
