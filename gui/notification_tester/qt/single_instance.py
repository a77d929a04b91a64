# SPDX-License-Identifier: MIT
"""One window for each person: a second start raises the first and ends.

The first holds a lock on a file in the person's own data folder, which the system drops however the program ends, and
listens on a local socket where later starts knock. The socket is opened once the window is painted: who comes earlier
knocks for a while. Where the folder cannot be written, every start is the first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QDeadlineTimer, QLockFile, QObject, QThread, Signal

from notification_tester.domain.problem import ProblemError
from notification_tester.storage.disk import private_folder

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtNetwork import QLocalServer

KNOCK_MILLISECONDS = 5000
"""How long a later start knocks before it takes the first for dead."""


class SingleInstance(QObject):
    """The place where later starts knock; ``raised`` when one did."""

    raised = Signal()

    def __init__(self, data: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._data = data
        self._lock = QLockFile(str(data / "window.lock"))
        self._lock.setStaleLockTime(0)  # only a process that is gone loses it, however long a window was open
        self._server: QLocalServer | None = None

    def is_first(self) -> bool:
        """Whether no other window of this person is open; where one is, it was asked to come to the front."""
        try:
            private_folder(self._data)
        except ProblemError:
            return True
        if self._lock.tryLock(0):
            return True
        if self._lock.error() is not QLockFile.LockError.LockFailedError:
            return True
        return not self._knock()

    def listen(self) -> None:
        """Let later starts knock, from now on."""
        from PySide6.QtNetwork import QLocalServer

        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._someone_knocks)
        # A crash leaves the socket's file behind on Unix; having the lock, we know that nobody listens there.
        QLocalServer.removeServer(self._name())
        server.listen(self._name())
        self._server = server

    def close(self) -> None:
        """Stop listening, and let the next be first."""
        if self._server is not None:
            self._server.close()
        self._lock.unlock()

    def _name(self) -> str:
        import hashlib

        return f"mturk-notification-tester-{hashlib.sha256(str(self._data).encode()).hexdigest()[:16]}"

    def _knock(self) -> bool:
        from PySide6.QtNetwork import QLocalSocket

        deadline = QDeadlineTimer(KNOCK_MILLISECONDS)
        while not deadline.hasExpired():
            socket = QLocalSocket()
            socket.connectToServer(self._name())
            if socket.waitForConnected(deadline.remainingTime()):
                socket.disconnectFromServer()
                return True
            QThread.msleep(20)
        return False

    def _someone_knocks(self) -> None:
        server = self._server
        while server is not None and server.hasPendingConnections():
            connection = server.nextPendingConnection()
            connection.disconnected.connect(connection.deleteLater)
            connection.disconnectFromServer()
        self.raised.emit()
