# SPDX-License-Identifier: MIT
"""Who wrote an unfinished record, and whether that program still runs.

Every start takes a token that nobody had before and holds the system's lock on a file named after it. The system drops
the lock when the process ends, however it ends, so another process finds out by trying: a lock that can be had belongs
to nobody. Process numbers alone would not do: they are used again, and say nothing after the computer was restarted.

POSIX systems: ``flock``, which belongs to the opened file and not, like ``lockf``, to the process. Windows:
``msvcrt.locking`` of the first byte.
"""

from __future__ import annotations

import os
import re
import secrets
import sys
from typing import TYPE_CHECKING

from notification_tester.storage.disk import disk_error, private_folder

if TYPE_CHECKING:
    from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


_TOKEN = re.compile(r"[0-9]{1,10}-[0-9a-f]{16}")
_WHAT = "the record of what is under way"


class Ownership:
    """This start's token, held from construction to :meth:`close`. Raises ProblemError where it cannot be held."""

    def __init__(self, folder: Path) -> None:
        self._folder = private_folder(folder)
        self.token = f"{os.getpid()}-{secrets.token_hex(8)}"
        path = self._path(self.token)
        try:
            self._descriptor: int | None = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise disk_error(error, what=_WHAT, path=path) from error
        if not _lock(self._descriptor):  # a new file that nobody else knows: only a disk without locks does this
            os.close(self._descriptor)
            raise disk_error(OSError(0, "files cannot be locked here"), what=_WHAT, path=path)

    def is_alive(self, token: str) -> bool:
        """Whether the program that took ``token`` still runs. A token that is none belongs to nobody."""
        if token == self.token:
            return self._descriptor is not None
        if not _TOKEN.fullmatch(token):
            return False
        path = self._path(token)
        try:
            descriptor = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            return False
        except OSError:
            return True  # it cannot be told, and taking a living program for dead does harm
        try:
            if not _lock(descriptor):
                return True
        finally:
            os.close(descriptor)
        self._remove(path)
        return False

    def close(self) -> None:
        """Give the token up; what is still recorded under it is then nobody's."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
            self._remove(self._path(self.token))

    def _path(self, token: str) -> Path:
        return self._folder / f"{token}.lock"

    @staticmethod
    def _remove(path: Path) -> None:
        """Tidy up. On a disk that has turned read-only the file stays, and means no more than a missing one."""
        try:
            path.unlink(missing_ok=True)
        except OSError:
            return
