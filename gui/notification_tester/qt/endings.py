# SPDX-License-Identifier: MIT
"""Ctrl-C in the terminal and the system's polite request to end close the window as a person would.

While Qt's loop runs, Python notices no signal; its wake-up descriptor (``signal.set_wakeup_fd``) does, and Qt watches
that. On Windows the pair of sockets is watched in the same way.
"""

from __future__ import annotations

import signal
import socket
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSocketNotifier

if TYPE_CHECKING:
    from types import FrameType

    from PySide6.QtWidgets import QApplication

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class EndedBySignals(QObject):
    """From construction to :meth:`close`, a signal ends the application's loop."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self._ours, self._others = socket.socketpair()
        self._ours.setblocking(False)
        self._others.setblocking(False)
        self._before = {number: signal.signal(number, self._noticed) for number in SIGNALS}
        self._descriptor_before = signal.set_wakeup_fd(self._others.fileno())
        self._notifier = QSocketNotifier(self._ours.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._end)

    def close(self) -> None:
        """Leave the signals to whoever had them before."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._descriptor_before)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._ours.close()
        self._others.close()

    def _noticed(self, number: int, frame: FrameType | None) -> None:
        """Python wants a handler; the descriptor does the work."""

    def _end(self) -> None:
        self._ours.recv(64)
        # Not quit(): that asks the window, which asks the person where work is under way, and nobody may be there.
        self._application.exit(0)
