# SPDX-License-Identifier: MIT
"""What fills the window: puts bar, pages and dialogs together, and decides nothing.

What leads from page to page is in ``page_links.py``, what the window does about problems in ``remedies.py``, and its
dialogs are opened by ``window_dialogs.py``.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from notification_tester.domain.account import PRACTICE
from notification_tester.domain.problem import Problem, Remedy, remedy_of
from notification_tester.qt.app import read_ahead
from notification_tester.qt.app.late_page import LatePage
from notification_tester.qt.app.navigation import HISTORY, HIT_TYPES, INBOX, TEST, Navigation
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
    KEEP,
    KEEP_LISTS,
    TOUR_SEEN,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from notification_tester.domain.account import Account
    from notification_tester.qt.accounts.controller import AccountsController
    from notification_tester.qt.app.page_links import PageLinks
    from notification_tester.qt.app.remedies import Remedies
    from notification_tester.qt.app.task_bar import TaskBar
    from notification_tester.qt.app.tour import Tour
    from notification_tester.qt.app.window_dialogs import WindowDialogs
    from notification_tester.qt.app.window_state import WindowState
    from notification_tester.qt.checkup.controller import CheckupController
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
    from notification_tester.services.hit_types.bulk_types import BulkProgress
    from notification_tester.storage.preferences import Preferences

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
        self._may_show_tour = not preferences.get(TOUR_SEEN)  # by itself: before anything else is done at this start
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
        self._links: PageLinks | None = None
        self._remedies: Remedies | None = None
        self._dialogs: WindowDialogs | None = None
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
        self._first_page = ReadAhead(read_ahead.FIRST_PAGE, self, pause=0)
        self._result_side = ReadAhead(read_ahead.RESULT, self, pause=0)
        self._what_arrived = ReadAhead(read_ahead.WHAT_ARRIVED, self, pause=0)
        self.read_ahead = ReadAhead(read_ahead.LATER, self)
        self._lay_out()
        self._fill_menu()
        self._connect()
        if preferences.problem is not None:
            self.say(preferences.problem)

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            outlines.strengthen()

    def look_for_others(self) -> None:
        """A person comes back to the window: a command, or another one, may have written into the same files."""
        for page in (self._test_page, self.hit_types.page, self.history.page):
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
            self.test_page.refused_at = made.refused_at
            self.test_page.keys_taken.connect(made.keys_were_taken)
            made.reapply_requested.connect(self.links.reapply)
            made.help_requested.connect(partial(self.dialogs.open_help, "accounts#where-keys-come-from"))
        return self._accounts

    @property
    def links(self) -> PageLinks:
        """What leads from page to page."""
        if self._links is None:
            from notification_tester.qt.app.page_links import PageLinks

            self._links = PageLinks(self, self._program)
        return self._links

    @property
    def remedies(self) -> Remedies:
        """What the window does about problems."""
        if self._remedies is None:
            from notification_tester.qt.app.remedies import Remedies

            self._remedies = Remedies(self, self._program)
        return self._remedies

    @property
    def dialogs(self) -> WindowDialogs:
        """Preferences, report, help and about."""
        if self._dialogs is None:
            from notification_tester.qt.app.window_dialogs import WindowDialogs

            self._dialogs = WindowDialogs(self, self._program, self._preferences)
        return self._dialogs

    @property
    def page_in_sight(self) -> str:
        """Its key; that of the first while none is made."""
        return next((key for key, frame in self._frames.items() if frame is self._pages.currentWidget()), TEST)

    @property
    def inbox_controller(self) -> InboxController:
        """What follows queues; made when first wanted."""
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
            for told in (sending.begun, sending.finished):
                told.connect(lambda _: self._show_sending())
            sending.went_on.connect(partial(self._show_share, TEST))
            sending.finished.connect(lambda _: self._clear_share(TEST))
            page.mend_requested.connect(checkup.mend)
            page.escaped.connect(self._skip_tour)
            page.test_finished.connect(self._tour_past_sending)
            checkup.test_requested.connect(page.send_form)
            checkup.changed.connect(page.show_destination_changed)
            checkup.found_mended.connect(page.show_found_mended)
            checkup.remedy_requested.connect(self.remedies.do)
            page.remedy_requested.connect(self.remedies.do)
            page.receiver_requested.connect(self.links.receive_here)
            page.form_changed.connect(self._state.remember_form)
            page.report_requested.connect(self.dialogs.open_report)
            page.inbox_requested.connect(self.links.show_arrived)
            page.history_requested.connect(partial(self.links.find, HISTORY))
            page.changes_requested.connect(self.links.show_changes)
            page.hit_types_requested.connect(self.links.use_for_hit_types)
            page.set_requested.connect(self.links.set_opened)
            page.older.help_requested.connect(partial(self.dialogs.open_help, "older-api"))
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
        for reading in (self._first_page, self._result_side, self._what_arrived, self.read_ahead):
            reading.end()  # the last task that ends would begin it again
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
        other = role.ApplicationSpecificRole
        for text, role_on_macos, keys, slot in (
            (self.tr("&Accounts…"), other, "Ctrl+Shift+A", lambda: self.accounts.open(add=False)),
            (self.tr("&Preferences…"), role.PreferencesRole, "Ctrl+,", self._with(lambda one: one.open_preferences())),
            (self.tr("&Report of tests…"), other, "", self._with(lambda one: one.open_report())),
            (self.tr("&Help"), role.NoRole, key.HelpContents, self._with(lambda one: one.open_help())),
            (self.tr("&Look for a newer version"), other, "", self._with(lambda one: one.look_for_newer())),
            (self.tr("A&bout"), role.AboutRole, "", self._with(lambda one: one.open_about())),
            (self.tr("&Quit"), role.QuitRole, "Ctrl+Q", self.window().close),
        ):
            self._add_action(text, role_on_macos, QKeySequence(keys), slot)

    def _with(self, open_one: Callable[[WindowDialogs], object]) -> Callable[[], object]:
        """What opens one of the dialogs, which are made when first wanted."""
        return lambda: open_one(self.dialogs)

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
        self._what_arrived.over.connect(partial(in_next_turn, self, self._make_table_ahead))
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
        program.notice.connect(self.say)
        program.account_notice.connect(self.say)
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
        _ = self.accounts, self.inbox_controller  # there before anything is answered of an account

    def _show_page(self, key: str) -> None:
        self._pages.setCurrentWidget(self._frames[key])

    def _make_ahead(self) -> None:
        page = self.history.made()
        if page is not None:
            in_next_turn(page, page.prepare)
        in_next_turn(self, self._make_delivery_ahead)

    def _make_table_ahead(self) -> None:
        self.test_page.result.prepare()
        self._read_when_idle(self._program.tasks.is_busy)

    def _make_delivery_ahead(self) -> None:
        self.test_page.prepare()

    def _offer_tour(self) -> None:
        """Show the tour to who has not begun by themselves meanwhile; to others it comes at the next start."""
        is_testing = self.sending is not None and self.sending.is_testing
        if self.page_in_sight == TEST and not is_testing and QApplication.activeModalWidget() is None:
            self._show_tour()

    def begin_tour(self) -> None:
        """Show the tour once more, from its first step."""
        self.go_to(TEST)
        self._skip_tour()
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
                    title=self.tr("Then set your HIT types"),
                    text=self.tr(
                        "A test sets nothing. Add your account here; then the page HIT types sets which of them tell "
                        "that place. {help} explains the page in sight."
                    ).format(help=keys_text(QKeySequence.StandardKey.HelpContents)),
                    target=self.bar.combo,
                ),
            ),
            self,
        )
        tour.over.connect(self._tour_over)
        self.navigation.add_below(tour, tour.next)
        self.setTabOrder(tour.next, tour.skip)
        tour.begin()

    def _tour_past_sending(self) -> None:
        if self.tour is not None:
            self.tour.done(self.test_page.form.send)

    def _show_sending(self) -> None:
        if self.history.page is not None and self.sending is not None:
            self.history.page.show_sending(is_sending=self.sending.is_testing)

    def _skip_tour(self) -> None:
        if self.tour is not None:
            self.tour.end()

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
        page.repeat_requested.connect(self.links.repeat)
        page.fill_requested.connect(self.links.fill_form)
        page.again_requested.connect(self.links.send_again)
        page.undo_requested.connect(self.links.undo_change)
        page.undo_asked_about.connect(self.links.look_up_undo)
        page.left_out_asked_about.connect(self.links.look_up_left_out)
        page.mend_requested.connect(self.links.mend_row)
        page.inbox_requested.connect(self.links.show_sent)
        page.go_to_test_requested.connect(partial(self.go_to, TEST))
        page.remedy_requested.connect(self.remedies.do)
        page.show_sending(is_sending=self.sending is not None and self.sending.is_testing)
        return page

    def _make_hit_types_page(self) -> HitTypesPage | None:
        program, session = self._program, self._program.session
        if session is None:
            return None
        from notification_tester.qt.hit_types.page import HitTypesPage

        page = HitTypesPage(
            program.tasks,
            session.hit_types,
            form_spec=self.links.form_spec,
            presets=lambda: None if program.session is None else program.session.presets,
            record_problem=session.history_problem,
        )
        page.view.table.restore_columns(self._preferences.get(HIT_TYPE_COLUMNS))
        page.view.table.columns_changed.connect(self._keep_columns)
        page.test_requested.connect(self.links.test)
        page.inbox_requested.connect(partial(self.links.find, INBOX))
        page.history_requested.connect(partial(self.links.find, HISTORY))
        page.remedy_requested.connect(self.remedies.do)
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

        page = InboxPage(self.inbox_controller, self._program.tasks)
        page.go_to_test_requested.connect(partial(self.go_to, TEST))
        page.remedy_requested.connect(self.remedies.do)
        page.send_here_requested.connect(self.links.send_here)
        page.come_forward_requested.connect(self.links.show_inbox)
        page.history_requested.connect(partial(self.links.find, HISTORY))
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

    def _ask_code(self, question: CodeQuestion) -> None:
        """Ask above whatever is open, because a call of it may be the one that waits."""
        from notification_tester.qt.widgets.code_dialog import CodeDialog

        CodeDialog(question, QApplication.activeModalWidget() or self.window()).open()
        QApplication.alert(self.window())

    def _session_ready(self) -> None:
        session = self._program.session
        if session is not None and session.history_problem is not None:
            self.say(session.history_problem)

    def _accounts_changed(self) -> None:
        self.bar.set_accounts(self._program.accounts, self.shown_account)

    @property
    def shown_account(self) -> Account:
        """The account that is wanted; where it is open, as it was opened, whatever stands under its name by now."""
        current, wanted = self._program.current, self._program.wanted
        return current.account if current is not None and current.account.kept_as == wanted.kept_as else wanted

    def _accounts_from_bar(self) -> None:
        self.bar.show_current(self.shown_account)
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
        is_practice = account == PRACTICE
        self.problems.take_back(_NOT_OPEN[is_practice], account)
        self._may_show_tour = self._may_show_tour and is_practice
        self.bar.state.setText(self.tr("Practice is starting…") if is_practice else self.tr("Opening…"))
        self.test_page.show_opening()

    def _opened(self, opened: OpenAccount) -> None:
        self.bar.state.setText("")
        self.bar.show_current(opened.account)
        self._state.remember_account(opened.account.kept_as)
        self.test_page.show_account(opened, self._state.form(opened.account.kept_as))
        if self.history.page is not None:
            self.history.page.ask_about_undo()
        in_next_turn(self, self.links.go_on)  # once every page shows the account
        if self._may_show_tour:
            in_next_turn(self, self._offer_tour)
        self._may_show_tour = False
        self._what_arrived.start()  # the first test may be over before the window was ever idle
        self._read_when_idle(self._program.tasks.is_busy)

    def _read_when_idle(self, busy: bool) -> None:
        """Read ahead only while nothing is under way: a test wants the window's time, and Python's lock, for itself."""
        if busy:
            self.read_ahead.stop()
        elif self._program.current is not None and self._what_arrived.is_over:
            self.read_ahead.start()

    def _open_failed(self, account: Account, problem: Problem) -> None:
        self.links.give_up()
        self.problems.show_account(account)
        self.bar.state.setText(self.tr("Not open"))
        self.test_page.show_not_open()
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
            self.remedies.do(remedy)

    def say(self, problem: Problem, owner: Account | None = None) -> None:
        """Say what concerns the whole window, with the button for the likeliest remedy that there is one for."""
        text, key = next(iter(remedy_buttons(problem)), ("", ""))
        self.problems.say(problem, owner, action=text, key=key)

    def _history_put_aside(self, told: Problem) -> None:
        """No page says any longer that it lies where it was, nor offers once more what was done."""
        if self.history.page is not None:
            self.history.page.set_history(None, told)
        if self.hit_types.page is not None:
            self.hit_types.page.show_record_problem(told)

    def _row_changed(self, row_id: int) -> None:
        if self.history.page is not None:
            self.history.page.row_changed(row_id)

    def _forget_old(self) -> None:
        """Remove what is older than the person wants it to be kept."""
        if (days := self._preferences.get(KEEP_LISTS)) != KEEP_LISTS.default:
            self.inbox_controller.remove_older(int(days))
        days = self._preferences.get(KEEP)
        if days != KEEP.default:
            self._program.forget_seen(int(days), done=lambda _: None, failed=self.say)

    def _shortened(self) -> None:
        if self.history.page is not None:
            self.history.page.look_again()
