# SPDX-License-Identifier: MIT
"""One window for each person: a second start raises the first and ends.

The first holds a lock on a file in the person's own data folder, which the system drops however the program ends, and
listens on a local socket where later starts knock. The socket has a name that nobody can guess, in a folder where this
person alone can write (a pipe of Windows lets in this person alone), and the file says where it is. It is opened once
the window is painted: who comes earlier knocks for a while. Where the folder cannot be written, every start is the
first.

Source of the folder: XDG Base Directory Specification, ``XDG_RUNTIME_DIR``.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QDeadlineTimer, QObject, QThread, Signal

from notification_tester.domain.problem import ProblemError
from notification_tester.storage.disk import private_folder
from notification_tester.storage.ownership import WINDOW_LOCK, HeldFile, hard_to_guess

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer

KNOCK_MILLISECONDS = 5000
"""How long a later start knocks before it takes the first for dead."""

LONGEST_ADDRESS = 103
"""Bytes of a socket's path: what macOS takes; Linux takes four more (``sun_path`` in unix(4) and unix(7))."""

_NAME = "mturk-window-"
_SOCKET = re.compile(rf"{_NAME}[0-9a-f]{{16}}")


class SingleInstance(QObject):
    """The place where later starts knock; ``raised`` when one did."""

    raised = Signal()

    def __init__(self, data: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._data = data
        self._file = data / WINDOW_LOCK
        self._lock: HeldFile | None = None
        self._server: QLocalServer | None = None

    def is_first(self) -> bool:
        """Whether no other window of this person is open; where one is, it was asked to come to the front."""
        try:
            private_folder(self._data)
            self._lock = HeldFile.hold(self._file)
        except (ProblemError, OSError):
            return True
        if self._lock is None:
            return not self._knock()
        _remove_socket(HeldFile.words_in(self._file))
        return True

    def listen(self) -> None:
        """Let later starts knock, from now on."""
        if self._lock is None:
            return  # nobody would know where
        from PySide6.QtNetwork import QLocalServer

        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._someone_knocks)
        self._server = server
        with suppress(OSError):  # no room for a folder: then nobody can knock, and a second window opens
            if server.listen(_new_address(self._data)):
                self._lock.write(server.fullServerName())

    def close(self) -> None:
        """Stop listening, and let the next be first."""
        if self._server is not None:
            self._server.close()
            _remove_socket(self._server.fullServerName())
        if self._lock is not None:
            self._lock.close()

    def _knock(self) -> bool:
        from PySide6.QtNetwork import QLocalSocket

        _let_others_come_forward()
        deadline = QDeadlineTimer(KNOCK_MILLISECONDS)
        while not deadline.hasExpired():
            if address := HeldFile.words_in(self._file):
                socket = QLocalSocket()
                socket.connectToServer(address)
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


def _let_others_come_forward() -> None:
    """On Windows only whom a person has just started may put a window before the others, or who is let by that one.

    Source: "AllowSetForegroundWindow" in Microsoft's Win32 reference; ``ASFW_ANY`` is -1.
    """
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.AllowSetForegroundWindow(ctypes.c_uint32(0xFFFFFFFF))


def _new_address(data: Path) -> str:
    """Where to listen: the system's folder for this session, our own, or a new one for the socket alone."""
    name = f"{_NAME}{hard_to_guess()}"
    if sys.platform == "win32":
        return name
    for folder in (Path(os.environ.get("XDG_RUNTIME_DIR", "")), data):
        address = folder / name
        if _is_private(folder) and len(os.fsencode(address)) <= LONGEST_ADDRESS:
            return str(address)
    import tempfile

    return str(Path(tempfile.mkdtemp(prefix=_NAME)) / name)


def _is_private(folder: Path) -> bool:
    """Whether this person alone can look and write there."""
    if not folder.is_absolute():
        return False
    try:
        there = folder.stat()
    except OSError:
        return False
    return stat.S_ISDIR(there.st_mode) and there.st_uid == os.getuid() and not there.st_mode & 0o077


def _remove_socket(address: str) -> None:
    """Remove what is left of a place to knock that nobody listens at any more: after a crash the file stays."""
    path = Path(address)
    if sys.platform == "win32" or not path.is_absolute() or not _SOCKET.fullmatch(path.name):
        return
    with suppress(OSError):
        there = path.lstat()
        if stat.S_ISSOCK(there.st_mode) and there.st_uid == os.getuid():
            path.unlink()
    if path.parent.name.startswith(_NAME):
        with suppress(OSError):
            path.parent.rmdir()
