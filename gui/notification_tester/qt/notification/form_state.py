# SPDX-License-Identifier: MIT
"""What the form holds, as a value that can be kept and repeated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any

from notification_tester.domain.destination import Transport
from notification_tester.domain.events import EventType
from notification_tester.domain.notification import VERSIONS

WAIT_SHORTEST = 5
WAIT_LONGEST = 600
WAIT_USUAL = 60
_LONGEST_DESTINATION = 2_000


@dataclass(frozen=True, kw_only=True)
class FormState:
    """A form as it was left, right or wrong; ``destinations`` remembers one text for each transport.

    ``events`` is in the service's order and never has Ping in it; ``wait_seconds`` is within 5 and 600.
    """

    transport: Transport = Transport.SQS
    destinations: Mapping[Transport, str] = field(default_factory=lambda: MappingProxyType({}))
    events: tuple[EventType, ...] = (EventType.ASSIGNMENT_SUBMITTED,)
    version: str = VERSIONS[0]
    event: EventType = EventType.ASSIGNMENT_SUBMITTED
    wait_seconds: int = WAIT_USUAL
    remove_afterwards: bool = True

    @property
    def destination(self) -> str:
        """The text for the transport that is chosen; may be empty."""
        return self.destinations.get(self.transport, "")

    def since(self, before: FormState, other: FormState) -> FormState:
        """``other`` with what was edited between ``before`` and this one."""
        edited = {
            one.name: value for one in fields(self) if (value := getattr(self, one.name)) != getattr(before, one.name)
        }
        if "destinations" in edited:
            texts = {
                kind: text for kind, text in self.destinations.items() if text != before.destinations.get(kind, "")
            }
            edited["destinations"] = MappingProxyType({**other.destinations, **texts})
        return replace(other, **edited)

    def as_json(self) -> dict[str, Any]:
        """As it is kept between two starts."""
        return {
            "transport": self.transport.value,
            "destinations": {transport.value: text for transport, text in self.destinations.items()},
            "events": [event.value for event in self.events],
            "version": self.version,
            "event": self.event.value,
            "wait_seconds": self.wait_seconds,
            "remove_afterwards": self.remove_afterwards,
        }

    @classmethod
    def from_json(cls, value: object) -> FormState:
        """Read what was kept. Whatever in it is damaged or of another version counts as not there."""
        kept: Mapping[object, object] = value if isinstance(value, Mapping) else {}
        usual = cls()
        texts = kept.get("destinations")
        events = kept.get("events")
        wait = kept.get("wait_seconds")
        remove = kept.get("remove_afterwards")
        version = kept.get("version")
        transport = kept.get("transport")
        event = kept.get("event")
        return cls(
            transport=Transport(transport)
            if isinstance(transport, str) and transport in set(Transport)
            else usual.transport,
            destinations=MappingProxyType(
                {
                    known: text[:_LONGEST_DESTINATION]
                    for known in Transport
                    if isinstance(texts, Mapping) and isinstance(text := texts.get(known.value), str)
                }
            ),
            events=tuple(known for known in EventType if known.value in events and not known.is_test_only)
            if isinstance(events, list)
            else usual.events,
            version=version if isinstance(version, str) and version in VERSIONS else usual.version,
            event=EventType(event) if isinstance(event, str) and event in set(EventType) else usual.event,
            wait_seconds=min(max(wait, WAIT_SHORTEST), WAIT_LONGEST)
            if isinstance(wait, int) and not isinstance(wait, bool)
            else usual.wait_seconds,
            remove_afterwards=remove if isinstance(remove, bool) else usual.remove_afterwards,
        )
