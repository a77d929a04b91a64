# SPDX-License-Identifier: MIT
"""What is shown of messages that this computer sends: while they are under way, and how it ended."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from notification_tester.domain.delivery import Lamp, State
from notification_tester.domain.messages.draft import Draft
from notification_tester.domain.outgoing import DeliveryForm
from notification_tester.domain.problem import Cause, Problem
from notification_tester.domain.receipt import Receipt
from notification_tester.qt.looks.theme import Tone
from notification_tester.qt.notification.delivery_lamps import Stage
from notification_tester.qt.sending.delivery_result import NOBODY_LISTENS, UNTRUSTED, DeliveryResult
from notification_tester.services.sending.deliver import Delivered, DeliveryProgress
from notification_tester.services.sending.test_send import Stage as Step
from qt.notification.test_message_table import TESTS
from services.sending.test_deliver import request_to

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/lab"
HERE = "http://127.0.0.1:9/notify"
FAR = "https://lab.example.org/notify"
YES = Lamp(state=State.YES, detail="It did.", seconds=0.25)
NO = Lamp(state=State.NO, detail="It did not.")
UNSEEN = Lamp(state=State.UNKNOWN, detail="Nobody can tell.")
TO_WEB = request_to(FAR, DeliveryForm.REST)
TO_QUEUE = request_to(QUEUE, DeliveryForm.SQS)


def delivered(form: DeliveryForm = DeliveryForm.REST, what: str = "One", **more: Any) -> Delivered:
    return Delivered(what=what, scenario=None, draft=Draft(form=form, what=what), **more)


def news(one: Delivered, deadline: float | None = None, number: int = 0) -> DeliveryProgress:
    return DeliveryProgress(stage=Step.SENDING, delivered=one, number=number, count=1, deadline=deadline)


def problem(code: str, cause: Cause = Cause.DESTINATION) -> Problem:
    return Problem(title="It was not taken.", detail="", remedy="Mend it.", code=code, cause=cause)


@pytest.fixture
def shown(qtbot: QtBot) -> DeliveryResult:
    """As a window shows it."""
    made = DeliveryResult(copied_as=lambda key, request, one: f"{key} {request.shown_target} {one.what}")
    qtbot.addWidget(made)
    made.resize(560, 900)
    made.show()
    return made


def test_while_it_is_under_way_it_tells_how_long_it_takes_and_ends_with_what_became_of_it(
    qtbot: QtBot, shown: DeliveryResult
) -> None:
    shown.expect(2.0)
    shown.begin([TO_WEB])
    accepted, arrived = shown.lamps.lamps[Stage.ACCEPTED], shown.lamps.lamps[Stage.ARRIVED]
    assert accepted.word.text() == "Waiting"
    running = shown.way.running
    assert running.isVisible()
    first = running.text()
    assert first.endswith("s so far · usually 2.0 s here")
    qtbot.waitUntil(lambda: running.text() != first)  # it goes on by itself
    shown.show_progress(0, news(delivered(accepted=YES), time.perf_counter() + 500))
    qtbot.waitUntil(lambda: arrived.word.text() == "Waiting")
    assert accepted.word.text() == "Yes"
    left = arrived.seconds.text()
    assert left.endswith("s left")
    assert running.isVisible()
    assert "s so far" in running.text()
    assert not shown.copies.isVisible()
    qtbot.waitUntil(lambda: arrived.seconds.text() != left)  # what is left is counted down
    with qtbot.waitSignal(shown.cancel_requested):
        QTest.mouseClick(shown.lamps.cancel, Qt.MouseButton.LeftButton)
    ended = delivered(
        accepted=YES, arrived=YES, as_expected=YES, receipt=Receipt(status=200, reason="OK"), raw="a=1", notes=("N 1.",)
    )
    shown.finish([(0, 0, ended)])
    assert [lamp.word.text() for lamp in shown.lamps.lamps.values()] == ["Yes", "Yes", "Yes"]
    assert not running.isVisible()
    assert not shown.lamps.cancel.isVisible()
    assert not shown.sweep.isVisible(), "there is one alone"
    assert shown.receipt.isVisible()
    assert shown.receipt.status.text() == "200 OK"
    assert shown.notes.isVisible()
    assert shown.notes.words.text() == "N 1."
    assert shown.sent.isVisible()
    assert shown.copies.isVisible()
    assert not shown.mail.isVisible()
    shown.sent_link.click()
    assert shown.sent_text.view.toPlainText() == "a=1"
    assert not shown.message.isVisible(), "what a receiver answers is its receipt"
    shown.show_progress(0, news(delivered(accepted=NO)))
    shown.begin([TO_WEB])
    assert not any(
        part.isVisible() for part in (shown.receipt, shown.notes, shown.sent, shown.copies, shown.problem, shown.sweep)
    ), "what was sent before is over"
    assert accepted.word.text() == "Waiting"
    assert shown.sent_text.view.toPlainText() == ""
    assert shown.shown_delivered() is None, "news that came after the end of the one before"


def test_what_is_known_already_is_shown_before_the_end(qtbot: QtBot, shown: DeliveryResult) -> None:
    shown.begin([TO_WEB])
    refused = delivered(accepted=NO, receipt=Receipt(status=500, reason="Broken"), raw="a=1", problem=problem("x.y"))
    shown.show_progress(0, news(refused))
    qtbot.waitUntil(shown.problem.isVisible)
    qtbot.waitUntil(shown.receipt.isVisible)
    assert shown.lamps.lamps[Stage.ACCEPTED].word.text() == "No"
    assert not shown.way.running.isVisible(), "it was decided"
    assert shown.copies.isVisible()
    shown.finish([(0, 0, refused)])
    assert shown.receipt.isVisible()
    assert shown.shown_delivered() is refused


@pytest.mark.parametrize(
    ("address", "form", "found", "offered"),
    [
        (FAR, DeliveryForm.REST, problem(UNTRUSTED), ["trust", "again", "copy-problem"]),
        (HERE, DeliveryForm.REST, problem(NOBODY_LISTENS), ["receive", "again", "copy-problem"]),
        (FAR, DeliveryForm.REST, problem(NOBODY_LISTENS), ["again", "copy-problem"]),
        (FAR, DeliveryForm.REST, problem("web.refused", Cause.INPUT), ["copy-problem"]),
    ],
    ids=["certificate not trusted", "nobody listens here", "nobody listens elsewhere", "the form is wrong"],
)
def test_what_can_be_done_about_a_problem_is_offered_and_told(
    shown: DeliveryResult, address: str, form: DeliveryForm, found: Problem, offered: list[str]
) -> None:
    shown.begin([request_to(address, form)])
    ended = delivered(form, accepted=NO, problem=found)
    shown.finish([(0, 0, ended)])
    assert list(shown.problem.buttons) == offered
    assert shown.problem.tone is Tone.BAD
    QTest.mouseClick(shown.problem.buttons["copy-problem"], Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == found.as_text()
    told: list[tuple[str, object]] = []
    shown.action.connect(lambda key, one: told.append((key, one)))
    for button in list(shown.problem.buttons.values()):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert told == [(key, ended) for key in offered[:-1]], "a copy is made here"


def test_what_is_not_known_to_be_wrong_is_no_alarm(shown: DeliveryResult) -> None:
    shown.begin([TO_WEB])
    shown.finish([(0, 0, delivered(accepted=UNSEEN, problem=problem("x.y")))])
    assert shown.problem.tone is Tone.BEWARE
    shown.begin([TO_WEB])
    shown.finish([(0, 0, delivered(accepted=YES, arrived=YES, as_expected=YES))])
    assert not shown.problem.isVisible()


def test_it_is_copied_as_curl_where_it_is_http_and_what_cannot_be_written_is_said(
    qtbot: QtBot, shown: DeliveryResult
) -> None:
    good: dict[str, Any] = {"accepted": YES, "arrived": YES, "as_expected": YES}
    shown.begin([TO_QUEUE])
    shown.finish([(0, 0, delivered(DeliveryForm.SQS, raw=TESTS, **good))])
    assert not shown.copy_buttons["curl"].isVisible(), "a queue takes signed calls"
    assert shown.message.isVisible()
    assert shown.message.model.rowCount() == 2, "it was known again by its text"
    shown.begin([TO_WEB])
    shown.finish([(0, 0, delivered(what="Second", raw="a=1", **good))])
    QTest.mouseClick(shown.copy_buttons["curl"], Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == f"curl {FAR} Second"
    assert not shown.not_copied.isVisible()
    speechless = DeliveryResult(copied_as=lambda *_: "")
    qtbot.addWidget(speechless)
    speechless.show()
    speechless.begin([TO_WEB])
    speechless.finish([(0, 0, delivered(raw="a=1", **good))])
    QTest.mouseClick(speechless.copy_buttons["python"], Qt.MouseButton.LeftButton)
    assert speechless.not_copied.isVisible()
    assert QApplication.clipboard().text() == f"curl {FAR} Second", "nothing is no copy"


def test_an_e_mail_is_asked_about_once_it_was_taken_and_the_answer_is_told(qtbot: QtBot, shown: DeliveryResult) -> None:
    shown.begin([request_to("me@lab.example.org", DeliveryForm.EMAIL)])
    taken = delivered(DeliveryForm.EMAIL, accepted=YES, arrived=UNSEEN, as_expected=UNSEEN, raw="From: me")
    shown.finish([(0, 0, taken)])
    assert shown.mail.isVisible()
    for button in shown.mail.findChildren(QPushButton):
        with qtbot.waitSignal(shown.mail_answered) as told:
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert told.args == [taken, button.text() == "It arrived"]
    answered = delivered(DeliveryForm.EMAIL, accepted=YES, arrived=YES, as_expected=UNSEEN, raw="From: me")
    shown.replace_delivered(taken, answered)
    assert shown.shown_delivered() is answered
    assert not shown.mail.isVisible(), "it was answered"
    assert shown.lamps.lamps[Stage.ARRIVED].word.text() == "Yes"


def test_several_have_a_line_each_in_their_order_and_the_one_that_went_wrong_is_shown(
    qtbot: QtBot, shown: DeliveryResult
) -> None:
    requests = [TO_WEB, TO_QUEUE, TO_WEB]
    good: dict[str, Any] = {"accepted": YES, "arrived": YES, "as_expected": YES}
    shown.begin(requests)
    assert shown.sweep.isVisible()
    shown.show_progress(2, news(delivered(raw="third", **good)))
    qtbot.waitUntil(lambda: shown.sweep.tree.topLevelItemCount() == 1)
    ended = [
        (0, 0, delivered(raw="first", **good)),
        (1, 0, delivered(DeliveryForm.SQS, raw="second", accepted=NO, problem=problem("x.y"))),
        (2, 0, delivered(raw="third", **good)),
    ]
    shown.show_progress(0, news(ended[0][2]))
    qtbot.waitUntil(lambda: shown.sweep.tree.topLevelItemCount() == 2)
    qtbot.waitUntil(lambda: shown.lamps.lamps[Stage.ACCEPTED].word.text() == "Yes")
    shown.finish(ended)
    rows = shown.sweep.tree.model()
    keys = [rows.index(row, 0).data(Qt.ItemDataRole.UserRole) for row in range(rows.rowCount())]
    assert keys == [(0, 0), (1, 0), (2, 0)]
    assert shown.sweep.title.text() == "2 of 3 tests are well"
    assert shown.shown_delivered() is ended[1][2]
    assert shown.shown_request() is TO_QUEUE
    assert shown.problem.isVisible()
    shown.sweep.tree.setCurrentIndex(rows.index(2, 0))
    assert shown.shown_delivered() is ended[2][2]
    assert not shown.problem.isVisible()
    shown.sent_link.click()
    assert shown.sent_text.view.toPlainText() == "third"
    other = delivered(raw="changed", **good)
    shown.replace_delivered(ended[0][2], other)
    assert shown.shown_delivered() is ended[2][2], "another one is in sight"
    shown.sweep.tree.setCurrentIndex(rows.index(0, 0))
    assert shown.shown_delivered() is other
    shown.begin([TO_WEB])
    assert not shown.sweep.isVisible()
