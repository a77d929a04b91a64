# SPDX-License-Identifier: MIT
"""Ctrl-C in the terminal, its being closed and the system's polite request to end close the window as a person would.

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

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name))
"""No system has all of them; SIGBREAK is Ctrl-Break of Windows, and its console being closed."""


class EndedBySignals(QObject):
    """From construction to :meth:`close`, a signal ends the application's loop, and what comes after is left alone.

    A terminal that is closed and a service manager may send a second one, while what was lent is given back.
    """

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self._ours, self._others = socket.socketpair()
        self._ours.setblocking(False)
        self._others.setblocking(False)
        # One that was ignored when the program began stays so, as “nohup” wants it.
        heeded = [number for number in SIGNALS if signal.getsignal(number) not in {signal.SIG_IGN, None}]
        self._before = {number: signal.signal(number, self._noticed) for number in heeded}
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
