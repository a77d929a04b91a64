# SPDX-License-Identifier: MIT
"""The form alone: keyboard, screen reader, and long translations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QWidget

from notification_tester.domain.account import KeySource
from notification_tester.qt.accounts.form import AccountForm

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def test_every_field_has_a_name_and_can_be_reached_by_keyboard(qtbot: QtBot) -> None:
    form = AccountForm(profiles=["default"])
    qtbot.addWidget(form)
    form.environment.other.setChecked(True)
    form.show()
    fields: list[QWidget] = [
        field
        for kind in (QLineEdit, QComboBox, QAbstractButton)
        for field in form.findChildren(kind)
        if field.isVisible() and not isinstance(field.parent(), QComboBox)
    ]
    assert len(fields) > 12
    for field in fields:
        assert field.accessibleName() or (isinstance(field, QAbstractButton) and field.text()), field
        assert field.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_no_text_is_markup(qtbot: QtBot) -> None:
    form = AccountForm()
    qtbot.addWidget(form)
    assert {label.textFormat() for label in form.findChildren(QLabel)} == {Qt.TextFormat.PlainText}


def test_a_changed_list_of_profiles_keeps_what_was_typed(qtbot: QtBot) -> None:
    form = AccountForm(profiles=["default"])
    qtbot.addWidget(form)
    form.keys.profile_button.setChecked(True)
    form.keys.profile.setEditText("mine")
    form.set_profiles(["default", "other"])
    parsed = form.keys.parsed()
    assert parsed is not None
    assert (parsed.source, parsed.profile) == (KeySource.PROFILE, "mine")


@pytest.mark.parametrize(
    "pasted",
    ["AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "AKIAIOSFODNN7EXAMPLE,wJalrXUtnFEMI/K7"],
)
def test_a_key_is_no_name_of_a_profile_that_would_be_kept_in_a_file(qtbot: QtBot, pasted: str) -> None:
    form = AccountForm(profiles=["default", "AdministratorAccess-123456789012"])
    qtbot.addWidget(form)
    form.name.setText("Lab")
    form.keys.profile_button.setChecked(True)
    form.keys.profile.setEditText(pasted)
    form.show()
    assert form.draft() is None
    assert "looks like a key" in form.keys.profile_note.text
    assert pasted not in form.keys.profile_note.text
    form.keys.profile.setEditText("AdministratorAccess-123456789012")
    draft = form.draft()
    assert draft is not None
    assert draft.account.profile == "AdministratorAccess-123456789012"


def test_keys_that_were_wiped_do_not_come_back(qtbot: QtBot) -> None:
    form = AccountForm()
    qtbot.addWidget(form)
    form.show()
    typed = form.keys.typed
    for field in (typed.access_key, typed.secret, typed.token):
        QTest.keyClicks(field, "of another account")
    form.keys.clear()
    typed.show_secret.click()
    for field in (typed.access_key, typed.secret, typed.token):
        QTest.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert field.text() == ""


def test_it_is_usable_in_a_narrow_window(qtbot: QtBot) -> None:
    form = AccountForm(profiles=["a-very-long-name-of-a-profile-of-a-company-with-many-departments"])
    qtbot.addWidget(form)
    form.environment.live.setChecked(True)
    form.save.click()
    assert form.minimumSizeHint().width() <= 480
