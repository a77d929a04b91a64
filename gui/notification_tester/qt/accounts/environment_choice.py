# SPDX-License-Identifier: MIT
"""The question "Which Mechanical Turk?": sandbox, live, or another compatible service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QRadioButton, QVBoxLayout, QWidget

from notification_tester.domain.account import Environment, parse_endpoint
from notification_tester.domain.problem import ProblemError
from notification_tester.qt.looks.theme import Tone
from notification_tester.qt.widgets.field_note import FieldNote, buddy_label, hint

if TYPE_CHECKING:
    from notification_tester.domain.account import Account

INDENT = 26


@dataclass(frozen=True, kw_only=True)
class ChosenEnvironment:
    """The answer; addresses only for OTHER, where ``aws_endpoint`` may be empty."""

    environment: Environment
    endpoint: str = ""
    aws_endpoint: str = ""


class EnvironmentChoice(QWidget):
    """Three radio buttons, each with its meaning; LIVE brings a warning, OTHER its two addresses."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sandbox = QRadioButton(self.tr("&Sandbox"), self)
        self.live = QRadioButton(self.tr("&Live"), self)
        self.other = QRadioButton(self.tr("Another compati&ble service"), self)
        self._group = QButtonGroup(self)
        self.live_note = FieldNote(self, tone=Tone.BEWARE)
        self._addresses = QWidget(self)
        self.endpoint = QLineEdit(self._addresses)
        self.endpoint.setPlaceholderText("https://mturk.example.org")
        self.endpoint_note = FieldNote(self._addresses)
        self.endpoint_note.watch(self.endpoint)
        self.aws_endpoint = QLineEdit(self._addresses)
        self.aws_endpoint.setPlaceholderText(self.tr("leave empty for Amazon's own"))
        self.aws_endpoint_note = FieldNote(self._addresses)
        self.aws_endpoint_note.watch(self.aws_endpoint)

        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(4)
        for button, meaning in (
            (self.sandbox, self.tr("Amazon's playground: nothing costs money and no real worker sees anything.")),
            (self.live, self.tr("The real Mechanical Turk, with real workers and real money.")),
            (self.other, self.tr("A service at another address that speaks Mechanical Turk's language.")),
        ):
            self._group.addButton(button)
            button.setAccessibleDescription(meaning)
            body.addWidget(button)
            body.addWidget(hint(meaning, self, indent=INDENT))
            if button is self.live:
                body.addWidget(self.live_note)
        address_body = QVBoxLayout(self._addresses)
        address_body.setContentsMargins(INDENT, 0, 0, 0)
        address_body.setSpacing(6)
        address_body.addWidget(buddy_label(self.tr("Address of Mechanical Tu&rk"), self.endpoint, self))
        address_body.addWidget(self.endpoint)
        address_body.addWidget(self.endpoint_note)
        address_body.addWidget(
            buddy_label(self.tr("Address of its &queues and topics (SQS, SNS, STS)"), self.aws_endpoint, self)
        )
        address_body.addWidget(self.aws_endpoint)
        address_body.addWidget(self.aws_endpoint_note)
        body.addWidget(self._addresses)

        self.sandbox.setChecked(True)
        self._show_parts()
        self._group.buttonToggled.connect(self._chosen)
        for field, note in ((self.endpoint, self.endpoint_note), (self.aws_endpoint, self.aws_endpoint_note)):
            field.textEdited.connect(note.clear)
            field.textEdited.connect(self.changed)

    @property
    def has_text(self) -> bool:
        """Whether an address was typed."""
        return any(field.text().strip() for field in (self.endpoint, self.aws_endpoint))

    def environment(self) -> Environment:
        """Which one is chosen."""
        if self.live.isChecked():
            return Environment.PRODUCTION
        return Environment.OTHER if self.other.isChecked() else Environment.SANDBOX

    def parsed(self) -> ChosenEnvironment | None:
        """The answer, or None after a sentence beside each address that will not do."""
        if self.environment() is not Environment.OTHER:
            return ChosenEnvironment(environment=self.environment())
        endpoint = self._address(self.endpoint, self.endpoint_note)
        aws_endpoint = (
            "" if not self.aws_endpoint.text().strip() else self._address(self.aws_endpoint, self.aws_endpoint_note)
        )
        if endpoint is None or aws_endpoint is None:
            return None
        return ChosenEnvironment(environment=Environment.OTHER, endpoint=endpoint, aws_endpoint=aws_endpoint)

    def guilty_field(self) -> QLineEdit | None:
        """The first field with a problem beside it."""
        for field, note in ((self.endpoint, self.endpoint_note), (self.aws_endpoint, self.aws_endpoint_note)):
            if note.text and self.other.isChecked():
                return field
        return None

    def show_kept(self, account: Account) -> None:
        """Show which one an account has."""
        self.clear()
        self.endpoint.setText(account.endpoint)
        self.aws_endpoint.setText(account.aws_endpoint)
        shown = {Environment.PRODUCTION: self.live, Environment.OTHER: self.other}
        shown.get(account.environment, self.sandbox).setChecked(True)

    def clear(self) -> None:
        """Back to the sandbox, with no addresses."""
        self.sandbox.setChecked(True)
        for field, note in ((self.endpoint, self.endpoint_note), (self.aws_endpoint, self.aws_endpoint_note)):
            field.clear()
            note.clear()

    @staticmethod
    def _address(field: QLineEdit, note: FieldNote) -> str | None:
        note.clear()
        try:
            return parse_endpoint(field.text())
        except ProblemError as error:
            note.show_problem(error.problem)
            return None

    def _chosen(self, _button: object, checked: bool) -> None:
        if checked:
            self._show_parts()
            self.changed.emit()

    def _show_parts(self) -> None:
        self._addresses.setVisible(self.other.isChecked())
        if self.live.isChecked():
            self.live_note.say(
                self.tr("This is the real Mechanical Turk."),
                self.tr(
                    "A test costs nothing and shows nothing to workers. It does go to the real receiver, "
                    "and a badge in red will remind you. When in doubt, begin with the sandbox."
                ),
            )
        else:
            self.live_note.clear()
