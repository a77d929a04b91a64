# SPDX-License-Identifier: MIT
"""Runs in a process of its own and prints one JSON object: what the window did while messages by the thousand came.

Not a test by itself: test_inbox.py starts it, with the number of messages, or with "opening", to open large files.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest

from journeys.heartbeat import BEAT, Heartbeat, turn
from notification_tester.domain.events import EventType
from notification_tester.qt.app import collecting
from notification_tester.qt.app.application import Desktop, make_application
from notification_tester.storage.inbox_rows import InboxQuery
from notification_tester.storage.places import Places

if TYPE_CHECKING:
    from notification_tester.qt.inbox.page import InboxPage
    from notification_tester.services.inbox.opened import Opened

PATIENCE = 240.0
LARGE = 56 * 2**20
MESSAGE = (
    '{"EventDocId": "dNUMBER", "EventDocVersion": "2006-05-05", "Events": [{"EventType": "HITCreated", '
    '"EventTimestamp": "2026-01-31T12:00:00Z", "HITTypeId": "3T", "HITId": "3H"}], "note": "PAD"}'
)
MAIL = "From a@b.edu Sat Jan 31 12:00:00 2026\nSubject: NUMBER\n\n  Event Type: HITCreated\n  HIT ID: 3H\n\n"
LONG = 40_000
FILES = {  # how it begins, what is in it again and again, what stands between these, how it ends
    "an array": ("[", MESSAGE.replace("PAD", "x" * LONG), ",", "]"),
    "records": ('{"Records": [', MESSAGE.replace("PAD", "é" * LONG), ",", "]}"),
    "a mail folder": ("", MAIL + "x" * LONG + "\n", "", ""),
    "records, cut off": ('{"Records": [', MESSAGE, ",\n", ""),
    "lines, cut off": ("", MESSAGE, "\n", '\n{"'),
    "one long text": ('[{"note": "', "é" * LONG, " ", '"}]'),
    "one object": ('{"points": [', '{"x": 1, "y": [2, 3, "four"]}', ",", "]}"),
    "one mail": (MAIL, "x" * 70 + "\n", "", ""),
}


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
        until(lambda: now.inbox.messages >= messages)
        turn(300)
        until(lambda: page.model.is_up_to_date)
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
    _brush(page, beat)
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


def measure_opening(desktop: Desktop, folder: Path) -> dict[str, Any]:
    """Open files nearly as large as may be: such that hold messages, and such that hold none after all.

    A list is in sight before: what its parts take when they are first shown is measured while messages arrive.
    """
    window, program = desktop.window, desktop.program
    until(lambda: program.current is not None and window.workspace.test_page.form.send.isEnabled())
    until(lambda: window.workspace.read_ahead.is_over)
    window.workspace.go_to("inbox")
    until(lambda: window.workspace.inbox.page is not None and window.workspace.inbox.page.form.follow.isEnabled())
    page = window.workspace.inbox.page
    assert page is not None
    results: list[Opened] = []
    page.controller.messages_opened.connect(results.append)
    page.controller.open_text(MESSAGE)
    until(lambda: page.model.rowCount() == 1)
    turn(300)
    beat, opened = Heartbeat(), {}
    for what, (begin, one, between, end) in FILES.items():
        path = folder / what
        _write(path, begin, one, between, end)
        before = len(results)
        with beat.during(what):
            page.controller.open_files([path])
            until(lambda before=before: len(results) > before)
        opened[what] = [results[-1].added, [problem.code for _, problem in results[-1].unreadable]]
        path.unlink()
    return {"longest": beat.longest, "opened": opened}


def _write(path: Path, begin: str, one: str, between: str, end: str) -> None:
    """Messages, or other things, up to the size of a large file."""
    size = number = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(begin)
        while size < LARGE:
            text = f"{between if number else ''}{one.replace('NUMBER', str(number))}"
            file.write(text)
            size, number = size + len(text.encode()), number + 1
        file.write(end)


def _brush(page: InboxPage, beat: Heartbeat) -> None:
    with beat.during("brushing, and switching kinds"):
        bars = page.overview.bars
        bars.setFocus()
        for key in (Qt.Key.Key_Home, Qt.Key.Key_Space, *[Qt.Key.Key_Right] * 5):
            QTest.keyClick(bars, key, Qt.KeyboardModifier.ShiftModifier)
            turn(60)
        bars.choose_all()
        for chip in list(page.overview.chips.chips.values())[:4]:
            chip.click()
            turn(100)
        page.filter.clear()
        page.overview.drawing.button("funnel").click()
        turn(300)


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
        if sys.argv[1] == "opening":
            result = measure_opening(desktop, Path(folder))
        else:
            result = measure(desktop, int(sys.argv[1]))
        desktop.end()
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
