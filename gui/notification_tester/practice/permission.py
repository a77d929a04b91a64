# SPDX-License-Identifier: MIT
"""Whether the policy of a queue or topic lets another service in; moto itself lets everything through.

Followed: IAM User Guide, "Policy evaluation logic" and "IAM JSON policy elements", as far as resource policies for a
service principal need it. A condition that is not understood never matches an Allow and always matches a Deny, so that
practising shows a closed door rather than an open one.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Knock:
    """A service that wants to do something to a resource. ``context`` has condition keys in lower case."""

    service: str  # such as sns.amazonaws.com
    action: str  # such as sqs:SendMessage
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)


def lets_in(policy: str, knock: Knock) -> bool:
    """Evaluate a resource's policy; an empty or unreadable one lets nobody in."""
    try:
        document = json.loads(policy) if policy else {}
    except ValueError:
        return False
    statements = document.get("Statement", []) if isinstance(document, dict) else []
    matching = [
        statement.get("Effect")
        for statement in (statements if isinstance(statements, list) else [statements])
        if isinstance(statement, dict) and _matches(statement, knock)
    ]
    return "Allow" in matching and "Deny" not in matching


def _matches(statement: Mapping[str, Any], knock: Knock) -> bool:
    if not _names(statement.get("Principal"), knock.service):
        return False
    if not any(_fits(pattern, knock.action, any_case=True) for pattern in _listed(statement.get("Action"))):
        return False
    if not any(_fits(pattern, knock.resource) for pattern in _listed(statement.get("Resource"))):
        return False
    conditions = statement.get("Condition") or {}
    if not isinstance(conditions, dict):
        return statement.get("Effect") == "Deny"
    verdicts = [
        _holds(operator, key, _listed(values), knock.context)
        for operator, keys in conditions.items()
        for key, values in (keys.items() if isinstance(keys, dict) else [("", [])])
    ]
    unknown = statement.get("Effect") == "Deny"
    return all(unknown if verdict is None else verdict for verdict in verdicts)


def _names(principal: object, service: str) -> bool:
    if principal == "*":
        return True
    if not isinstance(principal, dict):
        return False
    return "*" in _listed(principal.get("AWS")) or service in _listed(principal.get("Service"))


def _holds(operator: str, key: str, values: list[str], context: Mapping[str, str]) -> bool | None:
    """Judge one condition; None where the operator is not known."""
    actual = context.get(key.lower())
    if actual is None:
        return operator.endswith("IfExists")
    match operator.removesuffix("IfExists"):
        case "StringEquals":
            return actual in values
        case "StringEqualsIgnoreCase" | "Bool":
            return actual.lower() in [value.lower() for value in values]
        case "StringLike" | "ArnLike" | "ArnEquals":
            return any(_fits(pattern, actual) for pattern in values)
    return None


def _fits(pattern: str, text: str, *, any_case: bool = False) -> bool:
    expression = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
    return re.fullmatch(expression, text, re.IGNORECASE if any_case else 0) is not None


def _listed(value: object) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [str(item) for item in items if item is not None]
