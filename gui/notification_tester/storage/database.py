# SPDX-License-Identifier: MIT
"""The sqlite file: opening it, or saying why not; one writer, many readers.

Choices, with their reasons:

- WAL: readers never wait for the writer, so a list can scroll while results come in. Not on a drive of the network:
  WAL's index is memory that all processes share, which is on one computer alone (sqlite.org, "Write-Ahead Logging").
  There SQLite's older log is used, and whoever reads may have to wait for a moment.
- ``synchronous=FULL``: what must be there after a power cut too, such as what is to be tidied up, waits for the disk.
  The history of tests does not: with NORMAL, WAL survives every crash of the program, ``kill -9`` included, and only
  a power cut may take the last transactions, never a part of one. A test waits for its row, so this is felt.
- One writing connection behind a lock: SQLite has one writer anyway, and waiting for a lock of ours is fair and
  cheaper than SQLite's polling. Other processes are waited for by ``busy_timeout``.
- Reading connections are lent out and kept for the next one, so that a long search holds nobody up.

Source of codes and file format: sqlite.org, "Result and Error Codes" and "Database File Format", section 1.3.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import sys
import threading
import time
from contextlib import closing, contextmanager, suppress
from itertools import islice
from typing import TYPE_CHECKING, Any

from notification_tester.domain.problem import Cause, Code, Problem, ProblemError, Remedy, ServiceAnswer
from notification_tester.storage.disk import (
    Refusal,
    disk_error,
    is_nearly_full,
    is_on_network,
    must_be_ordinary,
    private_folder,
    refused,
    rename,
)
from notification_tester.storage.migrations import MIGRATIONS, migrate, roll_back, version_of
from notification_tester.storage.ownership import RUNNING, Ownership

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

BUSY_SECONDS = 10.0
_WHAT = "the history"
_MAGIC = b"SQLite format 3\x00"
_HEADER_BYTES = 100
_NO_TEXT = "Could not decode to UTF-8"
"""How the library's own error begins, which has no code, where a text in the file is none."""
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'history_search%'"
BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database, by the end of its name."""

_REFUSALS = {
    sqlite3.SQLITE_FULL: Refusal.FULL,
    sqlite3.SQLITE_READONLY: Refusal.READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: Refusal.NOT_ALLOWED,
    sqlite3.SQLITE_PERM: Refusal.NOT_ALLOWED,
    sqlite3.SQLITE_AUTH: Refusal.NOT_ALLOWED,
    sqlite3.SQLITE_IOERR: Refusal.BROKEN,
    sqlite3.SQLITE_NOLFS: Refusal.FULL,
}


class Database:
    """The open database. Raises ProblemError (cause STORAGE) where it cannot be opened, and later, where it cannot
    be read or written any more. Usable from many threads.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._idle: list[sqlite3.Connection] = []
        self._idle_lock = threading.Lock()
        self._closed = False
        self._waits_for_disk = True
        private_folder(path.parent)
        self._file = _look_at_file(path)
        with self._translated():
            self._writer = self._connect()
            try:
                _prepare(self._writer, path)
                self.owner = Ownership(path.parent / RUNNING)
                self.owner.tidy_up()
            except BaseException:
                self._writer.close()
                raise

    @contextmanager
    def transaction(self, *, survives_power_cut: bool = True) -> Iterator[sqlite3.Connection]:
        """Write, all or nothing; transactions do not nest. Not surviving a power cut spares waiting for the disk."""
        with self._lock, self._translated():
            if self._closed:
                raise _closed(self.path)
            connection = self._writer
            if connection.in_transaction:
                raise RuntimeError("transactions do not nest")
            self._must_be_there()
            if survives_power_cut is not self._waits_for_disk:
                connection.execute(f"PRAGMA synchronous = {'FULL' if survives_power_cut else 'NORMAL'}")
                self._waits_for_disk = survives_power_cut
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                roll_back(connection)
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Read one state of everything, whatever is written meanwhile. The connection cannot write."""
        with self._translated():
            connection = self._lend()
            try:
                connection.execute("BEGIN")
                yield connection
            finally:
                roll_back(connection)
                self._take_back(connection)

    def close(self) -> None:
        """Close every connection and give up what this start owned."""
        with self._lock, self._idle_lock:
            if self._closed:
                return
            self._closed = True
            for connection in (*self._idle, self._writer):
                connection.close()
            self.owner.close()

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _connect(self, *, only_reads: bool = False) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")
            # From the first write on, as rows that are moved leave copies behind; Debian's SQLite does so by itself.
            connection.execute("PRAGMA secure_delete = ON")
            if only_reads:
                connection.execute("PRAGMA query_only = ON")
        except BaseException:
            connection.close()
            raise
        return connection

    def _lend(self) -> sqlite3.Connection:
        with self._idle_lock:
            if self._closed:
                raise _closed(self.path)
            self._must_be_there()  # SQLite would make an empty one in its place
            if self._idle:
                return self._idle.pop()
        return self._connect(only_reads=True)

    def _must_be_there(self) -> None:
        """On POSIX systems an open file can be deleted: what is written then is seen by nobody, and lost."""
        if sys.platform == "win32":
            return
        try:
            if os.path.samestat(self.path.stat(), self._file):
                return
        except OSError:
            pass
        raise _gone(self.path)

    def _take_back(self, connection: sqlite3.Connection) -> None:
        with self._idle_lock:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            known = _known_error(error, self.path)
            if known is None:  # a bug of ours: a wrong statement, a broken constraint
                raise
            raise known from error


def each_row(connection: sqlite3.Connection, sql: str, values: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
    """The answers to a statement of reading, also those whose text is damaged: what is no UTF-8 is replaced."""
    read = 0
    try:
        for row in connection.execute(sql, values):
            yield row
            read += 1
    except sqlite3.OperationalError as error:
        if not str(error).startswith(_NO_TEXT):
            raise
    else:
        return
    connection.text_factory = _as_far_as_readable
    try:
        yield from islice(connection.execute(sql, values), read, None)
    finally:
        connection.text_factory = str


def every_row(connection: sqlite3.Connection, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """The same at once, and quicker, for as many as a page has."""
    try:
        return connection.execute(sql, values).fetchall()
    except sqlite3.OperationalError as error:
        if not str(error).startswith(_NO_TEXT):
            raise
    return list(each_row(connection, sql, values))


def _as_far_as_readable(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def set_aside(path: Path, *, now: datetime) -> Path:
    """Rename a damaged database, with its log, so that a new one can begin; returns its new name.

    Nothing is deleted: an expert may still save what is in it. It must not be open: Windows renames no open file.
    Raises ProblemError; then everything has the name that it had.
    """
    kept = path.with_name(f"{path.stem}.damaged-{now:%Y%m%d-%H%M%S}{path.suffix}")
    renamed: list[tuple[Path, Path]] = []
    try:
        for ending in ("", *BESIDE):
            there, then = path.with_name(path.name + ending), kept.with_name(kept.name + ending)
            if not ending or there.exists():
                rename(there, then)
                renamed.append((there, then))
    except OSError as error:
        for there, then in reversed(renamed):
            with suppress(OSError):
                then.rename(there)
        raise disk_error(error, what=_WHAT, path=path) from error
    return kept


def _look_at_file(path: Path) -> os.stat_result:
    """Make the file private where it is new, and see that it begins as a database does where it is not.

    SQLite would take a file shorter than a page for a new database and write over it, and wait for a pipe for ever.
    """
    logged = 0
    try:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
        descriptor = os.open(path, flags, 0o600)
        try:
            there = os.fstat(descriptor)
            must_be_ordinary(there, path)
            header = os.read(descriptor, _HEADER_BYTES)
        finally:
            os.close(descriptor)
        for beside in (path.with_name(path.name + ending) for ending in BESIDE):
            if os.path.lexists(beside):
                must_be_ordinary(beside.stat(), beside)
                logged += beside.stat().st_size
    except OSError as error:
        raise disk_error(error, what=_WHAT, path=path) from error
    if header and not (len(header) == _HEADER_BYTES and header.startswith(_MAGIC)):
        raise _damaged(path, "the file does not begin as a database does")
    if not header and logged:
        raise _damaged(path, "the file is empty, and its log is not")
    return there


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    if (version := version_of(connection)) > len(MIGRATIONS):
        raise _newer(path, version)
    if version < 0:
        raise _damaged(path, f"its shape has the number {version}")
    _use_log(connection, wanted="delete" if is_on_network(path) else "wal")
    try:
        migrate(connection)
    except (sqlite3.OperationalError, sqlite3.IntegrityError) as error:
        if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT}:
            raise
        raise _damaged(path, str(error)) from error  # what a step makes is there already, or what it needs is not
    if missing := _missing_in(connection):
        raise _damaged(path, f"it lacks {missing}")
    connection.execute("BEGIN IMMEDIATE")  # says at once whether the place can be written to
    connection.execute("SELECT max(id) FROM history").fetchone()
    connection.execute("ROLLBACK")


def _missing_in(connection: sqlite3.Connection) -> str:
    """Tables and columns that the steps make and that are not there; empty where all of them are.

    The index of words, with its own tables, is not looked at: a history is kept without it too.
    """
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as new:
        migrate(new)
        tables = [name for (name,) in new.execute(_TABLES)]
        missing = [(table, _columns(new, table) - _columns(connection, table)) for table in tables]
    return ", ".join(f"{table}.{column}" for table, columns in missing for column in sorted(columns))


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    # Read at once: a statement that is half read, and kept by an error, would hold the file open.
    return {row[1] for row in connection.execute(f"PRAGMA table_info({table})").fetchall()}  # the name is one of ours


def _use_log(connection: sqlite3.Connection, *, wanted: str) -> None:
    """Switch to WAL, or away from it; a disk that offers no shared memory for it stays with what it has.

    SQLite does not wait while another process switches at the same moment, so we do.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute(f"PRAGMA journal_mode = {wanted}").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _known_error(error: sqlite3.DatabaseError, path: Path) -> ProblemError | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:  # the library's own error
        return _damaged(path, str(error)) if str(error).startswith(_NO_TEXT) else None
    said = f"{error.sqlite_errorname}: {error}"
    basic = code & 0xFF
    if basic in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return _damaged(path, said)
    if basic in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}:
        return _busy(path, said)
    refusal = _REFUSALS.get(basic)
    if refusal is None:
        return None
    if refusal in {Refusal.BROKEN, Refusal.NOT_ALLOWED} and is_nearly_full(path):
        refusal = Refusal.FULL
    elif refusal is Refusal.NOT_ALLOWED and not os.access(path.parent, os.W_OK):
        refusal = _why_not_writable(path)
    return refused(refusal, what=_WHAT, path=path, said=said)


def _why_not_writable(path: Path) -> Refusal:
    """Ask the system itself: SQLite says "cannot open" for a read-only disk and a missing right alike."""
    try:
        os.utime(path.parent)
    except OSError as error:
        return Refusal.READ_ONLY if error.errno == errno.EROFS else Refusal.NOT_ALLOWED
    return Refusal.NOT_ALLOWED


def _damaged(path: Path, said: str) -> ProblemError:
    return _storage_problem(
        Code.HISTORY_DAMAGED,
        title="The history is damaged.",
        detail=f"The file {path} can no longer be read as a database; a failing disk, a cut-off copy or another "
        "program may have done that. It is kept as it is.",
        remedy="Put a copy from your backup in its place, or start a new history: the damaged file is then renamed, "
        "not deleted. Until then tests are not kept, and settings of HIT types are not changed.",
        said=said,
    )


def _closed(path: Path) -> ProblemError:
    return _storage_problem(
        "storage.closed",
        title="The history is closed already.",
        detail=f"The program is ending, and a call was answered only now: {path} does not tell how it went.",
        remedy="Start the program again: what is not known is shown there.",
        said="",
    )


def _gone(path: Path) -> ProblemError:
    return _storage_problem(
        "storage.gone",
        title="The file of the history is gone.",
        detail=f"The file {path} was deleted, moved or replaced while the program runs, and what would be written now "
        "would be lost with it.",
        remedy="Put it back where it was, or start the program again, which begins a new history.",
        said="",
    )


def _newer(path: Path, version: int) -> ProblemError:
    return _storage_problem(
        "storage.newer",
        title="The history comes from a newer version of the program.",
        detail=f"The file {path} has the shape number {version}, and this program knows those up to "
        f"{len(MIGRATIONS)}. It was not touched.",
        remedy="Use the newer program. With this one tests are not kept, and settings of HIT types are not changed.",
        said="",
    )


def _busy(path: Path, said: str) -> ProblemError:
    return _storage_problem(
        "storage.busy",
        title="Another program is holding the history.",
        detail=f"The file {path} stayed locked for {BUSY_SECONDS:.0f} seconds.",
        remedy="Close other windows of this program and programs that make backups, then try again.",
        said=said,
    )


def _storage_problem(code: str, *, title: str, detail: str, remedy: str, said: str) -> ProblemError:
    return ProblemError(
        Problem(
            title=title,
            detail=detail,
            remedy=remedy,
            code=code,
            cause=Cause.STORAGE,
            answer=ServiceAnswer(message=said),
            remedies=(Remedy.NEW_HISTORY,) if code == Code.HISTORY_DAMAGED else (),
        )
    )
