# SPDX-License-Identifier: MIT
"""Foreign text made fit to be looked at: nothing hidden in it, and no line that makes the window slow.

Why: a right-to-left override (U+202E) can turn ``exe.gpj`` into ``jpg.exe`` before one's eyes, a null ends a text for
some systems, and Qt takes seconds to lay out one line of a megabyte.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from notification_tester.domain.joined_signs import belongs_to_a_sign

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_LINE = 2_000
LONGEST_PARAGRAPH = 4_000
_END_OF_PARAGRAPH = 600
LONGEST_TEXT = 100_000
MOST_LINES = 5_000
_LONGEST_SHOWN = 150_000
_DEEPEST_INDENT = 12
_MOST_PARTS = 40_000

# A run of the same one is told as one.
_HIDDEN = re.compile(
    "([\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufe00-\ufe0f\U000e0000-\U000e007f\U000e0100-\U000e01ef])\\1*"
)
# A string that is never closed counts to the end: so each character is looked at once, whatever the text is.
_JSON_PART = re.compile(r'"(?:[^"\\]|\\.)*+"?|[{}\[\],:]|\s+|[^\s"{}\[\],:]+', re.DOTALL)


def visible(text: str) -> str:
    """Write characters that cannot be seen, or that turn others around, as ``⟨U+202E⟩`` or ``⟨U+0000 × 9⟩``.

    Those that make a sign with their neighbours stay, as in a family or in Persian.
    """
    return _HIDDEN.sub(_shown, text.replace("\r\n", "\n"))


def _shown(run: re.Match[str]) -> str:
    if len(run[0]) == 1 and belongs_to_a_sign(run.string, run.start()):
        return run[0]
    name = f"U+{ord(run[0][0]):04X}"
    return f"⟨{name}⟩" if len(run[0]) == 1 else f"⟨{name} × {len(run[0])}⟩"


def paragraph(text: str) -> str:
    """As :func:`visible`, for words that wrap: of a very long text its middle is left out, with a mark.

    A label of a megabyte holds up the window for minutes. The end stays, because what to do stands there.
    """
    if len(text) > LONGEST_PARAGRAPH:
        text = f"{text[: LONGEST_PARAGRAPH - _END_OF_PARAGRAPH]} … {text[-_END_OF_PARAGRAPH:]}"
    return visible(text)


def one_line(text: str, *, longest: int = 300) -> str:
    """As :func:`visible`, for a cell or a sentence: no line breaks, and cut with a mark when very long."""
    shown = visible(" ".join(text[: longest + 1].split()))
    return shown if len(text) <= longest else f"{shown[:longest]}…"


def tooltip(text: str) -> str:
    """As :func:`one_line`, for a tooltip: Qt takes one for markup when it looks like it, so this always is, escaped."""
    # Not by the module html: a start would read the names of 2,231 characters for it.
    words = one_line(text, longest=2_000).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<span>{words}</span>" if text else ""


def laid_out(text: str) -> str:
    """The beginning of ``text``, at most :data:`LONGEST_TEXT` characters of it, laid out for reading.

    Of what would have more than :data:`MOST_LINES` lines, or becomes much longer by the names of what is hidden in it,
    it is less: both hold up the window for a tenth of a second and more.
    JSON gets line breaks and indents between its parts and loses nothing: it is not read and written again, so
    repeated keys, odd numbers and what is broken in it stay as they came. What would become mostly indents does not.
    """
    start = text[:LONGEST_TEXT]
    if start.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        start = _indented(start)
    return "\n".join(islice(_short_lines(_visible_beginning(start)), MOST_LINES))


def is_beginning(text: str, shown: str) -> bool:
    """Whether ``shown``, which is ``text`` laid out, has not all of it."""
    return len(text) > LONGEST_TEXT or len(shown) >= _LONGEST_SHOWN or shown.count("\n") >= MOST_LINES - 1


def _visible_beginning(text: str) -> str:
    text = text.replace("\r\n", "\n")
    pieces: list[str] = []
    done = length = 0
    for run in _HIDDEN.finditer(text):
        pieces += (text[done : run.start()], _shown(run))
        done = run.end()
        length += len(pieces[-2]) + len(pieces[-1])
        if length > _LONGEST_SHOWN:
            break
    else:
        pieces.append(text[done:])
    return "".join(pieces)[:_LONGEST_SHOWN]


def _short_lines(text: str) -> Iterator[str]:
    begin = 0
    while begin <= len(text):
        end = text.find("\n", begin)
        end = len(text) if end < 0 else end
        for place in range(begin, max(begin + 1, end), LONGEST_LINE):
            yield text[place : min(place + LONGEST_LINE, end)]
        begin = end + 1


def _indented(text: str) -> str:
    out: list[str] = []
    depth = 0
    opened = False  # just after a bracket: an empty pair stays together
    word = blank = False  # a blank between two words is not JSON, and stays all the same

    def new_line() -> None:
        out.append("\n" + "  " * min(depth, _DEEPEST_INDENT))

    for found in _JSON_PART.finditer(text):
        if len(out) > _MOST_PARTS:
            return text
        part = found[0]
        if part.isspace():
            blank = True
            continue
        before, word = word, len(part) > 1 or part not in "{}[],:"
        if before and word and blank:
            out.append(" ")
        blank = False
        if part in {"}", "]"}:
            depth = max(0, depth - 1)
            if not opened:
                new_line()
            opened = False
            out.append(part)
            continue
        if opened:
            new_line()
        opened = part in {"{", "["}
        out.append(part)
        if opened:
            depth += 1
        elif part == ",":
            new_line()
        elif part == ":":
            out.append(" ")
    return "".join(out)
