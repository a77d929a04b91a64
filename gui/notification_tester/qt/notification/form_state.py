# SPDX-License-Identifier: MIT
"""What the form holds, as a value that can be kept and repeated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from notification_tester.domain.destination import Transport
from notification_tester.domain.events import EventType
from notification_tester.domain.notification import VERSIONS

WAIT_SHORTEST = 5
WAIT_LONGEST = 600
WAIT_USUAL = 60
MOST_EVENTS = 1_000
"""Events in one message that the form makes; more than a queue takes."""

_LONGEST_DESTINATION = 2_000
_LONGEST_PORT = 65_535


class Sender(StrEnum):
    """Who sends: the service, or this program in its place."""

    MECHANICAL_TURK = "mechanical-turk"
    THIS_COMPUTER = "this-computer"


@dataclass(frozen=True, kw_only=True)
class DeliveryState:
    """The answers that only a message from this computer needs. No secret and no password is among them.

    ``web_form`` is how a web receiver is called: ``sns``, ``rest`` or ``soap``. ``sns_version`` is that of SNS's
    signature; ``signature`` that of the older forms: ``right``, ``wrong`` or ``deprecated``. ``number`` is of events
    that look real, 1 to MOST_EVENTS, of the one event type that is chosen or, with ``each_checked``, of the checked
    ones in turn. Ids that are empty are made up. ``smtp_security`` is ``starttls``, ``tls`` or ``none``; a
    ``smtp_port`` of 0 is the usual one.
    """

    to_web: bool = False
    web_address: str = ""
    web_form: str = "sns"
    confirm_subscription: bool = False
    sns_version: str = "1"
    signature: str = "deprecated"
    looks_real: bool = False
    number: int = 2
    each_checked: bool = False
    hit_type: str = ""
    hits: str = ""
    assignments: str = ""
    workers: str = ""
    smtp_host: str = ""
    smtp_port: int = 0
    smtp_security: str = "starttls"
    smtp_user: str = ""
    smtp_sender: str = ""

    def as_json(self) -> dict[str, Any]:
        """As it is kept between two starts: without the part of a web address that may hold a secret."""
        address = self.web_address.partition("?")[0].partition("#")[0]
        return {**asdict(self), "web_address": "" if "@" in address else address}

    @classmethod
    def from_json(cls, value: object) -> DeliveryState:
        """Read what was kept. Whatever in it is damaged or of another version counts as not there."""
        kept: Mapping[object, object] = value if isinstance(value, Mapping) else {}
        bounds = {"number": (1, MOST_EVENTS), "smtp_port": (0, _LONGEST_PORT)}
        words = {
            "web_form": {"sns", "rest", "soap"},
            "sns_version": {"1", "2"},
            "signature": {"right", "wrong", "deprecated"},
            "smtp_security": {"starttls", "tls", "none"},
        }
        read: dict[str, Any] = {}
        for one in fields(cls):
            found, usual = kept.get(one.name), one.default
            if type(found) is not type(usual):
                continue
            if isinstance(found, str):
                if one.name not in words or found in words[one.name]:
                    read[one.name] = found[:_LONGEST_DESTINATION]
            elif isinstance(found, bool):
                read[one.name] = found
            elif isinstance(found, int):
                least, most = bounds[one.name]
                read[one.name] = min(max(found, least), most)
        return cls(**read)


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
    sender: Sender = Sender.MECHANICAL_TURK
    delivery: DeliveryState = DeliveryState()

    @property
    def is_to_web(self) -> bool:
        """Whether a web receiver is chosen, to which only this computer sends."""
        return self.sender is Sender.THIS_COMPUTER and self.delivery.to_web

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
            "sender": self.sender.value,
            "delivery": self.delivery.as_json(),
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
        sender = kept.get("sender")
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
            sender=Sender(sender) if isinstance(sender, str) and sender in set(Sender) else usual.sender,
            delivery=DeliveryState.from_json(kept.get("delivery")),
        )
