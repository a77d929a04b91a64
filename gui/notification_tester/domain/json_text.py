# SPDX-License-Identifier: MIT
"""Read foreign text and foreign JSON without surprises: bounded, never raising anything but ProblemError.

Source: RFC 8259. Deliberate deviations: line breaks inside strings are accepted, as a terminal adds them;
``NaN`` and ``Infinity``, whole numbers of hundreds of digits and numbers too large for a float are kept as text.
"""

from __future__ import annotations

import codecs
import json
import math
from typing import Any

from notification_tester.domain.problem import ProblemError, input_problem

MAX_DEPTH = 64
"""Lists and objects within each other; a notification has four. Keeps every later step off the recursion limit."""
AROUND = " \t\r\n\0\ufeff"
"""What may stand around a message: blanks, the padding of a C buffer, a byte order mark."""

_BYTE_ORDER_MARKS = (
    # the four-byte mark begins with the two-byte one
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_REASONS = {
    "Expecting value": "a value is missing",
    "Expecting property name enclosed in double quotes": "the name of a field, in double quotes, is missing",
    "Expecting ':' delimiter": "a colon is missing",
    "Expecting ',' delimiter": "a comma is missing",
    "Illegal trailing comma before end of object": "there is a comma too many",
    "Illegal trailing comma before end of array": "there is a comma too many",
    "Invalid \\escape": "a backslash is followed by something unknown",
    "Invalid \\uXXXX escape": "after \\u there are not four digits",
}


def characters(raw: bytes) -> str:
    """Make text of bytes: UTF-8, or what a byte order mark or the zeros of UTF-16 say; what is wrong becomes U+FFFD."""
    if raw[:1] == b"{" and raw[1:2] != b"\0":
        return raw.decode("utf-8", "replace")
    for mark, encoding in _BYTE_ORDER_MARKS:
        if raw.startswith(mark):
            return raw.decode(encoding, "replace")
    if b"\0" in raw[:4] and raw.strip(b"\0"):
        return raw.decode(json.detect_encoding(raw), "replace")
    return raw.decode("utf-8", "replace")


def read_json(text: str) -> Any:
    """Read one JSON value, which nests no deeper than MAX_DEPTH. Raises ProblemError with line and column."""
    start = 0 if text[:1] == "{" else len(text) - len(text.lstrip(AROUND))
    try:
        value, end = _read(text, start)
    except json.JSONDecodeError as error:
        raise _broken(error) from error
    except RecursionError as error:
        raise too_deep() from error
    if end != len(text) and (rest := text[end:].lstrip(AROUND)):
        raise _more_after_end(text, len(text) - len(rest))
    # counting brackets is much cheaper than walking, and nearly always enough
    if text.count("{") + text.count("[") > MAX_DEPTH and _is_too_deep(value):
        raise too_deep()
    return value


def too_deep() -> ProblemError:
    """Make the error for a message nested beyond MAX_DEPTH."""
    return input_problem(
        "message.too-deep",
        title="This message is nested too deeply.",
        detail=f"It has lists or objects within each other, more than {MAX_DEPTH} deep; a notification has four.",
        remedy="It does not come from Mechanical Turk in this form. Check what made it.",
    )


def _whole_number(digits: str) -> int | str:
    # Python refuses to turn thousands of digits into a number, and back; the limit may be as low as 640
    return int(digits) if len(digits) < 600 else digits


def _number(digits: str) -> float | str:
    value = float(digits)
    return value if math.isfinite(value) else digits  # 1e999 would be printed as Infinity, which is not JSON


_read = json.JSONDecoder(parse_int=_whole_number, parse_float=_number, parse_constant=str, strict=False).raw_decode


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for item in level:
            if type(item) is dict:
                below.extend(item.values())
            elif type(item) is list:
                below.extend(item)
        if not below:
            return False
        level = below
    return any(type(item) in {dict, list} for item in level)


def _broken(error: json.JSONDecodeError) -> ProblemError:
    rest = error.doc[error.pos :].strip(AROUND)
    reason = error.msg.removesuffix(" at")
    if (
        not rest
        or reason.startswith("Unterminated string")
        or (len(rest) < 5 and reason.startswith("Invalid \\u") and '"' not in rest)
        or any(word.startswith(rest) for word in ("true", "false", "null", "-"))
    ):
        detail = f"It ends in the middle, after {len(error.doc)} characters."
    else:
        detail = f"At line {error.lineno}, column {error.colno}, {_REASONS.get(reason, reason)}: {_quoted(rest)}."
    return input_problem(
        "message.not-json",
        title="This begins like JSON and cannot be read.",
        detail=detail,
        remedy="Copy the whole message again, from the first { to the last }.",
    )


def _more_after_end(text: str, place: int) -> ProblemError:
    line = text.count("\n", 0, place) + 1
    column = place - text.rfind("\n", 0, place)
    return input_problem(
        "message.not-json",
        title="There is more than one message here.",
        detail=f"The JSON is complete, and then at line {line}, column {column}, follows {_quoted(text[place:])}.",
        remedy="Try one message at a time, from its first { to its last }.",
    )


def _quoted(text: str) -> str:
    shown = "".join(character if character.isprintable() else "�" for character in text[:20])
    return f"“{shown}{'…' if len(text) > 20 else ''}”"
