# SPDX-License-Identifier: MIT
"""What the page Inbox asks: following and pausing for the account that is open, all of it off the main thread.

Messages arrive on a worker, hundreds a second at times. They are counted there and written to an inbox of the session;
the window is told by one signal at most every :data:`TICK` milliseconds. What is followed belongs to the account that
follows it: with another account it ends, and its lists wait for the return of their own. Each place has a list, also
one for messages that a person opened; several places are followed at the same time, and one is shown.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from notification_tester.domain.problem import Cause, Problem, ProblemError
from notification_tester.domain.receiver_place import ReceiverPlace
from notification_tester.qt.looks.visible_text import one_line
from notification_tester.qt.session import are_one
from notification_tester.storage.preferences import INBOX_ADDRESSES, INBOX_NOTIFICATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from notification_tester.domain.account import Account
    from notification_tester.domain.destination import Destination, Transport
    from notification_tester.qt.session import Program
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.hit_types.practice_workers import PracticeWork
    from notification_tester.services.inbox.listening import Place
    from notification_tester.services.inbox.opened import Opened
    from notification_tester.services.inbox.reading import Followed, FollowNews
    from notification_tester.services.session import Session
    from notification_tester.storage.inbox import Inbox
    from notification_tester.storage.inbox_rows import InboxMessage, InboxQuery, Overview
    from notification_tester.storage.preferences import Preferences, Setting

TICK = 100

MOST_AT_ONCE = 4
"""Places that are followed at the same time: each takes a thread, and so do tests and other pages."""

MOST_TITLES = 25
"""HIT types whose titles are asked for at once, of those that were seen last."""

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


@dataclass(frozen=True, kw_only=True)
class OpenedPlace:
    """Where the messages are that a person opened or pasted: a list that follows nothing."""

    name: str
    text: str = "opened"


class Following:
    """One place of one account, and its list: how it was asked for, and how following goes or ended.

    ``inbox`` is the session's. ``read_anyway`` is a person's leave to look where looking costs.
    """

    def __init__(self, opened: OpenAccount, destination: Place | OpenedPlace, inbox: Inbox, *, since_now: bool) -> None:
        self.opened = opened
        self.destination = destination
        self.inbox = inbox
        self.since_now = since_now
        self.read_anyway = False
        self.stop: threading.Event | None = None  # while it is followed, also while that is ending
        self.ended: Followed | None = None
        self.openings = 0  # files and texts that are being read into its list
        self.was_left = False  # it ended because another account was asked for
        self.news: FollowNews | None = None  # the newest of how it goes, while it is followed
        self._lock = threading.Lock()
        self._new = 0
        self._newest: InboxMessage | None = None

    @property
    def is_live(self) -> bool:
        """Whether it is followed, and not ending."""
        return self.stop is not None and not self.stop.is_set()

    @property
    def is_in_use(self) -> bool:
        """Whether something is still written to its list."""
        return self.stop is not None or self.openings > 0

    @property
    def has_trouble(self) -> bool:
        """Whether it is followed, and cannot be read just now."""
        return self.news is not None and (self.news.trouble is not None or self.news.is_full)

    def received(self, messages: Sequence[InboxMessage]) -> None:
        """Count what came in; from any thread."""
        with self._lock:
            self._new += len(messages)
            self._newest = messages[-1]

    def take_new(self) -> Arrived | None:
        """What came in since the last time."""
        with self._lock:
            count, newest, self._new, self._newest = self._new, self._newest, 0, None
        return None if newest is None else Arrived(count=count, newest=newest)


class InboxController(QObject):
    """Follows places for the account that is open, shows one of them, and emits what concerns that account alone.

    It is there from the start, so that what it remembers of an account goes with it; the page is made when it is first
    seen, and following goes on while another page is shown.
    """

    account_changed = Signal()  # an account is open, or none any more
    left = Signal()  # another account was asked for: what is shown is nobody's any more
    came = Signal()  # another account is open: its addresses, and what it followed before, are there again
    places_changed = Signal()  # there are others, or how many they hold, or whether they are followed
    shown = Signal()  # another place's list is to be shown
    changed = Signal()  # following began, or is ending, or has ended: at the place that is shown
    arrived = Signal(object)  # Arrived, at the place that is shown
    arrived_elsewhere = Signal(object)  # Arrived
    news = Signal(object)  # FollowNews
    ended = Signal(object)  # Followed
    failed = Signal(object)  # Problem
    hit_types_found = Signal(object, bool)  # titles by HIT type of the list that is shown, and whether any is new
    overview_found = Signal(object)  # Overview of the list that is shown
    notes_found = Signal(object, object)  # Place, Sequence[str]
    choices_found = Signal(object, object)  # Transport, list of (label, text)
    choices_failed = Signal(object, object)  # Transport, Problem
    proposed = Signal(object)  # Remembered: what may be followed, as far as nothing was chosen
    messages_opened = Signal(object)  # Opened
    workers_began = Signal()
    workers_failed = Signal(object)  # Problem
    work_found = Signal(object)  # PracticeWork of the place that is shown; None where there is none

    def __init__(self, program: Program, preferences: Preferences, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._program = program
        self._preferences = preferences
        self._addresses = preferences.get(INBOX_ADDRESSES)  # account name to transport and address
        self._kept: list[Following] = []  # every place of every account, oldest first, and those that are ending
        self._not_yet_kept: list[Following] = []  # lists that the first messages are being opened into
        self._is_looking = False  # for the lists of earlier starts; what needs to know them waits
        self._waiting: list[Callable[[], None]] = []
        self._shown_before: dict[str, Following] = {}  # account name to what it looked at when it was left
        self._is_here = False  # an account was opened since the one before was left
        self._is_closing = False
        self._overview_wanted: tuple[Following, InboxQuery] | None = None  # as soon as an earlier one is found
        self._is_overview_sought = False
        self._is_finding_titles = False
        self._titles_asked = 0
        self.following: Following | None = None
        self._clock = QTimer(self, interval=TICK)
        self._clock.timeout.connect(self._tick)
        program.left.connect(self._leave)
        program.opened.connect(self._come)
        program.open_failed.connect(lambda *_: self.account_changed.emit())
        program.forgotten.connect(self._forget)
        program.closing.connect(self._close)

    @property
    def places(self) -> list[Following]:
        """Every place of the account that is open, with its list; the oldest first."""
        opened = self._program.current
        return [] if opened is None else [one for one in self._kept if _is_of(one, opened)]

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
    def destination(self) -> Place | OpenedPlace | None:
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
        kept = {} if opened is None else self._addresses_of(opened.account.kept_as)
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

    def ask_proposals(self) -> None:
        """Find out what may be followed: where HIT types are set to tell, or what was tested last."""
        opened = self._program.current
        if opened is None:
            return

        def found(places: tuple[Sequence[Destination], Sequence[Destination]]) -> None:
            told, tested = places
            self.proposed.emit(self._proposals(told, tested))

        here = self._program.while_here(found)
        self._program.ask(partial(_told_and_tested, opened), done=here, failed=lambda _: None)

    def _proposals(self, told: Sequence[Destination], tested: Sequence[Destination]) -> Remembered:
        """Where HIT types are set to tell, before what was followed, and that before what was tested.

        A place that has a list already stands at the left, and is not proposed as another.
        """
        from notification_tester.domain.destination import EmailAddress

        opened, known = self._program.current, self.remembered()
        listed = {one.destination.text for one in self.places}
        is_own = opened is not None and opened.practice is not None
        texts: dict[Transport, str] = {}
        for one in (*told, *tested):
            if one.text in listed:
                continue
            is_known = one.transport in known.texts and not is_own and one not in told
            if not isinstance(one, EmailAddress) and not is_known:
                texts.setdefault(one.transport, one.text)
        others = {kind: "" if text in listed else text for kind, text in known.texts.items()} | texts
        kind = known.kind if not texts or known.kind == RECEIVER else next(iter(texts)).value
        return replace(known, texts=others, kind=kind)

    def follow(self, destination: Place, *, since_now: bool) -> None:
        """Follow a place, with the list that it has, or a new one, and show it."""
        opened = self._program.current
        if opened is None or self._is_closing:
            return
        if self._is_looking:
            self._waiting.append(partial(self.follow, destination, since_now=since_now))
            return
        self._remember(opened, destination)
        before = next((one for one in self.places if one.destination == destination), None)
        if before is None:
            before = self._new_list(opened, destination, since_now=since_now)
            if before is None:
                return
            self._kept.append(before)
        elif not before.is_live:
            before.since_now, before.read_anyway = since_now, False
        self.show(before)
        self.again()

    def _new_list(self, opened: OpenAccount, place: Place | OpenedPlace, *, since_now: bool) -> Following | None:
        """A place with an empty list; None where there can be none, which is said."""
        session = self._program.session
        if session is None:
            return None
        try:
            inbox = session.inbox_lists.new(opened.account, _place_text(place, since_now=since_now))
        except ProblemError as error:
            self.failed.emit(error.problem)
            return None
        return Following(opened, place, inbox, since_now=since_now)

    def show(self, following: Following) -> None:
        """Show the list of a place; whatever is followed goes on."""
        self.following = following
        self._shown_before[following.opened.account.kept_as] = following
        self.places_changed.emit()
        self.shown.emit()

    def again(self, *, read_anyway: bool = False) -> None:
        """Follow the same once more, as it was asked for; ``read_anyway`` adds the leave to look at what it costs."""
        session, opened, following = self._program.session, self._program.current, self.following
        if session is None or opened is None or following is None or self.is_following or self._is_closing:
            return
        place = following.destination
        if isinstance(place, OpenedPlace):
            return
        if sum(one.stop is not None for one in self._kept) >= MOST_AT_ONCE:
            self.failed.emit(_too_many())
            return
        following.opened, following.stop = opened, threading.Event()
        following.ended, following.was_left = None, False
        following.read_anyway = following.read_anyway or read_anyway
        tasks = self._program.tasks

        def hear(news: FollowNews) -> None:
            tasks.on_main_thread(partial(self._show_news, following, news))

        def work(stop: threading.Event) -> Followed:
            return session.listening.follow(
                session.accounts.ready(opened),
                place,
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
        self._tell_changed(following)

    def pause(self) -> None:
        """End following soon; what is held is given back before ``ended``."""
        following = self.following
        if following is not None and following.stop is not None and not following.stop.is_set():
            following.stop.set()
            self._tell_changed(following)

    def clear(self, following: Following, *, with_place: bool) -> None:
        """Forget every message of a place; with its place where it is not followed. The list is another one then."""
        if with_place and not following.is_in_use:
            self._drop(following)
            self._show_what_is_left()
        else:
            done = partial(self._show_anew, following)
            self._program.tasks.run(following.inbox.clear, done=lambda _: done(), failed=self.failed.emit)

    def _show_what_is_left(self) -> None:
        """Places were dropped: show another one, where that was among them."""
        if self.following is not None and self.following not in self._kept:
            others = self.places
            self.following = others[-1] if others else None
            self.shown.emit()
        self.places_changed.emit()

    def _show_anew(self, changed: Following | None = None) -> None:
        """A list has less in it than before, or where it is None, any may have."""
        self.places_changed.emit()
        if self.following is not None and changed in {None, self.following}:
            self.shown.emit()

    def clear_all(self, *, done: Callable[[int], None], failed: Callable[[Problem], None]) -> None:
        """Forget the lists of every account, with their places; what is followed goes on with an empty one.

        ``done`` hears how many lists that were.
        """
        used = [*(one for one in self._kept if one.is_in_use), *self._not_yet_kept]
        others = [one for one in self._kept if not one.is_in_use]
        for one in others:
            self._drop(one)
        self._show_what_is_left()

        def work(session: Session) -> int:
            for one in used:
                one.inbox.clear()
            return len(used) + len(others) + session.inbox_lists.remove_closed()

        def cleared(count: int) -> None:
            self._show_anew()
            done(count)

        self._program.ask(work, done=cleared, failed=failed)

    def remove_older(self, days: int) -> None:
        """Remove what was seen more than so many days ago from the lists that are kept, of every account."""
        before = datetime.now(tz=UTC) - timedelta(days=days)

        def removed(answer: tuple[int, list[Problem]]) -> None:
            count, problems = answer
            if count:
                self._show_anew()
            for problem in problems:
                self.say(problem)

        self._program.ask(lambda session: session.inbox_lists.remove_older(before), done=removed, failed=self.say)

    def open_files(self, paths: Sequence[Path]) -> None:
        """Put the messages in files into the list of opened ones, and show it; ``messages_opened`` says how it went."""

        def work(inbox: Inbox) -> Opened:
            from notification_tester.services.inbox.opened import open_files

            return open_files(inbox, paths)

        self._open(work)

    def open_text(self, text: str) -> None:
        """The same with a text that was pasted or dropped."""

        def work(inbox: Inbox) -> Opened:
            from notification_tester.services.inbox.opened import open_text

            return open_text(inbox, text)

        self._open(work)

    def _open(self, work: Callable[[Inbox], Opened]) -> None:
        opened = self._program.current
        if opened is None or self._is_closing:
            return
        if self._is_looking:
            self._waiting.append(partial(self._open, work))
            return
        there = [one for one in (*self.places, *self._not_yet_kept) if isinstance(one.destination, OpenedPlace)]
        wanted = next((one for one in there if _is_of(one, opened)), None)
        if wanted is None:
            wanted = self._new_list(opened, _opened_place(), since_now=False)
            if wanted is None:
                return
            self._not_yet_kept.append(wanted)
        wanted.openings += 1

        def show(result: Opened) -> None:
            if wanted in self._kept:
                self.show(wanted)
            self.messages_opened.emit(result)

        here = self._program.while_here
        self._program.tasks.run(
            partial(work, wanted.inbox),
            done=partial(self._was_opened, wanted, here(show)),
            failed=partial(self._was_opened, wanted, here(self.failed.emit)),
        )

    def _was_opened(self, wanted: Following, tell: Callable[[Any], None], answer: Opened | Problem) -> None:
        """Keep a list as soon as there is a message in it; one in which nothing could be read, and nothing will, goes.

        Also when another account is open by now. One that was dropped meanwhile, with its account, is in neither.
        """
        wanted.openings -= 1
        if wanted in self._not_yet_kept and (wanted.inbox.messages or not wanted.openings):
            self._not_yet_kept.remove(wanted)
            self._kept.append(wanted)
            if not wanted.inbox.messages:
                self._drop(wanted)
        self.places_changed.emit()
        tell(answer)

    def say(self, problem: Problem) -> None:
        """Say something in the window, as what it is about is not on the page any more."""
        self._program.notice.emit(problem)

    def ask_notes(self, destination: Place) -> None:
        """Find out what to bear in mind about a place; nothing is said of one that cannot be looked at."""
        session, opened = self._program.session, self._program.current
        if session is None or opened is None:
            return

        def work() -> Sequence[str]:
            from notification_tester.services.inbox.listening import notes_about

            return notes_about(opened, destination, session.readers)

        def found(notes: Sequence[str]) -> None:
            self.notes_found.emit(destination, notes)

        here = self._program.while_here(found)
        self._program.tasks.run(work, done=here, failed=lambda _: here(()))

    def ask_choices(self, transport: Transport) -> None:
        """Find the destinations that the open account can see, or why they cannot be listed."""
        self._program.choices(
            transport,
            done=partial(self.choices_found.emit, transport),
            failed=partial(self.choices_failed.emit, transport),
        )

    def ask_hit_types(self) -> None:
        """Find out which HIT types were seen in the list that is shown, and their titles, as far as they are known."""
        following, session = self.following, self._program.session
        if following is None or session is None:
            return
        opened = following.opened

        def work() -> tuple[dict[str, str], bool]:
            is_new = following.inbox.set_titles(session.hit_types.titles(opened))
            known = following.inbox.titles()
            return {one: known.get(one, "") for one in following.inbox.hit_types()}, is_new

        self._titles_asked = number = self._titles_asked + 1

        def found(answer: tuple[dict[str, str], bool]) -> None:
            if self.following is following and number == self._titles_asked:
                self.hit_types_found.emit(*answer)
                self._find_titles(following)

        self._program.tasks.run(work, done=found, failed=lambda _: None)

    def _find_titles(self, following: Following) -> None:
        """Ask Mechanical Turk for titles that nobody collected yet, of what came in from a queue or topic.

        Of messages that were opened, or sent to this computer, it is said that nobody is asked anything.
        """
        session, opened = self._program.session, self._program.current
        if session is None or opened is None or self._is_finding_titles or self._is_closing:
            return
        if isinstance(following.destination, OpenedPlace | ReceiverPlace):
            return
        self._is_finding_titles = True

        def work() -> dict[str, str]:
            hits = following.inbox.untitled(MOST_TITLES)
            return session.hit_types.find_titles(session.accounts.ready(opened), hits) if hits else {}

        def over(titles: Mapping[str, str]) -> None:
            self._is_finding_titles = False
            if titles and self.following is following:
                self.ask_hit_types()

        self._program.tasks.run(work, done=over, failed=lambda _: over({}))

    def ask_overview(self, query: InboxQuery) -> None:
        """Find out what the list that is shown looks like from afar; one question at a time, the newest last."""
        if self.following is not None:
            self._overview_wanted = (self.following, query)
            self._seek_overview()

    def _seek_overview(self) -> None:
        if self._overview_wanted is None or self._is_overview_sought:
            return
        following, query = sought = self._overview_wanted
        self._overview_wanted, self._is_overview_sought = None, True

        def answered(overview: Overview | None) -> None:
            self._is_overview_sought = False
            # what is asked again meanwhile is shown meanwhile, else nothing would be while messages keep arriving
            is_wanted = self.following is following and self._overview_wanted in {None, sought}
            if overview is not None and is_wanted:
                self.overview_found.emit(overview)
            self._seek_overview()

        self._program.tasks.run(
            partial(following.inbox.overview, query), done=answered, failed=lambda _: answered(None)
        )

    def start_workers(self) -> None:
        """In practice: have the made-up workers begin, and tell the queue or topic that is followed."""
        session, opened, destination = self._program.session, self._program.current, self.destination
        if session is None or opened is None or destination is None:
            return
        if isinstance(destination, ReceiverPlace | OpenedPlace):
            return

        def work() -> None:
            from notification_tester.services.hit_types.practice_workers import start_workers

            start_workers(session.hit_types, opened, destination)

        def begun(_: None) -> None:
            self.workers_began.emit()
            self.ask_work()

        here = self._program.while_here
        self._program.tasks.run(work, done=here(begun), failed=here(self.workers_failed.emit))

    def ask_work(self) -> None:
        """In practice: find out what the made-up workers do for the queue or topic that is shown."""
        following, opened = self.following, self._program.current
        place = None if following is None else following.destination
        if opened is None or opened.practice is None or place is None or isinstance(place, ReceiverPlace | OpenedPlace):
            self.work_found.emit(None)
            return

        def work() -> PracticeWork:
            from notification_tester.services.hit_types.practice_workers import work_at

            return work_at(opened, place)

        def found(work: PracticeWork | None) -> None:
            if self.following is following:
                self.work_found.emit(work)

        here = self._program.while_here(found)
        self._program.tasks.run(work, done=here, failed=lambda _: here(None))

    def _leave(self, wanted: Account) -> None:
        """Another account was asked for: what is followed is given back, which is said under the next one."""
        self.following = None
        self._is_here = self._is_looking = False
        self._waiting.clear()
        self._clock.stop()
        ending = [one for one in self._kept if one.is_live]
        for one in ending:
            if one.stop is not None:
                one.stop.set()
            one.was_left = True
        if ending:
            self._program.account_notice.emit(_ended_with_account(ending), wanted)
        self.account_changed.emit()
        self.left.emit()
        self.places_changed.emit()

    def _come(self, opened: OpenAccount) -> None:
        self.account_changed.emit()
        if self._is_here:
            return  # practice, which had to be started again
        self._is_here = True
        places = self.places
        before = self._shown_before.get(opened.account.kept_as)
        self.following = before if before in places else places[-1] if places else None
        if any(one.stop is not None for one in places):
            self._clock.start()
        self.came.emit()
        self.places_changed.emit()
        self._look_for_lists(opened)

    def _look_for_lists(self, opened: OpenAccount) -> None:
        """Have the lists of earlier starts read, on a worker."""
        session = self._program.session
        if session is None or opened.practice is not None:
            return
        self._is_looking = True

        def found(answer: tuple[list[tuple[str, Inbox]], list[Problem]]) -> None:
            lists, problems = answer
            new = [one for text, inbox in lists if (one := _restored(opened, text, inbox)) is not None]
            self._kept[:0] = new
            for problem in problems:
                self._program.account_notice.emit(problem, opened.account)
            if new:
                self.places_changed.emit()
                if self.following is None:
                    self.show(new[-1])
            self._end_look()

        here = self._program.while_here
        self._program.tasks.run(
            partial(session.inbox_lists.of, opened.account),
            done=here(found),
            failed=here(lambda _: self._end_look()),
        )

    def _end_look(self) -> None:
        """Do what waited for the lists of earlier starts."""
        self._is_looking = False
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            one()

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
        had_trouble, following.news = following.has_trouble, news
        if following.has_trouble is not had_trouble:
            self.places_changed.emit()
        if following is self.following:
            self.news.emit(news)

    def _tick(self) -> None:
        is_new = False
        for one in self.places:
            arrived = one.take_new()
            if arrived is None:
                continue
            is_new = True
            (self.arrived if one is self.following else self.arrived_elsewhere).emit(arrived)
        if is_new:
            self.places_changed.emit()

    def _tell_changed(self, following: Following) -> None:
        self.places_changed.emit()
        if following is self.following:
            self.changed.emit()

    def _stopped(self, following: Following) -> None:
        following.stop = following.news = None
        self._tick()
        if not any(one.stop is not None for one in self.places):
            self._clock.stop()
        self._tell_changed(following)

    def _ended(self, following: Following, followed: Followed) -> None:
        following.ended = followed
        self._stopped(following)
        if following is self.following:
            self.ended.emit(followed)

    def _failed(self, following: Following, problem: Problem) -> None:
        self._stopped(following)
        if following is self.following:
            self.failed.emit(problem)
        elif following in self.places:
            self._program.notice.emit(problem)
        else:
            self._program.account_notice.emit(problem, following.opened.account)

    def _forget(self, name: str) -> None:
        """An account is in the list no more; one that is added under its name is another."""
        self._shown_before.pop(name, None)
        for one in [*self._kept, *self._not_yet_kept]:
            if one is not self.following and one.opened.account.kept_as == name:
                self._drop(one)
        if self._addresses.pop(name, None) is not None:
            self._keep(INBOX_ADDRESSES, dict(self._addresses))

    def _drop(self, following: Following) -> None:
        (self._kept if following in self._kept else self._not_yet_kept).remove(following)
        if self._shown_before.get(following.opened.account.kept_as) is following:
            del self._shown_before[following.opened.account.kept_as]
        if self._program.session is not None:
            self._program.session.drop_inbox(following.inbox)

    def _remember(self, opened: OpenAccount, destination: Place) -> None:
        name = opened.account.kept_as
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
        self._program.tasks.run(self._preferences.keeping(setting, value), done=lambda _: None, failed=lambda _: None)


def _told_and_tested(opened: OpenAccount, session: Session) -> tuple[Sequence[Destination], Sequence[Destination]]:
    """Where HIT types of the account are set to tell, and where it tested last, what arrived first."""
    from notification_tester.domain.delivery import State
    from notification_tester.services.sending.coverage import recent

    tested = sorted(recent(session.tested, opened), key=lambda one: one.state is not State.YES)
    return session.hit_types.told(opened), [one.destination for one in tested]


def _is_of(following: Following, opened: OpenAccount) -> bool:
    """Whether a place is the account's, also where that got another name since."""
    account = opened.account
    return are_one(following.opened, opened) or (bool(account.since) and following.opened.account.is_renamed(account))


def _opened_place() -> OpenedPlace:
    return OpenedPlace(name=QCoreApplication.translate("InboxController", "Opened messages"))


def _place_text(place: Place | OpenedPlace, *, since_now: bool) -> str:
    """A place as its list is labelled with it."""
    from notification_tester.services.inbox.seen import label_of

    return label_of(None if isinstance(place, OpenedPlace) else place, since_now=since_now)


def _restored(opened: OpenAccount, text: str, inbox: Inbox) -> Following | None:
    """A place of an earlier start, paused; None where its label is none of ours."""
    from notification_tester.domain.destination import EmailAddress
    from notification_tester.services.inbox.seen import place_of

    try:
        place, since_now = place_of(text)
    except ValueError:
        return None
    if isinstance(place, EmailAddress):
        return None
    return Following(opened, _opened_place() if place is None else place, inbox, since_now=since_now)


def _too_many() -> Problem:
    translate = QCoreApplication.translate
    return Problem(
        title=translate("InboxController", "Four places are followed already."),
        detail=translate("InboxController", "More at the same time would slow each of them down."),
        remedy=translate("InboxController", "Choose one of them at the left, pause it, and follow this one then."),
        code="inbox.too-many",
        cause=Cause.INPUT,
    )


def _ended_with_account(followings: Sequence[Following]) -> Problem:
    translate = QCoreApplication.translate
    account = one_line(followings[0].opened.account.name)
    names = ", ".join(one_line(one.destination.name, longest=80) for one in followings)
    return Problem(
        title=translate("InboxController", "The Inbox follows {name} no more.").format(name=names),
        detail=translate(
            "InboxController", "That was with the account “{account}”. Its messages are being given back to the queue."
        ).format(account=account),
        remedy=translate(
            "InboxController", "Its list is kept: choose “{account}” again, and follow again there."
        ).format(account=account),
        code="inbox.left",
        cause=Cause.INPUT,
    )
