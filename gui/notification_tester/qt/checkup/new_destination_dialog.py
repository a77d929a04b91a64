# SPDX-License-Identifier: MIT
"""Make a queue or a topic that lets Mechanical Turk in: asks for a name, says what will be made, then makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QSize, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from notification_tester.domain.account import REGION
from notification_tester.domain.destination import Transport
from notification_tester.domain.problem import Cause, ProblemError, Remedy
from notification_tester.qt.checkup.writing_dialog import WritingDialog
from notification_tester.qt.looks.theme import Card, QuietLabel, Tone, heading, plain_label
from notification_tester.qt.looks.visible_text import one_line
from notification_tester.qt.notification.remedies import EVERYWHERE, remedy_buttons
from notification_tester.qt.widgets.field_note import FieldNote, as_high_as_needed, buddy_label
from notification_tester.qt.widgets.filled_button import FilledButton
from notification_tester.qt.widgets.problem_card import ProblemCard
from notification_tester.services.checkup.new_destination import LONGEST_NAME, parse_new_name

if TYPE_CHECKING:
    from notification_tester.domain.account import Account
    from notification_tester.domain.destination import QueueAddress, TopicAddress
    from notification_tester.domain.problem import Problem

SUGGESTED = "mturk-notifications"


class NewDestinationDialog(WritingDialog):
    """Emits ``create_requested(str)`` with a name that will do."""

    create_requested = Signal(str)

    def __init__(
        self, account: Account, transport: Transport, *, name: str = "", parent: QWidget | None = None
    ) -> None:
        translate, is_queue = QCoreApplication.translate, transport is Transport.SQS
        super().__init__(
            account,
            title=translate("NewDestinationDialog", "Create a queue")
            if is_queue
            else translate("NewDestinationDialog", "Create a topic"),
            about=translate("NewDestinationDialog", "In the AWS account of “{account}”, in {region}").format(
                account=one_line(account.name), region=REGION
            ),
            parent=parent,
        )
        self.transport = transport
        self.made: QueueAddress | TopicAddress | None = None
        self.name = QLineEdit(name or SUGGESTED, self)
        self.name.setMaxLength(2 * LONGEST_NAME[transport])
        self.name.selectAll()
        self.label = buddy_label(
            self.tr("&Name of the queue") if is_queue else self.tr("&Name of the topic"), self.name
        )
        self.note = FieldNote(self)
        self.note.watch(self.name)
        self.name.textEdited.connect(self.note.clear)
        self.what = self._what()
        self.problem = ProblemCard(self)
        self.cancel = QPushButton(self.tr("&Cancel"), self)
        self.cancel.setAutoDefault(False)
        self.cancel.clicked.connect(self.reject)
        self.make = FilledButton(self.tr("C&reate it"), self)
        self.make.clicked.connect(self._create)
        self.test = FilledButton(self.tr("&Send a test there"), self, icon_name="send")
        self.test.clicked.connect(self._test)
        field = QVBoxLayout()
        field.setSpacing(6)
        for part in (self.label, self.name, self.note):
            field.addWidget(part)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button in (self.cancel, self.make, self.test):
            buttons.addWidget(button)
        self._lay_out((field, self.what), self.problem, buttons)
        self._say(None, "")
        self._offer()
        self.resize(self.sizeHint())

    def sizeHint(self) -> QSize:
        """Wide enough for a sentence."""
        return QSize(min(84 * self.fontMetrics().averageCharWidth(), 680), 300)

    def show_made(self, made: QueueAddress | TopicAddress) -> None:
        """It is there, and its address stands in the form."""
        self._is_writing, self.made = False, made
        self.problem.clear()
        if self.transport is Transport.SQS:
            words = self.tr("The queue “{name}” was made, and lets Mechanical Turk in. Its address is in the form now.")
            self._say(Tone.GOOD, words.format(name=one_line(made.name)))
        else:
            words = self.tr(
                "The topic “{name}” was made, and lets Mechanical Turk in. Its address is in the form now. Nobody is "
                "subscribed to it yet: subscribe your receiver in the SNS console."
            )
            self._say(Tone.BEWARE, words.format(name=one_line(made.name)))
        self._offer()

    def show_problem(self, problem: Problem) -> None:
        """It could not be made; what is wrong with the name is said at the name."""
        self._is_writing = False
        self._say(None, "")
        if problem.cause is Cause.INPUT:
            self.problem.clear()
            self.note.show_problem(problem)
        else:
            self.problem.show_problem(problem, remedy_buttons(problem, EVERYWHERE - {Remedy.MAKE_DESTINATION}))
        self._offer()
        self.name.setFocus()

    def _what(self) -> Card:
        card = Card(self)
        lines = [heading(self.tr("What is made"), card)]
        if self.transport is Transport.SQS:
            lines += [
                plain_label(self.tr("A standard queue that keeps messages for 14 days."), card),
                plain_label(
                    self.tr(
                        "What lies in it is encrypted by Amazon SQS itself: neither Mechanical Turk nor you need a key "
                        "for that. Who may send to it and read it is said by policies."
                    ),
                    card,
                ),
                plain_label(
                    self.tr("Its access policy lets Mechanical Turk send to it, over an encrypted connection."), card
                ),
            ]
        else:
            lines += [
                plain_label(self.tr("A standard topic. A topic keeps nothing: it passes on what comes."), card),
                plain_label(
                    self.tr(
                        "Its access policy lets Mechanical Turk send to it, over an encrypted connection and for this "
                        "AWS account alone."
                    ),
                    card,
                ),
            ]
        requests = self.tr("4 to the queue")
        if self.transport is Transport.SNS:
            requests = self.tr("3 to the topic and 7 to a temporary queue behind it")
        lines.append(heading(self.tr("What it costs"), card))
        lines.append(
            plain_label(
                self.tr(
                    "Amazon counts requests. One test makes {requests}; what one costs, and how many are free, stands "
                    "on Amazon's price pages."
                ).format(requests=requests),
                card,
            )
        )
        lines.append(QuietLabel(self.tr("What is there already under this name is never touched."), card))
        card.body.setSpacing(6)
        for line in lines:
            card.body.addWidget(as_high_as_needed(line))
        return card

    def _offer(self) -> None:
        is_made = self.made is not None
        self.make.setVisible(not is_made)
        self.test.setVisible(is_made)
        self.make.setDefault(not is_made)
        self.test.setDefault(is_made)
        self.cancel.setText(self.tr("&Close") if is_made else self.tr("&Cancel"))
        self.name.setReadOnly(is_made or self._is_writing)
        for button in (self.make, self.test, self.cancel):
            button.setEnabled(not self._is_writing)
        QTimer.singleShot(0, self, self._make_room)

    def _make_room(self) -> None:
        """Grow where there is more to say than there is room for."""
        self.fit(self.size())

    def _create(self) -> None:
        try:
            name = parse_new_name(self.name.text(), longest=LONGEST_NAME[self.transport])
        except ProblemError as error:
            self.show_problem(error.problem)
            return
        self._is_writing = True
        self.note.clear()
        self.problem.clear()
        self._say(Tone.PLAIN, self.tr("Making it…"))
        self._offer()
        self.create_requested.emit(name)
