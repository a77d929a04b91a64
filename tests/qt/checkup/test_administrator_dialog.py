# SPDX-License-Identifier: MIT
"""The least permissions, as a policy to copy: it grows and shrinks with the boxes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QGuiApplication

from notification_tester.domain.destination import Transport, parse_destination
from notification_tester.qt.checkup.administrator_dialog import USUAL, AdministratorDialog
from notification_tester.services.checkup.administrator import Use, iam_policy

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

QUEUE = parse_destination(Transport.SQS, "https://sqs.us-east-1.amazonaws.com/123456789012/results")
MAIL = parse_destination(Transport.EMAIL, "you@university.edu")


@pytest.fixture
def dialog(qtbot: QtBot) -> AdministratorDialog:
    dialog = AdministratorDialog(QUEUE)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_every_use_has_a_box_and_the_policy_is_what_they_need(dialog: AdministratorDialog) -> None:
    assert set(dialog.boxes) == set(Use)
    assert dialog.permissions == iam_policy(USUAL, QUEUE)
    dialog.boxes[Use.MEND].click()
    assert dialog.permissions == iam_policy((*USUAL, Use.MEND), QUEUE)
    assert "sqs:SetQueueAttributes" in dialog.policy.view.toPlainText()
    assert "sqs:SetQueueAttributes: To let Mechanical Turk in" in dialog.sentences.text()
    dialog.copy_policy.click()
    assert json.loads(QGuiApplication.clipboard().text()) == json.loads(dialog.permissions.policy)
    dialog.copy.click()
    assert QGuiApplication.clipboard().text() == dialog.permissions.as_text()
    assert "Copied" in dialog.note.text


def test_nothing_checked_is_nothing_to_copy(dialog: AdministratorDialog) -> None:
    for box in dialog.boxes.values():
        box.setChecked(False)
    assert dialog.policy.view.toPlainText() == ""
    assert not dialog.copy.isEnabled()
    assert not dialog.copy_policy.isEnabled()


@pytest.mark.parametrize("destination", [None, MAIL], ids=["none", "e-mail"])
def test_what_needs_a_place_cannot_be_checked_without_one(qtbot: QtBot, destination: object) -> None:
    dialog = AdministratorDialog(MAIL if destination else None)
    qtbot.addWidget(dialog)
    disabled = {use for use, box in dialog.boxes.items() if not box.isEnabled()}
    assert disabled == {Use.WATCH, Use.MEND}
    assert all(dialog.boxes[use].accessibleDescription() for use in disabled)
