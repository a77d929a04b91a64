# SPDX-License-Identifier: MIT
"""The page Test says where things stand: on top, in each row, and in the drawn way; with its foot always in sight."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel

from journeys.person import first_is_late
from journeys.test_history_changes import set_hit_types
from journeys.test_inbox_accounts import follow, queue
from journeys.test_inbox_lists import add_lab
from notification_tester.cli.output import YES
from notification_tester.domain.coverage import Standing
from notification_tester.domain.events import EventType
from notification_tester.domain.way import Passage
from notification_tester.qt.app.navigation import INBOX
from notification_tester.qt.looks.formatting import now_utc
from notification_tester.qt.looks.theme import Tone
from notification_tester.qt.sending import event_rows, place_lookup
from notification_tester.qt.sending import standing as standing_words
from notification_tester.storage import database
from notification_tester.storage.rows import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from journeys.person import Person
    from notification_tester.practice.cloud import PracticeCloud
    from notification_tester.storage.places import Places

SUBMITTED = EventType.ASSIGNMENT_SUBMITTED


def standing(person: Person) -> str:
    line = person.page.findChild(QLabel, "standing")
    assert line is not None
    return line.text() if line.isVisible() else ""


def test_from_never_tested_to_works_and_back_when_the_destination_is_another(person: Person) -> None:
    address = person.cloud.details.queue_url
    nothing = "Mechanical Turk is to tell practice-results about 1 event: not tested yet."
    person.until(lambda: standing(person) == nothing)
    assert person.result.way.headline.text() == "Nothing was sent yet"
    person.send()
    person.until(lambda: "A test of 1 event reached practice-results just now, " in standing(person))
    assert person.result.way.headline.text() == "Everything arrived"
    assert {link.passage for link in person.result.way.view.way.links} == {Passage.KNOWN}
    person.type_destination(person.cloud.details.blocked_queue_url)
    person.until(lambda: standing(person).endswith("is to tell practice-blocked about 1 event: not tested yet."))
    assert person.form.events.standing(SUBMITTED) is Standing.NEVER_TESTED
    person.send()
    person.until(lambda: "does not get through to practice-blocked" in standing(person))
    assert person.form.events.standing(SUBMITTED) is Standing.FAILED
    assert person.result.way.headline.text() == "practice-blocked does not let Mechanical Turk in"
    assert person.result.way.view.reason.isVisible()
    person.type_destination(address)
    person.until(lambda: "reached practice-results just now" in standing(person))
    assert person.form.events.standing(SUBMITTED) is Standing.ARRIVED


def test_a_queue_that_is_not_there_is_no_doubt(person: Person) -> None:
    person.type_destination(person.cloud.details.queue_url.replace("practice-results", "my-old-queue"))
    person.send()
    assert person.result.way.headline.text() == "The queue does not exist"
    assert person.result.way.headline.tone is Tone.BAD
    person.until(lambda: "does not get through to my-old-queue" in standing(person))
    assert person.form.events.standing(SUBMITTED) is Standing.FAILED
    history = person.history()
    person.until(lambda: history.model.rowCount() == 1)
    [row] = history.model.rows_between(0, 1)
    assert row.outcome is Outcome.BAD


def test_a_test_alone_is_no_set_hit_type(person: Person) -> None:
    person.send()
    person.until(lambda: standing(person).endswith("; no HIT type is set from here to use it yet."))
    assert standing(person).startswith("A test of 1 event reached practice-results just now, ")
    set_hit_types(person, 1)
    person.click(person.window.workspace.navigation.buttons["test"])
    person.until(lambda: "Turk tells practice-results about 1 event: works, tested just now, " in standing(person))


def test_words_for_how_long_ago_it_was_move_on_by_themselves(
    monkeypatch: pytest.MonkeyPatch, sit_down: Callable[[], Person]
) -> None:
    """Nothing is looked up meanwhile: what passes is the time alone."""
    monkeypatch.setattr(place_lookup, "AGES_MILLISECONDS", 24 * 3_600_000)
    person = sit_down()
    person.start()
    person.send()
    person.until(lambda: "reached practice-results just now" in standing(person))
    later = now_utc() + timedelta(seconds=61)
    for words in (standing_words, event_rows):
        monkeypatch.setattr(words, "now_utc", lambda: later)
    person.until(lambda: "reached practice-results 1 min ago" in standing(person))
    assert "1 min ago" in person.form.events.words(SUBMITTED)


def test_a_history_that_can_no_longer_be_read_leaves_it_open_whether_something_was_tested(
    person: Person, places: Places
) -> None:
    person.send()
    person.until(lambda: "reached practice-results just now" in standing(person))
    person.until(lambda: not person.desktop.tasks.is_busy)
    with closing(sqlite3.connect(places.database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with places.database.open("r+b") as file:
        file.write(os.urandom(places.database.stat().st_size))
    person.type_destination(person.cloud.details.blocked_queue_url)
    not_known = "about 1 event. Whether that was tested is not known: the history cannot be read."
    person.until(lambda: standing(person) == f"Mechanical Turk is to tell practice-blocked {not_known}")
    assert person.form.events.standing(SUBMITTED) is Standing.UNKNOWN
    assert person.form.events.words(SUBMITTED) in {"not known whether tested", "not known"}
    assert "not tested" not in person.form.events.words(EventType.HIT_EXPIRED)


def it_counts_here_and_not_elsewhere(person: Person) -> None:
    """In the sentence, in its row, and as a place on offer while another is in the form."""
    person.until(lambda: "reached practice-results just now" in standing(person))
    assert person.form.events.standing(SUBMITTED) is Standing.ARRIVED
    address = person.form.destination.text()
    person.type_destination(person.cloud.details.blocked_queue_url)
    person.until(lambda: standing(person).endswith("practice-blocked about 1 event: not tested yet."))
    (chip,) = person.form.destination.recent()
    assert chip.accessibleName() == "Use practice-results: the last test there went well"
    assert chip.accessibleDescription().endswith("/practice-results: the last test there went well")
    (before,) = (one for one in person.form.destination.findChildren(QLabel) if one.text() == "Tested before:")
    assert before.isVisible()
    assert before.geometry().right() < chip.geometry().left(), "what has a mark there is a test of before"
    person.type_destination(address)
    assert not before.isVisible(), "nothing stands after it"
    person.until(lambda: "reached practice-results just now" in standing(person))


def test_a_test_that_could_not_be_written_down_counts_as_long_as_its_account_is_open(
    sit_down: Callable[[], Person], places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    person = sit_down()
    person.start()
    with closing(sqlite3.connect(places.database)) as another_program:
        another_program.execute("BEGIN IMMEDIATE")
        person.send()
        assert "This test is not in the history." in person.result.notes.text()
        it_counts_here_and_not_elsewhere(person)
        another_program.rollback()
    person.until(lambda: not person.desktop.tasks.is_busy)


def test_a_test_whose_end_could_not_be_written_down_counts_in_sentence_row_and_chip(
    sit_down: Callable[[], Person], places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    person = sit_down()
    person.start()
    person.until(lambda: "not tested yet" in standing(person))
    let_go = person.hold_next()
    person.click(person.form.send)
    person.until(person.result.lamps.cancel.isVisible)
    with closing(sqlite3.connect(places.database)) as another_program:
        another_program.execute("BEGIN IMMEDIATE")
        let_go()
        person.until(lambda: person.result.way.headline.text() == "Everything arrived")
        it_counts_here_and_not_elsewhere(person)
        another_program.rollback()
    person.until(lambda: not person.desktop.tasks.is_busy)


def history_of(person: Person) -> object:
    session = person.desktop.program.session
    assert session is not None
    assert session.tested is not None
    return session.tested


def test_what_was_known_before_a_test_does_not_come_in_the_place_of_what_is_known_after_it(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.until(lambda: "not tested yet" in standing(person))
    with first_is_late(person, monkeypatch, history_of(person), "last_of") as is_asked:
        person.page.hide()
        person.page.show()  # as by looking at another page meanwhile
        person.until(is_asked.is_set)
        person.send()
        person.until(lambda: "reached" in standing(person))
    assert "reached" in standing(person)


def test_a_destination_that_was_tested_since_stays_on_offer(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    field = person.form.destination
    good, blocked = person.cloud.details.queue_url, person.cloud.details.blocked_queue_url
    with first_is_late(person, monkeypatch, history_of(person), "newest_places") as is_asked:
        person.send()
        person.until(is_asked.is_set)
        person.type_destination(blocked)
        person.send()
        person.type_destination(good)
        person.until(lambda: [one.text() for one in field.recent()] == ["practice-blocked"])
    assert [one.text() for one in field.recent()] == ["practice-blocked"]


def command(*words: str, home: Path) -> int:
    """Have a command of this program, in a process of its own, do something in the same home; its exit code."""
    program = [sys.executable, "-m", "notification_tester", "--home", str(home)]
    return subprocess.run([*program, *words], capture_output=True, check=False).returncode


@pytest.mark.parametrize("comes_back", ["to the page", "to the window"])
def test_what_a_command_tested_meanwhile_is_told_to_who_comes_back(
    sit_down: Callable[[], Person],
    places: Places,
    cloud: PracticeCloud,
    own_home: Path,
    comes_back: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(place_lookup, "AGES_MILLISECONDS", 24 * 3_600_000)  # at once, not by looking now and then
    add_lab(places, cloud, own_home)
    person = sit_down()
    person.start()
    person.switch_to("Lab")
    person.type_destination(cloud.details.queue_url)
    person.until(lambda: standing(person).endswith("about 1 event: not tested yet."))
    page = person.history()
    person.until(page.nothing_yet.isVisible)
    pages = person.window.workspace.navigation.buttons
    terminal = QLabel("a terminal")
    words = ("--transport", "SQS", "--event", SUBMITTED.value, "--account", "Lab")

    def test_from_a_command() -> None:
        terminal.show()
        terminal.activateWindow()
        person.until(terminal.isActiveWindow)
        assert command("send", *words, "--destination", cloud.details.queue_url, home=places.data.parent) == YES

    if comes_back == "to the window":
        person.click(pages["test"])
    test_from_a_command()
    if comes_back == "to the page":
        person.click(pages["test"])
    else:
        person.window.activateWindow()
    person.until(lambda: "reached practice-results just now" in standing(person))
    assert person.form.events.standing(SUBMITTED) is Standing.ARRIVED
    person.until(lambda: not person.desktop.tasks.is_busy)
    person.type_destination(cloud.details.blocked_queue_url)
    (chip,) = person.form.destination.recent()
    assert chip.accessibleName() == "Use practice-results: the last test there went well"
    person.click(pages["history"])
    person.until(lambda: page.model.rowCount() == 1)
    if comes_back == "to the window":
        test_from_a_command()
        person.window.activateWindow()
        person.until(lambda: page.model.rowCount() == 2)
    terminal.close()


def test_a_change_is_not_a_failure_any_more(person: Person) -> None:
    person.type_destination(person.cloud.details.blocked_queue_url)
    person.send()
    person.until(lambda: "does not get through" in standing(person))
    destination = person.form.destination.destination()
    assert destination is not None
    person.checkup.changed.emit(destination, False)
    assert standing(person) == "practice-blocked was changed after the last test: test it again."
    way = person.result.way
    assert way.headline.text() == "Before the change: practice-blocked does not let Mechanical Turk in"
    assert way.headline.tone is Tone.PLAIN, "red is what is so now"
    assert not way.view.reason.isVisible(), "nor is its reason, in the present tense"
    assert "The test found: The queue does not let Mechanical Turk in." in person.result.problem.detail.text()
    assert person.form.events.standing(SUBMITTED) is Standing.BEFORE_CHANGE
    assert "tested before the change" in person.form.events.words(SUBMITTED)


def let_in(person: Person, url: str) -> None:
    """Somebody else mends the queue: another window, a console, a command."""
    current = person.desktop.program.current
    assert current is not None
    sqs = current.clients.sqs()
    names: Any = ["QueueArn"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]["QueueArn"]
    principal = {"Service": "mturk-requester.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sqs:SendMessage", "Resource": arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})


def shut(person: Person, url: str) -> None:
    current = person.desktop.program.current
    assert current is not None
    current.clients.sqs().set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})


@pytest.mark.parametrize("how", ["link", "back-in-the-window"])
def test_a_red_card_notices_what_was_mended_elsewhere(person: Person, how: str) -> None:
    field, card = person.form.destination, person.result.problem
    person.type_destination(queue(person, f"closed-{how}"))
    person.send()
    person.until(field.again_link.isVisible)
    assert field.mend_link.isVisible()
    assert person.form.events.standing(SUBMITTED) is Standing.FAILED
    red = card.title.text()

    person.click(field.again_link)
    assert "Checking…" in field.verdict()
    person.until(lambda: "does not let Mechanical Turk in" in field.verdict())
    assert card.title.text() == red, "nothing was mended"

    let_in(person, field.text())
    if how == "link":
        person.click(field.again_link)
    else:
        person.checkup.look_again_after = 0.0
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)
    person.until(lambda: card.title.text() == "What stood in the way was mended since this test.")
    assert red in card.detail.text()
    assert card.detail.text().endswith("No test was sent since.")
    assert person.form.events.standing(SUBMITTED) is Standing.BEFORE_CHANGE
    assert "was changed after the last test: test it again" in standing(person)
    assert not field.mend_link.isVisible()
    if how == "back-in-the-window":  # and somebody takes the mend back
        shut(person, field.text())
        person.checkup.quiet.refresh(at_once=True)
        person.until(lambda: card.title.text() == red)
        person.until(lambda: person.form.events.standing(SUBMITTED) is Standing.FAILED)
        return
    person.click(card.buttons["again"])
    person.until(lambda: "reached" in standing(person))
    assert not card.isVisible()


def test_what_was_mended_before_a_good_test_is_not_told_after_it(person: Person) -> None:
    field = person.form.destination
    person.type_destination(queue(person, "mended-in-time"))
    person.until(field.mend_link.isVisible)
    let_in(person, field.text())
    person.send()
    person.until(lambda: "reached" in standing(person))
    person.until(lambda: not field.again_link.isVisible())  # it is looked at again by itself
    assert "reached" in standing(person)
    assert person.form.events.standing(SUBMITTED) is Standing.ARRIVED


def test_the_link_below_a_red_address_mends_it(person: Person) -> None:
    person.type_destination(person.cloud.details.blocked_queue_url)
    link = person.form.destination.mend_link
    person.until(link.isVisible)
    assert link.text() == "Mend…"
    person.click(link)
    person.until(lambda: person.checkup.mend_dialog is not None)
    dialog = person.checkup.mend_dialog
    assert dialog is not None
    assert dialog.isVisible()
    dialog.close()


def test_the_foot_is_in_sight_wherever_the_page_is_scrolled_to(person: Person) -> None:
    person.window.resize(900, 600)
    person.until(lambda: person.page.verticalScrollBar().maximum() > 0)
    foot = person.form.foot
    for place in (0, person.page.verticalScrollBar().maximum()):
        person.page.verticalScrollBar().setValue(place)
        shown = QRect(foot.mapTo(person.window, QPoint()), foot.size())
        assert person.window.rect().contains(shown)
        assert not person.form.send.visibleRegion().isEmpty()
        viewport = person.page.viewport()
        assert not QRect(viewport.mapTo(person.window, QPoint()), viewport.size()).intersects(shown)
    person.click(person.form.advanced)
    person.until(lambda: not person.form.version.visibleRegion().isEmpty())
    page, bar = person.page, person.page.verticalScrollBar()
    assert bar.isVisible()
    assert foot.width() == page.width()
    assert bar.mapTo(page, bar.rect().bottomLeft()).y() < foot.y(), "beside the foot there is nothing to scroll"


def test_one_row_alone_by_keyboard(person: Person) -> None:
    from PySide6.QtTest import QTest

    test = person.form.events.tests[EventType.HIT_DISPOSED]
    test.setFocus()
    QTest.keyClick(test, Qt.Key.Key_Space)
    person.until(lambda: person.form.events.standing(EventType.HIT_DISPOSED) is Standing.ARRIVED_UNASKED)
    assert person.outcome().event is EventType.HIT_DISPOSED
    assert "arrives, not asked for" in person.form.events.boxes[EventType.HIT_DISPOSED].accessibleDescription()
    person.until(test.hasFocus)


def test_usual_seconds_are_known_after_a_test(person: Person) -> None:
    person.send()
    person.until(lambda: "reached" in standing(person))
    let_go = person.hold_next()
    person.click(person.form.send)
    person.until(lambda: "usually" in person.result.way.running.text())
    assert person.result.way.running.isVisible()
    let_go()
    person.until(person.form.send.isEnabled)
    assert not person.result.way.running.isVisible()


def test_it_says_that_an_address_is_being_looked_at(person: Person) -> None:
    field = person.form.destination
    person.until(lambda: "Queue found" in field.verdict())
    seen: list[str] = []
    person.checkup.quiet.begun.connect(lambda: seen.append(field.verdict()))
    person.type_destination(person.cloud.details.blocked_queue_url)
    person.until(lambda: "does not let Mechanical Turk in" in field.verdict())
    assert any("Checking…" in one for one in seen)
    assert "Checking…" not in field.verdict()


def test_destinations_that_were_tested_are_offered_with_how_that_ended(person: Person) -> None:
    good, blocked = person.cloud.details.queue_url, person.cloud.details.blocked_queue_url
    field = person.form.destination
    person.send()
    person.type_destination(blocked)
    person.send()
    person.until(lambda: [one.text() for one in field.recent()] == ["practice-results"])
    (chip,) = field.recent()
    assert chip.accessibleName() == "Use practice-results: the last test there went well"
    person.click(chip)
    assert field.text() == good
    person.until(lambda: [one.text() for one in field.recent()] == ["practice-blocked"])
    assert field.recent()[0].accessibleName() == "Use practice-blocked: the last test there failed"
    person.click(field.recent()[0])
    person.click(person.form.choice.button("SNS"))
    person.click(field.recent()[0])
    assert (person.form.transport.value, field.text()) in {("SQS", good), ("SQS", blocked)}


def test_one_who_has_no_queue_makes_one_from_there(person: Person) -> None:
    from notification_tester.qt.checkup.new_destination_dialog import NewDestinationDialog

    person.click(person.form.destination.make_link)
    dialog = person.window.findChild(NewDestinationDialog)
    assert isinstance(dialog, NewDestinationDialog)
    assert dialog.isVisible()
    dialog.close()
    person.click(person.form.choice.button("Email"))
    assert not person.form.destination.make_link.isVisible()


def test_what_the_inbox_saw_of_real_workers_is_told_in_the_rows(person: Person) -> None:
    events = person.form.events
    address = person.cloud.details.queue_url
    person.form.remove.setChecked(False)
    person.send()
    person.until(lambda: "reached" in standing(person))
    person.click(person.window.workspace.navigation.buttons[INBOX])
    inbox = person.seen(person.window.workspace.inbox)
    follow(person, inbox, address)
    person.until(lambda: inbox.model.rowCount() == 2)  # of the test, with its made-up ids
    person.click(person.window.workspace.navigation.buttons["test"])
    person.until(lambda: events.standing(SUBMITTED) is Standing.ARRIVED)
    assert "seen live" not in events.words(SUBMITTED), "a test is not seen live"
    began: list[int] = []
    inbox.controller.workers_began.connect(lambda: began.append(1))
    inbox.controller.start_workers()
    person.until(lambda: bool(began))  # else they would be told their usual pace after the one to come
    person.cloud.set_workers(speed=200.0, events=20)
    accepted = EventType.ASSIGNMENT_ACCEPTED
    person.until(lambda: inbox.model.rowCount() > 5)
    person.page.hide()
    person.page.show()  # as by looking at another page meanwhile
    person.until(lambda: events.standing(accepted) is Standing.SEEN_LIVE)
    assert events.words(accepted).startswith("seen live ")
    assert re.match(r"\d+\.\d", events.words(SUBMITTED)), "how long its test took comes first"
    person.until(lambda: "seen live just now" in events.words(SUBMITTED))


def test_where_nothing_is_ticked_a_button_ticks_the_usual_event(person: Person) -> None:
    person.click(person.form.events.none_link)
    person.click(person.form.send)
    card = person.result.problem
    person.until(card.isVisible)
    assert card.title.text() == "No event is ticked."
    button = card.buttons["tick-submitted"]
    assert button.text().replace("&", "") == "Tick “Assignment submitted”"
    person.click(button)
    assert person.form.events.checked() == (SUBMITTED,)
    assert not card.isVisible()
    assert person.form.send.hasFocus()
    assert person.form.send.text().replace("&", "") == "Test the one ticked"
    person.send()
    person.until(lambda: "reached" in standing(person))
