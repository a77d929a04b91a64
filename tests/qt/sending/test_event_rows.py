# SPDX-License-Identifier: MIT
"""A row an event: ticked or not, what it means, how its last test went, and the button that tests it alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from notification_tester.domain.coverage import Coverage, LastTest, Standing
from notification_tester.domain.delivery import State
from notification_tester.domain.events import EventType
from notification_tester.domain.problem import Code
from notification_tester.qt.looks.colours import secondary
from notification_tester.qt.looks.theme import Tone, tone_colours
from notification_tester.qt.sending.event_rows import EventRows
from qt.drawn_words import says

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def rows(qtbot: QtBot) -> EventRows:
    rows = EventRows()
    qtbot.addWidget(rows)
    rows.resize(500, 300)
    rows.show()
    return rows


def test_the_meaning_goes_to_a_second_line_in_a_narrow_window(qtbot: QtBot) -> None:
    frame = QWidget()
    qtbot.addWidget(frame)
    rows = EventRows()
    QVBoxLayout(frame).addWidget(rows)
    frame.resize(900, 900)
    frame.show()
    row = rows.tests[EventType.HIT_EXPIRED].parentWidget()
    assert row is not None
    before = row.height()
    frame.resize(frame.minimumSizeHint().width(), 900)
    qtbot.waitUntil(lambda: row.height() > before)
    assert rows.width() < 330


def test_one_event_alone_is_asked_for(qtbot: QtBot, rows: EventRows) -> None:
    for event in EventType:
        with qtbot.waitSignal(rows.test_requested) as told:
            QTest.keyClick(rows.tests[event], Qt.Key.Key_Space)
        assert told.args == [event]
        assert rows.event_type() is event
    rows.set_busy(True)
    assert not rows.tests[EventType.PING].isEnabled()


YES, NO, UNKNOWN = State.YES, State.NO, State.UNKNOWN


def last(accepted: State, arrived: State, as_expected: State, code: str = "") -> LastTest:
    seconds = 0.84 if arrived is YES else None
    return LastTest(
        at=datetime.now(UTC), accepted=accepted, arrived=arrived, as_expected=as_expected, seconds=seconds, code=code
    )


@pytest.mark.parametrize(
    ("is_asked_for", "test", "standing", "words"),
    [
        (False, None, Standing.UNTOUCHED, ""),
        (True, None, Standing.NEVER_TESTED, "not tested"),
        (True, last(YES, YES, YES), Standing.ARRIVED, "0.84 s · 2 min ago"),
        (False, last(YES, YES, YES), Standing.ARRIVED_UNASKED, "arrives, not asked for · 2 min ago"),
        (
            False,
            last(YES, YES, NO, Code.NOT_SUBSCRIBED),
            Standing.ARRIVED_UNASKED,
            "arrives, not asked for · 2 min ago",
        ),
        (
            True,
            last(YES, YES, NO, Code.NOT_SUBSCRIBED),
            Standing.ARRIVED_BEFORE,
            "arrived before it was asked for · 2 min ago",
        ),
        (True, last(YES, YES, NO, "arrival.unexpected"), Standing.FAILED, "not as expected · 2 min ago"),
        (True, last(YES, NO, UNKNOWN), Standing.FAILED, "did not arrive · 2 min ago"),
        (True, last(YES, UNKNOWN, UNKNOWN), Standing.UNKNOWN, "not known · 2 min ago"),
    ],
)
def test_each_row_says_what_is_known(
    rows: EventRows, is_asked_for: bool, test: LastTest | None, standing: Standing, words: str
) -> None:
    event = EventType.HIT_EXPIRED
    rows.set_checked([event] if is_asked_for else [])
    if test is not None:
        test = replace(test, at=datetime.now(UTC) - timedelta(minutes=2, seconds=5))
    rows.show_coverage(Coverage(last={} if test is None else {event: test}))
    assert rows.standing(event) is standing
    assert rows.words(event) == words
    assert words in rows.boxes[event].accessibleDescription() or standing is Standing.NEVER_TESTED
    assert rows.tests[event].accessibleName() == "Test HIT expired alone"
    assert rows.tests[event].accessibleDescription() == words


@pytest.mark.parametrize(
    ("is_asked_for", "test", "words"),
    [
        (True, None, "seen live 2 hours ago · not tested"),
        (False, None, "seen live 2 hours ago"),
        (True, last(YES, YES, YES), "0.84 s · 3 hours ago · seen live 2 hours ago"),
        (True, last(YES, NO, UNKNOWN), "seen live 2 hours ago · tested before, 3 hours ago"),
    ],
)
def test_a_row_says_when_a_real_message_was_seen(
    rows: EventRows, is_asked_for: bool, test: LastTest | None, words: str
) -> None:
    event, now = EventType.HIT_EXPIRED, datetime.now(UTC)
    rows.set_checked([event] if is_asked_for else [])
    tests = {} if test is None else {event: replace(test, at=now - timedelta(hours=3))}
    rows.show_coverage(Coverage(last=tests, seen={event: now - timedelta(hours=2, minutes=1)}))
    assert rows.words(event) == words
    told = rows.boxes[event].accessibleDescription()
    assert words in told
    assert "a real message, no test, that the Inbox has" in told


@pytest.mark.parametrize("is_changed_between", [True, False])
def test_a_test_that_failed_after_a_real_message_was_seen_is_told_in_that_order(
    rows: EventRows, is_changed_between: bool
) -> None:
    event, now = EventType.HIT_EXPIRED, datetime.now(UTC)
    rows.set_checked([event])
    failed = replace(last(YES, NO, UNKNOWN), at=now - timedelta(minutes=2, seconds=5))
    seen, changed = now - timedelta(minutes=4, seconds=5), now - timedelta(minutes=3)
    rows.show_coverage(
        Coverage(last={event: failed}, seen={event: seen}, changed=changed if is_changed_between else None)
    )
    assert rows.standing(event) is Standing.FAILED
    assert rows.words(event) == "did not arrive · 2 min ago · before that, seen live 4 min ago"


def test_a_failed_test_before_a_change_is_no_failure_any_more(rows: EventRows) -> None:
    event, now = EventType.HIT_EXPIRED, datetime.now(UTC)
    rows.set_checked([event])
    failed = replace(last(YES, NO, UNKNOWN), at=now - timedelta(minutes=2, seconds=5))
    rows.show_coverage(Coverage(last={event: failed}, changed=now))
    assert rows.words(event) == "tested before the change · 2 min ago"
    assert "did not arrive" not in rows.boxes[event].accessibleDescription()


def test_a_row_is_drawn_otherwise_for_each_state(rows: EventRows) -> None:
    event = EventType.HIT_EXPIRED
    rows.set_checked([event])
    frame = rows.tests[event].parentWidget()
    assert frame is not None
    frames = set()
    for test in (None, last(YES, YES, YES), last(YES, NO, UNKNOWN), last(YES, UNKNOWN, UNKNOWN)):
        rows.show_coverage(Coverage(last={} if test is None else {event: test}))
        image = frame.grab().toImage()
        frames.add(bytes(image.convertToFormat(image.Format.Format_Grayscale8).constBits()))
    assert len(frames) == 4


def test_a_screen_reader_gets_name_and_meaning(rows: EventRows) -> None:
    face = QAccessible.queryAccessibleInterface(rows.boxes[EventType.HIT_EXPIRED])
    assert face.text(QAccessible.Text.Name) == "HIT expired"
    assert face.text(QAccessible.Text.Description) == EventType.HIT_EXPIRED.meaning
    assert rows.all_link.accessibleName() == "Tick all events"


@pytest.mark.parametrize("width", [1100, 420], ids=["in one line", "in two"])
def test_the_name_the_meaning_and_the_last_test_are_drawn(qtbot: QtBot, width: int) -> None:
    frame = QWidget()
    qtbot.addWidget(frame)
    rows = EventRows()
    QVBoxLayout(frame).addWidget(rows)
    frame.resize(width, 900)
    frame.show()
    qtbot.waitUntil(lambda: rows.width() > width - 60)
    ping, expired = (rows.tests[one].parentWidget() for one in (EventType.PING, EventType.HIT_EXPIRED))
    assert ping is not None
    assert expired is not None
    palette, font = ping.palette(), ping.font()
    ground = palette.color(ping.backgroundRole())
    quiet, text = secondary(palette), palette.windowText().color()
    assert says(picture(ping), EventType.PING.label, font, text, ground)
    meaning = EventType.HIT_EXPIRED.meaning
    assert says(picture(expired), meaning, font, quiet, ground)
    assert not says(picture(ping), meaning, font, quiet, ground)
    plain = picture(expired)

    rows.set_checked([EventType.HIT_EXPIRED])
    rows.show_coverage(Coverage(last={EventType.HIT_EXPIRED: last(YES, NO, UNKNOWN)}))
    bad = tone_colours(palette, Tone.BAD).text
    words = rows.words(EventType.HIT_EXPIRED)
    assert words
    shown = picture(expired)
    assert any(says(shown, one, font, bad, ground) for one in (words, words.partition(" · ")[0]))
    assert shown != plain


def picture(widget: QWidget) -> QImage:
    return widget.grab().toImage()
