# SPDX-License-Identifier: MIT
"""Making a queue or topic: says what will be made, asks for a name that will do, and stays until it is there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from notification_tester.domain.account import PRACTICE
from notification_tester.domain.destination import QueueAddress, TopicAddress, Transport
from notification_tester.domain.problem import Cause, Problem
from notification_tester.qt.checkup.new_destination_dialog import SUGGESTED, NewDestinationDialog
from notification_tester.qt.help.chapters import read_chapters
from notification_tester.qt.looks.theme import Tone

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

QUEUE = QueueAddress(
    url="https://sqs.us-east-1.amazonaws.com/123456789012/lab",
    account_id="123456789012",
    queue_name="lab",
    region="us-east-1",
)
TOPIC = TopicAddress(partition="aws", region="us-east-1", account_id="123456789012", topic_name="lab")


def dialog_for(qtbot: QtBot, transport: Transport, name: str = "") -> NewDestinationDialog:
    dialog = NewDestinationDialog(PRACTICE, transport, name=name)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


@pytest.mark.parametrize(
    ("transport", "says"),
    [(Transport.SQS, "keeps messages for 14 days"), (Transport.SNS, "this AWS account alone")],
)
def test_it_says_what_will_be_made_before_it_is(qtbot: QtBot, transport: Transport, says: str) -> None:
    dialog = dialog_for(qtbot, transport)
    words = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert says in words
    assert ("neither Mechanical Turk nor you need a key" in words) == (transport is Transport.SQS)
    assert "keeps nobody out" not in words
    assert "What it costs" in words
    assert "what one costs, and how many are free, stands on Amazon's price pages" in words
    assert "lets Mechanical Turk" in words
    assert "us-east-1" in words
    assert dialog.name.text() == SUGGESTED
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in dialog.findChildren(QLabel))


@pytest.mark.parametrize(("transport", "row"), [(Transport.SQS, "a queue"), (Transport.SNS, "a topic")])
def test_what_it_costs_is_what_help_counts(qtbot: QtBot, transport: Transport, row: str) -> None:
    dialog = dialog_for(qtbot, transport)
    words = " ".join(label.text() for label in dialog.findChildren(QLabel))
    (line,) = re.findall(
        rf"One test to {row}, arrived at once \| 1 to Mechanical Turk, (.*) \|", read_chapters()["costs"].markdown
    )
    assert f"One test makes {line.replace(', ', ' and ')}" in words


@pytest.mark.parametrize("name", ["", "two words", "name.fifo", "mturk-notification-tester-mine", "x" * 81])
def test_a_name_that_will_not_do_is_said_at_the_name(qtbot: QtBot, name: str) -> None:
    dialog = dialog_for(qtbot, Transport.SQS)
    dialog.name.setText(name)
    with qtbot.assertNotEmitted(dialog.create_requested):
        dialog.make.click()
    assert dialog.note.isVisible()
    assert dialog.name.accessibleDescription()
    assert dialog.make.isEnabled()
    QTest.keyClicks(dialog.name, "x")
    assert not dialog.note.isVisible()


def test_return_makes_it_and_it_stays_until_it_is_there(qtbot: QtBot) -> None:
    dialog = dialog_for(qtbot, Transport.SQS, "lab")
    with qtbot.waitSignal(dialog.create_requested) as told:
        QTest.keyClick(dialog.name, Qt.Key.Key_Return)
    assert told.args == ["lab"]
    assert dialog.is_writing
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert not dialog.make.isEnabled()
    dialog.show_made(QUEUE)
    assert dialog.outcome.tone is Tone.GOOD
    assert "“lab”" in dialog.outcome.text()
    assert not dialog.make.isVisible()
    with qtbot.waitSignal(dialog.test_requested):
        dialog.test.click()
    assert not dialog.isVisible()


def test_of_a_topic_it_says_that_nobody_listens_yet(qtbot: QtBot) -> None:
    dialog = dialog_for(qtbot, Transport.SNS, "lab")
    dialog.make.click()
    dialog.show_made(TOPIC)
    assert dialog.outcome.tone is Tone.BEWARE
    assert "Nobody is subscribed" in dialog.outcome.text()


@pytest.mark.parametrize("cause", [Cause.INPUT, Cause.PERMISSION])
def test_what_is_in_the_way_is_said_where_it_belongs(qtbot: QtBot, cause: Cause) -> None:
    dialog = dialog_for(qtbot, Transport.SQS, "lab")
    dialog.make.click()
    dialog.show_problem(Problem(title="No.", detail="D.", remedy="R.", code="x", cause=cause))
    assert dialog.note.isVisible() is (cause is Cause.INPUT)
    assert dialog.problem.isVisible() is (cause is not Cause.INPUT)
    assert dialog.make.isEnabled()
    assert not dialog.is_writing
