# SPDX-License-Identifier: MIT
"""What the inbox keeps of a message that was seen: the message as it came, and a row for each event in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from notification_tester.domain.messages.sender import NO_SIGNATURE, Sender, SignatureState, SignatureVerdict
from notification_tester.storage.queries import PageQuery

if TYPE_CHECKING:
    from datetime import datetime

    from notification_tester.domain.messages.decoded import DecodedMessage


@dataclass(frozen=True, kw_only=True, slots=True)
class InboxMessage:
    """One message as it was seen. ``seen_at`` is this computer's clock, ``sent_at`` the queue's; both have a zone.

    ``number`` counts the messages of an inbox from 1, and is 0 before it was kept; ``duplicate_of`` is the number of
    the first message with the same EventDocId. ``receive_count`` is how often anybody had received it, ours included.
    ``is_pasted``: the text was given by a person, and may have anything around what it says.
    """

    message_id: str
    seen_at: datetime
    sent_at: datetime
    decoded: DecodedMessage
    raw: str
    sender_id: str = ""
    sender: Sender = Sender.UNKNOWN
    signature: SignatureVerdict = NO_SIGNATURE
    receive_count: int = 0
    is_pasted: bool = False
    number: int = 0
    duplicate_of: int | None = None

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it and an export holds it: exact, with nothing left out."""
        return {
            "number": self.number,
            "message_id": self.message_id,
            "seen_at": self.seen_at.isoformat(timespec="milliseconds"),
            "sent_at": self.sent_at.isoformat(timespec="milliseconds"),
            "is_test": self.decoded.is_test,
            "duplicate_of": self.duplicate_of,
            "sender": self.sender.value,
            "sender_id": self.sender_id,
            "signature": self.signature.state.value,
            "signature_because": self.signature.because,
            "receive_count": self.receive_count,
            "message": self.decoded.as_json(),
            "raw": self.raw,
        }


class InboxRow(NamedTuple):
    """One event as the list shows it; a message without events has one row, with ``event_type`` empty.

    ``place`` of ``events`` tells which event of the message it is, from 1. ``seen_at`` is UTC, ISO 8601, with a Z, and
    ``at`` the moment by which the event is placed in time, in milliseconds since 1970. ``title`` is that of the HIT
    type, empty where it is not known. ``under`` is the ``id`` of the same event in the first message with its
    EventDocId, and ``copies`` how many such there are of the first. ``id`` falls from top to bottom of a list: where a
    copy is shown below its first it is a little less than that one's, and no whole number.
    """

    id: float
    message: int
    place: int
    events: int
    event_type: str
    event_timestamp: str
    at: int
    hit_type_id: str
    title: str
    hit_id: str
    assignment_id: str
    worker_id: str
    under: int | None
    copies: int
    seen_at: str
    is_test: bool
    duplicate_of: int | None
    problem_title: str
    sender: Sender
    signature: SignatureState


@dataclass(frozen=True, kw_only=True)
class InboxQuery(PageQuery):
    """Which events. A word may occur in the event, in its HIT type's title, or in what its message says of itself.

    No ``events`` and an empty ``hit_type`` mean all. ``since`` and ``until`` bound the events' own time, in
    milliseconds since 1970, the second one left out. ``is_folded`` leaves out copies of what is there already.
    ``after`` asks for rows newer than that id, oldest first, and then for copies too.
    """

    events: frozenset[str] = frozenset()
    hit_type: str = ""
    since: int | None = None
    until: int | None = None
    is_folded: bool = False
    after: float | None = None

    @property
    def is_narrow(self) -> bool:
        """Whether anything is left out."""
        return super().is_narrow or bool(self.events or self.hit_type) or self.since is not None


class Funnel(NamedTuple):
    """How many assignments of a HIT type were told of in each way; tests and copies aside."""

    hit_type_id: str
    title: str
    accepted: int
    submitted: int
    approved: int
    rejected: int
    given_up: int  # returned or abandoned


class Overview(NamedTuple):
    """What a list looks like from afar, copies aside.

    ``bars`` are counts of ``step`` milliseconds each, the first from ``begin`` (since 1970). ``kinds`` are counts by
    event, in the order of their names. Each part takes the query without its own share: bars without the time, and
    kinds without the events that were chosen.
    """

    begin: int
    step: int
    bars: tuple[int, ...]
    kinds: dict[str, int]
    funnels: tuple[Funnel, ...]


EMPTY = Overview(begin=0, step=1000, bars=(), kinds={}, funnels=())
