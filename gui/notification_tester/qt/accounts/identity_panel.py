# SPDX-License-Identifier: MIT
"""Checks keys: asks whose they are, and shows the answer where it was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from notification_tester.domain.account import Environment
from notification_tester.domain.destination import grouped_account
from notification_tester.qt.looks.theme import Card, QuietLabel, Tone, heading, plain_label, set_tooltip
from notification_tester.qt.looks.tone_mark import ToneMark
from notification_tester.qt.looks.visible_text import one_line
from notification_tester.qt.widgets.field_note import FieldNote, as_high_as_needed
from notification_tester.qt.widgets.pill_badge import PillBadge

if TYPE_CHECKING:
    from notification_tester.domain.account import Identity
    from notification_tester.domain.problem import Problem


class IdentityPanel(QWidget):
    """The answer, the problem, or the word that it is being asked; ``button`` asks, and stands where it is put."""

    asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = QPushButton(self.tr("Chec&k these keys"), self)
        self.button.setAutoDefault(False)
        self.button.setToolTip(
            self.tr("Asks the service whose keys these are. Nothing is changed, and it costs nothing.")
        )
        self._state = QuietLabel("", self)
        self._state.hide()
        self.note = FieldNote(self)
        self.answer = Card(self, tone=Tone.GOOD)
        self.answer.hide()
        self._title = heading(self.tr("The keys work"), self)
        self._badge = PillBadge(Environment.PRACTICE, self)
        self._values = {name: as_high_as_needed(plain_label("", self)) for name in ("account", "user", "balance")}
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        names = {
            "account": self.tr("AWS account"),
            "user": self.tr("User"),
            "balance": self.tr("Balance"),
        }
        for row, (name, value) in enumerate(self._values.items()):
            grid.addWidget(QuietLabel(names[name], self), row, 0, Qt.AlignmentFlag.AlignTop)
            value.setAccessibleName(names[name])
            grid.addWidget(value, row, 1)
        top = QHBoxLayout()
        top.addWidget(ToneMark(Tone.GOOD, self))
        top.addWidget(self._title, 1)
        top.addWidget(self._badge)
        self.answer.body.addLayout(top)
        self.answer.body.addLayout(grid)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(10)
        body.addWidget(self._state)
        body.addWidget(self.note)
        body.addWidget(self.answer)
        self._question: object = None
        self.problem: Problem | None = None
        """Why there is no answer, where that is what is shown."""
        self.button.clicked.connect(self.asked)

    @property
    def is_waiting(self) -> bool:
        """Whether an answer is on its way."""
        return self._question is not None

    def is_asking(self, question: object) -> bool:
        """Whether it is the answer to this very question that is waited for."""
        return question is not None and self._question is question

    def wait(self, question: object) -> None:
        """Say that it is being asked."""
        self.clear()
        self._question = question
        self.button.setEnabled(False)
        self._state.setText(self.tr("Asking the service whose keys these are…"))
        self._state.show()

    def show_identity(self, identity: Identity) -> None:
        """Show whose keys they are. ``balance`` is the service's own text."""
        self.clear()
        self._badge.set_environment(identity.environment)
        self._values["account"].setText(one_line(grouped_account(identity.account_id)))
        self._values["user"].setText(one_line(identity.user or identity.arn))
        set_tooltip(self._values["user"], identity.arn)
        balance = (
            self.tr("{amount} US dollars, play money of the sandbox")
            if identity.environment is Environment.SANDBOX
            else self.tr("{amount} US dollars")
        )
        self._values["balance"].setText(balance.format(amount=one_line(identity.balance, longest=40)))
        self.answer.setAccessibleName(
            " ".join((self._title.text(), *(value.text() for value in self._values.values()), self._badge.word))
        )
        self.answer.show()

    def show_problem(self, problem: Problem) -> None:
        """Show why it could not be found out; the service's own words are in the tool tip."""
        self.clear()
        self.problem = problem
        self.note.show_problem(problem.in_accounts())
        set_tooltip(self.note, problem.answer.as_text())

    def clear(self) -> None:
        """Forget the answer: it belonged to other keys."""
        self._question = None
        self.problem = None
        self.button.setEnabled(True)
        self._state.hide()
        self.note.clear()
        self.note.setToolTip("")
        self.answer.hide()
