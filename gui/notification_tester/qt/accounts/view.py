# SPDX-License-Identifier: MIT
"""One account that is known: its name, its Mechanical Turk, where its keys are, and whose they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from notification_tester.domain.account import PRACTICE, Account, Environment, KeySource
from notification_tester.qt.accounts.identity_panel import IdentityPanel
from notification_tester.qt.looks.formatting import clock_text
from notification_tester.qt.looks.theme import BETWEEN_CARDS, Card, QuietLabel, Tone, heading, plain_label
from notification_tester.qt.looks.visible_text import one_line
from notification_tester.qt.widgets.field_note import FieldNote, as_high_as_needed
from notification_tester.qt.widgets.flow_layout import FlowRow
from notification_tester.qt.widgets.pill_badge import PillBadge

if TYPE_CHECKING:
    from datetime import datetime


def account_in_words(account: Account) -> str:
    """Which Mechanical Turk and where the keys are, on one short line."""
    translate = QCoreApplication.translate
    if account.source is KeySource.PRACTICE:
        return translate("AccountInWords", "A cloud on this computer")
    environment = {
        Environment.PRACTICE: translate("AccountInWords", "Practice"),
        Environment.SANDBOX: translate("AccountInWords", "Sandbox"),
        Environment.PRODUCTION: translate("AccountInWords", "LIVE"),
        Environment.OTHER: translate("AccountInWords", "Other service"),
    }[account.environment]
    keys = {
        KeySource.PROFILE: translate("AccountInWords", "AWS profile"),
        KeySource.SESSION: translate("AccountInWords", "this session only"),
        KeySource.ENVIRONMENT: translate("AccountInWords", "environment"),
    }.get(account.source, translate("AccountInWords", "keyring"))
    return f"{environment} · {keys}"


class AccountView(QWidget):
    """Shows an account; ``who`` asks and answers whose keys it has. One that was added can be changed.

    ``footer`` has its buttons, to be laid out where they stay in sight.
    """

    replace_keys_requested = Signal()
    change_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = heading("", self, scale=1.4)
        self.badge = PillBadge(Environment.PRACTICE, self)
        self._meaning = as_high_as_needed(plain_label("", self))
        self.who = IdentityPanel(self)
        self.done_note = FieldNote(self, tone=Tone.GOOD)
        self.refused_note = FieldNote(self)
        self.replace_keys = QPushButton(self.tr("&Replace keys…"), self)
        self.replace_keys.setAutoDefault(False)
        self.replace_keys.clicked.connect(self.replace_keys_requested)
        self.change = QPushButton(self.tr("C&hange…"), self)
        self.change.setAutoDefault(False)
        self.change.setToolTip(self.tr("Its name, its address, or the profile with its keys."))
        self.change.clicked.connect(self.change_requested)
        self._rows = {
            "keys": (QuietLabel(self.tr("Keys"), self), as_high_as_needed(plain_label("", self))),
            "endpoint": (QuietLabel(self.tr("Address"), self), as_high_as_needed(plain_label("", self))),
            "aws": (QuietLabel(self.tr("Queues and topics"), self), as_high_as_needed(plain_label("", self))),
        }
        top = QHBoxLayout()
        top.addWidget(self.title, 1)
        top.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignTop)
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        for row, (name, value) in enumerate(self._rows.values()):
            grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, row, 1)
            value.setAccessibleName(name.text())
        card = Card(self)
        card.body.addWidget(self._meaning)
        card.body.addLayout(grid)
        self.footer = FlowRow((self.who.button, self.replace_keys, self.change), self)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(BETWEEN_CARDS)
        body.addLayout(top)
        body.addWidget(card)
        body.addWidget(self.done_note)
        body.addWidget(self.refused_note)
        body.addWidget(self.who)
        body.addStretch(1)
        self.show_account(PRACTICE)

    def show_account(self, account: Account, refused_at: datetime | None = None) -> None:
        """Show another one; the answer about the one before is forgotten."""
        self.title.setText(one_line(account.name))
        self.badge.set_environment(account.environment)
        self._meaning.setText(self._meaning_of(account.environment))
        values = {
            "keys": self._keys_of(account),
            "endpoint": one_line(account.mturk_endpoint),
            "aws": one_line(account.aws_endpoint),
        }
        for name, (label, value) in self._rows.items():
            value.setText(values[name])
            label.setVisible(bool(values[name]))
            value.setVisible(bool(values[name]))
        self.change.setVisible(account.source is not KeySource.PRACTICE)
        self.replace_keys.setVisible(account.source in {KeySource.KEYRING, KeySource.SESSION})
        self.done_note.clear()
        self.refused_note.clear()
        if refused_at is not None:
            self.refused_note.say(
                self.tr("These keys were refused at {time}.").format(time=clock_text(refused_at)),
                self.tr("This stays until a check is green, the keys are replaced, or the program ends."),
            )
        self.who.clear()

    def _meaning_of(self, environment: Environment) -> str:
        return {
            Environment.PRACTICE: self.tr(
                "A complete small cloud on this computer: a Mechanical Turk, queues, a topic and a mailbox. It needs "
                "no keys and no network, nothing costs money, and everything in it is new at each start."
            ),
            Environment.SANDBOX: self.tr("Amazon's playground: nothing costs money and no real worker sees anything."),
            Environment.PRODUCTION: self.tr("The real Mechanical Turk, with real workers and real money."),
            Environment.OTHER: self.tr("A service at another address that speaks Mechanical Turk's language."),
        }[environment]

    def _keys_of(self, account: Account) -> str:
        match account.source:
            case KeySource.PRACTICE:
                return self.tr("Made up at each start")
            case KeySource.KEYRING:
                return self.tr("In the keyring of this computer")
            case KeySource.PROFILE:
                return self.tr("The AWS profile “{name}” of this computer").format(name=one_line(account.profile))
            case KeySource.SESSION:
                return self.tr("Typed in, and forgotten when the program ends")
            case KeySource.ENVIRONMENT:
                return self.tr("From the variables of the environment")
