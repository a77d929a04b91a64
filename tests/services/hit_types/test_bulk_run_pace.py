# SPDX-License-Identifier: MIT
"""The pace of bulk work, against a service that is played by a clock of our own."""

from __future__ import annotations

import random
import threading

import pytest

from notification_tester.services.hit_types.pace import FLOOR, Pace, back_off


class Clock:
    """Time that passes when somebody waits."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Ending(threading.Event):
    """Waits on such a clock."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock

    def wait(self, timeout: float | None = None) -> bool:
        self.clock.now += timeout or 0.0
        return self.is_set()


def play(*, seconds: float, a_second: float, at_random: float = 0.0) -> tuple[float, float, Pace]:
    """Call one after the other, a hundredth of a second each; calls taken and refused a second over the second half."""
    clock, chance = Clock(), random.Random(1)  # noqa: S311 - repeatable
    pace, ending = Pace(clock=clock), Ending(clock)
    began, allowance, before = clock.now, 5.0, clock.now
    taken = refused = 0
    while clock.now - began < seconds:
        assert pace.wait(ending)
        clock.now += 0.01
        allowance = min(5.0, allowance + (clock.now - before) * a_second)
        before = clock.now
        is_later = clock.now - began > seconds / 2
        if allowance < 1 or chance.random() < at_random:
            pace.refused()
            refused += is_later
        else:
            allowance -= 1
            pace.taken()
            taken += is_later
    return taken / (seconds / 2), refused / (seconds / 2), pace


@pytest.mark.parametrize("a_second", [5.0, 20.0, 60.0])
def test_a_limit_is_used_and_rarely_passed(a_second: float) -> None:
    taken, refused, _ = play(seconds=60, a_second=a_second)
    assert taken > 0.75 * a_second
    assert refused < 0.6 * a_second + FLOOR


def test_refusals_at_random_do_not_bring_it_to_a_stand_still() -> None:
    taken, _, _ = play(seconds=30, a_second=1000, at_random=0.2)
    assert taken > 30


def test_without_refusals_nothing_is_held_back() -> None:
    taken, refused, pace = play(seconds=10, a_second=1000)
    assert (pace.limit, refused) == (None, 0)
    assert taken == pytest.approx(100, rel=0.02)


def test_the_first_refusal_counts_and_nothing_before_it() -> None:
    clock = Clock()
    pace = Pace(clock=clock)
    clock.now += 0.6
    pace.taken()
    assert pace.limit is None
    pace = Pace(clock=clock)
    for _ in range(6):
        pace.taken()
    clock.now += 0.6
    pace.refused()
    assert pace.limit == pytest.approx(13), "six in 0.6 seconds, and a little more"
    assert pace.is_throttled
    clock.now += 2
    assert not pace.is_throttled


def test_where_nothing_is_taken_it_is_half_of_what_was_asked_and_half_again() -> None:
    clock = Clock()
    pace = Pace(clock=clock)
    for limit in (13, 8.45):
        for _ in range(11):
            pace.refused()
        clock.now += 0.6
        pace.refused()
        assert pace.limit == pytest.approx(limit)


def test_it_recovers_when_the_service_does() -> None:
    clock = Clock()
    pace, ending = Pace(clock=clock), Ending(clock)
    for _ in range(80):
        pace.wait(ending)
        clock.now += 0.01
        pace.refused()
    assert pace.is_throttled
    limit = pace.limit
    assert limit is not None
    began = clock.now
    while pace.limit is not None and clock.now - began < 60:
        pace.wait(ending)
        clock.now += 0.001
        pace.taken()
    assert pace.limit is None
    assert clock.now - began < 30
    assert not pace.is_throttled


def test_ending_is_heard_at_once() -> None:
    pace, ending = Pace(), threading.Event()
    ending.set()
    assert not pace.wait(ending)


def test_back_off_doubles_up_to_the_longest() -> None:
    waits = [back_off(times, first=0.1, longest=2.0) for times in range(60)]
    for times, seconds in enumerate(waits):
        most = min(2.0, 0.1 * 2**times)
        assert most / 2 <= seconds <= most
    assert max(waits) > 1.7, "of sixty, one in four thousand million times none is"


def test_where_everything_is_refused_it_is_still_asked_twice_a_second() -> None:
    clock = Clock()
    pace, ending = Pace(clock=clock), Ending(clock)
    began, asked = clock.now, 0
    while clock.now - began < 60:
        pace.wait(ending)
        clock.now += 0.01
        pace.refused()
        asked += 1
    assert pace.limit == FLOOR == 2.0
    assert asked > 60


def test_turns_promised_at_a_slow_pace_do_not_hold_up_those_after_it() -> None:
    clock = Clock()
    waited: list[float] = []

    class Counting(Ending):
        def wait(self, timeout: float | None = None) -> bool:
            waited.append(timeout or 0.0)  # as many threads that wait at the same time
            return self.is_set()

    pace, ending = Pace(clock=clock), Counting(clock)
    for _ in range(4):
        clock.now += 0.3
        pace.refused()
    for _ in range(8):
        pace.wait(ending)
    assert max(waited) > 3
    clock.now += 0.6
    pace.taken()  # it is taken again, and the pace doubles
    assert pace.limit is not None
    waited.clear()
    pace.wait(ending)
    assert waited[0] == pytest.approx(1 / pace.limit)
