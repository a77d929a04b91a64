# SPDX-License-Identifier: MIT
"""Parts that are shown together are laid out together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from notification_tester.qt.widgets.laid_out_once import laid_out_once

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QRect
    from pytestqt.qtbot import QtBot


class Counted(QVBoxLayout):
    """Knows how often it was laid out."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.times = 0

    def setGeometry(self, rect: QRect) -> None:
        self.times += 1
        super().setGeometry(rect)


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    """A window that is shown, and ten parts in it that are not."""
    window = QWidget()
    qtbot.addWidget(window)
    layout = Counted(window)
    for number in range(10):
        part = QLabel(str(number), window)
        part.hide()
        layout.addWidget(part)
    window.resize(200, 400)
    window.show()
    qtbot.waitExposed(window)
    layout.activate()
    layout.times = 0
    return window


def counted(window: QWidget) -> Counted:
    layout = window.layout()
    assert isinstance(layout, Counted)
    assert layout.isEnabled()
    return layout


def show_all(window: QWidget, then: Callable[[], object] = lambda: None) -> list[QLabel]:
    parts = window.findChildren(QLabel)
    with laid_out_once(window), laid_out_once(window):
        for part in parts:
            part.show()
        then()
    return parts


def test_each_part_alone_costs_a_layout(window: QWidget) -> None:
    for part in window.findChildren(QLabel):
        part.show()
    assert counted(window).times >= 10


def test_all_together_cost_one_and_have_their_places(window: QWidget) -> None:
    tops = [part.y() for part in show_all(window)]
    assert counted(window).times == 1
    assert tops == sorted(set(tops))


def test_it_is_laid_out_though_something_went_wrong(window: QWidget) -> None:
    with pytest.raises(ValueError, match="odd"):
        show_all(window, lambda: int("odd"))
    assert counted(window).times == 1


def test_what_has_no_layout_is_left_as_it_is(qtbot: QtBot) -> None:
    alone = QWidget()
    qtbot.addWidget(alone)
    with laid_out_once(alone):
        alone.show()
    assert alone.isVisible()
