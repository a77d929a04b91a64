# SPDX-License-Identifier: MIT
"""Whoever in this program reads a queue tells the others who read it what came.

A queue gives each message to one reader and hides it from the rest. The Inbox, which follows a queue, and the search
for a test read the same one at times: what one of them was given would be lost on the other, and each would take the
other for somebody else's program. So each joins here for as long as it reads, and hands on what it received.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notification_tester.aws.queues import ReceivedMessage
    from notification_tester.domain.destination import QueueAddress

INBOX = "Inbox"
SEARCH = "another search of this program"
"""How readers are named in a sentence."""


@dataclass(frozen=True)
class Heard:
    """Messages that another reader was given: who that is, and when they came, by ``time.perf_counter``."""

    messages: Sequence[ReceivedMessage]
    reader: str
    came_at: float


class Readers:
    """All who read queues in one run of the program; usable from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: dict[QueueAddress, list[Reader]] = {}

    def join(self, address: QueueAddress, name: str) -> Reader:
        """Another one begins to read; from now on it hears of what the others are given."""
        reader = Reader(self, address, name)
        with self._lock:
            self._of.setdefault(address, []).append(reader)
        return reader

    def leave(self, reader: Reader) -> None:
        """It reads no more. Leaving twice does no harm."""
        with self._lock:
            left = [one for one in self._of.get(reader.address, []) if one is not reader]
            if left:
                self._of[reader.address] = left
            else:
                self._of.pop(reader.address, None)

    def of(self, address: QueueAddress) -> Sequence[Reader]:
        """Who reads this queue now."""
        with self._lock:
            return tuple(self._of.get(address, ()))

    def held(self, address: QueueAddress) -> int:
        """How many messages of this queue are in the hands of this program."""
        return sum(one.held for one in self.of(address))


class Reader:
    """One who reads one queue: tells the others, and hears of them."""

    def __init__(self, readers: Readers, address: QueueAddress, name: str) -> None:
        self.address = address
        self.name = name
        self.held = 0
        """How many messages are in its hands."""
        self._readers = readers
        self._heard: deque[Heard] = deque()

    @property
    def others(self) -> Sequence[Reader]:
        """Who else reads the same queue now."""
        return [one for one in self._readers.of(self.address) if one is not self]

    def tell(self, messages: Sequence[ReceivedMessage], *, came_at: float) -> None:
        """Let the others know of messages that this one was given."""
        if messages:
            for other in self.others:
                other.hear(Heard(messages, self.name, came_at))

    def hear(self, heard: Heard) -> None:
        """Another reader was given these."""
        self._heard.append(heard)

    def heard(self) -> Sequence[Heard]:
        """What the others were given since this was asked last."""
        found: list[Heard] = []
        while self._heard:
            found.append(self._heard.popleft())
        return found

    def leave(self) -> None:
        """Read no more."""
        self._readers.leave(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()
