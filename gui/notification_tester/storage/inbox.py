# SPDX-License-Identifier: MIT
"""One list of the inbox: what was seen at one place, on disk, with the newest always there and the oldest let go.

A list that is kept is an SQLite database of its own in the program's folder, which nobody else may read; one that ends
with the program is SQLite's own temporary database (sqlite.org, "In-Memory Databases", "Temporary Databases"): a file
without a name that only this process can open and that the system removes, after a crash as well. What is in use stays
in a few megabytes of memory, so that fifty thousand messages need no more of it than a hundred.

It is also the memory of what was shown: a message id is taken once, however often the queue hands the message out.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import tempfile
import threading
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from notification_tester.domain.events import TEST_HIT_ID, TEST_HIT_TYPE_ID
from notification_tester.domain.messages.message import decode
from notification_tester.domain.messages.pasted_message import decode_pasted
from notification_tester.domain.messages.remarks import read_time
from notification_tester.domain.messages.sender import Sender, SignatureState, SignatureVerdict
from notification_tester.domain.problem import Cause, Problem, ProblemError, ServiceAnswer
from notification_tester.storage.database import BESIDE
from notification_tester.storage.disk import Refusal, disk_error, refused
from notification_tester.storage.inbox_rows import EMPTY, Funnel, InboxMessage, InboxQuery, InboxRow, Overview
from notification_tester.storage.migrations import INBOX_MIGRATIONS, migrate, version_of
from notification_tester.storage.stored_values import moment_of, plain, raw_from_bytes, raw_to_bytes, stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from notification_tester.domain.messages.decoded import DecodedEvent
    from notification_tester.storage.ownership import Ownership

MEMORY_KIBIBYTES = 4096
BUSY_SECONDS = 0.5
"""Who has the file open keeps it for as long as the program runs: waiting longer helps nobody."""
MOST_HIT_TYPES = 500
"""How many are offered to choose from; more are found by typing."""
MOST_MESSAGES = 50_000
MOST_BYTES = 128 * 2**20
"""Of the messages of one list. Where there are more, the oldest twentieth makes room."""
MOST_DROPPED = 500_000
"""Ids of such messages that are still known."""
MOST_BARS = 100
MOST_FUNNELS = 20

_STEPS = tuple(
    1000 * seconds
    for seconds in (
        *(1, 2, 5, 10, 15, 30),
        *(60 * minutes for minutes in (1, 2, 5, 10, 15, 30)),
        *(3600 * hours for hours in (1, 2, 3, 6, 12)),
        *(86_400 * days for days in (1, 2, 7, 14, 30, 90, 365, 3650, 36_500)),
    )
)
"""Milliseconds that one bar may stand for; a hundred of the last are all years that there are."""
_PRAGMAS = ("temp_store = FILE", f"cache_size = -{MEMORY_KIBIBYTES}", "secure_delete = ON")
_KEPT = ("locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = NORMAL")
"""With the file for itself alone SQLite needs no memory that is shared, which disks in a network do not offer."""
_TEMPORARY = ("journal_mode = MEMORY", "synchronous = OFF")
_ROW = (
    "SELECT e.id, e.message, e.place, e.events, e.event_type, e.event_timestamp, e.at, e.hit_type_id,"
    " coalesce(t.title, ''), e.hit_id, e.assignment_id, e.worker_id, e.under,"
    " CASE WHEN e.under IS NULL THEN e.copies ELSE (SELECT f.copies FROM events f WHERE f.id = e.under) END,"
    " m.seen_at, m.is_test, m.duplicate_of, m.problem_title, m.sender, m.signature"
    " FROM events e JOIN messages m ON m.number = e.message LEFT JOIN titles t ON t.hit_type_id = e.hit_type_id"
)
_SIZE = "SELECT count(*), coalesce(sum(length(raw)), 0) FROM messages"
_SENDERS = {one.value: one for one in Sender}
_STATES = {one.value: one for one in SignatureState}


class Label(NamedTuple):
    """Whose list it is: the account's name, environment, and since when it has its keys; and of which place."""

    account: str
    environment: str
    since: str
    place: str


class Inbox:
    """Messages in the order in which they were seen. Every method may raise ProblemError with the cause STORAGE.

    Usable from many threads; one is served at a time. ``owner`` is who writes its exports; None where no record of what
    is unfinished can be kept. With ``path`` it is kept there, and what is there already is in it; ``label`` is given
    to a new one. ``clean`` takes what is secret out of a text before it is kept.
    """

    def __init__(
        self,
        owner: Ownership | None = None,
        path: Path | None = None,
        *,
        clean: Callable[[str], str] | None = None,
        label: Label | None = None,
    ) -> None:
        self.owner = owner
        self.path = path
        self.messages = 0
        """How many there are, as soon as anything was asked or kept."""
        self._clean = clean
        self._label = label
        self._bytes = 0
        self._is_discarded = False
        self._is_closed = False
        self._lock = threading.RLock()
        # A file is opened when it is first wanted: that is on a worker, and the window does not wait for the disk.
        self._opened: sqlite3.Connection | None = None
        if path is None:
            self._opened = self._open()

    @property
    def _connection(self) -> sqlite3.Connection:
        if self._opened is None:
            self._opened = self._open()
        return self._opened

    def _open(self) -> sqlite3.Connection:
        if self._is_closed:
            raise sqlite3.ProgrammingError("the inbox is closed")
        if self.path is not None:
            _make_private(self.path)
        # An empty name is what makes it temporary, with a file of its own as soon as the memory is full.
        connection = sqlite3.connect(
            self.path or "", timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            for pragma in (*(_TEMPORARY if self.path is None else _KEPT), *_PRAGMAS):
                connection.execute(f"PRAGMA {pragma}").fetchall()
            if (version := version_of(connection)) > len(INBOX_MIGRATIONS):
                raise _newer(self.path, version)
            migrate(connection, INBOX_MIGRATIONS)
            if self._label is not None:
                connection.execute("INSERT INTO list VALUES (?, ?, ?, ?)", tuple(map(plain, self._label)))
                self._label = None
            self.messages, self._bytes = connection.execute(_SIZE).fetchone()
        except BaseException:
            connection.close()
            raise
        return connection

    def label(self) -> Label | None:
        """Whose list it is and of what; None for nobody's."""
        with self._using() as connection:
            found = connection.execute("SELECT account, environment, since, place FROM list").fetchone()
        return None if found is None else Label._make(found)

    def keep(self, messages: Sequence[InboxMessage]) -> list[InboxMessage]:
        """Keep those that were not seen before; returns these, numbered, with their duplicates marked."""
        if self._clean is not None:
            messages = [_cleaned(one, self._clean) for one in messages]
        with self._writing() as connection:
            kept = [new for one in messages if (new := self._keep_one(connection, one)) is not None]
            count, size = self.messages + len(kept), self._bytes + sum(len(one.raw) for one in kept)
            if count > MOST_MESSAGES or size > MOST_BYTES:
                _make_room(connection)
                count, size = connection.execute(_SIZE).fetchone()
        self.messages, self._bytes = count, size
        return kept

    def _keep_one(self, connection: sqlite3.Connection, message: InboxMessage) -> InboxMessage | None:
        decoded = message.decoded
        known = plain(message.message_id)
        if connection.execute("SELECT 1 FROM dropped WHERE message_id = ?", (known,)).fetchone():
            return None
        document = plain(decoded.event_doc_id) if decoded.event_doc_id else None
        first = connection.execute(
            "SELECT min(number) FROM messages WHERE event_doc_id = ? AND duplicate_of IS NULL", (document,)
        ).fetchone()[0]
        cursor = connection.execute(
            "INSERT OR IGNORE INTO messages (message_id, event_doc_id, seen_at, sent_at, sender_id, sender, signature,"
            " signature_because, receive_count, is_test, is_pasted, duplicate_of, problem_title, raw)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                known,
                document,
                stamp(message.seen_at),
                stamp(message.sent_at),
                plain(message.sender_id),
                message.sender.value,
                message.signature.state.value,
                message.signature.because,
                message.receive_count,
                int(decoded.is_test),
                int(message.is_pasted),
                first,
                decoded.problem.title if decoded.problem else "",
                raw_to_bytes(message.raw)[0],
            ),
        )
        if not cursor.rowcount or cursor.lastrowid is None:
            return None
        number = cursor.lastrowid
        rows = _event_rows(number, message)
        if first is not None:
            rows = [_under_first(connection, first, row) for row in rows]
        connection.executemany(
            "INSERT INTO events (message, place, events, event_type, event_timestamp, at, hit_type_id, hit_id,"
            " assignment_id, worker_id, words, under) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
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
        return [_row(row) for row in found]

    def copies(self, event: float) -> list[InboxRow]:
        """The copies of an event, by its row's id, in the order in which they came, as they stand below it."""
        with self._using() as connection:
            found = connection.execute(f"{_ROW} WHERE e.under = ? ORDER BY e.id", (event,)).fetchall()
        return [below(_row(row), number) for number, row in enumerate(found, start=1)]

    def overview(self, query: InboxQuery) -> Overview:
        """What the list looks like from afar, as ``query`` lets it be seen; its limit and place aside."""
        query = replace(query, before=None, after=None, is_folded=True)
        timeless, all_kinds = replace(query, since=None, until=None), replace(query, events=frozenset())
        with self._using() as connection:
            where, values = _conditions(timeless)
            first, last = connection.execute(
                f"SELECT min(e.at), max(e.at) FROM events e{where}",  # noqa: S608 - our own words alone
                values,
            ).fetchone()
            if first is None:
                begin, step, bars = EMPTY.begin, EMPTY.step, EMPTY.bars
            else:
                step = next((one for one in _STEPS if last // one - first // one < MOST_BARS), _STEPS[-1])
                begin = first // step * step
                counts = [0] * (last // step - first // step + 1)
                for bar, count in connection.execute(
                    f"SELECT (e.at - ?) / ?, count(*) FROM events e{where} GROUP BY 1",  # noqa: S608
                    (begin, step, *values),
                ):
                    counts[bar] = count
                bars = tuple(counts)
            where, values = _conditions(all_kinds)
            kinds = connection.execute(
                f"SELECT e.event_type, count(*) FROM events e{where} GROUP BY e.event_type ORDER BY 1",  # noqa: S608
                values,
            ).fetchall()
            also = f"{where} {'AND' if where else 'WHERE'} e.assignment_id != ''"
            funnels = connection.execute(_FUNNELS.format(where=also), (*values, MOST_FUNNELS)).fetchall()
        return Overview(begin=begin, step=step, bars=bars, kinds=dict(kinds), funnels=tuple(map(Funnel._make, funnels)))

    def last_real(self, senders: Collection[Sender], signatures: Collection[SignatureState]) -> dict[str, datetime]:
        """When the newest message with an event of each kind was sent, by Amazon's name of the event; tests aside.

        Only messages that could be read whole count, of which ``senders`` and ``signatures`` allow what was found. Of a
        test that could not be told by all its ids, one of them is enough to leave it out.
        """
        values = (TEST_HIT_TYPE_ID, TEST_HIT_ID, *senders, *signatures)
        with self._using() as connection:
            found = connection.execute(
                _LAST_REAL.format(senders=_marks(senders), signatures=_marks(signatures)), values
            ).fetchall()
        return {event: moment_of(sent_at) for event, sent_at in found}

    def set_titles(self, titles: Mapping[str, str]) -> bool:
        """Remember the titles of those HIT types that were seen; says whether any is new or another."""
        with self._writing() as connection:
            seen = {row[0] for row in connection.execute("SELECT DISTINCT hit_type_id FROM events")}
            wanted = {plain(one): plain(title) for one, title in titles.items() if title and one in seen}
            known = dict(connection.execute("SELECT hit_type_id, title FROM titles").fetchall())
            new = [(one, title, title.casefold()) for one, title in wanted.items() if known.get(one) != title]
            connection.executemany("INSERT OR REPLACE INTO titles VALUES (?, ?, ?)", new)
        return bool(new)

    def untitled(self, limit: int) -> dict[str, str]:
        """HIT types whose title is not known, those seen last first, each with a HIT of it.

        Left out is what tests and others than Mechanical Turk named: that may be anything.
        """
        with self._using() as connection:
            found = connection.execute(
                "SELECT e.hit_type_id, e.hit_id, max(e.id) FROM events e"
                " JOIN messages m ON m.number = e.message AND m.is_test = 0 AND m.sender != ?"
                " LEFT JOIN titles t ON t.hit_type_id = e.hit_type_id"
                " WHERE e.hit_type_id != '' AND e.hit_id != '' AND t.title IS NULL"
                " GROUP BY e.hit_type_id ORDER BY max(e.id) DESC LIMIT ?",
                (Sender.OTHER.value, limit),
            ).fetchall()
        return {hit_type: hit for hit_type, hit, _ in found}

    def titles(self) -> dict[str, str]:
        """The titles that are known, by the id of the HIT type."""
        with self._using() as connection:
            return dict(connection.execute("SELECT hit_type_id, title FROM titles").fetchall())

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
                " duplicate_of, is_pasted, raw FROM messages WHERE number = ?",
                (number,),
            ).fetchone()
        if row is None:
            return None
        raw = raw_from_bytes(row[10])
        return InboxMessage(
            message_id=row[0],
            seen_at=datetime.fromisoformat(row[1]),
            sent_at=datetime.fromisoformat(row[2]),
            decoded=decode_pasted(raw) if row[9] else decode(raw),
            raw=raw,
            is_pasted=bool(row[9]),
            sender_id=row[3],
            sender=_SENDERS[row[4]],
            signature=SignatureVerdict(state=_STATES[row[5]], because=row[6]),
            receive_count=row[7],
            number=number,
            duplicate_of=row[8],
        )

    def remove(self, before: datetime) -> int:
        """Forget the messages that were seen before a moment; returns how many."""
        with self._writing() as connection:
            last = connection.execute(
                "SELECT coalesce((SELECT min(number) - 1 FROM messages WHERE seen_at >= ?), max(number), 0)"
                " FROM messages",
                (stamp(before),),
            ).fetchone()[0]
            earlier = self.messages
            _remove_up_to(connection, last)
            count, size = connection.execute(_SIZE).fetchone()
        self.messages, self._bytes = count, size
        return earlier - self.messages

    def clear(self) -> None:
        """Forget every message; numbers begin anew."""
        with self._writing() as connection:
            for emptying in ("DELETE FROM events", "DELETE FROM messages", "DELETE FROM dropped", "DELETE FROM titles"):
                connection.execute(emptying)
        self.messages = self._bytes = 0

    def close(self) -> None:
        """Let the file go; a second time does nothing."""
        with self._lock:
            self._let_go()

    def _let_go(self) -> None:
        self._is_closed = True
        if self._opened is not None:
            self._opened.close()
        if self._is_discarded:
            self._remove()

    def discard(self) -> None:
        """Nobody wants it any more: remove its file, on Windows once the last who still reads it lets go of it."""
        self._is_discarded = True
        if sys.platform != "win32":
            self._remove()

    def _remove(self) -> None:
        if self.path is not None:
            for ending in ("", *BESIDE):
                with suppress(OSError):
                    self.path.with_name(self.path.name + ending).unlink()

    def __del__(self) -> None:
        """One that is no longer wanted may still be read by a worker: the last to let go of it closes it."""
        self._let_go()

    def __enter__(self) -> Inbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Write, all or nothing."""
        with self._using() as connection:
            connection.execute("BEGIN")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _using(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._connection
            except sqlite3.DatabaseError as error:
                problem = self._known_error(error)
                if problem is None:  # a bug of ours
                    raise
                raise problem from error

    def _known_error(self, error: sqlite3.DatabaseError) -> ProblemError | None:
        code, path = getattr(error, "sqlite_errorcode", 0) & 0xFF, self.path or _temporary()
        if self.path is not None and code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
            return _unreadable(path, str(error))
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            return refused(Refusal.IN_USE, what="the inbox", path=path, said=str(error))
        refusal = {
            sqlite3.SQLITE_FULL: Refusal.FULL,
            sqlite3.SQLITE_IOERR: Refusal.BROKEN,
            sqlite3.SQLITE_CANTOPEN: Refusal.NOT_ALLOWED,
            sqlite3.SQLITE_READONLY: Refusal.READ_ONLY,
        }.get(code)
        return None if refusal is None else refused(refusal, what="the inbox", path=path, said=str(error))


def below(row: InboxRow, number: int) -> InboxRow:
    """A copy as it stands below its first, the ``number``-th of them, from 1; at most 2**20 keep their order."""
    return row if row.under is None else row._replace(id=row.under - number / 2**20)


def _temporary() -> Path:
    """Where temporary files are; on a full disk Python finds no such place."""
    try:
        return Path(tempfile.gettempdir())
    except OSError:
        return Path.cwd()


def _make_private(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600))
    except OSError as error:
        raise disk_error(error, what="the inbox", path=path) from error


def _unreadable(path: Path, said: str) -> ProblemError:
    return ProblemError(
        Problem(
            title="A list of the inbox can no longer be read.",
            detail=f"The file {path} is damaged; a failing disk or another program may have done that. It is kept as "
            "it is.",
            remedy="Put a copy from your backup in its place, or delete it: its place then gets a new list.",
            code="inbox.unreadable",
            cause=Cause.STORAGE,
            answer=ServiceAnswer(message=said),
        )
    )


def _newer(path: Path | None, version: int) -> ProblemError:
    return ProblemError(
        Problem(
            title="A list of the inbox comes from a newer version of the program.",
            detail=f"The file {path} has the shape number {version}, and this program knows those up to "
            f"{len(INBOX_MIGRATIONS)}. It was not touched.",
            remedy="Use the newer program to see it.",
            code="inbox.unreadable",
            cause=Cause.STORAGE,
        )
    )


def _cleaned(message: InboxMessage, clean: Callable[[str], str]) -> InboxMessage:
    raw = clean(message.raw)
    if raw == message.raw:
        return message
    return replace(message, raw=raw, decoded=decode_pasted(raw) if message.is_pasted else decode(raw))


def _row(values: Sequence[Any]) -> InboxRow:
    *before, is_test, duplicate_of, problem_title, sender, signature = values
    return InboxRow._make((*before, bool(is_test), duplicate_of, problem_title, _SENDERS[sender], _STATES[signature]))


_FUNNELS = """
SELECT hit_type_id, title, accepted, submitted, approved, rejected, given_up FROM (
    SELECT e.hit_type_id, coalesce(t.title, '') AS title,
        count(DISTINCT CASE WHEN e.event_type = 'AssignmentAccepted' THEN e.assignment_id END) AS accepted,
        count(DISTINCT CASE WHEN e.event_type = 'AssignmentSubmitted' THEN e.assignment_id END) AS submitted,
        count(DISTINCT CASE WHEN e.event_type = 'AssignmentApproved' THEN e.assignment_id END) AS approved,
        count(DISTINCT CASE WHEN e.event_type = 'AssignmentRejected' THEN e.assignment_id END) AS rejected,
        count(DISTINCT CASE WHEN e.event_type IN ('AssignmentReturned', 'AssignmentAbandoned')
            THEN e.assignment_id END) AS given_up
    FROM (SELECT e.message, e.hit_type_id, e.assignment_id, e.event_type FROM events e{where}) e
    JOIN messages m ON m.number = e.message AND m.is_test = 0
    LEFT JOIN titles t ON t.hit_type_id = e.hit_type_id
    GROUP BY e.hit_type_id
) ORDER BY max(accepted, submitted, approved) DESC, hit_type_id LIMIT ?
"""
_LAST_REAL = """
SELECT e.event_type, max(m.sent_at) FROM messages m JOIN events e ON e.message = m.number
WHERE m.is_test = 0 AND m.is_pasted = 0 AND m.problem_title = ''
    AND e.event_type NOT IN ('', 'Ping') AND e.hit_type_id != ? AND e.hit_id != ?
    AND m.sender IN ({senders}) AND m.signature IN ({signatures})
GROUP BY e.event_type
"""
_SAME = (
    "SELECT id, under FROM events WHERE message = ? AND place = ? AND event_type = ? AND event_timestamp = ?"
    " AND hit_type_id = ? AND hit_id = ? AND assignment_id = ? AND worker_id = ?"
)


def _under_first(connection: sqlite3.Connection, first: int, row: tuple[Any, ...]) -> tuple[Any, ...]:
    """The row of an event under the same one of the first message; by itself where the two differ.

    The first is found by what is known of its copies, too: their message ids.
    """
    _, place, _, event_type, timestamp, _, hit_type, hit, assignment, worker, words, _ = row
    same = connection.execute(
        _SAME, (first, place, event_type, timestamp, hit_type, hit, assignment, worker)
    ).fetchone()
    if same is None or not event_type:
        return row
    connection.execute(
        "UPDATE events SET copies = copies + 1, words = words || char(10) || ? WHERE id = ?",
        (words.partition("\n")[0], same[0]),
    )
    return (*row[:-1], same[0])


def _make_room(connection: sqlite3.Connection) -> None:
    """Drop the oldest twentieth, and remember their ids."""
    last = connection.execute(
        "SELECT max(number) FROM (SELECT number FROM messages ORDER BY number LIMIT"
        " (SELECT max(1, count(*) / 20) FROM messages))"
    ).fetchone()[0]
    connection.execute(
        "INSERT OR IGNORE INTO dropped (message_id) SELECT message_id FROM messages WHERE number <= ? ORDER BY number",
        (last,),
    )
    connection.execute("DELETE FROM dropped WHERE number <= (SELECT max(number) FROM dropped) - ?", (MOST_DROPPED,))
    _remove_up_to(connection, last)


def _remove_up_to(connection: sqlite3.Connection, last: int) -> None:
    """Remove the oldest messages. Of copies whose first goes, the next becomes the first."""
    heirs = connection.execute(
        "SELECT c.under, min(c.id), count(*) - 1 FROM events c JOIN events f ON f.id = c.under"
        " WHERE c.under IS NOT NULL AND f.message <= ? AND c.message > ? GROUP BY c.under",
        (last, last),
    ).fetchall()
    for before, heir, copies in heirs:
        connection.execute("UPDATE events SET under = NULL, copies = ? WHERE id = ?", (copies, heir))
        connection.execute("UPDATE events SET under = ? WHERE under = ?", (heir, before))
    firsts = connection.execute(
        "SELECT duplicate_of, min(number) FROM messages WHERE duplicate_of <= ? AND number > ? GROUP BY 1", (last, last)
    ).fetchall()
    for before, heir in firsts:
        connection.execute("UPDATE messages SET duplicate_of = NULL WHERE number = ?", (heir,))
        connection.execute("UPDATE messages SET duplicate_of = ? WHERE duplicate_of = ?", (heir, before))
    connection.execute("DELETE FROM events WHERE message <= ?", (last,))
    connection.execute("DELETE FROM messages WHERE number <= ?", (last,))


def _event_rows(number: int, message: InboxMessage) -> list[tuple[Any, ...]]:
    """A row for each event, as it is inserted; the words begin with the message id."""
    decoded = message.decoded
    about = [decoded.event_doc_id or "", decoded.customer_id or "", decoded.source_account or "", message.sender_id]
    sent = _milliseconds(message.sent_at)
    if not decoded.events:
        text = _words([message.message_id, *about, message.raw[:10_000]])
        return [(number, 1, 0, "", "", sent, "", "", "", "", text, None)]
    return [
        (
            number,
            place,
            len(decoded.events),
            plain(event.event_type),
            plain(event.event_timestamp or ""),
            _moment(event, sent),
            plain(event.hit_type_id or ""),
            plain(event.hit_id or ""),
            plain(event.assignment_id or ""),
            plain(_worker(event)),
            _words(
                [
                    message.message_id,
                    event.event_type,
                    event.event_timestamp or "",
                    event.hit_type_id or "",
                    event.hit_id or "",
                    event.assignment_id or "",
                    json.dumps(dict(event.extra), ensure_ascii=False) if event.extra else "",
                    *about,
                ]
            ),
            None,
        )
        for place, event in enumerate(decoded.events, start=1)
    ]


def _marks(values: Collection[str]) -> str:
    return ", ".join("?" * len(values))


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _moment(event: DecodedEvent, sent: int) -> int:
    told = read_time(event.event_timestamp or "")
    return sent if told is None else _milliseconds(told)


def _worker(event: DecodedEvent) -> str:
    """The worker's id, which the messages of some have since 2025, and the service model does not name."""
    worker = event.extra.get("WorkerId")
    return worker if isinstance(worker, str) else ""


def _words(parts: list[str]) -> str:
    return plain("\n".join(part for part in parts if part)).casefold()


def _conditions(query: InboxQuery) -> tuple[str, list[Any]]:
    conditions: list[str] = []
    values: list[Any] = []
    for column, sign, value in (
        ("e.hit_type_id", "=", query.hit_type or None),
        ("e.at", ">=", query.since),
        ("e.at", "<", query.until),
        ("e.id", "<", query.before),
        ("e.id", ">", query.after),
    ):
        if value is not None:
            conditions.append(f"{column} {sign} ?")
            values.append(value)
    if query.events:
        conditions.append(f"e.event_type IN ({', '.join('?' * len(query.events))})")
        values += sorted(query.events)
    if query.is_folded and query.after is None:
        conditions.append("e.under IS NULL")
    for word in query.text.split():
        conditions.append(
            "(instr(e.words, ?) > 0 OR e.hit_type_id IN (SELECT hit_type_id FROM titles WHERE instr(folded, ?) > 0))"
        )
        values += [plain(word).casefold()] * 2
    return (f" WHERE {' AND '.join(conditions)}" if conditions else ""), values
