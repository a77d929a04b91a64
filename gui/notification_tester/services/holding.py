# SPDX-License-Identifier: MIT
"""Looking past the messages of somebody's queue: each is received once, held out of sight, and given back at the end.

The only way past a message is to hold it: what is visible is handed out again. Letting holds run out and receiving
once more would show new messages too, but would raise every message's receive count every few seconds, until a redrive
policy moves it into a dead-letter queue; and with many messages there would never be an end to it. So each is received
once, and its hold is renewed, which does not count as receiving (``ChangeMessageVisibility``), until the looking stops.
The Inbox and the search for a test message look in this one way; what receives for both is :mod:`services.polls`.

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
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notification_tester.aws.queues import BATCH
from notification_tester.domain.problem import Cause, Problem, ProblemError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor

    from notification_tester.aws.queues import NotDone, Queue, QueueState, ReceivedMessage

SHORTEST_HOLD = 15
LONGEST_HOLD = 300
HELD_WITH_SHORTEST = 2_000
MOST_HELD = 50_000

LOOK_SECONDS = 1.0
"""How often it is looked whose hold must be renewed, and how soon a renewal that failed is tried again."""

GIVE_BACK_SECONDS = 30.0
"""After that long, what is not given back yet is left to its hold, which ends by itself."""

LAST_RENEWALS_SECONDS = 5.0
"""How long giving back waits for renewals under way, which would hide again what was given back."""

PASSING = frozenset({Cause.NO_NETWORK, Cause.UNREACHABLE, Cause.SLOW_DOWN, Cause.SERVICE})
HOPELESS = frozenset({Cause.NO_NETWORK, Cause.UNREACHABLE, Cause.PERMISSION, Cause.KEYS})
"""Where one call at the end fails for such a reason, the others would too."""

NOT_CONFIRMED = "removal.not-confirmed"
"""The code of the reason why a message is not known to be gone, where the answer was lost or told nothing of it."""


def hold_seconds(held: int) -> int:
    """How long to hold a message at a time, where so many are held."""
    return max(SHORTEST_HOLD, min(LONGEST_HOLD, SHORTEST_HOLD * held // HELD_WITH_SHORTEST))


def cost_of_looking(state: QueueState, act: str) -> str:
    """What looking past the messages of this queue means for them, as a sentence; empty without a redrive policy.

    ``act`` is what looks, such as "following the queue".
    """
    limit = state.max_receive_count
    if limit is None:
        return ""
    there = state.waiting + state.in_flight
    sentence = (
        f"This queue moves a message to “{dead_letters(state)}” once it has been read {times(limit)} without being "
        f"deleted, and {act} reads every message in it once, however long it lasts"
    )
    if limit == 1:
        return f"{sentence}: whoever a message is meant for would not get it any more"
    if not there:
        return f"{sentence}: it was empty when that began, and what comes in loses one read of {limit}"
    messages = "one message is" if there == 1 else f"{there} messages are"
    return (
        f"{sentence}: {messages} in it now, and any that has been read {times(limit - 1)} before would be moved away "
        "when it is next asked for"
    )


def is_costly(state: QueueState) -> bool:
    """Whether looking may bring a message into the dead-letter queue, as far as that can be told beforehand.

    How often a message has been read is told only when it is read once more, so whatever is there may be at its limit.
    """
    limit = state.max_receive_count
    return limit is not None and (limit == 1 or state.waiting + state.in_flight > 0)


def dead_letters(state: QueueState) -> str:
    """The name of the queue to which a redrive policy moves messages."""
    return state.dead_letter_arn.rpartition(":")[2] or "another queue"


def times(number: int) -> str:
    """How often, in words."""
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def elapsed() -> float:
    """Seconds on a clock that never stands still: the monotonic one does on some systems while a computer sleeps."""
    return max(time.monotonic(), time.time() - _OFFSET)


_OFFSET = time.time() - time.monotonic()


@dataclass
class _Held:
    receipt: str
    until: float  # hidden for certain
    latest: float  # in sight again for certain: a hold begins at some moment between question and answer
    renew_at: float


class Holding:
    """What is held of one queue. ``calls`` makes the calls, side by side.

    ``take``, ``renew``, ``give_back`` and ``end`` are for one thread; the answers come on those of ``calls``.
    """

    def __init__(self, queue: Queue, calls: Executor, *, clock: Callable[[], float] = elapsed) -> None:
        self._queue = queue
        self._calls = calls
        self._clock = clock
        self._lock = threading.Lock()
        self._held: dict[str, _Held] = {}  # by message id
        self._gone: set[str] = set()  # ids of what was taken out
        self._renewals: set[Future[None]] = set()
        self._refused: Problem | None = None
        self._failed: Problem | None = None
        self._ran_out = 0
        self._is_ending = False
        self._is_over = False
        self._is_hopeless = False
        self._looked_at = 0.0

    @property
    def count(self) -> int:
        """How many messages are held now."""
        return len(self._held)

    @property
    def seconds(self) -> int:
        """How long the next hold is, in whole seconds."""
        return hold_seconds(self.count)

    @property
    def has_room(self) -> bool:
        """Whether more may be held."""
        return self.count < MOST_HELD

    @property
    def trouble(self) -> Problem | None:
        """Why holds could not be renewed when that was tried last; None where they were, or nothing is held.

        While it lasts nothing should be received: what runs out meanwhile would be received a second time. After
        everything was given back it is what it was before that.
        """
        return self._failed if self._held or self._is_over else None

    @property
    def ran_out(self) -> int:
        """How many messages came back into sight while they were held, because their hold was not renewed in time."""
        now = self._clock()
        with self._lock:
            return self._ran_out + sum(one.until <= now for one in self._held.values())

    def knows(self, message_id: str) -> bool:
        """Whether this message is held, and its hold has not run out; or was taken out, and comes all the same."""
        if message_id in self._gone:
            return True
        known = self._held.get(message_id)
        return known is not None and known.until > self._clock()

    def take(self, messages: Sequence[ReceivedMessage], *, hidden_since: float, came_at: float, seconds: int) -> None:
        """Answer for messages that were hidden for ``seconds`` and came at ``came_at``, by our clock.

        ``hidden_since`` is when that can have begun at the earliest, so that what is certain is reckoned from it.
        A message that is handed out again has a new receipt, and the one from before no longer counts.
        """
        with self._lock:
            if not self._held:
                self._failed = None
            for message in messages:
                self._held[message.message_id] = _held(message.receipt, hidden_since, seconds, answered_at=came_at)

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
            for message_id, _ in due:  # asked for once, and again where no answer has come in a while
                self._held[message_id].renew_at = now + SHORTEST_HOLD / 5
        self._renewals = {one for one in self._renewals if not one.done()}
        for start in range(0, len(due), BATCH):
            self._renewals.add(self._calls.submit(self._renew, due[start : start + BATCH], seconds))

    def _renew(self, due: Sequence[tuple[str, str]], seconds: int) -> None:
        with self._lock:  # what is being given back must not be hidden once more
            due = [(one, receipt) for one, receipt in due if one in self._held and self._held[one].receipt == receipt]
            now, is_ending = self._clock(), self._is_ending
            if self._failed is None:  # no call failed, and yet they ran out: this computer slept, and they are back
                for one, _ in due:
                    if self._held[one].until <= now:
                        del self._held[one]
                        self._ran_out += 1
                due = [(one, receipt) for one, receipt in due if one in self._held]
        if is_ending or not due:
            return
        try:
            not_done = {one.receipt: one for one in self._queue.hold([receipt for _, receipt in due], seconds=seconds)}
        except ProblemError as error:
            if error.problem.cause is Cause.PERMISSION:
                self._refused = error.problem
            self._failed = error.problem
            self._try_again(due)
            return
        answered_at = self._clock()
        failed = [one.problem for one in not_done.values() if not one.is_out_of_reach]
        self._failed = failed[0] if failed else None
        with self._lock:
            for message_id, receipt in due:
                known = self._held.get(message_id)
                if known is None or known.receipt != receipt:
                    continue
                if receipt not in not_done:
                    self._held[message_id] = _held(receipt, now, seconds, answered_at=answered_at)
                elif not_done[receipt].is_out_of_reach:
                    self._ran_out += known.until <= now
                    del self._held[message_id]
                else:
                    known.renew_at = now + LOOK_SECONDS

    def _try_again(self, due: Sequence[tuple[str, str]]) -> None:
        now = self._clock()
        with self._lock:
            for message_id, _ in due:
                if (known := self._held.get(message_id)) is not None:
                    known.renew_at = now + LOOK_SECONDS

    def take_out(self, messages: Sequence[ReceivedMessage]) -> dict[str, Problem]:
        """Delete messages that are ours; why of each, by its id, of which the queue does not confirm that it is gone.

        What fails for a passing reason is tried twice. Those that stay are still held. The code of the reason is
        :data:`NOT_CONFIRMED` where it may be gone all the same, because an answer was lost.
        """
        left, problems = list(messages), dict[str, Problem]()
        for _ in range(2):
            not_done = self._delete(left)
            gone = [one for one in left if one.message_id not in not_done]
            with self._lock:
                for one in gone:
                    self._held.pop(one.message_id, None)
                    self._gone.add(one.message_id)
            for one in gone:
                problems.pop(one.message_id, None)
            for message_id, problem in not_done.items():
                before = problems.get(message_id)
                was_lost = before is not None and before.code == NOT_CONFIRMED
                problems[message_id] = _not_confirmed(problem) if was_lost else problem
            left = [one for one in left if one.message_id in not_done and not_done[one.message_id].cause in PASSING]
            if not left:
                break
        return problems

    def _delete(self, messages: Sequence[ReceivedMessage]) -> dict[str, Problem]:
        found: dict[str, Problem] = {}
        for start in range(0, len(messages), BATCH):
            some = messages[start : start + BATCH]
            try:
                not_done = {
                    one.receipt: _not_confirmed(one.problem) if one.perhaps_done else one.problem
                    for one in self._queue.delete_messages([one.receipt for one in some])
                }
            except ProblemError as error:
                why = _not_confirmed(error.problem) if error.perhaps_done else error.problem
                not_done = dict.fromkeys([one.receipt for one in some], why)
            found |= {one.message_id: not_done[one.receipt] for one in some if one.receipt in not_done}
        return found

    def give_back(self, *, within: float) -> int:
        """Make everything visible again, waiting up to ``within`` seconds; returns how many could not be given back.

        Those come back by themselves when their hold runs out.
        """
        deadline = self._clock() + within
        with self._lock:
            self._is_ending = True  # renewals that have not begun do nothing any more
        wait(self._renewals, timeout=min(within, LAST_RENEWALS_SECONDS))
        now = self._clock()
        self._failed, self._is_over = self.trouble, True
        with self._lock:
            # What has run out may be in other hands by now.
            receipts = [one.receipt for one in self._held.values() if one.latest > now]
            self._held.clear()
        batches = [receipts[start : start + BATCH] for start in range(0, len(receipts), BATCH)]
        asked: list[Future[int]] = [self._calls.submit(self._give_back, batch, deadline) for batch in batches]
        return sum(one.result() for one in asked)

    def end(self) -> int:
        """Give everything back, in :data:`GIVE_BACK_SECONDS` at most; else as :meth:`give_back`."""
        return self.give_back(within=GIVE_BACK_SECONDS)

    def _give_back(self, receipts: Sequence[str], deadline: float) -> int:
        for _ in range(2):
            if self._is_hopeless or self._clock() > deadline:
                break
            try:
                not_done = self._queue.give_back(receipts)
            except ProblemError as error:
                if error.problem.cause in HOPELESS:
                    self._is_hopeless = True
                continue
            receipts = _within_reach(not_done)
            if not receipts:
                break
        return len(receipts)


def _held(receipt: str, since: float, seconds: int, *, answered_at: float = 0.0) -> _Held:
    latest = max(since, answered_at) + seconds
    return _Held(receipt, until=since + seconds, latest=latest, renew_at=since + seconds * 2 / 3)


def _within_reach(not_done: Sequence[NotDone]) -> list[str]:
    return [one.receipt for one in not_done if not one.is_out_of_reach]


def _not_confirmed(problem: Problem) -> Problem:
    return replace(problem, code=NOT_CONFIRMED)
