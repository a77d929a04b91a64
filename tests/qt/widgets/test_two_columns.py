# SPDX-License-Identifier: MIT
"""Two columns of which the second goes along while the first is scrolled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QBoxLayout, QScrollArea, QSizePolicy, QWidget

from notification_tester.qt.widgets.two_columns import TwoColumns

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

AROUND = 10
LONG = 2_000


class Part(QWidget):
    """As high as it is said to be, at any width."""

    def __init__(self, height: int) -> None:
        super().__init__()
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._height = height

    def sizeHint(self) -> QSize:
        return QSize(100, self._height)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        del width
        return self._height

    def become(self, height: int) -> None:
        self._height = height
        self.updateGeometry()


class Page:
    """A page of a given height, with a first column that is far longer."""

    def __init__(self, qtbot: QtBot, *, second: int) -> None:
        self.area = QScrollArea()
        qtbot.addWidget(self.area)
        self.area.setWidgetResizable(True)
        content = QWidget()
        self.columns = TwoColumns(self.area)
        self.columns.setContentsMargins(AROUND, AROUND, AROUND, AROUND)
        content.setLayout(self.columns)
        self.first, self.second = Part(LONG), Part(second)
        self.columns.put(self.first, self.second)
        self.area.setWidget(content)
        self.area.resize(600, 420)
        self.area.show()
        qtbot.waitUntil(lambda: self.area.verticalScrollBar().maximum() > 0)
        self.settle()

    @property
    def height(self) -> int:
        return self.area.viewport().height()

    def settle(self) -> None:
        for _ in range(3):
            QApplication.processEvents()

    def scroll(self, to: int) -> int:
        """Scroll there; how far the second stands below its place then."""
        self.area.verticalScrollBar().setValue(to)
        self.settle()
        return self.second.y() - AROUND


@pytest.fixture
def low(qtbot: QtBot) -> Page:
    """With a second column that has room in the window."""
    return Page(qtbot, second=200)


def test_both_stand_side_by_side_from_the_top(low: Page) -> None:
    assert low.first.y() == low.second.y() == AROUND
    assert low.first.geometry().right() < low.second.x()
    assert low.first.width() > low.second.width()


def test_what_has_room_goes_along_as_far_as_the_first_goes(low: Page) -> None:
    assert low.scroll(500) == 500
    assert low.scroll(300) == 300
    assert low.scroll(low.area.verticalScrollBar().maximum()) == low.area.verticalScrollBar().maximum()
    assert low.second.geometry().bottom() <= low.first.geometry().bottom()
    low.first.become(LONG + 100)
    low.settle()
    assert low.scroll(0) == 0


def test_what_is_higher_than_the_window_goes_along_once_its_end_was_seen(qtbot: QtBot) -> None:
    page = Page(qtbot, second=800)
    beyond = 800 + 2 * AROUND - page.height
    assert page.scroll(beyond - 50) == 0
    assert page.scroll(beyond + 60) == 60
    assert page.scroll(beyond + 20) == 60, "until its top is seen it stays"
    assert page.scroll(40) == 40
    page.scroll(700)
    page.columns.follow(from_its_top=True)
    assert page.second.y() - AROUND == 700


def test_the_page_becomes_longer_where_what_came_would_not_be_seen_whole(qtbot: QtBot) -> None:
    page = Page(qtbot, second=1_500)
    before = page.area.verticalScrollBar().maximum()
    page.scroll(1_200)
    page.columns.follow(from_its_top=True)
    page.settle()
    assert page.second.y() - AROUND == 1_200
    assert page.area.verticalScrollBar().maximum() > before


def test_below_one_another_neither_moves(low: Page) -> None:
    low.scroll(300)
    low.columns.turn(QBoxLayout.Direction.TopToBottom)
    low.settle()
    assert low.second.y() > low.first.geometry().bottom()
    assert low.first.x() == low.second.x() == AROUND
    where = low.second.y()
    low.scroll(500)
    low.columns.follow(from_its_top=True)
    assert low.second.y() == where
    low.columns.turn(QBoxLayout.Direction.LeftToRight)
    low.settle()
    assert low.scroll(200) == 200
