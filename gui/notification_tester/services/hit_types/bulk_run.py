# SPDX-License-Identifier: MIT
"""One run over many HIT types: each line in the record before its call, each answer in the record after it.

The thread that asked for the run plans, records and reports; a few others do nothing but call. Only what is about to be
called is planned, about half a second of work at a time, so that a crash leaves few lines of which nothing is known.

The first call goes out alone: keys that are wrong and a service that is closed are found out by one failure rather than
by ten thousand. Where the service asks to slow down nothing fails: the call is made again until it is taken or the run
is stopped. Everything that waits hears of Cancel; a call that is under way then is left to itself, and whoever makes it
still records its answer.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from notification_tester.domain.problem import Cause, Problem, ProblemError
from notification_tester.domain.setting import Change, LineState, takes_effect_within
from notification_tester.services.hit_types.bulk_types import BulkOutcome, BulkProgress, BulkResult
from notification_tester.services.hit_types.pace import Pace, back_off
from notification_tester.services.hit_types.refusals import (
    CANCELLED,
    NO_ANSWER_YET,
    STOPPED,
    explained,
    is_passing,
    no_answer_yet,
    not_known,
    not_written,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from notification_tester.aws.requester import Requester
    from notification_tester.domain.hit_type import HitTypeId
    from notification_tester.services.hit_types.record import Answer, SettingRecord

THREADS = 8
TRIES = 5
"""How often a call is made that meets trouble of the service's own, or no answer."""

BATCH = 250
"""The most lines that are planned at a time."""

_TICK = 0.04  # seconds
_RECORD_EVERY = 0.25
_REPORT_EVERY = 0.1
_AHEAD = 0.5
_GRACE = 0.4  # for answers that are nearly there when the run is stopped
_RATE_OVER = 3.0

_SAME_FOR_ALL = frozenset(
    {
        Cause.KEYS,
        Cause.PERMISSION,
        Cause.NOT_LINKED,
        Cause.CLOCK,
        Cause.UNREACHABLE,
        Cause.NO_NETWORK,
        Cause.PROGRAM,
    }
)


@dataclass(eq=False)
class _Job:
    """One change, its line in the record, and what became of it; no state means that it was not sent."""

    change: Change
    line: int
    state: LineState | None = None
    problem: Problem | None = None

    @property
    def result(self) -> BulkResult:
        return BulkResult(
            hit_type_id=self.change.hit_type_id, state=self.state or LineState.UNKNOWN, problem=self.problem
        )


@dataclass(eq=False)
class BulkRun:
    """One run, to be used once. ``changes`` has each HIT type at most once."""

    requester: Requester
    record: SettingRecord
    changes: Sequence[Change]
    progress: Callable[[BulkProgress], None]
    stop: threading.Event
    pace: Pace = field(default_factory=Pace)

    def __post_init__(self) -> None:
        self._ending = threading.Event()
        self._wake = threading.Event()
        self._ready: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._ended: deque[_Job] = deque()
        self._under_way: dict[int, _Job] = {}
        self._to_record: list[Answer] = []
        self._finished: dict[HitTypeId, _Job] = {}
        self._failed = self._unknown = 0
        self._news: list[BulkResult] = []
        self._speeds: deque[tuple[float, int]] = deque()
        self._threads: list[threading.Thread] = []
        self._bug: BaseException | None = None
        self._stopped_by: Problem | None = None
        self._leaving = threading.Lock()
        self._has_left = False
        self.lines: list[int] = []
        """The ids of the record's lines that were planned, in their order."""

    def run(self) -> BulkOutcome:
        """Carry all of it out, or as much as was possible. A change that failed is a result, not an exception.

        Raises ProblemError (cause STORAGE) where not even the first line could be written.
        """
        began = last_recorded = last_reported = time.perf_counter()
        upcoming = deque(self.changes)
        first_took = 0.0
        self._plan(upcoming, 1)
        self._start_threads(1)
        try:
            while not self._ending.is_set() and (upcoming or self._under_way or self._ended):
                self._wake.wait(_TICK)
                self._wake.clear()
                self._collect()
                if self.stop.is_set() or self._ending.is_set():
                    break
                now = time.perf_counter()
                if self._finished and upcoming:
                    first_took = first_took or now - began
                    self._start_threads(min(THREADS, len(self.changes)))
                    self._plan_ahead(upcoming, self._rate(now) or THREADS / first_took)
                if now - last_recorded >= _RECORD_EVERY:
                    self._write_answers()
                    last_recorded = now
                if now - last_reported >= _REPORT_EVERY:
                    self._report(now)
                    last_reported = now
        finally:
            not_begun = self._leave()
        if self._bug is not None:
            raise self._bug
        self._report(time.perf_counter())
        if self._stopped_by is None and self.stop.is_set() and self._is_cut_short():
            self._stopped_by = CANCELLED
        within = takes_effect_within(self.record.environment)
        return BulkOutcome(
            results=tuple(
                self._finished[one.hit_type_id].result for one in self.changes if one.hit_type_id in self._finished
            ),
            not_begun=not_begun,
            seconds=time.perf_counter() - began,
            stopped_by=self._stopped_by,
            takes_effect_by=datetime.now(tz=UTC) + within if within else None,
        )

    def _is_cut_short(self) -> bool:
        codes = [job.problem.code for job in self._finished.values() if job.problem is not None]
        return len(self._finished) < len(self.changes) or NO_ANSWER_YET in codes

    def is_calling(self) -> bool:
        """Whether a call is still under way that the run did not wait for."""
        return any(thread.is_alive() for thread in self._threads)

    def _start_threads(self, count: int) -> None:
        while len(self._threads) < count:
            # Daemons: a call that hangs must not keep the program from ending; its line then says "not known".
            thread = threading.Thread(target=self._work, name=f"bulk-{len(self._threads)}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _plan_ahead(self, upcoming: deque[Change], rate: float) -> None:
        wanted = int(min(BATCH, max(2 * THREADS, rate * _AHEAD)))
        if self._ready.qsize() <= wanted // 2:
            self._plan(upcoming, wanted)

    def _plan(self, upcoming: deque[Change], count: int) -> None:
        batch = [upcoming.popleft() for _ in range(min(count, len(upcoming)))]
        try:
            lines = self.record.plan(batch)
        except ProblemError as error:
            problem = not_written(error.problem)
            if not self._finished and not self._under_way:
                raise ProblemError(problem) from error
            self._end_because(problem)
            return
        self.lines += lines
        for change, line in zip(batch, lines, strict=True):
            job = _Job(change, line)
            self._under_way[id(job)] = job
            self._ready.put(job)

    def _collect(self) -> None:
        while self._ended:
            job = self._ended.popleft()
            del self._under_way[id(job)]
            if job.state is None:
                self._to_record.append((job.line, LineState.NOT_SENT, STOPPED))
                continue
            self._to_record.append((job.line, job.state, job.problem))
            self._finish(job)

    def _finish(self, job: _Job) -> None:
        self._finished[job.change.hit_type_id] = job
        self._failed += job.state is LineState.FAILED
        self._unknown += job.state is LineState.UNKNOWN
        self._news.append(job.result)

    def _write_answers(self) -> None:
        answers, self._to_record = self._to_record, []
        try:
            self.record.answer(answers)
        except ProblemError as error:
            lines = {line for line, _, _ in answers}
            for job in self._finished.values():
                if job.line in lines:  # the record cannot say how it went, so neither do we
                    self._failed -= job.state is LineState.FAILED
                    self._unknown += job.state is not LineState.UNKNOWN
                    job.state, job.problem = LineState.UNKNOWN, error.problem
            self._end_because(error.problem)

    def _leave(self) -> tuple[HitTypeId, ...]:
        """End the threads, record what is there to record, and tell which HIT types had no turn."""
        self._ending.set()
        while True:
            try:
                job = self._ready.get_nowait()
            except queue.Empty:
                break
            if job is not None:
                self._ended.append(job)
        for _ in self._threads:
            self._ready.put(None)
        deadline = time.perf_counter() + _GRACE
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.perf_counter()))
        with self._leaving:
            self._has_left = True
            self._collect()
            late = list(self._under_way.values())
        for job in late:  # whose thread will record the answer
            self._finish(_Job(job.change, -1, LineState.UNKNOWN, no_answer_yet(job.change.action)))
        self._write_answers()
        return tuple(one.hit_type_id for one in self.changes if one.hit_type_id not in self._finished)

    def _report(self, now: float) -> None:
        news, self._news = tuple(self._news), []
        self.progress(
            BulkProgress(
                done=len(self._finished),
                failed=self._failed,
                unknown=self._unknown,
                total=len(self.changes),
                rate=self._rate(now),
                newest=news,
                is_throttled=self.pace.is_throttled,
            )
        )

    def _rate(self, now: float) -> float:
        if not self._speeds or now - self._speeds[-1][0] >= _REPORT_EVERY:
            self._speeds.append((now, len(self._finished)))
        while len(self._speeds) > 2 and now - self._speeds[0][0] > _RATE_OVER:
            self._speeds.popleft()
        since, then = self._speeds[0]
        return (len(self._finished) - then) / (now - since) if now > since else 0.0

    # From here on: what the calling threads do.

    def _work(self) -> None:
        while (job := self._ready.get()) is not None:
            try:
                if not self._ending.is_set():
                    self._carry_out(job)
            except BaseException as error:  # noqa: BLE001 - raised again by the thread that waits for the run
                self._bug = error
                job.state, job.problem = LineState.UNKNOWN, no_answer_yet(job.change.action)
                self._ending.set()
            with self._leaving:
                if not self._has_left:
                    self._ended.append(job)
                    if self._ready.empty() or self._ending.is_set():
                        self._wake.set()
                    continue
            self._record_late(job)

    def _record_late(self, job: _Job) -> None:
        state, problem = (job.state, job.problem) if job.state is not None else (LineState.NOT_SENT, STOPPED)
        try:
            self.record.answer([(job.line, state, problem)])
        except ProblemError:
            return  # the line stays without an answer, which the record shows as "not known"

    def _carry_out(self, job: _Job) -> None:
        """Call until there is an answer that counts; what it was is written into ``job``.

        To repeat it does no harm, and yet a refusal says nothing of an earlier try whose answer was lost.
        """
        refusals = tries = 0
        perhaps_sent = False
        while self.pace.wait(self._ending):
            try:
                self.requester.update_notification_settings(
                    job.change.hit_type_id, spec=job.change.spec, active=job.change.active
                )
            except ProblemError as error:
                problem = error.problem
                perhaps_sent = perhaps_sent or error.perhaps_done
            else:
                self.pace.taken()
                job.state, job.problem = LineState.APPLIED, None
                return
            if problem.cause is Cause.SLOW_DOWN:
                self.pace.refused()
                pause = back_off(refusals, first=0.05, longest=2.0)
                refusals += 1
            else:
                self.pace.taken()
                tries += 1
                pause = back_off(tries, first=0.05, longest=5.0)
                job.state = LineState.UNKNOWN if perhaps_sent else LineState.FAILED
                job.problem = self._in_words_of(job, explained(job.change, problem))
                if not is_passing(problem) or tries >= TRIES:
                    self._give_up(job, problem)
                    return
            self._ending.wait(pause)

    def _give_up(self, job: _Job, problem: Problem) -> None:
        if problem.cause in _SAME_FOR_ALL:
            why = self.requester.in_detail(problem)
            job.problem = self._in_words_of(job, why)
            self._end_because(why)

    def _in_words_of(self, job: _Job, problem: Problem) -> Problem:
        return not_known(job.change.action, problem) if job.state is LineState.UNKNOWN else problem

    def _end_because(self, problem: Problem) -> None:
        """End the run; of several reasons at the same time the first is told."""
        with self._leaving:
            self._stopped_by = self._stopped_by or problem
        self._ending.set()
