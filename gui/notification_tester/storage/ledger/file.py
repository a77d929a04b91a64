# SPDX-License-Identifier: MIT
"""The ledger as a file that another computer can read back exactly, as JSON or as CSV.

Both begin with the name and version of the format, the account, the environment and the number of lines, and then have
one line of text for each line of the ledger, oldest first. A line without an answer is written as "unknown", since no
reader can know whether its answer is still to come.

**CSV**: a spreadsheet takes a cell that begins with ``=``, ``+``, ``-`` or ``@`` for a formula, and the service's texts
come from strangers. Such a cell gets an apostrophe in front, and so does one that begins with an apostrophe, so that
taking one off gives exactly what was there. Backslashes, control characters, line separators, half surrogates, and
semicolons before such a sign (where many spreadsheets end a cell) are written as ``\\\\`` or ``\\uXXXX``, so that a
cell never runs over the end of its line. Open the file with ``newline=""`` and the encoding ``utf-8-sig``, by which
Excel knows it.

A file that is foreign, damaged or from a newer version is refused whole, with the line where that shows.
"""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from notification_tester.domain.counts import counted
from notification_tester.domain.problem import Cause, Problem, ProblemError, input_problem
from notification_tester.storage.disk import NotAFileError, disk_error, read_ordinary
from notification_tester.storage.export import FORMULA, UNSEEN
from notification_tester.storage.ledger.file_lines import (
    COLUMNS,
    cells_of_line,
    entry_of_cells,
    entry_of_line,
    line_of_entry,
)
from notification_tester.storage.stored_values import DamagedValueError, Entry, SpecReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from notification_tester.storage.ledger.ledger import Ledger
    from notification_tester.storage.ledger.rows import ImportedLine

    _Read = tuple[str, str, Iterable[tuple[int, object]]]  # account, environment, entries with their lines

FORMAT = "mturk-notification-tester record"
VERSION = 2
"""What is written. Version 1 is the same, but calls "failed" what was not sent."""

LONGEST = 2**30
"""Bytes of a file that is read."""

_HEADER = ("format", "version", "account", "environment", "count")
_BEGINS_A_FORMULA = re.compile(rf"[{UNSEEN}\"]*+[{FORMULA}]|'")
_SEMICOLON = re.compile(rf";(?=[{UNSEEN}\"]*+[{FORMULA}])")
_NOT_IN_A_CELL = re.compile(r"[\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")
_ORDINARY = re.compile(r"[A-Za-z0-9][\x20-\x3a\x3c-\x5b\x5d-\x7e]*\Z|\Z")
_SUSPECT = re.compile(rf"^'|{_NOT_IN_A_CELL.pattern}")
_ESCAPED = re.compile(r"\\(?:\\|u([0-9a-f]{4}))")
_CSV_CELL = re.compile(r'(?:"((?:[^"]|"")*)"|([^",]*))(,|\Z)')
_BETWEEN = re.compile(r"[\s,]*")


@dataclass(frozen=True, kw_only=True)
class ImportSummary:
    """What an import did.

    ``already_there`` lines were not added again; ``answered`` of those got the answer that they had been without.
    """

    added: int
    already_there: int
    answered: int
    hit_types: int


def export_json(ledger: Ledger, account: str, environment: str, file: TextIO) -> int:
    """Write the whole ledger of an account and environment as JSON; returns how many lines."""
    with ledger.every_line(account, environment) as (count, lines):
        header = zip(_HEADER, (FORMAT, VERSION, account, environment, count), strict=True)
        file.write("{\n" + "".join(f"{json.dumps(name)}: {json.dumps(value)},\n" for name, value in header))
        file.write('"lines": [')
        for number, (place, line) in enumerate(lines):
            file.write((",\n" if number else "\n") + json.dumps(entry_of_line(place, line)))
        file.write("\n]\n}\n")
    return count


def export_csv(ledger: Ledger, account: str, environment: str, file: TextIO) -> int:
    """Write the whole ledger of an account and environment as CSV; returns how many lines."""
    writer = csv.writer(file)
    with ledger.every_line(account, environment) as (count, lines):
        writer.writerow((FORMAT, VERSION, _cell(account), environment, count))
        writer.writerow(COLUMNS)
        writer.writerows([_cell(text) for text in cells_of_line(place, line)] for place, line in lines)
    return count


def read_file(source: str | Path) -> list[ImportedLine]:
    """Read a file, or its text, as JSON or CSV, whichever it is. Raises ProblemError that names the line."""
    text = _text_of(source) if isinstance(source, Path) else source
    text = text.removeprefix("\ufeff")
    account, environment, entries = _read_json(text) if text.lstrip()[:1] in {"{", "["} else _read_csv(text)
    specs, lines = SpecReader(), []
    for number, entry in entries:
        try:
            lines.append(line_of_entry(entry, specs, account=account, environment=environment, number=number))
        except DamagedValueError as error:
            raise _damaged(number, str(error)) from error
    return lines


def import_lines(
    ledger: Ledger, account: str, environment: str, lines: Sequence[ImportedLine], *, now: datetime
) -> ImportSummary:
    """Put the lines of a file into the ledger of ``account``, marked as imported: all of them, or none.

    They take their place by the time at which they were written, so a newer line of our own stays the one that counts.
    The account may have another name here; the environment must be the same, or every id would be a stranger.
    """
    for line in lines:
        if line.environment != environment:
            raise input_problem(
                "ledger-file.environment",
                title="This record belongs to another environment.",
                detail=f"Line {line.number}: it is a record of “{line.environment}”, and the account here is in "
                f"“{environment}”, where other HIT types live. Nothing was imported.",
                remedy="Choose the account that the record was made with.",
            )
    counts = ledger.add_imported(account, environment, lines, now=now)
    return ImportSummary(**counts._asdict(), hit_types=len({line.change.hit_type_id for line in lines}))


def _read_json(text: str) -> _Read:
    try:
        value = json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        raise _damaged(error.lineno, f"it is not JSON: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise _damaged(1, f"it is not JSON that this program wrote: {error}") from error
    header = value if isinstance(value, dict) else {}
    account, environment, count = _header([header.get(name) for name in _HEADER], lambda name: _line_with(text, name))
    entries = header.get("lines")
    if not isinstance(entries, list) or set(header) != {*_HEADER, "lines"}:
        raise _damaged(1, "it does not have the parts of a record")
    _must_count(count, len(entries), text)
    return account, environment, zip(_lines_of_entries(text, len(entries)), entries, strict=True)


def _read_csv(text: str) -> _Read:
    lines = text.replace("\r\n", "\n").split("\n")
    first = [*_cells(lines[0]), *[""] * len(_HEADER)][: len(_HEADER)]
    header = [first[0], _number(first[1]), first[2], first[3], _number(first[4])]
    account, environment, count = _header(header, lambda _: 1)
    try:
        account = _uncelled(account)
    except DamagedValueError as error:
        raise _damaged(1, str(error)) from error
    if len(lines) < 2 or _cells(lines[1]) != list(COLUMNS):
        raise _damaged(2, "the columns are not those of a record")
    if lines[-1]:
        raise _damaged(len(lines), "the file ends in the middle of a line")
    entries = lines[2:-1]
    _must_count(count, len(entries), text)
    return account, environment, ((number, _entry(line, number)) for number, line in enumerate(entries, start=3))


def _entry(line: str, number: int) -> Entry:
    try:
        return entry_of_cells([_uncelled(cell) for cell in _cells(line)])
    except DamagedValueError as error:
        raise _damaged(number, str(error)) from error


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a name is there twice")
    return value


def _header(values: Sequence[object], line_of: Callable[[str], int]) -> tuple[str, str, int]:
    name, version, account, environment, count = values
    if name != FORMAT:
        raise input_problem(
            "ledger-file.foreign",
            title="This file is not a record of notification settings.",
            detail=f"Line {line_of('format')}: a record that this program exported says “{FORMAT}” there. "
            "Nothing was imported.",
            remedy="Choose a file to which this program exported its record of HIT types.",
        )
    if isinstance(version, int) and not isinstance(version, bool) and version > VERSION:
        raise input_problem(
            "ledger-file.newer",
            title="This record comes from a newer version of the program.",
            detail=f"Line {line_of('version')}: its format is number {version}, and this program knows those up to "
            f"{VERSION}. Nothing was imported.",
            remedy="Use the newer program to import it.",
        )
    if version not in range(1, VERSION + 1) or isinstance(version, bool):
        raise _damaged(line_of("version"), "the version of the format is not a number that there is")
    if not isinstance(account, str):
        raise _damaged(line_of("account"), "the account has no name")
    if not isinstance(environment, str) or not environment:
        raise _damaged(line_of("environment"), "the environment has no name")
    if not isinstance(count, int) or isinstance(count, bool):
        raise _damaged(line_of("count"), "the number of lines is missing")
    return account, environment, count


def _must_count(count: int, there: int, text: str) -> None:
    if count != there:
        raise _damaged(
            text.count("\n") + (not text.endswith("\n")),
            f"the record should have {counted(count, 'line')} and has {there}; it was cut off or changed",
        )


def _damaged(line: int, why: str) -> ProblemError:
    return input_problem(
        "ledger-file.damaged",
        title="This record is damaged.",
        detail=f"Line {line}: {why.removesuffix('.')}. Nothing was imported.",
        remedy="Export it again where it was made, and do not change the file in another program.",
    )


def _text_of(path: Path) -> str:
    try:
        data = read_ordinary(path, LONGEST + 1)
    except NotAFileError as error:
        raise ProblemError(
            Problem(
                title="This is not a file.",
                detail=f"“{path.name}” is {error.strerror}. Nothing was imported.",
                remedy="Choose a file to which this program exported its record of HIT types.",
                code="ledger-file.no-file",
                cause=Cause.STORAGE,
            )
        ) from error
    except FileNotFoundError as error:
        raise input_problem(
            "ledger-file.missing",
            title="There is no such file.",
            detail=f"Nothing is at {path}. Nothing was imported.",
            remedy="Choose a file to which this program exported its record of HIT types.",
        ) from error
    except OSError as error:
        raise disk_error(error, what="a record to import", path=path) from error
    if len(data) > LONGEST:
        raise input_problem(
            "ledger-file.too-long",
            title="This file is too long for a record.",
            detail=f"It has more than {LONGEST:,} bytes; a record of a million changes has less. Nothing was imported.",
            remedy="Choose a file to which this program exported its record of HIT types.",
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _damaged(
            data.count(b"\n", 0, error.start) + 1, "there are bytes in it that are not UTF-8 text"
        ) from error


def _line_with(text: str, name: str) -> int:
    """The line on which a part of the JSON header stands; the first where it is missing."""
    at = text.find(f'"{name}"')
    return text.count("\n", 0, at) + 1 if at >= 0 else 1


def _lines_of_entries(text: str, count: int) -> Iterator[int]:
    """The line on which each entry of the JSON begins, whatever program broke the lines."""
    decoder, between = json.JSONDecoder(), re.compile(r'(?:.*?"lines"\s*:\s*\[)?[\s,]*', re.DOTALL)
    at, line = 0, 1
    for _ in range(count):
        found = between.match(text, at)
        begin = found.end() if found else at
        line += text.count("\n", at, begin)
        yield line
        _, end = decoder.raw_decode(text, begin)
        line += text.count("\n", begin, end)
        at = end
        between = _BETWEEN


def _cells(line: str) -> list[str]:
    """The cells of one line; none where it is not CSV. The library's reader would refuse very long ones."""
    cells, at = [], 0
    while found := _CSV_CELL.match(line, at):
        quoted, bare, comma = found.groups()
        cells.append(bare if quoted is None else quoted.replace('""', '"'))
        if not comma:
            return cells
        at = found.end()
    return []


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None


def _cell(text: str) -> str:
    if _ORDINARY.match(text):
        return text
    text = _NOT_IN_A_CELL.sub(lambda found: "\\\\" if found[0] == "\\" else f"\\u{ord(found[0]):04x}", text)
    text = _SEMICOLON.sub(r"\\u003b", text)
    return "'" + text if _BEGINS_A_FORMULA.match(text) else text


def _uncelled(cell: str) -> str:
    if not _SUSPECT.search(cell):
        return cell
    if _NOT_IN_A_CELL.search(_ESCAPED.sub("", cell)):
        raise DamagedValueError("there is a backslash or an invisible character where none belongs")
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)) if found[1] else "\\", cell.removeprefix("'"))
