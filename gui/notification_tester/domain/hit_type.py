# SPDX-License-Identifier: MIT
"""HIT types: their ids as people paste them, and what their HITs tell about them.

``HITTypeId`` is 1 to 64 characters of ``A-Z0-9`` (``EntityId`` of the service model). No operation lists HIT types:
they are collected from HITs, so a type whose HITs were all disposed of is not found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NewType

from notification_tester.domain.problem import input_problem

if TYPE_CHECKING:
    from collections.abc import Iterator

HitTypeId = NewType("HitTypeId", str)

_ID = re.compile(r"[A-Z0-9]{1,64}")
_ID_COLUMN = "hittypeid"
_AROUND = "\"'“”‘’`,;\u200b\ufeff"
MADE_UP = frozenset({"09876543210987654321"})
"""The id that tests carry; no such HIT type exists."""


@dataclass(kw_only=True)
class HitTypeSummary:
    """What the HITs seen so far tell about their type; grows page by page. ``newest`` is UTC, ISO 8601, or empty."""

    id: HitTypeId
    title: str = ""
    reward: str = ""
    newest: str = ""
    hits_by_status: dict[str, int] = field(default_factory=dict)

    @property
    def hits(self) -> int:
        """How many HITs were seen."""
        return sum(self.hits_by_status.values())


@dataclass(frozen=True, kw_only=True)
class PastedIds:
    """What a pasted list gave: the ids once each in their order, and how many were there more than once."""

    ids: tuple[HitTypeId, ...]
    repeated: int


def parse_hit_type_id(text: str) -> HitTypeId:
    """Read one id; blanks and quotes around it are taken off. Raises ProblemError."""
    wanted = text.strip().strip(_AROUND).strip()
    if _ID.fullmatch(wanted) and wanted not in MADE_UP:
        return HitTypeId(wanted)
    if wanted in MADE_UP:
        detail = "This is the made-up id that test messages carry; no such HIT type exists."
    elif not wanted:
        detail = "There is no id."
    elif len(wanted) > 64:
        detail = f"An id has at most 64 characters, and this one has {len(wanted)}."
    else:
        stray = next((one for one in wanted if not re.fullmatch("[A-Z0-9]", one)), "")
        named = f"“{stray}”" if stray.isprintable() else f"an invisible character (U+{ord(stray):04X})"
        shown = "".join(one if one.isprintable() else "\ufffd" for one in wanted)
        detail = f"An id has capital letters and digits only, and “{shown[:40]}” has {named} in it."
    raise input_problem(
        "hit-type.id",
        title="This is not the id of a HIT type.",
        detail=detail,
        remedy="Copy it from where the HIT type was made; it looks like 3XYZ0123456789ABCDEFGHIJKLMNOP.",
    )


def parse_hit_type_ids(text: str) -> PastedIds:
    """Read a pasted list: lines, blanks, commas or semicolons between ids, or a CSV table with a column of them.

    A table is known by its first line naming a column ``HITTypeId``, as MTurk's own result files do, or
    ``hit_type_id``. Raises ProblemError with the line of the first id that is none.
    """
    text = text.replace("\ufeff", "")
    cells = _column(text)
    found = [
        _on_line(word, number)
        for number, word in (_words(text) if cells is None else cells)
        if word.strip().strip(_AROUND).strip()
    ]
    if not found:
        raise input_problem(
            "hit-type.no-ids",
            title="There is no id of a HIT type in it.",
            detail="The text has no line with capital letters and digits.",
            remedy="Paste one id a line, or a table with a column named HITTypeId.",
        )
    once = tuple(dict.fromkeys(found))
    return PastedIds(ids=once, repeated=len(found) - len(once))


def _words(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        for word in re.split(r"[\s,;]+", line):
            yield number, word


def _column(text: str) -> list[tuple[int, str]] | None:
    """The cells of the ids' column with their lines, None where the text is no table.

    A row may have several lines: what workers wrote is in MTurk's result files with its line breaks.
    """
    import csv
    import io

    heading = next((line for line in text.splitlines() if line.strip()), "")
    for delimiter in (",", ";", "\t"):
        names = [_plain_name(name) for name in heading.replace('"', "").split(delimiter)]
        if _ID_COLUMN not in names:
            continue
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        column, cells, before = None, [], 0
        try:
            for row in rows:
                if column is None:
                    named = [_plain_name(name) for name in row]
                    column = named.index(_ID_COLUMN) if _ID_COLUMN in named else None
                else:
                    cells += [(before + 1, cell) for cell in row[column : column + 1]]
                before = rows.line_num
        except csv.Error as error:
            raise input_problem(
                "hit-type.table",
                title="This table cannot be read.",
                detail=f"Line {rows.line_num}: {error}.",
                remedy="Save it again as CSV, or paste the column of ids alone.",
            ) from error
        return cells
    return None


def _plain_name(name: str) -> str:
    return re.sub(r"[\s_]", "", name).casefold()


def _on_line(word: str, number: int) -> HitTypeId:
    from dataclasses import replace

    from notification_tester.domain.problem import ProblemError

    try:
        return parse_hit_type_id(word)
    except ProblemError as error:
        raise ProblemError(replace(error.problem, detail=f"Line {number}: {error.problem.detail}")) from error
