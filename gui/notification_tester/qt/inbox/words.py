# SPDX-License-Identifier: MIT
"""How a message of the inbox is put in words, the same in the list, the details and a desktop notification."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from notification_tester.domain.messages.sender import Sender, SignatureState
from notification_tester.qt.notification.words import name_of
from notification_tester.qt.widgets.theme import Tone
from notification_tester.qt.widgets.visible_text import one_line

if TYPE_CHECKING:
    from notification_tester.storage.inbox_rows import InboxMessage, InboxRow

SENDER_TONES = {Sender.MTURK: Tone.GOOD, Sender.OTHER: Tone.BEWARE, Sender.UNKNOWN: Tone.UNKNOWN}
SIGNATURE_TONES = {
    SignatureState.NONE: Tone.UNKNOWN,
    SignatureState.GENUINE: Tone.GOOD,
    SignatureState.OTHER_TOPIC: Tone.BEWARE,
    SignatureState.EXPIRED: Tone.BEWARE,
    SignatureState.FALSE: Tone.BAD,
    SignatureState.NOT_CHECKED: Tone.UNKNOWN,
}
TONE_ICONS = {Tone.GOOD: "check", Tone.BEWARE: "warning", Tone.BAD: "cross", Tone.UNKNOWN: "question"}
"""Each has a shape of its own, so that it is told without its colour."""


def event_text(row: InboxRow) -> str:
    """The event's readable name; for a message without events, why."""
    if row.event_type:
        return one_line(name_of(row.event_type), longest=80)
    translate = QCoreApplication.translate
    return one_line(row.problem_title) or translate("Inbox", "No event in it")


def remark(row: InboxRow) -> str:
    """What sets a row apart: a test, a duplicate, one of several in a message."""
    translate = QCoreApplication.translate
    parts = []
    if row.is_test:
        parts.append(translate("Inbox", "Test"))
    if row.duplicate_of is not None:
        parts.append(translate("Inbox", "Duplicate of {number}").format(number=row.duplicate_of))
    if row.events > 1:
        parts.append(translate("Inbox", "{place} of {all}").format(place=row.place, all=row.events))
    return " · ".join(parts)


def sender_tone(sender: Sender, signature: SignatureState) -> Tone:
    """A signature of which something is to be said outweighs all else; one that fits tells nothing of who published."""
    tone = SIGNATURE_TONES[signature]
    return tone if tone in {Tone.BAD, Tone.BEWARE} else SENDER_TONES[sender]


def sender_word(sender: Sender, signature: SignatureState) -> str:
    """The word of a cell."""
    translate = QCoreApplication.translate
    if signature is not SignatureState.NONE:
        return {
            SignatureState.FALSE: translate("Inbox", "Not genuine"),
            SignatureState.GENUINE: translate("Inbox", "Through SNS"),
            SignatureState.OTHER_TOPIC: translate("Inbox", "Another topic"),
            SignatureState.EXPIRED: translate("Inbox", "Expired"),
            SignatureState.NOT_CHECKED: translate("Inbox", "Not checked"),
        }[signature]
    return {
        Sender.MTURK: translate("Inbox", "Mechanical Turk"),
        Sender.OTHER: translate("Inbox", "Somebody else"),
        Sender.UNKNOWN: translate("Inbox", "Not told"),
    }[sender]


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
            return translate("Inbox", "The queue does not tell who sent it.")
