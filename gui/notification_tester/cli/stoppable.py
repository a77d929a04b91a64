# SPDX-License-Identifier: MIT
"""Work that a person ends with Ctrl-C and a service manager with SIGTERM, and that still tells what it did."""

from __future__ import annotations

import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Value = TypeVar("Value")

WAKE_SECONDS = 0.2


def until_stopped(work: Callable[[threading.Event], Value], *, seconds: float | None = None) -> Value:
    """Call ``work`` on a thread of its own, so that Ctrl-C ends the waiting and not a call; its value.

    ``work`` gets what is set when it is to end: by a person, or because ``seconds`` are over.
    """
    stop = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with ThreadPoolExecutor(1, thread_name_prefix="command") as thread:
        working = thread.submit(work, stop)
        deadline = None if seconds is None else time.monotonic() + seconds
        try:
            while not (working.done() or stop.is_set()) and (deadline is None or time.monotonic() < deadline):
                # Short, because on Windows a wait without an end cannot be interrupted.
                wait([working], timeout=WAKE_SECONDS)
        except KeyboardInterrupt:
            pass  # the way in which a person says that it is enough
        finally:
            stop.set()
            signal.signal(signal.SIGTERM, before)
        return working.result()
