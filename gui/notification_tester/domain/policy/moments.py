# SPDX-License-Identifier: MIT
"""Conditions on the time of a call: since when, until when, and whether they hold now.

Followed: IAM User Guide, "Date condition operators" (values in one of the forms of W3C's note "Date and Time Formats",
or in seconds since 1970; no wildcards, no variables) and "Numeric condition operators". A moment is a number of seconds
since 1970, UTC.

Readings of our own: four digits alone may be a year or seconds and are not read, nor is a time of day without its zone.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta, timezone

from notification_tester.domain.policy.truth import Finding, Truth

_DATE = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:T(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?P<fraction>\.\d{1,9})?)?"
    r"(?:Z|(?P<sign>[+-])(?P<hours>\d\d):(?P<minutes>\d\d)))?)?",
    re.ASCII,
)
_SECONDS = re.compile(r"\d{1,3}|\d{5,11}(?:\.\d{1,9})?", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,20}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,2})?", re.ASCII)
_LAST = 253_402_300_799  # the end of the year 9999

COMPARISONS = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")


def parse_moment(text: str, *, is_number: bool) -> float | None:
    """Read the value of a Date operator, or with ``is_number`` of a Numeric one; None for what is neither."""
    if is_number or _SECONDS.fullmatch(text):
        if not (_NUMBER if is_number else _SECONDS).fullmatch(text):
            return None
        value = float(text)
        return value if math.isfinite(value) else None
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    zone = timedelta(hours=int(found["hours"] or 0), minutes=int(found["minutes"] or 0))
    try:
        moment = datetime(
            int(found["year"]),
            int(found["month"]),
            int(found["day"] or 1),
            int(found["hour"] or 0),
            int(found["minute"] or 0),
            int(found["second"] or 0),
            tzinfo=timezone(-zone if found["sign"] == "-" else zone),
        )
    except ValueError:
        return None
    return moment.timestamp() + float(found["fraction"] or 0)


def shown_moment(moment: float) -> str:
    """A moment in a sentence, such as ``2009-06-30 12:00 UTC``."""
    if not -62_135_596_800 <= moment <= _LAST:
        return f"{moment:.0f} seconds after 1970"
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=math.floor(moment))
    return f"{at:%Y-%m-%d %H:%M:%S} UTC" if at.second else f"{at:%Y-%m-%d %H:%M} UTC"


def compare_moments(comparison: str, now: float, moments: list[float]) -> Finding:
    """Whether one of ``moments`` (none, for NotEquals) fits; where not, since when or until when."""
    now = math.floor(now)  # the key has whole seconds
    match comparison:
        case "Equals":
            holds, why = now in moments, "it is another moment"
        case "NotEquals":
            holds, why = now not in moments, "it is this very moment"
        case "LessThan":
            holds, why = now < max(moments), f"it has been over since {shown_moment(max(moments))}"
        case "LessThanEquals":
            holds, why = now <= max(moments), f"it has been over since {shown_moment(max(moments))}"
        case "GreaterThan":
            holds, why = now > min(moments), f"it begins after {shown_moment(min(moments))}"
        case _:
            holds, why = now >= min(moments), f"it begins on {shown_moment(min(moments))}"
    return Finding(truth=Truth.TRUE) if holds else Finding(truth=Truth.FALSE, because=why)
