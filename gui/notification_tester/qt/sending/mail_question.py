# SPDX-License-Identifier: MIT
"""Whether an e-mail arrived: only the person can tell."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from notification_tester.domain.delivery import State
from notification_tester.qt.looks.theme import heading
from notification_tester.qt.widgets.flow_layout import FlowLayout

if TYPE_CHECKING:
    from notification_tester.domain.delivery import Verdicts
    from notification_tester.domain.problem import Problem


class MailQuestion(QWidget):
    """Asks, and emits ``answered`` with whether it arrived."""

    answered = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(heading(self.tr("Did the e-mail arrive?")))
        buttons = QWidget(self)
        flow = FlowLayout(buttons)
        for text, arrived in ((self.tr("It arrived"), True), (self.tr("It did not arrive"), False)):
            button = QPushButton(text, buttons)
            button.setAutoDefault(False)
            button.clicked.connect(partial(self.answered.emit, arrived))
            flow.addWidget(button)
        rows.addWidget(buttons)


def may_be_in_a_mailbox(sent: Verdicts, problem: Problem | None) -> bool:
    """Whether an e-mail may have arrived of which nothing is known yet.

    One whose answer was lost may have been taken; one that was not sent has no problem.
    """
    may_be_there = sent.accepted.state is State.YES or (sent.accepted.state is State.UNKNOWN and problem is not None)
    return may_be_there and sent.arrived.state is State.UNKNOWN
