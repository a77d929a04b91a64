# SPDX-License-Identifier: MIT
"""What stands between the page Inbox and the services: following and pausing, all of it off the main thread.

Messages arrive on a worker, hundreds a second at times. They are counted there and written to the inbox; the window
is told by one signal at most every :data:`TICK` milliseconds. What is followed belongs to the account that follows it:
with another account it ends, and its list waits for the return of its own.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from notification_tester.domain.problem import Cause, Problem
from notification_tester.qt.session import are_one
from notification_tester.qt.widgets.visible_text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from notification_tester.domain.account import Account
    from notification_tester.domain.destination import Destination, Transport
    from notification_tester.qt.session import Program
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.inbox.reading import Followed, FollowNews
    from notification_tester.storage.inbox import Inbox
    from notification_tester.storage.inbox_rows import InboxMessage

TICK = 100


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """What came in since the last signal: how many messages, and the newest of them."""

    count: int
    newest: InboxMessage


class Following:
    """One place, followed with one account: its list, and how it was asked for. ``read_anyway`` is a person's leave."""

    def __init__(self, opened: OpenAccount, destination: Destination, inbox: Inbox, *, since_now: bool) -> None:
        self.opened = opened
        self.destination = destination
        self.inbox = inbox
        self.since_now = since_now
        self.read_anyway = False
        self.stop: threading.Event | None = None  # while it is followed, also while that is ending
        self.messages = 0  # seen so far
        self.ended: Followed | None = None
        self.was_left = False  # it ended because another account was asked for
        self._lock = threading.Lock()
        self._new = 0
        self._newest: InboxMessage | None = None

    def received(self, messages: Sequence[InboxMessage]) -> None:
        """Count what came in; from any thread."""
        with self._lock:
            self._new += len(messages)
            self._newest = messages[-1]

    def taken(self) -> Arrived | None:
        """What came in since the last time."""
        with self._lock:
            count, newest, self._new, self._newest = self._new, self._newest, 0, None
        self.messages += count
        return None if newest is None else Arrived(count=count, newest=newest)


class InboxDesk(QObject):
    """Follows one place at a time for the account that is open, and tells of that alone."""

    changed = Signal()  # following began, is ending, or has ended
    arrived = Signal(object)  # Arrived
    news = Signal(object)  # FollowNews
    ended = Signal(object)  # Followed
    failed = Signal(object)  # Problem

    def __init__(self, program: Program, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._program = program
        self._kept: list[Following] = []  # one for each account, and those that are ending
        self._is_closing = False
        self.now: Following | None = None
        self._clock = QTimer(self, interval=TICK)
        self._clock.timeout.connect(self._tick)
        program.forgotten.connect(self._forget)

    @property
    def is_following(self) -> bool:
        """Whether a place is followed, also while that is ending."""
        return self.now is not None and self.now.stop is not None

    @property
    def is_ending(self) -> bool:
        """Whether what was held is being given back."""
        return self.now is not None and self.now.stop is not None and self.now.stop.is_set()

    @property
    def destination(self) -> Destination | None:
        """What is followed, or was before it was paused."""
        return None if self.now is None else self.now.destination

    @property
    def inbox(self) -> Inbox | None:
        """What was seen there so far."""
        return None if self.now is None else self.now.inbox

    def follow(self, destination: Destination, *, since_now: bool) -> None:
        """Begin; another place than before begins another list. Ignored while something is followed."""
        session, opened = self._program.session, self._program.current
        if session is None or opened is None or self.is_following or self._is_closing:
            return
        before = self.now
        if before is None or before.destination != destination:
            from notification_tester.storage.inbox import Inbox

            if before is not None:
                self._kept.remove(before)
            self.now = Following(opened, destination, Inbox(session.owner), since_now=since_now)
            self._kept.append(self.now)
        else:
            before.since_now, before.read_anyway = since_now, False
        self.again()

    def again(self, *, read_anyway: bool = False) -> None:
        """Follow the same place again, as it was asked for; ``read_anyway`` adds the leave to look at what it costs."""
        session, opened, now = self._program.session, self._program.current, self.now
        if session is None or opened is None or now is None or self.is_following or self._is_closing:
            return
        now.opened, now.stop, now.ended, now.was_left = opened, threading.Event(), None, False
        now.read_anyway = now.read_anyway or read_anyway
        tasks = self._program.tasks

        def tell(news: FollowNews) -> None:
            tasks.on_main_thread(partial(self._told, now, news))

        def work(stop: threading.Event) -> Followed:
            from notification_tester.services.inbox.listening import Listening

            return Listening(leftovers=session.leftovers).follow(
                self._program.ready(session, opened),
                now.destination,
                inbox=now.inbox,
                received=now.received,
                stop=stop,
                since_now=now.since_now,
                read_anyway=now.read_anyway,
                news=tell,
            )

        self._clock.start()
        tasks.run(partial(work, now.stop), done=partial(self._ended, now), failed=partial(self._failed, now))
        self.changed.emit()

    def pause(self) -> None:
        """End following soon; what is held is given back before ``ended``."""
        if self.now is not None and self.now.stop is not None and not self.now.stop.is_set():
            self.now.stop.set()
            self.changed.emit()

    def leave(self, wanted: Account) -> None:
        """Another account was asked for: what is followed is given back, which is said under the next one."""
        now = self.now
        if now is not None:
            if now.stop is not None and not now.stop.is_set():
                now.stop.set()
                now.was_left = True
                self._program.account_notice.emit(_ended_with_account(now), wanted)
            self.now = None
            self._clock.stop()
            self.changed.emit()

    def come(self, opened: OpenAccount) -> None:
        """An account is open: its list is there again, if it has one."""
        if self.now is None:
            self.now = next((one for one in self._kept if are_one(one.opened, opened)), None)
            if self.is_following:
                self._clock.start()
            self.changed.emit()

    def close(self) -> None:
        """The program ends: let the workers give everything back, and begin nothing more."""
        self._is_closing = True
        self._clock.stop()
        for one in self._kept:
            if one.stop is not None:
                one.stop.set()

    def tell(self, problem: Problem) -> None:
        """Say something in the window, as its place on the page is gone."""
        self._program.notice.emit(problem)

    def notes(self, destination: Destination, *, done: Callable[[Sequence[str]], None]) -> None:
        """Find out what to bear in mind about a place; nothing is said of one that cannot be looked at."""
        opened = self._program.current
        if opened is None:
            return

        def work() -> Sequence[str]:
            from notification_tester.services.inbox.meaning import notes_about

            return notes_about(opened, destination)

        here = self._program.while_here(done)
        self._program.tasks.run(work, done=here, failed=lambda _: here(()))

    def start_workers(self, *, done: Callable[[], None], failed: Callable[[Problem], None]) -> None:
        """In practice: have the made-up workers begin."""
        session, opened, destination = self._program.session, self._program.current, self.destination
        if session is None or opened is None or destination is None:
            return

        def work() -> None:
            from notification_tester.services.hit_types.practice_workers import start_workers

            start_workers(session.hit_types, opened, destination)

        def begun(_: None) -> None:
            done()

        here = self._program.while_here
        self._program.tasks.run(work, done=here(begun), failed=here(failed))

    def choices(self, transport: Transport, *, done: Callable[[list[tuple[str, str]]], None]) -> None:
        """Find the places that the open account can see."""
        self._program.choices(transport, done=done, failed=lambda _: done([]))

    def _told(self, following: Following, news: FollowNews) -> None:
        if following is self.now:
            self.news.emit(news)

    def _tick(self) -> None:
        arrived = None if self.now is None else self.now.taken()
        if arrived is not None:
            self.arrived.emit(arrived)

    def _over(self, following: Following) -> None:
        following.stop = None
        if following is self.now:
            self._clock.stop()
            self._tick()
            self.changed.emit()

    def _ended(self, following: Following, followed: Followed) -> None:
        following.ended = followed
        self._over(following)
        if following is self.now:
            self.ended.emit(followed)

    def _failed(self, following: Following, problem: Problem) -> None:
        self._over(following)
        if following is self.now:
            self.failed.emit(problem)
        else:
            self._program.account_notice.emit(problem, following.opened.account)

    def _forget(self, name: str) -> None:
        """An account is in the list no more; one that is added under its name is another."""
        self._kept = [one for one in self._kept if one is self.now or one.opened.account.name != name]


def _ended_with_account(following: Following) -> Problem:
    translate = QCoreApplication.translate
    account = one_line(following.opened.account.name)
    return Problem(
        title=translate("InboxDesk", "The Inbox follows {name} no more.").format(
            name=one_line(following.destination.name, longest=80)
        ),
        detail=translate(
            "InboxDesk", "That was with the account “{account}”. What was held there is being given back."
        ).format(account=account),
        remedy=translate("InboxDesk", "Its list is kept: choose “{account}” again, and follow again there.").format(
            account=account
        ),
        code="inbox.left",
        cause=Cause.INPUT,
    )
