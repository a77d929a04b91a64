# SPDX-License-Identifier: MIT
"""HIT types: an id as people type it, and what their HITs tell about them.

``HITTypeId`` is 1 to 64 characters of ``A-Z0-9`` (``EntityId`` of the service model). No operation lists HIT types:
they are collected from HITs, so a type whose HITs were all disposed of is not found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NewType

from notification_tester.domain.problem import input_problem

HitTypeId = NewType("HitTypeId", str)

_ID = re.compile(r"[A-Z0-9]{1,64}")
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
        detail = f"An id has only capital letters from A to Z and the digits 0 to 9; “{shown[:40]}” has {named} in it."
    raise input_problem(
        "hit-type.id",
        title="This is not the id of a HIT type.",
        detail=detail,
        remedy="Copy it from where the HIT type was made; it looks like 3XYZ0123456789ABCDEFGHIJKLMNOP.",
    )
