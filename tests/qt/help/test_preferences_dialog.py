# SPDX-License-Identifier: MIT
"""Every declared setting has a row, and what is changed is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QSpinBox

from notification_tester.qt.help.preferences_dialog import PreferencesDialog
from notification_tester.storage.preferences import (
    COLOUR_SCHEME,
    REMOVE_TEST_MESSAGE,
    SETTINGS,
    WAIT_SECONDS,
    Preferences,
)

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

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
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert Preferences(path).get(WAIT_SECONDS) == WAIT_SECONDS.default
    assert remove.isChecked()


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


def test_a_damaged_file_is_said(qtbot: QtBot, tasks: Tasks, tmp_path: Path) -> None:
    path = tmp_path / "preferences.json"
    path.write_text("{")
    assert "damaged" in opened(qtbot, tasks, path).note.text
