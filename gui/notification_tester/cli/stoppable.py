# SPDX-License-Identifier: MIT
"""Work that a person ends with Ctrl-C and a service manager with SIGTERM, and that still tells what it did."""

from __future__ import annotations

import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, TypeVar

from notification_tester.cli.output import say

if TYPE_CHECKING:
    from collections.abc import Callable

Value = TypeVar("Value")

WAKE_SECONDS = 0.2


QUIET_SECONDS = 5.0


class Patience:
    """Says, once for each wait, that nothing comes, so that a service that asks to wait without end is not silence."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock  # in seconds
        self._heard_at = clock()
        self._so_far = 0
        self._is_said = False

    def hear(self, so_far: int) -> None:
        """Hear how much has come; from any thread."""
        if so_far != self._so_far:
            self._so_far, self._heard_at, self._is_said = so_far, self._clock(), False

    def look(self) -> None:
        """Say it, where it is time."""
        if not self._is_said and self._clock() - self._heard_at >= QUIET_SECONDS:
            self._is_said = True
            say(
                f"Nothing has come from Mechanical Turk for {QUIET_SECONDS:.0f} seconds: it asks to wait, or does not "
                "answer. It is asked again by itself; Ctrl-C ends it.\n"
            )


def until_stopped(
    work: Callable[[threading.Event], Value],
    *,
    seconds: float | None = None,
    look: Callable[[], None] = lambda: None,
) -> Value:
    """Call ``work`` on a thread of its own, so that Ctrl-C ends the waiting and not a call; its value.

    ``work`` gets what is set when it is to end: by a person, or because ``seconds`` are over. ``look`` is called
    several times a second meanwhile.
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
                look()
        except KeyboardInterrupt:
            pass  # the way in which a person says that it is enough
        finally:
            stop.set()
            signal.signal(signal.SIGTERM, before)
        return working.result()
