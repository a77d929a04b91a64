# SPDX-License-Identifier: MIT
"""The first start: no account, no network, one press, three green lamps; and what the result is good for."""

from __future__ import annotations

import ast
import json
import shlex
import threading
from typing import TYPE_CHECKING

import pytest

from journeys.person import GREEN
from notification_tester.domain.coverage import Standing
from notification_tester.domain.delivery import State
from notification_tester.domain.destination import Transport
from notification_tester.domain.events import SUBSCRIBABLE, EventType
from notification_tester.practice.faults import Faults
from notification_tester.qt.app.main_window import USUAL_SIZE
from notification_tester.qt.looks.theme import Tone
from notification_tester.qt.notification.message_table import MessageTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from journeys.person import Person


def verdicts(person: Person) -> tuple[State, ...]:
    outcome = person.outcome()
    return outcome.accepted.state, outcome.arrived.state, outcome.as_expected.state


def test_one_press_shows_three_green_lamps(sit_down: Callable[[], Person]) -> None:
    person = sit_down()
    person.desktop.begin()
    assert not person.form.send.isEnabled()
    person.until_open()
    assert person.form.destination.problem() is None
    assert person.form.events.checked()
    assert person.window.workspace.bar.badge.word == "PRACTICE"
    assert not person.window.workspace.problems.isVisible()
    person.send()
    assert verdicts(person) == GREEN
    for title, said in zip(("Accepted", "Arrived", "As expected"), person.lamps(), strict=True):
        assert said.startswith(f"{title}: yes")
    assert "after" in person.lamps()[1]
    assert not person.result.problem.isVisible()
    assert person.result.message.isVisible()
    assert person.result.message.model.rowCount() == 2


def test_what_the_first_test_shows_is_made_though_the_window_is_never_idle(sit_down: Callable[[], Person]) -> None:
    """Who presses the button at once waits for no code of a table to be read when the message has come."""
    person, goes_on = sit_down(), threading.Event()
    person.desktop.program.opened.connect(
        lambda _: person.desktop.tasks.run(goes_on.wait, done=lambda _: None, failed=lambda _: None)
    )
    person.start()
    person.until(lambda: person.result.findChild(MessageTable) is not None)
    assert person.desktop.tasks.is_busy
    goes_on.set()
    person.until(lambda: person.window.workspace.read_ahead.is_over)


@pytest.mark.parametrize("transport", [Transport.SNS, Transport.EMAIL])
def test_other_ways_of_sending(person: Person, transport: Transport) -> None:
    person.click(person.form.choice.button(transport.value))
    assert person.form.destination.problem() is None
    person.send()
    assert verdicts(person) == GREEN
    if transport is Transport.EMAIL:
        assert "mailbox" in person.lamps()[1]
        assert not person.result.mail.isVisible()


def test_blocked_queue_is_explained_and_the_remedy_can_be_copied(person: Person) -> None:
    blocked = person.cloud.details.blocked_queue_url
    person.type_destination(blocked)
    person.send()
    assert verdicts(person) == (State.UNKNOWN, State.NO, State.UNKNOWN)
    card = person.result.problem
    assert card.isVisible()
    assert card.title.text() == "The queue does not let Mechanical Turk in."
    assert card.tone is Tone.BAD
    assert card.remedy.text()
    assert "lets Mechanical Turk in" in card.buttons["copy-statement"].toolTip()
    assert card.buttons["copy-statement"].accessibleDescription() == card.buttons["copy-statement"].toolTip()
    person.click(card.buttons["copy-statement"])
    statement = json.loads(person.clipboard())
    name = blocked.rpartition("/")[2]
    account = person.cloud.details.account_id
    assert statement["Resource"] == f"arn:aws:sqs:us-east-1:{account}:{name}"
    assert statement["Principal"] == {"Service": "mturk-requester.amazonaws.com"}
    person.click(card.buttons["copy-problem"])
    assert card.title.text() in person.clipboard()


def test_choosing_the_blocked_queue_from_the_list(person: Person) -> None:
    person.form.destination.choose_requested.emit()
    menu = person.form.destination.choose.menu()
    person.until(lambda: any("lets nobody in" in one.text() for one in menu.actions()))
    next(one for one in menu.actions() if "lets nobody in" in one.text()).trigger()
    assert person.form.destination.text() == person.cloud.details.blocked_queue_url


def test_event_that_is_not_checked_is_not_as_expected(person: Person) -> None:
    person.test_alone(EventType.HIT_EXPIRED)
    assert verdicts(person) == (State.YES, State.YES, State.NO)
    assert person.result.problem.title.text() == "It arrived, and is not subscribed."
    rows = person.form.events
    person.until(lambda: rows.standing(EventType.HIT_EXPIRED) is Standing.ARRIVED_UNASKED)
    assert rows.words(EventType.HIT_EXPIRED).startswith("arrives, not asked for")
    person.click(rows.boxes[EventType.HIT_EXPIRED])
    person.test_alone(EventType.HIT_EXPIRED)
    assert verdicts(person) == GREEN
    person.until(lambda: rows.standing(EventType.HIT_EXPIRED) is Standing.ARRIVED)
    assert rows.standing(EventType.ASSIGNMENT_SUBMITTED) is Standing.NEVER_TESTED
    assert "never tested here" in rows.boxes[EventType.ASSIGNMENT_SUBMITTED].accessibleDescription()


def test_every_checked_event_in_one_go(person: Person) -> None:
    person.click(person.form.events.all_link)
    person.page.test_finished.connect(lambda: finished.append(1))
    finished: list[int] = []
    person.click(person.form.send)
    person.until(lambda: bool(finished))
    tree = person.result.sweep.tree
    assert tree.topLevelItemCount() == len(SUBSCRIBABLE)
    for row in range(len(SUBSCRIBABLE)):
        item = tree.topLevelItem(row)
        assert item is not None
        assert [item.text(column).partition(",")[0] for column in (1, 2, 3)] == ["Yes", "Yes", "Yes"]
    assert "11" in person.result.sweep.title.text()
    last = tree.topLevelItem(10)
    assert last is not None
    tree.setCurrentItem(last)
    assert person.outcome().event is SUBSCRIBABLE[10]
    assert verdicts(person) == GREEN


def test_lost_message_is_waited_for_until_stopped(person: Person) -> None:
    person.cloud.set_faults(Faults(lose_next=1))
    person.click(person.form.send)
    person.until(lambda: "s left" in person.lamps()[1])
    first = person.lamps()[1]
    assert person.result.lamps.cancel.isVisible()
    assert person.lamps()[0].startswith("Accepted: yes")
    person.until(lambda: person.lamps()[1] != first)
    person.click(person.result.lamps.cancel)
    person.until(person.form.send.isEnabled)
    assert verdicts(person) == (State.YES, State.UNKNOWN, State.UNKNOWN)
    assert "You stopped waiting" in person.lamps()[1]
    assert not person.result.lamps.cancel.isVisible()
    person.send()
    assert verdicts(person) == GREEN


def test_late_message_is_still_found(person: Person) -> None:
    person.cloud.set_faults(Faults(late_seconds=1.0))
    person.send()
    assert verdicts(person) == GREEN
    assert (person.outcome().arrived.seconds or 0) >= 1.0


def test_commands_to_repeat_it_go_to_the_same_cloud(person: Person) -> None:
    person.send()
    person.click(person.result.copy_buttons["cli"])
    command = person.clipboard()
    assert {"aws", "mturk", "send-test-event-notification"} <= set(shlex.split(command))
    person.click(person.result.copy_buttons["python"])
    script = person.clipboard()
    ast.parse(script)
    for text in (command, script):
        assert person.cloud.details.mturk_endpoint in text


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        pytest.param(lambda person: person.type_destination(""), "destination", id="empty-destination"),
        pytest.param(lambda person: person.click(person.form.events.none_link), "event", id="no-event"),
        pytest.param(
            lambda person: person.type_destination("arn:aws:sns:us-east-1:123456789012:hit-events"),
            "topic",
            id="wrong-kind",
        ),
    ],
)
def test_what_cannot_be_sent_is_said_and_nothing_is_lost(
    person: Person, spoil: Callable[[Person], None], words: str
) -> None:
    before = person.form.state()
    spoil(person)
    person.click(person.form.send)
    assert person.form.send.isEnabled()
    card = person.result.problem
    assert card.isVisible()
    assert words in f"{card.title.text()} {card.detail.text()}".lower()
    person.click(card.buttons["copy-problem"])
    assert card.title.text() in person.clipboard()
    after = person.form.state()
    assert after.transport is before.transport
    assert after.event is before.event
    assert person.history().model.rowCount() == 0
    person.click(person.window.workspace.navigation.buttons["test"])
    person.type_destination(before.destination)
    person.form.events.set_checked(before.events)
    person.send()
    assert verdicts(person) == GREEN


def test_a_window_that_was_closed_reads_nothing_ahead_any_more(person: Person) -> None:
    goes_on, tasks = threading.Event(), person.desktop.tasks
    tasks.run(goes_on.wait, done=lambda _: None, failed=lambda _: None)
    reading = person.window.workspace.read_ahead
    assert not reading.is_over, "there is something left to be read"
    person.window.close()
    goes_on.set()
    person.until(lambda: not tasks.is_busy)  # which began it again
    assert not reading._clock.isActive()


def test_the_first_window_fits_on_its_screen(person: Person) -> None:
    assert USUAL_SIZE.height() > person.window.screen().availableSize().height(), "a screen too small for the usual"
    assert person.window.screen().availableGeometry().contains(person.window.frameGeometry())


def test_what_stands_in_the_way_of_every_test_comes_before_their_list(person: Person) -> None:
    """Its button is found without a scroll past all lines, and the keyboard comes to it first."""
    person.type_destination(person.cloud.details.blocked_queue_url)
    person.click(person.form.events.all_link)
    person.send()
    result = person.result
    person.until(result.problem.isVisible)
    person.until(lambda: result.way.y() < result.problem.y() < result.sweep.y())
    stops: list[QWidget] = [result.more]
    while stops[-1] is not result.sweep.tree:
        following = stops[-1].nextInFocusChain()
        assert following is not None
        assert following not in stops
        stops.append(following)
    assert result.problem.buttons["mend"] in stops
