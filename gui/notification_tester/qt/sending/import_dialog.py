# SPDX-License-Identifier: MIT
"""Opens a specification in older or other words, shows what became of each part of it, and hands it to the form.

Whatever is pasted, dropped or read from a file is cleaned of keys elsewhere, before any of it is shown.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QMimeData, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication, QTextOption
from PySide6.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from notification_tester.domain.problem import Problem, ProblemError
from notification_tester.domain.specifications.keys import without_keys
from notification_tester.domain.specifications.reading import MAX_SIZE, read_specification
from notification_tester.qt.looks.theme import BETWEEN_CARDS, QuietLabel, Tone, heading, plain_label
from notification_tester.qt.looks.tone_mark import ToneMark
from notification_tester.qt.looks.visible_text import visible
from notification_tester.qt.widgets.drops import can_be_taken, files_in, first_that_fits
from notification_tester.qt.widgets.field_note import FieldNote, as_high_as_needed
from notification_tester.qt.widgets.filled_button import FilledButton
from notification_tester.qt.widgets.fitting_dialog import FittingDialog
from notification_tester.qt.widgets.flow_layout import FlowLayout, discard_all
from notification_tester.qt.widgets.link_button import LinkButton
from notification_tester.qt.widgets.scroll_page import ScrollContent, ScrollPage
from notification_tester.services.saved_forms import older_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from notification_tester.domain.specifications.imported import ImportedSpecification
    from notification_tester.qt.background import Tasks


MOST_SHOWN = 20_000
"""Characters of a text that are shown. The longest specifications have a few thousand, and of one line of 100,000 it
took Qt more than a second to find out where it wraps."""

PAUSE = 250
"""Milliseconds without a key before what was typed is read."""


class _Opened(NamedTuple):
    """A text as it may be shown, and what was read of it."""

    shown: str
    found: ImportedSpecification | None
    problem: Problem | None
    others: str = ""
    """What is to be said of other files that were given with it."""


def _opened(get: Callable[[], str]) -> _Opened:
    """Read a text; its keys come no further than this. Raises ProblemError where there is no text to be had."""
    text = get()
    shown = visible(without_keys(text[:MAX_SIZE]).text[:MOST_SHOWN])[:MOST_SHOWN]
    try:
        return _Opened(shown, read_specification(text), None)
    except ProblemError as error:
        return _Opened(shown, None, error.problem)


def _opened_first(paths: Sequence[Path]) -> _Opened:
    """Read the first of some files that has a specification. Raises ProblemError where none of several has."""

    def read(path: Path) -> _Opened:
        opened = _opened(partial(older_text, path))
        if opened.problem is not None and len(paths) > 1:
            raise ProblemError(opened.problem)
        return opened

    taken = first_that_fits(read, paths)
    return taken.value._replace(others=taken.said)


class ImportDialog(FittingDialog):
    """``fill_requested(ImportedSpecification)`` for the form, ``set_requested(ImportedSpecification)`` for a HIT type.

    Each closes the dialog. ``help_requested()``: what became of the older API as a whole.
    """

    fill_requested = Signal(object)
    set_requested = Signal(object)
    help_requested = Signal()

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Open an older specification"))
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._tasks = tasks
        self._number = 0
        self.found: ImportedSpecification | None = None
        self.edit = _GivenText(self)
        self.edit.setAccessibleName(self.tr("The older specification"))
        self.edit.setPlaceholderText(self.tr("Paste it here, or drop it"))
        self.more = LinkButton(self.tr("What became of the older &API"), self)
        self.more.clicked.connect(self.help_requested)
        self.problem = FieldNote(self)
        self.problem.watch(self.edit)
        self.others = FieldNote(self, tone=Tone.BEWARE)
        self.file = self._button(self.tr("From a &file…"), self._choose_file)
        self.paste = self._button(self.tr("&Paste"), self._paste)
        self.close_button = self._button(self.tr("&Cancel"), self.reject)
        self.for_hit_type = self._button(self.tr("&Set it for its HIT type…"), self._set)
        self.for_hit_type.hide()
        self.fill = FilledButton(self.tr("Fill the f&orm"), self)
        self.fill.clicked.connect(self._fill)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(lambda: self.open_text(self.edit.toPlainText()))
        self._lay_out()
        self._show(None)
        self.edit.textChanged.connect(self._typed)
        self.edit.text_given.connect(self.open_text)
        self.edit.files_given.connect(self.open_files)
        self.resize(self.sizeHint())

    def sizeHint(self) -> QSize:
        """Room for sentences beside their text, and never larger than a small screen."""
        return QSize(min(120 * self.fontMetrics().averageCharWidth(), 880), 580)

    def open_text(self, text: str) -> None:
        """Read a text that was pasted, dropped or typed."""
        if text.strip():
            self._open(partial(_opened, lambda: text))
        else:
            self._show(None)

    def open_files(self, paths: Sequence[Path]) -> None:
        """Read a file; of several the first that has a specification, and say which were not taken."""
        self._open(partial(_opened_first, paths))

    def _button(self, text: str, slot: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, self)
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        return button

    def _lay_out(self) -> None:
        self.results = ScrollContent()
        self._rows = QVBoxLayout(self.results)
        self._rows.setContentsMargins(0, 0, 6, 0)
        self._rows.setSpacing(10)
        self._scroll = ScrollPage(self.results, self)
        self._scroll.setAccessibleName(self.tr("What became of it"))
        sources = QHBoxLayout()
        sources.addWidget(self.paste)
        sources.addWidget(self.file)
        sources.addStretch(1)
        sources.addWidget(self.more)
        buttons = QWidget(self)
        flow = FlowLayout(buttons, end_from=0)
        for button in (self.close_button, self.for_hit_type, self.fill):
            flow.addWidget(button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(20, 20, 20, 20)
        rows.setSpacing(BETWEEN_CARDS)
        rows.addWidget(as_high_as_needed(heading(self.windowTitle(), self, scale=1.3)))
        rows.addWidget(
            as_high_as_needed(
                QuietLabel(
                    self.tr(
                        "A <Notification> structure, a request of the older API, a call of boto, a command of the AWS "
                        "CLI, JavaScript, JSON, or an export of this program. Nothing is sent. Keys and signatures "
                        "in it are taken out at once, and neither stored nor shown."
                    ),
                    self,
                )
            )
        )
        self.edit.setMinimumHeight(self.edit.fontMetrics().lineSpacing() * 4)
        rows.addWidget(self.edit, 2)
        rows.addLayout(sources)
        rows.addWidget(self.problem)
        rows.addWidget(self.others)
        rows.addWidget(self._scroll, 5)
        rows.addWidget(buttons)

    def done(self, result: int) -> None:
        """Close; what is being read is shown to nobody."""
        self._pause.stop()
        self._number += 1
        super().done(result)

    def _typed(self) -> None:
        self._number += 1
        self._show(None)
        self._pause.start()

    def _open(self, read: Callable[[], _Opened]) -> None:
        self._pause.stop()
        self._number += 1
        number = self._number
        self._tasks.run(
            read,
            done=lambda opened: self._read(number, opened),
            failed=lambda problem: self._read(number, _Opened("", None, problem)),
        )

    def _read(self, number: int, opened: _Opened) -> None:
        if number != self._number:
            return
        if self.edit.toPlainText() != opened.shown:
            blocked = self.edit.blockSignals(True)
            self.edit.setPlainText(opened.shown)
            self.edit.blockSignals(blocked)
        self._show(opened.found)
        if opened.problem is not None:
            self.problem.show_problem(opened.problem)
        if opened.others:
            self.others.say(self.tr("One is opened at a time."), opened.others)

    def _show(self, found: ImportedSpecification | None) -> None:
        self.found = found
        self.problem.clear()
        self.others.clear()
        discard_all(self._rows)
        self._scroll.setVisible(found is not None)
        self.fill.setEnabled(found is not None and found.has_specification)
        self.for_hit_type.setVisible(found is not None and found.hit_type_id is not None)
        if found is None:
            return
        self._rows.addWidget(
            as_high_as_needed(heading(self.tr("This is {what}.").format(what=found.what), self.results))
        )
        for title, tone, sentences in (
            (self.tr("Carried over"), Tone.GOOD, found.carried_over),
            (self.tr("Changed"), Tone.PLAIN, found.changed),
            (self.tr("Dropped"), Tone.UNKNOWN, found.dropped),
        ):
            if sentences:
                self._rows.addWidget(_Sentences(title, tone, sentences, self.results))
        self._rows.addWidget(_Sentences(self.tr("What became of it"), None, (found.became,), self.results))
        self._rows.addStretch(1)
        self._scroll.verticalScrollBar().setValue(0)
        if found.hit_type_id is not None:
            reason = self._why_not_to_be_set(found)
            self.for_hit_type.setEnabled(not reason)
            self.for_hit_type.setToolTip(reason)
            self.for_hit_type.setAccessibleDescription(reason)

    def _why_not_to_be_set(self, found: ImportedSpecification) -> str:
        """One of Notification and Active is needed, and the first must be whole; empty where it can be set."""
        if not found.has_specification:
            return "" if found.active is not None else self.tr("It says neither what to set nor whether it is on.")
        try:
            found.specification()
        except ProblemError as error:
            return self.tr("Fill the form first, and complete it there. {why}").format(why=error.problem.title)
        return ""

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, self.tr("An older specification"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(
            [self.tr("Texts (*.txt *.xml *.json *.py *.js *.mjs *.sh *.log)"), self.tr("All files (*)")]
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.open_files([Path(name)]))
        dialog.open()

    def _paste(self) -> None:
        self.edit.insertFromMimeData(QGuiApplication.clipboard().mimeData())

    def _fill(self) -> None:
        if self.found is not None:
            self.fill_requested.emit(self.found)
            self.accept()

    def _set(self) -> None:
        if self.found is not None:
            self.set_requested.emit(self.found)
            self.accept()


class _GivenText(QPlainTextEdit):
    """Hands on what is pasted or dropped instead of showing it: a key may be in it."""

    text_given = Signal(str)
    files_given = Signal(object)  # list[Path], at least one

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)  # between words it takes ten times as long
        self.setUndoRedoEnabled(False)  # a key that was typed would stay in it
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Texts and files of this computer."""
        return can_be_taken(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Hand it on; pasted into the middle of a text, it takes its place."""
        if files := files_in(source):
            self.files_given.emit(files)
        elif source.hasText():
            self.text_given.emit(source.text())


class _Sentences(QWidget):
    """A title and the sentences below it, each with a mark; ``said`` is all of it."""

    def __init__(self, title: str, tone: Tone | None, sentences: tuple[str, ...], parent: QWidget) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        grid.addWidget(as_high_as_needed(heading(title, self)), 0, 0, 1, 2)
        for row, sentence in enumerate(sentences, start=1):
            label = as_high_as_needed(plain_label(visible(sentence), self))
            if tone is None:
                grid.addWidget(label, row, 0, 1, 2)
            else:
                grid.addWidget(ToneMark(tone, self, scale=1.0), row, 0, Qt.AlignmentFlag.AlignTop)
                grid.addWidget(label, row, 1)
