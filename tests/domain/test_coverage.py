# SPDX-License-Identifier: MIT
"""What the last tests of the events that are asked for say together."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from notification_tester.domain.coverage import Coverage, LastTest, Lookup, Standing, last_test
from notification_tester.domain.delivery import NOT_TRIED, Lamp, State, TestOutcome
from notification_tester.domain.destination import Transport
from notification_tester.domain.events import EventType
from notification_tester.domain.notification import parse_spec
from notification_tester.domain.problem import Cause, Code, Problem

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
GOOD = LastTest(at=NOW, accepted=State.YES, arrived=State.YES, as_expected=State.YES, seconds=0.8)
LOST = LastTest(
    at=NOW - timedelta(hours=1), accepted=State.YES, arrived=State.NO, as_expected=State.UNKNOWN, title="Not seen."
)
ONE, TWO, THREE = EventType.ASSIGNMENT_SUBMITTED, EventType.HIT_EXPIRED, EventType.HIT_CREATED


def test_only_what_is_asked_for_is_counted() -> None:
    summary = Coverage(last={ONE: GOOD, TWO: LOST, THREE: GOOD}).summary([ONE, THREE])
    assert (summary.asked_for, summary.arrived, summary.failed, summary.untested) == (2, 2, 0, 0)
    assert (summary.tests, summary.oldest, summary.seconds, summary.why) == (2, NOW, 0.8, "")


def test_what_failed_and_what_was_never_tested_is_told_apart() -> None:
    summary = Coverage(last={ONE: GOOD, TWO: LOST}).summary([ONE, TWO, THREE])
    assert (summary.asked_for, summary.arrived, summary.failed, summary.untested) == (3, 1, 1, 1)
    assert (summary.tests, summary.oldest, summary.why) == (2, LOST.at, "Not seen.")


def test_nothing_tested_claims_nothing() -> None:
    summary = Coverage().summary([ONE])
    assert (summary.arrived, summary.failed, summary.untested, summary.oldest, summary.seconds) == (0, 0, 1, None, None)


@pytest.mark.parametrize(
    ("lookup", "standing"), [(Lookup.UNDER_WAY, Standing.UNTOUCHED), (Lookup.FAILED, Standing.UNKNOWN)]
)
def test_what_is_not_looked_up_is_not_called_untested(lookup: Lookup, standing: Standing) -> None:
    found = Coverage(lookup=lookup, seen={TWO: NOW})
    assert found.standing(ONE, is_asked_for=True) is standing
    assert found.standing(ONE, is_asked_for=False) is Standing.UNTOUCHED
    assert found.standing(TWO, is_asked_for=True) is Standing.SEEN_LIVE
    summary = found.summary([ONE, TWO])
    assert (summary.lookup, summary.untested, summary.seen_live) == (lookup, 0, 1)


def test_a_ping_need_not_be_asked_for() -> None:
    assert Coverage(last={EventType.PING: GOOD}).standing(EventType.PING, is_asked_for=False) is Standing.ARRIVED


def test_what_arrives_and_is_not_asked_for_is_told() -> None:
    for last in (GOOD, UNSUBSCRIBED):
        assert Coverage(last={ONE: last}).standing(ONE, is_asked_for=False) is Standing.ARRIVED_UNASKED


def test_newer_tests_take_the_place_of_older_ones() -> None:
    known = Coverage(last={ONE: GOOD}, usual=1.0)
    assert known.with_tests({}) is known
    assert known.with_tests({ONE: replace(LOST, at=GOOD.at)}) is known
    newer = known.with_tests({ONE: replace(LOST, at=GOOD.at + HOUR), TWO: LOST})
    assert newer == replace(known, last={ONE: replace(LOST, at=GOOD.at + HOUR), TWO: LOST})


def test_what_is_kept_of_a_test() -> None:
    spec = parse_spec(transport=Transport.EMAIL, destination="ada@lab.org", events=["HITExpired"])
    lamps = [Lamp(state=state, detail="So.", seconds=seconds) for state, seconds in ((State.YES, 0.1), (State.NO, 0.2))]
    outcome = TestOutcome(spec=spec, event=TWO, accepted=lamps[0], arrived=lamps[1], as_expected=NOT_TRIED)
    kept = LastTest(at=NOW, accepted=State.YES, arrived=State.NO, as_expected=State.UNKNOWN, seconds=0.2)
    assert last_test(outcome, NOW) == kept
    why = Problem(title="It is closed.", detail="", remedy="", code="queue.closed", cause=Cause.DESTINATION)
    assert last_test(replace(outcome, problem=why), NOW) == replace(kept, title="It is closed.", code="queue.closed")
    assert [one.state for one in (GOOD, kept, replace(kept, arrived=State.YES))] == [State.YES, State.NO, State.UNKNOWN]


def test_the_newest_of_what_went_wrong_is_the_reason() -> None:
    spoiled = replace(UNASKED, at=NOW, title="Another event.")
    summary = Coverage(last={ONE: LOST, TWO: spoiled, THREE: GOOD}, is_used=False).summary([ONE, TWO, THREE])
    assert (summary.failed, summary.spoiled, summary.why, summary.seconds) == (2, 1, "Another event.", 0.8)
    assert (summary.is_used, summary.is_changed) == (False, False)
    assert Coverage(is_used=False, seen={TWO: NOW}).summary([ONE]).is_used
    assert Coverage().summary([]).is_used
    before = Coverage(last={ONE: UNSUBSCRIBED}).summary([ONE, TWO])
    assert (before.arrived, before.untested, before.tests) == (0, 2, 1)


HOUR = timedelta(hours=1)
UNSUBSCRIBED = replace(GOOD, as_expected=State.NO, code=Code.NOT_SUBSCRIBED)
UNASKED = replace(GOOD, as_expected=State.NO, code="arrival.unexpected")


@pytest.mark.parametrize(
    ("last", "seen", "changed", "standing"),
    [
        (None, NOW, None, Standing.SEEN_LIVE),
        (None, NOW, NOW + HOUR, Standing.NEVER_TESTED),
        (GOOD, NOW + HOUR, None, Standing.ARRIVED),
        (LOST, NOW, None, Standing.SEEN_LIVE),
        (LOST, LOST.at - HOUR, None, Standing.FAILED),
        (UNASKED, NOW + HOUR, None, Standing.FAILED),
        (LOST, None, NOW, Standing.BEFORE_CHANGE),
        (GOOD, None, NOW, Standing.BEFORE_CHANGE),
        (LOST, NOW - HOUR, NOW, Standing.BEFORE_CHANGE),
        (LOST, NOW + HOUR, NOW, Standing.SEEN_LIVE),
        (LOST, None, LOST.at - HOUR, Standing.FAILED),
        (GOOD, None, GOOD.at, Standing.BEFORE_CHANGE),
        (None, NOW, NOW, Standing.NEVER_TESTED),
        (LOST, LOST.at, None, Standing.FAILED),
        (replace(LOST, arrived=State.UNKNOWN), None, None, Standing.UNKNOWN),
        (UNSUBSCRIBED, None, None, Standing.ARRIVED_BEFORE),
        (replace(UNSUBSCRIBED, arrived=State.NO), None, None, Standing.FAILED),
    ],
    ids=[
        "never-tested",
        "never-tested-and-changed-since",
        "after-a-good-test",
        "after-a-bad-test",
        "before-a-bad-test",
        "after-one-that-arrived-and-was-wrong",
        "bad-and-changed",
        "good-and-changed",
        "seen-before-the-change",
        "seen-after-the-change",
        "tested-after-the-change",
        "tested-at-the-change",
        "seen-at-the-change",
        "seen-at-the-test",
        "not-known",
        "not-asked-for-then",
        "not-asked-for-then-and-lost",
    ],
)
def test_a_real_message_tells_what_the_last_test_does_not(
    last: LastTest | None, seen: datetime | None, changed: datetime | None, standing: Standing
) -> None:
    coverage = Coverage(
        last={} if last is None else {ONE: last}, seen={} if seen is None else {ONE: seen}, changed=changed
    )
    assert coverage.standing(ONE, is_asked_for=True) is standing
    summary = coverage.summary([ONE])
    assert summary.seen_live == (standing is Standing.SEEN_LIVE)
    assert summary.is_changed is (standing is Standing.BEFORE_CHANGE)
