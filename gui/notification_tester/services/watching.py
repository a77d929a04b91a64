# SPDX-License-Identifier: MIT
"""Looking for our own test messages in a queue that belongs to somebody, and leaving everything else as it was.

A queue cannot be searched: the only way to see a message is to receive it, which hides it from other readers for a
while and raises its receive count. So what is received and is not ours is held only for :data:`HOLD_SECONDS` (after a
crash the queue itself gives it back when they are over) and is given back as soon as the search ends.

How a test message is told from others: MTurk gives a test no id, so a message is ours when it is a test of an event
that is being waited for, was put into the queue after the search began (by the queue's own clock), and was not the
answer to an earlier test of this program.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from notification_tester.domain.message import decode
from notification_tester.domain.problem import ProblemError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from notification_tester.aws.queues import Queue, ReceivedMessage
    from notification_tester.domain.events import EventType
    from notification_tester.domain.message import DecodedMessage

HOLD_SECONDS = 15
"""How long a message that is not ours stays hidden at most, each time it is met."""

POLL_SECONDS = 2
"""One long poll; also the longest that a cancelled search keeps its last call open."""

CLOCK_TOLERANCE = timedelta(seconds=2)
"""The queue tells its time to the second, and its machines need not agree to the second."""


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A test message that was seen: as it came, as it was read, and when on the clock of ``time.perf_counter``."""

    raw: str
    decoded: DecodedMessage
    seen_at: float


class AlreadySeen:
    """The ids of test messages that were the answer to an earlier test; the newest thousand."""

    def __init__(self) -> None:
        self._ids: dict[str, None] = {}
        self._lock = threading.Lock()

    def claim(self, message_id: str) -> bool:
        """Take a message for one test; False when an earlier test has it."""
        with self._lock:
            if message_id in self._ids:
                return False
            self._ids[message_id] = None
            if len(self._ids) > 1000:
                del self._ids[next(iter(self._ids))]
            return True


class QueueWatch:
    """One search through one queue for the tests of some events; start it before the first is sent."""

    def __init__(
        self, queue: Queue, *, events: Iterable[EventType], since: datetime, seen: AlreadySeen, remove: bool
    ) -> None:
        self._queue = queue
        self._since = since - CLOCK_TOLERANCE
        self._seen = seen
        self._remove = remove
        self._waiting: dict[str, Future[Arrival]] = {event.value: Future() for event in events}
        self._arrivals = dict(self._waiting)
        self._ours: dict[str, str] = {}  # EventDocId or message id -> event
        self._held: dict[str, tuple[str, float]] = {}  # message id -> receipt, held until
        self._to_remove: dict[str, str] = {}  # message id -> receipt
        self._others: set[str] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="queue-watch")

    @property
    def others(self) -> int:
        """How many messages were met that are not ours."""
        return len(self._others)

    def start(self) -> None:
        """Begin to poll."""
        self._thread.start()

    def arrival(self, event: EventType) -> Future[Arrival]:
        """Resolves with the message of ``event``, or with the ProblemError that ended the search."""
        return self._arrivals[event.value]

    def stop(self) -> None:
        """End the search soon; what is held is given back by the search's own thread."""
        self._stop.set()

    def join(self) -> None:
        """Wait until everything has been given back."""
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            while not self._stop.is_set() and self._waiting:
                for message in self._queue.receive(wait_seconds=POLL_SECONDS, hold_seconds=HOLD_SECONDS):
                    self._look_at(message)
        except BaseException as error:  # whatever it is, whoever waits must hear of it
            for future in self._waiting.values():
                future.set_exception(error)
            if not isinstance(error, ProblemError):
                raise
        finally:
            self._tidy()

    def _look_at(self, message: ReceivedMessage) -> None:
        now = time.perf_counter()
        decoded = decode(message.body)
        event = self._event_of(message, decoded)
        if event is None:
            self._held[message.message_id] = (message.receipt, now + HOLD_SECONDS)
            self._others.add(message.message_id)
            return
        if self._remove:
            self._to_remove[message.message_id] = message.receipt
        else:
            self._held[message.message_id] = (message.receipt, now + HOLD_SECONDS)
        waiting = self._waiting.pop(event, None)
        if waiting is not None:
            waiting.set_result(Arrival(raw=message.body, decoded=decoded, seen_at=now))

    def _event_of(self, message: ReceivedMessage, decoded: DecodedMessage) -> str | None:
        """Which of the awaited tests this is; None for a message that is not ours."""
        if self._stop.is_set():
            return None  # the last poll of a search that was given up: the message may be the next one's
        if not decoded.is_test or not decoded.events or message.sent_at < self._since:
            return None
        identity = decoded.event_doc_id or message.message_id
        if identity in self._ours:
            return self._ours[identity]  # delivered twice, or met again
        event = decoded.events[0].event_type
        if self._stop.is_set():
            return None  # nobody waits any more: it belongs to the test that was sent after this one
        if event not in self._waiting or not self._seen.claim(identity):
            return None
        self._ours[identity] = event
        return event

    def _tidy(self) -> None:
        """Remove what is ours, if wished, and give back the rest; one may be forbidden where the other is not."""
        with suppress(ProblemError):
            self._queue.delete_messages(list(self._to_remove.values()))
        now = time.perf_counter()
        # What cannot be given back now, the queue takes back by itself after HOLD_SECONDS at the latest.
        with suppress(ProblemError):
            self._queue.give_back([receipt for receipt, until in self._held.values() if until > now])
