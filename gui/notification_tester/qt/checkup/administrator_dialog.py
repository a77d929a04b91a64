# SPDX-License-Identifier: MIT
"""For whoever gives out permissions: the least that these keys have to be allowed, as an IAM policy to copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from notification_tester.domain.destination import EmailAddress
from notification_tester.qt.looks import icons
from notification_tester.qt.looks.theme import BETWEEN_CARDS, Card, QuietLabel, Tone, heading, plain_label
from notification_tester.qt.looks.visible_text import one_line
from notification_tester.qt.widgets.field_note import FieldNote, as_high_as_needed
from notification_tester.qt.widgets.filled_button import FilledButton
from notification_tester.qt.widgets.fitting_dialog import FittingDialog
from notification_tester.qt.widgets.raw_text import RawText
from notification_tester.qt.widgets.scroll_page import ScrollContent, ScrollPage
from notification_tester.services.checkup.administrator import Use, iam_policy

if TYPE_CHECKING:
    from notification_tester.domain.destination import Destination
    from notification_tester.services.checkup.administrator import Permissions

USUAL = (Use.CHECK, Use.TEST, Use.SET, Use.LIST)
_OF_A_PLACE = frozenset({Use.WATCH, Use.MEND})


class AdministratorDialog(FittingDialog):
    """Writes the policy anew with each box that is checked; nothing is asked of any service."""

    def __init__(self, destination: Destination | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("For the administrator"))
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._destination = destination
        self.permissions: Permissions = iam_policy((), destination)
        self.boxes: dict[Use, QCheckBox] = {}
        self.policy = RawText(self, accessible_name=self.tr("IAM policy"), lines=14)
        self.sentences = as_high_as_needed(plain_label("", self))
        self.note = FieldNote(self, tone=Tone.GOOD)
        self.copy = FilledButton(self.tr("&Copy all for the administrator"), self, icon_name="copy")
        self.copy.clicked.connect(self._copy)
        self.copy_policy = QPushButton(icons.icon("copy"), self.tr("Copy the &policy alone"), self)
        self.copy_policy.setAutoDefault(False)
        self.copy_policy.clicked.connect(self._copy_policy)
        self.policy.copy.hide()
        self.close_button = QPushButton(self.tr("Close"), self)
        self.close_button.setAutoDefault(False)
        self.close_button.clicked.connect(self.accept)
        self._lay_out()
        self.resize(self.sizeHint())
        self._write()

    def sizeHint(self) -> QSize:
        """Wide enough for an ARN, and never larger than a small screen."""
        return QSize(min(110 * self.fontMetrics().averageCharWidth(), 880), 600)

    def _lay_out(self) -> None:
        content = ScrollContent()
        rows = QVBoxLayout(content)
        rows.setContentsMargins(0, 0, 6, 0)
        rows.setSpacing(BETWEEN_CARDS)
        rows.addWidget(as_high_as_needed(QuietLabel(self._what(), content)))
        rows.addWidget(self._uses(content))
        rows.addWidget(as_high_as_needed(heading(self.tr("IAM policy"), content)))
        rows.addWidget(self.policy)
        rows.addWidget(as_high_as_needed(heading(self.tr("What each of them is for"), content)))
        rows.addWidget(self.sentences)
        rows.addStretch(1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy_policy)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.copy)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(20, 20, 20, 20)
        whole.setSpacing(BETWEEN_CARDS)
        whole.addWidget(as_high_as_needed(heading(self.tr("What these keys have to be allowed"), self, scale=1.4)))
        page = ScrollPage(content, self)
        page.setAccessibleName(self.tr("What to allow"))
        whole.addWidget(page, 1)
        whole.addWidget(self.note)
        whole.addLayout(buttons)

    def _what(self) -> str:
        text = self.tr(
            "Tick what you want to do. Below is the least that it needs, for whoever gives out permissions in your "
            "AWS account. No key and nothing secret is in it."
        )
        if self._destination is not None and not isinstance(self._destination, EmailAddress):
            limited = self.tr("Where AWS can limit it, it is limited to {name}.")
            text = f"{text} {limited.format(name=one_line(self._destination.name))}"
        return text

    def _uses(self, parent: QWidget) -> Card:
        card = Card(parent)
        card.body.setSpacing(6)
        words = {
            Use.CHECK: self.tr("C&heck why notifications do not arrive"),
            Use.TEST: self.tr("Send &tests, and see them arrive"),
            Use.THROW_AWAY: self.tr("Test through a th&row-away queue that is made and removed"),
            Use.SET: self.tr("&Set notifications of HIT types"),
            Use.LIST: self.tr("Choose HIT types, queues and topics from &lists"),
            Use.WATCH: self.tr("&Follow what arrives, live"),
            Use.MEND: self.tr("Have the destination's access policy &mended"),
            Use.CREATE: self.tr("Have a &queue or topic made"),
        }
        has_place = self._destination is not None and not isinstance(self._destination, EmailAddress)
        for use, text in words.items():
            box = QCheckBox(text, card)
            box.setChecked(use in USUAL)
            if use in _OF_A_PLACE and not has_place:
                box.setEnabled(False)
                box.setToolTip(self.tr("This needs the address of a queue or topic in the form."))
                box.setAccessibleDescription(box.toolTip())
            box.toggled.connect(self._write)
            card.body.addWidget(box, 0, Qt.AlignmentFlag.AlignLeft)
            self.boxes[use] = box
        return card

    def _write(self) -> None:
        self.note.clear()
        wanted = [use for use, box in self.boxes.items() if box.isChecked()]
        self.permissions = iam_policy(wanted, self._destination)
        has_any = bool(self.permissions.sentences)
        self.policy.set_text(self.permissions.policy if has_any else "")
        self.sentences.setText(
            "\n".join(f"{action}: {sentence}" for action, sentence in self.permissions.sentences)
            or self.tr("Nothing has to be allowed.")
        )
        self.copy.setEnabled(has_any)
        self.copy_policy.setEnabled(has_any)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.permissions.as_text())
        self.note.say(self.tr("Copied."), self.tr("The policy and its reasons, as a text to send."))

    def _copy_policy(self) -> None:
        QGuiApplication.clipboard().setText(self.permissions.policy)
        self.note.say(self.tr("Copied."), self.tr("The policy alone, to be pasted into AWS's console."))
