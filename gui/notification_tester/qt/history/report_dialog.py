# SPDX-License-Identifier: MIT
"""A page about tests for people who were not there: seen first as it will be, then written as PDF or for the web."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QHBoxLayout, QPushButton, QRadioButton, QVBoxLayout

from notification_tester.domain.problem import ProblemError
from notification_tester.qt.looks.formatting import now_utc
from notification_tester.qt.looks.theme import BETWEEN_CARDS, INSIDE_CARD, QuietLabel
from notification_tester.qt.notification.remedy_dialog import RemedyDialog
from notification_tester.qt.widgets.filled_button import FilledButton
from notification_tester.qt.widgets.local_page import LocalPage, as_pdf
from notification_tester.qt.widgets.saved_file import SavedNote, save_dialog
from notification_tester.services.report import Scope, make_report
from notification_tester.storage.whole_file import save_bytes

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from notification_tester.domain.account import Account
    from notification_tester.domain.problem import Problem
    from notification_tester.qt.session import Program
    from notification_tester.services.report import Report
    from notification_tester.services.session import Session


class ReportDialog(RemedyDialog):
    """Shows the page of ``account``; what it says is that of the moment when it was opened."""

    def __init__(self, program: Program, account: Account, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Report"))
        self._program = program
        self._account = account
        self._report: Report | None = None
        self._to_save: tuple[str, str] | None = None  # as soon as the page is made that is asked for
        self._asked = 0
        self.last = QRadioButton(self.tr("What was sent &last"), self)
        self.all = QRadioButton(self.tr("The &newest tests of this account"), self)
        self._choice = QButtonGroup(self)
        self._choice.addButton(self.last)
        self._choice.addButton(self.all)
        self.last.setChecked(True)
        self.workers = QCheckBox(self.tr("Show the ids of &workers"), self)
        self.hint = QuietLabel(
            self.tr("Otherwise each worker is Worker 1, Worker 2, and so on. Keys are never in a report."), self
        )
        self.page = LocalPage(self)
        self.page.setAccessibleName(self.tr("The report"))
        white = self.page.palette()  # paper is white in the dark, too
        white.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.white)
        white.setColor(QPalette.ColorRole.Text, Qt.GlobalColor.black)
        self.page.setPalette(white)
        self.page.document().setDocumentMargin(INSIDE_CARD)
        self.page.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.saved = SavedNote(self)
        self.save_page = QPushButton(self.tr("Save as web pa&ge…"), self)
        self.save_pdf = FilledButton(self.tr("Save as &PDF…"), self)
        self.close_button = QPushButton(self.tr("&Close"), self)
        for button in (self.save_page, self.close_button):
            button.setAutoDefault(False)
        self._lay_out()
        self._choice.buttonClicked.connect(self._make)
        self.workers.toggled.connect(self._make)
        self.save_pdf.clicked.connect(partial(self._choose_file, "pdf"))
        self.save_page.clicked.connect(partial(self._choose_file, "html"))
        self.close_button.clicked.connect(self.reject)
        self.finished.connect(self._leave)
        self._offer()
        self._make()
        self.resize(QSize(860, 680))

    def _lay_out(self) -> None:
        choices = QHBoxLayout()
        choices.setSpacing(18)
        for widget in (self.last, self.all, self.workers):
            choices.addWidget(widget)
        choices.addStretch(1)
        foot = QHBoxLayout()
        foot.addWidget(self.close_button)
        foot.addStretch(1)
        foot.addWidget(self.save_page)
        foot.addWidget(self.save_pdf)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(INSIDE_CARD, INSIDE_CARD, INSIDE_CARD, INSIDE_CARD)
        rows.setSpacing(BETWEEN_CARDS)
        rows.addLayout(choices)
        rows.addWidget(self.hint)
        rows.addWidget(self.page, 1)
        rows.addWidget(self.note)
        rows.addWidget(self.saved)
        rows.addLayout(foot)

    def _make(self, *_: object) -> None:
        """Have the page made off the main thread; an answer to an older question is not shown."""
        self._asked += 1
        self._report = None  # what was made before is not saved for what is wanted now: it may have ids of workers
        self.saved.clear()
        number, scope = self._asked, Scope.RUN if self.last.isChecked() else Scope.ACCOUNT
        shows_workers = self.workers.isChecked()
        self._program.ask(
            lambda session: _report(session, self._account, scope, shows_workers=shows_workers),
            done=partial(self._show, number),
            failed=partial(self._fail, number),
        )

    def _show(self, number: int, report: Report) -> None:
        if number == self._asked:
            self.note.clear()
            self._report = report
            self.page.setHtml(report.as_html())
            self._offer()
            to_save, self._to_save = self._to_save, None
            if to_save is not None:
                self._save(*to_save)

    def _fail(self, number: int, problem: Problem) -> None:
        if number == self._asked:
            self._report = self._to_save = None
            self.page.clear()
            self.show_problem(problem)
            self._offer()

    def _leave(self) -> None:
        self._asked += 1  # what is answered from now on is shown by nobody

    def _offer(self) -> None:
        for button in (self.save_pdf, self.save_page):
            button.setEnabled(self._report is not None)

    def _choose_file(self, ending: str) -> None:
        dialog = save_dialog(self, self.tr("Save the report"), f"mturk-report.{ending}")
        dialog.setNameFilters([self.tr("PDF (*.pdf)") if ending == "pdf" else self.tr("Web page (*.html)")])
        dialog.setDefaultSuffix(ending)
        dialog.fileSelected.connect(partial(self._save, ending))
        dialog.open()

    def _save(self, ending: str, path: str) -> None:
        if self._report is None:
            self._to_save = (ending, path)
            return
        page = self._report.as_html()
        written = as_pdf(page) if ending == "pdf" else page.encode("utf-8", "replace")
        number = self._asked
        self._program.ask(
            lambda session: save_bytes(Path(path), written, what="the report", owner=session.owner),
            done=lambda _: self._show_saved(number, Path(path)),
            failed=partial(self._show_unsaved, number),
        )

    def _show_saved(self, number: int, path: Path) -> None:
        if number == self._asked:
            words = self.tr("It can be handed to others as it is.")
            self.saved.say_saved(self.tr("The report was saved."), words, path)

    def _show_unsaved(self, number: int, problem: Problem) -> None:
        if number == self._asked:
            self.show_problem(problem)
        else:
            self._program.notice.emit(problem)


def _report(session: Session, account: Account, scope: Scope, *, shows_workers: bool) -> Report:
    """Raises ProblemError, also where there is no history; that is not the same as one without tests."""
    if session.history_problem is not None:
        raise ProblemError(session.history_problem)
    return make_report(session.history, account, scope, made=now_utc(), shows_workers=shows_workers)
