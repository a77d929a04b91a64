# SPDX-License-Identifier: MIT
"""Runs in a process of its own and prints one JSON object: what the window did while messages by the thousand came.

Not a test by itself: test_inbox.py starts it.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop, QTimer

from journeys.heartbeat import BEAT, Heartbeat, turn
from notification_tester.domain.events import EventType
from notification_tester.qt.app import collecting
from notification_tester.qt.app.application import Desktop, make_application
from notification_tester.storage.inbox_rows import InboxQuery
from notification_tester.storage.places import Places

PATIENCE = 240.0


def until(condition: Any) -> None:
    """Turn Qt's loop until it is so."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        loop = QEventLoop()
        QTimer.singleShot(BEAT, loop.quit)
        loop.exec()


def measure(desktop: Desktop, messages: int) -> dict[str, Any]:
    """Follow the practice queue while ``messages`` arrive, look around in them, and pause."""
    window, program = desktop.window, desktop.program
    until(lambda: program.current is not None and window.workspace.test_page.form.send.isEnabled())
    until(lambda: window.workspace.read_ahead.is_over)
    current = program.current
    assert current is not None
    assert current.practice is not None
    queue_url = current.practice.details.queue_url
    window.workspace.go_to("inbox")
    until(lambda: window.workspace.inbox.page is not None and window.workspace.inbox.page.form.follow.isEnabled())
    page = window.workspace.inbox.page
    assert page is not None
    mturk, sqs = current.clients.mturk, current.clients.sqs()
    events: Any = [event.value for event in EventType if not event.is_test_only]
    mturk.update_notification_settings(
        HITTypeId=mturk.list_hits()["HITs"][0]["HITTypeId"],
        Active=True,
        Notification={"Destination": queue_url, "Transport": "SQS", "Version": "2006-05-05", "EventTypes": events},
    )
    beat = Heartbeat()
    before = _memory()
    began = time.perf_counter()
    with beat.during("arriving"):
        page.form.follow.click()
        now = page.controller.following
        assert now is not None
        ask = partial(current.practice.set_workers, speed=1e6, events=messages, batches=False)
        threading.Thread(target=ask).start()
        until(lambda: now.messages >= messages)
        until(lambda: page.model.is_up_to_date)
        turn(300)
    seconds = time.perf_counter() - began
    rows, on_disk = page.model.rowCount(), now.inbox.count(InboxQuery())
    with beat.during("filtering and scrolling"):
        page.filter.search.setText("assignmentsubmitted")
        turn(600)
        page.filter.clear()
        turn(300)
        for _ in range(20):
            page.table.verticalScrollBar().setValue(page.table.verticalScrollBar().maximum())
            turn(30)
        page.table.scrollToTop()
    after = _memory()
    began = time.perf_counter()
    with beat.during("giving back"):
        page.bar.pause.click()
        until(lambda: not page.controller.is_following)
    back = time.perf_counter() - began
    names: Any = ["All"]
    counts = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=names)["Attributes"]
    received: Any = sqs.receive_message(
        QueueUrl=queue_url, MaxNumberOfMessages=10, VisibilityTimeout=0, AttributeNames=names
    )["Messages"]
    return {
        "longest": beat.longest,
        "seconds": seconds,
        "give_back_seconds": back,
        "shown": now.inbox.count(InboxQuery())[0],
        "rows_in_memory": rows,
        "events": on_disk[1],
        "visible": int(counts["ApproximateNumberOfMessages"]),
        "hidden": int(counts["ApproximateNumberOfMessagesNotVisible"]),
        "receives": max(int(one["Attributes"]["ApproximateReceiveCount"]) for one in received),
        "memory_mebibytes": (after - before) / 2**20,
    }


def _memory() -> int:
    import psutil

    return int(psutil.Process().memory_info().rss)


def main() -> None:
    """Measure once."""
    collecting.hold_back()
    application = make_application(["test"])
    with tempfile.TemporaryDirectory() as folder:
        desktop = Desktop(application, Places.under(Path(folder)))
        desktop.window.painted.connect(collecting.Collector(desktop.window).begin)  # as the program itself does
        desktop.begin()
        result = measure(desktop, int(sys.argv[1]))
        desktop.end()
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
