# SPDX-License-Identifier: MIT
"""Check boxes in two groups, All and None, and what each means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QAccessible, QFocusEvent
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget

from notification_tester.domain.events import EventType
from notification_tester.qt.notification.event_picker import EventPicker

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def picker(qtbot: QtBot) -> EventPicker:
    picker = EventPicker()
    qtbot.addWidget(picker)
    picker.resize(500, 300)
    picker.show()
    return picker


def _shown(picker: EventPicker) -> list[str]:
    return [label.text() for label in picker.findChildren(QLabel) if label.isVisible()]


def test_meanings_stand_beside_the_boxes_where_there_is_width(picker: EventPicker) -> None:
    meaning = EventType.HIT_REVIEWABLE.meaning
    assert meaning not in _shown(picker)
    picker.resize(1200, 300)
    assert meaning in _shown(picker)
    picker.resize(500, 300)
    assert meaning not in _shown(picker)


def test_one_line_tells_the_meaning_where_there_is_no_width(picker: EventPicker) -> None:
    assert "Point at an event to read what it means." in _shown(picker)
    box = picker.boxes[EventType.HIT_REVIEWABLE]
    QApplication.sendEvent(box, QFocusEvent(QEvent.Type.FocusIn))
    line = f"HIT reviewable: {EventType.HIT_REVIEWABLE.meaning}."
    assert line in _shown(picker)
    picker.resize(1200, 300)
    assert line not in _shown(picker), "the meanings stand beside the boxes"


def test_groups_stand_below_each_other_in_a_narrow_window(qtbot: QtBot) -> None:
    frame = QWidget()
    qtbot.addWidget(frame)
    picker = EventPicker()
    QVBoxLayout(frame).addWidget(picker)
    frame.resize(500, 300)
    frame.show()

    def places() -> tuple[int, int]:
        pair = (picker.boxes[EventType.ASSIGNMENT_ACCEPTED], picker.boxes[EventType.HIT_CREATED])
        first, second = (box.mapTo(picker, box.rect().topLeft()) for box in pair)
        return second.x() - first.x(), second.y() - first.y()

    assert places()[0] > 0
    assert places()[1] == 0
    frame.resize(frame.minimumSizeHint().width(), 500)
    qtbot.waitUntil(lambda: places()[0] == 0)
    assert places()[1] > 0


def test_a_screen_reader_gets_name_and_meaning(picker: EventPicker) -> None:
    face = QAccessible.queryAccessibleInterface(picker.boxes[EventType.HIT_EXPIRED])
    assert face.text(QAccessible.Text.Name) == "HIT expired"
    assert face.text(QAccessible.Text.Description) == EventType.HIT_EXPIRED.meaning
    assert picker.all_link.accessibleName() == "Tick all events"
