# SPDX-License-Identifier: MIT
"""The notification specification: where to send, in which version, about which events.

Source: ``NotificationSpecification`` of the service model ``mturk-requester/2017-01-17``; all its members are required.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from notification_tester.domain.destination import Destination, Transport, parse_destination, refuse_other_partition
from notification_tester.domain.events import EventType, parse_events
from notification_tester.domain.problem import Remedy, input_problem

if TYPE_CHECKING:
    from collections.abc import Iterable

VERSIONS = ("2006-05-05", "2014-08-15")
"""The SDK's page names the first, the API reference the second; both are in use. The first is the default."""


class NotificationRequest(TypedDict):
    """The specification as the service's wire format wants it."""

    Destination: str
    Transport: str
    Version: str
    EventTypes: list[str]


@dataclass(frozen=True, kw_only=True)
class NotificationSpec:
    """A valid specification. ``events`` is never empty, holds no event twice and never Ping."""

    destination: Destination
    version: str
    events: tuple[EventType, ...]

    @property
    def transport(self) -> Transport:
        """Follows from the destination."""
        return self.destination.transport

    def to_request(self) -> NotificationRequest:
        """As the ``Notification`` argument of both operations."""
        return {
            "Destination": self.destination.text,
            "Transport": self.transport.value,
            "Version": self.version,
            "EventTypes": [event.value for event in self.events],
        }


def parse_spec(
    *, transport: Transport, destination: str, events: Iterable[str], version: str = VERSIONS[0]
) -> NotificationSpec:
    """Read a person's form. Raises ProblemError for the first thing that is wrong, from top to bottom."""
    address = parse_destination(transport, destination)
    refuse_other_partition(address)
    chosen = parse_events(events)
    if EventType.PING in chosen:
        raise input_problem(
            "events.ping",
            title="Ping is for tests only.",
            detail="Mechanical Turk can send a Ping as a test, and refuses to be set to tell about Pings.",
            remedy="Take Ping out of the list of events; it can still be simulated.",
        )
    if not chosen:
        raise input_problem(
            "events.none",
            title="No event is ticked.",
            detail="Mechanical Turk needs at least one event to tell about.",
            remedy="Choose the events that matter to you; AssignmentSubmitted is the usual one.",
            remedies=(Remedy.TICK_SUBMITTED,),
        )
    if version not in VERSIONS:
        raise input_problem(
            "version.unknown",
            title="There is no such message version.",
            detail=f"Known are {' and '.join(VERSIONS)}, and this is “{version[:30]}”.",
            remedy=f"Use {VERSIONS[0]} unless your receiver asks for the other.",
        )
    return NotificationSpec(destination=address, version=version, events=chosen)
