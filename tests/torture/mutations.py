# SPDX-License-Identifier: MIT
"""Spoil a text as chance, people and programs do: cut, doubled, pasted together, wrapped, with odd values in it."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

LONGEST = 6_000
"""Characters of a spoiled text: what breaks a parser is seldom long, and time goes into other inputs."""

_PIECES = (
    "\0",
    "\ufeff",
    "\u200b",
    "\u2028",
    "\ud800",
    "\udc80",
    "\x1b[31m",
    "\u202e",
    "é",
    "Ⅷ",
    "０",
    "\r\n",
    "\n\n",
    "\t",
    " ",
    '"',
    "'",
    "“",
    "”",
    "\\",
    "\\u0000",
    "\\ud83d",
    "%",
    "%00",
    "%ff",
    "&",
    "&amp;",
    "&#0;",
    "=",
    "=\n",
    "=3D",
    ";",
    ",",
    "{",
    "}",
    "[",
    "]",
    "[" * 70,
    '{"a":' * 70,
    ":",
    "<",
    ">",
    "<!DOCTYPE a [<!ENTITY b 'c'>]>",
    "<![CDATA[",
    "]]>",
    "null",
    "true",
    "NaN",
    "-Infinity",
    "1e999",
    "9" * 400,
    "-1",
    "0x",
    "1.5",
    "*",
    "?",
    "${aws:username}",
    "$",
    "AKIAIOSFODNN7EXAMPLE",
    "123456789012",
    "arn:aws:sqs:us-east-1:123456789012:q",
    "http://[::1",
    "https://",
    "@",
    "xn--",
    "Events",
    "EventType",
    "EventDocId",
    "Message",
    "Records",
    "Statement",
    "Principal",
    "Condition",
    "applied",
    "count",
)
_ODD: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    2**63,
    10**400,
    1.5,
    float("nan"),
    float("inf"),
    "",
    "\0",
    "\ud800",
    "x" * 300,
    "=1+1",
    [],
    {},
    [[]],
    [None],
    {"": ""},
    {"a": {"a": {"a": []}}},
    "null",
    "[]",
    "{}",
)


def spoiled(text: str, others: Sequence[str], chance: Random) -> str:
    """The text with one to five things done to it; now and then it stays whole, so that what is whole is tried too."""
    for _ in range(chance.choice((0, 1, 1, 1, 2, 2, 3, 5))):
        text = chance.choice(_WAYS)(text, others, chance)[:LONGEST]
    return text


def _cut(text: str, others: Sequence[str], chance: Random) -> str:
    return text[: chance.randrange(len(text) + 1)]


def _without(text: str, others: Sequence[str], chance: Random) -> str:
    place = chance.randrange(len(text) + 1)
    return text[:place] + text[place + chance.randint(1, 8) :]


def _doubled(text: str, others: Sequence[str], chance: Random) -> str:
    place = chance.randrange(len(text) + 1)
    length = chance.randint(1, 60)
    return text[: place + length] + text[place:]


def _with_piece(text: str, others: Sequence[str], chance: Random) -> str:
    place = chance.randrange(len(text) + 1)
    return text[:place] + chance.choice(_PIECES) + text[place + chance.randint(0, 2) :]


def _with_character(text: str, others: Sequence[str], chance: Random) -> str:
    if not text:
        return chr(chance.randrange(0x110000))
    place = chance.randrange(len(text))
    changed = chr((ord(text[place]) ^ (1 << chance.randrange(8))) % 0x110000)
    return text[:place] + changed + text[place + 1 :]


def _joined(text: str, others: Sequence[str], chance: Random) -> str:
    other = chance.choice(others)
    return text[: chance.randrange(len(text) + 1)] + other[chance.randrange(len(other) + 1) :]


def _wrapped(text: str, others: Sequence[str], chance: Random) -> str:
    return chance.choice(_WRAPPINGS)(text)


def _with_odd_value(text: str, others: Sequence[str], chance: Random) -> str:
    """Change a value of JSON, and leave it JSON."""
    try:
        value = json.loads(text)
        places = list(_places(value))
        if not places:
            return json.dumps(chance.choice(_ODD))
        holder, key = chance.choice(places)
        if chance.random() < 0.2:
            del holder[key]
        elif chance.random() < 0.2:
            holder[key] = [holder[key]]
        else:
            holder[key] = chance.choice(_ODD)
        return json.dumps(value, ensure_ascii=chance.random() < 0.5)
    except (ValueError, RecursionError):
        return _with_piece(text, others, chance)


def _places(value: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting and len(found) < 500:
        holder = waiting.pop()
        keys = list(holder) if isinstance(holder, dict) else range(len(holder)) if isinstance(holder, list) else ()
        for key in keys:
            found.append((holder, key))
            waiting.append(holder[key])
    return found


def _as_base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "surrogatepass")).decode()


def _quoted_whole(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"))


_WRAPPINGS: tuple[Callable[[str], str], ...] = (
    json.dumps,
    repr,
    _as_base64,
    _quoted_whole,
    lambda text: json.dumps({"Message": text}),
    lambda text: f"[{text}]",
    lambda text: f"2026-01-31 12:00:00 INFO {text} (end)",
    lambda text: text.replace("\n", "\r\n> "),
    lambda text: text.encode("utf-8", "replace").decode("latin-1"),
)
_WAYS = (
    _cut,
    _without,
    _without,
    _doubled,
    _with_piece,
    _with_piece,
    _with_piece,
    _with_character,
    _joined,
    _wrapped,
    _with_odd_value,
    _with_odd_value,
    _with_odd_value,
)
