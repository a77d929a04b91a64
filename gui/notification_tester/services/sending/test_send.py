# SPDX-License-Identifier: MIT
"""Send a test event, wait for it at the destination, and tell how far it got.

One test is a sweep of one: every event has its own call, its own row in the history and its own outcome, and all of
them share one watcher at the destination, which begins before the first call.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from notification_tester.domain.counts import counted
from notification_tester.domain.delivery import NOT_TRIED, NOTHING_TO_LOOK_AT, Lamp, State, TestOutcome, compare
from notification_tester.domain.problem import Cause, Code, Problem, ProblemError, Remedy
from notification_tester.services.readers import Readers
from notification_tester.services.refusals import explained, refuse_what_practice_cannot_reach
from notification_tester.services.sending.queue_watch import AlreadySeen
from notification_tester.services.sending.watcher import (
    LISTEN_SECONDS,
    PastWatchers,
    Unseen,
    Watcher,
    awaited,
    look_for,
)
from notification_tester.services.sending.watchers import watcher_for
from notification_tester.storage.rows import Beginning, Ending, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from notification_tester.domain.account import Account
    from notification_tester.domain.events import EventType
    from notification_tester.domain.notification import NotificationSpec
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.sending.queue_watch import Arrival
    from notification_tester.storage.history import History
    from notification_tester.storage.leftovers import Leftovers

GRACE_SECONDS = 0.3
"""How long it may take to take a message out before the person is shown that it was seen."""

REMOVAL_SECONDS = 10.0
"""How long an outcome waits to hear whether the message is out of the queue again."""

LEAST_WAIT_SECONDS = 0.1
"""A test that was waited for no longer than this had no time to come, and is not called missing."""

NO_WAY_IN_SECONDS = 3.0
"""How long a test is looked for whose answer was lost, once it is seen what keeps Mechanical Turk out of the place."""

_NO_WAY_IN = frozenset({Code.CLOSED, Code.ENCRYPTED})

CALLS_AT_ONCE = 6
"""Of one run. More are not faster, because most of a call is Python's own work, and keep the window from painting."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """How to test. ``wait_seconds`` of zero does not look for the message at all.

    ``is_for_it_alone``: the place was made for this test, and nobody else knows of it, so what comes there is its own.
    """

    wait_seconds: float = 60.0
    remove_afterwards: bool = True
    read_anyway: bool = False
    is_for_it_alone: bool = False


class Stage(StrEnum):
    """What is being done for one event."""

    PREPARING = "preparing"
    SENDING = "sending"
    WAITING = "waiting"
    REMOVING = "removing"  # it was seen, and is being taken out again
    DONE = "done"


@dataclass(frozen=True, kw_only=True)
class Progress:
    """News about one event. ``deadline`` is when waiting ends, on the clock of ``time.perf_counter``."""

    stage: Stage
    outcome: TestOutcome
    deadline: float | None = None


class TestSend:
    """Sends tests. Without a history, because the disk is full or broken, it goes on without.

    ``notice`` hears, on another thread, of what a test had to leave behind and of what was taken out after its end,
    with the account that it is about.
    """

    __test__ = False  # not a test class of pytest's

    def __init__(
        self,
        *,
        history: History | None,
        leftovers: Leftovers | None,
        notice: Callable[[Problem, Account], None] = lambda *_: None,
        readers: Readers | None = None,
    ) -> None:
        self._history = history
        self._leftovers = leftovers
        self._notice = notice
        self._readers = Readers() if readers is None else readers
        self._seen = AlreadySeen()
        self._past = PastWatchers()

    def run(
        self,
        opened: OpenAccount,
        spec: NotificationSpec,
        events: Sequence[EventType],
        options: Options,
        *,
        progress: Callable[[Progress], None],
        stop: threading.Event,
    ) -> tuple[TestOutcome, ...]:
        """Test every one of ``events`` side by side; the outcomes are in their order.

        A failed test is an outcome, not an exception; ProblemError is raised only where nothing could begin.
        ``progress`` is called from several threads. Returns when every outcome is known; tidying up may go on for
        some seconds more, until :meth:`close`.
        """
        refuse_what_practice_cannot_reach(opened, spec.destination)
        turn = threading.Semaphore(CALLS_AT_ONCE)
        row_ids, unkept = self._begin(opened, spec, events)
        sends = [
            _Send(opened, spec, event, row_id, unkept, options.is_for_it_alone, turn, self._finish, progress, stop)
            for event, row_id in zip(events, row_ids, strict=True)
        ]
        watcher: Watcher | None = None
        cannot_watch: Problem | None = None
        self._past.hurry()
        if options.wait_seconds > 0:
            for send in sends:
                send.tell(Stage.PREPARING)
            watcher = watcher_for(
                opened,
                spec.destination,
                remove=options.remove_afterwards,
                read_anyway=options.read_anyway,
                seen=self._seen,
                leftovers=self._leftovers,
                notice=lambda problem: self._notice(problem, opened.account),
                readers=self._readers,
            )
            self._past.add(watcher, stop)
            try:
                watcher.begin(events)
            except ProblemError as error:
                cannot_watch = error.problem
        try:
            if len(sends) == 1:
                return (sends[0].run(watcher, cannot_watch, options.wait_seconds),)
            with ThreadPoolExecutor(max_workers=len(sends), thread_name_prefix="send") as pool:
                return tuple(pool.map(lambda send: send.run(watcher, cannot_watch, options.wait_seconds), sends))
        finally:
            if watcher is not None:
                self._past.let_go(watcher)

    def answer_for(self, outcome: TestOutcome, *, arrived: bool) -> TestOutcome:
        """Take a person's word for whether the e-mail arrived, and write it into the history."""
        if arrived:
            accepted = outcome.accepted if outcome.accepted.state is State.YES else _TAKEN_AFTER_ALL
            answered = replace(
                outcome,
                accepted=accepted,
                problem=None,
                arrived=Lamp(state=State.YES, detail="You said that it arrived."),
                as_expected=Lamp(
                    state=State.UNKNOWN, detail="Compare the e-mail's Event Type with the one that you chose."
                ),
            )
        else:
            answered = replace(
                outcome,
                arrived=Lamp(state=State.NO, detail="You said that it did not arrive."),
                as_expected=NOTHING_TO_LOOK_AT,
                problem=_NO_MAIL if outcome.accepted.state is State.YES else outcome.problem,
            )
        self._finish(answered, None)
        return answered

    def close(self) -> None:
        """Wait until what was borrowed is given back, what was made is removed, and the history is written."""
        self._past.join()
        if self._history is not None:
            self._history.close()

    def _begin(
        self, opened: OpenAccount, spec: NotificationSpec, events: Sequence[EventType]
    ) -> tuple[Sequence[int | None], tuple[str, ...]]:
        """The rows of the history, and what is to be said where the disk refuses them just now.

        The window says at start, and the History page says always, why nothing is kept at all.
        """
        if self._history is None:
            return [None] * len(events), ()
        request = spec.to_request()
        entries = [
            Beginning(
                account=opened.account.kept_as,
                environment=opened.account.environment.value,
                transport=spec.transport.value,
                destination=spec.destination.text,
                version=spec.version,
                events=tuple(request["EventTypes"]),
                event=event.value,
                request={"Notification": dict(request), "TestEventType": event.value},
            )
            for event in events
        ]
        try:
            return self._history.begin_all(entries, now=datetime.now(tz=UTC)), ()
        except ProblemError as error:
            return [None] * len(events), (f"This test is not in the history. {error.problem.title}",)

    def _finish(self, outcome: TestOutcome, seconds: float | None) -> None:
        if self._history is None or outcome.history_id is None:
            return
        # A disk that refuses is as in _begin: the test itself is not lost, it is in the window.
        self._history.complete_soon(outcome.history_id, partial(_ending, outcome, seconds))


def _ending(outcome: TestOutcome, seconds: float | None) -> Ending:
    states = {outcome.accepted.state, outcome.arrived.state, outcome.as_expected.state}
    word = Outcome.GOOD if outcome.is_good else Outcome.BAD if State.NO in states else Outcome.UNKNOWN
    return Ending(
        outcome=word,
        accepted=outcome.accepted,
        arrived=outcome.arrived,
        as_expected=outcome.as_expected,
        seconds=seconds if outcome.arrived.seconds is None else outcome.arrived.seconds,
        problem=outcome.problem,
        message=outcome.message.as_json() if outcome.message else None,
        raw=outcome.raw,
        answer=outcome.problem.answer.as_text() if outcome.problem else "",
    )


@dataclass
class _Send:
    """One event's way from the call to its verdict."""

    opened: OpenAccount
    spec: NotificationSpec
    event: EventType
    history_id: int | None
    unkept: tuple[str, ...]
    is_for_it_alone: bool
    turn: threading.Semaphore
    finish: Callable[[TestOutcome, float | None], None]
    progress: Callable[[Progress], None]
    stop: threading.Event

    def __post_init__(self) -> None:
        self._lost: Problem | None = None  # what came in the place of an answer that was lost
        self._called_at = 0.0
        self._outcome = TestOutcome(
            spec=self.spec,
            event=self.event,
            accepted=NOT_TRIED,
            arrived=NOT_TRIED,
            as_expected=NOT_TRIED,
            history_id=self.history_id,
            notes=self.unkept,
        )

    def tell(self, stage: Stage, deadline: float | None = None) -> None:
        self.progress(Progress(stage=stage, outcome=self._outcome, deadline=deadline))

    def run(self, watcher: Watcher | None, cannot_watch: Problem | None, wait_seconds: float) -> TestOutcome:
        began = time.perf_counter()
        try:
            with self.turn:
                began = time.perf_counter()
                if self.stop.is_set():
                    self._not_sent()
                else:
                    self._send(cannot_watch)
                self._called_at = time.perf_counter()
            if watcher is not None:
                watcher.called(self.event, is_lost=self._lost is not None)
            if self._outcome.accepted.state is State.YES or self._lost is not None:
                self._wait(watcher, cannot_watch, began, wait_seconds)
        finally:
            self.finish(self._outcome, time.perf_counter() - began)
        self.tell(Stage.DONE)
        return self._outcome

    def _send(self, cannot_watch: Problem | None) -> None:
        self.tell(Stage.SENDING)
        try:
            accepted = self.opened.requester.send_test_event(self.spec, self.event)
        except ProblemError as error:
            problem = explained(self.opened, self.spec.destination, error.problem, cannot_watch)
            if error.perhaps_done:
                self._lost = problem
                why = f"Whether it was taken is not known: no clear answer came. {error.problem.title}"
                self._outcome = replace(self._outcome, accepted=Lamp(state=State.UNKNOWN, detail=why), problem=problem)
                return
            self._not_known("Not waited for: the test was not accepted.")
            self._outcome = replace(self._outcome, accepted=Lamp(state=State.NO, detail=problem.title), problem=problem)
            return
        taken = (
            "The practice Mechanical Turk took the test." if self.opened.practice else "Mechanical Turk took the test."
        )
        self._outcome = replace(self._outcome, accepted=Lamp(state=State.YES, detail=taken, seconds=accepted.seconds))

    def _wait(self, watcher: Watcher | None, cannot_watch: Problem | None, began: float, wait_seconds: float) -> None:
        if self._lost is not None and self._lost.code == Code.GONE:
            gone = f"It cannot have arrived: {self._lost.title[0].lower()}{self._lost.title[1:]}"
            self._not_known("")
            self._outcome = replace(self._outcome, arrived=Lamp(state=State.NO, detail=gone))
            return
        if watcher is None:
            self._not_known("Not looked for.")
            return
        if cannot_watch is not None:
            self._not_known(f"It cannot be seen from here. {cannot_watch.title} {cannot_watch.detail}")
            self._outcome = replace(self._outcome, problem=self._lost or cannot_watch)
            return
        self._outcome = replace(self._outcome, notes=(*watcher.notes, *self.unkept))
        if watcher.cannot_watch_because:
            self._not_known(watcher.cannot_watch_because)
            self._outcome = replace(self._outcome, problem=self._lost or watcher.cannot_watch_problem)
            return
        deadline = self._called_at + wait_seconds
        if self._lost is not None and self._lost.code in _NO_WAY_IN:
            deadline = min(deadline, time.perf_counter() + NO_WAY_IN_SECONDS)
        self.tell(Stage.WAITING, deadline)
        found = look_for(watcher, self.event, deadline, began=began, called_at=self._called_at, stop=self.stop)
        if isinstance(found, Unseen):
            self._not_known(found.why)
            if found.problem is not None:
                self._outcome = replace(self._outcome, problem=self._lost or found.problem)
        elif found is not None:
            self._arrived(found, watcher, began)
        elif watcher.cannot_watch_problem is not None:
            self._not_known(watcher.unseen_detail())
            self._outcome = replace(self._outcome, problem=self._lost or watcher.cannot_watch_problem)
        elif watcher.is_full:
            self._not_known(watcher.unseen_detail())
            full = replace(_NOT_LOOKED, detail=watcher.unseen_detail(), remedy=_LESS_IN_IT)
            self._outcome = replace(self._outcome, problem=self._lost or full)
        elif wait_seconds < LEAST_WAIT_SECONDS or not self._was_looked_for(watcher):
            self._not_known("Not looked for long enough: the time was over before it could have been seen there.")
            self._outcome = replace(self._outcome, problem=self._lost or _NOT_LOOKED)
        elif self._lost is not None:
            self._not_known("")
            unseen = f"Not seen within {_seconds(deadline - began)} s. Perhaps it was never sent."
            self._outcome = replace(self._outcome, arrived=Lamp(state=State.NO, detail=unseen))
        else:
            self._outcome = replace(
                self._outcome,
                arrived=Lamp(state=State.NO, detail=f"Not seen within {_seconds(wait_seconds)} s."),
                as_expected=NOTHING_TO_LOOK_AT,
                problem=Problem(
                    title="The test was accepted, and was not seen to arrive.",
                    detail=watcher.unseen_detail(),
                    remedy="Try once more, with a longer wait. Stop other readers for the time of the test, if you "
                    "can.",
                    code="arrival.not-seen",
                    cause=Cause.DESTINATION,
                    remedies=(Remedy.TRY_AGAIN,),
                ),
            )

    def _was_looked_for(self, watcher: Watcher) -> bool:
        """Whether a whole look was made since the call ended."""
        return watcher.looked_from >= self._called_at

    def _arrived(self, arrival: Arrival, watcher: Watcher, began: float) -> None:
        """Show at once that it was seen, and say what became of the message when that is known."""
        self._outcome = replace(self._outcome, message=arrival.decoded, raw=arrival.raw)
        self._tell_of(arrival, watcher, began)
        removal = watcher.removal(self.event)
        if removal is not None:
            now = time.perf_counter()
            awaited(removal, now + GRACE_SECONDS, self.stop)
            if not removal.done():
                self.tell(Stage.REMOVING)
                awaited(removal, now + REMOVAL_SECONDS, self.stop)
            while watcher.may_change(self.event) and time.perf_counter() < now + REMOVAL_SECONDS:
                if self.stop.wait(LISTEN_SECONDS):
                    break
        self._tell_of(arrival, watcher, began, is_last_word=True)

    def _tell_of(self, arrival: Arrival, watcher: Watcher, began: float, *, is_last_word: bool = False) -> None:
        """Say what the message shows; where the answer was lost, nothing says that it is this test's."""
        verdict = compare(self.spec, self.event, arrival.decoded)
        detail = watcher.seen_detail(self.event, is_last_word=is_last_word)
        seen = watcher.seen_count(self.event)
        is_certain = self.is_for_it_alone or (self._lost is None and seen <= 1)
        self._outcome = replace(self._outcome, matching=seen, perhaps_not_yours=not is_certain)
        if self._lost is not None and self.is_for_it_alone:
            self._outcome = replace(self._outcome, accepted=_TAKEN_FOR_CERTAIN)
        elif self._lost is not None:
            messages = "A test message" if seen == 1 else counted(seen, "test message")
            came = f"{messages} of this event came: {detail[0].lower()}{detail[1:]} {_WHOSE}"
            of_it = Lamp(state=State.UNKNOWN, detail=f"Of the message that came: {verdict.detail}")
            self._outcome = replace(
                self._outcome, arrived=Lamp(state=State.UNKNOWN, detail=came), as_expected=of_it, problem=self._lost
            )
            return
        if not is_certain:
            detail += (
                f" {counted(seen, 'test message')} of this event came where one test was sent, and nothing in a "
                "message says who asked for it: some are perhaps not yours."
            )
        if verdict.state is State.NO and not is_certain:
            verdict = Lamp(state=State.UNKNOWN, detail=f"Of the message that came first: {verdict.detail}")
        problem: Problem | None = None
        were_asked_for = replace(self.spec, events=(*self.spec.events, self.event))
        if watcher.dead_end is not None and compare(were_asked_for, self.event, arrival.decoded).state is not State.NO:
            verdict, problem = watcher.dead_end  # says more than that it was not asked for
        elif verdict.state is State.NO:
            problem = _unexpected(verdict, is_subscribed=self.event in self.spec.events)
        self._outcome = replace(
            self._outcome,
            arrived=Lamp(state=State.YES, detail=detail, seconds=max(0.0, arrival.seen_at - began)),
            as_expected=verdict,
            problem=problem,
        )

    def _not_sent(self) -> None:
        self._not_known("Not waited for: the test was not sent.")
        not_sent = Lamp(state=State.UNKNOWN, detail="Not sent: you stopped before it was its turn.")
        self._outcome = replace(self._outcome, accepted=not_sent)

    def _not_known(self, why: str) -> None:
        self._outcome = replace(
            self._outcome,
            arrived=Lamp(state=State.UNKNOWN, detail=why),
            as_expected=NOTHING_TO_LOOK_AT,
        )


def _unexpected(verdict: Lamp, *, is_subscribed: bool) -> Problem:
    remedy = (
        "Look at the message that came; if it is right, the receiver is fine and this program should learn about it."
        if is_subscribed
        else "Add the event to those that you want to be told about, if you do, and send the test again."
    )
    return Problem(
        title="It arrived, and is not what was asked for." if is_subscribed else "It arrived, and is not subscribed.",
        detail=verdict.detail,
        remedy=remedy,
        code="arrival.unexpected" if is_subscribed else Code.NOT_SUBSCRIBED,
        cause=Cause.DESTINATION if is_subscribed else Cause.INPUT,
        remedies=(Remedy.TRY_AGAIN,) if is_subscribed else (Remedy.ADD_EVENT,),
    )


def _seconds(seconds: float) -> str:
    return f"{seconds:.0f}" if seconds >= 1 else f"{seconds:.1g}"


_TAKEN_AFTER_ALL = Lamp(
    state=State.YES, detail="You said that it arrived, so it was taken, though the answer was lost."
)

_TAKEN_FOR_CERTAIN = Lamp(
    state=State.YES, detail="It came into a place made for it alone, so it was taken, though the answer was lost."
)

_WHOSE = (
    "Mechanical Turk's answer was lost, and nothing in a message says who asked for it, so whether it is yours is not "
    "known."
)

_NOT_LOOKED = Problem(
    title="The test was accepted, and whether it arrived is not known.",
    detail="The time to wait was over before the place could be looked at as a whole, so the test may well be there.",
    remedy="Try once more, with a longer wait.",
    code="arrival.not-looked",
    cause=Cause.DESTINATION,
    remedies=(Remedy.TRY_AGAIN,),
)

_LESS_IN_IT = "Take out of the queue what nobody needs, or try a throw-away queue, and test once more."

_NO_MAIL = Problem(
    title="The e-mail did not come.",
    detail="Mechanical Turk took the test. On the way to you it may have been held back by a filter, or not been "
    "sent at all: Amazon's reference no longer lists e-mail as a way to be told.",
    remedy="Look into the spam folder, ask your mail administrator about mturk-noreply@amazon.com, or use a queue.",
    code="arrival.no-mail",
    cause=Cause.DESTINATION,
    remedies=(Remedy.TRY_AGAIN,),
)
