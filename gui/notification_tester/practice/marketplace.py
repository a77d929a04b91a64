# SPDX-License-Identifier: MIT
"""What the practice Mechanical Turk remembers: HIT types, HITs, notification settings and a balance.

Made for many HITs: they are kept in the order of their creation, found by a dictionary, and listed from the newest.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import threading
import time
from bisect import bisect_left, insort
from dataclasses import dataclass
from itertools import count
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from notification_tester.practice.hits import Hit, HitType, details_json, type_properties

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_ORDER = attrgetter("order")


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A HIT type's notification setting as the real service would hold it, which nobody can read back there."""

    notification: Mapping[str, Any]
    active: bool
    changed_at: float  # seconds since 1970


class UnknownTokenError(Exception):
    """A NextToken that was not given out here."""


class Marketplace:
    """The state. Safe between threads."""

    def __init__(self, *, balance: str) -> None:
        self._lock = threading.Lock()
        self._key = secrets.token_bytes(16)
        self._types: dict[str, HitType] = {}
        self._types_by_content: dict[str, HitType] = {}
        self._hits: list[Hit] = []
        self._serials = count(1)
        self._hits_by_id: dict[str, Hit] = {}
        self._hits_by_token: dict[str, Hit] = {}
        self._settings: dict[str, Setting] = {}
        self.balance = balance

    def register_type(self, properties: Mapping[str, Any]) -> HitType:
        """Register a HIT type; the same properties always give the same one, as the service promises."""
        kept = type_properties(properties)
        content = json.dumps(kept, sort_keys=True)
        with self._lock:
            known = self._types_by_content.get(content)
            if known:
                return known
            hit_type = self._types_by_content[content] = HitType(kept)
            self._types[hit_type.hit_type_id] = hit_type
            return hit_type

    @property
    def number_of_types(self) -> int:
        """How many HIT types there are."""
        return len(self._types)

    def hit_type(self, hit_type_id: str) -> HitType | None:
        """Find a HIT type."""
        return self._types.get(hit_type_id)

    def create_hit(self, hit_type: HitType, details: Mapping[str, Any], *, created_at: float | None = None) -> Hit:
        """Make a HIT and return it. ``details`` are members of CreateHITWithHITType's input."""
        hit = Hit(
            hit_type,
            details=details_json(details),
            created_at=time.time() if created_at is None else created_at,
            lifetime=float(details["LifetimeInSeconds"]),
            max_assignments=int(details.get("MaxAssignments") or 1),
        )
        with self._lock:
            hit.serial = next(self._serials)
            insort(self._hits, hit, key=_ORDER)
            hit_type.hits.append(hit)
            self._hits_by_id[hit.hit_id] = hit
            if token := details.get("UniqueRequestToken"):
                self._hits_by_token[str(token)] = hit
        return hit

    def add_hits(self, hits: Iterable[Hit]) -> None:
        """Take in many HITs of registered types at once."""
        new = list(hits)
        with self._lock:
            for hit in new:
                hit.serial = next(self._serials)
            self._hits.extend(new)
            self._hits.sort(key=_ORDER)
            for hit in new:
                hit.hit_type.hits.append(hit)
                self._hits_by_id[hit.hit_id] = hit

    def change(self, hit: Hit, how: Callable[[Hit], None]) -> None:
        """Change a HIT while nobody lists it."""
        with self._lock:
            how(hit)

    def dispose(self, hit: Hit) -> None:
        """Delete a HIT: it is listed no more, and GetHIT still tells of it."""
        with self._lock:
            position = bisect_left(self._hits, hit.order, key=_ORDER)
            if position < len(self._hits) and self._hits[position] is hit:
                del self._hits[position]
                hit.hit_type.hits.remove(hit)
                hit.is_disposed = True

    def open_hit(self, hit_type: HitType) -> Hit | None:
        """Find the newest HIT of a type that workers can find."""
        with self._lock:
            return next((hit for hit in reversed(hit_type.hits) if hit.is_open), None)

    def hit(self, hit_id: str) -> Hit | None:
        """Find a HIT."""
        return self._hits_by_id.get(hit_id)

    def hit_of_token(self, token: str) -> Hit | None:
        """Find the HIT that was made with a UniqueRequestToken."""
        return self._hits_by_token.get(token)

    def page(self, *, size: int, token: str | None) -> tuple[list[str], str | None]:
        """Give out HITs as JSON, the newest first, and the token of the next page where there is one.

        A token names the oldest HIT that was given out, so that HITs made or deleted meanwhile neither repeat nor hide
        another. Raises UnknownTokenError.
        """
        with self._lock:
            end = len(self._hits) if token is None else bisect_left(self._hits, self._place(token), key=_ORDER)
            start = max(0, end - size)
            page = [hit.as_json() for hit in reversed(self._hits[start:end])]
            following = self._token(self._hits[start]) if start else None
        return page, following

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

    def setting(self, hit_type_id: str) -> Setting | None:
        """Find a HIT type's setting."""
        return self._settings.get(hit_type_id)

    def settings(self) -> dict[str, Setting]:
        """Every setting by HIT type."""
        with self._lock:
            return dict(self._settings)

    def _token(self, hit: Hit) -> str:
        place = f"{hit.created_at:.3f}/{hit.serial}"
        return f"p1{hmac.new(self._key, place.encode(), hashlib.sha256).hexdigest()[:32]}{place.encode().hex()}"

    def _place(self, token: str) -> tuple[float, int]:
        signature, code = token[2:34], token[34:]
        try:
            place = bytes.fromhex(code)
            created_at, _, serial = place.decode().partition("/")
            found = float(created_at), int(serial)
        except ValueError:
            raise UnknownTokenError from None
        expected = hmac.new(self._key, place, hashlib.sha256).hexdigest()[:32]
        if not hmac.compare_digest(signature.encode(), expected.encode()) or not token.startswith("p1"):
            raise UnknownTokenError
        return found
