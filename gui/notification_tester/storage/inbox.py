# SPDX-License-Identifier: MIT
"""The inbox of one start of the program: what was seen while it followed, on disk, gone when the program ends.

It is SQLite's own temporary database (sqlite.org, "In-Memory Databases", "Temporary Databases"): a file without a name
that only this process can open and that the system removes, after a crash as well. What is in use stays in a few
megabytes of memory, so a hundred thousand messages need no more of it than a hundred. Other people's messages are not
left lying about on this computer; who wants to keep them exports them.

Its shape takes no numbered steps, as that of the history does: no program ever opens one that another one made.

It is also the memory of what was shown: a message id is taken once, however often the queue hands the message out.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from notification_tester.domain.messages.message import decode
from notification_tester.domain.messages.sender import Sender, SignatureState, SignatureVerdict
from notification_tester.storage.disk import Refusal, refused
from notification_tester.storage.inbox_rows import InboxMessage, InboxQuery, InboxRow
from notification_tester.storage.stored_values import plain, raw_from_bytes, raw_to_bytes, stamp

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from notification_tester.storage.ownership import Ownership

MEMORY_KIBIBYTES = 4096
MOST_HIT_TYPES = 500
"""How many are offered to choose from; more are found by typing."""

_SCHEMA = (
    "PRAGMA journal_mode = MEMORY",
    "PRAGMA synchronous = OFF",
    "PRAGMA temp_store = FILE",
    f"PRAGMA cache_size = -{MEMORY_KIBIBYTES}",
    """
    CREATE TABLE messages (
        number INTEGER PRIMARY KEY,
        message_id TEXT NOT NULL UNIQUE,
        event_doc_id TEXT,
        seen_at TEXT NOT NULL,
        sent_at TEXT NOT NULL,
        sender_id TEXT NOT NULL,
        sender TEXT NOT NULL,
        signature TEXT NOT NULL,
        signature_because TEXT NOT NULL,
        receive_count INTEGER NOT NULL,
        is_test INTEGER NOT NULL,
        duplicate_of INTEGER,
        problem_title TEXT NOT NULL,
        raw BLOB NOT NULL
    )
    """,
    "CREATE INDEX messages_by_event_doc_id ON messages (event_doc_id, number) WHERE event_doc_id IS NOT NULL",
    """
    CREATE TABLE events (
        id INTEGER PRIMARY KEY,
        message INTEGER NOT NULL REFERENCES messages (number),
        place INTEGER NOT NULL,
        events INTEGER NOT NULL,
        event_type TEXT NOT NULL,
        event_timestamp TEXT NOT NULL,
        hit_type_id TEXT NOT NULL,
        hit_id TEXT NOT NULL,
        assignment_id TEXT NOT NULL,
        words TEXT NOT NULL
    )
    """,
    "CREATE INDEX events_by_type ON events (event_type)",
    "CREATE INDEX events_by_hit_type ON events (hit_type_id)",
)
_ROW = (
    "SELECT e.id, e.message, e.place, e.events, e.event_type, e.event_timestamp, e.hit_type_id, e.hit_id,"
    " e.assignment_id, m.seen_at, m.is_test, m.duplicate_of, m.problem_title, m.sender, m.signature"
    " FROM events e JOIN messages m ON m.number = e.message"
)
_SENDERS = {one.value: one for one in Sender}
_STATES = {one.value: one for one in SignatureState}


class Inbox:
    """Messages in the order in which they were seen. Every method may raise ProblemError with the cause STORAGE.

    Usable from many threads; one is served at a time. ``owner`` is who writes its exports; None where no record of what
    is unfinished can be kept.
    """

    def __init__(self, owner: Ownership | None = None) -> None:
        self.owner = owner
        self._lock = threading.RLock()
        # An empty name is what makes it temporary, with a file of its own as soon as the memory is full.
        self._connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        with self._using() as connection:
            for statement in _SCHEMA:
                connection.execute(statement)

    def keep(self, messages: Sequence[InboxMessage]) -> list[InboxMessage]:
        """Keep those that were not seen before; returns these, numbered, with their duplicates marked."""
        with self._using() as connection:
            connection.execute("BEGIN")
            try:
                kept = [new for one in messages if (new := self._keep_one(connection, one)) is not None]
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        return kept

    def _keep_one(self, connection: sqlite3.Connection, message: InboxMessage) -> InboxMessage | None:
        decoded = message.decoded
        document = plain(decoded.event_doc_id) if decoded.event_doc_id else None
        first = connection.execute(
            "SELECT min(number) FROM messages WHERE event_doc_id = ? AND duplicate_of IS NULL", (document,)
        ).fetchone()[0]
        cursor = connection.execute(
            "INSERT OR IGNORE INTO messages (message_id, event_doc_id, seen_at, sent_at, sender_id, sender, signature,"
            " signature_because, receive_count, is_test, duplicate_of, problem_title, raw)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                plain(message.message_id),
                document,
                stamp(message.seen_at),
                stamp(message.sent_at),
                plain(message.sender_id),
                message.sender.value,
                message.signature.state.value,
                message.signature.because,
                message.receive_count,
                int(decoded.is_test),
                first,
                decoded.problem.title if decoded.problem else "",
                raw_to_bytes(message.raw)[0],
            ),
        )
        if not cursor.rowcount or cursor.lastrowid is None:
            return None
        number = cursor.lastrowid
        connection.executemany(
            "INSERT INTO events (message, place, events, event_type, event_timestamp, hit_type_id, hit_id,"
            " assignment_id, words) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            _event_rows(number, message),
        )
        return replace(message, number=number, duplicate_of=first)

    def page(self, query: InboxQuery) -> list[InboxRow]:
        """Up to ``query.limit`` rows, in the order that the query asks for."""
        where, values = _conditions(query)
        order = "ASC" if query.after is not None else "DESC"
        with self._using() as connection:
            found = connection.execute(
                f"{_ROW}{where} ORDER BY e.id {order} LIMIT ?",
                (*values, query.limit),
            ).fetchall()
        return [
            InboxRow._make((*row[:10], bool(row[10]), *row[11:13], _SENDERS[row[13]], _STATES[row[14]]))
            for row in found
        ]

    def count(self, query: InboxQuery) -> tuple[int, int]:
        """How many messages and how many events a query finds; its limit and place aside."""
        where, values = _conditions(replace(query, before=None, after=None))
        with self._using() as connection:
            messages, events = connection.execute(
                f"SELECT count(DISTINCT e.message), count(*) FROM events e{where}",  # noqa: S608 - our own words alone
                values,
            ).fetchone()
        return messages, events

    def hit_types(self) -> list[str]:
        """The HIT types that were seen, in the order of their ids; at most MOST_HIT_TYPES."""
        with self._using() as connection:
            found = connection.execute(
                "SELECT DISTINCT hit_type_id FROM events WHERE hit_type_id != '' ORDER BY hit_type_id LIMIT ?",
                (MOST_HIT_TYPES,),
            ).fetchall()
        return [row[0] for row in found]

    def message(self, number: int) -> InboxMessage | None:
        """Everything about one message, read anew from its text; None for a number that is not there."""
        with self._using() as connection:
            row = connection.execute(
                "SELECT message_id, seen_at, sent_at, sender_id, sender, signature, signature_because, receive_count,"
                " duplicate_of, raw FROM messages WHERE number = ?",
                (number,),
            ).fetchone()
        if row is None:
            return None
        raw = raw_from_bytes(row[9])
        return InboxMessage(
            message_id=row[0],
            seen_at=datetime.fromisoformat(row[1]),
            sent_at=datetime.fromisoformat(row[2]),
            decoded=decode(raw),
            raw=raw,
            sender_id=row[3],
            sender=_SENDERS[row[4]],
            signature=SignatureVerdict(state=_STATES[row[5]], because=row[6]),
            receive_count=row[7],
            number=number,
            duplicate_of=row[8],
        )

    def clear(self) -> None:
        """Forget every message; numbers begin anew."""
        with self._using() as connection:
            connection.execute("DELETE FROM events")
            connection.execute("DELETE FROM messages")

    def close(self) -> None:
        """Let the file go; a second time does nothing."""
        with self._lock:
            self._connection.close()

    def __del__(self) -> None:
        """One that is no longer wanted may still be read by a worker: the last to let go of it closes it."""
        self._connection.close()

    def __enter__(self) -> Inbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _using(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._connection
            except sqlite3.OperationalError as error:
                code = getattr(error, "sqlite_errorcode", 0) & 0xFF
                refusal = {
                    sqlite3.SQLITE_FULL: Refusal.FULL,
                    sqlite3.SQLITE_IOERR: Refusal.BROKEN,
                    sqlite3.SQLITE_CANTOPEN: Refusal.NOT_ALLOWED,
                }.get(code)
                if refusal is None:  # a bug of ours
                    raise
                raise refused(refusal, what="the inbox", path=_temporary(), said=str(error)) from error


def _temporary() -> Path:
    """Where temporary files are; on a full disk Python finds no such place."""
    try:
        return Path(tempfile.gettempdir())
    except OSError:
        return Path.cwd()


def _event_rows(number: int, message: InboxMessage) -> list[tuple[Any, ...]]:
    decoded = message.decoded
    about = [
        message.message_id,
        decoded.event_doc_id or "",
        decoded.customer_id or "",
        decoded.source_account or "",
        message.sender_id,
    ]
    if not decoded.events:
        text = _words([*about, message.raw[:10_000]])
        return [(number, 1, 0, "", "", "", "", "", text)]
    return [
        (
            number,
            place,
            len(decoded.events),
            plain(event.event_type),
            plain(event.event_timestamp or ""),
            plain(event.hit_type_id or ""),
            plain(event.hit_id or ""),
            plain(event.assignment_id or ""),
            _words(
                [
                    event.event_type,
                    event.event_timestamp or "",
                    event.hit_type_id or "",
                    event.hit_id or "",
                    event.assignment_id or "",
                    json.dumps(dict(event.extra), ensure_ascii=False) if event.extra else "",
                    *about,
                ]
            ),
        )
        for place, event in enumerate(decoded.events, start=1)
    ]


def _words(parts: list[str]) -> str:
    return plain("\n".join(part for part in parts if part)).casefold()


def _conditions(query: InboxQuery) -> tuple[str, list[Any]]:
    conditions: list[str] = []
    values: list[Any] = []
    for column, sign, value in (
        ("e.event_type", "=", query.event or None),
        ("e.hit_type_id", "=", query.hit_type or None),
        ("e.id", "<", query.before),
        ("e.id", ">", query.after),
    ):
        if value is not None:
            conditions.append(f"{column} {sign} ?")
            values.append(value)
    for word in query.text.split():
        conditions.append("instr(e.words, ?) > 0")
        values.append(plain(word).casefold())
    return (f" WHERE {' AND '.join(conditions)}" if conditions else ""), values
