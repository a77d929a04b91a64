# SPDX-License-Identifier: MIT
"""How much a policy may hold before SQS or SNS refuses it.

SQS Developer Guide, "Amazon SQS policy quotas": 8,192 bytes, 20 statements, 50 principals, 10 conditions, 7 actions per
statement. SNS Developer Guide, "Policy quotas": 30 KB, 100 statements, 200 principals.

Readings of our own, where the pages are silent: conditions are counted in each statement (queues with 20 statements of
one condition each are in use), principals over the whole policy, and bytes as they are sent, in UTF-8.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Excess:
    """One thing of which a policy has too much. ``what`` is its name in a sentence; ``of_statement``: one has it."""

    what: str
    found: int
    at_most: int
    of_statement: bool = False


_OF_QUEUES = {"bytes": 8192, "statements": 20, "principals": 50, "conditions": 10, "actions": 7}
_OF_TOPICS = {"bytes": 30_720, "statements": 100, "principals": 200}


def excesses(policy: str, *, is_topic: bool) -> tuple[Excess, ...]:
    """The limits that a policy is over; none where it fits, or is no policy at all."""
    limits = _OF_TOPICS if is_topic else _OF_QUEUES
    try:
        document = json.loads(policy) if policy else {}
    except (ValueError, RecursionError):
        return ()
    found = document.get("Statement", []) if isinstance(document, dict) else []
    statements = [one for one in (found if isinstance(found, list) else [found]) if isinstance(one, Mapping)]
    counted = [
        Excess(what="statements", found=len(statements), at_most=limits["statements"]),
        Excess(what="principals", found=sum(map(_principals, statements)), at_most=limits["principals"]),
        Excess(what="bytes", found=len(policy.encode("utf-8", "surrogatepass")), at_most=limits["bytes"]),
    ]
    for what, count in (("conditions", _conditions), ("actions", _actions)):
        if what in limits:
            most = max(map(count, statements), default=0)
            counted.append(Excess(what=what, found=most, at_most=limits[what], of_statement=True))
    return tuple(one for one in counted if one.found > one.at_most)


def _principals(statement: Mapping[str, Any]) -> int:
    named = statement.get("Principal", statement.get("NotPrincipal"))
    return sum(map(_count, named.values())) if isinstance(named, Mapping) else _count(named)


def _actions(statement: Mapping[str, Any]) -> int:
    return _count(statement.get("Action", statement.get("NotAction")))


def _conditions(statement: Mapping[str, Any]) -> int:
    operators = statement.get("Condition")
    if not isinstance(operators, Mapping):
        return 0
    return sum(len(keys) for keys in operators.values() if isinstance(keys, Mapping))


def _count(value: object) -> int:
    return len(value) if isinstance(value, list) else 0 if value is None else 1
