# SPDX-License-Identifier: MIT
"""Runs in a process of its own and prints one JSON object: the longest pause of the main thread, for each thing done.

A timer beats every five milliseconds; the longest time between two beats is the longest time for which the window
answered nobody. Not a test by itself: test_pauses.py starts it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from notification_tester.practice.cloud import PracticeCloud
    from notification_tester.qt.app.application import Desktop

BEAT = 5
FOREIGN = 500
SCHEDULING = Path("/proc/self/schedstat")  # of the main thread, by whose number the process goes


class Heartbeat(QObject):
    """Measures the longest gap, in milliseconds, less what other programs took the processor away in it.

    Linux tells how long a thread was ready and had to wait for a processor (``/proc/…/schedstat``, second field, in
    nanoseconds); elsewhere nothing is taken off. Waiting for Python's own lock counts: that is of our making.
    """

    def __init__(self) -> None:
        super().__init__()
        self.longest: dict[str, float] = {}
        self.computing: dict[str, float] = {}
        self._last = time.perf_counter()
        self._last_cpu = time.thread_time()
        self._last_kept_waiting = kept_waiting()
        self._what = ""
        self._timer = QTimer(self, interval=BEAT)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    @contextmanager
    def during(self, what: str) -> Iterator[None]:
        """Count the beats for ``what``."""
        turn(2 * BEAT)
        self._beat()
        self._what = what
        yield
        turn(10 * BEAT)
        self._beat()
        self._what = ""

    def _beat(self) -> None:
        now, cpu, waited = time.perf_counter(), time.thread_time(), kept_waiting()
        gap = (now - self._last - (waited - self._last_kept_waiting)) * 1000
        if self._what and gap > self.longest.get(self._what, 0.0):
            self.longest[self._what] = gap
            self.computing[self._what] = (cpu - self._last_cpu) * 1000
        self._last, self._last_cpu, self._last_kept_waiting = now, cpu, waited


def kept_waiting() -> float:
    """Seconds for which this thread was ready to go on and other programs had the processors."""
    try:
        return int(SCHEDULING.read_text().split()[1]) / 1e9
    except OSError:
        return 0.0


def turn(milliseconds: int) -> None:
    """Let Qt work for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def until(condition: Callable[[], bool]) -> None:
    """Turn Qt's loop until it is so."""
    deadline = time.monotonic() + 90
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        turn(BEAT)


def fill(cloud: PracticeCloud) -> None:
    """Put other people's messages into the queue, as boto3 does it in a program of its own."""
    import boto3

    details = cloud.details
    client = boto3.client(
        "sqs",
        endpoint_url=details.aws_endpoint,
        region_name=details.region,
        aws_access_key_id=details.access_key_id,
        aws_secret_access_key=details.secret_access_key,
    )
    for start in range(0, FOREIGN, 10):
        client.send_message_batch(
            QueueUrl=details.queue_url,
            Entries=[{"Id": str(n), "MessageBody": f"foreign {start + n} " + "x" * 500} for n in range(10)],
        )


@contextmanager
def web_receiver() -> Iterator[str]:
    """The address of a receiver in a process of its own; the program has one."""
    words = [sys.executable, "-m", "notification_tester", "receive"]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as receiver:
        assert receiver.stderr is not None
        try:
            yield receiver.stderr.readline().split()[2]
        finally:
            receiver.terminate()


def send_from_here(desktop: Desktop, beat: Heartbeat) -> None:
    """Have this computer send every scenario to a web receiver, in each form, twice."""
    form = desktop.window.workspace.test_page.form
    with beat.during("this computer instead of Mechanical Turk"):
        form.where.who.button("this-computer").click()
    with beat.during("a web receiver instead of a queue"):
        form.choice.button("Web").click()
    scenarios, web = form.delivery.scenarios, form.delivery.web
    scenarios.fold.click()
    with web_receiver() as url:
        web.edit.setText(url)
        for way in ("sns", "rest", "soap"):
            web.way.button(way).click()
            turn(50)
            for _ in range(2):
                with beat.during(f"every scenario by {way}"):
                    scenarios.all.click()
                    until(form.send.isEnabled)
                    turn(100)


def measure(desktop: Desktop, beat: Heartbeat) -> None:
    """Do everything that must not stop the window."""
    window, page, program = desktop.window, desktop.window.workspace.test_page, desktop.program

    with beat.during("start until the account is open"):
        until(lambda: program.current is not None and page.form.send.isEnabled())
    with beat.during("reading ahead"):
        until(lambda: window.workspace.read_ahead.is_over)
    for name in ("first send", "second send"):
        with beat.during(name):
            page.form.send.click()
            until(page.form.send.isEnabled)
    with beat.during("every event in one go"):
        page.form.events.all_link.click()
        page.form.send.click()
        until(page.form.send.isEnabled)
    with beat.during("opening the accounts"):
        dialog = window.workspace.accounts.open(add=True)
        turn(150)
    dialog.close()
    with beat.during("opening the history"):
        window.workspace.go_to("history")
        until(lambda: window.workspace.history.page is not None and window.workspace.history.page.model.rowCount() > 0)
    with beat.during("back to the test"):
        window.workspace.go_to("test")
    current = program.current
    if current is not None and current.practice is not None:
        fill(current.practice)
    with beat.during("listening among foreign messages"):
        page.form.send.click()
        until(page.form.send.isEnabled)
    send_from_here(desktop, beat)


def main() -> None:
    """Measure once; a beat that never began would measure nothing, so how long it took is told too."""
    from notification_tester.qt.app import collecting
    from notification_tester.qt.app.application import Desktop, make_application
    from notification_tester.storage.places import Places

    collecting.hold_back()
    application = make_application(["test"])
    with tempfile.TemporaryDirectory() as folder:
        desktop = Desktop(application, Places.under(Path(folder)))
        beats: list[Heartbeat] = []
        desktop.window.painted.connect(collecting.Collector(desktop.window).begin)  # as the program itself does
        desktop.window.painted.connect(lambda: beats.append(Heartbeat()))
        desktop.begin()
        until(lambda: bool(beats))
        measure(desktop, beats[0])
        desktop.end()
    json.dump({"longest": beats[0].longest, "computing": beats[0].computing}, sys.stdout)


if __name__ == "__main__":
    main()
