# SPDX-License-Identifier: MIT
"""The history of tests: a row before each call, completed after it, found again later.

A row is in the file before :meth:`History.begin` returns, so it survives a crash of the program at any moment; only
a power cut may take the last rows. Its completion may be written a moment later (:meth:`History.complete_soon`): a
crash in between leaves the row open, and the next start says of it that it was interrupted.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from notification_tester.domain.delivery import NOT_TRIED, Lamp, State
from notification_tester.domain.problem import ProblemError
from notification_tester.storage import search
from notification_tester.storage.database import each_row, every_row
from notification_tester.storage.queries import (
    PLACES,
    HistoryQuery,
    Place,
    arrivals_statement,
    count_statements,
    merged,
    page_statements,
)
from notification_tester.storage.rows import (
    CHANGE_KINDS,
    ENDED_EARLY,
    INTERRUPTED,
    INTERRUPTED_CHANGE,
    TEST_KIND,
    Arrival,
    Beginning,
    Ending,
    HistoryRow,
    HistorySummary,
    Outcome,
    arrival_from,
    events_from_text,
    lamps_to_text,
    row_from,
    summaries_from,
)
from notification_tester.storage.stored_values import (
    UNREADABLE,
    plain,
    problem_to_text,
    raw_from_bytes,
    raw_to_bytes,
    stamp,
)
from notification_tester.storage.written_later import WrittenLater

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from notification_tester.domain.problem import Problem
    from notification_tester.storage.database import Database
    from notification_tester.storage.ownership import Ownership

Value = TypeVar("Value")

NEWEST = 10_000
"""Rows whose accounts and places are on offer."""

MOST_ARRIVALS = 10_000
"""Tests of a place that are looked at together: more dots than anybody's window has places for."""

_WHOLE_COLUMNS = (
    *("id", "started", "kind", "account", "environment", "transport", "destination", "event", "outcome", "seconds"),
    *("version", "events", "request", "lamps", "problem", "message", "raw", "raw_is_cut", "answer"),
)
_WHOLE = (
    "SELECT h.id, h.started, h.kind, h.account, h.environment, h.transport, h.destination, h.event, h.outcome,"
    " h.seconds, b.version, b.events, b.request, b.lamps, b.problem, b.message, b.raw, b.raw_is_cut, b.answer"
    " FROM history h LEFT JOIN history_body b ON b.id = h.id WHERE h.id = ?"
)
_INDEXED = (
    "SELECT h.outcome, h.destination, h.account, h.event, h.problem_title, h.problem_code,"
    " CASE h.kind WHEN 'hit-types' THEN b.request END, b.events, b.raw"
    " FROM history h LEFT JOIN history_body b ON b.id = h.id WHERE h.id = ?"
)
_Unwritten = tuple[int, "Callable[[], Ending]"]
_NOT_YET = lamps_to_text(*[Lamp(state=State.UNKNOWN, detail="The answer has not come yet.")] * 3)
_REMOVABLE = (
    "SELECT id, searchable FROM history WHERE outcome != 'running' AND (?1 IS NULL OR started < ?1)"
    " ORDER BY id LIMIT ?2"
)
_AT_ONCE = 200
"""Rows that are removed in one transaction."""
_NEVER = Lamp(state=State.UNKNOWN, detail=ENDED_EARLY)


class History:
    """Tests as they were begun and as they ended. Every method may raise ProblemError with the cause STORAGE.

    Usable from many threads. Whoever reads sees everything that was handed over before.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._later = WrittenLater(self._write, name="history")
        self._lock = threading.Lock()
        self._refused: dict[int, Ending] = {}  # endings that the disk has not taken yet
        self._refusal: Problem | None = None
        with database.transaction() as connection:
            self._has_index = search.has_index(connection)
        self.account_names: Mapping[str, str] = {}
        """Of accounts that were renamed: what they are kept as, and what they are called."""

    @property
    def owner(self) -> Ownership:
        """Who began what is under way in this start."""
        return self._database.owner

    def begin(self, entry: Beginning, *, now: datetime) -> int:
        """Write down what is about to be tried, before it is; returns the row's id."""
        return self.begin_all([entry], now=now)[0]

    def begin_all(self, entries: Sequence[Beginning], *, now: datetime) -> list[int]:
        """Write down several that are tried side by side, all or none; returns the ids of their rows."""
        started, owner = stamp(now), self._database.owner.token
        with self._database.transaction(survives_power_cut=False) as connection:
            return [_begin(connection, entry, started=started, owner=owner) for entry in entries]

    def complete(self, row_id: int, ending: Ending) -> None:
        """Write down how it ended; a second time amends the first, as when a person answers "it arrived" later.

        Raises KeyError where there is no such row.
        """
        self.write_out()
        self._write([(row_id, lambda: ending)])

    def complete_soon(self, row_id: int, ending: Callable[[], Ending]) -> None:
        """Write down how it ended, in the background: a person who waits for a test need not wait for this too.

        ``ending`` is called there. What a disk refuses is kept, shown, and written as soon as the disk takes it; a
        program that ends before that leaves the row open, as a crash would. :attr:`refusal` says why.
        """
        self._later.add((row_id, ending))

    @property
    def refusal(self) -> Problem | None:
        """Why some endings could not be written yet; None where all are in the file."""
        self._later.write_out()
        return self._refusal

    def unwritten(self) -> tuple[int, Problem] | None:
        """How many endings are only in memory, and why, once it was tried to write them; None where all are written."""
        self.write_out()
        with self._lock:
            return None if self._refusal is None else (len(self._refused), self._refusal)

    def rows_in_memory(self) -> list[HistoryRow]:
        """The rows of which only memory has how they ended, the newest first; empty where all are written."""
        refused = sorted(self._refused, reverse=True)
        return list(self._each_row(refused)) if refused else []

    def write_out(self) -> None:
        """Wait until everything that was handed over is written, or was refused by the disk once more."""
        self._later.write_out()
        self._try_refused_again()

    def close(self) -> None:
        """Settle, and end the background; it begins again where it is needed again."""
        self._later.close()
        self._try_refused_again()

    def _try_refused_again(self) -> None:
        if self._refused:
            with suppress(ProblemError):
                self._write([])

    def close_interrupted(self) -> int:
        """Say of rows left open by programs that no longer run that they were; returns how many those are.

        Rows of another instance that still runs stay open.
        """
        return self._even_without_index(self._close_interrupted)

    def _close_interrupted(self) -> int:
        ending = Ending(
            outcome=Outcome.INTERRUPTED, accepted=_NEVER, arrived=_NEVER, as_expected=_NEVER, problem=INTERRUPTED
        )
        of_change = replace(
            ending, accepted=NOT_TRIED, arrived=NOT_TRIED, as_expected=NOT_TRIED, problem=INTERRUPTED_CHANGE
        )
        with self._database.transaction() as connection:
            rows = list(each_row(connection, "SELECT owner, id, kind FROM history WHERE outcome = 'running'"))
            alive = {owner: self._database.owner.is_alive(owner) for owner in {owner for owner, _, _ in rows}}
            open_ones = [(row_id, kind) for owner, row_id, kind in rows if not alive[owner]]
            for row_id, kind in open_ones:
                self._complete(connection, row_id, of_change if kind in CHANGE_KINDS else ending)
        return len(open_ones)

    def page(self, query: HistoryQuery) -> list[HistorySummary]:
        """Up to ``query.limit`` rows, newest first or as sorted. For more, ask again with ``before`` set to the last
        one's id, and ``beyond`` to the value that it is sorted by.
        """
        self.write_out()
        return self._even_without_index(partial(self._page, query))

    def _page(self, query: HistoryQuery) -> list[HistorySummary]:
        with self._database.reading() as connection:
            answers = [
                every_row(connection, statement.sql, statement.values)
                for statement in page_statements(query, indexed=self._has_index)
            ]
        rows = summaries_from(merged(query, answers))
        return [self._as_it_ended(row) for row in rows] if self._refused or self.account_names else rows

    def places(self) -> list[tuple[str, Place]]:
        """The accounts and places of the newest NEWEST rows, the newest first."""
        with self._database.reading() as connection:
            rows = every_row(connection, PLACES, (NEWEST,))
        return [
            (account, Place(transport=transport, destination=destination, environment=environment))
            for account, environment, transport, destination, _ in rows
            if all(isinstance(one, str) for one in (account, environment, transport, destination))
        ]

    def arrivals(
        self, place: Place, account: tuple[str, str], *, kind: str = TEST_KIND, limit: int = MOST_ARRIVALS
    ) -> list[Arrival]:
        """The newest tests of a place that arrived or did not, oldest first; what is not known is left out.

        ``account`` is what it is kept as, and its environment: another one at the same place tells nothing of it.
        """
        self.write_out()
        statement = arrivals_statement(place, account, kind, limit)
        with self._database.reading() as connection:
            rows = every_row(connection, statement.sql, statement.values)
        return [one for row in reversed(rows) if (one := arrival_from(row)) is not None]

    def count(self, query: HistoryQuery) -> int:
        """How many rows there are in all, whatever ``before`` and ``limit`` say."""
        self.write_out()
        return self._even_without_index(partial(self._count, query))

    def _count(self, query: HistoryQuery) -> int:
        with self._database.reading() as connection:
            return sum(
                connection.execute(statement.sql, statement.values).fetchone()[0]
                for statement in count_statements(query, indexed=self._has_index)
            )

    def row(self, row_id: int) -> HistoryRow | None:
        """Everything about one row, or None where it is gone."""
        return next(self.rows([row_id]), None)

    def rows(self, row_ids: list[int]) -> Iterator[HistoryRow]:
        """Everything about some rows, in the order asked for, read one after the other."""
        self.write_out()
        yield from self._each_row(row_ids)

    def _each_row(self, row_ids: list[int]) -> Iterator[HistoryRow]:
        for row_id in row_ids:
            with self._database.reading() as connection:
                found = _whole(connection, row_id)
            if found is not None:
                yield self._whole_as_it_ended(found)

    def remove(self, *, before: datetime | None = None) -> int:
        """Remove the rows that began before ``before``, or all; not what is under way. Returns how many.

        A few at a time, so that a test which is recorded meanwhile waits for none of it. What was in them is
        overwritten in the file.
        """
        self.write_out()
        moment = None if before is None else stamp(before)
        removed = 0
        while some := self._even_without_index(partial(self._remove_some, moment)):
            removed += some
        return removed

    def _remove_some(self, moment: str | None) -> int:
        with self._database.transaction(survives_power_cut=False) as connection:
            found = every_row(connection, _REMOVABLE, (moment, _AT_ONCE))
            for row_id, is_in_index in found:
                if is_in_index and self._has_index:
                    search.remove(connection, row_id, **_index_entry(connection, row_id))
                connection.execute("DELETE FROM history WHERE id = ?", (row_id,))  # and with it what it says
        return len(found)

    def _as_it_ended(self, row: HistorySummary) -> HistorySummary:
        """The row with the ending that only memory has, and the name that its account has by now."""
        if row.account in self.account_names:
            row = row._replace(account_name=self.account_names[row.account])
        ending = self._refused.get(row.id)
        if ending is None:
            return row
        return row._replace(
            outcome=ending.outcome,
            accepted=ending.accepted.state,
            arrived=ending.arrived.state,
            as_expected=ending.as_expected.state,
            seconds=ending.seconds,
            problem_title=ending.problem.title if ending.problem else "",
            problem_code=ending.problem.code if ending.problem else "",
        )

    def _whole_as_it_ended(self, row: HistoryRow) -> HistoryRow:
        if row.account in self.account_names:
            row = replace(row, account_name=self.account_names[row.account])
        ending = self._refused.get(row.id)
        if ending is None:
            return row
        return replace(
            row,
            outcome=ending.outcome,
            accepted=ending.accepted,
            arrived=ending.arrived,
            as_expected=ending.as_expected,
            seconds=ending.seconds,
            problem=ending.problem,
            message=ending.message,
            raw=ending.raw,
            answer=ending.answer,
            is_unwritten=True,
        )

    def _write(self, some: Sequence[_Unwritten]) -> None:
        """One transaction for all of them: many tests at once end together."""
        endings = [(row_id, ending()) for row_id, ending in some]
        with self._lock:
            refused = dict(self._refused)

        def write() -> None:
            with self._database.transaction(survives_power_cut=False) as connection:
                for row_id, ending in endings:
                    self._complete(connection, row_id, ending)
                for row_id in refused.keys() - {one for one, _ in endings}:
                    with suppress(KeyError):  # somebody has removed it since
                        self._complete(connection, row_id, refused[row_id])

        try:
            self._even_without_index(write)
        except ProblemError as error:
            with self._lock:
                self._refused.update(endings)
                self._refusal = error.problem
            raise
        with self._lock:
            self._refused = {one: kept for one, kept in self._refused.items() if kept is not refused.get(one)}
            if not self._refused:
                self._refusal = None

    def _even_without_index(self, work: Callable[[], Value]) -> Value:
        """Do it; where the index of words turns out to be damaged, do without it, and do it again."""
        try:
            return work()
        except (ProblemError, sqlite3.OperationalError) as error:
            cause = error.__cause__ if isinstance(error, ProblemError) else error
            if not (self._has_index and search.is_damaged(cause)):
                raise
        self._has_index = False
        with suppress(ProblemError, sqlite3.OperationalError), self._database.transaction() as connection:
            search.drop_index(connection)  # an index that is too damaged even for that stays, and is not used
        return work()

    def _complete(self, connection: sqlite3.Connection, row_id: int, ending: Ending) -> None:
        before = next(each_row(connection, "SELECT searchable FROM history WHERE id = ?", (row_id,)), None)
        if before is None:
            raise KeyError(row_id)
        if before[0] and self._has_index:
            search.remove(connection, row_id, **_index_entry(connection, row_id))
        problem = ending.problem
        connection.execute(
            "UPDATE history SET outcome = ?, accepted = ?, arrived = ?, as_expected = ?, seconds = ?,"
            " problem_title = ?, problem_code = ?, searchable = ? WHERE id = ?",
            (
                ending.outcome.value,
                ending.accepted.state.value,
                ending.arrived.state.value,
                ending.as_expected.state.value,
                ending.seconds,
                plain(problem.title) if problem else "",
                plain(problem.code) if problem else "",
                int(self._has_index),
                row_id,
            ),
        )
        raw, raw_is_cut = raw_to_bytes(ending.raw)
        connection.execute(
            "UPDATE history_body SET lamps = ?, problem = ?, message = ?, raw = ?, raw_is_cut = ?, answer = ?"
            " WHERE id = ?",
            (
                lamps_to_text(ending.accepted, ending.arrived, ending.as_expected),
                problem_to_text(problem),
                None if ending.message is None else json.dumps(ending.message),
                raw,
                int(raw_is_cut),
                plain(ending.answer),
                row_id,
            ),
        )
        if self._has_index:
            search.add(connection, row_id, **_index_entry(connection, row_id))


def _begin(connection: sqlite3.Connection, entry: Beginning, *, started: str, owner: str) -> int:
    row_id = connection.execute(
        "INSERT INTO history (started, kind, account, environment, transport, destination, event, outcome,"
        " accepted, arrived, as_expected, owner) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            started,
            entry.kind,
            plain(entry.account),
            entry.environment,
            entry.transport,
            plain(entry.destination),
            plain(entry.event),
            Outcome.RUNNING.value,
            *[State.UNKNOWN.value] * 3,
            owner,
        ),
    ).lastrowid
    if row_id is None:
        raise AssertionError("an INSERT has an id")
    connection.execute(
        "INSERT INTO history_body (id, version, events, request, lamps) VALUES (?, ?, ?, ?, ?)",
        (row_id, plain(entry.version), json.dumps(entry.events), json.dumps(entry.request), _NOT_YET),
    )
    return row_id


def _index_entry(connection: sqlite3.Connection, row_id: int) -> dict[str, str]:
    """What the index holds of a row, made from the row itself, so that it can be taken out exactly."""
    outcome, *parts, events, raw = next(each_row(connection, _INDEXED, (row_id,)))
    texts = [part for part in parts if isinstance(part, str)]
    with suppress(*UNREADABLE):
        texts += events_from_text(events)
    with suppress(*UNREADABLE):
        texts.append(raw_from_bytes(raw))
    return {"outcome": str(outcome), "text": search.searchable_text(texts)}


def _whole(connection: sqlite3.Connection, row_id: int) -> HistoryRow | None:
    values = next(each_row(connection, _WHOLE, (row_id,)), None)
    return None if values is None else row_from(dict(zip(_WHOLE_COLUMNS, values, strict=True)))
