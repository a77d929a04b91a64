# SPDX-License-Identifier: MIT
"""What goes wrong around the program: the history's file, the practice process, a bug of our own."""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import psutil
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from journeys.person import GREEN, PATIENCE, end
from notification_tester.domain.account import Account, Credentials, Environment, KeySource
from notification_tester.domain.delivery import State
from notification_tester.domain.destination import Transport
from notification_tester.domain.events import EventType
from notification_tester.domain.notification import parse_spec
from notification_tester.practice.faults import Faults
from notification_tester.qt.accounts.dialog import AccountDialog
from notification_tester.qt.app.application import CrashHooks
from notification_tester.qt.checkup.administrator_dialog import AdministratorDialog
from notification_tester.qt.checkup.new_destination_dialog import NewDestinationDialog
from notification_tester.qt.history.report_dialog import ReportDialog
from notification_tester.qt.notification.delivery_lamps import Stage
from notification_tester.qt.sending.form import TestRequest
from notification_tester.qt.widgets.filled_button import FilledButton
from notification_tester.storage.account_list import AccountList

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from journeys.person import Person
    from notification_tester.practice.cloud import PracticeCloud
    from notification_tester.storage.places import Places


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")


def damaged(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\x00" + os.urandom(4000))


def nonsense(path: Path) -> None:
    path.write_text("this is a text")


def folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    ("spoil", "title"),
    [
        pytest.param(newer, "The history comes from a newer version of the program.", id="newer"),
        pytest.param(damaged, "The history is damaged.", id="damaged"),
        pytest.param(nonsense, "The history is damaged.", id="no-database"),
        pytest.param(folder, "Something else is in the program's place.", id="folder-in-its-place"),
    ],
)
def test_without_a_history_everything_else_works(
    sit_down: Callable[[], Person], places: Places, spoil: Callable[[Path], None], title: str
) -> None:
    places.data.mkdir(parents=True)
    spoil(places.database)
    before = places.database.read_bytes() if places.database.is_file() else b""
    person = sit_down()
    person.window.resize(900, 600)
    person.start()
    bar = person.window.workspace.problems
    assert bar.isVisible()
    assert bar.title.text() == title
    assert "history" in f"{bar.title.text()} {bar.detail.text()}"
    not_known = "Whether that was tested is not known: the history cannot be read."
    person.until(lambda: person.page.standing.words.text().endswith(not_known))
    person.send()
    outcome = person.outcome()
    assert (outcome.accepted.state, outcome.arrived.state, outcome.as_expected.state) == GREEN
    assert "not tested" not in person.page.standing.words.text()
    page = person.history()
    assert page.problem.isVisible()
    assert page.problem.title.text() == bar.title.text()
    words = [one for one in page.problem.findChildren(QLabel) if one.isVisible()]
    person.until(lambda: all(one.height() >= one.heightForWidth(one.width()) for one in words))  # nothing is cut off
    assert not page.export.isVisible()
    person.click(bar.dismiss)
    assert not bar.isVisible()
    assert (places.database.read_bytes() if places.database.is_file() else b"") == before


def test_settings_that_cannot_be_read_are_spoken_of(sit_down: Callable[[], Person], places: Places) -> None:
    places.config.mkdir(parents=True)
    places.preferences.write_text("{ this is not JSON")
    person = sit_down()
    person.start()
    assert person.window.workspace.problems.title.text() == "Your settings could not be read."
    person.send()


def test_practice_ended_from_outside_starts_again_by_itself(person: Person) -> None:
    person.send()
    shown = person.outcome()
    before = person.cloud
    psutil.Process(before.process_id).kill()
    bar = person.window.workspace.problems
    person.until(bar.isVisible)
    assert bar.title.text() == "The practice cloud was started again."
    person.until_open()
    assert person.cloud is not before
    assert person.outcome() is shown, "what was seen before stays in sight"
    assert person.form.destination.text() == person.cloud.details.queue_url
    person.click(bar.dismiss)
    person.send()
    outcome = person.outcome()
    assert (outcome.accepted.state, outcome.arrived.state, outcome.as_expected.state) == GREEN
    assert not bar.isVisible(), "it was told once"


def test_practice_ended_just_before_a_send(person: Person) -> None:
    practice = psutil.Process(person.cloud.process_id)
    practice.kill()
    psutil.wait_procs([practice], timeout=10)
    before = person.cloud
    person.send()
    outcome = person.outcome()
    assert (outcome.accepted.state, outcome.arrived.state, outcome.as_expected.state) == GREEN
    person.until(lambda: person.cloud is not before)
    person.until_open()
    assert person.outcome() is outcome, "the result stays when the window notices the new process"
    assert person.window.workspace.problems.isVisible()


class MistakeError(Exception):
    """Something that nothing expects."""


def test_a_bug_is_reported_and_the_program_goes_on(person: Person, qtbot: QtBot) -> None:
    secret = person.cloud.details.secret_access_key
    hooks = CrashHooks(person.desktop.tasks, person.desktop.offer_report)
    before = sys.excepthook

    def fail() -> None:
        raise MistakeError(f"key was {secret}")

    hooks.install()
    try:
        QTimer.singleShot(0, fail)
        person.until(lambda: person.desktop.crashes.open_report is not None)
    finally:
        hooks.uninstall()
        sys.excepthook = before
    report = person.desktop.crashes.open_report
    assert report is not None
    assert report.isVisible()
    text = report.text.toPlainText()
    assert "MistakeError" in text
    assert "fail" in text
    assert secret not in text
    person.click(report.close_button)
    person.until(lambda: person.desktop.crashes.open_report is None)
    person.send()
    assert person.outcome().is_good


def test_a_bug_in_a_task_is_reported_and_answered(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    session = person.desktop.program.session
    assert session is not None
    details = person.cloud.details

    def fail(*_: object, **__: object) -> None:
        raise MistakeError(f"{details.access_key_id} {details.secret_access_key}")

    monkeypatch.setattr(session.tests, "run", fail)
    person.click(person.form.send)
    person.until(lambda: person.desktop.crashes.open_report is not None)
    report = person.desktop.crashes.open_report
    assert report is not None
    assert details.secret_access_key not in report.text.toPlainText()
    assert details.access_key_id not in report.text.toPlainText()
    person.until(person.result.problem.isVisible)
    assert person.result.problem.title.text() == "The program made a mistake."
    report.close()
    assert person.form.send.isEnabled()


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be halted there")
def test_a_service_that_does_not_answer_can_be_left(person: Person) -> None:
    """Nobody has to sit before a call that never returns."""
    practice = psutil.Process(person.cloud.process_id)
    practice.suspend()
    try:
        person.click(person.form.send)
        person.until(person.result.lamps.cancel.isVisible)
        person.click(person.result.lamps.cancel)
        person.until(person.form.send.isEnabled)
        assert person.outcome().accepted.state is State.UNKNOWN
        assert "You stopped waiting" in person.outcome().accepted.detail
    finally:
        practice.resume()
    assert person.send().is_good


def test_closing_waits_for_no_message(person: Person) -> None:
    person.cloud.set_faults(Faults(lose_next=1))
    person.click(person.form.send)
    person.until(lambda: person.result.lamps.lamps[Stage.ACCEPTED].accessibleName().startswith("Accepted: yes"))
    assert end(person.desktop), "what was waited for is given up, and all is tidied up"


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be halted there")
def test_closing_does_not_hang_with_a_call_that_never_returns(person: Person) -> None:
    practice = psutil.Process(person.cloud.process_id)
    goes_on = threading.Timer(30.0, practice.resume)
    practice.suspend()
    person.click(person.form.send)
    person.until(person.result.lamps.cancel.isVisible)
    goes_on.start()
    assert not person.desktop.program.close(patience=0.2)
    assert goes_on.is_alive(), "it did not wait until the call came back"
    goes_on.cancel()
    practice.resume()


def test_a_second_test_does_not_begin_beside_the_first(person: Person) -> None:
    person.cloud.set_faults(Faults(late_seconds=0.5))
    person.click(person.form.send)
    assert not person.form.send.isEnabled()
    # a press that was on its way
    person.form.test_requested.emit(
        TestRequest(spec=person.form.spec(), events=person.form.events.checked(), options=person.form.options())
    )
    person.until(lambda: person.result.shown_outcome() is not None and person.form.send.isEnabled())
    page = person.history()
    person.until(lambda: page.model.rowCount() > 0 and not person.desktop.tasks.is_busy)
    assert page.model.rowCount() == 1


def test_an_account_that_opens_late_does_not_take_the_place_of_the_one_chosen_since(
    sit_down: Callable[[], Person], places: Places, own_home: Path
) -> None:
    (own_home / ".aws").mkdir()
    (own_home / ".aws" / "credentials").write_text(
        "[corp]\naws_access_key_id=AKIAIOSFODNN7EXAMPLE\naws_secret_access_key=" + "s" * 40 + "\n", encoding="utf-8"
    )
    lab = Account(name="Lab", environment=Environment.SANDBOX, source=KeySource.PROFILE, profile="corp")
    AccountList(places.accounts).add(lab)
    person = sit_down()
    program = person.desktop.program
    opened: list[str] = []
    program.opened.connect(lambda one: opened.append(one.account.name))
    program.opening.connect(lambda one: program.open(lab) if one != lab else None)
    person.desktop.begin()  # practice takes its time
    person.until(lambda: "Lab" in opened)
    person.until(lambda: not person.desktop.tasks.is_busy)
    assert opened == ["Lab"]
    assert person.window.workspace.bar.badge.word == "SANDBOX"


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be halted there")
@pytest.mark.parametrize("way", ["button", "escape"])
def test_a_throwaway_test_can_be_left_before_anything_was_answered(person: Person, way: str) -> None:
    """Its queue is made first: until then there is no news of the test at all."""
    person.type_destination(person.cloud.details.blocked_queue_url)
    person.send()
    practice = psutil.Process(person.cloud.process_id)
    practice.suspend()
    try:
        person.click(person.result.problem.buttons["throw-away"])
        person.until(person.result.lamps.cancel.isVisible)
        if way == "button":
            person.click(person.result.lamps.cancel)
        else:
            person.form.setFocus()
            QTest.keyClick(person.form, Qt.Key.Key_Escape)
        person.until(person.form.send.isEnabled)
        assert person.outcome().accepted.state is State.UNKNOWN
        assert "You stopped waiting" in person.outcome().accepted.detail
    finally:
        practice.resume()
    assert person.send() is not None


def test_a_damaged_history_is_put_aside_and_a_new_one_begins(sit_down: Callable[[], Person], places: Places) -> None:
    places.data.mkdir(parents=True)
    damaged(places.database)
    somebody = sit_down()
    somebody.start()
    workspace = somebody.window.workspace
    workspace.go_to("hit-types")
    somebody.until(lambda: workspace.hit_types.page is not None)
    workspace.go_to("history")
    somebody.until(lambda: workspace.history.page is not None)
    assert workspace.history.page is not None
    assert workspace.hit_types.page is not None
    cards = (workspace.history.page.problem, workspace.hit_types.page.view.record_card)
    assert [card.title.text() for card in cards] == ["The history is damaged."] * 2
    somebody.click(workspace.problems.act)
    somebody.until(lambda: "put aside" in workspace.problems.title.text())
    assert list(places.data.glob("history.damaged-*"))
    for card in cards:
        assert "put aside" in card.title.text()
        assert not card.buttons
    again = sit_down()
    again.start()
    assert again.desktop.program.session is not None
    assert again.desktop.program.session.history is not None
    assert again.send().history_id is not None


def test_of_a_damaged_history_report_and_presets_say_so_and_begin_a_new_one_by_a_button(
    sit_down: Callable[[], Person], places: Places
) -> None:
    places.data.mkdir(parents=True)
    damaged(places.database)
    person = sit_down()
    person.start()
    bar = person.window.workspace.problems
    why = bar.title.text()
    person.click(bar.dismiss)
    person.window.workspace.dialogs.open_report()
    (dialog,) = person.window.findChildren(ReportDialog)
    person.until(lambda: why in dialog.note.text)
    assert not dialog.save_pdf.isEnabled()
    assert dialog.note.button.text() == "Start a new history"
    menu = person.page.presets
    assert menu is not None
    dialog.close()
    menu.save.trigger()
    assert person.result.problem.title.text() == why, "nothing was said, and nothing happened"
    assert "new-history" in person.result.problem.buttons
    person.window.workspace.dialogs.open_report()
    dialog = next(one for one in person.window.findChildren(ReportDialog) if one.isVisible())
    person.until(dialog.note.button.isVisible)
    person.click(dialog.note.button)
    person.until(lambda: "put aside" in bar.title.text())
    assert not [one for one in person.window.findChildren(ReportDialog) if one.isVisible()]
    assert list(places.data.glob("history.damaged-*"))


def test_what_was_refused_is_sent_again_from_its_card(person: Person) -> None:
    person.cloud.set_faults(Faults(access_denied=True))
    assert person.send().accepted.state is not State.YES
    person.cloud.set_faults(Faults())
    person.click(person.result.problem.buttons["again"])
    person.until(lambda: person.form.send.isEnabled() and person.outcome().is_good)
    assert person.outcome().event is EventType.ASSIGNMENT_SUBMITTED


def test_an_older_result_says_so(person: Person) -> None:
    person.send()
    assert result_title(person) == "Result"
    person.click(person.form.choice.button("SNS"))
    assert result_title(person) == "Result before your changes"
    person.send()
    assert result_title(person) == "Result"


def result_title(person: Person) -> str:
    title = person.page.findChild(QLabel, "result-title")
    assert isinstance(title, QLabel)
    return title.text()


def test_a_refusal_is_about_the_form_as_it_stands(person: Person) -> None:
    person.send()
    person.type_destination("")
    assert result_title(person) == "Result before your changes"
    person.click(person.form.send)
    assert person.result.problem.isVisible()
    assert result_title(person) == "Result", "nothing older is shown any more"
    person.type_destination(person.cloud.details.queue_url)
    assert not person.result.problem.isVisible(), "what was wrong is mended"
    assert person.result.empty.isVisible()


def test_a_problem_that_is_none_of_the_form_stays(person: Person) -> None:
    person.cloud.set_faults(Faults(access_denied=True))
    person.send()
    person.type_destination("")
    assert person.result.problem.isVisible()
    assert result_title(person) == "Result before your changes"


def test_filling_the_form_anew_leaves_no_title_of_an_older_result(person: Person) -> None:
    person.send()
    person.type_destination(person.cloud.details.blocked_queue_url)
    assert result_title(person) == "Result before your changes"
    person.page.fill(parse_spec(transport=Transport.EMAIL, destination="me@lab.example.org", events=["HITExpired"]))
    assert person.result.empty.isVisible()
    assert result_title(person) == "Result"


def test_a_real_queue_while_practising_leads_to_the_accounts(person: Person) -> None:
    person.type_destination("https://sqs.us-east-1.amazonaws.com/123456789012/my-queue")
    person.click(person.form.send)
    person.until(person.result.problem.isVisible)
    assert "practising" in person.result.problem.title.text()
    person.click(person.result.problem.buttons["accounts"])
    dialog = person.window.findChild(AccountDialog)
    assert isinstance(dialog, AccountDialog)
    assert dialog.isVisible()
    dialog.close()


def test_an_event_that_was_tested_and_not_asked_for_is_added_by_a_button(person: Person, qtbot: QtBot) -> None:
    assert EventType.HIT_EXTENDED not in person.form.state().events
    person.test_alone(EventType.HIT_EXTENDED)
    problem = person.outcome().problem
    assert problem is not None
    assert problem.code == "arrival.not-subscribed"
    with qtbot.waitSignal(person.page.test_finished, timeout=PATIENCE):
        person.click(person.result.problem.buttons["add-event"])
    assert EventType.HIT_EXTENDED in person.form.state().events
    assert person.outcome().problem is None


def test_what_is_advised_of_a_destination_that_is_not_there_or_not_allowed_is_done_by_a_button(person: Person) -> None:
    person.type_destination(person.cloud.details.queue_url.rpartition("/")[0] + "/no-such-queue")
    person.send()
    person.click(person.result.problem.buttons["make-destination"])
    dialog = person.window.findChild(NewDestinationDialog)
    assert isinstance(dialog, NewDestinationDialog)
    assert dialog.isVisible()
    dialog.close()
    person.cloud.set_faults(Faults(access_denied=True))
    person.send()
    person.click(person.result.problem.buttons["administrator"])
    advice = person.window.findChild(AdministratorDialog)
    assert isinstance(advice, AdministratorDialog)
    assert advice.isVisible()
    advice.close()


def test_wrong_keys_lead_to_the_form_for_other_ones(person: Person, cloud: PracticeCloud) -> None:
    session = person.desktop.program.session
    assert session is not None
    details = cloud.details
    wrong = Account(
        name="Elsewhere",
        environment=Environment.OTHER,
        source=KeySource.SESSION,
        endpoint=details.mturk_endpoint,
        aws_endpoint=details.aws_endpoint,
    )
    keys = Credentials(access_key_id=details.access_key_id, secret_access_key="x" * 40)
    person.desktop.program.add_account(wrong, keys, done=lambda: None, failed=lambda _: None)
    person.until_open("Elsewhere")
    person.type_destination(details.queue_url)
    person.send()
    person.click(person.result.problem.buttons["change-keys"])
    dialog = person.window.findChild(AccountDialog)
    assert isinstance(dialog, AccountDialog)
    assert dialog.is_replacing_keys
    assert dialog.keys_form.account.name == "Elsewhere"
    dialog.close()

    page = person.history()
    person.until(lambda: page.details.problem.isVisible() and "change-keys" in page.details.problem.buttons)
    person.click(page.details.problem.buttons["change-keys"])
    (again,) = [one for one in person.window.findChildren(AccountDialog) if one.isVisible()]
    assert again.is_replacing_keys
    assert again.keys_form.account.name == "Elsewhere"
    again.close()


def test_an_account_asked_for_in_the_turn_of_a_send(person: Person) -> None:
    person.click(person.form.send)
    person.desktop.program.open(person.desktop.program.wanted)
    person.until(person.result.empty.isVisible)  # nothing was sent
    person.until_open()
    person.type_destination(person.cloud.details.blocked_queue_url)
    person.until(person.form.destination.findings_link.isVisible)
    assert person.send() is not None


def begin_a_slow_test(person: Person) -> Callable[[], object]:
    """Call what comes to let its message arrive."""
    let_go = person.hold_next()
    person.click(person.form.send)
    person.until(person.result.lamps.cancel.isVisible)
    assert not person.form.send.isEnabled()
    return let_go


def blue(person: Person) -> list[str]:
    """The buttons in sight that are the next thing to do."""
    return [one.text() for one in person.page.findChildren(FilledButton) if not one.isHidden() and one.isDefault()]


def test_the_next_thing_to_do_is_one_button_whatever_was_changed_since_the_test(person: Person) -> None:
    def tick(event: EventType) -> None:
        person.click(person.form.events.boxes[event])

    person.send()
    assert blue(person) == [person.result.use.text()]
    tick(EventType.HIT_EXPIRED)
    assert blue(person) == [person.form.send.text()]
    tick(EventType.HIT_EXPIRED)
    assert blue(person) == [person.result.use.text()]
    person.type_destination(person.cloud.details.blocked_queue_url)
    person.send()
    assert blue(person) == [person.result.problem.buttons["mend"].text()]
    tick(EventType.HIT_EXPIRED)
    assert blue(person) == [person.form.send.text()]


def test_a_form_that_is_filled_meanwhile_leaves_the_test_under_way_in_sight(person: Person) -> None:
    """Somebody repeats an older test, or takes a preset, before the one that was sent has ended."""
    let_go = begin_a_slow_test(person)
    person.page.fill(parse_spec(transport=Transport.EMAIL, destination="me@lab.example.org", events=["HITExpired"]))
    assert not person.result.empty.isVisible(), "something was sent"
    assert person.result.lamps.cancel.isVisible()
    let_go()
    person.until(person.form.send.isEnabled)
    assert person.outcome().is_good
    assert result_title(person) == "Result before your changes"


def test_what_is_wrong_in_the_form_is_said_beside_a_test_under_way(person: Person) -> None:
    let_go = begin_a_slow_test(person)
    person.type_destination("nonsense")
    assert person.page.presets is not None
    person.page.presets.save.trigger()
    assert person.window.workspace.problems.title.text() == "This is not a queue URL."
    assert person.result.lamps.cancel.isVisible()
    let_go()
    person.until(person.form.send.isEnabled)
    assert person.outcome().is_good


@pytest.mark.parametrize("page", ["Test", "Inbox"])
def test_a_list_of_queues_that_may_not_be_read_says_so(person: Person, page: str) -> None:
    if page == "Inbox":
        person.click(person.window.workspace.navigation.buttons["inbox"])
        field = person.seen(person.window.workspace.inbox).form.destination
    else:
        field = person.form.destination
    person.cloud.set_faults(Faults(denied_actions=("sqs:ListQueues",)))
    menu = field.choose.menu()
    menu.aboutToShow.emit()
    person.until(lambda: any("could not be read" in action.text() for action in menu.actions()))
    said = "The list could not be read: These keys may not do this. Type one."
    assert said in [action.text() for action in menu.actions()]
    person.cloud.set_faults(Faults())
    menu.aboutToShow.emit()
    person.until(lambda: any("practice-results" in action.text() for action in menu.actions()))
    assert not any("could not be read" in action.text() for action in menu.actions())
