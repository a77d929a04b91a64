# SPDX-License-Identifier: MIT
"""One window for each person: a second start raises the first and ends.

The first listens on a local socket named after the person's own data folder; a socket that a crash left behind is
recognised by nobody answering there, and replaced.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

if TYPE_CHECKING:
    from pathlib import Path

ANSWER_MILLISECONDS = 1000


class SingleInstance(QObject):
    """The place where later starts knock; ``raised`` when one did."""

    raised = Signal()

    def __init__(self, data: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = f"mturk-notification-tester-{hashlib.sha256(str(data).encode()).hexdigest()[:16]}"
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._someone_knocks)

    def is_first(self) -> bool:
        """Whether no other window of this person is open; where one is, it was asked to come to the front."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if socket.waitForConnected(ANSWER_MILLISECONDS):
            socket.disconnectFromServer()
            return False
        if not self._server.listen(self._name):
            # A crash leaves the socket's file behind on Unix; nobody answered there.
            QLocalServer.removeServer(self._name)
            self._server.listen(self._name)
        return True

    def close(self) -> None:
        """Stop listening."""
        self._server.close()

    def _someone_knocks(self) -> None:
        while self._server.hasPendingConnections():
            connection = self._server.nextPendingConnection()
            connection.disconnected.connect(connection.deleteLater)
            connection.disconnectFromServer()
        self.raised.emit()
