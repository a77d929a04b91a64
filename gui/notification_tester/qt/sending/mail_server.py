# SPDX-License-Identifier: MIT
"""Through which mail server an e-mail from this computer goes."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from notification_tester.domain.problem import ProblemError
from notification_tester.domain.smtp import SMTP_SERVERS, SmtpSecurity, SmtpSettings, is_mailbox, parse_smtp
from notification_tester.qt.looks.theme import QuietLabel, Tone
from notification_tester.qt.looks.visible_text import one_line
from notification_tester.qt.widgets.field_note import FieldNote
from notification_tester.qt.widgets.fields import ChoiceField, NumberField
from notification_tester.qt.widgets.flow_layout import FlowRow

if TYPE_CHECKING:
    from notification_tester.domain.problem import Problem
    from notification_tester.qt.notification.form_state import DeliveryState


_SENDER_ROW = 4


class MailServerFields(QWidget):
    """A common server by its name, or any other; who signs in there. Emits ``changed`` for each change.

    The password leaves this widget with :meth:`settings` alone. It is in no state, and gone when another account or
    another server is chosen.
    """

    changed = Signal()
    forget_requested = Signal(object)  # SmtpSettings whose password is not to be kept any more

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.host = ChoiceField(self)
        self.host.setEditable(True)
        self.host.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.host.addItems([server.host for server in SMTP_SERVERS])
        for number, server in enumerate(SMTP_SERVERS):
            self.host.setItemText(number, server.host)
            self.host.setItemData(number, server.name, Qt.ItemDataRole.ToolTipRole)
        self.host.setCurrentIndex(-1)
        self.host.setMinimumContentsLength(20)
        self.host.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        line = self.host.lineEdit()
        if line is not None:
            line.setPlaceholderText("smtp.university.edu")
        self.port = NumberField(self)
        self.port.setRange(0, 65_535)
        self.port.setSpecialValueText(self.tr("the usual one"))
        self.security = ChoiceField(self)
        for text, security in (
            (self.tr("STARTTLS (most servers)"), SmtpSecurity.STARTTLS),
            (self.tr("TLS from the first byte"), SmtpSecurity.TLS),
            (self.tr("None; only for a server on this computer"), SmtpSecurity.NONE),
        ):
            self.security.addItem(text, security.value)
        self.security.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.security.setMinimumContentsLength(16)
        self.user = QLineEdit(self)
        self.user.setPlaceholderText("name@university.edu")
        self.mail_from = QLineEdit(self)
        self.mail_from.setPlaceholderText("name@university.edu")
        self.password = QLineEdit(self)
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setPlaceholderText(self.tr("Empty: the one kept for this server"))
        self.keep = QCheckBox(self.tr("Keep the password in this computer’s keyring"), self)
        self.keep.setChecked(True)
        self.forget = QPushButton(self.tr("Forget the kept password"), self)
        self.forget.setAutoDefault(False)
        self.forget.setToolTip(self.tr("Takes the password for this server and name out of the keyring."))
        self.forget.clicked.connect(self._forget)
        self.forgotten = FieldNote(self, tone=Tone.GOOD)
        self._hint = QuietLabel(parent=self)
        self._sender_label = QLabel(self.tr("Sender"), self)
        self._set_out()
        self.host.activated.connect(self._take_common)
        self.host.editTextChanged.connect(self._host_edited)
        self.port.valueChanged.connect(self.changed)
        self.security.currentIndexChanged.connect(self.changed)
        self.user.textChanged.connect(self._edited)
        self.mail_from.textChanged.connect(self.changed)
        self.password.textEdited.connect(self.changed)
        self._explain()

    def state(self, before: DeliveryState) -> DeliveryState:
        """``before`` with what stands here; never the password."""
        return replace(
            before,
            smtp_host=self.host.currentText().strip(),
            smtp_port=self.port.value(),
            smtp_security=self.security.currentData(),
            smtp_user=self.user.text().strip(),
            smtp_sender=self.mail_from.text().strip(),
        )

    def set_state(self, state: DeliveryState) -> None:
        """Fill all of it, without telling; the password is typed anew, or in the keyring."""
        blocked = self.blockSignals(True)
        self.password.setText("")
        self.host.setEditText(state.smtp_host)
        self.port.setValue(state.smtp_port)
        self.security.setCurrentIndex(max(0, self.security.findData(state.smtp_security)))
        self.user.setText(state.smtp_user)
        self.mail_from.setText(state.smtp_sender)
        self._explain()
        self.blockSignals(blocked)

    def settings(self) -> SmtpSettings:
        """Read it. Raises ProblemError."""
        host = self.host.currentText().strip()
        port = self.port.value()
        text = host
        if host and port:
            text = f"[{host}]:{port}" if host.count(":") > 1 and not host.startswith("[") else f"{host}:{port}"
        return parse_smtp(
            text,
            security=SmtpSecurity(self.security.currentData()),
            user=self.user.text(),
            sender=self.mail_from.text() if self._asks_for_sender() else "",
            password=self.password.text(),
        )

    def point_at(self, problem: Problem) -> None:
        """Put the keyboard where ``problem`` comes from."""
        guilty = {
            "smtp.port": self.port,
            "smtp.not-private": self.security,
            "smtp.no-sender": self.user,
            "smtp.sender": self.mail_from,
            "smtp.no-password": self.password,
        }
        guilty.get(problem.code, self.host).setFocus()

    def show_forgotten(self) -> None:
        """Say that the keyring has no password for this server and name any more."""
        self.forgotten.say(
            self.tr("No password is kept for {name} at {server}.").format(
                name=one_line(self.user.text().strip()), server=one_line(self.host.currentText().strip())
            ),
            self.tr("The next e-mail asks for it."),
        )

    def _forget(self) -> None:
        with suppress(ProblemError):  # the button is there for a server and a name
            self.forget_requested.emit(self.settings())

    def _set_out(self) -> None:
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.setFormAlignment(Qt.AlignmentFlag.AlignLeft)
        for text, field in (
            (self.tr("Mail server"), self.host),
            (self.tr("Port"), self.port),
            (self.tr("Encryption"), self.security),
            (self.tr("Name"), self.user),
            (self.tr("Password"), self.password),
        ):
            label = QLabel(text, self)
            label.setBuddy(field)
            field.setAccessibleName(self.tr("{what} of the mail server").format(what=text))
            form.addRow(label, field)
        self.host.setAccessibleName(self.tr("Mail server"))
        self._sender_label.setBuddy(self.mail_from)
        self.mail_from.setAccessibleName(self.tr("Sender’s e-mail address"))
        form.insertRow(_SENDER_ROW, self._sender_label, self.mail_from)
        self._form = form
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(6)
        rows.addWidget(
            QuietLabel(
                self.tr("From this computer an e-mail goes through your own mail server, and in your name."), self
            )
        )
        rows.addLayout(form)
        kept = FlowRow((self.keep, self.forget), self)
        rows.addWidget(kept)
        rows.addWidget(self.forgotten)
        rows.addWidget(self._hint)

    def _take_common(self, number: int) -> None:
        server = SMTP_SERVERS[number]
        self.port.setValue(server.port)
        self.security.setCurrentIndex(self.security.findData(server.security.value))
        self._edited()

    def _host_edited(self) -> None:
        self.password.setText("")  # no other server is given it
        self._edited()

    def _edited(self) -> None:
        self._explain()
        self.changed.emit()

    def _explain(self) -> None:
        self.forget.setEnabled(bool(self.host.currentText().strip() and self.user.text().strip()))
        self.forgotten.clear()
        host = self.host.currentText().strip().casefold()
        hint = next((f"{server.name}: {server.hint}" for server in SMTP_SERVERS if server.host == host), "")
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self.host.setAccessibleDescription(hint)
        self._form.setRowVisible(_SENDER_ROW, self._asks_for_sender())

    def _asks_for_sender(self) -> bool:
        """Whether the name is no address that mail can be from; else a sender that was once typed is of no use."""
        user = self.user.text()
        return bool(user) and not is_mailbox(user)
