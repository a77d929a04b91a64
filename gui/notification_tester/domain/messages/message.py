# SPDX-License-Identifier: MIT
"""Read what Mechanical Turk sent, in whatever wrapping it was caught.

Source: messages seen in real traffic and the API reference, "Notification" data structure; the wrappings are those of
the SNS, SQS and Lambda developer guides (message formats, ``receive-message``, event source payloads).

::

    text ─ JSON ─┬─ EventDocVersion, EventDocId, CustomerId, SourceAccount, Events[]      sqs
                 ├─ an SNS envelope, whose Message is JSON in a string                    sns
                 ├─ Messages[], Body: what ``aws sqs receive-message`` prints             as what is in it
                 └─ Records[].body, Records[].Sns: what a Lambda function is handed       lambda
    text ─ mail, query, XML                                                               email, rest, soap

Deliberate deviations: wrappings may be nested in any order up to a bound; a string with JSON in it may be the object
itself; identifiers that are numbers become text; ``EventTime`` is read like ``EventTimestamp``; of a key that is there
twice the last value counts. What has no place of its own is kept in ``extra``; signatures are kept, and not verified.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from notification_tester.domain.counts import counted
from notification_tester.domain.events import TEST_ASSIGNMENT_IDS, TEST_HIT_ID, TEST_HIT_TYPE_ID
from notification_tester.domain.json_text import AROUND, characters, read_json
from notification_tester.domain.messages.decoded import DecodedEvent, DecodedMessage, Format
from notification_tester.domain.messages.wrapping import Found, is_notification, unwrap
from notification_tester.domain.problem import Cause, Problem, ProblemError, input_problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "MAX_SIZE",
    "TEST_ASSIGNMENT_IDS",
    "TEST_HIT_ID",
    "TEST_HIT_TYPE_ID",
    "DecodedEvent",
    "DecodedMessage",
    "Format",
    "decode",
]

MAX_SIZE = 1024 * 1024
"""Bytes that are read at most; SQS and SNS carry 256 KiB, since 2025 SQS 1 MiB."""


def decode(body: str | bytes) -> DecodedMessage:
    """Read a message of any form. Never raises, and takes time in proportion to the length, up to MAX_SIZE."""
    try:
        if len(body) > MAX_SIZE:
            raise _too_large(len(body))
        if isinstance(body, str):
            text = body
            if not text.isascii() and (size := len(text.encode("utf-8", "surrogatepass"))) > MAX_SIZE:
                raise _too_large(size)
        else:
            text = characters(body)
        first = text[:1] if text[:1] == "{" else text.lstrip(AROUND)[:1]
        if first in {"{", "[", '"'}:
            return decode_value(read_json(text))
        return _from_other(text, first)
    except ProblemError as error:
        return unread(error.problem)


def decode_value(value: Any) -> DecodedMessage:
    """Read a message from a JSON value, which is taken apart. Never raises."""
    # the commonest case first: a body as the queue holds it
    if type(value) is dict:
        if is_notification(value):
            return notification(value, value.pop("Events", None), Format.SQS)
        if "TopicArn" in value and (message := _from_envelope(value)):
            return message
    found = unwrap(value)
    if len(found) == 1:
        return _one(found[0])
    return together([_one(one) for one in found])


def _from_envelope(value: dict[str, Any]) -> DecodedMessage | None:
    """Read the plainest SNS envelope, in half the time that finding any wrapping takes; None for all else."""
    inner = value.get("Message")
    if type(inner) is not str or inner[:1] != "{" or value.get("Type") != "Notification":
        return None
    try:
        fields = read_json(inner)
    except ProblemError:
        return None  # explained with its place by the general way
    if not is_notification(fields) or "envelope" in fields:
        return None
    del value["Message"]
    message = notification(fields, fields.pop("Events", None), Format.SNS, {"envelope": value})
    fields["envelope"] = value
    return message


def _one(found: Found) -> DecodedMessage:
    fields = found.fields
    if fields is None:
        extra = found.wrapping
        if found.value is not None:
            extra = {**extra, "unread": found.value}
        return unread(found.problem, format_=Format(found.format), extra=extra)
    around = {**found.wrapping, **found.shared}
    message = notification(fields, fields.pop("Events", None), Format(found.format), around)
    for name, rest in found.wrapping.items():
        # ``fields`` has become the message's ``extra``; a field of the sender's own keeps its name
        fields[name if name not in fields else f"{name} (around)"] = rest
    return message


def together(messages: Sequence[DecodedMessage]) -> DecodedMessage:
    """Put several messages together; what they do not share is kept apart under ``extra``."""
    problem: Problem | None = None
    for number, message in enumerate(messages, start=1):
        if message.problem is not None:
            detail = f"Message {number} of {len(messages)}: {message.problem.detail}"
            problem = replace(message.problem, detail=detail)
            break
    known = [message for message in messages if message.format is not Format.UNKNOWN]
    extra: dict[str, Any] = {
        "EventDocIds": [message.event_doc_id for message in known],
        "records": [dict(message.extra) for message in messages],
    }
    formats = {message.format for message in known}
    events = tuple(event for message in messages for event in message.events)
    return DecodedMessage(
        format=Format.UNKNOWN if not formats else formats.pop() if len(formats) == 1 else Format.MIXED,
        # one that could not be read may be no test
        is_test=bool(events) and all(message.is_test for message in messages),
        event_doc_id=_shared([message.event_doc_id for message in known], "EventDocIds", extra),
        version=_shared([message.version for message in known], "EventDocVersions", extra),
        customer_id=_shared([message.customer_id for message in known], "CustomerIds", extra),
        source_account=_shared([message.source_account for message in known], "SourceAccounts", extra),
        events=events,
        extra=extra,
        problem=problem,
        parts=tuple(part for message in messages for part in message.each()),
    )


def _shared(values: list[str | None], name: str, extra: dict[str, Any]) -> str | None:
    if len(set(values)) <= 1:
        return values[0] if values else None
    extra[name] = values
    return None


def _from_other(text: str, first: str) -> DecodedMessage:
    # what is rare is imported when it is met: mail and XML would slow every start
    from notification_tester.domain.messages import email_message, legacy

    if not first:
        raise input_problem(
            "message.empty",
            title="There is no message.",
            detail="The text is empty."
            if not text
            else f"It has {counted(len(text), 'character')}, nothing but blanks and zeros.",
            remedy="Paste the message, or choose the file that holds it.",
        )
    if first == "<":
        about, events = legacy.read_soap(text.strip(AROUND))
        return notification(about, events, Format.SOAP)
    if email_message.has_event_lines(text) or email_message.is_whole_message(text):
        about, events = email_message.read_email(text)
        if events:
            return notification(about, events, Format.EMAIL)
        raise input_problem(
            "message.not-a-notification",
            title="This is a mail, but not a notification of Mechanical Turk.",
            detail="No line in it begins with “Event Type:”.",
            remedy="Look for the mail with the subject “Your Event Notification” from mturk-noreply@amazon.com.",
        )
    if legacy.is_query(text):
        about, events = legacy.read_query(text)
        return notification(about, events, Format.REST)
    raise input_problem(
        "message.not-a-notification",
        title="This is not a notification of Mechanical Turk.",
        detail="It is neither JSON, as queues and topics carry it, nor the mail, nor a query or XML of the legacy API.",
        remedy="Copy the whole message: JSON begins with {, and the mail has lines that begin with “Event Type:”.",
    )


def unread(
    problem: Problem | None, *, format_: Format = Format.UNKNOWN, extra: Mapping[str, Any] | None = None
) -> DecodedMessage:
    """Make the message of which nothing could be read, for the reason that ``problem`` gives."""
    return DecodedMessage(
        format=format_,
        is_test=False,
        event_doc_id=None,
        version=None,
        customer_id=None,
        source_account=None,
        events=(),
        extra=extra or {},
        problem=problem,
    )


def notification(
    fields: dict[str, Any], events: Any, format_: Format, around: Mapping[str, Any] | None = None
) -> DecodedMessage:
    """Give the fields their places; what is left of ``fields``, and of each event, becomes ``extra``."""
    if type(events) is dict and "EventType" in events:
        events = [events]
    pop = fields.pop
    decoded = []
    is_test, has_ping = True, False
    is_complete = type(events) is list and bool(events)
    for item in events if type(events) is list else ():
        if type(item) is dict:
            event = _event(item)
            decoded.append(event)
            is_test = is_test and event.is_test
            has_ping = has_ping or event.event_type == "Ping"
            if not event.event_type:
                is_complete = False
        else:
            is_complete = False
    if len(decoded) != (len(events) if type(events) is list else events is not None):
        # what is no event is kept where it was found
        fields["Events"] = [item for item in events if type(item) is not dict] if type(events) is list else events
    return DecodedMessage(
        format=format_,
        is_test=(is_test or has_ping) and is_complete,
        event_doc_id=_text(fields, "EventDocId", pop("EventDocId", None)),
        version=_text(fields, "EventDocVersion", pop("EventDocVersion", None)),
        customer_id=_text(fields, "CustomerId", pop("CustomerId", None)),
        source_account=_text(fields, "SourceAccount", pop("SourceAccount", None)),
        events=tuple(decoded),
        extra=fields,
        problem=None if is_complete else _incomplete(len(decoded), is_list=type(events) is list),
        around=around or {},
    )


def _event(fields: dict[str, Any]) -> DecodedEvent:
    pop = fields.pop
    kind = pop("EventType", None)
    timestamp = pop("EventTimestamp", None)
    hit_type_id = pop("HITTypeId", None)
    hit_id = pop("HITId", None)
    assignment_id = pop("AssignmentId", None)
    if type(kind) is type(timestamp) is type(hit_type_id) is type(hit_id) is str and (
        assignment_id is None or type(assignment_id) is str
    ):
        # past the named tuple's own __new__, which only passes on, and takes as long as all of the above
        return tuple.__new__(DecodedEvent, (kind, timestamp, hit_type_id, hit_id, assignment_id, fields))
    timestamp = _text(fields, "EventTimestamp", timestamp)
    return DecodedEvent(
        event_type=_text(fields, "EventType", kind) or "",
        event_timestamp=_text(fields, "EventTime", pop("EventTime", None)) if timestamp is None else timestamp,
        hit_type_id=_text(fields, "HITTypeId", hit_type_id),
        hit_id=_text(fields, "HITId", hit_id),
        assignment_id=_text(fields, "AssignmentId", assignment_id),
        extra=fields,
    )


def _text(fields: dict[str, Any], name: str, value: Any) -> str | None:
    """Make text of a field that was taken out; what is neither text nor a number is put back."""
    if value is None or type(value) is str:
        return value
    if type(value) is int or type(value) is float:
        return str(value)
    fields[name] = value
    return None


def _incomplete(count: int, *, is_list: bool) -> Problem:
    if count:
        title, detail = (
            "Part of this notification cannot be read.",
            "At least one of its events does not say what happened.",
        )
    elif is_list:
        title, detail = "This notification tells of no event.", "Its list of events is empty, or holds no events."
    else:
        title, detail = "This notification tells of no event.", "It has no list named Events."
    return Problem(
        title=title,
        detail=detail,
        remedy="What could be read is shown. Look at the whole text, and at what may have changed it on its way.",
        code="message.incomplete" if count else "message.no-events",
        cause=Cause.INPUT,
    )


def _too_large(size: int) -> ProblemError:
    return input_problem(
        "message.too-large",
        title="This is too large for a message.",
        detail=f"It has at least {size:,} bytes, and {MAX_SIZE:,} (1 MiB) are read at most; no queue carries more.",
        remedy="Try one message at a time.",
    )
