# SPDX-License-Identifier: MIT
"""Asks for the code of an MFA device while a call waits for it on another thread, and not without an end."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRegularExpression, Qt, QTimer
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout

from notification_tester.domain.problem import Cause, Problem, ProblemError, Remedy
from notification_tester.qt.looks.theme import BETWEEN_CARDS, INSIDE_CARD, QuietLabel, heading, plain_label
from notification_tester.qt.looks.visible_text import one_line
from notification_tester.qt.widgets.field_note import as_high_as_needed
from notification_tester.qt.widgets.filled_button import FilledButton
from notification_tester.qt.widgets.fitting_dialog import FittingDialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

SECONDS = 120.0
DIGITS = 6
"""AssumeRole takes no other length (STS API Reference, TokenCode)."""


class CodeQuestion:
    """A question that one thread waits on and another answers. Only the first answer counts."""

    def __init__(self, device: str) -> None:
        self.device = device
        self._code = ""
        self._answered = threading.Event()

    def answer(self, code: str) -> None:
        """Give the code; an empty one is none."""
        if not self._answered.is_set():
            self._code = code
            self._answered.set()

    def wait(self) -> str:
        """Wait for the code, at most ``SECONDS``. Raises ProblemError where none is given."""
        in_time = self._answered.wait(SECONDS)
        self.answer("")
        if self._code:
            return self._code
        why = "You closed the question." if in_time else f"It was waited for {SECONDS / 60:g} minutes."
        raise ProblemError(
            Problem(
                title="The MFA code was not given.",
                detail=f"The role of this profile is given only with a code of the device “{self.device}”. {why}",
                remedy="Try again, and type the code that the device shows then.",
                code="keys.mfa",
                cause=Cause.KEYS,
                remedies=(Remedy.TRY_AGAIN,),
            )
        )


class CodeDialog(FittingDialog):
    """Shows one question until it is answered, or its time is over."""

    def __init__(self, question: CodeQuestion, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("MFA code"))
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._question = question
        self.explanation = as_high_as_needed(
            plain_label(
                self.tr(
                    "The role of this AWS profile is given only with a code of the device below. Type the six digits "
                    "that it shows now; they are sent to AWS's sign-in service and written down nowhere."
                ),
                self,
            )
        )
        self.device = as_high_as_needed(plain_label(one_line(question.device), self))
        self.code = QLineEdit(self)
        self.code.setAccessibleName(self.tr("MFA code"))
        self.code.setPlaceholderText("123456")
        self.code.setValidator(QRegularExpressionValidator(QRegularExpression(r"[0-9 ]{0,9}"), self))
        self.send = FilledButton(self.tr("&Use this code"), self)
        self.send.setDefault(True)
        self.send.setEnabled(False)
        self.cancel = QPushButton(self.tr("Cancel"), self)
        self.cancel.setAutoDefault(False)
        limit = QuietLabel(self.tr("The question goes away by itself after two minutes."), self)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.send)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(INSIDE_CARD, INSIDE_CARD, INSIDE_CARD, INSIDE_CARD)
        rows.setSpacing(BETWEEN_CARDS)
        rows.addWidget(as_high_as_needed(heading(self.tr("A code of your MFA device"), self, scale=1.3)))
        rows.addWidget(self.explanation)
        rows.addWidget(self.device)
        rows.addWidget(self.code)
        rows.addWidget(as_high_as_needed(limit))
        rows.addLayout(buttons)
        self.resize(460, self.sizeHint().height())
        self.code.textChanged.connect(lambda _: self.send.setEnabled(len(self._typed()) == DIGITS))
        self.send.clicked.connect(self.accept)
        self.cancel.clicked.connect(self.reject)
        self.finished.connect(self._finished)
        self.destroyed.connect(partial(question.answer, ""))  # with the dialog that it stands above
        QTimer.singleShot(int(SECONDS * 1000), self, self.reject)
        self.code.setFocus()

    def _typed(self) -> str:
        return self.code.text().replace(" ", "")

    def _finished(self, result: int) -> None:
        accepted = result == QDialog.DialogCode.Accepted.value
        self._question.answer(self._typed() if accepted else "")
        self.code.clear()
