# SPDX-License-Identifier: MIT
"""A way on where the history cannot be read: its file is renamed, and the next start begins a new one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from notification_tester.domain.problem import Cause, Problem
from notification_tester.storage.database import set_aside

if TYPE_CHECKING:
    from notification_tester.storage.places import Places


def rename_damaged(places: Places) -> Problem:
    """Rename the file; nothing is deleted. Returns what to tell the person. Raises ProblemError."""
    kept = set_aside(places.database, now=datetime.now(tz=UTC))
    return Problem(
        title="The damaged history was put aside.",
        detail=f"It is kept as {kept}.",
        remedy="Close the program and start it again: it begins a new history.",
        code="history.put-aside",
        cause=Cause.STORAGE,
    )
