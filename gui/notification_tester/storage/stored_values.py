# SPDX-License-Identifier: MIT
"""How values are written down, in the database and in the files of the record, and read again.

A specification has two forms. The database keeps its destination part by part and does not parse it again: what was
once accepted and sent must stay readable, even where a later version would refuse it. A file has the request that the
service was sent, and is read like a person's form, for it may come from anybody. A problem has one form for both.

Every reader takes what this program writes and nothing else: no other names, no number for a text. It is written out
here, and not left to a library of converters: nearly every field would need a hook of its own to refuse as strictly,
and to say in a person's words what is wrong with a line of a file.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from notification_tester.domain.destination import EmailAddress, QueueAddress, TopicAddress, Transport
from notification_tester.domain.events import EventType
from notification_tester.domain.notification import NotificationSpec, parse_spec
from notification_tester.domain.problem import Cause, Problem, ProblemError, ServiceAnswer

if TYPE_CHECKING:
    from collections.abc import Collection

Entry = dict[str, object]
Word = TypeVar("Word", bound=StrEnum)

UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError)
"""What reading a value raises that is not as the program wrote it."""
RAW_LIMIT = 1024 * 1024
"""Bytes of a message that are kept: the most that SQS carries. What is longer is cut, and marked so."""
SPEC_NAMES = ("Transport", "Destination", "Version", "EventTypes")
PROBLEM_NAMES = ("title", "detail", "remedy", "code", "cause")
ANSWER_NAMES = ("code", "turk_error_code", "message", "request_id", "http_status")
_ADDRESSES = {Transport.EMAIL: EmailAddress, Transport.SQS: QueueAddress, Transport.SNS: TopicAddress}


class DamagedValueError(ValueError):
    """A value is not as this program writes it; the message says why, as the second half of a sentence."""


def problem_to_entry(problem: Problem | None) -> Entry | None:
    """A problem as JSON has it, the service's answer part by part; None for none."""
    if problem is None:
        return None
    entry = {**asdict(problem), "cause": problem.cause.value}
    del entry["remedies"]
    return entry


def problem_from_entry(value: object) -> Problem | None:
    """The problem again. Raises DamagedValueError."""
    if value is None:
        return None
    parts = named_parts(value, (*PROBLEM_NAMES, "answer"), "the problem")
    answer = named_parts(parts["answer"], ANSWER_NAMES, "the service's answer")
    status = answer["http_status"]
    if not isinstance(status, int) or isinstance(status, bool) or not 0 <= status < 10**9:
        raise DamagedValueError("the HTTP status is not a number")
    title, detail, remedy, code = (text_of(parts[name], "the problem") for name in PROBLEM_NAMES[:4])
    said, turk, message, request_id = (text_of(answer[name], "the service's answer") for name in ANSWER_NAMES[:4])
    return Problem(
        title=title,
        detail=detail,
        remedy=remedy,
        code=code,
        cause=word_of(Cause, parts["cause"], "the cause"),
        answer=ServiceAnswer(
            code=said, turk_error_code=turk, message=message, request_id=request_id, http_status=status
        ),
    )


def problem_to_text(problem: Problem | None) -> str | None:
    """A problem as the database keeps it; None for none."""
    return None if problem is None else json.dumps(problem_to_entry(problem))


def problem_from_text(text: str | None) -> Problem | None:
    """The problem again. Raises ValueError or TypeError where it is damaged."""
    return None if text is None else _not_none(problem_from_entry(json.loads(text)))


def spec_to_text(spec: NotificationSpec) -> str:
    """A specification as the database keeps it. Equal ones have equal texts."""
    return json.dumps([spec.transport.value, asdict(spec.destination), spec.version, list(spec.events)])


def spec_from_text(text: str) -> NotificationSpec:
    """The specification again. Raises ValueError, TypeError or AttributeError where it is damaged."""
    transport, address, version, events = json.loads(text)
    if not all(isinstance(one, str) for one in (version, *address.values())):
        raise TypeError("a part of the specification is no text")
    return NotificationSpec(
        destination=_ADDRESSES[Transport(transport)](**address),
        version=version,
        events=tuple(EventType(event) for event in events),
    )


def spec_to_entry(spec: NotificationSpec | None) -> Entry | None:
    """A specification as the files have it; None for none."""
    return None if spec is None else {**spec.to_request()}


class SpecReader:
    """Reads specifications of a file; one that many lines share is read once."""

    def __init__(self) -> None:
        self._read: dict[tuple[str, str, str, tuple[str, ...]], NotificationSpec] = {}

    def read(self, value: object) -> NotificationSpec | None:
        """A specification, or None for none. Raises DamagedValueError."""
        if value is None:
            return None
        parts = named_parts(value, SPEC_NAMES, "a specification")
        names = parts["EventTypes"]
        if not isinstance(names, list):
            raise DamagedValueError("the events are not a list")
        key = (
            text_of(parts["Transport"], "the transport"),
            text_of(parts["Destination"], "the destination"),
            text_of(parts["Version"], "the version"),
            tuple(text_of(name, "an event") for name in names),
        )
        if key not in self._read:
            self._read[key] = _spec(*key)
        return self._read[key]


def _spec(transport: str, destination: str, version: str, names: tuple[str, ...]) -> NotificationSpec:
    events = tuple(word_of(EventType, name, "an event") for name in names)
    try:
        spec = parse_spec(
            transport=word_of(Transport, transport, "the transport"),
            destination=destination,
            events=names,
            version=version,
        )
    except ProblemError as error:
        raise DamagedValueError(
            f"the specification will not do: {error.problem.title} {error.problem.detail}"
        ) from error
    if len(spec.events) != len(events):
        raise DamagedValueError("an event is there more than once")
    return replace(spec, events=events)


def named_parts(value: object, names: Collection[str], what: str) -> Entry:
    """An object of JSON that has these names and no others. Raises DamagedValueError."""
    if not isinstance(value, dict) or set(value) != set(names):
        raise DamagedValueError(f"{what} does not have the parts that belong to it")
    return value


def text_of(value: object, what: str) -> str:
    """A text. Raises DamagedValueError."""
    if not isinstance(value, str):
        raise DamagedValueError(f"{what} is not text")
    return value


def word_of(kind: type[Word], value: object, what: str) -> Word:
    """One of the words of ``kind``. Raises DamagedValueError."""
    text = text_of(value, what)
    try:
        return kind(text)
    except ValueError as error:
        raise DamagedValueError(f"{what} cannot be “{text[:30]}”") from error


def stamp(moment: datetime) -> str:
    """A moment as it is kept: UTC, ISO 8601, milliseconds. A moment without a time zone is refused."""
    if moment.tzinfo is None:
        raise ValueError("the moment has no time zone")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def moment_of(text: str) -> datetime:
    """The moment again, in UTC. Raises ValueError or TypeError where it is damaged."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return found


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


def _not_none(problem: Problem | None) -> Problem:
    if problem is None:
        raise DamagedValueError("the problem is missing")
    return problem
