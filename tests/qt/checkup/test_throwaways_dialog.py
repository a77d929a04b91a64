# SPDX-License-Identifier: MIT
"""Throw-away queues by hand: what an earlier start left is checked, what may be in use is not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from notification_tester.domain.account import PRACTICE
from notification_tester.domain.destination import QueueAddress, Transport, parse_destination
from notification_tester.domain.problem import Cause, Problem
from notification_tester.qt.checkup.throwaways_dialog import ThrowawaysDialog
from notification_tester.services.sending.throwaway import TemporaryFound

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def queue(letter: str, *, hours: float | None = 1, waiting: int | None = 0, is_left: bool = False) -> TemporaryFound:
    name = f"mturk-notification-tester-{letter * 12}"
    address = parse_destination(Transport.SQS, f"https://sqs.us-east-1.amazonaws.com/123456789012/{name}")
    assert isinstance(address, QueueAddress)
    age = None if hours is None else timedelta(hours=hours)
    return TemporaryFound(address=address, waiting=waiting, age=age, is_left=is_left)


QUEUES = (queue("a", hours=3, waiting=2, is_left=True), queue("b", hours=0), queue("c", hours=None, waiting=None))


@pytest.fixture
def dialog(qtbot: QtBot) -> ThrowawaysDialog:
    dialog = ThrowawaysDialog(PRACTICE)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def rows(dialog: ThrowawaysDialog) -> list[list[str]]:
    items = [dialog.list.topLevelItem(place) for place in range(dialog.list.topLevelItemCount())]
    return [[item.text(column) for column in range(4)] for item in items if item]


def test_each_is_told_with_what_is_known_of_it(dialog: ThrowawaysDialog) -> None:
    assert dialog.state.text() == "Looking…"
    dialog.show_queues(QUEUES)
    assert not dialog.state.isVisible()
    assert [row[1:3] for row in rows(dialog)] == [["3 hours ago", "2"], ["just now", "0"], ["not known", "not known"]]
    assert rows(dialog)[0][3].startswith("No")
    assert rows(dialog)[1][3] == "Perhaps"
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in dialog.findChildren(QLabel))


def test_only_what_was_left_is_checked_beforehand(dialog: ThrowawaysDialog, qtbot: QtBot) -> None:
    dialog.show_queues(QUEUES)
    assert dialog.checked() == [QUEUES[0]]
    assert dialog.remove.text() == "&Remove the ticked one"
    item = dialog.list.topLevelItem(1)
    assert item is not None
    item.setCheckState(0, Qt.CheckState.Checked)
    assert dialog.remove.text() == "&Remove the ticked 2"
    with qtbot.waitSignal(dialog.remove_requested) as told:
        dialog.remove.click()
    assert told.args == [[QUEUES[0], QUEUES[1]]]
    assert not dialog.remove.isEnabled()
    dialog.show_queues(QUEUES[2:], removed=2)
    assert dialog.note.text.startswith("Removed: 2.")
    assert not dialog.remove.isEnabled()


def test_where_there_is_none_nothing_is_offered(dialog: ThrowawaysDialog) -> None:
    dialog.show_queues(())
    assert "There is none." in dialog.state.text()
    assert not dialog.list.isVisible()
    assert not dialog.remove.isVisible()


def test_what_went_wrong_is_said_and_can_be_tried_again(dialog: ThrowawaysDialog, qtbot: QtBot) -> None:
    dialog.show_problem(Problem(title="No.", detail="D.", remedy="R.", code="x", cause=Cause.PERMISSION))
    assert dialog.problem.isVisible()
    with qtbot.waitSignal(dialog.look_requested):
        dialog.look.click()
    assert not dialog.problem.isVisible()
