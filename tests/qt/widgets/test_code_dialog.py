# SPDX-License-Identifier: MIT
"""The question for a code of an MFA device: six digits and nothing else, given once, and kept nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from notification_tester.domain.problem import ProblemError, Remedy
from notification_tester.qt.widgets import code_dialog
from notification_tester.qt.widgets.code_dialog import CodeDialog, CodeQuestion

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

DEVICE = "arn:aws:iam::123456789012:mfa/ann"


@pytest.fixture
def question() -> CodeQuestion:
    return CodeQuestion(DEVICE)


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def dialog(qtbot: QtBot, window: QWidget, question: CodeQuestion) -> CodeDialog:
    made = CodeDialog(question, window)
    made.open()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def why_none(question: CodeQuestion) -> str:
    with pytest.raises(ProblemError) as told:
        question.wait()
    problem = told.value.problem
    assert DEVICE in problem.detail
    assert problem.remedies == (Remedy.TRY_AGAIN,)
    return problem.detail


def test_six_digits_are_given_once(dialog: CodeDialog, question: CodeQuestion) -> None:
    assert dialog.device.text() == DEVICE
    assert dialog.code.hasFocus()
    assert not dialog.send.isEnabled()
    QTest.keyClicks(dialog.code, "12x345")
    assert dialog.code.text() == "12345"
    assert not dialog.send.isEnabled()
    QTest.keyClicks(dialog.code, " 6")
    assert dialog.send.isEnabled()
    QTest.keyClicks(dialog.code, "7")
    assert not dialog.send.isEnabled(), "AWS takes six"
    QTest.keyClick(dialog.code, Qt.Key.Key_Backspace)
    QTest.keyClick(dialog.code, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    assert dialog.code.text() == "", "it is kept nowhere"
    question.answer("999999")
    assert question.wait() == "123456"


@pytest.mark.parametrize("way", ["cancel", "escape", "its window goes"])
def test_who_closes_it_gives_none(dialog: CodeDialog, question: CodeQuestion, way: str) -> None:
    QTest.keyClicks(dialog.code, "123456")
    if way == "cancel":
        QTest.mouseClick(dialog.cancel, Qt.MouseButton.LeftButton)
    elif way == "escape":
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
    else:
        dialog.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert "You closed the question." in why_none(question)


def test_it_goes_away_by_itself(
    qtbot: QtBot, window: QWidget, question: CodeQuestion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(code_dialog, "SECONDS", 0.01)
    dialog = CodeDialog(question, window)
    with qtbot.waitSignal(dialog.rejected):
        dialog.open()
    assert "You closed the question." in why_none(question)
    assert "It was waited for" in why_none(CodeQuestion(DEVICE)), "where there is no window to ask in"
