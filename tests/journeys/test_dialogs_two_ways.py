# SPDX-License-Identifier: MIT
"""Accounts, Preferences, Help and Report: each once by mouse, and once by keyboard alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QLineEdit,
    QMessageBox,
    QSpinBox,
    QStyle,
    QStyleOptionSpinBox,
)

from journeys.person import give_file
from journeys.test_checkup import CLOSED, mend_dialog, verdict
from journeys.test_hit_types_two_ways import ALT, CONTROL, come_forward, go_on_to, press
from notification_tester.qt.accounts.dialog import AccountDialog
from notification_tester.qt.checkup.view import CheckupView
from notification_tester.qt.help.help_dialog import HelpDialog
from notification_tester.qt.help.preferences_dialog import PreferencesDialog
from notification_tester.qt.history.report_dialog import ReportDialog
from notification_tester.qt.looks.theme import Tone
from notification_tester.qt.widgets.question import Question

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QListWidget

    from journeys.person import Person
    from notification_tester.practice.cloud import PracticeCloud

Shown = TypeVar("Shown", bound=QDialog)

LEFT, SHIFT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier
NAME, OTHER_NAME = "Somewhere else", "Called otherwise"


def in_front(person: Person, kind: type[Shown]) -> Shown:
    """The dialog of that kind, once the keyboard is in it."""
    person.until(lambda: any(one.isVisible() for one in person.window.findChildren(kind)))
    (dialog,) = [one for one in person.window.findChildren(kind) if one.isVisible()]
    dialog.activateWindow()
    person.until(dialog.isActiveWindow)
    return dialog


def from_menu(person: Person, entry: str) -> None:
    """Click the button of the menu, and the entry."""
    bar = person.window.workspace.bar
    (action,) = [one for one in bar.menu.actions() if one.text().replace("&", "") == entry]
    QTimer.singleShot(
        0, bar.menu, lambda: QTest.mouseClick(bar.menu, LEFT, pos=bar.menu.actionGeometry(action).center())
    )
    person.click(bar.menu_button)  # which comes back once the menu is gone


def click_entry(entries: QListWidget, text: str) -> None:
    (item,) = entries.findItems(text, Qt.MatchFlag.MatchStartsWith)
    entries.scrollToItem(item)
    QTest.mouseClick(entries.viewport(), LEFT, pos=entries.visualItemRect(item).center())


def click_word(button: QAbstractButton) -> None:
    """Click what is at the left of a wide button of a choice, as its right is nothing to click on."""
    QTest.mouseClick(button, LEFT, pos=QPoint(button.height(), button.height() // 2))
    assert button.isChecked()


def type_over(person: Person, text: str) -> None:
    """Replace what stands in the field that has the keyboard."""
    press(person, Qt.Key.Key_A, CONTROL)
    field = QApplication.focusWidget()
    assert field is not None
    QTest.keyClicks(field, text)


def test_an_account_by_mouse(person: Person, cloud: PracticeCloud, tmp_path: Path) -> None:
    keys = tmp_path / "accessKeys.csv"
    details = cloud.details
    keys.write_text(f"Access key ID,Secret access key\n{details.access_key_id},{details.secret_access_key}\n")
    from_menu(person, "Accounts…")
    dialog = in_front(person, AccountDialog)
    person.click(dialog.add)
    form = dialog.form
    QTest.keyClicks(form.name, NAME)
    click_word(form.environment.other)
    for field, address in (
        (form.environment.endpoint, details.mturk_endpoint),
        (form.environment.aws_endpoint, details.aws_endpoint),
    ):
        QTest.mouseClick(field, LEFT)
        QTest.keyClicks(field, address)
    click_word(form.keys.session)
    person.click(form.keys.typed.file)
    give_file(keys, dialog)
    person.until(lambda: form.keys.typed.access_key.text() == details.access_key_id)
    person.click(form.who.button)
    person.until(form.who.answer.isVisible)
    person.click(form.save)
    person.until(lambda: not dialog.is_adding)
    click_entry(dialog.list, "Practice")
    assert dialog.view.title.text() == "Practice"
    click_entry(dialog.list, NAME)
    person.click(dialog.forget)
    (box,) = [one for one in dialog.findChildren(QMessageBox) if one.isVisible()]
    person.click(next(one for one in box.buttons() if "Forget" in one.text()))
    person.until(lambda: dialog.list.count() == 1)
    person.click(dialog.close_button)
    person.until_open()


def test_an_account_by_keyboard_alone(person: Person, cloud: PracticeCloud) -> None:
    come_forward(person)
    press(person, Qt.Key.Key_A, CONTROL | SHIFT)
    dialog = in_front(person, AccountDialog)
    form, details = dialog.form, cloud.details
    press(person, Qt.Key.Key_A, ALT)
    person.until(form.name.hasFocus)
    QTest.keyClicks(form.name, NAME)
    press(person, Qt.Key.Key_Tab)
    while not form.environment.other.isChecked():
        press(person, Qt.Key.Key_Down)
    for field, text in (
        (form.environment.endpoint, details.mturk_endpoint),
        (form.environment.aws_endpoint, details.aws_endpoint),
    ):
        go_on_to(person, field)
        QTest.keyClicks(field, text)
    press(person, Qt.Key.Key_Tab)
    while not form.keys.session.isChecked():
        press(person, Qt.Key.Key_Down)
    for field, text in (
        (form.keys.typed.access_key, details.access_key_id),
        (form.keys.typed.secret, details.secret_access_key),
    ):
        go_on_to(person, field)
        QTest.keyClicks(field, text)
    go_on_to(person, form.who.button)
    press(person, Qt.Key.Key_Space)
    person.until(form.who.answer.isVisible)
    go_on_to(person, form.save)
    press(person, Qt.Key.Key_Space)
    person.until(lambda: not dialog.is_adding)
    go_on_to(person, dialog.view.change)
    press(person, Qt.Key.Key_Space)
    person.until(form.name.hasFocus)
    type_over(person, OTHER_NAME)
    go_on_to(person, form.save)
    press(person, Qt.Key.Key_Space)
    person.until(lambda: dialog.view.title.text() == OTHER_NAME)
    go_on_to(person, dialog.list)
    press(person, Qt.Key.Key_Up)
    assert dialog.view.title.text() == "Practice"
    press(person, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    person.until_open(OTHER_NAME)


def test_preferences_by_mouse(person: Person) -> None:
    from_menu(person, "Preferences…")
    dialog = in_front(person, PreferencesDialog)
    wait, remove = dialog.fields["wait_seconds"], dialog.fields["remove_test_message"]
    assert isinstance(wait, QSpinBox)
    assert isinstance(remove, QCheckBox)
    before = wait.value()
    option = QStyleOptionSpinBox()
    option.initFrom(wait)
    option.subControls = QStyle.SubControl.SC_All
    up = wait.style().subControlRect(QStyle.ComplexControl.CC_SpinBox, option, QStyle.SubControl.SC_SpinBoxUp, wait)
    QTest.mouseClick(wait, LEFT, pos=up.center())
    person.click(remove)
    state = person.form.state()
    assert (state.wait_seconds, state.remove_afterwards) == (before + 1, False)
    person.click(dialog.usual)
    (first,) = dialog.findChildren(Question)
    person.click(first.keep)
    assert (wait.value(), remove.isChecked()) == (before + 1, False), "nothing is changed before a yes"
    person.click(dialog.usual)
    question = next(one for one in dialog.findChildren(Question) if one.isVisible())
    person.click(next(one for one in question.buttons() if one is not question.keep))
    person.click(dialog.close_button)
    assert not dialog.isVisible()
    assert (person.form.wait.value(), person.form.remove.isChecked()) == (before, True)


def test_preferences_by_keyboard_alone(person: Person) -> None:
    come_forward(person)
    press(person, Qt.Key.Key_Comma, CONTROL)
    dialog = in_front(person, PreferencesDialog)
    size, wait, remove = (dialog.fields[key] for key in ("text_size", "wait_seconds", "remove_test_message"))
    assert isinstance(size, QComboBox)
    before = person.form.font().pointSizeF()
    go_on_to(person, size)
    press(person, Qt.Key.Key_Down)
    person.until(lambda: person.form.font().pointSizeF() > before)
    press(person, Qt.Key.Key_Up)
    person.until(lambda: person.form.font().pointSizeF() == before)
    go_on_to(person, remove)
    press(person, Qt.Key.Key_Space)
    go_on_to(person, wait)
    type_over(person, "25")
    press(person, Qt.Key.Key_Escape)  # what is being typed counts
    assert not dialog.isVisible()
    state = person.form.state()
    assert (state.wait_seconds, state.remove_afterwards) == (25, False)


def test_help_by_mouse(person: Person) -> None:
    from_menu(person, "Help")
    dialog = in_front(person, HelpDialog)
    click_entry(dialog.list, "Inbox")
    assert dialog.text.toPlainText().startswith("Inbox\n")
    person.click(dialog.back)
    assert dialog.text.toPlainText().startswith("Test\n")
    link = dialog.text.document().find("policy")
    while link.charFormat().anchorHref().partition("#")[0] in {"", "test"}:
        link = dialog.text.document().find("", link) if link.isNull() else next_link(link)
    QTest.mouseClick(dialog.text.viewport(), LEFT, pos=dialog.text.cursorRect(link).center())
    assert not dialog.text.toPlainText().startswith("Test\n")
    person.click(dialog.close_button)
    assert not dialog.isVisible()


def next_link(cursor: QTextCursor) -> QTextCursor:
    cursor.movePosition(QTextCursor.MoveOperation.NextCharacter)
    return cursor


def test_help_by_keyboard_alone(person: Person) -> None:
    come_forward(person)
    press(person, Qt.Key.Key_F1)
    dialog = in_front(person, HelpDialog)
    person.until(dialog.field.hasFocus)
    QTest.keyClicks(dialog.field, "dead-letter")
    first = dialog.text.toPlainText().partition("\n")[0]
    assert dialog.list.count() > 1
    press(person, Qt.Key.Key_Down)
    press(person, Qt.Key.Key_Return)
    assert dialog.text.hasFocus()
    press(person, Qt.Key.Key_Left, ALT)
    assert dialog.text.toPlainText().partition("\n")[0] == first
    press(person, Qt.Key.Key_F, CONTROL)
    assert dialog.field.hasFocus()
    assert dialog.field.selectedText() == "dead-letter"
    press(person, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_what_is_answered_after_preferences_were_closed_is_no_mistake(person: Person) -> None:
    mistakes: list[BaseException] = []
    person.desktop.tasks.crashed.connect(mistakes.append)
    person.send()
    from_menu(person, "Preferences…")
    dialog = in_front(person, PreferencesDialog)
    person.click(dialog.clear)
    (box,) = [one for one in dialog.findChildren(QMessageBox) if one.isVisible()]
    person.click(next(one for one in box.buttons() if "Remove" in one.text()))
    dialog.close()
    page = person.history()
    person.until(lambda: not person.desktop.tasks.is_busy)
    person.until(lambda: page.model.rowCount() == 0)
    assert not mistakes


@pytest.mark.parametrize("name", ["gone.json", "large.json"])
def test_a_dialog_that_is_closed_while_it_reads_a_file_is_no_mistake(person: Person, tmp_path: Path, name: str) -> None:
    (tmp_path / "large.json").write_bytes(b"[" * 100_000)
    person.click(person.form.open_older)
    older = person.page.older.import_dialog
    assert older is not None
    older.open_files([tmp_path / name])
    QTest.keyClick(older, Qt.Key.Key_Escape)
    person.window.workspace.go_to("hit-types")
    person.until(lambda: person.window.workspace.hit_types.page is not None)
    person.until(lambda: not person.desktop.tasks.is_busy)


def test_a_report_by_mouse(person: Person, tmp_path: Path) -> None:
    person.send()
    from_menu(person, "Report of tests…")
    dialog = in_front(person, ReportDialog)
    person.until(dialog.save_page.isEnabled)
    person.click(dialog.all)
    person.click(dialog.workers)
    person.until(lambda: "Everything arrived" in dialog.page.toPlainText())
    person.click(dialog.save_page)
    give_file(tmp_path / "tests.html", dialog)
    person.until(lambda: "was saved" in dialog.saved.text)
    person.click(dialog.close_button)
    assert not dialog.isVisible()


def test_a_report_by_keyboard_alone(person: Person, tmp_path: Path) -> None:
    person.send()
    come_forward(person)
    bar = person.window.workspace.bar
    go_on_to(person, bar.menu_button)
    QTimer.singleShot(0, bar.menu, lambda: QTest.keyClick(bar.menu, Qt.Key.Key_R))
    press(person, Qt.Key.Key_Space)  # which comes back once the menu is gone
    dialog = in_front(person, ReportDialog)
    person.until(dialog.save_pdf.isEnabled)
    press(person, Qt.Key.Key_N, ALT)
    person.until(dialog.all.isChecked)
    press(person, Qt.Key.Key_W, ALT)
    person.until(dialog.workers.isChecked)
    person.until(lambda: "Everything arrived" in dialog.page.toPlainText())
    press(person, Qt.Key.Key_P, ALT)
    path = tmp_path / "tests.pdf"
    person.until(lambda: any(one.isVisible() for one in dialog.findChildren(QFileDialog)))
    (asking,) = dialog.findChildren(QFileDialog)
    person.until(lambda: isinstance(QApplication.focusWidget(), QLineEdit) and asking.isActiveWindow())
    type_over(person, str(path))
    press(person, Qt.Key.Key_Return)
    person.until(lambda: "was saved" in dialog.saved.text)
    assert path.read_bytes().startswith(b"%PDF-")
    in_front(person, ReportDialog)
    press(person, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_a_checkup_by_keyboard_alone(person: Person) -> None:
    come_forward(person)
    go_on_to(person, person.form.destination.edit)
    type_over(person, person.cloud.details.blocked_queue_url)
    assert verdict(person, CLOSED) is Tone.BAD
    go_on_to(person, person.form.destination.findings_link)
    press(person, Qt.Key.Key_Space)
    person.until(lambda: person.checkup.view is not None and person.checkup.view.isActiveWindow())
    view = person.checkup.view
    assert view is not None
    person.until(lambda: view.findings.is_complete)
    mends = next(card.button for card in view.findings.cards if card.button is not None)
    go_on_to(person, mends)
    press(person, Qt.Key.Key_Space)
    dialog = mend_dialog(person)
    person.until(dialog.isActiveWindow)
    person.until(dialog.change.isVisible)
    go_on_to(person, dialog.change)
    press(person, Qt.Key.Key_Space)
    person.until(lambda: dialog.outcome.text().startswith("Changed, read back and checked"))
    person.until(lambda: not dialog.is_writing)
    go_on_to(person, dialog.undo)
    press(person, Qt.Key.Key_Space)
    dialog = mend_dialog(person)
    person.until(dialog.isActiveWindow)
    person.until(dialog.change.isVisible)
    assert dialog.cancel.hasFocus()
    go_on_to(person, dialog.change)
    press(person, Qt.Key.Key_Space)
    person.until(lambda: "taken back" in dialog.sentence.text() and not dialog.is_writing)
    press(person, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    in_front(person, CheckupView)  # which a window manager does
    person.until(lambda: view.findings.is_complete and view.verdict.text().startswith("Broken."))
    press(person, Qt.Key.Key_F1)
    person.until(lambda: any(one.isVisible() for one in view.findChildren(HelpDialog)))
    (shown,) = view.findChildren(HelpDialog)
    assert shown.text.toPlainText().startswith("Checkup\n")
    person.until(shown.isActiveWindow)
    press(person, Qt.Key.Key_Escape)
    in_front(person, CheckupView)  # which a window manager does
    press(person, Qt.Key.Key_Escape)
    assert not view.isVisible()
    assert verdict(person, CLOSED) is Tone.BAD
