# SPDX-License-Identifier: MIT
"""The only way off the main thread; reports from there in batches; and one thing after the other, in turns.

``tasks.run(partial(send, spec), done=self.show, failed=self.problem)`` calls ``send`` on a worker thread and answers
on the main thread, always: with ``done`` and its value, with ``failed`` and a Problem for a known condition, or, for
a bug of ours, with ``failed`` and a Problem that says so, after the crash report was offered.
"""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from notification_tester.domain.problem import Cause, Problem, ProblemError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import ThreadPoolExecutor

Value = TypeVar("Value")

THREADS = 16
"""Enough for every event of one sweep to be watched at once, with room for a question of another page."""


class Tasks(QObject):
    """Runs blocking work elsewhere and brings the answer home."""

    _finished = Signal(object)
    busy_changed = Signal(bool)
    crashed = Signal(object)  # the exception of a bug of ours

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool: ThreadPoolExecutor | None = None
        self._under_way = 0
        self._closing = threading.Event()
        self._finished.connect(self._answer)  # emitted on other threads only, so Qt queues it

    @property
    def is_busy(self) -> bool:
        """Whether any task has not answered yet."""
        return self._under_way > 0

    def run(
        self,
        work: Callable[[], Value],
        *,
        done: Callable[[Value], None],
        failed: Callable[[Problem], None],
    ) -> None:
        """Call ``work`` on a worker thread; answer with ``done(value)`` or ``failed(problem)`` on the main thread."""
        if self._closing.is_set():
            return
        self._under_way += 1
        if self._under_way == 1:
            self.busy_changed.emit(True)

        def call() -> None:
            answer: Callable[[], None]
            try:
                value = work()
            except ProblemError as error:
                answer = partial(failed, error.problem)
            except BaseException as error:  # noqa: BLE001 - whatever it is, the person's window must get an answer
                answer = partial(self._report, error, failed)
            else:
                answer = partial(done, value)
            if not self._closing.is_set():
                self._finished.emit(answer)

        if self._pool is None:
            from concurrent.futures import ThreadPoolExecutor

            self._pool = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="task")
        self._pool.submit(call)

    def on_main_thread(self, call: Callable[[], None]) -> None:
        """Have ``call`` called on the main thread soon; for progress reports out of a running task."""
        if self._closing.is_set():
            return
        if threading.current_thread() is threading.main_thread():
            QTimer.singleShot(0, self, call)
        else:
            self._finished.emit(_Notice(call))

    def close(self) -> None:
        """Take no more work and forget what has not begun; what runs is waited for."""
        self._closing.set()
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def _report(self, bug: BaseException, failed: Callable[[Problem], None]) -> None:
        self.crashed.emit(bug)
        failed(
            Problem(
                title="The program made a mistake.",
                detail=f"Something happened that it was not made for ({type(bug).__name__}).",
                remedy="Nothing of yours is lost. Please try again; if it happens again, send the report.",
                code="program.bug",
                cause=Cause.PROGRAM,
            )
        )

    @Slot(object)
    def _answer(self, answer: Callable[[], None]) -> None:
        if isinstance(answer, _Notice):
            answer()
            return
        self._under_way -= 1
        if self._under_way == 0:
            self.busy_changed.emit(False)
        answer()


class _Notice:
    """A progress report: it ends no task."""

    def __init__(self, call: Callable[[], None]) -> None:
        self._call = call

    def __call__(self) -> None:
        self._call()


News = TypeVar("News")


class Batcher(Generic[News]):
    """Calls ``tell`` on the main thread with everything that came since the last time."""

    def __init__(self, tasks: Tasks, tell: Callable[[Sequence[News]], None]) -> None:
        self._tasks = tasks
        self._tell = tell
        self._lock = threading.Lock()
        self._news: list[News] = []

    def add(self, news: News) -> None:
        """Take one report; from any thread."""
        with self._lock:
            self._news.append(news)
            is_first = len(self._news) == 1
        if is_first:
            self._tasks.on_main_thread(self._hand_over)

    def _hand_over(self) -> None:
        with self._lock:
            news, self._news = self._news, []
        self._tell(news)


def in_next_turn(receiver: QObject, step: Callable[[], object]) -> None:
    """Call ``step`` once Qt has laid out and painted what is new, and taken what a person did meanwhile.

    Forgotten with ``receiver``. A timer of no time would not do: Qt makes a queued call of it, which comes before all
    of that, and many of them are one long turn. Seen on two cores: with it the longest pause while an account is opened
    was 56 ms in place of 26, and of a test of every event 47 in place of 30 (medians of five starts).
    """
    QTimer.singleShot(1, receiver, step)
