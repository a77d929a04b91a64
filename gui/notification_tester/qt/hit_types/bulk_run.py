# SPDX-License-Identifier: MIT
"""A bulk run in sight: how far it is, how fast, what failed; and when it has ended, the result for each HIT type."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import IntEnum
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from notification_tester.domain.problem import Cause, Remedy
from notification_tester.domain.setting import LineState
from notification_tester.qt.hit_types.table import CalmTable, KeepsItsColour
from notification_tester.qt.lists.table_model import ListModel, Mark
from notification_tester.qt.looks import icons
from notification_tester.qt.looks.formatting import count_text, moment_text, now_utc, number_text
from notification_tester.qt.looks.theme import Card, QuietLabel, Tone, heading
from notification_tester.qt.looks.tone_mark import ToneLabel, ToneMark
from notification_tester.qt.looks.visible_text import one_line
from notification_tester.qt.notification.remedies import remedy_buttons
from notification_tester.qt.widgets.fields import ChoiceField
from notification_tester.qt.widgets.fitting_dialog import FittingDialog
from notification_tester.qt.widgets.flow_layout import FlowLayout, discard
from notification_tester.qt.widgets.link_button import LinkButton
from notification_tester.services.hit_types.refusals import CANCELLED, CHANGED_MEANWHILE, STOPPED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import QModelIndex

    from notification_tester.domain.problem import Problem
    from notification_tester.qt.lists.cell_menu import CellMenu
    from notification_tester.services.hit_types.bulk_types import BulkOutcome, BulkProgress


STANDS_STILL_SECONDS = 5.0
"""Without an answer after which that is said."""


class BulkPanel(Card):
    """Hidden until a run begins, and again once its result was read away."""

    cancel_requested = Signal()
    retry_requested = Signal()  # the failed ones
    rest_requested = Signal()  # those that were not begun
    results_requested = Signal()
    dismissed = Signal()  # the result was read
    remedy_requested = Signal(object)  # a Remedy that the window can do

    def __init__(self, parent: QWidget | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._clock = clock  # in seconds
        self._done = 0
        self._moved_at = 0.0  # when something was answered last
        self._was_throttled = False  # since then
        self.body.setContentsMargins(14, 12, 14, 12)
        self.mark = ToneMark(Tone.PLAIN, self, scale=1.3)
        self.title = heading("", self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("How many changes were sent"))
        self.status = ToneLabel("", self)
        self.workers = ToneLabel(
            self.tr("The practice workers begin to work on that by themselves. Inbox says when they are done."), self
        )
        self.failures = ToneLabel("", self, tone=Tone.BAD)
        self.slow = ToneLabel("", self, tone=Tone.BEWARE)
        self.why = ToneLabel("", self)
        self.cancel = QPushButton(self.tr("&Cancel"), self)
        self.retry = QPushButton(self.tr("Try the failed ones a&gain"), self)
        self.rest = QPushButton(self)
        self.results = LinkButton(self.tr("S&how each result…"), self)
        self.close_button = QPushButton(self.tr("Understood"), self)
        self.remedies: list[QPushButton] = []
        column = QVBoxLayout()
        column.setSpacing(6)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.title, 1)
        for at_once in (self.results, self.close_button):
            top.addWidget(at_once, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(top)
        for part in (self.bar, self.why, self.status, self.workers, self.failures, self.slow):
            column.addWidget(part)
        buttons = QWidget(self)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        buttons.setSizePolicy(policy)
        self._flow = flow = FlowLayout(buttons)
        for button, signal in (
            (self.cancel, self.cancel_requested),
            (self.retry, self.retry_requested),
            (self.rest, self.rest_requested),
        ):
            button.setAutoDefault(False)
            button.clicked.connect(signal)
            flow.addWidget(button)
        self.results.clicked.connect(self.results_requested)
        self.close_button.setAutoDefault(False)
        self.close_button.clicked.connect(self._dismiss)
        self._buttons = buttons
        column.addWidget(buttons)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        self.body.addLayout(row)
        self.hide()

    def begin(self, total: int, *, account: str) -> None:
        """A run of so many changes begins."""
        self._done, self._moved_at, self._was_throttled = 0, self._clock(), False
        self.set_tone(Tone.ACCENT)
        self.mark.set_tone(Tone.PLAIN, "clock")
        self.bar.setRange(0, total)
        self.name_account(account)
        self.bar.setValue(0)
        self.bar.show()
        self.status.setText(self.tr("Each change is written down before it is sent."))
        self.failures.hide()
        self.slow.hide()
        self.why.hide()
        self.workers.hide()
        self._offer_remedies(None)
        self.cancel.setEnabled(True)
        self._offer(self.cancel)
        self.show()

    def name_account(self, name: str) -> None:
        """Whose changes are being sent; that account may be given another name meanwhile."""
        self.title.setText(
            count_text(self.bar.maximum(), self.tr("Sending 1 change"), self.tr("Sending {count} changes"))
            + self.tr(" for the account {name}").format(name=name)
        )

    def show_progress(self, news: BulkProgress) -> None:
        """Say how far it is."""
        self.bar.setValue(news.done)
        done, total = number_text(news.done), number_text(news.total)
        parts = [self.tr("{done} of {total}").format(done=done, total=total)]
        if news.rate > 0:
            small = self.locale().toString(float(news.rate), "f", 1)
            rate = number_text(round(news.rate)) if news.rate >= 10 else small
            parts.append(self.tr("{rate} a second").format(rate=rate))
            left = (news.total - news.done) / news.rate
            if left >= 1:
                parts.append(self.tr("about {time} left").format(time=self._duration(left)))
        if self.cancel.isEnabled():
            self.status.setText(" · ".join(parts))
        troubles = []
        if news.failed:
            troubles.append(count_text(news.failed, self.tr("1 failed so far"), self.tr("{count} failed so far")))
        if news.unknown:
            troubles.append(
                count_text(news.unknown, self.tr("1 not known so far"), self.tr("{count} not known so far"))
            )
        self.failures.setText(", ".join(troubles))
        self.failures.setVisible(bool(troubles))
        if news.done != self._done:
            self._done, self._moved_at, self._was_throttled = news.done, self._clock(), False
        self._was_throttled = self._was_throttled or news.is_throttled
        text = self._waiting_text(self._clock() - self._moved_at)
        self.slow.setText(text)
        self.slow.setVisible(bool(text))

    def _waiting_text(self, seconds: float) -> str:
        """Why it goes slowly, or not at all for so long; nothing where it goes on."""
        if seconds < STANDS_STILL_SECONDS:
            slower = self.tr("Slowed down, because Mechanical Turk asked for it. Nothing fails because of that.")
            return slower if self._was_throttled else ""
        for_so_long = self._duration(seconds)
        if self._was_throttled:
            return self.tr(
                "Mechanical Turk asks to wait, and has taken nothing for {time}. It is tried again by itself; Cancel "
                "ends it, and nothing fails because of that."
            ).format(time=for_so_long)
        return self.tr("Nothing was answered for {time}. It is waited for and tried again; Cancel ends it.").format(
            time=for_so_long
        )

    def show_stopping(self) -> None:
        """It was asked to stop: what is on its way is waited for."""
        self.cancel.setEnabled(False)
        self.status.setText(self.tr("Stopping: what is on its way is waited for."))

    def show_outcome(self, outcome: BulkOutcome, *, workers_begin: bool = False) -> None:
        """Say how it ended; ``workers_begin``: practice's, on what was switched on."""
        self.workers.setVisible(workers_begin)
        applied = sum(1 for one in outcome.results if one.state is LineState.APPLIED)
        unknown = sum(1 for one in outcome.results if one.state is LineState.UNKNOWN)
        failed, rest = len(outcome.failed), len(outcome.not_begun)
        nothing_refused = failed == unknown  # what is not known is no failure yet
        tone = Tone.GOOD if not failed and not rest else Tone.BEWARE if applied or nothing_refused else Tone.BAD
        self.set_tone(tone)
        self.mark.set_tone(tone)
        if tone is Tone.GOOD:
            title = count_text(
                applied, self.tr("The change was applied."), self.tr("All {count} changes were applied.")
            )
        else:
            title = count_text(applied, self.tr("1 change was applied"), self.tr("{count} changes were applied"))
            if failed > unknown:
                title += ", " + count_text(failed - unknown, self.tr("1 was not"), self.tr("{count} were not"))
            if unknown:
                title += ", " + count_text(unknown, self.tr("1 is not known"), self.tr("{count} are not known"))
            if rest:
                title += ", " + count_text(rest, self.tr("1 was not sent"), self.tr("{count} were not sent"))
            title += "."
        self.title.setText(title)
        self.bar.hide()
        self.slow.hide()
        self.failures.hide()
        if applied:
            now, later = now_utc(), outcome.takes_effect_by
            said = self.tr("Took {time}. What was applied is in effect, unless it was changed since.")
            if later is not None and later > now:
                said = self.tr("Took {time}. What was applied takes effect by {later}.").replace(
                    "{later}", moment_text(later, now)
                )
            self.status.setText(said.format(time=self._duration(outcome.seconds)))
        elif unknown:
            self.status.setText(self.tr("What is not known may have been applied: no clear answer came."))
        else:
            self.status.setText(self.tr("What was set before still holds, as far as the record knows."))
        self.why.setText(self._why(outcome))
        self.why.setVisible(outcome.stopped_by is not None)
        self.rest.setText(count_text(rest, self.tr("Send the other one"), self.tr("Send the other {count}")))
        offered = [self.results, self.close_button]
        if failed:
            self.retry.setText(self._retry_text(failed, unknown))
            offered.append(self.retry)
        if rest:
            offered.append(self.rest)
        self._offer(*offered)
        self._offer_remedies(outcome.stopped_by)
        self.setAccessibleName(f"{title} {self.why.text()}".strip())

    def _retry_text(self, failed: int, unknown: int) -> str:
        """What is sent again; of what is not known nobody may say that it failed."""
        if not unknown:
            return self.tr("Try the failed ones a&gain")
        return self.tr("Send what is not known a&gain") if unknown == failed else self.tr("Send all of these a&gain")

    def _dismiss(self) -> None:
        self.hide()
        self.dismissed.emit()

    def _why(self, outcome: BulkOutcome) -> str:
        """Why it ended before its time, in a sentence or two."""
        problem = outcome.stopped_by
        if problem is None:
            return ""
        if problem is CANCELLED:
            return self.tr("You stopped it. {what}").format(what=problem.detail)
        if problem is CHANGED_MEANWHILE:
            before = ""
        elif problem.cause is Cause.STORAGE:
            before = self.tr("It ended early, because a change that cannot be written down is not sent.")
        elif outcome.not_begun:
            before = self.tr("It ended early, because the others would have met the same.")
        else:
            before = ""
        return one_line(f"{before} {problem.title} {problem.remedy}", longest=600).strip()

    def _offer(self, *buttons: QPushButton) -> None:
        for button in (self.cancel, self.retry, self.rest, self.results, self.close_button):
            button.setVisible(button in buttons)
        self._show_buttons()

    def _show_buttons(self) -> None:
        """Without one of them there is no line for them."""
        below = (self.cancel, self.retry, self.rest, *self.remedies)
        self._buttons.setVisible(any(not one.isHidden() for one in below))

    def _offer_remedies(self, problem: Problem | None) -> None:
        """The buttons of what can be done about what ended it; to try again has its own."""
        discard(self._flow, self.remedies)
        self.remedies = []
        for text, key in () if problem is None else remedy_buttons(problem):
            button = QPushButton(text, self._buttons)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, key=key: self.remedy_requested.emit(Remedy(key)))
            self._flow.addWidget(button)
            button.show()
            self.remedies.append(button)
        self._show_buttons()

    def _duration(self, seconds: float) -> str:
        if seconds < 90:
            whole = max(1, round(seconds))
            return count_text(whole, self.tr("1 second"), self.tr("{count} seconds"))
        return count_text(round(seconds / 60), self.tr("1 minute"), self.tr("{count} minutes"))


class Ending(IntEnum):
    """How it ended for one HIT type; what needs a person first."""

    FAILED = 0
    UNKNOWN = 1
    NOT_SENT = 2
    APPLIED = 3


_ENDINGS = {
    LineState.APPLIED: Ending.APPLIED,
    LineState.FAILED: Ending.FAILED,
    LineState.UNKNOWN: Ending.UNKNOWN,
    LineState.PENDING: Ending.UNKNOWN,
    LineState.NOT_SENT: Ending.NOT_SENT,
}
LOOKS = {
    Ending.APPLIED: Mark(Tone.GOOD, "check"),
    Ending.FAILED: Mark(Tone.BAD, "cross"),
    Ending.UNKNOWN: Mark(Tone.BEWARE, "question"),
    Ending.NOT_SENT: Mark(Tone.UNKNOWN, "minus"),
}


@dataclass(frozen=True, kw_only=True)
class ResultRow:
    """One HIT type and how it ended."""

    hit_type_id: str
    title: str
    ending: Ending
    problem: Problem | None = None

    @property
    def reason(self) -> str:
        """Why it failed, in one line; empty where nothing went wrong."""
        return "" if self.problem is None else one_line(f"{self.problem.title} {self.problem.detail}")

    @property
    def words(self) -> str:
        """What a filter looks in."""
        return f"{self.hit_type_id} {self.title} {self.reason}".casefold()


def result_rows(outcome: BulkOutcome, title_of: Callable[[str], str]) -> list[ResultRow]:
    """Every row of a run, those that need a person first."""
    rows = [
        ResultRow(
            hit_type_id=one.hit_type_id,
            title=title_of(one.hit_type_id),
            ending=_ENDINGS[one.state],
            problem=one.problem,
        )
        for one in outcome.results
    ]
    why = CHANGED_MEANWHILE if outcome.stopped_by is CHANGED_MEANWHILE else STOPPED
    rows += [
        ResultRow(hit_type_id=one, title=title_of(one), ending=Ending.NOT_SENT, problem=why)
        for one in outcome.not_begun
    ]
    return sorted(rows, key=lambda row: row.ending)


class ResultColumn(IntEnum):
    """The columns, in the order in which they are shown."""

    HIT_TYPE = 0
    RESULT = 1
    REASON = 2


class ResultsModel(ListModel[ResultRow, ResultColumn]):
    """What became of each HIT type of a run."""

    is_calm = True

    def __init__(self, rows: Sequence[ResultRow], parent: QObject | None = None) -> None:
        super().__init__(ResultColumn, rows, parent)

    def narrow(self, text: str, ending: Ending | None) -> None:
        """Show rows that have all the words, and this ending."""
        words = text.casefold().split()
        self.show_only(lambda row: ending in {None, row.ending} and all(word in row.words for word in words))

    def count_of(self, ending: Ending) -> int:
        """How many rows ended so."""
        return sum(1 for row in self._all if row.ending is ending)

    def title(self, column: ResultColumn) -> str:
        """The name of a column."""
        return {
            ResultColumn.HIT_TYPE: self.tr("HIT type"),
            ResultColumn.RESULT: self.tr("Result"),
            ResultColumn.REASON: self.tr("Reason"),
        }[column]

    def text(self, row: ResultRow, column: ResultColumn) -> str:
        """What a cell shows."""
        match column:
            case ResultColumn.HIT_TYPE:
                return one_line(row.title) or row.hit_type_id
            case ResultColumn.RESULT:
                return self.word(row.ending)
            case ResultColumn.REASON:
                return row.reason

    def tip(self, row: ResultRow, column: ResultColumn) -> str:
        """The whole of it: the exact answer, too."""
        match column:
            case ResultColumn.HIT_TYPE:
                return f"{one_line(row.title)} {row.hit_type_id}"
            case ResultColumn.RESULT:
                return self.word(row.ending)
            case ResultColumn.REASON:
                return row.problem.as_text() if row.problem else ""

    def mark(self, row: ResultRow, column: ResultColumn) -> Mark | None:
        """Shape and colour of how it ended."""
        return LOOKS[row.ending] if column is ResultColumn.RESULT else None

    def word(self, ending: Ending) -> str:
        """The word beside the shape."""
        return {
            Ending.APPLIED: self.tr("Applied"),
            Ending.FAILED: self.tr("Failed"),
            Ending.UNKNOWN: self.tr("Not known whether applied"),
            Ending.NOT_SENT: self.tr("Not sent"),
        }[ending]


class BulkResultsDialog(FittingDialog):
    """Stays beside the window while one goes on working.

    ``inbox_requested`` and ``history_requested`` with the id of a HIT type, to see there what belongs to it.
    """

    inbox_requested = Signal(str)
    history_requested = Signal(str)

    def __init__(self, rows: Sequence[ResultRow], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Results"))
        self.model = ResultsModel(rows, self)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Filter by title, id, reason"))
        self.search.setAccessibleName(self.tr("Filter results"))
        self.search.setClearButtonEnabled(True)
        self.ending = ChoiceField(self)
        self.ending.setAccessibleName(self.tr("Result"))
        self.ending.addItem(self.tr("Every result ({count})").format(count=number_text(len(rows))))
        self._offered = [one for one in Ending if self.model.count_of(one)]
        for one in self._offered:
            count = number_text(self.model.count_of(one))
            self.ending.addItem(f"{self.model.word(one)} ({count})")
        self.table = CalmTable(self.model, self, air=12)
        self.table.menu_made.connect(self._add_to_menu)
        self._style_table()
        self.copy = QPushButton(icons.icon("copy"), self.tr("Cop&y as a table"), self)
        self.copy.setAutoDefault(False)
        self.copy.clicked.connect(self._copy)
        self.close_button = QPushButton(self.tr("C&lose"), self)
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.accept)
        top = QHBoxLayout()
        top.addWidget(self.search, 1)
        top.addWidget(self.ending)
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy)
        buttons.addWidget(QuietLabel(self.tr("The same stands in the record of each HIT type."), self), 1)
        buttons.addWidget(self.close_button)
        body = QVBoxLayout(self)
        body.setContentsMargins(20, 20, 20, 20)
        body.setSpacing(10)
        body.addWidget(heading(self.tr("The result for each HIT type"), self, scale=1.3))
        body.addLayout(top)
        body.addWidget(self.table, 1)
        body.addLayout(buttons)
        self.resize(self.sizeHint())
        self.search.textChanged.connect(self._narrow)
        self.ending.currentIndexChanged.connect(self._narrow)
        if len(self._offered) > 1 and self._offered[0] is not Ending.APPLIED:
            self.ending.setCurrentIndex(1)  # what failed is what one came for

    def sizeHint(self) -> QSize:
        """Room for a reason."""
        return QSize(min(self.fontMetrics().averageCharWidth() * 150, 980), 540)

    def _style_table(self) -> None:
        self.table.setAccessibleName(self.tr("Results"))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setItemDelegateForColumn(ResultColumn.RESULT, KeepsItsColour(self.table))
        self.table.recoloured.connect(self.model.palette_changed)
        header = self.table.horizontalHeader()
        header.setStretchLastSection(True)
        width = self.fontMetrics().averageCharWidth()
        header.resizeSection(ResultColumn.HIT_TYPE, 36 * width)
        header.resizeSection(ResultColumn.RESULT, 26 * width)

    def _add_to_menu(self, menu: CellMenu, index: QModelIndex) -> None:
        row = self.model.rows_in_sight()[index.row()]
        column = ResultColumn(index.column())
        shown = self.model.text(row, column)
        if column is ResultColumn.HIT_TYPE:
            menu.add(self.tr("Copy the &id"), partial(QGuiApplication.clipboard().setText, row.hit_type_id))
        if column is ResultColumn.RESULT:
            menu.add_filter(shown, partial(self.ending.setCurrentIndex, self._offered.index(row.ending) + 1))
        else:
            menu.add_filter(shown, partial(self.search.setText, shown))
        menu.addSeparator()
        menu.add_inbox(partial(self.inbox_requested.emit, row.hit_type_id))
        menu.add_history(partial(self.history_requested.emit, row.hit_type_id))

    def _narrow(self) -> None:
        number = self.ending.currentIndex()
        self.model.narrow(self.search.text(), self._offered[number - 1] if number > 0 else None)

    def _copy(self) -> None:
        lines = ["HITTypeId\tTitle\tResult\tReason"]
        for row in self.model.rows_in_sight():
            cells = (row.hit_type_id, one_line(row.title), self.model.word(row.ending), row.reason)
            lines.append("\t".join(cell.replace("\t", " ") for cell in cells))
        QGuiApplication.clipboard().setText("\n".join(lines))
