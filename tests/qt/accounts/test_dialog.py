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
from notification_tester.qt.accounts.dialog import AccountDialog
from notification_tester.qt.accounts.form import AccountDraft

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from notification_tester.qt.accounts.identity_panel import IdentityPanel

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
    assert dialog.focusWidget() is dialog.form.name
    QTest.keyClicks(dialog.form.name, name)


def type_keys(qtbot: QtBot, dialog: AccountDialog, key: str = KEY, secret: str = SECRET, token: str = "") -> None:
    for field, text in (
        (dialog.form.keys.typed.access_key, key),
        (dialog.form.keys.typed.secret, secret),
        (dialog.form.keys.typed.token, token),
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
    assert not keys.typed.access_key.isVisible()
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
    notes = {"key": keys.typed.access_key_note, "secret": keys.typed.secret_note, "token": keys.typed.token_note}
    assert {name for name, note in notes.items() if note.text} == guilty
    assert (keys.typed.access_key.text(), keys.typed.secret.text(), keys.typed.token.text()) == (key, secret, token)


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
    assert keys.typed.secret.echoMode() == keys.typed.token.echoMode() == QLineEdit.EchoMode.Password
    click(qtbot, keys.typed.show_secret)
    assert keys.typed.secret.echoMode() == QLineEdit.EchoMode.Normal
    dialog.reject()
    click(qtbot, dialog.question.discard)
    dialog.show()
    click(qtbot, dialog.add)
    assert keys.typed.secret.echoMode() == QLineEdit.EchoMode.Password


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
    dialog.form.keys.typed.secret.setFocus()
    close_by(qtbot, dialog, way)
    assert dialog.isVisible()
    assert dialog.question.isVisible()
    assert "not added yet" in dialog.question.accessibleName()
    assert dialog.focusWidget() is dialog.question.keep
    QTest.keyClick(dialog.question.keep, Qt.Key.Key_Escape)
    assert not dialog.question.isVisible()
    assert dialog.isVisible()
    keys = dialog.form.keys
    assert (dialog.form.name.text(), keys.typed.access_key.text(), keys.typed.secret.text()) == (
        "Field work",
        KEY,
        SECRET,
    )
    assert dialog.form.environment.live.isChecked()
    assert dialog.focusWidget() is keys.typed.secret


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
        edit = {"name": form.name, "endpoint": form.environment.endpoint, "access-key": form.keys.typed.access_key}[
            field
        ]
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


def test_nothing_is_chosen_in_the_list_while_a_new_account_is_typed(qtbot: QtBot, dialog: AccountDialog) -> None:
    open_form(qtbot, dialog)
    assert dialog.list.selectedItems() == []
    dialog.set_accounts([LAB])  # another window has changed something meanwhile
    assert dialog.list.selectedItems() == []
    practice = dialog.list.visualItemRect(dialog.list.item(0)).center()
    QTest.mouseClick(dialog.list.viewport(), Qt.MouseButton.LeftButton, pos=practice)
    assert dialog.view.isVisible()
    assert dialog.list.selectedItems() == [dialog.list.item(0)]
    click(qtbot, dialog.add)
    assert dialog.form.name.text() == "Field work"
    assert dialog.list.selectedItems() == []
    click(qtbot, dialog.form.cancel)
    assert dialog.list.selectedItems() == [dialog.list.item(0)]


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
    dialog.show_identity(IDENTITY, asked.args[0])
    assert dialog.form.who.answer.isVisible()
    said = dialog.form.who.answer.accessibleName()
    for part in ("1234-5678-9012", "rosalind", "10000.00", "SANDBOX"):
        assert part in said


def test_an_answer_about_keys_changed_since_is_dropped(qtbot: QtBot, dialog: AccountDialog) -> None:
    open_form(qtbot, dialog)
    type_keys(qtbot, dialog)
    with qtbot.waitSignal(dialog.who_requested) as asked:
        click(qtbot, dialog.form.who.button)
    QTest.keyClicks(dialog.form.keys.typed.access_key, "X")
    dialog.show_identity(IDENTITY, asked.args[0])
    assert not dialog.form.who.answer.isVisible()


def test_who_am_i_of_a_known_account(qtbot: QtBot, dialog: AccountDialog) -> None:
    dialog.list.setCurrentRow(1)
    with qtbot.waitSignal(dialog.who_requested) as asked:
        click(qtbot, dialog.view.who.button)
    assert asked.args[0] == AccountDraft(account=LAB)
    dialog.show_no_identity(problem(Cause.KEYS), asked.args[0])
    assert "It is locked." in dialog.view.who.note.text
    dialog.list.setCurrentRow(0)
    assert dialog.view.who.note.text == ""


def asked_by(qtbot: QtBot, dialog: AccountDialog, panel: IdentityPanel) -> AccountDraft:
    with qtbot.waitSignal(dialog.who_requested) as asked:
        click(qtbot, panel.button)
    draft: AccountDraft = asked.args[0]
    return draft


@pytest.mark.parametrize("is_found", [True, False], ids=["identity", "problem"])
def test_a_late_answer_never_shows_under_another_account(qtbot: QtBot, dialog: AccountDialog, is_found: bool) -> None:
    def answer(draft: AccountDraft) -> None:
        if is_found:
            dialog.show_identity(IDENTITY, draft)
        else:
            dialog.show_no_identity(problem(Cause.KEYS), draft)

    def says_nothing(panel: IdentityPanel) -> bool:
        return panel.answer.isHidden() and panel.note.text == ""

    dialog.set_accounts([LAB, FIELD])
    dialog.list.setCurrentRow(1)
    first = asked_by(qtbot, dialog, dialog.view.who)
    dialog.list.setCurrentRow(2)
    second = asked_by(qtbot, dialog, dialog.view.who)
    answer(first)
    assert says_nothing(dialog.view.who)
    assert dialog.view.who.is_waiting
    open_form(qtbot, dialog)
    type_keys(qtbot, dialog)
    third = asked_by(qtbot, dialog, dialog.form.who)
    answer(second)
    assert says_nothing(dialog.form.who)
    assert dialog.form.who.is_waiting
    answer(third)
    assert not says_nothing(dialog.form.who)


def test_without_a_keyring_the_session_is_offered_and_nothing_is_lost(qtbot: QtBot, dialog: AccountDialog) -> None:
    open_form(qtbot, dialog)
    type_keys(qtbot, dialog)
    click(qtbot, dialog.form.save)
    dialog.show_problem(problem(Cause.STORAGE))
    assert not dialog.form.session_only.isVisible()
    click(qtbot, dialog.form.save)
    dialog.show_problem(problem(Cause.KEYRING))
    assert "It is locked." in dialog.form.problem_note.text
    assert dialog.form.keys.typed.secret.text() == SECRET
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
    forgotten: list[Account] = []
    dialog.forget_requested.connect(forgotten.append)
    wanted = QMessageBox.ButtonRole.DestructiveRole if agrees else QMessageBox.ButtonRole.RejectRole
    button = next(each for each in question.buttons() if question.buttonRole(each) == wanted)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert [one.name for one in forgotten] == (["Lab"] if agrees else [])


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


def test_an_address_that_will_not_do_is_brought_into_sight(qtbot: QtBot, dialog: AccountDialog) -> None:
    open_form(qtbot, dialog, name="Field work")
    type_keys(qtbot, dialog)
    environment = dialog.form.environment
    environment.other.click()
    environment.endpoint.setText("no address")
    dialog.form.save.click()
    assert environment.endpoint_note.text
    qtbot.waitUntil(environment.endpoint.hasFocus)


@pytest.mark.parametrize("guilty", ["name", "secret"])
def test_what_is_wrong_is_brought_into_sight(qtbot: QtBot, dialog: AccountDialog, guilty: str) -> None:
    dialog.resize(dialog.minimumSizeHint().expandedTo(QSize(700, 420)))
    open_form(qtbot, dialog, name="" if guilty == "name" else "Field work")
    type_keys(qtbot, dialog, secret="too short")
    *_, area = (one for one in dialog.findChildren(QScrollArea) if one.isAncestorOf(dialog.form))  # the innermost
    bar = area.verticalScrollBar()
    assert bar.maximum() > 0
    bar.setValue(bar.maximum() if guilty == "name" else 0)
    dialog.form.save.click()
    note = dialog.form.name_note if guilty == "name" else dialog.form.keys.typed.secret_note
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


FIELD = Account(name="Field", environment=Environment.PRODUCTION, source=KeySource.SESSION)
PROFILE = Account(name="Desk", environment=Environment.SANDBOX, source=KeySource.PROFILE, profile="lab")


def open_keys_form(qtbot: QtBot, dialog: AccountDialog, row: int = 1) -> None:
    dialog.list.setCurrentRow(row)
    click(qtbot, dialog.view.replace_keys)
    assert dialog.is_replacing_keys
    assert dialog.focusWidget() is dialog.keys_form.keys.access_key


def type_new_keys(dialog: AccountDialog, key: str = KEY, secret: str = SECRET) -> None:
    for field, text in ((dialog.keys_form.keys.access_key, key), (dialog.keys_form.keys.secret, secret)):
        QTest.keyClicks(field, text)


def test_only_typed_keys_can_be_replaced(dialog: AccountDialog) -> None:
    dialog.set_accounts([LAB, FIELD, PROFILE])
    offered = []
    for row in range(dialog.list.count()):
        dialog.list.setCurrentRow(row)
        offered.append(dialog.view.replace_keys.isVisible())
    assert offered == [False, True, True, False]


def test_keys_are_replaced(qtbot: QtBot, dialog: AccountDialog) -> None:
    open_keys_form(qtbot, dialog)
    form = dialog.keys_form
    assert "“Lab”" in form.title.text()
    assert form.badge.word == "SANDBOX"
    assert "if that fails, they stay" in form.meaning.text()
    assert form.keys.secret.echoMode() == QLineEdit.EchoMode.Password
    type_new_keys(dialog)
    with qtbot.waitSignal(dialog.replace_keys_requested) as asked:
        click(qtbot, form.replace)
    draft: AccountDraft = asked.args[0]
    assert draft.account == LAB
    assert draft.credentials is not None
    assert (draft.credentials.access_key_id, draft.credentials.secret_access_key) == (KEY, SECRET)
    assert SECRET not in repr(draft)
    assert not form.replace.isEnabled()
    dialog.show_keys_replaced(LAB)
    assert not dialog.is_replacing_keys
    assert "The keys were replaced." in dialog.view.done_note.text
    assert {field.text() for field in dialog.findChildren(QLineEdit)} == {"", "default"}
    dialog.list.setCurrentRow(0)
    assert dialog.view.done_note.text == ""


def test_wrong_keys_are_said_beside_their_field(qtbot: QtBot, dialog: AccountDialog) -> None:
    open_keys_form(qtbot, dialog)
    type_new_keys(dialog, secret="short")
    with qtbot.assertNotEmitted(dialog.replace_keys_requested):
        click(qtbot, dialog.keys_form.replace)
    assert "40" in dialog.keys_form.keys.secret_note.text
    assert dialog.focusWidget() is dialog.keys_form.keys.secret


def test_a_refusal_keeps_what_was_typed_and_is_shown_where_it_was_asked_for(
    qtbot: QtBot, dialog: AccountDialog
) -> None:
    open_keys_form(qtbot, dialog)
    type_new_keys(dialog)
    click(qtbot, dialog.keys_form.replace)
    dialog.list.setCurrentRow(0)
    dialog.show_problem(problem(Cause.KEYRING))
    assert dialog.is_replacing_keys
    assert "It is locked." in dialog.keys_form.problem_note.text
    assert dialog.keys_form.keys.secret.text() == SECRET
    assert dialog.keys_form.replace.isEnabled()
    assert not dialog.form.session_only.isVisible()
    click(qtbot, dialog.keys_form.who.button)
    assert dialog.keys_form.problem_note.text == "", "it was of what was asked before"


def test_who_am_i_before_replacing(qtbot: QtBot, dialog: AccountDialog) -> None:
    open_keys_form(qtbot, dialog)
    type_new_keys(dialog)
    with qtbot.waitSignal(dialog.who_requested) as asked:
        click(qtbot, dialog.keys_form.who.button)
    assert asked.args[0].account == LAB
    assert asked.args[0].credentials.access_key_id == KEY
    dialog.show_identity(IDENTITY, asked.args[0])
    assert "1234-5678-9012" in dialog.keys_form.who.answer.accessibleName()
    QTest.keyClicks(dialog.keys_form.keys.token, "x")
    assert not dialog.keys_form.who.answer.isVisible()


def test_keys_typed_for_one_account_never_go_to_another(qtbot: QtBot, dialog: AccountDialog) -> None:
    dialog.set_accounts([LAB, FIELD])
    open_keys_form(qtbot, dialog)
    type_new_keys(dialog)
    dialog.list.setCurrentRow(2)
    assert not dialog.is_replacing_keys
    dialog.list.setCurrentRow(1)
    click(qtbot, dialog.view.replace_keys)
    assert dialog.keys_form.keys.secret.text() == SECRET  # a look at another account loses nothing
    dialog.list.setCurrentRow(2)
    click(qtbot, dialog.view.replace_keys)
    assert "“Field”" in dialog.keys_form.title.text()
    assert dialog.keys_form.badge.word == "LIVE"
    assert not dialog.keys_form.has_text
    dialog.list.setCurrentRow(1)
    click(qtbot, dialog.view.replace_keys)
    assert not dialog.keys_form.has_text


@WAYS
def test_closing_over_new_keys_asks_and_then_wipes(qtbot: QtBot, dialog: AccountDialog, way: str) -> None:
    open_keys_form(qtbot, dialog)
    type_new_keys(dialog)
    dialog.list.setCurrentRow(0)
    close_by(qtbot, dialog, way)
    assert dialog.isVisible()
    assert dialog.is_replacing_keys
    assert "not replaced yet" in dialog.question.accessibleName()
    QTest.keyClick(dialog.question.keep, Qt.Key.Key_Return)
    assert dialog.keys_form.keys.secret.text() == SECRET
    assert dialog.keys_form.isAncestorOf(dialog.focusWidget()), "one goes on typing"
    close_by(qtbot, dialog, way)
    click(qtbot, dialog.question.discard)
    assert not dialog.isVisible()
    assert {field.text() for field in dialog.findChildren(QLineEdit)} == {"", "default"}


def test_cancel_wipes_new_keys_and_goes_back(qtbot: QtBot, dialog: AccountDialog) -> None:
    open_keys_form(qtbot, dialog)
    type_new_keys(dialog)
    click(qtbot, dialog.keys_form.cancel)
    assert dialog.view.isVisible()
    assert dialog.forget.isEnabled()
    assert not dialog.keys_form.has_text
    dialog.reject()
    assert not dialog.isVisible()


def test_keys_of_another_account_that_were_replaced_late_close_no_form(qtbot: QtBot, dialog: AccountDialog) -> None:
    dialog.set_accounts([LAB, FIELD])
    open_keys_form(qtbot, dialog)
    type_new_keys(dialog)
    click(qtbot, dialog.keys_form.replace)
    assert dialog.is_about(LAB)
    dialog.list.setCurrentRow(2)
    click(qtbot, dialog.view.replace_keys)
    type_new_keys(dialog)
    dialog.show_keys_replaced(LAB)
    assert dialog.is_replacing_keys
    assert dialog.keys_form.account == FIELD
    assert dialog.keys_form.has_text
    assert not dialog.is_about(LAB)


def test_an_account_that_goes_takes_its_form_along(qtbot: QtBot, dialog: AccountDialog) -> None:
    open_keys_form(qtbot, dialog)
    type_new_keys(dialog)
    dialog.set_accounts([])
    assert not dialog.is_replacing_keys
    assert not dialog.keys_form.has_text


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
@pytest.mark.parametrize("where", ["list", "add", "forget", "close", "who", "replace", "dialog"])
def test_return_never_forgets_an_account(qtbot: QtBot, dialog: AccountDialog, where: str, key: Qt.Key) -> None:
    dialog.list.setCurrentRow(1)
    at = {
        "list": dialog.list, "add": dialog.add, "forget": dialog.forget, "close": dialog.close_button,
        "who": dialog.view.who.button, "replace": dialog.view.replace_keys, "dialog": dialog,
    }[where]  # fmt: skip
    at.setFocus()
    with qtbot.assertNotEmitted(dialog.forget_requested):
        QTest.keyClick(at, key)
        for question in dialog.findChildren(QMessageBox):
            QTest.keyClick(question, key)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape])
def test_the_question_is_answered_with_keep_by_what_is_pressed_without_thinking(
    qtbot: QtBot, dialog: AccountDialog, key: Qt.Key
) -> None:
    dialog.list.setCurrentRow(1)
    click(qtbot, dialog.forget)
    question = dialog.findChild(QMessageBox)
    assert question is not None
    with qtbot.assertNotEmitted(dialog.forget_requested):
        QTest.keyClick(question, key)
    assert not question.isVisible()


def test_no_letter_is_taken_twice_where_keys_are_replaced(qtbot: QtBot, dialog: AccountDialog) -> None:
    open_keys_form(qtbot, dialog)
    texts = [one.text() for one in dialog.findChildren(QPushButton) if one.isVisible() and one.isEnabled()]
    texts += [one.text() for one in dialog.findChildren(QLabel) if one.isVisible() and one.buddy() is not None]
    letters = list(filter(None, (QKeySequence.mnemonic(text).toString() for text in texts)))
    assert len(set(letters)) == len(letters), sorted(letters)
