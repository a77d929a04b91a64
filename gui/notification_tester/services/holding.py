# SPDX-License-Identifier: MIT
"""Looking past the messages of somebody's queue: each is received once, held out of sight, and given back at the end.

The only way past a message is to hold it: what is visible is handed out again. Letting holds run out and receiving
once more would show new messages too, but would raise every message's receive count every few seconds, until a redrive
policy moves it into a dead-letter queue; and with many messages there would never be an end to it. So each is received
once, and its hold is renewed, which does not count as receiving (``ChangeMessageVisibility``), until the looking stops.
The Inbox and the search for a test message look in this one way.

What that costs: renewing takes one call for ten messages. With the shortest hold, ten thousand messages would take a
hundred calls a second; so the more are held, the longer each hold, and the calls stay near twenty a second. The price
is paid after a crash: the queue gives messages back after :data:`SHORTEST_HOLD` seconds where up to two thousand are
held, in proportion where there are more, and after :data:`LONGEST_HOLD` at the very most.

SQS allows 120,000 messages in flight (SQS quotas); a queue where as many are held gives nothing to anybody, so we stop
far from there.
"""

from __future__ import annotations

import math
import threading
import time
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from notification_tester.aws.queues import BATCH
from notification_tester.domain.problem import Cause, Problem, ProblemError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor

    from notification_tester.aws.queues import NotDone, Queue, QueueState, ReceivedMessage

CALLS = 4
"""Calls that run at the same time: reading, and renewing what is held, deleting it or giving it back."""

READERS = 3
"""Polls side by side, as long as answers come back full; a calm place is watched by one long poll at a time."""

SHORTEST_HOLD = 15
LONGEST_HOLD = 300
HELD_WITH_SHORTEST = 2_000
MOST_HELD = 50_000

LOOK_SECONDS = 1.0
"""How often it is looked whose hold must be renewed, and how soon a renewal that failed is tried again."""

SLOW_SECONDS = 1.0
"""How much longer than it was to wait an answer takes at most where nothing held it up."""

WAKE_SECONDS = 0.2
GIVE_BACK_SECONDS = 30.0
"""After that long, what is not given back yet is left to its hold, which ends by itself."""

LAST_RENEWALS_SECONDS = 5.0
"""How long giving back waits for renewals under way, which would hide again what was given back."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds until the next try where a call failed for a reason that passes, doubled each time."""

FIRST_LULL, LONGEST_LULL = 0.1, 2.0
"""Seconds until the next poll where the other side does not wait for messages but answers at once, doubled each time.

At their longest such polls are as rare as long ones, and cost as much.
"""

PASSING = frozenset({Cause.NO_NETWORK, Cause.UNREACHABLE, Cause.SLOW_DOWN, Cause.SERVICE})
HOPELESS = frozenset({Cause.NO_NETWORK, Cause.UNREACHABLE, Cause.PERMISSION, Cause.KEYS})
"""Where one call at the end fails for such a reason, the others would too."""


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

    ``take``, ``renew`` and ``give_back`` are for one thread; the answers come on those of ``calls``.
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
        """How long the next hold is."""
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

        What fails for a passing reason is tried twice. Those that stay are still held.
        """
        left, problems = list(messages), dict[str, Problem]()
        for _ in range(2):
            not_done = self._delete(left)
            gone = [one for one in left if one.message_id not in not_done]
            with self._lock:
                for one in gone:
                    self._held.pop(one.message_id, None)
                    self._gone.add(one.message_id)
            problems = not_done
            left = [one for one in left if one.message_id in not_done and not_done[one.message_id].cause in PASSING]
            if not left:
                break
        return problems

    def _delete(self, messages: Sequence[ReceivedMessage]) -> dict[str, Problem]:
        found: dict[str, Problem] = {}
        for start in range(0, len(messages), BATCH):
            some = messages[start : start + BATCH]
            try:
                not_done = {one.receipt: one.problem for one in self._queue.delete_messages([m.receipt for m in some])}
            except ProblemError as error:
                not_done = dict.fromkeys([one.receipt for one in some], error.problem)
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


class Keeping(Protocol):
    """What becomes of messages once they were seen."""

    @property
    def trouble(self) -> Problem | None:
        """Why nothing should be received now; None where nothing stands in the way."""

    def hold_seconds(self) -> int:
        """For how long the next ones are to be hidden."""

    def knows(self, message_id: str) -> bool:
        """Whether this message is in our hands already."""

    def seen(self, messages: Sequence[ReceivedMessage], *, hidden_since: float, came_at: float, seconds: int) -> None:
        """These were looked at."""

    def look_after(self) -> None:
        """Do what is due; called several times a second. Raises ProblemError where it cannot go on like this."""

    def end(self) -> int:
        """Leave everything as it was; how many messages come back later."""

    def news(self) -> tuple[int, int, bool]:
        """How many are held, how long a hold is, and whether there is no room for more."""


class TheirQueue:
    """Holds what was seen and gives it back at the end."""

    def __init__(self, holding: Holding) -> None:
        self._holding = holding

    @property
    def trouble(self) -> Problem | None:
        """Why holds cannot be renewed."""
        return self._holding.trouble

    def hold_seconds(self) -> int:
        """As long as so many messages need."""
        return self._holding.seconds

    def knows(self, message_id: str) -> bool:
        """Whether it is held."""
        return self._holding.knows(message_id)

    def seen(self, messages: Sequence[ReceivedMessage], *, hidden_since: float, came_at: float, seconds: int) -> None:
        """Answer for them."""
        self._holding.take(messages, hidden_since=hidden_since, came_at=came_at, seconds=seconds)

    def look_after(self) -> None:
        """Renew what runs out."""
        self._holding.renew()

    def end(self) -> int:
        """Give everything back."""
        return self._holding.give_back(within=GIVE_BACK_SECONDS)

    def news(self) -> tuple[int, int, bool]:
        """What is held."""
        return self._holding.count, self._holding.seconds, not self._holding.has_room


class Polls:
    """Receives from one queue until told to stop; all but the calls themselves happens on the thread of :meth:`run`.

    ``met`` gets the messages of every answer, once they are answered for, and whether that was after the stop. Trouble
    that passes is waited out with a growing pause; where it lasts longer than ``patience`` seconds, it is raised.

    A poll whose answer was lost may have read messages all the same, and the next one would read them once more: with
    ``counts_reads``, because the queue moves messages away for that, it is the last. Elsewhere the next ones ask for
    fewer messages, as their size may be the reason.
    """

    def __init__(
        self,
        queue: Queue,
        calls: Executor,
        keeping: Keeping,
        met: Callable[[Sequence[ReceivedMessage], bool], None],
        *,
        wait_seconds: int,
        patience: float = math.inf,
        counts_reads: bool = False,
    ) -> None:
        self._queue = queue
        self._calls = calls
        self._keeping = keeping
        self._met = met
        self._wait_seconds = wait_seconds
        self._patience = patience
        self._counts_reads = counts_reads
        self._at_most = BATCH
        self._wanted = 1  # how many polls side by side
        self._failures = 0
        self._failed: Problem | None = None
        self._failing_since = 0.0
        self._pause = FIRST_PAUSE
        self._lull = 0.0
        self._resume_at = 0.0
        self._looked_from = -math.inf
        self._hidden_until = -math.inf  # what came with an answer that was lost; on the clock of time.perf_counter
        self._is_asked_now = False
        self._is_over = False

    @property
    def failed(self) -> Problem | None:
        """Why the last call failed; None where it was answered."""
        return self._failed

    @property
    def trouble(self) -> Problem | None:
        """What a person should hear of: a failure that a second try did not mend, or with which it ended.

        At the end that is also an answer that was lost, as long as what came with it is out of everybody's sight.
        """
        if self._failures > 1 or (self._is_over and self._failed is not None):
            return self._failed
        return _perhaps_hidden() if self._is_over and time.perf_counter() < self._hidden_until else None

    @property
    def looked_from(self) -> float:
        """When the latest whole look began, on the clock of ``time.perf_counter``.

        None is whole while what came with an answer that was lost is still hidden.
        """
        return self._looked_from

    def ask_now(self) -> None:
        """Have a poll made beside those that wait, soon; from any thread."""
        self._is_asked_now = True

    def run(
        self,
        stop: threading.Event,
        *,
        turn: Callable[[], None],
        is_done: Callable[[], bool] = lambda: False,
    ) -> None:
        """Read until ``stop`` is set or ``is_done`` says so; ``turn`` is called several times a second.

        Raises ProblemError. Polls under way at the end are waited for, and what they bring is answered for as well.
        """
        under_way: set[Future[_Poll | None]] = set()
        ended_well = False
        try:
            while not (stop.is_set() or is_done()):
                self._ask(under_way)
                if under_way:
                    done, under_way = wait(under_way, timeout=WAKE_SECONDS, return_when=FIRST_COMPLETED)
                    for poll in done:
                        self._take(poll)
                else:
                    stop.wait(self._rest())
                turn()  # first, as it may break off because holds have run out, which must not be taken up again
                self._keeping.look_after()
            ended_well = True
        finally:
            self._is_over = True
            self._end(under_way, show=ended_well)

    def look_once(self) -> None:
        """Look at what is there now, without waiting for more. Raises ProblemError."""
        found = self._poll(self._keeping.hold_seconds(), wait_seconds=0)
        self._hold(found)
        self._met(found.messages, True)
        self._note_look(found)

    def _ask(self, under_way: set[Future[_Poll | None]]) -> None:
        _, _, is_full = self._keeping.news()
        if is_full or self._keeping.trouble is not None or time.monotonic() < self._resume_at:
            return
        if self._is_asked_now:
            self._is_asked_now = False
            under_way.add(self._submit(wait_seconds=0))
        while len(under_way) < self._wanted:
            under_way.add(self._submit(wait_seconds=self._wait_seconds))

    def _submit(self, *, wait_seconds: int) -> Future[_Poll | None]:
        seconds = self._keeping.hold_seconds()
        return self._calls.submit(self._poll_soon, seconds, wait_seconds=wait_seconds, wanted_at=elapsed())

    def _poll_soon(self, seconds: int, *, wait_seconds: int, wanted_at: float) -> _Poll | None:
        """One poll; None, and no call, where its turn comes late: what is held may have come back meanwhile."""
        is_late = elapsed() - wanted_at > SLOW_SECONDS
        return None if is_late else self._poll(seconds, wait_seconds=wait_seconds)

    def _rest(self) -> float:
        left = self._resume_at - time.monotonic()
        return left if 0 < left < WAKE_SECONDS else WAKE_SECONDS

    def _poll(self, seconds: int, *, wait_seconds: int) -> _Poll:
        began, asked_at = time.perf_counter(), elapsed()
        messages = self._queue.receive(wait_seconds=wait_seconds, hold_seconds=seconds, at_most=self._at_most)
        took, came_at = time.perf_counter() - began, elapsed()
        # One that took longer than the queue may wait lay about, here or on the way, as when a computer sleeps: what
        # came with it has been hidden since nobody knows when, and may be in sight again.
        hidden_since = asked_at if came_at - asked_at > wait_seconds + SLOW_SECONDS else came_at
        return _Poll(
            messages=messages, hidden_since=hidden_since, came_at=came_at, seconds=seconds, began=began, took=took
        )

    def _take(self, poll: Future[_Poll | None]) -> None:
        now = time.monotonic()
        try:
            found = poll.result()
        except ProblemError as error:
            self._note_failure(error, now)
            if error.perhaps_done and self._counts_reads:
                raise ProblemError(_read_perhaps(error.problem)) from error
            if error.problem.cause not in PASSING or now - self._failing_since >= self._patience:
                raise
            if error.perhaps_done:
                self._at_most = 1
            self._resume_at = now + self._pause
            self._pause = min(LONGEST_PAUSE, self._pause * 2)
            self._wanted = 1
            return
        if found is None:
            return
        self._failed, self._failures, self._pause = None, 0, FIRST_PAUSE
        if all(self._keeping.knows(one.message_id) for one in found.messages):
            # Nothing new: where that was not waited for, the next answer would come as soon, and cost as much.
            answers_at_once = found.took < self._wait_seconds / 2
            self._lull = min(LONGEST_LULL, max(FIRST_LULL, self._lull * 2)) if answers_at_once else 0.0
            self._resume_at = now + self._lull
            self._wanted = 1
        else:
            self._lull = 0.0
            self._at_most = min(BATCH, self._at_most * 2)
            if len(found.messages) == BATCH:
                self._wanted = min(READERS, self._wanted * 2)
        # Answered for first: should showing them fail, they are given back all the same.
        self._hold(found)
        self._met(found.messages, False)
        self._note_look(found)

    def _note_failure(self, error: ProblemError, now: float) -> None:
        if self._failed is None:
            self._failing_since = now
        self._failed = error.problem
        self._failures += 1
        if error.perhaps_done:
            self._hidden_until = time.perf_counter() + self._keeping.hold_seconds()

    def _note_look(self, found: _Poll) -> None:
        if found.began >= self._hidden_until:
            self._looked_from = max(self._looked_from, found.began)

    def _hold(self, found: _Poll) -> None:
        if found.messages:
            self._keeping.seen(
                found.messages, hidden_since=found.hidden_since, came_at=found.came_at, seconds=found.seconds
            )

    def _end(self, under_way: set[Future[_Poll | None]], *, show: bool) -> None:
        """Wait for the last polls, whose messages are in our hands as well."""
        for poll in under_way:
            if poll.cancel():
                continue
            error = poll.exception()
            if isinstance(error, ProblemError):
                self._note_failure(error, time.monotonic())
            if error is not None:
                continue
            found = poll.result()
            if found is None:
                continue
            self._failed, self._failures = None, 0
            self._hold(found)
            if show:
                self._met(found.messages, True)


@dataclass(frozen=True)
class _Poll:
    messages: tuple[ReceivedMessage, ...]
    hidden_since: float  # by the clock of holds, as the next one
    came_at: float
    seconds: int
    began: float  # on the clock of time.perf_counter
    took: float


def _held(receipt: str, since: float, seconds: int, *, answered_at: float = 0.0) -> _Held:
    latest = max(since, answered_at) + seconds
    return _Held(receipt, until=since + seconds, latest=latest, renew_at=since + seconds * 2 / 3)


def _read_perhaps(problem: Problem) -> Problem:
    because = "The answer was lost, and messages with it may have been read; to read them once more would count again."
    return replace(problem, detail=f"{problem.detail} {because}")


def _perhaps_hidden() -> Problem:
    return Problem(
        title="Not all that came may have been shown.",
        detail="An answer of the queue was lost on the way. What came with it is out of every reader's sight for a few "
        "seconds more, and the end came before it could be read once more.",
        remedy="Follow it once more: in a queue of yours it is in sight again by then.",
        code="inbox.perhaps-hidden",
        cause=Cause.SERVICE,
    )


def _within_reach(not_done: Sequence[NotDone]) -> list[str]:
    return [one.receipt for one in not_done if not one.is_out_of_reach]
