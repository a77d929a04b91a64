# SPDX-License-Identifier: MIT
"""The record of what was set, to a file and back: chosen in a dialog, written and read off the main thread."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from notification_tester.qt.hit_types.controls import Command
from notification_tester.qt.widgets.formatting import count_text
from notification_tester.qt.widgets.visible_text import one_line
from notification_tester.services.hit_types.record import SettingRecord

if TYPE_CHECKING:
    from notification_tester.domain.problem import Problem
    from notification_tester.qt.background.tasks import Tasks
    from notification_tester.qt.widgets.field_note import FieldNote
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.storage.ledger import Ledger
    from notification_tester.storage.ledger_file import ImportSummary


class RecordFiles(Protocol):
    """What is needed of the services; both block and may raise ProblemError."""

    def export_record(self, opened: OpenAccount, path: Path) -> int:
        """Write the record of an account to a file, JSON where its name ends so, else CSV; how many lines."""

    def import_record(self, opened: OpenAccount, path: Path) -> ImportSummary:
        """Take in the record of a file, whole or not at all."""


class LedgerFiles:
    """The record of whatever account is open, kept in ``ledger``."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def export_record(self, opened: OpenAccount, path: Path) -> int:
        """Write it whole or not at all."""
        return SettingRecord.of(opened, self._ledger).export_to(path)

    def import_record(self, opened: OpenAccount, path: Path) -> ImportSummary:
        """Take a file in whole or not at all."""
        return SettingRecord.of(opened, self._ledger).import_from(path)


class RecordExchange(QObject):
    """Says in ``note`` what was done; ``imported`` when the record has grown, ``failed`` with a Problem.

    A failure that comes after :meth:`leave` goes with its Account to ``later``.
    """

    imported = Signal()
    failed = Signal(object)
    later = Signal(object, object)

    def __init__(self, tasks: Tasks, files: RecordFiles | None, note: FieldNote, parent: QWidget) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._files = files
        self._note = note
        self._window = parent
        self._stay = 0  # another with each account
        self.dialog: QFileDialog | None = None

    def leave(self) -> None:
        """Another account was asked for."""
        self._stay += 1
        if self.dialog is not None:
            self.dialog.done(0)

    def begin(self, command: Command, opened: OpenAccount) -> None:
        """Ask for the file."""
        if self._files is None:
            return
        exporting = command is Command.EXPORT
        dialog = QFileDialog(
            self._window.window(), self.tr("Export the record") if exporting else self.tr("Import a record")
        )
        table, exact = self.tr("Table for a spreadsheet (*.csv)"), self.tr("JSON (*.json)")
        if exporting:
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.setNameFilters([table, exact])
            dialog.setDefaultSuffix("csv")
            dialog.filterSelected.connect(lambda name: dialog.setDefaultSuffix("json" if name == exact else "csv"))
            dialog.selectFile("mturk-hit-types-record")
            dialog.fileSelected.connect(partial(self.export_to, opened))
        else:
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
            dialog.setNameFilters([self.tr("Records (*.csv *.json)"), self.tr("All files (*)")])
            dialog.fileSelected.connect(partial(self.import_from, opened))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(self._closed)
        self.dialog = dialog
        dialog.open()

    def export_to(self, opened: OpenAccount, path: str) -> None:
        """Write the record to a file."""
        if self._files is not None:
            self._note.clear()
            self._tasks.run(
                partial(self._files.export_record, opened, Path(path)),
                done=partial(self._exported, self._stay, path),
                failed=partial(self._not_done, self._stay, opened),
            )

    def import_from(self, opened: OpenAccount, path: str) -> None:
        """Take in the record of a file."""
        if self._files is not None:
            self._note.clear()
            self._tasks.run(
                partial(self._files.import_record, opened, Path(path)),
                done=partial(self._imported, self._stay, Path(path).name),
                failed=partial(self._not_done, self._stay, opened),
            )

    def _closed(self) -> None:
        self.dialog = None

    def _not_done(self, stay: int, opened: OpenAccount, problem: Problem) -> None:
        if stay == self._stay:
            self.failed.emit(problem)
        else:
            self.later.emit(problem, opened.account)

    def _exported(self, stay: int, path: str, count: int) -> None:
        if stay != self._stay:
            return
        self._note.say(
            self.tr("The record was exported."),
            count_text(count, self.tr("1 change is in the file."), self.tr("{count} changes are in the file."))
            + f" {one_line(path, longest=600)}",
        )

    def _imported(self, stay: int, name: str, summary: ImportSummary) -> None:
        if stay != self._stay:
            return
        title = count_text(summary.added, self.tr("1 change was imported."), self.tr("{count} changes were imported."))
        if not summary.added:
            title = self.tr("There was nothing new to import.")
        parts = [
            count_text(
                summary.hit_types,
                self.tr("The file tells of 1 HIT type."),
                self.tr("The file tells of {count} HIT types."),
            )
        ]
        if summary.already_there:
            parts.append(
                count_text(
                    summary.already_there,
                    self.tr("1 line was there already."),
                    self.tr("{count} lines were there already."),
                )
            )
        self._note.say(title, f"{one_line(name)}: {' '.join(parts)}")
        self.imported.emit()
