# SPDX-License-Identifier: MIT
"""Taking secrets out of somebody else's text, in every form in which they may stand in it.

Two nets, one behind the other. What is known to be secret goes wherever it stands: as it is, quoted (Python, JSON,
HTML), percent-encoded once or several times, as base64 at any offset, as hexadecimal digits, broken over lines, or cut
off. Then goes what only looks like a secret: it is better to lose a harmless word of an error than to show a key that
some library, service or process happened to quote.

Shapes: access keys begin with ``AKIA`` or ``ASIA`` (IAM User Guide, "Unique identifiers"; ``ABIA`` and ``ACCA`` are
bearer and context-specific credentials of the same table), secrets have 40 characters of base64, tokens are longer;
the names of headers and query parameters are those of Signature Version 4.
"""

from __future__ import annotations

import base64
import html
import json
import re
import threading
from bisect import bisect_right
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

REMOVED = "[removed]"

ANYWHERE = 6
"""Characters from which on a secret is taken out of the middle of a word, too; a shorter one only as a whole word."""

BROKEN = 8
"""Characters from which on a secret is found also where blanks, line breaks or quotes stand between its characters."""

PART = 8
"""Characters of the parts by which a secret that was cut off is found. A part of twice as many is always found."""

PIECE = 16_384
"""Characters that are looked through in one call: Python's lock is held as long, and the window waits for it."""

_LAYERS = 3
_NOISE = re.compile(r"[\s\"'`\\>|,()\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\x00-\x1f\x7f]")
_ESCAPE = re.compile(  # a sign comes first in each of them: that is many times faster than a group
    r"%[0-9A-Fa-f]{2}(?:%[0-9A-Fa-f]{2})*"
    r"|\\x[0-9A-Fa-f]{2}(?:\\x[0-9A-Fa-f]{2})*"
    r"|%u[0-9A-Fa-f]{4}(?:%u[0-9A-Fa-f]{4})*|\\u\{[0-9A-Fa-f]{1,6}\}"
    r"|\\u[0-9A-Fa-f]{4}(?:\\u[0-9A-Fa-f]{4})*|\\U[0-9A-Fa-f]{8}"
    r"|\\[0-7]{3}|\\[abfnrtv0'\"\\/]"
    r"|&#[0-9]{1,7};?|&#[xX][0-9A-Fa-f]{1,6};?|&[A-Za-z]{2,8};"
)
_LONGEST = 10  # of these escapes, and of what repeats itself in them
_QUOTED_PRINTABLE = re.compile(r"=\r?\n|=[0-9A-F]{2}(?:=[0-9A-F]{2})*")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]*={0,2}")

_SENSITIVE = (
    r"(?:secret|passw|passphrase|access[_-]?key|signature|credential"
    r"|(?:session|security|auth|access|id|refresh|bearer)[_-]?token|(?<![\w-])token(?![\w-]))"
)
_SENSITIVE_NAME = rf"(?<![\w-])(?=[\w-]{{0,60}}{_SENSITIVE})[\w-]{{1,90}}"
_SIGN = r"(?:=|:(?![ \t]{1,3}[A-Za-z]{1,11}(?![\w/+=.-])))"
_QUOTED_OR_WORD = r"""(?:"(?:[^"\\\r\n]|\\.)+"|'(?:[^'\\\r\n]|\\.)+'|[^\s"'&,;)\]}<>\[]+)"""
_SHAPES = tuple(
    re.compile(pattern, flags)
    for pattern, flags in (
        # a header with everything behind it: its value has blanks, commas and equal signs
        (r"""(authorization["']?[ \t]{0,3}[:=,][ \t]{0,3}b?["']?)[^"'\r\n]+""", re.IGNORECASE),
        (r"(\b(?:AWS4-HMAC-SHA256|Bearer|Basic)[ \t]{1,3})[^\"'\r\n]{8,}", re.IGNORECASE),
        # a name and its value: in a dictionary, a call, a header or the query of an address; but no short word of prose
        (rf"({_SENSITIVE_NAME}[\"']?[ \t]{{0,3}}{_SIGN}[ \t]{{0,3}}b?){_QUOTED_OR_WORD}", re.IGNORECASE),
        # name and password in an address
        (r"(://)[^\s/@\"':]{0,200}:[^\s/@\"']{1,200}(?=@)", 0),
        # shapes
        (r"()\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{8,}", 0),
        (r"()\beyJ[\w-]{8,}(?:\.[\w-]*)*", 0),
        (r"()(?<![A-Za-z0-9/+])(?=[0-9/+]*[A-Za-z])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])", 0),
    )
)
_LONG_WORDS = re.compile(r"(?<![A-Za-z0-9/+_=-])(?=[A-Za-z/+_=-]*[0-9])(?=[0-9/+_=-]*[A-Za-z])[A-Za-z0-9/+_=-]{60,}")


class KnownSecrets:
    """The secrets that are held, or were tried, and the cleaning of a text of them. Safe to use from any thread."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._lock = threading.Lock()
        self._needles: dict[str, _Needles] = {}
        self.add(*secrets)

    def add(self, *secrets: str | None) -> None:
        """Know these from now on. What is None or blank is none."""
        for secret in secrets:
            if secret and secret.strip():
                with self._lock:
                    known = secret in self._needles
                if not known:
                    needles = _needles(secret)
                    with self._lock:
                        self._needles[secret] = needles

    def forget(self, *secrets: str) -> None:
        """Know these no more, and keep them in memory no longer."""
        with self._lock:
            for secret in secrets:
                self._needles.pop(secret, None)

    def all(self) -> tuple[str, ...]:
        """Every one, as it was given."""
        with self._lock:
            return tuple(self._needles)

    def clean(self, text: str) -> str:
        """The text without what is known and without what looks like a secret."""
        return without_shapes(self.without_known(text))

    def without_known(self, text: str) -> str:
        """The text without the secrets that are known."""
        with self._lock:
            needles = list(self._needles.values())
        if not needles or not text:
            return text
        found: list[tuple[int, int]] = []
        for view in _views(text):
            for needle in needles:
                found += needle.found_in(view)
        return _cut_out(text, found)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self.all())}>"


def without_shapes(text: str, *, long_words: bool = False) -> str:
    """The text without what looks like a secret; with ``long_words`` also without what may be a token of any kind."""
    for pattern in _SHAPES:
        text = pattern.sub(rf"\g<1>{REMOVED}", text)
    return _LONG_WORDS.sub(REMOVED, text) if long_words else text


class _View:
    """A text as it reads once something was decoded or left out. Where a character came from is told when asked for."""

    def __init__(self, text: str, find_stretches: Callable[[], _Stretches] | None, *, is_compact: bool = False) -> None:
        self.text = text
        self.is_compact = is_compact
        self._find_stretches = find_stretches
        self._stretches: _Stretches | None = None

    def place_of(self, begin: int, end: int) -> tuple[int, int]:
        """Where a piece of this view, which is not empty, stands in the text as it was given."""
        if self._find_stretches is None:
            return begin, end
        if self._stretches is None:
            self._stretches = self._find_stretches()
        return self._stretches.place_of(begin, end)

    def decoded(self, pattern: re.Pattern[str]) -> _View | None:
        """The view with one layer of escapes read; None where there is none."""
        pieces: list[str] = []
        done = 0
        for match in _matches(pattern, self.text):
            pieces += (self.text[done : match.start()], _meant(match.group()))
            done = match.end()
        if not done:
            return None
        pieces.append(self.text[done:])
        return _View(_joined(pieces), partial(_Stretches, self, pattern, _meant))

    def compact(self) -> _View:
        """The view without what stands between the characters of a text that was broken or quoted."""
        pieces = range(0, len(self.text), PIECE)
        text = "".join([_NOISE.sub("", self.text[begin : begin + PIECE]) for begin in pieces])
        return _View(text, partial(_Stretches, self, _NOISE, lambda _: ""), is_compact=True)


class _Stretches:
    """Of each stretch of a view that was made of another: where it begins in it, and where it was in that one."""

    def __init__(self, before: _View, pattern: re.Pattern[str], meant: Callable[[str], str]) -> None:
        self._before = before
        self._at: list[int] = []
        self._begins: list[int] = []
        self._ends: list[int] = []
        self._steps: list[int] = []  # how much of it each character is; 0 where all of them are all of it
        at = done = 0
        for match in _matches(pattern, before.text):
            begin, end = match.span()
            if begin > done:
                self._add(at, done, begin, 1)
                at += begin - done
            if length := len(meant(match.group())):
                # each byte is a character of its own, as in %41%42, or they go together
                self._add(at, begin, end, 3 if length * 3 == end - begin else 0)
                at += length
            done = end
        self._add(at, done, len(before.text), 1)

    def _add(self, at: int, begin: int, end: int, step: int) -> None:
        self._at.append(at)
        self._begins.append(begin)
        self._ends.append(end)
        self._steps.append(step)

    def place_of(self, begin: int, end: int) -> tuple[int, int]:
        first, last = bisect_right(self._at, begin) - 1, bisect_right(self._at, end - 1) - 1
        step = self._steps[last]
        return self._before.place_of(
            self._begins[first] + (begin - self._at[first]) * self._steps[first],
            self._begins[last] + (end - self._at[last]) * step if step else self._ends[last],
        )


def _joined(pieces: list[str]) -> str:
    return "".join(["".join(pieces[begin : begin + PIECE]) for begin in range(0, len(pieces), PIECE)])


def _matches(pattern: re.Pattern[str], text: str, longest: int = _LONGEST) -> Iterator[re.Match[str]]:
    """What ``finditer`` finds, looked for in pieces of the text: no call holds Python's lock for long.

    ``longest``: how much of the text decides about a match at most, where it is not a match that repeats itself.
    """
    begin = 0
    while begin < len(text):
        seam = begin + PIECE
        seen = seam + 2 * longest
        for match in pattern.finditer(text, begin, seen):
            if match.start() >= seam:
                break
            if match.end() > seen - longest:  # it may go on
                whole = pattern.match(text, match.start()) or match
                yield whole
                begin = whole.end()
                break
            yield match
            begin = match.end()
        begin = max(begin, seam)


def _views(text: str) -> Iterator[_View]:
    plain = _View(text, None)
    views = [plain]
    if (quoted_printable := plain.decoded(_QUOTED_PRINTABLE)) is not None:
        views.append(quoted_printable)
    layer: _View | None = plain
    for _ in range(_LAYERS):
        layer = layer.decoded(_ESCAPE) if layer is not None else None
        if layer is not None:
            views.append(layer)
    for view in views:
        yield view
        yield view.compact()


def _meant(escape: str) -> str:
    """What an escape of any of the kinds stands for."""
    kind = escape[:2]
    if escape[:3] == "\\u{":
        number = int(escape[3:-1], 16)
        return chr(number) if number < 0x110000 else ""
    if kind == "%u":
        escape, kind = escape.replace("%u", "\\u"), "\\u"
    if kind[0] in "%=":
        digits = escape.replace(kind[0], "")
        return _text_of(bytes.fromhex(digits)) if digits.strip() else ""
    if kind == "\\x":
        return _text_of(bytes.fromhex(escape.replace("\\x", "")))
    if kind == "\\u":
        units = [int(unit, 16) for unit in escape.split("\\u")[1:]]
        return b"".join(unit.to_bytes(2, "big") for unit in units).decode("utf-16-be", "replace")
    if kind in {"\\U", "&#"}:
        digits = escape[2:].rstrip(";")
        number = int(digits.lstrip("xX"), 16 if kind == "\\U" or digits[0] in "xX" else 10)
        return chr(number) if number < 0x110000 else ""
    if kind[0] == "&":
        return html.unescape(escape)
    if len(escape) == 4:
        return chr(int(escape[1:], 8))
    return {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "0": "\0"}.get(
        kind[1], kind[1]
    )


def _text_of(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


@dataclass(frozen=True)
class _Needles:
    """What to look for because of one secret."""

    words: re.Pattern[str]  # spellings that are looked for in a text as it is
    longest: int  # how much of a text decides whether one of them stands there
    compact: tuple[str, ...]  # spellings without noise, looked for in compact views, whole or cut off
    coded: tuple[str, ...]  # base64 and hexadecimal digits, likewise; what surrounds them is code of the same kind

    def found_in(self, view: _View) -> Iterator[tuple[int, int]]:
        if not view.is_compact:
            for match in _matches(self.words, view.text, self.longest):
                yield view.place_of(*match.span())
            return
        for needle in self.compact:
            for begin, end in _runs(needle, view.text):
                yield view.place_of(begin, end)
        for needle in self.coded:
            for begin, end in _runs(needle, view.text):
                rest = _BASE64.match(view.text, end)
                yield view.place_of(begin, rest.end() if rest else end)


def _needles(secret: str) -> _Needles:
    same = {secret, secret.replace(" ", "+")}
    for _ in range(_LAYERS):  # what looks like an escape in it is read where the text around it is
        same |= {_ESCAPE.sub(lambda match: _meant(match.group()), one) for one in same}
    spellings = {spelling for one in same for spelling in (one, one.strip(), json.dumps(one)[1:-1], repr(one)[1:-1])}
    spellings |= {ascii(secret)[1:-1], repr(secret.encode("utf-8", "surrogatepass"))[2:-1]}
    # longest first: of two spellings that begin alike the longer must not leave its tail behind
    words = "|".join(_as_word(one) for one in sorted(spellings, key=len, reverse=True) if one.strip())
    pieces = {_NOISE.sub("", piece) for one in same for piece in (one, *re.split(r"[\s\x00-\x1f]+", one))}
    compact = tuple(piece for piece in pieces if len(piece) >= BROKEN)
    raw = secret.strip().encode("utf-8", "surrogatepass")
    coded: set[str] = set()
    if len(raw) >= ANYWHERE:
        coded = {raw.hex(), raw.hex().upper()}
        wide = secret.strip().encode("utf-16-le", "surrogatepass")  # as PowerShell has it
        for one, offset in product((raw, wide), range(3)):
            code = base64.b64encode(b"\0" * offset + one).decode("ascii")
            # only the characters that nothing before or behind the secret has a part in
            inner = code[-(-offset * 8 // 6) : (offset + len(one)) * 8 // 6]
            coded |= {inner, inner.translate(str.maketrans("+/", "-_"))}
    longest = max(map(len, spellings)) + 1  # and what is behind it
    return _Needles(re.compile(words), longest, compact, tuple(coded))


def _as_word(spelling: str) -> str:
    pattern = re.escape(spelling)
    if len(spelling) >= ANYWHERE:
        return pattern
    return rf"(?<![^\W_]){pattern}(?![^\W_])"


def _runs(needle: str, text: str) -> Iterator[tuple[int, int]]:
    """Where the text has the needle, or a part of it, as far as it goes.

    The needle's parts side by side are looked for: whatever has twice their length of it has one of them whole.
    """
    if len(needle) < 2 * PART:
        begin = text.find(needle)
        while begin >= 0:
            yield begin, begin + len(needle)
            begin = text.find(needle, begin + len(needle))
        return
    grams = range(len(text) - PART + 1)
    if len(text) * PART < len(needle) and not any(text[place : place + PART] in needle for place in grams):
        return  # soon known of the short texts that services answer with
    seen_until = 0
    for place in range(0, len(needle) - PART + 1, PART):
        part = needle[place : place + PART]
        begin = text.find(part)
        while begin >= 0:
            before, behind = 0, PART
            while before < min(begin, place) and text[begin - before - 1] == needle[place - before - 1]:
                before += 1
            most = min(len(text) - begin, len(needle) - place)
            while behind < most and text[begin + behind] == needle[place + behind]:
                behind += 1
            yield begin - before, begin + behind
            seen_until = begin + behind
            begin = text.find(part, seen_until)


def _cut_out(text: str, found: list[tuple[int, int]]) -> str:
    pieces: list[str] = []
    done = -1  # behind what was cut out last
    for begin, end in sorted(found):
        if begin > done:
            pieces += [text[max(done, 0) : begin], REMOVED]
        done = max(done, end)
    return "".join([*pieces, text[max(done, 0) :]])
