# SPDX-License-Identifier: MIT
"""Looking for our own test messages in a queue that belongs to somebody, and giving everything else back.

A queue cannot be searched: the only way to see a message is to receive it, which hides it from other readers for a
while and raises its receive count by one. How each that is not ours is received once and held out of sight until the
search ends is for :mod:`services.holding` and :mod:`services.polls`; the raised count is what remains of it.

How a test message is told from others: MTurk gives a test no id, so a message is ours when it is a test of an event
that is being waited for, was put into the queue after the search began (by the queue's own clock, less
:data:`CLOCK_TOLERANCE`), and was not taken for another test by this start of the program. A copy of the same message is
ours too. So is a second message of one test, where the answer to its call was lost: something on the way may have made
that call twice. None of this proves whose a message is, so all that match are counted (:meth:`QueueWatch.tally`), and
whoever shows that number says so.

What this program sent by itself is told by its text, which nobody else has (:class:`SentFromHere`).
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from notification_tester.aws.queues import BATCH, CLOCK_TOLERANCE
from notification_tester.domain.json_text import read_json
from notification_tester.domain.messages.message import decode
from notification_tester.domain.problem import Cause, Problem, ProblemError, Remedy
from notification_tester.services.holding import Holding
from notification_tester.services.polls import CALLS, Polls

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from notification_tester.aws.queues import Queue, ReceivedMessage
    from notification_tester.domain.messages.message import DecodedMessage
    from notification_tester.services.readers import Heard, Reader

TAKE_OUT_SECONDS = 0.02
"""How long taking out waits for more while tests are awaited: a sweep of twelve took 81 to 97 ms and takes 65."""

CALL_LOOK_SECONDS = 0.05
"""How often it is looked whether the calls have ended whose messages are here already."""

POLL_SECONDS = 2
"""One long poll; so long, and the way there and back, a search that is stopped waits for its last answer."""


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A test message that was seen: as it came, as it was read, and when on the clock of ``time.perf_counter``."""

    raw: str
    decoded: DecodedMessage
    seen_at: float


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many messages that match one test were met, how many of them are confirmed to be gone, and why others stay.

    The same message delivered twice is one.
    """

    seen: int
    taken_out: int
    problem: Problem | None = None


class AlreadySeen:
    """Which test messages were taken for a test already, by EventDocId or message id; the newest thousand."""

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

    def has(self, message_id: str) -> bool:
        """Whether a test has it."""
        with self._lock:
            return message_id in self._ids


class Recognised(NamedTuple):
    """What a message may be: for which of the awaited, the first that is still awaited, and what its copies share."""

    keys: tuple[str, ...]
    identity: str


Recognise = Callable[["ReceivedMessage", "DecodedMessage"], Recognised]


def by_event(message: ReceivedMessage, decoded: DecodedMessage) -> Recognised:
    """A test of Mechanical Turk's is awaited by its event; its EventDocId is on every copy of it."""
    keys = (decoded.tested_event,) if decoded.is_known_test else ()
    return Recognised(keys, decoded.event_doc_id or message.message_id)


class SentFromHere:
    """Recognises what this program sends by itself, by what is in it: ``add`` comes before each send.

    The same text may be sent twice on purpose, so each key is a message of its own, and a copy is known by the id that
    the queue or the topic gave it.
    """

    def __init__(self) -> None:
        self._keys: dict[str, tuple[str, ...]] = {}

    def add(self, key: str, text: str) -> None:
        """A message of this text is awaited under ``key``."""
        self._keys[text] = (*self._keys.get(text, ()), key)

    def __call__(self, message: ReceivedMessage, decoded: DecodedMessage) -> Recognised:
        """By the whole text of the queue's message, or of what a topic has put into its envelope."""
        del decoded
        if message.body in self._keys:
            return Recognised(self._keys[message.body], message.message_id)
        envelope: object = None
        with suppress(ProblemError):
            envelope = read_json(message.body)
        if not isinstance(envelope, dict):
            return Recognised((), message.message_id)
        text, identity = envelope.get("Message"), envelope.get("MessageId")
        keys = self._keys.get(text, ()) if isinstance(text, str) else ()
        return Recognised(keys, identity if isinstance(identity, str) else message.message_id)


class QueueWatch:
    """One search through one queue for the tests of some events; start it before the first is sent.

    ``events`` are the keys of what is awaited: of a test its event; ``recognise`` says which of them a message is.
    ``since`` is when the search began, by the queue's clock. With ``remove`` messages of ours are deleted. ``limit`` is
    after how many reads the queue moves a message away, None where it never does. Trouble that passes is waited out
    for up to ``patience`` seconds. What another ``reader`` of this program was given counts as seen, too; with
    ``only_hears`` that alone, and nothing is received here.
    """

    def __init__(
        self,
        queue: Queue,
        *,
        events: Iterable[str],
        since: datetime,
        seen: AlreadySeen,
        remove: bool,
        limit: int | None = None,
        patience: float = math.inf,
        recognise: Recognise = by_event,
        reader: Reader | None = None,
        only_hears: bool = False,
    ) -> None:
        self._queue = queue
        self._only_hears = only_hears
        self._reader = reader
        self._recognise = recognise
        self._since = since - CLOCK_TOLERANCE
        self._seen = seen
        self._remove = remove
        self._limit = math.inf if limit is None else limit
        self._patience = patience
        self._waiting: dict[str, Future[Arrival]] = {str(event): Future() for event in events}
        self._arrivals = dict(self._waiting)
        self._removals: dict[str, Future[Problem | None]] = {name: Future() for name in self._waiting}
        self._ours: dict[str, str] = {}  # EventDocId or message id -> event
        self._called = threading.Lock()
        self._under_way = set(self._waiting)  # events whose call has not ended
        self._lost: set[str] = set()  # events whose call was not answered
        self._second: dict[str, list[_Found]] = {}  # event -> what came after its message
        self._given_to: dict[str, str] = {}  # event -> who of this program got its message, where that was not we
        self._others: set[str] = set()
        self._at_limit: set[str] = set()
        self._matching: dict[str, set[str]] = {name: set() for name in self._waiting}  # event -> identities
        self._gone: dict[str, set[str]] = {name: set() for name in self._waiting}
        self._kept: dict[str, Problem] = {}  # event -> why a message of it is not confirmed to be gone
        self._taking = threading.Lock()
        self._due: list[_Found] = []  # what is to be taken out next
        self._is_taking = False
        self._all_met = threading.Event()
        self._deleting: list[Future[None]] = []
        self._polls: Polls | None = None
        self._holding: Holding | None = None
        self._is_full = False
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="queue-watch")

    @property
    def others(self) -> int:
        """How many messages were met that are not ours; not yet those of which that is open while a call lasts."""
        return len(self._others)

    @property
    def at_limit(self) -> int:
        """How many of these have now been read as often as the queue allows before it moves them away."""
        return len(self._at_limit)

    @property
    def is_full(self) -> bool:
        """Whether as many were held as may be, so that messages behind them were not looked at."""
        return self._is_full

    @property
    def trouble(self) -> Problem | None:
        """Why the queue could not be read, or holds not be renewed, when that was tried last; None where they were."""
        polls, holding = self._polls, self._holding
        return (None if polls is None else polls.failed) or (None if holding is None else holding.trouble)

    def start(self) -> None:
        """Begin to poll."""
        self._thread.start()

    def arrival(self, event: str) -> Future[Arrival]:
        """Resolves with the message of ``event``, or with the error that ended the search, mostly a ProblemError.

        Never resolves where the search was stopped before either.
        """
        return self._arrivals[event]

    def removal(self, event: str) -> Future[Problem | None]:
        """Resolves once the first message of ``event`` was taken out: with None, or with why it could not be.

        Never resolves where messages are to be left there, or where none was met.
        """
        return self._removals[event]

    def given_to(self, event: str) -> str:
        """Who else of this program was given the message of ``event``; empty where this search itself was."""
        return self._given_to.get(event, "")

    def tally(self, event: str) -> Tally:
        """How many messages were met that match the test of ``event``, and what became of them so far."""
        with self._taking:
            return Tally(
                seen=len(self._matching[event]), taken_out=len(self._gone[event]), problem=self._kept.get(event)
            )

    @property
    def looked_from(self) -> float:
        """When the latest whole look began, on the clock of ``time.perf_counter``; minus infinity before the first.

        A look is whole where it was answered, and nothing is still hidden that came with an answer that was lost.
        """
        return -math.inf if self._polls is None else self._polls.looked_from

    def look_now(self) -> None:
        """Look once, soon, at what is there without waiting for more."""
        if self._polls is not None:
            self._polls.ask_now()

    def called(self, event: str, *, is_lost: bool) -> None:
        """Say that the call for ``event`` has ended; the search does not end before all have.

        Where its answer ``is_lost`` there may be a second message, and the search goes on until it is stopped.
        """
        with self._called:
            self._under_way.discard(event)
            if is_lost:
                self._lost.add(event)

    def stop(self) -> None:
        """End the search soon; the search's own thread then gives back what is held."""
        self._stop.set()

    def join(self) -> None:
        """Wait until the search has ended: what it held is given back, or left to its hold, which ends by itself."""
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        with ThreadPoolExecutor(CALLS, thread_name_prefix="queue-watch") as calls:
            holding = self._holding = Holding(self._queue, calls)
            polls = self._polls = Polls(
                self._queue,
                calls,
                holding,
                lambda messages, _: self._met(messages, holding, calls),
                wait_seconds=POLL_SECONDS,
                patience=self._patience,
                counts_reads=self._limit < math.inf,
                reader=self._reader,
                told=lambda heard: self._met(heard.messages, holding, calls, heard=heard),
                asks=not self._only_hears,
            )
            try:
                look_after = partial(self._look_after, holding, calls)
                polls.run(self._stop, turn=look_after, is_done=lambda: not self._waiting)
                while self._calls_under_way() and not self._stop.wait(CALL_LOOK_SECONDS):
                    look_after()
                    holding.renew()
                if self._lost:
                    polls.run(self._stop, turn=look_after)
                for one in self._deleting:
                    one.result()
                if not self._waiting:
                    polls.look_once()  # for copies, which come now and then
                    self._sort_out_second_ones(holding, calls)
            except BaseException as error:  # whatever it is, whoever waits must hear of it
                for future in self._waiting.values():
                    future.set_exception(error)
                if not isinstance(error, ProblemError):
                    raise
            finally:
                wait(self._deleting)
                holding.end()  # what cannot be given back now comes back by itself when its hold is over
                if self._reader is not None:
                    self._reader.leave()

    def _calls_under_way(self) -> bool:
        with self._called:
            return bool(self._under_way)

    def _sort_out_second_ones(self, holding: Holding, calls: ThreadPoolExecutor) -> None:
        """Take second messages out whose call was not answered; after an answer they are somebody else's."""
        with self._called:
            ended = [event for event in self._second if event not in self._under_way]
            lost = self._lost.intersection(ended)
        for event in ended:
            found = self._second.pop(event)
            if event not in lost:
                self._others.update(one.message.message_id for one in found)
            elif self._remove:
                self._take_out_soon(found, holding, calls)

    def _look_after(self, holding: Holding, calls: ThreadPoolExecutor) -> None:
        """Break the search off before anything is received a second time."""
        self._sort_out_second_ones(holding, calls)
        self._is_full = self._is_full or not holding.has_room
        if holding.ran_out:
            raise ProblemError(holding.trouble or _not_held())

    def _met(
        self,
        messages: Sequence[ReceivedMessage],
        holding: Holding,
        calls: ThreadPoolExecutor,
        *,
        heard: Heard | None = None,
    ) -> None:
        found = [one for message in messages if (one := self._look_at(message, heard)) is not None]
        if self._remove:
            self._take_out_soon(found, holding, calls)

    def _look_at(self, message: ReceivedMessage, heard: Heard | None) -> _Found | None:
        now = time.perf_counter() if heard is None else heard.came_at
        decoded = decode(message.body)
        recognised = self._recognise(message, decoded)
        identity = recognised.identity
        event = self._event_of(message, recognised)
        if event is None and (second := self._second_of(message, recognised)) is not None:
            self._second.setdefault(second, []).append(_Found(second, identity, message))
            return None
        if event is None:
            self._others.add(message.message_id)
            if message.receive_count >= self._limit:
                self._at_limit.add(message.message_id)
            return None
        waiting = self._waiting.pop(event, None)
        if waiting is not None:
            if heard is not None:
                self._given_to[event] = heard.reader
            waiting.set_result(Arrival(raw=message.body, decoded=decoded, seen_at=now))
        if not self._waiting:
            self._all_met.set()
        return _Found(event, identity, message)

    def _event_of(self, message: ReceivedMessage, recognised: Recognised) -> str | None:
        """Which of the awaited tests this is; None for a message that is not ours."""
        keys, identity = recognised
        if not keys or message.sent_at < self._since:
            return None
        if identity in self._ours:
            return self._ours[identity]  # delivered twice, or met again
        if self._stop.is_set():
            return None  # nobody waits any more: it belongs to the test that was sent after this one
        event = next((key for key in keys if key in self._waiting), None)
        if event is None or not self._seen.claim(identity):
            return None
        self._ours[identity] = event
        self._count(event, identity)
        return event

    def _second_of(self, message: ReceivedMessage, recognised: Recognised) -> str | None:
        """Of which test this may be a second message; None for all others."""
        keys, identity = recognised
        if self._stop.is_set() or message.sent_at < self._since:
            return None
        event = next((key for key in keys if key in self._matching), None)
        if event is None:
            return None
        with self._called:
            is_possible = event in self._under_way or event in self._lost
        is_second = is_possible and self._seen.claim(identity)
        if is_second or not self._seen.has(identity):
            self._count(event, identity)
        return event if is_second else None

    def _count(self, event: str, identity: str) -> None:
        with self._taking:
            self._matching[event].add(identity)

    def _take_out_soon(self, found: Sequence[_Found], holding: Holding, calls: ThreadPoolExecutor) -> None:
        """Take messages out; those that are met while some are being taken out go together afterwards."""
        with self._taking:
            self._due += found
            if self._is_taking or not self._due:
                return
            self._is_taking = True
        self._deleting.append(calls.submit(self._take_out, holding))

    def _take_out(self, holding: Holding) -> None:
        while True:
            self._all_met.wait(TAKE_OUT_SECONDS)
            with self._taking:
                found, self._due = self._due[:BATCH], self._due[BATCH:]
                self._is_taking = bool(found)
            if not found:
                return
            problems = holding.take_out([one.message for one in found])
            for one in found:
                self._note_taken_out(one, problems.get(one.message.message_id))

    def _note_taken_out(self, found: _Found, problem: Problem | None) -> None:
        with self._taking:
            if problem is None:
                self._gone[found.event].add(found.identity)
            else:
                self._kept[found.event] = problem
        removal = self._removals[found.event]
        if not removal.done():
            removal.set_result(problem)


@dataclass(frozen=True)
class _Found:
    """A message that matches the test of an event; ``identity`` is the same for its copies."""

    event: str
    identity: str
    message: ReceivedMessage


def _not_held() -> Problem:
    return Problem(
        title="The messages of others could not be kept out of the way.",
        detail="The queue did not confirm in time that they stay hidden while the search goes on, and to receive them "
        "once more would bring them nearer to the dead-letter queue.",
        remedy="Try once more. A throw-away queue or a topic has nobody else's messages.",
        code="arrival.not-held",
        cause=Cause.SERVICE,
        remedies=(Remedy.TRY_AGAIN,),
    )
