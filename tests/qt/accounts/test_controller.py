# SPDX-License-Identifier: MIT
"""What the dialog of accounts asks, and who hears the answer: the dialog, or the window once that is closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QWidget

from notification_tester.domain.account import PRACTICE, Account, Credentials, Environment, KeySource
from notification_tester.qt.accounts.controller import AccountsController
from notification_tester.qt.accounts.dialog import AccountDialog
from notification_tester.qt.accounts.form import AccountDraft
from qt.somebody import Somebody

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from notification_tester.practice.cloud import PracticeCloud
    from notification_tester.qt.session import Program

WRONG = Credentials(access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")


class Keeper(Somebody):
    """A window with practice open behind it, and somebody who opens its accounts."""

    def __init__(self, program: Program, cloud: PracticeCloud, qtbot: QtBot) -> None:
        super().__init__(program, qtbot)
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.window.show()
        self.controller = AccountsController(program, self.window)
        self.hear(self.controller, "help_requested", "reapply_requested")
        details = cloud.details
        self.keys = Credentials(access_key_id=details.access_key_id, secret_access_key=details.secret_access_key)
        self.account = Account(
            name="Elsewhere",
            environment=Environment.OTHER,
            source=KeySource.SESSION,
            endpoint=details.mturk_endpoint,
            aws_endpoint=details.aws_endpoint,
        )

    @property
    def draft(self) -> AccountDraft:
        return AccountDraft(account=self.account, credentials=self.keys)

    def dialogs(self) -> list[AccountDialog]:
        return self.window.findChildren(AccountDialog)

    def until_listed(self, *names: str) -> None:
        self._qtbot.waitUntil(lambda: tuple(one.name for one in self.program.accounts) == names)
        self._qtbot.waitUntil(lambda: not self.program.tasks.is_busy)


@pytest.fixture
def somebody(program: Program, cloud: PracticeCloud, qtbot: QtBot) -> Keeper:
    return Keeper(program, cloud, qtbot)


def is_adding(dialog: AccountDialog) -> bool:
    return dialog.is_adding


def test_one_dialog_at_a_time_which_is_let_go(qtbot: QtBot, somebody: Keeper) -> None:
    controller = somebody.controller
    dialog = controller.open()
    assert dialog.isVisible()
    assert dialog.chosen() == PRACTICE
    assert not is_adding(dialog)
    assert controller.open(add=True) is dialog
    assert is_adding(dialog)
    dialog.help_requested.emit()
    dialog.reapply_requested.emit(PRACTICE, ())
    assert somebody.take() == [("help_requested",), ("reapply_requested", PRACTICE, ())]
    dialog.done(0)
    another = controller.open()
    assert another is not dialog
    another.done(0)
    qtbot.waitUntil(lambda: somebody.dialogs() == [])


def test_an_account_is_added_changed_given_other_keys_and_forgotten(qtbot: QtBot, somebody: Keeper) -> None:
    program, dialog = somebody.program, somebody.controller.open(add=True)
    dialog.saved.emit(somebody.draft)
    somebody.until_listed("Practice", "Elsewhere")
    assert not dialog.is_adding
    assert dialog.chosen().name == "Elsewhere"
    kept = program.accounts[1]
    somebody.controller.open(change="Elsewhere")
    assert dialog.form.changing == kept
    dialog.change_requested.emit(kept, replace(kept, name="Field work"))
    somebody.until_listed("Practice", "Field work")
    assert dialog.chosen().name == "Field work"
    assert dialog.view.done_note.text
    somebody.controller.open(replace_keys_of="Field work")
    assert dialog.is_replacing_keys
    now = program.accounts[1]
    dialog.replace_keys_requested.emit(AccountDraft(account=now))
    assert dialog.is_replacing_keys, "there are no keys in it"
    dialog.replace_keys_requested.emit(AccountDraft(account=now, credentials=somebody.keys))
    qtbot.waitUntil(lambda: not dialog.is_replacing_keys)
    assert dialog.view.done_note.text.startswith("The keys were replaced.")
    somebody.until_listed("Practice", "Field work")
    dialog.forget_requested.emit(program.accounts[1])
    somebody.until_listed("Practice")
    assert dialog.chosen() == PRACTICE
    assert somebody.take() == []


def test_who_keys_are_is_told_beside_them_alone(qtbot: QtBot, somebody: Keeper, tmp_path: Path) -> None:
    dialog = somebody.controller.open()
    qtbot.waitUntil(lambda: not somebody.program.tasks.is_busy)
    dialog.keep_refusal(datetime(2026, 1, 31, tzinfo=UTC))
    assert dialog.view.refused_note.text
    dialog.view.who.button.click()
    qtbot.waitUntil(lambda: not dialog.view.who.answer.isHidden())
    assert somebody.controller.refused_at(PRACTICE) is None, "a service took them"
    assert not dialog.view.refused_note.text
    file = tmp_path / "accessKeys.csv"
    file.write_text(f"Access key ID,Secret access key\n{WRONG.access_key_id},{WRONG.secret_access_key}\n", "utf-8")
    somebody.controller.open(add=True)
    dialog.key_files_given.emit([file])
    qtbot.waitUntil(lambda: dialog.form.keys.typed.access_key.text() == WRONG.access_key_id)
    dialog.key_files_given.emit([Path(tmp_path / "nowhere.csv")])
    qtbot.waitUntil(lambda: not somebody.program.tasks.is_busy)
    assert dialog.form.keys.typed.access_key.text() == WRONG.access_key_id


def test_what_goes_wrong_once_the_dialog_is_closed_is_said_in_the_window(qtbot: QtBot, somebody: Keeper) -> None:
    begins: tuple[Callable[[AccountDialog], object], ...] = (
        lambda one: one.saved.emit(replace(somebody.draft, account=replace(somebody.account, name="Practice"))),
        lambda one: one.forget_requested.emit(replace(somebody.account, name="Gone")),
        lambda one: one.change_requested.emit(somebody.account, replace(somebody.account, name="Other")),
    )
    for begin in begins:
        dialog = somebody.controller.open(add=True)
        begin(dialog)
        dialog.done(0)
        qtbot.waitUntil(lambda: not somebody.program.tasks.is_busy)
    assert [name for name, *_ in somebody.take()] == ["notice"] * 3
    assert [one.name for one in somebody.program.accounts] == ["Practice"]


def test_that_keys_were_refused_is_known_until_they_are_taken_or_forgotten(
    qtbot: QtBot, program: Program, somebody: Keeper
) -> None:
    controller, dialog = somebody.controller, somebody.controller.open(add=True)
    dialog.saved.emit(somebody.draft)
    somebody.until_listed("Practice", "Elsewhere")
    kept, at = program.accounts[1], datetime(2026, 1, 31, tzinfo=UTC)
    assert controller.refused_at(kept) is None
    dialog.keep_refusal(at)
    assert controller.refused_at(kept) == at
    assert controller.refused_at(PRACTICE) is None
    controller.keys_were_taken(kept)
    controller.keys_were_taken(PRACTICE)
    assert controller.refused_at(kept) is None
    dialog.keep_refusal(at)
    program.forgotten.emit("Another")
    assert controller.refused_at(kept) == at
    program.forgotten.emit(kept.kept_as)
    assert controller.refused_at(kept) is None
    dialog.done(0)
