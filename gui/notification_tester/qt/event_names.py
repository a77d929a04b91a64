# SPDX-License-Identifier: MIT
"""What each event is called where it stands alone, ready for translation."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from notification_tester.domain.events import EventType


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
