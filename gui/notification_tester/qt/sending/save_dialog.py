# SPDX-License-Identifier: MIT
"""The notification of the form in the words of others: choose one, see it, copy it or save it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from notification_tester.qt.looks.theme import BETWEEN_CARDS, QuietLabel, heading
from notification_tester.qt.looks.visible_text import one_line
from notification_tester.qt.widgets.field_note import FieldNote, as_high_as_needed, buddy_label
from notification_tester.qt.widgets.fields import ChoiceField
from notification_tester.qt.widgets.filled_button import FilledButton
from notification_tester.qt.widgets.fitting_dialog import FittingDialog
from notification_tester.qt.widgets.raw_text import RawText
from notification_tester.qt.widgets.saved_file import SavedNote, save_dialog
from notification_tester.services.saved_forms import save_form

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notification_tester.domain.problem import Problem
    from notification_tester.qt.background import Tasks
    from notification_tester.services.saved_forms import SavedForm


class SaveDialog(FittingDialog):
    """Shows one of several forms at a time."""

    def __init__(self, tasks: Tasks, forms: Sequence[SavedForm], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._is_writing = False
        self._is_to_close = False
        self.setWindowTitle(self.tr("Save this notification as"))
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._tasks = tasks
        self._forms = tuple(forms)
        self.choice = ChoiceField(self)
        for form in self._forms:
            self.choice.addItem(form.title)
        self.text = RawText(self, accessible_name=self.tr("What is saved"), lines=None)
        self.bad = FieldNote(self)
        self.good = SavedNote(self)
        self.save = FilledButton(self.tr("&Save…"), self)
        self.save.clicked.connect(self._choose_file)
        self.close_button = QPushButton(self.tr("&Close"), self)
        self.close_button.setAutoDefault(False)
        self.close_button.clicked.connect(self.accept)
        self._lay_out()
        self.choice.currentIndexChanged.connect(self._show)
        self._show()
        self.resize(self.sizeHint())

    def sizeHint(self) -> QSize:
        """Wide enough for a queue's URL, and never larger than a small screen."""
        return QSize(min(120 * self.fontMetrics().averageCharWidth(), 880), 540)

    @property
    def form(self) -> SavedForm:
        """The one in sight."""
        return self._forms[self.choice.currentIndex()]

    def done(self, result: int) -> None:
        """Close, once what is being written is; where that is refused, it is shown first."""
        self._is_to_close = self._is_writing
        if not self._is_writing:
            super().done(result)

    def save_to(self, path: str) -> None:
        """Write the one in sight to a file."""
        self._is_writing = True
        self._tasks.run(partial(save_form, self.form, Path(path)), done=self._saved, failed=self._not_saved)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.save)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(20, 20, 20, 20)
        rows.setSpacing(BETWEEN_CARDS)
        rows.addWidget(as_high_as_needed(heading(self.windowTitle(), self, scale=1.3)))
        rows.addWidget(
            as_high_as_needed(
                QuietLabel(
                    self.tr(
                        "What the form says, and a test of the event that is chosen there. No key of yours is in it; "
                        "practice's own open nothing else. Each form of the notification can be opened here again."
                    ),
                    self,
                )
            )
        )
        line = QHBoxLayout()
        line.addWidget(buddy_label(self.tr("&Form"), self.choice, self))
        line.addWidget(self.choice)
        line.addStretch(1)
        rows.addLayout(line)
        rows.addWidget(self.text, 1)
        rows.addWidget(self.bad)
        rows.addWidget(self.good)
        rows.addLayout(buttons)

    def _show(self) -> None:
        self.bad.clear()
        self.good.clear()
        self.text.set_text(self.form.text)

    def _choose_file(self) -> None:
        dialog = save_dialog(self, self.tr("Save as"), self.form.file_name)
        dialog.fileSelected.connect(self.save_to)
        dialog.open()

    def _saved(self, path: Path) -> None:
        self._is_writing = False
        self.bad.clear()
        self.good.say_saved(self.tr("Saved."), one_line(str(path)), path)
        if self._is_to_close:
            self.accept()

    def _not_saved(self, problem: Problem) -> None:
        self._is_writing = self._is_to_close = False
        self.good.clear()
        self.bad.show_problem(problem)
