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
    from collections.abc import Iterable

HitTypeId = NewType("HitTypeId", str)

_ID = re.compile(r"[A-Z0-9]{1,64}")
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
    wanted = text.strip().strip("\"'“”‘’`,;").strip()
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
        detail = f"An id has capital letters and digits only, and “{wanted[:40]}” has “{stray}” in it."
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
    lines = text.replace("\ufeff", "").splitlines()
    column = _id_column(lines)
    found: list[HitTypeId] = []
    for number, line in enumerate(lines, start=1):
        if column is not None and number == 1:
            continue
        words = _cell(line, column) if column is not None else re.split(r"[\s,;]+", line)
        found.extend(_on_line(word, number) for word in words if word.strip().strip("\"'"))
    if not found:
        raise input_problem(
            "hit-type.no-ids",
            title="There is no id of a HIT type in it.",
            detail="The text has no line with capital letters and digits.",
            remedy="Paste one id a line, or a table with a column named HITTypeId.",
        )
    once = tuple(dict.fromkeys(found))
    return PastedIds(ids=once, repeated=len(found) - len(once))


def _id_column(lines: list[str]) -> int | None:
    if not lines:
        return None
    import csv

    names = [name.strip().casefold().replace("_", "") for name in next(csv.reader([lines[0]]), [])]
    return names.index("hittypeid") if "hittypeid" in names else None


def _cell(line: str, column: int) -> Iterable[str]:
    import csv

    cells = next(csv.reader([line]), [])
    return cells[column : column + 1]


def _on_line(word: str, number: int) -> HitTypeId:
    from dataclasses import replace

    from notification_tester.domain.problem import ProblemError

    try:
        return parse_hit_type_id(word)
    except ProblemError as error:
        raise ProblemError(replace(error.problem, detail=f"Line {number}: {error.problem.detail}")) from error
