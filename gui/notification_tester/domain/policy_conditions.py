# SPDX-License-Identifier: MIT
"""Does a condition hold when Mechanical Turk sends? Yes, no, or not to be known; and how patterns are compared.

Rules: IAM User Guide, "Condition operators" (missing keys, negated operators, ``…IfExists``, ``Null``, ARNs compared
part by part), "Single-valued vs. multivalued context keys" (``ForAllValues``, ``ForAnyValue``), "Variables and tags"
(``${…}``, and ``${*}``, ``${?}``, ``${$}`` for the characters themselves), "Version" (variables only in 2012-10-17).

Where it is not known whether a key is sent, or with which value, every possibility is tried: only when all agree is
the answer yes or no. So ``StringEqualsIfExists`` holds for the right account whether or not the key is sent, and
``StringEquals`` fails for a wrong one.

Deliberate deviations:

- operators are known by their exact spelling; AWS's pages do not say that they have no case, so ``stringequals`` is
  "cannot tell";
- comparisons of numbers, dates, addresses and bytes are never decided: no key that is known here has such a value;
- the value of a variable is never filled in: a text with one either cannot match whatever it stands for, or is
  "cannot tell".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from notification_tester.domain.policy_statement import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from notification_tester.domain.policy_statement import Condition


class Truth(Enum):
    """Kleene's three values."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Whether something holds; what could not be known; and in words what failed."""

    truth: Truth
    unknown: frozenset[str] = frozenset()
    failing: str = ""


HOLDS = Finding(truth=Truth.TRUE)
FAILS = Finding(truth=Truth.FALSE)


def cannot_tell(*names: str) -> Finding:
    """Make the finding that depends on ``names``."""
    return Finding(truth=Truth.UNKNOWN, unknown=frozenset(names))


def all_of(findings: Iterable[Finding]) -> Finding:
    """And: one failure decides, otherwise one doubt."""
    found = list(findings)
    if failed := [finding for finding in found if finding.truth is Truth.FALSE]:
        return failed[0]
    return _doubt(found) or HOLDS


def any_of(findings: Iterable[Finding]) -> Finding:
    """Or: one success decides, otherwise one doubt."""
    found = list(findings)
    if any(finding.truth is Truth.TRUE for finding in found):
        return HOLDS
    return _doubt(found) or FAILS


def opposite(finding: Finding) -> Finding:
    """Not; a doubt stays one."""
    return {Truth.TRUE: FAILS, Truth.FALSE: HOLDS, Truth.UNKNOWN: finding}[finding.truth]


def _doubt(found: list[Finding]) -> Finding | None:
    doubts = [finding for finding in found if finding.truth is Truth.UNKNOWN]
    return cannot_tell(*(name for finding in doubts for name in finding.unknown)) if doubts else None


class _Wild(Enum):
    ONE = "?"
    MANY = "*"


def matches(pattern: str, text: str, *, variables: bool, wildcards: bool = True, ignore_case: bool = False) -> Finding:
    """Compare ``text`` with a pattern of ``*`` (any characters, colons too) and ``?`` (exactly one).

    ``variables``: whether ``${…}`` is a variable. Takes steps in proportion to pattern times text at most.
    """
    names: list[str] = []
    tokens: list[str | _Wild] = []
    for index, part in enumerate(re.split(r"(\$\{[^}]*\})", pattern) if variables else [pattern]):
        if index % 2 == 0:
            tokens += [_Wild(character) if wildcards and character in "*?" else character for character in part]
        elif part[2:-1] in {"*", "?", "$"}:
            tokens.append(part[2:-1])
        else:
            names.append(part)
            tokens.append(_Wild.MANY)
    if ignore_case:
        text = text.lower()
        tokens = [token.lower() if isinstance(token, str) else token for token in tokens]
    if not _fits(tokens, text):
        return FAILS
    return cannot_tell(*names) if names else HOLDS


def _fits(tokens: Sequence[str | _Wild], text: str) -> bool:
    # Only the last star is ever reconsidered, so that hostile patterns cost no more than pattern times text.
    at = position = 0
    star, resume = -1, 0
    while position < len(text):
        token = tokens[at] if at < len(tokens) else None
        if token is _Wild.MANY:
            star, resume, at = at, position, at + 1
        elif token is _Wild.ONE or token == text[position]:
            at, position = at + 1, position + 1
        elif star >= 0:
            resume += 1
            at, position = star + 1, resume
        else:
            return False
    return all(token is _Wild.MANY for token in tokens[at:])


@dataclass(frozen=True, kw_only=True)
class ContextKey:
    """What is known of one condition key in the request.

    ``value`` None: not known. ``never``: a regular expression for patterns that no possible value fits.
    """

    sent: Truth
    value: str | None
    never: str | None = None


class _Comparison(Enum):
    EXACT = "exact"
    IGNORE_CASE = "ignore-case"
    LIKE = "like"
    ARN = "arn"
    BOOL = "bool"


_COMPARISONS: dict[str, tuple[_Comparison, bool]] = {  # and whether it is negated
    "StringEquals": (_Comparison.EXACT, False),
    "StringNotEquals": (_Comparison.EXACT, True),
    "StringEqualsIgnoreCase": (_Comparison.IGNORE_CASE, False),
    "StringNotEqualsIgnoreCase": (_Comparison.IGNORE_CASE, True),
    "StringLike": (_Comparison.LIKE, False),
    "StringNotLike": (_Comparison.LIKE, True),
    "ArnEquals": (_Comparison.ARN, False),  # the two behave identically, says the guide
    "ArnLike": (_Comparison.ARN, False),
    "ArnNotEquals": (_Comparison.ARN, True),
    "ArnNotLike": (_Comparison.ARN, True),
    "Bool": (_Comparison.BOOL, False),
}
_NOT_DECIDED = frozenset(
    {"BinaryEquals", "IpAddress", "NotIpAddress"}
    | {
        f"{kind}{comparison}"
        for kind in ("Numeric", "Date")
        for comparison in ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
    }
)
_OPERATOR = re.compile(r"(?P<set>ForAnyValue:|ForAllValues:)?(?P<base>[A-Za-z]+?)(?P<if_exists>IfExists)?")


def judge_condition(condition: Condition, context: Mapping[str, ContextKey], *, variables: bool) -> Finding:
    """Whether a condition holds. ``context`` has the known keys in lower case: key names have no case."""
    parts = _OPERATOR.fullmatch(condition.operator)
    base = parts["base"] if parts else ""
    is_known = base in _COMPARISONS or base in _NOT_DECIDED or condition.operator == "Null"
    key = context.get(condition.key.lower())
    if parts is None or not is_known or key is None:
        return cannot_tell(*([] if is_known else [condition.operator]), *([] if key else [condition.key]))
    if base in _NOT_DECIDED:
        return cannot_tell(f"{condition.operator} on {condition.key}")
    if condition.operator == "Null":
        finding = _judge_null(condition, key)
    else:
        comparison, is_negated = _COMPARISONS[base]
        fits = any_of(
            _compare(comparison, pattern, key, condition.key, variables=variables) for pattern in condition.values
        )
        # What a missing key means: the guide's rules, the set operators' before the others.
        holds_when_missing = (
            parts["set"] == "ForAllValues:"
            or parts["if_exists"] is not None
            or (is_negated and parts["set"] != "ForAnyValue:")
        )
        finding = _over_both(
            key, condition.key, sent=opposite(fits) if is_negated else fits, missing=holds_when_missing
        )
    if finding.truth is Truth.FALSE:
        wanted = " or ".join(quoted(value) for value in condition.values[:3])
        return replace(finding, failing=f"its condition {condition.operator} {condition.key} {wanted} does not hold")
    return finding


def _judge_null(condition: Condition, key: ContextKey) -> Finding:
    wanted = {value.lower() for value in condition.values}
    if not wanted <= {"true", "false"}:
        return cannot_tell(condition.operator)
    return _over_both(key, condition.key, sent=HOLDS if "false" in wanted else FAILS, missing="true" in wanted)


def _over_both(key: ContextKey, name: str, *, sent: Finding, missing: bool) -> Finding:
    """One answer for both possibilities, sent and missing, as far as each is possible."""
    without = HOLDS if missing else FAILS
    if key.sent is Truth.TRUE or sent.truth is without.truth:
        return sent
    if key.sent is Truth.FALSE:
        return without
    return cannot_tell(name, *sent.unknown)


def _compare(comparison: _Comparison, pattern: str, key: ContextKey, name: str, *, variables: bool) -> Finding:
    if key.value is None:
        if key.never is not None and re.fullmatch(key.never, pattern, re.DOTALL):
            return FAILS
        return HOLDS if comparison is _Comparison.LIKE and set(pattern) == {"*"} else cannot_tell(name)
    compare = _COMPARE[comparison]
    return compare(pattern, key.value, name, variables)


def _compare_arns(pattern: str, value: str, name: str, variables: bool) -> Finding:
    # A colon within ${…} belongs to the variable's name.
    patterns, values = re.split(r":(?![^${]*\})", pattern, maxsplit=5), value.split(":", 5)
    if len(patterns) < 6 or len(values) < 6:  # the guide says nothing of what is no whole ARN
        return cannot_tell(name)
    return all_of(matches(part, of, variables=variables) for part, of in zip(patterns, values, strict=True))


_COMPARE: dict[_Comparison, Callable[[str, str, str, bool], Finding]] = {
    _Comparison.EXACT: lambda pattern, value, _, variables: matches(
        pattern, value, variables=variables, wildcards=False
    ),
    _Comparison.IGNORE_CASE: lambda pattern, value, _, variables: matches(
        pattern, value, variables=variables, wildcards=False, ignore_case=True
    ),
    _Comparison.LIKE: lambda pattern, value, _, variables: matches(pattern, value, variables=variables),
    _Comparison.BOOL: lambda pattern, value, _, variables: matches(
        pattern, value, variables=variables, wildcards=False, ignore_case=True
    ),
    _Comparison.ARN: _compare_arns,
}
