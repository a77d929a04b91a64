# SPDX-License-Identifier: MIT
"""The fields of a request under the names that they have today, whatever the language that they were written in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notification_tester.domain.messages.printed import Name
from notification_tester.domain.specifications.keys import is_key_name

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_FIELDS = 5_000
"""Fields of one text that are looked at; a request has some twenty."""

_SPECIFICATION = {
    "destination": "Destination",
    "transport": "Transport",
    "version": "Version",
    "eventtype": "EventTypes",
    "eventtypes": "EventTypes",
    "events": "EventTypes",
    "active": "Active",  # boto 2 wrote it there
}
_REQUEST = {
    "hittypeid": "HITTypeId",
    "hittype": "HITTypeId",
    "active": "Active",
    "testeventtype": "TestEventType",
    "event": "TestEventType",
    "operation": "Operation",
}
_WRAPPERS = frozenset({"notification", "notificationspecification"})
_WITHOUT_WORD = frozenset({"service", "xmlns"})
"""What needs no word when it is left out: it says nothing that the rest does not."""


@dataclass(kw_only=True)
class Found:
    """What a reader found, nothing judged yet: texts by their names of today, each as often as it stood there."""

    what: str
    operation: str = ""
    specification: dict[str, list[object]] = field(default_factory=dict)
    request: dict[str, list[object]] = field(default_factory=dict)
    keys: dict[str, None] = field(default_factory=dict)
    others: dict[str, None] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)


def found_fields(what: str, items: Iterable[tuple[str, object]], *, operation: str = "") -> Found:
    """Sort fields by their names, whose parts are separated by dots; a number among the parts counts as none.

    Without a part named Notification anywhere, what belongs into one is taken for it.
    """
    named: list[tuple[list[str], str, object]] = []
    for name, value in items:
        parts = [part for part in re.split(r"[.\[\]/]+", name) if part and not part.isdigit()]
        if parts and len(named) < MOST_FIELDS:
            named.append(([_plain(part) for part in parts], name, value))
    wrapped = any(_WRAPPERS & set(parts[:-1]) for parts, _, _ in named)
    found = Found(what=what, operation=operation)
    for parts, name, value in named:
        last = parts[-1]
        inside = bool(_WRAPPERS & set(parts[:-1]))
        if is_key_name(last):
            found.keys[name] = None
        elif (inside or not wrapped) and last in _SPECIFICATION and not (last == "active" and not inside):
            found.specification.setdefault(_SPECIFICATION[last], []).append(value)
        elif not inside and last in _REQUEST:
            found.request.setdefault(_REQUEST[last], []).append(value)
        elif last not in _WITHOUT_WORD and not (last in _WRAPPERS and _is_blank(value)):
            found.others[name] = None
    return found


def flat(value: object, name: str = "") -> Iterable[tuple[str, object]]:
    """Every value of lists and objects within each other, with its name; depth first and without recursion."""
    waiting = [(name, value)]
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [(f"{name}.{key}" if name else str(key), one) for key, one in reversed(value.items())]
        elif isinstance(value, list) and value:
            waiting += [(name, one) for one in reversed(value)]
        elif not isinstance(value, list):
            yield name, value


def text_of(value: object) -> str:
    """A value as a text without blanks around it; a name stands for a value that is not here, and is none."""
    if isinstance(value, Name) and value in {"TRUE", "FALSE"}:  # as R and PHP write them
        return value.casefold()
    if value is None or isinstance(value, Name):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    # a language may escape half of a pair of surrogates, which no file and no request can carry
    return str(value).encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()


def _is_blank(value: object) -> bool:
    return not isinstance(value, Name) and not text_of(value)


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name).casefold()
