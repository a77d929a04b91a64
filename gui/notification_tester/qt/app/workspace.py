# SPDX-License-Identifier: MIT
"""What fills the window: puts bar, pages and dialogs together, and decides nothing."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from notification_tester import __version__
from notification_tester.domain.account import LINKING_PAGES, PRACTICE
from notification_tester.domain.destination import QueueAddress, TopicAddress, Transport
from notification_tester.domain.problem import Cause, Problem, ProblemError, Remedy, remedy_of
from notification_tester.domain.web_address import WebAddress
from notification_tester.qt.app import read_ahead
from notification_tester.qt.app.late_page import LatePage
from notification_tester.qt.app.navigation import Navigation
from notification_tester.qt.app.problem_bar import ProblemBar
from notification_tester.qt.app.read_ahead import ReadAhead
from notification_tester.qt.app.top_bar import TopBar
from notification_tester.qt.background import in_next_turn
from notification_tester.qt.looks import outlines
from notification_tester.qt.looks.formatting import keys_text
from notification_tester.qt.looks.theme import Tone
from notification_tester.qt.notification.remedies import EVERYWHERE, remedy_buttons
from notification_tester.storage.preferences import (
    HIT_TYPE_COLUMNS,
    INBOX_NOTIFICATIONS,
    KEEP,
    KEEP_LISTS,
    REMOVE_TEST_MESSAGE,
    TOUR_SEEN,
    WAIT_SECONDS,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from notification_tester.domain.account import Account
    from notification_tester.domain.destination import Destination
    from notification_tester.domain.hit_type import HitTypeId
    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.domain.specifications.imported import ImportedSpecification
    from notification_tester.qt.accounts.controller import AccountsController
    from notification_tester.qt.app.task_bar import TaskBar
    from notification_tester.qt.app.tour import Tour
    from notification_tester.qt.app.window_state import WindowState
    from notification_tester.qt.checkup.controller import CheckupController
    from notification_tester.qt.help.preferences_dialog import PreferencesDialog
    from notification_tester.qt.history.page import HistoryPage
    from notification_tester.qt.hit_types.controller import HitTypesController
    from notification_tester.qt.hit_types.page import HitTypesPage
    from notification_tester.qt.inbox.controller import InboxController
    from notification_tester.qt.inbox.page import InboxPage
    from notification_tester.qt.sending.controller import SendingController
    from notification_tester.qt.sending.page import TestPage
    from notification_tester.qt.session import Program
    from notification_tester.qt.widgets.code_dialog import CodeQuestion
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.hit_types.bulk_types import BulkProgress, Undoable
    from notification_tester.storage.preferences import Preferences, Setting
    from notification_tester.storage.rows import HistoryRow, HistorySummary

TEST, HIT_TYPES, INBOX, HISTORY = "test", "hit-types", "inbox", "history"
_NOT_OPEN = {True: "practice", False: "accounts"}
"""Keys of what is said of an account that could not be opened, practice or another."""


class Workspace(QWidget):
    """The bar, the names of the pages, and the pages. Emits ``completed`` once the first page is whole.

    The page follows the bar in steps too short to be felt, and before anything else begins.
    """

    completed = Signal()
    come_forward_requested = Signal()
    setting_changed = Signal(object, object)  # Setting, its new value

    def __init__(
        self, program: Program, state: WindowState, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        outlines.strengthen()
        self._program = program
        self._state = state
        self._preferences = preferences
        self.bar = TopBar(self)
        self.problems = ProblemBar(self)
        self.navigation = Navigation(
            [
                (TEST, self.tr("Test"), "test"),
                (HIT_TYPES, self.tr("HIT types"), "hit-types"),
                (INBOX, self.tr("Inbox"), "inbox"),
                (HISTORY, self.tr("History"), "history"),
            ],
            self,
        )
        self._test_page: TestPage | None = None
        self._task_bar: TaskBar | None = None  # made when there is something to show in it
        self.tour: Tour | None = None  # while it is shown
        self.sending: SendingController | None = None  # made with the page Test
        self.checkup: CheckupController | None = None  # made with the page Test
        self._test_frame = QWidget()
        self._around_test_page = QVBoxLayout(self._test_frame)
        self._around_test_page.setContentsMargins(0, 0, 0, 0)
        self.hit_types = LatePage(self._make_hit_types_page)
        self.inbox = LatePage(self._make_inbox_page)
        self.history = LatePage(self._make_history_page)
        self._accounts: AccountsController | None = None
        self._following: InboxController | None = None
        self._frames = {
            TEST: self._test_frame,
            HIT_TYPES: self.hit_types,
            INBOX: self.inbox,
            HISTORY: self.history,
        }
        self._pages = QStackedWidget(self)
        self._pages.addWidget(QWidget())  # in sight until the first page is whole, so that it is laid out once
        for frame in self._frames.values():
            self._pages.addWidget(frame)
        self._to_mend: tuple[HistoryRow, str] | None = None  # once its account is open
        self._to_reapply: tuple[Account, Sequence[HitTypeId]] | None = None
        self._first_page = ReadAhead(read_ahead.FIRST_PAGE, self, pause=0)
        self._result_side = ReadAhead(read_ahead.RESULT, self, pause=0)
        self.read_ahead = ReadAhead(read_ahead.LATER, self)
        self._lay_out()
        self._fill_menu()
        self._connect()
        if preferences.problem is not None:
            self._say(preferences.problem)

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            outlines.strengthen()

    def look_for_others(self) -> None:
        """A person comes back to the window: a command, or another one, may have written into the same files."""
        for page in (self._test_page, self.history.page):
            if page is not None:
                page.look_for_others()

    def go_to(self, page: str) -> None:
        """Show a page by its key."""
        self.navigation.go_to(page)

    @property
    def accounts(self) -> AccountsController:
        """The dialog of accounts, and what is asked in it; made when first wanted."""
        if self._accounts is None:
            from notification_tester.qt.accounts.controller import AccountsController

            made = self._accounts = AccountsController(self._program, self)
            made.reapply_requested.connect(self._reapply)
            made.help_requested.connect(partial(self._open_help, "accounts"))
        return self._accounts

    @property
    def _inbox_controller(self) -> InboxController:
        if self._following is None:
            from notification_tester.qt.inbox.controller import InboxController

            self._following = InboxController(self._program, self._preferences, self)
        return self._following

    @property
    def test_page(self) -> TestPage:
        """The page Test; made when first wanted."""
        if self._test_page is None:
            from notification_tester.qt.checkup.controller import CheckupController
            from notification_tester.qt.sending.controller import SendingController
            from notification_tester.qt.sending.page import TestPage

            self.sending = sending = SendingController(self._program, self)
            page = self._test_page = TestPage(self._program, sending)
            self.checkup = checkup = CheckupController(self._program, page.form.destination, page)
            page.account_shown.connect(checkup.follow)
            sending.begun.connect(checkup.test_begins)
            sending.finished.connect(lambda answer: checkup.test_ended(answer.is_good))
            sending.went_on.connect(partial(self._show_share, TEST))
            sending.finished.connect(lambda _: self._clear_share(TEST))
            page.mend_requested.connect(checkup.mend)
            checkup.test_requested.connect(page.send_form)
            checkup.changed.connect(page.show_destination_changed)
            checkup.found_mended.connect(page.show_found_mended)
            checkup.remedy_requested.connect(self._do_remedy)
            page.remedy_requested.connect(self._do_remedy)
            page.receiver_requested.connect(self._receive_here)
            page.form_changed.connect(self._state.remember_form)
            page.report_requested.connect(self.open_report)
            page.inbox_requested.connect(self._show_arrived)
            page.history_requested.connect(partial(self._find, HISTORY))
            page.hit_types_requested.connect(self._use_for_hit_types)
            page.set_requested.connect(self._set_opened)
            page.older.help_requested.connect(partial(self._open_help, "older-api"))
            self._around_test_page.addWidget(page)
        return self._test_page

    def complete(self) -> None:
        """Make the first page; ``completed`` when it is there."""
        self._first_page.start()

    def may_close(self, then: Callable[[], object]) -> bool:
        """Whether nothing is being sent to HIT types. Otherwise ask; ``then`` is called once that has ended."""
        page = self.hit_types.page
        return page is None or page.may_close(then)

    def close_up(self) -> None:
        """Read nothing ahead any more, and hand over what is to be remembered."""
        for reading in (self._first_page, self._result_side, self.read_ahead):
            reading.stop()
        if self.history.page is not None:
            self._state.history_layout = self.history.page.save_state()

    def _lay_out(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.bar)
        below = QHBoxLayout()
        below.setSpacing(0)
        below.addWidget(self.navigation)
        right = QVBoxLayout()
        right.setSpacing(0)
        around = QVBoxLayout()
        around.setContentsMargins(16, 0, 16, 0)
        self.problems.setContentsMargins(0, 12, 0, 0)  # its own, which go when it is hidden
        around.addWidget(self.problems)
        right.addLayout(around)
        right.addWidget(self._pages, 1)
        below.addLayout(right, 1)
        rows.addLayout(below, 1)

    def _fill_menu(self) -> None:
        role, key = QAction.MenuRole, QKeySequence.StandardKey
        for text, role_on_macos, keys, slot in (
            (
                self.tr("&Accounts…"),
                role.ApplicationSpecificRole,
                "Ctrl+Shift+A",
                lambda: self.accounts.open(add=False),
            ),
            (self.tr("&Preferences…"), role.PreferencesRole, "Ctrl+,", self._open_preferences),
            (self.tr("&Report…"), role.ApplicationSpecificRole, "", self.open_report),
            (self.tr("&Help"), role.NoRole, key.HelpContents, self._open_help),
            (self.tr("&Look for a newer version"), role.ApplicationSpecificRole, "", self._look_for_newer),
            (self.tr("A&bout"), role.AboutRole, "", self._open_about),
            (self.tr("&Quit"), role.QuitRole, "Ctrl+Q", self.window().close),
        ):
            self._add_action(text, role_on_macos, QKeySequence(keys), slot)

    def _add_action(self, text: str, role: QAction.MenuRole, keys: QKeySequence, slot: Callable[[], object]) -> None:
        action = QAction(text, self)
        action.setMenuRole(role)
        action.setShortcut(keys)
        # triggered hands over whether the entry is checked, which no slot wants.
        action.triggered.connect(lambda _checked=False: slot())
        self.bar.add_action(action)
        self.addAction(action)

    def _connect(self) -> None:
        program = self._program
        self.navigation.chosen.connect(self._show_page)
        self._first_page.over.connect(partial(in_next_turn, self, self._make_test_page))
        self._result_side.over.connect(partial(in_next_turn, self, self._make_result_side))
        self.read_ahead.over.connect(self._make_ahead)
        self.bar.account_chosen.connect(program.open)
        self.bar.add_requested.connect(self._accounts_from_bar)
        self.problems.action.connect(self._act)
        program.session_ready.connect(self._session_ready)
        program.session_ready.connect(self.hit_types.make_if_seen)
        program.session_ready.connect(self.inbox.make_if_seen)
        program.session_ready.connect(self.history.make_if_seen)
        program.code_wanted.connect(self._ask_code)
        program.accounts_changed.connect(self._accounts_changed)
        program.left.connect(self._left)
        program.opening.connect(self._opening)
        program.opened.connect(self._opened)
        program.open_failed.connect(self._open_failed)
        program.forgotten.connect(self._state.forget_form)
        program.notice.connect(self._say)
        program.account_notice.connect(self._say)
        program.recorded.connect(self._row_changed)
        program.session_ready.connect(self._forget_old)
        program.history_shortened.connect(self._shortened)
        program.history_put_aside.connect(self._history_put_aside)
        program.tasks.busy_changed.connect(self._read_when_idle)

    def _make_test_page(self) -> None:
        self.test_page.show()
        self._result_side.start()

    def _make_result_side(self) -> None:
        self.test_page.result.show()
        in_next_turn(self, self._make_presets)

    def _make_presets(self) -> None:
        self.test_page.add_presets()
        in_next_turn(self, self._show_first_page)

    def _show_first_page(self) -> None:
        chosen = next(key for key, button in self.navigation.buttons.items() if button.isChecked())
        self._show_page(chosen)
        in_next_turn(self, self._tell_completed)

    def _tell_completed(self) -> None:
        self.completed.emit()
        _ = self.accounts, self._inbox_controller  # there before anything is answered of an account

    def _show_page(self, key: str) -> None:
        self._pages.setCurrentWidget(self._frames[key])

    def _make_ahead(self) -> None:
        page = self.history.made()
        if page is not None:
            in_next_turn(page, page.prepare)
        in_next_turn(self, self._make_table_ahead)

    def _make_table_ahead(self) -> None:
        self.test_page.result.prepare()
        in_next_turn(self, self._make_delivery_ahead)

    def _make_delivery_ahead(self) -> None:
        self.test_page.prepare()
        current = self._program.current
        if not self._preferences.get(TOUR_SEEN) and current is not None and current.account == PRACTICE:
            in_next_turn(self, self._show_tour)

    def begin_tour(self) -> None:
        """Show the tour once more, from its first step."""
        self.go_to(TEST)
        if self.tour is not None:
            self.tour.end()
        self._show_tour()

    def _show_tour(self) -> None:
        """Lead through the window in three steps, by itself only until it was read or skipped once."""
        from notification_tester.qt.app.tour import Step, Tour

        page, current = self.test_page, self._program.current
        practises = current is not None and current.account == PRACTICE
        self.tour = tour = Tour(
            (
                Step(
                    title=self.tr("Send a test"),
                    text=self.tr(
                        "All is filled in. The button in the blue frame sends a test. It stays on this computer."
                    )
                    if practises
                    else self.tr("The button in the blue frame sends a test of what the form says."),
                    target=page.form.send,
                ),
                Step(
                    title=self.tr("See how far it got"),
                    text=self.tr(
                        "Here you see its way. Where it stops, you read why, and a button does what can be done."
                    ),
                    target=page.result,
                ),
                Step(
                    title=self.tr("Then with your own"),
                    text=self.tr("Here you add your account. {help} explains the page in sight.").format(
                        help=keys_text(QKeySequence.StandardKey.HelpContents)
                    ),
                    target=self.bar.combo,
                ),
            ),
            self,
        )
        tour.over.connect(self._tour_over)
        self.navigation.add_below(tour, tour.next)
        self.setTabOrder(tour.next, tour.skip)
        tour.begin()

    def _tour_over(self) -> None:
        self.tour = None
        self._program.tasks.run(self._preferences.keeping(TOUR_SEEN, True), done=lambda _: None, failed=lambda _: None)

    def _make_history_page(self) -> HistoryPage | None:
        session = self._program.session
        if session is None:
            return None
        from notification_tester.qt.history.page import HistoryPage

        page = HistoryPage(self._program.tasks, session.history, problem=session.history_problem)
        page.restore_state(self._state.history_layout)
        page.repeat_requested.connect(self._repeat)
        page.fill_requested.connect(self._fill_form)
        page.again_requested.connect(self._send_again)
        page.undo_requested.connect(self._undo_change)
        page.mend_requested.connect(self._mend_row)
        page.inbox_requested.connect(self._show_sent)
        page.go_to_test_requested.connect(partial(self.go_to, TEST))
        page.remedy_requested.connect(self._do_remedy)
        return page

    def _make_hit_types_page(self) -> HitTypesPage | None:
        program, session = self._program, self._program.session
        if session is None:
            return None
        from notification_tester.qt.hit_types.page import HitTypesPage

        page = HitTypesPage(
            program.tasks,
            session.hit_types,
            form_spec=self._form_spec,
            presets=lambda: None if program.session is None else program.session.presets,
            record_problem=session.history_problem,
        )
        page.view.table.restore_columns(self._preferences.get(HIT_TYPE_COLUMNS))
        page.view.table.columns_changed.connect(self._keep_columns)
        page.test_requested.connect(self._test_spec)
        page.inbox_requested.connect(partial(self._find, INBOX))
        page.history_requested.connect(partial(self._find, HISTORY))
        page.remedy_requested.connect(self._do_remedy)
        page.new_history_requested.connect(program.replace_history)
        page.controller.stopped.connect(program.notice)
        page.controller.later.connect(program.account_notice)
        page.controller.progress.connect(self._changes_went_on)
        page.controller.run_changed.connect(partial(self._run_changed, page.controller))
        program.left.connect(lambda _: page.show_account(None))
        program.opened.connect(lambda _: page.show_account(program.current))
        program.open_failed.connect(lambda *_: page.show_account(program.current))
        program.closing.connect(page.controller.stop_all)
        page.show_account(program.current)
        return page

    def _make_inbox_page(self) -> InboxPage | None:
        if self._program.session is None:
            return None
        from notification_tester.qt.inbox.page import InboxPage

        page = InboxPage(self._inbox_controller, self._program.tasks)
        page.go_to_test_requested.connect(partial(self.go_to, TEST))
        page.remedy_requested.connect(self._do_remedy)
        page.send_here_requested.connect(self._send_here)
        page.come_forward_requested.connect(self._show_inbox)
        page.history_requested.connect(partial(self._find, HISTORY))
        return page

    def _changes_went_on(self, news: BulkProgress) -> None:
        if news.total > 1:
            self._show_share(HIT_TYPES, news.done / news.total)

    def _run_changed(self, controller: HitTypesController) -> None:
        if not controller.is_running:
            self._clear_share(HIT_TYPES)

    def _show_share(self, page: str, share: float) -> None:
        """Show in the task bar how far what a page does has come, from 0 to 1."""
        if self._task_bar is None:
            from notification_tester.qt.app.task_bar import TaskBar

            self._task_bar = TaskBar(self.window())
        self._task_bar.show(page, share)

    def _clear_share(self, page: str) -> None:
        if self._task_bar is not None:
            self._task_bar.clear(page)

    def _keep_columns(self, state: str) -> None:
        self._program.tasks.run(
            self._preferences.keeping(HIT_TYPE_COLUMNS, state), done=lambda _: None, failed=lambda _: None
        )

    def _form_spec(self) -> NotificationSpec | None:
        """What the form of the page Test says; None where it is not filled in."""
        try:
            return self.test_page.form.spec()
        except ProblemError:
            return None

    def _find(self, key: str, words: str) -> None:
        """Show a page with what it finds by these words."""
        self.go_to(key)
        page = (self.inbox if key == INBOX else self.history).made()
        if page is not None:
            page.filter.clear()
            page.filter.search.setText(words)
        inbox = self.inbox.page
        if key == INBOX and inbox is not None:
            inbox.show_list()

    def _use_for_hit_types(self) -> None:
        self.go_to(HIT_TYPES)
        page = self.hit_types.made()
        if page is not None:
            page.offer()

    def _reapply(self, account: Account, ids: Sequence[HitTypeId]) -> None:
        """What was set with the former keys of an account, again; it is opened first where another one is."""
        self._to_reapply = account, ids
        if self._program.current is None or not self._program.current.account.is_renamed(account):
            self._program.open(account)
        else:
            self._reapply_where_open()

    def _reapply_where_open(self) -> None:
        current, wanted = self._program.current, self._to_reapply
        if current is None or wanted is None:
            return
        self._to_reapply = None
        if current.account.is_renamed(wanted[0]):
            self.go_to(HIT_TYPES)
            page = self.hit_types.made()
            if page is not None:
                page.reapply(wanted[1])

    def _set_opened(self, found: ImportedSpecification) -> None:
        """The HIT type of a specification that was opened, with what it says of it."""
        self.go_to(HIT_TYPES)
        page = self.hit_types.made()
        if page is not None and found.hit_type_id is not None:
            spec = found.specification() if found.has_specification else None
            page.set_opened(found.hit_type_id, spec, active=found.active)

    def _test_spec(self, spec: NotificationSpec) -> None:
        self.test_page.fill(spec)
        self.go_to(TEST)

    def _send_here(self, url: str) -> None:
        self.test_page.send_to(url)
        self.go_to(TEST)

    def _receive_here(self, port: int) -> None:
        self.go_to(INBOX)
        page = self.inbox.made()
        if page is not None:
            page.offer_receiver(port)

    def _show_inbox(self) -> None:
        self.come_forward_requested.emit()
        self.go_to(INBOX)

    def _repeat(self, row: HistoryRow) -> None:
        """Fill the form for the account that the test was sent with; where that is gone, not before it was said."""
        from notification_tester.storage.rows import is_of

        account = next((one for one in self._program.accounts if is_of(row, one)), None)
        current = self._program.current
        if row.is_from_here and not row.account:  # no account's keys were needed
            self._fill_form(row)
        elif account is None:
            if self.history.page is not None:
                self.history.page.show_account_gone(row, None if current is None else current.account)
        elif current is None or not current.account.is_renamed(account):
            self._program.open(account)
            self.test_page.repeat_when_open(row)
            self.go_to(TEST)
        else:
            self._fill_form(row)

    def _send_again(self, row: HistoryRow, run: Sequence[HistorySummary]) -> None:
        """Send it with the account that is open; with another one, that is opened first, and the form filled."""
        from notification_tester.storage.rows import is_of

        current = self._program.current
        needs_none = row.is_from_here and not row.account
        if needs_none or (current is not None and is_of(row, current.account)):
            self.test_page.send_again(row, run=run)
            self.go_to(TEST)
        else:
            self._repeat(row)

    def _undo_change(self, row: HistoryRow) -> None:
        """Show what would be put back, where the change was made; the page History says why nothing can be."""
        from notification_tester.storage.rows import MEND_KIND

        page, opened, program = self.history.page, self._program.current, self._program
        checkup = self.checkup
        if page is None or opened is None or checkup is None:
            return
        page.problem.clear()
        if row.kind == MEND_KIND:
            checkup.undo_of(row, failed=page.show_refusal)
            return

        def found(undoable: Undoable) -> None:
            self.go_to(HIT_TYPES)
            hit_types = self.hit_types.made()
            if hit_types is not None:
                hit_types.undo_for(undoable.hit_type_ids, left_out=undoable.left_out)

        program.ask(
            lambda session: session.hit_types.undo_of(opened, row),
            done=program.while_here(found),
            failed=program.while_here(page.show_refusal),
        )

    def _mend_row(self, row: HistoryRow, key: str) -> None:
        """Do something about the problem of a row, with its account and place; where that is gone, it is said."""
        from notification_tester.storage.rows import is_of

        account = next((one for one in self._program.accounts if is_of(row, one)), None)
        current = self._program.current
        if account is None:
            if self.history.page is not None:
                self.history.page.show_account_gone(row, None if current is None else current.account)
        elif key == Remedy.CHANGE_KEYS:  # with the old ones it may not open at all
            self.accounts.open(replace_keys_of=account.name)
        else:
            self._to_mend = row, key
            if current is None or not current.account.is_renamed(account):
                self._program.open(account)
                self.go_to(TEST)
            else:
                self._mend_where_open()

    def _mend_where_open(self) -> None:
        from notification_tester.storage.rows import TEST_KIND, is_of

        current, wanted = self._program.current, self._to_mend
        self._to_mend = None
        if current is None or wanted is None or not is_of(wanted[0], current.account):
            return
        row, key = wanted
        if row.kind == TEST_KIND:
            self.go_to(TEST)
            if not self.test_page.repeat(row):
                return
        remedy, spec = remedy_of(key), self._form_spec()
        if remedy is Remedy.ADD_EVENT:
            self.test_page.add_event(self.test_page.form.state().event)  # which is that of the row
        elif remedy is not None:
            self._do_remedy(remedy)
        elif spec is not None and self.checkup is not None:
            self.checkup.mend(spec.destination)

    def _show_sent(self, row: HistoryRow, words: str) -> None:
        """Show the inbox, with the list of the place of a test, or the form to follow it."""
        self.go_to(INBOX)
        page = self.inbox.made()
        if page is not None:
            page.show_place(Transport(row.transport), row.destination, words)

    def _show_arrived(self, target: Destination | WebAddress, words: str) -> None:
        """The same of what was sent on the page Test."""
        self.go_to(INBOX)
        page = self.inbox.made()
        if page is None:
            return
        if isinstance(target, QueueAddress | TopicAddress):
            page.show_place(target.transport, target.text, words)
        elif isinstance(target, WebAddress):
            page.show_receiver(target.port, words)

    def _fill_form(self, row: HistoryRow) -> None:
        self.test_page.repeat(row)
        self.go_to(TEST)

    def _ask_code(self, question: CodeQuestion) -> None:
        """Ask above whatever is open, because a call of it may be the one that waits."""
        from notification_tester.qt.widgets.code_dialog import CodeDialog

        CodeDialog(question, QApplication.activeModalWidget() or self.window()).open()
        QApplication.alert(self.window())

    def _session_ready(self) -> None:
        session = self._program.session
        if session is not None and session.history_problem is not None:
            self._say(session.history_problem)

    def _accounts_changed(self) -> None:
        self.bar.set_accounts(self._program.accounts, self._shown_account())

    def _shown_account(self) -> Account:
        """The account that is wanted; where it is open, as it was opened, whatever stands under its name by now."""
        current, wanted = self._program.current, self._program.wanted
        return current.account if current is not None and current.account.kept_as == wanted.kept_as else wanted

    def _accounts_from_bar(self) -> None:
        self.bar.show_current(self._shown_account())
        self.accounts.open(add=len(self._program.accounts) == 1)

    def _left(self, account: Account) -> None:
        form = self._state.form(account.kept_as)
        if account == PRACTICE:  # its addresses are other ones at each start, and known once it has begun
            form = replace(form, destinations=MappingProxyType({}))
        self.test_page.leave(form)
        if self.history.page is not None:
            self.history.page.leave()

    def _opening(self, account: Account) -> None:
        self.bar.show_current(account)
        self.problems.show_account(account)
        self.problems.take_back(_NOT_OPEN[account == PRACTICE], account)
        is_practice = account == PRACTICE
        self.bar.state.setText(self.tr("Practice is starting…") if is_practice else self.tr("Opening…"))
        self.test_page.show_opening()

    def _opened(self, opened: OpenAccount) -> None:
        self.bar.state.setText("")
        self.bar.show_current(opened.account)
        self._state.remember_account(opened.account.kept_as)
        self.test_page.show_account(opened, self._state.form(opened.account.kept_as))
        in_next_turn(self, self._reapply_where_open)  # once every page shows the account
        in_next_turn(self, self._mend_where_open)
        self._read_when_idle(self._program.tasks.is_busy)

    def _read_when_idle(self, busy: bool) -> None:
        """Read ahead only while nothing is under way: a test wants the window's time, and Python's lock, for itself."""
        if busy:
            self.read_ahead.stop()
        elif self._program.current is not None:
            self.read_ahead.start()

    def _open_failed(self, account: Account, problem: Problem) -> None:
        self._to_mend = None  # or its dialog would open by itself when the account is opened some other day
        self.problems.show_account(account)
        self.bar.state.setText(self.tr("Not open"))
        is_practice = account == PRACTICE
        text = self.tr("Start practice again") if is_practice else self.tr("Open Accounts…")
        key = topic = _NOT_OPEN[is_practice]
        if not is_practice:
            text, key = next(iter(remedy_buttons(problem, EVERYWHERE | {Remedy.TRY_AGAIN})), (text, key))
        self.problems.say(problem, account, tone=Tone.BAD, action=text, key=key, topic=topic)

    def _act(self, key: str) -> None:
        if key == _NOT_OPEN[True]:
            self._program.open(PRACTICE)
        elif key == _NOT_OPEN[False]:
            self.accounts.open()
        elif (remedy := remedy_of(key)) is not None:
            self._do_remedy(remedy)

    def _say(self, problem: Problem, owner: Account | None = None) -> None:
        """Say what concerns the whole window, with the button for the likeliest remedy that there is one for."""
        text, key = next(iter(remedy_buttons(problem)), ("", ""))
        self.problems.say(problem, owner, action=text, key=key)

    def _do_remedy(self, remedy: Remedy) -> None:
        """Do what is advised of a problem, whichever page shows it."""
        program, account = self._program, self._shown_account()
        match remedy:
            case Remedy.TRY_AGAIN:
                program.open(program.wanted)
            case Remedy.CHANGE_KEYS:
                self.accounts.open(replace_keys_of=account.name)
            case Remedy.CHANGE_ACCOUNT:
                self.accounts.open(change=account.name)
            case Remedy.CHOOSE_ACCOUNT:
                self.accounts.open()
            case Remedy.LINK_ACCOUNT if account.environment in LINKING_PAGES:
                self._browse(LINKING_PAGES[account.environment])
            case Remedy.LINK_ACCOUNT:
                self.problems.say(
                    Problem(
                        title=self.tr("No page is known where this account is linked."),
                        detail=self.tr("It is of a service that is not Amazon's, or of practice."),
                        remedy=self.tr("Ask whoever runs that service."),
                        code="account.no-linking-page",
                        cause=Cause.INPUT,
                    )
                )
            case Remedy.PRACTICE:
                program.open(PRACTICE)
            case Remedy.PREFERENCES:
                self._open_preferences()
            case Remedy.NEW_HISTORY:
                program.replace_history()
            case Remedy.OPEN_TEST:
                self.go_to(TEST)
            case Remedy.MAKE_DESTINATION | Remedy.CHECK | Remedy.ASK_ADMINISTRATOR:
                self.go_to(TEST)
                field = self.test_page.form.destination
                if self.checkup is None:
                    return
                if remedy is Remedy.MAKE_DESTINATION:
                    self.checkup.destinations.open_new(
                        Transport.SNS if field.transport is Transport.SNS else Transport.SQS
                    )
                elif remedy is Remedy.ASK_ADMINISTRATOR:
                    self.checkup.open_administrator()
                elif not self.checkup.open_findings():
                    field.edit.setFocus()
            case _:
                return

    def _browse(self, address: str) -> None:
        from PySide6.QtCore import QUrl
        from PySide6.QtGui import QDesktopServices

        if not QDesktopServices.openUrl(QUrl(address)):
            self.problems.say(
                Problem(
                    title=self.tr("No browser could be opened."),
                    detail=self.tr("The page is {address}.").format(address=address),
                    remedy=self.tr("Open a browser and type that address."),
                    code="browser.none",
                    cause=Cause.PROGRAM,
                )
            )

    def _history_put_aside(self, told: Problem) -> None:
        """No page says any longer that it lies where it was, nor offers once more what was done."""
        if self.history.page is not None:
            self.history.page.set_history(None, told)
        if self.hit_types.page is not None:
            self.hit_types.page.show_record_problem(told)

    def _row_changed(self, row_id: int) -> None:
        if self.history.page is not None:
            self.history.page.row_changed(row_id)

    def _open_preferences(self) -> None:
        from notification_tester.qt.help.preferences_dialog import PreferencesDialog

        dialog = PreferencesDialog(
            self._preferences,
            self._program.tasks,
            self,
            folder=self._program.data_folder,
            tell_late=self._say,
        )
        dialog.clear_requested.connect(partial(self._clear_history, dialog))
        dialog.clear_lists_requested.connect(partial(self._clear_lists, dialog))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.changed.connect(self.setting_changed)
        dialog.changed.connect(self._use_in_form)
        QShortcut(QKeySequence("F1"), dialog).activated.connect(partial(self._open_help, "preferences"))
        dialog.open()

    def _clear_history(self, dialog: PreferencesDialog) -> None:
        self._program.forget_seen(None, done=dialog.show_cleared, failed=dialog.show_problem)

    def _clear_lists(self, dialog: PreferencesDialog) -> None:
        self._inbox_controller.clear_all(done=dialog.show_lists_cleared, failed=dialog.show_problem)

    def _forget_old(self) -> None:
        """Remove what is older than the person wants it to be kept."""
        if (days := self._preferences.get(KEEP_LISTS)) != KEEP_LISTS.default:
            self._inbox_controller.remove_older(int(days))
        days = self._preferences.get(KEEP)
        if days != KEEP.default:
            self._program.forget_seen(int(days), done=lambda _: None, failed=self._say)

    def _shortened(self) -> None:
        if self.history.page is not None:
            self.history.page.look_again()

    def _use_in_form(self, setting: Setting[Any], value: object) -> None:
        """What forms begin with holds for the one in sight too: it was changed by somebody who looks at it."""
        form = self.test_page.form
        if setting.key == WAIT_SECONDS.key and isinstance(value, int):
            form.wait.setValue(value)
        elif setting.key == REMOVE_TEST_MESSAGE.key:
            form.remove.setChecked(bool(value))
        elif setting.key == INBOX_NOTIFICATIONS.key and self.inbox.page is not None:
            self.inbox.page.bar.notifications.setChecked(bool(value))

    def open_report(self) -> None:
        """Show the page about the tests of the account on top."""
        from notification_tester.qt.history.report_dialog import ReportDialog

        ReportDialog(self._program, self._shown_account(), self).open()

    def _open_about(self) -> None:
        from notification_tester.qt.help.about_dialog import AboutDialog

        dialog = AboutDialog(__version__, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.link_requested.connect(self._open_link)
        dialog.open()

    def _open_help(self, chapter: str = "") -> None:
        """Show a chapter, that of the page in sight unless another is named, in the one window that Help has."""
        from notification_tester.qt.help.help_dialog import HelpDialog

        if not chapter:
            chapter = next((key for key, frame in self._frames.items() if frame is self._pages.currentWidget()), TEST)
        # A dialog that waits for an answer keeps all windows from being used but those that it opened itself.
        owner = QApplication.activeModalWidget() or self
        shown = next((one for one in owner.findChildren(HelpDialog) if one.isVisible()), None)
        if shown is None:
            shown = HelpDialog(owner, chapter=chapter)
            shown.tour.setVisible(owner is self)
            shown.tour_requested.connect(self.begin_tour)
            shown.show()
        else:
            shown.show_chapter(chapter)
        shown.raise_()
        shown.activateWindow()

    def _open_link(self, key: str) -> None:
        if key == "help":
            self._open_help("index")
        else:
            from notification_tester.qt.help.licence_dialog import LicenceDialog

            LicenceDialog(self, of_others=key == "works-of-others").open()

    def _look_for_newer(self) -> None:
        from notification_tester.qt.help.release_page import ReleasePage, known_address

        problem = ReleasePage(known_address(), self).open()
        if problem is not None:
            self._say(problem)
