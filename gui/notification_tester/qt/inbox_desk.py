# SPDX-License-Identifier: MIT
"""What stands between the page Inbox and the services: following and pausing, all of it off the main thread.

Messages arrive on a worker, hundreds a second at times. They are counted there and written to the inbox; the window
is told by one signal at most every :data:`TICK` milliseconds.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from notification_tester.domain.destination import Destination, Transport
    from notification_tester.domain.problem import Problem
    from notification_tester.qt.program import Program
    from notification_tester.services.inbox_reading import Followed, FollowNews
    from notification_tester.storage.inbox import Inbox
    from notification_tester.storage.inbox_rows import InboxMessage

TICK = 100


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """What came in since the last signal: how many messages, and the newest of them."""

    count: int
    newest: InboxMessage


class InboxDesk(QObject):
    """Follows one place at a time, for the account that is open."""

    changed = Signal()  # following began, is ending, or has ended
    arrived = Signal(object)  # Arrived
    news = Signal(object)  # FollowNews
    ended = Signal(object)  # Followed
    failed = Signal(object)  # Problem

    def __init__(self, program: Program, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._program = program
        self._stop: threading.Event | None = None
        self._lock = threading.Lock()
        self._new = 0
        self._newest: InboxMessage | None = None
        self._inbox: Inbox | None = None
        self._is_closing = False
        self.destination: Destination | None = None
        self._clock = QTimer(self, interval=TICK)
        self._clock.timeout.connect(self._tick)

    @property
    def is_following(self) -> bool:
        """Whether a place is followed, also while that is ending."""
        return self._stop is not None

    @property
    def is_ending(self) -> bool:
        """Whether what was held is being given back."""
        return self._stop is not None and self._stop.is_set()

    @property
    def inbox(self) -> Inbox:
        """What was seen so far. Raises ProblemError where it cannot be kept."""
        if self._inbox is None:
            from notification_tester.storage.inbox import Inbox

            session = self._program.session
            self._inbox = Inbox(None if session is None else session.owner)
        return self._inbox

    def follow(self, destination: Destination, *, since_now: bool, read_anyway: bool) -> None:
        """Begin. Ignored while something is followed, or before an account is open."""
        session, opened = self._program.session, self._program.current
        if session is None or opened is None or self.is_following or self._is_closing:
            return
        if destination != self.destination:
            self._inbox = None  # another place begins another list
        inbox = self.inbox
        self._stop = stop = threading.Event()
        self.destination = destination
        tasks = self._program.tasks

        def tell(news: FollowNews) -> None:
            tasks.on_main_thread(partial(self.news.emit, news))

        def work() -> Followed:
            from notification_tester.services.listening import Listening

            # Opened again: practice may have been ended from outside since.
            ready = session.accounts.open(opened.account)
            return Listening(leftovers=session.leftovers).follow(
                ready,
                destination,
                inbox=inbox,
                received=self._received,
                stop=stop,
                since_now=since_now,
                read_anyway=read_anyway,
                news=tell,
            )

        self._clock.start()
        tasks.run(work, done=self._ended, failed=self._failed)
        self.changed.emit()

    def pause(self) -> None:
        """End following soon; what is held is given back before ``ended``."""
        if self._stop is not None and not self._stop.is_set():
            self._stop.set()
            self.changed.emit()

    def close(self) -> None:
        """The program ends: let the worker give everything back, and begin nothing more."""
        self._is_closing = True
        self._clock.stop()
        if self._stop is not None:
            self._stop.set()

    def notes(self, destination: Destination, *, done: Callable[[Sequence[str]], None]) -> None:
        """Find out what to bear in mind about a place; nothing is said of one that cannot be looked at."""
        opened = self._program.current
        if opened is None:
            return

        def work() -> Sequence[str]:
            from notification_tester.services.inbox_meaning import notes_about

            return notes_about(opened, destination)

        self._program.tasks.run(work, done=done, failed=lambda _: done(()))

    def start_workers(self, *, done: Callable[[], None], failed: Callable[[Problem], None]) -> None:
        """In practice: have the made-up workers begin."""
        session, opened, destination = self._program.session, self._program.current, self.destination
        if session is None or opened is None or destination is None:
            return

        def work() -> None:
            from notification_tester.services.inbox_practice import start_workers

            start_workers(session.hit_types, opened, destination)

        self._program.tasks.run(work, done=lambda _: done(), failed=failed)

    def choices(self, transport: Transport, *, done: Callable[[list[tuple[str, str]]], None]) -> None:
        """Find the places that the open account can see."""
        self._program.choices(transport, done=done, failed=lambda _: done([]))

    def _received(self, messages: Sequence[InboxMessage]) -> None:
        with self._lock:
            self._new += len(messages)
            self._newest = messages[-1]

    def _tick(self) -> None:
        with self._lock:
            count, newest, self._new, self._newest = self._new, self._newest, 0, None
        if newest is not None:
            self.arrived.emit(Arrived(count=count, newest=newest))

    def _over(self) -> None:
        self._stop = None
        self._clock.stop()
        self._tick()
        self.changed.emit()

    def _ended(self, followed: Followed) -> None:
        self._over()
        self.ended.emit(followed)

    def _failed(self, problem: Problem) -> None:
        self._over()
        self.failed.emit(problem)
