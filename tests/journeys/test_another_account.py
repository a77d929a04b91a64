# SPDX-License-Identifier: MIT
"""Somebody switches the account: what was found, offered, said or opened belongs to the one before, and goes too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QMessageBox

from journeys.test_accounts import add_for_session
from journeys.test_checkup import (
    CLOSED,
    GOOD_QUEUE,
    change,
    choose,
    findings,
    mend_dialog,
    take_back,
    verdict,
    wait_for_test,
)
from journeys.test_hit_types import HitTypesUser
from notification_tester.domain.account import Account, Environment, KeySource
from notification_tester.domain.delivery import State
from notification_tester.domain.destination import Transport
from notification_tester.domain.notification import parse_spec
from notification_tester.domain.problem import Cause, Problem
from notification_tester.domain.setting import LineState
from notification_tester.practice.faults import Faults
from notification_tester.qt.app.navigation import HIT_TYPES, TEST
from notification_tester.qt.hit_types.bulk_run import BulkResultsDialog
from notification_tester.qt.hit_types.dialogs import PasteIdsDialog
from notification_tester.qt.hit_types.view import Command
from notification_tester.qt.notification.delivery_lamps import Stage as Lamp
from notification_tester.services.hit_types.bulk_types import RowState
from notification_tester.services.hit_types.record import SettingRecord
from notification_tester.services.sending.test_send import Stage
from notification_tester.storage.account_list import AccountList
from notification_tester.storage.rows import HIT_TYPES_KIND, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from journeys.person import Person
    from notification_tester.practice.cloud import PracticeCloud
    from notification_tester.qt.hit_types.bulk_preview import PreviewDialog
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.storage.places import Places

OTHER = "Elsewhere"


@pytest.fixture
def elsewhere(cloud: PracticeCloud) -> Iterator[PracticeCloud]:
    """Another service, which the account “Elsewhere” asks."""
    yield cloud
    cloud.set_faults(Faults())


@pytest.fixture
def two(person: Person, elsewhere: PracticeCloud) -> Person:
    """Somebody with two accounts, practice and another; practice is open."""
    add_for_session(person, OTHER, elsewhere)
    person.switch_to("Practice")
    return person


def is_empty(person: Person) -> bool:
    """Whether nothing is said of any test."""
    result = person.result
    parts = (result.problem, result.mail, result.notes, result.mailbox, result.copies, result.sweep, result.message)
    return result.empty.isVisible() and not any(part.isVisible() for part in parts)


def rename(person: Person, name: str) -> None:
    """Give the account on top another name, and wait until the window has it."""
    dialog = person.window.workspace.accounts.open()
    person.click(dialog.view.change)
    dialog.form.name.selectAll()
    QTest.keyClicks(dialog.form.name, name)
    person.click(dialog.form.save)
    person.until(lambda: bool(dialog.view.done_note.text))
    person.click(dialog.close_button)
    person.until_open(name)


def forget(person: Person, name: str) -> None:
    dialog = person.window.workspace.accounts.open()
    assert dialog.chosen().name == name
    person.click(dialog.forget)
    question = dialog.findChild(QMessageBox)
    assert isinstance(question, QMessageBox)
    person.click(next(one for one in question.findChildren(QAbstractButton) if "Forget" in one.text()))
    person.until_open("Practice")
    person.click(dialog.close_button)


# --- History


def test_what_another_account_sent_is_not_sent_again_before_it_is_open(two: Person) -> None:
    """The form is filled for it, and who looks at it sends."""
    assert two.send().is_good
    two.type_destination("")
    two.switch_to(OTHER)
    page = two.history()
    two.until(lambda: page.model.rowCount() == 1 and page.details.again.isVisible())
    two.click(page.details.again)
    two.until_open("Practice")
    two.until(two.form.isVisible)
    assert two.form.destination.text() == two.cloud.details.queue_url
    assert not two.page.result.lamps.isVisible()
    two.history()
    two.until(lambda: not two.desktop.tasks.is_busy)
    assert page.model.rowCount() == 1


# --- Test


def test_a_result_leaves_with_its_account(two: Person, elsewhere: PracticeCloud) -> None:
    two.send()
    two.choose_account(OTHER)
    assert is_empty(two), "at once, not only when the other is open"
    assert two.form.destination.text() == ""
    two.until_open(OTHER)
    assert is_empty(two)
    two.type_destination(elsewhere.details.queue_url)
    two.send()
    two.switch_to("Practice")
    assert is_empty(two)
    assert two.form.destination.text() == two.cloud.details.queue_url


def test_a_test_that_ends_after_the_switch_is_shown_to_nobody(two: Person, elsewhere: PracticeCloud) -> None:
    let_go = two.hold_next()
    two.click(two.form.send)
    two.until(two.result.lamps.cancel.isVisible)
    two.choose_account(OTHER)
    assert is_empty(two)
    two.until_open(OTHER)
    let_go()
    two.type_destination(elsewhere.details.queue_url)
    outcome = two.send()
    assert outcome.spec.destination.text == elsewhere.details.queue_url
    page = two.history()
    two.until(lambda: page.model.rowCount() == 2)
    two.until(lambda: not two.desktop.tasks.is_busy)
    two.window.workspace.go_to(TEST)
    assert two.outcome() is outcome


def test_late_news_of_one_test_are_not_taken_for_the_next(two: Person, elsewhere: PracticeCloud) -> None:
    """The test of before was let go while its call was under way; what it tells later is of its own account."""
    two.cloud.set_faults(Faults(slow_seconds=2.5))
    stages: list[Stage] = []
    assert two.window.workspace.sending is not None
    two.window.workspace.sending.progress.connect(lambda news: stages.append(news.stage))
    two.click(two.form.send)
    two.until(lambda: Stage.SENDING in stages)
    two.choose_account(OTHER)
    two.until_open(OTHER)
    two.type_destination(elsewhere.details.queue_url)
    elsewhere.set_faults(Faults(late_seconds=4))
    two.click(two.form.send)
    seen: list[str] = []

    def has_ended() -> bool:
        outcome = two.result.shown_outcome()
        if outcome is not None:
            seen.append(outcome.spec.destination.text)
        return outcome is not None and outcome.is_good

    two.until(has_ended)
    assert set(seen) == {elsewhere.details.queue_url}


def test_known_destinations_are_not_offered_to_another_account(two: Person) -> None:
    menu = two.form.destination.choose.menu()
    menu.aboutToShow.emit()
    two.until(lambda: any("practice" in action.text() for action in menu.actions()))
    two.choose_account(OTHER)
    assert not any("practice" in action.text() for action in menu.actions())


def test_known_destinations_that_come_late_are_not_offered_to_another_account(two: Person) -> None:
    two.cloud.set_faults(Faults(slow_seconds=1))
    menu = two.form.destination.choose.menu()
    menu.aboutToShow.emit()
    two.switch_to(OTHER)
    two.until(lambda: not two.desktop.tasks.is_busy)
    assert not any("practice" in action.text() for action in menu.actions())


def test_what_is_edited_while_an_account_is_opened_stays(two: Person) -> None:
    two.choose_account(OTHER)
    two.type_destination("http://127.0.0.1:1/123456789012/mine")
    two.form.wait.setValue(33)
    assert two.desktop.program.current is None, "it is still being opened"
    two.until_open(OTHER)
    assert two.form.destination.text() == "http://127.0.0.1:1/123456789012/mine"
    assert two.form.wait.value() == 33
    two.switch_to("Practice")
    assert two.form.destination.text() == two.cloud.details.queue_url
    assert two.form.wait.value() != 33
    two.choose_account(OTHER)
    two.type_destination("another")
    two.until_open(OTHER)
    assert two.form.destination.text() == "another"
    assert two.form.wait.value() == 33, "what was not edited is as it was left"


def test_an_answer_about_an_e_mail_stays_with_its_test(two: Person) -> None:
    two.switch_to(OTHER)
    two.click(two.form.choice.button(Transport.EMAIL.value))
    two.type_destination("lab@example.org")
    outcome = two.send()
    assert two.result.mail.isVisible()
    two.click(next(one for one in two.result.mail.findChildren(QAbstractButton) if "not" in one.text()))
    two.choose_account("Practice")
    assert outcome.arrived.state is State.UNKNOWN
    two.until_open()
    two.until(lambda: not two.desktop.tasks.is_busy)
    assert is_empty(two)
    page = two.history()
    two.until(lambda: page.model.rowCount() == 1 and page.details.isVisible())
    assert page.details.lamps.lamps[Lamp.ARRIVED].accessibleName().startswith("Arrived: no")


def test_an_account_that_does_not_open_shows_nothing_of_the_one_before(
    sit_down: Callable[[], Person], places: Places
) -> None:
    broken = Account(name="Broken", environment=Environment.SANDBOX, source=KeySource.KEYRING)  # there is no keyring
    AccountList(places.accounts).add(broken)
    person = sit_down()
    person.start()
    person.send()
    person.choose_account("Broken")
    bar = person.window.workspace.problems
    person.until(bar.isVisible)
    assert is_empty(person)
    assert person.form.destination.text() == ""
    assert not person.form.send.isEnabled()
    person.switch_to("Practice")
    assert not bar.isVisible()


# --- the checkup and its dialogs


def test_the_dialogs_of_an_account_close_with_it(two: Person) -> None:
    two.type_destination(two.cloud.details.blocked_queue_url)
    verdict(two, CLOSED)
    view = findings(two)
    view.mend_requested.emit()
    mend_dialog(two)
    view.administrator_requested.emit()
    choose(two, "&Create a queue…")
    two.desktop.program.open(two.desktop.program.accounts[1])
    checkup = two.checkup
    assert (checkup.view, checkup.mend_dialog, checkup.administrator_dialog) == (None, None, None)
    assert checkup.destinations.new_dialog is None
    assert QApplication.activeModalWidget() is None
    two.until_open(OTHER)
    choose(two, "&Throw-away queues…")
    two.desktop.program.open(two.desktop.program.accounts[0])
    assert checkup.destinations.throwaways_dialog is None


def test_a_full_checkup_that_ends_late_says_nothing_under_another_account(
    two: Person, elsewhere: PracticeCloud
) -> None:
    two.switch_to(OTHER)
    two.type_destination(elsewhere.details.queue_url)
    two.switch_to("Practice")
    two.type_destination(two.cloud.details.blocked_queue_url)
    verdict(two, CLOSED)
    view = findings(two)
    two.cloud.set_faults(Faults(slow_seconds=1))
    two.click(view.check)
    two.desktop.program.open(two.desktop.program.accounts[1])
    two.until_open(OTHER)
    said: list[str] = []

    def is_looked_at() -> bool:
        said.append(two.form.destination.verdict())
        return GOOD_QUEUE in said[-1] and not two.desktop.tasks.is_busy

    two.until(is_looked_at)
    assert not any(CLOSED in one for one in said)


def test_what_is_written_after_the_switch_is_told_when_its_account_is_back(
    two: Person, elsewhere: PracticeCloud
) -> None:
    blocked = two.cloud.details.blocked_queue_url
    two.type_destination(blocked)
    verdict(two, CLOSED)
    two.checkup.mend(two.form.spec().destination)
    dialog = mend_dialog(two)
    two.until(dialog.change.isVisible)
    two.cloud.set_faults(Faults(slow_seconds=0.5))
    two.click(dialog.change)
    two.desktop.program.open(two.desktop.program.accounts[1])
    assert two.checkup.mend_dialog is None
    two.until_open(OTHER)
    two.until(lambda: not two.desktop.tasks.is_busy)
    bar = two.window.workspace.problems
    assert not bar.isVisible()
    two.switch_to("Practice")
    assert "was changed" in bar.title.text()
    assert two.form.destination.text() == blocked
    two.cloud.set_faults(Faults())
    two.click(two.form.destination.undo_link)
    dialog = take_back(two)
    assert "what it was before" in dialog.outcome.text()
    dialog.reject()
    assert not two.form.destination.undo_link.isVisible()


def test_what_was_mended_can_be_taken_back_under_the_new_name_of_its_account(
    two: Person, elsewhere: PracticeCloud
) -> None:
    two.switch_to(OTHER)
    two.type_destination(elsewhere.details.blocked_queue_url)
    verdict(two, CLOSED)
    two.checkup.mend(two.form.spec().destination)
    dialog = mend_dialog(two)
    change(two, dialog)
    two.click(dialog.cancel)
    rename(two, "Field work")
    two.click(two.form.destination.undo_link)
    dialog = take_back(two)
    assert "read back" in dialog.outcome.text()
    dialog.reject()


def test_a_queue_that_is_made_after_the_switch_does_not_go_into_the_form(two: Person) -> None:
    choose(two, "&Create a queue…")
    dialog = two.checkup.destinations.new_dialog
    assert dialog is not None
    two.cloud.set_faults(Faults(slow_seconds=0.5))
    two.click(dialog.make)
    two.desktop.program.open(two.desktop.program.accounts[1])
    two.until_open(OTHER)
    two.until(lambda: not two.desktop.tasks.is_busy)
    assert two.form.destination.text() == ""
    two.switch_to("Practice")
    assert "was made" in two.window.workspace.problems.title.text()


# --- HIT types


@pytest.fixture
def user(two: Person) -> HitTypesUser:
    return HitTypesUser(two)


def labels(dialog: PreviewDialog) -> list[str]:
    return [dialog.choice.itemText(place) for place in range(dialog.choice.count())]


def apply(user: HitTypesUser) -> PreviewDialog:
    """Open the dialog of Apply for the first HIT type, and touch nothing in it."""
    user.choose(1)
    user.person.click(user.page.view.buttons.by_command[Command.APPLY])
    user.person.until(lambda: user.page.preview is not None)
    dialog = user.page.preview
    assert dialog is not None
    return dialog


def test_what_another_account_tested_is_not_offered(user: HitTypesUser, two: Person) -> None:
    two.send()
    two.click(two.result.use)
    user.settle()
    two.switch_to(OTHER)
    user.settle()
    assert not user.page.view.note.text
    two.window.workspace.go_to(TEST)
    two.page.fill(
        parse_spec(transport=Transport.EMAIL, destination="lab@example.org", events=["HITExpired"]),
    )
    two.window.workspace.go_to(HIT_TYPES)
    dialog = apply(user.settle())
    assert not any("green" in label for label in labels(dialog))
    assert dialog.choice.currentIndex() == -1
    assert not dialog.go.isEnabled()
    dialog.reject()


def test_the_last_green_test_is_offered_with_its_time(user: HitTypesUser, two: Person) -> None:
    first = two.form.spec()
    two.send()
    two.type_destination(two.cloud.details.blocked_queue_url)
    two.send()  # which is refused
    dialog = apply(user.go())
    assert dialog.choice.currentText().startswith("As just tested, all green at ")
    assert dialog.request.spec == first
    assert labels(dialog)[1].startswith("As on the Test page: ")
    assert dialog.newest.isVisible()
    assert (
        dialog.newest.text()
        == "The newest test, to practice-blocked, failed. First in the list is the newest that went well."
    )
    assert dialog.choice.accessibleDescription() == dialog.newest.text()
    dialog.reject()

    two.window.workspace.go_to(TEST)
    two.click(two.form.choice.button(Transport.SNS.value))
    second = two.form.spec()
    assert two.send().is_good
    dialog = apply(user.go())
    assert dialog.request.spec == second
    assert not dialog.newest.isVisible(), "it is the newest of all"
    dialog.reject()

    two.window.workspace.go_to(TEST)
    two.cloud.set_faults(Faults(denied_actions=("mechanicalturk:SendTestEventNotification",)))
    assert not two.send().is_good
    two.cloud.set_faults(Faults())
    dialog = apply(user.go())
    assert "failed at" in labels(dialog)[0]
    assert dialog.choice.currentIndex() == -1


def test_a_test_through_a_throwaway_queue_is_not_offered(user: HitTypesUser, two: Person) -> None:
    two.type_destination(two.cloud.details.blocked_queue_url)
    two.send()
    two.click(two.result.problem.buttons["throw-away"])
    wait_for_test(two)
    assert two.outcome().is_good
    dialog = apply(user.go())
    assert not any("green" in label for label in labels(dialog))


def test_an_account_that_is_added_again_is_another_one(
    user: HitTypesUser, two: Person, elsewhere: PracticeCloud
) -> None:
    two.switch_to(OTHER)
    two.type_destination(elsewhere.details.queue_url)
    two.send()
    forget(two, OTHER)
    add_for_session(two, OTHER, elsewhere)
    assert is_empty(two)
    assert two.form.destination.text() == "", "its form was forgotten with it"
    two.page.fill(parse_spec(transport=Transport.SQS, destination=elsewhere.details.queue_url, events=["HITExpired"]))
    dialog = apply(user.go())
    assert not any("green" in label for label in labels(dialog))
    assert dialog.choice.currentIndex() == -1


def results_are_open(user: HitTypesUser) -> bool:
    return any(isinstance(one, BulkResultsDialog) and one.isVisible() for one in QApplication.topLevelWidgets())


def test_filter_note_and_results_leave_with_their_account(user: HitTypesUser, two: Person) -> None:
    here = two.cloud
    user.go().choose(2)
    dialog = user.press(Command.APPLY)
    two.cloud.set_faults(Faults(denied_actions=("mechanicalturk:UpdateNotificationSettings",)))
    user.send(dialog)
    view, panel = user.page.view, user.page.view.panel
    two.click(panel.results)
    assert results_are_open(user)
    QTest.keyClicks(view.filter.search, "something")
    two.click(view.add)
    two.choose_account(OTHER)
    assert not panel.isVisible()
    assert not results_are_open(user)
    assert not any(isinstance(one, PasteIdsDialog) and one.isVisible() for one in QApplication.topLevelWidgets())
    two.until_open(OTHER)
    user.settle()
    assert view.filter.search.text() == ""
    assert user.rows()
    assert RowState.FAILED not in user.states()
    assert not panel.isVisible()
    assert not view.note.text
    here.set_faults(Faults())
    two.switch_to("Practice")
    user.settle()
    assert panel.isVisible(), "its own account is back"
    two.click(panel.rest if panel.rest.isVisible() else panel.retry)
    two.until(lambda: not user.page.controller.is_running)
    assert user.real()
    two.until(panel.close_button.isVisible)
    two.click(panel.close_button)
    two.switch_to(OTHER)
    two.switch_to("Practice")
    assert not panel.isVisible(), "it was read away"


def begin_slowly(user: HitTypesUser, cloud: PracticeCloud) -> None:
    """Apply to sixty HIT types of a service that takes its time, until it has taken the first."""
    before = len(cloud.settings())
    cloud.add_hits(hits=60, hit_types=60)
    user.go()
    user.person.click(user.page.view.buttons.all_shown)
    dialog = user.press(Command.APPLY)
    cloud.set_faults(Faults(slow_seconds=0.2))
    user.person.click(dialog.go)
    user.person.until(lambda: len(cloud.settings()) > before)


def recorded(user: HitTypesUser, opened: OpenAccount) -> dict[str, LineState]:
    session = user.person.desktop.program.session
    assert session is not None
    known = SettingRecord.of(opened, session.ledger).known()
    return {str(one): found.newest.state for one, found in known.items()}


def applied(states: dict[str, LineState]) -> set[str]:
    return {one for one, state in states.items() if state is LineState.APPLIED}


def test_a_run_stops_when_its_account_is_left(user: HitTypesUser, two: Person, elsewhere: PracticeCloud) -> None:
    here, before = two.cloud, elsewhere.settings()
    begin_slowly(user, here)
    opened = two.desktop.program.current
    assert opened is not None
    panel = user.page.view.panel
    two.switch_to(OTHER)
    assert not user.page.controller.is_running or "Stopping" in panel.status.text()
    two.until(lambda: not user.page.controller.is_running)
    assert not panel.isVisible(), "what became of it is said where it was done"
    bar = two.window.workspace.problems
    two.until(bar.isVisible)
    assert bar.title.text() == "The changes for the account “Practice” were stopped."
    assert "were not sent and stay as they were" in bar.detail.text()
    user.settle()
    assert set(user.states()) <= {RowState.NOT_SET}
    two.until(lambda: set(recorded(user, opened).values()) <= {LineState.APPLIED, LineState.NOT_SENT})
    assert applied(recorded(user, opened)) == set(here.settings())
    here.set_faults(Faults())
    two.switch_to("Practice")
    user.settle()
    assert panel.isVisible()
    assert "not sent" in panel.title.text()
    two.click(panel.rest)
    two.until(lambda: not user.page.controller.is_running)
    assert len(here.settings()) == len(user.rows())
    assert elsewhere.settings() == before


def test_nothing_is_sent_any_more_for_an_account_that_was_forgotten(
    user: HitTypesUser, two: Person, elsewhere: PracticeCloud
) -> None:
    before = set(elsewhere.settings())  # what another test set there
    two.switch_to(OTHER)
    opened = two.desktop.program.current
    assert opened is not None
    two.page.fill(parse_spec(transport=Transport.SQS, destination=elsewhere.details.queue_url, events=["HITExpired"]))
    begin_slowly(user, elsewhere)
    forget(two, OTHER)
    two.until(lambda: not user.page.controller.is_running)
    bar = two.window.workspace.problems
    two.until(bar.isVisible)
    assert bar.title.text() == f"The changes for the account “{OTHER}” were stopped."
    two.until(lambda: set(recorded(user, opened).values()) <= {LineState.APPLIED, LineState.NOT_SENT})
    assert applied(recorded(user, opened)) - before == set(elsewhere.settings()) - before
    assert len(elsewhere.settings()) < len(before) + 60
    two.until(lambda: not user.page.view.panel.isVisible())


def outcomes(person: Person) -> list[Outcome]:
    """How all that is in the history ended, newest first, once nothing is under way there."""
    page = person.history()
    person.until(lambda: not person.desktop.tasks.is_busy and page.model.rowCount() > 0)
    rows = page.model.rows_between(0, page.model.rowCount())
    return [row.outcome for row in rows if row.kind == HIT_TYPES_KIND]


def test_what_is_being_taken_back_goes_on_under_the_new_name_of_its_account(
    user: HitTypesUser, two: Person, elsewhere: PracticeCloud
) -> None:
    two.switch_to(OTHER)
    two.page.fill(parse_spec(transport=Transport.SQS, destination=elsewhere.details.queue_url, events=["HITExpired"]))
    user.go().choose(2)
    user.send(user.press(Command.APPLY))
    assert user.states().count(RowState.ON) == 2
    dialog = user.press(Command.UNDO)
    elsewhere.set_faults(Faults(slow_seconds=2))  # each call: longer than a run that is stopped waits for it
    two.click(dialog.go)
    panel = user.page.view.panel
    two.until(panel.cancel.isVisible)
    QTest.keyClicks(user.page.view.filter.search, "a")
    rename(two, "Field work")
    assert user.page.controller.is_running
    assert not user.page.controller.is_stopping
    assert panel.title.text() == "Sending 2 changes for the account Field work"
    assert "“Field work”" in user.page.view.buttons.by_command[Command.ON].toolTip()
    assert user.page.view.filter.search.text() == "a", "what was typed is of this account"
    two.until(lambda: not user.page.controller.is_running)
    two.until(lambda: not two.desktop.tasks.is_busy)
    assert panel.isVisible()
    assert panel.title.text() == "All 2 changes were applied."
    assert RowState.PENDING not in user.states()
    assert RowState.UNKNOWN not in user.states()
    assert user.states().count(RowState.OFF) == 2
    assert not user.page.view.unknown.isVisible()
    elsewhere.set_faults(Faults())
    assert outcomes(two) == [Outcome.GOOD, Outcome.GOOD]


def test_changes_to_many_hit_types_go_on_under_the_new_name_of_their_account(
    user: HitTypesUser, two: Person, elsewhere: PracticeCloud
) -> None:
    two.switch_to(OTHER)
    two.page.fill(parse_spec(transport=Transport.SQS, destination=elsewhere.details.queue_url, events=["HITExpired"]))
    begin_slowly(user, elsewhere)
    rename(two, "Field work")
    elsewhere.set_faults(Faults())
    two.until(lambda: not user.page.controller.is_running)
    user.settle()
    assert set(user.states()) == {RowState.ON}
    assert len(elsewhere.settings()) >= 60
    assert outcomes(two) == [Outcome.GOOD]


def test_specifications_gathered_for_one_account_are_not_offered_to_another(user: HitTypesUser, two: Person) -> None:
    user.go().choose(1)
    two.click(user.page.view.buttons.by_command[Command.APPLY])
    two.switch_to(OTHER)  # before the answer is there
    user.settle()
    assert user.page.preview is None


def test_an_export_that_ends_late_is_not_told_under_another_account(
    user: HitTypesUser, two: Person, tmp_path_factory: pytest.TempPathFactory
) -> None:
    opened = two.desktop.program.current
    assert opened is not None
    user.go()
    folder = tmp_path_factory.mktemp("record")
    user.page.controller.export_record(folder / "record.json")
    user.page.controller.export_record(folder / "nowhere" / "record.json")
    two.switch_to(OTHER)
    user.settle()
    assert not user.page.view.note.text
    assert not user.page.view.problem.isVisible()
    bar = two.window.workspace.problems
    assert not bar.isVisible()
    two.switch_to("Practice")
    two.until(bar.isVisible)
    assert "nowhere" in bar.detail.text()


# --- History


def repeat_row(person: Person, destination: str) -> None:
    page = person.history()
    person.until(lambda: page.model.rowCount() > 0)
    for place in range(page.model.rowCount()):
        row = page.model.row_at(page.model.index(place, 0))
        if row is not None and row.destination == destination:
            page.table.choose(place)
    person.until(lambda: page.details.row is not None and page.details.row.destination == destination)
    person.click(page.details.repeat)


def test_a_test_is_repeated_with_its_own_account(two: Person, elsewhere: PracticeCloud) -> None:
    two.switch_to(OTHER)
    two.type_destination(elsewhere.details.queue_url)
    two.send()
    two.switch_to("Practice")
    repeat_row(two, elsewhere.details.queue_url)
    two.until_open(OTHER)
    assert two.form.destination.text() == elsewhere.details.queue_url
    assert two.send().is_good


def test_a_test_of_an_account_that_is_gone_is_not_repeated_with_another(two: Person, elsewhere: PracticeCloud) -> None:
    two.switch_to(OTHER)
    two.type_destination(elsewhere.details.queue_url)
    two.send()
    forget(two, OTHER)
    before = two.form.state()
    repeat_row(two, elsewhere.details.queue_url)
    page = two.window.workspace.history.page
    assert page is not None
    assert page.isVisible()
    assert "is not here any more" in page.problem.title.text()
    assert "An account that has this name now was" not in page.problem.detail.text(), "there may be none"
    assert two.form.state() == before
    add_for_session(two, OTHER, elsewhere)
    assert not page.problem.isVisible(), "it named the account that was open"
    repeat_row(two, elsewhere.details.queue_url)
    assert "other keys" in page.problem.detail.text(), "the same name is not the same account"
    assert f"“{OTHER}” (OTHER)" in page.problem.remedy.text()
    two.click(page.problem.buttons["fill"])
    assert two.page.isVisible()
    assert two.form.destination.text() == elsewhere.details.queue_url


# --- the bar


def test_what_is_said_of_an_account_waits_for_it(two: Person) -> None:
    bar = two.window.workspace.problems
    problem = Problem(title="Of one.", detail="", remedy="", code="x", cause=Cause.DESTINATION)
    one, other = two.desktop.program.accounts
    two.desktop.program.account_notice.emit(problem, other)
    assert not bar.isVisible()
    two.switch_to(OTHER)
    assert bar.title.text() == "Of one."
    two.switch_to("Practice")
    assert not bar.isVisible()
    two.switch_to(OTHER)
    rename(two, "Field work")
    assert bar.title.text() == "Of one.", "it is the same account"
    two.switch_to("Practice")
    two.switch_to("Field work")
    two.click(bar.dismiss)
    two.switch_to("Practice")
    two.switch_to("Field work")
    assert not bar.isVisible()
    assert one.name == "Practice"
