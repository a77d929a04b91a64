# SPDX-License-Identifier: MIT
"""A web receiver as the place to send to: its address, the form of the message, and how that is signed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from notification_tester.domain.outgoing import (
    DEPRECATED,
    DeliveryForm,
    LegacySignature,
    SignatureKind,
    parse_receiver,
)
from notification_tester.domain.pasted_text import cleaned
from notification_tester.domain.problem import Problem, ProblemError, input_problem
from notification_tester.qt.looks.theme import QuietLabel, set_tooltip
from notification_tester.qt.looks.visible_text import one_line
from notification_tester.qt.notification.destination_edit import AddressWords, DestinationEdit
from notification_tester.qt.notification.destination_field import PAUSE
from notification_tester.qt.widgets.fields import ChoiceField
from notification_tester.qt.widgets.link_button import LinkButton
from notification_tester.qt.widgets.segmented_choice import SegmentedChoice

if TYPE_CHECKING:
    from notification_tester.domain.web_address import WebAddress
    from notification_tester.qt.notification.form_state import DeliveryState


class WebReceiverFields(QWidget):
    """Reads the address at each key, and speaks of what is wrong with it after a pause, as the other addresses do.

    Emits ``changed`` for each change, ``receiver_wanted`` where there is none yet to send to. The secret is asked for
    here, used for what is sent, and kept nowhere.
    """

    changed = Signal()
    receiver_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._address: WebAddress | None = None
        self._problem: Problem | None = None
        self._pause = QTimer(self, interval=PAUSE, singleShot=True)
        self._pause.timeout.connect(self.show_problem)
        self.label = QLabel(self.tr("&Address of the receiver (its URL)"), self)
        self.edit = DestinationEdit(self)
        self.label.setBuddy(self.edit)
        self.edit.setClearButtonEnabled(True)
        self.edit.setAccessibleName(self.label.text().replace("&", ""))
        self.edit.setPlaceholderText("http://127.0.0.1:8000/notifications")
        self._words = AddressWords(self)
        self.receive = LinkButton(self.tr("None at hand? Receive on this computer…"), self)
        self.receive.clicked.connect(self.receiver_wanted)
        self.way = SegmentedChoice(
            [
                (DeliveryForm.SNS.value, self.tr("As SNS delivers"), "topic"),
                (DeliveryForm.REST.value, self.tr("REST (older)"), "web"),
                (DeliveryForm.SOAP.value, self.tr("SOAP (older)"), "mail"),
            ],
            self,
        )
        self.way.setAccessibleName(self.tr("Form of the message"))
        self._way_words = QuietLabel(parent=self)
        self.confirm = QCheckBox(self.tr("Ask it to confirm the subscription first"), self)
        self.confirm.setToolTip(
            self.tr(
                "Amazon SNS first asks a new receiver to confirm that it wants messages. This does the same, "
                "and waits for the answer."
            )
        )
        self.confirm.setAccessibleDescription(self.confirm.toolTip())
        self._sns_signing = QWidget(self)
        self.sns_version = ChoiceField(self._sns_signing)
        self._signing = QWidget(self)
        self.signature = ChoiceField(self._signing)
        self.secret = QLineEdit(self._signing)
        self._signature_words = QuietLabel(parent=self._signing)
        self._set_out()
        self.edit.textChanged.connect(self._read)
        self.edit.left.connect(self.show_problem)
        self.edit.editingFinished.connect(self.show_problem)
        self.way.chosen.connect(self._show_way)
        self.way.chosen.connect(self._read)  # what is wrong with an address names the form
        self.confirm.toggled.connect(self.changed)
        self.sns_version.currentIndexChanged.connect(self.changed)
        self.signature.currentIndexChanged.connect(self._show_signature)
        self.signature.currentIndexChanged.connect(self.changed)
        self.secret.textEdited.connect(self.changed)
        self._read()
        self._show_way()
        self._show_signature()

    def state(self, before: DeliveryState) -> DeliveryState:
        """``before`` with what stands here."""
        return replace(
            before,
            web_address=self.text(),
            web_form=self.way.choice(),
            confirm_subscription=self.confirm.isChecked(),
            sns_version=self.sns_version.currentData(),
            signature=self.signature.currentData(),
        )

    def set_state(self, state: DeliveryState) -> None:
        """Fill all of it, without telling; the secret is typed anew."""
        blocked = self.blockSignals(True)
        self.secret.setText("")
        self.way.set_choice(state.web_form)
        self.edit.setText(state.web_address)
        self.edit.setCursorPosition(0)
        self.confirm.setChecked(state.confirm_subscription)
        self.sns_version.setCurrentIndex(max(0, self.sns_version.findData(state.sns_version)))
        self.signature.setCurrentIndex(max(0, self.signature.findData(state.signature)))
        self._show_way()
        self.show_problem()
        self.blockSignals(blocked)

    def text(self) -> str:
        """The address as it stands there, without blanks and quotes around it."""
        return cleaned(self.edit.text())

    @property
    def form(self) -> DeliveryForm:
        """How the message is to look."""
        return DeliveryForm(self.way.choice())

    def address(self) -> WebAddress:
        """Where to send. Raises ProblemError."""
        return parse_receiver(self.edit.text(), self.form)

    def legacy_signature(self) -> LegacySignature:
        """How a message of an older form is signed. Raises ProblemError where the secret lacks."""
        if not self.form.is_legacy:
            return DEPRECATED
        kind = SignatureKind(self.signature.currentData())
        secret = self.secret.text()
        if kind is SignatureKind.RIGHT and not secret:
            raise input_problem(
                "signature.secret",
                title="The secret is still empty.",
                detail="A right signature is made with the secret key that the receiver knows.",
                remedy="Type the secret, or choose another signature.",
            )
        return LegacySignature(kind=kind, secret=secret if kind is SignatureKind.RIGHT else "")

    def show_problem(self) -> None:
        """Say now what is wrong with the address, if anything is and anything was typed."""
        self._pause.stop()
        problem = self._problem
        if problem is None or not self.text():
            return
        self._words.show_problem(problem)
        self._describe()

    def point_at(self, problem: Problem) -> None:
        """Put the keyboard where ``problem`` comes from."""
        if problem.code.startswith("signature."):
            self.secret.setFocus()
            return
        self.show_problem()
        self.edit.setFocus()
        self.edit.selectAll()

    def _set_out(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(6)
        rows.addWidget(self.label)
        rows.addWidget(self.edit)
        rows.addWidget(self._words)
        rows.addWidget(self.receive)
        rows.addSpacing(6)
        for part in (self.way, self._way_words, self.confirm, self._sns_signing, self._signing):
            rows.addWidget(part)
        _beside_label(self._sns_signing, self.tr("Signature"), self.sns_version)
        signing = _beside_label(self._signing, self.tr("Signature"), self.signature)
        signing.addWidget(self.secret)
        signing.addWidget(self._signature_words)
        self._name_choices()

    def _name_choices(self) -> None:
        for text, version in (
            (self.tr("Version 1, SHA1 (usual)"), "1"),
            (self.tr("Version 2, SHA256"), "2"),
        ):
            self.sns_version.addItem(text, version)
        for text, kind in (
            (self.tr("DEPRECATED, as the service wrote from 2012"), SignatureKind.DEPRECATED),
            (self.tr("A right one, made with this secret"), SignatureKind.RIGHT),
            (self.tr("A wrong one, on purpose"), SignatureKind.WRONG),
        ):
            self.signature.addItem(text, kind.value)
        for combo in (self.sns_version, self.signature):
            combo.setAccessibleName(self.tr("Signature"))
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.setMinimumContentsLength(20)
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.secret.setPlaceholderText(self.tr("Secret; it is not kept"))
        self.secret.setAccessibleName(self.tr("Secret for the signature"))
        self.secret.setAccessibleDescription(self.tr("It is used for this, and kept nowhere."))

    def _read(self) -> None:
        try:
            self._address, self._problem = self.address(), None
        except ProblemError as error:
            self._address, self._problem = None, error.problem
        found = self._address
        self.receive.setVisible(not self.text())
        if found is None:
            self.edit.setToolTip("")
            self._words.show_hint(self.tr("It begins with http:// or https://, and may be on this computer."))
            self._pause.start()
        else:
            self._pause.stop()
            set_tooltip(self.edit, found.shown)
            place = self.tr("on this computer") if found.is_loopback else self.tr("outside this computer")
            self._words.show_address(
                "web",
                self.tr("{host}, port {port} · {place}").format(
                    host=one_line(found.host), port=found.port, place=place
                ),
                self.tr("What stands after the “?” is sent, and not kept for the next start.")
                if "?" in found.url
                else "",
            )
        self._describe()
        self.changed.emit()

    def _describe(self) -> None:
        self.edit.setAccessibleDescription(" ".join(one for one in self._words.words() if one))

    def _show_way(self) -> None:
        is_sns = self.form is DeliveryForm.SNS
        self._way_words.setText(
            {
                DeliveryForm.SNS: self.tr(
                    "A POST with Amazon SNS's envelope and headers: what a topic sends to its HTTPS subscription."
                ),
                DeliveryForm.REST: self.tr(
                    "A GET with everything in the address, as Mechanical Turk sent it until June 2019."
                ),
                DeliveryForm.SOAP: self.tr("A POST of XML, as Mechanical Turk sent it until June 2019."),
            }[self.form]
        )
        self.confirm.setVisible(is_sns)
        self._sns_signing.setVisible(is_sns)
        self._signing.setVisible(not is_sns)

    def _show_signature(self) -> None:
        kind = SignatureKind(self.signature.currentData())
        self.secret.setVisible(kind is SignatureKind.RIGHT)
        self._signature_words.setText(
            {
                SignatureKind.RIGHT: self.tr("The receiver should take it: it knows the same secret."),
                SignatureKind.WRONG: self.tr("A receiver that checks signatures should refuse it."),
                SignatureKind.DEPRECATED: self.tr(
                    "The service no longer signed; a receiver that insists on a signature refuses it."
                ),
            }[kind]
        )


def _beside_label(frame: QWidget, text: str, field: QWidget) -> QVBoxLayout:
    """Lay a field out beside its label, with room for more below."""
    rows = QVBoxLayout(frame)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(6)
    label = QLabel(text, frame)
    label.setBuddy(field)
    line = QHBoxLayout()
    line.setSpacing(8)
    line.addWidget(label)
    line.addWidget(field, 1)
    rows.addLayout(line)
    return rows
