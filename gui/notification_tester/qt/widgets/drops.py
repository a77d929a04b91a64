# SPDX-License-Identifier: MIT
"""Files of this computer, and texts, that are dropped on a widget or pasted into it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent

from notification_tester.domain.problem import ProblemError
from notification_tester.qt.looks.formatting import count_text
from notification_tester.qt.looks.visible_text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import QMimeData
    from PySide6.QtWidgets import QWidget


Value = TypeVar("Value")

MOST_NAMED = 5
"""Files; of more it is said how many."""


@dataclass(frozen=True)
class Taken(Generic[Value]):
    """What was read of the first of some files that would do, and which others there were."""

    value: Value
    path: Path
    left: tuple[Path, ...]

    @property
    def said(self) -> str:
        """Which was taken and which were not; empty where there was one alone."""
        if not self.left:
            return ""
        text = _tr("“{name}” was taken, as the first that will do. Not taken: {others}.")
        return text.format(name=one_line(self.path.name), others=_named(self.left))


def first_that_fits(read: Callable[[Path], Value], paths: Sequence[Path]) -> Taken[Value]:
    """Take one file where only one can be taken: the first of which ``read`` raises no ProblemError.

    Raises that of the first where none will do, which names them all.
    """
    problems = []
    for path in paths:
        try:
            return Taken(read(path), path, tuple(one for one in paths if one is not path))
        except ProblemError as error:
            problems.append(error.problem)
    problem = problems[0]
    if len(paths) > 1:
        detail = _tr("“{name}”: {why} Nothing else that was given will do either: {others}.")
        names = {"name": one_line(paths[0].name), "others": _named(paths[1:])}
        problem = replace(problem, detail=detail.format(why=problem.detail, **names))
    raise ProblemError(problem)


def _named(paths: Sequence[Path]) -> str:
    names = ", ".join(f"“{one_line(path.name)}”" for path in paths[:MOST_NAMED])
    if (more := len(paths) - MOST_NAMED) <= 0:
        return names
    return f"{names}, {count_text(more, _tr('and one more'), _tr('and {count} more'))}"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Drops", text)


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
