# SPDX-License-Identifier: MIT
"""What a list shows, as a file that a person chooses: a table for a spreadsheet, or exact JSON."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from notification_tester.qt.widgets.saved_file import save_dialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QFileDialog, QWidget

    from notification_tester.domain.problem import Problem
    from notification_tester.qt.background import Tasks

    Write = Callable[[Path], int]


class ListFiles(QObject):
    """Asks for a name and writes on a worker; ``written`` with what was done: a title, a sentence, the file."""

    busy = Signal(bool)
    written = Signal(str, str, object)  # and the path
    failed = Signal(object)  # Problem
    late = Signal(object)  # Problem of a list that is not in sight any more

    def __init__(self, tasks: Tasks, parent: QWidget) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._window = parent
        self._stay = 0
        self._open: QFileDialog | None = None

    def leave(self) -> None:
        """The list is another account's now: what is asked about the one before closes, and is not told of any more.

        A failure is told all the same, by ``late``.
        """
        self._stay += 1
        if self._open is not None:
            self._open.done(0)
        self.busy.emit(False)

    def choose_export(self, write: Write) -> None:
        """Ask where everything that the list shows shall go."""
        dialog = self._dialog(*self.asked())
        csv, exact = self.tr("Table for a spreadsheet (*.csv)"), self.tr("JSON, exact (*.json)")
        dialog.setNameFilters([csv, exact])
        dialog.setDefaultSuffix("csv")
        dialog.filterSelected.connect(lambda name: dialog.setDefaultSuffix("json" if name == exact else "csv"))
        dialog.fileSelected.connect(partial(self.export, write))
        dialog.open()

    def export(self, write: Write, path: str) -> None:
        """Call ``write``, which writes JSON where the name ends in .json, else CSV, and tells how many."""
        self.busy.emit(True)
        self._tasks.run(
            partial(write, Path(path)),
            done=partial(self._exported, self._stay, str(Path(path))),
            failed=partial(self._not_written, self._stay),
        )

    def asked(self) -> tuple[str, str]:
        """The title of the dialog, and the name that it offers."""
        raise NotImplementedError

    def said(self, count: int) -> tuple[str, str]:
        """What was done, and how many are in the file, for whose name ``{path}`` stands."""
        raise NotImplementedError

    def _dialog(self, title: str, name: str) -> QFileDialog:
        dialog = save_dialog(self._window, title, name)
        dialog.finished.connect(self._closed)
        self._open = dialog
        return dialog

    def _closed(self) -> None:
        self._open = None

    def _exported(self, stay: int, path: str, count: int) -> None:
        if stay != self._stay:
            return
        self.busy.emit(False)
        title, text = self.said(count)
        self.written.emit(title, text.format(path=path), Path(path))

    def _not_written(self, stay: int, problem: Problem) -> None:
        if stay != self._stay:
            self.late.emit(problem)
            return
        self.busy.emit(False)
        self.failed.emit(problem)
