# SPDX-License-Identifier: MIT
"""A change is shown before it is made; Return and Escape leave everything as it is."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from notification_tester.domain.account import PRACTICE, Environment
from notification_tester.domain.destination import QueueAddress, TopicAddress, Transport, parse_destination
from notification_tester.domain.policy.judgement import Question, judge, with_grant
from notification_tester.domain.problem import Cause, Code, Problem, Remedy
from notification_tester.qt.checkup.mend_dialog import MendDialog
from notification_tester.qt.looks.theme import Tone
from notification_tester.services.checkup.mend import Mended, Proposal

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

QUEUE = parse_destination(Transport.SQS, "https://sqs.us-east-1.amazonaws.com/123456789012/results")
assert isinstance(QUEUE, QueueAddress)
ARN = "arn:aws:sqs:us-east-1:123456789012:results"
BEFORE = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "sqs:GetQueueUrl", "Resource": ARN, "Sid": "<b>Mine</b>"}
        ],
    }
)
TOPIC = parse_destination(Transport.SNS, "arn:aws:sns:us-east-1:123456789012:results")
assert isinstance(TOPIC, TopicAddress)
QUESTION = Question(resource_arn=ARN, source_account="")
AFTER = with_grant(BEFORE, ARN, "")
PROPOSAL = Proposal(
    destination=QUEUE,
    before=BEFORE,
    after=AFTER,
    question=QUESTION,
    sentence="One statement is added.",
    sentence_done="One statement was added.",
    judgement=judge(AFTER, QUESTION),
)
MENDED = Mended(
    account=PRACTICE,
    written_at=datetime(2026, 1, 31, 12, tzinfo=UTC),
    proposal=PROPOSAL,
    read_back=AFTER,
    is_seen=True,
    judgement=judge(AFTER, QUESTION),
)
PROBLEM = Problem(title="No.", detail="D.", remedy="R.", code="x", cause=Cause.PERMISSION)


@pytest.fixture
def dialog(qtbot: QtBot) -> MendDialog:
    dialog = MendDialog(PRACTICE, QUEUE)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_the_change_is_shown_in_words_and_line_by_line(dialog: MendDialog) -> None:
    assert not dialog.change.isVisible()
    assert dialog.sentence.text() == "Reading the access policy…"
    assert not dialog.above.isVisible()
    assert not dialog.difference.isVisible(), "there is nothing to see yet"
    assert dialog.cancel.text() == "&Cancel"
    dialog.show_proposal(PROPOSAL)
    assert dialog.above.isVisible()
    assert dialog.difference.isVisible()
    assert not dialog.outcome.text()
    assert not dialog.undo.isVisible()
    assert not dialog.test.isVisible()
    assert dialog.cancel.text() == "&Cancel"
    assert dialog.cancel.isDefault()
    assert dialog.focusWidget() is dialog.cancel
    assert dialog.sentence.text() == PROPOSAL.sentence
    lines = dialog.difference.toPlainText().splitlines()
    assert '+        "Service": "mturk-requester.amazonaws.com"' in lines
    assert any("<b>Mine</b>" in line for line in lines)
    assert not any(line.startswith(("@@", "+++", "---")) for line in lines)
    marked = [mark.cursor.block().text() for mark in dialog.difference.extraSelections()]
    assert marked == [line for line in lines if line[0] in "+-"]
    assert dialog.difference.isReadOnly()
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in dialog.findChildren(QLabel))


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_return_and_escape_change_nothing(dialog: MendDialog, qtbot: QtBot, key: Qt.Key) -> None:
    dialog.show_proposal(PROPOSAL)
    asked: list[object] = []
    dialog.change_requested.connect(asked.append)
    QTest.keyClick(dialog, key)
    assert not dialog.isVisible()
    assert asked == []


def test_a_yes_is_written_once_and_awaited(dialog: MendDialog) -> None:
    asked: list[object] = []
    dialog.change_requested.connect(asked.append)
    dialog.show_proposal(PROPOSAL)
    dialog.change.click()
    dialog.change.click()
    assert asked == [PROPOSAL]
    assert not dialog.change.isEnabled()
    assert not dialog.cancel.isEnabled()
    assert dialog.outcome.text() == "Writing the change, and reading it back…"
    dialog.reject()
    assert dialog.isVisible(), "its outcome is to be seen"
    dialog.show_mended(MENDED)
    assert dialog.outcome.tone is Tone.GOOD
    assert dialog.test.isVisible()
    assert not dialog.change.isVisible()
    assert dialog.cancel.text() == "&Close"
    assert dialog.cancel.isEnabled()
    assert dialog.above.text() == "This was changed"
    assert dialog.difference.isVisible()
    undone: list[object] = []
    dialog.undo_requested.connect(undone.append)
    dialog.undo.click()
    assert undone == [MENDED]
    assert dialog.isVisible(), "it is shown first what would be put back"
    way_back = replace(PROPOSAL, before=AFTER, after=BEFORE, judgement=judge(BEFORE, QUESTION), is_way_back=True)
    back = replace(MENDED, proposal=way_back, read_back=BEFORE)
    dialog.show_undone(replace(back, is_seen=False))
    assert "does not show it yet" in dialog.outcome.text(), "no more is said than was read back"
    dialog.show_undone(back)
    assert "read back" in dialog.outcome.text()
    assert dialog.outcome.tone is Tone.GOOD
    assert not dialog.difference.isVisible()
    assert not dialog.above.isVisible()
    assert not dialog.test.isVisible()
    assert dialog.cancel.text() == "&Close"
    assert not dialog.undo.isVisible()
    assert "what it was" in dialog.outcome.text()


def test_what_was_written_is_told_as_done(dialog: MendDialog) -> None:
    dialog.show_mended(MENDED)
    assert dialog.sentence.text() == PROPOSAL.sentence_done
    dialog.show_mended(replace(MENDED, is_seen=False))
    assert dialog.sentence.text() == PROPOSAL.sentence, "that it is done was not seen"


def test_practice_is_not_said_to_take_a_minute(dialog: MendDialog, qtbot: QtBot) -> None:
    dialog.show_mended(MENDED)
    assert dialog.outcome.text() == "Changed, read back and checked: Mechanical Turk is let in."
    elsewhere = MendDialog(replace(PRACTICE, name="Lab", environment=Environment.SANDBOX), QUEUE)
    qtbot.addWidget(elsewhere)
    elsewhere.show_mended(MENDED)
    assert "AWS may take up to a minute" in elsewhere.outcome.text()


@pytest.mark.parametrize(
    ("mended", "tone"),
    [
        pytest.param(replace(MENDED, is_seen=False), Tone.UNKNOWN, id="not-seen-yet"),
        pytest.param(replace(MENDED, judgement=judge(BEFORE, QUESTION)), Tone.BEWARE, id="did-not-help"),
    ],
)
def test_what_is_not_certain_is_not_green(dialog: MendDialog, mended: Mended, tone: Tone) -> None:
    dialog.show_mended(mended)
    assert dialog.outcome.tone is tone
    assert dialog.undo.isVisible()
    assert not dialog.test.isVisible()


def test_a_change_whose_answer_was_lost_is_not_known_and_can_be_taken_back(dialog: MendDialog) -> None:
    dialog.show_mended(replace(MENDED, is_seen=False, lost=PROBLEM))
    assert dialog.outcome.tone is Tone.UNKNOWN
    assert "not known" in dialog.outcome.text()
    assert "taken" not in dialog.outcome.text()
    assert dialog.problem.isVisible()
    assert dialog.undo.isVisible()
    assert not dialog.test.isVisible()


def test_a_change_that_shows_is_known_though_its_answer_was_lost(dialog: MendDialog) -> None:
    dialog.show_mended(replace(MENDED, lost=PROBLEM))
    assert dialog.outcome.tone is Tone.GOOD
    assert not dialog.problem.isVisible()


def test_a_problem_is_in_place(dialog: MendDialog, qtbot: QtBot) -> None:
    dialog.show_problem(PROBLEM)
    assert dialog.problem.isVisible()
    assert not dialog.change.isVisible()
    assert dialog.sentence.text() == "Nothing was changed."
    dialog.show_proposal(PROPOSAL)
    assert not dialog.problem.isVisible()
    dialog.change.click()
    dialog.show_problem(PROBLEM)
    assert dialog.sentence.text() == PROPOSAL.sentence, "which is what can be tried again"
    assert not dialog.outcome.text()
    assert dialog.change.isVisible()
    assert dialog.change.isEnabled()
    dialog.change.click()
    assert not dialog.problem.isVisible()
    dialog.show_problem(replace(PROBLEM, code=Code.CHANGED_MEANWHILE))
    assert not dialog.change.isVisible(), "what was shown does not hold any more"
    with qtbot.waitSignal(dialog.proposal_requested):
        dialog.problem.buttons["look"].click()
    assert not dialog.problem.isVisible()
    assert dialog.sentence.text() == "Reading the access policy…"
    assert not dialog.difference.isVisible()
    dialog.show_proposal(None)
    assert "let in already" in dialog.outcome.text()
    assert dialog.outcome.tone is Tone.GOOD
    assert dialog.sentence.text() == "Nothing has to be changed."
    assert not dialog.change.isVisible()
    assert dialog.cancel.text() == "&Close"
    assert not dialog.problem.isVisible()


@pytest.mark.parametrize("when", ["nothing is read", "it is shown", "it is written"])
def test_what_can_be_tried_again_has_one_button_for_it(dialog: MendDialog, when: str) -> None:
    """Where the change is in sight it is the one that writes it."""
    if when != "nothing is read":
        dialog.show_proposal(PROPOSAL)
    if when == "it is written":
        dialog.show_mended(MENDED)
    dialog.show_problem(replace(PROBLEM, remedies=(Remedy.TRY_AGAIN,)))
    assert ("look" in dialog.problem.buttons) is (when == "nothing is read")
    assert dialog.change.isVisible() is (when == "it is shown")
    assert dialog.undo.isVisible() is (when == "it is written")


def said(dialog: MendDialog) -> tuple[str, Tone]:
    """What came of it."""
    return dialog.outcome.text(), dialog.outcome.tone


@pytest.mark.parametrize(
    ("place", "kind", "count", "would", "did"),
    [
        (QUEUE, "queue", 1, "1 HIT type that is on tells this {}: it would go silent.", "1 HIT type that is on tells"),
        (QUEUE, "queue", 2, "2 HIT types that are on tell this {}: they would go silent.", "2 HIT types that are on"),
        (TOPIC, "topic", 1, "1 HIT type that is on tells this {}: it would go silent.", "1 HIT type that is on tells"),
        (TOPIC, "topic", 2, "2 HIT types that are on tell this {}: they would go silent.", "2 HIT types that are on"),
    ],
)
def test_who_would_go_silent_is_told_before_and_after(
    dialog: MendDialog, place: QueueAddress | TopicAddress, kind: str, count: int, would: str, did: str
) -> None:
    shuts = replace(PROPOSAL, destination=place, after="", judgement=judge("", QUESTION), would_go_silent=count)
    dialog.show_proposal(shuts)
    assert said(dialog) == (would.format(kind), Tone.BEWARE)
    back = replace(MENDED, proposal=shuts, read_back="", judgement=judge("", QUESTION))
    dialog.show_undone(back)
    text, tone = said(dialog)
    assert did in text
    assert text.endswith(f" this {kind}: {'it is' if count == 1 else 'they are'} silent now.")
    assert tone is Tone.BEWARE
    for told in (
        replace(back, proposal=replace(shuts, would_go_silent=0)),
        replace(back, judgement=judge(AFTER, QUESTION)),
    ):
        dialog.show_undone(told)
        assert said(dialog) == ("Taken back and read back: the access policy is what it was before.", Tone.GOOD)
    dialog.show_undone(replace(back, is_seen=False))
    text, tone = said(dialog)
    assert "silent" not in text
    assert tone is Tone.UNKNOWN
