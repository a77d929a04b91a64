# SPDX-License-Identifier: MIT
"""How a specification fared in its last test, which tests were green, and the last of each event, from the history."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from notification_tester.domain.coverage import Result, SpecTest
from notification_tester.domain.delivery import State
from notification_tester.domain.events import EventType
from notification_tester.domain.problem import Code
from notification_tester.storage.database import each_row
from notification_tester.storage.rows import (
    LET_IN,
    MEND_KIND,
    TAKEN_BACK,
    TEST_KIND,
    Outcome,
    events_from_text,
    lamps_from_text,
)
from notification_tester.storage.stored_values import UNREADABLE, moment_of, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from notification_tester.domain.delivery import Lamp
    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.storage.database import Database
    from notification_tester.storage.rows import HistoryRow

_TOLD_OF_SPEC = (
    " FROM history h JOIN history_body b ON b.id = h.id"
    " WHERE (h.arrived = 'yes' OR h.outcome = 'bad') AND h.kind = 'test' AND h.destination = ? AND h.transport = ?"
    " AND h.account = ? AND h.environment = ? AND b.version = ? AND b.events = ?"
)
_NEWEST_OF_SPEC = f"SELECT h.id{_TOLD_OF_SPEC} ORDER BY h.id DESC LIMIT 1"  # and so no further back than to it
_OF_SPEC = f"SELECT h.started, h.outcome, h.arrived, h.problem_code{_TOLD_OF_SPEC} AND h.id > ?"
_GREEN = (
    "SELECT h.id, h.started, h.transport, h.destination, b.version, b.events FROM history h"
    " JOIN history_body b ON b.id = h.id"
    " WHERE h.outcome = 'good' AND h.kind = 'test' AND h.account = ? AND h.environment = ? AND h.id < ?"
    " ORDER BY h.id DESC LIMIT ?"
)
_SINCE = (
    "SELECT h.started, h.outcome FROM history h JOIN history_body b ON b.id = h.id"
    " WHERE h.id > ? AND h.kind = 'test' AND h.outcome IN ('good', 'bad') AND h.destination = ? AND h.transport = ?"
    " AND h.account = ? AND h.environment = ? AND b.version = ? AND b.events = ? ORDER BY h.id DESC LIMIT 1"
)
_LAST_OF_EVENT = (
    "SELECT h.started, h.outcome, b.lamps, h.problem_title, h.problem_code, b.events FROM history h"
    " JOIN history_body b ON b.id = h.id"
    " WHERE h.destination = ? AND h.event = ? AND h.kind = ? AND h.account = ? AND h.environment = ?"
    " AND h.transport = ? AND h.outcome != 'running' ORDER BY h.id DESC LIMIT 1"
)
_TIMES = (
    "SELECT h.started, b.lamps FROM history h JOIN history_body b ON b.id = h.id"
    " WHERE h.destination = ? AND h.arrived = 'yes' AND h.kind = ? AND h.account = ? AND h.environment = ?"
    " AND h.transport = ? ORDER BY h.id DESC LIMIT ?"
)
_NEWEST_PLACES = (
    "SELECT id, transport, destination, started, outcome, arrived, problem_code"
    " FROM (SELECT * FROM history ORDER BY id DESC LIMIT ?)"
    " WHERE kind = 'test' AND account = ? AND environment = ?"
)
_LAST_CHANGE = (
    "SELECT started FROM history WHERE destination = ? AND event IN (?, ?) AND kind = ? AND transport = ?"
    " AND outcome != 'bad' ORDER BY +id DESC LIMIT 1"  # by the index of the destination
)
_LOOKED_THROUGH = 500
"""How many rows of the history the destinations that were tested last are taken from."""
_AT_ONCE = 20
_NEWEST = 2**63 - 1


class _OfSpec(NamedTuple):
    """A test of a specification, as the history has it."""

    started: str
    outcome: str
    arrived: str
    code: str

    @property
    def is_unasked(self) -> bool:
        return self.arrived == State.YES and self.code == Code.NOT_SUBSCRIBED


class GreenRow(NamedTuple):
    """A test all of whose lamps were green. ``failed_since``: when the same was tested again, and failed."""

    at: datetime
    transport: str
    destination: str
    version: str
    events: tuple[str, ...]
    failed_since: datetime | None


class LastRow(NamedTuple):
    """The last test of one event at one destination. ``events`` are those that were asked for then."""

    at: datetime
    outcome: Outcome
    accepted: Lamp
    arrived: Lamp
    as_expected: Lamp
    problem_title: str
    problem_code: str
    events: tuple[str, ...]


class Tested:
    """Looks tests up. Every method may raise ProblemError with the cause STORAGE.

    ``write_out`` waits until tests that have just ended are in the database; ``in_memory`` has those that the disk did
    not take, the newest first.
    """

    __test__ = False  # not a test class of pytest's

    def __init__(
        self,
        database: Database,
        *,
        write_out: Callable[[], None] = lambda: None,
        in_memory: Callable[[], Sequence[HistoryRow]] = list,
    ) -> None:
        self._database = database
        self._write_out = write_out
        self._in_memory = in_memory

    def last_of_spec(self, spec: NotificationSpec, *, account: str, environment: str) -> SpecTest | None:
        """The newest test of this very specification that arrived or failed; None where none did.

        The same destination, events and version, by the same account in the same environment: a test in the sandbox
        says little about the live service's permission to deliver.
        """
        self._write_out()
        asked = (
            plain(spec.destination.text),
            spec.transport.value,
            plain(account),
            environment,
            plain(spec.version),
            json.dumps([event.value for event in spec.events]),
        )
        with self._database.reading() as connection:
            newest = next(each_row(connection, _NEWEST_OF_SPEC, asked), None)
            # What was sent together began together, so that its rows have one number after the other.
            rows = () if newest is None else each_row(connection, _OF_SPEC, (*asked, newest[0] - len(EventType)))
            found = [_OfSpec(*map(str, row)) for row in rows]
        place, events = (spec.transport.value, spec.destination.text), tuple(event.value for event in spec.events)
        for row in self._of(place, account=account, environment=environment, kind=TEST_KIND):
            tells = row.arrived.state is State.YES or row.outcome is Outcome.BAD
            if tells and (row.version, row.events) == (plain(spec.version), events):
                found.append(_of_spec_in_memory(row))
        started = max((one.started for one in found), default="")
        try:
            at = moment_of(started) if started else None
        except UNREADABLE:  # a damaged row: when is not known
            return None
        return None if at is None else SpecTest(at, _result([one for one in found if one.started == started]))

    def _of(self, place: tuple[str, str], *, account: str, environment: str, kind: str) -> list[HistoryRow]:
        """What the disk did not take yet of a place and an account, the newest first."""
        transport, destination = place
        wanted = (transport, plain(destination), plain(account), environment, kind)
        return [
            row
            for row in self._in_memory()
            if (row.transport, row.destination, row.account, row.environment, row.kind) == wanted
        ]

    def last_of(
        self, place: tuple[str, str], events: Sequence[str], *, account: str, environment: str, kind: str
    ) -> dict[str, LastRow]:
        """The last test that ended of each of ``events`` at a place (transport and destination), where there is one."""
        self._write_out()
        transport, destination = place
        found = {}
        with self._database.reading() as connection:
            for event in events:
                asked = (plain(destination), event, kind, plain(account), environment, transport)
                row = next(each_row(connection, _LAST_OF_EVENT, asked), None)
                last = None if row is None else _last(row)
                if last is not None:
                    found[event] = last
        for one in reversed(self._of(place, account=account, environment=environment, kind=kind)):
            if one.event in events:
                with suppress(*UNREADABLE):
                    last, written = _last_in_memory(one), found.get(one.event)
                    if written is None or written.at <= last.at:
                        found[one.event] = last
        return found

    def last_change(self, place: tuple[str, str]) -> datetime | None:
        """When the access to a place was changed last, or may have been, by whatever account of here."""
        transport, destination = place
        asked = (plain(destination), LET_IN, TAKEN_BACK, MEND_KIND, transport)
        with self._database.reading() as connection:
            found = next(each_row(connection, _LAST_CHANGE, asked), None)
        try:
            return None if found is None else moment_of(found[0])
        except UNREADABLE:
            return None

    def seconds_at(
        self,
        place: tuple[str, str],
        *,
        account: str,
        environment: str,
        kind: str,
        most: int,
        had: Callable[[datetime], bool],
    ) -> list[float]:
        """After how many seconds the newest tests were seen at a place, ``most`` of them at the most.

        ``had``: whether what was done at a moment was done by this very account.
        """
        self._write_out()
        transport, destination = place
        asked = (plain(destination), kind, plain(account), environment, transport, most)
        with self._database.reading() as connection:
            rows = list(each_row(connection, _TIMES, asked))
        times = []
        for one in self._of(place, account=account, environment=environment, kind=kind):
            with suppress(*UNREADABLE):
                seconds = one.arrived.seconds if had(moment_of(one.started)) else None
                times += [] if seconds is None or one.arrived.state is not State.YES else [seconds]
        for started, text in rows:
            with suppress(*UNREADABLE):
                seconds = lamps_from_text(text)[1].seconds if had(moment_of(started)) else None
                times += [] if seconds is None else [seconds]
        return times[:most]

    def newest_places(
        self, *, account: str, environment: str, most: int, had: Callable[[datetime], bool]
    ) -> list[tuple[str, str, Outcome]]:
        """Where an account tested last: transport, destination, and how the last tests there ended; newest first.

        What was sent together is judged together. ``had`` as of :meth:`seconds_at`.
        """
        self._write_out()
        with self._database.reading() as connection:
            rows = list(each_row(connection, _NEWEST_PLACES, (_LOOKED_THROUGH, plain(account), environment)))
        ended = {row.id: _of_spec_in_memory(row) for row in self._in_memory()}
        found: dict[tuple[str, str], list[_OfSpec]] = {}
        for row_id, transport, destination, *written in rows:
            row = ended.get(row_id) or _OfSpec(*written)
            if row.outcome == Outcome.RUNNING:
                continue
            try:
                if not had(moment_of(row.started)):
                    break  # nor had it the older ones
            except UNREADABLE:
                continue
            if isinstance(transport, str) and isinstance(destination, str) and row.outcome in set(Outcome):
                run = found.setdefault((transport, destination), [])
                if not run or run[0].started == row.started:
                    run.append(row)
        return [(*place, _ended(run)) for place, run in found.items()][:most]

    def greens(self, *, account: str, environment: str) -> Iterator[GreenRow]:
        """Green tests of an account in an environment, the newest first; what is damaged is passed over."""
        self._write_out()
        before = _NEWEST
        while True:
            with self._database.reading() as connection:
                rows = list(each_row(connection, _GREEN, (plain(account), environment, before, _AT_ONCE)))
            for row_id, started, transport, destination, version, events in rows:
                same = (destination, transport, plain(account), environment, version, events)
                with self._database.reading() as connection:
                    newer = next(each_row(connection, _SINCE, (row_id, *same)), None)
                found = _green(started, same, newer)
                before = row_id
                if found is not None:
                    yield found
            if len(rows) < _AT_ONCE:
                return


def _result(rows: Sequence[_OfSpec]) -> Result:
    """How tests went that were sent together; one of an event that was not asked for shows that it gets through."""
    failed = [row for row in rows if row.outcome == Outcome.BAD and not row.is_unasked]
    if failed:
        return Result.NOT_AS_EXPECTED if all(row.arrived == State.YES for row in failed) else Result.NOT_ARRIVED
    return Result.NOT_KNOWN if any(row.code == Code.SUBSCRIBERS_UNSEEN for row in rows) else Result.ARRIVED


def _ended(rows: Sequence[_OfSpec]) -> Outcome:
    """How tests ended that were sent together, the newest first; see :func:`_result`."""
    asked_for = [row for row in rows if not row.is_unasked]
    if any(row.outcome == Outcome.BAD for row in asked_for):
        return Outcome.BAD
    return Outcome(asked_for[0].outcome) if asked_for else Outcome.GOOD


def _of_spec_in_memory(row: HistoryRow) -> _OfSpec:
    code = "" if row.problem is None else row.problem.code
    return _OfSpec(row.started, row.outcome.value, row.arrived.state.value, code)


def _green(started: str, about: tuple[str, ...], newer: tuple[str, str] | None) -> GreenRow | None:
    destination, transport, _, _, version, events = about
    try:
        return GreenRow(
            at=moment_of(started),
            transport=transport,
            destination=destination,
            version=version,
            events=events_from_text(events),
            failed_since=moment_of(newer[0]) if newer is not None and newer[1] == Outcome.BAD.value else None,
        )
    except UNREADABLE:
        return None


def _last_in_memory(row: HistoryRow) -> LastRow:
    """Raises one of UNREADABLE where it is not known when it began."""
    return LastRow(
        at=moment_of(row.started),
        outcome=row.outcome,
        accepted=row.accepted,
        arrived=row.arrived,
        as_expected=row.as_expected,
        problem_title="" if row.problem is None else row.problem.title,
        problem_code="" if row.problem is None else row.problem.code,
        events=row.events,
    )


def _last(row: tuple[str, ...]) -> LastRow | None:
    started, outcome, lamps, title, code, events = row
    try:
        accepted, arrived, as_expected = lamps_from_text(lamps)
        return LastRow(
            at=moment_of(started),
            outcome=Outcome(outcome),
            accepted=accepted,
            arrived=arrived,
            as_expected=as_expected,
            problem_title=title,
            problem_code=code,
            events=events_from_text(events),
        )
    except UNREADABLE:  # a damaged row tells nothing
        return None
