# SPDX-License-Identifier: MIT
"""The history as a file that a person chose: the whole of it, or the file as it was before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notification_tester.storage.export import export_csv, export_json
from notification_tester.storage.whole_file import whole_file

if TYPE_CHECKING:
    from pathlib import Path

    from notification_tester.storage.history import History
    from notification_tester.storage.queries import HistoryQuery


def export_history(history: History, query: HistoryQuery, path: Path) -> int:
    """Write every row that ``query`` finds to ``path``, JSON where it ends in ``.json``, else CSV; returns how many.

    Raises ProblemError.
    """
    is_json = path.suffix.casefold() == ".json"
    encoding = "utf-8" if is_json else "utf-8-sig"
    with whole_file(path, what="the history", encoding=encoding, owner=history.owner) as file:
        return (export_json if is_json else export_csv)(history, query, file)
