# SPDX-License-Identifier: MIT
"""What a mail program, a chat, a terminal, a page or a log makes of a text on its way, and how each is undone.

Every way of undoing gives another text to try, and a sentence that says what was changed: no more and no less, since
whoever reads a message that was changed must be able to judge it. What stands within quotation marks is what somebody
sent: no character is taken out or put in there while only blanks and quotation marks around it are put right.

Sources: RFC 2045 (quoted-printable, base64), ECMA-48 (colours of a terminal), the categories of Unicode.
"""

from __future__ import annotations

import html
import quopri
import re
import unicodedata
import zlib
from binascii import Error as Base64Error
from binascii import a2b_base64
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl, unquote, unquote_plus

from notification_tester.domain.json_text import CURLY_QUOTES, is_invisible
from notification_tester.domain.messages.printed import unescaped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MOST_UNPACKED = 1024 * 1024
"""Characters that packed data may become."""


class Undone(NamedTuple):
    """Another text to try, and what was changed, in a sentence or two."""

    text: str
    said: str


def undoings(text: str) -> Iterator[Undone]:
    """Every way in which the text may have been changed, undone one at a time; what changes nothing is left out."""
    for said, undo in _UNDOING:
        other = undo(text)
        if isinstance(other, Undone):
            yield other
        elif other is not None and other != text:
            yield Undone(other, said)


def with_plain_signs(text: str) -> Undone | None:
    """Put plain blanks, quotation marks and signs in the place of their look-alikes around the texts in a value.

    The texts themselves, between whichever quotation marks, stay as they are. None where nothing is to be changed.
    """
    if text.isascii() and text.isprintable():
        return None
    changed: set[str] = set()
    kept = False

    def plain(found: re.Match[str]) -> str:
        nonlocal kept
        token = found[0]
        if len(token) == 1:
            other = _plain(token)
            if other != token:
                changed.add(token)
            return other
        kept = kept or any(is_invisible(one) for one in token)
        if found["within"] is None:
            return token
        changed.update((token[0], token[-1]))
        within = _ESCAPED_CURLY.sub(r'\\"', found["within"])
        return f'"{within}"'

    other = _TOKEN.sub(plain, text)
    if other == text:
        return None
    within = " Those within the texts were kept." if kept else ""
    return Undone(other, f"Around the texts, {_replaced(changed)}.{within}")


def said_of_blanks(characters: Iterable[str]) -> str:
    """Say that these were taken for blanks; empty where there are none but ordinary ones."""
    odd = {one for one in characters if is_invisible(one)}
    return f"Around the texts, {_replaced(odd)}." if odd else ""


def _plain(character: str) -> str:
    if character in CURLY_QUOTES:
        return '"'
    if is_invisible(character):
        return " "
    ascii_one = unicodedata.normalize("NFKC", character)  # of the wide signs beside Chinese and Japanese letters
    return ascii_one if ascii_one in {"{", "}", "[", "]", ":", ",", "'"} else character


def _replaced(characters: set[str]) -> str:
    blanks = {one for one in characters if one not in CURLY_QUOTES and is_invisible(one)}
    parts = []
    if blanks:
        parts.append(f"{' and '.join(sorted({_kind(one) for one in blanks}))} were read as blanks")
    if any(one in CURLY_QUOTES for one in characters):
        parts.append("curly quotation marks were read as straight ones")
    if characters - blanks - set(CURLY_QUOTES):
        parts.append("wide signs were read as plain ones")
    return ", ".join(parts)


def _kind(character: str) -> str:
    """What people call such characters."""
    for kind, those in _KINDS:
        if character in those:
            return kind
    return {"Cc": "control characters", "Zs": "unusual blanks", "Zl": "line separators", "Zp": "line separators"}.get(
        unicodedata.category(character), "invisible characters"
    )


_KINDS = (
    ("no-break spaces", "\u00a0\u202f\u2007"),
    ("byte order marks", "\ufeff"),
    ("zero-width characters", "\u200b\u200c\u200d\u2060"),
    ("soft hyphens", "\u00ad"),
    ("marks of the direction of text", "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"),
)
_ANSI = re.compile(r"\x1b\[[0-9;?]{0,20}[A-Za-z]|\x1b\][^\x07\x1b]{0,200}(?:\x07|\x1b\\)")
_TOKEN = re.compile(
    r'(?<!\\)"[^"\\]*+(?:\\.[^"\\]*+)*+"'
    rf'|(?<!\\)[{CURLY_QUOTES}](?P<within>[^{CURLY_QUOTES}"\\]*+(?:\\.[^{CURLY_QUOTES}"\\]*+)*+)[{CURLY_QUOTES}]'
    r"|[^\x00-\x7f]|[\x00-\x08\x0b\x0c\x0e-\x1f]",
    re.DOTALL,
)
_ESCAPED_CURLY = re.compile(rf"\\[{CURLY_QUOTES}]")
_CURLY = str.maketrans({**dict.fromkeys(CURLY_QUOTES, '"'), **dict.fromkeys("‘’‚‛′＇", "'")})
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_=-])(?:ey[A-Za-z]|ew[0-9a-z]|H4sI)[A-Za-z0-9+/_-]{40,}={0,2}")
WRAPPED_BASE64 = re.compile(r"^(?:[A-Za-z0-9+/]{60,76}\r?\n){1,20000}+[A-Za-z0-9+/]{0,76}={0,2}", re.MULTILINE)
_HEX = re.compile(r"<Buffer ((?:[0-9a-f]{2} ?)++)>", re.IGNORECASE)


def _without_colours(text: str) -> str | None:
    return _ANSI.sub("", text) if "\x1b" in text else None


def _as_utf_8(text: str) -> str | None:
    """UTF-8 that somebody read by the Western table of Windows: “â€œ” stands for a curly quotation mark."""
    if not re.search("â€|Â\u00a0|Ã[\u0080-\u00bf]", text):
        return None
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return None


def _straight(text: str) -> str | None:
    return None if text.isascii() else text.translate(_CURLY)


def _without_line_breaks(text: str) -> str | None:
    # what stands before each line would come to stand within the texts
    return "".join(text.splitlines()) if "\n" in text and _without_line_beginnings(text) is None else None


def _without_entities(text: str) -> str | None:
    if "&" not in text:
        return None
    try:
        return html.unescape(text)
    except ValueError:  # a character's number with thousands of digits
        return None


def _without_double_quotes(text: str) -> str | None:
    return text.replace('""', '"') if re.search(r'[{\[,:]\s{0,20}""\w', text) else None


def _without_backslashes(text: str) -> str | None:
    return unescaped(text) if re.search(r"""[{\[,:]\s{0,20}\\{1,8}["'nrtux]|\\[{\[]""", text) else None


def _without_percents(text: str) -> str | None:
    if not re.search(r"%(?:25)*(?:7B|22|5B)|Event%2E", text, re.IGNORECASE):
        return None
    values = [one for pair in parse_qsl(text, keep_blank_values=True) for one in pair if "{" in one]
    return "\n".join(values) if values else (unquote_plus if "+" in text and " " not in text else unquote)(text)


def _without_quoted_printable(text: str) -> str | None:
    if not re.search(r"=(?:22|7B|3D|\r?\n)", text):
        return None
    return quopri.decodestring(text.encode("utf-8", "replace")).decode("utf-8", "replace")


def _without_base64(text: str) -> str | None:
    if WRAPPED_BASE64.search(text):
        return WRAPPED_BASE64.sub(lambda found: _bytes_of_base64("".join(found[0].split())) or found[0], text)
    return _BASE64.sub(lambda found: _bytes_of_base64(found[0]) or found[0], text) if _BASE64.search(text) else None


def _bytes_of_base64(digits: str) -> str | None:
    digits = digits.rstrip("=").replace("-", "+").replace("_", "/")
    digits = digits[:-1] if len(digits) % 4 == 1 else digits
    try:
        raw = a2b_base64(digits + "=" * (-len(digits) % 4))
        if raw.startswith(b"\x1f\x8b"):  # as CloudWatch Logs hands lines to a Lambda function
            raw = zlib.decompressobj(31).decompress(raw, MOST_UNPACKED)
    except (Base64Error, zlib.error):
        return None
    return raw.decode("utf-8", "replace")


def _without_hex(text: str) -> str | None:
    if not _HEX.search(text):
        return None
    return _HEX.sub(lambda found: bytes.fromhex(found[1]).decode("utf-8", "replace"), text)


def _without_line_beginnings(text: str) -> str | None:
    """Take off what a log, a mail or an editor puts before each line, learned from the line where the value begins."""
    lines = text.splitlines()
    first = next((number for number, line in enumerate(lines) if line.rstrip()[-1:] in {"{", "["}), None)
    if first is None:
        first = next((number for number, line in enumerate(lines) if "{" in line), None)
    if first is None or first + 1 == len(lines):
        return None
    before = lines[first][: max(lines[first].find("{"), lines[first].rfind("[") if "{" not in lines[first] else 0)]
    shape = _shape_in_common(before[:200], lines[first + 1])
    if shape is None:
        return None
    return "\n".join(line[found.end() :] if (found := shape.match(line)) else line for line in lines[first:])


def _shape_in_common(beginning: str, following: str) -> re.Pattern[str] | None:
    """The longest beginning that two lines share, other digits aside: times and numbers differ from line to line."""
    pattern, at = "", 0
    for part in re.findall(r"[0-9]+|\s+|[^0-9\s]+", beginning):
        sign = "[0-9]{1,40}" if part[0].isdigit() else r"[ \t]{1,40}" if part.isspace() else re.escape(part)
        found = re.compile(sign).match(following, at)
        if found is None:
            break
        pattern, at = pattern + sign, found.end()
    return re.compile(pattern) if at else None


_UNDOING: tuple[tuple[str, Callable[[str], Undone | str | None]], ...] = (
    ("The colours of a terminal were taken out.", _without_colours),
    ("", with_plain_signs),
    ("UTF-8 that was read by a table of Windows was read anew.", _as_utf_8),
    ("All curly quotation marks were taken for straight ones.", _straight),
    ("What stands before each line was taken off.", _without_line_beginnings),
    ("The line breaks were taken out.", _without_line_breaks),
    ("Doubled quotation marks, as in a table, were taken for single ones.", _without_double_quotes),
    ("One level of backslashes was taken off.", _without_backslashes),
    ("The entities of a web page or of XML were put back.", _without_entities),
    ("The percent signs of a web address were put back.", _without_percents),
    ("Quoted-printable, an encoding of mail, was put back.", _without_quoted_printable),
    ("Base64 was put back.", _without_base64),
    ("The bytes of a Buffer were put back.", _without_hex),
)
