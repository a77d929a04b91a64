# SPDX-License-Identifier: MIT
"""An account of one's own: added for this session, asked who it is, used, remembered apart, forgotten."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QComboBox, QLabel, QMessageBox, QSpinBox

from journeys.person import GREEN, drop, give_file
from notification_tester.aws.queues import NAME_PREFIX
from notification_tester.domain.account import Credentials, KeySource
from notification_tester.domain.delivery import NOT_TRIED, State
from notification_tester.domain.destination import Transport
from notification_tester.domain.events import EventType
from notification_tester.domain.hit_type import HitTypeId
from notification_tester.domain.notification import parse_spec
from notification_tester.domain.setting import LineState, apply
from notification_tester.qt.accounts.dialog import AccountDialog
from notification_tester.qt.help.help_dialog import HelpDialog
from notification_tester.qt.help.preferences_dialog import PreferencesDialog
from notification_tester.qt.history.model import Column
from notification_tester.qt.looks.theme import HeadingLabel
from notification_tester.services.accounts import Accounts
from notification_tester.storage.account_list import AccountList
from notification_tester.storage.database import Database
from notification_tester.storage.history import History
from notification_tester.storage.leftovers import Leftovers
from notification_tester.storage.preferences import KEEP, Preferences
from notification_tester.storage.queries import HistoryQuery
from notification_tester.storage.rows import Beginning, Ending, Outcome, is_of
from notification_tester.storage.vault import Vault
from services.parts import MemoryKeyring

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtGui import QColor

    from journeys.person import Person
    from notification_tester.practice.cloud import PracticeCloud
    from notification_tester.storage.places import Places


def open_accounts(person: Person) -> AccountDialog:
    """Open the dialog from the account list, as at the first time."""
    combo = person.window.workspace.bar.combo
    combo.activated.emit(combo.count() - 1)
    dialog = next(one for one in person.window.findChildren(AccountDialog) if one.isVisible())
    assert isinstance(dialog, AccountDialog)
    return dialog


def fill_in(dialog: AccountDialog, name: str, cloud: PracticeCloud) -> None:
    """Type in a service at another address."""
    form = dialog.form
    QTest.keyClicks(form.name, name)
    form.environment.other.setChecked(True)
    QTest.keyClicks(form.environment.endpoint, cloud.details.mturk_endpoint)
    QTest.keyClicks(form.environment.aws_endpoint, cloud.details.aws_endpoint)
    QTest.keyClicks(form.keys.typed.access_key, cloud.details.access_key_id)
    QTest.keyClicks(form.keys.typed.secret, cloud.details.secret_access_key)


def add_for_session(person: Person, name: str, cloud: PracticeCloud) -> None:
    dialog = open_accounts(person)
    fill_in(dialog, name, cloud)
    dialog.form.keys.session.setChecked(True)
    person.click(dialog.form.save)
    person.until(lambda: not dialog.is_adding)
    person.click(dialog.close_button)
    person.until_open(name)


def test_session_account_of_another_service(person: Person, cloud: PracticeCloud) -> None:
    dialog = open_accounts(person)
    assert dialog.is_adding
    fill_in(dialog, "Elsewhere", cloud)
    dialog.form.keys.session.setChecked(True)
    person.click(dialog.form.who.button)
    person.until(dialog.form.who.answer.isVisible)
    assert "10000.00" in dialog.form.who.answer.accessibleName()
    person.click(dialog.form.save)
    person.until(lambda: not dialog.is_adding)
    assert dialog.chosen().name == "Elsewhere"
    assert dialog.form.keys.typed.secret.text() == ""
    person.click(dialog.view.who.button)
    person.until(dialog.view.who.answer.isVisible)
    person.click(dialog.close_button)
    person.until_open("Elsewhere")
    assert person.window.workspace.bar.badge.word == "OTHER"
    assert person.form.destination.text() == ""
    person.type_destination(cloud.details.queue_url)
    person.send()
    outcome = person.outcome()
    assert (outcome.accepted.state, outcome.arrived.state, outcome.as_expected.state) == GREEN
    person.click(person.result.copy_buttons["cli"])
    assert cloud.details.mturk_endpoint in person.clipboard()
    for button in person.result.copy_buttons.values():
        person.click(button)
        assert cloud.details.secret_access_key not in person.clipboard()
        assert cloud.details.access_key_id not in person.clipboard()


def refuse_keys(person: Person, dialog: AccountDialog, cloud: PracticeCloud) -> None:
    """Check an account with a secret that is not that of its key."""
    fill_in(dialog, "Elsewhere", cloud)
    dialog.form.keys.typed.secret.setText("x" * 40)
    dialog.form.keys.session.setChecked(True)
    person.click(dialog.form.who.button)
    person.until(lambda: bool(dialog.form.who.note.text))


def is_refused_and_left(person: Person, dialog: AccountDialog) -> None:
    """It says that these keys were refused, and closing it opens no account."""
    assert dialog.view.refused_note.text.startswith("These keys were refused at ")
    person.click(dialog.close_button)
    person.until(lambda: not person.desktop.tasks.is_busy)
    current = person.desktop.program.current
    assert current is not None
    assert current.account.name == "Practice"


def test_wrong_secret_is_told_apart(person: Person, cloud: PracticeCloud) -> None:
    dialog = open_accounts(person)
    refuse_keys(person, dialog, cloud)
    said = dialog.form.who.note.text
    assert f" at {urlsplit(cloud.details.aws_endpoint).netloc} " in said
    assert "Amazon" not in said
    assert "AWS's" not in said
    assert "Give it the right keys, both parts from the same place" in said
    assert "under Accounts" not in said
    assert dialog.form.name.text() == "Elsewhere"
    assert dialog.form.keys.typed.secret.text() == "x" * 40
    person.click(dialog.close_button)
    person.click(dialog.question.keep)
    assert dialog.form.keys.typed.secret.text() == "x" * 40
    person.click(dialog.close_button)
    person.click(dialog.question.discard)
    assert not dialog.isVisible()


def test_keys_that_were_refused_stay_so_and_the_open_account_stays_open(person: Person, cloud: PracticeCloud) -> None:
    dialog = open_accounts(person)
    refuse_keys(person, dialog, cloud)
    person.click(dialog.form.save)
    person.until(lambda: not dialog.is_adding)
    assert dialog.chosen().name == "Elsewhere"
    is_refused_and_left(person, dialog)
    dialog = person.window.workspace.accounts.open()
    dialog.list.setCurrentRow(1)
    assert dialog.view.refused_note.isVisible()
    person.click(dialog.view.replace_keys)
    QTest.keyClicks(dialog.keys_form.keys.access_key, cloud.details.access_key_id)
    QTest.keyClicks(dialog.keys_form.keys.secret, cloud.details.secret_access_key)
    person.click(dialog.keys_form.replace)
    person.until(lambda: bool(dialog.view.done_note.text))
    assert not dialog.view.refused_note.isVisible()
    person.click(dialog.close_button)


def test_keys_stay_refused_when_the_name_is_corrected_and_others_do_not(person: Person, cloud: PracticeCloud) -> None:
    dialog = open_accounts(person)
    form = dialog.form
    fill_in(dialog, "Elsewhere", cloud)
    form.keys.typed.secret.setText("x" * 40)
    form.keys.session.setChecked(True)
    person.click(form.who.button)
    person.until(lambda: bool(form.who.note.text))
    form.name.selectAll()
    QTest.keyClicks(form.name, "Lab")
    assert not form.who.note.text, "what is typed belongs to no answer in sight"
    person.click(form.save)
    person.until(lambda: not dialog.is_adding)
    assert dialog.chosen().name == "Lab"
    assert dialog.view.refused_note.text.startswith("These keys were refused at ")
    assert dialog.view.refused_note.text.endswith("or the program ends.")
    person.click(dialog.add)
    fill_in(dialog, "Other keys", cloud)
    right = form.keys.typed.secret.text()
    form.keys.typed.secret.setText("x" * 40)
    form.keys.session.setChecked(True)
    person.click(form.who.button)
    person.until(lambda: bool(form.who.note.text))
    form.keys.typed.secret.selectAll()
    QTest.keyClicks(form.keys.typed.secret, right)
    person.click(form.save)
    person.until(lambda: not dialog.is_adding)
    assert not dialog.view.refused_note.text, "of these keys nobody said so"
    person.click(dialog.close_button)
    person.until_open("Other keys")


def add_refused(person: Person, cloud: PracticeCloud) -> AccountDialog:
    """Accounts with one added whose keys were refused."""
    dialog = open_accounts(person)
    refuse_keys(person, dialog, cloud)
    person.click(dialog.form.save)
    person.until(lambda: not dialog.is_adding)
    assert dialog.view.refused_note.isVisible()
    return dialog


def test_refused_keys_are_said_wherever_something_would_be_sent_with_them(person: Person, cloud: PracticeCloud) -> None:
    """Test says it with a way to other keys, until those are there; HIT types does not ask to press Refresh."""
    person.click(add_refused(person, cloud).close_button)
    person.switch_to("Elsewhere")
    standing = person.page.standing
    person.until(lambda: standing.words.text().startswith("The keys of this account were refused at "))
    person.click(person.window.workspace.navigation.buttons["hit-types"])
    view = person.seen(person.window.workspace.hit_types).view
    person.until(view.problem.isVisible)
    assert view.nothing_yet.title.text() == "No HIT types could be collected"
    assert "Refresh" not in view.nothing_yet.text.text()
    person.click(person.window.workspace.navigation.buttons["test"])
    person.click(standing.change_keys)
    (dialog,) = [one for one in person.window.findChildren(AccountDialog) if one.isVisible()]
    assert dialog.is_replacing_keys
    QTest.keyClicks(dialog.keys_form.keys.access_key, cloud.details.access_key_id)
    QTest.keyClicks(dialog.keys_form.keys.secret, cloud.details.secret_access_key)
    person.click(dialog.keys_form.replace)
    person.until(lambda: bool(dialog.view.done_note.text))
    person.click(dialog.close_button)
    person.until_open("Elsewhere")
    person.until(lambda: "were refused" not in standing.words.text())
    assert not standing.change_keys.isVisible()


def test_keys_that_are_replaced_while_the_dialog_closes_are_refused_no_more(
    person: Person, cloud: PracticeCloud
) -> None:
    dialog = add_refused(person, cloud)
    person.click(dialog.view.replace_keys)
    QTest.keyClicks(dialog.keys_form.keys.access_key, cloud.details.access_key_id)
    QTest.keyClicks(dialog.keys_form.keys.secret, cloud.details.secret_access_key)
    person.click(dialog.keys_form.replace)
    person.click(dialog.close_button)
    person.click(dialog.question.discard)
    assert not dialog.isVisible()
    person.until(lambda: not person.desktop.tasks.is_busy)
    dialog = person.window.workspace.accounts.open()
    dialog.list.setCurrentRow(1)
    assert dialog.chosen().name == "Elsewhere"
    assert not dialog.view.refused_note.isVisible()
    person.click(dialog.close_button)


def test_another_account_under_the_name_of_one_that_was_refused_is_not(person: Person, cloud: PracticeCloud) -> None:
    dialog = add_refused(person, cloud)
    person.click(dialog.forget)
    (box,) = [one for one in dialog.findChildren(QMessageBox) if one.isVisible()]
    person.click(next(one for one in box.buttons() if "Forget" in one.text()))
    person.until(lambda: dialog.list.count() == 1)
    person.click(dialog.add)
    fill_in(dialog, "Elsewhere", cloud)
    dialog.form.keys.session.setChecked(True)
    person.click(dialog.form.save)
    person.until(lambda: not dialog.is_adding)
    assert dialog.chosen().name == "Elsewhere"
    assert not dialog.view.refused_note.isVisible()
    person.click(dialog.close_button)
    person.until_open("Elsewhere")


def test_at_another_address_nobody_has_refused_the_keys_yet(person: Person, cloud: PracticeCloud) -> None:
    dialog = add_refused(person, cloud)
    person.click(dialog.view.change)
    dialog.form.environment.endpoint.setText("")
    elsewhere = cloud.details.mturk_endpoint.replace("127.0.0.1", "localhost")
    QTest.keyClicks(dialog.form.environment.endpoint, elsewhere)
    person.click(dialog.form.save)
    person.until(lambda: not dialog.is_adding)
    assert dialog.view.done_note.isVisible()
    assert not dialog.view.refused_note.isVisible()
    person.click(dialog.close_button)


def test_keys_stay_refused_where_the_keyring_fails(person: Person, cloud: PracticeCloud) -> None:
    dialog = open_accounts(person)
    fill_in(dialog, "Lab", cloud)
    dialog.form.keys.typed.secret.setText("x" * 40)
    person.click(dialog.form.who.button)
    person.until(lambda: bool(dialog.form.who.note.text))
    person.click(dialog.form.save)
    person.until(dialog.form.session_only.isVisible)
    person.click(dialog.form.session_only)
    person.until(lambda: not dialog.is_adding)
    is_refused_and_left(person, dialog)


@pytest.mark.parametrize("form", ["new account", "other keys"])
def test_where_to_get_keys_is_asked_where_they_are_wanted(person: Person, cloud: PracticeCloud, form: str) -> None:
    add_for_session(person, "Elsewhere", cloud)
    dialog = open_accounts(person)
    typed = dialog.form.keys.typed
    if form == "other keys":
        person.click(dialog.view.replace_keys)
        typed = dialog.keys_form.keys
    else:
        person.click(dialog.add)
    person.click(typed.help)
    (shown,) = dialog.findChildren(HelpDialog)
    assert shown.isVisible()
    assert "Link an AWS account." in shown.text.toPlainText()
    assert shown.list.currentItem().text() == "Accounts"
    person.click(shown.close_button)


def test_wrong_keys_are_replaced_and_the_test_sent_again(person: Person, cloud: PracticeCloud) -> None:
    dialog = open_accounts(person)
    fill_in(dialog, "Elsewhere", cloud)
    dialog.form.keys.typed.secret.setText("x" * 40)
    dialog.form.keys.session.setChecked(True)
    person.click(dialog.form.save)
    person.until(lambda: not dialog.is_adding)
    person.click(dialog.close_button)
    person.until_open("Elsewhere")
    opened = person.desktop.program.current
    assert opened is not None
    person.type_destination(cloud.details.queue_url)
    person.send()
    outcome = person.outcome()
    assert outcome.problem is not None
    assert "under Accounts" in outcome.problem.remedy
    dialog = person.window.workspace.accounts.open()
    assert dialog.chosen().name == "Elsewhere"
    person.click(dialog.view.who.button)
    person.until(dialog.view.who.note.button.isVisible)
    person.click(dialog.view.who.note.button)
    assert dialog.is_replacing_keys
    QTest.keyClicks(dialog.keys_form.keys.access_key, cloud.details.access_key_id)
    QTest.keyClicks(dialog.keys_form.keys.secret, cloud.details.secret_access_key)
    person.click(dialog.keys_form.who.button)
    person.until(dialog.keys_form.who.answer.isVisible)
    person.click(dialog.keys_form.replace)
    person.until(lambda: not dialog.is_replacing_keys)
    assert "replaced" in dialog.view.done_note.text
    person.click(dialog.view.who.button)
    person.until(dialog.view.who.answer.isVisible)
    person.click(dialog.close_button)
    person.until_open("Elsewhere")  # anew, with the other keys
    assert person.desktop.program.current is not None
    assert person.desktop.program.current.clients is opened.clients
    assert person.result.empty.isVisible(), "what was seen with other keys is not of this account"
    assert person.form.destination.text() == cloud.details.queue_url
    person.send()
    outcome = person.outcome()
    assert (outcome.accepted.state, outcome.arrived.state, outcome.as_expected.state) == GREEN


def set_one(person: Person, cloud: PracticeCloud) -> None:
    """The record has one HIT type of the open account with a notification."""
    opened, session = person.desktop.program.current, person.desktop.program.session
    assert opened is not None
    assert session is not None
    assert session.ledger is not None
    spec = parse_spec(transport=Transport.SQS, destination=cloud.details.queue_url, events=["HITReviewable"])
    change = apply(HitTypeId("3ABCDEFGHIJKLMNOPQRSTUVWXYZABC"), spec)
    account = opened.account
    lines = session.ledger.plan(account.kept_as, account.environment.value, [change], now=datetime.now(tz=UTC))
    session.ledger.answer([(lines[0], LineState.APPLIED, None)], now=datetime.now(tz=UTC))


def test_the_key_file_of_aws_is_opened_checked_and_replaces_keys_and_what_was_set_is_set_again(
    person: Person, cloud: PracticeCloud, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="notification_tester")
    details = cloud.details
    add_for_session(person, "Elsewhere", cloud)
    set_one(person, cloud)
    file = tmp_path / "accessKeys.csv"
    file.write_text(
        f"\ufeffSecret access key,Access key ID\r\n{details.secret_access_key},{details.access_key_id}\r\n",
        encoding="utf-8",
    )
    dialog = person.window.workspace.accounts.open()
    person.click(dialog.view.replace_keys)
    person.click(dialog.keys_form.keys.file)
    give_file(file, dialog)
    person.until(lambda: dialog.keys_form.keys.secret.text() == details.secret_access_key)
    assert dialog.keys_form.keys.access_key.text() == details.access_key_id
    person.click(dialog.keys_form.who.button)
    person.until(dialog.keys_form.who.answer.isVisible)
    person.click(dialog.keys_form.replace)
    person.until(dialog.view.done_note.button.isVisible)
    assert "One HIT type" in dialog.view.done_note.text
    person.click(dialog.view.done_note.button)
    page = person.seen(person.window.workspace.hit_types)
    person.until(lambda: page.preview is not None and page.preview.isVisible())
    assert page.preview is not None
    assert page.preview.request.hit_type_ids == ("3ABCDEFGHIJKLMNOPQRSTUVWXYZABC",)
    page.preview.reject()
    assert details.secret_access_key not in caplog.text
    assert details.access_key_id not in caplog.text


def test_of_several_files_the_first_with_a_key_is_taken_and_the_others_are_named(
    person: Person, cloud: PracticeCloud, tmp_path: Path
) -> None:
    password, keys, other = (tmp_path / name for name in ("password.csv", "accessKeys.csv", "other.csv"))
    password.write_text("User name,Password\nrosalind,hunter2\n", encoding="utf-8")
    line = f"{cloud.details.access_key_id},{cloud.details.secret_access_key}\n"
    keys.write_text(f"Access key ID,Secret access key\n{line}", encoding="utf-8")
    other.write_text(f"Access key ID,Secret access key\nAKIAOTHEROTHEROTHER1,{'o' * 40}\n", encoding="utf-8")
    dialog = open_accounts(person)
    typed = dialog.form.keys.typed
    assert drop(dialog, paths=[password, keys, other])
    person.until(lambda: typed.secret.text() == cloud.details.secret_access_key)
    taken, not_taken = typed.taken_note.text.split("Not taken:")
    assert [name in taken for name in ("password.csv", "accessKeys.csv", "other.csv")] == [False, True, False]
    assert [name in not_taken for name in ("password.csv", "accessKeys.csv", "other.csv")] == [True, False, True]
    assert drop(dialog, paths=[password, tmp_path])
    person.until(lambda: bool(dialog.form.problem_note.text))
    assert "no access key" in dialog.form.problem_note.text
    assert "password.csv" in dialog.form.problem_note.text
    assert tmp_path.name in dialog.form.problem_note.text
    assert "hunter2" not in dialog.form.problem_note.text


def test_an_account_is_called_otherwise_and_keeps_what_is_its_own(person: Person, cloud: PracticeCloud) -> None:
    add_for_session(person, "Elsewhere", cloud)
    person.type_destination(cloud.details.queue_url)
    person.send()
    dialog = person.window.workspace.accounts.open()
    person.click(dialog.view.change)
    QTest.keyClicks(dialog.form.name, "Field work")
    person.click(dialog.form.save)
    person.until(lambda: bool(dialog.view.done_note.text))
    person.click(dialog.close_button)
    person.until_open("Field work")
    assert person.window.workspace.bar.combo.currentText() == "Field work"
    assert person.outcome().arrived.state is State.YES, "what was seen is still its own"
    assert person.form.destination.text() == cloud.details.queue_url
    person.send()
    page = person.history()
    person.until(lambda: page.model.rowCount() == 2 and page.details.row is not None)
    assert page.details.row is not None
    current = person.desktop.program.current
    assert current is not None
    assert is_of(page.details.row, current.account)
    assert page.details.row.called == "Field work"
    assert "Field work" in page.details.subtitle.text()
    rows = range(page.model.rowCount())
    accounts = {page.model.data(page.model.index(row, Column.ACCOUNT)) for row in rows}
    assert "Field work" in accounts
    assert "Elsewhere" not in accounts


def test_a_refusal_after_closing_is_told_in_the_window(person: Person, cloud: PracticeCloud) -> None:
    dialog = open_accounts(person)
    fill_in(dialog, "Lab", cloud)
    person.click(dialog.form.save)  # there is no keyring
    dialog.reject()
    if dialog.question.isVisible():
        person.click(dialog.question.discard)
    bar = person.window.workspace.problems
    person.until(bar.isVisible)
    assert "keyring" in bar.title.text()


def test_live_is_seen_before_anything_is_called(person: Person, cloud: PracticeCloud) -> None:
    bar, foot = person.window.workspace.bar, person.form.foot

    def grounds() -> list[QColor]:
        """Of the bar and of what stands below the form, at their edges, where nothing else is painted."""
        return [one.grab().toImage().pixelColor(3, one.height() // 2) for one in (bar, foot)]

    usual = grounds()
    assert bar.badge.word == "PRACTICE"
    dialog = open_accounts(person)
    QTest.keyClicks(dialog.form.name, "Field work")
    QTest.keyClick(dialog.form.environment.live, Qt.Key.Key_Space)
    assert "real" in dialog.form.environment.live_note.text
    QTest.keyClicks(dialog.form.keys.typed.access_key, cloud.details.access_key_id)
    QTest.keyClicks(dialog.form.keys.typed.secret, cloud.details.secret_access_key)
    QTest.keyClick(dialog.form.keys.session, Qt.Key.Key_Space)
    person.click(dialog.form.save)
    person.until(lambda: not dialog.is_adding)
    person.click(dialog.close_button)
    person.until_open("Field work")  # its host is known by now, and was not called
    opened = person.desktop.program.current
    assert opened is not None
    assert "mturk-requester.us-east-1.amazonaws.com" in opened.clients.mturk.meta.endpoint_url
    assert bar.badge.word == "LIVE"
    for now, before in zip(grounds(), usual, strict=True):
        assert now.red() > max(now.green(), now.blue()) + 10, "both are tinted"
        assert now != before
    assert person.form.send.text().replace("&", "") == "Send a live test"
    person.click(person.form.where.who.button("this-computer"))
    assert "live" not in person.form.send.text(), "what this computer sends costs nothing"
    assert grounds()[1] == usual[1]
    person.switch_to("Practice")
    assert bar.badge.word == "PRACTICE"
    assert grounds() == usual
    assert "live" not in person.form.send.text()


def test_without_a_keyring_the_session_is_offered(person: Person, cloud: PracticeCloud) -> None:
    dialog = open_accounts(person)
    fill_in(dialog, "Lab", cloud)
    assert dialog.form.keys.source() is KeySource.KEYRING
    person.click(dialog.form.save)
    person.until(dialog.form.session_only.isVisible)
    assert "keyring" in dialog.form.problem_note.text.lower()
    assert dialog.form.keys.typed.secret.text() == cloud.details.secret_access_key
    assert [one.name for one in person.desktop.program.accounts] == ["Practice"]
    person.click(dialog.form.session_only)
    person.until(lambda: not dialog.is_adding)
    person.click(dialog.close_button)
    person.until_open("Lab")
    assert person.desktop.program.current is not None
    assert person.desktop.program.current.account.source is KeySource.SESSION


@pytest.mark.parametrize("what", ["forget", "replace", "change"])
def test_an_account_that_took_its_name_in_another_window_is_left_alone(
    person: Person, cloud: PracticeCloud, places: Places, what: str
) -> None:
    ring = MemoryKeyring()
    session = person.desktop.program.session
    assert session is not None
    session.accounts._vault = Vault(ring)
    dialog = open_accounts(person)
    fill_in(dialog, "Lab", cloud)
    person.click(dialog.form.save)
    person.until(lambda: not dialog.is_adding)
    other_window = Accounts(AccountList(places.accounts), Vault(ring))
    seen = other_window.named("Lab")
    other_window.forget(seen)
    new = replace(seen, since=datetime.now(tz=UTC).isoformat(), aws_endpoint="https://example.org")
    other_window.add(new, Credentials(access_key_id="AKIAOTHEROTHEROTHER1", secret_access_key="o" * 40))
    kept = dict(ring.entries)
    assert dialog.chosen() == seen, "this window does not know yet"
    if what == "forget":
        person.click(dialog.forget)
        question = dialog.findChild(QMessageBox)
        assert isinstance(question, QMessageBox)
        person.click(next(one for one in question.findChildren(QAbstractButton) if "Forget" in one.text()))
        note = dialog.view.who.note
    elif what == "replace":
        person.click(dialog.view.replace_keys)
        QTest.keyClicks(dialog.keys_form.keys.access_key, cloud.details.access_key_id)
        QTest.keyClicks(dialog.keys_form.keys.secret, "n" * 40)
        person.click(dialog.keys_form.replace)
        note = dialog.keys_form.problem_note
    else:
        person.click(dialog.view.change)
        QTest.keyClicks(dialog.form.name, "Field work")
        person.click(dialog.form.save)
        note = dialog.form.problem_note
    person.until(lambda: bool(note.text))
    assert ring.entries == kept, "keys of another account"
    assert other_window.named("Lab") == new
    assert "another one by now" in note.text
    assert dialog._accounts()[1] == new, "what is there now is in the list"
    other_window.close()


def test_forgetting_goes_back_to_practice(person: Person, cloud: PracticeCloud) -> None:
    add_for_session(person, "Elsewhere", cloud)
    dialog = person.window.workspace.accounts.open()
    assert dialog.chosen().name == "Elsewhere"
    person.click(dialog.forget)
    question = dialog.findChild(QMessageBox)
    assert isinstance(question, QMessageBox)
    yes = next(one for one in question.findChildren(QAbstractButton) if "Forget" in one.text())
    person.click(yes)
    person.until_open("Practice")
    assert [one.name for one in person.desktop.program.accounts] == ["Practice"]
    person.click(dialog.close_button)
    assert person.window.workspace.bar.badge.word == "PRACTICE"


def test_switching_takes_the_old_answer_away_and_keeps_each_form(person: Person, cloud: PracticeCloud) -> None:
    person.send()
    add_for_session(person, "Elsewhere", cloud)
    assert person.result.shown_outcome() is None
    assert not person.result.copies.isVisible()
    assert person.result.way.headline.text() == "Nothing was sent yet"
    assert not person.result.past.isVisible()
    person.type_destination(cloud.details.queue_url)
    person.click(person.form.events.boxes[EventType.HIT_EXPIRED])
    combo = person.window.workspace.bar.combo
    combo.activated.emit(0)
    person.until_open("Practice")
    assert not person.form.events.boxes[EventType.HIT_EXPIRED].isChecked()
    assert person.form.destination.text() == person.cloud.details.queue_url
    person.until(person.result.past.isVisible)
    assert person.result.way.headline.text() == "Nothing new was sent yet", "at the left stands that a test arrived"
    person.click(person.result.past)
    history = person.seen(person.window.workspace.history)
    person.until(lambda: history.table.model().rowCount() > 0)
    assert person.cloud.details.queue_url in history.filter.search.text()
    person.click(person.window.workspace.navigation.buttons["test"])
    combo.activated.emit(1)
    person.until_open("Elsewhere")
    assert person.form.events.boxes[EventType.HIT_EXPIRED].isChecked()
    assert person.form.destination.text() == cloud.details.queue_url


def test_switching_while_a_test_is_waited_for(person: Person, cloud: PracticeCloud) -> None:
    from notification_tester.practice.faults import Faults

    add_for_session(person, "Elsewhere", cloud)
    person.window.workspace.bar.combo.activated.emit(0)
    person.until_open("Practice")
    person.cloud.set_faults(Faults(lose_next=1))
    person.click(person.form.send)
    person.until(person.result.lamps.cancel.isVisible)
    person.window.workspace.bar.combo.activated.emit(1)
    person.until_open("Elsewhere")
    assert person.result.shown_outcome() is None
    assert not person.result.lamps.cancel.isVisible()
    person.type_destination(cloud.details.queue_url)
    person.send()
    assert person.outcome().arrived.state is State.YES
    page = person.history()
    person.until(lambda: page.model.rowCount() == 2)


def test_repeating_a_test_of_another_account_opens_it(person: Person, cloud: PracticeCloud) -> None:
    add_for_session(person, "Elsewhere", cloud)
    person.type_destination(cloud.details.blocked_queue_url)
    person.test_alone(EventType.HIT_EXTENDED)
    person.window.workspace.bar.combo.activated.emit(0)
    person.until_open("Practice")
    page = person.history()
    person.until(lambda: page.details.isVisible() and page.details.row is not None)
    assert page.details.row is not None
    page.repeat_requested.emit(page.details.row)
    person.until_open("Elsewhere")
    assert person.form.destination.text() == cloud.details.blocked_queue_url
    assert person.form.events.event_type() is EventType.HIT_EXTENDED
    assert person.window.focusWidget() is person.form.events.tests[EventType.HIT_EXTENDED]
    assert person.page.isVisible()


def test_form_and_account_are_remembered(sit_down: Callable[[], Person], cloud: PracticeCloud, own_home: Path) -> None:
    (own_home / ".aws").mkdir()
    (own_home / ".aws" / "credentials").write_text(
        f"[lab]\naws_access_key_id = {cloud.details.access_key_id}\n"
        f"aws_secret_access_key = {cloud.details.secret_access_key}\n"
    )
    person = sit_down()
    person.start()
    person.test_alone(EventType.PING)
    dialog = open_accounts(person)
    fill_in(dialog, "Lab", cloud)
    dialog.form.keys.profile_button.setChecked(True)
    person.until(lambda: dialog.form.keys.profile.currentText() == "lab")
    person.click(dialog.form.save)
    person.until(lambda: not dialog.is_adding)
    person.click(dialog.close_button)
    person.until_open("Lab")
    person.type_destination(cloud.details.queue_url)
    person.test_alone(EventType.HIT_CREATED)
    person.window.resize(760, 600)

    again = sit_down()
    again.start("Lab")
    assert again.window.workspace.bar.badge.word == "OTHER"
    assert (again.window.width(), again.window.height()) == (760, 600)
    assert again.form.destination.text() == cloud.details.queue_url
    assert again.form.events.event_type() is EventType.HIT_CREATED
    again.window.workspace.bar.combo.activated.emit(0)
    again.until_open("Practice")
    assert again.form.events.event_type() is EventType.PING
    assert again.form.destination.text() == again.cloud.details.queue_url


@pytest.mark.parametrize("opened", ["accounts", "preferences", "help", "about"])
def test_every_dialog_opens_and_closes(person: Person, opened: str) -> None:
    from PySide6.QtWidgets import QDialog

    words = {"accounts": "&Accounts…", "preferences": "&Preferences…", "help": "&Help", "about": "A&bout"}
    action = next(one for one in person.window.workspace.bar.menu.actions() if one.text() == words[opened])
    action.trigger()
    person.until(lambda: any(one.isVisible() for one in person.window.findChildren(QDialog)))
    for dialog in person.window.findChildren(QDialog):
        dialog.close()
    person.until(lambda: not person.window.findChildren(QDialog))


def test_a_queue_left_by_an_account_of_one_session(
    sit_down: Callable[[], Person], cloud: PracticeCloud, places: Places
) -> None:
    details, name = cloud.details, f"{NAME_PREFIX}0123456789ab"
    with Database(places.database) as database:
        leftovers = Leftovers(database)
        now = datetime.now(tz=UTC)
        left = leftovers.planned(
            kind="throwaway-queue", account="Lab", region="us-east-1", name=name, topic_arn="", now=now
        )
        leftovers.made(left, f"{details.aws_endpoint}/{details.account_id}/{name}")
    person = sit_down()
    person.start()
    bar = person.window.workspace.problems
    person.until(bar.isVisible)
    assert "left behind" in bar.title.text()
    assert name in bar.detail.text()
    person.click(bar.dismiss)
    add_for_session(person, "Elsewhere", cloud)
    person.until(bar.isVisible)
    assert bar.title.text() == "What an earlier test had left behind is removed."
    again = sit_down()
    again.start()
    assert not again.window.workspace.problems.isVisible()


def test_a_preference_holds_for_the_form_in_sight(person: Person) -> None:
    action = next(one for one in person.window.workspace.bar.menu.actions() if one.text() == "&Preferences…")
    action.trigger()
    dialog = person.window.findChild(PreferencesDialog)
    assert isinstance(dialog, PreferencesDialog)
    wait, remove = dialog.fields["wait_seconds"], dialog.fields["remove_test_message"]
    assert isinstance(wait, QSpinBox)
    assert isinstance(remove, QCheckBox)
    wait.setValue(25)
    remove.setChecked(False)
    dialog.close()
    state = person.form.state()
    assert (state.wait_seconds, state.remove_afterwards) == (25, False)


def test_text_size_and_the_history_follow_the_preferences(person: Person) -> None:
    person.send()
    page = person.history()
    person.until(lambda: page.model.rowCount() == 1)
    heading = page.findChildren(HeadingLabel)[0]
    before, text = heading.font().pointSizeF(), page.font().pointSizeF()
    labels = {one: one.font().pointSizeF() for one in person.window.findChildren(QLabel) if one.text()}
    action = next(one for one in person.window.workspace.bar.menu.actions() if one.text() == "&Preferences…")
    action.trigger()
    dialog = person.window.findChild(PreferencesDialog)
    assert isinstance(dialog, PreferencesDialog)
    size = dialog.fields["text_size"]
    assert isinstance(size, QComboBox)
    size.setCurrentIndex(size.findData("150"))
    person.until(lambda: page.font().pointSizeF() == pytest.approx(text * 1.5, rel=0.05))
    assert heading.font().pointSizeF() == pytest.approx(before * 1.5, rel=0.05)
    assert page.status.width() >= page.status.sizeHint().width()
    for label, was in labels.items():
        assert label.font().pointSizeF() == pytest.approx(was * 1.5, rel=0.05), label.text()
    size.setCurrentIndex(size.findData("100"))
    person.until(lambda: (heading.font().pointSizeF(), page.font().pointSizeF()) == (before, text))
    person.click(dialog.clear)
    question = dialog.findChild(QMessageBox)
    assert isinstance(question, QMessageBox)
    person.click(next(one for one in question.buttons() if "Remove" in one.text()))
    person.until(lambda: bool(dialog.done_note.text))
    person.until(lambda: page.model.rowCount() == 0)
    dialog.close()


def test_what_is_older_than_wanted_is_gone_after_a_start(sit_down: Callable[[], Person], places: Places) -> None:
    Preferences(places.preferences).set(KEEP, "30")
    with Database(places.database) as database:
        history = History(database)
        for days in (31, 29):
            history.begin_all([some_test()], now=datetime.now(tz=UTC) - timedelta(days=days))
        history.close_interrupted()
        history.close()
    person = sit_down()
    person.start()
    session = person.desktop.program.session
    assert session is not None
    assert session.history is not None
    kept = session.history
    person.until(lambda: kept.count(HistoryQuery()) == 1)


def test_to_pass_by_how_long_the_history_is_kept_removes_nothing(sit_down: Callable[[], Person]) -> None:
    person = sit_down()
    person.start()
    session = person.desktop.program.session
    assert session is not None
    assert session.history is not None
    history = session.history
    row = history.begin(some_test(), now=datetime.now(tz=UTC) - timedelta(days=400))
    history.complete(row, Ending(outcome=Outcome.GOOD, accepted=NOT_TRIED))
    action = next(one for one in person.window.workspace.bar.menu.actions() if one.text() == "&Preferences…")
    action.trigger()
    dialog = person.window.findChild(PreferencesDialog)
    assert isinstance(dialog, PreferencesDialog)
    keep = dialog.fields["keep"]
    assert isinstance(keep, QComboBox)
    answers: list[int] = []
    person.desktop.program.history_shortened.connect(lambda: answers.append(1))
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Home):
        QTest.keyClick(keep, key)
    dialog.close()
    person.desktop.program.ask(lambda _: 1, done=answers.append, failed=print)
    person.until(lambda: 1 in answers)
    person.until(lambda: not person.desktop.program.tasks.is_busy)
    assert history.count(HistoryQuery()) == 1


def some_test() -> Beginning:
    return Beginning(
        account="Practice",
        environment="practice",
        transport="SQS",
        destination="http://127.0.0.1/1/q",
        version="2006-05-05",
        events=("HITReviewable",),
        event="HITReviewable",
        request={},
    )
