# SPDX-License-Identifier: MIT
"""The page HIT types: see, apply, switch and undo notification settings, for one or ten thousand.

Mechanical Turk cannot be asked what is set. So the page shows the record of this program, and says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut

from notification_tester.domain.problem import Cause
from notification_tester.qt.hit_types.aside import HitTypesAside
from notification_tester.qt.hit_types.controls import CollectionStatus, Command, Selection
from notification_tester.qt.hit_types.desk import HitTypesDesk
from notification_tester.qt.hit_types.model import HitTypesModel
from notification_tester.qt.hit_types.paste_ids_dialog import PasteIdsDialog
from notification_tester.qt.hit_types.record_files import RecordExchange
from notification_tester.qt.hit_types.view import HitTypesView
from notification_tester.qt.hit_types.work import HitTypesWork
from notification_tester.qt.widgets.formatting import count_text
from notification_tester.qt.widgets.scroll_page import ScrollPage
from notification_tester.qt.widgets.theme import Tone
from notification_tester.qt.widgets.visible_text import one_line
from notification_tester.services.hit_types.bulk_types import RowState

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QShowEvent
    from PySide6.QtWidgets import QWidget

    from notification_tester.domain.hit_type import HitTypeId
    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.domain.problem import Problem
    from notification_tester.qt.background.tasks import Tasks
    from notification_tester.qt.hit_types.record_files import RecordFiles
    from notification_tester.qt.hit_types.work import HitTypeService
    from notification_tester.qt.notification.preset_menu import PresetStore
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.hit_types.bulk_types import HitTypeRow, Listing


class HitTypesPage(ScrollPage):
    """The page of one window. ``record_problem`` says why no record can be kept.

    ``test_requested(NotificationSpec)`` leads to the Test page, ``accounts_requested`` to the accounts;
    ``columns_changed(str)`` hands out the state of the columns, to be remembered.
    """

    test_requested = Signal(object)
    accounts_requested = Signal()
    columns_changed = Signal(str)
    new_history_requested = Signal()
    stopped = Signal(object)  # Problem: changes were not sent, because their account was left
    later = Signal(object, object)  # Problem, and the Account, not open now, that it is about

    def __init__(
        self,
        tasks: Tasks,
        service: HitTypeService,
        *,
        form_spec: Callable[[], NotificationSpec | None],
        presets: Callable[[], PresetStore | None],
        files: RecordFiles | None = None,
        record_problem: Problem | None = None,
        parent: QWidget | None = None,
    ) -> None:
        model = HitTypesModel()
        view = HitTypesView(model)
        super().__init__(view, parent)
        model.setParent(self)
        self.model = model
        self.view = view
        self._tasks = tasks
        self._asked = False
        self._collected = CollectionStatus()
        self._listing_has_failed = False
        self._choose_when_there: set[str] = set()
        self._paste: PasteIdsDialog | None = None
        self._while_listing = QTimer(self, interval=1000)
        self._while_listing.timeout.connect(self._time_passed)
        self.work = HitTypesWork(tasks, service, self)
        self.aside = HitTypesAside(view.table, view.splitter, model, self.work, self)
        self.desk = HitTypesDesk(tasks, self.work, model, view.panel, self, form_spec=form_spec, presets=presets)
        self.exchange = RecordExchange(tasks, files, self.view.note, self)
        self._connect()
        if record_problem is not None:
            can_put_aside = record_problem.code == "storage.damaged"
            actions = [(self.tr("Start a new history"), "new-history")] if can_put_aside else []
            self.view.record_card.show_problem(record_problem, actions, tone=Tone.BEWARE)
        self._show_state()

    def show_account(self, opened: OpenAccount | None) -> None:
        """Work for this account now, None while another is being opened; nothing of the one before stays in sight."""
        if opened is not None and opened is self.work.opened:
            return
        self.work.set_account(opened)
        self._asked = self._listing_has_failed = False
        self._choose_when_there = set()
        self._collected.forget()
        self.view.problem.clear()
        self.view.note.clear()
        self.view.unknown.show_changes(())
        self.view.filter.clear()
        self.model.clear()
        self.aside.close()
        self.desk.leave()
        self.exchange.leave()
        if self._paste is not None:
            self._paste.done(0)
        if opened is not None:
            self.desk.come()
            if self.isVisible():
                self._ask()
        self._show_state()

    def offer(self) -> None:
        """A specification was just tested, and is the first to be applied: say so."""
        self.view.note.say(
            self.tr("The notification that you tested is ready to be applied."),
            self.tr("Choose the HIT types in the table, then press Apply: it shows first what that replaces."),
        )
        self.view.table.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def is_running(self) -> bool:
        """Whether changes are being sent; then closing asks."""
        return self.work.is_running

    def ask_to_stop(self, then: Callable[[], object]) -> None:
        """Ask whether to stop the run; ``then`` is called once it has ended."""
        self.desk.ask_to_stop(then)

    def save_columns(self) -> str:
        """Widths, order and sorting of the columns."""
        return self.view.table.save_columns()

    def restore_columns(self, state: str) -> None:
        """Take up what ``save_columns`` gave."""
        self.view.table.restore_columns(state)

    def showEvent(self, event: QShowEvent) -> None:
        """Look at the record each time the page is seen, and collect HIT types the first time."""
        super().showEvent(event)
        if self._asked:
            self.work.read_known()  # a test on another page may have arrived meanwhile
        elif self.work.can_work:
            self._ask()
        self._show_state()

    def _ask(self) -> None:
        self._asked = True
        self.work.read_known()
        self._refresh()

    def _refresh(self) -> None:
        if self.work.is_listing:
            self.work.stop_listing()
            self.view.status.setText(self.tr("Stopping…"))
            return
        self.view.problem.clear()
        self._collected.begin()
        self._while_listing.start()
        self.work.refresh()
        self._show_state()

    def _escape(self) -> None:
        """Close the details; where they are closed, collect no more."""
        if self.aside.is_open or not self.work.is_listing:
            self.aside.close()
        else:
            self._refresh()

    def _time_passed(self) -> None:
        """While nothing is answered, that is said."""
        if self.work.is_listing:
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
        dialog.ids_given.connect(self._ids_given)
        dialog.finished.connect(self._paste_closed)
        dialog.open()

    def _paste_closed(self) -> None:
        self._paste = None

    def _ids_given(self, ids: tuple[HitTypeId, ...]) -> None:
        before = {one for one in ids if self.model.row_of(one) is not None}

        def added(rows: tuple[HitTypeRow, ...]) -> None:
            new = len(rows) - len(before)
            self.view.filter.clear()
            self._choose_when_there = {str(row.id) for row in rows}
            title = count_text(new, self.tr("1 HIT type was added."), self.tr("{count} HIT types were added."))
            if not new:
                title = self.tr("No HIT type was added.")
            text = self.tr("They are chosen in the table.")
            if before:
                known = count_text(
                    len(before),
                    self.tr("1 was in the table before."),
                    self.tr("{count} were in the table before."),
                )
                text = f"{known} {self.tr('They are chosen in the table.')}"
            self.view.note.say(title, text)

        self.work.add_ids(ids, done=added)

    def _taken_in(self) -> None:
        wanted, self._choose_when_there = self._choose_when_there, set()
        if wanted:
            self.view.table.choose(wanted)
        self.aside.rows_changed()
        self._show_state()

    def _do(self, command: Command) -> None:
        match command:
            case Command.DETAILS:
                self.aside.toggle()
            case Command.EXPORT | Command.IMPORT:
                if self.work.opened is not None:
                    self.exchange.begin(command, self.work.opened)
            case Command.REAPPLY:
                self.desk.do(command, [row for row in self.model.rows() if row.setting.spec is not None])
            case _:
                self.desk.do(command, self.view.table.chosen())
        self._show_standing()

    def _narrow(self, text: str, state: RowState | None) -> None:
        self.model.narrow(text, state)
        self._show_state()

    def _clear_filter(self) -> None:
        self.view.filter.clear()
        self.view.filter.search.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- what is in sight

    def _show_state(self) -> None:
        listing, total = self.work.is_listing, self.model.total
        self.view.show_listing(listing)
        self.view.refresh.setEnabled(self.work.can_work)
        self.view.add.setEnabled(self.work.can_work)
        self.view.filter.setEnabled(total > 0)
        self._show_status()
        if total == 0 and not self.model.is_taking:
            self.view.show_empty(
                listing=listing,
                can_work=self.work.can_work,
                all_listed=self._collected.all_listed,
            )
        elif self.model.rowCount() == 0 and self.model.is_narrow:
            self.view.show_page(self.view.nothing_found)
        else:
            self.view.show_page(self.view.splitter)
        self._show_standing()

    def _show_status(self) -> None:
        self.view.status.setText(
            self._collected.text(
                is_listing=self.work.is_listing,
                total=self.model.total,
                shown=self.model.rowCount(),
                is_narrow=self.model.is_narrow,
            )
        )

    def _show_standing(self) -> None:
        hindered = ""
        if not self.work.can_work:
            hindered = self.tr("No account is open.")
        elif (account := self.desk.runs_for) is not None:
            hindered = self.tr(
                "Changes are being sent for the account “{name}”. What can be done next is offered when they have "
                "ended."
            ).format(name=one_line(account.name))
        self.view.buttons.show_selection(
            Selection.of(self.view.table.chosen()),
            shown=self.model.rowCount(),
            can_reapply=self.model.has_specs,
            hindered=hindered,
        )
        self.view.buttons.show_details(is_open=self.aside.is_open, can_open=self.aside.can_open)

    def _columns_changed(self) -> None:
        self.columns_changed.emit(self.view.table.save_columns())

    def _connect(self) -> None:
        work = self.work
        work.came.connect(self.model.put)
        work.listing.connect(self._listing_goes_on)
        work.listed.connect(self._was_listed)
        work.listing_failed.connect(self._listing_failed)
        work.failed.connect(self._failed)
        work.unknown_found.connect(self.view.unknown.show_changes)
        self.model.counted.connect(self._show_state)
        self.model.taken_in.connect(self._taken_in)
        self.view.table.chosen_changed.connect(self._show_standing)
        self.view.table.columns_changed.connect(self._columns_changed)
        self.aside.changed.connect(self._show_standing)
        self.view.filter.changed.connect(self._narrow)
        self.view.refresh.clicked.connect(self._refresh)
        self.view.add.clicked.connect(self._add_ids)
        self.view.buttons.pressed.connect(self._do)
        self.view.buttons.choose_all.connect(self.view.table.selectAll)
        self.view.problem.action.connect(self._act)
        self.view.record_card.action.connect(self.new_history_requested)
        self.view.unknown.send_requested.connect(self.desk.send_again)
        self.view.unknown.look_requested.connect(lambda: self.view.filter.show_state(RowState.UNKNOWN))
        self.desk.test_requested.connect(self.test_requested)
        self.desk.problem.connect(self._failed)
        self.desk.standing_changed.connect(self._run_changed)
        self.exchange.imported.connect(work.read_known)
        self.exchange.failed.connect(self._failed)
        self.exchange.later.connect(self.later)
        self.desk.later.connect(self.later)
        self.desk.stopped.connect(self.stopped)
        self.view.collecting.pressed.connect(self._refresh)
        self.view.nothing_yet.pressed.connect(self._add_ids)
        self.view.nothing_found.pressed.connect(self._clear_filter)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self.view.filter.search.setFocus)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Refresh), self, self._refresh)
        QShortcut(
            QKeySequence(Qt.Key.Key_Escape),
            self,
            self._escape,
            context=Qt.ShortcutContext.WidgetWithChildrenShortcut,
        )

    def _run_changed(self) -> None:
        if self.work.is_running:
            self.view.note.clear()
            self.view.unknown.show_changes(())
            if not self._listing_has_failed:  # what hindered an earlier change is over, or will be told again
                self.view.problem.clear()
        self._show_standing()
