# SPDX-License-Identifier: MIT
"""One tab stop, arrow keys, one chosen part; radio buttons to a screen reader."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING
from unittest.mock import Mock

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from notification_tester.qt.widgets.segmented_choice import SegmentedChoice

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

OPTIONS = [("Email", "&E-mail", "mail"), ("SQS", "&Queue (SQS)", "queue"), ("SNS", "&Topic (SNS)", "topic")]


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    rows = QVBoxLayout(window)
    rows.addWidget(QLineEdit())
    rows.addWidget(SegmentedChoice(OPTIONS))
    rows.addWidget(QLineEdit())
    window.resize(600, 120)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


@pytest.fixture
def choice(window: QWidget) -> SegmentedChoice:
    found = window.findChild(SegmentedChoice)
    assert isinstance(found, SegmentedChoice)
    return found


def test_first_is_chosen_and_a_click_chooses_another(qtbot: QtBot, choice: SegmentedChoice) -> None:
    assert choice.choice() == "Email"
    with qtbot.waitSignal(choice.chosen) as told:
        QTest.mouseClick(choice.button("SNS"), Qt.MouseButton.LeftButton)
    assert told.args == ["SNS"]
    assert choice.choice() == "SNS"


def test_clicking_the_chosen_one_says_nothing(qtbot: QtBot, choice: SegmentedChoice) -> None:
    heard = Mock()
    choice.chosen.connect(heard)
    QTest.mouseClick(choice.button("Email"), Qt.MouseButton.LeftButton)
    choice.set_choice("SQS")
    heard.assert_not_called()
    assert choice.choice() == "SQS"


def test_arrow_keys_move_and_tab_leaves(qtbot: QtBot, window: QWidget, choice: SegmentedChoice) -> None:
    before, after = window.findChildren(QLineEdit)
    before.setFocus()
    QTest.keyClick(before, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is choice.button("Email")
    QTest.keyClick(choice.button("Email"), Qt.Key.Key_Right)
    assert choice.choice() == "SQS"
    assert QApplication.focusWidget() is choice.button("SQS")
    QTest.keyClick(choice.button("SQS"), Qt.Key.Key_Right)
    QTest.keyClick(choice.button("SNS"), Qt.Key.Key_Left)
    assert choice.choice() == "SQS"
    QTest.keyClick(choice.button("SQS"), Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is after


def test_a_screen_reader_sees_radio_buttons(choice: SegmentedChoice) -> None:
    face = QAccessible.queryAccessibleInterface(choice.button("SQS"))
    assert face.role() == QAccessible.Role.RadioButton
    assert face.text(QAccessible.Text.Name) == "Queue (SQS)"


def test_row_then_without_icons_then_column(choice: SegmentedChoice) -> None:
    wide = choice.sizeHint().width()
    assert choice.heightForWidth(wide) == choice.heightForWidth(wide - 1)  # the icons go first
    assert choice.heightForWidth(choice.minimumSizeHint().width()) == 3 * choice.heightForWidth(wide)
    choice.setFixedSize(choice.minimumSizeHint().width(), 3 * choice.heightForWidth(wide))
    places = [choice.button(key).geometry() for key, _, _ in OPTIONS]
    assert all(above.bottom() < below.top() for above, below in pairwise(places))
    assert all(choice.rect().contains(place) for place in places)


def test_the_chosen_part_looks_different(choice: SegmentedChoice) -> None:
    before = choice.button("SQS").grab().toImage()
    choice.set_choice("SQS")
    assert choice.button("SQS").grab().toImage() != before


def test_follows_a_dark_palette(choice: SegmentedChoice) -> None:
    light = choice.grab().toImage()
    choice.setPalette(QPalette(Qt.GlobalColor.black))
    dark = choice.grab().toImage()
    above_the_words = choice.button("SNS").geometry().adjusted(0, 5, 0, 0)
    assert dark.pixelColor(above_the_words.center().x(), above_the_words.top()).lightness() < 90
    assert light != dark


def test_a_column_stands_at_the_side_where_reading_begins(choice: SegmentedChoice) -> None:
    choice.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    least = choice.minimumSizeHint().width()
    # Wider than the widest part, too narrow for a row.
    choice.setFixedSize(least + 40, 3 * choice.heightForWidth(choice.sizeHint().width()))
    places = [choice.button(key).geometry() for key, _, _ in OPTIONS]
    assert [place.right() for place in places] == [choice.width() - 1] * 3


def test_a_part_that_is_not_offered_takes_no_room_and_no_key(choice: SegmentedChoice) -> None:
    whole = choice.sizeHint().width()
    choice.offer("SQS", False)
    assert choice.sizeHint().width() < whole
    assert choice.button("SNS").geometry().left() == choice.button("Email").geometry().right() + 1
    choice.button("Email").setFocus()
    QTest.keyClick(choice.button("Email"), Qt.Key.Key_Right)
    assert choice.choice() == "SNS"
    choice.offer("SQS", True)
    assert choice.sizeHint().width() == whole
    assert choice.button("SQS").isVisible()
