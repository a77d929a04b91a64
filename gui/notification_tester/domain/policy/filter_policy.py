# SPDX-License-Identifier: MIT
"""Would an SNS subscription's filter policy let Mechanical Turk's messages through? Yes, no, or not to be known.

Followed: SNS Developer Guide, "Amazon SNS message filtering" (scopes ``MessageAttributes``, the default, and
``MessageBody``; "and" between keys, "or" within a list and with ``$or``; ``exists``, ``prefix``, ``suffix``,
``equals-ignore-case``, ``anything-but``; nested keys and lists in a body).

What is known of the messages: those that were published have no message attributes, and in their body ``EventType`` is
the event. Ids and times differ from message to message, so a rule about one of them is "not to be known"; a rule about
a key that no message has cannot hold. Other matchers, such as ``numeric`` and ``wildcard``, are not judged.
"""

from __future__ import annotations

from typing import Any

from notification_tester.domain.json_text import read_json
from notification_tester.domain.policy.truth import Truth
from notification_tester.domain.problem import ProblemError

_VARIES = object()
_MAY_BE_ABSENT = object()


def passes(policy: str, *, in_body: bool, event: str) -> Truth:
    """Judge one filter policy for messages about ``event``; an empty one lets everything through."""
    if not policy.strip():
        return Truth.TRUE
    try:
        document = read_json(policy)
    except ProblemError:
        return Truth.UNKNOWN
    return _object(document, _body(event) if in_body else {})


def _body(event: str) -> dict[str, Any]:
    return {
        "EventDocVersion": _VARIES,
        "EventDocId": _VARIES,
        "CustomerId": _VARIES,
        "SourceAccount": _MAY_BE_ABSENT,
        "Events": {
            "EventType": event,
            "EventTimestamp": _VARIES,
            "HITTypeId": _VARIES,
            "HITId": _VARIES,
            **dict.fromkeys(("AssignmentId", "HITGroupId", "WorkerId"), _MAY_BE_ABSENT),
        },
    }


def _object(rules: object, shape: dict[str, Any]) -> Truth:
    if not isinstance(rules, dict):
        return Truth.UNKNOWN
    found = []
    for name, wanted in rules.items():
        actual = shape.get(name)
        if name == "$or" and isinstance(wanted, list):
            found.append(_any(_object(one, shape) for one in wanted))
        elif isinstance(wanted, dict):
            found.append(_object(wanted, actual if isinstance(actual, dict) else {}))
        elif isinstance(wanted, list) and not isinstance(actual, dict):
            found.append(_any(_rule(one, actual) for one in wanted))
        else:
            found.append(Truth.UNKNOWN)
    if Truth.FALSE in found:
        return Truth.FALSE
    return Truth.UNKNOWN if Truth.UNKNOWN in found else Truth.TRUE


def _any(found: Any) -> Truth:
    every = list(found)
    if Truth.TRUE in every:
        return Truth.TRUE
    return Truth.UNKNOWN if Truth.UNKNOWN in every else Truth.FALSE


def _rule(rule: object, actual: object) -> Truth:
    """Hold one rule against a value; None is a key that no message has."""
    if isinstance(rule, dict) and len(rule) == 1:
        ((matcher, wanted),) = rule.items()
        if matcher == "exists" and isinstance(wanted, bool):
            if actual is _MAY_BE_ABSENT:
                return Truth.UNKNOWN
            return Truth.TRUE if wanted is (actual is not None) else Truth.FALSE
        if isinstance(actual, str):
            return _matcher(str(matcher), wanted, actual)
    if actual is None:
        return Truth.FALSE
    if not isinstance(actual, str) or isinstance(rule, dict):
        return Truth.UNKNOWN
    return Truth.TRUE if rule == actual else Truth.FALSE


def _matcher(matcher: str, wanted: object, actual: str) -> Truth:
    if matcher == "anything-but":
        listed = wanted if isinstance(wanted, list) else [wanted]
        if any(isinstance(one, dict | list) for one in listed):
            return Truth.UNKNOWN
        return Truth.FALSE if actual in listed else Truth.TRUE
    if not isinstance(wanted, str):
        return Truth.UNKNOWN
    match matcher:
        case "prefix":
            holds = actual.startswith(wanted)
        case "suffix":
            holds = actual.endswith(wanted)
        case "equals-ignore-case":
            holds = actual.lower() == wanted.lower()
        case _:
            return Truth.UNKNOWN
    return Truth.TRUE if holds else Truth.FALSE
