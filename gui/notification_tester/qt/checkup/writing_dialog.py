# SPDX-License-Identifier: MIT
"""A dialog that writes something into an AWS account after a yes, and stays until it is known what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLayout, QVBoxLayout, QWidget

from notification_tester.qt.looks.theme import BETWEEN_CARDS, QuietLabel, Tone, heading
from notification_tester.qt.looks.tone_mark import ToneLabel, ToneMark
from notification_tester.qt.widgets.field_note import as_high_as_needed
from notification_tester.qt.widgets.fitting_dialog import FittingDialog
from notification_tester.qt.widgets.pill_badge import PillBadge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notification_tester.domain.account import Account
    from notification_tester.qt.widgets.problem_card import ProblemCard


class WritingDialog(FittingDialog):
    """Says where it writes and, in one line, what came of it. It cannot be left while something is being written.

    Emits ``test_requested`` when the next thing is to see whether it helped, and ``remedy_requested(Remedy)`` for what
    the window can do about a problem.
    """

    test_requested = Signal()
    remedy_requested = Signal(object)

    def __init__(self, account: Account, *, title: str, about: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_writing = False
        self.setWindowTitle(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.heading = as_high_as_needed(heading(title, self, scale=1.4))
        self.badge = PillBadge(account.environment, self)
        self.about = as_high_as_needed(QuietLabel(about, self))
        self.mark = ToneMark(Tone.GOOD, self)
        self.outcome = ToneLabel("", self)
        as_high_as_needed(self.outcome)

    @property
    def is_writing(self) -> bool:
        """Whether something is being written."""
        return self._is_writing

    def reject(self) -> None:
        """Leave, unless something is being written."""
        if not self._is_writing:
            super().reject()

    def _lay_out(self, parts: Sequence[QWidget | QLayout], problem: ProblemCard, buttons: QLayout) -> QVBoxLayout:
        """Put the parts between the head and what came of it, and the buttons below."""
        problem.remedy_requested.connect(self.remedy_requested)
        top = QHBoxLayout()
        top.addWidget(self.heading, 1)
        top.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignTop)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.outcome, 1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(20, 20, 20, 20)
        rows.setSpacing(BETWEEN_CARDS)
        rows.addLayout(top)
        for part in (self.about, *parts, line, problem):
            if isinstance(part, QWidget):
                rows.addWidget(part)
            else:
                rows.addLayout(part)
        rows.addStretch()
        rows.addLayout(buttons)
        return rows

    def _say(self, tone: Tone | None, text: str) -> None:
        """Say what came of it or, in the plain tone, that it is under way; None: there is nothing to say yet."""
        self.mark.setVisible(tone is not None)
        self.outcome.setVisible(tone is not None)
        if tone is not None:
            self.mark.set_tone(tone, "clock" if tone is Tone.PLAIN else "")
            self.outcome.set_tone(tone)
        self.outcome.setText(text)

    def _test(self) -> None:
        self.accept()
        self.test_requested.emit()
