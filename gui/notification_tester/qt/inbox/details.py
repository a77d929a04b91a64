# SPDX-License-Identifier: MIT
"""One message of the inbox, whole: what it says, who sent it as far as that can be known, and its raw text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from notification_tester.domain.messages.sender import Sender, SignatureState
from notification_tester.qt.inbox.model import SENDER_TONES, SIGNATURE_TONES
from notification_tester.qt.notification.message_table import MessageTable
from notification_tester.qt.notification.names import name_of
from notification_tester.qt.widgets import icons
from notification_tester.qt.widgets.field_note import as_high_as_needed
from notification_tester.qt.widgets.formatting import when_exactly
from notification_tester.qt.widgets.row_details import RowDetails
from notification_tester.qt.widgets.theme import Tone
from notification_tester.qt.widgets.tone_mark import ToneLabel, ToneMark
from notification_tester.qt.widgets.visible_text import one_line, tooltip

if TYPE_CHECKING:
    from notification_tester.storage.inbox_rows import InboxMessage


class InboxDetails(RowDetails):
    """Shows a message; ``save_requested`` when it is to be saved as a file."""

    save_requested = Signal(object)  # InboxMessage

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._message: InboxMessage | None = None
        self.duplicate = _Line(self)
        self.sender_line = _Line(self)
        self.signature = _Line(self)
        self.table = MessageTable(self)
        self.save = QPushButton(self.tr("&Save message…"), self)
        self.save.setIcon(icons.icon("export"))
        self.save.setAutoDefault(False)
        self.save.clicked.connect(self._save)
        self.copy.setText(self.tr("&Copy message"))
        self._lay_out([self.duplicate, self.sender_line, self.signature, self.table], self.save, space=10)

    @property
    def message(self) -> InboxMessage | None:
        """What is shown."""
        return self._message

    def show_message(self, message: InboxMessage) -> None:
        """Show another message."""
        self._message = message
        events = message.decoded.events
        names = list(dict.fromkeys(one_line(name_of(event.event_type), longest=60) for event in events))
        more = "" if len(names) < 3 else self.tr(" and more")
        self.title.setText(", ".join(names[:2]) + more if names else self.tr("A message without events"))
        self.subtitle.setText(
            self.tr("Message {number}, seen {seen}, sent {sent}").format(
                number=message.number,
                seen=when_exactly(message.seen_at.isoformat()),
                sent=when_exactly(message.sent_at.isoformat()),
            )
        )
        self.subtitle.setToolTip(tooltip(message.message_id))
        self.duplicate.say(
            Tone.BEWARE,
            ""
            if message.duplicate_of is None
            else self.tr(
                "The same notification as message {number} (they have one EventDocId): count it once. Duplicates are "
                "normal."
            ).format(number=message.duplicate_of),
        )
        self.sender_line.say(SENDER_TONES[message.sender], sender_sentence(message))
        self.signature.say(SIGNATURE_TONES[message.signature.state], message.signature.because)
        self.table.show_message(message.decoded, message.raw)

    def copy_all(self) -> None:
        """Put the message on the clipboard exactly as it came."""
        if self._message is not None:
            QGuiApplication.clipboard().setText(self._message.raw)

    def _save(self) -> None:
        if self._message is not None:
            self.save_requested.emit(self._message)


class _Line(QWidget):
    """A shape and a sentence; out of sight while there is nothing to say."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._mark = ToneMark(parent=self)
        self.label = ToneLabel(parent=self)
        as_high_as_needed(self.label)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.label, 1)

    def say(self, tone: Tone, text: str) -> None:
        self._mark.set_tone(tone)
        self.label.set_tone(tone if tone in {Tone.BAD, Tone.BEWARE} else Tone.PLAIN)
        self.label.setText(text)
        self.setVisible(bool(text))


def sender_sentence(message: InboxMessage) -> str:
    """Who sent it, as far as that is told, in a sentence or two."""
    translate = QCoreApplication.translate
    match message.sender:
        case Sender.MTURK:
            return translate("Inbox", "Sent by Mechanical Turk: the queue vouches for the sender.")
        case Sender.OTHER:
            return translate(
                "Inbox",
                "Whether Mechanical Turk sent it is not known: the queue names {sender} as the sender, who is somebody "
                "else. A program of yours looks like this, and so does a topic with raw delivery.",
            ).format(sender=one_line(message.sender_id, longest=80))
        case Sender.UNKNOWN if message.signature.state is not SignatureState.NONE:
            return translate("Inbox", "It came through a topic, which does not tell who published it there.")
        case Sender.UNKNOWN:
            return translate("Inbox", "The message does not tell who sent it.")
