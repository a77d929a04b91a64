# SPDX-License-Identifier: MIT
"""Asks before something leaves this computer that can make a receiver pay, reject or break."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from notification_tester.qt.looks.formatting import count_text, is_the_number, number_text
from notification_tester.qt.looks.theme import heading, plain_label
from notification_tester.qt.widgets.filled_button import FilledButton
from notification_tester.qt.widgets.fitting_dialog import FittingDialog
from notification_tester.qt.widgets.pill_badge import PillBadge
from notification_tester.services.sending.delivery_request import asks_first

if TYPE_CHECKING:
    from collections.abc import Callable

    from notification_tester.domain.account import Account
    from notification_tester.domain.problem import Problem
    from notification_tester.qt.sending.delivery_form import DeliveryOrder
    from notification_tester.services.accounts import OpenAccount


def ask_before(
    opened: OpenAccount, order: DeliveryOrder, send: Callable[[DeliveryOrder], object], window: QWidget
) -> DeliveryGuard | None:
    """Send the order: at once where it can do no harm, else when a person says so to the dialog that is returned."""
    reason = next((found for one in order.requests if (found := asks_first(opened, one)) is not None), None)
    if reason is None:
        send(order)
        return None
    number = sum(one.count_messages() for one in order.requests)
    dialog = DeliveryGuard(reason, number, opened.account, window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.accepted.connect(lambda: send(order))
    dialog.open()
    return dialog


class DeliveryGuard(FittingDialog):
    """Return and Escape both send nothing. In LIVE the number of messages has to be typed first."""

    def __init__(self, reason: Problem, number: int, account: Account, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number = number
        self._is_live = account.is_live
        title = QCoreApplication.translate("DeliveryGuard", "Send it?")
        self.setWindowTitle(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.words = plain_label(f"{reason.title} {reason.detail}", self)
        self.advice = plain_label(reason.remedy, self)
        self.typed = QLineEdit(self)
        self.typed.setMaximumWidth(self.fontMetrics().averageCharWidth() * 12)
        self.typed_label = QLabel(
            self.tr("This is LIVE: real workers, real money. Type {count}, the &number of messages:").format(
                count=number_text(number)
            ),
            self,
        )
        self.typed_label.setWordWrap(True)
        self.typed_label.setBuddy(self.typed)
        self.cancel = QPushButton(self.tr("&Cancel"), self)
        self.go = FilledButton(count_text(number, self.tr("&Send 1 message"), self.tr("&Send {count} messages")), self)
        top = QHBoxLayout()
        top.addWidget(heading(title, self, scale=1.3), 1)
        top.addWidget(PillBadge(account.environment), 0, Qt.AlignmentFlag.AlignTop)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(20, 20, 20, 20)
        rows.setSpacing(10)
        rows.addLayout(top)
        rows.addWidget(self.words)
        rows.addWidget(self.advice)
        line = QHBoxLayout()
        line.addWidget(self.typed_label, 1)
        line.addWidget(self.typed)
        rows.addLayout(line)
        rows.addStretch(1)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.go)
        rows.addLayout(buttons)
        for part in (self.typed_label, self.typed):
            part.setVisible(self._is_live)
        self.cancel.clicked.connect(self.reject)
        self.go.clicked.connect(self.accept)
        self.typed.textChanged.connect(self._enable)
        self.go.setDefault(False)
        self.cancel.setDefault(True)
        self.cancel.setFocus()
        self._enable()

    def sizeHint(self) -> QSize:
        """Wide enough for an address."""
        return QSize(self.fontMetrics().averageCharWidth() * 80, 240)

    def _enable(self) -> None:
        self.go.setEnabled(not self._is_live or is_the_number(self.typed.text(), self._number))
