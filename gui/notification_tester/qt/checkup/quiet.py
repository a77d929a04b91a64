# SPDX-License-Identifier: MIT
"""The checkup that nobody asked for: some time after a destination is complete, one at a time, and never during a test.

An answer for a destination that is not wanted any more is dropped.
"""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from notification_tester.domain.checkup_report import CheckupReport
    from notification_tester.domain.destination import Destination
    from notification_tester.domain.problem import Problem
    from notification_tester.services.accounts import OpenAccount

    class Check(Protocol):
        """Looks at a destination on another thread, and answers on this one."""

        def __call__(
            self,
            opened: OpenAccount,
            destination: Destination,
            *,
            ask_permissions: bool,
            stop: threading.Event,
            done: Callable[[CheckupReport], None],
            failed: Callable[[Problem], None],
        ) -> None:
            """Begin."""


PAUSE = 700
"""Milliseconds without a change after which a destination counts as complete: while typing, most starts are one too."""


class QuietCheck(QObject):
    """Emits ``checked(CheckupReport)`` for what is wanted now."""

    checked = Signal(object)
    begun = Signal()  # nothing is known, and it is being looked
    given_up = Signal()  # it is not looked any more, and nothing was found

    def __init__(self, check: Check, parent: QObject | None = None, *, pause: int = PAUSE) -> None:
        super().__init__(parent)
        self._check = check
        self._wanted: tuple[OpenAccount, Destination] | None = None
        self._running: threading.Event | None = None
        self._is_held = False
        self._is_fresh = False
        self.report: CheckupReport | None = None
        self._pause = QTimer(self, interval=pause, singleShot=True)
        self._pause.timeout.connect(self._begin)

    @property
    def wanted(self) -> tuple[OpenAccount, Destination] | None:
        """What is looked at, or will be."""
        return self._wanted

    def want(self, opened: OpenAccount | None, destination: Destination | None) -> None:
        """Look at this from now on; at nothing, where a part is missing. The same once more changes nothing."""
        wanted = None if opened is None or destination is None else (opened, destination)
        now = self._wanted
        if wanted is not None and now is not None and wanted[0] is now[0] and wanted[1] == now[1]:
            return
        self._wanted = wanted
        self.again()

    def again(self) -> None:
        """What was found does not count any more: forget it, and look again."""
        self.report = None
        self.refresh()

    def refresh(self, *, at_once: bool = False) -> None:
        """Look again, after a pause or ``at_once``; what was found stays until then."""
        self._is_fresh = False
        self._drop()
        if self._wanted is not None and not self._is_held:
            if at_once:
                self._begin()
            else:
                self._pause.start()

    def take(self, report: CheckupReport) -> None:
        """Somebody asked for a checkup of the same and got this, which says more."""
        self._drop()
        self._keep(report)

    def hold(self, held: bool) -> None:
        """While a test is under way nothing is looked at; what was not found by then is looked for afterwards."""
        self._is_held = held
        if held:
            self._drop()
        elif self._wanted is not None and not self._is_fresh:
            self._pause.start()

    def stop(self) -> None:
        """Look at nothing any more."""
        self._wanted = None
        self._drop()

    def _keep(self, report: CheckupReport) -> None:
        self.report, self._is_fresh = report, True
        self.checked.emit(report)

    def _drop(self) -> None:
        self._pause.stop()
        if self._running is not None:
            self._running.set()
            if self.report is None:
                self.given_up.emit()

    def _begin(self) -> None:
        if self._running is not None or self._wanted is None or self._is_held:
            return  # what runs was told to stop, and its answer begins the next
        self._running = stop = threading.Event()
        if self.report is None:
            self.begun.emit()
        opened, destination = self._wanted
        self._check(
            opened,
            destination,
            ask_permissions=False,
            stop=stop,
            done=partial(self._answered, stop),
            failed=partial(self._failed, stop),
        )

    def _answered(self, stop: threading.Event, report: CheckupReport) -> None:
        self._running = None
        if stop.is_set():
            self._next()
            return
        self._keep(report)

    def _failed(self, stop: threading.Event, problem: Problem) -> None:
        del problem  # a bug, which has been reported; a window that asked for nothing says nothing
        self._running = None
        if self.report is None:
            self.given_up.emit()
        else:
            self.checked.emit(self.report)  # what was found before stands
        if stop.is_set():
            self._next()

    def _next(self) -> None:
        if self._wanted is not None and not self._is_fresh and not self._pause.isActive():
            self._begin()
