# SPDX-License-Identifier: MIT
"""Which event is pretended, and the warning when it is not checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from notification_tester.domain.events import EventType
from notification_tester.qt.notification.names import event_name, name_of
from notification_tester.qt.sending.simulation_picker import SimulationPicker

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def picker(qtbot: QtBot) -> SimulationPicker:
    picker = SimulationPicker()
    qtbot.addWidget(picker)
    picker.show()
    return picker


def test_offers_every_event_by_a_readable_name(picker: SimulationPicker) -> None:
    offered = [text for row in range(picker.combo.count()) if (text := picker.combo.itemText(row))]
    assert offered == [event_name(event) for event in EventType]
    assert offered[-1] == "Ping (only a sign of life)"


@pytest.mark.parametrize("event", EventType)
def test_each_event_can_be_chosen(picker: SimulationPicker, event: EventType) -> None:
    picker.set_event(event)
    assert picker.event_type() is event


def test_keys_choose_and_tell(qtbot: QtBot, picker: SimulationPicker) -> None:
    with qtbot.waitSignal(picker.changed):
        QTest.keyClick(picker.combo, Qt.Key.Key_Down)
    assert picker.event_type() is EventType.ASSIGNMENT_ABANDONED
    for _ in range(len(EventType)):
        QTest.keyClick(picker.combo, Qt.Key.Key_Down)
    assert picker.event_type() is EventType.PING


def test_warns_when_the_event_is_not_checked(picker: SimulationPicker) -> None:
    def warning() -> bool:
        return any("not checked above" in label.text() for label in picker.findChildren(QLabel) if label.isVisible())

    picker.set_event(EventType.HIT_CREATED)
    picker.set_checked([EventType.HIT_EXPIRED])
    assert warning()
    assert "not checked above" in picker.combo.accessibleDescription()
    picker.set_checked([EventType.HIT_CREATED])
    assert not warning()
    assert picker.combo.accessibleDescription() == ""
    picker.set_checked([])
    assert not warning(), "nothing could be sent"
    assert "at least one is needed" in picker.combo.accessibleDescription()
    picker.set_event(EventType.PING)
    assert not warning()


@pytest.mark.parametrize(
    ("name", "readable"),
    [("HITExpired", "HIT expired"), ("Ping", "Ping"), ("AssignmentAutoApproved", "AssignmentAutoApproved"), ("", "")],
)
def test_foreign_names(qapp: QApplication, name: str, readable: str) -> None:
    assert name_of(name) == readable
