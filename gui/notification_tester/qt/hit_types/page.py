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

from notification_tester.domain.problem import Cause, Code
from notification_tester.domain.setting import Action
from notification_tester.qt.hit_types.bulk_preview import PreviewDialog
from notification_tester.qt.hit_types.bulk_run import BulkResultsDialog, result_rows
from notification_tester.qt.hit_types.controller import HitTypesController, SpecChoice
from notification_tester.qt.hit_types.dialogs import PasteIdsDialog, record_file_dialog, stop_question
from notification_tester.qt.hit_types.texts import CollectionStatus
from notification_tester.qt.hit_types.view import Command, HitTypesView, Selection
from notification_tester.qt.notification.names import spec_text
from notification_tester.qt.widgets.formatting import count_text
from notification_tester.qt.widgets.scroll_page import ScrollPage
from notification_tester.qt.widgets.theme import Tone
from notification_tester.qt.widgets.visible_text import one_line
from notification_tester.services.hit_types.bulk_types import BulkRequest, RowState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QShowEvent
    from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

    from notification_tester.domain.hit_type import HitTypeId
    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.domain.problem import Problem
    from notification_tester.qt.background import Tasks
    from notification_tester.qt.notification.preset_menu import PresetStore
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.hit_types.bulk_types import HitTypeRow, Listing, Preview
    from notification_tester.services.hit_types.settings import HitTypes
    from notification_tester.storage.ledger_file import ImportSummary

_ACTIONS = {
    Command.APPLY: Action.APPLY,
    Command.ON: Action.SWITCH_ON,
    Command.OFF: Action.SWITCH_OFF,
    Command.UNDO: Action.UNDO,
    Command.REAPPLY: Action.REAPPLY,
}


class HitTypesPage(ScrollPage):
    """The page of one window. ``record_problem`` says why no record can be kept.

    ``test_requested(NotificationSpec)`` leads to the Test page, ``accounts_requested`` to the accounts;
    ``columns_changed(str)`` hands out the state of the columns, to be remembered.
    """

    test_requested = Signal(object)
    accounts_requested = Signal()
    columns_changed = Signal(str)
    new_history_requested = Signal()

    def __init__(
        self,
        tasks: Tasks,
        service: HitTypes,
        *,
        form_spec: Callable[[], NotificationSpec | None],
        presets: Callable[[], PresetStore | None],
        record_problem: Problem | None = None,
        parent: QWidget | None = None,
    ) -> None:
        controller = HitTypesController(tasks, service, form_spec=form_spec, presets=presets)
        view = HitTypesView(controller.model)
        super().__init__(view, parent)
        controller.setParent(self)
        self.controller = controller
        self.model = controller.model
        self.view = view
        self._tasks = tasks
        self.preview: PreviewDialog | None = None
        self.results: BulkResultsDialog | None = None
        self.question: QMessageBox | None = None
        self.file_dialog: QFileDialog | None = None
        self._paste: PasteIdsDialog | None = None
        self._when_over: Callable[[], object] | None = None
        self._asked = False
        self._collected = CollectionStatus()
        self._listing_has_failed = False
        self._choose_when_there: set[str] = set()
        self._while_listing = QTimer(self, interval=1000)
        self._while_listing.timeout.connect(self._time_passed)
        self._connect()
        if record_problem is not None:
            can_put_aside = record_problem.code == Code.HISTORY_DAMAGED
            actions = [(self.tr("Start a new history"), "new-history")] if can_put_aside else []
            self.view.record_card.show_problem(record_problem, actions, tone=Tone.BEWARE)
        self._show_state()

    def show_account(self, opened: OpenAccount | None) -> None:
        """Work for this account now, None while another is being opened; nothing of the one before stays in sight."""
        if opened is not None and opened is self.controller.opened:
            return
        self._asked = self._listing_has_failed = False
        self._choose_when_there = set()
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

    def offer(self) -> None:
        """A specification was just tested, and is the first to be applied: say so."""
        self.view.note.say(
            self.tr("The notification that you tested is ready to be applied."),
            self.tr("Choose the HIT types in the table, then press Apply: it shows first what that replaces."),
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
        """Close the details; where they are closed, collect no more."""
        if self.view.splitter.is_open or not self.controller.is_listing:
            self.view.splitter.close_details()
        else:
            self._refresh()

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
        actions = [(self.tr("Tr&y again"), "again")]
        if problem.cause in {Cause.KEYS, Cause.PERMISSION, Cause.KEYRING}:
            actions.append((self.tr("Open Accounts…"), "accounts"))
        actions.append((self.tr("Add ids &by hand…"), "ids"))
        self.view.problem.show_problem(problem, actions)
        self._show_state()

    def _failed(self, problem: Problem) -> None:
        self._listing_has_failed = False
        self.view.problem.show_problem(problem)
        self._show_state()

    def _act(self, key: str) -> None:
        if key == "again":
            self._refresh()
        elif key == "accounts":
            self.accounts_requested.emit()
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

    def _ids_added(self, rows: tuple[HitTypeRow, ...], before: int) -> None:
        new = len(rows) - before
        self.view.filter.clear()
        self._choose_when_there = {str(row.id) for row in rows}
        title = count_text(new, self.tr("1 HIT type was added."), self.tr("{count} HIT types were added."))
        if not new:
            title = self.tr("No HIT type was added.")
        text = self.tr("They are chosen in the table.")
        if before:
            known = count_text(
                before, self.tr("1 was in the table before."), self.tr("{count} were in the table before.")
            )
            text = f"{known} {text}"
        self.view.note.say(title, text)

    # --- changing

    def _do(self, command: Command) -> None:
        match command:
            case Command.DETAILS:
                self.view.splitter.toggle_details()
            case Command.EXPORT | Command.IMPORT:
                self._ask_for_file(exporting=command is Command.EXPORT)
            case Command.TEST:
                rows = self.view.table.chosen()
                if len(rows) == 1 and rows[0].setting.spec is not None:
                    self.test_requested.emit(rows[0].setting.spec)
            case Command.REAPPLY:
                self._begin(Action.REAPPLY, [row for row in self.model.rows() if row.setting.spec is not None])
            case _:
                self._begin(_ACTIONS[command], self.view.table.chosen())
        self._show_buttons()

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
            self.view.panel.show_outcome(outcome)
            self.view.panel.show()

    def _show_results(self) -> None:
        outcome = self.controller.outcome
        if outcome is None:
            return
        if self.results is not None:
            self.results.done(0)
        self.results = BulkResultsDialog(result_rows(outcome, self._title_of), self.window())
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
        if self.question is not None:
            self.question.deleteLater()
            self.question = None

    # --- the record as a file

    def _ask_for_file(self, *, exporting: bool) -> None:
        if self.controller.opened is None:
            return
        dialog = self.file_dialog = record_file_dialog(self.window(), exporting=exporting)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
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
        self.view.note.say(
            self.tr("The record was exported."),
            count_text(count, self.tr("1 change is in the file."), self.tr("{count} changes are in the file."))
            + f" {one_line(str(path), longest=600)}",
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

    def _narrow(self, text: str, state: RowState | None) -> None:
        self.model.narrow(text, state)
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
            self.view.show_empty(listing=listing, can_work=can_work, all_listed=self._collected.all_listed)
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
        splitter = self.view.splitter
        self.view.buttons.show_details(is_open=splitter.is_open, can_open=splitter.can_open)

    def _connect(self) -> None:
        controller = self.controller
        controller.listing.connect(self._listing_goes_on)
        controller.listed.connect(self._was_listed)
        controller.listing_failed.connect(self._listing_failed)
        controller.failed.connect(self._failed)
        controller.unknown_found.connect(self.view.unknown.show_changes)
        controller.ids_added.connect(self._ids_added)
        controller.choices_found.connect(self._show_preview)
        controller.confirmation_wanted.connect(self._confirm_again)
        controller.run_changed.connect(self._run_changed)
        controller.progress.connect(self.view.panel.show_progress)
        controller.exported.connect(self._exported)
        controller.imported.connect(self._imported)
        self.model.counted.connect(self._show_state)
        self.model.taken_in.connect(self._taken_in)
        self.view.table.chosen_changed.connect(self._show_buttons)
        self.view.table.columns_changed.connect(self.columns_changed)
        self.view.splitter.changed.connect(self._show_buttons)
        self.view.splitter.lines_wanted.connect(controller.read_lines)
        controller.lines_read.connect(self.view.splitter.show_lines)
        self.view.filter.changed.connect(self._narrow)
        self.view.refresh.clicked.connect(self._refresh)
        self.view.add.clicked.connect(self._add_ids)
        self.view.buttons.pressed.connect(self._do)
        self.view.buttons.choose_all.connect(self.view.table.selectAll)
        self.view.problem.action.connect(self._act)
        self.view.record_card.action.connect(self.new_history_requested)
        self.view.unknown.send_requested.connect(controller.send_again)
        self.view.unknown.look_requested.connect(partial(self.view.filter.show_state, RowState.UNKNOWN))
        self.view.panel.cancel_requested.connect(controller.stop_run)
        self.view.panel.retry_requested.connect(controller.retry)
        self.view.panel.rest_requested.connect(partial(controller.retry, not_begun=True))
        self.view.panel.results_requested.connect(self._show_results)
        self.view.panel.dismissed.connect(controller.forget_outcome)
        self.view.collecting.pressed.connect(self._refresh)
        self.view.nothing_yet.pressed.connect(self._add_ids)
        self.view.nothing_found.pressed.connect(self._clear_filter)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self.view.filter.search.setFocus)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Refresh), self, self._refresh)
        in_page = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self._escape, context=in_page)
