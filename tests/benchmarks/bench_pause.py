# SPDX-License-Identifier: MIT
"""The longest pause of the window while it opens practice, sends one test, and sends every event.

Run as a program of its own, so that boto3, the clients and the history are imported and opened while it is watched,
as at a start: a timer of the main thread should come every 5 ms, and how late it came is how long the window stood
still. What is on the screen before the first paint is the row "start".
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks.measure import Row, as_installed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtCore import SignalInstance

    from notification_tester.qt.app.application import Desktop

LIMIT_SECONDS = 0.050
BEAT_MILLISECONDS = 5
SENDS = 5
_ROUNDS = 5
_PATIENCE_MILLISECONDS = 60_000


def rows(*, rounds: int = _ROUNDS) -> list[Row]:
    """Watch several starts of the program; of each the longest pause, and of those the median.

    The one worst moment of all rounds would tell more about what else this computer did.
    """
    with tempfile.TemporaryDirectory(prefix="bench-pause-") as folder:
        environment = as_installed(Path(folder))
        _round(environment)
        found = [_round(environment) for _ in range(rounds)]
    worst = {phase: max(one[phase] for one in found) for phase in found[0]}
    note = ", ".join(f"{phase} {seconds * 1000:.0f} ms" for phase, seconds in worst.items())
    return [
        Row(
            what="longest pause of the window",
            ours=median(max(one.values()) for one in found),
            reference=LIMIT_SECONDS,
            goal=1.0,
            note=f"the reference is the limit; longest in {rounds} rounds: {note}",
        )
    ]


def _round(environment: Mapping[str, str]) -> dict[str, float]:
    words = [sys.executable, "-m", "benchmarks.bench_pause"]
    done = subprocess.run(words, env=environment, capture_output=True, timeout=300, check=False)
    if done.returncode != 0:
        raise AssertionError(f"ended with {done.returncode}: {done.stderr.decode(errors='replace')[-2000:]}")
    pauses: dict[str, float] = json.loads(done.stdout)
    return pauses


def watch() -> dict[str, float]:
    """Drive the real window, offscreen; the longest pause of each phase, in seconds."""
    from notification_tester.qt.app import collecting
    from notification_tester.qt.app.application import Desktop, make_application
    from notification_tester.storage.places import Places

    collecting.hold_back()  # as the program itself does
    application = make_application(["bench"])
    pauses = {}
    with tempfile.TemporaryDirectory(prefix="bench-pause-") as folder:
        desktop = Desktop(application, Places.under(Path(folder)))
        desktop.window.painted.connect(collecting.Collector(desktop.window).begin)
        try:
            until(desktop.window.painted, desktop.begin)
            with Heartbeat() as heart:
                until(desktop.program.opened)
            pauses["opening practice"] = heart.longest
            page = desktop.window.workspace.test_page
            with Heartbeat() as heart:
                for _ in range(SENDS):
                    until(page.test_finished, page.form.send.click)
                    _see_that_it_is_good(desktop)
            pauses["one test"] = heart.longest
            with Heartbeat() as heart:
                page.form.events.all_link.click()
                until(page.test_finished, page.form.send.click)
                _see_that_it_is_good(desktop)
            pauses["every event"] = heart.longest
        finally:
            desktop.end()
    return pauses


class Heartbeat:
    """Notes the longest time by which a beat was late."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self.longest = 0.0
        self._timer = QTimer(interval=BEAT_MILLISECONDS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def __enter__(self) -> Heartbeat:
        self._last = perf_counter()
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.stop()
        self._beat()

    def _beat(self) -> None:
        now = perf_counter()
        self.longest = max(self.longest, now - self._last - BEAT_MILLISECONDS / 1000)
        self._last = now


def until(signal: SignalInstance, begin: Callable[[], object] = lambda: None) -> None:
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    signal.connect(loop.quit)
    QTimer.singleShot(_PATIENCE_MILLISECONDS, loop, lambda: loop.exit(1))
    QTimer.singleShot(0, begin)
    if loop.exec() != 0:
        raise AssertionError("nothing happened")


def _see_that_it_is_good(desktop: Desktop) -> None:
    outcome = desktop.window.workspace.test_page.result.shown_outcome()
    if outcome is None or not outcome.is_good:
        raise AssertionError(f"not all green: {outcome}")


if __name__ == "__main__":
    print(json.dumps(watch()))
