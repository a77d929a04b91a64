# SPDX-License-Identifier: MIT
"""What became of the older API: what it had, and what stands for it today.

Sources: the legacy pages "SetHITTypeNotification", "SendTestEventNotification", "Notification" and "Notification API
Reference" of the versions 2006-05-05 to 2014-08-15; the service model ``mturk-requester/2017-01-17`` and the pages of
its two operations. What none of them says is called unknown here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

SHUT_ON = date(2019, 6, 1)
"""The day on which Amazon shut the older API."""

CLOSING_ANNOUNCED_FOR = date(2026, 9, 30)
"""The day for which AWS's pages announced the end of Mechanical Turk itself."""


@dataclass(frozen=True, kw_only=True)
class Successor:
    """One thing of the older API: its name there, what it was, and what stands for it today; plain sentences."""

    name: str
    had: str
    today: str

    @property
    def sentence(self) -> str:
        """Name, and what stands for it, in a line."""
        return f"{self.name}: {self.today}"


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """What belongs together, under a title."""

    title: str
    rows: tuple[Successor, ...]


OPERATIONS = {
    "SetHITTypeNotification": Successor(
        name="SetHITTypeNotification",
        had="Made, replaced, or switched on and off the notification of a HIT type. One of Notification and Active was "
        "needed; Active left out stayed as it was; it took up to five minutes to take effect.",
        today="UpdateNotificationSettings does the same with the same three words. Whether it still takes up to five "
        "minutes, its page does not say.",
    ),
    "SendTestEventNotification": Successor(
        name="SendTestEventNotification",
        had="Sent a test at once, always with a Ping in it, and with nothing else where TestEventType was left out. It "
        "waited for a web receiver and returned what that had answered.",
        today="It keeps its name. TestEventType is required, nothing is waited for, and its empty answer says only "
        "that the test was accepted. Sending from this computer waits for a web receiver, as it used to be.",
    ),
}
"""By the name that it had."""

TRANSPORTS = {
    "Email": Successor(
        name="Email",
        had="A plain text to an e-mail address, in every version.",
        today="It is still on the list of Amazon's SDKs and missing in the API reference; it was last seen working in "
        "2017.",
    ),
    "REST": Successor(
        name="REST",
        had="A GET to a web address, with the events in its query, signed with your secret key. The page of "
        "2014-08-15 no longer listed it.",
        today="It has no successor at Mechanical Turk. The nearest is a topic (SNS) with an HTTPS subscription; this "
        "computer can send the old form itself.",
    ),
    "SOAP": Successor(
        name="SOAP",
        had="A POST of an envelope in XML to a web address, signed like REST. The page of 2014-08-15 no longer listed "
        "it.",
        today="It has no successor at Mechanical Turk. The nearest is a topic (SNS) with an HTTPS subscription; this "
        "computer can send the old form itself.",
    ),
    "SQS": Successor(
        name="SQS",
        had="A queue, with the version 2014-08-15.",
        today="It is the same: a queue's URL, and a policy of the queue that lets Mechanical Turk in.",
    ),
    "SNS": Successor(
        name="SNS",
        had="The older API had no topics.",
        today="A topic's ARN, and a policy of the topic that lets Mechanical Turk in.",
    ),
}
"""By the word that stood in Transport."""

_STRUCTURE = (
    Successor(
        name="EventType",
        had="Repeated, once for each event: AssignmentAccepted, AssignmentAbandoned, AssignmentReturned, "
        "AssignmentSubmitted, HITReviewable and HITExpired; Ping in tests.",
        today="The list EventTypes. AssignmentApproved, AssignmentRejected, HITCreated, HITExtended and HITDisposed "
        "came later. Ping is for tests only.",
    ),
    Successor(
        name="Version",
        had="The form of the messages: 2006-05-05, 2006-08-23, 2006-10-31 or 2014-08-15. Only REST and SOAP needed it.",
        today="Always required. Amazon's pages name 2006-05-05 and 2014-08-15, and both are in use.",
    ),
    Successor(
        name="Active",
        had="A new specification began switched off, so Active was sent with it. Active alone worked only where a "
        "specification was set.",
        today="The page of UpdateNotificationSettings does not say how a new specification begins; this program sends "
        "Active along.",
    ),
)

_MESSAGES = (
    Successor(
        name="Signature of a message",
        had="HMAC-SHA1 with the secret key in force when the notification was set; from September 2012 the word "
        "DEPRECATED in its place.",
        today="None in the message itself. In a queue the attribute SenderId tells who sent it; what comes through a "
        "topic has the signature of SNS.",
    ),
    Successor(
        name="Delivery",
        had="Once, without a second try, to the ports 80 and 443 only.",
        today="How often Mechanical Turk tries is not known. The same message may come twice, and messages in any "
        "order; EventDocId tells which are the same.",
    ),
)

_REQUESTS = (
    Successor(
        name="A request",
        had="A GET or a form with AWSAccessKeyId, Timestamp and a Signature: HMAC-SHA1 of service, operation and time.",
        today="A POST of JSON, signed with Signature Version 4. The SDKs and the AWS CLI do that.",
    ),
    Successor(
        name="An answer",
        had="XML: IsValid, or Errors with a Code and a Message.",
        today="Empty JSON where it was accepted, or an error with a type and a message.",
    ),
)

CHAPTERS = (
    Chapter(title="Operations", rows=tuple(OPERATIONS.values())),
    Chapter(title="Transports", rows=tuple(TRANSPORTS.values())),
    Chapter(title="The specification", rows=_STRUCTURE),
    Chapter(title="Messages", rows=_MESSAGES),
    Chapter(title="Requests and answers", rows=_REQUESTS),
)
"""Everything that is known, in the order in which it is read."""


def in_words(day: date) -> str:
    """A day as the texts have it, for example 1 June 2019."""
    return f"{day.day} {day:%B %Y}"


def became(operation: str, transport: str) -> str:
    """What became of the two, in one paragraph; of neither where the names are unknown."""
    parts = [found.sentence for found in (OPERATIONS.get(operation), TRANSPORTS.get(transport)) if found is not None]
    return " ".join((f"The older API was shut on {in_words(SHUT_ON)}.", *parts))
