# SPDX-License-Identifier: MIT
"""The one way in which the program writes a file of a name: whole, or not at all.

A new file is written beside the old one, brought to the disk, and only then given its name. A full disk, a crash or
``kill -9`` therefore leave what was there before, and what is left beside it is removed by the next start (see
:mod:`notification_tester.storage.ownership`).

A file that is there keeps what a person gave it: a symbolic link stays one, and the file it leads to is replaced, with
its mode, owner and extended attributes. Another name of it (a hard link) keeps the old content. What is no ordinary
file (a folder, a pipe, a device) and what may not be written to is left alone.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from notification_tester.domain.problem import Cause, Problem, ProblemError, ServiceAnswer
from notification_tester.storage.disk import (
    NotAFileError,
    Refusal,
    disk_error,
    must_be_ordinary,
    reachable,
    real,
    refusal_of,
    rename,
)
from notification_tester.storage.ownership import Ownership, is_part, lock_new, part_name, remove_abandoned_in
from notification_tester.storage.places import system_places

if TYPE_CHECKING:
    from collections.abc import Iterator

_PRIVATE, _BY_UMASK = 0o600, 0o666


@contextmanager
def whole_file(
    path: Path, *, what: str, encoding: str = "utf-8", errors: str = "strict", owner: Ownership | None = None
) -> Iterator[TextIO]:
    """A text file that takes the place of ``path`` when the block ends well; lines end as they are written.

    The name was chosen by a person, so what is marked as read-only or is our own is left alone. ``what`` is named in
    the sentence: "the history". ``owner`` writes down what a crash would leave. Raises ProblemError (cause STORAGE).
    """
    with (
        _in_words(path, what),
        replacing(path, owner=owner, is_chosen=True) as descriptor,
        open(descriptor, "w", encoding=encoding, errors=errors, newline="", closefd=False) as file,
    ):
        yield file


class OwnRefusalError(PermissionError):
    """What this program leaves as it is, whatever the system would allow; why is its ``strerror``."""


def save_bytes(path: Path, data: bytes, *, what: str, owner: Ownership | None = None) -> None:
    """Put ``data`` in the place of ``path``, as :func:`whole_file` does. Raises ProblemError (cause STORAGE)."""
    with _in_words(path, what), replacing(path, owner=owner, is_chosen=True) as descriptor:
        write_all(descriptor, data)


@contextmanager
def replacing(
    path: Path, *, is_private: bool = False, is_chosen: bool = False, owner: Ownership | None = None
) -> Iterator[int]:
    """The descriptor of a new file that takes the place of ``path`` when the block ends well.

    A new file has the mode that the umask leaves, or is readable by this user alone where ``is_private``; in the place
    of another it has that one's mode. ``is_chosen``: a person chose the name. Then the program's own files stay,
    and what is marked as read-only, also where an administrator's rights would let it be replaced. Raises OSError; of
    the steps before and after the block its ``filename`` tells which file it is about.
    """
    target = reachable(real(reachable(path)))
    if is_chosen and _is_own(target):
        raise OwnRefusalError(errno.EPERM, "it is in the folder of the program's own files", str(path))
    before = _what_is_there(path, target)
    if is_chosen and before is not None and _is_marked_read_only(before):
        raise OwnRefusalError(errno.EACCES, "it is marked as read-only", str(path))
    beside = target.with_name(part_name())
    with nullcontext() if owner is None else owner.leaving(beside):
        descriptor = lock_new(beside, _PRIVATE if is_private or before is not None else _BY_UMASK)
        try:
            try:
                yield descriptor
                if before is not None:
                    _take_after(descriptor, target, before)
                os.fsync(descriptor)
                if sys.platform != "win32":  # as long as the lock is held, nobody takes it for abandoned
                    rename(beside, target, in_place_of_another=True)
            finally:
                os.close(descriptor)
            if sys.platform == "win32":  # which renames no open file
                rename(beside, target, in_place_of_another=True)
        except BaseException:
            with suppress(OSError):
                beside.unlink()
            raise
        _bring_to_disk(target.parent)


@contextmanager
def secret_file(data: bytes, *, what: str) -> Iterator[Path]:
    """A file for those who read secrets from files alone: readable by this user alone, and gone with the block.

    It lies in the system's folder for temporary files. What a program that was killed left there is removed by the
    next that makes one, but on Windows. ``what`` is named in the sentence: "the key".

    Raises ProblemError (cause STORAGE).
    """
    import tempfile  # here, as it brings OpenSSL along, without which a start comes as far as its first page

    path = Path(part_name())
    with ExitStack() as ending:
        try:
            path = Path(tempfile.gettempdir(), path.name)
            if sys.platform != "win32":  # where those of others are not locked while they are read
                remove_abandoned_in(path.parent)
            descriptor = lock_new(path, _PRIVATE)
            ending.callback(Ownership.remove, path)
            held = ending.enter_context(ExitStack())
            held.callback(os.close, descriptor)
            write_all(descriptor, data)
        except OSError as error:
            raise disk_error(error, what=what, path=path) from error
        if sys.platform == "win32":  # where nobody else reads a file that is locked
            held.close()
        yield path


def write_all(descriptor: int, data: bytes) -> None:
    """Write everything. Raises OSError."""
    with open(descriptor, "wb", closefd=False) as file:
        file.write(data)


def _what_is_there(path: Path, target: Path) -> os.stat_result | None:
    """What is told of the file that is to be replaced, whatever links lead to it; None where there is none."""
    path = reachable(path)
    try:
        there = path.stat()
    except FileNotFoundError:  # also a link that leads to nothing yet
        return None
    must_be_ordinary(there, path)
    descriptor = os.open(target, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    try:  # opened, and not written to: only so is it known whether one may
        if not os.path.samestat(os.fstat(descriptor), there):
            raise NotAFileError(errno.EINVAL, "a name that leads to no file of its own", str(path))
    finally:
        os.close(descriptor)
    return there


def _is_own(target: Path) -> bool:
    """Whether a new file of this name would take the place of the history, the accounts or the settings."""
    places = system_places()
    own = [folder.stat() for folder in (places.config, places.data, places.log) if folder.is_dir()]
    above = [folder.stat() for folder in target.parents if folder.is_dir()]
    return any(os.path.samestat(one, other) for one in own for other in above)  # whatever its name looks like


def _is_marked_read_only(there: os.stat_result) -> bool:
    """By its mode: nobody may write to it, or not its owner, who we are. Windows tells its attribute so, too."""
    is_ours = sys.platform != "win32" and there.st_uid == os.geteuid()
    return not there.st_mode & 0o222 or (is_ours and not there.st_mode & stat.S_IWUSR)


def _take_after(descriptor: int, target: Path, before: os.stat_result) -> None:
    """Give the new file what the old one had. What only an administrator may give is left out."""
    if sys.platform == "win32":
        return
    mode = stat.S_IMODE(before.st_mode) & 0o777
    ours = os.fstat(descriptor)
    if ours.st_uid != before.st_uid:
        with suppress(OSError):
            os.chown(descriptor, before.st_uid, -1)
    if ours.st_gid != before.st_gid:
        try:
            os.chown(descriptor, -1, before.st_gid)
        except OSError:
            mode &= ~0o070  # those rights were another group's
    os.chmod(descriptor, mode)
    if sys.platform == "linux":
        with suppress(OSError):  # a disk that knows none
            had, has = set(os.listxattr(target)), set(os.listxattr(descriptor))
            for name in has - had:
                with suppress(OSError):
                    os.removexattr(descriptor, name)
            for name in had:
                with suppress(OSError):
                    os.setxattr(descriptor, name, os.getxattr(target, name))


def _bring_to_disk(folder: Path) -> None:
    """The new name, too. Where a folder cannot be opened, the system sees to it in its own time."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def _in_words(path: Path, what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        detail, remedy = _words(error, path)
        raise ProblemError(
            Problem(
                title=f"{what[0].upper()}{what[1:]} could not be exported.",
                detail=detail,
                remedy=remedy,
                code="export.not-written",
                cause=Cause.STORAGE,
                answer=ServiceAnswer(message=str(error)),
            )
        ) from error


def _words(error: OSError, path: Path) -> tuple[str, str]:
    why = error.strerror or "the disk refused"
    is_told = isinstance(error, OwnRefusalError)
    if sys.platform == "win32" and not is_told and refusal_of(error) is Refusal.NOT_ALLOWED:  # it says the same of both
        why = "another program, such as a spreadsheet, has it open, or it may not be written to"
    about = Path(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes) else None
    if isinstance(error, NotAFileError):
        return (
            f"“{path.name or path}” is {why}, and no ordinary file. It was left as it is.",
            "Choose the name of a file.",
        )
    if error.errno == errno.ENAMETOOLONG:
        return (
            "The name of the file, or of a folder on the way to it, is longer than this disk takes. No file was made.",
            "Choose a shorter name.",
        )
    if refusal_of(error) is Refusal.FULL:
        return (
            f"There is no room left for the file “{path.name}”. What was there before is still there.",
            "Make room on the disk or choose another one, and export again.",
        )
    if refusal_of(error) is Refusal.IN_USE:
        return (
            f"Another program has the file “{path.name}” open, so that it cannot be replaced. It was left as it is.",
            "Close it there, or choose another name, and export again.",
        )
    if about is not None and is_part(about.name) and getattr(error, "filename2", None) is None:
        folder = about.parent
        if isinstance(error, FileNotFoundError | NotADirectoryError) and not folder.is_dir():
            return f"There is no folder “{folder}”.", "Make it first, or choose another folder."
        detail = (
            f"No new file can be made in the folder “{folder}” ({why}), and only by one is a file replaced as a whole."
        )
        return f"{detail} Nothing was changed.", "Choose another folder, or give your user the right to write there."
    if about is not None:
        return (
            f"The file “{path.name}” may not be replaced: {why}. It was left as it is.",
            "Choose another name; or close the program that has it open, or allow writing to it.",
        )
    return (
        f"The file “{path.name}” could not be written: {why}.",
        "Choose another folder, or make room on the disk, and export again.",
    )
