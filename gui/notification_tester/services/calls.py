# SPDX-License-Identifier: MIT
"""The calls of a checkup, side by side, each with its answer or the Problem that it met, and who waits for which.

What is to be found out is written as a strand: a generator that hands out what it waits for and goes on once that is
there, so that it reads from top to bottom, and waits for nothing but what it needs itself. All strands go on in the
thread of the checkup; only the calls run elsewhere.
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from notification_tester.domain.problem import Problem, ProblemError

if TYPE_CHECKING:
    from collections.abc import Callable

Answer = TypeVar("Answer")

Strand: TypeAlias = Generator[Future[Any], None, Answer]
"""Yields each future that it waits for, and returns what it found out."""

SIDE_BY_SIDE = 96
"""Calls at the same time at most: more than there is ever to ask."""

LISTEN_SECONDS = 0.05
"""How soon Cancel is noticed."""


class StoppedError(Exception):
    """The person has had enough."""


class Calls:
    """Calls that run side by side, and the strands that wait for them."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._news = threading.Event()
        self._pool = ThreadPoolExecutor(max_workers=SIDE_BY_SIDE, thread_name_prefix="checkup")
        self._waiting: list[tuple[Strand[Any], Future[Any], Future[Any]]] = []

    def ask(self, call: Callable[[], Answer]) -> Future[Answer | Problem]:
        """Begin one call; it becomes its answer, or the Problem that it met."""
        asked = self._pool.submit(_answer_or_problem, call)
        asked.add_done_callback(lambda _: self._news.set())
        return asked

    def begin(self, strand: Strand[Answer]) -> Future[Answer]:
        """Follow a strand as far as it goes now; what it will return can be waited for by others."""
        over: Future[Answer] = Future()
        self._go_on(strand, over)
        return over

    def run(self) -> None:
        """Follow every strand to its end. Raises StoppedError as soon as the person stops."""
        while self._waiting:
            ready = [one for one in self._waiting if one[2].done()]
            if not ready:
                self._wait_for_news()
            for one in ready:
                self._waiting.remove(one)
                self._go_on(one[0], one[1])

    def close(self) -> None:
        """Begin nothing more; what is under way ends by itself and is not waited for."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _go_on(self, strand: Strand[Answer], over: Future[Answer]) -> None:
        try:
            while (awaited := next(strand)).done():
                pass
        except StopIteration as end:
            over.set_result(end.value)
        else:
            self._waiting.append((strand, over, awaited))

    def _wait_for_news(self) -> None:
        while not self._stop.is_set():
            if self._news.wait(LISTEN_SECONDS):
                self._news.clear()
                return
        raise StoppedError


def _answer_or_problem(call: Callable[[], Answer]) -> Answer | Problem:
    try:
        return call()
    except ProblemError as error:
        return error.problem
