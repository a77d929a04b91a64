# SPDX-License-Identifier: MIT
"""Lists of HIT types as people have them: pasted, in a file or on standard input, the same decisions for all three.

::

    table with a column HITTypeId    MTurk's result files; CSV as Excel and others write it, after a line ``sep=;``
    names with values                ``aws mturk list-hits`` in any of its formats, what Python or Node print of it
    words                            one a line, or with blanks, commas, brackets, quotes or zeros between them

Sources: RFC 4180; Microsoft's description of ``sep=``; the output formats of the AWS CLI. Deliberate deviations: the
column's name in any case, with blanks or underscores; rows may be shorter or longer than the heading; a heading may
stand below a title.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notification_tester.domain.hit_type import parse_hit_type_id
from notification_tester.domain.json_text import plain_text
from notification_tester.domain.problem import ProblemError, input_problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from notification_tester.domain.hit_type import HitTypeId
    from notification_tester.domain.problem import Problem

LARGEST_LIST = 50_000_000
"""Bytes; a million ids are 31 MB."""
LINES_ABOVE_HEADING = 20
MOST_BAD = 20
"""So many of those that are no ids are told one by one."""

_ID_COLUMN = "hittypeid"
_AROUND = "\"'“”‘’`,;\u200b\ufeff\0"
_BETWEEN = re.compile(r"""[\s,;|\0\[\](){}"'“”‘’„«»`]+""")
_BEFORE_WORDS = re.compile(r"\s*(?:[-*•·+]\s+|\d{1,7}[.)]\s+|#.*)")
_SEPARATOR = re.compile(r"""\s*"?sep=([^"\r\n])"?\s*\Z""", re.IGNORECASE)
_IN_JSON = re.compile(r"""(?<!\\)"hit_?type_?id"\s{0,40}:\s{0,40}(?:"([^"\n]*)"|null)""", re.IGNORECASE)
_NAMED = re.compile(
    r"""(?<![\w\\])hit[ _]?type[ _]?id["']?\s{0,40}(?:=>|[:=|>])\s{0,40}"""
    r"""(?:"([^"\n]*)"|'([^'\n]*)'|([^\s"'<>,;|}\])&]*))""",
    re.IGNORECASE,
)
_RULE = re.compile(r"[\s|:+-]+\Z")
_END = "\ue000 end"
"""A last row of our own: where it is not read as one, a quotation mark was left open."""
_NOTHING = frozenset({"null", "none", "nil", "undefined", "~"})
_MORE_PAGES = re.compile(r"""(?<!\\)["']NextToken["']\s{0,9}:\s{0,9}["'][^"']""")


@dataclass(frozen=True, kw_only=True)
class PastedIds:
    """What a list gave: the ids once each in their order, and how many were there more than once.

    ``is_part`` where the list itself says that there are further pages (the ``NextToken`` of ListHITs). ``bad`` are the
    first of those that are no ids, each with its line, and ``bad_count`` is how many there are of them. ``unread`` says
    of several lists which of them gave nothing, and why.
    """

    ids: tuple[HitTypeId, ...]
    repeated: int
    is_part: bool = False
    bad: tuple[Problem, ...] = ()
    bad_count: int = 0
    unread: tuple[Problem, ...] = ()


def together(lists: Mapping[str, PastedIds | Problem]) -> PastedIds:
    """Put the lists of several files together, by the name of each; what is wrong with one says which it is.

    Raises ProblemError where none of them gave an id.
    """
    read = {name: found for name, found in lists.items() if isinstance(found, PastedIds)}
    unread = [_of_file(name, found, found.title) for name, found in lists.items() if not isinstance(found, PastedIds)]
    if not read:
        raise ProblemError(unread[0])
    every = [one for found in read.values() for one in found.ids]
    once = tuple(dict.fromkeys(every))
    bad = [_of_file(name, one) for name, found in read.items() for one in found.bad]
    return PastedIds(
        ids=once,
        repeated=len(every) - len(once) + sum(found.repeated for found in read.values()),
        is_part=any(found.is_part for found in read.values()),
        bad=tuple(bad[:MOST_BAD]),
        bad_count=sum(found.bad_count for found in read.values()),
        unread=tuple(unread),
    )


def _of_file(name: str, problem: Problem, *before: str) -> Problem:
    words = " ".join((*before, problem.detail))
    return replace(problem, detail=words if f"“{name}”" in words else f"“{name}”: {words}")


def read_hit_type_ids(raw: bytes, *, leave_out_bad: bool = False) -> PastedIds:
    """Read a list from a file or from standard input, in whatever encoding it is. Raises ProblemError."""
    if len(raw) > LARGEST_LIST:
        raise too_large("It")
    return parse_hit_type_ids(plain_text(raw), leave_out_bad=leave_out_bad)


def too_large(what: str) -> ProblemError:
    """Make the error for a list beyond LARGEST_LIST; ``what`` begins a sentence."""
    return input_problem(
        "ids.too-large",
        title="This is too large for a list of ids.",
        detail=f"{what} has more than {LARGEST_LIST // 1_000_000} megabytes.",
        remedy="Take only the column with the ids into a file of its own.",
    )


def parse_hit_type_ids(text: str, *, leave_out_bad: bool = False) -> PastedIds:
    """Read a list of any of the kinds above. Raises ProblemError with the line of the first id that is none.

    With ``leave_out_bad`` those that are no ids do not hold up the others; a text with more of them than of ids is no
    list all the same, as words in capital letters look like ids.
    """
    if text.startswith("PK\x03\x04"):
        plain_text(text[:4].encode())  # a workbook that was opened as text: raises
    text = text.replace("\ufeff", "")
    if "\n" not in text:
        text = text.replace("\r", "\n")
    _refuse_cut_off(text.strip(" \t\r\n\0"))
    cells = _column(text)
    if cells is None:
        cells = _named(text)
    found: list[HitTypeId] = []
    bad: list[Problem] = []
    bad_count = 0
    for number, word in _words(text) if cells is None else cells:
        if not word.strip().strip(_AROUND).strip() or word.strip().casefold() in _NOTHING:
            continue
        try:
            found.append(_on_line(word, number))
        except ProblemError as error:
            if not leave_out_bad:
                raise
            bad_count += 1
            if len(bad) < MOST_BAD:
                bad.append(error.problem)
    if bad_count and (not found or (cells is None and bad_count > len(found))):
        raise ProblemError(bad[0])
    if not found:
        raise input_problem(
            "hit-type.no-ids",
            title="There is no id of a HIT type in it.",
            detail="The text has no line with capital letters and digits.",
            remedy="Paste one id a line, or a table with a column named HITTypeId.",
        )
    once = tuple(dict.fromkeys(found))
    return PastedIds(
        ids=once,
        repeated=len(found) - len(once),
        is_part=_MORE_PAGES.search(text) is not None,
        bad=tuple(bad),
        bad_count=bad_count,
    )


def _words(text: str) -> Iterator[tuple[int, str]]:
    if text.lstrip()[:1] == "{" and ":" in text:
        raise input_problem(
            "hit-type.no-ids",
            title="There is no id of a HIT type in it.",
            detail="This looks like JSON, and no field in it is named HITTypeId.",
            remedy="Give the answer of “aws mturk list-hits”, or one id a line.",
        )
    for number, line in enumerate(text.splitlines(), start=1):
        begin = _BEFORE_WORDS.match(line)
        for word in _BETWEEN.split(line[begin.end() :] if begin else line):
            yield number, word


def _refuse_cut_off(text: str) -> None:
    """Refuse JSON that ends in the middle: its last id may be a part of one."""
    if text[:1] in {"{", "["} and text[-1:] not in {"}", "]"}:
        raise input_problem(
            "hit-type.cut-off",
            title="This list ends in the middle.",
            detail=f"It begins like JSON and ends with “{' '.join(text[-20:].split())}”, without a closing bracket.",
            remedy="Copy the whole list again, or save it to a file and give that.",
        )


def _named(text: str) -> list[tuple[int, str]] | None:
    """The values of fields named HITTypeId with their lines, None where there are none."""
    found = list(_IN_JSON.finditer(text)) or list(_NAMED.finditer(text))
    if not found:
        return None
    cells = []
    number, at = 1, 0
    for one in found:
        number += text.count("\n", at, one.start())
        at = one.start()
        cells.append((number, next((part for part in one.groups() if part is not None), "")))
    return cells


def _column(text: str) -> list[tuple[int, str]] | None:
    """The cells of the ids' column with their lines, None where the text is no table.

    A row may have several lines: what workers wrote is in MTurk's result files with its line breaks.
    """
    import csv
    import io

    heading = _heading(text)
    if heading is None:
        return None
    at, line, delimiter = heading
    # What a worker wrote may be long. The bound is the whole process's; nothing relies on the small one.
    csv.field_size_limit(max(csv.field_size_limit(), LARGEST_LIST))
    rows = csv.reader(io.StringIO(f"{text[at:]}\n{_END}", newline=""), delimiter=delimiter)
    cells, last, row = [], 0, [""]
    try:
        names = [_plain_name(name) for name in next(rows)]
        column = names.index(_ID_COLUMN) if _ID_COLUMN in names else len(names)
        before = rows.line_num
        for row in rows:
            if row != [_END] and not all(_RULE.match(cell) or not cell for cell in row):
                cells += [(line + before, cell) for cell in row[column : column + 1]]
            last, before = before, rows.line_num
    except csv.Error as error:
        raise _bad_table(f"Line {line - 1 + rows.line_num}: {error}.") from error
    if row != [_END]:
        raise _bad_table(
            f"Line {line + last}: in the row that begins here a quotation mark opens a cell and is never closed, so "
            "all that follows would be one cell."
        )
    return cells


def _heading(text: str) -> tuple[int, int, str] | None:
    """Where the line begins that names the column, which line that is, from 1, and the sign between its cells."""
    at = 0
    delimiters = [",", ";", "\t"]
    for number in range(1, LINES_ABOVE_HEADING + 1):
        end = text.find("\n", at)
        line = text[at : end if end >= 0 else len(text)]
        if separator := _SEPARATOR.match(line):
            delimiters.insert(0, separator[1])
        is_ruled = "|" in line and _RULE.match(text, end + 1, max(end + 1, text.find("\n", end + 1)))
        for delimiter in (*delimiters, *("|" * bool(is_ruled))):
            if _ID_COLUMN in (_plain_name(name) for name in line.replace('"', "").split(delimiter)):
                return at, number, delimiter
        if end < 0:
            break
        at = end + 1
    return None


def _bad_table(detail: str) -> ProblemError:
    return input_problem(
        "hit-type.table",
        title="This table cannot be read.",
        detail=detail,
        remedy="Save it again as CSV, or paste the column of ids alone.",
    )


def _plain_name(name: str) -> str:
    return re.sub(r"[\s_]", "", name[:200]).casefold()


def _on_line(word: str, number: int) -> HitTypeId:
    try:
        return parse_hit_type_id(word)
    except ProblemError as error:
        raise ProblemError(replace(error.problem, detail=f"Line {number}: {error.problem.detail}")) from error
