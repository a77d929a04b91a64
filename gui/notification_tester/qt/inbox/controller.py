# SPDX-License-Identifier: MIT
"""What the page Inbox asks: following and pausing for the account that is open, all of it off the main thread.

Messages arrive on a worker, hundreds a second at times. They are counted there and written to an inbox of the session;
the window is told by one signal at most every :data:`TICK` milliseconds. What is followed belongs to the account that
follows it: with another account it ends, and its list waits for the return of its own.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from notification_tester.domain.problem import Cause, Problem
from notification_tester.domain.receiver_place import ReceiverPlace
from notification_tester.qt.session import are_one
from notification_tester.qt.widgets.visible_text import one_line
from notification_tester.storage.preferences import INBOX_ADDRESSES, INBOX_NOTIFICATIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from notification_tester.domain.account import Account
    from notification_tester.domain.destination import Transport
    from notification_tester.qt.session import Program
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.inbox.listening import Place
    from notification_tester.services.inbox.reading import Followed, FollowNews
    from notification_tester.storage.inbox import Inbox
    from notification_tester.storage.inbox_rows import InboxMessage
    from notification_tester.storage.preferences import Preferences, Setting

TICK = 100

RECEIVER = "receiver"
"""The kind of place that is no transport: a receiver on this computer."""

Value = TypeVar("Value", bool, dict[str, Any])


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """What came in since the last signal: how many messages, and the newest of them."""

    count: int
    newest: InboxMessage


@dataclass(frozen=True, kw_only=True)
class Remembered:
    """What was followed with an account: addresses by transport, how it was received, and which kind was the last."""

    texts: Mapping[Transport, str]
    receiver: ReceiverPlace
    kind: str  # a transport's value, or RECEIVER


NOTHING = Remembered(texts={}, receiver=ReceiverPlace(), kind="SQS")


class Following:
    """One place, followed with one account: how it was asked for, and how that goes or ended.

    ``inbox`` is the session's. ``read_anyway`` is a person's leave to look where looking costs.
    """

    def __init__(self, opened: OpenAccount, destination: Place, inbox: Inbox, *, since_now: bool) -> None:
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

    def take_new(self) -> Arrived | None:
        """What came in since the last time."""
        with self._lock:
            count, newest, self._new, self._newest = self._new, self._newest, 0, None
        self.messages += count
        return None if newest is None else Arrived(count=count, newest=newest)


class InboxController(QObject):
    """Follows one place at a time for the account that is open, and emits what concerns that alone.

    It is there from the start, so that what it remembers of an account goes with it; the page is made when it is first
    seen, and following goes on while another page is shown.
    """

    account_changed = Signal()  # an account is open, or none any more
    left = Signal()  # another account was asked for: what is shown is nobody's any more
    came = Signal()  # another account is open: its addresses, and what it followed before, are there again
    changed = Signal()  # following began, or is ending, or has ended
    arrived = Signal(object)  # Arrived
    news = Signal(object)  # FollowNews
    ended = Signal(object)  # Followed
    failed = Signal(object)  # Problem
    hit_types_found = Signal(object)  # Sequence[str] of the list that is shown
    notes_found = Signal(object, object)  # Place, Sequence[str]
    choices_found = Signal(object, object)  # Transport, list of (label, text)
    workers_began = Signal()
    workers_failed = Signal(object)  # Problem

    def __init__(self, program: Program, preferences: Preferences, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._program = program
        self._preferences = preferences
        self._addresses = preferences.get(INBOX_ADDRESSES)  # account name to transport and address
        self._kept: list[Following] = []  # one for each account, and those that are ending
        self._is_here = False  # an account was opened since the one before was left
        self._is_closing = False
        self.following: Following | None = None
        self._clock = QTimer(self, interval=TICK)
        self._clock.timeout.connect(self._tick)
        program.left.connect(self._leave)
        program.opened.connect(self._come)
        program.open_failed.connect(lambda *_: self.account_changed.emit())
        program.forgotten.connect(self._forget)
        program.closing.connect(self._close)

    @property
    def is_open(self) -> bool:
        """Whether an account is open to follow with."""
        return self._program.current is not None

    @property
    def is_practice(self) -> bool:
        """Whether that is practice."""
        return self._program.current is not None and self._program.current.practice is not None

    @property
    def is_following(self) -> bool:
        """Whether something is followed, also while that is ending."""
        return self.following is not None and self.following.stop is not None

    @property
    def is_ending(self) -> bool:
        """Whether what was held is being given back."""
        following = self.following
        return following is not None and following.stop is not None and following.stop.is_set()

    @property
    def destination(self) -> Place | None:
        """What is followed, or was before it was paused."""
        return None if self.following is None else self.following.destination

    @property
    def inbox(self) -> Inbox | None:
        """What was seen there so far."""
        return None if self.following is None else self.following.inbox

    @property
    def wants_notifications(self) -> bool:
        """Whether desktop notifications were wished for."""
        return self._preferences.get(INBOX_NOTIFICATIONS)

    def set_wants_notifications(self, wanted: bool) -> None:
        """Remember whether they are."""
        self._keep(INBOX_NOTIFICATIONS, wanted)

    def remembered(self) -> Remembered:
        """What was followed with the open account. The addresses of practice are new at each start, and known."""
        from notification_tester.domain.destination import Transport

        opened = self._program.current
        kept = {} if opened is None else self._addresses_of(opened.account.name)
        texts = {kind: str(kept[kind.value]) for kind in Transport if kind.value in kept}
        if opened is not None and opened.practice is not None:
            details = opened.practice.details
            texts = {Transport.SQS: details.queue_url, Transport.SNS: details.topic_arn}
        last = kept.get("transport")
        return Remembered(
            texts=texts,
            receiver=ReceiverPlace.from_json(kept.get(RECEIVER)),
            kind=last if last in {Transport.SNS.value, RECEIVER} else Transport.SQS.value,
        )

    def follow(self, destination: Place, *, since_now: bool) -> None:
        """Begin; another destination than before begins another list. Ignored while something is followed."""
        session, opened = self._program.session, self._program.current
        if session is None or opened is None or self.is_following or self._is_closing:
            return
        self._remember(opened, destination)
        before = self.following
        if before is None or before.destination != destination:
            self.following = Following(opened, destination, session.new_inbox(), since_now=since_now)
            self._kept.append(self.following)
            if before is not None:
                self._drop(before)
        else:
            before.since_now, before.read_anyway = since_now, False
        self.again()

    def again(self, *, read_anyway: bool = False) -> None:
        """Follow the same once more, as it was asked for; ``read_anyway`` adds the leave to look at what it costs."""
        session, opened, following = self._program.session, self._program.current, self.following
        if session is None or opened is None or following is None or self.is_following or self._is_closing:
            return
        following.opened, following.stop = opened, threading.Event()
        following.ended, following.was_left = None, False
        following.read_anyway = following.read_anyway or read_anyway
        tasks = self._program.tasks

        def hear(news: FollowNews) -> None:
            tasks.on_main_thread(partial(self._show_news, following, news))

        def work(stop: threading.Event) -> Followed:
            return session.listening.follow(
                self._program.ready(session, opened),
                following.destination,
                inbox=following.inbox,
                received=following.received,
                stop=stop,
                since_now=following.since_now,
                read_anyway=following.read_anyway,
                news=hear,
            )

        self._clock.start()
        tasks.run(
            partial(work, following.stop),
            done=partial(self._ended, following),
            failed=partial(self._failed, following),
        )
        self.changed.emit()

    def pause(self) -> None:
        """End following soon; what is held is given back before ``ended``."""
        following = self.following
        if following is not None and following.stop is not None and not following.stop.is_set():
            following.stop.set()
            self.changed.emit()

    def say(self, problem: Problem) -> None:
        """Say something in the window, as what it is about is not on the page any more."""
        self._program.notice.emit(problem)

    def ask_notes(self, destination: Place) -> None:
        """Find out what to bear in mind about a place; nothing is said of one that cannot be looked at."""
        opened = self._program.current
        if opened is None:
            return

        def work() -> Sequence[str]:
            from notification_tester.services.inbox.listening import notes_about

            return notes_about(opened, destination)

        def found(notes: Sequence[str]) -> None:
            self.notes_found.emit(destination, notes)

        here = self._program.while_here(found)
        self._program.tasks.run(work, done=here, failed=lambda _: here(()))

    def ask_choices(self, transport: Transport) -> None:
        """Find the destinations that the open account can see; none where they cannot be listed."""
        found = partial(self.choices_found.emit, transport)
        self._program.choices(transport, done=found, failed=lambda _: found([]))

    def ask_hit_types(self) -> None:
        """Find out which HIT types were seen in the list that is shown."""
        following = self.following

        def found(hit_types: Sequence[str]) -> None:
            if self.following is following:
                self.hit_types_found.emit(hit_types)

        if following is not None:
            self._program.tasks.run(following.inbox.hit_types, done=found, failed=lambda _: None)

    def start_workers(self) -> None:
        """In practice: have the made-up workers begin, and tell the queue or topic that is followed."""
        session, opened, destination = self._program.session, self._program.current, self.destination
        if session is None or opened is None or destination is None or isinstance(destination, ReceiverPlace):
            return

        def work() -> None:
            from notification_tester.services.hit_types.practice_workers import start_workers

            start_workers(session.hit_types, opened, destination)

        def begun(_: None) -> None:
            self.workers_began.emit()

        here = self._program.while_here
        self._program.tasks.run(work, done=here(begun), failed=here(self.workers_failed.emit))

    def _leave(self, wanted: Account) -> None:
        """Another account was asked for: what is followed is given back, which is said under the next one."""
        following, self.following = self.following, None
        self._is_here = False
        self._clock.stop()
        if following is not None and following.stop is not None and not following.stop.is_set():
            following.stop.set()
            following.was_left = True
            self._program.account_notice.emit(_ended_with_account(following), wanted)
        self.account_changed.emit()
        self.left.emit()

    def _come(self, opened: OpenAccount) -> None:
        self.account_changed.emit()
        if self._is_here:
            return  # practice, which had to be started again
        self._is_here = True
        self.following = next((one for one in self._kept if are_one(one.opened, opened)), None)
        if self.is_following:
            self._clock.start()
        self.came.emit()

    def _close(self) -> None:
        """Let the workers give everything back, and begin nothing more."""
        self._is_closing = True
        self._clock.stop()
        for one in self._kept:
            if one.stop is not None:
                one.stop.set()

    def _show_news(self, following: Following, news: FollowNews) -> None:
        place = following.destination
        if isinstance(place, ReceiverPlace) and news.url:
            # The port that the system chose is kept when it is received again: senders know it by then.
            following.destination = replace(place, port=urlsplit(news.url).port or 0)
        if following is self.following:
            self.news.emit(news)

    def _tick(self) -> None:
        arrived = None if self.following is None else self.following.take_new()
        if arrived is not None:
            self.arrived.emit(arrived)

    def _stopped(self, following: Following) -> None:
        following.stop = None
        if following is self.following:
            self._clock.stop()
            self._tick()
            self.changed.emit()

    def _ended(self, following: Following, followed: Followed) -> None:
        following.ended = followed
        self._stopped(following)
        if following is self.following:
            self.ended.emit(followed)

    def _failed(self, following: Following, problem: Problem) -> None:
        self._stopped(following)
        if following is self.following:
            self.failed.emit(problem)
        else:
            self._program.account_notice.emit(problem, following.opened.account)

    def _forget(self, name: str) -> None:
        """An account is in the list no more; one that is added under its name is another."""
        for one in [one for one in self._kept if one is not self.following and one.opened.account.name == name]:
            self._drop(one)
        if self._addresses.pop(name, None) is not None:
            self._keep(INBOX_ADDRESSES, dict(self._addresses))

    def _drop(self, following: Following) -> None:
        self._kept.remove(following)
        if self._program.session is not None:
            self._program.session.drop_inbox(following.inbox)

    def _remember(self, opened: OpenAccount, destination: Place) -> None:
        name = opened.account.name
        kept = self._addresses_of(name)
        if isinstance(destination, ReceiverPlace):
            kept = {**kept, "transport": RECEIVER, RECEIVER: destination.as_json()}
        else:
            kind = destination.transport.value
            kept = {**kept, "transport": kind, **({kind: destination.text} if opened.practice is None else {})}
        self._addresses[name] = kept
        self._keep(INBOX_ADDRESSES, dict(self._addresses))

    def _addresses_of(self, name: str) -> dict[str, Any]:
        kept = self._addresses.get(name)
        return kept if isinstance(kept, dict) else {}  # a person's file may hold anything at all

    def _keep(self, setting: Setting[Value], value: Value) -> None:
        self._program.tasks.run(
            partial(self._preferences.set, setting, value), done=lambda _: None, failed=lambda _: None
        )


def _ended_with_account(following: Following) -> Problem:
    translate = QCoreApplication.translate
    account = one_line(following.opened.account.name)
    return Problem(
        title=translate("InboxController", "The Inbox follows {name} no more.").format(
            name=one_line(following.destination.name, longest=80)
        ),
        detail=translate(
            "InboxController", "That was with the account “{account}”. What was held there is being given back."
        ).format(account=account),
        remedy=translate(
            "InboxController", "Its list is kept: choose “{account}” again, and follow again there."
        ).format(account=account),
        code="inbox.left",
        cause=Cause.INPUT,
    )
