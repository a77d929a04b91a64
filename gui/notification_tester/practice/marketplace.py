# SPDX-License-Identifier: MIT
"""What the practice Mechanical Turk remembers: HIT types, HITs, notification settings and a balance.

Made for many HITs: they are appended to a list, found by a dictionary, and pages are slices counted from the newest.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
HIT_TYPE_MEMBERS = (
    "Title",
    "Description",
    "Keywords",
    "Reward",
    "AssignmentDurationInSeconds",
    "AutoApprovalDelayInSeconds",
    "QualificationRequirements",
)
_THIRTY_DAYS = 2_592_000  # in seconds; the default of AutoApprovalDelayInSeconds in the API reference


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A HIT type's notification setting as the real service would hold it, which nobody can read back there."""

    notification: Mapping[str, Any]
    active: bool
    changed_at: float  # seconds since 1970


class UnknownTokenError(Exception):
    """A NextToken that was not given out here."""


def entity_id() -> str:
    """Make up an id in the service's form: thirty capital letters and digits that begin with 3."""
    return "3" + "".join(_LETTERS[byte % 36] for byte in secrets.token_bytes(29))  # need not be evenly spread


class Marketplace:
    """The state. Safe between threads."""

    def __init__(self, *, balance: str) -> None:
        self._lock = threading.Lock()
        self._key = secrets.token_bytes(16)
        self._types: dict[str, dict[str, Any]] = {}
        self._groups: dict[str, str] = {}
        self._ids_by_content: dict[str, str] = {}
        self._hits: list[dict[str, Any]] = []
        self._hits_by_id: dict[str, dict[str, Any]] = {}
        self._hits_by_token: dict[str, dict[str, Any]] = {}
        self._settings: dict[str, Setting] = {}
        self.balance = balance

    def register_type(self, properties: Mapping[str, Any]) -> str:
        """Register a HIT type; the same properties always give the same id, as the service promises."""
        kept = {name: properties[name] for name in HIT_TYPE_MEMBERS if properties.get(name) is not None}
        kept.setdefault("AutoApprovalDelayInSeconds", _THIRTY_DAYS)
        content = json.dumps(kept, sort_keys=True)
        with self._lock:
            known = self._ids_by_content.get(content)
            if known:
                return known
            hit_type_id = entity_id()
            self._ids_by_content[content] = hit_type_id
            self._types[hit_type_id] = kept
            self._groups[hit_type_id] = entity_id()
            return hit_type_id

    def has_type(self, hit_type_id: str) -> bool:
        """Whether the HIT type exists."""
        return hit_type_id in self._types

    def create_hit(
        self, hit_type_id: str, details: Mapping[str, Any], *, created_at: float | None = None
    ) -> dict[str, Any]:
        """Make a HIT of a type that exists and return it. ``details`` are members of CreateHITWithHITType's input."""
        created = time.time() if created_at is None else created_at
        most = int(details.get("MaxAssignments") or 1)
        hit: dict[str, Any] = {
            "HITId": entity_id(),
            "HITTypeId": hit_type_id,
            "HITGroupId": self._groups[hit_type_id],
            "CreationTime": round(created, 3),
            **self._types[hit_type_id],
            "HITStatus": "Assignable",
            "MaxAssignments": most,
            "Expiration": round(created + float(details["LifetimeInSeconds"]), 3),
            "HITReviewStatus": "NotReviewed",
            "NumberOfAssignmentsPending": 0,
            "NumberOfAssignmentsAvailable": most,
            "NumberOfAssignmentsCompleted": 0,
        }
        hit.setdefault("QualificationRequirements", [])
        for name in ("Question", "RequesterAnnotation", "HITLayoutId"):
            if details.get(name):
                hit[name] = details[name]
        with self._lock:
            self._hits.append(hit)
            self._hits_by_id[hit["HITId"]] = hit
            if token := details.get("UniqueRequestToken"):
                self._hits_by_token[str(token)] = hit
        return hit

    def hit(self, hit_id: str) -> dict[str, Any] | None:
        """Find a HIT."""
        return self._hits_by_id.get(hit_id)

    def hit_of_token(self, token: str) -> dict[str, Any] | None:
        """Find the HIT that was made with a UniqueRequestToken."""
        return self._hits_by_token.get(token)

    def page(self, *, size: int, token: str | None) -> tuple[list[dict[str, Any]], str | None]:
        """Give out HITs, the newest first, and the token of the next page where there is one.

        A token counts from the oldest HIT, so that HITs made meanwhile neither repeat nor hide one.
        Raises UnknownTokenError.
        """
        with self._lock:
            end = len(self._hits) if token is None else self._position(token)
            start = max(0, end - size)
            found = self._hits[start:end]
        return found[::-1], self._token(start) if start else None

    def change_setting(self, hit_type_id: str, *, notification: Mapping[str, Any] | None, active: bool | None) -> bool:
        """Set or switch a notification; False where there is none to switch."""
        with self._lock:
            before = self._settings.get(hit_type_id)
            if notification is None and before is None:
                return False
            self._settings[hit_type_id] = Setting(
                notification=notification if notification is not None else before.notification if before else {},
                active=active if active is not None else before.active if before else False,
                changed_at=time.time(),
            )
            return True

    def settings(self) -> dict[str, Setting]:
        """Every setting by HIT type."""
        with self._lock:
            return dict(self._settings)

    def _token(self, position: int) -> str:
        number = f"{position:x}"
        return f"p1{hmac.new(self._key, number.encode(), hashlib.sha256).hexdigest()[:32]}{number}"

    def _position(self, token: str) -> int:
        try:
            position = int(token[34:], 16)
        except ValueError:
            raise UnknownTokenError from None
        if not hmac.compare_digest(token.encode(), self._token(position).encode()) or position > len(self._hits):
            raise UnknownTokenError
        return position
