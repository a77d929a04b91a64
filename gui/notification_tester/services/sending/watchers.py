# SPDX-License-Identifier: MIT
"""Where to look for a test, by transport: the queue itself, a temporary queue behind the topic, or a mailbox."""

from __future__ import annotations

import math
import threading
import time
from collections import Counter
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING

from notification_tester.aws.queues import Queue, QueueState
from notification_tester.aws.topics import Topic
from notification_tester.domain.account import Environment
from notification_tester.domain.counts import counted
from notification_tester.domain.delivery import Lamp, State
from notification_tester.domain.destination import EmailAddress, QueueAddress, TopicAddress
from notification_tester.domain.messages.message import decode
from notification_tester.domain.problem import Cause, Code, Problem, ProblemError, Remedy
from notification_tester.services.holding import NOT_CONFIRMED, cost_of_looking, dead_letters, is_costly
from notification_tester.services.readers import INBOX, SEARCH
from notification_tester.services.sending.queue_watch import AlreadySeen, Arrival, QueueWatch, Recognise, by_event
from notification_tester.services.sending.watcher import DeadEnd, Watcher
from notification_tester.services.temporary_queue import TemporaryQueue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from notification_tester.domain.destination import Destination
    from notification_tester.practice.cloud import PracticeCloud
    from notification_tester.practice.mailbox import PracticeMail
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.readers import Reader, Readers
    from notification_tester.storage.leftovers import Leftovers

PATIENCE_SECONDS = 30.0
"""How long a search waits for a queue that does not answer before it is broken off."""

SECOND_MESSAGE_SECONDS = 3.0
"""How long a second message is looked for after a test whose answer was lost."""

MAIL_SENDER = "mturk-noreply@amazon.com"
MAIL_SUBJECT = "Your Event Notification"


def watcher_for(
    opened: OpenAccount,
    destination: Destination,
    *,
    remove: bool,
    read_anyway: bool,
    seen: AlreadySeen,
    leftovers: Leftovers | None,
    notice: Callable[[Problem], None],
    readers: Readers,
    recognise: Recognise = by_event,
) -> Watcher:
    """The one for this destination; ``notice`` hears, on another thread, of what a person should know afterwards.

    ``recognise`` tells which of the awaited a message is that comes into a queue; ``readers`` are those of this program
    who read the same.
    """
    match destination:
        case QueueAddress():
            return QueueWatcher(
                opened,
                destination,
                remove=remove,
                read_anyway=read_anyway,
                seen=seen,
                notice=notice,
                recognise=recognise,
                readers=readers,
            )
        case TopicAddress():
            return TopicWatcher(opened, destination, seen=seen, leftovers=leftovers, notice=notice, recognise=recognise)
        case EmailAddress():
            if opened.practice is not None:
                return PracticeMailWatcher(opened.practice, destination)
            return UnwatchedMailbox(is_sandbox=opened.account.environment is Environment.SANDBOX)


class _QueueBacked(Watcher):
    """Sees tests arrive in a queue, once the search of it has begun."""

    def __init__(
        self, opened: OpenAccount, *, seen: AlreadySeen, notice: Callable[[Problem], None], recognise: Recognise
    ) -> None:
        """``notice`` hears, on another thread, of what became known after the outcome of a test was told."""
        super().__init__()
        self._opened = opened
        self._seen = seen
        self._notice = notice
        self._recognise = recognise
        self._watch: QueueWatch | None = None
        self._is_hurried = threading.Event()

    def _begin(
        self,
        address: QueueAddress,
        events: Iterable[str],
        since: datetime,
        *,
        remove: bool,
        limit: int | None = None,
        reader: Reader | None = None,
        only_hears: bool = False,
    ) -> None:
        """Begin the search, whose calls are tried again by itself."""
        # A practice cloud that is gone does not come back under the same address.
        patience = 0.0 if self._opened.practice is not None else PATIENCE_SECONDS
        self._watch = QueueWatch(
            Queue(self._opened.clients.once, address),
            events=events,
            since=since,
            seen=self._seen,
            remove=remove,
            limit=limit,
            recognise=self._recognise,
            patience=patience,
            reader=reader,
            only_hears=only_hears,
        )
        # Whoever hurries it from now on stops the search that is there; before that there was none to be stopped.
        if self._is_hurried.is_set():
            self._watch.stop()
        self._watch.start()

    def hurry(self) -> None:
        """What comes from now on belongs to the next test."""
        self._is_hurried.set()
        if self._watch is not None:
            self._watch.stop()

    def arrival(self, event: str) -> Future[Arrival]:
        """Out of the queue."""
        return Future() if self._watch is None else self._watch.arrival(event)

    @property
    def trouble(self) -> Problem | None:
        """Why the queue cannot be read."""
        return None if self._watch is None else self._watch.trouble

    @property
    def looked_from(self) -> float:
        """When the latest poll began that was answered."""
        return -math.inf if self._watch is None else self._watch.looked_from

    def look_now(self) -> None:
        """Ask the queue what is there."""
        if self._watch is not None:
            self._watch.look_now()

    @property
    def is_full(self) -> bool:
        """Whether no more could be held."""
        return self._watch is not None and self._watch.is_full

    def seen_count(self, event: str) -> int:
        """How many different ones."""
        return 0 if self._watch is None else self._watch.tally(event).seen


class QueueWatcher(_QueueBacked):
    """Watches the person's own queue, with the care that :mod:`services.holding` describes."""

    def __init__(
        self,
        opened: OpenAccount,
        address: QueueAddress,
        *,
        remove: bool,
        read_anyway: bool,
        seen: AlreadySeen,
        notice: Callable[[Problem], None],
        recognise: Recognise,
        readers: Readers,
    ) -> None:
        super().__init__(opened, seen=seen, notice=notice, recognise=recognise)
        self._address = address
        self._readers = readers
        self._of_others = 0  # how many were in the hands of other programs when the search began
        self._remove = remove
        self._read_anyway = read_anyway
        self._not_looked = ""  # why the search itself does not look, which leaves it to Inbox where that follows
        self._state: QueueState | None = None
        self._is_lost = False
        self._lost_at = 0.0  # on the clock of time.perf_counter
        self._ending: threading.Thread | None = None
        self._reported: dict[str, int] = {}  # how many were said to be taken out, and of how many nothing was

    def begin(self, events: Iterable[str]) -> None:
        """Look at the queue's settings first: they may make reading costly."""
        self._reported = dict.fromkeys(events, 0)
        self._state = state = Queue(self._opened.clients, self._address).state()
        self._of_others = max(0, state.in_flight - self._readers.held(self._address))
        sentence = cost_of_looking(state, "looking for the test")
        if is_costly(state) and not self._read_anyway:
            self._not_looked = f"Not looked: {sentence[0].lower()}{sentence[1:]}."
            self.cannot_watch_problem = _reading_costs(f"{sentence}.")
            if not self._is_followed:
                self.cannot_watch_because = self._not_looked
                return
            self.notes = (_LEFT_TO_INBOX,)
        elif sentence:
            self.notes = (f"{sentence}; you chose to look all the same." if self._read_anyway else f"{sentence}.",)
        self._begin(
            self._address,
            self._reported,
            state.server_time,
            remove=self._remove,
            limit=state.max_receive_count,
            reader=self._readers.join(self._address, SEARCH),
            only_hears=bool(self._not_looked),
        )

    @property
    def _is_followed(self) -> bool:
        """Whether Inbox follows this queue now."""
        return any(one.name == INBOX for one in self._readers.of(self._address))

    def removal(self, event: str) -> Future[Problem | None] | None:
        """When it is out of the queue again, or could not be taken out."""
        return self._watch.removal(event) if self._watch is not None and self._remove else None

    def seen_detail(self, event: str, *, is_last_word: bool) -> str:
        """Say what became of the test and of the others."""
        if is_last_word:
            self._reported[event] = 0 if self._watch is None else self._watch.tally(event).taken_out
        others = self._watch.others if self._watch else 0
        at_limit = self._watch.at_limit if self._watch else 0
        rest = "" if not others else f" {counted(others, 'other message was', 'other messages were')} left alone."
        if at_limit and self._state is not None:
            rest += (
                f" {counted(at_limit, 'of them has', 'of them have')} now been read as often as the queue allows: what "
                f"no reader deletes before it is asked for again, it moves to “{dead_letters(self._state)}”."
            )
        given_to = "" if self._watch is None else self._watch.given_to(event)
        by = f" by {given_to}" if given_to else ""
        kept = " Inbox has it in its list." if given_to == INBOX else ""
        return f"Seen in {self._address.name}{by}{self._became(event, is_last_word)}{kept}{rest}"

    def _became(self, event: str, is_last_word: bool) -> str:
        removal = self.removal(event)
        if removal is None or self._watch is None:
            return ", and left there."
        tally = self._watch.tally(event)
        if tally.seen > 1 and removal.done():
            why = "" if tally.problem is None else f" {tally.problem.title} {tally.problem.detail}"
            perhaps_more = tally.problem is not None and tally.problem.code == NOT_CONFIRMED
            return f", and {'at least ' if perhaps_more else ''}{tally.taken_out} of {tally.seen} taken out again.{why}"
        if not removal.done() and is_last_word:
            return "; whether it was taken out again is not known: the queue had not answered when the test ended."
        if not removal.done():
            return "; it is being taken out again."
        problem = removal.result()
        if problem is None:
            return ", and taken out again."
        is_known = problem.code != NOT_CONFIRMED
        became = "it could not be taken out again" if is_known else "whether it was taken out again is not known"
        return f"; {became}: {problem.title} {problem.detail}"

    def unseen_detail(self) -> str:
        """Name what else may be the reason."""
        if self._not_looked:
            return f"Inbox, which followed this queue, did not get it in that time. {self._not_looked}"
        if self.is_full:
            return (
                "So many messages wait in this queue that not all of them could be looked at, and the test may be "
                "among the rest."
            )
        delay = self._state.delay_seconds if self._state else 0
        if delay:
            return (
                f"This queue holds every message back for {counted(delay, 'second')}, its delivery delay. The test can "
                "be seen only after that, and nobody has taken it out if it came."
            )
        if self._of_others:
            were = counted(self._of_others, "message was", "messages were")
            return (
                f"Another program reads this queue: {were} in its hands when the search began, and it may have taken "
                "the test too."
            )
        if self._is_followed:
            return (
                "Inbox follows this queue and did not see it either. If another program reads it too, such as your own "
                "receiver or a Lambda function, that may have taken the test first. If none does, the message was lost "
                "on the way or is late."
            )
        return (
            "If another program reads this queue, such as your own receiver or a Lambda function, it may have "
            "taken the test first. If none does, the message was lost on the way or is late."
        )

    def called(self, event: str, *, is_lost: bool) -> None:
        """Where an answer was lost, there may be a second message."""
        if is_lost:
            self._is_lost, self._lost_at = True, time.perf_counter()
        if self._watch is not None:
            self._watch.called(event, is_lost=is_lost)
            if is_lost:
                self._watch.look_now()

    def may_change(self, event: str) -> bool:
        """Whether it is still looked for a second message of a test whose answer was lost, or one is taken out."""
        if self._watch is None or not self._is_lost or self._watch.trouble is not None:
            return False
        tally = self._watch.tally(event)
        is_there = self._remove and tally.taken_out < tally.seen and tally.problem is None
        return is_there or (not self._not_looked and self._watch.looked_from < self._lost_at)

    def end(self) -> None:
        """Stop polling, a moment later where an answer was lost."""
        if self._watch is None or self._ending is not None:
            return
        if not self._is_lost:
            self._watch.stop()
        self._ending = threading.Thread(target=self._end, args=(self._watch,), name="end-of-search")
        self._ending.start()

    def _end(self, watch: QueueWatch) -> None:
        if self._is_lost:
            self._is_hurried.wait(SECOND_MESSAGE_SECONDS)
            watch.stop()
        watch.join()
        late = {event: watch.tally(event).taken_out - reported for event, reported in self._reported.items()}
        if names := [str(event) for event, count in late.items() if count]:
            self._notice(_taken_out_late(self._address, sum(late.values()), names))

    def join(self) -> None:
        """Wait until what is not ours was given back."""
        if self._ending is not None:
            self._ending.join()


class TopicWatcher(_QueueBacked):
    """Subscribes a queue of ours to the topic for the time of the test; nobody else's messages are touched."""

    def __init__(
        self,
        opened: OpenAccount,
        address: TopicAddress,
        *,
        seen: AlreadySeen,
        leftovers: Leftovers | None,
        notice: Callable[[Problem], None],
        recognise: Recognise,
    ) -> None:
        super().__init__(opened, seen=seen, notice=notice, recognise=recognise)
        self._address = address
        self._leftovers = leftovers
        self._temporary: TemporaryQueue | None = None
        self._tidying: threading.Thread | None = None

    def begin(self, events: Iterable[str]) -> None:
        """Find out who listens already, then join them."""
        topic = Topic(self._opened.clients, self._address)
        self.dead_end = _dead_end(topic)
        temporary = TemporaryQueue.create(self._opened, topic, self._leftovers)
        try:
            self._begin(temporary.queue.address, events, temporary.queue.state().server_time, remove=False)
        except BaseException:
            self._remove(temporary)
            raise
        self._temporary = temporary

    def called(self, event: str, *, is_lost: bool) -> None:
        """A second message goes with the temporary queue."""
        del is_lost
        if self._watch is not None:
            self._watch.called(event, is_lost=False)

    def seen_detail(self, event: str, *, is_last_word: bool) -> str:
        """Say how it was seen."""
        del event, is_last_word
        return f"The topic {self._address.name} passed it on to a temporary queue of this program."

    def unseen_detail(self) -> str:
        """Only the way from Mechanical Turk to the topic is left to blame."""
        beyond = "" if self.dead_end is None else f" {self.dead_end.verdict.detail}"
        return (
            "The temporary queue of this program gets everything that the topic passes on, so most likely Mechanical "
            f"Turk may not publish to the topic: look at the topic's access policy.{beyond}"
        )

    def end(self) -> None:
        """Stop, and remove what was made, on a thread of its own: the answer need not wait for it."""
        if self._tidying is None and self._temporary is not None:
            self._tidying = threading.Thread(target=self._tidy, args=(self._temporary,), name="remove-temporary-queue")
            self._tidying.start()

    def join(self) -> None:
        """Wait until queue and subscription are gone."""
        if self._tidying is not None:
            self._tidying.join()

    def _tidy(self, temporary: TemporaryQueue) -> None:
        if self._watch is not None:
            self._watch.stop()
            self._watch.join()
        self._remove(temporary)

    def _remove(self, temporary: TemporaryQueue) -> None:
        if (problem := temporary.remove()) is not None:
            self._notice(problem)


class PracticeMailWatcher(Watcher):
    """Looks into the practice mailbox."""

    def __init__(self, practice: PracticeCloud, address: EmailAddress) -> None:
        super().__init__()
        self._practice = practice
        self._address = address
        self._futures: dict[str, Future[Arrival]] = {}
        self._counts: Counter[str] = Counter()
        self._looked_from = -math.inf
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.notes = ("The mailbox is a part of practice: no e-mail left this computer.",)

    def begin(self, events: Iterable[str]) -> None:
        """Remember what is there already, and look for more."""
        self._futures = {str(event): Future() for event in events}
        before = Counter(self._practice.mailbox())
        self._thread = threading.Thread(
            target=self._run, args=(dict(self._futures), before), name="mailbox-watch", daemon=True
        )
        self._thread.start()

    def arrival(self, event: str) -> Future[Arrival]:
        """Out of the practice mailbox."""
        return self._futures[event]

    @property
    def looked_from(self) -> float:
        """When the mailbox was read."""
        return self._looked_from

    def seen_count(self, event: str) -> int:
        """How many came."""
        return self._counts[event]

    def seen_detail(self, event: str, *, is_last_word: bool) -> str:
        """Say where."""
        del event, is_last_word
        return f"Seen in the practice mailbox of {self._address.address}."

    def unseen_detail(self) -> str:
        """Nothing else reads there."""
        return "Nothing new came into the practice mailbox."

    def end(self) -> None:
        """Stop looking."""
        self._stop.set()

    def join(self) -> None:
        """Wait for the last look."""
        if self._thread is not None:
            self._thread.join()

    def _run(self, waiting: dict[str, Future[Arrival]], before: Counter[PracticeMail]) -> None:
        try:
            while waiting and not self._stop.wait(0.05):
                began = time.perf_counter()
                mails = Counter(self._practice.mailbox())
                for mail in mails - before:
                    decoded = decode(mail.text) if mail.recipient == self._address.address else None
                    if decoded is None or not decoded.is_known_test:
                        continue  # somebody else's, or what really happened to a HIT
                    self._counts[decoded.tested_event] += 1
                    future = waiting.pop(decoded.tested_event, None)
                    if future is not None:
                        future.set_result(Arrival(raw=mail.text, decoded=decoded, seen_at=time.perf_counter()))
                before, self._looked_from = mails, began
        except ProblemError as error:
            for future in waiting.values():
                future.set_exception(error)


class UnwatchedMailbox(Watcher):
    """A real mailbox: only the person can look."""

    def __init__(self, *, is_sandbox: bool) -> None:
        super().__init__()
        subject = f"SANDBOX: {MAIL_SUBJECT}" if is_sandbox else MAIL_SUBJECT
        self.cannot_watch_because = (
            f"This program cannot look into your mailbox. Look for an e-mail from {MAIL_SENDER} with the subject "
            f"“{subject}”, in the spam folder too. Amazon's reference no longer lists e-mail as a way to be told; "
            "it was seen working in 2017."
        )

    def begin(self, events: Iterable[str]) -> None:
        """Nothing to start."""

    def arrival(self, event: str) -> Future[Arrival]:
        """Never resolves."""
        del event
        return Future()

    def seen_detail(self, event: str, *, is_last_word: bool) -> str:
        """What the person says."""
        del event, is_last_word
        return "You said that it arrived."

    def unseen_detail(self) -> str:
        """What the person says."""
        return "You said that it did not arrive."


_LEFT_TO_INBOX = (
    "Inbox follows this queue, and the test heard from it what came. It did not look itself: each message would have "
    "been read once more, and this queue moves away what is read too often."
)


def _reading_costs(detail: str) -> Problem:
    return Problem(
        title="The program did not look into the queue.",
        detail=detail,
        remedy="If nothing of value waits in it, look all the same; or watch for the message in your own receiver.",
        code=Code.READING_COSTS,
        cause=Cause.DESTINATION,
    )


def _taken_out_late(address: QueueAddress, count: int, events: list[str]) -> Problem:
    were = counted(count, "test message was", "test messages were")
    return Problem(
        title="After the test was told of, more was taken out of the queue.",
        detail=f"{were} seen in {address.name} and taken out ({', '.join(events)}). Nothing in a message "
        "says who asked for it, so whether it is yours is not known.",
        remedy="If somebody else tests with this queue, they may miss it: let them send their test again.",
        code="arrival.taken-out-late",
        cause=Cause.DESTINATION,
    )


def _dead_end(topic: Topic) -> DeadEnd | None:
    """Why nobody gets what the topic passes on, or that it is not known; None where somebody is subscribed."""
    try:
        subscribers = topic.subscribers()
    except ProblemError as error:
        if error.problem.cause is Cause.DESTINATION:
            raise
        unseen = "Who is subscribed to this topic could not be seen, so whether anybody gets it is not known."
        return DeadEnd(
            Lamp(state=State.UNKNOWN, detail=unseen),
            replace(
                error.problem,
                title="It comes out of the topic; whether anybody gets it is not known.",
                detail=f"{_SEEN_BY_US} {unseen} {error.problem.title} {error.problem.detail}",
                code=Code.SUBSCRIBERS_UNSEEN,
            ),
        )
    if any(one.is_confirmed for one in subscribers):
        return None
    if subscribers:
        return DeadEnd(
            Lamp(state=State.NO, detail="No subscription of this topic is confirmed."),
            Problem(
                title="It comes out of the topic; no subscription of it is confirmed.",
                detail=f"{_SEEN_BY_US} None of its {counted(len(subscribers), 'subscriber has', 'subscribers have')} "
                "confirmed yet, and a topic keeps nothing: real notifications would be lost.",
                remedy="Look for the confirmation message and follow it; it can be sent again in the SNS console.",
                code=Code.NOBODY_SUBSCRIBED,
                cause=Cause.DESTINATION,
                remedies=(Remedy.CHECK,),
            ),
        )
    return DeadEnd(
        Lamp(state=State.NO, detail="Nobody is subscribed to this topic."),
        Problem(
            title="It comes out of the topic; nobody is subscribed to it.",
            detail=f"{_SEEN_BY_US} A topic keeps nothing: real notifications would be lost.",
            remedy="Subscribe your receiver, a queue or a mailbox to the topic in the SNS console, and test once more.",
            code=Code.NOBODY_SUBSCRIBED,
            cause=Cause.DESTINATION,
            remedies=(Remedy.CHECK,),
        ),
    )


_SEEN_BY_US = "The topic took it and passed it on to a subscription of this program, made for the time of the test."
