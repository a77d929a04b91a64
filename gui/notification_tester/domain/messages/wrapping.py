# SPDX-License-Identifier: MIT
"""Find the notifications within JSON: as they are, in an SNS envelope, an SQS message, a Lambda event, or a list.

Source: "Amazon SNS message and JSON formats", "ReceiveMessage" of the SQS API reference and the AWS CLI, "Using Lambda
with Amazon SQS" and "… with Amazon SNS". Which wrapping it is follows from the fields alone, in any order and nesting.
"""

from __future__ import annotations

import re
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from notification_tester.domain.json_text import AROUND, read_json
from notification_tester.domain.partitions import PARTITIONS, REGION
from notification_tester.domain.problem import Cause, Problem, ProblemError

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_WRAPPINGS = 8
"""Wrappings within each other; a Lambda record of a queue that follows a topic has four."""

MOST_MESSAGES = 10_000
"""Messages in one list; the largest batch that Lambda hands out ("Using Lambda with Amazon SQS", batch size)."""

_HEAD = ("EventDocId", "EventDocVersion", "CustomerId")
MAY_WRAP = frozenset({"Events", "EventDocId", "Type", "Records", "Messages", "Sns", "Message", "Body", "body"})
"""Names of fields without which an object is neither a notification nor around one."""
_ENVELOPE = ("TopicArn", "Type", "MessageId", "Signature", "SigningCertURL")

NOT_A_NOTIFICATION = Problem(
    title="This is JSON, but not a notification of Mechanical Turk.",
    detail="A notification has a list named Events, each with an EventType, and this has none.",
    remedy="Look for the message itself; other senders may use the same queue or topic.",
    code="message.not-a-notification",
    cause=Cause.INPUT,
)
_NO_MESSAGES = Problem(
    title="There is no message in it.",
    detail="This is an empty list of messages.",
    remedy="Read the queue again, or send a test.",
    code="message.empty",
    cause=Cause.INPUT,
)
_TOO_MANY_WRAPPINGS = Problem(
    title="This message is nested too deeply.",
    detail=f"It is wrapped more than {MAX_WRAPPINGS} times; at most four wrappings are known.",
    remedy="Mechanical Turk is not known to send it in this form. Take the outer wrappings off, or check what "
    "made them.",
    code="message.too-deep",
    cause=Cause.INPUT,
)
_TOO_MANY = Problem(
    title="There are more messages in it than are ever handed out together.",
    detail=f"The first {MOST_MESSAGES:,} were read, and the rest was left.",
    remedy="Take it apart, and read the parts one after the other.",
    code="message.too-many",
    cause=Cause.INPUT,
)
_CONFIRMATIONS = {
    "SubscriptionConfirmation": Problem(
        title="This reads like a question from Amazon SNS, and is no notification.",
        detail="SNS asks whether this receiver wants the topic's messages, and sends it nothing else before that.",
        remedy="If you subscribed this receiver, open the address under SubscribeURL once to confirm; it leads to "
        "Amazon SNS. Then send a test again.",
        code="message.subscription-confirmation",
        cause=Cause.INPUT,
    ),
    "UnsubscribeConfirmation": Problem(
        title="This reads like a word from Amazon SNS, and is no notification.",
        detail="SNS tells so that this receiver's subscription has ended, and the topic's messages no longer reach it.",
        remedy="If that was a mistake, subscribe again, or open the address under SubscribeURL, which leads to Amazon "
        "SNS.",
        code="message.unsubscribe-confirmation",
        cause=Cause.INPUT,
    ),
}
_LEADS_TO_SNS = re.compile(
    rf"https://sns\.{REGION}\.(?:{'|'.join(re.escape(one.suffix) for one in PARTITIONS)})/", re.ASCII
)


class Found(NamedTuple):
    """One message: ``fields`` of a notification, or a ``problem`` and the ``value`` that it is about.

    ``shared`` is what is around it too, and kept with another one's ``wrapping``.
    """

    format: str
    wrapping: dict[str, Any]
    fields: dict[str, Any] | None
    problem: Problem | None = None
    value: Any = None
    shared: Mapping[str, Any] = MappingProxyType({})


def is_notification(value: dict[str, Any]) -> bool:
    """Whether these are the fields of a notification: others use the name Events too."""
    if "EventDocId" in value and ("Events" in value or "EventDocVersion" in value):
        return True
    if "Events" not in value:
        return False
    events = value["Events"]
    first = events[0] if isinstance(events, list) and events else events
    return any(name in value for name in _HEAD) or (isinstance(first, dict) and "EventType" in first)


def unwrap(value: Any) -> list[Found]:
    """Find every message in a JSON value, in order; at least one is found, if only to say what is wrong."""
    found: list[Found] = []
    _unwrap(value, found, format_="sqs", wrapping={}, level=int(isinstance(value, str)), place="")
    return found


def _unwrap(value: Any, found: list[Found], *, format_: str, wrapping: dict[str, Any], level: int, place: str) -> None:
    if level > MAX_WRAPPINGS:
        found.append(Found("unknown", wrapping, None, _TOO_MANY_WRAPPINGS, value))
        return
    inner = value
    if isinstance(value, str):
        if value.lstrip(AROUND)[:1] not in {"{", "[", '"'}:
            found.append(Found("unknown", wrapping, None, NOT_A_NOTIFICATION, value))
            return
        try:
            inner = read_json(value)
        except ProblemError as error:
            problem = replace(error.problem, detail=f"Inside {place}: {error.problem.detail}")
            found.append(Found("unknown", wrapping, None, problem, value))
            return
    if isinstance(inner, dict):
        _unwrap_object(inner, found, format_=format_, wrapping=wrapping, level=level)
    elif isinstance(inner, list):
        _unwrap_list(inner, found, format_=format_, wrapping=wrapping, level=level)
    elif isinstance(inner, str):
        _unwrap(inner, found, format_=format_, wrapping=wrapping, level=level + 1, place="a text in quotes")
    else:
        found.append(Found("unknown", wrapping, None, NOT_A_NOTIFICATION, value))


def _unwrap_object(
    value: dict[str, Any], found: list[Found], *, format_: str, wrapping: dict[str, Any], level: int
) -> None:
    if is_notification(value):
        found.append(Found(format_, wrapping, value))
        return
    if problem := _confirmation(value):
        outer = "sns" if format_ == "sqs" else format_
        found.append(Found(outer, _wrapped(wrapping, "envelope", value), None, problem))
        return
    for name, inner_format in (("Records", "lambda"), ("Messages", format_)):
        if isinstance(value.get(name), list):
            rest = _without(value, name)
            around = _wrapped(wrapping, "batch", rest) if rest else wrapping
            _unwrap_list(value[name], found, format_=inner_format, wrapping=around, level=level)
            return
    for name, kept_as in (("Sns", "record"), ("Message", "envelope"), ("Body", "message"), ("body", "message")):
        content = value.get(name)
        if not isinstance(content, (str, dict)):
            continue
        if name == "Message" and not any(field in value for field in _ENVELOPE) and not _may_be_json(content):
            continue
        is_record = format_ == "lambda" and "record" not in wrapping
        inner_format = "sns" if name in {"Message", "Sns"} and format_ == "sqs" else format_
        around = _wrapped(wrapping, "record" if is_record and name != "Message" else kept_as, _without(value, name))
        _unwrap(content, found, format_=inner_format, wrapping=around, level=level + 1, place=f"its {name}")
        return
    found.append(Found("unknown", wrapping, None, NOT_A_NOTIFICATION, value))


def _unwrap_list(values: list[Any], found: list[Found], *, format_: str, wrapping: dict[str, Any], level: int) -> None:
    if not values:
        found.append(Found("unknown", wrapping, None, _NO_MESSAGES))
    around, first = wrapping, len(found) + 1
    for number, value in enumerate(values):
        if len(found) >= MOST_MESSAGES:
            found.append(Found("unknown", {}, None, _TOO_MANY, values[number:]))
            break
        if not wrapping and type(value) is dict and MAY_WRAP.isdisjoint(value):
            # a list of hundreds of thousands of foreign things is passed quickly
            found.append(Found("unknown", wrapping, None, NOT_A_NOTIFICATION, value))
            continue
        _unwrap(value, found, format_=format_, wrapping=wrapping, level=level + 1, place="a list")
        # what is around all of them is kept with the first: with each, a small message could grow without bound
        wrapping = {}
    if around:
        found[first:] = [one._replace(shared={**around, **one.shared}) for one in found[first:]]


def _confirmation(value: dict[str, Any]) -> Problem | None:
    kind = value.get("Type")
    problem = _CONFIRMATIONS.get(kind) if isinstance(kind, str) else None
    if problem is None or _LEADS_TO_SNS.match(str(value.get("SubscribeURL", ""))):
        return problem
    # anybody can write such a message, and whoever opens an address tells its owner that somebody reads it
    return replace(
        problem,
        detail=f"{problem.detail} But its SubscribeURL does not lead to Amazon SNS, so this is hardly from there.",
        remedy="Do not open the address. To be asked once more, subscribe this receiver again in the SNS console.",
    )


def _may_be_json(content: Any) -> bool:
    return isinstance(content, dict) or content.lstrip(AROUND).startswith("{")


def _without(value: dict[str, Any], name: str) -> dict[str, Any]:
    rest = value.copy()
    del rest[name]
    return rest


def _wrapped(wrapping: dict[str, Any], name: str, rest: dict[str, Any]) -> dict[str, Any]:
    """Keep what else a wrapping says; the second of a kind gets a number."""
    number = 1
    free = name
    while free in wrapping:
        number += 1
        free = f"{name} {number}"
    return {**wrapping, free: rest}
