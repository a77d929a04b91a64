# SPDX-License-Identifier: MIT
"""One HIT and one HIT type as the practice Mechanical Turk holds them, small enough to have a hundred thousand.

What the HITs of a type share is written as JSON once; a HIT adds a few numbers to it when it is listed.
Followed: the data structure "HIT" of the API reference. Its three numbers of assignments leave out what waits for the
requester's decision, so that one is counted here beside them.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_LETTERS = bytes(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[number % 36] for number in range(256))
_THIRTY_DAYS = 2_592_000  # in seconds; the default of AutoApprovalDelayInSeconds in the API reference
HIT_TYPE_MEMBERS = (
    "Title",
    "Description",
    "Keywords",
    "Reward",
    "AssignmentDurationInSeconds",
    "AutoApprovalDelayInSeconds",
    "QualificationRequirements",
)


def entity_id() -> str:
    """Make up an id in the service's form: thirty capital letters and digits that begin with 3."""
    return "3" + letters(29)


def worker_id() -> str:
    """Make up a worker's id in the service's form: fourteen capital letters and digits that begin with A."""
    return "A" + letters(13)


def letters(count: int) -> str:
    """Draw capital letters and digits; they need not be evenly spread."""
    return os.urandom(count).translate(_LETTERS).decode()


def type_properties(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Take out of a call what belongs to the HIT type, with the default that the service puts in."""
    kept = {name: properties[name] for name in HIT_TYPE_MEMBERS if properties.get(name) is not None}
    kept.setdefault("AutoApprovalDelayInSeconds", _THIRTY_DAYS)
    return kept


class HitType:
    """A HIT type and its HITs, the newest last; disposed ones are not among them."""

    __slots__ = ("group_id", "hit_type_id", "hits", "shared_json")

    def __init__(self, properties: Mapping[str, Any]) -> None:
        self.hit_type_id = entity_id()
        self.group_id = entity_id()
        self.hits: list[Hit] = []
        members = {
            "HITTypeId": self.hit_type_id,
            "HITGroupId": self.group_id,
            **properties,
            "QualificationRequirements": properties.get("QualificationRequirements", []),
        }
        self.shared_json = json.dumps(members)[1:-1]


def details_json(details: Mapping[str, Any]) -> str:
    """Write what a HIT has beyond its type's properties, as it stands in the HIT; shared by HITs that are alike."""
    kept = {name: details[name] for name in ("Question", "RequesterAnnotation", "HITLayoutId") if details.get(name)}
    return f", {json.dumps(kept)[1:-1]}" if kept else ""


class Hit:
    """One HIT. ``created_at`` and ``expires_at`` are seconds since 1970; the rest are numbers of assignments."""

    __slots__ = (
        "available",
        "completed",
        "created_at",
        "details",
        "expires_at",
        "hit_id",
        "hit_type",
        "is_disposed",
        "is_expired",
        "is_reviewing",
        "most",
        "pending",
        "serial",
        "submitted",
    )

    def __init__(
        self, hit_type: HitType, *, details: str, created_at: float, lifetime: float, max_assignments: int
    ) -> None:
        self.hit_id = entity_id()
        self.hit_type = hit_type
        self.details = details
        self.created_at = round(created_at, 3)  # what a listing tells, so that its tokens can name it exactly
        self.expires_at = self.created_at + lifetime
        self.most = self.available = max_assignments
        self.pending = self.submitted = self.completed = 0
        self.serial = 0  # given by the marketplace; tells apart those of one millisecond
        self.is_expired = self.is_reviewing = self.is_disposed = False

    @property
    def order(self) -> tuple[float, int]:
        """What HITs are listed by, and nothing changes."""
        return self.created_at, self.serial

    @property
    def is_open(self) -> bool:
        """Whether workers can find it."""
        return self.available > 0 and not self.is_expired and not self.is_disposed

    @property
    def status(self) -> str:
        """The HITStatus that follows from the assignments."""
        if self.is_disposed:
            return "Disposed"
        if self.is_open:
            return "Assignable"
        if self.pending:
            return "Unassignable"
        return "Reviewing" if self.is_reviewing else "Reviewable"

    def accept(self) -> None:
        """Let a worker take an assignment."""
        self.available -= 1
        self.pending += 1

    def submit(self) -> None:
        """Take in a worker's answer."""
        self.pending -= 1
        self.submitted += 1

    def give_back(self) -> None:
        """Make an assignment free again that a worker returned or let run out."""
        self.pending -= 1
        self.available += 1

    def decide(self) -> None:
        """Count an answer that the requester approved or rejected."""
        self.submitted -= 1
        self.completed += 1

    def extend(self, *, assignments: int, seconds: float) -> None:
        """Add assignments and time."""
        self.most += assignments
        self.available += assignments
        self.expires_at += seconds

    def expire(self, moment: float) -> None:
        """End its lifetime."""
        self.expires_at = moment
        self.is_expired = True

    def as_json(self) -> str:
        """Write the HIT as ListHITs and GetHIT answer it."""
        free = 0 if self.is_expired else self.available
        return (
            f'{{"HITId": "{self.hit_id}", {self.hit_type.shared_json}, "CreationTime": {self.created_at:.3f}, '
            f'"HITStatus": "{self.status}", "MaxAssignments": {self.most}, "Expiration": {self.expires_at:.3f}, '
            f'"HITReviewStatus": "NotReviewed", "NumberOfAssignmentsPending": {self.pending}, '
            f'"NumberOfAssignmentsAvailable": {free}, "NumberOfAssignmentsCompleted": {self.completed}{self.details}}}'
        )
