# SPDX-License-Identifier: MIT
"""Files of this computer, and texts, that are dropped on a widget or pasted into it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent

if TYPE_CHECKING:
    from PySide6.QtCore import QMimeData
    from PySide6.QtWidgets import QWidget


def files_in(data: QMimeData) -> list[Path]:
    """The files of this computer among what is dragged or on the clipboard."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def can_be_taken(data: QMimeData) -> bool:
    """Whether a file of this computer, or a text, is in it."""
    return data.hasText() or bool(files_in(data))


class Drops(QObject):
    """Lets files or a text be dropped on ``target``, and emits one of the two; all else goes its way.

    What is dropped is copied, whatever was proposed: a file that was moved here would be gone where it came from.
    """

    files_given = Signal(object)  # list[Path], at least one
    text_given = Signal(str)

    def __init__(self, target: QWidget) -> None:
        super().__init__(target)
        target.setAcceptDrops(True)
        target.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what is dropped and can be taken."""
        if not isinstance(event, QDragEnterEvent | QDragMoveEvent | QDropEvent) or not can_be_taken(event.mimeData()):
            return super().eventFilter(watched, event)
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if event.type() == QEvent.Type.Drop:
            self.take(event.mimeData())
        return True

    def take(self, data: QMimeData) -> None:
        """Hand on the files that are in it, or else the text."""
        if files := files_in(data):
            self.files_given.emit(files)
        else:
            self.text_given.emit(data.text())
