# SPDX-License-Identifier: MIT
"""What is asked before something leaves this computer that may do harm."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import Mock

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from notification_tester.domain.account import PRACTICE, Account, Environment, KeySource
from notification_tester.domain.problem import Cause, Problem
from notification_tester.qt.sending.delivery_guard import DeliveryGuard

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

REASON = Problem(
    title="This goes to a place outside this computer.",
    detail="It goes to https://lab.example.org/hook. The scenarios are made to break receivers.",
    remedy="Go on only if nobody's real work depends on what receives it.",
    code="delivery.not-confirmed",
    cause=Cause.INPUT,
)
LIVE = Account(name="Lab", environment=Environment.PRODUCTION, source=KeySource.KEYRING)


def guard(qtbot: QtBot, account: Account) -> tuple[DeliveryGuard, Mock]:
    dialog = DeliveryGuard(REASON, 15, account)
    qtbot.addWidget(dialog)
    dialog.open()
    said = Mock()
    dialog.accepted.connect(said)
    return dialog, said


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_return_and_escape_send_nothing(qtbot: QtBot, key: Qt.Key) -> None:
    dialog, said = guard(qtbot, PRACTICE)
    QTest.keyClick(dialog, key)
    said.assert_not_called()
    assert not dialog.isVisible()


def test_outside_of_live_one_press_sends(qtbot: QtBot) -> None:
    dialog, said = guard(qtbot, PRACTICE)
    assert "lab.example.org" in dialog.words.text()
    assert not dialog.typed.isVisible()
    assert dialog.go.text() == "&Send 15 messages"
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    said.assert_called_once()


def test_in_live_the_number_is_typed_first(qtbot: QtBot) -> None:
    dialog, said = guard(qtbot, LIVE)
    assert "LIVE" in dialog.typed_label.text()
    assert not dialog.go.isEnabled()
    QTest.keyClicks(dialog.typed, "1")
    assert not dialog.go.isEnabled()
    QTest.keyClicks(dialog.typed, "5")
    assert dialog.go.isEnabled()
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    said.assert_called_once()
