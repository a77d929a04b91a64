# SPDX-License-Identifier: MIT
"""What arrived: rows, made-up ids, unreadable messages, and raw text of any kind."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from notification_tester.domain.events import TEST_ASSIGNMENT_IDS, TEST_HIT_ID, TEST_HIT_TYPE_ID
from notification_tester.domain.messages.message import decode
from notification_tester.qt.looks.visible_text import LONGEST_LINE, MOST_LINES, laid_out, one_line, visible
from notification_tester.qt.notification.event_model import Column
from notification_tester.qt.notification.message_table import MessageTable
from notification_tester.qt.widgets.raw_text import RawText

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def body(*events: dict[str, str]) -> str:
    return json.dumps({"EventDocVersion": "2006-05-05", "EventDocId": "ab" * 20, "Events": list(events)})


TESTS = body(
    *(
        {
            "EventType": "AssignmentSubmitted",
            "EventTimestamp": "2026-01-31T14:30:12Z",
            "HITTypeId": TEST_HIT_TYPE_ID,
            "HITId": TEST_HIT_ID,
            "AssignmentId": assignment,
        }
        for assignment in TEST_ASSIGNMENT_IDS
    )
)
REAL = body({"EventType": "HITNew\u202e<b>", "EventTimestamp": "soon", "HITId": "3ABC", "HITTypeId": "3TYPE"})


@pytest.fixture
def table(qtbot: QtBot) -> MessageTable:
    table = MessageTable()
    qtbot.addWidget(table)
    table.resize(540, 600)
    table.show()
    return table


def _cell(table: MessageTable, row: int, column: Column, role: int = Qt.ItemDataRole.DisplayRole) -> str:
    return str(table.model.index(row, column).data(role))


def _shown(table: MessageTable) -> str:
    return " ".join(label.text() for label in table.findChildren(QLabel) if label.isVisible())


def test_opens_empty_and_says_so(table: MessageTable) -> None:
    assert "Nothing yet." in _shown(table)
    assert not table.table.isVisible()
    assert not table.raw_link.isVisible()


def test_a_test_message(table: MessageTable) -> None:
    table.show_message(decode(TESTS), TESTS)
    assert table.model.rowCount() == 2
    assert _cell(table, 0, Column.EVENT) == "Assignment submitted"
    assert _cell(table, 0, Column.HIT) == "test HIT"
    assert _cell(table, 0, Column.ASSIGNMENT) == "test assignment …67890"
    assert _cell(table, 1, Column.ASSIGNMENT) == "test assignment …54321"
    assert TEST_ASSIGNMENT_IDS[1] in _cell(table, 1, Column.ASSIGNMENT, Qt.ItemDataRole.ToolTipRole)
    assert "2026-01-31T14:30:12Z" in _cell(table, 0, Column.WHEN, Qt.ItemDataRole.ToolTipRole)
    assert "made-up events" in _shown(table)
    assert "Message version 2006-05-05" in _shown(table)


@pytest.mark.parametrize(
    ("change", "says", "says_not"),
    [
        pytest.param({"AssignmentId": "3REAL"}, "parts of the known test", "That is normal", id="parts-of-a-test"),
        pytest.param({"HITId": "3A", "HITTypeId": "3B"}, "AssignmentId is as there", "do not exist", id="one-part"),
        pytest.param({"EventTimestamp": "2026-13-01T00:00:00Z"}, "no time that exists", "parts of", id="month-13"),
        pytest.param({"HITId": "1\u200b"}, "Zero Width Space", "do not exist", id="unseen"),
    ],
)
def test_what_is_odd_in_a_message_stands_below_it(
    table: MessageTable, change: dict[str, str], says: str, says_not: str
) -> None:
    odd = json.loads(TESTS)
    odd["Events"] = [{**odd["Events"][0], **change}]
    table.show_message(decode(json.dumps(odd)), "raw")
    assert says in _shown(table)
    assert says_not not in _shown(table)


def test_where_there_is_no_event_that_is_said_and_nothing_of_the_message_before_stays(table: MessageTable) -> None:
    for raw, message, says in (
        (body(), decode(body()), "tells of no event"),
        ("some text", None, "There is a text, but no message in it."),
        ("", None, "Nothing arrived."),
    ):
        table.show_message(decode(TESTS), TESTS)
        table.show_message(message, raw)
        assert says in _shown(table)
        assert "made-up" not in _shown(table)
        assert not table.table.isVisible()
        assert table.model.rowCount() == 0
        assert table.raw_link.isVisible() is bool(raw)
    table.show_message(decode(TESTS), TESTS)
    table.clear()
    assert "Nothing yet." in _shown(table)
    assert not table.table.isVisible()
    assert not table.raw_link.isVisible()


def test_a_ping_beside_another_event_is_a_test_of_the_older_api(table: MessageTable) -> None:
    old = body({"EventType": "Ping"}, {"EventType": "HITExpired", "HITId": "3HIT", "HITTypeId": "3TYPE"})
    table.show_message(decode(old), old)
    assert "This is a test as the older API sent it" in _shown(table)
    assert "do not exist" not in _shown(table)


def test_a_real_message_shows_what_it_says(table: MessageTable) -> None:
    table.show_message(decode(REAL), REAL)
    assert _cell(table, 0, Column.EVENT) == "HITNew⟨U+202E⟩<b>"
    assert _cell(table, 0, Column.WHEN) == "soon"
    assert _cell(table, 0, Column.HIT) == "3ABC"
    assert _cell(table, 0, Column.ASSIGNMENT) == "—"
    assert "made-up" not in _shown(table)
    assert _cell(table, 0, Column.EVENT, Qt.ItemDataRole.ToolTipRole) == "<span>HITNew⟨U+202E⟩&lt;b&gt;</span>"


def test_an_unreadable_message_is_explained(table: MessageTable) -> None:
    table.show_message(decode("{broken"), "{broken")
    problem = decode("{broken").problem
    assert problem is not None
    assert problem.title in _shown(table)
    assert problem.remedy in _shown(table)
    table.show_message(decode(TESTS), TESTS)
    assert problem.title not in _shown(table)


def test_raw_text_folds_out_and_is_copied_exactly(qtbot: QtBot, table: MessageTable) -> None:
    table.show_message(decode(TESTS), TESTS)
    assert not table.raw.isVisible()
    QTest.mouseClick(table.raw_link, Qt.MouseButton.LeftButton)
    assert table.raw.isVisible()
    assert json.loads(table.raw.view.toPlainText()) == json.loads(TESTS)
    assert table.raw.view.isReadOnly()
    assert table.raw.view.accessibleName() == "Raw text of the message"
    QTest.mouseClick(table.raw.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == TESTS
    table.show_message(decode(REAL), REAL)
    assert not table.raw.isVisible()
    QTest.mouseClick(table.raw_link, Qt.MouseButton.LeftButton)
    assert "3TYPE" in table.raw.view.toPlainText()


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param("x" * (1 << 20), id="one-line"),
        pytest.param("\0" * (1 << 20), id="nulls"),
        pytest.param("\0\x01" * (1 << 19), id="nulls-and-others"),
        pytest.param("[" * (1 << 20), id="deep"),
        pytest.param('{"' + '\\"' * (1 << 19), id="never-closed"),
        pytest.param("{[," * 340_000, id="brackets"),
        pytest.param("<b>" * 340_000, id="markup"),
    ],
)
def test_a_megabyte_of_anything_does_not_hold_up_the_window(table: MessageTable, raw: str) -> None:
    message = decode(raw)
    began = time.thread_time()
    table.show_message(message, raw)
    table.raw_link.setChecked(True)
    QApplication.processEvents()
    # some fifteen times what it takes; a line of a megabyte takes seconds
    assert time.thread_time() - began < 0.6
    assert "Copy all takes every one" in table.raw.note.text()
    table.raw.copy.click()
    assert len(QGuiApplication.clipboard().text()) in {len(raw), 0, raw.find("\0") if "\0" in raw else len(raw)}


def test_the_row_is_whole_whatever_was_shown_before_and_however_wide_it_is(table: MessageTable) -> None:
    ids = {"EventTimestamp": "2026-01-31T14:30:12Z", "HITTypeId": "3" + "A" * 29, "HITId": "3" + "B" * 29}
    with_worker = body({"EventType": "AssignmentSubmitted", "AssignmentId": "3" + "C" * 29, **ids})
    without = body({"EventType": "HITExtended", **ids})
    rows, cut = table.table, []
    for width in range(400, 1000, 20):
        table.resize(width, 600)
        for raw in (with_worker, without, without, with_worker):
            table.show_message(decode(raw), raw)
            QApplication.processEvents()
            if rows.visualRect(table.model.index(0, 0)).bottom() >= rows.viewport().height():
                cut.append((width, raw is without))
    assert not cut


@pytest.mark.parametrize("width", [312, 700])
def test_of_a_test_what_it_makes_up_is_left_out_where_there_is_no_room(table: MessageTable, width: int) -> None:
    """The narrow one is as wide as beside the form in a window of 900 by 600."""
    table.resize(width, 600)
    table.show_message(decode(TESTS), TESTS)
    QApplication.processEvents()
    assert table.table.horizontalScrollBar().maximum() == 0
    header = table.table.horizontalHeader()
    assert header.isSectionHidden(Column.HIT) is header.isSectionHidden(Column.ASSIGNMENT) is (width < 500)
    for column in (Column.EVENT, Column.WHEN):
        assert header.sectionSize(column) >= table.table.sizeHintForColumn(column)


def test_many_events_scroll(table: MessageTable) -> None:
    raw = body(*({"EventType": "HITExpired", "HITId": f"3{number:04}"} for number in range(3000)))
    table.show_message(decode(raw), raw)
    assert table.model.rowCount() == 3000
    assert table.table.height() < 400
    QApplication.processEvents()
    assert table.table.verticalScrollBar().isVisible()
    assert not table.table.horizontalScrollBar().isVisible()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a\u202eb", "a⟨U+202E⟩b", id="override"),
        pytest.param("a\0\0\0b", "a⟨U+0000 × 3⟩b", id="nulls"),
        pytest.param("a\ud800b", "a⟨U+D800⟩b", id="surrogate"),
        pytest.param("a\r\nb\tc", "a\nb\tc", id="line-break-and-tab"),
        pytest.param("a\rb", "a⟨U+000D⟩b", id="lone-return"),
        pytest.param("Grüße 你好 👋", "Grüße 你好 👋", id="letters"),
    ],
)
def test_hidden_characters_are_named(text: str, expected: str) -> None:
    assert visible(text) == expected


def test_one_line_cuts_with_a_mark() -> None:
    assert one_line("a\n b", longest=10) == "a b"
    assert one_line("x" * 20, longest=10) == "x" * 10 + "…"


def test_json_is_laid_out_without_losing_anything() -> None:
    assert laid_out('{"a":1.0e400,"a":[],"b":[{},{"c":"x, {y}"}]}') == (
        '{\n  "a": 1.0e400,\n  "a": [],\n  "b": [\n    {},\n    {\n      "c": "x, {y}"\n    }\n  ]\n}'
    )


@given(
    st.recursive(
        st.integers() | st.text('ab"\\{[,: ', max_size=8),
        lambda i: st.lists(i) | st.dictionaries(st.text(max_size=5), i),
    )
)
def test_laid_out_json_says_the_same(value: object) -> None:
    text = json.dumps({"v": value})
    shown = laid_out(text)
    assert json.loads(shown) == {"v": value}
    assert max(map(len, shown.split("\n"))) <= LONGEST_LINE


@pytest.mark.parametrize(
    "text", ["\n" * 65_000, "ab\n" * 21_000, "\0\x01" * 32_500], ids=["lines", "short lines", "nothing to be seen"]
)
def test_what_would_become_far_more_than_it_is_shows_its_beginning_and_says_so(qtbot: QtBot, text: str) -> None:
    shown = RawText()
    qtbot.addWidget(shown)
    shown.show()
    shown.set_text(text)
    assert shown.view.blockCount() <= MOST_LINES
    assert len(shown.view.toPlainText()) <= 200_000
    assert "beginning" in shown.note.text()
    QTest.mouseClick(shown.copy, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == text


@given(st.text("a\r\n\0\u202e", max_size=40))
def test_laid_out_text_is_visible_text(text: str) -> None:
    assert laid_out(text) == visible(text)
