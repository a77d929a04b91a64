# SPDX-License-Identifier: MIT
"""The ledger of settings: a line before each call, its answer beside it, nothing ever changed or deleted.

Mechanical Turk cannot be asked what is set, so this is all that is known of it. A line is on the disk before its call
is made: in WAL mode SQLite brings the log to the disk with each COMMIT under ``synchronous=FULL``, and under NORMAL
only before a checkpoint (sqlite.org, "PRAGMA synchronous"; the system's calls were watched and say the same). The
ledger therefore refuses to write through a connection that promises less.
"""

from __future__ import annotations

import json
from collections import defaultdict, deque
from contextlib import contextmanager
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, NamedTuple

from notification_tester.domain.hit_type import HitTypeId
from notification_tester.domain.setting import LineState
from notification_tester.storage.database import each_row
from notification_tester.storage.ledger.rows import (
    LINES_OF,
    OLDEST_FIRST,
    STEPS_OF,
    Reader,
    Row,
    Step,
    fold,
    is_sound,
    kept_as,
    tells_not_sent,
    values_of_changes,
)
from notification_tester.storage.stored_values import plain, problem_to_text, stamp

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from notification_tester.domain.destination import Destination
    from notification_tester.domain.problem import Problem
    from notification_tester.domain.setting import Change, Known, LedgerLine
    from notification_tester.storage.database import Database
    from notification_tester.storage.ledger.rows import ImportedLine
    from notification_tester.storage.ownership import Ownership

_FULL = 2
_ALL = f"{LINES_OF} ORDER BY {OLDEST_FIRST}"
_BY_TYPE = f"{STEPS_OF} ORDER BY l.hit_type_id, {OLDEST_FIRST}"
_ONE_TYPE = f"{LINES_OF} AND l.hit_type_id = ? ORDER BY {OLDEST_FIRST}"
_OPEN_TYPES = (
    "SELECT q.hit_type_id FROM ledger q LEFT JOIN ledger_answers r ON r.line = q.id"
    " WHERE q.account = ? AND q.environment = ? AND (r.line IS NULL OR r.state = 'unknown')"
)
_TYPES_WITH = (
    "SELECT t.hit_type_id FROM json_each(?3) s CROSS JOIN ledger t"  # CROSS: the few specifications first
    " ON t.after_spec = s.value AND t.account = ?1 AND t.environment = ?2"
)
_EVER_TOLD = f"{STEPS_OF} AND l.hit_type_id IN ({_TYPES_WITH}) ORDER BY l.hit_type_id, {OLDEST_FIRST}"
_LAST_SET = (
    "SELECT after_spec, max(place), max(id) FROM ledger"
    " WHERE account = ? AND environment = ? AND after_spec IS NOT NULL GROUP BY after_spec"
)
_NOT_KNOWN = f"{STEPS_OF} AND l.hit_type_id IN ({_OPEN_TYPES}) ORDER BY l.hit_type_id, {OLDEST_FIRST}"
_OF_SPAN = "SELECT hit_type_id FROM ledger WHERE id BETWEEN ? AND ? AND account = ? AND environment = ? ORDER BY id"
_NOT_FAILED_OF_SPAN = (
    "SELECT l.hit_type_id FROM ledger l LEFT JOIN ledger_answers r ON r.line = l.id WHERE l.id BETWEEN ? AND ?"
    " AND l.account = ? AND l.environment = ? AND coalesce(r.state, 'unknown') <> 'failed'"
)
_PLAN = (
    "INSERT INTO ledger (id, at, place, account, environment, hit_type_id, action, spec, active, after_spec,"
    " after_active, owner) SELECT ?1, ?2, max(?2, coalesce((SELECT max(place) FROM ledger WHERE account = ?3"
    " AND environment = ?4 AND hit_type_id = ?5), '')), ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11"
)
_IMPORT = (
    "INSERT INTO ledger (id, at, place, account, environment, hit_type_id, action, spec, active, after_spec,"
    " after_active, owner, imported) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?)"
)
_ANSWER = "INSERT INTO ledger_answers (line, state, answered, problem) VALUES (?, ?, ?, ?)"


class ImportCounts(NamedTuple):
    """What became of imported lines: new ones, ones that were there already, and answers to such as had none."""

    added: int
    already_there: int
    answered: int


class Ledger:
    """Changes as they were planned and answered. Every method may raise ProblemError with the cause STORAGE.

    Lines are ordered by time, and those of our own by the order in which they were planned, even where the clock was
    set back in between.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def owner(self) -> Ownership:
        """Who began what is under way in this start."""
        return self._database.owner

    def plan(self, account: str, environment: str, changes: Sequence[Change], *, now: datetime) -> list[int]:
        """Write down what is about to be sent, durably and in one go; returns the lines' ids in the same order."""
        if not changes:
            return []
        at, owner = stamp(now), self._database.owner.token
        with self._durably() as connection:
            values = values_of_changes(connection, changes)
            first = _next_id(connection)
            connection.executemany(
                _PLAN,
                [
                    (row_id, at, plain(account), environment, *one, owner)
                    for row_id, one in enumerate(values, start=first)
                ],
            )
        return list(range(first, first + len(changes)))

    def answer(self, results: Sequence[tuple[int, LineState, Problem | None]], *, now: datetime) -> None:
        """Write down what became of lines, in one go: APPLIED, FAILED, or UNKNOWN where no answer came to the call.

        Or NOT_SENT where no call was made, with a Problem that has NOT_SENT_CODE. An id that is not there, or has its
        answer, is a bug of the caller: sqlite3.IntegrityError, nothing is written.
        """
        if any(state is LineState.PENDING for _, state, _ in results):
            raise ValueError("pending is no answer")
        if any(not tells_not_sent(state, problem) for _, state, problem in results):
            raise ValueError("what was not sent has its own problem")
        if not results:
            return
        at = stamp(now)
        with self._durably() as connection:
            connection.executemany(
                _ANSWER, [(row_id, kept_as(state), at, problem_to_text(problem)) for row_id, state, problem in results]
            )

    def known(self, account: str, environment: str) -> dict[HitTypeId, Known]:
        """What the ledger says of every HIT type in it."""
        with self._reading(account, environment) as (connection, reader):
            rows = each_row(connection, _BY_TYPE, (plain(account), environment))
            return {
                HitTypeId(str(hit_type_id)): reader.known(story)
                for hit_type_id, story in groupby(map(Step._make, rows), key=itemgetter(0))
            }

    def is_told(self, account: str, environment: str, destination: Destination) -> bool:
        """Whether some HIT type is set to tell ``destination`` and is not off; a damaged line tells nothing of it."""
        with self._reading(account, environment) as (connection, reader):
            return _is_told(connection, account, environment, reader.specs_by_destination().get(destination, []))

    def count_told(self, destination: Destination) -> int:
        """How many HIT types are set so, of all accounts: a queue or topic may be shared by some of them."""
        with self._reading("", "") as (connection, reader):
            specs = reader.specs_by_destination().get(destination, [])
            accounts = list(each_row(connection, "SELECT DISTINCT account, environment FROM ledger")) if specs else []
            return sum(sum(_each_told(connection, str(one), str(other), specs)) for one, other in accounts)

    def told(self, account: str, environment: str) -> list[Destination]:
        """The destinations that some HIT type is set to tell and is not off, the one that was set last first."""
        with self._reading(account, environment) as (connection, reader):
            newest = {spec: when for spec, *when in each_row(connection, _LAST_SET, (plain(account), environment))}
            set_last = {
                destination: max(newest[one] for one in specs if one in newest)
                for destination, specs in reader.specs_by_destination().items()
                if _is_told(connection, account, environment, specs)
            }
        return sorted(set_last, key=set_last.__getitem__, reverse=True)

    def lines(self, account: str, environment: str, hit_type_id: HitTypeId) -> list[LedgerLine]:
        """The whole story of one HIT type, newest first."""
        with self._reading(account, environment) as (connection, reader):
            rows = list(each_row(connection, _ONE_TYPE, (plain(account), environment, hit_type_id)))
            return [reader.line(Row._make(row)) for row in reversed(rows)]

    def hit_types_of(self, account: str, environment: str, spans: Sequence[tuple[int, int]]) -> list[HitTypeId]:
        """The HIT types of lines with these ids, from the first to the last of each span, in the order of the lines."""
        return list(dict.fromkeys(self._of_lines(_OF_SPAN, account, environment, spans)))

    def hit_types_that_may_have_changed(
        self, account: str, environment: str, spans: Sequence[tuple[int, int]]
    ) -> list[HitTypeId]:
        """The same of lines that did not fail, each as often as it has one there."""
        return self._of_lines(_NOT_FAILED_OF_SPAN, account, environment, spans)

    def _of_lines(
        self, question: str, account: str, environment: str, spans: Sequence[tuple[int, int]]
    ) -> list[HitTypeId]:
        with self._database.reading() as connection:
            return [
                HitTypeId(str(hit_type_id))
                for first, last in spans
                for (hit_type_id,) in each_row(connection, question, (first, last, plain(account), environment))
            ]

    def unknown_lines(self, account: str, environment: str) -> list[LedgerLine]:
        """Lines of which it is not known whether they were applied, and that no later one has settled; newest first.

        A HIT type can have several of them: ``send_again`` makes one change of those. What is damaged cannot be sent
        again and is left out.
        """
        with self._reading(account, environment) as (connection, reader):
            rows = each_row(connection, _NOT_KNOWN, (plain(account), environment) * 2)
            unsettled = [
                (row, line)
                for _, story in groupby(map(Step._make, rows), key=itemgetter(0))
                for row in map(reader.row, [step.id for step in fold(story).unsettled])
                if (line := reader.line(row)).state is LineState.UNKNOWN and is_sound(row, line)
            ]
            unsettled.sort(key=lambda found: (found[0].place, found[0].imported is None, found[0].id), reverse=True)
            return [line for _, line in unsettled]

    @contextmanager
    def every_line(self, account: str, environment: str) -> Iterator[tuple[int, Iterator[tuple[str, LedgerLine]]]]:
        """How many lines there are, and each of them, oldest first, with the moment by which it is ordered.

        What is damaged is left out.
        """
        with self._reading(account, environment) as (connection, reader):

            def sound() -> Iterator[tuple[str, LedgerLine]]:
                for row in map(Row._make, each_row(connection, _ALL, (plain(account), environment))):
                    line = reader.line(row)
                    if is_sound(row, line):
                        yield row.place, line

            yield sum(1 for _ in sound()), sound()

    def add_imported(
        self, account: str, environment: str, lines: Sequence[ImportedLine], *, now: datetime
    ) -> ImportCounts:
        """Put lines of a file among ours, all or none. A line that is there already is not added again.

        Where the one that is there came from an earlier file and had no answer yet, it gets this one's.
        """
        imported, account = stamp(now), plain(account)
        ordered = sorted(lines, key=attrgetter("place"))
        with self._durably() as connection:
            there: defaultdict[tuple[object, ...], deque[Row]] = defaultdict(deque)
            for row in map(Row._make, each_row(connection, _ALL, (account, environment))):
                there[row.at, row.hit_type_id, row.action, row.spec, row.active].append(row)
            row_id = first = _next_id(connection)
            new, answers, late = [], [], 0
            for line, values in zip(
                ordered, values_of_changes(connection, [line.change for line in ordered]), strict=True
            ):
                at = stamp(line.at)
                same = there.get((at, *values[:4]))
                answer = (
                    kept_as(line.state),
                    "" if line.answered is None else stamp(line.answered),
                    problem_to_text(line.problem),
                )
                if same:
                    old = same.popleft()
                    if old.imported is not None and old.state is None and line.answered is not None:
                        answers.append((old.id, *answer))
                        late += 1
                    continue
                new.append((row_id, at, stamp(line.place), account, environment, *values, imported))
                if line.answered is not None:
                    answers.append((row_id, *answer))
                row_id += 1
            connection.executemany(_IMPORT, new)
            connection.executemany(_ANSWER, answers)
        return ImportCounts(added=row_id - first, already_there=len(ordered) - len(new), answered=late)

    @contextmanager
    def _reading(self, account: str, environment: str) -> Iterator[tuple[sqlite3.Connection, Reader]]:
        with self._database.reading() as connection:
            yield connection, Reader(connection, account, environment, self._database.owner.is_alive)

    @contextmanager
    def _durably(self) -> Iterator[sqlite3.Connection]:
        with self._database.transaction() as connection:
            if connection.execute("PRAGMA synchronous").fetchone()[0] < _FULL:
                raise AssertionError("the ledger needs PRAGMA synchronous = FULL")
            yield connection


def _is_told(connection: sqlite3.Connection, account: str, environment: str, specs: Sequence[int]) -> bool:
    """Whether one of these specifications is what holds for some HIT type and is not off, or may be."""
    return any(_each_told(connection, account, environment, specs))


def _each_told(connection: sqlite3.Connection, account: str, environment: str, specs: Sequence[int]) -> Iterator[bool]:
    """The same of each HIT type that ever had one of them."""
    rows = each_row(connection, _EVER_TOLD, (plain(account), environment, json.dumps(specs))) if specs else ()
    for _, steps in groupby(map(Step._make, rows), key=itemgetter(0)):
        story = fold(steps)
        spec, active = story.setting
        yield (spec in specs and active is not False) or any(
            step.spec in specs and bool(step.active) for step in story.unsettled
        )


def _next_id(connection: sqlite3.Connection) -> int:
    """The id after the last. Nothing is deleted, and the transaction keeps others from writing meanwhile."""
    return int(connection.execute("SELECT coalesce(max(id), 0) + 1 FROM ledger").fetchone()[0])
