# SPDX-License-Identifier: MIT
"""Every test that was made and everything that was changed: search, filter, sort, look at one, send it again or take it
back, export them.

The page asks the database nothing before it is seen.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal

from notification_tester.domain.problem import Cause, Code, Problem, remedy_of
from notification_tester.qt.history.controller import HistoryController
from notification_tester.qt.history.details import HistoryDetails
from notification_tester.qt.history.filter import TYPING_PAUSE, HistoryFilter
from notification_tester.qt.history.lines import HistoryLines, is_several
from notification_tester.qt.history.model import Column, HistoryModel, environment_of
from notification_tester.qt.history.strip import LatencyPanel
from notification_tester.qt.history.table import HistoryFiles, HistoryTable
from notification_tester.qt.lists.list_page import ListPage
from notification_tester.qt.looks.formatting import count_text, local_moment
from notification_tester.qt.looks.theme import Tone
from notification_tester.qt.looks.visible_text import one_line
from notification_tester.qt.notification.remedies import remedy_buttons
from notification_tester.qt.widgets.empty_state import EmptyState
from notification_tester.qt.widgets.pill_badge import badge_word
from notification_tester.qt.widgets.problem_card import ProblemCard
from notification_tester.storage.queries import Place
from notification_tester.storage.rows import DELIVERY_KIND, HIT_TYPES_KIND, TEST_KIND

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from PySide6.QtGui import QShowEvent
    from PySide6.QtWidgets import QVBoxLayout, QWidget

    from notification_tester.domain.account import Account
    from notification_tester.domain.messages.decoded import DecodedMessage
    from notification_tester.qt.background import Tasks
    from notification_tester.services.changes import Replaced
    from notification_tester.services.hit_types.bulk_types import LeftOut
    from notification_tester.storage.history import History
    from notification_tester.storage.rows import HistoryRow, HistorySummary


LOOK_AGAIN = 2000
"""Milliseconds after which it is tried again to write what the disk refused."""


class HistoryPage(ListPage[HistoryDetails]):
    """The page; ``problem`` says why the history cannot be kept, and then ``history`` is None."""

    model: HistoryModel
    filter: HistoryFilter
    table: HistoryTable
    repeat_requested = Signal(object)  # HistoryRow
    fill_requested = Signal(object)  # HistoryRow, to be sent with the account that is open
    again_requested = Signal(object, object)  # HistoryRow to be sent again, with all these HistorySummary, if any
    undo_requested = Signal(object)  # HistoryRow of a change
    undo_asked_about = Signal(object)  # list of ids of changes: which of them have a way back no more?
    left_out_asked_about = Signal(object)  # HistoryRow of HIT types: which of them would an undo leave as they are?
    mend_requested = Signal(object, str)  # HistoryRow whose problem is to be mended, and by which button
    remedy_requested = Signal(object)  # one of those that the window can do
    inbox_requested = Signal(object, str)  # HistoryRow, and words by which the Inbox has what arrived there
    go_to_test_requested = Signal()

    def __init__(
        self,
        tasks: Tasks,
        history: History | None,
        parent: QWidget | None = None,
        *,
        problem: Problem | None = None,
    ) -> None:
        super().__init__(tasks, parent)
        self.controller = HistoryController(tasks, history, self)
        self._problem = problem
        self._asked = False
        self._shown_run = False  # whether a run is shown in the details
        self._gone: HistoryRow | None = None
        self._refused: int | None = None  # the change of which it is said on top why it is not taken back
        self.model = self.controller.model
        self.lines = HistoryLines(tasks, self.model, self)
        self.filter = HistoryFilter(self)
        self.table = HistoryTable(self.lines, self)
        self.files = HistoryFiles(tasks, self)
        self.nothing_yet = EmptyState(
            self,
            icon_name="history",
            title=self.tr("Nothing has been tested yet"),
            text=self.tr(
                "Every test is kept here, with what was asked, what was answered and what arrived; and every change, "
                "so that it can be taken back."
            ),
            button=self.tr("&Go to Test"),
        )
        self.nothing_found = EmptyState(
            self,
            icon_name="search",
            title=self.tr("Nothing matches"),
            text=self.tr("No test and no change has all of this."),
            button=self.tr("C&lear the filter"),
        )
        self._count_pause = QTimer(self, singleShot=True, interval=TYPING_PAUSE * 2)
        self.unwritten = ProblemCard(self)
        self.unwritten.action.connect(self._look_at_unwritten)
        self._look_again = QTimer(self, singleShot=True, interval=LOOK_AGAIN)
        self._look_again.timeout.connect(self._look_at_unwritten)
        self._lay_out(self.tr("History"), instead=[self.nothing_yet, self.nothing_found], above=self.unwritten)
        self.filter.put_beside(self.export)
        self.latency = LatencyPanel(tasks, self._below)
        cast("QVBoxLayout", self._below.layout()).insertWidget(2, self.latency)
        self.latency.saved.connect(self.note.say_saved)
        self.latency.failed.connect(self._show_failure)
        self._times_pause = QTimer(self, singleShot=True, interval=TYPING_PAUSE)
        self._times_pause.timeout.connect(self._find_times)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._times_pause.start())
        self._follow_the_controller()
        self.nothing_yet.pressed.connect(self.go_to_test_requested)
        self.nothing_found.pressed.connect(self._clear_search)
        self.problem.action.connect(self._act)
        self.table.sort_wanted.connect(self.filter.set_sort)
        self.table.narrow_wanted.connect(self._narrow)
        self.table.undo_wanted.connect(self._of_row(self.undo_requested.emit))
        self.table.fill_wanted.connect(self._of_row(self.repeat_requested.emit))
        self.table.inbox_wanted.connect(self._of_row(lambda row: self.inbox_requested.emit(row, "")))
        self.table.again_wanted.connect(self._send_again)
        if problem is not None:
            self.problem.show_problem(problem, self._actions_of(problem))
        self._show_state()

    def set_history(self, history: History | None, problem: Problem | None = None) -> None:
        """Take the history that was opened meanwhile, or learn why there is none."""
        self._problem = problem
        self._refused = None
        self.controller.set_history(history)
        self.problem.clear()
        if problem is not None:
            self.problem.show_problem(problem, self._actions_of(problem))
        self._asked = False
        if self.isVisible():
            self._ask()
        self._show_state()

    def look_again(self) -> None:
        """Rows were removed: what is shown is read anew."""
        self.set_history(self.controller.history, self._problem)

    def show_account_gone(self, row: HistoryRow, current: Account | None) -> None:
        """The account of a test is not there any more: say so before anything of it is filled in for ``current``."""
        self._gone, self._refused = row, None
        fill = self.tr("&Fill in the form for “{name}”")
        problem = Problem(
            title=self.tr("The account of this test is not here any more."),
            detail=self.tr(
                "It was sent with “{name}” ({badge}). If an account has this name now, it was given other keys or "
                "another address later, so it is another one."
            ).format(name=row.called, badge=badge_word(environment_of(row.environment))),
            remedy=self.tr("Add that account again, or fill in the form for the one that is open, {now}.").format(
                now=f"“{current.name}” ({badge_word(current.environment)})"
            )
            if current is not None
            else self.tr("Add that account again."),
            code="history.account-gone",
            cause=Cause.INPUT,
        )
        actions = [] if current is None else [(fill.format(name=_short(current.name)), "fill")]
        self.problem.show_problem(problem, actions, tone=Tone.BEWARE)

    def show_refusal(self, problem: Problem) -> None:
        """Why what was asked for here cannot be done."""
        self._refused = None
        self.problem.show_problem(problem, self._actions_of(problem), tone=Tone.BEWARE)

    def show_no_way_back(self, row_id: int, problem: Problem) -> None:
        """Why a change was not taken back; where it cannot be any more, its row stops offering it."""
        self.show_refusal(problem)
        self._refused = row_id
        became = {
            Code.CHANGED_MEANWHILE: self.tr("Changed since"),
            "undo.changed-since": self.tr("Changed since"),
            Code.UNDONE_ALREADY: self.tr("Undone already"),
        }.get(problem.code)
        if became is not None:
            self.model.show_refused(row_id, became)

    def show_way_back(self, row_id: int) -> None:
        """There is one: a row of which it was found before that there was none offers it again."""
        self.model.show_way_back(row_id)

    def show_sending(self, *, is_sending: bool) -> None:
        """A test is under way, or over: until then nothing is sent again."""
        self.table.is_sending = is_sending
        if self._details is not None:
            self._details.show_sending(is_sending=is_sending)

    def leave(self) -> None:
        """Another account was asked for. The list is of all of them; what was said about the open one is over."""
        if self._gone is not None:
            self._gone = None
            self.problem.clear()

    def row_changed(self, row_id: int) -> None:
        """A test began or ended; its row, and nothing else, is looked at again."""
        if self._asked:
            self.controller.row_changed(row_id)

    def save_state(self) -> str:
        """The widths of the columns and the place of the divider, for ``restore_state``."""
        return json.dumps(
            {
                "columns": self.table.save_widths(),
                "divider": bytes(self.splitter.saveState().toBase64().data()).decode(),
            }
        )

    def restore_state(self, state: str) -> None:
        """Take up what ``save_state`` gave; anything else is ignored, as it was only a convenience."""
        try:
            value = json.loads(state)
            columns, divider = str(value["columns"]), str(value["divider"]).encode()
        except (ValueError, TypeError, KeyError):
            return
        self.table.restore_widths(columns)
        orientation = self.splitter.orientation()
        self.splitter.restoreState(QByteArray.fromBase64(QByteArray(divider)))
        self.splitter.setOrientation(orientation)
        self._divided = True

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for the first page when the page is first seen, and later for what came meanwhile."""
        super().showEvent(event)
        if not self._asked:
            self._ask()
        else:
            self._look_at_unwritten()
            self.controller.look_for_others()
            self.ask_about_undo()

    def ask_about_undo(self) -> None:
        """Find out which changes have a way back no more; told by :meth:`show_replaced`."""
        row_ids = self.model.asked_for_undo()
        if row_ids and self.isVisible():
            self.undo_asked_about.emit(row_ids)

    def show_replaced(self, row_ids: Sequence[int], replaced: Mapping[int, Replaced]) -> None:
        """Of these changes, those that have a way back no more, and why."""
        self.model.show_replaced(row_ids, replaced)
        self._ask_about_left_out()

    def show_left_out(self, row_id: int, left_out: Sequence[LeftOut]) -> None:
        """Which HIT types of a change an undo would leave as they are, and why."""
        if self.details.row is not None and self.details.row.id == row_id:
            self.details.show_left_out(left_out)

    def _ask_about_left_out(self) -> None:
        row = self.details.row
        if row is not None and row.kind == HIT_TYPES_KIND and self.model.can_be_undone(row) and self.isVisible():
            self.left_out_asked_about.emit(row)

    def look_for_others(self) -> None:
        """Look for what came meanwhile: a person comes back to the window."""
        if self.isVisible() and self._asked:
            self.controller.look_for_others()

    def export_to(self, path: str) -> None:
        """Write what the list shows, all of it, to a file: JSON where the name ends in .json, else CSV."""
        if (write := self.controller.export()) is not None:
            self.note.clear()
            self.files.export(write, path)

    def _choose_file(self) -> None:
        if (write := self.controller.export()) is not None:
            self.note.clear()
            self.files.choose_export(write)

    def _ask(self) -> None:
        self._asked = True
        self.note.clear()
        self.model.set_query(self.filter.query())
        self._show_state()

    def _show_failure(self, problem: Problem) -> None:
        self._refused = None
        super()._show_failure(problem)

    def _actions_of(self, problem: Problem) -> list[tuple[str, str]]:
        return remedy_buttons(problem)

    def _act(self, key: str) -> None:
        row, remedy = self._gone, remedy_of(key)
        if key == "fill" and row is not None:
            self.leave()
            self.fill_requested.emit(row)
        elif remedy is not None:
            self.remedy_requested.emit(remedy)

    def _loaded(self) -> None:
        self._show_state()
        self._count()
        if self.model.rowCount():
            self.table.choose_first()
        self._show_chosen()
        self.ask_about_undo()
        self.controller.find_places()  # once the first page is there: what stands there first is to be read first
        self._times_pause.start()

    def _rows_changed(self) -> None:
        self._count_pause.start()
        self._times_pause.start()

    def _find_times(self) -> None:
        """How long tests of the account of the keyboard's row took at its place, or at that of the filter."""
        line = self.table.line()
        row = None if line is None else line.newest
        place = self.filter.chosen_place
        if place is None and row is not None and row.destination:
            place = Place(row.transport, row.destination, row.environment)
        account = self.filter.query().account if row is None else (row.account, row.environment)
        kind = DELIVERY_KIND if row is not None and row.is_from_here else TEST_KIND
        self.controller.find_times(place if self.isVisible() else None, account, kind)

    def _show_places(self, names: Mapping[str, str], found: Sequence[tuple[str, Place]]) -> None:
        self.filter.account_names = names
        self.filter.set_choices(found)

    def _show_state(self) -> None:
        is_empty = self.model.rowCount() == 0 and not self.model.is_loading and self._asked
        filtered = self.filter.query().is_narrow
        usable = self.controller.history is not None
        has_list = usable or self._problem is None
        self.filter.setEnabled(usable and (filtered or not is_empty))
        self.export.setEnabled(usable and not is_empty)
        for shown in (self.filter, self.export):
            shown.setVisible(has_list)
        self._stack.setVisible(has_list)  # else it would take the room that the reason needs
        if is_empty:
            self._stack.setCurrentWidget(self.nothing_found if filtered else self.nothing_yet)
            self._say_status("")
        else:
            self._stack.setCurrentWidget(self.splitter)

    def _count(self) -> None:
        self.controller.count()
        self._look_at_unwritten()

    def _look_at_unwritten(self) -> None:
        """Have the history try to write what the disk refused, and say what is still only in memory."""
        if self.isVisible():
            self.controller.look_at_unwritten()

    def _show_unwritten(self, found: tuple[int, Problem] | None) -> None:
        was_said = not self.unwritten.isHidden()
        if found is None:
            self._look_again.stop()
            self.unwritten.clear()
            if was_said and self._shown is not None:
                self._read_details(self._shown)
            return
        count, why = found
        self._look_again.start()
        self.unwritten.show_problem(
            Problem(
                title=count_text(
                    count,
                    self.tr("How 1 test ended is only in memory."),
                    self.tr("How {count} tests ended is only in memory."),
                ),
                detail=self.tr(
                    "It is shown here as it ended, and lost if the program ends before it is written. {why}"
                ).format(why=f"{why.title} {why.detail}"),
                remedy=f"{why.remedy} " + self.tr("It is tried again every two seconds, until it is written."),
                code="history.unwritten",
                cause=why.cause,
                answer=why.answer,
            ),
            [(self.tr("Tr&y again"), "again")],
            tone=Tone.BEWARE,
        )

    def _show_count(self, count: int) -> None:
        if not self.model.rowCount():
            return
        text = count_text(count, self.tr("1 entry"), self.tr("{count} entries"))
        # while older ones are not read yet, nobody knows how many rows there will be
        rows = self.lines.row_count() if self.model.rowCount() == count else count
        if rows < count:
            of_rows = count_text(rows, self.tr("{{entries}} in 1 row"), self.tr("{{entries}} in {count} rows"))
            text = of_rows.format(entries=text)
        self._say_status(text)

    def _make_details(self, parent: QWidget) -> HistoryDetails:
        details = HistoryDetails(parent)
        details.show_sending(is_sending=self.table.is_sending)
        details.repeat_requested.connect(self.repeat_requested)
        details.again_requested.connect(self.again_requested)
        details.undo_requested.connect(self.undo_requested)
        details.mend_requested.connect(self.mend_requested)
        details.filter_requested.connect(self.filter.search.setText)
        details.inbox_requested.connect(self.inbox_requested)
        return details

    def _show_chosen(self) -> None:
        """A run is shown by its newest row, and is another thing to show than that row."""
        line = self.table.line()
        if self._refused is not None and (line is None or self._refused not in {row.id for row in line.rows}):
            self._refused = None  # it takes room, and the details of that change say in short what came of it
            self.problem.clear()
        if line is None or line.newest is None:
            self._details_number += 1
            self._show_details(visible=False)
        elif self._details_place.isHidden() or self._shown != line.newest.id or self._shown_run != line.is_run:
            self._read_details(line.newest.id)

    def _of_row(self, take: Callable[[HistoryRow], object]) -> Callable[[HistorySummary], None]:
        """``take`` for a row, whole; it is read first."""
        return lambda row: self.controller.read(row.id, take)

    def _send_again(self, rows: Sequence[HistorySummary]) -> None:
        self._of_row(lambda row: self.again_requested.emit(row, rows if is_several(rows) else ()))(rows[0])

    def _narrow(self, column: Column, row: HistorySummary) -> None:
        match column:
            case Column.WHEN:
                moment = local_moment(row.started)
                if moment is not None:
                    self.filter.choose_day(moment.date())
            case Column.EVENT:
                self.filter.choose_kind(row.kind)
            case Column.DESTINATION:
                self.filter.choose_place(Place(row.transport, row.destination, row.environment))
            case Column.ACCOUNT:
                self.filter.choose_account(row.account, row.environment)
            case Column.OUTCOME:
                self.filter.choose_outcome(row.outcome)

    def _number_of(self, row: HistorySummary) -> int:
        return row.id

    def _read_whole(self, number: int) -> Callable[[], object | None]:
        return self.controller.whole_row(number)

    def _show_whole(self, found: tuple[HistoryRow, DecodedMessage | None]) -> None:
        line = self.table.line()
        self._shown_run = line is not None and line.is_run and line.rows[0].id == found[0].id
        if line is not None and self._shown_run:
            self.details.show_run(found[0], line.rows)
        else:
            self.details.show_row(*found)
        self.details.show_replaced(
            can_be_undone=self.model.can_be_undone(found[0]),
            became=self.model.undone_text(found[0]),
            may_be_asked_again=self.model.may_be_asked_again(found[0]),
        )
        self._ask_about_left_out()

    def _changed(self, first: int, last: int) -> None:
        line = self.table.line()
        changed = {row.id for row in self.model.rows_between(first, last + 1)}
        if line is not None and line.newest is not None and not changed.isdisjoint(row.id for row in line.rows):
            self._read_details(line.newest.id)

    def _clear_search(self) -> None:
        self.filter.clear()
        self.filter.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def _follow_the_controller(self) -> None:
        controller = self.controller
        controller.failed.connect(self._show_failure)
        controller.counted.connect(self._show_count)
        controller.places_found.connect(self._show_places)
        controller.times_found.connect(self.latency.show_latency)
        controller.unwritten_found.connect(self._show_unwritten)
        controller.changed.connect(self._rows_changed)
        self.lines.rowsInserted.connect(lambda *_: self._count_pause.start())  # or unfolded
        self.lines.rowsRemoved.connect(lambda *_: self._count_pause.start())
        self.model.loaded.connect(self._loaded)
        self.model.rowsInserted.connect(self._show_state)
        self.model.rowsRemoved.connect(self._show_state)
        self.model.dataChanged.connect(lambda first, last: self._changed(first.row(), last.row()))
        self._count_pause.timeout.connect(self._count)
        self._count_pause.timeout.connect(self.ask_about_undo)


def _short(name: str) -> str:
    """A name for a button, whose ampersands would be underlines."""
    return one_line(name, longest=40).replace("&", "&&")
