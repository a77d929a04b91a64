# SPDX-License-Identifier: MIT
"""What a message says once it has been read, and how a test is told from a real event."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notification_tester.domain.problem import Problem

TEST_HIT_ID = "12345678901234567890"
TEST_HIT_TYPE_ID = "09876543210987654321"
TEST_ASSIGNMENT_IDS = ("1234567890123456789012345678901234567890", "1234567890123456789012345678900987654321")
"""The made-up ids of test events, seen in captures years apart. They are how a test is told from a real event."""

_TEST_ASSIGNMENTS = frozenset({None, "", *TEST_ASSIGNMENT_IDS})


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
