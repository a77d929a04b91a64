# SPDX-License-Identifier: MIT
"""Links: drawn, reachable and pressed with the keyboard; a fold shows and hides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleActionInterface, QColor, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget

from notification_tester.qt.looks.colours import READABLE, contrast, readable
from notification_tester.qt.widgets.filled_button import FilledButton
from notification_tester.qt.widgets.link_button import FoldButton, LinkButton, link_colour

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def test_is_pressed_with_mouse_and_keyboard(qtbot: QtBot) -> None:
    link = LinkButton("&More")
    qtbot.addWidget(link)
    link.show()
    with qtbot.waitSignal(link.clicked):
        QTest.mouseClick(link, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(link.clicked):
        QTest.keyClick(link, Qt.Key.Key_Space)
    assert link.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_focus_can_be_seen(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    rows = QVBoxLayout(window)
    first, second = LinkButton("One"), LinkButton("Two")
    rows.addWidget(first)
    rows.addWidget(second)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    second.setFocus()
    without = first.grab().toImage()
    first.setFocus()
    assert first.grab().toImage() != without


@pytest.mark.parametrize("background", ["#ffffff", "#efefef", "#16191e", "#3b1a18"])
@pytest.mark.parametrize("colour", ["#308cc6", "#ffff00", "#0000ff", "#777777"])
def test_every_colour_becomes_readable(colour: str, background: str) -> None:
    assert contrast(readable(QColor(colour), QColor(background)), QColor(background)) >= READABLE


def test_a_readable_colour_stays_as_it_is() -> None:
    assert readable(QColor("#0b3d91"), QColor("white")) == QColor("#0b3d91")


@pytest.mark.parametrize("window", ["#efefef", "#1e2126"], ids=["light", "dark"])
def test_link_can_be_read(qapp: QApplication, window: str) -> None:
    palette = QPalette(QColor(window))
    assert contrast(link_colour(palette), palette.color(QPalette.ColorRole.Window)) >= READABLE


def test_fold_shows_and_hides(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    folded = QLabel("inside")
    fold = FoldButton("&Details", folded)
    rows = QVBoxLayout(window)
    rows.addWidget(fold)
    rows.addWidget(folded)
    window.show()
    assert not folded.isVisible()
    closed = fold.grab().toImage()
    QTest.keyClick(fold, Qt.Key.Key_Space)
    assert folded.isVisible()
    assert fold.grab().toImage() != closed
    QTest.mouseClick(fold, Qt.MouseButton.LeftButton)
    assert not folded.isVisible()


def test_a_screen_reader_is_told_whether_it_is_expanded_and_can_press_it(qtbot: QtBot) -> None:
    QAccessible.setActive(True)  # as it listens while the button is made
    window = QWidget()
    qtbot.addWidget(window)
    folded = QLabel("inside")
    fold, plain = FoldButton("&Details && more", folded), LinkButton("&Plain && simple")
    rows = QVBoxLayout(window)
    for widget in (fold, folded, plain):
        rows.addWidget(widget)
    window.show()
    texts, told, usual = QAccessible.Text, *(QAccessible.queryAccessibleInterface(one) for one in (fold, plain))
    assert (told.role(), told.text(texts.Name)) == (QAccessible.Role.Button, "Details & more")
    assert usual.text(texts.Name) == "Plain & simple"
    assert told.text(texts.Accelerator) == usual.text(texts.Accelerator).replace("P", "D")
    assert told.text(texts.Description).startswith("Collapsed.")
    presses, as_usual = told.actionInterface(), usual.actionInterface()
    assert presses.actionNames() == as_usual.actionNames()
    press = QAccessibleActionInterface.pressAction()
    keys = as_usual.keyBindingsForAction(press)
    assert presses.keyBindingsForAction(press) == [one.replace("P", "D") for one in keys]
    for is_open in (True, False):
        presses.doAction(press)
        qtbot.waitUntil(folded.isVisible if is_open else folded.isHidden)
        state = told.state()
        assert (bool(state.expandable), bool(state.expanded), bool(state.collapsed)) == (True, is_open, not is_open)
    assert not usual.state().expandable
    fold.setEnabled(False)
    assert told.state().disabled
    assert presses.actionNames() == []
    QAccessible.setActive(False)


def test_filled_button_steps_back(qtbot: QtBot) -> None:
    button = FilledButton("Send")
    qtbot.addWidget(button)
    assert button.isDefault()
    filled = button.grab().toImage()
    button.set_filled(False)
    assert not button.isDefault()
    assert button.grab().toImage() != filled


def test_filled_button_is_readable_as_it_is_drawn(qtbot: QtBot) -> None:
    button = FilledButton("")
    qtbot.addWidget(button)
    button.resize(80, 30)
    image = button.grab().toImage()
    assert all(contrast(image.pixelColor(40, y), QColor("white")) >= 3.8 for y in range(4, 26))


def test_filled_button_follows_a_change_to_dark(qapp: QApplication, qtbot: QtBot) -> None:
    before = qapp.palette()
    button = FilledButton("Send", icon_name="send")
    qtbot.addWidget(button)
    button.set_filled(False)
    button.show()
    try:
        qapp.setPalette(QPalette(QColor("#1e2126")))
        qapp.processEvents()
        assert button.palette().color(QPalette.ColorRole.Button).lightness() < 90
        assert button.palette().color(QPalette.ColorRole.ButtonText).lightness() > 160
    finally:
        qapp.setPalette(before)
        qapp.processEvents()


def test_filled_button_shows_that_it_has_the_focus(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    rows = QVBoxLayout(window)
    button, other = FilledButton("Send"), LinkButton("Other")
    rows.addWidget(button)
    rows.addWidget(other)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    other.setFocus(Qt.FocusReason.TabFocusReason)
    without = button.grab().toImage()
    button.setFocus(Qt.FocusReason.TabFocusReason)
    image = button.grab().toImage()
    ring = [image.pixelColor(image.width() // 2, y) for y in range(2, 6)]
    assert max(contrast(one, without.pixelColor(image.width() // 2, 4)) for one in ring) >= 3


def test_filled_button_that_was_disabled_while_colours_changed(qapp: QApplication, qtbot: QtBot) -> None:
    before = qapp.palette()
    button = FilledButton("Send", icon_name="send")
    qtbot.addWidget(button)
    button.show()
    as_it_was = button.icon().pixmap(16, 16).toImage()
    button.setEnabled(False)
    try:
        qapp.setPalette(QPalette(QColor("#1e2126")))
        qapp.processEvents()
        button.setEnabled(True)
        assert button.icon().pixmap(16, 16).toImage() == as_it_was, "white on the accent, in light and dark"
    finally:
        qapp.setPalette(before)
        qapp.processEvents()
