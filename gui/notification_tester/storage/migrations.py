# SPDX-License-Identifier: MIT
"""The database's shape, step by step. A step, its record and its number are one transaction.

A step that was published is never changed; a new shape is a new step at the end. Nothing of the shape is made anywhere
else, but for the index of words, which an SQLite without FTS5 passes over: :func:`make_search_index` is asked again
whenever a history is opened.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Migration(NamedTuple):
    """One step: what it is for, its statements, and what is done after them in the same transaction."""

    name: str
    statements: tuple[str, ...]
    afterwards: Callable[[sqlite3.Connection], object] = lambda _: None


SEARCH_INDEX = (
    "CREATE VIRTUAL TABLE history_search"
    " USING fts5 (outcome, text, content = '', tokenize = 'trigram case_sensitive 1')"
)


def make_search_index(connection: sqlite3.Connection) -> bool:
    """Make the index of words where it is missing; says whether it is there now.

    It is not where this Python's SQLite has no FTS5, or one without the tokenizer "trigram" (before 3.34). Which rows
    an index held that is gone is not known any more, so all of them count as rows outside the new one.
    """
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'history_search'").fetchone():
        return True
    try:
        connection.execute(SEARCH_INDEX)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:  # no such module, no such tokenizer
            raise
        return False
    connection.execute("UPDATE history SET searchable = 0 WHERE searchable != 0")
    return True


MIGRATIONS = (
    Migration(
        "history and leftovers",
        (
            # What the list shows is in one narrow table, what one row's page shows in another: a list of a million
            # rows is then read without the messages, and a search without either.
            """
            CREATE TABLE history (
                id INTEGER PRIMARY KEY,
                started TEXT NOT NULL,
                kind TEXT NOT NULL,
                account TEXT NOT NULL,
                environment TEXT NOT NULL,
                transport TEXT NOT NULL,
                destination TEXT NOT NULL,
                event TEXT NOT NULL,
                outcome TEXT NOT NULL,
                accepted TEXT NOT NULL,
                arrived TEXT NOT NULL,
                as_expected TEXT NOT NULL,
                seconds REAL,
                problem_title TEXT NOT NULL DEFAULT '',
                problem_code TEXT NOT NULL DEFAULT '',
                searchable INTEGER NOT NULL DEFAULT 0,
                owner TEXT NOT NULL
            )
            """,
            """
            CREATE TABLE history_body (
                id INTEGER PRIMARY KEY REFERENCES history (id) ON DELETE CASCADE,
                version TEXT NOT NULL,
                events TEXT NOT NULL,
                request TEXT NOT NULL,
                lamps TEXT NOT NULL,
                problem TEXT,
                message TEXT,
                raw BLOB NOT NULL DEFAULT x'',
                raw_is_cut INTEGER NOT NULL DEFAULT 0,
                answer TEXT NOT NULL DEFAULT ''
            )
            """,
            # An index ends in the row's id, so each outcome is found newest first without sorting.
            "CREATE INDEX history_by_outcome ON history (outcome)",
            "CREATE INDEX history_not_searchable ON history (searchable) WHERE searchable = 0",
            "CREATE INDEX history_open ON history (owner) WHERE outcome = 'running'",
            """
            CREATE TABLE leftovers (
                id INTEGER PRIMARY KEY,
                kind TEXT NOT NULL,
                account TEXT NOT NULL,
                region TEXT NOT NULL,
                name TEXT NOT NULL,
                topic_arn TEXT NOT NULL,
                address TEXT NOT NULL DEFAULT '',
                owner TEXT NOT NULL,
                planned TEXT NOT NULL
            )
            """,
        ),
    ),
    Migration(
        "ledger and presets",
        (
            # A line is never changed: its answer is a row beside it. ``place`` is what lines are ordered by: ``at``, or
            # the place of the line before it where the clock was set back. ``spec`` is NULL where Active alone was
            # sent. ``imported`` is when, or NULL for a line of our own. Ten thousand lines share one specification.
            "CREATE TABLE ledger_specs (id INTEGER PRIMARY KEY, spec TEXT NOT NULL UNIQUE)",
            """
            CREATE TABLE ledger (
                id INTEGER PRIMARY KEY,
                at TEXT NOT NULL,
                place TEXT NOT NULL,
                account TEXT NOT NULL,
                environment TEXT NOT NULL,
                hit_type_id TEXT NOT NULL,
                action TEXT NOT NULL,
                spec INTEGER REFERENCES ledger_specs (id),
                active INTEGER NOT NULL,
                after_spec INTEGER REFERENCES ledger_specs (id),
                after_active INTEGER,
                owner TEXT NOT NULL,
                imported TEXT
            )
            """,
            """
            CREATE TABLE ledger_answers (
                line INTEGER PRIMARY KEY REFERENCES ledger (id),
                state TEXT NOT NULL CHECK (state IN ('applied', 'failed', 'unknown')),
                answered TEXT NOT NULL,
                problem TEXT
            )
            """,
            "CREATE INDEX ledger_by_hit_type ON ledger (account, environment, hit_type_id, place, imported DESC)",
            *(
                f"CREATE TRIGGER {table}_no_{event} BEFORE {event} ON {table}"
                " BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END"
                for table in ("ledger", "ledger_answers", "ledger_specs")
                for event in ("update", "delete")
            ),
            "CREATE TABLE presets (folded TEXT PRIMARY KEY, name TEXT NOT NULL, spec TEXT NOT NULL)",
        ),
    ),
    Migration("leftovers are told once", ("ALTER TABLE leftovers ADD COLUMN told INTEGER NOT NULL DEFAULT 0",)),
    # A test waits for its row, and each index is a page more to write. Open rows are few, and found by their outcome.
    Migration("one index less to write", ("DROP INDEX history_open",)),
    # These were made where they were first needed: most databases of that shape have some of them.
    Migration(
        "words, and tests that arrived, are found by an index",
        (
            "CREATE INDEX IF NOT EXISTS history_arrived ON history (destination) WHERE arrived = 'yes'",
            "CREATE INDEX IF NOT EXISTS history_green ON history (account, environment) WHERE outcome = 'good'",
        ),
        make_search_index,
    ),
    Migration(
        "the last test of each event at a destination, and the newest tests there, are found by an index",
        (
            "CREATE INDEX IF NOT EXISTS history_by_place ON history (destination, event, account)",
            "CREATE INDEX IF NOT EXISTS history_newest_at_place ON history (destination, account, environment, kind)",
        ),
    ),
    Migration(
        "changes of HIT types, which may be about several places, are found by an index",
        ("CREATE INDEX history_of_hit_types ON history (kind) WHERE kind = 'hit-types'",),
    ),
    Migration(
        "changes of policies, and the HIT types that ever had a specification, are found by an index",
        (
            # A test writes nothing to it: among a hundred thousand of them the few changes are found in no time.
            "CREATE INDEX history_of_mends ON history (kind) WHERE kind = 'mend'",
            "CREATE INDEX ledger_by_specification ON ledger (after_spec, account, environment, hit_type_id)",
        ),
    ),
)

INBOX_MIGRATIONS = (
    Migration(
        "a list of messages and the events in them",
        (
            # Whose list it is, and of which place, as JSON has it; no row in one that ends with the program.
            """
            CREATE TABLE list (
                account TEXT NOT NULL,
                environment TEXT NOT NULL,
                since TEXT NOT NULL,
                place TEXT NOT NULL
            )
            """,
            # ``is_pasted``: the text was given by a person, and may have anything around the message.
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
                is_pasted INTEGER NOT NULL,
                duplicate_of INTEGER,
                problem_title TEXT NOT NULL,
                raw BLOB NOT NULL
            )
            """,
            "CREATE INDEX messages_by_event_doc_id ON messages (event_doc_id, number) WHERE event_doc_id IS NOT NULL",
            # ``at`` is the event's own time in milliseconds since 1970, or else when its message was sent. ``under`` is
            # the same event of the first message with its EventDocId, which counts such ``copies``.
            """
            CREATE TABLE events (
                id INTEGER PRIMARY KEY,
                message INTEGER NOT NULL REFERENCES messages (number),
                place INTEGER NOT NULL,
                events INTEGER NOT NULL,
                event_type TEXT NOT NULL,
                event_timestamp TEXT NOT NULL,
                at INTEGER NOT NULL,
                hit_type_id TEXT NOT NULL,
                hit_id TEXT NOT NULL,
                assignment_id TEXT NOT NULL,
                worker_id TEXT NOT NULL,
                under INTEGER,
                copies INTEGER NOT NULL DEFAULT 0,
                words TEXT NOT NULL
            )
            """,
            "CREATE INDEX events_by_message ON events (message)",
            "CREATE INDEX events_by_type ON events (event_type)",
            "CREATE INDEX events_by_hit_type ON events (hit_type_id)",
            "CREATE INDEX events_by_first ON events (under) WHERE under IS NOT NULL",
            "CREATE TABLE titles (hit_type_id TEXT PRIMARY KEY, title TEXT NOT NULL, folded TEXT NOT NULL)",
            # Messages that had to make room: a queue that hands one out again tells nothing new.
            "CREATE TABLE dropped (number INTEGER PRIMARY KEY, message_id TEXT NOT NULL UNIQUE)",
        ),
    ),
)
"""Of the lists of the inbox, each of which is a database of its own."""


def version_of(connection: sqlite3.Connection) -> int:
    """How many steps the database has taken; 0 for a new one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection, migrations: Sequence[Migration] = MIGRATIONS) -> int:
    """Take the steps that are missing; returns how many that were.

    The connection must be in autocommit mode (``isolation_level=None``). The number is looked up again within each
    transaction: another process may have taken the step in between.
    """
    taken = 0
    while (before := version_of(connection)) < len(migrations):
        connection.execute("BEGIN IMMEDIATE")
        try:
            number = version_of(connection)
            if number == before:
                _take(connection, number + 1, migrations[number])
                taken += 1
            connection.execute("COMMIT")
        except BaseException:
            roll_back(connection)
            raise
    return taken


def roll_back(connection: sqlite3.Connection) -> None:
    """End a transaction without a trace; nothing to do where SQLite did so itself, as on a full disk."""
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def _take(connection: sqlite3.Connection, number: int, migration: Migration) -> None:
    connection.execute(
        "CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, taken TEXT NOT NULL)"
    )
    for statement in migration.statements:
        connection.execute(statement)
    migration.afterwards(connection)
    connection.execute(
        "INSERT INTO migrations (number, name, taken) VALUES (?, ?, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))",
        (number, migration.name),
    )
    connection.execute(f"PRAGMA user_version = {number:d}")  # a PRAGMA takes no parameters
