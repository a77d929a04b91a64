# SPDX-License-Identifier: MIT
"""Sends what the form asks for, one request at a time, and brings its outcome in one signal."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from notification_tester.qt.background import in_next_turn
from notification_tester.qt.sending.form import TestRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from notification_tester.domain.delivery import TestOutcome
    from notification_tester.domain.events import EventType
    from notification_tester.domain.problem import Problem
    from notification_tester.domain.smtp import SmtpSettings
    from notification_tester.qt.sending.delivery_form import DeliveryOrder
    from notification_tester.qt.session import Program
    from notification_tester.services.accounts import OpenAccount
    from notification_tester.services.hit_types.bulk_types import HitTypeRow
    from notification_tester.services.sending.deliver import Delivered, Deliveries, DeliveryProgress
    from notification_tester.services.sending.test_send import Progress
    from notification_tester.services.session import Session

ABANDON_MILLISECONDS = 500
"""How long a call may still take after Cancel before the window goes on without its answer."""


@dataclass(frozen=True, kw_only=True)
class TestAnswer:
    """What came of a request: an outcome of each of its events, or the problem for which nothing could begin.

    ``delivered`` is what came of an order to this computer, each message with the number of its request. Without
    anything the account was left before it was sent.
    """

    __test__ = False  # not a test class of pytest's

    request: TestRequest | DeliveryOrder
    outcomes: tuple[TestOutcome, ...] = ()
    delivered: tuple[tuple[int, int, Delivered], ...] = ()
    problem: Problem | None = None

    @property
    def is_good(self) -> bool:
        """Whether nothing went wrong."""
        return (
            self.problem is None
            and all(one.is_good for one in self.outcomes)
            and all(one.is_good for *_, one in self.delivered)
        )


def _hit_types_of_hits(opened: OpenAccount, session: Session) -> Sequence[HitTypeRow]:
    session.hit_types.refresh(opened, progress=lambda _: None, stop=threading.Event())
    return session.hit_types.rows(opened)


@dataclass
class _Running:
    """A request that is under way, and what is known of it so far."""

    request: TestRequest | DeliveryOrder
    opened: OpenAccount
    stop: threading.Event = field(default_factory=threading.Event)
    latest: dict[EventType, TestOutcome] = field(default_factory=dict)
    delivered: dict[tuple[int, int], Delivered] = field(default_factory=dict)
    over: set[EventType | tuple[int, int]] = field(default_factory=set)
    is_sent: bool = False


class SendingController(QObject):
    """Works for the account that is open when a request comes; what is under way is cancelled when that is left."""

    begun = Signal(object)  # TestRequest or DeliveryOrder
    progress = Signal(object)  # Progress of one event
    delivery_progress = Signal(int, object)  # the number of a request in its order, and DeliveryProgress of a message
    went_on = Signal(float)  # how much of a request with several parts is done, from 0 to 1
    finished = Signal(object)  # TestAnswer
    completed = Signal(object, object)  # the TestOutcome or Delivered of an e-mail before and after a person's word

    hit_types_found = Signal(object, bool)  # sequence of HitTypeRow, and whether these are all

    def __init__(self, program: Program, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._program = program
        self._running: _Running | None = None
        program.opening.connect(self._drop_unsent)
        program.left.connect(self.cancel)
        program.closing.connect(self._close)

    @property
    def is_testing(self) -> bool:
        """Whether a request is under way."""
        return self._running is not None

    def send(self, request: TestRequest | DeliveryOrder) -> None:
        """Send what was asked for; ignored while another request is under way, or before an account is open."""
        opened = self._program.current
        if opened is None or self.is_testing:
            return
        self._running = running = _Running(request, opened)
        self._program.look_after_practice(False)
        self.begun.emit(request)
        # Once it is seen that it waits: the threads of the calls would hold up the painting.
        in_next_turn(self, partial(self._start, running))

    def cancel(self) -> None:
        """Stop waiting for what was sent."""
        running = self._running
        if running is not None:
            running.stop.set()
            QTimer.singleShot(ABANDON_MILLISECONDS, self, partial(self._abandon, running))

    def take_word(self, sent: TestOutcome | Delivered, arrived: bool) -> None:
        """Take the person's word for whether an e-mail arrived; answered by ``completed``."""

        def asked(session: Session) -> TestOutcome | Delivered:
            if isinstance(sent, TestOutcome):
                return session.tests.answer_for(sent, arrived=arrived)
            return session.deliveries.answer_for(sent, arrived=arrived)

        def answered(completed: TestOutcome | Delivered) -> None:
            self._record_changed(completed.history_id)
            show(completed)

        from notification_tester.domain.delivery import TestOutcome

        show = self._program.while_here(partial(self.completed.emit, sent))
        self._program.ask(asked, done=answered, failed=self._program.notice.emit)

    def forget_password(self, settings: SmtpSettings, *, done: Callable[[], None]) -> None:
        """Take the password for a mail server out of the keyring; why that was not possible is said in the window."""
        self._program.ask(
            lambda session: session.deliveries.forget_password(settings),
            done=lambda _: done(),
            failed=self._program.notice.emit,
        )

    def find_hit_types(self) -> None:
        """Tell by ``hit_types_found`` which HIT types the account has: those known at once, else from its HITs."""
        opened = self._program.current
        if opened is None:
            return
        found, failed = self._program.while_here, self._program.while_here(self._program.notice.emit)

        def known(rows: Sequence[HitTypeRow]) -> None:
            self.hit_types_found.emit(rows, bool(rows))
            if not rows:
                all_of_them = found(partial(self._tell_hit_types, True))
                self._program.ask(partial(_hit_types_of_hits, opened), done=all_of_them, failed=failed)

        self._program.ask(lambda session: session.hit_types.rows(opened), done=found(known), failed=failed)

    def _tell_hit_types(self, is_complete: bool, rows: Sequence[HitTypeRow]) -> None:
        self.hit_types_found.emit(rows, is_complete)

    def _start(self, running: _Running) -> None:
        session = self._program.session
        if session is None or self._running is not running:
            return
        running.is_sent = True
        if isinstance(running.request, TestRequest):
            from notification_tester.domain.delivery import not_tried

            request = running.request
            running.latest = {event: not_tried(request.spec, event) for event in request.events}
            self._program.tasks.run(
                partial(self._test, session, running, request),
                done=lambda outcomes: self._end(running, TestAnswer(request=request, outcomes=outcomes)),
                failed=lambda problem: self._end(running, TestAnswer(request=request, problem=problem)),
            )
        else:
            order = running.request
            self._program.tasks.run(
                partial(self._deliver, session, running, order),
                done=lambda delivered: self._end(running, TestAnswer(request=order, delivered=delivered)),
                failed=lambda problem: self._end(running, self._as_far_as_it_came(running, problem)),
            )

    def _test(self, session: Session, running: _Running, request: TestRequest) -> tuple[TestOutcome, ...]:
        """On another thread."""
        stop = running.stop
        ready = session.accounts.ready(running.opened)
        tell = partial(self._tell, running)
        if request.is_throwaway:
            (event,) = request.events
            return (session.throwaway.run(ready, request.spec, event, request.options, progress=tell, stop=stop),)
        return session.tests.run(ready, request.spec, request.events, request.options, progress=tell, stop=stop)

    def _deliver(
        self, session: Session, running: _Running, order: DeliveryOrder
    ) -> tuple[tuple[int, int, Delivered], ...]:
        """On another thread."""
        deliveries = session.deliveries
        ready = session.accounts.ready(running.opened)
        answers: list[tuple[int, int, Delivered]] = []
        for number, request in enumerate(order.requests):
            if number and running.stop.is_set():
                break
            delivered = deliveries.run(
                ready, request, progress=partial(self._tell_delivery, running, number), stop=running.stop
            )
            answers += [(number, place, one) for place, one in enumerate(delivered)]
        self._keep_password(deliveries, order, answers)
        return tuple(answers)

    def _keep_password(
        self, deliveries: Deliveries, order: DeliveryOrder, answers: Sequence[tuple[int, int, Delivered]]
    ) -> None:
        """Keep the password of a mail server that took it; that it cannot be kept is said, and harms nothing."""
        from notification_tester.domain.delivery import State
        from notification_tester.domain.problem import ProblemError

        smtp = order.requests[0].smtp
        is_right = any(one.accepted.state is State.YES for *_, one in answers)
        if smtp is None or not smtp.password or not order.keeps_password or not is_right:
            return
        try:
            deliveries.keep_password(smtp)
        except ProblemError as error:
            self._program.tasks.on_main_thread(partial(self._program.notice.emit, error.problem))

    def _tell_delivery(self, running: _Running, number: int, news: DeliveryProgress) -> None:
        self._program.tasks.on_main_thread(partial(self._delivery_progressed, running, number, news))

    def _delivery_progressed(self, running: _Running, number: int, news: DeliveryProgress) -> None:
        self._record_changed(news.delivered.history_id)
        if self._running is running:
            running.delivered[number, news.number] = news.delivered
            self.delivery_progress.emit(number, news)
            self._count(running, (number, news.number), news)

    def _as_far_as_it_came(self, running: _Running, problem: Problem | None) -> TestAnswer:
        """An order that could not go on, or was abandoned: what is known of its messages stays."""
        delivered = tuple((*key, one) for key, one in running.delivered.items())
        return TestAnswer(request=running.request, delivered=delivered, problem=problem)

    def _tell(self, running: _Running, news: Progress) -> None:
        self._program.tasks.on_main_thread(partial(self._progressed, running, news))

    def _progressed(self, running: _Running, news: Progress) -> None:
        self._record_changed(news.outcome.history_id)
        if self._running is running:  # one that was abandoned may go on for a while
            running.latest[news.outcome.event] = news.outcome
            self.progress.emit(news)
            self._count(running, news.outcome.event, news)

    def _count(self, running: _Running, part: EventType | tuple[int, int], news: Progress | DeliveryProgress) -> None:
        """Tell how far a request with several parts is; a part more may have ended."""
        from notification_tester.services.sending.test_send import Progress, Stage

        if news.stage is Stage.DONE:
            running.over.add(part)
        if isinstance(news, Progress):
            parts = len(running.latest)
        else:  # each request of an order makes as many messages
            requests = 1 if isinstance(running.request, TestRequest) else len(running.request.requests)
            parts = news.count * requests
        if parts > 1:
            self.went_on.emit(len(running.over) / parts)

    def _abandon(self, running: _Running) -> None:
        """Answer for a call that does not return; the history hears of its end from the call itself, if it ends."""
        if self._running is running and running.delivered:
            self._end(running, self._as_far_as_it_came(running, None))
        elif self._running is running:
            from notification_tester.domain.delivery import abandoned

            outcomes = tuple(abandoned(outcome) for outcome in running.latest.values())
            self._end(running, TestAnswer(request=running.request, outcomes=outcomes))

    def _drop_unsent(self) -> None:
        """An account is being opened, perhaps this one once more: what was not sent yet is not sent."""
        running = self._running
        if running is not None and not running.is_sent:
            self._end(running, TestAnswer(request=running.request))

    def _end(self, running: _Running, answer: TestAnswer) -> None:
        if self._running is not running:
            return  # it was abandoned
        self._running = None
        self._program.look_after_practice(True)
        self._program.show_notices()
        for outcome in answer.outcomes:
            self._record_changed(outcome.history_id)
        for *_, delivered in answer.delivered:
            self._record_changed(delivered.history_id)
        self.finished.emit(answer)

    def _record_changed(self, row: int | None) -> None:
        if row is not None:
            self._program.recorded.emit(row)

    def _close(self) -> None:
        if self._running is not None:
            self._running.stop.set()
