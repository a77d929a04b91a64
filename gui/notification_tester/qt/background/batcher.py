# SPDX-License-Identifier: MIT
"""Reports of another thread in batches: however fast they come, the window hears of them a few times at most."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from notification_tester.qt.background.tasks import Tasks

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
