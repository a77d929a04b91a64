# SPDX-License-Identifier: MIT
"""Who began what is unfinished, and whether that program still runs.

Every start takes a token that nobody had before and holds the system's lock on a file named after it. The system drops
the lock when the process ends, however it ends, so another process finds out by trying: a lock that can be had belongs
to nobody. Process numbers alone would not do: they are used again, and say nothing after the computer was restarted.

Files that are being written (:mod:`notification_tester.storage.whole_file`) are locked in the same way, and the paths
of exports stand in the token's file, so that the next start finds and removes what a crash left.

The lock is our own twenty lines, and not filelock's: the same file that is locked holds the paths, or a window's
address, through the descriptor that holds the lock, which filelock keeps to itself; a mark is made only if it is new,
and is gone when its owner is; and nothing but the system's lock will do, while filelock (4.3) falls back to files that
are only there or not, and stay after a kill, where a disk has none.

POSIX systems: ``flock``, which belongs to the opened file and not, like ``lockf``, to the process. Windows:
``msvcrt.locking`` of the first byte.
"""

from __future__ import annotations

import os
import re
import stat
import sys
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from notification_tester.storage.disk import disk_error, private_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        try:
            os.lseek(descriptor, 0, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    _lock_to_ask = _lock  # there is none that two may have
else:
    import fcntl

    def _has(descriptor: int, kind: int) -> bool:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _lock(descriptor: int) -> bool:
        return _has(descriptor, fcntl.LOCK_EX)

    def _lock_to_ask(descriptor: int) -> bool:
        """Have a lock that an owner's keeps away, and that of another who asks does not."""
        return _has(descriptor, fcntl.LOCK_SH)


RUNNING = "running"
"""The folder below that of data where each start has its mark."""

WINDOW_LOCK = "window.lock"
"""The file that a window holds, in the folder of data."""

_TOKEN = re.compile(r"[0-9]{1,10}-[0-9a-f]{16}")
_PART = re.compile(r"\.mturk-notification-tester-[0-9a-f]{16}\.part")
_WHAT = "the record of what is under way"
_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_OLD = os.O_RDWR | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_TRIES = 10
_MOST_BYTES = 1024 * 1024


class Ownership:
    """This start's token, held from construction to :meth:`close`. Raises ProblemError where it cannot be held."""

    def __init__(self, folder: Path) -> None:
        self._folder = private_folder(folder)
        self._writing = threading.Lock()
        self._asking = threading.Lock()
        self._leaving: list[Path] = []
        for _ in range(_TRIES):
            self.token = f"{os.getpid()}-{hard_to_guess()}"
            path = self._path(self.token)
            try:
                descriptor = os.open(path, _NEW, 0o600)
            except OSError as error:
                raise disk_error(error, what=_WHAT, path=path) from error
            if _lock(descriptor) and os.fstat(descriptor).st_nlink:
                break
            os.close(descriptor)  # another start tidies up, and took it for a dead one's
        else:
            raise disk_error(OSError(0, "files cannot be locked here"), what=_WHAT, path=path)
        self._descriptor: int | None = descriptor

    def is_alive(self, token: object) -> bool:
        """Whether the program that took ``token`` still runs. What is no token belongs to nobody."""
        if token == self.token:
            return self._descriptor is not None
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            return False
        with self._asking:  # one who asks holds the lock for a moment, and is not the owner
            return self._is_held(self._path(token))

    def _is_held(self, path: Path) -> bool:
        try:
            descriptor = os.open(path, _OLD)
        except FileNotFoundError:
            return False
        except OSError:
            return True  # it cannot be told, and taking a living program for dead does harm
        try:
            if not _lock_to_ask(descriptor):
                return True
            _remove_what_is_named_in(descriptor)
        finally:
            os.close(descriptor)
        self.remove(path)
        return False

    def tidy_up(self) -> None:
        """Remove what starts that were killed left behind: files half written, and their own marks."""
        with suppress(OSError):
            for path in self._folder.glob("*.lock"):
                self.is_alive(path.stem)

    @contextmanager
    def leaving(self, part: Path) -> Iterator[None]:
        """While inside, ``part`` would be left behind by a crash; the next start removes it then."""
        with self._writing:
            self._leaving.append(part)
            self._note()
        try:
            yield
        finally:
            with self._writing:
                self._leaving.remove(part)
                self._note()

    def close(self) -> None:
        """Give the token up; what is still recorded under it is then nobody's."""
        with self._writing:
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None
                self.remove(self._path(self.token))

    def _note(self) -> None:
        """Write the paths down, behind the byte that Windows locks. On a full disk they are not, and work goes on."""
        if self._descriptor is None:
            return
        with suppress(OSError):
            os.lseek(self._descriptor, 1, os.SEEK_SET)
            os.write(self._descriptor, b"".join(os.fsencode(part) + b"\0" for part in self._leaving))
            os.ftruncate(self._descriptor, os.lseek(self._descriptor, 0, os.SEEK_CUR))

    def _path(self, token: str) -> Path:
        return self._folder / f"{token}.lock"

    @staticmethod
    def remove(path: Path) -> None:
        """Tidy up. On a disk that has turned read-only the file stays, and means no more than a missing one."""
        with suppress(OSError):
            path.unlink(missing_ok=True)


class HeldFile:
    """A file that one process at a time holds, with a few words in it for the others; see :meth:`hold`."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor: int | None = descriptor

    @classmethod
    def hold(cls, path: Path) -> HeldFile | None:
        """Hold it, until :meth:`close` or the end of the process; None where another process does. Raises OSError."""
        for _ in range(_TRIES):
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
            if not _lock(descriptor):
                os.close(descriptor)
                return None
            if os.fstat(descriptor).st_nlink:
                return cls(path, descriptor)
            os.close(descriptor)  # who held it removed it just now
        return None

    @staticmethod
    def words_in(path: Path) -> str:
        """What whoever holds it, or last held it, wrote; empty where that is nothing or cannot be read."""
        try:
            descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
        except OSError:
            return ""
        try:
            os.lseek(descriptor, 1, os.SEEK_SET)
            return os.read(descriptor, 4096).decode("utf-8", "surrogateescape")
        except OSError:
            return ""
        finally:
            os.close(descriptor)

    def write(self, words: str) -> None:
        """Write words for the others, behind the byte that Windows locks. On a full disk they are not there."""
        if self._descriptor is not None:
            with suppress(OSError):
                os.ftruncate(self._descriptor, 1)
                os.lseek(self._descriptor, 1, os.SEEK_SET)
                os.write(self._descriptor, words.encode("utf-8", "surrogateescape"))

    def close(self) -> None:
        """Let others hold it."""
        if self._descriptor is None:
            return
        if sys.platform != "win32":  # still held, so that nobody loses the one that he took meanwhile
            Ownership.remove(self._path)
        os.close(self._descriptor)
        self._descriptor = None
        if sys.platform == "win32":
            Ownership.remove(self._path)


def others_in(folder: Path) -> bool:
    """Whether a running program holds a token in ``folder``. Raises ProblemError where nothing can be written there."""
    if not folder.is_dir():
        return False
    own = Ownership(folder)
    try:
        return any(own.is_alive(path.stem) for path in folder.glob("*.lock") if path.stem != own.token)
    finally:
        own.close()


def part_name() -> str:
    """A name for a file that is being written, which no other has."""
    return f".mturk-notification-tester-{hard_to_guess()}.part"


def hard_to_guess() -> str:
    """Part of a name that nobody else has: 16 hexadecimal digits."""
    import secrets  # here, as it brings OpenSSL along, without which a start comes as far as its first page

    return secrets.token_hex(8)


def is_part(name: str) -> bool:
    """Whether a file of this name was made to be written."""
    return _PART.fullmatch(name) is not None


def lock_new(path: Path, mode: int) -> int:
    """Make a file and hold its lock as long as the descriptor is open, so that nobody takes it for abandoned.

    On a disk without locks nobody can. Raises OSError.
    """
    for _ in range(_TRIES):
        descriptor = os.open(path, _NEW, mode)
        _lock(descriptor)
        if os.fstat(descriptor).st_nlink:
            return descriptor
        os.close(descriptor)  # another start tidied up between the two
    raise OSError(0, "something removes new files here", str(path))


def remove_abandoned_in(folder: Path) -> None:
    """Remove files half written that no running program writes."""
    with suppress(OSError):
        for path in folder.iterdir():
            if is_part(path.name):
                _remove_if_abandoned(path)


def _remove_what_is_named_in(descriptor: int) -> None:
    with suppress(OSError, ValueError):
        os.lseek(descriptor, 1, os.SEEK_SET)
        for name in os.read(descriptor, _MOST_BYTES).split(b"\0"):
            part = Path(os.fsdecode(name))
            if part.is_absolute() and is_part(part.name):
                _remove_if_abandoned(part)


def _remove_if_abandoned(part: Path) -> None:
    with suppress(OSError):
        descriptor = os.open(part, _OLD)
        try:
            is_abandoned = stat.S_ISREG(os.fstat(descriptor).st_mode) and _lock(descriptor)
            if is_abandoned and sys.platform != "win32":
                part.unlink()
        finally:
            os.close(descriptor)
        if is_abandoned and sys.platform == "win32":  # which removes no open file
            part.unlink()
