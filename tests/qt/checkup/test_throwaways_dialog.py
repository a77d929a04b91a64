# SPDX-License-Identifier: MIT
"""Throw-away queues by hand: what an earlier start left is checked, what may be in use is not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
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
    assert not dialog.look.isEnabled()
    assert not dialog.list.isEnabled()
    assert not dialog.remove.isVisible()
    dialog.show_queues(QUEUES)
    assert not dialog.state.isVisible()
    assert dialog.look.isEnabled()
    assert dialog.list.isEnabled()
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
    assert not dialog.look.isEnabled()
    assert not dialog.list.isEnabled(), "what is being removed is not ticked otherwise"
    assert dialog.state.text() == "Removing…"
    dialog.show_queues(QUEUES[2:], removed=2)
    assert dialog.note.text.startswith("Removed: 2.")
    assert not dialog.remove.isEnabled()
    assert dialog.look.isEnabled()
    dialog.look.click()
    assert dialog.note.text == ""
    dialog.show_queues(QUEUES)
    assert dialog.note.text == "", "nothing was removed this time"
    assert rows(dialog)[0][0] == QUEUES[0].address.name
    assert len(rows(dialog)) == len(QUEUES)


def test_where_there_is_none_nothing_is_offered(dialog: ThrowawaysDialog) -> None:
    dialog.show_queues(())
    assert "There is none." in dialog.state.text()
    assert not dialog.list.isVisible()
    assert not dialog.remove.isVisible()
    dialog.show_queues(QUEUES)
    assert dialog.list.isVisible()
    assert dialog.remove.isVisible()
    assert not dialog.state.isVisible()


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (-1, "just now"),
        (59 / 3600, "just now"),
        (1 / 60, "1 minute ago"),
        (59 / 60, "59 minutes ago"),
        (1, "1 hour ago"),
        (47, "47 hours ago"),
        (48, "2 days ago"),
        (73, "3 days ago"),
    ],
)
def test_when_each_was_made_is_told_in_what_one_counts_by(dialog: ThrowawaysDialog, hours: float, said: str) -> None:
    dialog.show_queues([queue("a", hours=hours)])
    assert rows(dialog)[0][1] == said


def test_return_removes_nothing(dialog: ThrowawaysDialog, qtbot: QtBot) -> None:
    dialog.show_queues(QUEUES)
    with qtbot.assertNotEmitted(dialog.remove_requested):
        QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert not dialog.isVisible()


def test_what_went_wrong_is_said_and_can_be_tried_again(dialog: ThrowawaysDialog, qtbot: QtBot) -> None:
    dialog.show_problem(Problem(title="No.", detail="D.", remedy="R.", code="x", cause=Cause.PERMISSION))
    assert dialog.problem.isVisible()
    assert not dialog.state.isVisible()
    assert dialog.look.isEnabled()
    with qtbot.waitSignal(dialog.look_requested):
        dialog.look.click()
    assert not dialog.problem.isVisible()
    assert dialog.state.text() == "Looking…"
    dialog.show_queues(QUEUES)
    dialog.show_problem(Problem(title="No.", detail="D.", remedy="R.", code="x", cause=Cause.PERMISSION))
    assert dialog.remove.isEnabled(), "it can be tried again"
    dialog.remove.click()
    assert not dialog.problem.isVisible()
    dialog.show_problem(Problem(title="No.", detail="D.", remedy="R.", code="x", cause=Cause.PERMISSION))
    dialog.show_queues(QUEUES)
    assert not dialog.problem.isVisible()
