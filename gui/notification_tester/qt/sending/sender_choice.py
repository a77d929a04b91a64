# SPDX-License-Identifier: MIT
"""The first question of the form: who sends, and where to."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from notification_tester.domain.destination import Transport
from notification_tester.domain.way import Place, own_stations, turk_stations
from notification_tester.qt.looks.theme import Card, QuietLabel
from notification_tester.qt.looks.tone_mark import ToneMark
from notification_tester.qt.notification.destination_field import DestinationField
from notification_tester.qt.notification.form_state import Sender
from notification_tester.qt.widgets.laid_out_once import laid_out_once
from notification_tester.qt.widgets.question_heading import question_heading
from notification_tester.qt.widgets.segmented_choice import SegmentedChoice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notification_tester.domain.way import Station
    from notification_tester.qt.notification.form_state import FormState

WEB = "Web"
"""The key of a web receiver among the transports."""


class SenderChoice(Card):
    """Mechanical Turk or this computer; the transports of either; the address, one text for each transport.

    ``changed`` for each change; ``place_shown`` before it, where another place is asked for than before;
    ``web_wanted`` with the address of a web receiver that was given as another place, and is to be sent to from here.
    What only this computer needs to know of a place is put into ``more``.
    """

    changed = Signal()
    place_shown = Signal()
    web_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts: dict[Transport, str] = {}
        self._transport = Transport.SQS
        self._prefers_web = False  # what this computer sends to, while Mechanical Turk is chosen too
        self.who = SegmentedChoice(
            [
                (Sender.MECHANICAL_TURK.value, self.tr("Mechanical Turk"), "send"),
                (Sender.THIS_COMPUTER.value, self.tr("This computer"), "computer"),
            ],
            self,
        )
        self.who.setAccessibleName(self.tr("Who sends it?"))
        self._sender_words = QuietLabel(
            self.tr(
                "This program plays Mechanical Turk’s part and sends the very message that it would send. That shows "
                "what your receiver does with it, not whether Mechanical Turk may send there."
            ),
            self,
        )
        self.transports = SegmentedChoice(
            [
                (Transport.SQS.value, self.tr("&Queue (SQS)"), "queue"),
                (Transport.SNS.value, self.tr("&Topic (SNS)"), "topic"),
                (Transport.EMAIL.value, self.tr("&E-mail"), "mail"),
                (WEB, self.tr("Web receiver"), "web"),
            ],
            self,
            notes={
                Transport.SQS.value: self.tr("recommended"),
                Transport.SNS.value: self.tr("for several receivers"),
                WEB: self.tr("an address of your own"),
            },
        )
        self.transports.setAccessibleName(self.tr("Where to?"))
        self.destination = DestinationField(Transport.SQS, self)
        self._email_note = QWidget(self)
        line = QHBoxLayout(self._email_note)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(ToneMark(), 0, Qt.AlignmentFlag.AlignTop)
        words = QuietLabel(
            self.tr(
                "AWS's reference no longer lists e-mail; it was last seen working in 2017. "
                "In practice the message comes to a mailbox inside this program."
            )
        )
        line.addWidget(words, 1)
        self.more = QVBoxLayout()
        self.more.setSpacing(0)
        self.body.addWidget(question_heading("1", self.tr("Who sends it, and where to?")))
        for part in (self.who, self._sender_words, self.transports, self.destination, self._email_note):
            self.body.addWidget(part)
        self.body.addLayout(self.more)
        self.who.chosen.connect(self._sender_chosen)
        self.transports.chosen.connect(self._switched)
        self.destination.changed.connect(self.changed)
        self.destination.switch_requested.connect(self._move)
        self.destination.web_requested.connect(self._want_web)

    @property
    def sends(self) -> Sender:
        """Who sends."""
        return Sender(self.who.choice())

    @property
    def is_here(self) -> bool:
        """Whether this computer sends, in Mechanical Turk's place."""
        return self.sends is Sender.THIS_COMPUTER

    @property
    def is_web(self) -> bool:
        """Whether the place is a web receiver, to which this computer alone sends."""
        return self.transports.choice() == WEB

    @property
    def prefers_web(self) -> bool:
        """Whether this computer would send to a web receiver, also while Mechanical Turk is chosen."""
        return self._prefers_web

    @property
    def transport(self) -> Transport:
        """The chosen transport; the one that was chosen before a web receiver was."""
        return self._transport

    def stations(self) -> tuple[Station, ...]:
        """Where a message passes that is sent as the form says; a name is left out while there is none."""
        if self.is_web:
            return own_stations(Place.RECEIVER, "")
        found = self.destination.destination()
        name = "" if found is None else found.name
        if not self.is_here:
            return turk_stations(self._transport, name)
        places = {Transport.SQS: Place.QUEUE, Transport.SNS: Place.TOPIC, Transport.EMAIL: Place.MAIL_SERVER}
        return own_stations(places[self._transport], "" if self._transport is Transport.EMAIL else name)

    def texts(self) -> Mapping[Transport, str]:
        """What stands in the field for each transport where anything does."""
        texts = {**self._texts, self.destination.transport: self.destination.text()}
        return MappingProxyType({kind: texts[kind] for kind in Transport if texts.get(kind)})

    def set_state(self, state: FormState) -> None:
        """Fill it, without telling of each change."""
        self._texts = dict(state.destinations)
        self._transport = state.transport
        self._prefers_web = state.delivery.to_web
        self.who.set_choice(state.sender.value)
        self.transports.set_choice(WEB if state.is_to_web else state.transport.value)
        self._show()

    def choose_web(self) -> None:
        """Have this computer send to a web receiver."""
        self.who.set_choice(Sender.THIS_COMPUTER.value)
        self.transports.set_choice(WEB)
        self._switched()

    def _want_web(self) -> None:
        address = self.destination.text()
        self.destination.edit.clear()
        self.web_wanted.emit(address)

    def choose_here(self) -> None:
        """Have this computer send; all else stays."""
        self.who.set_choice(Sender.THIS_COMPUTER.value)
        self._sender_chosen()

    def _sender_chosen(self) -> None:
        self.transports.set_choice(WEB if self.is_here and self._prefers_web else self._transport.value)
        self._texts[self._transport] = self.destination.text()
        self._show()
        self.changed.emit()

    def _switched(self) -> None:
        self._texts[self._transport] = self.destination.text()
        self._prefers_web = self.is_web
        if not self.is_web:
            self._transport = Transport(self.transports.choice())
        self._show()
        self.changed.emit()

    def _move(self, transport: Transport) -> None:
        """Take the address along to the transport it belongs to."""
        self._texts.pop(self.destination.transport, None)
        self._texts[transport] = self.destination.text()
        self._transport = transport
        self._prefers_web = False
        self.transports.set_choice(transport.value)
        self._show()
        self.destination.edit.setFocus()
        self.changed.emit()

    def _show(self) -> None:
        with laid_out_once(self):
            self.transports.offer(WEB, self.is_here)
            note = self.tr("by a mail server") if self.is_here else self.tr("may no longer work")
            self.transports.set_note(Transport.EMAIL.value, note)
            self._sender_words.setVisible(self.is_here)
            self.destination.offer_web(sends_here=self.is_here)
            blocked = self.destination.blockSignals(True)
            self.destination.edit.clear()
            self.destination.set_transport(self._transport)
            self.destination.set_text(self._texts.get(self._transport, ""))
            self.destination.blockSignals(blocked)
            self.destination.setHidden(self.is_web)
            self._email_note.setVisible(self._transport is Transport.EMAIL and not self.is_here)
            self.place_shown.emit()
