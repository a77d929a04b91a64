# SPDX-License-Identifier: MIT
"""Where the page HIT types will be: makes it when it is first seen, and keeps it with the account that is open."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from notification_tester.domain.problem import ProblemError
from notification_tester.storage.preferences import HIT_TYPE_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QShowEvent

    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.qt.hit_types.page import HitTypesPage
    from notification_tester.qt.notification.preset_menu import PresetStore
    from notification_tester.qt.session import Program
    from notification_tester.storage.preferences import Preferences

PAUSE_MILLISECONDS = 400
"""After the last change of a column's width, before it is written down."""


class HitTypesPlace(QWidget):
    """Light, so that the window is there at once; the page and what it needs are read when a person goes there.

    ``form_spec`` reads the form of the Test page, and may raise ProblemError.
    """

    test_requested = Signal(object)  # NotificationSpec
    accounts_requested = Signal()

    def __init__(
        self,
        program: Program,
        preferences: Preferences,
        form_spec: Callable[[], NotificationSpec],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._program = program
        self._preferences = preferences
        self._form_spec = form_spec
        self.page: HitTypesPage | None = None
        QVBoxLayout(self).setContentsMargins(0, 0, 0, 0)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MILLISECONDS)
        self._pause.timeout.connect(self._remember_columns)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._made)
        program.left.connect(lambda _: self._no_account())
        program.opened.connect(lambda _: self._account_changed())
        program.open_failed.connect(lambda *_: self._account_changed())
        program.session_ready.connect(self._make_if_seen)
        program.closing.connect(self._stop)

    def offer(self) -> None:
        """A specification was just tested, and is the first that can be applied: say so."""
        page = self._made()
        if page is not None:
            page.offer()

    def may_close(self, then: Callable[[], object]) -> bool:
        """Whether nothing is being sent. Otherwise ask; ``then`` is called once a run that was to stop has ended."""
        if self.page is None or not self.page.is_running:
            return True
        self.page.ask_to_stop(then)
        return False

    def showEvent(self, event: QShowEvent) -> None:
        """Make the page when it is first seen: once the place is, so that neither keeps the window for long."""
        super().showEvent(event)
        self._soon.start()

    def _make_if_seen(self) -> None:
        if self.isVisible():
            self._made()

    def _made(self) -> HitTypesPage | None:
        session = self._program.session
        if self.page is not None or session is None:
            return self.page
        from notification_tester.qt.hit_types.page import HitTypesPage
        from notification_tester.qt.hit_types.record_files import LedgerFiles

        files = None if session.ledger is None else LedgerFiles(session.ledger)
        page = self.page = HitTypesPage(
            self._program.tasks,
            session.hit_types,
            form_spec=self._spec_or_none,
            presets=self._presets,
            files=files,
            record_problem=session.history_problem,
        )
        page.restore_columns(self._preferences.get(HIT_TYPE_COLUMNS))
        page.columns_changed.connect(self._pause.start)
        page.test_requested.connect(self.test_requested)
        page.accounts_requested.connect(self.accounts_requested)
        page.new_history_requested.connect(self._program.put_history_aside)
        page.stopped.connect(self._program.notice)
        page.later.connect(self._program.account_notice)
        layout = self.layout()
        if layout is not None:
            layout.addWidget(page)
        page.show_account(self._program.current)
        return page

    def _no_account(self) -> None:
        if self.page is not None:
            self.page.show_account(None)

    def _account_changed(self) -> None:
        if self.page is not None:
            self.page.show_account(self._program.current)

    def _spec_or_none(self) -> NotificationSpec | None:
        try:
            return self._form_spec()
        except ProblemError:
            return None

    def _presets(self) -> PresetStore | None:
        return None if self._program.session is None else self._program.session.presets

    def _remember_columns(self) -> None:
        if self.page is not None:
            self._program.tasks.run(
                partial(self._preferences.set, HIT_TYPE_COLUMNS, self.page.save_columns()),
                done=lambda _: None,
                failed=lambda _: None,
            )

    def _stop(self) -> None:
        self._pause.stop()
        if self.page is not None:
            self.page.work.stop_all()
