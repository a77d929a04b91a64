# SPDX-License-Identifier: MIT
"""One message, ready to be carried, and what writes it in the form in which it goes to its place.

Source: the headers of SNS's calls are those of "HTTP/HTTPS headers" and "Raw message delivery" (SNS developer guide).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from notification_tester.domain.destination import TopicAddress
from notification_tester.domain.events import TEST_ASSIGNMENT_IDS, TEST_HIT_ID, EventType
from notification_tester.domain.messages import writing
from notification_tester.domain.outgoing import DeliveryForm, SignatureKind
from notification_tester.domain.web_address import WebAddress

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from notification_tester.domain.outgoing import LegacySignature, MadeEvent, MadeNotification, Target

SNS_AGENT = "Amazon Simple Notification Service Agent"
LARGEST = {
    DeliveryForm.SQS: 1_048_576,
    DeliveryForm.SNS: 262_144,
    DeliveryForm.REST: 8_000,
    DeliveryForm.SOAP: 262_144,
    DeliveryForm.EMAIL: 262_144,
}
"""Bytes of the largest message where the destination does not tell: what SQS (since 2025) and SNS carry; for the query
of a GET what common web servers take of one line; for the others no limit is known."""


class Expectation(StrEnum):
    """What a well-made web receiver answers."""

    TAKES = "takes"  # 2xx
    REFUSES = "refuses"  # 4xx
    ANSWERS = "answers"  # either of them, and no failure of its own

    def fits(self, status: int) -> bool:
        """Whether a status is as expected."""
        takes, refuses = 200 <= status < 300, 400 <= status < 500
        return {"takes": takes, "refuses": refuses, "answers": takes or refuses}[self.value]

    @property
    def status_words(self) -> str:
        """Which status it is, as the end of a sentence."""
        return {
            "takes": "a status from 200 to 299",
            "refuses": "a status from 400 to 499",
            "answers": "a status from 200 to 299, or from 400 to 499",
        }[self.value]


@dataclass(frozen=True, kw_only=True)
class Draft:
    """One message, ready to be carried.

    ``body`` is what a queue or a topic is handed, what is posted, or a whole mail with lines that end in CR LF; empty
    for a GET, which has ``query`` instead. ``envelope`` is there where a web receiver is to be handed SNS's: it is
    signed as ``signature`` says and posted as JSON, and ``body`` is then its Message alone. The two legacy forms are
    signed already.
    """

    form: DeliveryForm
    what: str
    """What it is, in a sentence for its row."""
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    query: str = field(default="", repr=False)
    envelope: Mapping[str, str] | None = None
    signature: SignatureKind = SignatureKind.NONE
    expects: Expectation = Expectation.TAKES
    doc_id: str = ""
    """The ``EventDocId`` by which it is found again; empty where it has none."""


@dataclass(frozen=True, kw_only=True)
class Writer:
    """Writes messages of one form, for one place."""

    notification: MadeNotification
    target: Target
    form: DeliveryForm
    now: datetime
    largest: int
    signature: LegacySignature
    is_sandbox: bool
    mail_from: str

    @property
    def is_web(self) -> bool:
        """Whether it goes to a web receiver."""
        return isinstance(self.target, WebAddress)

    @property
    def topic_arn(self) -> str:
        """The topic that an envelope names; a made-up one where none is written to."""
        return self.target.text if isinstance(self.target, TopicAddress) else writing.MADE_UP_TOPIC

    def draft(
        self,
        notification: MadeNotification,
        what: str,
        *,
        expects: Expectation = Expectation.TAKES,
        wrong: bool = False,
        time_name: str = "EventTimestamp",
    ) -> Draft:
        """Write a notification."""
        signature = replace(self.signature, kind=SignatureKind.WRONG) if wrong else self.signature
        if self.form.is_legacy and signature.kind is SignatureKind.WRONG and expects is Expectation.TAKES:
            expects = Expectation.REFUSES
        about = Draft(form=self.form, what=what, expects=expects)
        match self.form:
            case DeliveryForm.REST:
                query = writing.rest_query(notification, signature, self.now)
                return replace(about, query=query, signature=signature.kind)
            case DeliveryForm.SOAP:
                body = writing.soap_body(notification, signature, self.now).encode()
                return replace(about, body=body, headers=SOAP_HEADERS, signature=signature.kind)
            case DeliveryForm.EMAIL:
                mail = writing.mail(
                    notification,
                    self.target.text,
                    is_sandbox=self.is_sandbox,
                    sender=self.mail_from,
                    now=self.now,
                )
                return replace(about, body=mail.as_bytes())
        text = writing.sqs_body(notification, time_name=time_name)
        return replace(self.text(text, notification, about, wrong=wrong), doc_id=notification.doc_id)

    def text(self, text: str, notification: MadeNotification, about: Draft, *, wrong: bool = False) -> Draft:
        """Put any text into a queue's body or an envelope."""
        if self.form is DeliveryForm.SQS or not self.is_web:
            return replace(about, body=text.encode())
        envelope = writing.sns_envelope(
            text, topic_arn=self.topic_arn, now=self.now, message_id=writing.message_id(notification)
        )
        return replace(self.enveloped(envelope, about, wrong=wrong), body=text.encode())

    def enveloped(self, envelope: dict[str, str], about: Draft, *, wrong: bool = False) -> Draft:
        """An envelope for a web receiver."""
        return replace(
            about,
            envelope=envelope,
            headers=sns_headers(envelope),
            signature=SignatureKind.WRONG if wrong else SignatureKind.RIGHT,
        )

    def two_of_one_assignment(self) -> tuple[MadeEvent, MadeEvent]:
        """A worker took the HIT, and handed in work a second later: about the first event's HIT."""
        first = self.notification.events[0]
        made_up = TEST_ASSIGNMENT_IDS[0] if first.hit_id == TEST_HIT_ID else "3MADEUP00000000000000000000000"
        assignment_id = next(
            (event.assignment_id for event in self.notification.events if event.assignment_id), made_up
        )
        accepted = replace(
            first,
            event_type=EventType.ASSIGNMENT_ACCEPTED.value,
            assignment_id=assignment_id,
            at=first.at - timedelta(seconds=1),
        )
        return accepted, replace(accepted, event_type=EventType.ASSIGNMENT_SUBMITTED.value, at=first.at)

    def about_hit(self, event: EventType) -> MadeEvent:
        """An event about the first event's HIT, which names no assignment."""
        return replace(self.notification.events[0], event_type=event.value, assignment_id=None, worker_id=None)

    def with_events(self, *events: MadeEvent, number: int = 0) -> MadeNotification:
        """The message with other events; one with a number is a message of its own."""
        if number:
            return self.notification.another(events, number=number)
        return replace(self.notification, events=events)


SOAP_HEADERS = MappingProxyType({"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'})


def sns_headers(envelope: Mapping[str, str], *, is_raw: bool = False) -> Mapping[str, str]:
    """What SNS puts above the call with this envelope; ``is_raw``: the call has the message alone."""
    headers = {
        "Content-Type": "text/plain; charset=UTF-8",
        "User-Agent": SNS_AGENT,
        "x-amz-sns-message-type": envelope["Type"],
        "x-amz-sns-message-id": envelope["MessageId"],
        "x-amz-sns-topic-arn": envelope["TopicArn"],
    }
    if envelope["Type"] == "Notification":
        headers["x-amz-sns-subscription-arn"] = f"{envelope['TopicArn']}:{envelope['MessageId']}"
    if is_raw:
        headers["x-amz-sns-rawdelivery"] = "true"
    return headers
