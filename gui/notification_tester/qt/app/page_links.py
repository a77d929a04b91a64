# SPDX-License-Identifier: MIT
"""What leads from one page to another: what was found there, sent again, taken back, or is to be mended.

Where another account is needed, that is opened first, and what was asked for goes on once it is open.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from notification_tester.domain.destination import QueueAddress, TopicAddress, Transport
from notification_tester.domain.problem import ProblemError, Remedy, remedy_of
from notification_tester.domain.web_address import WebAddress
from notification_tester.qt.app.navigation import HISTORY, HIT_TYPES, INBOX, TEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notification_tester.domain.account import Account
    from notification_tester.domain.destination import Destination
    from notification_tester.domain.hit_type import HitTypeId
    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.domain.specifications.imported import ImportedSpecification
    from notification_tester.qt.app.workspace import Workspace
    from notification_tester.qt.session import Program
    from notification_tester.services.hit_types.bulk_types import Undoable
    from notification_tester.storage.rows import HistoryRow, HistorySummary


class PageLinks(QObject):
    """Leads to the pages of ``workspace``, which makes them when they are first wanted."""

    def __init__(self, workspace: Workspace, program: Program) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._program = program
        self._to_mend: tuple[HistoryRow, str] | None = None  # once its account is open
        self._to_reapply: tuple[Account, Sequence[HitTypeId]] | None = None

    def go_on(self) -> None:
        """An account is open, and every page shows it: what waited for it goes on."""
        self._reapply_where_open()
        self._mend_where_open()

    def give_up(self) -> None:
        """Mend nothing more: its dialog would open by itself when the account is opened some other day."""
        self._to_mend = None

    def find(self, key: str, words: str) -> None:
        """Show a page with what it finds by these words."""
        self._workspace.go_to(key)
        page = (self._workspace.inbox if key == INBOX else self._workspace.history).made()
        if page is not None:
            page.filter.clear()
            page.filter.search.setText(words)
        inbox = self._workspace.inbox.page
        if key == INBOX and inbox is not None:
            inbox.show_list()

    def show_changes(self, destination: Destination) -> None:
        """Show what the account that is open changed at a destination, the newest first, where it is taken back."""
        from notification_tester.storage.queries import CHANGES, Place

        current = self._program.current
        self._workspace.go_to(HISTORY)
        page = self._workspace.history.made()
        if page is not None and current is not None:
            environment = current.account.environment.value
            page.filter.clear()
            page.filter.choose_kind(CHANGES)
            page.filter.choose_place(Place(destination.transport.value, destination.text, environment))

    def use_for_hit_types(self, destination: Destination) -> None:
        """Offer for HIT types what was tested there."""
        self._workspace.go_to(HIT_TYPES)
        page = self._workspace.hit_types.made()
        if page is not None:
            page.offer(destination.name)

    def test(self, spec: NotificationSpec) -> None:
        """Fill the form of the page Test with a specification."""
        self._workspace.test_page.fill(spec)
        self._workspace.go_to(TEST)

    def send_here(self, url: str) -> None:
        """Fill it with the receiver on this computer."""
        self._workspace.test_page.send_to(url)
        self._workspace.go_to(TEST)

    def receive_here(self, port: int) -> None:
        """Offer to receive on this computer, at a port."""
        self._workspace.go_to(INBOX)
        page = self._workspace.inbox.made()
        if page is not None:
            page.offer_receiver(port)

    def show_inbox(self) -> None:
        """Show what arrived, in front of other windows."""
        self._workspace.come_forward_requested.emit()
        self._workspace.go_to(INBOX)

    def show_sent(self, row: HistoryRow, words: str) -> None:
        """Show the inbox, with the list of the place of a test, or the form to follow it."""
        self._workspace.go_to(INBOX)
        page = self._workspace.inbox.made()
        if page is not None:
            page.show_place(Transport(row.transport), row.destination, words)

    def show_arrived(self, target: Destination | WebAddress, words: str) -> None:
        """The same of what was sent on the page Test."""
        self._workspace.go_to(INBOX)
        page = self._workspace.inbox.made()
        if page is None:
            return
        if isinstance(target, QueueAddress | TopicAddress):
            page.show_place(target.transport, target.text, words)
        elif isinstance(target, WebAddress):
            page.show_receiver(target.port, words)

    def set_opened(self, found: ImportedSpecification) -> None:
        """The HIT type of a specification that was opened, with what it says of it."""
        self._workspace.go_to(HIT_TYPES)
        page = self._workspace.hit_types.made()
        if page is not None and found.hit_type_id is not None:
            spec = found.specification() if found.has_specification else None
            page.set_opened(found.hit_type_id, spec, active=found.active)

    def form_spec(self) -> NotificationSpec | None:
        """What the form of the page Test says; None where it is not filled in."""
        try:
            return self._workspace.test_page.form.spec()
        except ProblemError:
            return None

    def fill_form(self, row: HistoryRow) -> None:
        """Fill the form of the page Test with a row, for the account that is open."""
        self._workspace.test_page.repeat(row)
        self._workspace.go_to(TEST)

    def repeat(self, row: HistoryRow) -> None:
        """Fill the form for the account that the test was sent with; where that is gone, not before it was said."""
        if row.is_from_here and not row.account:  # no account's keys were needed
            self.fill_form(row)
            return
        account = self._account_of(row)
        if account is None:
            return
        if self._is_open(account):
            self.fill_form(row)
        else:
            self._program.open(account)
            self._workspace.test_page.repeat_when_open(row)
            self._workspace.go_to(TEST)

    def send_again(self, row: HistoryRow, run: Sequence[HistorySummary]) -> None:
        """Send it with the account that is open; with another one, that is opened first, and the form filled."""
        from notification_tester.storage.rows import is_of

        current = self._program.current
        needs_none = row.is_from_here and not row.account
        if needs_none or (current is not None and is_of(row, current.account)):
            self._workspace.test_page.send_again(row, run=run)
            self._workspace.go_to(TEST)
        else:
            self.repeat(row)

    def undo_change(self, row: HistoryRow) -> None:
        """Show what would be put back, where the change was made; the page History says why nothing can be."""
        from notification_tester.storage.rows import MEND_KIND

        page, opened, program = self._workspace.history.page, self._program.current, self._program
        checkup = self._workspace.checkup
        if page is None or opened is None or checkup is None:
            return
        page.problem.clear()
        if row.kind == MEND_KIND:
            found_none = partial(page.show_no_way_back, row.id)
            checkup.undo_of(row, found=partial(page.show_way_back, row.id), failed=found_none)
            return

        def found(undoable: Undoable) -> None:
            self._workspace.go_to(HIT_TYPES)
            hit_types = self._workspace.hit_types.made()
            if hit_types is not None:
                hit_types.undo_for(undoable, cancelled=cancelled)

        def cancelled() -> None:
            if program.current is opened:
                self._workspace.go_to(HISTORY)

        program.ask(
            lambda session: session.hit_types.undo_of(opened, row),
            done=program.while_here(found),
            failed=program.while_here(partial(page.show_no_way_back, row.id)),
        )

    def look_up_undo(self, row_ids: Sequence[int]) -> None:
        """Tell the page History which of its changes have a way back no more, as the account that is open has it."""
        opened, program, page = self._program.current, self._program, self._workspace.history.page
        if opened is None or page is None:
            return
        program.ask(
            lambda session: session.replaced(opened, row_ids),
            done=program.while_here(partial(page.show_replaced, row_ids)),
            failed=lambda _: None,  # then it is found out when it is asked for
        )

    def look_up_left_out(self, row: HistoryRow) -> None:
        """Tell the page History which HIT types of a change an undo would leave as they are, and why."""
        opened, program, page = self._program.current, self._program, self._workspace.history.page
        if opened is None or page is None:
            return
        program.ask(
            lambda session: session.hit_types.left_out(opened, row),
            done=program.while_here(partial(page.show_left_out, row.id)),
            failed=lambda _: None,  # the preview of the undo says it, or why there is none
        )

    def mend_row(self, row: HistoryRow, key: str) -> None:
        """Do something about the problem of a row, with its account and place; where that is gone, it is said."""
        account = self._account_of(row)
        if account is None:
            return
        if key == Remedy.CHANGE_KEYS:  # with the old ones it may not open at all
            self._workspace.accounts.open(replace_keys_of=account.name)
            return
        self._to_mend = row, key
        if self._is_open(account):
            self._mend_where_open()
        else:
            self._program.open(account)
            self._workspace.go_to(TEST)

    def reapply(self, account: Account, ids: Sequence[HitTypeId]) -> None:
        """What was set with the former keys of an account, again; it is opened first where another one is."""
        self._to_reapply = account, ids
        if self._is_open(account):
            self._reapply_where_open()
        else:
            self._program.open(account)

    def _account_of(self, row: HistoryRow) -> Account | None:
        """The account with which a row was made; None where it is gone, which the page History says then."""
        from notification_tester.storage.rows import is_of

        account = next((one for one in self._program.accounts if is_of(row, one)), None)
        page, current = self._workspace.history.page, self._program.current
        if account is None and page is not None:
            page.show_account_gone(row, None if current is None else current.account)
        return account

    def _is_open(self, account: Account) -> bool:
        """Whether it is the account on top, whatever it is called by now."""
        current = self._program.current
        return current is not None and current.account.is_renamed(account)

    def _mend_where_open(self) -> None:
        from notification_tester.storage.rows import TEST_KIND, is_of

        current, wanted = self._program.current, self._to_mend
        self._to_mend = None
        if current is None or wanted is None or not is_of(wanted[0], current.account):
            return
        row, key = wanted
        if row.kind == TEST_KIND:
            self._workspace.go_to(TEST)
            if not self._workspace.test_page.repeat(row):
                return
        remedy, spec = remedy_of(key), self.form_spec()
        if remedy is Remedy.ADD_EVENT:
            page = self._workspace.test_page
            page.add_event(page.form.state().event)  # which is that of the row
        elif remedy is not None:
            self._workspace.remedies.do(remedy)
        elif spec is not None and self._workspace.checkup is not None:
            self._workspace.checkup.mend(spec.destination)

    def _reapply_where_open(self) -> None:
        current, wanted = self._program.current, self._to_reapply
        if current is None or wanted is None:
            return
        self._to_reapply = None
        if current.account.is_renamed(wanted[0]):
            self._workspace.go_to(HIT_TYPES)
            page = self._workspace.hit_types.made()
            if page is not None:
                page.reapply(wanted[1])
