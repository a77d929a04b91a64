# SPDX-License-Identifier: MIT
"""Where the page Inbox will be: makes it when it is first seen, and keeps it with the account that is open."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from notification_tester.storage.preferences import INBOX_NOTICES, INBOX_PLACES

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from notification_tester.domain.account import Account
    from notification_tester.qt.inbox.desk import InboxDesk
    from notification_tester.qt.inbox.page import InboxPage
    from notification_tester.qt.session import Program
    from notification_tester.storage.preferences import Preferences, Setting

Value = TypeVar("Value", bool, dict[str, Any])


class InboxPlace(QWidget):
    """Light, so that the window is there at once; following goes on while another page is shown."""

    go_to_test_requested = Signal()
    come_forward_requested = Signal()

    def __init__(self, program: Program, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._program = program
        self._preferences = preferences
        self.page: InboxPage | None = None
        self.desk: InboxDesk | None = None
        QVBoxLayout(self).setContentsMargins(0, 0, 0, 0)
        program.left.connect(self._leave)
        program.opened.connect(lambda _: self._account_changed())
        program.open_failed.connect(lambda *_: self._account_changed())
        program.forgotten.connect(self._forget)
        program.session_ready.connect(self._make_if_seen)
        program.closing.connect(self._stop)

    def showEvent(self, event: QShowEvent) -> None:
        """Make the page when it is first seen."""
        super().showEvent(event)
        self._make()

    def _make_if_seen(self) -> None:
        if self.isVisible():
            self._make()

    def _make(self) -> None:
        if self.page is not None or self._program.session is None:
            return
        from notification_tester.qt.inbox.desk import InboxDesk
        from notification_tester.qt.inbox.page import InboxPage

        desk = self.desk = InboxDesk(self._program, self)
        page = self.page = InboxPage(desk, self._program.tasks)
        page.restore(self._preferences.get(INBOX_PLACES), notices=self._preferences.get(INBOX_NOTICES))
        page.remembered.connect(partial(self._keep, INBOX_PLACES))
        page.notices_changed.connect(partial(self._keep, INBOX_NOTICES))
        page.go_to_test_requested.connect(self.go_to_test_requested)
        page.come_forward_requested.connect(self.come_forward_requested)
        layout = self.layout()
        if layout is not None:
            layout.addWidget(page)
        page.show_account(self._program.current)

    def _leave(self, wanted: Account) -> None:
        if self.page is not None:
            self.page.leave(wanted)

    def _account_changed(self) -> None:
        if self.page is not None:
            self.page.show_account(self._program.current)

    def _forget(self, name: str) -> None:
        if self.page is not None:
            self.page.forget_account(name)
            return
        places = self._preferences.get(INBOX_PLACES)
        if places.pop(name, None) is not None:
            self._keep(INBOX_PLACES, places)

    def _keep(self, setting: Setting[Value], value: Value) -> None:
        self._program.tasks.run(
            partial(self._preferences.set, setting, value), done=lambda _: None, failed=lambda _: None
        )

    def _stop(self) -> None:
        if self.desk is not None:
            self.desk.close()
