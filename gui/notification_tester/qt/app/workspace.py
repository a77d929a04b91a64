# SPDX-License-Identifier: MIT
"""What fills the window: puts bar, pages and dialogs together, and decides nothing."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from notification_tester import __version__
from notification_tester.domain.account import PRACTICE
from notification_tester.domain.problem import Code, ProblemError
from notification_tester.qt.accounts.controller import AccountsController
from notification_tester.qt.app import read_ahead
from notification_tester.qt.app.late_page import LatePage
from notification_tester.qt.app.navigation import Navigation
from notification_tester.qt.app.problem_bar import ProblemBar
from notification_tester.qt.app.read_ahead import ReadAhead
from notification_tester.qt.app.top_bar import TopBar
from notification_tester.qt.background import in_next_turn
from notification_tester.qt.inbox.controller import InboxController
from notification_tester.qt.widgets import outlines
from notification_tester.qt.widgets.theme import Tone
from notification_tester.storage.preferences import HIT_TYPE_COLUMNS, REMOVE_TEST_MESSAGE, WAIT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from notification_tester.domain.account import Account
    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.domain.problem import Problem
    from notification_tester.domain.specifications.imported import ImportedSpecification
    from notification_tester.qt.app.window_state import WindowState
    from notification_tester.qt.checkup.controller import CheckupController
    from notification_tester.qt.history.page import HistoryPage
    from notification_tester.qt.hit_types.page import HitTypesPage
    from notification_tester.qt.inbox.page import InboxPage
    from notification_tester.qt.sending.controller import SendingController
    from notification_tester.qt.sending.page import TestPage
    from notification_tester.qt.session import Program
    from notification_tester.qt.widgets.code_dialog import CodeQuestion
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.storage.preferences import Preferences, Setting
    from notification_tester.storage.rows import HistoryRow

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
        self.sending: SendingController | None = None  # made with the page Test
        self.checkup: CheckupController | None = None  # made with the page Test
        self._test_frame = QWidget()
        self._around_test_page = QVBoxLayout(self._test_frame)
        self._around_test_page.setContentsMargins(0, 0, 0, 0)
        self.hit_types = LatePage(self._make_hit_types_page)
        self.inbox = LatePage(self._make_inbox_page)
        self.history = LatePage(self._make_history_page)
        self._inbox_controller = InboxController(program, preferences, self)
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
        self.accounts = AccountsController(program, self)
        self._first_page = ReadAhead(read_ahead.FIRST_PAGE, self, pause=0)
        self._result_side = ReadAhead(read_ahead.RESULT, self, pause=0)
        self.read_ahead = ReadAhead(read_ahead.LATER, self)
        self._lay_out()
        self._fill_menu()
        self._connect()
        if preferences.problem is not None:
            self.problems.say(preferences.problem)

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            outlines.strengthen()

    def go_to(self, page: str) -> None:
        """Show a page by its key."""
        self.navigation.go_to(page)

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
            page.mend_requested.connect(checkup.mend)
            checkup.test_requested.connect(page.send_form)
            checkup.changed.connect(page.show_destination_changed)
            page.accounts_requested.connect(self.accounts.open)
            page.receiver_requested.connect(self._receive_here)
            page.form_changed.connect(self._state.remember_form)
            page.hit_types_requested.connect(self._use_for_hit_types)
            page.set_requested.connect(self._set_opened)
            page.older.help_requested.connect(partial(self._open_help, of_older_api=True))
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
        for text, keys, slot in (
            (self.tr("&Accounts…"), "Ctrl+Shift+A", partial(self.accounts.open, add=False)),
            (self.tr("&Preferences…"), "Ctrl+,", self._open_preferences),
            (self.tr("&Help"), "F1", self._open_help),
            (self.tr("&Look for a newer version"), "", self._look_for_newer),
            (self.tr("A&bout"), "", self._open_about),
            (self.tr("&Quit"), "Ctrl+Q", self.window().close),
        ):
            self._add_action(text, keys, slot)

    def _add_action(self, text: str, keys: str, slot: Callable[[], object]) -> None:
        action = QAction(text, self)
        if keys:
            action.setShortcut(QKeySequence(keys))
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
        program.notice.connect(self.problems.say)
        program.account_notice.connect(self.problems.say)
        program.recorded.connect(self._row_changed)
        program.tasks.busy_changed.connect(self._read_when_idle)

    def _make_test_page(self) -> None:
        self.test_page.show()
        self._result_side.start()

    def _make_result_side(self) -> None:
        self.test_page.result.show()
        in_next_turn(self, self._make_table)

    def _make_table(self) -> None:
        self.test_page.result.message.hide()
        in_next_turn(self, self._make_presets)

    def _make_presets(self) -> None:
        self.test_page.add_presets()
        in_next_turn(self, self._show_first_page)

    def _show_first_page(self) -> None:
        chosen = next(key for key, button in self.navigation.buttons.items() if button.isChecked())
        self._show_page(chosen)
        in_next_turn(self, self.completed.emit)

    def _show_page(self, key: str) -> None:
        self._pages.setCurrentWidget(self._frames[key])

    def _make_ahead(self) -> None:
        page = self.history.made()
        if page is not None:
            in_next_turn(page, page.prepare)
        in_next_turn(self, self._make_delivery_ahead)

    def _make_delivery_ahead(self) -> None:
        self.test_page.prepare()

    def _make_history_page(self) -> HistoryPage | None:
        session = self._program.session
        if session is None:
            return None
        from notification_tester.qt.history.page import HistoryPage

        page = HistoryPage(self._program.tasks, session.history, problem=session.history_problem)
        page.restore_state(self._state.history_layout)
        page.repeat_requested.connect(self._repeat)
        page.fill_requested.connect(self._fill_form)
        page.go_to_test_requested.connect(partial(self.go_to, TEST))
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
        page.accounts_requested.connect(self.accounts.open)
        page.new_history_requested.connect(program.replace_history)
        page.controller.stopped.connect(program.notice)
        page.controller.later.connect(program.account_notice)
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
        page.send_here_requested.connect(self._send_here)
        page.come_forward_requested.connect(self._show_inbox)
        return page

    def _keep_columns(self, state: str) -> None:
        self._program.tasks.run(
            partial(self._preferences.set, HIT_TYPE_COLUMNS, state), done=lambda _: None, failed=lambda _: None
        )

    def _form_spec(self) -> NotificationSpec | None:
        """What the form of the page Test says; None where it is not filled in."""
        try:
            return self.test_page.form.spec()
        except ProblemError:
            return None

    def _use_for_hit_types(self) -> None:
        self.go_to(HIT_TYPES)
        page = self.hit_types.made()
        if page is not None:
            page.offer()

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
        from notification_tester.qt.history.model import is_of

        account = next((one for one in self._program.accounts if is_of(row, one)), None)
        current = self._program.current
        if row.is_from_here and not row.account:  # no account's keys were needed
            self._fill_form(row)
        elif account is None:
            if self.history.page is not None:
                self.history.page.show_account_gone(row, None if current is None else current.account)
        elif current is None or current.account != account:
            self._program.open(account)
            self.test_page.repeat_when_open(row)
            self.go_to(TEST)
        else:
            self._fill_form(row)

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
            can_be_replaced = session.history_problem.code == Code.HISTORY_DAMAGED
            self.problems.say(
                session.history_problem,
                action=self.tr("Start a new history") if can_be_replaced else "",
                key="new-history",
            )

    def _accounts_changed(self) -> None:
        self.bar.set_accounts(self._program.accounts, self._shown_account())

    def _shown_account(self) -> Account:
        """The account that is wanted; where it is open, as it was opened, whatever stands under its name by now."""
        current, wanted = self._program.current, self._program.wanted
        return current.account if current is not None and current.account.name == wanted.name else wanted

    def _accounts_from_bar(self) -> None:
        self.bar.show_current(self._shown_account())
        self.accounts.open(add=len(self._program.accounts) == 1)

    def _left(self, account: Account) -> None:
        form = self._state.form(account.name)
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
        self._state.remember_account(opened.account.name)
        self.test_page.show_account(opened, self._state.form(opened.account.name))
        self._read_when_idle(self._program.tasks.is_busy)

    def _read_when_idle(self, busy: bool) -> None:
        """Read ahead only while nothing is under way: a test wants the window's time, and Python's lock, for itself."""
        if busy:
            self.read_ahead.stop()
        elif self._program.current is not None:
            self.read_ahead.start()

    def _open_failed(self, account: Account, problem: Problem) -> None:
        self.problems.show_account(account)
        self.bar.state.setText(self.tr("Not open"))
        is_practice = account == PRACTICE
        self.problems.say(
            problem,
            account,
            tone=Tone.BAD,
            action=self.tr("Start practice again") if is_practice else self.tr("Open Accounts…"),
            key=_NOT_OPEN[is_practice],
        )

    def _act(self, key: str) -> None:
        if key == _NOT_OPEN[True]:
            self._program.open(PRACTICE)
        elif key == _NOT_OPEN[False]:
            self.accounts.open()
        elif key == "new-history":
            self._program.replace_history()

    def _row_changed(self, row_id: int) -> None:
        if self.history.page is not None:
            self.history.page.row_changed(row_id)

    def _open_preferences(self) -> None:
        from notification_tester.qt.help.preferences_dialog import PreferencesDialog

        dialog = PreferencesDialog(self._preferences, self._program.tasks, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.changed.connect(self.setting_changed)
        dialog.changed.connect(self._use_in_form)
        dialog.open()

    def _use_in_form(self, setting: Setting[Any], value: object) -> None:
        """What forms begin with holds for the one in sight too: it was changed by somebody who looks at it."""
        form = self.test_page.form
        if setting.key == WAIT_SECONDS.key and isinstance(value, int):
            form.wait.setValue(value)
        elif setting.key == REMOVE_TEST_MESSAGE.key:
            form.remove.setChecked(bool(value))

    def _open_about(self) -> None:
        from notification_tester.qt.help.about_dialog import AboutDialog

        dialog = AboutDialog(__version__, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.link_requested.connect(self._open_link)
        dialog.open()

    def _open_help(self, *, of_older_api: bool = False) -> None:
        from notification_tester.qt.help.help_dialog import HelpDialog

        HelpDialog(self, pages=len(self.navigation.buttons), of_older_api=of_older_api).open()

    def _open_link(self, key: str) -> None:
        from notification_tester.qt.help.help_dialog import LicenceDialog

        if key == "help":
            self._open_help()
        else:
            LicenceDialog(self, of_others=key == "works-of-others").open()

    def _look_for_newer(self) -> None:
        from notification_tester.qt.help.release_page import ReleasePage, known_address

        problem = ReleasePage(known_address(), self).open()
        if problem is not None:
            self.problems.say(problem)
