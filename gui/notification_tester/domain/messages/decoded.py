# SPDX-License-Identifier: MIT
"""What a message says once it has been read, and what that shows: whether it is a test, and whose it may be."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from notification_tester.domain.events import TEST_ASSIGNMENT_IDS, TEST_HIT_ID, TEST_HIT_TYPE_ID, EventType
from notification_tester.domain.messages.remarks import about_characters, about_times
from notification_tester.domain.messages.sender import (
    DEPRECATED,
    NO_SIGNATURE,
    Sender,
    SignatureVerdict,
    judge_legacy_signature,
    judge_sender,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from notification_tester.domain.problem import Problem

_TEST_ASSIGNMENTS = frozenset({None, "", *TEST_ASSIGNMENT_IDS})
_EVENT_TYPES = frozenset({*(event.value for event in EventType), "AssignmentAutoApproved"})
"""Those of the service model, and one that an older schema has."""
_EVENT_FIELDS = ("EventType", "EventTimestamp", "HITTypeId", "HITId", "AssignmentId")
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
    MIXED = "mixed"  # several messages, not all in one form
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

    def made_up(self) -> tuple[list[str], list[str]]:
        """Which of its ids are those of the known test, and which are others; by the names of their fields."""
        ids = {"HITId": self.hit_id, "HITTypeId": self.hit_type_id, "AssignmentId": self.assignment_id}
        known = {"HITId": (TEST_HIT_ID,), "HITTypeId": (TEST_HIT_TYPE_ID,), "AssignmentId": TEST_ASSIGNMENT_IDS}
        same = [name for name, value in ids.items() if value in known[name]]
        # an assignment belongs to some events only; a HIT and a HIT type to every event of the known test
        return same, [name for name, value in ids.items() if name not in same and (value or name != "AssignmentId")]

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
    """Whether all of it could be read and it is the known test, or has a Ping in it, which tests alone send."""
    event_doc_id: str | None
    version: str | None
    customer_id: str | None
    source_account: str | None
    events: tuple[DecodedEvent, ...]
    extra: Mapping[str, Any]
    problem: Problem | None
    reading: tuple[str, ...] = ()
    """What had to be undone before it could be read, in sentences; empty for what is read word for word."""
    parts: tuple[DecodedMessage, ...] = ()
    """Where several messages were read as one: each of them, in order; empty for one message."""
    around: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """The wrappings alone, also those that are around several messages at once: a field of the sender's own may have
    the name of one, and proves nothing."""

    @property
    def is_known_test(self) -> bool:
        """Whether every event is as tests were seen to carry it: nothing else may be taken out of a queue as a test."""
        return self.is_test and bool(self.events) and all(event.is_test for event in self.events)

    @property
    def tested_event(self) -> str:
        """The type of the event that a test was asked for; a Ping where there is nothing else, empty without events."""
        types = [event.event_type for event in self.events]
        return next((one for one in types if one != EventType.PING), types[0] if types else "")

    def signature_verdict(self, secret: str) -> SignatureVerdict:
        """Judge the signature of a REST or SOAP notification by the requester's secret key; others have none of it."""
        is_legacy = self.format in {Format.REST, Format.SOAP}
        return judge_legacy_signature(self.extra, secret) if is_legacy else NO_SIGNATURE

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

    def each(self) -> tuple[DecodedMessage, ...]:
        """The messages that were read, each by itself: this one, where it is one."""
        return self.parts or (self,)

    def assessment(self, *, now: datetime | None = None) -> str:
        """What this text shows of whether it is a test and whose it is, and what it cannot show; empty without events.

        A text that is no test is never called genuine: anybody can write one. Of several messages each has a line of
        its own. ``now`` has a zone; the moment of asking, where there is none.
        """
        if self.parts:
            said = [part.assessment(now=now) or "It tells of no event that could be read." for part in self.parts]
            return "\n".join(f"Message {number} of {len(said)}: {one}" for number, one in enumerate(said, start=1))
        if not self.events:
            return " ".join(self.remarks(now=now))
        sentences = [self.about_test(), *self.remarks(now=now)]
        if not self.is_test:
            sentences += [
                self._about_event_types(),
                self._about_ids(),
                self._about_sender(),
                "Whether Mechanical Turk sent it cannot be known from the text alone.",
            ]
        return " ".join(sentences)

    def about_test(self) -> str:
        """Whether one message is a test, as far as that is known, in a sentence or two; empty without events."""
        if not self.events:
            return ""
        has_ping = any(event.event_type == EventType.PING for event in self.events)
        others = [event for event in self.events if event.event_type != EventType.PING]
        if self.is_known_test:
            if not others:
                return "This is a test: a Ping is sent by tests alone."
            return "This is a test: its ids are made up." + (" A Ping stands beside them." if has_ping else "")
        if self.is_test:
            return (
                "This is a test as the older API sent it: beside the event that was asked for stands a Ping, which is "
                "sent by tests alone. Its other ids are not those of the known test, so whether they are made up is "
                "not known."
            )
        if has_ping:
            return "A Ping is in it, which is sent by tests alone; but not all of it could be read."
        return self._about_test_ids(others)

    def _about_test_ids(self, events: list[DecodedEvent]) -> str:
        """Of a message without a Ping."""
        tests = sum(event.is_test for event in events)
        if tests == len(events):
            return "What could be read of it is marked as a test, but not all of it could be read."
        if tests:
            marked = "1 is marked" if tests == 1 else f"{tests} are marked"
            return (
                f"Of its {len(events)} events {marked} as a test and the others are not, which the known test never "
                "was: whether this is one is not known."
            )
        partly = [made_up for event in events if (made_up := event.made_up())[0]]
        if not partly:
            return "It has no mark of a test."
        same, other = partly[0]
        whose = "its" if partly.count(partly[0]) == len(events) else "an event's"
        return (
            f"It has parts of the known test: {whose} {_are(same)} as there, {_are(other)} not. Whether it is a test "
            "is not known."
        )

    def remarks(self, *, now: datetime | None = None) -> list[str]:
        """What is odd about the times and the characters in one message, in sentences; mostly nothing."""
        now = now or datetime.now(tz=UTC)
        own = {
            "EventDocId": self.event_doc_id,
            "EventDocVersion": self.version,
            "CustomerId": self.customer_id,
            "SourceAccount": self.source_account,
        }
        fields = [
            *own.items(),
            *(one for event in self.events for one in zip(_EVENT_FIELDS, event[:5], strict=True)),
        ]
        timed = [
            event
            for event in self.events
            if event.event_timestamp is not None or event.extra.keys().isdisjoint(("EventTimestamp", "EventTime"))
        ]
        names = [*self.extra, *(name for event in self.events for name in event.extra)]
        return [
            *about_times([event.event_timestamp for event in timed], now=now),
            *(["The time of an event is neither a text nor a number."] if len(timed) < len(self.events) else []),
            *about_characters([(name, value) for name, value in fields if value], names),
        ]

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
        return "It has no ids of HITs or HIT types that could be read."

    def _about_sender(self) -> str:
        envelope = _object(self.around.get("envelope"))
        senders = {
            judge_sender(sender, through_topic=self.format is Format.SNS or "envelope" in self.around)
            for name in ("message", "record")
            for sender in _texts(_object(self.around.get(name)), "SenderId")
        } - {Sender.UNKNOWN}
        if senders == {Sender.MTURK}:
            return "What is printed around it names Mechanical Turk as the sender."
        if senders:
            return "What is printed around it names somebody else as the sender."
        said = []
        headers = _object(self.extra.get("headers") if self.format is Format.EMAIL else self.around.get("headers"))
        if isinstance(sender := headers.get("From"), str) and sender:
            said.append(f"The mail's head names “{sender[:80]}” as the sender, which anybody can write there.")
        if any(name.casefold() == "dkim-signature" for name in headers):
            said.append("It carries the signature of a mail server (DKIM), which was not checked.")
        own = self.extra.get("Signature") if self.format in {Format.REST, Format.SOAP} else None
        if any(isinstance(one, str) and one not in {"", DEPRECATED} for one in (own, envelope.get("Signature"))):
            said.append("It carries a signature, which was not checked.")
        return " ".join(said) or "No sender was read around it, and no signature."


def _are(names: list[str]) -> str:
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'}"


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _texts(wrapping: Mapping[str, Any], name: str) -> Iterator[str]:
    """The values of an attribute of an SQS message, as ReceiveMessage and as a Lambda event spell their place."""
    for attributes in (_object(wrapping.get("Attributes")), _object(wrapping.get("attributes"))):
        if isinstance(value := attributes.get(name), str):
            yield value
