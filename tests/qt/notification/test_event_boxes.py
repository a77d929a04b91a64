# SPDX-License-Identifier: MIT
"""Check boxes for events, with All and None: in two groups, and in rows with their last tests."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import Mock

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from notification_tester.domain.events import SUBSCRIBABLE, EventType
from notification_tester.qt.notification.event_picker import EventPicker
from notification_tester.qt.sending.event_rows import EventRows

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from notification_tester.qt.notification.event_boxes import EventBoxes


@pytest.fixture(params=[EventPicker, EventRows])
def boxes(request: pytest.FixtureRequest, qtbot: QtBot) -> EventBoxes:
    boxes: EventBoxes = request.param()
    qtbot.addWidget(boxes)
    boxes.resize(500, 300)
    boxes.show()
    return boxes


def test_a_click_checks(qtbot: QtBot, boxes: EventBoxes) -> None:
    with qtbot.waitSignal(boxes.changed):
        QTest.keyClick(boxes.boxes[EventType.HIT_EXPIRED], Qt.Key.Key_Space)
    with qtbot.waitSignal(boxes.changed):
        QTest.keyClick(boxes.boxes[EventType.ASSIGNMENT_REJECTED], Qt.Key.Key_Space)
    assert boxes.checked() == (EventType.ASSIGNMENT_REJECTED, EventType.HIT_EXPIRED)


def test_ping_cannot_be_checked(boxes: EventBoxes) -> None:
    assert tuple(boxes.boxes) == SUBSCRIBABLE


def test_all_and_none_tell_once(qtbot: QtBot, boxes: EventBoxes) -> None:
    heard = Mock()
    boxes.changed.connect(heard)
    QTest.mouseClick(boxes.all_link, Qt.MouseButton.LeftButton)
    assert boxes.checked() == SUBSCRIBABLE
    assert heard.call_count == 1
    QTest.mouseClick(boxes.all_link, Qt.MouseButton.LeftButton)
    assert heard.call_count == 1
    QTest.mouseClick(boxes.none_link, Qt.MouseButton.LeftButton)
    assert boxes.checked() == ()
    assert heard.call_count == 2


def test_set_checked_is_silent_and_exact(boxes: EventBoxes) -> None:
    heard = Mock()
    boxes.changed.connect(heard)
    boxes.set_checked([EventType.HIT_CREATED])
    boxes.set_checked([EventType.HIT_EXPIRED, EventType.ASSIGNMENT_ACCEPTED])
    assert boxes.checked() == (EventType.ASSIGNMENT_ACCEPTED, EventType.HIT_EXPIRED)
    heard.assert_not_called()
    QTest.keyClick(boxes.boxes[EventType.HIT_CREATED], Qt.Key.Key_Space)
    assert heard.call_count == 1, "what is ticked after that is told"
