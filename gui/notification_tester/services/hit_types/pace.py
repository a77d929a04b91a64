# SPDX-License-Identifier: MIT
"""How fast calls may follow each other, found out from what the service turns away.

Nothing is held back until the service says "too many calls". From then on the calls of half a second are looked at
together: the next ones may come a little faster than the service took the last ones, so that the limit is found from
above, and after half a second without a refusal twice as fast. A service that refuses at random, rather than
above some rate, therefore does not bring everything to a stand-still, which is what cutting the rate at each refusal
does.
"""

from __future__ import annotations

import secrets
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

WINDOW = 0.5  # seconds
FLOOR = 2.0  # calls a second
CEILING = 5000.0
_ABOVE = 1.3
_FASTER = 2.0
_SAYS_SO_FOR = 2.0  # seconds after a refusal


class Pace:
    """The pace that the threads of one run share. Safe between threads; ``clock`` counts seconds."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._limit: float | None = None
        self._turn = 0.0
        self._began = clock()
        self._taken = self._refused = 0
        self._last_refusal = -_SAYS_SO_FOR

    @property
    def limit(self) -> float | None:
        """Calls a second; None while nothing is held back."""
        return self._limit

    @property
    def is_throttled(self) -> bool:
        """Whether the service asked to slow down a moment ago."""
        return self._clock() - self._last_refusal < _SAYS_SO_FOR

    def wait(self, ending: threading.Event) -> bool:
        """Wait for the next turn; False where ``ending`` was set meanwhile."""
        if self._limit is None:
            return not ending.is_set()
        with self._lock:
            now = self._clock()
            turn = max(now, self._turn)
            self._turn = turn + 1 / (self._limit or CEILING)
        return not ending.wait(turn - now)

    def taken(self) -> None:
        """Say that the service dealt with a call, well or not."""
        with self._lock:
            self._taken += 1
            if self._limit is not None or self._refused:
                self._look_back()

    def refused(self) -> None:
        """Say that the service turned a call away."""
        with self._lock:
            self._refused += 1
            self._last_refusal = self._clock()
            self._look_back()

    def _look_back(self) -> None:
        now = self._clock()
        passed = now - self._began
        if passed < WINDOW:
            return
        if self._refused:
            taken = self._taken / passed
            if taken == 0:
                taken = (self._limit or self._refused / passed) / 2
            self._limit = max(FLOOR, taken * _ABOVE)
        elif self._limit is not None:
            faster = self._limit * _FASTER
            self._limit = None if faster > CEILING else faster
        # Turns promised at the old pace hold for those who wait for them already, and no longer for the next ones.
        self._turn = min(self._turn, now + 1 / (self._limit or CEILING))
        self._began, self._taken, self._refused = now, 0, 0


def back_off(times: int, *, first: float, longest: float) -> float:
    """Seconds to wait before the next try: twice as long each time, somewhere between half of it and all of it."""
    most = min(longest, first * 2.0 ** min(times, 30))
    return most / 2 + most / 2 * secrets.randbelow(1001) / 1000
