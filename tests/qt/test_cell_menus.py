# SPDX-License-Identifier: MIT
"""Every table and list offers to copy a cell and its row, by the keyboard's key for menus as by the pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListView, QTableView, QTreeView, QWidget

from notification_tester.domain.account import Account, Environment, KeySource
from notification_tester.domain.events import SUBSCRIBABLE, TEST_ASSIGNMENT_IDS, TEST_HIT_ID
from notification_tester.domain.messages.message import decode
from notification_tester.domain.outgoing import DeliveryForm
from notification_tester.qt.accounts.dialog import AccountDialog
from notification_tester.qt.lists.cell_menu import CellMenu
from notification_tester.qt.notification.message_table import MessageTable
from notification_tester.qt.sending.scenario_list import ScenarioList
from notification_tester.qt.sending.sweep_list import SweepList
from qt.hit_types.test_bulk_preview import opened, some
from qt.notification.test_message_table import TESTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    View = QTableView | QTreeView | QListView


def what_arrived(qtbot: QtBot) -> tuple[QWidget, View]:
    shown = MessageTable()
    qtbot.addWidget(shown)
    shown.resize(900, 500)
    shown.show_message(decode(TESTS), TESTS)
    shown.show()
    return shown, shown.table


def preview(qtbot: QtBot) -> tuple[QWidget, View]:
    shown = opened(qtbot, some(3))
    return shown, shown.table


def sweep(qtbot: QtBot) -> tuple[QWidget, View]:
    shown = SweepList()
    qtbot.addWidget(shown)
    shown.begin(SUBSCRIBABLE)
    shown.show()
    return shown, shown.tree


def scenarios(qtbot: QtBot) -> tuple[QWidget, View]:
    shown = ScenarioList()
    qtbot.addWidget(shown)
    shown.show_form(DeliveryForm.SQS, to_web=False)
    shown.fold.setChecked(True)
    shown.show()
    return shown, shown.tree


def accounts(qtbot: QtBot) -> tuple[QWidget, View]:
    shown = AccountDialog([Account(name="Lab", environment=Environment.SANDBOX, source=KeySource.KEYRING)])
    qtbot.addWidget(shown)
    shown.show()
    return shown, shown.list


def menu_at(qtbot: QtBot, view: View, row: int, column: int, *, by_keyboard: bool) -> CellMenu:
    index = view.model().index(row, column)
    view.setCurrentIndex(index)
    place = view.visualRect(index).center()
    kind = QContextMenuEvent.Reason.Keyboard if by_keyboard else QContextMenuEvent.Reason.Mouse
    before = set(view.findChildren(CellMenu))
    QApplication.sendEvent(view.viewport(), QContextMenuEvent(kind, place, view.viewport().mapToGlobal(place)))
    (menu,) = set(view.findChildren(CellMenu)) - before
    qtbot.waitUntil(menu.isVisible)
    return menu


@pytest.mark.parametrize("by_keyboard", [False, True], ids=["mouse", "keyboard"])
@pytest.mark.parametrize("make", [what_arrived, preview, sweep, scenarios, accounts])
def test_a_cell_and_its_row_are_copied(
    qtbot: QtBot, make: Callable[[QtBot], tuple[QWidget, View]], by_keyboard: bool
) -> None:
    shown, view = make(qtbot)
    clipboard = QGuiApplication.clipboard()
    clipboard.clear()
    menu = menu_at(qtbot, view, 1, 0, by_keyboard=by_keyboard)
    menu.copy_cell.trigger()
    cell = clipboard.text()
    assert cell
    assert cell.split("\n")[0] in {"Lab", "AssignmentSubmitted"} or cell in view.model().index(1, 0).data()
    menu.copy_row.trigger()
    assert clipboard.text().split("\t")[0] == cell
    assert menu.copy_row.isVisible() is not isinstance(view, QListView)
    menu.close()
    assert shown.isVisible()


def test_what_a_cell_shows_in_short_is_copied_whole_by_its_menu_and_by_its_keys(qtbot: QtBot) -> None:
    shown, view = what_arrived(qtbot)
    clipboard = QGuiApplication.clipboard()
    menu = menu_at(qtbot, view, 0, 3, by_keyboard=False)
    assert menu.copy_cell.isShortcutVisibleInContextMenu()
    assert not menu.copy_cell.shortcut().isEmpty()
    menu.copy_row.trigger()
    copied = clipboard.text().split("\t")
    menu.close()
    assert shown.isVisible()
    assert copied[2] == TEST_HIT_ID
    assert copied[3] in TEST_ASSIGNMENT_IDS
    clipboard.clear()
    QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert clipboard.text() == copied[3]


def test_beside_a_cell_there_is_no_menu(qtbot: QtBot) -> None:
    shown, view = accounts(qtbot)
    place = QPoint(5, view.viewport().height() - 3)
    QApplication.sendEvent(
        view.viewport(),
        QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, view.viewport().mapToGlobal(place)),
    )
    assert view.findChildren(CellMenu) == []
    assert shown.isVisible()
