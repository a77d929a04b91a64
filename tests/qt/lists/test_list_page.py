# SPDX-License-Identifier: MIT
"""What every page with a long list does alike: quick to make, and calm while its numbers change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QObject, QStringListModel, Qt
from PySide6.QtGui import QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QPushButton, QWidget

from notification_tester.qt.lists.row_details import RowDetails
from notification_tester.qt.lists.row_filter import RowFilter
from notification_tester.qt.widgets.link_button import LinkButton
from notification_tester.storage.database import Database
from notification_tester.storage.history import History
from notification_tester.storage.queries import PageQuery
from qt.history.test_page import begin, opened, settle

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from notification_tester.qt.background import Tasks


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with Database(tmp_path / "history.sqlite3") as database:
        yield History(database)


def test_details_are_made_when_a_row_is_chosen(qtbot: QtBot, tasks: Tasks, history: History) -> None:
    page = opened(qtbot, tasks, history)
    assert page.findChildren(RowDetails) == []
    for copy in page.table.findChildren(QShortcut):
        copy.activated.emit()
    assert page.findChildren(RowDetails) == []
    page.row_changed(begin(history))
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    page.table.choose(1)  # below its day
    qtbot.waitUntil(lambda: page.findChildren(RowDetails) != [] and page.details.isVisible())
    assert page.details.row is not None


class _Layouts(QObject):
    """Counts how often a page is laid out."""

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self.count = 0
        page.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        del watched
        self.count += event.type() is QEvent.Type.LayoutRequest
        return False


def test_a_new_number_does_not_lay_out_the_page(qtbot: QtBot, tasks: Tasks, history: History) -> None:
    page = opened(qtbot, tasks, history)
    settle(qtbot, tasks)
    page._say_status("1,111 messages")
    QApplication.processEvents()
    layouts = _Layouts(page)
    for number in range(2, 10):
        page._say_status(f"1,11{number} messages")
        QApplication.processEvents()
    assert layouts.count == 0
    page._say_status("111,112 messages")
    assert page.status.width() >= page.status.sizeHint().width()
    QApplication.processEvents()
    assert layouts.count == 1


class _Filter(RowFilter[PageQuery]):
    def __init__(self) -> None:
        super().__init__(pause=50)
        self.kind = self._add_choice("Kind")
        self.kind.setModel(QStringListModel(["Every kind", "One kind"], self))

    def query(self) -> PageQuery:
        return PageQuery(text=self.search.text())


def test_a_filter_waits_for_a_pause_and_not_for_a_choice(qtbot: QtBot) -> None:
    made = _Filter()
    qtbot.addWidget(made)
    told: list[str] = []
    made.changed.connect(lambda: told.append(made.search.text()))
    QTest.keyClicks(made.search, "abc")
    assert told == []
    qtbot.waitUntil(lambda: told == ["abc"])
    QTest.keyClicks(made.search, "d")
    QTest.keyClick(made.search, Qt.Key.Key_Return)
    assert told == ["abc", "abcd"]
    QTest.keyClick(made.kind, Qt.Key.Key_Down)
    assert told == ["abc", "abcd", "abcd"]
    made.clear()
    assert told[3:] == [""]
    assert (made.search.text(), made.kind.currentIndex()) == ("", 0)
    assert isinstance(made.kind, QComboBox)
    assert made.kind.accessibleName() == "Kind"
    QTest.keyClicks(made.search, "e")
    qtbot.waitUntil(lambda: len(told) > 4)
    assert told[4:] == ["e"]  # what was typed before is not asked late


class _Details(RowDetails):
    def __init__(self) -> None:
        super().__init__()
        self.link, self.button = LinkButton("More", self), QPushButton("Do it", self)
        self.copied = 0
        self._lay_out([self.link], self.button, space=4)

    def copy_all(self) -> None:
        self.copied += 1


def test_details_keep_their_buttons_in_sight(qtbot: QtBot) -> None:
    made = _Details()
    qtbot.addWidget(made)
    made.resize(500, 160)
    made.show()
    assert made.button.visibleRegion().boundingRect() == made.button.rect()
    assert made.link.width() < 250
    assert made.link.x() < 10  # not in the middle
    QTest.mouseClick(made.copy, Qt.MouseButton.LeftButton)
    assert made.copied == 1
