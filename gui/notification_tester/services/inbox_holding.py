# SPDX-License-Identifier: MIT
"""Holding messages of somebody's queue out of sight, just long enough to look past them, and giving all of them back.

The only way past a message is to hold it: what is visible is handed out again. Letting holds run out and receiving
once more would show new messages too, but would raise every message's receive count every few seconds, and with many
messages there would never be an end to it. So each is received once, and its hold is renewed, which does not count as
receiving (``ChangeMessageVisibility``), until following stops.

What that costs: renewing takes one call for ten messages. With the shortest hold, ten thousand messages would take a
hundred calls a second; so the more are held, the longer each hold, and the calls stay near twenty a second. The price
is paid after a crash: the queue gives messages back after :data:`SHORTEST_HOLD` seconds where up to two thousand are
held, in proportion where there are more, and after :data:`LONGEST_HOLD` at the very most.

SQS allows 120,000 messages in flight (SQS quotas); a queue where as many are held gives nothing to anybody, so we stop
far from there.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import wait
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notification_tester.aws.queues import BATCH
from notification_tester.domain.problem import Cause, ProblemError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor, Future

    from notification_tester.aws.queues import Queue, ReceivedMessage
    from notification_tester.domain.problem import Problem

SHORTEST_HOLD = 15
LONGEST_HOLD = 300
HELD_WITH_SHORTEST = 2_000
MOST_HELD = 50_000

LOOK_SECONDS = 1.0
"""How often it is looked whose hold must be renewed."""


def hold_seconds(held: int) -> int:
    """How long to hold a message at a time, where so many are held."""
    return max(SHORTEST_HOLD, min(LONGEST_HOLD, SHORTEST_HOLD * held // HELD_WITH_SHORTEST))


@dataclass
class _Held:
    receipt: str
    until: float
    renew_at: float


class Holding:
    """What is held of one queue. ``calls`` makes the calls, side by side.

    ``take``, ``renew`` and ``give_back`` are for one thread; the answers come on those of ``calls``.
    """

    def __init__(self, queue: Queue, calls: Executor, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._queue = queue
        self._calls = calls
        self._clock = clock
        self._lock = threading.Lock()
        self._held: dict[str, _Held] = {}  # by message id
        self._renewals: set[Future[None]] = set()
        self._refused: Problem | None = None
        self._looked_at = 0.0

    @property
    def count(self) -> int:
        """How many messages are held now."""
        return len(self._held)

    @property
    def seconds(self) -> int:
        """How long the next hold is."""
        return hold_seconds(self.count)

    @property
    def has_room(self) -> bool:
        """Whether more may be held."""
        return self.count < MOST_HELD

    def take(self, messages: Sequence[ReceivedMessage], *, received_at: float, seconds: int) -> None:
        """Answer for messages that were hidden for ``seconds`` and came at ``received_at``, by our clock.

        A message that is handed out again has a new receipt, and the one from before no longer counts.
        """
        with self._lock:
            for message in messages:
                self._held[message.message_id] = _held(message.receipt, received_at, seconds)

    def renew(self) -> None:
        """Have every hold renewed that has run for two thirds; returns at once.

        Raises ProblemError where that is not permitted: without it every message would be received again and again.
        """
        if self._refused is not None:
            raise ProblemError(self._refused)
        now = self._clock()
        if now - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = now
        seconds = self.seconds
        with self._lock:
            due = [(message_id, one.receipt) for message_id, one in self._held.items() if one.renew_at <= now]
            for message_id, _ in due:  # asked for once, and again where that has not helped in a while
                self._held[message_id].renew_at = now + SHORTEST_HOLD / 3
        self._renewals = {one for one in self._renewals if not one.done()}
        for start in range(0, len(due), BATCH):
            self._renewals.add(self._calls.submit(self._renew, due[start : start + BATCH], seconds))

    def _renew(self, due: Sequence[tuple[str, str]], seconds: int) -> None:
        with self._lock:  # what is being given back must not be hidden once more
            due = [(one, receipt) for one, receipt in due if one in self._held and self._held[one].receipt == receipt]
        if not due:
            return
        now = self._clock()
        try:
            lost = set(self._queue.hold([receipt for _, receipt in due], seconds=seconds))
        except ProblemError as error:
            if error.problem.cause is Cause.PERMISSION:
                self._refused = error.problem
            return  # it comes up again; and what runs out meanwhile is handed out again, and known
        with self._lock:
            for message_id, receipt in due:
                known = self._held.get(message_id)
                if known is None or known.receipt != receipt:
                    continue
                if receipt in lost:
                    del self._held[message_id]
                else:
                    self._held[message_id] = _held(receipt, now, seconds)

    def give_back(self, *, within: float) -> int:
        """Make everything visible again, waiting up to ``within`` seconds; returns how many could not be given back.

        Those come back by themselves when their hold runs out.
        """
        now = self._clock()
        with self._lock:
            receipts = [one.receipt for one in self._held.values() if one.until > now]
            self._held.clear()
        wait(self._renewals)
        deadline = now + within
        batches = [receipts[start : start + BATCH] for start in range(0, len(receipts), BATCH)]
        asked: list[Future[int]] = [self._calls.submit(self._give_back, batch, deadline) for batch in batches]
        return sum(one.result() for one in asked)

    def _give_back(self, receipts: Sequence[str], deadline: float) -> int:
        if self._clock() > deadline:
            return len(receipts)
        try:
            self._queue.give_back(receipts)
        except ProblemError:
            return len(receipts)
        return 0


def _held(receipt: str, since: float, seconds: int) -> _Held:
    return _Held(receipt, until=since + seconds, renew_at=since + seconds * 2 / 3)
