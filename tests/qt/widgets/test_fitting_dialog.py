# SPDX-License-Identifier: MIT
"""A dialog with more in it than the screen has room for, and one in which something comes in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from notification_tester.qt.widgets.fitting_dialog import FittingDialog

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


MANY = 60
"""Fields, for which no screen has room."""


class Asking(FittingDialog):
    """Some fields, a sentence that may be shown later, and two buttons."""

    def __init__(self, fields: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Asking")
        self.fields = [QLineEdit(self) for _ in range(fields)]
        self.more = QLabel("\n".join(["More"] * 12), self)
        self.more.hide()
        self.buttons = [QPushButton("Cancel", self), QPushButton("Go", self)]
        row = QHBoxLayout()
        for button in self.buttons:
            row.addWidget(button)
        rows = QVBoxLayout(self)
        rows.setSpacing(14)
        for field in self.fields:
            rows.addWidget(field)
        rows.addWidget(self.more)
        rows.addLayout(row)


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(300, 200)
    made.show()
    return made


def screen(window: QWidget) -> QRect:
    return window.screen().availableGeometry()


def is_whole(part: QWidget) -> bool:
    return part.visibleRegion().boundingRect() == part.rect()


def test_what_is_too_much_for_the_screen_is_come_to_by_keyboard(qtbot: QtBot, window: QWidget) -> None:
    dialog = Asking(MANY, window)
    dialog.open()
    qtbot.waitExposed(dialog)
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    assert screen(window).contains(dialog.frameGeometry())
    first, last = dialog.fields[0], dialog.fields[-1]
    qtbot.waitUntil(lambda: is_whole(first) and not is_whole(last))
    dialog.buttons[0].setFocus()
    QTest.keyClick(dialog.buttons[0], Qt.Key.Key_Backtab)
    qtbot.waitUntil(lambda: is_whole(last))
    assert not is_whole(first)
    assert all(is_whole(button) for button in dialog.buttons)


def test_the_page_takes_the_keyboard_only_where_it_scrolls(qtbot: QtBot, window: QWidget) -> None:
    few, many = Asking(2, window), Asking(MANY, window)
    for dialog, there in ((few, False), (many, True)):
        dialog.show()
        qtbot.waitExposed(dialog)
        dialog.activateWindow()
        qtbot.waitUntil(dialog.isActiveWindow)
        seen = set()
        for _ in range(70):
            focus = QApplication.focusWidget()
            assert focus is not None
            seen.add(focus.accessibleName())
            QTest.keyClick(focus, Qt.Key.Key_Tab)
        assert ("Asking" in seen) is there
        dialog.hide()


def test_what_had_the_keyboard_before_it_was_shown_has_it(qtbot: QtBot, window: QWidget) -> None:
    dialog = Asking(3, window)
    dialog.fields[2].setFocus()
    dialog.open()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.fields[2].hasFocus)


@pytest.mark.parametrize("fields", [3, MANY])
def test_the_keyboard_begins_at_its_top_and_comes_to_the_buttons_last(
    qtbot: QtBot, window: QWidget, fields: int
) -> None:
    dialog = Asking(fields, window)
    dialog.open()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    qtbot.waitUntil(dialog.fields[0].hasFocus)
    dialog.fields[-1].setFocus()
    QTest.keyClick(dialog.fields[-1], Qt.Key.Key_Tab)
    assert dialog.buttons[0].hasFocus()


def test_what_comes_in_sight_makes_it_higher_and_the_buttons_stay_on_the_screen(qtbot: QtBot, window: QWidget) -> None:
    dialog = Asking(3, window)
    dialog.show()
    qtbot.waitExposed(dialog)
    before = dialog.height()
    dialog.move(QPoint(0, screen(window).bottom() - before - 20))
    dialog.more.show()
    qtbot.waitUntil(lambda: is_whole(dialog.more))
    assert dialog.height() > before
    qtbot.waitUntil(lambda: screen(window).contains(dialog.frameGeometry()))


def test_buttons_stand_as_far_apart_as_rows(qtbot: QtBot, window: QWidget) -> None:
    dialog = Asking(3, window)
    dialog.show()
    qtbot.waitExposed(dialog)
    cancel, go = dialog.buttons
    assert go.geometry().left() - cancel.geometry().right() - 1 == 14
