# SPDX-License-Identifier: MIT
"""What is sent from this computer in Mechanical Turk's place: the events, their form, and where they go.

Sources: two captured tests, years apart, which carry two events with made-up ids; the legacy page of
SendTestEventNotification, by which a ``Ping`` is always in a test, and alone where no event was named.
**Assumptions**, as nobody has published one: a test of an event about a HIT, or of Ping, is one event with the same ids
and without an AssignmentId; in a legacy test the Ping stands behind the event that was asked for.
"""

from __future__ import annotations

import hashlib
import secrets
import string
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from notification_tester.domain.destination import (
    EmailAddress,
    QueueAddress,
    TopicAddress,
    Transport,
    guess_transport,
    is_console_page,
    likely,
    parse_destination,
)
from notification_tester.domain.events import TEST_ASSIGNMENT_IDS, TEST_HIT_ID, TEST_HIT_TYPE_ID, EventType, Group
from notification_tester.domain.pasted_text import cleaned
from notification_tester.domain.problem import input_problem
from notification_tester.domain.web_address import WebAddress, parse_web_address

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping, Sequence

Target = QueueAddress | TopicAddress | EmailAddress | WebAddress

MADE_UP = "MADEUP"
"""What is in every id that is made up here."""
MADE_UP_CUSTOMER = "AMADEUPREQUEST"
"""The requester whom no message names that is sent from here; real ones have an A and 12 to 20 characters, too."""
MADE_UP_ACCOUNT = "123456789012"
"""The AWS account of Amazon's own examples."""


class DeliveryForm(StrEnum):
    """In which form a message goes out."""

    SQS = "sqs"  # to a queue
    SNS = "sns"  # published to a topic; to a web receiver, as a topic's HTTPS subscription delivers it
    REST = "rest"  # the older API's GET, to a web receiver
    SOAP = "soap"  # the older API's POST, to a web receiver
    EMAIL = "email"

    @classmethod
    def of(cls, transport: Transport) -> DeliveryForm:
        """The form in which Mechanical Turk itself sends through a transport."""
        return _OF_TRANSPORTS[transport]

    @property
    def transport(self) -> Transport | None:
        """The other way round; None where only the older API had the form."""
        return next((transport for transport, form in _OF_TRANSPORTS.items() if form is self), None)

    @property
    def is_legacy(self) -> bool:
        """Whether only the older API knew it; then a Ping is in every test, and a secret signs."""
        return self in {DeliveryForm.REST, DeliveryForm.SOAP}


_OF_TRANSPORTS = {
    Transport.EMAIL: DeliveryForm.EMAIL,
    Transport.SQS: DeliveryForm.SQS,
    Transport.SNS: DeliveryForm.SNS,
}


class SignatureKind(StrEnum):
    """How a message is signed."""

    RIGHT = "right"
    WRONG = "wrong"  # on purpose
    DEPRECATED = "deprecated"  # the word that the older API wrote in its place from September 2012 on
    NONE = "none"  # the form has no signature, or it was left out


@dataclass(frozen=True, kw_only=True)
class LegacySignature:
    """How the older API's forms are signed; ``secret`` is never shown, and needed for a right signature."""

    kind: SignatureKind
    secret: str = field(default="", repr=False)


DEPRECATED = LegacySignature(kind=SignatureKind.DEPRECATED)


@dataclass(frozen=True, kw_only=True)
class MadeEvent:
    """One event to be sent. ``event_type`` may be no known one; ``at`` has a zone; ``extra`` are further fields."""

    event_type: str
    hit_type_id: str
    hit_id: str
    assignment_id: str | None = None
    worker_id: str | None = None
    at: datetime
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class MadeNotification:
    """One message to be sent. ``doc_id`` has 40 hex digits; ``extra`` are further fields, of JSON's kinds."""

    events: tuple[MadeEvent, ...]
    version: str
    doc_id: str
    customer_id: str = MADE_UP_CUSTOMER
    source_account: str | None = MADE_UP_ACCOUNT
    extra: Mapping[str, Any] = field(default_factory=dict)
    has_real_ids: bool = False
    """Whether a HIT type, HIT, assignment or worker in it was chosen, and may be one that exists: a receiver may pay
    for it, or reject it."""

    def another(self, events: tuple[MadeEvent, ...], *, number: int) -> MadeNotification:
        """A message of its own, with other events; the same ``number`` gives the same id each time."""
        doc_id = hashlib.sha256(f"{self.doc_id} {number}".encode()).hexdigest()[:40]
        return replace(self, events=events, doc_id=doc_id)


def parse_target(text: str, form: DeliveryForm) -> Target:
    """Read where a message of this form is to go.

    A queue takes SQS, a mailbox mail, a web receiver REST and SOAP, and SNS goes to a topic or a web receiver. Raises
    ProblemError.
    """
    match form:
        case DeliveryForm.SQS:
            return parse_destination(Transport.SQS, text)
        case DeliveryForm.EMAIL:
            return parse_destination(Transport.EMAIL, text)
    address = cleaned(text)
    is_topic = guess_transport(address) is Transport.SNS
    if form is DeliveryForm.SNS and (is_topic or (address and ":" not in address)):
        return parse_destination(Transport.SNS, text)
    return parse_receiver(text, form)


def parse_receiver(text: str, form: DeliveryForm) -> WebAddress:
    """Read the address of a web receiver that gets a message of this form. Raises ProblemError.

    What Amazon has at an address of the web is none: neither a queue nor a page of the console.
    """
    address = cleaned(text)
    transport = guess_transport(address)
    if is_console_page(address):
        meant = likely(text)
        raise input_problem(
            "web-address.console",
            title="This is a page of Amazon's console.",
            detail="A web receiver is a program that waits for messages, and the console takes none.",
            remedy="Give the address of your web receiver"
            + ("." if meant is None else f", or send to what the page shows: {meant.text}"),
        )
    wrong = {Transport.SQS: "a queue", Transport.SNS: "a topic", Transport.EMAIL: "an e-mail address"}
    is_queue_elsewhere = transport is Transport.SQS and "amazonaws." not in address.casefold()
    if transport is not None and not is_queue_elsewhere:
        raise input_problem(
            "destination.wrong-kind",
            title=f"This is {wrong[transport]}, and the message is for a web receiver.",
            detail=f"{form.value.upper()} goes to a web address, which begins with https:// or http://"
            + (", or to a topic." if form is DeliveryForm.SNS else "."),
            remedy="Give the address of your web receiver, or choose another way to send.",
        )
    return parse_web_address(text)


def service_test(
    event: EventType | None, version: str, now: datetime, *, form: DeliveryForm = DeliveryForm.SQS
) -> MadeNotification:
    """Make the service's own test: made-up events of one type, with the ids by which a test is known.

    A legacy ``form`` has a Ping in it as well; without an event there is the Ping alone.
    """
    moment = now.astimezone(UTC).replace(microsecond=0)
    about = MadeEvent(event_type=EventType.PING, hit_type_id=TEST_HIT_TYPE_ID, hit_id=TEST_HIT_ID, at=moment)
    events: list[MadeEvent] = []
    if event is not None and event is not EventType.PING:
        asked = replace(about, event_type=event.value)
        if event.group is Group.ASSIGNMENT:
            events = [replace(asked, assignment_id=one) for one in TEST_ASSIGNMENT_IDS]
        else:
            events = [asked]
    if not events or form.is_legacy:
        events.append(about)
    return MadeNotification(events=tuple(events), version=version, doc_id=secrets.token_hex(20))


def real_looking(
    events: Sequence[EventType],
    version: str,
    *,
    hit_types: Sequence[str] = (),
    hits: Sequence[str] = (),
    assignments: Sequence[str] = (),
    workers: Sequence[str] = (),
    now: datetime,
    chance: random.Random,
) -> MadeNotification:
    """Make a message whose events look as if they had happened, one second after the other, the last one now.

    Ids that are not given are made up, and say so: ``MADEUP`` is in them. Events of different types are about the same
    HIT and assignment, a second one of a type about the next.
    """
    moment = now.astimezone(UTC).replace(microsecond=0)
    types, of_hits = _Ids(hit_types, "3", 30, chance), _Ids(hits, "3", 30, chance)
    of_assignments, of_workers = _Ids(assignments, "3", 30, chance), _Ids(workers, "A", 14, chance)
    seen: dict[EventType, int] = {}
    made = []
    for number, event in enumerate(events):
        turn = seen[event] = seen.get(event, -1) + 1
        is_about_assignment = event.group is Group.ASSIGNMENT
        made.append(
            MadeEvent(
                event_type=event.value,
                hit_type_id=types.one(turn if hit_types else 0),
                hit_id=of_hits.one(turn),
                assignment_id=of_assignments.one(turn) if is_about_assignment else None,
                worker_id=of_workers.one(turn) if is_about_assignment else None,
                at=moment - timedelta(seconds=len(events) - 1 - number),
            )
        )
    return MadeNotification(
        events=tuple(made),
        version=version,
        doc_id="".join(chance.choices("0123456789abcdef", k=40)),
        has_real_ids=any((hit_types, hits, assignments, workers)),
    )


class _Ids:
    """Ids of one kind: those that were given, again and again, or made-up ones of a length."""

    def __init__(self, given: Sequence[str], first: str, length: int, chance: random.Random) -> None:
        self._values = list(given)
        self._is_given = bool(given)
        self._beginning = f"{first}{MADE_UP}"
        self._length = length
        self._chance = chance

    def one(self, number: int) -> str:
        while not self._is_given and len(self._values) <= number:
            rest = self._chance.choices(string.ascii_uppercase + string.digits, k=self._length - len(self._beginning))
            self._values.append(self._beginning + "".join(rest))
        return self._values[number % len(self._values)]
