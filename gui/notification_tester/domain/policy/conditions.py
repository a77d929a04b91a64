# SPDX-License-Identifier: MIT
"""Does a condition hold when a service sends? Yes, no, or not to be known.

Rules: IAM User Guide, "Condition operators" (missing keys, negated operators, ``…IfExists``, ``Null``, ARNs compared
part by part), "Single-valued vs. multivalued context keys" (``ForAllValues``, ``ForAnyValue``), "Version" (variables
only in 2012-10-17). What is known of the keys is in context.py.

Where it is not known whether a key is sent, or with which value, every possibility is tried: only when all agree is
the answer yes or no. So ``StringEqualsIfExists`` holds for the right account whether or not the key is sent, and
``StringEquals`` fails for a wrong one.

Deliberate deviations:

- operators are known by their exact spelling; AWS's pages do not say that they have no case, so ``stringequals`` is
  "cannot tell";
- of numbers and dates only those of the call's own time are compared; addresses and bytes never are: no key that is
  known here has such a value;
- a list is compared by ``ForAnyValue`` and ``ForAllValues`` alone, as the guide asks.
"""

from __future__ import annotations

import re
from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING

from notification_tester.domain.policy.moments import COMPARISONS, compare_moments, parse_moment
from notification_tester.domain.policy.pattern import has_placeholder, matches, matches_arn
from notification_tester.domain.policy.statement import quoted
from notification_tester.domain.policy.truth import FAILS, HOLDS, Finding, Truth, any_of, cannot_tell, opposite

if TYPE_CHECKING:
    from notification_tester.domain.policy.context import Context, ContextKey
    from notification_tester.domain.policy.statement import Condition


class _Comparison(Enum):
    EXACT = "exact"
    IGNORE_CASE = "ignore-case"
    LIKE = "like"
    ARN = "arn"
    NUMBER = "number"
    DATE = "date"
    OTHER = "other"  # addresses and bytes


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
    "Bool": (_Comparison.IGNORE_CASE, False),
    "BinaryEquals": (_Comparison.OTHER, False),
    "IpAddress": (_Comparison.OTHER, False),
    "NotIpAddress": (_Comparison.OTHER, True),
    **{f"Numeric{one}": (_Comparison.NUMBER, one == "NotEquals") for one in COMPARISONS},
    **{f"Date{one}": (_Comparison.DATE, one == "NotEquals") for one in COMPARISONS},
}
_OPERATOR = re.compile(r"(?P<set>ForAnyValue:|ForAllValues:)?(?P<base>[A-Za-z]+?)(?P<if_exists>IfExists)?")
_NULL = "Null"


def judge_condition(condition: Condition, context: Context, *, variables: bool) -> Finding:
    """Whether a condition holds, with the reason where that is not plain from what it says."""
    parts = _OPERATOR.fullmatch(condition.operator) if len(condition.operator) <= 60 else None
    base = parts["base"] if parts else ""
    is_known = base in _COMPARISONS or condition.operator == _NULL
    key = context.key(condition.key)
    if parts is None or not is_known or key is None:
        return cannot_tell(*([] if is_known else [condition.operator]), *([] if key else [condition.key]))
    if condition.operator == _NULL:
        return _with_words(_judge_null(condition, key), condition, key)
    comparison, is_negated = _COMPARISONS[base]
    # What a missing key means: the guide's rules, the set operators' before the others.
    holds_when_missing = (
        parts["set"] == "ForAllValues:"
        or parts["if_exists"] is not None
        or (is_negated and parts["set"] != "ForAnyValue:")
    )
    sent = FAILS
    if key.sent is not Truth.FALSE:
        if key.has_more:
            sent = _compare_list(condition, key, comparison, parts["set"] or "", is_negated=is_negated)
        elif key.moment is not None:
            sent = _compare_times(condition, key, key.moment, base)
        else:
            fits = any_of(_compare(comparison, one, key, condition, variables=variables) for one in condition.values)
            sent = opposite(fits) if is_negated else fits
    return _with_words(_over_both(key, condition.key, sent=sent, missing=holds_when_missing), condition, key)


def moments_of(condition: Condition, context: Context) -> list[float]:
    """When a condition on the time may change; empty for any other."""
    key = context.key(condition.key)
    if key is None or key.moment is None:
        return []
    is_number = "Numeric" in condition.operator
    found = (parse_moment(value, is_number=is_number) for value in condition.values)
    return [moment for moment in found if moment is not None]


def _with_words(finding: Finding, condition: Condition, key: ContextKey) -> Finding:
    if finding.truth is Truth.UNKNOWN or (finding.truth is Truth.TRUE and not key.why):
        return finding
    wanted = " or ".join(quoted(value) for value in condition.values[:3])
    more = f" (and {len(condition.values) - 3} more)" if len(condition.values) > 3 else ""
    does = "holds" if finding.truth is Truth.TRUE else "does not hold"
    why = finding.because or key.why
    name = quoted(condition.key)[1:-1]  # the key of a tag is anybody's text
    return replace(
        finding, because=f"its condition {condition.operator} {name} {wanted}{more} {does}{f': {why}' if why else ''}"
    )


def _judge_null(condition: Condition, key: ContextKey) -> Finding:
    wanted = {value.lower() for value in condition.values}
    if not wanted <= {"true", "false"}:
        return cannot_tell(condition.operator)
    return _over_both(key, condition.key, sent=HOLDS if "false" in wanted else FAILS, missing="true" in wanted)


def _over_both(key: ContextKey, name: str, *, sent: Finding, missing: bool) -> Finding:
    """One answer for both possibilities, sent and missing, as far as each is possible."""
    without = HOLDS if missing else FAILS
    if key.sent is Truth.FALSE:
        return without
    if key.sent is Truth.TRUE or sent.truth is without.truth:
        return sent
    return cannot_tell(name, *sent.unknown - sent.unfilled, unfilled=sent.unfilled)


def _compare_times(condition: Condition, key: ContextKey, now: float, base: str) -> Finding:
    comparison, _ = _COMPARISONS[base]
    is_number = comparison is _Comparison.NUMBER
    if comparison is not _Comparison.DATE and not (is_number and key.is_number):
        return cannot_tell(f"{condition.operator} on {condition.key}")
    moments, unread = [], []
    for value in condition.values:
        moment = parse_moment(value, is_number=is_number)
        if moment is None:
            unread.append(value)
        else:
            moments.append(moment)
    how = base.removeprefix("Numeric").removeprefix("Date")
    found = compare_moments(how, now, moments) if moments else HOLDS if how == "NotEquals" else FAILS
    if not unread or (found.truth is Truth.TRUE) is not (how == "NotEquals"):
        return found
    return _cannot_read(unread, f"{condition.operator} on {condition.key}")


def _cannot_read(values: list[str], name: str) -> Finding:
    blanks = [value for value in values if has_placeholder(value)]
    return cannot_tell(*([] if len(blanks) == len(values) else [name]), unfilled=blanks)


def _compare_list(
    condition: Condition, key: ContextKey, comparison: _Comparison, set_operator: str, *, is_negated: bool
) -> Finding:
    """Compare a list of which one value is known: for any, that one may be enough; for all, it may fail."""
    if not set_operator or comparison in {_Comparison.NUMBER, _Comparison.DATE, _Comparison.OTHER, _Comparison.ARN}:
        return cannot_tell(condition.key)
    fits = any_of(
        matches(
            one,
            key.value or "",
            variables=False,
            wildcards=comparison is _Comparison.LIKE,
            ignore_case=comparison is _Comparison.IGNORE_CASE,
        )
        for one in condition.values
    )
    own = opposite(fits) if is_negated else fits
    if own.truth is Truth.UNKNOWN:
        return own
    if own.truth is (Truth.TRUE if set_operator == "ForAnyValue:" else Truth.FALSE):
        return own
    if all(key.never is not None and key.never(one) for one in condition.values):
        return own  # the values that are not known do not fit either
    return cannot_tell(condition.key)


def _compare(
    comparison: _Comparison, pattern: str, key: ContextKey, condition: Condition, *, variables: bool
) -> Finding:
    is_text = comparison not in {_Comparison.NUMBER, _Comparison.DATE, _Comparison.OTHER}
    if key.value is None:
        if has_placeholder(pattern):
            return _cannot_read([pattern], condition.key)
        if not is_text:
            return cannot_tell(condition.key)
        if key.never is not None and key.never(pattern):
            return FAILS
        return HOLDS if comparison is _Comparison.LIKE and set(pattern) == {"*"} else cannot_tell(condition.key)
    if not is_text:
        return cannot_tell(f"{condition.operator} on {condition.key}")
    if comparison is _Comparison.ARN:
        return matches_arn(pattern, key.value, variables=variables) or cannot_tell(condition.key)
    return matches(
        pattern,
        key.value,
        variables=variables,
        wildcards=comparison is _Comparison.LIKE,
        ignore_case=comparison is _Comparison.IGNORE_CASE,
    )
