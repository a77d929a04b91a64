# SPDX-License-Identifier: MIT
"""Changing an account, and the file that AWS hands out with a key: opened, dropped, pasted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSize, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QPushButton

from notification_tester.domain.account import PRACTICE, Account, Credentials, Environment, KeySource
from notification_tester.domain.hit_type import HitTypeId
from notification_tester.qt.accounts.dialog import AccountDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

KEY = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
FILE = f"\ufeffAccess key ID,Secret access key\r\n{KEY},{SECRET}\r\n"
LAB = Account(name="Lab", environment=Environment.SANDBOX, source=KeySource.KEYRING)
OTHER = Account(
    name="Elsewhere",
    environment=Environment.OTHER,
    source=KeySource.PROFILE,
    profile="lab",
    endpoint="https://mturk.example.org",
)


@pytest.fixture
def dialog(qtbot: QtBot) -> AccountDialog:
    made = AccountDialog([LAB, OTHER], profiles=["default", "lab"], current="Lab")
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def click(button: QPushButton) -> None:
    assert button.isVisible()
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def drop(dialog: AccountDialog, data: QMimeData) -> None:
    arguments = (data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enters = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, *arguments)
    QApplication.sendEvent(dialog, enters)
    assert enters.isAccepted()
    QApplication.sendEvent(dialog, QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, *arguments))


def text(of: str) -> QMimeData:
    data = QMimeData()
    data.setText(of)
    return data


def keys(dialog: AccountDialog) -> tuple[str, str]:
    typed = dialog.keys_form.keys if dialog.is_replacing_keys else dialog.form.keys.typed
    return typed.access_key.text(), typed.secret.text()


@pytest.mark.parametrize("field", ["access_key", "secret", "token"])
def test_the_text_of_the_key_file_pasted_into_any_field_goes_to_all(dialog: AccountDialog, field: str) -> None:
    click(dialog.add)
    typed = dialog.form.keys.typed
    line: QLineEdit = getattr(typed, field)
    QGuiApplication.clipboard().setText(FILE)
    line.setFocus()
    QTest.keySequence(line, QKeySequence(QKeySequence.StandardKey.Paste))
    assert keys(dialog) == (KEY, SECRET)
    assert typed.secret.echoMode() is QLineEdit.EchoMode.Password
    assert "in the fields" in typed.taken_note.text
    line.undo()
    assert "Access key ID" not in line.text(), "what was pasted does not come back in sight"
    assert SECRET not in typed.access_key.text()
    QTest.keyClicks(typed.access_key, "x")
    assert not typed.taken_note.text
    QGuiApplication.clipboard().clear()


def test_what_is_typed_by_hand_stays_where_it_is(dialog: AccountDialog) -> None:
    click(dialog.add)
    typed = dialog.form.keys.typed
    QTest.keyClicks(typed.access_key, KEY)
    QTest.keyClicks(typed.secret, SECRET)
    assert keys(dialog) == (KEY, SECRET)
    assert not typed.taken_note.text


def test_a_key_that_is_dropped_opens_the_form_that_wants_it(dialog: AccountDialog) -> None:
    drop(dialog, text(FILE))
    assert dialog.is_replacing_keys
    assert dialog.keys_form.account == LAB
    assert keys(dialog) == (KEY, SECRET)
    click(dialog.keys_form.cancel)
    dialog.list.setCurrentRow(0)  # Practice has no keys of its own
    drop(dialog, text(FILE))
    assert dialog.is_adding
    assert keys(dialog) == (KEY, SECRET)
    dialog.form.keys.profile_button.setChecked(True)
    drop(dialog, text(FILE))
    assert dialog.form.keys.source() is KeySource.KEYRING
    click(dialog.form.cancel)
    assert keys(dialog) == ("", "")


def test_a_text_without_a_key_says_so_and_nothing_of_itself(dialog: AccountDialog) -> None:
    drop(dialog, text("User name,Password\nrosalind,hunter2\n"))
    assert "no access key" in dialog.view.who.note.text
    assert "hunter2" not in dialog.view.who.note.text


def test_a_file_that_is_dropped_or_chosen_is_looked_into(qtbot: QtBot, dialog: AccountDialog) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/somewhere/accessKeys.csv")])
    with qtbot.waitSignal(dialog.key_files_given) as given:
        drop(dialog, data)
    assert [path.name for path in given.args[0]] == ["accessKeys.csv"]
    click(dialog.add)
    dialog.form.keys.typed.file.click()
    (chosen,) = dialog.findChildren(QFileDialog)
    assert chosen.isVisible()
    chosen.reject()
    qtbot.waitUntil(lambda: dialog.findChildren(QFileDialog) == [])


def test_the_buttons_that_matter_are_in_sight_in_a_small_window(dialog: AccountDialog) -> None:
    dialog.resize(QSize(640, 420))

    def in_sight(*buttons: QPushButton) -> None:
        QApplication.processEvents()
        for button in buttons:
            assert button.visibleRegion().boundingRect() == button.rect(), button.text()

    in_sight(dialog.view.who.button, dialog.view.replace_keys, dialog.view.change)
    dialog.add.click()
    in_sight(dialog.form.who.button, dialog.form.cancel, dialog.form.save)
    dialog.form.cancel.click()
    dialog.view.replace_keys.click()
    in_sight(dialog.keys_form.who.button, dialog.keys_form.cancel, dialog.keys_form.replace)


def test_renaming_asks_for_no_keys_and_says_who_is_meant(qtbot: QtBot, dialog: AccountDialog) -> None:
    click(dialog.view.change)
    assert dialog.form.title.text() == "Change “Lab”"
    assert not dialog.form.keys.typed.isVisible()
    QTest.keyClicks(dialog.form.name, "Field work")
    assert not dialog.form.moved_note.text
    with qtbot.waitSignal(dialog.change_requested) as asked:
        click(dialog.form.save)
    assert asked.args == [LAB, replace(LAB, name="Field work")]
    renamed = replace(LAB, name="Field work")
    dialog.set_accounts([renamed, OTHER])
    dialog.show_changed(renamed)
    assert not dialog.is_adding
    assert dialog.chosen() == renamed
    assert "changed" in dialog.view.done_note.text


def test_another_address_is_said_to_make_another_account(qtbot: QtBot, dialog: AccountDialog) -> None:
    dialog.list.setCurrentRow(2)
    click(dialog.view.change)
    form = dialog.form
    assert (form.environment.endpoint.text(), form.keys.profile.currentText()) == (OTHER.endpoint, "lab")
    form.environment.endpoint.selectAll()
    QTest.keyClicks(form.environment.endpoint, "https://mturk.example.com")
    assert "another account" in form.moved_note.text
    with qtbot.waitSignal(dialog.change_requested) as asked:
        click(form.save)
    assert asked.args == [OTHER, replace(OTHER, endpoint="https://mturk.example.com")]
    form.environment.endpoint.setText(OTHER.endpoint)
    form.keys.profile.setEditText("default")
    assert "another account" in form.moved_note.text


def test_the_name_of_another_account_is_refused_and_its_own_is_not(qtbot: QtBot, dialog: AccountDialog) -> None:
    click(dialog.view.change)
    dialog.form.name.setText("elsewhere")
    with qtbot.assertNotEmitted(dialog.change_requested):
        click(dialog.form.save)
    assert "account of this name" in dialog.form.name_note.text
    dialog.form.name.setText("LAB")
    with qtbot.waitSignal(dialog.change_requested):
        click(dialog.form.save)


def test_what_was_typed_to_change_one_is_not_taken_for_a_new_account(dialog: AccountDialog) -> None:
    click(dialog.view.change)
    QTest.keyClicks(dialog.form.name, "Field work")
    dialog.list.setCurrentRow(0)
    click(dialog.add)
    assert (dialog.form.title.text(), dialog.form.name.text()) == ("A new account", "")


def test_after_other_keys_what_was_set_can_be_set_again(qtbot: QtBot, dialog: AccountDialog) -> None:
    click(dialog.view.replace_keys)
    dialog.keys_form.keys.fill(Credentials(access_key_id=KEY, secret_access_key=SECRET))
    click(dialog.keys_form.replace)
    dialog.show_keys_replaced(LAB)
    dialog.show_to_reapply(LAB, ())
    assert not dialog.view.done_note.button.isVisible()
    ids = (HitTypeId("3ABC"), HitTypeId("3DEF"))
    dialog.show_to_reapply(LAB, ids)
    assert "2 HIT types" in dialog.view.done_note.text
    with qtbot.waitSignal(dialog.reapply_requested) as asked:
        click(dialog.view.done_note.button)
    assert asked.args == [LAB, ids]
    assert not dialog.isVisible()


def test_practice_has_no_keys_to_replace_and_a_new_account_is_offered(dialog: AccountDialog) -> None:
    dialog.replace_keys(PRACTICE.name)
    assert dialog.form.isVisible()
    assert dialog.form.title.text() == "A new account"


@pytest.mark.parametrize("open_form", [AccountDialog.replace_keys, AccountDialog.change])
def test_of_an_account_that_was_forgotten_meanwhile_no_form_is_opened(
    dialog: AccountDialog, open_form: Callable[[AccountDialog, str], None]
) -> None:
    dialog.set_accounts([OTHER])
    open_form(dialog, LAB.name)
    assert not dialog.is_replacing_keys
    assert not dialog.is_adding
    assert dialog.list.isVisible()
    open_form(dialog, OTHER.name)
    assert dialog.form.isVisible()
    assert dialog.form.changing == OTHER
