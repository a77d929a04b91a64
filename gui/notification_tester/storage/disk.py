# SPDX-License-Identifier: MIT
"""What every part that reads or writes files shares: private folders, and a disk's refusals in a person's words.

The table of refusals is the one place where "full", "read-only", "not allowed" and "in the way" are told apart;
database.py leads SQLite's own codes to the same sentences.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
import sys
import time
from enum import Enum, auto
from pathlib import Path

from notification_tester.domain.problem import Cause, Problem, ProblemError, ServiceAnswer

SCARCE_BYTES = 256 * 1024
"""Below this much free space a vague "input/output error" is taken for a full disk: SQLite needs 32 KiB of shared
memory and a page or two of log before it can do anything, and reports their lack as such an error."""


class Refusal(Enum):
    """Why a disk did not do what it was asked."""

    FULL = auto()
    READ_ONLY = auto()
    NOT_ALLOWED = auto()
    IN_THE_WAY = auto()
    IN_USE = auto()
    BROKEN = auto()


_BY_ERRNO = {
    errno.ENOSPC: Refusal.FULL,
    errno.EDQUOT: Refusal.FULL,
    errno.EFBIG: Refusal.FULL,
    errno.EROFS: Refusal.READ_ONLY,
    errno.EACCES: Refusal.NOT_ALLOWED,
    errno.EPERM: Refusal.NOT_ALLOWED,
    errno.EISDIR: Refusal.IN_THE_WAY,
    errno.ENOTDIR: Refusal.IN_THE_WAY,
    errno.EEXIST: Refusal.IN_THE_WAY,
    errno.ENAMETOOLONG: Refusal.IN_THE_WAY,
    errno.ELOOP: Refusal.IN_THE_WAY,
}
_OPEN_ELSEWHERE = {32, 33}
"""``ERROR_SHARING_VIOLATION`` and ``ERROR_LOCK_VIOLATION`` of Windows ("System Error Codes")."""

_DRIVE_REMOTE = 4
_LONG = 190
"""Characters: what the program makes beneath a folder, or beside a file, has up to 60 more."""

HELD_SECONDS = 1.0 if sys.platform == "win32" else 0.0
"""How long a system that renames no open file is asked again: what scans, indexes or copies new files has them open."""

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISSOCK, "a socket"),
)


class NotAFileError(OSError):
    """Something else stands where a file belongs; ``strerror`` says what: "a pipe"."""


def must_be_ordinary(there: os.stat_result, path: Path) -> None:
    """Raise NotAFileError for what is no ordinary file: reading it may never end, and writing may do anything."""
    if not stat.S_ISREG(there.st_mode):
        kind = next((name for is_kind, name in _KINDS if is_kind(there.st_mode)), "something else")
        raise NotAFileError(errno.EEXIST, kind, str(path))


def read_ordinary(path: Path, most: int) -> bytes:
    """Up to ``most`` bytes of a file. Raises OSError, NotAFileError among them; waits for no pipe."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(reachable(path), flags)
    try:
        must_be_ordinary(os.fstat(descriptor), path)
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(most)
    finally:
        os.close(descriptor)


def read_chosen(path: Path, most: int, *, code: str) -> bytes:
    """Up to ``most`` bytes of a file that a person chose. Raises ProblemError with ``code`` where it cannot be read."""
    try:
        return read_ordinary(path, most)
    except OSError as error:
        is_none = f"“{path.name}” is {error.strerror}, and no ordinary file."
        raise ProblemError(
            Problem(
                title="The file cannot be read.",
                detail=is_none
                if isinstance(error, NotAFileError)
                else f"The system did not let the program read “{path.name}”.",
                remedy="Take a file instead; of a folder, the files that are in it."
                if isinstance(error, NotAFileError)
                else "See whether it is still there, and whether another program has it open.",
                code=code,
                cause=Cause.STORAGE,
                answer=ServiceAnswer(message=str(error)),
            )
        ) from error


def reachable(path: Path) -> Path:
    """The same place, by a name that the system takes however long it is: Windows by itself takes 259 characters.

    Source: "Maximum Path Length Limitation" in Microsoft's Win32 reference.
    """
    if sys.platform != "win32":
        return path
    else:  # noqa: RET505 - for mypy, which looks at one system at a time
        text = os.path.abspath(path)  # noqa: PTH100 - what follows takes no "..", and pathlib leaves it
        if len(text) < _LONG or text.startswith("\\\\?\\"):
            return path
        return Path(f"\\\\?\\UNC\\{text[2:]}" if text.startswith("\\\\") else f"\\\\?\\{text}")


def real(path: Path) -> Path:
    """Where links lead; the path itself where a driver of Windows cannot tell."""
    try:
        return Path(os.path.realpath(path))
    except OSError:
        return path.absolute()


def is_on_network(path: Path) -> bool:
    """Whether it is on another computer, as far as Windows tells by the drive; where it is not asked, False."""
    if sys.platform != "win32":
        return False
    else:  # noqa: RET505 - for mypy, which looks at one system at a time
        import ctypes

        drive = os.path.splitdrive(os.path.abspath(path))[0].removeprefix("\\\\?\\")  # noqa: PTH100
        if drive.startswith(("\\\\", "UNC\\")):
            return True
        return bool(ctypes.windll.kernel32.GetDriveTypeW(f"{drive}\\") == _DRIVE_REMOTE)


def private_folder(folder: Path) -> Path:
    """Make ``folder`` (and what is missing above it), readable by this user alone. Raises ProblemError."""
    try:
        for missing in reversed([folder, *folder.parents]):
            if not missing.is_dir():
                missing.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise disk_error(error, what="its files", path=folder) from error
    return folder


def rename(path: Path, to: Path, *, in_place_of_another: bool = False) -> None:
    """Rename a file, for :data:`HELD_SECONDS` where it may not be. Raises OSError."""
    deadline = time.monotonic() + HELD_SECONDS
    while True:
        try:
            if in_place_of_another:
                path.replace(to)
            else:
                path.rename(to)
        except PermissionError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(0.02)
        else:
            return


def disk_error(error: OSError, *, what: str, path: Path) -> ProblemError:
    """Put an error of the operating system about ``path`` into words; ``what`` is what was to be kept there."""
    refusal = refusal_of(error)
    if refusal is Refusal.NOT_ALLOWED and os.name == "nt" and path.is_dir():
        refusal = Refusal.IN_THE_WAY  # how Windows says that a folder is not a file
    said = f"{errno.errorcode.get(error.errno or 0, type(error).__name__)}: {error.strerror or error}"
    return refused(refusal, what=what, path=path, said=said)


def refusal_of(error: OSError) -> Refusal:
    """What kind of refusal an error of the operating system is."""
    if getattr(error, "winerror", None) in _OPEN_ELSEWHERE:
        return Refusal.IN_USE
    return _BY_ERRNO.get(error.errno or 0, Refusal.BROKEN)


def refused(refusal: Refusal, *, what: str, path: Path, said: str) -> ProblemError:
    """Make the error for one kind of refusal; ``said`` is the system's own text, kept word for word."""
    title, detail, remedy, code = _words(refusal, what=what, path=path)
    return ProblemError(
        Problem(
            title=title,
            detail=detail,
            remedy=remedy,
            code=code,
            cause=Cause.STORAGE,
            answer=ServiceAnswer(message=said),
        )
    )


def is_nearly_full(path: Path) -> bool:
    """Whether the disk that ``path`` is on has hardly a byte left; False where that cannot be told."""
    for folder in (path, *path.parents):
        try:
            return shutil.disk_usage(folder).free < SCARCE_BYTES
        except OSError:
            continue
    return False


def _words(refusal: Refusal, *, what: str, path: Path) -> tuple[str, str, str, str]:
    match refusal:
        case Refusal.FULL:
            title, code = "The disk is full.", "full"
            detail = f"The program could not write {what} to {path}."
            remedy = "Free some space and try again. What was written before is still there."
        case Refusal.READ_ONLY:
            title, code = "The disk can only be read.", "read-only"
            detail = f"The program may not write {what} to {path}: that place is set to reading only."
            remedy = (
                "Make the place writable, or start the program as a user whose folder is. "
                "Until then the program works, and forgets this when it ends."
            )
        case Refusal.NOT_ALLOWED:
            title, code = "The program is not allowed to use its folder.", "not-allowed"
            detail = f"The system refused access to {path}, where the program keeps {what}."
            remedy = (
                "Give your user the right to read and write there; often another user, such as an administrator, "
                "once started the program and owns it now."
            )
            if sys.platform == "win32":  # which says the same of each of these
                remedy = (
                    "Close other programs that may have it open, see that “Read-only” is not ticked in its properties, "
                    "and that your user may read and write there."
                )
        case Refusal.IN_USE:
            title, code = "Another program has the file open.", "in-use"
            detail = f"The program keeps {what} at {path}, and the system lets nobody change it meanwhile."
            remedy = "Close that program (often another window of this one, a backup or a virus scan) and try again."
        case Refusal.IN_THE_WAY:
            title, code = "Something else is in the program's place.", "in-the-way"
            detail = (
                f"The program keeps {what} at {path}, and cannot: there is a folder, a pipe or a device where a file "
                "belongs, or a file where a folder belongs."
            )
            remedy = "Look what it is, and rename it or move it away; the program does not touch it."
        case Refusal.BROKEN:
            title, code = "The disk did not answer as it should.", "broken"
            detail = f"The program could not read or write {what} at {path}."
            remedy = "See whether the disk is still connected and healthy, then try again."
    return title, detail, remedy, f"storage.{code}"
