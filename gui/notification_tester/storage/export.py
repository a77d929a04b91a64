# SPDX-License-Identifier: MIT
"""The history as a file for a spreadsheet or for another program, row by row, however long it is.

**CSV** is for reading. A spreadsheet takes a cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line break
for a formula, and the texts here come from strangers; such a cell gets an apostrophe in front, as OWASP's page "CSV
Injection" advises. So does what would be a cell for a reader that takes semicolons, tabs or line breaks for the end of
one, as spreadsheets of many countries do, and what begins with characters that nobody sees. Messages are cut to what a
cell holds, and null bytes are drawn. Open the file with ``newline=""`` and the encoding ``utf-8-sig``, by which Excel
knows it.

**JSON** is exact: nothing is prefixed, cut or left out. It is one array with one row on each line.
"""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, TextIO

from notification_tester.storage.queries import Sort
from notification_tester.storage.stored_values import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notification_tester.storage.history import History
    from notification_tester.storage.queries import HistoryQuery
    from notification_tester.storage.rows import HistoryRow

CELL_LIMIT = 32_000
"""Characters of a text that go into a cell; Excel's own limit is 32,767."""

_PAGE = 500
FORMULA = "-+=@－＋＝＠﹣﹢﹦﹫⁺⁻⁼₊₋₌−"
"""What begins a formula, also in the widths and heights of other scripts."""

UNSEEN = (
    r"\s\x00-\x1f\x7f-\xa0\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5"
    r"\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff"
    r"\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""What may stand before a formula and is not seen: blanks, control and format characters, fillers (a regex's class)."""

_RUN = rf"[{UNSEEN}\";]"
_BEFORE_A_SIGN = re.compile(rf"(?<!{_RUN})(?:\A{_RUN}*+|{_RUN}++)(?=[{FORMULA}])")
_SEPARATOR = re.compile(r"[;\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
_COLUMNS = (
    "id",
    "started (UTC)",
    "kind",
    "account",
    "environment",
    "transport",
    "destination",
    "version",
    "events",
    "simulated event",
    "outcome",
    "accepted",
    "accepted: detail",
    "arrived",
    "arrived: detail",
    "arrived: seconds",
    "as expected",
    "as expected: detail",
    "seconds",
    "problem",
    "problem: code",
    "problem: what to do",
    "message",
)


def export_csv(history: History, query: HistoryQuery, file: TextIO) -> int:
    """Write every row that ``query`` finds (its ``limit`` aside) as CSV; returns how many."""
    writer = csv.writer(file)
    writer.writerow(_COLUMNS)
    written = 0
    for row in every_row(history, query):
        writer.writerow([cell(value) for value in _values(row)])
        written += 1
    return written


def export_json(history: History, query: HistoryQuery, file: TextIO) -> int:
    """Write every row that ``query`` finds (its ``limit`` aside) as one JSON array; returns how many."""
    written = 0
    file.write("[")
    for row in every_row(history, query):
        file.write(",\n" if written else "\n")
        file.write(json.dumps(row.as_json()))
        written += 1
    file.write("\n]\n" if written else "]\n")
    return written


def every_row(history: History, query: HistoryQuery) -> Iterator[HistoryRow]:
    """All rows, newest first, a page at a time: rows written meanwhile are newer and do not get in between."""
    query = replace(query, limit=_PAGE, sort=Sort.TIME, is_rising=False)
    while page := history.page(query):
        yield from history.rows([summary.id for summary in page])
        query = replace(query, before=page[-1].id)


def _values(row: HistoryRow) -> tuple[str | int | float | None, ...]:
    problem = row.problem
    return (
        row.id,
        row.started,
        row.kind,
        row.called,
        row.environment,
        row.transport,
        " ".join([row.destination, *(destination for _, destination in row.other_places)]),
        row.version,
        " ".join(row.events),
        row.event,
        row.outcome.value,
        row.accepted.state.value,
        row.accepted.detail,
        row.arrived.state.value,
        row.arrived.detail,
        row.arrived.seconds,
        row.as_expected.state.value,
        row.as_expected.detail,
        row.seconds,
        problem.title if problem else "",
        problem.code if problem else "",
        problem.remedy if problem else "",
        row.raw,
    )


def cell(value: str | int | float | None) -> str | int | float | None:
    """Make a value fit for a spreadsheet's cell: never a formula, never too long."""
    if not isinstance(value, str):
        return value
    text = _BEFORE_A_SIGN.sub(_with_apostrophes, plain(value).replace("\0", "␀"))
    if text.startswith(("\t", "\r", "\n")):
        text = "'" + text
    if len(text) > CELL_LIMIT:
        text = text[:CELL_LIMIT] + "… (cut here; the JSON export has all of it)"
    return text


def _with_apostrophes(found: re.Match[str]) -> str:
    run = found[0]
    ends = [separator.end() for separator in _SEPARATOR.finditer(run)]
    if ends:
        run = f"{run[: ends[-1]]}'{run[ends[-1] :]}"
    return run if found.start() else f"'{run}"
