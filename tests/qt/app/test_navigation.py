# SPDX-License-Identifier: MIT
"""The names of the pages: chosen by click and key, drawn from either side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from notification_tester.qt.app.navigation import Navigation

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def navigation(qtbot: QtBot) -> Navigation:
    navigation = Navigation([("one", "One", "test"), ("two", "Two", "inbox")])
    qtbot.addWidget(navigation)
    navigation.resize(200, 200)
    navigation.show()
    navigation.activateWindow()
    qtbot.waitUntil(navigation.isActiveWindow)
    return navigation


def test_keys_go_to_the_pages(qtbot: QtBot, navigation: Navigation) -> None:
    with qtbot.waitSignal(navigation.chosen) as told:
        QTest.keyClick(navigation, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert told.args == ["two"]
    assert navigation.buttons["two"].isChecked()


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_the_icon_stands_before_the_name(navigation: Navigation, direction: Qt.LayoutDirection) -> None:
    navigation.setLayoutDirection(direction)
    QApplication.processEvents()
    image = navigation.buttons["two"].grab().toImage()
    ground = image.pixelColor(1, 1)
    drawn = [
        x for x in range(image.width()) if any(image.pixelColor(x, y) != ground for y in range(8, image.height() - 8))
    ]
    if direction is Qt.LayoutDirection.RightToLeft:
        drawn = sorted(image.width() - 1 - x for x in drawn)
    assert 10 <= drawn[0] <= 16, "the icon, near its edge"
    assert drawn[-1] < 90, "and the name beside it"
