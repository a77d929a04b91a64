# SPDX-License-Identifier: MIT
"""What the history keeps of one test: the values that go in, and those that come out."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from notification_tester.domain.delivery import NOT_TRIED, Lamp, State
from notification_tester.domain.problem import Cause, Problem, ServiceAnswer

RAW_LIMIT = 1024 * 1024
"""Bytes of a message that are kept: the most that SQS carries. What is longer is cut, and marked so."""

ENDED_EARLY = "The program ended before the answer came."


class Outcome(StrEnum):
    """How a test ended, in one word."""

    RUNNING = "running"
    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, kw_only=True)
class Beginning:
    """What is known before the call. No secret belongs in ``request``."""

    account: str
    environment: str
    transport: str
    destination: str
    version: str
    events: tuple[str, ...]
    event: str
    request: dict[str, Any] = field(default_factory=dict)
    kind: str = "test"


@dataclass(frozen=True, kw_only=True)
class Ending:
    """What is known after it. ``seconds`` is how long the whole took; ``raw`` the message as it came."""

    outcome: Outcome
    accepted: Lamp
    arrived: Lamp = NOT_TRIED
    as_expected: Lamp = NOT_TRIED
    seconds: float | None = None
    problem: Problem | None = None
    message: dict[str, Any] | None = None
    raw: str = ""
    answer: str = ""


class HistorySummary(NamedTuple):
    """One row as the list shows it. ``started`` is UTC, ISO 8601 with milliseconds and a Z."""

    id: int
    started: str
    kind: str
    account: str
    environment: str
    transport: str
    destination: str
    event: str
    seconds: float | None
    problem_title: str
    problem_code: str
    outcome: Outcome
    accepted: State
    arrived: State
    as_expected: State


@dataclass(frozen=True, kw_only=True)
class HistoryRow:
    """Everything about one row. ``raw_is_cut`` says that the message was longer than RAW_LIMIT."""

    id: int
    started: str
    kind: str
    account: str
    environment: str
    transport: str
    destination: str
    version: str
    events: tuple[str, ...]
    event: str
    outcome: Outcome
    accepted: Lamp
    arrived: Lamp
    as_expected: Lamp
    seconds: float | None
    problem: Problem | None
    message: dict[str, Any] | None
    raw: str
    raw_is_cut: bool
    request: dict[str, Any]
    answer: str

    def as_json(self) -> dict[str, Any]:
        """As it is exported: exact, with nothing left out."""
        return {
            "id": self.id,
            "started": self.started,
            "kind": self.kind,
            "account": self.account,
            "environment": self.environment,
            "transport": self.transport,
            "destination": self.destination,
            "version": self.version,
            "events": list(self.events),
            "event": self.event,
            "outcome": self.outcome.value,
            "accepted": self.accepted.as_json(),
            "arrived": self.arrived.as_json(),
            "as_expected": self.as_expected.as_json(),
            "seconds": self.seconds,
            "problem": None if self.problem is None else self.problem.as_json(),
            "message": self.message,
            "raw": self.raw,
            "raw_is_cut": self.raw_is_cut,
            "request": self.request,
            "answer": self.answer,
        }


INTERRUPTED = Problem(
    title=ENDED_EARLY,
    detail="It was closed, or crashed, while this test was under way. Whether the message was sent is not known.",
    remedy="Look at the destination, or send the test again.",
    code="history.interrupted",
    cause=Cause.PROGRAM,
)


def lamps_to_text(accepted: Lamp, arrived: Lamp, as_expected: Lamp) -> str:
    """Three lamps as the database keeps them, seconds unrounded."""
    return json.dumps([[lamp.state.value, lamp.detail, lamp.seconds] for lamp in (accepted, arrived, as_expected)])


def lamps_from_text(text: str) -> tuple[Lamp, Lamp, Lamp]:
    """The three lamps again."""
    accepted, arrived, as_expected = (
        Lamp(state=State(state), detail=detail, seconds=seconds) for state, detail, seconds in json.loads(text)
    )
    return accepted, arrived, as_expected


def problem_to_text(problem: Problem | None) -> str | None:
    """A problem as the database keeps it, the service's answer part by part."""
    if problem is None:
        return None
    answer = problem.answer
    return json.dumps(
        {
            "title": problem.title,
            "detail": problem.detail,
            "remedy": problem.remedy,
            "code": problem.code,
            "cause": problem.cause.value,
            "answer": {
                "code": answer.code,
                "turk_error_code": answer.turk_error_code,
                "message": answer.message,
                "request_id": answer.request_id,
                "http_status": answer.http_status,
            },
        }
    )


def problem_from_text(text: str | None) -> Problem | None:
    """The problem again."""
    if text is None:
        return None
    value = json.loads(text)
    return Problem(
        title=value["title"],
        detail=value["detail"],
        remedy=value["remedy"],
        code=value["code"],
        cause=Cause(value["cause"]),
        answer=ServiceAnswer(**value["answer"]),
    )


def raw_to_bytes(raw: str) -> tuple[bytes, bool]:
    """A message as the database keeps it, and whether it was cut.

    Bytes rather than text, because a broken message can hold half of a surrogate pair, which is no UTF-8.
    """
    data = raw.encode("utf-8", "surrogatepass")
    if len(data) <= RAW_LIMIT:
        return data, False
    end = RAW_LIMIT
    while data[end] & 0xC0 == 0x80:  # not between the bytes of one character
        end -= 1
    return data[:end], True


def raw_from_bytes(data: bytes) -> str:
    """The message again."""
    return data.decode("utf-8", "surrogatepass")


def plain(text: str) -> str:
    """Text that UTF-8 can hold: half surrogates become the replacement character."""
    return text.encode("utf-8", "replace").decode("utf-8")
