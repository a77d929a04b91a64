# SPDX-License-Identifier: MIT
"""What the window remembers between two starts; written off the main thread, a moment after the last change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QByteArray, QObject, QTimer

from notification_tester.domain.problem import ProblemError
from notification_tester.storage.preferences import (
    HISTORY_LAYOUT,
    LAST_ACCOUNT,
    LAST_FORM,
    REMOVE_TEST_MESSAGE,
    WAIT_SECONDS,
    WINDOW_GEOMETRY,
    Setting,
)

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMainWindow

    from notification_tester.qt.background import Tasks
    from notification_tester.qt.notification.form_state import FormState
    from notification_tester.storage.preferences import Preferences

Value = TypeVar("Value", bool, int, str, dict[str, Any])

PAUSE_MILLISECONDS = 400
MOST_FORMS = 50


class WindowState(QObject):
    """Window place, layout of the history, last account, and the form of each account."""

    def __init__(self, preferences: Preferences, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._tasks = tasks
        self._forms: dict[str, Any] = preferences.get(LAST_FORM)
        self.history_layout = preferences.get(HISTORY_LAYOUT)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MILLISECONDS)
        self._pause.timeout.connect(self._write_forms)

    @property
    def last_account(self) -> str:
        """The name of the account that was open; empty at the first start."""
        return self._preferences.get(LAST_ACCOUNT)

    def remember_account(self, name: str) -> None:
        """This one is open now."""
        self._keep(LAST_ACCOUNT, name)

    def form(self, account_name: str) -> FormState:
        """The form as it was left for an account, or a fresh one with the person's own defaults."""
        from notification_tester.qt.notification.form_state import FormState

        kept = self._forms.get(account_name)
        if kept is None:
            return FormState(
                wait_seconds=self._preferences.get(WAIT_SECONDS),
                remove_afterwards=self._preferences.get(REMOVE_TEST_MESSAGE),
            )
        return FormState.from_json(kept)

    def remember_form(self, account_name: str, state: FormState) -> None:
        """Keep the form of an account; only the newest fifty accounts are kept."""
        self._forms.pop(account_name, None)
        self._forms[account_name] = state.as_json()
        while len(self._forms) > MOST_FORMS:
            del self._forms[next(iter(self._forms))]
        self._pause.start()

    def forget_form(self, account_name: str) -> None:
        """An account was forgotten; another may come under its name."""
        if self._forms.pop(account_name, None) is not None:
            self._pause.start()

    def restore_window(self, window: QMainWindow) -> bool:
        """Put the window where it was; False when nothing is known of that."""
        kept = self._preferences.get(WINDOW_GEOMETRY)
        return bool(kept) and window.restoreGeometry(QByteArray.fromBase64(kept.encode()))

    def finish(self, window: QMainWindow) -> None:
        """Write what is not written yet; called once, when the window closes."""
        self._pause.stop()
        try:
            self._preferences.set(WINDOW_GEOMETRY, bytes(window.saveGeometry().toBase64().data()).decode())
            self._preferences.set(HISTORY_LAYOUT, self.history_layout)
            self._preferences.set(LAST_FORM, self._forms)
        except ProblemError:
            return  # the person was told when the disk first refused, and is leaving

    def _write_forms(self) -> None:
        self._keep(LAST_FORM, dict(self._forms))

    def _keep(self, setting: Setting[Value], value: Value) -> None:
        self._tasks.run(self._preferences.keeping(setting, value), done=lambda _: None, failed=lambda _: None)
