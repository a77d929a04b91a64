# SPDX-License-Identifier: MIT
"""Everything that a checkup found, to read, to mend, and to send to somebody who can."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from notification_tester.domain.problem import Remedy
from notification_tester.qt.checkup.findings_list import FindingsList
from notification_tester.qt.checkup.verdict import change_line, level_tone, level_word, whole_word
from notification_tester.qt.looks import icons
from notification_tester.qt.looks.theme import BETWEEN_CARDS, QuietLabel, Tone, heading
from notification_tester.qt.looks.tone_mark import ToneLabel, ToneMark
from notification_tester.qt.looks.visible_text import one_line
from notification_tester.qt.notification.remedies import EVERYWHERE, remedy_buttons
from notification_tester.qt.notification.way_view import WayView
from notification_tester.qt.widgets.field_note import as_high_as_needed
from notification_tester.qt.widgets.fitting_dialog import FittingDialog
from notification_tester.qt.widgets.flow_layout import FlowLayout
from notification_tester.qt.widgets.problem_card import ProblemCard
from notification_tester.qt.widgets.saved_file import SavedNote, save_dialog

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from notification_tester.domain.checkup_report import CheckupReport
    from notification_tester.domain.finding import Finding, Level
    from notification_tester.domain.problem import Problem


class CheckupView(FittingDialog):
    """Shows one report after another.

    Emits ``check_requested`` for a full checkup, ``mend_requested``, ``create_requested``, ``undo_requested``,
    ``administrator_requested``, and ``save_requested(path)`` when a file was chosen for the report.
    """

    check_requested = Signal()
    mend_requested = Signal()
    create_requested = Signal()
    undo_requested = Signal()
    administrator_requested = Signal()
    save_requested = Signal(str)
    remedy_requested = Signal(object)  # one of those that the window can do

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Checkup"))
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._report: CheckupReport | None = None
        self.file_dialog: QFileDialog | None = None
        self.heading = as_high_as_needed(heading(self.tr("What was looked at"), self, scale=1.4))
        self.about = as_high_as_needed(QuietLabel("", self))
        self.mark = ToneMark(Tone.UNKNOWN, self)
        self.verdict = ToneLabel("", self)
        as_high_as_needed(self.verdict)
        self.way = WayView(self, tells_reason=False)
        self.way.hide()
        self.findings = FindingsList(self)
        self.findings.mend_requested.connect(self.mend_requested)
        self.findings.create_requested.connect(self.create_requested)
        self.findings.remedy_requested.connect(self.remedy_requested)
        self.problem = ProblemCard(self)
        self.problem.remedy_requested.connect(self.remedy_requested)
        self.note = SavedNote(self)
        self.check = self._button(self.tr("C&heck again"), self.check_requested.emit, "refresh")
        self.check.setToolTip(self.tr("Looks at everything, and asks Mechanical Turk what these keys may do."))
        self.changed = as_high_as_needed(QuietLabel("", self))
        self.undo = self._button(self.tr("Take it &back…"), self.undo_requested.emit)
        self.show_change(None)
        self.copy = self._button(self.tr("&Copy as text"), self._copy, "copy")
        self.save = self._button(self.tr("&Save as HTML…"), self._choose_file, "export")
        self.administrator = self._button(self.tr("For the &administrator…"), self.administrator_requested.emit)
        self.close_button = self._button(self.tr("Close"), self.accept)
        self.close_button.setDefault(True)
        self._lay_out()
        self.resize(self.sizeHint())

    @property
    def report(self) -> CheckupReport | None:
        """What is shown."""
        return self._report

    def sizeHint(self) -> QSize:
        """Wide enough for a sentence, and never larger than a small screen."""
        return QSize(min(100 * self.fontMetrics().averageCharWidth(), 860), 600)

    def show_change(self, at: datetime | None) -> None:
        """Say that this program changed the access policy, and when, as long as that can be taken back."""
        self.changed.setText(change_line(at) if at is not None else "")
        for part in (self.changed, self.undo):
            part.setVisible(at is not None)

    def show_waiting(self) -> None:
        """A checkup is under way; what it finds comes with :meth:`show_findings`."""
        self.problem.clear()
        self.note.clear()
        self.check.setEnabled(False)
        self.findings.set_report(None)
        self.way.hide()
        self._say(Tone.PLAIN, self.tr("Looking…"))

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """These were found while the checkup goes on."""
        self.findings.add(findings)
        self._say(Tone.PLAIN, self.tr("Looking… {number} found until now").format(number=self.findings.number))

    def show_report(self, report: CheckupReport) -> None:
        """Show what was found."""
        self._report = report
        self.problem.clear()
        self.check.setEnabled(True)
        self.about.setText(report.about)
        level: Level = report.verdict
        self._say(level_tone(level), f"{level_word(level)}. {whole_word(level)}")
        self._show_way(report)
        self.findings.set_report(report)
        for button in (self.copy, self.save):
            button.setEnabled(True)

    def show_problem(self, problem: Problem) -> None:
        """Something that was asked for here did not work."""
        self.check.setEnabled(True)
        self.note.clear()
        self.problem.show_problem(problem, remedy_buttons(problem, EVERYWHERE - {Remedy.CHECK}))
        if self._report is not None:
            level = self._report.verdict
            self._say(level_tone(level), f"{level_word(level)}. {whole_word(level)}")
            self._show_way(self._report)
            self.findings.set_report(self._report)

    def show_saved(self, path: str) -> None:
        """The report is in its file."""
        self.problem.clear()
        self.note.say_saved(self.tr("The report was saved."), one_line(str(Path(path)), longest=600), Path(path))

    def _show_way(self, report: CheckupReport) -> None:
        if report.way is not None:
            self.way.show_way(report.way)
        self.way.setVisible(report.way is not None)

    def _say(self, tone: Tone, text: str) -> None:
        self.mark.set_tone(tone, "clock" if tone is Tone.PLAIN else "")
        self.verdict.set_tone(tone)
        self.verdict.setText(text)

    def _button(self, text: str, pressed: object, icon_name: str = "") -> QPushButton:
        button = QPushButton(text, self)
        button.setAutoDefault(False)
        if icon_name:
            button.setIcon(icons.icon(icon_name))
        button.clicked.connect(lambda: pressed() if callable(pressed) else None)
        return button

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.verdict, 1)
        line.addWidget(self.check)
        change = QHBoxLayout()
        change.addWidget(self.changed, 1)
        change.addWidget(self.undo)
        buttons = QWidget(self)
        flow = FlowLayout(buttons, end_from=3)
        for button in (self.copy, self.save, self.administrator, self.close_button):
            flow.addWidget(button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(20, 20, 20, 20)
        rows.setSpacing(BETWEEN_CARDS)
        rows.addWidget(self.heading)
        rows.addWidget(self.about)
        rows.addLayout(line)
        rows.addWidget(self.way)
        rows.addLayout(change)
        rows.addWidget(self.problem)
        rows.addWidget(self.note)
        rows.addWidget(self.findings, 1)
        rows.addWidget(buttons)
        for button in (self.copy, self.save):
            button.setEnabled(False)

    def _copy(self) -> None:
        if self._report is not None:
            QGuiApplication.clipboard().setText(self._report.as_text())
            self.note.say(self.tr("The report was copied."), self.tr("There is nothing secret in it."))

    def _choose_file(self) -> None:
        dialog = self.file_dialog = save_dialog(self, self.tr("Save the report"), "mturk-checkup.html")
        dialog.setNameFilters([self.tr("Web page (*.html)")])
        dialog.setDefaultSuffix("html")
        dialog.fileSelected.connect(self.save_requested)
        dialog.finished.connect(self._file_dialog_closed)
        dialog.open()

    def _file_dialog_closed(self) -> None:
        self.file_dialog = None
