# SPDX-License-Identifier: MIT
"""Read foreign text and foreign JSON without surprises: bounded, never raising anything but ProblemError.

Source: RFC 8259. Deliberate deviations: line breaks inside strings are accepted, as a terminal adds them;
``NaN`` and ``Infinity``, whole numbers of hundreds of digits and numbers too large for a float are kept as text.
"""

from __future__ import annotations

import codecs
import json
import math
import re
import unicodedata
from typing import Any

from notification_tester.domain.counts import counted
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


_FILES = (
    (b"PK\x03\x04", "a workbook of Excel, or another packed file", "save the table as CSV, or unpack the file"),
    (b"\xd0\xcf\x11\xe0", "a file of Outlook or of an old Excel", "save the mail as text or .eml, the table as CSV"),
    (b"\x1f\x8b", "a compressed file (gzip)", "unpack it"),
    (b"%PDF-", "a PDF", "copy the text out of it"),
    (b"\x89PNG", "a picture", "copy the text itself instead of a picture of it"),
    (b"\xff\xd8\xff", "a picture", "copy the text itself instead of a picture of it"),
    (b"SQLite format 3\0", "a database", "take the text out of it"),
    (b"{\\rtf", "a text with formats (RTF)", "save it as plain text"),
)


def plain_text(raw: bytes) -> str:
    """Make text of a file or of standard input: what :func:`characters` reads, else the Western table of Windows.

    The Asian tables of Windows keep letters, digits, commas and quotation marks where ASCII has them, so of a list or
    a message in one of these all that matters is read. Raises ProblemError for a file that is no text at all.
    """
    for beginning, what, remedy in _FILES:
        if raw.startswith(beginning):
            raise input_problem(
                "file.not-text",
                title="This is not a text.",
                detail=f"It begins like {what}.",
                remedy=f"Please {remedy}, and try again.",
            )
    return raw.decode("cp1252", "replace") if is_western(raw) else characters(raw)


def is_western(raw: bytes) -> bool:
    """Whether these bytes are no Unicode, so that :func:`plain_text` reads them by the Western table of Windows."""
    if raw.isascii() or b"\0" in raw[:4] or any(raw.startswith(mark) for mark, _ in _BYTE_ORDER_MARKS):
        return False
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


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


def doubled_names(text: str, *, levels: int = 4) -> list[str]:
    """Names that stand twice in one object, of which the last was read; also within texts that hold JSON themselves.

    Empty for what is no JSON.
    """
    doubled: dict[str, None] = {}
    inner: list[str] = []

    def note(pairs: list[tuple[str, Any]]) -> None:
        names: set[str] = set()
        for name, value in pairs:
            if name in names:
                doubled[name] = None
            names.add(name)
            if isinstance(value, str) and value.lstrip(AROUND)[:1] == "{":
                inner.append(value)

    decoder = json.JSONDecoder(object_pairs_hook=note, parse_int=str, parse_float=str, parse_constant=str, strict=False)
    try:
        decoder.raw_decode(text, len(text) - len(text.lstrip(AROUND)))
    except (ValueError, RecursionError):
        return []
    for one in inner if levels else ():
        doubled |= dict.fromkeys(doubled_names(one, levels=levels - 1))
    return list(doubled)


def too_deep() -> ProblemError:
    """Make the error for a message nested beyond MAX_DEPTH."""
    return input_problem(
        "message.too-deep",
        title="This message is nested too deeply.",
        detail=f"It has lists or objects within each other, more than {MAX_DEPTH} deep; a notification has four.",
        remedy="Mechanical Turk is not known to send it in this form. Check what made it.",
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
        detail = f"It ends in the middle, after {counted(len(error.doc), 'character')}."
    else:
        at = f"At line {error.lineno}, column {error.colno}"
        detail = f"{at}, {_REASONS.get(reason, reason)}: {_quoted(rest)}."
        if other := _other_spelling(error.doc, error.pos):
            return input_problem(
                "message.not-json",
                title="This begins like JSON and cannot be read.",
                detail=f"{detail} {other[0]}",
                remedy=other[1],
            )
    return input_problem(
        "message.not-json",
        title="This begins like JSON and cannot be read.",
        detail=detail,
        remedy="Copy the whole message again, from the first { to the last }.",
    )


CURLY_QUOTES = "“”„‟«»″〝〞＂"
"""What word processors, chats and phones make of a straight quotation mark."""
_PRINTED = re.compile(r"(?:[bu]?'|(?:True|False|None|nan)\b)|[\w$]{1,80}\s{0,9}:|(?:undefined|NaN|\[Object\])|=>|`")


_SHOWN_AS_NOTHING = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Letters and marks that are drawn as a blank or not at all: "Default_Ignorable_Code_Point" and Braille's blank."""


def is_invisible(character: str) -> bool:
    """Whether nobody sees that a character stands there, or that it is no ordinary blank; line breaks do not count."""
    if character in " \t\r\n":
        return False
    return unicodedata.category(character) in {
        "Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs",
    } or _SHOWN_AS_NOTHING.match(character) is not None  # fmt: skip


def character_name(character: str) -> str:
    """Its name and number, as in “No-Break Space (U+00A0)”."""
    number = f"U+{ord(character):04X}"
    name = unicodedata.name(character, "").title()
    return f"{name} ({number})" if name else number


def _other_spelling(text: str, place: int) -> tuple[str, str] | None:
    """Why copying again would give the same, and what helps; None where the text is simply damaged."""
    before, at = text[max(0, place - 1) : place], text[place : place + 1]
    for character in at + before:
        if is_invisible(character):
            return (
                f"There stands an invisible character: {character_name(character)}.",
                "Put an ordinary blank there, or take it out. Copying it again from the same place gives the same.",
            )
        if character in CURLY_QUOTES or character in "‘’‚‛":
            return (
                f"There stands a curly quotation mark: {character_name(character)}.",
                'Put straight ones (") there. A word processor or a chat changed them; copying again gives the same.',
            )
    if _PRINTED.match(text, place):
        return (
            "This is how a program prints a value for people, as Python, Node or Ruby do.",
            "Let the program print JSON: json.dumps(…) in Python, JSON.stringify(…) in Node, .to_json in Ruby.",
        )
    return None


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
