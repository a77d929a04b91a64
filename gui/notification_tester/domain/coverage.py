# SPDX-License-Identifier: MIT
"""Which events are asked for, which were tested where, and which were seen live: each row of the form."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from notification_tester.domain.delivery import State
from notification_tester.domain.problem import Code

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from notification_tester.domain.delivery import TestOutcome
    from notification_tester.domain.events import EventType


class Standing(StrEnum):
    """What is known of one event at one destination."""

    UNTOUCHED = "untouched"  # neither asked for nor tested
    NEVER_TESTED = "never tested"  # asked for
    ARRIVED = "arrived"
    ARRIVED_UNASKED = "arrived, not asked for"
    ARRIVED_BEFORE = "arrived, before it was asked for"
    BEFORE_CHANGE = "tested before the change"
    SEEN_LIVE = "seen live, and not tested since"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Lookup(StrEnum):
    """Whether it is known what was tested."""

    DONE = "done"
    UNDER_WAY = "under way"
    FAILED = "failed"  # the history cannot be read


class Result(StrEnum):
    """How the last test of a whole specification went."""

    ARRIVED = "arrived"
    NOT_ARRIVED = "not-arrived"
    NOT_AS_EXPECTED = "not-as-expected"  # it arrived
    NOT_KNOWN = "not-known"


class SpecTest(NamedTuple):
    """The last test of a whole specification: of one of its events, or of several that were sent together."""

    at: datetime
    result: Result

    @property
    def has_failed(self) -> bool:
        """Whether it is known that it did not arrive, or not as expected."""
        return self.result in {Result.NOT_ARRIVED, Result.NOT_AS_EXPECTED}


@dataclass(frozen=True, kw_only=True)
class LastTest:
    """The last test of one event; ``seconds`` until it was seen, where it was."""

    at: datetime
    accepted: State
    arrived: State
    as_expected: State
    seconds: float | None = None
    title: str = ""
    code: str = ""

    @property
    def is_good(self) -> bool:
        """Whether all of it went as it should."""
        return State.YES is self.accepted is self.arrived is self.as_expected

    @property
    def state(self) -> State:
        """Yes where all of it went as it should, no where something did not."""
        if self.is_good:
            return State.YES
        return State.NO if State.NO in {self.accepted, self.arrived, self.as_expected} else State.UNKNOWN


def last_test(outcome: TestOutcome, at: datetime) -> LastTest:
    """What is kept of a test that ended."""
    problem = outcome.problem
    return LastTest(
        at=at,
        accepted=outcome.accepted.state,
        arrived=outcome.arrived.state,
        as_expected=outcome.as_expected.state,
        seconds=outcome.arrived.seconds,
        title="" if problem is None else problem.title,
        code="" if problem is None else problem.code,
    )


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """The last tests at one destination, and how many seconds a message usually takes there.

    ``changed`` is when the access to it was changed last from here; a test before that says nothing of how it is now.
    ``seen`` is when the newest real message about an event was sent there: no test, and not looked for by a test.
    Unless ``lookup`` is done, an event without a last test may have had one. ``is_used``: some HIT type is set to tell
    it, as far as this program set it, or something real came.
    """

    last: Mapping[EventType, LastTest] = field(default_factory=lambda: MappingProxyType({}))
    usual: float | None = None
    changed: datetime | None = None
    seen: Mapping[EventType, datetime] = field(default_factory=lambda: MappingProxyType({}))
    lookup: Lookup = Lookup.DONE
    is_used: bool = True

    def with_tests(self, tests: Mapping[EventType, LastTest]) -> Coverage:
        """The same with these tests, each where it is newer than what is known of its event."""
        newer = {one: test for one, test in tests.items() if one not in self.last or self.last[one].at < test.at}
        return replace(self, last=MappingProxyType({**self.last, **newer})) if newer else self

    def standing(self, event: EventType, *, is_asked_for: bool) -> Standing:
        """What is known of an event. One that can be tested alone, as a Ping, is never asked for, and need not be."""
        last = self.last.get(event)
        if self._is_shown_by_life(event):
            return Standing.SEEN_LIVE
        if last is None:
            return self._untested() if is_asked_for else Standing.UNTOUCHED
        if self.is_before_change(event):
            return Standing.BEFORE_CHANGE
        if last.arrived is State.YES and (last.is_good or last.code == Code.NOT_SUBSCRIBED):
            if not is_asked_for and not event.is_test_only:
                return Standing.ARRIVED_UNASKED
            return Standing.ARRIVED if last.is_good else Standing.ARRIVED_BEFORE
        return Standing.FAILED if last.state is State.NO else Standing.UNKNOWN

    def _untested(self) -> Standing:
        """What is known of an event that is asked for and of which no test is known."""
        return {
            Lookup.DONE: Standing.NEVER_TESTED,
            Lookup.UNDER_WAY: Standing.UNTOUCHED,
            Lookup.FAILED: Standing.UNKNOWN,
        }[self.lookup]

    def is_before_change(self, event: EventType) -> bool:
        """Whether the access was changed since the event's last test."""
        last = self.last.get(event)
        return last is not None and self.changed is not None and last.at <= self.changed

    def _is_shown_by_life(self, event: EventType) -> bool:
        """Whether a real message tells more than the last test: there was none, it saw nothing, or it is old."""
        seen, last = self.seen.get(event), self.last.get(event)
        if seen is None or (self.changed is not None and seen <= self.changed):
            return False
        if last is None or self.is_before_change(event):
            return True
        return last.arrived is not State.YES and last.at < seen

    def summary(self, asked_for: Iterable[EventType]) -> Summary:
        """All events that are asked for, together."""
        events = tuple(asked_for)
        standings = {event: self.standing(event, is_asked_for=True) for event in events}
        tested = [self.last[event] for event in events if event in self.last]
        failed = [event for event, one in standings.items() if one is Standing.FAILED]
        seconds = [one.seconds for one in tested if one.seconds is not None]
        return Summary(
            asked_for=len(events),
            arrived=sum(one is Standing.ARRIVED for one in standings.values()),
            failed=len(failed),
            spoiled=sum(self.last[event].arrived is State.YES for event in failed),
            untested=sum(one in {Standing.NEVER_TESTED, Standing.ARRIVED_BEFORE} for one in standings.values()),
            tests=len(tested),
            oldest=min((one.at for one in tested), default=None),
            seconds=max(seconds, default=None),
            seen_live=sum(one is Standing.SEEN_LIVE for one in standings.values()),
            is_changed=Standing.BEFORE_CHANGE in standings.values(),
            why=max((self.last[event] for event in failed), key=lambda one: one.at).title if failed else "",
            lookup=self.lookup,
            is_used=self.is_used or bool(self.seen),
        )


@dataclass(frozen=True, kw_only=True)
class Summary:
    """How many events are asked for, and what their last tests say together.

    ``tests``: of how many a test is known, ``oldest``: when the first of those was, ``seconds`` of the slowest,
    ``why`` the newest of what went wrong; ``is_changed``: the access there was changed after one of them;
    ``spoiled``: how many of the failed arrived, and were not as expected. ``seen_live``: how many real messages tell
    more of than a test does.
    """

    asked_for: int
    arrived: int
    failed: int
    untested: int
    tests: int
    oldest: datetime | None
    seconds: float | None
    why: str
    is_changed: bool = False
    spoiled: int = 0
    seen_live: int = 0
    lookup: Lookup = Lookup.DONE
    is_used: bool = True
