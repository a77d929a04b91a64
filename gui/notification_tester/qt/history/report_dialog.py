# SPDX-License-Identifier: MIT
"""A page about tests for people who were not there: seen first as it will be, then written as PDF or for the web."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QRadioButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QVBoxLayout,
)

from notification_tester.domain.problem import ProblemError
from notification_tester.qt.history.lines import run_text
from notification_tester.qt.history.model import goes_to, short_destination, what_happened
from notification_tester.qt.looks.formatting import count_text, now_utc, when
from notification_tester.qt.looks.theme import BETWEEN_CARDS, INSIDE_CARD, QuietLabel
from notification_tester.qt.looks.visible_text import one_line, tooltip
from notification_tester.qt.notification.remedy_dialog import RemedyDialog
from notification_tester.qt.widgets.fields import ChoiceField
from notification_tester.qt.widgets.filled_button import FilledButton
from notification_tester.qt.widgets.flow_layout import FlowRow
from notification_tester.qt.widgets.local_page import LocalPage, as_pdf
from notification_tester.qt.widgets.saved_file import SavedNote, save_dialog
from notification_tester.services.report import Scope, make_report
from notification_tester.storage.whole_file import save_bytes

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QWidget

    from notification_tester.domain.account import Account
    from notification_tester.domain.problem import Problem
    from notification_tester.qt.session import Program
    from notification_tester.services.report import Report
    from notification_tester.services.session import Session
    from notification_tester.services.standing import PlaceKey, Tested


SHORTEST_CHOICE = 16
"""Characters of a choice and of a destination that have room in the narrowest window."""


class _Choice(QRadioButton):
    """Leaves out the middle of its words where the window is too narrow for them; they are whole in its tip."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(text, parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def say(self, text: str) -> None:
        """Say it here and in the tip; an ampersand underlines, and two are one."""
        self.setText(text)
        self.setToolTip(tooltip("&".join(part.replace("&", "") for part in text.split("&&"))))

    def minimumSizeHint(self) -> QSize:
        """Without the words that can be left out."""
        whole = super().minimumSizeHint()
        return QSize(min(whole.width(), self.fontMetrics().averageCharWidth() * SHORTEST_CHOICE), whole.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """With as many of the words as there is room for."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        room = self.style().subElementRect(QStyle.SubElement.SE_RadioButtonContents, option, self).width()
        how = Qt.TextFlag.TextShowMnemonic.value
        option.text = self.fontMetrics().elidedText(option.text, Qt.TextElideMode.ElideMiddle, room, how)
        QStylePainter(self).drawControl(QStyle.ControlElement.CE_RadioButton, option)


class ReportDialog(RemedyDialog):
    """Shows the page of ``account``; what it says is that of the moment when it was opened."""

    def __init__(self, program: Program, account: Account, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Report of tests"))
        self._program = program
        self._account = account
        self._report: Report | None = None
        self._to_save: tuple[str, str] | None = None  # as soon as the page is made that is asked for
        self._asked = 0
        self.last = _Choice(self.tr("The &last test of this account"), self)
        self.all = _Choice(self.tr("How this accou&nt stands"), self)
        self.place = ChoiceField(self)  # its data: a PlaceKey, or None for all
        self.place.setAccessibleName(self.tr("Destination"))
        self.place.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.place.setMinimumContentsLength(SHORTEST_CHOICE)
        self.place.hide()
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
        self.place.activated.connect(self._choose_place)
        self.workers.toggled.connect(self._make)
        self.save_pdf.clicked.connect(partial(self._choose_file, "pdf"))
        self.save_page.clicked.connect(partial(self._choose_file, "html"))
        self.close_button.clicked.connect(self.reject)
        self.finished.connect(self._leave)
        self._offer()
        self._make()
        self.resize(QSize(860, 680).boundedTo(self.screen().availableSize()))

    def _lay_out(self) -> None:
        about_workers = QHBoxLayout()
        about_workers.setSpacing(BETWEEN_CARDS)
        about_workers.addWidget(self.workers)
        about_workers.addWidget(self.hint, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.close_button)
        foot.addStretch(1)
        foot.addWidget(self.save_page)
        foot.addWidget(self.save_pdf)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(INSIDE_CARD, INSIDE_CARD, INSIDE_CARD, INSIDE_CARD)
        rows.setSpacing(BETWEEN_CARDS)
        rows.addWidget(self.last)
        rows.addWidget(FlowRow([self.all, self.place], self))
        rows.addLayout(about_workers)
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
        shows_workers, place = self.workers.isChecked(), self.place.currentData()
        self._program.ask(
            lambda session: _report(session, self._account, scope, place, shows_workers=shows_workers),
            done=partial(self._show, number),
            failed=partial(self._fail, number),
        )

    def _choose_place(self) -> None:
        self.all.setChecked(True)
        self._make()

    def _name_choices(self, tested: Tested) -> None:
        """Say what is in each choice, and offer the destinations where there are several."""
        run = tested.run.tests
        event = run_text(run) if len(run) > 1 else what_happened(run[0])
        one, many = self.tr("The &last test of this account"), self.tr("The &last tests of this account")
        self.last.say(
            self.tr("{which}: {event} → {place}, {time}").format(
                which=count_text(len(run), one, many),
                event=_on_button(event),
                place=_on_button(goes_to(run[0])),
                time=when(run[0].started),
            )
        )
        several = tested.places
        places = count_text(len(several), self.tr("1 destination"), self.tr("{count} destinations"))
        many = self.tr("the newest {count} tests") if tested.more else self.tr("{count} tests")
        tests = count_text(len(tested.tests), self.tr("1 test"), many)
        self.all.say(self.tr("How this accou&nt stands: {places}, {tests}").format(places=places, tests=tests))
        if [self.place.itemData(number) for number in range(1, self.place.count())] != list(several):
            chosen = self.place.currentData()
            self.place.clear()
            self.place.addItem(self.tr("All of them"), None)
            for place in several:
                self.place.addItem(short_destination(place.transport, place.name), place)
                whole = tooltip(place.name)
                self.place.setItemData(self.place.count() - 1, whole, Qt.ItemDataRole.ToolTipRole)
            self.place.setCurrentIndex(several.index(chosen) + 1 if chosen in several else 0)
        self.place.setToolTip(self.place.currentData(Qt.ItemDataRole.ToolTipRole) or "")
        self.place.setVisible(len(several) > 1)

    def _show(self, number: int, report: Report) -> None:
        if number == self._asked:
            self.note.clear()
            self._report = report
            self._name_choices(report.tested)
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


def _on_button(text: str) -> str:
    """On one line, with ampersands that underline nothing."""
    return one_line(text, longest=60).replace("&", "&&")


def _report(session: Session, account: Account, scope: Scope, place: PlaceKey | None, *, shows_workers: bool) -> Report:
    """Raises ProblemError, also where there is no history; that is not the same as one without tests."""
    if session.history_problem is not None:
        raise ProblemError(session.history_problem)
    return make_report(session.history, account, scope, made=now_utc(), shows_workers=shows_workers, place=place)
