# SPDX-License-Identifier: MIT
"""What the page HIT types asks for: ids by hand, the file of a record, and whether a run is to be stopped.

Ids are read by their dialog itself, off the main thread: no account is asked. What is added is the controller's.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from notification_tester.domain.pasted_ids import parse_hit_type_ids
from notification_tester.qt.looks.formatting import count_text
from notification_tester.qt.looks.theme import QuietLabel, Tone, heading
from notification_tester.qt.looks.visible_text import one_line
from notification_tester.qt.widgets.field_note import FieldNote
from notification_tester.qt.widgets.filled_button import FilledButton
from notification_tester.qt.widgets.fitting_dialog import FittingDialog
from notification_tester.qt.widgets.question import Question
from notification_tester.qt.widgets.saved_file import save_dialog
from notification_tester.services.hit_types.listing import read_ids_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from notification_tester.domain.pasted_ids import PastedIds
    from notification_tester.domain.problem import Problem
    from notification_tester.qt.background import Tasks

MOST_TOLD = 3
"""So many of what is no id are told with their lines."""
PAUSE = 200
"""Milliseconds without a key before the text is read."""


class PasteIdsDialog(FittingDialog):
    """``ids_given(tuple of HitTypeId)`` once, when there are some and a person wants them added."""

    ids_given = Signal(object)

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._number = 0
        self._found: PastedIds | None = None
        self.setWindowTitle(self.tr("Add HIT types by their ids"))
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.edit = QPlainTextEdit(self)
        self.edit.setAccessibleName(self.tr("Ids of HIT types"))
        self.edit.setPlaceholderText(self.tr("One id a line, or a table with a column named HITTypeId"))
        self.edit.setTabChangesFocus(True)
        self.edit.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.problem = FieldNote(self)
        self.problem.watch(self.edit)
        self.good = FieldNote(self, tone=Tone.GOOD)
        self.file = QPushButton(self.tr("From a &file…"), self)
        self.file.setAutoDefault(False)
        self.file.clicked.connect(self._choose_file)
        self.cancel = QPushButton(self.tr("&Cancel"), self)
        self.cancel.setAutoDefault(False)
        self.cancel.clicked.connect(self.reject)
        self.add = FilledButton(self.tr("&Add"), self)
        self.add.clicked.connect(self._add)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self._read)
        self.edit.textChanged.connect(self._typed)
        self._lay_out()
        self._show(None)
        self.resize(self.sizeHint())

    def sizeHint(self) -> QSize:
        """Wide enough for an id, a title and a number beside each other."""
        return QSize(self.fontMetrics().averageCharWidth() * 84, 440)

    def read_file(self, path: str) -> None:
        """Take the ids of a file."""
        self._pause.stop()
        self._number += 1
        name = Path(path).name
        self._tasks.run(
            partial(read_ids_file, Path(path), leave_out_bad=True),
            done=partial(self._parsed, self._number, name),
            failed=partial(self._failed, self._number),
        )

    def _lay_out(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(20, 20, 20, 20)
        rows.setSpacing(10)
        rows.addWidget(heading(self.tr("Add HIT types by their ids"), self, scale=1.3))
        rows.addWidget(
            QuietLabel(
                self.tr(
                    "Mechanical Turk finds HIT types only by their HITs, so those whose HITs were all deleted are "
                    "missing. Paste their ids here, or a result file of Mechanical Turk: its column HITTypeId is read."
                ),
                self,
            )
        )
        rows.addWidget(self.edit, 1)
        rows.addWidget(self.problem)
        rows.addWidget(self.good)
        buttons = QHBoxLayout()
        buttons.addWidget(self.file)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.add)
        rows.addLayout(buttons)

    def done(self, result: int) -> None:
        """Close; what is being read is shown to nobody."""
        self._pause.stop()
        self._number += 1
        super().done(result)

    def _typed(self) -> None:
        self._number += 1
        self._show(None)
        self._pause.start()

    def _read(self) -> None:
        text = self.edit.toPlainText()
        if not text.strip():
            self._show(None)
            return
        self._tasks.run(
            partial(parse_hit_type_ids, text, leave_out_bad=True),
            done=partial(self._parsed, self._number, ""),
            failed=partial(self._failed, self._number),
        )

    def _parsed(self, number: int, name: str, found: PastedIds) -> None:
        if number != self._number:
            return
        if name:
            blocked = self.edit.blockSignals(True)
            self.edit.clear()
            self.edit.blockSignals(blocked)
        self._show(found, name)

    def _failed(self, number: int, problem: Problem) -> None:
        if number == self._number:
            self._show(None)
            self.problem.show_problem(problem)

    def _show(self, found: PastedIds | None, name: str = "") -> None:
        self._found = found
        self.problem.clear()
        self.good.clear()
        self.add.setEnabled(found is not None)
        self.add.setText(self.tr("&Add"))
        if found is None:
            return
        count = len(found.ids)
        self.add.setText(count_text(count, self.tr("&Add 1 HIT type"), self.tr("&Add {count} HIT types")))
        title = count_text(count, self.tr("1 id was found."), self.tr("{count} ids were found."))
        more = [self.tr("From the file {name}.").format(name=one_line(name))] if name else []
        if found.repeated:
            more.append(
                count_text(
                    found.repeated,
                    self.tr("1 was there more than once and counts once."),
                    self.tr("{count} were there more than once and count once."),
                )
            )
        if found.is_part:
            more.append(self.tr("The list says that there are further pages, which are not in it."))
        self.good.say(title, " ".join(more))
        if found.bad:
            self.problem.say(*left_out_text(found))

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, self.tr("A file with ids"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("Tables and texts (*.csv *.tsv *.txt *.json)"), self.tr("All files (*)")])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.read_file)
        dialog.open()

    def _add(self) -> None:
        if self._found is not None:
            self.ids_given.emit(self._found.ids)
            self.accept()


def left_out_text(found: PastedIds) -> tuple[str, str]:
    """A title and a sentence for what is no id, of which there is some: the first ones with their lines."""
    translate = QCoreApplication.translate
    title = count_text(
        found.bad_count,
        translate("LeftOutIds", "1 is no id of a HIT type and is left out."),
        translate("LeftOutIds", "{count} are no ids of HIT types and are left out."),
    )
    told = [one_line(one.detail) for one in found.bad[:MOST_TOLD]]
    rest = found.bad_count - len(told)
    if rest:
        told.append(
            count_text(rest, translate("LeftOutIds", "And 1 more."), translate("LeftOutIds", "And {count} more."))
        )
    return title, " ".join(told)


def record_file_dialog(parent: QWidget, *, exporting: bool) -> QFileDialog:
    """Ask where the record is to be written, or from which file it is to be read."""
    translate = QCoreApplication.translate
    if not exporting:
        dialog = QFileDialog(parent, translate("RecordFile", "Import a record"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(
            [translate("RecordFile", "Records (*.csv *.json)"), translate("RecordFile", "All files (*)")]
        )
        return dialog
    table = translate("RecordFile", "Table for a spreadsheet (*.csv)")
    exact = translate("RecordFile", "JSON (*.json)")
    dialog = save_dialog(parent, translate("RecordFile", "Export the record"), "mturk-hit-types-record")
    dialog.setNameFilters([table, exact])
    dialog.setDefaultSuffix("csv")
    dialog.filterSelected.connect(lambda name: dialog.setDefaultSuffix("json" if name == exact else "csv"))
    return dialog


def stop_question(left: int, parent: QWidget, *, stop: Callable[[], object], keep: Callable[[], object]) -> Question:
    """Ask whether to stop a run of which so many changes are left; Escape and Return keep it going."""
    translate = QCoreApplication.translate
    question = Question(
        parent,
        title=translate("StopQuestion", "Changes are still being sent"),
        question=translate("StopQuestion", "Changes are still being sent."),
        consequence=count_text(
            left,
            translate(
                "StopQuestion", "1 HIT type has not been changed yet. What was sent stays; it is all in the record."
            ),
            translate(
                "StopQuestion",
                "{count} HIT types have not been changed yet. What was sent stays; it is all in the record.",
            ),
        ),
        keep=translate("StopQuestion", "&Keep going"),
    )
    question.offer(translate("StopQuestion", "&Stop and close"), stop)
    question.keep.clicked.connect(lambda _=False: keep())
    return question
