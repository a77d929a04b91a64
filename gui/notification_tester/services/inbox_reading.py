# SPDX-License-Identifier: MIT
"""Reading one queue until told to stop: polls side by side, each message shown once, trouble waited out.

A calm place is watched by one long poll at a time; as long as answers come back full, up to :data:`READERS` of them
run side by side.
"""

from __future__ import annotations

import time
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from notification_tester.aws.queues import BATCH
from notification_tester.domain.message import decode
from notification_tester.domain.problem import Cause, Problem, ProblemError
from notification_tester.domain.sender import SignatureState, judge_sender
from notification_tester.services.inbox_holding import SHORTEST_HOLD
from notification_tester.storage.inbox_rows import InboxMessage

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence
    from concurrent.futures import ThreadPoolExecutor

    from notification_tester.aws.queues import Queue, ReceivedMessage
    from notification_tester.services.inbox_holding import Holding
    from notification_tester.services.sns_signature import SignatureCheck
    from notification_tester.storage.inbox import Inbox

READERS = 3
POLL_SECONDS = 2
"""One long poll; also the longest that the end of following waits for the last one."""

WAKE_SECONDS = 0.2
GIVE_BACK_SECONDS = 30.0
"""After that long, what is not given back yet is left to its hold, which ends by itself."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds until the next try where a call failed for a reason that passes, doubled each time."""

PASSING = frozenset({Cause.NO_NETWORK, Cause.UNREACHABLE, Cause.SLOW_DOWN, Cause.SERVICE})


@dataclass(frozen=True, kw_only=True)
class FollowNews:
    """How following goes: about once a second, and when trouble begins or ends.

    ``held`` messages are out of other readers' sight; if the program died, the queue would give them back within
    ``back_within`` seconds. ``is_full`` says that more must not be held, so no further ones can be seen.
    """

    shown: int = 0
    held: int = 0
    back_within: int = SHORTEST_HOLD
    is_full: bool = False
    trouble: Problem | None = None


@dataclass(frozen=True, kw_only=True)
class Followed:
    """How following ended: messages shown, and messages that come back by themselves because a call failed."""

    shown: int
    late: int


class Keeping(Protocol):
    """What becomes of messages once they were seen."""

    def hold_seconds(self) -> int:
        """For how long the next ones are to be hidden."""

    def seen(self, messages: Sequence[ReceivedMessage], *, received_at: float, seconds: int) -> None:
        """These were looked at."""

    def look_after(self) -> None:
        """Do what is due; called several times a second."""

    def end(self) -> int:
        """Leave everything as it was; how many messages come back later."""

    def news(self) -> tuple[int, int, bool]:
        """How many are held, how long a hold is, and whether there is no room for more."""


class TheirQueue:
    """Holds what was seen and gives it back at the end."""

    def __init__(self, holding: Holding) -> None:
        self._holding = holding

    def hold_seconds(self) -> int:
        """As long as so many messages need."""
        return self._holding.seconds

    def seen(self, messages: Sequence[ReceivedMessage], *, received_at: float, seconds: int) -> None:
        """Answer for them."""
        self._holding.take(messages, received_at=received_at, seconds=seconds)

    def look_after(self) -> None:
        """Renew what runs out."""
        self._holding.renew()

    def end(self) -> int:
        """Give everything back."""
        return self._holding.give_back(within=GIVE_BACK_SECONDS)

    def news(self) -> tuple[int, int, bool]:
        """What is held."""
        return self._holding.count, self._holding.seconds, not self._holding.has_room


class OurQueue:
    """Deletes what was seen: the queue is ours, and what is in it are copies."""

    def __init__(self, queue: Queue, calls: ThreadPoolExecutor) -> None:
        self._queue = queue
        self._calls = calls

    def hold_seconds(self) -> int:
        """Long enough to delete them."""
        return 60

    def seen(self, messages: Sequence[ReceivedMessage], *, received_at: float, seconds: int) -> None:
        """They are copies: delete them."""
        del received_at, seconds
        # One that fails is handed out again, and known.
        self._calls.submit(self._queue.delete_messages, [one.receipt for one in messages])

    def look_after(self) -> None:
        """Nothing is due: nothing is held."""

    def end(self) -> int:
        """Nothing was held."""
        return 0

    def news(self) -> tuple[int, int, bool]:
        """Nothing is held."""
        return 0, 0, False


class Reading:
    """Reads one queue until told to stop; all but the calls themselves happens on the thread of :meth:`run`."""

    def __init__(
        self,
        queue: Queue,
        calls: ThreadPoolExecutor,
        keeping: Keeping,
        inbox: Inbox,
        check: SignatureCheck,
        received: Callable[[Sequence[InboxMessage]], None],
        tell: Callable[[FollowNews], None],
        *,
        since: datetime | None,
    ) -> None:
        self._queue = queue
        self._calls = calls
        self._keeping = keeping
        self._inbox = inbox
        self._check = check
        self._received = received
        self._tell = tell
        self._since = since
        self._shown = 0
        self._wanted = 1  # how many polls side by side
        self._trouble: Problem | None = None
        self._pause = FIRST_PAUSE
        self._resume_at = 0.0
        self._told_at = 0.0
        self._told = FollowNews()

    def run(self, stop: threading.Event) -> Followed:
        """Read until ``stop`` is set. Raises ProblemError; what is held is given back all the same."""
        under_way: set[Future[_Poll]] = set()
        ended_well = False
        try:
            while not stop.is_set():
                self._ask(under_way)
                if under_way:
                    done, under_way = wait(under_way, timeout=WAKE_SECONDS, return_when=FIRST_COMPLETED)
                    for poll in done:
                        self._take(poll)
                else:
                    stop.wait(WAKE_SECONDS)
                self._keeping.look_after()
                self._say()
            ended_well = True
        finally:
            late = self._end(under_way, show=ended_well)
        self._say(at_once=True)
        return Followed(shown=self._shown, late=late)

    def _ask(self, under_way: set[Future[_Poll]]) -> None:
        _, _, is_full = self._keeping.news()
        if is_full or time.monotonic() < self._resume_at:
            return
        while len(under_way) < self._wanted:
            under_way.add(self._calls.submit(self._poll, self._keeping.hold_seconds()))

    def _poll(self, seconds: int) -> _Poll:
        messages = self._queue.receive(wait_seconds=POLL_SECONDS, hold_seconds=seconds)
        return _Poll(messages=messages, received_at=time.monotonic(), seconds=seconds)

    def _take(self, poll: Future[_Poll]) -> None:
        try:
            found = poll.result()
        except ProblemError as error:
            if error.problem.cause not in PASSING:
                raise
            self._trouble = error.problem
            self._resume_at = time.monotonic() + self._pause
            self._pause = min(LONGEST_PAUSE, self._pause * 2)
            self._wanted = 1
            return
        self._trouble, self._pause = None, FIRST_PAUSE
        if len(found.messages) == BATCH:
            self._wanted = min(READERS, self._wanted * 2)
        elif not found.messages:
            self._wanted = 1
        # Answered for first: should showing them fail, they are given back all the same.
        self._hold(found)
        self._show(found.messages)

    def _hold(self, found: _Poll) -> None:
        if found.messages:
            self._keeping.seen(found.messages, received_at=found.received_at, seconds=found.seconds)

    def _show(self, messages: Sequence[ReceivedMessage]) -> None:
        now = datetime.now(tz=UTC)
        wanted = [one for one in messages if self._since is None or one.sent_at >= self._since]
        new = self._inbox.keep([self._read(one, now) for one in wanted])
        if new:
            self._shown += len(new)
            self._received(new)

    def _read(self, message: ReceivedMessage, now: datetime) -> InboxMessage:
        decoded = decode(message.body)
        signature = self._check.check(message.body)
        return InboxMessage(
            message_id=message.message_id,
            seen_at=now,
            sent_at=message.sent_at,
            decoded=decoded,
            raw=message.body,
            sender_id=message.sender_id,
            sender=judge_sender(message.sender_id, through_topic=signature.state is not SignatureState.NONE),
            signature=signature,
            receive_count=message.receive_count,
        )

    def _end(self, under_way: set[Future[_Poll]], *, show: bool) -> int:
        """Wait for the last polls, whose messages are in our hands as well, and give everything back."""
        try:
            for poll in under_way:
                if poll.cancel() or poll.exception() is not None:
                    continue
                found = poll.result()
                self._hold(found)
                if show:
                    self._show(found.messages)
        finally:
            late = self._keeping.end()
        return late

    def _say(self, *, at_once: bool = False) -> None:
        now = time.monotonic()
        held, seconds, is_full = self._keeping.news()
        news = FollowNews(shown=self._shown, held=held, back_within=seconds, is_full=is_full, trouble=self._trouble)
        trouble_changed = (news.trouble is None) is not (self._told.trouble is None)
        if news != self._told and (at_once or trouble_changed or now - self._told_at >= 1.0):
            self._told, self._told_at = news, now
            self._tell(news)


@dataclass(frozen=True)
class _Poll:
    messages: tuple[ReceivedMessage, ...]
    received_at: float
    seconds: int
