# SPDX-License-Identifier: MIT
"""How the tests of an account stand: of every event at every destination the last test, and what was overcome before.

Nothing is told of the present but what the last test saw; what was changed after it is told as not tested since.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from notification_tester.domain.account import Environment
from notification_tester.domain.delivery import State
from notification_tester.domain.problem import Code
from notification_tester.storage.queries import HistoryQuery
from notification_tester.storage.rows import (
    DELIVERY_KIND,
    LET_IN,
    MADE_KIND,
    MEND_KIND,
    TAKEN_BACK,
    TEST_KIND,
    HistorySummary,
    Outcome,
    is_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from notification_tester.domain.account import Account
    from notification_tester.storage.history import History

MOST_LOOKED_THROUGH = 1000
"""Tests of an account, the newest ones, of which it is told how they stand."""


class PlaceKey(NamedTuple):
    """A destination. In practice its address has another port at each start, and its name alone counts."""

    transport: str
    name: str

    @classmethod
    def of(cls, row: HistorySummary) -> PlaceKey:
        """Where a test went, or what a change was about."""
        by_name = row.environment == Environment.PRACTICE.value and row.transport in {"SQS", "SNS"}
        return cls(row.transport, row.destination.rpartition("/")[2] if by_name else row.destination)


class Overcome(NamedTuple):
    """What tests met, and no test meets any more; moments as the history has them, ``mended`` empty where nothing was.

    ``arrived`` is when the last of those tests was good again.
    """

    title: str
    first: str
    tests: int
    mended: str
    arrived: str


@dataclass(frozen=True, kw_only=True)
class Check:
    """An event at a destination, and its tests, oldest first; ``last`` are those of the last run that had it."""

    event: str
    is_from_here: bool
    tests: tuple[HistorySummary, ...]

    @property
    def last(self) -> tuple[HistorySummary, ...]:
        """The test that counts, or, of messages that were sent together, all of them."""
        return tuple(row for row in self.tests if row.started == self.tests[-1].started)

    @property
    def outcome(self) -> Outcome:
        """How that ended: good, bad, or not known."""
        found = {row.outcome for row in self.last}
        if Outcome.BAD in found:
            return Outcome.BAD
        return Outcome.GOOD if found == {Outcome.GOOD} else Outcome.UNKNOWN

    @property
    def arrived(self) -> bool:
        """Whether it was seen to arrive: what a receiver refused as it should is good, and nothing arrived."""
        return all(row.arrived is State.YES for row in self.last)


@dataclass(frozen=True, kw_only=True)
class PlaceStanding:
    """A destination: its checks, and the changes of it that were made, oldest first."""

    key: PlaceKey
    checks: tuple[Check, ...]
    changes: tuple[HistorySummary, ...]

    @property
    def newest(self) -> HistorySummary:
        """The test that was made last."""
        return max((check.last[-1] for check in self.checks), key=lambda row: row.id)

    @property
    def good(self) -> list[Check]:
        """Those whose last test went as expected."""
        return [check for check in self.checks if check.outcome is Outcome.GOOD]

    @property
    def change(self) -> HistorySummary | None:
        """The last change of its access policy."""
        return next((row for row in reversed(self.changes) if _is_of_access(row)), None)

    @property
    def untested(self) -> list[Check]:
        """Those that were not tested since that change."""
        change = self.change
        return [] if change is None else [one for one in self.checks if one.last[-1].id < change.id]

    def mended(self, test: HistorySummary) -> HistorySummary | None:
        """What let Mechanical Turk in after a test that met a closed door, and still stands."""
        change = self.change
        is_later = change is not None and change.id > test.id and change.event == LET_IN
        return change if is_later and test.problem_code == Code.CLOSED else None

    def overcome(self) -> list[Overcome]:
        """What stood in the way of tests whose event went as expected since."""
        met: dict[str, list[tuple[HistorySummary, HistorySummary]]] = {}
        for check in self.good:
            after = check.last[0]
            for row in reversed(check.tests):
                if row.outcome is Outcome.GOOD:
                    after = row
                elif row.outcome is Outcome.BAD:
                    met.setdefault(row.problem_title, []).append((row, after))
        return sorted((self._overcome(title, pairs) for title, pairs in met.items()), key=lambda one: one.first)

    def _overcome(self, title: str, pairs: list[tuple[HistorySummary, HistorySummary]]) -> Overcome:
        last, after = max(pairs, key=lambda pair: pair[0].id)
        mends = [row for row in self.changes if row.event == LET_IN and _is_of_access(row)]
        mended = next((row.started for row in reversed(mends) if last.id < row.id < after.id), "")
        return Overcome(
            title=title,
            first=min(row.started for row, _ in pairs),
            tests=len(pairs),
            mended=mended if last.problem_code == Code.CLOSED else "",
            arrived=max(row.started for _, row in pairs),
        )


@dataclass(frozen=True, kw_only=True)
class Tested:
    """The tests of an account and the changes of its destinations, newest first; ``more``: there are older ones."""

    tests: tuple[HistorySummary, ...]
    changes: tuple[HistorySummary, ...]
    more: bool = False

    @classmethod
    def of(cls, history: History, account: Account) -> Tested:
        """Read them."""
        tests: list[HistorySummary] = []
        changes: list[HistorySummary] = []
        for row in _rows_of(history, account):
            if row.kind in {MEND_KIND, MADE_KIND}:
                changes.append(row)
            elif len(tests) == MOST_LOOKED_THROUGH:
                return cls(tests=tuple(tests), changes=tuple(changes), more=True)
            elif row.kind in {TEST_KIND, DELIVERY_KIND}:
                tests.append(row)
        return cls(tests=tuple(tests), changes=tuple(changes))

    @property
    def run(self) -> Tested:
        """What was sent last: one test, or several that were sent together."""
        return replace(self, tests=next(_runs(self.tests), ()), more=False)

    @property
    def places(self) -> tuple[PlaceKey, ...]:
        """The destinations, the one that was tested last first."""
        return tuple(dict.fromkeys(map(PlaceKey.of, self.tests)))

    def at(self, place: PlaceKey) -> Tested:
        """Those of one destination."""
        return replace(self, tests=_at(place, self.tests), changes=_at(place, self.changes))

    def newest(self, most: int) -> tuple[HistorySummary, ...]:
        """At most so many tests, from the beginning of a run on; of a longer one that was sent last, its newest."""
        found: list[HistorySummary] = []
        for run in _runs(self.tests):
            if found and len(found) + len(run) > most:
                break
            found += run
        return tuple(found[:most])

    def standings(self) -> tuple[PlaceStanding, ...]:
        """How each destination stands, the one that was tested last first."""
        tests, changes = _by_place(self.tests), _by_place(self.changes)
        return tuple(
            PlaceStanding(key=place, checks=tuple(_checks(rows)), changes=tuple(reversed(changes.get(place, ()))))
            for place, rows in tests.items()
        )


def _rows_of(history: History, account: Account) -> Iterator[HistorySummary]:
    query = HistoryQuery(account=(account.kept_as, account.environment.value))
    while page := history.page(query):
        for row in page:
            if not is_of(row, account):
                return  # its name was that of other keys, or of another place; nor has it what is older
            yield row
        query = replace(query, before=page[-1].id)


def _runs(tests: Iterable[HistorySummary]) -> Iterator[tuple[HistorySummary, ...]]:
    run: list[HistorySummary] = []
    for row in tests:
        if run and row.started != run[0].started:
            yield tuple(run)
            run = []
        run.append(row)
    if run:
        yield tuple(run)


def _by_place(rows: Iterable[HistorySummary]) -> dict[PlaceKey, list[HistorySummary]]:
    found: dict[PlaceKey, list[HistorySummary]] = {}
    for row in rows:
        found.setdefault(PlaceKey.of(row), []).append(row)
    return found


def _at(place: PlaceKey, rows: Iterable[HistorySummary]) -> tuple[HistorySummary, ...]:
    return tuple(row for row in rows if PlaceKey.of(row) == place)


def _checks(tests: Iterable[HistorySummary]) -> Iterator[Check]:
    """Of each event its tests, the event that was tested first before the others."""
    found: dict[tuple[str, bool], list[HistorySummary]] = {}
    for row in sorted(tests, key=lambda one: one.id):
        found.setdefault((row.event, row.is_from_here), []).append(row)
    for (event, is_from_here), rows in found.items():
        yield Check(event=event, is_from_here=is_from_here, tests=tuple(rows))


def _is_of_access(change: HistorySummary) -> bool:
    return change.event in {LET_IN, TAKEN_BACK} and change.outcome is Outcome.GOOD
