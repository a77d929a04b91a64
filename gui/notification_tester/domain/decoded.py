# SPDX-License-Identifier: MIT
"""What a message says once it has been read, and how a test is told from a real event."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from notification_tester.domain.events import EventType
from notification_tester.domain.sender import Sender, judge_sender

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from notification_tester.domain.problem import Problem

TEST_HIT_ID = "12345678901234567890"
TEST_HIT_TYPE_ID = "09876543210987654321"
TEST_ASSIGNMENT_IDS = ("1234567890123456789012345678901234567890", "1234567890123456789012345678900987654321")
"""The made-up ids of test events, seen in captures years apart. They are how a test is told from a real event."""

_TEST_ASSIGNMENTS = frozenset({None, "", *TEST_ASSIGNMENT_IDS})
_EVENT_TYPES = frozenset({*(event.value for event in EventType), "AssignmentAutoApproved"})
"""Those of the service model, and one that an older schema has."""
_ID = re.compile(r"[A-Z0-9]{1,64}")
"""``EntityId`` of the service model."""


class Format(StrEnum):
    """In which form a message was caught."""

    SQS = "sqs"
    SNS = "sns"
    LAMBDA = "lambda"
    EMAIL = "email"
    REST = "rest"
    SOAP = "soap"
    UNKNOWN = "unknown"


class DecodedEvent(NamedTuple):
    """One event. ``event_type`` is the sender's own word, known or not, and empty where none was given.

    A named tuple, because a frozen dataclass takes three times as long to make, and a message has many; not a
    sequence to its users.
    """

    event_type: str
    event_timestamp: str | None
    hit_type_id: str | None
    hit_id: str | None
    assignment_id: str | None
    extra: Mapping[str, Any]

    @property
    def is_test(self) -> bool:
        """Whether it is a Ping or carries exactly the made-up ids of a test."""
        return self.event_type == "Ping" or (
            self.hit_id == TEST_HIT_ID
            and self.hit_type_id == TEST_HIT_TYPE_ID
            and self.assignment_id in _TEST_ASSIGNMENTS
        )

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "event_type": self.event_type,
            "event_timestamp": self.event_timestamp,
            "hit_type_id": self.hit_type_id,
            "hit_id": self.hit_id,
            "assignment_id": self.assignment_id,
            "extra": dict(self.extra),
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class DecodedMessage:
    """What a message says. With a ``problem``, whatever could be read is there all the same.

    ``extra`` keeps what has no place of its own: unknown fields under their own names; the rest of an SNS envelope as
    ``envelope``, of an SQS message as ``message``, of a Lambda record as ``record``; of a mail ``headers`` and
    ``text``. Where several messages were read as one, ``EventDocIds`` and ``records`` keep them apart. All of it is
    foreign data that can be written as JSON and nests no deeper than a hundred levels.
    """

    format: Format
    is_test: bool
    event_doc_id: str | None
    version: str | None
    customer_id: str | None
    source_account: str | None
    events: tuple[DecodedEvent, ...]
    extra: Mapping[str, Any]
    problem: Problem | None
    reading: tuple[str, ...] = ()
    """What had to be undone before it could be read, in sentences; empty for what is read word for word."""

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it; ``None`` where there is none."""
        return {
            "format": self.format.value,
            "is_test": self.is_test,
            "event_doc_id": self.event_doc_id,
            "version": self.version,
            "customer_id": self.customer_id,
            "source_account": self.source_account,
            "events": [event.as_json() for event in self.events],
            "extra": dict(self.extra),
            "problem": self.problem.as_json() if self.problem else None,
        }

    def assessment(self) -> str:
        """What this text shows of whether it is a test and whose it is, and what it cannot show; empty without events.

        A text that is no test is never called genuine: anybody can write one.
        """
        if not self.events:
            return ""
        if self.is_test:
            if all(event.event_type == EventType.PING.value for event in self.events):
                return "This is a test: a Ping is sent by tests alone."
            return "This is a test: its ids are made up."
        return " ".join(
            (
                self._about_test_ids(),
                self._about_event_types(),
                self._about_ids(),
                self._about_sender(),
                "Whether Mechanical Turk sent it cannot be known from the text alone.",
            )
        )

    def _about_test_ids(self) -> str:
        tests = sum(event.is_test for event in self.events)
        if not tests:
            return "Nothing marks this as a test."
        if tests == len(self.events):
            return "What could be read of it is marked as a test, but not all of it could be read."
        marked = "1 is marked" if tests == 1 else f"{tests} are marked"
        return f"Of its {len(self.events)} events {marked} as a test and the others are not, so this is not a test."

    def _about_event_types(self) -> str:
        foreign = next((event.event_type for event in self.events if event.event_type not in _EVENT_TYPES), None)
        if foreign is None:
            return "Its event types are Mechanical Turk's."
        if not foreign:
            return "At least one of its events has no type."
        return f"“{foreign[:60]}” is no event type that Mechanical Turk is known to send."

    def _about_ids(self) -> str:
        if all(_ID.fullmatch(event.hit_id or "") and _ID.fullmatch(event.hit_type_id or "") for event in self.events):
            return "Its ids of HITs and HIT types have the right form."
        if any(event.hit_id or event.hit_type_id for event in self.events):
            return "Not every event has an id of a HIT and of a HIT type in the right form."
        return "It has no ids of HITs or HIT types."

    def _about_sender(self) -> str:
        around = [self.extra, *(one for one in _objects(self.extra.get("records")))]
        senders = {
            judge_sender(sender, through_topic="envelope" in one)
            for one in around
            for wrapping in (_object(one.get("message")), _object(one.get("record")))
            for sender in _texts(wrapping, "SenderId")
        } - {Sender.UNKNOWN}
        if senders == {Sender.MTURK}:
            return "What is printed around it names Mechanical Turk as the sender."
        if senders:
            return "What is printed around it names somebody else as the sender."
        signatures = [_object(place).get("Signature") for one in around for place in (one, one.get("envelope"))]
        if any(isinstance(one, str) and one not in {"", "DEPRECATED"} for one in signatures):
            return "It carries a signature, which was not checked."
        return "It names no sender and carries no signature."


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    return (one for one in value if isinstance(one, dict)) if isinstance(value, list) else iter(())


def _texts(wrapping: Mapping[str, Any], name: str) -> Iterator[str]:
    """The values of an attribute of an SQS message, as ReceiveMessage and as a Lambda event spell their place."""
    for attributes in (_object(wrapping.get("Attributes")), _object(wrapping.get("attributes"))):
        if isinstance(value := attributes.get(name), str):
            yield value
