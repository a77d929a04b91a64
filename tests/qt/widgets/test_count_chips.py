# SPDX-License-Identifier: MIT
"""Chips with counts: switched on and off, and away while they count nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from notification_tester.qt.widgets.count_chips import CountChips

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def chips(qtbot: QtBot) -> CountChips:
    made = CountChips()
    qtbot.addWidget(made)
    made.set_counts([("a", "Accepted", 40), ("b", "Submitted", 1200)])
    made.show()
    return made


def test_they_are_switched_with_mouse_and_keys(chips: CountChips, qtbot: QtBot) -> None:
    assert chips.chosen() == frozenset()
    with qtbot.waitSignal(chips.chosen_changed):
        QTest.mouseClick(chips.chips["b"], Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(chips.chosen_changed):
        QTest.keyClick(chips.chips["a"], Qt.Key.Key_Space)
    assert chips.chosen() == {"a", "b"}
    with qtbot.assertNotEmitted(chips.chosen_changed):
        chips.set_chosen(frozenset({"b"}))
    assert chips.chosen() == {"b"}


def test_what_counts_nothing_is_away_unless_it_is_on(chips: CountChips) -> None:
    chips.set_chosen(frozenset({"b"}))
    chips.set_counts([("c", "Approved", 3)])
    assert {key for key, chip in chips.chips.items() if chip.isVisible()} == {"b", "c"}
    assert chips.chips["b"].accessibleName() == "Submitted: 0"
    chips.set_chosen(frozenset())
    assert not chips.chips["b"].isVisible()


def test_none_is_cut_off_where_there_is_little_room(chips: CountChips) -> None:
    chips.set_counts([(str(number), "Assignment submitted", 10**number) for number in range(6)])
    chips.resize(220, 10)
    assert chips.minimumHeight() >= 6 * chips.chips["0"].height()
