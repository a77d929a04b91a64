# SPDX-License-Identifier: MIT
"""One message of the inbox, whole: what it says, who sent it as far as that can be known, and its raw text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from notification_tester.domain.messages.sender import Sender, SignatureState
from notification_tester.qt.inbox.model import SENDER_TONES, SIGNATURE_TONES
from notification_tester.qt.lists.row_details import RowDetails
from notification_tester.qt.looks import icons
from notification_tester.qt.looks.formatting import when_exactly
from notification_tester.qt.looks.theme import Tone, plain_label, set_tooltip
from notification_tester.qt.looks.tone_mark import ToneLabel, ToneMark
from notification_tester.qt.looks.visible_text import one_line
from notification_tester.qt.notification.message_table import Lead, MessageTable
from notification_tester.qt.notification.names import name_of
from notification_tester.qt.widgets.field_note import as_high_as_needed, buddy_label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QHideEvent

    from notification_tester.domain.messages.decoded import DecodedMessage
    from notification_tester.storage.inbox_rows import InboxMessage


class InboxDetails(RowDetails):
    """Shows a message; ``save_requested`` when it is to be saved as a file.

    ``filter_requested`` with a column of its table and what the list is to have there, ``history_requested`` with words
    by which the history finds what belongs to an event.
    """

    save_requested = Signal(object)  # InboxMessage
    filter_requested = Signal(object, str)
    history_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._message: InboxMessage | None = None
        self.about = as_high_as_needed(plain_label("", self))
        self.duplicate = _Line(self)
        self.sender_line = _Line(self)
        self.signature = _Line(self)
        self.legacy_signature = LegacySignature(self)
        self.table = MessageTable(self, leads=(Lead.FILTER, Lead.HISTORY))
        self.table.filter_requested.connect(self.filter_requested)
        self.table.history_requested.connect(self.history_requested)
        self.save = QPushButton(self.tr("&Save message…"), self)
        self.save.setIcon(icons.icon("export"))
        self.save.setAutoDefault(False)
        self.save.clicked.connect(self._save)
        self.copy.setText(self.tr("&Copy message"))
        parts = [self.about, self.duplicate, self.sender_line, self.signature, self.legacy_signature, self.table]
        self._lay_out(parts, self.save, space=10)

    @property
    def message(self) -> InboxMessage | None:
        """What is shown."""
        return self._message

    def show_message(
        self, message: InboxMessage, titles: Mapping[str, str] | None = None, *, is_practice: bool = False
    ) -> None:
        """Show another message; ``titles``: those of HIT types, by their ids, as far as they are known.

        ``is_practice`` where it came from practice, whose Mechanical Turk has the sender of the real one.
        """
        self._message = message
        events = message.decoded.events
        names = list(dict.fromkeys(one_line(name_of(event.event_type), longest=60) for event in events))
        more = "" if len(names) < 3 else self.tr(" and more")
        title = ", ".join(names[:2]) + more if names else self.tr("A message without events")
        self.title.setText(self.tr("Test: {title}").format(title=title) if message.decoded.is_test else title)
        self.subtitle.setText(
            self.tr("Message {number}, seen {seen}, sent {sent}").format(
                number=message.number,
                seen=when_exactly(message.seen_at.isoformat()),
                sent=when_exactly(message.sent_at.isoformat()),
            )
        )
        set_tooltip(self.subtitle, message.message_id)
        about = about_text(message, titles or {}, is_practice=is_practice)
        self.about.setText(about)
        self.about.setVisible(bool(about))
        self.duplicate.say(
            Tone.BEWARE,
            ""
            if message.duplicate_of is None
            else self.tr(
                "The same notification as message {number} (they have one EventDocId): count it once. Duplicates are "
                "normal."
            ).format(number=message.duplicate_of),
        )
        self.sender_line.say(SENDER_TONES[message.sender], sender_sentence(message, is_practice=is_practice))
        self.signature.say(SIGNATURE_TONES[message.signature.state], message.signature.because)
        self.legacy_signature.show_message(message.decoded)
        self.table.show_message(message.decoded, message.raw)

    def copy_all(self) -> None:
        """Put the message on the clipboard exactly as it came."""
        if self._message is not None:
            QGuiApplication.clipboard().setText(self._message.raw)

    def _save(self) -> None:
        if self._message is not None:
            self.save_requested.emit(self._message)


class LegacySignature(QWidget):
    """The signature of a REST or SOAP message: whether it fits a secret access key, where it takes one to tell.

    The key is in this field alone, and gone when another message is shown or the field goes out of sight.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._message: DecodedMessage | None = None
        self._asks = QWidget(self)
        self.secret = QLineEdit(self._asks)
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        hidden = Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText
        self.secret.setInputMethodHints(hidden | Qt.InputMethodHint.ImhNoAutoUppercase)
        self.secret.setPlaceholderText(self.tr("The one that was in force then; it is not kept"))
        self.check = QPushButton(self.tr("Check the si&gnature"), self._asks)
        self.check.setAutoDefault(False)
        self.verdict = _Line(self)
        row = QHBoxLayout(self._asks)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(buddy_label(self.tr("Secret access &key"), self.secret, self._asks))
        row.addWidget(self.secret, 1)
        row.addWidget(self.check)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(6)
        rows.addWidget(self._asks)
        rows.addWidget(self.verdict)
        self.secret.textChanged.connect(self._typed)
        self.secret.returnPressed.connect(self.check.click)
        self.check.clicked.connect(self._check)
        self._typed("")

    def show_message(self, message: DecodedMessage) -> None:
        """Show the signature of another message; nothing for one that is not signed with the requester's key."""
        self._forget()
        self._message = message
        # without a key, all that can be told is that none is needed: there is no signature to check
        told = message.signature_verdict("")
        is_open = told.state in {SignatureState.GENUINE, SignatureState.FALSE}
        self._asks.setVisible(is_open)
        self.verdict.say(SIGNATURE_TONES[told.state], "" if is_open else told.because)
        self.setVisible(told.state is not SignatureState.NONE)

    def hideEvent(self, event: QHideEvent) -> None:
        """Forget the key with the account, the page or the row that leaves the screen."""
        super().hideEvent(event)
        if not event.spontaneous():
            self._forget()

    def _check(self) -> None:
        if self._message is not None:
            verdict = self._message.signature_verdict(self.secret.text().strip())
            self.verdict.say(SIGNATURE_TONES[verdict.state], verdict.because)
            self.secret.setAccessibleDescription(verdict.because)

    def _typed(self, text: str) -> None:
        self.check.setEnabled(bool(text.strip()))
        self.verdict.say(Tone.UNKNOWN, "")
        self.secret.setAccessibleDescription("")

    def _forget(self) -> None:
        self.secret.setText("")  # which leaves nothing to undo, as clear() does


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


def about_text(message: InboxMessage, titles: Mapping[str, str], *, is_practice: bool) -> str:
    """That it is no test, where that is known, of which HIT type, and of which worker; empty for a test."""
    events = message.decoded.events
    if message.decoded.is_test or not events or any(event.is_test or event.made_up()[0] for event in events):
        return ""
    translate = QCoreApplication.translate
    hit_types = [titles.get(one, one) for event in events if (one := event.hit_type_id)]
    workers = [one for event in events if isinstance(one := event.extra.get("WorkerId"), str) and one]
    lines = []
    if message.sender is Sender.MTURK:
        lines.append(
            translate("Inbox", "Not a test: from practice's made-up workers.")
            if is_practice
            else translate("Inbox", "A real notification, from Mechanical Turk.")
        )
    for text, values in (
        (translate("Inbox", "HIT type: {name}"), hit_types),
        (translate("Inbox", "Worker: {name}"), workers),
    ):
        names = [one_line(one, longest=80) for one in dict.fromkeys(values)]
        if names:
            more = translate("Inbox", " and more") if len(names) > 2 else ""
            lines.append(text.format(name=", ".join(names[:2]) + more))
    return "\n".join(lines)


def sender_sentence(message: InboxMessage, *, is_practice: bool = False) -> str:
    """Who sent it, as far as that is told, in a sentence or two."""
    translate = QCoreApplication.translate
    match message.sender:
        case Sender.MTURK if is_practice:
            return translate("Inbox", "Sent by practice's Mechanical Turk: the queue vouches for the sender.")
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
