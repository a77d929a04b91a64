# SPDX-License-Identifier: MIT
"""Writing in the background, so that a person who waits for something else need not wait for the disk too."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Generic, TypeVar

from notification_tester.domain.problem import ProblemError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Item = TypeVar("Item")


class WrittenLater(Generic[Item]):
    """Hands items to ``write`` in their order, all that have come together at once. Safe to call from any thread.

    A ProblemError of ``write`` is a disk that refuses: those items are given up.
    """

    def __init__(self, write: Callable[[Sequence[Item]], None], *, name: str) -> None:
        self._write = write
        self._name = name
        self._lock = threading.Lock()
        self._thread: ThreadPoolExecutor | None = None
        self._waiting: list[Item] = []
        self._is_writing = False
        self._runs: list[Future[None]] = []

    def add(self, item: Item) -> None:
        """Hand it over."""
        with self._lock:
            self._waiting.append(item)
            if self._is_writing:
                return  # it goes with the next ones
            if self._thread is None:
                self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=self._name)
            self._is_writing = True
            unsettled = [one for one in self._runs if not one.done() or one.exception() is not None]
            self._runs = [*unsettled, self._thread.submit(self._write_what_waits)]

    def write_out(self) -> None:
        """Wait until everything that was handed over is written; raises what went wrong where that was a bug."""
        with self._lock:
            runs = self._runs
        wait(runs)  # also for those after one that went wrong
        for run in runs:
            run.result()

    def close(self) -> None:
        """Settle, and end the background; it begins again where it is needed again."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            thread.shutdown()
        self.write_out()

    def _write_what_waits(self) -> None:
        bugs: list[BaseException] = []
        while some := self._take():
            if self._bug_in(some) is not None:  # in one of them: the others are written all the same
                bugs += [bug for one in some if (bug := self._bug_in([one])) is not None]
        if bugs:
            raise bugs[0]

    def _take(self) -> list[Item]:
        with self._lock:
            some, self._waiting = self._waiting, []
            self._is_writing = bool(some)
        return some

    def _bug_in(self, some: Sequence[Item]) -> BaseException | None:
        try:
            self._write(some)
        except ProblemError:
            return None
        except BaseException as bug:  # noqa: BLE001 - raised again once the others are written
            return bug
        return None
