# SPDX-License-Identifier: MIT
"""What is shown of tests that Mechanical Turk sends: before, while they are under way, and how they ended."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from notification_tester.domain.delivery import NOT_TRIED, Lamp, State, not_tried
from notification_tester.domain.destination import Transport
from notification_tester.domain.events import SUBSCRIBABLE, EventType
from notification_tester.domain.messages.message import decode
from notification_tester.domain.problem import Cause, Code, Problem
from notification_tester.domain.way import turk_stations
from notification_tester.qt.looks.theme import Tone
from notification_tester.qt.notification.delivery_lamps import Stage
from notification_tester.qt.sending.result_view import ResultView
from notification_tester.services.sending.test_send import Progress
from notification_tester.services.sending.test_send import Stage as Step
from qt.notification.test_message_table import TESTS
from qt.sending.test_sweep_list import NO, SPEC, YES, outcome

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

EVENT = EventType.ASSIGNMENT_SUBMITTED
UNKNOWN = Lamp(state=State.UNKNOWN, detail="Nobody can tell.")
CLOSED = Problem(
    title="The queue does not let it in.", detail="", remedy="Mend it.", code=Code.CLOSED, cause=Cause.DESTINATION
)


@pytest.fixture
def shown(qtbot: QtBot) -> ResultView:
    """As a window shows it."""
    made = ResultView(as_aws_cli=lambda one: f"aws {one.event}", as_python=lambda one: f"python {one.event}")
    qtbot.addWidget(made)
    made.resize(560, 900)
    made.show()
    return made


def test_while_it_is_under_way_it_tells_how_long_it_takes_and_ends_with_what_became_of_it(
    qtbot: QtBot, shown: ResultView
) -> None:
    shown.expect(turk_stations(Transport.SQS, "lab"), 2.0, "the address")
    assert shown.past.isVisible()
    with qtbot.waitSignal(shown.history_requested) as told:
        QTest.mouseClick(shown.past, Qt.MouseButton.LeftButton)
    assert told.args == ["the address"]
    shown.begin([EVENT])
    assert not shown.past.isVisible()
    assert not shown.empty.isVisible()
    accepted, arrived = shown.lamps.lamps[Stage.ACCEPTED], shown.lamps.lamps[Stage.ARRIVED]
    assert accepted.isVisible()
    assert accepted.word.text() == "Waiting"
    running = shown.way.running
    first = running.text()
    assert running.isVisible()
    assert first.endswith("s so far · usually 2.0 s here")
    qtbot.waitUntil(lambda: running.text() != first)  # it goes on by itself
    taken = replace(not_tried(SPEC, EVENT), accepted=YES)
    shown.show_progress(Progress(stage=Step.WAITING, outcome=taken, deadline=time.perf_counter() + 500))
    qtbot.waitUntil(lambda: arrived.word.text() == "Waiting")
    assert accepted.word.text() == "Yes"
    left = arrived.seconds.text()
    assert left.endswith("s left")
    assert running.isVisible()
    assert not shown.copies.isVisible()
    offered_before = shown.offers_next
    assert not offered_before
    qtbot.waitUntil(lambda: arrived.seconds.text() != left)  # what is left is counted down
    with qtbot.waitSignal(shown.cancel_requested):
        QTest.mouseClick(shown.lamps.cancel, Qt.MouseButton.LeftButton)
    shown.finish([replace(outcome(EVENT), message=decode(TESTS), raw=TESTS, notes=("N 1.", "N 2."))])
    assert [lamp.word.text() for lamp in shown.lamps.lamps.values()] == ["Yes", "Yes", "Yes"]
    assert not running.isVisible()
    assert not shown.lamps.cancel.isVisible()
    assert shown.notes.isVisible()
    assert shown.notes.text() == "N 1.\nN 2."
    assert shown.message.isVisible()
    assert shown.offers_next
    shown.show_progress(Progress(stage=Step.WAITING, outcome=taken))
    assert shown.shown_outcome() != taken, "news that came after the end"
    with qtbot.waitSignal(shown.cleared):
        shown.begin([EVENT])
    assert not any(part.isVisible() for part in (shown.notes, shown.message, shown.copies))
    shown.clear()
    assert shown.empty.isVisible()
    assert shown.past.isVisible()
    assert not accepted.isVisible()
    assert shown.way.headline.text() == "Nothing new was sent yet"


def test_what_comes_next_is_offered_unless_its_queue_is_gone(qtbot: QtBot, shown: ResultView) -> None:
    shown.begin([EVENT])
    shown.finish([outcome(EVENT)])
    assert shown.use.isVisible()
    assert shown.sets_nothing.isVisible()
    assert shown.copies.isVisible()
    shown.more.click()
    for key, start in (("cli", "aws"), ("python", "python")):
        QTest.mouseClick(shown.copy_buttons[key], Qt.MouseButton.LeftButton)
        assert QApplication.clipboard().text() == f"{start} {EVENT}"
    for button, key in ((shown.report, "report"), (shown.use, "hit-types")):
        with qtbot.waitSignal(shown.action) as asked:
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert asked.args == [key, shown.shown_outcome()]
    shown.begin([EVENT], is_throwaway=True)
    assert not shown.copies.isVisible()
    shown.finish([outcome(EVENT)])
    assert not shown.copies.isVisible()


def test_what_could_not_begin_stands_alone_until_the_next(shown: ResultView) -> None:
    told: list[tuple[str, object]] = []
    shown.action.connect(lambda key, one: told.append((key, one)))
    shown.begin([EVENT])
    shown.finish([outcome(EVENT)])
    wrong = Problem(title="No event is ticked.", detail="", remedy="Tick one.", code="x.y", cause=Cause.INPUT)
    shown.show_problem(wrong)
    assert shown.problem.isVisible()
    assert not any(part.isVisible() for part in (shown.way, shown.empty, shown.lamps, shown.copies))
    blamed = shown.blames_the_form
    assert blamed
    assert list(shown.problem.buttons) == ["copy-problem"], "there is nothing to send again"
    QTest.mouseClick(shown.problem.buttons["copy-problem"], Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == wrong.as_text()
    shown.show_problem(replace(wrong, code=Code.READING_COSTS, cause=Cause.DESTINATION))
    assert not shown.blames_the_form
    QTest.mouseClick(shown.problem.buttons["read-anyway"], Qt.MouseButton.LeftButton)
    assert told == [("read-anyway", None)]
    shown.clear()
    assert not shown.problem.isVisible()
    assert shown.way.isVisible()


@pytest.mark.parametrize(
    ("found", "offered"),
    [
        (CLOSED, ["mend", "copy-statement", "throw-away", "again", "copy-problem"]),
        (replace(CLOSED, code="x.y", cause=Cause.SERVICE), ["throw-away", "again", "from-here", "copy-problem"]),
        (replace(CLOSED, code="x.y", cause=Cause.NO_NETWORK), ["again", "from-here", "copy-problem"]),
        (replace(CLOSED, code="x.y", cause=Cause.INPUT), ["copy-problem"]),
    ],
    ids=["closed", "the service", "no network", "the form"],
)
def test_what_can_be_done_about_a_problem_is_offered_once_it_ended(
    shown: ResultView, found: Problem, offered: list[str]
) -> None:
    shown.begin([EVENT])
    shown.finish([replace(outcome(EVENT, arrived=NO), problem=found)])
    assert list(shown.problem.buttons) == offered
    assert shown.problem.tone is Tone.BAD
    assert shown.offers_next
    assert not shown.use.isVisible()
    shown.begin([EVENT], is_throwaway=True)
    shown.finish([replace(outcome(EVENT, arrived=NO), problem=found)])
    gone = {"mend", "copy-statement"} | ({"again"} if "throw-away" in offered or "again" in offered else set())
    assert not gone & set(shown.problem.buttons), "its queue is gone; another is made to send again"
    assert ("throw-away" in shown.problem.buttons) is ("again" in offered)


def test_what_was_tested_before_a_change_is_no_trouble_any_more_until_that_is_taken_back(shown: ResultView) -> None:
    shown.begin([EVENT])
    shown.finish([replace(outcome(EVENT, arrived=NO), problem=CLOSED)])
    before = shown.way.headline.text()
    shown.show_changed(SPEC.destination, back=False)
    is_past = shown.is_before_a_change
    assert is_past
    assert shown.problem.title.text() == "The destination was changed after this test."
    assert CLOSED.title in shown.problem.detail.text()
    assert list(shown.problem.buttons) == ["again", "changes"]
    assert shown.way.headline.text() == f"Before the change: {before}"
    assert shown.problem.tone is Tone.ACCENT
    shown.show_changed(SPEC.destination, back=True)
    assert not shown.is_before_a_change
    assert shown.problem.title.text() == CLOSED.title
    assert shown.way.headline.text() == before
    shown.show_mended(SPEC.destination, "It lets it in.")
    assert shown.problem.title.text() == "What stood in the way was mended since this test."
    assert "It lets it in." in shown.problem.detail.text()
    assert list(shown.problem.buttons) == ["again"], "the history has nothing to take back"
    shown.show_mended(SPEC.destination, "")
    assert shown.problem.title.text() == CLOSED.title
    shown.begin([EVENT])
    shown.show_mended(SPEC.destination, "It lets it in.")
    shown.finish([replace(outcome(EVENT, arrived=NO), problem=CLOSED)])
    assert shown.problem.title.text() == CLOSED.title, "it is tested right now"


def test_what_stands_in_the_way_of_all_comes_before_their_list(qtbot: QtBot, shown: ResultView) -> None:
    three = SUBSCRIBABLE[:3]
    shown.begin(three)
    shown.finish([replace(outcome(event, arrived=NO), problem=CLOSED) for event in three])
    qtbot.waitUntil(shown.problem.isVisible)
    assert shown.sweep.isVisible()
    qtbot.waitUntil(lambda: shown.problem.y() < shown.sweep.y())
    shown.begin(three)
    assert not shown.problem.isVisible()
    lost = replace(outcome(three[1], arrived=NO), problem=CLOSED)
    shown.show_progress(Progress(stage=Step.DONE, outcome=outcome(three[0])))
    qtbot.waitUntil(lambda: shown.lamps.lamps[Stage.ARRIVED].word.text() == "Yes")
    shown.finish([outcome(three[0]), lost, outcome(three[2])])
    qtbot.waitUntil(shown.problem.isVisible)
    assert shown.shown_outcome() is lost
    qtbot.waitUntil(lambda: shown.sweep.y() < shown.problem.y())
    assert shown.way.headline.text().startswith("2 of 3 ")
    rows = shown.sweep.tree
    rows.setCurrentIndex(rows.model().index(2, 0))
    assert shown.shown_outcome() == outcome(three[2])
    assert not shown.problem.isVisible()
    shown.begin([EVENT])
    assert not shown.sweep.isVisible()


def test_what_is_not_known_is_no_alarm_and_what_a_person_answers_is_shown(shown: ResultView) -> None:
    shown.begin([EVENT])
    unseen = replace(outcome(EVENT, arrived=UNKNOWN), problem=replace(CLOSED, code="x.y", cause=Cause.SERVICE))
    shown.finish([unseen])
    assert shown.problem.tone is Tone.BEWARE
    found = replace(unseen, arrived=YES, as_expected=YES, problem=None)
    shown.replace_outcome(outcome(EVENT, arrived=NOT_TRIED), found)
    assert shown.shown_outcome() is unseen, "it is of another test"
    shown.replace_outcome(unseen, found)
    assert shown.shown_outcome() is found
    assert not shown.problem.isVisible()
    assert shown.lamps.lamps[Stage.ARRIVED].word.text() == "Yes"
