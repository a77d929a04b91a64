# SPDX-License-Identifier: MIT
"""The page Test with practice behind it: what is asked on the left, what came of it on the right, and what is next."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel

from notification_tester.domain.account import PRACTICE
from notification_tester.domain.destination import Transport
from notification_tester.domain.events import EventType
from notification_tester.domain.notification import parse_spec
from notification_tester.domain.problem import Cause, Problem, Remedy
from notification_tester.practice.faults import Faults
from notification_tester.qt.notification.form_state import FormState
from notification_tester.qt.sending.controller import SendingController
from notification_tester.qt.sending.page import TestPage
from notification_tester.storage.queries import HistoryQuery
from qt.somebody import Somebody
from qt.test_layout import astray

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QAbstractButton
    from pytestqt.qtbot import QtBot

    from notification_tester.domain.delivery import TestOutcome
    from notification_tester.qt.session import Program
    from notification_tester.storage.rows import HistoryRow

EVENT, OTHER_EVENT = EventType.ASSIGNMENT_SUBMITTED, EventType.HIT_DISPOSED
SIGNALS = (
    *("remedy_requested", "hit_types_requested", "report_requested", "inbox_requested", "history_requested"),
    *("changes_requested", "mend_requested", "receiver_requested", "keys_taken", "escaped"),
)


class Sender(Somebody):
    """The page, and who uses it."""

    def __init__(self, program: Program, qtbot: QtBot) -> None:
        super().__init__(program, qtbot)
        self.controller = SendingController(program)
        self.page = TestPage(program, self.controller)
        self.hear(self.page, *SIGNALS)
        self.open(self.page)
        assert program.current is not None
        self.opened = program.current
        self.page.show_account(self.opened, FormState())

    @property
    def title(self) -> str:
        found = self.page.findChild(QLabel, "result-title")
        assert isinstance(found, QLabel)
        return found.text()

    def is_testing(self) -> bool:
        return self.controller.is_testing

    def press(self, button: QAbstractButton) -> None:
        """Scroll to a button and click it."""
        assert not button.isHidden(), button.text()
        self._qtbot.waitUntil(button.isVisible)
        self.page.ensureWidgetVisible(button)
        super().press(button)

    def until_over(self) -> TestOutcome:
        self._qtbot.waitUntil(lambda: not self.is_testing())
        outcome = self.page.result.shown_outcome()
        assert outcome is not None
        return outcome

    def send(self) -> TestOutcome:
        """Press the button that sends, and wait for what comes of it."""
        self.press(self.page.form.send)
        assert self.is_testing()
        return self.until_over()

    def act(self, key: str, outcome: TestOutcome | None) -> None:
        """As a button beside the result asks for it."""
        self.page.result.action.emit(key, outcome)


@pytest.fixture
def somebody(program: Program, qtbot: QtBot) -> Iterator[Sender]:
    made = Sender(program, qtbot)
    yield made
    made.cloud.set_faults(Faults())
    made.controller.cancel()
    qtbot.waitUntil(lambda: not made.is_testing())


def test_what_is_sent_is_in_sight_until_the_form_is_another(qtbot: QtBot, somebody: Sender) -> None:
    page, form = somebody.page, somebody.page.form
    kept: list[tuple[str, FormState]] = []
    page.form_changed.connect(lambda name, state: kept.append((name, state)))
    shown: list[object] = []
    page.account_shown.connect(shown.append)
    assert form.destination.text() == somebody.cloud.details.queue_url, "practice's own"
    assert (somebody.title, form.send.isDefault()) == ("Result", True)
    somebody.press(form.send)
    assert not form.send.isEnabled()
    assert not page.result.empty.isVisible()
    outcome = somebody.until_over()
    assert outcome.is_good
    assert form.send.isEnabled()
    assert somebody.take() == [("keys_taken", PRACTICE)]
    assert (somebody.title, form.send.isDefault(), page.result.use.isDefault()) == ("Result", False, True)
    assert kept == []
    somebody.press(form.events.boxes[OTHER_EVENT])
    assert (somebody.title, form.send.isDefault()) == ("Result before your changes", True)
    assert kept == [(PRACTICE.kept_as, form.state())]
    assert shown == [somebody.opened]
    somebody.press(form.events.boxes[OTHER_EVENT])
    assert somebody.title == "Result"
    form.destination.set_text("no address")
    assert somebody.title == "Result before your changes"
    form.destination.set_text(somebody.cloud.details.queue_url)
    assert somebody.title == "Result"
    page.show_destination_changed(outcome.spec.destination, back=False)
    assert somebody.title == "Result before your changes"
    page.show_destination_changed(outcome.spec.destination, back=True)
    assert somebody.title == "Result"
    somebody.press(page.result.use)
    assert somebody.take() == [("hit_types_requested", outcome.spec.destination)]
    qtbot.waitUntil(lambda: bool(form.events.words(EVENT)))
    assert page.standing.isVisible()
    form.where.choose_here()
    assert somebody.title == "Result before your changes"


def test_the_page_is_as_wide_as_its_window_and_its_foot_stays_in_sight(qapp: QApplication, somebody: Sender) -> None:
    page = somebody.page
    assert astray(page) == []
    for width, height in ((1400, 900), (700, 500), (1000, 640)):
        page.resize(width, height)
        for _ in range(3):
            qapp.processEvents()
        content, foot = page.widget(), page.form.foot
        assert content is not None
        assert content.width() == page.viewport().width()
        scroll = page.verticalScrollBar()
        assert scroll.maximum() == max(0, content.height() - page.viewport().height())
        assert (foot.x(), foot.width()) == (0, page.width())
        assert foot.geometry().bottom() < page.height()
        assert foot.y() == page.viewport().geometry().bottom() + 1
        assert foot.visibleRegion().boundingRect() == foot.rect()


def test_escape_ends_what_is_under_way_and_is_told_otherwise(qtbot: QtBot, somebody: Sender) -> None:
    page = somebody.page
    QTest.keyClick(page.form.destination.edit, Qt.Key.Key_Escape)
    assert somebody.take() == [("escaped",)]
    somebody.cloud.set_faults(Faults(lose_next=1))
    somebody.press(page.form.send)
    qtbot.waitUntil(page.result.lamps.cancel.isVisible)
    problem = Problem(title="Beside.", detail="", remedy="", code="x", cause=Cause.INPUT)
    page.form.problem.emit(problem)
    assert somebody.take()[-1] == ("notice", "Beside."), "what is under way stays in sight"
    page.fill(parse_spec(transport=Transport.SQS, destination=page.form.destination.text(), events=["HITExpired"]))
    assert page.result.lamps.isVisible()
    QTest.keyClick(page.form.destination.edit, Qt.Key.Key_Escape)
    somebody.until_over()
    assert ("escaped",) not in somebody.take()
    page.form.problem.emit(problem)
    assert page.result.problem.isVisible()
    assert somebody.take() == []


def test_nothing_of_an_account_stays_once_another_is_asked_for(qtbot: QtBot, somebody: Sender) -> None:
    page, form = somebody.page, somebody.page.form
    somebody.send()
    shown: list[object] = []
    page.account_shown.connect(shown.append)
    form.set_live(True)
    page.leave(FormState(transport=Transport.EMAIL, destinations={Transport.EMAIL: "me@lab.example.org"}))
    page.show_opening()
    assert shown.pop() is None
    assert (form.send.isEnabled(), form.foot.is_live) == (False, False)
    assert page.result.empty.isVisible()
    assert page.result.shown_outcome() is None
    assert form.destination.text() == "me@lab.example.org"
    assert form.destination.recent() == ()
    assert not page.standing.isVisible()
    assert [one.text() for one in form.destination.choose.menu().actions()] == [
        "Practice is starting: its queue and topic are here in a moment."
    ]
    page.show_not_open()
    assert [one.text() for one in form.destination.choose.menu().actions()] == ["No account is open; type an address."]
    form.wait.setValue(33)
    form.save_requested.emit()
    page.show_account(somebody.opened, FormState(wait_seconds=44, remove_afterwards=False))
    assert (form.send.isEnabled(), form.wait.value(), form.remove.isChecked()) == (True, 33, False)
    assert shown.pop() is somebody.opened
    assert not any("here in a moment" in one.text() for one in form.destination.choose.menu().actions())


def test_each_button_beside_a_result_does_what_it_says(qtbot: QtBot, somebody: Sender) -> None:
    page, form = somebody.page, somebody.page.form
    form.destination.set_text(somebody.cloud.details.blocked_queue_url)
    outcome = somebody.send()
    place = outcome.spec.destination
    assert not outcome.is_good
    assert page.result.problem.isVisible()
    somebody.take()
    for key, told in (
        ("mend", ("mend_requested", place)),
        ("changes", ("changes_requested", place)),
        ("hit-types", ("hit_types_requested", place)),
        ("report", ("report_requested",)),
        (Remedy.CHANGE_KEYS, ("remedy_requested", Remedy.CHANGE_KEYS)),
    ):
        somebody.act(key, outcome)
        assert somebody.take() == [told], key
        somebody.act(key, None)
        assert somebody.take() == ([] if key != Remedy.CHANGE_KEYS else [told]), "there is no test that it is about"
    somebody.act("copy-statement", outcome)
    assert "practice-blocked" in QApplication.clipboard().text()
    somebody.act("unknown", outcome)
    assert somebody.take() == []

    form.wait.setValue(7)
    somebody.act("again", outcome)
    assert somebody.is_testing()
    again = somebody.until_over()
    assert again is not outcome
    assert (again.spec, again.event) == (outcome.spec, outcome.event)
    somebody.act("throw-away", again)
    assert somebody.is_testing()
    assert somebody.until_over().is_good
    assert somebody.title == "Result", "what was asked stands in the form"

    form.destination.set_text(somebody.cloud.details.queue_url)
    page.form.events.set_checked(())
    somebody.act(Remedy.TICK_SUBMITTED, None)
    assert form.events.checked() == (EVENT,)
    assert form.send.hasFocus()
    assert not somebody.is_testing()
    good = somebody.send()
    page.add_event(OTHER_EVENT)
    assert set(form.events.checked()) == {EVENT, OTHER_EVENT}
    assert somebody.until_over().event is OTHER_EVENT
    somebody.act(Remedy.ADD_EVENT, good)
    assert somebody.until_over().event is EVENT
    somebody.act("from-here", None)
    assert form.where.is_here
    qtbot.waitUntil(lambda: not somebody.is_testing())
    delivered = page.deliveries.shown_delivered()
    assert delivered is not None
    somebody.take()
    page.deliveries.action.emit(Remedy.CHANGE_KEYS, delivered)
    assert somebody.take() == [("remedy_requested", Remedy.CHANGE_KEYS)]
    page.deliveries.action.emit("again", delivered)
    assert somebody.is_testing()
    qtbot.waitUntil(lambda: not somebody.is_testing())


def test_known_places_are_offered_or_it_is_said_why_not(qtbot: QtBot, somebody: Sender) -> None:
    page, field = somebody.page, somebody.page.form.destination
    menu = field.choose.menu()
    field.choose_requested.emit()
    qtbot.waitUntil(lambda: any("practice" in one.text() for one in menu.actions()))
    somebody.cloud.set_faults(Faults(denied_actions=("sqs:ListQueues",)))
    field.choose_requested.emit()
    qtbot.waitUntil(lambda: not page.result.problem.isHidden())
    assert not any("practice" in one.text() for one in menu.actions())


def test_what_will_not_do_is_said_on_the_right_and_over_with_the_next_key(somebody: Sender) -> None:
    page, form = somebody.page, somebody.page.form
    form.destination.set_text("")
    somebody.press(form.send)
    assert not somebody.is_testing()
    assert not page.result.problem.isHidden()
    QTest.keyClicks(form.destination.edit, "x")
    assert page.result.problem.isHidden()
    form.save_requested.emit()
    assert not page.result.problem.isHidden(), "it cannot be saved as it is either"
    QTest.keyClicks(form.destination.edit, "y")
    assert page.result.problem.isHidden()
    page.add_presets()
    presets = page.presets
    assert presets is not None
    page.add_presets()
    assert page.presets is presets
    spec = parse_spec(transport=Transport.SNS, destination=somebody.cloud.details.topic_arn, events=["HITExpired"])
    presets.chosen.emit(spec)
    assert form.spec() == spec
    assert form.send.hasFocus()
    presets.problem.emit(Problem(title="Of a preset.", detail="", remedy="", code="x", cause=Cause.SERVICE))
    assert page.result.problem.title.text() == "Of a preset."
    presets.remedy_requested.emit(Remedy.PREFERENCES)
    form.receiver_wanted.emit()
    assert somebody.take() == [("remedy_requested", Remedy.PREFERENCES), ("receiver_requested", 0)]
    page.send_to("http://127.0.0.1:9/")
    assert form.delivery.web.edit.text() == "http://127.0.0.1:9/"
    assert page.result.problem.isHidden(), "it was of another form"


def sent(somebody: Sender) -> HistoryRow:
    """What the history has of the newest test."""
    session = somebody.program.session
    assert session is not None
    assert session.history is not None
    newest = session.history.page(HistoryQuery())[0]
    (row,) = session.history.rows([newest.id])
    return row


def test_what_the_history_has_is_filled_in_or_sent_again_and_what_stood_there_stays(
    qtbot: QtBot, somebody: Sender
) -> None:
    page, form, queue = somebody.page, somebody.page.form, somebody.cloud.details.queue_url
    somebody.send()
    row = sent(somebody)
    draft = FormState(destinations={Transport.SQS: somebody.cloud.details.blocked_queue_url}, events=(OTHER_EVENT,))
    form.set_state(draft)
    assert page.repeat(row)
    assert (form.destination.text(), form.events.checked()) == (queue, (EVENT,))
    assert form.send.hasFocus()
    assert page.result.empty.isVisible(), "what was shown was of another form"
    form.events.set_checked((EVENT, OTHER_EVENT))
    assert page.repeat(replace(row, events=("AssignmentSubmitted", "HITExpired")))
    assert form.events.tests[EVENT].hasFocus(), "of several, the one that was tested"
    before = form.state()
    assert not page.repeat(replace(row, transport="Pigeon"))
    assert page.result.problem.title.text() == "The form cannot be filled with this."
    assert form.state() == before

    form.set_state(draft)
    page.send_again(row)
    qtbot.waitUntil(somebody.is_testing)
    assert form.state() == draft
    outcome = somebody.until_over()
    assert outcome.spec.destination.text == queue
    assert (somebody.title, page.result.use.isDefault()) == ("Result of what was sent again", True)
    form.wait.setValue(99)
    assert (somebody.title, page.result.use.isDefault()) == ("Result of what was sent again", False)
    page.send_again(replace(row, transport="Pigeon"))
    assert page.result.problem.title.text() == "The form cannot be filled with this."

    page.leave(FormState())
    page.repeat_when_open(row)
    page.show_account(somebody.opened, draft)
    assert form.destination.text() == queue
    page.leave(FormState())
    page.repeat_when_open(replace(row, account="Another"))
    page.show_account(somebody.opened, draft)
    assert form.destination.text() == somebody.cloud.details.blocked_queue_url
    page.show_account(somebody.opened, draft)
    assert form.destination.text() == somebody.cloud.details.blocked_queue_url


def test_the_form_in_other_words_is_asked_for_once_and_goes_with_its_account(qtbot: QtBot, somebody: Sender) -> None:
    page, form, older = somebody.page, somebody.page.form, somebody.page.older
    form.open_requested.emit()
    dialog = older.import_dialog
    assert dialog is not None
    assert dialog.isVisible()
    form.open_requested.emit()
    assert older.import_dialog is dialog
    with qtbot.waitSignal(older.help_requested):
        dialog.help_requested.emit()
    page.leave(FormState())
    assert [one for one in page.window().findChildren(QDialog) if one.isVisible()] == []
    page.show_account(somebody.opened, FormState())
    form.save_requested.emit()
    saving = older.save_dialog
    assert saving is not None
    assert saving.isVisible()
    saving.reject()
    assert older.save_dialog is None
    page.send_to("http://127.0.0.1:9/")
    form.delivery.web.edit.setText("http://127.0.0.1:9/")
    form.save_requested.emit()
    assert not page.result.problem.isHidden(), "the older API knew no SNS"
    state = form.state()
    form.set_state(replace(state, delivery=replace(state.delivery, web_form="rest")))
    assert page.result.problem.isHidden()
    form.save_requested.emit()
    assert page.result.problem.isHidden()
    assert [one for one in page.window().findChildren(QDialog) if one.isVisible()] != []
    page.leave(FormState())
    assert [one for one in page.window().findChildren(QDialog) if one.isVisible()] == []
