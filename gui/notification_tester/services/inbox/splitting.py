# SPDX-License-Identifier: MIT
r"""The messages in a file or a text, each by itself, found without holding up whatever else the program does.

Split are mail folders (mbox, RFC 4155), arrays of JSON and values one after the other, as JSON lines have them, what
this program exported, what ``aws sqs receive-message`` prints, and what a Lambda function is handed. All else is one
message, however much is in it.

Python's own reader of JSON, and its search with an expression, keep every other thread waiting until they are through:
seconds, for a file of sixty megabytes. Here no call looks at more than :data:`_STEP` bytes. Where a value of JSON ends
is told by its brackets and quotation marks alone, which have the same bytes in UTF-8 and in the Western table; read is
one message at a time, and of one that is larger than any message, nothing.
"""

from __future__ import annotations

import codecs
import json
import re
from array import array
from typing import TYPE_CHECKING, Any, NamedTuple

from notification_tester.domain.json_text import plain_text
from notification_tester.domain.messages.message import MAX_SIZE
from notification_tester.domain.messages.pasted_message import MBOX

if TYPE_CHECKING:
    from collections.abc import Iterator

_STEP = 2**18
_MOST_MEMBERS = 1000
"""Of an object that may hold messages; what has more is something else."""
_LARGEST_RAW = 6 * MAX_SIZE
r"""Bytes of a message in an export, where each character may be written as ``\u0000``."""
_WRAPPED = ("Messages", "Records")
_EXPORTED = {"raw", "message", "signature"}

_BLANKS = re.compile(rb"[ \t\n\r]*")
_SCALAR = re.compile(rb"[^\s,:\"{}\[\]]{1,1000}")
_IN_STRING = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_PLAIN = rb'[^"{}\[\]]++|"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_UP_TO_BRACKET = re.compile(rb"(?:%b|[{\[](?:%b)*+[}\]])*+" % (_PLAIN, _PLAIN), re.DOTALL)
"""Also over lists and objects that hold no other: that is what most brackets are for."""
_MAIL = re.compile(MBOX.encode(), re.MULTILINE)


class Parts(NamedTuple):
    """How many messages there are, and each: as it stands there, or as JSON has it where it stood among others."""

    total: int
    messages: Iterator[str | bytes]


def split(raw: bytes) -> Parts:
    """Find the messages in a file."""
    if raw.startswith(b"From ") and len(starts := _mails(raw)) > 1:
        return Parts(len(starts), _without_first_lines(raw, starts))
    encoding = json.detect_encoding(raw[:4])
    text = raw if encoding.startswith("utf-8") else _as_utf8(raw, encoding)
    at = _after_blanks(text, len(codecs.BOM_UTF8) if text.startswith(codecs.BOM_UTF8) else 0)
    try:
        name, spans = _in_json(text, at)
    except (ValueError, RecursionError):
        return Parts(1, iter((raw,)))
    count = len(spans) // 2
    if not count or (count == 1 and len(raw) <= MAX_SIZE and not _exported(text, spans[0])):
        return Parts(1, iter((raw,)))
    return Parts(count, (_one(text, name, begin, end) for begin, end in zip(spans[::2], spans[1::2], strict=True)))


def _mails(raw: bytes) -> list[int]:
    """Where each mail of a mail folder begins."""
    starts = [0] if _MAIL.match(raw) else []
    begin = 0
    while begin < len(raw):
        end = begin + _STEP
        at = raw.find(b"\nFrom ", begin, end)
        if at < 0:
            begin = end - len(b"From ")  # the line may begin where the step ends
            continue
        if _MAIL.match(raw, at + 1):
            starts.append(at + 1)
        begin = at + 1
    return starts


def _without_first_lines(raw: bytes, starts: list[int]) -> Iterator[bytes]:
    for begin, end in zip(starts, [*starts[1:], len(raw)], strict=True):
        yield raw[begin:end].partition(b"\n")[2]


def _as_utf8(raw: bytes, encoding: str) -> bytes:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    made = bytearray()
    for begin in range(0, len(raw), _STEP):
        made += decoder.decode(raw[begin : begin + _STEP], begin + _STEP >= len(raw)).encode("utf-8", "replace")
    return bytes(made)


def _in_json(text: bytes, at: int) -> tuple[str, array[int]]:
    """Where messages begin and end in turn, and the name of the list in which they were, if it had one.

    Raises ValueError for what is no JSON, and for a list of something else.
    """
    spans = array("Q")
    if text.startswith(b"[", at):
        end = _items(text, at, spans)
        if _after_blanks(text, end) < len(text):
            raise ValueError("there is more after the array")
        return "", _checked(text, spans, only_objects=True)
    members, end = _members(text, at)
    if (after := _after_blanks(text, end)) == len(text):
        for name in _WRAPPED:
            if name in members and text.startswith(b"[", members[name][0]):
                _items(text, members[name][0], spans)
                return name, _checked(text, spans)
        return "", _checked(text, array("Q", (at, end)))
    spans.extend((at, end))
    while after < len(text):
        end = _value_end(text, after)
        spans.extend((after, end))
        after = _after_blanks(text, end)
    return "", _checked(text, spans, only_objects=True)


def _checked(text: bytes, spans: array[int], *, only_objects: bool = False) -> array[int]:
    """The same, where each can be read; of what is larger than a message that is not tried."""
    for begin, end in zip(spans[::2], spans[1::2], strict=True):
        if only_objects and not text.startswith(b"{", begin):
            raise ValueError("this is something else than a message")
        if end - begin <= MAX_SIZE:
            json.loads(plain_text(text[begin:end]))
    return spans


def _one(text: bytes, name: str, begin: int, end: int) -> str | bytes:
    if exported := _exported(text, begin):
        return exported
    if end - begin > MAX_SIZE:
        return text[begin : begin + MAX_SIZE + 1]  # is said to be too large, and a copy of sixty megabytes takes long
    value = json.loads(plain_text(text[begin:end]))
    return json.dumps({name: [value]} if name else value, ensure_ascii=False)


def _exported(text: bytes, at: int) -> str:
    """The message as it came, in what this program exported or printed; empty in all else."""
    if not text.startswith(b"{", at):
        return ""
    try:
        members, _ = _members(text, at)
        if not members.keys() >= _EXPORTED:
            return ""
        begin, end = members["raw"]
        value: Any = json.loads(plain_text(text[begin:end])) if end - begin <= _LARGEST_RAW else ""
    except ValueError:
        return ""
    return value if isinstance(value, str) else ""


def _members(text: bytes, at: int) -> tuple[dict[str, tuple[int, int]], int]:
    """Where the values of an object begin and end, by their names, and where it ends itself. Raises ValueError."""
    members: dict[str, tuple[int, int]] = {}
    at = _after(text, at, b"{")
    while not text.startswith(b"}", at):
        if members:
            at = _after(text, at, b",")
        if not text.startswith(b'"', at) or len(members) == _MOST_MEMBERS:
            raise ValueError("this is no object, or one of something else")
        end = _string_end(text, at)
        name = json.loads(plain_text(text[at:end])) if end - at < MAX_SIZE else ""
        begin = _after(text, _after_blanks(text, end), b":")
        end = _value_end(text, begin)
        members[name] = (begin, end)
        at = _after_blanks(text, end)
    return members, at + 1


def _items(text: bytes, at: int, spans: array[int]) -> int:
    """Add where the values of an array begin and end; returns where it ends itself. Raises ValueError."""
    at = _after(text, at, b"[")
    is_first = True
    while not (is_first and text.startswith(b"]", at)):
        end = _value_end(text, at)
        spans.extend((at, end))
        at, is_first = _after_blanks(text, end), False
        if text.startswith(b"]", at):
            break
        at = _after(text, at, b",")
    return at + 1


def _value_end(text: bytes, at: int) -> int:
    """Where a value ends, told by brackets and quotation marks alone. Raises ValueError where it does not."""
    if text.startswith(b'"', at):
        return _string_end(text, at)
    if not text.startswith((b"{", b"["), at):
        if (found := _SCALAR.match(text, at)) is None:
            raise ValueError("a value is missing")
        return found.end()
    depth = 1
    at += 1
    while True:
        at = _behind(_UP_TO_BRACKET, text, at)
        sign = text[at : at + 1]
        if not sign:
            raise ValueError("it ends in the middle")
        if sign == b'"':
            at = _string_end(text, at)
        elif sign in b"{[":
            depth, at = depth + 1, at + 1
        elif sign in b"}]":
            depth, at = depth - 1, at + 1
            if not depth:
                return at


def _string_end(text: bytes, at: int) -> int:
    at += 1
    while not text.startswith(b'"', at):
        end = _behind(_IN_STRING, text, at)
        if end == at:
            raise ValueError("a text ends in the middle")
        at = end
    return at + 1


def _after(text: bytes, at: int, sign: bytes) -> int:
    """Behind a sign and blanks. Raises ValueError where it is another."""
    if not text.startswith(sign, at):
        raise ValueError(f"{sign!r} is missing")
    return _after_blanks(text, at + 1)


def _after_blanks(text: bytes, at: int) -> int:
    while True:
        end = _behind(_BLANKS, text, at)
        if end < at + _STEP:
            return end
        at = end


def _behind(pattern: re.Pattern[bytes], text: bytes, at: int) -> int:
    """Behind what matches there, one step further at most."""
    found = pattern.match(text, at, at + _STEP)
    return at if found is None else found.end()
