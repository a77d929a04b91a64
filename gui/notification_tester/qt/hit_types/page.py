# SPDX-License-Identifier: MIT
"""The page HIT types: see, apply, switch and undo notification settings, for one or ten thousand.

Mechanical Turk cannot be asked what is set. So the page shows the record of this program, and says so.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu

from notification_tester.domain.problem import Code, Remedy, remedy_of
from notification_tester.domain.setting import Action
from notification_tester.qt.hit_types.bulk_preview import PreviewDialog
from notification_tester.qt.hit_types.bulk_run import BulkResultsDialog, result_rows
from notification_tester.qt.hit_types.controller import HitTypesController, SpecChoice
from notification_tester.qt.hit_types.dialogs import PasteIdsDialog, left_out_text, record_file_dialog, stop_question
from notification_tester.qt.hit_types.table import COPY_ROWS
from notification_tester.qt.hit_types.texts import CollectionStatus, Column, alike_name, alike_text, history_words
from notification_tester.qt.hit_types.view import ON_TICKED, Command, HitTypesView, Selection
from notification_tester.qt.lists.cell_menu import CellMenu
from notification_tester.qt.looks.formatting import count_text, number_text
from notification_tester.qt.looks.theme import Tone
from notification_tester.qt.looks.visible_text import one_line
from notification_tester.qt.notification.names import spec_text
from notification_tester.qt.notification.remedies import remedy_buttons, remedy_text
from notification_tester.qt.widgets.scroll_page import ScrollPage
from notification_tester.services.hit_types.bulk_types import BulkRequest, RowState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import QModelIndex, QPoint
    from PySide6.QtGui import QShowEvent
    from PySide6.QtWidgets import QFileDialog, QWidget

    from notification_tester.domain.hit_type import HitTypeId
    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.domain.pasted_ids import PastedIds
    from notification_tester.domain.problem import Problem
    from notification_tester.qt.background import Tasks
    from notification_tester.qt.hit_types.rows import Segment
    from notification_tester.qt.widgets.question import Question
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.hit_types.bulk_types import HitTypeRow, Listing, Preview, Undoable
    from notification_tester.services.hit_types.settings import HitTypes
    from notification_tester.storage.ledger.file import ImportSummary
    from notification_tester.storage.presets import Presets

_ACTIONS = {
    Command.APPLY: Action.APPLY,
    Command.ON: Action.SWITCH_ON,
    Command.OFF: Action.SWITCH_OFF,
    Command.UNDO: Action.UNDO,
    Command.REAPPLY: Action.REAPPLY,
}


class HitTypesPage(ScrollPage):
    """The page of one window. ``record_problem`` says why no record can be kept.

    ``test_requested(NotificationSpec)`` leads to the Test page, ``remedy_requested(Remedy)`` to what mends a problem,
    ``inbox_requested(str)`` and ``history_requested(str)`` to what is found there by these words;
    ``columns_changed(str)`` hands out the state of the columns, to be remembered.
    """

    test_requested = Signal(object)
    inbox_requested = Signal(str)
    history_requested = Signal(str)
    remedy_requested = Signal(object)
    columns_changed = Signal(str)
    new_history_requested = Signal()

    def __init__(
        self,
        tasks: Tasks,
        service: HitTypes,
        *,
        form_spec: Callable[[], NotificationSpec | None],
        presets: Callable[[], Presets | None],
        record_problem: Problem | None = None,
        parent: QWidget | None = None,
    ) -> None:
        controller = HitTypesController(tasks, service, form_spec=form_spec, presets=presets)
        view = HitTypesView(controller.model)
        super().__init__(view, parent)
        self.setAccessibleName(self.tr("HIT types"))
        controller.setParent(self)
        self.controller = controller
        self.model = controller.model
        self.view = view
        self._tasks = tasks
        self.preview: PreviewDialog | None = None
        self.results: BulkResultsDialog | None = None
        self.question: Question | None = None
        self.menu: CellMenu | None = None  # the last that was opened
        self.file_dialog: QFileDialog | None = None
        self._paste: PasteIdsDialog | None = None
        self._when_over: Callable[[], object] | None = None
        self._asked = False
        self._unticked: set[str] = set()  # by Escape, until something is ticked
        self._collected = CollectionStatus()
        self._listing_has_failed = False
        self._choose_when_there: set[str] = set()
        self._left_out = ""
        self._while_listing = QTimer(self, interval=1000)
        self._while_listing.timeout.connect(self._time_passed)
        self._connect()
        if record_problem is not None:
            self.show_record_problem(record_problem)
        self._show_state()

    def show_record_problem(self, problem: Problem) -> None:
        """Say why no change can be recorded."""
        can_put_aside = problem.code == Code.HISTORY_DAMAGED
        actions = [(self.tr("Start a new history"), "new-history")] if can_put_aside else []
        self.view.record_card.show_problem(problem, actions, tone=Tone.BEWARE)

    def show_account(self, opened: OpenAccount | None) -> None:
        """Work for this account now, None while another is being opened; nothing of the one before stays in sight."""
        if opened is not None and opened.is_still(self.controller.opened):
            self.controller.call_otherwise(opened)
            if self.controller.is_running:
                self.view.panel.name_account(one_line(opened.account.name))
            self._show_buttons()
            return
        self._asked = self._listing_has_failed = False
        self._choose_when_there, self._unticked = set(), set()
        self._collected.forget()
        self.view.problem.clear()
        self.view.note.clear()
        self.view.unknown.show_changes(())
        self.view.filter.clear()
        self.controller.show_account(opened)
        self.view.splitter.close_details()
        for window in (self.preview, self.results, self.file_dialog, self._paste):
            if window is not None:
                window.done(0)
        if not self.controller.is_running:
            self._show_outcome()
        if opened is not None and self.isVisible():
            self._ask()
        self._show_state()

    def offer(self, name: str) -> None:
        """A specification was just tested, and is the first to be applied: say so."""
        self.view.note.say(
            self.tr("The notification to {name} that you tested is ready to be applied.").format(name=one_line(name)),
            self.tr("Tick the HIT types, then press Set notification…: it shows first what that replaces."),
        )
        self.view.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_opened(self, hit_type_id: HitTypeId, spec: NotificationSpec | None, *, active: bool | None) -> None:
        """Take a HIT type in, and preview what an opened specification says for it; nothing is sent without a yes.

        One of ``spec`` and ``active`` is needed, as SetHITTypeNotification needed one; without ``spec`` what is set is
        switched. Left out, ``active`` counts as on, because a new specification would begin switched off.
        """
        self.controller.add_ids((hit_type_id,))
        if spec is None and active is None:
            return
        switching = Action.SWITCH_ON if active else Action.SWITCH_OFF
        action = switching if spec is None else Action.APPLY
        request = BulkRequest(action=action, hit_type_ids=(hit_type_id,), active=active is not False)
        choices = (
            []
            if spec is None
            else [SpecChoice(label=self.tr("As it was opened: {spec}").format(spec=spec_text(spec)), spec=spec)]
        )
        dialog = self._make_preview(request, choices)
        if dialog is not None:
            dialog.choice.setCurrentIndex(0 if choices else -1)  # it was chosen when it was opened
            dialog.begin()

    def reapply(self, ids: Sequence[HitTypeId]) -> None:
        """Show what setting the same again for these comes to, of the account that is open."""
        if ids and not self.controller.is_running:
            self._show_preview(BulkRequest(action=Action.REAPPLY, hit_type_ids=tuple(ids)))

    def undo_for(self, undoable: Undoable, *, cancelled: Callable[[], object]) -> None:
        """Show what would be put back for these, and which others of the same run are not touched, and why.

        ``cancelled``: it is not wanted after all.
        """
        if self.controller.is_running:
            self.view.note.say(
                self.tr("Nothing was taken back: changes are still being sent."),
                self.tr("Undo that change from the history once they are."),
            )
            return
        request = BulkRequest(action=Action.UNDO, hit_type_ids=undoable.hit_type_ids, left_out=undoable.left_out)
        dialog = self._make_preview(request)
        if dialog is not None:
            dialog.rejected.connect(cancelled)
            dialog.begin()

    def may_close(self, then: Callable[[], object]) -> bool:
        """Whether nothing is being sent. Otherwise ask; ``then`` is called once a run that was to stop has ended.

        It is called whatever ended the run, unless that is to go on. Asked again while that is not answered, or while
        the run is being stopped, it is the same question.
        """
        if not self.controller.is_running:
            return True
        self._when_over = then
        if self.question is not None:
            self.question.raise_()
        elif not self.controller.is_stopping:
            self.question = stop_question(
                self.controller.left_in_run, self.window(), stop=self.controller.stop_run, keep=self._go_on
            )
            self.question.finished.connect(self._question_closed)
            self.question.open()
        return False

    def look_for_others(self) -> None:
        """A person comes back to the window: another one, or a command, may have changed settings meanwhile."""
        if self.isVisible() and self._asked and not self.controller.is_running:
            self.controller.read_known()

    def showEvent(self, event: QShowEvent) -> None:
        """Look at the record each time the page is seen, and collect HIT types the first time."""
        super().showEvent(event)
        if self._asked:
            self.controller.read_known()  # a test on another page may have arrived meanwhile
        elif self.controller.opened is not None:
            self._ask()
        self._show_state()

    # --- collecting

    def _ask(self) -> None:
        self._asked = True
        self.controller.read_known()
        self._refresh()

    def _refresh(self) -> None:
        if self.controller.is_listing:
            self.controller.stop_listing()
            self.view.status.setText(self.tr("Stopping…"))
            return
        self.view.problem.clear()
        self._collected.begin()
        self._while_listing.start()
        self.controller.refresh()
        self._show_state()

    def _escape(self) -> None:
        """Close the details; where they are closed, collect no more; where nothing is collected, tick nothing."""
        if self.view.splitter.is_open:
            self.view.splitter.close_details()
        elif self.controller.is_listing:
            self._refresh()
        else:
            self._unticked = {str(row.id) for row in self.view.table.chosen()} or self._unticked
            self.view.table.untick()

    def _tick_again(self) -> None:
        self.view.table.choose(self._unticked)

    def _time_passed(self) -> None:
        """While nothing is answered, that is said."""
        if self.controller.is_listing:
            self._show_status()
        else:
            self._while_listing.stop()

    def _listing_goes_on(self, news: Listing) -> None:
        self._collected.goes_on(news)
        self._show_state()

    def _was_listed(self, last: Listing) -> None:
        self._collected.ended(last)
        self._show_state()

    def _listing_failed(self, problem: Problem) -> None:
        self._listing_has_failed = True
        again = Remedy.TRY_AGAIN
        actions = [*remedy_buttons(problem), (remedy_text(again), again.value)]
        actions.append((self.tr("Add ids &by hand…"), "ids"))
        self.view.problem.show_problem(problem, actions)
        self._show_state()

    def _failed(self, problem: Problem) -> None:
        self._listing_has_failed = False
        self.view.problem.show_problem(problem, remedy_buttons(problem))
        self._show_state()

    def _act(self, key: str) -> None:
        if key == "again":
            self._refresh()
        elif (remedy := remedy_of(key)) is not None:
            self.remedy_requested.emit(remedy)
        else:
            self._add_ids()

    def _add_ids(self) -> None:
        dialog = self._paste = PasteIdsDialog(self._tasks, self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.ids_given.connect(self.controller.add_ids)
        dialog.finished.connect(self._paste_closed)
        dialog.open()

    def _paste_closed(self) -> None:
        self._paste = None

    def _ids_read(self, found: PastedIds) -> None:
        more = [self.tr("The list says that there are further pages, which are not in it.")] if found.is_part else []
        words = [*more, *(left_out_text(found) if found.bad else ()), *(one_line(one.detail) for one in found.unread)]
        self._left_out = " ".join(words)

    def _ids_added(self, rows: tuple[HitTypeRow, ...], before: int) -> None:
        left_out, self._left_out = self._left_out, ""
        new = len(rows) - before
        self.view.filter.clear()
        self._choose_when_there = {str(row.id) for row in rows}
        title = count_text(new, self.tr("1 HIT type was added."), self.tr("{count} HIT types were added."))
        if not new:
            title = self.tr("No HIT type was added.")
        one, several = self.tr("It is ticked in the table."), self.tr("They are ticked in the table.")
        text = one if len(rows) == 1 else several
        if before:
            known = count_text(
                before, self.tr("1 was in the table before."), self.tr("{count} were in the table before.")
            )
            text = f"{known} {text}"
        if left_out:
            text = f"{text} {left_out}"
        self.view.problem.clear()
        self.view.note.say(title, text)

    # --- changing

    def _do(self, command: Command) -> None:
        match command:
            case Command.DETAILS:
                self.view.splitter.toggle_details()
            case Command.EXPORT | Command.IMPORT:
                self._ask_for_file(exporting=command is Command.EXPORT)
            case Command.TEST:
                specs = Selection.of(self.view.table.chosen()).specs
                if len(specs) == 1:
                    self.test_requested.emit(next(iter(specs)))
            case Command.REAPPLY:
                self._begin(Action.REAPPLY, [row for row in self.model.rows() if row.setting.spec is not None])
            case _:
                self._begin(_ACTIONS[command], self.view.table.chosen())
        self._show_buttons()

    def _open_menu(self, index: QModelIndex, place: QPoint) -> None:
        row = self.model.row_at(index)
        if row is None:
            return
        table, column = self.view.table, Column(index.column())
        menu = self.menu = CellMenu(table.copied(index), table.copied_row(index.row()), table)
        menu.copy_cell.setShortcut(QKeySequence.StandardKey.Copy)
        copies_rows = menu.copy_row
        if table.chosen_count() > 1:
            ticked = number_text(table.chosen_count())
            copies_rows = menu.add(self.tr("Copy the {count} ticked ro&ws").format(count=ticked), table.copy_rows)
        copies_rows.setShortcut(COPY_ROWS)
        menu.addSeparator()
        menu.add_filter(alike_name(row, column), partial(self._show_alike, row, column))
        menu.add_inbox(partial(self.inbox_requested.emit, row.id))
        menu.add_history(partial(self.history_requested.emit, history_words(row)))
        menu.addSeparator()
        details = menu.add(self.tr("&Details"), self.view.splitter.open_details)
        details.setShortcut(Qt.Key.Key_Return)
        menu.addMenu(self._menu_of_ticked(menu))
        menu.addMenu(table.columns_menu(menu))
        menu.popup(place)

    def _menu_of_ticked(self, parent: QMenu) -> QMenu:
        number = self.view.table.chosen_count()
        title = count_text(number, self.tr("With the &ticked one"), self.tr("With the {count} &ticked"))
        menu = QMenu(title, parent)
        for command in ON_TICKED:
            button = self.view.buttons.by_command[command]
            action = menu.addAction(button.text())
            action.setEnabled(button.isEnabled())
            action.triggered.connect(lambda _=False, command=command: self._do(command))
        menu.setEnabled(number > 0)
        return menu

    def _show_alike(self, row: HitTypeRow, column: Column) -> None:
        self.view.filter.search.setText(alike_text(row, column))

    def _begin(self, action: Action, rows: Sequence[HitTypeRow]) -> None:
        request = BulkRequest(action=action, hit_type_ids=tuple(row.id for row in rows))
        if not rows or self.controller.is_running:
            return
        if action is Action.APPLY:
            self.controller.find_choices(request)
        else:
            self._show_preview(request)

    def _show_preview(self, request: BulkRequest, choices: Sequence[SpecChoice] = ()) -> None:
        dialog = self._make_preview(request, choices)
        if dialog is not None:
            dialog.begin()

    def _confirm_again(self, preview: Preview) -> None:
        dialog = self._make_preview(preview.request)
        if dialog is not None:
            dialog.show_preview(preview)
            dialog.open()

    def _make_preview(self, request: BulkRequest, choices: Sequence[SpecChoice] = ()) -> PreviewDialog | None:
        opened = self.controller.opened
        if opened is None or self.controller.is_running or self.preview is not None:
            return None
        dialog = self.preview = PreviewDialog(opened.account, request, choices, self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.preview_wanted.connect(self.controller.preview)
        self.controller.previewed.connect(dialog.show_preview)
        self.controller.preview_failed.connect(dialog.show_problem)
        dialog.confirmed.connect(self.controller.send)
        dialog.test_wanted.connect(self.test_requested)
        dialog.remedy_requested.connect(self.remedy_requested)
        dialog.inbox_requested.connect(self.inbox_requested)
        dialog.history_requested.connect(self.history_requested)
        dialog.finished.connect(self._preview_closed)
        return dialog

    def _preview_closed(self) -> None:
        self.preview = None

    def _run_changed(self) -> None:
        controller = self.controller
        if controller.is_stopping:
            self.view.panel.show_stopping()
        elif (account := controller.runs_for) is not None:
            self.view.panel.begin(controller.in_run, account=one_line(account.name))
            self.view.note.clear()
            self.view.unknown.show_changes(())
            if not self._listing_has_failed:  # what hindered an earlier change is over, or will be told again
                self.view.problem.clear()
        else:
            self._show_outcome()
            if self.question is not None:
                self.question.done(0)  # there is nothing left to be asked
        self._show_buttons()
        if not controller.is_running and self._when_over is not None:
            then, self._when_over = self._when_over, None
            then()

    def _show_outcome(self) -> None:
        outcome = self.controller.outcome
        if outcome is None:
            self.view.panel.hide()
        else:
            self.view.panel.show_outcome(outcome, workers_begin=self.controller.workers_begin)
            self.view.panel.show()

    def _show_results(self) -> None:
        outcome = self.controller.outcome
        if outcome is None:
            return
        if self.results is not None:
            self.results.done(0)
        self.results = BulkResultsDialog(result_rows(outcome, self._title_of), self.window())
        self.results.inbox_requested.connect(self.inbox_requested)
        self.results.history_requested.connect(self.history_requested)
        self.results.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.results.finished.connect(self._results_closed)
        self.results.show()

    def _results_closed(self) -> None:
        self.results = None

    def _title_of(self, hit_type_id: str) -> str:
        row = self.model.row_of(hit_type_id)
        return "" if row is None else row.title

    def _go_on(self) -> None:
        self._when_over = None

    def _question_closed(self) -> None:
        self.question = None

    # --- the record as a file

    def _ask_for_file(self, *, exporting: bool) -> None:
        if self.controller.opened is None:
            return
        dialog = self.file_dialog = record_file_dialog(self.window(), exporting=exporting)
        dialog.fileSelected.connect(partial(self._file_chosen, exporting))
        dialog.finished.connect(self._file_dialog_closed)
        dialog.open()

    def _file_chosen(self, exporting: bool, path: str) -> None:
        self.view.note.clear()
        move = self.controller.export_record if exporting else self.controller.import_record
        move(Path(path))

    def _file_dialog_closed(self) -> None:
        self.file_dialog = None

    def _exported(self, path: Path, count: int) -> None:
        self.view.note.say_saved(
            self.tr("The record was exported."),
            count_text(count, self.tr("1 change is in the file."), self.tr("{count} changes are in the file."))
            + f" {one_line(str(path), longest=600)}",
            path,
        )

    def _imported(self, path: Path, summary: ImportSummary) -> None:
        title = count_text(summary.added, self.tr("1 change was imported."), self.tr("{count} changes were imported."))
        if not summary.added:
            title = self.tr("There was nothing new to import.")
        parts = [
            count_text(
                summary.hit_types,
                self.tr("The file tells of 1 HIT type."),
                self.tr("The file tells of {count} HIT types."),
            )
        ]
        if summary.already_there:
            parts.append(
                count_text(
                    summary.already_there,
                    self.tr("1 line was there already."),
                    self.tr("{count} lines were there already."),
                )
            )
        self.view.note.say(title, f"{one_line(path.name)}: {' '.join(parts)}")

    # --- what is in sight

    def _taken_in(self) -> None:
        wanted, self._choose_when_there = self._choose_when_there, set()
        if wanted:
            self.view.table.choose(wanted)
        self.view.splitter.rows_changed()
        self._show_state()

    def _narrow(self, text: str, segment: Segment) -> None:
        self.model.narrow(text, segment)
        self._show_state()

    def _clear_filter(self) -> None:
        self.view.filter.clear()
        self.view.filter.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_state(self) -> None:
        listing, can_work, total = self.controller.is_listing, self.controller.opened is not None, self.model.total
        self.view.show_listing(listing)
        self.view.refresh.setEnabled(can_work)
        self.view.add.setEnabled(can_work)
        self.view.filter.setEnabled(total > 0)
        self._show_status()
        if total == 0 and not self.model.is_taking:
            self.view.show_empty(
                listing=listing,
                can_work=can_work,
                all_listed=self._collected.all_listed,
                failed=self._listing_has_failed,
            )
        elif self.model.rowCount() == 0 and self.model.is_narrow:
            self.view.show_part(self.view.nothing_found)
        else:
            self.view.show_part(self.view.splitter)
        self._show_buttons()

    def _show_status(self) -> None:
        self.view.status.setText(
            self._collected.text(
                is_listing=self.controller.is_listing,
                total=self.model.total,
                shown=self.model.rowCount(),
                is_narrow=self.model.is_narrow,
            )
        )

    def _show_buttons(self) -> None:
        hindered = ""
        if self.controller.opened is None:
            hindered = self.tr("No account is open.")
        elif (account := self.controller.runs_for) is not None:
            hindered = self.tr(
                "Changes are being sent for the account “{name}”. What can be done next is offered when they have "
                "ended."
            ).format(name=one_line(account.name))
        chosen = Selection.of(self.view.table.chosen())
        self.view.buttons.show_selection(
            chosen, shown=self.model.rowCount(), can_reapply=self.model.has_specs, hindered=hindered
        )
        if chosen.chosen:
            self._unticked = set()
        self.view.buttons.offer_again(self.view.table.count_of(self._unticked) if self._unticked else 0)
        splitter = self.view.splitter
        self.view.buttons.show_details(is_open=splitter.is_open, can_open=splitter.can_open)

    def _connect_panel(self) -> None:
        panel = self.view.panel
        panel.cancel_requested.connect(self.controller.stop_run)
        panel.retry_requested.connect(self.controller.retry)
        panel.rest_requested.connect(partial(self.controller.retry, not_begun=True))
        panel.results_requested.connect(self._show_results)
        panel.dismissed.connect(self.controller.forget_outcome)
        panel.remedy_requested.connect(self.remedy_requested)

    def _connect(self) -> None:
        controller = self.controller
        controller.listing.connect(self._listing_goes_on)
        controller.listed.connect(self._was_listed)
        controller.listing_failed.connect(self._listing_failed)
        controller.failed.connect(self._failed)
        controller.unknown_found.connect(self.view.unknown.show_changes)
        controller.ids_added.connect(self._ids_added)
        controller.ids_read.connect(self._ids_read)
        self.view.drops.files_given.connect(controller.add_from_files)
        self.view.drops.text_given.connect(controller.add_from_text)
        controller.choices_found.connect(self._show_preview)
        controller.confirmation_wanted.connect(self._confirm_again)
        controller.run_changed.connect(self._run_changed)
        controller.progress.connect(self.view.panel.show_progress)
        controller.exported.connect(self._exported)
        controller.imported.connect(self._imported)
        self.model.counted.connect(self._show_state)
        self.model.taken_in.connect(self._taken_in)
        self.model.summed.connect(lambda: self.view.filter.show_counts(self.model.counts()))
        self.view.table.chosen_changed.connect(self._show_buttons)
        self.view.table.columns_changed.connect(self.columns_changed)
        self.view.table.menu_wanted.connect(self._open_menu)
        self.view.splitter.changed.connect(self._show_buttons)
        self.view.splitter.lines_wanted.connect(controller.read_lines)
        self.view.splitter.remedy_requested.connect(self.remedy_requested)
        self.view.splitter.inbox_requested.connect(self.inbox_requested)
        self.view.splitter.history_requested.connect(self.history_requested)
        controller.lines_read.connect(self.view.splitter.show_lines)
        self.view.filter.changed.connect(self._narrow)
        self.view.refresh.clicked.connect(self._refresh)
        self.view.add.clicked.connect(self._add_ids)
        self.view.buttons.pressed.connect(self._do)
        self.view.buttons.choose_all.connect(self.view.table.selectAll)
        self.view.buttons.choose_none.connect(self.view.table.untick)
        self.view.buttons.choose_again.connect(self._tick_again)
        self.view.problem.action.connect(self._act)
        self.view.record_card.action.connect(self.new_history_requested)
        self.view.unknown.send_requested.connect(controller.send_again)
        self.view.unknown.look_requested.connect(partial(self.view.filter.show_state, RowState.UNKNOWN))
        self._connect_panel()
        self.view.collecting.pressed.connect(self._refresh)
        self.view.nothing_yet.pressed.connect(self._add_ids)
        self.view.nothing_found.pressed.connect(self._clear_filter)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self.view.filter.search.setFocus)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Refresh), self, self._refresh)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self._escape)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
