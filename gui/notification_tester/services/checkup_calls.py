# SPDX-License-Identifier: MIT
"""The calls of a checkup, side by side, each with its answer or the Problem that it met."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from typing import TYPE_CHECKING, TypeVar

from notification_tester.domain.problem import Problem, ProblemError

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

Answer = TypeVar("Answer")

SIDE_BY_SIDE = 48
"""Calls at the same time at most: more than there is ever to ask."""

LISTEN_SECONDS = 0.05
"""How soon Cancel is noticed."""


class StoppedError(Exception):
    """The person has had enough."""


class Calls:
    """Calls that run side by side; each becomes its answer, or the Problem that it met."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._pool = ThreadPoolExecutor(max_workers=SIDE_BY_SIDE, thread_name_prefix="checkup")

    def ask(self, call: Callable[[], Answer]) -> Future[Answer | Problem]:
        """Begin one call."""
        return self._pool.submit(_answer_or_problem, call)

    def wait(self, future: Future[Answer]) -> Answer:
        """Wait for it, unless the person stops. Raises StoppedError."""
        while not self._stop.is_set():
            try:
                return future.result(timeout=LISTEN_SECONDS)
            except NotYet:
                if future.done():
                    raise
        raise StoppedError

    def close(self) -> None:
        """Begin nothing more; what is under way ends by itself and is not waited for."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _answer_or_problem(call: Callable[[], Answer]) -> Answer | Problem:
    try:
        return call()
    except ProblemError as error:
        return error.problem
