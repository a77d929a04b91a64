# SPDX-License-Identifier: MIT
"""Write a notification as Mechanical Turk wrote it, in each of its forms; :mod:`domain.messages.message` reads them.

Sources: for the body of a queue and the mail, messages seen in real traffic; "Amazon SNS message and JSON formats" for
envelopes; "Notification API Reference" 2006-05-05 to 2014-08-15 for REST and SOAP.

Deliberate deviations: the mail comes from its own sender, and not from ``mturk-noreply@amazon.com``: a mail server
that is not Amazon's may not say so, and would be refused. A character that XML cannot hold becomes ``U+FFFD``.
**Assumptions**: the namespace of 2006-05-05 stands in SOAP messages of every version; a ``WorkerId`` stands in the
older forms under the name that it has in JSON.
"""

from __future__ import annotations

import html
import json
import re
import uuid
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from notification_tester.domain.messages.sender import DEPRECATED, NOTIFICATION_SERVICE, legacy_signature
from notification_tester.domain.outgoing import LegacySignature, MadeEvent, MadeNotification, SignatureKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NAMESPACE = "http://requester.mturk.amazonaws.com/doc/2006-05-05"
MAIL_SUBJECT = "Your Event Notification"
MADE_UP_TOPIC = "arn:aws:sns:us-east-1:123456789012:made-up-topic"
"""The topic that an envelope names where it came from none."""

_MAIL_LABELS = {
    "EventType": "Event Type",
    "EventTime": "Event Time",
    "HITTypeId": "HIT Type ID",
    "HITId": "HIT ID",
    "AssignmentId": "Assignment ID",
    "WorkerId": "Worker ID",
}
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BREAKS_LINES = re.compile("[\0-\x1f\x7f\x85\u2028\u2029]+")


def time_text(moment: datetime) -> str:
    """Write a time as every form has it: 2026-01-31T23:59:59Z."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def sqs_body(notification: MadeNotification, *, time_name: str = "EventTimestamp") -> str:
    """Write what a queue holds, and an SNS envelope as a string; one page of the service says ``EventTime``."""
    value: dict[str, Any] = {"EventDocId": notification.doc_id, "EventDocVersion": notification.version}
    if notification.source_account is not None:
        value["SourceAccount"] = notification.source_account
    value["CustomerId"] = notification.customer_id
    value["Events"] = [_fields(event, time_name) for event in notification.events]
    return json.dumps({**value, **notification.extra})


def message_id(notification: MadeNotification) -> str:
    """The id by which SNS knows the message; the same for the same one."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, notification.doc_id))


def sns_envelope(
    message: MadeNotification | str,
    *,
    topic_arn: str,
    now: datetime,
    message_id: str,
    unsubscribe_url: str = "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe",
) -> dict[str, str]:
    """Put a message into what a topic hands to its subscribers. Unsigned: without the three fields of a signature."""
    return {
        "Type": "Notification",
        "MessageId": message_id,
        "TopicArn": topic_arn,
        "Subject": str(int(now.timestamp() * 1000)),  # digits, as captured ones have
        "Message": message if isinstance(message, str) else sqs_body(message),
        "Timestamp": _sns_time(now),
        "UnsubscribeURL": unsubscribe_url,
    }


def subscription_confirmation(
    *, topic_arn: str, now: datetime, message_id: str, token: str, subscribe_url: str
) -> dict[str, str]:
    """Write SNS's question whether the receiver wants the topic's messages; unsigned."""
    return {
        "Type": "SubscriptionConfirmation",
        "MessageId": message_id,
        "Token": token,
        "TopicArn": topic_arn,
        "Message": f"You have chosen to subscribe to the topic {topic_arn}.\n"
        "To confirm the subscription, visit the SubscribeURL included in this message.",
        "SubscribeURL": subscribe_url,
        "Timestamp": _sns_time(now),
    }


def unsubscribe_confirmation(
    *, topic_arn: str, now: datetime, message_id: str, token: str, subscribe_url: str
) -> dict[str, str]:
    """Write SNS's word that the subscription has ended, with the address that renews it; unsigned."""
    return {
        **subscription_confirmation(
            topic_arn=topic_arn, now=now, message_id=message_id, token=token, subscribe_url=subscribe_url
        ),
        "Type": "UnsubscribeConfirmation",
        "Message": f"You have chosen to deactivate subscription {topic_arn}:{message_id}.\n"
        "To cancel this operation and restore the subscription, visit the SubscribeURL included in this message.",
    }


def rest_query(notification: MadeNotification, signature: LegacySignature, now: datetime) -> str:
    """Write the query of the older API's GET; everything but letters, digits and ``-._~`` is percent-encoded."""
    pairs = [("method", "Notify"), *_signed(notification, signature, now)]
    for number, event in enumerate(notification.events, start=1):
        pairs += [(f"Event.{number}.{name}", value) for name, value in _texts(_fields(event, "EventTime"))]
    pairs += _texts(notification.extra)
    return urlencode(pairs, quote_via=quote, safe="", errors="surrogatepass")


def soap_body(notification: MadeNotification, signature: LegacySignature, now: datetime) -> str:
    """Write the envelope that the older API posted."""
    about = "".join(_element(name, value) for name, value in _signed(notification, signature, now))
    events = "".join(
        f"<Event>{''.join(_element(name, value) for name, value in _texts(_fields(event, 'EventTime')))}</Event>"
        for event in notification.events
    )
    more = "".join(_element(name, value) for name, value in _texts(notification.extra))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
        f'<Notify xmlns="{NAMESPACE}">{about}{events}{more}</Notify></soapenv:Body></soapenv:Envelope>'
    )


def mail(
    notification: MadeNotification, to: str, *, is_sandbox: bool, sender: str = "", now: datetime | None = None
) -> EmailMessage:
    """Write the mail, from ``sender``, or from whom it goes to; its lines end as SMTP wants them.

    The same message has the same Message-ID each time. A line break within a value becomes a blank.
    """
    return mail_of(
        mail_text(notification),
        to,
        is_sandbox=is_sandbox,
        sender=sender,
        now=now or datetime.now(tz=UTC),
        doc_id=notification.doc_id,
    )


def mail_text(notification: MadeNotification) -> str:
    """Write what stands in the mail."""
    blocks = []
    for event in notification.events:
        lines = [
            f"    {_MAIL_LABELS.get(name, name)}: {_BREAKS_LINES.sub(' ', value)}"
            for name, value in _texts(_fields(event, "EventTime"))
        ]
        blocks.append("\n".join(lines))
    return "Greetings from Amazon Mechanical Turk,\n\nThe following events occurred:\n\n" + "\n\n".join(blocks) + "\n"


def mail_of(text: str, to: str, *, is_sandbox: bool, sender: str, now: datetime, doc_id: str) -> EmailMessage:
    """Write a mail with any text under the service's own subject."""
    message = EmailMessage(policy=SMTP)
    sender = sender or to
    message["From"] = sender
    message["To"] = to
    message["Subject"] = f"SANDBOX: {MAIL_SUBJECT}" if is_sandbox else MAIL_SUBJECT
    message["Date"] = now
    message["Message-ID"] = f"<{doc_id}@{sender.rpartition('@')[2]}>"
    message.set_content(text.encode("utf-8", "replace").decode("utf-8"))
    return message


def _fields(event: MadeEvent, time_name: str) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "EventType": event.event_type,
        time_name: time_text(event.at),
        "HITTypeId": event.hit_type_id,
        "HITId": event.hit_id,
    }
    if event.assignment_id is not None:
        fields["AssignmentId"] = event.assignment_id
    if event.worker_id is not None:
        fields["WorkerId"] = event.worker_id
    return {**fields, **event.extra}


def _signed(notification: MadeNotification, signature: LegacySignature, now: datetime) -> list[tuple[str, str]]:
    timestamp = time_text(now)
    rest = [("Timestamp", timestamp), ("Version", notification.version)]
    match signature.kind:
        case SignatureKind.NONE:
            return rest
        case SignatureKind.DEPRECATED:
            return [("Signature", DEPRECATED), *rest]
        case SignatureKind.RIGHT:
            secret = signature.secret
        case SignatureKind.WRONG:
            secret = f"not {signature.secret}"
    signed = legacy_signature(secret, service=NOTIFICATION_SERVICE, operation="Notify", timestamp=timestamp)
    return [("Signature", signed), *rest]


def _texts(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The fields with texts as values: what is something else is written as JSON."""
    for name, value in fields.items():
        yield name, value if isinstance(value, str) else json.dumps(value)


def _element(name: str, value: str) -> str:
    text = html.escape(_NOT_IN_XML.sub("\ufffd", value), quote=False).replace("\r", "&#13;")
    return f"<{name}>{text}</{name}>"


def _sns_time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"
