# SPDX-License-Identifier: MIT
"""Following one queue until told to stop: each message is shown once, and trouble is told and waited out."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from notification_tester.domain.messages.message import decode
from notification_tester.domain.messages.sender import SignatureState, judge_sender
from notification_tester.services.holding import SHORTEST_HOLD
from notification_tester.services.polls import Polls
from notification_tester.storage.inbox_rows import InboxMessage

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence
    from concurrent.futures import ThreadPoolExecutor

    from notification_tester.aws.queues import Queue, ReceivedMessage
    from notification_tester.domain.problem import Problem
    from notification_tester.services.polls import Handling
    from notification_tester.services.readers import Heard, Reader
    from notification_tester.services.sns_signature import SignatureCheck
    from notification_tester.storage.inbox import Inbox

POLL_SECONDS = 2
"""One long poll; also the longest that the end of following waits for the last one."""


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
    url: str = ""
    confirmation: str = ""


@dataclass(frozen=True, kw_only=True)
class Followed:
    """How following ended: messages shown, and messages that come back by themselves because a call failed.

    ``trouble`` is why nothing more could be seen at the end; None where it was still being read.
    ``left_behind`` is why a temporary queue of ours is still there; None where none is. ``url`` is where a receiver on
    this computer was.
    """

    shown: int
    late: int
    trouble: Problem | None = None
    left_behind: Problem | None = None
    url: str = ""


class Deleting:
    """Deletes what was received: for a queue of our own, in which everything is a copy."""

    trouble = None
    """Nothing stands in the way: what cannot be deleted is handed out again, and harms nobody."""
    count = 0
    seconds = 60
    """Long enough to delete them."""
    has_room = True

    def __init__(self, queue: Queue, calls: ThreadPoolExecutor) -> None:
        self._queue = queue
        self._calls = calls

    def knows(self, message_id: str) -> bool:
        """Nothing is held."""
        del message_id
        return False

    def take(self, messages: Sequence[ReceivedMessage], *, hidden_since: float, came_at: float, seconds: int) -> None:
        """Delete them, on another thread."""
        del hidden_since, came_at, seconds
        # One that fails is handed out again, and known.
        self._calls.submit(self._queue.delete_messages, [one.receipt for one in messages])

    def renew(self) -> None:
        """Nothing is due: nothing is held."""

    def end(self) -> int:
        """Nothing was held."""
        return 0


class Reading:
    """Follows one queue until told to stop; all but the calls themselves happens on the thread of :meth:`run`."""

    def __init__(
        self,
        queue: Queue,
        calls: ThreadPoolExecutor,
        handling: Handling,
        inbox: Inbox,
        check: SignatureCheck,
        received: Callable[[Sequence[InboxMessage]], None],
        tell: Callable[[FollowNews], None],
        *,
        since: datetime | None,
        counts_reads: bool = False,
        reader: Reader | None = None,
    ) -> None:
        self._polls = Polls(
            queue,
            calls,
            handling,
            self._show,
            wait_seconds=POLL_SECONDS,
            counts_reads=counts_reads,
            reader=reader,
            told=self._show_of_another,
        )
        self._handling = handling
        self._inbox = inbox
        self._check = check
        self._received = received
        self._tell = tell
        self._since = since
        self._shown = 0
        self._news_at = 0.0
        self._news = FollowNews()

    def run(self, stop: threading.Event) -> Followed:
        """Follow until ``stop`` is set. Raises ProblemError; what is held is given back all the same."""
        try:
            self._polls.run(stop, turn=self._say)
        finally:
            late = self._handling.end()
        self._say(at_once=True)
        return Followed(shown=self._shown, late=late, trouble=self._trouble)

    @property
    def _trouble(self) -> Problem | None:
        return self._polls.trouble or self._handling.trouble

    def _show(self, messages: Sequence[ReceivedMessage], _is_last: bool) -> None:
        now = datetime.now(tz=UTC)
        wanted = [one for one in messages if self._since is None or one.sent_at >= self._since]
        new = self._inbox.keep([self._read(one, now) for one in wanted])
        if new:
            self._shown += len(new)
            self._received(new)

    def _show_of_another(self, heard: Heard) -> None:
        """What a test of this program was given before it could come here."""
        self._show(heard.messages, False)

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

    def _say(self, *, at_once: bool = False) -> None:
        now = time.monotonic()
        news = FollowNews(
            shown=self._shown,
            held=self._handling.count,
            back_within=self._handling.seconds,
            is_full=not self._handling.has_room,
            trouble=self._trouble,
        )
        trouble_changed = (news.trouble is None) is not (self._news.trouble is None)
        if news != self._news and (at_once or trouble_changed or now - self._news_at >= 1.0):
            self._news, self._news_at = news, now
            self._tell(news)
