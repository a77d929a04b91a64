# SPDX-License-Identifier: MIT
"""The events that Mechanical Turk can tell about.

Source: the ``EventType`` shape of the service model ``mturk-requester/2017-01-17`` and the API reference
"Notification" data structure. ``Ping`` is accepted by SendTestEventNotification alone.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from notification_tester.domain.problem import input_problem

if TYPE_CHECKING:
    from collections.abc import Iterable


TEST_HIT_ID = "12345678901234567890"
TEST_HIT_TYPE_ID = "09876543210987654321"
TEST_ASSIGNMENT_IDS = ("1234567890123456789012345678901234567890", "1234567890123456789012345678900987654321")
"""The made-up ids of test events, seen in captures years apart. They are how a test is told from a real event."""


class Group(StrEnum):
    """What an event is about; decides whether a message names an assignment."""

    ASSIGNMENT = "assignment"
    HIT = "hit"
    TEST = "test"


class EventType(StrEnum):
    """An event type under the service's own name."""

    ASSIGNMENT_ACCEPTED = "AssignmentAccepted"
    ASSIGNMENT_SUBMITTED = "AssignmentSubmitted"
    ASSIGNMENT_ABANDONED = "AssignmentAbandoned"
    ASSIGNMENT_RETURNED = "AssignmentReturned"
    ASSIGNMENT_APPROVED = "AssignmentApproved"
    ASSIGNMENT_REJECTED = "AssignmentRejected"
    HIT_CREATED = "HITCreated"
    HIT_EXTENDED = "HITExtended"
    HIT_REVIEWABLE = "HITReviewable"
    HIT_EXPIRED = "HITExpired"
    HIT_DISPOSED = "HITDisposed"
    PING = "Ping"

    @property
    def group(self) -> Group:
        """What the event is about."""
        return _ABOUT[self].group

    @property
    def label(self) -> str:
        """One or two words, as on a check box under the group's heading."""
        return _ABOUT[self].label

    @property
    def words(self) -> str:
        """Readable without a heading: "Assignment submitted", "HIT reviewable"."""
        group = {Group.ASSIGNMENT: "Assignment ", Group.HIT: "HIT ", Group.TEST: ""}[self.group]
        return f"{group}{self.label.lower() if group else self.label}"

    @property
    def meaning(self) -> str:
        """A plain sentence without a full stop."""
        return _ABOUT[self].meaning

    @property
    def is_test_only(self) -> bool:
        """Whether it can be sent as a test but never subscribed to."""
        return self.group is Group.TEST


class _About(NamedTuple):
    group: Group
    label: str
    meaning: str


_ABOUT = {
    EventType.ASSIGNMENT_ACCEPTED: _About(Group.ASSIGNMENT, "Accepted", "a worker took the HIT"),
    EventType.ASSIGNMENT_SUBMITTED: _About(Group.ASSIGNMENT, "Submitted", "a worker handed in work"),
    EventType.ASSIGNMENT_ABANDONED: _About(Group.ASSIGNMENT, "Abandoned", "the worker's time ran out"),
    EventType.ASSIGNMENT_RETURNED: _About(Group.ASSIGNMENT, "Returned", "the worker gave it back"),
    EventType.ASSIGNMENT_APPROVED: _About(Group.ASSIGNMENT, "Approved", "you accepted the work"),
    EventType.ASSIGNMENT_REJECTED: _About(Group.ASSIGNMENT, "Rejected", "you refused the work"),
    EventType.HIT_CREATED: _About(Group.HIT, "Created", "a new HIT of the type exists"),
    EventType.HIT_EXTENDED: _About(Group.HIT, "Extended", "assignments or time were added"),
    EventType.HIT_REVIEWABLE: _About(Group.HIT, "Reviewable", "all work is in, or the time is over"),
    EventType.HIT_EXPIRED: _About(Group.HIT, "Expired", "its lifetime ended"),
    EventType.HIT_DISPOSED: _About(Group.HIT, "Disposed", "the HIT was deleted"),
    EventType.PING: _About(Group.TEST, "Ping", "only a sign of life, for tests"),
}

SUBSCRIBABLE = tuple(event for event in EventType if not event.is_test_only)
"""What a notification specification may list, in the order in which it is shown."""


def parse_event(text: str) -> EventType:
    """Read one event name; spaces around it and its case are forgiven.

    Raises ProblemError naming the closest known event.
    """
    wanted = text.strip().strip("\"'")
    for event in EventType:
        if event.value.casefold() == wanted.casefold():
            return event
    import difflib

    close = difflib.get_close_matches(wanted, [event.value for event in EventType], n=1)
    hint = f"Did you mean {close[0]}?" if close else f"The names are {', '.join(event.value for event in EventType)}."
    raise input_problem(
        "event.unknown",
        title="There is no such event.",
        detail=f"Mechanical Turk knows no event “{wanted[:60]}”.",
        remedy=hint,
    )


def parse_events(names: Iterable[str]) -> tuple[EventType, ...]:
    """Read several names; repeated ones count once, the service's own order is kept. Raises ProblemError."""
    chosen = {parse_event(name) for name in names if name.strip()}
    return tuple(event for event in EventType if event in chosen)
