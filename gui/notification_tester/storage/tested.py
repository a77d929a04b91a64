# SPDX-License-Identifier: MIT
"""When a specification last arrived in a test, and which tests were green, as the history has it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from notification_tester.storage.database import each_row
from notification_tester.storage.rows import Outcome, events_from_text
from notification_tester.storage.stored_values import UNREADABLE, moment_of, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.storage.database import Database

_LAST = (
    "SELECT h.started FROM history h JOIN history_body b ON b.id = h.id"
    " WHERE h.arrived = 'yes' AND h.kind = 'test' AND h.destination = ? AND h.transport = ?"
    " AND h.account = ? AND h.environment = ? AND b.version = ? AND b.events = ? ORDER BY h.id DESC LIMIT 1"
)
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
_AT_ONCE = 20
_NEWEST = 2**63 - 1


class GreenRow(NamedTuple):
    """A test all of whose lamps were green. ``failed_since``: when the same was tested again, and failed."""

    at: datetime
    transport: str
    destination: str
    version: str
    events: tuple[str, ...]
    failed_since: datetime | None


class Tested:
    """Looks tests up. Every method may raise ProblemError with the cause STORAGE.

    ``write_out`` waits until tests that have just ended are in the database.
    """

    __test__ = False  # not a test class of pytest's

    def __init__(self, database: Database, *, write_out: Callable[[], None] = lambda: None) -> None:
        self._database = database
        self._write_out = write_out

    def last_arrived(self, spec: NotificationSpec, *, account: str, environment: str) -> datetime | None:
        """When the newest test of this very specification was begun that arrived; None where none did.

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
            found = next(each_row(connection, _LAST, asked), None)
        try:
            return None if found is None else moment_of(found[0])
        except UNREADABLE:  # a damaged row: when is not known
            return None

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
