# SPDX-License-Identifier: MIT
"""The history as a file that a person chose: the whole of it, or the file as it was before."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from notification_tester.domain.problem import Cause, Problem, ProblemError, ServiceAnswer
from notification_tester.storage.export import export_csv, export_json

if TYPE_CHECKING:
    from notification_tester.storage.history import History
    from notification_tester.storage.queries import HistoryQuery


def export_history(history: History, query: HistoryQuery, path: Path) -> int:
    """Write every row that ``query`` finds to ``path``, JSON where it ends in ``.json``, else CSV; returns how many.

    Written beside the target first, so that a full disk leaves no half of a file under the chosen name.
    Raises ProblemError.
    """
    is_json = path.suffix.casefold() == ".json"
    beside: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        beside = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8" if is_json else "utf-8-sig", newline="") as file:
            written = (export_json if is_json else export_csv)(history, query, file)
        beside.replace(path)
    except OSError as error:
        raise ProblemError(
            Problem(
                title="The history could not be exported.",
                detail=f"The file “{path.name}” could not be written: {error.strerror or 'the disk refused'}.",
                remedy="Choose another folder, or make room on the disk, and export again.",
                code="export.not-written",
                cause=Cause.STORAGE,
                answer=ServiceAnswer(message=str(error)),
            )
        ) from error
    finally:
        if beside is not None:
            beside.unlink(missing_ok=True)
    return written
