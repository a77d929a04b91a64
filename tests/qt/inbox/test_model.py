# SPDX-License-Identifier: MIT
"""The list of what arrived: new rows on top, old ones from disk, little in memory, and nothing twice."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QModelIndex, Qt

from notification_tester.domain.messages.message import decode
from notification_tester.domain.messages.sender import NO_SIGNATURE, Sender, SignatureState, SignatureVerdict
from notification_tester.qt.inbox.details import sender_sentence
from notification_tester.qt.inbox.model import (
    MOST_ROWS,
    NEW_AT_ONCE,
    Column,
    InboxModel,
    sender_tone,
    sender_word,
)
from notification_tester.qt.inbox.table import InboxTable
from notification_tester.qt.widgets.theme import Tone
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
    found = [
        {"EventType": event, "EventTimestamp": "2026-01-31T12:00:00Z", "HITTypeId": "HT1", "HITId": f"H{number}"}
        for event in events or ["HITCreated"]
    ]
    raw = raw or json.dumps({"EventDocId": document or f"d{number}", "EventDocVersion": "1", "Events": found})
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
        model.show(inbox, InboxQuery(event="HITExtended"))
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
    assert model.headerData(0, Qt.Orientation.Horizontal) == "Seen"


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
    assert "Sent by Mechanical Turk" in sender_sentence(message(1))
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
        (SignatureState.EXPIRED, "Expired", Tone.BEWARE),
        (SignatureState.FALSE, "Not genuine", Tone.BAD),
        (SignatureState.NOT_CHECKED, "Not checked", Tone.UNKNOWN),
    ],
)
def test_a_signature_of_which_something_is_to_be_said_stands_out(state: SignatureState, word: str, tone: Tone) -> None:
    assert sender_word(Sender.UNKNOWN, state) == word
    assert sender_tone(Sender.UNKNOWN, state) is tone
