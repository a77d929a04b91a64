# SPDX-License-Identifier: MIT
"""The calls of a checkup, side by side, each with its answer or the Problem that it met, and what is made of them.

Every call, and everything that is to be found out of calls, has a thread of its own, so what is to be found out reads
from top to bottom, and waits for nothing but the answers that it needs itself.
"""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, TypeVar

from notification_tester.domain.problem import Problem, ProblemError

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator, Sequence

Answer = TypeVar("Answer")

SIDE_BY_SIDE = 128
"""Threads at most: more than there is ever to ask and to wait for."""

LISTEN_SECONDS = 0.05
"""How soon Cancel is noticed."""


class CheckupStoppedError(Exception):
    """The person has had enough."""


class Calls:
    """Calls that run side by side, and what waits for them."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._pool = ThreadPoolExecutor(max_workers=SIDE_BY_SIDE, thread_name_prefix="checkup")

    def ask(self, call: Callable[[], Answer]) -> Future[Answer | Problem]:
        """Begin one call; it becomes its answer, or the Problem that it met."""
        return self._pool.submit(answer_or_problem, call)

    def begin(self, work: Callable[[], Answer]) -> Future[Answer]:
        """Begin to find out what has to wait for calls; others can wait for it in turn."""
        return self._pool.submit(work)

    def each_answer(self, begun: Sequence[Future[Answer]]) -> Iterator[tuple[int, Answer]]:
        """What each of ``begun`` found out, with its place among them, as soon as it is there.

        Raises CheckupStoppedError as soon as the person stops, and what went wrong where that was a bug.
        """
        open_ones = {future: place for place, future in enumerate(begun)}
        while open_ones:
            over, _ = wait(open_ones, timeout=LISTEN_SECONDS, return_when=FIRST_COMPLETED)
            if self._stop.is_set():
                raise CheckupStoppedError
            for future in sorted(over, key=open_ones.__getitem__):
                yield open_ones.pop(future), future.result()

    def close(self) -> None:
        """Begin nothing more; what is under way ends by itself and is not waited for."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def answer_or_problem(call: Callable[[], Answer]) -> Answer | Problem:
    """Make a call and wait for it: its answer, or the Problem that it met."""
    try:
        return call()
    except ProblemError as error:
        return error.problem
