# SPDX-License-Identifier: MIT
"""However much news comes from another thread, the window hears of it at once and a few times at most."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from notification_tester.qt.background import Batcher

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytestqt.qtbot import QtBot

    from notification_tester.qt.background import Tasks

NUMBER = 10_000


def test_all_news_comes_once_in_order_and_on_the_main_thread(tasks: Tasks, qtbot: QtBot) -> None:
    heard: list[int] = []
    threads: set[int] = set()
    times = 0

    def hear(news: Sequence[int]) -> None:
        nonlocal times
        times += 1
        heard.extend(news)
        threads.add(threading.get_ident())

    batcher = Batcher(tasks, hear)

    def work() -> None:
        for number in range(NUMBER):
            batcher.add(number)

    worker = threading.Thread(target=work)
    worker.start()
    worker.join()
    qtbot.waitUntil(lambda: len(heard) == NUMBER)
    assert heard == list(range(NUMBER))
    assert threads == {threading.get_ident()}
    assert times == 1, "nothing was heard while the main thread had other things to do"
