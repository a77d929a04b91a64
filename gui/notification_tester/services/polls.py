# SPDX-License-Identifier: MIT
"""Receiving from one queue for as long as somebody wants to look, one poll after the other and some side by side.

What becomes of a message once it was received is for whoever is handed it (:class:`Handling`): one of a queue of
somebody else is held and given back (:class:`services.holding.Holding`), a copy in a queue of our own is deleted. A
poll is made only while that side can answer for what it brings.
"""

from __future__ import annotations

import math
import time
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from notification_tester.aws.queues import BATCH
from notification_tester.domain.problem import Cause, Problem, ProblemError, Remedy
from notification_tester.services.holding import PASSING, elapsed

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor

    from notification_tester.aws.queues import Queue, ReceivedMessage
    from notification_tester.services.readers import Heard, Reader

CALLS = 4
"""Calls that run at the same time: reading, and renewing what is held, deleting it or giving it back."""

READERS = 3
"""Polls side by side, as long as answers come back full; a calm queue is watched by one long poll at a time."""

SLOW_SECONDS = 1.0
"""How much longer than it was to wait an answer takes at most where nothing held it up."""

WAKE_SECONDS = 0.2
"""The longest that :meth:`Polls.run` waits before it looks after what is held, and whether it is to stop."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds until the next try where a call failed for a reason that passes, doubled each time."""

FIRST_LULL, LONGEST_LULL = 0.1, 2.0
"""Seconds until the next poll where the other side does not wait for messages but answers at once, doubled each time.

At their longest such polls are as rare as long ones, and cost as much.
"""


class Handling(Protocol):
    """What becomes of messages once they were received."""

    @property
    def trouble(self) -> Problem | None:
        """Why nothing should be received now; None where nothing stands in the way."""

    @property
    def count(self) -> int:
        """How many messages are out of other readers' sight for us."""

    @property
    def seconds(self) -> int:
        """For how many seconds the next ones are to be hidden."""

    @property
    def has_room(self) -> bool:
        """Whether more may be received."""

    def knows(self, message_id: str) -> bool:
        """Whether this message is in our hands already."""

    def take(self, messages: Sequence[ReceivedMessage], *, hidden_since: float, came_at: float, seconds: int) -> None:
        """Answer for these, which were received; times are those of :func:`services.holding.elapsed`."""

    def renew(self) -> None:
        """Do what is due; called several times a second. Raises ProblemError where it cannot go on like this."""

    def end(self) -> int:
        """Leave the queue as it was; how many messages come back to it only later, by themselves."""


class Polls:
    """Receives from one queue until told to stop; all but the calls themselves happens on the thread of :meth:`run`.

    ``met`` gets the messages of every answer, once they are answered for, and whether that was after the stop. Trouble
    that passes is waited out with a growing pause; where it lasts longer than ``patience`` seconds, it is raised.

    A poll whose answer was lost may have read messages all the same, and the next one would read them once more: with
    ``counts_reads``, because the queue moves messages away for that, it is the last. Elsewhere the next ones ask for
    fewer messages, as their size may be the reason.

    ``reader`` is this one among those who read the same queue: the others are told of every answer, and ``told`` gets
    what they were given. Without ``asks`` that is all: nothing is received here.
    """

    def __init__(
        self,
        queue: Queue,
        calls: Executor,
        handling: Handling,
        met: Callable[[Sequence[ReceivedMessage], bool], None],
        *,
        wait_seconds: int,
        patience: float = math.inf,
        counts_reads: bool = False,
        reader: Reader | None = None,
        told: Callable[[Heard], None] = lambda _: None,
        asks: bool = True,
    ) -> None:
        self._queue = queue
        self._calls = calls
        self._handling = handling
        self._met = met
        self._wait_seconds = wait_seconds
        self._patience = patience
        self._counts_reads = counts_reads
        self._reader = reader
        self._told = told
        self._asks = asks
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
                self._listen()
                turn()  # first, as it may break off because holds have run out, which must not be renewed then
                self._handling.renew()
            ended_well = True
        finally:
            self._is_over = True
            self._end(under_way, show=ended_well)

    def look_once(self) -> None:
        """Look at what is there now, without waiting for more. Raises ProblemError."""
        if not self._asks:
            return
        found = self._poll(self._handling.seconds, wait_seconds=0)
        self._hold(found)
        self._show(found, is_last=True)
        self._note_look(found)

    def _listen(self) -> None:
        """Hear of what others were given."""
        if self._reader is not None:
            self._reader.held = self._handling.count
            for heard in self._reader.heard():
                self._told(heard)

    def _show(self, found: _Poll, *, is_last: bool) -> None:
        """Hand over what came; the others hear of it once it was taken here."""
        self._met(found.messages, is_last)
        if self._reader is not None:
            self._reader.held = self._handling.count
            self._reader.tell(found.messages, came_at=found.began + found.took)

    def _ask(self, under_way: set[Future[_Poll | None]]) -> None:
        if not (self._asks and self._handling.has_room) or self._handling.trouble is not None:
            return
        if time.monotonic() < self._resume_at:
            return
        if self._is_asked_now:
            self._is_asked_now = False
            under_way.add(self._submit(wait_seconds=0))
        while len(under_way) < self._wanted:
            under_way.add(self._submit(wait_seconds=self._wait_seconds))

    def _submit(self, *, wait_seconds: int) -> Future[_Poll | None]:
        seconds = self._handling.seconds
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
        if all(self._handling.knows(one.message_id) for one in found.messages):
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
        self._show(found, is_last=False)
        self._note_look(found)

    def _note_failure(self, error: ProblemError, now: float) -> None:
        if self._failed is None:
            self._failing_since = now
        self._failed = error.problem
        self._failures += 1
        if error.perhaps_done:
            self._hidden_until = time.perf_counter() + self._handling.seconds

    def _note_look(self, found: _Poll) -> None:
        if found.began >= self._hidden_until:
            self._looked_from = max(self._looked_from, found.began)

    def _hold(self, found: _Poll) -> None:
        if found.messages:
            self._handling.take(
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
                self._show(found, is_last=True)


@dataclass(frozen=True)
class _Poll:
    messages: tuple[ReceivedMessage, ...]
    hidden_since: float  # by the clock of holds, as the next one
    came_at: float
    seconds: int
    began: float  # on the clock of time.perf_counter
    took: float


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
        remedies=(Remedy.TRY_AGAIN,),
    )
