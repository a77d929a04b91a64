# SPDX-License-Identifier: MIT
"""How messages get into a list and out of it by hand: chosen, dropped or pasted, and cleared after a yes."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QWidget

from notification_tester.domain.problem import Cause, Problem
from notification_tester.qt.inbox.controller import OpenedPlace
from notification_tester.qt.looks.formatting import count_text
from notification_tester.qt.looks.visible_text import one_line
from notification_tester.qt.widgets.drops import Drops
from notification_tester.qt.widgets.question import Question

if TYPE_CHECKING:
    from collections.abc import Callable

    from notification_tester.qt.inbox.controller import Following
    from notification_tester.services.inbox.opened import Opened

MOST_NAMED = 5
"""Files that could not be read, with what is wrong with each; of more it is said how many."""


class OpenMessages(QObject):
    """Takes files and texts for ``page``: by a dialog, by drag and drop, and from the clipboard."""

    files_given = Signal(object)  # list[Path]
    text_given = Signal(str)

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self._page = page
        self._dialog: QFileDialog | None = None
        self._drops = Drops(page)
        self._drops.files_given.connect(self.files_given)
        self._drops.text_given.connect(self.text_given)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Open), page, self.ask)
        # a field that has the keyboard takes what is pasted for itself
        QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), page, self.paste)

    def ask(self) -> None:
        """Ask which files to open, several at once."""
        dialog = QFileDialog(self._page, self.tr("Open messages"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters(
            [
                self.tr("Messages (*.json *.jsonl *.eml *.mbox *.mbx *.txt *.log *.xml)"),
                self.tr("Every file (*)"),
            ]
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda names: self.files_given.emit([Path(one) for one in names]))
        dialog.finished.connect(self._closed)
        self._dialog = dialog
        dialog.open()

    def paste(self) -> None:
        """Take what is on the clipboard: files, or a text."""
        data = QGuiApplication.clipboard().mimeData()
        if data is not None:
            self._drops.take(data)

    def leave(self) -> None:
        """Another account was asked for: what is asked about the one before closes."""
        if self._dialog is not None:
            self._dialog.done(0)

    def _closed(self) -> None:
        self._dialog = None


def clear_question(
    following: Following, parent: QWidget, *, clear: Callable[[], object], remove: Callable[[], object]
) -> Question:
    """Ask whether to clear a list, and to take its place out, too, where it is not followed now."""
    translate = partial(QCoreApplication.translate, "ClearQuestion")
    removed = count_text(
        following.inbox.messages,
        translate("1 message is removed from this computer, and cannot be brought back."),
        translate("{count} messages are removed from this computer, and cannot be brought back."),
    )
    was_opened = isinstance(following.destination, OpenedPlace)
    stays = "" if was_opened else translate("What is in the queue or topic stays as it is.")
    question = Question(
        parent,
        title=translate("Clear this list"),
        question=translate("Clear the list of {name}?").format(name=one_line(following.destination.name, longest=80)),
        consequence=" ".join(one for one in (removed, stays) if one),
        keep=translate("Cancel"),
    )
    question.offer(translate("&Clear the list"), clear)
    if not following.is_in_use:
        question.offer(translate("Clear it, and &remove the place"), remove)
    return question


def opened_texts(opened: Opened) -> tuple[tuple[str, str] | None, Problem | None]:
    """What is said of messages that were opened, as a title and a sentence; and of those that could not be read."""
    translate = partial(QCoreApplication.translate, "Inbox")
    said = None
    if opened.added or opened.known:
        title = count_text(opened.added, translate("1 message was opened."), translate("{count} messages were opened."))
        known = count_text(
            opened.known, translate("1 was in the list already."), translate("{count} were in the list already.")
        )
        said = (title, known if opened.known else "")
    if not opened.unreadable:
        return said, None
    first = opened.unreadable[0][1]
    if opened.count_unreadable == 1:
        name = one_line(opened.unreadable[0][0], longest=80)
        title = translate("“{name}” could not be read.").format(name=name) if name else first.title
        detail = f"{first.title} {first.detail}" if name else first.detail
    else:
        title = count_text(opened.count_unreadable, "", translate("{count} messages or files could not be read."))
        named = [
            f"{one_line(name, longest=80) or translate('Pasted')}: {one_line(f'{problem.title} {problem.detail}')}"
            for name, problem in opened.unreadable[:MOST_NAMED]
        ]
        more = opened.count_unreadable - MOST_NAMED
        if more > 0:
            named.append(count_text(more, translate("And 1 more."), translate("And {count} more.")))
        detail = "\n".join(named)
    if said is not None:
        detail += "\n" + translate("All the others are in the list.")
    remedy = " ".join(dict.fromkeys(problem.remedy for _, problem in opened.unreadable[:MOST_NAMED]))
    return said, Problem(title=title, detail=detail, remedy=remedy, code=first.code, cause=Cause.INPUT)
