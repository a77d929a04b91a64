# SPDX-License-Identifier: MIT
"""What was read of a specification in older or other words, and what became of each part of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from notification_tester.domain.notification import NotificationSpec, parse_spec
from notification_tester.domain.problem import input_problem

if TYPE_CHECKING:
    from notification_tester.domain.destination import Transport
    from notification_tester.domain.events import EventType
    from notification_tester.domain.hit_type import HitTypeId


class WebTransport(StrEnum):
    """A way to a web receiver. Mechanical Turk no longer has the first two; the last is what our history calls one."""

    REST = "REST"
    SOAP = "SOAP"
    SNS_HTTPS = "SNS HTTPS"


@dataclass(frozen=True, kw_only=True)
class WebReceiver:
    """Where is sent over the web. ``address`` is as it was written, without a name and password in it."""

    transport: WebTransport
    address: str


@dataclass(frozen=True, kw_only=True)
class ImportedSpecification:
    """A specification as far as it could be filled; what was not given, or will not do, is empty or None.

    ``what`` names what was read, for example "a call of boto 2". ``destination`` is the text for the form: it reads as
    an address of ``transport`` unless ``changed`` says otherwise. ``receiver`` is there for a web receiver, and then
    ``transport`` is None. ``test_event`` is there where a test was asked for. ``carried_over``, ``changed`` and
    ``dropped`` are plain sentences; no key or signature is in any of these texts. ``became`` says what became of the
    operation and the transport of the older API.
    """

    what: str
    operation: str = ""
    transport: Transport | None = None
    destination: str = ""
    version: str
    events: tuple[EventType, ...] = ()
    receiver: WebReceiver | None = None
    test_event: EventType | None = None
    hit_type_id: HitTypeId | None = None
    active: bool | None = None
    carried_over: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    became: str = ""

    @property
    def has_specification(self) -> bool:
        """Whether anything of a Notification was given: SetHITTypeNotification goes with Active alone, too."""
        return bool(self.transport or self.destination or self.events or self.receiver)

    def specification(self) -> NotificationSpec:
        """The whole of it. Raises ProblemError for the first thing that is missing or will not do."""
        if self.transport is None:
            raise input_problem(
                "specification.incomplete",
                title="It is not known where to send.",
                detail="The text names no way to send that Mechanical Turk still has.",
                remedy="Choose e-mail, a queue or a topic, and give its address.",
            )
        return parse_spec(
            transport=self.transport,
            destination=self.destination,
            events=[event.value for event in self.events],
            version=self.version,
        )

    def as_json(self) -> dict[str, Any]:
        """For scripts; in ``specification`` what is not known is null."""
        return {
            "what": self.what,
            "operation": self.operation or None,
            "specification": {
                "Destination": self.destination or None,
                "Transport": self.transport.value if self.transport else None,
                "Version": self.version,
                "EventTypes": [event.value for event in self.events],
            }
            if self.has_specification
            else None,
            "receiver": {"transport": self.receiver.transport.value, "address": self.receiver.address}
            if self.receiver
            else None,
            "test_event": self.test_event.value if self.test_event else None,
            "hit_type_id": self.hit_type_id,
            "active": self.active,
            "carried_over": list(self.carried_over),
            "changed": list(self.changed),
            "dropped": list(self.dropped),
            "became": self.became,
        }
