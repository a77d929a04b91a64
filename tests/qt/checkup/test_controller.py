# SPDX-License-Identifier: MIT
"""The checkup below a field: what its dialogs ask is done and told, also where they, or their account, have gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from notification_tester.aws.queues import NAME_PREFIX
from notification_tester.domain.account import PRACTICE
from notification_tester.domain.destination import Transport
from notification_tester.domain.problem import Remedy
from notification_tester.practice.faults import Faults
from notification_tester.qt.checkup.controller import CheckupController
from notification_tester.qt.checkup.new_destination_dialog import NewDestinationDialog
from notification_tester.qt.checkup.throwaways_dialog import ThrowawaysDialog
from notification_tester.qt.notification.destination_field import DestinationField
from qt.somebody import Somebody

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from notification_tester.qt.checkup.mend_dialog import MendDialog
    from notification_tester.qt.checkup.view import CheckupView
    from notification_tester.qt.session import Program

CLOSED = "The queue does not let Mechanical Turk in."
GOOD = "Queue found in your account, and Mechanical Turk may write to it"


class Keeper(Somebody):
    """A field with its checkup in a window, practice open behind it, and who looks at them."""

    def __init__(self, program: Program, qtbot: QtBot) -> None:
        super().__init__(program, qtbot)
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.field = DestinationField(Transport.SQS, self.window)
        QVBoxLayout(self.window).addWidget(self.field)
        self.window.resize(700, 400)
        self.window.show()
        self.controller = CheckupController(program, self.field, self.window)
        self.field.changed.connect(lambda: self.controller.follow(program.current))
        self.hear(self.controller, "test_requested", "changed", "found_mended", "remedy_requested")
        program.account_notice.connect(lambda problem, whose: self.told.append((problem.title, whose, problem.detail)))
        assert program.current is not None
        self.clients = program.current.clients

    @property
    def blocked(self) -> str:
        return self.cloud.details.blocked_queue_url

    def until_said(self, text: str) -> None:
        self._qtbot.waitUntil(lambda: text in self.field.verdict())

    def look_at(self, address: str, said: str) -> None:
        self.field.set_text(address)
        self.until_said(said)

    def dialogs(self) -> list[object]:
        """Those that are open."""
        made, all_of_them = self.controller.destinations, self.controller
        dialogs = (all_of_them.view, all_of_them.mend_dialog, all_of_them.administrator_dialog)
        return [one for one in (*dialogs, made.new_dialog, made.throwaways_dialog) if one is not None]

    def until_let_go(self) -> None:
        """Wait until no dialog is kept that nobody can see again."""
        self._qtbot.waitUntil(lambda: not self.window.findChildren(QDialog))

    def mend_dialog(self) -> MendDialog:
        assert self.controller.mend_dialog is not None
        return self.controller.mend_dialog

    def proposal(self) -> MendDialog:
        """The dialog that is open, once it shows what would be changed."""
        dialog = self.mend_dialog()
        self._qtbot.waitUntil(dialog.change.isVisible)
        return dialog

    def view(self) -> CheckupView:
        assert self.controller.view is not None
        return self.controller.view


@pytest.fixture
def somebody(program: Program, qtbot: QtBot) -> Iterator[Keeper]:
    made = Keeper(program, qtbot)
    yield made
    made.cloud.set_faults(Faults())


def test_what_is_in_the_way_is_mended_and_taken_back_from_the_field(qtbot: QtBot, somebody: Keeper) -> None:
    controller, field = somebody.controller, somebody.field
    somebody.look_at(somebody.blocked, CLOSED)
    place = field.destination()
    assert place is not None
    somebody.press(field.mend_link)
    dialog = somebody.proposal()
    controller.mend(place)
    assert somebody.dialogs() == [dialog], "one at a time"
    somebody.press(dialog.change)
    qtbot.waitUntil(lambda: bool(somebody.told))
    assert somebody.take() == [("changed", place, False)]
    assert field.undo_link.isVisible()
    assert CLOSED not in field.verdict(), "it is looked at once more"
    qtbot.waitUntil(dialog.undo.isVisible)
    somebody.press(dialog.test)
    assert somebody.dialogs() == []
    assert somebody.take() == [("test_requested",)]
    somebody.until_said(GOOD)

    somebody.press(field.undo_link)
    somebody.press(somebody.proposal().change)
    qtbot.waitUntil(lambda: bool(somebody.told))
    assert somebody.take() == [("changed", place, True)]
    assert not field.undo_link.isVisible()
    qtbot.waitUntil(lambda: not somebody.mend_dialog().is_writing)
    assert "taken back" in somebody.mend_dialog().sentence.text()
    somebody.mend_dialog().reject()
    assert somebody.dialogs() == []
    somebody.until_said(CLOSED)
    assert somebody.take() == []


def test_what_was_put_back_elsewhere_counts_as_taken_back(qtbot: QtBot, somebody: Keeper) -> None:
    field = somebody.field
    somebody.look_at(somebody.blocked, CLOSED)
    place = field.destination()
    somebody.press(field.mend_link)
    somebody.press(somebody.proposal().change)
    qtbot.waitUntil(lambda: bool(somebody.told))
    qtbot.waitUntil(lambda: not somebody.mend_dialog().is_writing)
    undo = somebody.mend_dialog().undo
    somebody.clients.sqs().set_queue_attributes(QueueUrl=somebody.blocked, Attributes={"Policy": ""})
    somebody.take()
    somebody.press(undo)
    dialog = somebody.mend_dialog()
    assert dialog.cancel.isVisible()
    assert dialog.undo is not undo, "the way back has a dialog of its own"
    qtbot.waitUntil(lambda: not dialog.problem.isHidden())
    assert somebody.take() == [("changed", place, True)]
    assert not field.undo_link.isVisible()
    dialog.reject()
    somebody.until_said(CLOSED)
    somebody.look_at(somebody.cloud.details.queue_url, GOOD)
    somebody.look_at(somebody.blocked, CLOSED)
    assert not field.undo_link.isVisible()


def test_what_cannot_be_read_is_said_in_its_dialog_and_its_remedy_closes_all(qtbot: QtBot, somebody: Keeper) -> None:
    controller = somebody.controller
    somebody.look_at(somebody.blocked, CLOSED)
    somebody.press(somebody.field.findings_link)
    view = somebody.view()
    assert view.isVisible()
    somebody.press(view.administrator)
    controller.open_administrator()
    assert somebody.dialogs() == [view, controller.administrator_dialog]
    controller.destinations.open_new(Transport.SQS)
    somebody.cloud.set_faults(Faults(no_network=True))
    view.mend_requested.emit()
    dialog = somebody.mend_dialog()
    qtbot.waitUntil(lambda: not dialog.problem.isHidden())
    assert dialog.change.isHidden()
    somebody.cloud.set_faults(Faults())
    dialog.proposal_requested.emit()
    qtbot.waitUntil(lambda: not dialog.change.isHidden())
    dialog.remedy_requested.emit(Remedy.CHANGE_KEYS)
    assert somebody.dialogs() == []
    assert somebody.take() == [("remedy_requested", Remedy.CHANGE_KEYS)]
    somebody.until_let_go()


def test_a_change_that_is_refused_is_said_in_its_dialog(qtbot: QtBot, somebody: Keeper) -> None:
    somebody.look_at(somebody.blocked, CLOSED)
    somebody.press(somebody.field.mend_link)
    dialog = somebody.proposal()
    somebody.cloud.set_faults(Faults(denied_actions=("sqs:SetQueueAttributes",)))
    somebody.press(dialog.change)
    qtbot.waitUntil(lambda: not dialog.problem.isHidden())
    assert somebody.take() == []
    assert not somebody.field.undo_link.isVisible()


def test_what_becomes_of_a_change_is_told_where_its_account_was_left(qtbot: QtBot, somebody: Keeper) -> None:
    program, field = somebody.program, somebody.field
    somebody.look_at(somebody.blocked, CLOSED)
    somebody.press(field.mend_link)
    somebody.press(somebody.proposal().change)
    program.left.emit(PRACTICE)
    assert somebody.controller.mend_dialog is None
    assert CLOSED not in field.verdict()
    qtbot.waitUntil(lambda: bool(somebody.told))
    ((title, whose, detail),) = somebody.take()
    assert title == "The access policy of practice-blocked was changed."
    assert (whose, "after another account had been opened" in detail) == (PRACTICE, True)
    assert not field.undo_link.isVisible()
    somebody.controller.follow(program.current)
    assert field.undo_link.isVisible(), "it is of this account"
    somebody.press(field.undo_link)
    somebody.press(somebody.proposal().change)
    program.left.emit(PRACTICE)
    qtbot.waitUntil(lambda: bool(somebody.told))
    ((title, whose, detail),) = somebody.take()
    assert title == "The change of the access policy of practice-blocked was taken back."
    assert (whose, detail) == (PRACTICE, "Read back, the policy is what it was before.")
    somebody.controller.follow(program.current)
    assert not field.undo_link.isVisible()
    somebody.look_at(somebody.blocked, CLOSED)

    somebody.press(field.mend_link)
    dialog = somebody.proposal()
    somebody.cloud.set_faults(Faults(denied_actions=("sqs:SetQueueAttributes",)))
    somebody.press(dialog.change)
    program.left.emit(PRACTICE)
    qtbot.waitUntil(lambda: bool(somebody.told))
    assert somebody.take()[0][1] is PRACTICE
    assert not field.undo_link.isVisible()


def test_the_findings_are_looked_at_shown_and_saved(qtbot: QtBot, somebody: Keeper, tmp_path: Path) -> None:
    controller, field = somebody.controller, somebody.field
    assert not controller.open_findings(), "there is no address"
    somebody.look_at(somebody.blocked, CLOSED)
    assert controller.open_findings()
    view = somebody.view()
    assert controller.open_findings()
    assert somebody.dialogs() == [view]
    quiet = controller.quiet.report
    assert quiet is not None
    assert view.report is quiet
    somebody.press(view.check)
    assert view.verdict.text().startswith("Looking…")
    qtbot.waitUntil(view.check.isEnabled)
    full = controller.quiet.report
    assert full is not None
    assert len(full.findings) > len(quiet.findings), "it says more"
    assert somebody.view().report is full
    view.save_requested.emit(str(tmp_path / "report.html"))
    qtbot.waitUntil(lambda: "saved" in view.note.text)
    assert CLOSED in (tmp_path / "report.html").read_text("utf-8")
    nowhere = str(tmp_path / "nowhere" / "report.html")
    view.save_requested.emit(nowhere)
    qtbot.waitUntil(lambda: not view.problem.isHidden())
    view.save_requested.emit(nowhere)
    view.check_requested.emit()
    view.accept()
    assert somebody.dialogs() == []
    assert CLOSED not in field.verdict(), "it was being looked at anew"
    qtbot.waitUntil(lambda: bool(somebody.told))
    assert [one[0] for one in somebody.take()] == ["notice"]
    somebody.until_said(CLOSED)


def test_who_comes_back_to_the_window_has_trouble_looked_at_again(qtbot: QtBot, somebody: Keeper) -> None:
    application, field, controller = QGuiApplication.instance(), somebody.field, somebody.controller
    assert isinstance(application, QGuiApplication)
    active, inactive = Qt.ApplicationState.ApplicationActive, Qt.ApplicationState.ApplicationInactive
    somebody.look_at(somebody.blocked, CLOSED)
    place = field.destination()
    controller.look_again_after = 1e9
    application.applicationStateChanged.emit(active)
    assert CLOSED in field.verdict(), "it was looked at a moment ago"
    controller.look_again_after = 0
    application.applicationStateChanged.emit(inactive)
    assert CLOSED in field.verdict()
    policy = somebody.clients.sqs().get_queue_attributes(
        QueueUrl=somebody.cloud.details.queue_url, AttributeNames=["Policy"]
    )
    allowed = policy["Attributes"]["Policy"].replace("practice-results", "practice-blocked")
    somebody.clients.sqs().set_queue_attributes(QueueUrl=somebody.blocked, Attributes={"Policy": allowed})
    application.applicationStateChanged.emit(active)
    assert CLOSED not in field.verdict()
    somebody.until_said(GOOD)
    assert [(one[0], one[1]) for one in somebody.told] == [("found_mended", place)]
    assert somebody.take()[0][2] != ""
    application.applicationStateChanged.emit(active)
    assert GOOD in field.verdict(), "there is no trouble"
    somebody.clients.sqs().set_queue_attributes(QueueUrl=somebody.blocked, Attributes={"Policy": ""})
    controller.look_again()
    somebody.until_said(CLOSED)
    assert somebody.take() == [("found_mended", place, "")]


def test_nothing_is_looked_at_while_a_test_is_under_way_and_again_where_that_failed(
    qtbot: QtBot, somebody: Keeper
) -> None:
    controller, field = somebody.controller, somebody.field
    controller.test_begins()
    field.set_text(somebody.blocked)
    controller.look_again()
    assert "Checking…" not in field.verdict()
    begun: list[bool] = []
    controller.quiet.begun.connect(lambda: begun.append(True))
    controller.test_ended(is_good=False)
    somebody.until_said(CLOSED)
    assert begun == [True]
    before = controller.quiet.report
    controller.test_ended(is_good=True)
    qtbot.waitUntil(lambda: controller.quiet.report is not before)
    somebody.look_at(somebody.cloud.details.queue_url, GOOD)
    before = controller.quiet.report
    controller.test_ended(is_good=True)
    assert controller.quiet.report is before
    controller.follow(None)
    assert GOOD not in field.verdict()
    controller.follow(somebody.program.current)
    somebody.program.closing.emit()
    assert controller.quiet.wanted is None


def tick_first(dialog: ThrowawaysDialog) -> None:
    item = dialog.list.topLevelItem(0)
    assert item is not None
    item.setCheckState(0, Qt.CheckState.Checked)


def test_what_is_made_from_the_field_is_told(qtbot: QtBot, somebody: Keeper) -> None:
    controller, made = somebody.controller, somebody.controller.destinations
    address = f"{somebody.cloud.details.queue_url}-new"
    somebody.look_at(address, "The queue does not exist.")
    controller.open_findings()
    somebody.view().create_requested.emit()
    dialog = made.new_dialog
    assert dialog is not None
    assert dialog.name.text() == address.rpartition("/")[2]
    assert dialog.parentWidget() is controller.view, "above what asked for it"
    made.open_new(Transport.SNS)
    assert somebody.dialogs() == [controller.view, dialog], "one at a time"
    somebody.press(dialog.make)
    qtbot.waitUntil(lambda: not dialog.test.isHidden())
    assert somebody.take() == [("changed", somebody.field.destination(), False)]
    dialog.reject()
    assert somebody.dialogs() == []
    made.open_new(Transport.SQS)
    (another,) = somebody.dialogs()
    assert isinstance(another, NewDestinationDialog)
    assert another.parentWidget() is somebody.window
    another.name.setText("later")
    somebody.press(another.make)
    somebody.program.left.emit(PRACTICE)
    assert somebody.dialogs() == []
    qtbot.waitUntil(lambda: bool(somebody.told))
    ((title, whose, _),) = somebody.take()
    assert (title, whose) == ("The queue “later” was made.", PRACTICE)
    made.open_new(Transport.SQS)
    made.open_throwaways()
    assert somebody.dialogs() == [], "no account is open"
    somebody.until_let_go()


def test_what_tests_left_is_removed_and_told(qtbot: QtBot, somebody: Keeper) -> None:
    made = somebody.controller.destinations
    names = [f"{NAME_PREFIX}{letter * 12}" for letter in "ab"]
    for name in names:
        somebody.clients.sqs().create_queue(QueueName=name)
    somebody.controller.follow(somebody.program.current)
    made.open_throwaways()
    (shown,) = somebody.dialogs()
    assert isinstance(shown, ThrowawaysDialog)
    made.open_throwaways()
    assert somebody.dialogs() == [shown]
    qtbot.waitUntil(lambda: shown.list.topLevelItemCount() == 2)
    tick_first(shown)
    somebody.press(shown.remove)
    qtbot.waitUntil(lambda: shown.list.topLevelItemCount() == 1)
    assert shown.note.text.startswith("Removed: 1.")
    somebody.cloud.set_faults(Faults(denied_actions=("sqs:DeleteQueue",)))
    tick_first(shown)
    somebody.press(shown.remove)
    somebody.program.left.emit(PRACTICE)
    assert somebody.dialogs() == []
    qtbot.waitUntil(lambda: bool(somebody.told))
    assert somebody.take()[0][1] is PRACTICE
    somebody.until_let_go()
