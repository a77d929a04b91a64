# SPDX-License-Identifier: MIT
"""The page Inbox with practice behind it: the form, the list that comes in its place, and what leads from one on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox

from journeys.test_inbox_lists import body
from notification_tester.domain.account import PRACTICE
from notification_tester.domain.destination import Transport
from notification_tester.domain.events import EventType
from notification_tester.domain.problem import Cause, Problem, Remedy
from notification_tester.domain.receiver_place import ReceiverPlace
from notification_tester.practice.faults import Faults
from notification_tester.qt.inbox.controller import InboxController
from notification_tester.qt.inbox.model import Column
from notification_tester.qt.inbox.page import InboxPage
from notification_tester.services.inbox import reading
from notification_tester.storage.preferences import Preferences
from qt.somebody import Somebody
from qt.test_layout import astray

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from notification_tester.qt.background import Tasks
    from notification_tester.qt.session import Program
    from notification_tester.storage.places import Places

SIGNALS = (
    "go_to_test_requested",
    "remedy_requested",
    "send_here_requested",
    "come_forward_requested",
    "history_requested",
)


class Reader(Somebody):
    """The page, and who uses it."""

    def __init__(self, program: Program, tasks: Tasks, places: Places, qtbot: QtBot) -> None:
        super().__init__(program, qtbot)
        self.controller = InboxController(program, Preferences(places.preferences))
        self.page = InboxPage(self.controller, tasks)
        self.hear(self.page, *SIGNALS)
        self.open(self.page)
        program.opened.emit(program.current)

    def until_rows(self, count: int) -> None:
        model = self.page.model
        self._qtbot.waitUntil(lambda: model.rowCount() == count and model.is_up_to_date)

    def paste(self, *texts: str) -> None:
        QGuiApplication.clipboard().setText("\n".join(texts))
        self.press(self.page.places.paste)

    def events(self) -> list[str]:
        model = self.page.model
        return sorted(str(model.index(row, Column.EVENT).data()) for row in range(model.rowCount()))

    def is_in_form(self) -> bool:
        return self.page.form.isVisible()


@pytest.fixture
def somebody(
    program: Program, tasks: Tasks, places: Places, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Reader]:
    monkeypatch.setattr(reading, "POLL_SECONDS", 1)
    made = Reader(program, tasks, places, qtbot)
    yield made
    made.cloud.set_faults(Faults())
    program.left.emit(PRACTICE)  # what is followed is given back
    qtbot.waitUntil(lambda: not tasks.is_busy)


def test_every_part_of_the_page_is_laid_out(somebody: Reader) -> None:
    more = "QWidget: FoldButton “More”"  # which stands in the bar once there is more
    assert [one for one in astray(somebody.page) if one != more] == []


def test_messages_that_are_pasted_are_shown_narrowed_and_cleared(qtbot: QtBot, somebody: Reader) -> None:
    page = somebody.page
    assert somebody.is_in_form()
    assert not page.places.isVisible()
    somebody.paste(body("d1", "HITCreated"), body("d2"), body("d3"))
    somebody.until_rows(3)
    qtbot.waitUntil(page.note.isVisible)
    assert page.note.text.startswith("3 messages were opened.")
    assert not somebody.is_in_form()
    assert page.places.isVisible()
    places = (page.places.list, page.places.other, page.places.open, page.places.paste, page.places.clear)
    assert all(page.places.isAncestorOf(one) for one in places)
    qtbot.waitUntil(lambda: [one.y() for one in places] == sorted({one.y() for one in places}))
    assert (page.bar.title.text(), page.status.text(), page.export.isEnabled()) == (
        "Opened messages",
        "3 messages",
        True,
    )
    page.filter.search.setText("HITCreated")
    somebody.until_rows(1)
    assert not page.note.isVisible(), "it was of another list"
    qtbot.waitUntil(page.details.isVisible)
    assert page.details.title.text() == "HIT created"
    page.filter.search.setText("of nothing at all")
    qtbot.waitUntil(page.nothing_found.isVisible)
    assert page.filter.isVisible()
    assert not page.export.isEnabled()
    somebody.press(page.nothing_found.button)
    somebody.until_rows(3)
    assert page.filter.search.text() == ""
    chips = page.overview.chips.chips
    qtbot.waitUntil(lambda: EventType.HIT_CREATED.value in chips)
    somebody.press(chips[EventType.HIT_CREATED.value])
    somebody.until_rows(1)
    assert somebody.events() == ["HIT created"]

    somebody.press(page.places.other)
    assert somebody.is_in_form()
    assert page.form.destination.edit.hasFocus()
    somebody.press(page.form.back)
    assert not somebody.is_in_form()
    assert somebody.events() == ["HIT created"], "it is narrowed as before"
    somebody.paste("milk")
    qtbot.waitUntil(page.problem.isVisible)
    assert not page.note.isVisible()
    somebody.press(page.places.clear)
    (question,) = [one for one in page.findChildren(QMessageBox) if one.isVisible()]
    somebody.press(next(one for one in question.buttons() if "Clear the list" in one.text().replace("&", "")))
    qtbot.waitUntil(page.waiting.isVisible)
    assert page.waiting.title.text() == "No message is in this list"
    assert not page.problem.isVisible()
    assert (page.status.text(), page.model.rowCount()) == ("", 0)
    page.table.history_requested.emit("d1")
    page.places.history_requested.emit("d2")
    assert somebody.take() == [("history_requested", "d1"), ("history_requested", "d2")]


def test_a_queue_is_followed_paused_and_refused(qtbot: QtBot, tasks: Tasks, somebody: Reader) -> None:
    page, controller, cloud = somebody.page, somebody.controller, somebody.cloud
    assert page.form.destination.text() == cloud.details.queue_url
    page.form.since_now.setChecked(False)
    somebody.press(page.form.follow)
    assert page.bar.title.text() == "Following practice-results"
    assert not somebody.is_in_form()
    qtbot.waitUntil(lambda: page.waiting.button.isVisible() and page.waiting.button.isEnabled())
    assert page.waiting.title.text() == "Nothing has arrived yet"
    current = somebody.program.current
    assert current is not None
    for _ in range(2):
        current.clients.sqs().send_message(QueueUrl=cloud.details.queue_url, MessageBody=body("d1"))
    qtbot.waitUntil(lambda: page.status.text() == "2 messages")
    somebody.until_rows(1)
    for rows in (2, 1):
        first = page.model.row_at(page.model.index(0, 0))
        assert first is not None
        page.table.fold_requested.emit(first)
        somebody.until_rows(rows)
    assert page.bar.work.isVisible(), "what the practice workers do is said where the list is"
    page.places.other_requested.emit()
    qtbot.waitUntil(lambda: page.form.destination.text() == "")
    page.show_list()
    somebody.press(page.bar.pause)
    qtbot.waitUntil(lambda: page.bar.title.text() == "Paused: practice-results")
    assert page.bar.state.text()
    cloud.set_faults(Faults(denied_actions=("sqs:ReceiveMessage", "sqs:GetQueueAttributes")))
    somebody.press(page.bar.resume)
    qtbot.waitUntil(page.problem.isVisible)
    assert not somebody.is_in_form(), "there is a list"
    page.problem.action.emit(Remedy.ASK_ADMINISTRATOR)
    assert somebody.take() == [("remedy_requested", Remedy.ASK_ADMINISTRATOR)]
    cloud.set_faults(Faults())
    page.problem.action.emit(Remedy.TRY_AGAIN)
    assert not page.problem.isVisible()
    assert controller.is_following
    page.waiting.pressed.emit()
    assert not page.waiting.button.isEnabled(), "they are asked once"
    qtbot.waitUntil(lambda: not tasks.is_busy or page.model.rowCount() > 1)


def test_nothing_of_an_account_stays_in_sight_and_all_is_there_again_with_it(qtbot: QtBot, somebody: Reader) -> None:
    page, program = somebody.page, somebody.program
    somebody.paste(body("d1"))
    somebody.until_rows(1)
    page.table.selectRow(0)
    qtbot.waitUntil(page.details.isVisible)
    page.filter.search.setText("d1")
    page.form.since_now.setChecked(True)
    program.current, current = None, program.current
    program.left.emit(PRACTICE)
    assert somebody.is_in_form()
    assert (page.model.rowCount(), page.filter.search.text(), page.status.text()) == (0, "", "")
    assert not page.details.isVisible()
    assert not page.places.isVisible()
    assert (page.form.destination.text(), page.form.since_now.isChecked()) == ("", False)
    assert not page.form.follow.isEnabled()
    assert not page.places.paste.isEnabled()
    program.current = current
    program.opened.emit(current)
    somebody.until_rows(1)
    assert not somebody.is_in_form()
    assert page.places.isVisible()
    assert page.places.paste.isEnabled()
    assert page.form.destination.text() == somebody.cloud.details.queue_url


def test_other_pages_lead_to_a_list_or_to_the_form_for_one(qtbot: QtBot, somebody: Reader) -> None:
    page = somebody.page
    address = somebody.cloud.details.topic_arn
    page.show_place(Transport.SNS, address, "d1")
    assert somebody.is_in_form()
    chosen = page.form.chosen()
    assert chosen is not None
    assert chosen.text == address
    assert page.filter.search.text() == ""
    page.show_receiver(8123, "d1")
    assert page.form.chosen() == ReceiverPlace(port=8123)
    assert page.form.follow.hasFocus()
    page.offer_receiver(80)
    assert page.form.chosen() == ReceiverPlace(), "a port of the system is not to be had"
    somebody.press(page.form.follow)
    qtbot.waitUntil(lambda: page.waiting.button.isVisible() and page.waiting.button.isEnabled())
    somebody.press(page.waiting.button)
    ((name, url),) = somebody.take()
    assert (name, url) == ("send_here_requested", page.bar.url)
    place = somebody.controller.destination
    assert isinstance(place, ReceiverPlace)
    page.form.set_kind(Transport.SQS.value)
    page.places.other_requested.emit()
    page.show_receiver(place.port, "d9")
    assert not somebody.is_in_form()
    assert page.filter.search.text() == "d9"
    page.places.other_requested.emit()
    page.show_list()
    assert not somebody.is_in_form()
    page.bar.notifications_wanted.emit(True)
    qtbot.waitUntil(lambda: somebody.controller.wants_notifications)
    page.notifications.pressed.emit()
    assert somebody.take() == [("come_forward_requested",)]
    said: list[Problem] = []
    somebody.program.notice.connect(said.append)
    late = Problem(title="Late.", detail="", remedy="", code="x", cause=Cause.STORAGE)
    page.files.late.emit(late)
    assert said == [late]
