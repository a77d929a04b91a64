# SPDX-License-Identifier: MIT
"""The e-mail by which Mechanical Turk tells about events: a bare text, or a whole message with headers.

Source: mails seen in 2013, subject "Your Event Notification", plain text, an indented block of ``Event Type:``,
``Event Time:``, ``HIT Type ID:``, ``HIT ID:``, ``Assignment ID:`` for each event.
Structure: RFC 5322, RFC 2045 to 2047.

Deliberate deviations: quote marks before a line and labels in any case are read; parts and headers beyond the bounds
below are not looked at; boundaries split over several parameters (RFC 2231) are not joined. The standard library's
whole-message parser is not used, only its header parser: with hostile mail the former takes quadratic time.
"""

from __future__ import annotations

import html
import quopri
import re
from binascii import a2b_base64
from email.errors import HeaderParseError
from email.header import decode_header
from email.parser import HeaderParser
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_HEAD = 32 * 1024
"""Characters of a message's head that are read; real ones have a few thousand."""
MAX_HEADER = 1000
"""Characters up to which one header is interpreted; longer ones are kept as they are."""
MAX_PARTS = 100
MAX_NESTING = 8

_FIELDS = {
    "event type": "EventType",
    "event time": "EventTime",
    "event timestamp": "EventTimestamp",
    "hit type id": "HITTypeId",
    "hit id": "HITId",
    "assignment id": "AssignmentId",
    "worker id": "WorkerId",
}
_EVENT_LINE = re.compile(r"^[ \t>\xa0]*event type[ \t\xa0]*:", re.IGNORECASE | re.MULTILINE)
_HEAD_LINE = re.compile(
    r"From |(?:From|To|Cc|Subject|Date|Sender|Reply-To|Return-Path|Received|Delivered-To|Message-ID|MIME-Version"
    r"|References|In-Reply-To|Importance|Priority|Precedence|User-Agent|Bcc|Errors-To|Envelope-To|Delivery-Date"
    r"|Content-[A-Z-]{1,40}|(?:X|ARC|DKIM|Authentication|Received|Thread|List|Resent|Feedback)-[A-Z0-9-]{1,60}):",
    re.IGNORECASE,
)
_NO_BYTE = re.compile(r"[\ud800-\udc7f\udd00-\udfff]")
"""A lone surrogate that stands for no byte: it cannot be written in any charset of mail."""
_TELLS = re.compile(r"EventType|EventDocId|TopicArn")
_INLINE_TAG = re.compile(
    r"</?(?:a|abbr|b|bdi|code|em|font|i|mark|small|span|strong|u|wbr)(?:\s[^<>]*)?>", re.IGNORECASE
)
_FLOWED = re.compile(r" \r?\n")
_END_OF_HEAD = re.compile(r"\r?\n\r?\n")
_BOUNDARY = re.compile(r'boundary\s{0,9}=\s{0,9}(?:"([^"]+)"|([^\s;"]+))', re.IGNORECASE)
_CHARSET = re.compile(r'charset\s{0,9}=\s{0,9}"?([^\s;"]+)', re.IGNORECASE)
# Python knows encodings that are slow, that warn, or that are no character sets of mail at all
_KNOWN_CHARSET = re.compile(
    r"us-ascii|ascii|utf-?8|utf-?16(?:le|be)?|latin-?1|iso-8859-(?:[1-9]|1[013456])|(?:windows-|cp)125[0-8]|koi8-[ru]"
    r"|gb(?:2312|k|18030)|big5|shift_jis|iso-2022-jp|euc-(?:jp|kr)",
    re.IGNORECASE,
)


def has_event_lines(text: str) -> bool:
    """Whether a line begins with ``Event Type:``."""
    return _EVENT_LINE.search(text) is not None


def is_whole_message(text: str) -> bool:
    """Whether the text begins with the headers of a mail."""
    return _HEAD_LINE.match(text.lstrip("\0\ufeff \t\r\n")) is not None


def read_email(text: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Take a mail apart into what it says about itself, and its events under the names of the JSON format.

    The first holds ``headers`` and ``text``, the lines that belong to no event, where there are any. Never raises.
    """
    text = _sendable(text)
    about: dict[str, Any] = {}
    if not is_whole_message(text):
        events, other = _read_blocks(text)
    else:
        headers, plain = _open(text, nesting=0)
        about["headers"] = headers
        events, other = _read_blocks(plain)
        if not events and has_event_lines(text):
            # copied from a window, without the empty line between head and text
            events, other = _read_blocks(text)
    if other:
        about["text"] = other
    return about, events


def open_email(text: str) -> tuple[dict[str, Any], str]:
    """Read the headers of a whole message, and find the text in it that tells of events, or else all its text.

    Bytes that are no UTF-8 may stand in ``text`` as Python's "surrogateescape" leaves them: the message's own charset
    is used for them.
    """
    return _open(_sendable(text), nesting=0)


def _sendable(text: str) -> str:
    text = text.lstrip("\0\ufeff \t\r\n") if is_whole_message(text) else text
    return _NO_BYTE.sub("?", text)


def _read_blocks(text: str) -> tuple[list[dict[str, Any]], str]:
    events: list[dict[str, Any]] = []
    other: list[str] = []
    event: dict[str, Any] = {}
    is_in_block = False
    waiting = ""  # the field whose value may have been wrapped to the next line
    for line in text.splitlines():
        bare = line.lstrip(" \t>\xa0").rstrip(" \t\xa0\r")
        if not bare:
            is_in_block = is_in_block and bool(waiting)
            continue
        label, colon, value = bare.partition(":")
        name = _FIELDS.get(" ".join(label.split()).casefold()) if colon and len(label) < 40 else None
        if name == "EventType":
            event = {}
            events.append(event)
            is_in_block = True
        if name is not None and events and name not in event:
            event[name] = value.strip() or None
            is_in_block = True
            waiting = "" if value.strip() else name
        elif is_in_block and waiting and not (colon and label.replace(" ", "").isalpha()):
            event[waiting] = bare
            waiting = ""
        elif is_in_block and colon and line[:1] in " \t>\xa0" and label not in event:
            event[label.strip()] = value.strip()
        else:
            waiting = ""
            other.append(bare)
    return events, "\n".join(other)


def _open(text: str, *, nesting: int) -> tuple[dict[str, Any], str]:
    """Read the headers, and find the plain text in whatever is below them."""
    ending = _END_OF_HEAD.search(text)
    head, body = (text[: ending.start()], text[ending.end() :]) if ending else (text, "")
    headers = _read_headers(head[:MAX_HEAD])
    by_name = {name.casefold(): value for name, value in headers.items() if isinstance(value, str)}
    content = by_name.get("content-type", "")[:MAX_HEADER]
    kind = content.partition(";")[0].strip().casefold()
    if nesting < MAX_NESTING:
        boundary = _BOUNDARY.search(content)
        if kind.startswith("multipart/") and boundary:
            return headers, _choose(_split(body, boundary[1] or boundary[2]), nesting=nesting + 1)
        if kind == "message/rfc822":
            return headers, _open(body.lstrip(), nesting=nesting + 1)[1]
    charset = _CHARSET.search(content)
    plain = _transfer_decoded(
        body, encoding=by_name.get("content-transfer-encoding", ""), charset=charset[1] if charset else ""
    )
    if kind == "text/html":
        return headers, _without_tags(plain)
    # what a mail program folded at a blank (RFC 3676) would otherwise break the texts in JSON
    return headers, _FLOWED.sub(" ", plain) if "flowed" in content.casefold() else plain


def _split(body: str, boundary: str) -> list[str]:
    parts = []
    for part in f"\n{body}".split(f"\n--{boundary}", MAX_PARTS)[1:]:
        if part.startswith("--"):
            break
        parts.append(part.partition("\n")[2])
    return parts


def _choose(parts: Iterable[str], *, nesting: int) -> str:
    """Take the first part that tells of events, or else all that there is."""
    seen = []
    for part in parts:
        # a part may have no headers at all, and then begins with the empty line
        plain = _open(part if not part.startswith(("\n", "\r\n")) else f"X:\n{part}", nesting=nesting)[1]
        if has_event_lines(plain) or _TELLS.search(plain):
            return plain
        seen.append(plain)
    return "\n".join(seen)


def _read_headers(head: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    head = head.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    for name, value in HeaderParser().parsestr(head).items():
        decoded = (
            _header_text(" ".join(str(value).split())).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        )
        if name not in found:
            found[name] = decoded
        elif isinstance(found[name], list):
            found[name].append(decoded)
        else:
            found[name] = [found[name], decoded]
    return found


def _header_text(value: str) -> str:
    if "=?" not in value or len(value) > MAX_HEADER:
        return value
    try:
        words = decode_header(value)
    except HeaderParseError:
        return value
    return "".join(word if isinstance(word, str) else _characters(word, charset or "") for word, charset in words)


def _transfer_decoded(body: str, *, encoding: str, charset: str) -> str:
    match encoding.strip().casefold():
        case "base64":
            digits = re.sub(r"[^A-Za-z0-9+/]", "", body)
            digits = digits[:-1] if len(digits) % 4 == 1 else digits  # cut off in the middle of a byte
            return _characters(a2b_base64(digits + "=" * (-len(digits) % 4)), charset)
        case "quoted-printable":
            return _characters(quopri.decodestring(body.encode("utf-8", "surrogateescape")), charset)
        case _:
            if body.isascii() and "\x1b" not in body:
                return body
            raw = body.encode("utf-8", "surrogateescape")
            # what is good UTF-8 was saved anew by some program, whatever the message's head still says
            return body if _is_utf_8(raw) and "\x1b" not in body else _characters(raw, charset)


def _is_utf_8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _characters(raw: bytes, charset: str) -> str:
    return raw.decode(charset if _KNOWN_CHARSET.fullmatch(charset) else "utf-8", "replace")


def _without_tags(page: str) -> str:
    text = re.sub(r"<[^<>]*>", "\n", _INLINE_TAG.sub("", page))
    try:
        return html.unescape(text)
    except ValueError:  # a character's number with thousands of digits
        return text
