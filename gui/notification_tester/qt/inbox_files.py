# SPDX-License-Identifier: MIT
"""The inbox, or one message of it, as a file that a person chooses."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from notification_tester.services.inbox_export import export_inbox, save_message

if TYPE_CHECKING:
    from notification_tester.domain.problem import Problem
    from notification_tester.qt.tasks import Tasks
    from notification_tester.storage.inbox import Inbox
    from notification_tester.storage.inbox_rows import InboxMessage, InboxQuery


class InboxFiles(QObject):
    """Asks for a name and writes on a worker; ``written`` with what was done, as a title and a sentence."""

    busy = Signal(bool)
    written = Signal(str, str)
    failed = Signal(object)  # Problem

    def __init__(self, tasks: Tasks, parent: QWidget) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._window = parent

    def choose_export(self, inbox: Inbox, query: InboxQuery) -> None:
        """Ask where everything that ``query`` finds shall go."""
        dialog = self._dialog(self.tr("Export what the list shows"), "mturk-notifications")
        csv, exact = self.tr("Table for a spreadsheet (*.csv)"), self.tr("JSON, exact (*.json)")
        dialog.setNameFilters([csv, exact])
        dialog.setDefaultSuffix("csv")
        dialog.filterSelected.connect(lambda name: dialog.setDefaultSuffix("json" if name == exact else "csv"))
        dialog.fileSelected.connect(partial(self.export_to, inbox, query))
        dialog.open()

    def export_to(self, inbox: Inbox, query: InboxQuery, path: str) -> None:
        """Write what ``query`` finds: JSON where the name ends in .json, else CSV."""
        self.busy.emit(True)
        self._tasks.run(
            partial(export_inbox, inbox, query, Path(path)),
            done=partial(self._exported, path),
            failed=self._not_written,
        )

    def choose_save(self, message: InboxMessage) -> None:
        """Ask where one message shall go."""
        dialog = self._dialog(self.tr("Save this message"), f"notification-{message.number}")
        dialog.setNameFilters([self.tr("Message as it came (*.json)"), self.tr("Every file (*)")])
        dialog.setDefaultSuffix("json")
        dialog.fileSelected.connect(partial(self.save_to, message))
        dialog.open()

    def save_to(self, message: InboxMessage, path: str) -> None:
        """Write one message exactly as it came."""
        self._tasks.run(
            partial(save_message, message, Path(path)),
            done=lambda _: self.written.emit(self.tr("The message was saved."), path),
            failed=self._not_written,
        )

    def _dialog(self, title: str, name: str) -> QFileDialog:
        dialog = QFileDialog(self._window, title)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(name)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog

    def _exported(self, path: str, count: int) -> None:
        self.busy.emit(False)
        text = self.tr("1 message is in {path}") if count == 1 else self.tr("{count} messages are in {path}")
        self.written.emit(
            self.tr("The messages were exported."), text.format(count=QLocale().toString(count), path=path)
        )

    def _not_written(self, problem: Problem) -> None:
        self.busy.emit(False)
        self.failed.emit(problem)
