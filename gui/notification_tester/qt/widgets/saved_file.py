# SPDX-License-Identifier: MIT
"""A file that a person has written: where the question begins, and how it is found again afterwards."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QDir, QProcess, QStandardPaths, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from notification_tester.qt.looks.theme import Tone
from notification_tester.qt.widgets.field_note import FieldNote

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def save_dialog(parent: QWidget, title: str, name: str) -> QFileDialog:
    """Make the dialog that asks where to write; it begins in Documents and goes when it is closed.

    No class of its own: the system's dialog is shown in place of QFileDialog itself alone, and of no subclass.
    """
    dialog = QFileDialog(parent, title)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDirectory(_documents())
    dialog.selectFile(name)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog


def _documents() -> str:
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return documents if Path(documents).is_dir() else QDir.homePath()


def show_in_folder(path: Path) -> bool:
    """Open the system's window of the folder, with the file marked where the system can; whether that was begun."""
    if not path.exists():
        return False
    if sys.platform == "win32":
        # explorer.exe takes the comma and what follows as one word
        return bool(QProcess.startDetached("explorer.exe", ["/select,", QDir.toNativeSeparators(str(path))])[0])
    if sys.platform == "darwin":
        return bool(QProcess.startDetached("/usr/bin/open", ["-R", str(path)])[0])
    return open_folder(path.absolute().parent)


def open_folder(folder: Path) -> bool:
    """Open the system's window of a folder; whether that was begun."""
    return folder.is_dir() and QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


class SavedNote(FieldNote):
    """Says what was done; of a file that was written, with a button that shows it in its folder."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, tone=Tone.GOOD)

    def say_saved(self, title: str, text: str, path: Path) -> None:
        """Say that ``path`` was written."""
        self.say(title, text)
        self.offer(self.tr("Show in folder"), partial(self._show, path))

    def _show(self, path: Path) -> None:
        if not show_in_folder(path):
            self.say(
                self.tr("The folder could not be opened."),
                self.tr("The file was written to {path}").format(path=path),
            )
