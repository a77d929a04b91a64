# SPDX-License-Identifier: MIT
"""What sees tests arrive, whatever the transport, and how one waits with it."""

from __future__ import annotations

import math
import threading
import time
from abc import ABC, abstractmethod
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from notification_tester.domain.problem import Problem, ProblemError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from notification_tester.domain.delivery import Lamp
    from notification_tester.services.sending.queue_watch import Arrival

Value = TypeVar("Value")

LISTEN_SECONDS = 0.05
"""How soon Cancel is noticed while waiting."""

LAST_LOOK_SECONDS = 2.0
"""How long the last look may take that is made where none was answered since the test was sent."""


class DeadEnd(NamedTuple):
    """Of a topic that passes on to nobody but this program: the verdict on what came out of it, and what to do."""

    verdict: Lamp
    problem: Problem


class Watcher(ABC):
    """Sees tests arrive. ``begin`` comes before the first send, ``end`` after the last wait."""

    def __init__(self) -> None:
        self.notes: tuple[str, ...] = ()
        self.cannot_watch_because = ""  # not empty: nothing can be seen here, and why
        self.cannot_watch_problem: Problem | None = None  # the same where something can be done about it
        """Without a ``cannot_watch_because``, what came is heard from another reader of this program alone."""
        self.dead_end: DeadEnd | None = None
        """Why what is seen here reaches nobody but this program, as far as is known."""

    @abstractmethod
    def begin(self, events: Iterable[str]) -> None:
        """Start to look. Raises ProblemError."""

    @abstractmethod
    def arrival(self, event: str) -> Future[Arrival]:
        """Resolves when the test of ``event`` was seen."""

    @abstractmethod
    def seen_detail(self, event: str, *, is_last_word: bool) -> str:
        """Where it was seen and what has become of it, as a sentence or two that is true now.

        ``is_last_word``: nobody will ask again, so what is not known yet must be called so.
        """

    @property
    def is_full(self) -> bool:
        """Whether so much is there that not all of it could be looked at, and the test may be among the rest."""
        return False

    @abstractmethod
    def unseen_detail(self) -> str:
        """Why it may not have been seen."""

    @property
    def trouble(self) -> Problem | None:
        """Why the place cannot be looked at just now, so that not having seen the test tells nothing."""
        return None

    @property
    def looked_from(self) -> float:
        """When the latest look began that ended well, on the clock of ``time.perf_counter``."""
        return -math.inf

    def look_now(self) -> None:
        """Look soon, where that has to be asked for."""
        return

    def seen_count(self, event: str) -> int:
        """How many test messages of ``event`` were met that may be the answer to this test."""
        return int(self.arrival(event).done())

    def removal(self, event: str) -> Future[Problem | None] | None:
        """Resolves when it is known what became of the message, and with it a new :meth:`seen_detail`.

        None where that is known at once.
        """
        del event
        return None

    def may_change(self, event: str) -> bool:
        """Whether more is about to be known of what came than what :meth:`removal` tells."""
        del event
        return False

    def called(self, event: str, *, is_lost: bool) -> None:
        """Hear that the call for ``event`` has ended, or was never made, and whether its answer ``is_lost``."""
        del event, is_lost

    def hurry(self) -> None:
        """Look no more for what may come after all: another test begins."""
        return

    def end(self) -> None:
        """Stop looking soon."""
        return

    def join(self) -> None:
        """Wait until everything is as it was before."""
        return


class PastWatchers:
    """Watchers of runs that nobody waits for any more. Usable from any thread.

    Those that were let go tidy up for some seconds more. Those whose run was given up while a call of it hangs do not
    even know that yet: what they were given would be lost on the next test.
    """

    def __init__(self) -> None:
        self._watchers: list[Watcher] = []
        self._awaited: dict[Watcher, threading.Event] = {}  # with what is set once nobody waits for it any more
        self._lock = threading.Lock()

    def hurry(self) -> None:
        """Somebody else is about to look."""
        with self._lock:
            given_up = [one for one, is_given_up in self._awaited.items() if is_given_up.is_set()]
            earlier = [*self._watchers, *given_up]
        for one in earlier:
            one.hurry()

    def add(self, watcher: Watcher, given_up: threading.Event) -> None:
        """It is about to look, and is let go later on; ``given_up`` is set where nobody waits for that."""
        with self._lock:
            self._awaited[watcher] = given_up

    def let_go(self, watcher: Watcher) -> None:
        """End the looking; what was borrowed and made is given back and removed meanwhile."""
        watcher.end()
        with self._lock:
            self._awaited.pop(watcher, None)
            self._watchers.append(watcher)
            del self._watchers[:-50]

    def join(self) -> None:
        """Wait until all of them have tidied up."""
        with self._lock:
            watchers = list(self._watchers)
        for watcher in watchers:
            watcher.join()
            with self._lock:
                if watcher in self._watchers:  # else another thread waits as well
                    self._watchers.remove(watcher)


def awaited(future: Future[Value], deadline: float, stop: threading.Event) -> Value | None:
    """The result, or None where a person stops waiting for it or the time is over first.

    What is there already counts, also where the answer to the call took longer than the time to wait. ``deadline`` is
    on the clock of ``time.perf_counter``.
    """
    while True:
        left = deadline - time.perf_counter()
        if future.done() or (left > 0 and not stop.is_set()):
            try:
                return future.result(timeout=max(0.0, min(left, LISTEN_SECONDS)))
            except NotYet:
                continue
        return None


class Unseen(NamedTuple):
    """Why it is not known whether a message arrived, and what can be done about it where there is something."""

    why: str
    problem: Problem | None = None


def look_for(
    watcher: Watcher, event: str, deadline: float, *, began: float, called_at: float, stop: threading.Event
) -> Arrival | Unseen | None:
    """The message, or None where it was not there in time.

    ``deadline``, ``began`` and ``called_at``, when its call had ended, are on the clock of ``time.perf_counter``.
    """
    try:
        arrival = _seen_until(watcher, event, deadline, called_at=called_at, stop=stop)
    except ProblemError as error:
        return Unseen(f"The search broke off. {error.problem.title}", error.problem)
    if arrival is not None:
        return arrival
    if stop.is_set():
        return Unseen(f"You stopped waiting after {time.perf_counter() - began:.0f} s.")
    if (trouble := watcher.trouble) is not None:
        return Unseen(f"The place could not be looked at when the time was over. {trouble.title}", trouble)
    return None


def _seen_until(
    watcher: Watcher, event: str, deadline: float, *, called_at: float, stop: threading.Event
) -> Arrival | None:
    """The message, or None where it was not seen until ``deadline``, nor at a last look after its call had ended."""
    arrival = watcher.arrival(event)
    seen = awaited(arrival, deadline, stop)
    if seen is not None or watcher.looked_from >= called_at:
        return seen
    watcher.look_now()
    ends = time.perf_counter() + LAST_LOOK_SECONDS
    while not (arrival.done() or watcher.looked_from >= called_at) and time.perf_counter() < ends:
        if stop.wait(LISTEN_SECONDS) or watcher.trouble is not None:
            break
    return arrival.result() if arrival.done() else None
