# SPDX-License-Identifier: MIT
"""Finding rows of the history by text, without reading a million of them.

Words of three and more characters are looked up in an index of every three consecutive characters (SQLite's FTS5 with
the tokenizer "trigram"), so that any part of a word is found: an id from a message, a queue's name, an error code. The
index keeps no text of its own. Upper and lower case are alike: text and question are both case-folded by Python, which
knows more alphabets than SQLite. Shorter words are looked for in the columns that the list shows, and not in messages,
where two letters are everywhere.

A row enters the index when its test ended; rows that are not in it (still running, or written by a Python whose SQLite
has no FTS5) have ``searchable = 0`` and are searched by LIKE, which is slow for many, quick for few, and takes only the
letters A to Z for alike in both cases, and reads a message up to its first null byte.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from notification_tester.storage.migrations import make_search_index
from notification_tester.storage.stored_values import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notification_tester.storage.rows import Outcome

TRIGRAM = 3
_SHOWN = ("destination", "account", "event", "problem_title", "problem_code")
_ALL_TEXT = (
    *(f"h.{name}" for name in _SHOWN),
    "(SELECT b.events FROM history_body b WHERE b.id = h.id)",
    "(SELECT b.request FROM history_body b WHERE b.id = h.id AND h.kind = 'hit-types')",
    "(SELECT CAST(b.raw AS TEXT) FROM history_body b WHERE b.id = h.id)",
)


class Condition(NamedTuple):
    """A part of a WHERE and its values."""

    sql: str
    values: tuple[object, ...]


def has_index(connection: sqlite3.Connection) -> bool:
    """Whether there is an index that answers; one that is missing or damaged is made where this SQLite can keep it."""
    try:
        if not make_search_index(connection):
            return False
        connection.execute("SELECT rowid FROM history_search WHERE history_search MATCH '\"abc\"' LIMIT 1").fetchone()
    except sqlite3.DatabaseError as error:
        if is_damaged(error):
            with suppress(sqlite3.DatabaseError):  # too damaged even for that: it stays, and is not used
                drop_index(connection)
                return make_search_index(connection)
            return False
        if error.sqlite_errorcode == sqlite3.SQLITE_ERROR:
            return False
        raise
    return True


def is_damaged(error: BaseException | None) -> bool:
    """Whether an error of SQLite's says that the index is damaged, or gone: everything else may be whole."""
    code = getattr(error, "sqlite_errorcode", None)
    return code == sqlite3.SQLITE_CORRUPT_VTAB or "history_search" in str(error)


def drop_index(connection: sqlite3.Connection) -> None:
    """Do without the index, until :func:`make_search_index` makes another: every row is then searched by LIKE."""
    connection.execute("DROP TABLE IF EXISTS history_search")


def searchable_text(parts: Sequence[str]) -> str:
    """What the index is given for a row. Each field is a line, so that no word runs across two.

    A null byte becomes the end of a line too: the tokenizer would read no further.
    """
    return plain("\n".join(parts)).replace("\0", "\n").casefold()


def add(connection: sqlite3.Connection, row_id: int, *, outcome: str, text: str) -> None:
    """Put a row into the index."""
    connection.execute("INSERT INTO history_search (rowid, outcome, text) VALUES (?, ?, ?)", (row_id, outcome, text))


def remove(connection: sqlite3.Connection, row_id: int, *, outcome: str, text: str) -> None:
    """Take a row out again; needs exactly what was put in, since the index keeps no text."""
    connection.execute(
        "INSERT INTO history_search (history_search, rowid, outcome, text) VALUES ('delete', ?, ?, ?)",
        (row_id, outcome, text),
    )


def words_of(text: str) -> tuple[list[str], list[str]]:
    """The words of a question: those that the index can answer, and those that are too short for it."""
    cleaned = "".join(character if character.isprintable() else " " for character in plain(text))
    words = list(dict.fromkeys(cleaned.split()))
    long = [word for word in words if len(word.casefold()) >= TRIGRAM]
    return long, [word for word in words if word not in long]


def match(words: Sequence[str], outcomes: frozenset[Outcome]) -> str:
    """The question in FTS5's own language; every word is quoted, so that none is an operator."""
    quoted = ['text : "' + word.casefold().replace('"', '""') + '"' for word in words]
    if outcomes:
        quoted.append("outcome : (" + " OR ".join(f'"{outcome.value}"' for outcome in sorted(outcomes)) + ")")
    return " AND ".join(quoted)


def in_shown_columns(words: Sequence[str]) -> tuple[Condition, ...]:
    """Each word in any column of the list."""
    return tuple(_like(tuple(f"h.{name}" for name in _SHOWN), word) for word in words)


def in_all_text(words: Sequence[str]) -> tuple[Condition, ...]:
    """Each word anywhere, the message included; reads every row that it is asked about."""
    return tuple(_like(_ALL_TEXT, word) for word in words)


def _like(columns: tuple[str, ...], word: str) -> Condition:
    pattern = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    either = " OR ".join(f"{column} LIKE ? ESCAPE '\\'" for column in columns)
    return Condition(f"({either})", (pattern,) * len(columns))
