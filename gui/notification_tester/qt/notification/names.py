# SPDX-License-Identifier: MIT
"""What events, destinations and specifications are called where they stand alone, ready for translation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from notification_tester.domain.destination import Transport
from notification_tester.domain.events import TEST_ASSIGNMENT_IDS, TEST_HIT_ID, TEST_HIT_TYPE_ID, EventType
from notification_tester.qt.looks.formatting import number_text
from notification_tester.qt.looks.visible_text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notification_tester.domain.notification import NotificationSpec

TRANSPORT_ICONS = {Transport.EMAIL: "mail", Transport.SQS: "queue", Transport.SNS: "topic"}


def event_name(event: EventType) -> str:
    """Readable without its group's heading: "Assignment submitted", "HIT reviewable"."""
    translate = QCoreApplication.translate
    return {
        EventType.ASSIGNMENT_ACCEPTED: translate("EventName", "Assignment accepted"),
        EventType.ASSIGNMENT_SUBMITTED: translate("EventName", "Assignment submitted"),
        EventType.ASSIGNMENT_ABANDONED: translate("EventName", "Assignment abandoned"),
        EventType.ASSIGNMENT_RETURNED: translate("EventName", "Assignment returned"),
        EventType.ASSIGNMENT_APPROVED: translate("EventName", "Assignment approved"),
        EventType.ASSIGNMENT_REJECTED: translate("EventName", "Assignment rejected"),
        EventType.HIT_CREATED: translate("EventName", "HIT created"),
        EventType.HIT_EXTENDED: translate("EventName", "HIT extended"),
        EventType.HIT_REVIEWABLE: translate("EventName", "HIT reviewable"),
        EventType.HIT_EXPIRED: translate("EventName", "HIT expired"),
        EventType.HIT_DISPOSED: translate("EventName", "HIT disposed"),
        EventType.PING: translate("EventName", "Ping (only a sign of life)"),
    }[event]


def name_of(event_type: str) -> str:
    """The readable name of a foreign event's name; an unknown one stays as it came."""
    try:
        event = EventType(event_type)
    except ValueError:
        return event_type
    return QCoreApplication.translate("EventName", "Ping") if event is EventType.PING else event_name(event)


def hit_type_name(hit_type_id: str, title: str = "", *, longest: int = 200) -> str:
    """The title of a HIT type, else its id; the made-up one of a test is told as what it is."""
    if hit_type_id == TEST_HIT_TYPE_ID and not title:
        return QCoreApplication.translate("EventName", "(a test: no HIT type)")
    return one_line(title or hit_type_id, longest=longest)


def hit_name(hit_id: str) -> str:
    """The id of a HIT; the made-up one of a test is told as what it is."""
    return (
        QCoreApplication.translate("EventName", "test HIT") if hit_id == TEST_HIT_ID else one_line(hit_id, longest=64)
    )


def assignment_name(assignment_id: str) -> str:
    """The same of an assignment: of tests there are two."""
    if assignment_id in TEST_ASSIGNMENT_IDS:
        text = QCoreApplication.translate("EventName", "test assignment …{ending}")
        return text.format(ending=assignment_id[-5:])
    return one_line(assignment_id, longest=64)


def destination_name(spec: NotificationSpec | None) -> str:
    """The name by which a person knows the queue, topic or mailbox."""
    return "" if spec is None else one_line(spec.destination.name)


def transport_word(transport: Transport) -> str:
    """The transport in one word."""
    translate = QCoreApplication.translate
    return {
        Transport.EMAIL: translate("TransportWord", "e-mail"),
        Transport.SQS: translate("TransportWord", "queue"),
        Transport.SNS: translate("TransportWord", "topic"),
    }[transport]


def destination_and_kind(spec: NotificationSpec) -> str:
    """The name and what it is, for a sentence."""
    if spec.transport is Transport.EMAIL:
        return destination_name(spec)
    return f"{destination_name(spec)} ({transport_word(spec.transport)})"


def events_text(events: Sequence[EventType], *, most: int = 2) -> str:
    """The first labels, and how many more there are."""
    shown = ", ".join(event.label for event in events[:most])
    more = len(events) - most
    return f"{shown} +{number_text(more)}" if more > 0 else shown


def spec_text(spec: NotificationSpec, *, most: int = 4) -> str:
    """A specification in one line."""
    return f"{destination_and_kind(spec)}: {events_text(spec.events, most=most)}"
