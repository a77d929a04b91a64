# SPDX-License-Identifier: MIT
"""Adding, asking about and forgetting accounts, as a person does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QMessageBox, QPushButton, QRadioButton, QScrollArea

from notification_tester.domain.account import Account, Environment, Identity, KeySource
from notification_tester.domain.problem import Cause, Problem
from notification_tester.qt.account_dialog import AccountDialog
from notification_tester.qt.account_form import AccountDraft

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

KEY = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
LAB = Account(name="Lab", environment=Environment.SANDBOX, source=KeySource.KEYRING)
IDENTITY = Identity(
    account_id="123456789012",
    user="rosalind",
    arn="arn:aws:iam::123456789012:user/rosalind",
    balance="10000.00",
    environment=Environment.SANDBOX,
)


@pytest.fixture
def dialog(qtbot: QtBot) -> AccountDialog:
    made = AccountDialog([LAB], profiles=["default", "lab-admin"])
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def click(qtbot: QtBot, button: QPushButton) -> None:
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def open_form(qtbot: QtBot, dialog: AccountDialog, name: str = "Field work") -> None:
    click(qtbot, dialog.add)
    assert dialog.form.name.hasFocus() or not dialog.isActiveWindow()
    QTest.keyClicks(dialog.form.name, name)


def type_keys(qtbot: QtBot, dialog: AccountDialog, key: str = KEY, secret: str = SECRET, token: str = "") -> None:
    for field, text in (
        (dialog.form.keys.access_key, key),
        (dialog.form.keys.secret, secret),
        (dialog.form.keys.token, token),
    ):
        field.clear()
        QTest.keyClicks(field, text)


def problem(cause: Cause) -> Problem:
    return Problem(title="It is locked.", detail="So it was.", remedy="Unlock it.", code="x", cause=cause)


def test_practice_is_first_and_cannot_be_forgotten(dialog: AccountDialog) -> None:
    assert dialog.list.item(0).text().startswith("Practice\n")
    assert [dialog.list.count(), dialog.list.currentRow()] == [2, 0]
    assert not dialog.forget.isEnabled()


def test_typed_keys_come_out_as_a_draft_that_tells_no_secret(qtbot: QtBot, dialog: AccountDialog) -> None:
    open_form(qtbot, dialog)
    type_keys(qtbot, dialog, secret=f" {SECRET} ")
    with qtbot.waitSignal(dialog.saved) as saved:
        click(qtbot, dialog.form.save)
    draft: AccountDraft = saved.args[0]
    assert draft.account == Account(name="Field work", environment=Environment.SANDBOX, source=KeySource.KEYRING)
    assert draft.credentials is not None
    assert draft.credentials.secret_access_key == SECRET
    assert SECRET not in repr(draft)
    assert not dialog.form.save.isEnabled()
    dialog.set_accounts([LAB, draft.account], current="Field work")
    assert not dialog.is_adding
    assert dialog.chosen() == draft.account
    assert dialog.view.title.text() == "Field work"


def test_live_warns(qtbot: QtBot, dialog: AccountDialog) -> None:
    open_form(qtbot, dialog)
    assert dialog.form.environment.live_note.text == ""
    dialog.form.environment.live.click()
    assert "real Mechanical Turk" in dialog.form.environment.live_note.text
    type_keys(qtbot, dialog)
    with qtbot.waitSignal(dialog.saved) as saved:
        click(qtbot, dialog.form.save)
    assert saved.args[0].account.is_live


def test_another_service_with_its_addresses(qtbot: QtBot, dialog: AccountDialog) -> None:
    open_form(qtbot, dialog)
    choice = dialog.form.environment
    choice.other.click()
    QTest.keyClicks(choice.endpoint, "http://far.example.org")
    type_keys(qtbot, dialog)
    with qtbot.assertNotEmitted(dialog.saved):
        click(qtbot, dialog.form.save)
    assert "address of a service" in choice.endpoint_note.text
    assert choice.endpoint.accessibleDescription().startswith("This is not the address")
    choice.endpoint.clear()
    QTest.keyClicks(choice.endpoint, "https://far.example.org/")
    assert choice.endpoint_note.text == ""
    QTest.keyClicks(choice.aws_endpoint, "http://127.0.0.1:4566")
    with qtbot.waitSignal(dialog.saved) as saved:
        click(qtbot, dialog.form.save)
    account = saved.args[0].account
    assert (account.environment, account.endpoint, account.aws_endpoint) == (
        Environment.OTHER,
        "https://far.example.org",
        "http://127.0.0.1:4566",
    )


@pytest.mark.parametrize(
    ("address", "choose"),
    [
        ("https://mturk-requester.us-east-1.amazonaws.com", "“Live”"),
        ("HTTPS://MTurk-Requester.us-east-1.amazonaws.com.:443/x", "“Live”"),
        ("http://mturk-requester.us-east-1.amazonaws.com", "“Live”"),
        ("https://a:b@mturk-requester.us-east-1.amazonaws.com", "“Live”"),
        ("https://mturk-requester-sandbox.us-east-1.amazonaws.com/", "“Sandbox”"),
    ],
)
@pytest.mark.parametrize("field", ["endpoint", "aws_endpoint"])
def test_another_service_is_not_amazon_s_own(
    qtbot: QtBot, dialog: AccountDialog, field: str, address: str, choose: str
) -> None:
    open_form(qtbot, dialog)
    choice = dialog.form.environment
    choice.other.click()
    edits = {
        "endpoint": (choice.endpoint, choice.endpoint_note),
        "aws_endpoint": (choice.aws_endpoint, choice.aws_endpoint_note),
    }
    QTest.keyClicks(choice.endpoint, "https://mturk.example.org" if field == "aws_endpoint" else "")
    edit, note = edits[field]
    QTest.keyClicks(edit, address)
    type_keys(qtbot, dialog)
    with qtbot.assertNotEmitted(dialog.saved), qtbot.assertNotEmitted(dialog.who_requested):
        click(qtbot, dialog.form.save)
        click(qtbot, dialog.form.who.button)
    assert "Amazon's own Mechanical Turk" in note.text
    assert choose in note.text
    assert edit.text() == address


def test_an_account_kept_with_the_address_of_live_is_shown_as_live(qtbot: QtBot, dialog: AccountDialog) -> None:
    address = "https://mturk-requester.us-east-1.amazonaws.com:443"
    old = Account(name="Old", environment=Environment.OTHER, source=KeySource.KEYRING, endpoint=address)
    dialog.set_accounts([old])
    dialog.list.setCurrentRow(1)
    assert "LIVE" in dialog.list.item(1).text()
    assert dialog.view.badge.word == "LIVE"
    shown = [label.text() for label in dialog.view.findChildren(QLabel)]
    assert address in shown
    assert any("real workers and real money" in text for text in shown)


def test_a_profile_needs_no_keys(qtbot: QtBot, dialog: AccountDialog) -> None:
    open_form(qtbot, dialog)
    keys = dialog.form.keys
    keys.profile_button.click()
    assert not keys.access_key.isVisible()
    keys.profile.setEditText("")
    with qtbot.assertNotEmitted(dialog.saved):
        click(qtbot, dialog.form.save)
    assert "missing" in keys.profile_note.text
    keys.profile.setCurrentText("lab-admin")
    with qtbot.waitSignal(dialog.saved) as saved:
        click(qtbot, dialog.form.save)
    assert saved.args[0].credentials is None
    assert (saved.args[0].account.source, saved.args[0].account.profile) == (KeySource.PROFILE, "lab-admin")


@pytest.mark.parametrize(
    ("key", "secret", "token", "guilty"),
    [
        pytest.param("", "", "", {"key", "secret"}, id="nothing"),
        pytest.param("AKIA", SECRET, "", {"key"}, id="short-key"),
        pytest.param(KEY, "abc", "", {"secret"}, id="short-secret"),
        pytest.param("AK IA!", "abc", "", {"key", "secret"}, id="both"),
        pytest.param(SECRET, KEY, "", {"key"}, id="swapped"),
        pytest.param("ASIAIOSFODNN7EXAMPLE", SECRET, "", {"token"}, id="token-missing"),
        pytest.param(KEY, SECRET, "a<b", {"token"}, id="token-malformed"),
    ],
)
def test_a_problem_stands_beside_its_field(
    qtbot: QtBot, dialog: AccountDialog, key: str, secret: str, token: str, guilty: set[str]
) -> None:
    open_form(qtbot, dialog)
    type_keys(qtbot, dialog, key, secret, token)
    with qtbot.assertNotEmitted(dialog.saved):
        click(qtbot, dialog.form.save)
    keys = dialog.form.keys
    notes = {"key": keys.access_key_note, "secret": keys.secret_note, "token": keys.token_note}
    assert {name for name, note in notes.items() if note.text} == guilty
    assert (keys.access_key.text(), keys.secret.text(), keys.token.text()) == (key, secret, token)


@pytest.mark.parametrize("name", ["", "lab", "Practice"], ids=["empty", "in-use", "reserved"])
def test_a_name_that_will_not_do(qtbot: QtBot, dialog: AccountDialog, name: str) -> None:
    open_form(qtbot, dialog, name)
    type_keys(qtbot, dialog)
    with qtbot.assertNotEmitted(dialog.saved):
        click(qtbot, dialog.form.save)
    assert dialog.form.name_note.text
    assert dialog.form.name.text() == name


def test_the_secret_is_hidden_until_asked_for(qtbot: QtBot, dialog: AccountDialog) -> None:
    open_form(qtbot, dialog)
    keys = dialog.form.keys
    assert keys.secret.echoMode() == keys.token.echoMode() == QLineEdit.EchoMode.Password
    click(qtbot, keys.show_secret)
    assert keys.secret.echoMode() == QLineEdit.EchoMode.Normal
    dialog.reject()
    click(qtbot, dialog.question.discard)
    dialog.show()
    click(qtbot, dialog.add)
    assert keys.secret.echoMode() == QLineEdit.EchoMode.Password


def close_by(qtbot: QtBot, dialog: AccountDialog, way: str) -> None:
    if way == "escape":
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
    elif way == "button":
        click(qtbot, dialog.close_button)
    else:
        dialog.close()


WAYS = pytest.mark.parametrize("way", ["escape", "button", "window"])


@WAYS
def test_closing_asks_and_keeps_what_was_typed(qtbot: QtBot, dialog: AccountDialog, way: str) -> None:
    open_form(qtbot, dialog)
    type_keys(qtbot, dialog)
    dialog.form.environment.live.click()
    dialog.form.keys.secret.setFocus()
    close_by(qtbot, dialog, way)
    assert dialog.isVisible()
    assert dialog.question.isVisible()
    assert "not added yet" in dialog.question.accessibleName()
    assert dialog.question.keep.hasFocus() or not dialog.isActiveWindow()
    QTest.keyClick(dialog.question.keep, Qt.Key.Key_Escape)
    assert not dialog.question.isVisible()
    assert dialog.isVisible()
    keys = dialog.form.keys
    assert (dialog.form.name.text(), keys.access_key.text(), keys.secret.text()) == ("Field work", KEY, SECRET)
    assert dialog.form.environment.live.isChecked()
    assert keys.secret.hasFocus() or not dialog.isActiveWindow()


@WAYS
def test_discarding_closes_and_wipes_the_keys(qtbot: QtBot, dialog: AccountDialog, way: str) -> None:
    open_form(qtbot, dialog)
    type_keys(qtbot, dialog, token="token")
    dialog.form.keys.profile.setEditText("somebody-else")
    close_by(qtbot, dialog, way)
    click(qtbot, dialog.question.discard)
    assert not dialog.isVisible()
    assert {field.text() for field in dialog.findChildren(QLineEdit)} == {"", "default"}


@WAYS
def test_closing_with_nothing_typed_asks_nothing(qtbot: QtBot, dialog: AccountDialog, way: str) -> None:
    open_form(qtbot, dialog, "")
    dialog.form.keys.profile_button.click()
    dialog.form.environment.other.click()
    close_by(qtbot, dialog, way)
    assert not dialog.isVisible()


@pytest.mark.parametrize("field", ["name", "endpoint", "access-key", "profile"])
def test_anything_typed_is_asked_about(qtbot: QtBot, dialog: AccountDialog, field: str) -> None:
    open_form(qtbot, dialog, "")
    form = dialog.form
    form.environment.other.click()
    if field == "profile":
        form.keys.profile_button.click()
        form.keys.profile.setEditText("somebody-else")
    else:
        edit = {"name": form.name, "endpoint": form.environment.endpoint, "access-key": form.keys.access_key}[field]
        QTest.keyClicks(edit, "x")
    dialog.reject()
    assert dialog.question.isVisible()


def test_typing_on_answers_the_question(qtbot: QtBot, dialog: AccountDialog) -> None:
    open_form(qtbot, dialog)
    dialog.reject()
    QTest.keyClicks(dialog.form.name, "!")
    assert not dialog.question.isVisible()
    assert dialog.form.name.text() == "Field work!"


def test_what_was_typed_outlives_a_look_at_the_list(qtbot: QtBot, dialog: AccountDialog) -> None:
    open_form(qtbot, dialog)
    dialog.list.setCurrentRow(1)
    dialog.set_accounts([])
    assert dialog.view.isVisible()
    dialog.reject()
    assert dialog.question.isVisible()
    assert dialog.form.isVisible()
    assert dialog.form.name.text() == "Field work"


def test_closing_while_it_is_being_added_asks_too(qtbot: QtBot, dialog: AccountDialog) -> None:
    open_form(qtbot, dialog)
    type_keys(qtbot, dialog)
    click(qtbot, dialog.form.save)
    dialog.reject()
    assert "being added" in dialog.question.accessibleName()
    added = Account(name="Field work", environment=Environment.SANDBOX, source=KeySource.KEYRING)
    dialog.set_accounts([LAB, added], current="Field work")
    assert not dialog.question.isVisible()
    dialog.reject()
    assert not dialog.isVisible()


def test_who_am_i_before_saving(qtbot: QtBot, dialog: AccountDialog) -> None:
    open_form(qtbot, dialog)
    type_keys(qtbot, dialog)
    with qtbot.waitSignal(dialog.who_requested) as asked:
        click(qtbot, dialog.form.who.button)
    assert asked.args[0].credentials.access_key_id == KEY
    assert not dialog.form.who.button.isEnabled()
    dialog.show_identity(IDENTITY)
    assert dialog.form.who.answer.isVisible()
    said = dialog.form.who.answer.accessibleName()
    for part in ("1234-5678-9012", "rosalind", "10000.00", "SANDBOX"):
        assert part in said


def test_an_answer_about_keys_changed_since_is_dropped(qtbot: QtBot, dialog: AccountDialog) -> None:
    open_form(qtbot, dialog)
    type_keys(qtbot, dialog)
    click(qtbot, dialog.form.who.button)
    QTest.keyClicks(dialog.form.keys.access_key, "X")
    dialog.show_identity(IDENTITY)
    assert not dialog.form.who.answer.isVisible()


def test_who_am_i_of_a_known_account(qtbot: QtBot, dialog: AccountDialog) -> None:
    dialog.list.setCurrentRow(1)
    with qtbot.waitSignal(dialog.who_requested) as asked:
        click(qtbot, dialog.view.who.button)
    assert asked.args[0] == AccountDraft(account=LAB)
    dialog.show_problem(problem(Cause.KEYS))
    assert "It is locked." in dialog.view.who.note.text
    dialog.list.setCurrentRow(0)
    assert dialog.view.who.note.text == ""


def test_without_a_keyring_the_session_is_offered_and_nothing_is_lost(qtbot: QtBot, dialog: AccountDialog) -> None:
    open_form(qtbot, dialog)
    type_keys(qtbot, dialog)
    click(qtbot, dialog.form.save)
    dialog.show_problem(problem(Cause.STORAGE))
    assert not dialog.form.session_only.isVisible()
    click(qtbot, dialog.form.save)
    dialog.show_problem(problem(Cause.KEYRING))
    assert "It is locked." in dialog.form.problem_note.text
    assert dialog.form.keys.secret.text() == SECRET
    with qtbot.waitSignal(dialog.session_only_requested) as asked:
        click(qtbot, dialog.form.session_only)
    assert asked.args[0].account.source is KeySource.SESSION
    assert asked.args[0].credentials.secret_access_key == SECRET


@pytest.mark.parametrize("agrees", [True, False], ids=["yes", "no"])
def test_forgetting_asks_first_and_names_what_goes(qtbot: QtBot, dialog: AccountDialog, agrees: bool) -> None:
    dialog.list.setCurrentRow(1)
    click(qtbot, dialog.forget)
    question = dialog.findChild(QMessageBox)
    assert question is not None
    assert "Lab" in question.text()
    assert "keyring" in question.informativeText()
    assert question.textFormat() == Qt.TextFormat.PlainText
    forgotten: list[str] = []
    dialog.forget_requested.connect(forgotten.append)
    wanted = QMessageBox.ButtonRole.DestructiveRole if agrees else QMessageBox.ButtonRole.RejectRole
    button = next(each for each in question.buttons() if question.buttonRole(each) == wanted)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert forgotten == (["Lab"] if agrees else [])


def test_markup_in_a_name_is_text(qtbot: QtBot, dialog: AccountDialog) -> None:
    dialog.set_accounts([Account(name="<b>x</b>", environment=Environment.OTHER, source=KeySource.SESSION)])
    dialog.list.setCurrentRow(1)
    assert dialog.view.title.text() == "<b>x</b>"
    assert dialog.view.title.textFormat() == Qt.TextFormat.PlainText


def test_a_failed_save_brings_the_form_back(qtbot: QtBot, dialog: AccountDialog) -> None:
    open_form(qtbot, dialog)
    type_keys(qtbot, dialog)
    click(qtbot, dialog.form.save)
    dialog.list.setCurrentRow(1)
    assert dialog.view.isVisible()
    dialog.show_problem(problem(Cause.KEYRING))
    assert dialog.is_adding
    assert dialog.form.name.text() == "Field work"


@pytest.mark.parametrize("guilty", ["name", "secret"])
def test_what_is_wrong_is_brought_into_sight(qtbot: QtBot, dialog: AccountDialog, guilty: str) -> None:
    dialog.resize(dialog.minimumSizeHint().expandedTo(QSize(700, 420)))
    open_form(qtbot, dialog, name="" if guilty == "name" else "Field work")
    type_keys(qtbot, dialog, secret="too short")
    area = next(one for one in dialog.findChildren(QScrollArea) if one.isAncestorOf(dialog.form))
    bar = area.verticalScrollBar()
    assert bar.maximum() > 0
    bar.setValue(bar.maximum() if guilty == "name" else 0)
    dialog.form.save.click()
    note = dialog.form.name_note if guilty == "name" else dialog.form.keys.secret_note
    assert note.text
    qtbot.waitUntil(lambda: area.viewport().rect().contains(QRect(note.mapTo(area.viewport(), QPoint()), note.size())))


def test_no_letter_is_taken_twice_in_the_form(qtbot: QtBot, dialog: AccountDialog) -> None:
    open_form(qtbot, dialog)
    dialog.form.environment.other.click()
    texts = [one.text() for one in dialog.findChildren(QPushButton) if one.isVisible() and one.isEnabled()]
    texts += [one.text() for one in dialog.findChildren(QRadioButton) if one.isVisible()]
    texts += [one.text() for one in dialog.findChildren(QLabel) if one.isVisible() and one.buddy() is not None]
    letters = [QKeySequence.mnemonic(text).toString() for text in texts]
    assert len(set(filter(None, letters))) == len(list(filter(None, letters))), sorted(letters)
