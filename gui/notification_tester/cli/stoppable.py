# SPDX-License-Identifier: MIT
"""Ending early: by Ctrl-C, by a service manager (SIGTERM) or because the terminal was closed (SIGHUP).

Windows has Ctrl-Break beside Ctrl-C, and tells in the same way that its console is closed (SIGBREAK).

Whichever it is, what was lent is given back and what was made is removed; work that has something to tell tells it. A
signal that was ignored when the command began stays so, as ``nohup`` and ``&`` want it.
"""

from __future__ import annotations

import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from notification_tester.cli.output import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from notification_tester.domain.known_secrets import KnownSecrets
    from notification_tester.services.session import Session

Value = TypeVar("Value")

ENDINGS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name))
"""No system has all of them."""

WAKE_SECONDS = 0.2


QUIET_SECONDS = 5.0


class StoppedError(KeyboardInterrupt):
    """A signal asked the command to end; ``exit_code`` is what a shell calls that."""

    def __init__(self, number: int) -> None:
        self.exit_code = 128 + number


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Have a signal raise :class:`StoppedError` in the block, where nothing better is done about it."""
    with _handled(_raise):
        yield


@contextmanager
def session_for(secrets: KnownSecrets) -> Iterator[Session]:
    """Open the session of a command; once it is to be closed, signals no longer disturb that."""
    from notification_tester.services.session import Session

    with Session.for_command(secrets) as session:
        try:
            yield session
        finally:
            _handle(_nothing)


def _handle(handler: Callable[[int, FrameType | None], None]) -> dict[int, Any]:
    """Have signals handled so; what was done about them before."""
    if threading.current_thread() is not threading.main_thread():
        return {}  # Python lets nobody else
    heeded = [number for number in ENDINGS if signal.getsignal(number) not in {signal.SIG_IGN, None}]
    return {number: signal.signal(number, handler) for number in heeded}


@contextmanager
def _handled(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Have signals handled so in the block, and as before after it."""
    before = _handle(handler)
    try:
        yield
    finally:
        for number, handler_before in before.items():
            signal.signal(number, handler_before)


def _raise(number: int, frame: FrameType | None) -> NoReturn:
    del frame
    raise StoppedError(number)


def _nothing(number: int, frame: FrameType | None) -> None:
    """The command is ending already."""
    del number, frame


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
    """Call ``work`` on a thread of its own, so that a signal ends the waiting and not a call; its value.

    ``work`` gets what is set when it is to end: by a person, or because ``seconds`` are over. ``look`` is called
    several times a second meanwhile.
    """
    stop = threading.Event()
    asked: list[None] = []

    def end(*_: object) -> None:
        # A signal may come while another one sets the event, and would wait for ever for the lock that it holds.
        if not asked:
            asked.append(None)
            stop.set()

    with _handled(end), ThreadPoolExecutor(1, thread_name_prefix="command") as thread:
        working = thread.submit(work, stop)
        deadline = None if seconds is None else time.monotonic() + seconds
        try:
            while not (working.done() or stop.is_set()) and (deadline is None or time.monotonic() < deadline):
                # Short, because on Windows a wait without an end cannot be interrupted.
                wait([working], timeout=WAKE_SECONDS)
                look()
        finally:
            end()
        return working.result()
