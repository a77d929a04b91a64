# SPDX-License-Identifier: MIT
"""What to follow, and what that means for others who read there; before it begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from notification_tester.domain.destination import EmailAddress, QueueAddress, Transport
from notification_tester.qt.notification.destination_field import DestinationField
from notification_tester.qt.widgets.field_note import FieldNote, as_high_as_needed
from notification_tester.qt.widgets.filled_button import FilledButton
from notification_tester.qt.widgets.segmented_choice import SegmentedChoice
from notification_tester.qt.widgets.theme import Card, QuietLabel, Tone, heading, plain_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notification_tester.domain.destination import Destination

PAUSE = 400
"""Milliseconds after the address became complete, before it is looked at."""


class InboxSetup(QWidget):
    """A queue or a topic; ``follow_requested`` when a person wants to begin.

    ``look_requested(Destination)`` asks what is to be said of a place; :meth:`set_notes` takes the answer.
    """

    follow_requested = Signal()
    choose_requested = Signal(object)  # Transport
    look_requested = Signal(object)  # Destination
    back_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts: dict[Transport, str] = {}
        self.choice = SegmentedChoice(
            [
                (Transport.SQS.value, self.tr("&Queue (SQS)"), "queue"),
                (Transport.SNS.value, self.tr("&Topic (SNS)"), "topic"),
            ],
            self,
        )
        self.choice.setAccessibleName(self.tr("What to follow"))
        self.destination = DestinationField(Transport.SQS, self)
        self.no_mail = FieldNote(self, tone=Tone.BEWARE)
        self.since_now = QCheckBox(self.tr("&Pass over what is waiting there already"), self)
        self.meaning = plain_label("", self)
        as_high_as_needed(self.meaning)
        self.notes = FieldNote(self, tone=Tone.BEWARE)
        self.follow = FilledButton(self.tr("&Follow"), self, icon_name="inbox")
        self.back = QPushButton(self.tr("&Back to the list"), self)
        self.back.setAutoDefault(False)
        self.anew = QuietLabel(
            self.tr("To follow another place begins another list; export this one to keep it."), self
        )
        self.set_has_list(False)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self._look)
        self._is_open = False
        self._lay_out()
        self.choice.chosen.connect(lambda key: self.set_transport(Transport(key)))
        self.destination.changed.connect(self._changed)
        self.destination.switch_requested.connect(self.set_transport)
        self.destination.choose_requested.connect(lambda: self.choose_requested.emit(self.destination.transport))
        self.follow.clicked.connect(self.follow_requested)
        self.back.clicked.connect(self.back_requested)
        self._changed()

    def place(self) -> Destination | None:
        """The queue or topic, when there is one."""
        found = self.destination.destination()
        return None if isinstance(found, EmailAddress) else found

    def set_transport(self, transport: Transport) -> None:
        """Follow the other kind; each keeps its own text. E-mail cannot be followed, and that is said."""
        if transport is Transport.EMAIL:
            self.no_mail.say(
                self.tr("E-mail cannot be followed."),
                self.tr(
                    "The program cannot look into a mailbox; only you can. Follow a queue or a topic here. To see "
                    "whether e-mail arrives, send a test on the page Test and look into the mailbox."
                ),
            )
            return
        before = self.destination.transport
        text = self.destination.text()
        if transport is not before:
            if self.destination.destination() is not None or not text:
                self._texts[before] = text
                text = self._texts.get(transport, "")
            self.choice.set_choice(transport.value)
            self.destination.set_transport(transport)
            self.destination.set_text(text)
        self._changed()

    def fill(self, texts: dict[Transport, str], transport: Transport) -> None:
        """Put addresses in, as remembered or as practice has them."""
        self._texts = dict(texts)
        self.choice.set_choice(transport.value)
        self.destination.set_transport(transport)
        self.destination.set_text(texts.get(transport, ""))
        self._changed()

    def remember(self, texts: dict[Transport, str], transport: Transport) -> None:
        """The same for an account that is open now; what was typed while it was being opened stays."""
        typed, kind = self.destination.text(), self.destination.transport
        self.fill({**texts, kind: typed} if typed else texts, kind if typed else transport)

    def set_open(self, is_open: bool) -> None:
        """Whether an account is open to follow with."""
        self._is_open = is_open
        self._changed()

    def set_has_list(self, has_list: bool) -> None:
        """Whether there is a list to go back to."""
        self.back.setVisible(has_list)
        self.anew.setVisible(has_list)

    def set_choices(self, transport: Transport, choices: Sequence[tuple[str, str]]) -> None:
        """Offer known places, unless the other kind was chosen meanwhile."""
        if self.destination.transport is transport:
            self.destination.set_choices(choices)

    def set_notes(self, destination: Destination, notes: Sequence[str]) -> None:
        """Say what is special about a place, unless another was typed meanwhile."""
        if self.place() != destination:
            return
        if notes:
            self.notes.say(self.tr("Bear in mind"), " ".join(notes))
        else:
            self.notes.clear()

    def _changed(self) -> None:
        self.notes.clear()
        if self.place() is not None or not self.destination.text():
            self.no_mail.clear()
        is_queue = self.destination.transport is Transport.SQS
        self.since_now.setVisible(is_queue)
        self.meaning.setText(
            self.tr(
                "Nothing is taken out of the queue. What was seen stays out of other readers' sight while you follow, "
                "and is given back when you pause or stop. If the program dies, the queue gives it back by itself: "
                "within 15 seconds, with thousands of messages within five minutes. Following counts as one read of "
                "each message; a queue with a dead-letter queue moves what was read too often there."
            )
            if is_queue
            else self.tr(
                "The topic passes a copy of everything to a temporary queue of this program, which is removed when "
                "you pause or stop. Nobody who receives from the topic notices. What is published while you do not "
                "follow is not seen."
            )
        )
        place = self.place()
        self.follow.setEnabled(self._is_open and place is not None)
        self.follow.setToolTip("" if self._is_open else self.tr("No account is open yet."))
        if isinstance(place, QueueAddress) and self._is_open:
            self._pause.start()
        else:
            self._pause.stop()

    def _look(self) -> None:
        place = self.place()
        if place is not None:
            self.look_requested.emit(place)

    def _lay_out(self) -> None:
        card = Card(self)
        card.body.setSpacing(12)
        card.body.addWidget(heading(self.tr("Watch notifications as they come in"), self, scale=1.15))
        row = QHBoxLayout()
        row.addWidget(self.choice, 0, Qt.AlignmentFlag.AlignLeft)
        row.addStretch(1)
        card.body.addLayout(row)
        card.body.addWidget(self.destination)
        card.body.addWidget(self.no_mail)
        card.body.addWidget(self.meaning)
        card.body.addWidget(self.notes)
        card.body.addWidget(self.since_now, 0, Qt.AlignmentFlag.AlignLeft)
        card.body.addWidget(self.anew)
        buttons = QHBoxLayout()
        buttons.addWidget(self.follow)
        buttons.addWidget(self.back)
        buttons.addStretch(1)
        card.body.addLayout(buttons)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.addWidget(card)
        body.addStretch(1)
