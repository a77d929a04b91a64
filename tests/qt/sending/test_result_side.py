# SPDX-License-Identifier: MIT
"""What stands at the right of Test: of one who sends at a time, and nothing of the other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from notification_tester.domain.destination import Transport
from notification_tester.domain.events import EventType
from notification_tester.domain.problem import Cause, Problem
from notification_tester.domain.way import turk_stations
from notification_tester.qt.sending.controller import SendingController, TestAnswer
from notification_tester.qt.sending.delivery_form import DeliveryOrder
from notification_tester.qt.sending.form import TestRequest
from notification_tester.qt.sending.result_side import ResultSide
from notification_tester.qt.session import Program
from notification_tester.services.sending.test_send import Options
from qt.sending.test_delivery_result import TO_QUEUE, YES, delivered
from qt.sending.test_result_view import CLOSED
from qt.sending.test_sweep_list import NO, SPEC, outcome

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from notification_tester.qt.background import Tasks
    from notification_tester.qt.sending.delivery_result import DeliveryResult
    from notification_tester.qt.sending.result_view import ResultView
    from notification_tester.storage.places import Places

EVENT = EventType.ASSIGNMENT_SUBMITTED
TEST = TestRequest(spec=SPEC, events=(EVENT,), options=Options(wait_seconds=5, remove_afterwards=True))
ORDER = DeliveryOrder(requests=(TO_QUEUE,), place=())
FAILED = replace(outcome(EVENT, arrived=NO), problem=CLOSED)
SENT = delivered(accepted=YES, arrived=YES, as_expected=YES)


@pytest.fixture
def side(qtbot: QtBot, tasks: Tasks, places: Places) -> ResultSide:
    """As the page has it before anything was sent; the program behind it has opened no account yet."""
    made = ResultSide(SendingController(Program(tasks, places)))
    qtbot.addWidget(made)
    made.resize(560, 900)
    made.show()
    return made


def is_in_sight(part: QWidget) -> bool:
    """Whether it is seen: what was made just now is shown in the next turn."""
    QApplication.processEvents()
    return part.isVisible()


def told(side: ResultSide) -> tuple[object, bool, bool]:
    """What is shown, whether the next thing to do is a button there, and whether it was before a change."""
    return side.shown, side.offers_next, side.is_before_a_change


def test_of_what_mechanical_turk_sent_nothing_stays_once_this_computer_sends(side: ResultSide) -> None:
    side.begin(TEST)
    assert is_in_sight(side.tests)
    side.finish(TestAnswer(request=TEST, outcomes=(FAILED,)))
    assert told(side) == (FAILED, True, False)
    side.show_changed(SPEC.destination, back=False)
    assert told(side) == (FAILED, True, True)
    cleared: list[bool] = []
    side.cleared.connect(lambda: cleared.append(True))
    side.begin(ORDER)
    assert cleared == [True]
    assert is_in_sight(side.deliveries)
    assert not is_in_sight(side.tests)
    assert told(side) == (None, False, False), "what is sent now is sent after that change"
    side.finish(TestAnswer(request=ORDER, delivered=((0, 0, SENT),)))
    assert told(side) == (SENT, False, False)
    completed = replace(SENT, what="Another")
    side.replace(SENT, completed)
    side.show_mended(SPEC.destination, "It lets it in.")
    assert told(side) == (completed, False, False)

    side.begin(TEST)
    assert is_in_sight(side.tests)
    assert not is_in_sight(side.deliveries)
    assert told(side) == (None, False, False), "and the other way round"
    side.finish(TestAnswer(request=TEST, outcomes=(FAILED,)))
    side.show_mended(SPEC.destination, "It lets it in.")
    assert told(side) == (FAILED, True, True)
    side.replace(FAILED, good := outcome(EVENT))
    assert told(side)[0] is good
    side.clear()
    assert told(side) == (None, False, False)
    assert is_in_sight(side.tests.empty)


def test_where_nothing_could_begin_the_reason_stands_in_the_place_of_both(side: ResultSide) -> None:
    side.begin(ORDER)
    side.finish(TestAnswer(request=ORDER, problem=CLOSED))
    assert not is_in_sight(side.deliveries)
    assert is_in_sight(side.tests.problem)
    side.begin(ORDER)
    assert is_in_sight(side.deliveries)
    side.finish(TestAnswer(request=ORDER))  # its account was left before it was sent
    assert not is_in_sight(side.deliveries)
    assert is_in_sight(side.tests.empty)
    assert not is_in_sight(side.tests.problem)


@pytest.mark.parametrize("cause", [Cause.INPUT, Cause.SERVICE])
def test_what_would_not_do_in_the_form_is_over_when_that_changes(side: ResultSide, cause: Cause) -> None:
    side.show_problem(Problem(title="No.", detail="", remedy="", code="x", cause=cause))
    side.forget_blame()
    assert is_in_sight(side.tests.problem) is (cause is not Cause.INPUT)
    assert is_in_sight(side.tests.empty) is (cause is Cause.INPUT)


def test_what_is_expected_there_is_known_to_each_that_is_made_later(side: ResultSide) -> None:
    side.forget_blame()
    side.clear()
    side.step_back(is_over=False)
    assert told(side) == (None, False, False)
    stations = turk_stations(Transport.SQS, "lab")
    side.expect(stations, 2.0, SPEC.destination.text)
    assert is_in_sight(side.tests.past), "it was tested there"
    assert side.tests.way.view.way.stations[-1].name == stations[-1].name
    for request in (TEST, ORDER):
        side.begin(request)
        shown: ResultView | DeliveryResult = side.tests if request is TEST else side.deliveries
        assert shown.way.running.text().endswith("usually 2.0 s here")
        assert is_in_sight(shown)
    side.expect(stations, 4.0, SPEC.destination.text)
    for request in (ORDER, TEST):
        side.begin(request)
        shown = side.tests if request is TEST else side.deliveries
        assert shown.way.running.text().endswith("usually 4.0 s here")
