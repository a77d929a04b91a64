# SPDX-License-Identifier: MIT
"""Every declared setting has a row, and what is changed is kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QMessageBox, QSpinBox

from notification_tester.qt.help.preferences_dialog import PreferencesDialog
from notification_tester.qt.widgets.question import Question
from notification_tester.storage.preferences import (
    COLOUR_SCHEME,
    INBOX_NOTIFICATIONS,
    KEEP,
    KEEP_LISTS,
    REMOVE_TEST_MESSAGE,
    SETTINGS,
    TEXT_SIZE,
    WAIT_SECONDS,
    Preferences,
)

if TYPE_CHECKING:
    import pytest
    from pytestqt.qtbot import QtBot

    from notification_tester.domain.problem import Problem
    from notification_tester.qt.background import Tasks


def opened(qtbot: QtBot, tasks: Tasks, path: Path) -> PreferencesDialog:
    dialog = PreferencesDialog(Preferences(path), tasks)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_each_setting_with_a_label_has_a_row(qtbot: QtBot, tasks: Tasks, tmp_path: Path) -> None:
    dialog = opened(qtbot, tasks, tmp_path / "preferences.json")
    assert set(dialog.fields) == {setting.key for setting in SETTINGS if setting.label}
    for field in dialog.fields.values():
        assert field.accessibleDescription()
        assert field.accessibleName() or isinstance(field, QCheckBox)


def test_what_this_system_cannot_do_is_not_offered_and_says_why(qtbot: QtBot, tasks: Tasks, tmp_path: Path) -> None:
    preferences = Preferences(tmp_path / "preferences.json")
    preferences.set(INBOX_NOTIFICATIONS, True)
    dialog = PreferencesDialog(preferences, tasks, impossible={INBOX_NOTIFICATIONS.key: "There is no place for it."})
    qtbot.addWidget(dialog)
    dialog.show()
    field = dialog.fields[INBOX_NOTIFICATIONS.key]
    assert isinstance(field, QCheckBox)
    assert not field.isEnabled()
    assert not field.isChecked()
    assert field.accessibleDescription() == "There is no place for it."
    assert "There is no place for it." in {label.text() for label in dialog.findChildren(QLabel)}
    assert preferences.get(INBOX_NOTIFICATIONS), "what was wished is kept for a system that can"


def test_what_is_changed_is_kept(qtbot: QtBot, tasks: Tasks, tmp_path: Path) -> None:
    path = tmp_path / "preferences.json"
    dialog = opened(qtbot, tasks, path)
    wait, remove, colours = (
        dialog.fields[setting.key] for setting in (WAIT_SECONDS, REMOVE_TEST_MESSAGE, COLOUR_SCHEME)
    )
    assert isinstance(wait, QSpinBox)
    assert isinstance(remove, QCheckBox)
    assert isinstance(colours, QComboBox)
    changes: list[tuple[object, object]] = []
    dialog.changed.connect(lambda setting, value: changes.append((setting, value)))
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    wait.setFocus()
    wait.selectAll()
    QTest.keyClicks(wait, "90")
    remove.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(remove, Qt.Key.Key_Space)
    QTest.keyClick(colours, Qt.Key.Key_Down)
    assert changes == [(WAIT_SECONDS, 90), (REMOVE_TEST_MESSAGE, False), (COLOUR_SCHEME, "light")]
    qtbot.waitUntil(lambda: not tasks.is_busy)
    again = Preferences(path)
    assert [again.get(WAIT_SECONDS), again.get(REMOVE_TEST_MESSAGE), again.get(COLOUR_SCHEME)] == [90, False, "light"]
    QTest.mouseClick(dialog.usual, Qt.MouseButton.LeftButton)
    (question,) = dialog.findChildren(Question)
    yes = next(one for one in question.buttons() if one is not question.keep)
    QTest.mouseClick(yes, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert Preferences(path).get(WAIT_SECONDS) == WAIT_SECONDS.default
    assert remove.isChecked()


def test_each_size_of_the_text_is_in_per_cent(qtbot: QtBot, tasks: Tasks, tmp_path: Path) -> None:
    size = opened(qtbot, tasks, tmp_path / "preferences.json").fields[TEXT_SIZE.key]
    assert isinstance(size, QComboBox)
    assert [size.itemText(one) for one in range(size.count())] == [f"{choice} %" for choice in TEXT_SIZE.choices]


def test_each_choice_has_words_of_its_own(qtbot: QtBot, tasks: Tasks, tmp_path: Path) -> None:
    fields = opened(qtbot, tasks, tmp_path / "preferences.json").fields
    for field in fields.values():
        if isinstance(field, QComboBox):
            shown = {field.itemData(one): field.itemText(one) for one in range(field.count())}
            assert len(set(shown.values())) == len(shown)
            assert not [choice for choice, words in shown.items() if words == choice]


def test_a_number_that_is_being_typed_counts_when_the_dialog_closes(qtbot: QtBot, tasks: Tasks, tmp_path: Path) -> None:
    path = tmp_path / "preferences.json"
    dialog = opened(qtbot, tasks, path)
    wait = dialog.fields[WAIT_SECONDS.key]
    assert isinstance(wait, QSpinBox)
    for number in ("100", "200", "45"):
        wait.selectAll()
        QTest.keyClicks(wait, number)
        wait.interpretText()
    wait.selectAll()
    QTest.keyClicks(wait, "77")
    dialog.close()
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert Preferences(path).get(WAIT_SECONDS) == 77


def test_a_disk_that_refuses_is_said(qtbot: QtBot, tasks: Tasks, tmp_path: Path) -> None:
    folder = tmp_path / "file"
    folder.write_text("in the way of a folder")
    dialog = opened(qtbot, tasks, folder / "preferences.json")
    field = dialog.fields[REMOVE_TEST_MESSAGE.key]
    dialog.note.clear()
    QTest.keyClick(field, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: bool(dialog.note.text))


def test_what_is_answered_once_it_is_closed_is_said_elsewhere_where_it_went_wrong(
    qtbot: QtBot, tasks: Tasks, tmp_path: Path
) -> None:
    late: list[Problem] = []
    folder = tmp_path / "file"
    folder.write_text("in the way of a folder")
    dialog = PreferencesDialog(Preferences(folder / "preferences.json"), tasks, tell_late=late.append)
    qtbot.addWidget(dialog)
    dialog.show()
    QTest.keyClick(dialog.fields[REMOVE_TEST_MESSAGE.key], Qt.Key.Key_Space)
    dialog.reject()
    qtbot.waitUntil(lambda: bool(late))
    dialog.show_problem(late[0])
    dialog.show_cleared(1)
    dialog.show_lists_cleared(1)
    assert late == [late[0]] * 2
    assert dialog.done_note.text == ""


def test_a_damaged_file_is_said(qtbot: QtBot, tasks: Tasks, tmp_path: Path) -> None:
    path = tmp_path / "preferences.json"
    path.write_text("{")
    assert "damaged" in opened(qtbot, tasks, path).note.text


def test_the_history_is_removed_after_a_yes_alone(qtbot: QtBot, tasks: Tasks, tmp_path: Path) -> None:
    dialog = PreferencesDialog(Preferences(tmp_path / "preferences.json"), tasks, folder=tmp_path)
    qtbot.addWidget(dialog)
    dialog.show()

    def answer(role: QMessageBox.ButtonRole) -> None:
        dialog.clear.click()
        (question,) = [one for one in dialog.findChildren(QMessageBox) if one.isVisible()]
        (button,) = [one for one in question.buttons() if question.buttonRole(one) is role]
        button.click()

    with qtbot.assertNotEmitted(dialog.clear_requested):
        answer(QMessageBox.ButtonRole.RejectRole)
    with qtbot.waitSignal(dialog.clear_requested):
        answer(QMessageBox.ButtonRole.DestructiveRole)
    assert not dialog.clear.isEnabled()
    dialog.show_cleared(2)
    assert "2 rows" in dialog.done_note.text
    assert dialog.clear.isEnabled()


def test_the_lists_of_the_inbox_are_removed_after_a_yes_alone(qtbot: QtBot, tasks: Tasks, tmp_path: Path) -> None:
    dialog = PreferencesDialog(Preferences(tmp_path / "preferences.json"), tasks, folder=tmp_path)
    qtbot.addWidget(dialog)
    dialog.show()

    def answer(role: QMessageBox.ButtonRole) -> None:
        dialog.clear_lists.click()
        (question,) = [one for one in dialog.findChildren(QMessageBox) if one.isVisible()]
        assert "every message that arrived here" in question.informativeText()
        (button,) = [one for one in question.buttons() if question.buttonRole(one) is role]
        button.click()

    with qtbot.assertNotEmitted(dialog.clear_requested), qtbot.assertNotEmitted(dialog.clear_lists_requested):
        answer(QMessageBox.ButtonRole.RejectRole)
    with qtbot.assertNotEmitted(dialog.clear_requested), qtbot.waitSignal(dialog.clear_lists_requested):
        answer(QMessageBox.ButtonRole.DestructiveRole)
    assert not dialog.clear_lists.isEnabled()
    dialog.show_lists_cleared(1)
    assert dialog.done_note.text.startswith("1 list was removed.")
    assert dialog.clear_lists.isEnabled()


def test_how_long_lists_are_kept_is_chosen_like_the_history(qtbot: QtBot, tasks: Tasks, tmp_path: Path) -> None:
    dialog = opened(qtbot, tasks, tmp_path / "preferences.json")
    history, lists = (dialog.fields[setting.key] for setting in (KEEP, KEEP_LISTS))
    assert isinstance(history, QComboBox)
    assert isinstance(lists, QComboBox)
    words = [[one.itemText(number) for number in range(one.count())] for one in (history, lists)]
    assert history.accessibleDescription().startswith("What is older than a chosen time is removed"), "always is none"
    assert words[0] == words[1] == ["Always", "For a year", "For 90 days", "For 30 days"]


def test_where_the_data_lies_is_said_and_opened(
    qtbot: QtBot, tasks: Tasks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened_ones: list[str] = []

    def opens(url: QUrl) -> bool:
        opened_ones.append(url.toLocalFile())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", opens)
    dialog = PreferencesDialog(Preferences(tmp_path / "preferences.json"), tasks, folder=tmp_path)
    qtbot.addWidget(dialog)
    dialog.show()
    assert str(tmp_path) in [label.text() for label in dialog.findChildren(QLabel)]
    dialog.open_folder.click()
    assert [Path(one) for one in opened_ones] == [tmp_path]
    gone = PreferencesDialog(Preferences(tmp_path / "preferences.json"), tasks, folder=tmp_path / "none")
    qtbot.addWidget(gone)
    gone.show()
    gone.open_folder.click()
    assert "could not be opened" in gone.note.text
