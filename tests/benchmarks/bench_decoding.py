# SPDX-License-Identifier: MIT
"""Decoding a message against ``json.loads`` of the same bytes, once."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.measure import Row, in_turn
from notification_tester.domain.messages.message import Format, decode

GOAL = 4.0
_BATCH = 200
_REPEATS = 41


def body(count: int) -> dict[str, Any]:
    """Make a notification of ``count`` events as the service words it."""
    return {
        "EventDocVersion": "2014-08-15",
        "EventDocId": "0123456789abcdef0123456789abcdef01234567",
        "CustomerId": "A1B2C3D4E5F6G7",
        "SourceAccount": "123456789012",
        "Events": [
            {
                "EventType": "AssignmentSubmitted",
                "EventTimestamp": "2026-01-31T23:59:59Z",
                "HITTypeId": f"3TYPE{number:025}",
                "HITId": f"3HIT{number:026}",
                "AssignmentId": f"3ASSIGNMENT{number:019}",
            }
            for number in range(count)
        ],
    }


def envelope(count: int) -> dict[str, Any]:
    """Wrap such a notification as SNS does."""
    return {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": "arn:aws:sns:us-east-1:123456789012:my-topic",
        "Subject": "1769903999000",
        "Message": json.dumps(body(count)),
        "Timestamp": "2026-01-31T23:59:59.123Z",
        "SignatureVersion": "1",
        "Signature": "EXAMPLE" * 48,
        "SigningCertURL": "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-example.pem",
        "UnsubscribeURL": "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=example",
    }


def rows(*, repeats: int = _REPEATS) -> list[Row]:
    """Measure bodies and envelopes of 1, 2 and 12 events, as bytes and as text."""
    found = []
    for kind, make, format_ in (("SQS body", body, Format.SQS), ("SNS envelope", envelope, Format.SNS)):
        for count in (1, 2, 12):
            text = json.dumps(make(count))
            for what, raw in (("bytes", text.encode()), ("text", text)):
                found.append(
                    _row(f"decode {kind}, {count} events, {what}", raw, format_=format_, count=count, repeats=repeats)
                )
    return found


def _row(what: str, raw: str | bytes, *, format_: Format, count: int, repeats: int) -> Row:
    message = decode(raw)
    if message.format is not format_ or len(message.events) != count or message.problem:
        raise AssertionError(f"{what}: read wrongly as {message}")

    def ours() -> None:
        for _ in range(_BATCH):
            decode(raw)

    def reference() -> None:
        for _ in range(_BATCH):
            json.loads(raw)

    taken, bare = in_turn(ours, reference, repeats=repeats)
    return Row(what=what, ours=taken / _BATCH, reference=bare / _BATCH, goal=GOAL)
